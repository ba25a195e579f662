"""What could fill the gap of a target, and the published measures of fit."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tradelib as tl
from tradelib.core.sections import SECTIONS
from tradelib.science.goods.gap import gap_of

SHARES = st.lists(st.floats(0, 1e6), min_size=3, max_size=3).filter(
    lambda values: sum(values) > 1e-3
)


def series(**values):
    """Values by section."""
    return pd.Series(values, dtype=float)


class TestComplementarity:
    """Michaely's index."""

    def test_by_hand(self):
        """X = (.6, .4, 0), m = (.3, .2, .5): half of .3 + .2 + .5 is .5, and 1 - .5 = .5."""
        sold, bought = series(a=60, b=40), series(a=3, b=2, c=5)
        assert tl.trade_complementarity(sold, bought) == pytest.approx(0.5)
        assert tl.trade_complementarity(sold, 10 * sold) == 1
        assert tl.trade_complementarity(series(a=1), series(b=1)) == 0

    @given(SHARES, SHARES, st.floats(0.01, 100))
    def test_between(self, sold, bought, factor):
        """0 to 1, either way round, whatever the unit."""
        x, m = (pd.Series(values, index=list("abc")) for values in (sold, bought))
        index = tl.trade_complementarity(x, m)
        assert -1e-12 <= index <= 1
        assert tl.trade_complementarity(m, factor * x) == pytest.approx(index)

    @pytest.mark.parametrize(
        ("bad", "said"),
        [
            (series(a=-1), "exports must be zero or more, got -1 for a"),
            (series(a=0), "exports must have a value above zero"),
            (pd.Series([1.0, 2.0], index=["a", "a"]), "each section once, got 'a' twice"),
            (pd.Series({"a": "x"}), "exports must be numbers by section"),
        ],
    )
    def test_refused(self, bad, said):
        """What is no share is refused, by its name."""
        with pytest.raises(tl.InputError, match=said):
            tl.trade_complementarity(bad, series(a=1))


class TestAdvantage:
    """Balassa's ratio."""

    def test_by_hand(self):
        """A half of exports is a, of which the world's are a tenth: 5."""
        found = tl.comparative_advantage(series(a=5, b=5), series(a=10, b=60, c=30))
        assert found.to_dict() == pytest.approx({"a": 5, "b": 10 / 12, "c": 0})

    def test_more_than_the_world(self):
        """A section that the world does not sell."""
        with pytest.raises(tl.InputError, match="the world sells none of 'c'"):
            tl.comparative_advantage(series(c=1), series(a=1))

    @given(SHARES, SHARES)
    def test_mean(self, exports, others):
        """Weighted by the world's shares the ratios sum to one."""
        x = pd.Series(exports, index=list("abc"))
        world = x + pd.Series(others, index=list("abc")) + 1
        found = tl.comparative_advantage(x, world)
        assert (found * world / world.sum()).sum() == pytest.approx(1)


def gap_between(of, pair=None, **target):
    """The gap of a target from 50 in 2025 to 100, from goods by country and flow, US$ million."""
    rows = [(*key, section, value) for key, goods in of.items() for section, value in goods.items()]
    profiles = pd.DataFrame(rows, columns=["country", "flow", "section", "value_musd"])
    like = pd.DataFrame(0.5, index=list(SECTIONS), columns=["median", "q0.9"])
    asked = tl.Target("KAZ", "TKM", 100, 2027, **target)
    return gap_of(asked, last=(2025, 50.0), profiles=profiles, like=like, pair=pair)


