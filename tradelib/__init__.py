"""Is an announced bilateral trade target reachable?"""

from tradelib import live, plot
from tradelib.bundle.load import (
    load_article,
    load_calibration,
    load_drivers,
    load_figures,
    load_gravity_model,
    load_growth,
    load_growth_model,
    load_growth_scores,
    load_macro,
    load_part_years,
    load_pledge_shift,
    load_scores,
    load_target_statements,
    load_targets,
    load_turnover,
)
from tradelib.bundle.sources import cite, files, path, sources
from tradelib.front import explore
from tradelib.front.archive import load_forecasts, score_forecasts
from tradelib.front.assess import article_target, assess, hindcasts, open_target, timeline
from tradelib.front.defaults import (
    base_rate,
    base_rates,
    forecast_panel,
    gravity_check,
    gravity_model,
    growth_model,
    nowcast_pair,
    open_targets,
    panel_growth,
    part_year_shares,
    pledge_effect,
    pledge_rate,
    pledge_sensitivity,
    pledge_table,
    potential,
    potential_history,
)
from tradelib.ground import codes, flows
from tradelib.ground.growth import cagr, compound, required_growth, years_to_reach
from tradelib.science import outside as reference
from tradelib.science import pledge as pledges
from tradelib.science.gravity import fit as gravity
from tradelib.science.gravity.ceiling import Ceiling, GravityModel
from tradelib.science.gravity.fit import GravityFit, Potential, fit_gravity
from tradelib.science.outlook import growth_model as panel
from tradelib.science.outlook import signals as pairs
from tradelib.science.outlook.forecast import (
    Forecast,
    damped_trend,
    drift,
    local_trend,
    naive,
    theta,
)
from tradelib.science.outlook.growth_model import GrowthModel, fit_growth_model
from tradelib.science.outlook.nowcast import Nowcast, nowcast_year
from tradelib.science.outside.base_rate import BaseRate
from tradelib.science.outside.episodes import ReferenceClass
from tradelib.science.pledge import effect
from tradelib.science.pledge.claims import check_claims
from tradelib.science.pledge.effect import PledgeEffect
from tradelib.science.pledge.progress import progress
from tradelib.science.pledge.rates import PledgeRate
from tradelib.science.pledge.target import Standing, Target, standing
from tradelib.science.scores import scoring
from tradelib.science.scores.backtest import (
    backtest,
    calibration,
    frequencies,
    one_by_one,
    refitted,
    score_summary,
)
from tradelib.science.verdict import scenario
from tradelib.science.verdict.verdict import Verdict, judge, likelihood

__all__ = [
    "BaseRate",
    "Ceiling",
    "Forecast",
    "GravityFit",
    "GravityModel",
    "GrowthModel",
    "Nowcast",
    "PledgeEffect",
    "PledgeRate",
    "Potential",
    "ReferenceClass",
    "Standing",
    "Target",
    "Verdict",
    "article_target",
    "assess",
    "backtest",
    "base_rate",
    "base_rates",
    "cagr",
    "calibration",
    "check_claims",
    "cite",
    "codes",
    "compound",
    "damped_trend",
    "drift",
    "effect",
    "explore",
    "files",
    "fit_gravity",
    "fit_growth_model",
    "flows",
    "forecast_panel",
    "frequencies",
    "gravity",
    "gravity_check",
    "gravity_model",
    "growth_model",
    "hindcasts",
    "judge",
    "likelihood",
    "live",
    "load_article",
    "load_calibration",
    "load_drivers",
    "load_figures",
    "load_forecasts",
    "load_gravity_model",
    "load_growth",
    "load_growth_model",
    "load_growth_scores",
    "load_macro",
    "load_part_years",
    "load_pledge_shift",
    "load_scores",
    "load_target_statements",
    "load_targets",
    "load_turnover",
    "local_trend",
    "naive",
    "nowcast_pair",
    "nowcast_year",
    "one_by_one",
    "open_target",
    "open_targets",
    "pairs",
    "panel",
    "panel_growth",
    "part_year_shares",
    "path",
    "pledge_effect",
    "pledge_rate",
    "pledge_sensitivity",
    "pledge_table",
    "pledges",
    "plot",
    "potential",
    "potential_history",
    "progress",
    "reference",
    "refitted",
    "required_growth",
    "scenario",
    "score_forecasts",
    "score_summary",
    "scoring",
    "sources",
    "standing",
    "theta",
    "timeline",
    "years_to_reach",
]
