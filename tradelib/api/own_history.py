"""Users' own figures: a CSV as Excel, LibreOffice and R write it in any country."""

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from tradelib.api.clock import today
from tradelib.api.csv_cells import (
    MONEY,
    TOTALS,
    UNKNOWN,
    Cell,
    Sheet,
    decimal_mark,
    has_months,
    number_in_cell,
    read_cells,
    refuse_cell,
    sheet_of,
    text_of_file,
)
from tradelib.core import flows
from tradelib.core.checks import UNKNOWN_YEAR
from tradelib.core.convert import History, as_history, by_year
from tradelib.core.errors import InputError
from tradelib.core.labels import sign_of
from tradelib.core.periods import month_of
from tradelib.core.validation import validated
from tradelib.datasets.exchange_rates import load_exchange_rates
from tradelib.science.assessment.case import Case
from tradelib.science.pledges.target import Target

# Units of figures, and how many US$ million one of each is.
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
# No two countries trade more than US$1,000bn a year: a larger figure is in other units.
LARGEST_MUSD = 1e6
# The boldest announced target on record asked for 78 times the turnover before it.
LARGEST_MULTIPLE = 200
# Figures in a wrong unit are off by one of these factors, each with its text.
# Words in a heading of what is no money.
NO_MONEY = {"pm", "pct", "percent", "share", "shares", "growth", "index", "quantity", "volume"} | {
    "kg",
    "ton",
    "tons",
    "tonne",
    "tonnes",
}
FACTORS = {1e3: "10\u00b3", 1e6: "10\u2076"}
SHAPE = "needed are columns headed year and turnover_musd, or year, export_musd and import_musd"


