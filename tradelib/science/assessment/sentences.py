"""A verdict in plain words: its sentences, in the order in which one reads them."""

import math
from typing import TYPE_CHECKING

from tradelib.core.labels import DOLLAR, percent
from tradelib.science.assessment import table
from tradelib.science.assessment.evidence import OTHER_PAIRS
from tradelib.science.assessment.languages import English
from tradelib.science.assessment.likelihood_words import SIZE_ALONE

if TYPE_CHECKING:
    from tradelib.science.assessment.verdict import Verdict

# A missing part of a sum that is worth a sentence, and by how much two counts of it are alike.
LITTLE = 0.01
ALIKE = 1.1
# Two checks by size and distance that differ by more times disagree.
FAR = 2
# Reasons told: beyond the third they hardly move the headline. What moves it by less than a point
# is not told: rounded, it would look like a whole one.
REASONS = 3
A_POINT = 0.01


def told(verdict: "Verdict", say: English) -> dict[str, str]:
    """The sentences of a verdict in a language, by what they tell, in the order of reading."""
    target = say.target(verdict.target)
    sentences = {"target": say.sentence("target", target=target, words=say.words(verdict.words))}
    if verdict.words == SIZE_ALONE:
        sentences["chance"] = _of_such_pairs(verdict, say)
    elif verdict.has("headline"):
        sentences["chance"] = _chance(verdict, say)
        sentences["other_ways"] = _other_ways(verdict, say)
    elif verdict.has("like_pairs"):
        share = say.percent(verdict.value("like_pairs"))
        sentences["chance"] = say.sentence("like_pairs", share=share, year=verdict.by)
    if verdict.has("tested"):
        share = say.percent(verdict.value("tested"))
        item = _item(verdict, "tested", say)
        sentences["tested"] = say.sentence("tested", item=item, share=share)
    sentences["given"] = _given(verdict, say)
    if verdict.has("headline"):
        sentences["forecast"] = _forecast(verdict, say)
    sentences |= {
        "standing": _standing(verdict, say),
        "sum": _sum(verdict, say),
        "counted": counts_told(verdict, say),
        "months": _months(verdict, say),
        "because": _because(verdict, say),
        "ceiling": _ceiling(verdict, say),
    }
    if verdict.as_of is not None:
        sentences["known"] = say.sentence("known", day=say.day(verdict.as_of))
    return {code: text for code, text in sentences.items() if text}


def _of_such_pairs(verdict: "Verdict", say: English) -> str:
    """The share of like pairs, where size is all that is known of the pair."""
    others = verdict.other_ways.set_index("group")
    if OTHER_PAIRS not in others.index:
        return ""
    low, high = others.loc[OTHER_PAIRS, ["low", "high"]]
    return say.sentence("such_pairs", span=_span(low, high, say), year=verdict.by)


def _chance(verdict: "Verdict", say: English) -> str:
    """The number that is shown, in percent and as a frequency; and the other chance."""
    code = "chance_ever" if verdict.target.deadline is None else "chance"
    shown = verdict.shown
    # One that has been reached before: the question is whether it is again.
    if verdict.probability_ever >= 1:
        code = "chance_again"
        shown = verdict.probability_in
    ever = say.percent(verdict.probability_ever)
    return say.sentence(
        code,
        chance=say.percent(verdict.probability_in),
        ever=_earlier_too(verdict, say, ever) if code == "chance" else ever,
        often=say.frequency(shown),
        year=verdict.by,
    )


def _earlier_too(verdict: "Verdict", say: English, ever: str) -> str:
    """The chance if years ahead before the deadline count too; empty if there are none."""
    years = range(int(verdict.value("last_year")) + 1, verdict.by)
    if not years:
        return ""
    code = {1: "earlier_one", 2: "earlier_either"}.get(len(years), "earlier_any")
    earlier = say.sentence(code, first=years[0], last=years[-1])
    return say.sentence("ever", ever=ever, earlier=earlier)


def _other_ways(verdict: "Verdict", say: English) -> str:
    """Lowest and highest of the other estimates, by group; empty if there are none."""
    spans = [
        f"{say.group(row.group)} {_span(row.low, row.high, say)}"
        for row in verdict.other_ways.itertuples()
    ]
    if not spans:
        return ""
    which = "which" if verdict.target.deadline else "which_ever"
    return say.sentence(
        "other_ways",
        which=say.sentence(which, year=verdict.by),
        spans=", ".join(spans),
        outside=_outside(verdict, say),
    )


def _span(low: float, high: float, say: English) -> str:
    """Two probabilities as a range, or as one if both print alike."""
    ends = dict.fromkeys([say.percent(low), say.percent(high)])
    return f" {say.sentence('between')} ".join(ends)


def _outside(verdict: "Verdict", say: English) -> str:
    """That the headline lies beyond all other ways, as it is printed; else nothing."""
    low, high = verdict.probability_range
    chance = verdict.probability_in
    if chance < low and percent(chance) != percent(low):
        return say.sentence("higher")
    if chance > high and percent(chance) != percent(high):
        return say.sentence("lower")
    return ""


def _given(verdict: "Verdict", say: English) -> str:
    """What became of pledges that were given such a chance; empty if there are none."""
    if not verdict.has("given"):
        return ""
    without = ""
    if verdict.has("given_without_china"):
        share = say.percent(verdict.value("given_without_china"))
        without = f" {say.sentence('without_china', share=share)}"
    share = say.percent(verdict.value("given"))
    return say.sentence("given", item=_item(verdict, "given", say), share=share, without=without)


def _item(verdict: "Verdict", key: str, say: English) -> str:
    """What a row of the evidence is, at the start of a sentence."""
    return say.item(verdict.evidence.set_index("key").loc[key, "item"])


