"""Everyone who reported a figure, every year of the series, every figure, every file."""

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

import tradelib as tl
from pages.pledge import copied, provisional, series_id
from pages.render import fill
from pages.words import Link, Table, Text, cell, name, outside, reporter, slug, table
from tradelib.front.bound import PAIRS
from tradelib.ground.plain import label

if TYPE_CHECKING:
    from collections.abc import Sequence


def page() -> dict[str, str]:
    """Title, body and description of the page of sources."""
    body = fill(
        "sources.html", who=who(), series=all_series(), figures=all_figures(), files=all_files()
    )
    told = "Who reported which figure, when and where: every number of the site leads here."
    return {"title": "Sources", "body": body, "description": told, "preview": ""}


def bundled() -> pd.DataFrame:
    """The recommended series of every bundled pair, one below the other."""
    return pd.concat([tl.load_turnover(*pair) for pair in PAIRS], ignore_index=True)


def who() -> Table:
    """Who reported, and under which licence."""
    found = tl.sources()
    rows = [
        [
            r.title,
            f"{r.producer}; {r.version}" if cell(r.version) else r.producer,
            outside(r.landing_page),
            r.licence,
            f"{r.release_rule}; our copy {cell(r.accessed)}",
        ]
        for r in found.itertuples()
    ]
    columns = ["what", "who", "address", "licence", "counts as published"]
    return table("Sources of figures", columns, rows, [f"source-{s}" for s in found["source_id"]])


def figure_ids(figures: pd.DataFrame) -> list[str]:
    """Anchors of reported figures, numbered where one alone does not tell."""
    seen: dict[str, int] = {}
    found = []
    for r in figures.itertuples():
        one = slug(f"f-{r.reporter}-{r.partner}-{r.flow}-{period(r)}-{r.source_id}")
        seen[one] = seen.get(one, 0) + 1
        found.append(one if seen[one] == 1 else f"{one}-{seen[one]}")
    return found


def all_series() -> Table:
    """The recommended series, each value with a link to the figure it is."""
    there = set(figure_ids(tl.load_figures()))

    def spot(row: Any, flow: str, value: float) -> Text:
        anchor = slug(f"f-{row.reporter}-{row.partner}-{flow}-{row.year}-{row.source_id}")
        words = f"{value:,.1f}" if pd.notna(value) else ""
        return (Link(words, f"#{anchor}"),) if anchor in there and words else words

    rows: list[Sequence[Text]] = []
    ids = []
    for row in bundled().itertuples():
        whose = (Link(reporter(row.source_id), f"#source-{row.source_id}"), copied(row))
        rows.append(
            [
                f"{name(row.reporter)}–{name(row.partner)}",
                str(row.year),
                spot(row, "export", row.export_musd),
                spot(row, "import", row.import_musd),
                spot(row, "turnover", row.turnover_musd),
                provisional(row.status),
                whose,
                cell(row.released),
            ]
        )
        ids.append(series_id(row))
    columns = ["pair", "year", "exports", "imports", "turnover", "status", "source", "published"]
    return table(
        "Recommended annual series, US$ million; a rule picks one source a year", columns, rows, ids
    )


def all_figures() -> Table:
    """Every figure; those that contradict each other stand side by side."""
    figures = tl.load_figures().reset_index(drop=True)
    rows: list[Sequence[Text]] = [
        [
            f"{name(r.reporter)}–{name(r.partner)}, {FLOWS.get(r.flow, r.flow)}",
            period(r),
            _value(r),
            f"{label(str(r.coverage))}, {provisional(r.status)}",
            cell(r.who),
            (
                Link(reporter(r.source_id), f"#source-{r.source_id}"),
                f", {cell(r.released)} ({BASES.get(r.released_basis, r.released_basis)})",
            ),
            (*_titled(r), f" {cell(r.note)}" if cell(r.note) else ""),
        ]
        for r in figures.itertuples()
    ]
    columns = [
        "trade",
        "period",
        "US$ million",
        "covers",
        "who",
        "source, published",
        "where, and note",
    ]
    return table("Reported figures", columns, rows, figure_ids(figures))


FLOWS = {"export": "exports", "import": "imports", "turnover": "turnover"}
BASES = {"lag": "by rule", "stated": "as stated", "month": "month known", "year": "year known"}


def _value(row: Any) -> str:
    bounds = {"exact": "", "at_least": "at least ", "at_most": "at most ", "about": "about "}
    return bounds.get(row.bound, f"{row.bound.replace('_', ' ')} ") + cell(row.value_musd)


def _titled(row: Any) -> tuple[str | Link, ...]:
    title = cell(row.source_title)
    return (
        (Link(title, row.source_url),)
        if str(row.source_url).startswith("http") and title
        else (title,)
    )


def period(row: Any) -> str:
    """The months or the year that a figure covers."""
    start, end = row.period_start, row.period_end
    if pd.isna(start) or pd.isna(end):
        return "no period given"
    if (start.month, end.month) == (1, 12) and start.year == end.year:
        return str(start.year)
    return f"{start:%Y-%m} to {end:%Y-%m}"


def all_files() -> Table:
    """Every file with its fingerprint."""
    rows = [
        [
            r.file,
            f"{r.title}. {r.producer}",
            r.licence,
            re.sub(r" \(\w+_\w+\)", "", str(r.unit)),
            f"{r.bytes / 1024:,.0f} kB",
            f"{r.sha256[:12]}; {r.prepared_by}",
        ]
        for r in tl.files().itertuples()
    ]
    columns = ["file", "what it holds", "licence", "unit", "size", "SHA-256, and who prepared it"]
    return table("Files bundled with the library", columns, rows)
