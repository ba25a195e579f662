"""Estimates in, a verdict out: a probability, its range, its reasons, and words fixed by rule.

The event is that turnover in the year judged is at least the target. Headline and range come from
``evidence.py``, the rows of the table `Verdict.evidence` from ``rows.py``, the words from
``words.py``. Gravity's check of the target's level is shown beside
them and changes neither. Once the outcome is known the verdict states it.
"""

import json
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import DOLLAR, Displayable
from tradelib.core.numeric import needs
from tradelib.core.validation import validated
from tradelib.science.assessment import table as evidence_table
from tradelib.science.assessment.case import Case
from tradelib.science.assessment.evidence import Estimates, estimate_range, estimates_at, headline
from tradelib.science.assessment.languages import language
from tradelib.science.assessment.likelihood_words import in_words
from tradelib.science.assessment.sentences import told
from tradelib.science.forecasting.growth_model import MAX_HORIZON
from tradelib.science.forecasting.predictors import KINDS
from tradelib.science.pledges.target import Target

# Fields of the target in the JSON.
TARGET_FIELDS = (
    "reporter",
    "partner",
    "value_musd",
    "deadline",
    "flow",
    "announced",
    "wording",
    "source",
)
# Those of a target in another currency, beside them.
CURRENCY_FIELDS = ("value", "currency")
# Probabilities, and values, of a year that is over without a figure.
UNKNOWN_PAIR = (math.nan, math.nan)
UNKNOWN_VALUES = (math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Verdict(Displayable):
    """The probability that a target is reached, its range, words and evidence.

    Parameters
    ----------
    target : Target
        The pledge.
    as_of : date or None
        Day to which the evidence runs; None if the figures do not say.
    probability_in, probability_ever : float
        Probability that turnover is at least the target in the year judged (the deadline, or five
        years ahead where none was named), and in any year up to it.
    probability_range : tuple of float
        Lowest and highest of the other ways to estimate `probability_in` (`other_ways`), which may
        lie outside; (NaN, NaN) where there is no other way. It is not an interval.
    value_range : tuple of float
        10th, 50th and 90th percentile of turnover in that year, millions of the target's currency.
    evidence : DataFrame
        One row per number: ``key`` (unique), ``role`` (headline, ever, range, reason, era, by year,
        standing, ceiling, context), ``group`` (of the range: other data, other pairs, other
        methods or older models; else empty), ``item``, ``value``, ``low``, ``high`` (float64,
        missing where there is none), ``unit``, ``source``. The value of a ``reason`` is a
        difference of chances: what that signal does, with the reasons that come before it in the
        model as they are and the others as usual. Added to the row ``usual`` they are the headline.
        So the key
        ``asked`` is no growth, as the column ``asked`` of `tradelib.open_targets` is, but what the
        growth asked does to the chance.
    words : str
        Words of the likelihood scale, ``cannot tell``, or what happened.
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
        """Value of one row of the evidence, by its key.

        Parameters
        ----------
        key : str
            One of the evidence's column ``key``.

        Returns
        -------
        float
            In the row's ``unit``; of a reason (``asked``, ``move``, ...) a difference of chances.

        Raises
        ------
        InputError
            If the evidence has no such key.
        """
        values = self.evidence.loc[self.evidence["key"] == key, "value"]
        if values.empty:
            offers = ", ".join(self.evidence["key"])
            raise InputError(f"the evidence has no key {key!r}; the keys are {offers}")
        return float(values.iloc[0])

    @validated
    def has(self, key: str) -> bool:
        """Whether the evidence has a row with this key.

        Parameters
        ----------
        key : str
            A name of the evidence's column ``key``.

        Returns
        -------
        bool
            True if there is such a row.
        """
        return bool((self.evidence["key"] == key).any())

    @property
    def by(self) -> int:
        """Calendar year judged."""
        return int(self.value("by"))

    @property
    def shown(self) -> float:
        """The chance that is shown: in the deadline; in any year up to `by` where none is named."""
        if self.target.deadline is None:
            return self.probability_ever
        return self.probability_in

    @property
    def rests_on(self) -> str:
        """``own recent``, ``own older`` or ``size`` (`KINDS`); empty once it is over."""
        if not self.has("rests_on"):
            return ""
        index = int(self.value("rests_on"))
        return list(KINDS)[index]

    @property
    def reasons(self) -> pd.DataFrame:
        """What moves the headline, the most first: ``key``, ``item``, ``value``."""
        reasons = evidence_table.of_role(self.evidence, "reason")
        return reasons[["key", "item", "value"]].reset_index(drop=True)

    @property
    def other_ways(self) -> pd.DataFrame:
        """Other estimates, by ``group``: ``low``, ``high``, ``ways`` (their number)."""
        others = evidence_table.of_role(self.evidence, "range")
        ends = others.groupby("group", sort=False)["value"].agg(["min", "max", "size"])
        return ends.set_axis(["low", "high", "ways"], axis=1).reset_index()

    @validated
    def summary(self, lang: str = "en") -> str:
        """The verdict in plain words.

        Parameters
        ----------
        lang : str
            ``"en"`` for English, ``"ru"`` for Russian.

        Returns
        -------
        str
            Sentences: the words, the chance, the forecast, where the pair stands, the reasons.

        Raises
        ------
        InputError
            If there is no such language.
        NoAnswerError
            If a part of it cannot be said in that language: it would be half in another one.

        Examples
        --------
        >>> from tradelib import article_target, assess
        >>> assess(article_target()).summary(lang="ru").split()[3]
        'товарооборот'
        """
        return " ".join(told(self, language(lang)).values())

    def to_frame(self) -> pd.DataFrame:
        """One row: the pair, the target, the probabilities, their range and the words.

        Returns
        -------
        DataFrame
            ``reporter``, ``partner``, ``target_musd``, ``by``, ``as_of``, ``last_year``,
            ``last_musd``, ``probability_in``, ``probability_ever``, ``range_low``, ``range_high``
            (of `probability_range`), ``low``, ``median``, ``high`` (of `value_range`, US$ million),
            ``words``. For a target in another currency all money is in millions of that:
            ``target_value`` and ``last_value`` stand in the place of the two names that end in
            ``_musd``, and ``currency`` comes last.
        """
        # A verdict holds no case: what is no field of it must be a row of the evidence.
        low, median, high = self.value_range
        currency = self.target.currency
        last = f"last_{evidence_table.suffix(currency)}"
        table = pd.DataFrame(
            {
                "reporter": [self.target.reporter],
                "partner": self.target.partner,
                f"target_{evidence_table.suffix(currency)}": self.target.value,
                "by": self.by,
                "as_of": self.as_of,
                "last_year": int(self.value("last_year")),
                last: self.value(last),
                "probability_in": self.probability_in,
                "probability_ever": self.probability_ever,
                "range_low": self.probability_range[0],
                "range_high": self.probability_range[1],
                "low": low,
                "median": median,
                "high": high,
                "words": self.words,
            }
        )
        return table if currency == DOLLAR else table.assign(currency=currency)

    def to_json(self) -> str:
        """The verdict with its evidence as JSON text.

        Returns
        -------
        str
            An object with the fields of the verdict; what is missing is null. For a target in
            another currency ``value_range`` is in millions of that.
        """
        in_dollars = self.target.currency == DOLLAR
        fields = TARGET_FIELDS if in_dollars else (*TARGET_FIELDS, *CURRENCY_FIELDS)
        records = self.evidence.to_dict("records")
        content = {
            "target": {name: getattr(self.target, name) for name in fields},
            "as_of": self.as_of,
            "by": self.by,
            "words": self.words,
            "probability_in": or_null(self.probability_in),
            "probability_ever": or_null(self.probability_ever),
            "probability_range": [or_null(end) for end in self.probability_range],
            "value_range_musd" if in_dollars else "value_range": [
                or_null(value) for value in self.value_range
            ],
            "evidence": [{name: or_null(cell) for name, cell in row.items()} for row in records],
        }
        return json.dumps(
            content, indent=1, default=date.isoformat, ensure_ascii=False, allow_nan=False
        )

    @validated
    def report(self, path: str | Path) -> Path:
        """Write the page of this verdict as one HTML file: `tradelib.report` does it.

        Parameters
        ----------
        path : str or Path
            The file to write.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        InputError
            As `tradelib.report`. A verdict holds neither series nor months: one on your own
            figures, or on a past day, is reported by that function, with what `tradelib.assess` was
            given.
        """
        # By name, as optional parts are: pages stand above science.
        written: Path = needs("tradelib.pages.report", "report").report(self, path)
        return written


@validated
def judge(case: Case, estimates: Estimates | None) -> Verdict:
    """Give the verdict on a case from its estimates.

    Parameters
    ----------
    case : Case
        The target on a day.
    estimates : Estimates or None
        What `estimate_all` makes of the case; None once the year judged is over.

    Returns
    -------
    Verdict
        The outcome where it is known; else probability, range and words by the module's rules.

    Raises
    ------
    InputError
        If the estimates are missing, or do not run from the last year known to the year judged.
    NoAnswerError
        If the year judged lies beyond the model's horizon, or has passed and is not in the history.

    Examples
    --------
    >>> from tradelib import article_target
    >>> from tradelib.api.gather import gather
    >>> from tradelib.science.assessment.evidence import estimate_all
    >>> case = gather(article_target())
    >>> judge(case, estimate_all([case])[0]).words
    'very unlikely, close to unlikely'
    """
    if case.by <= case.now.last_year:
        return _outcome(case)
    if case.over(case.by):
        words = case.no_data_note if case.now.reached is None else case.now.state
        return _verdict(case, UNKNOWN_PAIR, UNKNOWN_PAIR, UNKNOWN_VALUES, [], words)
    if case.stale:
        words = case.stale_note if case.now.reached is None else case.now.state
        like = evidence_table.like_pair_rows(case)
        return _verdict(case, UNKNOWN_PAIR, UNKNOWN_PAIR, UNKNOWN_VALUES, like, words)
    return _judged_ahead(case, _checked(case, estimates))


def _outcome(case: Case) -> Verdict:
    """Verdict on a year whose figure is known."""
    goal = case.target.value
    value = _turnover_judged(case)
    within = float(value >= goal)
    ever = float(case.seen_musd(case.by) >= goal)
    values = (value, value, value)
    return _verdict(case, (within, ever), UNKNOWN_PAIR, values, [], case.now.state)


def _judged_ahead(case: Case, estimates: Estimates) -> Verdict:
    """Verdict on a year still to come."""
    goal = case.target.value
    year = case.by
    goals = np.array([goal])
    within, ever = headline(case, estimates, goals, year)
    others = estimates_at(estimates, goals, year)
    lowest, highest = estimate_range(goals, others)
    chances = (float(within[0]), float(ever[0]))
    ends = (float(lowest[0]), float(highest[0]))
    values = tuple(
        float(value) for value in estimates.outlook.quantile(evidence_table.TENTHS, year)
    )
    ahead = [
        *evidence_table.headline_rows(case, estimates, chances, values),
        *evidence_table.range_rows(estimates, [float(chance[0]) for chance in others], goal, year),
        *evidence_table.reason_rows(estimates, chances[0], goal, year),
        *evidence_table.era_rows(estimates, goal, year, case.target.currency),
    ]
    words = case.now.state
    if case.now.reached is None:
        shown = chances[1] if case.target.deadline is None else chances[0]
        words = in_words(shown, ends, size_alone=estimates.outlook.kind == "size")
        ahead += evidence_table.tested_rows(case, chances[0])
        ahead += evidence_table.given_rows(case, chances[1])
        ahead += evidence_table.combined_rows(case, chances[1])
    return _verdict(case, chances, ends, values, ahead, words)


def _verdict(
    case: Case,
    chances: tuple[float, float],
    ends: tuple[float, float],
    values: tuple[float, ...],
    ahead: list[evidence_table.Row],
    words: str,
) -> Verdict:
    """The verdict with the whole table of its evidence; `ahead` are rows on a year to come."""
    all_rows = [
        *evidence_table.standing_rows(case),
        *evidence_table.flow_rows(case),
        *evidence_table.exchange_rows(case),
        *evidence_table.bloc_rows(case),
        *evidence_table.count_rows(case),
        *ahead,
        *evidence_table.official_rows(case),
        *evidence_table.nowcast_rows(case),
        *evidence_table.pledge_rows(case),
        *evidence_table.ceiling_rows(case),
        evidence_table.learned_row(case.information),
    ]
    return Verdict(
        target=case.target,
        as_of=case.day,
        probability_in=chances[0],
        probability_ever=chances[1],
        probability_range=ends,
        value_range=(values[0], values[1], values[2]),
        words=words,
        evidence=pd.DataFrame(
            {name: [row[name] for row in all_rows] for name in evidence_table.EVIDENCE_COLUMNS}
        ),
    )


def _turnover_judged(case: Case) -> float:
    """Turnover of the year judged, which has passed."""
    values = case.history.loc[case.history["year"] == case.by, "turnover_musd"]
    if values.empty:
        why = f"and the history must hold it, which starts in {case.history['year'].min()}"
        raise NoAnswerError(f"the deadline {case.by} has passed {why}")
    return float(values.iloc[0])


def _checked(case: Case, estimates: Estimates | None) -> Estimates:
    """The estimates, if they run from the last year known to the year judged."""
    last = case.now.last_year
    by = case.by
    if case.ahead > MAX_HORIZON:
        raise NoAnswerError(
            f"the growth model looks {MAX_HORIZON} years ahead; {by} is {case.ahead} years from "
            f"{last}, the last year known: give newer figures, or a nearer deadline"
        )
    if estimates is None:
        raise InputError(f"a target of {by} needs evidence from {last}, got none")
    years = estimates.outlook.years
    if estimates.outlook.origin != last or by not in years:
        ran = f"{estimates.outlook.origin} to {years[-1]}"
        raise InputError(f"the evidence must run from {last} to {by}, got {ran}")
    return estimates


def or_null(cell: Any) -> Any:
    """A cell of the JSON: None where it is missing."""
    return None if pd.isna(cell) else cell
