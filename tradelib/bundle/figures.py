"""Figures, the article's claims, statements, drivers and macro series as known on a day."""

from collections.abc import Sequence
from functools import cache

import pandas as pd

from tradelib.bundle import pairs, tables
from tradelib.bundle.sources import registered, ruled, valued
from tradelib.bundle.tables import Day
from tradelib.ground import codes, flows, frames
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError

# What a recommended year may rest on: a count of goods, which nobody doubts or only foresees.
_FIRM = ["final", "preliminary"]
_GOODS = ["goods", "goods_services"]
# What to do where nothing is bundled.
ASK = "ask `tradelib.live` or give your own `history=`"


@tables.dated
@validated
def load_figures(
    reporter: str | int | None = None,
    partner: str | int | None = None,
    *,
    source: str | None = None,
    as_of: Day | None = None,
) -> pd.DataFrame:
    """Every reported figure, conflicting ones side by side.

    Of two countries of which no single figures are bundled, what the reporter's office prints.

    Parameters
    ----------
    reporter, partner : str or int, optional, country by code or name; all if omitted
    source : str, optional, a ``source_id`` of `tradelib.sources`; all if omitted

    Returns
    -------
    DataFrame
        One row a figure: ``flow`` (export, import, turnover), ``period_start``, ``period_end``,
        ``value_musd`` or ``value_meur`` (million, current prices) or only ``growth_yoy`` (fraction,
        as stated), ``bound`` (exact, about, at_least, at_most), ``status``, ``conflict`` (a name
        shared by figures that contradict each other), ``source_id``, ``who``, ``released``, and
        ``read_through`` (third party, revision and file, where a copy was read).

    Examples
    --------
    >>> load_figures("KAZ", "TKM", source="bns").value_musd.max().item()
    562.949016
    """
    figures, what = _between("figures.csv", "figures", reporter, partner)
    if source is not None:
        present = sorted(set(figures["source_id"]))
        if source not in present:
            why = "has no such figures" if source in registered() else "is not a source"
            raise InputError(f"{source!r} {why}; there are {', '.join(present)}")
        figures, what = figures[figures["source_id"] == source], f"{what} from {source}"
    return tables.released_by(figures, as_of, what)


@validated
def available(reporter: str | int, partner: str | int) -> pd.DataFrame:
    """What is bundled of the annual trade of any two countries, a row a source.

    Parameters
    ----------
    reporter, partner : str or int, country by code or name, in either order

    Returns
    -------
    DataFrame
        ``source_id`` (as `load_turnover` takes it), ``reporter`` (whose office it is; empty for a
        matrix made of both sides' reports), ``coverage``, ``flows``, ``first_year``, ``last_year``
        and ``n`` (years of turnover, else of the one flow known), ``valuation``.

    Raises
    ------
    InputError, NoAnswerError
        If a country is unknown, or nothing is known of the pair.

    Examples
    --------
    >>> found = available("KGZ", "UZB").query("reporter != ''")
    >>> found[["source_id", "first_year", "last_year"]].to_numpy().tolist()
    [['uzstat', 2010, 2023], ['nsc_kgz', 1994, 2023]]
    """
    pair = codes.iso3(reporter), codes.iso3(partner)
    stated = _firm_years(pd.concat([_of_pair(*pair), _of_pair(*pair[::-1])]))
    wide = pairs.figures(*pair)
    wide = wide[~wide["source_id"].isin(stated["source_id"])]
    table = pd.concat([stated, wide.assign(end=pd.to_datetime(wide["period_end"]).dt.year)])
    keys, rows = ["source_id", "reporter", "coverage"], []
    for names, some in table.groupby(keys, sort=False):
        cells = some.pivot_table(index="end", columns="flow", values="value_musd")
        known = cells.reindex(columns=list(frames.FLOWS)).notna()
        whole = known["turnover"] | (known["export"] & known["import"])
        years = cells.index[whole if whole.any() else slice(None)]
        flow = ", ".join(known.columns[known.any()])
        rows.append((*names, flow, int(years.min()), int(years.max()), len(years)))
    if not rows:
        raise NoAnswerError(f"nothing is known of {'-'.join(pair)}; {ASK}")
    columns = [*keys, "flows", "first_year", "last_year", "n"]
    return valued(pd.DataFrame(rows, columns=columns))


