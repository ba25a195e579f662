"""Rows of `Verdict.evidence`: each number that a verdict shows, its role, unit and source.

(`Verdict.to_frame` is another table: the verdict in one row.) Keys are unique in a verdict.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import NoAnswerError
from tradelib.core.growth import required_growth
from tradelib.core.labels import DOLLAR, label, million_of, sign_of
from tradelib.science.assessment.case import OPEN_ENDED, Case, InformationSet
from tradelib.science.assessment.evidence import AGAINST_USUAL, Estimates, like_pairs
from tradelib.science.forecasting.predictors import KINDS
from tradelib.science.gravity.ceiling import Ceiling, ceiling_check
from tradelib.science.gravity.potential import Potential
from tradelib.science.pledges.chance import PledgeChance
from tradelib.science.pledges.progress_methods import METHODS, SIZES, progress_of
from tradelib.science.pledges.target import FLOW_WORDS
from tradelib.science.pledges.track import given
from tradelib.science.scoring.summary import came_true

EVIDENCE_COLUMNS = ["key", "role", "group", "item", "value", "low", "high", "unit", "source"]
# What a row is in the answer. Only the headline and the range decide the words. A new role needs a
# heading on the site (``pages/evidence.py``).
Role: TypeAlias = Literal[
    "headline",  # the chance in the year judged
    "ever",  # the chance in any year up to it
    "range",  # another estimate of the headline: part of the range
    "reason",  # how far a signal moves the headline
    "era",  # the headline in a third of past eras
    "by year",  # the chance by a year, where no deadline was named
    "standing",  # where the pair stands, and what the target asks
    "ceiling",  # what size and distance predict
    "context",  # anything else
]
ROLES: tuple[Role, ...] = get_args(Role)
# Years over which recent inflation is measured: a whole cycle, not one shock.
PACE_YEARS = 5
# Multiples asked that are near enough to one on record (1.5 to 4) to be compared with it.
LIKE = (1.25, 5.5)
# Fewest calls of which a share is shown.
CALLS = 30
# Multiples that the model was tested on, and their names.
TESTED = {
    "x1.5": (1.5, "growing by half"),
    "x2": (2.0, "doubling"),
    "x4": (4.0, "growing fourfold"),
}
# Levels of the ends and the middle of an 80 % interval.
TENTHS = (0.1, 0.5, 0.9)
# Where pledges' outcomes beside the chances of the day come from.
REPLAYED = "registry of targets; the model was given only what was known on past days"
# Where exchange rates come from.
RATES = "US Federal Reserve, H.10"
# The registry for readers, and as a source of figures.
REGISTRY = "registry of targets"
REGISTRY_ID = "pledges"
# Of a row without a range.
NO_ENDS = (math.nan, math.nan)

Row: TypeAlias = dict[str, Any]


def row(
    key: str,
    role: Role,
    item: str,
    value: float,
    unit: str,
    source: str,
    ends: tuple[float, float] = NO_ENDS,
    *,
    group: str = "",
) -> Row:
    """One row of `Verdict.evidence`."""
    return {
        "key": key,
        "role": role,
        "group": group,
        "item": item,
        "value": float(value),
        "low": float(ends[0]),
        "high": float(ends[1]),
        "unit": unit,
        "source": source,
    }


def of_role(evidence: pd.DataFrame, role: Role) -> pd.DataFrame:
    """Rows of `Verdict.evidence` that have a role."""
    return evidence[evidence["role"] == role]


def standing_rows(case: Case) -> list[Row]:
    """Where the pair stands, what the target asks, and what prices alone would give."""
    now = case.now
    source = case.source
    origin = "the target" if now.target.deadline else f"none was named: {OPEN_ENDED} years ahead"
    rows = [
        row("by", "standing", "year judged", case.by, "year", origin),
        row("last_year", "standing", "last full year known", now.last_year, "year", source),
        row(
            f"last_{suffix(case.target.currency)}",
            "standing",
            f"{FLOW_WORDS[now.target.flow]} of {now.last_year}",
            now.last_musd,
            case.unit,
            source,
        ),
        row(
            "share_of_target",
            "standing",
            f"share of the target reached in {now.last_year}",
            1 / now.multiple,
            "share",
            source,
        ),
    ]
    if now.required is None:
        return rows
    rows.append(row("required", "standing", "growth needed a year", now.required, "a year", source))
    if now.required > 0 and case.exchange is None:
        rows += _inflation_rows(case.information, now.required)
    return rows


def suffix(currency: str) -> str:
    """How keys of amounts end: ``musd`` promises US$ million."""
    return "musd" if currency == DOLLAR else "value"


def exchange_rows(case: Case) -> list[Row]:
    """The rate at which the last year was converted, the last one known, and how far it moves."""
    exchange = case.exchange
    if exchange is None:
        return []
    years = {"rate": case.now.last_year, "last_rate": exchange.last_year}
    rows = [
        row(
            key,
            "context",
            f"{exchange.currency} per US dollar, average of {year}",
            exchange.per_usd[year],
            "per US$",
            RATES,
        )
        for key, year in years.items()
    ]
    item = "by how much that rate changes from one year to the next, one standard deviation"
    return [*rows, row("rate_spread", "context", item, exchange.yearly, "share", RATES)]


def bloc_rows(case: Case) -> list[Row]:
    """Of a bloc: how many pairs are summed, what is missing, what their own figures add up to."""
    parts = case.parts
    if parts is None:
        return []
    year, total = parts.own
    of_members = f"members {case.target.convention}"
    n = int((parts.history.iloc[-1] > 0).sum())
    lacking = "part of the sum that members without a figure held when last known"
    rows = [
        row("pairs_summed", "context", f"pairs summed, {of_members}", n, "pairs", case.source),
        row("missing", "context", lacking, parts.missing, "share", case.source),
    ]
    if year < case.now.last_year:
        item = f"what the pairs' own figures of {year} add up to"
        rows.append(row("sum_of_pairs", "context", item, total, million_of(DOLLAR), case.source))
    return rows


def count_rows(case: Case) -> list[Row]:
    """Of a target of the registry: what it counts, what the series counts, and how far apart."""
    counts = case.counts
    if counts is None:
        return []
    both = counts.both
    values, unit = ((both.pledge, both.series), case.unit) if both else ((0.0, 0.0), "kind")
    texts = (f"the pledge counts {counts.pledge}", f"our series counts {counts.series}")
    rows = [
        row("pledge_counts", "context", texts[0], values[0], unit, REGISTRY),
        row("series_counts", "context", texts[1], values[1], unit, case.source),
    ]
    if both:
        years = (both.year, both.year + 1) if both.fiscal else NO_ENDS
        of_year = "year of both figures"
        apart = "how far our figure of that year is from the pledge's own"
        rows += [
            row("count_year", "context", of_year, both.year, "year", REGISTRY, years),
            row("count_gap", "context", apart, both.gap, "share", case.source),
        ]
    if counts.differences:
        item = f"they differ in {' and '.join(counts.differences)}"
        rows.append(row("other_count", "context", item, 0.0, "kind", REGISTRY))
    if case.nowcast is None:
        from_registry = case.history["source_id"].iloc[-1] == REGISTRY_ID
        key = "starts_registry" if from_registry else "starts_series"
        whose = "the registry's" if from_registry else "our series'"
        item = f"the forecast starts from {whose} figure"
        rows.append(row(key, "context", item, case.now.last_year, "year", case.source))
    return rows


def _inflation_rows(information: InformationSet, required: float) -> list[Row]:
    """US inflation, and log(1 + inflation) / log(1 + required): its share of the growth."""
    prices = information.consumer_prices.iloc[-1 - PACE_YEARS :]
    pace = math.log(prices.iloc[-1] / prices.iloc[0]) / PACE_YEARS
    source = f"US consumer prices, {prices.index[0]}-{prices.index[-1]}"
    return [
        row("inflation", "standing", "US inflation a year", math.expm1(pace), "a year", source),
        row(
            "inflation_share",
            "standing",
            "share of that growth from US inflation alone, in logs",
            pace / math.log1p(required),
            "share",
            source,
        ),
    ]


def flow_rows(case: Case) -> list[Row]:
    """Exports and imports of the last year, where known."""
    last = case.history.iloc[-1]
    if "reporter" not in last:
        return []
    rows = []
    for flow in ("export", "import"):
        value = last.get(f"{flow}_musd")
        if pd.notna(value):
            item = f"{flow}s of {country_codes.name(last['reporter'])}, {int(last['year'])}"
            rows.append(row(flow, "context", item, value, case.unit, case.source))
    return rows


def headline_rows(
    case: Case, estimates: Estimates, chances: tuple[float, float], values: tuple[float, ...]
) -> list[Row]:
    """The growth model's forecast of the year judged and of the years around it.

    `chances` are those in the year judged and in any year up to it; `values` the 10th, 50th and
    90th percentile of turnover in it.
    """
    goal = case.target.value
    by = case.by
    forecast = estimates.outlook
    source = label(forecast.name)
    passage = dict(zip(forecast.years, forecast.passage(goal), strict=True))
    likely_years = [year for year, chance in passage.items() if chance >= 0.5]
    in_year = f"chance in {by}, the growth model"
    rows = [
        row("headline", "headline", in_year, chances[0], "probability", source),
        row("ever", "ever", f"chance in any year up to {by}", chances[1], "probability", source),
        row(
            "turnover",
            "context",
            f"{FLOW_WORDS[case.target.flow]} in {by}",
            values[1],
            case.unit,
            source,
            (values[0], values[2]),
        ),
        row(
            "shortfall",
            "context",
            f"by how much it falls short in {by} on average, if it is missed",
            forecast.shortfall(goal, by),
            case.unit,
            source,
        ),
        row(
            "half_year",
            "context",
            "first year by which it is as likely as not to be reached",
            min(likely_years, default=math.nan),
            "year",
            source,
        ),
    ]
    rows += _basis_rows(case, forecast.kind)
    if case.target.deadline is None:
        rows += [
            row(f"by_{year}", "by year", f"reached by {year}", chance, "probability", source)
            for year, chance in passage.items()
        ]
    return rows


def _basis_rows(case: Case, kind: str) -> list[Row]:
    """The data that the forecast rests on; `kind` is one of `KINDS`."""
    years = 1 if kind == "size" else len(case.history)
    years_item = "full years of the pair that the growth model reads"
    index = list(KINDS).index(kind)
    return [
        row("own_years", "context", years_item, years, "years", case.source),
        row("rests_on", "context", f"it rests on {KINDS[kind]}", index, "kind", case.source),
    ]


def range_rows(estimates: Estimates, chances: Sequence[float], goal: float, year: int) -> list[Row]:
    """The other estimates of the headline, each with its uncertainty."""
    rows = []
    for estimate, chance in zip(estimates.others, chances, strict=True):
        if math.isnan(chance):
            continue
        uncertainty = estimate.uncertainty(goal, year)
        rows.append(
            row(
                estimate.key,
                "range",
                estimate.item,
                chance,
                "probability",
                estimate.source,
                NO_ENDS if uncertainty is None else uncertainty[:2],
                group=estimate.group,
            )
        )
    return rows


def like_pair_rows(case: Case) -> list[Row]:
    """How often pairs of the same size grew as much, where data are too old for a chance."""
    goal = case.target.value
    rows = []
    for estimate in like_pairs(case):
        chance = float(estimate.chance(np.array([goal]), case.by)[0])
        if math.isnan(chance):
            continue
        low, high, _ = estimate.uncertainty(goal, case.by)
        item = f"{estimate.item}, that grew as much in as many years"
        rows.append(
            row(estimate.key, "context", item, chance, "share", estimate.source, (low, high))
        )
    return rows


def tested_rows(case: Case, chance: float) -> list[Row]:
    """How often forecasts of the nearest multiple, as many years ahead, came true."""
    tested = case.information.tested
    years = min(case.ahead, int(tested["horizon"].max()))
    event = _nearest_event(case.now.multiple)
    counts = tested[(tested["event"] == event) & (tested["horizon"] == years)]
    share, low, high = came_true(counts, chance)
    if math.isnan(share):
        return []
    span = "1 year" if years == 1 else f"{years} years"
    item = (
        f"in tests, where the model gave other pairs such a chance of {TESTED[event][1]} in {span}"
    )
    source = f"other pairs, origins of {counts['origin'].min()}-{counts['origin'].max()}"
    return [row("tested", "context", item, share, "share", source, (low, high))]


def _nearest_event(multiple: float) -> str:
    """The event of `TESTED` whose multiple is nearest in logs."""

    def distance(event: str) -> float:
        return abs(math.log(multiple / TESTED[event][0]))

    return min(TESTED, key=distance)


def reason_rows(estimates: Estimates, headline: float, goal: float, year: int) -> list[Row]:
    """What each signal does to a usual target's chance, the largest first, and that chance.

    They add up to the headline: each is the step that is taken when one signal more is as it is.
    """
    rows = []
    chance = headline
    for reason in estimates.reasons:
        without = float(reason.chance(np.array([goal]), year)[0])
        if not math.isnan(without):
            unit = "probability moved"
            rows.append(
                row(reason.key, "reason", reason.item, chance - without, unit, reason.source)
            )
            chance = without
    if not rows:
        return []
    rows.sort(key=lambda cells: -abs(cells["value"]))
    item = "the chance of a usual target"
    return [*rows, row("usual", "context", item, chance, "probability", AGAINST_USUAL)]


def era_rows(estimates: Estimates, goal: float, year: int, currency: str) -> list[Row]:
    """Chance, and turnover with its 80 % interval, in each third of past eras."""
    rows = []
    for era in estimates.eras:
        chance = era.chance(np.array([goal]), year)[0]
        low, median, high = era.outlook.quantile(TENTHS, year)
        item = f"turnover in {year}, {era.item}"
        rows += [
            row(era.key, "era", era.item, chance, "probability", era.source),
            row(
                f"{era.key}_{suffix(currency)}",
                "era",
                item,
                median,
                million_of(currency),
                era.source,
                (low, high),
            ),
        ]
    return rows


def official(case: Case) -> pd.DataFrame | None:
    """Calls of the official progress methods, from the year before the announcement.

    As `tradelib.progress` returns them; None where there is no deadline, a gap in the history, or
    no year since that base.
    """
    deadline = case.target.deadline
    announced = case.target.announced
    base = int(case.history["year"].iloc[0])
    if announced is not None:
        base = max(base, announced.year - 1)
    if not case.unbroken or deadline is None:
        return None
    if base >= min(case.now.last_year, deadline):
        return None
    return progress_of(case.history, case.target, base)


def official_rows(case: Case) -> list[Row]:
    """The official methods' calls, and how often such calls came true."""
    calls = official(case)
    if calls is None:
        return []
    rows = []
    for call in calls.itertuples():
        item = f"{label(call.method)}, since {call.base_year}: {call.status}"
        reference = METHODS[call.method].reference
        rows.append(row(call.method, "context", item, call.ratio, "ratio", reference))
    return rows + _came_true(case, calls)


