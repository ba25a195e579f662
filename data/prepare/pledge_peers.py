"""Count the real pairs that were like each announced target, and those that got there as soon.

Usage:  python data/prepare/pledge_peers.py PANEL_FOLDER [--out FOLDER]

Made from the rows of data/targets.csv: run it after any of them changes. PANEL_FOLDER holds
pair_turnover_2000_2016.parquet (USITC ITPD-E, Release 1), which the comparison rests on, and
national_partner_totals.parquet, pairs as five statistical offices report them (not Kazakhstan's,
as in growth_model.py): fewer, but to 2024, so that later targets and the finding itself can be
checked on other figures. What ships are counts, no pair's figures.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

from tradelib import load_targets
from tradelib.science.pledges.effect import WITHOUT, like_pairs

sys.path.insert(0, str(Path(__file__).parent))
from growth_model import LEFT_OUT, OFFICES, national

# What the offices' pairs are called beside the kinds of pairs that `like_pairs` counts.
OFFICE_PAIRS = "pairs that five offices report"
# A day by which each panel was public, the offices' newest year counted.
KNOWN_FROM = {"itpde_r1": "2020-12-31", "offices": "2025-02-28"}


def panels(folder: Path) -> dict[str, pd.DataFrame]:
    """Both panels, by source; a pair that two offices report is taken from the one named first."""
    world = pd.read_parquet(Path(folder) / "pair_turnover_2000_2016.parquet")
    tables = national(folder)
    by_office = [tables[office].assign(office=office) for office in OFFICES]
    offices = pd.concat(by_office)
    first = offices.drop_duplicates("pair").set_index("pair")["office"]
    offices = offices[offices["office"] == offices["pair"].map(first)]
    world = world.assign(pair=world["pair"].astype(str))
    return {"itpde_r1": without_the_articles(world), "offices": without_the_articles(offices)}


def without_the_articles(table: pd.DataFrame) -> pd.DataFrame:
    """Turnover by pair and year, without the article's pair."""
    return table.loc[table["pair"] != LEFT_OUT, ["pair", "year", "turnover_musd"]]


def table(folder: Path) -> pd.DataFrame:
    """The table that ships: a row a target and kind of pairs, with the source."""
    targets = load_targets()
    announced = targets.set_index("target_id")["released"]
    tables = []
    for source, panel in panels(folder).items():
        counts = like_pairs(targets, panel)
        if source == "offices":
            counts = counts[counts["against"] == WITHOUT].assign(against=OFFICE_PAIRS)
        # Nobody could count the pairs like a target before it was announced.
        released = counts["target_id"].map(announced).clip(lower=pd.Timestamp(KNOWN_FROM[source]))
        tables.append(counts.assign(source_id=source, released=released, note=""))
    return pd.concat(tables, ignore_index=True)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    counts = table(options.panel_folder)
    file = options.out / "pledge_peers.csv"
    counts.to_csv(file, index=False, date_format="%Y-%m-%d", lineterminator="\n")
    print(f"pledge_peers.csv: {len(counts)} rows")


if __name__ == "__main__":
    main()
