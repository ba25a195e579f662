"""The registry of announced trade targets, and what was known of each on a day."""

import re
from typing import Any, TypeAlias

import pandas as pd

from tradelib.bundle import tables
from tradelib.bundle.sources import known_year
from tradelib.bundle.tables import Day
from tradelib.ground import codes
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError

Kind: TypeAlias = tuple[str, str, str]

# What an audit corrected: day, column, old value. Days of announcement stay as corrected.
CORRECTED = re.compile(r"(\d{4}-\d\d-\d\d): (?!announced)(\w+) was (?!True|False)(.*?); ")
# The last day that an ISO year, month or day allows, by its length.
LATEST = {4: "-12-31", 7: "-31", 10: ""}


@tables.dated
@validated
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
    of the source ``pledges``, 30 June of the next year), outcomes whose page was not printed, and
    the status that they decide. Before its audit a row has its old cells and no tags. Notes and
    addresses are today's.

    Parameters
    ----------
    reporter, partner : str or int, optional, country or group, in either order; all if omitted
    status : str, optional, recorded status: met_on_time, met_late, missed, open or superseded

    Returns
    -------
    DataFrame
        One row a pledge, with the columns that ``data/datapackage.json`` explains:
        ``target_id``, the pair, ``announced`` (ISO day, month or year, as exact as known);
        ``target_value``, ``baseline_value`` and ``outcome_value`` (million of ``currency``, current
        prices), in US$ also as ``target_musd``, ``baseline_musd``, ``outcome_musd`` (missing in
        other currencies); ``deadline`` and the years of the figures (Int64), ``status``, the tags
        (bool), ``released`` and ``resolved`` (day from which on time or not can be known).

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
        targets = _then(tables.released_by(targets, as_of, "targets"), tables.day(as_of))
    countries = [codes.iso3(c) for c in (reporter, partner) if c is not None]
    what = f"target of {' and '.join(countries)}" if countries else "target"
    for code in countries:
        targets = targets[(targets["reporter"] == code) | (targets["partner"] == code)]
    if status is not None:
        targets, what = targets[targets["status"] == status], f"{what} with status {status}"
    if targets.empty:
        when = "" if as_of is None else f" and was announced by {tables.day(as_of).date()}"
        raise NoAnswerError(f"no {what} is bundled{when}; see load_targets() for all of them")
    dollars, names = targets["currency"] == "USD", ("target", "baseline", "outcome")
    musd = {f"{name}_musd": targets[f"{name}_value"].where(dollars) for name in names}
    return targets.assign(**musd).reset_index(drop=True)


def latest(row: Any) -> tuple[float, int] | None:
    """Value (million of its currency) and year of a row's newest full year, if there is one."""
    figures = [(row.baseline_value, row.baseline_year)]
    if not row.partial:  # else the outcome covers part of its year
        figures.insert(0, (row.outcome_value, row.outcome_year))
    known = [(float(v), int(year)) for v, year in figures if pd.notna(v) and pd.notna(year)]
    return max(known, key=lambda figure: figure[1], default=None)


def kind(row: Any) -> Kind:
    """Whose trade a row is of, in either order, in which currency and of what coverage."""
    first, second = sorted((row.reporter, row.partner))
    return f"{first}-{second}", row.currency, row.coverage.replace("unknown", "goods")


def newest(targets: pd.DataFrame) -> dict[Kind, tuple[float, int]]:
    """The newest figure of each pair, currency and coverage in any row; a later row's at a tie."""
    found: dict[Kind, tuple[float, int]] = {}
    for row in targets.sort_values("released", kind="stable").itertuples():
        figure = latest(row)
        if figure and figure[1] >= found.get(kind(row), figure)[1]:
            found[kind(row)] = figure
    return found


def _then(targets: pd.DataFrame, limit: pd.Timestamp) -> pd.DataFrame:
    """Pledges announced by a day, with what was learned of them later made unknown."""
    on, last = limit.date().isoformat(), known_year("pledges", limit)
    targets = _unaudited(targets, on)
    looked = targets["outcome_year"].fillna(targets["deadline"])
    printed = targets["outcome_printed"]
    unprinted = printed + printed.str.len().map(LATEST) > on
    later = {
        "baseline": targets["baseline_year"] > last,
        "outcome": looked.isna() | (looked > last) | unprinted,
        "reached": targets["reached_year"].isna() | (targets["reached_year"] > last) | unprinted,
    }
    for name in ("baseline", "outcome"):
        targets.loc[later[name], [f"{name}_value", f"{name}_year"]] = pd.NA
    targets.loc[later["reached"], "reached_year"] = pd.NA
    undecided = targets["resolved"].isna() | (targets["resolved"] > limit) | unprinted
    targets.loc[undecided, "resolved"] = pd.NaT
    replaced = targets["target_id"].isin(targets["supersedes"].dropna())
    known = targets["status"].mask(later["reached"] & (targets["status"] == "met_late"), "missed")
    known = known.mask(undecided, "open")
    targets["status"] = known.mask((targets["status"] == "superseded") & replaced, "superseded")
    return targets


def _unaudited(targets: pd.DataFrame, on: str) -> pd.DataFrame:
    """A copy of pledges in which what an audit changed after an ISO day reads as before."""
    targets = targets.copy()
    for row, audit in targets["audit"].dropna().items():
        later = [found for found in CORRECTED.findall(audit) if found[0] > on]
        if max(re.findall(r"\d{4}-\d\d-\d\d", audit)) > on:
            targets.loc[row, targets.select_dtypes("bool").columns] = False
        for _, column, old in reversed(later):
            number = pd.api.types.is_numeric_dtype(targets[column])
            targets.loc[row, column] = pd.NA if old == "blank" else float(old) if number else old
    return targets
