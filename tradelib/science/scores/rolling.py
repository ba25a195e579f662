"""Rolling origins: every forecaster at every origin, scored on what came, in one tidy frame.

Scores are on the log scale, floored at US$1m: a fall below the floor counts as reaching it, and
pairs whose later value is missing are left out and counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.ground import flows
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats, at_least
from tradelib.science.outlook.signals import FLOOR_MUSD
from tradelib.science.scores.forecasters import PanelForecaster
from tradelib.science.scores.scoring import brier, coverage, crps_quantiles

QUANTILES = np.arange(1, 100) / 100  # every percent, evenly spaced as `crps_quantiles` wants them
# Beyond each outer quantile lies one in a hundred; half of it is taken to lie further out.
BEYOND = (0.005, 0.995)
# Near what the article's target asks of 2025 (x 1.9) and of 2021 (x 3.9), and a milder one.
MULTIPLES = (1.5, 2.0, 4.0)
# Of one protocol for all scores, so that they compare: enough steps for a pair's own variance,
# enough pairs that an origin's mean is not their luck, no years from another age of the pair.
MIN_YEARS, MIN_STEPS, MIN_CASES, YEARS_BACK = 8, 5, 50, 25
# Quantiles may cross by rounding, relative to their size.
ROUNDING = 1e-9

Groups: TypeAlias = Mapping[str, Callable[[pd.DataFrame], pd.Series]]
Row: TypeAlias = dict[str, Any]


class Origin(NamedTuple):
    """A year up to which all is known, the pairs that take part, and the horizons to score."""

    year: int
    history: pd.DataFrame
    later: pd.DataFrame
    horizons: list[int]


@validated
def backtest(
    panel: pd.DataFrame,
    forecasters: Mapping[str, PanelForecaster],
    *,
    origins: Sequence[int] | None = None,
    horizons: Sequence[int] = (1, 2, 3, 4, 5, 6),
    sample: int | None = None,
    min_cases: int = MIN_CASES,
    groups: Groups | None = None,
    done: pd.DataFrame | None = None,
    save: Callable[[pd.DataFrame], object] | None = None,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> pd.DataFrame:
    """Scores of forecasters from rolling origins on a panel of pairs.

    A pair takes part at an origin if it has eight years at or above the floor up to it, five steps
    between neighbouring years among them, and the last two years known.

    Parameters
    ----------
    panel : DataFrame, ``pair``, ``year``, ``turnover_musd`` (US$ million), a row a pair and year
    forecasters : mapping of name to function
        Each ``f(history, *, horizons, quantiles)`` returns an array (n_pairs, n_horizons,
        n_quantiles) in US$ million; `one_by_one` makes one of a single-history forecaster.
    origins : sequence of int, optional, last years known; all that leave a year to score if omitted
    horizons : sequence of int, years ahead, from 1
    sample : int, optional, at most so many pairs an origin, drawn alike whatever the order of rows
    min_cases : int, origins and horizons with fewer pairs are not scored
    groups : mapping of name to function, optional
        Groups of pairs scored apart as well: each ``f(history)`` says which pairs (bool) belong.
    done : DataFrame, optional, an earlier, interrupted run, of which nothing is run again
    save : callable, optional, called with the result so far after each origin, to be taken up again
    progress : callable, wraps the origins, for example ``tqdm.auto.tqdm``

    Returns
    -------
    DataFrame
        A row a forecaster, origin and horizon (and ``group``, if there are groups, ``"all"`` among
        them): ``n`` pairs scored, ``missing`` (share without a later value), ``floored`` (share of
        the scored at or below the floor), ``crps``, ``coverage80``, ``below10``, ``above90``, and
        for each multiple k ``brier_xk`` and ``bias_xk`` of "turnover multiplies by k".

    Raises
    ------
    InputError
        If the panel lacks a column, has a pair and year twice or a value that is negative or
        infinite, a horizon is below one, no origin has enough pairs and a year to score, or a
        forecaster returns something else than asked.

    Examples
    --------
    >>> from tradelib import naive, one_by_one
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(60).astype(str), 12),
    ...     "year": np.tile(np.arange(2000, 2012), 60),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(60, 12)).cumsum(axis=1)).ravel()})
    >>> scores = backtest(panel, {"naive": one_by_one(naive)}, origins=[2010], horizons=[1])
    >>> scores[["forecaster", "origin", "horizon"]].to_numpy().tolist()
    [['naive', 2010, 1]]
    """
    rows: list[Row] = [] if done is None else done.to_dict("records")
    have = {(row["forecaster"], row["origin"]) for row in rows}
    for at in _origins(panel, origins, horizons, sample, min_cases, progress):
        for name, forecaster in forecasters.items():
            if (name, at.year) not in have:
                rows += _scored(name, _logs(name, forecaster, at), at, groups, min_cases)
        if save is not None:
            save(pd.DataFrame(rows))
    return pd.DataFrame(rows)


@validated
def calibration(
    panel: pd.DataFrame,
    forecaster: PanelForecaster,
    *,
    origins: Sequence[int] | None = None,
    horizons: Sequence[int] = (1, 2, 3, 4, 5, 6),
    bins: int = 10,
) -> pd.DataFrame:
    """Counts behind reliability diagrams and PIT histograms, a row a bin, horizon and origin.

    Kept apart by origin, since all pairs of an origin share its luck: bands resample whole origins.

    Parameters
    ----------
    panel, origins, horizons : as for `backtest`, errors too
    forecaster : callable, ``f(history, *, horizons, quantiles)``
    bins : int, equal bins of the probability, and of the PIT

    Returns
    -------
    DataFrame
        ``event`` (``"pit"``; ``"x2"`` and so on: turnover multiplies by 2 or more), ``horizon``,
        ``origin``, ``bin`` (from 0), ``n``, ``forecast`` (mean probability in the bin; of a PIT its
        expected share), ``hits`` (events that came; of a PIT the values in the bin).

    Examples
    --------
    >>> from tradelib import naive, one_by_one
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(60), 12), "turnover_musd": 5.0,
    ...     "year": np.tile(np.arange(2000, 2012), 60)})
    >>> counts = calibration(panel, one_by_one(naive), origins=[2010], horizons=[1])
    >>> counts.query("event == 'x2'")[["n", "forecast", "hits"]].round(3).to_numpy().tolist()
    [[60.0, 0.005, 0.0]]
    """
    if bins < 1:
        raise InputError(f"bins are one or more, got {bins}")
    rows = []
    for at in _origins(panel, origins, horizons, None, MIN_CASES, iter):
        logs = _logs("the forecaster", forecaster, at)
        for i, h in enumerate(at.horizons):
            growth, quantiles = _growth(at.history, at.later[at.year + h], logs[:, i])
            counted = _events(growth, quantiles, bins) + _spread(growth, quantiles, bins)
            key = {"event": "", "horizon": h, "origin": at.year}
            rows += [key | row for row in counted]
    return pd.DataFrame(rows)


def cases(
    wide: pd.DataFrame, origin: int, *, sample: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs with enough history at an origin: what was known then, and every year, both floored."""
    wide = wide.sort_index()
    history = wide.where(wide >= FLOOR_MUSD).loc[:, :origin].iloc[:, -YEARS_BACK:]
    known = history.notna()
    steps = (known & known.shift(axis=1, fill_value=False)).sum(axis=1)
    keep = (known.sum(axis=1) >= MIN_YEARS) & (steps >= MIN_STEPS)
    keep &= known.iloc[:, -1] & known.iloc[:, -2]
    history = history[keep]
    if sample and len(history) > sample:
        history = history.sample(sample, random_state=origin)
    return history, wide.loc[history.index].clip(lower=FLOOR_MUSD)


