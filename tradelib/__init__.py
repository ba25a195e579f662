"""Is an announced bilateral trade target reachable?

``dir(tradelib)`` lists the names that most readers need. Classes of results, and functions for
those who build models of their own, can be imported from here as well: the names below that are
imported as themselves (``naive as naive``).
"""

import logging

from tradelib import live, plot
from tradelib.api import explore
from tradelib.api.archive import load_forecasts, score_forecasts
from tradelib.api.assess import article_target, assess
from tradelib.api.changes import archive_changes as archive_changes
from tradelib.api.changes import forecast_changes as forecast_changes
from tradelib.api.forecasts import (
    forecast_panel,
    growth_model,
    nowcast_pair,
    nowcast_panel,
    panel_growth,
)
from tradelib.api.forecasts import nowcast_model as nowcast_model
from tradelib.api.forecasts import nowcast_year as nowcast_year
from tradelib.api.forecasts import part_year_shares as part_year_shares
from tradelib.api.goods import goods
from tradelib.api.goods_gap import fill_gap as fill_gap
from tradelib.api.gravity import gravity_check, gravity_model, potential, potential_history
from tradelib.api.months import read_months
from tradelib.api.months import year_so_far as year_so_far
from tradelib.api.own_history import read_history as read_history
from tradelib.api.rates import (
    base_rate,
    base_rates,
    country_records,
    pledge_chance,
    pledge_effect,
    pledge_rate,
    pledge_table,
    progress_record,
    track_record,
)
from tradelib.api.rates import pledge_sensitivity as pledge_sensitivity
from tradelib.api.targets import assess_many, open_target, open_targets
from tradelib.api.timeline import hindcasts, timeline
from tradelib.api.tracking import Track as Track
from tradelib.api.tracking import nowcast_by_month as nowcast_by_month
from tradelib.api.tracking import track
from tradelib.core import country_codes as codes
from tradelib.core import flows
from tradelib.core.errors import InputError, InputTypeError, NoAnswerError
from tradelib.core.growth import cagr, compound, required_growth, years_to_reach
from tradelib.core.labels import readable
from tradelib.datasets.blocs import load_blocs as load_blocs
from tradelib.datasets.exchange_rates import load_exchange_rates as load_exchange_rates
from tradelib.datasets.figures import (
    available,
    load_article,
    load_drivers,
    load_figures,
    load_macro,
    load_marks,
    load_target_statements,
    load_turnover,
)
from tradelib.datasets.figures import load_example_months as load_example_months
from tradelib.datasets.figures import load_part_years as load_part_years
from tradelib.datasets.goods import load_country_goods as load_country_goods
from tradelib.datasets.goods import load_goods_facts as load_goods_facts
from tradelib.datasets.models import load_agreement_effects as load_agreement_effects
from tradelib.datasets.models import load_calibration as load_calibration
from tradelib.datasets.models import load_growth as load_growth
from tradelib.datasets.models import load_growth_scores as load_growth_scores
from tradelib.datasets.models import load_nowcast_skill as load_nowcast_skill
from tradelib.datasets.models import load_pledge_peers as load_pledge_peers
from tradelib.datasets.models import load_scores as load_scores
from tradelib.datasets.models import replay
from tradelib.datasets.sources import cite, files, sources
from tradelib.datasets.sources import path as path
from tradelib.datasets.targets import load_targets
from tradelib.pages.questions import questions as questions
from tradelib.pages.report import report as report
from tradelib.science import forecasting as forecasting
from tradelib.science import forecasting as panel  # noqa: F401 - its name before 0.2
from tradelib.science import gravity as gravity
from tradelib.science import pledges, reference, scoring
from tradelib.science.assessment import scenario
from tradelib.science.assessment.likelihood_words import likelihood
from tradelib.science.assessment.verdict import Verdict
from tradelib.science.assessment.verdict import judge as judge
from tradelib.science.forecasting import predictors as pairs  # noqa: F401 - its name before 0.2
from tradelib.science.forecasting import predictors as predictors
from tradelib.science.forecasting.fit import fit_growth_model as fit_growth_model
from tradelib.science.forecasting.fit_nowcast import fit_nowcast_model as fit_nowcast_model
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.forecasting.growth_model import GrowthModel as GrowthModel
from tradelib.science.forecasting.nowcast import Nowcast as Nowcast
from tradelib.science.forecasting.nowcast_model import NowcastModel as NowcastModel
from tradelib.science.forecasting.simple import damped_trend as damped_trend
from tradelib.science.forecasting.simple import drift as drift
from tradelib.science.forecasting.simple import local_trend as local_trend
from tradelib.science.forecasting.simple import naive as naive
from tradelib.science.forecasting.simple import theta as theta
from tradelib.science.goods.gap import Gap as Gap
from tradelib.science.goods.measures import comparative_advantage as comparative_advantage
from tradelib.science.goods.measures import trade_complementarity as trade_complementarity
from tradelib.science.goods.traded import Goods as Goods
from tradelib.science.gravity import Ceiling as Ceiling
from tradelib.science.gravity import GravityFit as GravityFit
from tradelib.science.gravity import GravityModel as GravityModel
from tradelib.science.gravity import Potential as Potential
from tradelib.science.gravity import fit_gravity
from tradelib.science.pledges import effect  # noqa: F401 - a namespace
from tradelib.science.pledges.chance import PledgeChance as PledgeChance
from tradelib.science.pledges.claims import check_claims
from tradelib.science.pledges.effect import PledgeEffect as PledgeEffect
from tradelib.science.pledges.progress_methods import progress
from tradelib.science.pledges.rates import PledgeRate as PledgeRate
from tradelib.science.pledges.target import Standing as Standing
from tradelib.science.pledges.target import Target
from tradelib.science.pledges.target import standing as standing
from tradelib.science.pledges.track import TrackRecord as TrackRecord
from tradelib.science.reference import BaseRate as BaseRate
from tradelib.science.reference import ReferenceClass as ReferenceClass
from tradelib.science.scoring import backtest as backtest
from tradelib.science.scoring import calibration as calibration
from tradelib.science.scoring import frequencies as frequencies
from tradelib.science.scoring import one_by_one as one_by_one
from tradelib.science.scoring import refitted as refitted
from tradelib.science.scoring import score_summary as score_summary