@tables.dated
@validated
def load_turnover(
    reporter: str | int,
    partner: str | int,
    *,
    source: str = "recommended",
    as_of: Day | None = None,
) -> pd.DataFrame:
    """Annual turnover of any two countries, in either order, one row a year.

    Recommended is the run of an office of either side with five years or more, the one that
    reaches furthest; else the longest run of any source and, after it, the newest year that another
    has: two sources, across which no growth is taken. For the pairs of Turkmenistan the registry
    names the sources, and each year is from the first that has it: for Kazakhstan the Kazakh
    statistics bureau from 2018, a BACI-type matrix before. `available` lists what there is.

    Parameters
    ----------
    reporter, partner : str or int, country by code or name
    source : str, ``"recommended"`` or a ``source_id``

    Returns
    -------
    DataFrame
        ``reporter`` (whose statistics they are), ``partner``, ``year``, ``export_musd``,
        ``import_musd`` (missing where only a total was stated), ``turnover_musd`` (US$ million,
        current prices), ``coverage``, ``status``, ``source_id``, ``released``, ``read_through``
        (the copies that were read where it was not the publisher itself), ``valuation``.

    Raises
    ------
    InputError, NoAnswerError
        If a country or source is unknown, nothing is known of the pair, the source has no full
        years with both flows or several figures a year, or nothing was released by `as_of`.

    Examples
    --------
    >>> load_turnover("KAZ", "TKM").turnover_musd.round(1).tolist()[-4:]
    [438.7, 562.9, 555.8, 515.5]
    >>> load_turnover("Turkey", "Kazakhstan").turnover_musd.iloc[-1].item()
    5410.0
    """
    asked = codes.iso3(reporter), codes.iso3(partner)
    pair, order = ruled(*asked)
    if source == "recommended" and order:
        return _stated(pair, order, as_of)
    for side in () if source == "recommended" else (asked, asked[::-1]):
        if source in set(_of_pair(*side)["source_id"]):
            return _stated(side, [source], as_of)

    def series(on: Day | None) -> pd.DataFrame:
        seen = pairs.reports(*pair, on)
        one = [seen[source]] if source in seen else []
        return pairs.annual_of(pairs.recommended_of(seen) if source == "recommended" else one)

    every, named = series(None), f"annual figures of {'-'.join(pair)}"
    if every.empty:
        offers, source = ", ".join(available(*pair)["source_id"]), f"the source {source!r}"
        source = "any source" if "recommended" in source else source
        raise NoAnswerError(f"no full {named} are from {source}; there are {offers}; {ASK}")
    seen = every if as_of is None else series(as_of)
    return tables.released_by(every if seen.empty else seen, as_of, named)


def own_history(
    reporter: str, partner: str, flow: str = "turnover", *, as_of: Day | None = None
) -> pd.DataFrame:
    """What is recommended of a pair's turnover or of one flow (then called turnover too), if any.

    Years without trade are left out: a history holds positive values.
    """
    pair, order = ruled(reporter, partner)
    if order:
        own = flow if flow == "turnover" or pair[0] == reporter else flows.MIRRORED[flow]
        table = _stated(pair, order, as_of)
        table = table.assign(turnover_musd=table[f"{own}_musd"])
    else:
        seen = pairs.reports(*pair, as_of)
        if flow != "turnover":
            seen = {source: pairs.alone(one, reporter, flow) for source, one in seen.items()}
        table = pairs.annual_of(pairs.recommended_of(seen))
    if flow != "turnover":
        table = table.drop(columns=["export_musd", "import_musd"])
    trading = table["turnover_musd"].to_numpy() > 0
    return table if trading.all() else table[trading].reset_index(drop=True)


