"""What is known on a day, and of a target on that day: the input of a verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.core import checks
from tradelib.core.growth import required_growth
from tradelib.core.labels import label, million_of
from tradelib.core.records import Record
from tradelib.science.forecasting.bloc_sums import Dependence
from tradelib.science.forecasting.exchange import Exchange
from tradelib.science.forecasting.forecast import check_nowcast
from tradelib.science.forecasting.growth_model import GrowthModel
from tradelib.science.forecasting.nowcast import Nowcast
from tradelib.science.forecasting.predictors import MIN_YEARS
from tradelib.science.gravity.model import GravityModel
from tradelib.science.gravity.potential import Potential
from tradelib.science.pledges.chance import PledgeModel
from tradelib.science.pledges.combined import Combined
from tradelib.science.pledges.counts import Counts
from tradelib.science.pledges.target import Standing, Target, standing_of
from tradelib.science.reference.growth_tables import Cells

# Data that end more than so many years before the day give no chance: too much may have happened.
FRESH_YEARS = 3
# Where no deadline was named the fifth year ahead is judged: what "in the coming years" comes to.
OPEN_ENDED = 5
PartYear: TypeAlias = tuple[int, float]


class Pledges(NamedTuple):
    """What is known of announced targets on a day."""

    registry: pd.DataFrame
    corrected: pd.Timestamp  # day of the newest correction of the registry
    scored: pd.DataFrame  # those whose outcome was known, as `tradelib.pledges.scored_pledges`
    model: PledgeModel  # chance that a pledge is kept
    record: pd.DataFrame  # how often official calls came true, as `tradelib.progress_record`
    replayed: pd.DataFrame  # those resolved, asked again on past days, as `tradelib.replay`
    combined: Combined | None  # what they add to a chance; None while they are too few
    rows: Mapping[str, SimpleNamespace]  # rows of the registry, by the target's id


class Gravity(NamedTuple):
    """What size and distance predict for a pair, and the model that predicts it."""

    potential: Potential  # from the countries' effects
    by_gdp: Potential | None  # from both GDPs; None if it is not known
    model: GravityModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InformationSet(Record):
    """What is known on a day, whatever the target."""

    day: pd.Timestamp | None  # None: all that is in the data
    model: GrowthModel  # the newest one learned by then
    older_models: Sequence[GrowthModel]  # those that it replaced, the oldest first
    growth: Mapping[int, Cells]  # growth table of all pairs, by horizon in years
    prices: pd.DataFrame  # US consumer prices, ``cpi_u``, and GDP deflator, ``gdp_deflator``
    tested: pd.DataFrame  # how often forecasts came true, as `tradelib.calibration`
    pledges: Pledges

    @property
    def consumer_prices(self) -> pd.Series:
        """US consumer price index, by year."""
        return self.prices["cpi_u"].dropna()

    @property
    def deflator(self) -> pd.Series:
        """US GDP deflator, by year."""
        return self.prices["gdp_deflator"].dropna()


class OtherData(NamedTuple):
    """Another history of the same pair, in US$ million, with its nowcast."""

    key: str  # its name in code
    item: str  # its name for readers
    history: pd.DataFrame  # ``year``, ``turnover_musd``
    nowcast: Nowcast | None  # of the year after its last


class Parts(NamedTuple):
    """The pairs that a bloc's history is the sum of, and how they move together."""

    history: pd.DataFrame  # of each pair, a column each, by year of growth; US$ million
    other_source: bool  # whether the last year is of another source than those before it
    dependence: Dependence
    missing: float  # part of the sum that pairs without a figure in the last year held before
    own: tuple[int, float]  # last year in which the pairs' own figures were summed, and the sum


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case(Record):
    """A target on a day, with all that was known of it.

    Its money is millions of the target's currency, whatever a column is called; the growth model
    reads `dollars`.
    """

    now: Standing
    day: date | None  # to which the evidence runs; None if the figures do not say
    history: pd.DataFrame  # ``year``, ``turnover_musd``; flows, ``status`` if known
    source: str  # of the history
    nowcast: Nowcast | None  # of the year after the last
    own_data: bool  # whether the history is the caller's own, not the bundled one
    # Annual series by other sources, for the article's pairs; empty for any other pair.
    other_series: Mapping[str, pd.DataFrame]
    information: InformationSet
    gravity: Gravity | None = None  # for the pairs whose potential is bundled
    exchange: Exchange | None = None  # of the target's currency; None for US dollars
    parts: Parts | None = None  # of a bloc's bundled history; None for a pair
    counts: Counts | None = None  # of a target of the registry, beside the bundled history

    @property
    def dollars(self) -> pd.DataFrame:
        """The history in US$ million."""
        return self.history if self.exchange is None else self.exchange.dollars(self.history)

    @property
    def last_dollars(self) -> float:
        """Turnover of the last year known, US$ million."""
        return self.now.last_musd / self.per_usd(self.now.last_year)

    def per_usd(self, year: int) -> float:
        """Units of the target's currency per US dollar in a year of the history."""
        return 1.0 if self.exchange is None else self.exchange.per_usd[year]

    @property
    def unit(self) -> str:
        """Unit of its money, ``"US$ million"``."""
        return million_of(self.target.currency)

    @property
    def others(self) -> list[OtherData]:
        """Other data for the same pair; empty where too few years are known."""
        years = len(self.history)
        if self.nowcast is not None:
            years += 1
        if years < MIN_YEARS:
            return []
        others = list(_other_data(self, self.dollars))
        if "source_id" in self.history:
            others += _other_sources(self, self.dollars)
        return others

    @property
    def unbroken(self) -> bool:
        """Whether no year is missing, and the last one has the source of the others."""
        years = self.history["year"]
        complete = int(years.max() - years.min()) < len(years)
        return complete and not checks.joined(self.history)

    @property
    def target(self) -> Target:
        """The pledge."""
        return self.now.target

    @property
    def by(self) -> int:
        """Calendar year judged: the deadline, or five years ahead where none was named."""
        return self.target.deadline or self.now.last_year + OPEN_ENDED

    @property
    def since(self) -> int:
        """Year from which the target may count as reached."""
        return self.now.since

    def seen_musd(self, year: int) -> float:
        """Highest turnover from the announcement up to `year`, million; -inf if none."""
        years = self.history["year"].to_numpy()
        values = self.history["turnover_musd"].to_numpy()
        counts = (self.since <= years) & (years <= year)
        return float(max(values[counts], default=-np.inf))

    @property
    def ahead(self) -> int:
        """Years from the last one known to the one judged; below 1 once it has passed."""
        return self.by - self.now.last_year

    @property
    def required_growth(self) -> float:
        """Growth needed from the last year known to the year judged, fraction a year.

        Unlike `now.required` it is also a number where no deadline was named, or the target was
        reached before. It is the column ``asked`` of `tradelib.open_targets`.
        """
        goal = self.target.value
        return float(required_growth(self.now.last_musd, goal, years=self.ahead))

    def over(self, year: int) -> bool:
        """Whether `year` had ended by that day without a bundled figure."""
        if self.own_data or self.day is None:
            return False
        return self.now.last_year < year < self.day.year

    @property
    def no_data_note(self) -> str:
        """Text for a year that is over without a figure."""
        return f"last figure of {self.now.last_year}, nothing known since"

    @property
    def stale(self) -> bool:
        """Whether the bundled data end too long before that day for a chance."""
        if self.own_data or self.day is None:
            return False
        newest = self.now.last_year if self.nowcast is None else self.nowcast.year
        return self.day.year - newest > FRESH_YEARS

    @property
    def stale_note(self) -> str:
        """Text for a pair whose data end too long ago."""
        if self.parts is not None:
            return (
                f"our data for this sum end in {self.now.last_year}: of no later year do members "
                "with a figure hold nine tenths of it"
            )
        return f"our data for this pair end in {self.now.last_year}"

    @property
    def open(self) -> bool:
        """Whether there is a forecast: the year judged is to come, and the data are new enough."""
        return self.ahead > 0 and not self.over(self.by) and not self.stale


