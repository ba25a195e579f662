"""IMF, International Merchandise Trade Statistics (the successor of DOTS), as SDMX-CSV.

One row per figure: ``COUNTRY, INDICATOR, COUNTERPART_COUNTRY, FREQUENCY, TIME_PERIOD, OBS_VALUE``
and attributes. Values are in US$ (``SCALE`` is only a hint for display), exports FOB, imports CIF.
Countries have ISO3 codes, except Kosovo and Palestine. A row with neither year nor value holds only
attributes and is left out; years are chosen afterwards. ``FREQUENCY`` is A (years, ``TIME_PERIOD``
such as 2024) or M (months, such as 2024-M03). Where a country does not report, the IMF
takes its figures from the partners' reports. It marks some estimates (``STATUS`` e) and the figures
that are confidential (C).

Names of columns may have a label or brackets behind them (``STRUCTURE[;]``). A column that speaks
of units or transformations, known or not, must say US$ or nothing. Where a row repeats what it is
of in ``TRADE_FLOW`` or ``VALUATION``, that must be what was asked for; an ``ACTION`` to delete is
refused.

The table of all pairs is too large for memory, so that tables are read in blocks. In it, codes of
three capital letters are countries of ISO 3166, of today or (four of them) of before; others are
refused. Longer codes are groups of countries (``G001`` is the world); they are left out, and so is
a country's trade with itself.

References
----------
IMF (2025), *International Merchandise Trade Statistics*, https://data.imf.org; SDMX-CSV 2.0.0.
"""

import csv
import io
import re
from collections.abc import Callable
from functools import cache, partial
from typing import IO, Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow
from tqdm.utils import CallbackIOWrapper

from tradelib.core import country_codes
from tradelib.live import checks
from tradelib.live.errors import MalformedError
from tradelib.live.http import Call

