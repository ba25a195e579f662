"""Forecasts with the bundled model and months as what is meant when no other is given."""

from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.bundle.figures import load_part_years, load_turnover
from tradelib.bundle.learned import learned_model
from tradelib.bundle.tables import Day, dated, day
from tradelib.front.clock import past_day
from tradelib.ground import flows, frames
from tradelib.ground.convert import History, as_history
from tradelib.ground.edge import validated
from tradelib.ground.errors import NoAnswerError
from tradelib.ground.numbers import Floats
from tradelib.science.outlook.growth_model import GrowthModel, panel_quantiles
from tradelib.science.outlook.nowcast import Nowcast, newest_months, nowcast_year, usable
from tradelib.science.outlook.outlook import outlook
from tradelib.science.outlook.paths import Forecast
from tradelib.science.outlook.signals import CrossSection

# Pairs of which months of a year are bundled.
PAIRS = (("KAZ", "TKM"), ("UZB", "TKM"))


def part_year_shares() -> pd.DataFrame:
    """Shares of the full year that part-year turnover of every bundled pair turned out to be.

    Returns
    -------
    DataFrame
        As `tradelib.flows.year_to_date`, exact and undoubted figures only, the first release of
        each; ``released`` and ``full_year_released`` say when a share could be known.

    Examples
    --------
    >>> part_year_shares().query("reporter == 'KAZ' and year == 2022").share.round(3).tolist()
    [0.522]
    """
    return shares_known(None).copy()


@cache
def shares_known(limit: pd.Timestamp | None) -> pd.DataFrame:
    """`part_year_shares` of figures released by a day. Shared: not to be handed out."""
    part = pd.concat([load_part_years(*pair) for pair in PAIRS])
    full = pd.concat([load_turnover(*pair) for pair in PAIRS])
    if limit is not None:
        part, full = (table[table["released"] <= limit] for table in (part, full))
    shares = flows.year_to_date(usable(part), full)
    shares = shares.sort_values(["reporter", "year", "months", "released"])
    return shares.drop_duplicates(["reporter", "partner", "year", "months"], ignore_index=True)


@validated
def nowcast_pair(reporter: str, partner: str, *, as_of: Day) -> Nowcast:
    """Nowcast of a bundled pair from the newest part-year figure known on a day.

    Parameters
    ----------
    reporter, partner : str, ISO3 codes
    as_of : str, date or Timestamp, nothing released later is used, neither figure nor share

    Returns
    -------
    Nowcast, of the year of that figure

    Raises
    ------
    InputError, NoAnswerError
        If no part-year figure was known, or fewer than two earlier shares.

    Examples
    --------
    >>> cast = nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    >>> cast.year, cast.months, cast.part_musd
    (2022, 7, 228.8)
    """
    newest = newest_months(load_part_years(reporter, partner, as_of=past_day(as_of)))
    if newest is None:
        raise NoAnswerError(f"no part-year figure of {reporter}-{partner} was firm by {as_of}")
    year, months, value = newest
    on, pair = day(as_of), (reporter, partner)
    return nowcast_year(
        value, year=year, months=months, shares=shares_known(on), pair=pair, known_by=on
    )


@dated
@validated
def growth_model(*, as_of: Day | None = None) -> GrowthModel:
    """The shipped growth model, its newest vintage; the first was known at the end of 2020.

    Returns
    -------
    GrowthModel, learned from pairs of two sources and eras, and of five statistical offices

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
    """Quantiles of turnover for one pair or many, from the growth model, in one pass.

    A row may hold the last value only, a last value and an older run, or every year. Fifty rows or
    more whose names hold two countries are read against each other; fewer, or opaquely named, each
    on its own.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        US$ million, current prices; the index names pairs (``"AAA-BBB"``), columns are consecutive
        years up to the origin, NaN where unknown. The last value is US$1m or more; earlier ones
        that are smaller, zero too, count as unknown. The last 25 years are used.
    horizons : array_like of int, shape (n_horizons,), years ahead, 1 to 10
    quantiles : array_like, shape (n_quantiles,), probabilities between 0 and 1
    cross : CrossSection, optional, if a block: that of all, by `tradelib.pairs.cross_section`
    other_source : array_like of bool, shape (n_pairs,), optional
        Whether the last value is of another source than those before it: no growth is taken
        across. A Series is read by the names of the pairs.
    errors : str
        ``"raise"``: a row that cannot be forecast is an error that names it. ``"report"``: its
        quantiles are NaN, and a warning names the rows; see `tradelib.pairs.problems`.
    model : GrowthModel, optional, as `fit_growth_model` returns it; the shipped one if omitted

    Returns
    -------
    ndarray, shape (n_pairs, n_horizons, n_quantiles)
        US$ million, at least 1: trade at or below US$1m is not told apart.

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
    use = growth_model() if model is None else model
    return panel_quantiles(
        history,
        horizons=horizons,
        quantiles=quantiles,
        model=use,
        cross=cross,
        other_source=other_source,
        errors=errors,
    )


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
    """Sample paths of one pair from the growth model.

    Parameters
    ----------
    history : DataFrame, ``year``, ``turnover_musd`` (US$ million); one year or more, gaps or not
    horizon : int, years ahead, 1 to 10
    n_paths, rng : int, sample paths and their seed
    nowcast : Nowcast, optional, of the year after the last, from which the paths then start
    model : GrowthModel, optional, as `fit_growth_model` returns it; the shipped one if omitted
    other_source : bool
        Whether the last value is of another source; a history with ``source_id`` says it by itself.

    Returns
    -------
    Forecast
        Each year's quantiles are those of `forecast_panel` up to Monte Carlo error; shocks of two
        horizons are joined by a normal copula with the model's ``memory``.

    Examples
    --------
    >>> pair = load_turnover("KAZ", "TKM")
    >>> panel_growth(pair, horizon=2).years
    (2026, 2027)
    """
    table = as_history(history)
    use, apart = model or growth_model(), other_source or frames.joined(table)
    made = outlook(table, model=use, nowcast=nowcast, other_source=apart)
    return made.paths(horizon, n_paths=n_paths, rng=rng)
