"""All that is bundled of one pair on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from tradelib.bundle import tables
from tradelib.bundle.figures import annual_series, part_years
from tradelib.bundle.sources import cite, recommended
from tradelib.ground import frames

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


@lru_cache(maxsize=64)
def pair_figures(reporter: str, partner: str, limit: pd.Timestamp | None) -> PairFigures | None:
    """All that is bundled of a pair (ISO3, as reported) and was released by a day.

    None if there is no series of it.
    """
    try:
        order = recommended(reporter, partner)
    except ValueError:
        return None
    every = tables.table("figures.csv")
    every = every[(every["reporter"] == reporter) & (every["partner"] == partner)]
    name = f"figures of {reporter}-{partner}"
    history = tables.known(annual_series(every, order), limit, f"annual {name}")
    history = history.drop_duplicates("year", ignore_index=True)
    known = tables.known(every, limit, name)
    year, months = frames.calendar(known)
    whole = (months == 12) & (known["flow"] == "turnover")
    others = [source for source in ELSEWHERE if source in set(known["source_id"])]
    return PairFigures(
        history=history,
        source=cite(history).removeprefix("Source: "),
        months=part_years(known),
        told=frozenset(year[whole].astype(int)),
        elsewhere={source: annual_series(known, [source]) for source in others},
    )
