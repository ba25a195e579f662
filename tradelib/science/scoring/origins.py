"""Rolling origins: every forecaster at every origin, scored on later values, in one tidy frame.

Scores are on the log scale, with a floor of US$1m: a value below the floor counts as the floor.
Pairs whose later value is missing are not scored, but counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.core import flows
from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats, at_least
from tradelib.core.validation import validated
from tradelib.science.forecasting.predictors import FLOOR_MUSD
from tradelib.science.scoring.adapters import PanelForecaster
from tradelib.science.scoring.scores import brier, coverage, crps_quantiles

QUANTILES = np.arange(1, 100) / 100  # every percent, evenly spaced as `crps_quantiles` needs them
# Beyond each outer quantile lies 1 %; half of it is taken to lie far out.
BEYOND = (0.005, 0.995)
# Near the growth that the article's target needs from 2025 (x 1.9) and from 2021 (x 3.9), and a
# lower one.
MULTIPLES = (1.5, 2.0, 4.0)
# The same for all scores, so that they can be compared. A pair needs enough years and enough steps
# between neighbouring years to estimate its own variance.
MIN_SCORED_YEARS = 8
MIN_STEPS = 5
# An origin needs enough pairs that single pairs do not decide its mean.
MIN_CASES = 50
# Older years tell little about a pair today.
YEARS_BACK = 25
# Quantiles may cross by rounding, relative to their size.
CROSSING_ROUNDING = 1e-9

Groups: TypeAlias = Mapping[str, Callable[[pd.DataFrame], pd.Series]]
ScoreRow: TypeAlias = dict[str, Any]


class Origin(NamedTuple):
    """An origin year, the history of the pairs up to it, their later values, and the horizons."""

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
    """Score forecasters from rolling origins on a panel of pairs.

    A pair takes part at an origin if it has eight years at or above the floor up to it, five steps
    between neighbouring years among them, and the last two years known.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million), one row for each pair and year.
    forecasters : mapping of name to function
        Each ``f(history, *, horizons, quantiles)`` returns an array (n_pairs, n_horizons,
        n_quantiles) in US$ million; `one_by_one` makes one of a single-history forecaster.
    origins : sequence of int, optional
        Last years that the forecasters know. If omitted, all years that leave a year to score.
    horizons : sequence of int
        Years ahead, from 1.
    sample : int, optional
        Largest number of pairs at an origin; a random sample if there are more. The sample is the
        same in every run, whatever the order of rows.
    min_cases : int
        Origins and horizons with fewer pairs are not scored.
    groups : mapping of name to function, optional
        Groups of pairs to score separately as well: each ``f(history)`` returns one bool for each
        pair.
    done : DataFrame, optional
        Result of an earlier, interrupted run; what it holds is not run again.
    save : callable, optional
        Called after each origin with the result so far, which a later run takes as `done`.
    progress : callable
        Wraps the iteration over origins, for example ``tqdm.auto.tqdm``.

    Returns
    -------
    DataFrame
        One row for each forecaster, origin and horizon (and ``group``, with ``"all"`` among them,
        if there are groups): ``n`` (pairs scored), ``missing`` (share of pairs without a later
        value), ``floored`` (share of the scored pairs at or below the floor), ``crps``,
        ``coverage80``, ``below10`` and ``above90`` (shares below the 10 % and above the 90 %
        quantile), and for each multiple k ``brier_xk`` and ``bias_xk`` of "turnover multiplies by
        k".

    Raises
    ------
    InputError
        If the panel lacks a column, has a pair and year twice or a value that is negative or
        infinite, a horizon is below one, no origin has enough pairs and a year to score, or a
        forecaster returns something else than an array of finite, positive, ascending quantiles.

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
    rows: list[ScoreRow] = [] if done is None else done.to_dict("records")
    have = {(row["forecaster"], row["origin"]) for row in rows}
    for origin in _origins(panel, origins, horizons, sample, min_cases, progress):
        for name, forecaster in forecasters.items():
            if (name, origin.year) not in have:
                logs = _logs(name, forecaster, origin)
                rows += _scored(name, logs, origin, groups, min_cases)
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
    """Count forecasts and events by bin, for reliability diagrams and PIT histograms.

    The counts are separate for each origin, because all pairs of an origin share its good or bad
    years: bands resample whole origins.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million), as for `backtest`.
    forecaster : callable
        ``f(history, *, horizons, quantiles)``, as for `backtest`.
    origins : sequence of int, optional
        Last years that the forecaster knows. If omitted, all years that leave a year to score.
    horizons : sequence of int
        Years ahead, from 1.
    bins : int
        Number of equal bins of the probability, and of the PIT.

    Returns
    -------
    DataFrame
        One row for each event, bin, horizon and origin: ``event`` (``"pit"``; ``"x2"`` and so on:
        turnover multiplies by 2 or more), ``horizon``, ``origin``, ``bin`` (from 0), ``n``,
        ``forecast`` (mean probability in the bin; for a PIT its expected share), ``hits`` (events
        that came true; for a PIT the number of values in the bin).

    Raises
    ------
    InputError
        If `bins` is below 1, or as for `backtest`.

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
    for origin in _origins(panel, origins, horizons, None, MIN_CASES, iter):
        logs = _logs("the forecaster", forecaster, origin)
        for i, h in enumerate(origin.horizons):
            end = origin.later[origin.year + h]
            growth, quantiles = _growth(origin.history, end, logs[:, i])
            counts = _event_counts(growth, quantiles, bins) + _pit_counts(growth, quantiles, bins)
            key = {"event": "", "horizon": h, "origin": origin.year}
            rows += [key | row for row in counts]
    return pd.DataFrame(rows)


def cases(
    wide: pd.DataFrame, origin: int, *, sample: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs with enough history at an origin: values up to it, and of all years.

    In the history, values below the floor are missing; in all years they are set to the floor.
    """
    wide = wide.sort_index()
    history = wide.where(wide >= FLOOR_MUSD).loc[:, :origin].iloc[:, -YEARS_BACK:]
    available = history.notna()
    is_step = available & available.shift(axis=1, fill_value=False)
    keep = available.iloc[:, -2:].all(axis=1)
    keep &= available.sum(axis=1) >= MIN_SCORED_YEARS
    keep &= is_step.sum(axis=1) >= MIN_STEPS
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
    """Origins with enough pairs and a year to score, in the order of `origins`."""
    wide = flows.by_pair(panel)
    if not horizons or min(horizons) < 1:
        raise InputError(f"horizons are whole years from 1, got {list(horizons)}")
    if origins is None:
        first, last = int(wide.columns.min()), int(wide.columns.max())
        origins = range(first + MIN_SCORED_YEARS - 1, last)
    any_scored = False
    for year in progress(list(origins)):
        if year - 1 not in wide.columns:
            continue
        history, later = cases(wide, year, sample=sample)
        ahead = [h for h in horizons if year + h in later.columns]
        if len(history) >= min_cases and ahead:
            any_scored = True
            yield Origin(year, history, later, ahead)
    if not any_scored:
        raise InputError(
            f"no origin among {list(map(int, origins))} has {min_cases} pairs of "
            f"{MIN_SCORED_YEARS} years and a year to score; give more pairs, more years or earlier "
            "origins"
        )


