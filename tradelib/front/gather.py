"""Gather once: a target on a day, with all that is known of it."""

from pathlib import Path

import pandas as pd

from tradelib.bundle.tables import Day, day
from tradelib.front.known import known_on
from tradelib.front.own import plausible, read_history
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, Known, PartYear, case_of


def gather(
    target: Target,
    on: Day | None = None,
    history: pd.DataFrame | str | Path | None = None,
    part_year: PartYear | None = None,
) -> Case:
    """A target on a day with all that is known of it, from what `tradelib.assess` is given."""
    known = known_on(on)
    if history is not None:
        if on is not None:
            raise ValueError(f"as_of={on} limits the bundled figures; cut your own history instead")
        table = read_history(history) if isinstance(history, str | Path) else history
        return plausible(
            case_of(target, table, known, source="the history given", part_year=part_year)
        )
    if on is not None and target.announced and day(on).date() < target.announced:
        raise ValueError(f"as_of={on} lies before the announcement on {target.announced}")
    if target.pair in known.pairs:
        series = known.pairs[target.pair]
        return case_of(
            target, series.history, known, source=series.source,
            part_year=part_year or series.months, elsewhere=series.elsewhere,
        )  # fmt: skip
    name = target.target_id or known.pledges.by_pair.get(target.pair, "")
    if name not in known.pledges.figures:
        raise ValueError(
            f"nothing is bundled for {target.pair}, neither a series nor a figure of a target; "
            "give your own history="
        )
    return on_figure(target, name, known, part_year)


def on_figure(target: Target, name: str, known: Known, part_year: PartYear | None = None) -> Case:
    """A target held against the newest figure of a row of the registry, in the row's currency."""
    figure = known.pledges.figures[name]
    return case_of(
        target, figure, known, source="registry of targets", part_year=part_year, elsewhere={}
    )
