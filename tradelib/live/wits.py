"""WITS TradeStats of the World Bank (UN Comtrade's figures), as SDMX-JSON.

Figures are in thousand US$, from 1995 to about two years ago. No key is needed. A few country codes
are older than ISO 3166; Sudan has two, one of them to 2011. A year that the document lists without
an observation is ``empty``. The terms forbid passing the figures on.

References
----------
World Bank, *WITS API user guide*, https://wits.worldbank.org/witsapiintro.aspx; SDMX-JSON 1.0.
"""

import re
from itertools import product
from typing import Any

from tradelib.live.errors import MalformedError
from tradelib.live.gate import Figure, check_units, figure, get_path, past_year, read_json, unique
from tradelib.live.transport import Call

INDICATORS = {"XPRT-TRD-VL": "export", "MPRT-TRD-VL": "import"}
_UNIT = 1e-3  # thousand US$, in US$ million
_UNIT_PARTS = ("attributes", "dimensions")  # parts of a document that may state a unit
_OLD = {
    "ROU": ["ROM"],
    "SRB": ["SER"],
    "COD": ["ZAR"],
    "SDN": ["SUD", "SDN"],
    "MNE": ["MNT"],
    "TLS": ["TMP"],
    "TWN": ["OAS"],
}


def codes(country: str) -> list[str]:
    """WITS's codes of a country."""
    return _OLD.get(country, [country])


def calls(reporter: str, partner: str) -> list[tuple[str, Call]]:
    """Indicator and call for exports and for imports, all years; more where a code has changed."""
    root = "SDMX/V21/datasource/tradestats-trade/reporter"
    several = []
    for indicator, own, other in product(INDICATORS, codes(reporter), codes(partner)):
        pair = f"{own.lower()}/year/all/partner/{other.lower()}"
        call = Call(
            source="wits",
            path=f"{root}/{pair}/product/Total/indicator/{indicator}",
            query=(("format", "JSON"),),
            accept="application/json",
            none=r"no\s*records?\s*found",
        )
        several.append((indicator, call))
    return several


def parse(body: bytes, *, reporter: str, partner: str, indicator: str) -> tuple[Figure, ...]:
    """Figures of one pair and indicator, each once, or a `MalformedError`."""
    document = read_json(body)
    _check_unit(document)
    wanted = {"REPORTER": codes(reporter), "PARTNER": codes(partner), "INDICATOR": [indicator]}
    flow = INDICATORS[indicator]
    sides = get_path(document, list, "structure", "dimensions", "series")
    times = get_path(document, list, "structure", "dimensions", "observation")
    if len(times) != 1 or get_path(times, str, 0, "id") != "TIME_PERIOD":
        raise MalformedError(f"observations that are not by TIME_PERIOD alone: {str(times)[:80]}")
    sets = get_path(document, list, "dataSets")
    if len(sets) != 1:
        raise MalformedError(f"{len(sets)} data sets instead of one")
    figures: list[Figure] = []
    for position, series in get_path(sets, dict, 0, "series").items():
        _check_series(_ids(sides, position), wanted)
        figures += _observations(series, times, flow)
    return unique(figures + _empty_years(figures, times, flow))


def _observations(series: Any, times: list[Any], flow: str) -> list[Figure]:
    """Figures of a series, whose observations stand by their position among the times."""
    figures = []
    for position, observation in get_path(series, dict, "observations").items():
        year = past_year(_ids(times, position)["TIME_PERIOD"])
        if not isinstance(observation, list) or not observation:
            raise MalformedError(f"{str(observation)[:40]} as an observation of {year}")
        figures.append(figure(flow, year, observation[0], unit=_UNIT))
    return figures


def _empty_years(figures: list[Figure], times: list[Any], flow: str) -> list[Figure]:
    """Empty figures of the years that are listed without an observation, if others have one."""
    items = get_path(times, list, 0, "values")
    listed = [past_year(get_path(item, str, "id")) for item in items]
    if not figures:
        return []
    observed = {item.year for item in figures}
    return [figure(flow, year, None, unit=_UNIT) for year in listed if year not in observed]


def _ids(dimensions: list[Any], position: str) -> dict[str, str]:
    """Code in each dimension at a position such as ``0:0:3``."""
    steps = position.split(":")
    if len(steps) != len(dimensions) or not all(re.fullmatch("[0-9]{1,6}", s) for s in steps):
        raise MalformedError(f"a place {position[:40]!r} in {len(dimensions)} dimensions")
    return {
        get_path(dimension, str, "id"): get_path(dimension, str, "values", int(step), "id")
        for dimension, step in zip(dimensions, steps, strict=True)
    }


def _check_series(ids: dict[str, str], wanted: dict[str, list[str]]) -> None:
    """Raise if a series is not the pair's and indicator's, or not of all goods together."""
    for dimension, allowed in wanted.items():
        code = ids.get(dimension, "")
        if code.upper() not in allowed:
            raise MalformedError(f"a series with {dimension} {code!r} instead of {allowed[0]!r}")
    if ids.get("PRODUCTCODE", "Total").casefold() != "total":
        raise MalformedError(f"trade in {ids['PRODUCTCODE']!r} instead of the total")


def _check_unit(document: Any) -> None:
    """Raise if the document states another unit than thousand US$."""
    structure = get_path(document, dict, "structure")
    groups: list[Any] = []
    for part in _UNIT_PARTS:
        groups += get_path(structure.get(part) or {}, dict).values()
    for group in groups:
        for item in get_path(group, list):
            if get_path(item, dict).get("values"):
                _check_unit_of(item)


def _check_unit_of(item: Any) -> None:
    """As `_check_unit`, for one attribute or dimension."""
    name = get_path(item, str, "id")
    check_units({name: get_path(item, str, "values", 0, "id")}, power="3")
    meaning = str(get_path(item, dict, "values", 0).get("name"))
    unit = re.search(r"\(([^()]*US\$[^()]*)\)", meaning)
    if name == "INDICATOR" and unit and unit[1].casefold() != "us$ thousand":
        raise MalformedError(f"figures in {unit[1][:40]} instead of thousand US$")
