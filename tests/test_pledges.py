import math

import numpy as np
import pandas as pd
import pytest
from conftest import FEW
from hypothesis import given
from hypothesis import strategies as st

import tradelib as tl
from tradelib.datasets import tables
from tradelib.science import pledges
from tradelib.science.pledges.status import TAGS

PLEDGE = {
    "target_id": "A",
    "scope": "pair",
    "reporter": "KAZ",
    "partner": "TKM",
    "announced": "2010-05",
    "currency": "USD",
    "target_value": 200.0,
    "baseline_value": 100.0,
    "baseline_year": 2009,
    "deadline": 2015,
    "outcome_value": 150.0,
    "outcome_year": 2015,
    "reached_year": None,
    "status": "missed",
    "batch": 1,
    "version": 1,
    "resolved": pd.Timestamp("2016-06-30"),
    **dict.fromkeys(TAGS, False),
}
YEARS = ["baseline_year", "deadline", "outcome_year", "reached_year"]
VALUES = ["target_value", "baseline_value", "outcome_value"]
LATEST = {"outcome_value": 1.0, "outcome_year": 2025, "target_id": "latest", "scope": "region"}


def table(*changes):
    """One changed pledge a row, and a region's that makes 2025 the last year known."""
    rows = [PLEDGE | {"target_id": f"row {i}"} | change for i, change in enumerate(changes)]
    frame = pd.DataFrame([*rows, PLEDGE | LATEST], columns=[*PLEDGE])
    return frame.astype(dict.fromkeys(YEARS, "Int64") | dict.fromkeys(VALUES, "float64"))


def met(**changes):
    """A pledge met on time."""
    return {"reached_year": 2014, "status": "met_on_time", **changes}


class TestDerivedStatus:
    """The status by figures alone."""

    @pytest.mark.parametrize(
        ("figures", "status"),
        [
            ({"reached_year": 2015}, "on_time"),
            ({"reached_year": 2012, "outcome_value": 90.0}, "on_time"),
            ({"outcome_value": 200.0}, "on_time"),
            ({"outcome_value": 199.9}, "not_reached"),
            ({"outcome_value": 250.0, "outcome_year": 2016, "reached_year": 2015}, "on_time"),
            ({"outcome_value": 250.0, "outcome_year": 2014, "reached_year": 2017}, "on_time"),
            ({"reached_year": 2018}, "late"),
            ({"outcome_value": 200.0, "outcome_year": 2018}, "late"),
            ({"reached_year": 2019}, "not_reached"),
            ({"outcome_value": None, "outcome_year": None, "reached_year": 2019}, "not_reached"),
            ({"outcome_value": None, "outcome_year": None}, "unscorable"),
            ({"deadline": None}, "open"),
            ({"deadline": None, "outcome_value": None, "outcome_year": None}, "open"),
            ({"deadline": None, "reached_year": 2015}, "unscorable"),
            ({"deadline": 2025}, "not_reached"),
            ({"deadline": 2026}, "open"),
            ({"deadline": 2026, "outcome_value": None, "outcome_year": None}, "open"),
            ({"deadline": 2026, "reached_year": 2020}, "on_time"),
        ],
    )
    def test_the_rule(self, figures, status):
        """Reached by the deadline, within three years of it, or not; else open or unscorable."""
        derived = pledges.derived_status(table(figures))
        assert derived.iloc[0] == status

    def test_window(self):
        """A wider window takes more as late, and none at all takes nothing."""
        late = table({"reached_year": 2019})
        assert pledges.derived_status(late, window=4).iloc[0] == "late"
        year_late = table({"reached_year": 2016})
        assert pledges.derived_status(year_late, window=0).iloc[0] == "not_reached"
        with pytest.raises(ValueError, match="^the window is a number of years from 0, got -1$"):
            pledges.derived_status(late, window=-1)

    def test_last_deadline(self):
        """What counts as passed ends with the last year known; it can be earlier, not later."""
        frame = table({})
        assert pledges.derived_status(frame, deadline_to=2014).iloc[0] == "open"
        assert pledges.derived_status(frame, deadline_to=2015).iloc[0] == "not_reached"
        assert pledges.derived_status(frame.iloc[:1]).iloc[0] == "not_reached"
        message = "^deadline_to must not lie after 2025, the last year with an outcome, got 2026$"
        with pytest.raises(ValueError, match=message):
            pledges.derived_status(frame, deadline_to=2026)
        reached = table({"reached_year": 2027})
        assert pledges.derived_status(reached, deadline_to=2027).iloc[0] == "not_reached"

    def test_nothing_known(self):
        """Without any outcome no deadline has passed."""
        nothing = {"outcome_year": None, "outcome_value": None}
        blind = table(nothing).query("scope == 'pair'")
        assert set(pledges.derived_status(blind)) == {"open"}

    def test_index_and_argument(self):
        """The answer has the table's index, and the table is left as it was."""
        frame = table({}, {}).set_axis([7, 3, 5])
        before = frame.copy()
        assert pledges.derived_status(frame).index.tolist() == [7, 3, 5]
        pledges.rate_of(frame)
        pd.testing.assert_frame_equal(frame, before)

    def test_missing_columns(self):
        """Every missing column is named."""
        message = "^targets lack deadline, status; take them from load_targets$"
        with pytest.raises(ValueError, match=message):
            pledges.derived_status(table({}).drop(columns=["deadline", "status"]))


