"""The check that stays: rules that each row of the registry keeps, or has a reason for."""

from typing import ClassVar

import pytest
import registry_check as check

TODAY = "2026-12-01"
GOOD = {
    "target_id": "ABC-XYZ-2010",
    "scope": "pair",
    "reporter": "ABC",
    "partner": "XYZ",
    "announced": "2010-05-01",
    "released": "2010-05-01",
    "announce_printed": "2010-05-02",
    "target_value": "200",
    "currency": "USD",
    "deadline": "2015",
    "baseline_value": "100",
    "baseline_year": "2009",
    "baseline_printed": "2010-05-02",
    "baseline_source": "",
    "outcome_value": "150",
    "outcome_year": "2015",
    "outcome_printed": "2016-03-01",
    "outcome_source": "",
    "reached_year": "",
    "status": "missed",
    "coverage": "goods",
    "statistics_of": "ABC",
    "partial": "False",
}
MET = {"status": "met_on_time", "reached_year": "2014", "outcome_value": "210"}
OPEN = {"status": "open", "deadline": "", "outcome_year": "2024", "outcome_printed": "2025"}
COUNTS = {
    "matrix": {2009: 101.0, 2010: 120.0, 2014: 140.0, 2015: 149.0},
    "office": {2009: 98.0, 2010: 125.0, 2014: 150.0, 2015: 155.0},
}
BACI = {"baci_v202501": {2009: 101.0, 2015: 149.0}}
BASE_OF_BACI = {"baseline_source": "baci_v202501"}
OF_BACI = {"outcome_source": "baci_v202501", "outcome_value": "170"}
REACHED = {"matrix": {2013: 190.0, 2014: 205.0, 2015: 215.0}}

# Planted errors of each rule: (rule, cell that is named, changed cells, counts).
PLANTED = [
    ("dates", "deadline", {"deadline": "2009"}, COUNTS),
    ("dates", "outcome_year", {"outcome_year": "2027", "outcome_printed": ""}, COUNTS),
    ("dates", "outcome_printed", {"outcome_printed": "2014-12-30"}, COUNTS),
    ("dates", "baseline_year", {"baseline_year": ""}, COUNTS),
    ("status", "status", MET | {"reached_year": "2016"}, COUNTS),
    ("status", "status", MET | {"status": "met_late"}, COUNTS),
    ("status", "status", {"status": "open"}, COUNTS),
    ("status", "outcome_value", {"outcome_value": "200"}, COUNTS),
    ("count", "baseline_value", BASE_OF_BACI | {"baseline_value": "98"}, BACI),
    ("count", "outcome_value", OF_BACI | {"coverage": "goods_services"}, BACI),
    ("count", "outcome_value", OF_BACI | {"outcome_value": ""}, BACI),
    ("off every count", "baseline_value", {"baseline_value": "75"}, COUNTS),
    ("off every count", "outcome_value", {"outcome_value": "191"}, COUNTS),
    ("first year differs", "reached_year", MET | {"reached_year": "2015"}, REACHED),
    ("first year differs", "reached_year", MET | {"reached_year": "2013"}, REACHED),
    ("first year differs", "reached_year", MET | {"deadline": ""}, COUNTS),
    ("a count turns it", "status", {}, REACHED),
    ("a count turns it", "status", {"status": "met_late", "reached_year": "2017"}, REACHED),
    ("a count turns it", "status", {"outcome_value": ""}, {"matrix": {2012: 200.0}}),
    ("a count turns it", "status", MET, {"matrix": {2015: 199.0}}),
    ("old baseline", "baseline_year", {"baseline_year": "2007"}, {}),
    ("old baseline", "baseline_year", {"announced": "2012-01"}, {}),
    ("mixed statistics", "statistics_of", {"statistics_of": "A baseline; B outcome"}, {}),
    ("mixed statistics", "statistics_of", {"statistics_of": "A; BACI outcome"}, {}),
    ("growth asked", "baseline_value", {"baseline_value": "300"}, {}),
    ("growth asked", "baseline_value", {"deadline": "2010", "target_value": "170"}, {}),
]
STALE = [
    OPEN | {"outcome_year": "2022"},
    OPEN | {"outcome_year": "", "outcome_value": ""},
    OPEN | {"outcome_year": "", "outcome_value": "", "baseline_year": "", "baseline_value": ""},
    OPEN | {"deadline": "2028", "outcome_year": "2021"},
]


def row(**changes):
    """A row that keeps every rule, with some cells changed."""
    return GOOD | changes


@pytest.fixture
def counted(monkeypatch):
    """Let the bundled counts be some that were made up."""

    def use(counts):
        monkeypatch.setattr(check, "counts_of", lambda row: counts)

    return use


def test_a_good_row(counted):
    """Nothing is said of a row that keeps every rule, nor of a second pledge of the pair."""
    counted(COUNTS)
    later = row(target_id="ABC-XYZ-2012", announced="2012", released="2012-12-31")
    later |= {"baseline_year": "2011", "baseline_printed": "2012", "announce_printed": "2012"}
    assert check.faults([row(), later], TODAY) == ([], [], [])


