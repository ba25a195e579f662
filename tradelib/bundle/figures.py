"""Figures, the article's claims, statements, drivers and macro series as known on a day."""

from collections.abc import Sequence

import pandas as pd

from tradelib.bundle import tables
from tradelib.bundle.sources import recommended, sources
from tradelib.bundle.tables import Day
from tradelib.ground import codes, flows, frames

__all__ = [
    "load_article", "load_drivers", "load_figures", "load_macro", "load_part_years",
    "load_target_statements", "load_turnover",
]  # fmt: skip

# What a recommended year may rest on: a count of goods, which nobody doubts or only foresees.
_FIRM = ["final", "preliminary"]
_GOODS = ["goods", "goods_services"]


def load_figures(
    reporter: str | int | None = None, partner: str | int | None = None, *,
    source: str | None = None, as_of: Day | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Every reported figure, conflicting ones side by side.

    Parameters
    ----------
    reporter, partner : str or int, optional
        Country by code or name; all if omitted.
    source : str, optional
        A ``source_id`` of `tradelib.sources`; all if omitted.
    as_of : str, date or Timestamp, optional
        Only what was released by that day.

    Returns
    -------
    DataFrame
        One row a figure: ``flow`` (export, import, turnover), ``period_start``, ``period_end``,
        ``value_musd`` or ``value_meur`` (million, current prices) or only ``growth_yoy`` (fraction,
        as stated), ``bound`` (exact, about, at_least, at_most), ``status``, ``conflict`` (a name
        shared by figures that contradict each other), ``source_id``, ``who``, ``released``, and
        ``read_through`` (third party, revision and file, where a copy was read).

    Raises
    ------
    ValueError
        If a country, source or pair is unknown, or nothing was released by `as_of`.

    Examples
    --------
    >>> load_figures("KAZ", "TKM", source="bns").value_musd.max().item()
    562.949016
    """
    figures, what = _between("figures.csv", "figures", reporter, partner)
    if source is not None:
        _check_source(source, figures)
        figures, what = figures[figures["source_id"] == source], f"{what} from {source}"
    return tables.known(figures, as_of, what)


def load_turnover(
    reporter: str | int, partner: str | int, *, source: str = "recommended",
    as_of: Day | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Annual turnover of a pair, one row a year.

    The recommended series takes each year from the first source in the package's order that has
    it: for Kazakhstan-Turkmenistan the Kazakh statistics bureau from 2018, a BACI-type matrix
    before. Any one source can be asked for instead.

    Parameters
    ----------
    reporter, partner : str or int
        Country by code or name; `reporter` is the side whose statistics are used.
    source : str
        ``"recommended"`` or a ``source_id``.
    as_of : str, date or Timestamp, optional
        Only what was released by that day.

    Returns
    -------
    DataFrame
        ``reporter``, ``partner``, ``year``, ``export_musd``, ``import_musd`` (missing where only a
        total was stated), ``turnover_musd`` (US$ million, current prices), ``coverage``,
        ``status``, ``source_id``, ``released``, ``read_through`` (the copies that were read where
        it was not the publisher itself).

    Raises
    ------
    ValueError
        If a country, pair or source is unknown, the source has no full years with both flows or
        several figures a year, or nothing was released by `as_of`.

    Examples
    --------
    >>> load_turnover("KAZ", "TKM").turnover_musd.round(1).tolist()[-4:]
    [438.7, 562.9, 555.8, 515.5]
    """
    pair = codes.iso3(reporter), codes.iso3(partner)
    order = recommended(*pair) if source == "recommended" else [source]
    what = f"annual figures of {pair[0]}-{pair[1]} from {', '.join(order)}"
    sums = tables.known(annual_series(load_figures(*pair), order), as_of, what)
    return sums.drop_duplicates("year", ignore_index=True)


def load_part_years(
    reporter: str | int, partner: str | int, *, flow: str = "turnover", as_of: Day | None = None
) -> pd.DataFrame:
    """Cumulative figures from January to the end of a month before December.

    Parameters
    ----------
    reporter, partner : str or int
        Country by code or name.
    flow : str
        ``"turnover"``, ``"export"`` or ``"import"``.
    as_of : str, date or Timestamp, optional
        Only what was released by that day.

    Returns
    -------
    DataFrame
        The columns of `load_figures` plus ``year`` and ``months`` (int64, 1-11). Several sources
        may give the same months, doubtful and preliminary ones among them; ``bound``, ``coverage``
        and ``status`` say which figures divide by which.

    Raises
    ------
    ValueError
        If the pair or flow is unknown, or nothing was released by `as_of`.

    Examples
    --------
    >>> seven = load_part_years("KAZ", "TKM", as_of="2022-10-05").query("year == 2022")
    >>> seven[["months", "value_musd"]].iloc[0].tolist()
    [7.0, 228.8]
    """
    if flow not in frames.FLOWS:
        raise ValueError(f"flow is turnover, export or import, got {flow!r}")
    part = part_years(load_figures(reporter, partner), flow)
    if part.empty:
        raise ValueError(f"no part-year {flow} is bundled for {reporter}-{partner}")
    return tables.known(part, as_of, f"part-year figures of {reporter}-{partner}")


def load_article(*, as_of: Day | None = None) -> pd.DataFrame:
    """Every figure and checkable statement of the article, in our own words.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was printed by that day; the headlines under the article are later than it.

    Returns
    -------
    DataFrame
        One row a claim: ``claim`` (short name), ``check`` (what it is held against: level, ratio,
        target, event, years), ``said``, the pair, the period and the one compared with, ``item``,
        ``value``, ``unit``, ``decimals`` (as printed) and ``approximate`` ("close to", "almost").

    Raises
    ------
    ValueError
        If nothing was printed by `as_of`.

    Examples
    --------
    >>> load_article().query("claim == 'turnover_2021'").value.tolist()
    [254.3]
    """
    return tables.known(tables.table("article_claims.csv"), as_of, "claims")


def load_target_statements(
    reporter: str | int = "KAZ", partner: str | int = "TKM", *, as_of: Day | None = None
) -> pd.DataFrame:
    """Each time officials stated the target, and in which words.

    Parameters
    ----------
    reporter, partner : str or int
        Country by code or name.
    as_of : str, date or Timestamp, optional
        Only what was said in public by that day.

    Returns
    -------
    DataFrame
        One row a statement: ``stated`` (day), ``value_musd``, ``deadline`` (year, missing if none),
        ``horizon_years``, ``deadline_words``, ``who``, ``publisher`` and its source.

    Raises
    ------
    ValueError
        If the pair is unknown or nothing was said by `as_of`.

    Examples
    --------
    >>> load_target_statements(as_of="2022-10-05").value_musd.tolist()
    [1000.0, 1000.0]
    """
    stated, what = _between("target_statements.csv", "target statements", reporter, partner)
    return tables.known(stated, as_of, what)


def load_drivers(*, as_of: Day | None = None) -> pd.DataFrame:
    """What is known of composition and drivers: goods, gas offers, rail tonnes, border zone.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was released by that day.

    Returns
    -------
    DataFrame
        One row a fact: ``topic``, ``item``, ``period`` (free text), ``value`` (text, missing where
        nothing was quantified), ``unit``, ``who`` and its source.

    Raises
    ------
    ValueError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> load_drivers().query("topic == 'gas'").value.iloc[0]
    '1.5'
    """
    return tables.known(tables.table("drivers.csv"), as_of, "drivers")


def load_macro(
    indicator: str, country: str | int | None = None, *, as_of: Day | None = None
) -> pd.DataFrame:
    """GDP, goods trade totals and US prices by country and year; sources that differ side by side.

    Parameters
    ----------
    indicator : str
        For example ``"gdp"`` (US$ million), ``"cpi_u"`` (US consumer prices, 1982-84 = 100),
        ``"gdp_deflator"`` (US, 2017 = 100), ``"goods_exports"`` (US$ million).
    country : str or int, optional
        Country by code or name; all if omitted.
    as_of : str, date or Timestamp, optional
        Only what was released by that day.

    Returns
    -------
    DataFrame
        ``country``, ``year``, ``value``, ``unit``, ``status``, ``source_id``, ``released``, note.

    Raises
    ------
    ValueError
        If the indicator or country is unknown, or nothing was released by `as_of`.

    Examples
    --------
    >>> load_macro("cpi_u", "USA").query("year == 2021").value.tolist()
    [270.97]
    """
    every = tables.table("macro.csv")
    values = every[every["indicator"] == indicator]
    if values.empty:
        offers = ", ".join(every["indicator"].unique())
        raise ValueError(f"no indicator is called {indicator!r}; there are {offers}")
    if country is not None:
        code = codes.iso3(country)
        if code not in set(values["country"]):
            offers = ", ".join(values["country"].unique())
            raise ValueError(f"{indicator} is not bundled for {code}; there are {offers}")
        values = values[values["country"] == code]
    return tables.known(values, as_of, f"values of {indicator}")


def _between(
    file: str, what: str, reporter: str | int | None, partner: str | int | None
) -> tuple[pd.DataFrame, str]:
    """Rows of a table with one or both sides as asked, and what they are in words."""
    every = rows = tables.table(file)
    for side, word, country in (("reporter", "of", reporter), ("partner", "with", partner)):
        if country is not None:
            code = codes.iso3(country)
            rows, what = rows[rows[side] == code], f"{what} {word} {code}"
    if rows.empty:
        pairs = every[["reporter", "partner"]].drop_duplicates().itertuples(index=False)
        offers = ", ".join("-".join(pair) for pair in pairs)
        raise ValueError(f"no {what} are bundled; there are {offers}")
    return rows, what


def _check_source(source: str, figures: pd.DataFrame) -> None:
    present = sorted(set(figures["source_id"]))
    if source not in present:
        registered = sources()["source_id"].tolist()
        why = "has no such figures" if source in registered else "is not a source"
        raise ValueError(f"{source!r} {why}; there are {', '.join(present)}")


def part_years(figures: pd.DataFrame, flow: str = "turnover") -> pd.DataFrame:
    """Cumulative figures of a flow from January to the end of a month before December."""
    year, months = frames.calendar(figures)
    wanted = months.between(1, 11) & (figures["flow"] == flow) & figures["value_musd"].notna()
    part = figures.assign(year=year, months=months)[wanted]
    return part.astype({"year": "int64", "months": "int64"})


def annual_series(figures: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Turnover of whole years of a pair by year and, in it, by rank of the source."""
    for source in order:
        _check_source(source, figures)
    usable = figures["source_id"].isin(order) & figures["value_musd"].notna()
    usable &= figures["status"].isin(_FIRM) & figures["coverage"].isin(_GOODS)
    usable &= frames.calendar(figures)[1] == 12
    if not usable.any():
        pair = "-".join(figures[["reporter", "partner"]].iloc[0])
        raise ValueError(
            f"{', '.join(order)} has no full years of {pair} turnover; see load_figures"
        )
    sums = flows.annual(figures[usable])
    twice = sums[sums.duplicated(["year", "source_id"])]
    if len(twice):
        row = twice.iloc[0]
        raise ValueError(
            f"{row['source_id']} has several figures for {row['year']}; choose among load_figures"
        )
    rank = sums["source_id"].map(order.index)
    return sums.assign(rank=rank).sort_values(["year", "rank"]).drop(columns="rank")
