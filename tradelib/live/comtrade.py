"""UN Comtrade, annual and monthly totals of goods, and years by chapter, as JSON.

Without a key the preview service answers, with at most 500 rows; with a key in
``COMTRADE_API_KEY`` the full service.

A pair's total has up to nine rows, by customs procedure, mode of transport and second partner. The
row with procedure C00, mode 0 and second partner 0 is the total, and is asked for. ``primaryValue``
is in US$, FOB for exports and mostly CIF for imports; no field states the unit, so that another
unit would not be noticed. A value that is neither reported nor a sum (``isReported``,
``isAggregate``) is an estimate. ``freqCode`` is A (``period`` such as 2024) or M (202403). Where a
row says the same in another field (``period`` and ``refYear``, a country's number and its letters),
both must agree.

The UN's terms forbid passing the figures on: fetch them, do not ship them.

References
----------
UN Statistics Division, *UN Comtrade*, https://comtradedeveloper.un.org.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from tradelib.core import country_codes
from tradelib.core.sections import section_of
from tradelib.live.checks import (
    Figure,
    Figures,
    check_name,
    check_units,
    figure,
    get_path,
    past_month,
    past_year,
    read_json,
    unique,
)
from tradelib.live.endpoints import site
from tradelib.live.errors import MalformedError
from tradelib.live.http import Call

FLOW_CODES = {"X": "export", "M": "import"}
FIRST_YEAR_ASKED = 1995  # first year asked for if no years are named
PREVIEW_ROWS = 500  # the UN's limit: an answer with so many rows may be cut off
_UNIT = 1e-6  # US$, in US$ million
_PERIODS_A_CALL = 12  # the UN's limit, of years or months
_MONTH = "([0-9]{4})([0-9]{2})"
_WHOLE_YEAR = 52  # the month of a year's row
_TOTAL = "TOTAL"  # the code of all goods
_CHAPTERS = "AG2"  # asks for every chapter of the Harmonized System
_CHAPTER = "[0-9]{2}"
# Years of a call for chapters without a key: two flows of a hundred chapters each are 400 rows.
_CHAPTER_YEARS = 2
_ONE_ROW_QUERY = (
    ("flowCode", "X,M"),
    ("partner2Code", "0"),
    ("motCode", "0"),
    ("customsCode", "C00"),
)
# Countries whose number in the UN's trade statistics is not that of ISO 3166.
_OWN = {"USA": 842, "FRA": 251, "CHE": 757, "NOR": 579, "IND": 699, "TWN": 490}
_OWN_LETTERS = {"TWN": "S19"}  # and whose letters are not those of ISO 3166
_QUANTITIES = re.compile("(alt)?qty", re.IGNORECASE)  # fields about tonnes and pieces, not money


def country_number(country: str) -> int:
    """UN Comtrade's number of a country."""
    return _OWN.get(country) or country_codes.m49(country)


def calls(reporter: str, partner: str, years: list[int], frequency: str = "A") -> list[Call]:
    """Calls for both flows, twelve years each, or the twelve months of a year each."""
    periods = years
    if frequency == "M":
        periods = [100 * year + month for year in years for month in range(1, 13)]
    return list(_calls(reporter, partner, _TOTAL, periods, frequency))


def chapter_calls(reporter: str, partner: str, years: list[int]) -> list[Call]:
    """Calls for both flows by chapter, twelve years each with a key, two without."""
    at_once = _PERIODS_A_CALL if site("comtrade").key else _CHAPTER_YEARS
    return list(_calls(reporter, partner, _CHAPTERS, years, "A", at_once))


def _calls(
    reporter: str,
    partner: str,
    code: str,
    periods: list[int],
    frequency: str,
    at_once: int = _PERIODS_A_CALL,
) -> Iterator[Call]:
    """Calls for a code of goods, so many periods each."""
    keyed = bool(site("comtrade").key)
    service = "data/v1/get" if keyed else "public/v1/preview"
    path = f"{service}/C/{frequency}/HS"
    pair = (
        ("reporterCode", str(country_number(reporter))),
        ("partnerCode", str(country_number(partner))),
    )
    call = Call(source="comtrade", path=path, accept="application/json", keyed=keyed)
    for start in range(0, len(periods), at_once):
        period = ",".join(map(str, periods[start : start + at_once]))
        query = (*pair, ("period", period), ("cmdCode", code), *_ONE_ROW_QUERY)
        yield call._replace(query=query)


def parse(
    body: bytes, *, reporter: str, partner: str, years: Collection[int], frequency: str = "A"
) -> Figures:
    """Total exports and imports of one pair in the years asked for, or a `MalformedError`."""
    rows = _rows(read_json(body))
    totals = [row for row in rows if _is_total(row, reporter, partner, frequency)]
    other_years = [row["refYear"] for row in rows if row["refYear"] not in years]
    if other_years:
        raise MalformedError(f"rows of {other_years[0]}, which was not asked for")
    without_total = _flows_and_periods(rows, frequency) - _flows_and_periods(totals, frequency)
    if without_total:
        raise MalformedError(f"rows of {min(without_total)} without their total")
    return unique(_figure(row, frequency) for row in totals)


def parse_chapters(
    body: bytes, *, reporter: str, partner: str, years: Collection[int]
) -> dict[int, Figures]:
    """Exports and imports of one pair by chapter in the years asked for, or a `MalformedError`."""
    by_chapter = defaultdict(list)
    for row in _rows(read_json(body)):
        if _is_total(row, reporter, partner, "A", _CHAPTER):
            if section_of(int(row["cmdCode"])) is None:
                raise MalformedError(f"a row of chapter {row['cmdCode']}, which does not exist")
            by_chapter[int(row["cmdCode"])].append(_figure(row, "A"))
        if row["refYear"] not in years:
            raise MalformedError(f"rows of {row['refYear']}, which was not asked for")
    return {chapter: unique(figures) for chapter, figures in sorted(by_chapter.items())}