def _logs(name: str, forecaster: PanelForecaster, origin: Origin) -> Floats:
    """Logs of a forecaster's quantiles, checked and floored."""
    result = forecaster(origin.history, horizons=origin.horizons, quantiles=QUANTILES)
    values = np.asarray(result, float)
    shape = (len(origin.history), len(origin.horizons), QUANTILES.size)
    if values.shape != shape:
        raise InputError(f"{name} must return an array of shape {shape}, got {values.shape}")
    if not (np.isfinite(values) & (values > 0)).all():
        raise InputError(f"{name} returned quantiles that are not finite and positive")
    if (np.diff(values) < -CROSSING_ROUNDING * values[:, :, 1:]).any():
        raise InputError(f"{name} returned quantiles that cross")
    return np.asarray(np.log(np.maximum(values, FLOOR_MUSD)))


def _scored(
    name: str, logs: Floats, origin: Origin, groups: Groups | None, min_cases: int
) -> list[ScoreRow]:
    """Scores of a forecaster, one row for each group and horizon with enough cases."""
    members = {"all": np.ones(len(origin.history), bool)}
    for group, belongs in (groups or {}).items():
        members[group] = np.asarray(belongs(origin.history), bool)
    rows = []
    for group, mask in members.items():
        label = {} if groups is None else {"group": group}
        history = origin.history[mask]
        for i, h in enumerate(origin.horizons):
            end = origin.later.loc[mask, origin.year + h]
            growth, quantiles = _growth(history, end, logs[mask, i])
            if len(growth) >= min_cases:
                key = {"forecaster": name, "origin": origin.year, "horizon": h, **label}
                rows.append(key | _scores(end, growth, quantiles))
    return rows


