"""The pledge, and where a pair stands against it by arithmetic alone.

A history here is a tidy frame with ``year`` and ``turnover_musd`` (US$ million, current prices),
one positive value a year, as `tradelib.load_turnover` returns it; years may be missing.
"""

from dataclasses import KW_ONLY, dataclass
from datetime import date
from numbers import Real
from typing import ClassVar

import numpy as np
import pandas as pd

from tradelib.ground import codes, flows
from tradelib.ground.convert import History, as_history
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, InputTypeError
from tradelib.ground.growth import required_growth
from tradelib.ground.numbers import positive
from tradelib.ground.plain import Displayable

# What readers call each flow.
WORDS = {"turnover": "turnover", "export": "exports", "import": "imports"}


@dataclass(frozen=True, slots=True, repr=False)
class Target(Displayable):
    """An announced target of a country pair, of its turnover or of one flow.

    Parameters
    ----------
    reporter, partner : str, countries by code or name; kept as ISO3
    value_musd : float, to be reached in a calendar year, US$ million, current prices
    deadline : int or None, calendar year by which; None where none was named
    announced : date or None, day of the announcement
    wording : str, how the deadline was put, for example "in the next five years"
    source : str, where the pledge is on record
    target_id : str, its name in the registry, if it comes from there
    flow : str, ``"turnover"``, or ``"export"`` or ``"import"`` of the reporter

    Raises
    ------
    InputError
        If a country or flow is unknown, both countries are the same, the value is not positive and
        finite, the deadline is no calendar year or lies before the announcement, or that is no
        date.

    Examples
    --------
    >>> Target("Kazakhstan", "TKM", 1000, 2027).pair
    'KAZ-TKM'
    """

    # How one is made: said where something else is given.
    example: ClassVar[str] = 'Target("KAZ", "TKM", 1000, 2027), or open_target("KAZ-TKM-2022")'

    reporter: str
    partner: str
    value_musd: float
    deadline: int | None = None
    _: KW_ONLY
    announced: date | None = None
    wording: str = ""
    source: str = ""
    target_id: str = ""
    flow: str = "turnover"

    def __post_init__(self) -> None:
        for field in ("reporter", "partner"):
            object.__setattr__(self, field, codes.iso3(getattr(self, field)))
        if self.reporter == self.partner:
            raise InputError(f"a target needs two countries, got {self.reporter} twice")
        object.__setattr__(self, "value_musd", positive("value_musd", self.value_musd))
        if self.flow not in tuple(WORDS):
            raise InputError(f"flow is one of {', '.join(WORDS)}, got {self.flow!r}")
        self._check_days()

    def _check_days(self) -> None:
        day = self.announced
        if day is not None and (not isinstance(day, date) or day is pd.NaT):
            raise InputTypeError(f"announced is a datetime.date or None, got {day!r}")
        if self.deadline is None:
            return
        whole = isinstance(self.deadline, Real) and self.deadline % 1 == 0
        if not whole or isinstance(self.deadline, bool):
            raise InputTypeError(f"deadline is a calendar year or None, got {self.deadline!r}")
        object.__setattr__(self, "deadline", int(self.deadline))
        if not 1900 <= self.deadline <= 2200:
            raise InputError(f"deadline is a calendar year such as 2027, got {self.deadline}")
        if day is not None and self.deadline < day.year:
            raise InputError(
                f"the deadline must not lie before the announcement, got {self.deadline} for a "
                f"target announced on {day}; leave it None if no deadline was named"
            )

    @property
    def pair(self) -> str:
        """The two ISO3 codes, ``"KAZ-TKM"``."""
        return f"{self.reporter}-{self.partner}"

    @property
    def since(self) -> int:
        """Year from which it may count as reached: the announcement's; 0 if no day is known."""
        return self.announced.year if self.announced else 0

    def summary(self) -> str:
        """Say in plain words who is to reach what by when."""
        when = f"by {self.deadline}" if self.deadline else "no deadline named"
        words = f' ("{self.wording}")' if self.wording else ""
        join = " " if self.deadline else ", "
        value = f"{self.value_musd:,.0f}" if self.value_musd >= 10 else f"{self.value_musd:g}"
        reporter, partner = codes.name(self.reporter), codes.name(self.partner)
        named = f"{reporter}-{partner} turnover"
        if self.flow != "turnover":
            way = "to" if self.flow == "export" else "from"
            named = f"{self.flow}s of {reporter} {way} {partner}"
        return f"{named} of US${value}m{join}{when}{words}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Standing(Displayable):
    """Where a pair stands against its target, by arithmetic alone.

    Parameters
    ----------
    target : Target, the pledge
    last_year, last_musd : int, float, last full year known and its turnover, US$ million
    years_left : int or None, from the last year to the deadline, also below zero; None without one
    required : float or None
        Growth needed each year, fraction; None where no year is left, no deadline was named or the
        target has been reached.
    reached : int or None, first year at or above the target, from the year of the announcement on
    preliminary : bool, whether the last year's figure is
    since : int, first year that counts as reaching the target
    """

    target: Target
    last_year: int
    last_musd: float
    years_left: int | None
    required: float | None
    reached: int | None
    preliminary: bool
    since: int

    @property
    def state(self) -> str:
        """``open``, ``open, no deadline``, ``reached in YYYY``, ``missed[, reached in YYYY]``."""
        deadline = self.target.deadline
        if self.reached is not None:
            late = deadline is not None and self.reached > deadline
            return f"{'missed, ' if late else ''}reached in {self.reached}"
        if self.years_left is None:
            return "open, no deadline"
        return "open" if self.years_left > 0 else "missed"

    @property
    def multiple(self) -> float:
        """Target over last full year."""
        return self.target.value_musd / self.last_musd

    def summary(self) -> str:
        """Say in plain words where the pair stands and what the target asks."""
        stands = (
            f"{self.target.summary()}: {self.state}. The last figure, of {self.last_year}"
            f"{' (preliminary)' if self.preliminary else ''}, is US${self.last_musd:,.1f}m, "
            f"{1 / self.multiple:.0%} of the target."
        )
        if self.required is None:
            return stands
        return (
            f"{stands} To get there trade must grow by {self.required:.1%} a year to "
            f"{self.target.deadline}, to {self.multiple:.2f} times as much."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: state, last full year, years left and what is asked."""
        return pd.DataFrame(
            {
                "state": [self.state],
                "last_year": self.last_year,
                "last_musd": self.last_musd,
                "preliminary": self.preliminary,
                "target_musd": self.target.value_musd,
                "multiple": self.multiple,
                "years_left": self.years_left,
                "required": self.required,
            }
        )


@validated
def standing(target: Target, history: History) -> Standing:
    """Where a pair stands: last full year, years left, growth needed.

    Years before the announcement do not count as reaching the target. If its day is not given, it
    counts from when it is asked: a level that was passed once and lost again is not reached.

    Parameters
    ----------
    target : Target
        With or without a deadline.
    history : DataFrame, Series, mapping or list
        Of that pair, as `tradelib.assess` takes it, in any order, years missing or not; ``status``
        if any is preliminary.

    Returns
    -------
    Standing
        A state even where the target is already met.

    Examples
    --------
    >>> pledge = Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    >>> now = standing(pledge, {2024: 555.8, 2025: 515.5})
    >>> now.state, round(now.required, 3)
    ('open', 0.393)
    """
    table = as_history(history)
    series = own_series(table, target, gaps=True)
    last_year, last = int(series.index[-1]), float(series.iloc[-1])
    since = _since(target, series)
    met = series.index[(series >= target.value_musd) & (series.index >= since)]
    left = None if target.deadline is None else target.deadline - last_year
    required = None
    if left is not None and left > 0 and met.empty:
        required = float(required_growth(last, target.value_musd, years=left))
    early = "status" in table and table["status"] == "preliminary"
    return Standing(
        target=target,
        last_year=last_year,
        last_musd=last,
        years_left=left,
        required=required,
        reached=None if met.empty else int(met[0]),
        preliminary=bool(np.any(early & (table["year"] == last_year))),
        since=since,
    )


def _since(target: Target, series: pd.Series) -> int:
    """First year that counts: of the announcement, else of the run that still holds the target.

    The run ends in the last year known, or in the deadline if that has passed.
    """
    if target.announced is not None:
        return target.since
    end = min(int(series.index[-1]), target.deadline or int(series.index[-1]))
    since = end
    for year, value in series.loc[:end].iloc[::-1].items():
        if value < target.value_musd:
            break
        since = int(year)
    return since


def own_series(history: pd.DataFrame, target: Target, *, gaps: bool = False) -> pd.Series:
    """The checked history, if it is the target's pair."""
    series = flows.history(history, gaps=gaps)
    if {"reporter", "partner"} <= set(history):
        pairs = set(zip(history["reporter"].tolist(), history["partner"].tolist(), strict=True))
        for one in pairs - {(target.reporter, target.partner), (target.partner, target.reporter)}:
            raise InputError(
                f"the history is of {'-'.join(map(str, one))}, the target of {target.pair}"
            )
    return series
