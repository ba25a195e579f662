import builtins
import sys

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from tradelib.science.scores import scoring

numbers = st.floats(-100, 100)
# Integrals are taken to 1e-10; the closed forms differ from them by rounding only.
INTEGRAL = {"abs": 1e-7}


def crps_by_integral(cdf, observed):
    """The definition: integral of (F(x) - 1{x >= y})^2."""
    below = integrate.quad(lambda x: cdf(x) ** 2, -np.inf, observed, epsabs=1e-10)[0]
    return below + integrate.quad(lambda x: (1 - cdf(x)) ** 2, observed, np.inf, epsabs=1e-10)[0]


class TestCrps:
    """CRPS of samples, quantiles and two laws."""

    def test_by_hand(self):
        """Mean distance to what came, less half the mean distance between two draws."""
        assert scoring.crps([1.0, 3.0], 5.0) == pytest.approx(3 - 2 / 2)
        assert scoring.crps([1.0, 2.0, 6.0], 2.0) == pytest.approx(5 / 3 - (1 + 5 + 4) / 3 / 2)
        assert scoring.crps([4.0, 4.0], 1.0) == pytest.approx(3.0)

    @given(st.lists(numbers, min_size=2, max_size=30), numbers)
    def test_against_scoringrules(self, sample, observed):
        """Equal to the fair estimator of scoringrules."""
        theirs = scoringrules.crps_ensemble(observed, np.array(sample), estimator="fair")
        assert scoring.crps(sample, observed) == pytest.approx(theirs, abs=1e-9)

    def test_shapes(self):
        """Leading dimensions are kept."""
        sample = np.arange(24.0).reshape(2, 3, 4)
        observed = np.ones((2, 3))
        found = scoring.crps(sample, observed)
        assert found.shape == (2, 3)
        assert found[1, 2] == scoring.crps(sample[1, 2], 1.0)

    def test_large_sample_meets_the_closed_form(self):
        """A hundred thousand normal draws score as the normal does."""
        draws = np.random.default_rng(1).standard_normal(100_000)
        assert scoring.crps(draws, 0.7) == pytest.approx(
            scoring.crps_normal(0.0, 1.0, 0.7).item(), abs=0.005
        )

    @pytest.mark.parametrize("observed", [-2.0, 0.0, 0.4, 3.0])
    def test_closed_forms_by_integral(self, observed):
        """Closed forms equal the integral that defines them."""
        normal = stats.norm(0.5, 1.3)
        assert scoring.crps_normal(0.5, 1.3, observed) == pytest.approx(
            crps_by_integral(normal.cdf, observed), **INTEGRAL
        )
        t = stats.t(4, 0.5, 1.3)
        assert scoring.crps_t(4, 0.5, 1.3, observed) == pytest.approx(
            crps_by_integral(t.cdf, observed), **INTEGRAL
        )

    def test_quantiles_by_hand(self):
        """Twice the mean pinball loss: above the forecast it weighs p, below 1 - p."""
        found = scoring.crps_quantiles([1.0, 2.0], 4.0, levels=[0.25, 0.75])
        assert found == pytest.approx(2 * (0.25 * 3 + 0.75 * 2) / 2)
        found = scoring.crps_quantiles([1.0, 2.0], 0.0, levels=[0.25, 0.75])
        assert found == pytest.approx(2 * (0.75 * 1 + 0.25 * 2) / 2)

    def test_quantiles_of_many_cases(self):
        """Each case has its own score."""
        found = scoring.crps_quantiles([[1.0, 2.0], [1.0, 2.0]], [4.0, 0.0], levels=[0.25, 0.75])
        assert found.tolist() == pytest.approx([2.25, 1.25])

    def test_heavy_tails(self):
        """Between one and two degrees of freedom the score exists."""
        assert np.isfinite(scoring.crps_t(1.5, 0.0, 1.0, 0.3))

    def test_quantiles_approach_the_integral(self):
        """999 quantiles of a normal score as the normal does."""
        levels = np.arange(1, 1000) / 1000
        found = scoring.crps_quantiles(stats.norm.ppf(levels), 0.7, levels=levels)
        assert found == pytest.approx(crps_by_integral(stats.norm.cdf, 0.7), abs=0.002)

    @given(st.lists(numbers, min_size=3, max_size=3), numbers)
    def test_quantiles_against_scoringrules(self, values, observed):
        """Twice the mean of their quantile scores (whose tests would pass five times them)."""
        values, levels = np.sort(values), np.array([0.2, 0.5, 0.8])
        error = observed - values
        pinball = np.where(error >= 0, levels * error, (levels - 1) * error)
        found = scoring.crps_quantiles(values, observed, levels=levels)
        assert found == pytest.approx(2 * pinball.mean())
        theirs = scoringrules.quantile_score(observed, values, levels)
        assert found == pytest.approx(2 * np.mean(theirs))

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (
                lambda: scoring.crps([1.0], 1.0),
                ValueError,
                "^crps needs at least two draws, got 1$",
            ),
            (lambda: scoring.crps(1.0, 1.0), ValueError, r"must fit, got \(\) and \(\)$"),
            (
                lambda: scoring.crps([1.0, 2.0], [1.0]),
                ValueError,
                r"sample .* got \(2,\) and \(1,\)$",
            ),
            (
                lambda: scoring.crps([1.0, np.nan], 1),
                ValueError,
                "^sample must be finite, got nan$",
            ),
            (
                lambda: scoring.crps([1.0, 2.0], np.inf),
                ValueError,
                "^observed must be finite, got inf",
            ),
            (lambda: scoring.crps(["a", "b"], 1.0), TypeError, "^sample must be numeric, got <U1$"),
            (
                lambda: scoring.crps_quantiles([1.0, 2.0], 1.0, levels=[0.5]),
                ValueError,
                r"^2 quantiles need as many levels, got shape \(1,\)$",
            ),
            (
                lambda: scoring.crps_quantiles([1.0, 2.0], 1.0, levels=[0.5, 0.5]),
                ValueError,
                r"^levels ascend between 0 and 1, got \[0.5, 0.5\]$",
            ),
            (
                lambda: scoring.crps_quantiles([1.0, 2.0], 1.0, levels=[0.0, 0.5]),
                ValueError,
                "^levels ascend",
            ),
            (
                lambda: scoring.crps_quantiles([1.0, 2.0], 1.0, levels=[0.5, 1.0]),
                ValueError,
                "^levels ascend",
            ),
            (lambda: scoring.crps_normal(0, 0, 1), ValueError, "^sd must be positive, got 0$"),
            (lambda: scoring.crps_normal("a", 1, 1), TypeError, "^mean must be numeric"),
            (lambda: scoring.crps_normal(1, 1, "a"), TypeError, "^observed must be numeric"),
            (lambda: scoring.crps_t(3, 0, -1, 1), ValueError, "^scale must be positive, got -1$"),
            (
                lambda: scoring.crps_t(1, 0, 1, 1),
                ValueError,
                "^the CRPS of a t needs df above 1, got 1",
            ),
            (lambda: scoring.crps_t("a", 0, 1, 1), TypeError, "^df must be numeric"),
            (lambda: scoring.crps_t(3, "a", 1, 1), TypeError, "^location must be numeric"),
        ],
    )
    def test_bad(self, call, error, message):
        """What cannot be scored is named."""
        with pytest.raises(error, match=message):
            call()

    def test_without_scoringrules(self, monkeypatch):
        """The error names the extra."""
        monkeypatch.setitem(sys.modules, "scoringrules", None)
        with pytest.raises(
            ImportError, match=r"^closed-form scores need: pip install tradelib\[mod"
        ):
            scoring.crps_normal(0.0, 1.0, 0.0)
        assert builtins.__import__


