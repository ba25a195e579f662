"""Open targets as questions for forecasters: what is asked, how it is decided, and our answer.

Of each target two questions: whether the level is reached by the deadline (binary, decided as the
registry resolves a pledge), and how much is traded in that year (numeric).
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradelib.api.archive import VOIDS
from tradelib.api.information import information_on
from tradelib.api.targets import TargetAnswer, answer_of, open_rows, registry_case, registry_target
from tradelib.core.labels import million_of
from tradelib.core.members import AS_THEY_WERE
from tradelib.science.assessment.case import OPEN_ENDED, Case
from tradelib.science.assessment.evidence import estimate_all
from tradelib.science.pledges.target import Target

if TYPE_CHECKING:
    from tradelib.pages.cards import Card

BINARY, NUMERIC = "binary", "numeric"
# Columns that come first.
TEXTS = [
    "question_id",
    "target_id",
    "type",
    "question",
    "background",
    "resolution_criteria",
    "fine_print",
    "void_rule",
]
# Our quantiles of a numeric question, by column.
LEVELS = {
    "q05": 0.05,
    "q10": 0.1,
    "q25": 0.25,
    "q50": 0.5,
    "q75": 0.75,
    "q90": 0.9,
    "q95": 0.95,
}
# What ForecastBench writes where a question has no such thing.
NOTHING = "N/A"
MODEL = "tradelib-growth"
ANNOUNCED = "A level of trade between two countries or blocs was announced."
INTRO = {
    BINARY: f"{ANNOUNCED} How likely is it that they reach it by the year named?",
    NUMERIC: f"{ANNOUNCED} How much will they trade in the year named? Answer by quantiles.",
}
FULL_YEARS = (
    "Full calendar years count, or fiscal years where the statistics are of such, each called by "
    "the year in which it begins."
)
UNSCORED = "Nothing is guessed: if no figure of {by} or a later year is known, it is not scored."


def questions() -> pd.DataFrame:
    r"""Open targets as binary and numeric questions, with how each is decided and our answer.

    A target has both kinds if it has a chance and was not reached yet; `tradelib.open_targets` says
    why others have none. The binary one is decided as the registry resolves a pledge: in or before
    the year, even if trade falls back.

    Returns
    -------
    DataFrame
        A row a question: ``question_id``, ``target_id``, ``type`` (binary or numeric),
        ``question``, ``background``, ``resolution_criteria``, ``fine_print``, ``void_rule``,
        ``statistics`` (whose figures decide), ``source`` (address of the announcement), ``asked``
        (day of the data), ``closes`` and ``resolves`` (days), ``reporter``, ``partner``,
        ``currency``, ``target_value`` (million), ``last_year``, ``last_value``, ``by`` (year
        judged; where no deadline was named the one looked to), ``probability`` (of yes; of a
        numeric one, that the value is the target's or more), and of a numeric one ``q05`` to
        ``q95``, quantiles in million.

    Examples
    --------
    >>> asked = questions().query("target_id == 'KAZ-TKM-2022'")
    >>> print("\n".join(asked.question))
    Will trade between Kazakhstan and Turkmenistan reach US$1bn a year by 2027?
    What will trade between Kazakhstan and Turkmenistan come to in 2027, in US$ million?
    """
    from tradelib.pages.cards import Card, known_day

    information = information_on(None)
    rows = open_rows(information)
    gathered = [(row, registry_case(registry_target(row), information)) for row in rows]
    open_now = [
        (row, case) for row, case in gathered if isinstance(case, Case) and case.now.reached is None
    ]
    every = estimate_all([case for _, case in open_now], whole=False)
    asked = []
    for (row, case), estimates in zip(open_now, every, strict=True):
        answer = answer_of(case, estimates)
        card = Card(row=row, open_row=answer, history=case.history)
        quantiles = estimates.outlook.quantile(list(LEVELS.values()), case.by)
        ours = dict(zip(LEVELS, np.round(quantiles, 3), strict=True))
        shared = _shared(card, answer, known_day())
        rules = {kind: _fine_print(card, case.target, case.by, kind) for kind in INTRO}
        asked.append(shared | _binary(card, answer) | {"fine_print": rules[BINARY]})
        asked.append(shared | _numeric(card, answer) | ours | {"fine_print": rules[NUMERIC]})
    table = pd.DataFrame(asked)
    return table[[*TEXTS, *table.columns.drop(TEXTS)]]


def _shared(card: "Card", answer: TargetAnswer, asked: Any) -> dict[str, Any]:
    """What both questions of a target say."""
    from tradelib.pages.why import whose_figures

    row = card.row
    by = int(answer.by)
    return {
        "target_id": card.id,
        "background": _background(card, answer),
        "statistics": whose_figures(card),
        "source": row.announce_url,
        "asked": asked.isoformat(),
        "closes": f"{by}-12-31",
        "resolves": f"{by + 1}-06-30",
        "reporter": row.reporter,
        "partner": row.partner,
        "currency": row.currency,
        "target_value": float(row.target_value),
        "last_year": int(answer.last_year),
        "last_value": round(answer.last_value, 3),
        "by": by,
    }


def _binary(card: "Card", answer: TargetAnswer) -> dict[str, Any]:
    """Whether the target is reached by the year judged."""
    from tradelib.pages.answers import counted
    from tradelib.pages.why import event

    by = int(answer.by)
    happens = event(card, f"in any year up to {by}")
    return {
        "question_id": card.id,
        "type": BINARY,
        "question": f"Will {counted(card)} reach {card.goal} a year by {by}?",
        "resolution_criteria": (
            f"Yes if this comes true after the announcement: {happens} A level that was seen "
            f"counts even if trade falls back later. No if the figure of {by} is known and it has "
            "not come true."
        ),
        "void_rule": f"A target's question is void if {VOIDS}. {UNSCORED.format(by=by)}",
        "probability": round(answer.probability_ever, 6),
    }


def _numeric(card: "Card", answer: TargetAnswer) -> dict[str, Any]:
    """How much is traded in the year judged."""
    from tradelib.pages.answers import counted
    from tradelib.pages.why import what_counts

    by = int(answer.by)
    unit = million_of(card.row.currency)
    return {
        "question_id": f"{card.id}-value",
        "type": NUMERIC,
        "question": f"What will {counted(card)} come to in {by}, in {unit}?",
        "resolution_criteria": f"{what_counts(card)} in {by}, in {unit} at current prices, summed.",
        "void_rule": (
            "Void if the target's pair or what it counts is corrected, or its row is taken out. "
            f"{UNSCORED.format(by=by)}"
        ),
        "probability": round(answer.probability_in, 6),
    }


def _background(card: "Card", answer: TargetAnswer) -> str:
    """What was announced, by whom and when, where trade stood and stands, and what is asked."""
    from tradelib.pages.pledge import figure
    from tradelib.pages.words import dated, money

    row = card.row
    by = f"by {card.deadline}" if card.deadline else "no deadline named"
    announced = f"Announced {dated(str(row.announced))} ({row.announced_by})"
    texts = [f"{announced}: {card.goal} a year, {by}."]
    if baseline := figure(row, "baseline"):
        texts.append(f"Baseline: {baseline}.")
    last = money(answer.last_value, row.currency)
    share = answer.last_value / row.target_value
    texts.append(f"The newest figure is {last} in {answer.last_year}, {share:.0%} of the target.")
    if answer.asked > 0:
        texts.append(f"To get there trade must grow by {answer.asked:.0%} a year to {answer.by}.")
    return " ".join(texts)


def _fine_print(card: "Card", target: Target, by: int, kind: str) -> str:
    """How years, revisions, blocs and a missing deadline are dealt with; what to take care of."""
    from tradelib.pages.why import REVISED
    from tradelib.pages.words import day, number

    decided_on = f"It is decided on 30 June {by + 1}"
    if kind == BINARY:
        decided_on += ", or of a yes on 30 June after the year in which the level was reached"
    texts = [FULL_YEARS, REVISED, f"{decided_on}."]
    if card.deadline is None:
        texts.append(
            f"No deadline was named: the question looks to {by}, {number(OPEN_ENDED)} years after "
            "the newest figure."
        )
    if target.of_bloc:
        on_a_day = target.convention != AS_THEY_WERE
        when = f"on {day(target.convention)}" if on_a_day else "of each year"
        texts.append(f"A bloc's trade is that of its members {when}.")
    if card.care:
        texts.append(f"Take care: {card.care}.")
    return " ".join(texts)


def question_set(asked: pd.DataFrame, address: str = "") -> dict[str, Any]:
    """Rows of `questions` in the shape of a question set of ForecastBench.

    ``questions`` are the binary ones, with all keys that ForecastBench has; beyond its shape are
    ``type``, ``fine_print``, ``void_rule`` and ``forecast`` of each, and ``numeric_questions``,
    since ForecastBench asks binary ones alone. ``url`` leads to the target's page where the site
    has an `address`, else to the announcement.
    """
    day = str(asked["asked"].iloc[0])
    items = [(row.type, _item(row, address)) for row in asked.itertuples()]
    return {
        "forecast_due_date": day,
        "question_set": f"{day}-tradelib.json",
        "questions": [item for kind, item in items if kind == BINARY],
        "numeric_questions": [item for kind, item in items if kind == NUMERIC],
    }


def _item(row: Any, address: str) -> dict[str, Any]:
    """A question as ForecastBench has it, and what we have beside."""
    unit = million_of(row.currency)
    forecast: dict[str, Any] = {"probability": row.probability}
    if row.type == NUMERIC:
        levels = {f"{level:g}": getattr(row, name) for name, level in LEVELS.items()}
        forecast = {"quantiles": levels, "probability_of_target": row.probability}
    return {
        "id": row.question_id,
        "source": "tradelib",
        "question": row.question,
        "resolution_criteria": f"{row.resolution_criteria} By whose statistics: {row.statistics}",
        "background": row.background,
        "market_info_open_datetime": NOTHING,
        "market_info_close_datetime": NOTHING,
        "market_info_resolution_criteria": NOTHING,
        "url": f"{address}/targets/{row.target_id}.html" if address else row.source,
        "freeze_datetime": f"{row.asked}T00:00:00+00:00",
        "freeze_datetime_value": f"{row.last_value:.10g}",
        "freeze_datetime_value_explanation": (
            f"The newest full year known, {row.last_year}, in {unit}."
        ),
        "source_intro": INTRO[row.type],
        "resolution_dates": [row.resolves],
        "type": row.type,
        "fine_print": row.fine_print,
        "void_rule": row.void_rule,
        "forecast": forecast,
    }


def model_output(asked: pd.DataFrame) -> pd.DataFrame:
    """Our answers to rows of `questions` as hubverse's model output.

    ``model_id``, ``reference_date`` (the last end of a year before the day asked), ``target`` (the
    question), ``horizon`` (years from there to the end of the year judged), ``location`` (the
    pair), ``output_type``, ``output_type_id`` (a text) and ``value``: of a binary question ``pmf``
    of ``yes`` and ``no``; of a numeric one ``quantile`` at seven levels, in millions of the
    target's currency, and ``cdf`` at the target's value.
    """
    rows = []
    for row in asked.itertuples():
        year = int(row.asked[:4]) - 1
        task = {
            "model_id": MODEL,
            "reference_date": f"{year}-12-31",
            "target": row.question_id,
            "horizon": row.by - year,
            "location": f"{row.reporter}-{row.partner}",
        }
        if row.type == BINARY:
            said = [("pmf", "yes", row.probability), ("pmf", "no", 1 - row.probability)]
        else:
            said = [
                ("quantile", f"{level:g}", getattr(row, name)) for name, level in LEVELS.items()
            ]
            said.append(("cdf", f"{row.target_value:.10g}", 1 - row.probability))
        for kind, which, value in said:
            rows.append(
                task
                | {"output_type": kind, "output_type_id": which, "value": round(float(value), 6)}
            )
    return pd.DataFrame(rows)
