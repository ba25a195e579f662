"""The public edge: what a validated function looks at, and that it renames no error."""

import pickle
from collections.abc import Callable
from typing import Any, TypedDict, Unpack

import pandas as pd
import pytest

import tradelib as tl
from tradelib.core.errors import InputTypeError
from tradelib.core.validation import validated


class Options(TypedDict, total=False):
    """Options of a table."""

    year: int


class More(Options, total=False):
    """Further ones."""

    at: str


@validated
def half(size: float, *, whole: bool = False) -> float:
    """Half of a size."""
    return size if whole else size / 2


@validated
def asked(table: pd.DataFrame, **options: Unpack[More]) -> Any:
    """A cell of a table."""
    return table["value"].loc[options["year"]]


@validated
def called(by: Callable) -> Any:
    """What a function returns."""
    return by()


@validated
def rated(size: float, *, multiple: float, horizon: int, ever: bool = False) -> tuple:
    """Options by name."""
    return size, multiple, horizon, ever


class Result:
    """A class with methods."""

    @validated
    def times(self, factor: float) -> float:
        """A product."""
        return 2 * factor

    @classmethod
    @validated
    def of(cls, value: float) -> "Result":
        """One of it."""
        return cls()


class TestValidated:
    """What a function with the check looks at."""

    def test_a_function(self):
        """Its name, words and pickle are its own; a number is a number."""
        assert half(3, whole=False) == 1.5
        assert (half.__name__, half.__doc__) == ("half", "Half of a size.")
        assert pickle.loads(pickle.dumps(half)) is half  # noqa: S301
        with pytest.raises(InputTypeError, match="^size must be a number, got 'a'$"):
            half("a")

    def test_methods(self):
        """Methods and makers of a class."""
        assert Result().times(3) == 6
        assert isinstance(Result.of(2), Result)
        with pytest.raises(InputTypeError, match="^factor must be a number, got 'a'$"):
            Result().times("a")
        with pytest.raises(InputTypeError, match="^value must be a number, got 'a'$"):
            Result.of("a")

    def test_options(self):
        """Options that a typed dict and the one it stands on name, and no other."""
        table = pd.DataFrame({"value": [5.0]}, index=[2020])
        assert asked(table, year=2020, at="home") == 5
        with pytest.raises(InputTypeError, match=r"^year must be a whole number, got 2020\.0$"):
            asked(table, year=2020.0)
        with pytest.raises(InputTypeError, match="^at must be a text, got 3$"):
            asked(table, year=2020, at=3)
        with pytest.raises(InputTypeError, match="^asked has no option 'nosuch'; see its help$"):
            asked(table, nosuch=1)
        with pytest.raises(InputTypeError, match="^table must be a DataFrame, got 3$"):
            asked(3, year=2020)

    def test_python_says_it_best(self):
        """What is missing or not known stays Python's own error."""
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'size'"):
            half()
        with pytest.raises(TypeError, match="unexpected keyword argument 'nosuch'"):
            half(1, nosuch=1)

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: rated(515, 1.94, 2), "multiple and horizon must be given by name"),
            (lambda: rated(515, 1.94, horizon=2), r"multiple must be given by name: rated\(515"),
            (lambda: rated(515, 1.94, "two"), "rated takes size by position, and multiple"),
            (lambda: tl.panel_growth({2020: 1.0}, 2), "horizon must be given by name"),
            (lambda: tl.assess("KAZ", "TKM", 1000, 2027), "target must be a Target, such as"),
        ],
    )
    def test_the_call_that_works(self, call, message):
        """What has to be given by name is said with the whole call."""
        with pytest.raises(InputTypeError, match=f"^{message}"):
            call()

    def test_tables_get_the_types_of_the_library(self):
        """A nullable column reaches the function as numbers."""

        @validated
        def types(table: pd.DataFrame) -> list[str]:
            return table.dtypes.astype(str).tolist()

        odd = pd.DataFrame(
            {"year": ["2020", "2021"], "turnover_musd": pd.array([1, None], "Int64")}
        )
        assert types(odd) == ["int64", "float64"]
        assert odd.dtypes.astype(str).tolist() == ["str", "Int64"]


class TestErrors:
    """No error is renamed: a bug of ours is seen as ours."""

    @pytest.mark.parametrize(
        "error", [KeyError, AttributeError, ZeroDivisionError, ValueError, MemoryError]
    )
    def test_it_comes_as_itself(self, error):
        """Whatever is raised inside leaves as the same object."""
        mine = error("mine")

        def fail():
            raise mine

        with pytest.raises(error) as caught:
            called(fail)
        assert caught.value is mine

    def test_kinds(self):
        """Refusals are ValueErrors, those of a wrong kind TypeErrors too; no answer is no refusal."""
        assert issubclass(tl.InputError, ValueError)
        assert issubclass(tl.InputTypeError, tl.InputError)
        assert issubclass(tl.InputTypeError, TypeError)
        assert issubclass(tl.NoAnswerError, ValueError)
        assert not issubclass(tl.NoAnswerError, tl.InputError)
