"""Time of the growth model beside AutoETS, and how it grows with rows; ratios, in one run.

Usage:  python benchmarks/speed.py PANEL_FOLDER [--peers PYTHON] [--runs N]

AutoETS is timed on 200 of the pairs and scaled up; it is linear in them.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from skill import environment, peer, versions

import tradelib as tl
from tradelib.science.forecasting.predictors import problems

# What is forecast: every percent, and the years ahead that scores are of.
QUANTILES = np.arange(1, 100) / 100
HORIZONS = (1, 2, 3, 4, 5, 6)
# Rows of the larger panels, so that what a row costs shows.
ROWS = (10_000, 100_000, 1_000_000)
# Pairs that AutoETS is timed on.
SAMPLE = 200
# Runs of one history, which takes milliseconds.
SINGLE_RUNS = 20


def seconds(call: Callable[[], Any], runs: int) -> float:
    """Median wall time of a call, in seconds, after one to warm up."""
    call()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def filled_panel(folder: Path) -> pd.DataFrame:
    """Turnover of the panel's pairs, a column a year, without a gap: AutoETS takes none."""
    panel = pd.read_parquet(folder / "pair_turnover_2000_2016.parquet")
    wide = tl.flows.by_pair(panel.assign(pair=panel["pair"].astype(str)))
    full = wide.clip(lower=1.0).interpolate(axis=1, limit_direction="both")
    assert not len(problems(full))
    return full


def time_larger_panels(full: pd.DataFrame) -> None:
    """Print seconds of panels drawn from the pairs, each row with a name of its own."""
    rng = np.random.default_rng(0)
    for rows in ROWS:
        drawn = full.iloc[rng.integers(len(full), size=rows)]
        numbers = pd.Index(np.arange(rows).astype(str))
        panel = drawn.set_axis(drawn.index + "-" + numbers)
        forecast = partial(tl.forecast_panel, panel, horizons=[5], quantiles=[0.1, 0.5, 0.9])
        spent = seconds(forecast, 1)
        print(f"{rows:>9,} rows x 1 x 3: {spent:.2f} s, {1e6 * spent / rows:.1f} us a row")


def main() -> None:
    """Time panel, single pair, paths and peer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    full = filled_panel(options.panel_folder)
    asked: dict[str, Any] = {"horizons": HORIZONS, "quantiles": QUANTILES}
    whole = seconds(lambda: tl.forecast_panel(full, **asked), options.runs)
    print(f"{len(full)} pairs x 6 horizons x 99 quantiles: {whole:.3f} s")
    time_larger_panels(full)
    pair = tl.load_turnover("KAZ", "TKM")
    single = seconds(lambda: tl.panel_growth(pair, horizon=10), SINGLE_RUNS)
    print(f"one history, 10 horizons, 20 000 paths: {1000 * single:.1f} ms")
    python = options.peers or environment()
    spent: list[float] = []
    some = full.sample(SAMPLE, random_state=0)
    peer(some, **asked, python=python, method="AutoETS", seconds=spent)
    ets = spent[0] * len(full) / len(some)
    print(f"AutoETS on as many pairs: {ets:.1f} s, {ets / whole:.0f} x ({versions(python)})")


if __name__ == "__main__":
    main()
