import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import annual
from hypothesis import given
from hypothesis import strategies as st

from tradelib.science.pledges.progress_methods import METHODS, method_calls, progress
from tradelib.science.pledges.target import Target, standing

PLEDGE = {"reporter": "KAZ", "partner": "TKM", "value_musd": 1000.0}
# The pair's turnover in US$ million, rounded to 0.1, 2018-2025 (DATA of the project, BNS).
PAIR = annual([98.1, 145.9, 128.0, 254.2, 438.7, 562.9, 555.8, 515.5])


def pledge(**changes):
    """The article's target, changed."""
    return Target(**{**PLEDGE, "deadline": 2027, **changes})


class TestTarget:
    """The pledge itself."""

    def test_normal(self):
        """Countries are kept as ISO3, whatever they were given as."""
        target = Target(reporter="Kazakhstan", partner=795, value_musd=1000)
        assert (target.reporter, target.partner, target.pair) == ("KAZ", "TKM", "KAZ-TKM")
        assert target.deadline is None

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"wording": "in five years"}, 'US$1,000m by 2027 ("in five years")'),
            (
                {"deadline": None},
                "Kazakhstan-Turkmenistan turnover of US$1,000m, no deadline named",
            ),
            ({"flow": "export"}, "exports of Kazakhstan to Turkmenistan of US$1,000m by 2027"),
            ({"flow": "import"}, "imports of Kazakhstan from Turkmenistan of US$1,000m by 2027"),
            ({"value_musd": 0.4}, "US$0.4m"),
            ({"value_musd": 10.4}, "US$10m"),
        ],
    )
    def test_summary(self, changes, words):
        """Who, what, when, in which words, and of one flow which way the goods go."""
        assert words in pledge(**changes).summary()

    @pytest.mark.parametrize(
        ("changes", "error", "message"),
        [
            ({"reporter": "Atlantis"}, ValueError, "no country is called 'Atlantis'"),
            ({"partner": "KAZ"}, ValueError, "^a target needs two countries, got KAZ twice$"),
            ({"value_musd": 0}, ValueError, "^value_musd must be positive and finite, got 0$"),
            ({"value_musd": math.nan}, ValueError, "positive and finite, got nan$"),
            ({"value_musd": "1bn"}, TypeError, "^value_musd must be a number, got '1bn'$"),
            ({"deadline": 2027.5}, TypeError, "^deadline is a calendar year or None, got 2027.5$"),
            ({"deadline": 27}, ValueError, "^deadline is a calendar year such as 2027, got 27$"),
            ({"flow": pd.NA}, ValueError, "^flow is one of turnover, export, import, got <NA>$"),
            ({"announced": pd.NaT}, TypeError, "^announced is a datetime.date or None, got NaT$"),
            ({"deadline": 2021, "announced": date(2022, 10, 5)}, ValueError, "^the deadline must"),
        ],
    )
    def test_bad(self, changes, error, message):
        """What cannot be a pledge is refused by name and value."""
        with pytest.raises(error, match=message):
            pledge(**changes)

    def test_earliest_deadline(self):
        """The year of the announcement is the first possible deadline."""
        assert pledge(deadline=2022, announced=date(2022, 10, 5)).deadline == 2022
        assert [pledge(deadline=year).deadline for year in (1900, 2200)] == [1900, 2200]

    def test_numpy_numbers(self):
        """Numbers out of a frame are numbers; they are kept as Python's."""
        target = pledge(deadline=np.int64(2027), value_musd=np.int64(1000), partner=np.int64(795))
        assert target == pledge()
        assert type(target.deadline) is int
        assert type(target.value_musd) is float


