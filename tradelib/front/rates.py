"""How often: pairs by the bundled table, pledges by the bundled registry, or one's own."""

from collections.abc import Callable
from typing import Any, Unpack

import pandas as pd

from tradelib.bundle.figures import load_macro
from tradelib.bundle.learned import load_growth, load_pledge_peers, load_progress_record
from tradelib.bundle.registry import load_targets
from tradelib.bundle.tables import Day, dated
from tradelib.front.clock import past_day
from tradelib.front.gather import gather
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.science.outside.base_rate import BaseRate, class_rate, class_rates
from tradelib.science.outside.episodes import ReferenceClass
from tradelib.science.pledge import rates
from tradelib.science.pledge import record as records
from tradelib.science.pledge.chance import PledgeChance
from tradelib.science.pledge.effect import PledgeEffect, effect_of, like_pairs
from tradelib.science.pledge.rates import Class, PledgeRate
from tradelib.science.pledge.status import Filters, scored_pledges
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.rows import pledge_chance as chance_of


@dated
@validated
def base_rate(
    *,
    size_musd: float,
    multiple: float,
    horizon: int,
    ever: bool = False,
    real: bool = False,
    origins: tuple[int, int] | None = None,
    past: str = "any",
    among: str = "all",
    data: pd.DataFrame | None = None,
    as_of: Day | None = None,
) -> BaseRate:
    """How often pairs from half to double a size multiplied their turnover.

    Parameters
    ----------
    size_musd : float
        Turnover at the start, US$ million; the bundled table knows 4 to 65 536, 4 to 16 384 with
        `past` or `among`.
    multiple : float, turnover asked over turnover at the start
    horizon : int, years allowed, 1 to 10 in the bundled table; to 6 with `past` or `among`
    ever : bool, count pairs that reached the multiple in any year up to the horizon
    real : bool, multiply constant dollars (US GDP deflator), not current ones
    origins : tuple of int, optional, first and last start year
    past : str, class of growth over the three years before: any, fell, rose, doubled
    among : str, ``"all"``, ``"neighbours"`` or ``"former_soviet"`` pairs
    data : DataFrame, optional
        A panel of your own (``pair``, ``year``, ``turnover_musd``), which is exact, or a table of
        `tradelib.reference.growth_table`. Omitted: the bundled table, of all pairs in 2000-2016,
        known from the end of 2020.

    Returns
    -------
    BaseRate, with share, interval, counts, and every start year

    Examples
    --------
    >>> rate = base_rate(size_musd=254.3, multiple=3.93, horizon=5)
    >>> print(rate.summary())
    Of 13,932 past cases (pairs of US$127m to 509m), 8.9% multiplied by 3.93 in 5 years. ...
    """
    episodes = _own_or(load_growth, data, as_of, groups=True)
    like = ReferenceClass(size_musd=size_musd, origins=origins, past=past, among=among)
    prices = load_macro("gdp_deflator").set_index("year")["value"] if real else None
    return class_rate(episodes, like, multiple=multiple, horizon=horizon, ever=ever, prices=prices)


@validated
def base_rates(
    *,
    size_musd: float,
    multiple: float,
    horizon: int,
    data: pd.DataFrame | None = None,
    as_of: Day | None = None,
) -> pd.DataFrame:
    """The base rate over a grid of other ways to ask, so that no convenient one stands alone.

    One thing is varied at a time: the event (in the year, ever by it), the money, the horizon, the
    size, the width of the class, the era, past growth, and the group of pairs.

    Parameters
    ----------
    size_musd, multiple, horizon, data, as_of : as `base_rate` takes and refuses them

    Returns
    -------
    DataFrame
        A row a question: ``varied``, ``to`` (str), then the columns of `BaseRate.to_frame`. The
        first is the question as asked; what the data cannot answer is left out, and so are classes
        of fewer than 30 known episodes.

    Examples
    --------
    >>> grid = base_rates(size_musd=254.3, multiple=3.93, horizon=5)
    >>> grid.set_index("to").share.round(3)[["constant dollars", "neighbours"]].tolist()
    [0.069, 0.121]
    """
    episodes = _own_or(load_growth, data, as_of, groups=True)
    like = ReferenceClass(size_musd=size_musd)
    prices = load_macro("gdp_deflator").set_index("year")["value"]
    return class_rates(episodes, like, multiple=multiple, horizon=horizon, prices=prices)


