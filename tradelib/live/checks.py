"""Checks that the answer of every source must pass before a number in it becomes a figure.

The module of a source knows where that source writes what. The checks that hold for all sources
stand here, once:

- a table has the columns that are needed, each once;
- money is in US$, and nothing says that it was transformed; an attribute that speaks of units and
  is not known is refused;
- figures are given, not taken back (`check_action`);
- years are years of the past, and months are over;
- numbers are plain, and of a size that trade can have;
- a flow and year, or a flow and month, has one figure;
- an empty cell is missing, not zero;
- a mark (provisional, estimated, confidential, missing) goes with its figure into the frame;
- JSON has the stated shape: every step into it is checked.
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

from tradelib.core import country_codes
from tradelib.live.errors import MalformedError
from tradelib.live.secrets import scrubbed

_T = TypeVar("_T")
# Errors by which the standard library says that a zip archive is damaged.
ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
# Words in the names of a document that say that it is a part, or that something was wrong.
_OF_TROUBLE = re.compile("error|warning|message|^fault|status", re.IGNORECASE)
_OF_PARTS = re.compile("next|more|truncated|partial|continuation", re.IGNORECASE)
FIRST_YEAR = 1900  # a number outside these two years is no calendar year of trade
LAST_YEAR = 2100
# The year of this code and its last full month: a clock that was set back hides no figures.
_WRITTEN = 2026
_WRITTEN_MONTH = 11
MOST_MUSD = 1e7  # ten trillion US$: no flow of a pair is near it
MOST_ROWS = 20_000  # of a pair's answer; some hundred years are usual
NUMBER = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
# Words in the name of an attribute that may change what a figure is, and what it may then say.
_OF_POWER = re.compile("MULT|POWER")
_OF_CHANGE = re.compile("TRANSFORM|ADJUST|DEFLAT|INDEX|BASE_PER")
_OF_UNIT = re.compile("UNIT|CURR|MEASURE|PRICE|DENOM|EXCHANGE|CONVER")
_NOT_APPLICABLE = ("", "_Z")
_OF_MARK = re.compile(
    "STATUS|OBS_TYPE|FLAG|CONFID|CONF_|_CONF$"
)  # words in the name of an attribute of marks
# Statuses from the surest, and the codes (SDMX's and the IMF's, any case) that stand for them.
STATES = {
    "final": "A",
    "preliminary": "P V",
    "estimate": "E I F",
    "empty": "M L O H",
    "suppressed": "Q C N",
}
_OF_CODE = {
    code: state for state, country_codes in STATES.items() for code in country_codes.split()
}


class Figure(NamedTuple):
    """One flow of one year, or of one month, as a source reports it.

    Parameters
    ----------
    flow : str
        ``"export"`` or ``"import"``.
    year : int
        Calendar year.
    value_musd : float or None
        US$ million; None if the source gives no value.
    status : str
        ``final``, ``preliminary``, ``estimate``, ``suppressed`` or ``empty``.
    note : str
        A remark on the figure, empty if there is none.
    month : int
        Calendar month, 1 to 12; 0 for the whole year.
    """

    flow: str
    year: int
    value_musd: float | None
    status: str = "final"
    note: str = ""
    month: int = 0

    @property
    def period(self) -> str:
        """The year, or year and month, as text."""
        return f"{self.year}-{self.month:02d}" if self.month else str(self.year)


Figures: TypeAlias = tuple[Figure, ...]


@contextmanager
def malformed_on(what: str, *kinds: type[Exception]) -> Iterator[None]:
    """Turn a library's errors over damaged data into a `MalformedError`.

    `what` says what is damaged; `kinds` are the errors that the library raises.
    """
    try:
        yield
    except MalformedError:
        raise
    except kinds as error:
        raise MalformedError(f"{what} ({str(error)[:160]})") from None


def figure(
    flow: str, year: object, raw: object, *, unit: float, status: str = "final", note: str = ""
) -> Figure:
    """A figure from what a source writes; `unit` is the source's unit in US$ million."""
    value = None if status in ("suppressed", "empty") else value_of(raw, unit=unit)
    if value is None and status != "suppressed":
        status = "empty"
    return Figure(flow=flow, year=past_year(year), value_musd=value, status=status, note=note)


def newest_year() -> int:
    """The last year that can have figures: the current one."""
    return max(int(pd.Timestamp.now(tz="UTC").year), _WRITTEN)


