"""Archived forecasts: written once, refused when edited, scored as figures come."""

import hashlib
import json
import re
from importlib import import_module
from importlib.metadata import version

import forecast_archive
import pandas as pd
import pytest
from conftest import ROOT

import tradelib as tl

archive = import_module("tradelib.front.archive")
FILES = sorted((ROOT / "data" / "forecasts").glob("*.json"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An archive of one file, written now."""
    where = tmp_path_factory.mktemp("forecasts")
    forecast_archive.write_forecasts(where)
    return where


def test_written_once(folder):
    """A file that is there is left alone, to the byte."""
    file = next(folder.glob("*.json"))
    before = file.read_bytes()
    assert forecast_archive.write_forecasts(folder) == (file, False)
    assert file.read_bytes() == before


def test_what_is_kept(folder):
    """The article's verdict whole, and every open target that has a chance: no old figure gives one."""
    verdict = tl.assess(tl.article_target())
    held = json.loads((folder / f"{verdict.as_of}.json").read_text(encoding="utf-8"))
    assert held["article"] == json.loads(verdict.to_json())
    assert held["model"] == tl.growth_model().digest()
    opened = tl.open_targets()
    answered = opened.dropna(subset="probability_in")
    kept = [row["target_id"] for row in held["open_targets"]]
    assert kept == answered.target_id.tolist()
    year = verdict.as_of.year
    assert (answered.last_year >= year - archive.RECENT_YEARS).all()
    assert (answered.by >= year).all()
    stale = opened.loc[opened.rests_on.str.startswith("our data for this pair end"), "target_id"]
    assert len(stale)
    assert not set(stale) & set(kept)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_committed_archives_hold(file):
    """Each is unedited, known by the day of its name, and of years that were not over."""
    forecasts = archive.load_forecasts()
    mine = forecasts[forecasts["file"] == file.stem]
    assert (mine["made"] == file.stem[:10]).all()
    assert (mine["by"] >= int(file.stem[:4])).all()
    assert mine["probability_in"].between(0, 1).all()
    assert (mine["probability_in"] <= mine["probability_ever"]).all()
    assert mine["target_id"].iloc[0] == "article"


def test_the_first_file_stays():
    """The first forecasts are to the byte what was written before anything came of them."""
    first = (ROOT / "data" / "forecasts" / "2026-06-30.json").read_bytes()
    digest = "0094a3a3"
    assert hashlib.sha256(first).hexdigest()[:8] == digest


def test_the_articles_row():
    """Of the first file, whose evidence had names for readers alone: nothing is lost."""
    forecasts = tl.load_forecasts()
    row = forecasts[
        (forecasts["file"] == "2026-06-30") & (forecasts["target_id"] == "article")
    ].iloc[0]
    assert row["note"].startswith("It started from the Kazakh figure of 2025 that is bundled.")
    cells = row.drop(["made", "model", "months", "note"]).to_dict()
    assert pd.isna(row["months"])
    assert cells == {
        "target_id": "article",
        "reporter": "KAZ",
        "partner": "TKM",
        "currency": "USD",
        "target_value": 1000.0,
        "last_year": 2025,
        "by": 2027,
        "probability_in": 0.10215,
        "probability_ever": 0.1224,
        "low": pytest.approx(314.27, abs=0.01),
        "median": pytest.approx(571.60, abs=0.01),
        "high": pytest.approx(1007.73, abs=0.01),
        "rests_on": "history",
        "last_value": 515.534788,
        "file": "2026-06-30",
        "why": "",
    }
    assert row["model"].startswith("2871626c")
    assert str(row["made"].date()) == "2026-06-30"


def rewritten(file, where, name, change):
    """A copy of an archived file in which something else was said, signed as if made so."""
    held = json.loads(file.read_text(encoding="utf-8"))
    del held["sha256"]
    change(held)
    signed = {"sha256": archive.digest(held), **held}
    (where / f"{name}.json").write_text(json.dumps(signed, indent=1), encoding="utf-8")


def open_target(held, name):
    """The row of an open target in an archived file."""
    return next(row for row in held["open_targets"] if row["target_id"] == name)


def earlier(held):
    """An older model that gave the article's target 0.3 and Uzbekistan's 0.9."""
    held["model"] = "old"
    held["article"]["probability_in"] = 0.3
    row = open_target(held, "UZB-TKM-2025")
    row["probability_in"] = 0.9


class TestAnotherOfTheSameDay:
    """A corrected model says something else of the same figures: a second file beside the first."""

    @pytest.fixture
    def second(self, folder, tmp_path):
        """An archive that holds what an older model said that day, and now a second file."""
        name = next(folder.glob("*.json")).stem
        rewritten(next(folder.glob("*.json")), tmp_path, name, earlier)
        before = (tmp_path / f"{name}.json").read_bytes()
        file, new = forecast_archive.write_forecasts(tmp_path, why="drift was too large")
        assert new
        assert (tmp_path / f"{name}.json").read_bytes() == before
        return tmp_path, file, name

    def test_it_says_why(self, folder, tmp_path):
        """Without a reason nothing is written; a newer day by the same model needs none."""
        file = next(folder.glob("*.json"))
        rewritten(file, tmp_path, file.stem, earlier)
        message = (
            f"^{file.name} says something else of the same day, or by another model; say why: "
        )
        with pytest.raises(ValueError, match=message):
            forecast_archive.write_forecasts(tmp_path)

        def of_another_day(held):
            earlier(held)
            held.update(known_by="2020-01-01")

        rewritten(file, tmp_path, file.stem, of_another_day)
        with pytest.raises(ValueError, match=message):
            forecast_archive.write_forecasts(tmp_path)
        assert len(list(tmp_path.glob("*.json"))) == 1
        (tmp_path / file.name).unlink()
        rewritten(file, tmp_path, "2020-01-01", lambda held: held.update(known_by="2020-01-01"))
        assert forecast_archive.write_forecasts(tmp_path) == (tmp_path / file.name, True)

    def test_what_it_carries(self, second):
        """Model, version and reason; numbered; written once like the first."""
        where, file, name = second
        held = json.loads(file.read_text(encoding="utf-8"))
        assert file.name == f"{name}-2.json"
        assert held["why"] == "drift was too large"
        assert held["model"] == tl.growth_model().digest()
        assert held["version"] == version("tradelib")
        assert forecast_archive.write_forecasts(where) == (file, False)

    def test_both_are_scored_by_one_call(self, second):
        """Each forecast with its file and model, in the order written."""
        where, file, name = second
        scores = tl.score_forecasts(where=where)
        assert list(dict.fromkeys(scores["file"])) == [name, file.stem]
        assert list(dict.fromkeys(scores["model"])) == ["old", tl.growth_model().digest()]
        assert list(dict.fromkeys(scores["why"])) == ["", "drift was too large"]
        assert len(set(scores.groupby("file").size())) == 1
        assert {"brier_in", "brier_ever"} <= set(scores)

    def test_what_changed(self, second):
        """Only answers that moved, from what to what, and that the model did it; now: nothing."""
        where, file, name = second
        changes = tl.forecast_changes(where=where).set_index("target_id")
        assert set(changes.index) == {"article", "UZB-TKM-2025"}
        now = tl.assess(tl.article_target()).probability_in
        row = changes.loc["article"]
        assert row["words"] == f"was 30%, now {now:.0%}, because the model changed"
        assert (row["was_file"], row["file"], row["was"]) == (name, file.stem, 0.3)
        assert row["probability_in"] == now


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda row: None, "the calculation changed"),
        (lambda row: row.update(last_year=2020), "newer figures came"),
        (lambda row: row.update(last_value=1.0), "newer figures came"),
        (lambda row: row.update(rests_on="size alone"), "newer figures came"),
        (lambda row: row.update(by=2035), "another year is judged"),
        (lambda row: row.update(target_value=1.0), "the target was restated"),
        (
            lambda row: row.update(last_year=2020, by=2035),
            "newer figures came and another year is judged",
        ),
    ],
)
def test_why_it_changed(folder, tmp_path, change, because):
    """The rule reads what an answer rests on, then and now."""

    def older(held):
        row = open_target(held, "UZB-TKM-2025")
        row["probability_in"] = 0.5
        change(row)

    file = next(folder.glob("*.json"))
    rewritten(file, tmp_path, file.stem, older)
    changes = tl.forecast_changes(where=tmp_path)
    assert changes["target_id"].tolist() == ["UZB-TKM-2025"]
    assert changes["file"].tolist() == ["now"]
    assert changes.index.tolist() == [0]
    assert "index" not in changes
    assert changes["words"].iloc[0].endswith(f", because {because}")


