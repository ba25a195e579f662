"""Is an announced bilateral trade target reachable?"""

from tradelib import live, plot
from tradelib.bundle.figures import (
    load_article,
    load_drivers,
    load_figures,
    load_macro,
    load_part_years,
    load_target_statements,
    load_turnover,
)
from tradelib.bundle.learned import (
    load_calibration,
    load_growth,
    load_growth_scores,
    load_pledge_shift,
    load_scores,
)
from tradelib.bundle.registry import load_targets
from tradelib.bundle.sources import cite, files, path, sources
from tradelib.front import explore
from tradelib.front.archive import load_forecasts, score_forecasts
from tradelib.front.assess import article_target, assess
from tradelib.front.bound import (
    base_rate,
    base_rates,
    forecast_panel,
    growth_model,
    nowcast_pair,
    panel_growth,
    part_year_shares,
    pledge_effect,
    pledge_rate,
    pledge_sensitivity,
    pledge_table,
)
from tradelib.front.potential import gravity_check, gravity_model, potential, potential_history
from tradelib.front.registry import open_target, open_targets
from tradelib.front.timeline import hindcasts, timeline
from tradelib.ground import codes, flows
from tradelib.ground.growth import cagr, compound, required_growth, years_to_reach
from tradelib.science import gravity
from tradelib.science import outlook as panel
from tradelib.science import scores as scoring
from tradelib.science.gravity import Ceiling, GravityFit, GravityModel, Potential, fit_gravity
from tradelib.science.outlook import signals as pairs
from tradelib.science.outlook.growth_model import GrowthModel
from tradelib.science.outlook.learn import fit_growth_model
from tradelib.science.outlook.nowcast import Nowcast, nowcast_year
from tradelib.science.outlook.paths import Forecast
from tradelib.science.outlook.simple import damped_trend, drift, local_trend, naive, theta
from tradelib.science.outside import reference
from tradelib.science.outside.reference import BaseRate, ReferenceClass
from tradelib.science.pledge import effect
from tradelib.science.pledge import rates as pledges
from tradelib.science.pledge.claims import check_claims
from tradelib.science.pledge.effect import PledgeEffect
from tradelib.science.pledge.rates import PledgeRate
from tradelib.science.pledge.target import Standing, Target, progress, standing
from tradelib.science.scores import (
    backtest,
    calibration,
    frequencies,
    one_by_one,
    refitted,
    score_summary,
)
from tradelib.science.verdict import scenario
from tradelib.science.verdict.verdict import Verdict, judge
from tradelib.science.verdict.words import likelihood

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
    "load_growth",
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
