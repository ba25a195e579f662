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
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import tradelib as tl

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "data" / "prepare"))


def environment() -> Path:
    """An interpreter with gme."""
    folder = HERE.parent / "build" / "gme"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        command = [
            python,
            "-m",
            "pip",
            "install",
            "-q",
            "--require-hashes",
            "-r",
            HERE / "gme.lock",
        ]
        subprocess.run(command, check=True)
    return python


def by_tradelib(
    table: pd.DataFrame, terms: Sequence[str], effects: Sequence[str]
) -> dict[str, Any]:
    """Coefficients, errors, rows and seconds."""
    start = time.perf_counter()
    fit = tl.fit_gravity(table, terms=terms, effects=effects, cluster="none")
    seconds = time.perf_counter() - start
    found = fit.coefficients.to_dict()
    return {**found, "rows": len(fit.rows), "seconds": seconds}


def by_statsmodels(
    table: pd.DataFrame, terms: Sequence[str], effects: Sequence[str]
) -> dict[str, Any]:
    """The same with a dummy for each level of each effect."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    start = time.perf_counter()
    dummies = [
        pd.get_dummies(table[name], dtype=float, drop_first=i > 0) for i, name in enumerate(effects)
    ]
    design = np.hstack([table[terms].to_numpy(float), *(part.to_numpy() for part in dummies)])
    made = GLM(table["trade_musd"].to_numpy(float), design, family=Poisson()).fit(cov_type="HC1")
    seconds = time.perf_counter() - start
    return {
        "estimate": dict(zip(terms, made.params, strict=False)),
        "std_error": dict(zip(terms, made.bse, strict=False)),
        "rows": int(made.nobs),
        "seconds": seconds,
    }


def by_gme(
    table: pd.DataFrame, terms: Sequence[str], effects: Sequence[str], python: Path
) -> dict[str, Any]:
    """The same by gme, from its own interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "in.csv", Path(folder) / "out.json"
        table[["exporter", "importer", "year", "trade_musd", *terms]].to_csv(given, index=False)
        command = [python, HERE / "gravity_gme.py", given, out, ",".join(terms), ",".join(effects)]
        subprocess.run(command, check=True)
        return json.loads(out.read_text(encoding="utf-8"))


def versions(python: Path) -> str:
    """Versions of what is compared."""
    ask = "from importlib.metadata import version as v\n"
    ask += "print('gme', v('gme'), 'on statsmodels', v('statsmodels') + ', pandas', v('pandas'))"
    peer = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True)
    ours = [f"{name} {version(name)}" for name in ("tradelib", "pyfixest", "statsmodels")]
    return f"{', '.join(ours)}; {peer.stdout.strip()}"


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
    terms, effects = ["ln_dist", "contig", "language", "colony", "fta"], ["exporter", "importer"]
    by_tradelib(table.head(500), terms[:1], [])  # the first fit loads packages
    by_tradelib(table, terms, effects)
    rows = []
    for name, fit in {
        "tradelib": lambda: by_tradelib(table, terms, effects),
        "statsmodels": lambda: by_statsmodels(table, terms, effects),
        "gme": lambda: by_gme(table, terms, effects, python),
    }.items():
        found = [fit() for _ in range(options.runs)]
        seconds = statistics.median(one["seconds"] for one in found)
        rows += [
            {
                "by": name,
                "rows": found[0]["rows"],
                "seconds": seconds,
                "term": term,
                "estimate": found[0]["estimate"][term],
                "std_error": found[0]["std_error"][term],
            }
            for term in terms
        ]
    long = pd.DataFrame(rows)
    print(versions(python))
    wide = long.pivot(index="term", columns="by", values=["estimate", "std_error"]).loc[terms]
    print(wide.round(4).to_string())
    took = long.drop_duplicates("by").set_index("by")[["rows", "seconds"]]
    print(took.assign(ratio=took["seconds"] / took["seconds"]["tradelib"]).round(3).to_string())
    large = world(options.panel_folder)
    start = time.perf_counter()
    fit = tl.fit_gravity(large, terms=TERMS)
    print(f"{time.perf_counter() - start:.1f} s: {fit.summary()}")


if __name__ == "__main__":
    main()
