"""Forecast functions that use the bundled growth model and part-year data by default."""

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.api.clock import past_day
from tradelib.core import checks, flows
from tradelib.core.convert import History, as_history, day_of
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.numeric import Floats, positive
from tradelib.core.validation import validated
from tradelib.datasets import figures
from tradelib.datasets.figures import load_part_years, load_turnover
from tradelib.datasets.models import learned_model
from tradelib.datasets.tables import Day, day
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.forecasting.growth_model import GrowthModel, panel_quantiles
from tradelib.science.forecasting.nowcast import (
    FirstMonths,
    Nowcast,
    newest_months,
    nowcast_of,
    own_shares,
    usable,
)
from tradelib.science.forecasting.nowcast_model import (
    NowcastModel,
    checked_months,
    panel_years,
    past_of_pair,
)
from tradelib.science.forecasting.predictive import outlook
from tradelib.science.forecasting.predictors import CrossSection

# No share of any year.
NO_SHARES = pd.DataFrame(
    {
        "year": pd.Series(dtype="int64"),
        "months": pd.Series(dtype="int64"),
        "share": pd.Series(dtype=float),
        "known_on": pd.Series(dtype="datetime64[us]"),
    }
)
# The pairs of the article, the only ones with part-year figures and several sources a year.
ARTICLE_PAIRS = (("KAZ", "TKM"), ("UZB", "TKM"))


def part_year_shares() -> pd.DataFrame:
    """Share of the full year that the part-year turnover of two pairs turned out to be.

    The share is turnover of the first months of a year divided by turnover of the whole year. It
    describes Kazakhstan and Uzbekistan with Turkmenistan, whose trade piles up late in the year: a
    nowcast of one of them reads its own shares, and no other pair's nowcast reads any of them.

    Returns
    -------
    DataFrame
        The columns of `tradelib.flows.year_to_date`, a row a pair, year and number of months. Only
        exact figures that are not in doubt, each in its first release. A share is known from the
        later of ``released`` and ``full_year_released``.

    Examples
    --------
    >>> part_year_shares().query("reporter == 'KAZ' and year == 2022").share.round(3).tolist()
    [0.522]
    """
    return shares_known(None).copy()


@cache
def shares_known(limit: pd.Timestamp | None) -> pd.DataFrame:
    """`part_year_shares` of the figures released by a day. Cached: copy before a change."""
    part = pd.concat([load_part_years(*pair) for pair in ARTICLE_PAIRS])
    full = pd.concat([load_turnover(*pair) for pair in ARTICLE_PAIRS])
    if limit is not None:
        part = part[part["released"] <= limit]
        full = full[full["released"] <= limit]
    shares = flows.year_to_date(usable(part), full)
    shares = shares.sort_values(["reporter", "year", "months", "released"])
    return shares.drop_duplicates(["reporter", "partner", "year", "months"], ignore_index=True)


@validated
def nowcast_pair(reporter: str, partner: str, *, as_of: Day) -> Nowcast:
    """Nowcast of a pair from its newest bundled part-year figure known on a day.

    Parameters
    ----------
    reporter, partner : str
        The two countries, each by ISO3 code.
    as_of : str, date or Timestamp
        Only what was released by this day is used: of figures, of shares and of the model.

    Returns
    -------
    Nowcast
        Turnover of the full year to which the part-year figure belongs.

    Raises
    ------
    InputError
        If a country is unknown, or `as_of` is not a valid date or lies in the future.
    NoAnswerError
        If no part-year figure or no nowcast model was known by then.

    Examples
    --------
    >>> cast = nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    >>> cast.year, cast.months, cast.part_musd
    (2022, 7, 228.8)
    """
    limit = past_day(as_of)
    newest = newest_months(load_part_years(reporter, partner, as_of=limit))
    if newest is None:
        raise NoAnswerError(f"no part-year figure of {reporter}-{partner} was firm by {as_of}")
    year, months, value = newest
    full = figures.bundled_history(reporter, partner, as_of=limit)
    return nowcast_year(
        value,
        year=year,
        months=months,
        shares=shares_known(limit),
        totals=checks.of_last_source(full[full["year"] < year]),
        pair=(reporter, partner),
        known_by=day(as_of),
    )


