"""The public edge: which functions of a module are checked, and what becomes of their errors."""

import pickle
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike, NDArray

from tradelib.ground import edge

# A module as the library has them: functions, results and what a room does not offer.
TEXT = '''
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

import numpy as np
import pandas as pd

LIMIT = 3

class Options(TypedDict, total=False):
    year: int

class More(Options, total=False):
    at: str

def half(size: float, *, whole: bool = False) -> float:
    """Half of a size."""
    return size if whole else size / 2

def asked(table: pd.DataFrame, **options: Unpack[More]) -> Any:
    return table["value"].loc[options["year"]]

def loose(size: float, *others: object, **options: float) -> tuple:
    return size, others, options

def called(by: Callable) -> Any:
    return by()

def whole(text: str, wanted: float) -> int:
    if wanted < 0:
        raise ValueError("nothing below zero is wanted")
    if wanted > 9:
        raise LookupError("more than nine")
    return int(text)

def inner(size: float) -> float:
    return size

_hidden = inner

@dataclass(frozen=True)
class Result:
    value: float
    table: object = None

    def times(self, factor: float) -> float:
        return self.value * factor

    @classmethod
    def of(cls, value: float) -> "Result":
        return cls(value)

    @property
    def twice(self) -> float:
        return 2 * self.value

    def _inner(self, factor: float) -> float:
        return factor

class Plain:
    def times(self, factor: float) -> float:
        return factor
'''
OFFERED = [
    "LIMIT",
    "Plain",
    "Result",
    "_hidden",
    "asked",
    "called",
    "foreign",
    "half",
    "loose",
    "whole",
]


@pytest.fixture
def home(monkeypatch):
    """The module in which everything stands."""
    module = ModuleType("tradelib.made_up")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(TEXT, vars(module))  # noqa: S102 - ours
    return module


@pytest.fixture
def room(home):
    """A room that offers some of it, and something of another package, after the guard was there."""
    module = ModuleType("tradelib.room")
    vars(module).update({name: one for name, one in vars(home).items() if name[:2] != "__"})
    module.foreign, module.__all__ = pd.isna, OFFERED
    edge.guard(module)
    return module


class TestGuard:
    """Which functions are checked."""

    def test_offered(self, room, home):
        """What a room lists is checked there and at home, under its name, and can be pickled."""
        for function in (room.half, home.half):
            with pytest.raises(TypeError, match="^size must be a number, got 'a'$"):
                function("a")
        assert room.half(3, whole=False) == 1.5
        assert (room.half.__name__, room.half.__doc__) == ("half", "Half of a size.")
        assert pickle.loads(pickle.dumps(room.half)) is room.half is home.half  # noqa: S301

    def test_the_rest_is_left(self, room):
        """What is not listed, hidden, no function or made elsewhere stays as it was."""
        assert room.inner("a") == room._hidden("a") == "a"
        assert room.LIMIT == 3
        assert room.foreign is pd.isna

    def test_methods(self, room):
        """Methods and makers of a class are checked; what is hidden or asked without (), is not."""
        made = room.Result.of(2)
        assert isinstance(made, room.Result)
        assert (made.times(3), made.twice, made._inner("a"), room.Plain().times(3)) == (
            6,
            4,
            "a",
            3,
        )
        for call in (made.times, room.Plain().times):
            with pytest.raises(TypeError, match="^factor must be a number, got 'a'$"):
                call("a")
        with pytest.raises(TypeError, match="^value must be a number, got 'a'$"):
            room.Result.of("a")

    @pytest.mark.parametrize(
        ("one", "other", "equal"),
        [
            (pd.DataFrame({"a": [1.0, np.nan]}), pd.DataFrame({"a": [1.0, np.nan]}), True),
            (pd.DataFrame({"a": [1.0, np.nan]}), pd.DataFrame({"a": [1.0, 2.0]}), False),
            (pd.Series([1.0]), pd.DataFrame([1.0]), False),
            (np.array([1.0, np.nan]), np.array([1.0, np.nan]), True),
            (np.array([1.0, np.nan]), np.array([1.0, 2.0]), False),
            (np.array(["a", "b"]), np.array(["a", "b"]), True),
            (np.nan, np.nan, True), (np.nan, 1.0, False), (1.0, np.nan, False), (1.0, 2.0, False),
        ],
    )  # fmt: skip
    def test_results_are_equal_by_field(self, room, one, other, equal):
        """A dataclass is compared field by field, cell by cell, and what is missing is alike."""
        assert (room.Result(1, one) == room.Result(1, other)) is equal
        assert room.Result(1, one) != room.Result(2, one)

    def test_others_are_themselves(self, room):
        """A result is no other kind of thing; what has no fields equals itself alone."""
        assert room.Result(1) != 1
        assert room.Plain() != room.Plain()

    def test_twice(self, room, home):
        """What two rooms offer is checked once: the second finds the first one's check."""
        before = room.half, vars(room.Result)["times"]
        edge.guard(room)
        assert (room.half, vars(room.Result)["times"]) == before
        assert room.half is home.half

    def test_the_library_itself(self, home):
        """Of the library itself every public name of ours is checked, listed or not."""
        module = ModuleType("tradelib")
        module.inner, module.half, module.isna = home.inner, home.half, pd.isna
        module.__all__ = ["half"]
        edge.guard(module)
        for function in (module.inner, module.half):
            with pytest.raises(TypeError, match="^size must be a number"):
                function("a")
        assert module.isna is pd.isna


