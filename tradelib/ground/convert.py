"""Tables as people hold them, made the tidy frames that the library works on.

`plain_types` gives the columns of any table the types of a bundled one: numbers that came as
texts, decimals, objects, nullable or Arrow types. `as_history` makes a history of what holds a
turnover a year: a frame, a Series, a mapping or a list, its years as a column or as the index.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype, is_numeric_dtype

from tradelib.ground.errors import InputError, InputTypeError

TURNOVER = "turnover_musd"
FLOWS = ("export_musd", "import_musd")
NEEDED = "needed are year and turnover_musd (US$ million), a full calendar year a row"
# Columns that hold numbers by their name: a text in them is read as a number, or refused.
NUMBERS = re.compile(r"^(year|\d{4})$|_musd$")
# Columns that hold days by their name: texts in them are read as such if all are ISO days.
DAYS = {"released", "resolved", "full_year_released"}
# Between these a number without a name is taken for a calendar year.
YEARS = (1000, 3000)
# No number beyond it is a calendar year.
LAST_YEAR = 9999
# What else stands for an empty cell, and what a number looks like.
MISSING = {"", "nan", "none", "<na>"}
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf")


@runtime_checkable
class Table(Protocol):
    """A table of another library, such as polars or pyarrow."""

    def to_pandas(self) -> pd.DataFrame:
        """The same table as pandas has it."""


# What a history may come as.
History: TypeAlias = pd.DataFrame | pd.Series | Mapping[Any, Any] | Sequence[Any] | Table


def plain_types(frame: pd.DataFrame, *, single: bool = True) -> pd.DataFrame:
    """A table with the types that the library works on; the same one if it has them already.

    Not `single`: floats of single precision become double ones. A panel of them stays as it is,
    half the memory of a large one.
    """
    odd = [
        place
        for place, (name, dtype) in enumerate(zip(frame.columns, frame.dtypes, strict=True))
        if not _is_plain(str(name), dtype, single)
    ]
    if not odd:
        return frame
    made = frame.copy(deep=False)
    for place in odd:
        name = frame.columns[place]
        made[name] = _plain_column(str(name), frame.iloc[:, place])
    return made


def as_history(table: History, *, column: str = TURNOVER) -> pd.DataFrame:
    """A frame with ``year`` (int64) and turnover among its columns, ascending by year.

    Parameters
    ----------
    table : DataFrame, Series, mapping, list, or a table of another library
        A frame with ``year`` as a column or as its index, and ``turnover_musd`` or, in its place,
        ``export_musd`` and ``import_musd``; a Series by year; a mapping of year to turnover; a list
        of mappings, one a year, or of pairs (year, turnover). Years may be whole numbers, texts,
        Periods or days of a yearly series.
    column : str, the column that is wanted, in place of ``turnover_musd``

    Returns
    -------
    DataFrame, other columns as they are; a copy where anything had to change

    Raises
    ------
    InputError
        If it holds no years or no turnover, or a year that is none.

    Examples
    --------
    >>> as_history({"2021": 254, "2020": 128}).to_numpy().tolist()
    [[2020, 128], [2021, 254]]
    """
    frame = by_year(table)
    if column == TURNOVER and TURNOVER not in frame and set(FLOWS) <= set(frame):
        frame = frame.assign(turnover_musd=frame[FLOWS[0]] + frame[FLOWS[1]])
    if column not in frame:
        had = ", ".join(map(str, frame.columns))
        raise InputError(f"the history lacks {column}, it has {had}; {NEEDED}")
    return frame


def by_year(table: History) -> pd.DataFrame:
    """A frame with ``year`` (int64) among its columns, ascending, of what `as_history` takes."""
    frame = plain_types(_with_year(_framed(table)), single=False)
    if frame["year"].dtype != np.int64:
        frame = frame.assign(year=whole_years(frame["year"]))
    if not frame["year"].is_monotonic_increasing:
        frame = frame.sort_values("year", ignore_index=True)
    return frame


def as_wide(table: pd.DataFrame) -> pd.DataFrame:
    """A frame of numbers with a row a pair and a column a year, its years as whole numbers.

    The pairs may stand in a column ``pair``, the years be texts, Periods or fractions of zero. A
    long frame, a row a pair and year, is refused with the call that turns it.
    """
    names = set(map(str, table.columns))
    for pair, year, value in (("unique_id", "ds", "y"), ("pair", "year", TURNOVER)):
        if {pair, year, value} <= names:
            wide = "tradelib.flows.by_pair(history)"
            if pair != "pair":
                renamed = {pair: "pair", year: "year", value: TURNOVER}
                wide = f"tradelib.flows.by_pair(history.rename(columns={renamed}))"
            raise InputError(
                f"history has a row a pair and a column a year; of a long frame: {wide}"
            )
    if "pair" in names:
        table = table.set_index("pair")
    if not len(table.columns):
        raise InputError(f"history needs pairs and years, got a frame of shape {table.shape}")
    years = [year_of(getattr(name, "year", name)) for name in table.columns]
    if None in years:
        odd = table.columns[years.index(None)]
        raise InputError(
            f"columns are consecutive years in order, got {odd!r}; pairs are the index"
        )
    wide = plain_types(table.set_axis(pd.Index(years, dtype="int64"), axis=1))
    for year, dtype in zip(wide.columns, wide.dtypes, strict=True):
        if not is_numeric_dtype(dtype) or is_bool_dtype(dtype):
            raise InputTypeError(f"{year} must hold numbers, got {dtype}")
    return wide.astype("float64")


def whole_years(values: pd.Series) -> pd.Series:
    """Calendar years as int64, of numbers, texts, Periods or days; what is none is refused."""
    if isinstance(values.dtype, pd.PeriodDtype) or values.dtype.kind == "M":
        return _years_of_days(values)
    if values.dtype.kind in "iuf" and _are_years(values):
        return values.astype("int64")
    years = [year_of(cell) for cell in values.tolist()]
    if None in years:
        row, cell = next(
            (row, cell)
            for (row, cell), year in zip(values.items(), years, strict=True)
            if year is None
        )
        raise InputTypeError(f"years are whole numbers, none missing, got {cell!r} in row {row!r}")
    return pd.Series(years, index=values.index, name="year", dtype="int64")


def year_of(cell: Any) -> int | None:
    """A calendar year from 2015, 2015.0, "2015" or "2015.0"; None if it is none."""
    if isinstance(cell, str) and re.fullmatch(r"\s*\d{4}([.,]0+)?\s*", cell):
        return int(cell.strip()[:4])
    if isinstance(cell, bool) or not isinstance(cell, int | float | np.number | Decimal):
        return None
    number = float(cell)
    return int(number) if abs(number) <= LAST_YEAR and number % 1 == 0 else None


def day_of(name: str, value: Any) -> pd.Timestamp:
    """A calendar day from an ISO text or a date."""
    day = pd.to_datetime(value, errors="coerce") if isinstance(value, str | date) else pd.NaT
    if pd.isna(day):
        raise InputError(f"{name} is a day such as '2022-10-05', got {value!r}")
    return pd.Timestamp(day.year, day.month, day.day)


def number_of(cell: Any) -> float | None:
    """A cell as a number, not a number where it is empty; None if it is something else."""
    if isinstance(cell, int | float | np.number) and not isinstance(cell, bool):
        return float(cell)
    if cell is None or (isinstance(cell, str) and cell.strip().casefold() in MISSING):
        return np.nan
    plain = isinstance(cell, str) and PLAIN_NUMBER.fullmatch(cell.strip())
    return float(cell) if plain else None


def _framed(table: History) -> pd.DataFrame:
    """What holds a history as a frame, its years in a column or as the index."""
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, pd.Series):
        return table.to_frame(TURNOVER)
    if isinstance(table, Table):
        return as_pandas(table)
    if isinstance(table, Mapping):
        return _of_mapping(table)
    rows = list(table)
    if rows and all(isinstance(row, Mapping) for row in rows):
        return pd.DataFrame(rows)
    if rows and all(np.shape(row) == (2,) for row in rows):
        return pd.DataFrame([tuple(row) for row in rows], columns=["year", TURNOVER])
    way = "has a mapping or a pair (year, turnover) a year"
    raise InputTypeError(f"a list that holds a history {way}, got {rows[:2]!r}")


def as_pandas(table: Table) -> pd.DataFrame:
    """A table of another library as pandas has it."""
    if hasattr(table, "to_dicts"):  # polars, which needs another package for to_pandas
        return pd.DataFrame(table.to_dicts())
    return table.to_pandas()


def _of_mapping(table: Mapping[Any, Any]) -> pd.DataFrame:
    """A frame of a mapping by column, or by year."""
    cells = list(table.values())
    if not any(str(key).casefold() == "year" for key in table):
        if cells and all(isinstance(cell, Mapping) for cell in cells):
            return pd.DataFrame(cells, index=list(table))
        return pd.DataFrame({TURNOVER: pd.Series(cells, index=list(table))})
    lengths = {str(key): np.size(column) for key, column in table.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(f"the columns of a history are equally long, got {lengths}")
    return pd.DataFrame({key: list(column) for key, column in table.items()})


def _with_year(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with a column ``year``, which may be headed in capitals or be the index."""
    if frame.columns.nlevels > 1:
        raise InputError(f"a history has one heading a column, got {list(frame.columns)[:3]}")
    if (
        {"year", TURNOVER} <= set(frame.columns)
        and "month" not in frame
        and frame.columns.is_unique
    ):
        return frame
    heads = {name: str(name).strip().casefold() for name in frame.columns}
    known = {"year", TURNOVER, *FLOWS}
    frame = frame.rename(columns={name: head for name, head in heads.items() if head in known})
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise InputError(f"a history must have each column once, got {twice} twice")
    if {"month", "year"} <= set(frame):
        way = 'history.groupby("year")["turnover_musd"].sum()'
        raise InputError(f"a history has full calendar years; sum its months first: {way}")
    if "year" in frame:
        return frame
    if {"ds", "y"} <= set(frame):
        way = f'history.rename(columns={{"ds": "year", "y": "{TURNOVER}"}})'
        raise InputError(f"a history has year and {TURNOVER}; rename its columns: {way}")
    index = frame.index
    years = isinstance(index, pd.PeriodIndex | pd.DatetimeIndex) or (
        len(index) and all(YEARS[0] < (year_of(cell) or 0) < YEARS[1] for cell in index)
    )
    if not years or index.nlevels > 1:
        had = ", ".join(map(str, frame.columns)) or "no column"
        raise InputError(f"the history lacks year, it has {had}; {NEEDED}")
    return frame.rename_axis("year").reset_index()


