"""The growth model on one history: the distribution of each coming year.

A probability *in* a year is read off the year's own quantiles: no random draw is in it. Paths join
the years by a normal copula with the model's memory; they say what is *ever* reached by a year.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.core import checks, flows
from tradelib.core.convert import History
from tradelib.core.errors import NoAnswerError
from tradelib.core.labels import DOLLAR, Displayable, heading, money
from tradelib.core.numeric import Floats, at_least, generator
from tradelib.core.validation import validated
from tradelib.science.forecasting.exchange import Exchange
from tradelib.science.forecasting.forecast import (
    Forecast,
    check_counts,
    check_goals,
    check_nowcast,
)
from tradelib.science.forecasting.growth_model import (
    LONGEST,
    MAX_HORIZON,
    GrowthModel,
    checked_horizons,
    cycle_at,
    logs_of,
)
from tradelib.science.forecasting.nowcast import Nowcast
from tradelib.science.forecasting.predictors import (
    FLOOR_MUSD,
    Bools,
    Signals,
    kinds,
    problems,
    signals,
)

# Standard scores at which quantiles are kept, a hundredth apart: readers see nothing finer.
NORMAL = np.linspace(-4.5, 4.5, 901)
UNIFORM = np.array([NormalDist().cdf(z) for z in NORMAL])
# Positions of the scores -1, 0 and 1.
WITHIN_ONE = np.searchsorted(NORMAL, (-1, 0, 1))

# Paths whose draws are kept in memory: two megabytes, and a Monte Carlo error of a tenth to a fifth
# of a percentage point.
KEPT_DRAWS = 20_000
# Least share of a pair's variance that is left within one era: differences between eras are not all
# that moves a calm pair.
LEAST_KEPT = 0.25
# Equally likely values over which a mean is taken.
SLICES = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outlook(Displayable):
    """The growth model's forecast of a pair's turnover in each coming year.

    Its money is millions of `currency`.

    Parameters
    ----------
    name : str
        Name of the forecaster, ``"panel_growth"``.
    kind : str
        What the forecast rests on, a key of `tradelib.predictors.KINDS`.
    origin : int
        Last full year known.
    last_musd : float
        Turnover of that year, million.
    logs : ndarray
        Quantiles of the log of turnover (million), shape (10, 901): 1 to 10 years after
        `first`, at 901 standard scores from -4.5 to 4.5.
    memory : tuple of float
        How shocks over different horizons correlate (`GrowthModel.memory`).
    nowcast : Nowcast, optional
        Distribution of the year after `origin`, from which growth then starts; of US dollars alone.
    currency : str
        ISO 4217 code.
    """

    name: str
    kind: str
    origin: int
    last_musd: float
    logs: Floats
    memory: tuple[float, float]
    nowcast: Nowcast | None = None
    currency: str = DOLLAR

    @property
    def first(self) -> int:
        """Year that growth starts from: the nowcast's, or the origin without one."""
        return self.origin + (self.nowcast is not None)

    @property
    def years(self) -> range:
        """The ten years after the origin."""
        return range(self.origin + 1, self.origin + 1 + MAX_HORIZON)

    def summary(self) -> str:
        """Say in plain words what the medians of the first and the last year are.

        Returns
        -------
        str
            One sentence.
        """
        first = self.first + 1
        last = self.years[-1]
        soon = money(float(self.quantile(0.5, first)), self.currency)
        late = money(float(self.quantile(0.5, last)), self.currency)
        return (
            f"{heading(self.name)}, with data to {self.origin}: as likely as not "
            f"{soon} in {first} and {late} in {last} or more."
        )

    @validated
    def chance(self, values: ArrayLike, year: int) -> Floats:
        """Give the probability that turnover in a year is at least each value.

        Parameters
        ----------
        values : array_like of float
            Values to reach, million, positive.
        year : int
            A year that the model forecasts: the nowcast's, or 1 to 10 years after `first`.

        Returns
        -------
        ndarray
            Probabilities, shape (n_values,).
        """
        goals = np.log(check_goals(values))
        if self.nowcast is not None and year == self.nowcast.year:
            return self.nowcast.chance(np.exp(goals))
        curve = self.logs[self._ahead(year) - 1]
        growth_needed = goals[:, None] - self._deviations()
        return np.asarray(at_least(growth_needed, curve, UNIFORM).mean(axis=1))

    @validated
    def quantile(self, probability: ArrayLike, year: int) -> Floats:
        """Give the turnover of a year that is not exceeded with each probability.

        Parameters
        ----------
        probability : float or array_like of float
            Probabilities between 0 and 1.
        year : int
            A year that the model forecasts: the nowcast's, or 1 to 10 years after `first`.

        Returns
        -------
        ndarray
            Quantiles, million, in the shape of `probability`.
        """
        p = np.asarray(probability, float)
        if self.nowcast is None:
            curve = self.logs[self._ahead(year) - 1]
            return np.asarray(np.exp(np.interp(p, UNIFORM, curve)))
        if year == self.nowcast.year:
            return self.nowcast.quantiles(p.ravel()).reshape(p.shape)
        curve = self.logs[self._ahead(year) - 1]
        deviations = self._deviations()
        low = curve[0] + deviations.min()
        high = curve[-1] + deviations.max()
        grid = np.linspace(low, high, 4 * NORMAL.size)
        not_exceeded = 1 - self.chance(np.exp(grid), year)
        return np.asarray(np.exp(np.interp(p, not_exceeded, grid)))

    @validated
    def shortfall(self, value: float, year: int) -> float:
        """Give the mean amount that is lacking in a year if a value is not reached.

        Parameters
        ----------
        value : float
            Value to reach, million.
        year : int
            A year that the model forecasts: the nowcast's, or 1 to 10 years after `first`.

        Returns
        -------
        float
            Million; zero if the value is always reached.
        """
        likely = self.quantile((np.arange(SLICES) + 0.5) / SLICES, year)
        lacking = value - likely[likely < value]
        return float(lacking.mean()) if lacking.size else 0.0

    @validated
    def passage(self, value: float) -> Floats:
        """Give the probability that a value was ever reached by each of `years`.

        It is the share of the draws of `paths` that reach the value: those whose shock in a year is
        at or above the standard score of the value.

        Parameters
        ----------
        value : float
            Value to reach, million, positive.

        Returns
        -------
        ndarray
            Probabilities, shape (10,).
        """
        goal = float(np.log(check_goals([value]))[0])
        deviation = np.zeros(1)
        reached = np.zeros(KEPT_DRAWS, bool)
        chances = []
        if self.nowcast is not None:
            nowcast_logs, deviation = _nowcast_draws(self.nowcast, _draws(KEPT_DRAWS, 0))
            reached = nowcast_logs >= goal
            chances.append(np.count_nonzero(reached) / KEPT_DRAWS)
        shocks = _usual_shocks(self.memory, self.first - self.origin)
        for shock, curve in zip(shocks, self.logs, strict=False):
            score = np.interp(goal - deviation, curve, NORMAL, left=-np.inf, right=np.inf)
            reached = reached | (shock >= score)
            chances.append(np.count_nonzero(reached) / KEPT_DRAWS)
        return np.array(chances)

    @validated
    def paths(
        self, horizon: int, *, n_paths: int = 20_000, rng: int | np.random.Generator = 0
    ) -> Forecast:
        """Draw sample paths of the years after the origin.

        Parameters
        ----------
        horizon : int
            Years after the origin, 1 to 10; with a nowcast, its year is the first and 11 the most.
        n_paths : int
            Number of sample paths, from 1.
        rng : int or Generator
            Seed or source of randomness; the same seed gives the same paths.

        Returns
        -------
        Forecast
            Sample paths, million; shape of ``paths``: (n_paths, horizon).
        """
        check_counts(horizon=horizon, n_paths=n_paths)
        start = self.first - self.origin
        years_ahead = horizon - start
        draws = _draws(n_paths, rng)
        logs = np.empty((horizon, n_paths))
        if years_ahead:
            h = checked_horizons(np.arange(1, years_ahead + 1))
            shocks = _root(h, self.memory) @ draws[start : start + years_ahead]
            for row, curve, shock in zip(logs[start:], self.logs, shocks, strict=False):
                row[:] = _read_off(curve, shock)
        if self.nowcast is not None:
            logs[0], deviation = _nowcast_draws(self.nowcast, draws)
            logs[1:] += deviation
        return Forecast(
            name=self.name,
            kind=self.kind,
            origin=self.origin,
            last_musd=self.last_musd,
            years=tuple(range(self.origin + 1, self.origin + 1 + horizon)),
            paths=np.exp(logs).T,
        )

    def _ahead(self, year: int) -> int:
        """Years from `first` to a year; an error if the model does not forecast it."""
        return int(checked_horizons([year - self.first])[0])

    def _deviations(self) -> Floats:
        """`Nowcast.leads` of the nowcast; zero without one."""
        return np.zeros(1) if self.nowcast is None else self.nowcast.leads()


