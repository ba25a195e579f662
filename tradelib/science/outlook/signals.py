"""What a panel says of each pair at the origin: its own history, and where it stands among others.

A row may hold the last value only, an older run before it, or every year. Its run gives the *move*
(how far the last level stands from its weighted past), the volatility, and how much is *unknown*.
The cross-section is one small summary, a two-way fit of countries' effects, which any block of rows
can then be read against: so a panel too large for one machine is summed block by block (`moments`),
solved once (`cross_section`), and read block by block (`signals`).
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground import frames
from tradelib.ground.convert import as_wide as as_wide
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats
from tradelib.ground.record import Record

__all__ = ["CrossSection", "Effects", "Signals", "cross_section", "moments", "problems"]

# Below it sources round, drop and disagree: trade of less is not told apart from none.
FLOOR_MUSD = 1.0
# Years that make a run one's own, and that may lie between it and the last value.
MIN_YEARS = 5
# Rows from which countries' effects are worth more than their noise.
MIN_PAIRS = 50
# What a year's level and step weigh against the next one's: searched once on the panels.
MEMORY_LEVEL, MEMORY_STEPS = 0.7, 0.8
# A past of weight one is taken to stand where the pair stands now, so that a far-off past hardly
# moves it: with one half a gap of six years scored below the last value alone on one panel.
PRIOR_YEARS = 1.0
# The usual volatility counts as two steps; steps are half as wild again as their mean size says.
PRIOR_STEPS, PRIOR_SQUARE = 2.0, 1.5
# No pair is as calm as rounded figures may look; nothing is divided by zero.
LEAST_STEP, LEAST_VARIANCE, LEAST_SPREAD = 0.05, 1e-4, 0.02
# A jump of e^4 times, a countries' move of e times, a volatility of 1.5: what lies beyond is a
# fault of the figures as often as trade.
FAR, FAR_COUNTRY, WILD = 4.0, 1.0, 1.5
# Log of US$148m, near the middle of the panels: size is told from there.
MIDDLE_SIZE = 5.0
# Pairs that a country's effect is shrunk by; moves and volatilities are noisier than levels.
SHRINK_LEVEL, SHRINK_MOVE, SHRINK_VOLATILITY = 1.0, 3.0, 3.0
# What a country says counts (n - 1) / (n - 1 + 8) with n of its pairs in the frame: of one
# office's partners next to nothing is known. 20 and 40 score alike.
FEW_PAIRS = 8.0
# A pair that is nearly all that is known of a country is not divided by nothing.
MOST_LEVERAGE = 0.9
# The first columns of the location, constant and size, are drift: they grow with h, not log h.
DRIFT = 2

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effects(Record):
    """A two-way fit, mean + effect of one country + effect of the other, shrunk to the mean.

    Attributes
    ----------
    mean : float, weighted mean over pairs
    weight : float, mean weight of a row; 0 if no row has any, and then every effect is
    effects : ndarray, shape (n_countries,), by country
    inverse : ndarray, shape (n_countries, n_countries)
        Of the normal equations, for what a pair itself contributes to its fit.
    """

    mean: float
    weight: float
    effects: Floats
    inverse: Floats

    @validated
    def without_own(self, values: Floats, weights: Floats, a: Ints, b: Ints) -> Floats:
        """Fit of each row as if the row had not been in it."""
        fit = self.effects[a] + self.effects[b]
        leverage = self.inverse[a, a] + self.inverse[b, b] + 2 * self.inverse[a, b]
        leverage = np.minimum(weights / (self.weight or 1.0) * leverage, MOST_LEVERAGE)
        return np.asarray(fit - leverage / (1 - leverage) * (values - self.mean - fit))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossSection(Record):
    """Countries' effects at one origin.

    Attributes
    ----------
    countries : Index, names, in the order of the effects
    counts : ndarray, shape (n_countries,), pairs of each
    level, move : Effects, of the log level and of the last move
    volatility, size : Effects, of the log mean absolute step and the log level of pairs with a step
    """

    countries: pd.Index
    counts: Floats
    level: Effects
    move: Effects
    volatility: Effects
    size: Effects


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals(Record):
    """What bears on the future of each pair.

    Attributes
    ----------
    last : ndarray, shape (n_pairs,), log of the last turnover, US$ million
    location, scale : ndarray, shape (n_pairs, n_signals)
        Of the location: a constant, size, reversal, unknown, and with a cross-section distance of
        the level from its countries' fit and the countries' move. Of the log scale: a constant,
        own volatility, what is usual, unknown.
    cycle : ndarray, shape (n_pairs,), or float, the dollar's at the origin (`GrowthModel.cycle`)
    """

    last: Floats
    location: Floats
    scale: Floats
    cycle: Floats | float = 0.0


@validated
def problems(history: pd.DataFrame) -> pd.Series:
    """Rows that cannot be forecast, and why.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        US$ million; columns are consecutive years up to the origin, NaN where unknown. Values below
        US$1m, zero among them, count as unknown.

    Returns
    -------
    Series of str, reason by pair; empty if every row is fine

    Examples
    --------
    >>> wide = pd.DataFrame([[np.nan, 5], [4.0, np.nan]], index=["A-B", "A-C"])
    >>> problems(wide).to_dict()
    {'A-C': 'its last year is unknown or below US$1m'}
    """
    values = as_wide(history).to_numpy()
    tests = [
        (np.isinf(values).any(axis=1), "it holds an infinite value"),
        ((values < 0).any(axis=1), "it holds a negative value"),
        (~(values[:, -1] >= FLOOR_MUSD), "its last year is unknown or below US$1m"),
    ]
    reason = np.select([test for test, _ in tests], [words for _, words in tests], default="")
    return pd.Series(reason, index=history.index, dtype="str")[reason != ""]


# What a forecast rests on, as code has it and in words for readers.
KINDS = {
    "own recent": "five or more of the pair's own years, up to lately",
    "own older": "few or old years of the pair's own",
    "size": "the pair's size alone",
}


def kinds(history: pd.DataFrame, other_source: Bools) -> NDArray[np.str_]:
    """Of each row, which of `KINDS`.

    Recent are five years or more of one source that reach to five years before the origin or later;
    of a run with a gap before the last value, the newest year before it counts. Older are any other
    two years or more of one source.
    """
    known = history.to_numpy(float) >= FLOOR_MUSD
    years = known.sum(axis=1) - other_source
    age = 1 + np.argmax(known[:, -2::-1], axis=1) if known.shape[1] > 1 else 0
    recent = (years >= MIN_YEARS) & (age <= MIN_YEARS)
    return np.array(list(KINDS))[np.where(recent, 0, np.where(years >= 2, 1, 2))]


@validated
def moments(history: pd.DataFrame, *, other_source: ArrayLike | None = None) -> pd.DataFrame:
    """Sums by pair of countries, from which `cross_section` is solved; sums of blocks add up.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        As for `problems`, and without any; the index must name both countries, ``"AAA-BBB"``
        (what follows a second dash, such as a product, is not read).
    other_source : array_like of bool, shape (n_pairs,), optional, as for `tradelib.forecast_panel`

    Returns
    -------
    DataFrame
        Indexed by the two countries: ``n``, ``level``; weights ``weight`` and sum of weighted
        ``move``; pairs ``stepped`` with a step, and their ``volatility`` and ``size``.

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 1, 1, 1, 1]] * 2, index=["A-B-cars", "A-B-wheat"])
    >>> moments(wide).n.to_dict()
    {('A', 'B'): 2.0}
    """
    history = as_wide(history)
    names = _countries(history.index)
    own = _own(history, flags(other_source, history.index))
    columns = {
        "n": np.ones(len(history)),
        "level": own["level"],
        "weight": own["precision"],
        "move": own["precision"] * own["near"],
        "stepped": own["stepped"],
        "volatility": own["volatility"] * own["stepped"],
        "size": own["level"] * own["stepped"],
    }
    return pd.DataFrame(columns, index=names).groupby(level=[0, 1]).sum()


@validated
def cross_section(sums: pd.DataFrame) -> CrossSection:
    """Countries' effects at the origin, from the sums of `moments`.

    Parameters
    ----------
    sums : DataFrame, as `moments` returns it, or several such frames stacked

    Returns
    -------
    CrossSection

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 1, 1, 1, 1], [9.0, 9, 9, 9, 9]], index=["A-B", "C-D"])
    >>> cross_section(moments(wide)).level.effects.round(2).tolist()
    [-0.37, -0.37, 0.37, 0.37]
    """
    names = "n level weight move stepped volatility size"
    frames.check_table(sums, numbers=names)
    values = sums[names.split()].to_numpy(float, na_value=np.nan)
    if sums.index.nlevels != 2 or not np.isfinite(values).all():
        raise InputError(
            "sums are finite and indexed by two countries, as pairs.moments gives them"
        )
    sums = sums.groupby(level=[0, 1]).sum()
    first, second = sums.index.get_level_values(0), sums.index.get_level_values(1)
    countries = first.append(second).unique().sort_values()
    a, b = countries.get_indexer(first), countries.get_indexer(second)
    n, k = sums["n"].to_numpy(), len(countries)

    def effects(column: str, weight: str, shrink: float) -> Effects:
        total = sums[weight].to_numpy()
        if not total.any():
            return Effects(mean=0.0, weight=0.0, effects=np.zeros(k), inverse=np.zeros((k, k)))
        mean, each = sums[column].sum() / total.sum(), total.sum() / n.sum()
        w, wz = total / each, (sums[column].to_numpy() - mean * total) / each
        normal = np.bincount(a * k + b, w, k * k).reshape(k, k)
        own = np.bincount(a, w, k) + np.bincount(b, w, k) + shrink
        inverse = np.linalg.inv(normal + normal.T + np.diag(own))
        solved = inverse @ (np.bincount(a, wz, k) + np.bincount(b, wz, k))
        return Effects(mean=float(mean), weight=float(each), effects=solved, inverse=inverse)

    return CrossSection(
        countries=countries,
        counts=np.bincount(a, n, k).astype(float) + np.bincount(b, n, k),
        level=effects("level", "n", SHRINK_LEVEL),
        move=effects("move", "weight", SHRINK_MOVE),
        volatility=effects("volatility", "stepped", SHRINK_VOLATILITY),
        size=effects("size", "stepped", SHRINK_VOLATILITY),
    )


def signals(
    history: pd.DataFrame,
    *,
    size_line: tuple[float, float],
    cross: CrossSection | None,
    other_source: ArrayLike | None = None,
) -> Signals:
    """What bears on the future of each pair, read off its row and, if given, the cross-section.

    `size_line` is the log mean absolute step of a pair of US$1m and its slope in log size: what is
    usual at a size, and by what countries' volatility is told from that of their sizes.
    """
    own = _own(history, flags(other_source, history.index))
    one, x = np.ones(len(history)), own["level"]
    usual, others = size_line[0] + size_line[1] * x, []
    if cross is not None:
        a, b = _located(history.index, cross.countries)
        if cross.volatility.weight:
            stepped = own["stepped"]
            volatility = cross.volatility.without_own(own["volatility"], stepped, a, b)
            beyond = x - cross.size.mean - cross.size.without_own(x, stepped, a, b)
            usual = cross.volatility.mean + volatility + size_line[1] * beyond
        seen = (cross.counts - 1) / (cross.counts - 1 + FEW_PAIRS)
        info = seen[a] * seen[b]
        far = x - cross.level.mean - cross.level.without_own(x, one, a, b)
        common = cross.move.without_own(own["near"], own["precision"], a, b)
        others = [far.clip(-FAR, FAR) * info, common.clip(-FAR_COUNTRY, FAR_COUNTRY) * info]
    square = own["square"] + PRIOR_STEPS * PRIOR_SQUARE * np.exp(2 * usual)
    sigma = np.sqrt(square / (own["weight"] + PRIOR_STEPS) + LEAST_VARIANCE)
    unknown = PRIOR_STEPS / (own["weight"] + PRIOR_STEPS)
    reversal = np.minimum(sigma, WILD) * own["move"]
    location = [one, x - MIDDLE_SIZE, reversal, unknown, *others]
    scale = [one, np.log(sigma), usual, unknown]
    return Signals(last=x, location=np.stack(location, 1), scale=np.stack(scale, 1))


def size_line(history: pd.DataFrame) -> tuple[float, float]:
    """Log mean absolute step of pairs at US$1m, and its slope in log size."""
    own = _own(history, flags(None, history.index))
    good = own["steps"] >= 2
    slope, start = np.polyfit(own["level"][good], own["volatility"][good], 1)
    return float(start), float(slope)


def flags(other_source: ArrayLike | None, index: pd.Index) -> Bools:
    """Whether the last value of each row is of another source; a Series is read by its names."""
    if other_source is None:
        return np.zeros(len(index), bool)
    series = isinstance(other_source, pd.Series)
    given = np.asarray(other_source.reindex(index) if series else other_source)  # type: ignore[union-attr]
    if given.dtype != bool or given.shape != (len(index),):
        raise InputError(
            f"other_source is True or False for each of {len(index)} rows, got {given.tolist()}"
        )
    return given


def _own(history: pd.DataFrame, other_source: Bools) -> dict[str, Floats]:
    """Level, move and volatility of each row by itself; gaps carry no weight.

    A step over m years counts as one of a root of m less. No step and no move leads into a last
    value of another source; older steps still tell the volatility.
    """
    values = np.ascontiguousarray(history.to_numpy(float))  # so that a row sums alike in any frame
    logs = np.log(np.where(values >= FLOOR_MUSD, values, np.nan))
    known, years = np.isfinite(logs), np.arange(logs.shape[1])
    age, filled = years[::-1], np.where(known, logs, 0.0)
    of_year = MEMORY_LEVEL ** (age - 1.0) * (known & (age > 0) & ~other_source[:, None])
    past = of_year.sum(axis=1)
    move = logs[:, -1] - (of_year * filled).sum(axis=1) / np.where(past > 0, past, 1.0)
    before = np.maximum.accumulate(np.where(known, years, -1), axis=1)
    before = np.concatenate([np.full((len(logs), 1), -1), before[:, :-1]], axis=1)
    stepped = known & (before >= 0) & ~((age == 0) & other_source[:, None])
    step = filled - np.take_along_axis(filled, np.maximum(before, 0), axis=1)
    step = np.where(stepped, step, 0.0) / np.sqrt(np.maximum(years - before, 1))
    of_step, steps = MEMORY_STEPS**age * stepped, stepped.sum(axis=1)
    known_past = past / (past + PRIOR_YEARS)
    move = move.clip(-FAR, FAR) * known_past
    volatility = np.log(np.abs(step).sum(axis=1) / np.maximum(steps, 1) + LEAST_STEP)
    return {
        "level": logs[:, -1],
        "move": move,
        "near": move.clip(-FAR_COUNTRY, FAR_COUNTRY),
        # Quiet pairs, and near pasts, say more of their countries.
        "precision": known_past / (LEAST_SPREAD + np.exp(2 * volatility)),
        "volatility": volatility,
        "steps": steps.astype(float),
        "stepped": (steps > 0).astype(float),
        "square": (of_step * step**2).sum(axis=1),
        "weight": of_step.sum(axis=1),
    }


def _both(name: Hashable) -> list[str]:
    """The two countries of a name; an empty word for one that is not there."""
    return [*str(name).split("-", 2), ""][:2]


def named(index: pd.Index) -> bool:
    """Whether every name holds two countries."""
    return all(all(_both(name)) for name in index)


def _countries(index: pd.Index) -> list[pd.Index]:
    """The two countries of every name."""
    parts = [_both(name) for name in index]
    for name, both in zip(index, parts, strict=True):
        if not all(both):
            raise InputError(f"names must be like 'AAA-BBB', got {name!r}")
    return [pd.Index([both[i] for both in parts]) for i in (0, 1)]


def _located(index: pd.Index, countries: pd.Index) -> tuple[Ints, Ints]:
    a, b = (countries.get_indexer(side) for side in _countries(index))
    strange = (a < 0) | (b < 0)
    if strange.any():
        raise InputError(
            f"the cross-section does not hold the countries of {index[strange][0]}; "
            "make it from every block"
        )
    return a, b
