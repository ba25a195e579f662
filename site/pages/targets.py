"""All targets in one table, open and due first, the pair's own together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pages.answers import no_forecast, status
from pages.cards import Card, known_day
from pages.pledge import figure
from pages.render import fill
from pages.words import Link, also, between, dated, day, known, money, slug
from tradelib.ground.plain import label, percent

STATUS = ("open", "met on time", "met late", "missed", "superseded")
COLUMNS = (
    ("pair", "text"),
    ("target", "number"),
    ("by", "number"),
    ("chance", "number"),
    ("status", "text"),
    ("newest figure", "number"),
    ("announced", "text"),
)
# From so many million on an amount is told in billions.
BILLION = 1000
SECTIONS = {"own": 0, "size": 0, "unknown": 1, "settled": 2, "over": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: what it sorts by, what it says, and in small print."""

    by: Any
    text: str | tuple[Link, ...]
    small: str = ""


def page(cards: Sequence[Card]) -> dict[str, str]:
    """Title, body and description of the table."""
    rows = [row(card) for card in ordered(cards)]
    body = fill(
        "targets.html", rows=rows, columns=COLUMNS, statuses=STATUS, updated=day(known_day())
    )
    with_chance = sum(card.verdict is not None for card in cards)
    about = (
        f"{len(cards)} announced bilateral trade targets, what became of them, and the chance of "
        f"{with_chance} that are open."
    )
    return {"title": "All targets", "body": body, "description": about, "preview": ""}


def ordered(cards: Sequence[Card]) -> list[Card]:
    """Open ones with a forecast by the year they are due, then open ones without, settled, over.

    The targets of a pair stand together, where its first one due (or its newest) stands.
    """
    first: dict[tuple[int, frozenset[str]], float] = {}
    for card in cards:
        key = SECTIONS[card.state], card.sides
        first[key] = min(first.get(key, math.inf), _due(card))

    def rank(card: Card) -> tuple[Any, ...]:
        """What a target is sorted by."""
        section = SECTIONS[card.state]
        return section, first[section, card.sides], slug(card.pair), _due(card), card.id

    return sorted(cards, key=rank)


def _due(card: Card) -> float:
    """What sorts a target: the year judged; of settled ones the announcement, newest first."""
    if card.state == "settled":
        return -int(str(card.row.announced)[:4])
    return card.by or 9999


def row(card: Card) -> dict[str, Any]:
    """A row of the table."""
    state = kind(card)
    announced = str(card.row.announced)
    state_words = "open" if state == "open" else status(card)
    cells = [
        Cell(by=slug(card.pair), text=(Link(card.pair, f"targets/{card.id}.html"),)),
        Cell(by=card.row.target_value, text=card.goal, small=part(card)),
        _by(card),
        chance(card),
        Cell(by=STATUS.index(state), text=state_words, small=card.care),
        newest(card),
        Cell(by=announced, text=dated(announced)),
    ]
    return {
        "status": state,
        "search": searched(card),
        "over": card.state == "over",
        "cells": cells,
    }


def searched(card: Card) -> str:
    """What else a reader may type for a target: other names of its sides, words for its amount."""
    words = [*also(card.row.reporter), *also(card.row.partner)]
    large = card.row.target_value >= BILLION
    words += ["billion", "bn"] if large else ["million", "m", "mn"]
    return " ".join(dict.fromkeys(words))


def part(card: Card) -> str:
    """What of trade a target counts, where that is not all goods."""
    return label(card.row.coverage) if card.row.coverage == "goods_non_oil" else ""


def kind(card: Card) -> str:
    """Status by which the table is filtered."""
    if card.row.status == "met_late" and not known(card.row.reached_year):
        return "missed"
    return label(str(card.row.status))


def _by(card: Card) -> Cell:
    """The year named; with a star, the year judged where none was."""
    judged = card.deadline is None and card.verdict is not None
    if judged:
        return Cell(by=card.by, text=f"{card.by}*")
    return Cell(by=card.deadline or "", text=str(card.deadline or "none"))


def chance(card: Card) -> Cell:
    """The chance with its range; a range where only a size is known; or that there is none."""
    if card.verdict is None:
        reason = "" if card.listed is None else no_forecast(card)
        return Cell(by="", text="", small=reason)
    probability = card.verdict.probability_in
    others = between(*card.estimate_range)
    if card.numbered:
        return Cell(by=probability, text=percent(probability), small=f"other ways {others}")
    if card.reached:
        return Cell(by=1.0, text=card.reached)
    why = "a pair of this size" if card.state == "size" else "cannot tell"
    return Cell(by=probability, text=others, small=why)


def newest(card: Card) -> Cell:
    """The newest figure and its share of the target."""
    if card.history is not None:
        last = card.history.iloc[-1]
        return _newest(card, float(last["turnover_musd"]), f" in {last['year']:.0f}")
    if known(card.row.outcome_value):
        year = ""
        if known(card.row.outcome_year):
            year = f" in {int(card.row.outcome_year)}"
        return _newest(card, float(card.row.outcome_value), year)
    text = figure(card.row, "baseline")
    small = "" if text else "none known"
    return Cell(by="", text=text, small=small)


def _newest(card: Card, value: float, year: str) -> Cell:
    """A figure with its year in words, sorted by its share of the target."""
    share = value / card.row.target_value
    text = money(value, card.row.currency) + year
    return Cell(by=share, text=text, small=f"{share:.0%} of the target")
