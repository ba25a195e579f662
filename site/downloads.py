"""Data for others: CSV and JSON with a Frictionless `datapackage.json`."""

import hashlib
import json
import shutil
from html import escape

import pandas as pd
from content import bundled, table

import tradelib as tl
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


def tables(cards):
    """The tables that are offered, by name."""
    assessed = [card for card in cards if card.verdict is not None]
    verdicts = pd.concat(
        [card.verdict.to_frame().assign(target_id=card.id, currency=card.row.currency,
                                        rests_on=card.rests_on) for card in assessed]
    )  # fmt: skip
    front = ["target_id", "currency", "rests_on"]
    evidence = pd.concat([card.verdict.evidence.assign(target_id=card.id) for card in assessed])
    return {
        "targets": tl.load_targets(),
        "verdicts": verdicts[[*front, *verdicts.columns.drop(front)]],
        "evidence": evidence[["target_id", *evidence.columns.drop("target_id")]],
        "series": bundled(),
        "figures": tl.load_figures(),
        "sources": tl.sources(),
    }


def plain(frame):
    """A frame with days as ISO text, as it is written."""
    dated = {
        c: frame[c].dt.strftime("%Y-%m-%d")
        for c in frame.columns
        if pd.api.types.is_datetime64_any_dtype(frame[c])
    }
    return frame.assign(**dated).reset_index(drop=True)


def field(frame, column):
    """A Frictionless field."""
    values = frame[column]
    kind = KINDS.get(values.dtype.kind, "string")
    if kind == "string" and column == "as_of":
        kind = "date"
    return {"name": column, "type": kind}


def write(cards, folder, repository):
    """Write every table in both forms, the package's description, licence and citation."""
    folder.mkdir(parents=True, exist_ok=True)
    described = schema("targets.csv")
    resources = []
    for name, frame in tables(cards).items():
        rows = plain(frame)
        rows.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        rows.to_json(folder / f"{name}.json", orient="records", indent=1, force_ascii=False)
        fields = [field(frame, column) for column in frame.columns]
        if name == "targets":
            fields = [described.get(f["name"], f) for f in fields]
        resources.append(_resource(folder / f"{name}.csv", name, fields))
    for extra in ("LICENSE", "CITATION.cff"):
        shutil.copy(repository / extra, folder / extra)
    text = json.dumps(package(resources), indent=1, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _resource(path, name, fields):
    content = path.read_bytes()
    return {
        "name": name, "path": path.name, "title": TITLES[name], "profile": "tabular-data-resource",
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""]},
    }  # fmt: skip


def package(resources):
    """The description of the whole."""
    return {
        "profile": "tabular-data-package",
        "name": "tradelib",
        "title": "Announced bilateral trade targets: registry, series and verdicts",
        "description": PROSE,
        "licenses": [
            {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/",
             "title": "Creative Commons Attribution 4.0"}
        ],
        "sources": [
            {"title": f"{s.producer}: {s.title}"}
            | ({"path": s.landing_page} if s.landing_page.startswith("http") else {})
            for s in tl.sources().itertuples()
        ],
        "resources": resources,
    }  # fmt: skip


def page(folder):
    """What is offered, as a table of links."""
    rows = []
    for name, title in TITLES.items():
        sizes = [(folder / f"{name}.{form}").stat().st_size / 1024 for form in ("csv", "json")]
        links = [
            f'<a href="data/{name}.{form}" download>{form.upper()}</a> {size:,.0f} kB'
            for form, size in zip(("csv", "json"), sizes, strict=True)
        ]
        rows.append([f"<strong>{name}</strong>", escape(title), *links])
    return (
        table(["table", "what it holds", "CSV", "JSON"], rows, "Tables to download")
        + '<p>Columns and types: <a href="data/datapackage.json">datapackage.json</a> '
        f"(Frictionless). {escape(PROSE)} "
        'To cite: <a href="data/CITATION.cff">CITATION.cff</a>; licence of the code: '
        '<a href="data/LICENSE">LICENSE</a>; who reported what: <a href="sources.html">Sources</a>.</p>'
    )