class TestIntervals:
    """Interval score, coverage, PIT."""

    def test_interval_score_by_hand(self):
        """Width inside; outside, 2 / (1 - level) times the miss besides."""
        found = scoring.interval_score([1, 1, 1], [3, 3, 3], [2, 4, 0.5], level=80)
        assert found.tolist() == pytest.approx([2, 2 + 10, 2 + 5])

    @given(numbers, st.floats(0, 50), numbers)
    def test_interval_score_against_scoringrules(self, low, width, observed):
        """Equal to scoringrules' at 90 %."""
        theirs = scoringrules.interval_score(observed, low, low + width, 0.1)
        found = scoring.interval_score(low, low + width, observed, level=90)
        assert found == pytest.approx(theirs, abs=1e-6)

    def test_coverage(self):
        """Ends count as inside."""
        assert scoring.coverage([0, 0, 0], [1, 1, 1], [0, 1, 1.01]) == pytest.approx(2 / 3)
        assert type(scoring.coverage([0], [1], [0.5])) is float

    def test_pit(self):
        """Draws below count whole, ties half."""
        assert scoring.pit([1.0, 2.0, 2.0, 3.0], 2.0) == 0.5
        assert scoring.pit([1.0, 2.0], 0.0) == 0
        assert scoring.pit([1.0, 2.0], 9.0) == 1
        found = scoring.pit([[1.0, 2.0], [3.0, 4.0]], [1.5, 4.0])
        assert found.tolist() == [0.5, 0.75]

    def test_pit_of_calibrated_forecasts_is_uniform(self):
        """Draws and observation of one law give uniform values."""
        rng = np.random.default_rng(2)
        values = scoring.pit(rng.normal(size=(4000, 200)), rng.normal(size=4000))
        assert stats.kstest(values, "uniform").pvalue > 0.01

    def test_narrow_levels(self):
        """Half a percent is a level."""
        assert scoring.interval_score(0, 1, 0.5, level=0.5) == 1

    def test_bad(self):
        """Intervals upside down, levels that are none, nothing to count."""
        with pytest.raises(
            ValueError, match="^an interval's lower end must not lie above its upper"
        ):
            scoring.coverage([2.0], [1.0], [1.5])
        with pytest.raises(ValueError, match="^coverage needs at least one observation, got none$"):
            scoring.coverage([], [], np.array([]))
        for level in (0, 100, -5):
            with pytest.raises(ValueError, match=f"between 0 and 100, got {level}$"):
                scoring.interval_score(0, 1, 0.5, level=level)
        for position, name in enumerate(("lower", "upper", "observed")):
            values = [0.0, 1.0, 0.5]
            values[position] = np.nan
            with pytest.raises(ValueError, match=f"^{name} must be finite, got nan$"):
                scoring.coverage(*values)


