"""The verdict day by day, and what came of it."""

from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.figures import load_turnover
from tradelib.front.assess import verdicts
from tradelib.front.gather import gather
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.growth import cagr
from tradelib.science.outlook.outlook import outlook
from tradelib.science.outlook.paths import Forecast
from tradelib.science.outlook.simple import FORECASTERS
from tradelib.science.pledge.target import Target
from tradelib.science.scores import scoring
from tradelib.science.verdict.case import Case
from tradelib.science.verdict.rows import official

# Whose call stands beside the verdict's: the newest of the official methods.
OFFICIAL = "un_2026"
# Paths that a score is taken over: enough for three digits.
SCORED = 4000


@validated
def timeline(target: Target) -> pd.DataFrame:
    """The verdict on the day of the announcement and after each later release of a full year.

    Parameters
    ----------
    target : Target, of a bundled pair, with a deadline and the day of its announcement

    Returns
    -------
    DataFrame
        A row a day: ``as_of``, ``last_year``, ``probability_in``, ``probability_ever``,
        ``range_low``, ``range_high``, ``low``, ``median``, ``high`` (US$ million in the year
        judged), ``words``, and ``official`` (what the UN's method says of the target). Each uses
        only what was released and learned by then; they are hindcasts all the same.

    Raises
    ------
    InputError, NoAnswerError
        If the target has no day of announcement, or as `assess`.

    Examples
    --------
    >>> from tradelib import article_target
    >>> timeline(article_target()).last_year.tolist()
    [2021, 2022, 2023, 2024, 2025]
    """
    rows = []
    for day in _days(target):
        case = gather(target, day)
        calls = official(case)
        said = "too early" if calls is None else calls.set_index("method").loc[OFFICIAL, "status"]
        rows.append(verdicts([case])[0].to_frame().assign(as_of=day, official=said))
    columns = [
        "as_of",
        "last_year",
        "probability_in",
        "probability_ever",
        "range_low",
        "range_high",
        "low",
        "median",
        "high",
        "words",
        "official",
    ]
    return pd.concat(rows, ignore_index=True)[columns]


@validated
def hindcasts(target: Target) -> pd.DataFrame:
    """What the growth model and its rivals said of each later year, and what came.

    Parameters
    ----------
    target : Target, as for `timeline`

    Returns
    -------
    DataFrame
        A row a day, forecaster and year that is known by now: ``as_of``, ``forecaster``, ``year``,
        ``low``, ``median``, ``high`` (80 %, US$ million), ``observed``, ``crps`` (of the log) and
        ``inside``. Besides the simple forecasters there are two lines, whose score is the absolute
        error of their log: ``required path``, which leads to the target, and ``pace so far``, the
        growth since the year before the announcement, by which official methods judge.

    Raises
    ------
    InputError, NoAnswerError, ImportError
        As `timeline`; if statsmodels is not installed (the ``models`` extra).

    Examples
    --------
    >>> from tradelib import article_target
    >>> table = hindcasts(article_target())
    >>> table.query("forecaster == 'panel_growth'").groupby("as_of").size().tolist()
    [4, 3, 2, 1]
    """
    observed = load_turnover(target.reporter, target.partner).set_index("year")["turnover_musd"]
    rows = []
    for day in _days(target)[:-1]:
        case = gather(target, day)
        model = outlook(case.history, model=case.information.model, nowcast=case.nowcast)
        made = [model.paths(case.ahead)]
        made += [
            make(case.history, horizon=case.ahead, nowcast=case.nowcast)
            for make in FORECASTERS.values()
        ]
        lines = _lines(case)
        for year in (int(y) for y in observed.index if y > case.now.last_year):
            value = float(observed[year])
            scored = [_scored(one, year, value) for one in made]
            scored += [_scored_line(*line, case, year, value) for line in lines.items()]
            known = {"as_of": day, "year": year, "observed": value}
            rows += [known | row for row in scored]
    columns = ["as_of", "forecaster", "year", "low", "median", "high", "observed", "crps", "inside"]
    return pd.DataFrame(rows)[columns]


def _lines(case: Case) -> dict[str, float]:
    """Constant growth a year: the one needed, and the one since before the announcement."""
    now, before = case.now, _announced(case.target).year - 1
    lines = {} if now.required is None else {"required path": now.required}
    base = case.history.loc[case.history["year"] == before, "turnover_musd"]
    years = now.last_year - before
    if len(base) and years > 0:
        lines["pace so far"] = float(cagr(float(base.iloc[0]), now.last_musd, years=years))
    return lines


def _scored_line(name: str, pace: float, case: Case, year: int, value: float) -> dict[str, Any]:
    line = case.now.last_musd * (1 + pace) ** (year - case.now.last_year)
    error = abs(np.log(line / value))
    return {"forecaster": name, "median": line, "crps": error, "inside": False}


def _scored(made: Forecast, year: int, value: float) -> dict[str, Any]:
    futures = made.paths[:, made.years.index(year)]
    low, median, high = np.quantile(futures, [0.1, 0.5, 0.9])
    score = scoring.crps(np.log(futures[None, :SCORED]), np.log([value]))
    return {
        "forecaster": made.name,
        "low": low,
        "median": median,
        "high": high,
        "crps": float(score[0]),
        "inside": bool(low <= value <= high),
    }


def _days(target: Target) -> list[pd.Timestamp]:
    """The announcement, and each later day on which a full year came out."""
    first = _announced(target)
    released = load_turnover(target.reporter, target.partner)["released"]
    return [first, *sorted(set(released[released > first]))]


def _announced(target: Target) -> pd.Timestamp:
    if target.announced is None:
        why = f"{target.pair} has no day of it"
        raise InputError(f"a timeline starts at the announcement, and {why}")
    return pd.Timestamp(target.announced)
