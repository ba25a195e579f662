"""Bundled files as tidy frames: schema checked, limited to what was known on a day.

Every row names its source (``source_id``, ``who``, ``source_url``) and the day the figure became
public (``released``). ``as_of`` leaves out what was released later; ``as_of=None`` keeps all of it,
and "now" is the newest release in the data, never the clock. Values are today's vintage: an earlier
``as_of`` limits which figures are seen, not how they read before revision.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tradelib.bundle.sources import known_year, path, recommended, sources
from tradelib.ground import codes, flows

__all__ = [
    "load_article",
    "load_calibration",
    "load_drivers",
    "load_figures",
    "load_gravity_model",
    "load_growth",
    "load_growth_model",
    "load_growth_scores",
    "load_macro",
    "load_part_years",
    "load_pledge_shift",
    "load_scores",
    "load_target_statements",
    "load_targets",
    "load_turnover",
]

Day: TypeAlias = str | date

_SOURCED = {"source_id": "text", "released": "date", "note": "text?"}
_PAIR = {"reporter": "country", "partner": "country"}
_CITED = {"source_title": "text", "source_url": "text?"}
_BASIS = "stated|month|lag|accessed"
_GROWTH = (
    {
        "among": "text",
        "past": "any|fell|rose|doubled",
        "ever": "bool",
        "horizon": "integer",
        "size_musd": "number",
        "origin": "integer",
        "n": "integer",
        "unknown": "integer",
        "new_pairs": "integer",
    }
    | dict.fromkeys(
        ("q0.005", "q0.01", "q0.025", "q0.05", "q0.1", "q0.2", "q0.3", "q0.4", "q0.5", "q0.6",
         "q0.7", "q0.8", "q0.85", "q0.9", "q0.925", "q0.95", "q0.97", "q0.98", "q0.99", "q0.995"),
        "number",
    )
    | _SOURCED
)  # fmt: skip
_SCORES = {
    "forecaster": "text",
    "origin": "integer",
    "horizon": "integer",
    "n": "integer",
    "missing": "number",
    "floored": "number",
    "crps": "number",
    "coverage80": "number",
    "below10": "number",
    "above90": "number",
    "brier_x1.5": "number",
    "bias_x1.5": "number",
    "brier_x2": "number",
    "bias_x2": "number",
    "brier_x4": "number",
    "bias_x4": "number",
} | _SOURCED
_SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "figures.csv": _PAIR
    | {
        "flow": "export|import|turnover",
        "coverage": "goods|goods_services|services|farm_goods|gas|unknown",
        "period_start": "date",
        "period_end": "date?",
        "value_musd": "number?",
        "value_meur": "number?",
        "bound": "exact|about|at_least|at_most",
        "growth_yoy": "number?",
        "growth_doubtful": "bool",
        "status": "final|preliminary|doubtful|rejected|forecast",
        "conflict": "text?",
        "who": "text",
        "publisher": "text",
        "released_basis": _BASIS,
    }
    | _SOURCED
    | _CITED,
    "article_claims.csv": _PAIR
    | {
        "claim": "text",
        "check": "level|ratio|target|event|years",
        "said": "text",
        "period_start": "date?",
        "period_end": "date?",
        "compare_start": "date?",
        "compare_end": "date?",
        "item": "text?",
        "value": "number?",
        "unit": "musd|meur|ratio|years|year",
        "decimals": "integer",
        "approximate": "bool",
        "who": "text",
    }
    | _SOURCED,
    "target_statements.csv": _PAIR
    | {
        "stated": "date",
        "value_musd": "number",
        "deadline": "integer?",
        "horizon_years": "integer?",
        "deadline_words": "text?",
        "who": "text",
        "publisher": "text",
        "released_basis": _BASIS,
    }
    | _SOURCED
    | _CITED,
    "targets.csv": {"target_id": "text", "scope": "pair|region"}
    | _PAIR
    | {
        "announced": "when",
        "announced_by": "text",
        "target_value": "number",
        "currency": "USD|EUR|GBP|NZD|AUD",
        "deadline": "integer?",
        "deadline_kind": "explicit|n_years|vague",
        "baseline_value": "number?",
        "baseline_year": "integer?",
        "outcome_value": "number?",
        "outcome_year": "integer?",
        "reached_year": "integer?",
        "status": "met_on_time|met_late|missed|open|superseded",
        "coverage": "goods|goods_services|unknown",
        "statistics_of": "text",
        "announce_url": "text",
        "baseline_url": "text?",
        "outcome_url": "text?",
        "announce_printed": "when?",
        "baseline_printed": "when?",
        "outcome_printed": "when?",
        "presumptive": "bool",
        "near_year": "bool",
        "partial": "bool",
        "derived": "bool",
        "conflict": "bool",
        "weak": "bool",
        "re_dated": "bool",
        "audited": "bool",
        "check": "bool",
        "audit": "text?",
        "batch": "integer",
        "version": "integer",
        "supersedes": "text?",
        "released_basis": "stated|month|year",
        "resolved": "date?",
    }
    | _SOURCED,
    "drivers.csv": {
        "topic": "text",
        "item": "text",
        "period": "text",
        "value": "text?",
        "unit": "text?",
        "who": "text",
        "released_basis": _BASIS,
    }
    | _SOURCED
    | _CITED,
    "macro.csv": {
        "indicator": "text",
        "country": "country",
        "year": "integer",
        "value": "number",
        "unit": "text",
        "status": "final|projection|incomplete|rounded|doubtful",
    }
    | _SOURCED
    | _CITED,
    "growth.csv": _GROWTH,
    "growth_groups.csv": _GROWTH,
    "forecaster_scores.csv": _SCORES,
    "growth_scores.csv": {"trial": "text", "group": "text"} | _SCORES,
    "growth_calibration.csv": {
        "event": "x1.5|x2|x4|pit",
        "horizon": "integer",
        "origin": "integer",
        "bin": "integer",
        "n": "integer",
        "forecast": "number",
        "hits": "integer",
    }
    | _SOURCED,
    "pledge_shift.csv": {
        "n": "integer",
        "pairs": "integer",
        "shift": "number",
        "low": "number",
        "high": "number",
    }
    | _SOURCED,
}
_DTYPES = {
    "number": "float64",
    "number?": "float64",
    "integer": "int64",
    "integer?": "Int64",
    "bool": "bool",
}
_INDEPENDENT = ["final", "preliminary"]


def load_figures(
    reporter: str | int | None = None,
    partner: str | int | None = None,
    *,
    source: str | None = None,
    as_of: Day | None = None,
) -> pd.DataFrame:
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
        One row a figure, with ``reporter``, ``partner`` (str), ``flow`` (export, import,
        turnover), ``coverage``, ``period_start``, ``period_end`` (datetime64), ``value_musd`` or
        ``value_meur`` (float64, million, current prices), ``bound`` (exact, about, at_least,
        at_most), ``growth_yoy`` (float64, fraction, as stated) and ``growth_doubtful`` (bool),
        ``status``, ``conflict`` (a name shared by figures that contradict each other, else
        missing), ``source_id``, ``who``, ``publisher``, ``released`` (datetime64),
        ``released_basis`` (stated, month, lag, accessed), ``source_title``, ``source_url`` and
        ``note``. A row may state growth only.

    Raises
    ------
    ValueError
        If a country, source or pair is unknown, or nothing was released by `as_of`.

    Examples
    --------
    >>> load_figures("KAZ", "TKM", source="bns").value_musd.max().item()
    562.949016
    """
    table = _table("figures.csv")
    what = "figures"
    if reporter is not None:
        code = codes.iso3(reporter)
        table, what = table[table["reporter"] == code], f"figures reported by {code}"
    if partner is not None:
        code = codes.iso3(partner)
        table, what = table[table["partner"] == code], f"{what} with {code}"
    if table.empty:
        pairs = _table("figures.csv")[["reporter", "partner"]].drop_duplicates()
        offers = ", ".join(f"{r}-{p}" for r, p in pairs.itertuples(index=False))
        raise ValueError(f"no {what} are bundled; there are {offers}")
    if source is not None:
        _check_source(source, table)
        table, what = table[table["source_id"] == source], f"{what} from {source}"
    return _known(table, as_of, what)


