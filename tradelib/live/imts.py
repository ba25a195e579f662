"""IMF, International Merchandise Trade Statistics (the successor of DOTS), as SDMX-CSV.

One row per figure: ``COUNTRY, INDICATOR, COUNTERPART_COUNTRY, FREQUENCY, TIME_PERIOD, OBS_VALUE``
and attributes. Values are in US$ (``SCALE`` is only a hint for display), exports FOB, imports CIF.
Countries have ISO3 codes, except Kosovo and Palestine. A row with neither year nor value holds only
attributes and is left out; years are chosen afterwards. ``FREQUENCY`` is A (years, ``TIME_PERIOD``
such as 2024) or M (months, such as 2024-M03). Where a country does not report, the IMF
takes its figures from the partners' reports. It marks some estimates (``STATUS`` e) and the figures
that are confidential (C).

The table of all pairs is too large for memory, so that tables are read in blocks. In it, codes of
three capital letters are countries, with the IMF's own code where ISO 3166 has none. Longer codes
are groups of countries (``G001`` is the world); they are left out, and so is a country's trade with
itself.

References
----------
IMF (2025), *International Merchandise Trade Statistics*, https://data.imf.org; SDMX-CSV 2.0.0.
"""

import csv
import io
import re
from collections.abc import Callable
from functools import cache, partial
from typing import IO

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow
from tqdm.utils import CallbackIOWrapper

from tradelib.live import gate
from tradelib.live.errors import MalformedError
from tradelib.live.transport import Call

INDICATORS = {"XG_FOB_USD": "export", "MG_CIF_USD": "import"}
NEEDED_COLUMNS = [
    "COUNTRY",
    "INDICATOR",
    "COUNTERPART_COUNTRY",
    "FREQUENCY",
    "TIME_PERIOD",
    "OBS_VALUE",
]
KEY = ["reporter", "partner", "year"]
MONTH_KEY = [*KEY, "month"]
_MONTH = "([0-9]{4})-M([0-9]{2})"
_FIGURE = {"value_musd": "float64", "status": "str", "note": "str"}
_OWN = {"XKX": "KOS", "PSE": "WBG"}  # where the IMF has another code than ISO 3166
_OURS = {theirs: ours for ours, theirs in _OWN.items()}
_BLOCK = 2**24  # bytes
_UNIT = 1e-6  # US$, in US$ million


def calls(reporter: str, partner: str, frequency: str = "A") -> list[tuple[str, Call]]:
    """Indicator and call for exports and for imports, all periods; ``*`` for all countries."""
    own = _OWN.get(reporter, reporter)
    other = _OWN.get(partner, partner)
    several = []
    for indicator in INDICATORS:
        call = Call(
            source="imts",
            path=f"data/dataflow/IMF.STA/IMTS/+/{own}.{indicator}.{other}.{frequency}",
            accept="application/vnd.sdmx.data+csv;version=2.0.0",
            none=r"no\s*(records|results|data)",
            endless=True,
        )
        several.append((indicator, call))
    return several


def parse(
    body: bytes, *, reporter: str, partner: str, indicator: str, frequency: str = "A"
) -> gate.Figures:
    """Figures of one pair and indicator, each once, or a `MalformedError`."""
    rows = read(
        io.BytesIO(body), indicator=indicator, pair=(reporter, partner), frequency=frequency
    )
    flow = INDICATORS[indicator]
    months = rows["month"] if frequency == "M" else [0] * len(rows)
    columns = ["year", "value_musd", "status", "note"]
    figures = [
        gate.figure(flow, year, value, unit=1.0, status=status, note=note)
        for year, value, status, note in rows[columns].itertuples(index=False)
    ]
    return gate.unique(
        figure._replace(month=int(month)) for figure, month in zip(figures, months, strict=True)
    )


