"""Nowcasts of one pair: what enters, the distribution and its inverse, and what is said of it."""

import math

import numpy as np
import pandas as pd
import pytest
from conftest import FEW
from hypothesis import given
from hypothesis import strategies as st
from test_part_year import toy

import tradelib as tl
from tradelib.science.forecasting.growth_model import NODES, below_nodes, between_nodes
from tradelib.science.forecasting.nowcast import FirstMonths, newest_months, nowcast_of
from tradelib.science.forecasting.nowcast_model import Past

DAY = pd.Timestamp("2022-10-05")
LEVELS = [0.01, 0.02, 0.1, 0.37, 0.5, 0.9, 0.99, 0.999]


def shares(*rows, **columns):
    """Shares from (reporter, year, months, share) rows, all public in time."""
    table = pd.DataFrame(rows, columns=["reporter", "year", "months", "share"])
    return table.assign(
        partner="TKM", released="2022-01-01", full_year_released="2022-03-01", **columns
    ).astype({"released": "datetime64[us]", "full_year_released": "datetime64[us]"})


def cast(table=None, value=100.0, months=6, year=2022, pair=("KAZ", "TKM"), as_of=DAY, **options):
    """A nowcast with defaults."""
    return tl.nowcast_year(
        value, year=year, months=months, shares=table, pair=pair, known_by=as_of, **options
    )


def calendar_model():
    """A model of normal shocks of scale 0.1 around pro rata, whatever is known of the pair."""
    return toy(scale={(0, 0): math.log(0.1)})


class TestByHand:
    """A model that knows the calendar alone."""

    def test_quantiles(self):
        """100 in six months: the rest is 100 times exp(0.1 z); 90 in nine leave 30 for three."""
        nowcast = cast(model=calendar_model())
        assert nowcast.median_musd == pytest.approx(200)
        ends = [100 + 100 * math.exp(-0.1281552), 100 + 100 * math.exp(0.1281552)]
        assert nowcast.quantiles([0.1, 0.9]) == pytest.approx(ends)
        assert nowcast.interval(80) == pytest.approx(ends)
        assert nowcast.quantile(0.9) == pytest.approx(ends[1])
        nine = cast(value=90.0, months=9, model=calendar_model())
        assert nine.median_musd == pytest.approx(120)
        assert nine.log_rest[11] == pytest.approx(math.log(30))

    def test_chance(self):
        """At least 100 + 100 exp(0.1 x 1.6449) with a chance of 5 %; 100 are there."""
        nowcast = cast(model=calendar_model())
        goals = [100 + 100 * math.exp(0.1644854), 200, 100, 0, -5]
        assert nowcast.chance(goals) == pytest.approx([0.05, 0.5, 1, 1, 1])

    def test_scores(self):
        """A higher score is an earlier year, so a lower one."""
        nowcast = cast(model=calendar_model())
        drawn = nowcast.shaped(np.array([[-1.2816, 0.0], [1.2816, 100.0]]))
        assert drawn.shape == (2, 2)
        assert drawn[0] == pytest.approx([nowcast.quantile(0.9), 200], rel=1e-4)
        assert drawn[1, 0] == pytest.approx(nowcast.quantile(0.1), rel=1e-4)
        assert 100 < drawn[1, 1] < nowcast.quantile(0.001)

    def test_variants(self):
        """Pro rata 200; 40 % in earlier half-years, 250; 50 of 120 a year before, 240."""
        table = shares(("KAZ", 2020, 6, 0.4), ("KAZ", 2019, 3, 1 / 7.0))
        ways = cast(table, model=calendar_model()).variants.set_index("variant")
        assert ways.index.tolist() == ["pro rata", "own shares", "nowcast model"]
        odds = math.exp((math.log(0.4 / 0.6) + math.log((1 / 6) / (1 / 3))) / 2)
        assert ways.loc["own shares", "share"] == pytest.approx(odds / (1 + odds))
        assert ways["years"].tolist() == [0, 2, 2]
        assert (ways["value_musd"] * ways["share"]).tolist() == pytest.approx([100] * 3)
        same_months = shares(("KAZ", 2021, 6, 50 / 120))
        ways = cast(same_months, totals={2021: 120}, model=calendar_model()).variants
        carried_on = ways.set_index("variant").loc["growth carried on"]
        assert carried_on[["value_musd", "years"]].tolist() == [pytest.approx(240), 1]


