"""What a page ships so that its sliders move the picture: positions, words, and no arithmetic."""

import string
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from tradelib.pages.cards import Card
from tradelib.pages.charts import (
    FOUR_IN_FIVE,
    NARROW,
    STEPS_OF_YEARS,
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
from tradelib.science.assessment.likelihood_words import own_words

SHIPPED = ("days", "since", "open_from", "values", "fans", "alone")
SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase + "-_"
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
        "vocabulary": [own_words(text) for text in grid["vocabulary"]],
        "chances": _chances(grid),
        "words": [[_runs(runs) for runs in years] for years in grid["words"]],
        "said": _texts(grid, histories, fans, card.row.currency),
        "start": start,
        "pair": card.pair,
        "few": few,
        "vague": card.deadline is None,
        "known": histories,
        "origins": [points[-1][0] for points in grid["known"]],
        "rungs": _rungs(grid, histories, fans, chart.scale),
        "steps": STEPS_OF_YEARS,
        "spans": _named_years(chart.axis_years),
    }


def _named_years(axis_years: tuple[int, int]) -> list[list[int]]:
    """Years between two that the axis names, on a desktop and on a phone.

    Of each the most years that the axis may show with steps of 1, of 2, 5, 10 and 20.
    """
    first, last = axis_years
    found = []
    for width, _ in (WIDE, NARROW):
        steps = [every(0, span, width) for span in range(1, last - first + 1)]
        found.append([bisect_right(steps, step) for step in STEPS_OF_YEARS])
    return found


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
        "known": _known_texts(histories, currency),
        "last": [amount_in(points[-1], currency) for points in histories],
        "fans": [_fan_tips(fan, currency) for fan in fans],
        "each": FOUR_IN_FIVE,
    }


def _known_texts(histories: Sequence[Points], currency: str) -> list[dict[int, str]]:
    """What known points say by day and year; of earlier days where it is not as on the last."""
    *earlier, last = (_known_tips(points, currency) for points in histories)
    moved = [
        {year: text for year, text in tips.items() if text != last.get(year)} for tips in earlier
    ]
    return [*moved, last]


def _known_tips(points: Points, currency: str) -> dict[int, str]:
    """What each known point says, by its year."""
    return {point[0]: known_tip(point, currency) for point in points}


def _fan_tips(fan: Fan, currency: str) -> list[str]:
    """What each year of a fan says, without what all of them say."""
    tips = [fan_tip(row, currency) for row in fan]
    return [tip.replace(FOUR_IN_FIVE, "~") for tip in tips]


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


def _runs(runs: Sequence[Sequence[int]]) -> str:
    """Words along the slider: a run's first stop in two digits, and a sign for its words."""
    return "".join(f"{stop:02d}{SIGNS[word]}" for stop, word in runs)


def drops(curve: Sequence[int], unit: int) -> str:
    """How far a curve of chances falls at each stop, in whole percent from 100, as a short text.

    A sign (0-9, A-Z, a-z, - and _ for 0 to 63) stands for two stops that fall by up to 7 each, as
    8 times the first and the second. After a ~ it stands for one stop, and each further ~ is 64
    more. The last stops that fall no more are left out. Percent is what pages show: 0 is "under
    1%" and 100 "over 99%".
    """
    percents = [printed(chance / unit) for chance in curve]
    falls = [before - after for before, after in pairwise([100, *percents])]
    if min(falls) < 0:
        raise ValueError(f"a chance falls as the target rises, got {percents}")
    while falls and falls[-1] == 0:
        falls.pop()
    signs = []
    while falls:
        first, second = (*falls, 0)[:2]
        if max(first, second) < 8:
            signs.append(SIGNS[8 * first + second])
            falls = falls[2:]
        else:
            more, rest = divmod(first, len(SIGNS))
            signs.append("~" * (more + 1) + SIGNS[rest])
            falls = falls[1:]
    return "".join(signs)


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