def read(
    file: IO[bytes],
    *,
    indicator: str,
    pair: tuple[str, str] = ("*", "*"),
    frequency: str = "A",
    tick: Callable[[int], object] = lambda _: None,
) -> pd.DataFrame:
    """Rows of an indicator: ``reporter``, ``partner``, ``year``, ``value_musd``, ``status``, note.

    With frequency M also ``month``. `tick` is called with the number of bytes read since the last
    call.
    """
    with gate.malformed_on("a table that breaks off or is none", pa.ArrowException, csv.Error):
        columns = _columns(file)
        parts = [_block(pd.DataFrame(columns=columns, dtype="str"), indicator, pair, frequency)]
        types = dict.fromkeys(columns, pa.string())
        blocks = arrow.open_csv(
            CallbackIOWrapper(tick, file),
            arrow.ReadOptions(block_size=_BLOCK),
            arrow.ParseOptions(newlines_in_values=True),
            arrow.ConvertOptions(column_types=types, include_columns=columns),
        )
        parts += [_block(block.to_pandas(), indicator, pair, frequency) for block in blocks]
    table = pd.concat(parts)
    key_columns = MONTH_KEY if frequency == "M" else KEY
    twice = table.loc[table.duplicated(key_columns), key_columns].to_numpy()
    if len(twice):
        raise MalformedError(f"{' '.join(map(str, twice[0]))} twice")
    return table


def _columns(file: IO[bytes]) -> list[str]:
    """Columns to read, if the head has those needed and the last line and quotes are closed."""
    line = file.readline(_BLOCK)
    head = next(csv.reader([line.decode("utf-8-sig", "replace")]))
    gate.check_head(head, NEEDED_COLUMNS)
    quotes = line.count(b'"')
    end = line[-1:]
    while piece := file.read(_BLOCK):
        quotes += piece.count(b'"')
        end = piece[-1:]
    if end != b"\n" or quotes % 2:
        raise MalformedError("a table that breaks off: its last line or last quotes have no end")
    file.seek(0)
    wanted = {*NEEDED_COLUMNS, *gate.UNIT_COLUMNS, *gate.MARK_COLUMNS}
    return [name for name in head if name in wanted]


def _block(
    block: pd.DataFrame, indicator: str, pair: tuple[str, str], frequency: str
) -> pd.DataFrame:
    """Figures in some rows."""
    rows = block[block["TIME_PERIOD"].ne("") | block["OBS_VALUE"].ne("")]
    for key in rows[["INDICATOR", "FREQUENCY"]].drop_duplicates().to_numpy().tolist():
        if key != [indicator, frequency]:
            raise MalformedError(f"a row of {str(key)[:80]} instead of {[indicator, frequency]}")
    for stated in rows.filter(gate.UNIT_COLUMNS).drop_duplicates().to_dict("records"):
        gate.check_units(stated)
    figures = [
        gate.figure("", 2000, "" if text == "NaN" else text, unit=_UNIT, status=status, note=note)
        for text, (status, note) in zip(rows["OBS_VALUE"], _statuses(rows), strict=True)
    ]
    columns = {
        "reporter": rows["COUNTRY"].map(cache(partial(_country, wanted=pair[0]))),
        "partner": rows["COUNTERPART_COUNTRY"].map(cache(partial(_country, wanted=pair[1]))),
        **_periods(rows["TIME_PERIOD"], frequency),
    }
    for name in _FIGURE:
        columns[name] = [getattr(figure, name) for figure in figures]
    whole_numbers = dict.fromkeys(set(columns) & {"year", "month"}, "int32")
    table = pd.DataFrame(columns).astype({**whole_numbers, **_FIGURE})
    are_countries = table[["reporter", "partner"]].ne("").all(axis=1)
    return table[are_countries & table["reporter"].ne(table["partner"])]


def _periods(texts: pd.Series, frequency: str) -> dict[str, pd.Series]:
    """Column of years and, with frequency M, of months."""
    if frequency == "A":
        return {"year": texts.map(cache(gate.past_year))}
    periods = texts.map(cache(partial(gate.past_month, form=_MONTH)))
    return {"year": periods.str[0], "month": periods.str[1]}


def _statuses(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Status and note of each row; rows with the same marks are looked at once."""
    marks = rows.filter(gate.MARK_COLUMNS).assign(OBS_STATUS=rows.get("OBS_STATUS", ""))
    by_group = [gate.status_of(mark) for mark in marks.drop_duplicates().to_dict("records")]
    groups = marks.groupby(list(marks), sort=False).ngroup()
    return [by_group[group] for group in groups]


def _country(code: str, wanted: str) -> str:
    """Our code of a country that was asked for (``*``: any); empty for a group of countries."""
    pattern = "[A-Z0-9_]{1,20}" if wanted == "*" else _OWN.get(wanted, wanted)
    if not re.fullmatch(pattern, code):
        raise MalformedError(f"a row of {code[:40]!r} where {wanted} was asked for")
    if not re.fullmatch("[A-Z]{3}", code):
        return ""
    return _OURS.get(code, code)
