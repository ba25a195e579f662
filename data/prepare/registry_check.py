"""Hold the registry of targets, row by row, to rules of its own and to every bundled count.

Usage:  python data/prepare/registry_check.py [--propose]

A row that breaks a hard rule is wrong. A row that breaks a soft rule needs a reason in
``data/target_reasons.csv`` (or, for one without a recent figure, a look in
``data/target_looks.csv``): why the cell stands as it is, with an address. A reason lapses when a
cell that its rule reads changes. With ``--propose`` the rows that need a reason are printed as
lines of that file, to be written by hand.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pandas as pd

from tradelib.datasets import pair_series
from tradelib.datasets.sources import described, registered_sources
from tradelib.science.pledges.status import WINDOW

DATA = Path(__file__).parents[1]

# A figure of officials and a count may differ by this share: 88 % of the registry's outcomes lie
# within 25 % of a reconciled count, and most that lie further name another statistic.
TOLERANCE = 0.2
# A figure that is a bundled count differs from it by no more than this share: rounding.
COUNT_ROUNDING = 0.02
# Two values that the registry itself gives to one pair and year may differ by so much: rounding.
ROUNDING = 0.1
# Years between a baseline and the announcement: the last full year, or the one before it.
BASELINE_YEARS = 2
# Growth asked a year: below it a goal asks nothing, above it the baseline is not the normal level.
LEAST_GROWTH = 0.02
MOST_GROWTH = 0.6
# An open row has a figure at most so many years old.
FRESH_YEARS = 3
# Coverages that the bundled counts, which are of goods, are held against.
COVERAGE_COUNTED = ("goods", "unknown")
# The same level within so many months is one pledge said twice.
RESTATED_MONTHS = 18

Row: TypeAlias = Mapping[str, str]
Counts: TypeAlias = Mapping[str, Mapping[int, float]]
# A cell that breaks a rule, and how.
Breach: TypeAlias = tuple[str, str]


class Held(NamedTuple):
    """A row, the bundled counts of its pair, and the day to which the registry runs.

    `counts` are those of the trade that the row is about, `every_count` also those of other trade.
    """

    row: Row
    counts: Counts
    every_count: Counts
    today: str


class Fault(NamedTuple):
    """A cell of a row that breaks a rule, and how."""

    target_id: str
    rule: str
    cell: str
    what: str

    def line(self) -> str:
        """The fault as a line for readers."""
        return f"{self.target_id}: {self.rule}: {self.cell}: {self.what}"


def number_in(row: Row, column: str) -> float | None:
    """A cell as a number; None if it is empty."""
    return float(row[column]) if row[column] else None


def year_in(row: Row, column: str) -> int | None:
    """A cell as a year; None if it is empty."""
    return int(row[column][:4]) if row[column] else None


# --- hard rules: what cannot be right ---


def dates(held: Held) -> Iterator[Breach]:
    """Years in the order in which things happen, and pages no older than what they say."""
    row = held.row
    announced = int(row["announced"][:4])
    deadline = year_in(row, "deadline")
    if deadline is not None and deadline < announced:
        yield "deadline", f"{deadline} lies before the announcement in {announced}"
    baseline = year_in(row, "baseline_year")
    if baseline is not None and baseline > announced:
        yield "baseline_year", f"{baseline} lies after the announcement in {announced}"
    for column in ("announced", "baseline_year", "outcome_year", "reached_year"):
        if row[column] and row[column] > held.today[: len(row[column])]:
            yield column, f"{row[column]} has not come"


def printed(held: Held) -> Iterator[Breach]:
    """Values with their years, on pages no older than what they say."""
    row = held.row
    for name in ("baseline", "outcome"):
        if bool(row[f"{name}_value"]) != bool(row[f"{name}_year"]):
            yield f"{name}_year", "a value and its year come together"
        day = row[f"{name}_printed"]
        year = row[f"{name}_year"]
        if day and year and day[:4] < year and not row[f"{name}_source"]:
            yield f"{name}_printed", f"printed on {day}, before {year} began"
    if row["announce_printed"] and row["announce_printed"] < row["announced"][:4]:
        yield "announce_printed", f"{row['announce_printed']} is older than the announcement"


def met_statuses(held: Held) -> Iterator[Breach]:
    """A status of met that the year reached allows."""
    row = held.row
    deadline = year_in(row, "deadline")
    reached = year_in(row, "reached_year")
    if deadline is None or reached is None:
        return
    status = row["status"]
    if status == "met_on_time" and reached > deadline:
        yield "status", f"met on time, but reached in {reached}, after {deadline}"
    if status in ("met_late", "missed", "open") and reached <= deadline:
        yield "status", f"{status}, but reached in {reached}, by {deadline}"


def unmet_statuses(held: Held) -> Iterator[Breach]:
    """A status of open or missed that the deadline allows."""
    row = held.row
    status = row["status"]
    deadline = year_in(row, "deadline")
    reached = year_in(row, "reached_year")
    this_year = int(held.today[:4])
    if status == "open" and deadline is None and reached is not None:
        yield "status", f"open, but reached in {reached}"
    if status == "open" and deadline is not None and deadline < this_year - 1:
        yield "status", f"open, but {deadline} is over"
    if status == "missed" and deadline is None:
        yield "status", "missed, but no deadline was named"
    if status == "missed" and deadline is not None and deadline >= this_year:
        yield "status", f"missed, but {deadline} is not over"


def unmet_outcomes(held: Held) -> Iterator[Breach]:
    """An outcome below the goal where the status is open or missed."""
    row = held.row
    value = number_in(row, "outcome_value")
    goal = float(row["target_value"])
    if row["status"] not in ("missed", "open") or value is None or value < goal:
        return
    deadline = year_in(row, "deadline")
    year = year_in(row, "outcome_year")
    too_late = deadline is not None and year is not None and year > deadline + WINDOW
    if not too_late:
        yield "outcome_value", f"{row['status']}, but {value:g} is at the goal {goal:g}"


def count_is_the_count(held: Held) -> Iterator[Breach]:
    """The count of its year, where a figure names the bundled source that counted it."""
    row = held.row
    if not in_dollars(row):
        return
    for name in ("baseline", "outcome"):
        source = row[f"{name}_source"]
        if not source or "file" not in registered_sources().get(source, {}):
            continue
        value = number_in(row, f"{name}_value")
        year = year_in(row, f"{name}_year")
        if value is None or year is None:
            yield f"{name}_value", f"{source} is named, but no value and year"
            continue
        count = held.every_count.get(source, {}).get(year)
        if count is None:
            yield f"{name}_value", f"{value:g} of {year}; {source} has no count of that year"
        elif abs(value / count - 1) > COUNT_ROUNDING:
            yield f"{name}_value", f"{value:g} of {year}; {source} has {count:.1f}"


# --- soft rules: what needs a reason ---


def off_every_count(held: Held) -> Iterator[Breach]:
    """A value more than a fifth off every bundled count of its year."""
    row = held.row
    for name in ("baseline", "outcome"):
        value = number_in(row, f"{name}_value")
        year = year_in(row, f"{name}_year")
        same_year = {source: years[year] for source, years in held.counts.items() if year in years}
        if value is None or not same_year:
            continue
        if all(abs(value / count - 1) > TOLERANCE for count in same_year.values()):
            listed = ", ".join(f"{source} {count:.0f}" for source, count in same_year.items())
            yield f"{name}_value", f"{value:g} of {year}; {listed}"


def first_year_differs(held: Held) -> Iterator[Breach]:
    """A first year at the goal that every count puts elsewhere."""
    row = held.row
    reached = year_in(row, "reached_year")
    goal = float(row["target_value"])
    announced = int(row["announced"][:4])
    if reached is None:
        return
    first = {
        source: first_at(years, goal, announced) for source, years in held.counts.items() if years
    }
    earlier = {source: year for source, year in first.items() if year is not None}
    seen_below = [
        source for source, years in held.counts.items() if years.get(reached, goal) < goal
    ]
    in_that_year = [source for source, years in held.counts.items() if reached in years]
    if earlier and all(year < reached for year in earlier.values()):
        listed = ", ".join(f"{source} {year}" for source, year in earlier.items())
        yield "reached_year", f"recorded {reached}; {listed}"
    elif in_that_year and seen_below == in_that_year:
        listed = ", ".join(f"{source} {held.counts[source][reached]:.0f}" for source in seen_below)
        yield "reached_year", f"{reached} is below the goal {goal:g} by {listed}"


def turned_by_a_count(held: Held) -> Iterator[Breach]:
    """A result, on time or not, that a bundled count would turn."""
    row = held.row
    deadline = year_in(row, "deadline")
    if deadline is None or row["status"] not in ("met_on_time", "met_late", "missed"):
        return
    goal = float(row["target_value"])
    announced = int(row["announced"][:4])
    on_time = row["status"] == "met_on_time"
    for source, years in held.counts.items():
        first = first_at(years, goal, announced)
        if not on_time and first is not None and first <= deadline:
            yield "status", f"{row['status']}, but {source} has {years[first]:.0f} in {first}"
        if on_time and deadline in years and (first is None or first > deadline):
            yield "status", f"on time, but {source} has {years[deadline]:.0f} in {deadline}"


def old_baseline(held: Held) -> Iterator[Breach]:
    """A baseline more than two years older than the announcement."""
    row = held.row
    baseline = year_in(row, "baseline_year")
    announced = int(row["announced"][:4])
    if baseline is not None and announced - baseline > BASELINE_YEARS:
        yield "baseline_year", f"{baseline}, announced in {announced}"


def mixed_statistics(held: Held) -> Iterator[Breach]:
    """Baseline and outcome of different statistics."""
    row = held.row
    text = row["statistics_of"]
    if row["baseline_value"] and row["outcome_value"] and "outcome" in text and ";" in text:
        yield "statistics_of", text


def odd_growth(held: Held) -> Iterator[Breach]:
    """Growth asked of under 2 or over 60 per cent a year."""
    row = held.row
    baseline = number_in(row, "baseline_value")
    first = year_in(row, "baseline_year")
    deadline = year_in(row, "deadline")
    if not baseline or first is None or deadline is None or deadline <= first:
        return
    growth = (float(row["target_value"]) / baseline) ** (1 / (deadline - first)) - 1
    if not LEAST_GROWTH <= growth <= MOST_GROWTH:
        yield "baseline_value", f"asks {growth:.1%} a year from {baseline:g} in {first}"


def not_fresh(held: Held) -> Iterator[Breach]:
    """An open row whose newest figure is more than three years old."""
    row = held.row
    if row["status"] != "open":
        return
    years = [year_in(row, f"{name}_year") for name in ("baseline", "outcome")]
    newest = max((year for year in years if year is not None), default=0)
    if newest < int(held.today[:4]) - FRESH_YEARS:
        yield "outcome_year", f"newest figure of {newest or 'no year'}"


RowRule: TypeAlias = Callable[[Held], Iterator[Breach]]
HARD: list[tuple[str, RowRule]] = [
    ("dates", dates),
    ("dates", printed),
    ("status", met_statuses),
    ("status", unmet_statuses),
    ("status", unmet_outcomes),
    ("count", count_is_the_count),
]
# Rules of one row, and the cells that each reads: a reason holds as long as they do.
SOFT: dict[str, RowRule] = {
    "off every count": off_every_count,
    "first year differs": first_year_differs,
    "a count turns it": turned_by_a_count,
    "old baseline": old_baseline,
    "mixed statistics": mixed_statistics,
    "growth asked": odd_growth,
}
FRESH = "not fresh"
TWO_VALUES = "two values"
RESTATED = "restated"
READS = {
    "off every count": "baseline_value baseline_year outcome_value outcome_year",
    "first year differs": "target_value announced reached_year",
    "a count turns it": "target_value announced deadline status",
    "old baseline": "announced baseline_year",
    "mixed statistics": "statistics_of",
    "growth asked": "target_value deadline baseline_value baseline_year",
    TWO_VALUES: "baseline_value baseline_year outcome_value outcome_year",
    RESTATED: "target_value announced",
}


def first_at(years: Mapping[int, float], goal: float, announced: int) -> int | None:
    """First year of a count, from the announcement on, at or above a goal; else None."""
    reached = [year for year, value in sorted(years.items()) if year >= announced and value >= goal]
    return reached[0] if reached else None


def two_values(rows: Iterable[Row]) -> Iterator[Fault]:
    """Pairs of which the registry itself gives two values for one year."""
    by_kind: dict[tuple[str, ...], list[tuple[Row, str, float]]] = {}
    for row in rows:
        pair = sorted((row["reporter"], row["partner"]))
        for name in ("baseline", "outcome"):
            value = number_in(row, f"{name}_value")
            if value and row[f"{name}_year"] and row["partial"] == "False":
                key = (*pair, row["currency"], row["coverage"], row[f"{name}_year"])
                by_kind.setdefault(key, []).append((row, f"{name}_value", value))
    for (*_, year), cells in by_kind.items():
        low = min(cells, key=lambda cell: cell[-1])
        for row, column, value in cells:
            if value > low[-1] * (1 + ROUNDING):
                other = f"{low[0]['target_id']} has {low[-1]:g}"
                yield Fault(row["target_id"], TWO_VALUES, column, f"{value:g} of {year}; {other}")


def restated(rows: Iterable[Row]) -> Iterator[Fault]:
    """Rows with the pair and level of another one announced at most 18 months earlier."""
    by_level: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        pair = sorted((row["reporter"], row["partner"]))
        key = (*pair, row["currency"], f"{float(row['target_value']):g}", row["coverage"])
        by_level.setdefault(key, []).append(row)
    for same in by_level.values():
        ordered = sorted(same, key=lambda row: row["released"])
        for before, row in pairwise(ordered):
            first = pd.Timestamp(before["released"])
            if pd.Timestamp(row["released"]) <= first + pd.DateOffset(months=RESTATED_MONTHS):
                earlier = f"{before['announced']}, {before['target_id']}"
                yield Fault(row["target_id"], RESTATED, "announced", f"the same level: {earlier}")


def in_dollars(row: Row) -> bool:
    """Whether a row is of two countries and in US dollars, as the bundled counts are."""
    return row["scope"] == "pair" and row["currency"] == "USD"


def counts_of(row: Row) -> dict[str, dict[int, float]]:
    """Turnover of a row's pair by year from each bundled count; empty if not in US dollars."""
    if not in_dollars(row):
        return {}
    by_source = pair_series.reports(row["reporter"], row["partner"])
    return {
        source: {
            year: report.exports[year] + report.imports[year] for year in report.years_of_trade
        }
        for source, report in by_source.items()
        if report.years_of_trade
    }


