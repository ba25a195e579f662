"""IMF, International Merchandise Trade Statistics (the successor of DOTS), as SDMX-CSV.

A row a figure: ``COUNTRY, INDICATOR, COUNTERPART_COUNTRY, FREQUENCY, TIME_PERIOD, OBS_VALUE`` and
attributes; plain US$ (``SCALE`` is only a hint for display); ISO3 codes; exports FOB, imports CIF.
Years cannot be asked for, so they are picked afterwards. The IMF fills countries that do not report
from their partners' reports, and does not say where.

References
----------
IMF (2025), *International Merchandise Trade Statistics*, https://data.imf.org; SDMX-CSV 2.0.0.
"""

import csv
import io
from collections.abc import Iterable

from tradelib.live.errors import MalformedError
from tradelib.live.tidy import Figure, once, value_of, year_of
from tradelib.live.transport import Call

INDICATORS = {"XG_FOB_USD": "export", "MG_CIF_USD": "import"}
COLUMNS = [
    "COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE",
]  # fmt: skip
_UNIT = 1e-6  # US$
_WITHHELD, _NONE = ("Q", "C", "N"), ("M", "L", "O", "H")


def calls(reporter: str, partner: str) -> list[Call]:
    """One call for exports and one for imports; ``*`` for all."""
    return [call(indicator, reporter, partner) for indicator in INDICATORS]


def call(indicator: str, reporter: str, partner: str) -> Call:
    """Call for one indicator, all years."""
    return Call(
        source="imts",
        path=f"data/dataflow/IMF.STA/IMTS/+/{reporter}.{indicator}.{partner}.A",
        accept="application/vnd.sdmx.data+csv;version=2.0.0",
        none=r"no\s*(records|results|data)",
        endless=True,
    )


def parse(body: bytes, *, reporter: str, partner: str, indicator: str) -> tuple[Figure, ...]:
    """Figures of one pair and indicator, each once, or a `MalformedError`."""
    asked = {
        "COUNTRY": reporter, "COUNTERPART_COUNTRY": partner, "INDICATOR": indicator,
        "FREQUENCY": "A",
    }  # fmt: skip
    return once(_figure(row, asked) for row in _rows(body))


def check_header(header: list[str]) -> None:
    """Raise if columns are missing or come twice."""
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise MalformedError(f"a table without {', '.join(missing)}; it begins {header[:8]}")
    if len(set(header)) < len(header):
        raise MalformedError(f"a table with a column twice: {header[:12]}")


def _rows(body: bytes) -> Iterable[dict[str, str]]:
    """Rows of the table, each as wide as its header."""
    try:
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedError(f"text that is no CSV ({error})") from None
    if not lines:
        raise MalformedError(f"an empty body instead of a table: {body[:20]!r}")
    header, *rows = lines
    check_header(header)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise MalformedError(f"line {number} with {len(row)} cells under {len(header)} columns")
        yield dict(zip(header, row, strict=True))


def _figure(row: dict[str, str], asked: dict[str, str]) -> Figure:
    """The figure in a row that is what was asked for."""
    for column, wanted in asked.items():
        if row[column] != wanted:
            raise MalformedError(f"a row with {column} {row[column]!r} instead of {wanted!r}")
    if row.get("UNIT", "USD") not in ("USD", ""):
        raise MalformedError(f"figures in {row['UNIT']} instead of US$")
    flow, year = INDICATORS[asked["INDICATOR"]], year_of(row["TIME_PERIOD"])
    state = {row.get("OBS_STATUS"), row.get("CONF_STATUS")}
    if state.intersection(_WITHHELD):
        return Figure(flow=flow, year=year, value_musd=None, status="suppressed")
    value = value_of(row["OBS_VALUE"].replace("NaN", ""), unit=_UNIT)
    if value is None or state.intersection(_NONE):
        return Figure(flow=flow, year=year, value_musd=None, status="empty")
    return Figure(flow=flow, year=year, value_musd=value)
