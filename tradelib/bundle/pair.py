"""All that is bundled of one pair on a day."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from tradelib.bundle.load import load_figures, load_part_years, load_turnover
from tradelib.bundle.sources import cite, recommended

__all__ = ["PairFigures"]

# Other sources whose figures are put in place of the recommended ones.
ELSEWHERE = ("wits", "baci_type")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairFigures:
    """The bundled figures of one pair.

    Attributes
    ----------
    history : DataFrame
        The recommended series, as `tradelib.load_turnover` returns it.
    source : str
        Whose it is, and to which release it goes.
    months : DataFrame
        Part-year turnover, as `tradelib.load_part_years` returns it.
    told : set of int
        Years of which anybody has given the whole turnover.
    elsewhere : mapping of str to DataFrame
        Annual series of other sources.
    """

    history: pd.DataFrame
    source: str
    months: pd.DataFrame
    told: frozenset[int]
    elsewhere: Mapping[str, pd.DataFrame]

    @property
    def last_year(self) -> int:
        """Last year of the recommended series."""
        return int(self.history["year"].iloc[-1])


def pair_figures(reporter: str, partner: str, limit: pd.Timestamp | None) -> PairFigures | None:
    """All that is bundled of a pair (ISO3, as reported) and was released by a day.

    None if there is no series of it.
    """
    try:
        recommended(reporter, partner)
    except ValueError:
        return None
    history = load_turnover(reporter, partner, as_of=limit)
    figures = load_figures(reporter, partner, as_of=limit)
    there = set(figures["source_id"])
    start, end = figures["period_start"].dt, figures["period_end"].dt
    whole = start.is_year_start & end.is_year_end & (start.year == end.year)
    return PairFigures(
        history=history,
        source=cite(history).removeprefix("Source: "),
        months=load_part_years(reporter, partner, as_of=limit),
        told=frozenset(end.year[whole & (figures["flow"] == "turnover")].astype(int)),
        elsewhere={
            source: load_turnover(reporter, partner, source=source, as_of=limit)
            for source in ELSEWHERE
            if source in there
        },
    )
