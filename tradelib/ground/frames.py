"""Checks that every frame of figures, years or pairs must pass, and the two series made by them.

The checks raise at the first fault and name the cell. `flows` says what a figures frame is.
"""

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from tradelib.ground.convert import History, as_history, number_of, whole_years
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, InputTypeError

FLOWS = ("export", "import", "turnover")
FIGURE = ["reporter", "partner", "flow", "period_start", "period_end", "value_musd"]
PANEL = ["pair", "year", "turnover_musd"]
# What keeps two figures of one pair, flow and period apart, where a frame has it.
IDENTITY = ["coverage", "source_id", "who", "publisher", "released"]
# What to do with a year that has no turnover.
UNKNOWN_YEAR = "leave the row out if it is unknown"
# Years that a panel may span.
LONGEST = 1000
# What is said of the first row that breaks a rule, with its cells filled in.
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
    """Checked annual series: years ascending without gaps or repeats, values positive.

    Parameters
    ----------
    frame : DataFrame, Series, mapping or list
        ``year`` and `column` in any order, or what else `tradelib.assess` takes for a history.
    column : str
        The column to take, US$ million.
    gaps : bool
        Whether years may be missing in between.

    Returns
    -------
    Series of float, indexed by year

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
    years, values = table["year"].to_numpy(np.int64), table[column].to_numpy(np.float64)
    _check_years(years, values, gaps)
    return pd.Series(values, index=pd.Index(years, name="year"), name=column)


@validated
def by_pair(panel: pd.DataFrame) -> pd.DataFrame:
    """A panel of pairs as a wide frame: a row a pair, a column a year.

    Parameters
    ----------
    panel : DataFrame, ``pair``, ``year``, ``turnover_musd`` (US$ million), a row a pair and year

    Returns
    -------
    DataFrame, shape (n_pairs, n_years), US$ million; pairs sorted, years consecutive, gaps missing

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
    wrong = (values < 0) | (values == np.inf)
    refuse(panel, wrong, "{pair} has {turnover_musd:g} in {year}; drop it")
    wide = panel.pivot(index="pair", columns="year", values="turnover_musd")
    first, last = int(wide.columns.min()), int(wide.columns.max())
    if last - first > LONGEST:
        raise InputError(f"a panel holds years of one age, got {first} and {last}; drop one")
    return wide.reindex(columns=range(first, last + 1))


@validated
def swings(frame: History, *, fall: float = 0.5, column: str = "turnover_musd") -> pd.DataFrame:
    """Rises and falls between turning points, smaller wobbles ignored.

    A rise ends at the highest year before a fall by at least `fall`; a fall ends at the lowest
    year before a rise that undoes one of that size (a fall by half, a rise to double).

    Parameters
    ----------
    frame, column : as for `history`, a year a row without gaps
    fall : float, fraction between 0 and 1

    Returns
    -------
    DataFrame
        One row a swing in order of time: ``from_year``, ``to_year`` (int), ``from_musd``,
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
    legs = pd.DataFrame({"from_year": turns[:-1], "to_year": turns[1:]}, dtype="int64")
    legs["from_musd"] = series.loc[legs["from_year"]].to_numpy()
    legs["to_musd"] = series.loc[legs["to_year"]].to_numpy()
    return legs.assign(change=legs["to_musd"] / legs["from_musd"] - 1)


def joined(history: pd.DataFrame) -> bool:
    """Whether the last value is of another source than the one before: no growth across."""
    ids = history["source_id"].tolist() if "source_id" in history else []
    return len(ids) > 1 and ids[-1] != ids[-2]


def check_figures(figures: pd.DataFrame) -> None:
    """Whether a frame holds figures that can be added: whole, in US$, each given once."""
    check_columns(figures, FIGURE)
    check_flows(figures)
    if "value_meur" in figures:
        check_table(figures, numbers="value_meur")
        refuse(figures, figures["value_meur"].notna(), _EUROS)
    check_numbers(figures, "value_musd")
    for column in FIGURE[:-1]:
        if figures[column].isna().any():
            raise InputError(f"a figure needs its {column}; {figures[column].isna().sum()} lack it")
    check_table(figures, texts="reporter partner")
    refuse(figures, figures["reporter"] == figures["partner"], _ALONE)
    refuse(figures, figures["value_musd"] < 0, _NEGATIVE)
    refuse(figures, figures.duplicated([*keys(figures), "flow"]), _TWICE)


def refuse(frame: pd.DataFrame, broken: pd.Series, text: str) -> None:
    """Raise if any row is broken, with the first such row's cells filled into a text."""
    if broken.any():
        raise InputError(text.format(**frame[broken].iloc[0].rename(str)))


def check_columns(frame: pd.DataFrame, columns: list[str]) -> None:
    """Whether a frame has some columns."""
    missing = [c for c in columns if c not in frame]
    if missing:
        raise InputError(
            f"the frame lacks {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}"
        )


def check_table(
    frame: pd.DataFrame,
    *,
    numbers: str = "",
    whole: str = "",
    texts: str = "",
    flags: str = "",
    days: str = "",
) -> None:
    """Whether a table has the columns named, parted by blanks, and each holds what it must.

    Numbers may be missing or infinite; whole numbers, texts, truth values and days may not.
    """
    columns = {
        _check_number: numbers.split(),
        _check_whole: whole.split(),
        _check_text: texts.split(),
        _check_flag: flags.split(),
        _check_day: days.split(),
    }
    check_columns(frame, [name for names in columns.values() for name in names])
    if frame.empty:
        return
    for check, names in columns.items():
        for name in names:
            check(name, frame[name])


def _check_number(name: str, values: pd.Series) -> None:
    if values.isna().all():
        return
    if is_bool_dtype(values) or not is_numeric_dtype(values):
        raise InputTypeError(f"{name} must hold numbers, got {_no_number(values)}")


