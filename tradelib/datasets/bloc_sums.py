"""Annual trade of a bloc with a partner, or inside a bloc: the sum of its members' pairs.

A source's sum counts in a year if the pairs with a figure hold nine tenths of the sum in the last
year known of each. The recommended series begins with the sum by one source, or with a *mixture*:
each pair by the source with which its own recommended series begins, so that no growth is taken
across sources. After it stand the newest year of each later source, as for a pair, and the
registry's figure of the sum.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.core.errors import NoAnswerError
from tradelib.datasets import blocs, pair_series
from tradelib.datasets.pair_series import MIN_OFFICE_YEARS, Report
from tradelib.datasets.sources import registered_sources, release_day
from tradelib.datasets.tables import Day

# The source of a sum whose parts have several.
MIXTURE = "members"
# Least part of a sum that members with figures hold.
LEAST_HELD = 0.9
# Years of any source.
YEARS = range(1948, 2101)

# The two countries of a pair; first the one on the side that was asked for first.
Pair: TypeAlias = tuple[str, str]


class Sum(NamedTuple):
    """A bloc's series, and the pairs it is made of."""

    table: pd.DataFrame  # the columns of `tradelib.load_turnover`, and ``missing``
    parts: pd.DataFrame  # what the series counts of each pair, by year, US$ million


class Parts(NamedTuple):
    """Trade of each pair by one source, or by a mixture: a year a row, a pair a column."""

    source: str
    exports: pd.DataFrame  # of the first side to the second
    imports: pd.DataFrame
    held: pd.Series  # part of the sum of the last year known that pairs with a figure hold
    released: Mapping[int, pd.Timestamp]
    both_ways: bool  # all of it stands under exports: its flows have no first side

    @property
    def turnover(self) -> pd.DataFrame:
        """Exports and imports."""
        return self.exports + self.imports

    @property
    def years(self) -> list[int]:
        """Years that count, ascending."""
        return [int(year) for year in self.held.index[self.held >= LEAST_HELD]]

    def only(self, years: list[int]) -> "Parts":
        """The same with some years only."""
        return self._replace(
            exports=self.exports.loc[years],
            imports=self.imports.loc[years],
            held=self.held.loc[years],
        )


@lru_cache(maxsize=64)
def sum_of(a: str, b: str, flow: str, members: str, as_of: Day | None) -> Sum:
    """The recommended series of a bloc's trade, US$ million; empty if nothing is known.

    Cached: copy before a change. One flow is that of the first side.
    """
    by_source, whose = _parts(a, b, flow, members, as_of)
    main = _main(by_source)
    if main is None:
        return Sum(_table(a, b, []), pd.DataFrame())
    chosen = [main.only(main.years), *_levels_after(by_source, main.years[-1])]
    parts = pd.concat([part.turnover for part in chosen])
    last = int(parts.index[-1])
    return Sum(_table(a, b, chosen), parts[[pair for pair in parts if last in whose[pair]]])


def by_source(a: str, b: str, members: str, source: str, as_of: Day | None) -> pd.DataFrame:
    """Annual sums by one source, or by the mixture; empty if it has none."""
    found = _parts(a, b, "turnover", members, as_of)[0].get(source)
    return _table(a, b, [] if found is None else [found.only(found.years)])


def sources_of(a: str, b: str, members: str) -> pd.DataFrame:
    """Sources of a bloc's sums, with the columns of `tradelib.available`; an error if none."""
    rows = []
    for parts in _parts(a, b, "turnover", members, None)[0].values():
        if not parts.years:
            continue
        entry = registered_sources()[parts.source]
        office = entry.get("office", "")
        flows = "turnover" if parts.both_ways else "export, import"
        years = parts.years
        ends = (years[0], years[-1], len(years))
        rows.append((parts.source, office, entry["coverage"], flows, *ends, entry["valuation"]))
    if not rows:
        raise no_figures(a, b, members)
    columns = ["source_id", "reporter", "coverage", "flows", "first_year", "last_year", "n"]
    return pd.DataFrame(rows, columns=[*columns, "valuation"])


def no_figures(a: str, b: str, members: str) -> NoAnswerError:
    """Why a bloc has no sum: the members that have figures hold too little of it."""
    _, whose = _parts(a, b, "turnover", members, None)
    if not any(whose.values()):
        return NoAnswerError(f"{a}-{b}: no member of the bloc is known by members={members!r}")
    return NoAnswerError(
        f"nothing is known of {a}-{b}: no source has figures of members that hold "
        f"{LEAST_HELD:.0%} of the sum"
    )


def _parts(
    a: str, b: str, flow: str, members: str, as_of: Day | None
) -> tuple[dict[str, Parts], dict[Pair, set[int]]]:
    """Each source's parts of the sum and the mixture's; and the years in which a pair counts."""
    whose, both_ways = _pairs(a, b, members)
    if both_ways and flow != "turnover":
        raise NoAnswerError(
            f"{a} and {b} share members, and of these an export of one side is an import of it too:"
            " ask for turnover"
        )
    reports: dict[Pair, dict[str, Report]] = {}
    for pair in whose:
        found = pair_series.reports(*pair, as_of)
        if flow != "turnover":
            found = {key: pair_series.as_turnover(one, pair[0], flow) for key, one in found.items()}
        reports[pair] = found
    newest = {pair: _newest(found) for pair, found in reports.items()}
    own = {
        pair: main for pair, found in reports.items() if (main := pair_series.main_series(found))
    }
    chosen: dict[str, dict[Pair, Report]] = {}
    for pair, found in reports.items():
        for source, report in found.items():
            chosen.setdefault(source, {})[pair] = report
    if len({report.source for report in own.values()}) > 1:
        chosen[MIXTURE] = own
    parts = {
        source: _sum(source, of_pairs, whose, newest, both_ways=both_ways)
        for source, of_pairs in chosen.items()
    }
    return parts, whose


