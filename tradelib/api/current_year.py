"""The year under way: what its first months, bundled or one's own, say of the whole year."""

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from tradelib.api.forecasts import NO_SHARES, nowcast_model, shares_known
from tradelib.api.months import year_so_far
from tradelib.core import checks, flows
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import label
from tradelib.core.numeric import positive
from tradelib.datasets.sources import registered_sources
from tradelib.science.assessment.case import PartYear
from tradelib.science.forecasting.nowcast import FirstMonths, Nowcast, nowcast_of, own_shares
from tradelib.science.forecasting.nowcast_model import checked_months, past_of_pair
from tradelib.science.pledges.target import Target

# Source of the years that one's own months sum up to, and of a history that names none.
OF_MONTHS, OF_HISTORY = "own_months", "own_history"
# Months that sum up to a year within it are of the figure of that year, revised or rounded.
NEAR = 0.01
NO_TOTALS = pd.Series(dtype=float)


class Given(NamedTuple):
    """What the caller gives of the year under way: a part of it, or single months, or neither.

    `source` is its name or id, None if it was left out; `table_source` is the ``source_id`` of a
    table of months.
    """

    part_year: PartYear | None = None
    months: pd.DataFrame | None = None
    source: str | None = None
    table_source: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether there are months."""
        return self.part_year is not None or self.months is not None


def full_years(months: pd.DataFrame) -> "pd.Series[float]":
    """Turnover of the years of which all months are there, US$ million, by year."""
    by_year = months.groupby("year")["value_musd"]
    return by_year.sum()[by_year.size() == 12]


def history_of_months(months: pd.DataFrame) -> pd.DataFrame:
    """The history that single months sum up to; empty if no year is complete."""
    totals = full_years(months)
    totals = totals[totals > 0]
    return totals.rename_axis("year").rename("turnover_musd").reset_index()


def with_months(history: pd.DataFrame, months: pd.DataFrame, *, same: bool) -> pd.DataFrame:
    """A history up to the year before the newest months, or to their year if it is complete.

    Years of the history stay as they are. If it ends earlier, the months' own full years follow:
    all of them if their source is that of the history; else the newest alone, as a level, since no
    growth is taken across sources.
    """
    newest = int(months["year"].iloc[-1])
    is_whole = int(months["month"].iloc[-1]) == 12
    last = int(history["year"].iloc[-1])
    needed = newest if is_whole else newest - 1
    if newest <= last:
        raise InputError(
            f"the newest month is of {newest}, and the history has the whole of {last}; leave the "
            "months out, or give newer ones"
        )
    if needed == last:
        return history
    totals = full_years(months)
    totals = totals[(totals.index > last) & (totals > 0)]
    if needed not in totals.index:
        lacking = f"{last + 1}" if needed == last + 1 else f"{last + 1} to {needed}"
        raise NoAnswerError(
            f"the history ends in {last} and the newest months are of {newest}: {lacking} is "
            f"lacking; add all months of {needed}, or the full years to the history"
        )
    if not same:
        totals = totals.loc[[needed]]
    rows = pd.DataFrame({"year": totals.index, "turnover_musd": totals.to_numpy()})
    for name in ("reporter", "partner"):
        if name in history:
            rows[name] = history[name].iloc[-1]
    if "source_id" in history:
        rows["source_id"] = history["source_id"].iloc[-1] if same else OF_MONTHS
    elif not same:
        history = history.assign(source_id=OF_HISTORY)
        rows["source_id"] = OF_MONTHS
    return pd.concat([history, rows], ignore_index=True)


def is_of_history(given: Given, history: pd.DataFrame, *, own_data: bool) -> bool:
    """Whether months are of the source of the history's last value.

    Left out, it is the ``source_id`` of a table of months where the history has one too; else that
    of one's own history, and unknown beside a bundled one. One that is named is compared with the
    history's ``source_id`` and its names; a history without it is of another source.
    """
    has_source = "source_id" in history
    source = given.source
    if source is None and has_source:
        source = given.table_source
    if source is None:
        return own_data
    if not has_source:
        return False
    newest = str(history["source_id"].iloc[-1])
    entry = registered_sources().get(newest, {})
    names = [newest, label(newest), entry.get("short"), entry.get("title"), entry.get("producer")]
    return source.strip().casefold() in {str(name).casefold() for name in names if name}


def nowcast_given(
    target: Target,
    history: pd.DataFrame,
    given: Given,
    *,
    same: bool,
    bundled_pair: tuple[str, str] | None,
    limit: pd.Timestamp | None,
) -> Nowcast | None:
    """The nowcast of the year after the history's last; None if no month of it is known.

    Parameters
    ----------
    target : Target
        The pledge.
    history : DataFrame
        Up to the year before; with the months' own years where they follow (`with_months`).
    given : Given
        The months.
    same : bool
        Whether their source is that of the history's last value.
    bundled_pair : tuple of str or None
        Pair whose bundled shares are read.
    limit : Timestamp or None
        Day by which shares and the model were known.
    """
    year = int(history["year"].iloc[-1]) + 1
    totals, shares, largest = NO_TOTALS, NO_SHARES, None
    if given.months is not None:
        newest = int(given.months["year"].iloc[-1])
        if newest < year:
            return None
        if newest > year:
            raise NoAnswerError(
                f"the newest months are of {newest}, and the last year of trade is {year - 1}: the "
                "year before them must have trade"
            )
        _, n_months, value = year_so_far(given.months)
        totals, shares, largest = past_of_months(given.months, year, n_months)
    elif given.part_year is not None:
        n_months, value = given.part_year
    else:
        return None
    n_months = checked_months(n_months)
    value = positive(f"turnover of {n_months} months of {year}", value)
    if same:
        of_source = checks.of_last_source(history).set_index("year")["turnover_musd"]
        totals = totals.combine_first(of_source[~of_source.index.isin(totals.index)])
    bundled = _bundled_shares(target, bundled_pair, year, limit)
    new = bundled[~bundled["year"].isin(shares["year"])]
    shares = pd.concat([shares, new], ignore_index=True) if len(new) else shares
    gap = _gap(history, given.months) if same else ""
    first = FirstMonths(
        year=year,
        months=n_months,
        value_musd=value,
        past=past_of_pair(year, n_months, totals=totals, shares=shares),
        other_source=not same,
        largest=largest,
    )
    nowcast = nowcast_of(first, model=nowcast_model(as_of=limit), known_from=new["known_on"].max())
    return replace(nowcast, basis=nowcast.basis._replace(text=nowcast.basis.text + gap))


def source_of(months: object) -> str | None:
    """The ``source_id`` of a table of months, if it has a single one."""
    if not isinstance(months, pd.DataFrame) or "source_id" not in months:
        return None
    sources = months["source_id"].unique()
    return str(sources[0]) if len(sources) == 1 else None


def _gap(history: pd.DataFrame, months: pd.DataFrame | None) -> str:
    """How far the months of the history's last year are from its figure, if they are far."""
    if months is None:
        return ""
    last = int(history["year"].iloc[-1])
    total = full_years(months).get(last)
    if total is None:
        return ""
    gap = total / history["turnover_musd"].iloc[-1] - 1
    if abs(gap) <= NEAR:
        return ""
    more = "more" if gap > 0 else "less"
    return f"; the months of {last} sum up to {abs(gap):.0%} {more} than the history has"