@validated
def outlook(
    history: History,
    *,
    model: GrowthModel,
    nowcast: Nowcast | None = None,
    other_source: bool = False,
    exchange: Exchange | None = None,
) -> Outlook:
    """Forecast one history by the growth model, from the years that are known.

    Parameters
    ----------
    history : DataFrame, Series or mapping
        Turnover by year: ``year`` and ``turnover_musd`` (US$ million, positive; the last year
        US$1m or more). One year is enough; years may be missing, none may come twice.
    model : GrowthModel
        As `tradelib.fit_growth_model` returns it.
    nowcast : Nowcast, optional
        Distribution of the year after the history's last, from which growth then starts.
    other_source : bool
        Whether the last value is of another source than those before it; then no growth is
        computed between them. Of a nowcast its `Nowcast.basis` says it.
    exchange : Exchange, optional
        The rates of another currency, in which the forecast is then told; the history stays in US$
        million, and there is no nowcast.

    Returns
    -------
    Outlook
        Distribution of turnover in each coming year.

    Raises
    ------
    InputError
        If the history is not in order, or the nowcast is of another year.
    NoAnswerError
        If the last value is below US$1m.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> pair = pd.DataFrame({"year": range(2017, 2022),
    ...     "turnover_musd": [95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> outlook(pair, model=growth_model()).chance([100, 1000], 2027).round(2).tolist()
    [0.94, 0.07]
    """
    return outlooks(
        [history],
        model=model,
        nowcasts=[nowcast],
        other_sources=[other_source],
        exchanges=[exchange],
    )[0]


