"""Proper scores and calibration on arrays: the forecast first, then what was observed.

Scores are negatively oriented: lower is better. Arrays broadcast over leading dimensions; samples
and quantiles lie along the last one. Forecasts of values are scored on the scale they come in; for
trade that is usually the logarithm.

References
----------
Gneiting, T. and Raftery, A. E. (2007), Strictly proper scoring rules, prediction, and estimation,
*JASA* 102, doi:10.1198/016214506000001437.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground.numbers import generator, tail

if TYPE_CHECKING:
    from types import ModuleType

__all__ = [
    "brier",
    "brier_decomposition",
    "coverage",
    "crps",
    "crps_normal",
    "crps_quantiles",
    "crps_t",
    "interval_score",
    "log_score",
    "pit",
    "reliability",
    "skill",
]

Floats = NDArray[np.float64]


def crps(sample: ArrayLike, observed: ArrayLike) -> Floats:
    """Continuous ranked probability score of a sample, fair to its size.

    Parameters
    ----------
    sample : array_like, shape (..., m)
        At least two draws of the forecast.
    observed : array_like, shape (...)
        What came.

    Returns
    -------
    ndarray, shape (...)
        In the unit of the forecast; unbiased for the distribution the draws come from.

    Raises
    ------
    ValueError
        If there are fewer than two draws, shapes do not fit, or a value is missing or infinite.
    TypeError
        If an argument is not numeric.

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
    draws, y = _pair("sample", sample, observed)
    m = draws.shape[-1]
    if m < 2:
        raise ValueError(f"crps needs at least two draws, got {m}")
    draws = np.sort(draws, axis=-1)
    rank = np.arange(m)
    spread = np.sum((2 * rank - m + 1) * draws, axis=-1) / (m * (m - 1))
    error: Floats = np.abs(draws - y[..., None]).mean(axis=-1) - spread
    return error


def crps_quantiles(values: ArrayLike, observed: ArrayLike, *, levels: ArrayLike) -> Floats:
    """CRPS read off quantiles: twice their mean pinball loss.

    Parameters
    ----------
    values : array_like, shape (..., k)
        Quantiles of the forecast.
    observed : array_like, shape (...)
        What came.
    levels : array_like, shape (k,)
        Probabilities of the quantiles, evenly spaced, such as 0.01 to 0.99.

    Returns
    -------
    ndarray, shape (...)
        In the unit of the forecast.

    Raises
    ------
    ValueError
        If levels are not ascending in (0, 1) or not as many as values, or a value is missing.
    TypeError
        If an argument is not numeric.

    References
    ----------
    Laio, F. and Tamea, S. (2007), Verification tools for probabilistic forecasts of continuous
    hydrological variables, *HESS* 11, doi:10.5194/hess-11-1267-2007.

    Examples
    --------
    >>> crps_quantiles([1.0, 2.0, 3.0], 2.0, levels=[0.25, 0.5, 0.75]).round(3).item()
    0.333
    """
    quantiles, y = _pair("values", values, observed)
    p = _numbers("levels", levels)
    if p.ndim != 1 or p.size != quantiles.shape[-1]:
        raise ValueError(
            f"{quantiles.shape[-1]} quantiles need as many levels, got shape {p.shape}"
        )
    if not ((p > 0) & (p < 1)).all() or (np.diff(p) <= 0).any():
        raise ValueError(f"levels ascend between 0 and 1, got {p.tolist()}")
    error = y[..., None] - quantiles
    loss: Floats = 2 * np.mean(np.maximum(p * error, (p - 1) * error), axis=-1)
    return loss


def crps_normal(mean: ArrayLike, sd: ArrayLike, observed: ArrayLike) -> Floats:
    """CRPS of a normal forecast in closed form (scoringrules).

    Parameters
    ----------
    mean, sd : array_like
        Mean and positive standard deviation.
    observed : array_like
        What came.

    Returns
    -------
    ndarray
        In the unit of the forecast.

    Raises
    ------
    ValueError
        If `sd` is not positive or a value is missing or infinite.
    TypeError
        If an argument is not numeric.
    ImportError
        If scoringrules is not installed (the ``models`` extra).

    Examples
    --------
    >>> crps_normal(0.0, 1.0, 0.0).round(4).item()
    0.2337
    """
    location, scale, y = _located("mean", mean, "sd", sd, observed)
    return np.asarray(_scoringrules().crps_normal(y, location, scale), float)


