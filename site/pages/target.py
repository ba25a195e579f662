"""A target's page: its question, the answer, and everything that the answer rests on."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

import tradelib as tl
from pages.cards import Card, known_day
from pages.charts import NARROW, WIDE, Chart, Picture, chance_picture, target_picture
from pages.explorer import shipped
from pages.render import fill
from pages.words import (
    METHODS, Link, Table, Text, between, cell, dated, day, evidence_name, frequency, known, money,
    name, named, outside, percent, points, quantity, reporter, slug, spoken,
    table,
)  # fmt: skip

OTHER_DATA = re.compile(r"no_|constant_dollars|.*_alone$|.*_in_place$")
OTHER_PAIRS = ("like_pairs", "like_pairs_real")
# Where the source of a row of evidence is described, by the row's key, else by its role.
MODEL, SERIES, PRICES = "../trust.html", "../sources.html#series", "../sources.html#source-bls"
STANDING = "../notebooks/04_required_growth.html"
PLACES = {
    "by": "#pledge", "last_year": SERIES, "last_musd": SERIES, "share_of_target": SERIES,
    "required": STANDING, "export": SERIES, "import": SERIES, "own_years": SERIES,
    "inflation": PRICES, "inflation_share": PRICES, "headline": "#method", "ever": "#method",
    "turnover": "#method", "shortfall": "#method", "half_year": "#method", "known_from": MODEL,
    "nowcast": "../notebooks/03_nowcast.html", "pledges": "../notebooks/08_pledges.html",
    "pledge_shift": "../notebooks/08_pledges.html", "tested": "../trust.html#reliability",
    "like_pairs": "../notebooks/07_outside_view.html",
    "like_pairs_real": "../notebooks/07_outside_view.html",
    "naive": "../notebooks/05_forecast.html",
}  # fmt: skip
ROLES = {"range": "../notebooks/10_verdict.html", "reason": "#method", "by year": "#method",
         "ceiling": "../notebooks/09_gravity.html"}  # fmt: skip


def question(card: Card) -> str:
    """What a reader asks of a target."""
    both = f"{spoken(card.row.reporter)} and {spoken(card.row.partner)}"
    when = f" by {card.by}" if card.by and (card.deadline or card.state in ("own", "size")) else ""
    verb = "Will" if card.row.status == "open" else "Did"
    return f"{verb} {both} trade for {card.goal} a year{when}?"


# ---------------------------------------------------------------------------- the answer


def answer(card: Card) -> dict[str, str]:
    """The answer: a number where one is meant, a word, and a sentence or two."""
    if card.verdict is not None:
        return _forecast(card)
    if card.listed is not None:
        return {"number": "", "word": "Open.", "said": no_forecast(card)}
    return {"number": "", "word": f"{status(card)}.", "said": came(card)}


def _forecast(card: Card) -> dict[str, str]:
    found = card.verdict
    if found is None:
        raise ValueError(f"{card.id} has no forecast")
    low, high = card.extent
    if card.state == "size":
        said = (f"One figure of this pair is known. Of pairs of this size, {between(low, high)} trade "
                f"{card.goal} or more in {found.by}.")  # fmt: skip
        return {"number": "", "word": "A pair of this size.", "said": said}
    if found.words.startswith("reached"):
        return {"number": "", "word": f"{found.words.capitalize()}.", "said": _chances(card)}
    shown = percent(found.probability_in) if card.numbered else ""
    word = found.words.capitalize() if card.numbered else "Cannot tell"
    return {"number": shown, "word": f"{word}.", "said": f"{_chances(card)} {_others(card)}"}


def _chances(card: Card) -> str:
    found = card.verdict
    if found is None or card.history is None:
        return ""
    first, by = int(card.history["year"].iloc[-1]) + 1, found.by
    said = (f"{frequency(found.probability_in).capitalize()} that the two trade {card.goal} or more "
            f"in {by}")  # fmt: skip
    if first == by:
        return f"{said}."
    ahead = [str(year) for year in range(first, by + 1)]
    years = " or ".join(ahead) if len(ahead) < 3 else f"any year up to {by}"
    return f"{said}, and {frequency(found.probability_ever)} that they do in {years}."


def _others(card: Card) -> str:
    low, high = card.extent
    return f"Other ways to estimate it give {between(low, high)}."


def no_forecast(card: Card) -> str:
    """Why nothing is said of an open target."""
    row = card.listed
    if card.state != "over":
        return f"{str(row.rests_on)[:1].upper()}{str(row.rests_on)[1:]}."
    last = f"last figure {row.last_year:.0f}"
    if card.deadline is None:
        return f"No deadline; {last}: no forecast."
    return f"The deadline {card.deadline} has passed; {last}: no forecast."


def status(card: Card) -> str:
    """What became of a target, in words that its own figures bear out."""
    row = card.row
    if row.status != "met_late":
        return {"met_on_time": "Met on time", "missed": "Missed", "superseded": "Superseded",
                "open": "Open"}[row.status]  # fmt: skip
    if known(row.reached_year):
        return f"Met late, in {int(row.reached_year)}"
    return "Missed; said to have been reached later, year unknown"


def came(card: Card) -> str:
    """What came, with its share of the target."""
    row = card.row
    if not known(row.outcome_value):
        return "No outcome is known to us."
    when = (
        f"In {int(row.outcome_year)} the two traded" if known(row.outcome_year) else "They traded"
    )
    value = money(row.outcome_value, row.currency)
    told = f"{when} {value}, {row.outcome_value / row.target_value:.0%} of the target."
    if row.status == "met_on_time" and known(row.reached_year):
        told += f" It was reached in {int(row.reached_year)}."
    return told


def updated(card: Card) -> str:
    """To which day the page is true, and when the next figure comes."""
    if card.verdict is None or card.history is None:
        return f"Registry as of {day(known_day())}."
    last = card.history.iloc[-1]
    year = int(last["year"])
    months = card.verdict.evidence.query("key == 'nowcast'")
    seen = "; ".join(row.item for row in months.itertuples()) or f"of {year + 1} no month is known"
    told = f"Updated with what was known on {day(known_day())}: figures to {year}, {seen}."
    return f"{told} {_next(card)}"


def _next(card: Card) -> str:
    if card.history is None:
        return ""
    year = int(card.history["year"].iloc[-1]) + 1
    if "released" in card.history:
        due = pd.Timestamp(card.history["released"].iloc[-1]) + pd.DateOffset(years=1)
    else:
        due = pd.Timestamp(year=year + 1, month=6, day=30)
    if due.date() <= known_day():
        return (f"The figure of {year} was due by {day(due)} and is not in our data; the next look is "
                f"after {day(_next_look())}.")  # fmt: skip
    return f"Next figure, of {year}, expected on {day(due)}."


def _next_look() -> pd.Timestamp:
    return pd.Timestamp(known_day()) + pd.DateOffset(years=1)


# ---------------------------------------------------------------------------- pictures


def chart(card: Card) -> Chart | None:
    """The fan of an open target, or base, target and outcome of any other."""
    row = card.row
    if card.verdict is not None:
        return _fan(card)
    has_base = known(row.baseline_year) and known(row.baseline_value)
    base = ((int(row.baseline_year), float(row.baseline_value)),) if has_base else ()
    seen = known(row.outcome_value) and known(row.outcome_year)
    outcome = (int(row.outcome_year), float(row.outcome_value)) if seen else None
    if not base and not outcome:
        return None
    words = f"{card.pair}: target {card.goal}" + (f" by {card.deadline}" if card.deadline else "")
    words += f", from {money(base[0][1], row.currency)} in {base[0][0]}" if base else ""
    words += f", then {money(outcome[1], row.currency)} in {outcome[0]}" if outcome else ""
    return Chart(history=base, goal=(float(row.target_value), card.deadline), outcome=outcome,
                 currency=row.currency, words=f"{words}.")  # fmt: skip


def _fan(card: Card) -> Chart:
    found = card.verdict
    if found is None or card.history is None or card.fan is None:
        raise ValueError(f"{card.id} has no forecast to draw")
    rows = card.fan[card.fan["year"] <= found.by].to_dict("records")
    history = tuple((int(r.year), float(r.turnover_musd)) for r in card.history.itertuples())
    earlier = card.grid["known"] if card.grid else []
    first = min([history[0][0], *(one[0][0] for one in earlier)])
    low, middle, high = (money(v, card.row.currency) for v in found.value_range)
    last = money(history[-1][1], card.row.currency)
    words = (
        f"{card.pair}: {last} in {history[-1][0]}; in {found.by} most likely about {middle}, four times "
        f"in five between {low} and {high}. The target is {card.goal}"
    )
    words += f" by {card.deadline}." if card.deadline else "."
    return Chart(
        history=history, goal=(float(card.row.target_value), card.deadline or found.by),
        currency=card.row.currency, fan=tuple({str(k): v for k, v in r.items()} for r in rows),
        words=words, reach=(first, int(card.fan["year"].max())),
    )  # fmt: skip


def caption(card: Card) -> str:
    """What is drawn, and whence."""
    if card.verdict is None:
        return ("Baseline, target (star at its deadline) and outcome as announced and quoted; the "
                "sources stand below.")  # fmt: skip
    fan = ("Line: turnover as published. Bands: where the growth model expects it half of the time and "
           "four times in five.")  # fmt: skip
    if card.state == "own" and card.history is not None and "source_id" in card.history:
        return f"{fan} Source: {tl.cite(card.history)}."
    return f"{fan} One figure is known: the bands are those of a pair of that size."


def pictures(card: Card) -> tuple[Picture, Picture] | None:
    """The picture for desk and for phone."""
    drawn = chart(card)
    return None if drawn is None else (target_picture(drawn, WIDE), target_picture(drawn, NARROW))


def numbers(card: Card) -> pd.DataFrame | None:
    """The numbers of the picture: a row a year."""
    drawn = chart(card)
    if drawn is None:
        return None
    rows: list[dict[str, Any]] = [
        {"year": y, "kind": "known", "value": v} for y, v in drawn.history
    ]
    if drawn.outcome:
        rows.append({"year": drawn.outcome[0], "kind": "outcome", "value": drawn.outcome[1]})
    rows += [{"kind": "forecast", "value": f["q50"], **f} for f in drawn.fan]
    rows.append({"year": drawn.goal[1], "kind": "target", "value": drawn.goal[0]})
    columns = ["year", "kind", "value", "q10", "q25", "q50", "q75", "q90"]
    frame = pd.DataFrame(rows).reindex(columns=columns).assign(currency=drawn.currency)
    return frame.astype({"year": "Int64"})


# ---------------------------------------------------------------------------- the chance over time


def over_time(card: Card) -> list[dict[str, Any]]:
    """The chance on each day on which more became known."""
    grid, by = card.grid, card.by
    if grid is None or by is None or len(grid["days"]) < 2 or card.state != "own":
        return []
    rows = []
    middle = grid["values"].index(grid["target"])
    for place, when in enumerate(grid["days"]):
        ahead = by - grid["known"][place][-1][0] - 1
        if not 0 <= ahead < len(grid["chances"][place]):
            continue
        curves = [curve[middle] / grid["unit"] for curve in grid["chances"][place][ahead]]
        said = [words for first, words in grid["words"][place][ahead] if first <= middle][-1]
        rows.append(_on(when, curves, said))
    return rows if len(rows) > 1 else []


def _on(when: str, curves: Sequence[float], words: str) -> dict[str, Any]:
    then = pd.Timestamp(when)
    within, ever, low, high = curves
    return {
        "day": day(then), "when": then.year + (then.dayofyear - 1) / 365.25, "chance": within,
        "ever": percent(ever), "low": low, "high": high, "text": percent(within),
        "range": between(low, high), "words": words,
    }  # fmt: skip


def chance_table(card: Card, said: Sequence[Mapping[str, Any]]) -> Table:
    """The chance over time as a table, with what the United Nations' method said."""
    calls = _calls(card)
    columns = ["day", f"in {card.by}", f"any year up to {card.by}", "other ways", "in words"]
    rows = [[one["day"], one["text"], one["ever"], one["range"], one["words"]] for one in said]
    if calls:
        columns.append("the United Nations' method")
        rows = [[*row, calls.get(row[0], "")] for row in rows]
    return table("What the same method says on each day, with what was known then", columns, rows)