def load_turnover(
    reporter: str | int,
    partner: str | int,
    *,
    source: str = "recommended",
    as_of: Day | None = None,
) -> pd.DataFrame:
    """Annual turnover of a pair, one row a year.

    The recommended series takes each year from the first source in the registry's order that has
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
        ``reporter``, ``partner`` (str), ``year`` (int64), ``export_musd``, ``import_musd``
        (float64, missing where only a total was stated), ``turnover_musd`` (float64, US$ million,
        current prices), ``coverage``, ``status``, ``source_id`` (str), ``released`` (datetime64).

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
    sums = _known(_annual(*pair, source, tuple(order)), as_of, what)
    return sums.drop_duplicates("year").drop(columns="rank").reset_index(drop=True)


@cache
def _annual(reporter: str, partner: str, source: str, order: tuple[str, ...]) -> pd.DataFrame:
    """Turnover of whole years from each source in order, a row a year and source. Shared."""
    found = load_figures(reporter, partner)
    for name in order:
        _check_source(name, found)
    annual = found[_whole_years(found) & found["source_id"].isin(order)]
    annual = annual[annual["value_musd"].notna() & annual["status"].isin(_INDEPENDENT)]
    annual = annual[annual["coverage"].isin(["goods", "goods_services"])]
    if annual.empty:
        raise ValueError(
            f"{source} has no full years of {reporter}-{partner} turnover; see load_figures"
        )
    sums = flows.turnover(annual)
    sums["year"] = sums["period_end"].dt.year.astype("int64")
    sums["rank"] = sums["source_id"].map(order.index)
    sums = sums.sort_values(["year", "rank"])
    if sums.duplicated(["year", "rank"]).any():
        year = sums[sums.duplicated(["year", "rank"])]["year"].iloc[0]
        raise ValueError(f"{source} has several figures for {year}; choose among load_figures")
    early = annual[annual["status"] == "preliminary"].set_index(["source_id", "period_end"]).index
    preliminary = sums.set_index(["source_id", "period_end"]).index.isin(early)
    sums["status"] = pd.Series(preliminary, sums.index).map({True: "preliminary", False: "final"})
    columns = [
        "reporter", "partner", "year", "export_musd", "import_musd", "turnover_musd", "coverage",
        "status", "source_id", "released", "rank",
    ]  # fmt: skip
    return sums[columns]


def load_part_years(
    reporter: str | int,
    partner: str | int,
    *,
    flow: str = "turnover",
    as_of: Day | None = None,
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
    if flow not in ("turnover", "export", "import"):
        raise ValueError(f"flow is turnover, export or import, got {flow!r}")
    figures = load_figures(reporter, partner)
    inside = figures["period_end"].notna() & ~_whole_years(figures)
    part = figures[inside & (figures["flow"] == flow) & figures["value_musd"].notna()]
    if part.empty:
        raise ValueError(f"no part-year {flow} is bundled for {reporter}-{partner}")
    part = part.assign(
        year=part["period_end"].dt.year.astype("int64"),
        months=part["period_end"].dt.month.astype("int64"),
    )
    return _known(part, as_of, f"part-year figures of {reporter}-{partner}")


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
        target, event, years), ``said``, ``reporter``, ``partner``, ``period_start``,
        ``period_end``, ``compare_start``, ``compare_end`` (datetime64), ``item``, ``value``
        (float64), ``unit``, ``decimals`` (int64, as printed), ``approximate`` (bool: "close to",
        "almost"), ``who``, ``source_id``, ``released`` and ``note``.

    Raises
    ------
    ValueError
        If nothing was printed by `as_of`.

    Examples
    --------
    >>> load_article().query("claim == 'turnover_2021'").value.tolist()
    [254.3]
    """
    return _known(_table("article_claims.csv"), as_of, "claims")


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
        One row a statement: ``reporter``, ``partner``, ``stated`` (datetime64), ``value_musd``
        (float64), ``deadline`` (Int64 year, missing if none), ``horizon_years`` (Int64),
        ``deadline_words``, ``who``, ``publisher``, source columns and ``released``.

    Raises
    ------
    ValueError
        If the pair is unknown or nothing was said by `as_of`.

    Examples
    --------
    >>> load_target_statements(as_of="2022-10-05").value_musd.tolist()
    [1000.0, 1000.0]
    """
    table = _table("target_statements.csv")
    pair = codes.iso3(reporter), codes.iso3(partner)
    mine = table[(table["reporter"] == pair[0]) & (table["partner"] == pair[1])]
    if mine.empty:
        pairs = table[["reporter", "partner"]].drop_duplicates().itertuples(index=False)
        offers = ", ".join(f"{r}-{p}" for r, p in pairs)
        raise ValueError(f"no target of {pair[0]}-{pair[1]} is bundled; there are {offers}")
    return _known(mine, as_of, f"target statements of {pair[0]}-{pair[1]}")


def load_targets(
    reporter: str | int | None = None,
    partner: str | int | None = None,
    *,
    status: str | None = None,
    as_of: Day | None = None,
) -> pd.DataFrame:
    """The registry of announced trade targets and what became of them.

    With `as_of` a pledge appears once it was announced, and what was learned later about it reads
    as unknown: baseline, outcome and year reached of years whose figures were not out (the rule
    of the source ``pledges``, 30 June of the next year), and the status that they decide. Notes,
    tags and addresses are today's.

    Parameters
    ----------
    reporter, partner : str or int, optional
        Country or group by code or name, in either order; all if omitted.
    status : str, optional
        Recorded status: met_on_time, met_late, missed, open or superseded.
    as_of : str, date or Timestamp, optional
        Only what was known by that day.

    Returns
    -------
    DataFrame
        One row a pledge: ``target_id``, ``scope`` (pair, region), ``reporter``, ``partner``,
        ``announced`` (str: ISO day, month or year, as exact as known), ``announced_by``;
        ``target_value``, ``baseline_value``, ``outcome_value`` (float64, million of ``currency``,
        current prices) and the same as ``target_musd``, ``baseline_musd``, ``outcome_musd``
        (missing in other currencies); ``deadline``, ``baseline_year``, ``outcome_year``,
        ``reached_year`` (Int64), ``deadline_kind`` (explicit, n_years, vague), ``status``,
        ``coverage``, ``statistics_of``, three addresses and when each text was printed, nine tags
        (bool; ``data/targets.resource.json`` says what each means), ``audit``, ``batch``,
        ``version`` (rank among the pair's pledges), ``supersedes`` (a ``target_id``),
        ``released``, ``released_basis``, ``resolved`` (day from which on time or not can be
        known), ``source_id``, ``note``.

    Raises
    ------
    ValueError
        If a country or status is unknown, no pledge fits, or none was announced by `as_of`.

    Examples
    --------
    >>> load_targets("KAZ", "TKM")[["target_musd", "deadline", "baseline_musd"]].iloc[0].tolist()
    [1000.0, 2027.0, 254.3]
    """
    table = _table("targets.csv")
    allowed = _SCHEMAS["targets.csv"]["status"].split("|")
    if status is not None and status not in allowed:
        raise ValueError(f"a recorded status is one of {', '.join(allowed)}, got {status!r}")
    if as_of is not None:
        table = _then(_known(table, as_of, "targets"), day(as_of))
    what = "target"
    for country in (reporter, partner):
        if country is not None:
            code = codes.iso3(country)
            table = table[(table["reporter"] == code) | (table["partner"] == code)]
            what += f" of {code}" if what == "target" else f" and {code}"
    if status is not None:
        table, what = table[table["status"] == status], f"{what} with status {status}"
    if table.empty:
        known = "" if as_of is None else f" and was announced by {day(as_of).date()}"
        raise ValueError(f"no {what} is bundled{known}; see load_targets() for all of them")
    dollars = {
        f"{name}_musd": table[f"{name}_value"].where(table["currency"] == "USD")
        for name in ("target", "baseline", "outcome")
    }
    return table.assign(**dollars).reset_index(drop=True)


def _then(table: pd.DataFrame, limit: pd.Timestamp) -> pd.DataFrame:
    """Pledges announced by a day, with what was learned of them later made unknown."""
    table, last = table.copy(), known_year("pledges", limit)
    looked = table["outcome_year"].fillna(table["deadline"])
    later = {
        "baseline": table["baseline_year"] > last,
        "outcome": looked.isna() | (looked > last),
        "reached": table["reached_year"].isna() | (table["reached_year"] > last),
    }
    for name in ("baseline", "outcome"):
        table.loc[later[name], [f"{name}_value", f"{name}_year"]] = pd.NA
    table.loc[later["reached"], "reached_year"] = pd.NA
    undecided = table["resolved"].isna() | (table["resolved"] > limit)
    replaced = table["target_id"].isin(table["supersedes"].dropna())
    known = table["status"].mask(later["reached"] & (table["status"] == "met_late"), "missed")
    known = known.mask(undecided, "open")
    table["status"] = known.mask((table["status"] == "superseded") & replaced, "superseded")
    return table


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
        nothing was quantified), ``unit``, ``who``, source columns and ``released``.

    Raises
    ------
    ValueError
        If nothing was released by `as_of`.

    Examples
    --------
    >>> load_drivers().query("topic == 'gas'").value.iloc[0]
    '1.5'
    """
    return _known(_table("drivers.csv"), as_of, "drivers")


def load_macro(
    indicator: str, country: str | int | None = None, *, as_of: Day | None = None
) -> pd.DataFrame:
    """GDP, goods trade totals and US prices by country and year.

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
        ``indicator``, ``country`` (str), ``year`` (int64), ``value`` (float64), ``unit``,
        ``status``, ``source_id``, ``released`` (datetime64), ``source_title``, ``source_url``,
        ``note``. Sources that differ stand side by side.

    Raises
    ------
    ValueError
        If the indicator or country is unknown, or nothing was released by `as_of`.

    Examples
    --------
    >>> load_macro("cpi_u", "USA").query("year == 2021").value.tolist()
    [270.97]
    """
    table = _table("macro.csv")
    mine = table[table["indicator"] == indicator]
    if mine.empty:
        offers = ", ".join(table["indicator"].unique())
        raise ValueError(f"no indicator is called {indicator!r}; there are {offers}")
    if country is not None:
        code = codes.iso3(country)
        if code not in set(mine["country"]):
            offers = ", ".join(mine["country"].unique())
            raise ValueError(f"{indicator} is not bundled for {code}; there are {offers}")
        mine = mine[mine["country"] == code]
    return _known(mine, as_of, f"values of {indicator}")


def load_scores(*, as_of: Day | None = None) -> pd.DataFrame:
    """How each single-history forecaster did on thousands of country pairs.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Refused before the day on which the panel it was computed from became public.

    Returns
    -------
    DataFrame
        The columns of `tradelib.backtest` (a row a forecaster, origin and horizon), computed on 350
        pairs an origin by ``data/prepare/forecaster_scores.py``.

    Raises
    ------
    ValueError
        If the scores were not known by `as_of`.

    Examples
    --------
    >>> sorted(load_scores().forecaster.unique())
    ['damped_trend', 'drift', 'local_trend', 'naive', 'theta']
    """
    return _known(_table("forecaster_scores.csv"), as_of, "scores of forecasters")


def schema(file: str) -> dict[str, str]:
    """Columns of a bundled table and the kind of each, as `check_table` takes them.

    Parameters
    ----------
    file : str
        Name of a table.

    Returns
    -------
    dict of column to kind

    Raises
    ------
    ValueError
        If no such table is bundled.

    Examples
    --------
    >>> schema("targets.csv")["announced"]
    'when'
    """
    if file not in _SCHEMAS:
        raise ValueError(f"no table is called {file!r}; there are {', '.join(_SCHEMAS)}")
    return dict(_SCHEMAS[file])


def load_growth(*, groups: bool = False, as_of: Day | None = None) -> pd.DataFrame:
    """How much pairs of each size grew, over each horizon, from each year of 2000-2016.

    Parameters
    ----------
    groups : bool
        With the classes of past growth, of neighbours and of former Soviet republics.
    as_of : str, date or Timestamp, optional
        Only if it was known by that day.

    Returns
    -------
    DataFrame
        A table of `tradelib.reference.growth_table`, in log points of current US$, computed from
        17 744 pairs by ``data/prepare/growth_table.py``.

    Raises
    ------
    ValueError
        If the table was not known by `as_of`.

    Examples
    --------
    >>> load_growth().query("horizon == 5 and size_musd == 256 and not ever").n.sum().item()
    13911
    """
    table = _table("growth.csv")
    if groups:
        table = pd.concat([table, _table("growth_groups.csv")], ignore_index=True)
    return _known(table, as_of, "growth tables")


def load_growth_scores(*, as_of: Day | None = None) -> pd.DataFrame:
    """How the growth model scores where it could not have looked, beside simple baselines.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only if it was known by that day.

    Returns
    -------
    DataFrame
        The columns of `tradelib.backtest` with ``trial`` (what it was learned from and scored on)
        and ``group`` (of pairs; ``"all"``), from ``data/prepare/growth_scores.py``.

    Raises
    ------
    ValueError
        If the scores were not known by `as_of`.

    Examples
    --------
    >>> sorted(load_growth_scores().forecaster.unique())
    ['drift', 'growth', 'growth_alone', 'naive', 'pooled']
    """
    return _known(_table("growth_scores.csv"), as_of, "scores of the growth model")


def load_calibration(*, as_of: Day | None = None) -> pd.DataFrame:
    """Counts behind the growth model's reliability diagrams and PIT histograms.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only if it was known by that day.

    Returns
    -------
    DataFrame
        As `tradelib.calibration` returns it, of the model refitted at each origin.

    Raises
    ------
    ValueError
        If the counts were not known by `as_of`.

    Examples
    --------
    >>> sorted(load_calibration().event.unique())
    ['pit', 'x1.5', 'x2', 'x4']
    """
    return _known(_table("growth_calibration.csv"), as_of, "calibration counts")


def load_pledge_shift(*, as_of: Day | None = None) -> pd.DataFrame:
    """How announced targets did against like pairs, as it was known from year to year.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was known by that day.

    Returns
    -------
    DataFrame
        A row a day on which pledges were resolved: ``n``, ``pairs``, ``shift``, ``low``, ``high``
        (log odds of a pledge being on time less those of like pairs, as in
        `tradelib.PledgeEffect`), from ``data/prepare/pledge_shift.py``.

    Raises
    ------
    ValueError
        If nothing was known by `as_of`.

    Examples
    --------
    >>> bool(load_pledge_shift(as_of="2022-10-05")["shift"].iloc[-1] < 0)
    True
    """
    return _known(_table("pledge_shift.csv"), as_of, "pledges held against like pairs")


def load_growth_model(*, as_of: Day | None = None) -> dict[str, Any]:
    """The shipped growth model as plain numbers and texts.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only if it was known by that day.

    Returns
    -------
    dict
        For `tradelib.panel.GrowthModel.from_dict`; learned by ``data/prepare/growth_model.py``.

    Raises
    ------
    ValueError
        If the model was not known by `as_of`.

    Examples
    --------
    >>> load_growth_model()["known_from"]
    '2020-12-31'
    """
    return _model("growth_model.json", as_of)


def load_gravity_model(*, as_of: Day | None = None) -> dict[str, Any]:
    """What gravity taught, as plain numbers and texts.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only if it was known by that day.

    Returns
    -------
    dict
        For `tradelib.GravityModel.from_dict`; learned by ``data/prepare/gravity_model.py``.

    Raises
    ------
    ValueError
        If it was not known by `as_of`.

    Examples
    --------
    >>> load_gravity_model()["known_from"]
    '2020-12-31'
    """
    return _model("gravity_model.json", as_of)


def _model(file: str, as_of: Day | None) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(_text(file))
    if as_of is not None and day(as_of) < pd.Timestamp(plain["known_from"]):
        name = file.removesuffix(".json").replace("_", " ")
        raise ValueError(
            f"the {name} was not known by {day(as_of).date()}; it is learned from data of "
            f"{plain['known_from']}"
        )
    return plain


@cache
def _text(file: str) -> str:
    return path(file).read_text(encoding="utf-8")


def _known(table: pd.DataFrame, as_of: Day | None, what: str) -> pd.DataFrame:
    """Rows released by a day, as a fresh frame."""
    if as_of is None:
        return table.reset_index(drop=True)
    limit = day(as_of)
    known = table[table["released"] <= limit]
    if known.empty:
        raise ValueError(
            f"no {what} were released by {limit.date()}; the first came on "
            f"{table['released'].min().date()}, the last on {table['released'].max().date()}"
        )
    return known.reset_index(drop=True)


def day(as_of: Day) -> pd.Timestamp:
    """A calendar day from an ISO text or a date; "today" is none, the clock is never asked.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> day("2022-10-05")
    Timestamp('2022-10-05 00:00:00')
    """
    known = as_of if isinstance(as_of, date) else None
    if isinstance(as_of, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of):
        known = pd.to_datetime(as_of, format="%Y-%m-%d", errors="coerce")
    if known is None or pd.isna(known):
        raise ValueError(f"as_of is a day such as '2022-10-05', got {as_of!r}")
    return pd.Timestamp(known.year, known.month, known.day)


def _whole_years(figures: pd.DataFrame) -> pd.Series:
    start, end = figures["period_start"].dt, figures["period_end"].dt
    return start.is_year_start & end.is_year_end & (start.year == end.year)


def _check_source(source: str, table: pd.DataFrame) -> None:
    here = sorted(set(table["source_id"]))
    if source not in here:
        everywhere = sources()["source_id"].tolist()
        why = "has no such figures" if source in everywhere else "is not a source"
        raise ValueError(f"{source!r} {why}; there are {', '.join(here)}")


@cache
def _table(file: str) -> pd.DataFrame:
    """A bundled table with the dtypes of its schema. Shared: never hand it out unfiltered."""
    schema = _SCHEMAS[file]
    plain = {"number": "float64", "integer": "int64"}
    dtypes = {column: plain.get(kind, "str") for column, kind in schema.items()}
    try:
        raw = pd.read_csv(path(file), dtype=dtypes, keep_default_na=False, encoding="utf-8")
    except ValueError:  # some cell is no number: as text, so that the check can name it
        raw = pd.read_csv(path(file), dtype="str", keep_default_na=False, encoding="utf-8")
    return check_table(raw, schema, file)


def check_table(raw: pd.DataFrame, schema: Mapping[str, str], file: str) -> pd.DataFrame:
    """A table of text turned into a schema's dtypes, or an error that names cell and remedy.

    Parameters
    ----------
    raw : DataFrame of str, or of numbers where the schema says so
        Empty string where nothing is known.
    schema : mapping of column to kind
        ``text``, ``number``, ``integer``, ``date``, ``when`` (ISO day, month or year, kept as
        text), ``bool``, ``country`` or the allowed words parted by bars; a trailing ``?`` allows
        empty cells.
    file : str
        Name used in messages.

    Returns
    -------
    DataFrame
        str, float64, int64 (Int64 if empty cells are allowed), datetime64 and bool columns.

    Raises
    ------
    ValueError
        If columns differ from the schema, a cell does not fit, or a row is given twice.
    """
    if set(raw.columns) != set(schema):
        odd = sorted(set(raw.columns) ^ set(schema))
        raise ValueError(f"{file} must have the columns of its schema; check {', '.join(odd)}")
    if raw.duplicated().any():
        line = int(raw.index[raw.duplicated()][0]) + 2
        raise ValueError(f"{file} line {line} repeats an earlier line; delete one")
    columns = {}
    for column, kind in schema.items():
        cells = raw[column]
        if is_numeric_dtype(cells) and np.isfinite(cells).all():
            columns[column] = cells
            continue
        empty = cells == ""
        if empty.any() and not kind.endswith("?"):
            line = int(raw.index[empty][0]) + 2
            raise ValueError(f"{file} line {line}: {column} is empty and must not be")
        parsed = _parse(cells.where(~empty), kind.removesuffix("?"))
        broken = parsed.isna() & ~empty
        if broken.any():
            line = int(raw.index[broken][0]) + 2
            raise ValueError(
                f"{file} line {line}: {column} must be {kind}, got {cells[broken].iloc[0]!r}"
            )
        columns[column] = parsed.astype(_DTYPES[kind]) if kind in _DTYPES else parsed
    return pd.DataFrame(columns)


def _parse(cells: pd.Series, kind: str) -> pd.Series:
    """Cells as a kind; missing where they are empty or do not fit."""
    if kind == "text":
        return cells
    if kind == "date":
        return pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
    if kind == "when":
        full = cells + cells.str.len().map({4: "-01-01", 7: "-01"}).fillna("")
        return cells.where(pd.to_datetime(full, format="%Y-%m-%d", errors="coerce").notna())
    if kind in ("number", "integer"):
        numbers = pd.to_numeric(cells, errors="coerce")
        numbers = numbers.where(numbers.abs() < float("inf"))
        return numbers.where(numbers % 1 == 0) if kind == "integer" else numbers
    if kind == "bool":
        return cells.map({"True": True, "False": False})
    if kind == "country":
        return cells.where(cells.isin(codes.all_codes()))
    return cells.where(cells.isin(kind.split("|")))
