"""What is known on a day, and of a target on that day: all that a verdict rests on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground import frames
from tradelib.ground.growth import required_growth
from tradelib.ground.plain import label
from tradelib.ground.record import Record
from tradelib.science.gravity.model import GravityModel
from tradelib.science.gravity.potential import Potential
from tradelib.science.outlook.growth_model import GrowthModel
from tradelib.science.outlook.nowcast import FewSharesError, Nowcast, nowcast_year
from tradelib.science.outlook.signals import MIN_YEARS
from tradelib.science.outside.table import Cells
from tradelib.science.pledge.chance import PledgeModel
from tradelib.science.pledge.target import Standing, Target, standing

# Where no deadline was named the fifth year ahead is judged: what "in the coming years" comes to.
OPEN_ENDED = 5
PartYear: TypeAlias = tuple[int, float]


class Pledges(NamedTuple):
    """What is known of announced targets on a day."""

    registry: pd.DataFrame
    scored: pd.DataFrame  # those whose outcome was known, as `tradelib.pledges.scored_pledges`
    # The newest value and its year, by pair (its countries in order), currency and coverage.
    figures: Mapping[tuple[str, str, str], tuple[float, int]]
    model: PledgeModel  # chance that a pledge like one is kept
    record: pd.DataFrame  # how often official calls came true, as `tradelib.progress_record`
    rows: Mapping[str, SimpleNamespace]  # of the registry, by the target's name


class Gravity(NamedTuple):
    """What size and distance predict for a pair, and the model that says it."""

    potential: Potential  # from effects of countries
    by_gdp: Potential | None
    model: GravityModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InformationSet(Record):
    """What is known on a day, whatever the target."""

    day: pd.Timestamp | None  # None: all that is in the data
    model: GrowthModel  # the newest learned by then
    growth: Mapping[int, Cells]  # of all pairs in the last year of each horizon
    prices: pd.DataFrame  # US consumer prices, ``cpi_u``, and GDP deflator, ``gdp_deflator``
    tested: pd.DataFrame  # how often the model's word came true, as `tradelib.calibration`
    pledges: Pledges

    @property
    def consumer_prices(self) -> pd.Series:
        """US consumer prices of the years known by then."""
        return self.prices["cpi_u"].dropna()

    @property
    def deflator(self) -> pd.Series:
        """US GDP deflator."""
        return self.prices["gdp_deflator"].dropna()


class OtherData(NamedTuple):
    """Another history of the same pair, its name for code and for readers, and its nowcast."""

    key: str
    item: str
    history: pd.DataFrame  # ``year``, ``turnover_musd``
    nowcast: Nowcast | None  # of the year after its last


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case(Record):
    """A target on a day, with all that was known of it."""

    now: Standing
    day: date | None  # to which the evidence runs; None if the figures do not say
    history: pd.DataFrame  # ``year``, ``turnover_musd`` (US$ million); flows, ``status`` if known
    source: str  # of the history
    nowcast: Nowcast | None  # of the year after the last
    elsewhere: Mapping[str, pd.DataFrame] | None  # by other sources; None: figures are one's own
    information: InformationSet
    # Its months and their turnover, where too few years tell what they come to.
    part_year: PartYear | None = None
    gravity: Gravity | None = None  # for the pairs whose potential is bundled

    @property
    def others(self) -> list[OtherData]:
        """Other data for the same pair; none where a few years are all that is known."""
        if len(self.history) + (self.nowcast is not None) < MIN_YEARS:
            return []
        return [*_other_data(self), *(_other_sources(self) if "source_id" in self.history else [])]

    @property
    def unbroken(self) -> bool:
        """Whether every year is there, the last of the same source as those before it."""
        years = self.history["year"]
        return int(years.max() - years.min()) < len(years) and not frames.joined(self.history)

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
        """Highest turnover seen from the announcement up to a year; minus infinity if none."""
        years, values = (self.history[name].to_numpy() for name in ("year", "turnover_musd"))
        seen = (self.since <= years) & (years <= year)
        return float(max(values[seen], default=-np.inf))

    @property
    def ahead(self) -> int:
        """Years from the last known to the one judged; zero or below once it has passed."""
        return self.by - self.now.last_year

    @property
    def asked(self) -> float:
        """Growth a year that leads from the last known to the target in the year judged."""
        last, goal = self.now.last_musd, self.target.value_musd
        return float(required_growth(last, goal, years=self.ahead))

    def over(self, year: int) -> bool:
        """Whether a year after the last bundled figure had ended by that day."""
        own = self.elsewhere is None
        return not own and self.day is not None and self.now.last_year < year < self.day.year

    @property
    def no_data_note(self) -> str:
        """What is said of such a year."""
        return f"last figure of {self.now.last_year}, nothing known since"

    @property
    def open(self) -> bool:
        """Whether there is a year to forecast: the one judged is not known, nor over."""
        return self.ahead > 0 and not self.over(self.by)


def case_of(
    target: Target,
    history: pd.DataFrame,
    information: InformationSet,
    *,
    source: str,
    part_year: PartYear | None = None,
    shares: pd.DataFrame | None = None,
    elsewhere: Mapping[str, pd.DataFrame] | None = None,
    gravity: Gravity | None = None,
) -> Case:
    """A target held against a history, with what else is known that day.

    `part_year` are the months published of the year after the last, and their turnover, and
    `shares` what such months came to of full years; `elsewhere` annual series of the pair from
    other sources: None if the figures are one's own.
    """
    if not history["year"].is_monotonic_increasing:
        history = history.sort_values("year", ignore_index=True)
    now = standing(target, history)
    cast = None
    if part_year is not None and shares is not None:
        cast = _nowcast(now, part_year, shares, information.day)
    return Case(
        now=now,
        day=_day(history, information),
        history=history,
        source=source,
        nowcast=cast,
        part_year=None if cast else part_year,
        elsewhere=elsewhere,
        gravity=gravity,
        information=information,
    )


def _day(history: pd.DataFrame, information: InformationSet) -> date | None:
    """The day asked about, or the newest release of what is used."""
    newest = information.day
    if newest is None and "released" in history:
        newest = max(history["released"].max(), information.pledges.scored["resolved"].max())
    return None if newest is None else date(newest.year, newest.month, newest.day)


def _nowcast(
    now: Standing, part_year: PartYear, shares: pd.DataFrame, day: pd.Timestamp | None
) -> Nowcast | None:
    """Of the year after the last one, from its first months; None if too few years tell."""
    months, value = part_year
    pair = now.target.reporter, now.target.partner
    by = day or shares["full_year_released"].max()
    year = now.last_year + 1
    try:
        return nowcast_year(value, year=year, months=months, shares=shares, pair=pair, known_by=by)
    except FewSharesError:
        return None


def _other_data(case: Case) -> Iterator[OtherData]:
    """Fewer of the same figures, and all in constant dollars."""
    history, cast = case.history, case.nowcast
    if cast is not None and len(history) >= MIN_YEARS:
        yield OtherData("no_months", "without the months published", history, None)
    early = "status" in history and history["status"].iloc[-1] == "preliminary"
    if early and len(history) > MIN_YEARS:
        last = f"without the provisional year {history['year'].iloc[-1]}"
        yield OtherData("no_preliminary", last, history.iloc[:-1], None)
    then = case.information.consumer_prices.reindex(history["year"]).ffill()
    if then.notna().all():
        real = history["turnover_musd"].to_numpy() * (then.iloc[-1] / then).to_numpy()
        constant = history.assign(turnover_musd=real)
        yield OtherData("constant_dollars", "its past in constant dollars", constant, cast)


def _other_sources(case: Case) -> Iterator[OtherData]:
    """The newest source's years alone, and the series with other sources' years in place."""
    history, cast = case.history, case.nowcast
    newest = str(history["source_id"].iloc[-1])
    alone = history[history["source_id"] == newest]
    if MIN_YEARS <= len(alone) < len(history):
        yield OtherData(f"{newest}_alone", f"with {label(newest)} alone", alone, cast)
    for source, series in (case.elsewhere or {}).items():
        value = history["year"].map(series.set_index("year")["turnover_musd"])
        if source != newest and (value.notna() & (history["source_id"] != source)).any():
            changed = history.assign(turnover_musd=value.fillna(history["turnover_musd"]))
            item = f"with {label(source)} in place of ours"
            yield OtherData(f"{source}_in_place", item, changed, cast)
