"""A target's grid as pages hold it: what is said at every stop of their slider, and the fans."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tradelib.front.explore import Grid
from tradelib.front.explore.widgets import stops
from tradelib.science.verdict.case import Case

# Pages hold probabilities as whole hundredths of a percentage point: short, and exact enough.
UNIT = 10_000
# The curves of chances that pages hold, in their order.
CURVES = ["probability_in", "probability_ever", "low", "high"]


def plain_grid(grid: Grid) -> dict[str, Any]:
    """Chances and words at every stop of the slider, and the fans, as lists and numbers alone.

    Chances are in units of 1 / ``unit``, by day, year and curve. Words are by day and year: the
    stop from which a word holds, and the number of the word in ``vocabulary``.
    """
    target = grid.target
    values = stops(target.value_musd)
    tables = [grid.readings(values, day=day) for day in grid.days]
    every_word = pd.concat(tables)["words"]
    vocabulary = sorted(set(every_word))
    number = {text: i for i, text in enumerate(vocabulary)}
    return {
        "target": target.value_musd,
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
    years = grid.fan(day)["year"].tolist()
    over = [year for year in years if case.over(year)]
    first: int = years[0]
    return first + len(over)


def _chances(table: pd.DataFrame) -> list[list[list[int]]]:
    """The curves of each year ahead, as whole numbers."""
    curves = []
    for _, rows in table.groupby("year"):
        by_curve = rows[CURVES].to_numpy().T
        in_units = np.rint(by_curve * UNIT)
        curves.append(in_units.astype(int).tolist())
    return curves


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
