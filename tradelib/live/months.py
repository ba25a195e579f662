"""Trade of one pair of countries by month from a live source, held against its years."""

from collections.abc import Callable, Iterable
from functools import partial

import pandas as pd

from tradelib.datasets.sources import with_valuation
from tradelib.live import checks, comtrade, imts, tidy
from tradelib.live.errors import LiveError, NoDataError
from tradelib.live.fetch import (
    WantedYears,
    annual_flows,
    by_indicator,
    check_unique,
    no_figures,
    pair_asked,
    years_wanted,
)
from tradelib.live.http import TIMEOUT, WEEK, Client
from tradelib.live.tidy import Answer

_RECENT = 10  # years asked of UN Comtrade if none are named: a call each, six seconds apart
_TOLERANCE = 0.01  # of the year's own figure, within which twelve months agree with it
_MONTH = ["year", "month"]
_FLOWS = ["export", "import"]
_MONEY = ["export_musd", "import_musd", "turnover_musd"]
_DTYPES = {
    "reporter": "str",
    "partner": "str",
    "year": "int64",
    "month": "int64",
    **dict.fromkeys(_MONEY, "float64"),
    "coverage": "str",
    "status": "str",
    "source_id": "str",
    "released": tidy.DAY,
    "released_basis": "str",
    "accessed": tidy.DAY,
    "valuation": "str",
    "year_turnover_musd": "float64",
    "year_difference_musd": "float64",
    "note": "str",
}


def fetch_months(
    reporter: str | int,
    partner: str | int,
    *,
    source: str = "imts",
    years: int | Iterable[int] | None = None,
    against_years: bool = True,
    max_age_days: float = WEEK,
    offline: bool = False,
    timeout: float = TIMEOUT,
) -> pd.DataFrame:
    """Monthly exports and imports of a pair as one of the two countries reports them.

    The shapes of the answers are those of the sources' documents. No recorded answer with months
    was to be had, so that nothing here was held against a real one; an answer of another shape is
    refused.

    Parameters
    ----------
    reporter, partner : str or int
        Countries by code or name. The figures are those that `reporter` publishes.
    source : str
        ``"imts"`` (IMF) or ``"comtrade"`` (UN; a call a year).
    years : int or iterable of int, optional
        Calendar years; if omitted, all years that the IMF has, and of the UN the current year and
        nine before it.
    against_years : bool
        Whether to ask also for the source's own figures of the years of which it has all twelve
        months, and to hold their sums against them.
    max_age_days : float
        Oldest copy in the cache that is used instead of a new download, in days.
    offline : bool
        Whether to use only the cache, with copies of any age; without a copy it is an error.
    timeout : float
        Seconds for the whole fetch.

    Returns
    -------
    DataFrame
        One row per month that the source lists, in order: ``reporter``, ``partner`` (str),
        ``year``, ``month`` (int64), ``export_musd``, ``import_musd``, ``turnover_musd`` (float64,
        US$ million, current prices, of that month alone; missing where the source has only the
        other flow, withholds the figure or lists it without a number), ``coverage``, ``status``
        (that of the less certain flow: final, preliminary, estimate, empty or suppressed),
        ``source_id``, ``released`` (datetime64), ``released_basis``, ``accessed`` (datetime64),
        ``valuation``, ``year_turnover_musd`` and ``year_difference_musd`` (float64: the source's
        own turnover of the year, and the sum of its twelve months less that; missing unless both
        are known), ``note`` (str). The note says by how much twelve months of exports, imports or
        turnover differ from the year's figure, if by more than 1 %. ``released`` is the usual day
        of the year's figures, or the day of the fetch if that was earlier: by then the month was
        public, and it may have been long before.

    Raises
    ------
    InputError
        If a country, source or year is not valid.
    LiveError
        If there is no usable answer; the subclasses of `tradelib.live.LiveError` say why.

    Examples
    --------
    >>> fetch_months("TUR", "KAZ", source="bns")
    Traceback (most recent call last):
    tradelib.core.errors.InputError: source is one of imts, comtrade, got 'bns'
    """
    pair = pair_asked(reporter, partner, source=source, sources=_READERS)
    client = Client(offline=offline, max_age_days=max_age_days, timeout=timeout)
    wanted = years_wanted(years)
    answers = _READERS[source](*pair, wanted=wanted, client=client)
    check_unique(answers, source)
    figures = _figures(source, answers)
    if wanted:
        figures = figures[figures["year"].isin(wanted)]
    if figures.empty:
        raise no_figures(pair, source, wanted)
    months = _by_month(figures)
    full_years = _full_years(months)
    annual = pd.DataFrame()
    if against_years and full_years:
        annual = _annual(pair, source, full_years, client)
    compared = _against_years(months, annual)
    named = compared.assign(reporter=pair[0], partner=pair[1], coverage="goods", source_id=source)
    return with_valuation(named)[list(_DTYPES)].astype(_DTYPES)


