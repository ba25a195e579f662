"""A chance corrected by what became of pledges: by hand, and against statsmodels."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import tradelib as tl
from tradelib.science.pledges.chance import pledge_eras
from tradelib.science.pledges.combined import Combined, combined_of
from tradelib.science.pledges.rates import effective


def asked(n=60, *, said=0.2, seed=0):
    """Pledges of as many pairs, one day each: those with China came, others as often as said."""
    rng = np.random.default_rng(seed)
    china = np.arange(n) % 4 == 0
    return pd.DataFrame(
        {
            "target_id": [f"P{i}" for i in range(n)],
            "pair": [f"A{i}-B{i}" for i in range(n)],
            "said": said,
            "announced": rng.integers(2000, 2024, n),
            "china": china,
            "came": np.where(china, 1, rng.random(n) < said).astype(int),
        }
    )


def question(**changes):
    """A chance of one half of a pledge of 2021 without China."""
    return pd.DataFrame({"said": [0.5], "announced": 2021, "china": False} | changes)


class TestChances:
    """Log odds are added."""

    # The constant, China, and the five eras.
    KNOWN = Combined(
        n=40,
        params=np.array([math.log(2), math.log(3), 0, 0, 0, 0, math.log(0.25)]),
        covariance=np.diag([0.04, 0.05, 0, 0, 0, 0, 0.0]),
    )

    @pytest.mark.parametrize(
        ("changes", "odds"),
        [
            ({}, 2 * 0.25),
            ({"announced": 2019}, 2),
            ({"china": True, "announced": 2019}, 2 * 3),
            ({"said": [0.2], "announced": 2019}, 2 / 4),
        ],
    )
    def test_odds(self, changes, odds):
        """Even odds, twice for all, three times with China, a quarter from 2020."""
        chance = self.KNOWN.chances(question(**changes))["chance"].iloc[0]
        assert chance == pytest.approx(odds / (1 + odds))

    def test_interval(self):
        """The log odds without China have a variance of .04: 1.645 times .2 a side at 90 %."""
        row = self.KNOWN.chances(question(announced=2019)).iloc[0]
        for end, side in (("low", -1), ("high", 1)):
            odds = 2 * math.exp(side * 1.6449 * 0.2)
            assert row[end] == pytest.approx(odds / (1 + odds), abs=1e-4)

    def test_a_chance_of_none(self):
        """The model says nothing surer than one in a thousand, so none stays none."""
        row = self.KNOWN.chances(question(said=[0.0])).iloc[0]
        assert 0 < row["chance"] < 0.001
        assert row["high"] < 0.002


class TestLearned:
    """The fit."""

    def test_against_statsmodels(self):
        """A binomial GLM with the chance as offset, and a ridge: a ninth as strong on the constant."""
        rows = asked()
        x = np.column_stack([np.ones(len(rows)), rows["china"], pledge_eras(rows["announced"])])
        x = x.astype(float)
        odds = np.log(rows["said"] / (1 - rows["said"]))
        weight = effective(rows.assign(on_time=rows["came"].astype(bool))) / len(rows)
        family = sm.families.Binomial()
        weights = np.full(len(rows), weight)
        glm = sm.GLM(rows["came"].astype(float), x, family, offset=odds, var_weights=weights)
        prior = np.r_[1 / 9, np.ones(x.shape[1] - 1)]
        reference = glm.fit_regularized(alpha=prior / len(rows), L1_wt=0, cnvrg_tol=1e-12)
        learned = combined_of(rows)
        assert learned.params == pytest.approx(np.asarray(reference.params), abs=1e-3)
        chances = [
            learned.chances(question(china=china))["chance"].item() for china in (False, True)
        ]
        assert chances[0] < 0.65 < 0.8 < chances[1]  # what has China came

    def test_more_days_of_a_pledge_count_no_more(self):
        """Every pledge asked on three days alike is every pledge asked once."""
        rows = asked()
        thrice = pd.concat([rows, rows, rows], ignore_index=True)
        once = combined_of(rows)
        again = combined_of(thrice)
        assert again.n == once.n == 60
        assert again.params == pytest.approx(once.params, abs=1e-6)
        assert again.covariance == pytest.approx(once.covariance, abs=1e-6)

    def test_repeated_pledges_of_a_pair_count_less(self):
        """One pair's luck is one case: the correction is less sure."""
        rows = asked()
        few = rows.assign(pair=[f"A-B{i % 6}" for i in range(len(rows))], came=0)
        few.loc[few["pair"] == "A-B0", "came"] = 1
        spread = combined_of(few.assign(pair=rows["pair"]))
        assert combined_of(few).covariance[0, 0] > spread.covariance[0, 0]

    @pytest.mark.parametrize("came", [0, 1])
    def test_all_alike(self, came):
        """If none or all came it still ends, and says that one more would be likely alike."""
        learned = combined_of(asked().assign(came=came))
        chance = learned.chances(question())["chance"].iloc[0]
        assert abs(chance - came) < 0.2

    def test_too_few(self):
        """24 pledges say nothing, 25 do."""
        assert combined_of(asked(24)) is None
        assert combined_of(asked(25)).n == 25


class TestInTheVerdict:
    """A check beside the chance of any year."""

    def test_by_hand(self):
        """From all that was replayed, for a target of 2022 without China; one of today is the same.

        Without a day of announcement, the last figure, of 2025, is followed by 2026: the newest era.
        """
        judged = tl.assess(tl.article_target())
        ever = judged.probability_ever
        learned = combined_of(tl.replay())
        expected = learned.chances(question(said=[ever], announced=2022)).iloc[0].tolist()
        row = judged.evidence.set_index("key").loc["combined"]
        assert row[["value", "low", "high"]].tolist() == pytest.approx(expected)
        today = tl.assess(tl.Target("KAZ", "TKM", 1000, 2027))
        assert today.value("combined") == pytest.approx(row["value"])

    def test_it_does_not_lead(self):
        """It would if it had been better forward, at announcement and under way: it is not."""
        scores = tl.track_record().scores
        every = scores[scores["slice"] == "all"]
        assert (every["brier_combined"] > every["brier_same"]).all()