def _calls(card: Card) -> dict[str, str]:
    """The United Nations' call by day, where the pair's own series is bundled."""
    if card.deadline is None or card.history is None or "source_id" not in card.history:
        return {}
    said = tl.timeline(tl.open_target(card.id))
    found = {day(one.as_of): str(one.official) for one in said.itertuples()}
    return found | {day(known_day()): str(said["official"].iloc[-1])}


def archived(card: Card) -> Table | None:
    """Forecasts of this target that were written down before the figures came."""
    found = tl.load_forecasts()
    mine = found[found["target_id"] == card.id]
    if mine.empty:
        return None
    rows = [
        [day(one.made), str(int(one.by)), percent(one.probability_in), percent(one.probability_ever)]
        for one in mine.itertuples() if known(one.probability_in)
    ]  # fmt: skip
    columns = ["written down on", "year judged", "chance in it", "in any year up to it"]
    return (
        table("Forecasts in the archive, which are never edited", columns, rows) if rows else None
    )


# ---------------------------------------------------------------------------- why, how, by whom


def reasons(card: Card) -> list[tuple[str, Link]]:
    """Why the chance is as it is: a sentence, and what it does with a link to its row."""
    found = card.verdict
    if found is None:
        return []
    return [
        (_reason(card, row), Link(points(row.value), f"#{evidence_id(row.key)}"))
        for row in found.reasons.itertuples()
    ]


