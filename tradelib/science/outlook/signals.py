"""What a panel says of each pair at the origin: its own history, and where it stands among others.

The own history gives the level, the *move* (how far the last level stands from its weighted past)
and the volatility. The cross-section is one small summary, a two-way fit of countries' effects,
which any block of rows can then be read against: so a panel too large for one machine is summed
block by block (`moments`), solved once (`cross_section`), and read block by block (`signals`).
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["CrossSection", "Effects", "Signals", "cross_section", "moments", "problems"]

FLOOR_MUSD = 1.0
MIN_YEARS, MIN_STEPS, MIN_PAIRS = 5, 2, 50
MEMORY_LEVEL, MEMORY_STEPS = 0.7, 0.8
PRIOR_STEPS, PRIOR_SQUARE = 2.0, 1.5
LEAST_STEP, LEAST_VARIANCE = 0.05, 1e-4
FAR, FAR_COUNTRY, WILD = 4.0, 1.0, 1.5
SHRINK_LEVEL, SHRINK_MOVE, SHRINK_VOLATILITY = 1.0, 3.0, 3.0
MOST_LEVERAGE = 0.9

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """A two-way fit, mean + effect of one country + effect of the other, shrunk to the mean.

    Attributes
    ----------
    mean : float
        Weighted mean over pairs.
    weight : float
        Mean weight of a row.
    effects : ndarray, shape (n_countries,)
        By country.
    inverse : ndarray, shape (n_countries, n_countries)
        Of the normal equations, for what a pair itself contributes to its fit.
    """

    mean: float
    weight: float
    effects: Floats
    inverse: Floats

    def without_own(self, values: Floats, weights: Floats, a: Ints, b: Ints) -> Floats:
        """Fit of each row as if the row had not been in it."""
        fit = self.effects[a] + self.effects[b]
        leverage = self.inverse[a, a] + self.inverse[b, b] + 2 * self.inverse[a, b]
        leverage = np.minimum(weights / self.weight * leverage, MOST_LEVERAGE)
        return np.asarray(fit - leverage / (1 - leverage) * (values - self.mean - fit))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossSection:
    """Countries' effects at one origin.

    Attributes
    ----------
    countries : Index
        Names, in the order of the effects.
    level, move, volatility : Effects
        Of the log level, of the last move, and of the log mean absolute step.
    """

    countries: pd.Index
    level: Effects
    move: Effects
    volatility: Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What bears on the future of each pair.

    Attributes
    ----------
    last : ndarray, shape (n_pairs,)
        Log of the last turnover, US$ million.
    location, scale : ndarray, shape (n_pairs, n_signals)
        Columns for the location and for the log scale of growth, a constant first. With a
        cross-section: distance of the level from its countries' fit, the countries' move, reversal;
        own and countries' volatility. Alone: reversal; own volatility.
    """

    last: Floats
    location: Floats
    scale: Floats


def problems(history: pd.DataFrame) -> pd.Series:
    """Rows that cannot be forecast, and why.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        US$ million; columns are consecutive years up to the origin, NaN where unknown. Values below
        US$1m, zero among them, count as unknown.

    Returns
    -------
    Series of str
        Reason by pair; empty if every row is fine.

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 2, 3, 4, 5], [1.0, 2, 3, 4, np.nan]], index=["A-B", "A-C"])
    >>> problems(wide).to_dict()
    {'A-C': 'its last year is unknown or below US$1m'}
    """
    values = history.to_numpy(float)
    known = np.isfinite(values) & (values >= FLOOR_MUSD)
    steps = (known[:, 1:] & known[:, :-1]).sum(axis=1)
    tests = [
        (np.isinf(values).any(axis=1), "it holds an infinite value"),
        ((values < 0).any(axis=1), "it holds a negative value"),
        (~known[:, -1], "its last year is unknown or below US$1m"),
        (known.sum(axis=1) < MIN_YEARS, f"it has fewer than {MIN_YEARS} years of US$1m or more"),
        (steps < MIN_STEPS, f"it has fewer than {MIN_STEPS} steps between neighbouring years"),
    ]
    reason = np.select([test for test, _ in tests], [words for _, words in tests], default="")
    return pd.Series(reason, index=history.index, dtype="str")[reason != ""]


