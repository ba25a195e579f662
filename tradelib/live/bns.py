"""Bureau of National Statistics of Kazakhstan: trade by country (312101), as spreadsheets.

A page lists the editions: the one named "по странам (2024г.)" is final (July), one named
"январь-декабрь" is preliminary. A workbook has one sheet per year (``2024`` or ``12_2024``). The
head of a sheet states the year, the unit (thousand US$) and the columns of turnover, exports and
imports. Below it come the row "Всего" (total) and one row per country.

A dash means no trade, and so does an empty cell if the row's turnover equals the other flow. "x" is
a withheld figure, and "..." one that is not known. Exports and imports must add up to the row's
turnover, and the countries to the total: the older format (xls) has no checksum, so that only these
sums show a changed digit.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any, NamedTuple, TypeAlias

import python_calamine

from tradelib.core.errors import InputError
from tradelib.live.checks import ZIP_DAMAGE, Figure, figure, malformed_on, value_of
from tradelib.live.errors import MalformedError, NoDataError
from tradelib.live.http import Call

FIRST_SHEET_YEAR = 2020  # the first full-year edition is 2021's, whose second sheet is 2020
_UNIT = 1e-3  # thousand US$
_HEADS = {"turnover": "товарооборот", "export": "экспорт", "import": "импорт"}
_FLOWS = ("export", "import")
_TOTAL = ("всего", "всего в том числе")
_NO_TRADE = ("-", "–", "—")
_WITHHELD = ("x", "х")  # Latin and Cyrillic
_UNKNOWN = ("...", "…")
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
# Limits of a workbook: a real sheet has 230 rows and 12 columns.
_MOST_BYTES = 2**25  # unpacked
_MOST_ROWS = 2000
_MOST_COLUMNS = 104
_LAST_COLUMN = b"CZ"  # the 104th
# Cells of xls with a fixed length: two kinds of numbers, text, true or false, blank.
_CELLS = rb"(?:\x03\x02\x0e|\x7e\x02\x0a|\xfd\x00\x0a|\x05\x02\x08|\x01\x02\x06)\x00(..)(..)"
_RECORD = re.compile(_CELLS, re.DOTALL)
_SHEET = re.compile(r"\s*(?:12_)?([0-9]{4})\s*")
_OTHER_UNITS = re.compile(
    r"млн|млрд|миллион|тенге|евро|eur|руб|тонн|юан|в ценах|процент|% к|натуральн"
)
# Another country's table, or one of services, of trade within the union, of what is expected.
_OTHER_TABLE = re.compile(r"республик\w*\s+(?!казахстан)|федерац|услуг|взаимн|прогноз|темп")
_THOUSAND_USD = re.compile(r"тыс(яч|\.)?\s*долл(аров|\.)?\s*сша")
_WHOLE_YEAR = re.compile(r"январ\w*\s*[-–—]\s*декабр\w*|\b12 месяц\w*")
_PART_YEAR = re.compile(  # a month, if not from January to December
    r"январ|феврал|\bмарт|апрел|\bма[йея]\b|июн|июл|август|сентябр|октябр|ноябр|декабр"
    r"|месяц|квартал|полугод"
)
_FILE = r'<a href="/api/iblock/element/([0-9]{1,12})/file/\w{1,9}/"[^<>]{0,300}>(.{0,600}?)</a>'
_LINK = re.compile(_FILE, re.DOTALL)
_TITLE = re.compile(r"по странам\s*\(\s*(январь\s*-\s*декабрь)?\s*([0-9]{4})\s*г")
_EARLY = re.compile("предварит|оперативн", re.IGNORECASE)  # preliminary
_DAY = re.compile(r"\b([0-9]{2})\.([0-9]{2})\.([0-9]{4})\b")
_Cell: TypeAlias = float | str  # thousand US$, "x" (withheld), "..." (not known) or "" (empty)
_Rows: TypeAlias = dict[str, dict[str, _Cell]]  # cells by name of the row and by flow


class Edition(NamedTuple):
    """A listed workbook.

    Parameters
    ----------
    year : int
        Year of its main sheet.
    final : bool
        Whether it is the final edition of that year.
    listed : str
        Day on which it was listed, as YYYY-MM-DD, or empty.
    element : int
        Number in its address.
    """

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
        problem = f"a page that is not the list of workbooks, or a part of it ({len(body)} bytes)"
        raise MalformedError(problem)
    links = list(_LINK.finditer(text))
    ends = [*(link.start() for link in links), len(text)][1:]  # where the next link begins
    editions = []
    for link, end in zip(links, ends, strict=True):
        words = _one_line(unescape(link[2]))
        title = _TITLE.search(words)
        if title:
            day = _DAY.search(text, link.end(), end)
            edition = Edition(
                year=int(title[2]),
                final=not title[1] and not _EARLY.search(words),
                listed=f"{day[3]}-{day[2]}-{day[1]}" if day else "",
                element=int(link[1]),
            )
            editions.append(edition)
    return editions


def _one_line(cell: object) -> str:
    """Text of a cell with single blanks between its words."""
    return " ".join(str(cell).split())


def best(editions: Iterable[Edition]) -> dict[int, Edition]:
    """Edition to read for each year: the final one if there is one, else the latest."""
    return {edition.year: edition for edition in sorted(editions)}  # the last of a year stays


def parse(body: bytes, *, partner: str, edition: Edition, years: set[int]) -> tuple[Figure, ...]:
    """Exports to and imports from a partner in some years of a workbook.

    A partner on none of the sheets is a `NoDataError`; anything else wrong is a `MalformedError`.
    """
    figures: list[Figure] = []
    for year, grid in _grids(body, edition.year, years).items():
        rows = _rows(grid, year)
        _check_sums(rows, year)
        texts = " ".join(cell for row in grid for cell in row if isinstance(cell, str))
        is_early = year == edition.year and _EARLY.search(texts) is not None
        own = edition._replace(final=edition.final and not is_early)
        figures += _figures(rows, partner, year, own)
    if not figures:
        raise NoDataError(f"the workbook of {edition.year} without {partner}")
    return tuple(figures)


@malformed_on("a file that is no spreadsheet", python_calamine.CalamineError, OSError, ValueError)
def _grids(body: bytes, own: int, years: set[int]) -> dict[int, list[list[Any]]]:
    """Cells of the sheets of some years, in a workbook that must have its own year's sheet."""
    if body[:2] == b"PK":
        body = _unpacked(body)
    else:
        _check_xls(body)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheets = _sheets(book, own)
        return {year: _grid(book, name) for year, name in sheets if year in years}
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # an error inside the reader's compiled part
            raise InputError(f"{error}") from None
        raise


