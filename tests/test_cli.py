"""The command line: its answers, its exit codes, and one line where there is none."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import live_bodies as bodies
import pandas as pd
import pytest
from conftest import annual
from live_server import Answer
from reader import faults

import tradelib as tl
from tradelib import cli
from tradelib.core.labels import format_value, readable

ASSESS = ["assess", "KAZ", "TKM", "--target", "1000", "--by", "2027"]


def test_assess(run):
    """The summary of the verdict, and nothing on the error stream."""
    code, out, err = run(*ASSESS)
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    assert (code, err) == (0, "")
    summary = f"{tl.assess(target).summary()} On record as KAZ-TKM-2022."
    assert " ".join(out.split()) == summary
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("text", "musd"),
    [
        ("1,000", 1000),
        ("1bn", 1000),
        ("US$1.5bn", 1500),
        ("500m", 500),
        ("1 000", 1000),
        ("$2 billion", 2000),
        ("2 Million", 2),
        ("0.5", 0.5),
        ("1,234,567.8", 1234567.8),
    ],
)
def test_money(run, text, musd):
    """Amounts as people write them reach the target as US$ million."""
    assert cli.amount_musd(text) == pytest.approx(musd)


def test_evidence_lines(run):
    """Ends stand in brackets where a row has any; a long name goes on below, its number does not."""
    _, out, _ = run(*ASSESS, "--evidence")
    evidence = tl.assess(tl.Target("KAZ", "TKM", 1000, 2027)).evidence.set_index("key")
    lines = out.splitlines()
    row = evidence.loc["turnover"]
    low, value, high = (format_value(row[name], row["unit"]) for name in ("low", "value", "high"))
    assert f"{row['item']:58} {value:>12} ({low} to {high})" in lines
    row = evidence.loc["headline"]
    assert f"{row['item']:58} {format_value(row['value'], row['unit']):>12}" in lines
    words = " ".join(line[:58].strip() for line in lines)
    long = evidence["item"][evidence["item"].str.len() > 58]
    assert len(long) > 0
    assert all(item in words for item in long)


@pytest.mark.parametrize(
    "arguments",
    [
        [*ASSESS, "--evidence"],
        ["assess", "IND", "ARE", "--target", "100bn", "--by", "2030"],
        ["forecast", "KAZ", "TKM"],
        ["targets"],
        ["base-rate", "--size", "254", "--multiple", "3.9", "--years", "5"],
    ],
)
def test_plain(run, arguments):
    """No code word, no raw number, no words run together."""
    code, out, _ = run(*arguments)
    assert code == 0
    assert faults(out) == []


def test_options(run):
    """A day, months and the evidence reach the verdict."""
    _, then, _ = run(*ASSESS, "--as-of", "2022-10-05")
    assert "The last figure, of 2021," in " ".join(then.split())
    _, more, _ = run(*ASSESS, "--as-of", "2022-10-05", "--part-year", "7:400")
    assert then != more
    _, exports, _ = run("assess", "KAZ", "TUR", "--target", "8000", "--flow", "export")
    assert exports.startswith("exports of Kazakhstan to T")


def test_json(run):
    """JSON that is the verdict's own."""
    _, out, _ = run(*ASSESS, "--json", "--evidence")
    verdict = tl.assess(tl.open_target("KAZ-TKM-2022"))
    assert json.loads(out) == json.loads(verdict.to_json())


def test_own_unit_and_months(run, tmp_path):
    """Unit and months of one's own CSV reach verdict and forecast as in the library."""
    file = tmp_path / "mine.csv"
    annual([1e5, 1.5e5, 2e5, 3e5, 4e5, 5e5], start=2020).to_csv(file, index=False)
    own = tl.read_history(file, unit="US$ thousand")
    given = ["--history", str(file), "--unit", "US$ thousand"]
    many = ["assess", "Italy", "UZB", "--target", "900", "--by", "2028", "--part-year", "6:300"]
    _, out, _ = run(*many, *given, "--json")
    target = tl.Target("ITA", "UZB", 900, 2028)
    expected = tl.assess(target, history=own, part_year=(6, 300.0))
    assert json.loads(out) == json.loads(expected.to_json())
    assert expected.value("last_musd") == 500
    _, out, _ = run("forecast", "ITA", "UZB", *given)
    table = tl.panel_growth(own, horizon=5).interval(80).round(1).to_string(index=False)
    assert out == f"Italy-Uzbekistan, US$ million, 80 % interval:\n{table}\n"


