"""The growth model on one history: the distribution of each coming year, exact, and its paths.

A probability *in* a year is read off the year's own quantiles: no draw is in it. Paths join the
years by a normal copula with the model's memory; they say what is *ever* reached by a year.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.ground import flows
from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.ground.errors import NoAnswerError
from tradelib.ground.numbers import Floats, at_least, generator
from tradelib.ground.plain import Displayable, heading, money
from tradelib.science.outlook.growth_model import (
    LONGEST,
    MAX_HORIZON,
    GrowthModel,
    checked_horizons,
    cycle_at,
    logs_of,
)
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.outlook.paths import Forecast, check_counts, check_goals, check_nowcast
from tradelib.science.outlook.signals import FLOOR_MUSD, Bools, Signals, kinds, problems, signals

# Standard scores at which quantiles are kept, a hundredth apart: no reader sees finer.
NORMAL = np.linspace(-4.5, 4.5, 901)
UNIFORM = np.array([NormalDist().cdf(z) for z in NORMAL])
# Where they are -1, 0 and 1.
WITHIN_ONE = np.searchsorted(NORMAL, (-1, 0, 1))

# Paths whose draws are kept: two megabytes, and a probability of a tenth to a fifth of a point.
KEPT = 20_000
# Least share of a pair's variance that stays in one era: eras are not all that moves calm pairs.
LEAST_KEPT = 0.25
# Equally likely values that a mean is taken over.
SLICES = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outlook(Displayable):
    """Turnover of one pair in each of the coming years, as the growth model has it.

    Attributes
    ----------
    name : str, ``"panel_growth"``
    kind : str, what it rests on, a key of `tradelib.pairs.KINDS`
    origin : int, last full year known
    last_musd : float, turnover of that year, US$ million
    logs : ndarray, shape (10, 901)
        Quantiles of the log of turnover, 1 to 10 years after the year that growth starts from.
    memory : tuple of float, of the model
    nowcast : Nowcast or None, of the year after `origin`; growth then starts from it
    """

    name: str
    kind: str
    origin: int
    last_musd: float
    logs: Floats
    memory: tuple[float, float]
    nowcast: Nowcast | None = None

    @property
    def first(self) -> int:
        """Year that growth starts from: the origin, or the nowcast's."""
        return self.origin + (self.nowcast is not None)

    @property
    def years(self) -> range:
        """The ten years after the origin."""
        return range(self.origin + 1, self.origin + 1 + MAX_HORIZON)

    def summary(self) -> str:
        """From what and to when it looks, in plain words."""
        shown = (self.first + 1, self.years[-1])
        middle, last = (float(self.quantile(0.5, year)) for year in shown)
        ends = f"{money(middle)} in {self.first + 1} and {money(last)} in {self.years[-1]}"
        return f"{heading(self.name)}, with data to {self.origin}: as likely as not {ends} or more."

    @validated
    def chance(self, values: ArrayLike, year: int) -> Floats:
        """Probability that turnover in one of `years` is at least each positive value."""
        goals = np.log(check_goals(values))
        if self.nowcast is not None and year == self.nowcast.year:
            return self.nowcast.chance(np.exp(goals))
        curve = self.logs[self._ahead(year) - 1]
        return np.asarray(at_least(goals[:, None] - self._leads(), curve, UNIFORM).mean(axis=1))

    @validated
    def quantile(self, probability: ArrayLike, year: int) -> Floats:
        """Turnover not exceeded with each probability in one of `years`, US$ million."""
        asked = np.asarray(probability, float)
        if self.nowcast is None:
            return np.asarray(np.exp(np.interp(asked, UNIFORM, self.logs[self._ahead(year) - 1])))
        if year == self.nowcast.year:
            return np.array([self.nowcast.quantile(p) for p in asked])
        curve, leads = self.logs[self._ahead(year) - 1], self._leads()
        fine = np.linspace(curve[0] + leads.min(), curve[-1] + leads.max(), 4 * NORMAL.size)
        return np.asarray(np.exp(np.interp(asked, 1 - self.chance(np.exp(fine), year), fine)))

    @validated
    def shortfall(self, value: float, year: int) -> float:
        """Mean lack in a year, US$ million, if a value is not reached, else zero."""
        likely = self.quantile((np.arange(SLICES) + 0.5) / SLICES, year)
        lacking = value - likely[likely < value]
        return float(lacking.mean()) if lacking.size else 0.0

    @validated
    def passage(self, value: float) -> Floats:
        """Probability that a positive value was ever reached by each of `years`.

        On the draws of `paths`: one is at or above the value where its shock is at or above the
        score of the value.
        """
        goal, start = float(np.log(check_goals([value]))[0]), int(self.nowcast is not None)
        lead, seen, chances = np.zeros(1), np.zeros(KEPT, bool), []
        if self.nowcast is not None:
            cast, lead = _cast(self.nowcast, _draws(KEPT, 0))
            seen = cast >= goal
            chances.append(np.count_nonzero(seen) / KEPT)
        for shock, curve in zip(_usual_shocks(self.memory, start), self.logs, strict=False):
            score = np.interp(goal - lead, curve, NORMAL, left=-np.inf, right=np.inf)
            seen = seen | (shock >= score)
            chances.append(np.count_nonzero(seen) / KEPT)
        return np.array(chances)

    @validated
    def paths(
        self, horizon: int, *, n_paths: int = 20_000, rng: int | np.random.Generator = 0
    ) -> Forecast:
        """Sample paths of `horizon` years, 1 to 10, after the origin; one seed, one outcome."""
        check_counts(horizon=horizon, n_paths=n_paths)
        start = int(self.nowcast is not None)
        draws, logs = _draws(n_paths, rng), np.empty((horizon, n_paths))
        if ahead := horizon - start:
            h = checked_horizons(np.arange(1, ahead + 1))
            shocks = _root(h, self.memory) @ draws[start : start + ahead]
            for row, curve, shock in zip(logs[start:], self.logs, shocks, strict=False):
                row[:] = _read_off(curve, shock)
        if self.nowcast is not None:
            logs[0], lead = _cast(self.nowcast, draws)
            logs[1:] += lead
        return Forecast(
            name=self.name,
            kind=self.kind,
            origin=self.origin,
            last_musd=self.last_musd,
            years=tuple(range(self.origin + 1, self.origin + 1 + horizon)),
            paths=np.exp(logs).T,
        )

    def _ahead(self, year: int) -> int:
        return int(checked_horizons([year - self.first])[0])

    def _leads(self) -> Floats:
        """Logs of a nowcast's values over its median; none: zero."""
        return np.zeros(1) if self.nowcast is None else self.nowcast.leads()