class TestByHand:
    """A gap of 50 between two countries of two goods."""

    def gap(self, **target):
        """Of a pair that trades metals there and machines back."""
        of = {
            ("KAZ", "export"): {"Metals": 200, "Machines": 0},
            ("KAZ", "import"): {"Metals": 0, "Machines": 25},
            ("TKM", "export"): {"Metals": 0, "Machines": 10},
            ("TKM", "import"): {"Metals": 100, "Machines": 100},
            ("CHN", "export"): {"Metals": 200, "Machines": 390},
        }
        pair = pd.Series({("export", "Metals"): 0.75, ("import", "Machines"): 0.25})
        return gap_between(of, pair, **target)

    def test_rows(self):
        """Metals: sold 200, bought 100, half of it missing; the seller's ratio is 1 / (400 / 800)."""
        row = self.gap().sections.iloc[0]
        assert row[["flow", "section"]].tolist() == ["export", "Metals"]
        numbers = ["sells_musd", "buys_musd", "times_sales", "times_purchases"]
        assert row[numbers].tolist() == [200, 100, 0.25, 0.5]
        assert row["comparative_advantage"] == pytest.approx(2)
        assert row[["pair_share", "like_share", "like_high_share"]].tolist() == [0.75, 0.5, 0.5]

    def test_fit(self):
        """KAZ sells metals alone, TKM buys half of them; TKM sells just what KAZ buys."""
        assert self.gap().complementarity == pytest.approx({"export": 0.5, "import": 1.0})
        exports = self.gap(flow="export")
        assert set(exports.sections["flow"]) == set(exports.complementarity) == {"export"}

    def test_summary(self):
        """By how many times the gap is all that each side buys of the largest room."""
        text = self.gap().summary()
        for said in (
            "US$50m is missing",
            "50% of all the metals that Turkmenistan buys",
            "2 times all the machines that Kazakhstan buys",
            "what Turkmenistan buys is 50%",
            "what Kazakhstan buys is 100%",
        ):
            assert said in text

    def test_what_is_not_traded(self):
        """A section that the pair does not trade is none of its turnover; of nothing there is no multiple."""
        rows = self.gap().sections.set_index(["flow", "section"])
        assert rows.loc[("export", "Machines"), "pair_share"] == 0
        assert math.isnan(rows.loc[("export", "Machines"), "times_sales"])
        assert math.isnan(rows.loc[("import", "Metals"), "times_purchases"])
        assert len(rows) == rows.index.nunique() == 44

    def test_unspecified(self):
        """Goods of no named section are in the table, and never named."""
        of = {
            (country, flow): {"Unspecified": 900, "Metals": 100}
            for country in ("KAZ", "TKM")
            for flow in ("export", "import")
        }
        gap = gap_between(of)
        assert gap.sections["section"].iloc[0] == "Unspecified"
        assert "50% of all the metals that Turkmenistan buys" in gap.summary()
        assert gap.sections["pair_share"].isna().all()


