"""Gather all that is known of a target on a day into one case."""

from pathlib import Path

from tradelib.bundle.figures import ADVICE, GOODS, bundled_history, with_part_years
from tradelib.bundle.registry import kind
from tradelib.bundle.sources import cite
from tradelib.bundle.tables import Day, day
from tradelib.front.bound import shares_known
from tradelib.front.known import gravity_of, information_on, months_after, other_series
from tradelib.front.own import check_last_year, own_flow, read_history
from tradelib.ground.convert import History
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, InformationSet, PartYear, case_of


def gather(
    target: Target,
    on: Day | None = None,
    history: History | str | Path | None = None,
    part_year: PartYear | None = None,
) -> Case:
    """The case of a target, from the arguments of `tradelib.assess`."""
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
    """The case of a target with the user's own figures."""
    table = read_history(history) if isinstance(history, str | Path) else own_flow(history, target)
    shares = None if part_year is None else shares_known(information.day)
    case = case_of(
        target,
        table,
        information,
        source="the history given",
        own_data=True,
        other_series={},
        part_year=part_year,
        shares=shares,
    )
    check_last_year(case)
    return case


def _of_bundled(
    target: Target, on: Day | None, part_year: PartYear | None, information: InformationSet
) -> Case:
    """The case of a target with the bundled figures."""
    if on is not None and target.announced and day(on).date() < target.announced:
        raise NoAnswerError(f"as_of={on} lies before the announcement on {target.announced}")
    history = bundled_history(
        target.reporter,
        target.partner,
        target.flow,
        coverage=_coverage(target, information),
        as_of=information.day,
    )
    if history.empty:
        raise NoAnswerError(f"nothing is known of {target.pair}; {ADVICE}")
    pair = (history["reporter"].iloc[-1], history["partner"].iloc[-1])
    of_turnover = target.flow == "turnover"
    if part_year is None and of_turnover and pair in with_part_years():
        part_year = months_after(int(history["year"].iloc[-1]), *pair, information.day)
    return case_of(
        target,
        history,
        information,
        source=cite(history).removeprefix("Source: "),
        own_data=False,
        other_series=other_series(*pair, information.day) if of_turnover else {},
        part_year=part_year,
        shares=None if part_year is None else shares_known(information.day),
        gravity=gravity_of(*pair, information.day) if of_turnover else None,
    )


def _coverage(target: Target, information: InformationSet) -> str:
    """Which trade a target counts: as its row in the registry says, else goods."""
    row = information.pledges.rows.get(target.target_id)
    return kind(row)[-1] if row else GOODS
