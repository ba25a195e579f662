"""Move the target, watch the probability: the evidence of each day, for any value.

`assess` answers one question; a `Grid` holds the same cases and evidence and answers every one
about a pair. The site's pages ship its answers at the stops of their slider (``site/_static``).
"""

import json
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.figures import load_turnover
from tradelib.bundle.learned import known_days
from tradelib.bundle.sources import ruled
from tradelib.front.gather import gather
from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.ground.numbers import Floats, positive
from tradelib.ground.plain import Displayable, percent
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.outlook.paths import Forecast
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case
from tradelib.science.verdict.evidence import (
    Evidence,
    estimate_all,
    estimate_range,
    estimates_at,
    headline,
)
from tradelib.science.verdict.words import in_words

# The slider runs from a quarter to four times the pledge, in eighty steps of some 3.5 %.
SPREAD, STEPS = 4.0, 80
# What pages ship: probabilities in hundredths of a point, and five quantiles for the fan.
UNIT = 10_000
FAN = {"q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Reading(Displayable):
    """What the grid says of one value, deadline and day.

    Attributes
    ----------
    probability_in, probability_ever : float, of the value in the deadline year, in any up to it
    probability_range : tuple of float, least and most of the first that the evidence supports
    words : str, as in `Verdict`
    """

    probability_in: float
    probability_ever: float
    probability_range: tuple[float, float]
    words: str

    def summary(self) -> str:
        """The reading in plain words."""
        if math.isnan(self.probability_in):
            return f"{self.words[:1].upper()}{self.words[1:]}."
        within, ever = percent(self.probability_in), percent(self.probability_ever)
        return f"The chance is {within} in the year, and {ever} in any year up to it: {self.words}."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Grid(Displayable):
    """The evidence on a target's pair on each day, to be asked for any value and deadline.

    Attributes
    ----------
    target : Target, the pledge itself, where the sliders start
    days : tuple of str, length n_days, ISO days on which more became known, the newest last
    cases, evidence : sequence of Case and of Evidence, length n_days, what was known, weighed
    """

    target: Target
    days: tuple[str, ...]
    cases: Sequence[Case]
    evidence: Sequence[Evidence]

    @validated
    def read(self, value_musd: float, *, deadline: int, day: str | None = None) -> Reading:
        """Probability, range and words for one position of the sliders: what `assess` says of it.

        Parameters
        ----------
        value_musd : float, turnover asked, US$ million, positive
        deadline : int, one of the ten years after the last known on the day
        day : str, optional, one of `days`; the newest if omitted

        Examples
        --------
        >>> from tradelib import article_target
        >>> view = grid(article_target()).read(800, deadline=2027)
        >>> round(view.probability_in, 2), view.words
        (0.23, 'unlikely')
        """
        case, evidence = self._on(day)
        years = _ahead(case)
        if deadline not in years:
            raise InputError(f"the grid looks from {years[0]} to {years[-1]}, got {deadline}")
        value = positive("value_musd", value_musd)
        curves = _curves(case, evidence, np.array([value]), deadline)
        over = case.over(deadline)
        within, ever, least, most = (math.nan if over else float(curve[0]) for curve in curves)
        return Reading(
            probability_in=within,
            probability_ever=ever,
            probability_range=(least, most),
            words=_words(case, evidence, deadline, value, within, (least, most)),
        )

    def summary(self) -> str:
        """What may be asked of it, in plain words."""
        many = f"on {len(self.days)} days from {self.days[0]} to {self.days[-1]}"
        days = many if len(self.days) > 1 else f"by {self.days[0]}"
        return f"{self.target.summary()}, or any other value and deadline, as known {days}."

    def _table(self) -> pd.DataFrame:
        names = {name: f"{level:.0%} below, US$ million" for name, level in FAN.items()}
        return self.fan().rename(columns=names)

    @validated
    def fan(self, day: str | None = None) -> pd.DataFrame:
        """Central 80 and 50 % and median of each year ahead on one of `days`, US$ million."""
        case, evidence = self._on(day)
        years = _ahead(case)
        quantiles = [evidence.outlook.quantile(list(FAN.values()), year) for year in years]
        return pd.DataFrame({"year": years, **dict(zip(FAN, np.array(quantiles).T, strict=True))})

    def to_json(self) -> str:
        """The grid as the pages ship it: chances at every stop of the slider, and the fans."""
        values, chances, words = stops(self.target.value_musd), [], []
        for case, evidence in zip(self.cases, self.evidence, strict=True):
            paths = evidence.outlook.paths(MAX_HORIZON)
            curves = {y: _curves(case, evidence, np.array(values), y, paths) for y in _ahead(case)}
            chances.append(np.rint(np.array([*curves.values()]) * UNIT).astype(int).tolist())
            words.append([_runs(case, evidence, y, values, c) for y, c in curves.items()])
        said = sorted({word for day in words for run in day for _, word in run})
        plain: dict[str, Any] = {
            "target": self.target.value_musd,
            "deadline": self.target.deadline,
            "since": self.cases[-1].since,
            "days": self.days,
            "known": [_known(case) for case in self.cases],
            "size_alone": [evidence.outlook.kind == "size" for evidence in self.evidence],
            # The first year ahead that had not ended by the day.
            "open_from": [_ahead(c).start + sum(map(c.over, _ahead(c))) for c in self.cases],
            "values": values,
            "unit": UNIT,
            "chances": chances,
            "vocabulary": said,
            "words": [[[(i, said.index(one)) for i, one in run] for run in day] for day in words],
            "fans": [
                [[float(f"{q:.5g}") for q in row] for row in self.fan(day)[list(FAN)].to_numpy()]
                for day in self.days
            ],
        }
        return json.dumps(plain, separators=(",", ":"), allow_nan=False)

    def _on(self, day: str | None) -> tuple[Case, Evidence]:
        """What was known on a day, and the evidence."""
        if day is not None and day not in self.days:
            raise InputError(f"the grid has no day {day!r}; there are {', '.join(self.days)}")
        place = -1 if day is None else self.days.index(day)
        return self.cases[place], self.evidence[place]


def _ahead(case: Case) -> range:
    return range(case.now.last_year + 1, case.now.last_year + 1 + MAX_HORIZON)


def _known(case: Case) -> list[tuple[int, float]]:
    """Years and turnover known on a day since the announcement; at least the last."""
    known = case.history[case.history["year"] >= min(case.target.since, case.now.last_year)]
    return [(int(one.year), float(one.turnover_musd)) for one in known.itertuples()]


def _curves(
    case: Case, evidence: Evidence, values: Floats, year: int, paths: Forecast | None = None
) -> tuple[Floats, ...]:
    """In the year, ever by it, least and most, each at every value."""
    within, ever = headline(case, evidence, values, year, paths=paths)
    return within, ever, *estimate_range(within, estimates_at(evidence, values, year))


def _runs(
    case: Case, evidence: Evidence, year: int, values: list[float], curves: tuple[Floats, ...]
) -> list[tuple[int, str]]:
    """The words along the slider: each with the first stop at which it is said."""
    within, _, *ends = curves
    each = zip(values, within, zip(*ends, strict=True), strict=True)
    said = [_words(case, evidence, year, *one) for one in each]
    return [(i, words) for i, words in enumerate(said) if i == 0 or words != said[i - 1]]


def _words(
    case: Case, evidence: Evidence, year: int, value: float, chance: float, ends: tuple[float, ...]
) -> str:
    """When a value was first seen since the announcement, else how likely it is in a year."""
    years, seen = (case.history[name].to_numpy() for name in ("year", "turnover_musd"))
    met = years[(years >= case.since) & (seen >= value)]
    if met.size:
        return f"reached in {met[0]}"
    least, most = ends
    if case.over(year):
        return case.no_data_note
    return in_words(chance, (least, most), size_alone=evidence.outlook.kind == "size")


def stops(value_musd: float) -> list[float]:
    """Values at which the slider stops: the pledge in the middle, three digits elsewhere."""
    half = STEPS // 2
    return [
        value_musd if step == half else float(f"{value_musd * SPREAD ** (step / half - 1):.3g}")
        for step in range(STEPS + 1)
    ]


@validated
def grid(
    target: Target, *, history: History | None = None, days: tuple[str, ...] | None = None
) -> Grid:
    """The grid of a target: every value and deadline, on each day when more became known.

    Parameters
    ----------
    target : Target, as for `assess`, errors too
    history : DataFrame, optional
        Your own ``year`` and ``turnover_musd``; then there is one day only, called ``now``.
    days : tuple of str, optional
        ISO days instead of the announcement and each later release of a full year.

    Returns
    -------
    Grid

    Examples
    --------
    >>> from tradelib import article_target
    >>> grid(article_target(), days=("2026-06-30",)).fan().year.tolist()[:2]
    [2026, 2027]
    """
    names = ("now",) if history is not None else days or _days(target)
    cases = [gather(target, None if name == "now" else name, history) for name in names]
    evidence = [estimate_all([case])[0] for case in cases]
    return Grid(target=target, days=names, cases=cases, evidence=evidence)


def _days(target: Target) -> tuple[str, ...]:
    """The first day since the announcement on which each last year was known, then the newest."""
    newest = gather(target)
    last = pd.Timestamp(newest.day)
    first = pd.Timestamp(max(str(target.announced or ""), known_days("growth_model.json")[0]))
    # When figures came out: of the series, or each 30 June where the registry speaks.
    out = [pd.Timestamp(year, 6, 30) for year in range(first.year, last.year + 1)]
    if ruled(target.reporter, target.partner)[1]:
        out = list(load_turnover(target.reporter, target.partner)["released"])
    by_year: dict[int, pd.Timestamp] = {}
    for day in sorted({first, *(day for day in out if first < day <= last)}):
        with suppress(NoAnswerError):  # nothing was known yet
            by_year.setdefault(gather(target, day).now.last_year, day)
    by_year[newest.now.last_year] = last
    return tuple(day.date().isoformat() for day in by_year.values())
