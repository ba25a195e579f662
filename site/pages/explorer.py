"""What a page ships so that its sliders move the picture: positions, words, and no arithmetic."""

import string
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pages.cards import Card
from pages.charts import (
    NARROW,
    WIDE,
    Chart,
    amount_in,
    every,
    fan_said,
    known_said,
    marks,
    rungs,
)
from pages.words import day, money

SHIPPED = ("days", "since", "open_from", "vocabulary", "words", "values", "fans")
SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase
QUANTILES = ("q10", "q25", "q50", "q75", "q90")


def shipped(card: Card, chart: Chart | None) -> dict[str, Any] | None:
    """All that `_static/explore.js` reads; None where there are no sliders."""
    grid = card.grid
    if grid is None or chart is None or card.by is None or chart.reach is None:
        return None
    currency = card.row.currency
    fans = [_fan(grid, place) for place in range(len(grid["days"]))]
    known = [_known(grid, chart, place, few=card.state == "size") for place in range(len(fans))]
    values = [value for one in known for _, value in one]
    highest = max([*values, *(f["q90"] for fan in fans for f in fan), grid["values"][-1]])
    lowest = min(*values, grid["values"][0])
    return {
        **{key: grid[key] for key in SHIPPED},
        "chances": [
            [[drops(curve, grid["unit"]) for curve in year] for year in one]
            for one in grid["chances"]
        ],
        "said": {
            "values": [money(value, currency) for value in grid["values"]],
            "days": [day(one) if one != "now" else "now" for one in grid["days"]],
            "known": [{p[0]: known_said(p, currency) for p in one} for one in known],
            "last": [amount_in(one[-1], currency) for one in known],
            "fans": [[fan_said(row, currency) for row in fan] for fan in fans],
        },
        "start": {"value": grid["values"].index(grid["target"]), "deadline": card.by},
        "pair": card.pair,
        "few": card.state == "size",
        "known": known,
        "origins": [one[-1][0] for one in grid["known"]],
        "rungs": [
            [rung[0], marks(rung, chart.scale)] for rung in rungs(lowest / 4, 1.05 * highest)
        ],
        "every": {
            span: [every(0, span, size[0]) for size in (WIDE, NARROW)]
            for span in range(1, chart.reach[1] - chart.reach[0] + 1)
        },
    }


def drops(curve: Sequence[int], unit: int) -> str:
    """How far a curve of chances falls at each stop, in whole percent from 100: a sign a stop.

    Signs are 0-9, A-Z, a-z for up to 61; each ~ before one is 62 more. Percent is what pages show:
    0 is "under 1%" and 100 "over 99%".
    """
    shown = [0 if n < unit / 100 else 100 if n > 0.99 * unit else _whole(n / unit) for n in curve]
    falls = [before - after for before, after in pairwise([100, *shown])]
    if min(falls) < 0:
        raise ValueError(f"a chance falls as the target rises, got {shown}")
    return "".join("~" * (fall // len(SIGNS)) + SIGNS[fall % len(SIGNS)] for fall in falls)


def _whole(chance: float) -> int:
    return int(f"{100 * chance:.0f}")


def _known(grid: dict[str, Any], chart: Chart, place: int, *, few: bool) -> list[tuple[int, float]]:
    """What was known on a day: the years before the announcement as now, later ones as then."""
    then = [(int(year), float(value)) for year, value in grid["known"][place]]
    if few:
        return then[-1:]
    if place == len(grid["days"]) - 1:
        return list(chart.history)
    return [point for point in chart.history if point[0] < then[0][0]] + then


def _fan(grid: dict[str, Any], place: int) -> list[dict[str, float]]:
    origin = grid["known"][place][-1][0]
    return [
        {"year": origin + 1 + i, **dict(zip(QUANTILES, row, strict=True))}
        for i, row in enumerate(grid["fans"][place])
    ]
