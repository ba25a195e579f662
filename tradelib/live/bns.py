"""Bureau of National Statistics of Kazakhstan: trade by country (312101), as spreadsheets.

A page lists the editions; the one named "по странам (2024г.)" is final (July), "январь-декабрь" is
preliminary. A workbook has a sheet a year (``2024`` or ``12_2024``): a head that says the year, the
unit (thousand US$) and the columns of turnover, exports and imports; below "Всего" (total) a row a
country. A dash is no trade, and so is an empty cell where the row's turnover says so; "x" is a
withheld figure and "..." one that is not known. Flows must add up to the row's turnover, and the
countries to the total: where the format has no checksum (xls) this shows a changed digit.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from functools import cache
from html import unescape
from importlib.resources import files
from itertools import zip_longest
from typing import Any, NamedTuple, TypeAlias

import python_calamine

from tradelib.ground.errors import InputError
from tradelib.live.errors import MalformedError, NoDataError
from tradelib.live.gate import ZIP_DAMAGE, Figure, damage, figure, value_of
from tradelib.live.transport import Call

FIRST = 2020  # the first full-year edition is 2021's, whose second sheet is 2020
_UNIT = 1e-3  # thousand US$
_HEADS = {"turnover": "товарооборот", "export": "экспорт", "import": "импорт"}
_FLOWS = ("export", "import")
_TOTAL = ("всего", "всего в том числе")
_NO_TRADE, _WITHHELD, _UNKNOWN = ("-", "–", "—"), ("x", "х"), ("...", "…")
_GROUPS = {
    "страны снг",
    "страны еаэс",
    "страны вне еаэс",
    "остальные страны мира",
    "европа",
    "страны ес",
    "страны вне ес",
    "азия",
    "америка",
    "африка",
    "австралия и океания",
}
# Bounds: bytes of a workbook unpacked, rows and columns of a sheet. A real one has 230 by 12.
_MOST_BYTES, _MOST_ROWS, _MOST_COLUMNS, _LAST = 2**25, 2000, 104, b"CZ"
# Cells of xls of a fixed length: numbers twice, text, truth, none.
_CELLS = rb"(?:\x03\x02\x0e|\x7e\x02\x0a|\xfd\x00\x0a|\x05\x02\x08|\x01\x02\x06)\x00(..)(..)"
_RECORD = re.compile(_CELLS, re.DOTALL)
_FILE = r'<a href="/api/iblock/element/([0-9]{1,12})/file/\w{1,9}/"[^<>]{0,300}>(.{0,600}?)</a>'
_LINK = re.compile(_FILE, re.DOTALL)
_TITLE = re.compile(r"по странам\s*\(\s*(январь\s*-\s*декабрь)?\s*([0-9]{4})\s*г")
_DAY = re.compile(r"\b([0-9]{2})\.([0-9]{2})\.([0-9]{4})\b")
_Rows: TypeAlias = dict[str, dict[str, float | str]]  # cells by name of the row and by flow


class Edition(NamedTuple):
    """A listed workbook: ``year``, ``final`` (bool), ``listed`` (ISO day), ``element`` (int)."""

    year: int
    final: bool
    listed: str
    element: int


def listing(year: int) -> Call:
    """Call for the page that lists a year's workbooks."""
    path = "ru/industries/economy/foreign-market/spreadsheets/"
    query = (("year", str(year)), ("name", "19182"), ("period", ""), ("type", "spreadsheets"))
    return Call(source="bns", path=path, query=query, accept="text/html", page=True)


def workbook(edition: Edition) -> Call:
    """Call for an edition's file."""
    return Call(source="bns", path=f"api/iblock/element/{edition.element}/file/ru/")


def parse_listing(body: bytes) -> list[Edition]:
    """Full-year editions on a page, in no order; part-years are left out."""
    text = body.decode(errors="replace")
    if "</html>" not in text.lower() or "spreadsheets" not in text:
        what = f"a page that is not the list of workbooks, or a part of it ({len(body)} bytes)"
        raise MalformedError(what)
    links = list(_LINK.finditer(text))
    editions = []
    for link, after in zip_longest(links, links[1:]):
        title = _TITLE.search(" ".join(unescape(link[2]).split()))
        day = _DAY.search(text, link.end(), after.start() if after else len(text))
        if title:
            listed = f"{day[3]}-{day[2]}-{day[1]}" if day else ""
            year, final = int(title[2]), not title[1]
            editions.append(Edition(year=year, final=final, listed=listed, element=int(link[1])))
    return editions


def best(editions: Iterable[Edition]) -> dict[int, Edition]:
    """Edition to read for each year: the final one if there is one, else the latest."""
    return {edition.year: edition for edition in sorted(editions)}


