"""All targets: a picture of the open ones, a map, and a table in parts, open and dated first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pages import atlas, countries
from pages.render import fill
from tradelib.core.labels import capital, label, percent
from tradelib.pages.answers import ends_in, no_forecast, status
from tradelib.pages.cards import Card, known_day
from tradelib.pages.words import Link, also, between, dated, day, known, money, plural, slug, span
from tradelib.science.pledges.counts import OTHER_TRADE

COLUMNS = (
    ("pair", "text"),
    ("target", "number"),
    ("by", "number"),
    ("chance", "number"),
    ("status", "text"),
    ("newest figure", "number"),
    ("announced", "text"),
)
# Amounts of at least this many million are called billions.
BILLION = 1000
# Rows of a part of the table.
LONGEST = 30
# What a part of the table holds, and the status of its rows for the filter; settled rows have their
# own.
PARTS = (
    ("Open, with a deadline and a chance", "open, with a deadline"),
    ("Open, no deadline named, with a chance", "open, no deadline named"),
    ("Open, without a chance", "open, without a chance"),
    ("Reached before the year judged", "reached early"),
    ("Settled", ""),
    ("Year over, no figure of it yet", "year over"),
)
DATED, VAGUE, WITHOUT, REACHED, SETTLED, OVER = range(len(PARTS))
# Statuses in the order in which the filter offers and the table sorts them.
STATUS = (
    *(status for _, status in PARTS[:SETTLED]),
    "met on time",
    "met late",
    "missed",
    "superseded",
    PARTS[OVER][1],
)
# What the filter offers: a status, or how several begin.
OFFERED = ("open", *STATUS)
# The target that is named in the picture whatever its size.
NAMED = "KAZ-TKM-2022"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A table cell: its sort key, its text, and its small print."""

    sort_key: Any
    text: str | tuple[Link, ...]
    small: str = ""


def page(cards: Sequence[Card]) -> dict[str, str]:
    """Title, body and description of the table."""
    found = atlas.counts(countries.records(), cards, countries.judged())
    body = fill(
        "targets.html",
        told=f"{summary(cards)} {atlas.told(cards)}",
        chances=[atlas.chances(cards, size, NAMED) for size in (atlas.WIDE, atlas.NARROW)],
        most=atlas.MOST,
        world=atlas.world(found),
        steps=atlas.steps(),
        parts=parts(cards),
        n_rows=len(cards),
        columns=COLUMNS,
        statuses=OFFERED,
        updated=day(known_day()),
        from_other_pairs=any(card.state == "one_figure" for card in cards),
    )
    with_chance = len(atlas.drawable(cards))
    about = (
        f"{len(cards)} announced bilateral trade targets, what became of them, and the chance that "
        f"each of {with_chance} open ones is met."
    )
    return {"title": "All targets", "body": body, "description": about, "preview": ""}


def summary(cards: Sequence[Card]) -> str:
    """How many targets are open, how many of these have a chance, and how many one above half."""
    drawn = atlas.drawable(cards)
    n_open = sum(section(card) in (DATED, VAGUE, WITHOUT) for card in cards)
    likely = sum(atlas.chance(card) > 0.5 for card in drawn)
    return (
        f"Of {plural(len(cards), 'target')}, {n_open} are still open. For {len(drawn)} of these we "
        f"give a chance; that of {likely} is better than even."
    )


