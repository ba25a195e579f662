"""What size and distance predict for a pair, with the bundled gravity model and GDPs."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from tradelib.bundle.figures import load_macro, load_turnover
from tradelib.bundle.learned import learned_model
from tradelib.bundle.tables import Day, dated
from tradelib.front.clock import past_day
from tradelib.ground import codes
from tradelib.ground.edge import validated
from tradelib.ground.errors import NoAnswerError
from tradelib.science.gravity.ceiling import Ceiling, ceiling_check
from tradelib.science.gravity.model import GravityModel
from tradelib.science.gravity.potential import Potential, carried

# Equations whose potentials are shown over time.
OVER_TIME = ("effects", "pair", "gdp")


@dated
@validated
def gravity_model(*, as_of: Day | None = None) -> GravityModel:
    """What gravity taught, as shipped: coefficients, potentials of the bundled pairs, usual ratios.

    Returns
    -------
    GravityModel, known from the end of 2020

    Examples
    --------
    >>> gravity_model().pairs()
    ['KAZ-TKM', 'UZB-TKM']
    """
    return GravityModel.from_dict(learned_model("gravity_model.json", on=past_day(as_of)))


@dated
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
    """What size and distance predict for a bundled pair, beside its actual turnover.

    Parameters
    ----------
    reporter, partner : str, country by code or name
    year : int, optional
        One of the panel's (2004, 2008, 2012, 2016), or a later one: then the last is carried on by
        both GDPs. The last year with both GDPs and the pair's turnover if omitted.
    fit : str
        ``"effects"`` (the headline), ``"pair"`` (with the pair's own average), ``"gdp"`` (GDPs in
        place of country effects), or another of `gravity_model`.
    gdp : mapping of ISO3 code to float, optional, US$ million that year, else the World Bank's

    Returns
    -------
    Potential

    Examples
    --------
    >>> round(potential("KAZ", "TKM", year=2016).musd)
    82
    """
    model, pair = gravity_model(as_of=as_of), (codes.iso3(reporter), codes.iso3(partner))
    last = model.years(*pair, fit=fit)[-1]
    gdps = {country: _gdp(country, as_of) for country in pair}
    actual = load_turnover(*pair, as_of=as_of).set_index("year")["turnover_musd"]
    if year is None:
        year = min(int(series.index.max()) for series in (*gdps.values(), actual))
    base = model.potential(*pair, year=min(year, last), fit=fit)
    if year > last:
        own, rates = gdp or {}, model.elasticities(fit)
        home, away = (_income_growth(gdps[c], c, last, year, own.get(c)) for c in pair)
        base = carried(base, year=year, growth=(home, away), elasticities=rates)
    return replace(base, actual_musd=float(actual.get(year, np.nan)))


@validated
def potential_history(reporter: str, partner: str, *, as_of: Day | None = None) -> pd.DataFrame:
    """Actual turnover and potential of a bundled pair over time, by equation.

    Parameters
    ----------
    reporter, partner, as_of : as `potential` takes and refuses them

    Returns
    -------
    DataFrame
        A row an equation (``"effects"``, ``"pair"``, ``"gdp"``) and year of the panel, and each
        later one with both GDPs: ``fit``, ``year``, ``potential_musd``, ``low``, ``high`` (80 %,
        US$ million), ``actual_musd``, ``ratio``, ``carried`` (bool: beyond the panel).

    Examples
    --------
    >>> potential_history("KAZ", "TKM").query("fit == 'effects'").year.tolist()[:6]
    [2004, 2008, 2012, 2016, 2017, 2018]
    """
    latest = potential(reporter, partner, as_of=as_of)
    model, pair, rows = gravity_model(as_of=as_of), (latest.reporter, latest.partner), []
    for name in (fit for fit in OVER_TIME if fit in model.fits_of(*pair)):
        years = model.years(*pair, fit=name)
        later = range(years[-1] + 1, latest.year + 1)
        for year in (*years, *later):
            made = potential(*pair, year=year, fit=name, as_of=as_of)
            values = (made.musd, *made.interval(), made.actual_musd, made.ratio)
            rows.append((name, year, *values, year in later))
    columns = ["fit", "year", "potential_musd", "low", "high", "actual_musd", "ratio", "carried"]
    return pd.DataFrame(rows, columns=columns)


@validated
def gravity_check(
    reporter: str, partner: str, *, target_musd: float, as_of: Day | None = None
) -> Ceiling:
    """A target of a bundled pair held against what size and distance predict.

    Parameters
    ----------
    reporter, partner, as_of : as `potential` takes and refuses them
    target_musd : float, US$ million, positive

    Returns
    -------
    Ceiling, in the last year with both GDPs and the pair's turnover

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
    """World Bank GDP by year, US$ million."""
    table = load_macro("gdp", country, as_of=as_of).query("source_id == 'wdi'")
    return table.set_index("year")["value"]


def _income_growth(
    series: pd.Series, country: str, start: int, end: int, given: float | None
) -> float:
    missing = [year for year in (start, end) if year not in series and not (given and year == end)]
    if missing:
        raise NoAnswerError(
            f"the GDP of {country} in {missing[0]} is not known; give gdp={{{country!r}: ...}}"
        )
    return float((given or series[end]) / series[start])
