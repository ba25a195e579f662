"""What all records and results share: they are data, and compare as data."""

from collections.abc import Mapping
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd


class Record:
    """A dataclass whose instances are equal if their fields are, tables and arrays cell by cell."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(
            _same(getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)  # type: ignore[arg-type]
        )

    __hash__ = None  # type: ignore[assignment]


def _same(first: Any, second: Any) -> bool:
    """Whether two values are of one type and equal; a missing value equals a missing one."""
    if type(first) is not type(second):
        return bool(first == second) if np.isscalar(first) and np.isscalar(second) else False
    if isinstance(first, pd.DataFrame | pd.Series | pd.Index):
        return bool(first.equals(second))
    if isinstance(first, np.ndarray):
        return bool(np.array_equal(first, second, equal_nan=first.dtype.kind == "f"))
    if isinstance(first, Mapping):
        return first.keys() == second.keys() and all(_same(first[k], second[k]) for k in first)
    if isinstance(first, SimpleNamespace):
        return _same(vars(first), vars(second))
    if isinstance(first, tuple | list):
        return len(first) == len(second) and all(map(_same, first, second))
    if pd.api.types.is_scalar(first) and pd.isna(first):
        return bool(pd.isna(second))
    return bool(first == second)
