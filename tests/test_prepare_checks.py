"""Edges of the registry's rules, of what months are judged on, and of the record of official calls."""

import sys
from types import MappingProxyType

import nowcast_skill
import numpy as np
import pandas as pd
import progress_record
import pytest
import registry_check as check
from test_registry_check import MET, TODAY, row

NAN = float("nan")


def broken(changes, counts):
    """Rules and cells that a row breaks, every cell but for `changes` as it should be."""
    patch = pytest.MonkeyPatch()
    patch.setattr(check, "counts_of", lambda _: counts)
    hard, soft, stale = check.faults([row(**changes)], TODAY)
    patch.undo()
    return {(fault.rule, fault.cell) for fault in [*hard, *soft, *stale]}


OPEN = {"status": "open", "outcome_value": "150", "outcome_year": "2024", "outcome_printed": "2025"}
LATE = {"status": "met_late", "reached_year": "2016", "outcome_value": "210"}
BACI = {"outcome_source": "baci_v202501"}


class TestRegistry:
    """The last cell that a rule lets pass, and the first that it does not."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"deadline": "2010", "target_value": "120", "outcome_value": "115"},
            {"baseline_year": "2010"},
            {"baseline_year": "2008"},
            {"announced": "2026-12-01", "released": "2026-12-01", "announce_printed": "2026"}
            | {"deadline": "2030", "baseline_year": "2025", "baseline_printed": "2026"}
            | OPEN
            | {"outcome_year": "2026", "outcome_printed": "2026"},
            {"outcome_printed": "2015-01-01"},
            {"outcome_printed": "2014-12-30", "outcome_source": "wits"},
            MET | {"reached_year": "2015"},
            LATE,
            OPEN | {"deadline": "2025", "outcome_value": "110"},
            {"deadline": "2025", "outcome_year": "2025", "outcome_printed": "2026"},
            OPEN | {"deadline": ""},
            {"outcome_value": "220", "outcome_year": "2019", "outcome_printed": "2020"},
            OPEN | {"deadline": "2030", "outcome_year": "2023"},
            OPEN
            | {"deadline": "2030", "outcome_year": "", "outcome_value": ""}
            | {"announced": "2023", "baseline_year": "2023", "baseline_printed": "2024"}
            | {"announce_printed": "2024", "outcome_printed": ""},
            {"statistics_of": "ABC (FY); XYZ baseline"},
            {"statistics_of": "A baseline; B outcome", "outcome_value": "", "outcome_year": ""}
            | {"outcome_printed": ""},
            {"baseline_value": "177.59"},  # 2 % a year
            {"baseline_value": "12", "target_value": "200"},  # 59.8 %
        ],
    )
    def test_passes(self, changes):
        """Nothing is said of it."""
        assert broken(changes, {}) == set()

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            (
                MET | {"reached_year": "2027", "deadline": "2030"},
                ("dates", "reached_year"),
            ),
            ({"announced": "2026-12-02", "deadline": "2030"}, ("dates", "announced")),
            ({"announce_printed": "2009"}, ("dates", "announce_printed")),
            (OPEN | {"deadline": "2030", "reached_year": "2024"}, ("status", "status")),
            (OPEN | {"deadline": "2024"}, ("status", "status")),
            ({"deadline": ""}, ("status", "status")),
            (
                {"outcome_value": "220", "outcome_year": "2018", "outcome_printed": "2019"},
                ("status", "outcome_value"),
            ),
            ({"baseline_value": "177.7"}, ("growth asked", "baseline_value")),
            ({"baseline_value": "11.9"}, ("growth asked", "baseline_value")),
        ],
    )
    def test_does_not(self, changes, where):
        """The breach is named."""
        assert where in broken(changes, {})

    @pytest.mark.parametrize(
        ("rule", "changes", "counts", "is_broken"),
        [
            # 20 % off the nearest count, and not.
            ("off every count", {"baseline_value": "120"}, {"m": {2009: 100.0}}, False),
            (
                "off every count",
                {"baseline_value": "121"},
                {"m": {2009: 100.0}, "n": {2009: 110.0}},
                False,
            ),
            # The first year at the goal.
            ("first year differs", MET, {"m": {2014: 200.0}}, False),
            ("first year differs", MET, {"m": {2013: 200.0}, "n": {2014: 200.0}}, False),
            ("first year differs", MET, {"m": {2009: 900.0, 2014: 210.0}}, False),
            # A count that turns the result.
            ("a count turns it", {}, {"m": {2015: 199.0, 2016: 200.0}}, False),
            ("a count turns it", MET, {"m": {2015: 199.0, 2016: 300.0}}, True),
            # A figure that is a count, of goods in a row on more than goods too.
            (
                "count",
                BACI | {"coverage": "goods_services"},
                {"baci_v202501": {2015: 150.0}},
                False,
            ),
            ("count", BACI | {"outcome_value": "152.9"}, {"baci_v202501": {2015: 150.0}}, False),
        ],
    )
    def test_against_counts(self, rule, changes, counts, is_broken):
        """Where a count says otherwise, and where it is near enough."""
        assert (rule in {name for name, _ in broken(changes, counts)}) == is_broken

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({}, True),
            ({"baseline_value": "110"}, False),
            ({"partial": "True"}, False),
            ({"coverage": "goods_services"}, False),
            ({"currency": "EUR"}, False),
        ],
    )
    def test_two_values_of_one_kind(self, changes, named):
        """Of one pair, currency, coverage and year; the higher one, and the lower is told."""
        other = row(target_id="OTHER", baseline_value="111", outcome_value="") | changes
        faults = list(check.two_values([row(), other]))
        assert [fault.target_id for fault in faults] == (["OTHER"] if named else [])
        if named:
            assert faults[0].what == "111 of 2009; ABC-XYZ-2010 has 100"

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({}, True),
            ({"coverage": "unknown"}, False),
            ({"currency": "EUR"}, False),
            ({"target_value": "201"}, False),
        ],
    )
    def test_restated(self, changes, named):
        """Of one pair, level, currency and coverage, in the order of their days."""
        other = row(target_id="OTHER", released="2010-09-01") | changes
        faults = list(check.restated([other, row()]))
        assert [fault.target_id for fault in faults] == (["OTHER"] if named else [])

    def test_counts_of(self, monkeypatch):
        """Both flows added, for pairs in dollars alone."""

        class Report:
            exports = MappingProxyType({2001: 1.0})
            imports = MappingProxyType({2001: 2.0})
            years_of_trade = (2001,)

        class Nothing:
            years_of_trade = ()

        monkeypatch.setattr(check.pair_series, "reports", lambda a, b: {"m": Report, "n": Nothing})
        assert check.counts_of(row()) == {"m": {2001: 3.0}}
        assert check.counts_of(row(currency="EUR")) == {}
        assert check.counts_of(row(scope="region")) == {}

    def test_a_reason_keeps_what_its_rule_reads(self):
        """Each rule's reason lapses with any cell that moves its answer, and with no other."""
        assert check.cells(row(), "old baseline") == "announced=2010-05-01; baseline_year=2009"
        assert check.cells(row(), "first year differs").endswith("; reached_year=")
        assert set(check.READS) == {*check.SOFT, check.TWO_VALUES, check.RESTATED}

    def test_proposals(self, monkeypatch):
        """A line a row and rule, with every cell that breaks it."""
        monkeypatch.setattr(check, "counts_of", lambda _: {"m": {2009: 50.0, 2015: 50.0}})
        (line,) = check.proposals([row()], TODAY)
        assert (line["target_id"], line["rule"]) == ("ABC-XYZ-2010", "off every count")
        assert line["what"] == "baseline_value 100 of 2009; m 50 | outcome_value 150 of 2015; m 50"
        assert line["cells"] == check.cells(row(), "off every count")

    def test_the_day_of_the_registry(self, monkeypatch, capsys):
        """It is held to the day on which it was last worked on."""
        seen = []
        days = {"accessed": "2026-12-01", "published": "2026-11-01"}
        monkeypatch.setattr(check, "described", lambda file: days)
        monkeypatch.setattr(check, "unexplained", lambda *given: seen.append(given[-1]) or [])
        monkeypatch.setattr(sys, "argv", ["registry_check.py"])
        check.main()
        assert seen == ["2026-12-01"]
        assert "each rule kept" in capsys.readouterr().out