def moments(history: pd.DataFrame) -> pd.DataFrame:
    """Sums by pair of countries, from which `cross_section` is solved; sums of blocks add up.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        As for `problems`, and without any; the index names both countries, ``"AAA-BBB"`` (what
        follows a second dash, such as a product, is not read).

    Returns
    -------
    DataFrame
        Indexed by the two countries: ``n``, ``weight``, and the sums of ``level``, ``volatility``
        and weighted ``move``.

    Raises
    ------
    ValueError
        If a name holds no two countries.

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 1, 1, 1, 1]] * 2, index=["A-B-cars", "A-B-wheat"])
    >>> moments(wide).n.to_dict()
    {('A', 'B'): 2.0}
    """
    own, weights = _own(history), {}
    names = _countries(history.index)
    if names is None:
        raise ValueError(f"names must be like 'AAA-BBB', got {_first_odd(history.index)!r}")
    weights["n"] = np.ones(len(history))
    weights["weight"] = _precision(own)
    columns = {
        **weights,
        "level": own["level"],
        "volatility": own["volatility"],
        "move": weights["weight"] * _near(own),
    }
    return pd.DataFrame(columns, index=names).groupby(level=[0, 1]).sum()


def cross_section(sums: pd.DataFrame) -> CrossSection:
    """Countries' effects at the origin, from the sums of `moments`.

    Parameters
    ----------
    sums : DataFrame
        As `moments` returns it, or several such frames stacked.

    Returns
    -------
    CrossSection

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 1, 1, 1, 1], [9.0, 9, 9, 9, 9]], index=["A-B", "C-D"])
    >>> cross_section(moments(wide)).level.effects.round(2).tolist()
    [-0.37, -0.37, 0.37, 0.37]
    """
    sums = sums.groupby(level=[0, 1]).sum()
    first, second = sums.index.get_level_values(0), sums.index.get_level_values(1)
    countries = first.append(second).unique().sort_values()
    a, b = countries.get_indexer(first), countries.get_indexer(second)

    def effects(column: str, weight: str, shrink: float) -> Effects:
        total, k = sums[weight].to_numpy(), len(countries)
        mean, each = sums[column].sum() / total.sum(), total.sum() / sums["n"].sum()
        w, wz = total / each, (sums[column].to_numpy() - mean * total) / each
        normal = np.bincount(a * k + b, w, k * k).reshape(k, k)
        own = np.bincount(a, w, k) + np.bincount(b, w, k) + shrink
        normal = normal + normal.T + np.diag(own)
        inverse = np.linalg.inv(normal)
        found = inverse @ (np.bincount(a, wz, k) + np.bincount(b, wz, k))
        return Effects(mean=float(mean), weight=float(each), effects=found, inverse=inverse)

    return CrossSection(
        countries=countries,
        level=effects("level", "n", SHRINK_LEVEL),
        move=effects("move", "weight", SHRINK_MOVE),
        volatility=effects("volatility", "n", SHRINK_VOLATILITY),
    )


def signals(
    history: pd.DataFrame, *, size_line: tuple[float, float], cross: CrossSection | None
) -> Signals:
    """What bears on the future of each pair, read off its row and, if given, the cross-section.

    `size_line` is the log mean absolute step of a pair of US$1m and its slope in log size: what is
    usual where there is no cross-section.
    """
    own = _own(history)
    one, x, move = np.ones(len(history)), own["level"], own["move"]
    if cross is None:
        usual = size_line[0] + size_line[1] * x
    else:
        a, b = _located(history.index, cross.countries)
        fit = cross.volatility.without_own(own["volatility"], one, a, b)
        usual = cross.volatility.mean + fit
    square = own["square"] + PRIOR_STEPS * PRIOR_SQUARE * np.exp(2 * usual)
    sigma = np.sqrt(square / (own["weight"] + PRIOR_STEPS) + LEAST_VARIANCE)
    reversal, noise = np.minimum(sigma, WILD) * move, np.log(sigma)
    if cross is None:
        location, scale = [one, reversal], [one, noise]
    else:
        far = x - cross.level.mean - cross.level.without_own(x, one, a, b)
        common = cross.move.without_own(_near(own), _precision(own), a, b)
        location = [one, far.clip(-FAR, FAR), common.clip(-FAR_COUNTRY, FAR_COUNTRY), reversal]
        scale = [one, noise, usual]
    return Signals(last=x, location=np.stack(location, 1), scale=np.stack(scale, 1))


