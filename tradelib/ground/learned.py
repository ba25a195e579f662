"""What a file of a learned model must hold: each part there, of its shape, finite."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats


class Learned:
    """The plain numbers and texts of a model, read part by part."""

    def __init__(self, what: str, plain: Mapping[str, Any]) -> None:
        self.what, self.plain = what, plain

    def get(self, name: str) -> Any:
        """A part, if it is there."""
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
        """Finite numbers of a shape; of any shape if none is given."""
        given = self.get(name)
        if not _rectangular(given):
            raise InputError(f"this is no {self.what}: {name} holds no table of numbers")
        values = np.asarray(given, float)
        if shape and values.shape != shape:
            got = f"shape {values.shape}"
            raise InputError(f"this is no {self.what}: {name} has shape {shape}, got {got}")
        if not np.isfinite(values).all():
            raise InputError(f"this is no {self.what}: {name} holds a number that is not finite")
        return values

    def rows(self, name: str, width: int) -> list[list[float]]:
        """Rows of so many finite numbers, none if the part is not there."""
        if not self.plain.get(name):
            return []
        values = self.numbers(name)
        if values.ndim != 2 or values.shape[1] != width:
            raise InputError(f"this is no {self.what}: {name} has rows of {width} numbers")
        return list(values.tolist())

    def count(self, name: str) -> int:
        """A whole number from zero."""
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
    """Whether nested lists hold numbers alone, equally many in each."""
    if isinstance(value, list | tuple):
        inner = [np.shape(item) if _rectangular(item) else None for item in value]
        return None not in inner and len(set(inner)) < 2
    return isinstance(value, int | float) and not isinstance(value, bool)