def crps_t(df: ArrayLike, location: ArrayLike, scale: ArrayLike, observed: ArrayLike) -> Floats:
    """CRPS of a Student-t forecast in closed form (scoringrules).

    Parameters
    ----------
    df : array_like
        Degrees of freedom, above one (the score is infinite at one).
    location, scale : array_like
        Centre and positive scale.
    observed : array_like
        What came.

    Returns
    -------
    ndarray
        In the unit of the forecast.

    Raises
    ------
    ValueError
        If `df` is not above one, `scale` not positive, or a value is missing or infinite.
    TypeError
        If an argument is not numeric.
    ImportError
        If scoringrules is not installed (the ``models`` extra).

    Examples
    --------
    >>> crps_t(5, 0.0, 1.0, 0.0).round(4).item()
    0.257
    """
    centre, width, y = _located("location", location, "scale", scale, observed)
    freedom = _numbers("df", df)
    if (freedom <= 1).any():
        raise ValueError(f"the CRPS of a t needs df above 1, got {freedom.min():g}")
    return np.asarray(_scoringrules().crps_t(y, freedom, centre, width), float)


def interval_score(
    lower: ArrayLike, upper: ArrayLike, observed: ArrayLike, *, level: float
) -> Floats:
    """Width of a central interval, plus a penalty for what falls outside.

    Parameters
    ----------
    lower, upper : array_like
        Ends of the interval.
    observed : array_like
        What came.
    level : float
        Nominal coverage in percent, between 0 and 100.

    Returns
    -------
    ndarray
        In the unit of the forecast.

    Raises
    ------
    ValueError
        If an interval is upside down, `level` is not in (0, 100), or a value is missing.
    TypeError
        If an argument is not numeric.

    References
    ----------
    Gneiting and Raftery (2007), section 6.2.

    Examples
    --------
    >>> interval_score(1.0, 3.0, 4.0, level=80).round(6).item()
    12.0
    """
    low, high, y = _interval(lower, upper, observed)
    miss = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    score: Floats = high - low + miss / tail(level)
    return score


def coverage(lower: ArrayLike, upper: ArrayLike, observed: ArrayLike) -> float:
    """Share of observations inside their intervals, ends included.

    Parameters
    ----------
    lower, upper : array_like
        Ends of the intervals.
    observed : array_like
        What came.

    Returns
    -------
    float
        Fraction between 0 and 1.

    Raises
    ------
    ValueError
        If an interval is upside down, a value is missing, or there is none.
    TypeError
        If an argument is not numeric.

    Examples
    --------
    >>> coverage([0, 0, 0, 0], [1, 1, 1, 1], [0.5, 1.0, 1.5, -1.0])
    0.5
    """
    low, high, y = _interval(lower, upper, observed)
    if y.size == 0:
        raise ValueError("coverage needs at least one observation, got none")
    return float(np.mean((y >= low) & (y <= high)))


def pit(sample: ArrayLike, observed: ArrayLike) -> Floats:
    """Probability integral transform: the share of draws below what came, ties counted half.

    Calibrated forecasts give values spread evenly over 0 to 1.

    Parameters
    ----------
    sample : array_like, shape (..., m)
        Draws of the forecast.
    observed : array_like, shape (...)
        What came.

    Returns
    -------
    ndarray, shape (...)
        Between 0 and 1.

    Raises
    ------
    ValueError
        If shapes do not fit or a value is missing or infinite.
    TypeError
        If an argument is not numeric.

    Examples
    --------
    >>> pit([1.0, 2.0, 3.0, 4.0], 3.0).item()
    0.625
    """
    draws, y = _pair("sample", sample, observed)
    below: Floats = np.mean(draws < y[..., None], axis=-1)
    ties: Floats = np.mean(draws == y[..., None], axis=-1)
    return below + ties / 2


