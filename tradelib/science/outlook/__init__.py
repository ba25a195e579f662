"""Where turnover is heading: nowcast, simple forecasters, the growth model."""

from tradelib.science.outlook.growth_model import Coefficients, GrowthModel
from tradelib.science.outlook.growth_model import panel_quantiles as panel_quantiles
from tradelib.science.outlook.learn import fit_growth_model
from tradelib.science.outlook.learn_part_year import fit_nowcast_model
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.outlook.part_year import NowcastModel
from tradelib.science.outlook.paths import Forecast
from tradelib.science.outlook.predictive import Outlook, outlook
from tradelib.science.outlook.simple import damped_trend, drift, local_trend, naive, theta

__all__ = [
    "Coefficients",
    "Forecast",
    "GrowthModel",
    "Nowcast",
    "NowcastModel",
    "Outlook",
    "damped_trend",
    "drift",
    "fit_growth_model",
    "fit_nowcast_model",
    "local_trend",
    "naive",
    "outlook",
    "theta",
]
