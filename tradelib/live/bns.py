"""Bureau of National Statistics of Kazakhstan: trade by country (312101), as spreadsheets.

A page lists the editions; the one named "по странам (2024г.)" is final (July), "январь-декабрь" is
preliminary. A workbook has a sheet a year (``2024`` or ``12_2024``): below "Всего" (total) a row a
country, thousand US$, exports in the fourth column, imports in the sixth. An empty cell or a dash
is no trade, "x" is a withheld figure and "..." one that is not known. The countries must add up to
the total: where the format has no checksum (xls) that is what shows a changed digit.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

import python_calamine

from tradelib.live._bns_names import TABLE
from tradelib.live.documents import ZIP_DAMAGE
from tradelib.live.errors import MalformedError, NoDataError
from tradelib.live.tidy import Figure, value_of
from tradelib.live.transport import Call

FIRST = 2020  # the first full-year edition is 2021's, whose second sheet is 2020
_UNIT = 1e-3  # thousand US$
_COLUMNS = {"export": 3, "import": 5}
_NO_TRADE, _WITHHELD, _UNKNOWN = ("", "-", "–", "—"), ("x", "х"), ("...", "…")
_GROUPS = {
    "страны снг", "страны еаэс", "страны вне еаэс", "остальные страны мира", "европа", "страны ес",
    "страны вне ес", "азия", "америка", "африка", "австралия и океания",
}  # fmt: skip
_LINK = re.compile(r'<a href="/api/iblock/element/(\d+)/file/\w+/"[^>]*>(.*?)</a>', re.DOTALL)
_TITLE = re.compile(r"по странам\s*\(\s*(январь\s*-\s*декабрь)?\s*(\d{4})\s*г")
_DAY = re.compile(r"\b(\d\d)\.(\d\d)\.(\d{4})\b")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edition:
    """A listed workbook: ``year`` (int), ``final`` (bool), ``listed`` (ISO day), ``element``."""

    year: int
    final: bool
    listed: str
    element: str


def listing(year: int) -> Call:
    """Call for the page that lists a year's workbooks."""
    return Call(
        source="bns",
        path="ru/industries/economy/foreign-market/spreadsheets/",
        query=(("year", str(year)), ("name", "19182"), ("period", ""), ("type", "spreadsheets")),
        accept="text/html",
        page=True,
    )


def workbook(edition: Edition) -> Call:
    """Call for an edition's file."""
    return Call(source="bns", path=f"api/iblock/element/{edition.element}/file/ru/")


def parse_listing(body: bytes) -> list[Edition]:
    """Full-year editions on a page, in no order; part-years are left out."""
    text = body.decode("utf-8", "replace")
    if "</html>" not in text.lower() or "spreadsheets" not in text:
        raise MalformedError(
            f"a page that is not the list of workbooks, or a part of it ({len(body)} bytes)"
        )
    links = list(_LINK.finditer(text))
    ends = [*(link.start() for link in links[1:]), len(text)]
    editions = []
    for link, end in zip(links, ends, strict=False):
        title = _TITLE.search(" ".join(unescape(link[2]).split()))
        day = _DAY.search(text, link.end(), end)
        if title:
            listed = f"{day[3]}-{day[2]}-{day[1]}" if day else ""
            year, final = int(title[2]), not title[1]
            editions.append(Edition(year=year, final=final, listed=listed, element=link[1]))
    return editions


def best(editions: Iterable[Edition]) -> dict[int, Edition]:
    """Edition to read for each year: the final one if there is one, else the latest."""
    return {edition.year: edition for edition in sorted(editions)}


def parse(body: bytes, *, partner: str, edition: Edition, years: set[int]) -> tuple[Figure, ...]:
    """Exports to and imports from a partner in some years of a workbook.

    A partner on none of the sheets is a `NoDataError`; anything else amiss is a `MalformedError`.
    """
    grids = _grids(body)
    if edition.year not in grids:
        raise MalformedError(f"a workbook with sheets {sorted(grids)}, without {edition.year}")
    figures: list[Figure] = []
    for year in sorted(years & set(grids)):
        rows = _rows(grids[year], year)
        _check_sums(rows, year)
        status = "final" if edition.final or year < edition.year else "preliminary"
        figures += _figures(rows, partner, year, status, edition)
    if not figures:
        raise NoDataError(f"the workbook of {edition.year} without {partner}")
    return tuple(figures)