def parse(body: bytes, *, partner: str, edition: Edition, years: set[int]) -> tuple[Figure, ...]:
    """Exports to and imports from a partner in some years of a workbook.

    A partner on none of the sheets is a `NoDataError`; anything else amiss is a `MalformedError`.
    """
    figures: list[Figure] = []
    for year, grid in _grids(body, edition.year, years).items():
        rows = _rows(grid, year)
        _check_sums(rows, year)
        figures += _figures(rows, partner, year, edition)
    if not figures:
        raise NoDataError(f"the workbook of {edition.year} without {partner}")
    return tuple(figures)


@damage("a file that is no spreadsheet", python_calamine.CalamineError, OSError, ValueError)
def _grids(body: bytes, own: int, years: set[int]) -> dict[int, list[list[Any]]]:
    """Cells of the sheets of some years, in a workbook that has its own year's."""
    if body[:2] == b"PK":
        body = _unpacked(body)
    else:
        _check_xls(body)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        matches = [(re.fullmatch(r"\s*(?:12_)?([0-9]{4})\s*", n), n) for n in book.sheet_names]
        names = sorted((int(match[1]), name) for match, name in matches if match)
        listed = [year for year, _ in names]
        if len(set(listed)) < len(listed):
            raise MalformedError(f"a workbook with two sheets of a year, among {listed}")
        if own not in listed:
            raise MalformedError(f"a workbook with sheets {listed}, without {own}")
        return {year: _grid(book, name) for year, name in names if year in years}
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # how the reader's own faults come
            raise InputError(error) from None
        raise


def _grid(book: python_calamine.CalamineWorkbook, name: str) -> list[list[Any]]:
    """Cells of a sheet of a size that such sheets have."""
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height > _MOST_ROWS or sheet.total_width > _MOST_COLUMNS:
        what = f"a sheet {name} of {sheet.total_height} rows, {sheet.total_width} wide"
        raise MalformedError(what)
    return sheet.to_python()


@damage("a damaged spreadsheet", *ZIP_DAMAGE)
def _unpacked(body: bytes) -> bytes:
    """An xlsx file with its XML unpacked, each member held against its checksum and the bounds."""
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as packed, zipfile.ZipFile(plain, "w") as unpacked:
        members = [one for one in packed.infolist() if one.filename.endswith((".xml", ".rels"))]
        size = sum(member.file_size for member in members)
        if size > _MOST_BYTES or len({one.filename for one in members}) < len(members):
            raise MalformedError(f"a spreadsheet of {size} bytes, or with a part twice")
        for member in members:
            content = packed.read(member)
            if b"sheetData" in content:
                _check_xml(content)
            unpacked.writestr(member.filename, content)
    return plain.getvalue()


def _check_xml(part: bytes) -> None:
    """Raise if a cell of xlsx is far out: the reader makes room for all before it."""
    for cell in re.finditer(rb"<(?:\w+:)?(?:c|row)\b([^<>]*)", part):
        place = re.search(rb"\br\s*=\s*[\"']([A-Z]{0,2})([0-9]{1,4})[\"']", cell[1])
        if not place or place[1].rjust(2) > _LAST or int(place[2]) > _MOST_ROWS:
            raise MalformedError(f"a sheet with a cell at {cell[1][:60]!r}")


def _check_xls(body: bytes) -> None:
    """As `_check_xml`, for cells of xls, which have their row and column in two bytes each."""
    for record in _RECORD.finditer(body):
        row, column = (int.from_bytes(two, "little") for two in record.groups())
        if row > _MOST_ROWS or column > _MOST_COLUMNS:
            raise MalformedError(f"a sheet with a cell in row {row}, column {column}")


def _figures(rows: _Rows, partner: str, year: int, edition: Edition) -> list[Figure]:
    """The partner's two flows, none if it is not listed."""
    state = "final" if edition.final or year < edition.year else "preliminary"
    kind = "final" if edition.final else "preliminary"
    note = f"{kind} edition of {edition.year}, listed {edition.listed or 'without a day'}"
    listed = [row for name, row in rows.items() if _codes().get(name.casefold()) == partner]
    if len(listed) > 1:
        raise MalformedError(f"{partner} twice on the sheet of {year}")
    known = {"всего", *_GROUPS, *_codes()}
    odd = [name for name in rows if name.casefold() not in known]
    if odd and not listed:
        what = f"a sheet of {year} without {partner}, but with names we do not know: "
        raise MalformedError(what + ", ".join(odd[:5]))
    cells = [(flow, row[flow]) for row in listed for flow in _FLOWS]
    return [
        figure(
            flow,
            year,
            cell,
            unit=_UNIT,
            note=note,
            status=state if isinstance(cell, float) else "suppressed" if cell == "x" else "empty",
        )
        for flow, cell in cells
    ]