def check_months_on(months: pd.DataFrame, limit: pd.Timestamp) -> None:
    """Raise if the newest month was not over on a day."""
    newest = pd.Period(year=months["year"].iloc[-1], month=months["month"].iloc[-1], freq="M")
    if newest.end_time >= limit:
        raise InputError(
            f"as_of={limit.date()} lies before the end of {newest}; leave later months out"
        )


def flow_of(months: object, target: Target) -> str:
    """The flow of a target as a table of months has it; an error if it names another pair.

    An export of the target's reporter is an import in a table that its partner reports.
    """
    if not isinstance(months, pd.DataFrame) or not {"reporter", "partner"} <= set(months):
        return target.flow
    for row in months[["reporter", "partner"]].drop_duplicates().itertuples(index=False):
        if set(row) != {target.reporter, target.partner}:
            raise InputError(f"the months are of {row[0]}-{row[1]}, the target is {target.pair}")
    is_mirrored = bool((months["reporter"] == target.partner).any())
    return flows.MIRRORED[target.flow] if is_mirrored else target.flow


def past_of_months(
    months: pd.DataFrame, year: int, n_months: int
) -> tuple["pd.Series[float]", pd.DataFrame, tuple[int, float] | None]:
    """Totals and shares of the full years before, and the largest month of the year under way."""
    totals = full_years(months)
    totals = totals[totals.index < year]
    parts = months[months["month"] <= n_months].groupby("year")["value_musd"].sum()
    share = parts.reindex(totals.index) / totals.where(totals > 0)
    shares = pd.DataFrame(
        {
            "year": totals.index.to_numpy("int64"),
            "months": n_months,
            "share": share.to_numpy(float),
            "known_on": pd.NaT,
        }
    ).astype({"known_on": "datetime64[us]"})
    now = months[months["year"] == year].set_index("month")["value_musd"]
    largest = (int(now.idxmax()), float(now.max() / now.sum())) if now.sum() > 0 else None
    return totals, shares[shares["share"].notna()], largest


def _bundled_shares(
    target: Target,
    pair: tuple[str, str] | None,
    year: int,
    limit: pd.Timestamp | None,
) -> pd.DataFrame:
    """The pair's bundled shares of turnover in earlier years; none for most pairs."""
    if pair is None or target.flow != "turnover":
        return NO_SHARES
    shares = shares_known(limit)
    known_by = limit or shares["full_year_released"].max()
    return own_shares(shares, year=year, pair=pair, known_by=known_by)
