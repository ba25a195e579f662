"""The script of the sections of goods: what is left out, whose shares, and classes by size."""

import goods as prepare
import pandas as pd
import pytest
from conftest import ROOT

DATA = ROOT / "data"


def panel(*rows):
    """Per mille by pair, year and section."""
    return pd.DataFrame(rows, columns=["pair", "year", "section", "export_pm", "import_pm"])


def flows(*rows):
    """US$ million from an exporter to an importer."""
    return pd.DataFrame(rows, columns=["exporter", "importer", "trade_musd"])


def test_examples_are_made_again():
    """The table of the examples, from a panel as long as it; nothing of any other pair."""
    shipped = pd.read_csv(DATA / "goods_shares.csv")
    shipped["pair"] = shipped["reporter"] + "-" + shipped["partner"]
    long = shipped.drop(columns=["reporter", "partner"])
    long = long.melt(["pair", "flow", "section"], var_name="year", value_name="pm").dropna()
    wide = long.pivot(index=["pair", "year", "section"], columns="flow", values="pm")
    wide = wide.fillna(0).add_suffix("_pm").reset_index().astype({"year": int})
    other = wide.assign(pair="AAA-BBB").drop_duplicates(["year", "section"])
    made = prepare.examples(pd.concat([other, wide.iloc[::-1]]))
    made.columns = made.columns.astype(str)
    expected = pd.read_csv(DATA / "goods_shares.csv")
    pd.testing.assert_frame_equal(made, expected, check_dtype=False)


def test_a_year_of_others_is_unknown():
    """Zero in a year of which the pair has something, empty in one of which it has nothing."""
    made = prepare.examples(
        panel(
            ("KAZ-TKM", 2001, "Metals", 30, 0),
            ("KAZ-TKM", 2002, "Textiles", 0, 20),
            ("CHN-RUS", 2003, "Metals", 5, 0),
        )
    ).set_index(["reporter", "partner", "flow", "section"])
    assert len(made) == 3
    assert made.loc[("KAZ", "TKM", "export", "Metals")].tolist()[:2] == [30, 0]
    assert made.loc[("KAZ", "TKM", "import", "Textiles")].tolist()[:2] == [0, 20]
    assert pd.isna(made.loc[("KAZ", "TKM", "import", "Textiles"), 2003])
    assert made.loc[("CHN", "RUS", "export", "Metals")].isna().tolist() == [True, True, False]


def test_recent_years_are_2016_to_2018():
    """Each year's shares sum to one, both flows together; a pair's mean is over its own years."""
    table = prepare.recent(
        panel(
            ("AAA-BBB", 2015, "Metals", 900, 100),
            ("AAA-BBB", 2016, "Metals", 300, 300),
            ("AAA-BBB", 2016, "Textiles", 100, 300),
            ("AAA-BBB", 2018, "Metals", 500, 500),
            ("AAA-BBB", 2019, "Metals", 0, 1000),
        )
    ).set_index("section")
    assert table.loc["Metals", "export_pm"] == pytest.approx((0.3 + 0.5) / 2)
    assert table.loc["Metals", "import_pm"] == pytest.approx((0.3 + 0.5) / 2)
    assert table.loc["Textiles", "import_pm"] == pytest.approx(0.15)


def test_each_flow_sums_to_one():
    """Of two sections sold there .3 and .1, three quarters are the first; nothing sold, no row."""
    shares = pd.DataFrame(
        {
            "pair": ["BEL-ROM", "BEL-ROM", "ALB-BEL"],
            "section": ["Metals", "Textiles", "Metals"],
            "export_pm": [0.3, 0.1, 0.0],
            "import_pm": [0.0, 0.6, 1.0],
        }
    )
    table = prepare.one_way(shares).set_index(["exporter", "importer", "section"])["share"]
    table = table.sort_index()
    assert table[("BEL", "ROU", "Metals")] == pytest.approx(0.75)
    assert table[("BEL", "ROU", "Textiles")] == pytest.approx(0.25)
    assert table[("ROU", "BEL")].to_dict() == {"Metals": 0.0, "Textiles": 1.0}
    assert ("ALB", "BEL") not in table.index.droplevel("section")


