"""Plain words for readers: what code calls by short names, and tables and results on a page.

The one dictionary is ``words.txt`` beside this file: figures, tables, results and pages ask here.
"""

import html
import math
import re
import textwrap
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from tradelib.ground import codes
from tradelib.ground.edge import validated
from tradelib.ground.record import Record

# What a column of numbers holds, by its name; ends and middles hold what the other columns do.
UNITS = {
    "year": r"(^|_)year$|origin$|^(deadline|by|start)$",
    "US$ million": r"musd|US\$ million|^(sourced|stated)$",
    "share": r"share|probability|chance|skill|coverage80|below|above90|^frequency|growth|^required|"
    r"^achieved|change|^rose|^like_pairs|^reached$|^asked|pro_rata|^gain|^ever$|^bias|^range_|^if_unknown",
    "as others": r"^(low|median|high|least|most|lowest|highest|q0?[.\d]+)$",
}
PLACES = {"reporter", "partner", "exporter", "importer"}
# Rows shown of a result.
ROWS = 12


@cache
def dictionary(*parts: str) -> dict[str, str]:
    """Code words and what readers call them, of ``codes``, ``labels``, ``heads`` or ``tags``."""
    text = files("tradelib.ground").joinpath("words.txt").read_text(encoding="utf-8")
    found = re.findall(r"^(\w+): .*\n((?:\n|\S.*?  +\S.*\n)+)", text, re.MULTILINE)
    lines = [line for part, body in found if part in parts for line in body.split("\n") if line]
    return dict(re.split(r"  +", line, maxsplit=1) for line in lines)


def label(code: str, part: str = "labels") -> str:
    """What readers call a code word, in a text or over a column; other text without underscores.

    >>> label("panel_growth"), label("carried_on"), label("growth"), label("n", "heads")
    ('the growth model', 'carried on', 'the growth model', 'cases')
    """
    known = dictionary("codes", part).get(code)
    made = re.sub(r"(\w+)_musd$", r"\1, US$ million", code)
    return known or (code if " " in code else made.replace("_", " "))


def heading(code: str) -> str:
    """The same at the head of a line: under a picture, in a legend.

    >>> heading("bns"), heading("theta")
    ('Kazakh statistics office (BNS)', 'Theta')
    """
    text = label(code).removeprefix("the ")
    return text[:1].upper() + text[1:]


def percent(probability: float) -> str:
    """A probability in percent, no finer than it can be known."""
    if probability < 0.01:
        return "under 1%"
    return "over 99%" if probability > 0.99 else f"{probability:.0%}"


def money(musd: float) -> str:
    """An amount of US$ million as newspapers print it.

    >>> money(254.2), money(5.52), money(48_000), money(1234)
    ('US$254m', 'US$5.5m', 'US$48bn', 'US$1.2bn')
    """
    size, unit = (musd / 1000, "bn") if abs(musd) >= 1000 else (musd, "m")
    return f"US${size:,.0f}{unit}" if abs(size) >= 10 else f"US${size:.1f}{unit}"


def format_value(value: float, unit: str) -> str:
    """A value of the evidence as readers see it, by its unit.

    >>> format_value(0.087, "probability"), format_value(515.53, "US$ million"), format_value(2.5, "times")
    ('9%', 'US$516m', '2.5 times')
    """
    if math.isnan(value):
        return "none"
    if unit == "kind":
        return ""
    if unit == "probability":
        return percent(value)
    if unit == "probability moved":
        moved = round(100 * value)
        return f"{moved:+} point{'s' * (abs(moved) != 1)}" if moved else "0 points"
    if unit in ("share", "a year"):
        return f"{value:.0%}{' a year' * (unit == 'a year')}"
    if unit == "US$ million":
        return money(value)
    return f"{value:.1f} times" if unit == "times" else f"{value:.{2 * (unit == 'ratio')}f}"


