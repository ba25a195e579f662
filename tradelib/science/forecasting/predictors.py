"""Signals of each pair at the origin, from its own history and other pairs.

A row may hold the last value only, an older run of years before it, or every year. From its own run
come three signals: *recent growth* (the log of the last value less a weighted mean of earlier
logs), the volatility, and the *missing share* of annual growth rates. From other pairs comes the
cross-section, a two-way fit of countries' effects. It is small, so that a panel too large for one
machine is summed block by block (`moments`), solved once (`cross_section`), and read block by block
(`signals`).
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.core import checks
from tradelib.core.convert import as_wide as as_wide
from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats
from tradelib.core.records import Record
from tradelib.core.validation import validated

__all__ = ["CrossSection", "Effects", "Signals", "cross_section", "moments", "problems"]

# Values below it count as unknown: so small, sources round, drop and disagree.
FLOOR_MUSD = 1.0
# Years that make a run of the pair's own; at most so many years lie between it and the last value.
MIN_YEARS = 5
# Rows from which countries' effects add more information than noise.
MIN_PAIRS = 50
# Weight of a year's level, and of its step, against those of the next year: searched on the panels.
MEMORY_LEVEL, MEMORY_STEPS = 0.7, 0.8
# A past of weight one is assumed to equal the last value, so that values of long ago hardly count:
# with one half, a gap of six years scored worse than the last value alone on one panel.
PRIOR_YEARS = 1.0
# The usual volatility counts as two steps; the mean square of steps is 1.5 times the square of
# their mean size.
PRIOR_STEPS, PRIOR_SQUARE = 2.0, 1.5
# Least step, variance and squared spread: rounded figures look too calm, and nothing is divided by
# zero.
LEAST_STEP = 0.05
LEAST_VARIANCE = 1e-4
LEAST_SQUARED_SPREAD = 0.02
# Limits in logs of a pair's growth, of its countries' growth and of volatility: what lies beyond is
# as often a fault of the figures as trade.
FAR, FAR_COUNTRY, WILD = 4.0, 1.0, 1.5
# Log of US$148m, near the middle of the panels; size is measured from it.
MIDDLE_SIZE = 5.0
# Pairs by which a country's effect is shrunk; growth and volatility are noisier than levels.
SHRINK_LEVEL, SHRINK_MOVE, SHRINK_VOLATILITY = 1.0, 3.0, 3.0
# A country with n pairs in the panel counts (n - 1) / (n - 1 + 8): of the partners of a single
# office nearly nothing is known. 20 and 40 score alike.
FEW_PAIRS = 8.0
# Most leverage of a pair on its own fit, so that no divisor comes near zero.
MOST_LEVERAGE = 0.9
# The first columns of the location, constant and size, are drift: they grow with h, not log h.
DRIFT = 2

Positions = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effects(Record):
    """Effects of countries: a two-way fit over pairs, shrunk to the mean.

    The fit of the pair of countries a and b is mean + effects[a] + effects[b].

    Parameters
    ----------
    mean : float
        Weighted mean over pairs.
    weight : float
        Mean weight of a row; 0 if no row has any weight, and then every effect is 0.
    effects : ndarray
        Effect of each country, shape (n_countries,).
    inverse : ndarray
        Inverse of the normal equations, shape (n_countries, n_countries); it tells what a pair
        itself contributes to its fit.
    """

    mean: float
    weight: float
    effects: Floats
    inverse: Floats

    @validated
    def without_own(self, values: Floats, weights: Floats, a: Positions, b: Positions) -> Floats:
        """Give the fit of each row as if the row had not been in it.

        With leverage H the fit moves by -H / (1 - H) times the row's residual.

        Parameters
        ----------
        values, weights : ndarray
            Value and weight of each row, shape (n_pairs,).
        a, b : ndarray of int
            Positions of the row's two countries in `effects`, shape (n_pairs,).

        Returns
        -------
        ndarray
            Fit less the mean, shape (n_pairs,).
        """
        fit = self.effects[a] + self.effects[b]
        of_row = self.inverse[a, a] + self.inverse[b, b] + 2 * self.inverse[a, b]
        relative_weight = weights / (self.weight or 1.0)
        leverage = np.minimum(relative_weight * of_row, MOST_LEVERAGE)
        residual = values - self.mean - fit
        return np.asarray(fit - leverage / (1 - leverage) * residual)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossSection(Record):
    """Effects of all countries at one origin.

    Parameters
    ----------
    countries : Index
        Names of the countries, in the order of the effects.
    counts : ndarray
        Number of pairs of each country, shape (n_countries,).
    level, move : Effects
        Effects on the log of turnover, and on recent growth (a difference of logs).
    volatility, size : Effects
        Among pairs with at least one step: effects on the log of the mean absolute step, and on the
        log of turnover.
    """

    countries: pd.Index
    counts: Floats
    level: Effects
    move: Effects
    volatility: Effects
    size: Effects


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals(Record):
    """Signals of each pair at the origin, from which the growth model forecasts.

    Parameters
    ----------
    last : ndarray
        Log of the last turnover (US$ million), shape (n_pairs,).
    location : ndarray
        Signals of the location, shape (n_pairs, 4 or 6): a constant, size, reversal of recent
        growth, missing share; with a cross-section also the size gap (log turnover less what the
        countries' trade suggests) and the countries' recent growth.
    scale : ndarray
        Signals of the log scale, shape (n_pairs, 4): a constant, log volatility, the usual log
        volatility, missing share.
    cycle : ndarray or float
        The dollar's cycle at the origin (`GrowthModel.cycle`), shape (n_pairs,) or one for all.
    """

    last: Floats
    location: Floats
    scale: Floats
    cycle: Floats | float = 0.0


class OwnSignals(NamedTuple):
    """What each row says by itself; every field has shape (n_pairs,).

    `level` is the log of the last value, `recent_growth` its distance from the weighted past,
    `clipped_growth` the same within the limits for countries, `precision` its weight in the
    countries' growth. `volatility` is the log of the mean absolute step; `steps` is the number of
    steps, `stepped` 1 if there is one and 0 if not. `square` is the weighted sum of squared steps,
    `weight` the sum of their weights.
    """

    level: Floats
    recent_growth: Floats
    clipped_growth: Floats
    precision: Floats
    volatility: Floats
    steps: Floats
    stepped: Floats
    square: Floats
    weight: Floats


@validated
def problems(history: pd.DataFrame) -> pd.Series:
    """List the rows that cannot be forecast, and why.

    Parameters
    ----------
    history : DataFrame
        Turnover, US$ million, shape (n_pairs, n_years); columns are consecutive years up to the
        origin, NaN where unknown. Values below US$1m, zero among them, count as unknown.

    Returns
    -------
    Series of str
        Reason by pair; empty if every row can be forecast.

    Examples
    --------
    >>> wide = pd.DataFrame([[np.nan, 5], [4.0, np.nan]], index=["A-B", "A-C"])
    >>> problems(wide).to_dict()
    {'A-C': 'its last year is unknown or below US$1m'}
    """
    values = as_wide(history).to_numpy()
    infinite = np.isinf(values).any(axis=1)
    negative = (values < 0).any(axis=1)
    no_last = ~(values[:, -1] >= FLOOR_MUSD)
    reason = np.select(
        [infinite, negative, no_last],
        [
            "it holds an infinite value",
            "it holds a negative value",
            "its last year is unknown or below US$1m",
        ],
        default="",
    )
    return pd.Series(reason, index=history.index, dtype="str")[reason != ""]


# What a forecast rests on: code, and words for readers.
KINDS = {
    "own recent": "five or more years of the pair's own trade, some of them recent",
    "own older": "few or old years of the pair's own trade",
    "size": "the pair's size alone",
}


def kinds(history: pd.DataFrame, other_source: Bools) -> NDArray[np.str_]:
    """Kind of each row, a key of `KINDS`.

    "own recent": five years or more of one source that reach to five years before the origin or
    later; of a run with a gap before the last value, the newest year before it counts. "own older":
    any other two years or more of one source. "size": all other rows.
    """
    available = history.to_numpy(float) >= FLOOR_MUSD
    years = available.sum(axis=1) - other_source
    recent = years >= MIN_YEARS
    if available.shape[1] > 1:
        # Years from the last value back to the newest available year before it.
        age = 1 + np.argmax(available[:, -2::-1], axis=1)
        recent &= age <= MIN_YEARS
    return np.select([recent, years >= 2], ["own recent", "own older"], default="size")


@validated
def moments(history: pd.DataFrame, *, other_source: ArrayLike | None = None) -> pd.DataFrame:
    """Sum rows by pair of countries, for `cross_section`.

    Sums of blocks of rows may be added.

    Parameters
    ----------
    history : DataFrame
        As for `problems`, without rows that it lists; the index must name both countries,
        ``"AAA-BBB"`` (what follows a second dash, such as a product, is not read).
    other_source : array_like of bool, optional
        Whether the last value of each row is of another source than its earlier values, shape
        (n_pairs,); none is if omitted.

    Returns
    -------
    DataFrame
        Sums indexed by the two countries: ``n`` (rows), ``level`` (log turnover), ``weight`` and
        weighted ``move`` (recent growth); over rows with a step, ``stepped`` (rows),
        ``volatility`` (log mean absolute step) and ``size`` (log turnover).

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 1, 1, 1, 1]] * 2, index=["A-B-cars", "A-B-wheat"])
    >>> moments(wide).n.to_dict()
    {('A', 'B'): 2.0}
    """
    history = as_wide(history)
    countries = _countries(history.index)
    own = _own(history, flags(other_source, history.index))
    columns = {
        "n": np.ones(len(history)),
        "level": own.level,
        "weight": own.precision,
        "move": own.precision * own.clipped_growth,
        "stepped": own.stepped,
        "volatility": own.volatility * own.stepped,
        "size": own.level * own.stepped,
    }
    return pd.DataFrame(columns, index=countries).groupby(level=[0, 1]).sum()


@validated
def cross_section(sums: pd.DataFrame) -> CrossSection:
    """Fit the effects of all countries at the origin, from the sums of `moments`.

    Parameters
    ----------
    sums : DataFrame
        As `moments` returns it, or several such tables one below the other.

    Returns
    -------
    CrossSection
        Effects of each country on level, recent growth, volatility and size.

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 1, 1, 1, 1], [9.0, 9, 9, 9, 9]], index=["A-B", "C-D"])
    >>> cross_section(moments(wide)).level.effects.round(2).tolist()
    [-0.37, -0.37, 0.37, 0.37]
    """
    names = "n level weight move stepped volatility size"
    checks.check_table(sums, numbers=names)
    values = sums[names.split()].to_numpy(float, na_value=np.nan)
    if sums.index.nlevels != 2 or not np.isfinite(values).all():
        raise InputError(
            "sums are finite and indexed by two countries, as pairs.moments gives them; got "
            f"{np.sum(~np.isfinite(values))} values not finite, indexed by {list(sums.index.names)}"
        )
    sums = sums.groupby(level=[0, 1]).sum()
    first = sums.index.get_level_values(0)
    second = sums.index.get_level_values(1)
    countries = first.append(second).unique().sort_values()
    a = countries.get_indexer(first)
    b = countries.get_indexer(second)
    n_rows = sums["n"].to_numpy()
    k = len(countries)
    return CrossSection(
        countries=countries,
        counts=np.bincount(a, n_rows, k).astype(float) + np.bincount(b, n_rows, k),
        level=_effects(sums, "level", "n", SHRINK_LEVEL, (a, b, k)),
        move=_effects(sums, "move", "weight", SHRINK_MOVE, (a, b, k)),
        volatility=_effects(sums, "volatility", "stepped", SHRINK_VOLATILITY, (a, b, k)),
        size=_effects(sums, "size", "stepped", SHRINK_VOLATILITY, (a, b, k)),
    )


def _effects(
    sums: pd.DataFrame,
    column: str,
    weight: str,
    shrink: float,
    sides: tuple[Positions, Positions, int],
) -> Effects:
    """Countries' effects on a column of sums, by ridge regression.

    An effect is shrunk as if by `shrink` more pairs with no effect. `sides` are the positions of
    both countries of each row, and the number of countries.
    """
    a, b, k = sides
    weights = sums[weight].to_numpy()
    if not weights.any():
        return Effects(mean=0.0, weight=0.0, effects=np.zeros(k), inverse=np.zeros((k, k)))
    mean = sums[column].sum() / weights.sum()
    mean_weight = weights.sum() / sums["n"].to_numpy().sum()
    w = weights / mean_weight
    weighted_deviation = (sums[column].to_numpy() - mean * weights) / mean_weight
    one_way = np.bincount(a * k + b, w, k * k).reshape(k, k)
    diagonal = np.bincount(a, w, k) + np.bincount(b, w, k) + shrink
    normal_equations = one_way + one_way.T + np.diag(diagonal)
    inverse = np.linalg.inv(normal_equations)
    of_country = np.bincount(a, weighted_deviation, k) + np.bincount(b, weighted_deviation, k)
    return Effects(
        mean=float(mean),
        weight=float(mean_weight),
        effects=inverse @ of_country,
        inverse=inverse,
    )


def signals(
    history: pd.DataFrame,
    *,
    size_line: tuple[float, float],
    cross: CrossSection | None,
    other_source: ArrayLike | None = None,
) -> Signals:
    """Signals of each pair, from its row and, if given, the cross-section.

    `size_line` is the log mean absolute step of a pair of US$1m and its slope in log turnover. It
    gives the usual volatility of a pair by its size; with a cross-section its slope corrects the
    countries' volatility for the sizes of their pairs.
    """
    own = _own(history, flags(other_source, history.index))
    ones = np.ones(len(history))
    intercept, slope = size_line
    usual = intercept + slope * own.level
    among_others: list[Floats] = []
    if cross is not None:
        a, b = _located(history.index, cross.countries)
        if cross.volatility.weight:
            usual = _usual_volatility(own, cross, slope, a, b)
        among_others = _among_others(own, cross, a, b)
    usual_square = PRIOR_STEPS * PRIOR_SQUARE * np.exp(2 * usual)
    weight = own.weight + PRIOR_STEPS
    volatility = np.sqrt((own.square + usual_square) / weight + LEAST_VARIANCE)
    missing_share = PRIOR_STEPS / weight
    reversal = np.minimum(volatility, WILD) * own.recent_growth
    location = [ones, own.level - MIDDLE_SIZE, reversal, missing_share, *among_others]
    scale = [ones, np.log(volatility), usual, missing_share]
    return Signals(last=own.level, location=np.stack(location, 1), scale=np.stack(scale, 1))


def _usual_volatility(
    own: OwnSignals, cross: CrossSection, slope: float, a: Positions, b: Positions
) -> Floats:
    """Log volatility that the other pairs of both countries suggest, at the size of the pair."""
    of_countries = cross.volatility.without_own(own.volatility, own.stepped, a, b)
    size_of_countries = cross.size.without_own(own.level, own.stepped, a, b)
    size_beyond = own.level - cross.size.mean - size_of_countries
    return np.asarray(cross.volatility.mean + of_countries + slope * size_beyond)


def _among_others(own: OwnSignals, cross: CrossSection, a: Positions, b: Positions) -> list[Floats]:
    """Two signals from other pairs: the size gap, and the recent growth of both countries."""
    country_weight = (cross.counts - 1) / (cross.counts - 1 + FEW_PAIRS)
    pair_weight = country_weight[a] * country_weight[b]
    ones = np.ones(own.level.size)
    size_gap = own.level - cross.level.mean - cross.level.without_own(own.level, ones, a, b)
    growth = cross.move.without_own(own.clipped_growth, own.precision, a, b)
    size_gap = size_gap.clip(-FAR, FAR)
    growth = growth.clip(-FAR_COUNTRY, FAR_COUNTRY)
    return [size_gap * pair_weight, growth * pair_weight]


def size_line(history: pd.DataFrame) -> tuple[float, float]:
    """Log mean absolute step of pairs of US$1m, and its slope in log turnover."""
    own = _own(history, flags(None, history.index))
    enough = own.steps >= 2
    slope, intercept = np.polyfit(own.level[enough], own.volatility[enough], 1)
    return float(intercept), float(slope)


def flags(other_source: ArrayLike | None, index: pd.Index) -> Bools:
    """Whether the last value of each row is of another source; a Series is read by its names."""
    if other_source is None:
        return np.zeros(len(index), bool)
    if isinstance(other_source, pd.Series):
        other_source = other_source.reindex(index)
    mask = np.asarray(other_source)
    if mask.dtype != bool or mask.shape != (len(index),):
        raise InputError(
            f"other_source is True or False for each of {len(index)} rows, got {mask.tolist()}"
        )
    return mask


def _own(history: pd.DataFrame, other_source: Bools) -> OwnSignals:
    """Level, recent growth and volatility of each row by itself.

    Missing years have no weight. A last value of another source has no recent growth and no step
    before it; older steps still count in the volatility.
    """
    values = np.ascontiguousarray(history.to_numpy(float))  # so that a row sums alike in any frame
    logs = np.log(np.where(values >= FLOOR_MUSD, values, np.nan))
    recent_growth, past_share = _recent_growth(logs, other_source)
    step, is_step = _steps(logs, other_source)
    n_steps = is_step.sum(axis=1)
    mean_step = np.abs(step).sum(axis=1) / np.maximum(n_steps, 1)
    volatility = np.log(mean_step + LEAST_STEP)
    step_weight = MEMORY_STEPS ** _ages(logs) * is_step
    return OwnSignals(
        level=logs[:, -1],
        recent_growth=recent_growth,
        clipped_growth=recent_growth.clip(-FAR_COUNTRY, FAR_COUNTRY),
        # Quiet pairs, and pairs with a recent past, say more of their countries.
        precision=past_share / (LEAST_SQUARED_SPREAD + np.exp(2 * volatility)),
        volatility=volatility,
        steps=n_steps.astype(float),
        stepped=(n_steps > 0).astype(float),
        square=(step_weight * step**2).sum(axis=1),
        weight=np.asarray(step_weight.sum(axis=1), float),
    )


def _ages(logs: Floats) -> Positions:
    """Years from each column to the last one."""
    return np.arange(logs.shape[1])[::-1]


def _recent_growth(logs: Floats, other_source: Bools) -> tuple[Floats, Floats]:
    """Last log less the weighted mean of earlier ones, and how well that mean is known.

    The latter, by which growth is shrunk, is the weight of the past over itself plus
    `PRIOR_YEARS`.
    """
    age = _ages(logs)
    available = np.isfinite(logs)
    is_past = available & (age > 0) & ~other_source[:, None]
    year_weight = MEMORY_LEVEL ** (age - 1.0) * is_past
    weight = year_weight.sum(axis=1)
    weighted_sum = (year_weight * np.where(available, logs, 0.0)).sum(axis=1)
    mean = weighted_sum / np.where(weight > 0, weight, 1.0)
    growth = logs[:, -1] - mean
    past_share = weight / (weight + PRIOR_YEARS)
    return growth.clip(-FAR, FAR) * past_share, past_share


def _steps(logs: Floats, other_source: Bools) -> tuple[Floats, Bools]:
    """Change of the log since the last known year, and whether a year has one.

    Both have the shape of `logs`. A change over m years is divided by the root of m.
    """
    available = np.isfinite(logs)
    filled = np.where(available, logs, 0.0)
    column = np.arange(logs.shape[1])
    newest = np.maximum.accumulate(np.where(available, column, -1), axis=1)
    none_before = np.full((len(logs), 1), -1)
    previous = np.concatenate([none_before, newest[:, :-1]], axis=1)
    across_sources = (_ages(logs) == 0) & other_source[:, None]
    is_step = available & (previous >= 0) & ~across_sources
    change = filled - np.take_along_axis(filled, np.maximum(previous, 0), axis=1)
    years_between = np.maximum(column - previous, 1)
    return np.where(is_step, change, 0.0) / np.sqrt(years_between), is_step


def _both(name: Hashable) -> list[str]:
    """The two countries of a pair's name; an empty text for one that is missing."""
    parts = str(name).split("-", 2)
    return parts[:2] if len(parts) > 1 else [parts[0], ""]


def named(index: pd.Index) -> bool:
    """Whether every name holds two countries."""
    return all(all(_both(name)) for name in index)


def _countries(index: pd.Index) -> list[pd.Index]:
    """First and second countries of all names, or an error that names one without."""
    first, second = [], []
    for name in index:
        country, partner = _both(name)
        if not (country and partner):
            raise InputError(f"names must be like 'AAA-BBB', got {name!r}")
        first.append(country)
        second.append(partner)
    return [pd.Index(first), pd.Index(second)]


def _located(index: pd.Index, countries: pd.Index) -> tuple[Positions, Positions]:
    """Positions of the first and second countries of all names among the countries."""
    first, second = _countries(index)
    a = countries.get_indexer(first)
    b = countries.get_indexer(second)
    strange = (a < 0) | (b < 0)
    if strange.any():
        raise InputError(
            f"the cross-section does not hold the countries of {index[strange][0]}; "
            "make it from every block"
        )
    return a, b
