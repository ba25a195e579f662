"""World Bank, World Development Indicators: figures of countries' economies, as JSON.

An answer is a list of two: facts about the answer, and the rows.

References
----------
World Bank, *Indicators API*, https://datahelpdesk.worldbank.org/knowledgebase/topics/125589.
"""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any, TypeAlias

import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import InputError
from tradelib.datasets.sources import sources
from tradelib.live import tidy
from tradelib.live.cache import Reply
from tradelib.live.checks import (
    check_name,
    check_units,
    figure_number,
    get_path,
    past_year,
    read_json,
    status_of,
)
from tradelib.live.errors import MalformedError, NoDataError
from tradelib.live.http import TIMEOUT, WEEK, Call, Client

PAGE_ROWS = 20_000  # asked for on one page; all countries together have fewer rows
_CHECK = "check the indicator's code and the countries: it has no indicator or economy of that name"
_MOST = 1e25  # a larger value is an error in any unit or currency
_DATABASE = "2"  # the bank's number of the World Development Indicators
Values: TypeAlias = dict[tuple[str, int], tuple[float, str]]
_Cell: TypeAlias = tuple[float | None, str]  # value and status
# By our name of an indicator: the bank's code, our unit, and the bank's unit in ours.
BANK_TERMS = {
    "gdp": ("NY.GDP.MKTP.CD", "musd", 1e-6),
    "gdp_real2015": ("NY.GDP.MKTP.KD", "musd", 1e-6),
    "population": ("SP.POP.TOTL", "persons", 1.0),
}
# What the bank's name of it must hold: it moves its base year now and then, under the same code.
_WORDS = {"gdp": "current US$", "gdp_real2015": "constant 2015 US$", "population": "total"}


def fetch_macro(
    countries: str | int | Iterable[str | int],
    *,
    indicator: str = "gdp",
    max_age_days: float = WEEK,
    offline: bool = False,
    timeout: float = TIMEOUT,
) -> pd.DataFrame:
    """An indicator of the World Bank by country and year.

    Parameters
    ----------
    countries : str, int or iterable of str and int
        Countries by code or name.
    indicator : str
        ``"gdp"``, ``"gdp_real2015"`` (both US$ million), ``"population"``, or any code of the World
        Bank's, in the bank's unit.
    max_age_days : float
        Oldest copy in the cache that is used instead of a new download, in days.
    offline : bool
        Whether to use only the cache, with copies of any age; without a copy it is an error.
    timeout : float
        Seconds for the whole fetch.

    Returns
    -------
    DataFrame
        One row per country and year: the columns of `tradelib.load_macro`, ``released_basis`` and
        ``accessed``. Years without a value have no row. ``status`` is ``preliminary`` or
        ``estimate`` where the bank says so.

    Raises
    ------
    InputError
        If a country is unknown, or none is given.
    LiveError
        If there is no usable answer; the subclasses of `tradelib.live.LiveError` say why.

    Examples
    --------
    >>> fetch_macro([])
    Traceback (most recent call last):
    tradelib.core.errors.InputError: countries are needed, got []
    """
    if isinstance(countries, Iterable) and not isinstance(countries, str):
        items = list(countries)
    else:
        items = [countries]
    wanted = sorted({country_codes.iso3(item) for item in items})
    if not wanted:
        raise InputError(f"countries are needed, got {items}")
    if not isinstance(indicator, str) or not re.fullmatch(r"[\w.]{1,80}", indicator, re.ASCII):
        raise InputError(f"an indicator is a name or a code of letters and dots, got {indicator!r}")
    client = Client(offline=offline, max_age_days=max_age_days, timeout=timeout)
    request = indicator_call(wanted, indicator)
    values, reply = client(request, partial(parse, countries=wanted, indicator=indicator))
    if not values:
        answer = f"an answer without {indicator} of {', '.join(wanted)}"
        remedy = "ask for another indicator or source"
        raise NoDataError(answer, asked=request.address, remedy=remedy)
    return _macro(values, indicator, reply)


def _macro(values: Values, indicator: str, reply: Reply) -> pd.DataFrame:
    """Values as a tidy frame, in the order of `tradelib.load_macro`."""
    code, unit, factor = terms_of(indicator)
    about = sources().set_index("source_id").loc["wdi"]
    accessed = reply.accessed.tz_localize(None).normalize()
    rows = []
    for (country, year), (value, status) in values.items():
        day, basis = tidy.released("wdi", year, accessed.date())
        rows.append(
            {
                "indicator": indicator,
                "country": country,
                "year": year,
                "value": value * factor,
                "unit": unit,
                "status": status,
                "source_id": "wdi",
                "released": day,
                "source_title": f"{about['producer'].split(',')[0]} WDI {code}",
                "note": None,
                "source_url": reply.address,
                "released_basis": basis,
                "accessed": accessed,
            }
        )
    return tidy.typed(rows, "macro.csv", {"released_basis": "str", "accessed": tidy.DAY})


