"""Trade of one pair of countries by section of goods, from the chapters of UN Comtrade."""

from collections.abc import Iterable
from functools import partial

import pandas as pd

from tradelib.core.sections import SECTIONS, UNSPECIFIED, section_of
from tradelib.live import comtrade
from tradelib.live.errors import MalformedError
from tradelib.live.fetch import annual_flows, no_figures, pair_asked, years_wanted
from tradelib.live.http import TIMEOUT, WEEK, Client

_SOURCE = "comtrade"
_RECENT = 10  # years asked if none are named: without a key five calls, some seconds apart
_TOLERANCE = 0.01  # of the total, by which chapters may exceed it
_KEYS = ["year", "flow", "section"]
_ALREADY_KNOWN = ["reporter", "partner", "status", "source_id", "released", "accessed"]


def fetch_goods(
    reporter: str | int,
    partner: str | int,
    *,
    years: int | Iterable[int] | None = None,
    max_age_days: float = WEEK,
    offline: bool = False,
    timeout: float = TIMEOUT,
) -> pd.DataFrame:
    """Exports and imports of a pair by section of goods, as one of the two countries reports them.

    UN Comtrade is asked for all chapters of the Harmonized System at once, and for its own total of
    each flow and year. What the total has more than its chapters stands under ``Unspecified``;
    chapters that add up to more than the total, or to nothing, are refused. `tradelib.goods` takes
    the table. The shape of the answers is that of the UN's documents: no recorded answer with
    chapters was to be had.

    Parameters
    ----------
    reporter, partner : str or int
        Countries by code or name. The figures are those that `reporter` publishes.
    years : int or iterable of int, optional
        Calendar years; the current one and nine before it if omitted. Without a key in
        ``COMTRADE_API_KEY`` a call has two years.
    max_age_days : float
        Oldest copy in the cache that is used instead of a new download, in days.
    offline : bool
        Whether to use only the cache, with copies of any age; without a copy it is an error.
    timeout : float
        Seconds for the whole fetch.

    Returns
    -------
    DataFrame
        One row per year, flow and section with trade (a flow that the source does not list has
        none): ``reporter``, ``partner`` (str), ``year``
        (int64), ``flow`` (export, import), ``section`` (str), ``value_musd`` and ``total_musd``
        (float64, US$ million, current prices: of the section, and of all goods of the flow),
        ``status`` (of the total), ``source_id``, ``released``, ``accessed`` (datetime64).

    Raises
    ------
    InputError
        If a country or year is not valid.
    LiveError
        If there is no usable answer; the subclasses of `tradelib.live.LiveError` say why.

    Examples
    --------
    >>> fetch_goods("KAZ", "KAZ")
    Traceback (most recent call last):
    tradelib.core.errors.InputError: a pair is two countries, got KAZ with itself
    """
    pair = pair_asked(reporter, partner, source=_SOURCE, sources=[_SOURCE])
    client = Client(offline=offline, max_age_days=max_age_days, timeout=timeout)
    wanted = years_wanted(years)
    if wanted is None:
        this_year = pd.Timestamp.now(tz="UTC").year
        wanted = set(range(this_year - _RECENT + 1, this_year + 1))
    figures = annual_flows(pair, _SOURCE, wanted, client)
    totals = figures[figures["value_musd"] > 0].assign(year=figures["period_end"].dt.year)
    if totals.empty:
        raise no_figures(pair, _SOURCE, wanted)
    sums = _by_section(pair, sorted(set(totals["year"])), client)
    named = totals.rename(columns={"value_musd": "total_musd"})
    columns = ["year", "flow", "total_musd", *_ALREADY_KNOWN]
    both = pd.concat([sums, _rest(sums, named)]).groupby(_KEYS, as_index=False)["value_musd"].sum()
    table = both[both["value_musd"] > 0].merge(named[columns], on=["year", "flow"])
    rank = table["section"].map(SECTIONS.index)
    table = table.assign(rank=rank).sort_values(["year", "flow", "rank"], ignore_index=True)
    order = ["reporter", "partner", *_KEYS, "value_musd", "total_musd", *_ALREADY_KNOWN[2:]]
    return table[order].astype({"year": "int64", "section": "str"})


def _by_section(pair: tuple[str, str], years: list[int], client: Client) -> pd.DataFrame:
    """Sums of chapters by year, flow and section."""
    rows = []
    parse = partial(comtrade.parse_chapters, reporter=pair[0], partner=pair[1], years=years)
    for call in comtrade.chapter_calls(*pair, years):
        by_chapter, _ = client(call, parse)
        for chapter, figures in by_chapter.items():
            section = section_of(chapter)
            rows += [(item.year, item.flow, section, item.value_musd) for item in figures]
    table = pd.DataFrame(rows, columns=[*_KEYS, "value_musd"])
    return table.astype({"value_musd": "float64"}).groupby(_KEYS, as_index=False).sum()


def _rest(sums: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """What the total of each flow and year has more than its chapters, as unspecified goods.

    Raise if chapters exceed their total, or there are none.
    """
    keys = ["year", "flow"]
    whole = totals.set_index(keys)["total_musd"]
    chapters = sums.groupby(keys)["value_musd"].sum()
    chapters = chapters.reindex(chapters.index.union(whole.index)).fillna(0.0)
    whole = whole.reindex(chapters.index).fillna(0.0)
    odd = (chapters > (1 + _TOLERANCE) * whole) | ((chapters == 0) & (whole > 0))
    if odd.any():
        year, flow = chapters.index[odd][0]
        raise MalformedError(
            f"chapters of the {flow} of {year} that add up to US${chapters[odd].iloc[0]:,.1f}m, "
            f"where their total is US${whole[odd].iloc[0]:,.1f}m",
            asked=_SOURCE,
        )
    rest = (whole - chapters).clip(lower=0.0)
    return rest.rename("value_musd").reset_index().assign(section=UNSPECIFIED)
