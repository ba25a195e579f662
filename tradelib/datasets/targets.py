"""The registry of announced trade targets, and what was known of each on a day."""

import math
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeAlias

import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.validation import validated
from tradelib.datasets import tables
from tradelib.datasets.sources import described, last_published_year
from tradelib.datasets.tables import Day

Kind: TypeAlias = tuple[str, str, str]

# One correction in the text of an audit: day, column, old value; address. Those of the announcement
# are left out, so that it stays as corrected: its day decides when a pledge appears. Of a note only
# that it was shorter is kept.
CORRECTED = re.compile(r"(\d{4}-\d\d-\d\d): (?!announced|note )(\w+) was (.*); .*")
# Corrections in the text of an audit are separated so.
BETWEEN = " | "
# Audits up to this day set a row's tags without writing down what they were before: none.
TAGS_UNRECORDED = "2026-11-24"
# The columns that `latest` and `kind` read: rows of them alone are made in half the time.
OF_FIGURES = [
    *("baseline_value", "baseline_year", "outcome_value", "outcome_year", "partial"),
    *("reporter", "partner", "currency", "coverage"),
]
# What completes an ISO year, month or day to its last possible day, by its length.
LATEST = {4: "-12-31", 7: "-31", 10: ""}


@validated
def load_targets(
    reporter: str | int | None = None,
    partner: str | int | None = None,
    *,
    status: str | None = None,
    as_of: Day | None = None,
) -> pd.DataFrame:
    """The registry of announced trade targets and what became of them.

    With `as_of`, a pledge is listed if it was announced by that day, and what was learned later is
    missing:

    - baseline, outcome and year reached, for years whose figures were not yet published (by the
      rule of the source ``pledges``: 30 June of the next year);
    - an outcome whose page was not yet printed;
    - the status that follows from these (the pledge then is open).

    Before its audit a row has its old cells and tags. Notes are today's.

    Parameters
    ----------
    reporter, partner : str or int, optional
        A country or group by code, UN number or name, in either order; all if omitted.
    status : str, optional
        Recorded status: met_on_time, met_late, missed, open or superseded; all if omitted.
    as_of : str, date or Timestamp, optional
        Only what was known by this day is returned; today's registry if omitted.

    Returns
    -------
    DataFrame
        One row per pledge, with the columns described in ``data/datapackage.json``:
        ``target_id``, the pair, ``announced`` (ISO day, month or year, as exact as known);
        ``target_value``, ``baseline_value`` and ``outcome_value`` (million of ``currency``, current
        prices), in US$ also as ``target_musd``, ``baseline_musd``, ``outcome_musd`` (missing in
        other currencies); ``deadline`` and the years of the figures (Int64), ``status``, the tags
        (bool), ``released`` and ``resolved`` (the first day on which it can be known whether the
        pledge was met on time).

    Raises
    ------
    InputError
        If a country or the status is unknown, or `as_of` is not a valid date.
    NoAnswerError
        If no such pledge is in the registry, or none was announced by `as_of`.

    Examples
    --------
    >>> load_targets("KAZ", "TKM")[["target_musd", "deadline", "baseline_musd"]].iloc[0].tolist()
    [1000.0, 2027.0, 254.3]
    """
    targets = tables.table("targets.csv")
    statuses = tables.schema("targets.csv")["status"]["constraints"]["enum"]
    if status is not None and status not in statuses:
        raise InputError(f"a recorded status is one of {', '.join(statuses)}, got {status!r}")
    if as_of is not None:
        tables.released_by(targets, as_of, "targets")  # says so if there are none
        targets = _known_on(tables.day(as_of))
    countries = [
        country_codes.iso3(country) for country in (reporter, partner) if country is not None
    ]
    what = f"target of {' and '.join(countries)}" if countries else "target"
    for code in countries:
        targets = targets[(targets["reporter"] == code) | (targets["partner"] == code)]
    if status is not None:
        targets = targets[targets["status"] == status]
        what = f"{what} with status {status}"
    if targets.empty:
        when = "" if as_of is None else f" and was announced by {tables.day(as_of).date()}"
        raise NoAnswerError(f"no {what} is bundled{when}; see load_targets() for all of them")
    in_dollars = targets["currency"] == "USD"
    musd = {
        f"{name}_musd": targets[f"{name}_value"].where(in_dollars)
        for name in ("target", "baseline", "outcome")
    }
    return targets.assign(**musd).reset_index(drop=True)


def latest(row: Any) -> tuple[float, int] | None:
    """Value (million of its currency) and year of a row's newest full year; None if unknown."""
    figures = [(row.baseline_value, row.baseline_year)]
    if not row.partial:  # a partial outcome covers only some months of its year
        figures.insert(0, (row.outcome_value, row.outcome_year))
    complete = [
        (float(value), int(year)) for value, year in figures if pd.notna(value) and pd.notna(year)
    ]
    return max(complete, key=lambda figure: figure[1], default=None)


def kind(row: Any) -> Kind:
    """Pair (in alphabetical order), currency and coverage of a row; unknown coverage is goods."""
    first, second = sorted((row.reporter, row.partner))
    return f"{first}-{second}", row.currency, row.coverage.replace("unknown", "goods")