def test_both_causes(folder, tmp_path):
    """Another model and months published since are both named."""

    def older(held):
        earlier(held)
        held["article"]["evidence"].append({"key": "nowcast", "item": "9 months", "value": 1.0})

    file = next(folder.glob("*.json"))
    rewritten(file, tmp_path, file.stem, older)
    assert tl.load_forecasts(where=tmp_path)["months"].iloc[0] == "9 months"
    sentences = tl.forecast_changes(where=tmp_path).set_index("target_id")["words"]
    assert sentences["article"].endswith("because the model changed and newer figures came")
    assert sentences["UZB-TKM-2025"].endswith("because the model changed")


@pytest.mark.parametrize(("least", "there"), [(0.02, True), (0.0201, False)])
def test_how_far_it_moved(folder, tmp_path, least, there):
    """Two points are a move, to the point, in either direction."""
    now = tl.open_targets().set_index("target_id").loc["UZB-TKM-2025", "probability_in"]
    file = next(folder.glob("*.json"))
    for sign in (1, -1):

        def older(held, sign=sign):
            row = open_target(held, "UZB-TKM-2025")
            row["probability_in"] = round(now + sign * 0.02, 10)

        rewritten(file, tmp_path, file.stem, older)
        changes = tl.forecast_changes(where=tmp_path, least=least)
        assert (len(changes) == 1) == there


