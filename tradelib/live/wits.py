"""WITS TradeStats of the World Bank (UN Comtrade's figures), as SDMX-JSON.

Figures are in thousand US$, from 1995 to about two years ago. No key is needed. A few country codes
are older than ISO 3166; Sudan has two, one of them to 2011. A year that the document lists without
an observation is ``empty``. Marks stand in attributes: of all data, of a series, or of an
observation, where numbers behind its value say which. The terms forbid passing the figures on.

References
----------
World Bank, *WITS API user guide*, https://wits.worldbank.org/witsapiintro.aspx; SDMX-JSON 1.0.
"""

import re
from itertools import product
from typing import Any, TypeAlias

from tradelib.live.checks import (
    STATES,
    Figure,
    check_action,
    check_name,
    check_units,
    figure,
    get_path,
    is_mark,
    past_year,
    read_json,
    status_of,
    unique,
)
from tradelib.live.errors import MalformedError
from tradelib.live.http import Call

INDICATORS = {"XPRT-TRD-VL": "export", "MPRT-TRD-VL": "import"}
_UNIT = 1e-3  # thousand US$, in US$ million
_DATA_SET = "DF_WITS_TradeStats_Trade"
_UNIT_PARTS = ("attributes", "dimensions")  # parts of a document that may state a unit
_Marks: TypeAlias = list[tuple[str, str]]  # attribute and what it says
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
    wanted = {
        "FREQ": ["A"],
        "REPORTER": codes(reporter),
        "PARTNER": codes(partner),
        "INDICATOR": [indicator],
    }
    flow = INDICATORS[indicator]
    header = get_path(document.get("header") or {}, dict)
    data_set = str(header.get("id"))
    if header.get("test") or (data_set.startswith("DF_") and data_set != _DATA_SET):
        raise MalformedError(f"an answer that says it is a test, or of {data_set[:40]}")
    sides = get_path(document, list, "structure", "dimensions", "series")
    constants = get_path(document, dict, "structure", "dimensions").get("dataset") or []
    of_all_series = _ids(constants, ":".join("0" for _ in constants)) if constants else {}
    times = get_path(document, list, "structure", "dimensions", "observation")
    if len(times) != 1 or get_path(times, str, 0, "id") != "TIME_PERIOD":
        raise MalformedError(f"observations that are not by TIME_PERIOD alone: {str(times)[:80]}")
    sets = get_path(document, list, "dataSets")
    if len(sets) != 1:
        raise MalformedError(f"{len(sets)} data sets instead of one")
    check_action(get_path(sets, dict, 0).get("action"))
    stated = get_path(document, dict, "structure").get("attributes") or {}
    attributes = {level.casefold(): items for level, items in get_path(stated, dict).items()}
    of_all = _marks(attributes, "dataset", get_path(sets, dict, 0).get("attributes"))
    figures: list[Figure] = []
    for position, series in get_path(sets, dict, 0, "series").items():
        _check_series(of_all_series | _ids(sides, position), wanted)
        _check_names(_names(sides, position), reporter, partner)
        of_series = _marks(attributes, "series", get_path(series, dict).get("attributes"))
        figures += _observations(series, times, flow, attributes, of_all + of_series)
    return unique(figures + _empty_years(figures, times, flow))


def _observations(
    series: Any, times: list[Any], flow: str, attributes: dict[str, Any], common: _Marks
) -> list[Figure]:
    """Figures of a series, whose observations stand by their position among the times."""
    figures = []
    for position, observation in get_path(series, dict, "observations").items():
        year = _year(times, position)
        if not isinstance(observation, list) or not observation:
            raise MalformedError(f"{str(observation)[:40]} as an observation of {year}")
        status, note = _status(common + _marks(attributes, "observation", observation[1:]))
        figures.append(figure(flow, year, observation[0], unit=_UNIT, status=status, note=note))
    return figures


def _year(times: list[Any], position: str) -> int:
    """The year at a position; its name, first and last day must be those of the year."""
    year = past_year(_ids(times, position)["TIME_PERIOD"])
    item = get_path(times, dict, 0, "values", int(position))
    wanted = {"name": f"{year}", "start": f"{year}-01-01", "end": f"{year}-12-31"}
    for name, text in wanted.items():
        if item.get(name) and not str(item[name]).startswith(text):
            raise MalformedError(f"a year {year} whose {name} is {str(item[name])[:40]!r}")
    return year


def _marks(attributes: dict[str, Any], level: str, places: Any) -> _Marks:
    """What the attributes of a level say at some places, a place (or null) for each of them."""
    marks = []
    listed = get_path(attributes.get(level) or [], list)
    for item, place in zip(listed, get_path(places or [], list), strict=False):
        name = get_path(item, str, "id").upper()
        if is_mark(name) and place is not None:
            place = get_path(place, int)
            marks.append((name, get_path(item, str, "values", place, "id")))
    return marks


def _status(marks: _Marks) -> tuple[str, str]:
    """The least sure status that some marks stand for, and a note of those that are not known."""
    found = [status_of({name: mark}) for name, mark in marks] or [("final", "")]
    least_sure = max((status for status, _ in found), key=list(STATES).index)
    return least_sure, "; ".join(dict.fromkeys(note for _, note in found if note))


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
    """Raise if a series is not the pair's and indicator's, of years and of all goods together."""
    unknown = set(ids) - {*wanted, "PRODUCTCODE"}
    if unknown:
        raise MalformedError(f"a series by {', '.join(sorted(unknown))[:80]}")
    for dimension, allowed in wanted.items():
        code = ids.get(dimension, "A" if dimension == "FREQ" else "")
        if code.upper() not in allowed:
            raise MalformedError(f"a series with {dimension} {code!r} instead of {allowed[0]!r}")
    if ids.get("PRODUCTCODE", "Total").casefold() != "total":
        raise MalformedError(f"trade in {ids['PRODUCTCODE']!r} instead of the total")


def _names(dimensions: list[Any], position: str) -> dict[str, str]:
    """As `_ids`, for the names of the codes; empty where there is none."""
    return {
        get_path(dimension, str, "id"): str(
            get_path(dimension, dict, "values", int(step)).get("name") or ""
        )
        for dimension, step in zip(dimensions, position.split(":"), strict=True)
    }


def _check_names(names: dict[str, str], reporter: str, partner: str) -> None:
    """Raise if a name says another thing than its code: a country, a frequency, goods, a share."""
    check_name(names.get("REPORTER"), reporter)
    check_name(names.get("PARTNER"), partner)
    forms = {"FREQ": "a$|annual|$", "PRODUCTCODE": "all|total|$", "INDICATOR": "[^%]*$"}
    for dimension, form in forms.items():
        name = names.get(dimension, "")
        if not re.match(form, name, re.IGNORECASE):
            raise MalformedError(f"a series with {dimension} called {name[:60]!r}")


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
    """As `_check_unit`, for one attribute or dimension: none of its values may be another unit."""
    name = get_path(item, str, "id")
    for number, _ in enumerate(get_path(item, list, "values")):
        check_units({name: get_path(item, str, "values", number, "id")}, power="3")
        meaning = str(get_path(item, dict, "values", number).get("name"))
        unit = re.search(r"\(([^()]*US\$[^()]*)\)", meaning)
        if name == "INDICATOR" and unit and unit[1].casefold() != "us$ thousand":
            raise MalformedError(f"figures in {unit[1][:40]} instead of thousand US$")