def faults(rows: list[Row], today: str) -> tuple[list[Fault], list[Fault], list[Fault]]:
    """Faults of a registry: of hard rules, of soft rules, and rows without a recent figure."""
    hard: list[Fault] = []
    soft: list[Fault] = []
    stale: list[Fault] = []
    for row in rows:
        name = row["target_id"]
        every_count = counts_of(row)
        counts = every_count if row["coverage"] in COVERAGE_COUNTED else {}
        held = Held(row, counts, every_count, today)
        for rule, check in HARD:
            hard += [Fault(name, rule, *broken) for broken in check(held)]
        for rule, check in SOFT.items():
            soft += [Fault(name, rule, *broken) for broken in check(held)]
        stale += [Fault(name, FRESH, *broken) for broken in not_fresh(held)]
    soft += [*two_values(rows), *restated(rows)]
    return hard, soft, stale


def cells(row: Row, rule: str) -> str:
    """The cells that a rule reads, as a reason keeps them."""
    return "; ".join(f"{column}={row[column]}" for column in READS[rule].split())


def unexplained(rows: list[Row], reasons: list[Row], looks: list[Row], today: str) -> list[str]:
    """What is wrong with a registry and its reasons, a line each."""
    hard, soft, stale = faults(rows, today)
    by_id = {row["target_id"]: row for row in rows}
    standing = {(reason["target_id"], reason["rule"], reason["cells"]) for reason in reasons}
    needed = {(f.target_id, f.rule, cells(by_id[f.target_id], f.rule)) for f in soft}
    looked = {look["target_id"] for look in looks}
    lines = [fault.line() for fault in hard]
    lines += [
        f"{fault.line()}; correct it, or give the reason in target_reasons.csv"
        for fault in soft
        if (fault.target_id, fault.rule, cells(by_id[fault.target_id], fault.rule)) not in standing
    ]
    lines += [
        f"{fault.line()}; look for a newer one, and write down in target_looks.csv what was found"
        for fault in stale
        if fault.target_id not in looked
    ]
    lines += [
        f"{name}: {rule}: the reason is not needed any more, or a cell has changed: {kept}"
        for name, rule, kept in sorted(standing - needed)
    ]
    without = [reason for reason in reasons if not reason["address"]]
    if len(without) * 10 > len(reasons):
        lines.append(f"{len(without)} of {len(reasons)} reasons have no address; one in ten may")
    return lines


