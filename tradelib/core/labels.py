"""Words for readers: labels of codes, numbers with units, tables, results.

The one dictionary is ``words.txt`` beside this file. Figures, tables, results and pages all use it.
"""

import html
import math
import re
import textwrap
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from tradelib.core import country_codes
from tradelib.core.records import Record
from tradelib.core.validation import validated

# Code of the US dollar, in which money is unless another currency is named.
DOLLAR = "USD"
# Unit of a column of numbers: the first whose pattern fits the column's name. A column of the last
# kind (the ends and the middle of a range) has the unit of the other columns.
UNIT_PATTERNS = {
    "year": r"(^|_)year$|origin$|^(deadline|by|start)$",
    "US$ million": r"musd|US\$ million|^(sourced|stated)$",
    "share": r"share|probability|chance|skill|coverage80|below|above90|^frequency|growth|^required|"
    r"^achieved|change|^rose|^like_pairs|^reached$|^asked|^pro_rata|^gain|^ever$|^bias|^range_|"
    r"^if_unknown",
    "as others": r"^(low|median|high|least|most|lowest|highest|q0?[.\d]+)$",
}
# Format of the simpler units of the evidence; numbers of any other unit are shown whole.
FORMATS = {
    "share": "{:.0%}",
    "a year": "{:.0%} a year",
    "times": "{:.1f} times",
    "ratio": "{:.2f}",
    "per US$": "{:.4g}",
}
# Columns of country codes.
PLACES = {"reporter", "partner", "exporter", "importer", "country"}
# A result shows at most so many rows of its table on a page.
ROWS_SHOWN = 12


@cache
def dictionary(*parts: str, file: str = "words.txt") -> dict[str, str]:
    """Labels by code, from parts of the dictionary: ``codes``, ``labels``, ``heads``, ``tags``.

    ``words_ru.txt`` is the dictionary of the answer in Russian, and has parts of its own.
    """
    text = files("tradelib.core").joinpath(file).read_text(encoding="utf-8")
    sections = re.findall(r"^(\w+): .*\n((?:\n|\S.*?  +\S.*\n)+)", text, re.MULTILINE)
    labels = {}
    for name, body in sections:
        if name not in parts:
            continue
        for line in filter(None, body.split("\n")):
            code, words = re.split(r"  +", line, maxsplit=1)
            labels[code] = words
    return labels


def label(code: str, part: str = "labels") -> str:
    """Label of a code, in a text or over a column; other text without underscores.

    >>> label("panel_growth"), label("carried_on"), label("growth"), label("n", "heads")
    ('the growth model', 'carried on', 'the growth model', 'cases')
    """
    entry = dictionary("codes", part).get(code)
    if entry:
        return entry
    if " " in code:
        return code
    if len(code) > len("_musd") and code.endswith("_musd"):
        code = code.removesuffix("_musd") + ", US$ million"
    return code.replace("_", " ")


def heading(code: str) -> str:
    """Label of a code as a heading: without "the", with a capital letter.

    >>> heading("bns"), heading("theta")
    ('Kazakh statistics office (BNS)', 'Theta')
    """
    return capital(label(code).removeprefix("the "))


