"""The pledge, what was said of it, the pair's series and its other pledges."""

from collections.abc import Sequence
from typing import Any

import tradelib as tl
from pages.answers import standing, status
from pages.cards import Card
from pages.words import (
    Link,
    Table,
    Text,
    cell,
    dated,
    day,
    known,
    money,
    outside,
    reporter,
    table,
)
from tradelib.front.bound import PAIRS


def pledge(card: Card) -> Table:
    """The pledge as the registry holds it, each fact with its source."""
    row = card.row
    kinds = {"n_years": " (a number of years was named)"}.get(row.deadline_kind, "")
    by = f" by {card.deadline}{kinds}" if card.deadline else ", no deadline named"
    said, newest = outside(row.announce_url), "Newest figure" if row.status == "open" else "Outcome"
    facts: list[tuple[str, str, Text]] = [
        ("Announced", f"{dated(str(row.announced))}: {cell(row.announced_by)}", said),
        ("Target", card.goal + by, said),
        ("Baseline", figure(row, "baseline"), cited(card, "baseline")),
        (newest, figure(row, "outcome"), cited(card, "outcome")),
        ("Status", status(card), ""),
        ("Care", card.care, ""),
        ("Note", cell(row.note), ""),
    ]
    rows = [fact for fact in facts if fact[1]]
    return table("The pledge as the registry holds it", ["what", "as known", "source"], rows)


def cited(card: Card, kind: str) -> Text:
    """The source of a figure; one that was printed before the figure's year says so."""
    row = card.row
    place, printed, year = (getattr(row, f"{kind}_{what}") for what in ("url", "printed", "year"))
    found = outside(place)
    if not (known(printed) and known(year)) or int(str(printed)[:4]) >= int(year):
        return found
    parts = (found,) if isinstance(found, str) else found
    told = f", printed {dated(str(printed))}, before that year was over"
    return (*parts, told, *((": see ", Link("the series", "#series")) if series(card) else ()))


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
    rows: list[Sequence[Text]] = [
        [
            day(row.stated),
            row.who,
            money(row.value_musd),
            cell(row.deadline_words) or "none named",
            outside(row.source_url),
        ]
        for row in mine.sort_values("stated", kind="stable").itertuples()
    ]
    columns = ["day", "who", "target", "deadline, in the speaker's words", "source"]
    return table("Statements of this target", columns, rows)


def series_id(row: Any) -> str:
    """Anchor of a year of a recommended series on the page of sources."""
    return f"series-{row.reporter}-{row.partner}-{row.year}"


def turnover(row: Any) -> Text:
    """A year's turnover, with a link to its source row where the page of sources has one."""
    said = f"{row.turnover_musd:,.1f}"
    there = (row.reporter, row.partner) in PAIRS
    return (Link(said, f"../sources.html#{series_id(row)}"),) if there else said


def series(card: Card) -> Table | None:
    """The series, each year with a link to its source row."""
    if card.history is None or "source_id" not in card.history or len(card.history) < 2:
        return None
    rows: list[Sequence[Text]] = [
        [
            str(row.year),
            cell(row.export_musd),
            cell(row.import_musd),
            turnover(row),
            provisional(row.status),
            reporter(row.source_id) + copied(row),
            cell(row.released),
        ]
        for row in card.history.itertuples()
    ]
    columns = ["year", "exports", "imports", "turnover", "status", "source", "published"]
    goods = "goods" if set(card.history["coverage"]) == {"goods"} else "goods and services"
    return table(f"Trade of {card.pair} in {goods}, US$ million", columns, rows)


def copied(row: Any) -> str:
    """That a year's figure was read from a third party's copy, if it was."""
    there = isinstance(getattr(row, "read_through", None), str)
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
    rows: list[Sequence[Text]] = [
        [
            (Link(one.goal, f"{one.id}.html"),),
            str(one.deadline or "none named"),
            dated(str(one.row.announced)),
            standing(one),
        ]
        for one in rest
    ]
    columns = ["target", "by", "announced", "chance, or what became of it"]
    return table(f"Other targets of {card.pair}", columns, rows)