def _came_true(case: Case, calls: pd.DataFrame) -> list[Row]:
    """How often such calls came true, where targets like this one are on record."""
    multiple = case.target.value / calls["base_musd"].iloc[0]
    if not LIKE[0] <= multiple <= LIKE[1]:
        return []
    rows = []
    for call in _calls_on_record(case, calls, multiple).itertuples():
        item = (
            f"of {call.n:,} targets to trade {call.multiple:g} times as much within {call.span} "
            f'years that were called "{call.status}" by {label(call.method)}, with {call.left} '
            f"years left, those met (pairs that traded {call.size})"
        )
        ends = (call.low, call.high)
        source = "all pairs, 2000-2016"
        rows.append(row(f"{call.method}_came", "context", item, call.share, "share", source, ends))
    return rows


def _calls_on_record(case: Case, calls: pd.DataFrame, multiple: float) -> pd.DataFrame:
    """Rows of the record of calls that are like these, with enough cases."""
    record = case.information.pledges.record
    base = calls["base_musd"].iloc[0] / case.per_usd(int(calls["base_year"].iloc[0]))
    span = case.by - calls["base_year"].iloc[0]
    spans = record["span"].unique()
    multiples = record["multiple"].unique()
    nearest_span = spans[np.argmin(np.abs(spans - span))]
    nearest_multiple = multiples[np.argmin(np.abs(np.log(multiples / multiple)))]
    sizes = [size for size, lower_edge in SIZES.items() if base >= lower_edge]
    matched = calls.assign(
        multiple=nearest_multiple,
        span=nearest_span,
        left=case.by - calls["last_year"],
        size=sizes[-1],
    )
    like = matched.merge(record, on=["method", "status", "multiple", "span", "left", "size"])
    return like[like["n"] >= CALLS]


