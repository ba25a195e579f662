import math
import sys
from dataclasses import replace

import baselines
import numpy as np
import pandas as pd
import pytest
from conftest import annual
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.structural import UnobservedComponents

import tradelib as tl
from tradelib.science.forecasting import simple as fc
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.forecasting.growth_model import NODES
from tradelib.science.forecasting.nowcast import Basis, Nowcast
from tradelib.science.forecasting.predictors import KINDS

VALUES = [324.4, 376.9, 466.7, 173.2, 267.8, 95.8, 98.1, 145.9, 128.0, 254.2]
PAIR = annual(VALUES, start=2012)
LOGS = np.log(VALUES)
WIDE = pd.DataFrame([VALUES], index=["KAZ-TKM"], columns=range(2012, 2022))
WIDE_FORMS = {"naive": baselines.naive_quantiles, "drift": baselines.drift_quantiles}
FITTED = ["damped_trend", "local_trend", "theta"]
LEVELS = np.array([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95])
N = 20_000


def nowcast(year=2022, spread=0.2, part=220.0):
    """A nowcast of the year after the history, around pro rata of six months."""
    return Nowcast(
        year=year,
        months=6,
        part_musd=part,
        log_rest=np.log(part) + spread * stats.norm.ppf(NODES),
        variants=pd.DataFrame({"variant": ["pro rata"], "value_musd": [2 * part]}),
        basis=Basis("nothing"),
        known_from=pd.Timestamp("2022-10-05"),
    )


def law(name, h):
    """Student-t of the log of the h-th year: (df, centre, scale), worked out anew."""
    steps = np.diff(LOGS)
    n = len(steps)
    s = steps.std(ddof=1)
    if name == "naive":
        return n - 1, LOGS[-1], s * np.sqrt(h)
    return n - 1, LOGS[-1] + h * steps.mean(), s * np.sqrt(h + h * h / n)


@pytest.mark.parametrize("name", ["naive", "drift"])
class TestClosedForms:
    """Paths and closed forms of the two random walks agree."""

    def test_quantiles_of_paths(self, name):
        """Quantiles of 20 000 paths lie within three Monte Carlo errors of the closed form."""
        forecast = fc.FORECASTERS[name](PAIR, horizon=6, n_paths=N, rng=1)
        for h in (1, 3, 6):
            df, centre, scale = law(name, h)
            exact = stats.t.ppf(LEVELS, df, centre, scale)
            density = stats.t.pdf(exact, df, centre, scale)
            error = np.sqrt(LEVELS * (1 - LEVELS) / N) / density
            gap = np.log(forecast.quantile(LEVELS)[:, h - 1]) - exact
            assert (np.abs(gap) <= 3 * error).all(), (h, gap / error)

    def test_paths_are_coherent(self, name):
        """Steps of a path are as wide as one another, and share the path's own scale."""
        forecast = fc.FORECASTERS[name](PAIR, horizon=3, n_paths=N, rng=3)
        start = np.full(N, VALUES[-1])
        logs = np.log(np.column_stack([start, forecast.paths]))
        sizes = np.abs(np.diff(logs, axis=1))
        assert np.corrcoef(sizes.T)[0, 1] > 0.03
        medians = np.median(sizes, axis=0)
        assert medians.max() / medians.min() < 1.05

    def test_wide_form(self, name):
        """The closed form for many pairs is the law above, of each by its own history."""
        function = WIDE_FORMS[name]
        quantiles = function(pd.concat([WIDE, 1 / WIDE]), horizons=[1, 6], quantiles=LEVELS)
        assert quantiles.shape == (2, 2, len(LEVELS))
        for i, h in enumerate((1, 6)):
            df, centre, scale = law(name, h)
            expected = stats.t.ppf(LEVELS, df, centre, scale)
            np.testing.assert_allclose(np.log(quantiles[0, i]), expected, rtol=1e-12)

    def test_gaps_in_the_wide_form(self, name):
        """Steps across a gap are not counted, as the bench does not."""
        function = WIDE_FORMS[name]
        gap = WIDE.copy()
        gap.loc["KAZ-TKM", 2015] = np.nan
        steps = np.diff(np.log(gap.to_numpy()[0]))
        steps = steps[np.isfinite(steps)]
        n = len(steps)
        s = steps.std(ddof=1)
        centre = 0 if name == "naive" else 2 * steps.mean()
        scale = s * np.sqrt(2 + (0 if name == "naive" else 4 / n))
        exact = LOGS[-1] + centre + scale * stats.t.ppf(0.9, n - 1)
        quantile = function(gap, horizons=[2], quantiles=[0.9])[0, 0, 0]
        assert np.log(quantile) == pytest.approx(exact)

    def test_three_years(self, name):
        """Two steps leave no end to what may come: no path is infinite, none is nothing."""
        paths = fc.FORECASTERS[name](annual([1.0, 2.0, 8.0]), horizon=5).paths
        assert np.log([paths.min(), paths.max()]) == pytest.approx([-700, 700])


