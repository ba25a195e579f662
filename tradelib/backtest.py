"""Rolling origins: every forecaster at every origin, scored on what came, in one tidy frame.

Scores are on the log scale, floored at US$1m: a fall below the floor counts as reaching it, and
pairs whose later value is missing are left out and counted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib import flows, scoring
from tradelib.forecast import Forecast

__all__ = ["QUANTILES", "backtest", "cases", "one_by_one"]

QUANTILES = np.arange(1, 100) / 100
MULTIPLES = (1.5, 2.0, 4.0)
FLOOR_MUSD = 1.0
MIN_YEARS, MIN_STEPS, MIN_CASES = 8, 5, 50
YEARS_BACK = 25

Floats = NDArray[np.float64]
PanelForecaster = Callable[..., Floats]


def backtest(
    panel: pd.DataFrame,
    forecasters: Mapping[str, PanelForecaster],
    *,
    origins: Sequence[int] | None = None,
    horizons: Sequence[int] = (1, 2, 3, 4, 5, 6),
    sample: int | None = None,
    min_cases: int = MIN_CASES,
    done: pd.DataFrame | None = None,
    save: Callable[[pd.DataFrame], object] | None = None,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> pd.DataFrame:
    """Scores of forecasters from rolling origins on a panel of pairs.

    A pair takes part at an origin if it has eight years at or above the floor up to it, five steps
    between neighbouring years among them, and the last two years known.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million), a row a pair and year, in any order.
    forecasters : mapping of name to function
        Each ``f(history, *, horizons, quantiles)`` returns an array (n_pairs, n_horizons,
        n_quantiles) in US$ million; `one_by_one` makes one of a single-history forecaster.
    origins : sequence of int, optional
        Last years known; all that leave a year to score if omitted.
    horizons : sequence of int
        Years ahead, from 1.
    sample : int, optional
        At most so many pairs an origin, drawn alike whatever the order of rows.
    min_cases : int
        Origins and horizons with fewer pairs are not scored.
    done : DataFrame, optional
        Result of an earlier, interrupted run: its forecasters and origins are not run again.
    save : callable, optional
        Called with the result so far after each origin, so that a run can be taken up again.
    progress : callable
        Wraps the origins, for example ``tqdm.auto.tqdm``.

    Returns
    -------
    DataFrame
        A row a forecaster, origin and horizon: ``n`` pairs scored, ``missing`` (share without a
        later value), ``floored`` (share of the scored at or below the floor), ``crps``,
        ``coverage80``, ``below10``, ``above90``, and for each multiple k ``brier_xk`` and
        ``bias_xk`` of "turnover multiplies by k".

    Raises
    ------
    ValueError
        If the panel lacks a column, has a pair and year twice or a value that is negative or
        infinite, a horizon is below one, or a forecaster returns something else than asked.

    Examples
    --------
    >>> from tradelib.forecast import naive_quantiles
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(60).astype(str), 12),
    ...     "year": np.tile(np.arange(2000, 2012), 60),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(60, 12)).cumsum(axis=1)).ravel()})
    >>> scores = backtest(panel, {"naive": naive_quantiles}, origins=[2010], horizons=[1])
    >>> scores[["forecaster", "origin", "horizon"]].to_numpy().tolist()
    [['naive', 2010, 1]]
    """
    wide = flows.by_pair(panel)
    if not horizons or min(horizons) < 1:
        raise ValueError(f"horizons are whole years from 1, got {list(horizons)}")
    last = int(wide.columns.max())
    first = int(wide.columns.min()) + MIN_YEARS - 1
    rows = [] if done is None else done.to_dict("records")
    have = {(row["forecaster"], row["origin"]) for row in rows}
    for origin in progress(list(origins) if origins is not None else list(range(first, last))):
        history, later = cases(wide, origin, sample=sample)
        ahead = [h for h in horizons if origin + h in later.columns]
        if len(history) < min_cases or not ahead:
            continue
        for name, forecaster in forecasters.items():
            if (name, origin) in have:
                continue
            values = _run(name, forecaster, history, ahead)
            for i, h in enumerate(ahead):
                scored = _score(history, later[origin + h], values[:, i], min_cases)
                if scored:
                    rows.append({"forecaster": name, "origin": origin, "horizon": h, **scored})
        if save is not None:
            save(pd.DataFrame(rows))
    return pd.DataFrame(rows)


def cases(
    wide: pd.DataFrame, origin: int, *, sample: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs with enough history at an origin: what was known then, and every year as it came.

    Parameters
    ----------
    wide : DataFrame
        Pairs by consecutive years, US$ million, NaN where unknown.
    origin : int
        Last year known.
    sample : int, optional
        At most so many pairs.

    Returns
    -------
    tuple of DataFrame
        Histories up to the origin (values below the floor are unknown), and all years of the same
        pairs, floored.

    Examples
    --------
    >>> wide = pd.DataFrame([[2.0] * 9], index=["AAA-BBB"], columns=range(2000, 2009))
    >>> history, later = cases(wide, 2007)
    >>> history.shape, later.shape
    ((1, 8), (1, 9))
    """
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


