"""Words for readers: amounts, chances, days and names, and what code calls by other names."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import pandas as pd

import tradelib as tl
from tradelib.core import country_codes
from tradelib.core.labels import dictionary, format_value, label, percent
from tradelib.core.labels import listed as listed
from tradelib.science.assessment.languages import frequency as frequency
from tradelib.science.assessment.likelihood_words import number as number

GROUPS = {
    "ASEAN": "ASEAN",
    "AFR": "Africa",
    "CEE": "Central and Eastern Europe",
    "EU": "European Union",
}
TAGS = {
    "presumptive": "the deadline's figure was not seen; the last one seen was far below",
    "near_year": "the outcome is of a year near the deadline",
    "partial": "a figure covers part of a year",
    "derived": "a figure is worked out from another",
    "conflict": "sources disagree",
    "weak": "rests on a weak source",
    "re_dated": "the same level was given a later deadline",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    text: str
    to: str


Text: TypeAlias = "str | tuple[str | Link, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of finished cells; `ids` are the anchors of its rows, if they have any."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    ids: tuple[str, ...] = ()
    kind: str = "plain"


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[Text]], ids: Iterable[str] = ()
) -> Table:
    """A table from any sequences; each row has a cell for each column."""
    cells = tuple(tuple(row) for row in rows)
    if any(len(row) != len(columns) for row in cells):
        raise ValueError(f"each row of {caption!r} needs {len(columns)} cells")
    return Table(caption=caption, columns=tuple(columns), rows=cells, ids=tuple(ids))


def span(first: int, end: int, n_rows: int) -> str:
    """Which rows a part holds, from the one after `first` on: 11 to 20 of 25, or 25 of 25."""
    last = min(end, n_rows)
    return f"{last} of {n_rows}" if last == first + 1 else f"{first + 1} to {last} of {n_rows}"


def parts(whole: Table, most: int) -> list[Table]:
    """A table in parts of so many rows at most, whose captions say which rows they are."""
    n_rows = len(whole.rows)
    if n_rows <= most:
        return [whole]
    return [
        replace(
            whole,
            caption=f"{whole.caption}: {span(first, first + most, n_rows)}",
            rows=whole.rows[first : first + most],
            ids=whole.ids[first : first + most],
        )
        for first in range(0, n_rows, most)
    ]


def money(value: float, currency: str = "USD") -> str:
    """An amount in millions as a reader says it: US$254m, US$1bn, EUR 15bn."""
    sign = "US$" if currency == "USD" else f"{currency} "
    # What rounds to a thousand million is called a billion.
    large = abs(value) >= 999.5
    amount, unit = (value / 1000, "bn") if large else (value, "m")
    if abs(amount) >= 100:
        digits = 0
    elif abs(amount) >= 10 or not large:
        digits = 1
    else:
        digits = 2
    text = f"{amount:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{sign}{text}{unit}"


def between(low: float, high: float) -> str:
    """Two probabilities as a range, or one where they print alike; words where there is none."""
    if math.isnan(low):
        return "none"
    ends = dict.fromkeys([percent(low), percent(high)])
    return " to ".join(ends)


def printed(chance: float) -> int:
    """A chance in whole percent as it is printed: 0 is "under 1%", and 100 "over 99%"."""
    if chance < 0.01:
        return 0
    if chance > 0.99:
        return 100
    return int(f"{100 * chance:.0f}")


def beyond(chance: float, ends: tuple[float, float]) -> str:
    """Where all others lie if a chance, as it is printed, lies outside of them; else nothing."""
    if math.isnan(ends[0]):
        return ""
    if printed(chance) < printed(ends[0]):
        return "higher"
    return "lower" if printed(chance) > printed(ends[1]) else ""


def points(value: float) -> str:
    """What a step of the reasons does to the chance, in whole points."""
    moved = round(100 * value)
    size = plural(abs(moved), "point") if abs(value) >= 0.01 else "less than a point"
    return _moves(value, size)


def tenths(value: float) -> str:
    """What a reason does to the chance, in tenths of a point."""
    size = f"{abs(100 * value):.1f}"
    return "hardly matters" if size == "0.0" else _moves(value, f"{size} points")


def _moves(value: float, size: str) -> str:
    """That so much is added to the chance, or taken off."""
    return f"takes {size} off" if value < 0 else f"adds {size}"


def plural(n: int, noun: str) -> str:
    """A number with its noun: 1 point, 3 points."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def day(when: Any) -> str:
    """A day as one says it: 15 February 2027."""
    stamp = pd.Timestamp(when)
    return f"{stamp.day} {stamp:%B %Y}"


def dated(announced: str) -> str:
    """An announcement's day, month or year, as exact as it is known."""
    if "-" not in announced:
        return announced
    year, month, *days = (int(part) for part in announced.split("-"))
    if not days:
        return f"{date(year, month, 1):%B %Y}"
    return day(date(year, month, days[0]))


def name(code: str) -> str:
    """A country or a group of them in words."""
    return GROUPS.get(code) or country_codes.name(code)


def also(code: str) -> list[str]:
    """Every name of a country or a group of them."""
    return [code, GROUPS[code]] if code in GROUPS else country_codes.aliases(code)


def spoken(code: str) -> str:
    """A country as it is called within a sentence."""
    return f"the {name(code)}" if code in country_codes.WITH_THE else name(code)


def named(text: str) -> str:
    """A text with countries' codes put into words: `TUR customs` is Türkiye customs."""

    def word(match: re.Match[str]) -> str:
        code = match[0]
        return name(code) if code in GROUPS or country_codes.known(code) else code

    spelled = re.sub(r"\b[A-Z]{3}\b", word, text)
    return spelled.replace("(FY)", "(fiscal year)").replace("/", " / ")


def known(value: Any) -> bool:
    """Whether there is a value; an empty text is one."""
    if value is None or value is pd.NaT:
        return False
    return isinstance(value, str) or bool(pd.notna(value))


def cell(value: Any) -> str:
    """A table cell's text; nothing where nothing is known."""
    if not known(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
    return str(value)


def slug(text: str) -> str:
    """A text as the name of an anchor."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def outside(address: Any) -> Text:
    """A link out of the site, or the words that stand for one."""
    if not isinstance(address, str) or not address:
        return ""
    if not address.startswith("http"):
        return address
    host = re.sub(r"^https?://(www\.)?", "", address).split("/")[0]
    return (Link(host, address),)


def reporter(source_id: str) -> str:
    """Whose figures a source's are, in words."""
    if source_id in dictionary("codes", "labels"):
        return label(source_id)
    titles = tl.sources().set_index("source_id")["title"]
    return str(titles[source_id]) if source_id in titles.index else source_id


def quantity(value: float, unit: str, currency: str = "USD") -> str:
    """A value of the evidence with its unit."""
    if pd.isna(value) or unit == "kind":
        return ""
    if unit == "year":
        return f"{value:.0f}"
    if unit in ("years", "pairs"):
        return plural(round(value), unit.removesuffix("s"))
    if unit in ("probability", "share", "a year", "times"):
        return format_value(value, unit)
    if unit == "probability moved":
        return tenths(value)
    return money(value, currency) if "million" in unit else f"{value:.2f}"