def _years_of_days(values: pd.Series) -> pd.Series:
    """The years of Periods or days, one a year; of months the sum is asked for."""
    if values.isna().any():
        raise InputError("years are whole numbers, none missing, got NaT")
    years = values.dt.year.astype("int64")
    if years.duplicated().any():
        way = "history.groupby(history.year.dt.year).turnover_musd.sum()"
        raise InputError(f"a history has full calendar years; sum its parts first: {way}")
    return years


@lru_cache(maxsize=1024)
def _is_plain(name: str, dtype: Any, single: bool) -> bool:
    """Whether a column of that name and type can stay as it is."""
    if isinstance(dtype, np.dtype):
        if dtype.kind in "iu":
            return bool(dtype == np.int64)
        if dtype.kind == "f":
            return name != "year" and (single or dtype.itemsize == 8)
        return dtype.kind in "bMm"
    if isinstance(dtype, pd.StringDtype) and dtype.na_value is np.nan:
        return NUMBERS.search(name) is None and name not in DAYS
    return isinstance(dtype, pd.PeriodDtype | pd.DatetimeTZDtype | pd.IntervalDtype)


def _plain_column(name: str, values: pd.Series) -> pd.Series:
    """A column with the type that its cells and its name ask for."""
    if isinstance(values.dtype, pd.Int64Dtype) and values.hasnans and not NUMBERS.search(name):
        return values  # as the library has whole numbers of which some are unknown
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind == "O":
        values = _inferred(values)
    if name == "year":
        return whole_years(values) if _are_years(values) else values
    if NUMBERS.search(name) and not is_numeric_dtype(values):
        values = _numbers(values)
    if name in DAYS and values.dtype.kind != "M":
        values = _days(values)
    if is_bool_dtype(values) or not is_numeric_dtype(values):
        return values
    if is_integer_dtype(values):
        return values.astype("int64") if isinstance(values.dtype, np.dtype) else values
    return values.astype("float64") if is_float_dtype(values) else values


