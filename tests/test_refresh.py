"""`make refresh-data`: every change shown, all of it or nothing written."""

import json
import shutil
import sys

import live_bodies as bodies
import pandas as pd
import pytest
from conftest import ROOT, loaded
from live_server import Answer
from test_live import BNS_LIST, IMTS

import tradelib as tl

GDP = "/wdi/country/"
TABLES = ("figures.csv", "macro.csv", "offices.csv.gz")
refresh = loaded(ROOT / "data" / "prepare" / "refresh.py")


@pytest.fixture
def folder(tmp_path):
    """A copy of the tables that are refreshed, with their part of the description."""
    copied = tmp_path / "data"
    copied.mkdir()
    for name in TABLES:
        shutil.copy(ROOT / "data" / name, copied)
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    entries = package["resources"]
    package["resources"] = [entry for entry in entries if entry.get("path", TABLES[0]) in TABLES]
    (copied / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return copied


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """The command, on a copy of the data: its error if there is one, and what it prints."""

    def ask(*options):
        monkeypatch.setattr(sys, "argv", ["refresh.py", "--data", str(folder), *options])
        try:
            refresh.main()
        except SystemExit as end:
            return end.code, capsys.readouterr().out
        return None, capsys.readouterr().out

    return ask


def contents(folder):
    """Every file, to see that nothing has changed."""
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def bundled(year):
    """Exports and imports of the bundle."""
    figures = tl.load_figures("KAZ", "TKM", source="bns").query("period_end.dt.year == @year")
    return tuple(figures.query("flow == @flow").value_musd.item() for flow in ("export", "import"))


def unsettled(folder, year):
    """A year of the copy made preliminary, as figures of February are."""
    file = folder / "figures.csv"
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    of_year = table["period_end"] == f"{year}-12-31"
    of_pair = (table["reporter"] == "KAZ") & (table["partner"] == "TKM")
    rows = of_year & of_pair & (table["source_id"] == "bns")
    assert set(table.loc[rows, "status"]) == {"final"}
    table.loc[rows, "status"] = "preliminary"
    table.to_csv(file, index=False)


def serve(source, changes=None, gdp=None):
    """The bundle's own figures, all final, with some changed."""
    years = {year: bundled(year) for year in range(2020, 2026)} | (changes or {})
    listed = []
    for year, values in years.items():
        listed.append((str(year), year, True, f"15.07.{year + 1}"))
        source.routes[f"/bns/api/iblock/element/{year}/file/ru/"] = Answer(
            bodies.bns({str(year): values})
        )
    source.routes[BNS_LIST] = Answer(bodies.bns_listing(*listed))
    table = tl.load_macro("gdp").query("source_id == 'wdi'")
    rows = [
        bodies.worldbank_row(row.country, row.year, row.value * 1e6) for row in table.itertuples()
    ]
    source.routes[GDP] = Answer(bodies.worldbank([*rows, *(gdp or [])]))


def test_nothing_new(source, folder, run):
    """The same figures again: nothing to say, nothing written."""
    serve(source)
    before = contents(folder)
    assert run() == (None, "no figure has changed\nnothing written\n")
    assert contents(folder) == before


def test_new_and_revised(source, folder, run):
    """2025 becomes final and other, 2023 is revised with its stated total, 2026 and a GDP are new."""
    exported, imported = bundled(2023)
    changes = {2023: (exported + 10, imported), 2025: (317.5, bundled(2025)[1]), 2026: (400.0, 0.0)}
    serve(source, changes, [bodies.worldbank_row("KAZ", 2024, 288_000_000_000)])
    unsettled(folder, 2025)
    before = contents(folder)
    _, shown = run("--dry-run")
    assert contents(folder) == before
    lines = shown.splitlines()
    assert set(lines) > {
        "revised  KAZ TKM export goods 2023-12-31 bns: 396.831172 -> 406.831172",
        "revised  KAZ TKM export goods 2025-12-31 bns: 316.299189 -> 317.5 preliminary -> final",
        "revised  KAZ TKM import goods 2025-12-31 bns: preliminary -> final",
        "revised  turnover 2023: 562.949016 -> 572.949016",
        "new      KAZ TKM export goods 2026-12-31 bns: 400 (final)",
        "new      gdp KAZ 2024 wdi: 288000 (final)",
    }
    assert lines[7:] == ["nothing written"]
    failure, done = run()
    assert failure is None
    assert done.splitlines()[:-1] == lines[:-1]
    written = pd.read_csv(folder / "figures.csv").query("source_id == 'bns' and flow == 'export'")
    exports = written[written["partner"] == "TKM"].set_index("period_end")
    assert exports.loc["2025-12-31", ["value_musd", "status"]].tolist() == [317.5, "final"]
    assert "Was 316.299189 (preliminary) until" in exports.loc["2025-12-31", "note"]
    assert exports.loc["2026-12-31", "value_musd"] == 400
    gdp = pd.read_csv(folder / "macro.csv").query("country == 'KAZ' and year == 2024")
    assert 288_000 in gdp["value"].tolist()


@pytest.mark.parametrize("broken", ["bns", "wdi", "sums"])
def test_failure_changes_nothing(source, folder, run, broken):
    """An outage of one source, or figures that do not add up: one line, status 1, no change."""
    serve(source, {2025: (1.0, 1.0)})
    odd = bodies.bns({"2021": (1.0, 1.0)}, total=(1.0, 1.0))
    path, answer = {
        "bns": ("/bns/api/iblock/element/2021/file/ru/", Answer(status=410)),
        "wdi": (GDP, Answer(status=404)),
        "sums": ("/bns/api/iblock/element/2021/file/ru/", Answer(odd)),
    }[broken]
    source.routes[path] = answer
    before = contents(folder)
    failure, printed = run()
    assert failure.startswith("nothing changed: asked http://127.0.0.1")
    assert printed == ""
    assert contents(folder) == before


def test_pledges(source, folder, run):
    """Outcomes that neither side's report comes near are listed; nothing is written."""
    targets = pd.read_csv(ROOT / "data" / "targets.csv", dtype=str, keep_default_na=False)
    usual = targets[(targets["scope"] == "pair") & (targets["currency"] == "USD")]
    usual = usual[(usual["outcome_value"] != "") & (usual["coverage"] == "goods")]
    usual = usual.drop_duplicates(["reporter", "partner"]).head(4)
    usual.to_csv(folder / "targets.csv", index=False)
    factors = [1.0, 1.09, 1.12, None]
    for row, factor in zip(usual.itertuples(), factors, strict=True):
        for pair, side in (((row.reporter, row.partner), 1.0), ((row.partner, row.reporter), 2.0)):
            for flow, code in (("export", "XG_FOB_USD"), ("import", "MG_CIF_USD")):
                half = {int(row.outcome_year): float(row.outcome_value) * (factor or 1) * side / 2}
                body = bodies.imts(flow, reporter=pair[0], partner=pair[1], values=half)
                route = f"{IMTS}{pair[0]}.{code}.{pair[1]}.A"
                if factor:
                    source.routes.setdefault(route, Answer(body))
                else:
                    source.routes.setdefault(route, Answer(b"no records", status=404))
    before = contents(folder)
    failure, printed = run("--pledges")
    assert failure is None
    lines = printed.splitlines()
    assert lines[0] == "4 outcomes, 1 that differ by more than 10% from both reports"
    assert usual["target_id"].tolist()[2] in lines[2]
    assert lines[2].endswith(" 1.12")
    assert lines[3:] == ["all checked"]
    assert contents(folder) == before
    source.routes = {"/": Answer(status=404)}
    _, printed = run("--pledges")
    assert "not checked:\n" + usual["target_id"].tolist()[3] + ": asked http" in printed


def test_partners(source, folder, run):
    """New and revised figures of Kazakhstan's partners, shown, then written; no other cell moves."""
    file = folder / "offices.csv.gz"
    whole = pd.read_csv(file, dtype=str)
    few = whole["partner"].isin(["RUS", "TKM", "ITA"]) | (whole["reporter"] != "KAZ")
    old = whole[few].reset_index(drop=True)
    file.write_bytes(refresh.pairs.packed(old))
    source.routes[BNS_LIST] = Answer(bodies.bns_listing(("2022", 2022, True, "15.07.2023")))
    workbook = "/bns/api/iblock/element/2022/file/ru/"
    source.routes[workbook] = Answer(status=410)
    before = contents(folder)
    failure, printed = run("--partners")
    assert failure.startswith("nothing changed: asked http://127.0.0.1")
    assert printed == ""
    source.routes[workbook] = Answer(bodies.bns({"2022": bundled(2022)}))
    _, shown = run("--partners", "--dry-run")
    assert contents(folder) == before
    lines = shown.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("revised  KAZ RUS export 2022: ")
    assert lines[0].endswith(" -> 0.5")
    assert lines[1].endswith(" -> 0.7")
    _, done = run("--partners")
    assert done.splitlines()[:2] == lines[:2]
    moved = old.compare(pd.read_csv(file, dtype=str))
    assert set(moved.columns.get_level_values(0)) == {"2022"}
    assert moved["2022"]["other"].tolist() == ["0.5", "0.7"]
    after = contents(folder)
    changed = {file.name for file in before if before[file] != after[file]}
    assert changed == {"offices.csv.gz", "datapackage.json"}


def test_cells_of_a_wide_table():
    """By hand: a new line, a revised cell, a year that the file has not; the rest as it was."""
    table = pd.DataFrame({"exporter": ["A", "B"], "importer": ["C", "C"], "2023": ["1.5", "2"]})
    fresh = pd.DataFrame(
        {
            "exporter": ["B", "A", "A", "A"],
            "importer": ["C", "B", "C", "C"],
            "year": ["2023", "2023", "2023", "2024"],
            "value": [3.0, 12345.6, 1.5, 9.0],
        }
    )
    new, lines = refresh.with_cells(table, fresh, ["exporter", "importer"])
    assert new.to_numpy().tolist() == [["A", "B", "12350"], ["A", "C", "1.5"], ["B", "C", "3"]]
    assert lines == ["revised  B C 2023: 2 -> 3", "new      A B 2023: 12350"]


def test_flows_of_a_release(monkeypatch):
    """What a country exports its partner imports; what BACI does not list is unknown, not none."""
    panel = pd.DataFrame(
        {
            "reporter": "AAA",
            "partner": ["BBB", "CCC"],
            "year": 2023,
            "export_musd": [5.0, 0.0],
            "import_musd": [3.0, 2.0],
        }
    )
    monkeypatch.setattr(refresh.live, "fetch_panel", lambda **_: panel)
    flows = refresh.fresh_baci("HS22_V202601")[["exporter", "importer", "year", "value"]]
    assert sorted(flows.to_numpy().tolist()) == [
        ["AAA", "BBB", "2023", 5.0],
        ["BBB", "AAA", "2023", 3.0],
        ["CCC", "AAA", "2023", 2.0],
    ]


@pytest.mark.parametrize("fault", ["macro.csv: a row twice", ""])
def test_nothing_faulty_is_written(tmp_path, monkeypatch, fault):
    """New tables are checked beside the old ones, with their description; all go in, or none."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("macro.csv", refresh.datapackage.PACKAGE, "other.csv"):
        (folder / name).write_text("old", encoding="utf-8")
    before = contents(folder)
    checked = []

    def faults(beside):
        checked.append({file.name: file.read_text("utf-8") for file in beside.iterdir()})
        return [fault] if fault else []

    monkeypatch.setattr(refresh.datapackage, "faults", faults)
    monkeypatch.setattr(refresh.datapackage, "refreshed", lambda text, beside: f"{text}, refreshed")
    tables = {"macro.csv": pd.DataFrame({"year": [2025]})}
    new = {"macro.csv": "year\n2025\n", refresh.datapackage.PACKAGE: "old, refreshed"}
    if fault:
        with pytest.raises(ValueError, match=f"^{fault}$"):
            refresh.write(folder, tables)
        assert contents(folder) == before
    else:
        refresh.write(folder, tables)
        assert contents(folder) == before | {folder / k: v.encode() for k, v in new.items()}
    assert checked == [{"other.csv": "old", **new}]
