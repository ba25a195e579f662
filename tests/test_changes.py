"""Chances that moved between archives: how far, since when, and what differs on record."""

import json
from datetime import date

import pandas as pd
import published
import pytest
from archives import open_target, rewritten
from conftest import ROOT
from pages.feed import MOST, feed

import tradelib as tl
from tradelib.api import changes

BUNDLED = ROOT / "data" / "forecasts"
NEWEST = max(BUNDLED.glob("*.json"))
# One with a deadline, and one without, of which the chance in any year up to 2030 is shown.
DATED, VAGUE = "RUS-TJK-2025", "UZB-TKM-2025"


@pytest.fixture
def two(tmp_path):
    """Two archives: the newest, and one of 30 November 2026 in which something was otherwise."""

    def two(change):
        def before(held):
            held.update(known_by="2026-11-30")
            change(held)

        rewritten(NEWEST, tmp_path, "2026-11-30", before)
        (tmp_path / NEWEST.name).write_bytes(NEWEST.read_bytes())
        return tmp_path

    return two


def moved_by(points, name=DATED, column="probability_in"):
    """An archive in which a chance was so many points lower."""

    def change(held):
        row = open_target(held, name)
        row[column] = round(row[column] - points / 100, 10)

    return change


@pytest.mark.parametrize("points", [6, 5, -6])
def test_six_points_are_told(two, points):
    """Of six points, and of five to the point, up or down; with both chances and both days."""
    told = tl.archive_changes(where=two(moved_by(points)))
    assert told["target_id"].tolist() == [DATED]
    row = told.iloc[0]
    assert row["chance"] - row["was"] == pytest.approx(points / 100, abs=1e-9)
    assert row["chance"] == row["probability_in"]
    expected = (pd.Timestamp("2026-11-30"), pd.Timestamp("2026-12-01"))
    assert (row["was_made"], row["made"]) == expected
    assert row["words"].startswith(f"was {row['was']:.0%}, now {row['chance']:.0%}: ")


@pytest.mark.parametrize("points", [4.999, -4, 0])
def test_four_points_are_not(two, points):
    """What moved less than five points is not told, but with a smaller `least` it is."""
    where = two(moved_by(points))
    assert tl.archive_changes(where=where).empty
    assert len(tl.archive_changes(where=where, least=0.04)) == (points != 0)


def test_the_chance_that_is_shown(two):
    """Without a deadline the chance in any year up to the one looked to is told, and that alone."""
    assert tl.archive_changes(where=two(moved_by(6, VAGUE))).empty
    told = tl.archive_changes(where=two(moved_by(6, VAGUE, "probability_ever")))
    assert told["target_id"].tolist() == [VAGUE]
    assert told["chance"].iloc[0] == told["probability_ever"].iloc[0]


@pytest.mark.parametrize(
    ("then", "kinds", "words"),
    [
        ({}, "", "nothing differs"),
        ({"last_year": 2024.0}, "figure", "a newer figure came (of 2025)"),
        ({"last_year": 2026.0}, "figure", "the figure of 2026 no longer counts"),
        ({"last_value": 1000.0}, "figure", "the figure of 2025 changed by 130%"),
        ({"last_value": 2302.2}, "figure", "the figure of 2025 changed by under 1%"),
        ({"last_value": 2300.0 * (1 + 1e-9)}, "", "nothing differs"),
        ({"last_value": None}, "", "nothing differs"),
        ({"rests_on": "size alone"}, "basis", "it rests on the pair's own recent years now"),
        ({"rests_on": "history"}, "", "nothing differs"),
        ({"by": 2029.0}, "year", "the year judged is 2030, not 2029"),
        ({"currency": "EUR"}, "target", "the target was restated"),
        ({"by": 2029.0, "target_value": 1.0}, "year target", "not 2029 and the target was"),
    ],
)
def test_what_differs(two, then, kinds, words):
    """Only what is on record is named: each difference by its kind, none where none is."""

    def known(held):
        open_target(held, DATED).update(
            last_year=2025.0, last_value=2300.0, rests_on="own recent", by=2030.0
        )

    def before(held):
        known(held)
        moved_by(6)(held)
        open_target(held, DATED).update(then)

    where = two(before)
    rewritten(NEWEST, where, NEWEST.stem, known)
    row = tl.archive_changes(where=where).iloc[0]
    assert row["causes"] == kinds
    assert words in row["words"]


def test_the_model_and_months(two):
    """Another digest is another model; months are on record for the article's pair alone."""

    def before(held):
        held["model"] = "old"
        held["article"]["evidence"].append({"key": "nowcast", "item": "9 months", "value": 1.0})
        for name in (DATED, "KAZ-TKM-2022"):
            moved_by(6, name)(held)

    told = tl.archive_changes(where=two(before)).set_index("target_id")
    assert set(told.index) == {DATED, "KAZ-TKM-2022"}
    assert told.loc[DATED, "causes"] == "model"
    assert told.loc["KAZ-TKM-2022", "causes"] == "model months"
    assert told.loc["KAZ-TKM-2022", "was_months"] == "9 months"


