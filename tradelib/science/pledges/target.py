"""The pledge, and where a pair stands against it by arithmetic alone.

A history here is a tidy frame with ``year`` and ``turnover_musd`` (US$ million, current prices),
one positive value a year, as `tradelib.load_turnover` returns it; years may be missing. For a
target in another currency it is in millions of that currency (`tradelib.assess` converts it).
"""

import re
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import ClassVar

import pandas as pd

from tradelib.core import country_codes, flows
from tradelib.core.convert import History, as_history
from tradelib.core.errors import InputError, InputTypeError, NoAnswerError
from tradelib.core.growth import required_growth
from tradelib.core.labels import DOLLAR, Displayable, sign_of
from tradelib.core.members import AS_THEY_WERE, check_members
from tradelib.core.numeric import positive
from tradelib.core.validation import validated

# Names of the flows for readers.
FLOW_WORDS = {"turnover": "turnover", "export": "exports", "import": "imports"}


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Target(Displayable):
    """An announced target of a country pair, for its turnover or for one flow.

    Parameters
    ----------
    reporter, partner : str
        Countries by code or name; kept as ISO3 codes. A bloc such as ``"EU"`` may stand in the
        place of one or both (`tradelib.load_blocs`); the same bloc twice is trade inside it.
    value : float
        Value to be reached in a calendar year, millions of `currency`, current prices.
    deadline : int or None
        Calendar year by which it is to be reached; None where none was named.
    value_musd : float
        In place of `value`: US$ million.
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
    currency : str
        Its currency, an ISO 4217 code; `tradelib.load_exchange_rates` says which are known.
    rate : tuple of int and float, or None
        The last year whose exchange rate is known, and that rate, in units of the currency per US
        dollar. `tradelib.assess` puts it in; None for US dollars.
    members : str or None
        Of a bloc, whose trade counts: ``"as they were"``, the members of each year, or those of a
        day such as ``"2020-01-15"`` in every year. If left out, those of the day of the
        announcement; as they were if that day is unknown.

    Raises
    ------
    InputError
        If a country or flow is unknown, both countries are the same, one flow is asked for inside a
        bloc, the value is not positive and finite, the deadline is no calendar year or lies before
        the announcement, the announcement is no date, the currency no code, or `members` no
        convention or given without a bloc.

    Examples
    --------
    >>> Target("Kazakhstan", "TKM", 1000, 2027).pair
    'KAZ-TKM'
    >>> Target("TUR", "ESP", 25_000, 2029, currency="EUR").summary()
    'Türkiye-Spain turnover of EUR 25,000m by 2029'
    >>> Target("CENTRAL-ASIA", "CENTRAL-ASIA", 20_000, 2030).summary()
    'turnover inside Central Asia of US$20,000m by 2030'
    """

    # An example for error messages, where something else is given.
    example: ClassVar[str] = 'Target("KAZ", "TKM", 1000, 2027), or open_target("KAZ-TKM-2022")'

    reporter: str
    partner: str
    value: float
    deadline: int | None
    announced: date | None
    wording: str
    source: str
    target_id: str
    flow: str
    currency: str
    rate: tuple[int, float] | None
    members: str | None

    def __init__(
        self,
        reporter: str,
        partner: str,
        value: float | None = None,
        deadline: int | None = None,
        *,
        value_musd: float | None = None,
        announced: date | None = None,
        wording: str = "",
        source: str = "",
        target_id: str = "",
        flow: str = "turnover",
        currency: str = DOLLAR,
        rate: tuple[int, float] | None = None,
        members: str | None = None,
    ) -> None:
        _check_currency(currency)
        _check_rate(rate, currency)
        if value_musd is not None and currency != DOLLAR:
            raise InputError(
                f"value_musd is of a target in US dollars; give value=, million of {currency}"
            )
        # `dataclasses.replace(target, value_musd=...)` gives the old value too.
        name = "value_musd" if currency == DOLLAR else "value"
        amount = positive(name, value if value_musd is None else value_musd)
        given = {
            "reporter": country_codes.iso3(reporter),
            "partner": country_codes.iso3(partner),
            "value": amount,
            "deadline": deadline,
            "announced": announced,
            "wording": wording,
            "source": source,
            "target_id": target_id,
            "flow": flow,
            "currency": currency,
            "rate": rate,
            "members": members,
        }
        for field, content in given.items():
            object.__setattr__(self, field, content)
        if self.reporter == self.partner and not self.of_bloc:
            raise InputError(f"a target needs two countries, got {self.reporter} twice")
        # As text: a missing value of pandas has no truth value to compare by.
        if str(self.flow) not in FLOW_WORDS:
            raise InputError(f"flow is one of {', '.join(FLOW_WORDS)}, got {self.flow!r}")
        if self.flow != "turnover" and self.reporter == self.partner:
            raise InputError(
                f"inside {self.reporter} an export of one member is an import of another: leave "
                f"flow={self.flow!r} out"
            )
        if members is not None:
            self._check_members(members)
        self._check_announced()
        self._check_deadline()

    @property
    def of_bloc(self) -> bool:
        """Whether a bloc is one of its sides, so that its trade is a sum of pairs."""
        return country_codes.is_bloc(self.reporter) or country_codes.is_bloc(self.partner)

    @property
    def convention(self) -> str:
        """Whose trade counts as a bloc's: `members`, or where that is None what stands for it."""
        if self.members is not None:
            return self.members
        return AS_THEY_WERE if self.announced is None else self.announced.isoformat()

    @property
    def value_musd(self) -> float:
        """Its value in US$ million: of another currency at the last known rate (`rate`)."""
        if self.currency == DOLLAR:
            return self.value
        if self.rate is None:
            raise NoAnswerError(
                f"what {self.amount} are worth in US dollars is known once the target is assessed: "
                "tradelib.assess(target).target"
            )
        return self.value / self.rate[1]

    @property
    def amount(self) -> str:
        """Its value with its currency, ``"US$1,000m"``."""
        return amount_of(self.value, self.currency)

    def _check_members(self, members: str) -> None:
        """Raise if the convention of members is none, or there is no bloc."""
        if not isinstance(members, str):
            raise InputTypeError(f"members is {AS_THEY_WERE!r} or a day as text, got {members!r}")
        check_members(members)
        if not self.of_bloc:
            raise InputError(
                f"members={members!r} says whose trade a bloc's is, and neither {self.reporter} "
                f"nor {self.partner} is a bloc: leave it out"
            )

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
        when = f" by {self.deadline}" if self.deadline else ", no deadline named"
        wording = f' ("{self.wording}")' if self.wording else ""
        worth = ""
        if self.rate is not None:
            dollars = amount_of(self.value_musd, DOLLAR)
            worth = f" ({dollars} at the rate of {self.rate[0]})"
        return f"{self._flow_name()} of {self.amount}{worth}{when}{wording}"

    def _flow_name(self) -> str:
        """The flow and its countries in words."""
        reporter = country_codes.name(self.reporter)
        partner = country_codes.name(self.partner)
        if self.flow == "export":
            return f"exports of {reporter} to {partner}"
        if self.flow == "import":
            return f"imports of {reporter} from {partner}"
        if reporter == partner:
            return f"turnover inside {reporter}"
        return f"{reporter}-{partner} turnover"


