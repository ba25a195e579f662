"""Bundled tables with the types of their description, and what was known on a day.

Every row names its source (``source_id``, ``who``, ``source_url``) and the day the figure became
public (``released``). ``as_of`` leaves out what was released later; ``as_of=None`` keeps all of it,
and "now" is the newest release in the data, never the clock. Values are today's vintage: an earlier
``as_of`` limits which figures are seen, not how they read before revision.
"""

import inspect
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, TypeAlias, TypeVar

import pandas as pd

from tradelib.bundle.sources import described, path
from tradelib.ground.errors import InputError, NoAnswerError

Day: TypeAlias = str | date
Load = TypeVar("Load", bound=Callable[..., Any])

AS_OF = "\nas_of : str, date or Timestamp, optional, only what was known by that day\n"
RAISES = """
Raises
------
InputError, NoAnswerError
    If {asked}nothing was known by `as_of`.
"""

# By the type of a field. A whole number that may be missing needs a type of its own.
_DTYPES = {"string": "str", "number": "float64", "integer": "int64", "boolean": "bool"}


def dated(load: Load) -> Load:
    """A loader, its docstring with what `as_of`, its last parameter, does, and what is refused."""
    text = inspect.cleandoc(load.__doc__ or "")
    asks = "\nParameters\n" in text
    head = "" if asks else "\n\nParameters\n----------"
    text = text.replace("\n\nReturns\n", f"{head}{AS_OF}\nReturns\n", 1)
    if "\nRaises\n" not in text:
        refused = RAISES.format(asked="what is asked for is unknown, or " if asks else "")
        text = text.replace("\nExamples\n", f"{refused}\nExamples\n", 1)
    load.__doc__ = text
    return load


def schema(file: str) -> dict[str, dict[str, Any]]:
    """Fields of a bundled table by column, as ``data/datapackage.json`` describes them."""
    return {field["name"]: field for field in described(file)["schema"]["fields"]}


def dtypes(file: str) -> dict[str, str]:
    """The dtype of each column of a table that holds no days."""
    found = {}
    for name, field in schema(file).items():
        if field["type"] in _DTYPES:
            gaps = not field.get("constraints", {}).get("required", False)
            whole = field["type"] == "integer"
            found[name] = "Int64" if whole and gaps else _DTYPES[field["type"]]
    return found


@cache
def table(file: str) -> pd.DataFrame:
    """A bundled table with the dtypes of its schema. Shared: never hand it out unfiltered.

    Its cells need no check here: it is, to the bit, the file that was held to its description.
    """
    held = dtypes(file)
    return pd.read_csv(
        path(file),
        dtype=held,
        parse_dates=[name for name in schema(file) if name not in held],
        date_format="%Y-%m-%d",
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
    )


def released_by(rows: pd.DataFrame, on: Day | None, what: str) -> pd.DataFrame:
    """Rows released by a day, as a fresh frame; none is an error that says when the first came."""
    if on is None:
        return rows.reset_index(drop=True)
    limit = day(on)
    seen = rows[rows["released"] <= limit]
    if seen.empty:
        raise NoAnswerError(
            f"no {what} were released by {limit.date()}; the first came on "
            f"{rows['released'].min().date()}, the last on {rows['released'].max().date()}"
        )
    return seen.reset_index(drop=True)


def day(on: Day) -> pd.Timestamp:
    """A calendar day from an ISO text or a date; "today" is none, the clock is never asked."""
    named = on if isinstance(on, date) else None
    if isinstance(on, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", on):
        named = pd.to_datetime(on, format="%Y-%m-%d", errors="coerce")
    if named is None or pd.isna(named):
        raise InputError(f"as_of is a day such as '2022-10-05', got {on!r}")
    return pd.Timestamp(named.year, named.month, named.day)