MONTHS = {"2026-01": 20.0, "2026-02": 25.0, "2026-03": 22.0, "2026-04": 24.0}


OWN = ["ITA", "UZB", "--target", "900", "--by", "2028"]
OWN_TARGET = tl.Target("ITA", "UZB", 900, 2028)


@pytest.fixture
def months(tmp_path):
    """The options of a pair with a history and months of its own, the file and the history."""
    history = tmp_path / "years.csv"
    annual([100.0, 150, 200, 220, 230, 250], start=2020).to_csv(history, index=False)
    file = tmp_path / "months.csv"
    pd.Series(MONTHS, name="value_musd").rename_axis("period").to_csv(file)
    options = [*OWN, "--history", str(history), "--months", str(file), "--json"]
    return options, file, tl.read_history(history)


def test_months_of_a_file(run, months):
    """A CSV of months, single or cumulated, and their source, as in the library."""
    line, file, history = months
    for options, same in (
        ([], {}),
        (["--single"], {"cumulated": False}),
        (["--source", "imts"], {"source": "imts"}),
    ):
        code, out, err = run("assess", *line, *options)
        assert (code, err) == (0, "")
        expected = tl.assess(OWN_TARGET, history=history, months=MONTHS, **same)
        assert json.loads(out) == json.loads(expected.to_json())
    _, out, _ = run("track", *line, "--source", "imts")
    expected = tl.track(OWN_TARGET, history=history, months=MONTHS, source="imts")
    assert json.loads(out) == json.loads(expected.to_json())
    pd.Series(MONTHS, name="value_musd").cumsum().rename_axis("period").to_csv(file)
    code, out, err = run("assess", *line)
    assert (code, out) == (1, "")
    assert "--cumulated or --single" in err
    for verb, ask in (("assess", tl.assess), ("track", tl.track)):
        _, out, _ = run(verb, *line, "--cumulated")
        expected = ask(OWN_TARGET, history=history, months=MONTHS, cumulated=False)
        assert json.loads(out) == json.loads(expected.to_json())


def test_months_in_place_of_years(run, months):
    """A file of months given as the history is told the option for it."""
    code, _, err = run("assess", *OWN, "--history", str(months[1]))
    assert code == 1
    assert "in a terminal --months" in err


TRACK = ["track", "KAZ", "TKM", "--as-of", "2024-08-09"]


