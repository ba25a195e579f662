"""Data for others: CSV with a Frictionless `datapackage.json`."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

import tradelib as tl
from pages import embed
from pages.feed import feed
from pages.render import fill
from pages.sources import bundled
from tradelib.api.csv_cells import is_formula
from tradelib.datasets.tables import schema
from tradelib.pages.cards import Card, known_day
from tradelib.pages.pictures import numbers
from tradelib.pages.questions import model_output, question_set

KINDS = {"b": "boolean", "i": "integer", "u": "integer", "f": "number", "M": "date"}
TITLES = {
    "targets": "Announced bilateral trade targets and what became of them",
    "verdicts": "What the library says of every open target",
    "evidence": "What each verdict rests on, one row per item",
    "series": "Recommended annual turnover of the bundled pairs, US$ million",
    "figures": "Every reported figure, with who, when and where",
    "sources": "Who reported, under which licence",
    "changes": "Chances that moved by five points or more between archives, and what differs",
    "questions": "Open targets as questions for forecasters: criteria, fine print, our answers",
    "hubverse": "Our answers to these questions as rows of hubverse's model output",
}
# Tables that are long, for programs more than for readers: zipped, with six digits.
ZIPPED = ("evidence",)
PROSE = "Code is MIT; the compilation is CC BY 4.0; each source keeps its own licence."


def tables(cards: Sequence[Card]) -> dict[str, pd.DataFrame]:
    """The tables that are offered, by name."""
    verdict_parts = []
    evidence_parts = []
    for card in cards:
        verdict = card.verdict
        if verdict is not None:
            about = {"target_id": card.id, "currency": card.row.currency}
            frame = verdict.to_frame()
            verdict_parts.append(frame.assign(**about, rests_on=verdict.rests_on))
            evidence_parts.append(verdict.evidence.assign(target_id=card.id))
    verdicts = pd.concat(verdict_parts)
    evidence = pd.concat(evidence_parts)
    asked = tl.questions()
    return {
        "targets": tl.load_targets(),
        "verdicts": _first(verdicts, ["target_id", "currency", "rests_on"]),
        "evidence": _first(evidence, ["target_id"]),
        "series": bundled(),
        "figures": tl.load_figures(),
        "sources": tl.sources(),
        "changes": tl.archive_changes(),
        "questions": asked,
        "hubverse": model_output(asked),
    }


def _first(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The frame with some columns first."""
    return frame[[*columns, *frame.columns.drop(columns)]]


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame as it is written: days as ISO text, and no text that a spreadsheet would run."""
    written = {}
    for name, column in frame.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            written[name] = column.dt.strftime("%Y-%m-%d")
        elif not pd.api.types.is_numeric_dtype(column):
            written[name] = column.map(harmless)
    return frame.assign(**written).reset_index(drop=True)


def harmless(cell: Any) -> Any:
    """A cell, with an apostrophe before a text that a spreadsheet would take for a formula.

    A bare carriage return, which is written without quotes and would begin a row, is a line break.
    """
    if not isinstance(cell, str):
        return cell
    return ("'" if is_formula(cell) else "") + cell.replace("\r\n", "\n").replace("\r", "\n")


def field(frame: pd.DataFrame, column: str) -> dict[str, str]:
    """A Frictionless field."""
    kind = KINDS.get(frame[column].dtype.kind, "string")
    if kind == "string" and column == "as_of":
        kind = "date"
    return {"name": column, "type": kind}


def write(cards: Sequence[Card], folder: Path, repository: Path, address: str = "") -> None:
    """Write every table, each target's numbers, and what describes them.

    Questions as JSON lie beside the tables, the feed of changes above them; `address` is the
    site's, if it is known.
    """
    (folder / "targets").mkdir(parents=True, exist_ok=True)
    for card in cards:
        drawn = numbers(card)
        if drawn is not None:
            path = folder / "targets" / f"{card.id}.csv"
            plain(drawn).to_csv(path, index=False, lineterminator="\n", float_format="%.6g")
    described = schema("targets.csv")
    resources = []
    every = tables(cards)
    for name, frame in every.items():
        path = folder / file_of(name)
        digits = "%.6g" if name in ZIPPED else None
        text = plain(frame).to_csv(index=False, lineterminator="\n", float_format=digits)
        if name in ZIPPED:
            with ZipFile(path, "w") as archive:
                # Without the time at which it was made: the same table gives the same bytes.
                archive.writestr(ZipInfo(path.stem), text, ZIP_DEFLATED, compresslevel=9)
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
        fields = [field(frame, column) for column in frame.columns]
        if name == "targets":
            fields = [described.get(f["name"], f) for f in fields]
        resources.append(_resource(path, name, fields))
    asked = question_set(every["questions"], address)
    held = json.dumps(asked, separators=(",", ":"), ensure_ascii=False)
    (folder / "questions.json").write_text(f"{held}\n", encoding="utf-8")
    news = feed(every["changes"], {card.id for card in cards}, known_day(), address)
    (folder.parent / "feed.xml").write_text(f"{news}\n", encoding="utf-8")
    for extra in ("LICENSE", "CITATION.cff"):
        shutil.copy(repository / extra, folder / extra)
    text = json.dumps(package(resources), indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def file_of(name: str) -> str:
    """The file of a table."""
    return f"{name}.csv.zip" if name in ZIPPED else f"{name}.csv"


def _resource(path: Path, name: str, fields: list[dict[str, str]]) -> dict[str, Any]:
    """The description of one table."""
    content = path.read_bytes()
    return {
        "name": name,
        "path": path.name,
        "title": TITLES[name],
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **({"compression": "zip", "innerpath": path.stem} if name in ZIPPED else {}),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def package(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The description of the whole."""
    cited = []
    for row in tl.sources().itertuples():
        source = {"title": f"{row.producer}: {row.title}"}
        if row.landing_page.startswith("http"):
            source["path"] = row.landing_page
        cited.append(source)
    licence = {
        "name": "CC-BY-4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
        "title": "Creative Commons Attribution 4.0",
    }
    return {
        "profile": "tabular-data-package",
        "name": "tradelib",
        "title": "Announced bilateral trade targets: registry, series and verdicts",
        "description": PROSE,
        "licenses": [licence],
        "sources": cited,
        "resources": resources,
    }


def page(folder: Path) -> dict[str, str]:
    """What is offered, as a table of links."""
    rows = []
    for name, title in TITLES.items():
        path = folder / file_of(name)
        size = path.stat().st_size / 1024
        kind = "CSV, zipped" if name in ZIPPED else "CSV"
        rows.append((name, title, path.name, kind, f"{size:,.0f} kB"))
    body = fill("downloads.html", rows=rows, prose=PROSE, address=embed.address())
    about = "Every table of the project as CSV, described and licensed."
    return {"title": "Data", "body": body, "description": about, "preview": ""}