def _reason(card: Card, row: Any) -> str:
    found = card.verdict
    usual = re.search(r"usually ask (\S+)", row.item)
    if row.key == "asked" and usual and found is not None:
        return (f"To get there trade must grow by {found.value('required'):.0%} a year; targets usually "
                f"ask for {usual[1]}.")  # fmt: skip
    if row.key == "move" and card.history is not None and len(card.history) > 1:
        before, last = card.history["turnover_musd"].iloc[-2:]
        year = int(card.history["year"].iloc[-1])
        way = "rose" if last > before else "fell"
        return f"Trade {way} by {abs(last / before - 1):.0%} in {year}, and such moves tend to be undone in part."
    plain = {"volatility": "This pair's trade jumps about more or less than is usual.",
             "months": "The months published so far."}  # fmt: skip
    return plain.get(row.key, f"{row.item[:1].upper()}{row.item[1:]}.")


def heading_of_reasons(card: Card) -> str:
    """Why so low, or so high."""
    if card.verdict is None:
        return ""
    return "Why so low?" if card.verdict.probability_in < 0.5 else "Why so high?"


def decided(card: Card) -> list[tuple[str, Text]]:
    """How a target is decided: the event, whose figures, which day, and what of revisions."""
    row, by = card.row, card.by
    goods = {"goods": "goods", "goods_services": "goods and services"}.get(
        row.coverage, "goods (what counts was not said)"
    )
    year = f"in {by}" if by else "in a year"
    whose = f"{named(row.statistics_of)}" if known(row.statistics_of) else "not said by whom"
    if card.history is not None and "source_id" in card.history:
        whose += f"; the series used here is that of {reporter(card.history['source_id'].iloc[-1])}"
    said: list[tuple[str, Text]] = [
        ("Counts as met", f"Exports and imports of {goods} between {spoken(card.row.reporter)} and "
         f"{spoken(card.row.partner)} "
         f"come to {card.goal} or more {year}, in current prices."),
        ("By whose statistics", f"{whose[:1].upper()}{whose[1:]}."),
        ("On which day", _decision_day(card)),
        ("If figures are revised", "The newest published figure counts, not the first one."),
    ]  # fmt: skip
    if card.deadline is None:
        judged = (
            f"; we judge {by}, five years after the last figure"
            if card.state in ("own", "size")
            else ""
        )
        said.insert(1, ("Deadline", f"None was named{judged}."))
    return said


