"""One history in, a distribution of futures out: the simple projections every reader knows.

All forecasters work on logarithms and share one signature. They return sample paths, so that "in
2027" and "ever by 2027" come from the same futures. With a nowcast, models are fitted to the
history and the nowcast's median, and each path starts at its own draw of it and keeps that lead.

They are comparisons. On thousands of country pairs the last three lose to the first (see
`tradelib.backtest` and the notebook ``05_forecast``).
"""

import inspect
import math
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.ground.numbers import Floats, needs, student_tail
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.outlook.paths import Forecast, Start, check_goals, finished, started

# Below two percent a year no recorded series is so quiet: equal years were copied, not observed.
LEAST_SPREAD = 0.02
# Years that a model of level, trend and damping needs.
FITTED = 8


Forecaster: TypeAlias = Callable[..., Forecast]
CALL = """

Parameters
----------
history : DataFrame, ``year``, ``turnover_musd`` (US$ million), at least {least} years without gaps
horizon : int, years ahead of the last full year, from 1; with a nowcast its year is the first
n_paths : int, sample paths
rng : int or Generator, source of randomness
nowcast : Nowcast, optional, of the year after the history's last

Returns
-------
Forecast

Raises
------
InputError
    If the history is too short, all alike where a model is fitted, or not in order, the horizon or
    number of paths is below one, or the nowcast is of another year.
ImportError
    If it fits a model and statsmodels is not installed (the ``models`` extra).
{references}
Examples
--------
>>> pair = pd.DataFrame({{"year": range(2012, 2022), "turnover_musd": [
...     324.4, 376.9, 466.7, 173.2, 267.8, 95.8, 98.1, 145.9, 128.0, 254.2]}})
>>> {name}(pair, horizon=6).years[-1]
2027
"""


def _forecaster(*, least: int) -> Callable[[Callable[[Start], Floats]], Forecaster]:
    """A kernel of log paths from a start as a forecaster of histories of so many years or more."""

    def wrapped(kernel: Callable[[Start], Floats]) -> Forecaster:
        name = kernel.__name__

        def made(
            history: History,
            *,
            horizon: int,
            n_paths: int = 20_000,
            rng: int | np.random.Generator = 0,
            nowcast: Nowcast | None = None,
        ) -> Forecast:
            start = started(
                history, horizon, n_paths, rng, nowcast, least=least, varying=least == FITTED
            )
            return finished(name, start, kernel(start))

        made.__name__ = made.__qualname__ = name
        text, *source = inspect.cleandoc(kernel.__doc__ or "").split("\nReferences\n")
        references = f"\nReferences\n{source[0]}\n" if source else ""
        made.__doc__ = text + CALL.format(least=least, name=name, references=references)
        return validated(made)

    return wrapped


@_forecaster(least=3)
def naive(start: Start) -> Floats:
    """Random walk in logs without drift: next year is like this year, give or take.

    Each year's log is a Student-t with n - 1 degrees of freedom, n the number of yearly steps,
    centred on the last and as wide as the steps' standard deviation (at least 0.02) times the root
    of the years ahead.
    """
    scale = _scale(start, np.diff(start.logs))
    return np.asarray(start.logs[-1] + np.cumsum(scale[:, None] * _normal(start), axis=1))


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


@_forecaster(least=3)
def drift(start: Start) -> Floats:
    """Random walk in logs with the mean growth of the past, itself uncertain.

    Each year's log is a Student-t with n - 1 degrees of freedom, centred on the last plus h mean
    steps, with scale s * sqrt(h + h^2 / n).

    References
    ----------
    Hyndman, R. J. and Athanasopoulos, G. (2021), *Forecasting: principles and practice*, 3rd ed.,
    section 5.5, with the t in place of the normal.
    """
    steps = np.diff(start.logs)
    scale = _scale(start, steps)
    mean = steps.mean() + scale * start.draws.standard_normal(start.n_paths) / math.sqrt(steps.size)
    noise = scale[:, None] * _normal(start)
    return np.asarray(start.logs[-1] + np.cumsum(mean[:, None] + noise, axis=1))