def _rows(grid: list[list[Any]], year: int) -> _Rows:
    """Both flows of each named row from the total down."""
    names = [" ".join(str(row[0]).split()) if row else "" for row in grid]
    top = next((at for at, name in enumerate(names) if name.casefold() in _TOTAL), None)
    if top is None:
        raise MalformedError(f"a sheet of {year} without a row 'Всего'")
    columns = _columns(grid[:top], year)
    rows: _Rows = {}
    for name, row in zip(names[top:], grid[top:], strict=True):
        if not name or name.startswith("*"):
            continue
        if name in rows:
            raise MalformedError(f"{name} twice on the sheet of {year}")
        cells = {head: _cell(row[column]) for head, column in columns.items()}
        rows[name if rows else "Всего"] = _flows(f"{name} of {year}", cells)
    return rows


def _columns(head: list[list[Any]], year: int) -> dict[str, int]:
    """Where turnover and flows stand, by a head that says so, the year and the unit."""
    cells = [[" ".join(str(cell).split()).casefold() for cell in row] for row in head]
    words = " ".join(cell for row in cells for cell in row)
    if re.search(r"млн|млрд|миллион|тенге|евро|eur|руб|тонн", words) or not re.search(
        r"тыс(яч|\.)?\s*долл(аров|\.)?\s*сша", words
    ):
        raise MalformedError(f"a sheet of {year} in other units than thousand US$: {words[:160]}")
    if str(year) not in words or re.search(r"январь\s*[-–—]\s*(?!декабр)", words):
        raise MalformedError(f"a sheet of {year} for another time: {words[:160]}")
    columns = {}
    for flow, name in _HEADS.items():
        found = [(r, c) for r, row in enumerate(cells) for c, it in enumerate(row) if it == name]
        below = [cells[r + 1][c] for r, c in found if r + 1 < len(cells)]
        if len(found) != 1 or not set(below) <= {"", "всего"}:
            raise MalformedError(f"a sheet of {year} with {len(found)} columns {name!r}, {below}")
        columns[flow] = found[0][1]
    return columns


def _cell(cell: Any) -> float | str:
    """A cell as a number, "x" if it is withheld, "..." if not known, "" if empty."""
    text = cell.replace("\xa0", "").strip().lower() if isinstance(cell, str) else cell
    for marks, means in ((_NO_TRADE, 0.0), (_WITHHELD, "x"), (_UNKNOWN, "..."), (("",), "")):
        if text in marks:
            return means
    value_of(text, unit=_UNIT)
    return float(text)


def _flows(place: str, cells: dict[str, float | str]) -> dict[str, float | str]:
    """Both flows of a row, held against its turnover, which says whether an empty one is none."""
    turnover, flows = cells["turnover"], {flow: cells[flow] for flow in _FLOWS}
    numbers = [cell for cell in flows.values() if isinstance(cell, float)]
    if isinstance(turnover, str):
        if turnover == "" and any(numbers):
            raise MalformedError(f"a row {place} without its turnover")
        return flows
    hidden = not {"x", "..."}.isdisjoint(flows.values())
    if not _adds_up(sum(numbers), turnover, hidden=hidden):
        what = f"flows of {place} that add up to {sum(numbers):.1f}, not {turnover:.1f}"
        raise MalformedError(what)
    return flows if hidden else {flow: cell or 0.0 for flow, cell in flows.items()}


def _adds_up(added: float, total: float, *, hidden: bool) -> bool:
    """Whether figures make a total, or stay below it where some of them are not told."""
    slack = max(1.0, 1e-6 * total)
    return added - total <= slack and (hidden or total - added <= slack)


def _check_sums(rows: _Rows, year: int) -> None:
    """Raise if the countries do not add up to the total, or are more where some are withheld."""
    for flow in _FLOWS:
        cells = [row[flow] for name, row in rows.items() if name.casefold() not in _GROUPS]
        total, added = cells[0], sum(cell for cell in cells[1:] if isinstance(cell, float))
        if isinstance(total, str):
            raise MalformedError(f"a sheet of {year} without the total of its {flow}s")
        if not _adds_up(added, total, hidden=any(isinstance(cell, str) for cell in cells)):
            sums = f"add up to {added:.1f} instead of {total:.1f} thousand US$"
            raise MalformedError(f"{flow}s of {year} that {sums}")


@cache
def _codes() -> dict[str, str]:
    """Code of each name, in lower case; semicolons part countries there, and bars their names."""
    text = files("tradelib.live").joinpath("bns_names.txt").read_text(encoding="utf-8")
    entries = [item.split(" ", 1) for item in " ".join(text.split()).split("; ")]
    return {name.casefold(): code for code, names in entries for name in names.split("|")}
