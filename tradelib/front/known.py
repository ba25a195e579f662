"""What is known on a day, whatever the target: gathered from the bundle, once a day asked about."""

from functools import cache

import pandas as pd

from tradelib.bundle.figures import load_figures, load_macro, load_part_years, load_turnover
from tradelib.bundle.learned import load_calibration, load_growth, load_progress_record
from tradelib.bundle.registry import latest, load_targets
from tradelib.bundle.sources import cite
from tradelib.bundle.tables import Day
from tradelib.front.bound import PAIRS, growth_model, shares_known
from tradelib.front.clock import come
from tradelib.front.potential import gravity_model, potential
from tradelib.ground import frames
from tradelib.science.outlook.nowcast import newest_months
from tradelib.science.outside.table import cells_of
from tradelib.science.pledge.status import scored_pledges
from tradelib.science.verdict.case import Gravity, Known, PartYear, Pledges, Series

# Other sources whose figures are put in place of the recommended ones.
ELSEWHERE = ("wits", "baci_type")


def known_on(on: Day | None) -> Known:
    """What is known on a day, whatever the target."""
    return _known(come(on))


@cache
def _known(limit: pd.Timestamp | None) -> Known:
    model, growth = growth_model(as_of=limit), load_growth(as_of=limit)
    return Known(
        day=limit,
        model=model,
        growth={h: cells_of(growth, horizon=h) for h in growth["horizon"].unique()},
        prices=_prices(limit),
        tested=load_calibration(as_of=limit),
        pairs={"-".join(pair): _series(*pair, limit) for pair in PAIRS},
        shares=shares_known(limit),
        pledges=_pledges(limit),
        gravity=_gravity(limit),
    )


def _prices(limit: pd.Timestamp | None) -> pd.DataFrame:
    """US consumer prices of full years, and the deflator, which the growth table was made with."""
    consumer = load_macro("cpi_u", "USA", as_of=limit).query("status == 'final'")
    consumer = consumer.drop_duplicates("year", keep="last").set_index("year")["value"]
    deflator = load_macro("gdp_deflator").set_index("year")["value"]
    return pd.DataFrame({"cpi_u": consumer, "gdp_deflator": deflator}).sort_index()


def _series(reporter: str, partner: str, limit: pd.Timestamp | None) -> Series:
    """All that is bundled of a pair and was released by a day."""
    history = load_turnover(reporter, partner, as_of=limit)
    figures = load_figures(reporter, partner, as_of=limit)
    others = [source for source in ELSEWHERE if source in set(figures["source_id"])]
    return Series(
        history=history,
        source=cite(history).removeprefix("Source: "),
        months=_months(history, figures, load_part_years(reporter, partner, as_of=limit)),
        elsewhere={
            source: load_turnover(reporter, partner, source=source, as_of=limit)
            for source in others
        },
    )


def _months(
    history: pd.DataFrame, figures: pd.DataFrame, part_years: pd.DataFrame
) -> PartYear | None:
    """Newest months of the year after the last; None once anybody has given the whole of it."""
    newest, following = newest_months(part_years), int(history["year"].iloc[-1]) + 1
    year, months = frames.calendar(figures)
    told = (year == following) & (months == 12) & (figures["flow"] == "turnover")
    if newest is None or newest[0] != following or told.any():
        return None
    return newest[1:]


def _pledges(limit: pd.Timestamp | None) -> Pledges:
    registry = load_targets(as_of=limit)
    rows = {row.target_id: row for row in registry.itertuples()}
    newest = {row: figure for row in rows.values() if (figure := latest(row))}
    dollars = sorted((row for row in newest if row.currency == "USD"), key=lambda r: newest[r][1])
    return Pledges(
        registry=registry,
        scored=scored_pledges(registry),
        rows=rows,
        figures={
            row.target_id: pd.DataFrame(
                {"year": [year], "turnover_musd": [value], "released": [row.released]}
            )
            for row, (value, year) in newest.items()
        },
        by_pair={f"{row.reporter}-{row.partner}": row.target_id for row in dollars},
        record=load_progress_record(as_of=limit),
    )


def _gravity(limit: pd.Timestamp | None) -> Gravity:
    """Potentials of the bundled pairs, from effects of countries and from GDPs."""
    model = gravity_model(as_of=limit)
    potentials = {
        name: (
            potential(*name.split("-"), as_of=limit),
            potential(*name.split("-"), fit="gdp", as_of=limit),
        )
        for name in model.pairs()
    }
    return Gravity(model=model, potentials=potentials)
