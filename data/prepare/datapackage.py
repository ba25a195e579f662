"""Refresh or check data/datapackage.json, the description of every bundled file.

Usage:  python data/prepare/datapackage.py [--check]

Without ``--check`` it writes the size and SHA-256 of every file, and an entry for an archived
forecast that has none. With it nothing changes: the files are held to their description by
frictionless, entries to what they must say, countries to our codes, and each source to what the
loaders read of it. A file in ``data/``
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
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tradelib.api.csv_cells import is_formula
from tradelib.core.country_codes import all_codes

# An entry of the description: what is said of one file.
Entry: TypeAlias = dict[str, Any]
# A JSON Schema, or a part of one.
Schema: TypeAlias = dict[str, Any]

# The folder of bundled files.
DATA = Path(__file__).parents[1]
# The name that Frictionless gives to a description.
PACKAGE = "datapackage.json"
# What a field's type is marked with if its cells name countries.
COUNTRY = "https://schema.org/Country"
# Of a line of the description, where what it holds fits into one.
WIDTH = 150

# Texts may not be empty: an entry that says nothing explains nothing.
TEXT: Schema = {"type": "string", "minLength": 1}
# A day as ISO 8601 writes it.
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
# A sentence ends with a full stop.
SENTENCE: Schema = {"type": "string", "pattern": r"\.$"}
# A file's digest, with the name of the algorithm.
SHA256: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
# A licence is known by its short name and its title.
LICENCE: Schema = {"required": ["name", "title"], "properties": {"name": TEXT, "title": TEXT}}
LICENCES: Schema = {"type": "array", "minItems": 1, "items": LICENCE}
# Contributors and sources are known by a title.
TITLED: Schema = {"required": ["title"], "properties": {"title": TEXT}}
NAMED: Schema = {"type": "array", "minItems": 1, "items": TITLED}
# What an entry must say beyond the standard, as a JSON Schema.
ENTRY: Schema = {
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
    "hash": SHA256,
}
# What each column of a table must say.
FIELD: Schema = {"name": TEXT, "type": TEXT, "description": SENTENCE}
FIELDS: Schema = {"items": {"required": list(FIELD), "properties": FIELD}}
TABLE: Schema = {"required": ["fields"], "properties": {"fields": FIELDS}}
# All but JSON must say what its columns are.
IS_JSON: Schema = {"properties": {"format": {"const": "json"}}, "required": ["format"]}
HAS_COLUMNS: Schema = {"required": ["schema"]}
# An entry of a file must say everything; one whose rows stand in the description itself, less.
RESOURCE: Schema = {
    "properties": ENTRY | {"schema": TABLE},
    "if": {"required": ["path"]},
    "then": {"required": list(ENTRY)},
    "else": {"required": ["name", "title", "description", "data", "schema"]},
    "anyOf": [IS_JSON, HAS_COLUMNS],
}
# What the whole description must say.
PROFILE: Schema = {
    "required": ["name", "title", "description", "licenses", "contributors", "recommended"],
    "properties": {
        "licenses": LICENCES,
        "contributors": NAMED,
        "resources": {"items": RESOURCE},
    },
}
# What a source with a wide file must say of all its figures.
OF_A_FILE = ("coverage", "valuation")
# What tells when a source's figures came out: one of these two.
RELEASE = {"lag", "released"}
# How each archived forecast is licensed.
CC_BY = {
    "name": "CC-BY-4.0",
    "title": "CC BY 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}


def written(value: Any, indent: int = 0) -> str:
    """A description as text: what fits stands in one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    if isinstance(value, list):
        opening, closing = "[]"
        parts = [written(item, indent + 1) for item in value]
    else:
        opening, closing = "{}"
        parts = [named(key, item, indent + 1) for key, item in value.items()]
    inner = "\n" + " " * (indent + 1)
    outer = "\n" + " " * indent
    return opening + inner + f",{inner}".join(parts) + outer + closing


def named(key: str, value: Any, indent: int) -> str:
    """A value of a description as text, after its key."""
    return f"{json.dumps(key)}: {written(value, indent)}"