@validated
def pledge_rate(
    targets: pd.DataFrame | None = None,
    *,
    level: float = 95,
    as_of: Day | None = None,
    **asked: Unpack[Class],
) -> PledgeRate:
    """How many announced targets like this one were met on time.

    Parameters
    ----------
    targets : DataFrame, optional, as `tradelib.load_targets` returns it; the bundled one if omitted
    growth, horizon, announced : float or (float, float), optional
        Growth asked a year (fraction), years from announcement to deadline, and year announced. A
        number picks its class (below 10 %, 10-15, 15-20, 20-30, 30 % and over; 0-2, 3-5, 6 years
        and over; before 2005, five years each, from 2020), two numbers are a band from and below.
        Any if omitted.
    region : str, optional, UN sub-region of either country, such as ``"Central Asia"``
    level : float, of the interval, percent
    as_of : str, date or Timestamp, optional, only pledges resolved and what was known by then
    **asked
        These four, and what `tradelib.pledges.scored_pledges` takes; its defaults are dated pledges
        of pairs whose deadline has passed, with baseline and outcome known, not replaced.

    Returns
    -------
    PledgeRate
        Its interval is Wilson's with the number of pledges divided by the design effect of pairs
        (never below 1). Where none or all were on time no effect can be estimated: a pair then
        counts as one pledge. Such intervals still cover a little too seldom (Franco et al.), and
        pledges of the same years share shocks, which no clustering by pair sees.

    Raises
    ------
    InputError, NoAnswerError
        If no pledge passes, or an argument is not what it must be.

    References
    ----------
    Franco, C., Little, R. J. A., Louis, T. A. and Slud, E. V. (2019), Comparative study of
    confidence intervals for proportions in complex sample surveys, *Journal of Survey Statistics
    and Methodology* 7, doi:10.1093/jssam/smy019.

    Examples
    --------
    >>> rate = pledge_rate(growth=0.256)
    >>> rate.on_time, rate.n, [round(end, 2) for end in rate.interval]
    (9, 67, [0.07, 0.24])
    """
    return rates.rate_of(_own_or(load_targets, targets, as_of), level=level, **asked)


@validated
def pledge_chance(target: Target, *, as_of: Day | None = None, level: float = 90) -> PledgeChance:
    """Chance that a pledge like this one is on time, by what became of others.

    A small regression on the registry's scored pledges: growth asked a year, years allowed, the
    year announced, and China. Growth is asked from the baseline that the registry has for the
    target or, if none, from the last year known before its announcement. Left out with all others
    of its pair, a pledge was foretold better than by the share of all: the Brier scores stand in
    ``data/pledge_model.json``. It says nothing of how the pair fares today; `assess` does.

    Parameters
    ----------
    target : Target, with a deadline
    as_of : str, date or Timestamp, optional, only pledges resolved by 30 June before
    level : float, of the interval, percent

    Returns
    -------
    PledgeChance

    Raises
    ------
    InputError, NoAnswerError
        If nothing is known of the pair, no deadline was named, or no growth is asked.

    Examples
    --------
    >>> from tradelib import article_target
    >>> found = pledge_chance(article_target())
    >>> round(found.chance, 2), [round(end, 2) for end in found.interval]
    (0.02, [0.01, 0.06])
    """
    return chance_of(gather(target, as_of), level=level)


