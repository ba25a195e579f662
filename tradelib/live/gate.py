"""The edge: what every source's answer must satisfy before a number in it is a figure.

A reader knows where its source writes what. What holds for all of them stands here, once: the head
has the columns, money is US$, years are years of the past, numbers are plain and of a size that
trade can have, a place has one figure, an empty cell is no zero, and a mark (provisional,
estimated, confidential, missing) goes with its figure into the frame. JSON is of a stated shape,
every step into it checked.
"""

import html
import json
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias, TypeVar

import pandas as pd

from tradelib.live.errors import MalformedError

T = TypeVar("T")
# Errors by which the standard library says that a zip archive is damaged.
ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
FIRST_YEAR, LAST_YEAR = 1900, 2100  # anything else is no calendar year of trade
_WRITTEN = 2026  # the year of this text: a clock that was set back hides no figures
MOST_MUSD = 1e7  # ten trillion US$: no flow of a pair is near it
MOST_ROWS = 20_000  # of a pair's answer; some hundred years are usual
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
UNITS = ("UNIT", "UNIT_MEASURE", "CURRENCY", "CURRENCY_DENOM", "UNIT_MULT")
MARKS = ("STATUS", "OBS_STATUS", "CONF_STATUS")
# Statuses from the surest, and the codes (SDMX's and the IMF's, any case) that stand for them.
STATES = {
    "final": "A",
    "preliminary": "P V",
    "estimate": "E I F",
    "empty": "M L O H",
    "suppressed": "Q C N",
}
_OF_CODE = {code: state for state, codes in STATES.items() for code in codes.split()}


class Figure(NamedTuple):
    """One flow of one year as a source reports it.

    ``flow`` (export, import); ``year`` (int); ``value_musd`` (US$ million, None if not given);
    ``status`` (final, preliminary, estimate, suppressed, empty); ``note``.
    """

    flow: str
    year: int
    value_musd: float | None
    status: str = "final"
    note: str = ""


Figures: TypeAlias = tuple[Figure, ...]


@contextmanager
def damage(what: str, *kinds: type[Exception]) -> Iterator[None]:
    """What a library raises over damaged data comes as a `MalformedError` that says of what."""
    try:
        yield
    except MalformedError:
        raise
    except kinds as error:
        raise MalformedError(f"{what} ({str(error)[:160]})") from None


def figure(
    flow: str, year: object, raw: object, *, unit: float, status: str = "final", note: str = ""
) -> Figure:
    """A figure from a source's own writing, in US$ million (`unit` of them are one of its own)."""
    value = None if status in ("suppressed", "empty") else value_of(raw, unit=unit)
    status = "empty" if value is None and status != "suppressed" else status
    return Figure(flow=flow, year=year_of(year), value_musd=value, status=status, note=note)


def newest_year() -> int:
    """The last year that can have figures: the current one."""
    return max(int(pd.Timestamp.now(tz="UTC").year), _WRITTEN)


def year_of(text: object) -> int:
    """A calendar year of the past from a source's own writing of it, or a `MalformedError`."""
    plain = str(text)
    if not re.fullmatch("[0-9]{4}", plain) or not FIRST_YEAR <= int(plain) <= newest_year():
        raise MalformedError(f"{plain[:40]!r} where a year is due")
    return int(plain)


def number_of(raw: object) -> float | None:
    """A number from JSON, a cell or plain text; None where there is none."""
    if raw is None or raw == "":
        return None
    known = isinstance(raw, int | float) and not isinstance(raw, bool)
    if not known and not (isinstance(raw, str) and re.fullmatch(NUMBER, raw)):
        raise MalformedError(f"{str(raw)[:40]!r} where a figure is due")
    try:
        value = float(raw)  # type: ignore[arg-type]
    except OverflowError:
        value = math.inf
    lost = value == 0 and isinstance(raw, str) and re.match(r"[^eE]*[1-9]", raw)
    if not math.isfinite(value) or lost:
        raise MalformedError(f"{str(raw)[:40]!r}, a number of no size that figures have")
    return value


