"""Sample paths of turnover: the result of every forecaster, and its input."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.core import flows
from tradelib.core.convert import History
from tradelib.core.errors import InputError
from tradelib.core.labels import Displayable, heading, money
from tradelib.core.numeric import Floats, generator, tail
from tradelib.core.records import Record
from tradelib.core.validation import validated
from tradelib.science.forecasting.nowcast import Nowcast
from tradelib.science.forecasting.predictors import KINDS

# Logs are cut here because exp overflows above 709. Only histories of three years come so far:
# their Student-t has one degree of freedom, and one path in thousands goes beyond.
LARGEST_LOG = 700.0
# Probabilities at which `Forecast.to_frame` gives quantiles.
FRAME_PROBABILITIES = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Forecast(Displayable):
    """Sample paths of a pair's turnover.

    Its money is US$ million; of a forecast told in another currency, million of that.

    Parameters
    ----------
    name : str
        Name of the forecaster.
    origin : int
        Last full year known.
    last_musd : float
        Turnover of that year, US$ million.
    years : tuple of int
        The years ahead, from `origin` + 1; length n_years.
    paths : ndarray
        Turnover of each path and year, US$ million; shape (n_paths, n_years).
    kind : str
        What the forecast rests on, a key of `tradelib.predictors.KINDS`; empty if not known.
    """

    name: str
    origin: int
    last_musd: float
    years: tuple[int, ...]
    paths: Floats
    kind: str = ""

    @validated
    def quantile(self, probability: ArrayLike) -> Floats:
        """Give the turnover that is not exceeded with each probability.

        Parameters
        ----------
        probability : float or array_like of float
            Probabilities between 0 and 1, neither included.

        Returns
        -------
        ndarray
            Quantiles, US$ million; shape (..., n_years).
        """
        p = np.asarray(probability, float)
        if not p.size or not ((p > 0) & (p < 1)).all():
            raise InputError(f"a quantile needs probabilities between 0 and 1, got {p.tolist()}")
        return np.asarray(np.quantile(self.paths, p, axis=0))

    @validated
    def interval(self, level: float = 80) -> pd.DataFrame:
        """Give the central interval and the median of every year.

        Parameters
        ----------
        level : float
            Probability that the interval holds, in percent.

        Returns
        -------
        DataFrame
            One row per year: ``year``; ``low``, ``median`` and ``high``, US$ million.
        """
        beyond = tail(level)
        low, median, high = self.quantile([beyond, 0.5, 1 - beyond])
        return pd.DataFrame({"year": self.years, "low": low, "median": median, "high": high})

    @validated
    def probability(self, at_least: float, *, year: int, ever: bool = False) -> float:
        """Give the probability that turnover reaches a value in one of `years`.

        Parameters
        ----------
        at_least : float
            Value to reach, US$ million, positive.
        year : int
            One of `years`.
        ever : bool
            Whether the value may also be reached in an earlier year after the origin.

        Returns
        -------
        float
            Share of the paths that reach the value. 0 or 1 does not mean impossible or certain:
            with so many paths nothing else was seen.
        """
        return float(self.chance([at_least], year=year, ever=ever)[0])

    @validated
    def chance(self, values: ArrayLike, *, year: int, ever: bool = False) -> Floats:
        """Give the `probability` of each of many values.

        Parameters
        ----------
        values : array_like of float
            Values to reach, US$ million, positive.
        year : int
            One of `years`.
        ever : bool
            Whether a value may also be reached in an earlier year after the origin.

        Returns
        -------
        ndarray
            Share of the paths that reach each value; shape (n_values,).
        """
        goals = check_goals(values)
        if year not in self.years:
            raise InputError(
                f"{year} is not forecast; the years forecast are {self.years[0]}-{self.years[-1]}"
            )
        column = self.years.index(year)
        futures = self.paths[:, column]
        if ever:
            futures = self.paths[:, : column + 1].max(axis=1)
        n_paths = futures.size
        n_below = np.searchsorted(np.sort(futures), goals)
        return np.asarray((n_paths - n_below) / n_paths)

    @validated
    def standard_error(self, probability: float) -> float:
        """Give the Monte Carlo error of a probability read from the paths, never zero.

        With n paths and p' = (p n + 1) / (n + 2) it is the root of p' (1 - p') / (n + 2).

        Parameters
        ----------
        probability : float
            The share p of the paths, between 0 and 1.

        Returns
        -------
        float
            Standard error of the probability.

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
        """Give the probability of reaching a value for the first time in each year.

        Parameters
        ----------
        at_least : float
            Value to reach, US$ million, positive.

        Returns
        -------
        DataFrame
            One row per year: ``year``; ``first``, the probability that the value is reached in this
            year for the first time; ``by``, the probability that it is reached by this year.
        """
        check_goals([at_least])
        by = np.maximum.accumulate(self.paths >= at_least, axis=1).mean(axis=0)
        return pd.DataFrame({"year": self.years, "first": np.diff(by, prepend=0.0), "by": by})

    def to_frame(self) -> pd.DataFrame:
        """Give quantiles of every year as a tidy table.

        Returns
        -------
        DataFrame
            One row per year and probability: ``forecaster``, ``origin``, ``year``, ``probability``
            (from 0.05 to 0.95) and ``value_musd``, the quantile in US$ million.
        """
        return pd.DataFrame(
            {
                "forecaster": self.name,
                "origin": self.origin,
                "year": np.repeat(self.years, FRAME_PROBABILITIES.size),
                "probability": np.tile(FRAME_PROBABILITIES, len(self.years)),
                "value_musd": self.quantile(FRAME_PROBABILITIES).T.ravel(),
            }
        )

    def _table(self) -> pd.DataFrame:
        """Table that a notebook shows: the central interval of every year."""
        return self.interval()

    @validated
    def summary(self, at_least: float | None = None) -> str:
        """Say in plain words where turnover lies in the last of `years`.

        Parameters
        ----------
        at_least : float, optional
            Value to reach, US$ million, positive; the text then gives its probability too.

        Returns
        -------
        str
            One to three sentences.
        """
        last = self.interval(80).iloc[-1]
        text = (
            f"{heading(self.name)}, with data to {self.origin}: turnover of "
            f"{money(last['median'])} in {self.years[-1]}, four times in five between "
            f"{money(last['low'])} and {money(last['high'])}."
        )
        if self.kind:
            text += f" It rests on {KINDS[self.kind]}."
        if at_least is None:
            return text
        in_year = self.probability(at_least, year=self.years[-1])
        ever = self.probability(at_least, year=self.years[-1], ever=True)
        return (
            f"{text} The chance of {money(at_least)} or more is {in_year:.1%} in {self.years[-1]} "
            f"and {ever:.1%} in any year up to it (Monte Carlo error "
            f"{self.standard_error(in_year):.1%})."
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Start(Record):
    """Checked input of a forecaster.

    Attributes
    ----------
    origin : int
        Last full year of the history.
    last_musd : float
        Turnover of that year, US$ million.
    logs : ndarray
        Logs of turnover, a year each; with a nowcast, the log of its median is the last.
    horizon : int
        Years ahead of the origin.
    n_paths : int
        Number of sample paths.
    nowcast_deviation : ndarray or None
        Of each path, the log of its draw of the nowcast less the log of the nowcast's median;
        None without a nowcast.
    draws : Generator
        Source of randomness.
    """

    origin: int
    last_musd: float
    logs: Floats
    horizon: int
    n_paths: int
    nowcast_deviation: Floats | None
    draws: np.random.Generator


def prepare(
    history: History,
    horizon: int,
    n_paths: int,
    rng: int | np.random.Generator,
    nowcast: Nowcast | None,
    *,
    least: int,
    varying: bool = False,
) -> Start:
    """Check the input of a forecaster that needs `least` years, not all equal if `varying`."""
    series = flows.history(history)
    check_counts(horizon=horizon, n_paths=n_paths)
    if len(series) < least:
        raise InputError(f"this forecaster needs at least {least} years, got {len(series)}")
    if varying and series.min() == series.max():
        raise InputError(f"all {len(series)} years are equal: no model can be fitted; use naive")
    origin = int(series.index[-1])
    draws = generator(rng)
    check_nowcast(nowcast, origin)
    logs = np.log(series.to_numpy())
    nowcast_deviation = None
    if nowcast is not None:
        centre = math.log(nowcast.median_musd)
        nowcast_deviation = np.log(nowcast.sample(n_paths, rng=draws)) - centre
        logs = np.append(logs, centre)
    return Start(
        origin=origin,
        last_musd=float(series.iloc[-1]),
        logs=logs,
        horizon=int(horizon),
        n_paths=n_paths,
        nowcast_deviation=nowcast_deviation,
        draws=draws,
    )


def to_forecast(name: str, start: Start, logs: Floats) -> Forecast:
    """Paths of logs as a Forecast.

    With a nowcast, its year is put before the others, and each path is moved by its
    `nowcast_deviation` in every year.
    """
    if start.nowcast_deviation is not None:
        first = np.full((len(logs), 1), start.logs[-1])
        later = logs[:, : start.horizon - 1]
        logs = np.concatenate([first, later], axis=1) + start.nowcast_deviation[:, None]
    first_year = start.origin + 1
    return Forecast(
        name=name,
        origin=start.origin,
        last_musd=start.last_musd,
        years=tuple(range(first_year, first_year + logs.shape[1])),
        paths=np.exp(logs.clip(-LARGEST_LOG, LARGEST_LOG)),
    )


def check_goals(values: ArrayLike) -> Floats:
    """Values to reach as an array; the first one that is not positive is an error."""
    goals = np.atleast_1d(np.asarray(values, float))
    wrong = goals[~(np.isfinite(goals) & (goals > 0))]
    if wrong.size:
        raise InputError(f"a value to reach is positive and finite, got {wrong[0]:g}")
    return goals


def check_counts(**counts: int) -> None:
    """Raise an error that names the first number below 1."""
    for name, value in counts.items():
        if value < 1:
            raise InputError(f"{name} must be at least 1, got {value}")


def check_nowcast(nowcast: Nowcast | None, origin: int) -> None:
    """Raise an error unless a nowcast is of the year after the origin."""
    if nowcast is not None and nowcast.year != origin + 1:
        raise InputError(f"the nowcast must be of {origin + 1}, got {nowcast.year}")