@validated
def nowcast_year(
    value_musd: float,
    *,
    year: int,
    months: int,
    known_by: pd.Timestamp | str,
    shares: pd.DataFrame | None = None,
    pair: tuple[str, str] | None = None,
    totals: History | None = None,
    model: NowcastModel | None = None,
) -> Nowcast:
    """Estimate the turnover of a whole year from its first months, by the nowcast model.

    All that is given of the pair must be of one source. What is left out is unknown to the model,
    which was learned from pairs of which as little was known too.

    Parameters
    ----------
    value_musd : float
        Turnover published so far, US$ million, positive; a figure, not a bound.
    year : int
        Calendar year of the figure; shares and totals of this year or later ones are never used.
    months : int
        How many months the figure covers, 1 to 11.
    known_by : Timestamp or str
        Day; only shares whose part and whole year were both public by then are used, and the newest
        bundled model that was.
    shares : DataFrame, optional
        Part-year shares of the pair, as `tradelib.flows.year_to_date` returns them: ``reporter``,
        ``partner``, ``year``, ``months``, ``share``, ``released``, ``full_year_released``. Those of
        other pairs are left out, and so are rows whose ``bound`` is not exact, or whose ``status``
        is doubtful or worse.
    pair : tuple of str, optional
        Reporter and partner, ISO3; needed to find the pair's own `shares`.
    totals : DataFrame, Series, mapping or list, optional
        Turnover of earlier full years, as `tradelib.assess` takes a history. Rows that were
        ``released`` after `known_by` are left out.
    model : NowcastModel, optional
        A model as `fit_nowcast_model` returns it, in the place of the bundled one.

    Returns
    -------
    Nowcast
        Distribution of the year's turnover; the same numbers as `tradelib.nowcast_panel` gives.

    Raises
    ------
    InputError
        If a column of `shares` is missing, `shares` come without a `pair`, or a figure or a day is
        not one.
    NoAnswerError
        If no nowcast model was known by `known_by`.

    Examples
    --------
    >>> nowcast = nowcast_year(75_000, year=2022, months=7, totals={2020: 91_000, 2021: 113_000},
    ...     known_by="2022-10-05")
    >>> nowcast.variants[["variant", "years"]].to_numpy().tolist()
    [['pro rata', 0], ['nowcast model', 2]]
    >>> bool(0.94 < nowcast.median_musd / (75_000 * 12 / 7) < 1.06)
    True
    """
    value = positive("the part-year figure", value_musd)
    months = checked_months(months)
    limit = day_of("known_by", known_by)
    own = NO_SHARES
    if shares is not None:
        if pair is None:
            raise InputError("shares are of pairs: say which, pair=('KAZ', 'TKM')")
        own = own_shares(shares, year=year, pair=pair, known_by=limit)
    first = FirstMonths(
        year=year,
        months=months,
        value_musd=value,
        past=past_of_pair(year, months, totals=_totals(totals, limit), shares=own),
    )
    if model is None:
        model = nowcast_model(as_of=limit)
    return nowcast_of(first, model=model, known_from=own["known_on"].max())


def _totals(totals: History | None, limit: pd.Timestamp) -> pd.Series:
    """Turnover of full years that was released by a day, by year."""
    if totals is None:
        return pd.Series(dtype=float)
    table = as_history(totals)
    if "released" in table:
        table = table[table["released"] <= limit]
    if table.empty:
        return pd.Series(dtype=float)
    return flows.history(table, gaps=True)


