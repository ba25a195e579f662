"""A country's economy from the World Bank as a tidy frame."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

import pandas as pd

from tradelib.bundle.sources import sources
from tradelib.ground import codes
from tradelib.live import tidy, worldbank
from tradelib.live.cache import Reply
from tradelib.live.client import TIMEOUT, WEEK, Client
from tradelib.live.errors import NoDataError


def fetch_macro(
    countries: str | int | Iterable[str | int], *, indicator: str = "gdp",
    max_age_days: float = WEEK, offline: bool = False, timeout: float = TIMEOUT,
) -> pd.DataFrame:  # fmt: skip
    """An indicator of the World Bank by country and year.

    Parameters
    ----------
    countries : str
        Int or iterable of them, countries by code or name.
    indicator : str
        ``"gdp"``, ``"gdp_real2015"`` (both US$ million), ``"population"``, or any code of the World
        Bank's, in the bank's unit.
    max_age_days, offline, timeout
        As for `fetch_flows`.

    Returns
    -------
    DataFrame
        The columns of `tradelib.load_macro`, and ``released_basis`` and ``accessed``. Years without
        a value are no rows; ``status`` says what the bank marks as preliminary or an estimate.

    Raises
    ------
    ValueError, LiveError
        If a country is not one, or none is given; as for `fetch_flows`.

    Examples
    --------
    >>> fetch_macro([])
    Traceback (most recent call last):
    ValueError: countries are needed, got []
    """
    several = isinstance(countries, Iterable) and not isinstance(countries, str)
    given: list[Any] = list(countries) if several else [countries]  # type: ignore[arg-type]
    wanted = sorted({codes.iso3(country) for country in given})
    if not wanted:
        raise ValueError(f"countries are needed, got {given}")
    if not isinstance(indicator, str) or not re.fullmatch(r"[\w.]{1,80}", indicator, re.ASCII):
        raise ValueError(f"an indicator is a name or a code of letters and dots, got {indicator!r}")
    client = Client(offline=offline, max_age_days=max_age_days, timeout=timeout)
    call = worldbank.call(wanted, indicator)
    values, reply = client(call, partial(worldbank.parse, countries=wanted, indicator=indicator))
    if not values:
        what, remedy = f"an answer without {indicator} of ", "ask for another indicator or source"
        raise NoDataError(what + ", ".join(wanted), asked=call.address, remedy=remedy)
    return _macro(values, indicator, reply)


def _macro(values: worldbank.Values, indicator: str, reply: Reply) -> pd.DataFrame:
    """Values as a tidy frame, in the order of `tradelib.load_macro`."""
    code, unit, factor = worldbank.named(indicator)
    about = sources().set_index("source_id").loc["wdi"]
    accessed = reply.accessed.tz_localize(None).normalize()
    rows = []
    for (country, year), (value, status) in values.items():
        day, basis = tidy.released("wdi", year, accessed.date())
        rows.append({
            "indicator": indicator, "country": country, "year": year, "value": value * factor,
            "unit": unit, "status": status, "source_id": "wdi", "released": day,
            "source_title": f"{about['producer'].split(',')[0]} WDI {code}", "note": None,
            "source_url": reply.address, "released_basis": basis, "accessed": accessed,
        })  # fmt: skip
    return tidy.typed(rows, "macro.csv", {"released_basis": "str", "accessed": tidy.DAY})
