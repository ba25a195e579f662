"""Checks of frames of figures, years or pairs, and the series made from them.

The checks raise at the first fault and name the cell. `flows` says what a figures frame is.
"""

from itertools import chain

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from tradelib.core.convert import History, as_history, number_of, whole_years
from tradelib.core.errors import InputError, InputTypeError
from tradelib.core.validation import validated

FLOWS = ("export", "import", "turnover")
FIGURE = ["reporter", "partner", "flow", "period_start", "period_end", "value_musd"]
PANEL = ["pair", "year", "turnover_musd"]
# Columns that tell two figures of one pair, flow and period apart, where a frame has them.
IDENTITY = ["coverage", "source_id", "who", "publisher", "released"]
# Remedy for a year that has no turnover, in an error's words.
UNKNOWN_YEAR = "leave the row out if it is unknown"
# A panel spans at most so many years: more is a mistyped year, and would not fit into memory.
LONGEST_SPAN = 1000
# Errors about the first row that breaks a rule; its cells are filled in.
_EUROS = (
    "figures must share one unit, got {value_meur:g} million EUR for {reporter}-{partner} among "
    "US$ million; drop or convert it first"
)
_ALONE = "a pair is two countries, got {reporter} with itself"
_NEGATIVE = "trade is not negative, got {value_musd:g} for {reporter}-{partner} {period_start}"
_TWICE = (
    "the {flow} of {reporter}-{partner} from {period_start} to {period_end} is given twice by the "
    "same source; keep one"
)


@validated
def history(frame: History, *, column: str = "turnover_musd", gaps: bool = False) -> pd.Series:
    """Checked annual series: ascending years, each once, without gaps; all positive.

    Parameters
    ----------
    frame : DataFrame, Series, mapping or list
        ``year`` and `column` in any order, or any other form of history that `tradelib.assess`
        takes.
    column : str
        The column to take, US$ million.
    gaps : bool
        Whether years may be missing in between.

    Returns
    -------
    Series of float
        Values of `column`, US$ million, indexed by year.

    Examples
    --------
    >>> history(pd.DataFrame({"year": [2021, 2020], "turnover_musd": [254.2, 128.0]})).tolist()
    [128.0, 254.2]
    >>> history({2021: 254.2, 2020: 128.0}).tolist()
    [128.0, 254.2]
    """
    table = as_history(frame, column=column)
    if table.empty:
        raise InputError(f"a history needs at least one year, got {len(table)} rows")
    check_numbers(table, column)
    years = table["year"].to_numpy(np.int64)
    values = table[column].to_numpy(np.float64)
    _check_years(years, values, gaps)
    return pd.Series(values, index=pd.Index(years, name="year"), name=column)


@validated
def by_pair(panel: pd.DataFrame) -> pd.DataFrame:
    """A panel of pairs as a wide frame: a row a pair, a column a year.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year`` and ``turnover_musd`` (US$ million), one row per pair and year.

    Returns
    -------
    DataFrame
        Shape (n_pairs, n_years), US$ million: pairs sorted, years consecutive, gaps missing.

    Raises
    ------
    InputError
        If a column or every row is missing, a pair has a year twice, or a value is negative.

    Examples
    --------
    >>> panel = pd.DataFrame({"pair": ["AAA-BBB"] * 2, "year": [2000, 2002],
    ...     "turnover_musd": [1.0, 3.0]})
    >>> by_pair(panel).columns.tolist()
    [2000, 2001, 2002]
    """
    check_columns(panel, PANEL)
    if panel.empty:
        raise InputError(f"a panel needs rows, got {len(panel)}")
    if not is_integer_dtype(panel["year"]) or panel["year"].hasnans:
        panel = panel.assign(year=whole_years(panel["year"]))
    check_numbers(panel, "turnover_musd", missing=True)
    refuse(panel, panel["pair"].isna(), "a row of {year} names no pair; drop it")
    refuse(panel, panel.duplicated(["pair", "year"]), "{pair} has {year} twice; keep one")
    values = panel["turnover_musd"]
    impossible = (values < 0) | (values == np.inf)
    refuse(panel, impossible, "{pair} has {turnover_musd:g} in {year}; drop it")
    wide = panel.pivot(index="pair", columns="year", values="turnover_musd")
    first = int(wide.columns.min())
    last = int(wide.columns.max())
    if last - first > LONGEST_SPAN:
        raise InputError(f"a panel holds years of one age, got {first} and {last}; drop one")
    return wide.reindex(columns=range(first, last + 1))


