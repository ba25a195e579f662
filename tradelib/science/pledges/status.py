"""What became of announced targets: a status derived from the figures, and which pledges count.

Tables are as `tradelib.load_targets` returns them. The robust distinction is on time against not on
time. "Late" needs a fixed window: without one it mostly measures inflation, and how long one waits.
"""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import pandas as pd

from tradelib.core import checks
from tradelib.core.errors import InputError
from tradelib.core.validation import validated

# Years after the deadline that count as late: in more years inflation alone reaches the level.
WINDOW = 3
TAGS = (
    "presumptive",
    "near_year",
    "partial",
    "derived",
    "conflict",
    "weak",
    "re_dated",
    "audited",
    "check",
)
# Names of the registry's batches in tables.
SEARCHES = {1: "first search", 2: "second search", 3: "third search", 4: "fourth search"}
REPEATS = ("all", "first", "last")
TIMELY = ("on_time", "late", "not_reached")
RECORDED = {
    "met_on_time": "on_time",
    "met_late": "late",
    "missed": "not_reached",
    "open": "open",
    "superseded": "unscorable",
}
TARGET_COLUMNS = [
    "target_id",
    "scope",
    "reporter",
    "partner",
    "announced",
    "currency",
    "target_value",
    "baseline_value",
    "baseline_year",
    "deadline",
    "outcome_value",
    "outcome_year",
    "reached_year",
    "status",
    "batch",
    "version",
    "resolved",
    *TAGS,
]


class Filters(TypedDict, total=False):
    """Which pledges count: keyword arguments of `scored_pledges`, all optional."""

    deadline_to: int | None
    deadline_passed: bool
    outcome_known: bool
    baseline_known: bool
    baseline_before: bool
    repeats: str
    china: bool | None
    without: str | Sequence[str]
    dollars_only: bool
    superseded: bool
    regions: bool
    batch: int | None


@validated
def derived_status(
    targets: pd.DataFrame, *, window: int = WINDOW, deadline_to: int | None = None
) -> pd.Series:
    """Derive the status of each pledge from its figures alone.

    A pledge is reached in the first year in which its level was seen, or in the year of the
    outcome if that is at or above it.

    - ``on_time``: reached in or before the deadline year, even if trade fell again later;
    - ``open``: not reached on time, and the deadline has not passed; or not reached, and no
      deadline was named;
    - ``late``: reached after the deadline, within `window` years;
    - ``not_reached``: the deadline has passed, an outcome is known, and the level was not reached
      within the window;
    - ``unscorable``: reached without a deadline; or the deadline has passed and no outcome is
      known.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    window : int
        Years after the deadline, from 0, within which reaching the level is late.
    deadline_to : int, optional
        Last deadline that has passed; if omitted the last year with an outcome in the table. It
        must not lie after that year.

    Returns
    -------
    Series of str
        Named ``derived_status``, in the order of `targets`.

    Raises
    ------
    InputError
        If the table is no registry of targets, the window is negative, or `deadline_to` lies after
        the last year with an outcome.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> derived_status(load_targets("IND", "CHN")).tolist()
    ['on_time', 'on_time', 'on_time', 'not_reached', 'on_time', 'on_time']
    """
    _check(targets)
    if window < 0:
        raise InputError(f"the window is a number of years from 0, got {window}")
    deadline = targets["deadline"]
    reached_in = _year_reached(targets)
    dated = deadline.notna()
    reached = reached_in.notna()
    has_outcome = reached | targets["outcome_value"].notna()
    passed = _true(deadline <= _last_deadline(targets, deadline_to))
    # The first that is true of a pledge is its status.
    choices = {
        "on_time": _true(reached_in <= deadline),
        "open": ~passed & (dated | ~reached),
        "unscorable": ~dated | ~has_outcome,
        "late": _true(reached_in <= deadline + window),
    }
    status = np.select(list(choices.values()), list(choices), default="not_reached")
    return pd.Series(status, index=targets.index, name="derived_status", dtype="str")