def _are_years(values: pd.Series) -> bool:
    """Whether all cells are calendar years, as numbers or as texts."""
    if values.dtype.kind in "iuf":
        years = values.to_numpy(float, na_value=np.nan)
        return bool((np.abs(years) <= LAST_YEAR).all() and (years % 1 == 0).all())
    return values.dtype.kind == "O" and None not in map(year_of, values.tolist())


def _inferred(values: pd.Series) -> pd.Series:
    """Cells of any type as numbers, texts, days or truth values, if all are of one kind."""
    cells = [_cell(cell) for cell in values.tolist()]
    several = next(
        (cell for cell in cells if isinstance(cell, list | dict | set | np.ndarray)), None
    )
    if several is not None:
        raise InputTypeError(f"a cell holds one value, got {several!r} in {values.name}")
    made = pd.Series(cells, index=values.index, name=values.name)
    whole = all(cell is None or type(cell) is int for cell in cells)
    if is_float_dtype(made) and whole and not NUMBERS.search(str(values.name)):
        return made.astype("Int64")
    return made


def _cell(cell: Any) -> Any:
    """A cell without the types of decimals and of what is missing."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, np.generic):
        return cell.item()
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    return None if isinstance(cell, float) and np.isnan(cell) else cell


def _numbers(values: pd.Series) -> pd.Series:
    """Texts as numbers, if all of them are; else a function that needs numbers names the cell."""
    numbers = [number_of(cell) for cell in values.tolist()]
    if None in numbers:
        return values
    return pd.Series(numbers, index=values.index, name=values.name, dtype="float64")


def _days(values: pd.Series) -> pd.Series:
    """ISO texts as days, if all of them are."""
    if not all(isinstance(cell, str | date) for cell in values.dropna()):
        return values
    read = pd.to_datetime(values, format="%Y-%m-%d", errors="coerce")
    return values if (read.isna() & values.notna()).any() else read