def _decision_day(card: Card) -> str:
    row = card.row
    if known(row.resolved):
        ending = "is" if pd.Timestamp(row.resolved).date() > known_day() else "was"
        year = f" of {card.deadline}" if card.deadline else ""
        return f"{day(row.resolved)}, from when the figure{year} {ending} taken to be known."
    if card.by and card.state in ("own", "size"):
        return (
            f"{day(f'{card.by + 1}-06-30')}, from when figures of {card.by} are taken to be known."
        )
    return "No day is set, because no year was named."


def method(card: Card) -> str:
    """How the chance is found, in one paragraph."""
    found = card.verdict
    if found is None or card.history is None:
        return ""
    learned = found.evidence.set_index("key").loc["known_from", "source"]
    reads = (
        f"It reads {len(card.history)} years of this pair's trade"
        if card.state == "own"
        else "Of this pair it knows one figure, so it gives the futures of pairs of that size"
    )
    return (
        f"The chance comes from one model of how trade between two countries grows. It was learned "
        f"once, from {learned}, and chosen before it met this pair. {reads}: large pairs move less than "
        f"small ones, growth slows after a jump, and all pairs share good and bad years. From these it "
        f"works out how likely each level of trade is in {found.by}, and the share at {card.goal} or "
        "more is the chance. The other ways to estimate it are not averaged in: they show how far "
        "another method would differ, and are no interval."
    )