def newest(targets: pd.DataFrame) -> dict[Kind, tuple[float, int]]:
    """Newest value and year of each pair, currency and coverage; at a tie, the later row's."""
    by_kind: dict[Kind, tuple[float, int]] = {}
    for row in targets.sort_values("released", kind="stable")[OF_FIGURES].itertuples():
        figure = latest(row)
        if figure is None:
            continue
        _, year = figure
        _, year_so_far = by_kind.get(kind(row), figure)
        if year >= year_so_far:
            by_kind[kind(row)] = figure
    return by_kind


def last_correction(targets: pd.DataFrame) -> pd.Timestamp:
    """Day of the newest audit of any pledge: before it the registry said something else."""
    days = targets["audit"].dropna().str.findall(r"(?:^| \| )(\d{4}-\d\d-\d\d):")
    return pd.Timestamp(max(max(of_one_row) for of_one_row in days))


@cache
def newest_figures(limit: pd.Timestamp | None) -> dict[Kind, tuple[float, int]]:
    """`newest` of all pledges, as known by a day. Cached: callers must not change it."""
    return newest(tables.table("targets.csv") if limit is None else _known_on(limit))


@cache
def _known_on(limit: pd.Timestamp) -> pd.DataFrame:
    """Pledges announced by a day, with everything that was learned later set to missing.

    Cached: callers must not change it.
    """
    targets = tables.table("targets.csv")
    targets = targets[targets["released"] <= limit].reset_index(drop=True)
    iso_day = limit.date().isoformat()
    last_year = last_published_year("pledges", limit)
    targets = _unaudited(targets, iso_day)
    printed = targets["outcome_printed"]
    last_possible = printed + printed.str.len().map(LATEST)
    read_on = described("targets.csv")["accessed"]  # what was read had been printed
    not_printed = last_possible.mask(last_possible > read_on, read_on) > iso_day
    outcome_year = targets["outcome_year"].fillna(targets["deadline"])
    reached_year = targets["reached_year"]
    learned_later = {
        "baseline": targets["baseline_year"] > last_year,
        "outcome": outcome_year.isna() | (outcome_year > last_year) | not_printed,
        "reached": reached_year.isna() | (reached_year > last_year) | not_printed,
    }
    for name in ("baseline", "outcome"):
        targets.loc[learned_later[name], [f"{name}_value", f"{name}_year"]] = pd.NA
    targets.loc[learned_later["reached"], "reached_year"] = pd.NA
    undecided = targets["resolved"].isna() | (targets["resolved"] > limit) | not_printed
    targets.loc[undecided, "resolved"] = pd.NaT
    # The order of these three matters: a later one overrides an earlier one.
    status = targets["status"]
    met_later = learned_later["reached"] & (status == "met_late")
    replaced = targets["target_id"].isin(targets["supersedes"].dropna())
    superseded = (status == "superseded") & replaced
    status = status.mask(met_later, "missed")
    status = status.mask(undecided, "open")
    targets["status"] = status.mask(superseded, "superseded")
    return targets


def _unaudited(targets: pd.DataFrame, iso_day: str) -> pd.DataFrame:
    """A copy of pledges in which cells that an audit changed after a day have their old values."""
    targets = targets.copy()
    old_cells: dict[str, dict[Any, str]] = {}  # by column, then row
    untagged = []
    not_yet_audited = []
    for row, audit in targets["audit"].dropna().items():
        days, corrections = _audited(audit)
        for day, column, old in corrections:
            if day > iso_day:
                old_cells.setdefault(column, {})[row] = old
        if any(iso_day < day <= TAGS_UNRECORDED for day in days):
            untagged.append(row)
        if all(day > iso_day for day in days):
            not_yet_audited.append(row)
    for column, cells in old_cells.items():
        current = targets[column]
        values = _cells(cells.values(), current)
        targets.loc[list(cells), column] = pd.array(values, dtype=current.dtype)
    targets.loc[untagged, targets.select_dtypes("bool").columns] = False
    targets.loc[not_yet_audited, "audited"] = False
    return targets


@cache
def _audited(audit: str) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Days of an audit, and its corrections (day, column, old cell), the oldest one last."""
    entries = audit.split(BETWEEN)
    found = [CORRECTED.fullmatch(entry) for entry in reversed(entries)]
    corrections = [(match[1], match[2], match[3]) for match in found if match]
    return [entry[:10] for entry in entries], corrections


def _cells(texts: Iterable[str], column: pd.Series) -> list[Any]:
    """Old values of cells from the texts of an audit, in the type of their column."""
    if pd.api.types.is_bool_dtype(column):
        return [text == "True" for text in texts]
    if pd.api.types.is_datetime64_any_dtype(column):
        return [pd.NaT if text == "blank" else pd.Timestamp(text) for text in texts]
    if pd.api.types.is_float_dtype(column):
        return [math.nan if text == "blank" else float(text) for text in texts]
    kind = int if pd.api.types.is_integer_dtype(column) else str
    return [pd.NA if text == "blank" else kind(text) for text in texts]