def brier(probability: ArrayLike, outcome: ArrayLike) -> Floats:
    """Squared error of a probability.

    Parameters
    ----------
    probability : array_like
        Between 0 and 1.
    outcome : array_like
        1 or True where the event came, else 0 or False.

    Returns
    -------
    ndarray
        One score a case; their mean is the Brier score.

    Raises
    ------
    ValueError
        If a probability is outside 0 to 1 or an outcome is neither 0 nor 1.
    TypeError
        If an argument is not numeric.

    Examples
    --------
    >>> brier([0.8, 0.8], [1, 0]).round(2).tolist()
    [0.04, 0.64]
    """
    p, hit = _events(probability, outcome)
    error: Floats = (p - hit) ** 2
    return error


def log_score(probability: ArrayLike, outcome: ArrayLike) -> Floats:
    """Negative logarithm of the probability given to what came.

    Infinite where an event came that was called impossible, or failed that was called certain.

    Parameters
    ----------
    probability : array_like
        Between 0 and 1.
    outcome : array_like
        1 or True where the event came, else 0 or False.

    Returns
    -------
    ndarray
        In nats.

    Raises
    ------
    ValueError
        If a probability is outside 0 to 1 or an outcome is neither 0 nor 1.
    TypeError
        If an argument is not numeric.

    Examples
    --------
    >>> log_score([0.5, 0.0], [1, 0]).round(3).tolist()
    [0.693, 0.0]
    """
    p, hit = _events(probability, outcome)
    with np.errstate(divide="ignore"):
        return np.abs(np.log(np.where(hit == 1, p, 1 - p)))


def brier_decomposition(
    probability: ArrayLike, outcome: ArrayLike, *, bins: int = 10
) -> dict[str, float]:
    """Brier score as reliability - resolution + uncertainty + what binning leaves over.

    Parameters
    ----------
    probability : array_like, shape (n,)
        Between 0 and 1.
    outcome : array_like, shape (n,)
        1 or True where the event came, else 0 or False.
    bins : int
        Bins of equal width.

    Returns
    -------
    dict
        ``brier``, ``reliability`` (0 if calibrated), ``resolution`` (the higher the better),
        ``uncertainty`` (of the outcomes alone) and ``within`` (variation inside bins; zero if each
        bin holds one probability). ``brier`` equals the sum exactly.

    Raises
    ------
    ValueError
        If there is no case, `bins` is below one, or probabilities or outcomes are not such.
    TypeError
        If an argument is not numeric.

    References
    ----------
    Stephenson, D. B., Coelho, C. and Jolliffe, I. T. (2008), Two extra components in the Brier
    score decomposition, *Weather and Forecasting* 23, doi:10.1175/2007WAF2006116.1.

    Examples
    --------
    >>> parts = brier_decomposition([0.2, 0.2, 0.8, 0.8], [0, 0, 1, 1])
    >>> {name: round(value, 3) for name, value in parts.items()}
    {'brier': 0.04, 'reliability': 0.04, 'resolution': 0.25, 'uncertainty': 0.25, 'within': 0.0}
    """
    p, hit = _events(probability, outcome)
    group = _bin(p, bins)
    n = np.bincount(group, minlength=bins)[group]
    forecast = np.bincount(group, p, minlength=bins)[group] / n
    frequency = np.bincount(group, hit, minlength=bins)[group] / n
    base = hit.mean()
    score = float(np.mean((p - hit) ** 2))
    reliability_part = float(np.mean((forecast - frequency) ** 2))
    resolution = float(np.mean((frequency - base) ** 2))
    uncertainty = float(base * (1 - base))
    within = np.mean((p - forecast) ** 2) - 2 * np.mean((p - forecast) * (hit - frequency))
    return {
        "brier": score,
        "reliability": reliability_part,
        "resolution": resolution,
        "uncertainty": uncertainty,
        "within": float(within),
    }


