"""Where turnover is heading: nowcast, simple forecasters, the growth model."""

from tradelib.science.forecasting.fit import fit_growth_model
from tradelib.science.forecasting.fit_nowcast import fit_nowcast_model
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.forecasting.growth_model import Coefficients, GrowthModel
from tradelib.science.forecasting.growth_model import panel_quantiles as panel_quantiles
from tradelib.science.forecasting.nowcast import Nowcast
from tradelib.science.forecasting.nowcast_model import NowcastModel
from tradelib.science.forecasting.predictive import Outlook, outlook
from tradelib.science.forecasting.simple import damped_trend, drift, local_trend, naive, theta

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