def test_edited_is_refused(folder, tmp_path):
    """One changed digit is found, and the file named."""
    file = next(folder.glob("*.json"))
    text = file.read_text(encoding="utf-8")
    (tmp_path / file.name).write_text(text.replace('"by": 2027', '"by": 2028', 1))
    with pytest.raises(
        ValueError,
        match=f"^{file.name} was edited after it was written; restore it: an archived forecast is "
        "scored as it was made$",
    ):
        tl.load_forecasts(where=tmp_path)


def test_digest():
    """The fingerprint is of the content in the order of its names, in letters as they are."""
    plain = '{"a": "Türkiye", "b": [1, null]}'.encode()
    assert archive.digest({"b": [1, None], "a": "Türkiye"}) == hashlib.sha256(plain).hexdigest()


def test_none(tmp_path):
    """An empty folder is an error that names the way out."""
    message = f"^no forecasts are archived in {re.escape(tmp_path.name)}; run `make forecast`$"
    with pytest.raises(ValueError, match=message):
        tl.load_forecasts(where=tmp_path)


def row(**changed):
    """A forecast of the registry's target IND-BRA-2026, or another."""
    cells = {
        "reporter": "IND",
        "partner": "BRA",
        "currency": "USD",
        "target_value": 20000.0,
        "last_year": 2025,
        "by": 2031,
        "target_id": "X",
    } | changed
    return pd.Series(cells)