def _rows(document: Any) -> list[Any]:
    """Rows of a document that is whole."""
    rows = get_path(document, list, "data")
    count = get_path(document, int, "count")
    if count != len(rows):
        raise MalformedError(f"{len(rows)} rows where it counts {count}")
    if count >= PREVIEW_ROWS and not site("comtrade").key:
        remedy = "ask for fewer years, or put a key into COMTRADE_API_KEY"
        raise MalformedError(f"{count} rows, the most a preview shows", remedy=remedy)
    return rows


def _flows_and_periods(rows: list[Any], frequency: str) -> set[tuple[str, int]]:
    """Flow of each row, and its year or its month such as 202403."""
    name = "refYear" if frequency == "A" else "period"
    return {(row["flowCode"], int(row[name])) for row in rows}


def _is_total(row: Any, reporter: str, partner: str, frequency: str, code: str = _TOTAL) -> bool:
    """Whether a row is the total of its flow and time; a row that was not asked for is an error.

    `code` is a pattern of the goods asked for.
    """
    wanted = {
        "typeCode": "C",
        "freqCode": frequency,
        "reporterCode": country_number(reporter),
        "partnerCode": country_number(partner),
    }
    for column, value in wanted.items():
        if get_path(row, type(value), column) != value:
            raise MalformedError(f"a row with {column} {row[column]!r} instead of {value!r}")
    _check_other_fields(row, reporter, partner)
    digits = 0 if code == _TOTAL else 2
    if row.get("aggrLevel") not in (None, digits):
        raise MalformedError(f"a row with aggrLevel {str(row['aggrLevel'])[:40]!r}, not {digits}")
    if not re.fullmatch(code, get_path(row, str, "cmdCode")):
        raise MalformedError(f"a row with cmdCode {row['cmdCode']!r} instead of {code!r}")
    if get_path(row, str, "flowCode") not in FLOW_CODES:
        raise MalformedError(f"a row with flowCode {row['flowCode']!r} instead of X or M")
    year = past_year(get_path(row, int, "refYear"))  # raises if it is no year
    if frequency == "M":
        _check_month(row)
    else:
        _check_year(row, year)
    no_second = row.get("partner2Code") is None
    second_partner = 0 if no_second else get_path(row, int, "partner2Code")
    customs = get_path(row, str, "customsCode")
    transport = get_path(row, int, "motCode")
    return (customs, transport, second_partner) == ("C00", 0, 0)


def _check_other_fields(row: Any, reporter: str, partner: str) -> None:
    """Raise if a row says elsewhere that it is of other countries, goods or units."""
    wanted = {
        "reporterISO": _OWN_LETTERS.get(reporter, reporter),
        "partnerISO": _OWN_LETTERS.get(partner, partner),
        "classificationSearchCode": "HS",
        "mosCode": "0",
        "flowDesc": FLOW_CODES.get(str(row.get("flowCode")), "").capitalize(),
    }
    for column, value in wanted.items():
        if row.get(column) not in (None, "", value):
            raise MalformedError(f"a row with {column} {str(row[column])[:40]!r}, not {value!r}")
    if not re.match("H|$", str(row.get("classificationCode") or "")):
        raise MalformedError(f"a row of {str(row['classificationCode'])[:40]!r}, not of HS")
    check_name(row.get("reporterDesc"), reporter)
    check_name(row.get("partnerDesc"), partner)
    for column in ("isReported", "isAggregate"):
        if not isinstance(row.get(column), bool | None):
            raise MalformedError(f"a row with {column} {str(row[column])[:40]!r}")
    check_units({name: item for name, item in row.items() if not _QUANTITIES.search(name)})


def _check_year(row: Any, year: int) -> None:
    """Raise if a row's period is another than its year, or its month is one of twelve."""
    if row.get("period") not in (None, str(year)):
        raise MalformedError(f"a row with period {str(row['period'])[:40]!r} and refYear {year}")
    if not re.match(str(year), str(row.get("refPeriodId") or year)):
        raise MalformedError(f"a row with refPeriodId {str(row['refPeriodId'])[:40]!r} for {year}")
    if row.get("refMonth") not in (None, _WHOLE_YEAR):
        raise MalformedError(f"a row with refMonth {str(row['refMonth'])[:40]!r} for a year")


def _check_month(row: Any) -> None:
    """Raise if a row's period is no month of the past, or another than its other fields say."""
    text = get_path(row, str, "period")
    year, month = past_month(text, _MONTH)
    if year != row["refYear"]:
        raise MalformedError(f"a row with period {text!r} and refYear {row['refYear']!r}")
    if row.get("refMonth") not in (None, month):
        raise MalformedError(f"a row with period {text!r} and refMonth {row['refMonth']!r}")


def _figure(row: dict[str, Any], frequency: str) -> Figure:
    """The figure of a row."""
    if "primaryValue" not in row:
        raise MalformedError(f"a row without primaryValue: {str(row)[:120]}")
    valued = [row[name] for name in ("cifvalue", "fobvalue") if row.get(name)]
    if valued and row["primaryValue"] not in valued:
        raise MalformedError(f"a row whose primaryValue is neither of {str(valued)[:80]}")
    is_estimate = row.get("isReported") is False and row.get("isAggregate") is not True
    total = figure(
        FLOW_CODES[row["flowCode"]],
        row["refYear"],
        row["primaryValue"],
        unit=_UNIT,
        status="estimate" if is_estimate else "final",
    )
    month = int(row["period"]) % 100 if frequency == "M" else 0
    return total._replace(month=month)