LATE = {"status": "met_late"}
UNDATED = LATE | {"deadline": None}


class TestDisagreements:
    """The record against the figures."""

    @pytest.mark.parametrize(
        ("change", "derived", "why", "crosses"),
        [
            ({"status": "superseded"}, "not_reached", "replaced, which the figures do not", False),
            (UNDATED | {"reached_year": 2020}, "unscorable", "reached, but no deadline", False),
            ({"outcome_value": None, "outcome_year": None}, "unscorable", "no outcome", False),
            ({"deadline": 2026}, "open", "its last year is not over", False),
            (LATE, "not_reached", "recorded as reached later, the year", False),
            (LATE | {"reached_year": 2019}, "not_reached", "reached more than 3 years late", False),
            ({"reached_year": 2014}, "on_time", "the figures contradict it", True),
            ({"status": "met_on_time"}, "not_reached", "the figures contradict it", True),
            ({"status": "open"}, "not_reached", "the figures contradict it", False),
        ],
    )
    def test_reasons(self, change, derived, why, crosses):
        """Each disagreement is listed with its reason; few change the split that matters."""
        row = pledges.status_disagreements(table(change)).iloc[0]
        assert row["target_id"] == "row 0"
        assert row["status"] == {**PLEDGE, **change}["status"]
        assert row["derived_status"] == derived
        assert row["why"].startswith(why)
        assert row["crosses"] == crosses

    def test_window(self):
        """The window is the reader's to choose, and the reason names it."""
        frame = table({"status": "met_late", "reached_year": 2018})
        differing = pledges.status_disagreements(frame, window=2)
        assert differing["why"].tolist() == ["reached more than 2 years late"]

    def test_the_registry(self):
        """84 of 611 differ, none of them across on time against not on time."""
        differing = pledges.status_disagreements(tl.load_targets())
        assert len(differing) == 84
        # Recorded as open: its last year is over, and no figure of it is out.
        still_open = differing[differing["status"] == "open"]
        assert still_open["target_id"].tolist() == ["VNM-ESP-2022"]
        assert not differing["crosses"].any()