@validated
def outlook(
    history: History,
    *,
    model: GrowthModel,
    nowcast: Nowcast | None = None,
    other_source: bool = False,
) -> Outlook:
    """The growth model on one history: as many of its years as are known, one at least.

    Parameters
    ----------
    history : DataFrame
        ``year``, ``turnover_musd`` (US$ million, positive, the last US$1m or more); years may be
        missing, none may come twice.
    model : GrowthModel, as `tradelib.fit_growth_model` returns it
    nowcast : Nowcast, optional, of the year after the last, from which growth then starts
    other_source : bool
        Whether the last value is of another source than those before it: no growth is taken across.

    Returns
    -------
    Outlook

    Examples
    --------
    >>> from tradelib import growth_model
    >>> pair = pd.DataFrame({"year": range(2017, 2022),
    ...     "turnover_musd": [95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> outlook(pair, model=growth_model()).chance([100, 1000], 2027).round(2).tolist()
    [0.95, 0.09]
    """
    return outlooks([history], model=model, nowcasts=[nowcast], other_sources=[other_source])[0]


def outlooks(
    histories: Sequence[pd.DataFrame],
    *,
    model: GrowthModel,
    nowcasts: Sequence[Nowcast | None],
    other_sources: Sequence[bool],
) -> list[Outlook]:
    """`outlook` of many histories, in one pass; each is to the last bit what it is alone."""
    if not histories:
        return []
    others, series = np.array(other_sources), [flows.history(one, gaps=True) for one in histories]
    for one, cast in zip(series, nowcasts, strict=True):
        check_nowcast(cast, int(one.index[-1]))
    rows = _rows(series, nowcasts, others)
    others = others & [cast is None for cast in nowcasts]
    given = signals(rows, size_line=model.size_line, cross=None, other_source=others)
    begin = [one.index[-1] + (cast is not None) for one, cast in zip(series, nowcasts, strict=True)]
    given = replace(given, cycle=np.array([cycle_at(model.cycle, year) for year in begin]))
    each = zip(series, nowcasts, kinds(rows, others), _grids(given, model), strict=True)
    return [
        Outlook(
            name="panel_growth",
            kind=str(kind),
            origin=int(one.index[-1]),
            last_musd=float(one.iloc[-1]),
            logs=grid,
            memory=model.memory,
            nowcast=cast,
        )
        for one, cast, kind, grid in each
    ]