def _sheets(book: python_calamine.CalamineWorkbook, own: int) -> list[tuple[int, str]]:
    """Year and name of each yearly sheet, in order; each year once, and the own year among them."""
    sheets = []
    for name in book.sheet_names:
        match = _SHEET.fullmatch(name)
        if match:
            sheets.append((int(match[1]), name))
    sheets.sort()
    listed = [year for year, _ in sheets]
    if len(set(listed)) < len(listed):
        raise MalformedError(f"a workbook with two sheets of a year, among {listed}")
    if own not in listed:
        raise MalformedError(f"a workbook with sheets {listed}, without {own}")
    return sheets


def _grid(book: python_calamine.CalamineWorkbook, name: str) -> list[list[Any]]:
    """Cells of a sheet, if it is not far larger than such sheets are."""
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height > _MOST_ROWS or sheet.total_width > _MOST_COLUMNS:
        problem = f"a sheet {name} of {sheet.total_height} rows, {sheet.total_width} wide"
        raise MalformedError(problem)
    return sheet.to_python()


@malformed_on("a damaged spreadsheet", *ZIP_DAMAGE)
def _unpacked(body: bytes) -> bytes:
    """An xlsx file with its XML unpacked, each member checked by its checksum and the limits."""
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as packed, zipfile.ZipFile(plain, "w") as unpacked:
        members = [item for item in packed.infolist() if item.filename.endswith((".xml", ".rels"))]
        size = sum(member.file_size for member in members)
        names = {member.filename for member in members}
        if size > _MOST_BYTES or len(names) < len(members):
            raise MalformedError(f"a spreadsheet of {size} bytes, or with a part twice")
        for member in members:
            content = packed.read(member)
            if b"sheetData" in content:
                _check_xml(content)
            unpacked.writestr(member.filename, content)
    return plain.getvalue()


