"""The scripts of the registry: columns that follow from others, and the file of it alone."""

import shutil
import zipfile

import pandas as pd
import pytest
import registry_release as release
import targets as prepare
from conftest import ROOT

from tradelib.datasets.tables import schema


@pytest.mark.parametrize(
    ("when", "day", "basis"),
    [
        ("2022-10-05", "2022-10-05", "stated"),
        ("2020-02", "2020-02-29", "month"),
        ("2021", "2021-12-31", "year"),
    ],
)
def test_last_day(when, day, basis):
    """The last day of a month or year; an exact day is itself."""
    assert prepare.last_day(when) == (day, basis)


@pytest.mark.parametrize(
    ("deadline", "reached", "day"),
    [
        ("2015", "", "2016-06-30"),
        ("", "2012", "2013-06-30"),
        ("2015", "2012", "2013-06-30"),
        ("2015", "2018", "2016-06-30"),
        ("", "", ""),
    ],
)
def test_resolved(deadline, reached, day):
    """On 30 June after the deciding year, which is the earlier of the two."""
    assert prepare.resolved(deadline, reached) == day


def row(name, announced, value, **changes):
    """A pledge of one pair, with the cells that the script reads; all others are empty."""
    of_pledge = {
        "target_id": name,
        "reporter": "AAA",
        "partner": "BBB",
        "announced": announced,
        "target_value": value,
        "currency": "USD",
        "deadline": "2020",
        "status": "open",
    }
    return dict.fromkeys(schema("targets.csv"), "") | of_pledge | changes


def followed(*rows):
    """What each row supersedes, and its version, by name."""
    table = prepare.refreshed(pd.DataFrame(rows, dtype="str")).set_index("target_id")
    return table["supersedes"].to_dict(), table["version"].to_dict()


class TestSupersedes:
    """Which pledge another one replaces."""

    def test_the_latest_that_is_open(self):
        """Of two open ones of the pair, whichever side comes first, the later; from version 1 on."""
        names, versions = followed(
            row("C", "2015-03-01", "400"),
            row("A", "2010-05", "100"),
            row("B", "2012", "200", reporter="BBB", partner="AAA"),
            row("D", "2012", "200", partner="CCC"),
            row("E", "2012", "200", reporter="CCC"),
        )
        assert names == {"A": "", "B": "A", "C": "B", "D": "", "E": ""}
        assert versions == {"A": "1", "B": "2", "C": "3", "D": "1", "E": "1"}

    @pytest.mark.parametrize(
        ("changes", "is_open"),
        [
            ({}, True),
            ({"deadline": "2012"}, True),
            ({"deadline": "2011"}, False),
            ({"deadline": ""}, True),
            ({"reached_year": "2012"}, True),
            ({"reached_year": "2011"}, False),
            ({"target_value": "200"}, True),
            ({"target_value": "1000"}, False),  # as numbers, not as text
            ({"currency": "EUR"}, False),
            ({"currency": "EUR", "status": "superseded", "target_value": "900"}, True),
            ({"announced": "2012-06-01"}, False),
            ({"announced": "2012-05-31"}, True),
        ],
    )
    def test_what_is_open(self, changes, is_open):
        """Neither over nor reached before the year, not higher, and out before the day."""
        old = row("A", "2010", "100") | changes
        names, _ = followed(old, row("B", "2012-06-01", "200"))
        assert names["B"] == ("A" if is_open else "")

    def test_a_year_alone_comes_first(self):
        """What was announced in 2012, no day known, replaces nothing that was out in that year."""
        names, _ = followed(row("A", "2012-01-15", "100"), row("B", "2012", "200"))
        assert names["B"] == ""
        names, _ = followed(row("A", "2011-12-31", "100"), row("B", "2012", "200"))
        assert names["B"] == "A"

    def test_order_of_one_day(self):
        """By deadline, those without one last, then by value."""
        _, versions = followed(
            row("D", "2012-01-15", "10", deadline=""),
            row("C", "2012-01-15", "1000"),
            row("B", "2012-01-15", "200"),
            row("A", "2012-01-15", "900", deadline="2019"),
        )
        assert versions == {"A": "1", "B": "2", "C": "3", "D": "4"}

    def test_other_cells_stay(self):
        """The order of rows and columns, and every cell that does not follow from others."""
        rows = [row("B", "2015-03", "9.50", note="kept"), row("A", "2010", "100")]
        given = pd.DataFrame(rows, dtype="str")
        table = prepare.refreshed(given)
        assert table["released"].tolist() == ["2015-03-31", "2010-12-31"]
        assert table["resolved"].tolist() == ["2021-06-30"] * 2
        follow = [name for name in table if not table[name].equals(given[name])]
        assert set(follow) <= {"released", "released_basis", "resolved", "supersedes", "version"}


def test_main_writes_it_back(tmp_path, monkeypatch):
    """Run on what ships, the file stays as it is."""
    shutil.copy(ROOT / "data" / "targets.csv", tmp_path)
    monkeypatch.setattr(prepare, "DATA", tmp_path)
    prepare.main()
    made = (tmp_path / "targets.csv").read_bytes()
    assert made == (ROOT / "data" / "targets.csv").read_bytes()


ENTRY = {
    "name": "targets",
    "path": "targets.csv",
    "description": "Of the table.",
    "version": "7",
    "published": "2026-01-02",
    "accessed": "2026-03-04",
    "licenses": [{"name": "CC-BY-4.0", "title": "CC BY 4.0"}],
    "contributors": [{"title": "someone"}],
    "sources": [{"title": "announcements"}],
    "schema": {"fields": [{"name": "target_id"}], "foreignKeys": [{"fields": "x"}]},
}
PACKAGE = {
    "description": "Of all tables.",
    "licenses": [{"name": "other", "title": "other"}],
    "contributors": [{"title": "everyone"}],
    "resources": [{"name": "figures"}, ENTRY],
}


class TestRelease:
    """Each part of the file says what its source says, and of the right thing."""

    def test_codebook(self):
        """The table's own version, day, licence and sources; contributors are the library's."""
        book = release.codebook(PACKAGE, ENTRY)
        assert book["version"] == "7"
        assert book["created"] == "2026-01-02T00:00:00Z"
        assert book["licenses"] == ENTRY["licenses"]
        assert book["contributors"] == PACKAGE["contributors"]
        (only,) = book["resources"]
        assert only["schema"] == {"fields": [{"name": "target_id"}]}
        assert only | {"schema": ENTRY["schema"]} == ENTRY

    def test_citation(self):
        """The table's version and day, the library's authors."""
        lines = release.citation(ENTRY).splitlines()
        assert 'version: "7"' in lines
        assert "date-released: 2026-01-02" in lines
        assert "license: CC-BY-4.0" in lines

    def test_changes(self):
        """Corrections by day, newest first, each under its row; then searches, by number."""
        rows = [("A", "2", "2026-11-20: x was 1: y | 2026-11-24: y was 2"), ("B", "10", "")]
        table = pd.DataFrame(rows, columns=["target_id", "batch", "audit"])
        lines = [line for line in release.changes(table, "7").splitlines() if line]
        assert lines[1:] == [
            "## Audit of 2026-11-24",
            "- A: y was 2",
            "## Audit of 2026-11-20",
            "- A: x was 1: y",
            "## Search 10: 1 rows",
            "B",
            "## Search 2: 1 rows",
            "A",
        ]

    def test_the_file(self, tmp_path):
        """Every part carries the same old day, so that the same table gives the same bytes."""
        with zipfile.ZipFile(release.release(tmp_path / "new")) as archive:
            assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
