"""The growth model: its formula by hand, its paths, what it learns, and every bad input."""

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, annual, loaded
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from test_pair_series import mixed, wide, world

import tradelib as tl
from tradelib.science.forecasting import crps_fit as fitting
from tradelib.science.forecasting import fit
from tradelib.science.forecasting import growth_model as panel
from tradelib.science.forecasting import predictors as pairs
from tradelib.science.forecasting.growth_model import Coefficients, GrowthModel
from tradelib.science.forecasting.predictive import (
    UNIFORM,
    as_usual,
    in_eras,
    outlook,
    outlooks,
)

FOLDER = ROOT.parent / "shared" / "panel"
NAN = float("nan")
MODEL = tl.growth_model()
VINTAGES = [tl.growth_model(as_of=day) for day in ("2020-12-31", "2022-06-30", "2025-02-28")]
# The newest of these with the dollar's cycle of later GDP.
LONGER = [tl.growth_model(as_of=day) for day in ("2025-07-01", "2026-07-01")]
LEVELS = np.arange(1, 100) / 100
STEPS = tuple(float(z) for z in stats.norm.ppf(panel.NODES))
# Drift of constant and size in h / 5, all else in log h; normal nodes.
PLAIN = Coefficients(
    location=((0.1, -0.02, -0.2, -0.05), (0.25, -0.03, 0.1, 0.02)),
    scale=((0.1, 0.9, 0.3, -0.2), (0.5, -0.1, 0.04, 0.05)),
    shock=(STEPS, (0.0,) * len(STEPS)),
)
SEEN = Coefficients(
    location=((0.1, -0.02, -0.2, -0.05, -0.1, 0.3), (0.25, -0.03, 0.1, 0.02, 0.05, -0.04)),
    scale=PLAIN.scale,
    shock=PLAIN.shock,
)
TOY = GrowthModel(
    among=SEEN,
    alone=PLAIN,
    size_line=(-0.5, -0.1),
    memory=(0.9, 0.5),
    trained_on="nothing",
    known_from="2000-12-31",
)
PAIR = annual([98.1, 145.9, 128.0, 254.2, 438.7, 562.9], start=2018)
HISTORY = wide({"KAZ-TKM": [98.1, 145.9, 128.0, 254.2, 438.7, 562.9]}, start=2018)
LINE = (-0.5, -0.1)


def by_hand(signals, use, h, levels):
    """Quantiles of every row by the formula, from its signals, shape (n_pairs, n_levels)."""
    log = math.log(h)
    first, change = np.array(use.location)
    grows = np.full(first.size, log)
    grows[:2] = h / 5
    centre = signals.last + signals.location @ (first + change * grows)
    first, change = np.array(use.scale)
    scale = np.exp(signals.scale @ (first + change * log))
    logs = centre[:, None] + scale[:, None] * stats.norm.ppf(levels)
    return np.exp(logs)


def walks(count=400, years=12, *, spread=0.3, mean=0.05, seed=0, start=1990):
    """A panel of random walks between two dozen countries."""
    rng = np.random.default_rng(seed)
    countries = [f"C{i:02}" for i in range(30)]
    names = ["-".join(pair) for pair in itertools.combinations(countries, 2)][:count]
    steps = mean + spread * rng.normal(size=(count, years))
    logs = 7 + np.cumsum(steps, axis=1)
    return pd.DataFrame(
        {
            "pair": np.repeat(names, years),
            "year": np.tile(np.arange(start, start + years), count),
            "turnover_musd": np.exp(logs).ravel(),
        }
    )


class TestFormula:
    """Quantiles from signals and coefficients."""

    def test_alone_by_hand(self):
        """One pair: last level, drift with its size, reversal, what is unknown, scale, shock."""
        signals = pairs.signals(HISTORY, size_line=LINE, cross=None)
        _, size, reversal, unknown = signals.location[0]
        _, noise, usual, _ = signals.scale[0]
        levels = [0.05, 0.5, 0.9]
        quantiles = tl.forecast_panel(HISTORY, horizons=[1, 4], quantiles=levels, model=TOY)
        for i, h in enumerate((1, 4)):
            log = math.log(h)
            centre = math.log(562.9) + 0.1 + 0.05 * h + (-0.02 - 0.006 * h) * size
            centre += (-0.2 + 0.1 * log) * reversal + (-0.05 + 0.02 * log) * unknown
            scale = 0.1 + 0.5 * log + (0.9 - 0.1 * log) * noise
            scale += (0.3 + 0.04 * log) * usual + (-0.2 + 0.05 * log) * unknown
            expected = np.exp(centre + math.exp(scale) * stats.norm.ppf(levels))
            assert quantiles[0, i] == pytest.approx(expected)
            assert by_hand(signals, PLAIN, h, levels)[0] == pytest.approx(expected)

    @pytest.mark.parametrize("named", [True, False])
    def test_mixed(self, named):
        """Full rows, rows with a gap, last values only and other sources stand in one frame."""
        history, other = mixed()
        use = SEEN
        if not named:
            history = history.reset_index(drop=True)
            use = PLAIN
        options = {"horizons": [3], "quantiles": [0.2, 0.5], "model": TOY}
        quantiles = tl.forecast_panel(history, other_source=other, **options)[:, 0]
        cross = None
        if named:
            cross = pairs.cross_section(pairs.moments(history, other_source=other))
        signals = pairs.signals(history, size_line=LINE, cross=cross, other_source=other)
        assert quantiles == pytest.approx(by_hand(signals, use, 3, [0.2, 0.5]))
        of_one_source = tl.forecast_panel(history, **options)[:, 0]
        assert quantiles != pytest.approx(of_one_source)
        marks = pd.Series(other, index=history.index).iloc[::-1]
        by_name = tl.forecast_panel(history, other_source=marks, **options)[:, 0]
        assert by_name == pytest.approx(quantiles)

    def test_the_dollar_comes_back(self):
        """Half of what a distance would lose in h years at 15 %; before its first year none."""
        options = {"horizons": [1, 5], "quantiles": [0.1, 0.5]}
        plain = tl.forecast_panel(HISTORY, model=TOY, **options)
        over = np.array([0.15, 1 - 0.85**5]) / 2
        for cycle, above in (
            (((2022, 0.1), (2023, -0.2)), -0.2),
            (((2020, 0.1), (2021, -0.2)), -0.2 * 0.85**2),
            (((2023, 0.3), (2024, -0.2)), 0.3),
            (((2024, -0.2),), 0.0),
        ):
            quantiles = tl.forecast_panel(HISTORY, model=replace(TOY, cycle=cycle), **options)
            assert quantiles == pytest.approx(plain * np.exp(-above * over)[None, :, None])
        deep = replace(TOY, cycle=((2023, 199.0),))
        assert (tl.forecast_panel(HISTORY, model=deep, **options) == pairs.FLOOR_MUSD).all()

    def test_between_and_beyond_nodes(self):
        """Straight on the logit scale between two nodes, and on beyond the last."""
        logit = np.log(panel.NODES / (1 - panel.NODES))
        probabilities = np.array([0.001, 0.02, 0.5, 0.77, 0.995])
        values = panel.between_nodes(np.stack([2 + 3 * logit, logit]), probabilities)
        assert values[0] == pytest.approx(2 + 3 * np.log(probabilities / (1 - probabilities)))
        kinked = panel.between_nodes(np.maximum(logit, 0)[None, :], np.array([0.49, 0.51]))
        assert kinked[0, 0] == 0
        assert kinked[0, 1] == pytest.approx(math.log(0.51 / 0.49))
        bent = np.minimum(logit - logit[1], 0) + np.maximum(logit - logit[-2], 0)
        ends = panel.between_nodes(bent[None, :], np.array([0.001, 0.995]))[0]
        assert ends == pytest.approx([math.log(1 / 999) - logit[1], math.log(199) - logit[-2]])

    def test_scale_is_bounded(self):
        """No signal makes the scale more than e^4 or less than e^-6."""
        loud = Coefficients(
            location=PLAIN.location, scale=((90.0, 0.0, 0.0, 0.0), (0.0,) * 4), shock=PLAIN.shock
        )
        signals = pairs.signals(HISTORY, size_line=LINE, cross=None)
        low = panel.logs_of(signals, np.array([1.0]), np.array([0.05, 0.5]), loud)[0, 0, 0]
        assert low == 0
        middle, high = panel.logs_of(signals, np.array([1.0]), np.array([0.5, 0.9]), loud)[0, 0]
        assert high - middle == pytest.approx(math.exp(4) * stats.norm.ppf(0.9))

    @given(
        values=st.lists(st.one_of(st.floats(1, 1e5), st.just(NAN)), max_size=12),
        last=st.floats(1, 1e6),
        other=st.booleans(),
        horizon=st.integers(1, 10),
    )
    def test_whatever_the_history(self, values, last, other, horizon):
        """Quantiles are finite, at least a million, and never cross."""
        history = wide({"x": [*values, last]})
        options = {"horizons": [horizon], "quantiles": LEVELS}
        quantiles = tl.forecast_panel(history, other_source=[other], **options)[0, 0]
        assert np.isfinite(quantiles).all()
        assert (quantiles >= 1).all()
        assert (np.diff(quantiles) >= 0).all()

    def test_few_rows_are_alone(self):
        """Below fifty rows names do not matter; from fifty they do."""
        options = {"horizons": [2], "quantiles": [0.5]}
        for count, is_alike in ((49, True), (50, False)):
            history = (world(countries=12) * 50).iloc[:count]
            named = tl.forecast_panel(history, **options)
            opaque = tl.forecast_panel(history.reset_index(drop=True), **options)
            assert (named == pytest.approx(opaque)) == is_alike

    def test_only_the_last_years_count(self):
        """Years before the last 25 change nothing."""
        long = wide({"A-B": 50 + np.arange(40.0) ** 2 % 17})
        options = {"horizons": [1], "quantiles": [0.1, 0.9]}
        from_all = tl.forecast_panel(long, **options)
        assert (from_all == tl.forecast_panel(long.iloc[:, -25:], **options)).all()