class TestBundled:
    """Any pair and target."""

    def test_article(self):
        """What is missing is the target less the last figure, and the rows are of both flows."""
        target = tl.article_target()
        gap = tl.fill_gap(target)
        last = tl.load_turnover("KAZ", "TKM").iloc[-1]
        assert gap.missing_musd == pytest.approx(1000 - last["turnover_musd"])
        assert gap.last_year == last["year"]
        minerals = gap.sections.iloc[0]
        assert minerals[["flow", "section"]].tolist() == ["import", "Mineral Products"]
        sold = tl.load_country_goods("TKM").query("flow == 'export'").set_index("section")
        assert minerals["sells_musd"] == sold.loc["Mineral Products", "value_musd"]
        assert len(gap.to_frame()) == 44

    def test_shares_of_the_pair(self):
        """The mean of the last three years with known sections, from either side."""
        target = tl.article_target()
        rows = tl.fill_gap(target).sections.set_index(["flow", "section"])["pair_share"]
        table = tl.goods("KAZ", "TKM").table
        minerals = table[(table["section"] == "Mineral Products") & (table["year"] >= 2016)]
        imports = minerals.loc[minerals["flow"] == "import", "share"].sum() / 3
        assert rows[("import", "Mineral Products")] == pytest.approx(imports)
        assert rows.sum() == pytest.approx(1)
        back = tl.fill_gap(tl.Target("TKM", "KAZ", 1000, 2027)).sections
        back = back.set_index(["flow", "section"])["pair_share"]
        assert back[("export", "Mineral Products")] == pytest.approx(imports)

    def test_any_pair(self):
        """A pair without known sections has the countries' goods alone; its own panel adds shares."""
        target = tl.Target("ITA", "KAZ", 50_000, 2030)
        assert tl.fill_gap(target).sections["pair_share"].isna().all()
        table = pd.DataFrame(
            {
                "pair": "ITA-KAZ",
                "year": [2018],
                "section": ["Metals"],
                "export_pm": [400],
                "import_pm": [600],
            }
        )
        known = tl.fill_gap(target, shares=table).sections
        assert known.groupby("flow")["pair_share"].sum().tolist() == pytest.approx([0.4, 0.6])

    def test_own_history(self):
        """One's own figures; a target that is reached lacks nothing."""
        target = tl.Target("ITA", "KAZ", 100, 2030)
        assert tl.fill_gap(target, history={2024: 60.0, 2023: 90.0}).missing_musd == 40
        reached = tl.fill_gap(target, history={2024: 120.0})
        assert reached.missing_musd == 0
        assert reached.summary().startswith("Nothing is missing: the last figure, of 2024")

    def test_one_flow(self):
        """A target of exports is compared with exports."""
        target = tl.Target("KAZ", "TKM", 1000, 2027, flow="export")
        exports = tl.load_turnover("KAZ", "TKM")["export_musd"].iloc[-1]
        assert tl.fill_gap(target).last_musd == pytest.approx(exports)

    def test_refused(self):
        """A country of which nothing is known; a pair without figures."""
        with pytest.raises(tl.NoAnswerError, match="what Cuba sells and buys by section"):
            tl.fill_gap(tl.Target("CUB", "KAZ", 100, 2030))
        with pytest.raises(tl.NoAnswerError, match="nothing is known of TON-TKM"):
            tl.fill_gap(tl.Target("TON", "TKM", 100, 2030))

    def test_country_goods(self):
        """Shares sum to one, amounts to BACI's total; a country by name."""
        table = tl.load_country_goods("Turkmenistan")
        sums = table.groupby("flow")[["share", "value_musd"]].sum()
        assert sums["share"].tolist() == pytest.approx([1, 1], abs=0.0012)
        assert sums.loc["export", "value_musd"] == pytest.approx(15_160, rel=0.002)
        assert tl.load_country_goods()["country"].nunique() > 180


class TestGas:
    """Two sliders, and a chance that stays."""

    def test_by_hand(self):
        """1.5 billion cubic metres at US$200 a thousand: 1.5 million thousands, US$300m."""
        assert tl.explore.gas_value(1.5, 200) == 300
        assert tl.explore.gas_value(0, 200) == 0
        for bad in ((-1.0, 1.0), (1.0, math.nan), (math.inf, 1.0)):
            with pytest.raises(tl.InputError, match="zero or more and finite"):
                tl.explore.gas_value(*bad)

    def test_sliders(self):
        """The price begins at zero; each move says the value and its part of the gap."""
        pytest.importorskip("ipywidgets")
        target = tl.article_target()
        chance = tl.assess(target)
        volume, price, text = tl.explore.gas(target).children
        assert (volume.value, price.value) == (1.5, 0)
        assert "no price is published" in text.value
        missing = tl.fill_gap(target).missing_musd
        for bcm, usd in ((1.5, 100), (3.0, 250)):
            volume.value, price.value = bcm, usd
            assert f"{bcm * usd / missing:.0%} of the US$484m missing" in text.value
            assert f"chance stays at {chance.probability_in:.0%}" in text.value
        assert tl.assess(target) == chance
        # Of a target that is reached nothing is missing, and there is no chance to say.
        _, price, text = tl.explore.gas(tl.Target("KAZ", "TKM", 100, 2027)).children
        price.value = 100
        assert "US$150m a year</b>" in text.value
        assert "missing" not in text.value