def _check_whole(name: str, values: pd.Series) -> None:
    _check_number(name, values)
    numbers = values.to_numpy(float, na_value=np.nan)
    if not np.isfinite(numbers).all() or (numbers % 1 != 0).any():
        raise InputError(f"{name} must hold whole numbers, none missing")


def _check_text(name: str, values: pd.Series) -> None:
    if isinstance(values.dtype, pd.StringDtype) and not values.hasnans:
        return
    if not all(isinstance(cell, str) for cell in values):
        raise InputTypeError(f"{name} must hold texts, got {_odd(values, str)}")


def _check_flag(name: str, values: pd.Series) -> None:
    if not is_bool_dtype(values) or values.hasnans:
        raise InputTypeError(f"{name} must hold True or False, got {_odd(values, bool)}")


def _check_day(name: str, values: pd.Series) -> None:
    if values.dtype.kind != "M" or values.hasnans:
        raise InputTypeError(f"{name} must hold days, got {_odd(values, pd.Timestamp)}")


def _odd(values: pd.Series, kind: type) -> str:
    """The first cell of a column that is not of a kind, and the column's type."""
    odd = next((cell for cell in values if not isinstance(cell, kind)), "no rows")
    return f"{odd!r} ({values.dtype})"


def check_flows(figures: pd.DataFrame) -> None:
    """Whether every flow is one of `FLOWS`."""
    unknown = ~figures["flow"].isin(FLOWS)
    refuse(figures, unknown, f"a flow is one of {', '.join(FLOWS)}, got {{flow!r}}")


def check_numbers(frame: pd.DataFrame, column: str, *, missing: bool = False) -> None:
    """Whether a column holds finite numbers, or numbers and gaps, and nothing else."""
    values = frame[column]
    if not is_numeric_dtype(values) or is_bool_dtype(values):
        raise InputTypeError(f"{column} must hold numbers, got {_no_number(values)}")
    if missing:
        return
    wrong = ~np.isfinite(values.to_numpy(float, na_value=np.nan))
    if wrong.any():
        bad = frame[wrong]
        named = [c for c in ("reporter", "partner", "period_start", "year") if c in frame]
        where = " ".join(str(bad[c].iloc[0]) for c in named)
        raise InputError(f"{column} is missing or infinite for {where}; {UNKNOWN_YEAR}")


def keys(figures: pd.DataFrame) -> list[str]:
    """Columns that say of which pair, period and source a figure is."""
    identity = [c for c in IDENTITY if c in figures]
    return ["reporter", "partner", "period_start", "period_end", *identity]


def looser(first: pd.Series, second: pd.Series) -> pd.Series:
    """How what is made of two figures binds: as the looser one; "about" if they pull apart."""
    apart = (first != "exact") & (second != "exact") & (first != second)
    return first.where(second == "exact", second).mask(apart, "about")


def calendar(figures: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Year each period ends in, and its whole months from 1 January (missing if it has others)."""
    start, end = (_days(figures, side).dt for side in ("period_start", "period_end"))
    whole = start.is_year_start & end.is_month_end & (start.year == end.year)
    return end.year, end.month.where(whole)


def _days(figures: pd.DataFrame, side: str) -> pd.Series:
    """A column of days, as it is or read from ISO texts."""
    if is_numeric_dtype(figures[side]) and len(figures):
        raise InputTypeError(f"{side} holds days, got numbers such as {figures[side].iloc[0]}")
    read = pd.to_datetime(figures[side], errors="coerce")
    if (wrong := read.isna() & figures[side].notna()).any():
        raise InputError(
            f"{side} holds days such as 2022-10-05, got {figures[side][wrong].iloc[0]!r}"
        )
    return read


def _turns(series: pd.Series, fall: float) -> list[int]:
    """Years at which a rise or fall of the size asked for begins or ends."""
    low = high = int(series.index[0])
    turns: list[int] = []
    rising: bool | None = None
    for year, value in series.items():
        high = year if value > series[high] else high
        low = year if value < series[low] else low
        if rising is not False and value <= series[high] * (1 - fall):
            turns.append(high)
            rising, low = False, year
        elif rising is not True and value >= series[low] / (1 - fall):
            turns.append(low)
            rising, high = True, year
    return [*turns, high if rising else low]


def _check_years(years: np.ndarray, values: np.ndarray, gaps: bool) -> None:
    """Whether sorted years follow each other one by one, with a positive value each."""
    apart = np.diff(years)
    if (apart == 0).any():
        twice = years[1:][apart == 0][0]
        way = 'keep one, or sum parts of a year: history.groupby("year")["turnover_musd"].sum()'
        raise InputError(f"a history has one value a year, got several for {twice}; {way}")
    if not (values > 0).all():
        worst = np.flatnonzero(values <= 0)[0]
        what = f"{values[worst]:g} in {years[worst]}"
        raise InputError(f"a history needs positive values, got {what}; {UNKNOWN_YEAR}")
    if (apart > 1).any() and not gaps:
        missing = sorted(set(range(years[0], years[-1] + 1)) - set(years))
        way = f"use the years from {missing[-1] + 1} on, or panel_growth, which allows gaps"
        what = ", ".join(map(str, missing))
        raise InputError(f"a history has no gaps here, but {what} is missing; {way}")


def _no_number(values: pd.Series) -> str:
    """The cell that shows best why a column holds no numbers, and its row."""
    odd = [
        (cell, row)
        for row, cell in values.items()
        if isinstance(cell, bool) or number_of(cell) is None
    ]
    if not odd:
        return f"objects ({values.dtype})"
    cell, row = odd[0]
    return f"{cell!r} in row {row!r}"
