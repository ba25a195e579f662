"""Calendar months as statistical offices, spreadsheets and programs write them.

Texts are read only where they can mean one month: 3/4/2026 is March or April, and is none.
"""

import re
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradelib.core.convert import year_of

# In English whatever the machine's locale, unlike calendar.month_name.
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# The first letters of the months' names, in English and in Russian.
ENGLISH = [name[:3].lower() for name in MONTH_NAMES]
RUSSIAN = ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"]
MONTH_NUMBERS = {
    start: number for names in (ENGLISH, RUSSIAN) for number, start in enumerate(names, start=1)
}
# A month in letters, and a span of months: January-March.
NAME = r"([a-z]{3,9}|[\u0430-\u044f]{3,8})\.?"
SPAN = re.compile(rf"{NAME}\s*[-\u2013\u2014]\s*{NAME}")
# Texts of a year and the number of a month, and of a whole day.
YEAR_FIRST = re.compile(r"(\d{4})\s*(?:[-/]?\s*m|[-/])\s*(\d{1,2})")
YEAR_FIRST_TIGHT = re.compile(r"(\d{4})\.?(\d{2})")
MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
DAY_FORM = re.compile(r"(\d{4})-(\d{2})-(\d{2})([t ][\d:.+z-]*)?")
DOTTED_DAY = re.compile(r"\d{1,2}\.(\d{1,2})\.(\d{4})")
# A month's year stands before or after its name: 2026 Mar, March 2026.
YEAR_IN_RUSSIAN = r"(?:\s*\u0433(?:\.|ода?)?)?"
NAMED = re.compile(rf"(?:(\d{{4}})\s*[-/,]?\s*)?(\D*?)(?:[\s,/-]*(\d{{4}}){YEAR_IN_RUSSIAN})?")


class Month(NamedTuple):
    """A month of a year, and whether its label says that values are sums since January."""

    year: int
    month: int
    since_january: bool = False


def month_of(cell: Any) -> Month | None:
    """The month that a cell names, None if it is none; its number may be outside 1 to 12.

    Examples
    --------
    >>> [tuple(month_of(cell))[:2] for cell in ("2026-03", "2026M03", 202603, "Mar 2026")]
    [(2026, 3), (2026, 3), (2026, 3), (2026, 3)]
    >>> month_of("January-March 2026").since_january
    True
    """
    if isinstance(cell, pd.Period):
        return Month(cell.year, cell.month) if cell.freqstr[0] in "MDB" else None
    if cell is pd.NaT or isinstance(cell, bool | np.bool_):
        return None
    if isinstance(cell, np.datetime64):
        return month_of(pd.Timestamp(cell))
    if isinstance(cell, date):
        return Month(cell.year, cell.month)
    if isinstance(cell, int | float | np.number):
        return _of_number(float(cell))
    return _of_text(cell.strip().casefold()) if isinstance(cell, str) else None


def month_number(cell: Any) -> Month | None:
    """A month without its year (here 0): 3, "03", "M03", "March" or "January-March"."""
    if isinstance(cell, str):
        text = cell.strip().casefold()
        digits = re.fullmatch(r"m?(\d{1,2})(\.0+)?", text)
        return Month(0, int(digits[1])) if digits else _of_name(0, text)
    number = year_of(cell)
    return None if number is None else Month(0, number)


def _of_number(number: float) -> Month | None:
    """202603 as March 2026."""
    if number % 1 != 0 or not 1e5 <= number < 1e6:
        return None
    return Month(int(number) // 100, int(number) % 100)


def _of_text(text: str) -> Month | None:
    """The month of a text in small letters."""
    text = re.sub(r"(?<=\d)\.0+$", "", text) if re.fullmatch(r"\d{6}\.0+", text) else text
    for pattern in (DAY_FORM, YEAR_FIRST, YEAR_FIRST_TIGHT):
        if match := pattern.fullmatch(text):
            return Month(int(match[1]), int(match[2]))
    for pattern in (DOTTED_DAY, MONTH_FIRST):
        if match := pattern.fullmatch(text):
            return Month(int(match[2]), int(match[1]))
    match = NAMED.fullmatch(text)
    if match is None or bool(match[1]) == bool(match[3]):
        return None
    return _of_name(int(match[1] or match[3]), match[2].strip())


def _of_name(year: int, text: str) -> Month | None:
    """A month by its name, or the last month of a span that starts in January."""
    if span := SPAN.fullmatch(text):
        first = _number_of_name(span[1])
        last = _number_of_name(span[2])
        return Month(year, last, since_january=True) if first == 1 and last else None
    name = re.fullmatch(NAME, text)
    number = _number_of_name(name[1]) if name else None
    return None if number is None else Month(year, number)


def _number_of_name(name: str) -> int | None:
    """1 to 12 of a month's name in English or Russian, whole or its first letters."""
    if name.startswith("мая"):
        return 5
    return MONTH_NUMBERS.get(name[:3])