class TestStanding:
    """Where a pair stands, by arithmetic."""

    def test_open(self):
        """Two years left from 515.5: x1.94, 39.3 % a year."""
        now = standing(pledge(), PAIR)
        assert (now.last_year, now.last_musd, now.years_left, now.reached) == (2025, 515.5, 2, None)
        assert now.required == pytest.approx(0.3928, abs=5e-5)
        assert now.multiple == pytest.approx(1000 / 515.5)
        assert now.state == "open"
        assert "must grow by 39.3% a year to 2027, to 1.94 times as much." in now.summary()
        row = now.to_frame().iloc[0]
        assert row["target_musd"] == 1000
        for name in ("state", "last_year", "last_musd", "multiple", "years_left", "required"):
            assert row[name] == getattr(now, name), name

    @pytest.mark.parametrize(
        ("changes", "state", "years_left"),
        [
            ({"value_musd": 500}, "reached in 2023", 2),
            ({"value_musd": 438.7}, "reached in 2022", 2),
            ({"value_musd": 500, "deadline": 2022}, "missed, reached in 2023", -3),
            ({"value_musd": 500, "deadline": 2023}, "reached in 2023", -2),
            ({"deadline": 2025}, "missed", 0),
            ({"deadline": 2026}, "open", 1),
            ({"deadline": None}, "open, no deadline", None),
        ],
    )
    def test_states(self, changes, state, years_left):
        """Reached, missed, vague and open are states, not errors; growth is asked while one is open."""
        now = standing(pledge(**changes), PAIR)
        assert now.state == state
        assert now.years_left == years_left
        expected = pytest.approx(1000 / 515.5 - 1) if state == "open" else None
        assert now.required == expected

    def test_earlier_years_do_not_count(self):
        """A level passed before the announcement is not the pledge come true."""
        falling = annual([900.0, 450.0, 300.0], start=2018)
        since = pledge(value_musd=400.0, announced=date(2020, 5, 1))
        assert standing(since, falling).state == "open"
        asked_now = standing(pledge(value_musd=400.0), falling)
        assert (asked_now.state, asked_now.since) == ("open", 2020)
        assert standing(pledge(value_musd=300.0), falling).state == "reached in 2018"
        over = pledge(value_musd=400.0, deadline=2019)
        assert standing(over, falling).state == "reached in 2018"
        assert standing(pledge(value_musd=400.0, deadline=2020), falling).state == "missed"
        year_of = pledge(value_musd=300.0, announced=date(2020, 5, 1))
        assert standing(year_of, falling).state == "reached in 2020"

    def test_gaps(self):
        """A year may be missing; the rest counts as it is."""
        assert standing(pledge(), PAIR.drop(index=2)) == standing(pledge(), PAIR)

    def test_preliminary(self):
        """A preliminary last year is said to be; earlier ones do not matter."""
        early = PAIR.assign(status=["final"] * 7 + ["preliminary"])
        assert standing(pledge(), early).preliminary
        before = PAIR.assign(status=["preliminary"] + ["final"] * 7)
        assert not standing(pledge(), before).preliminary

    @pytest.mark.parametrize("function", [standing, lambda t, h: progress(h, t)])
    def test_wrong_pair(self, function):
        """Figures of another pair, and swapped arguments, are refused."""
        with pytest.raises(ValueError, match="^the history is of ITA-TKM, the target of KAZ-TKM$"):
            function(pledge(), PAIR.assign(reporter="ITA", partner="TKM"))
        with pytest.raises(
            TypeError,
            match="^(target must be a Target, such as .*|history must be a history .*), got ",
        ):
            function(PAIR, pledge())

    def test_bad_history(self):
        """The history is checked as everywhere."""
        with pytest.raises(ValueError, match="a history needs positive"):
            standing(pledge(), annual([1.0, 0.0]))


def ratios(frame):
    """Method to ratio."""
    return frame.set_index("method")["ratio"].to_dict()