class TestFitted:
    """ETS, UC and Theta against statsmodels on the same data."""

    @staticmethod
    def reference(name):
        """Point path and standard deviation of the logs by statsmodels itself."""
        if name == "damped_trend":
            model = ETSModel(pd.Series(LOGS), error="add", trend="add", damped_trend=True)
            fit = model.fit(disp=0)
            predicted = fit.get_prediction(start=len(LOGS), end=len(LOGS) + 5)
            return np.asarray(fit.forecast(6)), np.sqrt(np.asarray(predicted.forecast_variance))
        if name == "local_trend":
            fit = UnobservedComponents(LOGS, "local linear trend").fit(disp=0)
            predicted = fit.get_forecast(6)
            return predicted.predicted_mean, predicted.se_mean
        fit = ThetaModel(pd.Series(LOGS), period=1, deseasonalize=False).fit(disp=0)
        # Hyndman and Billah (2003): exponential smoothing with drift.
        variance = fit.sigma2 * (1 + np.arange(6) * fit.params["alpha"] ** 2)
        return fit.forecast(6).to_numpy(), np.sqrt(variance)

    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("name", FITTED)
    def test_point_path_and_width(self, name):
        """Median path and spread of every year are statsmodels'."""
        point, sd = self.reference(name)
        forecast = fc.FORECASTERS[name](PAIR, horizon=6, n_paths=N, rng=5)
        logs = np.log(forecast.paths)
        error = sd / np.sqrt(N)
        assert (np.abs(logs.mean(axis=0) - point) <= 4 * error).all()
        np.testing.assert_allclose(logs.std(axis=0), sd, rtol=0.03)

    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("name", FITTED)
    def test_point_path_without_shocks(self, name):
        """With shocks switched off the path is statsmodels' own, digit for digit."""

        class Silent(np.random.Generator):
            def standard_normal(self, size=None):
                return np.zeros(size)

        forecast = fc.FORECASTERS[name](PAIR, horizon=6, n_paths=1, rng=Silent(np.random.PCG64(0)))
        np.testing.assert_allclose(np.log(forecast.paths[0]), self.reference(name)[0], rtol=1e-9)

    @pytest.mark.filterwarnings("ignore")
    @pytest.mark.parametrize("name", ["local_trend", "theta"])
    def test_joint_paths(self, name):
        """A shock lasts: years of one path move together as the model says."""
        forecast = fc.FORECASTERS[name](PAIR, horizon=6, n_paths=N, rng=6)
        logs = np.log(forecast.paths)
        if name == "theta":
            fit = ThetaModel(pd.Series(LOGS), period=1, deseasonalize=False).fit(disp=0)
            expected = fit.sigma2 * (fit.params["alpha"] + fit.params["alpha"] ** 2 * 4)
            assert np.cov(logs.T)[4, 5] == pytest.approx(expected, rel=0.05)
        else:
            assert np.corrcoef(logs.T)[4, 5] > 0.5

    @pytest.mark.filterwarnings("ignore")
    def test_a_trend_that_turns(self):
        """Where the fit lets the trend wander, shocks grow as statsmodels' variance says."""
        slope = np.repeat([0.3, -0.3, 0.25], 8)
        noise = np.random.default_rng(5).normal(scale=0.02, size=24)
        logs = 3 + np.cumsum(slope + noise)
        fit = ETSModel(pd.Series(logs), error="add", trend="add", damped_trend=True).fit(disp=0)
        params = dict(zip(fit.param_names, fit.params, strict=True))
        assert params["smoothing_trend"] > 0.3
        predicted = fit.get_prediction(start=24, end=29)
        sd = np.sqrt(np.asarray(predicted.forecast_variance))
        history = annual(np.exp(logs), start=1995)
        paths = np.log(fc.damped_trend(history, horizon=6, n_paths=N, rng=6).paths)
        np.testing.assert_allclose(paths.std(axis=0), sd, rtol=0.03)
        fit = UnobservedComponents(logs, "local linear trend").fit(disp=0)
        params = dict(zip(fit.param_names, fit.params, strict=True))
        assert params["sigma2.trend"] > 0.01
        ahead = fit.get_forecast(6)
        paths = np.log(fc.local_trend(history, horizon=6, n_paths=N, rng=6).paths)
        np.testing.assert_allclose(paths.std(axis=0), ahead.se_mean, rtol=0.03)
        error = ahead.se_mean / math.sqrt(N)
        gap = paths.mean(axis=0) - ahead.predicted_mean
        assert (np.abs(gap) < 4 * error).all()

    @pytest.mark.parametrize("name", FITTED)
    def test_needs_eight_varying_years(self, name):
        """Too short and constant histories say so."""
        with pytest.raises(ValueError, match="^this forecaster needs at least 8 years, got 7$"):
            fc.FORECASTERS[name](annual(VALUES[:7]), horizon=1)
        with pytest.raises(ValueError, match="^all 9 years are equal: no model can be fitted; use"):
            fc.FORECASTERS[name](annual([5.0] * 9), horizon=1)
        assert fc.FORECASTERS[name](annual(VALUES[:8]), horizon=1, n_paths=10).years == (2026,)

    def test_without_statsmodels(self, monkeypatch):
        """The error names the extra."""
        monkeypatch.setitem(sys.modules, "statsmodels.tsa.forecasting.theta", None)
        with pytest.raises(ImportError, match="^this needs statsmodels: pip install"):
            tl.theta(PAIR, horizon=1)


