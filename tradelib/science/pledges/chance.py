"""The chance that a pledge is kept, on the day it is made: a regression on what became of others.

The outcome is whether a scored pledge was on time; the signals are growth asked, years allowed,
China and the five years in which it was announced. A straight line through the years would say of
the next ones what no pledge has shown. Signals are divided by their standard deviations, an era's
effect is that of its pledges, and each has a normal prior of mean zero and variance one. Pledges
are weighted down by the design effect of clustering by pair (`tradelib.pledge_rate`). Which search
found a pledge is a nuisance signal, held at its mean in predictions: the third one looked at goals
that others had quoted. ``data/prepare/pledge_model.py`` fits it.

It knows nothing that came after the announcement. Judged forward, on pledges announced after all
that it had learned from was resolved, it is hardly better than the share kept so far, and much
worse than the growth model (`PledgeChance.scores`): it is no second opinion on a headline.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.core.errors import InputError
from tradelib.core.labels import Displayable, percent
from tradelib.core.model_files import Learned
from tradelib.core.numeric import Floats, normal_reach
from tradelib.science.pledges.status import with_china

SIGNALS = ("growth asked", "years allowed", "China", "found by the third search")
# First years of the eras of announcement after the first; each has an effect of its own.
ERAS = (2005, 2010, 2015, 2020)
# Parameters: the constant, the signals, the eras.
PARAMETERS = 1 + len(SIGNALS) + 1 + len(ERAS)
# Batch of the third search.
THIRD = 3
# The smallest eigenvalue of a covariance may be so far below zero by rounding.
EIGENVALUE_ROUNDING = 1e-9


def pledge_signals(scored: pd.DataFrame) -> Floats:
    """Signals of scored pledges: one row per pledge, one column for each of `SIGNALS`."""
    of_pledge = _pledge_signals(scored["asked"], scored["horizon"], with_china(scored))
    third_search = scored["batch"] == THIRD
    return np.column_stack([*of_pledge, third_search]).astype(float)


def pledge_eras(announced: ArrayLike) -> Floats:
    """The era of each year of announcement, as zeros and a one: shape (n_pledges, 5).

    >>> pledge_eras([2004, 2022]).tolist()
    [[1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]
    """
    era = np.searchsorted(ERAS, np.asarray(announced), side="right")
    return np.eye(len(ERAS) + 1)[era]


def _pledge_signals(growth: Any, years: Any, china: Any) -> list[Any]:
    """Signals known when the pledge is made: log growth, log years, China."""
    log_growth = np.log1p(np.asarray(growth, float))
    log_years = np.log(np.maximum(1.0, np.asarray(years, float)))
    return [log_growth, log_years, china]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PledgeChance(Displayable):
    """Chance that a pledge like this one is on time, on the day of its announcement.

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
        constant, with the ends of its 90 % interval). ``forward``: the same of pledges announced
        after all that was learned from was resolved, their number ``n``, and ``growth_model``, the
        score of the growth model on the same pledges.
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
            f"This pledge asked for growth of {self.asked:.0%} a year from its base year, before "
            f"it was made, to its deadline, {self.years} years after that. A rule that learned "
            f"from {self.n} other pledges, decided by {self.known_from}, gives such a pledge a "
            f"chance of {percent(self.chance)} to be kept on time. With so few cases it may be "
            f"{percent(low)} to {percent(high)}. Kept pledges are easier to find than others, so "
            f"the true chance is probably lower.{self._forward()}"
        )

    def _forward(self) -> str:
        """Whether it beats the growth model judged forward; empty if not scored."""
        forward = self.scores.get("forward")
        if not forward:
            return ""
        better = "better" if forward["model"] < forward["growth_model"] else "worse"
        return f" In a test on {forward['n']} later pledges it did {better} than the growth model."

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
    centre, scale : array (4,)
        Mean and standard deviation of each of `SIGNALS`.
    params : array (10,)
        Coefficients of the log odds: the constant, one for each scaled signal, one for each era.
    covariance : array (10, 10)
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
        covariance = read.numbers("covariance", PARAMETERS, PARAMETERS)
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
            params=read.numbers("params", PARAMETERS),
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
        raw = np.array(_pledge_signals(asked, years, china), float)
        raw[:2] = np.clip(raw[:2], *self.ends)
        # The last signal, the search, is held at its mean: 0 once scaled.
        signals = np.r_[(raw - self.centre[:-1]) / self.scale[:-1], 0.0]
        scaled = np.r_[1.0, signals, pledge_eras(announced)]
        log_odds = scaled @ self.params
        sd = math.sqrt(scaled @ self.covariance @ scaled)
        half_width = normal_reach(level) * sd
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
