"""Evidence in, a verdict out: a probability, its range, its reasons, and words fixed by rule.

The headline is the growth model's alone. Everything else that speaks of the same event (turnover in
the year judged is at least the target) sets the range, from the least to the most of:

- the growth model on other data (`variants`);
- the base rate of like pairs, in current and in constant dollars;
- the headline, its odds multiplied as those of announced targets were (`pledge_shift`);
- other forecasters, if they do not lose to a random walk on other pairs: of the simple ones that is
  the random walk alone.

What gravity says of the target's level is shown beside it (`ceiling`) and moves nothing.

Words are those of the IPCC. They give way to "cannot tell" if the range spans from below 33 to
above 66 %, or if there are fewer than five years of history and like pairs are worth fewer than
thirty independent episodes; and to what happened once it has.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground import codes
from tradelib.science.gravity.ceiling import Ceiling
from tradelib.science.outlook.forecast import Forecast
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.outside.base_rate import BaseRate
from tradelib.science.pledge.progress import METHODS, progress
from tradelib.science.pledge.rates import PledgeRate
from tradelib.science.pledge.target import Standing, Target, standing

__all__ = ["Verdict", "judge", "likelihood"]

SCALE = ((0.99, "virtually certain"), (0.90, "very likely"), (0.66, "likely"))
LOWER = ((0.33, "about as likely as not"), (0.10, "unlikely"), (0.01, "very unlikely"))
APART = (0.33, 0.66)
FEW_YEARS, FEW_EPISODES = 5, 30
OPEN_ENDED = 5
PACE_YEARS = 5
REASONS = 3
POTENTIAL = "potential, from what both trade with everyone"
BY_GDP, TIMES = "potential, from both GDPs", "the target, times its potential"
UNTOUCHED = "as it is"
MONTHS = " months of US$"
COLUMNS = ["role", "item", "value", "low", "high", "unit", "source"]

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is known of a target, put together.

    Parameters
    ----------
    target : Target
        The pledge.
    as_of : date or None
        Day to which the evidence runs; None if the figures do not say.
    probability_in, probability_ever : float
        That turnover is at least the target in the year judged (the deadline, or five years ahead
        where none was named), and in any year up to it.
    probability_range : tuple of float
        Least and most that the evidence supports for `probability_in`.
    value_range : tuple of float
        Turnover in the year judged, US$ million: the 10th, 50th and 90th percentile.
    evidence : DataFrame
        ``role`` (headline, ever, range, reason, by year, standing, ceiling or context), ``item``,
        ``value``, ``low``, ``high`` (float64, missing where there is none), ``unit``, ``source``.
    words : str
        Of the likelihood scale, ``cannot tell``, or what happened.
    """

    target: Target
    as_of: date | None
    probability_in: float
    probability_ever: float
    probability_range: tuple[float, float]
    value_range: tuple[float, float, float]
    evidence: pd.DataFrame
    words: str

    def value(self, item: str) -> float:
        """Value of one item of the evidence.

        Raises
        ------
        ValueError
            If there is no such item.
        """
        found = self.evidence.loc[self.evidence["item"] == item, "value"]
        if found.empty:
            offers = "; ".join(self.evidence["item"])
            raise ValueError(f"the evidence has no item {item!r}; there are {offers}")
        return float(found.iloc[0])

    @property
    def by(self) -> int:
        """Calendar year judged."""
        return int(self.value("year judged"))

    @property
    def reasons(self) -> pd.DataFrame:
        """What moves the headline most, and by how much: ``item``, ``value``."""
        found = self.evidence[self.evidence["role"] == "reason"]
        return found[["item", "value"]].reset_index(drop=True)

    def summary(self) -> str:
        """The verdict in plain words."""
        low, high = self.probability_range
        least, median, most = self.value_range
        told = [f"{self.target.summary()}: {self.words}."]
        if (self.evidence["role"] == "headline").any():
            told.append(
                f"Probability {_percent(self.probability_in)} in {self.by} (evidence from "
                f"{_percent(low)} to {_percent(high)}), {_percent(self.probability_ever)} ever by "
                f"then. Median US${median:,.0f}m, 80 % between {least:,.0f} and {most:,.0f}."
            )
        told += [self._standing(), self._months(), self._because(), self._ceiling()]
        if self.as_of is not None:
            told.append(f"Known by {self.as_of}.")
        return " ".join(part for part in told if part)

    def to_frame(self) -> pd.DataFrame:
        """One row: the pair, what is asked, the probabilities with their range, and the words."""
        least, median, most = self.value_range
        return pd.DataFrame(
            {
                "reporter": [self.target.reporter], "partner": self.target.partner,
                "target_musd": self.target.value_musd, "by": self.by, "as_of": self.as_of,
                "last_year": int(self.value("last full year")),
                "last_musd": self.value("turnover of the last full year"),
                "probability_in": self.probability_in, "probability_ever": self.probability_ever,
                "range_low": self.probability_range[0], "range_high": self.probability_range[1],
                "low": least, "median": median, "high": most, "words": self.words,
            }
        )  # fmt: skip

    def to_json(self) -> str:
        """Everything as JSON text; what is missing is null."""
        target = {
            "reporter": self.target.reporter,
            "partner": self.target.partner,
            "value_musd": self.target.value_musd,
            "deadline": self.target.deadline,
            "announced": _iso(self.target.announced),
            "wording": self.target.wording,
            "source": self.target.source,
        }
        plain = {
            "target": target,
            "as_of": _iso(self.as_of),
            "by": self.by,
            "words": self.words,
            "probability_in": self.probability_in,
            "probability_ever": self.probability_ever,
            "probability_range": self.probability_range,
            "value_range_musd": self.value_range,
            "evidence": [
                {key: None if pd.isna(cell) else cell for key, cell in row.items()}
                for row in self.evidence.to_dict("records")
            ],
        }
        return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False)

    def _standing(self) -> str:
        year = int(self.value("last full year"))
        last = self.value("turnover of the last full year")
        stands = f"Data to {year}: US${last:,.1f}m."
        items = set(self.evidence["item"])
        if "growth needed a year" in items:
            stands += f" It asks {self.value('growth needed a year'):.1%} a year"
            if "share of it that US inflation alone gives" in items:
                share = self.value("share of it that US inflation alone gives")
                pace = self.value("US inflation a year")
                stands += f"; US inflation, {pace:.1%} a year, would give {share:.0%} of that"
            stands += "."
        return stands

    def _months(self) -> str:
        found = self.evidence[self.evidence["item"].str.contains(MONTHS, regex=False)]
        return " ".join(f"{row.item} point to US${row.value:,.0f}m." for row in found.itertuples())

    def _because(self) -> str:
        rows = self.reasons.itertuples()
        told = [f"{row.item} ({100 * row.value:+.0f} points)" for row in rows]
        return f"What moves it most: {', '.join(told)}." if told else ""

    def _ceiling(self) -> str:
        items = set(self.evidence.loc[self.evidence["role"] == "ceiling", "item"])
        if TIMES not in items:
            return ""
        by_gdp = f", {self.value(BY_GDP):,.0f}m from their GDPs" if BY_GDP in items else ""
        return (
            f"Gravity predicts US${self.value(POTENTIAL):,.0f}m "
            f"({self.value('year of these potentials'):.0f}) from what both trade with everyone"
            f"{by_gdp}; the target is {self.value(TIMES):.1f} times "
            f"{'the first' if by_gdp else 'that'}."
        )


