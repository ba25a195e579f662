"""How the year of a pair is going: its first months, and what the newest of them changed."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tradelib.api.assess import verdicts
from tradelib.api.current_year import Given, full_years, past_of_months
from tradelib.api.forecasts import nowcast_model
from tradelib.api.gather import gather, given_months, in_either_order, no_months_of_sum
from tradelib.api.months import read_months, year_so_far
from tradelib.api.own_history import check_amount
from tradelib.core import country_codes
from tradelib.core.convert import History
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import Displayable, label, money, percent
from tradelib.core.numeric import positive
from tradelib.core.periods import MONTH_NAMES
from tradelib.core.validation import validated
from tradelib.datasets.figures import load_part_years, with_part_years
from tradelib.datasets.sources import cite
from tradelib.datasets.tables import Day
from tradelib.datasets.targets import load_targets
from tradelib.science.assessment.case import Case, PartYear
from tradelib.science.assessment.verdict import TARGET_FIELDS, Verdict, or_null
from tradelib.science.forecasting.nowcast import FirstMonths, Nowcast, nowcast_of, usable
from tradelib.science.forecasting.nowcast_model import past_of_pair
from tradelib.science.pledges.target import Target, check_in_dollars

# What can be done where no month is at hand, in Python and in a terminal.
NO_MONTHS_WAY_OUT = (
    "give months of your own: months= or part_year=, in a terminal --months FILE or "
    "--part-year 7:228.8"
)
NO_PART_YEARS = pd.DataFrame({"year": [], "months": [], "value_musd": [], "growth_yoy": []})


class WithoutNewest(NamedTuple):
    """The case without its newest month, and which months it lacks, as a text."""

    case: Case
    left_out: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Track(Displayable):
    """How a pair's year is going, and what its newest month changed in the chance of a target.

    Parameters
    ----------
    target : Target
        The pledge.
    now, before : Verdict
        Verdict with all months, and with the same data less the newest month; of part-years less
        what came after the one before.
    nowcast : Nowcast
        What the months point to for the year.
    nowcast_before : Nowcast or None
        The same without the newest month; None if no month is left.
    last_year_musd : float
        Value of the same months of the year before, US$ million; NaN if unknown.
    left_out : str
        The months that `before` does not have, such as ``"July 2026"``.
    source : str
        Source of the months, for readers.
    """

    target: Target
    now: Verdict
    before: Verdict
    nowcast: Nowcast
    nowcast_before: Nowcast | None
    last_year_musd: float
    left_out: str
    source: str

    @property
    def growth(self) -> float:
        """Growth on the same months of the year before, fraction; NaN if unknown."""
        if not self.last_year_musd > 0:
            return math.nan
        return self.nowcast.part_musd / self.last_year_musd - 1

    @property
    def moved_points(self) -> float:
        """Percentage points by which the newest month moved the chance; NaN without a chance.

        The chance is `Verdict.shown`; both count as they are printed, in whole percent.
        """
        chances = (self.now.shown, self.before.shown)
        if any(math.isnan(chance) for chance in chances):
            return math.nan
        now, before = (round(100 * chance) for chance in chances)
        return float(now - before)

    def to_frame(self) -> pd.DataFrame:
        """Give both answers as a table.

        Returns
        -------
        DataFrame
            Two rows, with all months and without the newest: ``data`` (which), ``year``,
            ``months``, ``part_musd`` (their value), ``low``, ``median`` and ``high`` of the year
            (central 80 %, US$ million), ``by`` (year judged), ``probability_in`` and
            ``probability_ever``. Missing where no month is left.
        """
        rows = [
            {"data": "all months"} | _numbers(self.nowcast, self.now),
            {"data": f"without {self.left_out}"} | _numbers(self.nowcast_before, self.before),
        ]
        return pd.DataFrame(rows).astype({"months": "Int64"})

    def to_json(self) -> str:
        """Give the numbers as JSON text.

        Returns
        -------
        str
            An object; what is missing is null.
        """
        low, high = self.nowcast.interval(80)
        content = {
            "target": {name: getattr(self.target, name) for name in (*TARGET_FIELDS, "target_id")},
            "as_of": self.now.as_of,
            "year": self.nowcast.year,
            "months": self.nowcast.months,
            "year_to_date_musd": self.nowcast.part_musd,
            "same_months_last_year_musd": or_null(self.last_year_musd),
            "growth": or_null(self.growth),
            "unusual": self.nowcast.basis.unusual.strip(" ()"),
            "nowcast_musd": {"low": low, "median": self.nowcast.median_musd, "high": high},
            "by": self.now.by,
            "words": self.now.words,
            "probability_in": or_null(self.now.probability_in),
            "probability_ever": or_null(self.now.probability_ever),
            "left_out": self.left_out,
            "probability_in_without": or_null(self.before.probability_in),
            "probability_ever_without": or_null(self.before.probability_ever),
            "moved_points": or_null(self.moved_points),
            "source": self.source,
        }
        return json.dumps(content, indent=1, default=str, ensure_ascii=False, allow_nan=False)

    def summary(self) -> str:
        """Say in plain words how the year is going.

        Returns
        -------
        str
            What came, what it points to, the chance, and what the newest month changed.
        """
        sentences = [
            self._so_far(),
            self._points_to(),
            f"{self.target.summary()}: {self.now.words}.",
            self._chances(),
            f"Source of the months: {self.source}.",
        ]
        return " ".join(filter(None, sentences))

    def _so_far(self) -> str:
        """What came in the months, and in the same months of the year before."""
        cast = self.nowcast
        pair = (
            f"{country_codes.name(self.target.reporter)}-{country_codes.name(self.target.partner)}"
        )
        months = _span(1, cast.months, cast.year)
        came = f"US${cast.part_musd:,.1f}m in {months}{cast.basis.unusual}"
        return f"{pair}: {came}{self._against_last_year()}."

    def _points_to(self) -> str:
        """The year that the months point to, with its range."""
        cast = self.nowcast
        low, high = (money(end) for end in cast.interval(80))
        verb = "It points" if cast.months == 1 else "They point"
        median = money(cast.median_musd)
        return f"{verb} to {median} for the year, four times in five between {low} and {high}."

    def _against_last_year(self) -> str:
        """The same months of the year before, to follow those of this year."""
        before = self.nowcast.year - 1
        if math.isnan(self.growth):
            return f"; the same months of {before} are not known"
        amount = money(self.last_year_musd)
        if round(abs(self.growth), 2) == 0:
            return f", as much as in the same months of {before}"
        more = "more" if self.growth > 0 else "less"
        return f", {abs(self.growth):.0%} {more} than in the same months of {before} ({amount})"

    def _chances(self) -> str:
        """The chance now and without the newest month; empty if there is none now."""
        if math.isnan(self.now.shown) or not self.now.has("headline"):
            return ""
        when = "in" if self.target.deadline else "in any year up to"
        text = f"The chance {when} {self.now.by} is {percent(self.now.shown)}. Without "
        if math.isnan(self.moved_points):
            return f"{text}{self.left_out} there would be none: {self.before.words}."
        before = percent(self.before.shown)
        points = round(self.moved_points)
        if points == 0:
            return f"{text}{self.left_out} it would be {before} too."
        noun = "point" if abs(points) == 1 else "points"
        moved = f"which moved it by {points:+} {noun}"
        return f"{text}{self.left_out}, {moved}, it would be {before}."


@validated
def track(
    target: Target,
    *,
    as_of: Day | None = None,
    history: History | str | Path | None = None,
    part_year: PartYear | None = None,
    months: History | str | Path | None = None,
    cumulated: bool | None = None,
    source: str | None = None,
    any_amount: bool = False,
) -> Track:
    """Say how the year of a target's pair is going, and what the newest month changed.

    Without `part_year` and `months` the pair's bundled part-years are used, which the pairs of the
    article alone have. No network is asked; `tradelib.live.fetch_months` gives newer months.

    Parameters
    ----------
    target : Target
        Target of any pair, as `tradelib.assess` takes it.
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.
    history : DataFrame, Series, mapping, list or path, optional
        Your own full years in place of the bundled ones.
    part_year : tuple of int and float, optional
        Number of months from January of the year after the last full one, and their value in US$
        million. Nothing is known of the newest of them alone: the chance is compared with that
        without all of them.
    months : DataFrame, Series, mapping, list, path or text, optional
        Monthly values, as `tradelib.read_months` takes them.
    cumulated : bool, optional
        Whether `months` are sums since January; told from the values if left out.
    source : str, optional
        Source of the months, by name or id, as in `tradelib.assess`.
    any_amount : bool
        Answer also if the target seems to be in another unit than the last figure.

    Returns
    -------
    Track
        Months of the year, what they point to, and the chance with and without the newest.

    Raises
    ------
    InputError
        If an argument is not as `tradelib.assess` needs it.
    NoAnswerError
        If no month of the year after the last full one is known, or nothing of the pair, or the
        target is not in US dollars.

    Examples
    --------
    >>> from tradelib import article_target
    >>> year = track(article_target(), as_of="2024-08-09")
    >>> year.nowcast.year, year.nowcast.months, year.left_out
    (2024, 6, 'May and June 2024')
    """
    check_in_dollars(target, "how a year is going")
    given = given_months(
        target, part_year=part_year, months=months, cumulated=cumulated, source=source
    )
    case = gather(target, as_of, history, given)
    if not any_amount:
        check_amount(case)
    if case.parts is not None:
        raise no_months_of_sum(target)
    if case.nowcast is None:
        raise NoAnswerError(_why_none(case, given, as_of))
    bundled = NO_PART_YEARS if given.is_there else bundled_part_years(target, as_of)
    less = _without_newest(case, case.nowcast, given, bundled, as_of=as_of, history=history)
    now, before = verdicts([case, less.case])
    return Track(
        target=target,
        now=now,
        before=before,
        nowcast=case.nowcast,
        nowcast_before=less.case.nowcast,
        last_year_musd=_last_year(case.nowcast, given, bundled),
        left_out=less.left_out,
        source=_source(case.nowcast, given, bundled),
    )


@validated
def nowcast_by_month(
    months: History | str | Path,
    *,
    year: int | None = None,
    cumulated: bool | None = None,
    flow: str = "turnover",
) -> pd.DataFrame:
    """What each month of a year pointed to for the whole of it, as the months came.

    Each nowcast reads the months up to its own, by the model known when that month was over.

    Parameters
    ----------
    months : DataFrame, Series, mapping, list, path or text
        Monthly values of one pair, as `tradelib.read_months` takes them.
    year : int, optional
        Calendar year; that of the newest month if omitted.
    cumulated : bool, optional
        Whether `months` are sums since January; told from the values if left out.
    flow : str
        ``"turnover"``, ``"export"`` or ``"import"``.

    Returns
    -------
    DataFrame
        A row for each month from January to November that is there: the columns of
        `Nowcast.to_frame`, and ``actual_musd``, what the year came to (missing if it is not over).

    Raises
    ------
    InputError
        If months are not as `tradelib.read_months` needs them, or have no January of `year`.
    NoAnswerError
        If no nowcast model was known by then.

    Examples
    --------
    >>> from tradelib import load_example_months
    >>> cone = nowcast_by_month(load_example_months(), year=2022)
    >>> cone.months.tolist() == list(range(1, 12))
    True
    """
    single = read_months(months, cumulated=cumulated, flow=flow)
    year = int(single["year"].iloc[-1]) if year is None else year
    of_year = single[single["year"] == year]
    if of_year.empty or of_year["month"].iloc[0] != 1:
        raise InputError(f"the months have no January of {year}; add it, or ask for another year")
    last = min(int(of_year["month"].iloc[-1]), 11)
    casts = [_nowcast_in(single, year, month) for month in range(1, last + 1)]
    table = pd.concat([cast.to_frame() for cast in casts], ignore_index=True)
    return table.assign(actual_musd=full_years(single).get(year, math.nan))


def _nowcast_in(single: pd.DataFrame, year: int, month: int) -> Nowcast:
    """The nowcast of a year from its months up to one, by the model known at that month's end."""
    earlier = single["year"] < year
    so_far = single[earlier | ((single["year"] == year) & (single["month"] <= month))]
    totals, shares, largest = past_of_months(so_far, year, month)
    value = so_far.loc[so_far["year"] == year, "value_musd"].sum()
    first = FirstMonths(
        year=year,
        months=month,
        value_musd=positive("the value of the first months", float(value)),
        past=past_of_pair(year, month, totals=totals, shares=shares),
        largest=largest,
    )
    month_end = pd.Period(year=year, month=month, freq="M").end_time.normalize()
    return nowcast_of(first, model=nowcast_model(as_of=month_end))