@validated
def read_history(file: str | Path, *, unit: str = "US$ million") -> pd.DataFrame:
    r"""Annual turnover of a pair from your own CSV.

    Cells may be separated by commas, semicolons, tabs or vertical bars. The decimal mark may be a
    comma or a point, and thousands may be grouped. Lines above the headings, blank rows and a row
    of totals are left out. A year whose turnover is empty is left out too: it is unknown, not zero.

    Parameters
    ----------
    file : str or Path
        With columns ``year`` and ``turnover_musd``, or ``export_musd`` and ``import_musd``, in any
        order; other columns are left out.
    unit : str
        Unit of turnover: ``"US$"``, ``"US$ thousand"``, ``"US$ million"`` or ``"US$ billion"``, or
        short ``"thousand"``.

    Returns
    -------
    DataFrame
        ``year`` (int64, ascending) and ``turnover_musd`` (US$ million).

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
    heading, rows, separator = _sheet(path)
    year_column = _column("year", heading, path.name)
    money_columns = _money_columns(heading, path.name)
    for column in money_columns:
        _check_heading(heading[column], unit_of(unit), path.name)
    rows = [row for row in rows if row.texts[year_column].casefold() not in TOTALS]
    years = [_year(cell) for cell in read_cells(year_column, rows, path.name)]
    amounts = [read_cells(column, rows, path.name) for column in money_columns]
    decimal = decimal_mark([cell for column in amounts for cell in column], separator)
    values = []
    for year, *cells in zip(years, *amounts, strict=True):
        if any(cell.text.casefold() in UNKNOWN for cell in cells):
            continue
        values.append((year, _turnover(cells, decimal)))
    if not values:
        raise InputError(f"{path.name} has no year with a turnover; {SHAPE}")
    table = pd.DataFrame(values, columns=["year", "turnover_musd"])
    table["turnover_musd"] *= factor
    _check_unit(table["turnover_musd"].max(), unit, path.name)
    return table.sort_values("year", ignore_index=True)


def unit_of(text: str) -> str:
    """The unit of `UNITS` that a text such as "thousand" stands for."""
    plain = re.sub(r"^(us\$|usd)\s+", "", text.strip().casefold())
    named = {name.casefold(): name for name in UNITS} | UNIT_WORDS
    if plain not in named:
        raise InputError(f"unit must be one of {', '.join(UNITS)}; got {text!r}")
    return named[plain]


def own_flow(history: History, target: Target) -> pd.DataFrame:
    """The history of what a target counts: turnover, or one flow of its reporter.

    For a target of exports or imports, the column of that flow is used where the history has it.
    """
    _refuse_months(history)
    if target.flow == "turnover":
        return as_history(history)
    frame = by_year(history)
    swapped = "reporter" in frame and bool((frame["reporter"] == target.partner).any())
    flow = flows.MIRRORED[target.flow] if swapped else target.flow
    if f"{flow}_musd" not in frame:
        return as_history(frame)
    named = frame.assign(turnover_musd=frame[f"{flow}_musd"])
    return named.drop(columns=["export_musd", "import_musd"], errors="ignore")


def _refuse_months(history: History) -> None:
    """Raise with the argument that takes months, if a history without years has months in texts."""
    if isinstance(history, pd.DataFrame | pd.Series):
        frame = history.to_frame() if isinstance(history, pd.Series) else history
        labels = [frame.index, *(frame[name] for name in frame)]
        names = [str(name).casefold() for name in frame]
    elif isinstance(history, Mapping):
        labels = [list(history), *history.values()]
        names = [str(name).casefold() for name in history]
    else:
        return
    if "year" in names:
        return
    for cells in labels:
        if isinstance(cells, str) or not isinstance(cells, Iterable):
            continue
        texts = [cell for cell in cells if isinstance(cell, str)]
        months = [month for month in map(month_of, texts) if month is not None]
        if len(months) == len(texts) > len({month.year for month in months}):
            raise InputError(
                f"the history has months such as {texts[0]}, and a history has full calendar "
                "years; give them as months=, in a terminal --months"
            )


def check_last_year(history: pd.DataFrame) -> None:
    """Raise if the last year of one's own figures is not over."""
    last = history["year"].max()
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
    if (
        1 / LARGEST_MULTIPLE < multiple < LARGEST_MULTIPLE
        or case.target.target_id in case.information.pledges.rows
    ):
        return
    target = case.target.value
    last = case.now.last_musd
    sign = sign_of(case.target.currency)
    apart = abs(math.log(multiple))
    factor = min(FACTORS, key=lambda power: abs(apart - math.log(power)))
    if multiple > 1:
        meant = target / factor
        times = f"{multiple:,.0f} times"
    else:
        meant = target * factor
        times = f"1/{1 / multiple:,.0f} of"
    own = ". Of a file in dollars or billions say its unit=" if case.own_data else ""
    raise InputError(
        f"a target of {sign}{target:,.10g}m is {times} the last figure, {sign}{last:,.4g}m in "
        f"{case.now.last_year}; values are {case.unit}: is it off by a factor of "
        f"{FACTORS[factor]} ({sign}{meant:,.10g}m)? If it is meant so, add any_amount=True, in a "
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


def _sheet(path: Path) -> Sheet:
    """The table of a file: headings, the rows below them, and the mark between cells."""
    text = text_of_file(path)
    sheet = sheet_of(text, path.name, _is_heading)
    by_month = sheet_of(text, path.name, has_months) if sheet is None else None
    if by_month is not None or (sheet is not None and "month" in sheet.heading):
        raise InputError(
            f"{path.name} has a row a month, and a history has full calendar years; give it as "
            "months=, in a terminal --months, or read it with tradelib.read_months"
        )
    if sheet is None:
        first = next((line for line in text.splitlines() if line.strip()), "nothing")
        raise InputError(f"{path.name} starts with {first[:60]!r}; {SHAPE}")
    return sheet


def _is_heading(heading: list[str]) -> bool:
    """Whether texts are the headings of a table with a row a year."""
    return "year" in heading and any(re.match(MONEY, name) for name in heading)


def _column(name: str, heading: list[str], file: str) -> int:
    """The index of the one column of a name."""
    columns = [i for i, head in enumerate(heading) if re.match(rf"{name}s?(\b|_)", head)]
    if len(columns) != 1:
        raise InputError(f"{file} has {len(columns)} columns of {name}; {SHAPE}, one each")
    return columns[0]


def _money_columns(heading: list[str], file: str) -> list[int]:
    """The index of turnover, or those of exports and imports in its place."""
    turnover = any(head.startswith("turnover") for head in heading)
    exports = any(head.startswith("export") for head in heading)
    imports = any(head.startswith("import") for head in heading)
    if exports and imports and not turnover:
        return [_column("export", heading, file), _column("import", heading, file)]
    return [_column("turnover", heading, file)]


def _check_heading(head: str, unit: str, file: str) -> None:
    """Raise if a heading says that its column is no money, or in another unit than was said."""
    words = set(re.findall(r"[a-z]+", head))
    currencies = {code.casefold() for code in load_exchange_rates()["currency"]} - {"usd"}
    if "%" in head or words & (NO_MONEY | currencies):
        raise InputError(f"{file} has a column {head!r}, which is not in US dollars; {SHAPE}")
    said = {UNIT_WORDS[word] for word in words & UNIT_WORDS.keys()} - {"US$", unit}
    if said:
        raise InputError(f"{file} has a column {head!r}; say so: unit={said.pop()!r}, got {unit!r}")


def _year(cell: Cell) -> int:
    """A calendar year; 2015.0, as spreadsheets write it, is one too."""
    if not re.fullmatch(r"[0-9]{4}([.,]0+)?", cell.text):
        refuse_cell(cell, "a year such as 2024")
    return int(cell.text[:4])


def _turnover(cells: list[Cell], decimal: str) -> float:
    """Turnover above zero: a cell, or the sum of exports and imports."""
    value = sum(number_in_cell(cell, decimal) for cell in cells)
    if value <= 0:
        refuse_cell(cells[0], f"above zero ({UNKNOWN_YEAR})")
    return value