def nowcast_rows(case: Case) -> list[Row]:
    """The year that the months published so far imply."""
    nowcast = case.nowcast
    if nowcast is None:
        return []
    item = (
        f"{nowcast.months} months of {nowcast.year}, US${nowcast.part_musd:,.1f}m"
        f"{nowcast.basis.unusual}"
    )
    return [
        row(
            "nowcast",
            "context",
            item,
            nowcast.median_musd,
            "US$ million",
            nowcast.basis.text,
            nowcast.interval(80),
        )
    ]


def given_rows(case: Case, ever: float) -> list[Row]:
    """What became of pledges that were given such a chance; and of those without China."""
    replayed = case.information.pledges.replayed
    asked: list[tuple[str, str, bool | None]] = [("given", "", None)]
    if not has_china(case):
        asked.append(("given_without_china", " without China as a partner", False))
    rows = []
    for key, which, with_china in asked:
        record = given(replayed, ever, china=with_china)
        if record is None:
            continue
        item = (
            f"of {record.n} pledges of {record.first}-{record.last}{which} that the model gave a "
            f"chance of {record.class_low:.0%} to {record.class_high:.0%} when they were made or "
            f"on a later day, {record.came} were kept on time"
        )
        ends = (record.low, record.high)
        rows.append(row(key, "context", item, record.share, "share", REPLAYED, ends))
    return rows


