"""Conversion of a user's tables to the tidy frames that the library works on.

`plain_types` gives the columns of a table the types of the bundled tables, whether its numbers are
texts, decimals, objects, nullable or Arrow types. `as_history` makes a frame of annual turnover
from a frame, a Series, a mapping or a list, with the years in a column or in the index.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_numeric_dtype

from tradelib.core.errors import InputError, InputTypeError

TURNOVER = "turnover_musd"
FLOW_COLUMNS = ("export_musd", "import_musd")
NEEDED_TEXT = "needed are year and turnover_musd (US$ million), a full calendar year a row"
# Names of columns that hold numbers: a text in them is read as a number, or refused.
NUMBER_COLUMNS = re.compile(r"^(year|\d{4})$|_musd$")
# Names of columns that hold days: texts in them are read as days if all are ISO days.
DAYS = {"released", "resolved", "full_year_released"}
# Between these a number in an index without a name is taken for a calendar year.
YEARS = (1000, 3000)
# A calendar year is at most this, on either side of zero.
LARGEST_YEAR = 9999
# Texts that stand for an empty cell, in small letters; and what a text that is a number looks like.
MISSING = {"", "nan", "none", "<na>"}
PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf")


@runtime_checkable
class Table(Protocol):
    """A table of another library, such as polars or pyarrow."""

    def to_pandas(self) -> pd.DataFrame:
        """The same table as a pandas DataFrame."""


# Everything that a history may be given as.
History: TypeAlias = pd.DataFrame | pd.Series | Mapping[Any, Any] | Sequence[Any] | Table


def plain_types(frame: pd.DataFrame, *, single: bool = True) -> pd.DataFrame:
    """A table with the types that the library works on.

    It is the same table if it has them already. With `single`, floats of single precision stay,
    because a large panel then takes half the memory; without it they become double ones.
    """
    other_types = []
    for position, (name, dtype) in enumerate(frame.dtypes.items()):
        if not _is_plain(str(name), dtype, single):
            other_types.append(position)
    if not other_types:
        return frame
    plain = frame.copy(deep=False)
    for position in other_types:
        name = frame.columns[position]
        plain[name] = _plain_column(str(name), frame.iloc[:, position])
    return plain


def as_history(table: History, *, column: str = TURNOVER) -> pd.DataFrame:
    """A frame with ``year`` (int64) and turnover among its columns, sorted by year.

    Parameters
    ----------
    table : DataFrame, Series, mapping, list or table of another library
        A frame with ``year`` as a column or as its index, and ``turnover_musd`` or, in its place,
        ``export_musd`` and ``import_musd``; a Series by year; a mapping of year to turnover; a list
        of mappings, one a year, or of pairs (year, turnover). Years may be whole numbers, texts,
        Periods or days of a yearly series.
    column : str
        The column that is needed, in place of ``turnover_musd``.

    Returns
    -------
    DataFrame
        `table` with its other columns unchanged; a copy where anything had to change.

    Raises
    ------
    InputError
        If `table` has no years or no turnover, or a cell of ``year`` is no calendar year.

    Examples
    --------
    >>> as_history({"2021": 254, "2020": 128}).to_numpy().tolist()
    [[2020, 128], [2021, 254]]
    """
    frame = by_year(table)
    if column == TURNOVER and TURNOVER not in frame and set(FLOW_COLUMNS) <= set(frame):
        frame = frame.assign(turnover_musd=frame[FLOW_COLUMNS[0]] + frame[FLOW_COLUMNS[1]])
    if column not in frame:
        columns = ", ".join(map(str, frame.columns))
        raise InputError(f"the history lacks {column}, it has {columns}; {NEEDED_TEXT}")
    return frame


def by_year(table: History) -> pd.DataFrame:
    """A history as a frame sorted by its column ``year`` (int64)."""
    frame = plain_types(_with_year(_framed(table)), single=False)
    if frame["year"].dtype != np.int64:
        frame = frame.assign(year=whole_years(frame["year"]))
    if not frame["year"].is_monotonic_increasing:
        frame = frame.sort_values("year", ignore_index=True)
    return frame


def as_wide(table: pd.DataFrame) -> pd.DataFrame:
    """A frame of numbers with a row a pair and a column a year.

    The pairs may stand in a column ``pair``. The years may be texts, Periods or floats, and become
    whole numbers. A long frame (a row a pair and year) is refused with the call that makes it wide.
    """
    names = set(map(str, table.columns))
    _refuse_long(names)
    if "pair" in names:
        table = table.set_index("pair")
    if not len(table.columns):
        raise InputError(f"history needs pairs and years, got a frame of shape {table.shape}")
    years = [year_of(getattr(name, "year", name)) for name in table.columns]
    if None in years:
        wrong = table.columns[years.index(None)]
        raise InputError(
            f"columns are consecutive years in order, got {wrong!r}; pairs are the index"
        )
    wide = plain_types(table.set_axis(pd.Index(years, dtype="int64"), axis=1))
    for year, dtype in zip(wide.columns, wide.dtypes, strict=True):
        if not is_numeric_dtype(dtype) or is_bool_dtype(dtype):
            raise InputTypeError(f"{year} must hold numbers, got {dtype}")
    return wide.astype("float64")


def _refuse_long(names: set[str]) -> None:
    """Raise if the columns are those of a long frame, with the call that turns it."""
    nixtla = {"unique_id": "pair", "ds": "year", "y": TURNOVER}  # names of Nixtla's libraries
    if nixtla.keys() <= names:
        call = f"tradelib.flows.by_pair(history.rename(columns={nixtla}))"
    elif {"pair", "year", TURNOVER} <= names:
        call = "tradelib.flows.by_pair(history)"
    else:
        return
    raise InputError(f"history has a row a pair and a column a year; of a long frame: {call}")


def whole_years(values: pd.Series) -> pd.Series:
    """Calendar years as int64, from numbers, texts, Periods or days."""
    if isinstance(values.dtype, pd.PeriodDtype) or values.dtype.kind == "M":
        return _years_of_days(values)
    if values.dtype.kind in "iuf" and _are_years(values):
        return values.astype("int64")
    years = [year_of(cell) for cell in values.tolist()]
    if None in years:
        row, cell = list(values.items())[years.index(None)]
        raise InputTypeError(f"years are whole numbers, none missing, got {cell!r} in row {row!r}")
    return pd.Series(years, index=values.index, name="year", dtype="int64")


def year_of(cell: Any) -> int | None:
    """A calendar year from 2015, 2015.0, "2015" or "2015.0"; None if it is none."""
    if isinstance(cell, str) and re.fullmatch(r"\s*\d{4}([.,]0+)?\s*", cell):
        return int(cell.strip()[:4])
    if isinstance(cell, bool) or not isinstance(cell, int | float | np.number | Decimal):
        return None
    number = float(cell)
    is_year = abs(number) <= LARGEST_YEAR and number % 1 == 0
    return int(number) if is_year else None


def day_of(name: str, value: Any) -> pd.Timestamp:
    """A calendar day from an ISO text or a date."""
    day = pd.to_datetime(value, errors="coerce") if isinstance(value, str | date) else pd.NaT
    if pd.isna(day):
        raise InputError(f"{name} is a day such as '2022-10-05', got {value!r}")
    return pd.Timestamp(day.year, day.month, day.day)


def number_of(cell: Any) -> float | None:
    """A cell as a number, NaN if it is empty; None if it holds anything else."""
    if isinstance(cell, int | float | np.number) and not isinstance(cell, bool):
        return float(cell)
    if cell is None:
        return np.nan
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if text.casefold() in MISSING:
        return np.nan
    return float(cell) if PLAIN_NUMBER.fullmatch(text) else None


def _framed(table: History) -> pd.DataFrame:
    """A history as a frame, its years in a column or as the index."""
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
    raise InputTypeError(
        "a list that holds a history has a mapping or a pair (year, turnover) a year, "
        f"got {rows[:2]!r}"
    )


def as_pandas(table: Table) -> pd.DataFrame:
    """A table of another library as a pandas DataFrame."""
    if hasattr(table, "to_dicts"):  # polars, which needs another package for to_pandas
        return pd.DataFrame(table.to_dicts())
    return table.to_pandas()


def _of_mapping(table: Mapping[Any, Any]) -> pd.DataFrame:
    """A frame from a mapping of columns, or of years."""
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
    """A frame with a column ``year``, which may be in capitals or be the index."""
    if frame.columns.nlevels > 1:
        raise InputError(f"a history has one heading a column, got {list(frame.columns)[:3]}")
    has_both = {"year", TURNOVER} <= set(frame.columns)
    if has_both and "month" not in frame and frame.columns.is_unique:
        return frame
    frame = _lower_case(frame)
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise InputError(f"a history must have each column once, got {twice} twice")
    if {"month", "year"} <= set(frame):
        call = 'history.groupby("year")["turnover_musd"].sum()'
        raise InputError(
            f"a history has full calendar years; sum its months first: {call}; or give them as "
            "months="
        )
    return frame if "year" in frame else _year_from_index(frame)


def _year_from_index(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose index holds years, with them as a column; else raise with the way out."""
    if {"ds", "y"} <= set(frame):
        call = f'history.rename(columns={{"ds": "year", "y": "{TURNOVER}"}})'
        raise InputError(f"a history has year and {TURNOVER}; rename its columns: {call}")
    if not _holds_years(frame.index):
        _refuse_days(frame)
        columns = ", ".join(map(str, frame.columns)) or "no column"
        raise InputError(f"the history lacks year, it has {columns}; {NEEDED_TEXT}")
    dated = isinstance(frame.index, pd.PeriodIndex | pd.DatetimeIndex)
    if dated and frame.index.year.has_duplicates:
        call = "history.groupby(history.index.year).sum()"
        raise InputError(
            f"a history has full calendar years; sum its parts first: {call}; or give months as "
            "months="
        )
    return frame.rename_axis("year").reset_index()


