"""Skill of the growth model and of automatic forecasters on the same pairs, in one run.

Usage:  python benchmarks/skill.py PANEL_FOLDER [--peers PYTHON] [--sample N] [--origins Y,Y,...]

The growth model is refitted at each origin on what was known by then. The peers of `peers.py` run
in an environment of their own, made in build/peers from benchmarks/peers.lock unless an interpreter
is given; one that is not installed there is skipped, and it is said. Prints a table of CRPS skill
over the log random walk, with versions, and the seconds of each on the same pairs and origins.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.science.forecasting import fit_growth_model
from tradelib.science.forecasting import panel_quantiles as forecast_panel
from tradelib.science.scoring import QUANTILES, backtest, refitted, score_summary
from tradelib.science.scoring.adapters import PanelForecaster

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "prepare"))
from baselines import drift_quantiles, naive_quantiles, pooled_quantiles

# The folder of this file, where the peers' script and lock lie.
HERE = Path(__file__).parent
# Logs beyond which a peer's quantile is cut: no trade is so large or so small.
LARGEST_LOG = 50
# Prints the versions of statsforecast and of what it stands on, in its own interpreter.
ASK_VERSIONS = """
from importlib.metadata import distributions
has = {each.name: each.version for each in distributions()}
shown = [name for name in ("statsforecast", "pandas", "numpy") if name in has]
print(", ".join(f"{name} {has[name]}" for name in shown))
"""


def environment() -> Path:
    """The interpreter with statsforecast, its environment made where it is missing."""
    folder = HERE.parent / "build" / "peers"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        lock = HERE / "peers.lock"
        install: list[str | Path] = [python, "-m", "pip", "install", "-q", "--no-deps"]
        subprocess.run([*install, "--require-hashes", "-r", lock], check=True)
    return python


def peer(
    history: pd.DataFrame,
    *,
    horizons: Sequence[int],
    quantiles: Sequence[float],
    python: Path,
    method: str,
    seconds: list[float] | None = None,
) -> NDArray[np.float64]:
    """Quantiles of a peer, from its own interpreter: (pairs, horizons, quantiles).

    The seconds that it took are appended to `seconds`, if given.
    """
    inputs = {
        "logs": np.log(history.to_numpy(float)),
        "horizons": np.asarray(horizons),
        "quantiles": np.asarray(quantiles),
    }
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.npz"
        out = Path(folder) / "out.npz"
        np.savez(source, **inputs)
        subprocess.run([python, HERE / "peers.py", source, out, method], check=True)
        forecast = np.load(out)
        if seconds is not None:
            seconds.append(float(forecast["seconds"]))
        logs = forecast["logs"].clip(-LARGEST_LOG, LARGEST_LOG)
        return np.asarray(np.exp(logs))


def versions(python: Path) -> str:
    """Versions of the peers' packages, as a text."""
    command: list[str | Path] = [python, "-c", ASK_VERSIONS]
    process = subprocess.run(command, check=True, capture_output=True, text=True)
    return process.stdout.strip()


def ready(python: Path) -> list[str]:
    """Peers that can be used, after a line on each that is skipped."""
    command: list[str | Path] = [python, HERE / "peers.py", "--ready"]
    process = subprocess.run(command, check=True, capture_output=True, text=True)
    peers = json.loads(process.stdout.splitlines()[-1])
    for method, state in peers.items():
        if state["why"]:
            print(f"{method} is skipped: {state['why']}")
        elif state["package"] == method:
            print(f"{method} {state['version']}")
    return [method for method, state in peers.items() if not state["why"]]


def timed(forecaster: PanelForecaster, seconds: list[float]) -> PanelForecaster:
    """The same forecaster; how long each call takes is appended to `seconds`."""

    def forecast(history: pd.DataFrame, **options: Any) -> NDArray[np.float64]:
        start = time.perf_counter()
        answer = forecaster(history, **options)
        seconds.append(time.perf_counter() - start)
        return answer

    return forecast


def years(text: str) -> list[int]:
    """Years of a text such as "2008,2012"."""
    return [int(year) for year in text.split(",")]


def main() -> None:
    """Score all on the same pairs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--origins", type=years)
    options = parser.parse_args()
    from growth_model import panels

    tables = panels(options.panel_folder)
    python = options.peers or environment()
    ours = {
        "naive": naive_quantiles,
        "pooled": pooled_quantiles,
        "drift": drift_quantiles,
        "growth": forecast_panel,
    }
    seconds: dict[str, list[float]] = {name: [] for name in ours}
    forecasters = {name: timed(forecast, seconds[name]) for name, forecast in ours.items()}
    forecasters["growth"] = refitted(
        lambda origin: fit_growth_model(tables, known_by=origin), forecasters["growth"]
    )
    for method in ready(python):
        # A peer says itself how long it took, without the start of its interpreter.
        seconds[method] = []
        forecasters[method] = partial(peer, python=python, method=method, seconds=seconds[method])
    panel = tables["ITPD-E"]
    scores = backtest(panel, forecasters, origins=options.origins, sample=options.sample)
    summary = score_summary(scores).pivot(index="forecaster", columns="horizon")
    origins = scores["origin"].nunique()
    print(f"{versions(python)}; {options.sample} pairs at each of {origins} origins")
    print(summary["skill"].round(3).to_string())
    print(f"{QUANTILES.size} quantiles; coverage of the central 80 %:")
    print(summary["coverage80"].round(3).to_string())
    print("seconds of forecasting alone, on all pairs and origins:")
    print(pd.Series({name: sum(spent) for name, spent in seconds.items()}).round(2).to_string())


if __name__ == "__main__":
    main()
