"""Ask each decided pledge again on the days on which it could have been asked, and say what came.

Usage:  python data/prepare/replay.py PANEL_FOLDER [--models FOLDER]

Each scored pledge of two countries in US dollars is asked on the day of its announcement and on 30
June of each year after it until its deadline, in *pseudo-real time*: today's figures, of which only
those of years are used that were out by the lag of their source; and a growth model that has
learned from years over by that day alone. A share of other pledges, the regression on them, and
what corrects the chance for era and China rest on pledges resolved by then. What was not known by
then stands beside it: the choice of signals, the share of drift that is kept, the spread of shared
growth, and that figures were revised since.

The pledge's own statistics give its level: the baseline it names. Growth before and after it is
that of the bundled count with most years, laid on the baseline. What it writes is data/replay.csv,
a row a pledge and day. Models are kept in FOLDER (as JSON, one a year), which saves half an hour.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradelib import load_targets
from tradelib.datasets import pair_series
from tradelib.datasets.sources import last_published_year, registered_sources
from tradelib.science.assessment.case import FRESH_YEARS
from tradelib.science.forecasting import GrowthModel, fit_growth_model
from tradelib.science.forecasting.growth_model import MAX_HORIZON
from tradelib.science.forecasting.predictive import outlooks
from tradelib.science.pledges.combined import LEAST_RESOLVED, combined_of
from tradelib.science.pledges.progress_methods import progress
from tradelib.science.pledges.status import scored_pledges, with_china
from tradelib.science.pledges.target import Target

sys.path.insert(0, str(Path(__file__).parent))
import pledge_model
from growth_model import dollar, panels

OUT = Path(__file__).parents[1] / "replay.csv"
# A matrix came out once, long after its years: its figures count as out as UN Comtrade's are.
MATRIX_LAG = "comtrade"
# Day of each later year on which a pledge is asked again: most figures of the last year are out.
AGAIN = (6, 30)
# A count is laid on a baseline of the same year, or of one so near.
NEAR_YEARS = 2
# Pairs an origin that a model learns from: half of the model that ships.
PER_ORIGIN = 100
# Digits of a chance.
DIGITS = 4

Figures = Callable[[Any, date], pd.Series]


class Asked(NamedTuple):
    """A pledge on a day: its history by then, US$ million by year, and whether it is announced."""

    pledge: Any
    day: date
    history: pd.Series


def years_out(pledge: Any, day: date) -> pd.Series:
    """Turnover by year that was out by a day, in the pledge's own statistics, US$ million.

    The bundled count with most years by then, times what its figure of the baseline's year, or of
    the nearest, lacks of the baseline. The baseline itself is known from the announcement.
    """
    baseline = pd.Series({int(pledge.baseline_year): float(pledge.baseline_musd)})
    best = pd.Series(dtype=float)
    for source, report in pair_series.reports(pledge.reporter, pledge.partner).items():
        series = pd.Series(
            {year: report.exports[year] + report.imports[year] for year in report.years_of_trade},
            dtype=float,
        )
        series = series[series.index <= last_out(source, day)]
        if len(series) > len(best):
            best = series
    if best.empty:
        return baseline
    distance = abs(best.index - baseline.index[0])
    if distance.min() > NEAR_YEARS:
        return baseline
    scale = baseline.iloc[0] / best.iloc[distance.argmin()]
    laid = best * scale
    laid[baseline.index[0]] = baseline.iloc[0]
    return laid.sort_index()


def last_out(source: str, day: date) -> int:
    """Last year of a source whose figures count as out by a day."""
    is_office = "office" in registered_sources()[source]
    return last_published_year(source if is_office else MATRIX_LAG, day)


def days_asked(pledge: Any) -> Iterator[date]:
    """The day of the announcement, and 30 June of each year after it up to the deadline."""
    announced = pledge.released.date()
    yield announced
    for year in range(announced.year + 1, int(pledge.deadline) + 1):
        yield date(year, *AGAIN)


def asked(pledges: pd.DataFrame, figures: Figures = years_out) -> list[Asked]:
    """Each pledge on each day on which it can be asked.

    Not once its outcome is known, it is reached by the figures that are out, its deadline lies more
    than ten years ahead, or its newest figure is too old.
    """
    questions = []
    for pledge in pledges.itertuples():
        for day in days_asked(pledge):
            history = figures(pledge, day)
            last = int(history.index[-1])
            since = history[history.index >= pledge.released.year]
            is_open = (
                day < pledge.resolved.date()
                and last < pledge.deadline <= last + MAX_HORIZON
                and day.year - last <= FRESH_YEARS
                and not (since >= pledge.target_musd).any()
            )
            if is_open:
                questions.append(Asked(pledge, day, history))
    return questions


def chances(questions: list[Asked], model_of: Callable[[int], GrowthModel]) -> pd.DataFrame:
    """The growth model's chance of each pledge *ever* by its deadline, and what it rests on."""
    rows: list[dict[str, Any]] = [{} for _ in questions]
    years = sorted({question.day.year for question in questions})
    for year in years:
        places = [i for i, question in enumerate(questions) if question.day.year == year]
        histories = [
            pd.DataFrame({"year": h.index, "turnover_musd": h.to_numpy()})
            for h in (questions[i].history for i in places)
        ]
        forecasts = outlooks(
            histories,
            model=model_of(year - 1),
            nowcasts=[None] * len(places),
            other_sources=[False] * len(places),
        )
        for place, forecast in zip(places, forecasts, strict=True):
            pledge = questions[place].pledge
            ahead = int(pledge.deadline) - forecast.origin
            chance = forecast.passage(float(pledge.target_musd))[ahead - 1]
            rows[place] = {"said": chance, "tier": forecast.kind, "model_known_by": year - 1}
    return pd.DataFrame(rows)


