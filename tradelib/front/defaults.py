"""The science with bundled data bound: nowcasts, growth and gravity, base and pledge rates."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Unpack

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.bundle.load import (
    Day,
    day,
    load_gravity_model,
    load_growth,
    load_growth_model,
    load_macro,
    load_part_years,
    load_targets,
    load_turnover,
)
from tradelib.ground import codes, flows
from tradelib.science.gravity import ceiling
from tradelib.science.gravity.ceiling import Ceiling, GravityModel
from tradelib.science.gravity.fit import Potential
from tradelib.science.outlook import growth_model as panel
from tradelib.science.outlook.forecast import Forecast
from tradelib.science.outlook.growth_model import GrowthModel
from tradelib.science.outlook.nowcast import Nowcast, nowcast_year
from tradelib.science.outlook.signals import CrossSection
from tradelib.science.outside.base_rate import BaseRate, class_rate, class_rates
from tradelib.science.outside.episodes import ReferenceClass
from tradelib.science.pledge.effect import PledgeEffect, effect_of, like_pairs
from tradelib.science.pledge.rates import Band, PledgeRate, rate_of, rate_sensitivity, rate_table
from tradelib.science.pledge.status import Filters, scored_pledges

__all__ = [
    "base_rate",
    "base_rates",
    "forecast_panel",
    "gravity_check",
    "gravity_model",
    "growth_model",
    "nowcast_pair",
    "open_targets",
    "panel_growth",
    "part_year_shares",
    "pledge_effect",
    "pledge_rate",
    "pledge_sensitivity",
    "pledge_table",
    "potential",
    "potential_history",
]

PAIRS = (("KAZ", "TKM"), ("UZB", "TKM"))
OPEN_ENDED, PATHS = 5, 4000
OVER_TIME = ("effects", "pair", "gdp")


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
    part = pd.concat([load_part_years(*pair) for pair in PAIRS])
    full = pd.concat([load_turnover(*pair) for pair in PAIRS])
    shares = flows.year_to_date(_usable(part), full).sort_values(
        ["reporter", "year", "months", "released"]
    )
    return shares.drop_duplicates(["reporter", "partner", "year", "months"], ignore_index=True)


def nowcast_pair(reporter: str, partner: str, *, as_of: Day) -> Nowcast:
    """Nowcast of a bundled pair from the newest part-year figure known on a day.

    Parameters
    ----------
    reporter, partner : str
        ISO3 codes.
    as_of : str, date or Timestamp
        Nothing released later is used, neither figure nor share.

    Returns
    -------
    Nowcast
        Of the year of that figure.

    Raises
    ------
    ValueError
        If no part-year figure was known, or fewer than two earlier shares.

    Examples
    --------
    >>> found = nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    >>> found.year, found.months, found.part_musd
    (2022, 7, 228.8)
    """
    usable = _usable(load_part_years(reporter, partner, as_of=as_of))
    whole = usable[usable["coverage"].isin(["goods", "goods_services"])]
    newest = whole.sort_values(["year", "months"]).iloc[-1]
    return nowcast_year(
        float(newest["value_musd"]),
        year=int(newest["year"]),
        months=int(newest["months"]),
        shares=part_year_shares(),
        pair=(reporter, partner),
        as_of=day(as_of),
    )


def growth_model(*, as_of: Day | None = None) -> GrowthModel:
    """The shipped growth model.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        The model was known from the end of 2020; an earlier day is refused.

    Returns
    -------
    GrowthModel
        Learned from pairs of two sources and eras.

    Raises
    ------
    ValueError
        If it was not known by `as_of`.

    Examples
    --------
    >>> growth_model().known_from
    '2020-12-31'
    """
    return GrowthModel.from_dict(load_growth_model(as_of=as_of))


def forecast_panel(
    history: pd.DataFrame,
    *,
    horizons: ArrayLike,
    quantiles: ArrayLike,
    cross: CrossSection | None = None,
    errors: str = "raise",
) -> NDArray[np.float64]:
    """Quantiles of turnover for one pair or many, from the shipped growth model.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        US$ million, current prices; the index names pairs (``"AAA-BBB"``), columns are consecutive
        years up to the origin, NaN where unknown. At least five years of US$1m or more each.
    horizons : array_like of int, shape (n_horizons,)
        Years ahead, 1 to 10.
    quantiles : array_like, shape (n_quantiles,)
        Probabilities between 0 and 1.
    cross, errors
        As for `tradelib.panel.forecast_panel`.

    Returns
    -------
    ndarray, shape (n_pairs, n_horizons, n_quantiles)
        US$ million, at least 1.

    Raises
    ------
    ValueError
        As `tradelib.panel.forecast_panel`.

    Examples
    --------
    >>> wide = pd.DataFrame([[98.1, 145.9, 128.0, 254.2, 438.7]], index=["KAZ-TKM"],
    ...     columns=range(2018, 2023))
    >>> low, median, high = forecast_panel(wide, horizons=[1], quantiles=[0.1, 0.5, 0.9])[0, 0]
    >>> bool(low < 438.7 < high)
    True
    """
    return panel.forecast_panel(
        history,
        horizons=horizons,
        quantiles=quantiles,
        cross=cross,
        errors=errors,
        model=growth_model(),
    )


def panel_growth(
    history: pd.DataFrame,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
) -> Forecast:
    """Sample paths of one pair from the shipped growth model.

    Parameters
    ----------
    history, horizon, n_paths, rng, nowcast
        As for `tradelib.panel.panel_growth`.

    Returns
    -------
    Forecast
        As `tradelib.panel.panel_growth`.

    Raises
    ------
    ValueError, TypeError
        As `tradelib.panel.panel_growth`.

    Examples
    --------
    >>> pair = load_turnover("KAZ", "TKM")
    >>> panel_growth(pair, horizon=2).years
    (2026, 2027)
    """
    return panel.panel_growth(
        history, horizon=horizon, n_paths=n_paths, rng=rng, nowcast=nowcast, model=growth_model()
    )


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
    multiple : float
        Turnover asked over turnover at the start.
    horizon : int
        Years allowed, 1 to 10 in the bundled table; to 6 with `past` or `among`.
    ever : bool
        Count pairs that reached the multiple in any year up to the horizon.
    real : bool
        Multiply constant dollars (US GDP deflator), not current ones.
    origins : tuple of int, optional
        First and last start year.
    past : str
        Class of growth over the three years before: any, fell, rose, doubled.
    among : str
        ``"all"``, ``"neighbours"`` or ``"former_soviet"`` pairs.
    data : DataFrame, optional
        A panel of your own (``pair``, ``year``, ``turnover_musd``), which is exact, or a table of
        `tradelib.reference.growth_table`. Omitted: the bundled table, of all pairs in 2000-2016.
    as_of : str, date or Timestamp, optional
        The bundled table was known from the end of 2020; an earlier day is refused.

    Returns
    -------
    BaseRate
        Share, interval, counts, and every start year.

    Raises
    ------
    ValueError
        If the data have no such class, or were not known by `as_of`.

    Examples
    --------
    >>> rate = base_rate(size_musd=254.3, multiple=3.93, horizon=5)
    >>> print(rate.summary())
    8.9% of 13,932 episodes (3,057 pairs) multiplied by 3.93 in 5 years; 80 % interval 3.1% to ...
    """
    return class_rate(
        _own_or(_growth, data, as_of, groups=past != "any" or among != "all"),
        ReferenceClass(size_musd=size_musd, origins=origins, past=past, among=among),
        multiple=multiple,
        horizon=horizon,
        ever=ever,
        prices=_deflator() if real else None,
    )


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
    size_musd, multiple, horizon, data, as_of
        As for `base_rate`.

    Returns
    -------
    DataFrame
        A row a question: ``varied``, ``to`` (str), then the columns of `BaseRate.to_frame`. The
        first is the question as asked; what the data cannot answer is left out, and so are classes
        of fewer than 30 known episodes.

    Raises
    ------
    ValueError
        As `base_rate`.

    Examples
    --------
    >>> grid = base_rates(size_musd=254.3, multiple=3.93, horizon=5)
    >>> grid.set_index("to").share.round(3)[["constant dollars", "neighbours"]].tolist()
    [0.069, 0.121]
    """
    return class_rates(
        _own_or(load_growth, data, as_of, groups=True),
        ReferenceClass(size_musd=size_musd),
        multiple=multiple,
        horizon=horizon,
        prices=_deflator(),
    )


def pledge_rate(
    targets: pd.DataFrame | None = None,
    *,
    growth: float | Band | None = None,
    horizon: float | Band | None = None,
    region: str | None = None,
    level: float = 95,
    as_of: Day | None = None,
    **filters: Unpack[Filters],
) -> PledgeRate:
    """How many announced targets like this one were met on time.

    Parameters
    ----------
    targets : DataFrame, optional
        As `tradelib.load_targets` returns it. Omitted: the bundled registry.
    growth : float or (float, float), optional
        Growth asked a year, fraction. A number picks its class (below 10 %, 10-15, 15-20, 20-30,
        30 % and over), two numbers are a band from and below. Any if omitted.
    horizon : float or (float, float), optional
        Years from announcement to deadline: a number picks its class (0-2, 3-5, 6 and over), two
        numbers are a band from and below. Any if omitted.
    region : str, optional
        UN sub-region of either country, such as ``"Central Asia"``.
    level : float
        Of the interval, percent.
    as_of : str, date or Timestamp, optional
        Only the registry's pledges resolved by then, and only what was known of them.
    **filters
        As `tradelib.pledges.scored_pledges` takes them; its defaults are dated pledges of pairs
        whose deadline has passed, with baseline and outcome known, not replaced.

    Returns
    -------
    PledgeRate
        Its interval is Wilson's with the number of pledges divided by the design effect of pairs
        (never below 1). Where none or all were on time no effect can be estimated: a pair then
        counts as one pledge. Such intervals still cover a little too seldom (Franco et al.), and
        pledges of the same years share shocks, which no clustering by pair sees.

    Raises
    ------
    ValueError
        If no pledge passes, or an argument is not what it must be.

    References
    ----------
    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference,
    *JASA* 22, doi:10.1080/01621459.1927.10502953.
    Franco, C., Little, R. J. A., Louis, T. A. and Slud, E. V. (2019), Comparative study of
    confidence intervals for proportions in complex sample surveys, *Journal of Survey Statistics
    and Methodology* 7, doi:10.1093/jssam/smy019.

    Examples
    --------
    >>> rate = pledge_rate(growth=0.256)
    >>> rate.on_time, rate.n, [round(end, 2) for end in rate.interval]
    (1, 41, [0.0, 0.13])
    """
    return rate_of(
        _own_or(load_targets, targets, as_of),
        growth=growth,
        horizon=horizon,
        region=region,
        level=level,
        **filters,
    )


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
    targets : DataFrame, optional
        As `tradelib.load_targets` returns it. Omitted: the bundled registry.
    by : str
        ``"growth"`` asked a year, ``"horizon"``, ``"region"`` (a pledge counts in the regions of
        both countries), ``"china"`` or ``"batch"``.
    level : float
        Of the intervals, percent.
    as_of : str, date or Timestamp, optional
        Only the registry's pledges resolved by then, and only what was known of them.
    **filters
        As `tradelib.pledges.scored_pledges` takes them.

    Returns
    -------
    DataFrame
        A row a class, the last one ``all``: `by`, ``on_time``, ``n`` (int64), ``share``, ``low``,
        ``high`` (float64), ``pairs`` (int64) and ``n_effective`` (float64). A class without
        pledges has ``n`` zero and no share.

    Raises
    ------
    ValueError
        If `by` is something else, or a filter is not what it must be.

    Examples
    --------
    >>> pledge_table(by="china")[["china", "on_time", "n"]].to_numpy().tolist()
    [['with China', 20, 44], ['without China', 16, 144], ['all', 36, 188]]
    """
    return rate_table(_own_or(load_targets, targets, as_of), by=by, level=level, **filters)


