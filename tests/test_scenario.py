"""What must be true: mixes, break-even prices, repeats of the past, and their place."""

import numpy as np
import pandas as pd
import pytest
from conftest import annual
from hypothesis import given
from hypothesis import strategies as st

from tradelib.science.outlook.paths import Forecast
from tradelib.science.verdict import scenario

PAIR = annual(
    [100.0, 200.0, 400.0, 100.0, 150.0, 500.0], start=2020,
    export_musd=[60.0, 120.0, 320.0, 50.0, 100.0, 300.0],
    import_musd=[40.0, 80.0, 80.0, 50.0, 50.0, 200.0],
)  # fmt: skip


def four_paths():
    """A forecast of two years whose second lies at 100, 200, 300, 400."""
    paths = np.array([[50.0, 100.0], [50.0, 200.0], [50.0, 300.0], [50.0, 400.0]])
    return Forecast(name="four", origin=2025, last_musd=50.0, years=(2026, 2027), paths=paths)


class TestMixes:
    """Exports and imports that add up to a goal."""

    def test_by_hand(self):
        """300 of exports growing 20 % a year are 432 in two; 568 of imports is 1.6853 a year."""
        found = scenario.mixes(PAIR, 1000, year=2027, export_growth=[0.2]).iloc[0]
        assert found["export_growth"] == 0.2
        assert found["export_musd"] == pytest.approx(432)
        assert found["import_musd"] == pytest.approx(568)
        assert found["import_growth"] == pytest.approx((568 / 200) ** 0.5 - 1)
        assert found["export_share"] == pytest.approx(0.432)

    def test_small_trade_and_whole_numbers(self):
        """Flows under a million count, and whole rates of growth are rates."""
        small = PAIR.assign(export_musd=0.5, import_musd=0.5)
        found = scenario.mixes(small, 10, year=2027, export_growth=[1])
        assert found["export_growth"].dtype == float
        assert found["export_musd"].item() == pytest.approx(2)

    def test_exports_alone_suffice(self):
        """Where exports pass the goal, imports may vanish and are nothing below."""
        found = scenario.mixes(PAIR, 1000, year=2026, export_growth=[3.0]).iloc[0]
        assert found[["import_musd", "import_growth", "export_share"]].tolist() == [0, -1, 1]

    def test_the_last_year_counts_whatever_the_order(self):
        """Rows in another order give the same."""
        asked = {"year": 2027, "export_growth": [0.0, 0.1]}
        turned = scenario.mixes(PAIR[::-1], 1000, **asked)
        pd.testing.assert_frame_equal(turned, scenario.mixes(PAIR, 1000, **asked))

    @given(st.floats(-0.5, 1.0), st.floats(600, 5000), st.integers(1, 8))
    def test_flows_add_up(self, growth, goal, years):
        """Exports and imports make at least the goal, and exactly that while imports are needed."""
        found = scenario.mixes(PAIR, goal, year=2025 + years, export_growth=[growth]).iloc[0]
        total = found["export_musd"] + found["import_musd"]
        assert total >= goal * (1 - 1e-12)
        if found["import_musd"] > 0:
            assert total == pytest.approx(goal)
            grown = 200 * (1 + found["import_growth"]) ** years
            assert grown == pytest.approx(found["import_musd"])

    def test_bad(self):
        """A year that is over, flows unknown or zero, exports gone, no goal."""
        ask = {"year": 2027, "export_growth": [0.0]}
        with pytest.raises(ValueError, match="^a scenario is of a year after 2025, the last know"):
            scenario.mixes(PAIR, 1000, year=2025, export_growth=[0.0])
        for bad in (0.0, np.nan):
            with pytest.raises(
                ValueError, match=f"exports and imports of 2025, got 300.0 and {bad}"
            ):
                scenario.mixes(PAIR.assign(import_musd=bad), 1000, **ask)
        with pytest.raises(
            ValueError, match="^a mix needs exports and imports of 2025, got 0.0 and"
        ):
            scenario.mixes(PAIR.assign(export_musd=0.0), 1000, **ask)
        with pytest.raises(ValueError, match=r"^growth of exports is above -1, got \[-1.0\]$"):
            scenario.mixes(PAIR, 1000, year=2027, export_growth=[-1.0])
        for bad in (0, np.inf):
            with pytest.raises(
                ValueError, match=f"^target_musd must be positive and finite, got {bad}"
            ):
                scenario.mixes(PAIR, bad, **ask)


class TestBreakEven:
    """Price times quantity against a gap."""

    def test_by_hand(self):
        """1.5 bcm at 100 dollars a thousand cubic metres is 150m: a third of a gap of 450."""
        found = scenario.break_even(450, volumes=[1.5, 3.0], prices=[100, 150])
        assert found.to_numpy().tolist() == [
            [1.5, 100, 150, 0.3333, 300], [1.5, 150, 225, 0.5, 300],
            [3.0, 100, 300, 0.6667, 150], [3.0, 150, 450, 1.0, 150],
        ]  # fmt: skip
        assert found.columns.tolist() == [
            "volume", "price", "value_musd", "share", "break_even_price",
        ]  # fmt: skip

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
        found = scenario.from_history(PAIR, year=2027, inflation=0.1)
        assert found == {
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
        flows = PAIR[["export_musd", "import_musd", "year", "turnover_musd"]]
        assert "exports and imports each at their best" in scenario.from_history(flows, year=2026)
        one = scenario.from_history(bare.assign(export_musd=1.0), year=2026)
        assert "exports and imports each at their best" not in one

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
        """Of 100, 200, 300, 400 three are at least 200 and one is 400."""
        values = {"much": 400.0, "more still": 401.0, "some": 200.0}
        found = scenario.place(four_paths(), values, year=2027)
        assert found["scenario"].tolist() == ["some", "much", "more still"]
        assert found.index.tolist() == [0, 1, 2]
        assert found["value_musd"].tolist() == [200, 400, 401]
        assert found["probability"].tolist() == [0.75, 0.25, 0]
        assert found["percentile"].tolist() == [25, 75, 100]
        assert found["words"].tolist() == ["likely", "unlikely", "exceptionally unlikely"]

    def test_the_year_counts(self):
        """In the first year all paths lie at 50."""
        assert scenario.place(four_paths(), {"x": 51.0}, year=2026)["percentile"].item() == 100

    @given(st.lists(st.floats(1, 1000), min_size=2, max_size=6, unique=True))
    def test_more_is_never_likelier(self, values):
        """Stories in order of value are in falling order of probability."""
        named = {str(i): value for i, value in enumerate(values)}
        found = scenario.place(four_paths(), named, year=2027)
        assert found["value_musd"].is_monotonic_increasing
        assert found["probability"].is_monotonic_decreasing
        assert found["percentile"].to_numpy() / 100 + found[
            "probability"
        ].to_numpy() == pytest.approx(1)

    def test_bad(self):
        """A value that is none, and a year that is not forecast."""
        with pytest.raises(ValueError, match="^a value to reach is positive and finite, got 0$"):
            scenario.place(four_paths(), {"x": 0}, year=2027)
        with pytest.raises(ValueError, match="^2028 is not forecast"):
            scenario.place(four_paths(), {"x": 1}, year=2028)
