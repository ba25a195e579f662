"""Targets of the registry: one by its name, and what can be said of every open one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.tables import Day, dated
from tradelib.front.gather import gather
from tradelib.front.known import information_on
from tradelib.front.own import check_amount
from tradelib.front.own_targets import own_targets
from tradelib.front.progress import bar
from tradelib.ground.convert import Table
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.outlook.signals import FLOOR_MUSD
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, InformationSet
from tradelib.science.verdict.evidence import Evidence, estimate_all, headline

MODEL = ["probability_in", "probability_ever", "rests_on"]
LATER = ["last_value", "last_year", "by", "deadline_kind", "asked", *MODEL]


@validated
def open_target(target_id: str) -> Target:
    """A target of the registry by its name.

    Parameters
    ----------
    target_id : str, as in `tradelib.open_targets`

    Returns
    -------
    Target, announced on the last day that its date allows; no deadline where it was vague

    Raises
    ------
    InputError, NoAnswerError
        If there is no such target, or it is not one of a pair in US dollars.

    Examples
    --------
    >>> open_target("UZB-TKM-2025").summary()
    'Uzbekistan-Turkmenistan turnover of US$2,000m, no deadline named'
    """
    row = information_on(None).pledges.rows.get(target_id)
    if row is None:
        raise InputError(f"no target is called {target_id!r}; tradelib.load_targets() lists them")
    if row.scope != "pair" or row.currency != "USD":
        why = f"is a target of a {row.scope} in {row.currency}; only pairs in USD can be assessed"
        raise NoAnswerError(f"{target_id} {why}")
    return registry_target(row)


def registry_target(row: Any) -> Target:
    """The pledge of a row of the registry, its value in the row's own currency."""
    return Target(
        reporter=row.reporter,
        partner=row.partner,
        value_musd=float(row.target_value),
        deadline=None if pd.isna(row.deadline) else int(row.deadline),
        announced=row.released.date(),
        source=row.announce_url,
        target_id=row.target_id,
    )


def registered(target: Target, *, as_of: Day | None = None) -> Target | None:
    """The open target of the registry that asks the same of the same pair, if there is one.

    Its answer may rest on more: the day of the announcement, and what the pledge counts. On a day
    before it was announced there is none.
    """
    if target.target_id:
        return target
    pair = {target.reporter, target.partner}
    same = [
        other
        for other in map(registry_target, _open_rows(information_on(as_of)))
        if {other.reporter, other.partner} == pair
        and (other.value_musd, other.deadline) == (target.value_musd, target.deadline)
    ]
    return same[0] if target.flow == "turnover" and len(same) == 1 else None


def _open_rows(information: InformationSet, currency: str | None = "USD") -> list[Any]:
    """Open targets of pairs in a currency, or in any."""
    return [
        row
        for row in information.pledges.rows.values()
        if row.status == "open" and row.scope == "pair" and currency in (None, row.currency)
    ]


@dated
@validated
def open_targets(*, as_of: Day | None = None) -> pd.DataFrame:
    """Every open target of the registry with the growth model's probability and what it rests on.

    Returns
    -------
    DataFrame
        A row a target: ``target_id``, ``reporter``, ``partner``, ``currency``, ``target_value`` and
        ``last_value`` (million of it), ``last_year``, ``by`` (the deadline; where none was named,
        five years on from the last value), ``deadline_kind``, ``asked`` (growth a year, fraction),
        ``probability_in``, ``probability_ever`` (missing where nothing can be said) and
        ``rests_on``: ``"own recent"``, ``"own older"`` (years of the pair), ``"size"``, or why
        there is none.

    Examples
    --------
    >>> found = open_targets()
    >>> (found.rests_on == "own recent").sum() >= 19
    np.True_
    """
    information = information_on(as_of)
    rows = _open_rows(information, currency=None)
    cases = [
        registry_case(registry_target(row), information)
        if row.currency == "USD"
        else f"in {row.currency}, and no exchange rates are bundled"
        for row in rows
    ]
    found = answers(cases).rename(columns={"last_musd": "last_value"})
    front = ["target_id", "reporter", "partner", "currency", "target_value"]
    plain = {name: [getattr(row, name) for row in rows] for name in front}
    found = found.assign(deadline_kind=[row.deadline_kind for row in rows])
    found["rests_on"] = found["rests_on"].where(found["rests_on"] != "", found["reason"])
    return pd.concat([pd.DataFrame(plain), found[LATER]], axis=1)


