"""How often pairs grew as much, and how often pledges were met.

By default from the bundled growth table and the bundled registry of targets.
"""

from collections.abc import Callable
from typing import Any, Unpack

import pandas as pd

from tradelib.api.clock import past_day
from tradelib.api.gather import gather
from tradelib.core.errors import InputError
from tradelib.core.validation import validated
from tradelib.datasets.figures import load_macro
from tradelib.datasets.models import load_growth, load_pledge_peers, load_progress_record, replay
from tradelib.datasets.tables import Day
from tradelib.datasets.targets import load_targets
from tradelib.science.assessment.table import chance_of
from tradelib.science.pledges import countries as records
from tradelib.science.pledges import rates
from tradelib.science.pledges.chance import PledgeChance
from tradelib.science.pledges.effect import PledgeEffect, effect_of, like_pairs
from tradelib.science.pledges.rates import Class, PledgeRate
from tradelib.science.pledges.status import Filters, scored_pledges
from tradelib.science.pledges.target import Target
from tradelib.science.pledges.track import TrackRecord, track_record_of
from tradelib.science.reference.base_rate import BaseRate, class_rate, class_rates
from tradelib.science.reference.windows import ReferenceClass


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
        Turnover at the start, US$ million. The bundled table covers 4 to 65 536; with `past` or
        `among`, 4 to 16 384.
    multiple : float
        Required turnover divided by turnover at the start.
    horizon : int
        Years allowed. The bundled table covers 1 to 10; with `past` or `among`, 1 to 6.
    ever : bool
        True counts pairs that reached the multiple in any year up to the horizon; False only those
        that had it in the last year.
    real : bool
        Whether constant dollars (US GDP deflator) are multiplied, not current ones.
    origins : tuple of int, optional
        First and last start year; all if omitted.
    past : str
        Class of growth over the three years before the start: ``"any"``, ``"fell"``, ``"rose"`` or
        ``"doubled"``.
    among : str
        ``"all"``, ``"neighbours"`` or ``"former_soviet"`` pairs.
    data : DataFrame, optional
        A panel of your own (``pair``, ``year``, ``turnover_musd``), from which the answer is exact,
        or a table of `tradelib.reference.growth_table`. If omitted, the bundled table of all pairs
        in 2000-2016, known from the end of 2020.
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted. Not with your own
        `data`.

    Returns
    -------
    BaseRate
        The share, its interval, counts, and the share of every start year.

    Raises
    ------
    InputError
        If an argument is out of range, or `as_of` is given with `data`, is not a valid date or lies
        in the future.
    NoAnswerError
        If the table or panel has no such pairs, or the table was not known by `as_of`.

    Examples
    --------
    >>> rate = base_rate(size_musd=254.3, multiple=3.93, horizon=5)
    >>> print(rate.summary())
    Of 13,932 past cases (pairs of US$127m to 509m), 8.9% grew to 3.93 times their size or more...
    """
    episodes = _own_or_bundled(load_growth, data, as_of, groups=True)
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
    """Base rates of the same question with one choice changed at a time.

    So that a convenient choice does not stand alone. Changed are: the event (in the year, or ever
    by it), the money (current or constant dollars), the horizon, the size, the width of the class,
    the period, past growth, and the group of pairs.

    Parameters
    ----------
    size_musd : float
        Turnover at the start, US$ million.
    multiple : float
        Required turnover divided by turnover at the start.
    horizon : int
        Years allowed.
    data : DataFrame, optional
        A panel of your own (``pair``, ``year``, ``turnover_musd``), from which the answer is exact,
        or a table of `tradelib.reference.growth_table`. If omitted, the bundled table of all pairs
        in 2000-2016, known from the end of 2020.
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted. Not with your own
        `data`.

    Returns
    -------
    DataFrame
        A row a question: ``varied`` (what is changed) and ``to`` (its value) as texts, then the
        columns of `BaseRate.to_frame`. The first row is the question as asked. Questions that the
        data cannot answer, and classes of fewer than 30 known episodes, are left out.

    Raises
    ------
    InputError, NoAnswerError
        As `base_rate` raises them.

    Examples
    --------
    >>> grid = base_rates(size_musd=254.3, multiple=3.93, horizon=5)
    >>> grid.set_index("to").share.round(3)[["constant dollars", "neighbours"]].tolist()
    [0.069, 0.121]
    """
    episodes = _own_or_bundled(load_growth, data, as_of, groups=True)
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
    targets : DataFrame, optional
        Targets as `tradelib.load_targets` returns them; the bundled registry if omitted.
    level : float
        Level of the interval, percent.
    as_of : str, date or Timestamp, optional
        Only pledges resolved by this day, and what was known by it, are used; all if omitted. Not
        with your own `targets`.
    **asked
        The class of targets, and which of them count; any if omitted:

        - ``growth`` (float or two floats): growth asked a year, fraction. Classes: below 10 %,
          10-15, 15-20, 20-30, 30 % and over.
        - ``horizon`` (float or two floats): years from announcement to deadline. Classes: 0-2, 3-5,
          6 years and over.
        - ``announced`` (float or two floats): year announced. Classes: before 2005, five years
          each, from 2020.
        - ``region`` (str): UN sub-region of either country, such as ``"Central Asia"``.
        - What `tradelib.pledges.scored_pledges` takes. By default these pledges count: of a pair,
          not replaced, with a deadline that has passed and with baseline and outcome known.

        Of the first three, one number means the class that it falls in; two numbers are a band, the
        first included, the second not.

    Returns
    -------
    PledgeRate
        The share met on time, with its Wilson interval for the effective number of pledges: their
        number divided by the design effect of clustering by pair (never below 1). If none or all
        were on time, that effect cannot be estimated, and a pair counts as one pledge. Such
        intervals still cover a little too seldom (Franco et al.), and pledges of the same years
        share shocks, which clustering by pair does not capture.

    Raises
    ------
    InputError
        If an argument is out of range, or `as_of` is given with your own targets.
    NoAnswerError
        If no pledge passes the filters, or none was announced by `as_of`.

    References
    ----------
    Franco, C., Little, R. J. A., Louis, T. A. and Slud, E. V. (2019), Comparative study of
    confidence intervals for proportions in complex sample surveys, *Journal of Survey Statistics
    and Methodology* 7, doi:10.1093/jssam/smy019.

    Examples
    --------
    >>> rate = pledge_rate(growth=0.256)
    >>> rate.on_time, rate.n, [round(end, 2) for end in rate.interval]
    (11, 77, [0.08, 0.24])
    """
    registry = _own_or_bundled(load_targets, targets, as_of)
    return rates.rate_of(registry, level=level, **asked)


