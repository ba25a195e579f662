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

HERE = Path(__file__).parent
METHODS = ("AutoETS", "AutoARIMA", "AutoTheta")


def environment() -> Path:
    """An interpreter with statsforecast."""
    folder = HERE.parent / "build" / "peers"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        lock = HERE / "peers.lock"
        install = [python, "-m", "pip", "install", "-q", "--no-deps"]
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
    """Quantiles of a peer, from its own interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "in.npz", Path(folder) / "out.npz"
        logs = np.log(history.to_numpy(float))
        np.savez(given, logs=logs, horizons=np.asarray(horizons), quantiles=np.asarray(quantiles))
        subprocess.run([python, HERE / "peers.py", given, out, method], check=True)
        found = np.load(out)
        if seconds is not None:
            seconds.append(float(found["seconds"]))
        return np.exp(found["logs"].clip(-50, 50))


def versions(python: Path) -> str:
    """Versions of the peers' packages."""
    ask = "import statsforecast, pandas, numpy\n"
    ask += "for m in (statsforecast, pandas, numpy): print(m.__version__)"
    found = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True)
    return "statsforecast {}, pandas {}, numpy {}".format(*found.stdout.split())


def main() -> None:
    """Score all on the same pairs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--origins", type=lambda text: [int(y) for y in text.split(",")])
    options = parser.parse_args()
    from growth_model import panels

    tables = panels(options.panel_folder)
    python = options.peers or environment()
    model = refitted(lambda origin: fit_growth_model(tables, known_by=origin), forecast_panel)
    panel = tables["ITPD-E"]

    forecasters = {
        "naive": naive_quantiles,
        "pooled": pooled_quantiles,
        "drift": drift_quantiles,
        "growth": model,
        **{m: partial(peer, python=python, method=m) for m in METHODS},
    }
    scores = backtest(panel, forecasters, origins=options.origins, sample=options.sample)
    table = score_summary(scores)
    print(
        f"{versions(python)}; {options.sample} pairs at each of {scores.origin.nunique()} origins"
    )
    print(table.pivot(index="forecaster", columns="horizon", values="skill").round(3).to_string())
    print(f"{QUANTILES.size} quantiles; coverage of the central 80 %:")
    print(
        table.pivot(index="forecaster", columns="horizon", values="coverage80").round(3).to_string()
    )


if __name__ == "__main__":
    main()
