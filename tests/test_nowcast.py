import math

import numpy as np
import pandas as pd
import pytest
from conftest import FEW
from hypothesis import given
from hypothesis import strategies as st

import tradelib as tl
from tradelib.science.outlook.nowcast import newest_months, nowcast_year

DAY = pd.Timestamp("2022-10-05")


def logit(share):
    """Log odds."""
    return math.log(share / (1 - share))


def shares(*rows, **columns):
    """Shares from (reporter, year, months, share) rows, all public in time."""
    table = pd.DataFrame(rows, columns=["reporter", "year", "months", "share"])
    return table.assign(
        partner="TKM", released="2022-01-01", full_year_released="2022-03-01", **columns
    ).astype({"released": "datetime64[us]", "full_year_released": "datetime64[us]"})


def cast(table, value=100.0, months=6, year=2022, pair=("KAZ", "TKM"), as_of=DAY):
    """A nowcast with defaults."""
    return nowcast_year(value, year=year, months=months, shares=table, pair=pair, known_by=as_of)


class TestChoice:
    """Pool and shrinkage come from leaving one pair-year out."""

    def test_steady_pair(self):
        """A pair that always has 40 % at mid-year is believed, unshrunk and on its own."""
        nowcast = cast(shares(("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.4), ("KAZ", 2021, 6, 0.4)))
        assert nowcast.chosen == "own pair, shrinkage 0"
        assert nowcast.median_musd == pytest.approx(250)

    def test_pro_rata_wins(self):
        """Where earlier years scatter around pro rata, pro rata is taken and said."""
        nowcast = cast(shares(("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.6)))
        assert nowcast.chosen == "pro rata"
        assert nowcast.median_musd == pytest.approx(200)
        assert "by past errors (pro rata)" in nowcast.summary()

    def test_other_pairs_help(self):
        """Pairs that agree make the pool of all the best."""
        table = shares(("KAZ", 2021, 6, 0.4), ("UZB", 2020, 6, 0.4), ("ITA", 2020, 6, 0.4))
        nowcast = cast(table)
        assert nowcast.chosen == "all pairs, shrinkage 0"
        assert nowcast.median_musd == pytest.approx(250)

    def test_variants_are_the_range(self):
        """Each variant has its votes and what it implies; one is chosen."""
        table = shares(("KAZ", 2020, 6, 0.45), ("KAZ", 2021, 6, 0.4), ("UZB", 2021, 6, 0.3))
        variants = cast(table).variants
        assert variants["variant"].tolist() == ["pro rata", "own pair", "all pairs"]
        assert variants["votes"].tolist() == [0, 2, 3]
        assert variants["chosen"].sum() == 1
        assert variants["value_musd"][0] == pytest.approx(200)
        assert (variants["value_musd"] * variants["share"]).tolist() == pytest.approx([100] * 3)

    def test_shrinkage_and_error_by_hand(self):
        """Two votes a, b with shrinkage k: the sum over 2 + k; each predicts the other by 1 + k."""
        a = logit(0.4)
        b = logit(0.35)
        nowcast = cast(shares(("KAZ", 2020, 6, 0.4), ("KAZ", 2021, 6, 0.35)))
        own = nowcast.variants.set_index("variant").loc["own pair"]
        assert own["shrinkage"] == 0
        assert logit(own["share"]) == pytest.approx((a + b) / 2)
        gap = math.log(0.4) - math.log(0.35)
        assert own["error"] == pytest.approx(gap)
        prior = nowcast.variants.set_index("variant").loc["pro rata"]
        wrong = [math.log(0.4 / 0.5), math.log(0.35 / 0.5)]
        assert prior["error"] == pytest.approx(math.sqrt(np.mean(np.square(wrong))))

    def test_one_vote_a_pair_year(self):
        """Many part-years of one year weigh as much as one."""
        once = cast(shares(("KAZ", 2020, 6, 0.45), ("KAZ", 2021, 6, 0.35)))
        often = cast(
            shares(("KAZ", 2020, 6, 0.45), *[("KAZ", 2021, 6, 0.35)] * 5, ("KAZ", 2020, 6, 0.45))
        )
        assert often.centre == pytest.approx(once.centre)
        assert often.spread == pytest.approx(once.spread)

    def test_months_are_compared_with_pro_rata(self):
        """Half the odds of pro rata after nine months are half the odds after six."""
        table = shares(("KAZ", 2020, 9, 0.6), ("KAZ", 2021, 9, 0.6))
        nowcast = cast(table, months=6)
        assert nowcast.centre == pytest.approx(logit(0.6) - logit(0.75))


class TestSpread:
    """Never narrower than the error of leaving one out."""

    def test_floor(self):
        """Two votes 2d apart miss each other by 2d; the spread is at least that."""
        nowcast = cast(shares(("KAZ", 2020, 6, 0.4), ("KAZ", 2021, 6, 0.35)))
        assert nowcast.spread == pytest.approx(abs(logit(0.4) - logit(0.35)))

    def test_spread_by_hand(self):
        """With pro rata: root mean square of the votes, widened for their small number."""
        nowcast = cast(shares(("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.6)))
        assert nowcast.spread == pytest.approx(logit(0.6) * math.sqrt(1.5))

    def test_spread_away_from_mid_year(self):
        """Deviations are taken from the chosen centre at any month, and draws follow it."""
        rows = [("KAZ", year, 9, share) for year, share in ((2018, 0.5), (2019, 0.6), (2020, 0.55))]
        nowcast = cast(shares(*rows), months=9)
        logits = np.array([logit(0.5), logit(0.6), logit(0.55)])
        square = np.mean((logits - nowcast.centre) ** 2)
        plain = math.sqrt(square * 4 / 3)
        others = [(logits.sum() - x) / 2 for x in logits]
        assert nowcast.chosen == "own pair, shrinkage 0"
        left_out = math.sqrt(np.mean((logits - others) ** 2))
        assert nowcast.spread == pytest.approx(max(plain, left_out))
        assert np.median(nowcast.sample(40_000)) == pytest.approx(nowcast.median_musd, rel=0.01)
        assert (nowcast.sample(3) == nowcast.sample(3, rng=0)).all()
        assert nowcast.interval(0.5)[0] < nowcast.median_musd < nowcast.interval(0.5)[1]

    def test_quantiles(self):
        """The total falls as the share rises: its upper quantile is the share's lower one."""
        nowcast = cast(shares(("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.6)))
        low, high = nowcast.interval(80)
        z = 1.2815515655446004
        reach = math.exp(nowcast.spread * z)
        assert high == pytest.approx(100 * (1 + reach))
        assert low == pytest.approx(100 * (1 + 1 / reach))
        assert low > 100
        draws = nowcast.sample(40_000, rng=1)
        assert np.quantile(draws, [0.1, 0.5, 0.9]) == pytest.approx([low, 200, high], rel=0.02)
        assert (nowcast.sample(5, rng=2) == nowcast.sample(5, rng=2)).all()

    @FEW
    @given(st.floats(0.01, 1e6))
    def test_currency_does_not_matter(self, unit):
        """Scaling the figure scales the year."""
        table = shares(("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.5))
        dollars = cast(table)
        scaled = cast(table, value=100 * unit)
        assert scaled.median_musd == pytest.approx(dollars.median_musd * unit)
        assert scaled.chosen == dollars.chosen

    @FEW
    @given(st.permutations(range(4)))
    def test_order_and_names(self, order):
        """The order of rows, and what pairs are called, change nothing."""
        table = shares(
            ("KAZ", 2019, 6, 0.4),
            ("KAZ", 2020, 6, 0.5),
            ("UZB", 2020, 6, 0.3),
            ("UZB", 2021, 6, 0.35),
        )
        original = cast(table)
        shuffled = cast(table.iloc[list(order)])
        renamed = cast(table.replace({"KAZ": "FRA"}), pair=("FRA", "TKM"))
        assert original.centre == pytest.approx(shuffled.centre) == pytest.approx(renamed.centre)
        assert original.spread == pytest.approx(shuffled.spread) == pytest.approx(renamed.spread)


class TestWhatVotes:
    """Only exact, final figures that were public in time, of earlier years."""

    rows = (("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.45))

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
            {"share": 1.5},
        ],
    )
    def test_left_out(self, change):
        """A bound, a doubtful, late, later or impossible row does not move the result."""
        good = shares(*self.rows, bound="exact", status="final")
        extra = good.head(1).assign(reporter="UZB", share=0.1).assign(**change)
        with_extra = cast(pd.concat([good, extra], ignore_index=True))
        assert with_extra.centre == cast(good).centre
        assert with_extra.known_from == pd.Timestamp("2022-03-01")

    def test_preliminary_years_vote(self):
        """A preliminary figure is a figure."""
        table = shares(*self.rows, status="final")
        early = table.assign(status=["final", "preliminary"])
        assert cast(early).centre == cast(table).centre

    @pytest.mark.parametrize(("months", "votes"), [(0, 2), (1, 3), (11, 3), (12, 2)])
    def test_months_that_vote(self, months, votes):
        """One to eleven months are part of a year; none and all twelve are not."""
        extra = shares(("UZB", 2020, months, 0.3))
        nowcast = cast(pd.concat([shares(*self.rows), extra], ignore_index=True))
        assert nowcast.variants.set_index("variant").loc["all pairs", "votes"] == votes

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
        older = [row | {"year": 2021, "months": 9}, row | {"months": 6, "status": "final"}]
        table = pd.concat([table, pd.DataFrame([row, *older])])
        assert newest_months(table) == (2022, 7, 228.8)
        both = pd.DataFrame([row, row | {"months": 9, "coverage": "goods_services"}])
        assert newest_months(both)[1] == 9

    def test_known_from(self):
        """The day on which the last share became known; that day itself counts."""
        table = shares(*self.rows)
        table.loc[1, "full_year_released"] = DAY
        assert cast(table).known_from == DAY

    def test_too_few(self):
        """One pair-year is no ground for a spread."""
        message = (
            "^a nowcast learns from at least two earlier pair-years, got 1 known by 2022-10-05;"
        )
        with pytest.raises(ValueError, match=message):
            cast(shares(self.rows[0]))
        with pytest.raises(
            ValueError, match="got 0 known by 2020-01-01; add shares of other pairs$"
        ):
            cast(shares(*self.rows), as_of="2020-01-01")

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"months": 0}, ValueError, "^a part-year has 1 to 11 months, got 0$"),
            ({"months": 12}, ValueError, "^a part-year has 1 to 11 months, got 12$"),
            ({"months": 6.0}, TypeError, "^months must be a whole number, got 6.0$"),
            ({"months": True}, TypeError, "^months must be a whole number, got True$"),
            ({"value": 0}, ValueError, "^the part-year figure must be positive and finite, got 0$"),
            ({"value": math.nan}, ValueError, "positive and finite, got nan$"),
            (
                {"value": "228.8"},
                TypeError,
                "^value_musd must be a number, got",
            ),
            ({"value": True}, TypeError, "^value_musd must be a number, got True$"),
        ],
    )
    def test_bad(self, options, error, message):
        """Figures and months that are none are refused by value."""
        with pytest.raises(error, match=message):
            cast(shares(*self.rows), **options)

    def test_edges(self):
        """One and eleven months are allowed."""
        for months in (1, 11):
            assert cast(shares(*self.rows), months=months).months == months

    def test_missing_columns(self):
        """What is missing is named."""
        table = shares(*self.rows).drop(columns=["share", "released"])
        with pytest.raises(ValueError, match="^shares lack share, released; take them from flows"):
            cast(table)

    def test_bad_quantiles(self):
        """Probabilities and levels are proper."""
        nowcast = cast(shares(*self.rows))
        for p in (0, 1, -0.1):
            with pytest.raises(ValueError, match=f"a probability between 0 and 1, got {p}$"):
                nowcast.quantile(p)
        for level in (0, 100):
            with pytest.raises(ValueError, match=f"between 0 and 100, got {level}$"):
                nowcast.interval(level)


def test_words_and_frame():
    """Summary and frame hold the same figures."""
    nowcast = cast(shares(("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.4), ("KAZ", 2021, 6, 0.4)))
    assert nowcast.summary() == (
        "US$100.0m in 6 months of 2022 points to US$250m for the year, four times in five between "
        "US$250m and US$250m. Other ways to scale it up give US$200m to US$250m; this one is chosen "
        "by past errors (own pair, shrinkage 0)."
    )
    wider = cast(shares(("KAZ", 2019, 6, 0.4), ("KAZ", 2020, 6, 0.6)))
    reach = math.exp(wider.spread * 1.2815515655446004)
    ends = f"between US${100 + 100 / reach:.0f}m and US${100 + 100 * reach:.0f}m. "
    assert f"four times in five {ends}" in wider.summary()
    row = nowcast.to_frame().iloc[0]
    assert row[["year", "months", "part_musd"]].tolist() == [2022, 6, 100.0]
    assert row[["low", "median", "high"]].tolist() == pytest.approx([250, 250, 250], rel=1e-6)
    assert row[["least", "most"]].tolist() == pytest.approx([200, 250])
    assert row["chosen"] == nowcast.chosen
    assert row["known_from"] == nowcast.known_from


def test_the_article(real_shares):
    """Hindcast of 2022 from the bundled shares: 438.7 came, inside the 80 %; no later share used."""
    nowcast = cast(real_shares, value=228.8, months=7)
    low, high = nowcast.interval(80)
    assert low < 438.7 < high
    assert nowcast.known_from <= DAY
    poisoned = real_shares.copy()
    late = poisoned[["released", "full_year_released"]].max(axis=1) > DAY
    assert late.sum() > 5
    poisoned.loc[late, "share"] = 0.01
    assert cast(poisoned, value=228.8, months=7).centre == nowcast.centre


@pytest.fixture
def real_shares():
    """Part-year shares of both bundled pairs."""
    pairs = [("KAZ", "TKM"), ("UZB", "TKM")]
    part = pd.concat([tl.load_part_years(*pair) for pair in pairs])
    full = pd.concat([tl.load_turnover(*pair) for pair in pairs])
    return tl.flows.year_to_date(part, full)


def test_chance_is_the_quantile_turned():
    """The probability of at least a quantile is what is left above it; below the part it is one."""
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    for p in (0.01, 0.3, 0.5, 0.99):
        assert cast.chance([cast.quantile(p)])[0] == pytest.approx(1 - p)
    assert cast.chance([100.0, cast.part_musd]).tolist() == [1.0, 1.0]


def test_leads_are_the_distribution():
    """Two hundred equally likely values around the median, in order."""
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    values = cast.median_musd * np.exp(cast.leads())
    assert values.size == 200
    assert (np.diff(values) > 0).all()
    assert np.mean(values <= cast.quantile(0.8)) == pytest.approx(0.8, abs=0.003)