@validated
def growth_model(*, as_of: Day | None = None) -> GrowthModel:
    """The bundled growth model, in its newest vintage known by a day.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    GrowthModel
        Fitted to pairs of two sources and periods, and to pairs of five statistical offices. The
        first vintage was known at the end of 2020.

    Raises
    ------
    InputError
        If `as_of` is not a valid date, or lies in the future.
    NoAnswerError
        If no vintage was known by `as_of`.

    Examples
    --------
    >>> growth_model(as_of="2022-10-05").known_from
    '2022-06-30'
    """
    return GrowthModel.from_dict(learned_model("growth_model.json", on=past_day(as_of)))


@validated
def forecast_panel(
    history: pd.DataFrame,
    *,
    horizons: ArrayLike,
    quantiles: ArrayLike,
    cross: CrossSection | None = None,
    other_source: ArrayLike | None = None,
    errors: str = "raise",
    model: GrowthModel | None = None,
) -> Floats:
    """Quantiles of turnover for one pair or many, from the growth model.

    A row may hold only the last value, a last value and some older years, or every year. Fifty rows
    or more, if their names give two countries, are compared with each other; fewer rows, or rows
    with other names, are forecast each on its own.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        US$ million, current prices; the index names pairs (``"AAA-BBB"``), columns are consecutive
        years up to the origin, NaN where unknown. The last value is US$1m or more; earlier ones
        that are smaller, zero too, count as unknown. The last 25 years are used.
    horizons : array_like of int, shape (n_horizons,)
        Years ahead, 1 to 10.
    quantiles : array_like, shape (n_quantiles,)
        Probabilities between 0 and 1.
    cross : CrossSection, optional
        If `history` is a part of a larger panel: the cross-section of the whole panel, from
        `tradelib.predictors.cross_section`.
    other_source : array_like of bool, shape (n_pairs,), optional
        Whether the last value is of another source than those before it: then no growth is taken
        from the others to the last. A Series is matched by the names of the pairs.
    errors : str
        ``"raise"``: a row that cannot be forecast is an error that names it. ``"report"``: its
        quantiles are NaN, and a warning names the rows; see `tradelib.predictors.problems`.
    model : GrowthModel, optional
        A model as `fit_growth_model` returns it; the bundled one if omitted.

    Returns
    -------
    ndarray, shape (n_pairs, n_horizons, n_quantiles)
        Turnover in US$ million, at least 1: the model does not distinguish values up to US$1m.

    Raises
    ------
    InputError, NoAnswerError
        If a row cannot be forecast, rows or years are given twice or years are not consecutive, or
        horizons, quantiles or `other_source` are out of range.

    Examples
    --------
    >>> wide = pd.DataFrame([[98.1, 145.9, 128.0, 254.2, 438.7]], index=["KAZ-TKM"],
    ...     columns=range(2018, 2023))
    >>> low, median, high = forecast_panel(wide, horizons=[1], quantiles=[0.1, 0.5, 0.9])[0, 0]
    >>> bool(low < 438.7 < high)
    True
    >>> forecast_panel(wide[[2022]], horizons=[5], quantiles=[0.5]).shape  # its size alone
    (1, 1, 1)
    """
    return panel_quantiles(
        history,
        horizons=horizons,
        quantiles=quantiles,
        model=growth_model() if model is None else model,
        cross=cross,
        other_source=other_source,
        errors=errors,
    )


@validated
def nowcast_model(*, as_of: Day | None = None) -> NowcastModel:
    """The bundled nowcast model, in its newest vintage known by a day.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    NowcastModel
        Learned from the months that the US Census Bureau and Armstat report. The first vintage was
        known at the end of 2020.

    Raises
    ------
    InputError
        If `as_of` is no day, or a day that has not come.
    NoAnswerError
        If no vintage was known by `as_of`.

    Examples
    --------
    >>> nowcast_model(as_of="2022-10-05").known_from
    '2022-06-30'
    """
    return _nowcast_model(past_day(as_of))


@cache
def _nowcast_model(limit: pd.Timestamp | None) -> NowcastModel:
    """The same, read once for each day."""
    return NowcastModel.from_dict(learned_model("nowcast_model.json", on=limit))