class TestNowcastSkill:
    """What a case is judged on, and by a model of what."""

    MONTHS = pd.DataFrame(
        [
            ("USA", partner, year, month, flow, 1.0)
            for partner in ("CAN", "CHN", "DEU")
            for year in range(2001, 2005)
            for month in range(1, 13)
            for flow in ("export", "import")
        ],
        columns=["reporter", "partner", "year", "month", "flow", "value_musd"],
    )

    def test_frames(self):
        """January to each month of one flow or both, a column a year, a row a pair."""
        parts = nowcast_skill.frames(self.MONTHS, "turnover")
        assert list(parts) == list(range(1, 13))
        assert parts[3].loc["USA-CAN"].to_dict() == dict.fromkeys(range(2001, 2005), 6.0)
        assert parts[12].loc["USA-DEU", 2004] == 24
        assert nowcast_skill.frames(self.MONTHS, "import")[3].loc["USA-CAN", 2001] == 3

    def test_judged(self, monkeypatch):
        """Each split: a model of its rows, asked of its own partners and years, and of no first year."""
        monkeypatch.setattr(nowcast_skill, "fit_nowcast_model", len)
        asked = []

        def cases(parts, totals, year, months, model, past):
            asked.append((parts.index.tolist(), year, months, model, past, parts.iloc[0, 0]))
            assert totals.index.tolist() == parts.index.tolist()
            assert totals.iloc[0, 0] == 24
            return pd.DataFrame({"year": [year]})

        monkeypatch.setattr(nowcast_skill, "cases", cases)
        fold = nowcast_skill.folds(pd.Series(["CHN"])).item()
        learned = self.MONTHS["year"] < 2003
        split = nowcast_skill.Split(learned, fold, range(2001, 2006))
        table = nowcast_skill.judged(self.MONTHS, [split], months=[2, 5])
        assert asked == [
            (["USA-CHN"], year, months, 144, "all", 2.0 * months)
            for year in (2002, 2003, 2004)
            for months in (2, 5)
        ]
        assert table["year"].tolist() == [2002, 2002, 2003, 2003, 2004, 2004]