@pytest.mark.parametrize(("rule", "cell", "changes", "counts"), PLANTED)
def test_planted(counted, rule, cell, changes, counts):
    """Each planted error is named with its row, its rule and its cell."""
    counted(counts)
    hard, soft, _ = check.faults([row(**changes)], TODAY)
    named = [(fault.target_id, fault.rule, fault.cell) for fault in hard + soft]
    assert ("ABC-XYZ-2010", rule, cell) in named
    lines = check.unexplained([row(**changes)], [], [], TODAY)
    assert any(line.startswith(f"ABC-XYZ-2010: {rule}: {cell}: ") for line in lines)


@pytest.mark.parametrize(
    "changes",
    [
        BASE_OF_BACI,  # 100 for 101: rounded
        OF_BACI | {"currency": "EUR"},
        OF_BACI | {"scope": "region"},
        OF_BACI | {"outcome_source": "wits"},  # no wide file
    ],
)
def test_counted(counted, changes):
    """A rounded count is one, and where no wide file counts the trade nothing is asked."""
    counted(BACI)
    hard, _, _ = check.faults([row(**changes)], TODAY)
    assert hard == []


@pytest.mark.parametrize("changes", STALE)
def test_not_fresh(counted, changes):
    """An open row without a figure of the last three years needs a look, and a look is enough."""
    counted({})
    stale = row(**changes)
    (line,) = check.unexplained([stale], [], [], TODAY)
    assert line.startswith("ABC-XYZ-2010: not fresh: outcome_year: newest figure of ")
    look = {"target_id": "ABC-XYZ-2010", "found": "nothing newer"}
    assert check.unexplained([stale], [], [look], TODAY) == []


@pytest.mark.parametrize("value", ["111", "89"])
def test_two_values(counted, value):
    """Two rows of a pair that give one year different values: the higher one is named."""
    counted({})
    other = row(target_id="XYZ-ABC-2010", reporter="XYZ", partner="ABC", target_value="300")
    other["baseline_value"] = value
    _, soft, _ = check.faults([row(), other], TODAY)
    (fault,) = [fault for fault in soft if fault.rule == "two values"]
    named = "XYZ-ABC-2010" if float(value) > 100 else "ABC-XYZ-2010"
    assert (fault.target_id, fault.cell) == (named, "baseline_value")


@pytest.mark.parametrize(
    ("released", "kept"),
    [
        ("2010-05-02", False),
        ("2011-11-01", False),
        ("2011-11-02", True),
    ],
)
def test_restated(counted, released, kept):
    """The same level said again within eighteen months is the same pledge."""
    counted({})
    again = row(target_id="XYZ-ABC-2011", reporter="XYZ", partner="ABC", released=released)
    _, soft, _ = check.faults([row(), again], TODAY)
    named = [fault.target_id for fault in soft if fault.rule == "restated"]
    assert named == ([] if kept else ["XYZ-ABC-2011"])


class TestReasons:
    """A breach with a reason stands, until a cell that its rule reads changes."""

    REASON: ClassVar = {
        "target_id": "ABC-XYZ-2010",
        "rule": "old baseline",
        "cells": "announced=2010-05-01; baseline_year=2006",
        "reason": "The only level in the text.",
        "address": "https://example.org",
        "day": TODAY,
    }

    def test_stands_and_lapses(self, counted):
        """With its reason nothing is said; after a change it is no longer one, and both are said."""
        counted({})
        assert check.unexplained([row(baseline_year="2006")], [self.REASON], [], TODAY) == []
        wanting, left_over = check.unexplained(
            [row(baseline_year="2005")], [self.REASON], [], TODAY
        )
        assert wanting.startswith("ABC-XYZ-2010: old baseline: baseline_year: 2005")
        assert "the reason is not needed any more, or a cell has changed" in left_over

    def test_addresses(self, counted):
        """At most one reason in ten may be without an address."""
        counted({})
        reasons = [self.REASON | {"target_id": f"row {i}"} for i in range(10)]
        rows = [row(target_id=f"row {i}", baseline_year="2006") for i in range(10)]
        for number, each in enumerate(rows):
            each["reporter"] = f"C{number}"  # ten pairs: no level is said again
        reasons[0]["address"] = ""
        assert check.unexplained(rows, reasons, [], TODAY) == []
        reasons[1]["address"] = ""
        (line,) = check.unexplained(rows, reasons, [], TODAY)
        assert line == "2 of 10 reasons have no address; one in ten may"


class TestBundled:
    """The registry as it is bundled."""

    def test_explained(self):
        """Every row keeps every rule, or says why not."""
        rows = check.read("targets.csv")
        reasons = check.read("target_reasons.csv")
        looks = check.read("target_looks.csv")
        assert check.unexplained(rows, reasons, looks, TODAY) == []

    def test_sentences(self):
        """A reason and a look say what they have to say, on a day, to a row that there is."""
        names = {line["target_id"] for line in check.read("targets.csv")}
        for reason in check.read("target_reasons.csv"):
            assert reason["target_id"] in names
            assert reason["reason"].endswith(".")
            assert reason["day"] >= "2026-12-01"
        for look in check.read("target_looks.csv"):
            assert look["target_id"] in names
            assert look["searched"]
            assert look["found"]
            assert look["address"]
