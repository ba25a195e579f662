"""IMTS of all pairs: the same table as for one, too large for memory, read in blocks.

Codes of three letters are countries, the IMF's own where ISO 3166 has none; longer ones are its
groups (``G001`` is the world) and are left out. A figure that is withheld or empty is no row.
"""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pyarrow import compute
from pyarrow import csv as arrow

from tradelib.live import imts
from tradelib.live.errors import MalformedError
from tradelib.live.tidy import FIRST_YEAR, LAST_YEAR

_BLOCK = 2**24  # bytes: the file does not fit into memory
_SIDES = ["COUNTRY", "COUNTERPART_COUNTRY", "TIME_PERIOD"]


def read(file: Path, *, indicator: str, tick: Callable[[int], object] = lambda _: None) -> pa.Table:
    """Values of one indicator in a CSV: ``reporter``, ``partner``, ``year``, ``value_usd``.

    `tick` is called with the number of bytes read since the last call.
    """
    text = dict.fromkeys(imts.COLUMNS, pa.string())
    convert = arrow.ConvertOptions(
        column_types=text | {"OBS_VALUE": pa.float64(), "TIME_PERIOD": pa.int32()},
        include_columns=imts.COLUMNS,
        null_values=["", "NaN"],
    )
    parts, done = [], 0
    try:
        with file.open("rb") as opened:
            blocks = arrow.open_csv(
                opened, read_options=arrow.ReadOptions(block_size=_BLOCK), convert_options=convert
            )
            for block in blocks:
                parts.append(_block(pa.Table.from_batches([block]), indicator))
                tick(opened.tell() - done)
                done = opened.tell()
    except pa.ArrowException as error:
        raise MalformedError(f"a table that breaks off or is none ({str(error)[:160]})") from None
    return _once(pa.concat_tables(parts)) if parts else _nothing()


def _block(block: pa.Table, indicator: str) -> pa.Table:
    """Rows of countries with a value."""
    for column, wanted in {"INDICATOR": indicator, "FREQUENCY": "A"}.items():
        odd = block.filter(compute.not_equal(compute.fill_null(block[column], ""), wanted))
        if odd.num_rows:
            raise MalformedError(f"a row with {column} {odd[column][0].as_py()!r}, not {wanted!r}")
    if any(block[column].null_count for column in _SIDES):
        raise MalformedError(f"a row without its country or year, in {block.num_rows}")
    years = compute.min_max(block["TIME_PERIOD"]).as_py()
    if block.num_rows and not FIRST_YEAR <= years["min"] <= years["max"] <= LAST_YEAR:
        raise MalformedError(f"a year {years}")
    countries = [compute.equal(compute.utf8_length(block[side]), 3) for side in _SIDES[:2]]
    kept = block.filter(compute.and_(*countries)).filter(compute.field("OBS_VALUE").is_valid())
    values = kept["OBS_VALUE"]
    if not compute.all(
        compute.and_(compute.is_finite(values), compute.greater_equal(values, 0)), min_count=0
    ).as_py():
        span = compute.min_max(values).as_py()
        raise MalformedError(f"a trade that is negative or not finite, in {span}")
    return kept.select([*_SIDES, "OBS_VALUE"])


def _once(table: pa.Table) -> pa.Table:
    """The table under our names, if nothing is in it twice."""
    counts = table.group_by(_SIDES).aggregate([([], "count_all")])
    twice = counts.filter(compute.greater(counts["count_all"], 1))
    if twice.num_rows:
        row = twice.select(_SIDES).slice(0, 1).to_pylist()[0]
        raise MalformedError(f"{' '.join(str(cell) for cell in row.values())} twice")
    return table.rename_columns(_nothing().column_names)


def _nothing() -> pa.Table:
    names = {"reporter": pa.string(), "partner": pa.string(), "year": pa.int32()}
    return pa.schema(names | {"value_usd": pa.float64()}).empty_table()