def even(start, ago, left, multiple, pairs):
    """An even chance for every pair."""
    return np.full(len(pairs), 0.5)


class TestProgress:
    """Windows, sums and shares of the record of official calls."""

    def test_every_window(self):
        """Each year of a call from the first, each start whose deadline is in the panel."""
        wide = pd.DataFrame(columns=range(2000, 2007))
        found = list(progress_record.every_window(wide, [2, 4], [3, 5]))
        assert len(found) == 2 * (2 * 4 + 4 * 2)
        of_three = [w for w in found if (w.multiple, w.span) == (4, 3)]
        assert sorted({w.ago for w in of_three}) == [1, 2]
        assert [w.start for w in of_three if w.ago == 1] == [2000, 2001, 2002, 2003]
        assert [w.start for w in found if (w.multiple, w.span, w.ago) == (2, 5, 4)] == [2000, 2001]

    def test_a_start_year_without_an_outcome(self):
        """It has cases that are missing, and is no start year of a band."""
        wide = pd.DataFrame([[1.0, 1.0, 2.0, NAN], [1.0, 2.0, 3.0, NAN]], columns=range(2000, 2004))
        kind = {"multiple": 2, "span": 2, "ago": 1}
        parts = [progress_record.windows(wide, even, start=start, **kind) for start in (2000, 2001)]
        record = progress_record.summed(pd.concat(map(progress_record.counted, parts)))
        rows = record.set_index(["method", "status", "size"])
        row = rows.loc[("un_2026", "any", "all")]
        assert row[["n", "missing", "starts"]].tolist() == [2, 2, 1]
        assert row[["low", "high"]].isna().all()
        assert row[["share", "ever", "chance"]].tolist() == [1, 1, 0.5]
        assert row["brier_model"] == 0.25
