"""Pledges against like pairs: by hand, against a known law, and each error."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import tradelib as tl
from tradelib.science.outlook.outlook import outlook
from tradelib.science.pledge import effect

MODEL = tl.growth_model()


def pledge(**fields):
    """A scored pledge."""
    row = {"target_id": "A-B-2010", "reporter": "AAA", "partner": "BBB", "currency": "USD",
           "pair": "AAA-BBB", "baseline_value": 100.0, "baseline_year": 2010,
           "target_value": 200.0, "deadline": 2015, "on_time": True}  # fmt: skip
    return {**row, **fields}


def law(n=1000, shift=-1.0, slope=1.0, seed=0):
    """Pledges that come true with log odds shift + slope * those of like pairs."""
    rng = np.random.default_rng(seed)
    score = rng.normal(-0.5, 1.2, n)
    chance = 1 / (1 + np.exp(-(shift + slope * score)))
    return pd.DataFrame(
        {"pair": (np.arange(n) // 2).astype(str), "probability": 1 / (1 + np.exp(-score)),
         "on_time": rng.random(n) < chance}
    )  # fmt: skip


def sized(size, year):
    """The outlook on one year's turnover."""
    return outlook(pd.DataFrame({"year": [year], "turnover_musd": [size]}), model=MODEL)


class TestTypical:
    """A pair of which nothing but one year's turnover is known."""

    def test_paths(self):
        """Quantiles as those of a row with nothing but its last; years, name and seed as asked."""
        made = sized(300.0, 2020).paths(4, rng=2)
        assert (made.name, made.kind, made.origin, made.last_musd, made.years) == (
            "panel_growth", "size", 2020, 300.0, (2021, 2022, 2023, 2024),
        )  # fmt: skip
        row = pd.DataFrame([[300.0]], index=["x"], columns=[2020])
        exact = tl.forecast_panel(row, horizons=[4], quantiles=[0.1, 0.5, 0.9])[0, 0]
        below = (made.paths[:, 3, None] <= exact).mean(axis=0)
        assert below == pytest.approx([0.1, 0.5, 0.9], abs=0.012)
        assert (sized(300.0, 2020).paths(4, rng=2).paths == made.paths).all()

    def test_small_pairs_grow_faster(self):
        """A pair of US$5bn grows less than one of 20m, as pairs did in four eras."""
        for horizon in (1, 5):
            middles = [
                sized(size, 2000).quantile([0.5], 2000 + horizon)[0] / size
                for size in (20, 200, 2000, 20_000)
            ]
            assert middles == sorted(middles, reverse=True)

    def test_near_the_base_rate(self):
        """A typical pair gets there about as often as pairs of its size did."""
        for size, multiple, horizon in [(250, 2, 5), (500, 1.94, 2), (20, 2, 5), (5000, 1.5, 4)]:
            said = sized(size, 2000).chance([multiple * size], 2000 + horizon)[0]
            rate = tl.base_rate(size_musd=size, multiple=multiple, horizon=horizon)
            assert rate.interval()[0] - 0.02 < said < rate.interval()[1] + 0.02


class TestLikePairs:
    """Probabilities of pairs like those of the pledges."""

    def test_by_hand(self):
        """Ever by the deadline, from the baseline's year and size."""
        rows = pd.DataFrame([pledge(), pledge(target_value=400.0)])
        found = effect.like_pairs(rows, model=MODEL)["probability"]
        paths = sized(100.0, 2010).paths(5, n_paths=4000)
        assert found.tolist() == [
            paths.probability(200.0, year=2015, ever=True),
            paths.probability(400.0, year=2015, ever=True),
        ]

    def test_which_rows(self):
        """One to ten years from a baseline of a million or more."""
        rows = pd.DataFrame(
            [pledge(), pledge(deadline=2010), pledge(deadline=2020), pledge(deadline=2021),
             pledge(baseline_value=0.9), pledge(baseline_value=math.nan)]
        )  # fmt: skip
        found = effect.like_pairs(rows, model=MODEL)
        assert found["deadline"].tolist() == [2015, 2020]
        with pytest.raises(ValueError, match="^no deadline of 1 pledges is 1 to 10 years after"):
            effect.like_pairs(rows.iloc[[3]], model=MODEL)


