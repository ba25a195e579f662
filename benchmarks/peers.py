"""Quantiles from forecasters that one could install instead; run in an environment of their own.

Usage:  python peers.py IN.npz OUT.npz METHOD
        python peers.py --ready

statsforecast needs pandas below 3, so `skill.py` and `speed.py` run this file with another
interpreter. IN holds ``logs`` (pairs x years, NaN where unknown), ``horizons`` and ``quantiles``;
OUT holds ``logs`` (pairs x horizons x quantiles) and ``seconds`` of forecasting alone, after one
to compile. ``--ready`` tries every method on one series and prints, as JSON, the version of its
package, or why it cannot be used: a method whose package is missing is skipped with a word.

``AutoETS``, ``AutoARIMA`` and ``AutoTheta`` are of statsforecast. ``skaters`` is the online
forecaster `laplace` of that package, fed the series value by value. ``fracast`` is a model whose
weights are in the package. Neither of these two was at hand when this was written: **their calls
have not been run and are assumed**, that of skaters to be ``laplace(k)(value, state)``, that of
fracast to be ``load().predict_quantiles`` as of Chronos. ``--ready`` says where this is wrong.
"""

import importlib
import json
import sys
import time
import warnings
from collections.abc import Container, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

# The package that each method is of.
PACKAGES = {
    "AutoETS": "statsforecast",
    "AutoARIMA": "statsforecast",
    "AutoTheta": "statsforecast",
    "fracast": "fracast",
    "skaters": "skaters",
}
# Options of each forecaster of statsforecast for yearly values: without a season.
YEARLY = {
    "AutoETS": {"season_length": 1, "model": "ZZN"},
    "AutoARIMA": {"season_length": 1, "seasonal": False},
    "AutoTheta": {"season_length": 1},
}
# A series on which each method is tried: the logs of twelve years.
TRIAL = np.log(100 + 10 * np.arange(12.0) + 5 * np.cos(np.arange(12.0)))


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


def of_statsforecast(method: str, series: Floats, ahead: int, levels: Sequence[float]) -> Floats:
    """Quantiles 1 to `ahead` years ahead by an automatic forecaster."""
    models = importlib.import_module("statsforecast.models")
    widths = sorted({width(level) for level in levels} - {0.0})
    forecast = getattr(models, method)(**YEARLY[method]).forecast(y=series, h=ahead, level=widths)
    return np.array([forecast[column(level, forecast)] for level in levels]).T


def of_skaters(series: Floats, ahead: int, levels: Sequence[float]) -> Floats:
    """Quantiles 1 to `ahead` years ahead after the last value of a series."""
    skater = importlib.import_module("skaters").laplace(k=ahead)
    state = None
    for value in series:
        distributions, state = skater(float(value), state)
    return np.array([[each.quantile(level) for level in levels] for each in distributions])


@cache
def bundled_fracast() -> Any:
    """The model that the package fracast holds, read once."""
    return importlib.import_module("fracast").load()


def of_fracast(series: Floats, ahead: int, levels: Sequence[float]) -> Floats:
    """Quantiles 1 to `ahead` years ahead by the model that the package holds."""
    answer = bundled_fracast().predict_quantiles(
        series, prediction_length=ahead, quantile_levels=list(levels)
    )
    return np.asarray(answer, dtype=float).reshape(ahead, len(levels))


def quantiles(
    method: str, series: Floats, horizons: Sequence[int], levels: Sequence[float]
) -> Floats:
    """Quantiles of logs at the horizons, a row a horizon, a column a level."""
    ahead = int(max(horizons))
    if method == "skaters":
        every_year = of_skaters(series, ahead, levels)
    elif method == "fracast":
        every_year = of_fracast(series, ahead, levels)
    else:
        every_year = of_statsforecast(method, series, ahead, levels)
    return np.sort(every_year[np.asarray(horizons) - 1], axis=1)


def readiness(method: str) -> dict[str, str]:
    """Package and version of a method, and why it cannot be used; empty if it can."""
    package = PACKAGES[method]
    try:
        has = version(package)
    except PackageNotFoundError:
        return {"package": package, "version": "", "why": f"{package} is not installed"}
    why = ""
    try:
        answer = quantiles(method, TRIAL, [1, 3], [0.1, 0.5, 0.9])
        if not np.isfinite(answer).all():
            why = "its quantiles are not all finite"
    except Exception as error:  # noqa: BLE001 - whatever fails in a peer is what is reported
        why = f"its call failed: {type(error).__name__}: {error}"
    return {"package": package, "version": has, "why": why}


def main() -> None:
    """Forecast every row, or say which methods can be used."""
    warnings.simplefilter("ignore")
    if sys.argv[1:] == ["--ready"]:
        print(json.dumps({method: readiness(method) for method in PACKAGES}))
        return
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
