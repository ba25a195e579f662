import baselines
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, loaded

from tradelib.science.forecasting import simple as fc
from tradelib.science.scoring import scores as scores_module
from tradelib.science.scoring.adapters import one_by_one, refitted
from tradelib.science.scoring.origins import QUANTILES, backtest, calibration, cases
from tradelib.science.scoring.summary import came_true, frequencies, score_summary

SHARED = ROOT.parent / "shared"
PANEL = SHARED / "panel" / "pair_turnover_2000_2016.parquet"
BENCH = SHARED / "bench" / "score_panel.py"


def panel(pairs=60, years=12, *, seed=0, scale=1.0):
    """Random walks of logs around US$150m."""
    rng = np.random.default_rng(seed)
    logs = 5 + rng.normal(scale=0.4, size=(pairs, years)).cumsum(axis=1)
    names = [f"P{i:03}" for i in range(pairs)]
    return pd.DataFrame(
        {
            "pair": np.repeat(names, years),
            "year": np.tile(np.arange(2000, 2000 + years), pairs),
            "turnover_musd": scale * np.exp(logs).ravel(),
        }
    )


NAIVE = {"naive": baselines.naive_quantiles}


@pytest.mark.skipif(not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)")
@pytest.mark.rebuilt
@pytest.mark.parametrize("name", ["naive", "pooled"])
def test_baselines_equal_the_bench(name):
    """Scores of naive and pooled on the whole panel, first to last, equal the bench's to 1e-9."""
    bench = loaded(BENCH)
    table = pd.read_parquet(PANEL)
    table["pair"] = table["pair"].astype(str)
    keys = ["origin", "horizon"]
    origins = [2007, 2011, 2015] if name == "naive" else [2008, 2012]
    theirs = bench.score(table, {name: getattr(bench, name)}, origins=origins)
    theirs = theirs.set_index(keys).sort_index()
    functions = {"naive": baselines.naive_quantiles, "pooled": baselines.pooled_quantiles}
    shuffled = table.sample(frac=1, random_state=1)
    ours = backtest(shuffled, {name: functions[name]}, origins=origins)
    ours = ours.set_index(keys).sort_index()
    columns = theirs.columns.intersection(ours.columns).drop("forecaster")
    assert {"crps", "coverage80", "above90", "below10", "missing", "brier_x4"} <= set(columns)
    assert len(ours) == len(theirs) > 9
    assert (ours[columns] - theirs[columns]).abs().max().max() <= 1e-9