def outlooks(
    histories: Sequence[pd.DataFrame],
    *,
    model: GrowthModel,
    nowcasts: Sequence[Nowcast | None],
    other_sources: Sequence[bool],
    exchanges: Sequence[Exchange | None] = (),
) -> list[Outlook]:
    """`outlook` of many histories in one pass, each the same as it is alone.

    Without `exchanges` all are told in US dollars.
    """
    if not histories:
        return []
    series = [_series(history) for history in histories]
    origins = [int(values.index[-1]) for values in series]
    for origin, nowcast in zip(origins, nowcasts, strict=True):
        check_nowcast(nowcast, origin)
    rows = _rows(series, nowcasts, other_sources)
    from_other = _starts_from_other(nowcasts, other_sources)
    last = [float(values.iloc[-1]) for values in series]
    in_dollars = _forecasts(rows, from_other, origins, last, nowcasts, model)
    if not exchanges:
        return in_dollars
    return [told_in(*pair) for pair in zip(in_dollars, exchanges, strict=True)]


def outlooks_by_year(
    history: pd.DataFrame, other_source: bool, model: GrowthModel
) -> dict[tuple[str, str], Outlook]:
    """`outlook` of many pairs that end in one year, by pair; without those below US$1m in it.

    `history` has a year a row and a pair a column; `other_source` is of the last year of each.
    """
    rows, pairs = _rows_by_year(history)
    from_other = other_source & _has_earlier(rows)
    origin = int(history.index[-1])
    n = len(rows)
    last = rows.iloc[:, -1].tolist()
    found = _forecasts(rows, from_other, [origin] * n, last, [None] * n, model)
    return dict(zip(pairs, found, strict=True))


def _rows_by_year(history: pd.DataFrame) -> tuple[pd.DataFrame, pd.Index]:
    """Table of histories, a row of `LONGEST` years each, and the pairs of its rows."""
    known = history.where(history > 0)
    known = known.loc[:, known.iloc[-1] >= FLOOR_MUSD]
    origin = int(history.index[-1])
    rows = known.reindex(range(origin + 1 - LONGEST, origin + 1)).T
    return rows.set_axis(range(LONGEST), axis=1).reset_index(drop=True), known.columns


def _has_earlier(rows: pd.DataFrame) -> Bools:
    """Whether any year before the last is known, by row."""
    return np.asarray(rows.iloc[:, :-1].notna().any(axis=1))


