"""Move the target, watch the probability: the evidence of each day, for any value.

`assess` answers one question; a `Grid` holds the same cases and evidence and answers every one
about a pair. The site's pages ship its answers at the stops of their slider (``site/_static``).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tradelib.bundle.figures import load_turnover
from tradelib.bundle.learned import known_days
from tradelib.bundle.sources import ruled
from tradelib.front.gather import gather
from tradelib.ground.numbers import Floats, positive
from tradelib.ground.plain import Shown, percent
from tradelib.science.outlook.growth_model import MAX_HORIZON
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case
from tradelib.science.verdict.evidence import Evidence, headline, spread, weigh
from tradelib.science.verdict.words import in_words

__all__ = ["Grid", "Reading", "grid"]

# The slider runs from a quarter to four times the pledge, in eighty steps of some 3.5 %.
SPREAD, STEPS = 4.0, 80
# What pages ship: probabilities in hundredths of a point, and five quantiles for the fan.
UNIT = 10_000
FAN = {"q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reading(Shown):
    """What the grid says of one value, deadline and day.

    Attributes
    ----------
    probability_in, probability_ever : float
        That turnover is at least the value in the deadline year, and in any year up to it.
    probability_range : tuple of float
        Least and most that the evidence supports for `probability_in`.
    words : str, as in `Verdict`
    """

    probability_in: float
    probability_ever: float
    probability_range: tuple[float, float]
    words: str

    def summary(self) -> str:
        """The reading in plain words."""
        within, ever = percent(self.probability_in), percent(self.probability_ever)
        return f"The chance is {within} in the year, and {ever} in any year up to it: {self.words}."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Grid(Shown):
    """The evidence on a target's pair on each day, to be asked for any value and deadline.

    Attributes
    ----------
    target : Target, the pledge itself, where the sliders start
    days : tuple of str, length n_days, ISO days on which more became known, the newest last
    cases, evidence : sequence of Case and of Evidence, length n_days
        What was known on each day, weighed.
    """

    target: Target
    days: tuple[str, ...]
    cases: Sequence[Case]
    evidence: Sequence[Evidence]

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
        (0.19, 'unlikely')
        """
        place, value = self._place(deadline, day), positive("value_musd", value_musd)
        case, known = self.cases[place], self._known(place)
        if case.over(deadline):
            met = self._met(known, value)
            return Reading(
                probability_in=np.nan, probability_ever=np.nan, probability_range=(np.nan, np.nan),
                words=case.silence if met is None else f"reached in {met}",
            )  # fmt: skip
        within, ever, least, most = (
            float(curve[0]) for curve in self._curves(place, np.array([value]), deadline)
        )
        return Reading(
            probability_in=within, probability_ever=ever, probability_range=(least, most),
            words=self._words(place, known, value, within, (least, most)),
        )  # fmt: skip

    def summary(self) -> str:
        """What may be asked of it, in plain words."""
        days = f"as known on {len(self.days)} days from {self.days[0]} to {self.days[-1]}"
        return f"{self.target.summary()}, or any other value and deadline, {days}."

    def _table(self) -> pd.DataFrame:
        names = {name: f"{level:.0%} below, US$ million" for name, level in FAN.items()}
        return self.fan().rename(columns=names)

    def fan(self, day: str | None = None) -> pd.DataFrame:
        """Central 80 and 50 % and median of each year ahead on one of `days`, US$ million."""
        place = self._day(day)
        years = self._years(place)
        made = self.evidence[place].outlook
        quantiles = np.array([made.quantile(list(FAN.values()), year) for year in years])
        return pd.DataFrame({"year": years, **dict(zip(FAN, quantiles.T, strict=True))})

    def to_json(self) -> str:
        """The grid as the pages ship it: chances at every stop of the slider, and the fans."""
        values = stops(self.target.value_musd)
        places = range(len(self.days))
        runs = [[self._runs(at, values, year) for year in self._years(at)] for at in places]
        said = sorted({words for day in runs for run in day for _, words in run})
        plain: dict[str, Any] = {
            "target": self.target.value_musd, "deadline": self.target.deadline,
            "since": self.target.since, "days": self.days,
            "known": [self._known(place) for place in places],
            "size_alone": [self._size_alone(place) for place in places],
            "open_from": [self._open_from(place) for place in places],
            "values": values, "unit": UNIT,
            "chances": [
                [self._shipped(place, np.array(values), year) for year in self._years(place)]
                for place in places
            ],
            "vocabulary": said,
            "words": [[[(i, said.index(one)) for i, one in run] for run in day] for day in runs],
            "fans": [
                [[float(f"{q:.5g}") for q in row] for row in self.fan(day)[list(FAN)].to_numpy()]
                for day in self.days
            ],
        }  # fmt: skip
        return json.dumps(plain, separators=(",", ":"), allow_nan=False)

    def _shipped(self, place: int, values: Floats, year: int) -> list[list[int]]:
        curves = np.array(self._curves(place, values, year))
        return [[int(p) for p in curve] for curve in np.rint(curves * UNIT)]

    def _runs(self, place: int, values: list[float], year: int) -> list[tuple[int, str]]:
        """The words along the slider: each with the first stop at which it is said."""
        within, _, least, most = self._curves(place, np.array(values), year)
        case, ends = self.cases[place], zip(least, most, strict=True)
        known = self._known(place)
        said = [
            case.silence if case.over(year) and self._met(known, one[0]) is None
            else self._words(place, known, *one)
            for one in zip(values, within, ends, strict=True)
        ]  # fmt: skip
        return [(i, words) for i, words in enumerate(said) if i == 0 or words != said[i - 1]]

    def _curves(self, place: int, values: Floats, year: int) -> tuple[Floats, ...]:
        """In the year, ever by it, least and most, each at every value."""
        evidence = self.evidence[place]
        within, ever = headline(self.cases[place], evidence, values, year)
        return within, ever, *spread(evidence, within, values, year)

    def _known(self, place: int) -> list[tuple[int, float]]:
        """Years and turnover known on a day since the announcement; at least the last."""
        case = self.cases[place]
        known = case.history[case.history["year"] >= min(self.target.since, case.now.last_year)]
        return [(int(one.year), float(one.turnover_musd)) for one in known.itertuples()]

    def _years(self, place: int) -> range:
        last = self.cases[place].now.last_year
        return range(last + 1, last + 1 + MAX_HORIZON)

    def _day(self, day: str | None) -> int:
        if day is not None and day not in self.days:
            raise ValueError(f"the grid has no day {day!r}; there are {', '.join(self.days)}")
        return len(self.days) - 1 if day is None else self.days.index(day)

    def _place(self, deadline: int, day: str | None) -> int:
        place = self._day(day)
        years = self._years(place)
        if deadline not in years:
            raise ValueError(f"the grid looks from {years[0]} to {years[-1]}, got {deadline}")
        return place

    def _words(
        self, place: int, known: list[tuple[int, float]], value: float, chance: float,
        ends: tuple[float, float],
    ) -> str:  # fmt: skip
        met = self._met(known, value)
        if met is not None:
            return f"reached in {met}"
        return in_words(chance, ends, size_alone=self._size_alone(place))

    def _met(self, known: list[tuple[int, float]], value: float) -> int | None:
        """First year since the announcement in which a value was seen."""
        met = [year for year, seen in known if seen >= value]
        return met[0] if met and met[0] >= self.target.since else None

    def _open_from(self, place: int) -> int:
        """First year ahead that had not ended by the day."""
        case = self.cases[place]
        return next((y for y in self._years(place) if not case.over(y)), self._years(place).stop)

    def _size_alone(self, place: int) -> bool:
        return self.evidence[place].outlook.kind == "size"


