"""Put the registry of targets into one file that anyone can cite, check and load.

Usage:  python data/prepare/registry_release.py [--out FOLDER]

Writes ``tradelib-targets-VERSION.zip``: the table; its part of data/datapackage.json, whose fields
are the codebook; how to cite it; what changed in which row, as the table itself tells; and how to
load it in Python and in R. The same rows give the same bytes.
"""

import argparse
import json
import re
import zipfile
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
# A day that every archive can hold: what is inside says its own.
STAMP = (1980, 1, 1, 0, 0, 0)
TITLE = "Registry of announced bilateral trade targets and what became of them"


def described():
    """The whole description, and its entry of the table."""
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    return package, next(one for one in package["resources"] if one["name"] == "targets")


def codebook(package, entry):
    """The description of the one table, as a package of its own: without keys of other tables."""
    own = {key: value for key, value in entry["schema"].items() if key != "foreignKeys"}
    return {
        "name": "tradelib-targets",
        "title": TITLE,
        "description": entry["description"],
        "version": entry["version"],
        "created": f"{entry['published']}T00:00:00Z",
        "licenses": entry["licenses"],
        "contributors": package["contributors"],
        "sources": entry["sources"],
        "resources": [entry | {"schema": own}],
    }


def changes(table, version):
    """What changed in which row: rows by search, corrections by day, newest first."""
    lines = [f"# Changes of the registry, to version {version}", ""]
    corrected = table.loc[table["audit"] != "", ["target_id", "audit"]]
    by_day = {}
    for name, trail in corrected.itertuples(index=False):
        for entry in trail.split(" | "):
            day, what = entry.split(": ", 1)
            by_day.setdefault(day, []).append(f"- {name}: {what}")
    for day in sorted(by_day, reverse=True):
        lines += [f"## Audit of {day}", "", *by_day[day], ""]
    for batch, rows in sorted(table.groupby("batch"), key=lambda one: -int(one[0])):
        names = ", ".join(rows["target_id"])
        lines += [f"## Search {batch}: {len(rows)} rows", "", names, ""]
    return "\n".join(lines)


def citation(entry):
    """How to cite it (Citation File Format 1.2.0), by the authors of the library."""
    authors = re.search(
        r"^authors:\n(?:  ?-? .*\n|- .*\n)+",
        (ROOT / "CITATION.cff").read_text("utf-8"),
        re.MULTILINE,
    )
    return (
        "cff-version: 1.2.0\nmessage: If you use these data, please cite them as below.\n"
        f'type: dataset\ntitle: {TITLE}\n{authors[0]}version: "{entry["version"]}"\n'
        f"date-released: {entry['published']}\nlicense: CC-BY-4.0\n"
    )


def readme(entry, table, file):
    """What it is, and one line to load it in Python and in R."""
    pairs = table.loc[table["scope"] == "pair", ["reporter", "partner"]].apply(frozenset, axis=1)
    first, last = (f(table["announced"].str[:4]) for f in (min, max))
    return f"""# {TITLE}

Version {entry["version"]}, {entry["published"]}: {len(table)} targets, {pairs.nunique()} pairs of
countries, announced {first} to {last}. Each row says who promised what and when, the baseline and
the outcome, with the address of each. `datapackage.json` explains every column (Frictionless),
`CHANGES.md` what changed in which row, `CITATION.cff` how to cite it.
Licence: {entry["licenses"][0]["title"]}.

Goals that were met are easier to find than goals that were dropped, so every share here is rather
too high. Values are million of `currency`, at current prices. Empty means not known, never zero.

Python:

    import pandas, zipfile; targets = pandas.read_csv(zipfile.ZipFile("{file}").open("targets.csv"))

R:

    targets <- read.csv(unz("{file}", "targets.csv"))
"""


def release(folder):
    """Write the file into a folder, and give its path."""
    package, entry = described()
    table = pd.read_csv(DATA / "targets.csv", dtype=str, keep_default_na=False)
    path = folder / f"tradelib-targets-{entry['version']}.zip"
    texts = {
        "README.md": readme(entry, table, path.name),
        "CITATION.cff": citation(entry),
        "CHANGES.md": changes(table, entry["version"]),
        "datapackage.json": json.dumps(codebook(package, entry), indent=1, ensure_ascii=False),
        "targets.csv": (DATA / "targets.csv").read_text(encoding="utf-8"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), text, zipfile.ZIP_DEFLATED)
    return path


def main():
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    path = release(parser.parse_args().out)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