class TestScores:
    """One tidy frame of scores."""

    def test_by_hand(self):
        """Origin 2010, one year ahead: the mean score of sixty pairs."""
        table = panel()
        row = backtest(table, NAIVE, origins=[2010], horizons=[1]).iloc[0]
        wide = table.pivot(index="pair", columns="year", values="turnover_musd")
        history = wide.loc[:, :2010]
        quantiles = baselines.naive_quantiles(history, horizons=[1], quantiles=QUANTILES)[:, 0]
        came = np.log(wide[2011]).to_numpy()
        logs = np.log(np.maximum(quantiles, 1.0))
        expected = scores_module.crps_quantiles(logs, came, levels=QUANTILES).mean()
        assert row["crps"] == pytest.approx(expected)
        assert row[["n", "missing", "floored"]].tolist() == [60, 0, 0]

    def test_at_the_edges(self):
        """A value on the 10 % or 90 % quantile is inside; a multiple reached exactly has come."""
        table = panel()
        reached = np.tile([1.5, 2.0, 3.0], 20)
        table["turnover_musd"] = np.where(table["year"] < 2011, 1.0, np.repeat(reached, 12))
        quantiles = np.repeat([1.0, 2.0, 4.0], [9, 81, 9])

        def says(history, **_):
            return np.tile(quantiles, (len(history), 1, 1))

        row = backtest(table, {"x": says}, origins=[2010], horizons=[1]).iloc[0]
        thirds = row[["below10", "coverage80", "above90"]].tolist()
        assert thirds == pytest.approx([1 / 3] * 3)
        chance = 1 - (0.09 + 0.01 * np.log(1.5) / np.log(2))
        assert row["bias_x1.5"] == pytest.approx(chance - 1)
        assert row["brier_x1.5"] == pytest.approx((1 - chance) ** 2)
        assert row["bias_x4"] == pytest.approx(0.01)
        # A value lies above the quantiles below it, so on the PIT at 9, 9 and 90 of 99.
        counts = calibration(table, says, origins=[2010], horizons=[1])
        pit = counts[counts["event"] == "pit"]
        assert pit["hits"].tolist() == [40] + [0] * 8 + [20]
        for factor, hits in ((0.5, [60] + [0] * 9), (9, [0] * 9 + [60])):
            moved = table["turnover_musd"].where(table["year"] < 2011, 2.0 * factor)
            counts = calibration(table.assign(turnover_musd=moved), says, origins=[2010])
            assert counts.loc[counts["event"] == "pit", "hits"].tolist() == hits

    def test_missing_and_floored_are_counted(self):
        """A pair that vanishes is missing; one that falls below US$1m counts as reaching it."""
        table = panel()
        last = table["year"] == 2011
        first_six = table["pair"].isin([f"P{i:03}" for i in range(6)])
        gone = table[~(last & first_six)]
        low = gone.copy()
        low.loc[last & (low["pair"] == "P010"), "turnover_musd"] = 0.0
        row = backtest(low, NAIVE, origins=[2010], horizons=[1]).iloc[0]
        assert row["n"] == 54
        assert row["missing"] == pytest.approx(0.1)
        assert row["floored"] == pytest.approx(1 / 54)
        at_floor = low.assign(turnover_musd=low["turnover_musd"].clip(lower=1.0))
        again = backtest(at_floor, NAIVE, origins=[2010], horizons=[1]).iloc[0]
        assert row["crps"] == again["crps"]

    def test_few_cases_are_not_scored(self):
        """Below the least number of pairs nothing can be said, and an error says so."""
        with pytest.raises(ValueError, match=r"\[2010\] has 50 pairs of 8 years and a year to"):
            backtest(panel(pairs=49), NAIVE, origins=[2010])
        assert len(backtest(panel(pairs=5), NAIVE, origins=[2010], min_cases=5)) == 1

    def test_order_does_not_matter(self):
        """Rows in any order, sampled or not, give the same frame."""
        table = panel()
        shuffled = table.sample(frac=1, random_state=0)
        for sample in (None, 52):
            scores = backtest(table, NAIVE, origins=[2009], sample=sample)
            of_shuffled = backtest(shuffled, NAIVE, origins=[2009], sample=sample)
            pd.testing.assert_frame_equal(scores, of_shuffled)

    def test_names_and_currency_do_not_matter(self):
        """Renaming pairs or scaling the currency (above the floor) changes no score."""
        table = panel()
        plain = backtest(table, NAIVE, origins=[2009])
        renamed = table.assign(pair="X" + table["pair"])
        pd.testing.assert_frame_equal(plain, backtest(renamed, NAIVE, origins=[2009]))
        scaled = backtest(panel(scale=1000.0), NAIVE, origins=[2009])
        pd.testing.assert_frame_equal(plain, scaled, rtol=1e-9)


class TestResume:
    """An interrupted run is taken up again."""

    def test_done_is_not_run_again(self):
        """Origins and forecasters already scored are kept as they are."""
        calls = []

        def counted(history, **options):
            calls.append(history.columns[-1])
            return baselines.naive_quantiles(history, **options)

        whole = backtest(panel(), {"naive": counted})
        half = whole[whole["origin"] <= 2008]
        calls.clear()
        again = backtest(panel(), {"naive": counted}, done=half)
        assert calls == [2009, 2010]
        pd.testing.assert_frame_equal(whole, again)

    def test_save_after_each_origin(self):
        """What was reached can be kept, and progress sees every origin."""
        saved = []
        seen = []

        def progress(origins):
            seen.extend(origins)
            return origins

        scores = backtest(panel(), NAIVE, save=saved.append, progress=progress)
        assert [len(frame) for frame in saved] == [4, 7, 9, 10]
        pd.testing.assert_frame_equal(saved[-1], scores)
        assert seen == [2007, 2008, 2009, 2010]


