"""Fill in the columns of data/targets.csv that follow from others.

Usage:  python data/prepare/targets.py

The table is edited by hand (OPERATIONS.md). ``released``, ``released_basis``, ``resolved``,
``version`` and ``supersedes`` are filled in.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from tradelib.datasets.sources import release_day_by_lag
from tradelib.datasets.tables import schema

DATA = Path(__file__).parents[1]
SOURCE = "pledges"
WHEN = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def last_day(when: str) -> tuple[str, str]:
    """(day, basis): the last day of a year, a month or a day, and how exact it was stated."""
    year, month, day = WHEN.fullmatch(when).groups()
    if day:
        return when, "stated"
    end = pd.Period(f"{year}-{month or 12}").end_time
    return f"{end:%Y-%m-%d}", "month" if month else "year"


def resolved(deadline: str, reached: str) -> str:
    """Day from which on time or not can be known: the registry's lag after the deciding year.

    The deciding year is the deadline or, if earlier, the year in which the level was reached;
    without a deadline, the year in which it was reached; without either there is none.
    """
    years = [int(year) for year in (deadline, reached) if year]
    if not years:
        return ""
    return release_day_by_lag(SOURCE, min(years)).isoformat()


def supersedes(row: dict[str, str], pair: Sequence[dict[str, str]]) -> str:
    """The pair's latest earlier pledge that was open at the announcement, at most as high.

    Across currencies heights cannot be compared: there the record must say superseded.
    """
    earlier = [other for other in pair if was_open(other, row) and at_most_as_high(other, row)]
    return earlier[-1]["target_id"] if earlier else ""


def was_open(other: dict[str, str], row: dict[str, str]) -> bool:
    """Whether another pledge was out, and neither over nor reached, when a row was announced."""
    year = row["announced"][:4]
    # "-" sorts before every digit: a year alone is earlier than all of its days.
    announced_before = other["released"] < row["announced"].ljust(10, "-")
    not_over = (other["deadline"] or "9999") >= year
    not_reached = (other["reached_year"] or "9999") >= year
    return announced_before and not_over and not_reached


def at_most_as_high(other: dict[str, str], row: dict[str, str]) -> bool:
    """Whether another pledge is at most as high as a row; across currencies, as recorded."""
    if other["currency"] != row["currency"]:
        return other["status"] == "superseded"
    return float(other["target_value"]) <= float(row["target_value"])


def refreshed(table: pd.DataFrame) -> pd.DataFrame:
    """The table of text with the columns that follow from others, ordered by batch and pair."""
    rows = table.to_dict("records")
    pairs: dict[frozenset[str], list[dict[str, str]]] = {}
    for row in rows:
        row["released"], row["released_basis"] = last_day(row["announced"])
        row["resolved"] = resolved(row["deadline"], row["reached_year"])
        pairs.setdefault(frozenset((row["reporter"], row["partner"])), []).append(row)
    for pair in pairs.values():
        pair.sort(key=lambda r: (r["released"], r["deadline"] or "9999", float(r["target_value"])))
        for rank, row in enumerate(pair, start=1):
            row["version"] = str(rank)
            row["supersedes"] = supersedes(row, pair)
    return pd.DataFrame(rows, dtype="str")[list(schema("targets.csv"))]


def main() -> None:
    """Refresh the table."""
    text = pd.read_csv(DATA / "targets.csv", dtype=str, keep_default_na=False)
    refreshed(text).to_csv(DATA / "targets.csv", index=False, lineterminator="\n")
    print(f"targets.csv: {len(text)} rows")


if __name__ == "__main__":
    main()
