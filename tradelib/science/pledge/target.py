"""The pledge, and where a pair stands against it by arithmetic alone.

A history here is a tidy frame with ``year`` and ``turnover_musd`` (US$ million, current prices),
one positive value a year, as `tradelib.load_turnover` returns it; years may be missing.
"""

from dataclasses import KW_ONLY, dataclass
from datetime import date
from numbers import Real
from typing import ClassVar

import pandas as pd

from tradelib.ground import codes, flows
from tradelib.ground.convert import History, as_history
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, InputTypeError
from tradelib.ground.growth import required_growth
from tradelib.ground.numbers import positive
from tradelib.ground.plain import Displayable

# Names of the flows for readers.
FLOW_WORDS = {"turnover": "turnover", "export": "exports", "import": "imports"}


@dataclass(frozen=True, slots=True, repr=False)
class Target(Displayable):
    """An announced target of a country pair, for its turnover or for one flow.

    Parameters
    ----------
    reporter, partner : str
        Countries by code or name; kept as ISO3 codes.
    value_musd : float
        Value to be reached in a calendar year, US$ million, current prices.
    deadline : int or None
        Calendar year by which it is to be reached; None where none was named.
    announced : date or None
        Day of the announcement.
    wording : str
        The deadline in the words of the announcement, for example "in the next five years".
    source : str
        Where the pledge is on record.
    target_id : str
        Its name in the registry of targets; empty if it is not from there.
    flow : str
        ``"turnover"``, or ``"export"`` or ``"import"`` of the reporter.

    Raises
    ------
    InputError
        If a country or flow is unknown, both countries are the same, the value is not positive and
        finite, the deadline is no calendar year or lies before the announcement, or the
        announcement is no date.

    Examples
    --------
    >>> Target("Kazakhstan", "TKM", 1000, 2027).pair
    'KAZ-TKM'
    """

    # An example for error messages, where something else is given.
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
        if self.flow not in tuple(FLOW_WORDS):
            raise InputError(f"flow is one of {', '.join(FLOW_WORDS)}, got {self.flow!r}")
        self._check_announced()
        self._check_deadline()

    def _check_announced(self) -> None:
        """Raise if the announcement is no date."""
        day = self.announced
        if day is not None and (not isinstance(day, date) or day is pd.NaT):
            raise InputTypeError(f"announced is a datetime.date or None, got {day!r}")

    def _check_deadline(self) -> None:
        """Keep the deadline as an int; raise if it is no year or before the announcement."""
        deadline = self.deadline
        if deadline is None:
            return
        whole = isinstance(deadline, Real) and deadline % 1 == 0
        if not whole or isinstance(deadline, bool):
            raise InputTypeError(f"deadline is a calendar year or None, got {deadline!r}")
        year = int(deadline)
        object.__setattr__(self, "deadline", year)
        if not 1900 <= year <= 2200:
            raise InputError(f"deadline is a calendar year such as 2027, got {year}")
        if self.announced is not None and year < self.announced.year:
            raise InputError(
                f"the deadline must not lie before the announcement, got {year} for a "
                f"target announced on {self.announced}; leave it None if no deadline was named"
            )

    @property
    def pair(self) -> str:
        """The two ISO3 codes, ``"KAZ-TKM"``."""
        return f"{self.reporter}-{self.partner}"

    @property
    def since(self) -> int:
        """First year that counts: that of the announcement; 0 if it is unknown."""
        return self.announced.year if self.announced else 0

    def summary(self) -> str:
        """Say in plain words who is to reach what by when.

        Returns
        -------
        str
            The flow, its value, the deadline and its wording.
        """
        value = f"{self.value_musd:,.0f}" if self.value_musd >= 10 else f"{self.value_musd:g}"
        when = f" by {self.deadline}" if self.deadline else ", no deadline named"
        wording = f' ("{self.wording}")' if self.wording else ""
        return f"{self._flow_name()} of US${value}m{when}{wording}"

    def _flow_name(self) -> str:
        """The flow and its countries in words."""
        reporter = codes.name(self.reporter)
        partner = codes.name(self.partner)
        if self.flow == "export":
            return f"exports of {reporter} to {partner}"
        if self.flow == "import":
            return f"imports of {reporter} from {partner}"
        return f"{reporter}-{partner} turnover"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Standing(Displayable):
    """Where a pair stands against its target, by arithmetic alone.

    Parameters
    ----------
    target : Target
        The pledge.
    last_year : int
        Last full year known.
    last_musd : float
        Turnover in that year, US$ million.
    years_left : int or None
        Years from the last one known to the deadline, negative once it has passed; None without a
        deadline.
    required : float or None
        Growth needed, fraction a year; None where no year is left, no deadline was named or the
        target has been reached.
    reached : int or None
        First year at or above the target, from `since` on; None if there is none.
    preliminary : bool
        Whether the last year's figure is preliminary.
    since : int
        First year that counts as reaching the target.
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
        """The state in words.

        ``open``, ``open, no deadline``, ``reached in YYYY``, ``missed`` or ``missed, reached in
        YYYY``.
        """
        deadline = self.target.deadline
        if self.reached is not None:
            if deadline is not None and self.reached > deadline:
                return f"missed, reached in {self.reached}"
            return f"reached in {self.reached}"
        if self.years_left is None:
            return "open, no deadline"
        return "open" if self.years_left > 0 else "missed"

    @property
    def multiple(self) -> float:
        """Target divided by turnover of the last full year."""
        return self.target.value_musd / self.last_musd

    def summary(self) -> str:
        """Say in plain words where the pair stands and what the target asks.

        Returns
        -------
        str
            One sentence on the last figure, one on the growth needed if any is.
        """
        year = f"{self.last_year} (preliminary)" if self.preliminary else f"{self.last_year}"
        text = (
            f"{self.target.summary()}: {self.state}. The last figure, of {year}, is "
            f"US${self.last_musd:,.1f}m, {1 / self.multiple:.0%} of the target."
        )
        if self.required is not None:
            text += (
                f" To get there trade must grow by {self.required:.1%} a year to "
                f"{self.target.deadline}, to {self.multiple:.2f} times as much."
            )
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row: state, last full year, years left and what is asked.

        Returns
        -------
        DataFrame
            ``state``, ``last_year``, ``last_musd``, ``preliminary``, ``target_musd``, ``multiple``,
            ``years_left``, ``required``.
        """
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
    """Give a pair's last full year, the years left and the growth needed.

    Years before the announcement do not count as reaching the target. If its day is not given, a
    level counts only if it still holds in the last year: one that was passed and lost again is not
    reached.

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

    Raises
    ------
    InputError
        If the history is another pair's, or its values are not positive.

    Examples
    --------
    >>> pledge = Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    >>> now = standing(pledge, {2024: 555.8, 2025: 515.5})
    >>> now.state, round(now.required, 3)
    ('open', 0.393)
    """
    table = as_history(history)
    series = own_series(table, target, gaps=True)
    last_year = int(series.index[-1])
    last_musd = float(series.iloc[-1])
    since = _since(target, series)
    met = series.index[(series >= target.value_musd) & (series.index >= since)]
    years_left = None if target.deadline is None else target.deadline - last_year
    required = None
    if years_left is not None and years_left > 0 and met.empty:
        required = float(required_growth(last_musd, target.value_musd, years=years_left))
    return Standing(
        target=target,
        last_year=last_year,
        last_musd=last_musd,
        years_left=years_left,
        required=required,
        reached=None if met.empty else int(met[0]),
        preliminary=_is_preliminary(table, last_year),
        since=since,
    )