def past_year(text: object) -> int:
    """A calendar year of the past from what a source writes, or a `MalformedError`."""
    plain = str(text)
    if not re.fullmatch("[0-9]{4}", plain) or not FIRST_YEAR <= int(plain) <= newest_year():
        raise MalformedError(f"{plain[:40]!r} where a year is due")
    return int(plain)


def newest_month() -> tuple[int, int]:
    """Year and number of the last month that can have figures: the last one that is over."""
    last = pd.Timestamp.now(tz="UTC").tz_localize(None).to_period("M") - 1
    return max((last.year, last.month), (_WRITTEN, _WRITTEN_MONTH))


def past_month(text: object, form: str) -> tuple[int, int]:
    """Year and month from what a source writes, or a `MalformedError`.

    `form` is a pattern whose two groups are the year and the month.
    """
    plain = str(text)
    match = re.fullmatch(form, plain)
    if not match or not 1 <= int(match[2]) <= 12:
        raise MalformedError(f"{plain[:40]!r} where a month is due")
    year = past_year(match[1])
    month = int(match[2])
    if (year, month) > newest_month():
        raise MalformedError(f"{plain[:40]!r}, a month that is not over")
    return year, month


def figure_number(raw: object) -> float | None:
    """A number from JSON, a cell or plain text; None where there is none."""
    if raw is None or raw == "":
        return None
    if not _is_number(raw):
        raise MalformedError(f"{str(raw)[:40]!r} where a figure is due")
    try:
        value = float(raw)  # type: ignore[arg-type]
    except OverflowError:
        value = math.inf
    if not math.isfinite(value) or _underflows(raw, value):
        raise MalformedError(f"{str(raw)[:40]!r}, a number of no size that figures have")
    return value


def _is_number(raw: object) -> bool:
    """Whether a value is a number or plain text of one; True and False are not."""
    if isinstance(raw, str):
        return re.fullmatch(NUMBER, raw) is not None
    return isinstance(raw, int | float) and not isinstance(raw, bool)


def _underflows(raw: object, value: float) -> bool:
    """Whether text of a number that is not zero has become zero, because it is too small."""
    return value == 0 and isinstance(raw, str) and re.match(r"[^eE]*[1-9]", raw) is not None


def value_of(raw: object, *, unit: float) -> float | None:
    """Trade in US$ million (`unit` is the source's unit in US$ million); None where it has none."""
    value = figure_number(raw)
    if value is None:
        return None
    if value != 0 and not 1e-12 <= value * unit <= MOST_MUSD:
        raise MalformedError(f"a trade of {str(raw)[:40]!r}")
    return value * unit


