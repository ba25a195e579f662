"""Refresh or check data/datapackage.json, the description of every bundled file.

Usage:  python data/prepare/datapackage.py [--check]

Without ``--check`` it writes the size and SHA-256 of every file, and an entry for an archived
forecast that has none. With it nothing changes: the files are held to their description by
frictionless, entries to what they must say, and countries to our codes. A file in ``data/``
without an entry, or an entry without a file, is an error either way.
"""

import copy
import csv
import gc
import gzip
import hashlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from tradelib.ground.codes import all_codes

DATA = Path(__file__).parents[1]
PACKAGE = "datapackage.json"
COUNTRY = "https://schema.org/Country"
WIDTH = 150  # of a line of the description, where what it holds fits into one

TEXT = {"type": "string", "minLength": 1}
DAY = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
LICENCES = {
    "type": "array",
    "minItems": 1,
    "items": {"required": ["name", "title"], "properties": {"name": TEXT, "title": TEXT}},
}
NAMED = {
    "type": "array",
    "minItems": 1,
    "items": {"required": ["title"], "properties": {"title": TEXT}},
}
# What an entry must say beyond the standard, as a JSON Schema.
ENTRY = {
    "name": TEXT,
    "path": TEXT,
    "title": TEXT,
    "description": TEXT,
    "format": TEXT,
    "mediatype": TEXT,
    "encoding": TEXT,
    "version": TEXT,
    "contributors": NAMED,
    "sources": NAMED,
    "licenses": LICENCES,
    "published": DAY,
    "accessed": DAY,
    "unit": TEXT,
    "prepared_by": TEXT,
    "bytes": {"type": "integer"},
    "hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
}
FIELD = {"name": TEXT, "type": TEXT, "description": {"type": "string", "pattern": r"\.$"}}
PROFILE = {
    "required": ["name", "title", "description", "licenses", "contributors", "recommended"],
    "properties": {
        "licenses": LICENCES,
        "contributors": NAMED,
        "resources": {
            "items": {
                "properties": ENTRY
                | {
                    "schema": {
                        "required": ["fields"],
                        "properties": {
                            "fields": {"items": {"required": list(FIELD), "properties": FIELD}}
                        },
                    }
                },
                "if": {"required": ["path"]},
                "then": {"required": list(ENTRY)},
                "else": {"required": ["name", "title", "description", "data", "schema"]},
                "anyOf": [
                    {"properties": {"format": {"const": "json"}}, "required": ["format"]},
                    {"required": ["schema"]},
                ],
            }
        },
    },
}


def written(value: Any, indent: int = 0) -> str:
    """A description as text: what fits stands in one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    pad = " " * (indent + 1)
    if isinstance(value, list):
        inner = [written(item, indent + 1) for item in value]
        ends = "[]"
    else:
        inner = [f"{json.dumps(key)}: {written(item, indent + 1)}" for key, item in value.items()]
        ends = "{}"
    return f"{ends[0]}\n{pad}" + f",\n{pad}".join(inner) + f"\n{' ' * indent}{ends[1]}"


def forecast(file: str) -> dict[str, Any]:
    """The entry of an archived forecast, before its size and hash."""
    name = Path(file).stem
    day = Path(file).stem[:10]  # a second one of a day is DAY-2
    return {
        "name": f"forecast-{name}",
        "path": file,
        "title": f"Forecasts as made on {day}",
        "description": "Written once and never edited; scored as figures come.",
        "format": "json",
        "mediatype": "application/json",
        "encoding": "utf-8",
        "version": "1",
        "contributors": [{"title": "tradelib"}],
        "sources": [{"title": "the other files"}],
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "CC BY 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "published": day,
        "accessed": day,
        "known_from": day,
        "unit": "per row",
        "prepared_by": "data/prepare/forecast_archive.py",
    }


def refreshed(text: str, folder: Path) -> str:
    """The description's text with sizes and hashes of the files as they are in a folder."""
    package = json.loads(text)
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    present = {p for p in present if not p.startswith("prepare/") and p != PACKAGE}
    entries = [entry for entry in package["resources"] if "path" in entry]
    for file in sorted(present - {entry["path"] for entry in entries}):
        if file.startswith("forecasts/"):
            entries.append(forecast(file))
            package["resources"].append(entries[-1])
    odd = sorted(present ^ {entry["path"] for entry in entries})
    if odd:
        raise SystemExit(f"{PACKAGE} and data/ must name the same files; check {', '.join(odd)}")
    for entry in entries:
        content = (folder / entry["path"]).read_bytes()
        entry["bytes"] = len(content)
        entry["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return written(package) + "\n"


def faults(folder: Path) -> list[str]:
    """What is wrong with the files of a folder or with their description, a line each."""
    from frictionless import Checklist, FrictionlessException, Metadata, Package, checks, system

    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    # A copy: frictionless moves parts of what it is given.
    entries = Metadata.metadata_validate(copy.deepcopy(package), profile=PROFILE)
    found = [error.message for error in entries]
    try:
        # The folder may stand anywhere; packed files that it opens it leaves to the collector.
        with system.use_context(trusted=True), warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            whole = Package(str(folder / PACKAGE))
            report = whole.validate(Checklist(checks=[checks.duplicate_row()]))
            gc.collect()
    except FrictionlessException as error:
        return [*found, str(error)]
    found += [error.message for error in report.errors]
    for task in report.tasks:
        found += [f"{task.place}: {error.message}" for error in task.errors]
    for entry in package["resources"]:
        found += strangers(folder, entry)
    return found


def strangers(folder: Path, entry: dict[str, Any]) -> list[str]:
    """Cells that should name a country or a group and do not."""
    fields = entry.get("schema", {}).get("fields", [])
    columns = [field["name"] for field in fields if field.get("rdfType") == COUNTRY]
    if not columns:
        return []
    named = {row[name] for row in cells(folder, entry) for name in columns if row.get(name)}
    return [
        f"{entry['name']}: {code!r} is no country's code"
        for code in sorted(named - set(all_codes()))
    ]


def cells(folder: Path, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a table as text."""
    if "data" in entry:
        return entry["data"]
    opener = gzip.open if entry["path"].endswith(".gz") else open
    with opener(folder / entry["path"], "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Refresh or check the description."""
    if "--check" in sys.argv:
        lines = faults(DATA)
        if lines:
            raise SystemExit("\n".join([*lines, "run `make data` after a wanted change"]))
        print("data/ is as data/datapackage.json says")
        return
    file = DATA / PACKAGE
    old = file.read_text(encoding="utf-8")
    new = refreshed(old, DATA)
    file.write_text(new, encoding="utf-8")
    print(f"data/{PACKAGE} {'is up to date' if new == old else 'refreshed'}")


if __name__ == "__main__":
    main()
