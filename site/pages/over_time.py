"""The chance of a target over time, and what was written down before."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

import tradelib as tl
from pages.cards import Card, known_day
from pages.words import (
    Table,
    between,
    day,
    known,
    table,
)
from tradelib.front.bound import PAIRS
from tradelib.ground.plain import percent


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
        said = [word for first, word in grid["words"][place][ahead] if first <= middle][-1]
        rows.append(_on(when, curves, grid["vocabulary"][said]))
    return rows if len(rows) > 1 else []


def _on(when: str, curves: Sequence[float], words: str) -> dict[str, Any]:
    then = pd.Timestamp(when)
    within, ever, low, high = curves
    return {
        "day": day(then),
        "when": then.year + (then.day_of_year - 1) / 365.25,
        "chance": within,
        "ever": percent(ever),
        "low": low,
        "high": high,
        "text": percent(within),
        "range": between(low, high),
        "words": words,
    }


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
    if card.deadline is None or (card.row.reporter, card.row.partner) not in PAIRS:
        return {}
    said = tl.timeline(tl.open_target(card.id))
    found = {day(one.as_of): str(one.official) for one in said.itertuples()}
    return found | {day(known_day()): str(said["official"].iloc[-1])}


def _today(card: Card, one: Any) -> str:
    """What today's model says of the same figures, if they still are the newest."""
    if card.verdict is None or card.history is None or card.by != one.by:
        return ""
    same = int(card.history["year"].iloc[-1]) == int(one.last_year)
    return percent(card.verdict.probability_in) if same else "newer figures came"


@cache
def _moves() -> dict[tuple[str, str], str]:
    """From what to what an archived answer moved since the one before it, and why."""
    moved = tl.forecast_changes()
    return dict(
        zip(zip(moved["target_id"], moved["file"], strict=True), moved["words"], strict=True)
    )


def archived(card: Card) -> Table | None:
    """Forecasts of this target that were written down before the figures came."""
    found = tl.load_forecasts()
    mine = found[found["target_id"] == card.id]
    if mine.empty:
        return None
    rows = [
        [
            day(one.made),
            str(int(one.by)),
            percent(one.probability_in),
            percent(one.probability_ever),
            _today(card, one),
            _moves().get((one.target_id, one.file), ""),
        ]
        for one in mine.itertuples()
        if known(one.probability_in)
    ]
    columns = [
        "figures known by",
        "year judged",
        "chance in it",
        "in any year up to it",
        "from the same figures today",
        "what moved it by two points or more",
    ]
    return (
        table("Forecasts in the archive, which are never edited", columns, rows) if rows else None
    )