@validated
def swings(frame: History, *, fall: float = 0.5, column: str = "turnover_musd") -> pd.DataFrame:
    """Rises and falls between turning points; smaller movements are ignored.

    A rise ends at the highest year before a fall by at least `fall`. A fall ends at the lowest year
    before a rise that makes good a fall of that size: if `fall` is one half, a rise to double.

    Parameters
    ----------
    frame : DataFrame, Series, mapping or list
        A history as `history` takes it, one row per year and no year missing.
    fall : float
        Smallest fall that counts, as a fraction between 0 and 1.
    column : str
        The column to take, US$ million.

    Returns
    -------
    DataFrame
        One row per swing, in order of time: ``from_year``, ``to_year`` (int), ``from_musd``,
        ``to_musd`` (float) and ``change`` (fraction of the start). Empty if no swing is so large.

    Examples
    --------
    >>> values = [208.0, 417.0, 166.0, 101.0, 177.0]
    >>> series = pd.DataFrame({"year": range(2007, 2012), "turnover_musd": values})
    >>> swings(series)[["from_year", "to_year", "change"]].round(2).to_numpy().tolist()
    [[2007.0, 2008.0, 1.0], [2008.0, 2010.0, -0.76]]
    """
    if not 0 < fall < 1:
        raise InputError(f"fall is a fraction between 0 and 1, got {fall}")
    series = history(frame, column=column)
    turns = _turns(series, fall)
    table = pd.DataFrame({"from_year": turns[:-1], "to_year": turns[1:]}, dtype="int64")
    table["from_musd"] = series.loc[table["from_year"]].to_numpy()
    table["to_musd"] = series.loc[table["to_year"]].to_numpy()
    return table.assign(change=table["to_musd"] / table["from_musd"] - 1)


def joined(history: pd.DataFrame) -> bool:
    """Whether the last value has another source than the one before.

    No growth is taken across two sources.
    """
    if "source_id" not in history:
        return False
    sources = history["source_id"].tolist()
    return len(sources) > 1 and sources[-1] != sources[-2]


def of_last_source(history: pd.DataFrame) -> pd.DataFrame:
    """The years of a history whose source is that of its last year; all without ``source_id``."""
    if "source_id" not in history or history.empty:
        return history
    return history[history["source_id"] == history["source_id"].iloc[-1]]


def growth_history(history: pd.DataFrame) -> pd.DataFrame:
    """A history without single years of another source, except the last: growth is taken in it.

    A year whose source has neither the year before nor the year after it in the history is a level
    to be shown: growth to or from it would be growth across sources.
    """
    if "source_id" not in history or len(history) < 2:
        return history
    source = history["source_id"]
    single = (source != source.shift()) & (source != source.shift(-1))
    single.iloc[-1] = False
    return history[~single].reset_index(drop=True) if single.any() else history


def check_figures(figures: pd.DataFrame) -> None:
    """Raise unless a frame holds figures that can be added: in US$, each once."""
    check_columns(figures, FIGURE)
    check_flows(figures)
    if "value_meur" in figures:
        check_table(figures, numbers="value_meur")
        refuse(figures, figures["value_meur"].notna(), _EUROS)
    check_numbers(figures, "value_musd")
    for column in FIGURE[:-1]:
        n_missing = figures[column].isna().sum()
        if n_missing:
            raise InputError(f"a figure needs its {column}; {n_missing} lack it")
    check_table(figures, texts="reporter partner")
    refuse(figures, figures["reporter"] == figures["partner"], _ALONE)
    refuse(figures, figures["value_musd"] < 0, _NEGATIVE)
    refuse(figures, figures.duplicated([*keys(figures), "flow"]), _TWICE)