def typical(size_musd: float, *, line: tuple[float, float]) -> Signals:
    """Signals of a pair of which nothing but the last turnover is known: one that has not moved."""
    if not FLOOR_MUSD <= size_musd < np.inf:
        raise ValueError(f"size_musd must be at least 1 and finite, got {size_musd}")
    last = np.log([size_musd])
    usual = line[0] + line[1] * last
    noise = np.log(np.sqrt(PRIOR_SQUARE * np.exp(2 * usual) + LEAST_VARIANCE))
    one = np.ones(1)
    return Signals(last=last, location=np.stack([one, 0 * one], 1), scale=np.stack([one, noise], 1))


def size_line(history: pd.DataFrame) -> tuple[float, float]:
    """Log mean absolute step of pairs at US$1m, and its slope in log size."""
    own = _own(history)
    slope, start = np.polyfit(own["level"], own["volatility"], 1)
    return float(start), float(slope)


def _own(history: pd.DataFrame) -> dict[str, Floats]:
    """Level, move and volatility of each row by itself; gaps carry no weight."""
    values = history.to_numpy(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(np.where(values >= FLOOR_MUSD, values, np.nan))
    age = np.arange(logs.shape[1] - 1)[::-1]
    steps = np.diff(logs, axis=1)
    stepped = np.isfinite(steps)
    steps = np.where(stepped, steps, 0.0)
    of_step = MEMORY_STEPS**age * stepped
    of_year = MEMORY_LEVEL**age * np.isfinite(logs[:, :-1])
    past = (of_year * np.nan_to_num(logs[:, :-1])).sum(axis=1) / of_year.sum(axis=1)
    mean_step = np.abs(steps).sum(axis=1) / stepped.sum(axis=1)
    return {
        "level": logs[:, -1],
        "move": (logs[:, -1] - past).clip(-FAR, FAR),
        "volatility": np.log(mean_step + LEAST_STEP),
        "square": (of_step * steps**2).sum(axis=1),
        "weight": of_step.sum(axis=1),
    }


def _near(own: dict[str, Floats]) -> Floats:
    return own["move"].clip(-FAR_COUNTRY, FAR_COUNTRY)


def _precision(own: dict[str, Floats]) -> Floats:
    """Weight of a pair's move: quiet pairs say more of their countries."""
    return np.asarray(1 / (0.02 + np.exp(2 * own["volatility"])))


def _countries(index: pd.Index) -> list[Ints] | list[pd.Index] | None:
    """The two countries of every name; None if some name holds no two."""
    parts = [str(name).split("-", 2)[:2] for name in index]
    if not all(len(both) == 2 and both[0] and both[1] for both in parts):
        return None
    return [pd.Index([both[i] for both in parts]) for i in (0, 1)]


def named(index: pd.Index) -> bool:
    """Whether every name holds two countries."""
    return _countries(index) is not None


def _first_odd(index: pd.Index) -> Hashable:
    odd: Hashable = next(name for name in index if not named(pd.Index([name])))
    return odd


def _located(index: pd.Index, countries: pd.Index) -> tuple[Ints, Ints]:
    names = _countries(index)
    if names is None:
        raise ValueError(f"names must be like 'AAA-BBB', got {_first_odd(index)!r}")
    a, b = (countries.get_indexer(pd.Index(side)) for side in names)
    strange = (a < 0) | (b < 0)
    if strange.any():
        raise ValueError(
            f"the cross-section does not hold the countries of {index[strange][0]}; "
            "make it from every block"
        )
    return a, b