def case_of(
    target: Target,
    history: pd.DataFrame,
    information: InformationSet,
    *,
    source: str,
    own_data: bool,
    other_series: Mapping[str, pd.DataFrame],
    nowcast: Nowcast | None = None,
    gravity: Gravity | None = None,
    exchange: Exchange | None = None,
    parts: Parts | None = None,
    counts: Counts | None = None,
) -> Case:
    """A target and a history, with all else that is known on that day.

    Parameters
    ----------
    target : Target
        The pledge.
    history : DataFrame
        ``year``, ``turnover_musd`` (US$ million) of its pair, in any order of years.
    information : InformationSet
        What is known on that day, whatever the target.
    source : str
        Source of the history, for readers.
    own_data : bool
        Whether the history is the caller's own, not the bundled one.
    other_series : mapping of str to DataFrame
        Annual series of the pair by other sources, by source; empty if there are none.
    nowcast : Nowcast, optional
        Of the year after the last, from the months published of it.
    gravity : Gravity, optional
        What size and distance predict for the pair.
    exchange : Exchange, optional
        The rates of the target's currency, where that is not the US dollar: the history is
        converted, and years without a rate are left out.
    parts : Parts, optional
        The pairs that the history of a bloc is the sum of.
    counts : Counts, optional
        What a target of the registry counts, beside the bundled history.

    Returns
    -------
    Case
        The target with all of it.

    Raises
    ------
    InputError
        If the nowcast is of another year than the one after the last.
    NoAnswerError
        If there is no rate for the last year.
    """
    if not history["year"].is_monotonic_increasing:
        history = history.sort_values("year", ignore_index=True)
    if exchange is not None:
        in_dollars = history
        history = exchange.converted(in_dollars)
        target = replace(target, rate=exchange.last)
        source += f"; in {exchange.currency} at each year's average rate"
        left_out = sorted(set(in_dollars["year"]) - set(history["year"]))
        if left_out:
            source += f", which is not known of {', '.join(map(str, left_out))}"
    now = standing_of(target, history)
    check_nowcast(nowcast, now.last_year)
    return Case(
        now=now,
        day=_day(history, information),
        history=history,
        source=source,
        nowcast=nowcast,
        own_data=own_data,
        other_series=other_series,
        gravity=gravity,
        information=information,
        exchange=exchange,
        parts=parts,
        counts=counts,
    )


