"""Write what ships of the sections of goods: shares, never amounts.

Usage:  python data/prepare/goods.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER holds goods_shares_1995_2018.parquet (per mille of a pair's turnover by section, from
UN Comtrade by way of the Open Trade Statistics) and baci_directed_2023.parquet.

``goods_shares.csv``     named examples alone: per mille of turnover, a flow and section a line
``goods_countries.csv``  what each country sells to everyone and buys from everyone, as shares
``goods_like.csv``       what pairs of like size trade of each section, as shares

Of no other pair does anything ship from which its amounts could be put together: a country that has
fewer than five partners with known sections is left out, since its shares would be those of a pair.
"""

import argparse
from pathlib import Path

import pandas as pd

from tradelib.core.sections import SECTIONS

# The article's pair and eleven well known ones: what is traded, for short.
EXAMPLES = {
    ("KAZ", "TKM"): "minerals, grain, once transport equipment",
    ("TUR", "UZB"): "metals and machines",
    ("TKM", "UZB"): "gas",
    ("KAZ", "UZB"): "grain",
    ("CHN", "RUS"): "oil for machines",
    ("CHN", "MNG"): "coal and ores",
    ("AUS", "IND"): "coal",
    ("ARE", "IND"): "gold, jewels and oil",
    ("BGD", "TUR"): "textiles",
    ("BLR", "IND"): "fertiliser",
    ("KHM", "VNM"): "many goods",
    ("USA", "VNM"): "machines and clothes",
}
# Codes of countries that the panel writes in an old way.
OLD_CODES = {"ROM": "ROU"}
# Years whose mean describes countries and like pairs.
RECENT = range(2016, 2019)
# A country needs so many partners with known sections, and so large a share of its trade known.
MIN_PARTNERS = 5
MIN_KNOWN = 0.5
# Bounds of the classes of pairs by size, US$ million; pairs below US$5m are not in the panel.
SIZES = [5, 10, 30, 100, 300, 1000, 3000, 10_000, 10_000_000]


def examples(panel: pd.DataFrame) -> pd.DataFrame:
    """Per mille of the named examples, as the panel has them, a column a year."""
    names = ["-".join(pair) for pair in EXAMPLES]
    rows = panel[panel["pair"].isin(names)]
    flows = rows.melt(["pair", "year", "section"], ["export_pm", "import_pm"], "flow", "pm")
    flows["flow"] = flows["flow"].str.removesuffix("_pm")
    wide = flows.pivot(index=["pair", "flow", "section"], columns="year", values="pm")
    known = wide.notna().groupby("pair").transform("any")
    filled = wide.fillna(0).where(known).astype("Int64")
    filled = filled[(filled.fillna(0) > 0).any(axis=1)].reset_index().rename_axis(columns=None)
    pairs = filled.pop("pair").str.split("-", expand=True)
    filled.insert(0, "reporter", pairs[0])
    filled.insert(1, "partner", pairs[1])
    return filled


def recent(panel: pd.DataFrame) -> pd.DataFrame:
    """Mean share of recent years by pair and section, each year's shares made to sum to one."""
    rows = panel[panel["year"].isin(RECENT)]
    columns = ["export_pm", "import_pm"]
    year_sum = rows.groupby(["pair", "year"])[columns].transform("sum").sum(axis=1)
    shares = rows[["pair", "section"]].assign(**{c: rows[c] / year_sum for c in columns})
    sums = shares.groupby(["pair", "section"])[columns].sum()
    return sums.div(rows.groupby("pair")["year"].nunique(), axis=0, level="pair").reset_index()


def one_way(shares: pd.DataFrame) -> pd.DataFrame:
    """What goes from an exporter to an importer: sections' shares of that flow."""
    first, second = shares["pair"].str.split("-", expand=True).replace(OLD_CODES).to_numpy().T
    there = pd.DataFrame({"exporter": first, "importer": second, "share": shares["export_pm"]})
    back = pd.DataFrame({"exporter": second, "importer": first, "share": shares["import_pm"]})
    both = pd.concat([t.assign(section=shares["section"]) for t in (there, back)])
    whole = both.groupby(["exporter", "importer"])["share"].transform("sum")
    return both.assign(share=both["share"] / whole)[whole > 0]


def countries(shares: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """Sections' shares of what a country sells to everyone, and of what it buys from everyone.

    The mean over partners of the shares in each flow, weighted by the flow's value in BACI 2023.
    """
    weighted = one_way(shares).merge(flows, on=["exporter", "importer"])
    weighted["part"] = weighted["share"] * weighted["trade_musd"]
    tables = []
    for flow, side, other in (
        ("export", "exporter", "importer"),
        ("import", "importer", "exporter"),
    ):
        sums = weighted.pivot_table(index=side, columns="section", values="part", aggfunc="sum")
        sums = sums.reindex(columns=list(SECTIONS)).fillna(0.0)
        known = sums.sum(axis=1) / flows.groupby(side)["trade_musd"].sum()
        partners = weighted.groupby(side)[other].nunique()
        table = sums.div(sums.sum(axis=1), axis=0).round(4)
        table.insert(0, "flow", flow)
        table.insert(1, "known", known.round(3))
        enough = (partners >= MIN_PARTNERS) & (table["known"] >= MIN_KNOWN)
        tables.append(table[enough.reindex(table.index)].rename_axis("country").reset_index())
    both = pd.concat(tables).rename_axis(columns=None)
    return both.sort_values(["country", "flow"], ignore_index=True)


def like(shares: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """Quantiles, over pairs of like size, of the share of turnover that is one flow of a section.

    Both flows of a pair count, each as a case of its own.
    """
    named = shares.set_index("pair").pivot(columns="section", values=["export_pm", "import_pm"])
    one_flow = pd.concat([named["export_pm"], named["import_pm"]]).fillna(0.0)
    trade = flows["trade_musd"].groupby(names(flows["exporter"], flows["importer"])).sum()
    sides = one_flow.index.str.split("-", expand=True).to_frame(index=False).replace(OLD_CODES)
    size = trade.reindex(names(sides[0], sides[1])).set_axis(one_flow.index)
    tables = []
    for bounds, rows in one_flow.groupby(pd.cut(size, SIZES, right=False), observed=True):
        table = rows.quantile([0.5, 0.9]).T.set_axis(["median", "q0.9"], axis=1).round(4)
        table = table.reindex(list(SECTIONS)).fillna(0.0).rename_axis("section").reset_index()
        table.insert(0, "size_from", int(bounds.left))
        table.insert(1, "size_to", int(bounds.right))
        table.insert(2, "n", len(rows) // 2)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def names(one: pd.Series, other: pd.Series) -> pd.Series:
    """Names of pairs, the two countries in the order of the alphabet."""
    first = one.where(one < other, other)
    second = other.where(one < other, one)
    return first + "-" + second


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The frames that ship, by file."""
    panel = pd.read_parquet(folder / "goods_shares_1995_2018.parquet")
    panel = panel.astype({"pair": "str", "section": "str", "year": "int64"})
    flows = pd.read_parquet(folder / "baci_directed_2023.parquet")
    flows = flows.astype({"exporter": "str", "importer": "str"})
    shares = recent(panel)
    return {
        "goods_shares.csv": examples(panel),
        "goods_countries.csv": countries(shares, flows),
        "goods_like.csv": like(shares, flows),
    }


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    for name, table in tables(options.panel_folder).items():
        table.to_csv(options.out / name, index=False, lineterminator="\n")
        print(f"{name}: {len(table):,} lines")


if __name__ == "__main__":
    main()