def refuse(frame: pd.DataFrame, broken: pd.Series, text: str) -> None:
    """Raise `text` if any row is broken, filled with the cells of the first such."""
    if broken.any():
        first_broken = frame[broken].iloc[0].rename(str)
        raise InputError(text.format(**first_broken))


def check_columns(frame: pd.DataFrame, columns: list[str]) -> None:
    """Raise unless a frame has some columns."""
    missing = [column for column in columns if column not in frame]
    if missing:
        present = ", ".join(map(str, frame.columns))
        raise InputError(f"the frame lacks {', '.join(map(str, missing))}; it has {present}")


def check_table(
    frame: pd.DataFrame,
    *,
    numbers: str = "",
    whole: str = "",
    texts: str = "",
    flags: str = "",
    days: str = "",
) -> None:
    """Raise unless a table has the columns named and each holds its kind of cells.

    Names are parted by blanks. Numbers may be missing or infinite; whole numbers, texts, truth
    values (`flags`) and days may not.
    """
    columns = {
        _check_number: numbers.split(),
        _check_whole: whole.split(),
        _check_text: texts.split(),
        _check_flag: flags.split(),
        _check_day: days.split(),
    }
    check_columns(frame, [*chain.from_iterable(columns.values())])
    if frame.empty:
        return
    for check, names in columns.items():
        for name in names:
            check(name, frame[name])


def _check_number(name: str, values: pd.Series) -> None:
    """Raise unless a column holds numbers; some or all may be missing."""
    if values.isna().all():
        return
    if is_bool_dtype(values) or not is_numeric_dtype(values):
        raise InputTypeError(f"{name} must hold numbers, got {_no_number(values)}")


def _check_whole(name: str, values: pd.Series) -> None:
    """Raise unless a column holds whole numbers, none missing."""
    _check_number(name, values)
    numbers = values.to_numpy(float, na_value=np.nan)
    if not np.isfinite(numbers).all() or (numbers % 1 != 0).any():
        raise InputError(f"{name} must hold whole numbers, none missing")


def _check_text(name: str, values: pd.Series) -> None:
    """Raise unless a column holds texts, none missing."""
    if isinstance(values.dtype, pd.StringDtype) and not values.hasnans:
        return
    if not all(isinstance(cell, str) for cell in values):
        raise InputTypeError(f"{name} must hold texts, got {_odd(values, str)}")


def _check_flag(name: str, values: pd.Series) -> None:
    """Raise unless a column holds truth values, none missing."""
    if not is_bool_dtype(values) or values.hasnans:
        raise InputTypeError(f"{name} must hold True or False, got {_odd(values, bool)}")


def _check_day(name: str, values: pd.Series) -> None:
    """Raise unless a column holds days, none missing."""
    if values.dtype.kind != "M" or values.hasnans:
        raise InputTypeError(f"{name} must hold days, got {_odd(values, pd.Timestamp)}")


def _odd(values: pd.Series, kind: type) -> str:
    """The first cell of a column that is not of a kind, and the column's type."""
    first_odd = next((cell for cell in values if not isinstance(cell, kind)), "no rows")
    return f"{first_odd!r} ({values.dtype})"


def check_flows(figures: pd.DataFrame) -> None:
    """Raise unless every flow is one of `FLOWS`."""
    unknown = ~figures["flow"].isin(FLOWS)
    refuse(figures, unknown, f"a flow is one of {', '.join(FLOWS)}, got {{flow!r}}")


