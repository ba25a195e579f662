"""The public edge: what an argument must be, checked before a function sees it.

A kind of input is written down once, as an annotation: a type says most (a number, a text, a
`Target`), and of a table its columns. `guard` puts the check before public functions and methods,
so that what they are given is of the kind they name; whether it makes sense, they say themselves.
"""

import inspect
import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, wraps
from numbers import Integral, Real
from types import ModuleType, NoneType, UnionType
from typing import Annotated, Any, Union, Unpack, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pandas.api import types

# No year, count or amount is larger; what is does not fit into arrays.
LARGEST = 10**9
ARRAYS = frozenset(get_args(ArrayLike))
CLASSES: dict[Any, Any] = {bool: bool | np.bool_, tuple: tuple | list}
WORDS = {int: "a whole number", float: "a number", bool: "True or False", str: "a text",
         NoneType: "None", Callable: "a function", Sequence: "a list",
         Collection: "a list", Mapping: "a mapping"}  # fmt: skip
TEXTS = ("string", "empty", "categorical")
# What a column may be said to hold, and how that is seen.
HOLDS: dict[str, tuple[str, Callable[[pd.Series], bool]]] = {
    "number": (
        "finite numbers",
        lambda v: _numeric(v) and not np.isinf(v.to_numpy(float, na_value=np.nan)).any(),
    ),
    "open": ("numbers", lambda v: _numeric(v)),
    "whole": ("whole numbers", lambda v: types.is_integer_dtype(v) and not v.hasnans),
    "known": ("finite numbers, none missing", lambda v: _numeric(v) and np.isfinite(v).all()),
    "text": ("texts, none missing", lambda v: types.infer_dtype(v) in TEXTS and not v.hasnans),
    "note": ("texts", lambda v: types.infer_dtype(v) in TEXTS),
    "name": ("names, none missing",
             lambda v: types.infer_dtype(v) in (*TEXTS, "integer") and not v.hasnans),
    "day": ("days", lambda v: types.is_datetime64_dtype(v)),
    "flag": ("True or False", lambda v: types.is_bool_dtype(v) and not v.hasnans),
}  # fmt: skip


class Table:
    """Columns of a DataFrame by what they hold; one after a question mark may be absent."""

    def __init__(self, *, least: int = 1, **columns: str) -> None:
        self.least = least
        named = [(name, kind) for kind, names in columns.items() for name in names.split()]
        self.needed = [name for name, _ in named if not name.startswith("?")]
        self.columns = {name.removeprefix("?"): HOLDS[kind] for name, kind in named}

    def check(self, name: str, frame: pd.DataFrame) -> None:
        """Raise unless a frame has rows, and these columns with what they hold."""
        missing = [column for column in self.needed if column not in frame]
        if missing or len(frame) < self.least:
            lacks = f"lacks {', '.join(missing)}" if missing else "has no rows"
            raise ValueError(f"{name} {lacks}; it has {', '.join(map(str, frame)) or 'no columns'}")
        for column, (what, holds) in self.columns.items():
            if column in frame and len(frame) and not holds(frame[column]):
                odd = f"{shown(frame[column].iloc[0])} first, {frame[column].dtype}"
                raise TypeError(f"{column} of {name} must hold {what}, got {odd}")


class Numbers:
    """A DataFrame of numbers alone, such as a row a pair and a column a year."""

    def check(self, name: str, frame: pd.DataFrame) -> None:
        """Raise unless there is a column, and every one holds numbers."""
        odd = [shown(at) for at, column in frame.items() if not _numeric(column)]
        if odd or frame.shape[1] == 0:
            raise TypeError(f"{name} must hold numbers alone, got {', '.join(odd) or 'no column'}")


class From(int):
    """The least that a number may be."""

    def check(self, name: str, value: float) -> None:
        """Raise if a number is less."""
        if value < self:
            raise ValueError(f"{name} must be at least {int(self)}, got {value}")


class Having:
    """Anything with an attribute, of a package that may not be there."""

    def __init__(self, name: str, words: str) -> None:
        self.name, self.words = name, words

    def check(self, name: str, value: Any) -> None:
        """Raise unless it has the attribute."""
        if not hasattr(value, self.name):
            raise TypeError(f"{name} must be {self.words}, got {shown(value)}")


def guard(room: ModuleType) -> None:
    """Put the check before public functions of a module, and public methods of its classes."""
    listed = vars(room) if room.__name__ == "tradelib" else room.__all__
    for name in [name for name in listed if name[0] != "_"]:
        one = getattr(room, name)
        if not str(getattr(one, "__module__", "")).startswith("tradelib"):
            continue
        if inspect.isfunction(one):
            made = _checked(one)
            setattr(room, name, made)
            setattr(inspect.getmodule(one), one.__name__, made)  # at home too: it can be pickled
        elif inspect.isclass(one):
            ours = ["__init__"] if "__post_init__" in vars(one) else []  # users make them
            for method in ours + [name for name in vars(one) if name[0] != "_"]:
                of = vars(one)[method]
                if inspect.isfunction(of):
                    setattr(one, method, _checked(of))
                elif isinstance(of, classmethod):
                    setattr(one, method, classmethod(_checked(of.__func__)))


