"""Archived forecasts: written once, refused when edited, scored as figures come."""

import hashlib
import json
import re
from importlib import import_module

import forecast_archive
import pandas as pd
import pytest
import resolve
from archives import open_target, rewritten
from conftest import ROOT

import tradelib as tl
from tradelib.pages.cards import open_now

archive = import_module("tradelib.api.archive")


@pytest.fixture(scope="module", autouse=True)
def _said_once():
    """Today's open targets are worked out once: it is of what is written that the tests ask."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "open_targets", lambda: open_now().copy())
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An archive of one file, written now."""
    where = tmp_path_factory.mktemp("forecasts")
    forecast_archive.write_forecasts(where)
    return where


def test_what_is_kept(folder):
    """The article's verdict whole, and every open target that has a chance: no old figure gives one."""
    verdict = tl.assess(tl.article_target())
    held = json.loads((folder / f"{verdict.as_of}.json").read_text(encoding="utf-8"))
    assert held["article"] == json.loads(verdict.to_json())
    assert held["model"] == tl.growth_model().digest()
    opened = open_now()
    answered = opened.dropna(subset="probability_in")
    kept = [row["target_id"] for row in held["open_targets"]]
    assert kept == answered.target_id.tolist()
    year = verdict.as_of.year
    assert (answered.last_year >= year - archive.RECENT_YEARS).all()
    assert (answered.by >= year).all()
    stale = opened.loc[opened.rests_on.str.startswith("our data for this pair end"), "target_id"]
    assert len(stale)
    assert not set(stale) & set(kept)


def test_committed_archives_hold():
    """Each is unedited, known by the day of its name, and of years that were not over."""
    forecasts = archive.load_forecasts()
    days = pd.to_datetime(forecasts["file"].str[:10])
    assert (forecasts["made"] == days).all()
    assert (forecasts["by"] >= days.dt.year).all()
    assert forecasts["probability_in"].between(0, 1).all()
    assert (forecasts["probability_in"] <= forecasts["probability_ever"]).all()
    assert set(forecasts.groupby("file")["target_id"].first()) == {"article"}


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
    assert (row["probability_in"], row["probability_ever"]) == (0.10215, 0.1224)
    values = row[["low", "median", "high"]].tolist()
    assert values == pytest.approx([314.27, 571.60, 1007.73], abs=0.01)
    assert (row["last_year"], row["last_value"]) == (2025, 515.534788)
    assert (row["by"], row["deadline"], row["target_value"]) == (2027, 2027, 1000)
    assert row["model"].startswith("2871626c")


def earlier(held):
    """An older model that gave the article's target 0.3 and Uzbekistan's 0.9."""
    held["model"] = "old"
    held["article"]["probability_in"] = 0.3
    open_target(held, "UZB-TKM-2025").update(probability_in=0.9, probability_ever=0.95)


def test_said_at_the_terminal(monkeypatch, capsys):
    """What was done in a line; a refusal is an error of the command, in words."""
    monkeypatch.setattr(forecast_archive, "write_forecasts", lambda where: (where / "x", False))
    forecast_archive.main()
    assert capsys.readouterr().out.startswith("x: there already")

    def refuse(where):
        raise tl.InputError("a forecast has a day")

    monkeypatch.setattr(forecast_archive, "write_forecasts", refuse)
    with pytest.raises(SystemExit, match="^nothing written: a forecast has a day$"):
        forecast_archive.main()


class TestSeveralOfOneDay:
    """The first archives hold several files of one day, with a reason: all stay readable."""

    @pytest.fixture
    def second(self, folder, tmp_path):
        """An archive that holds what an older model said that day, and a second file."""
        first = next(folder.glob("*.json"))
        rewritten(first, tmp_path, first.stem, earlier)
        again = tmp_path / f"{first.stem}-2.json"
        rewritten(first, tmp_path, again.stem, lambda held: held.update(why="drift was too large"))
        return tmp_path, again, first.stem

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
        assert row["words"] == f"was 30%, now {now:.0%}: the model changed"
        assert (row["was_file"], row["file"], row["was"]) == (name, file.stem, 0.3)
        assert row["probability_in"] == now


def test_edited_is_refused(folder, tmp_path):
    """One changed digit is found, and the file named."""
    file = next(folder.glob("*.json"))
    text = file.read_text(encoding="utf-8")
    (tmp_path / file.name).write_text(text.replace('"by": 2027', '"by": 2028', 1))
    with pytest.raises(ValueError, match=f"^{file.name} was edited after it was written; restore"):
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


def of_registry(**changed):
    """The registry's outcome of a target X: 7 in 2022, known from June 2023, or another."""
    cells = {
        "outcome_value": 7.0,
        "outcome_year": 2022.0,
        "reached_year": float("nan"),
        "outcome_day": pd.Timestamp("2023-06-30"),
    } | changed
    return pd.DataFrame(cells, index=["X"])


NONE = of_registry().drop(index="X")