@validated
def pledge_chance(target: Target, *, as_of: Day | None = None, level: float = 90) -> PledgeChance:
    """Chance that a pledge like this one is met on time, as of the day of its announcement.

    A small logistic regression on the registry's scored pledges, with four predictors: growth asked
    a year, years allowed, whether China is one of the two, and the five years in which it was
    announced. Growth is asked from the baseline that the registry has for the target or, if it has
    none, from the last year known before the announcement. It knows nothing of the pair's trade
    since. It is no second opinion on the chance of `assess`: judged forward it is much worse than
    the growth model (`PledgeChance.scores`), because the next five years are not like the last.

    Parameters
    ----------
    target : Target
        A target with a deadline.
    as_of : str, date or Timestamp, optional
        Only pledges resolved by 30 June before this day are used; all if omitted.
    level : float
        Level of the interval, percent.

    Returns
    -------
    PledgeChance
        The chance, its interval, and what it is based on.

    Raises
    ------
    InputError
        If `as_of` is not a valid date or lies in the future, or `level` is out of range.
    NoAnswerError
        If nothing is known of the pair, no deadline was named, no growth is asked, or the models
        were not known by `as_of`.

    Examples
    --------
    >>> from tradelib import article_target
    >>> estimate = pledge_chance(article_target())
    >>> estimate.years, bool(estimate.interval[0] < estimate.chance < estimate.interval[1])
    (5, True)
    """
    return chance_of(gather(target, as_of), level=level)


@validated
def track_record(*, as_of: Day | None = None) -> TrackRecord:
    """How good the model's chances of pledges would have been, asked again on past days.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only pledges whose outcome could be known by this day count; all if omitted.

    Returns
    -------
    TrackRecord
        Its rows (`tradelib.replay`), scores by slice, and what came by class of chances.

    Raises
    ------
    InputError
        If `as_of` is not a valid date, or lies in the future.
    NoAnswerError
        If none was resolved by `as_of`.

    Examples
    --------
    >>> record = track_record()
    >>> every = record.scores.iloc[0]
    >>> bool(every.brier_same < 0.6 * every.brier_constant)
    True
    """
    return track_record_of(replay(as_of=past_day(as_of)))


