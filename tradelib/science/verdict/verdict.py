"""Evidence in, a verdict out: a probability, its range, its reasons, and words fixed by rule.

The event is that turnover in the year judged is at least the target; headline and range are those
of ``evidence.py``. What gravity says of the target's level is shown beside it and moves nothing.
Words are those of ``words.py``; what has happened is said once it has.
"""

import json
import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.ground.plain import Displayable, format_value, money, percent
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.outlook.signals import KINDS
from tradelib.science.pledge.target import Target
from tradelib.science.verdict import rows as table
from tradelib.science.verdict.case import Case
from tradelib.science.verdict.evidence import Evidence, estimate_range, estimates_at, headline
from tradelib.science.verdict.words import SIZE_ALONE, frequency, in_words

# What the JSON says of a target.
TOLD = ("reporter", "partner", "value_musd", "deadline", "flow", "announced", "wording", "source")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Verdict(Displayable):
    """What is known of a target, put together.

    Parameters
    ----------
    target : Target, the pledge
    as_of : date or None, day to which the evidence runs; None if the figures do not say
    probability_in, probability_ever : float
        That turnover is at least the target in the year judged (the deadline, or five years ahead
        where none was named), and in any year up to it.
    probability_range : tuple of float, least and most by all ways to estimate it: no interval
    value_range : tuple of float, 10th, 50th, 90th percentile of turnover that year, US$ million
    evidence : DataFrame
        ``key``, ``role`` (headline, ever, range, reason, era, by year, standing, ceiling, context),
        ``group`` of the range (other data, other pairs or other methods; else empty), ``item``,
        ``value``, ``low``, ``high`` (float64, missing where there is none), ``unit``, ``source``.
    words : str, of the likelihood scale, ``cannot tell``, or what happened
    """

    target: Target
    as_of: date | None
    probability_in: float
    probability_ever: float
    probability_range: tuple[float, float]
    value_range: tuple[float, float, float]
    evidence: pd.DataFrame
    words: str

    @validated
    def value(self, key: str) -> float:
        """Value of one row of the evidence, by its key."""
        values = self.evidence.loc[self.evidence["key"] == key, "value"]
        if values.empty:
            offers = ", ".join(self.evidence["key"])
            raise InputError(f"the evidence has no key {key!r}; there are {offers}")
        return float(values.iloc[0])

    @validated
    def has(self, key: str) -> bool:
        """Whether the evidence has a row of that key."""
        return bool((self.evidence["key"] == key).any())

    @property
    def by(self) -> int:
        """Calendar year judged."""
        return int(self.value("by"))

    @property
    def rests_on(self) -> str:
        """``own recent``, ``own older`` or ``size`` (`KINDS`); nothing once it is over."""
        return list(KINDS)[int(self.value("rests_on"))] if self.has("rests_on") else ""

    @property
    def reasons(self) -> pd.DataFrame:
        """What moves the headline most, and by how much: ``key``, ``item``, ``value``."""
        rows = self.evidence[self.evidence["role"] == "reason"]
        return rows[["key", "item", "value"]].reset_index(drop=True)

    @property
    def other_ways(self) -> pd.DataFrame:
        """Other ways to estimate the headline: ``group``, ``low``, ``high``, ``ways`` (int64)."""
        rows = self.evidence[self.evidence["role"] == "range"]
        ends = rows.groupby("group", sort=False)["value"].agg(["min", "max", "size"])
        return ends.set_axis(["low", "high", "ways"], axis=1).reset_index()

    def summary(self) -> str:
        """The verdict in plain words."""
        (low, high), (least, median, most) = self.probability_range, self.value_range
        told = [f"{self.target.summary()}: {self.words}."]
        if self.words == SIZE_ALONE:
            ends = dict.fromkeys([percent(low), percent(high)])
            told.append(f"Of such pairs {' to '.join(ends)} get there in {self.by}.")
        elif self.has("headline"):
            within, often = percent(self.probability_in), frequency(self.probability_in)
            if self.probability_ever < 1:
                ever = percent(self.probability_ever)
                told.append(f"The chance is {within} in {self.by}, {often}, and {ever} in any ")
                told[-1] += "year up to it."
            else:  # of what has been reached
                told.append(f"The chance of as much in {self.by} is {within}, {often}.")
            told[-1] += self._other_ways()
        if self.has("headline"):
            span = f"four times in five it lies between {money(least)} and {money(most)}"
            if self.has("tested"):
                share = percent(self.value("tested"))
                told.append(f"In tests such chances came true {share} of the time.")
            told.append(f"The median forecast is {money(median)}; {span}.")
        told += [self._standing(), self._months(), self._because(), self._ceiling()]
        if self.as_of is not None:
            told.append(f"All of this was known by {self.as_of}.")
        return " ".join(part for part in told if part)

    def to_frame(self) -> pd.DataFrame:
        """One row: the pair, what is asked, the probabilities with their range, and the words."""
        least, median, most = self.value_range
        return pd.DataFrame(
            {
                "reporter": [self.target.reporter],
                "partner": self.target.partner,
                "target_musd": self.target.value_musd,
                "by": self.by,
                "as_of": self.as_of,
                "last_year": int(self.value("last_year")),
                "last_musd": self.value("last_musd"),
                "probability_in": self.probability_in,
                "probability_ever": self.probability_ever,
                "range_low": self.probability_range[0],
                "range_high": self.probability_range[1],
                "low": least,
                "median": median,
                "high": most,
                "words": self.words,
            }
        )

    def to_json(self) -> str:
        """Everything as JSON text; what is missing is null."""
        rows = self.evidence.to_dict("records")
        plain = {
            "target": {name: getattr(self.target, name) for name in TOLD},
            "as_of": self.as_of,
            "by": self.by,
            "words": self.words,
            "probability_in": _known(self.probability_in),
            "probability_ever": _known(self.probability_ever),
            "probability_range": [_known(end) for end in self.probability_range],
            "value_range_musd": [_known(value) for value in self.value_range],
            "evidence": [{name: _known(cell) for name, cell in row.items()} for row in rows],
        }
        options: dict[str, Any] = {"ensure_ascii": False, "allow_nan": False}
        return json.dumps(plain, indent=1, default=date.isoformat, **options)

    def _other_ways(self) -> str:
        """How far other ways to estimate it reach, by group."""
        said = [
            f"{group} {' to '.join(dict.fromkeys(map(percent, ends)))}"
            for group, *ends, _ in self.other_ways.itertuples(index=False)
        ]
        return f" Other ways to estimate it (no interval): {', '.join(said)}." * bool(said)

    def _standing(self) -> str:
        last, year = self.value("last_musd"), self.value("last_year")
        stands = f"The last figure, of {year:.0f}, is US${last:,.1f}m."
        if not self.has("required"):
            return stands
        stands += f" The target needs growth of {self.value('required'):.1%} a year"
        if self.has("inflation"):
            share, pace = self.value("inflation_share"), self.value("inflation")
            stands += f"; US inflation, {pace:.1%} a year, would give {share:.0%} of that"
        return f"{stands}."

    def _months(self) -> str:
        rows = self.evidence[self.evidence["role"] == "context"]
        rows = rows[rows["key"].isin(["nowcast", "months"])]
        told = (
            row.item + (f" point to {money(row.value)}" if row.key == "nowcast" else "")
            for row in rows.itertuples()
        )
        return " ".join(f"{one}." for one in told)

    def _because(self) -> str:
        rows = self.reasons.itertuples()
        moves = [(row.item, format_value(row.value, "probability moved")) for row in rows]
        told = [f"{item} ({move})" for item, move in moves if move != "0 points"]
        return f"What moves it most: {', '.join(told)}." if told else ""

    def _ceiling(self) -> str:
        if not self.has("target_ratio"):
            return ""
        own = self.has("potential_gdp")
        by_gdp = f", and {money(self.value('potential_gdp'))} from their GDP" if own else ""
        return (
            f"Size and distance predict {money(self.value('potential'))} for "
            f"{self.value('potential_year'):.0f} from what both trade with everyone{by_gdp}. The "
            f"target is {self.value('target_ratio'):.1f} times {'the first' if own else 'that'}."
        )