class TestPanel:
    """One pair is a row of `nowcast_panel`."""

    YEARS = range(2018, 2023)

    @pytest.mark.parametrize("months", [1, 6, 11])
    @pytest.mark.parametrize("past", ["all", "totals", "an old total", "nothing"])
    def test_same_numbers(self, months, past):
        """With all of the past, its totals, an old total alone, or nothing."""
        totals = pd.DataFrame([[90.0, 140, 120, 250, np.nan]], ["KAZ-TKM"], self.YEARS, float)
        share = np.array([[0.4, 0.55, 0.47, 0.5, np.nan]]) * months / 6.5
        parts = totals * share
        parts[2022] = 200.0
        if past != "all":
            parts.loc[:, :2021] = np.nan
        if past == "an old total":
            totals.loc[:, [2018, 2020, 2021]] = np.nan
        if past == "nothing":
            totals[:] = np.nan
        own = None
        if past == "all":
            rows = zip(self.YEARS, share[0], strict=False)
            own = shares(*[("KAZ", year, months, of_year) for year, of_year in rows][:-1])
        of_years = totals.iloc[0].dropna()
        nowcast = cast(own, value=200.0, months=months, totals=of_years if len(of_years) else None)
        expected = tl.nowcast_panel(parts, totals, months=months, quantiles=LEVELS, as_of=DAY)[0]
        assert nowcast.quantiles(LEVELS) == pytest.approx(expected, rel=1e-9)
        assert 1 - nowcast.chance(expected) == pytest.approx(LEVELS, abs=1e-9)


class TestInverse:
    """The chance is the quantile turned round."""

    @FEW
    @given(st.floats(0.0005, 0.9995), st.integers(1, 11), st.floats(0.5, 1e6))
    def test_there_and_back(self, p, months, value):
        """Of at least a quantile it is what is left above it."""
        nowcast = cast(value=value, months=months)
        assert nowcast.chance([nowcast.quantile(p)])[0] == pytest.approx(1 - p, abs=1e-9)

    def test_equal_nodes(self):
        """Quantiles that are equal are a jump, and no error."""
        nodes = np.repeat([0.0, 1.0, 2.0], [5, 13, 5])
        below = below_nodes(nodes, np.array([-1.0, 0.0, 0.5, 1.0, 1.5, 3.0]))
        assert (np.diff(below) >= 0).all()
        assert below[[0, -1]].tolist() == [0, 1]
        assert NODES[4] < below[2] < NODES[5]
        assert between_nodes(nodes[None], np.array([below[2]]))[0, 0] == pytest.approx(0.5)

    def test_leads(self):
        """Two hundred equally likely values around the median, in order."""
        nowcast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
        values = nowcast.median_musd * np.exp(nowcast.leads())
        assert values.size == 200
        assert (np.diff(values) > 0).all()
        assert np.mean(values <= nowcast.quantile(0.8)) == pytest.approx(0.8, abs=0.003)

    def test_sample(self):
        """Draws have the quantiles, and follow the seed."""
        nowcast = cast(value=228.8, months=7)
        draws = nowcast.sample(20_000, rng=1)
        assert np.quantile(draws, [0.1, 0.5, 0.9]) == pytest.approx(
            nowcast.quantiles([0.1, 0.5, 0.9]), rel=0.01
        )
        assert (nowcast.sample(5, rng=1) == draws[:5]).all()
        assert (nowcast.sample(5, rng=2) != draws[:5]).all()