def pair_targets(reporter: str, partner: str, *, as_of: Day | None = None) -> list[str]:
    """Names of the open targets of a pair in US dollars, in whichever order it is named."""
    registry = load_targets(as_of=as_of)
    pair = {country_codes.iso3(reporter), country_codes.iso3(partner)}
    rows = registry.query("status == 'open' and scope == 'pair' and currency == 'USD'")
    return [row.target_id for row in rows.itertuples() if {row.reporter, row.partner} == pair]


def bundled_part_years(target: Target, as_of: Day | None) -> pd.DataFrame:
    """The pair's bundled part-years of all goods that are exact and not in doubt."""
    pair = in_either_order(target, with_part_years())
    if pair is None or target.flow != "turnover":
        return NO_PART_YEARS
    rows = usable(load_part_years(*pair, as_of=as_of))
    rows = rows[rows["coverage"].isin(["goods", "goods_services"])]
    rows = rows.sort_values(["year", "months", "released"])
    return rows.drop_duplicates(["year", "months"], ignore_index=True)


def lacking_months(target: Target) -> str:
    """Which months are not bundled, as a text; empty if a part of the year under way is."""
    try:
        case = gather(target)
    except NoAnswerError:
        return f"no month of {target.pair} is bundled"
    return "" if case.nowcast else _lacks(case)


