"""Is an announced bilateral trade target reachable?"""

from tradelib import codes, flows, plot
from tradelib.assess import article_target, assess
from tradelib.claims import check_claims
from tradelib.growth import cagr, compound, required_growth, years_to_reach
from tradelib.load import (
    load_article,
    load_drivers,
    load_figures,
    load_macro,
    load_part_years,
    load_target_statements,
    load_turnover,
)
from tradelib.sources import cite, files, path, sources
from tradelib.target import Standing, Target, progress, standing

__all__ = [
    "Standing",
    "Target",
    "article_target",
    "assess",
    "cagr",
    "check_claims",
    "cite",
    "codes",
    "compound",
    "files",
    "flows",
    "load_article",
    "load_drivers",
    "load_figures",
    "load_macro",
    "load_part_years",
    "load_target_statements",
    "load_turnover",
    "path",
    "plot",
    "progress",
    "required_growth",
    "sources",
    "standing",
    "years_to_reach",
]