class TestScored:
    """Which pledges count."""

    def test_columns(self):
        """Pair both ways alike, growth from the baseline's year, horizon from the announcement."""
        frame = table({}, {"reporter": "TKM", "partner": "KAZ"})
        scored = pledges.scored_pledges(frame)
        assert scored["pair"].tolist() == ["KAZ-TKM", "KAZ-TKM"]
        assert scored["asked"].tolist() == pytest.approx([2 ** (1 / 6) - 1] * 2)
        assert scored["horizon"].tolist() == [5, 5]

    def test_no_years_left(self):
        """A baseline of the deadline's year or later asks no growth that could be stated."""
        scored = pledges.scored_pledges(table({"baseline_year": 2015}, {"baseline_year": 2016}))
        assert scored["asked"].isna().all()

    @pytest.mark.parametrize(
        ("change", "options", "counts"),
        [
            ({"deadline": None}, {}, False),
            ({"deadline": None, **met()}, {"deadline_passed": False}, False),
            ({"status": "open"}, {}, True),
            (met(deadline=2030), {}, False),
            (met(deadline=2030), {"deadline_passed": False}, True),
            ({"deadline": 2015}, {"deadline_to": 2014}, False),
            ({"deadline": 2015}, {"deadline_to": 2015}, True),
            (met(), {"deadline_to": 2014}, False),
            ({}, {"deadline_to": 2014, "deadline_passed": False}, False),
            ({"outcome_value": None}, {}, False),
            ({"outcome_value": None}, {"outcome_known": False}, True),
            ({"outcome_value": None, "status": "open"}, {"outcome_known": False}, False),
            ({"baseline_value": None}, {}, False),
            ({"baseline_value": None}, {"baseline_known": False}, True),
            ({"baseline_year": 2010}, {"baseline_before": True}, False),
            ({"baseline_year": 2009}, {"baseline_before": True}, True),
            (
                {"baseline_value": None, "baseline_year": None},
                {"baseline_before": True, "baseline_known": False},
                False,
            ),
            ({"partner": "CHN"}, {"china": True}, True),
            ({"reporter": "CHN"}, {"china": True}, True),
            ({"partner": "CHN"}, {"china": False}, False),
            ({}, {"china": True}, False),
            ({"weak": True}, {"without": ["check", "weak"]}, False),
            ({"weak": True}, {"without": ["check"]}, True),
            ({"currency": "EUR"}, {"dollars_only": True}, False),
            ({"status": "superseded"}, {}, False),
            ({"status": "superseded"}, {"superseded": True}, True),
            ({"scope": "region"}, {}, False),
            ({"batch": 2}, {"batch": 1}, False),
        ],
    )
    def test_filters(self, change, options, counts):
        """Each filter leaves out what it says, and nothing else."""
        scored = pledges.scored_pledges(table(change), **options)
        assert scored["target_id"].tolist() == (["row 0"] if counts else [])

    def test_regions(self):
        """Regions count only where asked for."""
        scored = pledges.scored_pledges(table({}), regions=True)
        assert scored["target_id"].tolist() == ["row 0", "latest"]

    def test_the_record_fills_in(self):
        """Without an outcome value the record says whether it was on time."""
        rows = [{"outcome_value": None, "status": s} for s in ("met_on_time", "met_late", "missed")]
        scored = pledges.scored_pledges(table(*rows), outcome_known=False)
        assert scored["on_time"].tolist() == [True, False, False]
        assert set(scored["derived_status"]) == {"unscorable"}

    def test_repeats(self):
        """One pledge a pair, the first or the last that passes, in the table's order."""
        frame = table(
            {"version": 3},
            {"version": 1, "baseline_value": None},
            {"version": 2},
            {"partner": "UZB", "version": 1},
        )
        every = pledges.scored_pledges(frame)
        first = pledges.scored_pledges(frame, repeats="first")
        last = pledges.scored_pledges(frame, repeats="last")
        assert every["target_id"].tolist() == ["row 0", "row 2", "row 3"]
        assert first["target_id"].tolist() == ["row 2", "row 3"]
        assert last["target_id"].tolist() == ["row 0", "row 3"]
        assert first.index.tolist() == last.index.tolist() == [0, 1]


def wilson(hits, n, z=1.959963984540054):
    """Wilson (1927), in the form of the textbooks."""
    p = hits / n
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [(p + z * z / (2 * n) + sign * half) / (1 + z * z / n) for sign in (-1, 1)]