@pytest.mark.parametrize(
    ("outcome", "year", "reached", "expected"),
    [
        (19000.0, 2030.0, float("nan"), [None, None, None, None, False]),
        (19000.0, 2031.0, float("nan"), [19000.0, 0, 0, None, True]),
        (19000.0, 2031.0, 2029.0, [19000.0, 0, 1, 2029, True]),
        (20000.0, 2031.0, 2031.0, [20000.0, 1, 1, 2031, True]),
        (25000.0, 2029.0, 2029.0, [None, None, 1, 2029, False]),
        (25000.0, 2032.0, 2032.0, [None, None, 0, 2032, True]),
    ],
)
def test_scored_by_the_registry(outcome, year, reached, expected):
    """In the year judged by its value; ever by it by the year reached; over by the newest figure."""
    registry = of_registry(outcome_value=outcome, outcome_year=year, reached_year=reached)
    came = archive._outcome(row(), registry, None)
    cells = [None if pd.isna(value) else value for value in came[:4]]
    assert [*cells, came.resolved_on is not None] == expected


def test_scored_by_the_bundled_series():
    """KAZ-TKM, from 2021: 500 was reached in 2023; 2022 had 438.7; what lies before does not count."""
    pair = {"reporter": "KAZ", "partner": "TKM", "target_value": 500.0, "last_year": 2021}
    came = archive._outcome(row(**pair, by=2023), NONE, None)
    assert came[:4] == (pytest.approx(562.949, abs=1e-3), 1, 1, 2023)
    assert came.resolved_on == pd.Timestamp("2024-02-15")
    came = archive._outcome(row(**pair, by=2022), NONE, None)
    assert came[:3] == (pytest.approx(438.692, abs=1e-3), 0, 0)
    came = archive._outcome(row(**pair, by=2027), NONE, None)
    assert pd.isna(came.value)
    assert (came.reached_ever, came.resolved_on) == (1, None)
    early = archive._outcome(row(**pair, by=2027), NONE, "2023-02-15")
    assert pd.isna(early.reached_ever)
    late = archive._outcome(row(**(pair | {"last_year": 2023}), by=2025), NONE, None)
    assert late.reached_ever == 1
    turnover = tl.load_turnover("KAZ", "TKM").set_index("year")["turnover_musd"]
    value = float(turnover[2023])
    just = archive._outcome(row(**(pair | {"target_value": value}), by=2023), NONE, None)
    assert (just.reached_in, just.reached_ever) == (1, 1)
    euros = archive._outcome(row(**pair, by=2022, currency="EUR"), of_registry(), None)
    assert euros[:3] == (7, 0, 0)
    assert archive._outcome(row(target_id="gone"), NONE, None) == archive.NOT_KNOWN


def came_of_it(**changed):
    """An outcome that is over and known, or another."""
    known = {
        "value": 1.0,
        "reached_in": 0.0,
        "reached_ever": 1.0,
        "first_year": float("nan"),
        "resolved_on": pd.Timestamp("2028-06-30"),
    }
    return archive.Outcome(**(known | changed))


def test_brier(folder, monkeypatch):
    """Each score is the squared gap between the probability and what came; missing until then."""
    assert tl.score_forecasts(where=folder)[["brier_in", "brier_ever"]].isna().all(axis=None)
    for came in (0.0, 1.0):
        outcome = came_of_it(reached_in=came, reached_ever=1 - came)
        monkeypatch.setattr(archive, "_outcome", lambda *_, outcome=outcome: outcome)
        scores = tl.score_forecasts(where=folder)
        assert set(scores["status"]) == {"resolved"}
        gap_in = scores["probability_in"] - came
        assert scores["brier_in"].tolist() == (gap_in**2).tolist()
        gap_ever = scores["probability_ever"] - (1 - came)
        assert scores["brier_ever"].tolist() == (gap_ever**2).tolist()


def test_scored_by_what_was_known(folder, monkeypatch):
    """A day asked about reaches the figures that a forecast is scored by."""
    calls = []

    def outcome(*arguments):
        calls.append(arguments)
        return came_of_it()

    monkeypatch.setattr(archive, "_outcome", outcome)
    scores = tl.score_forecasts(where=folder, as_of="2026-07-01")
    assert {day for _, _, day in calls} == {"2026-07-01"}
    targets = tl.load_targets(as_of="2026-07-01")
    _, registry, _ = calls[0]
    assert registry.index.tolist() == targets["target_id"].tolist()
    full = targets[~targets["partial"]]
    assert registry["outcome_value"].count() == full["outcome_value"].count()
    assert [row.target_id for row, _, _ in calls] == scores["target_id"].tolist()