def capital(text: str) -> str:
    """A text with its first letter a capital, the rest as it is.

    >>> capital("the UN's rule")
    "The UN's rule"
    """
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str]) -> str:
    """Items as a sentence lists them.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} and {items[-1]}"


def quoted(text: str) -> str:
    """A text as Python code writes it, in double quotes where that needs no more marks.

    >>> print(quoted("KAZ-TKM-2022"), quoted('"); import os'))
    "KAZ-TKM-2022" '"); import os'
    """
    written = repr(str(text))
    return written if '"' in text else f'"{written[1:-1]}"'


def percent(probability: float) -> str:
    """A probability in percent, no finer than it can be known.

    >>> percent(0.004), percent(0.087), percent(0.996)
    ('under 1%', '9%', 'over 99%')
    """
    if probability < 0.01:
        return "under 1%"
    if probability > 0.99:
        return "over 99%"
    return f"{probability:.0%}"


def sign_of(currency: str) -> str:
    """What stands before an amount of a currency.

    >>> sign_of("USD"), sign_of("EUR")
    ('US$', 'EUR ')
    """
    return "US$" if currency == DOLLAR else f"{currency} "


def million_of(currency: str) -> str:
    """The unit of money in the evidence: millions of a currency.

    >>> million_of("USD"), million_of("EUR")
    ('US$ million', 'EUR million')
    """
    return f"{sign_of(currency).rstrip()} million"


def money(millions: float, currency: str = DOLLAR) -> str:
    """An amount in millions as newspapers print it.

    >>> money(254.2), money(5.52), money(48_000), money(1234, "EUR")
    ('US$254m', 'US$5.5m', 'US$48bn', 'EUR 1.2bn')
    """
    in_billions = abs(millions) >= 1000
    amount = millions / 1000 if in_billions else millions
    unit = "bn" if in_billions else "m"
    decimals = 0 if abs(amount) >= 10 else 1
    return f"{sign_of(currency)}{amount:,.{decimals}f}{unit}"


def format_value(value: float, unit: str) -> str:
    """A value of the evidence as readers see it, by its unit.

    >>> format_value(0.087, "probability"), format_value(515.53, "US$ million")
    ('9%', 'US$516m')
    >>> format_value(2.5, "times"), format_value(0.256, "a year")
    ('2.5 times', '26% a year')
    """
    if math.isnan(value):
        return "none"
    if unit == "kind":
        return ""
    if unit == "probability moved":
        return _points(value)
    if unit == "probability":
        return percent(value)
    if unit.endswith(" million"):
        return money(value, DOLLAR if unit.startswith("US$") else unit[:3])
    return FORMATS.get(unit, "{:.0f}").format(value)


def _points(change: float) -> str:
    """A change of a probability in percentage points, with its sign."""
    points = round(100 * change)
    if points == 0:
        return "0 points"
    noun = "point" if abs(points) == 1 else "points"
    return f"{points:+} {noun}"


@validated
def readable(frame: pd.DataFrame | pd.Series, *, unit: str = "") -> pd.DataFrame:
    """A table as one prints it: words for headings and codes, rounded numbers.

    Countries stand by name, shares in percent, amounts in whole US$ million.

    Parameters
    ----------
    frame : DataFrame or Series
        A table that any function of the library returns.
    unit : str
        ``"share"``, ``"US$ million"`` or ``"year"``: the unit of columns whose name tells none.

    Returns
    -------
    DataFrame of str
        One text a cell, empty where the value is missing. The index is that of `frame`; if it only
        counts the rows, the first column takes its place.

    Examples
    --------
    >>> table = pd.DataFrame({"partner": ["TKM"], "turnover_musd": [515.53], "share": [0.256]})
    >>> readable(table).reset_index().iloc[0].to_dict()
    {'partner': 'Turkmenistan', 'turnover, US$ million': '516', 'share': '26%'}
    """
    table = frame.to_frame() if isinstance(frame, pd.Series) else frame
    n_index = 1
    if table.index.names != [None] or not is_integer_dtype(table.index):
        n_index = table.index.nlevels
        table = table.reset_index(names=_index_names(table.index))
    heads = [_head_parts(name) for name in table]
    units = _column_units(heads, n_index, unit)
    unit_by_row = {"unit", "value"} <= set(table)
    row_units = table["unit"] if unit_by_row else [""] * len(table)
    texts = pd.DataFrame(index=table.index, dtype=str)
    for position, (parts, column_unit) in enumerate(zip(heads, units, strict=True)):
        rows = zip(table.iloc[:, position], row_units, strict=True)
        texts[position] = [cell(value, parts[0], column_unit, row_unit) for value, row_unit in rows]
    texts.columns = pd.Index([", ".join(label(part, "heads") for part in parts) for parts in heads])
    if unit_by_row:
        texts = texts.drop(columns="unit")
    if len(texts.columns) <= n_index:
        return texts
    return texts.set_index(list(texts.columns[:n_index]))


def _index_names(index: pd.Index) -> list[str]:
    """Names of the levels of an index; a level without one gets some blanks.

    Their number is the position of the level, so that no two of these names are equal.
    """
    return [str(name or " " * position) for position, name in enumerate(index.names)]


def _head_parts(name: Any) -> list[str]:
    """Parts of a column's name, one a level of the heading; without empty parts."""
    parts = [str(part) for part in np.atleast_1d(name)]
    return [part for part in parts if part] or [""]