@validated
def readable(frame: pd.DataFrame | pd.Series, *, unit: str = "") -> pd.DataFrame:
    """A table as one prints it: headings in words, countries by name, percent, whole millions.

    Parameters
    ----------
    frame : DataFrame or Series, of any call
    unit : str, ``"share"``, ``"US$ million"`` or ``"year"``, of columns whose name tells none

    Returns
    -------
    DataFrame of str, empty where nothing is known; by what named the rows, else the first column

    Examples
    --------
    >>> table = pd.DataFrame({"partner": ["TKM"], "turnover_musd": [515.53], "share": [0.256]})
    >>> readable(table).reset_index().iloc[0].to_dict()
    {'partner': 'Turkmenistan', 'turnover, US$ million': '516', 'share': '26%'}
    """
    whole, levels = frame.to_frame() if isinstance(frame, pd.Series) else frame, 1
    if whole.index.names != [None] or not is_integer_dtype(whole.index):
        levels = whole.index.nlevels
        names = [str(name or " " * k) for k, name in enumerate(whole.index.names)]
        whole = whole.reset_index(names=names)
    heads = [[str(one) for one in np.atleast_1d(name) if str(one)] or [""] for name in whole]
    kinds = [
        next((unit for unit, names in UNITS.items() if any(re.search(names, p) for p in parts)), "")
        for parts in heads
    ]
    others = unit or next((kind for kind in kinds if kind in ("US$ million", "share")), "")
    units = [
        {"as others": others, "": unit * (at >= levels)}.get(kind, kind)
        for at, kind in enumerate(kinds)
    ]
    by_row = {"unit", "value"} <= set(whole)
    rows = whole["unit"] if by_row else [""] * len(whole)
    made = pd.DataFrame(index=whole.index, dtype=str)
    for at, (parts, own) in enumerate(zip(heads, units, strict=True)):
        cells = zip(whole.iloc[:, at], rows, strict=True)
        made[at] = [cell(value, parts[0], own, row) for value, row in cells]
    made.columns = pd.Index([", ".join(label(part, "heads") for part in parts) for parts in heads])
    made = made.drop(columns="unit") if by_row else made
    return made.set_index(list(made.columns[:levels])) if len(made.columns) > levels else made


def cell(value: Any, head: str, unit: str, row: str = "") -> str:
    """One cell in words: of a column so named, its numbers of a unit unless its row has one."""
    if isinstance(value, str):
        pair = re.fullmatch(r"([A-Z]{3})-([A-Z]{3})(-\d{4})?\w?", value)
        if pair is not None and codes.known(pair[1]) and codes.known(pair[2]):
            return f"{codes.name(pair[1])}-{codes.name(pair[2])}{(pair[3] or '').replace('-', ' ')}"
        if head in PLACES and codes.known(value):
            return codes.name(value)
        known = value in dictionary("codes", "labels")
        return label(value).removeprefix("the ") if known else label(value)
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | float | np.number):
        return format_value(float(value), row) if row else number(float(value), unit)
    return str(value)[:10] if isinstance(value, pd.Timestamp | date) else str(value)


def number(value: float, unit: str) -> str:
    """A number of a table, without more digits than mean anything.

    >>> [number(v, u) for v, u in ((2025.0, "year"), (515.5, "US$ million"), (0.0481, "share"))]
    ['2025', '516', '4.8%']
    """
    if unit == "year":
        return f"{value:.0f}"
    if unit == "share":
        return f"{value:,.{int(0.0005 <= abs(value) < 0.0995)}%}".replace(".0%", "%")
    whole = value.is_integer() or abs(value) >= 100
    return f"{value:,.{0 if whole else 1 if unit or abs(value) >= 10 else 2}f}"


class Displayable(Record):
    """A result that says its sentence, and on a page shows a small table under it."""

    __slots__ = ()

    def summary(self) -> str:
        """The result in plain words."""
        raise NotImplementedError

    def _table(self) -> pd.DataFrame:
        """What is shown under the sentence."""
        return self.to_frame() if hasattr(self, "to_frame") else pd.DataFrame()

    def __repr__(self) -> str:
        told = textwrap.shorten(self.summary(), 100, placeholder="...")
        return f"<{type(self).__name__}: {told}>"

    def _repr_html_(self) -> str:
        shown, told = readable(self._table().head(ROWS)), f"<p>{html.escape(self.summary())}</p>"
        if shown.empty:
            return told
        shown = shown.reset_index().T if len(shown) == 1 else shown
        return told + str(shown.to_html(header=shown.shape[1] > 1, border=0))
