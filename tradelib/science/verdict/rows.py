"""Rows of a verdict's table: what each piece of the evidence says, of what unit, from where."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground import codes
from tradelib.ground.errors import NoAnswerError
from tradelib.ground.growth import required_growth
from tradelib.ground.plain import label
from tradelib.science.gravity.ceiling import ceiling_check
from tradelib.science.outlook.signals import KINDS
from tradelib.science.pledge.chance import PledgeChance
from tradelib.science.pledge.progress import METHODS, SIZES, progress
from tradelib.science.pledge.target import WORDS
from tradelib.science.scores.summary import came_true
from tradelib.science.verdict.case import OPEN_ENDED, Case, InformationSet
from tradelib.science.verdict.evidence import Evidence

COLUMNS = ["key", "role", "group", "item", "value", "low", "high", "unit", "source"]
# Years over which the recent pace of prices is taken: one cycle, not one shock.
PACE_YEARS = 5
# Multiples asked for which the nearest on record, 1.5 to 4, stands; calls that a share needs.
LIKE, CALLS = (1.25, 5.5), 30
# Multiples that the model was tested on, and what they are called.
TESTED = {
    "x1.5": (1.5, "growing by half"),
    "x2": (2.0, "doubling"),
    "x4": (4.0, "growing fourfold"),
}
# Reasons shown: what moves the headline less than the third hardly moves it.
REASONS = 3
# Ends and middle of 80 %.
TENTHS = (0.1, 0.5, 0.9)

Row: TypeAlias = dict[str, Any]


def row(
    key: str,
    role: str,
    item: str,
    value: float,
    unit: str,
    source: str,
    ends: tuple[float, float] = (math.nan, math.nan),
) -> Row:
    """One row of the table."""
    cells = (key, role, "", item, float(value), float(ends[0]), float(ends[1]), unit, source)
    return dict(zip(COLUMNS, cells, strict=True))


def standing_rows(case: Case) -> list[Row]:
    """Where the pair stands, what the target asks, and what prices alone would give of it."""
    now, source = case.now, case.source
    named = "the target" if now.target.deadline else f"none was named: {OPEN_ENDED} years ahead"
    rows = [
        row("by", "standing", "year judged", case.by, "year", named),
        row("last_year", "standing", "last full year known", now.last_year, "year", source),
        row(
            "last_musd",
            "standing",
            f"{WORDS[now.target.flow]} of {now.last_year}",
            now.last_musd,
            "US$ million",
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
    if now.required > 0:
        prices = case.information.consumer_prices.iloc[-1 - PACE_YEARS :]
        pace = math.log(prices.iloc[-1] / prices.iloc[0]) / PACE_YEARS
        source = f"US consumer prices, {prices.index[0]}-{prices.index[-1]}"
        rows += [
            row("inflation", "standing", "US inflation a year", math.expm1(pace), "a year", source),
            row(
                "inflation_share",
                "standing",
                "share of that growth from US inflation alone",
                pace / math.log1p(now.required),
                "share",
                source,
            ),
        ]
    return rows


def flow_rows(case: Case) -> list[Row]:
    """Exports and imports of the last year, where known."""
    last = case.history.iloc[-1]
    return [
        row(
            side,
            "context",
            f"{side}s of {codes.name(last['reporter'])}, {int(last['year'])}",
            last[f"{side}_musd"],
            "US$ million",
            case.source,
        )
        for side in ("export", "import")
        if "reporter" in last and pd.notna(last.get(f"{side}_musd"))
    ]


def headline_rows(
    case: Case, evidence: Evidence, chances: tuple[float, float], values: tuple[float, ...]
) -> list[Row]:
    """What the growth model says of the year judged, and of the years around it."""
    goal, by, made = case.target.value_musd, case.by, evidence.outlook
    source, passage = label(made.name), dict(zip(made.years, made.passage(goal), strict=True))
    half = next((year for year, chance in passage.items() if chance >= 0.5), math.nan)
    rows = [
        row(
            "headline",
            "headline",
            f"chance in {by}, the growth model",
            chances[0],
            "probability",
            source,
        ),
        row("ever", "ever", f"chance in any year up to {by}", chances[1], "probability", source),
        row(
            "turnover",
            "context",
            f"{WORDS[case.target.flow]} in {by}",
            values[1],
            "US$ million",
            source,
            (values[0], values[2]),
        ),
        row(
            "shortfall",
            "context",
            f"what is lacking in {by} on average, if it is missed",
            made.shortfall(goal, by),
            "US$ million",
            source,
        ),
        row(
            "half_year",
            "context",
            "first year by which it is as likely as not to be reached",
            half,
            "year",
            source,
        ),
        row(
            "own_years",
            "context",
            "full years of the pair that the growth model reads",
            1 if made.kind == "size" else len(case.history),
            "years",
            case.source,
        ),
        row(
            "rests_on",
            "context",
            f"it rests on {KINDS[made.kind]}",
            list(KINDS).index(made.kind),
            "kind",
            case.source,
        ),
    ]
    if case.target.deadline is None:
        rows += [
            row(f"by_{year}", "by year", f"reached by {year}", chance, "probability", source)
            for year, chance in passage.items()
        ]
    return rows


def range_rows(evidence: Evidence, chances: Sequence[float], goal: float, year: int) -> list[Row]:
    """What else speaks of the event, with its doubt."""
    rows = []
    for estimate, chance in zip(evidence.others, chances, strict=True):
        if math.isnan(chance):
            continue
        low, high, _ = estimate.uncertainty(goal, year) or (math.nan, math.nan, math.nan)
        cells = (estimate.key, "range", estimate.item, chance, "probability", estimate.source)
        rows.append(row(*cells, (low, high)) | {"group": estimate.group})
    return rows


def tested_rows(case: Case, chance: float) -> list[Row]:
    """How often forecasts of as much came true: of the nearest multiple, as many years ahead."""
    counts = case.information.tested
    years = min(case.ahead, int(counts["horizon"].max()))
    event = min(TESTED, key=lambda name: abs(math.log(case.now.multiple / TESTED[name][0])))
    counts = counts[(counts["event"] == event) & (counts["horizon"] == years)]
    share, least, best = came_true(counts, chance)
    if math.isnan(share):
        return []
    span = f"{years} year{'s' * (years > 1)}"
    item = f"forecasts of {TESTED[event][1]} in {span} at such a chance that came true in tests"
    source = f"other pairs, origins of {counts['origin'].min()}-{counts['origin'].max()}"
    return [row("tested", "context", item, share, "share", source, (least, best))]


def reason_rows(evidence: Evidence, headline: float, goal: float, year: int) -> list[Row]:
    """The signals whose replacement by what is usual moves the headline most."""
    asked = np.array([goal])
    moves = [(one, headline - float(one.chance(asked, year)[0])) for one in evidence.reasons]
    largest = sorted((m for m in moves if not math.isnan(m[1])), key=lambda move: -abs(move[1]))
    return [
        row(one.key, "reason", one.item, move, "probability moved", one.source)
        for one, move in largest[:REASONS]
    ]


def era_rows(evidence: Evidence, goal: float, year: int) -> list[Row]:
    """The chance, and turnover with its 80 %, in each third of past eras: no part of the range."""
    rows = []
    for era in evidence.eras:
        chance = era.chance(np.array([goal]), year)[0]
        low, middle, high = era.outlook.quantile(TENTHS, year)
        item = f"turnover in {year}, {era.item}"
        rows += [
            row(era.key, "era", era.item, chance, "probability", era.source),
            row(f"{era.key}_musd", "era", item, middle, "US$ million", era.source, (low, high)),
        ]
    return rows


def official(case: Case) -> pd.DataFrame | None:
    """What the official progress methods say, from the last full year before the announcement.

    As `tradelib.progress` returns it; None without a deadline or a year in between.
    """
    now, announced, first = case.now, case.target.announced, int(case.history["year"].iloc[0])
    base = first if announced is None else max(first, announced.year - 1)
    end = now.target.deadline
    if not case.unbroken or end is None or not base < min(now.last_year, end):
        return None
    return progress(case.history, case.target, base_year=base)


def official_rows(case: Case) -> list[Row]:
    """The official methods' calls, and how often such calls came true."""
    calls = official(case)
    return (
        []
        if calls is None
        else [
            row(
                one.method,
                "context",
                f"{label(one.method)}, since {one.base_year}: {one.status}",
                one.ratio,
                "ratio",
                METHODS[one.method].reference,
            )
            for one in calls.itertuples()
        ]
        + _came_true(case, calls)
    )