def reliability(
    probability: ArrayLike,
    outcome: ArrayLike,
    *,
    groups: Sequence[Any] | NDArray[Any],
    bins: int = 10,
    level: float = 90,
    draws: int = 1000,
    rng: int | np.random.Generator = 0,
) -> pd.DataFrame:
    """Observed frequency by forecast probability, with bands from resampling whole groups.

    Parameters
    ----------
    probability : array_like, shape (n,)
        Between 0 and 1.
    outcome : array_like, shape (n,)
        1 or True where the event came, else 0 or False.
    groups : sequence, shape (n,)
        What shares shocks, usually the origin year; drawn as wholes.
    bins : int
        Bins of equal width.
    level : float
        Width of the band in percent.
    draws : int
        Bootstrap samples.
    rng : int or Generator
        Source of randomness.

    Returns
    -------
    DataFrame
        One row a bin that holds cases: ``low_edge``, ``high_edge``, ``n``, ``groups`` (how many
        hold a case of the bin), ``forecast`` (mean probability), ``observed`` (frequency),
        ``low``, ``high`` (band of the frequency).

    Raises
    ------
    ValueError
        If lengths differ, there is no case, `bins` or `draws` is below one, `level` is not in
        (0, 100), or probabilities or outcomes are not such.
    TypeError
        If an argument is not numeric, or `rng` is neither int nor Generator.

    Examples
    --------
    >>> table = reliability([0.1, 0.1, 0.9, 0.9], [0, 1, 1, 1], groups=[1, 2, 1, 2], bins=2)
    >>> table[["n", "forecast", "observed", "low", "high"]].round(2).to_numpy().tolist()
    [[2.0, 0.1, 0.5, 0.0, 1.0], [2.0, 0.9, 1.0, 1.0, 1.0]]
    """
    p, hit = _events(probability, outcome)
    group = _bin(p, bins)
    beyond = tail(level)
    key = _groups(groups, p.size)
    count = np.zeros((key.max() + 1, bins))
    hits, total = count.copy(), count.copy()
    np.add.at(count, (key, group), 1)
    np.add.at(hits, (key, group), hit)
    np.add.at(total, (key, group), p)
    picks = _picks(len(count), draws, rng)
    with np.errstate(invalid="ignore"):
        resampled = hits[picks].sum(axis=1) / count[picks].sum(axis=1)
    edges = np.linspace(0, 1, bins + 1)
    seen = count.sum(axis=0) > 0
    low, high = np.nanquantile(resampled[:, seen], [beyond, 1 - beyond], axis=0)
    n = count.sum(axis=0)[seen]
    return pd.DataFrame(
        {
            "low_edge": edges[:-1][seen],
            "high_edge": edges[1:][seen],
            "n": n.astype(int),
            "groups": (count > 0).sum(axis=0)[seen],
            "forecast": total.sum(axis=0)[seen] / n,
            "observed": hits.sum(axis=0)[seen] / n,
            "low": low,
            "high": high,
        }
    )


def skill(
    score: ArrayLike,
    reference: ArrayLike,
    *,
    groups: Sequence[Any] | NDArray[Any],
    level: float = 90,
    draws: int = 1000,
    rng: int | np.random.Generator = 0,
) -> dict[str, float]:
    """Skill of a forecaster over a reference, 1 - score / reference, with a band.

    Scores are averaged within groups, groups count alike, and the bootstrap draws whole groups:
    the cases of one origin year share its shocks.

    Parameters
    ----------
    score, reference : array_like, shape (n,)
        Scores of both on the same cases, zero or above.
    groups : sequence, shape (n,)
        What shares shocks, usually the origin year.
    level : float
        Width of the band in percent.
    draws : int
        Bootstrap samples.
    rng : int or Generator
        Source of randomness.

    Returns
    -------
    dict
        ``skill``, ``low``, ``high`` (fractions; above zero is better than the reference) and
        ``groups`` (how many).

    Raises
    ------
    ValueError
        If lengths differ, there is no case, a score is negative or missing, the reference is zero
        throughout, `draws` is below one, or `level` is not in (0, 100).
    TypeError
        If an argument is not numeric, or `rng` is neither int nor Generator.

    Examples
    --------
    >>> better = skill([1, 1, 3], [2, 2, 4], groups=[2010, 2010, 2011])
    >>> round(better["skill"], 3), better["groups"]
    (0.333, 2)
    """
    mine, theirs = np.broadcast_arrays(_numbers("score", score), _numbers("reference", reference))
    if (mine < 0).any() or (theirs < 0).any():
        worst = min(mine.min(), theirs.min())
        raise ValueError(f"skill compares scores of zero or above, got {worst:g}")
    beyond = tail(level)
    key = _groups(groups, mine.size)
    n = np.bincount(key)
    mine = np.bincount(key, mine.ravel()) / n
    theirs = np.bincount(key, theirs.ravel()) / n
    if not theirs.any():
        raise ValueError("skill divides by the reference's score, which is 0 in every group")
    picks = _picks(n.size, draws, rng)
    with np.errstate(invalid="ignore", divide="ignore"):
        resampled = 1 - mine[picks].mean(axis=1) / theirs[picks].mean(axis=1)
    low, high = np.quantile(resampled[np.isfinite(resampled)], [beyond, 1 - beyond])
    return {
        "skill": float(1 - mine.mean() / theirs.mean()),
        "low": float(low),
        "high": float(high),
        "groups": int(n.size),
    }