def as_usual(
    made: Outlook, history: pd.DataFrame, *, model: GrowthModel, other_source: bool = False
) -> dict[str, Outlook]:
    """What a history made, with move or volatility as of its last value alone, or no `cycle`."""
    apart = np.array([other_source])
    row = _rows([flows.history(history, gaps=True)], [made.nowcast], apart)
    apart &= made.nowcast is None
    own, last = (
        signals(x, size_line=model.size_line, cross=None, other_source=apart)
        for x in (row, row.iloc[:, -1:])
    )
    dear = replace(own, cycle=cycle_at(model.cycle, made.first))
    move, volatility = replace(dear, location=last.location), replace(dear, scale=last.scale)
    usual = {"move": move, "volatility": volatility, "dollar": own}
    return {name: replace(made, logs=_grids(one, model)[0]) for name, one in usual.items()}


def in_eras(made: Outlook, eras: Sequence[Sequence[float]]) -> list[Outlook]:
    """The same pair if the coming years were like the best, the middle and the worst past eras.

    Medians move by the drift of the era (`GrowthModel.eras`). The variance that differing eras add
    to every pair's leaves its spread, but never more than three quarters of it.
    """
    drift, (low, middle, high) = np.array(eras), made.logs[:, WITHIN_ONE].T
    kept = np.sqrt(np.maximum(1 - drift.var(axis=0) / ((high - low) / 2) ** 2, LEAST_KEPT))
    narrow = made.logs * kept[:, None] + (middle * (1 - kept))[:, None]
    moved = [narrow + shift[:, None] for shift in drift]
    return [replace(made, logs=np.maximum(one, math.log(FLOOR_MUSD))) for one in moved]


def _rows(
    series: Sequence[pd.Series], nowcasts: Sequence[Nowcast | None], others: Bools
) -> pd.DataFrame:
    """A row of a fixed width each, ending in the last value or the nowcast.

    A nowcast follows a last value of another source: what stands before that is left out.
    """
    rows = np.full((len(series), LONGEST), np.nan)
    for row, one, cast, other in zip(rows, series, nowcasts, others, strict=True):
        end = LONGEST - (cast is not None)
        at = end - 1 - (one.index[-1] - one.index.to_numpy())
        row[at[at >= 0]] = one.to_numpy()[at >= 0]
        if cast is not None:
            row[-1] = cast.median_musd
            row[: -2 if other else 0] = np.nan
    wide = pd.DataFrame(rows)
    if len(wrong := problems(wide)):
        raise NoAnswerError(f"{wrong.iloc[0]}; the growth model cannot forecast it")
    return wide


def _grids(given: Signals, model: GrowthModel) -> Floats:
    """Quantiles of the log of turnover, shape (n, 10, 901), of all rows in one pass."""
    return logs_of(given, np.arange(1.0, MAX_HORIZON + 1), UNIFORM, model.alone)


def _cast(nowcast: Nowcast, draws: Floats) -> tuple[Floats, Floats]:
    """Logs of a nowcast's year, by the first row of the draws, and their lead over its median."""
    cast = np.log(nowcast.shaped(draws[0]))
    return cast, cast - math.log(nowcast.median_musd)


def _draws(n_paths: int, rng: int | np.random.Generator) -> Floats:
    """Standard normals, year by year, so that a longer horizon leaves the earlier years alone."""
    if rng == 0 and not isinstance(rng, bool) and n_paths <= KEPT:
        return _usual_draws(n_paths)
    return generator(rng).standard_normal((MAX_HORIZON + 1, n_paths))


@lru_cache(maxsize=2)
def _usual_draws(n_paths: int) -> Floats:
    """The draws of seed 0, which every verdict asks for. Shared, read-only."""
    draws = generator(0).standard_normal((MAX_HORIZON + 1, n_paths))
    draws.flags.writeable = False
    return draws


@lru_cache(maxsize=4)
def _usual_shocks(memory: tuple[float, float], start: int) -> Floats:
    """Shocks of the years ahead, joined by the model's memory, of the draws of seed 0. Shared."""
    ahead = MAX_HORIZON - start
    shocks = _root(np.arange(1.0, ahead + 1), memory) @ _draws(KEPT, 0)[start : start + ahead]
    shocks.flags.writeable = False
    return np.asarray(shocks)


def _read_off(curve: Floats, scores: Floats) -> Floats:
    """`np.interp` of `NORMAL`, whose even spacing says where each score lies."""
    place = ((scores - NORMAL[0]) * ((NORMAL.size - 1) / np.ptp(NORMAL))).clip(0, NORMAL.size - 1)
    below = np.minimum(place.astype(np.intp), NORMAL.size - 2)
    return np.asarray(curve[below] + (place - below) * np.diff(curve)[below])


def _root(h: Floats, memory: tuple[float, float]) -> Floats:
    """Square root of the correlation of shocks over horizons."""
    near = memory[0] * (np.minimum.outer(h, h) / np.maximum.outer(h, h)) ** memory[1]
    np.fill_diagonal(near, 1.0)
    return np.asarray(np.linalg.cholesky(near))