class TestBlocks:
    """A panel too large for one pass."""

    @pytest.mark.filterwarnings("ignore")  # dask's own, of pandas
    def test_dask(self):
        """The recipe of OPERATIONS.md, block by block, equals one pass."""
        dask = pytest.importorskip("dask")
        dd = pytest.importorskip("dask.dataframe")
        history = world(countries=14) * 50
        options = {"horizons": [5], "quantiles": [0.1, 0.5, 0.9]}

        def quantiles(block, cross):
            values = tl.forecast_panel(block, cross=cross, **options)[:, 0]
            return pd.DataFrame(values, index=block.index)

        with dask.config.set(scheduler="synchronous"):
            blocks = dd.from_pandas(history, npartitions=5)
            sums = blocks.map_partitions(pairs.moments, meta=pairs.moments(history.iloc[:2]))
            cross = pairs.cross_section(sums.compute())
            meta = quantiles(history.iloc[:2], cross)
            by_block = blocks.map_partitions(quantiles, cross, meta=meta).compute()
        whole = tl.forecast_panel(history, **options)[:, 0]
        assert by_block.loc[history.index].to_numpy() == pytest.approx(whole)


class TestPaths:
    """Coherent futures of one pair."""

    def test_marginals(self):
        """Each year's quantiles are those of forecast_panel within Monte Carlo error."""
        forecast = tl.panel_growth(PAIR, horizon=10, n_paths=20_000, rng=3)
        exact = tl.forecast_panel(HISTORY, horizons=range(1, 11), quantiles=LEVELS)[0]
        for i in range(10):
            below = (forecast.paths[:, i, None] <= exact[i]).mean(axis=0)
            error = np.sqrt(LEVELS * (1 - LEVELS) / 20_000)
            assert np.abs((below - LEVELS) / error).max() <= 4

    def test_memory(self):
        """Ranks of two years correlate as the model's memory says."""
        forecast = tl.panel_growth(PAIR, horizon=6, n_paths=20_000, model=TOY)
        ranks = pd.DataFrame(forecast.paths).rank() / 20_001
        scores = np.corrcoef(stats.norm.ppf(ranks), rowvar=False)
        for i, j in [(1, 2), (2, 5), (1, 6)]:
            assert scores[i - 1, j - 1] == pytest.approx(0.9 * (i / j) ** 0.5, abs=0.02)

    def test_same_seed_same_paths(self):
        """Deterministic given the seed, which is 0 if omitted; more years leave the first ones."""
        plain = tl.panel_growth(PAIR, horizon=2).paths
        assert plain.shape == (20_000, 2)
        assert (plain == tl.panel_growth(PAIR, horizon=2, rng=0).paths).all()
        assert (plain != tl.panel_growth(PAIR, horizon=2, rng=6).paths).any()
        assert np.allclose(plain, tl.panel_growth(PAIR, horizon=10).paths[:, :2])

    def test_nowcast(self, cast):
        """The first year is the nowcast's distribution; later years start from it."""
        then = tl.load_turnover("KAZ", "TKM", as_of="2022-10-05")
        forecast = tl.panel_growth(then, horizon=6, nowcast=cast)
        assert forecast.years == tuple(range(2022, 2028))
        low, high = cast.interval(80)
        first = forecast.paths[:, 0]
        inside = (first >= low) & (first <= high)
        assert inside.mean() == pytest.approx(0.8, abs=0.015)
        year = pd.DataFrame({"year": [2022], "turnover_musd": [cast.median_musd]})
        plain = tl.panel_growth(pd.concat([then[["year", "turnover_musd"]], year]), horizon=5)
        assert forecast.quantile(0.5)[3] == pytest.approx(plain.quantile(0.5)[2], rel=0.06)