def _check_xml(part: bytes) -> None:
    """Raise if a cell of xlsx is far out: the reader takes memory for all cells before it."""
    for cell in re.finditer(rb"<(?:\w+:)?(?:c|row)\b([^<>]*)", part):
        match = re.search(rb"\br\s*=\s*[\"']([A-Z]{0,2})([0-9]{1,4})[\"']", cell[1])
        if not match or match[1].rjust(2) > _LAST_COLUMN or int(match[2]) > _MOST_ROWS:
            raise MalformedError(f"a sheet with a cell at {cell[1][:60]!r}")


def _check_xls(body: bytes) -> None:
    """As `_check_xml`, for cells of xls, whose row and column are two bytes each."""
    for record in _RECORD.finditer(body):
        row = int.from_bytes(record[1], "little")
        column = int.from_bytes(record[2], "little")
        if row > _MOST_ROWS or column > _MOST_COLUMNS:
            raise MalformedError(f"a sheet with a cell in row {row}, column {column}")


def _figures(rows: _Rows, partner: str, year: int, edition: Edition) -> list[Figure]:
    """Both flows of the partner, or none if it is not listed."""
    listed = [row for name, row in rows.items() if _codes().get(name.casefold()) == partner]
    if len(listed) > 1:
        raise MalformedError(f"{partner} twice on the sheet of {year}")
    if not listed:
        _check_names(rows, partner, year)
        return []
    row = listed[0]
    kind = "final" if edition.final else "preliminary"
    note = f"{kind} edition of {edition.year}, listed {edition.listed or 'without a day'}"
    figures = []
    for flow in _FLOWS:
        status = _status(row[flow], year, edition)
        figures.append(figure(flow, year, row[flow], unit=_UNIT, note=note, status=status))
    return figures


def _check_names(rows: _Rows, partner: str, year: int) -> None:
    """Raise if a row has an unknown name, which may be another name of the missing partner."""
    known_names = {"всего", *_GROUPS, *_codes()}
    unknown = [name for name in rows if name.casefold() not in known_names]
    if unknown:
        names = ", ".join(unknown[:5])
        raise MalformedError(
            f"a sheet of {year} without {partner}, but with names we do not know: {names}"
        )


def _status(cell: _Cell, year: int, edition: Edition) -> str:
    """Status of a cell; the year before the edition's own is final in every edition."""
    if isinstance(cell, float):
        return "final" if edition.final or year < edition.year else "preliminary"
    return "suppressed" if cell == "x" else "empty"


def _rows(grid: list[list[Any]], year: int) -> _Rows:
    """Both flows of each named row from the total down."""
    names = [_one_line(row[0]) if row else "" for row in grid]
    top = _total_row(names, year)
    columns = _columns(grid[:top], year)
    rows: _Rows = {}
    for name, row in zip(names[top:], grid[top:], strict=True):
        if not name or name.startswith("*"):
            continue
        if name in rows:
            raise MalformedError(f"{name} twice on the sheet of {year}")
        cells = {head: _cell(row[column]) for head, column in columns.items()}
        key = name if rows else "Всего"  # the first row is the total, however it is written
        rows[key] = _flows(f"{name} of {year}", cells)
    return rows


def _total_row(names: list[str], year: int) -> int:
    """Index of the row of the total."""
    for index, name in enumerate(names):
        if name.casefold() in _TOTAL:
            return index
    raise MalformedError(f"a sheet of {year} without a row 'Всего'")


def _columns(head: list[list[Any]], year: int) -> dict[str, int]:
    """Column of turnover and of each flow, in a head that states the year and the unit."""
    cells = [[_one_line(cell).casefold() for cell in row] for row in head]
    _check_head(cells, year)
    return {flow: _column(cells, name, year) for flow, name in _HEADS.items()}