def _column_units(heads: list[list[str]], n_index: int, unit: str) -> list[str]:
    """Unit of each column, by its name.

    `unit` is that of columns whose name tells none; the first `n_index` columns stay without.
    """
    kinds = [_unit_by_name(parts) for parts in heads]
    shared = [kind for kind in kinds if kind in ("US$ million", "share")]
    of_others = unit or next(iter(shared), "")
    units = []
    for position, kind in enumerate(kinds):
        if kind == "as others":
            units.append(of_others)
        elif kind == "" and position >= n_index:
            units.append(unit)
        else:
            units.append(kind)
    return units


def _unit_by_name(parts: list[str]) -> str:
    """The first unit of `UNIT_PATTERNS` that fits a part of a column's name, or none."""
    for unit, pattern in UNIT_PATTERNS.items():
        if any(re.search(pattern, part) for part in parts):
            return unit
    return ""


def cell(value: Any, head: str, unit: str, row: str = "") -> str:
    """One cell in words: `head` is its column's name, `unit` its column's unit.

    `row` is the unit of its row; if there is one, it counts instead of `unit`.
    """
    if isinstance(value, str):
        return _text_cell(value, head)
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | float | np.number):
        return format_value(float(value), row) if row else number(float(value), unit)
    if isinstance(value, pd.Timestamp | date):
        return str(value)[:10]
    return str(value)


def _text_cell(text: str, head: str) -> str:
    """A text of a table in words: a pair or a country by name, a code by its label."""
    pair = re.fullmatch(r"([A-Z]{3})-([A-Z]{3})(-\d{4})?\w?", text)
    if pair is not None and country_codes.known(pair[1]) and country_codes.known(pair[2]):
        year = (pair[3] or "").replace("-", " ")
        return f"{country_codes.name(pair[1])}-{country_codes.name(pair[2])}{year}"
    if head in PLACES and country_codes.known(text):
        return country_codes.name(text)
    if text in dictionary("codes", "labels"):
        return label(text).removeprefix("the ")
    return label(text)


def number(value: float, unit: str) -> str:
    """A number of a table, without more digits than mean anything.

    >>> [number(v, u) for v, u in ((2025.0, "year"), (515.5, "US$ million"), (0.0481, "share"))]
    ['2025', '516', '4.8%']
    """
    if unit == "year":
        return f"{value:.0f}"
    if unit == "share":
        decimals = 1 if 0.0005 <= abs(value) < 0.0995 else 0
        return f"{value:,.{decimals}%}".replace(".0%", "%")
    if value.is_integer() or abs(value) >= 100:
        decimals = 0
    elif unit or abs(value) >= 10:
        decimals = 1
    else:
        decimals = 2
    return f"{value:,.{decimals}f}"


class Displayable(Record):
    """A result with a summary in words, and on a page a small table under it."""

    __slots__ = ()

    def summary(self) -> str:
        """Give the result in plain words.

        Returns
        -------
        str
            One sentence or a few.
        """
        raise NotImplementedError

    def _table(self) -> pd.DataFrame:
        """Table under the summary on a page."""
        return self.to_frame() if hasattr(self, "to_frame") else pd.DataFrame()

    def __repr__(self) -> str:
        text = textwrap.shorten(self.summary(), 100, placeholder="...")
        return f"<{type(self).__name__}: {text}>"

    def _repr_html_(self) -> str:
        paragraph = f"<p>{html.escape(self.summary())}</p>"
        table = readable(self._table().head(ROWS_SHOWN))
        if table.empty:
            return paragraph
        if len(table) == 1:  # a single row is easier to read as a column
            table = table.reset_index().T
        return paragraph + str(table.to_html(header=table.shape[1] > 1, border=0))