@pytest.mark.parametrize("name", fc.FORECASTERS)
class TestAll:
    """What holds for every forecaster."""

    def test_shape(self, name):
        """Years follow the origin; paths are positive and finite."""
        forecast = fc.FORECASTERS[name](PAIR, horizon=6, n_paths=100)
        assert (forecast.name, forecast.origin, forecast.last_musd) == (name, 2021, 254.2)
        assert forecast.years == (2022, 2023, 2024, 2025, 2026, 2027)
        assert forecast.paths.shape == (100, 6)
        assert (np.isfinite(forecast.paths) & (forecast.paths > 0)).all()

    def test_seed(self, name):
        """The same seed gives the same paths, another seed others; a generator is used up."""
        run = fc.FORECASTERS[name]

        def paths(**options):
            return run(PAIR, horizon=2, n_paths=50, **options).paths

        seven = paths(rng=7)
        assert (seven == paths(rng=7)).all()
        assert (seven != paths(rng=8)).any()
        rng = np.random.default_rng(7)
        assert (paths(rng=rng) == seven).all()
        assert (paths(rng=rng) != seven).any()

    @settings(max_examples=3)
    @given(unit=st.sampled_from([0.001, 0.5, 7.0, 1000.0]))
    def test_currency_does_not_matter(self, name, unit):
        """Scaling the history scales the paths."""
        run = fc.FORECASTERS[name]
        scaled = PAIR.assign(turnover_musd=PAIR["turnover_musd"] * unit)
        quantiles = run(PAIR, horizon=3, n_paths=200).quantile([0.1, 0.5, 0.9])
        of_scaled = run(scaled, horizon=3, n_paths=200).quantile([0.1, 0.5, 0.9])
        # statsmodels' optimisers stop a little apart on shifted logs.
        tolerance = 1e-9 if name in ("naive", "drift") else 0.05
        np.testing.assert_allclose(of_scaled, quantiles * unit, rtol=tolerance)

    @settings(max_examples=3)
    @given(order=st.permutations(range(len(VALUES))))
    def test_order_of_rows(self, name, order):
        """Rows may come in any order."""
        run = fc.FORECASTERS[name]
        shuffled = PAIR.iloc[list(order)]
        paths = run(PAIR, horizon=2, n_paths=50).paths
        assert (run(shuffled, horizon=2, n_paths=50).paths == paths).all()

    def test_nowcast(self, name):
        """The nowcast's year comes first, drawn from it; later years keep each path's lead."""
        start = nowcast()
        forecast = fc.FORECASTERS[name](PAIR, horizon=4, n_paths=N, rng=9, nowcast=start)
        assert forecast.years == (2022, 2023, 2024, 2025)
        low, high = start.interval(80)
        read = forecast.quantile([0.1, 0.5, 0.9])[:, 0]
        assert read == pytest.approx([low, start.median_musd, high], rel=0.01)
        logs = np.log(forecast.paths)
        lead = logs[:, 0] - logs[:, 0].mean()
        rest = logs[:, 3] - lead
        assert abs(np.corrcoef(lead, rest)[0, 1]) < 0.05
        longer = pd.concat([PAIR, annual([start.median_musd], start=2022)])
        plain = fc.FORECASTERS[name](longer, horizon=3, n_paths=N, rng=9)
        gap = np.log(forecast.quantile(0.5)[1:] / plain.quantile(0.5))
        assert np.abs(gap).max() < 0.1

    def test_wrong_year(self, name):
        """A nowcast of another year is refused; a horizon of one with a nowcast is the nowcast."""
        with pytest.raises(ValueError, match="^the nowcast must be of 2022, got 2023$"):
            fc.FORECASTERS[name](PAIR, horizon=2, nowcast=nowcast(year=2023))
        alone = fc.FORECASTERS[name](PAIR, horizon=1, n_paths=5, nowcast=nowcast())
        assert alone.years == (2022,)

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"horizon": 0}, ValueError, "^horizon must be at least 1, got 0$"),
            ({"horizon": 2.0}, TypeError, "^horizon must be a whole number, got 2.0$"),
            ({"horizon": 1, "n_paths": 0}, ValueError, "^n_paths must be at least 1, got 0$"),
            ({"horizon": 1, "rng": "x"}, TypeError, "^rng must be a whole number or a Generator"),
        ],
    )
    def test_bad_options(self, name, options, error, message):
        """Horizons, path counts and seeds are checked."""
        with pytest.raises(error, match=message):
            getattr(tl, name)(PAIR, **options)

    @pytest.mark.parametrize(
        ("history", "message"),
        [
            (annual(VALUES[:2]), "^this forecaster needs at least [38] years, got 2$"),
            (PAIR.drop(index=4), "^a history has no gaps here, but 2016 is missing; use "),
            (annual([*VALUES, 0.0]), "^a history needs positive values, got 0 in 2028; leave"),
        ],
    )
    def test_bad_history(self, name, history, message):
        """Short, gappy and impossible histories are refused."""
        with pytest.raises(ValueError, match=message):
            fc.FORECASTERS[name](history, horizon=2)


