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
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground import flows
from tradelib.ground.numbers import generator, tail
from tradelib.science.outlook.nowcast import Nowcast

__all__ = [
    "FORECASTERS",
    "Forecast",
    "damped_trend",
    "drift",
    "drift_quantiles",
    "local_trend",
    "naive",
    "naive_quantiles",
    "pooled_quantiles",
    "theta",
]

Floats = NDArray[np.float64]
LEAST_SPREAD = 0.02
FEW = 100
LEVELS = (50, 80, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Sample paths of a pair's turnover.

    Parameters
    ----------
    name : str
        The forecaster.
    origin : int
        Last full year known.
    last_musd : float
        Turnover of that year, US$ million.
    years : tuple of int, length n_years
        Years ahead, from `origin` + 1.
    paths : ndarray, shape (n_paths, n_years)
        US$ million.
    """

    name: str
    origin: int
    last_musd: float
    years: tuple[int, ...]
    paths: Floats

    def quantile(self, probability: ArrayLike) -> Floats:
        """Quantiles of each year, shape (..., n_years), US$ million.

        Raises
        ------
        ValueError
            If a probability is not between 0 and 1.
        """
        p = np.asarray(probability, float)
        if not ((p > 0) & (p < 1)).all():
            raise ValueError(f"a quantile needs probabilities between 0 and 1, got {p.tolist()}")
        return np.asarray(np.quantile(self.paths, p, axis=0))

    def interval(self, level: float = 80) -> pd.DataFrame:
        """Central interval and median of each year: ``year``, ``low``, ``median``, ``high``.

        Raises
        ------
        ValueError
            If the level is not a percentage between 0 and 100.
        """
        beyond = tail(level)
        low, median, high = self.quantile([beyond, 0.5, 1 - beyond])
        return pd.DataFrame({"year": self.years, "low": low, "median": median, "high": high})

    def probability(self, at_least: float, *, year: int, ever: bool = False) -> float:
        """Probability that turnover is at least so large in a year, or ever by it.

        Parameters
        ----------
        at_least : float
            US$ million.
        year : int
            One of `years`.
        ever : bool
            Whether any year up to `year` counts; years up to the origin never do.

        Returns
        -------
        float
            Share of the paths; 0 or 1 only says that no path in so many did otherwise.

        Raises
        ------
        ValueError
            If the value is not positive and finite, or the year is not forecast.
        """
        self._check(at_least)
        if year not in self.years:
            raise ValueError(f"{year} is not forecast; there are {self.years[0]}-{self.years[-1]}")
        column = self.years.index(year)
        start = 0 if ever else column
        return float((self.paths[:, start : column + 1] >= at_least).any(axis=1).mean())

    def standard_error(self, probability: float) -> float:
        """Monte Carlo error of a probability read from the paths, never zero.

        References
        ----------
        Agresti, A. and Coull, B. A. (1998), Approximate is better than "exact" for interval
        estimation of binomial proportions, *American Statistician* 52.
        """
        n = len(self.paths)
        p = (probability * n + 1) / (n + 2)
        return math.sqrt(p * (1 - p) / (n + 2))

    def first_passage(self, at_least: float) -> pd.DataFrame:
        """Probability of first reaching a value in each year: ``year``, ``first``, ``by``.

        Raises
        ------
        ValueError
            If the value is not positive and finite.
        """
        self._check(at_least)
        by = np.maximum.accumulate(self.paths >= at_least, axis=1).mean(axis=0)
        return pd.DataFrame({"year": self.years, "first": np.diff(by, prepend=0.0), "by": by})

    def to_frame(self) -> pd.DataFrame:
        """Tidy quantiles: ``forecaster``, ``origin``, ``year``, ``probability``, ``value_musd``."""
        levels = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
        return pd.DataFrame(
            {
                "forecaster": self.name,
                "origin": self.origin,
                "year": np.repeat(self.years, levels.size),
                "probability": np.tile(levels, len(self.years)),
                "value_musd": self.quantile(levels).T.ravel(),
            }
        )

    def summary(self, at_least: float | None = None) -> str:
        """Say in plain words where the last year lies, and how likely a value is by then."""
        last = self.interval(80).iloc[-1]
        words = (
            f"{self.name} from {self.origin}: US${last['median']:,.0f}m in {self.years[-1]}, 80 % "
            f"between {last['low']:,.0f} and {last['high']:,.0f}."
        )
        if at_least is None:
            return words
        inside = self.probability(at_least, year=self.years[-1])
        ever = self.probability(at_least, year=self.years[-1], ever=True)
        return (
            f"{words} US${at_least:,.0f}m: {inside:.1%} in {self.years[-1]}, {ever:.1%} ever by "
            f"then (Monte Carlo error {self.standard_error(inside):.1%})."
        )

    @staticmethod
    def _check(at_least: float) -> None:
        if not (math.isfinite(at_least) and at_least > 0):
            raise ValueError(f"a value to reach is positive and finite, got {at_least}")


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
    model = statsmodels_part("tsa.exponential_smoothing.ets").ETSModel(
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
    model = statsmodels_part("tsa.statespace.structural").UnobservedComponents(
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
    module = statsmodels_part("tsa.forecasting.theta")
    fit = _fit(module.ThetaModel(pd.Series(start.logs), period=1, deseasonalize=False))
    effect = np.concatenate([[1.0], np.full(start.horizon - 1, fit.params["alpha"])])
    sigma = math.sqrt(_quietly(lambda: fit.sigma2))
    noise = sigma * start.draws.standard_normal((n_paths, start.horizon))
    point = np.asarray(fit.forecast(start.horizon))
    return finished("theta", start, point + noise @ _lagged(effect))


FORECASTERS: dict[str, Callable[..., Forecast]] = {
    "naive": naive,
    "drift": drift,
    "damped_trend": damped_trend,
    "local_trend": local_trend,
    "theta": theta,
}


def naive_quantiles(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
    """Quantiles of `naive` for many pairs at once, in closed form.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        US$ million; columns are consecutive years up to the origin, NaN where unknown; the last is
        known, and two steps between neighbouring years at least.
    horizons : array_like of int, shape (n_horizons,)
        Years ahead, from 1.
    quantiles : array_like, shape (n_quantiles,)
        Probabilities between 0 and 1.

    Returns
    -------
    ndarray, shape (n_pairs, n_horizons, n_quantiles)
        US$ million.

    Raises
    ------
    ValueError
        If a pair has too few steps or no last year, or horizons or quantiles are out of range.

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 2.0, 4.0, 8.0]], index=["AAA-BBB"], columns=range(4))
    >>> naive_quantiles(wide, horizons=[1], quantiles=[0.5]).round(6).tolist()
    [[[8.0]]]
    """
    last, steps, h, p = _wide(history, horizons, quantiles)
    n, spread = _spread(steps)
    return _student(last, spread[:, None] * np.sqrt(h), n - 1, p)


def drift_quantiles(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
    """Quantiles of `drift` for many pairs at once, in closed form.

    Parameters
    ----------
    history, horizons, quantiles
        As for `naive_quantiles`.

    Returns
    -------
    ndarray, shape (n_pairs, n_horizons, n_quantiles)
        US$ million.

    Raises
    ------
    ValueError
        As `naive_quantiles`.

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 2.0, 4.0, 8.0]], index=["AAA-BBB"], columns=range(4))
    >>> drift_quantiles(wide, horizons=[1, 2], quantiles=[0.5]).round(6).tolist()
    [[[16.0], [32.0]]]
    """
    last, steps, h, p = _wide(history, horizons, quantiles)
    n, spread = _spread(steps)
    mean = np.nanmean(steps, axis=1)
    centre = last[:, None] + mean[:, None] * h
    return _student(centre, spread[:, None] * np.sqrt(h + h**2 / n[:, None]), n - 1, p)


def pooled_quantiles(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
    """Quantiles of all past growth over as many years, in the same size and volatility class.

    Five classes of size and three of volatility, cut from `history` itself; where a class holds
    fewer than a hundred windows, `naive_quantiles`.

    Parameters
    ----------
    history, horizons, quantiles
        As for `naive_quantiles`.

    Returns
    -------
    ndarray, shape (n_pairs, n_horizons, n_quantiles)
        US$ million.

    Raises
    ------
    ValueError
        As `naive_quantiles`.

    Examples
    --------
    >>> wide = pd.DataFrame(np.exp(np.ones((400, 1)) * np.arange(6)), index=range(400))
    >>> pooled_quantiles(wide, horizons=[1], quantiles=[0.5])[0].round(1).tolist()
    [[403.4]]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What every forecaster begins with."""

    origin: int
    last_musd: float
    logs: Floats
    horizon: int
    lead: Floats | None
    draws: np.random.Generator


def started(
    history: pd.DataFrame,
    horizon: int,
    n_paths: int,
    rng: int | np.random.Generator,
    nowcast: Nowcast | None,
    *,
    least: int,
    varying: bool = False,
) -> Start:
    series = flows.history(history)
    for name, value in (("horizon", horizon), ("n_paths", n_paths)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer):
            raise TypeError(f"{name} is a whole number, got {value!r}")
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    if len(series) < least:
        raise ValueError(f"this forecaster needs at least {least} years, got {len(series)}")
    if varying and series.min() == series.max():
        raise ValueError(f"all {len(series)} years are equal: no model can be fitted; use naive")
    origin, draws, lead = int(series.index[-1]), generator(rng), None
    logs = np.log(series.to_numpy())
    if nowcast is not None:
        if nowcast.year != origin + 1:
            raise ValueError(f"the nowcast must be of {origin + 1}, got {nowcast.year}")
        centre = math.log(nowcast.median_musd)
        lead = np.log(nowcast.sample(n_paths, rng=draws)) - centre
        logs = np.append(logs, centre)
    return Start(
        origin=origin,
        last_musd=float(series.iloc[-1]),
        logs=logs,
        horizon=int(horizon),
        lead=lead,
        draws=draws,
    )


def finished(name: str, start: Start, logs: Floats) -> Forecast:
    """Paths of logs as a Forecast; with a nowcast, its year in front and its lead throughout."""
    if start.lead is not None:
        logs = logs[:, : start.horizon - 1]
        first = np.full((len(logs), 1), start.logs[-1])
        logs = np.concatenate([first, logs], axis=1) + start.lead[:, None]
    years = tuple(range(start.origin + 1, start.origin + 1 + logs.shape[1]))
    return Forecast(
        name=name,
        origin=start.origin,
        last_musd=start.last_musd,
        years=years,
        paths=np.exp(logs),
    )


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


def _wide(
    history: pd.DataFrame, horizons: ArrayLike, quantiles: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    h, p = np.asarray(horizons, float), np.asarray(quantiles, float)
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
    n = np.isfinite(steps).sum(axis=1)
    return n, np.maximum(np.nanstd(steps, axis=1, ddof=1), LEAST_SPREAD)


def _student(centre: Floats, scale: Floats, df: NDArray[np.intp], p: Floats) -> Floats:
    from scipy.stats import t

    quantile = t.ppf(p[None, :], df[:, None])
    middle = centre[:, None] if centre.ndim == 1 else centre
    return np.asarray(np.exp(middle[..., None] + scale[..., None] * quantile[:, None, :]))


def _fit(model: Any) -> Any:
    """Fit without chatter: short series often end on a bound, which is no news here."""
    return _quietly(lambda: model.fit(disp=0))


def _quietly(call: Callable[[], Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


def statsmodels_part(module: str) -> Any:
    """A module of statsmodels, imported when first used.

    Raises
    ------
    ImportError
        If statsmodels is not installed (the ``models`` extra).
    """
    from importlib import import_module

    try:
        return import_module(f"statsmodels.{module}")
    except ImportError as error:
        raise ImportError("this needs: pip install tradelib[models]") from error