def _growth(history: pd.DataFrame, end: pd.Series, logs: Floats) -> tuple[Floats, Floats]:
    """Log growth of the pairs whose later value is known, and its forecast quantiles."""
    mask = end.notna().to_numpy()
    base = np.log(history.to_numpy()[mask, -1])
    growth = np.log(end.to_numpy()[mask]) - base
    return growth, logs[mask] - base[:, None]


def _scores(end: pd.Series, growth: Floats, quantiles: Floats) -> ScoreRow:
    """Numbers of pairs scored, missing and at the floor, and mean scores of log growth."""
    low = quantiles[:, 9]
    high = quantiles[:, 89]
    row = {
        "n": int(end.count()),
        "missing": float(end.isna().mean()),
        "floored": float((end.dropna() <= FLOOR_MUSD).mean()),
        "crps": float(crps_quantiles(quantiles, growth, levels=QUANTILES).mean()),
        "coverage80": coverage(low, high, growth),
        "below10": float((growth < low).mean()),
        "above90": float((growth > high).mean()),
    }
    for multiple, chance, hit in _multiplied(growth, quantiles):
        row[f"brier_x{multiple:g}"] = float(brier(chance, hit).mean())
        row[f"bias_x{multiple:g}"] = float(chance.mean() - hit.mean())
    return row


def _multiplied(
    growth: Floats, quantiles: Floats
) -> Iterator[tuple[float, Floats, NDArray[np.bool_]]]:
    """Each multiple, its forecast chance for every pair, and whether the pair reached it."""
    for multiple in MULTIPLES:
        needed = np.log(multiple)
        chance = [at_least(needed, row, QUANTILES, ends=BEYOND) for row in quantiles]
        yield multiple, np.array(chance), growth >= needed


def _event_counts(growth: Floats, quantiles: Floats, bins: int) -> list[ScoreRow]:
    """Cases, mean forecast and hits of each multiple, by bin of its chance."""
    rows = []
    for multiple, chance, hit in _multiplied(growth, quantiles):
        bin_of = (chance * bins).astype(int)  # no chance is 1, so that no bin is too high
        for b in range(bins):
            inside = bin_of == b
            if inside.any():
                row = {
                    "event": f"x{multiple:g}",
                    "bin": b,
                    "n": int(inside.sum()),
                    "forecast": float(chance[inside].mean()),
                    "hits": int(hit[inside].sum()),
                }
                rows.append(row)
    return rows


def _pit_counts(growth: Floats, quantiles: Floats, bins: int) -> list[ScoreRow]:
    """Number of values in each bin of the PIT, the share of quantiles below what was observed."""
    pit = (quantiles < growth[:, None]).mean(axis=1)
    bin_of = np.minimum((pit * bins).astype(int), bins - 1)
    hits = np.bincount(bin_of, minlength=bins)
    key = {"event": "pit", "n": len(pit), "forecast": 1 / bins}
    return [key | {"bin": b, "hits": count} for b, count in enumerate(hits)]