class TestStatus:
    """Open until the year judged is over; void if it was about something else, or about the past."""

    def judged(self, folder, where, change):
        """Forecasts by target of an archive in which something else was said."""
        file = next(folder.glob("*.json"))
        rewritten(file, where, file.stem, change)
        return archive.resolution(where=where).set_index("target_id")

    def test_corrected_since(self, folder, tmp_path):
        """Value, deadline, pair or row: such a forecast is void and says why; others are open."""
        dated = open_now().query("deadline_kind != 'vague' and probability_in == probability_in")
        changes = [
            ("target_value", 12345.0, "value was USD 12,345m and is"),
            ("by", 2040, "deadline was 2040 and is"),
            ("deadline_kind", "vague", "deadline was none and is"),
            ("partner", "ATA", "-ATA and is"),
            ("target_id", "IND-ATA-2024", "row was taken out"),
        ]
        names = dated.query("currency == 'USD'")["target_id"].head(len(changes)).tolist()

        def other(held):
            held["article"]["target"].update(value_musd=900.0)
            for name, (cell, was, _) in zip(names, changes, strict=True):
                open_target(held, name)[cell] = was

        rows = self.judged(folder, tmp_path, other)
        names[-1] = "IND-ATA-2024"
        void = rows["status"] == "void"
        assert set(rows.index[void]) == {"article", *names}
        for name, (_, _, said) in zip(names, changes, strict=True):
            assert said in rows.loc[name, "voids"]
        assert set(rows.loc[~void, "status"]) == {"open"}
        assert set(rows.loc[~void, "voids"]) == {archive.VOIDS}
        assert rows.loc[:, "value":].isna().all(axis=None)

    def test_reached_before_it_was_made(self, folder, monkeypatch):
        """A forecast of what was over is none, and is not scored; one of its own year is."""
        made = int(tl.load_forecasts(where=folder)["made"].iloc[0].year)
        for year, status in ((made - 1, "void"), (made, "resolved")):
            outcome = came_of_it(first_year=float(year))
            monkeypatch.setattr(archive, "_outcome", lambda *_, outcome=outcome: outcome)
            rows = tl.score_forecasts(where=folder)
            assert set(rows["status"]) == {status}
            assert rows["brier_in"].isna().all() == (status == "void")

    def test_reached_before_its_year_is_over(self, folder, monkeypatch):
        """It stays open: else the kept would be scored years before the missed."""
        monkeypatch.setattr(archive, "_outcome", lambda *_: came_of_it(resolved_on=None))
        rows = tl.score_forecasts(where=folder)
        assert set(rows["status"]) == {"open"}
        assert rows[["value", "reached_ever", "brier_ever"]].isna().all(axis=None)

    def test_resolved(self, folder, tmp_path):
        """A forecast of 2022 about 2023, from what the archive holds to the file that ships."""

        def of_2022(held):
            held.update(known_by="2022-10-05", open_targets=[])
            held["article"].update(by=2023, probability_in=0.5, probability_ever=0.25)
            evidence = {row["key"]: row for row in held["article"]["evidence"]}
            evidence["last_year"]["value"] = 2021.0

        article = self.judged(folder, tmp_path, of_2022).loc["article"]
        assert article["status"] == "resolved"
        assert article["value"] == pytest.approx(562.949, abs=1e-3)
        assert (article["reached_in"], article["reached_ever"]) == (0, 0)
        assert (article["brier_in"], article["brier_ever"]) == (0.5**2, 0.25**2)
        assert article["resolved_on"] == pd.Timestamp("2024-02-15")
        assert article["source"].startswith("the recommended series of KAZ-TKM")

    def test_a_correction_counts_from_its_day(self):
        """Asked about a day before the registry was corrected, what it voids is still open."""
        now = tl.score_forecasts()
        void = now["status"] == "void"
        assert void.any()
        then = tl.score_forecasts(as_of="2026-07-01")
        # One was asked without the deadline that its row had on that day, and has again.
        assert set(then.loc[then["status"] != "open", "target_id"]) == {"PAK-UZB-2025"}
        assert set(now["status"]) == {"open", "void"}  # until the first year judged is over

    def test_when_a_figure_is_known(self):
        """On 30 June after its year, or when its page was printed, by the last day that may be."""
        known = archive._day_known
        assert known(float("nan"), "2012") is None
        assert known(2010.0, float("nan")) == pd.Timestamp("2011-06-30")
        assert known(2010.0, "2010-12-05") == pd.Timestamp("2011-06-30")
        assert known(2010.0, "2012-02") == pd.Timestamp("2012-02-29")


class TestResolutionFile:
    """data/forecasts/resolution.csv: a row a forecast, made of the data alone."""

    FILE = ROOT / "data" / resolve.FILE

    def test_written_only_if_changed(self, tmp_path, monkeypatch, capsys):
        """What ships, to the byte, or run `make data`; a second run touches nothing."""
        described = []
        text = resolve.resolution_text()
        monkeypatch.setattr(resolve, "resolution_text", lambda: text)
        monkeypatch.setattr(resolve, "__file__", str(tmp_path / "prepare" / "resolve.py"))
        monkeypatch.setattr(resolve.datapackage, "main", lambda: described.append(True))
        (tmp_path / "forecasts").mkdir()
        resolve.main()
        assert (tmp_path / resolve.FILE).read_bytes() == self.FILE.read_bytes()
        resolve.main()
        assert described == [True]
        assert "up to date" in capsys.readouterr().out
