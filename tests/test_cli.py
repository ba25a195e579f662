"""The command line: its answers, its exit codes, and one line where there is none."""

import json
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest
from conftest import annual
from reader import faults

import tradelib as tl
from tradelib import cli

ASSESS = ["assess", "KAZ", "TKM", "--target", "1000", "--by", "2027"]


@pytest.fixture
def run(monkeypatch, capsys):
    """Exit code, output and errors of a command."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tradelib", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return stopped.value.code or 0, said.out, said.err

    return run


def test_assess(run):
    """The summary of the verdict, and nothing on the error stream."""
    code, out, err = run(*ASSESS)
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    assert (code, err) == (0, "")
    assert " ".join(out.split()) == tl.assess(target).summary()
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("text", "musd"),
    [
        ("1000", 1000), ("1,000", 1000), ("1bn", 1000), ("US$1.5bn", 1500), ("500m", 500),
        ("1 000", 1000), ("$2 billion", 2000), ("2 Million", 2), ("0.5", 0.5), ("1,234,567.8", 1234567.8),
    ],
)  # fmt: skip
def test_money(run, text, musd):
    """Amounts as people write them reach the target as US$ million."""
    assert cli.money(text) == pytest.approx(musd)


def test_version(run):
    """Which version answers, and in JSON too."""
    assert run("--version")[1] == f"tradelib {metadata.version('tradelib')}\n"


def test_evidence_fits(run):
    """A hundred columns; each row says what it is and how much, by its unit."""
    _, out, _ = run(*ASSESS[:-4], "--target", "1bn", "--by", "2027", "--evidence")
    assert max(map(len, out.splitlines())) <= 100
    lines = {line[:58].strip(): line[58:].split(" (")[0].strip() for line in out.splitlines()}
    assert lines["last full year known"] == "2025"
    assert lines["turnover of 2025"] == "US$516m"
    assert lines["chance in 2027, the growth model"] == "9%"
    assert lines["growth needed a year"] == "39% a year"


@pytest.mark.parametrize(
    "arguments",
    [
        [*ASSESS, "--evidence"], ["assess", "IND", "ARE", "--target", "100bn", "--by", "2030"],
        ["forecast", "KAZ", "TKM"], ["targets"],
        ["base-rate", "--size", "254", "--multiple", "3.9", "--years", "5"],
    ],
)  # fmt: skip
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
    _, out, _ = run(*ASSESS, "--evidence")
    assert "pairs of the same size, in constant dollars" in out


def test_json(run):
    """JSON that is the verdict's own."""
    _, out, _ = run(*ASSESS, "--json", "--evidence")
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    assert json.loads(out) == json.loads(tl.assess(target).to_json())


def test_own_history(run, tmp_path):
    """Another pair with one's own CSV."""
    file = tmp_path / "mine.csv"
    annual([100.0, 150.0, 200.0, 300.0, 400.0, 500.0], start=2020).to_csv(file, index=False)
    code, out, _ = run(
        "assess", "Italy", "UZB", "--target", "900", "--by", "2028", "--history", str(file)
    )
    assert code == 0
    assert out.startswith("Italy-Uzbekistan turnover of US$900m by 2028: ")
    code, out, _ = run("forecast", "ITA", "UZB", "--years", "2", "--history", str(file))
    assert (code, len(out.splitlines())) == (0, 4)
    assert out.splitlines()[0] == "Italy-Uzbekistan, US$ million, 80 %:"


def test_other_verbs(run):
    """Forecast, base rate, targets and sources say what the library says."""
    code, out, _ = run("forecast", "KAZ", "TKM", "--years", "3", "--as-of", "2022-10-05")
    assert (code, out.splitlines()[-1].split()[0]) == (0, "2024")
    arguments = ["base-rate", "--size", "254.3", "--multiple", "3.93", "--years", "5"]
    _, out, _ = run(*arguments)
    expected = tl.base_rate(size_musd=254.3, multiple=3.93, horizon=5)
    assert out == f"{expected.summary()}\n"
    for option in ("ever", "real"):
        _, out, _ = run(*arguments, f"--{option}")
        expected = tl.base_rate(size_musd=254.3, multiple=3.93, horizon=5, **{option: True})
        assert out == f"{expected.summary()}\n"
    _, out, _ = run("targets", "TKM", "--status", "open")
    assert "Kazakhstan and Turkmenistan 2022-10-05 1,000 USD 2027   open" in out
    _, out, _ = run("sources")
    assert all(name in out for name in tl.sources()["source_id"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["assess", "KAZ", "XXX", "--target", "1"], "no country is called 'XXX'"),
        ([*ASSESS, "--part-year", "7"], "--part-year is MONTHS:US$ million such as 7:228.8"),
        ([*ASSESS, "--as-of", "2019-01-01"], "the growth model was not known by 2019-01-01"),
        ([*ASSESS, "--as-of", "soon"], "as_of is a day such as '2022-10-05', got 'soon'"),
        (
            [*ASSESS, "--history", "nowhere.csv"],
            "there is no file nowhere.csv; give the path of your own CSV",
        ),
        (["assess", "ABW", "TCD", "--target", "1"], "give your own `history=`"),
        (["forecast", "KAZ", "TKM", "--years", "11"], "horizons are whole years from 1 to 10"),
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
        1, "tradelib: mine.csv starts with 'jahr,wert'; needed are columns headed year and "
        "turnover_musd\n",
    )  # fmt: skip
    for bad in (b"", b"year;turnover_musd\n2020;x\n", "год".encode("utf-16")):
        file.write_bytes(bad)
        code, _, err = run(*ASSESS, "--history", str(file))
        assert (code, err.count("\n")) == (1, 1)
    annual([1.0] * 6).to_csv(file, index=False)
    code, _, err = run("forecast", "A", "B", "--history", str(file), "--as-of", "2022-10-05")
    assert (code, "cut your own --history instead" in err) == (1, True)


def test_not_understood(run):
    """Exit code 2 for a command that is none."""
    assert run("assess", "KAZ")[0] == 2
    assert run("guess")[0] == 2
    assert run("assess", "KAZ", "TKM", "--target", "much")[0] == 2


def test_installed_and_quick():
    """The command is installed, and no slower than its promise allows on a busy machine."""
    program = Path(sys.executable).parent / "tradelib"

    def seconds(*command):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - start

    def extra():
        return seconds(program, *ASSESS) - seconds(sys.executable, "-c", "import pandas")

    # 0.8 s on a free machine, with room for a busy one; the best of three.
    assert any(extra() < 2.4 for _ in range(3))


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
    code, _, err = run("assess", "--targets", str(tmp_path / "none.csv"))
    assert (code, "none.csv is no CSV of targets that can be read: " in err) == (1, True)


def test_one_flow(run):
    """Exports of one to the other, by option."""
    code, out, _ = run(
        "assess", "KAZ", "TUR", "--target", "8000", "--by", "2030", "--flow", "export"
    )
    assert code == 0
    assert out.startswith("exports of Kazakhstan to T")


@pytest.mark.parametrize("arguments", [(), ("KAZ", "TUR"), ("KAZ", "--target", "5")])
def test_neither_one_nor_many(run, arguments):
    """Without a pair and a value, and without a list, the command is not understood."""
    assert run("assess", *arguments)[0] == 2