class TestEvents:
    """Scores of probabilities."""

    def test_brier_and_log(self):
        """Squared error, and the log of the chance given to what came."""
        assert scoring.brier([0.3, 0.3], [0, 1]).tolist() == pytest.approx([0.09, 0.49])
        found = scoring.log_score([0.25, 0.25], [True, False])
        assert found.tolist() == pytest.approx([np.log(4), np.log(4 / 3)])

    def test_impossible_events(self):
        """An event called impossible that came costs infinity, one that stayed away nothing."""
        assert scoring.log_score([0.0, 0.0, 1.0], [1, 0, 1]).tolist() == [np.inf, 0, 0]
        assert scoring.log_score([1.0], [0]).tolist() == [np.inf]

    @given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1), st.integers(1, 12))
    def test_decomposition_adds_up(self, cases, bins):
        """Reliability - resolution + uncertainty + within is the score, whatever the bins."""
        p, hit = zip(*cases, strict=True)
        parts = scoring.brier_decomposition(p, hit, bins=bins)
        total = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within"]
        assert total == pytest.approx(parts["brier"], abs=1e-12)
        assert parts["brier"] == pytest.approx(scoring.brier(p, hit).mean())

    def test_decomposition_by_hand(self):
        """Two bins: 0.25 came half the time, 0.75 always."""
        parts = scoring.brier_decomposition([0.25, 0.25, 0.75, 0.75], [0, 1, 1, 1], bins=2)
        assert parts["reliability"] == pytest.approx((0.25**2 + 0.25**2) / 2)
        assert parts["resolution"] == pytest.approx(0.25**2)
        assert parts["uncertainty"] == pytest.approx(0.75 * 0.25)
        assert parts["within"] == pytest.approx(0)

    def test_decomposition_within_bins(self):
        """One bin: 0.2 failed and 0.6 came, so that all the skill lies within it."""
        parts = scoring.brier_decomposition([0.2, 0.6], [0, 1], bins=1)
        assert parts["within"] == pytest.approx(0.2**2 - 2 * 0.2 * 0.5)
        assert parts["reliability"] == pytest.approx(0.1**2)
        ten = scoring.brier_decomposition([0.2, 0.6], [0, 1], bins=10)
        assert scoring.brier_decomposition([0.2, 0.6], [0, 1]) == ten

    @pytest.mark.parametrize(
        ("p", "hit", "message"),
        [
            ([1.1], [1], "^a probability lies between 0 and 1, got 1.1$"),
            ([0.0, 1.0, 0.5, 1.1], [1] * 4, "^a probability lies between 0 and 1, got 1.1$"),
            ([0.5] * 3, [0, 1, 3], "^an outcome is 0 or 1, got 3$"),
            ([-0.1], [1], "^a probability lies between 0 and 1, got -0.1$"),
            ([0.5], [2], "^an outcome is 0 or 1, got 2$"),
            ([0.5], [0.5], "^an outcome is 0 or 1, got 0.5$"),
            ([0.5, 0.5], [1], r"^probability and outcome must fit, got \(2,\) and \(1,\)$"),
            ([np.nan], [1], "^probability must be finite, got nan$"),
            ([0.5], [np.nan], "^outcome must be finite, got nan$"),
        ],
    )
    @pytest.mark.parametrize(
        "score", [scoring.brier, scoring.log_score, scoring.brier_decomposition]
    )
    def test_bad(self, score, p, hit, message):
        """Probabilities and outcomes are checked alike everywhere."""
        with pytest.raises(ValueError, match=message):
            score(p, hit)

    def test_bad_bins(self):
        """There is at least one bin and one case."""
        with pytest.raises(ValueError, match="^bins must be at least 1, got 0$"):
            scoring.brier_decomposition([0.5], [1], bins=0)
        with pytest.raises(
            ValueError, match=r"^a list of at least one case is needed, got shape \(0"
        ):
            scoring.brier_decomposition(np.array([]), np.array([]))
        with pytest.raises(ValueError, match=r"at least one case is needed, got shape \(1, 1\)$"):
            scoring.brier_decomposition([[0.5]], [[1]])