def unique(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures in order of flow and time; a flow and period twice is a `MalformedError`."""
    by_flow_and_time: dict[tuple[str, int, int], Figure] = {}
    for item in figures:
        key = (item.flow, item.year, item.month)
        if key in by_flow_and_time:
            raise MalformedError(f"the {item.flow} of {item.period} twice")
        by_flow_and_time[key] = item
        if len(by_flow_and_time) > MOST_ROWS:
            raise MalformedError(f"more than {MOST_ROWS} figures of a pair")
    return tuple(by_flow_and_time[key] for key in sorted(by_flow_and_time))


def check_head(head: Sequence[str], needed: Iterable[str]) -> None:
    """Raise if columns are missing or come twice."""
    missing = [column for column in needed if column not in head]
    if missing:
        raise MalformedError(f"a table without {', '.join(missing)}; it begins {str(head)[:160]}")
    if len(set(head)) < len(head):
        raise MalformedError(f"a table with a column twice: {str(head)[:160]}")


def bare(name: str) -> str:
    """Name of an attribute in capitals, without the label or the brackets behind it.

    >>> bare("unit_measure: Unit of measure"), bare("STRUCTURE[;]")
    ('UNIT_MEASURE', 'STRUCTURE')
    """
    return re.split(r"[:\[]", name, maxsplit=1)[0].strip().upper()


def may_change_unit(name: str) -> bool:
    """Whether the name of an attribute says that it may change what a figure is."""
    kinds = (_OF_POWER, _OF_CHANGE, _OF_UNIT)
    return any(kind.search(bare(name)) for kind in kinds)


def check_units(row: Mapping[str, object], *, power: str = "0") -> None:
    """Raise if a row states another unit than US$ times ten to the usual `power`.

    Any attribute whose name speaks of units, known or not, must say US$ or nothing; of one that
    speaks of a transformation, ``N`` (none) will do.
    """
    for name, stated in row.items():
        if not may_change_unit(name):
            continue
        kind = bare(name)
        usual = power if _OF_POWER.search(kind) else "N" if _OF_CHANGE.search(kind) else "USD"
        text = "" if stated is None else str(stated)
        if text not in (*_NOT_APPLICABLE, usual):
            raise MalformedError(f"figures in {kind[:40]} {text[:40]!r} instead of {usual} (US$)")


def check_name(said: object, country: str) -> None:
    """Raise if what a source calls a country is our name of another one."""
    if isinstance(said, str) and country_codes.known(said) and country_codes.iso3(said) != country:
        raise MalformedError(f"a row of {country} that calls it {said[:40]!r}")


def check_action(text: object) -> None:
    """Raise if figures are not given but taken back; by SDMX, no word means that they are given."""
    action = str(text or "I").casefold()
    if action not in ("i", "r", "a", "information", "replace", "append"):
        raise MalformedError(f"figures to {action[:40]!r}")


def status_of(row: Mapping[str, str]) -> tuple[str, str]:
    """Status by the least sure mark of a figure, and a note of marks that we do not know."""
    marks = _marks(row)
    states = [_OF_CODE[mark] for mark in marks if mark in _OF_CODE]
    unknown = [mark for mark in marks if mark not in _OF_CODE]
    least_sure = max(states, key=list(STATES).index, default="final")
    note = scrubbed(f"marked {', '.join(unknown)} by the source") if unknown else ""
    return least_sure, note


def is_mark(name: str) -> bool:
    """Whether the name of an attribute says that it marks figures, as ``STATUS`` does."""
    return _OF_MARK.search(bare(name)) is not None


def _marks(row: Mapping[str, str]) -> list[str]:
    """Marks of a figure, in capitals; every confidentiality but F (free) counts as C."""
    by_column = {name: (mark or "").strip().upper() for name, mark in row.items() if is_mark(name)}
    for name in by_column:
        if "CONF" in bare(name):
            by_column[name] = "" if by_column[name] in ("", "F") else "C"
    marks = [mark for mark in by_column.values() if mark]
    if not all(re.fullmatch("[A-Z0-9_]{1,12}", mark) for mark in marks):
        raise MalformedError(f"{str(marks)[:60]} where a mark of one figure is due")
    return marks


def read_json(body: bytes) -> Any:
    """The document in a body; no JSON, a key twice, a part or an error is a `MalformedError`."""
    if body.lstrip().startswith(b"<"):
        raise MalformedError(f"a page or message ({first_words(body)}) instead of JSON")
    with malformed_on("text that is no JSON", ValueError, RecursionError):
        document = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object)
    is_list = isinstance(document, list) and len(document) > 1  # the World Bank's, with rows
    about = document[0] if is_list else document
    for name, value in about.items() if isinstance(about, dict) else ():
        if value and _OF_PARTS.search(name):
            raise MalformedError(f"a part of an answer, with {name[:40]!r}: {str(value)[:80]}")
        if value and _OF_TROUBLE.search(name):
            raise MalformedError(f"an error message: {str(value)[:200]}")
    return document


def first_words(body: bytes) -> str:
    """The words at the beginning of a body, without markup and secrets, shortened."""
    text = body[:8000].decode("utf-8", "replace")
    text = re.sub(r"<(style|script)\b.*?</\1>|<[^<>]*>", " ", text, flags=re.DOTALL)
    return scrubbed(" ".join(html.unescape(text).split()))[:200]


def get_path(document: object, kind: type[_T], *steps: str | int) -> _T:
    """What stands in a document behind some steps, if it is there and of the stated kind."""
    value = document
    for number, step in enumerate(steps, start=1):
        value = _step_into(value, step)
        if value is None:
            path = ".".join(map(str, steps[:number]))
            raise MalformedError(f"a document without {path}")
    is_unwanted_bool = isinstance(value, bool) and kind is not bool  # True counts as an int
    if not isinstance(value, kind) or is_unwanted_bool:
        where = ".".join(map(str, steps)) or "the whole"
        raise MalformedError(f"{type(value).__name__} as {where}, where {kind.__name__} is due")
    return value


def _step_into(value: object, step: str | int) -> object:
    """Item of an object by its key, or of a list by its index; None if there is none."""
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as a dict, if it has no key twice."""
    if len(dict(pairs)) < len(pairs):
        names = [name for name, _ in pairs]
        raise MalformedError(f"a JSON object with a key twice, among {str(names)[:120]}")
    return dict(pairs)