@validated
def status_disagreements(targets: pd.DataFrame, *, window: int = WINDOW) -> pd.DataFrame:
    """List the pledges whose recorded status differs from the derived one, and why.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    window : int
        Years after the deadline, from 0, within which reaching the level is late.

    Returns
    -------
    DataFrame
        One row per pledge: ``target_id``, ``status`` (recorded), ``derived_status``, ``why``, and
        ``crosses`` (bool; true if one of the two says on time and the other not on time).

    Examples
    --------
    >>> from tradelib import load_targets
    >>> differing = status_disagreements(load_targets("IND", "CHN"))
    >>> differing[["target_id", "why"]].to_numpy().tolist()
    [['IND-CHN-2010', 'reached more than 3 years late']]
    """
    derived = derived_status(targets, window=window)
    late = targets["status"] == "met_late"
    reached = _year_reached(targets).notna()
    # The first that is true of a pledge is the reason.
    reasons = {
        "replaced, which the figures do not know": targets["status"] == "superseded",
        "reached, but no deadline was named": targets["deadline"].isna() & reached,
        "no outcome value": derived == "unscorable",
        "its last year is not over": derived == "open",
        "recorded as reached later, the year not kept": late & ~reached,
        f"reached more than {window} years late": late,
    }
    why = np.select(list(reasons.values()), list(reasons), default="the figures contradict it")
    recorded = targets["status"].map(RECORDED)
    both_judge = recorded.isin(TIMELY) & derived.isin(TIMELY)
    differ = (recorded == "on_time") != (derived == "on_time")
    table = targets[["target_id", "status"]]
    table = table.assign(derived_status=derived, why=why, crosses=both_judge & differ)
    return table[recorded != derived].reset_index(drop=True)


@validated
def scored_pledges(
    targets: pd.DataFrame,
    *,
    deadline_to: int | None = None,
    deadline_passed: bool = True,
    outcome_known: bool = True,
    baseline_known: bool = True,
    baseline_before: bool = False,
    repeats: str = "all",
    china: bool | None = None,
    without: str | Sequence[str] = (),
    dollars_only: bool = False,
    superseded: bool = False,
    regions: bool = False,
    batch: int | None = None,
) -> pd.DataFrame:
    """Select the pledges with a deadline that were judged on time or not, by filters.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    deadline_to : int, optional
        Last deadline that has passed; if omitted the last year with an outcome in the table. It
        must not lie after that year.
    deadline_passed : bool
        Leave out pledges whose deadline has not passed: of these only those that were met early
        are judged, and failures cannot be counted yet.
    outcome_known : bool
        Leave out pledges without an outcome value, which otherwise count as recorded.
    baseline_known : bool
        Leave out pledges without a baseline, which have no growth asked.
    baseline_before : bool
        Leave out pledges whose baseline is of the announcement's year or later, or of an unknown
        year.
    repeats : str
        ``"all"`` pledges of a pair, or its ``"first"`` or ``"last"`` one that passes the filters.
    china : bool, optional
        True for pledges with China only, False for those without; all if omitted.
    without : str or sequence of str
        Tags whose pledges are left out: presumptive, near_year, partial, derived, conflict, weak,
        re_dated, audited, check.
    dollars_only : bool
        Leave out pledges in other currencies, which are otherwise compared in their own.
    superseded : bool
        Include pledges that were replaced before their deadline.
    regions : bool
        Include pledges with a region.
    batch : int, optional
        1 to 4 for the pledges of one search; all if omitted.

    Returns
    -------
    DataFrame
        The columns of `targets` plus ``pair`` (str, the same both ways), ``asked`` (float64,
        growth asked, fraction a year), ``horizon`` (Int64, years from announcement to deadline),
        ``derived_status`` and ``on_time`` (bool).

    Raises
    ------
    InputError
        If the table is no registry of targets, or a filter has an unknown value.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> scored_pledges(load_targets("IND", "CHN")).asked.round(3).tolist()
    [0.101, 0.164, 0.157, 0.151, 0.264, 0.141]
    """
    if repeats not in REPEATS:
        raise InputError(f"repeats is one of {', '.join(REPEATS)}, got {repeats!r}")
    rows, judged = _judged(targets, deadline_to)
    # Whether a filter is on, and the rows that pass it.
    filters = [
        (True, judged),
        (deadline_passed, _true(rows["deadline"] <= _last_deadline(rows, deadline_to))),
        (outcome_known, rows["outcome_value"].notna()),
        (baseline_known, rows["baseline_value"].notna()),
        (baseline_before, _true(rows["baseline_year"] < year_announced(rows))),
        (china is not None, with_china(rows) == china),
        (True, ~rows[_tags(without)].any(axis=1)),
        (dollars_only, rows["currency"] == "USD"),
        (not superseded, rows["status"] != "superseded"),
        (not regions, rows["scope"] == "pair"),
        (batch is not None, rows["batch"] == batch),
    ]
    masks = [mask.to_numpy(bool) for is_on, mask in filters if is_on]
    rows = rows[np.logical_and.reduce(masks)]
    if repeats != "all":
        rows = rows.sort_values("version").drop_duplicates("pair", keep=repeats)
    return rows.sort_index().reset_index(drop=True)