def parts(cards: Sequence[Card]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Parts of the table, each with words for it: the page shows the first and folds the others."""
    found = []
    for of_part, group in groupby(ordered(cards), key=section):
        rows = [row(card) for card in group]
        n_rows = len(rows)
        for first in range(0, n_rows, LONGEST):
            end = first + LONGEST
            words = f"{PARTS[of_part][0]}: {span(first, end, n_rows)}"
            found.append((words, rows[first:end]))
    return found


def section(card: Card) -> int:
    """The part of the table in which a target stands."""
    if card.state == "settled":
        return SETTLED
    if card.reached:
        return REACHED
    if card.state == "awaiting_figure":
        return OVER
    if card.verdict is None:
        return WITHOUT
    return DATED if card.deadline else VAGUE


def ordered(cards: Sequence[Card]) -> list[Card]:
    """Targets in the order of the table.

    Part by part, in each sorted by due year. All targets of a pair in a part stand where the first
    of them (settled: the newest) stands.
    """
    first: dict[tuple[int, frozenset[str]], float] = {}
    for card in cards:
        key = section(card), card.sides
        first[key] = min(first.get(key, math.inf), _due(card))

    def rank(card: Card) -> tuple[Any, ...]:
        """What a target is sorted by."""
        of_part = section(card)
        return of_part, first[of_part, card.sides], slug(card.pair), _due(card), card.id

    return sorted(cards, key=rank)


def _due(card: Card) -> float:
    """Sort key of a target: the year judged; if settled, the year announced, newest first."""
    if card.state == "settled":
        return -int(str(card.row.announced)[:4])
    return card.by or 9999


def row(card: Card) -> dict[str, Any]:
    """A row of the table."""
    filtered_by = filter_status(card)
    announced = str(card.row.announced)
    cells = [
        Cell(sort_key=slug(card.pair), text=(Link(card.pair, f"targets/{card.id}.html"),)),
        Cell(sort_key=card.row.target_value, text=card.goal, small=part(card)),
        _deadline(card),
        chance(card),
        Cell(sort_key=STATUS.index(filtered_by), text=status_words(card), small=card.care),
        newest(card),
        Cell(sort_key=announced, text=dated(announced)),
    ]
    return {
        "status": filtered_by,
        "search": searched(card),
        "over": card.state == "awaiting_figure",
        "cells": cells,
    }


def searched(card: Card) -> str:
    """What else a reader may type for a target: other names of its sides, words for its amount."""
    words = [*also(card.row.reporter), *also(card.row.partner)]
    large = card.row.target_value >= BILLION
    words += ["billion", "bn"] if large else ["million", "m", "mn"]
    return " ".join(dict.fromkeys(words))


def part(card: Card) -> str:
    """Which trade the target covers, if not all goods and goods alone."""
    return label(card.row.coverage) if card.row.coverage in OTHER_TRADE else ""


def filter_status(card: Card) -> str:
    """Status by which the table is filtered."""
    if section(card) != SETTLED:
        return PARTS[section(card)][1]
    if card.row.status == "met_late" and not known(card.row.reached_year):
        return "missed"
    return label(str(card.row.status))


def status_words(card: Card) -> str:
    """What became of a target; of one that the registry calls open, whether it still is."""
    if section(card) in (REACHED, OVER):
        return capital(filter_status(card))
    return status(card)


def _deadline(card: Card) -> Cell:
    """The deadline; if none was announced, the year we look ahead to in small print."""
    if card.deadline is None and card.verdict is not None:
        return Cell(sort_key=card.by, text="none", small=f"we look to {card.by}")
    return Cell(sort_key=card.deadline or "", text=str(card.deadline or "none"))


def chance(card: Card) -> Cell:
    """The chance that is shown with the range of other ways, or what stands in its place.

    That is the range alone if only one figure of the pair is known, the year if the target is
    already reached, else why there is no forecast. It is sorted by the number shown.
    """
    if card.reached:
        return Cell(sort_key=1.0, text=card.reached)
    if card.aged is not None:
        return Cell(sort_key="", text="", small=f"{ends_in(card)}.")
    if card.verdict is None:
        reason = "" if card.open_row is None else no_forecast(card)
        return Cell(sort_key="", text="", small=reason)
    shown = card.verdict.shown
    others = between(*card.estimate_range)
    if card.numbered:
        if card.deadline:
            return Cell(sort_key=shown, text=percent(shown), small=f"other ways: {others}")
        within = percent(card.verdict.probability_in)
        small = f"in any year up to {card.by}; in {card.by} itself {within}, other ways: {others}"
        return Cell(sort_key=shown, text=percent(shown), small=small)
    one_figure = card.state == "one_figure"
    why = "judged from other pairs of this size" if one_figure else "cannot tell"
    return Cell(sort_key=shown, text=others, small=why)


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
    if known(card.row.baseline_value):
        year = f" in {int(card.row.baseline_year)}" if known(card.row.baseline_year) else ""
        return _newest(card, float(card.row.baseline_value), year)
    return Cell(sort_key="", text="", small="none known")


def _newest(card: Card, value: float, year: str) -> Cell:
    """A figure with its year in words, sorted by its share of the target."""
    share = value / card.row.target_value
    text = money(value, card.row.currency) + year
    return Cell(sort_key=share, text=text, small=f"{share:.0%} of the target")
