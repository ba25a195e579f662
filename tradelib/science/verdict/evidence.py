"""The estimates of the evidence: each gives the probability of any value in any year, or none.

The headline is the growth model's alone. The *range* is other ways to estimate the same event, in
three groups: the growth model on other data, other pairs of the same size in current and in
constant dollars, and another method, the random walk, the one simple forecaster that does not lose
to itself on other pairs. It is no interval. What became of announced targets is not in it: against
like pairs nothing certain is left (`tradelib.pledge_effect`). The *reasons* are the headline with
one signal at a time as the average pair of that size has it. The *eras* are the headline on a
condition and so no part of the range: if the coming years were like the best, middle or worst past.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground.frames import joined
from tradelib.ground.numbers import Floats
from tradelib.ground.plain import label
from tradelib.ground.record import Record
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.outlook.outlook import Outlook, as_usual, in_eras, outlook, outlooks
from tradelib.science.outlook.paths import Forecast
from tradelib.science.outlook.signals import MIN_YEARS
from tradelib.science.outlook.simple import walk_chance
from tradelib.science.outside.base_rate import class_uncertainty
from tradelib.science.outside.episodes import NoEpisodesError, ReferenceClass
from tradelib.science.outside.table import Cells, share_curve
from tradelib.science.verdict.case import Case, InformationSet, OtherData

# Least and most of a chance, and how many independent cases it is worth.
Uncertainty: TypeAlias = tuple[float, float, float]
# Thirds of past eras, as the growth model has them.
ERAS = ("best", "middle", "worst")
OTHER_DATA, OTHER_PAIRS, OTHER_METHODS = "other data", "other pairs", "other methods"
# What a reason is held against.
AGAINST = "against what is usual"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate(Record):
    """An estimate of the chance that turnover in a year is at least a value, by one method.

    Attributes
    ----------
    key, item, source : str
        Its name for code and for readers, and where it is from.
    group : str
        Other data, other pairs or other methods; empty for a reason and an era.
    """

    key: str
    item: str
    source: str
    group: str = ""

    def chance(self, values: Floats, year: int) -> Floats:
        """Probability of at least each value in a year; missing where the method cannot say."""
        raise NotImplementedError

    def uncertainty(self, value: float, year: int) -> Uncertainty | None:
        """Ends of the chance of one value, and its independent cases; None if it has none."""
        del value, year
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByModel(Estimate):
    """What the growth model says from some data, as far as it looks ahead.

    Attributes
    ----------
    outlook : Outlook
    """

    outlook: Outlook

    def chance(self, values: Floats, year: int) -> Floats:
        """Probability of at least each value; missing beyond the model's ten years."""
        if year - self.outlook.first > MAX_HORIZON:
            return np.full(np.shape(values), np.nan)
        return self.outlook.chance(values, year)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByUsualGrowth(Estimate):
    """What the growth model says of a target that asks for another growth a year.

    Attributes
    ----------
    outlook : Outlook
    growth : float, fraction a year from the last year known
    """

    outlook: Outlook
    growth: float

    def chance(self, values: Floats, year: int) -> Floats:
        """The one probability of that growth, whatever the values."""
        made = self.outlook
        level = made.last_musd * (1 + self.growth) ** (year - made.origin)
        return made.chance(np.full(np.shape(values), level), year)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByLikePairs(Estimate):
    """The share of pairs of the same size that did as much.

    Attributes
    ----------
    last_year, last_musd : int, float, where the pair stands, US$ million
    cells : mapping of int to Cells, growth of all pairs by horizon in years
    prices : Series or None, US prices by year, for growth in constant dollars
    """

    last_year: int
    last_musd: float
    cells: Mapping[int, Cells]
    prices: pd.Series | None

    def chance(self, values: Floats, year: int) -> Floats:
        """Share of like pairs; missing for sizes and horizons that the table does not hold."""
        horizon = year - self.last_year
        if horizon not in self.cells:
            return np.full(np.shape(values), np.nan)
        try:
            if np.size(values) == 1:
                return np.array([self._rate(float(values[0]), year)[0]])
            multiples = np.asarray(values) / self.last_musd
            return share_curve(
                self.cells[horizon],
                self._like,
                multiples=multiples,
                horizon=horizon,
                prices=self.prices,
            )
        except NoEpisodesError:
            return np.full(np.shape(values), np.nan)

    def uncertainty(self, value: float, year: int) -> Uncertainty:
        """The ends of that share, and its independent cases."""
        return self._rate(value, year)[1:]

    @property
    def _like(self) -> ReferenceClass:
        return ReferenceClass(size_musd=self.last_musd)

    def _rate(self, value: float, year: int) -> tuple[float, float, float, float]:
        """The share, its ends and its independent cases."""
        horizon = year - self.last_year
        return class_uncertainty(
            self.cells[horizon],
            self._like,
            multiple=value / self.last_musd,
            horizon=horizon,
            prices=self.prices,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByRandomWalk(Estimate):
    """The random walk: no change on average, and the pair's own spread.

    Attributes
    ----------
    history : DataFrame, ``year``, ``turnover_musd`` (US$ million)
    nowcast : Nowcast or None, of the year after its last
    """

    history: pd.DataFrame
    nowcast: Nowcast | None

    def chance(self, values: Floats, year: int) -> Floats:
        """Probability of at least each value."""
        return walk_chance(self.history, values, year=year, nowcast=self.nowcast)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence(Record):
    """All estimates on one case.

    Attributes
    ----------
    outlook : Outlook, the growth model on the pair's history: the headline
    others : sequence of Estimate, other ways to estimate the headline; they make its range
    reasons : sequence of Estimate, the headline with one signal as is usual
    eras : sequence of ByModel, the headline in the best, the middle and the worst third of eras
    """

    outlook: Outlook
    others: Sequence[Estimate]
    reasons: Sequence[Estimate]
    eras: Sequence[ByModel] = ()


def estimate_all(cases: Sequence[Case], *, whole: bool = True) -> list[Evidence]:
    """The evidence of each case of one day, in their order, the growth model read in one pass.

    Not `whole`: what the headline needs, without range and reasons.
    """
    if not cases:
        return []
    made = _read(cases, cases[0].information)
    if not whole:
        return [Evidence(outlook=one, others=[], reasons=[]) for one in made]
    return [_evidence(case, one) for case, one in zip(cases, made, strict=True)]


def _read(data: Sequence[Case | OtherData], information: InformationSet) -> list[Outlook]:
    """The growth model of a day on histories and their nowcasts, in one pass."""
    histories, casts = [one.history for one in data], [one.nowcast for one in data]
    apart = [joined(one) for one in histories]
    return outlooks(histories, model=information.model, nowcasts=casts, other_sources=apart)


def headline(
    case: Case, evidence: Evidence, values: Floats, year: int, *, paths: Forecast | None = None
) -> tuple[Floats, Floats]:
    """The growth model's probability in a year, and ever by it, of at least each value.

    Ever is certain for what was seen since the announcement. `paths` are the outlook's, for those
    who ask of many values and years.
    """
    made = evidence.outlook
    within = made.chance(values, year)
    if np.size(values) == 1:
        ever = made.passage(float(values[0]))[[year - made.origin - 1]]
    else:
        ever = (paths or made.paths(MAX_HORIZON)).chance(values, year=year, ever=True)
    seen = case.seen_musd(year) >= values
    return within, np.where(seen, 1.0, np.maximum(within, ever))


def estimates_at(evidence: Evidence, values: Floats, year: int) -> list[Floats]:
    """What each estimate of the range says of each value."""
    return [estimate.chance(values, year) for estimate in evidence.others]


def estimate_range(within: Floats, said: Sequence[Floats]) -> tuple[Floats, Floats]:
    """The least and the most of the chances in the year and of what the estimates said of them."""
    every = np.array([within, *said])
    return np.nanmin(every, axis=0), np.nanmax(every, axis=0)


def _evidence(case: Case, made: Outlook) -> Evidence:
    """All estimates on a case, where its own years speak; else the size and like pairs."""
    rich = made.kind == "own recent"
    return Evidence(
        outlook=made,
        eras=_eras(case, made),
        reasons=_reasons(case, made),
        others=[
            *(_other_data(case) if rich else []),
            _like_pairs(case, "like_pairs", "dollars of the day", None),
            _like_pairs(case, "like_pairs_real", "constant dollars", case.information.deflator),
            *(_walk(case) if rich else []),
        ],
    )


def _walk(case: Case) -> list[Estimate]:
    """Of simple forecasters the one that does not lose to a random walk on other pairs: itself."""
    if not case.unbroken:
        return []
    return [
        ByRandomWalk(
            key="naive",
            item="assuming no change on average",
            source="the same history",
            group=OTHER_METHODS,
            history=case.history,
            nowcast=case.nowcast,
        )
    ]


def _other_data(case: Case) -> list[Estimate]:
    """The growth model on other data for the same pair."""
    others = case.others
    return [
        ByModel(
            key=other.key,
            item=other.item,
            source=label("panel_growth"),
            group=OTHER_DATA,
            outlook=one,
        )
        for other, one in zip(others, _read(others, case.information), strict=True)
    ]


def _like_pairs(case: Case, key: str, money: str, prices: pd.Series | None) -> Estimate:
    """Share of pairs of the same size that did as much."""
    last = case.now.last_musd
    return ByLikePairs(
        key=key,
        item=f"pairs of the same size, in {money}",
        source=ReferenceClass(size_musd=last).words(),
        group=OTHER_PAIRS,
        last_year=case.now.last_year,
        last_musd=last,
        cells=case.information.growth,
        prices=prices,
    )


def _reasons(case: Case, made: Outlook) -> list[Estimate]:
    """The headline with one signal at a time as is usual."""
    information, told = case.information, {"dollar": "how dear the dollar is"}
    if made.kind == "own recent":
        told |= {"move": "its recent move", "volatility": "how jumpy it is"}
    apart, usual = joined(case.history), {}
    if case.nowcast is None or case.by != case.nowcast.year:
        usual = as_usual(made, case.history, model=information.model, other_source=apart)
    reasons: list[Estimate] = [
        ByModel(key=key, item=told[key], source=AGAINST, outlook=usual[key])
        for key in usual
        if key in told
    ]
    if case.ahead > 0 and case.now.reached is None:
        asked = float(information.pledges.scored["asked"].median())
        item = f"the growth needed, {case.asked:.0%} a year where targets usually ask {asked:.0%}"
        reasons.append(
            ByUsualGrowth(key="asked", item=item, source=AGAINST, outlook=made, growth=asked)
        )
    if case.nowcast is not None and len(case.history) >= MIN_YEARS:
        item = "the months published so far"
        without = outlook(case.history, model=information.model, other_source=apart)
        reasons.append(ByModel(key="months", item=item, source=AGAINST, outlook=without))
    return reasons


def _eras(case: Case, made: Outlook) -> list[ByModel]:
    """The headline in each third of past eras; none of a nowcast's year, which is nearly over."""
    model, ahead = case.information.model, case.by - made.first
    if not model.eras or not 0 < ahead <= MAX_HORIZON:
        return []
    each = zip(ERAS, in_eras(made, model.eras), model.era_starts, strict=True)
    return [
        ByModel(
            key=f"era_{name}",
            item=f"if coming years are like the {name} third of past ones",
            source=f"start years {began[ahead - 1]}",
            outlook=one,
        )
        for name, one, began in each
    ]