def terms_of(indicator: str) -> tuple[str, str, float]:
    """The bank's code of an indicator, our unit, and the factor from the bank's unit to ours."""
    return BANK_TERMS.get(indicator, (indicator, "as the World Bank states it", 1.0))


def indicator_call(countries: list[str], indicator: str) -> Call:
    """Call for all years of some countries."""
    path = f"country/{';'.join(countries)}/indicator/{terms_of(indicator)[0]}"
    query = (("format", "json"), ("per_page", str(PAGE_ROWS)))
    return Call(source="wdi", path=path, query=query, accept="application/json")


def parse(body: bytes, *, countries: list[str], indicator: str) -> Values:
    """Values and statuses by country and year; years without a value are left out.

    An unknown indicator or country is a `NoDataError`; a row that comes twice, or was not asked
    for, is a `MalformedError`.
    """
    cells: dict[tuple[str, int], _Cell] = {}
    for row in _rows(read_json(body), indicator):
        country, year = _key(row, countries, indicator)
        _check_terms(row, indicator)
        cell = _cell(row, f"{country} {year}", indicator)
        if (country, year) in cells:
            raise MalformedError(f"{country} {year} twice")
        cells[country, year] = cell
    without = sorted(set(countries) - {country for country, _ in cells})
    if cells and without:
        remedy = "ask for the others without it, or for another indicator"
        raise NoDataError(f"an answer without rows of {', '.join(without)}", remedy=remedy)
    values: Values = {}
    for key, (value, status) in sorted(cells.items()):
        if value is not None:
            values[key] = (value, status)
    return values


def _rows(document: Any, indicator: str) -> list[Any]:
    """Rows of a document that is whole; none where the bank has no values."""
    if get_path(document, list) and "message" in get_path(document, dict, 0):
        items = get_path(document, list, 0, "message")
        texts = [str(item.get("value")) for item in items if isinstance(item, dict)]
        raise NoDataError(f"an error message: {'; '.join(texts)[:200]}", remedy=_CHECK)
    is_empty = len(document) == 2 and document[1] is None
    if is_empty and get_path(document, int, 0, "total") == 0:
        return []
    rows = get_path(document, list, 1)
    page, pages, total = (get_path(document, int, 0, name) for name in ("page", "pages", "total"))
    if page != 1 or pages > 1 or total != len(rows):
        raise MalformedError(f"{len(rows)} rows of {total}, on page {page} of {pages}")
    database = get_path(document, dict, 0).get("sourceid") or _DATABASE
    if indicator in BANK_TERMS and str(database) != _DATABASE:
        raise MalformedError(f"rows of its database {str(database)[:40]!r} instead of {_DATABASE}")
    return rows


def _key(row: Any, countries: list[str], indicator: str) -> tuple[str, int]:
    """Country and year of a row, if it was asked for."""
    country = get_path(row, str, "countryiso3code")
    code = get_path(row, str, "indicator", "id")
    if country not in countries or code != terms_of(indicator)[0]:
        raise MalformedError(f"a row of {country!r}, {code!r}")
    if "value" not in row:
        raise MalformedError(f"a row of {country} {get_path(row, str, 'date')} without value")
    return country, past_year(get_path(row, str, "date"))


def _check_terms(row: Any, indicator: str) -> None:
    """Raise if a row states another unit than our name says, or calls indicator or country so."""
    words = _WORDS.get(indicator)
    stated = row.get("unit")
    if words and stated not in (None, ""):
        raise MalformedError(f"{indicator} in the unit {str(stated)[:40]!r}")
    check_units({name: said for name, said in row.items() if name not in ("unit", "indicator")})
    country = row.get("country")
    check_name(country.get("value") if isinstance(country, dict) else None, row["countryiso3code"])
    name = row["indicator"].get("value")
    if words and name is not None and words.casefold() not in str(name).casefold():
        raise MalformedError(f"{str(name)[:80]!r} where {indicator} ({words}) is due")


def _cell(row: Any, country_year: str, indicator: str) -> _Cell:
    """Value and status of a row; `country_year` names it in errors."""
    value = figure_number(row["value"])
    if isinstance(row["value"], str) or abs(value or 0) > _MOST:
        raise MalformedError(f"{str(row['value'])[:40]!r} as a value of {country_year}")
    if value is not None and value < 0 and indicator in BANK_TERMS:
        raise MalformedError(f"{indicator} of {value:g}")
    mark = row.get("obs_status") or ""
    status, _ = status_of({"OBS_STATUS": str(mark)})
    return value, status
