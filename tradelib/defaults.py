"""The science with the bundled data bound: nowcasts from the bundled figures."""

import pandas as pd

from tradelib import flows
from tradelib.load import Day, day, load_part_years, load_turnover
from tradelib.nowcast import Nowcast, nowcast_year

__all__ = ["nowcast_pair", "part_year_shares"]

PAIRS = (("KAZ", "TKM"), ("UZB", "TKM"))


def part_year_shares() -> pd.DataFrame:
    """Shares of the full year that part-year turnover of every bundled pair turned out to be.

    Returns
    -------
    DataFrame
        As `tradelib.flows.year_to_date`, exact and undoubted figures only, the first release of
        each; ``released`` and ``full_year_released`` say when a share could be known.

    Examples
    --------
    >>> part_year_shares().query("reporter == 'KAZ' and year == 2022").share.round(3).tolist()
    [0.522]
    """
    part = pd.concat([load_part_years(*pair) for pair in PAIRS])
    full = pd.concat([load_turnover(*pair) for pair in PAIRS])
    shares = flows.year_to_date(_usable(part), full).sort_values(
        ["reporter", "year", "months", "released"]
    )
    return shares.drop_duplicates(["reporter", "partner", "year", "months"], ignore_index=True)


def nowcast_pair(reporter: str, partner: str, *, as_of: Day) -> Nowcast:
    """Nowcast of a bundled pair from the newest part-year figure known on a day.

    Parameters
    ----------
    reporter, partner : str
        ISO3 codes.
    as_of : str, date or Timestamp
        Nothing released later is used, neither figure nor share.

    Returns
    -------
    Nowcast
        Of the year of that figure.

    Raises
    ------
    ValueError
        If no part-year figure was known, or fewer than two earlier shares.

    Examples
    --------
    >>> found = nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    >>> found.year, found.months, found.part_musd
    (2022, 7, 228.8)
    """
    usable = _usable(load_part_years(reporter, partner, as_of=as_of))
    whole = usable[usable["coverage"].isin(["goods", "goods_services"])]
    newest = whole.sort_values(["year", "months"]).iloc[-1]
    return nowcast_year(
        float(newest["value_musd"]),
        year=int(newest["year"]),
        months=int(newest["months"]),
        shares=part_year_shares(),
        pair=(reporter, partner),
        as_of=day(as_of),
    )


def _usable(part: pd.DataFrame) -> pd.DataFrame:
    """Figures that are no bounds and not in doubt."""
    return part[(part["bound"] == "exact") & part["status"].isin(["final", "preliminary"])]
