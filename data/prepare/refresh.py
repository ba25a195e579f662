"""Update figures.csv and macro.csv from the live sources, showing every change.

Usage:  python data/prepare/refresh.py [--dry-run] [--partners] [--pledges] [--data FOLDER]

Everything is fetched and checked before anything is written; on a failure nothing changes.
``--dry-run`` only shows what would change. ``--partners`` updates the histories of pairs instead:
Kazakhstan's rows of ``offices.csv.gz`` from the bureau, partner by partner, and the years of
``baci_2023.csv.gz`` from ``--baci RELEASE`` (CEPII's archive of 1 to 2.5 GB) if one is named. The
other offices have no live source: they are read through copies, by ``pairs.py``.

``--pledges`` changes nothing: it asks the IMF's IMTS for the recorded outcomes of the registry of
targets and lists where neither side's report comes near. With make:
``make refresh-data ARGS=--pledges``.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import datapackage
import numpy as np
import pairs
import pandas as pd

from tradelib import live

DATA = Path(__file__).parents[1]
FIGURE = ["reporter", "partner", "flow", "coverage", "period_start", "period_end", "source_id"]
VALUE = ["indicator", "country", "year", "source_id"]
NEAR = 0.10  # an outcome within a tenth of either side's report agrees


def text(value: float) -> str:
    """A figure as the files write it."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def fresh_figures(table: pd.DataFrame) -> pd.DataFrame:
    """The bureau's newest figures of the pairs that the bundle has from it, as rows of text."""
    bundled = table.loc[table["source_id"] == "bns", ["reporter", "partner"]].drop_duplicates()
    parts = [live.fetch_flows(r, p, source="bns") for r, p in bundled.itertuples(index=False)]
    flows = pd.concat(parts).query("status in ['final', 'preliminary']")
    day = flows["accessed"].dt.strftime("%Y-%m-%d")
    flows = flows.assign(
        note=flows["note"] + "; fetched " + day, value_musd=flows["value_musd"].map(text)
    )
    for column in ("period_start", "period_end", "released"):
        flows[column] = flows[column].dt.strftime("%Y-%m-%d")
    return as_text(flows)[table.columns]


def fresh_macro(table: pd.DataFrame) -> pd.DataFrame:
    """The World Bank's newest GDP of the countries that the bundle has, as rows of text."""
    bundled = table[(table["source_id"] == "wdi") & (table["indicator"] == "gdp")]
    gdp = live.fetch_macro(bundled["country"].unique().tolist())
    gdp = gdp[gdp["year"] >= bundled["year"].astype(int).min()]
    note = "Fetched " + gdp["accessed"].dt.strftime("%Y-%m-%d") + "."
    gdp = gdp.assign(value=gdp["value"].map(text), note=note)
    gdp["released"] = gdp["released"].dt.strftime("%Y-%m-%d")
    return as_text(gdp)[table.columns]


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Cells as the files hold them: text, empty where nothing is known."""
    return frame.astype("str").where(frame.notna(), "").replace({"nan": "", "None": "", "NaN": ""})


def merged(
    table: pd.DataFrame, fresh: pd.DataFrame, *, keys: Sequence[str], column: str
) -> tuple[pd.DataFrame, list[str]]:
    """The table with new and revised rows, and a line on each change."""
    day = pd.Timestamp.now(tz="UTC").date().isoformat()
    table = table.copy()
    lines = []
    added = []
    index_of = {tuple(row): i for i, row in zip(table.index, table[keys].to_numpy(), strict=True)}
    for row in fresh.to_dict("records"):
        key = tuple(row[name] for name in keys)
        words = " ".join(part for part in key if not re.fullmatch(r"\d{4}-01-01", part))
        if key not in index_of:
            added.append(row)
            lines.append(f"new      {words}: {row[column]} ({row['status']})")
            continue
        i = index_of[key]
        old = table.loc[i]
        changes = changed(old, row, column)
        if changes:
            lines.append(f"revised  {words}: {changes}")
            was = f"Was {old[column]} ({old['status']}) until {day}."
            new = {name: row[name] for name in (column, "status", "source_url", "read_through")}
            new["note"] = f"{row['note'].rstrip('.')}. {was} {old['note']}".strip()
            table.loc[i, list(new)] = list(new.values())
    if added:
        table = pd.concat([table, pd.DataFrame(added)[table.columns]], ignore_index=True)
    return table, lines


def changed(old: Mapping[str, Any], new: Mapping[str, Any], column: str) -> str:
    """What changed in a row, in words: its value, its status, both, or nothing."""
    changes = []
    if not near(old[column], new[column]):
        changes.append(f"{old[column]} -> {new[column]}")
    if old["status"] != new["status"]:
        changes.append(f"{old['status']} -> {new['status']}")
    return " ".join(changes)


def near(old: str, new: str) -> bool:
    """Whether two figures are the same to the dollar."""
    return old != "" and abs(float(old) - float(new)) < 1.5e-6


def with_totals(table: pd.DataFrame, before: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table with each stated total as the sum of its flows where these were revised."""
    table = table.copy()
    lines = []
    keys = [key for key in FIGURE if key != "flow"]
    old_rows = table.iloc[: len(before)]
    revised = old_rows.index[old_rows["value_musd"] != before["value_musd"]]
    for i in revised:
        same = (table[keys] == table.loc[i, keys]).all(axis=1)
        flows = table[same & table["flow"].isin(["export", "import"])]
        stated = table.index[same & (table["flow"] == "turnover")]
        if len(flows) == 2 and len(stated) == 1:
            row = stated[0]
            total = text(flows["value_musd"].astype(float).sum())
            old = table.loc[row, "value_musd"]
            if not near(old, total):
                table.loc[row, ["value_musd", "read_through"]] = [total, ""]
                note = f"Sum of revised flows; was {old}. {table.loc[row, 'note']}"
                table.loc[row, "note"] = note.strip()
                year = table.loc[i, "period_end"][:4]
                lines.append(f"revised  turnover {year}: {old} -> {total}")
    return table, lines


