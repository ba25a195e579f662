"""WITS TradeStats of the World Bank (UN Comtrade's figures), as SDMX-JSON.

Thousand US$; 1995 to about two years ago; no key; a few codes are older than ISO 3166. A year that
the document lists without an observation is ``empty``. Its terms forbid passing the figures on.

References
----------
World Bank, *WITS API user guide*, https://wits.worldbank.org/witsapiintro.aspx; SDMX-JSON 1.0.
"""

from typing import Any

from tradelib.live.documents import read, take
from tradelib.live.errors import MalformedError
from tradelib.live.tidy import Figure, once, value_of, year_of
from tradelib.live.transport import Call

INDICATORS = {"XPRT-TRD-VL": "export", "MPRT-TRD-VL": "import"}
_UNIT = 1e-3  # thousand US$
_OLD = {"ROU": "ROM", "SRB": "SER", "COD": "ZAR", "SDN": "SUD", "MNE": "MNT", "TLS": "TMP"}


def code(country: str) -> str:
    """WITS's code of a country."""
    return _OLD.get(country, country)


def calls(reporter: str, partner: str) -> list[Call]:
    """One call for exports and one for imports, all years."""
    pair = f"reporter/{code(reporter).lower()}/year/all/partner/{code(partner).lower()}"
    return [
        Call(
            source="wits",
            path=(
                f"SDMX/V21/datasource/tradestats-trade/{pair}/product/Total/indicator/{indicator}"
            ),
            query=(("format", "JSON"),),
            accept="application/json",
            none=r"no\s*records?\s*found",
        )
        for indicator in INDICATORS
    ]


def parse(body: bytes, *, reporter: str, partner: str, indicator: str) -> tuple[Figure, ...]:
    """Figures of one pair and indicator, each once, or a `MalformedError`."""
    document = read(body)
    _check_unit(document)
    asked = {"REPORTER": code(reporter), "PARTNER": code(partner), "INDICATOR": indicator}
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
            figures.append(_figure(INDICATORS[indicator], year, seen))
    seen_years = {figure.year for figure in figures}
    listed = (year_of(take(one, str, "id")) for one in take(times, list, 0, "values"))
    lost = [year for year in listed if figures and year not in seen_years]
    return once([*figures, *(_figure(INDICATORS[indicator], year, [None]) for year in lost)])


def _ids(dimensions: list[Any], place: str) -> dict[str, str]:
    """Code of each dimension at a place such as ``0:0:3``."""
    steps = place.split(":")
    if len(steps) != len(dimensions) or not all(s.isascii() and s.isdigit() for s in steps):
        raise MalformedError(f"a place {place!r} in {len(dimensions)} dimensions")
    return {
        take(one, str, "id"): take(one, str, "values", int(step), "id")
        for one, step in zip(dimensions, steps, strict=True)
    }


def _check_series(ids: dict[str, str], asked: dict[str, str]) -> None:
    for dimension, wanted in asked.items():
        given = ids.get(dimension, "")
        if given.upper() != wanted:
            raise MalformedError(f"a series with {dimension} {given!r} instead of {wanted!r}")
    if ids.get("PRODUCTCODE", "Total").casefold() != "total":
        raise MalformedError(f"trade in {ids['PRODUCTCODE']!r} instead of the total")


def _check_unit(document: Any) -> None:
    """Raise if the document states another power of ten than thousands."""
    attributes = document.get("structure", {}) if isinstance(document, dict) else {}
    attributes = attributes.get("attributes") if isinstance(attributes, dict) else None
    for level in (attributes or {}).values() if isinstance(attributes, dict) else []:
        for one in level if isinstance(level, list) else []:
            if isinstance(one, dict) and one.get("id") == "UNIT_MULT":
                power = take(one, str, "values", 0, "id")
                if power != "3":
                    raise MalformedError(f"figures in 10^{power} US$ instead of thousands")


def _figure(flow: str, year: int, seen: Any) -> Figure:
    if not isinstance(seen, list) or not seen:
        raise MalformedError(f"{seen!r} as an observation of {year}")
    value = value_of(seen[0], unit=_UNIT)
    status = "final" if value is not None else "empty"
    return Figure(flow=flow, year=year, value_musd=value, status=status)
