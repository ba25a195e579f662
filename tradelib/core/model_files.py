"""Checks of the files of learned models: each part present, of its shape, finite."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats


class Learned:
    """Numbers and texts of a model's file, read and checked part by part.

    `what` names the kind of model in errors; `plain` is the content of its file.
    """

    def __init__(self, what: str, plain: Mapping[str, Any]) -> None:
        self.what = what
        self.plain = plain

    def get(self, name: str) -> Any:
        """A part of any kind; refused if it is not there."""
        if name not in self.plain:
            raise InputError(f"this is no {self.what}: it has no {name}")
        return self.plain[name]

    def part(self, name: str) -> "Learned":
        """A part that has parts of its own."""
        inner = self.get(name)
        if not isinstance(inner, Mapping):
            raise InputError(f"this is no {self.what}: {name} has no parts, got {inner!r}")
        return Learned(self.what, inner)

    def numbers(self, name: str, *shape: int) -> Floats:
        """An array of finite numbers, of a shape if one is given."""
        part = self.get(name)
        if not _rectangular(part):
            raise InputError(f"this is no {self.what}: {name} holds no table of numbers")
        values = np.asarray(part, float)
        if shape and values.shape != shape:
            raise InputError(
                f"this is no {self.what}: {name} has shape {shape}, got shape {values.shape}"
            )
        if not np.isfinite(values).all():
            raise InputError(f"this is no {self.what}: {name} holds a number that is not finite")
        return values

    def rows(self, name: str, width: int) -> list[list[float]]:
        """Rows of `width` finite numbers each; no rows if the part is missing or empty."""
        if not self.plain.get(name):
            return []
        values = self.numbers(name)
        if values.ndim != 2 or values.shape[1] != width:
            raise InputError(f"this is no {self.what}: {name} has rows of {width} numbers")
        return list(values.tolist())

    def count(self, name: str) -> int:
        """A whole number, zero or above."""
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InputError(f"this is no {self.what}: {name} is a count, got {value!r}")
        return value

    def text(self, name: str) -> str:
        """A text."""
        value = self.get(name)
        if not isinstance(value, str):
            raise InputError(f"this is no {self.what}: {name} is a text, got {value!r}")
        return value

    def day(self, name: str) -> str:
        """An ISO day."""
        value = self.text(name)
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise InputError(f"this is no {self.what}: {name} is an ISO day, got {value!r}")
        return value


def _rectangular(value: Any) -> bool:
    """Whether a value is a number, or nested lists of numbers that form an array."""
    if not isinstance(value, list | tuple):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not all(_rectangular(item) for item in value):
        return False
    shapes = {np.shape(item) for item in value}
    return len(shapes) < 2
