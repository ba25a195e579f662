"""Targets of the registry: one by its name, and what can be said of every open one."""

from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.registry import latest
from tradelib.bundle.tables import Day
from tradelib.front.gather import gather, on_figure
from tradelib.front.known import known_on
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import OPEN_ENDED, Case, Known
from tradelib.science.verdict.evidence import Evidence, headline, weigh

__all__ = ["open_target", "open_targets"]


def open_target(target_id: str) -> Target:
    """A target of the registry by its name.

    Parameters
    ----------
    target_id : str
        As in `tradelib.open_targets`.

    Returns
    -------
    Target
        Announced on the last day that its date allows; no deadline where it was vague.

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
        raise ValueError(
            f"{target_id} is a target of a {row.scope} in {row.currency}; "
            "only pairs in USD can be assessed"
        )
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


def open_targets(*, as_of: Day | None = None) -> pd.DataFrame:
    """Every open target of the registry with the growth model's probability and what it rests on.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was known by that day.

    Returns
    -------
    DataFrame
        A row a target: ``target_id``, ``reporter``, ``partner``, ``currency``, ``target_value`` and
        ``last_value`` (million of it), ``last_year``, ``by`` (the deadline; where none was named,
        five years on from the last value), ``deadline_kind``, ``asked`` (growth a year, fraction),
        ``probability_in``, ``probability_ever`` (missing where nothing can be said) and
        ``rests_on``: ``"history"`` (the pair's own years), ``"size alone"``, or why there is none.

    Raises
    ------
    ValueError
        If the model was not known by `as_of`.

    Examples
    --------
    >>> found = open_targets()
    >>> found[found.rests_on == "history"].target_id.tolist()
    ['UZB-TKM-2025', 'KAZ-TKM-2022']
    """
    known = known_on(as_of)
    rows = [
        row for row in known.pledges.rows.values() if row.status == "open" and row.scope == "pair"
    ]
    cases = [_case(row, known) for row in rows]
    weighed = iter(weigh([case for case in cases if isinstance(case, Case)]))
    return pd.DataFrame(
        [
            _row(row, case, next(weighed) if isinstance(case, Case) else None)
            for row, case in zip(rows, cases, strict=True)
        ]
    )


def _case(row: Any, known: Known) -> Case | str:
    """What is known of an open target, or why nothing can be said of it."""
    target, dollars = registry_target(row), row.currency == "USD"
    if row.target_id not in known.pledges.figures and not (dollars and target.pair in known.pairs):
        return "no value known"
    # In another currency only what its own row says can be compared.
    case = gather(target, known.day) if dollars else on_figure(target, row.target_id, known)
    if case.over(case.by):
        return case.silence
    if not 1 <= case.ahead <= MAX_HORIZON:
        return f"no figure within {MAX_HORIZON} years before the deadline"
    return case


def _row(row: Any, case: Case | str, evidence: Evidence | None) -> dict[str, Any]:
    """A row of the table of open targets."""
    plain: dict[str, Any] = {
        "target_id": row.target_id, "reporter": row.reporter, "partner": row.partner,
        "currency": row.currency, "target_value": row.target_value, "last_value": np.nan,
        "last_year": np.nan, "by": row.deadline, "deadline_kind": row.deadline_kind,
        "asked": np.nan, "probability_in": np.nan, "probability_ever": np.nan,
    }  # fmt: skip
    if isinstance(case, str) or evidence is None:
        value, year = latest(row) or (np.nan, np.nan)
        by = year + OPEN_ENDED if pd.isna(row.deadline) else row.deadline
        return plain | {"last_value": value, "last_year": year, "by": by, "rests_on": case}
    within, ever = headline(case, evidence, np.array([row.target_value]), case.by)
    return plain | {
        "last_value": case.now.last_musd,
        "last_year": case.now.last_year,
        "by": case.by,
        "asked": case.now.multiple ** (1 / case.ahead) - 1,
        "probability_in": float(within[0]),
        "probability_ever": float(ever[0]),
        "rests_on": "history" if evidence.own else "size alone",
    }