@validated
@validated
def assess_many(
    targets: pd.DataFrame | Path | str | Table | Iterable[Target | Mapping[str, Any]],
    *,
    as_of: Day | None = None,
    any_amount: bool = False,
    progress: Callable[[Iterable[Any]], Iterable[Any]] = bar,
) -> pd.DataFrame:
    """What can be said of each of one's own targets, in one pass and in their order.

    Parameters
    ----------
    targets : DataFrame, path of a CSV file, or any iterable of targets
        A row a target: ``reporter``, ``partner``, ``value_musd`` (US$ million), and where known
        ``deadline`` (year), ``announced`` (ISO day) and ``flow`` (turnover, export or import). In
        an iterable each is a `Target`, or a mapping with these names.
    as_of : str, date or Timestamp, optional
        Only what was known by that day.
    any_amount : bool
        Also answer for a target more than 200 times, or less than a 200th of, the last figure.
    progress : callable
        What wraps the targets while they are gathered, such as ``tqdm.tqdm``; a bar of that kind if
        omitted, where tqdm is installed, the targets are a hundred or more and somebody looks (a
        terminal, a notebook).

    Returns
    -------
    DataFrame
        The rows given, with ``last_year`` and ``last_musd`` (newest known), ``by`` (year judged),
        ``asked`` (growth a year, fraction), ``probability_in``, ``probability_ever``, ``rests_on``
        as in `open_targets`, and ``reason`` where there is no probability.

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
    table, asked = own_targets(targets)
    information = information_on(as_of)
    cases = [
        target if isinstance(target, str) else own_case(target, information, any_amount=any_amount)
        for target in progress(asked)
    ]
    found = answers(cases)
    kept = table.drop(columns=found.columns.intersection(table.columns))
    return pd.concat([kept.reset_index(drop=True), found], axis=1)


def answers(cases: Sequence[Case | str]) -> pd.DataFrame:
    """A row a case: what the model says of it, or the reason (a text) why nothing."""
    weighed = iter(estimate_all([case for case in cases if isinstance(case, Case)], whole=False))
    columns = ["last_year", "last_musd", "by", "asked", *MODEL, "reason"]
    rows = [
        {"rests_on": "", "reason": case} if isinstance(case, str) else _row(case, next(weighed))
        for case in cases
    ]
    return pd.DataFrame(rows, columns=columns)


def own_case(
    target: Target, information: InformationSet, *, any_amount: bool = False
) -> Case | str:
    """What is known of one's own target, or why nothing can be said of it."""
    try:
        case = gather(target, information.day)
        if not any_amount:
            check_amount(case)
        return _answerable(case)
    except (InputError, NoAnswerError) as error:
        return str(error)


def registry_case(target: Target, information: InformationSet) -> Case | str:
    """What is known of a target of the registry, or why nothing can be said of it."""
    try:
        return _answerable(gather(target, information.day))
    except NoAnswerError as error:
        return str(error)


def _answerable(case: Case) -> Case:
    """A case of which the growth model can say something."""
    if case.over(case.by):
        raise NoAnswerError(case.no_data_note)
    if case.ahead > MAX_HORIZON:
        raise NoAnswerError(f"no figure within {MAX_HORIZON} years before the deadline")
    if case.ahead <= 0:
        raise NoAnswerError(f"{case.by} is over: {case.now.state}")
    if case.now.last_musd < FLOOR_MUSD:
        raise NoAnswerError(f"its newest figure is below US${FLOOR_MUSD:.0f}m")
    return case


def _row(case: Case, evidence: Evidence) -> dict[str, Any]:
    within, ever = headline(case, evidence, np.array([case.target.value_musd]), case.by)
    return {
        "last_year": case.now.last_year,
        "last_musd": case.now.last_musd,
        "by": case.by,
        "asked": case.asked,
        "probability_in": float(within[0]),
        "probability_ever": float(ever[0]),
        "rests_on": evidence.outlook.kind,
        "reason": "",
    }
