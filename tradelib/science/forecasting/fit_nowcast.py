"""Learning the nowcast model from monthly turnover of many pairs.

Each year of each pair is cut at some months drawn at random, once with all that was known of the
pair before, once with a part of it hidden, so that the model learns how much missing years matter.
Location and scale are fitted in turn by regressions that a few wild cases cannot rule; the
quantiles of the shock are those of the standardised outcomes.

References
----------
Huber, P. J. (1964), Robust estimation of a location parameter, *Annals of Mathematical Statistics*
35, doi:10.1214/aoms/1177703732.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats
from tradelib.core.validation import validated
from tradelib.science.forecasting import nowcast_model
from tradelib.science.forecasting.growth_model import NODES
from tradelib.science.forecasting.nowcast_model import (
    POWERS,
    YEARS_READ,
    NowcastModel,
    PartYearSignals,
    Past,
    part_year_signals,
    past_of,
)

# Months of the 11 that each year of a pair is cut at.
CUTS = 4
# How late a year falls, in logits, beyond which it counts as that late.
FAR = 5.0
# Huber's bound in standard deviations, and share of cases that lie within one.
BOUND, WITHIN_ONE = 1.0, 0.68
# Rounds of location and scale in turn, and of weights in each.
ROUNDS, REWEIGHTED = 6, 3
# Chances that last year, its shares, its months, or all but the last few years are hidden.
HIDDEN = (0.4, 0.4, 0.3, 0.5)
# Added to an outcome's distance from the location before its log is taken.
LEAST_DISTANCE = 0.02
# Distance in logits within which a chord of the year's log is its slope.
NEAR_VALUE = 1e-6
# Fewest cases to learn from.
FEWEST = 500
# Decimal digits kept of a coefficient.
MODEL_DIGITS = 5


class PartYearCases(NamedTuple):
    """Years cut at a month: signals, how much later than pro rata they fell, and the month."""

    signals: PartYearSignals
    later: Floats
    months: Floats


@validated
def fit_nowcast_model(
    monthly: pd.DataFrame,
    *,
    known_by: int | None = None,
    trained_on: str = "",
    known_from: str = "",
) -> NowcastModel:
    """Learn a nowcast model from the months of many pairs.

    Parameters
    ----------
    monthly : DataFrame
        ``reporter``, ``partner``, ``year``, ``month``, ``flow`` ("export" or "import") and
        ``value_musd`` (US$ million, not cumulated). A month that is missing in a year of which
        others are there counts as without trade. Turnover and each flow alone are learned from.
    known_by : int, optional
        Last year that the model may use; all years if omitted.
    trained_on : str
        Description of the training data to store in the model; made from the table if omitted.
    known_from : str
        Day from which the data were public, ``YYYY-MM-DD``, to store in the model; the end of the
        last year if omitted.

    Returns
    -------
    NowcastModel
        The same for the same table.

    Raises
    ------
    InputError
        If a column is missing, or the table holds too few years of pairs.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> names = [f"P{i}" for i in range(40)]
    >>> index = pd.MultiIndex.from_product([["AAA"], names, range(2000, 2010), range(1, 13),
    ...     ["export", "import"]], names=["reporter", "partner", "year", "month", "flow"])
    >>> monthly = pd.DataFrame({"value_musd": rng.lognormal(2, 1, len(index))}, index=index)
    >>> fit_nowcast_model(monthly.reset_index()).trained_on
    '40 pairs of AAA in 2000-2009'
    """
    table = _checked(monthly)
    if known_by is not None:
        table = table[table["year"] <= known_by]
    series = cumulated(table)
    lines = _lines(series)
    cases = _cases(series, lines)
    if len(cases.later) < FEWEST:
        raise InputError(
            f"a nowcast model is learned from {FEWEST} years of pairs or more, each cut at some "
            f"months; got {len(cases.later)}: give a larger table"
        )
    location, scale, shock = _coefficients(cases)
    return NowcastModel(
        location=_rounded(location),
        scale=_rounded(scale),
        shock=_rounded(shock),
        step_line=lines.step_line,
        spread_line=lines.spread_line,
        trained_on=trained_on or training_text(table),
        known_from=known_from or f"{table['year'].max()}-12-31",
    )


def cumulated(monthly: pd.DataFrame) -> dict[str, Floats]:
    """Turnover from January to each month, by flow, shape (n_pairs, n_years, 12).

    "turnover" is the sum of both flows. NaN in years of which no month is there.
    """
    keys = ["reporter", "partner", "year", "month"]
    by_flow = monthly.groupby([*keys, "flow"], observed=True)["value_musd"].sum().unstack()
    by_flow = by_flow.reindex(columns=["export", "import"]).fillna(0.0)
    by_flow["turnover"] = by_flow["export"] + by_flow["import"]
    years = range(monthly["year"].min(), monthly["year"].max() + 1)
    columns = pd.MultiIndex.from_product([years, range(1, 13)])
    cubes = {}
    for flow in by_flow:
        wide = by_flow[flow].unstack("month").reindex(columns=range(1, 13)).fillna(0.0)
        wide = wide.cumsum(axis=1).unstack("year").swaplevel(axis=1).reindex(columns=columns)
        cubes[flow] = wide.to_numpy().reshape(len(wide), len(years), 12)
    return cubes


def training_text(monthly: pd.DataFrame) -> str:
    """Number of partners and years of each reporter, in words."""
    texts = []
    for reporter, rows in monthly.groupby("reporter", observed=True):
        count = rows["partner"].nunique()
        texts.append(f"{count} pairs of {reporter} in {rows['year'].min()}-{rows['year'].max()}")
    return ", ".join(texts)


def _checked(monthly: pd.DataFrame) -> pd.DataFrame:
    """The table, if it has the columns that are needed."""
    needed = ["reporter", "partner", "year", "month", "flow", "value_musd"]
    missing = [column for column in needed if column not in monthly]
    if missing:
        raise InputError(f"monthly turnover lacks {', '.join(missing)}; it has {list(monthly)}")
    return monthly


def _past(cube: Floats, year: int, months: int) -> Past:
    """What is known before a year, from a cube of months."""
    before = cube[:, max(0, year - YEARS_READ) : year]
    return past_of(before[:, :, months - 1], before[:, :, 11], months=months)


def _lines(series: Mapping[str, Floats]) -> NowcastModel:
    """A model without coefficients: the usual yearly step and spread of shares, by size."""
    sizes, steps, spreads = [], [], []
    for cube in series.values():
        totals = nowcast_model.known_totals(cube[:, :, 11])
        of_half = nowcast_model.vote(cube[:, :, 5] / totals, 6)
        sizes.append(np.log(totals[:, 1:]).ravel() - nowcast_model.MIDDLE_SIZE)
        steps.append(nowcast_model.yearly_steps(totals).ravel())
        spreads.append(of_half[:, 1:].ravel())
    size = np.concatenate(sizes)
    step_line = _line(size, np.concatenate(steps))
    spread_line = _line(size, np.concatenate(spreads))
    return NowcastModel(
        location=(),
        scale=(),
        shock=(),
        step_line=step_line,
        spread_line=spread_line,
        trained_on="",
        known_from="",
    )


def _line(size: Floats, distance: Floats) -> tuple[float, float]:
    """Log of the usual distance at size zero, and its slope in size."""
    available = np.isfinite(size) & np.isfinite(distance)
    logs = np.log(np.abs(distance[available]) + LEAST_DISTANCE)
    slope, intercept = np.polyfit(size[available], logs, 1)
    return round(float(intercept), MODEL_DIGITS), round(float(slope), MODEL_DIGITS)


def _cases(series: Mapping[str, Floats], lines: NowcastModel) -> PartYearCases:
    """All years of all pairs and flows, cut at some months, in full and with a part hidden."""
    rng = np.random.default_rng(0)
    parts = []
    for cube in series.values():
        for year in range(cube.shape[1]):
            order = rng.random((len(cube), 11)).argsort(axis=1)
            for months in range(1, 12):
                drawn = cube[order[:, months - 1] < CUTS]
                parts += _cut(drawn, year, months, lines, rng)
    read = [part.signals for part in parts]
    return PartYearCases(
        PartYearSignals(*(np.concatenate(rows, axis=1) for rows in zip(*read, strict=True))),
        np.concatenate([part.later for part in parts]),
        np.concatenate([part.months for part in parts]),
    )


def _cut(
    cube: Floats, year: int, months: int, lines: NowcastModel, rng: np.random.Generator
) -> list[PartYearCases]:
    """A year of pairs cut at a month: once with all of their past, once with less."""
    part = cube[:, year, months - 1]
    total = cube[:, year, 11]
    usable = (part > 0) & (total >= nowcast_model.LEAST_MUSD)
    part = part[usable]
    later = -nowcast_model.vote(part / total[usable], months, limit=FAR)
    past = _past(cube[usable], year, months)
    cases = []
    for given in (past, hidden(past, rng)):
        read = part_year_signals(part, given, months=months, model=lines)
        cases.append(PartYearCases(read, later, np.full(later.size, float(months))))
    return cases


def hidden(past: Past, rng: np.random.Generator) -> Past:
    """The past with a part of it hidden, as users' tables have gaps.

    For each pair by chance: last year's total and months (as of another source or not out yet), its
    months alone, all shares, and all years before the last few.
    """
    n, n_years = past.totals.shape
    is_hidden = rng.random((4, n)) < np.array(HIDDEN)[:, None]
    no_total, no_votes, no_months, is_short = is_hidden
    last_few = rng.integers(0, YEARS_READ, n)
    kept = np.where(is_short, last_few, n_years)
    age = np.arange(n_years)[::-1]
    too_old = age >= kept[:, None]
    totals = np.where(too_old, np.nan, past.totals)
    totals[:, -1] = np.where(no_total, np.nan, totals[:, -1])
    votes = np.where(too_old | no_votes[:, None], np.nan, past.votes)
    no_part = no_total | no_votes | no_months | (kept < 1)
    return Past(totals, votes, np.where(no_part, np.nan, past.last_part))


def _coefficients(cases: PartYearCases) -> tuple[Floats, Floats, Floats]:
    """Coefficients of location and scale, and quantiles of the shock; a row a power of months."""
    x = _powers(cases.signals.location.T, cases.months, POWERS["location"])
    z = _powers(cases.signals.scale.T, cases.months, POWERS["scale"])
    scale = np.full(len(x), cases.later.std())
    b = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        b = _huber(x, cases, scale, b)
        distance = np.abs(cases.later - x @ b)
        g = _least_squares(z, np.log(distance + LEAST_DISTANCE), np.ones(len(z)))
        scale = np.exp(z @ g)
        scale *= np.quantile(distance / scale, WITHIN_ONE)
    scale = np.exp(z @ g)
    shock = _shocks((cases.later - x @ b) / scale, cases.months)
    return b.reshape(POWERS["location"], -1), g.reshape(POWERS["scale"], -1), shock


def _powers(columns: Floats, months: Floats, count: int) -> Floats:
    """Columns times each power of the months, shape (n, count * n_columns)."""
    centred = (months - 6) / 6
    return np.concatenate([columns * centred[:, None] ** k for k in range(count)], axis=1)


def _huber(x: Floats, cases: PartYearCases, scale: Floats, b: Floats) -> Floats:
    """Coefficients by weighted least squares of the year's log, with Huber's weights."""
    rest = (12 - cases.months) / cases.months
    came = np.log1p(rest * np.exp(cases.later))
    for _ in range(REWEIGHTED):
        location = x @ b
        odds = rest * np.exp(location)
        error = cases.later - location
        slope = odds / (1 + odds)
        # A logit's error moves the year's log by less where the rest of the year is small.
        chord = (came - np.log1p(odds)) / np.where(error == 0, np.inf, error)
        relative = np.where(np.abs(error) > NEAR_VALUE, chord / slope, 1.0)
        distance = np.abs(error) / scale
        weight = relative / scale**2 * np.minimum(1.0, BOUND / np.maximum(distance, BOUND))
        b = _least_squares(x, cases.later, weight)
    return b


def _least_squares(x: Floats, y: Floats, weight: Floats) -> Floats:
    """Coefficients of a weighted regression; a ridge of a millionth keeps it solvable."""
    weighted = x * weight[:, None]
    squares = weighted.T @ x
    ridge = 1e-6 * np.diag(np.diag(squares) + 1e-9)
    return np.asarray(np.linalg.solve(squares + ridge, weighted.T @ y))


def _shocks(standardised: Floats, months: Floats) -> Floats:
    """Quantiles of the standardised outcomes, a line in the months, a row a power."""
    cut_at = np.unique(months)
    by_month = [np.quantile(standardised[months == m], NODES) for m in cut_at]
    counts = np.array([np.sum(months == m) for m in cut_at], float)
    line = _powers(np.ones((cut_at.size, 1)), cut_at, POWERS["shock"])
    columns = [_least_squares(line, column, counts) for column in np.array(by_month).T]
    return np.array(columns).T


def _rounded(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    """Rows of a matrix as tuples of rounded numbers."""
    return tuple(tuple(round(float(value), MODEL_DIGITS) for value in row) for row in matrix)