def stops(value_musd: float) -> list[float]:
    """Values at which the slider stops: the pledge in the middle, three digits elsewhere."""
    half = STEPS // 2
    return [
        value_musd if step == half else float(f"{value_musd * SPREAD ** (step / half - 1):.3g}")
        for step in range(STEPS + 1)
    ]


def grid(
    target: Target, *, history: pd.DataFrame | None = None, days: tuple[str, ...] | None = None
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
    if history is not None:
        names: tuple[str, ...] = ("now",)
        cases = [gather(target, None, history)]
    else:
        names = _days(target) if days is None else days
        cases = [gather(target, day) for day in names]
    evidence = [weigh([case])[0] for case in cases]
    return Grid(target=target, days=names, cases=cases, evidence=evidence)


def _days(target: Target) -> tuple[str, ...]:
    """The first day since the announcement on which each last year was known, then the newest."""
    newest = gather(target)
    if newest.day is None:
        raise ValueError(f"the bundled figures of {target.pair} have no days of release")
    last = pd.Timestamp(newest.day)
    first = pd.Timestamp(max(str(target.announced or ""), known_days("growth_model.json")[0]))
    by_year: dict[int, pd.Timestamp] = {}
    for day in sorted({first, *_releases(target, first, last)}):
        try:
            by_year.setdefault(gather(target, day).now.last_year, day)
        except ValueError:  # nothing was known yet
            continue
    by_year[newest.now.last_year] = last
    return tuple(day.date().isoformat() for day in by_year.values())


def _releases(target: Target, first: pd.Timestamp, newest: pd.Timestamp) -> list[pd.Timestamp]:
    """Days on which figures came out: of the series, or each 30 June where the registry speaks."""
    if ruled(target.reporter, target.partner)[1]:
        days = list(load_turnover(target.reporter, target.partner)["released"])
    else:
        days = [pd.Timestamp(year, 6, 30) for year in range(first.year, newest.year + 1)]
    return [day for day in days if first < day <= newest]