def amount_of(value: float, currency: str) -> str:
    """An amount in millions of a currency, to the million.

    >>> amount_of(1000, "USD"), amount_of(0.4, "EUR")
    ('US$1,000m', 'EUR 0.4m')
    """
    digits = f"{value:,.0f}" if value >= 10 else f"{value:g}"
    return f"{sign_of(currency)}{digits}m"


def _check_currency(currency: str) -> None:
    """Raise if a currency is no code of three capital letters."""
    if not isinstance(currency, str):
        raise InputTypeError(f"currency is an ISO 4217 code such as 'EUR', got {currency!r}")
    if not re.fullmatch("[A-Z]{3}", currency):
        raise InputError(f"currency is an ISO 4217 code such as 'EUR', got {currency!r}")


def _check_rate(rate: tuple[int, float] | None, currency: str) -> None:
    """Raise if a rate is no year with its rate, or that of the US dollar."""
    if rate is None:
        return
    if not isinstance(rate, tuple) or len(rate) != 2 or not isinstance(rate[0], int):
        raise InputTypeError(f"rate is a year and its exchange rate, (2025, 0.88), got {rate!r}")
    positive("rate", rate[1])
    if currency == DOLLAR:
        raise InputError(f"a target in US dollars has no exchange rate, got {rate!r}")


def check_in_dollars(target: Target, what: str) -> None:
    """Raise if what is told in US dollars only is asked of a target in another currency."""
    if target.currency != DOLLAR:
        raise NoAnswerError(
            f"{what} is told in US dollars only, and this target is in {target.currency}; "
            "tradelib.assess(target) answers in its currency"
        )


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
        Turnover in that year, US$ million (of a target in another currency: million of it).
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
        return self.target.value / self.last_musd

    def summary(self) -> str:
        """Say in plain words where the pair stands and what the target asks.

        Returns
        -------
        str
            One sentence on the last figure, one on the growth needed if any is.
        """
        last = f"{sign_of(self.target.currency)}{self.last_musd:,.1f}m"
        year = f"{self.last_year} (preliminary)" if self.preliminary else f"{self.last_year}"
        text = (
            f"{self.target.summary()}: {self.state}. The last figure, of {year}, is "
            f"{last}, {1 / self.multiple:.0%} of the target."
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
                "target_musd": self.target.value,
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
    NoAnswerError
        If the target is in another currency than US dollars.

    Examples
    --------
    >>> pledge = Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    >>> now = standing(pledge, {2024: 555.8, 2025: 515.5})
    >>> now.state, round(now.required, 3)
    ('open', 0.393)
    """
    check_in_dollars(target, "where a target stands")
    return standing_of(target, as_history(history))


def standing_of(target: Target, table: pd.DataFrame) -> Standing:
    """`standing` of a checked history, which is in millions of the target's currency."""
    series = own_series(table, target, gaps=True)
    last_year = int(series.index[-1])
    last_musd = float(series.iloc[-1])
    since = _since(target, series)
    met = series.index[(series >= target.value) & (series.index >= since)]
    years_left = None if target.deadline is None else target.deadline - last_year
    required = None
    if years_left is not None and years_left > 0 and met.empty:
        required = float(required_growth(last_musd, target.value, years=years_left))
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
        if value < target.value:
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