def read(file: str) -> list[Row]:
    """Rows of a file in data/, as text."""
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def proposals(rows: list[Row], today: str) -> Iterator[dict[str, str]]:
    """A line of target_reasons.csv for each row and rule that needs one, without its reason."""
    by_id = {row["target_id"]: row for row in rows}
    _, soft, _ = faults(rows, today)
    by_rule: dict[tuple[str, str], list[str]] = {}
    for fault in soft:
        by_rule.setdefault((fault.target_id, fault.rule), []).append(f"{fault.cell} {fault.what}")
    for (name, rule), broken in by_rule.items():
        yield {
            "target_id": name,
            "rule": rule,
            "cells": cells(by_id[name], rule),
            "what": " | ".join(broken),
        }


def main() -> None:
    """Check the registry, or propose the lines of reasons."""
    # The day on which the registry was last worked on: no clock makes a good registry a bad one.
    today = described("targets.csv")["accessed"]
    rows = read("targets.csv")
    if "--propose" in sys.argv:
        writer = csv.DictWriter(sys.stdout, ["target_id", "rule", "cells", "what"])
        writer.writeheader()
        writer.writerows(proposals(rows, today))
        return
    lines = unexplained(rows, read("target_reasons.csv"), read("target_looks.csv"), today)
    if lines:
        raise SystemExit("\n".join(lines))
    print(f"targets.csv: {len(rows)} rows, each rule kept or its breach explained")


if __name__ == "__main__":
    main()