class TestCases:
    """Who takes part at an origin."""

    @staticmethod
    def wide(values):
        """One pair's years from 2000."""
        return pd.DataFrame([values], index=["A"], columns=range(2000, 2000 + len(values)))

    @pytest.mark.parametrize(
        ("values", "kept"),
        [
            ([2.0] * 8, True),
            ([2.0] * 7, False),
            ([2.0] * 7 + [np.nan], False),
            ([2.0] * 8 + [np.nan], False),
            ([2.0] * 4 + [np.nan, 2.0, np.nan] + [2.0] * 3, True),
            ([2.0] * 3 + [np.nan, 2.0, np.nan, 2.0, np.nan] + [2.0] * 3, False),
            ([2.0] * 7 + [np.nan, 2.0], False),
            ([2.0] * 7 + [0.5, 2.0], False),
            ([2.0] * 4 + [np.nan] + [2.0] * 4, True),
            ([2.0, np.nan] * 6 + [2.0, 2.0], False),
            ([1.0] * 8, True),
            ([0.99] + [2.0] * 7, False),
        ],
    )
    def test_rules(self, values, kept):
        """Eight years at or above the floor, five steps, and the last two known."""
        history, later = cases(self.wide(values), 2000 + len(values) - 1)
        assert (len(history) == 1) == kept
        assert len(later) == len(history)

    def test_each_pair_by_itself(self):
        """A pair of seven years is left out beside one of eight; a sample is the same each time."""
        eight = self.wide([2.0] * 8)
        seven = self.wide([np.nan] + [2.0] * 7)
        both = pd.concat([eight, seven])
        history, _ = cases(both.set_axis(["A", "B"]), 2007)
        assert history.index.tolist() == ["A"]
        many = pd.concat([self.wide([2.0] * 9)] * 40).set_axis(range(40))
        first, _ = cases(many, 2007, sample=9)
        again, _ = cases(many, 2007, sample=9)
        other, _ = cases(many, 2008, sample=9)
        assert first.index.tolist() == again.index.tolist()
        assert first.index.tolist() != other.index.tolist()
        assert [len(drawn) for drawn in (first, again, other)] == [9, 9, 9]

    def test_no_look_ahead(self):
        """The history ends at the origin; later years are kept apart, and floored."""
        history, later = cases(self.wide([2.0] * 9 + [0.1]), 2008)
        assert history.columns[-1] == 2008
        assert later[2009].tolist() == [1.0]


class TestOneByOne:
    """A single-history forecaster on a panel."""

    def test_equals_the_forecaster(self):
        """Quantiles are those of the paths with the same seed."""
        wide = panel(pairs=3).pivot(index="pair", columns="year", values="turnover_musd")
        forecaster = one_by_one(fc.drift, n_paths=300, rng=4)
        quantiles = forecaster(wide, horizons=[1, 3], quantiles=[0.1, 0.9])
        series = pd.DataFrame({"year": wide.columns, "turnover_musd": wide.iloc[1].to_numpy()})
        single = fc.drift(series, horizon=3, n_paths=300, rng=4)
        np.testing.assert_allclose(quantiles[1], single.quantile([0.1, 0.9])[:, [0, 2]].T)

    def test_gaps_are_bridged(self):
        """Years not known are put on a straight line in logs; leading ones are dropped."""
        wide = pd.DataFrame([[np.nan, 1.0, 2.0, np.nan, 8.0, 9.0]], index=["A"], columns=range(6))
        filled = pd.DataFrame({"year": range(1, 6), "turnover_musd": [1.0, 2.0, 4.0, 8.0, 9.0]})
        quantiles = one_by_one(fc.naive, n_paths=100)(wide, horizons=[1], quantiles=[0.3])
        single = fc.naive(filled, horizon=1, n_paths=100, rng=0).quantile([0.3])
        np.testing.assert_allclose(quantiles[0], single.T)

    def test_errors_name_the_pair(self):
        """What a forecaster refuses is reported with its pair."""
        wide = pd.DataFrame([[5.0] * 9], index=["AAA-BBB"], columns=range(9))
        with pytest.raises(ValueError, match="^all 9 years are equal") as caught:
            one_by_one(fc.theta)(wide, horizons=[1], quantiles=[0.5])
        assert caught.value.__notes__ == ["pair: AAA-BBB"]