def test_since(two):
    """The day on which data ended counts; what is no day, or has not come, is refused by its name."""
    where = two(moved_by(6))
    for day in ("2026-12-01", date(2026, 12, 1), "2026-11-30", None):
        assert len(tl.archive_changes(where=where, since=day)) == 1
    since_july = tl.archive_changes(where=BUNDLED, since="2026-07-01")
    assert set(since_july["made"]) == {pd.Timestamp("2026-12-01")}
    with pytest.raises(tl.InputError, match="^since is a day such as '2022-10-05', got 'May'"):
        tl.archive_changes(since="May")
    with pytest.raises(tl.InputError, match="^since must be a day that has come, got 2999-01-01"):
        tl.archive_changes(since="2999-01-01")


@pytest.mark.parametrize("least", [1, -0.05, float("nan")])
def test_points_are_no_share(least):
    """Five is no share: it would find nothing, and say so of all."""
    with pytest.raises(tl.InputError, match="^least is a share below 1, such as 0.05 for five"):
        tl.archive_changes(least=least)


def test_the_bundled_archives():
    """Newest first, then the largest; a target once in an archive, and each as the archive has it."""
    told = tl.archive_changes()
    held = tl.load_forecasts()
    files = held["file"].unique().tolist()
    order = [files.index(file) for file in told["file"]]
    assert order == sorted(order, reverse=True)
    assert not told.duplicated(["file", "target_id"]).any()
    assert "article" not in set(told["target_id"])
    size = (told["chance"] - told["was"]).abs()
    for _, group in size.groupby(told["file"]):
        assert group.is_monotonic_decreasing
        assert group.min() >= changes.TOLD - changes.CHANGE_ROUNDING
    by_name = held.set_index(["file", "target_id"])
    for row in told.itertuples():
        now = by_name.loc[(row.file, row.target_id)]
        was = by_name.loc[(row.was_file, row.target_id)]
        column = "probability_ever" if pd.isna(now["deadline"]) else "probability_in"
        assert (row.chance, row.was) == (now[column], was[column])
        assert files.index(row.was_file) < files.index(row.file)
        assert ("model" in row.causes.split()) == (now["model"] != was["model"])


def test_one_archive_alone(tmp_path):
    """With nothing to compare there is no change; without an archive there is no answer."""
    rewritten(NEWEST, tmp_path, NEWEST.stem, lambda held: None)
    assert tl.archive_changes(where=tmp_path).empty
    with pytest.raises(tl.NoAnswerError, match="no forecasts are archived in nothing"):
        tl.archive_changes(where=tmp_path / "nothing")


class TestFeed:
    """The same changes as an Atom feed."""

    @pytest.mark.parametrize("address", ["", "https://example.org/trade"])
    def test_valid(self, address):
        """By RFC 4287, with the newest changes; the same ids whenever it is made."""
        told = tl.archive_changes()
        assert len(told) > MOST
        text = feed(told, set(told["target_id"]), "2026-12-01", address)
        assert published.of_feed(text) == []
        assert text.count("<entry>") == MOST
        host = "example.org" if address else "tradelib"
        first = told.iloc[0]
        entry = f"tag:{host},2026:tradelib/changes/{first['file']}/{first['target_id']}"
        assert f"<id>{entry}</id>" in text
        page = f"targets/{first['target_id']}.html"
        assert f'href="{address}/{page}"' in text if address else f'href="{page}"' in text

    def test_a_seeded_change(self, two):
        """One of six points has an entry, with both chances."""
        told = tl.archive_changes(where=two(moved_by(6)))
        text = feed(told, {DATED}, "2026-12-01")
        assert published.of_feed(text) == []
        assert text.count("<entry>") == 1
        assert f"changes/2026-12-01/{DATED}" in text
        now = open_target(json.loads(NEWEST.read_text("utf-8")), DATED)["probability_in"]
        assert f"The chance was {now - 0.06:.0%}, now {now:.0%}" in text

    def test_odd_words(self, two):
        """What XML would misread is escaped; a target without a page has no link, but its words."""
        told = tl.archive_changes(where=two(moved_by(6))).assign(event="A & B <i>, 'C' \"D\"")
        text = feed(told, set(), "2026-12-01", "https://example.org")
        assert published.of_feed(text) == []
        assert "A &amp; B &lt;i&gt;" in text
        assert f"targets/{DATED}" not in text

    @pytest.mark.parametrize(
        ("was", "now", "fault"),
        [
            ("tag:tradelib,2026:tradelib/changes/", "changes/", "is not absolute"),
            ("T00:00:00Z", "", "updated is no instant"),
            ("<title>", "<title/><title>", "has not one title"),
        ],
    )
    def test_the_check_refuses(self, two, was, now, fault):
        """What RFC 4287 forbids is found."""
        text = feed(tl.archive_changes(where=two(moved_by(6))), {DATED}, "2026-12-01")
        assert was in text
        assert any(fault in found for found in published.of_feed(text.replace(was, now)))