@validated
def pledge_table(
    targets: pd.DataFrame | None = None,
    *,
    by: str = "growth",
    level: float = 95,
    as_of: Day | None = None,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """Rates on time class by class, and of all together.

    Parameters
    ----------
    targets, level, as_of, **filters : as `pledge_rate` takes and refuses them
    by : str
        ``"growth"`` asked a year, ``"horizon"``, ``"announced"`` (years), ``"region"`` (a pledge
        counts in the regions of both countries), ``"china"``, ``"batch"`` (which search found it),
        or ``"all"`` of these.

    Returns
    -------
    DataFrame
        A row a class, the last one ``all``: `by` (``kind`` and ``class`` for all), ``on_time``,
        ``n`` (int64), ``share``, ``low``, ``high`` (float64), ``pairs`` (int64) and
        ``n_effective`` (float64). A class without pledges has ``n`` zero and no share.

    Examples
    --------
    >>> pledge_table(by="china")[["china", "on_time", "n"]].to_numpy().tolist()
    [['with China', 43, 75], ['without China', 32, 218], ['all', 75, 293]]
    """
    return rates.rate_table(_own_or(load_targets, targets, as_of), by=by, level=level, **filters)


@validated
def pledge_sensitivity(
    targets: pd.DataFrame | None = None,
    *,
    level: float = 95,
    as_of: Day | None = None,
    **asked: Unpack[Class],
) -> pd.DataFrame:
    """The rate under each other choice of filter, one changed at a time.

    Parameters
    ----------
    targets, level, as_of, **asked
        As `pledge_rate` takes and refuses them: the first row uses them as they are.

    Returns
    -------
    DataFrame
        A row a choice: ``choice``, then the columns of `pledge_table`. A choice that leaves no
        pledge has ``n`` zero and no share.

    Examples
    --------
    >>> rates = pledge_sensitivity().set_index("choice")
    >>> rates.loc["baseline before the announcement", ["on_time", "n"]].tolist()
    [67, 256]
    """
    return rates.rate_sensitivity(_own_or(load_targets, targets, as_of), level=level, **asked)


@validated
def country_records(
    targets: pd.DataFrame | None = None, *, level: float = 90, as_of: Day | None = None
) -> pd.DataFrame:
    """Who keeps pledges: what became of each country's, beside pairs like them.

    A pledge takes two, so that it counts for both. Few are on record for most countries, the
    press is their source, and met goals are easier to find: no ranking rests on this.

    Parameters
    ----------
    targets, level, as_of : as `pledge_rate` takes them

    Returns
    -------
    DataFrame
        By ISO3 code, most scored first: ``name``, ``pledges``, ``scored``, ``on_time`` (int64);
        ``share`` on time drawn to that of all countries, the less there is to go by the more, and
        its ``low`` and ``high`` at `level`; ``compared`` pledges with like pairs, their
        ``compared_on_time``, and the share of ``like_pairs`` that got as far (missing without any).

    Examples
    --------
    >>> country_records().loc["KAZ", ["pledges", "scored", "on_time"]].tolist()
    [30, 7, 1]
    """
    own = _own_or(load_targets, targets, as_of)
    return records.country_records(own, load_pledge_peers(as_of=as_of), level=level)


@validated
def pledge_effect(
    targets: pd.DataFrame | None = None,
    *,
    data: pd.DataFrame | None = None,
    level: float = 90,
    as_of: Day | None = None,
) -> PledgeEffect:
    """How often pledges were on time, and real pairs like them got as far as soon without one.

    Like pairs start in the same year, from half to double the size, and are asked for the same
    multiple ever within as many years; where there are fewer than 30 there is no comparison.

    Parameters
    ----------
    targets, level, as_of
        As `pledge_rate` takes them; of the bundled pairs the first were known from the end of 2020.
    data : DataFrame, optional
        A panel of your own (``pair``, ``year``, ``turnover_musd``) in which like pairs are counted.
        Omitted: the bundled counts, of the registry's targets and all pairs in 2000-2016.

    Returns
    -------
    PledgeEffect, of the pledges that `pledge_rate` counts

    Raises
    ------
    InputError, NoAnswerError
        If no pledge has like pairs, or they were not known by `as_of`.

    Examples
    --------
    >>> found = pledge_effect()
    >>> found.n, round(found.share, 2), round(found.expected, 2)
    (157, 0.36, 0.13)
    """
    own = _own_or(load_targets, targets, as_of)
    peers = load_pledge_peers(as_of=as_of) if data is None else like_pairs(own, data)
    return effect_of(scored_pledges(own), peers, level=level)


@dated
@validated
def progress_record(
    *,
    method: str | None = None,
    status: str | None = None,
    multiple: float | None = None,
    span: int | None = None,
    left: int | None = None,
    size: str | None = "all",
    as_of: Day | None = None,
) -> pd.DataFrame:
    """How often what an official progress method said of a target came true.

    Every pair was given, from every year of 2000-2011, targets of 1.5, 2 and 4 times its turnover
    in 5 and 10 years, and each method of `progress` was called in every year on the way.

    Parameters
    ----------
    method, status, multiple, span, left : optional
        Keep this method, what it said (``any``: all together), target over turnover at the start,
        years allowed and years left at the call.
    size : str or None
        Turnover at the start: ``under 20m`` (and above 1m), ``20m to 200m``, ``200m to 2bn``,
        ``over 2bn``, or ``all`` of them; each in turn if None.

    Returns
    -------
    DataFrame
        These columns, ``n`` calls, ``missing`` (more, of whom a value is not known), ``starts``
        (years), ``share`` at or above the target *in* the deadline year, its ``low`` and ``high``
        (90 %, from whole start years), ``ever`` (at or above it in any year by then), ``chance``
        (mean, of a growth model that saw nothing after the call), and Brier scores: ``brier_call``
        (of the shares of other start years) and ``brier_model``.

    Examples
    --------
    >>> found = progress_record(method="un_2026", multiple=2, span=5, left=3)
    >>> found.set_index("status").share.round(2)[["on track", "regression"]].tolist()
    [0.48, 0.15]
    """
    found = load_progress_record(as_of=past_day(as_of)).drop(columns="note")
    asked = {"method": method, "status": status, "multiple": multiple, "span": span, "left": left}
    for column, value in {**asked, "size": size}.items():
        kept = found if value is None else found[found[column] == value]
        if kept.empty:
            there = ", ".join(map(str, found[column].unique()))
            raise InputError(f"the record has no {column} {value!r} there; it has {there}")
        found = kept
    return found.reset_index(drop=True)


def _own_or(
    load: Callable[..., pd.DataFrame], own: pd.DataFrame | None, as_of: Day | None, **options: Any
) -> pd.DataFrame:
    """One's own data, or the bundled as of a day."""
    if own is None:
        return load(as_of=past_day(as_of), **options)
    if as_of is not None:
        why = "as_of is a day of the bundled data; cut your own and leave it out"
        raise InputError(f"{why}, got {as_of}")
    return own