def _grids(body: bytes) -> dict[int, list[list[Any]]]:
    """Cells of each year's sheet."""
    if body[:2] == b"PK":
        _check_zip(body)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        years = {name: re.fullmatch(r"(?:12_)?(\d{4})", name.strip()) for name in book.sheet_names}
        return {
            int(year[1]): book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name, year in years.items()
            if year
        }
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise MalformedError(f"a file that is no spreadsheet ({error})") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the reader's own faults come
            raise
        raise MalformedError(
            f"a file that is no spreadsheet, nor anything near it ({str(error)[:80]})"
        ) from None


def _check_zip(body: bytes) -> None:
    """Raise if a member of an xlsx file is not what its checksum says."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as members:
            bad = members.testzip()
    except ZIP_DAMAGE as error:
        raise MalformedError(f"a damaged spreadsheet ({error})") from None
    if bad:
        raise MalformedError(f"a damaged spreadsheet: {bad} does not fit its checksum")


def _figures(
    rows: dict[str, dict[str, Any]], partner: str, year: int, status: str, edition: Edition
) -> list[Figure]:
    """The partner's two flows, none if it is not listed."""
    kind = "final" if edition.final else "preliminary"
    note = f"{kind} edition of {edition.year}, listed {edition.listed or 'without a day'}"
    listed = [row for name, row in rows.items() if _codes().get(name.casefold()) == partner]
    if len(listed) > 1:
        raise MalformedError(f"{partner} twice on the sheet of {year}")
    odd = [name for name in rows if not _known(name)]
    if odd and not listed:
        raise MalformedError(
            f"a sheet of {year} without {partner}, but with names we do not know: "
            f"{', '.join(odd[:5])}"
        )
    return [_figure(flow, year, row[flow], status, note) for row in listed for flow in _COLUMNS]


def _figure(flow: str, year: int, cell: object, status: str, note: str) -> Figure:
    state = {_WITHHELD: "suppressed", _UNKNOWN: "empty"}
    for marks, name in state.items():
        if cell in marks:
            return Figure(flow=flow, year=year, value_musd=None, status=name, note=note)
    value = 0.0 if cell in _NO_TRADE else value_of(cell, unit=_UNIT)
    return Figure(flow=flow, year=year, value_musd=value, status=status, note=note)


def _rows(grid: list[list[Any]], year: int) -> dict[str, dict[str, Any]]:
    """Both cells of each named row from the total down."""
    names = [" ".join(str(row[0]).split()) if row else "" for row in grid]
    if "Всего" not in names:
        raise MalformedError(f"a sheet of {year} without a row 'Всего'")
    top = names.index("Всего")
    _check_unit(grid[:top], year)
    rows: dict[str, dict[str, Any]] = {}
    for name, row in zip(names[top:], grid[top:], strict=True):
        if not name or name.startswith("*"):
            continue
        if len(row) <= max(_COLUMNS.values()):
            raise MalformedError(f"a sheet of {year} with {len(row)} columns")
        if name in rows:
            raise MalformedError(f"{name} twice on the sheet of {year}")
        rows[name] = {flow: _cell(row[column]) for flow, column in _COLUMNS.items()}
    return rows


def _cell(cell: Any) -> Any:
    """A cell as number or as its text, in lower case."""
    if isinstance(cell, str):
        return cell.replace("\xa0", "").strip().lower()
    return cell


def _check_unit(head: list[list[Any]], year: int) -> None:
    words = " ".join(str(cell) for row in head for cell in row).lower()
    if re.search(r"млн|млрд|миллион|тенге|евро|руб", words):
        raise MalformedError(f"a sheet of {year} in other units than thousand US$: {words[:120]}")


def _check_sums(rows: dict[str, dict[str, Any]], year: int) -> None:
    """Raise if the countries do not add up to the total (unless some are withheld)."""
    for flow in _COLUMNS:
        cells = {name: row[flow] for name, row in rows.items() if name.casefold() not in _GROUPS}
        if any(cell in (*_WITHHELD, *_UNKNOWN) for cell in cells.values()):
            continue
        values = {n: 0.0 if c in _NO_TRADE else value_of(c, unit=1) for n, c in cells.items()}
        total = values.pop("Всего") or 0.0
        added = sum(value or 0.0 for value in values.values())
        if abs(added - total) > max(1.0, 1e-6 * total):
            raise MalformedError(
                f"{flow}s of {year} that add up to {added:.1f} instead of {total:.1f} thousand US$"
            )


def _known(name: str) -> bool:
    """Whether a row is one of the countries or groups that we know."""
    return name.casefold() in _codes() or name.casefold() in {*_GROUPS, "всего"}


@cache
def _codes() -> dict[str, str]:
    """Code of each name, in lower case."""
    entries = [item.split(" ", 1) for item in " ".join(TABLE.split()).split("; ")]
    return {name.casefold(): code for code, names in entries for name in names.split("|")}