def _origins(
    panel: pd.DataFrame,
    origins: Sequence[int] | None,
    horizons: Sequence[int],
    sample: int | None,
    min_cases: int,
    progress: Callable[[Iterable[int]], Iterable[int]],
) -> Iterator[Origin]:
    """Origins with enough pairs and a year to score, in the order given."""
    wide = flows.by_pair(panel)
    if not horizons or min(horizons) < 1:
        raise InputError(f"horizons are whole years from 1, got {list(horizons)}")
    if origins is None:
        origins = range(int(wide.columns.min()) + MIN_YEARS - 1, int(wide.columns.max()))
    found = False
    for year in progress(list(origins)):
        if year - 1 not in wide.columns:
            continue
        history, later = cases(wide, year, sample=sample)
        ahead = [h for h in horizons if year + h in later.columns]
        if len(history) >= min_cases and ahead:
            found = True
            yield Origin(year, history, later, ahead)
    if not found:
        raise InputError(
            f"no origin among {[*map(int, origins)]} has {min_cases} pairs of {MIN_YEARS} years "
            "and a year to score; give more pairs, more years or earlier origins"
        )


def _logs(name: str, forecaster: PanelForecaster, at: Origin) -> Floats:
    """What a forecaster returns, checked and floored, as logs."""
    values = np.asarray(forecaster(at.history, horizons=at.horizons, quantiles=QUANTILES), float)
    shape = (len(at.history), len(at.horizons), QUANTILES.size)
    if values.shape != shape:
        raise InputError(f"{name} must return an array of shape {shape}, got {values.shape}")
    if not (np.isfinite(values) & (values > 0)).all():
        raise InputError(f"{name} returned quantiles that are not finite and positive")
    if (np.diff(values) < -ROUNDING * values[:, :, 1:]).any():
        raise InputError(f"{name} returned quantiles that cross")
    return np.asarray(np.log(np.maximum(values, FLOOR_MUSD)))