def combined_rows(case: Case, ever: float) -> list[Row]:
    """The chance corrected by what became of pledges: a check; none while too few are decided."""
    combined = case.information.pledges.combined
    if combined is None:
        return []
    announced = year_announced_in(case)
    asked = pd.DataFrame({"said": [ever], "announced": announced, "china": has_china(case)})
    corrected = combined.chances(asked).iloc[0]
    item = (
        "the same chance, corrected for when it was announced and whether China takes part, by "
        f"what became of {combined.n} pledges"
    )
    ends = (float(corrected["low"]), float(corrected["high"]))
    return [row("combined", "context", item, corrected["chance"], "probability", REPLAYED, ends)]


def has_china(case: Case) -> bool:
    """Whether China is a side of the target."""
    return "CHN" in (case.target.reporter, case.target.partner)


def year_announced_in(case: Case) -> int:
    """Year of the announcement; a target without one is announced after the last figure."""
    announced = case.target.announced
    return announced.year if announced else int(case.history["year"].max()) + 1


def pledge_rows(case: Case) -> list[Row]:
    """Chance of a pledge that asks as much; empty where no growth was asked."""
    try:
        pledge = chance_of(case)
    except NoAnswerError:
        return []
    item = (
        "a pledge like this one, on the day it is made, comes true on time, by what became of "
        f"{pledge.n} others"
    )
    ends = pledge.interval
    return [row("pledges", "context", item, pledge.chance, "probability", REGISTRY, ends)]


