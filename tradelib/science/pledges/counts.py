"""What a pledge counts and what the pair's series counts, side by side.

A pledge may count services too, or no oil, and some statistics count years that begin in spring or
in July. The registry says what a pledge counts and gives figures by its statistics; the series has
a figure of the same year or of most of it. The two are set beside each other. They move no chance:
the forecast starts from the newest figure, whoever counted it.
"""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from types import SimpleNamespace
from typing import NamedTuple

import pandas as pd

from tradelib.core import country_codes
from tradelib.core.labels import label

# Statistics by years that are not the calendar's: their first day, and the part of them that lies
# in the calendar year that gives them their name in the registry. Myanmar's ran from April to 2018
# and do again since 2022.
FISCAL = {
    "IND": ("April", 9 / 12),
    "MMR": ("April", 9 / 12),
    "PAK": ("July", 6 / 12),
    "BGD": ("July", 6 / 12),
    "IRN": ("21 March", 286 / 365),
}
# Statistics of all countries: what we hold a pledge against, and none that a side pledges by.
MATRICES = re.compile("BACI|ITPD-E|Comtrade")
# Coverage that no source of ours has unless it says so. Of goods alone all have figures: USITC's
# ITPD-E and the Uzbek agency count some services as well, and the figures say how much it matters.
OTHER_TRADE = ("goods_services", "goods_non_oil")


class Figure(NamedTuple):
    """What a source counts of a year, million of the target's currency."""

    year: int
    value: float
    source: str
    coverage: str


class Both(NamedTuple):
    """The figures of one year by both counts, million of the target's currency."""

    year: int  # the first calendar year of a fiscal one
    fiscal: bool
    pledge: float
    series: float

    @property
    def gap(self) -> float:
        """How far the series' figure is from the pledge's, as a fraction of that."""
        return self.series / self.pledge - 1


class Counts(NamedTuple):
    """What a pledge counts and what the series counts, in words, and the figures of one year."""

    pledge: str
    series: str
    differences: tuple[str, ...]  # "services", "oil", "years"; empty if both count the same
    both: Both | None  # None if no year has both


def counts_of(row: SimpleNamespace, own: Sequence[Figure], start: Figure) -> Counts:
    """Set what a pledge counts beside what the series counts.

    Parameters
    ----------
    row : namespace
        A row of the registry.
    own : sequence of Figure
        The series without the registry's figures, ascending.
    start : Figure
        The newest figure, whoever counted it: growth starts from it.

    Returns
    -------
    Counts
        Both, and the figures of the newest year that both have.
    """
    statistic = pledged_by(row.statistics_of)
    fiscal = _fiscal(statistic)
    differences = []
    if own and row.coverage in OTHER_TRADE and row.coverage != own[-1].coverage:
        differences.append("services" if row.coverage == "goods_services" else "oil")
    if own and fiscal:
        differences.append("years")
    return Counts(
        pledge=pledge_words(row),
        series=_series_words(own),
        differences=tuple(differences),
        both=_both(row, statistic, own, start),
    )


def pledge_words(row: SimpleNamespace) -> str:
    """What a pledge counts: which trade, by whose statistics, in which years."""
    goods = "goods, as far as is said" if row.coverage == "unknown" else label(row.coverage)
    statistic = pledged_by(row.statistics_of)
    names = [country_codes.spoken(code) for code in _countries(statistic)]
    whose = f"by the statistics of {' and '.join(names)}" if names else "by statistics not named"
    fiscal = _fiscal(statistic)
    years = f"in years from {fiscal[0]}" if fiscal else "in calendar years"
    return f"{goods}, {whose}, {years}"


def pledged_by(statistics_of: str) -> str:
    """The statistics that a side pledges by, in a row's words; empty if they are not known.

    >>> pledged_by("TUR baseline; BACI outcome"), pledged_by("ITPD-E baseline; TJK outcome")
    ('TUR', 'TJK')
    >>> pledged_by("IND DGCIS (FY)"), pledged_by("unknown")
    ('IND DGCIS (FY)', '')
    """
    by_figure = _by_figure(statistics_of)
    for figure in ("baseline", "outcome"):
        statistic = by_figure[figure]
        if statistic != "unknown" and not MATRICES.search(statistic):
            return statistic
    return ""


def _by_figure(statistics_of: str) -> dict[str, str]:
    """Whose statistics the baseline and the outcome of a row are."""
    by_figure = {"baseline": "unknown", "outcome": "unknown"}
    for part in statistics_of.split("; "):
        named = re.fullmatch("(.+) (baseline|outcome)", part)
        if named:
            by_figure[named[2]] = named[1]
        else:
            by_figure = dict.fromkeys(by_figure, part)
    return by_figure


def _countries(statistic: str) -> list[str]:
    """Codes of the countries whose statistics they are."""
    named = re.findall(r"\b[A-Z]{2,}\b", statistic)
    return [country_codes.iso3(code) for code in named if country_codes.known(code)]


def _fiscal(statistic: str) -> tuple[str, float] | None:
    """How the years of these statistics lie, if they are not the calendar's."""
    countries = _countries(statistic)
    return FISCAL.get(countries[0]) if countries else None


def _series_words(own: Sequence[Figure]) -> str:
    """What a series counts: which trade by which source in which years."""
    parts = []
    for (source, coverage), figures in groupby(own, key=lambda figure: figure[2:]):
        years = [figure.year for figure in figures]
        span = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
        parts.append(f"{label(coverage)} by {label(source)} ({span})")
    if not parts:
        return "nothing but the registry's figure"
    return f"{', then '.join(parts)}, in calendar years"


def _both(
    row: SimpleNamespace, statistic: str, own: Sequence[Figure], start: Figure
) -> Both | None:
    """The figures of the newest year of which the pledge's statistics and the series have one."""
    by_figure = _by_figure(row.statistics_of)
    of_series = {figure.year: figure.value for figure in own}
    fiscal = _fiscal(statistic)
    figures = []
    for name in ("baseline", "outcome"):
        value, year = getattr(row, f"{name}_value"), getattr(row, f"{name}_year")
        in_part = name == "outcome" and row.partial
        by_others = by_figure[name] not in (statistic, "unknown")
        if pd.notna(value) and pd.notna(year) and not in_part and not by_others:
            figures.append((int(year), float(value)))
    for year, value in sorted(figures, reverse=True):
        series = _of_year(of_series, year, fiscal)
        if series is None and start.year == year and not math.isclose(start.value, value):
            series = start.value  # the registry's own newest figure, by other statistics
        if series is not None:
            return Both(year, fiscal is not None, value, series)
    return None


def _of_year(
    values: Mapping[int, float], year: int, fiscal: tuple[str, float] | None
) -> float | None:
    """The series' figure of a year; of a fiscal one the mean of the two years that it spans.

    If the second is not known, the first stands for both where most of the fiscal year lies in it.
    """
    first = values.get(year)
    if fiscal is None or first is None:
        return first
    part = fiscal[1]
    second = values.get(year + 1)
    if second is not None:
        return part * first + (1 - part) * second
    return first if part > 0.5 else None