# ---------------------------------------------------------------------------- evidence


def evidence_id(key: str) -> str:
    """Anchor of a row of evidence."""
    return f"e-{slug(key)}"


def evidence(card: Card) -> list[tuple[str, Table]]:
    """All that the answer rests on, in groups: a heading and a table each."""
    if card.verdict is None:
        return []
    groups: dict[str, list[Any]] = {name: [] for name in GROUPS}
    for row in card.verdict.evidence.itertuples():
        groups[_group(row)].append(row)
    return [(name, _evidence(card, name, rows)) for name, rows in groups.items() if rows]


GROUPS = ("The answer", "Other ways to estimate it: other data", "Other ways: other pairs",
          "Other ways: other methods", "What moves it", "Where it stands", "What official methods say",
          "What size and distance say")  # fmt: skip


def _group(row: Any) -> str:
    if row.role == "range":
        place = 1 if OTHER_DATA.match(row.key) else 2 if row.key in OTHER_PAIRS else 3
        return GROUPS[place]
    if row.key in ("headline", "ever", "turnover", "shortfall", "half_year", "tested"):
        return GROUPS[0]
    if official(row.key):
        return GROUPS[6]
    roles = {"by year": GROUPS[0], "reason": GROUPS[4], "ceiling": GROUPS[7]}
    return roles.get(row.role, GROUPS[5])


def official(key: str) -> str:
    """The official method that a row of evidence tells of, or nothing."""
    return next((name for name in METHODS if key == name or key.startswith(f"{name}_")), "")


def _evidence(card: Card, group: str, rows: Sequence[Any]) -> Table:
    currency = card.row.currency
    cells = [
        [
            _item(card, row),
            quantity(row.value, row.unit, currency),
            _ends(row, currency),
            _source(row),
        ]
        for row in rows
    ]
    columns = ["what", "value", "range", "source"]
    return table(group, columns, cells, ids=[evidence_id(row.key) for row in rows])