def chance_of(case: Case, *, level: float = 90) -> PledgeChance:
    """Chance that a pledge like this one is on time, asked from the year before it."""
    target = case.target
    if target.deadline is None:
        raise NoAnswerError(
            f"no deadline was named: {target.summary()}; such pledges enter no rate"
        )
    base_year, base = _base(case)
    if not (base_year < target.deadline and base < target.value):
        sign = sign_of(target.currency)
        why = f"{target.summary()} asks no growth of {sign}{base:,.0f}m in {base_year}"
        raise NoAnswerError(f"{why}; nothing was to be kept")
    span = target.deadline - base_year
    growth = float(required_growth(base, target.value, years=span))
    announced = year_announced_in(case)
    years = max(0, target.deadline - announced)
    model = case.information.pledges.model
    return model.chance(growth, years, announced, china=has_china(case), level=level)


def _base(case: Case) -> tuple[int, float]:
    """Year and turnover from which a pledge starts: recorded, or the last before it."""
    target = case.target
    recorded = case.information.pledges.rows.get(target.target_id)
    if recorded is not None and pd.notna(recorded.baseline_value + recorded.baseline_year):
        return int(recorded.baseline_year), float(recorded.baseline_value)
    turnover = case.history.set_index("year")["turnover_musd"]
    before = turnover
    if target.announced:
        before = turnover[turnover.index < target.announced.year]
    if before.empty:
        before = turnover
    return int(before.index[-1]), float(before.iloc[-1])


