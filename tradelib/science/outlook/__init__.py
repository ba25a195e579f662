"""Where turnover is heading: nowcast, simple forecasters, the growth model."""

from tradelib.science.outlook.growth_model import Coefficients, GrowthModel, panel_quantiles
from tradelib.science.outlook.learn import fit_growth_model
from tradelib.science.outlook.outlook import Outlook, outlook
from tradelib.science.outlook.paths import Forecast

__all__ = [
    "Coefficients", "Forecast", "GrowthModel", "Outlook", "fit_growth_model", "outlook",
    "panel_quantiles",
]  # fmt: skip
