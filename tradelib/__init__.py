"""Is an announced bilateral trade target reachable?"""

from tradelib import codes, flows, pairs, panel, plot, reference, scoring
from tradelib.assess import article_target, assess
from tradelib.backtest import (
    backtest,
    calibration,
    frequencies,
    one_by_one,
    refitted,
    score_summary,
)
from tradelib.claims import check_claims
from tradelib.defaults import (
    base_rate,
    base_rates,
    forecast_panel,
    growth_model,
    nowcast_pair,
    panel_growth,
    part_year_shares,
)
from tradelib.forecast import Forecast, damped_trend, drift, local_trend, naive, theta
from tradelib.growth import cagr, compound, required_growth, years_to_reach
from tradelib.load import (
    load_article,
    load_calibration,
    load_drivers,
    load_figures,
    load_growth,
    load_growth_model,
    load_growth_scores,
    load_macro,
    load_part_years,
    load_scores,
    load_target_statements,
    load_targets,
    load_turnover,
)
from tradelib.nowcast import Nowcast, nowcast_year
from tradelib.panel import GrowthModel, fit_growth_model
from tradelib.reference import BaseRate, ReferenceClass
from tradelib.sources import cite, files, path, sources
from tradelib.target import Standing, Target, progress, standing

__all__ = [
    "BaseRate",
    "Forecast",
    "GrowthModel",
    "Nowcast",
    "ReferenceClass",
    "Standing",
    "Target",
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
    "files",
    "fit_growth_model",
    "flows",
    "forecast_panel",
    "frequencies",
    "growth_model",
    "load_article",
    "load_calibration",
    "load_drivers",
    "load_figures",
    "load_growth",
    "load_growth_model",
    "load_growth_scores",
    "load_macro",
    "load_part_years",
    "load_scores",
    "load_target_statements",
    "load_targets",
    "load_turnover",
    "local_trend",
    "naive",
    "nowcast_pair",
    "nowcast_year",
    "one_by_one",
    "pairs",
    "panel",
    "panel_growth",
    "part_year_shares",
    "path",
    "plot",
    "progress",
    "reference",
    "refitted",
    "required_growth",
    "score_summary",
    "scoring",
    "sources",
    "standing",
    "theta",
    "years_to_reach",
]