def _from_comtrade(
    reporter: str, partner: str, *, wanted: WantedYears, client: Client
) -> list[Answer]:
    """Answers of UN Comtrade, one for each year."""
    this_year = pd.Timestamp.now(tz="UTC").year
    years = sorted(wanted or range(this_year - _RECENT + 1, this_year + 1))
    parse = partial(comtrade.parse, reporter=reporter, partner=partner, years=years, frequency="M")
    calls = comtrade.calls(reporter, partner, years, frequency="M")
    return [client(call, parse) for call in calls]


_READERS: dict[str, Callable[..., list[Answer]]] = {
    "imts": partial(by_indicator, imts, options={"frequency": "M"}),
    "comtrade": _from_comtrade,
}


def _figures(source: str, answers: Iterable[Answer]) -> pd.DataFrame:
    """Figures with the days of their release and fetch, a row per flow and month."""
    rows = []
    for items, reply in answers:
        accessed = reply.accessed.tz_localize(None).normalize()
        for item in items:
            day, basis = tidy.released(source, item.year, accessed.date(), item.month)
            days = {"accessed": accessed, "released": day, "released_basis": basis}
            rows.append({**item._asdict(), **days})
    columns = [*checks.Figure._fields, "accessed", "released", "released_basis"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"value_musd": "float64"})


def _by_month(figures: pd.DataFrame) -> pd.DataFrame:
    """Both flows of each month side by side, with the status and days of the later or less sure."""
    flows = figures.pivot(index=_MONTH, columns="flow", values="value_musd")
    flows = flows.reindex(columns=_FLOWS).add_suffix("_musd")
    ranked = figures.assign(rank=figures["status"].map(list(checks.STATES).index))
    least_sure = ranked.sort_values("rank", kind="stable").groupby(_MONTH)["status"].last()
    latest = figures.sort_values("released", kind="stable").groupby(_MONTH).last()
    notes = figures.groupby(_MONTH)["note"].agg(_joined)
    table = flows.assign(
        turnover_musd=flows["export_musd"] + flows["import_musd"],
        status=least_sure,
        released=latest["released"],
        released_basis=latest["released_basis"],
        accessed=figures.groupby(_MONTH)["accessed"].max(),
        note=notes,
    )
    return table.rename_axis(columns=None).reset_index()


def _joined(notes: Iterable[str]) -> str:
    """Notes in a sentence each, every one once; empty if there is none."""
    return "; ".join(dict.fromkeys(note for note in notes if note))


def _sums(months: pd.DataFrame) -> pd.DataFrame:
    """Sum of each year's twelve months; missing where a month is not known."""
    return months.groupby("year")[_MONEY].sum(min_count=12)


def _full_years(months: pd.DataFrame) -> set[int]:
    """Years of which all twelve months of a flow are known."""
    sums = _sums(months)
    return {int(year) for year in sums.index[sums.notna().any(axis=1)]}


def _annual(pair: tuple[str, str], source: str, years: set[int], client: Client) -> pd.DataFrame:
    """The source's own exports, imports and turnover of some years; empty if it has none."""
    try:
        figures = annual_flows(pair, source, years, client)
    except NoDataError:
        return pd.DataFrame()
    except LiveError as error:
        error.remedy += "; with against_years=False the months come without that check"
        raise
    by_year = figures.assign(year=figures["period_end"].dt.year)
    flows = by_year.pivot(index="year", columns="flow", values="value_musd")
    flows = flows.reindex(columns=_FLOWS).add_suffix("_musd")
    return flows.assign(turnover_musd=flows["export_musd"] + flows["import_musd"])


def _against_years(months: pd.DataFrame, annual: pd.DataFrame) -> pd.DataFrame:
    """Months with the year's own turnover, the difference, and a note where it is above 1 %."""
    sums = _sums(months)
    own = annual.reindex(index=sums.index, columns=_MONEY).astype("float64").where(sums.notna())
    differences = sums - own
    remarks = {year: _remark(sums.loc[year], own.loc[year]) for year in sums.index}
    pairs_of_notes = zip(months["note"], months["year"].map(remarks), strict=True)
    notes = [_joined(pair) or None for pair in pairs_of_notes]
    return months.assign(
        year_turnover_musd=months["year"].map(own["turnover_musd"]),
        year_difference_musd=months["year"].map(differences["turnover_musd"]),
        note=notes,
    )


def _remark(sums: pd.Series, own: pd.Series) -> str:
    """How twelve months differ from the year's figure, flow by flow; empty if by 1 % at most."""
    differ = (sums - own).abs() > _TOLERANCE * own
    remarks = []
    for column in sums.index[differ]:
        name = column.removesuffix("_musd")
        remarks.append(
            f"twelve months of {name} sum to US${sums[column]:,.1f}m, the year's own figure is "
            f"US${own[column]:,.1f}m{_by_percent(sums[column], own[column])}"
        )
    return "; ".join(remarks)


def _by_percent(total: float, own: float) -> str:
    """A difference in percent of the year's figure, as a phrase; empty if that is 0."""
    if own == 0:
        return ""
    change = total / own - 1
    return f" ({abs(change):.1%} {'less' if change < 0 else 'more'} by months)"