class TestReliability:
    """Observed frequency by probability, with bands."""

    p = (0.05, 0.15, 0.95, 1.0)
    hit = (0, 1, 1, 1)
    groups = ("a", "b", "a", "b")

    def test_by_hand(self):
        """Bins with their counts, groups, means and frequencies; 1.0 belongs to the last."""
        found = scoring.reliability(self.p, self.hit, groups=self.groups, bins=2, draws=200)
        assert found[["low_edge", "high_edge", "n", "groups"]].to_numpy().tolist() == [
            [0, 0.5, 2, 2],
            [0.5, 1, 2, 2],
        ]
        assert found["forecast"].tolist() == pytest.approx([0.1, 0.975])
        assert found["observed"].tolist() == [0.5, 1.0]
        assert found[["low", "high"]].to_numpy().tolist() == [[0, 1], [1, 1]]

    def test_bins_of_one_case_and_group(self):
        """A bin may hold one case of one group of several."""
        found = scoring.reliability([0.1, 0.2, 0.9], [0, 1, 1], groups=[1, 2, 2], bins=2)
        assert found[["n", "groups"]].to_numpy().tolist() == [[2, 2], [1, 1]]
        assert found["n"].dtype.kind == "i"

    def test_defaults(self):
        """Ten bins, 90 %, a thousand draws, seed 0."""
        call = {"groups": self.groups}
        said = scoring.reliability(
            self.p, self.hit, bins=10, level=90, draws=1000, rng=0, **call
        )  # fmt: skip
        assert scoring.reliability(self.p, self.hit, **call).equals(said)

    def test_empty_bins_are_left_out(self):
        """A bin without cases has no row."""
        found = scoring.reliability([0.05, 0.06], [0, 1], groups=[1, 2], bins=10)
        assert found["low_edge"].tolist() == [0.0]
        assert found["n"].tolist() == [2]

    def test_bands_widen_where_groups_share_shocks(self):
        """With one shock a group the band is much wider than cases drawn alone would say."""
        rng = np.random.default_rng(3)
        shared = rng.uniform(size=20).repeat(50) < 0.5
        p = np.full(1000, 0.5)
        together = scoring.reliability(p, shared, groups=np.arange(20).repeat(50), bins=1)
        alone = scoring.reliability(p, shared, groups=np.arange(1000), bins=1)
        width = (together["high"] - together["low"]).iloc[0]
        assert width > 4 * (alone["high"] - alone["low"]).iloc[0]

    def test_band_has_its_level(self):
        """The 80 % band lies inside the 95 % band, and its width is the binomial's."""
        rng = np.random.default_rng(4)
        hit = rng.uniform(size=400) < 0.3
        kwargs = {"groups": np.arange(400), "bins": 1, "draws": 4000}
        narrow = scoring.reliability(np.full(400, 0.3), hit, level=80, **kwargs).iloc[0]
        wide = scoring.reliability(np.full(400, 0.3), hit, level=95, **kwargs).iloc[0]
        assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]
        sd = np.sqrt(hit.mean() * (1 - hit.mean()) / 400)
        assert narrow["high"] - narrow["low"] == pytest.approx(2 * 1.2816 * sd, rel=0.1)

    def test_seed(self):
        """The same seed or generator state gives the same bands; order of cases changes nothing."""
        one = scoring.reliability(self.p, self.hit, groups=self.groups, rng=5)
        two = scoring.reliability(
            self.p, self.hit, groups=self.groups, rng=np.random.default_rng(5)
        )
        assert one.equals(two)
        back = scoring.reliability(self.p[::-1], self.hit[::-1], groups=self.groups[::-1], rng=5)
        assert one.round(12).equals(back.round(12))

    def test_bad(self):
        """Groups, draws and seeds are checked."""
        call = scoring.reliability
        with pytest.raises(
            ValueError, match="^each of at least one case needs a group, got 1 for 4"
        ):
            call(self.p, self.hit, groups=["a"])
        with pytest.raises(ValueError, match="^a group is missing$"):
            call(self.p, self.hit, groups=["a", None, "b", "c"])
        with pytest.raises(ValueError, match="^draws must be at least 1, got 0$"):
            call(self.p, self.hit, groups=self.groups, draws=0)
        with pytest.raises(ValueError, match="between 0 and 100, got 100$"):
            call(self.p, self.hit, groups=self.groups, level=100)
        for rng in ("seed", None, True, 1.5):
            with pytest.raises(TypeError, match="^rng is an int or a numpy Generator, got "):
                call(self.p, self.hit, groups=self.groups, rng=rng)


