"""One's own figures: a CSV as Excel, LibreOffice and R write it, wherever its author lives."""

import csv
import re
from pathlib import Path
from typing import NamedTuple, NoReturn

import pandas as pd

from tradelib.front.clock import today
from tradelib.science.verdict.case import Case

# Money that figures may come in, and how many of it are a million US$.
UNITS = {"US$": 1e-6, "US$ thousand": 1e-3, "US$ million": 1.0, "US$ billion": 1e3}
SEPARATORS = ";\t,|"
TOTALS = {"total", "totals", "sum", "average", "mean", "gesamt", "summe", "итого", "всего"}
UNKNOWN = {"", "-", "\u2013", "..", "...", "na", "n/a", "nan", "null", "none", "#n/a"}
# The larger trade of no two countries has reached US$1,000bn: what is above is in other units.
LARGEST_MUSD = 1e6
# The boldest announced target on record asked for 78 times the turnover before it.
MANY = 200
SHAPE = "needed are columns headed year and turnover_musd"


class _Cell(NamedTuple):
    """What stands in one cell, and where."""

    file: str
    line: int
    text: str


def read_history(file: str | Path, *, unit: str = "US$ million") -> pd.DataFrame:
    r"""Annual turnover of a pair from your own CSV.

    Commas, semicolons, tabs or bars may part the cells, a comma or a point the decimals; thousands
    may be grouped, headings capital. Lines above the headings, blank rows and a row of totals are
    left out, and so is a year whose turnover is empty: it is unknown, not zero.

    Parameters
    ----------
    file : str or Path, with columns ``year`` and ``turnover_musd``, in any order among others
    unit : str, of turnover: ``"US$"``, ``"US$ thousand"``, ``"US$ million"`` or ``"US$ billion"``

    Returns
    -------
    DataFrame, ``year`` (int64), ``turnover_musd`` (US$ million), ascending

    Raises
    ------
    ValueError
        If the file or its columns are not there, or a cell cannot be read for certain: the message
        names its line.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     german = Path(folder) / "handel.csv"
    ...     _ = german.write_text("Year;Turnover_MUSD\n2024;1.023,5\n2025;987,0\nTotal;2.010,5")
    ...     read_history(german).turnover_musd.tolist()
    [1023.5, 987.0]
    """
    if unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}; got {unit!r}")
    path = Path(file)
    heading, rows, mark = _rows(path)
    year, value = (_place(name, heading, path.name) for name in ("year", "turnover"))
    kept = [row for row in rows if row[1][year].casefold() not in TOTALS]
    cells = [_Cell(path.name, line, texts[value]) for line, texts in kept]
    years = [_year(_Cell(path.name, line, texts[year])) for line, texts in kept]
    decimal = _decimal(cells, mark)
    known = [(y, _number(c, decimal)) for y, c in zip(years, cells, strict=True)
             if c.text.casefold() not in UNKNOWN]  # fmt: skip
    if not known:
        raise ValueError(f"{path.name} has no year with a turnover; {SHAPE}")
    table = pd.DataFrame(known, columns=["year", "turnover_musd"])
    table["turnover_musd"] *= UNITS[unit]
    if table["turnover_musd"].max() > LARGEST_MUSD:
        raise ValueError(
            f"turnover of two countries stays below US${LARGEST_MUSD:,.0f}m, got "
            f"{table['turnover_musd'].max():,.0f} in {path.name}; if its figures are not in "
            f"{unit}, say so: unit='US$'"
        )
    return table.sort_values("year", ignore_index=True)


def plausible(case: Case) -> Case:
    """A case of one's own figures, unless its last year is not over or its unit is hardly right."""
    last, now = case.now.last_year, today()
    if last >= now.year:
        raise ValueError(
            f"{last} is not over: leave it out of the history and give the months known, "
            "part_year=(6, 120.5), in a terminal --part-year 6:120.5"
        )
    if not 1 / MANY < case.now.multiple < MANY:
        raise ValueError(
            f"a target of US${case.target.value_musd:,.4g}m is {case.now.multiple:,.3g} times the "
            f"last year's US${case.now.last_musd:,.4g}m; are both US$ million? Of a file in "
            "dollars or billions say the unit="
        )
    return case


