"""One's own figures: a CSV as Excel, LibreOffice and R write it, wherever its author lives."""

import csv
import math
import re
from pathlib import Path
from typing import NamedTuple, NoReturn

import pandas as pd

from tradelib.front.clock import today
from tradelib.ground import flows
from tradelib.ground.convert import History, as_history, by_year
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.frames import UNKNOWN_YEAR
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case

# Money that figures may come in, and how many US$ million one of it is.
UNITS = {"US$": 1e-6, "US$ thousand": 1e-3, "US$ million": 1.0, "US$ billion": 1e3}
# Other words for them.
UNIT_WORDS = {
    "usd": "US$",
    "dollar": "US$",
    "dollars": "US$",
    "k": "US$ thousand",
    "thousand": "US$ thousand",
    "thousands": "US$ thousand",
    "m": "US$ million",
    "mn": "US$ million",
    "million": "US$ million",
    "millions": "US$ million",
    "bn": "US$ billion",
    "billion": "US$ billion",
    "billions": "US$ billion",
}
# Heads of columns of money.
MONEY = r"turnover|exports?(\b|_)"
SEPARATORS = ";\t,|"
TOTALS = {"total", "totals", "sum", "average", "mean", "gesamt", "summe", "итого", "всего"}
UNKNOWN = {"", "-", "\u2013", "..", "...", "na", "n/a", "nan", "null", "none", "#n/a"}
# The larger trade of no two countries has reached US$1,000bn: what is above is in other units.
LARGEST_MUSD = 1e6
# The boldest announced target on record asked for 78 times the turnover before it.
MANY = 200
# By what figures in the wrong unit are off.
FACTORS = {1e3: "10\u00b3", 1e6: "10\u2076"}
SHAPE = "needed are columns headed year and turnover_musd, or year, export_musd and import_musd"


class _Cell(NamedTuple):
    """What stands in one cell, and where."""

    file: str
    line: int
    text: str


@validated
def read_history(file: str | Path, *, unit: str = "US$ million") -> pd.DataFrame:
    r"""Annual turnover of a pair from your own CSV.

    Commas, semicolons, tabs or bars may part the cells, a comma or a point the decimals; thousands
    may be grouped, headings capital. Lines above the headings, blank rows and a row of totals are
    left out, and so is a year whose turnover is empty: it is unknown, not zero.

    Parameters
    ----------
    file : str or Path, with columns ``year`` and ``turnover_musd``, in any order among others
    unit : str
        Of turnover: ``"US$"``, ``"US$ thousand"``, ``"US$ million"`` or ``"US$ billion"``, or short
        ``"thousand"``.

    Returns
    -------
    DataFrame, ``year`` (int64), ``turnover_musd`` (US$ million), ascending

    Raises
    ------
    InputError
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
    factor = UNITS[unit_of(unit)]
    path = Path(file)
    heading, rows, mark = _rows(path)
    year = _place("year", heading, path.name)
    places = _money_places(heading, path.name)
    kept = [row for row in rows if row[1][year].casefold() not in TOTALS]
    years = [_year(_Cell(path.name, line, texts[year])) for line, texts in kept]
    columns = [[_Cell(path.name, line, texts[place]) for line, texts in kept] for place in places]
    decimal = _decimal([cell for column in columns for cell in column], mark)
    known = [
        (when, _turnover(cells, decimal))
        for when, *cells in zip(years, *columns, strict=True)
        if all(cell.text.casefold() not in UNKNOWN for cell in cells)
    ]
    if not known:
        raise InputError(f"{path.name} has no year with a turnover; {SHAPE}")
    table = pd.DataFrame(known, columns=["year", "turnover_musd"])
    table["turnover_musd"] *= factor
    _check_unit(table["turnover_musd"].max(), unit, path.name)
    return table.sort_values("year", ignore_index=True)


def unit_of(text: str) -> str:
    """The unit that is meant, one of `UNITS`."""
    plain = re.sub(r"^(us\$|usd)\s+", "", text.strip().casefold())
    named = {name.casefold(): name for name in UNITS} | UNIT_WORDS
    if plain not in named:
        raise InputError(f"unit must be one of {', '.join(UNITS)}; got {text!r}")
    return named[plain]


def own_flow(history: History, target: Target) -> pd.DataFrame:
    """One's own history of what a target counts: turnover, or one flow of its reporter.

    Of a target of exports or imports, the column of that flow is taken where the history has it.
    """
    if target.flow == "turnover":
        return as_history(history)
    frame = by_year(history)
    swapped = "reporter" in frame and bool((frame["reporter"] == target.partner).any())
    flow = flows.MIRRORED[target.flow] if swapped else target.flow
    if f"{flow}_musd" not in frame:
        return as_history(frame)
    named = frame.assign(turnover_musd=frame[f"{flow}_musd"])
    return named.drop(columns=["export_musd", "import_musd"], errors="ignore")


def check_last_year(case: Case) -> None:
    """Raise if the last year of one's own figures is not over."""
    last = case.now.last_year
    if last >= today().year:
        raise InputError(
            f"{last} is not over: leave it out of the history and give the months known, "
            "part_year=(6, 120.5), in a terminal --part-year 6:120.5"
        )


