"""A growth table: a panel made small, and read.

A cell is a class from half to double a size, a horizon and an origin year, with quantiles of the
growth of its episodes. Between two sizes shares are interpolated, between quantiles too.
"""

import math
from collections.abc import Sequence
from itertools import product
from statistics import NormalDist
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats
from tradelib.science.outside.episodes import (
    WITHIN,
    Groups,
    NoEpisodesError,
    ReferenceClass,
    episodes,
    log_prices,
)

# Closer at the ends, where the multiples lie that targets ask.
LEVELS = (
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    0.85,
    0.9,
    0.925,
    0.95,
    0.97,
    0.98,
    0.99,
    0.995,
)
QUANTILES = [f"q{p:g}" for p in LEVELS]
CELL = ["among", "past", "ever", "horizon", "size_musd", "origin"]
COUNTS = ["n", "unknown", "new_pairs"]
Ints: TypeAlias = NDArray[np.int64]
ByOrigin: TypeAlias = tuple[Ints, Ints, Ints, Floats]
SCORES = np.array([NormalDist().inv_cdf(p) for p in LEVELS])


@validated
def growth_table(
    panel: pd.DataFrame,
    *,
    sizes: Sequence[float],
    horizons: Sequence[int],
    groups: Groups | None = None,
    past: Sequence[str] = ("any",),
    ever: Sequence[bool] = (False, True),
) -> pd.DataFrame:
    """Quantiles of growth by size class, horizon and origin year: a panel made small.

    Parameters
    ----------
    panel : DataFrame, as for `episodes`, errors too
    sizes : sequence of float, middles of the classes, US$ million; each runs from half to double
    horizons : sequence of int, years from the origin
    groups : mapping of name to pairs, optional, each with a pair of the panel; ``"all"`` if omitted
    past : sequence of str, classes of past growth, as in `ReferenceClass`
    ever : sequence of bool, growth to the highest year of the window (True) or to its last (False)

    Returns
    -------
    DataFrame
        A row a cell with a known episode: ``among``, ``past``, ``ever``, ``horizon``,
        ``size_musd``, ``origin``, ``n``, ``unknown``, ``new_pairs`` (pairs that were in the class
        at no earlier origin) and ``q0.005`` to ``q0.995``, quantiles of log growth in current
        dollars.

    Examples
    --------
    >>> panel = pd.DataFrame({"pair": "AAA-BBB", "year": [2000, 2001, 2002],
    ...     "turnover_musd": [100.0, 400.0, 200.0]})
    >>> growth_table(panel, sizes=[100], horizons=[2])["q0.5"].round(3).tolist()
    [0.693, 1.386]
    """
    rows = []
    for horizon in horizons:
        windows = episodes(panel, horizon=horizon)
        for name, which, size in product(groups or {"all": ()}, past, sizes):
            wanted = ReferenceClass(size_musd=size, past=which, among=name)
            like = windows[wanted.holds(windows, groups or {})]
            for any_year in ever:
                cell = dict(zip(CELL, (name, which, any_year, horizon, size), strict=False))
                rows += [cell | row for row in _quantiles(like, "best" if any_year else "growth")]
    if not rows:
        raise InputError("no episode of these sizes and horizons is known of the panel")
    return pd.DataFrame(rows)[[*CELL, *COUNTS, *QUANTILES]]


def _quantiles(like: pd.DataFrame, column: str) -> list[dict[str, float]]:
    """One row an origin year: counts and quantiles of growth."""
    new = like.groupby("pair")["origin"].transform("min") == like["origin"]
    rows = []
    for origin, part in like.assign(new=new).groupby("origin"):
        growth = part[column].dropna().to_numpy()
        if growth.size:
            counts = (growth.size, len(part) - growth.size, int(part["new"].sum()))
            row = {"origin": origin} | dict(zip(COUNTS, counts, strict=True))
            rows.append(row | dict(zip(QUANTILES, np.quantile(growth, LEVELS), strict=True)))
    return rows


class Cells(NamedTuple):
    """Cells of a growth table of one class and horizon, as arrays: sliders and pages ask in a loop.

    `size` and `origin` have shape (n,), `counts` (known, unknown, new pairs) (n, 3), `quantiles`
    (n, 20).
    """

    size: Floats
    origin: Ints
    counts: Floats
    quantiles: Floats


def share_curve(
    table: pd.DataFrame | Cells,
    reference_class: ReferenceClass,
    *,
    multiples: ArrayLike,
    horizon: int,
    prices: pd.Series | None = None,
) -> Floats:
    """Shares of a reference class that reached each of many multiples in the last year."""
    asked = np.asarray(multiples, float)
    if not ((asked > 0) & np.isfinite(asked)).all():
        raise InputError(f"multiples must be positive and finite, got {asked.tolist()}")
    question = Question(reference_class, asked, horizon, prices=prices)
    _, n, _, share = _by_origin(*_read(table, question))
    return np.asarray((n / n.sum()) @ share)


class Question(NamedTuple):
    """What is asked of a table or a panel: which share of a class reached each of the multiples."""

    wanted: ReferenceClass
    multiples: Floats
    horizon: int
    ever: bool = False
    prices: pd.Series | None = None


