"""The public edge: what a validated function looks at, and that it renames no error."""

import pickle
from collections.abc import Callable
from typing import Any, TypedDict, Unpack

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike, NDArray

import tradelib as tl
from tradelib.core import validation
from tradelib.core.errors import InputError, InputTypeError, NoAnswerError
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
def loose(size: float, *others: object) -> tuple:
    """What is given."""
    return size, others


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

    def test_by_place_and_by_name(self):
        """All are handed on as they came."""
        assert loose(1, "a", "b") == (1, ("a", "b"))
        with pytest.raises(InputTypeError, match="^size must be a number, got 'a'$"):
            half(size="a")

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
            (lambda: rated("a", 1.94, 2), "size must be a number, got 'a'"),
            (lambda: rated(515, 1.94, "two"), "rated takes size by position, and multiple"),
            (lambda: tl.base_rate(515, 1.94, 2), "size_musd and multiple and horizon must be"),
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
        "error", [KeyError, AttributeError, ZeroDivisionError, IndexError, ValueError, MemoryError]
    )
    def test_it_comes_as_itself(self, error):
        """Whatever is raised inside leaves as the same object."""
        mine = error("mine")

        def fail():
            raise mine

        with pytest.raises(error) as caught:
            called(fail)
        assert caught.value is mine

    def test_a_table_that_lacks_a_row(self):
        """What a function trips over is Python's own error."""
        with pytest.raises(KeyError, match="1999"):
            asked(pd.DataFrame({"value": [5.0]}, index=[2020]), year=1999)

    def test_kinds(self):
        """Refusals are ValueErrors, those of a wrong kind TypeErrors too; no answer is no refusal."""
        assert issubclass(InputError, ValueError)
        assert issubclass(InputTypeError, InputError)
        assert issubclass(InputTypeError, TypeError)
        assert issubclass(NoAnswerError, ValueError)
        assert not issubclass(NoAnswerError, InputError)
        expected = (InputError, InputTypeError, NoAnswerError)
        assert (tl.InputError, tl.InputTypeError, tl.NoAnswerError) == expected


class TestHints:
    """What annotations ask for."""

    @pytest.mark.parametrize("hint", [NDArray[np.float64], NDArray[np.float64] | None])
    def test_arrays(self, hint):
        """An array, by numpy's own name for it on every Python."""
        validation.fits("x", np.array([1.0]), hint)
        with pytest.raises(InputTypeError, match="^x must be an array"):
            validation.fits("x", [1.0], hint)

    def test_numbers_or_arrays(self):
        """A number, an array or a list of numbers; no text, nothing ragged."""
        for value in (3, 2.5, np.array([1, 2]), [1.0, 2.0], [[1.0], [2.0]], True):
            validation.fits("x", value, ArrayLike)
        for value in ("a", ["a"], [[1.0], [1.0, 2.0]], None):
            with pytest.raises(InputTypeError, match="^x must be a number or an array of numbers"):
                validation.fits("x", value, ArrayLike)
        validation.fits("x", None, ArrayLike | None)
