"""Turnover that gravity predicts for a pair, with the bundled gravity model and GDPs."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from tradelib.api.clock import past_day
from tradelib.core import country_codes
from tradelib.core.errors import NoAnswerError
from tradelib.core.validation import validated
from tradelib.datasets.figures import load_macro, load_turnover
from tradelib.datasets.models import learned_model
from tradelib.datasets.tables import Day
from tradelib.science.gravity.ceiling import Ceiling, ceiling_check
from tradelib.science.gravity.model import GravityModel
from tradelib.science.gravity.potential import Potential, carried

# Equations of which `potential_history` gives the potential over time.
OVER_TIME = ("effects", "pair", "gdp")
# Vintages of the World Bank's GDP, the newest first: growth across two would be a revision.
GDP_VINTAGES = ("wdi_2026", "wdi")


@validated
def gravity_model(*, as_of: Day | None = None) -> GravityModel:
    """The bundled gravity model.

    It holds coefficients, the potentials of a few pairs, and the usual ratios of turnover to
    potential.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    GravityModel
        The model, known from the end of 2020.

    Raises
    ------
    InputError
        If `as_of` is not a valid date, or lies in the future.
    NoAnswerError
        If the model was not known by `as_of`.

    Examples
    --------
    >>> gravity_model().pairs()
    ['KAZ-TKM', 'UZB-TKM']
    """
    return GravityModel.from_dict(learned_model("gravity_model.json", on=past_day(as_of)))


@cache
def model_on(limit: pd.Timestamp | None) -> GravityModel:
    """`gravity_model`, read once for each day. Cached: callers must not change it."""
    return gravity_model(as_of=limit)


@validated
def potential(
    reporter: str,
    partner: str,
    *,
    year: int | None = None,
    fit: str = "effects",
    gdp: Mapping[str, float] | None = None,
    as_of: Day | None = None,
) -> Potential:
    """Turnover that size and distance predict for a pair, with its actual turnover.

    Parameters
    ----------
    reporter, partner : str
        The two countries of a pair in ``gravity_model().pairs()``, each by code or name.
    year : int, optional
        A year of the panel (2004, 2008, 2012, 2016), or a later one: then the potential of the
        panel's last year is extrapolated by the growth of both GDPs. If omitted, the last year with
        both GDPs and the pair's turnover.
    fit : str
        The equation: ``"effects"`` (the main one), ``"pair"`` (with the pair's own average),
        ``"gdp"`` (GDPs in place of country effects), or another of `gravity_model`.
    gdp : mapping of ISO3 code to float, optional
        Your own GDPs of `year`, US$ million; the World Bank's if omitted.
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    Potential
        Predicted and actual turnover of the year, US$ million.

    Raises
    ------
    InputError
        If a country, the year or the equation is unknown, or `as_of` is not a valid date or lies in
        the future.
    NoAnswerError
        If the pair has no potential, a GDP is not known, or the model or the pair's turnover was
        not known by `as_of`.

    Examples
    --------
    >>> round(potential("KAZ", "TKM", year=2016).musd)
    82
    """
    model = model_on(past_day(as_of))
    pair = (country_codes.iso3(reporter), country_codes.iso3(partner))
    last = model.years(*pair, fit=fit)[-1]
    gdps = {country: _gdp(country, as_of) for country in pair}
    actual = load_turnover(*pair, as_of=as_of).set_index("year")["turnover_musd"]
    if year is None:
        year = min(int(series.index.max()) for series in (*gdps.values(), actual))
    predicted = model.potential(*pair, year=min(year, last), fit=fit)
    if year > last:
        own_gdp = gdp or {}
        home, away = (
            _income_growth(gdps[country], country, last, year, own_gdp.get(country))
            for country in pair
        )
        elasticities = model.elasticities(fit)
        predicted = carried(predicted, year=year, growth=(home, away), elasticities=elasticities)
    return replace(predicted, actual_musd=float(actual.get(year, np.nan)))


@validated
def potential_history(reporter: str, partner: str, *, as_of: Day | None = None) -> pd.DataFrame:
    """Actual turnover and potential of a pair over time, by equation.

    Parameters
    ----------
    reporter, partner : str
        The two countries of a pair in ``gravity_model().pairs()``, each by code or name.
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    DataFrame
        A row an equation (``"effects"``, ``"pair"``, ``"gdp"``) and year: the years of the panel,
        and each later one with both GDPs. Columns: ``fit``, ``year``, ``potential_musd``, ``low``
        and ``high`` (80 % interval, US$ million), ``actual_musd``, ``ratio`` (actual divided by
        potential), ``carried`` (bool: extrapolated beyond the panel).

    Raises
    ------
    InputError, NoAnswerError
        As `potential` raises them.

    Examples
    --------
    >>> potential_history("KAZ", "TKM").query("fit == 'effects'").year.tolist()[:6]
    [2004, 2008, 2012, 2016, 2017, 2018]
    """
    latest = potential(reporter, partner, as_of=as_of)
    model = gravity_model(as_of=as_of)
    pair = (latest.reporter, latest.partner)
    available = model.fits_of(*pair)
    rows = []
    for fit in OVER_TIME:
        if fit not in available:
            continue
        panel_years = model.years(*pair, fit=fit)
        later_years = range(panel_years[-1] + 1, latest.year + 1)
        for year in (*panel_years, *later_years):
            point = potential(*pair, year=year, fit=fit, as_of=as_of)
            low, high = point.interval()
            is_later = year in later_years
            rows.append(
                (fit, year, point.musd, low, high, point.actual_musd, point.ratio, is_later)
            )
    columns = ["fit", "year", "potential_musd", "low", "high", "actual_musd", "ratio", "carried"]
    return pd.DataFrame(rows, columns=columns)


@validated
def gravity_check(
    reporter: str, partner: str, *, target_musd: float, as_of: Day | None = None
) -> Ceiling:
    """Compare a target of a pair with what size and distance predict.

    Parameters
    ----------
    reporter, partner : str
        The two countries of a pair in ``gravity_model().pairs()``, each by code or name.
    target_musd : float
        The target, US$ million, positive.
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    Ceiling
        The target compared with the pair's potential in the last year with both GDPs and the
        pair's turnover.

    Raises
    ------
    InputError, NoAnswerError
        As `potential` raises them, or if the target is not positive.

    Examples
    --------
    >>> gravity_check("KAZ", "TKM", target_musd=1000).multiple > 5
    True
    """
    latest = potential(reporter, partner, as_of=as_of)
    by_gdp = potential(reporter, partner, fit="gdp", as_of=as_of)
    return ceiling_check(target_musd, latest, model=gravity_model(as_of=as_of), by_gdp=by_gdp)


@cache
def _gdp(country: str, as_of: Day | None) -> pd.Series:
    """World Bank GDP by year, US$ million, all from the newest vintage known."""
    table = load_macro("gdp", country, as_of=as_of)
    for vintage in GDP_VINTAGES:
        of_vintage = table[table["source_id"] == vintage]
        if len(of_vintage):
            break
    return of_vintage.set_index("year")["value"]


def _income_growth(
    series: pd.Series, country: str, start: int, end: int, end_gdp: float | None
) -> float:
    """GDP in the end year divided by GDP in the start year; `end_gdp` replaces the bundled one."""
    needed = [start] if end_gdp else [start, end]
    missing = [year for year in needed if year not in series]
    if missing:
        raise NoAnswerError(
            f"the GDP of {country} in {missing[0]} is not known; give gdp={{{country!r}: ...}}"
        )
    return float((end_gdp or series[end]) / series[start])