def forecast(file: str) -> Entry:
    """The entry of an archived forecast, before its size and hash."""
    name = Path(file).stem
    day = name[:10]  # a second one of a day is DAY-2
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
        "licenses": [CC_BY],
        "published": day,
        "accessed": day,
        "known_from": day,
        "unit": "per row",
        "prepared_by": "data/prepare/forecast_archive.py",
    }


def refreshed(text: str, folder: Path) -> str:
    """The description's text with sizes and hashes of the files as they are in a folder."""
    package = json.loads(text)
    entries = [entry for entry in package["resources"] if "path" in entry]
    described = {entry["path"] for entry in entries}
    present = described_files(folder)
    for file in sorted(present - described):
        if file.startswith("forecasts/") and file.endswith(".json"):
            entry = forecast(file)
            entries.append(entry)
            package["resources"].append(entry)
    described = {entry["path"] for entry in entries}
    odd = sorted(present ^ described)
    if odd:
        raise SystemExit(f"{PACKAGE} and data/ must name the same files; check {', '.join(odd)}")
    for entry in entries:
        content = (folder / entry["path"]).read_bytes()
        entry["bytes"] = len(content)
        entry["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return written(package) + "\n"


def described_files(folder: Path) -> set[str]:
    """Files of the folder that the description must name: all but itself and the scripts."""
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    scripts = {file for file in files if file.startswith("prepare/")}
    return files - scripts - {PACKAGE}


def faults(folder: Path) -> list[str]:
    """What is wrong with the files of a folder or with their description, a line each."""
    from frictionless import Checklist, FrictionlessException, Metadata, Package, checks, system

    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    # A copy: frictionless moves parts of what it is given.
    errors = Metadata.metadata_validate(copy.deepcopy(package), profile=PROFILE)
    messages = [error.message for error in errors]
    try:
        # The folder may stand anywhere; packed files that it opens it leaves to the collector.
        with system.use_context(trusted=True), warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            whole = Package(str(folder / PACKAGE))
            report = whole.validate(Checklist(checks=[checks.duplicate_row()]))
            gc.collect()
    except FrictionlessException as error:
        return [*messages, str(error)]
    messages += [error.message for error in report.errors]
    for task in report.tasks:
        messages += [f"{task.place}: {error.message}" for error in task.errors]
    for entry in package["resources"]:
        messages += strangers(folder, entry)
        messages += formulas(folder, entry)
        if entry["name"] == "sources":
            messages += incomplete_sources(entry["data"])
    return messages


def strangers(folder: Path, entry: Entry) -> list[str]:
    """Cells that should name a country or a group and do not, a line each."""
    fields = entry.get("schema", {}).get("fields", [])
    columns = [field["name"] for field in fields if field.get("rdfType") == COUNTRY]
    if not columns:
        return []
    codes = {row[name] for row in cells(folder, entry) for name in columns if row.get(name)}
    unknown = sorted(codes - set(all_codes()))
    return [f"{entry['name']}: {code!r} is no country's code" for code in unknown]


def formulas(folder: Path, entry: Entry) -> list[str]:
    """Texts that a spreadsheet would run as a formula, a line each."""
    fields = entry.get("schema", {}).get("fields", [])
    columns = [field["name"] for field in fields if field.get("type") == "string"]
    if not columns:
        return []
    texts = {str(row.get(name) or "") for row in cells(folder, entry) for name in columns}
    return [f"{entry['name']}: {text!r} is a formula" for text in sorted(texts) if is_formula(text)]


def incomplete_sources(sources: Sequence[Entry]) -> list[str]:
    """Sources that lack something the loaders read, a line each.

    Every source says when its figures came out, by a lag or by one day; one with a wide file says
    also what they count and how they are priced.
    """
    messages = []
    for source in sources:
        missing = [key for key in OF_A_FILE if "file" in source and key not in source]
        if len(RELEASE & source.keys()) != 1:
            missing.append("lag or released (one of the two)")
        if missing:
            messages.append(f"sources: {source['source_id']} has no {', no '.join(missing)}")
    return messages


def cells(folder: Path, entry: Entry) -> list[dict[str, Any]]:
    """Rows of a table as text, by column."""
    if "data" in entry:
        return list(entry["data"])
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