def newest_run(months: pd.DataFrame) -> pd.DataFrame:
    """The newest months that follow each other, of a table that `tradelib.live` fetched.

    A month without exports, or without imports, is not known yet.
    """
    whole = months[months["turnover_musd"].notna()]
    if whole.empty:
        raise NoAnswerError(f"no month has both exports and imports; {NO_MONTHS_WAY_OUT}")
    number = whole["year"] * 12 + whole["month"]
    after_gap = number.diff().fillna(1) > 1
    return whole[after_gap.cumsum() == after_gap.sum()]


def _lacks(case: Case) -> str:
    """Of which year no month is bundled, and the day of which an older part-year answers."""
    text = f"no month of {case.now.last_year + 1} is bundled for {case.target.pair}"
    older = bundled_part_years(case.target, None)
    if older.empty:
        return text
    newest = older.iloc[-1]
    return (
        f"{text} (the newest are {newest['months']} months of {newest['year']}, whose total has "
        f"come since: in a terminal --as-of {newest['released'].date()})"
    )


def _why_none(case: Case, given: Given, as_of: Day | None) -> str:
    """Why there is no nowcast, and what can be done."""
    year = case.now.last_year
    if given.is_there:
        return (
            f"the months given end with the whole of {year}; add months of {year + 1}, or ask "
            "tradelib.assess, in a terminal tradelib assess"
        )
    if as_of is None:
        return f"{_lacks(case)}; {NO_MONTHS_WAY_OUT}"
    known = f"no month of {year + 1} was known of {case.target.pair} by {as_of}"
    return f"{known}; {NO_MONTHS_WAY_OUT}"


