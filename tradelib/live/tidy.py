"""From single figures of a source to a tidy frame, which `fetch_flows` describes."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias

import pandas as pd

from tradelib.bundle import tables
from tradelib.bundle.sources import release_day, sources
from tradelib.live.cache import Reply
from tradelib.live.gate import Figures

DAY = "datetime64[us]"
Answer: TypeAlias = tuple[Figures, Reply]  # figures, and the reply they are from


def released(source: str, year: int, accessed: date) -> tuple[pd.Timestamp, str]:
    """Day on which a year's figure counts as public, and on what that rests.

    A figure that was here before its lag had passed was public then, but not before its year was
    over: a clock that was set back makes nothing known earlier.
    """
    rule = pd.Timestamp(release_day(source, year))
    early = pd.Timestamp(year, 12, 31) < pd.Timestamp(accessed) < rule
    return (pd.Timestamp(accessed), "accessed") if early else (rule, "lag")


def figures(source: str, reporter: str, partner: str, answers: Iterable[Answer]) -> pd.DataFrame:
    """Figures frame of a pair, with source, release and provenance in every row."""
    about = sources().set_index("source_id").loc[source]
    rows = []
    for found, reply in answers:
        accessed = reply.accessed.tz_localize(None).normalize()
        for one in found:
            day, basis = released(source, one.year, accessed.date())
            rows.append(
                one._asdict()
                | {
                    "reporter": reporter,
                    "partner": partner,
                    "coverage": "goods",
                    "bound": "exact",
                    "period_start": pd.Timestamp(one.year, 1, 1),
                    "growth_doubtful": False,
                    "period_end": pd.Timestamp(one.year, 12, 31),
                    "source_id": source,
                    "who": about["producer"],
                    "publisher": about["producer"],
                    "accessed": accessed,
                    "released": day,
                    "released_basis": basis,
                    "source_title": about["title"],
                    "source_url": reply.address,
                    "note": one.note or None,
                }
            )
    frame = typed(rows, "figures.csv", {"accessed": DAY})
    return frame.sort_values(["period_start", "flow"], ignore_index=True)


def typed(rows: list[dict[str, Any]], table: str, more: dict[str, str]) -> pd.DataFrame:
    """Rows as a frame with the columns and dtypes of a bundled table, and some more."""
    dtypes = dict.fromkeys(tables.schema(table), DAY) | tables.dtypes(table) | more
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)
