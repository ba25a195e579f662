"""Data for others: CSV with a Frictionless `datapackage.json`."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import tradelib as tl
from pages.cards import Card
from pages.drawn import numbers
from pages.render import fill
from pages.sources import bundled
from tradelib.bundle.tables import schema

KINDS = {"b": "boolean", "i": "integer", "u": "integer", "f": "number", "M": "date"}
TITLES = {
    "targets": "Announced bilateral trade targets and what became of them",
    "verdicts": "What the library says of every open target",
    "evidence": "What each verdict rests on, a row an item",
    "series": "Recommended annual turnover of the bundled pairs, US$ million",
    "figures": "Every reported figure, with who, when and where",
    "sources": "Who reported, under which licence",
}
PROSE = "Code is MIT; the compilation is CC BY 4.0; each source keeps its own licence."


def tables(cards: Sequence[Card]) -> dict[str, pd.DataFrame]:
    """The tables that are offered, by name."""
    said = [(card, card.verdict) for card in cards if card.verdict is not None]
    verdicts = pd.concat(
        [
            found.to_frame().assign(
                target_id=card.id, currency=card.row.currency, rests_on=found.rests_on
            )
            for card, found in said
        ]
    )
    front = ["target_id", "currency", "rests_on"]
    evidence = pd.concat([found.evidence.assign(target_id=card.id) for card, found in said])
    return {
        "targets": tl.load_targets(),
        "verdicts": verdicts[[*front, *verdicts.columns.drop(front)]],
        "evidence": evidence[["target_id", *evidence.columns.drop("target_id")]],
        "series": bundled(),
        "figures": tl.load_figures(),
        "sources": tl.sources(),
    }


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with days as ISO text, as it is written."""
    dated = {
        c: frame[c].dt.strftime("%Y-%m-%d")
        for c in frame.columns
        if pd.api.types.is_datetime64_any_dtype(frame[c])
    }
    return frame.assign(**dated).reset_index(drop=True)


def field(frame: pd.DataFrame, column: str) -> dict[str, str]:
    """A Frictionless field."""
    kind = KINDS.get(frame[column].dtype.kind, "string")
    if kind == "string" and column == "as_of":
        kind = "date"
    return {"name": column, "type": kind}


def write(cards: Sequence[Card], folder: Path, repository: Path) -> None:
    """Write every table, each target's numbers, and what describes them."""
    (folder / "targets").mkdir(parents=True, exist_ok=True)
    for card in cards:
        drawn = numbers(card)
        if drawn is not None:
            drawn.to_csv(
                folder / "targets" / f"{card.id}.csv",
                index=False,
                lineterminator="\n",
                float_format="%.6g",
            )
    described = schema("targets.csv")
    resources = []
    for name, frame in tables(cards).items():
        rows = plain(frame)
        rows.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        fields = [field(frame, column) for column in frame.columns]
        if name == "targets":
            fields = [described.get(f["name"], f) for f in fields]
        resources.append(_resource(folder / f"{name}.csv", name, fields))
    for extra in ("LICENSE", "CITATION.cff"):
        shutil.copy(repository / extra, folder / extra)
    text = json.dumps(package(resources), indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _resource(path: Path, name: str, fields: list[dict[str, str]]) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "name": name,
        "path": path.name,
        "title": TITLES[name],
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def package(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The description of the whole."""
    return {
        "profile": "tabular-data-package",
        "name": "tradelib",
        "title": "Announced bilateral trade targets: registry, series and verdicts",
        "description": PROSE,
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "Creative Commons Attribution 4.0",
            }
        ],
        "sources": [
            {"title": f"{s.producer}: {s.title}"}
            | ({"path": s.landing_page} if s.landing_page.startswith("http") else {})
            for s in tl.sources().itertuples()
        ],
        "resources": resources,
    }


def page(folder: Path) -> dict[str, str]:
    """What is offered, as a table of links."""
    rows = []
    for name, title in TITLES.items():
        size = (folder / f"{name}.csv").stat().st_size / 1024
        rows.append((name, title, f"{name}.csv", f"{size:,.0f} kB"))
    body = fill("downloads.html", rows=rows, prose=PROSE)
    told = "Every table of the project as CSV, described and licensed."
    return {"title": "Data", "body": body, "description": told, "preview": ""}
