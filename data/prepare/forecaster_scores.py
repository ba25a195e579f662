"""Score the single-history forecasters on thousands of country pairs.

Usage:  python data/prepare/forecaster_scores.py PANEL.parquet [--out FILE]

PANEL holds pair, year, turnover_musd (built from USITC ITPD-E, Release 1). At every origin the same
350 pairs are forecast by every forecaster; what ships is one row of mean scores a forecaster,
origin and horizon. An interrupted run is taken up again from FILE.partial.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tradelib.science.forecasting.simple import FORECASTERS
from tradelib.science.scoring import backtest, one_by_one

sys.path.insert(0, str(Path(__file__).parent))
from baselines import drift_quantiles, naive_quantiles

# Pairs an origin: as many as fits of one history at a time allow in minutes.
SAMPLE = 350
# Paths a forecast: its quantiles are read off them.
PATHS = 2000
# A mean score is not known to more digits than six.
DIGITS = 6
# Forecasters whose quantiles have a closed form need no paths.
CLOSED = {"naive": naive_quantiles, "drift": drift_quantiles}
# The source's name in the table of sources, and a day by which its Release 1 was public.
SOURCE = "itpde_r1"
KNOWN_FROM = "2020-12-31"


def panel(path: Path) -> pd.DataFrame:
    """Turnover of every pair and year, the pair as plain text."""
    table = pd.read_parquet(path)
    return table.assign(pair=table["pair"].astype(str))


def scores(
    table: pd.DataFrame,
    *,
    origins: Sequence[int] | None = None,
    names: Iterable[str] = tuple(FORECASTERS),
    **options: Any,
) -> pd.DataFrame:
    """Rounded scores of the named forecasters: a row a forecaster, origin and horizon.

    In closed form where there is one. `options` are further ones of `backtest`.
    """
    forecasters = {
        name: CLOSED.get(name) or one_by_one(FORECASTERS[name], n_paths=PATHS) for name in names
    }
    results = backtest(table, forecasters, origins=origins, sample=SAMPLE, **options)
    return results.round(DIGITS).assign(source_id=SOURCE, released=KNOWN_FROM, note="")


def main() -> None:
    """Run the backtest and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel", type=Path)
    default = Path(__file__).parents[1] / "forecaster_scores.csv"
    parser.add_argument("--out", type=Path, default=default)
    options = parser.parse_args()
    partial = options.out.with_suffix(".partial")
    done = pd.read_csv(partial) if partial.exists() else None

    def save(so_far: pd.DataFrame) -> None:
        """Keep what is scored so far, to be taken up again."""
        so_far.to_csv(partial, index=False)

    table = scores(panel(options.panel), done=done, save=save)
    order = ["forecaster", "origin", "horizon"]
    table.sort_values(order).to_csv(options.out, index=False)
    partial.unlink(missing_ok=True)
    print(f"{len(table)} rows in {options.out}")


if __name__ == "__main__":
    main()