@validated
def judge(case: Case, evidence: Evidence | None) -> Verdict:
    """Verdict on a case from its evidence.

    Parameters
    ----------
    case : Case, the target on a day
    evidence : Evidence or None, of `tradelib.science.verdict.estimate_all`; None once that year is over

    Returns
    -------
    Verdict, by the rules of the module

    Raises
    ------
    InputError, NoAnswerError
        If the evidence is missing before the year judged, does not start from the history's last
        year, or the history lacks a year judged that has passed.

    Examples
    --------
    >>> from tradelib import article_target
    >>> from tradelib.front.gather import gather
    >>> from tradelib.science.verdict.evidence import estimate_all
    >>> case = gather(article_target())
    >>> judge(case, estimate_all([case])[0]).words
    'unlikely to very unlikely'
    """
    goal, by = case.target.value_musd, case.by
    if by <= case.now.last_year:
        value = _passed(case)
        chances = float(value >= goal), float(case.seen_musd(by) >= goal)
        return _verdict(case, chances, (chances[0],) * 2, (value,) * 3, [], case.now.state)
    if case.over(by):
        words = case.no_data_note if case.now.reached is None else case.now.state
        return _verdict(case, (math.nan,) * 2, (math.nan,) * 2, (math.nan,) * 3, [], words)
    evidence = _checked(case, evidence)
    asked = np.array([goal])
    within, ever = headline(case, evidence, asked, by)
    said = estimates_at(evidence, asked, by)
    least, most = estimate_range(within, said)
    chances, ends = (float(within[0]), float(ever[0])), (float(least[0]), float(most[0]))
    values = tuple(float(q) for q in evidence.outlook.quantile(table.TENTHS, by))
    rows = [
        *table.headline_rows(case, evidence, chances, values),
        *table.range_rows(evidence, [float(one[0]) for one in said], goal, by),
        *table.reason_rows(evidence, chances[0], goal, by),
        *table.era_rows(evidence, goal, by),
    ]
    words = case.now.state
    if case.now.reached is None:
        words = in_words(chances[0], ends, size_alone=evidence.outlook.kind == "size")
        rows += table.tested_rows(case, chances[0])
    return _verdict(case, chances, ends, values, rows, words)


