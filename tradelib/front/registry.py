"""Targets of the registry: one by its name, and what can be said of every open one."""

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.tables import Day, dated, day
from tradelib.front.gather import gather
from tradelib.front.known import known_on
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.outlook.signals import FLOOR_MUSD
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, Known
from tradelib.science.verdict.evidence import Evidence, headline, weigh

# What a row of one's own targets may say.
GIVEN = ("reporter", "partner", "value_musd", "deadline", "announced", "flow")
MODEL = ["probability_in", "probability_ever", "rests_on"]
LATER = ["last_value", "last_year", "by", "deadline_kind", "asked", *MODEL]


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
    ValueError
        If there is no such target, or it is not one of a pair in US dollars.

    Examples
    --------
    >>> open_target("UZB-TKM-2025").summary()
    'Uzbekistan-Turkmenistan turnover of US$2,000m, no deadline named'
    """
    row = known_on(None).pledges.rows.get(target_id)
    if row is None:
        raise ValueError(f"no target is called {target_id!r}; tradelib.load_targets() lists them")
    if row.scope != "pair" or row.currency != "USD":
        why = f"is a target of a {row.scope} in {row.currency}; only pairs in USD can be assessed"
        raise ValueError(f"{target_id} {why}")
    return registry_target(row)


def registry_target(row: Any) -> Target:
    """The pledge of a row of the registry, its value in the row's own currency."""
    return Target(
        reporter=row.reporter, partner=row.partner, value_musd=float(row.target_value),
        deadline=None if pd.isna(row.deadline) else int(row.deadline),
        announced=row.released.date(), source=row.announce_url, target_id=row.target_id,
    )  # fmt: skip


@dated
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
    known = known_on(as_of)
    every = known.pledges.rows.values()
    rows = [row for row in every if row.status == "open" and row.scope == "pair"]
    asked = [
        registry_target(row) if row.currency == "USD"
        else f"in {row.currency}, and no exchange rates are bundled" for row in rows
    ]  # fmt: skip
    found = answers(asked, known).rename(columns={"last_musd": "last_value"})
    front = ["target_id", "reporter", "partner", "currency", "target_value"]
    plain = {name: [getattr(row, name) for row in rows] for name in front}
    found = found.assign(deadline_kind=[row.deadline_kind for row in rows])
    found["rests_on"] = found["rests_on"].where(found["rests_on"] != "", found["reason"])
    return pd.concat([pd.DataFrame(plain), found[LATER]], axis=1)


def assess_many(targets: pd.DataFrame | Path | str, *, as_of: Day | None = None) -> pd.DataFrame:
    """What can be said of each of one's own targets, in one pass.

    Parameters
    ----------
    targets : DataFrame or path of a CSV file
        A row a target: ``reporter``, ``partner``, ``value_musd`` (US$ million), and where known
        ``deadline`` (year), ``announced`` (ISO day) and ``flow`` (turnover, export or import).
    as_of : str, date or Timestamp, optional, only what was known by that day

    Returns
    -------
    DataFrame
        The rows given, with ``last_year`` and ``last_musd`` (newest known), ``by`` (year judged),
        ``asked`` (growth a year, fraction), ``probability_in``, ``probability_ever``, ``rests_on``
        as in `open_targets`, and ``reason`` where there is no probability.

    Raises
    ------
    ValueError
        If a column is missing, the file is no table, or the model was not known by `as_of`.

    Examples
    --------
    >>> mine = pd.DataFrame({"reporter": ["TUR"], "partner": ["KAZ"], "value_musd": [15000]})
    >>> assess_many(mine)[["last_musd", "by", "rests_on"]].to_numpy().tolist()
    [[5410.0, 2030, 'own recent']]
    """
    table = targets if isinstance(targets, pd.DataFrame) else _read(targets)
    if not set(GIVEN[:3]) <= set(table):
        there = ", ".join(map(str, table))
        raise ValueError(f"targets need reporter, partner and value_musd, got {there}")
    found = answers([_target(row) for row in table.to_dict("records")], known_on(as_of))
    kept = table.drop(columns=found.columns.intersection(table.columns))
    return pd.concat([kept.reset_index(drop=True), found], axis=1)


def _read(file: Path | str) -> pd.DataFrame:
    try:
        table = pd.read_csv(file, compression=None)
    except (OSError, ValueError) as error:  # not there, not parsed, empty, not UTF-8
        raise ValueError(f"{file} is no CSV of targets that can be read: {error}") from None
    twice = [name for name in GIVEN if f"{name}.1" in table]  # as pandas calls the second
    if twice:
        raise ValueError(f"{file} has two columns of {twice[0]}; keep one")
    return table


def _target(row: dict[Hashable, Any]) -> Target | str:
    """A target from a row, or why it is none."""
    given = {name: row[name] for name in GIVEN if name in row and not pd.isna(row[name])}
    try:
        if given.get("deadline", 0.5) % 1 == 0:
            given["deadline"] = int(given["deadline"])
        if "announced" in given:
            given["announced"] = day(given["announced"]).date()
        return Target(**given)
    except (TypeError, ValueError) as error:
        return str(error)


def answers(asked: Sequence[Target | str], known: Known) -> pd.DataFrame:
    """A row a target: what the model says of it, or the reason why nothing (for some, given)."""
    cases = [one if isinstance(one, str) else _case(one, known) for one in asked]
    weighed = iter(weigh([case for case in cases if isinstance(case, Case)], whole=False))
    columns = ["last_year", "last_musd", "by", "asked", *MODEL, "reason"]
    rows = [
        {"rests_on": "", "reason": case} if isinstance(case, str) else _row(case, next(weighed))
        for case in cases
    ]
    return pd.DataFrame(rows, columns=columns)


def _case(target: Target, known: Known) -> Case | str:
    """What is known of a target, or why nothing can be said of it."""
    try:
        case = gather(target, known.day)
    except ValueError as error:
        return str(error)
    if case.over(case.by):
        return case.silence
    if case.ahead > MAX_HORIZON:
        return f"no figure within {MAX_HORIZON} years before the deadline"
    if case.ahead <= 0:
        return f"{case.by} is over: {case.now.state}"
    low = case.now.last_musd < FLOOR_MUSD
    return f"its newest figure is below US${FLOOR_MUSD:.0f}m" if low else case


def _row(case: Case, evidence: Evidence) -> dict[str, Any]:
    within, ever = headline(case, evidence, np.array([case.target.value_musd]), case.by)
    return {
        "last_year": case.now.last_year, "last_musd": case.now.last_musd, "by": case.by,
        "asked": case.asked,
        "probability_in": float(within[0]), "probability_ever": float(ever[0]),
        "rests_on": evidence.outlook.kind, "reason": "",
    }  # fmt: skip