def _without_newest(
    case: Case,
    cast: Nowcast,
    given: Given,
    bundled: pd.DataFrame,
    *,
    as_of: Day | None,
    history: History | str | Path | None,
) -> WithoutNewest:
    """The same case less its newest month, or less what came after the part-year before."""
    if given.months is not None and cast.months > 1:
        less = given._replace(months=given.months.iloc[:-1])
        before = gather(case.target, as_of, history, less)
        return WithoutNewest(before, _span(cast.months, cast.months, cast.year))
    earlier = bundled[(bundled["year"] == cast.year) & (bundled["months"] < cast.months)]
    if len(earlier):
        newest = earlier.iloc[-1]
        n_months = int(newest["months"])
        part = (n_months, float(newest["value_musd"]))
        source = str(case.history["source_id"].iloc[-1])
        before = gather(case.target, as_of, history, Given(part, None, source))
        return WithoutNewest(before, _span(n_months + 1, cast.months, cast.year))
    return WithoutNewest(replace(case, nowcast=None), _span(1, cast.months, cast.year))


def _last_year(cast: Nowcast, given: Given, bundled: pd.DataFrame) -> float:
    """Value of the same months of the year before: from months, part-years or growth reported."""
    if given.months is not None:
        try:
            return year_so_far(given.months, years_back=1)[2]
        except NoAnswerError:
            return math.nan
    same = bundled[bundled["months"] == cast.months].set_index("year")
    if cast.year - 1 in same.index:
        return float(same.loc[cast.year - 1, "value_musd"])
    if cast.year in same.index:
        return float(cast.part_musd / (1 + same.loc[cast.year, "growth_yoy"]))
    return math.nan


def _source(cast: Nowcast, given: Given, bundled: pd.DataFrame) -> str:
    """Where the months are from, and whether that is known to be the source of the history."""
    if len(bundled):
        newest = bundled[(bundled["year"] == cast.year) & (bundled["months"] == cast.months)]
        text = cite(newest).removeprefix("Source: ")
    else:
        name = given.source or given.table_source
        text = label(name) if name else "given, without a name"
    if cast.basis.other_source:
        text += " (not known to be that of the full years, so no growth is taken between them)"
    return text


def _span(first: int, last: int, year: int) -> str:
    """Months of a year in words: July 2026, May and June 2026, January to July 2026."""
    start, end = MONTH_NAMES[first - 1], MONTH_NAMES[last - 1]
    if first == last:
        return f"{end} {year}"
    joint = "and" if last == first + 1 else "to"
    return f"{start} {joint} {end} {year}"


def _numbers(cast: Nowcast | None, verdict: Verdict) -> dict[str, Any]:
    """Numbers of one of the two answers, by column."""
    low, high = cast.interval(80) if cast else (math.nan, math.nan)
    return {
        "year": cast.year if cast else pd.NA,
        "months": cast.months if cast else pd.NA,
        "part_musd": cast.part_musd if cast else math.nan,
        "low": low,
        "median": cast.median_musd if cast else math.nan,
        "high": high,
        "by": verdict.by,
        "probability_in": verdict.probability_in,
        "probability_ever": verdict.probability_ever,
    }