def fits(name: str, value: Any, hint: Any) -> None:
    """Raise unless a value is what a hint says."""
    origin, parts = get_origin(hint) or hint, get_args(hint)
    if origin is Annotated:
        fits(name, value, parts[0])
        for rule in parts[1:]:
            rule.check(name, value)
    elif origin in (Union, UnionType):
        _any_of(name, value, hint)
    elif origin in (int, float):
        _number(name, value, Integral if origin is int else Real)
    elif origin is not Any and not _is(value, origin):
        raise TypeError(f"{name} must be {words(hint)}, got {shown(value)}")
    elif origin is pd.DataFrame and (value.columns.nlevels > 1 or not value.columns.is_unique):
        raise ValueError(f"{name} must have each column once, got {shown(list(value.columns))}")
    elif parts and origin is not Callable:
        _each(name, value, origin, parts)


def _each(name: str, value: Any, origin: Any, parts: tuple[Any, ...]) -> None:
    """Raise unless all that a value holds is what the parts of a hint say."""
    if origin is tuple and parts[1:] != (...,):
        if len(value) != len(parts):
            raise ValueError(f"{name} must be {len(parts)} values, got {shown(value)}")
        for one, part in zip(value, parts, strict=True):
            fits(f"each of {name}", one, part)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            fits(f"{name} of {shown(key)}", one, parts[1])
    elif not isinstance(value, np.ndarray):
        for one in value:
            fits(f"each of {name}", one, parts[0])


def words(hint: Any) -> str:
    """What a hint asks for, in plain words."""
    origin, parts = get_origin(hint) or hint, get_args(hint)
    if origin is Annotated:
        return next((one.words for one in parts[1:] if hasattr(one, "words")), words(parts[0]))
    if origin in (Union, UnionType):
        arrays = ARRAYS if set(parts) >= ARRAYS else frozenset()
        plain = ["a number or an array of numbers"] if arrays else []
        return " or ".join([*plain, *(words(one) for one in parts if one not in arrays)])
    if origin is tuple:
        return f"({', '.join(words(one) for one in parts)})"
    named = WORDS.get(origin, f"a {getattr(origin, '__name__', origin)}")
    inside = parts and origin is not Callable and parts[-1] is not Any
    return f"{named}, each {words(parts[-1])}" if inside else named


def shown(value: Any) -> str:
    """A value in few words: a table or an array by what it is."""
    many = isinstance(value, pd.DataFrame | pd.Series | np.ndarray)
    return f"a {type(value).__name__}" if many else reprlib.repr(value)


def _is(value: Any, origin: Any) -> bool:
    """Whether a value is of a type: what has many may be any of them, but no text."""
    if origin in (Sequence, Collection, Iterable, list):
        return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    return isinstance(value, CLASSES.get(origin, origin))


def _any_of(name: str, value: Any, hint: Any) -> None:
    """Raise unless a value is what one part of a hint says; the nearest miss is named."""
    parts, near = get_args(hint), None
    if {str, date} <= set(parts):
        return  # a day asked about: `tables.day` says what it is
    if set(parts) >= ARRAYS:
        parts = tuple(one for one in parts if one not in ARRAYS)
        try:
            if np.asarray(value).dtype.kind in "iufb":
                return
        except ValueError:  # ragged
            pass
    for part in parts:
        try:
            fits(name, value, part)
        except TypeError:
            continue
        except ValueError as error:
            near = error
        else:
            return
    raise near or TypeError(f"{name} must be {words(hint)}, got {shown(value)}")


def _number(name: str, value: Any, kind: Any) -> None:
    whole = kind is Integral
    if isinstance(value, bool | np.bool_) or not isinstance(value, kind):
        raise TypeError(f"{name} must be {WORDS[int if whole else float]}, got {shown(value)}")
    if whole and abs(value) > LARGEST:
        raise ValueError(f"{name} must be at most {LARGEST:,}, got {shown(value)}")


def _numeric(values: pd.Series) -> bool:
    return types.is_numeric_dtype(values) and not types.is_bool_dtype(values)


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that looks at its arguments first."""
    if getattr(function, "checked", False):
        return function
    signature = inspect.signature(function)
    named = signature.parameters
    rest = next((name for name, one in named.items() if one.kind is one.VAR_KEYWORD), "")

    @cache
    def hints() -> dict[str, Any]:
        found = get_type_hints(function, include_extras=True)
        for hint in [one for one in found.values() if get_origin(one) is Unpack]:
            found |= get_type_hints(get_args(hint)[0], include_extras=True)
        return found

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        try:
            given = signature.bind(*args, **options).arguments
        except TypeError:  # Python says it best
            return function(*args, **options)
        for name, value in (given | given.pop(rest, {})).items():
            if name in hints() and not (name in named and value is named[name].default):
                fits(name, value, hints()[name])
        return function(*args, **options)

    call.checked = True  # type: ignore[attr-defined]
    return call