class TestBad:
    """What forecast_panel refuses, and what it reports."""

    @pytest.mark.parametrize(
        ("history", "options", "message"),
        [
            (wide({"A-B": [1.0, NAN]}), {}, "^1 of 1 pairs cannot be forecast: A-B: its last year"),
            (wide({"A-B": [1.0, 2, math.inf, 4, 5]}), {}, "A-B: it holds an infinite value"),
            (wide({"A-B": [1.0, 2, -3, 4, 5]}), {}, "A-B: it holds a negative value"),
            (pd.concat([HISTORY, HISTORY]), {}, "^KAZ-TKM is given twice; keep one$"),
            (HISTORY.drop(columns=2020), {}, "^columns are consecutive years in order, got "),
            (HISTORY.iloc[:, :0], {}, "^history needs pairs and years, got a frame of shape "),
            (HISTORY, {"horizons": [1.5]}, r"^horizons are whole years from 1 to 10, got \[1.5\]$"),
            (HISTORY, {"horizons": [11, 2, 1]}, "^horizons .* from 1 to 10, got 1 to 11$"),
            (wide({name: [NAN] for name in "ABCD"}), {}, "^4 of 4 pairs .*C: [^;]*; drop them or"),
            (HISTORY, {"horizons": []}, r"^horizons are whole years from 1 to 10, got \[\]$"),
            (HISTORY, {"quantiles": [1.0]}, r"^quantiles lie between 0 and 1, got \[1.0\]$"),
            (HISTORY, {"quantiles": 0.5}, "^quantiles lie between 0 and 1, got 0.5$"),
            (HISTORY, {"other_source": [True, False]}, "^other_source is True or False for each"),
            (HISTORY, {"errors": "ignore"}, "^errors is 'raise' or 'report', got 'ignore'$"),
        ],
    )
    def test_refused(self, history, options, message):
        """Every refusal names what came."""
        with pytest.raises(ValueError, match=message):
            tl.forecast_panel(history, **{"horizons": [1], "quantiles": [0.5], **options})

    def test_reported(self):
        """Bad rows are named in a warning and NaN; the good ones are as if they were alone."""
        history = world(countries=12) * 50
        history.iloc[3, -1] = NAN
        history.iloc[9, 2] = -1
        other = np.arange(66) % 4 == 1
        options = {"horizons": [1, 2], "quantiles": [0.5]}
        words = f"2 of 66 pairs cannot be forecast: {history.index[3]}: its last year is unknown or"
        with pytest.raises(ValueError, match=words) as error:
            tl.forecast_panel(history, **options)
        assert "below US$1m; " in str(error.value)
        with pytest.warns(UserWarning, match=words) as warned:
            quantiles = tl.forecast_panel(history, errors="report", other_source=other, **options)
        assert warned[0].filename == __file__
        bad = np.isin(np.arange(66), [3, 9])
        assert np.isnan(quantiles[bad]).all()
        clean = tl.forecast_panel(history[~bad], other_source=other[~bad], **options)
        assert quantiles[~bad] == pytest.approx(clean)

    def test_dictionary(self):
        """A model that lacks a part or has another shape."""
        plain = MODEL.to_dict()
        short = {**plain["alone"], "location": [[0.0, 1.0]] * 2}
        once = {**plain["alone"], "shock": plain["alone"]["shock"][:1]}
        for broken in (
            {k: v for k, v in plain.items() if k != "memory"},
            {**plain, "size_line": [1, 2, 3]},
            {**plain, "alone": once},
        ):
            with pytest.raises(ValueError, match="^this is no growth model: "):
                GrowthModel.from_dict(broken)
        with pytest.raises(ValueError, match=r"location has two rows of 4 or 6 numbers, got.*\(2"):
            GrowthModel.from_dict({**plain, "alone": short})