@_forecaster(least=FITTED)
def damped_trend(start: Start) -> Floats:
    """Exponential smoothing of logs with additive errors and a damped trend (statsmodels ETS).

    Median path as statsmodels', shocks normal with the fit's residual variance.

    References
    ----------
    Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008), *Forecasting with
    exponential smoothing*, model ETS(A,Ad,N), chapters 2 and 6.
    """
    module = needs("statsmodels.tsa.exponential_smoothing.ets", "models")
    fit = _quietly(module.ETSModel(start.logs, trend="add", damped_trend=True).fit, disp=0)
    names = ("smoothing_level", "smoothing_trend", "damping_trend")
    level, slope, damping = (fit.params[fit.param_names.index(name)] for name in names)
    # A shock moves the level by `level` and, ever less, the trend by `slope`.
    lasting = level + slope * np.cumsum(damping ** np.arange(1, start.horizon))
    effect = np.concatenate([[1.0], lasting])
    noise = math.sqrt(fit.scale) * _normal(start)
    return np.asarray(fit.forecast(start.horizon) + noise @ _lagged(effect))


@_forecaster(least=FITTED)
def local_trend(start: Start) -> Floats:
    """Level and trend that both wander, in logs (statsmodels UnobservedComponents).

    Mean path as statsmodels', states and shocks normal as fitted.

    References
    ----------
    Harvey, A. C. (1989), *Forecasting, structural time series models and the Kalman filter*,
    section 2.3.
    """
    module = needs("statsmodels.tsa.statespace.structural", "models")
    fit = _quietly(module.UnobservedComponents(start.logs, "local linear trend").fit, disp=0)
    irregular, level_sd, trend_sd = np.sqrt(fit.params)
    mean, covariance = fit.predicted_state[:, -1], fit.predicted_state_cov[:, :, -1]
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    state = mean + start.draws.standard_normal((start.n_paths, 2)) @ root.T
    shocks = start.draws.standard_normal((3, start.n_paths, start.horizon))
    trend = state[:, 1:] + trend_sd * _before(shocks[0])
    level = state[:, :1] + _before(trend + level_sd * shocks[1])
    return np.asarray(level + irregular * shocks[2])


@_forecaster(least=FITTED)
def theta(start: Start) -> Floats:
    """Theta method on logs: half the linear trend, and exponential smoothing (statsmodels).

    Median path and one-step variance as statsmodels'. A shock stays with the weight of the
    smoothing, so that the variance h years ahead is s^2 (1 + (h - 1) alpha^2), as for exponential
    smoothing with drift; statsmodels' own intervals use 1 + (alpha - 1)^2 in place of alpha^2 and
    are wider where alpha is small.

    References
    ----------
    Hyndman, R. J. and Billah, B. (2003), Unmasking the Theta method, *International Journal of
    Forecasting* 19, doi:10.1016/S0169-2070(01)00143-1.
    """
    module = needs("statsmodels.tsa.forecasting.theta", "models")
    fit = _quietly(module.ThetaModel(pd.Series(start.logs), deseasonalize=False).fit)
    effect = np.concatenate([[1.0], np.full(start.horizon - 1, fit.params["alpha"])])
    noise = math.sqrt(_quietly(lambda: fit.sigma2)) * _normal(start)
    return np.asarray(fit.forecast(start.horizon)) + noise @ _lagged(effect)


FORECASTERS: dict[str, Forecaster] = {
    "naive": naive,
    "drift": drift,
    "damped_trend": damped_trend,
    "local_trend": local_trend,
    "theta": theta,
}


def _scale(start: Start, steps: Floats) -> Floats:
    """One standard deviation a path, so that its sums are Student-t."""
    n = steps.size
    spread = max(float(steps.std(ddof=1)), LEAST_SPREAD)
    return spread * np.sqrt((n - 1) / start.draws.chisquare(n - 1, start.n_paths))


def _normal(start: Start) -> Floats:
    """A standard normal shock a path and year."""
    return start.draws.standard_normal((start.n_paths, start.horizon))


def _lagged(effect: Floats) -> Floats:
    """Matrix that carries the shock of each year into the later ones."""
    years = np.arange(effect.size)
    return np.triu(effect[np.abs(years - years[:, None])])


def _before(shocks: Floats) -> Floats:
    """Sum of the shocks before each year."""
    return np.cumsum(shocks, axis=1) - shocks


def _quietly(call: Callable[..., Any], **options: Any) -> Any:
    """Without chatter: the fit of a short series often ends on a bound, which is no news here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(**options)
