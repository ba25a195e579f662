"""Trade of one pair of countries from a live source, as tidy frames."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from numbers import Integral
from types import MappingProxyType, ModuleType
from typing import TypeAlias

import pandas as pd

from tradelib.core import country_codes, flows
from tradelib.core.errors import InputError
from tradelib.datasets.sources import with_valuation
from tradelib.live import bns, checks, comtrade, imts, tidy, wits
from tradelib.live.errors import NoDataError, asking
from tradelib.live.http import TIMEOUT, WEEK, Client
from tradelib.live.tidy import Answer

WantedYears: TypeAlias = set[int] | None
WORLD = "WLD"
_CALENDAR = range(checks.FIRST_YEAR, checks.LAST_YEAR + 1)


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
    """Exports and imports of a pair as one of the two countries reports them.

    For the partner's report of the same flows, call again with the two countries swapped, and
    compare the two reports with `tradelib.flows.asymmetry`. If a digit changes on the way, only
    ``"bns"`` notices it (by checksums and sums): the other formats have nothing to check it with.

    Parameters
    ----------
    reporter, partner : str or int
        Countries by code or name. The figures are those that `reporter` publishes.
    source : str
        ``"imts"`` (IMF, from 1948), ``"comtrade"`` (UN, from 1995; more rows with a key in
        ``COMTRADE_API_KEY``), ``"bns"`` (Kazakhstan's bureau, from 2020) or ``"wits"`` (World Bank,
        from 1995).
    years : int or iterable of int, optional
        Calendar years; all years that the source has if omitted.
    max_age_days : float
        Oldest copy in the cache that is used instead of a new download, in days.
    offline : bool
        Whether to use only the cache, with copies of any age; without a copy it is an error.
    timeout : float
        Seconds for the whole fetch.

    Returns
    -------
    DataFrame
        One row per year and flow: the columns of `tradelib.load_figures` (US$ million, current
        prices) and ``accessed`` (datetime64). Years that the source does not list have no row.
        Trade of zero is a row with 0. The value is missing where the source withholds the figure
        (``status`` is ``suppressed``) or lists the year without a number (``empty``). ``status`` is
        ``preliminary`` or ``estimate`` where the source says so. ``released`` follows the source's
        usual delay.

    Raises
    ------
    InputError
        If a country, source or year is not valid, or the source does not have that reporter.
    LiveError
        If there is no usable answer; the subclasses of `tradelib.live.LiveError` say why.

    Examples
    --------
    >>> fetch_flows("KAZ", "TKM", source="bns", years=range(2018, 2016))
    Traceback (most recent call last):
    tradelib.core.errors.InputError: years are whole numbers such as ...
    """
    pair = pair_asked(reporter, partner, source=source, sources=_READERS)
    client = Client(offline=offline, max_age_days=max_age_days, timeout=timeout)
    return annual_flows(pair, source, years_wanted(years), client)


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

    Turnover of a year = exports + imports, as `reporter` publishes them.

    Parameters
    ----------
    reporter, partner : str or int
        Countries by code or name. The figures are those that `reporter` publishes.
    source : str
        ``"imts"``, ``"comtrade"``, ``"bns"`` or ``"wits"``, as for `fetch_flows`.
    years : int or iterable of int, optional
        Calendar years; all years that the source has if omitted.
    max_age_days : float
        Oldest copy in the cache that is used instead of a new download, in days.
    offline : bool
        Whether to use only the cache, with copies of any age; without a copy it is an error.
    timeout : float
        Seconds for the whole fetch.

    Returns
    -------
    DataFrame
        One row per year in which both flows are known, with the columns of
        `tradelib.load_turnover` (US$ million). ``status`` is ``estimate`` or ``preliminary`` if
        that of a flow is.

    Raises
    ------
    InputError, LiveError
        As for `fetch_flows`; `tradelib.live.NoDataError` if no year has both flows.

    Examples
    --------
    >>> fetch_turnover("KAZ", "KAZ")
    Traceback (most recent call last):
    tradelib.core.errors.InputError: a pair is two countries, got KAZ with itself
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
    with_value = figures[figures["value_musd"].notna()]
    both = with_value[with_value.duplicated("period_end", keep=False)]
    if both.empty:
        flow = ", ".join(with_value["flow"].unique()) or "neither"
        raise NoDataError(f"no year with both exports and imports but {flow}", asked=source)
    estimated_years = both.loc[both["status"] == "estimate", "period_end"].dt.year
    table = with_valuation(flows.annual(both))
    is_estimate = table["year"].isin(estimated_years)
    return table.assign(status=table["status"].mask(is_estimate, "estimate"))


def pair_asked(
    reporter: str | int, partner: str | int, *, source: object, sources: Iterable[str]
) -> tuple[str, str]:
    """Codes of two countries; raise if they are one, or if the source is none of `sources`.

    Of groups of countries only the world is asked for: sources report no bloc as we count it.
    """
    pair = (country_codes.iso3(reporter), country_codes.iso3(partner))
    for code in pair:
        if country_codes.is_bloc(code) and code != WORLD:
            raise InputError(
                f"live sources report countries, and {code} is a bloc: fetch its members one by "
                f"one, tradelib.load_blocs({code!r}) lists them; "
                f"tradelib.load_turnover({pair[0]!r}, {pair[1]!r}) has the bundled sum"
            )
    if pair[0] == pair[1]:
        raise InputError(f"a pair is two countries, got {pair[0]} with itself")
    if not isinstance(source, str) or source not in sources:
        raise InputError(f"source is one of {', '.join(sources)}, got {source!r}")
    return pair


def annual_flows(
    pair: tuple[str, str], source: str, wanted: WantedYears, client: Client
) -> pd.DataFrame:
    """Figures of the wanted years; a `NoDataError` if there are none."""
    answers = _READERS[source](*pair, wanted=wanted, client=client)
    check_unique(answers, source)
    frame = tidy.with_source(source, *pair, answers)
    if wanted:
        frame = frame[frame["period_end"].dt.year.isin(wanted)].reset_index(drop=True)
    if frame.empty:
        raise no_figures(pair, source, wanted)
    return frame


def check_unique(answers: list[Answer], source: str) -> None:
    """Raise if two answers have the same flow and period."""
    with asking(answers[0][1].address if answers else source):
        checks.unique(figure for figures, _ in answers for figure in figures)


def no_figures(pair: tuple[str, str], source: str, wanted: WantedYears) -> NoDataError:
    """Error of a source that answers and has nothing of the pair in the wanted years."""
    when = f" in {min(wanted)}-{max(wanted)}" if wanted else ""
    question = f"{source} for {pair[0]}'s trade with {pair[1]}{when}"
    return NoDataError(f"an answer without figures of {pair[1]}", asked=question)


def by_indicator(
    source: ModuleType,
    reporter: str,
    partner: str,
    *,
    client: Client,
    options: Mapping[str, str] = MappingProxyType({}),
    **_: object,
) -> list[Answer]:
    """Answers of a source that has a call per flow and sends all years; one flow may be missing.

    `options` go to the source's calls and parser.
    """
    pair = {"reporter": reporter, "partner": partner}
    answers = []
    for indicator, call in source.calls(**pair, **options):
        parse = partial(source.parse, **pair, indicator=indicator, **options)
        with suppress(NoDataError):
            answers.append(client(call, parse))
    return answers


def _from_comtrade(
    reporter: str, partner: str, *, wanted: WantedYears, client: Client
) -> list[Answer]:
    """Answers of UN Comtrade, one for each twelve years."""
    years = sorted(wanted or range(comtrade.FIRST_YEAR_ASKED, pd.Timestamp.now(tz="UTC").year + 1))
    parse = partial(comtrade.parse, reporter=reporter, partner=partner, years=years)
    return [client(call, parse) for call in comtrade.calls(reporter, partner, years)]


def _from_bns(reporter: str, partner: str, *, wanted: WantedYears, client: Client) -> list[Answer]:
    """Answers of Kazakhstan's bureau, one for each workbook that has a wanted year."""
    if reporter != "KAZ":
        remedy = "make KAZ the reporter or use imts"
        raise InputError(f"bns reports Kazakhstan's trade, not {reporter}'s; {remedy}")
    this_year = pd.Timestamp.now(tz="UTC").year
    years = wanted or set(range(bns.FIRST_SHEET_YEAR, this_year + 1))
    editions = _bns_editions(years, this_year, client)
    answers = []
    without_partner = None
    for year, edition in sorted(editions.items()):
        sheets = {year} if year - 1 in editions else {year - 1, year}
        covered = sheets & years
        if not covered:
            continue
        parse = partial(bns.parse, partner=partner, edition=edition, years=covered)
        try:
            answers.append(client(bns.workbook(edition), parse))
        except NoDataError as error:  # the others may list the partner
            without_partner = error
    if without_partner and not answers:
        raise without_partner
    return answers


def _bns_editions(years: set[int], this_year: int, client: Client) -> dict[int, bns.Edition]:
    """Best edition of each year on the pages that list the workbooks of some years.

    The year after the last one is listed too: its workbook has the sheet of the year before.
    """
    first = max(min(years), bns.FIRST_SHEET_YEAR + 1)
    last = min(max(years) + 1, this_year)
    editions: list[bns.Edition] = []
    for page in range(first, last + 1):
        editions += client(bns.listing(page), bns.parse_listing)[0]
    return bns.best(editions)


_READERS: dict[str, Callable[..., list[Answer]]] = {
    "imts": partial(by_indicator, imts),
    "comtrade": _from_comtrade,
    "bns": _from_bns,
    "wits": partial(by_indicator, wits),
}


def years_wanted(years: int | Iterable[int] | None) -> WantedYears:
    """Years as a set, or None for all."""
    if years is None:
        return None
    items = list(islice(years, checks.LAST_YEAR)) if isinstance(years, Iterable) else [years]
    valid = [int(item) for item in items if isinstance(item, Integral) and item in _CALENDAR]
    if not items or len(valid) < len(items):
        raise InputError(f"years are whole numbers such as range(2015, 2025), got {years!r}")
    return set(valid)