def _scored(
    name: str, logs: Floats, at: Origin, groups: Groups | None, min_cases: int
) -> list[Row]:
    """A row a group and horizon with enough cases."""
    members = {"all": np.ones(len(at.history), bool)}
    members |= {group: np.asarray(f(at.history), bool) for group, f in (groups or {}).items()}
    rows = []
    for group, chosen in members.items():
        label = {} if groups is None else {"group": group}
        for i, h in enumerate(at.horizons):
            end = at.later.loc[chosen, at.year + h]
            growth, quantiles = _growth(at.history[chosen], end, logs[chosen, i])
            if len(growth) >= min_cases:
                key = {"forecaster": name, "origin": at.year, "horizon": h, **label}
                rows.append(key | _scores(end, growth, quantiles))
    return rows


def _growth(history: pd.DataFrame, end: pd.Series, logs: Floats) -> tuple[Floats, Floats]:
    """Log growth where it is known, and its quantiles."""
    seen = end.notna().to_numpy()
    base = np.log(history.to_numpy()[seen, -1])
    return np.log(end.to_numpy()[seen]) - base, logs[seen] - base[:, None]


def _scores(end: pd.Series, growth: Floats, quantiles: Floats) -> Row:
    """How many pairs are scored, are not, or stand at the floor, and mean scores of log growth."""
    low, high = quantiles[:, 9], quantiles[:, 89]
    row = {
        "n": int(end.count()),
        "missing": float(end.isna().mean()),
        "floored": float((end.dropna() <= FLOOR_MUSD).mean()),
        "crps": float(crps_quantiles(quantiles, growth, levels=QUANTILES).mean()),
        "coverage80": coverage(low, high, growth),
        "below10": float((growth < low).mean()),
        "above90": float((growth > high).mean()),
    }
    for k, chance, hit in _multiplied(growth, quantiles):
        row[f"brier_x{k:g}"] = float(brier(chance, hit).mean())
        row[f"bias_x{k:g}"] = float(chance.mean() - hit.mean())
    return row


def _multiplied(
    growth: Floats, quantiles: Floats
) -> Iterator[tuple[float, Floats, NDArray[np.bool_]]]:
    """Each multiple, its chance for every pair, and whether it came."""
    for k in MULTIPLES:
        asked = np.log(k)
        chance = [at_least(asked, row, QUANTILES, ends=BEYOND) for row in quantiles]
        yield k, np.array(chance), growth >= asked


def _events(growth: Floats, quantiles: Floats, bins: int) -> list[Row]:
    """Of each multiple, forecast and hits by bins of its chance."""
    rows = []
    for k, chance, hit in _multiplied(growth, quantiles):
        place = (chance * bins).astype(int)  # no chance is one
        rows += [
            {
                "event": f"x{k:g}",
                "bin": b,
                "n": int(inside.sum()),
                "forecast": float(chance[inside].mean()),
                "hits": int(hit[inside].sum()),
            }
            for b in range(bins)
            if (inside := place == b).any()
        ]
    return rows


def _spread(growth: Floats, quantiles: Floats, bins: int) -> list[Row]:
    """Values in each bin of the PIT."""
    pit = (quantiles < growth[:, None]).mean(axis=1)
    inside = np.bincount(np.minimum((pit * bins).astype(int), bins - 1), minlength=bins)
    key = {"event": "pit", "n": len(pit), "forecast": 1 / bins}
    return [key | {"bin": b, "hits": hits} for b, hits in enumerate(inside)]
