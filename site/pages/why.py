"""Why a chance is as it is, how it is found, and how a target will be decided."""

import re
from typing import Any

import pandas as pd

from pages.cards import Card, known_day
from pages.evidence import evidence_id, learned_from
from pages.words import (
    Link,
    Text,
    day,
    known,
    named,
    points,
    reporter,
    spoken,
)
from tradelib.ground.plain import label


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
    if asked := re.search(r"(\S+) a year where targets usually ask (\S+)", row.item):
        needed, usual = asked.groups()
        return f"To get there trade must grow by {needed} a year; targets usually ask for {usual}."
    if row.key == "move" and card.history is not None and len(card.history) > 1:
        before, last = card.history["turnover_musd"].iloc[-2:]
        year = int(card.history["year"].iloc[-1])
        way = "rose" if last > before else "fell"
        return f"Trade {way} by {abs(last / before - 1):.0%} in {year}."
    if row.key == "dollar":
        return f"The dollar is {'dear' if row.value > 0 else 'cheap'}, and that tends to pass."
    plain = {
        "volatility": "It matters how much this pair's trade jumps about.",
        "months": "Some months of the year have been published.",
    }
    return plain.get(row.key, f"{row.item[:1].upper()}{row.item[1:]}.")


def heading_of_reasons(card: Card) -> str:
    """Why so low, or so high."""
    if card.verdict is None:
        return ""
    return "Why so low?" if card.verdict.probability_in < 0.5 else "Why so high?"


def decided(card: Card) -> list[tuple[str, Text]]:
    """How a target is decided: the event, whose figures, which day, and what of revisions."""
    row, by = card.row, card.by
    unsaid = row.coverage == "unknown"
    goods = "goods (what counts was not said)" if unsaid else label(str(row.coverage))
    year = f"in {by}" if by else "in a year"
    whose = f"{named(row.statistics_of)}" if known(row.statistics_of) else "not said by whom"
    if card.history is not None and "source_id" in card.history:
        whose += f"; the series used here is that of {reporter(card.history['source_id'].iloc[-1])}"
    said: list[tuple[str, Text]] = [
        (
            "Counts as met",
            (
                f"Exports and imports of {goods} between {spoken(card.row.reporter)} and "
                f"{spoken(card.row.partner)} come to {card.goal} or more {year}, in current prices."
            ),
        ),
        ("By whose statistics", f"{whose[:1].upper()}{whose[1:]}."),
        ("On which day", _decision_day(card)),
        ("If figures are revised", "The newest published figure counts, not the first one."),
    ]
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
    learned = learned_from(found.evidence.set_index("key").loc["known_from", "source"])
    reads = (
        f"It reads {len(card.history)} years of this pair's trade"
        if card.state == "own"
        else "Of this pair it knows one figure, so it gives the futures of pairs of that size"
    )
    return (
        f"The chance comes from one model of how trade between two countries grows. It was learned "
        f"once, from {learned}, and chosen before it met this pair. {reads}. Large pairs move less "
        "than small ones, growth slows after a jump, and all pairs share good and bad years. From "
        f"this the model works out how likely each level of trade is in {found.by}. The share at "
        f"{card.goal} or more is the chance. The other ways to estimate it are not averaged in: "
        "they show how far another method would differ, and are no interval."
    )
