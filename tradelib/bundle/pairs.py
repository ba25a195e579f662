"""Annual series of nearly every pair from wide files, and the rule that recommends one of them.

A wide file has one flow of one pair a line, lines sorted, and one column a year: a pair is found
without reading the rest. A missing cell is unknown, not zero; so is a printed zero of an office
that prints a number for every cell. No growth is taken across sources: after the run of one source
another gives one level.
"""

import gzip
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.bundle.sources import path, public_on, registered_sources
from tradelib.bundle.tables import Day, day

# Years of turnover from which an office's own series is recommended; a shorter one can only be the
# longest there is, or give the newest level.
RUN_YEARS = 5

ValueByYear: TypeAlias = dict[int, float]


class Report(NamedTuple):
    """Exports and imports of a pair from one source, by year, in US$ million.

    Seen from the country that reports; from a matrix, from the first country of the query.
    """

    source: str
    reporter: str
    partner: str
    exports: ValueByYear
    imports: ValueByYear

    @property
    def whole(self) -> list[int]:
        """Years in which both flows are known, ascending."""
        return sorted(self.exports.keys() & self.imports.keys())

    @property
    def trading(self) -> list[int]:
        """Years in which turnover is known and positive, ascending."""
        return [year for year in self.whole if self.exports[year] + self.imports[year] > 0]


def reports(a: str, b: str, on: Day | None = None) -> dict[str, Report]:
    """Report of each source on a pair, as released by a day; sources without figures left out."""
    limit = None if on is None else day(on).date()
    by_source = {}
    for source, entry in registered_sources().items():
        office = entry.get("office", a)
        if "file" not in entry or office not in (a, b):
            continue
        side, other = (a, b) if office == a else (b, a)
        if "office" in entry:
            export_line: tuple[str, ...] = (side, other, "export")
            import_line: tuple[str, ...] = (side, other, "import")
        else:  # a matrix: the import of one side is the export of the other
            export_line = (side, other)
            import_line = (other, side)
        zeros_known = entry.get("zeros") != "unknown"
        exports, imports = (
            _released(source, _line(entry["file"], *line), limit, zeros_known)
            for line in (export_line, import_line)
        )
        if exports or imports:
            by_source[source] = Report(source, side, other, exports, imports)
    return by_source


def run_of(by_source: Mapping[str, Report]) -> Report | None:
    """The series of one source in which growth is taken; None if no source has turnover.

    That of an office of either side with five years or more, the one that reaches furthest, then
    the longest; else the longest series of any source.
    """
    years = {source: report.trading for source, report in by_source.items() if report.trading}
    if not years:
        return None
    entries = registered_sources()
    offices = [s for s in years if "office" in entries[s] and len(years[s]) >= RUN_YEARS]
    if offices:
        return by_source[max(offices, key=lambda s: (years[s][-1], len(years[s]), s))]
    return by_source[max(years, key=lambda s: (len(years[s]), years[s][-1], s))]


def levels_after(by_source: Mapping[str, Report], last_year: int) -> list[Report]:
    """The newest year of each source that has one after `last_year`, by year, one for each year.

    Where two sources have the same newest year, an office's stands.
    """
    entries = registered_sources()
    by_year: dict[int, Report] = {}
    for source in sorted(by_source, key=lambda s: ("office" in entries[s], s)):
        report = by_source[source]
        if report.trading and report.trading[-1] > last_year:
            by_year[report.trading[-1]] = report
    return [_only(report, year) for year, report in sorted(by_year.items())]


def _only(report: Report, year: int) -> Report:
    """A report without its other years."""
    return report._replace(
        exports={year: report.exports[year]}, imports={year: report.imports[year]}
    )


def alone(report: Report, country: str, flow: str) -> Report:
    """A report in which one flow of a country stands for all trade: the other flow is zero."""
    is_export = (flow == "export") == (report.reporter == country)
    values = report.exports if is_export else report.imports
    return report._replace(exports=values, imports=dict.fromkeys(values, 0.0))


def figures(a: str, b: str) -> pd.DataFrame:
    """Figures of a pair, a row each: of offices, and of matrices (their reporter is empty)."""
    columns = [
        "reporter",
        "partner",
        "flow",
        "coverage",
        "period_start",
        "period_end",
        "value_musd",
        "bound",
        "status",
        "who",
        "source_id",
        "released",
        "source_url",
    ]
    rows = []
    for report in reports(a, b).values():
        entry = registered_sources()[report.source]
        side = report.reporter if "office" in entry else ""
        for flow, values in (("export", report.exports), ("import", report.imports)):
            rows += [
                (
                    side,
                    report.partner,
                    flow,
                    entry["coverage"],
                    pd.Timestamp(year, 1, 1),
                    pd.Timestamp(year, 12, 31),
                    value,
                    "exact",
                    _status(entry, year),
                    entry["short"],
                    report.source,
                    pd.Timestamp(public_on(report.source, year)),
                    entry["landing_page"],
                )
                for year, value in values.items()
            ]
    return pd.DataFrame(rows, columns=columns)


def annual_of(parts: Sequence[Report]) -> pd.DataFrame:
    """Turnover of the years with both flows, with the columns of `tradelib.load_turnover`."""
    rows = []
    for report in parts:
        entry = registered_sources()[report.source]
        rows += [
            (
                report.reporter,
                report.partner,
                year,
                report.exports[year],
                report.imports[year],
                report.exports[year] + report.imports[year],
                entry["coverage"],
                _status(entry, year),
                report.source,
                public_on(report.source, year),
                entry.get("read_through"),
                entry["valuation"],
            )
            for year in report.whole
        ]
    columns = [
        "reporter",
        "partner",
        "year",
        "export_musd",
        "import_musd",
        "turnover_musd",
        "coverage",
        "status",
        "source_id",
        "released",
        "read_through",
        "valuation",
    ]
    if not rows:
        return pd.DataFrame(columns=columns)
    table: dict[str, Any] = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
    table["released"] = np.array(table["released"], "datetime64[us]")
    table["read_through"] = pd.array(table["read_through"], dtype="str")
    return pd.DataFrame(table)


def _status(entry: Mapping[str, Any], year: int) -> str:
    """Whether a source calls its figures of a year preliminary or final."""
    return "preliminary" if year in entry.get("preliminary", ()) else "final"


def _released(
    source: str, years: ValueByYear, limit: date | None, zeros_known: bool
) -> ValueByYear:
    """Values released by a day; zeros only if the source's zeros mean no trade."""
    released = {}
    for year, value in years.items():
        if value == 0 and not zeros_known:
            continue
        if limit is None or public_on(source, year) <= limit:
            released[year] = value
    return released


def _line(file: str, *names: str) -> ValueByYear:
    """Values by year in the line that starts with these names; empty if there is no such line."""
    years, lines = _unpacked(file)
    key = ",".join((*names, "")).encode()
    index = bisect_left(lines, key)
    if index == len(lines) or not lines[index].startswith(key):
        return {}
    cells = lines[index].removeprefix(key).split(b",")
    return {year: float(cell) for year, cell in zip(years, cells, strict=True) if cell}


@cache
def _unpacked(file: str) -> tuple[list[int], list[bytes]]:
    """Years in the header of a wide file, and its other lines, sorted."""
    head, *lines = gzip.decompress(path(file).read_bytes()).splitlines()
    return [int(name) for name in head.split(b",") if name.isdigit()], lines
