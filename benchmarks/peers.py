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
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from statsforecast import models

METHODS = {
    "AutoETS": lambda: models.AutoETS(season_length=1, model="ZZN"),
    "AutoARIMA": lambda: models.AutoARIMA(season_length=1, seasonal=False),
    "AutoTheta": lambda: models.AutoTheta(season_length=1),
}


def filled(row: NDArray[np.float64]) -> NDArray[np.float64]:
    """A series from its first known year, gaps on a straight line in logs."""
    known = np.flatnonzero(np.isfinite(row))
    years = np.arange(known[0], len(row))
    return np.interp(years, known, row[known])


def quantiles(
    method: str, series: NDArray[np.float64], horizons: Sequence[int], levels: Sequence[float]
) -> NDArray[np.float64]:
    """Quantiles of logs at the horizons."""
    wide = sorted({round(abs(2 * p - 1) * 100, 6) for p in levels} - {0.0})
    found = METHODS[method]().forecast(y=series, h=int(max(horizons)), level=wide)
    rows = []
    for p in levels:
        width = round(abs(2 * p - 1) * 100, 6)
        key = "mean" if width == 0 else f"{'lo' if p < 0.5 else 'hi'}-{width:g}"
        named = found.get(key, found.get(f"{key.split('-')[0]}-{width}"))
        rows.append(np.asarray(named)[np.asarray(horizons) - 1])
    return np.sort(np.array(rows).T, axis=1)


def main() -> None:
    """Forecast every row."""
    warnings.simplefilter("ignore")
    source, out, method = sys.argv[1:]
    given = np.load(source)
    series = [filled(row) for row in given["logs"]]
    quantiles(method, series[0], given["horizons"], given["quantiles"])
    start = time.perf_counter()
    found = [quantiles(method, s, given["horizons"], given["quantiles"]) for s in series]
    np.savez(out, logs=np.array(found), seconds=time.perf_counter() - start)


if __name__ == "__main__":
    main()