@tables.dated
@validated
def load_part_years(
    reporter: str | int, partner: str | int, *, flow: str = "turnover", as_of: Day | None = None
) -> pd.DataFrame:
    """Cumulative figures from January to the end of a month before December.

    Parameters
    ----------
    reporter, partner : str or int, country by code or name
    flow : str, ``"turnover"``, ``"export"`` or ``"import"``

    Returns
    -------
    DataFrame
        The columns of `load_figures` plus ``year`` and ``months`` (int64, 1-11). Several sources
        may give the same months, doubtful and preliminary ones among them; ``bound``, ``coverage``
        and ``status`` say which figures divide by which.

    Examples
    --------
    >>> seven = load_part_years("KAZ", "TKM", as_of="2022-10-05").query("year == 2022")
    >>> seven[["months", "value_musd"]].iloc[0].tolist()
    [7.0, 228.8]
    """
    if flow not in frames.FLOWS:
        raise InputError(f"flow is turnover, export or import, got {flow!r}")
    part = part_years(load_figures(reporter, partner), flow)
    if part.empty:
        raise NoAnswerError(f"no part-year {flow} is bundled for {reporter}-{partner}")
    return tables.released_by(part, as_of, f"part-year figures of {reporter}-{partner}")


@tables.dated
@validated
def load_article(*, as_of: Day | None = None) -> pd.DataFrame:
    """Every figure and checkable statement of the article, in our own words.

    Returns
    -------
    DataFrame
        One row a claim: ``claim`` (short name), ``check`` (what it is held against: level, ratio,
        target, event, years), ``said``, the pair, the period and the one compared with, ``item``,
        ``value``, ``unit``, ``decimals`` (as printed) and ``approximate`` ("close to", "almost").

    Examples
    --------
    >>> load_article().query("claim == 'turnover_2021'").value.tolist()
    [254.3]
    """
    return tables.released_by(tables.table("article_claims.csv"), as_of, "claims")


@tables.dated
@validated
def load_target_statements(
    reporter: str | int = "KAZ", partner: str | int = "TKM", *, as_of: Day | None = None
) -> pd.DataFrame:
    """Each time officials stated the target, and in which words.

    Parameters
    ----------
    reporter, partner : str or int, country by code or name

    Returns
    -------
    DataFrame
        One row a statement: ``stated`` (day), ``value_musd``, ``deadline`` (year, missing if none),
        ``horizon_years``, ``deadline_words``, ``who``, ``publisher`` and its source.

    Examples
    --------
    >>> load_target_statements(as_of="2022-10-05").value_musd.tolist()
    [1000.0, 1000.0]
    """
    stated, what = _between("target_statements.csv", "target statements", reporter, partner)
    return tables.released_by(stated, as_of, what)


@tables.dated
@validated
def load_drivers(*, as_of: Day | None = None) -> pd.DataFrame:
    """What is known of composition and drivers: goods, gas offers, rail tonnes, border zone.

    Returns
    -------
    DataFrame
        One row a fact: ``topic``, ``item``, ``period`` (free text), ``value`` (text, missing where
        nothing was quantified), ``unit``, ``who`` and its source.

    Examples
    --------
    >>> load_drivers().query("topic == 'gas'").value.iloc[0]
    '1.5'
    """
    return tables.released_by(tables.table("drivers.csv"), as_of, "drivers")


@tables.dated
@validated
def load_macro(
    indicator: str, country: str | int | None = None, *, as_of: Day | None = None
) -> pd.DataFrame:
    """GDP, goods trade totals and US prices by country and year; sources that differ side by side.

    Parameters
    ----------
    indicator : str
        For example ``"gdp"`` (US$ million), ``"cpi_u"`` (US consumer prices, 1982-84 = 100),
        ``"gdp_deflator"`` (US, 2017 = 100), ``"goods_exports"`` (US$ million).
    country : str or int, optional, country by code or name; all if omitted

    Returns
    -------
    DataFrame, country, year, value, unit, status, source_id, released, note

    Examples
    --------
    >>> load_macro("cpi_u", "USA").query("year == 2021").value.tolist()
    [270.97]
    """
    every = tables.table("macro.csv")
    values = every[every["indicator"] == indicator]
    if values.empty:
        offers = ", ".join(every["indicator"].unique())
        raise InputError(f"no indicator is called {indicator!r}; there are {offers}")
    if country is not None:
        code = codes.iso3(country)
        if code not in set(values["country"]):
            offers = ", ".join(values["country"].unique())
            raise NoAnswerError(f"{indicator} is not bundled for {code}; there are {offers}")
        values = values[values["country"] == code]
    return tables.released_by(values, as_of, f"values of {indicator}")


