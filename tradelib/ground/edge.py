"""The public edge: what an argument must be, checked before a function sees it.

A kind of input is written down once, as the annotation of a parameter: a number, a text, a table, a
`Target`, a list of any of them. `guard` puts the check before public functions and methods. What a
table must hold its function says; where it trips over one unawares, the edge says over what.
"""

import inspect
import reprlib
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from dis import opmap
from functools import cache, wraps
from numbers import Integral, Real
from types import ModuleType, NoneType, UnionType
from typing import Any, Union, Unpack, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

# No year, count or amount is larger; what is does not fit into arrays.
LARGEST = 10**9
# numpy's ArrayLike: a union spelled out, or from Python 3.12 on a name of its own.
ARRAYS = set(get_args(ArrayLike)) or {ArrayLike}
UNIONS = (Union, UnionType)
# What a name of the language may also be, and what readers call it.
KINDS: dict[Any, Any] = {int: Integral, float: Real, bool: bool | np.bool_, tuple: tuple | list}
WORDS: dict[Any, str] = {
    int: "a whole number", float: "a number", bool: "True or False", str: "a text",
    NoneType: "None", Callable: "a function", Mapping: "a mapping", np.ndarray: "an array",
    **dict.fromkeys([Sequence, Collection, Iterable, list], "a list"),
}  # fmt: skip
# What numpy, pandas and Python raise over what they are given, and the code of a raise of ours.
RAISE = opmap["RAISE_VARARGS"]
PACKAGES = {"matplotlib", "numpy", "pandas", "pyfixest", "scipy", "statsmodels", "tradelib",
            *sys.stdlib_module_names}  # fmt: skip
RAW = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError,
       ValueError)  # fmt: skip


def guard(room: ModuleType) -> None:
    """Put the check before the functions that a module offers, and its classes' methods."""
    listed = vars(room) if room.__name__ == "tradelib" else room.__all__
    for name in [name for name in listed if name[0] != "_"]:
        one = getattr(room, name)
        if not getattr(one, "__module__", "").startswith("tradelib"):
            continue
        if inspect.isfunction(one):
            made = _checked(one)
            setattr(room, name, made)
            setattr(inspect.getmodule(one), one.__name__, made)  # at home too: it can be pickled
        elif inspect.isclass(one):
            if is_dataclass(one):
                one.__eq__ = _equal  # type: ignore[method-assign]
            for method in [name for name in vars(one) if name[0] != "_"]:
                of = vars(one)[method]
                if inspect.isfunction(of):
                    setattr(one, method, _checked(of))
                elif isinstance(of, classmethod):
                    setattr(one, method, classmethod(_checked(of.__func__)))


def fits(name: str, value: Any, hint: Any) -> None:
    """Raise unless a value is what a hint says."""
    origin, parts = _origin(hint), get_args(hint)
    if origin in UNIONS or hint is ArrayLike:
        _any_of(name, value, hint)
    elif origin is not Any and not _is(value, origin):
        raise TypeError(f"{name} must be {words(hint)}, got {shown(value)}")
    elif origin is int and abs(value) > LARGEST:
        raise ValueError(f"{name} must be at most {LARGEST:,}, got {shown(value)}")
    elif origin is pd.DataFrame and not value.columns.is_unique:
        raise ValueError(f"{name} must have each column once, got {shown(value)}")
    elif parts and origin is not Callable and not isinstance(value, np.ndarray):
        several = value.values() if isinstance(value, Mapping) else value
        alike = origin is not tuple or parts[1:] == (...,)
        hints = [parts[1 if isinstance(value, Mapping) else 0]] * len(value) if alike else parts
        if len(hints) != len(value):
            raise ValueError(f"{name} must be {len(parts)} values, got {shown(value)}")
        for one, part in zip(several, hints, strict=True):
            fits(f"each of {name}", one, part)


