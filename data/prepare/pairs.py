"""Write the histories of nearly every pair: offices' totals, an older run, a newest level.

Usage:  python data/prepare/pairs.py FOLDER

FOLDER holds ``panel/`` and ``facts/``. They are not published; OPERATIONS says how to add an
office without them. Each file is a wide table, a flow a line and a column a year, in US$ million of
four significant digits (two below US$1m); an empty cell is unknown. Lines are sorted and files
carry no time, so that the same input gives the same bytes.

``offices.csv.gz``        as the office of `reporter` has it, never mirrored; a printed zero is kept
``itpde_2000_2016.csv.gz``  USITC ITPD-E Release 1, summed over industries; no domestic trade
``baci_2023.csv.gz``      CEPII BACI V202501, summed over products

The EU's exports stay out: they are in euros, and of no country.
"""

import gzip
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

# Where the files go.
DATA = Path(__file__).parents[1]
# All offices of the panel but the EU's, whose totals are in euros and of no country. A run of this
# script drops the lines of every office that does not stand here.
OFFICES = ["ARM", "KAZ", "KGZ", "RUS", "USA", "UZB"]


def rounded(value: float) -> str:
    """A figure as the files write it; empty where unknown."""
    if pd.isna(value):
        return ""
    if value >= 10_000:
        return str(int(float(f"{value:.4g}")))
    if value >= 1000:
        return f"{value:.0f}"
    digits = 4 if value >= 1 else 2
    text = f"{value:.{digits}g}"
    return in_full(text) if "e" in text else text


def in_full(text: str) -> str:
    """A small number without its power of ten: "1.2e-05" is "0.000012"."""
    return f"{float(text):.7f}".rstrip("0").rstrip(".")


def wide(flows: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """The flows as text, a line a flow, a column a year."""
    table = flows.pivot(index=keys, columns="year", values="value").sort_index()
    years = range(table.columns.min(), table.columns.max() + 1)
    every_year = table.reindex(columns=years)
    return every_year.map(rounded).reset_index().rename_axis(columns=None)


def offices(folder: Path) -> pd.DataFrame:
    """Totals by partner as the offices print them, Kazakhstan's with the years after 2023."""
    totals = pd.read_parquet(folder / "panel" / "national_partner_totals.parquet")
    totals = totals[totals["reporter"].isin(OFFICES)].rename(columns={"value_mn": "value"})
    later = pd.read_csv(folder / "facts" / "kaz_partners_bns_2020_2025.csv")
    later = later.assign(value=later["value_kusd"] / 1000)
    flow = ["reporter", "partner", "flow"]
    both = pd.concat([totals, later])[[*flow, "year", "value"]]
    newest = both.drop_duplicates([*flow, "year"], keep="last")
    return wide(newest, flow)


def matrix(file: Path) -> pd.DataFrame:
    """The file of a panel of directed trade: flows between countries, none within one."""
    flows = pd.read_parquet(file).astype({"exporter": "str", "importer": "str"})
    flows = flows[flows["exporter"] != flows["importer"]]
    flows = flows.rename(columns={"trade_musd": "value"})
    return wide(flows, ["exporter", "importer"])


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The frames that ship, by file."""
    panel = folder / "panel"
    return {
        "offices.csv.gz": offices(folder),
        "itpde_2000_2016.csv.gz": matrix(panel / "itpde_r1_total_2000_2016.parquet"),
        "baci_2023.csv.gz": matrix(panel / "baci_directed_2023.parquet"),
    }


def packed(table: pd.DataFrame) -> bytes:
    """A table as the bytes of its file: the same table, the same bytes."""
    text = table.to_csv(index=False, lineterminator="\n")
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def main() -> None:
    """Write the files."""
    folder = Path(sys.argv[1])
    for name, table in tables(folder).items():
        content = packed(table)
        (DATA / name).write_bytes(content)
        print(f"{name}: {len(table):,} lines, {len(content):,} bytes")


if __name__ == "__main__":
    main()
