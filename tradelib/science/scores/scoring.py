"""Proper scores on arrays: the forecast first, then what was observed.

Scores are negatively oriented: lower is better. Arrays broadcast over leading dimensions; samples
and quantiles lie along the last one. Forecasts of values are scored on the scale they come in; for
trade that is usually the logarithm.

References
----------
Gneiting, T. and Raftery, A. E. (2007), Strictly proper scoring rules, prediction, and estimation,
*JASA* 102, doi:10.1198/016214506000001437.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats, generator, tail


@validated
def crps(sample: ArrayLike, observed: ArrayLike) -> Floats:
    """Continuous ranked probability score of a sample, fair to its size.

    Parameters
    ----------
    sample : array_like, shape (..., m), at least two draws of the forecast
    observed : array_like, shape (...), what came

    Returns
    -------
    ndarray, shape (...), in the unit of the forecast; unbiased for what the draws come from

    Raises
    ------
    InputError
        If there are fewer than two draws, shapes do not fit, or a value is missing or no number.

    References
    ----------
    Zamo, M. and Naveau, P. (2018), Estimation of the continuous ranked probability score with
    limited information, *Math. Geosciences* 50, doi:10.1007/s11004-017-9709-7 (PWM estimator).

    Examples
    --------
    >>> crps([1.0, 3.0], 2.0).item()
    0.0
    >>> crps([1.0, 3.0], 5.0).item()
    2.0
    """
    draws, y = _fitting("sample", sample, observed)
    m = draws.shape[-1]
    if m < 2:
        raise InputError(f"crps needs at least two draws, got {m}")
    draws = np.sort(draws)
    rank = np.arange(m)
    spread = np.sum((2 * rank - m + 1) * draws, axis=-1) / (m * (m - 1))
    error: Floats = np.abs(draws - y[..., None]).mean(axis=-1) - spread
    return error


@validated
def crps_quantiles(values: ArrayLike, observed: ArrayLike, *, levels: ArrayLike) -> Floats:
    """CRPS read off quantiles: twice their mean pinball loss.

    Parameters
    ----------
    values : array_like, shape (..., k), quantiles of the forecast, refused as by `crps`
    observed : array_like, shape (...), what came
    levels : array_like, shape (k,), ascending in (0, 1), evenly spaced, such as 0.01 to 0.99

    Returns
    -------
    ndarray, shape (...), in the unit of the forecast

    References
    ----------
    Laio, F. and Tamea, S. (2007), Verification tools for probabilistic forecasts of continuous
    hydrological variables, *HESS* 11, doi:10.5194/hess-11-1267-2007.

    Examples
    --------
    >>> crps_quantiles([1.0, 2.0, 3.0], 2.0, levels=[0.25, 0.5, 0.75]).round(3).item()
    0.333
    """
    quantiles, y = _fitting("values", values, observed)
    p = _numbers("levels", levels)
    if p.ndim != 1 or p.size != quantiles.shape[-1]:
        raise InputError(
            f"{quantiles.shape[-1]} quantiles need as many levels, got shape {p.shape}"
        )
    if not ((p > 0) & (p < 1)).all() or (np.diff(p) <= 0).any():
        raise InputError(f"levels ascend between 0 and 1, got {p.tolist()}")
    error = y[..., None] - quantiles
    loss: Floats = 2 * np.mean(np.maximum(p * error, (p - 1) * error), axis=-1)
    return loss


@validated
def coverage(lower: ArrayLike, upper: ArrayLike, observed: ArrayLike) -> float:
    """Share of observations inside their intervals, ends included.

    Parameters
    ----------
    lower, upper : array_like, ends of the intervals, the lower not above the upper
    observed : array_like, what came, at least one

    Returns
    -------
    float, between 0 and 1

    Examples
    --------
    >>> coverage([0, 0, 0, 0], [1, 1, 1, 1], [0.5, 1.0, 1.5, -1.0])
    0.5
    """
    named = {"lower": lower, "upper": upper, "observed": observed}
    low, high, y = np.broadcast_arrays(*(_numbers(name, given) for name, given in named.items()))
    if (low > high).any():
        ends = f"{low[low > high][0]:g} above {high[low > high][0]:g}"
        raise InputError(f"an interval's lower end must not lie above its upper end, got {ends}")
    if y.size == 0:
        raise InputError(f"coverage needs at least one observation, got {y.size}")
    return float(np.mean((y >= low) & (y <= high)))


@validated
def brier(probability: ArrayLike, outcome: ArrayLike) -> Floats:
    """Squared error of a probability.

    Parameters
    ----------
    probability : array_like, between 0 and 1
    outcome : array_like, 1 or True where the event came, else 0 or False

    Returns
    -------
    ndarray, one score a case; their mean is the Brier score

    Examples
    --------
    >>> brier([0.8, 0.8], [1, 0]).round(2).tolist()
    [0.04, 0.64]
    """
    p, hit = _numbers("probability", probability), _numbers("outcome", outcome)
    if p.shape != hit.shape:
        raise InputError(f"probability and outcome must fit, got {p.shape} and {hit.shape}")
    impossible = (p < 0) | (p > 1)
    if impossible.any():
        raise InputError(f"a probability lies between 0 and 1, got {p[impossible].flat[0]:g}")
    neither = ~np.isin(hit, (0, 1))
    if neither.any():
        raise InputError(f"an outcome is 0 or 1, got {hit[neither].flat[0]:g}")
    error: Floats = (p - hit) ** 2
    return error


@validated
def skill(
    score: ArrayLike,
    reference: ArrayLike,
    *,
    groups: Sequence[Any] | NDArray[Any] | pd.Series,
    level: float = 90,
    draws: int = 1000,
    rng: int | np.random.Generator = 0,
) -> dict[str, float]:
    """Skill of a forecaster over a reference, 1 - score / reference, with a band.

    Scores are averaged within groups, groups count alike, and the bootstrap draws whole groups:
    the cases of one origin year share its shocks.

    Parameters
    ----------
    score, reference : array_like, shape (n,), one case at least
        Scores of both on the same cases, zero or above; the reference's not zero throughout.
    groups : sequence, shape (n,), what shares shocks, usually the origin year, known of each
    level, draws, rng : float, int, int or Generator
        Width of the band in percent, bootstrap samples, source of randomness.

    Returns
    -------
    dict, ``skill``, ``low``, ``high`` (above zero beats the reference) and ``groups`` (how many)

    Examples
    --------
    >>> better = skill([1, 1, 3], [2, 2, 4], groups=[2010, 2010, 2011])
    >>> round(better["skill"], 3), better["groups"]
    (0.333, 2)
    """
    named = {"score": score, "reference": reference}
    scores = [_numbers(*item) for item in named.items()]
    if scores[0].shape != scores[1].shape and 1 not in (scores[0].size, scores[1].size):
        raise InputError(
            f"skill compares as many scores, got {scores[0].size} and {scores[1].size}"
        )
    both = np.array(np.broadcast_arrays(*scores))
    if (both < 0).any():
        raise InputError(f"skill compares scores of zero or above, got {both.min():g}")
    key = pd.factorize(np.asarray(groups), sort=True)[0]
    if key.size != both[0].size or key.size == 0:
        got = f"{key.size} for {both[0].size} cases"
        raise InputError(f"each of at least one case needs a group, got {got}")
    if (key < 0).any():
        raise InputError(f"every case needs a group, got none for case {int(key.argmin())}")
    own, theirs = (np.bincount(key, cases.ravel()) / np.bincount(key) for cases in both)
    if not theirs.any():
        raise InputError(
            f"skill divides by the reference's score, which is 0 in all of {len(theirs)} groups"
        )
    high, low = 1 - band(own, theirs, level=level, draws=draws, rng=rng)
    better = float(1 - own.mean() / theirs.mean())
    return {"skill": better, "low": float(low), "high": float(high), "groups": len(own)}


def band(
    part: Floats, whole: Floats, *, level: float = 90, draws: int, rng: int | np.random.Generator
) -> Floats:
    """Central band of the ratio of two means over groups (the last axis): low ends, high ends.

    Draws without a finite ratio do not count.
    """
    if draws < 1:
        raise InputError(f"draws must be at least 1, got {draws}")
    beyond, n = tail(level), part.shape[-1]
    picks = generator(rng).integers(n, size=(draws, n))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = part[..., picks].mean(axis=-1) / whole[..., picks].mean(axis=-1)
    finite = np.where(np.isfinite(ratio), ratio, np.nan)
    return np.asarray(np.nanquantile(finite, [beyond, 1 - beyond], axis=-1))


def _numbers(name: str, values: ArrayLike) -> Floats:
    array = np.asarray(values)
    if not np.isfinite(array).all():
        raise InputError(f"{name} must be finite, got {array[~np.isfinite(array)].flat[0]}")
    return array.astype(float)


def _fitting(name: str, forecast: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats]:
    """A forecast with one dimension more than what came, and what came."""
    values, y = _numbers(name, forecast), _numbers("observed", observed)
    if values.ndim == 0 or values.shape[:-1] != y.shape:
        raise InputError(
            f"{name} of shape (..., m) and observed of shape (...) must fit, got {values.shape} "
            f"and {y.shape}"
        )
    return values, y