def _refuse_days(frame: pd.DataFrame) -> None:
    """Raise with the call that helps, if a column under another name holds days or Periods."""
    for name, dtype in frame.dtypes.items():
        if isinstance(dtype, pd.PeriodDtype) or dtype.kind == "M":
            year = f"history[{name!r}].dt.year"
            call = f'history.groupby({year}.rename("year"))["{TURNOVER}"].sum()'
            raise InputError(
                f"the history lacks year, but {name} holds days; sum by year: {call}; or give "
                "months as months="
            )


def _lower_case(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame in which the columns of a history have their names in small letters."""
    renamed = {}
    for name in frame.columns:
        plain_name = str(name).strip().casefold()
        if plain_name == "turnover":
            plain_name = TURNOVER
        if plain_name in {"year", TURNOVER, *FLOW_COLUMNS}:
            renamed[name] = plain_name
    return frame.rename(columns=renamed)


def _holds_years(index: pd.Index) -> bool:
    """Whether an index of one level holds Periods, days or calendar years."""
    if index.nlevels > 1:
        return False
    if isinstance(index, pd.PeriodIndex | pd.DatetimeIndex):
        return True
    return len(index) > 0 and all(map(_is_recent_year, index))


def _is_recent_year(cell: Any) -> bool:
    """Whether a cell without a name can be taken for a calendar year."""
    first, last = YEARS
    year = year_of(cell)
    return year is not None and first < year < last


def _years_of_days(values: pd.Series) -> pd.Series:
    """Years of Periods or days; if two are of one year, raise with the call to sum."""
    missing = values.isna().to_numpy()
    if missing.any():
        row = missing.argmax()
        raise InputError(f"years are whole numbers, none missing, got NaT in row {row}")
    years = values.dt.year.astype("int64")
    if years.duplicated().any():
        call = "history.groupby(history.year.dt.year).turnover_musd.sum()"
        raise InputError(f"a history has full calendar years; sum its parts first: {call}")
    return years


@lru_cache(maxsize=1024)
def _is_plain(name: str, dtype: Any, single: bool) -> bool:
    """Whether a column of that name and type needs no conversion."""
    if isinstance(dtype, np.dtype):
        if dtype.kind in "iu":
            return bool(dtype == np.int64)
        if dtype.kind == "f":
            return name != "year" and (single or dtype.itemsize == 8)
        return dtype.kind in "bMm"
    if isinstance(dtype, pd.StringDtype) and dtype.na_value is np.nan:
        return NUMBER_COLUMNS.search(name) is None and name not in DAYS
    return isinstance(dtype, pd.PeriodDtype | pd.DatetimeTZDtype | pd.IntervalDtype)


def _plain_column(name: str, values: pd.Series) -> pd.Series:
    """A column with the type that its cells and its name ask for."""
    if (
        isinstance(values.dtype, pd.Int64Dtype)
        and values.hasnans
        and not NUMBER_COLUMNS.search(name)
    ):
        return values  # the library's own type of whole numbers of which some are unknown
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind == "O":
        values = _inferred(values)
    if name == "year":
        return whole_years(values) if _are_years(values) else values
    if NUMBER_COLUMNS.search(name) and not is_numeric_dtype(values):
        values = _numbers(values)
    if name in DAYS and values.dtype.kind != "M":
        values = _days(values)
    return _of_full_width(values)


def _of_full_width(values: pd.Series) -> pd.Series:
    """Numbers as int64 or float64; anything else as it is."""
    if not isinstance(values.dtype, np.dtype):
        return values
    if values.dtype.kind in "iu":
        return values.astype("int64")
    return values.astype("float64") if values.dtype.kind == "f" else values


def _are_years(values: pd.Series) -> bool:
    """Whether all cells are calendar years, as numbers or as texts."""
    if values.dtype.kind in "iuf":
        years = values.to_numpy(float, na_value=np.nan)
        inside = np.abs(years) <= LARGEST_YEAR
        return bool(inside.all() and (years % 1 == 0).all())
    return values.dtype.kind == "O" and None not in map(year_of, values.tolist())


def _inferred(values: pd.Series) -> pd.Series:
    """Cells as numbers, texts, days or truth values, if all are of one kind."""
    cells = [_cell(cell) for cell in values.tolist()]
    for cell in cells:
        if isinstance(cell, list | dict | set | np.ndarray):
            raise InputTypeError(f"a cell holds one value, got {cell!r} in {values.name}")
    column = pd.Series(cells, index=values.index, name=values.name)
    all_whole = all(cell is None or type(cell) is int for cell in cells)
    if is_float_dtype(column) and all_whole and not NUMBER_COLUMNS.search(str(values.name)):
        return column.astype("Int64")
    return column


def _cell(cell: Any) -> Any:
    """A cell as one of Python's own types, None if it is missing."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, np.generic):
        return cell.item()
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    if isinstance(cell, float) and np.isnan(cell):
        return None
    return cell


def _numbers(values: pd.Series) -> pd.Series:
    """Texts as numbers if all of them are; else unchanged, for a later check."""
    numbers = [number_of(cell) for cell in values.tolist()]
    if None in numbers:
        return values
    return pd.Series(numbers, index=values.index, name=values.name, dtype="float64")


def _days(values: pd.Series) -> pd.Series:
    """ISO texts as days if all of them are; else unchanged."""
    if not all(isinstance(cell, str | date) for cell in values.dropna()):
        return values
    days = pd.to_datetime(values, format="%Y-%m-%d", errors="coerce")
    unreadable = days.isna() & values.notna()
    return values if unreadable.any() else days
