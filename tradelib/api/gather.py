"""Gather all that is known of a target on a day into one case."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from tradelib.api.counts import counts_beside, of_sources
from tradelib.api.current_year import (
    Given,
    check_months_on,
    flow_of,
    history_of_months,
    is_of_history,
    nowcast_given,
    source_of,
    with_months,
)
from tradelib.api.forecasts import ARTICLE_PAIRS
from tradelib.api.information import (
    dependence_on,
    exchange_on,
    gravity_of,
    information_on,
    months_after,
    other_series,
)
from tradelib.api.months import read_months
from tradelib.api.own_history import check_last_year, own_flow, read_history
from tradelib.core.checks import growth_history, joined
from tradelib.core.convert import History
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import DOLLAR
from tradelib.datasets.bloc_sums import no_figures
from tradelib.datasets.figures import ADVICE, GOODS, bundled_history, bundled_sum, with_part_years
from tradelib.datasets.sources import cite
from tradelib.datasets.tables import Day, day
from tradelib.datasets.targets import kind
from tradelib.science.assessment.case import Case, InformationSet, Parts, PartYear, case_of
from tradelib.science.forecasting.nowcast import Nowcast
from tradelib.science.pledges.target import Target

NO_MONTHS = Given()


def gather(
    target: Target,
    on: Day | None = None,
    history: History | str | Path | None = None,
    given: Given = NO_MONTHS,
) -> Case:
    """The case of a target, from the arguments of `tradelib.assess`."""
    information = information_on(on)
    if given.is_there and target.currency != DOLLAR:
        raise NoAnswerError(
            f"months are read in US dollars only, and this target is in {target.currency}: leave "
            "them out"
        )
    if history is None:
        return _of_bundled(target, on, given, information)
    if on is not None:
        raise InputError(f"as_of={on} limits the bundled figures; cut your own history instead")
    return _of_own(target, history, given, information)


def given_months(
    target: Target,
    *,
    part_year: PartYear | None,
    months: History | str | Path | None,
    cumulated: bool | None,
    source: str | None,
) -> Given:
    """What the caller gives of the year under way, read and checked."""
    if part_year is not None and months is not None:
        raise InputError("the year under way is given twice: leave part_year= or months= out")
    if part_year is None and months is None:
        for name, value in (("source", source), ("cumulated", cumulated)):
            if value is not None:
                raise InputError(
                    f"{name}={value!r} says something of months: give them, months= or part_year=, "
                    "in a terminal --months or --part-year"
                )
    if cumulated is not None and months is None:
        raise InputError("cumulated= is of months=; a part-year is always the sum since January")
    if months is None:
        return Given(part_year, None, source)
    single = read_months(months, cumulated=cumulated, flow=flow_of(months, target))
    return Given(None, single, source, source_of(months))


def _of_own(
    target: Target, history: History | str | Path, given: Given, information: InformationSet
) -> Case:
    """The case of a target with the user's own figures."""
    table = read_history(history) if isinstance(history, str | Path) else own_flow(history, target)
    check_last_year(table)
    joined, nowcast = _with_nowcast(target, table, given, information, own_data=True)
    source = "the history given"
    if len(joined) > len(table):
        source = "the history and the months given"
    return case_of(
        target,
        joined,
        information,
        source=source,
        own_data=True,
        other_series={},
        nowcast=nowcast,
        exchange=exchange_on(target.currency, information.day),
    )


def _of_bundled(target: Target, on: Day | None, given: Given, information: InformationSet) -> Case:
    """The case of a target with the bundled figures."""
    if on is not None and target.announced and day(on).date() < target.announced:
        raise NoAnswerError(f"as_of={on} lies before the announcement on {target.announced}")
    if given.months is not None and information.day is not None:
        check_months_on(given.months, information.day)
    if target.of_bloc:
        return _of_sum(target, given, information)
    history = bundled_history(
        target.reporter,
        target.partner,
        target.flow,
        coverage=_coverage(target, information),
        currency=target.currency,
        as_of=information.day,
    )
    if history.empty:
        return _of_months(target, given, information)
    pair = (history["reporter"].iloc[-1], history["partner"].iloc[-1])
    # What is bundled of the article's pairs alone is in dollars.
    of_dollars = target.flow == "turnover" and target.currency == DOLLAR
    if not given.is_there and of_dollars and pair in with_part_years():
        part_year = months_after(int(history["year"].iloc[-1]), *pair, information.day)
        given = Given(part_year, None, str(history["source_id"].iloc[-1]))
    source = cite(history).removeprefix("Source: ")
    exchange = exchange_on(target.currency, information.day)
    joined, nowcast = _with_nowcast(target, history, given, information, own_data=False)
    if len(joined) > len(history):
        source += "; and the months given"
    return case_of(
        target,
        joined,
        information,
        source=source,
        own_data=False,
        other_series=other_series(*pair, information.day) if of_dollars else {},
        nowcast=nowcast,
        gravity=gravity_of(*pair, information.day) if of_dollars else None,
        exchange=exchange,
        counts=counts_beside(target, history, of_sources(history), exchange, information),
    )