_DATA_SET = "IMF.STA:IMTS("  # and its version
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
# Words in the name of a column that may say that a row is of a part of trade, and what it may say.
_OF_PART = re.compile("PRODUCT|COMMODIT|CUSTOMS|TRANSPORT|SECTOR")
_ALL_GOODS = ("", "_T", "_Z", "TOTAL")
_REPEATED = ("TRADE_FLOW", "VALUATION")  # attributes that repeat the parts of an indicator
_FORMER = {"CSK", "DDR", "SCG", "SUN"}  # countries that are no more; we have no code of theirs
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
) -> checks.Figures:
    """Figures of one pair and indicator, each once, or a `MalformedError`."""
    rows = read(
        io.BytesIO(body), indicator=indicator, pair=(reporter, partner), frequency=frequency
    )
    flow = INDICATORS[indicator]
    months = rows["month"] if frequency == "M" else [0] * len(rows)
    columns = ["year", "value_musd", "status", "note"]
    figures = [
        checks.figure(flow, year, value, unit=1.0, status=status, note=note)
        for year, value, status, note in rows[columns].itertuples(index=False)
    ]
    return checks.unique(
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
    with checks.malformed_on("a table that breaks off or is none", pa.ArrowException, csv.Error):
        names = _columns(file)
        block_of = partial(_block, indicator=indicator, pair=pair, frequency=frequency)
        parts = [block_of(pd.DataFrame(columns=list(names.values()), dtype="str"))]
        types = dict.fromkeys(names, pa.string())
        blocks = arrow.open_csv(
            CallbackIOWrapper(tick, file),
            arrow.ReadOptions(block_size=_BLOCK),
            arrow.ParseOptions(newlines_in_values=True),
            arrow.ConvertOptions(column_types=types, include_columns=list(names)),
        )
        parts += [block_of(block.to_pandas().rename(columns=names)) for block in blocks]
    table = pd.concat(parts)
    key_columns = MONTH_KEY if frequency == "M" else KEY
    twice = table.loc[table.duplicated(key_columns), key_columns].to_numpy()
    if len(twice):
        raise MalformedError(f"{' '.join(map(str, twice[0]))} twice")
    return table


def _columns(file: IO[bytes]) -> dict[str, str]:
    """Columns to read and their bare names, in a table with those needed and with an end."""
    line = file.readline(_BLOCK)
    head = next(csv.reader([line.decode("utf-8-sig", "replace")]))
    bare_names = [checks.bare(name) for name in head]
    checks.check_head(bare_names, NEEDED_COLUMNS)
    quotes = line.count(b'"')
    end = line[-1:]
    while piece := file.read(_BLOCK):
        quotes += piece.count(b'"')
        end = piece[-1:]
    if end != b"\n" or quotes % 2:
        raise MalformedError("a table that breaks off: its last line or last quotes have no end")
    file.seek(0)
    wanted = {*NEEDED_COLUMNS, *_REPEATED, "ACTION", "SCALE", "STRUCTURE_ID"}
    return {
        name: bare
        for name, bare in zip(head, bare_names, strict=True)
        if bare in wanted
        or checks.is_mark(bare)
        or checks.may_change_unit(bare)
        or _OF_PART.search(bare)
    }


def _block(
    block: pd.DataFrame, *, indicator: str, pair: tuple[str, str], frequency: str
) -> pd.DataFrame:
    """Figures in some rows."""
    rows = block[block["TIME_PERIOD"].ne("") | block["OBS_VALUE"].ne("")]
    for key in rows[["INDICATOR", "FREQUENCY"]].drop_duplicates().to_numpy().tolist():
        if key != [indicator, frequency]:
            raise MalformedError(f"a row of {str(key)[:80]} instead of {[indicator, frequency]}")
    others = [n for n in rows.columns if n not in NEEDED_COLUMNS and not checks.is_mark(n)]
    for stated in rows[others].drop_duplicates().to_dict("records"):
        _check_others(stated, indicator)
    figures = [
        checks.figure("", 2000, "" if text == "NaN" else text, unit=_UNIT, status=status, note=note)
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


def _check_others(stated: dict[str, Any], indicator: str) -> None:
    """Raise if attributes of a row say that it is to be deleted, or not what was asked for."""
    checks.check_action(stated.get("ACTION"))
    checks.check_units(stated)
    data_set = stated.get("STRUCTURE_ID", "")
    if ":" in data_set and not data_set.startswith(_DATA_SET):
        raise MalformedError(f"a row of {data_set[:60]!r}")
    if not re.fullmatch("[0-9]{0,2}", stated.get("SCALE", "")):
        raise MalformedError(f"a row with SCALE {stated['SCALE'][:40]!r}")
    for name, said in stated.items():
        if _OF_PART.search(name) and said not in _ALL_GOODS:
            raise MalformedError(f"a row of {name[:40]} {said[:40]!r} instead of all goods")
    for name, due in zip(_REPEATED, indicator.split("_"), strict=False):
        if stated.get(name, "") not in ("", due):
            raise MalformedError(f"a row with {name} {stated[name][:40]!r} instead of {due!r}")


def _periods(texts: pd.Series, frequency: str) -> dict[str, pd.Series]:
    """Column of years and, with frequency M, of months."""
    if frequency == "A":
        return {"year": texts.map(cache(checks.past_year))}
    periods = texts.map(cache(partial(checks.past_month, form=_MONTH)))
    return {"year": periods.str[0], "month": periods.str[1]}


def _statuses(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Status and note of each row; rows with the same marks are looked at once."""
    columns = [name for name in rows.columns if checks.is_mark(name)]
    marks = rows[columns].assign(OBS_STATUS=rows.get("OBS_STATUS", ""))
    by_group = [checks.status_of(mark) for mark in marks.drop_duplicates().to_dict("records")]
    groups = marks.groupby(list(marks), sort=False).ngroup()
    return [by_group[group] for group in groups]


def _country(code: str, wanted: str) -> str:
    """Our code of a country that was asked for (``*``: any); empty for a group of countries.

    Three letters that are no country's code are refused.
    """
    pattern = "[A-Z]{3}|[A-Z0-9_]{4,20}" if wanted == "*" else _OWN.get(wanted, wanted)
    if not re.fullmatch(pattern, code):
        raise MalformedError(f"a row of {code[:40]!r} where {wanted} was asked for")
    if len(code) > 3:
        return ""
    ours = _OURS.get(code, code)
    if ours not in _FORMER and ours not in _countries():
        raise MalformedError(f"a row of {code!r}, which is no country's code")
    return ours


@cache
def _countries() -> set[str]:
    """Codes of ISO 3166, without groups of countries."""
    return {code for code in country_codes.all_codes() if country_codes.region(code) != "Groups"}
