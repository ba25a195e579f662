"""IMF, International Merchandise Trade Statistics (the successor of DOTS), as SDMX-CSV.

A row a figure: ``COUNTRY, INDICATOR, COUNTERPART_COUNTRY, FREQUENCY, TIME_PERIOD, OBS_VALUE`` and
attributes; plain US$ (``SCALE`` is only a hint for display); ISO3 codes but for Kosovo and
Palestine; exports FOB, imports CIF. A row with neither year nor value holds attributes only and is
passed over; years are picked afterwards. The IMF fills countries that do not report from their
partners' reports; it marks some estimates (``STATUS`` e) and what is confidential (C).

The table of all pairs is too large for memory, so that tables are read in blocks. There, codes of
three capitals are countries, the IMF's own where ISO 3166 has none; longer ones are its groups
(``G001`` is the world) and are left out, as is a country with itself.

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
COLUMNS = ["COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE"]
KEY = ["reporter", "partner", "year"]
_FIGURE = {"value_musd": "float64", "status": "str", "note": "str"}
_OWN = {"XKX": "KOS", "PSE": "WBG"}  # where the IMF has another code than ISO 3166
_OURS = {theirs: ours for ours, theirs in _OWN.items()}
_BLOCK = 2**24  # bytes
_UNIT = 1e-6  # US$


def calls(reporter: str, partner: str) -> list[tuple[str, Call]]:
    """Indicator and call for exports and for imports, all years; ``*`` for all countries."""
    sides = _OWN.get(reporter, reporter), _OWN.get(partner, partner)
    return [
        (
            indicator,
            Call(
                source="imts",
                path=f"data/dataflow/IMF.STA/IMTS/+/{sides[0]}.{indicator}.{sides[1]}.A",
                accept="application/vnd.sdmx.data+csv;version=2.0.0",
                none=r"no\s*(records|results|data)",
                endless=True,
            ),
        )
        for indicator in INDICATORS
    ]


def parse(body: bytes, *, reporter: str, partner: str, indicator: str) -> tuple[gate.Figure, ...]:
    """Figures of one pair and indicator, each once, or a `MalformedError`."""
    rows = read(io.BytesIO(body), indicator=indicator, pair=(reporter, partner))
    flow, columns = INDICATORS[indicator], ["year", "value_musd", "status", "note"]
    return gate.once(
        gate.figure(flow, year, value, unit=1.0, status=status, note=note)
        for year, value, status, note in rows[columns].itertuples(index=False)
    )


def read(
    file: IO[bytes],
    *,
    indicator: str,
    pair: tuple[str, str] = ("*", "*"),
    tick: Callable[[int], object] = lambda _: None,
) -> pd.DataFrame:
    """Rows of an indicator: ``reporter``, ``partner``, ``year``, ``value_musd``, ``status``, note.

    `tick` is called with the number of bytes read since the last call.
    """
    with gate.damage("a table that breaks off or is none", pa.ArrowException, csv.Error):
        columns = _columns(file)
        parts = [_block(pd.DataFrame(columns=columns, dtype="str"), indicator, pair)]
        types = dict.fromkeys(columns, pa.string())
        blocks = arrow.open_csv(
            CallbackIOWrapper(tick, file),
            arrow.ReadOptions(block_size=_BLOCK),
            arrow.ParseOptions(newlines_in_values=True),
            arrow.ConvertOptions(column_types=types, include_columns=columns),
        )
        parts += [_block(block.to_pandas(), indicator, pair) for block in blocks]
    table = pd.concat(parts)
    for row in table.loc[table.duplicated(KEY), KEY].to_numpy()[:1]:
        raise MalformedError(f"{' '.join(map(str, row))} twice")
    return table


def _columns(file: IO[bytes]) -> list[str]:
    """Columns to read of a table that has a head, and an end of its last line and last quotes."""
    line = file.readline(_BLOCK)
    head = next(csv.reader([line.decode("utf-8-sig", "replace")]))
    gate.check_head(head, COLUMNS)
    quotes, end = line.count(b'"'), line[-1:]
    while piece := file.read(_BLOCK):
        quotes, end = quotes + piece.count(b'"'), piece[-1:]
    if end != b"\n" or quotes % 2:
        raise MalformedError("a table that breaks off: its last line or last quotes have no end")
    file.seek(0)
    return [name for name in head if name in {*COLUMNS, *gate.UNITS, *gate.MARKS}]


def _block(block: pd.DataFrame, indicator: str, pair: tuple[str, str]) -> pd.DataFrame:
    """Figures in some rows; what is the same in many is looked at once."""
    rows = block[block["TIME_PERIOD"].ne("") | block["OBS_VALUE"].ne("")]
    for key in rows[["INDICATOR", "FREQUENCY"]].drop_duplicates().to_numpy().tolist():
        if key != [indicator, "A"]:
            raise MalformedError(f"a row of {str(key)[:80]} instead of {[indicator, 'A']}")
    for stated in rows.filter(gate.UNITS).drop_duplicates().to_dict("records"):
        gate.check_units(stated)
    marks = rows.filter(gate.MARKS).assign(OBS_STATUS=rows.get("OBS_STATUS", ""))
    known = [gate.status_of(mark) for mark in marks.drop_duplicates().to_dict("records")]
    states = [known[group] for group in marks.groupby(list(marks), sort=False).ngroup()]
    figures = [
        gate.figure("", 2000, text.replace("NaN", ""), unit=_UNIT, status=status, note=note)
        for text, (status, note) in zip(rows["OBS_VALUE"], states, strict=True)
    ]
    table = pd.DataFrame(
        {
            "reporter": rows["COUNTRY"].map(cache(partial(_country, asked=pair[0]))),
            "partner": rows["COUNTERPART_COUNTRY"].map(cache(partial(_country, asked=pair[1]))),
            "year": rows["TIME_PERIOD"].map(cache(gate.year_of)),
            **{name: [getattr(one, name) for one in figures] for name in _FIGURE},
        }
    ).astype({"year": "int32", **_FIGURE})
    return table[table[KEY[:2]].ne("").all(axis=1) & table["reporter"].ne(table["partner"])]


def _country(code: str, asked: str) -> str:
    """Our code of a country that was asked for, and nothing for a group of them."""
    wanted = "[A-Z0-9_]{1,20}" if asked == "*" else _OWN.get(asked, asked)
    if not re.fullmatch(wanted, code):
        raise MalformedError(f"a row of {code[:40]!r} where {asked} was asked for")
    return _OURS.get(code, code) if re.fullmatch("[A-Z]{3}", code) else ""