def _of_sum(target: Target, given: Given, information: InformationSet) -> Case:
    """The case of a target of a bloc: the sum of its members' pairs, and these pairs."""
    if given.is_there:
        raise no_months_of_sum(target)
    own, found = (
        bundled_sum(
            target.reporter,
            target.partner,
            target.flow,
            coverage=_coverage(target, information),
            currency=target.currency,
            members=target.convention,
            as_of=information.day,
            registry=registry,
        )
        for registry in (False, True)
    )
    if found.table.empty:
        raise no_figures(target.reporter, target.partner, target.convention)
    last = own.table.iloc[-1]
    exchange = exchange_on(target.currency, information.day)
    source = cite(found.table).removeprefix("Source: ")
    return case_of(
        target,
        found.table,
        information,
        source=f"{source}; sum of {len(found.parts.columns)} pairs, members {target.convention}",
        own_data=False,
        other_series={},
        exchange=exchange,
        counts=counts_beside(target, found.table, own.table, exchange, information),
        parts=Parts(
            found.parts.loc[growth_history(found.table)["year"]],
            joined(found.table),
            dependence_on(information.day),
            float(last["missing"]),
            (int(last["year"]), float(last["turnover_musd"])),
        ),
    )


def no_months_of_sum(target: Target) -> NoAnswerError:
    """Why no months are read of a bloc, and what can be done.

    Its pairs are forecast one by one: months of the sum say nothing of each, and months of enough
    members are not bundled.
    """
    return NoAnswerError(
        f"months are read of pairs only, and {target.pair} is a sum of pairs, too few of which "
        "have bundled months: leave months out, or give the sum's own years with them, history=, "
        "in a terminal --history FILE"
    )


def _of_months(target: Target, given: Given, information: InformationSet) -> Case:
    """The case of a target of which nothing is bundled: the years that one's own months make up."""
    months = given.months
    if months is None:
        raise NoAnswerError(f"nothing is known of {target.pair}; {ADVICE}")
    history = history_of_months(months)
    if history.empty:
        raise NoAnswerError(
            f"nothing is known of {target.pair} but the months given, and they hold no full year "
            "of trade; add months, or give full years as history="
        )
    nowcast = nowcast_given(
        target,
        history,
        given,
        same=True,
        bundled_pair=None,
        limit=information.day,
    )
    return case_of(
        target,
        history,
        information,
        source="the months given",
        own_data=True,
        other_series={},
        nowcast=nowcast,
    )


def _with_nowcast(
    target: Target,
    history: pd.DataFrame,
    given: Given,
    information: InformationSet,
    *,
    own_data: bool,
) -> tuple[pd.DataFrame, Nowcast | None]:
    """The history up to the year under way, and the nowcast of that year, where there are months.

    Where the months' own full years end the history, its last value is of their source.
    """
    if not given.is_there:
        return history, None
    if not history["year"].is_monotonic_increasing:
        history = history.sort_values("year", ignore_index=True)
    same = is_of_history(given, history, own_data=own_data)
    is_joined = False
    if given.months is not None:
        last = history["year"].iloc[-1]
        history = with_months(history, given.months, same=same)
        is_joined = history["year"].iloc[-1] > last
    nowcast = nowcast_given(
        target,
        history,
        given,
        same=same or is_joined,
        bundled_pair=in_either_order(target, ARTICLE_PAIRS),
        limit=information.day,
    )
    return history, nowcast


def in_either_order(target: Target, pairs: Collection[tuple[str, str]]) -> tuple[str, str] | None:
    """The target's pair as `pairs` have it, in whichever order; None if they do not."""
    for pair in ((target.reporter, target.partner), (target.partner, target.reporter)):
        if pair in pairs:
            return pair
    return None


def _coverage(target: Target, information: InformationSet) -> str:
    """Which trade a target counts: as its row in the registry says, else goods."""
    row = information.pledges.rows.get(target.target_id)
    return kind(row)[-1] if row else GOODS
