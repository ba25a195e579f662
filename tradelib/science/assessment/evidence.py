"""Estimates of the probability that turnover in a year is at least a value, by several methods.

The headline is the growth model's estimate alone. The *range* spans other estimates of the same
event, and not the headline, in four groups: the growth model on other data; pairs of the same size,
in current and in constant dollars; the random walk, to which all other simple forecasters lose on
other pairs; and the growth model as it was in older vintages. The headline may lie outside. The
range is not an interval. What became of announced targets is not part of it: compared with like
pairs, no certain effect of a pledge is left (`tradelib.pledge_effect`).

A *reason* is the headline with a signal replaced by its value for the average pair of that size,
and those before it in the list too. Their moves add up from a usual target's chance to the
headline.
An *era* is the headline if the coming years are like the best, the middle or the worst third of
past ones. It is conditional, and so not part of the range.

Each kind is a field of `Estimates`, and its numbers are rows of one role in `Verdict.evidence`:

=====================================  =======  ======  ========================  ================
kind                                   field    role    unit                      what it moves
=====================================  =======  ======  ========================  ================
another estimate of the same event     others   range   probability               range, and words
the headline with signals replaced     reasons  reason  probability moved         nothing
the headline in a third of past eras   eras     era     probability, US$ million  nothing
=====================================  =======  ======  ========================  ================

A number that is none of these (another condition, another event, a fact) needs no class here: it is
a function of ``rows.py``, and moves nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from tradelib.core.checks import joined
from tradelib.core.labels import label
from tradelib.core.numeric import Floats
from tradelib.core.records import Record
from tradelib.science.assessment.case import Case, InformationSet, OtherData
from tradelib.science.forecasting.bloc_sums import summed
from tradelib.science.forecasting.exchange import Exchange
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.forecasting.growth_model import MAX_HORIZON, GrowthModel
from tradelib.science.forecasting.nowcast import Nowcast
from tradelib.science.forecasting.predictive import (
    Outlook,
    as_usual,
    as_usual_by_year,
    in_eras,
    outlook,
    outlooks,
    outlooks_by_year,
    told_in,
)
from tradelib.science.forecasting.predictors import MIN_YEARS
from tradelib.science.forecasting.simple import walk_chance
from tradelib.science.reference.base_rate import class_uncertainty
from tradelib.science.reference.growth_tables import Cells, share_curve
from tradelib.science.reference.windows import NoEpisodesError, ReferenceClass

# Lower and upper end of a chance, and the number of independent cases it rests on.
Uncertainty: TypeAlias = tuple[float, float, float]
# Source of an era so long that the panels hold too few of them.
SHARED_GROWTH = "growth that all pairs share (World Bank, GDP of 1960-2023)"
# Thirds of past eras, in the growth model's order.
ERAS = ("best", "middle", "worst")
OTHER_DATA, OTHER_PAIRS, OTHER_METHODS = "other data", "other pairs", "other methods"
OLDER_MODELS = "older models"
# Source of a reason, for readers.
AGAINST_USUAL = "against what is usual"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate(Record):
    """One method's estimate of the chance that turnover is at least a value.

    Values are in millions of the target's currency.

    Attributes
    ----------
    key, item, source : str
        Its name in code, its name for readers, and its source.
    group : str
        In the range: ``other data``, ``other pairs``, ``other methods`` or ``older models``. Empty
        for all else.
    """

    key: str
    item: str
    source: str
    group: str = ""

    def chance(self, values: Floats, year: int) -> Floats:
        """P(turnover in `year` >= value), by value; missing where there is none.

        A reason may answer another question than its values ask, as `ByUsualGrowth` does.
        """
        raise NotImplementedError

    def uncertainty(self, value: float, year: int) -> Uncertainty | None:
        """Ends of the chance of one value and its independent cases; None if unknown.

        A verdict shows the ends; the number of cases is that of `tradelib.base_rate`.
        """
        del value, year
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByModel(Estimate):
    """The growth model's estimate from some data.

    Attributes
    ----------
    outlook : Outlook
        The growth model on these data.
    """

    outlook: Outlook

    def chance(self, values: Floats, year: int) -> Floats:
        """P(turnover in `year` >= value), by value; missing beyond the horizon."""
        if year - self.outlook.first > MAX_HORIZON:
            return np.full(np.shape(values), np.nan)
        return self.outlook.chance(values, year)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByUsualGrowth(Estimate):
    """The growth model's estimate for a target that asks for the usual growth a year.

    A reason, not an estimate of the event that is judged: it has a target of its own. Growth starts
    from the history's last year, the same in `outlook` and in `Case.now`, with a nowcast too.

    Attributes
    ----------
    outlook : Outlook
        The growth model on the pair's history.
    growth : float
        Growth that targets usually ask, fraction a year from the last year known.
    """

    outlook: Outlook
    growth: float

    def chance(self, values: Floats, year: int) -> Floats:
        """Probability of that growth up to `year`: the same whatever the values.

        Missing beyond the horizon.
        """
        if year - self.outlook.first > MAX_HORIZON:
            return np.full(np.shape(values), np.nan)
        years = year - self.outlook.origin
        level = self.outlook.last_musd * (1 + self.growth) ** years
        return self.outlook.chance(np.full(np.shape(values), level), year)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByLikePairs(Estimate):
    """The share of pairs of the same size that grew as much.

    Attributes
    ----------
    last_year : int
        Last year known of the pair.
    last_musd : float
        Its turnover in that year, US$ million.
    cells : mapping of int to Cells
        Growth table of all pairs, by horizon in years.
    prices : Series or None
        US price index by year, for growth in constant dollars; None for current dollars.
    per_usd : float
        Units of the target's currency per US dollar in the last year.
    """

    last_year: int
    last_musd: float
    cells: Mapping[int, Cells]
    prices: pd.Series | None
    per_usd: float

    @property
    def _last(self) -> float:
        """Turnover of the last year in the target's currency, million."""
        return self.last_musd * self.per_usd

    def chance(self, values: Floats, year: int) -> Floats:
        """Share of like pairs, by value; missing where the table does not reach."""
        horizon = year - self.last_year
        if horizon not in self.cells:
            return np.full(np.shape(values), np.nan)
        try:
            if np.size(values) == 1:
                return np.array([self._rate(float(values[0]), year)[0]])
            multiples = np.asarray(values) / self._last
            return share_curve(
                self.cells[horizon],
                self._like,
                multiples=multiples,
                horizon=horizon,
                prices=self.prices,
            )
        except NoEpisodesError:
            return np.full(np.shape(values), np.nan)

    def uncertainty(self, value: float, year: int) -> Uncertainty:
        """Ends of that share, and its independent cases."""
        return self._rate(value, year)[1:]

    @property
    def _like(self) -> ReferenceClass:
        """Pairs of the same size."""
        return ReferenceClass(size_musd=self.last_musd)

    def _rate(self, value: float, year: int) -> tuple[float, float, float, float]:
        """The share, its ends and its independent cases."""
        horizon = year - self.last_year
        return class_uncertainty(
            self.cells[horizon],
            self._like,
            multiple=value / self._last,
            horizon=horizon,
            prices=self.prices,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByRandomWalk(Estimate):
    """The log random walk: growth of 0 on average, with swings as large as the pair's own.

    Attributes
    ----------
    history : DataFrame
        ``year``, ``turnover_musd`` (million of the target's currency).
    nowcast : Nowcast or None
        Of the year after the history's last.
    """

    history: pd.DataFrame
    nowcast: Nowcast | None

    def chance(self, values: Floats, year: int) -> Floats:
        """P(turnover in `year` >= value), by value."""
        return walk_chance(self.history, values, year=year, nowcast=self.nowcast)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimates(Record):
    """All estimates on one case; `judge` makes of them a verdict, with the table `evidence`.

    Attributes
    ----------
    outlook : Outlook
        The growth model on the pair's history: the headline.
    others : sequence of Estimate
        Other ways to estimate the headline: they make the range.
    reasons : sequence of Estimate
        The headline with one signal replaced by its usual value.
    eras : sequence of ByModel
        The headline in the best, the middle and the worst third of past eras.
    """

    outlook: Outlook
    others: Sequence[Estimate]
    reasons: Sequence[Estimate]
    eras: Sequence[ByModel] = ()


def estimate_all(cases: Sequence[Case], *, whole: bool = True) -> list[Estimates]:
    """All estimates on cases that share one day.

    Parameters
    ----------
    cases : sequence of Case
        Targets on the same day.
    whole : bool
        False for the headline only, without range, reasons and eras.

    Returns
    -------
    list of Estimates
        One for each case, in their order. The growth model runs once, on all cases together.
    """
    if not cases:
        return []
    forecasts = _headlines(cases, cases[0].information.model)
    if not whole:
        return [Estimates(outlook=forecast, others=[], reasons=[]) for forecast in forecasts]
    return [_estimates(case, forecast) for case, forecast in zip(cases, forecasts, strict=True)]


def _headlines(cases: Sequence[Case], model: GrowthModel) -> list[Outlook]:
    """A growth model on cases: on pairs in one pass; of a bloc on its pairs, which are summed."""
    alone = [case for case in cases if case.parts is None]
    of_pairs = iter(
        outlooks(
            [case.dollars for case in alone],
            model=model,
            nowcasts=[case.nowcast for case in alone],
            other_sources=[joined(case.history) for case in alone],
        )
    )
    forecasts = []
    for case in cases:
        if case.parts is None:
            forecast = next(of_pairs)
        else:
            parts = case.parts
            of_parts = outlooks_by_year(parts.history, parts.other_source, model)
            forecast = summed(of_parts, parts.dependence)
        forecasts.append(told_in(forecast, case.exchange))
    return forecasts


def _outlooks(
    data: Sequence[OtherData], exchanges: Sequence[Exchange | None], information: InformationSet
) -> list[Outlook]:
    """The day's growth model on histories and their nowcasts, in one pass."""
    return outlooks(
        [item.history for item in data],
        model=information.model,
        nowcasts=[item.nowcast for item in data],
        other_sources=[joined(item.history) for item in data],
        exchanges=exchanges,
    )


def headline(
    case: Case, estimates: Estimates, values: Floats, year: int, *, paths: Forecast | None = None
) -> tuple[Floats, Floats]:
    """The growth model's probabilities, in a year and in any year up to it.

    Parameters
    ----------
    case : Case
        The target on a day.
    estimates : Estimates
        Its estimates.
    values : array (n_values,)
        Turnover, millions of the target's currency.
    year : int
        After the last year known.
    paths : Forecast, optional
        Paths of the outlook, to draw them once for several calls.

    Returns
    -------
    within, ever : arrays (n_values,)
        P(turnover in `year` >= value), and P(turnover in any year up to `year` >= value); the
        second is 1 for what was reached since the announcement.
    """
    forecast = estimates.outlook
    within = forecast.chance(values, year)
    if np.size(values) == 1:
        step = year - forecast.origin - 1
        ever = forecast.passage(float(values[0]))[[step]]
    else:
        paths = paths or forecast.paths(MAX_HORIZON)
        ever = paths.chance(values, year=year, ever=True)
    reached = case.seen_musd(year) >= values
    return within, np.where(reached, 1.0, np.maximum(within, ever))


def estimates_at(estimates: Estimates, values: Floats, year: int) -> list[Floats]:
    """Chance of each value (million) in `year`, by each estimate of the range."""
    return [estimate.chance(values, year) for estimate in estimates.others]


def estimate_range(values: Floats, others: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Lowest and highest chance of each value, by the other estimates; missing where none is."""
    none = np.full(np.shape(values), np.nan)
    chances = np.array([none, *others])
    return np.fmin.reduce(chances, axis=0), np.fmax.reduce(chances, axis=0)


def _estimates(case: Case, forecast: Outlook) -> Estimates:
    """All estimates on a case.

    Other data and the random walk are among them only if the pair's own recent years carry the
    forecast (`Outlook.kind`); if these years are old or missing, like pairs and older models alone.
    """
    others: list[Estimate] = [*like_pairs(case)]
    if forecast.kind == "own recent":
        others = [*_other_data(case), *others, *_random_walk(case)]
    others += _older_models(case)
    return Estimates(
        outlook=forecast,
        eras=_eras(case, forecast),
        reasons=_reasons(case, forecast),
        others=others,
    )


def _random_walk(case: Case) -> list[Estimate]:
    """The random walk, if the history has no gap, and one source with the nowcast's."""
    nowcast = case.nowcast
    if not case.unbroken or (nowcast is not None and nowcast.basis.other_source):
        return []
    return [
        ByRandomWalk(
            key="naive",
            item="assuming no change on average",
            source="the same history",
            group=OTHER_METHODS,
            history=case.history,
            nowcast=case.nowcast,
        )
    ]


def _other_data(case: Case) -> list[Estimate]:
    """The growth model on other data for the same pair; of a bloc on the sum as if it were one."""
    others = case.others
    if case.parts is not None:
        others = [OtherData("as_one_pair", "the sum as if it were one pair", case.dollars, None)]
    forecasts = _outlooks(others, [case.exchange] * len(others), case.information)
    return [
        ByModel(
            key=other.key,
            item=other.item,
            source=label("panel_growth"),
            group=OTHER_DATA,
            outlook=forecast,
        )
        for other, forecast in zip(others, forecasts, strict=True)
    ]


def _older_models(case: Case) -> list[Estimate]:
    """The growth model in each older vintage, on the same data."""
    return [
        ByModel(
            key=f"model_{model.known_from}",
            item=f"the growth model as it was on {model.known_from}",
            source=label("panel_growth"),
            group=OLDER_MODELS,
            outlook=_headlines([case], model)[0],
        )
        for model in case.information.older_models
    ]


def like_pairs(case: Case) -> list[ByLikePairs]:
    """Pairs of the same size, in current and in constant dollars."""
    return [
        _like_pairs_in(case, "like_pairs", "dollars of the day", None),
        _like_pairs_in(case, "like_pairs_real", "constant dollars", case.information.deflator),
    ]


def _like_pairs_in(case: Case, key: str, money: str, prices: pd.Series | None) -> ByLikePairs:
    """Share of pairs of the same size that grew as much, in one kind of money."""
    last = case.last_dollars
    return ByLikePairs(
        key=key,
        item=f"pairs of the same size, in {money}",
        source=ReferenceClass(size_musd=last).words(),
        group=OTHER_PAIRS,
        last_year=case.now.last_year,
        last_musd=last,
        cells=case.information.growth,
        prices=prices,
        per_usd=case.per_usd(case.now.last_year),
    )


def _reasons(case: Case, forecast: Outlook) -> list[Estimate]:
    """The headline with its signals replaced by usual values, one after another.

    Each keeps what was replaced before it, so that what they do to the chance adds up.
    """
    reasons: list[ByModel] = []
    if case.nowcast is not None and len(case.history) >= MIN_YEARS:
        reasons.append(_without_months(case))
        forecast = reasons[-1].outlook
    reasons += _usual_signals(case, forecast)
    if reasons:
        forecast = reasons[-1].outlook
    if case.ahead > 0 and case.now.reached is None:
        return [*reasons, _usual_growth(case, forecast)]
    return list(reasons)


def _usual_signals(case: Case, forecast: Outlook) -> list[ByModel]:
    """The forecast with signals as is usual; empty for a nowcast's own year.

    Of a bloc the signal is replaced in each of its pairs.
    """
    if forecast.first >= case.by:
        return []
    items = {"dollar": f"the dollar's swing up to {forecast.first}"}
    if forecast.kind == "own recent" and case.parts is None:
        items |= {"move": "its recent move", "volatility": "how much its trade swings"}
    elif forecast.kind == "own recent":
        items |= {
            "move": "its pairs' recent moves",
            "volatility": "how much trade of its pairs swings",
        }
    usual = _usual_sums(case) if case.parts is not None else _usual_pair(case, forecast)
    return [
        ByModel(key=key, item=items[key], source=AGAINST_USUAL, outlook=replaced)
        for key, replaced in usual.items()
        if key in items
    ]


def _usual_pair(case: Case, forecast: Outlook) -> dict[str, Outlook]:
    """The forecast of a pair with one signal replaced, by signal."""
    return as_usual(
        forecast,
        case.dollars,
        model=case.information.model,
        other_source=joined(case.history),
        exchange=case.exchange,
    )


def _usual_sums(case: Case) -> dict[str, Outlook]:
    """The forecast of a bloc with one signal of each of its pairs replaced, by signal."""
    parts = case.parts
    if parts is None:
        return {}
    model = case.information.model
    given = (parts.history, parts.other_source, model)
    usual = as_usual_by_year(outlooks_by_year(*given), *given)
    return {
        name: told_in(summed(of_parts, parts.dependence), case.exchange)
        for name, of_parts in usual.items()
    }


def _usual_growth(case: Case, forecast: Outlook) -> Estimate:
    """The headline if the target asked for the growth that targets usually ask."""
    usual = float(case.information.pledges.scored["asked"].median())
    needed = f"the growth needed, {case.required_growth:.0%} a year"
    return ByUsualGrowth(
        key="asked",
        item=f"{needed} where targets usually ask {usual:.0%}",
        source=AGAINST_USUAL,
        outlook=forecast,
        growth=usual,
    )


def _without_months(case: Case) -> ByModel:
    """The headline without the nowcast."""
    model = case.information.model
    alone = outlook(case.dollars, model=model, other_source=joined(case.history))
    return ByModel(
        key="months",
        item="the months published so far",
        source=AGAINST_USUAL,
        outlook=told_in(alone, case.exchange),
    )


def _era_source(start_years: str) -> str:
    """Where the third of an era comes from: start years of panels, or what all pairs share."""
    return f"start years {start_years}" if start_years else SHARED_GROWTH


def _eras(case: Case, forecast: Outlook) -> list[ByModel]:
    """The headline in each third of past eras; empty for a nowcast's year."""
    model = case.information.model
    ahead = case.by - forecast.first
    if not model.eras or not 0 < ahead <= MAX_HORIZON:
        return []
    thirds = zip(ERAS, in_eras(forecast, model.eras), model.era_starts, strict=True)
    return [
        ByModel(
            key=f"era_{name}",
            item=f"if coming years are like the {name} third of past ones",
            source=_era_source(starts[ahead - 1]),
            outlook=moved,
        )
        for name, moved, starts in thirds
    ]
