"""How good were the forecasts? Scores, backtests, calibration."""

from tradelib.science.scoring.adapters import one_by_one, refitted
from tradelib.science.scoring.origins import QUANTILES, backtest, calibration
from tradelib.science.scoring.scores import brier, coverage, crps, crps_quantiles, skill
from tradelib.science.scoring.summary import frequencies, score_summary

__all__ = [
    "QUANTILES",
    "backtest",
    "brier",
    "calibration",
    "coverage",
    "crps",
    "crps_quantiles",
    "frequencies",
    "one_by_one",
    "refitted",
    "score_summary",
    "skill",
]
