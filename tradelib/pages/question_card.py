"""The card of any question: a target of the registry, or a reader's own with own figures."""

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd

from tradelib.api import explore
from tradelib.api.current_year import Given
from tradelib.api.explore.question import cases_by_day
from tradelib.api.gather import NO_MONTHS, gather
from tradelib.api.own_history import check_amount
from tradelib.api.targets import answerable, registry_target
from tradelib.core.convert import History
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.datasets.targets import load_targets
from tradelib.pages.cards import Card
from tradelib.pages.grid import plain_grid
from tradelib.pages.words import named as named_in
from tradelib.science.assessment.case import Case
from tradelib.science.assessment.evidence import Estimates, estimate_all
from tradelib.science.assessment.verdict import judge
from tradelib.science.pledges.target import Target


def of_registry(target_id: str) -> Card:
    """The card of a target of the registry, whatever became of it."""
    row = registry_row(target_id)
    if row.status != "open":
        return Card(row=row)
    return of_target(registry_target(row), any_amount=True)


def registry_row(target_id: str) -> Any:
    """The row of a target of the registry."""
    rows = load_targets()
    mine = rows[rows["target_id"] == target_id]
    if mine.empty:
        raise InputError(f"no target is called {target_id!r}; tradelib.load_targets() lists them")
    return SimpleNamespace(**mine.to_dict("records")[0])


def of_target(
    target: Target,
    *,
    history: History | None = None,
    given: Given = NO_MONTHS,
    named: str = "the history given",
    any_amount: bool = False,
) -> Card:
    """The card of a target, with what `tradelib.assess` says of it.

    `named` is what one's own figures are called. A target that is no open one of the registry has a
    row of what was asked.
    """
    recorded = target.target_id and target.members is None  # other members ask another question
    row = registry_row(target.target_id) if recorded else own_row(target)
    if row.status != "open":
        row = own_row(target)
    try:
        case = gather(target, None, history, given)
    except NoAnswerError as error:
        reason = str(error) if target.target_id else named_in(str(error))
        return Card(row=row, open_row=_silent(reason, target.deadline))
    if not any_amount:
        check_amount(case)
    mine = named if case.own_data else ""
    try:
        answerable(case)
    except NoAnswerError as error:
        open_row = _silent(str(error), case.by)
        without = Card(row=row, open_row=open_row, history=case.history, given=mine)
        return (
            replace(without, aged=judge(case, None)) if case.stale and case.ahead > 0 else without
        )
    [estimates] = estimate_all([case])
    grid = _grid(case, estimates)
    verdict = judge(case, estimates)
    return Card(
        row=row,
        open_row=SimpleNamespace(
            by=case.by, probability_in=verdict.probability_in, rests_on=estimates.outlook.kind
        ),
        verdict=verdict,
        fan=grid.fan(),
        grid=plain_grid(grid),
        history=case.history,
        given=mine,
    )


def _silent(reason: str, by: float | None = None) -> SimpleNamespace:
    """What stands in the place of an answer: why there is none."""
    return SimpleNamespace(by=by, probability_in=math.nan, rests_on=reason)


def own_row(target: Target) -> Any:
    """A reader's own target as a row of the registry, without a name and whatever is not known."""
    unknown = dict.fromkeys(load_targets().columns)
    announced = target.announced
    return SimpleNamespace(
        **unknown
        | {
            "target_id": "",
            "scope": "region" if target.of_bloc else "pair",
            "reporter": target.reporter,
            "partner": target.partner,
            "announced": announced.isoformat() if announced else "",
            "target_value": target.value,
            "currency": target.currency,
            "deadline": target.deadline,
            "deadline_kind": "explicit",
            "status": "open",
            "coverage": "goods",
            "announce_url": target.source,
            "released": pd.Timestamp(announced),
            "flow": target.flow,
            "members": target.members,
            "wording": target.wording,
        }
    )


def _grid(case: Case, estimates: Estimates) -> explore.Grid:
    """The answers on each day when more became known, and last those of the case itself."""
    cases = {"now": case} if case.own_data else cases_by_day(case.target, case)
    evidence = [
        estimates if known is case else estimate_all([known])[0] for known in cases.values()
    ]
    return explore.Grid(
        target=case.target, days=tuple(cases), cases=list(cases.values()), evidence=evidence
    )
