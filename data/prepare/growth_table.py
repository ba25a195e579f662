"""Make the growth tables: how much pairs of each size grew, over each horizon, from each year.

Usage:  python data/prepare/growth_table.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER holds pair_turnover_2000_2016.parquet (pair, year, turnover_musd; built from USITC
ITPD-E, Release 1) and cepii_geodist_dyadic.parquet (iso_o, iso_d, contig). What ships are quantiles
and counts, no pair's figures: `growth.csv` for all pairs, `growth_groups.csv` for groups of them.
"""

import argparse
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from tradelib.science.reference.growth_tables import growth_table
from tradelib.science.reference.windows import PAST

# The source's name in the table of sources, and a day by which its Release 1 was public.
SOURCE = "itpde_r1"
KNOWN_FROM = "2020-12-31"
# Middles of size classes, US$ million: a class runs from half to double its middle.
SIZES = [2.0**power for power in range(2, 17)]
# Groups hold fewer pairs: steps of four in place of two.
GROUP_SIZES = [4.0**power for power in range(1, 8)]
# Years ahead: as many as the growth model reaches, and six for groups.
HORIZONS = range(1, 11)
GROUP_HORIZONS = range(1, 7)
# GeoDist names these countries by codes that ITPD-E no longer uses.
OLD_CODES = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB"}
# A thousandth of a growth factor or of a share is finer than what the panel holds.
DIGITS = 3
# The republics of the former Soviet Union, by code.
SOVIET = [
    "ARM",
    "AZE",
    "BLR",
    "EST",
    "GEO",
    "KAZ",
    "KGZ",
    "LTU",
    "LVA",
    "MDA",
    "RUS",
    "TJK",
    "TKM",
    "UKR",
    "UZB",
]


def panel(folder: Path) -> pd.DataFrame:
    """Turnover of every pair and year, the pair as plain text."""
    table = pd.read_parquet(Path(folder) / "pair_turnover_2000_2016.parquet")
    return table.assign(pair=table["pair"].astype(str))


def groups(folder: Path) -> dict[str, list[str]]:
    """Pairs by group: those that share a border (CEPII GeoDist), and former Soviet republics."""
    distances = pd.read_parquet(Path(folder) / "cepii_geodist_dyadic.parquet")
    adjacent = distances.loc[distances["contig"] == 1, ["iso_o", "iso_d"]]
    adjacent = adjacent.astype(str).replace(OLD_CODES)
    neighbours = {"-".join(sorted(sides)) for sides in adjacent.to_numpy()}
    former_soviet = [f"{first}-{second}" for first, second in combinations(SOVIET, 2)]
    return {"neighbours": sorted(neighbours), "former_soviet": former_soviet}


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Both tables by file name, rounded, with their source."""
    pairs = panel(folder)
    all_pairs = growth_table(pairs, sizes=SIZES, horizons=HORIZONS)
    coarser: dict[str, Any] = {"sizes": GROUP_SIZES, "horizons": GROUP_HORIZONS, "ever": [False]}
    by_past = growth_table(pairs, past=tuple(PAST), **coarser)
    by_group = growth_table(pairs, groups=groups(folder), **coarser)
    in_groups = pd.concat([by_past, by_group])
    return {"growth.csv": stamped(all_pairs), "growth_groups.csv": stamped(in_groups)}


def stamped(table: pd.DataFrame) -> pd.DataFrame:
    """The table rounded, with the columns that say where it is from."""
    return table.round(DIGITS).assign(source_id=SOURCE, released=KNOWN_FROM, note="")


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    for name, table in tables(options.panel_folder).items():
        table.to_csv(options.out / name, index=False)
        print(f"{len(table)} rows in {name}")


if __name__ == "__main__":
    main()
