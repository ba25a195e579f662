"""Growth tables: make a small summary of a panel, and read shares from it.

A cell is a class from half to double a size, a horizon and an origin year, with quantiles of the
growth of its episodes. Shares are interpolated between two sizes, and between two quantiles.
"""

import math
from collections.abc import Sequence
from itertools import product
from statistics import NormalDist
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats
from tradelib.core.validation import validated
from tradelib.science.reference.windows import (
    WITHIN,
    NoEpisodesError,
    PairGroups,
    ReferenceClass,
    episodes,
    log_prices,
)

# Closer together at the ends, where the multiples of most targets lie.
GROWTH_LEVELS = (
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
QUANTILE_COLUMNS = [f"q{p:g}" for p in GROWTH_LEVELS]
CELL = ["among", "past", "ever", "horizon", "size_musd", "origin"]
COUNT_COLUMNS = ["n", "unknown", "new_pairs"]
Ints: TypeAlias = NDArray[np.int64]
ByOrigin: TypeAlias = tuple[Ints, Ints, Ints, Floats]
SCORES = np.array([NormalDist().inv_cdf(p) for p in GROWTH_LEVELS])


@validated
def growth_table(
    panel: pd.DataFrame,
    *,
    sizes: Sequence[float],
    horizons: Sequence[int],
    groups: PairGroups | None = None,
    past: Sequence[str] = ("any",),
    ever: Sequence[bool] = (False, True),
) -> pd.DataFrame:
    """Summarise a panel: quantiles of growth by size class, horizon and origin.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year`` and ``turnover_musd`` (US$ million), as for `episodes`.
    sizes : sequence of float
        Middles of the size classes, US$ million. Each class runs from half to double its middle.
    horizons : sequence of int
        Years from the origin, from 1.
    groups : mapping of str to collection of str, optional
        Pairs by the name of their group, each with a pair of the panel; all pairs, as ``"all"``, if
        omitted.
    past : sequence of str
        Classes of past growth, as in `ReferenceClass`.
    ever : sequence of bool
        True for growth to the highest year of the window, False for growth to its last year.

    Returns
    -------
    DataFrame
        One row for each cell with a known episode: ``among``, ``past``, ``ever``, ``horizon``,
        ``size_musd``, ``origin``, ``n``, ``unknown``, ``new_pairs`` (pairs that were in the class
        at no earlier origin) and ``q0.005`` to ``q0.995``, quantiles of log growth in current
        dollars.

    Raises
    ------
    InputError
        If no episode of these sizes and horizons is known, or as for `episodes`.
    NoEpisodesError
        If the panel is not longer than a horizon, or a group holds no pair of it.

    Examples
    --------
    >>> panel = pd.DataFrame({"pair": "AAA-BBB", "year": [2000, 2001, 2002],
    ...     "turnover_musd": [100.0, 400.0, 200.0]})
    >>> growth_table(panel, sizes=[100], horizons=[2])["q0.5"].round(3).tolist()
    [0.693, 1.386]
    """
    rows: list[dict[str, Any]] = []
    for horizon in horizons:
        windows = episodes(panel, horizon=horizon)
        for among, which_past, size in product(groups or {"all": ()}, past, sizes):
            wanted = ReferenceClass(size_musd=size, past=which_past, among=among)
            members = windows[wanted.holds(windows, groups or {})]
            for any_year in ever:
                cell = {
                    "among": among,
                    "past": which_past,
                    "ever": any_year,
                    "horizon": horizon,
                    "size_musd": size,
                }
                column = "best" if any_year else "growth"
                rows += [cell | row for row in _quantiles(members, column)]
    if not rows:
        raise InputError(
            f"no episode of sizes {list(sizes)} and horizons {list(horizons)} is known of the panel"
        )
    return pd.DataFrame(rows)[[*CELL, *COUNT_COLUMNS, *QUANTILE_COLUMNS]]


def _quantiles(members: pd.DataFrame, column: str) -> list[dict[str, Any]]:
    """Counts and quantiles of growth, one row for each origin year."""
    first_origin = members.groupby("pair")["origin"].transform("min")
    is_new = first_origin == members["origin"]
    rows = []
    for origin, part in members.assign(new=is_new).groupby("origin"):
        growth = part[column].dropna().to_numpy()
        if growth.size:
            row = {
                "origin": origin,
                "n": growth.size,
                "unknown": len(part) - growth.size,
                "new_pairs": int(part["new"].sum()),
            }
            quantiles = np.quantile(growth, GROWTH_LEVELS)
            rows.append(row | dict(zip(QUANTILE_COLUMNS, quantiles, strict=True)))
    return rows


class Cells(NamedTuple):
    """Cells of a growth table of one class and horizon, as arrays.

    Arrays are read fast, also in a loop. `size` (US$ million) and `origin` have shape (n,),
    `counts` (known, unknown, new pairs) shape (n, 3), `quantiles` shape (n, 20).
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
    """Shares of a reference class that reached each multiple in the last year."""
    values = np.asarray(multiples, float)
    if not ((values > 0) & np.isfinite(values)).all():
        raise InputError(f"multiples must be positive and finite, got {values.tolist()}")
    question = Question(reference_class, values, horizon, prices=prices)
    origin, counts, reached = _read(table, question)
    _, n, _, share = _by_origin(origin, counts, reached)
    return np.asarray((n / n.sum()) @ share)


class Question(NamedTuple):
    """A question to a table or panel: which share of a class reached each multiple."""

    wanted: ReferenceClass
    multiples: Floats
    horizon: int
    ever: bool = False
    prices: pd.Series | None = None


def looked_up(table: pd.DataFrame | Cells, question: Question) -> tuple[ByOrigin, int, float]:
    """Shares of the first multiple by origin, number of pairs, and variance by pair.

    By origin: years, episodes known and unknown, shares. The variance is that of the whole share
    under clustering by pair only. A table does not hold the pairs, so that it is computed as if
    each pair were in the class at every origin.
    """
    origin, counts, reached = _read(table, question)
    origins, n, unknown, shares = _by_origin(origin, counts, reached[:, :1])
    share = shares[:, 0]
    mean = np.average(share, weights=n)
    variance = mean * (1 - mean) * len(n) / n.sum()
    pairs = round(counts[:, 2].sum())
    return (origins, n, unknown, share), pairs, float(variance)


def _by_origin(origin: Ints, counts: Floats, reached: Floats) -> ByOrigin:
    """Origin years, known and unknown episodes, and the share of each multiple."""
    origins, index = np.unique(origin, return_inverse=True)
    hits = counts[:, :1] * reached
    sums = np.zeros((origins.size, 2 + reached.shape[1]))
    np.add.at(sums, index, np.hstack([counts[:, :2], hits]))
    n = sums[:, 0].round().clip(min=1).astype("int64")
    unknown = sums[:, 1].round().astype("int64")
    share = sums[:, 2:] / sums[:, :1]
    return origins, n, unknown, share


def cells_of(
    table: pd.DataFrame, *, horizon: int, ever: bool = False, among: str = "all", past: str = "any"
) -> Cells:
    """The cells of a growth table of one class and horizon, of every size and origin."""
    cell = {"horizon": horizon, "ever": ever, "among": among, "past": past}
    mask = np.ones(len(table), bool)
    for column, value in cell.items():
        mask &= table[column].to_numpy() == value
    return Cells(
        size=table["size_musd"].to_numpy(float)[mask],
        origin=table["origin"].to_numpy()[mask],
        counts=table[COUNT_COLUMNS].to_numpy(float)[mask],
        quantiles=table[QUANTILE_COLUMNS].to_numpy(float)[mask],
    )


def cells_by_horizon(table: pd.DataFrame) -> dict[int, Cells]:
    """Cells by horizon, from one year on: all pairs, growth to the last year."""
    horizons = sorted(int(horizon) for horizon in table["horizon"].unique())
    if horizons != list(range(1, len(horizons) + 1)):
        raise InputError(f"a growth table has each horizon from 1 year on, got {horizons}")
    return {horizon: cells_of(table, horizon=horizon) for horizon in horizons}


def _read(table: pd.DataFrame | Cells, question: Question) -> tuple[Ints, Floats, Floats]:
    """Origin, weighted counts, and the share that reached each multiple, of each cell."""
    cells, weights = _cells_around(table, question)
    inflation = _inflation(cells.origin, question)
    logs = np.log(question.multiples) + inflation[:, None]
    counts = cells.counts * weights[:, None]
    return cells.origin, counts, _exceedance(cells.quantiles, logs)


def _inflation(origin: Ints, question: Question) -> Floats:
    """Log change of prices from origin to last year; zero for current dollars."""
    if question.prices is None:
        return np.zeros(len(origin))
    last = origin + question.horizon
    # One look-up for both ends, so that an error names every year that is missing.
    logs = log_prices(question.prices, np.concatenate([last, origin]))
    log_last, log_first = np.split(logs, 2)
    return np.asarray(log_last - log_first)


def _cells_around(table: pd.DataFrame | Cells, question: Question) -> tuple[Cells, Floats]:
    """Cells of the class wanted, or of the two sizes around it, and their weights."""
    wanted, horizon = question.wanted, question.horizon
    _check_question(question)
    if isinstance(table, Cells):
        cells = table
    else:
        options = {"among": wanted.among, "past": wanted.past}
        cells = cells_of(table, horizon=horizon, ever=question.ever, **options)
    first, last = wanted.origins or (-math.inf, math.inf)
    kept = (first <= cells.origin) & (cells.origin <= last)
    if not kept.any():
        why = f"the table has no class for {wanted.words()} over {horizon} years"
        raise NoEpisodesError(f"{why}; ask of fewer years, or give a panel as data=")
    below, above = _sizes_around(wanted.size_musd, np.unique(cells.size[kept]))
    weight_above = 0.0
    if above > below:
        weight_above = math.log(wanted.size_musd / below) / math.log(above / below)
    kept &= (cells.size == below) | (cells.size == above)
    near = Cells(cells.size[kept], cells.origin[kept], cells.counts[kept], cells.quantiles[kept])
    return near, np.where(near.size == below, 1 - weight_above, weight_above)


def _check_question(question: Question) -> None:
    """Refuse a question that only a panel can answer."""
    within = question.wanted.within
    if within != WITHIN:
        why = "a table has classes from half to double"
        raise NoEpisodesError(f"{why}; within={within} needs a panel")
    if question.ever and question.prices is not None:
        why = f"a table cannot say 'ever within {question.horizon} years' in constant dollars"
        raise NoEpisodesError(f"{why}; use a panel")


def _sizes_around(size: float, sizes: Floats) -> tuple[float, float]:
    """Sizes of a table below and above a size; twice that size if the table has it."""
    if not sizes[0] <= size <= sizes[-1]:
        offers = f"US${sizes[0]:g}m to {sizes[-1]:g}m"
        raise NoEpisodesError(f"the table knows sizes of {offers}, got {size:g}")
    below = np.searchsorted(sizes, size, side="right") - 1
    above = np.searchsorted(sizes, size)
    return float(sizes[below]), float(sizes[above])


def _exceedance(quantiles: Floats, values: Floats) -> Floats:
    """P(growth >= value), by linear interpolation of normal scores between quantiles.

    A row of `values`, shape (n, k), goes with a row of `quantiles`, shape (n, 20).
    """
    rows = zip(values, quantiles, strict=True)
    score = np.array([np.interp(value, quantile, SCORES) for value, quantile in rows])
    # Beyond the outermost quantiles the last lines go on; equal quantiles have no slope.
    for end, inner, furthest in ((-1, -2, np.maximum), (0, 1, np.minimum)):
        beyond = furthest(values - quantiles[:, [end]], 0)
        rise = beyond * (SCORES[end] - SCORES[inner])
        width = quantiles[:, [end]] - quantiles[:, [inner]]
        score += np.divide(rise, width, out=np.zeros_like(rise), where=width != 0)
    tails = [0.5 * math.erfc(z / math.sqrt(2)) for z in score.flat]
    return np.reshape(tails, score.shape)
