"""Fill in the columns of data/targets.csv that follow from others, and describe its columns.

Usage:  python data/prepare/targets.py

The table is edited by hand (CONTRIBUTING.md). ``released``, ``released_basis``, ``resolved``,
``version`` and ``supersedes`` are filled in; ``targets.resource.json``, a Frictionless table
descriptor, is written from the schema the loader uses.
"""

import json
import re
from pathlib import Path

import pandas as pd

from tradelib.bundle.sources import files, release_day
from tradelib.bundle.tables import schema

DATA = Path(__file__).parents[1]
SOURCE = "pledges"
TAGS = {
    "presumptive": "The deadline's value was not seen; the last one seen was far below.",
    "near_year": "The outcome's year lies more than one year from the deadline.",
    "partial": "A value covers part of a year.",
    "derived": "A value is worked out from a quoted growth rate, share or the word double.",
    "conflict": "Sources contradict each other.",
    "weak": "The row rests on a weak source.",
    "re_dated": "The same level was given a later deadline.",
    "audited": "Searched again independently and corrected; what was corrected stands in audit.",
    "check": "The recorded status is in doubt.",
}
DESCRIPTIONS = {
    "target_id": "Short name: the pair and the year of the announcement.",
    "scope": "A country pair, or a region, which is left out of every rate.",
    "reporter": "First country, ISO 3166 alpha-3, or a group's code.",
    "partner": "Second country, ISO 3166 alpha-3, or a group's code.",
    "announced": "Day, month or year of the announcement, as exact as it is known (ISO 8601).",
    "announced_by": "Who said it, where.",
    "target_value": "Turnover to be reached, million of the currency, current prices.",
    "currency": "Currency of all three values of the row.",
    "deadline": "Calendar year by whose end the level is to be reached.",
    "deadline_kind": "Year named; n years from the announcement; or no year named.",
    "baseline_value": "Turnover before the pledge, million of the currency.",
    "baseline_year": "Its calendar year, or the first one of a fiscal year.",
    "outcome_value": "Turnover in or next to the deadline year, million of the currency.",
    "outcome_year": "Its calendar year, or the first one of a fiscal year.",
    "reached_year": "First year in which the level was seen.",
    "status": "What became of it, as recorded by hand; tradelib derives its own from the figures.",
    "coverage": "What the turnover counts.",
    "statistics_of": "Whose statistics; often inferred from the speaker.",
    "announce_url": "Address of the announcement.",
    "baseline_url": "Address of the baseline.",
    "outcome_url": "Address of the outcome.",
    "announce_printed": "When the text at announce_url was published (ISO 8601).",
    "baseline_printed": "When the text at baseline_url was published (ISO 8601).",
    "outcome_printed": "When the text at outcome_url was published (ISO 8601).",
    **TAGS,
    "audit": "What an audit corrected: day, column, old value (million of the currency), address.",
    "batch": "1 by deadline and prominent pair; 2 in areas the first left thin.",
    "version": "Rank among the pair's pledges by announcement, then deadline. Filled by refresh.",
    "supersedes": "Pledge of the pair that was open when this one came, at most as high. Filled.",
    "source_id": "Entry of registry.toml.",
    "released": "Last day that announced allows. Filled.",
    "released_basis": "How exact announced is. Filled.",
    "resolved": "Day from which on time or not can be known. Filled.",
    "note": "Whatever else matters.",
}
WHEN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def last_day(when):
    """(day, basis): the last day of a year, a month or a day, and how exact it was stated."""
    year, month, day = WHEN.fullmatch(when).groups()
    if day:
        return when, "stated"
    end = pd.Timestamp(f"{year}-{month or 12}-01") + pd.offsets.MonthEnd(0)
    return f"{end:%Y-%m-%d}", "month" if month else "year"


def resolved(deadline, reached):
    """Day from which on time or not can be known: the registry's lag after the deciding year.

    The deciding year is the deadline or, if earlier, the year in which the level was reached;
    without a deadline, the year in which it was reached; without either there is none.
    """
    years = [int(year) for year in (deadline, reached) if year]
    if not years:
        return ""
    return release_day(SOURCE, min(years)).isoformat()


def supersedes(row, pair):
    """The pair's latest earlier pledge that was open at the announcement, at most as high.

    Across currencies heights cannot be compared: there the record must say superseded.
    """
    year = row["announced"][:4]
    earlier = [
        other
        for other in pair
        if other["released"] < row["announced"].ljust(10, "-")
        and (other["deadline"] or "9999") >= year
        and (other["reached_year"] or "9999") >= year
        and (
            float(other["target_value"]) <= float(row["target_value"])
            if other["currency"] == row["currency"]
            else other["status"] == "superseded"
        )
    ]
    return earlier[-1]["target_id"] if earlier else ""


def refreshed(table):
    """The table of text with the columns that follow from others, ordered by batch and pair."""
    rows = table.to_dict("records")
    pairs = {}
    for row in rows:
        row["released"], row["released_basis"] = last_day(row["announced"])
        row["resolved"] = resolved(row["deadline"], row["reached_year"])
        pairs.setdefault(frozenset((row["reporter"], row["partner"])), []).append(row)
    for pair in pairs.values():
        pair.sort(key=lambda r: (r["released"], r["deadline"] or "9999", float(r["target_value"])))
        for rank, row in enumerate(pair, start=1):
            row["version"], row["supersedes"] = str(rank), supersedes(row, pair)
    return pd.DataFrame(rows, dtype="str")[list(schema("targets.csv"))]


TYPES = {
    "text": {"type": "string"},
    "country": {"type": "string", "constraints": {"pattern": "[A-Z]{2,5}"}},
    "when": {
        "type": "string",
        "constraints": {"pattern": "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"},
    },
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "date": {"type": "date", "format": "%Y-%m-%d"},
    "bool": {"type": "boolean", "trueValues": ["True"], "falseValues": ["False"]},
}


def field(name, kind):
    """A column of the loader's schema as a Frictionless field."""
    base = kind.removesuffix("?")
    found = TYPES.get(base) or {"type": "string", "constraints": {"enum": base.split("|")}}
    constraints = {"required": not kind.endswith("?")} | found.get("constraints", {})
    if name == "target_id":
        constraints["unique"] = True
    described = {"name": name, "description": DESCRIPTIONS[name]}
    return described | found | {"constraints": constraints}


def descriptor():
    """The Frictionless resource that describes data/targets.csv."""
    title = files().set_index("file")["title"]["targets.csv"]
    fields = [field(name, kind) for name, kind in schema("targets.csv").items()]
    return {
        "profile": "tabular-data-resource",
        "name": "targets",
        "path": "targets.csv",
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": fields,
            "missingValues": [""],
            "primaryKey": "target_id",
            "foreignKeys": [
                {"fields": "supersedes", "reference": {"resource": "", "fields": "target_id"}}
            ],
        },
    }


def main():
    """Refresh the table and its descriptor."""
    text = pd.read_csv(DATA / "targets.csv", dtype=str, keep_default_na=False)
    refreshed(text).to_csv(DATA / "targets.csv", index=False, lineterminator="\n")
    described = json.dumps(descriptor(), indent=1, ensure_ascii=False) + "\n"
    (DATA / "targets.resource.json").write_text(described, encoding="utf-8")
    print(f"targets.csv: {len(text)} rows")


if __name__ == "__main__":
    main()
