"""Gather once: a target on a day, with all that is known of it."""

from pathlib import Path

import pandas as pd

from tradelib.bundle.figures import ASK, own_history, with_part_years
from tradelib.bundle.registry import kind
from tradelib.bundle.sources import cite, public_on
from tradelib.bundle.tables import Day, day
from tradelib.front.bound import shares_known
from tradelib.front.known import elsewhere, gravity_of, information_on, months_after
from tradelib.front.own import check_last_year, own_flow, read_history
from tradelib.ground.convert import History
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.ground.frames import joined
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, InformationSet, PartYear, case_of

# Source of the newest figures of the registry of targets, and coverage that no office prints.
REGISTRY, IN_PART = "pledges", "goods_non_oil"


def gather(
    target: Target,
    on: Day | None = None,
    history: History | str | Path | None = None,
    part_year: PartYear | None = None,
) -> Case:
    """A target on a day with all that is known of it, from what `tradelib.assess` is given."""
    information = information_on(on)
    if history is None:
        return _of_bundled(target, on, part_year, information)
    if on is not None:
        raise InputError(f"as_of={on} limits the bundled figures; cut your own history instead")
    return _of_own(target, history, part_year, information)


def _of_own(
    target: Target,
    history: History | str | Path,
    part_year: PartYear | None,
    information: InformationSet,
) -> Case:
    """A target held against one's own figures."""
    table = read_history(history) if isinstance(history, str | Path) else own_flow(history, target)
    shares = None if part_year is None else shares_known(information.day)
    source = "the history given"
    case = case_of(target, table, information, source=source, part_year=part_year, shares=shares)
    check_last_year(case)
    return case


def _of_bundled(
    target: Target, on: Day | None, part_year: PartYear | None, information: InformationSet
) -> Case:
    """A target held against the bundled figures."""
    if on is not None and target.announced and day(on).date() < target.announced:
        raise NoAnswerError(f"as_of={on} lies before the announcement on {target.announced}")
    own = own_history(target.reporter, target.partner, target.flow, as_of=information.day)
    own = _with_newest(own, target, information)
    if own.empty:
        raise NoAnswerError(f"nothing is known of {target.pair}; {ASK}")
    pair = own["reporter"].iloc[-1], own["partner"].iloc[-1]
    whole = target.flow == "turnover"
    if part_year is None and whole and pair in with_part_years():
        part_year = months_after(int(own["year"].iloc[-1]), *pair, information.day)
    return case_of(
        target,
        own,
        information,
        source=cite(own).removeprefix("Source: "),
        part_year=part_year,
        shares=None if part_year is None else shares_known(information.day),
        elsewhere=elsewhere(*pair, information.day) if whole else {},
        gravity=gravity_of(*pair, information.day) if whole else None,
    )


def _with_newest(own: pd.DataFrame, target: Target, information: InformationSet) -> pd.DataFrame:
    """A pair's own years, and the registry's newest figure of like coverage if that is newer.

    At a tie a run goes before the registry, and the registry before another source's one level.
    What the registry counts in part, such as trade without oil, is told by its figures alone:
    years of all goods stand before it as another source, and none after it.
    """
    row = information.pledges.rows.get(target.target_id)
    named = kind(row) if row else ("-".join(sorted(target.pair.split("-"))), "USD", "goods")
    if target.flow != "turnover" or named not in information.pledges.figures:
        return own
    value, year = information.pledges.figures[named]
    run = own.iloc[:-1] if joined(own) else own  # its own newest level gives way to a newer one
    last = int(own["year"].iloc[-1]) - (len(run) < len(own)) if len(own) else 0
    if year <= last and named[-1] != IN_PART:
        return own
    level = pd.DataFrame(
        [
            {
                "reporter": target.reporter,
                "partner": target.partner,
                "year": year,
                "turnover_musd": value,
                "coverage": named[-1],
                "status": "final",
                "source_id": REGISTRY,
                "released": pd.Timestamp(public_on(REGISTRY, year)),
                "valuation": "unknown",
            }
        ]
    )
    before = run[run["year"] < year]
    return pd.concat([before, level], ignore_index=True) if len(before) else level