class TestTrack:
    """How a year is going, from the command line."""

    def test_bundled(self, run):
        """The library's words, and which target was found on record."""
        code, out, err = run(*TRACK)
        assert (code, err) == (0, "")
        year = tl.track(tl.open_target("KAZ-TKM-2022"), as_of="2024-08-09")
        assert " ".join(out.split()).replace("Kazakhstan- ", "Kazakhstan-") == (
            f"{year.summary()} On record as KAZ-TKM-2022."
        )
        assert max(map(len, out.splitlines())) <= 100
        assert faults(out) == []

    @pytest.mark.parametrize("pair", [["KAZ-TKM-2022"], ["Turkmenistan", "KAZ"]])
    def test_names_of_a_target(self, run, pair):
        """By its name in the registry, or by the pair in either order, it is the same target."""
        answer = run("track", *pair, "--as-of", "2024-08-09", "--json")
        assert answer == run(*TRACK, "--json")
        assert json.loads(answer[1])["target"]["target_id"] == "KAZ-TKM-2022"

    def test_part_year(self, run, months):
        """A part of the year in one sum."""
        code, out, _ = run("track", *months[0][:-3], "--part-year", "4:91", "--json")
        year = tl.track(OWN_TARGET, history=months[2], part_year=(4, 91.0))
        assert (code, json.loads(out)) == (0, json.loads(year.to_json()))

    def test_moved(self, run):
        """Exit code 4 from as many points as the newest months moved the chance; the answer stays."""
        year = tl.track(tl.open_target("KAZ-TKM-2022"), as_of="2024-08-09")
        points = abs(year.moved_points)
        assert points >= 1
        plain = run(*TRACK)
        assert plain[0] == 0
        assert run(*TRACK, "--fail-if-moved", str(points)) == (4, *plain[1:])
        assert run(*TRACK, "--fail-if-moved", str(points + 0.5)) == plain

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["KAZ", "PAK"], "KAZ-PAK-2019"),
            (["ITA", "CHN"], "have no open target in US dollars on record; give --target"),
            (["KAZ", "TKM", "--by", "2030"], "--by is the deadline of --target"),
            (["KAZ", "TKM", "--fail-if-moved", "0"], "above 0 points"),
            (["KAZ", "TKM", "--fail-if-moved", "nan"], "above 0 points"),
            (["KAZ", "TKM", "--cumulated"], "--cumulated cannot be used without --months"),
            (["KAZ", "TKM", "--unit", "US$"], "--unit cannot be used without --history"),
            (["KAZ"], "give REPORTER PARTNER --target VALUE"),
        ],
    )
    def test_not_understood(self, run, arguments, words):
        """Exit code 2, and what to write instead."""
        code, out, err = run("track", *arguments)
        assert (code, out) == (2, "")
        assert words in " ".join(err.split())

    @pytest.mark.parametrize("options", [[], ["--source", "comtrade"], ["--offline"]])
    def test_nothing_at_hand(self, run, source, options):
        """Without network and cache: exit code 1, what is lacking and what can be done."""
        source.routes["/"] = Answer(status=404)
        code, out, err = run("track", "TUR", "KAZ", *options)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert (source.paths == []) == (options == ["--offline"])
        assert "--months FILE" in err

    def test_live_months(self, run, source):
        """Months of the IMF where none are at hand; from the copy on disk the second time."""
        months = {(2025, month): 500.0 for month in range(1, 13)} | {(2026, 1): 520.0}
        for flow, code in {"export": "XG_FOB_USD", "import": "MG_CIF_USD"}.items():
            body = bodies.imts_months(flow, values=months, partner="KAZ", reporter="TUR")
            path = f"/imts/data/dataflow/IMF.STA/IMTS/+/TUR.{code}.KAZ.M"
            source.routes[path] = Answer(body)
        code, out, err = run("track", "TUR", "KAZ", "--json")
        assert (err, code) == ("", 0)
        content = json.loads(out)
        assert (content["year"], content["months"]) == (2026, 1)
        assert content["year_to_date_musd"] > 0
        assert "IMF" in content["source"]
        source.routes.clear()
        assert run("track", "TUR", "KAZ", "--json", "--offline") == (0, out, "")


def test_changes(run):
    """A line a change, in a hundred columns and in words, and all of it as JSON."""
    code, out, _ = run("changes", "--since", "2026-07-01")
    changes = tl.archive_changes(since="2026-07-01")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 100
    text = " ".join(out.split())
    assert text.startswith(f"{len(changes)} chances moved by five points or more in the archive ")
    for row in changes.itertuples():
        assert f"{row.event} ({row.target_id}): {row.words}." in text
    assert faults(out) == []
    rows = json.loads(run("changes", "--json")[1])
    assert [row["target_id"] for row in rows] == tl.archive_changes()["target_id"].tolist()
    assert {"made": "2026-12-01", "was_made": "2026-06-30", "by": 2030}.items() <= rows[0].items()


def test_nothing_moved(run, monkeypatch):
    """That no chance moved is an answer: a sentence, or an empty list."""
    monkeypatch.setattr(cli, "archive_changes", lambda **_: tl.archive_changes(least=0.99))
    code, out, _ = run("changes", "--since", "2026-07-01")
    sentence = "No chance moved by five points or more between archives since 2026-07-01."
    assert (code, out.strip()) == (0, sentence)
    assert json.loads(run("changes", "--json")[1]) == []


def test_targets_whole(run):
    """A row a target: countries by name, amount with its currency, nothing where no deadline is."""
    _, out, _ = run("targets", "TUR")
    header, *rows = out.splitlines()
    targets = tl.load_targets("TUR")
    assert header.split() == ["target", "countries", "announced", "million", "by", "status"]
    assert len(rows) == len(targets)
    row = next(line for line in rows if "TUR-KAZ-2024" in line)
    assert " ".join(row.split()) == (
        "TUR-KAZ-2024 Türkiye and Kazakhstan 2024-11-12 15,000 USD open"
    )
    dated = targets[targets["deadline"].notna()].iloc[0]
    line = next(line for line in rows if dated["target_id"] in line)
    assert f" {dated['currency']} {dated['deadline']} " in " ".join(line.split())


