"""Make the growth tables: how much pairs of each size grew, over each horizon, from each year.

Usage:  python data/prepare/growth_table.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER holds pair_turnover_2000_2016.parquet (pair, year, turnover_musd; built from USITC
ITPD-E, Release 1) and cepii_geodist_dyadic.parquet (iso_o, iso_d, contig). What ships are quantiles
and counts, no pair's figures: `growth.csv` for all pairs, `growth_groups.csv` for groups of them.
"""

import argparse
from pathlib import Path

import pandas as pd

from tradelib.science.outside.table import growth_table
from tradelib.science.outside.windows import PAST

SOURCE, KNOWN_FROM = "itpde_r1", "2020-12-31"
SIZES = [2.0**i for i in range(2, 17)]
GROUP_SIZES = [4.0**i for i in range(1, 8)]
HORIZONS = range(1, 11)
GROUP_HORIZONS = range(1, 7)
OLD_CODES = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB"}
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
    """The panel with plain columns."""
    table = pd.read_parquet(Path(folder) / "pair_turnover_2000_2016.parquet")
    return table.assign(pair=table["pair"].astype(str))


def groups(folder: Path) -> dict[str, list[str]]:
    """Pairs that share a border (CEPII GeoDist), and pairs of former Soviet republics."""
    far = pd.read_parquet(Path(folder) / "cepii_geodist_dyadic.parquet")
    near = far.loc[far["contig"] == 1, ["iso_o", "iso_d"]].astype(str).replace(OLD_CODES)
    return {
        "neighbours": sorted({"-".join(sorted(both)) for both in near.to_numpy()}),
        "former_soviet": [f"{a}-{b}" for a in SOVIET for b in SOVIET if a < b],
    }


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Both tables, rounded, with their source."""
    pairs = panel(folder)
    everyone = growth_table(pairs, sizes=SIZES, horizons=HORIZONS)
    fewer = {"sizes": GROUP_SIZES, "horizons": GROUP_HORIZONS, "ever": [False]}
    past = growth_table(pairs, past=tuple(PAST), **fewer)
    named = growth_table(pairs, groups=groups(folder), **fewer)
    both = {"growth.csv": everyone, "growth_groups.csv": pd.concat([past, named])}
    return {
        name: table.round(3).assign(source_id=SOURCE, released=KNOWN_FROM, note="")
        for name, table in both.items()
    }


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
