"""A target's grid as pages hold it: what is said at every stop of their slider, and the fans."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tradelib.api.explore import Grid
from tradelib.api.explore.widgets import stops
from tradelib.api.forecasts import ARTICLE_PAIRS
from tradelib.api.timeline import official_status
from tradelib.core.numeric import Floats
from tradelib.science.assessment.case import Case
from tradelib.science.assessment.evidence import Estimates, estimates_at
from tradelib.science.assessment.likelihood_words import in_words
from tradelib.science.forecasting.growth_model import MAX_HORIZON

# Probabilities are held as whole millionths: so exact that each rounds to the percent it is.
UNIT = 1_000_000
# How words begin that say what happened, not how likely it is.
HAPPENED = ("reached in", "last figure of")
# The curves of chances that pages hold, in their order.
CURVES = ["probability_in", "probability_ever", "low", "high"]


def plain_grid(grid: Grid) -> dict[str, Any]:
    """Chances and words at every stop of the slider, and the fans, as lists and numbers alone.

    Chances are in units of 1 / ``unit``, by day, year and curve; a curve is None where no other way
    gives one. Words are by day and year: the stop from which a word holds, and the number of the
    word in ``vocabulary``; they follow from the chance that the page shows. ``alone`` names the
    one other way of a day and year, where there is but one. ``official`` is the target's status by
    the United Nations' method on each day; nothing but for the article's pairs. ``dollar`` is the
    last year known of the dollar's cycle, and what the dollar gained over the ten years to it.
    """
    target = grid.target
    values = stops(target.value)
    tables = [grid.readings(values, day=day) for day in grid.days]
    if target.deadline is None:
        tables = [
            table.assign(words=_words_of_ever(table, evidence))
            for table, evidence in zip(tables, grid.evidence, strict=True)
        ]
    every_word = pd.concat(tables)["words"]
    vocabulary = sorted(set(every_word))
    number = {text: i for i, text in enumerate(vocabulary)}
    return {
        "target": target.value,
        "deadline": target.deadline,
        "since": grid.cases[-1].since,
        "days": list(grid.days),
        "known": [_since_announcement(case) for case in grid.cases],
        "size_alone": [evidence.outlook.kind == "size" for evidence in grid.evidence],
        "open_from": [_first_open_year(grid, day) for day in grid.days],
        "values": values,
        "unit": UNIT,
        "chances": [_chances(table) for table in tables],
        "vocabulary": vocabulary,
        "words": [_words(table, number) for table in tables],
        "alone": [_ways_alone(grid, day) for day in grid.days],
        "official": _official(grid),
        "dollar": _dollar(grid.cases[-1], grid.evidence[-1]),
        "fans": [_fan(grid, day) for day in grid.days],
    }


def _since_announcement(case: Case) -> list[list[float]]:
    """Years and turnover known on a day since the announcement; at least the last."""
    first = min(case.target.since, case.now.last_year)
    rows = case.history[case.history["year"] >= first]
    return [[int(row.year), float(row.turnover_musd)] for row in rows.itertuples()]


def _first_open_year(grid: Grid, day: str) -> int:
    """The first year ahead that was not over on a day."""
    index = grid.days.index(day)
    case = grid.cases[index]
    years = _years(case)
    over = [year for year in years if case.over(year)]
    return years[0] + len(over)


def _years(case: Case) -> range:
    """The years ahead of a case that a grid has answers for."""
    first = case.now.last_year + 1
    return range(first, first + MAX_HORIZON)


def _words_of_ever(table: pd.DataFrame, evidence: Estimates) -> list[str]:
    """Words of the chance in any year up to each, where no deadline was named."""
    size_alone = evidence.outlook.kind == "size"
    words = []
    for row in table.itertuples():
        happened = row.words.startswith(HAPPENED)
        chance = in_words(row.probability_ever, (row.low, row.high), size_alone=size_alone)
        words.append(row.words if happened else chance)
    return words


def _ways_alone(grid: Grid, day: str) -> list[str]:
    """The one other way to estimate the chance in each year ahead; empty if there are none or more.

    Which ways there are does not depend on the value.
    """
    index = grid.days.index(day)
    evidence = grid.evidence[index]
    goals = np.array([grid.target.value] * 2)
    names = []
    for year in _years(grid.cases[index]):
        chances = estimates_at(evidence, goals, int(year))
        items = [
            other.item
            for other, chance in zip(evidence.others, chances, strict=True)
            if not np.isnan(chance).any()
        ]
        names.append(items[0] if len(items) == 1 else "")
    return names


def _official(grid: Grid) -> list[str]:
    """The target's status by the United Nations' method on each day, of the article's pairs."""
    pair = (grid.target.reporter, grid.target.partner)
    if grid.target.deadline is None or pair not in ARTICLE_PAIRS:
        return []
    return [official_status(case) for case in grid.cases]


def _dollar(case: Case, evidence: Estimates) -> tuple[int, float] | None:
    """The last year known of the dollar's cycle, and what the dollar gained in the ten to it.

    The model has what the median country gained on it, in logs.
    """
    past = [row for row in case.information.model.cycle if row[0] <= evidence.outlook.first]
    if not past:
        return None
    year, gained_on_it = past[-1]
    return year, float(np.expm1(-gained_on_it))


def _chances(table: pd.DataFrame) -> list[list[list[int] | None]]:
    """The curves of each year ahead, as whole numbers; None where there is none."""
    curves = []
    for _, rows in table.groupby("year"):
        by_curve = [rows[name].to_numpy() for name in CURVES]
        curves.append([_in_units(curve) for curve in by_curve])
    return curves


def _in_units(curve: Floats) -> list[int] | None:
    """A curve as whole numbers; None if no way gives it."""
    missing = np.isnan(curve)
    if missing.all():
        return None
    if missing.any():
        raise ValueError(f"a curve of chances has {missing.sum()} holes")
    units: list[int] = np.rint(curve * UNIT).astype(int).tolist()
    return units


def _words(table: pd.DataFrame, number: Mapping[str, int]) -> list[list[list[int]]]:
    """Words along the slider in each year ahead, by their numbers."""
    return [_runs(rows["words"].tolist(), number) for _, rows in table.groupby("year")]


def _runs(words: Sequence[str], number: Mapping[str, int]) -> list[list[int]]:
    """Each run of the same words: the stop at which it begins, and the number of the words."""
    runs = []
    for stop, text in enumerate(words):
        if stop == 0 or text != words[stop - 1]:
            runs.append([stop, number[text]])
    return runs


def _fan(grid: Grid, day: str) -> list[list[float]]:
    """Quantiles of each year ahead, to five digits."""
    quantiles = grid.fan(day).drop(columns="year").to_numpy()
    return [[float(f"{value:.5g}") for value in row] for row in quantiles]