def _rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]], str]:
    """Headings, rows below them that hold something, each with its line, and what parts cells."""
    lines = _text(path).splitlines()
    for mark in SEPARATORS:
        read = csv.reader(lines, delimiter=mark)
        rows = [(read.line_num, [c.strip() for c in cells]) for cells in read if any(cells)]
        for place, (_, cells) in enumerate(rows):
            heading = [cell.casefold() for cell in cells]
            if "year" in heading and any(name.startswith("turnover") for name in heading):
                return heading, _below(rows[place + 1 :], len(heading), path.name), mark
    first = next((line for line in lines if line.strip()), "nothing")
    raise ValueError(f"{path.name} starts with {first[:60]!r}; {SHAPE}")


def _below(rows: list[tuple[int, list[str]]], width: int, name: str) -> list[tuple[int, list[str]]]:
    """Rows below the headings that hold something, made as long as they or longer."""
    for line, cells in rows:
        if any(cells[width:]):
            raise ValueError(
                f"{name} line {line} has {len(cells)} cells where the headings are {width}; put "
                "numbers with a separator inside in quotes"
            )
    return [(line, cells + [""] * width) for line, cells in rows if any(cells)]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError:
        raise ValueError(f"there is no file {path}; give the path of your own CSV") from None
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's "Unicode text"
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:  # headings and numbers are the same in all that Excel writes
        return raw.decode("latin-1").replace("\0", "")


def _place(name: str, heading: list[str], file: str) -> int:
    """Where the one column of a name stands."""
    found = [place for place, head in enumerate(heading) if re.match(rf"{name}\b|{name}_", head)]
    if len(found) != 1:
        raise ValueError(f"{file} has {len(found)} columns of {name}; {SHAPE}, one each")
    return found[0]


def _year(cell: _Cell) -> int:
    """A calendar year, also as a spreadsheet's 2015.0."""
    if not re.fullmatch(r"[0-9]{4}([.,]0+)?", cell.text):
        _refuse(cell, "a year such as 2024")
    return int(cell.text[:4])


def _decimal(cells: list[_Cell], mark: str) -> str:
    """What parts the decimals, by what the cells show, else by what parts the cells."""
    shown = {_shown(cell.text) for cell in cells} - {""}
    if len(shown) > 1:
        first = next(cell for cell in cells if _shown(cell.text) == ",")
        _refuse(first, "decimals written as in the other rows")
    if shown:
        return shown.pop()
    usual = {",": ".", ";": ","}.get(mark, "")  # of files with such a mark between cells
    for cell in cells:
        if (found := re.fullmatch(r"\d{1,3}([.,])\d{3}", cell.text)) and found[1] != usual:
            _refuse(cell, "clear: thousands or decimals? write 1023.0 or 1023")
    return usual or "."


def _shown(text: str) -> str:
    """The decimal mark that a cell proves, if it does."""
    marks = re.sub(r"[^.,]", "", text)
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:  # 1.234.567
        return "," if marks[0] == "." else "."
    return "" if not marks or re.fullmatch(r"\D*\d{1,3}[.,]\d{3}", text) else marks


def _number(cell: _Cell, decimal: str) -> float:
    """A turnover above zero, its thousands grouped or not."""
    thousands = "." if decimal == "," else ","
    plain = re.sub(r"[\s\u00a0\u202f'\u2019]", "", cell.text)
    grouped = rf"\d{{1,3}}(\{thousands}\d{{3}})+|\d+"
    whole = rf"({grouped})(\{decimal}\d+)?([eE][+-]?\d+)?"
    if not plain.isascii() or not re.fullmatch(whole, plain):
        _refuse(cell, "a number")
    value = float(plain.replace(thousands, "").replace(decimal, "."))
    if value <= 0:
        _refuse(cell, "above zero; leave the cell empty if the year is unknown")
    return value


def _refuse(cell: _Cell, needed: str) -> NoReturn:
    raise ValueError(f"{cell.file} line {cell.line}: must be {needed}, got {cell.text!r}")