def value_of(raw: object, *, unit: float) -> float | None:
    """Trade in US$ million (`unit` of them are one of the source's); None where it has none."""
    value = number_of(raw)
    if value is not None and not (value == 0 or 1e-12 <= value * unit <= MOST_MUSD):
        raise MalformedError(f"a trade of {str(raw)[:40]!r}")
    return None if value is None else value * unit


def once(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures in order of flow and year; one given twice is a `MalformedError`."""
    by_place: dict[tuple[str, int], Figure] = {}
    for one in figures:
        place = (one.flow, one.year)
        if place in by_place:
            raise MalformedError(f"the {one.flow} of {one.year} twice")
        by_place[place] = one
        if len(by_place) > MOST_ROWS:
            raise MalformedError(f"more than {MOST_ROWS} figures of a pair")
    return tuple(by_place[place] for place in sorted(by_place))


def check_head(head: Sequence[str], needed: Iterable[str]) -> None:
    """Raise if columns are missing or come twice."""
    missing = [column for column in needed if column not in head]
    if missing:
        raise MalformedError(f"a table without {', '.join(missing)}; it begins {str(head)[:160]}")
    if len(set(head)) < len(head):
        raise MalformedError(f"a table with a column twice: {str(head)[:160]}")


def check_units(row: Mapping[str, str], *, power: str = "0") -> None:
    """Raise if what a row says of its unit is not US$, times the power of ten that is usual."""
    for column in UNITS:
        stated, usual = row.get(column) or "", power if column == "UNIT_MULT" else "USD"
        if stated not in ("", usual):
            raise MalformedError(f"figures in {column} {stated[:40]!r} instead of {usual} (US$)")


def status_of(row: Mapping[str, str]) -> tuple[str, str]:
    """Status by the least sure mark of a figure, and a note of marks that we do not know."""
    marks = {column: (row.get(column) or "").strip().upper() for column in MARKS}
    marks["CONF_STATUS"] = "C" if marks["CONF_STATUS"] not in ("", "F") else ""
    found = [mark for mark in marks.values() if mark]
    if not all(re.fullmatch("[A-Z0-9_]{1,12}", mark) for mark in found):
        raise MalformedError(f"{str(found)[:60]} where a mark of one figure is due")
    states = [_OF_CODE[mark] for mark in found if mark in _OF_CODE]
    other = [mark for mark in found if mark not in _OF_CODE]
    note = f"marked {', '.join(other)} by the source" if other else ""
    return max(states, key=list(STATES).index, default="final"), note


def read(body: bytes) -> Any:
    """The document in a body; no JSON, or a key twice, is a `MalformedError`."""
    if body.lstrip().startswith(b"<"):
        raise MalformedError(f"a page or message ({words(body)}) instead of JSON")
    with damage("text that is no JSON", ValueError, RecursionError):
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object)


def words(body: bytes) -> str:
    """The words at the beginning of a body, without markup, shortened."""
    text = body[:8000].decode("utf-8", "replace")
    text = re.sub(r"<(style|script)\b.*?</\1>|<[^<>]*>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(text).split())[:200]


def take(value: object, kind: type[T], *steps: str | int) -> T:
    """What stands in a document behind some steps, if it is there and of the stated kind."""
    for number, step in enumerate(steps):
        inside = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            inside = value[step]
        if inside is None:
            path = ".".join(map(str, steps[: number + 1]))
            raise MalformedError(f"a document without {path}")
        value = inside
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        where = ".".join(map(str, steps)) or "the whole"
        raise MalformedError(f"{type(value).__name__} as {where}, where {kind.__name__} is due")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        names = [name for name, _ in pairs]
        raise MalformedError(f"a JSON object with a key twice, among {str(names)[:120]}")
    return dict(pairs)