class TestArguments:
    """What a checked function looks at."""

    def test_options(self, room):
        """Options that a typed dict and the one it stands on name are checked by it."""
        table = pd.DataFrame({"value": [5.0]}, index=[2020])
        assert room.asked(table, year=2020, at="home") == 5
        with pytest.raises(TypeError, match=r"^year must be a whole number, got 2020\.0$"):
            room.asked(table, year=2020.0)
        with pytest.raises(TypeError, match="^at must be a text, got 3$"):
            room.asked(table, year=2020, at=3)
        with pytest.raises(TypeError, match="^table must be a DataFrame, got 3$"):
            room.asked(3, year=2020)

    def test_by_place_and_by_name(self, room):
        """All are handed on as they came, and each is looked at wherever it stands."""
        assert room.loose(1, 2, 3, of=4) == (1, (2, 3), {"of": 4})
        for call in (lambda: room.half(1, whole=1), lambda: room.half(size=1, whole=1)):
            with pytest.raises(TypeError, match="^whole must be True or False, got 1$"):
                call()

    def test_python_says_what_is_missing(self, room):
        """Arguments that do not fit the parameters are Python's to refuse."""
        with pytest.raises(TypeError, match=r"^half\(\) missing 1 required positional argument"):
            room.half()
        with pytest.raises(TypeError, match=r"^half\(\) got an unexpected keyword argument 'at'"):
            room.half(1, at=3)
        with pytest.raises(
            TypeError, match=r"^half\(\) takes 1 positional argument but 2 were given"
        ):
            room.half(1, 2)


class TestNames:
    """Hints that are names of others, as numpy's are from Python 3.12 on."""

    class Named:
        """A name, and what it stands for."""

        __value__ = np.ndarray[tuple[int], np.dtype[np.float64]]

    def test_an_array(self):
        """Read through the name: an array passes, a number does not."""
        edge.fits("x", np.arange(2.0), self.Named)
        with pytest.raises(TypeError, match="^x must be an array, got 3$"):
            edge.fits("x", 3, self.Named)
        with pytest.raises(TypeError, match="^x must be an array or None, got 3$"):
            edge.fits("x", 3, NDArray[np.float64] | None)

    @pytest.mark.parametrize("given", [1, 2.5, [1, 2], np.arange(3), pd.Series([0.5])])
    def test_numbers(self, given):
        """The ArrayLike of numpy takes numbers and arrays of them, alone or beside None, and no text."""
        edge.fits("x", given, ArrayLike)
        edge.fits("x", given, ArrayLike | None)
        with pytest.raises(
            TypeError, match=r"^x must be a number or an array of numbers or None, "
        ):
            edge.fits("x", "a", ArrayLike | None)


class TestErrors:
    """What becomes of an error inside a checked function."""

    def test_tripped(self, room):
        """An error nobody meant is turned: what was given, options too, what broke, the way out."""
        table = pd.DataFrame({"value": [5.0]}, index=[2020])
        said = (
            r"^asked cannot work with table=a DataFrame of \['value'\], year=1999, at='home' "
            r"\(KeyError: 1999\); its help says what it takes$"
        )
        with pytest.raises(ValueError, match=said) as caught:
            room.asked(table, year=1999, at="home")
        assert isinstance(caught.value.__cause__, KeyError)

    @pytest.mark.parametrize(
        ("text", "wanted", "said"),
        [
            ("a", -1, "^nothing below zero is wanted$"),
            ("a", 10, "^whole cannot work with text='a', wanted=10 .LookupError: more than nine.;"),
            ("a", 1, "^whole cannot work with text='a', wanted=1 .ValueError: invalid literal for"),
        ],
    )
    def test_meant(self, room, text, wanted, said):
        """Only a type or value that our own code refuses is said as it is."""
        with pytest.raises(ValueError, match=said):
            room.whole(text, wanted)

    @pytest.mark.parametrize("package", ["own", "", "numpy", "json", "tradelib_plus"])
    def test_of_whom(self, room, package):
        """A caller's own function fails as it likes; what a package raises is turned."""
        space = {"__name__": f"{package}.inner"} if package else {}
        exec("def fail(): raise KeyError('mine')", space)  # noqa: S102 - ours
        turned = package in ("numpy", "json")
        with pytest.raises(ValueError if turned else KeyError, match="mine"):
            room.called(space["fail"])

    def test_other_errors(self, room):
        """What is no fault of the input passes: a file that is missing, say."""
        with pytest.raises(FileNotFoundError, match="'nowhere'$"):
            room.called(Path("nowhere").read_text)
