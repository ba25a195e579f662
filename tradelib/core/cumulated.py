"""Whether monthly values are single months or cumulated: sums since January.

Cumulated values cannot fall within a year, and start again each January. Single ones of trade
almost surely fall in some month. What can be read both ways is refused.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.core.errors import InputError

# So few rises within years tell nothing.
TOO_FEW_RISES = 4
# So many, and no fall, are not chance.
ENOUGH_RISES = 7
# So many show it even of a pair whose trade comes in lumps.
PLENTY_OF_RISES = 15
# Falls below this share of the rises may be a correction of cumulated values.
SMALL_FALLS = 0.1
# One fall among so many rises may be a slip of the pen.
RISES_A_SLIP = 4
# Of a year of at least so many months the values must grow about as their number does.
LONG_ENOUGH = 4
# No month of an even year is a larger share of it.
LARGEST_SHARE = 0.5
# Each month of a very even year is so many times its average month, at least and at most.
VERY_EVEN = (0.4, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    """The values of one year's months in a row."""

    year: int
    first_month: int
    amounts: NDArray[np.float64]

    @property
    def steps(self) -> NDArray[np.float64]:
        """Differences between months."""
        return np.diff(self.amounts)

    @property
    def rises(self) -> int:
        """The number of months above the month before."""
        return int((self.steps > 0).sum())

    @property
    def falls(self) -> int:
        """The number of months below the month before."""
        return int((self.steps < 0).sum())

    @property
    def grows_like_sums(self) -> bool:
        """Whether the last value is about as many times the first as there are months."""
        return bool(self.amounts[-1] >= len(self.amounts) / 3 * self.amounts[0])

    @property
    def is_single(self) -> bool:
        """Whether values fall, and more than a correction of cumulated values would."""
        if not self.falls:
            return False
        fallen = -self.steps[self.steps < 0].sum()
        risen = self.steps[self.steps > 0].sum()
        if fallen < SMALL_FALLS * risen:
            return False
        may_be_slips = self.falls * RISES_A_SLIP <= self.rises
        return not (may_be_slips and self.grows_like_sums)

    @property
    def is_even(self) -> bool:
        """Whether the year could be sums of months of like size; true of a few months."""
        if self.first_month != 1 or len(self.amounts) < LONG_ENOUGH:
            return True
        parts = np.diff(self.amounts, prepend=0.0)
        return bool(self.grows_like_sums and parts.max() <= LARGEST_SHARE * self.amounts[-1])

    @property
    def is_very_even(self) -> bool:
        """Whether, as sums, no month is far from the average; true of a few months."""
        if self.first_month != 1 or len(self.amounts) < LONG_ENOUGH:
            return True
        lowest, highest = VERY_EVEN
        parts = np.diff(self.amounts, prepend=0.0)
        average = parts.mean()
        return bool(parts.min() >= lowest * average and parts.max() <= highest * average)

    @property
    def is_the_same_both_ways(self) -> bool:
        """Whether the year is a January alone, or without trade."""
        without_trade = not self.amounts.any()
        return self.first_month == 1 and (len(self.amounts) == 1 or without_trade)

    @property
    def is_cumulated(self) -> bool:
        """Whether the year alone shows that values are sums since January."""
        return not self.falls and self.rises >= ENOUGH_RISES and self.is_even


def is_cumulated(months: pd.DataFrame) -> bool:
    """Whether values are sums since January, told from the values.

    Parameters
    ----------
    months : DataFrame
        ``year``, ``month`` and ``value_musd``, ascending, no month missing in between.

    Returns
    -------
    bool
        False for single months, and where both readings are the same.

    Raises
    ------
    InputError
        If values can be read both ways: the message says why, and names the option.

    Examples
    --------
    >>> months = pd.DataFrame({"year": 2025, "month": range(1, 10), "value_musd": range(3, 30, 3)})
    >>> is_cumulated(months)
    True
    >>> is_cumulated(months.assign(value_musd=[5, 6, 4, 5, 7, 8, 6, 5, 4]))
    False
    """
    years = _years(months)
    single = [year for year in years if year.is_single]
    if single:
        _refuse_mixed(single[0], years)
        return False
    _refuse_small_falls(years)
    if all(year.is_the_same_both_ways for year in years):
        return False
    _refuse_too_few(years)
    _refuse_without_new_start(years)
    return True


def _refuse_too_few(years: list[_Year]) -> None:
    """Refuse too few rises, or few that are uneven: single months rise by chance."""
    rises = sum(year.rises for year in years)
    if rises <= TOO_FEW_RISES:
        _refuse(f"no value falls within a year, but only {rises} rise, too few to tell")
    if rises < ENOUGH_RISES:
        _refuse_uneven([year for year in years if not year.is_very_even])
    elif rises < PLENTY_OF_RISES:
        _refuse_uneven([year for year in years if not year.is_even])


def _years(months: pd.DataFrame) -> list[_Year]:
    """The values of each year."""
    return [
        _Year(
            year=int(year),
            first_month=int(rows["month"].iloc[0]),
            amounts=rows["value_musd"].to_numpy(float),
        )
        for year, rows in months.groupby("year")
    ]


def _refuse(reason: str) -> None:
    """Raise with the reason and the option that says which."""
    raise InputError(
        f"months may be single or cumulated (sums since January): {reason}; say which: "
        "cumulated=True or cumulated=False, in a terminal --cumulated or --single"
    )


def _refuse_mixed(single: _Year, years: list[_Year]) -> None:
    """Raise if another year looks cumulated."""
    for year in years:
        if year.is_cumulated:
            _refuse(f"{single.year} looks single and {year.year} cumulated")


def _refuse_small_falls(years: list[_Year]) -> None:
    """Raise if a year rises like sums but for a fall: a correction, or a single month."""
    for year in years:
        if year.falls:
            at = int(np.argmin(year.steps))
            month = year.first_month + at + 1
            before = year.amounts[at]
            after = year.amounts[at + 1]
            _refuse(
                f"values of {year.year} rise like sums, but fall from {before:,.10g} to "
                f"{after:,.10g} in {year.year}-{month:02}"
            )


def _refuse_uneven(uneven: list[_Year]) -> None:
    """Raise with the month that would be the largest part of the first uneven year."""
    for year in uneven:
        parts = np.diff(year.amounts, prepend=0.0)
        at = int(np.argmax(parts))
        share = parts[at] / year.amounts[-1]
        _refuse(
            f"no value falls within a year, but if they are sums, {year.year}-{at + 1:02} alone is "
            f"{parts[at]:,.10g}, {share:.0%} of the {len(parts)} months of {year.year}"
        )


def _refuse_without_new_start(years: list[_Year]) -> None:
    """Raise if a January is not well below the December before it."""
    for before, year in pairwise(years):
        december = before.amounts[-1]
        january = year.amounts[0]
        if january > LARGEST_SHARE * december:
            _refuse(
                f"no value falls within a year, but January {year.year} ({january:,.10g}) does not "
                f"start again after December {before.year} ({december:,.10g})"
            )