def _forecast(verdict: "Verdict", say: English) -> str:
    """The median of turnover and its 80 % interval."""
    low, median, high = (say.money(value, verdict.target.currency) for value in verdict.value_range)
    return say.sentence("forecast", low=low, median=median, high=high)


def _standing(verdict: "Verdict", say: English) -> str:
    """The last figure, the growth needed, and the growth that prices alone would give."""
    currency = verdict.target.currency
    last = say.exact(verdict.value(f"last_{table.suffix(currency)}"), currency)
    text = say.sentence("last", year=int(verdict.value("last_year")), amount=last)
    if not verdict.has("required"):
        return text
    inflation = ""
    if verdict.has("inflation"):
        inflation = say.sentence(
            "inflation",
            pace=say.share(verdict.value("inflation"), 1),
        )
    growth = say.share(verdict.value("required"), 1)
    return f"{text} {say.sentence('required', growth=growth, inflation=inflation)}"


def _sum(verdict: "Verdict", say: English) -> str:
    """Of a bloc, whose pairs are summed; and if another count of it differs by over a tenth."""
    if not verdict.has("pairs_summed"):
        return ""
    pairs = f"{verdict.value('pairs_summed'):.0f}"
    members = say.members(verdict.target.convention)
    sentences = [say.sentence("sum", pairs=pairs, members=members)]
    missing = verdict.value("missing")
    if missing >= LITTLE:
        sentences.append(say.sentence("missing", share=say.percent(missing)))
    if verdict.has("sum_of_pairs") and verdict.target.currency == DOLLAR:
        own = verdict.value("sum_of_pairs")
        if abs(math.log(verdict.value("last_musd") / own)) > math.log(ALIKE):
            item = verdict.evidence.set_index("key").loc["sum_of_pairs", "item"]
            sentences.append(say.sentence("counts", item=item, amount=say.money(own)))
    return " ".join(sentences)


def counts_told(verdict: "Verdict", say: English) -> str:
    """That the pledge counts otherwise than the series, and how far apart both are.

    Empty where both count the same and no figures are known to lie more than a tenth apart.
    """
    differs = verdict.has("other_count")
    if not differs and not _far_apart(verdict):
        return ""
    sentences = []
    if differs:
        pledge, series = (_item(verdict, f"{name}_counts", say) for name in ("pledge", "series"))
        sentences.append(say.sentence("other_count", pledge=pledge, series=series))
    known = verdict.has("count_gap")
    sentences.append(gap_told(verdict, say) if known else say.sentence("gap_unknown"))
    starts = [key for key in ("starts_registry", "starts_series") if verdict.has(key)]
    if starts and verdict.has("headline"):
        sentences.append(say.sentence(starts[0], year=int(verdict.value(starts[0]))))
    return " ".join(sentences)


def _far_apart(verdict: "Verdict") -> bool:
    """Whether both counts have a figure of one year, and these lie more than a tenth apart."""
    gap = verdict.value("count_gap") if verdict.has("count_gap") else 0.0
    return abs(math.log1p(gap)) > math.log(ALIKE)


def gap_told(verdict: "Verdict", say: English) -> str:
    """How far the series' figure of a year is from the pledge's own, where both are known."""
    gap = verdict.value("count_gap")
    year = f"{verdict.value('count_year'):.0f}"
    last = verdict.evidence.set_index("key").loc["count_year", "high"]
    if not math.isnan(last):
        year += f"-{last % 100:02.0f}"
    currency = verdict.target.currency
    ours, own = (
        say.money(verdict.value(f"{name}_counts"), currency) for name in ("series", "pledge")
    )
    code = "gap_none" if ours == own else "gap_alike"
    if _far_apart(verdict):
        code = "gap_above" if gap > 0 else "gap_below"
    return say.sentence(code, year=year, ours=ours, own=own, share=say.share(abs(gap)))


def _months(verdict: "Verdict", say: English) -> str:
    """The months published so far, and the year that they imply."""
    if not verdict.has("nowcast"):
        return ""
    return say.sentence(
        "months",
        item=_item(verdict, "nowcast", say),
        amount=say.money(verdict.value("nowcast")),
        year=int(verdict.value("last_year")) + 1,
    )


def _because(verdict: "Verdict", say: English) -> str:
    """The reasons that move a usual target's chance by a point at least; empty if none does."""
    foremost = verdict.reasons.head(REASONS).itertuples()
    moving = [say.reason(row) for row in foremost if abs(row.value) >= A_POINT]
    if not moving:
        return ""
    first, *others = moving
    rest = f" {say.sentence('because_rest', reasons=', '.join(others))}" if others else ""
    if not verdict.has("usual"):
        return say.sentence("because", first=first, rest=rest)
    usual = say.sentence("usual", chance=say.percent(verdict.value("usual")))
    return f"{usual} {say.sentence('because_usual', first=first, rest=rest)}"


def _ceiling(verdict: "Verdict", say: English) -> str:
    """What size and distance predict, and the target against it; empty without gravity."""
    if not verdict.has("target_ratio"):
        return ""
    gdp = ""
    if verdict.has("potential_gdp"):
        by_gdp = verdict.value("potential_gdp")
        apart = abs(math.log(by_gdp / verdict.value("potential"))) > math.log(FAR)
        gdp = f" {say.sentence('gdp_far' if apart else 'gdp', amount=say.money(by_gdp))}"
    return say.sentence(
        "ceiling",
        amount=say.money(verdict.value("potential")),
        year=f"{verdict.value('potential_year'):.0f}",
        gdp=gdp,
        times=say.decimal(verdict.value("target_ratio")),
    )
