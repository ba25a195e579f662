"""Score the single-history forecasters on thousands of country pairs.

Usage:  python data/prepare/forecaster_scores.py PANEL.parquet [--out FILE]

PANEL holds pair, year, turnover_musd (built from USITC ITPD-E, Release 1). At every origin the same
350 pairs are forecast by every forecaster; what ships is one row of mean scores a forecaster,
origin and horizon. An interrupted run is taken up again from FILE.partial.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from tradelib.science.outlook.simple import FORECASTERS
from tradelib.science.scores import backtest, one_by_one

sys.path.insert(0, str(Path(__file__).parent))
from baselines import drift_quantiles, naive_quantiles

SAMPLE, PATHS, DIGITS = 350, 2000, 6
CLOSED = {"naive": naive_quantiles, "drift": drift_quantiles}
SOURCE, KNOWN_FROM = "itpde_r1", "2020-12-31"


def panel(path: Path) -> pd.DataFrame:
    """The panel with plain columns."""
    table = pd.read_parquet(path)
    return table.assign(pair=table["pair"].astype(str))


def scores(
    table: pd.DataFrame,
    *,
    origins: Iterable[int] | None = None,
    names: Iterable[str] = tuple(FORECASTERS),
    **options: Any,
) -> pd.DataFrame:
    """Rounded scores of the named forecasters, closed forms where there are any."""
    forecasters = {
        name: CLOSED.get(name) or one_by_one(FORECASTERS[name], n_paths=PATHS) for name in names
    }
    found = backtest(table, forecasters, origins=origins, sample=SAMPLE, **options).round(DIGITS)
    return found.assign(source_id=SOURCE, released=KNOWN_FROM, note="")


def main() -> None:
    """Run the backtest and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel", type=Path)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parents[1] / "forecaster_scores.csv"
    )
    options = parser.parse_args()
    partial = options.out.with_suffix(".partial")
    done = pd.read_csv(partial) if partial.exists() else None
    table = scores(
        panel(options.panel), done=done, save=lambda so_far: so_far.to_csv(partial, index=False)
    )
    order = ["forecaster", "origin", "horizon"]
    table.sort_values(order).to_csv(options.out, index=False)
    partial.unlink(missing_ok=True)
    print(f"{len(table)} rows in {options.out}")


if __name__ == "__main__":
    main()
