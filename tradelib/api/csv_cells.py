"""Cells of a CSV as Excel, LibreOffice and R write it: texts, numbers and their lines."""

import csv
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn

from tradelib.core.errors import InputError

# Headings of columns of money, and of columns that say which month a row is of.
MONEY = r"turnover|exports?(\b|_)"
MONEY_OF_MONTHS = rf"values?(\b|_)|imports?(\b|_)|{MONEY}"
MONTH = r"(month|period|date|time|time_period)s?"
# Marks between cells, the likeliest first.
SEPARATORS = ";\t,|"
TOTALS = {"total", "totals", "sum", "average", "mean", "gesamt", "summe", "итого", "всего"}
UNKNOWN = {"", "-", "\u2013", "..", "...", "na", "n/a", "nan", "null", "none", "#n/a"}


# Beginnings of a text that spreadsheets take for a formula, and run.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text of a cell; numbers it does not.

    >>> is_formula("=1+1"), is_formula("@SUM(A1)"), is_formula("-5.2"), is_formula("12 = 12")
    (True, True, False, False)
    """
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


class Cell(NamedTuple):
    """The text of one cell, with its file and line."""

    file: str
    line: int
    text: str


class CellRow(NamedTuple):
    """The texts of one row, with its line in the file."""

    line: int
    texts: list[str]


class Sheet(NamedTuple):
    """The headings in small letters, the rows below them, and the mark between cells."""

    heading: list[str]
    rows: list[CellRow]
    separator: str


def sheet_of(text: str, name: str, is_heading: Callable[[list[str]], bool]) -> Sheet | None:
    """The table in a text, below the first row that is one of headings; None if there is none."""
    lines = text.splitlines()
    for separator in SEPARATORS:
        rows = _split(lines, separator, name)
        for index, row in enumerate(rows):
            heading = [text.casefold() for text in row.texts]
            if is_heading(heading):
                return Sheet(heading, _below(rows[index + 1 :], len(heading), name), separator)
    return None


def has_months(heading: list[str]) -> bool:
    """Whether headings are those of a table with a row a month."""
    has_month = any(re.fullmatch(MONTH, name) for name in heading)
    return has_month and any(re.match(MONEY_OF_MONTHS, name) for name in heading)


def _split(lines: list[str], separator: str, name: str) -> list[CellRow]:
    """The rows of a file that are not empty."""
    reader = csv.reader(lines, delimiter=separator)
    try:
        return [
            CellRow(reader.line_num, list(map(str.strip, texts))) for texts in reader if any(texts)
        ]
    except csv.Error as error:  # a cell of more than 131,072 characters
        raise InputError(f"{name} line {reader.line_num} is no row of a table: {error}") from None


def _below(rows: list[CellRow], width: int, name: str) -> list[CellRow]:
    """The rows below the headings that are not blank, each with a text under every heading."""
    padded = []
    for line, texts in rows:
        if any(texts[width:]):
            raise InputError(
                f"{name} line {line} has {len(texts)} cells where the headings are {width}; put "
                "numbers with a separator inside in quotes"
            )
        if any(texts):
            padded.append(CellRow(line, texts + [""] * width))
    return padded


def content_of_file(path: Path, most: int = 2**26) -> bytes:
    """The content of a user's file, of so many bytes at most; a device has no end, and is no file.

    An `OSError` says that there is none.
    """
    if path.is_char_device():
        raise InputError(f"{path} is a device, no file; give the path of your own table")
    with path.open("rb") as opened:
        is_larger = os.fstat(opened.fileno()).st_size > most
        content = b"" if is_larger else opened.read(most + 1)
    if is_larger or len(content) > most:
        raise InputError(
            f"{path} has more than {most / 2**20:,.0f} MB; give the rows that are asked"
        )
    return content


def text_of_file(path: Path) -> str:
    """The text of a file."""
    try:
        raw = content_of_file(path)
    except OSError:
        raise InputError(f"there is no file {path}; give the path of your own CSV") from None
    try:
        text = raw.decode(_encoding(raw))
    except UnicodeDecodeError:  # headings and numbers are the same in all that Excel writes
        text = raw.decode("latin-1")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{path.name} line {line} holds a NUL; save it as a CSV of text")
    return text


def _encoding(raw: bytes) -> str:
    """UTF-16 if a file says so or each second byte is zero, as of Latin letters; else UTF-8."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        return "utf-16"
    even = len(raw) > 0 and len(raw) % 2 == 0
    if even and not any(raw[1::2]):
        return "utf-16-le"
    if even and not any(raw[::2]):
        return "utf-16-be"
    return "utf-8-sig"


def read_cells(column: int, rows: list[CellRow], file: str) -> list[Cell]:
    """The cells of a column."""
    return [Cell(file, row.line, row.texts[column]) for row in rows]


def decimal_mark(cells: list[Cell], separator: str) -> str:
    """The decimal mark that the cells prove, else the usual one with such a separator."""
    marks = {_proven_mark(cell.text) for cell in cells} - {""}
    if len(marks) > 1:
        first = next(cell for cell in cells if _proven_mark(cell.text) == ",")
        refuse_cell(first, "decimals written as in the other rows")
    if marks:
        return marks.pop()
    usual = {",": ".", ";": ","}.get(separator, "")
    for cell in cells:
        ambiguous = re.fullmatch(r"\d{1,3}([.,])\d{3}", cell.text)
        if ambiguous and ambiguous[1] != usual:
            refuse_cell(cell, "clear: thousands or decimals? write 1023.0 or 1023")
    return usual or "."


def _proven_mark(text: str) -> str:
    """The decimal mark that a number proves; empty if it proves none."""
    marks = re.sub(r"[^.,]", "", text)
    if len(set(marks)) == 2:  # 1.234,5
        return marks[-1]
    if len(marks) > 1:  # 1.234.567: the mark groups thousands
        return "," if marks[0] == "." else "."
    may_be_thousands = re.fullmatch(r"\D*\d{1,3}[.,]\d{3}", text)  # 1.234
    return "" if may_be_thousands else marks


def number_in_cell(cell: Cell, decimal: str) -> float:
    """The number of a cell, its thousands grouped or not."""
    thousands = "." if decimal == "," else ","
    plain = re.sub(r"[\s\u00a0\u202f'\u2019]", "", cell.text)
    grouped = rf"\d{{1,3}}(\{thousands}\d{{3}})+|\d+"
    whole = rf"-?({grouped})(\{decimal}\d+)?([eE][+-]?\d+)?"
    if not plain.isascii() or not re.fullmatch(whole, plain):
        refuse_cell(cell, "a number")
    return float(plain.replace(thousands, "").replace(decimal, "."))


def refuse_cell(cell: Cell, needed: str) -> NoReturn:
    """Raise with the line and the text of a cell, and with what it must be."""
    raise InputError(f"{cell.file} line {cell.line}: must be {needed}, got {cell.text!r}")
