"""Checks of the arguments of public functions, by their annotations.

The annotation of a parameter says what it takes: a number, a text, a table, a `Target`, a list of
any of them. The decorator `validated` stands at each public function and method. It refuses an
argument of another kind, and gives tables the types that the library works on. Which columns a
table must have is checked by the function itself.
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

from tradelib.core.convert import History, Table, plain_types
from tradelib.core.errors import InputError, InputTypeError

P = ParamSpec("P")
R = TypeVar("R")

# A larger year or count is a mistake, and an array of that length does not fit into memory.
LARGEST_INT = 10**9
# Parts of numpy's ArrayLike, which is a union, or from Python 3.12 on a name of its own.
ARRAYS = set(get_args(ArrayLike)) or {ArrayLike}
UNIONS = (Union, UnionType)
# Further types that a value of an annotation may have; and what readers call the annotation.
WIDER_TYPES: dict[Any, Any] = {
    int: Integral,
    float: Real,
    bool: bool | np.bool_,
    tuple: tuple | list,
}
TYPE_WORDS: dict[Any, str] = {
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

# Sets of parts of a union that have one word for all of them.
TOGETHER = [
    (ARRAYS, "a number or an array of numbers"),
    (set(get_args(History)), "a history (a table, a Series or a mapping by year)"),
]


def validated(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function: its arguments are checked first, by their annotations."""
    signature = inspect.signature(function)
    parameters = signature.parameters.values()
    # Name of the parameter `**options`, if there is one.
    rest = next((p.name for p in parameters if p.kind is p.VAR_KEYWORD), "")

    @cache  # at the first call: an annotation may name what is defined further down
    def hints() -> dict[str, Any]:
        return _annotations(function, rest)

    @wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> R:
        try:
            bound = signature.bind(*args, **options)
        except TypeError:
            _check_positions(function.__name__, signature, hints(), args, options)
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


def _annotations(function: Callable[..., Any], rest: str) -> dict[str, Any]:
    """Annotation by name of parameter; for `rest` those of its typed dict.

    `rest` is the name of ``**options``.
    """
    annotations = get_type_hints(function)
    options = annotations.pop(rest, None)
    if get_origin(options) is not Unpack:
        return annotations
    typed_dict = get_args(options)[0]
    return annotations | get_type_hints(typed_dict)


def fits(name: str, value: Any, hint: Any) -> None:
    """Raise unless a value is what its annotation says; errors call it `name`."""
    origin = _origin(hint)
    parts = get_args(hint)
    if origin in UNIONS or hint is ArrayLike:
        _check_union(name, value, hint)
    elif origin is not Any and not _is(value, origin):
        raise InputTypeError(f"{name} must be {type_words(hint)}, got {shown(value)}")
    elif origin is int and abs(value) > LARGEST_INT:
        raise InputError(f"{name} must be at most {LARGEST_INT:,}, got {shown(value)}")
    elif origin is pd.DataFrame and not value.columns.is_unique:
        raise InputError(f"{name} must have each column once, got {shown(value)}")
    elif parts and origin is not Callable and isinstance(value, Collection):
        _check_items(name, value, origin, parts)


def type_words(hint: Any) -> str:
    """An annotation in plain words."""
    origin = _origin(hint)
    parts = get_args(hint)
    if origin in UNIONS or hint is ArrayLike:
        return _words_of_union(parts or (hint,))
    text = TYPE_WORDS.get(origin, f"a {origin.__name__}")
    if hasattr(origin, "example"):
        text = f"{text}, such as {origin.example}"
    names_items = parts and parts[-1] not in (Any, ...)
    if names_items and origin not in (Callable, np.ndarray):
        return f"{text}, each {type_words(parts[-1])}"
    return text


def _words_of_union(parts: tuple[Any, ...]) -> str:
    """The parts of a union in plain words."""
    alternatives = []
    for together, text in TOGETHER:
        if set(parts) >= together:
            parts = tuple(part for part in parts if part not in together)
            alternatives.append(text)
    return " or ".join([*alternatives, *map(type_words, parts)])


def shown(value: Any) -> str:
    """A value in few words: a table by its columns, other data by its type."""
    if isinstance(value, pd.DataFrame):
        return f"a DataFrame of {reprlib.repr(list(value.columns))}"
    if isinstance(value, pd.Series | np.ndarray):
        return f"a {type(value).__name__}"
    return reprlib.repr(value)