def _forecasts(
    rows: pd.DataFrame,
    from_other: Bools,
    origins: Sequence[int],
    last: Sequence[float],
    nowcasts: Sequence[Nowcast | None],
    model: GrowthModel,
) -> list[Outlook]:
    """Forecasts in US dollars of a table of histories, in one pass.

    Its last column is the value that growth starts from; with a nowcast that is its median, and
    `last` the turnover of the origin.
    """
    row_signals = signals(rows, size_line=model.size_line, cross=None, other_source=from_other)
    has_nowcast = np.array([nowcast is not None for nowcast in nowcasts])
    start_years = np.array(origins) + has_nowcast
    cycle = np.array([cycle_at(model.cycle, year) for year in start_years])
    row_kinds = kinds(rows, from_other)
    grids = _grids(replace(row_signals, cycle=cycle), model)
    return [
        Outlook(
            name="panel_growth",
            kind=str(row_kinds[i]),
            origin=origins[i],
            last_musd=last[i],
            logs=grids[i],
            memory=model.memory,
            nowcast=nowcasts[i],
        )
        for i in range(len(rows))
    ]


def told_in(forecast: Outlook, exchange: Exchange | None) -> Outlook:
    """A forecast in US dollars, told in another currency; itself without one."""
    if exchange is None:
        return forecast
    if forecast.nowcast is not None:
        raise NoAnswerError(f"months are in US dollars: they tell nothing in {exchange.currency}")
    return replace(
        forecast,
        logs=exchange.told(forecast.logs, forecast.origin, WITHIN_ONE),
        last_musd=forecast.last_musd * exchange.per_usd[forecast.origin],
        currency=exchange.currency,
    )


def as_usual(
    forecast: Outlook,
    history: pd.DataFrame,
    *,
    model: GrowthModel,
    other_source: bool = False,
    exchange: Exchange | None = None,
) -> dict[str, Outlook]:
    """Recompute a forecast with predictors replaced by typical values, one after another.

    Each result keeps the replacements before it. "dollar": there is no dollar cycle. "move": and
    recent growth is that of a pair of which only the last value is known. "volatility": and
    volatility is that of such a pair.
    """
    row = _rows([_series(history)], [forecast.nowcast], [other_source])
    apart = _starts_from_other([forecast.nowcast], [other_source])
    recomputed = {}
    for name, grids in _usual_grids(row, apart, model).items():
        logs = grids[0]
        if exchange is not None:
            logs = exchange.told(logs, forecast.origin, WITHIN_ONE)
        recomputed[name] = replace(forecast, logs=logs)
    return recomputed


def as_usual_by_year(
    forecasts: Mapping[tuple[str, str], Outlook],
    history: pd.DataFrame,
    other_source: bool,
    model: GrowthModel,
) -> dict[str, dict[tuple[str, str], Outlook]]:
    """`as_usual` of the pairs of `outlooks_by_year`: predictors are replaced in all of them."""
    rows, pairs = _rows_by_year(history)
    from_other = other_source & _has_earlier(rows)
    by_name = _usual_grids(rows, from_other, model)
    return {
        name: {
            pair: replace(forecasts[pair], logs=logs)
            for pair, logs in zip(pairs, grids, strict=True)
        }
        for name, grids in by_name.items()
    }


def _usual_grids(rows: pd.DataFrame, from_other: Bools, model: GrowthModel) -> dict[str, Floats]:
    """Quantiles of a table of histories by the predictor that was replaced last."""
    own = signals(rows, size_line=model.size_line, cross=None, other_source=from_other)
    last_value = rows.iloc[:, -1:]
    typical = signals(last_value, size_line=model.size_line, cross=None, other_source=from_other)
    # Signals know of no cycle until it is put in.
    still = replace(own, location=typical.location)
    changed = {"dollar": own, "move": still, "volatility": replace(still, scale=typical.scale)}
    return {name: _grids(row_signals, model) for name, row_signals in changed.items()}


def in_eras(forecast: Outlook, eras: Sequence[Sequence[float]]) -> list[Outlook]:
    """Recompute a forecast for years like the best, middle and worst past eras.

    Medians move by the drift of the era (`GrowthModel.eras`). The variance of the drift between
    eras is taken off the pair's variance, but never more than three quarters of it.
    """
    drifts = np.array(eras)
    low, middle, high = forecast.logs[:, WITHIN_ONE].T
    spread = (high - low) / 2
    variance_left = np.maximum(1 - drifts.var(axis=0) / spread**2, LEAST_KEPT)
    shrink = np.sqrt(variance_left)
    # Quantiles come nearer to the median, which stays.
    narrowed = forecast.logs * shrink[:, None] + (middle * (1 - shrink))[:, None]
    floor = math.log(FLOOR_MUSD)
    by_era = []
    for drift in drifts:
        logs = np.maximum(narrowed + drift[:, None], floor)
        by_era.append(replace(forecast, logs=logs))
    return by_era


def _series(history: History) -> pd.Series:
    """The years of a history in which growth is taken, and its last."""
    if isinstance(history, pd.DataFrame):
        history = checks.growth_history(history)
    return flows.history(history, gaps=True)


