"""The voices of the evidence: each gives the probability of any value in any year, or is silent.

The headline is the growth model's alone. The *range* is other ways to estimate the same event, in
three groups: the growth model on other data, other pairs of the same size in current and in
constant dollars, and another method, the random walk, the one simple forecaster that does not lose
to itself on other pairs. It is no interval. What became of announced targets is not in it: against
like pairs nothing certain is left (`tradelib.pledge_effect`). The *reasons* are the headline with
one signal at a time as the average pair of that size has it. The *eras* are the headline on a
condition and so no part of the range: if the coming years were like the best, middle or worst past.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground.frames import joined
from tradelib.ground.numbers import Floats
from tradelib.ground.plain import words
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.outlook.outlook import Outlook, as_usual, in_eras, outlook, outlooks
from tradelib.science.outlook.signals import MIN_YEARS
from tradelib.science.outlook.simple import walk_chance
from tradelib.science.outside.base_rate import class_doubt
from tradelib.science.outside.episodes import NoEpisodesError, ReferenceClass
from tradelib.science.outside.table import share_curve
from tradelib.science.verdict.case import Case, Known, OtherData

Chance: TypeAlias = Callable[[Floats, int], Floats]
Doubt: TypeAlias = tuple[float, float, float]
# Thirds of past eras, as the growth model has them.
ERAS = ("best", "middle", "worst")
OTHER_DATA, OTHER_PAIRS, OTHER_METHODS = "other data", "other pairs", "other methods"


class Voice(NamedTuple):
    """One piece of evidence on turnover being at least a value in a year."""

    key: str
    item: str  # for readers
    source: str
    chance: Chance  # ``chance(values, year)``: of at least each value, missing where it is silent
    # ``doubt(value, year)``: ends of that chance, and how many independent cases it is worth.
    doubt: Callable[[float, int], Doubt] | None = None
    group: str = ""  # other data, other pairs or other methods; empty for a reason


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """All voices on one case."""

    outlook: Outlook  # the growth model on the pair's history
    passage: Callable[[float], Floats]  # of a value being reached by each of the outlook's years
    ever: Chance  # ``ever(values, year)``: of at least each value in any year up to one
    others: Sequence[Voice]  # they make the range
    reasons: Sequence[Voice]  # the headline with one signal as is usual
    # The headline in the best, the middle and the worst third of past eras.
    eras: Sequence[tuple[Voice, Outlook]] = ()


def weigh(cases: Sequence[Case], *, whole: bool = True) -> list[Evidence]:
    """The evidence of each case of one day, in their order, the growth model read in one pass.

    Not `whole`: what the headline needs, without range and reasons.
    """
    if not cases:
        return []
    made, read = _read(cases, cases[0].known), _evidence if whole else _headline
    return [read(case, one) for case, one in zip(cases, made, strict=True)]


def _read(data: Sequence[Case | OtherData], known: Known) -> list[Outlook]:
    """The growth model of a day on histories and their nowcasts, in one pass."""
    histories, casts = [one.history for one in data], [one.nowcast for one in data]
    apart = [joined(one) for one in histories]
    return outlooks(histories, model=known.model, nowcasts=casts, other_sources=apart)


def headline(case: Case, evidence: Evidence, values: Floats, year: int) -> tuple[Floats, Floats]:
    """The growth model's probability in a year, and ever by it, of at least each value.

    Ever is certain for what was seen since the announcement.
    """
    within = evidence.outlook.chance(values, year)
    ever = np.maximum(within, evidence.ever(values, year))
    return within, np.where(case.seen_musd(year) >= values, 1.0, ever)


def heard(evidence: Evidence, values: Floats, year: int) -> list[Floats]:
    """What each voice of the range says of each value."""
    return [voice.chance(values, year) for voice in evidence.others]


def extent(within: Floats, said: Sequence[Floats]) -> tuple[Floats, Floats]:
    """The least and the most of the chances in the year and of what the voices said of them."""
    every = np.array([within, *said])
    return np.nanmin(every, axis=0), np.nanmax(every, axis=0)


def _headline(_: Case, made: Outlook) -> Evidence:
    """The growth model alone."""
    passage = lru_cache(maxsize=1)(made.passage)
    ever = _ever(made, passage)
    return Evidence(outlook=made, passage=passage, ever=ever, others=[], reasons=[])


def _evidence(case: Case, made: Outlook) -> Evidence:
    rich = made.kind == "own recent"
    return replace(
        _headline(case, made),
        eras=_eras(case, made),
        reasons=_reasons(case, made),
        others=[
            *(_other_data(case) if rich else []),
            _like_pairs(case, "like_pairs", "dollars of the day", None),
            _like_pairs(case, "like_pairs_real", "constant dollars", case.known.deflator),
            *(_walk(case) if rich else []),
        ],
    )  # fmt: skip


def _ever(made: Outlook, passage: Callable[[float], Floats]) -> Chance:
    """Probability of each value in any year up to one: read alone, or many off kept paths."""
    paths = cache(lambda: made.paths(MAX_HORIZON))

    def chance(values: Floats, year: int) -> Floats:
        if np.size(values) == 1:
            return passage(float(values[0]))[[year - made.origin - 1]]
        return paths().chance(values, year=year, ever=True)

    return chance


def _walk(case: Case) -> list[Voice]:
    """Of simple forecasters the one that does not lose to a random walk on other pairs: itself."""
    if not case.unbroken:
        return []
    past, cast = case.history, case.nowcast
    return [Voice(
        key="naive", item="assuming no change on average", source="the same history",
        chance=lambda values, year: walk_chance(past, values, year=year, nowcast=cast),
        group=OTHER_METHODS,
    )]  # fmt: skip


def _other_data(case: Case) -> list[Voice]:
    """The growth model on other data for the same pair."""
    others = case.others
    return [
        Voice(key=other.key, item=other.item, source=words("panel_growth"),
              chance=_within_reach(one), group=OTHER_DATA)
        for other, one in zip(others, _read(others, case.known), strict=True)
    ]  # fmt: skip


def _within_reach(made: Outlook) -> Chance:
    """Its chances; silent on years that it does not reach."""

    def chance(values: Floats, year: int) -> Floats:
        if year - made.first > MAX_HORIZON:
            return np.full(np.shape(values), np.nan)
        return made.chance(values, year)

    return chance


def _like_pairs(case: Case, key: str, money: str, prices: pd.Series | None) -> Voice:
    """Share of pairs of the same size that did as much; silent on sizes that no table knows."""
    like, cells, now = ReferenceClass(size_musd=case.now.last_musd), case.known.growth, case.now

    @lru_cache(maxsize=1)
    def rate(value: float, year: int) -> tuple[float, float, float, float]:
        horizon = year - now.last_year
        asked = {"multiple": value / now.last_musd, "horizon": horizon, "prices": prices}
        return class_doubt(cells[horizon], like, **asked)  # type: ignore[arg-type]

    def chance(values: Floats, year: int) -> Floats:
        try:
            if np.size(values) == 1:
                return np.array([rate(float(values[0]), year)[0]])
            horizon, multiples = year - now.last_year, np.asarray(values) / now.last_musd
            asked = {"multiples": multiples, "horizon": horizon, "prices": prices}
            return share_curve(cells[horizon], like, **asked)  # type: ignore[arg-type]
        except (KeyError, NoEpisodesError):
            return np.full(np.shape(values), np.nan)

    item = f"pairs of the same size, in {money}"
    return Voice(key=key, item=item, source=like.words(), chance=chance, group=OTHER_PAIRS,
                 doubt=lambda value, year: rate(value, year)[1:])  # fmt: skip


def _reasons(case: Case, made: Outlook) -> list[Voice]:
    """The headline with one signal at a time as is usual."""
    known, told = case.known, {"dollar": "how dear the dollar is"}
    if made.kind == "own recent":
        told |= {"move": "its recent move", "volatility": "how jumpy it is"}
    apart, usual = joined(case.history), {}
    if case.nowcast is None or case.by != case.nowcast.year:
        usual = as_usual(made, case.history, model=known.model, other_source=apart)
    voices = [_reason(key, told[key], usual[key].chance) for key in usual if key in told]
    if case.ahead > 0 and case.now.reached is None:
        asked = float(known.pledges.scored["asked"].median())

        def easier(values: Floats, year: int) -> Floats:
            level = case.now.last_musd * (1 + asked) ** (year - case.now.last_year)
            return made.chance(np.full(np.shape(values), level), year)

        item = (f"the growth needed, {case.asked:.0%} a year where targets usually ask "
                f"{asked:.0%}")  # fmt: skip
        voices.append(_reason("asked", item, easier))
    if case.nowcast is not None and len(case.history) >= MIN_YEARS:
        without = outlook(case.history, model=known.model, other_source=apart)
        voices.append(_reason("months", "the months published so far", _within_reach(without)))
    return voices


def _eras(case: Case, made: Outlook) -> list[tuple[Voice, Outlook]]:
    """The headline in each third of past eras; silent on a nowcast's year, which is nearly over."""
    model, ahead = case.known.model, case.by - made.first
    if not model.eras or not 0 < ahead <= MAX_HORIZON:
        return []
    each = zip(ERAS, in_eras(made, model.eras), model.era_starts, strict=True)
    return [
        (Voice(key=f"era_{name}", item=f"if coming years are like the {name} third of past ones",
               source=f"start years {began[ahead - 1]}", chance=one.chance), one)
        for name, one, began in each
    ]  # fmt: skip


def _reason(key: str, item: str, chance: Chance) -> Voice:
    return Voice(key=key, item=item, source="against what is usual", chance=chance)