def pairs(*groups):
    """Pledges on time or not, pair by pair."""
    partners = ["TKM", "UZB", "KGZ", "TJK", "AFG", "IRN", "IND", "PAK"]
    changes = []
    for partner, hits in zip(partners, groups, strict=False):
        changes += [met(partner=partner) if hit else {"partner": partner} for hit in hits]
    return table(*changes)


class TestRate:
    """Share, interval and the class asked for."""

    def test_by_hand(self):
        """One of four, of four pairs: Wilson's interval, as any table of it has it."""
        rate = pledges.rate_of(pairs([1], [0], [0], [0]))
        assert rate.pairs == 4
        assert rate.share == 0.25
        assert list(rate.interval) == pytest.approx([0.0456, 0.6994], abs=5e-5)
        assert rate.known_from == pd.Timestamp("2016-06-30")
        assert rate.rows["target_id"].tolist() == [f"row {i}" for i in range(4)]

    @pytest.mark.parametrize(
        ("groups", "worth"),
        [
            ([[1], [0], [0], [0]], 4),
            # Between pairs 2/1 * (1 + 1) / 16 = 1/4; simple sampling 1/4 / 3: effect 3.
            ([[1, 1], [0, 0]], 4 / 3),
            # Pledges of a pair that differ more than chance has it count as independent.
            ([[1, 0], [1, 0]], 4),
            ([[1, 0, 0]], 1),
            # None or all on time: a pair counts as one, 3 + 1 pledges as 16 / 10.
            ([[0, 0, 0], [0]], 1.6),
            ([[1, 1, 1], [1]], 1.6),
        ],
    )
    def test_design_effect_by_hand(self, groups, worth):
        """How many separate pledges those of a few pairs are worth, and Wilson's interval of them."""
        rate = pledges.rate_of(pairs(*groups))
        assert rate.n_effective == pytest.approx(worth)
        assert list(rate.interval) == pytest.approx(wilson(rate.share * worth, worth))

    @FEW
    @given(st.lists(st.lists(st.booleans(), min_size=1, max_size=4), min_size=1, max_size=8))
    def test_bounds(self, groups):
        """The interval holds the share, in [0, 1]; the pledges are worth one to all of them."""
        rate = pledges.rate_of(pairs(*groups))
        low, high = rate.interval
        assert 0 <= low <= rate.share + 1e-12
        assert rate.share - 1e-12 <= high <= 1
        assert 1 - 1e-9 <= rate.n_effective <= rate.n
        wider = pledges.rate_of(pairs(*groups), level=99).interval
        assert wider[0] <= low
        assert high <= wider[1]

    @FEW
    @given(st.lists(st.booleans(), min_size=2, max_size=8), st.sampled_from([2, 1000]))
    def test_scale(self, hits, factor):
        """The currency's unit changes nothing."""
        frame = pairs(*[[hit] for hit in hits])
        scaled = frame.assign(**{name: frame[name] * factor for name in VALUES})
        rate = pledges.rate_of(frame)
        of_scaled = pledges.rate_of(scaled)
        assert rate.interval == of_scaled.interval
        assert np.allclose(rate.rows["asked"], of_scaled.rows["asked"])

    @pytest.mark.parametrize(
        ("growth", "band"),
        [
            (0.256, (0.20, 0.30)),
            (0.20, (0.20, 0.30)),
            (0.1999, (0.15, 0.20)),
            (0.30, (0.30, math.inf)),
            (-0.5, (-math.inf, 0.10)),
            (0.10, (0.10, 0.15)),
            ((0.2, 0.25), (0.2, 0.25)),
        ],
    )
    def test_class_of_growth(self, growth, band):
        """A number picks its class, its lower edge included; two numbers are a band."""
        rates = (-0.05, 0.05, 0.10, 0.125, 0.15, 0.175, 0.20, 0.24, 0.25, 0.28, 0.30, 0.5)
        # A baseline of 2014 leaves one year, so that the multiple is the growth asked.
        common = {"baseline_value": 1.0, "baseline_year": 2014, "outcome_value": 0.5}
        frame = table(*[common | {"target_value": 1 + rate} for rate in rates])
        of_class = pledges.rate_of(frame, growth=growth)
        assert of_class.asked == band
        low, high = band
        expected = [rate for rate in rates if low <= rate < high]
        assert of_class.rows["asked"].round(6).tolist() == expected

    @pytest.mark.parametrize(
        ("horizon", "deadlines"),
        [
            (2, [2010, 2012]),
            (3, [2013, 2015]),
            (5, [2013, 2015]),
            (6, [2016, 2020]),
            (40, [2016, 2020]),
            ((2, 4), [2012, 2013]),
            ((10, math.inf), [2020]),
        ],
    )
    def test_class_of_horizon(self, horizon, deadlines):
        """Years from announcement to deadline, in classes or in a band."""
        years = (2010, 2012, 2013, 2015, 2016, 2020)
        frame = table(*[{"deadline": year} for year in years])
        rate = pledges.rate_of(frame, horizon=horizon)
        assert rate.rows["deadline"].tolist() == deadlines
        assert rate.asked is None

    def test_classes_of_years(self):
        """Each class of announcements holds its first year, and the next one its end."""
        years = (2004, 2005, 2009, 2010, 2014, 2015, 2019, 2020)
        frame = table(*[{"announced": str(year), "deadline": 2021} for year in years])
        classes = pledges.rate_table(frame, by="announced")
        assert classes[["announced", "n"]].to_numpy().tolist() == [
            ["before 2005", 1],
            ["2005-2009", 2],
            ["2010-2014", 2],
            ["2015-2019", 2],
            ["from 2020", 1],
            ["all", 8],
        ]
        assert pledges.rate_of(frame, announced=2014).rows["announced"].tolist() == ["2010", "2014"]

    def test_region(self):
        """A pledge belongs to the regions of both countries."""
        frame = table({}, {"partner": "CHN"}, {"reporter": "ITA", "partner": "FRA"})
        there = pledges.rate_of(frame, region="Eastern Asia").rows
        assert there["target_id"].tolist() == ["row 1"]
        assert there.index.tolist() == [0]
        assert pledges.rate_of(frame, region="Central Asia").n == 2
        assert pledges.rate_of(frame, region="Southern Europe").n == 1
        with pytest.raises(ValueError, match="^region is one of Central Asia, Eastern Asia, Sout"):
            pledges.rate_of(frame, region="Central Europe")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"growth": (0.3, 0.2)}, r"^a band of growth runs from low to high, got \(0.3, 0.2\)$"),
            ({"growth": math.nan}, "^growth must be a number from -inf, or a band of two, got nan"),
            ({"horizon": -1}, "^horizon must be a number from 0, or a band of two, got -1$"),
            ({"horizon": (5, 1)}, r"^a band of horizon runs from low to high, got \(5, 1\)$"),
            ({"region": "Asia"}, "^region is one of Central Asia, got 'Asia'$"),
            ({"level": 100}, "^level is a percentage between 0 and 100, got 100$"),
            ({"repeats": "none"}, "^repeats is one of all, first, last, got 'none'$"),
            ({"without": "bad"}, "^without takes tags of presumptive, near_year, .*, got 'bad'$"),
            ({"deadline_to": 2030}, "^deadline_to must not lie after 2025, "),
            ({"growth": 0.5}, "^no pledge passes the filters; loosen one of them, or see scored_p"),
        ],
    )
    def test_bad(self, options, message):
        """Each mistake is named with what there is."""
        with pytest.raises(ValueError, match=message):
            pledges.rate_of(table({}), **options)

    def test_words_and_frame(self):
        """The summary has the numbers that were asked for, the frame one row of them."""
        rate = tl.pledge_rate(growth=0.256, level=80)
        low, high = rate.interval
        said = f"asked 20-30 % a year, 11 came true on time: 14% (80% interval {low:.0%} to {high:.0%})"
        assert said in rate.summary()
        row = rate.to_frame().iloc[0]
        assert (row["low"], row["high"]) == rate.interval
        for name in ("on_time", "n", "share", "level", "pairs", "n_effective", "known_from"):
            assert row[name] == getattr(rate, name), name