class TestProgress:
    """Official methods against hand-worked cases."""

    def test_hand_worked(self):
        """The cases of the project's reference table: 2021 to 2023, and 2021 to 2025."""
        early = progress(PAIR, pledge(), base_year=2021, last_year=2023)
        assert ratios(early)["un_2026"] == pytest.approx(3.36, abs=0.005)
        assert ratios(early)["open_sdg"] == pytest.approx(1.9, abs=0.05)
        assert early.set_index("method")["status"].to_dict() == {
            "un_2026": "on track",
            "open_sdg": "on track",
            "eurostat_5": "significant progress",
        }
        years_and_values = ["base_year", "last_year", "base_musd", "last_musd"]
        assert early.iloc[0][years_and_values].tolist() == [2021, 2023, 254.2, 562.9]
        late = progress(PAIR, pledge(), base_year=2021)
        assert ratios(late)["un_2026"] == pytest.approx(0.64, abs=0.005)
        assert ratios(late)["open_sdg"] == pytest.approx(0.75, abs=0.005)
        expected = ["moderate progress", "progress made, acceleration needed"]
        assert late["status"].tolist()[:2] == expected

    def test_open_sdg_by_hand(self):
        """21 % achieved in two years where 46.41 % is asked in four: on the dot."""
        frame = annual([100.0, 105.0, 121.0])
        rows = progress(frame, pledge(value_musd=146.41, deadline=2022))
        assert ratios(rows)["open_sdg"] == pytest.approx(1.0)
        assert ratios(rows)["un_2026"] == pytest.approx(1.0)

    @pytest.mark.parametrize(
        ("method", "edge", "on_it", "below"),
        [
            ("un_2026", 0.95, "on track", "moderate progress"),
            ("un_2026", 0.5, "moderate progress", "marginal progress"),
            ("un_2026", 0.1, "marginal progress", "stagnation"),
            ("open_sdg", 0.95, "on track", "progress made, acceleration needed"),
            ("open_sdg", 0.6, "progress made, acceleration needed", "limited progress"),
            ("eurostat_5", 0.95, "significant progress", "moderate progress"),
            ("eurostat_5", 0.6, "moderate progress", "insufficient progress"),
        ],
    )
    def test_bands(self, method, edge, on_it, below):
        """A ratio on the lower edge belongs to the band, one below it to the next."""
        for ratio, status in ((edge, on_it), (edge - 0.01, below)):
            assert next(name for least, name in METHODS[method].bands if ratio >= least) == status

    def test_bands_are_applied(self):
        """A shrinking series regresses, a flat one stagnates."""
        shrinking = progress(annual([100.0, 90.0]), pledge())
        assert shrinking["status"].tolist() == ["regression", "deterioration"]
        assert (shrinking["ratio"] < 0).all()
        flat = progress(annual([100.0, 100.0]), pledge())
        assert flat["ratio"].tolist() == [0.0, 0.0]
        assert flat["status"].tolist() == ["stagnation", "limited progress"]

    def test_eurostat_windows(self):
        """Five and fifteen years back from the last year, whatever the base."""
        long = annual([100.0 * 1.05**i for i in range(20)], start=2000)
        target = pledge(deadline=2030)
        rows = progress(long, target, base_year=2018).set_index("method")
        assert rows.loc[["eurostat_5", "eurostat_15"], "base_year"].tolist() == [2014, 2004]
        assert rows.loc["open_sdg", "base_year"] == 2018
        every = progress(long, target, base_year=2016, every_endpoint=True)
        assert every["last_year"].min() == 2017
        short = progress(annual([100.0, 120.0]), target)
        assert short["method"].tolist() == ["un_2026", "open_sdg"]

    def test_every_endpoint(self):
        """All pairs of years for the two methods, and every window for Eurostat's."""
        every = progress(PAIR, pledge(), every_endpoint=True)
        counts = every["method"].value_counts().to_dict()
        assert counts == {"un_2026": 28, "open_sdg": 28, "eurostat_5": 3}
        assert not every.duplicated(["method", "base_year", "last_year"]).any()
        assert (every["base_year"] < every["last_year"]).all()
        single = progress(PAIR, pledge(), base_year=2021, last_year=2023)
        both = every.merge(single, on=["method", "base_year", "last_year"])
        assert both["ratio_x"].tolist() == both["ratio_y"].tolist()
        some = progress(PAIR, pledge(), base_year=2020, last_year=2022, every_endpoint=True)
        years = some.query("method == 'un_2026'")[["base_year", "last_year"]]
        assert years.to_numpy().tolist() == [[2020, 2021], [2020, 2022], [2021, 2022]]

    def test_met(self):
        """A target met at the end or at the base is a state, and measures no ratio."""
        met = progress(PAIR, pledge(value_musd=500.0), base_year=2021)
        assert met["status"].unique().tolist() == ["target met"]
        assert met["ratio"].isna().all()
        fell = progress(PAIR, pledge(value_musd=555.8), base_year=2024)
        assert fell["status"].tolist()[:2] == ["target met at base"] * 2
        flat = progress(annual([100.0, 100.0]), pledge(value_musd=100.0))
        assert flat["status"].tolist() == ["target met"] * 2

    def test_many_at_once(self):
        """Each of several pairs has its own call: 300 of 600 gained, lost, there, lost since."""
        pairs = [100.0] * 3 + [900.0], [200.0, 90.0, 700.0, 600.0]
        ratio, status = method_calls(METHODS["un_2026"], *pairs, [700.0] * 4, ago=1, left=1)
        expected = ["moderate progress", "regression", "target met", "target met at base"]
        assert status.tolist() == expected
        assert ratio == pytest.approx([300 / 600, -19 / 600, math.nan, math.nan], nan_ok=True)

    def test_deadline_passed(self):
        """The assessment ends at the deadline even if the history goes on."""
        rows = progress(PAIR, pledge(deadline=2023), base_year=2021)
        assert rows["last_year"].unique().tolist() == [2023]
        assert ratios(rows)["un_2026"] == pytest.approx((562.9 - 254.2) / (1000 - 254.2))

    @given(st.floats(10, 900), st.floats(10, 900), st.floats(0.01, 100))
    def test_currency_does_not_matter(self, base, last, unit):
        """Scaling history and target alike changes no ratio."""
        plain = progress(annual([base, last]), pledge())
        larger = annual([base * unit, last * unit])
        scaled = progress(larger, pledge(value_musd=1000 * unit))
        expected = pytest.approx(plain["ratio"].tolist(), rel=1e-6, abs=1e-9)
        assert scaled["ratio"].tolist() == expected

    @given(st.floats(10, 900), st.floats(1.01, 2))
    def test_more_is_never_worse(self, last, more):
        """A higher last value gives a higher ratio."""
        low = progress(annual([100.0, last]), pledge(value_musd=2000.0))
        high = progress(annual([100.0, last * more]), pledge(value_musd=2000.0))
        assert (high["ratio"].to_numpy() > low["ratio"].to_numpy()).all()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"target": pledge(deadline=None)}, "^progress needs a deadline, KAZ-TKM has none"),
            ({"base_year": 2017}, "^2017 is not in the history, which runs from 2018 to 2025$"),
            ({"base_year": 2023, "last_year": 2023}, "^progress needs base year < last year <="),
            ({"target": pledge(deadline=2022), "last_year": 2023}, "got 2018, 2023, 2022"),
        ],
    )
    def test_bad(self, options, message):
        """Years that make no assessment are refused by name."""
        options = {"target": pledge(), **options}
        with pytest.raises(ValueError, match=message):
            progress(PAIR, options.pop("target"), **options)

    @pytest.mark.parametrize("years", [{"base_year": 2021.0}, {"last_year": "2023"}])
    def test_years_are_whole(self, years):
        """Years that are no whole numbers are refused."""
        with pytest.raises(TypeError, match="^(base|last)_year must be a whole number or None"):
            progress(PAIR, pledge(), **years)

    def test_bad_history(self):
        """Gaps never enter, and two years are the least that can be compared."""
        with pytest.raises(ValueError, match="a history has no gaps here, but 2020 is missing"):
            progress(PAIR.drop(index=2), pledge())
        with pytest.raises(ValueError, match="base year < last year"):
            progress(annual([100.0]), pledge())


def test_frames_are_not_changed():
    """Arguments stay as they were."""
    before = PAIR.copy()
    progress(PAIR, pledge(), every_endpoint=True)
    standing(pledge(), PAIR)
    pd.testing.assert_frame_equal(PAIR, before)