def _came_true(case: Case, calls: pd.DataFrame) -> list[Row]:
    """How often such calls came true, where a target like this one is on record."""
    record, base, by = case.information.pledges.record, calls["base_musd"].iloc[0], case.by
    asked, span = case.target.value_musd / base, by - calls["base_year"].iloc[0]
    like = calls.assign(
        multiple=min(record["multiple"].unique(), key=lambda one: abs(math.log(one / asked))),
        span=min(record["span"].unique(), key=lambda one: abs(one - span)),
        left=by - calls["last_year"],
        size=[size for size, least in SIZES.items() if base >= least][-1],
    ).merge(record, on=["method", "status", "multiple", "span", "left", "size"])
    enough = like[(like["n"] >= CALLS) & (LIKE[0] <= asked <= LIKE[1])]
    return [
        row(
            f"{one.method}_came",
            "context",
            f'targets met of {one.n:,} called "{one.status}" by '
            f"{label(one.method)}, {one.left} of {one.span} years left to multiply by "
            f"{one.multiple:g}, pairs of {one.size}",
            one.share,
            "share",
            "all pairs, 2000-2016",
            (one.low, one.high),
        )
        for one in enough.itertuples()
    ]


def nowcast_rows(case: Case) -> list[Row]:
    """What the months published of the year under way imply."""
    cast = case.nowcast
    if cast is None:
        if case.part_year is None:
            return []
        months, value = case.part_year
        item = f"{case.now.last_year + 1} has {months} months of US${value:,.1f}m, and too few "
        item += "earlier years tell what they come to"
        return [row("months", "context", item, value, "US$ million", case.source)]
    item = f"{cast.year} from {cast.months} months of US${cast.part_musd:,.1f}m"
    ends = cast.interval(80)
    return [row("nowcast", "context", item, cast.median_musd, "US$ million", cast.chosen, ends)]


