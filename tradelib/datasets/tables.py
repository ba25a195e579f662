"""Bundled tables with the types of their description, and what was known on a day.

Every row names its source (``source_id``, ``who``, ``source_url``) and the day on which the figure
became public (``released``). ``as_of`` leaves out what was released later; ``as_of=None`` keeps all
rows, and "now" is the newest release in the data, not today's date. Values are today's vintage: an
earlier ``as_of`` limits which figures are used, but does not undo later revisions of a figure.
"""

import re
from datetime import date
from functools import cache
from typing import Any, TypeAlias

import pandas as pd

from tradelib.core.errors import InputError, NoAnswerError
from tradelib.datasets.sources import described, path

# An ISO text such as "2022-10-05", a date, or a Timestamp (which is a date too).
Day: TypeAlias = str | date

# Dtype by the type of a field; whole numbers that may be missing need "Int64" instead.
_DTYPES = {"string": "str", "number": "float64", "integer": "int64", "boolean": "bool"}


def schema(file: str) -> dict[str, dict[str, Any]]:
    """Fields of a bundled table by column, as ``data/datapackage.json`` describes them."""
    return {field["name"]: field for field in described(file)["schema"]["fields"]}


def dtypes(file: str) -> dict[str, str]:
    """Dtype of each column of a bundled table, without the columns of days."""
    by_column = {}
    for name, field in schema(file).items():
        kind = field["type"]
        if kind not in _DTYPES:
            continue
        required = field.get("constraints", {}).get("required", False)
        if kind == "integer" and not required:
            by_column[name] = "Int64"
        else:
            by_column[name] = _DTYPES[kind]
    return by_column


@cache
def table(file: str) -> pd.DataFrame:
    """A bundled table with the dtypes of its schema. Cached: callers must return a copy of it.

    Cells are not checked here: `path` makes sure that the file is, to the bit, the described one.
    """
    column_types = dtypes(file)
    days = [name for name in schema(file) if name not in column_types]
    return pd.read_csv(
        path(file),
        dtype=column_types,
        parse_dates=days,
        date_format="%Y-%m-%d",
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
    )


def released_by(rows: pd.DataFrame, on: Day | None, what: str) -> pd.DataFrame:
    """A copy of the rows that were released by a day.

    If there are none, the error message says when the first and the last were released.
    """
    if on is None:
        return rows.reset_index(drop=True)
    limit = day(on)
    released = rows[rows["released"] <= limit]
    if released.empty:
        first = rows["released"].min().date()
        last = rows["released"].max().date()
        raise NoAnswerError(
            f"no {what} were released by {limit.date()}; the first came on {first}, "
            f"the last on {last}"
        )
    return released.reset_index(drop=True)


def day(on: Day, name: str = "as_of") -> pd.Timestamp:
    """A calendar day from an ISO text or a date. "today" is refused: no clock is read here.

    `name` is what the caller calls it.
    """
    parsed = on if isinstance(on, date) else None
    if isinstance(on, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", on):
        parsed = pd.to_datetime(on, format="%Y-%m-%d", errors="coerce")
    if parsed is None or pd.isna(parsed):
        raise InputError(f"{name} is a day such as '2022-10-05', got {on!r}")
    return pd.Timestamp(parsed.year, parsed.month, parsed.day)
