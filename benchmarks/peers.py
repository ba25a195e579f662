"""Quantiles from the automatic forecasters of statsforecast; run in its own environment.

Usage:  python peers.py IN.npz OUT.npz METHOD

statsforecast needs pandas below 3, so `skill.py` and `speed.py` run this file with another
interpreter. IN holds ``logs`` (pairs x years, NaN where unknown), ``horizons`` and ``quantiles``;
OUT holds ``logs`` (pairs x horizons x quantiles) and ``seconds`` of forecasting alone, after one
to compile.
"""

import sys
import time
import warnings
from collections.abc import Container, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from statsforecast import models

Floats: TypeAlias = NDArray[np.float64]

# Each forecaster for yearly values: without a season.
METHODS = {
    "AutoETS": lambda: models.AutoETS(season_length=1, model="ZZN"),
    "AutoARIMA": lambda: models.AutoARIMA(season_length=1, seasonal=False),
    "AutoTheta": lambda: models.AutoTheta(season_length=1),
}


def filled(row: Floats) -> Floats:
    """A series from its first known year, gaps on a straight line in logs."""
    positions = np.flatnonzero(np.isfinite(row))
    years = np.arange(positions[0], len(row))
    return np.interp(years, positions, row[positions])


def width(level: float) -> float:
    """The central interval, in percent, whose end is the quantile at a level; 0 for the median."""
    return round(abs(2 * level - 1) * 100, 6)


def column(level: float, names: Container[str]) -> str:
    """The column of statsforecast's answer that holds the quantile at a level."""
    if width(level) == 0:
        return "mean"
    side = "lo" if level < 0.5 else "hi"
    short = f"{side}-{width(level):g}"
    # Some versions write 80 as "80.0".
    return short if short in names else f"{side}-{width(level)}"


def quantiles(
    method: str, series: Floats, horizons: Sequence[int], levels: Sequence[float]
) -> Floats:
    """Quantiles of logs at the horizons, a row a horizon, a column a level."""
    widths = sorted({width(level) for level in levels} - {0.0})
    forecast = METHODS[method]().forecast(y=series, h=int(max(horizons)), level=widths)
    steps = np.asarray(horizons) - 1
    columns = [np.asarray(forecast[column(level, forecast)])[steps] for level in levels]
    return np.sort(np.array(columns).T, axis=1)


def main() -> None:
    """Forecast every row."""
    warnings.simplefilter("ignore")
    source, out, method = sys.argv[1:]
    inputs = np.load(source)
    horizons = inputs["horizons"]
    levels = inputs["quantiles"]
    every_series = [filled(row) for row in inputs["logs"]]
    quantiles(method, every_series[0], horizons, levels)  # the first one compiles
    start = time.perf_counter()
    logs = [quantiles(method, series, horizons, levels) for series in every_series]
    np.savez(out, logs=np.array(logs), seconds=time.perf_counter() - start)


if __name__ == "__main__":
    main()