class TestLearning:
    """What fit_growth_model learns."""

    def test_random_walks(self):
        """Learned from random walks: their drift and spread at one, three and six years."""
        table = walks(400, 14)
        model = tl.fit_growth_model(table, per_origin=100)
        fresh = walks(400, 16, seed=9)
        history = tl.flows.by_pair(fresh).loc[:, :1999]
        drift = np.nanmean(np.diff(np.log(tl.flows.by_pair(table)), axis=1))
        assert drift == pytest.approx(0.05, abs=0.01)
        options = {"horizons": [1, 3, 6], "quantiles": [0.1, 0.5, 0.9]}
        for use in (history, history.reset_index(drop=True)):
            quantiles = tl.forecast_panel(use, model=model, **options)
            last = history.to_numpy()[:, -1]
            growth = np.log(quantiles) - np.log(last)[:, None, None]
            for i, h in enumerate((1, 3, 6)):
                low, middle, high = np.median(growth[:, i], axis=0)
                spread = 0.3 * math.sqrt(h)
                common = 0.2 * (h / 5) ** 0.65
                width = 2 * stats.norm.ppf(0.9) * spread
                shared = 2 * stats.norm.ppf(0.9) * math.hypot(spread, common)
                assert middle == pytest.approx(fit.CARRIED * drift * h, abs=0.03)
                assert 0.9 * width <= high - low <= 1.08 * shared

    def test_only_what_was_known(self, monkeypatch):
        """Years after known_by, however wild, change nothing."""
        monkeypatch.setattr(fit, "least_crps", self.counting)
        table = walks(count=100, years=12)
        poisoned = table.copy()
        late = poisoned["year"] > 1998
        poisoned.loc[late, "turnover_musd"] *= np.exp(np.arange(late.sum()) % 7)
        model = tl.fit_growth_model(table, known_by=1998)
        of_poisoned = tl.fit_growth_model(poisoned, known_by=1998)
        assert model == of_poisoned != tl.fit_growth_model(table)
        assert model.known_from == "1998-12-31"
        assert model.trained_on == "100 pairs of 1990-1998"

    @staticmethod
    def counting(cases, nodes):
        """Coefficients that tell which cases they come from, in place of a search."""
        location = np.full((2, cases.location.shape[1]), cases.weight @ cases.growth / 100)
        return location, np.zeros((2, 4)), np.array([STEPS, np.zeros(len(nodes))])

    def test_two_panels(self, monkeypatch):
        """Panels are read apart, count alike, and are named."""
        monkeypatch.setattr(fit, "least_crps", self.counting)
        tables = {"one": walks(50, 9), "two": walks(60, 8, start=2005, seed=1)}
        model = tl.fit_growth_model(tables)
        assert model.trained_on == "50 pairs of 1990-1998 (one), 60 pairs of 2005-2012 (two)"
        assert model.known_from == "2012-12-31"
        assert model.memory != fit.MEMORY
        origins = [fit._origins(tl.flows.by_pair(table), 200) for table in tables.values()]
        blocks = fit._blocks(origins, model.size_line, seen=True)
        assert model.among == fit._learned(blocks)
        words = {"trained_on": "both", "known_from": "2014-01-31"}
        few = tl.fit_growth_model(tables, per_origin=40, **words)
        assert (few.trained_on, few.known_from) == ("both", "2014-01-31")
        assert few.size_line == model.size_line
        assert few.among != model.among
        # The same pairs are drawn each time; a panel whose years all come later is left out.
        known = tl.fit_growth_model(tables, known_by=1999, per_origin=20)
        assert known.trained_on == "50 pairs of 1990-1998 (one)"
        assert known.among == tl.fit_growth_model(tables["one"], per_origin=20).among

    def test_names_that_say_nothing(self):
        """From opaque names it learns to read pairs alone, and reads named ones so."""
        table = walks(100, 10)
        opaque = table.assign(pair=table["pair"].str.replace("-", ""))
        model = tl.fit_growth_model(opaque)
        assert model.among == model.alone
        history = tl.flows.by_pair(table)
        options = {"horizons": [1], "quantiles": [0.3, 0.5], "model": model}
        named = tl.forecast_panel(history, **options)
        unnamed = tl.forecast_panel(history.reset_index(drop=True), **options)
        assert named == pytest.approx(unnamed)

    def test_what_is_learned_from(self, monkeypatch):
        """Every horizon kept; a mask, origin and horizon weighs by its pairs, however many it has."""
        seen = []

        def spy(cases, nodes):
            seen.append(cases)
            return np.zeros((2, 4)), np.zeros((2, 4)), np.zeros((2, len(nodes)))

        monkeypatch.setattr(fit, "least_crps", spy)
        wide_one = tl.flows.by_pair(walks(120, 16))
        wide_one.iloc[:60, 4:9] = NAN  # half of the pairs are known at fewer origins
        origins = fit._origins(wide_one, 90)
        years = [int(history.columns[-1]) for history, _, _ in origins]
        assert years == list(range(1992, 2005))
        assert max(len(drawn) for _, _, drawn in origins) == 90
        blocks = fit._blocks([origins], LINE, seen=False)
        fit._learned(blocks)
        cases = seen[0]
        assert sorted(set(cases.horizon)) == [1, 2, 3, 4, 5, 6, 8, 10]
        assert cases.low == pytest.approx(-cases.location[:, 1] - 5)
        for h in (1, 5, 10):
            weights = []
            count = 0
            for _, growth, drawn in origins:
                n = int(np.isfinite(growth[drawn, h - 1]).sum())
                if n >= 15:
                    count += 3 * n
                    each = len(drawn) / (len(drawn) + 100) / n
                    weights += [2 * each, each]
            weight = cases.weight[cases.horizon == h]
            assert len(weight) == count
            assert set(weight.round(9)) == set(np.round(weights, 9))

    @staticmethod
    def pairs_by_origin(table):
        """How many pairs are learned from at each origin."""
        origins = fit._origins(table, 500)
        return {int(history.columns[-1]): len(history) for history, _, _ in origins}

    def test_who_is_learned_from(self):
        """Pairs with a last value and two steps, a million counts; origins with twenty-five."""
        table = wide({f"A{i}-B{i}": [5.0, 6, 7, 8, 9] for i in range(26)})
        table.iloc[0, 2] = NAN  # one step at 2003, two at 2004: not at all at 2002
        table.iloc[1, :2] = 0.5
        assert self.pairs_by_origin(table) == {}
        table.loc["C-D"] = [5.0, 6, 7, 8, 9]
        table.loc["C-E"] = [5.0, 6, 7, NAN, 9]
        assert self.pairs_by_origin(table) == {2002: 26, 2003: 25}
        table.iloc[2:9] = 1.0
        assert self.pairs_by_origin(table) == {2002: 26, 2003: 25}

    def test_masks(self):
        """In full; 1 to 8 years hidden, half with another source; all hidden but the last."""
        history = wide({f"A{i}-B{i}": range(1, 21) for i in range(2000)})
        full, other = fit._masked(history, "full")
        assert full.equals(history)
        assert not other.any()
        last, other = fit._masked(history, "last")
        assert last.notna().sum(axis=1).eq(1).all()
        assert last.iloc[:, -1].eq(20).all()
        assert not other.any()
        cut, other = fit._masked(history, "gap")
        present = cut.notna()
        assert present.iloc[:, -1].all()
        hidden = (~present).sum(axis=1)
        assert sorted(hidden.unique()) == list(range(1, 9))
        assert hidden.value_counts().min() > 200
        for i, n in enumerate(hidden.head(50)):
            assert present.iloc[i, : 19 - n].all()
        assert other.mean() == pytest.approx(0.5, abs=0.05)
        short, _ = fit._masked(history.iloc[:, -5:], "gap")
        assert sorted(short.isna().sum(axis=1).unique()) == [1, 2]
        short, _ = fit._masked(history.iloc[:, -3:], "gap")
        assert short.isna().sum(axis=1).eq(1).all()

    def test_masked_signals(self):
        """A block's signals are those of its cut rows, the cross-section's too."""
        origins = fit._origins(tl.flows.by_pair(walks(100, 10)), 40)[-1:]
        ((history, _, drawn),) = origins
        for seen in (False, True):
            for how, blocks in fit._blocks([origins], LINE, seen=seen).items():
                cut, other = fit._masked(history, how)
                sums = pairs.moments(cut, other_source=other)
                cross = pairs.cross_section(sums) if seen else None
                expected = pairs.signals(cut, size_line=LINE, cross=cross, other_source=other)
                ((signals, _, weight),) = blocks
                assert signals.location == pytest.approx(expected.location[drawn])
                assert signals.scale == pytest.approx(expected.scale[drawn])
                assert weight == pytest.approx(fit.MASKS[how] * 40 / 140)

    def test_growth_is_learned_beside_the_dollar(self, monkeypatch):
        """What the cycle brings is no part of the growth learned; the model keeps the cycle."""
        monkeypatch.setattr(fit, "least_crps", self.counting)
        panel_of = walks(60, 8)
        cycle = ((1992, 0.4), (1993, -0.2))
        table = tl.flows.by_pair(panel_of)
        plain = fit._origins(table, 50)
        beside = fit._origins(table, 50, cycle)
        over = (1 - 0.85 ** np.arange(1, 11)) / 2
        for (history, growth, drawn), (_, net, same) in zip(plain, beside, strict=True):
            origin = history.columns[-1]
            above = {1991: 0, 1992: 0.4}.get(origin, -0.2 * 0.85 ** (origin - 1993))
            expected = np.where(np.isnan(growth), NAN, above * over)
            assert net - growth == pytest.approx(expected, nan_ok=True)
            assert (drawn == same).all()
        model = tl.fit_growth_model(panel_of, cycle=cycle)
        assert model.cycle == cycle
        assert model.alone.location != tl.fit_growth_model(panel_of).alone.location
        assert GrowthModel.from_dict(model.to_dict()) == model

    def test_drift_is_carried_in_part(self, monkeypatch):
        """Constant and size of the location are shrunk, both rows, by the stated share."""
        numbers = np.arange(1, 9.0).reshape(2, 4)

        def fixed(cases, nodes):
            return numbers.copy(), numbers.copy(), np.ones((2, len(nodes)))

        monkeypatch.setattr(fit, "least_crps", fixed)
        origins = fit._origins(tl.flows.by_pair(walks(60, 8)), 100)
        blocks = fit._blocks([origins], LINE, seen=False)
        coefficients = fit._learned({"full": blocks["full"]})
        assert coefficients.location == ((0.9, 1.8, 3.0, 4.0), (4.5, 5.4, 7.0, 8.0))
        assert coefficients.scale == ((1.0, 2.0, 3.0, 4.0), (5.0, 6.0, 7.0, 8.0))

    @staticmethod
    def alike(count):
        """The signals of one pair, and of as many like it."""
        row = pairs.signals(wide({"x": [300.0]}), size_line=LINE, cross=None)
        parts = {
            name: np.repeat(getattr(row, name), count, 0) for name in ("last", "location", "scale")
        }
        return row, pairs.Signals(**parts)

    def grown(self, h, near):
        """Growth over horizons whose scores have a correlation; of the other horizons none."""
        row, _ = self.alike(1)
        scores = np.random.default_rng(4).standard_normal((4000, h.size))
        middle = panel.logs_of(row, h, np.array([0.5]), PLAIN)[0, :, 0]
        above = panel.logs_of(row, h, stats.norm.cdf([1.0]), PLAIN)[0, :, 0]
        growth = np.full((4000, 10), NAN)
        of_scores = scores @ np.linalg.cholesky(near).T * (above - middle)
        growth[:, h.astype(int) - 1] = middle - row.last[0] + of_scores
        return growth

    def test_memory_by_hand(self):
        """Scores of a known correlation come back as c and d; a line above one begins at one."""
        _, many = self.alike(4000)
        h = np.arange(1.0, 11)
        near = 0.9 * (np.minimum.outer(h, h) / np.maximum.outer(h, h)) ** 0.4
        np.fill_diagonal(near, 1)
        memory = fit._memory([(many, self.grown(h, near), 1.0)], PLAIN)
        assert memory == pytest.approx((0.9, 0.4), abs=0.03)
        near = np.array([[1, 0.9, 0.65], [0.9, 1, 0.9], [0.65, 0.9, 1]])
        growth = self.grown(np.array([1.0, 2, 4]), near)
        c, d = fit._memory([(many, growth, 1.0)], PLAIN)
        assert c == 1.0
        assert d == pytest.approx(math.log(0.9 / 0.65) / math.log(2), abs=0.05)
        growth[:, 3] = NAN  # one point makes no line
        assert fit._memory([(many, growth, 1.0)], PLAIN) == fit.MEMORY

    @pytest.mark.parametrize("spread", [0.01, 0.3])
    def test_common_shock(self, spread):
        """Outcomes are widened up to the spread that all pairs shared over sixty years."""
        origins = fit._origins(tl.flows.by_pair(walks(200, 16, spread=spread, mean=0.0)), 100)
        blocks = fit._blocks([origins], LINE, seen=False)["full"]
        for h in (1, 5, 8):
            columns = [growth[:, h - 1] for _, growth, _ in origins]
            means = [np.nanmean(column) for column in columns if np.isfinite(column).any()]
            most = (0.2 * (h / 5) ** 0.65) ** 2
            variance = np.mean((means - np.mean(means)) ** 2)
            added = math.sqrt(max(0, most - variance))
            assert added > 0.05
            for (seen, widened, _), (history, growth, drawn) in zip(blocks, origins, strict=True):
                rng = np.random.default_rng(int(history.columns[-1]))
                noise = rng.standard_normal((len(drawn), 1))[:, 0]
                expected = growth[drawn, h - 1] + added * noise
                assert widened[:, h - 1] == pytest.approx(expected, nan_ok=True)
                assert (seen.last > 3).all()  # far above the floor

    def test_fifty_pairs_are_enough(self):
        """The size line is learned from origins of fifty pairs with five years, not of more only."""
        wide_one = tl.flows.by_pair(walks(50, 7))
        lines = [pairs.size_line(wide_one.loc[:, :year]) for year in (1994, 1995)]
        expected = np.mean(lines, axis=0)
        line = fit._size_line([fit._origins(wide_one, 100)], 50)
        assert line == pytest.approx(expected, abs=1e-5)

    def test_too_small(self):
        """Fewer than fifty pairs are no panel to learn from."""
        with pytest.raises(ValueError, match="^no origin has 50 pairs of 5 years and a later one"):
            tl.fit_growth_model(walks(count=49))