def _item(card: Card, row: Any) -> str:
    method = official(row.key)
    if method:
        told = str(row.item).removeprefix(method).strip()
        return f"{METHODS[method]}: {told}"
    if card.verdict is None:
        return str(row.item)
    words = evidence_name(row, by=card.verdict.by, last=int(card.verdict.value("last_year")))
    return words[:1].upper() + words[1:]


def _ends(row: Any, currency: str) -> str:
    if pd.isna(row.low):
        return ""
    return f"{quantity(row.low, row.unit, currency)} to {quantity(row.high, row.unit, currency)}"


SOURCE_WORDS = {"panel_growth": "the growth model", "naive": "the same history, no change",
                "typical_growth": "the growth model, size alone", "the history given": "the registry",
                "registry of targets": "the registry"}  # fmt: skip


def _source(row: Any) -> Text:
    """A source as a link to where it is described."""
    place = PLACES.get(row.key) or ROLES.get(row.role)
    if place == SERIES and row.source in ("registry of targets", "the history given"):
        place = "#pledge"
    words = SOURCE_WORDS.get(row.source, str(row.source))
    return words if place is None else (Link(words, place),)


# ---------------------------------------------------------------------------- the pledge


def pledge(card: Card) -> Table:
    """The pledge as the registry holds it, each fact with its source."""
    row = card.row
    kinds = {"n_years": " (a number of years was named)"}.get(row.deadline_kind, "")
    by = f" by {card.deadline}{kinds}" if card.deadline else ", no deadline named"
    facts: list[tuple[str, str, Any]] = [
        ("Announced", f"{dated(str(row.announced))}: {cell(row.announced_by)}", row.announce_url),
        ("Target", card.goal + by, row.announce_url),
        ("Baseline", figure(row, "baseline"), row.baseline_url),
        ("Newest figure" if row.status == "open" else "Outcome", figure(row, "outcome"), row.outcome_url),
        ("Status", status(card), None),
        ("Care", card.care, None),
        ("Note", cell(row.note), None),
    ]  # fmt: skip
    rows = [(what, said, outside(address)) for what, said, address in facts if said]
    return table("The pledge as the registry holds it", ["what", "as known", "source"], rows)


def figure(row: Any, kind: str) -> str:
    """A figure of the registry with its year."""
    value, year = getattr(row, f"{kind}_value"), getattr(row, f"{kind}_year")
    if not known(value):
        return ""
    return money(value, row.currency) + (f" in {int(year)}" if known(year) else "")


def statements(card: Card) -> Table | None:
    """What was said of the target and when: the day it was said, not the day it was printed."""
    said = tl.load_target_statements()
    mine = said[(said["reporter"] == card.row.reporter) & (said["partner"] == card.row.partner)]
    if mine.empty or card.state != "own":
        return None
    rows = [
        [day(row.stated), row.who, money(row.value_musd), cell(row.deadline_words) or "none named",
         outside(row.source_url)]
        for row in mine.sort_values("stated", kind="stable").itertuples()
    ]  # fmt: skip
    columns = ["day", "who", "target", "deadline, in the speaker's words", "source"]
    return table("Statements of this target", columns, rows)


def series_id(row: Any) -> str:
    """Anchor of a year of a recommended series on the page of sources."""
    return f"series-{row.reporter}-{row.partner}-{row.year}"


def series(card: Card) -> Table | None:
    """The series, each year with a link to its source row."""
    if card.history is None or "source_id" not in card.history or len(card.history) < 2:
        return None
    rows = [
        [str(row.year), cell(row.export_musd), cell(row.import_musd),
         (Link(f"{row.turnover_musd:,.1f}", f"../sources.html#{series_id(row)}"),),
         provisional(row.status), reporter(row.source_id) + copied(row), cell(row.released)]
        for row in card.history.itertuples()
    ]  # fmt: skip
    columns = ["year", "exports", "imports", "turnover", "status", "source", "published"]
    goods = "goods" if set(card.history["coverage"]) == {"goods"} else "goods and services"
    return table(f"Trade of {card.pair} in {goods}, US$ million", columns, rows)


