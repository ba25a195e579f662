"""Chances that moved from one archived forecast to the next, and what differs between the two.

Causes are differences of what two archives record: of the model its digest; of each target its
newest figure, the year judged, its value and what the forecast rests on; of the article's pair its
months too. Months of other pairs are not recorded, nor is how much each of several causes did.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tradelib.api.archive import ARTICLE, forecasts_today, load_forecasts
from tradelib.api.clock import past_day
from tradelib.core import country_codes
from tradelib.core.errors import InputError
from tradelib.core.labels import listed, percent
from tradelib.core.validation import validated
from tradelib.datasets.tables import Day
from tradelib.science.pledges.target import amount_of

# Points, as a share, by which a published chance must move to be told of.
TOLD = 0.05
# A change of a chance that is smaller than this is a rounding error.
CHANGE_ROUNDING = 1e-9
# And so is one of a figure, as a share of it.
SAME_FIGURE = 1e-6
NOT_RECORDED = "nothing differs that the archive records"
# What a forecast rests on, by its name in archives; the first one had other names.
RESTS_ON = {
    "own recent": "the pair's own recent years",
    "history": "the pair's own recent years",
    "own older": "few or old years of the pair's own",
    "size": "the pair's size alone",
    "size alone": "the pair's size alone",
}
# Columns that are whole numbers, or missing.
YEARS = ["last_year", "by", "deadline", "was_last_year", "was_by"]
# What of the forecast before stands beside the new one, as ``was_`` and its name.
BEFORE = ["file", "made", "by", "last_year", "last_value", "months", "rests_on", "model"]


@validated
def forecast_changes(*, where: Path | None = None, least: float = 0.02) -> pd.DataFrame:
    """Chances that changed from one archived forecast to the next, or to today's.

    Parameters
    ----------
    where : Path, optional
        Folder of the archive; the bundled one if omitted.
    least : float
        Smallest change of the chance that is listed, as a share (0.02 is two points).

    Returns
    -------
    DataFrame
        A row a change: the columns of `load_forecasts` without ``note`` (``file`` is ``"now"`` for
        today's answer); ``chance`` and ``was``, the chance now and before: in the year judged, or,
        where no deadline was named, in any year up to it; of the forecast before ``was_file``,
        ``was_made``, ``was_by``, ``was_last_year``, ``was_last_value``, ``was_months``,
        ``was_rests_on`` and ``was_model``; ``causes``, of ``model``, ``figure``, ``months``,
        ``basis``, ``year`` and ``target`` those that differ in the archive, parted by a space, or
        nothing if none does; ``event``, of what the chance is; and ``words``, both chances and what
        differs.

    Raises
    ------
    InputError
        If a file was edited after it was written, or `least` is no share.
    NoAnswerError
        If the archive is empty.

    Examples
    --------
    >>> forecast_changes().query("target_id == 'article'").words.tolist()
    ['was 9%, now 11%: the model changed']
    """
    archived = load_forecasts(where=where).drop(columns="note")
    return changes_in(pd.concat([archived, forecasts_today()], ignore_index=True), least=least)


@validated
def archive_changes(
    *, since: Day | None = None, least: float = TOLD, where: Path | None = None
) -> pd.DataFrame:
    """Chances that moved from one archive to the next, the newest first, and what differs.

    Months of other pairs than the article's are not archived, so they are never named as a cause.

    Parameters
    ----------
    since : str, date or Timestamp, optional
        Only changes in archives whose data end on this day or later; all if omitted.
    least : float
        Smallest change that is listed, as a share (0.05 is five points).
    where : Path, optional
        Folder of the archive; the bundled one if omitted.

    Returns
    -------
    DataFrame
        The columns of `forecast_changes`, of one archive the largest move first. A target stands
        under its name in the registry alone, not as ``article`` too.

    Raises
    ------
    InputError
        If `since` is not a valid date or lies in the future, `least` is no share, or a file was
        edited after it was written.
    NoAnswerError
        If the archive is empty.

    Examples
    --------
    >>> changes = archive_changes(since="2026-12-01")
    >>> bool(((changes.chance - changes.was).abs() > 0.0499).all())
    True
    """
    first = past_day(since, "since")
    archived = load_forecasts(where=where).drop(columns="note")
    changes = changes_in(archived[archived["target_id"] != ARTICLE], least=least)
    if first is not None:
        changes = changes[changes["made"] >= first]
    order = pd.Index(archived["file"].unique()).get_indexer(changes["file"])
    moved = (changes["chance"] - changes["was"]).abs()
    newest_first = changes.iloc[np.lexsort((-moved, -order))].reset_index(drop=True)
    return newest_first.astype(dict.fromkeys(YEARS, "Int64"))


def changes_in(table: pd.DataFrame, *, least: float = 0.02) -> pd.DataFrame:
    """Changes from one row of a target to its next, as `forecast_changes` has them."""
    if not 0 <= least < 1:
        raise InputError(f"least is a share below 1, such as 0.05 for five points; got {least}")
    before = table.groupby("target_id").shift().reindex(columns=table.columns)
    # Both chances are of the same kind of event, also if a deadline was named in between.
    in_year = table["deadline"].notna()
    chance = table["probability_in"].where(in_year, table["probability_ever"])
    was = before["probability_in"].where(in_year, before["probability_ever"])
    changes = table.assign(chance=chance, was=was, **before[BEFORE].add_prefix("was_"))
    moved = (chance - was).abs() >= least - CHANGE_ROUNDING
    differences = [
        _differences(row, then)
        for row, then in zip(table[moved].itertuples(), before[moved].itertuples(), strict=True)
    ]
    changes = changes[moved].reset_index(drop=True)
    changes["event"] = [_event(row) for row in changes.itertuples()]
    changes["causes"] = [" ".join(found) for found in differences]
    changes["words"] = [
        f"was {percent(then)}, now {percent(now)}: {_in_words(found)}"
        for then, now, found in zip(changes["was"], changes["chance"], differences, strict=True)
    ]
    return changes


def _event(row: Any) -> str:
    """What a chance is of: pair, amount and year, or any year up to it."""
    pair = f"{country_codes.name(row.reporter)}-{country_codes.name(row.partner)}"
    when = f"in any year up to {row.by:.0f}" if pd.isna(row.deadline) else f"in {row.by:.0f}"
    return f"{pair}, {amount_of(row.target_value, row.currency)} {when}"


def _in_words(found: dict[str, str]) -> str:
    """What differs, as far as the archive records it."""
    return listed(list(found.values()) or [NOT_RECORDED])


def _differences(row: Any, then: Any) -> dict[str, str]:
    """What differs between two archived rows of a target, in words, by its kind."""
    found = {}
    if row.model != then.model:
        found["model"] = "the model changed"
    if figure := _newest_figure(row, then):
        found["figure"] = figure
    if _differs(row.months, then.months):
        some = pd.notna(row.months)
        found["months"] = "newer months came" if some else "months known before no longer count"
    basis = RESTS_ON.get(row.rests_on, row.rests_on)
    if basis != RESTS_ON.get(then.rests_on, then.rests_on):
        found["basis"] = f"it rests on {basis} now"
    if row.by != then.by:
        found["year"] = f"the year judged is {row.by:.0f}, not {then.by:.0f}"
    if row.target_value != then.target_value or row.currency != then.currency:
        found["target"] = "the target was restated"
    return found


def _newest_figure(row: Any, then: Any) -> str:
    """How the newest figure differs, in words; nothing if it is the same as far as is archived."""
    if row.last_year > then.last_year:
        return f"a newer figure came (of {row.last_year:.0f})"
    if row.last_year < then.last_year:
        return f"the figure of {then.last_year:.0f} no longer counts"
    # A forecast archived without its last value can only be compared by the year of that value.
    if pd.isna(then.last_value):
        return ""
    change = abs(row.last_value / then.last_value - 1)
    if change < SAME_FIGURE:
        return ""
    size = "under 1%" if change < 0.01 else f"{change:.0%}"
    return f"the figure of {row.last_year:.0f} changed by {size}"


def _differs(now: Any, then: Any) -> bool:
    """Whether two cells differ; two without a value do not."""
    return bool(now != then) and not (pd.isna(now) and pd.isna(then))
