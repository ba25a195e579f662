"""The chance of a pledge like this one: a small regression on what became of others.

Whether a scored pledge was on time, by growth asked, years allowed, year announced and China.
Each slope has a prior: normal, of mean zero, with variance one where the signal is divided by its
standard deviation. A pledge weighs what the design effect of pairs leaves of it
(`tradelib.pledge_rate`). Which of three searches found a pledge is a nuisance and held at its mean:
the later one met goals that others had quoted. ``data/prepare/pledge_model.py`` fits it.
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
# A few pledges are older, and the newest are mostly still open: they count with the nearest years.
ERAS = (2000, 2020)
THIRD = 3
# What rounding may take from the least variance of a covariance.
ROUNDING = 1e-9


def signals(scored: pd.DataFrame) -> Floats:
    """A row a pledge of `tradelib.pledges.scored_pledges`, a column each of `SIGNALS`."""
    year, china = year_announced(scored), with_china(scored)
    return np.column_stack(
        [
            *_signals(scored["asked"], scored["horizon"], year, china),
            scored["batch"] == THIRD,
        ]
    ).astype(float)


def _signals(asked: Any, years: Any, announced: Any, china: Any) -> list[Any]:
    """What is known of a pledge before it is kept or not."""
    allowed = np.log(np.maximum(1.0, np.asarray(years, float)))
    return [np.log1p(np.asarray(asked, float)), allowed, np.clip(announced, *ERAS), china]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PledgeChance(Displayable):
    """Chance that a pledge like this one is on time.

    Parameters
    ----------
    chance : float
    interval : tuple of float, of the chance at `level`
    level : float, percent
    asked, years : float, int
        Growth asked a year from the last year before the announcement (fraction), and years from
        it to the deadline.
    on_time, n : int, pledges it was learned from that were on time, and all
    known_from : str, ISO day on which the last of them was resolved
    scores : dict
        Brier scores where each was left out with others of its pair: ``model``, ``constant`` (the
        share of all), ``classes`` of growth asked; ``better`` than constant, with 90 % ends.
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
        """Say in plain words how likely such a pledge is to be kept."""
        low, high = self.interval
        return (
            f"A pledge like this one asks {self.asked:.0%} growth a year and has {self.years} "
            f"years. Its chance to come true on time is {percent(self.chance)} ({self.level:g}% "
            f"interval {percent(low)} to {percent(high)}). That rests on what became of {self.n} "
            "others. Successes are easier to find than failures. Known from "
            f"{self.known_from}."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: the chance with its ends, what is asked, and what it rests on."""
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
    """The shipped regression: how often pledges were on time, by what they asked.

    Parameters
    ----------
    known_from : str, ISO day
    n, on_time, pairs : int, pledges it was learned from, of them on time, and their pairs
    centre, scale : arrays, mean and standard deviation of each of `SIGNALS`
    params : array, of log odds: the constant, then one for each scaled signal
    covariance : array, of `params`
    ends : array, smallest and largest growth asked and years allowed among them, scaled as signals
    scores : dict, as in `PledgeChance`
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
        """The model that ``data/pledge_model.json`` holds as numbers."""
        read, k = Learned("pledge model", held), len(SIGNALS)
        scale, covariance = read.numbers("scale", k), read.numbers("covariance", k + 1, k + 1)
        if not (scale > 0).all():
            raise InputError(f"this is no pledge model: scales are positive, got {scale.tolist()}")
        least = np.linalg.eigvalsh((covariance + covariance.T) / 2).min()
        if not np.allclose(covariance, covariance.T) or least < -ROUNDING:
            raise InputError("this is no pledge model: its covariance is not one of any estimates")
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
        """Of a pledge of so much growth a year (fraction) in so many years, announced in a year.

        More or less than any pledge asked counts as the most or the least that one did.
        """
        if not (math.isfinite(asked) and asked > 0):
            raise InputError(f"a pledge asks growth: a fraction a year above 0, got {asked}")
        if years < 0:
            raise InputError(f"the deadline must not lie before the announcement, got {years}")
        known = np.array(_signals(asked, years, announced, china), float)
        known[:2] = np.clip(known[:2], *self.ends)
        scaled = np.r_[1.0, (known - self.centre[:4]) / self.scale[:4], 0.0]
        middle, sd = scaled @ self.params, math.sqrt(scaled @ self.covariance @ scaled)
        reach = NormalDist().inv_cdf(1 - tail(level)) * sd
        odds = (middle - reach, middle, middle + reach)
        low, chance, high = (1 / (1 + math.exp(-x)) for x in odds)
        return PledgeChance(
            chance=chance,
            interval=(low, high),
            level=float(level),
            asked=float(asked),
            years=int(years),
            on_time=self.on_time,
            n=self.n,
            known_from=self.known_from,
            scores=self.scores,
        )