@validated
def pledge_table(
    targets: pd.DataFrame | None = None,
    *,
    by: str = "growth",
    level: float = 95,
    as_of: Day | None = None,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """Share of pledges met on time by class, and of all together.

    Parameters
    ----------
    targets : DataFrame, optional
        Targets as `tradelib.load_targets` returns them; the bundled registry if omitted.
    by : str
        ``"growth"`` (asked a year), ``"horizon"``, ``"announced"`` (years), ``"region"`` (a pledge
        counts in the regions of both countries), ``"china"``, ``"batch"`` (which search found it),
        or ``"all"`` of these.
    level : float
        Level of the interval, percent.
    as_of : str, date or Timestamp, optional
        Only pledges resolved by this day, and what was known by it, are used; all if omitted. Not
        with your own `targets`.
    **filters
        Which pledges count, as `tradelib.pledges.scored_pledges` takes it.

    Returns
    -------
    DataFrame
        A row a class, the last one ``all``: `by` (``kind`` and ``class`` for all), ``on_time``,
        ``n`` (int64), ``share``, ``low``, ``high`` (float64), ``pairs`` (int64) and
        ``n_effective`` (float64). A class without pledges has ``n`` zero and no share.

    Raises
    ------
    InputError
        If `by` is none of these, another argument is out of range, or `as_of` is given with your
        own targets.
    NoAnswerError
        If none was announced by `as_of`.

    Examples
    --------
    >>> pledge_table(by="china")[["china", "on_time", "n"]].to_numpy().tolist()
    [['with China', 42, 77], ['without China', 39, 260], ['all', 81, 337]]
    """
    registry = _own_or_bundled(load_targets, targets, as_of)
    return rates.rate_table(registry, by=by, level=level, **filters)


@validated
def pledge_sensitivity(
    targets: pd.DataFrame | None = None,
    *,
    level: float = 95,
    as_of: Day | None = None,
    **asked: Unpack[Class],
) -> pd.DataFrame:
    """Share of pledges met on time with one filter changed at a time.

    Parameters
    ----------
    targets : DataFrame, optional
        Targets as `tradelib.load_targets` returns them; the bundled registry if omitted.
    level : float
        Level of the interval, percent.
    as_of : str, date or Timestamp, optional
        Only pledges resolved by this day, and what was known by it, are used; all if omitted. Not
        with your own `targets`.
    **asked
        The class of targets, and which of them count, as `pledge_rate` takes it. The first row uses
        them unchanged.

    Returns
    -------
    DataFrame
        A row a choice: ``choice``, then the columns of `pledge_table`. A choice that leaves no
        pledge has ``n`` zero and no share.

    Raises
    ------
    InputError
        If an argument is out of range, or `as_of` is given with your own targets.
    NoAnswerError
        If none was announced by `as_of`.

    Examples
    --------
    >>> rates = pledge_sensitivity().set_index("choice")
    >>> rates.loc["baseline before the announcement", ["on_time", "n"]].tolist()
    [80, 333]
    """
    registry = _own_or_bundled(load_targets, targets, as_of)
    return rates.rate_sensitivity(registry, level=level, **asked)


@validated
def country_records(
    targets: pd.DataFrame | None = None, *, level: float = 90, as_of: Day | None = None
) -> pd.DataFrame:
    """How often each country's pledges were met on time, compared with pairs like them.

    A pledge of two countries counts for both. This is no ranking: most countries have few pledges
    on record, the source is the press, and pledges that were met are easier to find.

    Parameters
    ----------
    targets : DataFrame, optional
        Targets as `tradelib.load_targets` returns them; the bundled registry if omitted.
    level : float
        Level of the interval, percent.
    as_of : str, date or Timestamp, optional
        Only pledges resolved by this day, and what was known by it, are used; all if omitted. Not
        with your own `targets`.

    Returns
    -------
    DataFrame
        Indexed by ISO3 code, the country with most scored pledges first: ``name``, ``pledges``,
        ``scored``, ``on_time`` (int64); ``share`` on time, shrunk to the share of all countries
        (the fewer pledges, the more), with its ``low`` and ``high`` at `level`; ``compared``
        (pledges with like pairs), ``compared_on_time``, and ``like_pairs``: the share of like pairs
        that grew as much in time (missing if there are none).

    Raises
    ------
    InputError
        If `level` is out of range, or `as_of` is given with your own targets.
    NoAnswerError
        If none was announced by `as_of`, or the like pairs were not known by then.

    Examples
    --------
    >>> country_records().loc["KAZ", ["pledges", "scored", "on_time"]].tolist()
    [31, 7, 0]
    """
    registry = _own_or_bundled(load_targets, targets, as_of)
    peers = load_pledge_peers(as_of=as_of)
    return records.records_of(registry, peers, level=level)


@validated
def pledge_effect(
    targets: pd.DataFrame | None = None,
    *,
    data: pd.DataFrame | None = None,
    level: float = 90,
    as_of: Day | None = None,
) -> PledgeEffect:
    """Compare pledges with real pairs like them that made no pledge.

    Like pairs start in the same year, from half to double the size. Counted is how many of them
    reached the same multiple at any time within as many years. A pledge with fewer than 30 like
    pairs is not compared.

    Parameters
    ----------
    targets : DataFrame, optional
        Targets as `tradelib.load_targets` returns them; the bundled registry if omitted.
    data : DataFrame, optional
        A panel of your own (``pair``, ``year``, ``turnover_musd``) in which like pairs are counted.
        If omitted, the bundled counts for the registry's targets, of all pairs in 2000-2016; the
        first of them were known from the end of 2020.
    level : float
        Level of the interval, percent.
    as_of : str, date or Timestamp, optional
        Only pledges resolved by this day, and what was known by it, are used; all if omitted. Not
        with your own `targets`.

    Returns
    -------
    PledgeEffect
        Shares and odds of being on time, for the pledges that `pledge_rate` counts by default.

    Raises
    ------
    InputError
        If no pledge has like pairs, `level` is out of range, or `as_of` is given with your own
        targets.
    NoAnswerError
        If nothing was known by `as_of`.

    Examples
    --------
    >>> found = pledge_effect()
    >>> found.n, round(found.share, 2), round(found.expected, 2)
    (173, 0.36, 0.12)
    """
    registry = _own_or_bundled(load_targets, targets, as_of)
    peers = load_pledge_peers(as_of=as_of) if data is None else like_pairs(registry, data)
    return effect_of(scored_pledges(registry), peers, level=level)


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
    """How often the statements of an official progress method came true.

    Every pair was given targets of 1.5, 2 and 4 times its turnover, to be reached in 5 and in 10
    years, from every year of 2000-2011. Each method of `progress` was then applied in every year on
    the way (a call).

    Parameters
    ----------
    method : str, optional
        Keep only this method.
    status : str, optional
        Keep only calls with this status, such as ``"on track"``; ``"any"`` is all together.
    multiple : float, optional
        Keep only targets of this multiple of turnover at the start.
    span : int, optional
        Keep only targets with so many years allowed.
    left : int, optional
        Keep only calls with so many years left.
    size : str or None
        Turnover at the start: ``"under 20m"`` (and above 1m), ``"20m to 200m"``,
        ``"200m to 2bn"``, ``"over 2bn"``, or ``"all"`` of them together; with None a row for each.
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    DataFrame
        The columns above, and ``n`` (calls), ``missing`` (more calls, for which a value is not
        known), ``starts`` (start years), ``share`` at or above the target *in* the deadline year,
        its ``low`` and ``high`` (90 %, from resampled start years), ``ever`` (share at or above it
        in any year by then), ``chance`` (mean probability of a growth model that saw nothing after
        the call), and Brier scores: ``brier_call`` (of the shares of other start years as forecast)
        and ``brier_model``.

    Raises
    ------
    InputError
        If the record has no such method, status, multiple, span, years left or size together, or
        `as_of` is not a valid date or lies in the future.
    NoAnswerError
        If the record was not known by `as_of`.

    Examples
    --------
    >>> found = progress_record(method="un_2026", multiple=2, span=5, left=3)
    >>> found.set_index("status").share.round(2)[["on track", "regression"]].tolist()
    [0.48, 0.15]
    """
    rows = load_progress_record(as_of=past_day(as_of)).drop(columns="note")
    wanted = {
        "method": method,
        "status": status,
        "multiple": multiple,
        "span": span,
        "left": left,
        "size": size,
    }
    for column, value in wanted.items():
        if value is None:
            continue
        kept = rows[rows[column] == value]
        if kept.empty:
            offers = ", ".join(map(str, rows[column].unique()))
            raise InputError(f"the record has no {column} {value!r} there; it has {offers}")
        rows = kept
    return rows.reset_index(drop=True)


def _own_or_bundled(
    load: Callable[..., pd.DataFrame], own: pd.DataFrame | None, as_of: Day | None, **options: Any
) -> pd.DataFrame:
    """The caller's own data or, if there are none, the bundled data as of a day."""
    if own is None:
        return load(as_of=past_day(as_of), **options)
    if as_of is not None:
        why = "as_of is a day of the bundled data; cut your own and leave it out"
        raise InputError(f"{why}, got {as_of}")
    return own
