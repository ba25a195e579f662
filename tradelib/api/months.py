"""Monthly values of a pair as people hold them, read as single months."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import pandas as pd

from tradelib.api.clock import today
from tradelib.api.csv_cells import (
    TOTALS,
    UNKNOWN,
    Cell,
    decimal_mark,
    has_months,
    number_in_cell,
    read_cells,
    sheet_of,
    text_of_file,
)
from tradelib.api.own_history import LARGEST_MUSD
from tradelib.core.convert import (
    FLOW_COLUMNS,
    TURNOVER,
    YEARS,
    History,
    Table,
    as_pandas,
    number_of,
    plain_types,
    year_of,
)
from tradelib.core.cumulated import is_cumulated
from tradelib.core.errors import InputError, InputTypeError, NoAnswerError
from tradelib.core.periods import Month, month_number, month_of
from tradelib.core.validation import shown, validated

VALUE = "value_musd"
MONTH_FLOWS = ("turnover", "export", "import")
# Headings of columns that hold a whole month with its year, the likeliest first.
PERIOD_NAMES = ("period", "date", "time_period", "time", "month")
# Headings of columns that say when a figure was published.
PUBLISHED_NAMES = ("published", "released", "vintage")
# Headings of columns of money; what stands in brackets is a unit.
MONEY_HEADING = re.compile(
    r"(value|turnover|export|import)s?(?:_musd| ?\(?us\$ ?(?:m|mn|million)\)?)?"
)
MONTHS_SHAPE = (
    "needed are year and month, or one column period such as 2026-03; and value_musd, or "
    "export_musd and import_musd (US$ million)"
)
# Differences of cumulated values are rounded to so many decimals: a thousandth of a dollar.
DECIMALS = 9


class _Source(NamedTuple):
    """Monthly values as they came: a table, and what its rows are called in errors."""

    frame: pd.DataFrame
    row: str


@validated
def read_months(
    months: History | str | Path, *, cumulated: bool | None = None, flow: str = "turnover"
) -> pd.DataFrame:
    r"""Single months of a pair's trade, from a file, a table, a Series or a mapping.

    Some statistical offices publish cumulated months: January, January to February, January to
    March. Which it is, is told from the values. They are single if they clearly fall within a
    year. They are cumulated if they never fall within a year, start again in January, and rise
    often enough: five times if they grow very evenly, seven times if about evenly, else fifteen
    times; or if their labels say so (January-March 2026). Anything else is refused, unless
    `cumulated` says it.

    Parameters
    ----------
    months : str, Path, DataFrame, Series, mapping, list or table of another library
        The path or the text of a CSV, or a table, with columns ``year`` and ``month``, or a column
        ``period``, ``date`` or ``month`` of whole months (2026-03, 2026M03, 202603, Mar 2026, days,
        Periods); and with ``value_musd``, or ``export_musd`` and ``import_musd`` (US$ million). A
        Series by month or a mapping of month to value. Of revised months the newest counts, by a
        column ``published``, ``released`` or ``vintage``.
    cumulated : bool, optional
        Whether values are sums since January; told from the values if left out.
    flow : str
        ``"turnover"``, ``"export"`` or ``"import"``: the columns or rows that are read.

    Returns
    -------
    DataFrame
        ``year``, ``month`` (int64) and ``value_musd`` (US$ million in that month), ascending.

    Raises
    ------
    InputError
        If a row is no month with a value of zero or more, a month is missing in between, has two
        values or is not over, a cumulated value falls, or values can be read both ways.

    Examples
    --------
    >>> cumulated = {"2025-01": 10, "2025-02": 22, "2025-03": 30}
    >>> read_months(cumulated, cumulated=True).value_musd.tolist()
    [10.0, 12.0, 8.0]
    >>> read_months("period;turnover_musd\n2025M01;10,5\n2025M02;8,5").value_musd.tolist()
    [10.5, 8.5]
    """
    if flow not in MONTH_FLOWS:
        raise InputError(f"flow must be turnover, export or import, got {flow!r}")
    source = _source(months, flow)
    rows = _labelled(source)
    table = _of_flow(rows, flow, source.row)
    _check_over(table)
    _check_gaps(table)
    if _says_cumulated(table, cumulated):
        table[VALUE] = _differences(table)
    _check_size(table)
    return table[["year", "month", VALUE]]


@validated
def year_so_far(months: pd.DataFrame, *, years_back: int = 0) -> tuple[int, int, float]:
    """The newest year so far: its year, how many months are there, and their sum.

    Parameters
    ----------
    months : DataFrame
        Single months, as `read_months` returns them.
    years_back : int
        1 for the same months of the year before, 2 for those of two years before.

    Returns
    -------
    tuple
        Year, months from January (1 to 12) and their value, US$ million.

    Raises
    ------
    NoAnswerError
        If one of these months is missing.

    Examples
    --------
    >>> rows = {"2024-12": 9, "2025-01": 4, "2025-02": 3}
    >>> year_so_far(read_months(rows, cumulated=False))
    (2025, 2, 7.0)
    """
    if years_back < 0:
        raise InputError(f"years_back must be 0 or more, got {years_back}")
    single = read_months(months, cumulated=False)
    newest = single.iloc[-1]
    year = int(newest["year"]) - years_back
    last = int(newest["month"])
    rows = single[(single["year"] == year) & (single["month"] <= last)]
    if len(rows) < last:
        raise NoAnswerError(
            f"January to month {last} of {year} needs {last} months, got {len(rows)}: the table "
            f"starts in {_text_at(single, 0)}; add the months before"
        )
    return year, last, float(rows[VALUE].sum())


def _source(months: History | str | Path, flow: str) -> _Source:
    """What was given, as a table with plain headings."""
    if isinstance(months, Path):
        return _of_csv(text_of_file(months), months.name, flow)
    if isinstance(months, str):
        if "\n" in months or "\r" in months:
            return _of_csv(months, "the text", flow)
        return _of_csv(text_of_file(Path(months)), Path(months).name, flow)
    frame = _with_period(_plain_headings(_framed(months)))
    _value_columns(frame, flow)
    labels = [repr(label) for label in frame.index]
    frame = plain_types(frame.reset_index(drop=True))
    return _Source(frame.assign(row=labels), "row")


def _of_csv(text: str, name: str, flow: str) -> _Source:
    """The table in the text of a CSV, its columns of money as numbers."""
    sheet = sheet_of(text, name, has_months)
    if sheet is None:
        first = next((line for line in text.splitlines() if line.strip()), "nothing")
        raise InputError(f"{name} starts with {first[:60]!r}; {MONTHS_SHAPE}")
    texts = [row.texts[: len(sheet.heading)] for row in sheet.rows]
    frame = pd.DataFrame(texts, columns=sheet.heading, dtype=object)
    frame = _with_period(_plain_headings(frame))
    for column in _value_columns(frame, flow):
        position = list(frame.columns).index(column)
        cells = read_cells(position, sheet.rows, name)
        frame[column] = _amounts(cells, sheet.separator)
    return _Source(frame.assign(row=[row.line for row in sheet.rows]), f"{name} line")


def _amounts(cells: list[Cell], separator: str) -> list[float | str]:
    """The numbers of a column, NaN where a cell is empty; texts of a row of totals stay."""
    filled = [cell for cell in cells if cell.text.casefold() not in UNKNOWN]
    decimal = decimal_mark(filled, separator)
    amounts: list[float | str] = []
    for cell in cells:
        is_empty = cell.text.casefold() in UNKNOWN
        amounts.append(np.nan if is_empty else number_in_cell(cell, decimal))
    return amounts


def _framed(months: Any) -> pd.DataFrame:
    """A table, a Series, a mapping or a list as a frame."""
    if isinstance(months, pd.DataFrame):
        return months
    if isinstance(months, pd.Series):
        return months.to_frame(VALUE)
    if isinstance(months, Table):
        return as_pandas(months)
    if isinstance(months, Mapping):
        return _of_mapping(months)
    return _of_list(list(months))


def _of_list(rows: list[Any]) -> pd.DataFrame:
    """A list of mappings, or of pairs (month, value), as a frame."""
    if rows and all(isinstance(row, Mapping) for row in rows):
        return pd.DataFrame(rows)
    if rows and all(isinstance(row, Sequence) and len(row) == 2 for row in rows):
        return pd.DataFrame([tuple(row) for row in rows], columns=["period", VALUE])
    raise InputTypeError(
        f"a list of months has a mapping or a pair (month, value) a month, got {shown(rows[:2])}"
    )


def _of_mapping(table: Mapping[Any, Any]) -> pd.DataFrame:
    """A frame from a mapping of columns, or of month to value."""
    headings = {str(key).strip().casefold() for key in table}
    if not headings & {"year", *PERIOD_NAMES}:
        values = pd.Series(list(table.values()), dtype=object)
        return pd.DataFrame({"period": list(table), VALUE: values})
    lengths = {str(key): np.size(column) for key, column in table.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(f"the columns of a table of months are equally long, got {lengths}")
    return pd.DataFrame({key: list(column) for key, column in table.items()})


def _plain_headings(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with headings in small letters, and columns of money under their usual names."""
    if frame.columns.nlevels > 1:
        raise InputError(f"months have one heading a column, got {list(frame.columns)[:3]}")
    headings = []
    for name in frame.columns:
        heading = str(name).strip().casefold()
        money = MONEY_HEADING.fullmatch(heading)
        headings.append(f"{money[1]}_musd" if money else heading)
    for heading in headings:
        if headings.count(heading) > 1:
            raise InputError(
                f"months have each column once, got {heading} {headings.count(heading)} times"
            )
    return frame.set_axis(headings, axis=1)