class TestRegistry:
    """The base rates that the registry's notes state, by public calls."""

    def test_tags(self):
        """The tags that can be left out are the registry's."""
        kinds = tables.dtypes("targets.csv")
        assert [name for name, kind in kinds.items() if kind == "bool"] == list(TAGS)

    def test_base_rates(self):
        """81 of 337 were on time, 11 of 77 of the article's class.

        Intervals are wider than Wilson's (20-29 for all): 337 rows of 189 pairs are worth 217.
        """
        classes = tl.pledge_table().set_index("growth")
        counts = classes[["on_time", "n"]].itertuples(name=None)
        assert list(counts) == [
            ("under 10 %", 17, 41),
            ("10-15 %", 30, 91),
            ("15-20 %", 16, 64),
            ("20-30 %", 11, 77),
            ("30 % and over", 7, 64),
            ("all", 81, 337),
        ]
        assert classes.loc["all", ["low", "high"]].round(3).tolist() == [0.188, 0.301]
        assert classes.loc["all", "pairs"] == 189
        assert classes.loc["all", "n_effective"] == pytest.approx(217.4, abs=0.1)
        assert classes.loc["20-30 %", ["low", "high"]].round(2).tolist() == [0.08, 0.24]
        counts = zip(classes["on_time"], classes["n"], strict=True)
        plain = np.array([wilson(hits, n) for hits, n in counts])
        assert (classes["low"] <= plain[:, 0] + 1e-12).all()
        assert (classes["high"] >= plain[:, 1] - 1e-12).all()

    def test_every_kind_of_class(self):
        """All tables one below the other, each as asked alone, with the rate of all once."""
        some = table({}, met(partner="CHN", batch=2), {"reporter": "ITA", "deadline": 2012})
        options = {"level": 80}
        whole = tl.pledge_table(some, by="all", **options)
        kinds = ["growth", "horizon", "announced", "region", "china", "batch", "all"]
        assert list(dict.fromkeys(whole["kind"])) == kinds
        for kind in kinds[:-1]:
            alone = tl.pledge_table(some, by=kind, **options).rename(columns={kind: "class"})
            mine = whole[whole["kind"] == kind].drop(columns="kind")
            pd.testing.assert_frame_equal(mine, alone.iloc[:-1])
        last = whole[whole["kind"] == "all"].drop(columns="kind").reset_index(drop=True)
        pd.testing.assert_frame_equal(last, alone.iloc[[-1]].reset_index(drop=True))

    def test_regions(self):
        """Every region that occurs, by name; a pledge counts in both of its regions."""
        some = tl.load_targets().query("reporter == 'KAZ' or partner == 'CHN'")
        regions = tl.pledge_table(some, by="region", level=50).set_index("region")
        assert regions.index.tolist()[:-1] == sorted(regions.index.tolist()[:-1])
        of_china = tl.pledge_rate(some, china=True)
        assert of_china.n <= regions.loc["Eastern Asia", "n"] < regions.loc["all", "n"]
        assert regions["n"].iloc[:-1].sum() > regions.loc["all", "n"]
        assert "Groups" not in regions.index

    def test_the_registry_is_the_default(self):
        """The offered functions read the registry, or the table that is given."""
        targets = tl.load_targets()
        some = table({}, met(partner="UZB"))
        pd.testing.assert_frame_equal(pledges.rate_sensitivity(some), tl.pledge_sensitivity(some))
        for rows, own in ((targets, []), (some, [some])):
            pd.testing.assert_frame_equal(pledges.rate_table(rows), tl.pledge_table(*own))
            assert tl.pledge_rate(*own).summary() == pledges.rate_of(rows).summary()

    @pytest.mark.parametrize(
        "function", [tl.pledge_rate, tl.pledge_table, tl.pledge_sensitivity, tl.pledge_effect]
    )
    def test_a_day_is_of_the_registry(self, function):
        """What was known of one's own table on a day nobody can say."""
        with pytest.raises(ValueError, match="^as_of is a day of the bundled data; cut your own"):
            function(table({}), as_of="2020-01-01")

    def test_bad_table(self):
        """An unknown way to split lists what there is."""
        with pytest.raises(ValueError, match="^by is one of growth, .*, batch, all, got 'year'$"):
            tl.pledge_table(by="year")


