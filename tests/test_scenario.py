"""What must be true: mixes, break-even prices, repeats of the past, and their place."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import FEW, annual
from hypothesis import given
from hypothesis import strategies as st

import tradelib as tl
from tradelib.science.assessment import scenario
from tradelib.science.forecasting.forecast import Forecast

PAIR = annual(
    [100.0, 200.0, 400.0, 100.0, 150.0, 500.0],
    start=2020,
    export_musd=[60.0, 120.0, 320.0, 50.0, 100.0, 300.0],
    import_musd=[40.0, 80.0, 80.0, 50.0, 50.0, 200.0],
)


def four_paths():
    """A forecast of two years whose second lies at 100, 200, 300, 400."""
    paths = np.array([[50.0, 100.0], [50.0, 200.0], [50.0, 300.0], [50.0, 400.0]])
    return Forecast(name="four", origin=2025, last_musd=50.0, years=(2026, 2027), paths=paths)


class TestMixes:
    """Exports and imports that add up to a goal."""

    def test_by_hand(self):
        """300 of exports growing 20 % a year are 432 in two; 568 of imports is 1.6853 a year."""
        mix = scenario.mixes(PAIR, 1000, year=2027, export_growth=[0.2]).iloc[0]
        assert mix["export_growth"] == 0.2
        assert mix["export_musd"] == pytest.approx(432)
        assert mix["import_musd"] == pytest.approx(568)
        assert mix["import_growth"] == pytest.approx((568 / 200) ** 0.5 - 1)
        assert mix["export_share"] == pytest.approx(0.432)

    def test_small_trade_and_whole_numbers(self):
        """Flows under a million count, whole rates of growth are rates, in whatever order years are."""
        small = PAIR.assign(export_musd=0.5, import_musd=0.5)[::-1]
        mix = scenario.mixes(small, 10, year=2027, export_growth=[1])
        assert mix["export_growth"].dtype == float
        assert mix["export_musd"].item() == pytest.approx(2)

    def test_exports_alone_suffice(self):
        """Where exports pass the goal, imports may vanish and are nothing below; the last year counts."""
        mix = scenario.mixes(PAIR[::-1], 1000, year=2026, export_growth=[3.0]).iloc[0]
        assert mix[["import_musd", "import_growth", "export_share"]].tolist() == [0, -1, 1]

    @given(st.floats(-0.5, 1.0), st.floats(600, 5000), st.integers(1, 8))
    def test_flows_add_up(self, growth, goal, years):
        """Exports and imports make at least the goal, and exactly that while imports are needed."""
        mix = scenario.mixes(PAIR, goal, year=2025 + years, export_growth=[growth]).iloc[0]
        total = mix["export_musd"] + mix["import_musd"]
        assert total >= goal * (1 - 1e-12)
        if mix["import_musd"] > 0:
            assert total == pytest.approx(goal)
            grown = 200 * (1 + mix["import_growth"]) ** years
            assert grown == pytest.approx(mix["import_musd"])

    @pytest.mark.parametrize(
        ("changed", "asked", "words"),
        [
            ({}, {"year": 2025}, "^year must lie from 2026 to 2125 .at most 100"),
            ({"import_musd": 0.0}, {}, "of 2025 must both be positive, got 300.0 and 0.0"),
            ({"import_musd": np.nan}, {}, "of 2025 must both be positive, got 300.0 and nan"),
            ({"export_musd": 0.0}, {}, "^exports and imports of 2025 must both be positive"),
            ({}, {"export_growth": [-1.0]}, "^export_growth must hold at least one number, each"),
            ({}, {"target_musd": 0}, "^target_musd must be positive and finite, got 0"),
            ({}, {"target_musd": np.inf}, "^target_musd must be positive and finite, got inf"),
        ],
    )
    def test_bad(self, changed, asked, words):
        """A year that is over, flows unknown or zero, exports gone, no goal."""
        asked = {"target_musd": 1000, "year": 2027, "export_growth": [0.0]} | asked
        with pytest.raises(ValueError, match=words):
            scenario.mixes(PAIR.assign(**changed), **asked)


class TestBreakEven:
    """Price times quantity against a gap."""

    def test_by_hand(self):
        """1.5 bcm at 100 dollars a thousand cubic metres is 150m: a third of a gap of 450."""
        table = scenario.break_even(450, volumes=[1.5, 3.0], prices=[100, 150])
        assert table.to_numpy().tolist() == [
            [1.5, 100, 150, 0.3333, 300],
            [1.5, 150, 225, 0.5, 300],
            [3.0, 100, 300, 0.6667, 150],
            [3.0, 150, 450, 1.0, 150],
        ]
        assert " ".join(table.columns.tolist()) == "volume price value_musd share break_even_price"

    @given(st.floats(1, 1e4), st.floats(0.01, 100))
    def test_the_break_even_price_fills_the_gap(self, gap, volume):
        """At its own break-even price a quantity is worth the gap."""
        price = scenario.break_even(gap, volumes=[volume], prices=[1.0])["break_even_price"].item()
        at_it = scenario.break_even(gap, volumes=[volume], prices=[price]).iloc[0]
        assert at_it["value_musd"] == pytest.approx(gap)
        assert at_it["share"] == pytest.approx(1.0)

    @pytest.mark.parametrize(
        ("gap", "volumes", "prices", "words"),
        [
            (0, [1], [1], "^gap_musd must be positive and finite, got 0$"),
            (1, [-1], [1], "^volume must be positive and finite, got -1$"),
            (1, [1], [np.nan], "^price must be positive and finite, got nan$"),
        ],
    )
    def test_bad(self, gap, volumes, prices, words):
        """What is not positive is named."""
        with pytest.raises(ValueError, match=words):
            scenario.break_even(gap, volumes=volumes, prices=prices)


class TestFromHistory:
    """Turnover if the past came again."""

    def test_by_hand(self):
        """Two-year multiples 4, 0.5, 0.375, 5: best 5 (2023-2025), worst 0.375, median 2.25."""
        stories = scenario.from_history(PAIR, year=2027, inflation=0.1)
        assert stories == {
            "as in 2025": 500,
            "its steepest 2 years again (2023-2025)": 2500,
            "its median 2 years again": 1125,
            "its worst 2 years again (2022-2024)": 187.5,
            "no more in quantity, prices as lately": pytest.approx(605),
            "exports and imports each at their best": 520,
        }

    def test_without_flows_and_prices(self):
        """What is not known makes no story."""
        bare = PAIR[["year", "turnover_musd"]]
        assert len(scenario.from_history(bare, year=2026)) == 4
        assert len(scenario.from_history(bare.assign(export_musd=1.0), year=2026)) == 4
        assert len(scenario.from_history(PAIR, year=2026)) == 5

    def test_bad(self):
        """A year that is over, and a history no longer than the years ahead."""
        with pytest.raises(ValueError, match="got 2025$"):
            scenario.from_history(PAIR, year=2025)
        with pytest.raises(ValueError, match="^6 years ahead need more history than 6 years$"):
            scenario.from_history(PAIR, year=2031)
        assert len(scenario.from_history(PAIR, year=2030)) == 5


class TestPlace:
    """Stories on the percentiles of a forecast."""

    def test_by_hand(self):
        """Of 100, 200, 300, 400 three are at least 200 and one is 400; in the first year all are 50."""
        values = {"much": 400.0, "more still": 401.0, "some": 200.0}
        placed = scenario.place(four_paths(), values, year=2027)
        assert placed["scenario"].tolist() == ["some", "much", "more still"]
        assert placed.index.tolist() == [0, 1, 2]
        assert placed["value_musd"].tolist() == [200, 400, 401]
        assert placed["probability"].tolist() == [0.75, 0.25, 0]
        assert placed["percentile"].tolist() == [25, 75, 100]
        assert placed["words"].tolist() == ["likely", "unlikely", "exceptionally unlikely"]
        assert scenario.place(four_paths(), {"x": 51.0}, year=2026)["percentile"].item() == 100

    @given(st.lists(st.floats(1, 1000), min_size=2, max_size=6, unique=True))
    def test_more_is_never_likelier(self, values):
        """Stories in order of value are in falling order of probability."""
        named = {str(i): value for i, value in enumerate(values)}
        placed = scenario.place(four_paths(), named, year=2027)
        assert placed["value_musd"].is_monotonic_increasing
        assert placed["probability"].is_monotonic_decreasing
        total = placed["percentile"] / 100 + placed["probability"]
        assert total.to_numpy() == pytest.approx(1)

    def test_bad(self):
        """A value that is none, and a year that is not forecast."""
        with pytest.raises(ValueError, match="^a value to reach is positive and finite, got 0$"):
            scenario.place(four_paths(), {"x": 0}, year=2027)
        with pytest.raises(ValueError, match="^2028 is not forecast"):
            scenario.place(four_paths(), {"x": 1}, year=2028)


LEVELS = ["q0.25", "q0.5", "q0.75"]


def effects(entered, like=(0.0, 0.0, 0.0), since=(0,)):
    """A table of effects with three levels; the same in every year since entry."""
    rows = []
    for group, values in (("entered", entered), ("like", like)):
        levels = dict(zip(LEVELS, values, strict=True))
        rows += [{"group": group, "since": year, **levels} for year in since]
    return pd.DataFrame(rows)


class TestAgreement:
    """A forecast moved by what agreements did."""

    def test_by_hand(self):
        """Ranks 1/8 to 7/8 of 100 to 400; doubled below the median, tripled above, both between."""
        table = effects(np.log([2.0, 2.0, 3.0]) + 0.1, like=(0.1, 0.1, 0.1), since=(0, 1))
        chances = scenario.agreement(four_paths(), table, 500, year=2027, start=2026)
        # at rank 5/8 half of the way from log 2 to log 3: 300 x root of 6; then 400 x 3
        moved = [200, 400, 300 * 6**0.5, 1200]
        assert chances["scenario"].tolist() == [
            "without an agreement",
            "with an agreement from 2026",
            "with an agreement from 2026, at its most",
        ]
        assert chances["value_musd"].tolist() == pytest.approx([250, (400 + moved[2]) / 2, 750])
        assert chances["target_chance"].tolist() == [0, 0.5, 0.75]
        assert chances["added_share"].tolist() == pytest.approx(
            [0, (moved[2] - 100) / 2 / 500, 500 / 500]
        )
        assert chances["percentile"].tolist() == [50, 100, 100]  # of the forecast as it stands
        assert chances["words"].tolist()[1:] == ["exceptionally unlikely"] * 2

    def test_paths_in_any_order(self):
        """A path's rank counts, not its place."""
        turned = replace(four_paths(), paths=four_paths().paths[[2, 0, 3, 1]])
        table = effects([0.0, 0.1, 0.3], since=(0, 1))
        ask = {"target_musd": 500, "year": 2027, "start": 2026}
        chances = scenario.agreement(four_paths(), table, **ask)
        pd.testing.assert_frame_equal(scenario.agreement(turned, table, **ask), chances)

    def test_phased_in(self):
        """The year since entry is taken; beyond the table the last one stands."""
        at_entry = effects([0.0] * 3)
        year_after = effects([np.log(2)] * 3, since=(1,))
        year_before = effects([np.log(9)] * 3, since=(-1,))
        table = pd.concat([at_entry, year_after, year_before])
        from_2027 = scenario.agreement(four_paths(), table, 400, year=2027, start=2027)
        assert from_2027["target_chance"].tolist() == [0.25] * 3
        from_2026 = scenario.agreement(four_paths(), table, 400, year=2027, start=2026)
        assert from_2026["target_chance"].tolist() == [0.25, 0.75, 0.75]
        first = table[table["since"] < 1]
        later = scenario.agreement(four_paths(), first, 400, year=2027, start=2026)
        assert later["target_chance"].tolist() == [0.25] * 3

    @FEW
    @given(
        st.lists(st.floats(0, 2), min_size=3, max_size=3),
        st.lists(st.floats(1, 1e4), min_size=2, max_size=40),
        st.floats(1, 1e4),
    )
    def test_never_below_the_forecast(self, gains, values, goal):
        """With no negative effect every chance lies from the forecast's own to the upper end."""
        paths = np.array([[value] for value in values])
        forecast = Forecast(name="x", origin=2025, last_musd=1.0, years=(2026,), paths=paths)
        chances = scenario.agreement(forecast, effects(gains), goal, year=2026, start=2026)
        own = forecast.probability(goal, year=2026)
        assert chances["target_chance"].iloc[0] == own
        assert chances["target_chance"].is_monotonic_increasing
        assert chances["value_musd"].is_monotonic_increasing
        assert (chances["added_share"] >= 0).all()

    def test_what_hurts_may_fall_below(self):
        """A negative effect at low ranks is not hidden."""
        chances = scenario.agreement(
            four_paths(), effects([-1.0, -1.0, 0.1], since=(0, 1)), 200, year=2027, start=2026
        ).set_index("scenario")
        assert chances.loc["with an agreement from 2026", "target_chance"] == 0.25
        assert chances.loc["without an agreement", "target_chance"] == 0.75
        assert chances.loc["with an agreement from 2026", "added_share"] < 0

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"start": 2025}, "^start must lie from 2026 to 2027, got 2025$"),
            ({"start": 2028}, "^start must lie from 2026 to 2027, got 2028$"),
            ({"year": 2028}, "^2028 is not forecast"),
            ({"target_musd": 0}, "^a value to reach is positive and finite, got 0$"),
        ],
    )
    def test_bad(self, asked, words):
        """A start that is over or after the year, a year not forecast, no goal."""
        asked = {"target_musd": 400, "year": 2027, "start": 2026} | asked
        with pytest.raises(ValueError, match=words):
            scenario.agreement(four_paths(), effects([0.1] * 3), **asked)

    def test_as_shipped(self):
        """As shipped, the article's target lies between the own chance and the upper end."""
        forecast = tl.panel_growth(tl.load_turnover("KAZ", "TKM"), horizon=6)
        effects = tl.load_agreement_effects()
        for year, start in ((2027, 2027), (2031, 2026)):
            chances = scenario.agreement(forecast, effects, 1000, year=year, start=start)
            own, such, most = chances["target_chance"]
            assert own == forecast.probability(1000, year=year)
            assert own <= such <= most < own + 0.3
