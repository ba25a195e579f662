"""UN Comtrade, annual totals of goods, as JSON.

Without a key the preview answers, with at most 500 rows; with one in ``COMTRADE_API_KEY`` the full
service. A pair's total has up to nine rows, by customs procedure, mode of transport and second
partner: the one with procedure C00, mode 0 and second partner 0 is the total, and is asked for.
``primaryValue`` is in US$, FOB for exports and mostly CIF for imports; no field says so, so other
units could not be noticed. What is neither reported nor added up (``isReported``, ``isAggregate``)
is an estimate. The UN's terms do not let the figures be passed on: fetch them, do not ship them.

References
----------
UN Statistics Division, *UN Comtrade*, https://comtradedeveloper.un.org.
"""

from collections.abc import Collection
from typing import Any

from tradelib.ground import codes
from tradelib.live.errors import MalformedError
from tradelib.live.gate import Figure, Figures, figure, once, read, take, year_of
from tradelib.live.sites import site
from tradelib.live.transport import Call

FLOWS = {"X": "export", "M": "import"}
FIRST = 1995  # asked for where no years are named
PREVIEW_ROWS = 500  # the UN's limit: as many may be cut off
_UNIT = 1e-6  # US$
_YEARS_A_CALL = 12  # the UN's limit of periods
_ASKED = (
    ("cmdCode", "TOTAL"),
    ("flowCode", "X,M"),
    ("partner2Code", "0"),
    ("motCode", "0"),
    ("customsCode", "C00"),
)
# Where the UN's trade statistics use another number than ISO 3166.
_OWN = {"USA": 842, "FRA": 251, "CHE": 757, "NOR": 579, "IND": 699, "TWN": 490}


def number(country: str) -> int:
    """UN Comtrade's number of a country."""
    return _OWN.get(country) or codes.m49(country)


def calls(reporter: str, partner: str, years: list[int]) -> list[Call]:
    """Calls for both flows, twelve years each."""
    keyed = bool(site("comtrade").key)
    path = "data/v1/get/C/A/HS" if keyed else "public/v1/preview/C/A/HS"
    pair = ("reporterCode", str(number(reporter))), ("partnerCode", str(number(partner)))
    ask = Call(source="comtrade", path=path, accept="application/json", keyed=keyed)
    starts = range(0, len(years), _YEARS_A_CALL)
    spans = (("period", ",".join(map(str, years[i : i + _YEARS_A_CALL]))) for i in starts)
    return [ask._replace(query=(*pair, span, *_ASKED)) for span in spans]


def parse(body: bytes, *, reporter: str, partner: str, years: Collection[int]) -> Figures:
    """Total exports and imports of one pair in the years asked for, or a `MalformedError`."""
    document = read(body)
    if isinstance(document, dict) and document.get("error"):
        raise MalformedError(f"an error message: {str(document['error'])[:200]}")
    rows, count = take(document, list, "data"), take(document, int, "count")
    if count != len(rows):
        raise MalformedError(f"{len(rows)} rows where it counts {count}")
    if count >= PREVIEW_ROWS and not site("comtrade").key:
        remedy = "ask for fewer years, or put a key into COMTRADE_API_KEY"
        raise MalformedError(f"{count} rows, the most a preview shows", remedy=remedy)
    totals = [row for row in rows if _total(row, reporter, partner)]
    other = [row["refYear"] for row in rows if row["refYear"] not in years]
    if other:
        raise MalformedError(f"rows of {other[0]}, which was not asked for")
    listed, added = ({(row["flowCode"], row["refYear"]) for row in of} for of in (rows, totals))
    if without := listed - added:
        raise MalformedError(f"rows of {min(without)} without their total")
    return once(_figure(row) for row in totals)


def _total(row: Any, reporter: str, partner: str) -> bool:
    """Whether a row is the total of its flow and year; it is an error if it was not asked for."""
    asked = {"reporterCode": number(reporter), "partnerCode": number(partner), "cmdCode": "TOTAL"}
    for column, wanted in asked.items():
        if take(row, type(wanted), column) != wanted:
            raise MalformedError(f"a row with {column} {row[column]!r} instead of {wanted!r}")
    if take(row, str, "flowCode") not in FLOWS:
        raise MalformedError(f"a row with flowCode {row['flowCode']!r} instead of X or M")
    year_of(take(row, int, "refYear"))
    second = 0 if row.get("partner2Code") is None else take(row, int, "partner2Code")
    place = (take(row, str, "customsCode"), take(row, int, "motCode"), second)
    return place == ("C00", 0, 0)


def _figure(row: dict[str, Any]) -> Figure:
    if "primaryValue" not in row:
        raise MalformedError(f"a row without primaryValue: {str(row)[:120]}")
    guess = row.get("isReported") is False and row.get("isAggregate") is not True
    return figure(
        FLOWS[row["flowCode"]],
        row["refYear"],
        row["primaryValue"],
        unit=_UNIT,
        status="estimate" if guess else "final",
    )
