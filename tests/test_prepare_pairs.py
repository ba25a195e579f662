"""The script of the wide files of pairs: figures as text, which cells stand, the same bytes."""

import gzip
import io

import pairs as prepare
import pandas as pd
import pytest
from conftest import ROOT

DATA = ROOT / "data"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), ""),
        (0.0, "0"),
        (0.04567, "0.046"),
        (1.0, "1"),
        (1.2345, "1.234"),  # the nearest of four digits, a tie to the even one
        (999.96, "1000"),
        (9999.4, "9999"),
        (12_345.6, "12350"),
        (1_234_567.0, "1235000"),
        (0.000_000_9, "0.0000009"),
    ],
)
def test_rounded(value, text):
    """Four significant digits, two below a million, never a power of ten; unknown is empty."""
    assert prepare.rounded(value) == text


# Lines of each file that are made again: every so many, for the sake of time.
EVERY = {"offices.csv.gz": 4, "itpde_2000_2016.csv.gz": 50, "baci_2023.csv.gz": 50}


def lines(file):
    """Some lines of a bundled file, and its first."""
    first, *rest = gzip.decompress((DATA / file).read_bytes()).decode().splitlines(keepends=True)
    return [first, *rest[:: EVERY[file]]]


def long(file, keys):
    """The known cells of these lines, as the panels hold them."""
    wide = pd.read_csv(io.StringIO("".join(lines(file))))
    flows = wide.melt(keys, var_name="year", value_name="value").dropna(subset="value")
    return flows.astype({"year": int})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of panels and facts from which the bundled files would have been made.

    Kazakhstan's years from 2020 on stand in the facts, in thousands; what the older panel says of
    2020 is of another vintage. Rows of the EU, of trade within a country, and no order.
    """
    root = tmp_path_factory.mktemp("shared")
    (root / "panel").mkdir()
    (root / "facts").mkdir()
    keys = ["reporter", "partner", "flow"]
    totals = long("offices.csv.gz", keys).iloc[::-1]
    is_later = (totals["reporter"] == "KAZ") & (totals["year"] >= 2020)
    later = totals[is_later]
    older = later[later["year"] == 2020].assign(value=lambda rows: rows["value"] * 2)
    of_the_eu = totals[totals["reporter"] == "USA"].head(50).assign(reporter="EU27")
    panel = pd.concat([totals[~is_later], older, of_the_eu]).rename(columns={"value": "value_mn"})
    panel.to_parquet(root / "panel" / "national_partner_totals.parquet")
    later = later.assign(value_kusd=later["value"] * 1000).drop(columns="value")
    later.to_csv(root / "facts" / "kaz_partners_bns_2020_2025.csv", index=False)
    for file, name in (
        ("itpde_2000_2016.csv.gz", "itpde_r1_total_2000_2016"),
        ("baci_2023.csv.gz", "baci_directed_2023"),
    ):
        flows = long(file, ["exporter", "importer"]).iloc[::-1]
        at_home = flows.head(20).assign(importer=lambda rows: rows["exporter"])
        both = pd.concat([flows, at_home.drop_duplicates(["exporter", "year"])])
        both.rename(columns={"value": "trade_musd"}).to_parquet(root / "panel" / f"{name}.parquet")
    return root


def test_rebuilt(folder):
    """Each line is made again to the byte: the newer vintage wins, no EU, no trade at home."""
    tables = prepare.tables(folder)
    assert list(tables) == ["offices.csv.gz", "itpde_2000_2016.csv.gz", "baci_2023.csv.gz"]
    for file, table in tables.items():
        made = table.to_csv(index=False, lineterminator="\n")
        assert made.splitlines(keepends=True) == lines(file), file


def test_wide():
    """A year without any figure keeps its column; lines are sorted."""
    flows = pd.DataFrame(
        [("B", "A", 2003, 2.0), ("A", "B", 2001, 1.0)], columns=["from", "to", "year", "value"]
    )
    table = prepare.wide(flows, ["from", "to"])
    assert table.columns.tolist() == ["from", "to", 2001, 2002, 2003]
    assert table.to_numpy().tolist() == [["A", "B", "1", "", ""], ["B", "A", "", "", "2"]]


def test_no_time_in_a_file():
    """The header of the packed file holds no day, so that the same table gives the same bytes."""
    packed = prepare.packed(pd.DataFrame({"a": ["1"]}))
    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed) == b"a\n1\n"