def pledge_rows(case: Case) -> list[Row]:
    """What became of announced targets that asked about as much; none where nothing was asked."""
    try:
        found = pledge_chance(case)
    except NoAnswerError:
        return []
    item = f"a pledge like this one is on time, by what became of {found.n} others"
    source = "registry of targets"
    return [row("pledges", "context", item, found.chance, "probability", source, found.interval)]


def pledge_chance(case: Case, *, level: float = 90) -> PledgeChance:
    """Of a pledge like this one: asked from the last year before its announcement."""
    target = case.target
    if target.deadline is None:
        raise NoAnswerError(
            f"no deadline was named: {target.summary()}; such pledges enter no rate"
        )
    start, base = _base(case)
    since = target.announced.year if target.announced else start + 1
    china = "CHN" in (target.reporter, target.partner)
    if not (start < target.deadline and base < target.value_musd):
        why = f"{target.summary()} asks no growth of US${base:,.0f}m in {start}"
        raise NoAnswerError(f"{why}; nothing was to be kept")
    asked = float(required_growth(base, target.value_musd, years=target.deadline - start))
    years = max(0, target.deadline - since)
    return case.information.pledges.model.chance(asked, years, since, china=china, level=level)


def _base(case: Case) -> tuple[int, float]:
    """Year and turnover that a pledge started from: as recorded, or the last year before it."""
    target = case.target
    recorded = case.information.pledges.rows.get(target.target_id)
    if recorded is not None and pd.notna(recorded.baseline_musd + recorded.baseline_year):
        return int(recorded.baseline_year), float(recorded.baseline_musd)
    years = case.history.set_index("year")["turnover_musd"]
    before = years[years.index < target.announced.year] if target.announced else years
    if before.empty:
        before = years
    return int(before.index[-1]), float(before.iloc[-1])


def learned_row(information: InformationSet) -> Row:
    """What the headline was learned from."""
    model = information.model
    item = "year by which all that the growth model learned from was out"
    return row("known_from", "context", item, float(model.known_from[:4]), "year", model.trained_on)


def ceiling_rows(case: Case) -> list[Row]:
    """What size and distance predict, and how usual it is to lie so far above."""
    if case.gravity is None:
        return []
    own, gdp, model = case.gravity
    check = ceiling_check(case.target.value_musd, own, model=model, by_gdp=gdp)
    source = "gravity, PPML with exporter-year and importer-year effects"
    like = f"{check.episodes:,} pairs as far above theirs, four years later"
    money, times, share = "US$ million", "times", "share"
    facts: list[tuple[Any, ...]] = [
        (
            "potential",
            "what size and distance predict, from all that both trade",
            own.musd,
            money,
            source,
            own.interval(),
        ),
        *(
            []
            if gdp is None
            else [
                (
                    "potential_gdp",
                    "the same, from both countries' GDP",
                    gdp.musd,
                    money,
                    "gravity, PPML with GDPs at official rates",
                    gdp.interval(),
                )
            ]
        ),
        ("potential_year", "year of these predictions", own.year, "year", source),
        ("potential_ratio", "turnover that year against the prediction", own.ratio, times, source),
        ("target_ratio", "the target against the prediction", check.multiple, times, source),
        (
            "less_far",
            "pairs that lie less far above theirs than the target would",
            check.below_target,
            share,
            "all pairs that trade, 2004-2016",
        ),
        (
            "rose",
            "pairs as far above theirs whose trade rose further",
            check.rose,
            share,
            like,
            check.rose_range,
        ),
        (
            "rose_enough",
            "pairs as far above theirs whose trade rose as much as this target needs",
            check.reached,
            share,
            like,
        ),
    ]
    return [row(key, "ceiling", *rest) for key, *rest in facts]
