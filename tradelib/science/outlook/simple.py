"""One history in, a distribution of futures out: the simple projections every reader knows.

All forecasters work on logarithms and share one signature: a history (``year`` and
``turnover_musd``, a year a row without gaps), a horizon in years, and optionally a `Nowcast` of the
first of them. They return sample paths, so that "in 2027" and "ever by 2027" come from the same
futures. With a nowcast, models are fitted to the history and the nowcast's median, and each path
starts at its own draw of the nowcast and keeps that lead.

They are comparisons. On thousands of country pairs the last three lose to the first (see
`tradelib.backtest` and the notebook ``05_forecast``).
"""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.ground.numbers import needs, student_tail
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.outlook.paths import Forecast, Start, check_goals, finished, started

# Below two percent a year no recorded series is so quiet: equal years were copied, not observed.
LEAST_SPREAD = 0.02

Floats = NDArray[np.float64]


def naive(
    history: pd.DataFrame,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Random walk in logs without drift: next year is like this year, give or take.

    Parameters
    ----------
    history : DataFrame
        ``year``, ``turnover_musd`` (US$ million); at least three years.
    horizon : int
        Years ahead of the last full year, from 1; with a nowcast its year is the first.
    n_paths : int
        Sample paths.
    rng : int or Generator
        Source of randomness.
    nowcast : Nowcast, optional
        Of the year after the history's last.

    Returns
    -------
    Forecast
        Each year's log is a Student-t with n - 1 degrees of freedom, n the number of yearly steps,
        centred on the last and as wide as the steps' standard deviation (at least 0.02) times the
        root of the years ahead.

    Raises
    ------
    ValueError
        If the history is too short or not in order, the horizon or number of paths is below one,
        or the nowcast is of another year.
    TypeError
        If the horizon is not a whole number or `rng` is neither int nor Generator.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": range(2015, 2022),
    ...     "turnover_musd": [173.2, 267.8, 95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> naive(pair, horizon=6).summary(1000)
    'naive from 2021: US$250m in 2027, 80 % between 27 and 2,302. US$1,000m: 20.2% in 2027, 29.5% \
ever by then (Monte Carlo error 0.3%).'
    """
    start = started(history, horizon, n_paths, rng, nowcast, least=3)
    steps = np.diff(start.logs)
    scale = _scale(start, steps, n_paths)
    noise = scale[:, None] * start.draws.standard_normal((n_paths, start.horizon))
    return finished("naive", start, start.logs[-1] + np.cumsum(noise, axis=1))


def walk_chance(
    history: pd.DataFrame, values: Floats, *, year: int, nowcast: Nowcast | None = None
) -> Floats:
    """Probability by `naive`, in closed form, that turnover in a year is at least each value."""
    start = started(history, year - int(history["year"].max()), 1, 0, nowcast, least=3)
    steps, goals = np.diff(start.logs), np.log(check_goals(values))
    ahead = start.horizon - (nowcast is not None)
    if nowcast is not None and not ahead:
        return nowcast.chance(values)
    leads = np.zeros(1) if nowcast is None else nowcast.leads()
    width = max(float(steps.std(ddof=1)), LEAST_SPREAD) * math.sqrt(ahead)
    scores = (goals[:, None] - leads - start.logs[-1]) / width
    return np.asarray(student_tail(scores, steps.size - 1).mean(axis=1))


def drift(
    history: pd.DataFrame,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Random walk in logs with the mean growth of the past, itself uncertain.

    Parameters
    ----------
    history, horizon, n_paths, rng, nowcast
        As for `naive`.

    Returns
    -------
    Forecast
        Each year's log is a Student-t with n - 1 degrees of freedom, centred on the last plus h
        mean steps, with scale s * sqrt(h + h^2 / n).

    Raises
    ------
    ValueError, TypeError
        As `naive`.

    References
    ----------
    Hyndman, R. J. and Athanasopoulos, G. (2021), *Forecasting: principles and practice*, 3rd ed.,
    section 5.5, with the t in place of the normal.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": [2018, 2019, 2020, 2021], "turnover_musd": [1.0, 2, 4, 8.1]})
    >>> drift(pair, horizon=1).interval().round(1).iloc[0].tolist()
    [2022.0, 15.6, 16.3, 17.0]
    """
    start = started(history, horizon, n_paths, rng, nowcast, least=3)
    steps = np.diff(start.logs)
    scale = _scale(start, steps, n_paths)
    mean = steps.mean() + scale * start.draws.standard_normal(n_paths) / math.sqrt(steps.size)
    noise = scale[:, None] * start.draws.standard_normal((n_paths, start.horizon))
    return finished("drift", start, start.logs[-1] + np.cumsum(mean[:, None] + noise, axis=1))


def damped_trend(
    history: pd.DataFrame,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Exponential smoothing of logs with additive errors and a damped trend (statsmodels ETS).

    Parameters
    ----------
    history, horizon, n_paths, rng, nowcast
        As for `naive`; at least eight years, not all equal.

    Returns
    -------
    Forecast
        Median path as statsmodels', shocks normal with the fit's residual variance.

    Raises
    ------
    ValueError, TypeError
        As `naive`; also if all years are equal.
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
    >>> len(damped_trend(pair, horizon=6).years)
    6
    """
    start = started(history, horizon, n_paths, rng, nowcast, least=8, varying=True)
    model = needs("statsmodels.tsa.exponential_smoothing.ets", "models").ETSModel(
        start.logs, error="add", trend="add", damped_trend=True
    )
    fit = _fit(model)
    level, slope, damping = (
        fit.params[fit.param_names.index(name)]
        for name in ("smoothing_level", "smoothing_trend", "damping_trend")
    )
    # A shock moves the level by `level` and, ever less, the trend by `slope`.
    lasting = level + slope * np.cumsum(damping ** np.arange(1, start.horizon))
    effect = np.concatenate([[1.0], lasting])
    noise = math.sqrt(fit.scale) * start.draws.standard_normal((n_paths, start.horizon))
    return finished("damped_trend", start, fit.forecast(start.horizon) + noise @ _lagged(effect))


def local_trend(
    history: pd.DataFrame,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Level and trend that both wander, in logs (statsmodels UnobservedComponents).

    Parameters
    ----------
    history, horizon, n_paths, rng, nowcast
        As for `naive`; at least eight years, not all equal.

    Returns
    -------
    Forecast
        Mean path as statsmodels', states and shocks normal as fitted.

    Raises
    ------
    ValueError, TypeError
        As `naive`; also if all years are equal.
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
    >>> len(local_trend(pair, horizon=6).years)
    6
    """
    start = started(history, horizon, n_paths, rng, nowcast, least=8, varying=True)
    model = needs("statsmodels.tsa.statespace.structural", "models").UnobservedComponents(
        start.logs, "local linear trend"
    )
    fit = _fit(model)
    irregular, level_sd, trend_sd = np.sqrt(fit.params)
    mean, covariance = fit.predicted_state[:, -1], fit.predicted_state_cov[:, :, -1]
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    state = mean + start.draws.standard_normal((n_paths, 2)) @ root.T
    shocks = start.draws.standard_normal((3, n_paths, start.horizon))
    trend = state[:, 1:] + trend_sd * _before(shocks[0])
    level = state[:, :1] + _before(trend + level_sd * shocks[1])
    return finished("local_trend", start, level + irregular * shocks[2])


def theta(
    history: pd.DataFrame,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Theta method on logs: half the linear trend, and exponential smoothing (statsmodels).

    Parameters
    ----------
    history, horizon, n_paths, rng, nowcast
        As for `naive`; at least eight years, not all equal.

    Returns
    -------
    Forecast
        Median path and one-step variance as statsmodels'. A shock stays with the weight of the
        smoothing, so that the variance h years ahead is s^2 (1 + (h - 1) alpha^2), as for
        exponential smoothing with drift; statsmodels' own intervals use 1 + (alpha - 1)^2 in place
        of alpha^2 and are wider where alpha is small.

    Raises
    ------
    ValueError, TypeError
        As `naive`; also if all years are equal.
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
    >>> len(theta(pair, horizon=6).years)
    6
    """
    start = started(history, horizon, n_paths, rng, nowcast, least=8, varying=True)
    module = needs("statsmodels.tsa.forecasting.theta", "models")
    fit = _fit(module.ThetaModel(pd.Series(start.logs), period=1, deseasonalize=False))
    effect = np.concatenate([[1.0], np.full(start.horizon - 1, fit.params["alpha"])])
    sigma = math.sqrt(_quietly(lambda: fit.sigma2))
    noise = sigma * start.draws.standard_normal((n_paths, start.horizon))
    point = np.asarray(fit.forecast(start.horizon))
    return finished("theta", start, point + noise @ _lagged(effect))


FORECASTERS: dict[str, Callable[..., Forecast]] = {
    "naive": naive, "drift": drift, "damped_trend": damped_trend,
    "local_trend": local_trend, "theta": theta,
}  # fmt: skip


def _scale(start: Start, steps: Floats, n_paths: int) -> Floats:
    """One standard deviation a path, so that its sums are Student-t."""
    n = steps.size
    spread = max(float(steps.std(ddof=1)), LEAST_SPREAD)
    return spread * np.sqrt((n - 1) / start.draws.chisquare(n - 1, n_paths))


def _lagged(effect: Floats) -> Floats:
    """Matrix that carries the shock of each year into the later ones."""
    n = effect.size
    lag = np.arange(n)[None, :] - np.arange(n)[:, None]
    return np.where(lag >= 0, effect[np.maximum(lag, 0)], 0.0)


def _before(shocks: Floats) -> Floats:
    """Sum of the shocks before each year."""
    return np.cumsum(shocks, axis=1) - shocks


def _fit(model: Any) -> Any:
    """Fit without chatter: short series often end on a bound, which is no news here."""
    return _quietly(lambda: model.fit(disp=0))


def _quietly(call: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()
