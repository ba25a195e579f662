"""From single figures of a source to a tidy frame with who, when and where from.

The columns are those of `tradelib.load_figures` and ``accessed``. A year the source does not list
is no row; a trade of zero is a row of 0; a figure that is withheld (``suppressed``) or listed
without a number (``empty``) is a row whose value is missing and whose ``status`` says which.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tradelib.bundle import tables
from tradelib.bundle.sources import release_day, sources
from tradelib.live.cache import Reply
from tradelib.live.errors import MalformedError

FIRST_YEAR, LAST_YEAR = 1900, 2100  # anything else is no calendar year of trade
DAY = "datetime64[us]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One flow of one year as a source reports it.

    ``flow`` (export, import); ``year`` (int); ``value_musd`` (US$ million, None if not given);
    ``status`` (final, preliminary, suppressed, empty); ``note``.
    """

    flow: str
    year: int
    value_musd: float | None
    status: str = "final"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Figures of one answer, with the answer they are from."""

    figures: tuple[Figure, ...]
    reply: Reply


def year_of(text: object) -> int:
    """A calendar year from a source's own writing of it, or a `MalformedError`."""
    plain = str(text)
    if not (plain.isascii() and plain.isdigit() and FIRST_YEAR <= int(plain) <= LAST_YEAR):
        raise MalformedError(f"{text!r} where a year is due")
    return int(plain)


def value_of(raw: object, *, unit: float) -> float | None:
    """A figure in US$ million (`unit` of them are one of the source's); None where it has none."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise MalformedError(f"{raw!r} where a figure is due")
    try:
        value = float(raw)
    except ValueError:
        raise MalformedError(f"{raw!r} where a figure is due") from None
    if not math.isfinite(value) or value < 0:
        raise MalformedError(f"a trade of {raw!r}")
    return value * unit


def once(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures in order of flow and year; one given twice is a `MalformedError`."""
    by_place: dict[tuple[str, int], Figure] = {}
    for figure in figures:
        place = (figure.flow, figure.year)
        if place in by_place:
            raise MalformedError(f"the {figure.flow} of {figure.year} twice")
        by_place[place] = figure
    return tuple(by_place[place] for place in sorted(by_place))


def released(source: str, year: int, accessed: date) -> tuple[pd.Timestamp, str]:
    """Day on which a year's figure counts as public, and on what that rests."""
    rule = release_day(source, year)
    return (pd.Timestamp(rule), "lag") if rule <= accessed else (pd.Timestamp(accessed), "accessed")


def figures(source: str, reporter: str, partner: str, answers: Iterable[Answer]) -> pd.DataFrame:
    """Figures frame of a pair, with source, release and provenance in every row."""
    about = sources().set_index("source_id").loc[source]
    rows = []
    for answer in answers:
        accessed = answer.reply.accessed.tz_localize(None).normalize()
        for one in answer.figures:
            day, basis = released(source, one.year, accessed.date())
            rows.append(
                {
                    "reporter": reporter, "partner": partner, "flow": one.flow,
                    "coverage": "goods", "bound": "exact", "growth_doubtful": False,
                    "period_start": pd.Timestamp(one.year, 1, 1),
                    "period_end": pd.Timestamp(one.year, 12, 31),
                    "value_musd": one.value_musd, "status": one.status, "source_id": source,
                    "who": about["producer"], "publisher": about["producer"],
                    "released": day, "released_basis": basis, "source_title": about["title"],
                    "source_url": answer.reply.address, "note": one.note or None,
                    "accessed": accessed,
                }
            )  # fmt: skip
    frame = pd.DataFrame(rows, columns=[*tables.schema("figures.csv"), "accessed"])
    days = dict.fromkeys(["period_start", "period_end", "released", "accessed"], DAY)
    frame = frame.astype(tables.dtypes("figures.csv") | days)
    return frame.sort_values(["period_start", "flow"], kind="stable", ignore_index=True)