def likelihood(probability: float) -> str:
    """Words for a probability, by the scale of the IPCC.

    Parameters
    ----------
    probability : float
        Between 0 and 1.

    Returns
    -------
    str
        Virtually certain (above 99 %), very likely (90), likely (66), about as likely as not (33 to
        66), unlikely (below 33), very unlikely (10) or exceptionally unlikely (1).

    Raises
    ------
    ValueError
        If it is no probability.

    References
    ----------
    Mastrandrea, M. D. et al. (2010), *Guidance note for lead authors of the IPCC fifth assessment
    report on consistent treatment of uncertainties*, table 1.

    Examples
    --------
    >>> likelihood(0.112), likelihood(0.66), likelihood(0.661)
    ('unlikely', 'about as likely as not', 'likely')
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability lies between 0 and 1, got {probability}")
    for edge, words in SCALE:
        if probability > edge:
            return words
    return next((words for edge, words in LOWER if probability >= edge), "exceptionally unlikely")


def judge(
    target: Target,
    history: pd.DataFrame,
    *,
    headline: Forecast | None,
    others: Sequence[Forecast] = (),
    variants: Mapping[str, float] | None = None,
    replaced: Mapping[str, float] | None = None,
    nowcast: Nowcast | None = None,
    base_rates: Sequence[BaseRate] = (),
    pledges: PledgeRate | None = None,
    pledge_shift: tuple[float, float, float] | None = None,
    prices: pd.Series | None = None,
    ceiling: Ceiling | None = None,
    further: pd.DataFrame | None = None,
    as_of: date | None = None,
    source: str = "the history given",
) -> Verdict:
    """Verdict on a target from finished evidence.

    Parameters
    ----------
    target : Target
        With or without a deadline; without, the fifth year ahead is judged.
    history : DataFrame
        ``year``, ``turnover_musd`` (US$ million); ``export_musd``, ``import_musd`` and ``status``
        if known.
    headline : Forecast or None
        Of the growth model, from the history's last year, to the year judged or beyond; None once
        the deadline has passed.
    others : sequence of Forecast
        Of forecasters that do not lose to a random walk on other pairs; they widen the range.
    variants : mapping of str to float
        Probability of the same event by the growth model on other data; they widen the range.
    replaced : mapping of str to float
        Probability ``"as it is"``, and with one signal at a time replaced by what is usual, as
        `tradelib.panel.chances` returns it.
    nowcast : Nowcast, optional
        The one that the headline starts from.
    base_rates : sequence of BaseRate
        Of like pairs doing as much in as long; they widen the range.
    pledges : PledgeRate, optional
        Of targets that asked about as much.
    pledge_shift : tuple of float, optional
        Log odds of pledges less those of like pairs: estimate, low and high end.
    prices : Series, optional
        Price index of the dollar by year.
    ceiling : Ceiling, optional
        The target held against what size and distance predict; shown, and no part of the range.
    further : DataFrame, optional
        More rows of evidence, with the columns of `Verdict.evidence`.
    as_of : date, optional
        Day to which all of this runs.
    source : str
        Where the history is from.

    Returns
    -------
    Verdict
        See the module for its rules.

    Raises
    ------
    ValueError
        If the headline is missing before the deadline, does not start from the history's last year
        or ends before the year judged, or the history lacks a deadline that has passed.

    Examples
    --------
    >>> from tradelib import naive
    >>> pair = pd.DataFrame({"year": range(2018, 2026), "turnover_musd": [98.1, 145.9, 128.0, 254.2,
    ...     438.7, 562.9, 555.8, 515.5]})
    >>> pledge = Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    >>> judge(pledge, pair, headline=naive(pair, horizon=2)).words
    'very unlikely'
    """
    now = standing(target, history)
    by = target.deadline or now.last_year + OPEN_ENDED
    chance_in, chance_ever, values = _chances(now, history, headline, by)
    in_range = [
        *_others(others, target.value_musd, by),
        *_variants(variants or {}),
        *_base_rates(base_rates),
        *_shifted(chance_in, pledge_shift),
    ]
    rows = [*_standing(now, by, source, prices), *_flows(history, source)]
    if headline is not None:
        rows += _headline(headline, now, by, chance_in, chance_ever)
        rows += [*in_range, *_reasons(replaced or {})]
    rows += [*_official(now, history), *_nowcast(nowcast), *_pledged(pledges)]
    rows += _ceiling(ceiling)
    table = pd.DataFrame(rows, columns=COLUMNS)
    table = table.astype({"value": "float64", "low": "float64", "high": "float64"})
    if further is not None:
        table = pd.concat([table, further[COLUMNS]], ignore_index=True)
    spread = [chance_in, *(row["value"] for row in in_range if headline is not None)]
    extent = min(spread), max(spread)
    return Verdict(
        target=target,
        as_of=as_of,
        probability_in=chance_in,
        probability_ever=chance_ever,
        probability_range=extent,
        value_range=values,
        evidence=table,
        words=_words(now, headline, chance_in, extent, len(history), base_rates),
    )


def _chances(
    now: Standing, history: pd.DataFrame, headline: Forecast | None, by: int
) -> tuple[float, float, tuple[float, float, float]]:
    """Probability in and ever by the year judged, and turnover in it."""
    goal, met = now.target.value_musd, now.reached is not None and now.reached <= by
    if by <= now.last_year:
        there = history.loc[history["year"] == by, "turnover_musd"]
        if there.empty:
            raise ValueError(
                f"the deadline {by} has passed and the history must hold it, which starts in "
                f"{history['year'].min()}"
            )
        value = float(there.iloc[0])
        return float(value >= goal), float(met), (value, value, value)
    if headline is None:
        raise ValueError(f"a target of {by} needs a headline forecast from {now.last_year}")
    if headline.origin != now.last_year or by not in headline.years:
        raise ValueError(
            f"the headline must run from {now.last_year} to {by}, got {headline.origin} to "
            f"{headline.years[-1]}"
        )
    column = headline.years.index(by)
    low, median, high = headline.quantile([0.1, 0.5, 0.9])[:, column]
    ever = 1.0 if met else headline.probability(goal, year=by, ever=True)
    return headline.probability(goal, year=by), ever, (float(low), float(median), float(high))


def _words(
    now: Standing,
    headline: Forecast | None,
    chance: float,
    extent: tuple[float, float],
    years: int,
    base_rates: Sequence[BaseRate],
) -> str:
    if now.reached is not None or headline is None:
        return now.state
    worth = max((rate.effective_n for rate in base_rates), default=0.0)
    torn = extent[0] < APART[0] and extent[1] > APART[1]
    if torn or (years < FEW_YEARS and worth < FEW_EPISODES):
        return "cannot tell"
    return likelihood(chance)


def _row(
    role: str,
    item: str,
    value: float,
    unit: str,
    source: str,
    ends: tuple[float, float] = (math.nan, math.nan),
) -> Row:
    cells = (role, item, float(value), float(ends[0]), float(ends[1]), unit, source)
    return dict(zip(COLUMNS, cells, strict=True))


def _standing(now: Standing, by: int, source: str, prices: pd.Series | None) -> list[Row]:
    last = now.last_musd
    rows = [
        _row("standing", "year judged", by, "year", "the target" if now.target.deadline else
             f"none was named: {OPEN_ENDED} years ahead"),
        _row("standing", "last full year", now.last_year, "year", source),
        _row("standing", "turnover of the last full year", last, "US$ million", source),
        _row("standing", "share of the target", 1 / now.multiple, "share", source),
    ]  # fmt: skip
    if now.required is None:
        return rows
    rows.append(_row("standing", "growth needed a year", now.required, "a year", source))
    if prices is not None and now.required > 0:
        first, final = prices.index[-1 - PACE_YEARS], prices.index[-1]
        pace = math.log(prices.iloc[-1] / prices.loc[first]) / PACE_YEARS
        words = f"US consumer prices, {first}-{final}"
        rows += [
            _row("standing", "US inflation a year", math.expm1(pace), "a year", words),
            _row("standing", "share of it that US inflation alone gives",
                 pace / math.log1p(now.required), "share", words),
        ]  # fmt: skip
    return rows


def _headline(
    headline: Forecast, now: Standing, by: int, chance_in: float, chance_ever: float
) -> list[Row]:
    goal, source = now.target.value_musd, headline.name
    column = headline.years.index(by)
    final = headline.paths[:, column]
    short = goal - final[final < goal]
    passage = headline.first_passage(goal)
    half = passage.loc[passage["by"] >= 0.5, "year"]
    ends = tuple(headline.quantile([0.1, 0.9])[:, column])
    rows = [
        _row("headline", f"growth model, in {by}", chance_in, "probability", source),
        _row("ever", f"growth model, ever by {by}", chance_ever, "probability", source),
        _row("context", f"turnover in {by}", np.median(final), "US$ million", source, ends),
        _row("context", f"shortfall in {by}, if it is missed", short.mean() if short.size else 0.0,
             "US$ million", source),
        _row("context", f"year by which it is as likely as not (missing: after "
             f"{headline.years[-1]})", half.iloc[0] if len(half) else math.nan, "year", source),
    ]  # fmt: skip
    if now.target.deadline is None:
        rows += [
            _row("by year", f"reached by {int(row.year)}", row.by, "probability", source)
            for row in passage.itertuples()
        ]
    return rows


def _others(others: Sequence[Forecast], goal: float, by: int) -> list[Row]:
    return [
        _row("range", f"{f.name.replace('_', ' ')} forecast",
             f.probability(goal, year=by), "probability", f.name)
        for f in others
    ]  # fmt: skip


def _variants(variants: Mapping[str, float]) -> list[Row]:
    return [
        _row("range", f"growth model, {name}", chance, "probability", "growth model")
        for name, chance in variants.items()
    ]


def _base_rates(base_rates: Sequence[BaseRate]) -> list[Row]:
    return [
        _row("range", f"like pairs, {'constant' if rate.real else 'current'} dollars", rate.share,
             "probability", rate.reference_class.words(), rate.interval())
        for rate in base_rates
    ]  # fmt: skip


def _shifted(chance: float, shift: tuple[float, float, float] | None) -> list[Row]:
    """The headline with its odds moved as those of pledges were."""
    if shift is None:
        return []
    odds = chance / (1 - chance) if chance < 1 else math.inf
    moved = [1.0 if math.isinf(odds) else 1 / (1 + math.exp(-s) / odds) if odds else 0.0
             for s in shift]  # fmt: skip
    words = "announced targets against like pairs"
    item = "growth model, shifted as pledges were"
    return [_row("range", item, moved[0], "probability", words, (moved[1], moved[2]))]


def _reasons(replaced: Mapping[str, float]) -> list[Row]:
    """The signals whose replacement by what is usual moves the headline most."""
    moves = {k: replaced[UNTOUCHED] - p for k, p in replaced.items() if k != UNTOUCHED}
    largest = sorted(moves, key=lambda name: -abs(moves[name]))[:REASONS]
    return [
        _row("reason", name, moves[name], "probability moved", "against what is usual")
        for name in largest
    ]


def _official(now: Standing, history: pd.DataFrame) -> list[Row]:
    """What the official progress methods say, from the last full year before the announcement."""
    first, last, deadline = int(history["year"].min()), now.last_year, now.target.deadline
    announced = now.target.announced
    base = max(first, announced.year - 1) if announced is not None else first
    if deadline is None or not base < min(last, deadline):
        return []
    found = progress(history, now.target, base_year=base)
    return [
        _row("context", f"{row.method} since {row.base_year}: {row.status}", row.ratio, "ratio",
             METHODS[row.method].reference)
        for row in found.itertuples()
    ]  # fmt: skip


def _flows(history: pd.DataFrame, source: str) -> list[Row]:
    last = history.iloc[-1]
    sides = {"export_musd": "exports of", "import_musd": "imports of"}
    return [
        _row("context", f"{words} {codes.name(last['reporter'])}, {int(last['year'])}",
             last[column], "US$ million", source)
        for column, words in sides.items()
        if column in history and "reporter" in history and pd.notna(last[column])
    ]  # fmt: skip


def _nowcast(nowcast: Nowcast | None) -> list[Row]:
    if nowcast is None:
        return []
    item = f"{nowcast.year} from {nowcast.months}{MONTHS}{nowcast.part_musd:,.1f}m"
    return [
        _row("context", item, nowcast.median_musd, "US$ million", nowcast.chosen,
             nowcast.interval(80))
    ]  # fmt: skip


def _pledged(pledges: PledgeRate | None) -> list[Row]:
    if pledges is None:
        return []
    item = f"announced targets that asked about as much and were on time, of {pledges.n}"
    return [_row("context", item, pledges.share, "share", "registry of targets", pledges.interval)]


def _ceiling(check: Ceiling | None) -> list[Row]:
    """What size and distance predict, and how usual it is to lie so far above."""
    if check is None:
        return []
    own, source = check.potential, "gravity, PPML with exporter-year and importer-year effects"
    gdp = check.by_gdp
    like = f"{check.episodes:,} pairs as far above theirs, four years later"
    return [
        _row("ceiling", POTENTIAL, own.musd, "US$ million", source, own.interval()),
        *([] if gdp is None else [_row("ceiling", BY_GDP, gdp.musd, "US$ million",
          "gravity, PPML with GDPs at official rates", gdp.interval())]),
        _row("ceiling", "year of these potentials", own.year, "year", source),
        _row("ceiling", "turnover then, times its potential", own.ratio, "times", source),
        _row("ceiling", TIMES, check.multiple, "times", source),
        _row("ceiling", "pairs less far above theirs than the target would be",
             check.below_target, "share", "all pairs that trade, 2004-2016"),
        _row("ceiling", "pairs as far above that rose further", check.rose, "share", like,
             check.rose_range),
        _row("ceiling", "pairs as far above that rose as much as the target asks", check.reached,
             "share", like),
    ]  # fmt: skip


def _percent(probability: float) -> str:
    """A probability in percent, no finer than it can be known."""
    if probability < 0.01:
        return "under 1%"
    return "over 99%" if probability > 0.99 else f"{probability:.0%}"


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
