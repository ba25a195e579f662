"""The evidence of each day on a pair, to be asked for any value and deadline.

`assess` answers one question; a `Grid` holds the same cases and evidence and answers every question
about a pair.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradelib.api.gather import gather
from tradelib.core.convert import History
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import Displayable, capital, percent
from tradelib.core.numeric import Floats, positive
from tradelib.core.validation import validated
from tradelib.datasets.figures import load_turnover
from tradelib.datasets.models import known_days
from tradelib.datasets.sources import recommended_sources
from tradelib.science.assessment.case import Case
from tradelib.science.assessment.evidence import (
    Estimates,
    estimate_all,
    estimate_range,
    estimates_at,
    headline,
)
from tradelib.science.assessment.likelihood_words import in_words
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.forecasting.growth_model import MAX_HORIZON
from tradelib.science.pledges.target import Target

# Quantiles of the fan, by name of column.
FAN = {"q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Reading(Displayable):
    """What the grid says of one value, deadline and day.

    Parameters
    ----------
    probability_in : float
        Probability of the value or more in the deadline year.
    probability_ever : float
        Probability of it in any year up to the deadline.
    probability_range : tuple of float
        Lowest and highest of the other ways to estimate `probability_in`, as in `Verdict`.
    words : str
        In words, as in `Verdict`.
    """

    probability_in: float
    probability_ever: float
    probability_range: tuple[float, float]
    words: str

    def summary(self) -> str:
        """The reading in plain words.

        Returns
        -------
        str
            One sentence.
        """
        if math.isnan(self.probability_in):
            return f"{capital(self.words)}."
        within = percent(self.probability_in)
        ever = percent(self.probability_ever)
        return f"The chance is {within} in the year, and {ever} in any year up to it: {self.words}."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Grid(Displayable):
    """The evidence on a target's pair on each day, to be asked for any value and deadline.

    Parameters
    ----------
    target : Target
        The pledge itself, where the sliders start.
    days : tuple of str
        ISO days on which more became known, shape (n_days,), the newest last.
    cases : sequence of Case
        What was known on each day, shape (n_days,).
    evidence : sequence of Estimates
        The probabilities that follow from each case, shape (n_days,).
    """

    target: Target
    days: tuple[str, ...]
    cases: Sequence[Case]
    evidence: Sequence[Estimates]

    @validated
    def read(self, value_musd: float, *, deadline: int, day: str | None = None) -> Reading:
        """Probability, range and words for one value and deadline, as `assess` has them.

        Parameters
        ----------
        value_musd : float
            Turnover to be reached, US$ million, positive.
        deadline : int
            One of the ten years after the last year known on the day.
        day : str, optional
            One of `days`; the newest if omitted.

        Returns
        -------
        Reading
            Its probabilities are NaN if the deadline year was over on the day, or the data are too
            old for a chance.

        Raises
        ------
        InputError
            If the grid has no such day or deadline, or the value is not positive.

        Examples
        --------
        >>> from tradelib import article_target
        >>> view = grid(article_target()).read(800, deadline=2027)
        >>> view.words, view.probability_in < view.probability_ever
        ('unlikely', True)
        """
        case, evidence = self._on(day)
        years = _ahead(case)
        if deadline not in years:
            raise InputError(f"the grid looks from {years[0]} to {years[-1]}, got {deadline}")
        value = positive("value_musd", value_musd)
        if case.over(deadline) or case.stale:
            within = ever = low = high = math.nan
        else:
            curves = _curves(case, evidence, np.array([value]), deadline)
            within, ever, low, high = (float(curve[0]) for curve in curves)
        return Reading(
            probability_in=within,
            probability_ever=ever,
            probability_range=(low, high),
            words=_words(case, evidence, deadline, _reached(case, value), within, (low, high)),
        )

    @validated
    def readings(self, values_musd: Sequence[float], *, day: str | None = None) -> pd.DataFrame:
        """Probability, range and words for many values in every year ahead.

        Parameters
        ----------
        values_musd : sequence of float
            Turnover to be reached, US$ million, positive.
        day : str, optional
            One of `days`; the newest if omitted.

        Returns
        -------
        DataFrame
            One row for each of ten years and each value: ``year``, ``value_musd``,
            ``probability_in``, ``probability_ever``, ``low``, ``high``, ``words``. Of two values or
            more ``probability_ever`` is counted among the same simulated paths. A year that was
            over on the day keeps the forecast's probabilities, where `read` has NaN.

        Raises
        ------
        InputError
            If the grid has no such day, no value is given, or one is not positive.

        Examples
        --------
        >>> from tradelib import article_target
        >>> table = grid(article_target()).readings([500, 800])
        >>> table[table["year"] == 2027].words.tolist()
        ['reached in 2023', 'unlikely']
        """
        case, evidence = self._on(day)
        if not len(values_musd):
            raise InputError("values_musd needs a value or more, got none")
        values = [positive("values_musd", value) for value in values_musd]
        paths = evidence.outlook.paths(MAX_HORIZON)
        reached = [_reached(case, value) for value in values]
        tables = []
        for year in _ahead(case):
            within, ever, low, high = _curves(case, evidence, np.array(values), year, paths)
            words = [
                _words(case, evidence, year, reached[i], within[i], (low[i], high[i]))
                for i in range(len(values))
            ]
            table = pd.DataFrame(
                {
                    "year": year,
                    "value_musd": values,
                    "probability_in": within,
                    "probability_ever": ever,
                    "low": low,
                    "high": high,
                    "words": words,
                }
            )
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def summary(self) -> str:
        """The questions that the grid can answer, in plain words.

        Returns
        -------
        str
            One sentence.
        """
        if len(self.days) > 1:
            days = f"on {len(self.days)} days from {self.days[0]} to {self.days[-1]}"
        else:
            days = f"by {self.days[0]}"
        return f"{self.target.summary()}, or any other value and deadline, as known {days}."

    def _table(self) -> pd.DataFrame:
        """The fan of the newest day, its columns in words."""
        names = {name: f"{level:.0%} below, US$ million" for name, level in FAN.items()}
        return self.fan().rename(columns=names)

    @validated
    def fan(self, day: str | None = None) -> pd.DataFrame:
        """Quantiles of turnover in each year ahead, as known on one of `days`.

        Parameters
        ----------
        day : str, optional
            One of `days`; the newest if omitted.

        Returns
        -------
        DataFrame
            One row for each of ten years: ``year``, and ``q10``, ``q25``, ``q50``, ``q75``, ``q90``
            (US$ million).
        """
        case, evidence = self._on(day)
        years = _ahead(case)
        levels = list(FAN.values())
        quantiles = [evidence.outlook.quantile(levels, year) for year in years]
        table = pd.DataFrame(quantiles, columns=list(FAN))
        table.insert(0, "year", years)
        return table

    def _on(self, day: str | None) -> tuple[Case, Estimates]:
        """The case and the evidence of a day; of the newest if omitted."""
        if day is not None and day not in self.days:
            offers = ", ".join(self.days)
            raise InputError(f"the grid has no answers of the day {day!r}; its days are {offers}")
        index = -1 if day is None else self.days.index(day)
        return self.cases[index], self.evidence[index]


def _ahead(case: Case) -> range:
    """The ten years after the last known."""
    first = case.now.last_year + 1
    return range(first, first + MAX_HORIZON)


def _curves(
    case: Case, estimates: Estimates, values: Floats, year: int, paths: Forecast | None = None
) -> tuple[Floats, ...]:
    """Chances at each value: in the year, ever by it, and the range's lowest and highest."""
    within, ever = headline(case, estimates, values, year, paths=paths)
    low, high = estimate_range(values, estimates_at(estimates, values, year))
    return within, ever, low, high


