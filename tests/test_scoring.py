import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st

from tradelib.science.scoring import scores

numbers = st.floats(-100, 100)


class TestCrps:
    """CRPS of samples and of quantiles."""

    def test_by_hand(self):
        """Mean distance to what came, less half the mean distance between two draws."""
        assert scores.crps([1.0, 3.0], 5.0) == pytest.approx(3 - 2 / 2)
        assert scores.crps([1.0, 2.0, 6.0], 2.0) == pytest.approx(5 / 3 - (1 + 5 + 4) / 3 / 2)
        assert scores.crps([4.0, 4.0], 1.0) == pytest.approx(3.0)

    @given(st.lists(numbers, min_size=2, max_size=30), numbers)
    def test_against_scoringrules(self, sample, observed):
        """Equal to the fair estimator of scoringrules."""
        theirs = scoringrules.crps_ensemble(observed, np.array(sample), estimator="fair")
        assert scores.crps(sample, observed) == pytest.approx(theirs, abs=1e-9)

    def test_shapes(self):
        """Leading dimensions are kept."""
        sample = np.arange(24.0).reshape(2, 3, 4)
        observed = np.ones((2, 3))
        score = scores.crps(sample, observed)
        assert score.shape == (2, 3)
        assert score[1, 2] == scores.crps(sample[1, 2], 1.0)

    def test_quantiles_by_hand(self):
        """Twice the mean pinball loss: above the forecast it weighs p, below 1 - p."""
        values = [[1.0, 2.0], [1.0, 2.0]]
        score = scores.crps_quantiles(values, [4.0, 0.0], levels=[0.25, 0.75])
        by_hand = [2 * (0.25 * 3 + 0.75 * 2) / 2, 2 * (0.75 * 1 + 0.25 * 2) / 2]
        assert score.tolist() == pytest.approx(by_hand)

    @given(st.lists(numbers, min_size=3, max_size=3), numbers)
    def test_quantiles_against_scoringrules(self, values, observed):
        """Twice the mean of their quantile scores (whose tests would pass five times them)."""
        values = np.sort(values)
        levels = np.array([0.2, 0.5, 0.8])
        score = scores.crps_quantiles(values, observed, levels=levels)
        theirs = scoringrules.quantile_score(observed, values, levels)
        assert score == pytest.approx(2 * np.mean(theirs))

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: scores.crps([1.0], 1.0), ValueError, "^crps needs at least two draws, got"),
            (lambda: scores.crps(1.0, 1.0), ValueError, r"must fit, got \(\) and \(\)$"),
            (lambda: scores.crps([1.0, np.nan], 1), ValueError, "^sample must be finite, got"),
            (lambda: scores.crps([1.0, 2.0], np.inf), ValueError, "^observed must be finite, got"),
            (lambda: scores.crps(["a", "b"], 1.0), TypeError, "^sample must be a number or an"),
        ],
    )
    def test_bad(self, call, error, message):
        """What cannot be scored is named."""
        with pytest.raises(error, match=message):
            call()

    @pytest.mark.parametrize(
        ("values", "levels", "message"),
        [
            ([np.nan, 2.0], [0.2, 0.5], "^values must be finite, got nan$"),
            ([1.0, 2.0], [0.5], r"^2 quantiles need as many levels, got shape \(1,\)$"),
            ([1.0, 2.0], [0.5, 0.5], r"^levels ascend between 0 and 1, got \[0.5, 0.5\]$"),
            ([1.0, 2.0], [0.5, 1.0], "^levels ascend"),
        ],
    )
    def test_bad_quantiles(self, values, levels, message):
        """Quantiles and levels are finite, as many, and in order."""
        with pytest.raises(ValueError, match=message):
            scores.crps_quantiles(values, 1.0, levels=levels)


class TestIntervals:
    """Coverage of intervals."""

    def test_coverage(self):
        """Ends count as inside."""
        assert scores.coverage([0, 0, 0], [1, 1, 1], [0, 1, 1.01]) == pytest.approx(2 / 3)
        assert scores.coverage([2, 2], [2, 2], [2, 3]) == 0.5
        assert type(scores.coverage([0], [1], [0.5])) is float

    def test_bad(self):
        """Intervals upside down, values that are none, nothing to count."""
        with pytest.raises(ValueError, match="^an interval's lower end must not lie above its"):
            scores.coverage([0.0, 2.0], [1.0, 1.0], [1.5, 1.5])
        with pytest.raises(ValueError, match="^coverage needs at least one observation, got 0$"):
            scores.coverage([], [], np.array([]))
        for position, name in enumerate(("lower", "upper", "observed")):
            values = [0.0, 1.0, 0.5]
            values[position] = np.nan
            with pytest.raises(ValueError, match=f"^{name} must be finite, got nan$"):
                scores.coverage(*values)