def _check_head(cells: list[list[str]], year: int) -> None:
    """Raise if the head states another unit than thousand US$, another time or another table."""
    text = " ".join(cell for row in cells for cell in row)
    if _OTHER_UNITS.search(text) or not _THOUSAND_USD.search(text):
        raise MalformedError(f"a sheet of {year} in other units than thousand US$: {text[:160]}")
    if str(year) not in text or _PART_YEAR.search(_WHOLE_YEAR.sub("", text)):
        raise MalformedError(f"a sheet of {year} for another time: {text[:160]}")
    if _OTHER_TABLE.search(text):
        raise MalformedError(f"a sheet of {year} of another country or trade: {text[:160]}")


def _column(cells: list[list[str]], name: str, year: int) -> int:
    """The one column with a name, below which nothing or "всего" stands."""
    positions = []
    for number, row in enumerate(cells):
        positions += [(number, column) for column, cell in enumerate(row) if cell == name]
    below = [cells[row + 1][column] for row, column in positions if row + 1 < len(cells)]
    if len(positions) != 1 or not set(below) <= {"", "всего"}:
        problem = f"a sheet of {year} with {len(positions)} columns {name!r}, {below}"
        raise MalformedError(problem)
    return positions[0][1]


def _cell(cell: Any) -> _Cell:
    """A cell as a number, "x" if it is withheld, "..." if not known, "" if empty."""
    text = cell.replace("\xa0", "").strip().lower() if isinstance(cell, str) else cell
    if text in _NO_TRADE:
        return 0.0
    if text in _WITHHELD:
        return "x"
    if text in _UNKNOWN:
        return "..."
    if text == "":
        return ""
    value_of(text, unit=_UNIT)  # raises if it is no number, or larger than trade can be
    return float(text)


def _flows(row_name: str, cells: dict[str, _Cell]) -> dict[str, _Cell]:
    """Both flows of a row, checked against its turnover; an empty flow that it leaves out is 0."""
    turnover = cells["turnover"]
    flows = {flow: cells[flow] for flow in _FLOWS}
    numbers = _numbers(flows.values())
    if isinstance(turnover, str):
        if turnover == "" and any(numbers):
            raise MalformedError(f"a row {row_name} without its turnover")
        return flows
    hidden = not {"x", "..."}.isdisjoint(flows.values())
    if not _adds_up(sum(numbers), turnover, hidden=hidden):
        problem = f"flows of {row_name} that add up to {sum(numbers):.1f}, not {turnover:.1f}"
        raise MalformedError(problem)
    if hidden:
        return flows
    return {flow: cell or 0.0 for flow, cell in flows.items()}


def _numbers(cells: Iterable[_Cell]) -> list[float]:
    """The cells that are numbers."""
    return [cell for cell in cells if isinstance(cell, float)]


def _adds_up(added: float, total: float, *, hidden: bool) -> bool:
    """Whether figures add up to a total, or to less if some of them are hidden."""
    slack = max(1.0, 1e-6 * total)  # thousand US$, for rounding
    if added - total > slack:
        return False
    return hidden or total - added <= slack


def _check_sums(rows: _Rows, year: int) -> None:
    """Raise if countries do not add up to the total, or to more if some figures are withheld."""
    for flow in _FLOWS:
        cells = [row[flow] for name, row in rows.items() if name.casefold() not in _GROUPS]
        total = cells[0]
        if isinstance(total, str):
            raise MalformedError(f"a sheet of {year} without the total of its {flow}s")
        added = sum(_numbers(cells[1:]))
        hidden = any(isinstance(cell, str) for cell in cells)
        if not _adds_up(added, total, hidden=hidden):
            sums = f"add up to {added:.1f} instead of {total:.1f} thousand US$"
            raise MalformedError(f"{flow}s of {year} that {sums}")


@cache
def _codes() -> dict[str, str]:
    """Code of each name of a country, in lower case.

    In the file semicolons separate countries, and bars the names of one country.
    """
    text = files("tradelib.live").joinpath("bns_names.txt").read_text(encoding="utf-8")
    codes = {}
    for entry in _one_line(text).split("; "):
        code, names = entry.split(" ", 1)
        for name in names.split("|"):
            codes[name.casefold()] = code
    return codes
