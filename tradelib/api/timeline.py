"""The verdict on each day that brought new figures, and forecasts held against what came."""

from typing import Any

import numpy as np
import pandas as pd

from tradelib.api.assess import verdicts
from tradelib.api.gather import gather
from tradelib.core.errors import InputError
from tradelib.core.growth import cagr
from tradelib.core.validation import validated
from tradelib.datasets.figures import load_turnover
from tradelib.science.assessment.case import Case
from tradelib.science.assessment.evidence import estimate_all
from tradelib.science.assessment.table import official
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.forecasting.growth_model import MAX_HORIZON
from tradelib.science.forecasting.predictive import outlook
from tradelib.science.forecasting.simple import FITTED, FORECASTERS
from tradelib.science.pledges.target import Target, check_in_dollars
from tradelib.science.scoring import scores

# The official method whose status stands beside the verdict: the newest.
OFFICIAL = "un_2026"
# Paths that a score is taken over: enough for three digits.
SCORED = 4000


@validated
def timeline(target: Target) -> pd.DataFrame:
    """The verdict on the day of the announcement and after each later release of a full year.

    Parameters
    ----------
    target : Target
        With a deadline and the day of its announcement; of any pair with bundled figures.

    Returns
    -------
    DataFrame
        One row for each day: ``as_of``, ``last_year``, ``probability_in``, ``probability_ever``,
        ``range_low``, ``range_high``, ``low``, ``median``, ``high`` (millions of the target's
        currency, in the year judged), ``words``, and ``official`` (the target's status by the UN's
        method). Each row uses only what was released and learned by its day. All are hindcasts:
        they were made later.

    Raises
    ------
    InputError, NoAnswerError
        If the day of the announcement is not given, or as `assess`.

    Examples
    --------
    >>> from tradelib import article_target
    >>> timeline(article_target()).last_year.tolist()
    [2021, 2022, 2023, 2024, 2025]
    """
    rows = []
    for day in _days(target):
        case = gather(target, day)
        [verdict] = verdicts([case])
        rows.append(verdict.to_frame().assign(as_of=day, official=official_status(case)))
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


def official_status(case: Case) -> str:
    """The target's status by the UN's method on the day of a case."""
    statuses = official(case)
    if statuses is None:
        return "too early"
    return str(statuses.set_index("method").loc[OFFICIAL, "status"])


@validated
def hindcasts(target: Target) -> pd.DataFrame:
    """Forecasts of each later year by the growth model and its rivals, and what came.

    Parameters
    ----------
    target : Target
        As for `timeline`.

    Returns
    -------
    DataFrame
        One row for each day, forecaster and year up to the one judged that is known by now; none of
        a day after it: ``as_of``, ``forecaster``,
        ``year``, ``low``, ``median``, ``high`` (80 %, US$ million), ``observed`` (US$ million),
        ``crps`` (of the log) and ``inside`` (whether ``observed`` lies between ``low`` and
        ``high``). The simple forecasters have rows on days on which the pair had enough years
        without a gap. Beside them there are two lines of constant growth, whose score
        is the absolute error of their log. ``required path`` leads to the target; ``pace so far``
        is the growth since the year before the announcement, by which official methods judge.

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
    check_in_dollars(target, "how forecasts fared")
    observed = _series(target).set_index("year")["turnover_musd"]
    rows = []
    for day in _days(target)[:-1]:
        case = gather(target, day)
        if case.ahead < 1:
            continue
        model = outlook(case.history, model=case.information.model, nowcast=case.nowcast)
        if case.parts is not None:
            model = estimate_all([case], whole=False)[0].outlook
        ahead = min(case.ahead, MAX_HORIZON)
        forecasts = [model.paths(ahead)]
        if _is_long_run(case.history["year"]):
            forecasts += [
                forecaster(case.history, horizon=ahead, nowcast=case.nowcast)
                for forecaster in FORECASTERS.values()
            ]
        lines = _lines(case)
        last = case.now.last_year
        later = (observed.index > last) & (observed.index <= last + ahead)
        for year in observed.index[later].tolist():
            value = float(observed[year])
            scored = [_scored(forecast, year, value) for forecast in forecasts]
            scored += [_scored_line(*line, case, year, value) for line in lines.items()]
            outcome = {"as_of": day, "year": year, "observed": value}
            rows += [outcome | row for row in scored]
    columns = ["as_of", "forecaster", "year", "low", "median", "high", "observed", "crps", "inside"]
    return pd.DataFrame(rows, columns=columns)


def _is_long_run(years: pd.Series) -> bool:
    """Whether the simple forecasters can read a history: enough years, and none missing between."""
    return len(years) >= FITTED and not (years.diff() > 1).any()


def _lines(case: Case) -> dict[str, float]:
    """Growth a year of two lines: that needed, and that since before the announcement."""
    now = case.now
    lines = {}
    if now.required is not None:
        lines["required path"] = now.required
    before = _announced(case.target).year - 1
    base = case.history.loc[case.history["year"] == before, "turnover_musd"]
    years = now.last_year - before
    if len(base) and years > 0:
        lines["pace so far"] = float(cagr(float(base.iloc[0]), now.last_musd, years=years))
    return lines


def _scored_line(name: str, growth: float, case: Case, year: int, value: float) -> dict[str, Any]:
    """A line of constant growth held against the value of a year."""
    years = year - case.now.last_year
    expected = case.now.last_musd * (1 + growth) ** years
    error = abs(np.log(expected / value))
    return {"forecaster": name, "median": expected, "crps": error, "inside": False}


def _scored(forecast: Forecast, year: int, value: float) -> dict[str, Any]:
    """A forecast held against the value of a year."""
    futures = forecast.paths[:, forecast.years.index(year)]
    low, median, high = np.quantile(futures, [0.1, 0.5, 0.9])
    scored_paths = futures[None, :SCORED]
    score = scores.crps(np.log(scored_paths), np.log([value]))
    return {
        "forecaster": forecast.name,
        "low": low,
        "median": median,
        "high": high,
        "crps": float(score[0]),
        "inside": bool(low <= value <= high),
    }


def _days(target: Target) -> list[pd.Timestamp]:
    """The announcement, and each later day on which a full year came out."""
    first = _announced(target)
    released = _series(target)["released"]
    return [first, *sorted(set(released[released > first]))]


def _series(target: Target) -> pd.DataFrame:
    """The recommended series of a target's pair, or of its members' pairs."""
    return load_turnover(target.reporter, target.partner, members=target.convention)


def _announced(target: Target) -> pd.Timestamp:
    """The day of the announcement."""
    if target.announced is None:
        raise InputError(
            f"a timeline starts at the announcement, whose day is not given for {target.pair}"
        )
    return pd.Timestamp(target.announced)
