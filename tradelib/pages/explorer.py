"""What a page ships so that its sliders move the picture: positions, words, and no arithmetic."""

import string
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from tradelib.pages.cards import Card
from tradelib.pages.charts import (
    NARROW,
    WIDE,
    Chart,
    amount_in,
    every,
    fan_tip,
    known_tip,
    marks,
    rungs,
)
from tradelib.pages.words import day, money, printed

SHIPPED = ("days", "since", "open_from", "vocabulary", "words", "values", "fans", "alone")
SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase
QUANTILES = ("q10", "q25", "q50", "q75", "q90")

# Years and values that were known on a day; quantiles by name, one mapping per year.
Points: TypeAlias = list[tuple[int, float]]
Fan: TypeAlias = list[dict[str, float]]


def shipped(card: Card, chart: Chart | None) -> dict[str, Any] | None:
    """All that `static/explore.js` reads; None where there are no sliders."""
    grid = card.grid
    if grid is None or chart is None or card.by is None or chart.axis_years is None:
        return None
    few = card.state == "one_figure"
    days = range(len(grid["days"]))
    histories = [_history(grid, chart, i, few=few) for i in days]
    fans = [_fan(grid, i) for i in days]
    start = {"value": grid["values"].index(grid["target"]), "deadline": card.by}
    return {
        **{key: grid[key] for key in SHIPPED},
        "chances": _chances(grid),
        "said": _texts(grid, histories, fans, card.row.currency),
        "start": start,
        "pair": card.pair,
        "few": few,
        "vague": card.deadline is None,
        "known": histories,
        "origins": [points[-1][0] for points in grid["known"]],
        "rungs": _rungs(grid, histories, fans, chart.scale),
        "every": _named_years(chart.axis_years),
    }


def _named_years(axis_years: tuple[int, int]) -> dict[int, list[int]]:
    """Years between two that the axis names, on a desktop and on a phone, by the years it shows."""
    first, last = axis_years
    named = {}
    for span in range(1, last - first + 1):
        named[span] = [every(0, span, width) for width, _ in (WIDE, NARROW)]
    return named


def _chances(grid: Mapping[str, Any]) -> list[list[list[str | None]]]:
    """Curves of chances as short texts: by day, year and kind of chance; None where none is."""
    unit = grid["unit"]
    return [[_drops_of(curves, unit) for curves in years] for years in grid["chances"]]


def _drops_of(curves: Sequence[Sequence[int] | None], unit: int) -> list[str | None]:
    """The curves of one day and year; None where no other way gives one."""
    return [None if curve is None else drops(curve, unit) for curve in curves]


def _texts(
    grid: Mapping[str, Any], histories: Sequence[Points], fans: Sequence[Fan], currency: str
) -> dict[str, Any]:
    """Words of all values, days and points that sliders may show."""
    return {
        "values": [money(value, currency) for value in grid["values"]],
        "days": [when if when == "now" else day(when) for when in grid["days"]],
        "known": [_known_tips(points, currency) for points in histories],
        "last": [amount_in(points[-1], currency) for points in histories],
        "fans": [_fan_tips(fan, currency) for fan in fans],
    }


def _known_tips(points: Points, currency: str) -> dict[int, str]:
    """What each known point says, by its year."""
    return {point[0]: known_tip(point, currency) for point in points}


def _fan_tips(fan: Fan, currency: str) -> list[str]:
    """What each year of a fan says."""
    return [fan_tip(row, currency) for row in fan]


def _rungs(
    grid: Mapping[str, Any], histories: Sequence[Points], fans: Sequence[Fan], scale: float
) -> list[list[Any]]:
    """Every end that the axis may have, with its words."""
    values = [grid["values"][0], grid["values"][-1]]
    for points in histories:
        values += [value for _, value in points]
    highs = []
    for fan in fans:
        highs += [row["q90"] for row in fan]
    lowest = min(values)
    highest = max(values + highs)
    ladder = rungs(lowest / 4, 1.05 * highest)
    return [[rung[0], marks(rung, scale)] for rung in ladder]


def drops(curve: Sequence[int], unit: int) -> str:
    """How far a curve of chances falls at each stop, in whole percent from 100: one sign per stop.

    Signs are 0-9, A-Z, a-z for up to 61; each ~ before one is 62 more. Percent is what pages show:
    0 is "under 1%" and 100 "over 99%".
    """
    percents = [printed(chance / unit) for chance in curve]
    pairs = pairwise([100, *percents])
    falls = [before - after for before, after in pairs]
    if min(falls) < 0:
        raise ValueError(f"a chance falls as the target rises, got {percents}")
    return "".join(_sign(fall) for fall in falls)


def _sign(fall: int) -> str:
    """A fall in percent as a sign, after a ~ for each 62."""
    more, rest = divmod(fall, len(SIGNS))
    return "~" * more + SIGNS[rest]


def _history(grid: Mapping[str, Any], chart: Chart, i: int, *, few: bool) -> Points:
    """What was known on the i-th day: years before the announcement as now, later ones as then."""
    then = [(int(year), float(value)) for year, value in grid["known"][i]]
    last_day = len(grid["days"]) - 1
    if few:
        return then[-1:]
    if i == last_day:
        return list(chart.history)
    first_then = then[0][0]
    earlier = [point for point in chart.history if point[0] < first_then]
    return earlier + then


def _fan(grid: Mapping[str, Any], i: int) -> Fan:
    """The fan of the i-th day, one mapping per year."""
    origin = grid["known"][i][-1][0]
    fan = []
    for year, row in enumerate(grid["fans"][i], start=origin + 1):
        quantiles = dict(zip(QUANTILES, row, strict=True))
        fan.append({"year": year, **quantiles})
    return fan
