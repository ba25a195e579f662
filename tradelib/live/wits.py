"""WITS TradeStats of the World Bank (UN Comtrade's figures), as SDMX-JSON.

Thousand US$; 1995 to about two years ago; no key; a few codes are older than ISO 3166, and Sudan
has two, one to 2011. A year that the document lists without an observation is ``empty``. Its terms
forbid passing the figures on.

References
----------
World Bank, *WITS API user guide*, https://wits.worldbank.org/witsapiintro.aspx; SDMX-JSON 1.0.
"""

import re
from itertools import product
from typing import Any

from tradelib.live.errors import MalformedError
from tradelib.live.gate import Figure, check_units, figure, once, read, take, year_of
from tradelib.live.transport import Call

INDICATORS = {"XPRT-TRD-VL": "export", "MPRT-TRD-VL": "import"}
_UNIT = 1e-3  # thousand US$
_STATED = ("attributes", "dimensions")  # where a unit may be said
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
    return [
        (
            indicator,
            Call(
                source="wits",
                path=f"{root}/{one.lower()}/year/all/partner/{other.lower()}"
                f"/product/Total/indicator/{indicator}",
                query=(("format", "JSON"),),
                accept="application/json",
                none=r"no\s*records?\s*found",
            ),
        )
        for indicator, one, other in product(INDICATORS, codes(reporter), codes(partner))
    ]


def parse(body: bytes, *, reporter: str, partner: str, indicator: str) -> tuple[Figure, ...]:
    """Figures of one pair and indicator, each once, or a `MalformedError`."""
    document = read(body)
    _check_unit(document)
    asked = {"REPORTER": codes(reporter), "PARTNER": codes(partner), "INDICATOR": [indicator]}
    sides = take(document, list, "structure", "dimensions", "series")
    times = take(document, list, "structure", "dimensions", "observation")
    if len(times) != 1 or take(times, str, 0, "id") != "TIME_PERIOD":
        raise MalformedError(f"observations that are not by TIME_PERIOD alone: {str(times)[:80]}")
    sets = take(document, list, "dataSets")
    if len(sets) != 1:
        raise MalformedError(f"{len(sets)} data sets instead of one")
    figures = []
    for place, series in take(sets, dict, 0, "series").items():
        _check_series(_ids(sides, place), asked)
        for when, seen in take(series, dict, "observations").items():
            year = year_of(_ids(times, when)["TIME_PERIOD"])
            if not isinstance(seen, list) or not seen:
                raise MalformedError(f"{str(seen)[:40]} as an observation of {year}")
            figures.append(figure(INDICATORS[indicator], year, seen[0], unit=_UNIT))
    seen_years = {figure.year for figure in figures}
    listed = (year_of(take(one, str, "id")) for one in take(times, list, 0, "values"))
    lost = [year for year in listed if figures and year not in seen_years]
    return once([*figures, *(figure(INDICATORS[indicator], y, None, unit=_UNIT) for y in lost)])


def _ids(dimensions: list[Any], place: str) -> dict[str, str]:
    """Code of each dimension at a place such as ``0:0:3``."""
    steps = place.split(":")
    if len(steps) != len(dimensions) or not all(re.fullmatch("[0-9]{1,6}", s) for s in steps):
        raise MalformedError(f"a place {place[:40]!r} in {len(dimensions)} dimensions")
    return {
        take(one, str, "id"): take(one, str, "values", int(step), "id")
        for one, step in zip(dimensions, steps, strict=True)
    }


def _check_series(ids: dict[str, str], asked: dict[str, list[str]]) -> None:
    for dimension, wanted in asked.items():
        given = ids.get(dimension, "")
        if given.upper() not in wanted:
            raise MalformedError(f"a series with {dimension} {given!r} instead of {wanted[0]!r}")
    if ids.get("PRODUCTCODE", "Total").casefold() != "total":
        raise MalformedError(f"trade in {ids['PRODUCTCODE']!r} instead of the total")


def _check_unit(document: Any) -> None:
    """Raise if the document states another unit than thousand US$."""
    structure = take(document, dict, "structure")
    groups = [take(structure.get(part) or {}, dict).values() for part in _STATED]
    for one in (one for level in groups for group in level for one in take(group, list)):
        if take(one, dict).get("values"):
            check_units({take(one, str, "id"): take(one, str, "values", 0, "id")}, power="3")
            name = str(take(one, dict, "values", 0).get("name"))
            unit = re.search(r"\(([^()]*US\$[^()]*)\)", name)
            if one["id"] == "INDICATOR" and unit and unit[1].casefold() != "us$ thousand":
                raise MalformedError(f"figures in {unit[1][:40]} instead of thousand US$")