def _starts_from_other(nowcasts: Sequence[Nowcast | None], other_sources: Sequence[bool]) -> Bools:
    """Whether the value that growth starts from is of another source than those before it.

    It is the nowcast, or the history's last value without one.
    """
    pairs = zip(nowcasts, other_sources, strict=True)
    return np.array(
        [other if nowcast is None else nowcast.basis.other_source for nowcast, other in pairs],
        dtype=bool,
    )


def _rows(
    series: Sequence[pd.Series],
    nowcasts: Sequence[Nowcast | None],
    other_sources: Sequence[bool],
) -> pd.DataFrame:
    """Table of histories, a row of `LONGEST` years each, up to the start of growth.

    The last column is the last value, or the nowcast's median if there is one. If the last value
    before a nowcast is of another source than those before it, it stays alone if the nowcast is of
    its source, and else is left out itself.
    """
    rows = np.full((len(series), LONGEST), np.nan)
    for row, values, nowcast, other in zip(rows, series, nowcasts, other_sources, strict=True):
        last_column = LONGEST - 1 if nowcast is None else LONGEST - 2
        column = last_column - (values.index[-1] - values.index.to_numpy())
        row[column[column >= 0]] = values.to_numpy()[column >= 0]
        if nowcast is not None:
            row[-1] = nowcast.median_musd
            if other and nowcast.basis.other_source:
                row[-2] = np.nan
            elif other:
                row[:-2] = np.nan
    wide = pd.DataFrame(rows)
    wrong = problems(wide)
    if len(wrong):
        raise NoAnswerError(f"{wrong.iloc[0]}; the growth model cannot forecast it")
    return wide


def _grids(row_signals: Signals, model: GrowthModel) -> Floats:
    """Quantiles of the log of turnover, shape (n, 10, 901), of all rows in one pass."""
    horizons = np.arange(1.0, MAX_HORIZON + 1)
    return logs_of(row_signals, horizons, UNIFORM, model.alone)


def _nowcast_draws(nowcast: Nowcast, draws: Floats) -> tuple[Floats, Floats]:
    """Logs of draws of a nowcast, and the same less the log of its median."""
    logs = np.log(nowcast.shaped(draws[0]))
    return logs, logs - math.log(nowcast.median_musd)


def _draws(n_paths: int, rng: int | np.random.Generator) -> Floats:
    """Standard normals, year by year, so that a longer horizon leaves the earlier years alone."""
    if rng == 0 and not isinstance(rng, bool) and n_paths <= KEPT_DRAWS:
        return _usual_draws(n_paths)
    return generator(rng).standard_normal((MAX_HORIZON + 1, n_paths))


@lru_cache(maxsize=2)
def _usual_draws(n_paths: int) -> Floats:
    """The draws of seed 0, which every verdict needs: kept, shared and read-only."""
    draws = generator(0).standard_normal((MAX_HORIZON + 1, n_paths))
    draws.flags.writeable = False
    return draws


@lru_cache(maxsize=4)
def _usual_shocks(memory: tuple[float, float], start: int) -> Floats:
    """Correlated shocks of the years ahead by seed 0: kept and shared.

    `start` is the number of years between the origin and the year that growth starts from.
    """
    years_ahead = MAX_HORIZON - start
    draws = _draws(KEPT_DRAWS, 0)[start : start + years_ahead]
    shocks = _root(np.arange(1.0, years_ahead + 1), memory) @ draws
    shocks.flags.writeable = False
    return np.asarray(shocks)


def _read_off(curve: Floats, scores: Floats) -> Floats:
    """Interpolate a curve over `NORMAL`, as `np.interp` but faster: the scores are even."""
    per_score = (NORMAL.size - 1) / np.ptp(NORMAL)
    position = ((scores - NORMAL[0]) * per_score).clip(0, NORMAL.size - 1)
    below = np.minimum(position.astype(np.intp), NORMAL.size - 2)
    slope = np.diff(curve)[below]
    return np.asarray(curve[below] + (position - below) * slope)


def _root(h: Floats, memory: tuple[float, float]) -> Floats:
    """Cholesky root of the correlation matrix of shocks over the horizons h.

    With memory c, d the correlation is c (min(h, k) / max(h, k))^d, and 1 on the diagonal.
    """
    ratio = np.minimum.outer(h, h) / np.maximum.outer(h, h)
    correlation = memory[0] * ratio ** memory[1]
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(np.linalg.cholesky(correlation))
