"""Everyone who reported a figure, every year of the series, every figure, every file."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

import tradelib as tl
from pages.render import fill
from tradelib.api.forecasts import ARTICLE_PAIRS
from tradelib.core.labels import label
from tradelib.pages import citations
from tradelib.pages.pledge import copied, provisional, series_id
from tradelib.pages.words import Link, Table, Text, cell, name, parts, reporter, slug, table

if TYPE_CHECKING:
    from collections.abc import Sequence

# Rows of a part of a table.
LONGEST = 12
FLOWS = {"export": "exports", "import": "imports", "turnover": "turnover"}
BASES = {"lag": "by rule", "stated": "as stated", "month": "month known", "year": "year known"}


def page() -> dict[str, str]:
    """Title, body and description of the page of sources."""
    tables = {
        "who": parts(who(), LONGEST),
        "series": by_first_cell(all_series()),
        "figures": by_first_cell(all_figures()),
        "files": parts(all_files(), LONGEST),
    }
    body = fill("sources.html", **tables)
    about = "Who reported which figure, when and where: every number of the site leads here."
    return {"title": "Sources", "body": body, "description": about, "preview": ""}


def by_first_cell(whole: Table) -> list[Table]:
    """A table in parts whose rows begin alike, each under those words."""
    places: dict[str, list[int]] = {}
    for i, row in enumerate(whole.rows):
        places.setdefault(str(row[0]), []).append(i)
    return [
        replace(
            whole,
            caption=words,
            rows=tuple(whole.rows[i] for i in mine),
            ids=tuple(whole.ids[i] for i in mine),
        )
        for words, mine in places.items()
    ]


def bundled() -> pd.DataFrame:
    """The recommended series of every bundled pair, one below the other."""
    return pd.concat([tl.load_turnover(*pair) for pair in ARTICLE_PAIRS], ignore_index=True)


def who() -> Table:
    """Who reported, and under which licence."""
    return citations.who(tl.sources())


def figure_ids(figures: pd.DataFrame) -> list[str]:
    """Anchors of reported figures, numbered where one alone does not tell."""
    times: dict[str, int] = {}
    ids = []
    for row in figures.itertuples():
        anchor = figure_id(row, row.flow, period(row))
        times[anchor] = times.get(anchor, 0) + 1
        ids.append(anchor if times[anchor] == 1 else f"{anchor}-{times[anchor]}")
    return ids


def figure_id(row: Any, flow: str, when: object) -> str:
    """Anchor of a reported figure: whose trade, the flow, the period and the source."""
    return slug(f"f-{row.reporter}-{row.partner}-{flow}-{when}-{row.source_id}")


def all_series() -> Table:
    """The recommended series, each value with a link to the figure it is."""
    anchors = set(figure_ids(tl.load_figures()))

    def spot(row: Any, flow: str, value: float) -> Text:
        """A year's value, with a link to the figure where there is one."""
        if pd.isna(value):
            return ""
        words = f"{value:,.1f}"
        anchor = figure_id(row, flow, row.year)
        return (Link(words, f"#{anchor}"),) if anchor in anchors else words

    rows: list[Sequence[Text]] = []
    ids = []
    for row in bundled().itertuples():
        pair = f"{name(row.reporter)}–{name(row.partner)}"
        values = [
            spot(row, "export", row.export_musd),
            spot(row, "import", row.import_musd),
            spot(row, "turnover", row.turnover_musd),
        ]
        status = provisional(row.status)
        source = Link(reporter(row.source_id), f"#source-{row.source_id}")
        whose = (source, copied(row))
        rows.append([pair, str(row.year), *values, status, whose, cell(row.released)])
        ids.append(series_id(row))
    columns = ["pair", "year", "exports", "imports", "turnover", "status", "source", "published"]
    return table("The series used", columns, rows, ids)


def all_figures() -> Table:
    """Every figure; those that contradict each other stand side by side."""
    figures = tl.load_figures().reset_index(drop=True)
    rows: list[Sequence[Text]] = []
    for row in figures.itertuples():
        flow = FLOWS.get(row.flow, row.flow)
        trade = f"{name(row.reporter)}–{name(row.partner)}, {flow}"
        covers = f"{label(str(row.coverage))}, {provisional(row.status)}"
        who_said = cell(row.who)
        cells = [trade, period(row), _value(row), covers, who_said, _published(row), _titled(row)]
        rows.append(cells)
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


def _value(row: Any) -> str:
    """A figure with its bound in words, such as "at least"."""
    bound = "" if row.bound == "exact" else f"{row.bound.replace('_', ' ')} "
    return bound + cell(row.value_musd)


def _published(row: Any) -> Text:
    """A figure's source, and the day on which it came out."""
    basis = BASES.get(row.released_basis, row.released_basis)
    source = Link(reporter(row.source_id), f"#source-{row.source_id}")
    return (source, f", {cell(row.released)} ({basis})")


def _titled(row: Any) -> Text:
    """A link to where a figure stands, and its note."""
    title = cell(row.source_title)
    note = f" {cell(row.note)}" if cell(row.note) else ""
    if title and str(row.source_url).startswith("http"):
        return (Link(title, row.source_url), note)
    return (title, note)


def period(row: Any) -> str:
    """The months or the year that a figure covers."""
    start = row.period_start
    end = row.period_end
    if pd.isna(start) or pd.isna(end):
        return "no period given"
    whole_years = (start.month, end.month) == (1, 12)
    if whole_years and start.year == end.year:
        return str(start.year)
    return f"{start:%Y-%m} to {end:%Y-%m}"


def all_files() -> Table:
    """Every file with its fingerprint."""
    rows = []
    for row in tl.files().itertuples():
        holds = f"{row.title}. {row.producer}"
        # Names of columns in brackets are for those who open the file.
        unit = re.sub(r" \(\w+_\w+\)", "", str(row.unit))
        size = f"{row.bytes / 1024:,.0f} kB"
        fingerprint = f"{row.sha256[:12]}; {row.prepared_by}"
        rows.append([row.file, holds, row.licence, unit, size, fingerprint])
    columns = ["file", "what it holds", "licence", "unit", "size", "SHA-256, and who prepared it"]
    return table("Files bundled with the library", columns, rows)