class TestEffect:
    """Log odds of pledges against those of like pairs."""

    def test_known_law(self):
        """Shift, intercept and slope come back; the shifted forecast is the best."""
        found = effect.effect_of(law())
        assert found.shift[0] == pytest.approx(-1, abs=0.12)
        assert found.shift[1] < -1 < found.shift[2]
        assert found.line == pytest.approx((-1, 1), abs=0.15)
        assert found.slope[0] < 1 < found.slope[1]
        assert found.odds[0] == pytest.approx(math.exp(found.shift[0]))
        assert (found.n, found.pairs) == (1000, 500)
        assert found.brier.idxmin() in ("shifted", "fitted")
        assert found.brier["shifted"] < found.brier["like_pairs"]
        assert found.brier["shifted"] < found.brier["constant"]
        flat = effect.effect_of(law(shift=-0.5, slope=0.4))
        assert flat.line == pytest.approx((-0.5, 0.4), abs=0.15)

    def test_words(self):
        """Worse, better, or about as well, by the interval of the odds."""
        assert "worse than like pairs" in effect.effect_of(law(600)).summary()
        assert "better than like pairs" in effect.effect_of(law(600, shift=1.0)).summary()
        same = effect.effect_of(law(300, shift=0.0)).summary()
        assert "about as well as like pairs" in same
        assert same.startswith("300 pledges of 150 pairs: ")

    def test_pairs_cluster(self):
        """The same pledge twice tells nothing new: the interval of copies stays as wide."""
        rows = law(400)
        one = effect.effect_of(rows)
        two = effect.effect_of(pd.concat([rows, rows]))
        width = [found.shift[2] - found.shift[1] for found in (one, two)]
        assert two.shift[0] == pytest.approx(one.shift[0])
        assert width[1] == pytest.approx(width[0], rel=0.02)

    def test_level(self):
        """A higher level is wider, by the normal quantiles."""
        ends = {level: effect.effect_of(law(400), level=level).shift for level in (80, 95)}
        width = {level: high - low for level, (_, low, high) in ends.items()}
        assert width[95] / width[80] == pytest.approx(norm.ppf(0.975) / norm.ppf(0.9))

    def test_left_out(self):
        """Constant: each pair's pledges are forecast by the share of all others."""
        rows = pd.DataFrame({"pair": ["a", "a", "b", "c", "c", "d"],
                             "probability": [0.2, 0.4, 0.6, 0.3, 0.5, 0.7],
                             "on_time": [True, False, True, False, True, False]})  # fmt: skip
        found = effect.effect_of(rows).brier
        said = np.array([2 / 4, 2 / 4, 2 / 5, 2 / 4, 2 / 4, 3 / 5])
        came = rows["on_time"].to_numpy(float)
        assert found["constant"] == pytest.approx(((said - came) ** 2).mean())
        assert found["like_pairs"] == pytest.approx(((rows["probability"] - came) ** 2).mean())

    def test_certainty_is_bounded(self):
        """A probability of zero or one is no infinite score."""
        rows = law(200)
        rows.loc[:3, "probability"] = [0.0, 1.0, 0.0, 1.0]
        assert np.isfinite(effect.effect_of(rows).shift).all()

    @pytest.mark.parametrize(
        "rows",
        [law(50).assign(on_time=True), law(50).assign(on_time=False), law(4)],
    )
    def test_bad(self, rows):
        """All alike, or too few pairs."""
        with pytest.raises(
            ValueError, match="^needs pledges on time and not, of three pairs or more"
        ):
            effect.effect_of(rows)


