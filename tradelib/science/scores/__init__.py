"""How good were the forecasts? Scores, backtests, calibration."""
