"""Targets of the registry: one by its name, and what can be said of every open one."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradelib.api.gather import gather
from tradelib.api.information import information_on
from tradelib.api.own_history import check_amount
from tradelib.api.own_targets import own_targets
from tradelib.api.progress_bar import bar
from tradelib.core.convert import Table
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.validation import validated
from tradelib.datasets.tables import Day
from tradelib.science.assessment.case import Case, InformationSet
from tradelib.science.assessment.evidence import Estimates, estimate_all, headline
from tradelib.science.forecasting.growth_model import MAX_HORIZON
from tradelib.science.forecasting.predictors import FLOOR_MUSD
from tradelib.science.pledges.target import Target

# Columns of the registry that stand first in `open_targets`, before those of `TargetAnswer`.
REGISTRY_COLUMNS = ["target_id", "reporter", "partner", "currency", "target_value"]


class TargetAnswer(NamedTuple):
    """The model's answer to a case. Its fields are columns of `open_targets` and `assess_many`."""

    last_year: float = math.nan
    last_musd: float = math.nan
    last_value: float = math.nan  # the same in the target's currency
    by: float = math.nan
    asked: float = math.nan  # growth a year from the last year known to the one judged
    probability_in: float = math.nan
    probability_ever: float = math.nan
    rests_on: str = ""
    reason: str = ""  # why there is no answer


@validated
def open_target(target_id: str) -> Target:
    """A target of the registry by its name.

    Parameters
    ----------
    target_id : str
        As in `tradelib.load_targets`, for example ``"KAZ-TKM-2022"``.

    Returns
    -------
    Target
        Announced on the last day that its date allows; without a deadline where that was vague.

    Raises
    ------
    InputError
        If there is no such target.

    Examples
    --------
    >>> open_target("UZB-TKM-2025").summary()
    'Uzbekistan-Turkmenistan turnover of US$2,000m, no deadline named'
    """
    row = information_on(None).pledges.rows.get(target_id)
    if row is None:
        raise InputError(f"no target is called {target_id!r}; tradelib.load_targets() lists them")
    return registry_target(row)


def registry_target(row: Any) -> Target:
    """The target of a row of the registry, in the row's own currency."""
    return Target(
        reporter=row.reporter,
        partner=row.partner,
        value=float(row.target_value),
        currency=row.currency,
        deadline=None if pd.isna(row.deadline) else int(row.deadline),
        announced=row.released.date(),
        source=row.announce_url,
        target_id=row.target_id,
    )


def registered(target: Target, *, as_of: Day | None = None) -> Target | None:
    """The one open target of the registry with the same pair, value and deadline, if there is one.

    The registry's target says more: the day of the announcement, and which trade the pledge counts.
    On a day before it was announced there is none.
    """
    if target.target_id:
        return target
    if target.flow != "turnover":
        return None
    open_now = map(registry_target, open_rows(information_on(as_of)))
    same = [other for other in open_now if _terms(other) == _terms(target)]
    if len(same) != 1:
        return None
    return same[0] if target.members is None else replace(same[0], members=target.members)


def _terms(target: Target) -> tuple[set[str], float, str, int | None]:
    """What a target is about: its pair, in any order, its value, its currency and its deadline."""
    return {target.reporter, target.partner}, target.value, target.currency, target.deadline


def open_rows(information: InformationSet) -> list[Any]:
    """Rows of the registry: open targets."""
    return [row for row in information.pledges.rows.values() if row.status == "open"]


@validated
def open_targets(*, as_of: Day | None = None) -> pd.DataFrame:
    """Every open target of the registry, with the growth model's probability.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    DataFrame
        One row for each target: ``target_id``, ``reporter``, ``partner``, ``currency``,
        ``target_value`` and ``last_value`` (million of that currency), ``last_year``, ``by`` (the
        deadline; where none was named, five years after the last value), ``deadline_kind``,
        ``asked`` (growth needed a year, fraction), ``probability_in`` and ``probability_ever``
        (missing where there is no answer), and ``rests_on``: ``"own recent"`` or ``"own older"``
        (years of the pair), ``"size"``, or why there is no answer.

    Raises
    ------
    InputError
        If `as_of` is not a valid date, or lies in the future.
    NoAnswerError
        If nothing was known by `as_of`.

    Examples
    --------
    >>> table = open_targets()
    >>> bool((table.rests_on == "own recent").sum() >= 19)
    True
    """
    information = information_on(as_of)
    rows = open_rows(information)
    cases = [registry_case(registry_target(row), information) for row in rows]
    table = answers(cases).drop(columns="last_musd")
    table.insert(0, "last_value", table.pop("last_value"))
    deadline_kinds = [row.deadline_kind for row in rows]
    table.insert(table.columns.get_loc("by") + 1, "deadline_kind", deadline_kinds)
    reason = table.pop("reason")
    table["rests_on"] = table["rests_on"].where(table["rests_on"] != "", reason)
    first = {name: [getattr(row, name) for row in rows] for name in REGISTRY_COLUMNS}
    return pd.concat([pd.DataFrame(first), table], axis=1)