def returning(change):
    """A forecaster whose answer is spoilt."""

    def spoilt(history, *, horizons, quantiles):
        return change(baselines.naive_quantiles(history, horizons=horizons, quantiles=quantiles))

    return {"bad": spoilt}


class TestBad:
    """What a backtest refuses."""

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda q: q[:, :, :5], r"^bad must return an array of shape \(60, 1, 99\), got \(60"),
            (lambda q: q * np.nan, "^bad returned quantiles that are not finite and positive$"),
            (lambda q: 0 * q, "^bad returned quantiles that are not finite and positive$"),
            (lambda q: q[:, :, ::-1], "^bad returned quantiles that cross$"),
        ],
    )
    def test_forecaster(self, change, message):
        """Wrong shapes, impossible and crossing quantiles are named."""
        with pytest.raises(ValueError, match=message):
            backtest(panel(), returning(change), origins=[2010], horizons=[1])
        options = {"origins": [2010], "horizons": [1]}
        with pytest.raises(ValueError, match=message.replace("^bad", "^the forecaster")):
            calibration(panel(), returning(change)["bad"], **options)

    def test_asked(self):
        """A panel with a pair's year twice; years ahead that are none."""
        with pytest.raises(ValueError, match="^P000 has 2000 twice; keep one$"):
            backtest(pd.concat([panel(), panel().head(1)]), NAIVE)
        for horizons in ([0, 1], []):
            with pytest.raises(ValueError, match="^horizons are whole years from 1, got "):
                backtest(panel(), NAIVE, horizons=horizons)


class TestGroups:
    """Groups of pairs scored apart."""

    def test_by_hand(self):
        """Each group's scores are those of a run on its pairs; all of them come as "all"."""
        table = panel(pairs=120)

        def first(history):
            return pd.Series(history.index < "P060", history.index)

        scores = backtest(table, NAIVE, origins=[2010], horizons=[1], groups={"first": first})
        assert scores["group"].tolist() == ["all", "first"]
        whole = backtest(table, NAIVE, origins=[2010], horizons=[1]).iloc[0]
        first_half = table[table["pair"] < "P060"]
        half = backtest(first_half, NAIVE, origins=[2010], horizons=[1]).iloc[0]
        for column in ("n", "crps", "coverage80", "brier_x2", "missing"):
            assert scores[column].tolist() == pytest.approx([whole[column], half[column]])

    def test_small_groups_are_not_scored(self):
        """Fewer cases than asked for are no row."""

        def few(history):
            return pd.Series(history.index < "P010", history.index)

        scores = backtest(panel(), NAIVE, origins=[2010], horizons=[1], groups={"few": few})
        assert scores["group"].tolist() == ["all"]


class TestRefitted:
    """A model fitted anew at each origin."""

    def test_once_an_origin(self):
        """Fit is called once for each origin, with it."""
        seen = []

        def fit(origin):
            seen.append(origin)
            return origin

        def constant(history, *, horizons, quantiles, model):
            assert model == history.columns[-1]
            return baselines.naive_quantiles(history, horizons=horizons, quantiles=quantiles)

        run = refitted(fit, constant)
        scores = backtest(panel(), {"a": run, "b": run}, origins=[2009, 2010], horizons=[1])
        assert seen == [2009, 2010]
        assert len(scores) == 4