def _day(history: pd.DataFrame, information: InformationSet) -> date | None:
    """The day of the information; without one, the newest release of what is used."""
    newest = information.day
    if newest is None and "released" in history:
        last_figure = history["released"].max()
        last_outcome = information.pledges.scored["resolved"].max()
        newest = max(last_figure, last_outcome, information.pledges.corrected)
    return None if newest is None else date(newest.year, newest.month, newest.day)


def _other_data(case: Case, history: pd.DataFrame) -> Iterator[OtherData]:
    """The same figures without the newest ones, and all figures in constant dollars."""
    if case.nowcast is not None and len(history) >= MIN_YEARS:
        yield OtherData("no_months", "without the months published", history, None)
    preliminary = "status" in history and history["status"].iloc[-1] == "preliminary"
    if preliminary and len(history) > MIN_YEARS:
        item = f"without the provisional year {history['year'].iloc[-1]}"
        yield OtherData("no_preliminary", item, history.iloc[:-1], None)
    prices = case.information.consumer_prices.reindex(history["year"]).ffill()
    if prices.notna().all():
        inflator = (prices.iloc[-1] / prices).to_numpy()
        real = history.assign(turnover_musd=history["turnover_musd"].to_numpy() * inflator)
        yield OtherData("constant_dollars", "with its past in constant dollars", real, case.nowcast)


def _other_sources(case: Case, history: pd.DataFrame) -> Iterator[OtherData]:
    """The newest source's years only, and the history with other sources' years."""
    newest = str(history["source_id"].iloc[-1])
    of_newest = history[history["source_id"] == newest]
    if MIN_YEARS <= len(of_newest) < len(history):
        item = f"with {label(newest)} alone"
        yield OtherData(f"{newest}_alone", item, of_newest, case.nowcast)
    for source, series in case.other_series.items():
        if source == newest:
            continue
        values = history["year"].map(series.set_index("year")["turnover_musd"])
        replaced = values.notna() & (history["source_id"] != source)
        if replaced.any():
            changed = history.assign(turnover_musd=values.fillna(history["turnover_musd"]))
            item = f"with {label(source)} in place of ours"
            yield OtherData(f"{source}_in_place", item, changed, case.nowcast)