def _between(
    file: str, what: str, reporter: str | int | None, partner: str | int | None
) -> tuple[pd.DataFrame, str]:
    """Rows of a table with one or both sides as asked, and what they are in words."""
    every = rows = tables.table(file)
    for side, word, country in (("reporter", "of", reporter), ("partner", "with", partner)):
        if country is not None:
            code = codes.iso3(country)
            rows, what = rows[rows[side] == code], f"{what} {word} {code}"
    if rows.empty and file == "figures.csv" and reporter is not None and partner is not None:
        wide = pairs.figures(codes.iso3(reporter), codes.iso3(partner))
        rows = wide[wide["reporter"] == codes.iso3(reporter)]
    if rows.empty:
        there = every[["reporter", "partner"]].drop_duplicates().itertuples(index=False)
        offers = ", ".join("-".join(pair) for pair in there)
        raise NoAnswerError(f"no {what} are bundled; there are {offers}")
    return rows, what


@cache
def with_part_years() -> frozenset[tuple[str, str]]:
    """Pairs, as reported, of which months of a year are bundled."""
    part = part_years(tables.table("figures.csv"))
    return frozenset(part[["reporter", "partner"]].itertuples(index=False, name=None))


def _of_pair(reporter: str, partner: str) -> pd.DataFrame:
    """The figures that one side reported of the other, if any."""
    every = tables.table("figures.csv")
    return every[(every["reporter"] == reporter) & (every["partner"] == partner)]


def _stated(pair: tuple[str, str], order: Sequence[str], as_of: Day | None) -> pd.DataFrame:
    """The annual series of a pair from its figures, each year from the first source that has it."""
    named = f"{'-'.join(pair)} from {', '.join(order)}"
    sums = tables.released_by(_every_sum(pair, tuple(order)), as_of, f"annual figures of {named}")
    return valued(sums.drop_duplicates("year", ignore_index=True))


@cache
def _every_sum(pair: tuple[str, str], order: tuple[str, ...]) -> pd.DataFrame:
    """Years of a pair by each source, in the sources' order. Shared: not to be handed out."""
    named, figures = f"{'-'.join(pair)} from {', '.join(order)}", _of_pair(*pair)
    usable = _firm_years(figures[figures["source_id"].isin(order)])
    if usable.empty:
        raise NoAnswerError(f"there are no full years of turnover of {named}; see load_figures")
    sums = flows.annual(usable)
    frames.refuse(
        sums,
        sums.duplicated(["year", "source_id"]),
        "{source_id} has several figures for {year}; choose among load_figures",
    )
    rank = sums["source_id"].map(order.index)
    return sums.assign(rank=rank).sort_values(["year", "rank"]).drop(columns="rank")


def part_years(figures: pd.DataFrame, flow: str = "turnover") -> pd.DataFrame:
    """Cumulative figures of a flow from January to the end of a month before December."""
    year, months = frames.calendar(figures)
    wanted = months.between(1, 11) & (figures["flow"] == flow) & figures["value_musd"].notna()
    part = figures.assign(year=year, months=months)[wanted]
    return part.astype({"year": "int64", "months": "int64"})


def _firm_years(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures of whole years that a recommended series may rest on, and the year of each."""
    year, months = frames.calendar(figures)
    usable = figures["value_musd"].notna() & figures["status"].isin(_FIRM)
    usable &= figures["coverage"].isin(_GOODS) & (months == 12)
    return figures.assign(end=year)[usable]
