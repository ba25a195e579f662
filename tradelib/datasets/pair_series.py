"""Annual series of nearly every country pair from wide files, and the rule that recommends one.

In a wide file each line holds one flow of one pair, and each column one year. Lines are sorted, so
that a pair is found without parsing the other lines. A missing cell is unknown, not zero; so is a
printed zero of an office that prints a number for every cell.

A growth rate is never computed between figures of two sources. The recommended series begins with
the series of one source; after it, any other source gives the value of one year only.
"""

import gzip
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.datasets.sources import path, registered_sources, release_day
from tradelib.datasets.tables import Day, day

# A statistical office's series is preferred if it has turnover of at least this many years. A
# shorter one is the main series only if no source has a longer one; else it gives the value of its
# newest year, if that is later than the main series' last.
MIN_OFFICE_YEARS = 5

ValueByYear: TypeAlias = dict[int, float]


class Report(NamedTuple):
    """Exports and imports of a pair from one source, by year, in US$ million.

    Seen from the reporting country. A matrix of both sides' reports (such as BACI) has none: it is
    seen from the first country asked for.
    """

    source: str
    reporter: str
    partner: str
    exports: ValueByYear
    imports: ValueByYear

    @property
    def years_with_both_flows(self) -> list[int]:
        """Years in which both flows are known, ascending."""
        return sorted(self.exports.keys() & self.imports.keys())

    @property
    def years_of_trade(self) -> list[int]:
        """Years in which both flows are known and their sum is positive, ascending."""
        return [
            year
            for year in self.years_with_both_flows
            if self.exports[year] + self.imports[year] > 0
        ]


def reports(a: str, b: str, as_of: Day | None = None) -> dict[str, Report]:
    """Each source's report on a pair, with only the figures released up to the day `as_of`.

    Sources without figures are left out.
    """
    as_of_date = None if as_of is None else day(as_of).date()
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
            _released(source, _line(entry["file"], *line), as_of_date, zeros_known)
            for line in (export_line, import_line)
        )
        if exports or imports:
            by_source[source] = Report(source, side, other, exports, imports)
    return by_source


def main_series(by_source: Mapping[str, Report]) -> Report | None:
    """The series of one source with which the recommended series begins; None if there is none.

    Growth rates are computed only within it. Only years of trade count. Preferred are series of
    five years or more from a statistical office of either country: the one with the latest last
    year, then the longest. If there is none, it is the longest series of any source, then the one
    with the latest last year. Of two that are still alike, the later ``source_id`` in the alphabet.
    """
    years = {}
    for source, report in by_source.items():
        if report.years_of_trade:
            years[source] = report.years_of_trade
    if not years:
        return None
    entries = registered_sources()
    offices = [s for s in years if "office" in entries[s] and len(years[s]) >= MIN_OFFICE_YEARS]
    if offices:
        return by_source[max(offices, key=lambda s: (years[s][-1], len(years[s]), s))]
    return by_source[max(years, key=lambda s: (len(years[s]), years[s][-1], s))]


def levels_after(by_source: Mapping[str, Report], last_year: int) -> list[Report]:
    """Reports of one year each: the newest year of every source that has one after `last_year`.

    Ascending, one report for each year: if two sources have the same newest year, an office goes
    before a matrix, then the later ``source_id`` in the alphabet.
    """
    entries = registered_sources()
    by_year: dict[int, Report] = {}
    for source in sorted(by_source, key=lambda s: ("office" in entries[s], s)):
        report = by_source[source]
        if report.years_of_trade and report.years_of_trade[-1] > last_year:
            by_year[report.years_of_trade[-1]] = report
    return [_only(report, year) for year, report in sorted(by_year.items())]


def _only(report: Report, year: int) -> Report:
    """A report with the figures of one year only."""
    return report._replace(
        exports={year: report.exports[year]}, imports={year: report.imports[year]}
    )


def as_turnover(report: Report, country: str, flow: str) -> Report:
    """A report whose turnover is one flow of a country only.

    The flow stands under `exports`, whichever it is, and `imports` are zero.
    """
    is_export = (flow == "export") == (report.reporter == country)
    values = report.exports if is_export else report.imports
    return report._replace(exports=values, imports=dict.fromkeys(values, 0.0))


def figure_rows(a: str, b: str) -> pd.DataFrame:
    """Figures of a pair from the wide files, one row each, with columns of ``figures.csv``.

    Rows from a matrix have an empty reporter.
    """
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
                    pd.Timestamp(release_day(report.source, year)),
                    entry["landing_page"],
                )
                for year, value in values.items()
            ]
    return pd.DataFrame(rows, columns=columns)


@cache
def totals_of(source: str, year: int) -> dict[tuple[str, str], float]:
    """What each country trades with all others in a matrix, US$ million, by country and flow.

    Cached: callers must not change it.
    """
    years, lines = _unpacked(registered_sources()[source]["file"])
    totals: dict[tuple[str, str], float] = {}
    for line in lines:
        exporter, importer, *cells = line.decode().split(",")
        cell = cells[years.index(year)]
        for side in ((exporter, "export"), (importer, "import")):
            totals[side] = totals.get(side, 0.0) + float(cell or 0)
    return totals


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
                release_day(report.source, year),
                entry.get("read_through"),
                entry["valuation"],
            )
            for year in report.years_with_both_flows
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
    source: str, values: ValueByYear, as_of: date | None, zeros_known: bool
) -> ValueByYear:
    """Values released up to the day `as_of`; zeros are kept only if they mean no trade."""
    released = {}
    for year, value in values.items():
        if value == 0 and not zeros_known:
            continue
        if as_of is None or release_day(source, year) <= as_of:
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