class TestWhatEnters:
    """The pair's own shares and totals: exact, final, public in time, of earlier years."""

    rows = (("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.45))

    def test_nothing_of_other_pairs(self):
        """Whatever another pair's shares are, they change nothing."""
        alone = cast(shares(*self.rows))
        others = [("UZB", year, 6, 0.1) for year in range(2010, 2022)]
        among = cast(shares(*self.rows, *others))
        assert (among.log_rest == alone.log_rest).all()
        assert among.variants.equals(alone.variants)

    @pytest.mark.parametrize(
        "change",
        [
            {"bound": "at_least"},
            {"status": "doubtful"},
            {"released": pd.Timestamp("2022-10-06")},
            {"full_year_released": pd.Timestamp("2022-10-06")},
            {"year": 2022},
            {"year": 2023},
            {"share": 1.0},
            {"share": 0.0},
            {"months": 0},
            {"months": 12},
        ],
    )
    def test_left_out(self, change):
        """A bound, a doubtful, late, later or impossible row moves nothing; a preliminary one does."""
        good = shares(*self.rows, bound="exact", status="final")
        extra = good.head(1).assign(year=2021, share=0.1).assign(**change)
        with_extra = cast(pd.concat([good, extra], ignore_index=True))
        assert (with_extra.log_rest == cast(good).log_rest).all()
        kept = good.head(1).assign(year=2021, share=0.1, status="preliminary")
        assert (cast(pd.concat([good, kept])).log_rest != cast(good).log_rest).any()

    @FEW
    @given(st.permutations(range(4)))
    def test_order_and_names(self, order):
        """The order of rows, and what pairs are called, change nothing."""
        table = shares(*self.rows, ("UZB", 2020, 6, 0.3), ("UZB", 2021, 6, 0.35))
        original = cast(table)
        shuffled = cast(table.iloc[list(order)])
        renamed = cast(table.replace({"KAZ": "FRA"}), pair=("FRA", "TKM"))
        assert original.log_rest == pytest.approx(shuffled.log_rest)
        assert original.log_rest == pytest.approx(renamed.log_rest)

    def test_totals(self):
        """Of earlier years, and public in time; an old total is not called last year's."""
        totals = pd.DataFrame({"year": [2020, 2021], "turnover_musd": [100.0, 400.0]})
        known = cast(totals=totals)
        assert (known.log_rest != cast().log_rest).any()
        assert (cast(totals={"2021": 400, "2020": 100}).log_rest == known.log_rest).all()
        later = pd.concat([totals, pd.DataFrame({"year": [2022], "turnover_musd": [9e5]})])
        assert (cast(totals=later).log_rest == known.log_rest).all()
        late = totals.assign(released=pd.to_datetime(["2021-07-01", "2022-10-06"]))
        without = cast(totals=totals.head(1))
        assert (cast(totals=late).log_rest == without.log_rest).all()
        assert "growth carried on" not in set(known.variants["variant"])
        in_2020 = cast(totals=totals.head(1).assign(year=2021))
        assert (without.log_rest != in_2020.log_rest).any()

    def test_known_from(self):
        """The day on which the last share became known, or the model; that day itself counts."""
        table = shares(*self.rows)
        assert cast(table).known_from == pd.Timestamp("2022-06-30")
        table.loc[1, "full_year_released"] = DAY
        assert cast(table).known_from == DAY

    def test_newest_months(self):
        """The last months of the last year, exact and of all goods; nothing where none are."""
        row = {
            "year": 2022,
            "months": 7,
            "value_musd": 228.8,
            "status": "preliminary",
            "bound": "exact",
            "coverage": "goods",
        }
        worse = [{"status": "doubtful"}, {"bound": "at_least"}, {"coverage": "non_oil"}]
        table = pd.DataFrame([row | {"months": 8} | other for other in worse])
        assert newest_months(table) is None
        older = [row, row | {"year": 2021, "months": 9}, row | {"months": 6, "status": "final"}]
        table = pd.concat([table, pd.DataFrame(older)])
        assert newest_months(table) == (2022, 7, 228.8)
        services = table.assign(coverage=table["coverage"].replace("non_oil", "goods_services"))
        assert newest_months(services)[1] == 8


class TestRefused:
    """Figures, months and tables that are none are refused by value."""

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"months": 12}, ValueError, "^a part-year has 1 to 11 months, got 12$"),
            ({"months": 6.0}, TypeError, "^months must be a whole number, got 6.0$"),
            ({"value": 0}, ValueError, "^the part-year figure must be positive and finite, got 0$"),
            ({"value": "228.8"}, TypeError, "^value_musd must be a number, got"),
            ({"table": shares(("KAZ", 2020, 6, 0.4)), "pair": None}, ValueError, "say which, pair"),
            ({"totals": {2021: -1.0}}, ValueError, "needs positive values, got -1 in 2021"),
        ],
    )
    def test_bad(self, options, error, message):
        """A value, months, shares without a pair, a negative total."""
        with pytest.raises(error, match=message):
            cast(**options)

    def test_missing_columns(self):
        """What is missing is named."""
        table = shares(("KAZ", 2020, 6, 0.4)).drop(columns=["share", "released"])
        with pytest.raises(ValueError, match="^shares lack share, released; take them from flows"):
            cast(table)

    def test_bad_quantiles(self):
        """Probabilities and levels are proper, values finite."""
        nowcast = cast()
        for p in (0, 1, -0.1):
            with pytest.raises(ValueError, match=f"a probability between 0 and 1, got {p}$"):
                nowcast.quantile(p)
            with pytest.raises(ValueError, match="^quantiles lie between 0 and 1, got"):
                nowcast.quantiles([0.5, p])
        for level in (0, 100):
            with pytest.raises(ValueError, match=f"between 0 and 100, got {level}$"):
                nowcast.interval(level)
        for goals in ([math.inf], [[1.0]]):
            with pytest.raises(ValueError, match="^values to reach are finite, got"):
                nowcast.chance(goals)