__all__ = [
    "Forecast",
    "InputError",
    "InputTypeError",
    "NoAnswerError",
    "Target",
    "Verdict",
    "article_target",
    "assess",
    "assess_many",
    "available",
    "base_rate",
    "base_rates",
    "cagr",
    "check_claims",
    "cite",
    "codes",
    "compound",
    "country_records",
    "explore",
    "files",
    "fill_gap",
    "fit_gravity",
    "flows",
    "forecast_panel",
    "goods",
    "gravity_check",
    "gravity_model",
    "growth_model",
    "hindcasts",
    "likelihood",
    "live",
    "load_article",
    "load_drivers",
    "load_figures",
    "load_forecasts",
    "load_macro",
    "load_marks",
    "load_target_statements",
    "load_targets",
    "load_turnover",
    "nowcast_pair",
    "nowcast_panel",
    "open_target",
    "open_targets",
    "panel_growth",
    "pledge_chance",
    "pledge_effect",
    "pledge_rate",
    "pledge_table",
    "pledges",
    "plot",
    "potential",
    "potential_history",
    "progress",
    "progress_record",
    "read_history",
    "read_months",
    "readable",
    "reference",
    "replay",
    "required_growth",
    "scenario",
    "score_forecasts",
    "scoring",
    "sources",
    "standing",
    "timeline",
    "track",
    "track_record",
    "years_to_reach",
]

__version__ = "0.2.0"

# Where messages go is for the program that uses the library to say; until then, nowhere.
logging.getLogger("tradelib").addHandler(logging.NullHandler())


def __dir__() -> list[str]:
    """The public names, without the subpackages that Python binds on import."""
    return list(__all__)