class TestSkill:
    """Skill over a reference, groups drawn as wholes."""

    def test_by_hand(self):
        """Groups count alike: means 1 and 3 against 2 and 4."""
        found = scoring.skill([1, 1, 3], [2, 2, 4], groups=[1, 1, 2])
        assert found["skill"] == pytest.approx(1 - 2 / 3)
        assert found["groups"] == 2
        assert found["low"] == pytest.approx(1 - 3 / 4)
        assert found["high"] == pytest.approx(1 - 1 / 2)

    def test_no_skill(self):
        """A forecaster that is the reference has none, with no width."""
        found = scoring.skill([1.0, 2.0], [1.0, 2.0], groups=[1, 2])
        assert (found["skill"], found["low"], found["high"]) == (0, 0, 0)

    def test_one_reference_for_all(self):
        """A single reference score is compared with every case."""
        assert scoring.skill([1.0, 3.0], 4.0, groups=[1, 2])["skill"] == 0.5

    def test_band(self):
        """The band is the quantiles of skills of resampled groups."""
        rng = np.random.default_rng(7)
        mine, theirs = rng.uniform(1, 2, 25), rng.uniform(1, 3, 25)
        picks = np.random.default_rng(0).integers(25, size=(1000, 25))
        skills = 1 - mine[picks].mean(axis=1) / theirs[picks].mean(axis=1)
        found = scoring.skill(mine, theirs, groups=np.arange(25))
        assert [found["low"], found["high"]] == pytest.approx(np.quantile(skills, [0.05, 0.95]))

    def test_perfect_scores(self):
        """Zero is a score, and so is a fraction; a group whose reference is zero is borne."""
        assert scoring.skill([0.0, 0.2], [0.4, 0.4], groups=[1, 2])["skill"] == pytest.approx(0.75)
        assert scoring.skill([0.1, 0.2], [0.0, 0.6], groups=[1, 2])["skill"] == pytest.approx(0.5)

    def test_level(self):
        """A lower level gives a narrower band."""
        rng = np.random.default_rng(6)
        mine, theirs = rng.uniform(1, 2, 30), rng.uniform(1, 3, 30)
        wide = scoring.skill(mine, theirs, groups=np.arange(30), level=95)
        narrow = scoring.skill(mine, theirs, groups=np.arange(30), level=50)
        assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]

    def test_bad(self):
        """Negative scores and a reference of zero cannot be compared."""
        with pytest.raises(ValueError, match="^skill compares scores of zero or above, got -1$"):
            scoring.skill([-1.0], [1.0], groups=[1])
        with pytest.raises(ValueError, match="^skill compares scores of zero or above, got -2$"):
            scoring.skill([1.0], [-2.0], groups=[1])
        with pytest.raises(ValueError, match="^skill divides by the reference's score, which is 0"):
            scoring.skill([1.0], [0.0], groups=[1])
        with pytest.raises(ValueError, match="^score must be finite, got nan$"):
            scoring.skill([np.nan], [1.0], groups=[1])
        with pytest.raises(
            ValueError, match="^each of at least one case needs a group, got 2 for 1"
        ):
            scoring.skill([1.0], [1.0], groups=[1, 2])