@cache
def _copies() -> frozenset[tuple[str, str, int, str]]:
    """Pair, year and source of figures that were read from a third party's copy."""
    found = tl.load_figures()
    found = found[found["publisher"].fillna("").str.contains("copy")]
    years = found["period_start"].dt.year
    return frozenset(
        zip(found["reporter"], found["partner"], years, found["source_id"], strict=True)
    )


def copied(row: Any) -> str:
    """That a year's figure was read from a third party's copy, if it was."""
    there = (row.reporter, row.partner, row.year, row.source_id) in _copies()
    return ", read from a third party's copy" if there else ""


def provisional(status: str) -> str:
    """A figure's standing in words."""
    return "provisional" if status == "preliminary" else status


def siblings(card: Card, others: Sequence[Card]) -> Table | None:
    """The other targets of the same pair."""
    rest = [one for one in others if one.sides == card.sides and one.id != card.id]
    if not rest:
        return None
    rest.sort(key=lambda one: (str(one.row.announced), one.id))
    rows = [
        [(Link(one.goal, f"{one.id}.html"),), str(one.deadline or "none named"),
         dated(str(one.row.announced)), standing(one)]
        for one in rest
    ]  # fmt: skip
    columns = ["target", "by", "announced", "chance, or what became of it"]
    return table(f"Other targets of {card.pair}", columns, rows)


def standing(card: Card) -> str:
    """A target's answer in a few words."""
    if card.verdict is not None:
        if card.numbered:
            return f"{percent(card.verdict.probability_in)} in {card.by}"
        return f"{between(*card.extent)} in {card.by}, {'a pair of this size' if card.state == 'size' else 'cannot tell'}"
    if card.listed is not None:
        return no_forecast(card)
    return f"{status(card)}. {came(card)}"


def in_python(card: Card) -> str:
    """The same by hand."""
    if card.verdict is not None and card.row.currency == "USD":
        last = f'print(tl.assess(tl.open_target("{card.id}")).summary())'
    else:
        last = f"print(tl.load_targets().query(\"target_id == '{card.id}'\").T)"
    return f"import tradelib as tl\n\n{last}"


def cite_as(card: Card) -> str:
    """How to cite the page."""
    return (f"The tradelib authors ({known_day().year}): {question(card)} Data to {day(known_day())}. "
            "CC BY 4.0.")  # fmt: skip


def description(card: Card) -> str:
    """A sentence for those who share the page."""
    told = answer(card)
    return " ".join(part for part in (told["number"], told["word"], told["said"]) if part)


def page(card: Card, others: Sequence[Card] = ()) -> dict[str, str]:
    """Title, body and description of a target's page."""
    drawn, said = pictures(card), over_time(card)
    body = fill(
        "target.html", id=card.id, question=question(card), answer=answer(card), updated=updated(card),
        drawn=drawn, caption=caption(card), view=shipped(card, chart(card)),
        reasons=reasons(card), why=heading_of_reasons(card),
        chance=[chance_picture(said, card.by, size) for size in (WIDE, NARROW)] if said and card.by else None,
        chances=chance_table(card, said) if said else None, archived=archived(card),
        decided=decided(card), evidence=evidence(card), method=method(card), pledge=pledge(card),
        siblings=siblings(card, others), statements=statements(card), series=series(card),
        code=in_python(card), cite=cite_as(card), state=card.state,
    )  # fmt: skip
    return {"title": question(card), "body": body, "description": description(card),
            "preview": f"pictures/{card.id}.png" if drawn else ""}  # fmt: skip