class TestUnusual:
    """What the months have of which the model has seen little is said, and not refused."""

    def months(self, value, totals=(100.0,), last_part=math.nan, largest=None):
        """Six months of a year after years of these totals."""
        row = np.array([totals])
        past = Past(row, np.full(row.shape, math.nan), np.array([last_part]))
        first = FirstMonths(2022, 6, value, past, largest=largest)
        return nowcast_of(first, model=tl.nowcast_model(as_of=DAY)).basis.unusual

    @pytest.mark.parametrize(("steady", "least"), [(True, 2.0), (False, 6.0)])
    def test_growth(self, steady, least):
        """Twice or half of last year's months, or more if the pair often jumps."""
        totals = (1e5,) * 12 if steady else (1e5, 3e5) * 5 + (3e5, 1e5)
        half = 5e4
        for multiple in (0.4 * least, 0.95 * least, 1.1 / least):
            assert self.months(multiple * half, totals) == ""
        assert "6/12 of the year 2021" in self.months(8 * least * half, totals)
        assert "0.1 times" in self.months(half / 10, totals) or not steady
        assert self.months(8 * half, totals, last_part=8 * half) == ""
        assert "same months of 2021" in self.months(half, totals, last_part=half / 30)

    def test_one_month(self):
        """A month as large as all others together; without a past nothing is held against them."""
        assert self.months(1e9, totals=(math.nan,)) == ""
        assert self.months(60.0, largest=(6, 0.49)) == ""
        assert self.months(60.0) == ""
        assert "50% of it in month 6 alone" in self.months(60.0, largest=(6, 0.5))

    def test_said(self):
        """In the summary, with the numbers."""
        nowcast = cast(totals={2021: 20.0})
        assert "US$100.0m in 6 months of 2022 (10 times 6/12 of the year 2021" in nowcast.summary()


def test_words_and_frame():
    """Summary and frame hold the same figures; the simple ways have theirs."""
    nowcast = cast(shares(("KAZ", 2021, 6, 0.4)), totals={2021: 200.0})
    low, high = nowcast.interval(80)
    row = nowcast.to_frame().iloc[0]
    assert row[["year", "months", "part_musd"]].tolist() == [2022, 6, 100.0]
    assert row[["low", "median", "high"]].tolist() == [low, nowcast.median_musd, high]
    values = nowcast.variants["value_musd"]
    assert row[["pro_rata_musd", "least", "most"]].tolist() == [200, values.min(), values.max()]
    assert row["known_from"] == nowcast.known_from
    text = nowcast.summary()
    for part in (f"{nowcast.median_musd:.0f}m", f"{low:.0f}m and US${high:.0f}m", "200m", "250m"):
        assert f"US${part}" in text
    assert nowcast.basis.text in text
    assert "in 1 earlier year" in nowcast.basis.text
    assert "own past it reads nothing" in cast().basis.text


def test_the_article():
    """Hindcast of 2022: 438.7 came, inside the 80 %; no later share used."""
    totals = tl.load_turnover("KAZ", "TKM").query("source_id == 'bns'")
    table = tl.part_year_shares()
    nowcast = cast(table, value=228.8, months=7, totals=totals)
    low, high = nowcast.interval(80)
    assert low < 438.7 < high
    assert nowcast.known_from <= DAY
    poisoned = table.copy()
    late = poisoned[["released", "full_year_released"]].max(axis=1) > DAY
    assert late.sum() > 5
    poisoned.loc[late, "share"] = 0.01
    again = cast(poisoned, value=228.8, months=7, totals=totals)
    assert (again.log_rest == nowcast.log_rest).all()
    bundled = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    assert (bundled.log_rest == nowcast.log_rest).all()