@validated
def assess_many(
    targets: pd.DataFrame | Path | str | Table | Iterable[Target | Mapping[str, Any]],
    *,
    as_of: Day | None = None,
    any_amount: bool = False,
    progress: Callable[[Iterable[Any]], Iterable[Any]] = bar,
) -> pd.DataFrame:
    """The growth model's probability of each of your own targets, in their order.

    Parameters
    ----------
    targets : DataFrame, path of a CSV file, or any iterable of targets
        One row for each target: ``reporter``, ``partner``, ``value_musd`` (US$ million) or
        ``value`` (millions of ``currency``, US$ if it is empty), and if known ``deadline`` (year),
        ``announced`` (ISO day), ``flow`` (turnover, export or import) and, of a bloc, ``members``
        (as `Target` takes it). In an iterable each item is a `Target`, or a mapping with these
        names.
    as_of : str, date or Timestamp, optional
        Only what was known by that day.
    any_amount : bool
        Also answer for a target more than 200 times, or less than a 200th of, the last figure.
    progress : callable
        Called with the targets, gives them back one by one, as ``tqdm.tqdm`` does. If omitted, a
        bar of tqdm is shown for a hundred targets or more, in a terminal or a notebook, where tqdm
        is installed.

    Returns
    -------
    DataFrame
        The rows of `targets`, with ``last_year`` and ``last_musd`` (newest turnover known, US$
        million), ``by`` (year judged), ``asked`` (growth needed a year, fraction),
        ``probability_in``, ``probability_ever`` and ``rests_on`` as in `open_targets`, and
        ``reason`` where there is no probability. If the rows have a ``currency``, ``last_value``
        is the newest turnover in millions of that.

    Raises
    ------
    InputError
        If a column is missing, the file is no table or an address, or the model was not known by
        `as_of`. A row that is no target has the reason in its own ``reason``.

    Examples
    --------
    >>> mine = pd.DataFrame({"reporter": ["TUR"], "partner": ["KAZ"], "value_musd": [15000]})
    >>> assess_many(mine)[["last_musd", "by", "rests_on"]].to_numpy().tolist()
    [[5410.0, 2030, 'own recent']]
    >>> assess_many([Target("TUR", "KAZ", 15_000), Target("KAZ", "TKM", 1000, 2027)]).by.tolist()
    [2030, 2027]
    """
    table, parsed = own_targets(targets)
    information = information_on(as_of)
    cases: list[Case | str] = []
    for target in progress(parsed):
        if isinstance(target, str):  # why the row is no target
            cases.append(target)
        else:
            cases.append(own_case(target, information, any_amount=any_amount))
    answered = answers(cases)
    if "currency" not in table:
        answered = answered.drop(columns="last_value")
    kept = table.drop(columns=answered.columns.intersection(table.columns))
    return pd.concat([kept.reset_index(drop=True), answered], axis=1)


def answers(cases: Sequence[Case | str]) -> pd.DataFrame:
    """Answers by the model, one row for each case, for `open_targets` and `assess_many`.

    A case that is a text has no answer: the text is the reason.
    """
    estimates = iter(estimate_all([case for case in cases if isinstance(case, Case)], whole=False))
    rows: list[TargetAnswer] = []
    for case in cases:
        if isinstance(case, str):
            rows.append(TargetAnswer(reason=case))
        else:
            rows.append(answer_of(case, next(estimates)))
    return pd.DataFrame(rows, columns=list(TargetAnswer._fields))


def own_case(
    target: Target, information: InformationSet, *, any_amount: bool = False
) -> Case | str:
    """The case of a target of the user, or why there is no answer."""
    try:
        case = gather(target, information.day)
        if not any_amount:
            check_amount(case)
        return answerable(case)
    except (InputError, NoAnswerError) as error:
        return str(error)


def registry_case(target: Target, information: InformationSet) -> Case | str:
    """The case of a target of the registry, or why there is no answer."""
    try:
        return answerable(gather(target, information.day))
    except NoAnswerError as error:
        return str(error)


def answerable(case: Case) -> Case:
    """The case itself; raise NoAnswerError if the growth model has no answer to it."""
    if case.over(case.by):
        reached = case.now.reached is not None
        raise NoAnswerError(case.now.state if reached else case.no_data_note)
    if case.ahead > MAX_HORIZON:
        raise NoAnswerError(f"no figure within {MAX_HORIZON} years before the deadline")
    if case.ahead <= 0:
        raise NoAnswerError(f"{case.by} is over: {case.now.state}")
    if case.stale:
        raise NoAnswerError(case.stale_note)
    if case.last_dollars < FLOOR_MUSD:
        raise NoAnswerError(f"its newest figure is below US${FLOOR_MUSD:.0f}m")
    return case


def answer_of(case: Case, estimates: Estimates) -> TargetAnswer:
    """The model's answer to a case."""
    within, ever = headline(case, estimates, np.array([case.target.value]), case.by)
    return TargetAnswer(
        last_year=case.now.last_year,
        last_musd=case.last_dollars,
        last_value=case.now.last_musd,
        by=case.by,
        asked=case.required_growth,
        probability_in=float(within[0]),
        probability_ever=float(ever[0]),
        rests_on=estimates.outlook.kind,
    )