def _pairs(a: str, b: str, members: str) -> tuple[dict[Pair, set[int]], bool]:
    """Pairs between two sides, or inside a bloc, each with the years in which it counts.

    Each pair once: a country that is on both sides trades with the others, and not with itself. The
    second says whether some pair has both countries on both sides, so that its flows have no side.
    """
    both_ways = a == b
    by_sides: dict[tuple[frozenset[str], frozenset[str]], list[int]] = {}
    for year in YEARS:
        sides = (blocs.members_in(a, year, members), blocs.members_in(b, year, members))
        by_sides.setdefault(sides, []).append(year)
    whose: dict[Pair, set[int]] = {}
    for (first, second), years in by_sides.items():
        if a == b:
            found = list(combinations(sorted(first), 2))
        else:
            found = [(x, y) for x in sorted(first) for y in sorted(second) if x != y]
        for pair in found:
            if pair[::-1] in whose:
                both_ways = True
                pair = pair[::-1]
            whose.setdefault(pair, set()).update(years)
    return whose, both_ways


def _newest(reports: Mapping[str, Report]) -> float:
    """Turnover of a pair in the last year that any source knows; zero if none does."""
    figures = [
        (report.years_with_both_flows[-1], report)
        for report in reports.values()
        if report.years_with_both_flows
    ]
    if not figures:
        return 0.0
    year, report = max(figures, key=lambda figure: figure[0])
    return report.exports[year] + report.imports[year]


def _sum(
    source: str,
    of_pairs: Mapping[Pair, Report],
    whose: Mapping[Pair, set[int]],
    newest: Mapping[Pair, float],
    *,
    both_ways: bool,
) -> Parts:
    """Parts of a sum by one source, or by each pair's own."""
    exports: dict[Pair, dict[int, float]] = {}
    imports: dict[Pair, dict[int, float]] = {}
    released: dict[int, pd.Timestamp] = {}
    for pair, report in of_pairs.items():
        out, back = report.exports, report.imports
        if report.reporter != pair[0]:
            out, back = back, out
        years = [year for year in report.years_with_both_flows if year in whose[pair]]
        exports[pair] = {year: out[year] for year in years}
        imports[pair] = {year: back[year] for year in years}
        for year in years:
            day = pd.Timestamp(release_day(report.source, year))
            released[year] = max(day, released.get(year, day))
    years = sorted({year for values in exports.values() for year in values})
    wide_exports = _wide(exports, years)
    wide_imports = _wide(imports, years)
    held = {}
    for year in years:
        known = wide_exports.loc[year].notna()
        all_members = sum(newest[pair] for pair in whose if year in whose[pair])
        with_figure = sum(newest[pair] for pair in known.index[known])
        held[year] = with_figure / all_members if all_members > 0 else 0.0
    if both_ways:
        wide_exports, wide_imports = wide_exports + wide_imports, 0.0 * wide_imports
    share = pd.Series(held, dtype=float)
    return Parts(source, wide_exports, wide_imports, share, released, both_ways)


def _wide(values: Mapping[Pair, Mapping[int, float]], years: list[int]) -> pd.DataFrame:
    """Values by year and pair as a table."""
    rows = [[values[pair].get(year, np.nan) for pair in values] for year in years]
    columns = pd.Index(list(values), tupleize_cols=False)
    return pd.DataFrame(rows, index=years, columns=columns, dtype=float)


def _main(by_source: Mapping[str, Parts]) -> Parts | None:
    """The parts with which the series begins: those with the latest last year.

    Preferred are five years or more; at a tie one source to a mixture, an office to a matrix, and
    the longer one.
    """
    entries = registered_sources()
    known = [parts for parts in by_source.values() if parts.years]
    long = [parts for parts in known if len(parts.years) >= MIN_OFFICE_YEARS] or known

    def rank(parts: Parts) -> tuple[int, bool, bool, int, str]:
        """By what one is preferred to another."""
        office = "office" in entries[parts.source]
        single = parts.source != MIXTURE
        return parts.years[-1], single, office, len(parts.years), parts.source

    return max(long, key=rank, default=None)


def _levels_after(by_source: Mapping[str, Parts], last_year: int) -> list[Parts]:
    """The newest year of every source that has a later one, ascending; of a year an office's."""
    entries = registered_sources()
    by_year: dict[int, Parts] = {}
    for parts in sorted(by_source.values(), key=lambda one: "office" in entries[one.source]):
        if parts.source != MIXTURE and parts.years and parts.years[-1] > last_year:
            by_year[parts.years[-1]] = parts
    return [parts.only([year]) for year, parts in sorted(by_year.items())]


def _table(a: str, b: str, chosen: list[Parts]) -> pd.DataFrame:
    """Sums with the columns of `tradelib.load_turnover`, and the part that is missing."""
    reports = [
        Report(
            parts.source,
            a,
            b,
            parts.exports.sum(axis=1).to_dict(),
            parts.imports.sum(axis=1).to_dict(),
        )
        for parts in chosen
    ]
    table = pair_series.annual_of(reports)
    if table.empty:
        return table.assign(missing=pd.Series(dtype=float))
    released = [parts.released[year] for parts in chosen for year in parts.years]
    missing = [1 - parts.held[year] for parts in chosen for year in parts.years]
    table["released"] = np.array(released, "datetime64[us]")
    table["missing"] = np.array(missing)
    if any(parts.both_ways for parts in chosen):
        table[["export_musd", "import_musd"]] = np.nan
    return table