def _numbers(name: str, values: ArrayLike) -> Floats:
    array = np.asarray(values)
    if array.dtype.kind not in "iufb":
        raise TypeError(f"{name} must be numeric, got {array.dtype}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)].flat[0]}")
    return array.astype(float)


def _pair(name: str, forecast: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats]:
    values, y = _numbers(name, forecast), _numbers("observed", observed)
    if values.ndim == 0 or values.shape[:-1] != y.shape:
        raise ValueError(
            f"{name} of shape (..., m) and observed of shape (...) must fit, got {values.shape} "
            f"and {y.shape}"
        )
    return values, y


def _located(
    name: str, centre: ArrayLike, width_name: str, width: ArrayLike, observed: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    location, y = _numbers(name, centre), _numbers("observed", observed)
    scale = _numbers(width_name, width)
    if (scale <= 0).any():
        raise ValueError(f"{width_name} must be positive, got {scale.min():g}")
    return location, scale, y


def _interval(
    lower: ArrayLike, upper: ArrayLike, observed: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    low, high, y = (
        _numbers(name, values)
        for name, values in (("lower", lower), ("upper", upper), ("observed", observed))
    )
    if (low > high).any():
        raise ValueError("an interval's lower end must not lie above its upper end")
    return low, high, y


def _events(probability: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Floats]:
    p, hit = _numbers("probability", probability), _numbers("outcome", outcome)
    if p.shape != hit.shape:
        raise ValueError(f"probability and outcome must fit, got {p.shape} and {hit.shape}")
    if ((p < 0) | (p > 1)).any():
        bad = p[(p < 0) | (p > 1)].flat[0]
        raise ValueError(f"a probability lies between 0 and 1, got {bad:g}")
    if ~np.isin(hit, (0, 1)).all():
        raise ValueError(f"an outcome is 0 or 1, got {hit[~np.isin(hit, (0, 1))].flat[0]:g}")
    return p, hit


def _bin(probability: Floats, bins: int) -> NDArray[np.intp]:
    if bins < 1:
        raise ValueError(f"bins must be at least 1, got {bins}")
    if probability.size == 0 or probability.ndim != 1:
        raise ValueError(f"a list of at least one case is needed, got shape {probability.shape}")
    return np.minimum((probability * bins).astype(np.intp), bins - 1)


def _groups(groups: Sequence[Any] | NDArray[Any], n: int) -> NDArray[np.intp]:
    codes: NDArray[np.intp] = pd.factorize(np.asarray(groups), sort=True)[0]
    if codes.size != n or n == 0:
        raise ValueError(f"each of at least one case needs a group, got {codes.size} for {n} cases")
    if (codes < 0).any():
        raise ValueError("a group is missing")
    return codes


def _picks(groups: int, draws: int, rng: int | np.random.Generator) -> NDArray[np.intp]:
    if draws < 1:
        raise ValueError(f"draws must be at least 1, got {draws}")
    return generator(rng).integers(groups, size=(draws, groups))


def _scoringrules() -> "ModuleType":
    try:
        return import_module("scoringrules")
    except ImportError as error:
        raise ImportError("closed-form scores need: pip install tradelib[models]") from error