class TestFitting:
    """Least CRPS."""

    @staticmethod
    def cases(n=4000, seed=0):
        """Outcomes of a known law, some of them at a floor."""
        rng = np.random.default_rng(seed)
        h = rng.integers(1, 7, n)
        x = np.stack([np.ones(n), rng.normal(0, 2, n), rng.normal(size=n)], 1)
        z = np.stack([np.ones(n), rng.normal(0.5, 0.4, n)], 1)
        growth = 0.1 * h + (0.2 - 0.04 * h) * x[:, 1] - (0.3 + 0.1 * np.log(h)) * x[:, 2]
        scale = np.exp(-1 + 0.8 * z[:, 1]) * h**0.5
        growth += scale * rng.normal(size=n)
        low = rng.uniform(-4, -1, n)
        return fitting.Cases(
            location=x,
            scale=z,
            growth=np.maximum(growth, low),
            low=low,
            horizon=h,
            weight=np.full(n, 1.0),
        )

    def test_known_law(self):
        """Location, scale and their change with h come back; the shock does not change with h."""
        cases = self.cases(20_000, seed=1)
        b, g, q = fitting.least_crps(cases, panel.NODES)
        assert b[0] == pytest.approx([0, 0.2, -0.3], abs=0.03)
        assert b[1] == pytest.approx([0.5, -0.2, -0.1], abs=0.05)
        at = np.searchsorted(panel.NODES, 0.9)
        spread = q[0][at] / stats.norm.ppf(0.9)
        assert q[1][at] == pytest.approx(0, abs=0.05)
        assert math.exp(g[0, 0]) * spread == pytest.approx(math.exp(-1), rel=0.05)
        assert g[0, 1] == pytest.approx(0.8, abs=0.04)
        assert g[1, 0] == pytest.approx(0.5, abs=0.06)

    def test_a_column_of_zeros(self):
        """A signal that is always zero, as in a star, gets no coefficient and does no harm."""
        cases = self.cases(600)
        empty = cases.location.copy()
        empty[:, 2] = 0
        b, g, _ = fitting.least_crps(cases._replace(location=empty), panel.NODES)
        assert b[:, 2].tolist() == [0, 0]
        assert np.isfinite(g).all()

    def test_weights(self):
        """A case of weight three counts like three cases."""
        cases = self.cases(600)
        thrice = np.where(np.arange(600) < 200, 3.0, 1.0)
        heavy = cases._replace(weight=thrice)
        again = np.concatenate([np.arange(600), np.arange(200), np.arange(200)])
        copied = fitting.Cases(*(column[again] for column in cases))
        by_weight = fitting.least_crps(heavy, panel.NODES)
        by_copies = fitting.least_crps(copied, panel.NODES)
        assert by_weight[0] == pytest.approx(by_copies[0], abs=0.02)
        assert by_weight[1] == pytest.approx(by_copies[1], abs=0.02)

    def test_loss_and_its_slope(self):
        """Pinball losses, each as wide as its level stands for; the slope is that of small steps."""
        rng = np.random.default_rng(3)
        horizons = (1.0, 4.0)
        nodes = np.array([0.1, 0.5, 0.6])
        parts = [
            (
                rng.normal(size=(9, 3)),
                rng.normal(size=(9, 2)),
                rng.normal(size=9),
                rng.normal(-1, 0.5, 9),
                rng.uniform(0.5, 2, 9),
            )
            for _ in horizons
        ]
        theta = rng.normal(0, 0.3, 10)
        shock = np.array([[-1.0, 0.1, 0.5], [-2.0, 0.2, 0.9]])
        logs = np.log(horizons)[:, None]
        fifths = np.array(horizons)[:, None] / 5
        slopes = (np.hstack([fifths, fifths, logs]), logs)

        def loss(theta):
            total = 0.0
            b, bh, g, gh = np.split(theta, [3, 6, 8])
            for h, part, shocks in zip(horizons, parts, shock, strict=True):
                for x, z, growth, low, weight in zip(*part, strict=True):
                    centre = x @ (b + bh * [h / 5, h / 5, math.log(h)])
                    scale = math.exp(z @ (g + gh * math.log(h)))
                    values = [max(low, centre + scale * score) for score in shocks]
                    for p, value, width in zip(nodes, values, (0.3, 0.25, 0.45), strict=True):
                        above = growth - value
                        total += 2 * weight * width * max((p * above), (p - 1) * above)
            return total

        computed, slope = fitting._loss(theta, parts, slopes, nodes, shock)
        assert computed == pytest.approx(loss(theta))
        steps = 1e-6 * np.eye(10)
        expected = [(loss(theta + step) - loss(theta - step)) / 2e-6 for step in steps]
        assert slope == pytest.approx(expected, abs=1e-5)

    def test_shocks_are_told_from_the_forecast(self):
        """Outcomes and floors are read less the location and over the scale."""
        rng = np.random.default_rng(4)
        value = rng.normal(size=300)
        low = rng.normal(-1.5, 0.3, 300)
        value = np.maximum(value, low)
        ones = np.ones((300, 1))
        centre = 0.7
        scale = math.exp(-0.4)
        nodes = np.array([0.1, 0.5, 0.9])
        guess = np.array([-1.0, 0.0, 1.0])
        part = (ones, ones, centre + scale * value, centre + scale * low, np.ones(300))
        slopes = (np.array([[0.2]]), np.array([[0.0]]))
        theta = np.array([0.6, 0.5, -0.4, 9.0])
        quantiles = fitting._shocks(theta, [part], slopes, nodes, guess[None, :])[0]
        expected = fitting._censored_quantiles(value, low, np.ones(300), nodes, guess)
        assert quantiles == pytest.approx(expected)
        assert quantiles == pytest.approx(np.quantile(value, nodes), abs=0.15)

    def test_censored_quantiles(self):
        """Cases that could not fall so low do not speak about low quantiles."""
        value = np.concatenate([np.linspace(-1, 1, 101), np.full(100, 0.0)])
        low = np.concatenate([np.full(101, -5.0), np.full(100, 0.0)])
        nodes = np.array([0.1, 0.5, 0.9])
        guess = np.array([-0.5, -0.2, 0.5])
        quantiles = fitting._censored_quantiles(value, low, np.ones(201), nodes, guess)
        assert quantiles[0] == pytest.approx(-0.8, abs=0.03)
        assert quantiles[1] <= 0.0
        assert quantiles[2] > 0.5


