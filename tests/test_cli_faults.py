"""Command lines that go wrong: one line that says why, an exit code, and never a traceback or NaN."""

import json
import re
import subprocess
import sys

import pytest

from tradelib import cli

PAIR = ["assess", "KAZ", "TKM", "--target", "1000", "--by", "2027"]
FILES = {
    "empty.csv": b"",
    "head.csv": b"year,turnover_musd\n",
    "zip.zip": b"PK\x03\x04 no zip",
    "bad.xz": b"\xfd7zXZ\x00 no",
    "bad.gz": b"\x1f\x8b\x08 no",
    "binary.csv": bytes(range(256)),
    "twice.csv": b"reporter,partner,value_musd,value_musd\nTUR,KAZ,1,2\n",
    "years.csv": b"year,year,turnover_musd\n2023,2023,5\n",
    "nan.csv": b"year,turnover_musd\n2023,nan\n",
    "inf.csv": b"year,turnover_musd\n2023,inf\n2024,1e400\n",
    "text.csv": b"year,turnover_musd\nx,y\n",
    "one.csv": b"year,turnover_musd\n2024,120\n",
    "targets.csv": b"reporter,partner,value_musd\n",
    "odd.csv": b"reporter,partner,value_musd,deadline\nKAZ,KAZ,1,2027\n,,,\nTUR,KAZ,nan,x\n",
    "nul.csv": b"\0\0\0",
    "wide.csv": b"a,b\n1,2,3,4\n",
    "name.csv": b"reporter,partner,value_musd,deadline\n" + b"A" * 200_000 + b",KAZ,1,2030\n",
    "long.csv": b"year,turnover_musd\n2023," + b"1" * 140_000 + b"\n",
    "nul2.csv": b"year,turnover_musd\n2023,11\0000\n",
    "good.csv": b"reporter,partner,value_musd,deadline\nTUR,KAZ,15000,2030\nKAZ,TKM,1000,2027\n"
    b"UZB,TKM,2000,soon\nUZB,XXX,2000,2030\n",
}
DAYS = [
    *("", "today", "2022-02-30", "1900-01-01", "2099-01-01", "2020-12-31"),
    *("2021-01-15", "2021-10-07", "２０２２-１０-０５"),
]
PARTS = ["", "7", "7:", ":5", "7:1e300", "0:5", "12:500", "7:0", "7:nan", "x:y", "3:120.5"]
AMOUNTS = ["0", "-5", "nan", "inf", "1e9", "١٠٠٠", "9" * 400, "1bn", "1,00,0"]
DEADLINES = ["2027.5", "20271", "-1", "1950", "2199"]
LINES = [
    [],
    ["nonsense"],
    ["assess"],
    ["assess", "KAZ"],
    ["assess", "KAZ", "KAZ", "--target", "1"],
    ["assess", "", "", "--target", "1000"],
    *([*PAIR[:4], amount] for amount in AMOUNTS),
    *([*PAIR[:6], year] for year in DEADLINES),
    PAIR,
    *([*PAIR, "--as-of", day] for day in DAYS),
    *([*PAIR, "--part-year", part] for part in PARTS),
    *([*PAIR, "--history", name] for name in FILES),
    *([*PAIR, "--months", name] for name in ("empty.csv", "inf.csv", "wide.csv", "zip.zip")),
    [*PAIR, "--months", "."],
    [*PAIR, "--part-year", "7:300", "--source", ""],
    [*PAIR, "--history", "absent.csv"],
    [*PAIR, "--history", "."],
    [*PAIR, "--history", "one.csv", "--unit", "rubles"],
    [*PAIR, "--history", "one.csv", "--as-of", "2024-01-01"],
    [*PAIR, "--history", "endless.csv"],
    [*PAIR, "--months", "endless.csv"],
    ["assess", "--targets", "endless.csv"],
    *(["goods", "KAZ", "TKM", "--shares", name] for name in ("/dev/zero", "endless.csv")),
    [*PAIR, "--flow", "sideways"],
    [*PAIR, "--unit", "US$"],
    ["assess", "KAZ-TKM-1999"],
    ["assess", "KAZ-TKM-2022", "--by", "2030"],
    ["assess", "--targets", "good.csv", "--json"],
    ["assess", "--targets", "http://localhost:1/t.csv"],
    [*PAIR, "--history", "http://localhost:1/t.csv"],
    [*PAIR, "--json"],
    [*PAIR, "--evidence"],
    [*PAIR, "--flow", "export"],
    *(["assess", "--targets", name] for name in FILES),
    ["assess", "--targets", "."],
    ["forecast", "KAZ", "TKM", "--years", "0"],
    ["forecast", "KAZ", "TKM", "--years", "two"],
    ["forecast", "KAZ", "TKM", "--as-of", "2001-01-01"],
    ["forecast", "KAZ", "VUT"],
    ["base-rate", "--size", "0", "--multiple", "2", "--years", "5"],
    ["base-rate", "--size", "100", "--multiple", "nan", "--years", "5"],
    ["base-rate", "--size", "100", "--multiple", "1e308", "--years", "5"],
    ["base-rate", "--size", "1bn", "--multiple", "2", "--years", "99"],
    ["track"],
    ["track", "KAZ", "XXX"],
    ["track", "KAZ", "TKM", "--offline"],
    ["track", "KAZ", "TKM", "--offline", "--source", ""],
    ["track", "KAZ", "TKM", "--as-of", "2024-08-09", "--fail-if-moved", "inf"],
    ["track", "KAZ", "TKM", "--part-year", "7:nan"],
    ["track", "KAZ", "TKM", "--part-year", "7:300", "--json"],
    ["track", "KAZ", "TKM", "--months", "inf.csv"],
    ["track", "KAZ", "TKM", "--part-year", "7:300", "--history", "nan.csv"],
    *(["changes", "--since", day] for day in ("", "x", "2026-02-30", "1900-01-01", "2999-01-01")),
    ["changes", "--since", "2026-12-01", "--json"],
    ["changes", "2026-12-01"],
    ["targets", "Atlantis"],
    ["targets", "--status", "late"],
    ["targets", "KAZ"],
    ["sources"],
    ["--version"],
    ["--no-such-option"],
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with files that are not what they should be."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    with (tmp_path / "endless.csv").open("wb") as file:
        file.truncate(2**40)  # a terabyte that takes no room
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line)[:60] or "nothing")
def test_no_traceback_no_nan_no_silence(line, run):
    """An answer with exit code 0, or why there is none with 1 or 2; neither says NaN."""
    code, out, err = run(*line)
    assert code in (0, 1, 2)
    assert "Traceback" not in out + err
    assert not re.search(r"\b(nan|NaN|None)\b(?!')", out)
    assert out.strip() if code == 0 else (out + err).strip()
    if code == 1:
        assert err.startswith("tradelib: ")
        assert len(err.splitlines()) == 1