def read(folder: Path, file: str) -> pd.DataFrame:
    """A table as text."""
    return pd.read_csv(folder / file, dtype="str", keep_default_na=False, encoding="utf-8")


def refresh(folder: Path, *, dry_run: bool) -> None:
    """Fetch, show, check, and only then write."""
    figures = read(folder, "figures.csv")
    macro = read(folder, "macro.csv")
    new_figures, lines = merged(figures, fresh_figures(figures), keys=FIGURE, column="value_musd")
    new_figures, totals = with_totals(new_figures, figures)
    new_macro, more = merged(macro, fresh_macro(macro), keys=VALUE, column="value")
    changes = [*lines, *totals, *more]
    print("\n".join(changes) or "no figure has changed")
    if dry_run or not changes:
        print("nothing written")
        return
    write(folder, {"figures.csv": new_figures, "macro.csv": new_macro})
    print("written; run make data, make record and make test, and commit with the reasons")


def fresh_partners(table: pd.DataFrame) -> pd.DataFrame:
    """Kazakhstan's flows by partner as the bureau has them now, US$ million."""
    parts = []
    for partner in sorted(table.loc[table["reporter"] == "KAZ", "partner"].unique()):
        try:
            flows = live.fetch_flows("KAZ", partner, source="bns")
        except live.NoDataError:  # no edition at hand lists the partner
            continue
        parts.append(flows.query("status in ['final', 'preliminary']"))
    flows = pd.concat(parts)
    return flows.assign(year=flows["period_end"].dt.year.astype("str"), value=flows["value_musd"])


def fresh_baci(release: str) -> pd.DataFrame:
    """Flows of a release of BACI: exporter, importer, year, US$ million."""
    panel = live.fetch_panel(source="baci", release=release, progress=False)
    # Who exports and who imports, by column.
    sides = {"export_musd": ["reporter", "partner"], "import_musd": ["partner", "reporter"]}
    parts = []
    for column, (exporter, importer) in sides.items():
        flows = panel.rename(columns={exporter: "exporter", importer: "importer"})
        parts.append(flows.assign(value=panel[column], year=panel["year"].astype("str")))
    return pd.concat(parts).query("value > 0")  # what BACI does not list is unknown here


def with_cells(
    table: pd.DataFrame, fresh: pd.DataFrame, keys: Sequence[str]
) -> tuple[pd.DataFrame, list[str]]:
    """A wide table with new and revised cells of the years it has, and a line on each change."""
    wide = table.set_index(keys)
    lines = []
    for row in fresh[fresh["year"].isin(wide.columns)].to_dict("records"):
        year = row["year"]
        key = tuple(row[name] for name in keys)
        old = wide[year].get(key, "")
        new = pairs.rounded(row["value"])
        if new == old:
            continue
        cell = f"{' '.join(key)} {year}"
        lines.append(f"revised  {cell}: {old} -> {new}" if old else f"new      {cell}: {new}")
        if key not in wide.index:
            wide.loc[key, :] = ""
        wide.loc[key, year] = new
    return wide.sort_index().reset_index()[list(table.columns)], lines