def _reached(case: Case, value: float) -> int | None:
    """The first year since the announcement in which a value was reached, if there is one."""
    years = case.history["year"].to_numpy()
    reached = years[(years >= case.since) & (case.history["turnover_musd"].to_numpy() >= value)]
    return int(reached[0]) if len(reached) else None


def _words(
    case: Case,
    estimates: Estimates,
    year: int,
    reached: int | None,
    chance: float,
    interval: tuple[float, float],
) -> str:
    """When a value was first reached since the announcement, else how likely it is in a year."""
    if reached is not None:
        return f"reached in {reached}"
    if case.over(year):
        return case.no_data_note
    if case.stale:
        return case.stale_note
    return in_words(chance, interval, size_alone=estimates.outlook.kind == "size")


@validated
def grid(
    target: Target, *, history: History | None = None, days: tuple[str, ...] | None = None
) -> Grid:
    """The grid of a target: every value and deadline, on each day when more became known.

    Parameters
    ----------
    target : Target
        As for `assess`, with the same errors.
    history : DataFrame, optional
        Your own ``year`` and ``turnover_musd`` (US$ million); then there is one day only, called
        ``now``.
    days : tuple of str, optional
        ISO days; the announcement and each later release of a full year if omitted, but for days
        on which the data were too old for a chance, and the newest day.

    Returns
    -------
    Grid
        To be asked with its method `Grid.read`.

    Examples
    --------
    >>> from tradelib import article_target
    >>> grid(article_target(), days=("2026-07-31",)).fan().year.tolist()[:2]
    [2026, 2027]
    """
    if history is not None:
        cases = {"now": gather(target, None, history)}
    elif days:
        cases = {day: gather(target, day) for day in days}
    else:
        cases = cases_by_day(target)
    evidence = [estimate_all([case])[0] for case in cases.values()]
    return Grid(target=target, days=tuple(cases), cases=list(cases.values()), evidence=evidence)


def cases_by_day(target: Target, newest: Case | None = None) -> dict[str, Case]:
    """The case of the first day since the announcement with a chance from each last year, by day.

    Last comes that of the newest day: `newest`, if it is at hand.
    """
    now = newest or gather(target)
    last = pd.Timestamp(now.day)
    announced = str(target.announced or "")
    first = pd.Timestamp(max(announced, known_days("growth_model.json")[0]))
    _, recommended = recommended_sources(target.reporter, target.partner)
    if recommended:
        releases = list(load_turnover(target.reporter, target.partner)["released"])
    else:  # figures of the registry are taken to come out each 30 June
        releases = [pd.Timestamp(year, 6, 30) for year in range(first.year, last.year + 1)]
    later = {day for day in releases if first < day <= last}
    by_year: dict[int, tuple[pd.Timestamp, Case]] = {}
    for day in [first, *sorted(later)]:
        with suppress(NoAnswerError):  # nothing was known yet
            case = gather(target, day)
            if not case.stale:
                by_year.setdefault(case.now.last_year, (day, case))
    by_year[now.now.last_year] = (last, newest or gather(target, last))
    # A correction may have taken the last year back: days stay in order.
    in_order = sorted(by_year.values(), key=lambda known: known[0])
    return {day.date().isoformat(): case for day, case in in_order}