def looked_up(table: pd.DataFrame | Cells, asked: Question) -> tuple[ByOrigin, int, float]:
    """For the first multiple: origins, episodes known and unknown, shares; pairs; their variance.

    A table does not know its pairs: as if each stood in the class at every origin.
    """
    origin, counts, reached = _read(table, asked)
    origins, n, unknown, share = _by_origin(origin, counts, reached[:, :1])
    mean = np.average(share[:, 0], weights=n)
    variance = mean * (1 - mean) * len(n) / n.sum()
    return (origins, n, unknown, share[:, 0]), round(counts[:, 2].sum()), float(variance)


def _by_origin(origin: Ints, counts: Floats, reached: Floats) -> ByOrigin:
    """Origin years, episodes known and unknown in whole numbers, share of each multiple."""
    origins, place = np.unique(origin, return_inverse=True)
    sums = np.zeros((origins.size, 2 + reached.shape[1]))
    np.add.at(sums, place, np.hstack([counts[:, :2], counts[:, :1] * reached]))
    n = sums[:, 0].round().clip(min=1).astype("int64")
    return origins, n, sums[:, 1].round().astype("int64"), sums[:, 2:] / sums[:, :1]


def cells_of(
    table: pd.DataFrame, *, horizon: int, ever: bool = False, among: str = "all", past: str = "any"
) -> Cells:
    """The cells of a growth table of one class and horizon, of every size and origin."""
    like = (table["horizon"].to_numpy() == horizon) & (table["ever"].to_numpy() == ever)
    like &= (table["among"].to_numpy() == among) & (table["past"].to_numpy() == past)
    size, origin = table["size_musd"].to_numpy(float), table["origin"].to_numpy()
    counts, quantiles = (table[names].to_numpy(float) for names in (COUNTS, QUANTILES))
    return Cells(size[like], origin[like], counts[like], quantiles[like])


def cells_by_horizon(table: pd.DataFrame) -> dict[int, Cells]:
    """The cells of all pairs in the last year of each horizon, from one year to the longest."""
    horizons = sorted(int(horizon) for horizon in table["horizon"].unique())
    if horizons != list(range(1, len(horizons) + 1)):
        raise InputError(f"a growth table has each horizon from 1 year on, got {horizons}")
    return {horizon: cells_of(table, horizon=horizon) for horizon in horizons}


def _read(table: pd.DataFrame | Cells, asked: Question) -> tuple[Ints, Floats, Floats]:
    """Origin, weighted counts and the share that reached each multiple, of each cell."""
    cells, weights = _near(table, asked)
    dearer = np.zeros(len(cells.origin))
    if asked.prices is not None:
        ends = np.concatenate([cells.origin + asked.horizon, cells.origin])
        dearer = np.subtract(*np.split(log_prices(asked.prices, ends), 2))
    logs = np.log(asked.multiples) + dearer[:, None]
    return cells.origin, cells.counts * weights[:, None], _exceedance(cells.quantiles, logs)


def _near(table: pd.DataFrame | Cells, asked: Question) -> tuple[Cells, Floats]:
    """Cells of the class asked for, or of the two sizes around it, and their weights."""
    wanted, horizon = asked.wanted, asked.horizon
    if wanted.within != WITHIN:
        why = "a table has classes from half to double"
        raise NoEpisodesError(f"{why}; within={wanted.within} needs a panel")
    if asked.ever and asked.prices is not None:
        why = f"a table cannot say 'ever within {horizon} years' in constant dollars"
        raise NoEpisodesError(f"{why}; use a panel")
    cells = table
    if not isinstance(cells, Cells):
        options = {"among": wanted.among, "past": wanted.past}
        cells = cells_of(table, horizon=horizon, ever=asked.ever, **options)
    first, last = wanted.origins or (-math.inf, math.inf)
    kept = (first <= cells.origin) & (cells.origin <= last)
    if not kept.any():
        why = f"the table has no class for {wanted.words()} over {horizon} years"
        raise NoEpisodesError(f"{why}; ask of fewer years, or give a panel as data=")
    below, above = _around(wanted.size_musd, np.unique(cells.size[kept]))
    weight = math.log(wanted.size_musd / below) / math.log(above / below) if above > below else 0.0
    kept &= (cells.size == below) | (cells.size == above)
    near = Cells(cells.size[kept], cells.origin[kept], cells.counts[kept], cells.quantiles[kept])
    return near, np.where(near.size == below, 1 - weight, weight)


def _around(size: float, sizes: Floats) -> tuple[float, float]:
    """The sizes of a table on both sides of one; twice the same where it is known itself."""
    if not sizes[0] <= size <= sizes[-1]:
        known = f"US${sizes[0]:g}m to {sizes[-1]:g}m"
        raise NoEpisodesError(f"the table knows sizes of {known}, got {size:g}")
    below, above = np.searchsorted(sizes, size, side="right") - 1, np.searchsorted(sizes, size)
    return float(sizes[below]), float(sizes[above])


def _exceedance(quantiles: Floats, asked: Floats) -> Floats:
    """P(growth >= asked), a row of values a row of quantiles joined by lines on normal scores."""
    both = zip(asked, quantiles, strict=True)
    score = np.array([np.interp(values, row, SCORES) for values, row in both])
    # Beyond the outermost quantiles the last lines go on; equal quantiles have no slope.
    for end, inner, furthest in ((-1, -2, np.maximum), (0, 1, np.minimum)):
        over = furthest(asked - quantiles[:, [end]], 0) * (SCORES[end] - SCORES[inner])
        width = quantiles[:, [end]] - quantiles[:, [inner]]
        score += np.divide(over, width, out=np.zeros_like(over), where=width != 0)
    return np.reshape([0.5 * math.erfc(z / math.sqrt(2)) for z in score.flat], score.shape)