def prepare():
    """The script that writes the shipped model."""
    return loaded(ROOT / "data" / "prepare" / "growth_model.py")


def years(words):
    """Years that words like "1987, 1990-1992" name."""
    named = []
    for span in words.split(", "):
        ends = [int(year) for year in span.split("-")]
        named += range(ends[0], ends[-1] + 1)
    return named


class TestDollar:
    """The dollar's cycle, as the script reads it from GDP figures."""

    def test_shipped(self):
        """Each vintage knows it up to the last GDP figures out by then; all agree."""
        models = [*VINTAGES, *LONGER]
        for model, last in zip(models, (2019, 2020, 2023, 2024, 2025), strict=True):
            assert [year for year, _ in model.cycle] == list(range(1970, last + 1))
            newest = VINTAGES[-1] if model in VINTAGES else MODEL
            assert model.cycle == newest.cycle[: len(model.cycle)]
        # With 2024 the World Bank's figures are of a later vintage: earlier years were revised.
        before = dict(VINTAGES[-1].cycle)
        revised = [above - before[year] for year, above in MODEL.cycle if year in before]
        assert 0 < max(map(abs, revised)) < 0.05
        dear = {
            year: above for year, above in MODEL.cycle if year in (1985, 1995, 2002, 2011, 2022)
        }
        assert [above > 0 for above in dear.values()] == [False, True, False, True, False]


class TestEras:
    """What eras did, as the script reads it from panels."""

    def test_thirds_by_hand(self, monkeypatch):
        """Panels count alike within a start year; from five years on what all pairs share counts."""
        module = prepare()
        horizons = range(1, 11)
        drifts = {
            name: pd.DataFrame(0.0, [2000, 2001, 2002, 2003], horizons) for name in module.WORLDS
        }
        drifts["USA"].loc[2001] = 0.3
        drifts["guide"].loc[2003] = -0.6
        drifts["guide"].loc[2001, 1] = NAN
        drifts["ITPD-E"].loc[2002] = 0.03
        drifts["ITPD-E"].loc[2002, 4] = 0.6
        monkeypatch.setattr(module, "drift", lambda table, model: drifts[table])
        with_eras = module.eras({name: name for name in module.WORLDS}, TOY)
        assert [row[0] for row in with_eras.eras] == [0.15, 0.01, -0.1]
        assert [row[3] for row in with_eras.eras] == [0.2, 0.1, -0.1]
        third = 0.2182  # the mean of the upper third of a normal with the deviation 0.20
        assert [row[4] for row in with_eras.eras] == [third, 0, -third]
        assert [row[9] for row in with_eras.eras] == pytest.approx(
            [third * 2**0.65, 0, -third * 2**0.65], abs=1e-4
        )
        assert [row[0] for row in with_eras.era_starts] == ["2001", "2002", "2000, 2003"]
        assert [row[3] for row in with_eras.era_starts] == ["2002", "2001", "2000, 2003"]
        assert [row[4] for row in with_eras.era_starts] == ["", "", ""]
        assert replace(with_eras, eras=(), era_starts=()) == TOY

    def test_spans(self):
        """Neighbouring years as a span."""
        module = prepare()
        assert module.spans([2003, 1999, 2002, 2005]) == "1999, 2002-2003, 2005"


class TestShipped:
    """The model in data/."""

    def test_round_trip(self):
        """Through JSON and back, also without what a user's model lacks; the digest names numbers."""
        again = GrowthModel.from_dict(json.loads(json.dumps(MODEL.to_dict())))
        assert again == MODEL
        assert again.digest() == MODEL.digest()
        other = GrowthModel.from_dict({**MODEL.to_dict(), "memory": [0.5, 0.5]})
        assert other.digest() != MODEL.digest()
        plain = MODEL.to_dict()
        del plain["eras"], plain["era_starts"], plain["cycle"]
        bare = GrowthModel.from_dict(plain)
        assert (bare.eras, bare.era_starts, bare.cycle) == ((), (), ())
        assert GrowthModel.from_dict(bare.to_dict()) == bare

    def test_vintages(self):
        """The newest that was known by a day; each is another model, of the same shape."""
        for before, model in itertools.pairwise([*VINTAGES, *LONGER]):
            eve = pd.Timestamp(model.known_from) - pd.Timedelta(days=1)
            assert tl.growth_model(as_of=eve) == before != model
        assert LONGER[1] == MODEL
        assert MODEL.trained_on in MODEL.summary()
        for model in LONGER:
            same = {"cycle": model.cycle, "trained_on": model.trained_on}
            assert replace(VINTAGES[2], known_from=model.known_from, **same) == model
        for model in VINTAGES:
            for part in (model.among, model.alone):
                change = part.location[1]
                assert change[0] > 0 > change[1]

    def test_eras(self):
        """In each vintage three thirds of past eras in order, of years whose growth was known."""
        for model, last in zip(VINTAGES, (2018, 2021, 2022), strict=True):
            best, middle, worst = np.array(model.eras)
            assert best.shape == (10,)
            assert (best > middle).all()
            assert (middle > worst).all()
            for h in range(1, 5):
                starts = [years(third[h - 1]) for third in model.era_starts]
                every = sorted(year for third in starts for year in third)
                assert len(set(every)) == len(every) >= 22
                assert every[0] == 1987
                assert every[-1] == last - h
                assert max(map(len, starts)) - min(map(len, starts)) <= 1

    def test_not_known_before(self):
        """A day before the training data were public is refused."""
        with pytest.raises(ValueError, match="was not known by 2020-12-30; it is learned from"):
            tl.growth_model(as_of="2020-12-30")

    @pytest.mark.skipif(not FOLDER.is_dir(), reason="the panels are not at hand (../shared/panel)")
    @pytest.mark.no_cover
    @pytest.mark.rebuilt
    def test_rebuilt(self):
        """One script rebuilds every number of the newest vintage from the panels."""
        module = prepare()
        tables = module.panels(FOLDER)
        assert module.shipped(tables, ROOT / "data") == VINTAGES
        assert module.with_later_gdp(VINTAGES, FOLDER) == [*VINTAGES, *LONGER]
        for model, last in zip(VINTAGES, module.VINTAGES.values(), strict=True):
            assert model.cycle == module.dollar(FOLDER, module.GDP[model.known_from])
            assert model.trained_on == module.words(
                module.known(tables, last), model.cycle, model.known_from
            )
        fitted = VINTAGES[-1]
        rebuilt = module.vintage(tables, fitted.known_from, fitted.cycle)
        for part in ("among", "alone"):
            for name in ("location", "scale", "shock"):
                mine = np.array(getattr(getattr(rebuilt, part), name))
                theirs = np.array(getattr(getattr(MODEL, part), name))
                assert np.abs(mine - theirs).max() <= 1e-6
        assert rebuilt.size_line == pytest.approx(MODEL.size_line, abs=1e-6)
        assert rebuilt.memory == pytest.approx(MODEL.memory, abs=1e-6)