@validated
def nowcast_panel(
    year_to_date: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    months: int,
    quantiles: ArrayLike,
    as_of: Day | None = None,
    model: NowcastModel | None = None,
) -> Floats:
    """Quantiles of a year's turnover from its first months, for one pair or many.

    Each row is read by itself: the months, the same months of earlier years, and what these years
    came to, all of one source. Exports or imports alone do as well, both frames of the same flow.

    Parameters
    ----------
    year_to_date : DataFrame, shape (n_pairs, n_years)
        January to month `months` of each year, US$ million; the index names pairs, columns are
        consecutive years, the last of them the year asked for. NaN where unknown, but not in the
        last column.
    totals : DataFrame, shape (n_pairs, n_years)
        Full years, US$ million, of the same pairs and years; NaN where unknown. The last column is
        not read.
    months : int
        How many months the parts cover, 1 to 11.
    quantiles : array_like, shape (n_quantiles,)
        Probabilities between 0 and 1.
    as_of : str, date or Timestamp, optional
        Day by which the bundled model was known; its newest vintage if omitted.
    model : NowcastModel, optional
        A model as `fit_nowcast_model` returns it, in the place of the bundled one.

    Returns
    -------
    ndarray, shape (n_pairs, n_quantiles)
        Turnover of the whole year in US$ million, never less than that of its months.

    Raises
    ------
    InputError
        If the frames differ in pairs or years, years are not consecutive, a value is negative, the
        months of the year asked for are missing, or `months` or `quantiles` are out of range.
    NoAnswerError
        If no vintage was known by `as_of`.

    Examples
    --------
    >>> index = ["USA-VNM"]
    >>> year_to_date = pd.DataFrame([[62_000.0, 75_000.0]], index=index, columns=[2021, 2022])
    >>> totals = pd.DataFrame([[113_000.0, np.nan]], index=index, columns=[2021, 2022])
    >>> answer = nowcast_panel(year_to_date, totals, months=7, quantiles=[0.1, 0.5, 0.9])
    >>> bool(answer[0, 0] < 75_000 * 12 / 7 < answer[0, 2])
    True
    """
    if model is None:
        model = nowcast_model(as_of=as_of)
    return panel_years(year_to_date, totals, months=months, quantiles=quantiles, model=model)


@validated
def panel_growth(
    history: History,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
    model: GrowthModel | None = None,
    other_source: bool = False,
) -> Forecast:
    """Simulated paths of one pair's turnover from the growth model.

    Parameters
    ----------
    history : DataFrame, Series, mapping or list
        ``year`` and ``turnover_musd`` (US$ million), or what else `tradelib.assess` takes for a
        history; one year or more, years may be missing in between.
    horizon : int
        Years ahead, 1 to 10.
    n_paths : int
        Number of paths.
    rng : int or Generator
        Seed of the paths, or numpy's random generator.
    nowcast : Nowcast, optional
        Nowcast of the year after the last one; the paths then start from it.
    model : GrowthModel, optional
        A model as `fit_growth_model` returns it; the bundled one if omitted.
    other_source : bool
        Whether the last value is of another source than those before it. Not needed if the history
        has ``source_id``.

    Returns
    -------
    Forecast
        Paths, shape (n_paths, n_years), US$ million. Each year's quantiles are those of
        `forecast_panel` up to Monte Carlo error; shocks of two horizons are joined by a normal
        copula with the model's ``memory``.

    Examples
    --------
    >>> pair = load_turnover("KAZ", "TKM")
    >>> panel_growth(pair, horizon=2).years
    (2026, 2027)
    """
    table = as_history(history)
    forecast = outlook(
        table,
        model=model or growth_model(),
        nowcast=nowcast,
        other_source=other_source or checks.joined(table),
    )
    return forecast.paths(horizon, n_paths=n_paths, rng=rng)
