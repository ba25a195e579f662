"""Annual series of nearly every pair from wide files, and the rule that recommends among them.

A file holds a flow a line, sorted, and a column a year: one pair is found without reading the rest.
A flow that a year lacks is unknown, not zero, and so is a printed zero of an office that prints
full grids. No growth is taken across sources: where two are joined, the second gives one level.
"""

import gzip
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.bundle.sources import path, public_on, registered
from tradelib.bundle.tables import Day, day

# Years of turnover that make an office's run one to go by; fewer are an older run or a level.
RUN_YEARS = 5

Years: TypeAlias = dict[int, float]


class Report(NamedTuple):
    """What one source has of a pair, seen from the side that reports (of a matrix: as asked)."""

    source: str
    reporter: str
    partner: str
    exports: Years
    imports: Years

    @property
    def whole(self) -> list[int]:
        """Years of which both flows are known."""
        return sorted(self.exports.keys() & self.imports.keys())

    @property
    def trading(self) -> list[int]:
        """Years in which there was turnover."""
        return [year for year in self.whole if self.exports[year] + self.imports[year] > 0]


def reports(a: str, b: str, on: Day | None = None) -> dict[str, Report]:
    """What each source has of a pair and had released by a day."""
    limit = None if on is None else day(on).date()
    found = {}
    for source, entry in registered().items():
        office = entry.get("office", a)
        if "file" not in entry or office not in (a, b):
            continue
        side, other = (a, b) if office == a else (b, a)
        lines: list[tuple[str, ...]] = [(side, other), (other, side)]
        if "office" in entry:
            lines = [(side, other, "export"), (side, other, "import")]
        printed = entry.get("zeros") != "unknown"
        flows = [_known(source, _line(entry["file"], *line), limit, printed) for line in lines]
        if any(flows):
            found[source] = Report(source, side, other, *flows)
    return found


def recommended_of(found: Mapping[str, Report]) -> list[Report]:
    """The run to go by, and after an older one the newest level of another source.

    An office of either side with five years or more, the one that reaches furthest, then the
    longest; else the longest run of any source, and the newest year that another has after it.
    """
    known = {source: one.trading for source, one in found.items() if one.trading}
    if not known:
        return []
    entries = registered()
    full = [s for s, years in known.items() if "office" in entries[s] and len(years) >= RUN_YEARS]
    if full:
        return [found[max(full, key=lambda s: (known[s][-1], len(known[s]), s))]]
    run = max(known, key=lambda s: (len(known[s]), known[s][-1], s))
    newest = max(known, key=lambda s: (known[s][-1], "office" in entries[s], s))
    year = known[newest][-1]
    if year <= known[run][-1]:
        return [found[run]]
    one = found[newest]
    level = one._replace(exports={year: one.exports[year]}, imports={year: one.imports[year]})
    return [found[run], level]


def alone(one: Report, country: str, flow: str) -> Report:
    """One flow of a country, as if it were all that the pair trades."""
    values = one.exports if (flow == "export") == (one.reporter == country) else one.imports
    return one._replace(exports=values, imports=dict.fromkeys(values, 0.0))


def figures(a: str, b: str) -> pd.DataFrame:
    """Figures of a pair one by one, of offices and (without a reporter) of matrices."""
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
    day, rows = pd.Timestamp, []
    for one in reports(a, b).values():
        entry = registered()[one.source]
        side, early = one.reporter if "office" in entry else "", entry.get("preliminary", ())
        rows += [
            (
                side,
                one.partner,
                flow,
                entry["coverage"],
                day(year, 1, 1),
                day(year, 12, 31),
                value,
                "exact",
                "preliminary" if year in early else "final",
                entry["short"],
                one.source,
                day(public_on(one.source, year)),
                entry["landing_page"],
            )
            for flow, years in (("export", one.exports), ("import", one.imports))
            for year, value in years.items()
        ]
    return pd.DataFrame(rows, columns=columns)


def annual_of(parts: Sequence[Report]) -> pd.DataFrame:
    """Turnover of years of which a source has both flows, as `tradelib.load_turnover` has it."""
    rows = [
        (
            one.reporter,
            one.partner,
            year,
            one.exports[year],
            one.imports[year],
            one.exports[year] + one.imports[year],
            entry["coverage"],
            "preliminary" if year in entry.get("preliminary", ()) else "final",
            one.source,
            public_on(one.source, year),
            entry.get("read_through"),
            entry["valuation"],
        )
        for one in parts
        for entry in [registered()[one.source]]
        for year in one.whole
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
    days = np.array(table["released"], "datetime64[us]")
    copies = pd.array(table["read_through"], dtype="str")
    return pd.DataFrame(table | {"released": days, "read_through": copies})


def _known(source: str, years: Years, limit: date | None, printed: bool) -> Years:
    """Years released by a day; a zero only where it is known to be one."""
    return {
        year: value
        for year, value in years.items()
        if (printed or value > 0) and (limit is None or public_on(source, year) <= limit)
    }


def _line(file: str, *names: str) -> Years:
    """Known cells of the line that starts with some names; none if there is no such line."""
    years, lines = _unpacked(file)
    key = ",".join((*names, "")).encode()
    at = bisect_left(lines, key)
    if at == len(lines) or not lines[at].startswith(key):
        return {}
    cells = lines[at].removeprefix(key).split(b",")
    return {year: float(cell) for year, cell in zip(years, cells, strict=True) if cell}


@cache
def _unpacked(file: str) -> tuple[list[int], list[bytes]]:
    """Years of a wide file's columns, and its lines, sorted."""
    head, *lines = gzip.decompress(path(file).read_bytes()).splitlines()
    return [int(name) for name in head.split(b",") if name.isdigit()], lines
