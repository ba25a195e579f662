"""Forecasts from one history: the simple projections that every reader knows.

All forecasters work on logarithms and share one signature. They return sample paths, so that "in
2027" and "ever by 2027" come from the same futures. With a nowcast, models are fitted to the
history and the nowcast's median, and each path is moved, in all its years, by how far its own draw
of the nowcast lies from that median.

They are there for comparison. On thousands of country pairs the last three lose to the first (see
`tradelib.backtest` and the notebook ``05_forecast``).
"""

import math
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tradelib.core.convert import History
from tradelib.core.numeric import Floats, needs
from tradelib.core.validation import validated
from tradelib.science.forecasting.forecast import (
    Forecast,
    Start,
    check_goals,
    prepare,
    to_forecast,
)
from tradelib.science.forecasting.nowcast import Nowcast

# Below two percent a year no recorded series is so quiet: equal years were copied, not observed.
LEAST_SPREAD = 0.02
# Years that the standard deviation of yearly steps needs.
LEAST_YEARS = 3
# Years that a model of level, trend and damping needs.
FITTED = 8

Forecaster: TypeAlias = Callable[..., Forecast]


@validated
def naive(
    history: History,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Forecast by a random walk in logs: next year is like this year, give or take.

    The log of the h-th year ahead is Student-t with n - 1 degrees of freedom, n the number of
    yearly steps of the log. Its centre is the last log, its scale s sqrt(h), where s is the
    standard deviation of the steps, at least 0.02.

    Parameters
    ----------
    history : DataFrame, Series or mapping
        Turnover by year: ``year`` and ``turnover_musd`` (US$ million, positive), at least three
        years without gaps.
    horizon : int
        Years ahead of the history's last year, from 1; with a nowcast, its year is the first.
    n_paths : int
        Number of sample paths, from 1.
    rng : int or Generator
        Seed or source of randomness.
    nowcast : Nowcast, optional
        Distribution of the year after the history's last.

    Returns
    -------
    Forecast
        Sample paths, US$ million; shape of ``paths``: (n_paths, horizon).

    Raises
    ------
    InputError
        If the history is too short or not in order, the horizon or the number of paths is below
        one, or the nowcast is of another year.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": range(2012, 2022), "turnover_musd": [
    ...     324.4, 376.9, 466.7, 173.2, 267.8, 95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> naive(pair, horizon=6).years[-1]
    2027
    """
    start = prepare(history, horizon, n_paths, rng, nowcast, least=LEAST_YEARS)
    return to_forecast("naive", start, _naive_logs(start))


def walk_chance(
    history: pd.DataFrame, values: Floats, *, year: int, nowcast: Nowcast | None = None
) -> Floats:
    """Probability by `naive` that turnover in a year is at least each value.

    In closed form: no paths are drawn. With a nowcast it is the mean over the nowcast's equally
    likely values.
    """
    from scipy import special

    horizon = year - int(history["year"].max())
    start = prepare(history, horizon, 1, 0, nowcast, least=LEAST_YEARS)
    steps = np.diff(start.logs)
    goals = np.log(check_goals(values))
    deviations = np.zeros(1)
    years_ahead = start.horizon
    if nowcast is not None:
        years_ahead -= 1
        if years_ahead == 0:
            return nowcast.chance(values)
        deviations = nowcast.leads()
    scale = max(float(steps.std(ddof=1)), LEAST_SPREAD) * math.sqrt(years_ahead)
    scores = (goals[:, None] - deviations - start.logs[-1]) / scale
    chances = special.stdtr(steps.size - 1, -scores)
    return np.asarray(chances.mean(axis=1))


@validated
def drift(
    history: History,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Forecast by a random walk in logs that keeps the mean growth of the past.

    The mean growth is itself uncertain. The log of the h-th year ahead is Student-t with n - 1
    degrees of freedom, n the number of yearly steps of the log. Its centre is the last log plus h
    mean steps, its scale s sqrt(h + h^2 / n), where s is the standard deviation of the steps, at
    least 0.02.

    Parameters
    ----------
    history : DataFrame, Series or mapping
        Turnover by year: ``year`` and ``turnover_musd`` (US$ million, positive), at least three
        years without gaps.
    horizon : int
        Years ahead of the history's last year, from 1; with a nowcast, its year is the first.
    n_paths : int
        Number of sample paths, from 1.
    rng : int or Generator
        Seed or source of randomness.
    nowcast : Nowcast, optional
        Distribution of the year after the history's last.

    Returns
    -------
    Forecast
        Sample paths, US$ million; shape of ``paths``: (n_paths, horizon).

    Raises
    ------
    InputError
        If the history is too short or not in order, the horizon or the number of paths is below
        one, or the nowcast is of another year.

    References
    ----------
    Hyndman, R. J. and Athanasopoulos, G. (2021), *Forecasting: principles and practice*, 3rd ed.,
    section 5.5, with the t in place of the normal.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": range(2012, 2022), "turnover_musd": [
    ...     324.4, 376.9, 466.7, 173.2, 267.8, 95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> drift(pair, horizon=6).years[-1]
    2027
    """
    start = prepare(history, horizon, n_paths, rng, nowcast, least=LEAST_YEARS)
    return to_forecast("drift", start, _drift_logs(start))


@validated
def damped_trend(
    history: History,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Forecast logs by exponential smoothing with a damped trend (statsmodels ETS).

    The median path is that of statsmodels; errors are additive and normal, with the residual
    variance of the fit.

    Parameters
    ----------
    history : DataFrame, Series or mapping
        Turnover by year: ``year`` and ``turnover_musd`` (US$ million, positive), at least eight
        years without gaps.
    horizon : int
        Years ahead of the history's last year, from 1; with a nowcast, its year is the first.
    n_paths : int
        Number of sample paths, from 1.
    rng : int or Generator
        Seed or source of randomness.
    nowcast : Nowcast, optional
        Distribution of the year after the history's last.

    Returns
    -------
    Forecast
        Sample paths, US$ million; shape of ``paths``: (n_paths, horizon).

    Raises
    ------
    InputError
        If the history is too short, not in order or the same in every year, the horizon or the
        number of paths is below one, or the nowcast is of another year.
    ImportError
        If statsmodels is not installed (the ``models`` extra).

    References
    ----------
    Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008), *Forecasting with
    exponential smoothing*, model ETS(A,Ad,N), chapters 2 and 6.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": range(2012, 2022), "turnover_musd": [
    ...     324.4, 376.9, 466.7, 173.2, 267.8, 95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> damped_trend(pair, horizon=6).years[-1]
    2027
    """
    start = prepare(history, horizon, n_paths, rng, nowcast, least=FITTED, varying=True)
    return to_forecast("damped_trend", start, _damped_trend_logs(start))


@validated
def local_trend(
    history: History,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Forecast logs by a level and a trend that both change at random.

    The model is the local linear trend of statsmodels' UnobservedComponents. The mean path is that
    of statsmodels; states and shocks are normal with the fitted variances.

    Parameters
    ----------
    history : DataFrame, Series or mapping
        Turnover by year: ``year`` and ``turnover_musd`` (US$ million, positive), at least eight
        years without gaps.
    horizon : int
        Years ahead of the history's last year, from 1; with a nowcast, its year is the first.
    n_paths : int
        Number of sample paths, from 1.
    rng : int or Generator
        Seed or source of randomness.
    nowcast : Nowcast, optional
        Distribution of the year after the history's last.

    Returns
    -------
    Forecast
        Sample paths, US$ million; shape of ``paths``: (n_paths, horizon).

    Raises
    ------
    InputError
        If the history is too short, not in order or the same in every year, the horizon or the
        number of paths is below one, or the nowcast is of another year.
    ImportError
        If statsmodels is not installed (the ``models`` extra).

    References
    ----------
    Harvey, A. C. (1989), *Forecasting, structural time series models and the Kalman filter*,
    section 2.3.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": range(2012, 2022), "turnover_musd": [
    ...     324.4, 376.9, 466.7, 173.2, 267.8, 95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> local_trend(pair, horizon=6).years[-1]
    2027
    """
    start = prepare(history, horizon, n_paths, rng, nowcast, least=FITTED, varying=True)
    return to_forecast("local_trend", start, _local_trend_logs(start))


@validated
def theta(
    history: History,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Forecast logs by the Theta method: half the linear trend, and smoothing.

    The median path and the variance one year ahead are those of statsmodels' ThetaModel. A shock
    stays with the weight alpha of the smoothing, so that the variance h years ahead is
    s^2 (1 + (h - 1) alpha^2), as for exponential smoothing with drift. The intervals of statsmodels
    use 1 + (alpha - 1)^2 in place of alpha^2 and are wider where alpha is small.

    Parameters
    ----------
    history : DataFrame, Series or mapping
        Turnover by year: ``year`` and ``turnover_musd`` (US$ million, positive), at least eight
        years without gaps.
    horizon : int
        Years ahead of the history's last year, from 1; with a nowcast, its year is the first.
    n_paths : int
        Number of sample paths, from 1.
    rng : int or Generator
        Seed or source of randomness.
    nowcast : Nowcast, optional
        Distribution of the year after the history's last.

    Returns
    -------
    Forecast
        Sample paths, US$ million; shape of ``paths``: (n_paths, horizon).

    Raises
    ------
    InputError
        If the history is too short, not in order or the same in every year, the horizon or the
        number of paths is below one, or the nowcast is of another year.
    ImportError
        If statsmodels is not installed (the ``models`` extra).

    References
    ----------
    Hyndman, R. J. and Billah, B. (2003), Unmasking the Theta method, *International Journal of
    Forecasting* 19, doi:10.1016/S0169-2070(01)00143-1.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": range(2012, 2022), "turnover_musd": [
    ...     324.4, 376.9, 466.7, 173.2, 267.8, 95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> theta(pair, horizon=6).years[-1]
    2027
    """
    start = prepare(history, horizon, n_paths, rng, nowcast, least=FITTED, varying=True)
    return to_forecast("theta", start, _theta_logs(start))


FORECASTERS: dict[str, Forecaster] = {
    "naive": naive,
    "drift": drift,
    "damped_trend": damped_trend,
    "local_trend": local_trend,
    "theta": theta,
}


def _naive_logs(start: Start) -> Floats:
    """Log paths of `naive`, shape (n_paths, horizon)."""
    scale = _path_scales(start, np.diff(start.logs))
    growth = scale[:, None] * _standard_shocks(start)
    return np.asarray(start.logs[-1] + np.cumsum(growth, axis=1))


def _drift_logs(start: Start) -> Floats:
    """Log paths of `drift`, shape (n_paths, horizon)."""
    steps = np.diff(start.logs)
    scale = _path_scales(start, steps)
    mean_error = scale * start.draws.standard_normal(start.n_paths) / math.sqrt(steps.size)
    mean = steps.mean() + mean_error
    growth = mean[:, None] + scale[:, None] * _standard_shocks(start)
    return np.asarray(start.logs[-1] + np.cumsum(growth, axis=1))


def _damped_trend_logs(start: Start) -> Floats:
    """Log paths of `damped_trend`, shape (n_paths, horizon)."""
    module = needs("statsmodels.tsa.exponential_smoothing.ets", "models")
    model = module.ETSModel(start.logs, trend="add", damped_trend=True)
    fit = _quietly(model.fit, disp=0)
    parameters = dict(zip(fit.param_names, fit.params, strict=True))
    level_weight = parameters["smoothing_level"]
    trend_weight = parameters["smoothing_trend"]
    damping = parameters["damping_trend"]
    # A shock moves the level by `level_weight` and, ever less, the trend by `trend_weight`.
    trend_moves = np.cumsum(damping ** np.arange(1, start.horizon))
    effect = np.concatenate([[1.0], level_weight + trend_weight * trend_moves])
    shocks = math.sqrt(fit.scale) * _standard_shocks(start)
    return np.asarray(fit.forecast(start.horizon) + shocks @ _carried(effect))


def _local_trend_logs(start: Start) -> Floats:
    """Log paths of `local_trend`, shape (n_paths, horizon)."""
    module = needs("statsmodels.tsa.statespace.structural", "models")
    fit = _quietly(module.UnobservedComponents(start.logs, "local linear trend").fit, disp=0)
    irregular_sd, level_sd, trend_sd = np.sqrt(fit.params)
    mean = fit.predicted_state[:, -1]
    covariance = fit.predicted_state_cov[:, :, -1]
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    state = mean + start.draws.standard_normal((start.n_paths, 2)) @ root.T
    level_now, trend_now = state[:, :1], state[:, 1:]
    shocks = start.draws.standard_normal((3, start.n_paths, start.horizon))
    trend = trend_now + trend_sd * _sum_before(shocks[0])
    level = level_now + _sum_before(trend + level_sd * shocks[1])
    return np.asarray(level + irregular_sd * shocks[2])


def _theta_logs(start: Start) -> Floats:
    """Log paths of `theta`, shape (n_paths, horizon)."""
    module = needs("statsmodels.tsa.forecasting.theta", "models")
    fit = _quietly(module.ThetaModel(pd.Series(start.logs), deseasonalize=False).fit)
    effect = np.concatenate([[1.0], np.full(start.horizon - 1, fit.params["alpha"])])
    shocks = math.sqrt(_quietly(lambda: fit.sigma2)) * _standard_shocks(start)
    return np.asarray(fit.forecast(start.horizon)) + shocks @ _carried(effect)


def _path_scales(start: Start, steps: Floats) -> Floats:
    """Standard deviation of a year's shock, one a path, drawn so that sums are Student-t."""
    degrees = steps.size - 1
    spread = max(float(steps.std(ddof=1)), LEAST_SPREAD)
    chi_square = start.draws.chisquare(degrees, start.n_paths)
    return spread * np.sqrt(degrees / chi_square)


def _standard_shocks(start: Start) -> Floats:
    """Standard normal shocks, shape (n_paths, horizon)."""
    return start.draws.standard_normal((start.n_paths, start.horizon))


def _carried(effect: Floats) -> Floats:
    """Matrix of the effects of shocks in the row's year on the column's year.

    `effect` is the effect of a shock on its own year, the next one, and so on.
    """
    years = np.arange(effect.size)
    years_between = np.abs(years - years[:, None])
    return np.triu(effect[years_between])


def _sum_before(shocks: Floats) -> Floats:
    """Sum of the shocks of the years before each year."""
    return np.cumsum(shocks, axis=1) - shocks


def _quietly(call: Callable[..., Any], **options: Any) -> Any:
    """Call without warnings: the fit of a short series often ends on a bound, no news here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(**options)