@pytest.fixture(scope="module")
def cast():
    """Of 2022, from seven months."""
    return tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")


class TestOutlook:
    """The distribution of each year, exact, and with a signal as usual."""

    KNOWN = annual([95.8, *PAIR["turnover_musd"].iloc[:4]], start=2017)

    def test_with_a_nowcast(self, cast):
        """The nowcast's doubt is mixed in; of its own year it is all there is."""
        forecast = outlook(self.KNOWN, model=MODEL, nowcast=cast)
        paths = forecast.paths(3, n_paths=100_000)
        for year in (2022, 2024):
            values = np.array([300.0, 500.0, 700.0])
            expected = paths.chance(values, year=year)
            assert forecast.chance(values, year) == pytest.approx(expected, abs=0.005)
            low, high = forecast.quantile([0.1, 0.9], year)
            assert forecast.chance([low, high], year) == pytest.approx([0.9, 0.1], abs=2e-3)
        assert forecast.chance([cast.median_musd], 2022)[0] == pytest.approx(0.5)

    def test_ever(self, cast):
        """Reached by each year: what the paths of the same draws say, with a nowcast and without."""
        for forecast in (
            outlook(PAIR, model=MODEL),
            outlook(self.KNOWN, model=MODEL, nowcast=cast),
        ):
            paths = forecast.paths(10)
            for value in (100.0, 600.0, 2000.0):
                exact = paths.first_passage(value)["by"].to_numpy()
                assert forecast.passage(value) == pytest.approx(exact, abs=1e-4)
                assert (np.diff(forecast.passage(value)) >= 0).all()
            assert list(forecast.years) == list(paths.years)
        with pytest.raises(ValueError, match="^a value to reach is positive and finite, got 0"):
            forecast.passage(0)

    def test_shortfall(self):
        """What the paths below a value lack on average; nothing where none is below."""
        of_toy = outlook(PAIR, model=TOY)
        level = of_toy.logs[3, 450]
        spread = of_toy.logs[3, 550] - level
        score = (math.log(1000) - level) / spread
        part = math.exp(level + spread**2 / 2) * stats.norm.cdf(score - spread)
        lognormal = 1000 - part / stats.norm.cdf(score)
        shortfall = of_toy.shortfall(1000, 2027)
        assert shortfall == pytest.approx(lognormal, rel=1e-3)  # of a thousand slices
        assert of_toy.shortfall(0.5, 2027) == 0

    def test_how_far(self, cast):
        """Ten years from the history's last, or from the nowcast's, and no more."""
        with_nowcast = outlook(self.KNOWN, model=MODEL, nowcast=cast)
        assert 0 < with_nowcast.chance([700], 2032)[0] < 1
        assert with_nowcast.paths(11, n_paths=5).years[-1] == 2032
        plain = outlook(PAIR, model=MODEL)
        assert plain.chance([0.5, 1e9], 2033) == pytest.approx([1, 0], abs=1e-5)
        for forecast, year, ahead in (
            (with_nowcast, 2033, 11),
            (with_nowcast, 2021, -1),
            (plain, 2034, 11),
            (plain, 2023, 0),
        ):
            words = rf"^horizons are whole years from 1 to 10, got \[{ahead}.0\]$"
            for ask in (forecast.chance, forecast.quantile):
                with pytest.raises(ValueError, match=words):
                    ask([0.5], year)

    def test_usual_signals_by_hand(self):
        """One part after another, as of the same row cut to its last value."""
        plain = outlook(PAIR, model=TOY)
        forecasts = {"plain": plain, **as_usual(plain, PAIR, model=TOY)}
        own = pairs.signals(HISTORY, size_line=TOY.size_line, cross=None)
        usual = pairs.signals(HISTORY.iloc[:, -1:], size_line=TOY.size_line, cross=None)
        expected = {
            "plain": own,
            "dollar": own,
            "move": replace(own, location=usual.location),
            "volatility": usual,
        }
        assert list(forecasts) == list(expected)
        for name, signals in expected.items():
            quantiles = by_hand(signals, PLAIN, 4, [0.1, 0.5, 0.9])[0]
            chances = forecasts[name].chance(quantiles, 2027)
            assert chances == pytest.approx([0.9, 0.5, 0.1], abs=0.01)

    def test_usual_dollar(self, cast):
        """The same as by a model that knows of no cycle, from the year that growth starts from."""
        cases = ((PAIR, None), (self.KNOWN, cast))
        for history, nowcast in cases:
            forecast = outlook(history, model=MODEL, nowcast=nowcast)
            flat = outlook(history, model=replace(MODEL, cycle=()), nowcast=nowcast)
            seen = as_usual(forecast, history, model=MODEL)
            assert seen["dollar"].logs == pytest.approx(flat.logs)
            above = dict(MODEL.cycle)[forecast.first]
            middle = forecast.logs[:, 450] - flat.logs[:, 450]
            assert middle == pytest.approx(-above / 2 * (1 - 0.85 ** np.arange(1, 11)))
            same = as_usual(flat, history, model=replace(MODEL, cycle=()))
            # The later replacements keep the one of the dollar.
            for name in ("move", "volatility"):
                assert seen[name].logs == pytest.approx(same[name].logs)

    def test_usual_with_a_nowcast(self, cast):
        """The last value is then the nowcast's."""
        usual = as_usual(outlook(self.KNOWN, model=MODEL, nowcast=cast), self.KNOWN, model=MODEL)
        nearly = pd.DataFrame({"year": [2022], "turnover_musd": [cast.median_musd]})
        size = outlook(nearly, model=replace(MODEL, cycle=()))
        middle = np.searchsorted(UNIFORM, 0.5)
        assert usual["move"].logs[:, middle] == pytest.approx(size.logs[:, middle], abs=0.05)
        assert usual["move"].nowcast == cast
        gap = PAIR.drop(index=3)
        of_gap = outlook(gap, model=TOY)
        assert (as_usual(of_gap, gap, model=TOY)["dollar"].logs == of_gap.logs).all()

    def test_eras_by_hand(self):
        """The median moves by the era's drift; the thirds' variance leaves the spread."""
        forecast = outlook(PAIR, model=TOY)
        drifts = np.array([0.6, 0.0, -0.3])
        quarters = np.arange(1, 11) / 4
        eras = tuple(tuple(drift * quarters) for drift in drifts)
        signals = pairs.signals(HISTORY, size_line=LINE, cross=None)
        quantiles = by_hand(signals, PLAIN, 4, [0.5, stats.norm.cdf(1)])[0]
        middle, above = np.log(quantiles)
        shared = (0.36 + 0.09) / 3 - 0.1**2
        own = math.sqrt((above - middle) ** 2 - shared)
        assert above - middle > own > 0.5 * (above - middle)
        for moved, drift in zip(in_eras(forecast, eras), drifts, strict=True):
            for score in (-1.5, 0.0, 1.0):
                value = math.exp(middle + drift + own * score)
                chance = moved.chance([value], 2027)[0]
                assert chance == pytest.approx(stats.norm.sf(score), abs=1e-3)
            assert moved.kind == forecast.kind
            assert moved.origin == forecast.origin
            assert moved.memory == forecast.memory

    def test_eras_keep_a_quarter_of_the_variance(self):
        """A pair calmer than eras differ keeps half of its spread; nothing falls below US$1m."""
        forecast = outlook(PAIR, model=TOY)
        best, middle, worst = in_eras(forecast, ((9.0,) * 10, (0.0,) * 10, (-9.0,) * 10))
        median = forecast.logs[:, [450]]
        half = (forecast.logs - median) / 2
        assert middle.logs == pytest.approx(np.maximum(median + half, 0))
        assert best.logs == pytest.approx(median + 9 + half)
        assert worst.logs.min() == 0

    def test_eras_with_a_nowcast(self, cast):
        """The months published stay as they are; eras move the years after."""
        forecast = outlook(self.KNOWN, model=MODEL, nowcast=cast)
        best, _, worst = in_eras(forecast, MODEL.eras)
        assert best.chance([500.0], 2022) == forecast.chance([500.0], 2022)
        chances = [each.chance([500.0], 2024)[0] for each in (best, forecast, worst)]
        assert chances[0] > chances[1] > chances[2]

    def test_any_history(self, cast):
        """Whatever is known is used: a size, two years, a run with a gap, one of another source."""
        options = {"horizons": [4], "quantiles": [0.1, 0.5, 0.9]}
        gap = PAIR.drop(index=[2, 3])
        for history, other, kind in (
            (PAIR.tail(1), False, "size"),
            (PAIR.tail(2), False, "own older"),
            (PAIR.tail(4), False, "own older"),
            (PAIR.tail(5), False, "own recent"),
            (gap, False, "own older"),
            (PAIR, True, "own recent"),
            (PAIR.tail(2), True, "size"),
        ):
            forecast = outlook(history, model=MODEL, other_source=other)
            assert (forecast.name, forecast.kind, forecast.origin) == ("panel_growth", kind, 2023)
            assert forecast.paths(2, n_paths=10).kind == kind
            series = history.set_index("year")["turnover_musd"].reindex(range(2018, 2024))
            row = series.to_frame().T
            exact = tl.forecast_panel(row, other_source=[other], **options)[0, 0]
            assert forecast.quantile([0.1, 0.5, 0.9], 2027) == pytest.approx(exact, rel=2e-4)
            assert forecast.chance(exact, 2027) == pytest.approx([0.9, 0.5, 0.1], abs=1e-4)
            paths = tl.panel_growth(history, horizon=2, n_paths=10, other_source=other)
            assert (paths.origin, paths.last_musd, paths.years) == (2023, 562.9, (2024, 2025))
            assert (paths.paths == forecast.paths(2, n_paths=10).paths).all()
        assert outlook(self.KNOWN.tail(4), model=MODEL, nowcast=cast).kind == "own recent"
        three = outlook(self.KNOWN.tail(3), model=MODEL, nowcast=cast)
        assert (three.kind, three.nowcast) == ("own older", cast)

    def test_a_nowcast_after_another_source(self, cast):
        """It follows the last value; what stands before that is left out."""
        forecast = outlook(self.KNOWN, model=MODEL, nowcast=cast, other_source=True)
        two = outlook(self.KNOWN.tail(1), model=MODEL, nowcast=cast)
        assert (forecast.logs == two.logs).all()
        assert forecast.kind == "own older"

    def test_long_histories(self, cast):
        """Years before the last 25, a nowcast among them, are not read."""
        rng = np.random.default_rng(3)
        logs = 5 + rng.normal(0, 0.3, 40).cumsum()
        long = annual(np.exp(logs), start=1984)
        whole = outlook(long, model=MODEL)
        assert (whole.logs == outlook(long.tail(25), model=MODEL).logs).all()
        assert (whole.logs != outlook(long.tail(24), model=MODEL).logs).any()
        seven = replace(cast, year=2024)
        whole = outlook(long, model=MODEL, nowcast=seven)
        last_24 = outlook(long.tail(24), model=MODEL, nowcast=seven)
        last_23 = outlook(long.tail(23), model=MODEL, nowcast=seven)
        assert (whole.logs == last_24.logs).all()
        assert (whole.logs != last_23.logs).any()

    def test_many_at_once(self, cast):
        """Each is to the last bit what it is alone."""
        histories = [PAIR, self.KNOWN, PAIR.tail(1), PAIR.drop(index=3), PAIR, self.KNOWN]
        casts = [None, cast, None, None, None, cast]
        others = [False] * 4 + [True] * 2
        together = outlooks(histories, model=MODEL, nowcasts=casts, other_sources=others)
        for forecast, history, nowcast, other in zip(
            together, histories, casts, others, strict=True
        ):
            alone = outlook(history, model=MODEL, nowcast=nowcast, other_source=other)
            assert (forecast.logs == alone.logs).all()
            assert forecast.kind == alone.kind
        assert outlooks([], model=MODEL, nowcasts=[], other_sources=[]) == []

    def test_bad(self, cast):
        """A level is positive; a history that cannot be forecast is an error; a nowcast follows it."""
        for level in (0, -1, NAN, math.inf):
            with pytest.raises(ValueError, match="^a value to reach is positive and finite, got"):
                outlook(PAIR, model=MODEL).chance([level], 2024)
        with pytest.raises(ValueError, match="the growth model cannot forecast it$"):
            outlook(PAIR.assign(turnover_musd=0.5), model=MODEL)
        with pytest.raises(ValueError, match="^the nowcast must be of 2024, got 2022$"):
            outlook(PAIR, model=MODEL, nowcast=cast)
        with pytest.raises(ValueError, match="^horizon must be at least 1, got 0$"):
            outlook(PAIR, model=MODEL).paths(0)
