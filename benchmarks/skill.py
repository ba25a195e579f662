"""Skill of the growth model and of automatic forecasters on the same pairs, in one run.

Usage:  python benchmarks/skill.py PANEL_FOLDER [--peers PYTHON] [--sample N] [--origins Y,Y,...]

The growth model is refitted at each origin on what was known by then. statsforecast runs in an
environment of its own, made in build/peers from benchmarks/peers.lock unless an interpreter is
given. Prints a table of CRPS skill over the log random walk, with versions.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.science.outlook import fit_growth_model
from tradelib.science.outlook import panel_quantiles as forecast_panel
from tradelib.science.scores import QUANTILES, backtest, refitted, score_summary

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "prepare"))
from baselines import drift_quantiles, naive_quantiles, pooled_quantiles

# The folder of this file, where the peers' script and lock lie.
HERE = Path(__file__).parent
# Logs beyond which a peer's quantile is cut: no trade is so large or so small.
LARGEST_LOG = 50
# Prints the versions of statsforecast and of what it stands on, in its own interpreter.
ASK_VERSIONS = """
import statsforecast, pandas, numpy
for module in (statsforecast, pandas, numpy): print(module.__version__)
"""
# The automatic forecasters of statsforecast that know no season.
METHODS = ("AutoETS", "AutoARIMA", "AutoTheta")


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
    statsforecast, pandas, numpy = process.stdout.split()
    return f"statsforecast {statsforecast}, pandas {pandas}, numpy {numpy}"


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
    model = refitted(lambda origin: fit_growth_model(tables, known_by=origin), forecast_panel)
    forecasters = {
        "naive": naive_quantiles,
        "pooled": pooled_quantiles,
        "drift": drift_quantiles,
        "growth": model,
    }
    for method in METHODS:
        forecasters[method] = partial(peer, python=python, method=method)
    panel = tables["ITPD-E"]
    scores = backtest(panel, forecasters, origins=options.origins, sample=options.sample)
    summary = score_summary(scores).pivot(index="forecaster", columns="horizon")
    origins = scores["origin"].nunique()
    print(f"{versions(python)}; {options.sample} pairs at each of {origins} origins")
    print(summary["skill"].round(3).to_string())
    print(f"{QUANTILES.size} quantiles; coverage of the central 80 %:")
    print(summary["coverage80"].round(3).to_string())


if __name__ == "__main__":
    main()