def raising(error):
    """A function that raises an error whatever it is given."""

    def stopped(*_, **__):
        raise error

    return stopped


def test_interrupted(run, monkeypatch):
    """Ctrl-C while it computes: exit code 130 and no traceback."""
    monkeypatch.setattr(cli, "assessed", raising(KeyboardInterrupt()))
    code, out, err = run(*PAIR)
    assert code == 130
    assert "Traceback" not in out + err


def test_a_fault_of_ours(run, monkeypatch):
    """A bug is said to be one, with exit code 3; `--debug` shows where it is."""
    monkeypatch.setattr(cli, "assessed", raising(KeyError("turnover_musd")))
    code, _, err = run(*PAIR)
    assert code == 3
    message = "this is a bug in tradelib (KeyError: 'turnover_musd'); --debug shows where,"
    assert err.startswith(f"tradelib: {message}")
    with pytest.raises(KeyError, match="turnover_musd"):
        run(*PAIR, "--debug")


IGNORED = {
    "--by": "2030",
    "--target": "5",
    "--flow": "export",
    "--history": "one.csv",
    "--unit": "US$",
    "--part-year": "6:3",
    "--months": "one.csv",
    "--cumulated": None,
    "--single": None,
    "--source": "bns",
    "--evidence": None,
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("option", [*IGNORED, "REPORTER"])
def test_no_option_is_ignored(option, run):
    """What a table of targets says itself is refused beside it."""
    value = IGNORED.get(option)
    more = ["KAZ"] if option == "REPORTER" else [option, *([value] if value else [])]
    code, _, err = run("assess", "--targets", "good.csv", *more)
    assert code == 2
    assert f"{option} cannot be used with --targets" in err


@pytest.mark.usefixtures("folder")
def test_many_as_json(run):
    """A table as JSON: a row each, null where there is nothing, the reasons with it."""
    code, out, _ = run("assess", "--targets", "good.csv", "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["partner"] for row in rows] == ["KAZ", "TKM", "TKM", "XXX"]
    assert [row["probability_in"] is None for row in rows] == [False, False, True, True]
    assert [row["reason"] for row in rows][2:] == [
        "a deadline is a calendar year such as 2027, got 'soon'",
        "no country is called 'XXX'; did you mean Kosovo (XKX)?",
    ]


def test_nobody_listens():
    """A reader that goes away is no error to speak of; no standard output is one."""
    shell = f"{sys.executable} -m tradelib"
    left = subprocess.run(f"{shell} targets | head -1", shell=True, capture_output=True, text=True)  # noqa: S602
    assert left.stdout.strip()
    assert left.stderr == ""
    closed = subprocess.run(f"{shell} sources >&-", shell=True, capture_output=True, text=True)  # noqa: S602
    assert closed.returncode == 1
    assert closed.stderr == "tradelib: there is no standard output to write to\n"
