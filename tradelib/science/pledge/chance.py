"""The chance that a pledge is kept: a small logistic regression on what became of others.

The outcome is whether a scored pledge was on time; the signals are growth asked, years allowed,
year announced and China. Signals are divided by their standard deviations, and each slope has a
normal prior of mean zero and variance one. Pledges are weighted down by the design effect of
clustering by pair (`tradelib.pledge_rate`). Which of three searches found a pledge is a nuisance
signal, held at its mean in predictions: the third one looked at goals that others had quoted.
``data/prepare/pledge_model.py`` fits it.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradelib.ground.errors import InputError
from tradelib.ground.learned import Learned
from tradelib.ground.numbers import Floats, tail
from tradelib.ground.plain import Displayable, percent
from tradelib.science.pledge.status import with_china, year_announced

SIGNALS = ("growth asked", "years allowed", "year announced", "China", "found by the third search")
# Years of announcement are clipped to these: few pledges are older, and most newer ones are open.
ANNOUNCED_RANGE = (2000, 2020)
# Batch of the third search.
THIRD = 3
# The smallest eigenvalue of a covariance may be so far below zero by rounding.
EIGENVALUE_ROUNDING = 1e-9


def pledge_signals(scored: pd.DataFrame) -> Floats:
    """Signals of scored pledges: one row per pledge, one column for each of `SIGNALS`."""
    of_pledge = _pledge_signals(
        scored["asked"], scored["horizon"], year_announced(scored), with_china(scored)
    )
    third_search = scored["batch"] == THIRD
    return np.column_stack([*of_pledge, third_search]).astype(float)


def _pledge_signals(growth: Any, years: Any, announced: Any, china: Any) -> list[Any]:
    """Signals known when the pledge is made: log growth, log years, year, China."""
    log_growth = np.log1p(np.asarray(growth, float))
    log_years = np.log(np.maximum(1.0, np.asarray(years, float)))
    return [log_growth, log_years, np.clip(announced, *ANNOUNCED_RANGE), china]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PledgeChance(Displayable):
    """Chance that a pledge like this one is on time.

    Parameters
    ----------
    chance : float
        Probability that the pledge is on time.
    interval : tuple of float
        Lower and upper end of the chance at `level`.
    level : float
        Of the interval, percent.
    asked : float
        Growth asked from the last year before the announcement, fraction a year.
    years : int
        Years from the announcement to the deadline.
    on_time : int
        Of the pledges that it was learned from, those on time.
    n : int
        Pledges that it was learned from.
    known_from : str
        ISO day on which the last of them was resolved.
    scores : dict
        Brier scores of pledges left out with the others of their pair: ``model``, ``constant`` (the
        share of all), ``classes`` (shares by growth asked), and ``better`` (the gain over
        constant, with the ends of its 90 % interval).
    """

    chance: float
    interval: tuple[float, float]
    level: float
    asked: float
    years: int
    on_time: int
    n: int
    known_from: str
    scores: dict[str, Any]

    def summary(self) -> str:
        """Say in plain words how likely such a pledge is to be kept.

        Returns
        -------
        str
            Sentences with the chance and its interval.
        """
        low, high = self.interval
        return (
            f"A pledge like this one asks {self.asked:.0%} growth a year and has {self.years} "
            f"years. Its chance to come true on time is {percent(self.chance)} ({self.level:g}% "
            f"interval {percent(low)} to {percent(high)}). That rests on what became of {self.n} "
            "others. Successes are easier to find than failures. Known from "
            f"{self.known_from}."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: the chance, its interval, what is asked, and the counts.

        Returns
        -------
        DataFrame
            ``chance``, ``low``, ``high``, ``asked``, ``years``, ``on_time``, ``n``.
        """
        low, high = self.interval
        return pd.DataFrame(
            {
                "chance": [self.chance],
                "low": low,
                "high": high,
                "asked": self.asked,
                "years": self.years,
                "on_time": self.on_time,
                "n": self.n,
            }
        )


