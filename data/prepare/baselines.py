"""The simple forecasters in closed form, for many pairs at once: baselines to be beaten."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.science.forecasting.simple import LEAST_SPREAD

# Windows that a class needs to say more than its pair alone.
FEW = 100

Floats = NDArray[np.float64]


def naive_quantiles(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
    """Quantiles of `naive` for many pairs at once: US$ million, (n_pairs, n_horizons, n_quantiles).

    `history` has a row a pair and a column a year up to the origin, missing where unknown; the last
    year and two steps between neighbouring years are known.
    """
    last, steps, h, p = _wide(history, horizons, quantiles)
    n, spread = _spread(steps)
    return _student(last, spread[:, None] * np.sqrt(h), n - 1, p)


def drift_quantiles(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
    """Quantiles of `drift` for many pairs at once, as `naive_quantiles` takes and returns them."""
    last, steps, h, p = _wide(history, horizons, quantiles)
    n, spread = _spread(steps)
    mean = np.nanmean(steps, axis=1)
    centre = last[:, None] + mean[:, None] * h
    return _student(centre, spread[:, None] * np.sqrt(h + h**2 / n[:, None]), n - 1, p)


def pooled_quantiles(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
    """Quantiles of all past growth over as many years, in the same size and volatility class.

    Five classes of size and three of volatility, cut from `history` itself; where a class holds
    fewer than a hundred windows, `naive_quantiles`.
    """
    result = naive_quantiles(history, horizons=horizons, quantiles=quantiles)
    logs = np.log(history.to_numpy(float))
    _, spread = _spread(np.diff(logs, axis=1))
    edges = np.nanquantile(logs, [0.2, 0.4, 0.6, 0.8])
    noise = np.digitize(spread, np.quantile(spread, [1 / 3, 2 / 3]))
    now = 3 * np.digitize(logs[:, -1], edges) + noise
    for i, h in enumerate(np.asarray(horizons)):
        growth = logs[:, h:] - logs[:, :-h]
        start = 3 * np.digitize(logs[:, :-h], edges) + noise[:, None]
        for which in np.unique(now):
            alike = growth[np.isfinite(growth) & (start == which)]
            if alike.size >= FEW:
                mine = now == which
                result[mine, i] = np.exp(
                    logs[mine, -1:] + np.quantile(alike, np.asarray(quantiles))
                )
    return result


def _wide(
    history: pd.DataFrame, horizons: ArrayLike, quantiles: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """Log of the last year, steps of the log, horizons and quantiles, all of them checked."""
    h = np.asarray(horizons, float)
    p = np.asarray(quantiles, float)
    if h.ndim != 1 or (h < 1).any() or (h % 1 != 0).any():
        raise ValueError(f"horizons are whole years from 1, got {h.tolist()}")
    if p.ndim != 1 or not ((p > 0) & (p < 1)).all():
        raise ValueError(f"quantiles lie between 0 and 1, got {p.tolist()}")
    values = history.to_numpy(float)
    if not (np.nan_to_num(values, nan=1.0) > 0).all():
        raise ValueError("turnover must be positive; leave what is not known as NaN")
    logs = np.log(values)
    steps = np.diff(logs, axis=1)
    poor = np.isnan(logs[:, -1]) | (np.isfinite(steps).sum(axis=1) < 2)
    if poor.any():
        raise ValueError(
            f"{history.index[poor][0]} needs its last year and two yearly steps; drop the pair"
        )
    return logs[:, -1], steps, h, p


def _spread(steps: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Number of known steps of each pair, and their standard deviation."""
    n = np.isfinite(steps).sum(axis=1)
    return n, np.maximum(np.nanstd(steps, axis=1, ddof=1), LEAST_SPREAD)


def _student(centre: Floats, scale: Floats, df: NDArray[np.intp], p: Floats) -> Floats:
    """Turnover at quantiles of Student's t around a centre, both in logs."""
    from scipy.stats import t

    quantile = t.ppf(p[None, :], df[:, None])
    middle = centre[:, None] if centre.ndim == 1 else centre
    return np.asarray(np.exp(middle[..., None] + scale[..., None] * quantile[:, None, :]))
