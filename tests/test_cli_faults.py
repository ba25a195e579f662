"""Command lines that go wrong: one line that says why, an exit code, and never a traceback or NaN."""

import re
import signal
import subprocess
import sys
import time

import pytest

from tradelib import cli
from tradelib.ground import stop

PAIR = ["assess", "KAZ", "TKM", "--target", "1000", "--by", "2027"]
FILES = {
    "empty.csv": b"", "head.csv": b"year,turnover_musd\n", "zip.zip": b"PK\x03\x04 no zip",
    "bad.xz": b"\xfd7zXZ\x00 no", "bad.gz": b"\x1f\x8b\x08 no", "binary.csv": bytes(range(256)),
    "twice.csv": b"reporter,partner,value_musd,value_musd\nTUR,KAZ,1,2\n",
    "years.csv": b"year,year,turnover_musd\n2023,2023,5\n", "nan.csv": b"year,turnover_musd\n2023,nan\n",
    "inf.csv": b"year,turnover_musd\n2023,inf\n2024,1e400\n", "text.csv": b"year,turnover_musd\nx,y\n",
    "one.csv": b"year,turnover_musd\n2024,120\n", "targets.csv": b"reporter,partner,value_musd\n",
    "odd.csv": b"reporter,partner,value_musd,deadline\nKAZ,KAZ,1,2027\n,,,\nTUR,KAZ,nan,x\n",
    "nul.csv": b"\0\0\0", "wide.csv": b"a,b\n1,2,3,4\n",
}  # fmt: skip
LINES = [
    [], ["nonsense"], ["assess"], ["assess", "KAZ"], ["assess", "KAZ", "KAZ", "--target", "1"],
    ["assess", "XXX", "TKM", "--target", "1000"], ["assess", "", "", "--target", "1000"],
    [*PAIR[:4], "0"], [*PAIR[:4], "-5"], [*PAIR[:4], "nan"], [*PAIR[:4], "inf"], [*PAIR[:4], "1e9"],
    [*PAIR[:4], "١٠٠٠"], [*PAIR[:4], "9" * 400], [*PAIR[:4], "1bn"], [*PAIR[:6], "2027.5"],
    [*PAIR[:6], "20271"], [*PAIR[:6], "-1"], [*PAIR[:6], "1950"], [*PAIR[:6], "2199"], PAIR,
    *([*PAIR, "--as-of", day] for day in (
        "", "today", "2022-02-30", "1900-01-01", "2099-01-01", "2020-12-31", "2021-01-15",
        "2021-10-07", "２０２２-１０-０５")),
    *([*PAIR, "--part-year", part] for part in (
        "", "7", "7:", ":5", "7:1e300", "0:5", "12:500", "7:0", "7:nan", "x:y", "3:120.5")),
    *([*PAIR, "--history", name] for name in FILES), [*PAIR, "--history", "absent.csv"],
    [*PAIR, "--history", "."], [*PAIR, "--history", "one.csv", "--unit", "rubles"],
    [*PAIR, "--history", "one.csv", "--as-of", "2024-01-01"], [*PAIR, "--flow", "sideways"],
    [*PAIR, "--json"], [*PAIR, "--evidence"], [*PAIR, "--flow", "export"],
    *(["assess", "--targets", name] for name in FILES), ["assess", "--targets", "absent.csv"],
    ["assess", "--targets", "."], ["forecast", "KAZ", "TKM", "--years", "0"],
    ["forecast", "KAZ", "TKM", "--years", "11"], ["forecast", "KAZ", "TKM", "--years", "two"],
    ["forecast", "KAZ", "TKM", "--as-of", "2001-01-01"], ["forecast", "KAZ", "VUT"],
    ["base-rate", "--size", "0", "--multiple", "2", "--years", "5"],
    ["base-rate", "--size", "100", "--multiple", "nan", "--years", "5"],
    ["base-rate", "--size", "100", "--multiple", "1e308", "--years", "5"],
    ["base-rate", "--size", "1bn", "--multiple", "2", "--years", "99"],
    ["targets", "Atlantis"], ["targets", "--status", "late"], ["targets", "KAZ"], ["sources"],
    ["--version"], ["--no-such-option"],
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with files that are not what they should be."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line)[:60] or "nothing")
def test_no_traceback_no_nan_no_silence(line, folder, monkeypatch, capsys):
    """An answer with exit code 0, or why there is none with 1 or 2; neither says NaN."""
    monkeypatch.setattr(sys, "argv", ["tradelib", *line])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capsys.readouterr()
    code = left.value.code or 0
    assert code in (0, 1, 2)
    assert "Traceback" not in out + err
    assert not re.search(r"\b(nan|NaN|None)\b(?!')", out)
    assert out.strip() if code == 0 else (out + err).strip()
    if code == 1:
        assert err.startswith("tradelib: ")
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize("after", [0.3, 0.7, 1.2])
def test_interrupted(after):
    """Ctrl-C, while Python still imports or later: a short word, and 130."""
    command = [sys.executable, "-m", "tradelib", *PAIR]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert "Traceback" not in out + err
    if process.returncode in (0, -signal.SIGINT):  # it was done, and Python on its way out
        assert err == ""
    else:
        assert process.returncode == 130
        assert err == "tradelib: stopped\n"


def test_the_word(monkeypatch):
    """What is done at Ctrl-C: the word on the error stream, then the exit code, at once."""
    done = []
    monkeypatch.setattr(stop.os, "write", lambda *what: done.append(what))
    monkeypatch.setattr(stop.os, "_exit", done.append)
    stop._stopped(signal.SIGINT, None)
    assert done == [(2, b"tradelib: stopped\n"), 130]


def test_nobody_listens():
    """A reader that goes away is no error to speak of; no standard output is one."""
    shell = f"{sys.executable} -m tradelib"
    left = subprocess.run(f"{shell} targets | head -1", shell=True, capture_output=True, text=True)  # noqa: S602
    assert left.stdout.strip()
    assert left.stderr == ""
    closed = subprocess.run(f"{shell} sources >&-", shell=True, capture_output=True, text=True)  # noqa: S602
    assert closed.returncode == 1
    assert closed.stderr == "tradelib: there is no standard output to write to\n"
