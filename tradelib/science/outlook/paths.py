"""Sample paths of a pair's turnover: what every forecaster returns, and what each begins with."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.ground import flows
from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats, generator, tail
from tradelib.ground.plain import Displayable, heading, money
from tradelib.ground.record import Record
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.outlook.signals import KINDS

# Log of what a number can still hold: of two steps alone one path in thousands goes beyond.
LARGEST = 700.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Forecast(Displayable):
    """Sample paths of a pair's turnover.

    Parameters
    ----------
    name : str, the forecaster
    origin : int, last full year known
    last_musd : float, turnover of that year, US$ million
    years : tuple of int, length n_years, years ahead, from `origin` + 1
    paths : ndarray, shape (n_paths, n_years), US$ million
    kind : str, what it rests on, as `tradelib.science.outlook.Outlook` says; empty if it does not
    """

    name: str
    origin: int
    last_musd: float
    years: tuple[int, ...]
    paths: Floats
    kind: str = ""

    @validated
    def quantile(self, probability: ArrayLike) -> Floats:
        """Quantiles, shape (..., n_years), US$ million, of probabilities between 0 and 1."""
        p = np.asarray(probability, float)
        if not p.size or not ((p > 0) & (p < 1)).all():
            raise InputError(f"a quantile needs probabilities between 0 and 1, got {p.tolist()}")
        return np.asarray(np.quantile(self.paths, p, axis=0))

    @validated
    def interval(self, level: float = 80) -> pd.DataFrame:
        """Central interval, `level` in percent: ``year``, ``low``, ``median``, ``high``."""
        beyond = tail(level)
        low, median, high = self.quantile([beyond, 0.5, 1 - beyond])
        return pd.DataFrame({"year": self.years, "low": low, "median": median, "high": high})

    @validated
    def probability(self, at_least: float, *, year: int, ever: bool = False) -> float:
        """Probability that turnover, US$ million, is at least so large in one of `years`.

        With `ever` any year up to it counts; years up to the origin never do. It is a share of the
        paths: 0 or 1 only says that no path in so many did otherwise.
        """
        return float(self.chance([at_least], year=year, ever=ever)[0])

    @validated
    def chance(self, values: ArrayLike, *, year: int, ever: bool = False) -> Floats:
        """`probability` of each of many values, shape (n_values,)."""
        goals = check_goals(values)
        if year not in self.years:
            raise InputError(f"{year} is not forecast; there are {self.years[0]}-{self.years[-1]}")
        column = self.years.index(year)
        futures = self.paths[:, : column + 1].max(axis=1) if ever else self.paths[:, column]
        return np.asarray((futures.size - np.searchsorted(np.sort(futures), goals)) / futures.size)

    @validated
    def standard_error(self, probability: float) -> float:
        """Monte Carlo error of a probability read from the paths, never zero.

        References
        ----------
        Agresti, A. and Coull, B. A. (1998), Approximate is better than "exact" for interval
        estimation of binomial proportions, *American Statistician* 52.
        """
        if not 0 <= probability <= 1:
            raise InputError(f"a probability lies between 0 and 1, got {probability}")
        n = len(self.paths)
        p = (probability * n + 1) / (n + 2)
        return math.sqrt(p * (1 - p) / (n + 2))

    @validated
    def first_passage(self, at_least: float) -> pd.DataFrame:
        """Chance of first reaching a positive value in each year: ``year``, ``first``, ``by``."""
        check_goals([at_least])
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

    def _table(self) -> pd.DataFrame:
        return self.interval()

    @validated
    def summary(self, at_least: float | None = None) -> str:
        """Say in plain words where the last year lies, and how likely a value is by then."""
        last = self.interval(80).iloc[-1]
        words = (
            f"{heading(self.name)}, with data to {self.origin}: turnover of "
            f"{money(last['median'])} in {self.years[-1]}, four times in five between "
            f"{money(last['low'])} and {money(last['high'])}."
        )
        if self.kind:
            words += f" It rests on {KINDS[self.kind]}."
        if at_least is None:
            return words
        inside = self.probability(at_least, year=self.years[-1])
        ever = self.probability(at_least, year=self.years[-1], ever=True)
        return (
            f"{words} The chance of {money(at_least)} or more is {inside:.1%} in {self.years[-1]} "
            f"and {ever:.1%} in any year up to it (Monte Carlo error "
            f"{self.standard_error(inside):.1%})."
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Start(Record):
    """What every forecaster begins with."""

    origin: int
    last_musd: float
    logs: Floats
    horizon: int
    n_paths: int
    lead: Floats | None
    draws: np.random.Generator


def started(
    history: History,
    horizon: int,
    n_paths: int,
    rng: int | np.random.Generator,
    nowcast: Nowcast | None,
    *,
    least: int,
    varying: bool = False,
) -> Start:
    """The checked history, its logs and the draws, with a nowcast's median as a further year."""
    series = flows.history(history)
    check_counts(horizon=horizon, n_paths=n_paths)
    if len(series) < least:
        raise InputError(f"this forecaster needs at least {least} years, got {len(series)}")
    if varying and series.min() == series.max():
        raise InputError(f"all {len(series)} years are equal: no model can be fitted; use naive")
    origin, draws, lead = int(series.index[-1]), generator(rng), None
    check_nowcast(nowcast, origin)
    logs = np.log(series.to_numpy())
    if nowcast is not None:
        centre = math.log(nowcast.median_musd)
        lead = np.log(nowcast.sample(n_paths, rng=draws)) - centre
        logs = np.append(logs, centre)
    return Start(
        origin=origin,
        last_musd=float(series.iloc[-1]),
        logs=logs,
        horizon=int(horizon),
        n_paths=n_paths,
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
    paths = np.exp(logs.clip(-LARGEST, LARGEST))
    return Forecast(
        name=name, origin=start.origin, last_musd=start.last_musd, years=years, paths=paths
    )


def check_goals(values: ArrayLike) -> Floats:
    """Values to be reached, or an error that names the first that cannot be."""
    goals = np.atleast_1d(np.asarray(values, float))
    wrong = goals[~(np.isfinite(goals) & (goals > 0))]
    if wrong.size:
        raise InputError(f"a value to reach is positive and finite, got {wrong[0]:g}")
    return goals


def check_counts(**counts: int) -> None:
    """Whole numbers from 1, or an error that names the first that is not."""
    for name, value in counts.items():
        if value < 1:
            raise InputError(f"{name} must be at least 1, got {value}")


def check_nowcast(nowcast: Nowcast | None, origin: int) -> None:
    """A nowcast is of the year after the history's last."""
    if nowcast is not None and nowcast.year != origin + 1:
        raise InputError(f"the nowcast must be of {origin + 1}, got {nowcast.year}")