def pledge_sensitivity(
    targets: pd.DataFrame | None = None,
    *,
    growth: float | Band | None = None,
    horizon: float | Band | None = None,
    region: str | None = None,
    level: float = 95,
    as_of: Day | None = None,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """The rate under each other choice of filter, one changed at a time.

    Parameters
    ----------
    targets, growth, horizon, region, level, as_of
        As `pledge_rate` takes them.
    **filters
        As `tradelib.pledges.scored_pledges` takes them: what the first row uses, and each other
        row changes once.

    Returns
    -------
    DataFrame
        A row a choice: ``choice``, then the columns of `pledge_table`. A choice that leaves no
        pledge has ``n`` zero and no share.

    Raises
    ------
    ValueError
        If an argument is not what it must be.

    Examples
    --------
    >>> rates = pledge_sensitivity().set_index("choice")
    >>> rates.loc["baseline before the announcement", ["on_time", "n"]].tolist()
    [28, 160]
    """
    return rate_sensitivity(
        _own_or(load_targets, targets, as_of),
        growth=growth,
        horizon=horizon,
        region=region,
        level=level,
        **filters,
    )


def pledge_effect(
    targets: pd.DataFrame | None = None, *, level: float = 90, as_of: Day | None = None
) -> PledgeEffect:
    """How pledges did against like pairs without one.

    Parameters
    ----------
    targets : DataFrame, optional
        As `tradelib.load_targets` returns it. Omitted: the bundled registry.
    level : float
        Of the intervals, percent.
    as_of : str, date or Timestamp, optional
        Only the registry's pledges whose outcome was known by that day; the growth model was from
        the end of 2020.

    Returns
    -------
    PledgeEffect
        Of the pledges that `pledge_rate` counts, with at most ten years to the deadline.

    Raises
    ------
    ValueError
        If the model was not known by `as_of`, all or none were on time, or there are fewer than
        three pairs.
    ImportError
        If statsmodels is not installed (the ``models`` extra).

    References
    ----------
    Cox, D. R. (1958), Two further applications of a model for binary regression, *Biometrika* 45,
    doi:10.1093/biomet/45.3-4.562 (calibration intercept and slope).

    Examples
    --------
    >>> pledge_effect().odds[2] < 1  # worse than like pairs
    True
    """
    scored = scored_pledges(_own_or(load_targets, targets, as_of))
    return effect_of(like_pairs(scored, model=growth_model(as_of=as_of)), level=level)


def open_targets(*, as_of: Day | None = None) -> pd.DataFrame:
    """Every open target of the registry with the growth model's probability and what it rests on.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was known by that day.

    Returns
    -------
    DataFrame
        A row a target: ``target_id``, ``reporter``, ``partner``, ``currency``, ``target_value`` and
        ``last_value`` (million of it), ``last_year``, ``by`` (the deadline; where none was named,
        five years on from the last value), ``deadline_kind``, ``asked`` (growth a year, fraction),
        ``probability_in``, ``probability_ever`` (missing where nothing can be said) and
        ``rests_on``: ``"history"`` (the pair's own years), ``"size alone"``, or why there is none.

    Raises
    ------
    ValueError
        If the model was not known by `as_of`.

    Examples
    --------
    >>> found = open_targets()
    >>> found[found.rests_on == "history"].target_id.tolist()
    ['UZB-TKM-2025', 'KAZ-TKM-2022']
    """
    rows, model = [], growth_model(as_of=as_of)
    for row in load_targets(status="open", as_of=as_of).query("scope == 'pair'").itertuples():
        later = pd.notna(row.outcome_value) and row.outcome_value < row.target_value
        value = row.outcome_value if later else row.baseline_value
        year = row.outcome_year if later else row.baseline_year
        rows.append(_open_target(row, value, year, model, as_of))
    return pd.DataFrame(rows)


def _open_target(
    row: Any, value: float, year: int, model: GrowthModel, as_of: Day | None
) -> dict[str, Any]:
    known: dict[str, Any] = {
        "target_id": row.target_id, "reporter": row.reporter, "partner": row.partner,
        "currency": row.currency, "target_value": row.target_value, "last_value": value,
        "last_year": year, "by": row.deadline, "deadline_kind": row.deadline_kind, "asked": np.nan,
        "probability_in": np.nan, "probability_ever": np.nan,
    }  # fmt: skip
    own = (row.reporter, row.partner) in PAIRS and row.currency == "USD"
    if own:
        history = load_turnover(row.reporter, row.partner, as_of=as_of)
        value, year = float(history["turnover_musd"].iloc[-1]), int(history["year"].iloc[-1])
    if pd.isna(value):
        return known | {"rests_on": "no value known"}
    by = int(year) + OPEN_ENDED if pd.isna(row.deadline) else int(row.deadline)
    horizon = by - int(year)
    known |= {"last_value": float(value), "last_year": int(year), "by": by}
    if not 1 <= horizon <= panel.MAX_HORIZON:
        return known | {
            "rests_on": f"no figure within {panel.MAX_HORIZON} years before the deadline"
        }
    known["asked"] = (row.target_value / value) ** (1 / horizon) - 1
    if own:
        paths = panel.panel_growth(history, horizon=horizon, n_paths=PATHS, model=model)
    else:
        paths = panel.typical_growth(
            float(value), origin=int(year), horizon=horizon, n_paths=PATHS, model=model
        )
    return known | {
        "probability_in": paths.probability(row.target_value, year=by),
        "probability_ever": paths.probability(row.target_value, year=by, ever=True),
        "rests_on": "history" if own else "size alone",
    }


def gravity_model(*, as_of: Day | None = None) -> GravityModel:
    """What gravity taught, as shipped: coefficients, potentials of the bundled pairs, usual ratios.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        It was known from the end of 2020; an earlier day is refused.

    Returns
    -------
    GravityModel

    Raises
    ------
    ValueError
        If it was not known by `as_of`.

    Examples
    --------
    >>> gravity_model().pairs()
    ['KAZ-TKM', 'UZB-TKM']
    """
    load_gravity_model(as_of=as_of)
    return _model_of_gravity()


def potential(
    reporter: str,
    partner: str,
    *,
    year: int | None = None,
    fit: str = "effects",
    gdp: Mapping[str, float] | None = None,
    as_of: Day | None = None,
) -> Potential:
    """What size and distance predict for a bundled pair, beside its actual turnover.

    Parameters
    ----------
    reporter, partner : str
        Country by code or name.
    year : int, optional
        One of the panel's (2004, 2008, 2012, 2016), or a later one: then the last is carried on by
        both GDPs. The last year with both GDPs if omitted.
    fit : str
        ``"effects"`` (the headline), ``"pair"`` (with the pair's own average), ``"gdp"`` (GDPs in
        place of country effects), or another of `gravity_model`.
    gdp : mapping of ISO3 code to float, optional
        US$ million in that year, in place of the World Bank's.
    as_of : str, date or Timestamp, optional
        Only what was known by that day.

    Returns
    -------
    Potential

    Raises
    ------
    ValueError
        If no potential of the pair is known, or a GDP.

    Examples
    --------
    >>> found = potential("KAZ", "TKM", year=2016)
    >>> round(found.musd)
    82
    """
    model, pair = gravity_model(as_of=as_of), (codes.iso3(reporter), codes.iso3(partner))
    last = model.years(*pair, fit=fit)[-1]
    incomes = [_gdp(country, as_of) for country in pair]
    year = min(int(series.index.max()) for series in incomes) if year is None else int(year)
    base = model.potential(*pair, year=min(year, last), fit=fit)
    if year > last:
        own = gdp or {}
        mine, theirs = (
            _income_growth(series, country, last, year, own.get(country))
            for series, country in zip(incomes, pair, strict=True)
        )
        rates = model.elasticities(fit)
        base = ceiling.carried(base, year=year, growth=(mine, theirs), elasticities=rates)
    actual = load_turnover(*pair, as_of=as_of).set_index("year")["turnover_musd"]
    return replace(base, actual_musd=float(actual.get(year, np.nan)))


def potential_history(reporter: str, partner: str, *, as_of: Day | None = None) -> pd.DataFrame:
    """Actual turnover and potential of a bundled pair over time, by equation.

    Parameters
    ----------
    reporter, partner : str
        Country by code or name.
    as_of : str, date or Timestamp, optional
        Only what was known by that day.

    Returns
    -------
    DataFrame
        A row an equation (``"effects"``, ``"pair"``, ``"gdp"``) and year of the panel, and each
        later one with both GDPs: ``fit``, ``year``, ``potential_musd``, ``low``, ``high`` (80 %,
        US$ million), ``actual_musd``, ``ratio``, ``carried`` (bool: beyond the panel).

    Raises
    ------
    ValueError
        If no potential of the pair is known.

    Examples
    --------
    >>> found = potential_history("KAZ", "TKM")
    >>> found.query("fit == 'effects'").year.tolist()[:6]
    [2004, 2008, 2012, 2016, 2017, 2018]
    """
    latest = potential(reporter, partner, as_of=as_of)
    model, pair, rows = gravity_model(as_of=as_of), (latest.reporter, latest.partner), []
    for name in (fit for fit in OVER_TIME if fit in model.fits_of(*pair)):
        years = model.years(*pair, fit=name)
        later = range(years[-1] + 1, latest.year + 1)
        for year in (*years, *later):
            found = potential(*pair, year=year, fit=name, as_of=as_of)
            low, high = found.interval()
            rows.append(
                {"fit": name, "year": year, "potential_musd": found.musd, "low": low, "high": high,
                 "actual_musd": found.actual_musd, "ratio": found.ratio,
                 "carried": year in later}
            )  # fmt: skip
    return pd.DataFrame(rows)


def gravity_check(
    reporter: str, partner: str, *, target_musd: float, as_of: Day | None = None
) -> Ceiling:
    """A target of a bundled pair held against what size and distance predict.

    Parameters
    ----------
    reporter, partner : str
        Country by code or name.
    target_musd : float
        US$ million.
    as_of : str, date or Timestamp, optional
        Only what was known by that day.

    Returns
    -------
    Ceiling
        In the last year with both GDPs and the pair's turnover.

    Raises
    ------
    ValueError
        If no potential of the pair is known, or the target is not positive.

    Examples
    --------
    >>> gravity_check("KAZ", "TKM", target_musd=1000).multiple > 5
    True
    """
    latest = potential(reporter, partner, as_of=as_of)
    by_gdp = potential(reporter, partner, fit="gdp", as_of=as_of)
    model = gravity_model(as_of=as_of)
    return ceiling.ceiling(target_musd, latest, model=model, by_gdp=by_gdp)


@cache
def _model_of_gravity() -> GravityModel:
    return GravityModel.from_dict(load_gravity_model())


@cache
def _gdp(country: str, as_of: Day | None) -> pd.Series:
    """World Bank GDP by year, US$ million."""
    table = load_macro("gdp", country, as_of=as_of).query("source_id == 'wdi'")
    return table.set_index("year")["value"]


def _income_growth(
    series: pd.Series, country: str, start: int, end: int, given: float | None
) -> float:
    missing = [year for year in (start, end) if year not in series and not (given and year == end)]
    if missing:
        raise ValueError(
            f"the GDP of {country} in {missing[0]} is not known; give gdp={{{country!r}: ...}}"
        )
    return float((given or series[end]) / series[start])


def _own_or(
    load: Callable[..., pd.DataFrame], own: pd.DataFrame | None, as_of: Day | None, **options: Any
) -> pd.DataFrame:
    """One's own data, or the bundled as of a day."""
    if own is None:
        return load(as_of=as_of, **options)
    if as_of is not None:
        raise ValueError(
            f"as_of is a day of the bundled data; cut your own and leave it out, got {as_of}"
        )
    return own


@cache
def _growth(groups: bool, as_of: Day | None) -> pd.DataFrame:
    """The shipped growth table without what only says where it is from."""
    table = load_growth(groups=groups, as_of=as_of)
    return table.drop(columns=["source_id", "released", "note"])


@cache
def _deflator() -> pd.Series:
    return load_macro("gdp_deflator").set_index("year")["value"]


def _usable(part: pd.DataFrame) -> pd.DataFrame:
    """Figures that are no bounds and not in doubt."""
    return part[(part["bound"] == "exact") & part["status"].isin(["final", "preliminary"])]
