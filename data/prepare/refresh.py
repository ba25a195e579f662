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
import importlib.util
import re
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from tradelib import live
from tradelib.bundle.tables import check_table, schema

DATA = Path(__file__).parents[1]


def beside(name):
    """Another script of this folder."""
    spec = importlib.util.spec_from_file_location(name, DATA / "prepare" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pairs, registry = beside("pairs"), beside("registry")
FIGURE = ["reporter", "partner", "flow", "coverage", "period_start", "period_end", "source_id"]
VALUE = ["indicator", "country", "year", "source_id"]
NEAR = 0.10  # an outcome within a tenth of either side's report agrees


def text(value):
    """A figure as the files write it."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def fresh_figures(table):
    """The bureau's newest figures of the pairs that the bundle has from it, as rows of text."""
    pairs = table.loc[table["source_id"] == "bns", ["reporter", "partner"]].drop_duplicates()
    found = [live.fetch_flows(r, p, source="bns") for r, p in pairs.itertuples(index=False)]
    known = pd.concat(found).query("status in ['final', 'preliminary']")
    day = known["accessed"].dt.strftime("%Y-%m-%d")
    known = known.assign(
        note=known["note"] + "; fetched " + day, value_musd=known["value_musd"].map(text)
    )
    for column in ("period_start", "period_end", "released"):
        known[column] = known[column].dt.strftime("%Y-%m-%d")
    return as_text(known)[table.columns]


def fresh_macro(table):
    """The World Bank's newest GDP of the countries that the bundle has, as rows of text."""
    bundled = table[(table["source_id"] == "wdi") & (table["indicator"] == "gdp")]
    found = live.fetch_macro(bundled["country"].unique().tolist())
    found = found[found["year"] >= bundled["year"].astype(int).min()]
    note = "Fetched " + found["accessed"].dt.strftime("%Y-%m-%d") + "."
    found = found.assign(value=found["value"].map(text), note=note)
    found["released"] = found["released"].dt.strftime("%Y-%m-%d")
    return as_text(found)[table.columns]


def as_text(frame):
    """Cells as the files hold them: text, empty where nothing is known."""
    return frame.astype("str").where(frame.notna(), "").replace({"nan": "", "None": "", "NaN": ""})


def merged(table, fresh, *, keys, column):
    """The table with new and revised rows, and a line on each change."""
    day = pd.Timestamp.now(tz="UTC").date().isoformat()
    table, lines, added = table.copy(), [], []
    places = {tuple(row): at for at, row in zip(table.index, table[keys].to_numpy(), strict=True)}
    for row in fresh.to_dict("records"):
        place = tuple(row[key] for key in keys)
        name = " ".join(part for part in place if not re.fullmatch(r"\d{4}-01-01", part))
        if place not in places:
            added.append(row)
            lines.append(f"new      {name}: {row[column]} ({row['status']})")
            continue
        old = table.loc[places[place]]
        changes = "" if near(old[column], row[column]) else f"{old[column]} -> {row[column]}"
        if old["status"] != row["status"]:
            changes += f" {old['status']} -> {row['status']}"
        if changes:
            lines.append(f"revised  {name}: {changes.strip()}")
            was = f"Was {old[column]} ({old['status']}) until {day}."
            new = {column: row[column], "status": row["status"], "source_url": row["source_url"]}
            new["note"] = f"{row['note'].rstrip('.')}. {was} {old['note']}".strip()
            table.loc[places[place], list(new)] = list(new.values())
    if added:
        table = pd.concat([table, pd.DataFrame(added)[table.columns]], ignore_index=True)
    return table, lines


def near(old, new):
    """Whether two figures are the same to the dollar."""
    return old != "" and abs(float(old) - float(new)) < 1.5e-6


def with_totals(table, before):
    """Stated totals that no longer fit their revised flows, as the flows' sum."""
    table, lines = table.copy(), []
    keys = [key for key in FIGURE if key != "flow"]
    moved = table.index[: len(before)][(table["value_musd"][: len(before)] != before["value_musd"])]
    for at in moved:
        same = (table[keys] == table.loc[at, keys]).all(axis=1)
        flows = table[same & table["flow"].isin(["export", "import"])]
        stated = table.index[same & (table["flow"] == "turnover")]
        if len(flows) == 2 and len(stated) == 1:
            total = text(flows["value_musd"].astype(float).sum())
            old = table.loc[stated[0], "value_musd"]
            if not near(old, total):
                table.loc[stated[0], "value_musd"] = total
                note = f"Sum of revised flows; was {old}. {table.loc[stated[0], 'note']}"
                table.loc[stated[0], "note"] = note.strip()
                lines.append(
                    f"revised  turnover {table.loc[at, 'period_end'][:4]}: {old} -> {total}"
                )
    return table, lines


def read(folder, file):
    """A table as text."""
    return pd.read_csv(folder / file, dtype="str", keep_default_na=False, encoding="utf-8")


def refresh(folder, *, dry_run):
    """Fetch, show, check, and only then write."""
    figures, macro = read(folder, "figures.csv"), read(folder, "macro.csv")
    new, lines = merged(figures, fresh_figures(figures), keys=FIGURE, column="value_musd")
    new, totals = with_totals(new, figures)
    new_macro, more = merged(macro, fresh_macro(macro), keys=VALUE, column="value")
    tables = {"figures.csv": new, "macro.csv": new_macro}
    for file, table in tables.items():
        check_table(table, schema(file), file)
    print("\n".join([*lines, *totals, *more]) or "no figure has changed")
    changed = bool(lines or totals or more)
    if dry_run or not changed:
        print("nothing written")
        return
    write(folder, tables)
    print("written; run make data, make record and make test, and commit with the reasons")


def fresh_partners(table):
    """Kazakhstan's flows by partner as the bureau has them now, US$ million."""
    found = []
    for partner in sorted(table.loc[table["reporter"] == "KAZ", "partner"].unique()):
        try:
            flows = live.fetch_flows("KAZ", partner, source="bns")
        except live.NoDataError:  # no edition at hand lists the partner
            continue
        found.append(flows.query("status in ['final', 'preliminary']"))
    known = pd.concat(found)
    return known.assign(year=known["period_end"].dt.year.astype("str"), value=known["value_musd"])


def fresh_baci(release):
    """Flows of a release of BACI: exporter, importer, year, US$ million."""
    panel = live.fetch_panel(source="baci", release=release, progress=False)
    sides = {"export_musd": ["reporter", "partner"], "import_musd": ["partner", "reporter"]}
    flows = [
        panel.rename(columns=dict(zip(names, ["exporter", "importer"], strict=True))).assign(
            value=panel[column], year=panel["year"].astype("str")
        )
        for column, names in sides.items()
    ]
    return pd.concat(flows).query("value > 0")  # what BACI does not list is unknown here


def with_cells(table, fresh, keys):
    """A wide table with new and revised cells of the years it has, and a line on each change."""
    wide, lines = table.set_index(keys), []
    for row in fresh[fresh["year"].isin(wide.columns)].to_dict("records"):
        place, new = tuple(row[key] for key in keys), pairs.rounded(row["value"])
        old = wide[row["year"]].get(place, "")
        if new != old:
            kind = "revised " if old else "new     "
            lines.append(f"{kind} {' '.join(place)} {row['year']}: {old and old + ' -> '}{new}")
            wide.loc[place, row["year"]] = new
    return wide.fillna("").sort_index().reset_index()[list(table.columns)], lines


def partners(folder, *, dry_run, release):
    """Update the histories of pairs: all of what is asked for, or nothing."""
    asked = {"offices.csv.gz": (["reporter", "partner", "flow"], fresh_partners)}
    if release:
        asked["baci_2023.csv.gz"] = (["exporter", "importer"], lambda _: fresh_baci(release))
    tables, lines = {}, []
    for file, (keys, fresh) in asked.items():
        old = read(folder, file)
        tables[file], changes = with_cells(old, fresh(old), keys)
        check_table(tables[file], schema(file), file)
        lines += changes
    print("\n".join(lines) or "no figure has changed")
    if dry_run or not lines:
        print("nothing written")
        return
    write(folder, tables)
    print("written; run make data, make record and make test, and commit with the reasons")


def write(folder, tables):
    """All files or none: made and checked in another folder, then moved one by one."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        beside = Path(name) / "data"
        shutil.copytree(folder, beside)
        for file, table in tables.items():
            text = table.to_csv(index=False, lineterminator="\n").encode()
            (beside / file).write_bytes(pairs.packed(table) if file.endswith(".gz") else text)
        text = (beside / "registry.toml").read_text(encoding="utf-8")
        (beside / "registry.toml").write_text(registry.refreshed(text, beside), encoding="utf-8")
        for file in [*tables, "registry.toml"]:
            (beside / file).replace(folder / file)


def reports(one, unchecked):
    """Turnover of an outcome's year as each side reports it; missing where it is not known."""
    values = []
    for pair in ((one.reporter, one.partner), (one.partner, one.reporter)):
        try:
            found = live.fetch_turnover(*pair, years=int(one.outcome_year))
            values.append(found["turnover_musd"].iloc[0])
        except live.NoDataError:
            values.append(np.nan)
        except live.LiveError as error:
            values.append(np.nan)
            unchecked.append(f"{one.target_id}: {error}")
    return values


def pledges(folder):
    """Recorded outcomes that neither side's report to the IMF comes near."""
    targets = read(folder, "targets.csv").query("scope == 'pair' and currency == 'USD'")
    targets = targets[(targets["outcome_value"] != "") & (targets["coverage"] != "goods_services")]
    rows, unchecked = [], []
    for one in targets.itertuples():
        recorded = float(one.outcome_value)
        sides = reports(one, unchecked)
        ratios = [value / recorded for value in sides if value > 0]
        closest = min(ratios, key=lambda ratio: abs(np.log(ratio)), default=1.0)
        if abs(np.log(closest)) > np.log1p(NEAR):
            rows.append([one.target_id, one.outcome_year, recorded, *sides, f"{closest:.2f}"])
    columns = ["target_id", "year", "recorded", "imts_reporter", "imts_partner", "closest_ratio"]
    table = pd.DataFrame(rows, columns=columns)
    print(
        f"{len(targets)} outcomes, {len(table)} that differ by more than {NEAR:.0%} "
        "from both reports"
    )
    if len(table):
        print(table.round(1).to_string(index=False))
    print("\n".join(["not checked:", *unchecked]) if unchecked else "all checked")


def main():
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