def _is_preliminary(history: pd.DataFrame, year: int) -> bool:
    """Whether the figure of a year is preliminary."""
    if "status" not in history:
        return False
    return bool((history["status"][history["year"] == year] == "preliminary").any())


def _since(target: Target, series: pd.Series) -> int:
    """First year that counts as reaching the target.

    That of the announcement; if it is unknown, the first of the unbroken years at or above the
    target that end in the last year known, or in the deadline if that has passed.
    """
    if target.announced is not None:
        return target.since
    end = int(series.index[-1])
    if target.deadline is not None:
        end = min(end, target.deadline)
    since = end
    for year, value in series.loc[:end].iloc[::-1].items():
        if value < target.value_musd:
            break
        since = int(year)
    return since


def own_series(history: pd.DataFrame, target: Target, *, gaps: bool = False) -> pd.Series:
    """Turnover by year of a checked history, if it is of the target's pair."""
    series = flows.history(history, gaps=gaps)
    if {"reporter", "partner"} <= set(history):
        own = {(target.reporter, target.partner), (target.partner, target.reporter)}
        pairs = zip(history["reporter"].tolist(), history["partner"].tolist(), strict=True)
        for reporter, partner in set(pairs) - own:
            raise InputError(f"the history is of {reporter}-{partner}, the target of {target.pair}")
    return series
