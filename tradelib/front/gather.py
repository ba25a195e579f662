"""Gather once: all that depends on the day, as two records that the science weighs."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from tradelib.bundle.figures import load_macro
from tradelib.bundle.learned import load_growth, load_pledge_shift
from tradelib.bundle.pair import PairFigures, pair_figures
from tradelib.bundle.registry import latest, load_targets
from tradelib.bundle.tables import Day, day
from tradelib.front.bound import growth_model, part_year_shares
from tradelib.front.potential import gravity_model, potential
from tradelib.science.outlook.nowcast import newest_months
from tradelib.science.pledge.rates import scored_pledges
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, Gravity, Known, PartYear, Pledges, case_of


def known_on(as_of: Day | None) -> Known:
    """What is known on a day, whatever the target; made once a day asked about."""
    return _known(None if as_of is None else day(as_of))


def gather(
    target: Target,
    as_of: Day | None = None,
    history: pd.DataFrame | None = None,
    part_year: PartYear | None = None,
) -> Case:
    """A target on a day with all that is known of it, from what `tradelib.assess` is given."""
    _check_day(target, as_of, own=history is not None)
    known = known_on(as_of)
    if history is not None:
        return case_of(target, history, known, source="the history given", part_year=part_year)
    figures = pair_figures(target.reporter, target.partner, known.day)
    if figures is None:
        return registry_case(target, _registry_row(target, known.pledges), known, part_year)
    return case_of(
        target, figures.history, known, source=figures.source,
        part_year=part_year or _months(figures), elsewhere=figures.elsewhere,
    )  # fmt: skip


def registry_case(
    target: Target, row: Any, known: Known, part_year: PartYear | None = None
) -> Case:
    """A target on the newest figure of a row of the registry, whatever its currency."""
    newest = latest(row)
    if newest is None:
        raise ValueError(f"no figure is known for {row.target_id}; give your own history=")
    value, year = newest
    history = pd.DataFrame(
        {"year": [year], "turnover_musd": [value], "released": [row.released],
         "source_id": ["pledges"]}
    )  # fmt: skip
    return case_of(
        target, history, known, source="registry of targets", part_year=part_year, elsewhere={}
    )


def _months(figures: PairFigures) -> PartYear | None:
    """Newest months of the year after the last; None once anybody has given the whole of it."""
    newest, following = newest_months(figures.months), figures.last_year + 1
    if newest is None or newest[0] != following or following in figures.told:
        return None
    return newest[1:]


def _check_day(target: Target, as_of: Day | None, *, own: bool) -> None:
    if as_of is None:
        return
    if own:
        raise ValueError(f"as_of={as_of} limits the bundled figures; cut your own history instead")
    if target.announced and day(as_of).date() < target.announced:
        raise ValueError(f"as_of={as_of} lies before the announcement on {target.announced}")


@cache
def _known(limit: pd.Timestamp | None) -> Known:
    return Known(
        day=limit,
        model=growth_model(as_of=limit),
        growth=dict(_by_horizon(load_growth(as_of=limit))),
        deflator=load_macro("gdp_deflator").set_index("year")["value"],
        prices=_prices(load_macro("cpi_u", "USA", as_of=limit)),
        shares=part_year_shares(as_of=limit),
        pledges=_pledges(limit),
        gravity=_gravity(limit),
    )


def _pledges(limit: pd.Timestamp | None) -> Pledges:
    registry, shift = load_targets(as_of=limit), load_pledge_shift(as_of=limit)
    last = shift.iloc[-1]
    return Pledges(
        rows={row.target_id: row for row in registry.itertuples()},
        registry=registry,
        scored=scored_pledges(registry),
        shift=(float(last["shift"]), float(last["low"]), float(last["high"])),
        newest=shift["released"].max(),
    )


def _gravity(limit: pd.Timestamp | None) -> Gravity:
    model = gravity_model(as_of=limit)
    return Gravity(
        model=model,
        potentials={
            name: (
                potential(*name.split("-"), as_of=limit),
                potential(*name.split("-"), fit="gdp", as_of=limit),
            )
            for name in model.pairs()
        },
    )


def _by_horizon(table: pd.DataFrame) -> Iterator[tuple[int, pd.DataFrame]]:
    """Growth of all pairs in the last year of each horizon, without what says where it is from."""
    plain = table[~table["ever"] & (table["past"] == "any") & (table["among"] == "all")]
    for horizon, part in plain.drop(columns=["source_id", "released", "note"]).groupby("horizon"):
        yield int(horizon), part.reset_index(drop=True)


def _prices(table: pd.DataFrame) -> pd.Series:
    """US consumer prices of full years."""
    final = table[table["status"] == "final"].drop_duplicates("year", keep="last")
    return final.set_index("year")["value"].sort_index()


def _registry_row(target: Target, pledges: Pledges) -> Any:
    """The target's own row, or of a pair's rows in dollars the one with the newest figure."""
    if target.target_id in pledges.rows:
        return pledges.rows[target.target_id]
    pair = target.reporter, target.partner
    years = {
        row: newest[1]
        for row in pledges.rows.values()
        if (row.reporter, row.partner) == pair and row.currency == "USD" and (newest := latest(row))
    }
    if not years:
        raise ValueError(
            f"nothing is bundled for {target.pair}, neither a series nor a figure of a target; "
            "give your own history="
        )
    return max(years, key=lambda row: years[row])