class TestSensitivity:
    """One filter changed at a time."""

    def test_every_choice(self):
        """The number of pledges and successes under each choice, pinned."""
        choices = tl.pledge_sensitivity().set_index("choice")
        pinned = {
            "as asked": (81, 337),
            "first pledge of a pair": (44, 189),
            "last pledge of a pair": (24, 189),
            "with China": (42, 77),
            "without China": (39, 260),
            "without weak sources": (73, 298),
            "without any of these warnings": (35, 130),
            "in dollars only": (77, 318),
            "regions too": (90, 361),
            "first search": (32, 136),
            "fourth search": (0, 1),
        }
        rows = choices[["on_time", "n"]].itertuples(name=None)
        counts = {choice: (hits, n) for choice, hits, n in rows}
        assert pinned.items() <= counts.items()
        assert choices.loc["as asked", ["low", "high"]].round(3).tolist() == [0.188, 0.301]

    def test_before_the_check(self):
        """The day before 240 rows were corrected, the counts of that day, marks of audits too."""
        choices = tl.pledge_sensitivity(as_of="2026-11-30").set_index("choice")
        assert choices.loc["as asked", ["on_time", "n"]].tolist() == [75, 293]
        assert choices.loc["without rows audited again", ["on_time", "n"]].tolist() == [60, 240]

    def test_base_moves_along(self):
        """What is asked for holds in every row unless the row changes it."""
        choices = tl.pledge_sensitivity(growth=0.256, china=False, level=80).set_index("choice")
        assert choices.loc["as asked", ["on_time", "n"]].tolist() == [7, 67]
        assert choices.loc["with China", ["on_time", "n"]].tolist() == [4, 10]
        expected = tl.pledge_rate(growth=0.256, china=False, level=80).interval
        assert choices.loc["as asked", ["low", "high"]].tolist() == list(expected)

    def test_an_empty_choice_is_shown(self):
        """A choice that leaves nothing has n zero and no share, in both tables."""
        row = pledges.rate_sensitivity(table({})).set_index("choice").loc["with China"]
        assert row[["on_time", "n", "pairs"]].tolist() == [0, 0, 0]
        assert row[["share", "low", "high", "n_effective"]].isna().all()
        classes = pledges.rate_table(table({})).set_index("growth")
        assert classes["n"].tolist() == [0, 1, 0, 0, 0, 1]

    def test_a_mistake_is_no_empty_choice(self):
        """Wrong arguments are errors here too."""
        with pytest.raises(ValueError, match="^region is one of"):
            tl.pledge_sensitivity(region="Asia")
        with pytest.raises(ValueError, match="^level is a percentage"):
            tl.pledge_table(level=0)


class TestKnown:
    """A rate asked for a day uses nothing that was not known."""

    DAY = "2022-10-05"

    def test_on_the_day_of_the_article(self):
        """67 of 229, and 8 of 54 in the article's class, printed and known by then: pinned."""
        rate = tl.pledge_rate(as_of=self.DAY)
        assert (rate.on_time, rate.n) == (67, 229)
        assert rate.known_from == pd.Timestamp("2022-06-30")
        assert (rate.rows["resolved"] <= self.DAY).all()
        assert (rate.rows["deadline"] <= 2021).all()
        of_class = tl.pledge_rate(growth=0.256, as_of=self.DAY)
        assert (of_class.on_time, of_class.n) == (8, 54)