def _check_positions(
    function: str,
    signature: inspect.Signature,
    hints: Mapping[str, Any],
    args: Sequence[Any],
    options: Mapping[str, Any],
) -> None:
    """Raise with the call that works, if an argument has to be given by name."""
    parameters = signature.parameters.values()
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    positional = [p.name for p in parameters if p.kind in by_position]
    keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name not in options]
    accepted = dict(zip(positional, args, strict=False))
    surplus = args[len(positional) :]
    for name, value in accepted.items():
        if name in hints:
            fits(name, value, hints[name])
    if not 0 < len(surplus) <= len(keywords):
        return
    to_name = dict(zip(keywords, surplus, strict=False))
    if not all(_fits(value, hints.get(name, Any)) for name, value in to_name.items()):
        listed = ", ".join(positional) or "nothing"
        raise InputTypeError(
            f"{function} takes {listed} by position, and {', '.join(keywords)} by name"
        )
    call = _call(function, accepted, to_name | dict(options))
    raise InputTypeError(f"{' and '.join(to_name)} must be given by name: {call}")


def _call(function: str, by_position: Mapping[str, Any], by_name: Mapping[str, Any]) -> str:
    """A call as one types it; a table or other object by position is named only."""
    arguments = []
    for name, value in by_position.items():
        if name != "self":
            arguments.append(repr(value) if isinstance(value, str | float | int) else name)
    arguments += [f"{name}={value!r}" for name, value in by_name.items()]
    return f"{function}({', '.join(arguments)})"


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is what its annotation says; a day may be an ISO text."""
    if {str, date} <= set(get_args(hint)) and not isinstance(value, date):
        return isinstance(value, str) and value[:4].isdigit()
    try:
        fits("it", value, hint)
    except InputError:
        return False
    return True


def _check_items(name: str, value: Collection[Any], origin: Any, parts: Sequence[Any]) -> None:
    """Raise unless the items of a list, tuple or mapping fit the annotation."""
    if isinstance(value, np.ndarray):
        return
    if origin is tuple and parts[1:] != (...,):  # each item of the tuple has its own annotation
        if len(parts) != len(value):
            raise InputError(f"{name} must be {len(parts)} values, got {shown(value)}")
        hints = list(parts)
    else:
        of_items = parts[1] if isinstance(value, Mapping) else parts[0]
        hints = [of_items] * len(value)
    items = value.values() if isinstance(value, Mapping) else value
    for item, hint in zip(items, hints, strict=True):
        fits(f"each of {name}", item, hint)


def _origin(hint: Any) -> Any:
    """Type that an annotation is of.

    It may stand behind a name, such as numpy's NDArray from Python 3.12 on.
    """
    origin = get_origin(hint) or hint
    if origin is not ArrayLike:
        origin = getattr(origin, "__value__", origin)
    return get_origin(origin) or origin


def _is(value: Any, origin: Any) -> bool:
    """Whether a value is of a type; True is no number, and a text or a table no list."""
    if TYPE_WORDS.get(origin) == "a list":
        single = str | bytes | Mapping | pd.DataFrame | Table
        return isinstance(value, Iterable) and not isinstance(value, single)
    if origin in (int, float) and isinstance(value, bool | np.bool_):
        return False
    return isinstance(value, WIDER_TYPES.get(origin, origin))


def _check_union(name: str, value: Any, hint: Any) -> None:
    """Raise unless a value fits one part of a union.

    The error is that of the part whose type fits, if there is one.
    """
    parts = get_args(hint) or (hint,)
    if {str, date} <= set(parts):
        return  # a day: `tables.day` checks it
    if set(parts) >= ARRAYS:
        if _numeric(value):
            return
        parts = tuple(part for part in parts if part not in ARRAYS)
    nearest = None
    for part in parts:
        try:
            fits(name, value, part)
        except InputError as error:
            if _is(value, _origin(part)):
                nearest = error
        else:
            return
    raise nearest or InputTypeError(f"{name} must be {type_words(hint)}, got {shown(value)}")


def _numeric(value: Any) -> bool:
    """Whether a value is a number or an array of numbers, not a ragged list."""
    try:
        return np.asarray(value).dtype.kind in "iufb"
    except ValueError:  # numpy's error for a ragged list
        return False
