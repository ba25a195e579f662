"""A country's economy from the World Bank: World Development Indicators, JSON ``[about, rows]``.

References
----------
World Bank, *Indicators API*, https://datahelpdesk.worldbank.org/knowledgebase/topics/125589.
"""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any, TypeAlias

import pandas as pd

from tradelib.bundle.sources import sources
from tradelib.ground import codes
from tradelib.ground.errors import InputError
from tradelib.live import tidy
from tradelib.live.cache import Reply
from tradelib.live.errors import MalformedError, NoDataError
from tradelib.live.gate import number_of, read, status_of, take, year_of
from tradelib.live.transport import TIMEOUT, WEEK, Call, Client

ROWS = 20_000  # on one page: more than all countries have years
_CHECK = "check the indicator's code and the countries: it has no indicator or economy of that name"
_MOST = 1e25  # in whatever unit: more than any currency needs
Values: TypeAlias = dict[tuple[str, int], tuple[float, str]]
_Cell: TypeAlias = tuple[float | None, str]
# Our name of an indicator: the bank's code, our unit, and our units in one of the bank's.
NAMES = {
    "gdp": ("NY.GDP.MKTP.CD", "musd", 1e-6),
    "gdp_real2015": ("NY.GDP.MKTP.KD", "musd", 1e-6),
    "population": ("SP.POP.TOTL", "persons", 1.0),
}


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
    countries : str, int or iterable of them, countries by code or name
    indicator : str
        ``"gdp"``, ``"gdp_real2015"`` (both US$ million), ``"population"``, or any code of the World
        Bank's, in the bank's unit.
    max_age_days, offline, timeout : as for `fetch_flows`

    Returns
    -------
    DataFrame
        The columns of `tradelib.load_macro`, and ``released_basis`` and ``accessed``. Years without
        a value are no rows; ``status`` says what the bank marks as preliminary or an estimate.

    Raises
    ------
    InputError, LiveError
        If a country is not one, or none is given; as for `fetch_flows`.

    Examples
    --------
    >>> fetch_macro([])
    Traceback (most recent call last):
    tradelib.ground.errors.InputError: countries are needed, got []
    """
    several = isinstance(countries, Iterable) and not isinstance(countries, str)
    given: list[Any] = list(countries) if several else [countries]  # type: ignore[arg-type]
    wanted = sorted({codes.iso3(country) for country in given})
    if not wanted:
        raise InputError(f"countries are needed, got {given}")
    if not isinstance(indicator, str) or not re.fullmatch(r"[\w.]{1,80}", indicator, re.ASCII):
        raise InputError(f"an indicator is a name or a code of letters and dots, got {indicator!r}")
    client = Client(offline=offline, max_age_days=max_age_days, timeout=timeout)
    asked = call(wanted, indicator)
    values, reply = client(asked, partial(parse, countries=wanted, indicator=indicator))
    if not values:
        what, remedy = f"an answer without {indicator} of ", "ask for another indicator or source"
        raise NoDataError(what + ", ".join(wanted), asked=asked.address, remedy=remedy)
    return _macro(values, indicator, reply)


def _macro(values: Values, indicator: str, reply: Reply) -> pd.DataFrame:
    """Values as a tidy frame, in the order of `tradelib.load_macro`."""
    code, unit, factor = named(indicator)
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


def named(indicator: str) -> tuple[str, str, float]:
    """The bank's code of an indicator, our unit of it, and our units in one of the bank's."""
    return NAMES.get(indicator, (indicator, "as the World Bank states it", 1.0))


def call(countries: list[str], indicator: str) -> Call:
    """Call for all years of some countries."""
    path = f"country/{';'.join(countries)}/indicator/{named(indicator)[0]}"
    query = ("format", "json"), ("per_page", str(ROWS))
    return Call(source="wdi", path=path, query=query, accept="application/json")


def parse(body: bytes, *, countries: list[str], indicator: str) -> Values:
    """Values and statuses by country and year; years without a value are left out.

    What the bank does not know is a `NoDataError`; a row twice, or not asked for, is malformed.
    """
    cells: dict[tuple[str, int], _Cell] = {}
    for row in _rows(read(body)):
        place, cell = _cell(row, countries, indicator)
        if place in cells:
            raise MalformedError(f"{place[0]} {place[1]} twice")
        cells[place] = cell
    without = sorted(set(countries) - {country for country, _ in cells})
    if cells and without:
        remedy = "ask for the others without it, or for another indicator"
        raise NoDataError(f"an answer without rows of {', '.join(without)}", remedy=remedy)
    return {place: (v, state) for place, (v, state) in sorted(cells.items()) if v is not None}


def _rows(document: Any) -> list[Any]:
    """Rows of a document that is whole; none where the bank has no values."""
    if take(document, list) and "message" in take(document, dict, 0):
        said = take(document, list, 0, "message")
        words = "; ".join(str(one.get("value")) for one in said if isinstance(one, dict))
        raise NoDataError(f"an error message: {words[:200]}", remedy=_CHECK)
    if len(document) == 2 and document[1] is None and take(document, int, 0, "total") == 0:
        return []
    rows = take(document, list, 1)
    pages, total = take(document, int, 0, "pages"), take(document, int, 0, "total")
    if pages > 1 or total != len(rows):
        raise MalformedError(f"{len(rows)} rows of {total}, on one page of {pages}")
    return rows


def _cell(row: Any, countries: list[str], indicator: str) -> tuple[tuple[str, int], _Cell]:
    """Country and year of a row that was asked for, and its value and status."""
    country, which = take(row, str, "countryiso3code"), take(row, str, "indicator", "id")
    if country not in countries or which != named(indicator)[0]:
        raise MalformedError(f"a row of {country!r}, {which!r}")
    if "value" not in row:
        raise MalformedError(f"a row of {country} {take(row, str, 'date')} without value")
    year, value = year_of(take(row, str, "date")), number_of(row["value"])
    if isinstance(row["value"], str) or abs(value or 0) > _MOST:
        raise MalformedError(f"{str(row['value'])[:40]!r} as a value of {country} {year}")
    if value is not None and value < 0 and indicator in NAMES:
        raise MalformedError(f"{indicator} of {value:g}")
    mark = row.get("obs_status") or ""
    return (country, year), (value, status_of({"OBS_STATUS": str(mark)})[0])
