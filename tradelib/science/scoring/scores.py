"""Proper scores on arrays: the forecast first, then what was observed.

Lower scores are better. Arrays broadcast over leading dimensions; samples and quantiles lie along
the last one. Forecasts of values are scored on their own scale, which for trade is usually the
logarithm.

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

from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats, generator, tail
from tradelib.core.validation import validated


@validated
def crps(sample: ArrayLike, observed: ArrayLike) -> Floats:
    """Continuous ranked probability score of a sample, unbiased for any sample size.

    The mean of abs(x - observed) over draws x, less half the mean of abs(x - x') over all pairs of
    two different draws.

    Parameters
    ----------
    sample : array_like
        Draws of the forecast, shape (..., m), at least two.
    observed : array_like
        What was observed, shape (...).

    Returns
    -------
    ndarray
        One score for each case, shape (...), in the unit of the forecast. Its expected value is the
        CRPS of the distribution that the draws come from.

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
    weight = 2 * rank - m + 1
    spread = np.sum(weight * draws, axis=-1) / (m * (m - 1))
    distance = np.abs(draws - y[..., None]).mean(axis=-1)
    score: Floats = distance - spread
    return score


@validated
def crps_quantiles(values: ArrayLike, observed: ArrayLike, *, levels: ArrayLike) -> Floats:
    """CRPS computed from quantiles: twice their mean pinball loss.

    The pinball loss of a quantile q at level p is p (y - q) if the observation y is above q, and
    (1 - p) (q - y) if it is below.

    Parameters
    ----------
    values : array_like
        Quantiles of the forecast, shape (..., k).
    observed : array_like
        What was observed, shape (...).
    levels : array_like
        Levels of the quantiles, shape (k,), ascending between 0 and 1 and evenly spaced, such as
        0.01 to 0.99.

    Returns
    -------
    ndarray
        One score for each case, shape (...), in the unit of the forecast.

    Raises
    ------
    InputError
        If levels do not ascend between 0 and 1, shapes do not fit, or a value is missing or no
        number.

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
    pinball = np.maximum(p * error, (p - 1) * error)
    score: Floats = 2 * np.mean(pinball, axis=-1)
    return score


@validated
def coverage(lower: ArrayLike, upper: ArrayLike, observed: ArrayLike) -> float:
    """Share of observations inside their intervals, ends included.

    Parameters
    ----------
    lower, upper : array_like
        Ends of the intervals, the lower not above the upper.
    observed : array_like
        What was observed, at least one value.

    Returns
    -------
    float
        The share, between 0 and 1.

    Raises
    ------
    InputError
        If a lower end lies above its upper end, there is no observation, or a value is missing or
        no number.

    Examples
    --------
    >>> coverage([0, 0, 0, 0], [1, 1, 1, 1], [0.5, 1.0, 1.5, -1.0])
    0.5
    """
    low, high, y = np.broadcast_arrays(
        _numbers("lower", lower), _numbers("upper", upper), _numbers("observed", observed)
    )
    crossed = low > high
    if crossed.any():
        ends = f"{low[crossed][0]:g} above {high[crossed][0]:g}"
        raise InputError(f"an interval's lower end must not lie above its upper end, got {ends}")
    if y.size == 0:
        raise InputError(f"coverage needs at least one observation, got {y.size}")
    return float(np.mean((y >= low) & (y <= high)))


@validated
def brier(probability: ArrayLike, outcome: ArrayLike) -> Floats:
    """Squared error of a probability: (probability - outcome)^2.

    Parameters
    ----------
    probability : array_like
        Forecast probability of the event, between 0 and 1.
    outcome : array_like
        1 or True where the event happened, else 0 or False; same shape.

    Returns
    -------
    ndarray
        One score for each case, between 0 and 1. Their mean is the Brier score.

    Raises
    ------
    InputError
        If shapes do not fit, a probability is not between 0 and 1, or an outcome is not 0 or 1.

    Examples
    --------
    >>> brier([0.8, 0.8], [1, 0]).round(2).tolist()
    [0.04, 0.64]
    """
    p = _numbers("probability", probability)
    hit = _numbers("outcome", outcome)
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

    Scores are averaged within groups, and all groups have the same weight. The bootstrap draws
    whole groups, because the cases of one origin year share its shocks.

    Parameters
    ----------
    score, reference : array_like
        Scores of both on the same cases, shape (n,), at least one case, zero or above. The
        reference's are not zero throughout.
    groups : sequence
        The group of each case, shape (n,): cases that share shocks, usually the origin year.
    level : float
        Level of the band, in percent.
    draws : int
        Number of bootstrap samples.
    rng : int or Generator
        Seed or source of the random draws.

    Returns
    -------
    dict
        ``skill`` (above zero: better than the reference), ``low`` and ``high`` (ends of its band)
        and ``groups`` (number of groups).

    Raises
    ------
    InputError
        If the numbers of cases differ, a score is negative, a case has no group, or the reference's
        score is zero in all groups.

    Examples
    --------
    >>> better = skill([1, 1, 3], [2, 2, 4], groups=[2010, 2010, 2011])
    >>> round(better["skill"], 3), better["groups"]
    (0.333, 2)
    """
    own = _numbers("score", score)
    other = _numbers("reference", reference)
    if own.shape != other.shape and 1 not in (own.size, other.size):
        raise InputError(f"skill compares as many scores, got {own.size} and {other.size}")
    both = np.array(np.broadcast_arrays(own, other))
    if (both < 0).any():
        raise InputError(f"skill compares scores of zero or above, got {both.min():g}")
    group = pd.factorize(np.asarray(groups), sort=True)[0]
    if group.size != both[0].size or group.size == 0:
        got = f"{group.size} for {both[0].size} cases"
        raise InputError(f"each of at least one case needs a group, got {got}")
    if (group < 0).any():
        raise InputError(f"every case needs a group, got none for case {int(group.argmin())}")
    cases_per_group = np.bincount(group)
    own_means = np.bincount(group, both[0].ravel()) / cases_per_group
    reference_means = np.bincount(group, both[1].ravel()) / cases_per_group
    n_groups = len(own_means)
    if not reference_means.any():
        raise InputError(
            f"skill divides by the reference's score, which is 0 in all of {n_groups} groups"
        )
    # The high end of the ratio is the low end of skill.
    high, low = 1 - band(own_means, reference_means, level=level, draws=draws, rng=rng)
    value = float(1 - own_means.mean() / reference_means.mean())
    return {"skill": value, "low": float(low), "high": float(high), "groups": n_groups}


def band(
    part: Floats, whole: Floats, *, level: float = 90, draws: int, rng: int | np.random.Generator
) -> Floats:
    """Low and high ends of a central band of the ratio of two means over groups.

    Groups lie along the last axis. Draws without a finite ratio do not count.
    """
    if draws < 1:
        raise InputError(f"draws must be at least 1, got {draws}")
    beyond = tail(level)
    n_groups = part.shape[-1]
    picks = generator(rng).integers(n_groups, size=(draws, n_groups))
    with np.errstate(invalid="ignore", divide="ignore"):
        numerator = part[..., picks].mean(axis=-1)
        ratio = numerator / whole[..., picks].mean(axis=-1)
    finite = np.where(np.isfinite(ratio), ratio, np.nan)
    return np.asarray(np.nanquantile(finite, [beyond, 1 - beyond], axis=-1))


def _numbers(name: str, values: ArrayLike) -> Floats:
    """Values as finite floats; refused if one is missing or infinite."""
    array = np.asarray(values)
    bad = ~np.isfinite(array)
    if bad.any():
        raise InputError(f"{name} must be finite, got {array[bad].flat[0]}")
    return array.astype(float)


def _fitting(name: str, forecast: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats]:
    """Forecast and observations as floats; the forecast must have one dimension more."""
    values = _numbers(name, forecast)
    y = _numbers("observed", observed)
    if values.ndim == 0 or values.shape[:-1] != y.shape:
        raise InputError(
            f"{name} of shape (..., m) and observed of shape (...) must fit, got {values.shape} "
            f"and {y.shape}"
        )
    return values, y
