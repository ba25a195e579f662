"""Archived forecasts: written once, refused when edited, scored as figures come."""

import json
from importlib import import_module

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
    """The article's verdict whole, and open targets with a recent figure and a year to come."""
    verdict = tl.assess(tl.article_target())
    held = json.loads((folder / f"{verdict.as_of}.json").read_text(encoding="utf-8"))
    assert held["article"] == json.loads(verdict.to_json())
    assert held["model"] == tl.growth_model().digest()
    opened = tl.open_targets().dropna(subset="probability_in")
    recent = opened[(opened.last_year >= 2023) & (opened.by >= 2026)]
    assert [row["target_id"] for row in held["open_targets"]] == recent.target_id.tolist()
    assert len(recent) < len(opened)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_committed_archives_hold(file):
    """Each is unedited, known by the day of its name, and of years that were not over."""
    found = archive.load_forecasts()
    mine = found[found["made"] == file.stem]
    assert (mine["by"] >= int(file.stem[:4])).all()
    assert mine["probability_in"].between(0, 1).all()
    assert (mine["probability_in"] <= mine["probability_ever"]).all()
    assert mine["target_id"].iloc[0] == "article"


def test_edited_is_refused(folder, tmp_path):
    """One changed digit is found, and the file named."""
    file = next(folder.glob("*.json"))
    text = file.read_text(encoding="utf-8")
    (tmp_path / file.name).write_text(text.replace('"by": 2027', '"by": 2028', 1))
    with pytest.raises(ValueError, match=f"^{file.name} was edited after it was written"):
        tl.load_forecasts(where=tmp_path)


def test_none(tmp_path):
    """An empty folder is an error that names the way out."""
    with pytest.raises(ValueError, match="no forecasts are archived in .*; run `make forecast`"):
        tl.load_forecasts(where=tmp_path)


def row(**changed):
    """A forecast of the registry's target IND-BRA-2026, or another."""
    found = {"reporter": "IND", "partner": "BRA", "currency": "USD", "target_value": 20000.0,
             "last_year": 2025, "by": 2031, "target_id": "X"} | changed  # fmt: skip
    return pd.Series(found)


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
    found = archive._outcome(row(), registry, None)
    assert [None if pd.isna(value) else value for value in found.values()] == expected


def test_scored_by_the_bundled_series():
    """KAZ-TKM, from 2021: 500 was reached in 2023; 2022 had 438.7; what lies before does not count."""
    none = pd.DataFrame({"outcome_value": [], "outcome_year": [], "reached_year": []})
    pair = {"reporter": "KAZ", "partner": "TKM", "target_value": 500.0, "last_year": 2021}
    found = archive._outcome(row(**pair, by=2023), none, None)
    assert list(found.values()) == [pytest.approx(562.949, abs=1e-3), 1, 1]
    found = archive._outcome(row(**pair, by=2022), none, None)
    assert list(found.values()) == [pytest.approx(438.692, abs=1e-3), 0, 0]
    found = archive._outcome(row(**pair, by=2027), none, None)
    assert pd.isna(found["value"])
    assert found["reached_ever"] == 1
    early = archive._outcome(row(**pair, by=2027), none, "2023-02-15")
    assert pd.isna(early["reached_ever"])
    late = archive._outcome(row(**(pair | {"last_year": 2023}), by=2025), none, None)
    assert late["reached_ever"] == 1
    gone = archive._outcome(row(target_id="gone"), none, None)
    assert all(pd.isna(value) for value in gone.values())


def test_brier(folder, monkeypatch):
    """Each score is the squared gap between the probability and what came; missing until then."""
    assert tl.score_forecasts(where=folder)[["brier_in", "brier_ever"]].isna().all(axis=None)
    monkeypatch.setattr(
        archive, "_outcome", lambda *_: {"value": 1.0, "reached_in": 0.0, "reached_ever": 1.0}
    )
    found = tl.score_forecasts(where=folder)
    assert found["brier_in"].tolist() == (found["probability_in"] ** 2).tolist()
    assert found["brier_ever"].tolist() == ((1 - found["probability_ever"]) ** 2).tolist()