PATHS = np.array([[10.0, 30.0, 5.0], [20.0, 10.0, 40.0], [5.0, 6.0, 7.0], [40.0, 1.0, 1.0]])
SMALL = Forecast(name="x", origin=2020, last_musd=8.0, years=(2021, 2022, 2023), paths=PATHS)


class TestForecast:
    """Reading a forecast."""

    def test_probability_by_hand(self):
        """In the year itself, and ever by it; reaching exactly counts."""
        assert SMALL.probability(30, year=2022) == 0.25
        assert SMALL.probability(30, year=2022, ever=True) == 0.5
        assert SMALL.probability(30, year=2023, ever=True) == 0.75
        assert SMALL.probability(30, year=2023) == 0.25
        assert SMALL.probability(1000, year=2023, ever=True) == 0

    def test_first_passage_by_hand(self):
        """Each path reaches a value once at most; the sum is the probability of ever."""
        table = SMALL.first_passage(30)
        assert table["year"].tolist() == [2021, 2022, 2023]
        assert table["first"].tolist() == [0.25, 0.25, 0.25]
        assert table["by"].tolist() == [0.25, 0.5, 0.75]

    def test_standard_error(self):
        """Binomial, with one success and failure added, so that it is never zero."""
        many = fc.naive(PAIR, horizon=1, n_paths=10_000)
        assert many.standard_error(0.25) == pytest.approx(np.sqrt(0.25 * 0.75 / 10_000), rel=1e-3)
        assert many.standard_error(0.0) == pytest.approx(1e-4, rel=1e-2)
        assert SMALL.standard_error(0.5) == pytest.approx(np.sqrt(0.25 / 6))

    def test_quantile_and_interval(self):
        """Quantiles by year, and the interval made of them."""
        assert SMALL.quantile(0.5).tolist() == np.median(PATHS, axis=0).tolist()
        assert SMALL.quantile([0.1, 0.9]).shape == (2, 3)
        table = SMALL.interval(50)
        assert table["low"].tolist() == np.quantile(PATHS, 0.25, axis=0).tolist()
        assert table["median"].tolist() == np.median(PATHS, axis=0).tolist()
        assert table["high"].tolist() == np.quantile(PATHS, 0.75, axis=0).tolist()

    def test_to_frame(self):
        """Tidy quantiles, a row a year and probability."""
        table = SMALL.to_frame()
        assert len(table) == 21
        assert set(table[["forecaster", "origin"]].itertuples(index=False, name=None)) == {
            ("x", 2020)
        }
        row = table.query("year == 2022 and probability == 0.9")["value_musd"]
        assert row.tolist() == [np.quantile(PATHS[:, 1], 0.9)]

    def test_summary(self):
        """Plain words, with and without a value to reach."""
        assert (
            SMALL.summary()
            == "X, with data to 2020: turnover of US$6.0m in 2023, four times in five between US$2.2m and US$30m."
        )
        summary = replace(SMALL, kind="size").summary(5)
        assert f" It rests on {KINDS['size']}. The chance of US$5.0m or more is " in summary
        assert SMALL.summary(30) == (
            f"{SMALL.summary()} The chance of US$30m or more is 25.0% in 2023 and 75.0% in any year "
            "up to it (Monte Carlo error 19.2%)."
        )

    @pytest.mark.parametrize("bad", [0, np.nan])
    def test_bad_value(self, bad):
        """A value to reach is positive and finite."""
        message = f"^a value to reach is positive and finite, got {bad}"
        with pytest.raises(ValueError, match=message):
            SMALL.probability(bad, year=2021)
        with pytest.raises(ValueError, match=message):
            SMALL.first_passage(bad)

    def test_bad_reading(self):
        """Years, levels and probabilities outside the forecast are refused."""
        with pytest.raises(ValueError, match="^2020 is not forecast; the years forecast are"):
            SMALL.probability(1, year=2020)
        for level in (0, 100):
            with pytest.raises(ValueError, match=f"between 0 and 100, got {level}$"):
                SMALL.interval(level)
        for p in (0, 1, [0.5, 1.0]):
            with pytest.raises(ValueError, match="^a quantile needs probabilities between 0 and 1"):
                SMALL.quantile(p)


