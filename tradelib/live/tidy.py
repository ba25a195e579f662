"""Tidy frames from single figures of a source; `fetch_flows` describes them."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias

import pandas as pd

from tradelib.datasets import tables
from tradelib.datasets.sources import release_day_by_lag, sources
from tradelib.live.cache import Reply
from tradelib.live.checks import Figures

DAY = "datetime64[us]"
Answer: TypeAlias = tuple[Figures, Reply]  # figures, and the reply they are from


def released(source: str, year: int, accessed: date, month: int = 12) -> tuple[pd.Timestamp, str]:
    """Day on which a figure counts as published, and the reason for that day.

    The figure is that of a year, or of one of its months. The usual day is that of the source's
    delay for the year ("lag"). A figure that was fetched before that day was public on the day of
    the fetch ("accessed"), but only after its year or month was over: a computer clock that was set
    back must not make figures known earlier.
    """
    usual = pd.Timestamp(release_day_by_lag(source, year))
    fetched = pd.Timestamp(accessed)
    if pd.Timestamp(year, month, 1) + pd.offsets.MonthEnd(0) < fetched < usual:
        return fetched, "accessed"
    return usual, "lag"


def with_source(
    source: str, reporter: str, partner: str, answers: Iterable[Answer]
) -> pd.DataFrame:
    """Frame of a pair's figures, with source, release and provenance in every row."""
    about = sources().set_index("source_id").loc[source]
    rows = []
    for items, reply in answers:
        accessed = reply.accessed.tz_localize(None).normalize()
        for item in items:
            day, basis = released(source, item.year, accessed.date())
            rows.append(
                item._asdict()
                | {
                    "reporter": reporter,
                    "partner": partner,
                    "coverage": "goods",
                    "bound": "exact",
                    "period_start": pd.Timestamp(item.year, 1, 1),
                    "growth_doubtful": False,
                    "period_end": pd.Timestamp(item.year, 12, 31),
                    "source_id": source,
                    "who": about["producer"],
                    "publisher": about["producer"],
                    "accessed": accessed,
                    "released": day,
                    "released_basis": basis,
                    "source_title": about["title"],
                    "source_url": reply.address,
                    "note": item.note or None,
                }
            )
    frame = typed(rows, "figures.csv", {"accessed": DAY})
    return frame.sort_values(["period_start", "flow"], ignore_index=True)


def typed(rows: list[dict[str, Any]], table: str, more: dict[str, str]) -> pd.DataFrame:
    """Rows as a frame with the columns and dtypes of a bundled table, and with those of `more`."""
    dtypes = dict.fromkeys(tables.schema(table), DAY) | tables.dtypes(table) | more
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)
