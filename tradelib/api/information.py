"""What is known on a day, whatever the target; read from the bundle once for each day."""

from functools import cache
from types import SimpleNamespace

import pandas as pd

from tradelib.api.clock import past_day
from tradelib.api.forecasts import ARTICLE_PAIRS
from tradelib.api.gravity import model_on, potential
from tradelib.core import checks
from tradelib.core.labels import DOLLAR
from tradelib.datasets import models
from tradelib.datasets.exchange_rates import load_exchange_rates
from tradelib.datasets.figures import load_figures, load_macro, load_turnover, part_years
from tradelib.datasets.tables import Day
from tradelib.datasets.targets import last_correction, load_targets
from tradelib.science.assessment.case import Gravity, InformationSet, PartYear, Pledges
from tradelib.science.forecasting.bloc_sums import Dependence, dependence_of
from tradelib.science.forecasting.exchange import Exchange, exchange_of
from tradelib.science.forecasting.growth_model import GrowthModel
from tradelib.science.forecasting.nowcast import newest_months
from tradelib.science.pledges.chance import PledgeModel
from tradelib.science.pledges.combined import combined_of
from tradelib.science.pledges.status import scored_pledges
from tradelib.science.reference.growth_tables import cells_by_horizon

# Sources whose figures of the article's pairs are tried in place of the recommended ones.
OTHER_SOURCES = ("wits", "baci_type")


def information_on(on: Day | None) -> InformationSet:
    """What is known on a day, whatever the target."""
    return _information(past_day(on))


@cache
def _information(limit: pd.Timestamp | None) -> InformationSet:
    """The same, read once for each day."""
    vintages = models.learned_models("growth_model.json", on=limit)
    *older_models, model = (GrowthModel.from_dict(vintage) for vintage in vintages)
    growth = models.load_growth(as_of=limit)
    # US consumer prices of full years, and the deflator with which the growth table was made.
    consumer = load_macro("cpi_u", as_of=limit).query("status == 'final'")
    deflator = load_macro("gdp_deflator").set_index("year")["value"]
    prices = pd.DataFrame({"cpi_u": consumer.set_index("year")["value"], "gdp_deflator": deflator})
    registry = load_targets(as_of=limit)
    replayed = models.replay(as_of=limit)
    pledges = Pledges(
        registry=registry,
        corrected=last_correction(registry),
        scored=scored_pledges(registry),
        model=PledgeModel.from_dict(models.learned_model("pledge_model.json", on=limit)),
        record=models.load_progress_record(as_of=limit),
        replayed=replayed,
        combined=combined_of(replayed),
        rows={row.target_id: SimpleNamespace(**row._asdict()) for row in registry.itertuples()},
    )
    return InformationSet(
        day=limit,
        model=model,
        older_models=older_models,
        prices=prices,
        tested=models.load_calibration(as_of=limit),
        growth=cells_by_horizon(growth),
        pledges=pledges,
    )


@cache
def exchange_on(currency: str, limit: pd.Timestamp | None) -> Exchange | None:
    """A currency's rates as known on a day, and how they move; None for the US dollar."""
    if currency == DOLLAR:
        return None
    rates = load_exchange_rates(currency, as_of=limit)
    return exchange_of(models.learned_model("exchange_model.json", on=limit), rates)


@cache
def dependence_on(limit: pd.Timestamp | None) -> Dependence:
    """How pairs that share a country move together, as known on a day."""
    return dependence_of(models.learned_model("bloc_model.json", on=limit))


@cache
def other_series(
    reporter: str, partner: str, limit: pd.Timestamp | None
) -> dict[str, pd.DataFrame]:
    """Annual series of an article's pair from other sources, released by a day; empty for others.

    Sources of any other pair enter its history (`tradelib.load_turnover`) and nothing else.
    """
    if (reporter, partner) not in ARTICLE_PAIRS:
        return {}
    sources = set(load_figures(reporter, partner, as_of=limit)["source_id"])
    return {
        source: load_turnover(reporter, partner, source=source, as_of=limit)
        for source in OTHER_SOURCES
        if source in sources
    }


def months_after(
    last: int, reporter: str, partner: str, limit: pd.Timestamp | None
) -> PartYear | None:
    """Newest months of the year after the last; None if any source has the whole of that year.

    A forecast of the whole year does not count as having it.
    """
    figures = load_figures(reporter, partner)
    figures = figures[figures["status"] != "forecast"]
    if limit is not None:
        figures = figures[figures["released"] <= limit]
    year, months = checks.calendar(figures)
    full = (year == last + 1) & (months == 12) & (figures["flow"] == "turnover")
    newest_part = newest_months(part_years(figures))
    if newest_part is None or newest_part[0] != last + 1 or full.any():
        return None
    return newest_part[1:]


@cache
def gravity_of(reporter: str, partner: str, limit: pd.Timestamp | None) -> Gravity | None:
    """What size and distance predict for a pair, from countries' effects and from GDPs.

    None for a pair that the bundled gravity model does not hold.
    """
    for pair in ((reporter, partner), (partner, reporter)):
        if "-".join(pair) in _with_potential(limit):
            return Gravity(
                potential=potential(*pair, as_of=limit),
                by_gdp=potential(*pair, fit="gdp", as_of=limit),
                model=model_on(limit),
            )
    return None


@cache
def _with_potential(limit: pd.Timestamp | None) -> list[str]:
    """Pairs whose potential was known by a day."""
    return model_on(limit).pairs()