def learned_row(information: InformationSet) -> Row:
    """What the growth model was learned from, and the year by which it was out."""
    model = information.model
    year = float(model.known_from[:4])
    item = "year by which all data that the growth model learned from had come out"
    return row("known_from", "context", item, year, "year", model.trained_on)


def ceiling_rows(case: Case) -> list[Row]:
    """What size and distance predict, and how usual it is to lie so far above it."""
    if case.gravity is None:
        return []
    own, by_gdp, model = case.gravity
    check = ceiling_check(case.target.value_musd, own, model=model, by_gdp=by_gdp)
    return [*_potential_rows(own, by_gdp, check.multiple), *_far_above_rows(check)]


def _potential_rows(own: Potential, by_gdp: Potential | None, multiple: float) -> list[Row]:
    """The predictions, with turnover and target as multiples of the first."""
    source = "gravity, PPML with exporter-year and importer-year effects"
    rows = [
        row(
            "potential",
            "ceiling",
            "what size and distance predict, from all that both trade",
            own.musd,
            "US$ million",
            source,
            own.interval(),
        )
    ]
    if by_gdp is not None:
        rows.append(
            row(
                "potential_gdp",
                "ceiling",
                "the same, from both countries' GDP",
                by_gdp.musd,
                "US$ million",
                "gravity, PPML with GDPs at official rates",
                by_gdp.interval(),
            )
        )
    turnover = "turnover that year against the prediction"
    target = "the target against the prediction"
    rows += [
        row("potential_year", "ceiling", "year of these predictions", own.year, "year", source),
        row("potential_ratio", "ceiling", turnover, own.ratio, "times", source),
        row("target_ratio", "ceiling", target, multiple, "times", source),
    ]
    return rows


def _far_above_rows(check: Ceiling) -> list[Row]:
    """Pairs that lie as far above their predictions, and what became of them."""
    source = f"{check.episodes:,} pairs as far above theirs, four years later"
    return [
        row(
            "as_far",
            "ceiling",
            "pairs that trade as far above what size and distance predict as the target asks",
            1 - check.below_target,
            "share",
            "all pairs that trade, 2004-2016",
        ),
        row(
            "rose",
            "ceiling",
            "of pairs so far above, those whose trade rose further",
            check.rose,
            "share",
            source,
            check.rose_range,
        ),
        row(
            "rose_enough",
            "ceiling",
            "of pairs so far above, those that rose as much as needed",
            check.reached,
            "share",
            source,
        ),
    ]
