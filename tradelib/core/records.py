"""Base class of records and results: equal if all their fields are equal."""

from collections.abc import Mapping
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd


class Record:
    """Dataclass that compares field by field, tables and arrays cell by cell."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return False
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]
        return all(_same(getattr(self, name), getattr(other, name)) for name in names)

    __hash__ = None  # type: ignore[assignment]


def _same(first: Any, second: Any) -> bool:
    """Whether two values are equal; a missing value equals a missing one.

    Values of two types are equal only if they are scalars.
    """
    if type(first) is not type(second):
        both_scalar = np.isscalar(first) and np.isscalar(second)
        return both_scalar and bool(first == second)
    if isinstance(first, pd.DataFrame | pd.Series | pd.Index):
        return bool(first.equals(second))
    if isinstance(first, np.ndarray):
        return bool(np.array_equal(first, second, equal_nan=first.dtype.kind == "f"))
    if isinstance(first, SimpleNamespace):
        return _same(vars(first), vars(second))
    if isinstance(first, Mapping):
        return first.keys() == second.keys() and _same([*first.values()], [*map(second.get, first)])
    if isinstance(first, tuple | list):
        return len(first) == len(second) and all(map(_same, first, second))
    return _same_cell(first, second)


def _same_cell(first: Any, second: Any) -> bool:
    """Whether two single values are equal, or both missing."""
    if pd.api.types.is_scalar(first) and pd.isna(first):
        return bool(pd.isna(second))
    return bool(first == second)