def _verdict(
    case: Case,
    chances: tuple[float, float],
    ends: tuple[float, float],
    values: tuple[float, ...],
    rows: list[table.Row],
    words: str,
) -> Verdict:
    """The verdict, its table put together."""
    whole = [
        *table.standing_rows(case),
        *table.flow_rows(case),
        *rows,
        *table.official_rows(case),
        *table.nowcast_rows(case),
        *table.pledge_rows(case),
        *table.ceiling_rows(case),
        table.learned_row(case.information),
    ]
    return Verdict(
        target=case.target,
        as_of=case.day,
        probability_in=chances[0],
        probability_ever=chances[1],
        probability_range=ends,
        value_range=(values[0], values[1], values[2]),
        words=words,
        evidence=pd.DataFrame({name: [one[name] for one in whole] for name in table.COLUMNS}),
    )


def _passed(case: Case) -> float:
    """Turnover of a year judged that has passed."""
    there = case.history.loc[case.history["year"] == case.by, "turnover_musd"]
    if there.empty:
        why = f"and the history must hold it, which starts in {case.history['year'].min()}"
        raise NoAnswerError(f"the deadline {case.by} has passed {why}")
    return float(there.iloc[0])


def _checked(case: Case, evidence: Evidence | None) -> Evidence:
    """The evidence, if it speaks of the year judged from the last one known."""
    last, by = case.now.last_year, case.by
    if case.ahead > MAX_HORIZON:
        raise NoAnswerError(
            f"the growth model looks {MAX_HORIZON} years ahead; {by} is {case.ahead} years from "
            f"{last}, the last year known: give newer figures, or a nearer deadline"
        )
    if evidence is None:
        raise InputError(f"a target of {by} needs evidence from {last}, got none")
    years = evidence.outlook.years
    if evidence.outlook.origin != last or by not in years:
        ran = f"{evidence.outlook.origin} to {years[-1]}"
        raise InputError(f"the evidence must run from {last} to {by}, got {ran}")
    return evidence


def _known(cell: Any) -> Any:
    """A cell, or None where nothing is known."""
    return None if pd.isna(cell) else cell
