"""Blocs of countries: who was a member when.

A bloc's trade with a partner is the sum of its members' pairs (`tradelib.datasets.bloc_sums`).
Whose pairs are summed in a year is a convention: the members of that year, or those of one day in
every year.
"""

from functools import cache

import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.members import AS_THEY_WERE
from tradelib.core.validation import validated
from tradelib.datasets import tables
from tradelib.datasets.tables import Day

FILE = "blocs.csv"
# A country counts in a year if it was a member in the middle of it: for the greater part.
MIDDLE = (7, 1)
# Why there is no list of members of a group that has a name.
NO_LIST = {
    "LAC": "the pledges that name it do not say which of 33 to 43 countries and territories they "
    "count; ask of CELAC, whose members are known"
}


@validated
def load_blocs(name: str | None = None, *, on: Day | None = None) -> pd.DataFrame:
    """Members of blocs and regions of countries, with the days on which they joined and left.

    Parameters
    ----------
    name : str, optional
        A bloc such as ``"EU"``, ``"ASEAN"``, ``"EAEU"``, ``"AFRICA"``, ``"CENTRAL-ASIA"``,
        ``"OTS"``, ``"ARAB"``, ``"CEE"``, ``"CELAC"`` or ``"SPECA"``; all blocs if omitted.
    on : str, date or Timestamp, optional
        Only the members of that day; all that ever were if omitted.

    Returns
    -------
    DataFrame
        One row for each member and time of membership: ``bloc``, ``country``, ``from`` and ``to``
        (first and last day, month or year, as exact as it is known; ``to`` is missing while it
        lasts), ``title`` and ``url`` of the source, ``source_id`` and ``note``.

    Raises
    ------
    InputError
        If no bloc is called so, or `on` is not a valid date.
    NoAnswerError
        If its members are not known, or it had none on that day.

    Examples
    --------
    >>> "GBR" in set(load_blocs("EU", on="2020-01-15").country)
    True
    >>> "GBR" in set(load_blocs("EU", on="2020-07-01").country)
    False
    """
    rows = tables.table(FILE)
    if name is not None:
        rows = rows[rows["bloc"] == listed(name)]
    if on is None:
        return rows.reset_index(drop=True)
    present = rows[_members_on(rows, tables.day(on))]
    if present.empty:
        raise NoAnswerError(
            f"{name or 'no bloc'} had no members on {tables.day(on).date()}; the first joined in "
            f"{rows['from'].min()}"
        )
    return present.reset_index(drop=True)


def listed(name: str) -> str:
    """Code of a bloc whose members are known; an error for any other text."""
    code = country_codes.iso3(name)
    known = list(tables.table(FILE)["bloc"].unique())
    if code in known:
        return code
    offers = ", ".join(known)
    if not country_codes.is_bloc(code):
        raise InputError(f"{name!r} is a country, and no bloc; the blocs are {offers}")
    why = NO_LIST.get(code, f"the blocs with a list are {offers}")
    raise NoAnswerError(f"no list of the members of {country_codes.name(code)} is bundled: {why}")


def members_on(code: str, day: pd.Timestamp) -> frozenset[str]:
    """Countries of a side on a day: of a bloc its members, of a country itself."""
    if not country_codes.is_bloc(code):
        return frozenset([code])
    return frozenset(load_blocs(code, on=day)["country"])


def members_in(code: str, year: int, members: str) -> frozenset[str]:
    """Countries of a side in a year: of a bloc its members, of a country itself.

    `members` is a convention: ``"as they were"``, or a day.
    """
    if not country_codes.is_bloc(code):
        return frozenset([code])
    return _members_in(listed(code), year, members)


@cache
def _members_in(bloc: str, year: int, members: str) -> frozenset[str]:
    """The same of a bloc."""
    rows = tables.table(FILE)
    rows = rows[rows["bloc"] == bloc]
    day = pd.Timestamp(year, *MIDDLE) if members == AS_THEY_WERE else tables.day(members)
    return frozenset(rows.loc[_members_on(rows, day), "country"])


def _members_on(rows: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Which rows are of members on a day.

    Of a year or a month it is compared as far as it is known: a whole year of membership each.
    """
    iso = day.date().isoformat()
    since = rows["from"].map(lambda text: text <= iso[: len(text)])
    until = rows["to"].map(lambda text: pd.isna(text) or iso[: len(text)] <= text)
    return since & until