class TestProgress:
    """Where pledges stood on the way."""

    def test_by_hand(self):
        """A later baseline of the same pair, in either order, inside the years of the pledge."""
        scored = pd.DataFrame([pledge(), pledge(target_id="X", currency="EUR")])
        later = pd.DataFrame(
            [("BBB", "AAA", "USD", 2012, 150.0), ("AAA", "BBB", "USD", 2013, 250.0),
             ("AAA", "BBB", "USD", 2015, 160.0), ("AAA", "BBB", "USD", 2010, 100.0),
             ("AAA", "CCC", "USD", 2012, 120.0), ("AAA", "BBB", "USD", None, 110.0)],
            columns=["reporter", "partner", "currency", "baseline_year", "baseline_value"],
        )  # fmt: skip
        found = effect.progress_so_far(scored, later)
        assert found.to_dict("records") == [
            {"target_id": "A-B-2010", "year": 2012, "years_left": 3, "share_of_target": 0.75,
             "left_a_year": pytest.approx((200 / 150) ** (1 / 3) - 1), "on_time": True}
        ]  # fmt: skip


class TestShipped:
    """The registry's own answer."""

    def test_pledges_did_about_as_well(self):
        """181 pledges of 120 pairs: on time as often as like pairs, as far as they can tell."""
        found = tl.pledge_effect()
        assert (found.n, found.pairs) == (181, 120)
        assert found.share == pytest.approx(0.193, abs=1e-3)
        assert found.expected == pytest.approx(0.19, abs=0.02)
        assert found.odds[1] < 1 < found.odds[2]
        assert "about as well as like pairs" in found.summary()
        assert found.brier["like_pairs"] < min(found.brier["constant"], found.brier["shifted"])

    def test_own_targets(self):
        """Pledges of one's own are an argument; a day is of the registry alone."""
        targets = tl.load_targets()
        some = targets[targets["batch"] == 1]
        found = tl.pledge_effect(some, level=80)
        like = effect.like_pairs(tl.pledges.scored_pledges(some), model=MODEL)
        assert found.summary() == effect.effect_of(like, level=80).summary()
        assert found.n < tl.pledge_effect().n
        with pytest.raises(
            ValueError, match="^as_of is a day of the bundled data; .*got 2022-10-05"
        ):
            tl.pledge_effect(some, as_of="2022-10-05")

    def test_as_of(self):
        """On the day of the announcement fewer were resolved; before the model there is none."""
        assert tl.pledge_effect(as_of="2022-10-05").n < 181
        with pytest.raises(ValueError, match="was not known by 2019-01-01"):
            tl.pledge_effect(as_of="2019-01-01")

    def test_open_targets(self):
        """Every open target of two countries has a row; each says what it rests on."""
        found = tl.open_targets()
        every = tl.load_targets(status="open").query("scope == 'pair'")
        assert found["target_id"].tolist() == every["target_id"].tolist()
        said = found["rests_on"].isin(["history", "size alone"])
        assert (
            found.loc[said, ["probability_in", "probability_ever", "asked"]].notna().all(axis=None)
        )
        assert found.loc[~said, "probability_in"].isna().all()
        assert (found.loc[said, "probability_ever"] >= found.loc[said, "probability_in"]).all()
        own = found.set_index("target_id").query("rests_on == 'history'")
        assert len(own) == 2
        row = own.loc[own["target_value"] == 1000].iloc[0]
        history = tl.load_turnover(row["reporter"], row["partner"])
        exact = outlook(history, model=MODEL).chance([1000], int(row["by"]))[0]
        assert row["probability_in"] == exact

    def test_latest_value(self):
        """A later value below the target takes the place of the baseline; five years if undated."""
        found = tl.open_targets().set_index("target_id")
        assert found.loc["IND-RUS-2024", ["last_value", "last_year", "by"]].tolist() == [
            70600,
            2025,
            2030,
        ]
        vague = found[(found["deadline_kind"] == "vague") & (found["rests_on"] == "size alone")]
        assert (vague["by"] - vague["last_year"] == 5).all()
        row = found.loc["IND-RUS-2024"]
        assert row["asked"] == pytest.approx((100 / 70.6) ** 0.2 - 1)
        direct = sized(70_600, 2025).paths(5).probability(100_000, year=2030, ever=True)
        assert row["probability_ever"] == pytest.approx(direct, abs=1e-4)
