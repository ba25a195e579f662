"""The public edge: what an argument must be, checked before a function sees it.

A kind of input is written down once, as the annotation of a parameter: a number, a text, a table, a
`Target`, a list of any of them. `validated` stands at each public function and method: it refuses
what is of another kind, and gives tables the types that the library works on. What a table must
hold its function says.
"""

import inspect
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, wraps
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, Unpack, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.ground.convert import History, Table, plain_types
from tradelib.ground.errors import InputError, InputTypeError

P = ParamSpec("P")
R = TypeVar("R")

# No year, count or amount is larger; what is does not fit into arrays.
LARGEST = 10**9
# numpy's ArrayLike: a union spelled out, or from Python 3.12 on a name of its own.
ARRAYS = set(get_args(ArrayLike)) or {ArrayLike}
UNIONS = (Union, UnionType)
# What a name of the language may also be, and what readers call it.
KINDS: dict[Any, Any] = {int: Integral, float: Real, bool: bool | np.bool_, tuple: tuple | list}
WORDS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    str: "a text",
    NoneType: "None",
    Callable: "a function",
    Mapping: "a mapping",
    np.ndarray: "an array",
    **dict.fromkeys([Sequence, Collection, Iterable, list], "a list"),
}


# Parts of a union that have one word for all of them.
TOGETHER = [
    (ARRAYS, "a number or an array of numbers"),
    (set(get_args(History)), "a history (a table, a Series or a mapping by year)"),
]


def validated(function: Callable[P, R]) -> Callable[P, R]:
    """A function that looks at its arguments first, each by its annotation."""
    signature = inspect.signature(function)
    rest = next((p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD), "")

    @cache
    def hints() -> dict[str, Any]:
        """Annotation by name of parameter, with those of `**options` in their place."""
        found = get_type_hints(function)
        options = found.pop(rest, None)
        named = get_type_hints(get_args(options)[0]) if get_origin(options) is Unpack else {}
        return found | named

    @wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> R:
        try:
            bound = signature.bind(*args, **options)
        except TypeError:
            _check_places(function.__name__, signature, hints(), args, options)
            return function(*args, **options)  # Python says best what is missing or unknown
        others = bound.arguments.get(rest, {})
        for name in others:
            if name not in hints():
                raise InputTypeError(f"{function.__name__} has no option {name!r}; see its help")
        for name, value in (bound.arguments | others).items():
            if name != rest and name in hints():
                fits(name, value, hints()[name])
        for name, value in bound.arguments.items():
            if isinstance(value, pd.DataFrame):
                bound.arguments[name] = plain_types(value)
        return function(*bound.args, **bound.kwargs)

    return call


def fits(name: str, value: Any, hint: Any) -> None:
    """Raise unless a value is what a hint says."""
    origin, parts = _origin(hint), get_args(hint)
    if origin in UNIONS or hint is ArrayLike:
        _any_of(name, value, hint)
    elif origin is not Any and not _is(value, origin):
        raise InputTypeError(f"{name} must be {words(hint)}, got {shown(value)}")
    elif origin is int and abs(value) > LARGEST:
        raise InputError(f"{name} must be at most {LARGEST:,}, got {shown(value)}")
    elif origin is pd.DataFrame and not value.columns.is_unique:
        raise InputError(f"{name} must have each column once, got {shown(value)}")
    elif parts and origin is not Callable and isinstance(value, Collection):
        _check_inside(name, value, origin, parts)


def words(hint: Any) -> str:
    """What a hint asks for, in plain words."""
    origin, parts = _origin(hint), get_args(hint)
    if origin in UNIONS or hint is ArrayLike:
        parts, alternatives = parts or (hint,), []
        for together, plain in TOGETHER:
            if set(parts) >= together:
                parts = tuple(part for part in parts if part not in together)
                alternatives.append(plain)
        return " or ".join([*alternatives, *map(words, parts)])
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


def _check_places(
    function: str,
    signature: inspect.Signature,
    hints: Mapping[str, Any],
    args: Sequence[Any],
    options: Mapping[str, Any],
) -> None:
    """Raise with the call that works, if what came by position has to be given by name."""
    parameters = signature.parameters.values()
    places = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name not in options]
    early, late = args[: len(places)], args[len(places) :]
    for name, value in zip(places, early, strict=False):
        if name in hints:
            fits(name, value, hints[name])
    if not 0 < len(late) <= len(named):
        return
    by_name = dict(zip(named, late, strict=False))
    if not all(_fits(value, hints.get(name, Any)) for name, value in by_name.items()):
        taken = f"{', '.join(places)} by position" if places else "nothing by position"
        raise InputTypeError(f"{function} takes {taken}, and {', '.join(named)} by name")
    first = [
        repr(value) if isinstance(value, str | float | int) else name
        for name, value in zip(places, early, strict=True)
        if name != "self"
    ]
    then = [f"{name}={value!r}" for name, value in (by_name | dict(options)).items()]
    call = f"{function}({', '.join([*first, *then])})"
    raise InputTypeError(f"{' and '.join(by_name)} must be given by name: {call}")


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is what a hint says; of a day its text counts."""
    if {str, date} <= set(get_args(hint)) and not isinstance(value, date):
        return isinstance(value, str) and value[:4].isdigit()
    try:
        fits("it", value, hint)
    except InputError:
        return False
    return True


def _check_inside(name: str, value: Collection[Any], origin: Any, parts: Sequence[Any]) -> None:
    """Raise unless what a list, a tuple or a mapping holds is what its hint says."""
    if isinstance(value, np.ndarray):
        return
    inside = value.values() if isinstance(value, Mapping) else value
    if origin is tuple and parts[1:] != (...,):
        if len(parts) != len(value):
            raise InputError(f"{name} must be {len(parts)} values, got {shown(value)}")
        hints = parts
    else:
        hints = [parts[1 if isinstance(value, Mapping) else 0]] * len(value)
    for item, hint in zip(inside, hints, strict=True):
        fits(f"each of {name}", item, hint)


def _origin(hint: Any) -> Any:
    """What a hint is of, through a name such as numpy's NDArray from Python 3.12 on."""
    origin = get_origin(hint) or hint
    named = origin if origin is ArrayLike else getattr(origin, "__value__", origin)
    return get_origin(named) or named


def _is(value: Any, origin: Any) -> bool:
    """Whether a value is of a type: True is no number, and a text no list."""
    if WORDS.get(origin) == "a list":
        single = str | bytes | Mapping | pd.DataFrame | Table
        return isinstance(value, Iterable) and not isinstance(value, single)
    truth = isinstance(value, bool | np.bool_) and origin in (int, float)
    return isinstance(value, KINDS.get(origin, origin)) and not truth


def _any_of(name: str, value: Any, hint: Any) -> None:
    """Raise unless a value is what one part of a hint says; the nearest miss is named."""
    parts = get_args(hint) or (hint,)
    if {str, date} <= set(parts):
        return None  # a day asked about: `tables.day` says what it is
    if set(parts) >= ARRAYS:
        parts = tuple(part for part in parts if part not in ARRAYS)
        if _numeric(value):
            return None
    near = None
    for part in parts:
        try:
            return fits(name, value, part)
        except InputError as error:
            if _is(value, _origin(part)):
                near = error
    raise near or InputTypeError(f"{name} must be {words(hint)}, got {shown(value)}")


def _numeric(value: Any) -> bool:
    """Whether a value is a number or an array of numbers, not a ragged list."""
    try:
        return np.asarray(value).dtype.kind in "iufb"
    except ValueError:  # numpy's word for a ragged list
        return False