def _with_period(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with ``year`` and ``month``, or ``period``, which may be the index."""
    if {"year", "month"} <= set(frame.columns):
        return frame
    if {"year", "month"} <= set(frame.index.names):
        return frame.reset_index(["year", "month"])
    for name in PERIOD_NAMES:
        if name in frame.columns:
            return frame.rename(columns={name: "period"})
    if isinstance(frame.index, pd.RangeIndex) or frame.index.nlevels > 1:
        columns = ", ".join(frame.columns) or "no column"
        raise InputError(f"the table lacks months, it has {columns}; {MONTHS_SHAPE}")
    return frame.rename_axis("period").reset_index()


def _value_columns(frame: pd.DataFrame, flow: str) -> list[str]:
    """The column of a flow's values, or the two that make up turnover."""
    names = [VALUE, TURNOVER] if flow == "turnover" else [f"{flow}_musd", VALUE]
    for name in names:
        if name in frame:
            return [name]
    if flow == "turnover" and set(FLOW_COLUMNS) <= set(frame):
        return list(FLOW_COLUMNS)
    columns = ", ".join(frame.columns) or "no column"
    raise InputError(f"the table lacks values of {flow}, it has {columns}; {MONTHS_SHAPE}")


def _labelled(source: _Source) -> pd.DataFrame:
    """The rows with ``year``, ``month`` and whether the label of a month says January to it."""
    frame = source.frame
    _check_pair(frame)
    names = ["period"] if "period" in frame else ["year", "month"]
    cells = zip(*(frame[name].tolist() for name in names), strict=True)
    months = []
    for label, of_row in zip(frame["row"], cells, strict=True):
        months.append(_month_in(of_row, f"{source.row} {label}"))
    table = pd.DataFrame(months, columns=Month._fields)
    others = frame.drop(columns=["year", "month", "period"], errors="ignore")
    return pd.concat([table, others], axis=1)


def _check_pair(frame: pd.DataFrame) -> None:
    """Raise if a table is empty or has several pairs."""
    if frame.empty:
        raise InputError(f"months need one row or more, got none; {MONTHS_SHAPE}")
    for side in ("reporter", "partner"):
        countries = frame[side].unique() if side in frame else []
        if len(countries) > 1:
            names = ", ".join(map(str, countries[:3]))
            raise InputError(
                f"months are those of one pair, got {len(countries)} of {side}: {names}; choose: "
                f"months[months[{side!r}] == {countries[0]!r}]"
            )


def _month_in(cells: tuple[Any, ...], place: str) -> Month:
    """The month of a row, from its period or from its year and month."""
    for cell in cells:
        if str(cell).strip().casefold().rstrip(":") in TOTALS:
            raise InputError(f"{place} is no month but a total, got {cell!r}; leave it out")
    if len(cells) == 1:
        month = month_of(cells[0])
        needed = "a month such as 2026-03"
    else:
        year = year_of(cells[0])
        if year is None or not YEARS[0] <= year <= YEARS[1]:
            _refuse(place, "a year such as 2026", cells[0])
        numbered = month_number(cells[1])
        month = None if numbered is None else numbered._replace(year=year)
        needed = "a month of 1 to 12"
    if month is None:
        _refuse(place, needed, cells[-1])
    if not 1 <= month.month <= 12:
        _refuse(place, "a month of 1 to 12", cells[-1])
    return month


def _refuse(place: str, needed: str, cell: Any) -> NoReturn:
    """Raise with the place and the content of a cell, and with what it must be."""
    raise InputError(f"{place}: must be {needed}, got {shown(cell)}; correct it or leave it out")


def _of_flow(rows: pd.DataFrame, flow: str, place: str) -> pd.DataFrame:
    """A row a month with the value of a flow, from rows of one flow or of several."""
    if "flow" not in rows:
        return _newest(_with_values(rows, flow, place), place)
    flows = rows["flow"].map(lambda cell: str(cell).strip().casefold().removesuffix("s"))
    unclear = ~flows.isin(MONTH_FLOWS)
    if unclear.any():
        at = int(unclear.to_numpy().argmax())
        _refuse(
            f"{place} {rows['row'].iloc[at]}", "export, import or turnover", rows["flow"].iloc[at]
        )
    if flow in set(flows):
        return _newest(_with_values(rows[flows == flow], flow, place), place)
    if flow != "turnover":
        raise InputError(f"the table has no rows of {flow}, but of {', '.join(flows.unique())}")
    parts = [
        _newest(_with_values(rows[flows == side], "turnover", place), place)
        for side in ("export", "import")
    ]
    return _sum_of_flows(*parts)


def _sum_of_flows(exports: pd.DataFrame, imports: pd.DataFrame) -> pd.DataFrame:
    """Turnover by month; a month of one flow alone is refused."""
    keys = ["year", "month"]
    both = exports.merge(imports, on=keys, how="outer", suffixes=("", "_of_import"), indicator=True)
    alone = both[both["_merge"] != "both"]
    if len(alone):
        side = "exports" if alone["_merge"].iloc[0] == "left_only" else "imports"
        raise InputError(
            f"turnover needs exports and imports of a month, got {side} alone in "
            f"{_text_at(alone, 0)}; add the other, 0 if there was none, or read one flow, "
            f"flow={side.removesuffix('s')!r}"
        )
    both[VALUE] = both[VALUE] + both[f"{VALUE}_of_import"]
    return both[exports.columns]


def _with_values(rows: pd.DataFrame, flow: str, place: str) -> pd.DataFrame:
    """The rows with ``value_musd`` as numbers of zero or more."""
    total = np.zeros(len(rows))
    for column in _value_columns(rows, flow):
        cells = zip(rows["row"], rows[column], strict=True)
        total = total + [_value(cell, column, f"{place} {label}") for label, cell in cells]
    return rows.assign(value_musd=total)


def _value(cell: Any, column: str, place: str) -> float:
    """A value of zero or more."""
    value = number_of(cell)
    if value is None or np.isinf(value):
        _refuse(place, f"a number of {column}", cell)
    if np.isnan(value):
        raise InputError(
            f"{place}: {column} is empty; write 0 if there was no trade, and leave the row out if "
            "it is not published yet"
        )
    if value < 0:
        _refuse(place, f"zero or more in {column}", cell)
    return value


def _newest(rows: pd.DataFrame, place: str) -> pd.DataFrame:
    """A row a month, ascending; of revised months the newest."""
    keys = ["year", "month"]
    twice = rows.duplicated(keys, keep=False)
    kept = [rows[~twice]]
    for _, same in rows[twice].groupby(keys):
        agree = bool((same[VALUE] == same[VALUE].iloc[0]).all())
        kept.append(same.head(1) if agree else _last_published(same, place))
    return pd.concat(kept).sort_values(keys, ignore_index=True)


def _last_published(same: pd.DataFrame, place: str) -> pd.DataFrame:
    """Of rows of one month the one that was published last."""
    month = _text_at(same, 0)
    values = " and ".join(f"{value:,.10g}" for value in same[VALUE].iloc[:2])
    names = [name for name in PUBLISHED_NAMES if name in same]
    if not names:
        raise InputError(
            f"{month} is there twice, with {values}; of revised months the newest counts: "
            "keep it alone, or add a column published with the day of each"
        )
    cells = zip(same["row"], same[names[0]], strict=True)
    days = [_day_of(cell, names[0], f"{place} {label}") for label, cell in cells]
    newest = same[[day == max(days) for day in days]]
    if (newest[VALUE] != newest[VALUE].iloc[0]).any():
        raise InputError(
            f"{month} is there twice, with {values}, both {names[0]} on "
            f"{max(days).date()}; keep the right one"
        )
    return newest.head(1)


def _day_of(cell: Any, name: str, place: str) -> pd.Timestamp:
    """When a figure was published: a day, or the first of its month or year."""
    if isinstance(cell, str):
        pattern = "%d.%m.%Y" if cell.strip()[2:3] == "." else "ISO8601"
        if len(cell.strip()) > len("2026-04"):
            cell = pd.to_datetime(cell.strip(), format=pattern, errors="coerce")
    if isinstance(cell, date) and cell is not pd.NaT:
        return pd.Timestamp(cell).tz_localize(None)
    month = month_of(cell)
    year = year_of(cell)
    if month is not None and 1 <= month.month <= 12:
        return pd.Timestamp(month.year, month.month, 1)
    if year is not None and 1678 <= year <= 2261:
        return pd.Timestamp(year, 1, 1)
    _refuse(place, f"a day such as 2026-04-15 in {name}", cell)


def _check_over(table: pd.DataFrame) -> None:
    """Raise if the last month is not over."""
    year = table["year"].iloc[-1]
    month = table["month"].iloc[-1]
    now = today()
    if (year, month) >= (now.year, now.month):
        raise InputError(
            f"months must be over, got {_text_at(table, -1)} on {now.date()}; leave it out"
        )


def _check_gaps(table: pd.DataFrame) -> None:
    """Raise if a month between the first and the last is missing."""
    numbers = (table["year"] * 12 + table["month"] - 1).to_numpy()
    before_gaps = np.flatnonzero(np.diff(numbers) > 1)
    if not len(before_gaps):
        return
    at = int(before_gaps[0])
    first = _text_of(numbers[at] + 1)
    last = _text_of(numbers[at + 1] - 1)
    missing = first if first == last else f"{first} to {last}"
    raise InputError(
        f"months must follow each other, got none for {missing}; add what is missing (0 if there "
        f"was no trade), or start with {_text_at(table, at + 1)}"
    )


def _says_cumulated(table: pd.DataFrame, cumulated: bool | None) -> bool:
    """Whether values are sums since January: as the caller or the labels say, else as they look."""
    spans = table[table["since_january"]]
    single = table[~table["since_january"] & (table["month"] > 1)]
    if spans.empty:
        return is_cumulated(table) if cumulated is None else bool(cumulated)
    if len(single):
        raise InputError(
            f"{_text_at(spans, 0)} is labelled as the sum since January, and "
            f"{_text_at(single, 0)} as a single month; label all months alike"
        )
    if cumulated is False:
        raise InputError(
            f"{_text_at(spans, 0)} is labelled as the sum since January, got cumulated=False; "
            "leave cumulated (in a terminal --single) out, or label single months alone"
        )
    return True


def _differences(table: pd.DataFrame) -> "pd.Series[float]":
    """Single months from sums since January."""
    if table["month"].iloc[0] != 1:
        raise InputError(
            f"cumulated months must start in January, got {_text_at(table, 0)} first; add the "
            f"months before, leave {table['year'].iloc[0]} out, or say cumulated=False, in a "
            "terminal --single, if months are single"
        )
    before = table[VALUE].shift(fill_value=0.0).where(table["month"] > 1, 0.0)
    single = (table[VALUE] - before).round(DECIMALS)
    if (single < 0).any():
        at = int((single < 0).to_numpy().argmax())
        raise InputError(
            f"cumulated values must not fall within a year, got {table[VALUE].iloc[at]:,.10g} in "
            f"{_text_at(table, at)} after {table[VALUE].iloc[at - 1]:,.10g}; correct it, or say "
            "cumulated=False, in a terminal --single, if months are single"
        )
    return single


def _check_size(table: pd.DataFrame) -> None:
    """Raise if a month is larger than a year of any two countries."""
    at = int(table[VALUE].argmax())
    largest = table[VALUE].iloc[at]
    if largest > LARGEST_MUSD:
        raise InputError(
            f"values are US$ million, below {LARGEST_MUSD:,.0f} a month, got {largest:,.10g} in "
            f"{_text_at(table, at)}; divide dollars by 1e6, thousands by 1e3"
        )


def _text_at(table: pd.DataFrame, at: int) -> str:
    """The month of a row as 2026-03."""
    return f"{table['year'].iloc[at]}-{table['month'].iloc[at]:02}"


def _text_of(number: int) -> str:
    """The month of a number, counted from January of year 0, as 2026-03."""
    return f"{number // 12}-{number % 12 + 1:02}"