def test_other_verbs(run):
    """Forecast, base rate and sources say what the library says, of a day with that day's model."""
    _, out, _ = run("forecast", "KAZ", "TKM", "--years", "3", "--as-of", "2022-10-05")
    model = tl.growth_model(as_of="2022-10-05")
    history = tl.load_turnover("KAZ", "TKM", as_of="2022-10-05")
    then = tl.panel_growth(history, horizon=3, model=model)
    table = then.interval(80).round(1).to_string(index=False)
    assert out.split("\n", 1)[1] == table + "\n"
    arguments = ["base-rate", "--size", "254.3", "--multiple", "3.93", "--years", "5"]
    for options, same in (([], {}), (["--ever"], {"ever": True}), (["--real"], {"real": True})):
        _, out, _ = run(*arguments, *options)
        expected = tl.base_rate(size_musd=254.3, multiple=3.93, horizon=5, **same)
        assert out == f"{expected.summary()}\n"
    _, out, _ = run("sources")
    assert all(name in out for name in tl.sources()["source_id"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["assess", "KAZ", "XXX", "--target", "1"], "no country is called 'XXX'"),
        ([*ASSESS, "--part-year", "7"], "such as 7:228.8; got"),
        ([*ASSESS, "--months", "nowhere.csv"], "there is no file nowhere.csv"),
        ([*ASSESS, "--as-of", "2019-01-01"], "the growth model was not known by 2019-01-01"),
        (["assess", "ABW", "TCD", "--target", "1"], "pass your own as `history=`"),
        (["targets", "KAZ", "--status", "lost"], "a recorded status is one of"),
    ],
)
def test_no_answer(run, arguments, words):
    """Exit code 1, one line that names the program and the reason, no traceback."""
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith("tradelib: ")
    assert words in err
    assert err.count("\n") == 1


def test_wrong_file(run, tmp_path):
    """A CSV without the columns is told which it needs; a day does not go with it."""
    file = tmp_path / "mine.csv"
    file.write_text("jahr,wert\n2020,1\n", encoding="utf-8")
    code, _, err = run(*ASSESS, "--history", str(file))
    assert (code, err) == (
        1,
        "tradelib: mine.csv starts with 'jahr,wert'; needed are columns headed year and "
        "turnover_musd, or year, export_musd and import_musd\n",
    )
    annual([1.0] * 6).to_csv(file, index=False)
    code, _, err = run("forecast", "A", "B", "--history", str(file), "--as-of", "2022-10-05")
    assert (code, "--as-of cannot be used with --history" in err) == (2, True)


def test_installed():
    """The command is there under its name; `benchmarks/import_time.py` times it."""
    program = Path(sys.executable).parent / "tradelib"
    process = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    assert process.stdout == f"tradelib {metadata.version('tradelib')}\n"


def test_many(run, tmp_path):
    """A list from a file: a row each, with its reason where there is no chance."""
    file = tmp_path / "targets.csv"
    file.write_text(
        "reporter,partner,value_musd,deadline\nTUR,KAZ,15000,2030\nABW,TCD,1,2030\n", "utf-8"
    )
    code, out, _ = run("assess", "--targets", str(file))
    assert code == 0
    header, first, second = out.splitlines()
    assert header.split()[:5] == ["reporter", "partner", "US$", "million", "deadline"]
    assert "its own recent years" in first
    assert "nothing is known of ABW-TCD" in second
    _, then, _ = run("assess", "--targets", str(file), "--as-of", "2024-06-30")
    expected = readable(tl.assess_many(file, as_of="2024-06-30")).reset_index()
    assert then == expected.to_string(index=False, max_colwidth=70) + "\n"
    assert then != out
    code, _, err = run("assess", "--targets", str(tmp_path / "none.csv"))
    assert (code, "there is no file" in err, "none.csv" in err) == (1, True, True)
