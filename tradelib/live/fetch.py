"""Figures of any pair from a live source as tidy frames."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import islice
from numbers import Integral
from types import ModuleType
from typing import TypeAlias

import pandas as pd

from tradelib.bundle.sources import valued
from tradelib.ground import codes, flows
from tradelib.ground.errors import InputError
from tradelib.live import bns, comtrade, gate, imts, tidy, wits
from tradelib.live.errors import NoDataError, asking
from tradelib.live.tidy import Answer
from tradelib.live.transport import TIMEOUT, WEEK, Client

Years: TypeAlias = set[int] | None
_CALENDAR = range(gate.FIRST_YEAR, gate.LAST_YEAR + 1)


def fetch_flows(
    reporter: str | int,
    partner: str | int,
    *,
    source: str = "imts",
    years: int | Iterable[int] | None = None,
    max_age_days: float = WEEK,
    offline: bool = False,
    timeout: float = TIMEOUT,
) -> pd.DataFrame:
    """Exports and imports of a pair as one of the two reports them to a live source.

    The partner's report of the same flows is another call, with the two swapped: put both into
    `tradelib.flows.asymmetry`. A changed digit on the way is noticed for ``"bns"`` only (checksums
    and sums); the others' formats carry nothing that could show it.

    Parameters
    ----------
    reporter, partner : str or int, country by code or name; statistics of the first are asked for
    source : str
        ``"imts"`` (IMF, from 1948), ``"comtrade"`` (UN, from 1995; more rows with a key in
        ``COMTRADE_API_KEY``), ``"bns"`` (Kazakhstan's bureau, from 2020) or ``"wits"`` (World Bank,
        from 1995).
    years : int or iterable of int, optional, calendar years; all that the source has if omitted
    max_age_days : float, oldest copy in the cache that will do
    offline : bool, forbid the network: a copy of any age, or an error
    timeout : float, seconds for the whole fetch

    Returns
    -------
    DataFrame
        The columns of `tradelib.load_figures` (US$ million, current prices) and ``accessed``
        (datetime64). Years that the source does not list are no rows; trade of zero is a row of 0;
        a withheld figure (``status`` ``suppressed``) and one listed without a number (``empty``)
        are rows with a missing value; one that the source marks so is ``preliminary`` or an
        ``estimate``. ``released`` follows the source's lag.

    Raises
    ------
    InputError
        If a country, source or year is not one, or the source does not have that reporter.
    LiveError
        If there is no usable answer; the subclasses of `tradelib.live.LiveError` say why.

    Examples
    --------
    >>> fetch_flows("KAZ", "TKM", source="bns", years=range(2018, 2016))
    Traceback (most recent call last):
    tradelib.ground.errors.InputError: years are whole numbers such as ...
    """
    pair = codes.iso3(reporter), codes.iso3(partner)
    if pair[0] == pair[1]:
        raise InputError(f"a pair is two countries, got {pair[0]} with itself")
    if not isinstance(source, str) or source not in _READERS:
        raise InputError(f"source is one of {', '.join(_READERS)}, got {source!r}")
    client = Client(offline=offline, max_age_days=max_age_days, timeout=timeout)
    wanted = years_wanted(years)
    answers = _READERS[source](*pair, wanted=wanted, client=client)
    with asking(answers[0][1].address if answers else source):
        gate.once(one for found, _ in answers for one in found)
    frame = tidy.figures(source, *pair, answers)
    if wanted:
        frame = frame[frame["period_end"].dt.year.isin(wanted)].reset_index(drop=True)
    if frame.empty:
        when = f" in {min(wanted)}-{max(wanted)}" if wanted else ""
        asked = f"{source} for {pair[0]}'s trade with {pair[1]}{when}"
        raise NoDataError(f"an answer without figures of {pair[1]}", asked=asked)
    return frame


def fetch_turnover(
    reporter: str | int,
    partner: str | int,
    *,
    source: str = "imts",
    years: int | Iterable[int] | None = None,
    max_age_days: float = WEEK,
    offline: bool = False,
    timeout: float = TIMEOUT,
) -> pd.DataFrame:
    """Annual turnover of a pair from a live source, ready to be a history.

    Parameters
    ----------
    reporter, partner, source, years, max_age_days, offline, timeout : as for `fetch_flows`

    Returns
    -------
    DataFrame, the columns of `tradelib.load_turnover`, a row a year of which both flows are known;
    its ``status`` is ``estimate`` or ``preliminary`` where that of a flow is

    Raises
    ------
    InputError, LiveError
        As for `fetch_flows`; `tradelib.live.NoDataError` if no year has both flows.

    Examples
    --------
    >>> fetch_turnover("KAZ", "KAZ")
    Traceback (most recent call last):
    tradelib.ground.errors.InputError: a pair is two countries, got KAZ with itself
    """
    figures = fetch_flows(
        reporter,
        partner,
        source=source,
        years=years,
        max_age_days=max_age_days,
        offline=offline,
        timeout=timeout,
    )
    known = figures[figures["value_musd"].notna()]
    both = known[known.duplicated("period_end", keep=False)]
    if both.empty:
        flow = ", ".join(known["flow"].unique()) or "neither"
        raise NoDataError(f"no year with both exports and imports but {flow}", asked=source)
    guessed = both.loc[both["status"] == "estimate", "period_end"].dt.year
    table = valued(flows.annual(both))
    return table.assign(status=table["status"].mask(table["year"].isin(guessed), "estimate"))


def _by_indicator(source: ModuleType, *pair: str, client: Client, **_: object) -> list[Answer]:
    """Answers of a source that is asked for each flow by itself; one of them may have none."""
    answers = []
    for indicator, call in source.calls(*pair):
        parse = partial(source.parse, reporter=pair[0], partner=pair[1], indicator=indicator)
        with suppress(NoDataError):
            answers.append(client(call, parse))
    return answers


def _from_comtrade(reporter: str, partner: str, *, wanted: Years, client: Client) -> list[Answer]:
    years = sorted(wanted or range(comtrade.FIRST, pd.Timestamp.now(tz="UTC").year + 1))
    parse = partial(comtrade.parse, reporter=reporter, partner=partner, years=years)
    return [client(call, parse) for call in comtrade.calls(reporter, partner, years)]


def _from_bns(reporter: str, partner: str, *, wanted: Years, client: Client) -> list[Answer]:
    if reporter != "KAZ":
        way = "make KAZ the reporter or use imts"
        raise InputError(f"bns reports Kazakhstan's trade, not {reporter}'s; {way}")
    now = pd.Timestamp.now(tz="UTC").year
    years = wanted or set(range(bns.FIRST, now + 1))
    pages = range(max(min(years), bns.FIRST + 1), min(max(years) + 1, now) + 1)
    listed = [client(bns.listing(page), bns.parse_listing)[0] for page in pages]
    editions = bns.best(edition for page in listed for edition in page)
    answers, without = [], None
    for year, edition in sorted(editions.items()):
        covered = {year, *({year - 1} - set(editions))} & years
        parse = partial(bns.parse, partner=partner, edition=edition, years=covered)
        try:
            answers += [client(bns.workbook(edition), parse)] if covered else []
        except NoDataError as error:  # the others may list the partner
            without = error
    if without and not answers:
        raise without
    return answers


_READERS: dict[str, Callable[..., list[Answer]]] = {
    "imts": partial(_by_indicator, imts),
    "comtrade": _from_comtrade,
    "bns": _from_bns,
    "wits": partial(_by_indicator, wits),
}


def years_wanted(years: int | Iterable[int] | None) -> Years:
    """Years as a set, or None for all."""
    if years is None:
        return None
    given = list(islice(years, gate.LAST_YEAR)) if isinstance(years, Iterable) else [years]
    inside = [int(y) for y in given if isinstance(y, Integral) and y in _CALENDAR]
    if not given or len(inside) < len(given):
        raise InputError(f"years are whole numbers such as range(2015, 2025), got {years!r}")
    return set(inside)