class TestCalibration:
    """Counts for reliability diagrams and PIT histograms."""

    def test_by_hand(self):
        """Bins of the probability of doubling, and of the PIT, at one origin."""
        table = panel(pairs=300)
        counts = calibration(table, baselines.naive_quantiles, origins=[2009], horizons=[2], bins=5)
        wide = table.pivot(index="pair", columns="year", values="turnover_musd")
        history = wide.loc[:, :2009]
        quantiles = baselines.naive_quantiles(history, horizons=[2], quantiles=QUANTILES)[:, 0]
        twice = 2 * wide[2009].to_numpy()
        pairs = zip(np.log(twice), np.log(quantiles), strict=True)
        below = [np.interp(value, curve, QUANTILES, 0.005, 0.995) for value, curve in pairs]
        chance = 1 - np.array(below)
        came = wide[2011].to_numpy()
        for row in counts[counts["event"] == "x2"].itertuples():
            inside = (chance * 5).astype(int) == row.bin
            assert (row.n, row.hits) == (inside.sum(), (came >= twice)[inside].sum())
            assert row.forecast == pytest.approx(chance[inside].mean())
        pit = (quantiles < came[:, None]).mean(axis=1)
        mine = counts[counts["event"] == "pit"]
        assert (
            mine["hits"].tolist()
            == np.histogram(pit, bins=[0, 0.2, 0.4, 0.6, 0.8, 1.01])[0].tolist()
        )
        assert mine["forecast"].tolist() == [0.2] * 5
        assert mine["n"].tolist() == [300] * 5
        assert set(counts["event"]) == {"x1.5", "x2", "x4", "pit"}

    def test_all_origins(self):
        """Omitted origins are all that leave a year to score; few pairs are not counted."""
        counts = calibration(panel(), baselines.naive_quantiles, horizons=[1])
        assert sorted(counts["origin"].unique()) == [2007, 2008, 2009, 2010]
        with pytest.raises(ValueError, match="no origin among .* has 50 pairs"):
            calibration(panel(pairs=20), baselines.naive_quantiles)

    def test_frequencies(self):
        """Shares and mean probabilities over origins, weighted by cases; bands from origins."""
        counts = pd.DataFrame(
            {
                "event": "x2",
                "horizon": 1,
                "origin": [2000, 2001, 2000, 2001],
                "bin": [0, 0, 1, 1],
                "n": [10, 30, 5, 5],
                "forecast": [0.1, 0.2, 0.6, 0.6],
                "hits": [1, 9, 3, 3],
            }
        )
        table = frequencies(counts)
        assert table["n"].tolist() == [40, 10]
        assert table["frequency"].tolist() == pytest.approx([0.25, 0.6])
        assert table["forecast"].tolist() == pytest.approx([0.175, 0.6])
        assert table["low"].tolist() == pytest.approx([0.1, 0.6])
        assert table["high"].tolist() == pytest.approx([0.3, 0.6])
        again = frequencies(pd.concat([counts.assign(event="x4", horizon=2), counts]))
        expected = [["x2", 1, 0], ["x2", 1, 1], ["x4", 2, 0], ["x4", 2, 1]]
        assert again[["event", "horizon", "bin"]].to_numpy().tolist() == expected

    def test_came_true(self):
        """Read off the line from never to the bins; least and best year; silent above them."""
        counts = pd.DataFrame(
            {
                "origin": [2000, 2001, 2000, 2001],
                "bin": [0, 0, 1, 1],
                "n": [100, 300, 40, 60],
                "forecast": [0.1, 0.2, 0.5, 0.5],
                "hits": [10, 10, 16, 12],
            }
        )
        # All: 20 of 400 at 0.175, 28 of 100 at 0.5; half way between them 0.165.
        assert came_true(counts, 0.3375)[0] == pytest.approx((0.05 + 0.28) / 2)
        assert came_true(counts, 0.0875)[0] == pytest.approx(0.025)
        # 2000: 0.1 at 0.1, 0.4 at 0.5; 2001: 1/30 at 0.2, 0.2 at 0.5.
        assert came_true(counts, 0.5) == pytest.approx((0.28, 0.2, 0.4))
        assert came_true(counts, 0.0) == (0.0, 0.0, 0.0)
        assert np.isnan(came_true(counts, 0.51)).all()
        few = counts.assign(n=[100, 300, 14, 15], hits=[10, 10, 7, 8])
        assert np.isnan(came_true(few, 0.5)[0])
        assert came_true(few.assign(n=[100, 300, 15, 15]), 0.5)[0] == 0.5

    def test_a_bin_seen_once(self):
        """A bin that one origin alone has gets no band from resamples without it."""
        counts = pd.DataFrame(
            {
                "event": "x2",
                "horizon": 1,
                "origin": [2000, 2001, 2001],
                "bin": [0, 0, 9],
                "n": [10, 10, 4],
                "forecast": [0.1, 0.1, 0.95],
                "hits": [1, 1, 3],
            }
        )
        row = frequencies(counts).set_index("bin").loc[9]
        assert row[["frequency", "low", "high"]].tolist() == [0.75] * 3
        third = pd.DataFrame({**counts.iloc[-1], "origin": 2002, "hits": 0}, index=[3])
        band = frequencies(pd.concat([counts, third])).set_index("bin").loc[9]
        assert (band["low"], band["high"]) == (0.0, 0.75)