class TestWalkChance:
    """The random walk's probability in closed form."""

    def test_as_the_paths_say(self):
        """Many values, one to eight years ahead, with a nowcast and without."""
        values = np.array([60.0, 250.0, 1000.0])
        cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
        history = tl.load_turnover("KAZ", "TKM", as_of="2022-10-05")
        for nowcast in (None, cast):
            for ahead in (1, 8):
                paths = fc.naive(history, horizon=ahead, n_paths=100_000, nowcast=nowcast)
                chances = fc.walk_chance(history, values, year=2021 + ahead, nowcast=nowcast)
                expected = paths.chance(values, year=2021 + ahead)
                assert chances == pytest.approx(expected, abs=0.006)

    def test_by_hand(self):
        """Two steps of plus and minus one: Student's t with one degree of freedom, Cauchy's law."""
        history = annual([1.0, math.e, 1.0])
        spread = math.sqrt(2)
        year = int(history["year"].max()) + 4
        values = np.array([1.0, math.exp(2 * spread)])
        chances = fc.walk_chance(history, values, year=year)
        assert chances == pytest.approx([0.5, 0.25], abs=1e-6)

    def test_years_all_alike(self):
        """Equal years are taken to move by 0.02 a year, by Student's t of two degrees."""
        values = np.array([5.0, 5 * math.exp(0.02)])
        chances = fc.walk_chance(annual([5.0] * 4), values, year=2022)
        assert chances == pytest.approx([0.5, stats.t.sf(1, 2)], abs=1e-6)

    def test_bad(self):
        """Values are positive, and there are three years."""
        with pytest.raises(ValueError, match="^a value to reach is positive and finite, got 0"):
            fc.walk_chance(annual([1.0, 2, 4]), np.array([0.0]), year=2030)
        with pytest.raises(ValueError, match="needs at least 3 years, got 2"):
            fc.walk_chance(annual([1.0, 2]), np.array([1.0]), year=2030)