def partners(folder: Path, *, dry_run: bool, release: str | None) -> None:
    """Update the histories of pairs: all of what is asked for, or nothing."""
    tables = {}
    old = read(folder, "offices.csv.gz")
    keys = ["reporter", "partner", "flow"]
    tables["offices.csv.gz"], lines = with_cells(old, fresh_partners(old), keys)
    if release:
        old = read(folder, "baci_2023.csv.gz")
        new, more = with_cells(old, fresh_baci(release), ["exporter", "importer"])
        tables["baci_2023.csv.gz"] = new
        lines += more
    print("\n".join(lines) or "no figure has changed")
    if dry_run or not lines:
        print("nothing written")
        return
    write(folder, tables)
    print("written; run make data, make record and make test, and commit with the reasons")


def write(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """All files or none: made and checked in another folder, then moved one by one."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        beside = Path(name) / "data"
        shutil.copytree(folder, beside)
        for file, table in tables.items():
            plain = table.to_csv(index=False, lineterminator="\n").encode()
            (beside / file).write_bytes(pairs.packed(table) if file.endswith(".gz") else plain)
        description = beside / datapackage.PACKAGE
        refreshed = datapackage.refreshed(description.read_text(encoding="utf-8"), beside)
        description.write_text(refreshed, encoding="utf-8")
        faults = datapackage.faults(beside)
        if faults:
            raise ValueError("; ".join(faults))
        for file in [*tables, datapackage.PACKAGE]:
            (beside / file).replace(folder / file)


def turnover_of_both_sides(row: Any, unchecked: list[str]) -> list[float]:
    """Turnover of an outcome's year as each side reports it; missing where it is not known."""
    values = []
    for pair in ((row.reporter, row.partner), (row.partner, row.reporter)):
        try:
            report = live.fetch_turnover(*pair, years=int(row.outcome_year))
            values.append(report["turnover_musd"].iloc[0])
        except live.NoDataError:
            values.append(np.nan)
        except live.LiveError as error:
            values.append(np.nan)
            unchecked.append(f"{row.target_id}: {error}")
    return values


def pledges(folder: Path) -> None:
    """Recorded outcomes that neither side's report to the IMF comes near."""
    targets = read(folder, "targets.csv").query("scope == 'pair' and currency == 'USD'")
    targets = targets[(targets["outcome_value"] != "") & (targets["coverage"] != "goods_services")]
    rows = []
    unchecked: list[str] = []
    for row in targets.itertuples():
        recorded = float(row.outcome_value)
        sides = turnover_of_both_sides(row, unchecked)
        ratios = [value / recorded for value in sides if value > 0]
        closest = min(ratios, key=lambda ratio: abs(np.log(ratio)), default=1.0)
        if abs(np.log(closest)) > np.log1p(NEAR):
            rows.append([row.target_id, row.outcome_year, recorded, *sides, f"{closest:.2f}"])
    columns = ["target_id", "year", "recorded", "imts_reporter", "imts_partner", "closest_ratio"]
    table = pd.DataFrame(rows, columns=columns)
    print(
        f"{len(targets)} outcomes, {len(table)} that differ by more than {NEAR:.0%} "
        "from both reports"
    )
    if len(table):
        print(table.round(1).to_string(index=False))
    print("\n".join(["not checked:", *unchecked]) if unchecked else "all checked")


def main() -> None:
    """Run what the command line asks for; a live source's failure is one line and status 1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--partners", action="store_true")
    parser.add_argument("--baci", metavar="RELEASE", help="such as HS22_V202601")
    parser.add_argument("--pledges", action="store_true")
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    try:
        if options.pledges:
            pledges(options.data)
        elif options.partners:
            partners(options.data, dry_run=options.dry_run, release=options.baci)
        else:
            refresh(options.data, dry_run=options.dry_run)
    except (live.LiveError, ValueError) as error:
        sys.exit(f"nothing changed: {error}")


if __name__ == "__main__":
    main()