class TestSummary:
    """Means over origins, skill, and bands."""

    SCORES = pd.DataFrame(
        {
            "forecaster": ["naive", "other"] * 3,
            "horizon": 2,
            "origin": [2000, 2000, 2001, 2001, 2002, 2002],
            "n": [10, 10, 20, 20, 30, 30],
            "crps": [0.4, 0.2, 0.6, 0.6, 0.5, 0.4],
            "coverage80": [0.8, 0.7, 0.8, 0.9, 0.8, 0.8],
            "below10": 0.1,
            "above90": [0.1, 0.3] * 3,
            "brier_x2": [0.2, 0.1] * 3,
            "bias_x2": [0.0, 0.03] * 3,
        }
    )

    def test_by_hand(self):
        """Skill is one less the ratio of means."""
        row = score_summary(self.SCORES).set_index("forecaster").loc["other"]
        assert row["skill"] == pytest.approx(1 - 1.2 / 1.5)
        assert row["skill_x2"] == pytest.approx(0.5)
        assert row["bias_x2"] == pytest.approx(0.03)
        assert (row["origins"], row["n"]) == (3, 20)
        assert (row["coverage80"], row["above90"]) == pytest.approx((0.8, 0.3))
        assert 0 <= row["low"] < row["skill"] < row["high"] <= 0.5
        assert 0.7 <= row["coverage_low"] < 0.8 < row["coverage_high"] <= 0.9
        naive = score_summary(self.SCORES).set_index("forecaster").loc["naive"]
        assert (naive["low"], naive["high"]) == (0, 0)
        assert (naive["crps"], naive["below10"]) == pytest.approx((0.5, 0.1))
        walk = score_summary(self.SCORES.replace("naive", "walk"), baseline="walk")
        assert walk["skill"].max() == row["skill"]

    def test_bands_of_two_origins(self):
        """With one good and one bad origin the band runs from one to the other."""
        row = score_summary(self.SCORES[self.SCORES["origin"] < 2002]).iloc[1]
        assert (row["low"], row["high"]) == pytest.approx((0.0, 0.5))

    @pytest.mark.skipif(not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)")
    def test_as_the_bench(self):
        """Means, skill and Brier skill equal the bench's summary of the same scores."""
        bench = loaded(BENCH)
        makers = {"naive": bench.naive, "pooled": bench.pooled}
        scores = bench.score(panel(pairs=200, years=14), makers)
        theirs = bench.summary(scores).reset_index()
        ours = score_summary(scores)
        assert ours["forecaster"].tolist() == theirs["forecaster"].tolist()
        for mine, other in {
            "skill": "skill_crps",
            "skill_x2": "skill_brier_x2",
            "crps": "crps",
            "coverage80": "coverage80",
            "bias_x4": "bias_x4",
        }.items():
            assert ours[mine].to_numpy() == pytest.approx(theirs[other].to_numpy())
        assert ours["low"].to_numpy() == pytest.approx(theirs["skill_low"].to_numpy(), abs=0.03)

    @pytest.mark.parametrize(
        ("scores", "message"),
        [
            (pd.concat([SCORES.assign(crps=0.1), SCORES]), "^scores hold naive, 2, 2000 twice"),
            (SCORES.iloc[1:], "^naive is not scored wherever other is, 2 years ahead$"),
            (SCORES.assign(crps=np.nan, n=np.nan), "^scores lack values of n, crps; leave "),
        ],
    )
    def test_bad(self, scores, message):
        """Rows given twice, a baseline that was not scored, values that are not there."""
        with pytest.raises(ValueError, match=message):
            score_summary(scores)