def check_amount(case: Case) -> None:
    """Raise if a target and the last figure are so far apart that one of them is in other units.

    Not of the registry's targets: their amounts were read by a person.
    """
    multiple = case.now.multiple
    if 1 / MANY < multiple < MANY or case.target.target_id in case.information.pledges.rows:
        return
    target, last = case.target.value_musd, case.now.last_musd
    factor = min(FACTORS, key=lambda by: abs(abs(math.log(multiple)) - math.log(by)))
    meant = target / factor if multiple > 1 else target * factor
    times = f"{multiple:,.0f} times" if multiple > 1 else f"1/{1 / multiple:,.0f} of"
    own = "" if case.elsewhere is not None else ". Of a file in dollars or billions say its unit="
    raise InputError(
        f"a target of US${target:,.10g}m is {times} the last figure, US${last:,.4g}m in "
        f"{case.now.last_year}; values are US$ million: is it off by a factor of "
        f"{FACTORS[factor]} (US${meant:,.10g}m)? If it is meant so, add any_amount=True, in a "
        f"terminal --any-amount{own}"
    )


def _check_unit(largest: float, unit: str, name: str) -> None:
    """Raise if turnover in a file is larger than that of any two countries."""
    if largest <= LARGEST_MUSD:
        return
    raise InputError(
        f"turnover of two countries stays below US${LARGEST_MUSD:,.0f}m, got {largest:,.0f} in "
        f"{name}; if its figures are not in {unit}, say so: unit='US$' or 'US$ thousand', in a "
        "terminal --unit 'US$' or --unit thousand"
    )


def _rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]], str]:
    """Headings, rows below them that hold something, each with its line, and what parts cells."""
    lines = _text(path).splitlines()
    for mark in SEPARATORS:
        rows = _cells(lines, mark, path.name)
        for place, (_, cells) in enumerate(rows):
            heading = [cell.casefold() for cell in cells]
            if "year" in heading and any(re.match(MONEY, name) for name in heading):
                return heading, _below(rows[place + 1 :], len(heading), path.name), mark
    first = next((line for line in lines if line.strip()), "nothing")
    raise InputError(f"{path.name} starts with {first[:60]!r}; {SHAPE}")


def _cells(lines: list[str], mark: str, name: str) -> list[tuple[int, list[str]]]:
    """Rows that hold something, each with its line."""
    read = csv.reader(lines, delimiter=mark)
    try:
        return [(read.line_num, [c.strip() for c in cells]) for cells in read if any(cells)]
    except csv.Error as error:  # a cell of more than 131,072 characters
        raise InputError(f"{name} line {read.line_num} is no row of a table: {error}") from None


def _below(rows: list[tuple[int, list[str]]], width: int, name: str) -> list[tuple[int, list[str]]]:
    """Rows below the headings that hold something, made as long as they or longer."""
    for line, cells in rows:
        if any(cells[width:]):
            raise InputError(
                f"{name} line {line} has {len(cells)} cells where the headings are {width}; put "
                "numbers with a separator inside in quotes"
            )
    return [(line, cells + [""] * width) for line, cells in rows if any(cells)]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError:
        raise InputError(f"there is no file {path}; give the path of your own CSV") from None
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's "Unicode text"
    unmarked = "" if wide else _unmarked(raw)
    try:
        text = raw.decode(unmarked or ("utf-16" if wide else "utf-8-sig"))
    except UnicodeDecodeError:  # headings and numbers are the same in all that Excel writes
        text = raw.decode("latin-1")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{path.name} line {line} holds a NUL; save it as a CSV of text")
    return text


def _place(name: str, heading: list[str], file: str) -> int:
    """Where the one column of a name stands."""
    found = [place for place, head in enumerate(heading) if re.match(rf"{name}s?(\b|_)", head)]
    if len(found) != 1:
        raise InputError(f"{file} has {len(found)} columns of {name}; {SHAPE}, one each")
    return found[0]


def _unmarked(raw: bytes) -> str:
    """The encoding of two bytes a letter, if a file of Latin letters has it and no mark of it."""
    if len(raw) % 2 == 0 and raw and not any(raw[1::2]):
        return "utf-16-le"
    return "utf-16-be" if len(raw) % 2 == 0 and raw and not any(raw[::2]) else ""


def _money_places(heading: list[str], file: str) -> list[int]:
    """Where turnover stands, or exports and imports in its place."""
    flows = ("export", "import")
    if any(re.match(r"turnover", head) for head in heading) or not all(
        any(re.match(flow, head) for head in heading) for flow in flows
    ):
        return [_place("turnover", heading, file)]
    return [_place(flow, heading, file) for flow in flows]


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


def _turnover(cells: list[_Cell], decimal: str) -> float:
    """Turnover above zero: a cell, or the sum of exports and imports."""
    value = sum(_number(cell, decimal) for cell in cells)
    if value <= 0:
        _refuse(cells[0], f"above zero ({UNKNOWN_YEAR})")
    return value


def _number(cell: _Cell, decimal: str) -> float:
    """A number, its thousands grouped or not."""
    thousands = "." if decimal == "," else ","
    plain = re.sub(r"[\s\u00a0\u202f'\u2019]", "", cell.text)
    grouped = rf"\d{{1,3}}(\{thousands}\d{{3}})+|\d+"
    whole = rf"-?({grouped})(\{decimal}\d+)?([eE][+-]?\d+)?"
    if not plain.isascii() or not re.fullmatch(whole, plain):
        _refuse(cell, "a number")
    return float(plain.replace(thousands, "").replace(decimal, "."))


def _refuse(cell: _Cell, needed: str) -> NoReturn:
    raise InputError(f"{cell.file} line {cell.line}: must be {needed}, got {cell.text!r}")