class TestEvents:
    """Scores of probabilities."""

    def test_brier(self):
        """Squared error of the chance given to what came."""
        assert scores.brier([0.3, 0.3], [0, 1]).tolist() == pytest.approx([0.09, 0.49])
        assert scores.brier([0.25, 0.25], [True, False]).tolist() == [0.5625, 0.0625]

    @given(st.floats(0, 1), st.booleans())
    def test_against_scoringrules(self, chance, came):
        """Equal to the Brier score of scoringrules."""
        theirs = scoringrules.brier_score(int(came), chance)
        assert scores.brier(chance, came) == pytest.approx(theirs, abs=1e-12)

    @pytest.mark.parametrize(
        ("p", "hit", "message"),
        [
            ([0.0, 1.0, 0.5, 1.1], [1] * 4, "^a probability lies between 0 and 1, got 1.1$"),
            ([0.5], [0.5], "^an outcome is 0 or 1, got 0.5$"),
            ([0.5, 0.5], [1], r"^probability and outcome must fit, got \(2,\) and \(1,\)$"),
            ([0.5], [np.nan], "^outcome must be finite, got nan$"),
        ],
    )
    def test_bad(self, p, hit, message):
        """Chances lie between 0 and 1, an outcome is one or the other."""
        with pytest.raises(ValueError, match=message):
            scores.brier(p, hit)


class TestSkill:
    """Skill over a reference, groups drawn as wholes."""

    def test_by_hand(self):
        """Groups count alike: means 1 and 3 against 2 and 4."""
        skill = scores.skill([1, 1, 3], [2, 2, 4], groups=[1, 1, 2])
        assert skill["skill"] == pytest.approx(1 - 2 / 3)
        assert skill["groups"] == 2
        assert scores.skill([1.0, 3.0], 4.0, groups=[1, 2])["skill"] == 0.5
        assert skill["low"] == pytest.approx(1 - 3 / 4)
        assert skill["high"] == pytest.approx(1 - 1 / 2)

    def test_band(self):
        """The band is the quantiles of skills of resampled groups."""
        rng = np.random.default_rng(7)
        mine = rng.uniform(1, 2, 25)
        theirs = rng.uniform(1, 3, 25)
        picks = np.random.default_rng(0).integers(25, size=(1000, 25))
        skills = 1 - mine[picks].mean(axis=1) / theirs[picks].mean(axis=1)
        skill = scores.skill(mine, theirs, groups=np.arange(25))
        assert [skill["low"], skill["high"]] == pytest.approx(np.quantile(skills, [0.05, 0.95]))

    def test_perfect_scores(self):
        """Zero is a score, and so is a fraction; a group whose reference is zero is borne."""
        assert scores.skill([0.0, 0.2], [0.4, 0.4], groups=[1, 2])["skill"] == pytest.approx(0.75)
        assert scores.skill([0.1, 0.2], [0.0, 0.6], groups=[1, 2])["skill"] == pytest.approx(0.5)

    def test_band_has_its_level(self):
        """The width of the 80 % band of a frequency is the binomial's."""
        hit = np.random.default_rng(4).uniform(size=400) < 0.3
        skill = scores.skill(hit, np.ones(400), groups=np.arange(400), level=80, draws=4000)
        sd = np.sqrt(hit.mean() * (1 - hit.mean()) / 400)
        assert skill["high"] - skill["low"] == pytest.approx(2 * 1.2816 * sd, rel=0.1)

    def test_seed(self):
        """The same seed or generator state gives the same band; order of cases changes nothing."""
        own = [1.0, 2, 3, 5]
        theirs = [2.0, 2, 4, 4]
        groups = list("abca")
        seeded = scores.skill(own, theirs, groups=groups, rng=5)
        assert seeded == scores.skill(own, theirs, groups=groups, rng=np.random.default_rng(5))
        own = np.geomspace(1, 9, 7)
        theirs = np.linspace(3, 5, 7)
        groups = list("dgbafce")
        forward = scores.skill(own, theirs, groups=groups, rng=5)
        backward = scores.skill(own[::-1], theirs[::-1], groups=groups[::-1], rng=5)
        assert backward == pytest.approx(forward, abs=1e-12)

    def test_many_bands_at_once(self):
        """Rows are resampled together; a draw with nothing to divide by does not count."""
        part = np.array([[1.0, 3.0], [0.0, 3.0]])
        whole = np.array([[2.0, 4.0], [0.0, 4.0]])
        low, high = scores.band(part, whole, draws=200, rng=0)
        assert low.tolist() == pytest.approx([0.5, 0.75])
        assert high.tolist() == pytest.approx([0.75, 0.75])

    def test_bad(self):
        """Negative scores and a reference of zero cannot be compared."""
        for own, reference in ((-1.0, 1.0), (1.0, -1.0)):
            with pytest.raises(
                ValueError, match="^skill compares scores of zero or above, got -1$"
            ):
                scores.skill([own], [reference], groups=[1])
        with pytest.raises(ValueError, match="^skill divides by .* score, which is 0 in all of 1"):
            scores.skill([1.0], [0.0], groups=[1])
        with pytest.raises(ValueError, match="^each of at least one case needs a group, got 2 for"):
            scores.skill([1.0], [1.0], groups=[1, 2])
        given = {"score": [1.0] * 4, "reference": [2.0] * 4, "groups": list("abab")}
        with pytest.raises(ValueError, match="^every case needs a group, got none for case 1$"):
            scores.skill(**given | {"groups": ["a", None, "b", "c"]})
        with pytest.raises(ValueError, match="^draws must be at least 1, got 0$"):
            scores.skill(**given, draws=0)
        with pytest.raises(ValueError, match="between 0 and 100, got 100$"):
            scores.skill(**given, level=100)