class PledgeModel(NamedTuple):
    """The shipped logistic regression of pledges on time.

    Parameters
    ----------
    known_from : str
        ISO day by which all that it was learned from was known.
    n, on_time, pairs : int
        Pledges that it was learned from, those of them on time, and their pairs.
    centre, scale : array (5,)
        Mean and standard deviation of each of `SIGNALS`.
    params : array (6,)
        Coefficients of the log odds: the constant, then one for each scaled signal.
    covariance : array (6, 6)
        Of `params`.
    ends : array (2, 2)
        Smallest (row 0) and largest (row 1) log growth asked and log years allowed among them.
    scores : dict
        As in `PledgeChance`.
    """

    known_from: str
    n: int
    on_time: int
    pairs: int
    centre: Floats
    scale: Floats
    params: Floats
    covariance: Floats
    ends: Floats
    scores: dict[str, Any]

    @classmethod
    def from_dict(cls, held: dict[str, Any]) -> "PledgeModel":
        """Read the model from the contents of ``data/pledge_model.json``, and check it."""
        read = Learned("pledge model", held)
        k = len(SIGNALS)
        scale = read.numbers("scale", k)
        if not (scale > 0).all():
            raise InputError(f"this is no pledge model: scales are positive, got {scale.tolist()}")
        covariance = read.numbers("covariance", k + 1, k + 1)
        smallest = np.linalg.eigvalsh((covariance + covariance.T) / 2).min()
        if not np.allclose(covariance, covariance.T) or smallest < -EIGENVALUE_ROUNDING:
            values = covariance.tolist()
            raise InputError(
                f"this is no pledge model: its covariance is not one of any estimates, {values}"
            )
        ends = read.numbers("ends", 2, 2)
        if not (ends[0] <= ends[1]).all():
            raise InputError(f"this is no pledge model: its ends are not in order, {ends.tolist()}")
        return cls(
            known_from=read.day("known_from"),
            n=read.count("n"),
            on_time=read.count("on_time"),
            pairs=read.count("pairs"),
            centre=read.numbers("centre", k),
            scale=scale,
            params=read.numbers("params", k + 1),
            covariance=covariance,
            ends=ends,
            scores=dict(read.get("scores")),
        )

    def chance(
        self, asked: float, years: int, announced: int, *, china: bool, level: float = 90
    ) -> PledgeChance:
        """Chance of a pledge that asks growth (fraction a year) in some years.

        Growth and years beyond those of the pledges learned from are clipped to the nearest.
        `announced` is the year of the announcement; `level` that of the interval, percent.
        """
        if not (math.isfinite(asked) and asked > 0):
            raise InputError(f"a pledge asks growth: a fraction a year above 0, got {asked}")
        if years < 0:
            raise InputError(f"the deadline must not lie before the announcement, got {years}")
        raw = np.array(_pledge_signals(asked, years, announced, china), float)
        raw[:2] = np.clip(raw[:2], *self.ends)
        # The last signal, the search, is held at its mean: 0 once scaled.
        scaled = np.r_[1.0, (raw - self.centre[:4]) / self.scale[:4], 0.0]
        log_odds = scaled @ self.params
        sd = math.sqrt(scaled @ self.covariance @ scaled)
        half_width = NormalDist().inv_cdf(1 - tail(level)) * sd
        return PledgeChance(
            chance=_logistic(log_odds),
            interval=(_logistic(log_odds - half_width), _logistic(log_odds + half_width)),
            level=float(level),
            asked=float(asked),
            years=int(years),
            on_time=self.on_time,
            n=self.n,
            known_from=self.known_from,
            scores=self.scores,
        )


def _logistic(log_odds: float) -> float:
    """Probability of log odds: 1 / (1 + exp(-log_odds))."""
    return 1 / (1 + math.exp(-log_odds))