def words(hint: Any) -> str:
    """What a hint asks for, in plain words."""
    origin, parts = _origin(hint), get_args(hint)
    if origin in UNIONS or hint is ArrayLike:
        parts = parts or (hint,)
        arrays = ARRAYS if set(parts) >= ARRAYS else set()
        plain = ["a number or an array of numbers"] if arrays else []
        return " or ".join([*plain, *(words(one) for one in parts if one not in arrays)])
    named = WORDS.get(origin, f"a {origin.__name__}")
    named += f", such as {origin.example}" if hasattr(origin, "example") else ""
    inside = parts and origin not in (Callable, np.ndarray) and parts[-1] not in (Any, ...)
    return f"{named}, each {words(parts[-1])}" if inside else named


def shown(value: Any) -> str:
    """A value in few words: a table by its columns, other data by what it is."""
    if isinstance(value, pd.DataFrame):
        return f"a DataFrame of {reprlib.repr(list(value.columns))}"
    many = isinstance(value, pd.Series | np.ndarray)
    return f"a {type(value).__name__}" if many else reprlib.repr(value)


def _origin(hint: Any) -> Any:
    """What a hint is of, through a name such as numpy's NDArray from Python 3.12 on."""
    origin = get_origin(hint) or hint
    named = origin if origin is ArrayLike else getattr(origin, "__value__", origin)
    return get_origin(named) or named


def _is(value: Any, origin: Any) -> bool:
    """Whether a value is of a type: True is no number, and a text no list."""
    if WORDS.get(origin) == "a list":
        return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    truth = isinstance(value, bool | np.bool_) and origin in (int, float)
    return isinstance(value, KINDS.get(origin, origin)) and not truth


def _any_of(name: str, value: Any, hint: Any) -> None:
    """Raise unless a value is what one part of a hint says; the nearest miss is named."""
    parts, near = get_args(hint) or (hint,), None
    if {str, date} <= set(parts):
        return None  # a day asked about: `tables.day` says what it is
    if set(parts) >= ARRAYS:
        parts = tuple(one for one in parts if one not in ARRAYS)
        try:
            if np.asarray(value).dtype.kind in "iufb":
                return None
        except ValueError:  # ragged
            pass
    for part in parts:
        try:
            return fits(name, value, part)
        except (TypeError, ValueError) as error:
            if _is(value, _origin(part)):
                near = error
    raise near or TypeError(f"{name} must be {words(hint)}, got {shown(value)}")


def _equal(one: Any, other: object) -> bool:
    """Whether two results of a kind are equal field by field, tables and arrays cell by cell."""
    pairs = [(getattr(one, f.name), getattr(other, f.name, None)) for f in fields(one)]
    return type(one) is type(other) and all(_same(*pair) for pair in pairs)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, pd.DataFrame | pd.Series | pd.Index):
        return type(one) is type(other) and bool(one.equals(other))
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    return bool(one == other) or (one != one and other != other)


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that looks at its arguments first."""
    if getattr(function, "checked", False):
        return function
    signature = inspect.signature(function)
    rest = next((p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD), "")

    @cache
    def hints() -> dict[str, Any]:
        found = get_type_hints(function)
        for hint in [one for one in found.values() if get_origin(one) is Unpack]:
            found |= get_type_hints(get_args(hint)[0])
        return found

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        try:
            given = signature.bind(*args, **options).arguments
        except TypeError:  # Python says it best
            return function(*args, **options)
        given |= given.pop(rest, {})
        for name, value in given.items():
            if name in hints():
                fits(name, value, hints()[name])
        try:
            return function(*args, **options)
        except RAW as error:
            if _meant(error):
                raise
            got = ", ".join(f"{name}={shown(value)}" for name, value in given.items())
            why = f"{type(error).__name__}: {error}"
            said = f"{function.__name__} cannot work with {got} ({why})"
            raise ValueError(f"{said}; its help says what it takes") from error

    call.checked = True  # type: ignore[attr-defined]
    return call


def _meant(error: Exception) -> bool:
    """Whether an error was raised here in words for readers, or is of a caller's own function."""
    at: Any = error.__traceback__
    while at.tb_next:
        at = at.tb_next
    package = at.tb_frame.f_globals.get("__name__", "").split(".")[0]
    if package != "tradelib":
        return package not in PACKAGES
    code = at.tb_frame.f_code.co_code[at.tb_lasti]
    return code == RAISE and isinstance(error, TypeError | ValueError)