def check_numbers(frame: pd.DataFrame, column: str, *, missing: bool = False) -> None:
    """Raise unless a column holds finite numbers; if `missing`, any numbers and gaps."""
    values = frame[column]
    if not is_numeric_dtype(values) or is_bool_dtype(values):
        raise InputTypeError(f"{column} must hold numbers, got {_no_number(values)}")
    if missing:
        return
    not_finite = ~np.isfinite(values.to_numpy(float, na_value=np.nan))
    if not_finite.any():
        row = frame[not_finite].head(1)
        names = [name for name in ("reporter", "partner", "period_start", "year") if name in frame]
        where = " ".join(str(row[name].iloc[0]) for name in names)
        raise InputError(f"{column} is missing or infinite for {where}; {UNKNOWN_YEAR}")


def keys(figures: pd.DataFrame) -> list[str]:
    """Columns that say of which pair, period and source a figure is."""
    identity = [column for column in IDENTITY if column in figures]
    return ["reporter", "partner", "period_start", "period_end", *identity]


def looser(first: pd.Series, second: pd.Series) -> pd.Series:
    """Bound of a sum of two figures: the less strict bound of the two.

    It is "about" if one is a lower and one an upper bound.
    """
    opposite = (first != "exact") & (second != "exact") & (first != second)
    return first.where(second == "exact", second).mask(opposite, "about")


def calendar(figures: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Year in which each period ends, and its number of months.

    The months are missing if the period is not of full months from 1 January.
    """
    start = _days(figures, "period_start").dt
    end = _days(figures, "period_end").dt
    whole_months = start.is_year_start & end.is_month_end & (start.year == end.year)
    return end.year, end.month.where(whole_months)


def _days(figures: pd.DataFrame, side: str) -> pd.Series:
    """A column of days, as it is or read from ISO texts."""
    cells = figures[side]
    if is_numeric_dtype(cells) and len(cells):
        raise InputTypeError(f"{side} holds days, got numbers such as {cells.iloc[0]}")
    days = pd.to_datetime(cells, errors="coerce")
    unreadable = days.isna() & cells.notna()
    if unreadable.any():
        raise InputError(f"{side} holds days such as 2022-10-05, got {cells[unreadable].iloc[0]!r}")
    return days


def _turns(series: pd.Series, fall: float) -> list[int]:
    """Years at which a rise or a fall of at least the size `fall` begins or ends.

    `high` and `low` are the years of the highest and lowest value since the last turn.
    """
    high = int(series.index[0])
    low = high
    turns: list[int] = []
    rising: bool | None = None  # not known before the first turn
    for year, value in series.items():
        if value > series[high]:
            high = year
        if value < series[low]:
            low = year
        if rising is not False and value <= series[high] * (1 - fall):
            turns.append(high)
            rising = False
            low = year
        elif rising is not True and value >= series[low] / (1 - fall):
            turns.append(low)
            rising = True
            high = year
    last = high if rising else low
    return [*turns, last]


def _check_years(years: np.ndarray, values: np.ndarray, gaps: bool) -> None:
    """Raise unless sorted years follow one by one, each with a positive value."""
    steps = np.diff(years)
    repeats = steps == 0
    if repeats.any():
        year = years[1:][repeats][0]
        remedy = 'keep one, or sum parts of a year: history.groupby("year")["turnover_musd"].sum()'
        raise InputError(f"a history has one value a year, got several for {year}; {remedy}")
    if not (values > 0).all():
        position = np.flatnonzero(values <= 0)[0]
        cell = f"{values[position]:g} in {years[position]}"
        raise InputError(f"a history needs positive values, got {cell}; {UNKNOWN_YEAR}")
    if (steps > 1).any() and not gaps:
        span = range(years[0], years[-1] + 1)
        missing = sorted(set(span) - set(years))
        listed = ", ".join(map(str, missing))
        remedy = f"use the years from {missing[-1] + 1} on, or panel_growth, which allows gaps"
        raise InputError(f"a history has no gaps here, but {listed} is missing; {remedy}")


def _no_number(values: pd.Series) -> str:
    """The first cell of a column that is no number, and its row."""
    for row, cell in values.items():
        if isinstance(cell, bool) or number_of(cell) is None:
            return f"{cell!r} in row {row!r}"
    return f"objects ({values.dtype})"
