"""One gravity table by tradelib, statsmodels and gme in one run: numbers and seconds.

Usage:  python benchmarks/gravity.py PANEL_FOLDER [--gme PYTHON] [--runs N]

The table is that of Santos Silva and Tenreyro (2006), table 5: PPML of 18 360 flows with exporter
and importer effects, which statsmodels and gme write out as dummies (a minute or more a run). Then
tradelib alone on 146 306 flows of ITPD-E with 1 500 effects, where dummies would need gigabytes.
gme runs in an environment of its own, made in build/gme from benchmarks/gme.lock unless an
interpreter is given.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

import tradelib as tl

# What one estimation gave: coefficients and errors by term, rows used, seconds.
Result: TypeAlias = dict[str, Any]

# The folder of this file, where gme's script and lock lie.
HERE = Path(__file__).parent
# Terms and effects of the paper's table 5.
TABLE_TERMS = ["ln_dist", "contig", "language", "colony", "fta"]
TABLE_EFFECTS = ["exporter", "importer"]
# Prints the versions of gme and of what it stands on, in its own interpreter.
ASK_VERSIONS = """
from importlib.metadata import version as v
print('gme', v('gme'), 'on statsmodels', v('statsmodels') + ', pandas', v('pandas'))
"""
sys.path.insert(0, str(HERE.parent / "data" / "prepare"))


def environment() -> Path:
    """The interpreter with gme, its environment made where it is missing."""
    folder = HERE.parent / "build" / "gme"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install: list[str | Path] = [python, "-m", "pip", "install", "-q", "--require-hashes"]
        subprocess.run([*install, "-r", HERE / "gme.lock"], check=True)
    return python


def by_tradelib(table: pd.DataFrame, terms: Sequence[str], effects: Sequence[str]) -> Result:
    """Coefficients, errors, rows and seconds of `fit_gravity`."""
    start = time.perf_counter()
    fit = tl.fit_gravity(table, terms=terms, effects=effects, cluster="none")
    seconds = time.perf_counter() - start
    return {**fit.coefficients.to_dict(), "rows": len(fit.rows), "seconds": seconds}


def by_statsmodels(table: pd.DataFrame, terms: Sequence[str], effects: Sequence[str]) -> Result:
    """The same by statsmodels, with a dummy for each level of each effect."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    start = time.perf_counter()
    columns = [table[terms].to_numpy(float)]
    for index, name in enumerate(effects):
        # Of all effects but the first one level is left out: they would sum to the same.
        dummies = pd.get_dummies(table[name], dtype=float, drop_first=index > 0)
        columns.append(dummies.to_numpy())
    design = np.hstack(columns)
    trade = table["trade_musd"].to_numpy(float)
    fit = GLM(trade, design, family=Poisson()).fit(cov_type="HC1")
    seconds = time.perf_counter() - start
    return {
        "estimate": dict(zip(terms, fit.params, strict=False)),
        "std_error": dict(zip(terms, fit.bse, strict=False)),
        "rows": int(fit.nobs),
        "seconds": seconds,
    }


def by_gme(
    table: pd.DataFrame, terms: Sequence[str], effects: Sequence[str], python: Path
) -> Result:
    """The same by gme, from its own interpreter."""
    columns = ["exporter", "importer", "year", "trade_musd", *terms]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.csv"
        out = Path(folder) / "out.json"
        table[columns].to_csv(source, index=False)
        script: list[str | Path] = [python, HERE / "gravity_gme.py"]
        subprocess.run([*script, source, out, ",".join(terms), ",".join(effects)], check=True)
        return dict(json.loads(out.read_text(encoding="utf-8")))


def versions(python: Path) -> str:
    """Versions of what is compared, as a text."""
    command: list[str | Path] = [python, "-c", ASK_VERSIONS]
    peer = subprocess.run(command, check=True, capture_output=True, text=True)
    ours = [f"{name} {version(name)}" for name in ("tradelib", "pyfixest", "statsmodels")]
    return f"{', '.join(ours)}; {peer.stdout.strip()}"


def compared(table: pd.DataFrame, python: Path, runs: int) -> pd.DataFrame:
    """Estimates, errors, rows and median seconds: a row an estimator and term."""
    fits: dict[str, Callable[[], Result]] = {
        "tradelib": lambda: by_tradelib(table, TABLE_TERMS, TABLE_EFFECTS),
        "statsmodels": lambda: by_statsmodels(table, TABLE_TERMS, TABLE_EFFECTS),
        "gme": lambda: by_gme(table, TABLE_TERMS, TABLE_EFFECTS, python),
    }
    rows = []
    for name, fit in fits.items():
        results = [fit() for _ in range(runs)]
        seconds = statistics.median(result["seconds"] for result in results)
        first = results[0]
        for term in TABLE_TERMS:
            row = {"by": name, "rows": first["rows"], "seconds": seconds, "term": term}
            row["estimate"] = first["estimate"][term]
            row["std_error"] = first["std_error"][term]
            rows.append(row)
    return pd.DataFrame(rows)


def main() -> None:
    """Fit the table by each, and the large one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--gme", type=Path)
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    from gravity_model import TERMS, log_of_gravity, world

    python = options.gme or environment()
    table = log_of_gravity(options.panel_folder)
    by_tradelib(table.head(500), TABLE_TERMS[:1], [])  # the first fit loads packages
    by_tradelib(table, TABLE_TERMS, TABLE_EFFECTS)
    rows = compared(table, python, options.runs)
    print(versions(python))
    numbers = rows.pivot(index="term", columns="by", values=["estimate", "std_error"])
    print(numbers.loc[TABLE_TERMS].round(4).to_string())
    took = rows.drop_duplicates("by").set_index("by")[["rows", "seconds"]]
    took["ratio"] = took["seconds"] / took["seconds"]["tradelib"]
    print(took.round(3).to_string())
    large = world(options.panel_folder)
    start = time.perf_counter()
    fit = tl.fit_gravity(large, terms=TERMS)
    print(f"{time.perf_counter() - start:.1f} s: {fit.summary()}")


if __name__ == "__main__":
    main()