def one_by_one(
    forecaster: Callable[..., Forecast], *, n_paths: int = 2000, rng: int = 0
) -> PanelForecaster:
    """A single-history forecaster as one of panels, a pair at a time.

    Every pair gets the same shocks, so that neither names nor order matter. Years that are not
    known are filled on a straight line in logs; years before the first known one are dropped.

    Parameters
    ----------
    forecaster : callable
        With the signature of `tradelib.forecast.naive`.
    n_paths : int
        Sample paths a pair.
    rng : int
        Seed, the same for every pair.

    Returns
    -------
    callable
        ``f(history, *, horizons, quantiles)`` for `backtest`.

    Examples
    --------
    >>> from tradelib.forecast import naive
    >>> wide = pd.DataFrame([[1.0, 2.0, np.nan, 8.0]], index=["AAA-BBB"], columns=range(4))
    >>> one_by_one(naive)(wide, horizons=[1, 2], quantiles=[0.1, 0.5, 0.9]).shape
    (1, 2, 3)
    """

    def run(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
        ahead = np.asarray(horizons)
        rows = []
        for pair, values in history.iterrows():
            filled = np.exp(np.log(values.loc[values.first_valid_index() :]).interpolate())
            frame = pd.DataFrame(
                {"year": filled.index.astype("int64"), "turnover_musd": filled.to_numpy()}
            )
            try:
                found = forecaster(frame, horizon=int(ahead.max()), n_paths=n_paths, rng=rng)
            except ValueError as error:
                error.add_note(f"pair: {pair}")
                raise
            rows.append(found.quantile(quantiles).T[ahead - 1])
        return np.array(rows)

    return run


def _run(name: str, forecaster: PanelForecaster, history: pd.DataFrame, ahead: list[int]) -> Floats:
    """What a forecaster returns, checked and floored, as logs."""
    values = np.asarray(forecaster(history, horizons=ahead, quantiles=QUANTILES), float)
    shape = (len(history), len(ahead), QUANTILES.size)
    if values.shape != shape:
        raise ValueError(f"{name} must return an array of shape {shape}, got {values.shape}")
    if not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"{name} returned quantiles that are not finite and positive")
    if (np.diff(values, axis=2) < -1e-9 * values[:, :, 1:]).any():
        raise ValueError(f"{name} returned quantiles that cross")
    logs: Floats = np.log(np.maximum(values, FLOOR_MUSD))
    return logs


def _score(
    history: pd.DataFrame, later: pd.Series, logs: Floats, min_cases: int
) -> dict[str, float]:
    seen = later.notna().to_numpy()
    if seen.sum() < min_cases:
        return {}
    base = np.log(history.to_numpy()[seen, -1])
    growth = np.log(later.to_numpy()[seen]) - base
    quantiles = logs[seen] - base[:, None]
    low, high = quantiles[:, 9], quantiles[:, 89]
    row = {
        "n": int(seen.sum()),
        "missing": float(1 - seen.mean()),
        "floored": float((later.to_numpy()[seen] <= FLOOR_MUSD).mean()),
        "crps": float(scoring.crps_quantiles(quantiles, growth, levels=QUANTILES).mean()),
        "coverage80": scoring.coverage(low, high, growth),
        "below10": float((growth < low).mean()),
        "above90": float((growth > high).mean()),
    }
    for k in MULTIPLES:
        probability = _exceedance(quantiles, np.log(k))
        hit = growth >= np.log(k)
        row[f"brier_x{k:g}"] = float(scoring.brier(probability, hit).mean())
        row[f"bias_x{k:g}"] = float(probability.mean() - hit.mean())
    return row


def _exceedance(quantiles: Floats, threshold: float) -> Floats:
    """P(value >= threshold), by interpolation in the quantiles; tails beyond them count half."""
    return np.array(
        [1 - np.interp(threshold, row, QUANTILES, left=0.005, right=0.995) for row in quantiles]
    )