def _judged(targets: pd.DataFrame, deadline_to: int | None) -> tuple[pd.DataFrame, pd.Series]:
    """The table with the columns of `scored_pledges`, and the mask of judged pledges.

    The status is the derived one; the recorded one where the figures do not tell.
    """
    derived = derived_status(targets, deadline_to=deadline_to)
    recorded = targets["status"].map(RECORDED)
    status = recorded.where(derived == "unscorable", derived)
    rows = targets.assign(
        pair=pair_names(targets),
        asked=_growth_asked(targets),
        horizon=targets["deadline"] - year_announced(targets),
        derived_status=derived,
        on_time=status == "on_time",
    )
    return rows, targets["deadline"].notna() & status.isin(TIMELY)


def _tags(without: str | Sequence[str]) -> list[str]:
    """The checked tags of one or several."""
    tags = [without] if isinstance(without, str) else list(without)
    if not set(tags) <= set(TAGS):
        raise InputError(f"without takes tags of {', '.join(TAGS)}, got {without!r}")
    return tags


def _check(targets: pd.DataFrame) -> None:
    """Raise if the table is not one of targets."""
    missing = [column for column in TARGET_COLUMNS if column not in targets]
    if missing:
        raise InputError(f"targets lack {', '.join(missing)}; take them from load_targets")
    checks.check_table(
        targets,
        numbers="target_value baseline_value outcome_value deadline baseline_year outcome_year "
        "reached_year batch version",
        texts="target_id scope reporter partner announced currency status",
        flags=" ".join(TAGS),
    )
    for column in ("deadline", "baseline_year", "outcome_year", "reached_year"):
        if not np.isfinite(targets[column].dropna().to_numpy(float)).all():
            raise InputError(f"{column} holds an infinite year")
    wrong = ~targets["announced"].str.match(r"\d{4}(-|$)")
    if wrong.any():
        first = targets["announced"][wrong].iloc[0]
        raise InputError(f"announced is an ISO day, month or year, got {first!r}")


def _true(condition: pd.Series) -> pd.Series:
    """A comparison, false where a side of it is unknown."""
    return condition.fillna(value=False).astype(bool)


def _last_deadline(targets: pd.DataFrame, deadline_to: int | None) -> int:
    """The last deadline that has passed: at most the last year with an outcome."""
    years = pd.concat([targets["outcome_year"], targets["reached_year"]]).dropna()
    last = int(years.max()) if len(years) else 0
    if deadline_to is None:
        return last
    if deadline_to > last:
        raise InputError(
            f"deadline_to must not lie after {last}, the last year with an outcome, got "
            f"{deadline_to}"
        )
    return deadline_to


def _year_reached(targets: pd.DataFrame) -> pd.Series:
    """First year at the level, as recorded or by the outcome; missing if never."""
    above = targets["outcome_value"] >= targets["target_value"]
    outcome = targets["outcome_year"].where(above)
    return pd.concat([targets["reached_year"], outcome], axis=1).min(axis=1)


def _growth_asked(targets: pd.DataFrame) -> pd.Series:
    """Growth asked a year: (target / baseline)^(1 / years) - 1.

    Missing without a year between. Rounded far below the precision of any figure, so that 100 to
    120 in a year is 20 %, not less.
    """
    years = (targets["deadline"] - targets["baseline_year"]).astype("float64")
    multiple = targets["target_value"] / targets["baseline_value"]
    return (multiple ** (1 / years.where(years > 0)) - 1).round(12)


def year_announced(targets: pd.DataFrame) -> pd.Series:
    """Year of the announcement."""
    return targets["announced"].str[:4].astype("int64")


def with_china(targets: pd.DataFrame) -> pd.Series:
    """Whether China is one of the two countries of each target."""
    return (targets[["reporter", "partner"]] == "CHN").any(axis=1)


def pair_names(targets: pd.DataFrame) -> pd.Series:
    """The pair of each target, codes in alphabetical order: "KAZ-TKM"."""
    sides = targets[["reporter", "partner"]]
    return sides.min(axis=1) + "-" + sides.max(axis=1)
