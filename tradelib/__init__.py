"""Is an announced bilateral trade target reachable?

``dir(tradelib)`` lists the names that most readers need. Classes of results, and functions for
those who build models of their own, can be imported from here as well: the names below that are
imported as themselves (``naive as naive``).
"""

import logging

from tradelib import live, plot
from tradelib.bundle.blocs import load_blocs as load_blocs
from tradelib.bundle.exchange import load_exchange_rates as load_exchange_rates
from tradelib.bundle.figures import (
    available,
    load_article,
    load_drivers,
    load_figures,
    load_macro,
    load_marks,
    load_target_statements,
    load_turnover,
)
from tradelib.bundle.figures import load_example_months as load_example_months
from tradelib.bundle.figures import load_part_years as load_part_years
from tradelib.bundle.goods import load_country_goods as load_country_goods
from tradelib.bundle.goods import load_goods_facts as load_goods_facts
from tradelib.bundle.learned import load_agreement_effects as load_agreement_effects
from tradelib.bundle.learned import load_calibration as load_calibration
from tradelib.bundle.learned import load_growth as load_growth
from tradelib.bundle.learned import load_growth_scores as load_growth_scores
from tradelib.bundle.learned import load_nowcast_skill as load_nowcast_skill
from tradelib.bundle.learned import load_pledge_peers as load_pledge_peers
from tradelib.bundle.learned import load_scores as load_scores
from tradelib.bundle.learned import replay
from tradelib.bundle.registry import load_targets
from tradelib.bundle.sources import cite, files, sources
from tradelib.bundle.sources import path as path
from tradelib.front import explore
from tradelib.front.archive import load_forecasts, score_forecasts
from tradelib.front.assess import article_target, assess
from tradelib.front.bound import (
    forecast_panel,
    growth_model,
    nowcast_pair,
    nowcast_panel,
    panel_growth,
)
from tradelib.front.bound import nowcast_model as nowcast_model
from tradelib.front.bound import nowcast_year as nowcast_year
from tradelib.front.bound import part_year_shares as part_year_shares
from tradelib.front.changes import archive_changes as archive_changes
from tradelib.front.changes import forecast_changes as forecast_changes
from tradelib.front.follow import Track as Track
from tradelib.front.follow import nowcast_by_month as nowcast_by_month
from tradelib.front.follow import track
from tradelib.front.gap import fill_gap as fill_gap
from tradelib.front.goods import goods
from tradelib.front.months import read_months
from tradelib.front.months import year_so_far as year_so_far
from tradelib.front.own import read_history as read_history
from tradelib.front.potential import gravity_check, gravity_model, potential, potential_history
from tradelib.front.rates import (
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
from tradelib.front.rates import pledge_sensitivity as pledge_sensitivity
from tradelib.front.registry import assess_many, open_target, open_targets
from tradelib.front.timeline import hindcasts, timeline
from tradelib.ground import codes, flows
from tradelib.ground.errors import InputError, InputTypeError, NoAnswerError
from tradelib.ground.growth import cagr, compound, required_growth, years_to_reach
from tradelib.ground.plain import readable
from tradelib.pages.questions import questions as questions
from tradelib.pages.report import report as report
from tradelib.science import gravity as gravity
from tradelib.science import outlook as panel  # noqa: F401 - a namespace
from tradelib.science import outside as reference
from tradelib.science import pledge as pledges
from tradelib.science import scores as scoring
from tradelib.science.goods.gap import Gap as Gap
from tradelib.science.goods.measures import comparative_advantage as comparative_advantage
from tradelib.science.goods.measures import trade_complementarity as trade_complementarity
from tradelib.science.goods.traded import Goods as Goods
from tradelib.science.gravity import Ceiling as Ceiling
from tradelib.science.gravity import GravityFit as GravityFit
from tradelib.science.gravity import GravityModel as GravityModel
from tradelib.science.gravity import Potential as Potential
from tradelib.science.gravity import fit_gravity
from tradelib.science.outlook import signals as pairs  # noqa: F401 - a namespace
from tradelib.science.outlook.growth_model import GrowthModel as GrowthModel
from tradelib.science.outlook.learn import fit_growth_model as fit_growth_model
from tradelib.science.outlook.learn_part_year import fit_nowcast_model as fit_nowcast_model
from tradelib.science.outlook.nowcast import Nowcast as Nowcast
from tradelib.science.outlook.part_year import NowcastModel as NowcastModel
from tradelib.science.outlook.paths import Forecast
from tradelib.science.outlook.simple import damped_trend as damped_trend
from tradelib.science.outlook.simple import drift as drift
from tradelib.science.outlook.simple import local_trend as local_trend
from tradelib.science.outlook.simple import naive as naive
from tradelib.science.outlook.simple import theta as theta
from tradelib.science.outside import BaseRate as BaseRate
from tradelib.science.outside import ReferenceClass as ReferenceClass
from tradelib.science.pledge import effect  # noqa: F401 - a namespace
from tradelib.science.pledge.chance import PledgeChance as PledgeChance
from tradelib.science.pledge.claims import check_claims
from tradelib.science.pledge.effect import PledgeEffect as PledgeEffect
from tradelib.science.pledge.official import progress
from tradelib.science.pledge.rates import PledgeRate as PledgeRate
from tradelib.science.pledge.target import Standing as Standing
from tradelib.science.pledge.target import Target
from tradelib.science.pledge.target import standing as standing
from tradelib.science.pledge.track import TrackRecord as TrackRecord
from tradelib.science.scores import backtest as backtest
from tradelib.science.scores import calibration as calibration
from tradelib.science.scores import frequencies as frequencies
from tradelib.science.scores import one_by_one as one_by_one
from tradelib.science.scores import refitted as refitted
from tradelib.science.scores import score_summary as score_summary
from tradelib.science.verdict import scenario
from tradelib.science.verdict.verdict import Verdict
from tradelib.science.verdict.verdict import judge as judge
from tradelib.science.verdict.words import likelihood

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