class TestCountries:
    """A country's mean over its partners, by what each buys."""

    PARTNERS = ("BBB", "CCC", "DDD", "EEE", "FFF")

    def table(self, partners, unknown):
        """A sells metals to partners, to the first ten times as much and half of it textiles."""
        rows = [(f"AAA-{name}", 2017, "Metals", 400, 0) for name in partners]
        rows.append((f"AAA-{partners[0]}", 2017, "Textiles", 400, 0))
        trade = [("AAA", name, 10.0) for name in partners[1:]]
        trade += [("AAA", partners[0], 100.0), ("AAA", "ZZZ", unknown)]
        found = prepare.countries(prepare.recent(panel(*rows)), flows(*trade))
        return found.set_index(["country", "flow"])

    def test_weighted_by_trade(self):
        """50 of 140 million are textiles, of which no partner tells more than its part."""
        row = self.table(self.PARTNERS, 60.0).loc[("AAA", "export")]
        assert row["Textiles"] == pytest.approx(50 / 140, abs=1e-4)
        assert row["Metals"] == pytest.approx(90 / 140, abs=1e-4)
        assert row["Footwear and Headwear"] == 0
        assert row["known"] == pytest.approx(0.7)

    def test_five_partners_and_half_of_the_trade(self):
        """With five and exactly half it ships; with four, or less known, it does not."""
        assert self.table(self.PARTNERS, 140.0).index.tolist() == [("AAA", "export")]
        assert self.table(self.PARTNERS, 142.0).empty
        assert self.table(self.PARTNERS[:4], 0.0).empty


def test_like_pairs():
    """Classes run from their lower end; the ninth tenth of both flows; old codes are found."""
    names = [f"BE{letter}" for letter in "ABCDEFGHIJ"]
    rows = [(f"{name}-ROM", 2018, "Metals", 100 * i, 0) for i, name in enumerate(names, 1)]
    rows += [
        (f"{name}-ROM", 2018, "Textiles", 0, 1000 - 100 * i) for i, name in enumerate(names, 1)
    ]
    rows.pop()  # nothing of the last one's: a section that a panel leaves out is one of nothing
    trade = flows(
        *[(name, "ROU", 18.0) for name in names], *[("ROU", name, 12.0) for name in names]
    )
    table = prepare.like(prepare.recent(panel(*rows)), trade).set_index("section")
    assert table[["size_from", "size_to", "n"]].drop_duplicates().to_numpy().tolist() == [
        [30, 100, 10]
    ]
    # Of twenty flows ten are of .1 to 1, and ten of nothing: the nineteenth's place is 17.1.
    assert table.loc["Metals", "q0.9"] == pytest.approx(0.81)
    assert table.loc["Metals", "median"] == pytest.approx(0.05)
    assert table.loc["Textiles", "median"] == 0
    assert table.loc["Weapons", "median"] == 0


def test_classes_of_what_ships():
    """The bundled classes are the script's, and the last has no upper end that any pair reaches."""
    shipped = pd.read_csv(DATA / "goods_like.csv")
    bounds = shipped[["size_from", "size_to"]].drop_duplicates().to_numpy().tolist()
    assert bounds == [list(pair) for pair in zip(prepare.SIZES, prepare.SIZES[1:], strict=False)]


def test_tables(tmp_path):
    """Each file is made of the panel it is said to be made of."""
    rows = panel(("KAZ-TKM", 2016, "Metals", 600, 400))
    rows.to_parquet(tmp_path / "goods_shares_1995_2018.parquet")
    trade = flows(("KAZ", "TKM", 3.0), ("TKM", "KAZ", 3.0))
    trade.to_parquet(tmp_path / "baci_directed_2023.parquet")
    made = prepare.tables(tmp_path)
    assert list(made) == ["goods_shares.csv", "goods_countries.csv", "goods_like.csv"]
    assert made["goods_shares.csv"][2016].tolist() == [600, 400]
    assert made["goods_countries.csv"].empty  # two countries with one partner
    assert set(made["goods_like.csv"]["size_from"]) == {5}