@pytest.mark.parametrize(
    ("outcome", "year", "reached", "expected"),
    [
        (19000.0, 2030, None, [None, None, None]),
        (19000.0, 2031, None, [19000.0, 0, 0]),
        (19000.0, 2031, 2029, [19000.0, 0, 1]),
        (20000.0, 2031, 2031, [20000.0, 1, 1]),
        (25000.0, 2029, 2029, [None, None, 1]),
        (25000.0, 2032, 2032, [None, None, 0]),
    ],
)
def test_scored_by_the_registry(outcome, year, reached, expected):
    """In the year judged by its value; ever by it as soon as it was reached, or the year is over."""
    registry = pd.DataFrame(
        {"outcome_value": [outcome], "outcome_year": [year], "reached_year": [reached]}, index=["X"]
    ).astype(float)
    scored = archive._outcome(row(), registry, None)
    assert [None if pd.isna(value) else value for value in scored.values()] == expected


def test_scored_by_the_bundled_series():
    """KAZ-TKM, from 2021: 500 was reached in 2023; 2022 had 438.7; what lies before does not count."""
    none = pd.DataFrame({"outcome_value": [], "outcome_year": [], "reached_year": []})
    pair = {"reporter": "KAZ", "partner": "TKM", "target_value": 500.0, "last_year": 2021}
    scored = archive._outcome(row(**pair, by=2023), none, None)
    assert list(scored.values()) == [pytest.approx(562.949, abs=1e-3), 1, 1]
    scored = archive._outcome(row(**pair, by=2022), none, None)
    assert list(scored.values()) == [pytest.approx(438.692, abs=1e-3), 0, 0]
    scored = archive._outcome(row(**pair, by=2027), none, None)
    assert pd.isna(scored["value"])
    assert scored["reached_ever"] == 1
    early = archive._outcome(row(**pair, by=2027), none, "2023-02-15")
    assert pd.isna(early["reached_ever"])
    late = archive._outcome(row(**(pair | {"last_year": 2023}), by=2025), none, None)
    assert late["reached_ever"] == 1
    turnover = tl.load_turnover("KAZ", "TKM").set_index("year")["turnover_musd"]
    value = float(turnover[2023])
    just = archive._outcome(row(**(pair | {"target_value": value}), by=2023), none, None)
    assert (just["reached_in"], just["reached_ever"]) == (1, 1)
    other = pd.DataFrame(
        {"outcome_value": [7.0], "outcome_year": [2022.0], "reached_year": [None]}, index=["X"]
    ).astype(float)
    euros = archive._outcome(row(**pair, by=2022, currency="EUR"), other, None)
    assert list(euros.values()) == [7, 0, 0]
    gone = archive._outcome(row(target_id="gone"), none, None)
    assert all(pd.isna(value) for value in gone.values())


def test_brier(folder, monkeypatch):
    """Each score is the squared gap between the probability and what came; missing until then."""
    assert tl.score_forecasts(where=folder)[["brier_in", "brier_ever"]].isna().all(axis=None)
    for came in (0.0, 1.0):
        outcome = {"value": 1.0, "reached_in": came, "reached_ever": 1 - came}
        monkeypatch.setattr(archive, "_outcome", lambda *_, outcome=outcome: outcome)
        scores = tl.score_forecasts(where=folder)
        gap_in = scores["probability_in"] - came
        assert scores["brier_in"].tolist() == (gap_in**2).tolist()
        gap_ever = scores["probability_ever"] - (1 - came)
        assert scores["brier_ever"].tolist() == (gap_ever**2).tolist()


def test_scored_by_what_was_known(folder, monkeypatch):
    """A day asked about reaches the figures that a forecast is scored by."""
    calls = []

    def outcome(*arguments):
        calls.append(arguments)
        return {"value": 1.0, "reached_in": 0.0, "reached_ever": 1.0}

    monkeypatch.setattr(archive, "_outcome", outcome)
    scores = tl.score_forecasts(where=folder, as_of="2026-07-01")
    assert {day for _, _, day in calls} == {"2026-07-01"}
    targets = tl.load_targets(as_of="2026-07-01")
    _, registry, _ = calls[0]
    assert registry.index.tolist() == targets["target_id"].tolist()
    assert registry["outcome_value"].count() == targets["outcome_value"].count()
    assert [row.target_id for row, _, _ in calls] == scores["target_id"].tolist()