def by_others(questions: list[Asked], scored: pd.DataFrame) -> pd.DataFrame:
    """Share on time of other pairs' pledges resolved by each day, and the regression on them."""
    rows = []
    fits: dict[tuple[str, ...], pledge_model.Fitted] = {}
    for question in questions:
        pledge = question.pledge
        resolved = scored["resolved"].dt.date <= question.day
        others = scored[resolved & (scored["pair"] != pledge.pair)]
        row = {"constant": np.nan, "regression": np.nan}
        if len(others) >= LEAST_RESOLVED:
            row["constant"] = others["on_time"].mean()
            own = scored[scored["target_id"] == pledge.target_id]
            key = tuple(others["target_id"])
            if key not in fits:
                fits[key] = pledge_model.fit(others)
            row["regression"] = pledge_model.predicted(fits[key], own)[0]
        rows.append(row)
    return pd.DataFrame(rows)


def corrected(table: pd.DataFrame) -> pd.Series:
    """The chance said, corrected for era and China as other pairs' rows resolved by the day say."""
    result = pd.Series(np.nan, table.index)
    for (day, pair), same_day in table.groupby(["asked_on", "pair"]):
        others = table[(table["released"] <= day) & (table["pair"] != pair)]
        learned = combined_of(others, least=LEAST_RESOLVED)
        if learned is not None:
            result[same_day.index] = learned.chances(same_day)["chance"]
    return result


def by_rule(question: Asked) -> dict[str, float]:
    """Calls of two simple rules, 1 or 0; missing where they make none.

    ``on_track`` is the UN's rule from the baseline to the last year out; ``growth_carried_on`` asks
    whether the growth of the last year, carried on, reaches the target by the deadline.
    """
    pledge = question.pledge
    history = question.history
    last = int(history.index[-1])
    rule = {"on_track": np.nan, "growth_carried_on": np.nan}
    left = int(pledge.deadline) - last
    if last - 1 in history.index:
        growth = history[last] / history[last - 1]
        rule["growth_carried_on"] = float(history[last] * growth**left >= pledge.target_musd)
    base = int(pledge.baseline_year)
    since = history[history.index >= base]
    if base < last and len(since) == last - base + 1:
        table = pd.DataFrame({"year": since.index, "turnover_musd": since.to_numpy()})
        target = Target(pledge.reporter, pledge.partner, pledge.target_musd, int(pledge.deadline))
        calls = progress(table, target, base_year=base, last_year=last).set_index("method")
        rule["on_track"] = float(calls.loc["un_2026", "status"] in ("on track", "target met"))
    return rule


def replay(
    scored: pd.DataFrame,
    model_of: Callable[[int], GrowthModel],
    *,
    figures: Figures = years_out,
) -> pd.DataFrame:
    """A row a pledge and day: what was said, what simple rules said, and what came."""
    in_dollars = (scored["currency"] == "USD") & (scored["scope"] == "pair")
    dated = scored["baseline_year"].notna()
    pledges = scored[in_dollars & dated].assign(china=lambda rows: with_china(rows))
    questions = asked(pledges, figures)
    known_then = pd.DataFrame(
        {
            "target_id": [question.pledge.target_id for question in questions],
            "pair": [question.pledge.pair for question in questions],
            "asked_on": [question.day.isoformat() for question in questions],
            "year": [question.day.year for question in questions],
            "last_year": [int(question.history.index[-1]) for question in questions],
            "last_musd": [float(question.history.iloc[-1]) for question in questions],
        }
    )
    came = pd.DataFrame(
        {
            "came": [int(question.pledge.on_time) for question in questions],
            "announced": [int(question.pledge.released.year) for question in questions],
            "deadline": [int(question.pledge.deadline) for question in questions],
            "growth_asked": [float(question.pledge.asked) for question in questions],
            "china": [bool(question.pledge.china) for question in questions],
            "batch": [int(question.pledge.batch) for question in questions],
            "source_id": "pledges",
            "released": [question.pledge.resolved.date().isoformat() for question in questions],
            "note": "",
        }
    )
    rules = pd.DataFrame([by_rule(question) for question in questions])
    table = pd.concat(
        [known_then, chances(questions, model_of), by_others(questions, scored), rules, came],
        axis=1,
    )
    table.insert(table.columns.get_loc("regression") + 1, "combined", corrected(table))
    rounded = ["said", "constant", "regression", "combined", "growth_asked"]
    table[rounded] = table[rounded].astype(float).round(DIGITS)
    table["last_musd"] = table["last_musd"].round(1)
    return table.sort_values(["target_id", "asked_on"], ignore_index=True)


def refits(folder: Path, kept: Path | None) -> Callable[[int], GrowthModel]:
    """The growth model learned from years up to one, by that year; GDP up to the year before."""
    tables = panels(folder)

    @cache
    def model_of(year: int) -> GrowthModel:
        """Learn it, or read it if it is kept."""
        file = None if kept is None else kept / f"{year}.json"
        if file is not None and file.is_file():
            return GrowthModel.from_dict(json.loads(file.read_text()))
        model = fit_growth_model(
            tables,
            known_by=year,
            per_origin=PER_ORIGIN,
            cycle=dollar(folder, year - 1),
        )
        if file is not None:
            file.write_text(json.dumps(model.to_dict()))
        return model

    return model_of


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--models", type=Path, help="folder in which models are kept")
    options = parser.parse_args()
    scored = scored_pledges(load_targets())
    table = replay(scored, refits(options.panel_folder, options.models))
    table.to_csv(OUT, index=False, lineterminator="\n")
    print(f"{OUT.name}: {len(table)} rows of {table['target_id'].nunique()} pledges")


if __name__ == "__main__":
    main()
