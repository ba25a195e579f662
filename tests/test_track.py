"""The record of pledges asked again: scores and classes by hand, and what was not known by a day."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from conftest import FEW
from hypothesis import given as drawn
from hypothesis import strategies as st

import tradelib as tl
from tradelib.pages.rates import record
from tradelib.science.pledges.track import CHANCES, class_of, given, log_score, track_record_of

NAN = float("nan")
ALL = ("at announcement", "all", "all")


def asked(target_id, day, said, constant, **changes):
    """A pledge on a day: without China, announced in 2016, not kept."""
    usual = {
        "pair": target_id,
        "tier": "own recent",
        "announced": 2016,
        "growth_asked": 0.12,
        "china": False,
        "batch": 1,
        "regression": NAN,
        "combined": NAN,
        "on_track": NAN,
        "growth_carried_on": NAN,
        "came": 0,
    }
    row = {"target_id": target_id, "asked_on": pd.Timestamp(day), "said": said} | usual
    return row | {"constant": constant} | changes


# Three pledges: one without China that failed, one with China that came, one that came unexpected.
OF_CHINA = {"china": True, "announced": 2012, "came": 1, "batch": 2}
THREE = pd.DataFrame(
    [
        asked("A-B-2016", "2017-06-30", 0.15, 0.2, on_track=1.0),
        asked("A-B-2016", "2016-03-01", 0.10, 0.3, regression=0.5),
        asked("C-D-2012", "2012-03-01", 0.50, NAN, **OF_CHINA),
        asked("C-D-2012", "2013-06-30", 0.70, 0.4, on_track=0.0, **OF_CHINA),
        asked("E-F-2017", "2017-03-01", 0.05, 0.25, announced=2017, came=1, regression=0.1),
    ]
)


@pytest.fixture(scope="module")
def of_three():
    """Their record."""
    return track_record_of(THREE)


@pytest.fixture(scope="module")
def shipped():
    """Every pledge asked again."""
    return tl.replay()


def slice_of(kept, when, name, group):
    """The scores of a slice of a record."""
    scores = kept.scores.set_index(["when", "slice", "group"])
    return scores.loc[(when, name, group)]


class TestByHand:
    """Three pledges on five days."""

    def test_on_the_day_they_were_announced(self, of_three):
        """The first day of each: .10 and nothing came, .50 and .05 and both came."""
        row = slice_of(of_three, *ALL)
        assert (row["n"], row["pledges"]) == (3, 3)
        assert row["said"] == pytest.approx(0.65 / 3)
        assert row["came"] == pytest.approx(2 / 3)
        assert row["brier"] == pytest.approx((0.1**2 + 0.5**2 + 0.95**2) / 3)
        logs = math.log(0.9) + math.log(0.5) + math.log(0.05)
        assert row["log_score"] == pytest.approx(-logs / 3)

    def test_against_the_share_kept_so_far(self, of_three):
        """It is known of two of them: .30 where nothing came, .25 where it did.

        The band draws whole pairs: one of the two twice, or both, so ratios of 1/9, 1.4 and 1.6.
        """
        row = slice_of(of_three, *ALL)
        assert row["constant_n"] == 2
        assert row["brier_same"] == pytest.approx((0.1**2 + 0.95**2) / 2)
        assert row["brier_constant"] == pytest.approx((0.3**2 + 0.75**2) / 2)
        assert row["log_constant"] == pytest.approx(-(math.log(0.7) + math.log(0.25)) / 2)
        assert row["ratio"] == pytest.approx((0.01 + 0.9025) / (0.09 + 0.5625))
        assert row["ratio_low"] == pytest.approx(0.01 / 0.09)
        assert row["ratio_high"] == pytest.approx(0.9025 / 0.5625)

    def test_under_way(self, of_three):
        """Later days: .15 and nothing came, .70 and it came; on track said the contrary of both."""
        row = slice_of(of_three, "under way", "all", "all")
        assert (row["n"], row["pledges"]) == (2, 2)
        assert row["brier"] == pytest.approx((0.15**2 + 0.3**2) / 2)
        assert row["ratio"] == pytest.approx((0.0225 + 0.09) / (0.04 + 0.36))
        assert row["brier_on_track"] == 1

    def test_rivals_are_scored_where_they_answer(self, of_three):
        """The regression said .5 and .1 of two; nobody called anything on track at first."""
        row = slice_of(of_three, *ALL)
        assert row["brier_regression"] == pytest.approx((0.5**2 + 0.9**2) / 2)
        assert math.isnan(row["brier_on_track"])

    @pytest.mark.parametrize(
        ("name", "group", "n", "came"),
        [
            ("china", "with China", 1, 1),
            ("china", "without China", 2, 0.5),
            ("era", "2010-2014", 1, 1),
            ("era without China", "2015-2019", 2, 0.5),
            ("growth asked", "10-15 %", 3, 2 / 3),
            ("tier", "own recent", 3, 2 / 3),
            ("search", "search 2", 1, 1),
        ],
    )
    def test_slices(self, name, group, n, came, of_three):
        """Each pledge is in the slice of its own era, size of growth, search and side."""
        row = slice_of(of_three, "at announcement", name, group)
        assert (row["n"], row["came"]) == (n, pytest.approx(came))

    def test_reliability(self, of_three):
        """The classes of .05, .10 and .50 hold one pledge each, the others none."""
        table = of_three.reliability
        of_all = table[(table["when"] == "at announcement") & (table["china"] == "all")]
        assert of_all["n"].tolist() == [0, 1, 1, 0, 1]
        assert of_all["said"].dropna().tolist() == [0.05, 0.10, 0.50]
        assert of_all["came"].dropna().tolist() == [1, 0, 1]
        # Wilson's interval of one case that came, at 90 %: z^2 is 2.7055.
        row = of_all.iloc[1]
        assert row["came_low"] == pytest.approx(1 / (1 + 2.7055), abs=1e-4)
        assert row["came_high"] == 1

    def test_the_order_of_rows_does_not_matter(self, of_three):
        """The first day of a pledge is the earliest."""
        again = track_record_of(THREE.sample(frac=1, random_state=0))
        pd.testing.assert_frame_equal(again.scores, of_three.scores)


@pytest.mark.parametrize("column", ["said", "growth_asked"])
def test_a_column_is_missing(column):
    """It is named."""
    with pytest.raises(tl.InputError, match=column):
        track_record_of(THREE.drop(columns=column))


def test_log_score_is_kept_finite():
    """Nothing is surer than one in a thousand, so a miss costs log 1000 at most."""
    scores = log_score(np.array([0.0, 1.0, 0.25]), np.array([1, 1, 0]))
    assert scores == pytest.approx([math.log(1000), -math.log(0.999), -math.log(0.75)])


class TestGiven:
    """What became of pledges that were given such a chance."""

    def test_a_pledge_counts_once(self):
        """The first was given 10 and then 15 %, of one class: it is one pledge that failed."""
        record = given(THREE, 0.12)
        assert (record.n, record.came, record.share) == (1, 0, 0)
        assert (record.class_low, record.class_high) == (0.08, 0.20)
        assert (record.first, record.last) == (2016, 2016)

    def test_two_classes_on_two_days(self):
        """A pledge counts in each class that it was given on some day."""
        moved = THREE.assign(said=[0.3, 0.1, 0.5, 0.7, 0.05])
        assert given(moved, 0.1).n == given(moved, 0.3).n == 1

    def test_china(self):
        """With, without, or either."""
        counts = [getattr(given(THREE, 0.6, china=china), "n", 0) for china in (None, True, False)]
        assert counts == [1, 1, 0]

    def test_since(self):
        """Pledges announced before the year are left out."""
        assert given(THREE, 0.6, since=2012).n == 1
        assert given(THREE, 0.6, since=2013) is None

    def test_the_verdict_shows_it(self, shipped):
        """The row under the headline is the record of the class of the chance of any year."""
        verdict = tl.assess(tl.article_target())
        for key, china in (("given", None), ("given_without_china", False)):
            kept = given(shipped, verdict.probability_ever, china=china)
            row = verdict.evidence.set_index("key").loc[key]
            assert row[["value", "low", "high"]].tolist() == pytest.approx(
                [kept.share, kept.low, kept.high]
            )

    def test_with_china_there_is_one_row(self):
        """A target with China is held against all pledges alone."""
        target = tl.Target("KAZ", "CHN", 100_000, 2030)
        keys = set(tl.assess(target).evidence["key"])
        assert "given" in keys
        assert "given_without_china" not in keys


@FEW
@drawn(st.floats(0, 1))
def test_a_class_holds_its_chance(chance):
    """Each chance lies in one class: at its lower end or above, below the upper end, or one."""
    low, high = class_of(chance)
    assert (low, high) in list(itertools.pairwise(CHANCES))
    assert low <= chance
    assert chance < high or chance == high == 1


class TestShipped:
    """The record that ships."""

    def test_classes_add_up(self, shipped):
        """Each row is in one class, at announcement or under way, with China or without."""
        table = record().reliability
        for china, rows in (
            ("all", shipped),
            ("with China", shipped[shipped["china"]]),
            ("without China", shipped[~shipped["china"]]),
        ):
            of_china = table[table["china"] == china]
            assert of_china["n"].sum() == len(rows)
            came = (of_china["n"] * of_china["came"]).sum()
            assert came == pytest.approx(rows["came"].sum())
        first = table[(table["when"] == "at announcement") & (table["china"] == "all")]
        assert first["n"].sum() == first["pledges"].sum() == shipped["target_id"].nunique()

    @pytest.mark.parametrize("name", ["china", "era", "growth asked", "tier", "search"])
    def test_slices_add_up(self, name):
        """The groups of a slice hold each row once."""
        scores = record().scores
        for when in ("at announcement", "under way"):
            of_slice = scores[(scores["when"] == when) & (scores["slice"] == name)]
            every = slice_of(record(), when, "all", "all")
            assert of_slice["n"].sum() == every["n"]
            squares = (of_slice["n"] * of_slice["brier"]).sum()
            assert squares == pytest.approx(every["n"] * every["brier"])

    def test_it_beats_the_share_kept_so_far(self):
        """On the day of announcement by two fifths; yet what failed comes first in the summary."""
        row = slice_of(record(), *ALL)
        assert row["constant_n"] >= 200
        assert row["ratio"] <= 0.6
        assert row["ratio_low"] < row["ratio"] < row["ratio_high"] < 1
        row = slice_of(record(), "at announcement", "era without China", "2015-2019")
        assert row["came"] < row["said"] / 2
        assert (
            record().summary().startswith(f"Of {row['n']:.0f} pledges of 2015-2019 without China")
        )


class TestKnownBy:
    """What was not resolved by a day is not in the record of the day."""

    @pytest.mark.parametrize("day", ["2016-01-01", "2020-12-31", "2024-06-30"])
    def test_nothing_resolved_later(self, day, shipped):
        """Rows of a day are those whose outcome could be known by it, all of them."""
        rows = tl.replay(as_of=day)
        assert rows["released"].max() <= pd.Timestamp(day)
        n_known = (shipped["released"] <= pd.Timestamp(day)).sum()
        assert 0 < len(rows) == n_known < len(shipped)

    def test_the_record_of_a_day(self):
        """It is the record of these rows."""
        by_then = tl.track_record(as_of="2020-12-31")
        of_rows = track_record_of(tl.replay(as_of="2020-12-31"))
        pd.testing.assert_frame_equal(by_then.scores, of_rows.scores)

    def test_the_verdict_of_a_day(self):
        """A hindcast is held against what was resolved by its day."""
        verdict = tl.assess(tl.article_target(), as_of="2022-10-05")
        record = given(tl.replay(as_of="2022-10-05"), verdict.probability_ever)
        assert verdict.value("given") == pytest.approx(record.share)

    @pytest.mark.parametrize(
        ("day", "words"),
        [
            ("2004-06-30", "Of 2 pledges the model said 11%, and 50% came true"),
            ("2018-12-31", "of 2015-2019 without China the model said"),
        ],
    )
    def test_the_summary_of_a_day(self, day, words):
        """It begins with pledges that the record of the day has: of 2004 all are with China."""
        summary = tl.track_record(as_of=day).summary()
        assert words in summary.split(".")[0]
        assert "nan" not in summary

    def test_before_any_was_resolved(self, shipped):
        """There is no record."""
        first = shipped["released"].min() - pd.Timedelta(days=1)
        with pytest.raises(tl.NoAnswerError, match="pledges asked again"):
            tl.track_record(as_of=first)
