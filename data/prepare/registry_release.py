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
from typing import Any

import pandas as pd

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
# A day that every archive can hold: what is inside says its own.
STAMP = (1980, 1, 1, 0, 0, 0)
TITLE = "Registry of announced bilateral trade targets and what became of them"


def described() -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole description, and its entry of the table."""
    package = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    entry = next(entry for entry in package["resources"] if entry["name"] == "targets")
    return package, entry


def codebook(package: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
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


def changes(table: pd.DataFrame, version: str) -> str:
    """What changed in which row: rows by search, corrections by day, newest first."""
    lines = [f"# Changes of the registry, to version {version}", ""]
    corrected = table.loc[table["audit"] != "", ["target_id", "audit"]]
    by_day: dict[str, list[str]] = {}
    for name, trail in corrected.itertuples(index=False):
        for entry in trail.split(" | "):
            day, what = entry.split(": ", 1)
            by_day.setdefault(day, []).append(f"- {name}: {what}")
    for day in sorted(by_day, reverse=True):
        lines += [f"## Audit of {day}", "", *by_day[day], ""]
    names_by_batch = table.groupby("batch")["target_id"].agg(list)
    for batch in sorted(names_by_batch.index, key=int, reverse=True):
        names = names_by_batch[batch]
        lines += [f"## Search {batch}: {len(names)} rows", "", ", ".join(names), ""]
    return "\n".join(lines)


def citation(entry: dict[str, Any]) -> str:
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


def readme(entry: dict[str, Any], table: pd.DataFrame, file: str) -> str:
    """What it is, and one line to load it in Python and in R."""
    pairs = table.loc[table["scope"] == "pair", ["reporter", "partner"]].apply(frozenset, axis=1)
    years = table["announced"].str[:4]
    first = min(years)
    last = max(years)
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


def release(folder: Path) -> Path:
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


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    path = release(parser.parse_args().out)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
