"""What is known on a day, and of a target on that day: all that a verdict rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tradelib.science.gravity.ceiling import Ceiling
from tradelib.science.outlook.growth_model import GrowthModel
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.pledge.target import Standing, Target

__all__ = ["Case", "Known", "OtherData"]

# Where no deadline was named the fifth year ahead is judged: what "in the coming years" comes to.
OPEN_ENDED = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What is known on a day, whatever the target.

    Attributes
    ----------
    day : Timestamp or None
        None: all that is in the data.
    model : GrowthModel
        The newest learned by then.
    growth : mapping of int to DataFrame
        Growth of all pairs in the last year of each horizon, as `tradelib.load_growth` has it.
    deflator, prices : Series
        US GDP deflator and consumer prices by year.
    registry : DataFrame
        Announced targets with what was known of them.
    scored : DataFrame
        Those whose outcome was known, as `tradelib.pledges.scored_pledges` returns them.
    shift : tuple of float
        Log odds of pledges less those of like pairs: estimate, low and high end.
    """

    day: pd.Timestamp | None
    model: GrowthModel
    growth: Mapping[int, pd.DataFrame]
    deflator: pd.Series
    prices: pd.Series
    registry: pd.DataFrame
    scored: pd.DataFrame
    shift: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OtherData:
    """Another history of the same pair, and the nowcast it takes.

    Attributes
    ----------
    key, item : str
        Its name for code, and for readers.
    history : DataFrame
        ``year``, ``turnover_musd``.
    nowcast : Nowcast or None
        Of the year after its last.
    """

    key: str
    item: str
    history: pd.DataFrame
    nowcast: Nowcast | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A target on a day, with all that was known of it.

    Attributes
    ----------
    now : Standing
        The target and where its pair stands.
    day : date or None
        Day to which the evidence runs; None if the figures do not say.
    history : DataFrame
        ``year``, ``turnover_musd`` (US$ million); flows and ``status`` if known.
    source : str
        Where the history is from.
    nowcast : Nowcast or None
        Of the year after the last.
    others : sequence of OtherData
        Other data for the same pair.
    ceiling : Ceiling or None
        The target held against what size and distance predict.
    known : Known
        What was known that day whatever the target.
    """

    now: Standing
    day: date | None
    history: pd.DataFrame
    source: str
    nowcast: Nowcast | None
    others: Sequence[OtherData]
    ceiling: Ceiling | None
    known: Known

    @property
    def target(self) -> Target:
        """The pledge."""
        return self.now.target

    @property
    def by(self) -> int:
        """Calendar year judged: the deadline, or five years ahead where none was named."""
        return self.target.deadline or self.now.last_year + OPEN_ENDED

    def seen_musd(self, year: int) -> float:
        """Highest turnover seen from the announcement up to a year; minus infinity if none."""
        since = self.target.announced.year if self.target.announced else 0
        seen = self.history.loc[self.history["year"].between(since, year), "turnover_musd"]
        return float(seen.max()) if len(seen) else float("-inf")

    @property
    def ahead(self) -> int:
        """Years from the last known to the one judged; zero or below once it has passed."""
        return self.by - self.now.last_year
