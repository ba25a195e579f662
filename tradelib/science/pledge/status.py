"""What became of announced targets: a status derived from the figures, and which pledges count.

A table here is what `tradelib.load_targets` returns. The robust split is on time against not on
time. "Late" needs a fixed window, since "ever" mostly measures inflation and the day of the last
look.
"""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import pandas as pd

from tradelib.ground import frames
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError

# Years after the deadline that still count as late: longer, and inflation alone reaches the level.
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
# What the registry's batches are called in tables.
SEARCHES = {1: "first search", 2: "second search", 3: "third search"}
REPEATS = ("all", "first", "last")
TIMELY = ("on_time", "late", "not_reached")
RECORDED = {
    "met_on_time": "on_time",
    "met_late": "late",
    "missed": "not_reached",
    "open": "open",
    "superseded": "unscorable",
}
COLUMNS = [
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
    """Status of each pledge by its figures alone, whatever the record says.

    A pledge is reached in the first year in which its level was seen, or in the year of the
    outcome if that is at or above it.

    - ``on_time``: reached in or before the deadline year, even if trade fell back, even early;
    - ``open``: not so, and the deadline has not passed; or no deadline, and not reached;
    - ``late``: reached after the deadline, within `window` years;
    - ``not_reached``: the deadline has passed, an outcome is known, and the level was not seen
      within the window;
    - ``unscorable``: reached without a deadline, or the deadline has passed and no outcome is
      known.

    Parameters
    ----------
    targets : DataFrame, as `tradelib.load_targets` returns it
    window : int, years from 0, after the deadline, within which reaching the level is late
    deadline_to : int, optional
        Last deadline that has passed; if omitted the last year with an outcome in the table, and
        never after it.

    Returns
    -------
    Series of str, named ``derived_status``, in the order of `targets`

    Examples
    --------
    >>> from tradelib import load_targets
    >>> derived_status(load_targets("IND", "CHN")).tolist()
    ['on_time', 'on_time', 'on_time', 'not_reached', 'on_time', 'on_time']
    """
    _check(targets)
    if window < 0:
        raise InputError(f"the window is a number of years from 0, got {window}")
    deadline, reached = targets["deadline"], _reached(targets)
    dated, met = deadline.notna(), reached.notna()
    known = met | targets["outcome_value"].notna()
    passed = _true(deadline <= _last_deadline(targets, deadline_to))
    choices = {
        "on_time": _true(reached <= deadline),
        "open": ~passed & (dated | ~met),
        "unscorable": ~dated | ~known,
        "late": _true(reached <= deadline + window),
    }
    status = np.select(list(choices.values()), list(choices), default="not_reached")
    return pd.Series(status, index=targets.index, name="derived_status", dtype="str")


@validated
def status_disagreements(targets: pd.DataFrame, *, window: int = WINDOW) -> pd.DataFrame:
    """Pledges whose recorded status is not the one their figures give, and why.

    Parameters
    ----------
    targets, window : as for `derived_status`

    Returns
    -------
    DataFrame
        ``target_id``, ``status`` (recorded), ``derived_status``, ``why``, and ``crosses`` (bool):
        whether both decide between on time and not on time, and decide differently.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> differing = status_disagreements(load_targets("IND", "CHN"))
    >>> differing[["target_id", "why"]].to_numpy().tolist()
    [['IND-CHN-2010', 'reached more than 3 years late']]
    """
    derived = derived_status(targets, window=window)
    late = targets["status"] == "met_late"
    reached = _reached(targets)
    reasons = {
        "replaced, which the figures do not know": targets["status"] == "superseded",
        "reached, but no deadline was named": targets["deadline"].isna() & reached.notna(),
        "no outcome value": derived == "unscorable",
        "its last year is not over": derived == "open",
        "recorded as reached later, the year not kept": late & reached.isna(),
        f"reached more than {window} years late": late,
    }
    why = np.select(list(reasons.values()), list(reasons), default="the figures contradict it")
    said = targets["status"].map(RECORDED)
    both = said.isin(TIMELY) & derived.isin(TIMELY)
    crosses = both & ((said == "on_time") != (derived == "on_time"))
    table = targets[["target_id", "status"]]
    table = table.assign(derived_status=derived, why=why, crosses=crosses)
    return table[said != derived].reset_index(drop=True)


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
    """Dated pledges that were on time or not, as the filters let them pass.

    Parameters
    ----------
    targets, deadline_to : as for `derived_status`
    deadline_passed : bool
        Leave out pledges met before their deadline: peers that fail cannot be counted yet.
    outcome_known, baseline_known : bool
        Leave out pledges without an outcome value, which otherwise count as recorded; pledges
        without a baseline, which have no growth asked.
    baseline_before : bool, leave out baselines of the announcement's year or later, or unknown
    repeats : str, ``"all"`` pledges of a pair, or the ``"first"`` or ``"last"`` one that passes
    china : bool, optional, True: only with China; False: only without; both if omitted
    without : sequence of str
        Tags whose rows are left out: presumptive, near_year, partial, derived, conflict, weak,
        re_dated, audited, check.
    dollars_only : bool, leave out other currencies, otherwise compared in their own
    superseded, regions : bool, count pledges replaced before their deadline, and with a region
    batch : int, optional, 1, 2 or 3: which search found them; all if omitted

    Returns
    -------
    DataFrame
        The columns of `targets` plus ``pair`` (str, the same both ways), ``asked`` (float64,
        growth asked a year, fraction), ``horizon`` (Int64, years from announcement to deadline),
        ``derived_status`` and ``on_time`` (bool).

    Examples
    --------
    >>> from tradelib import load_targets
    >>> scored_pledges(load_targets("IND", "CHN")).asked.round(3).tolist()
    [0.101, 0.164, 0.175, 0.101, 0.269, 0.141]
    """
    if repeats not in REPEATS:
        raise InputError(f"repeats is one of {', '.join(REPEATS)}, got {repeats!r}")
    rows, dated = _judged(targets, deadline_to)
    demands = [
        (True, dated),
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
    keep = np.logical_and.reduce([mask.to_numpy(bool) for asked, mask in demands if asked])
    rows = rows[keep]
    if repeats != "all":
        rows = rows.sort_values("version").drop_duplicates("pair", keep=repeats)
    return rows.sort_index().reset_index(drop=True)


def _judged(targets: pd.DataFrame, deadline_to: int | None) -> tuple[pd.DataFrame, pd.Series]:
    """The table with what `scored_pledges` adds, and which rows are dated and were judged."""
    derived = derived_status(targets, deadline_to=deadline_to)
    said = targets["status"].map(RECORDED).where(derived == "unscorable", derived)
    years = targets["deadline"] - year_announced(targets)
    rows = targets.assign(
        pair=pair_names(targets),
        asked=_asked(targets),
        horizon=years,
        derived_status=derived,
        on_time=said == "on_time",
    )
    return rows, targets["deadline"].notna() & said.isin(TIMELY)


def _tags(without: str | Sequence[str]) -> list[str]:
    tags = [without] if isinstance(without, str) else list(without)
    if not set(tags) <= set(TAGS):
        raise InputError(f"without takes tags of {', '.join(TAGS)}, got {without!r}")
    return tags


def _check(targets: pd.DataFrame) -> None:
    missing = [column for column in COLUMNS if column not in targets]
    if missing:
        raise InputError(f"targets lack {', '.join(missing)}; take them from load_targets")
    frames.check_table(
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
        what = f"{targets['announced'][wrong].iloc[0]!r}"
        raise InputError(f"announced is an ISO day, month or year, got {what}")


def _true(condition: pd.Series) -> pd.Series:
    """A comparison with what is unknown as not true."""
    return condition.fillna(value=False).astype(bool)


def _last_deadline(targets: pd.DataFrame, deadline_to: int | None) -> int:
    """Last deadline that has passed: at most the last year with an outcome."""
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


def _reached(targets: pd.DataFrame) -> pd.Series:
    """First year in which the level was seen, by either figure; missing if it was not."""
    above = targets["outcome_value"] >= targets["target_value"]
    outcome = targets["outcome_year"].where(above)
    return pd.concat([targets["reached_year"], outcome], axis=1).min(axis=1)


def _asked(targets: pd.DataFrame) -> pd.Series:
    """Growth asked a year from the baseline's year to the deadline; missing where none is left.

    Rounded far below what any figure states, so that 100 to 120 in a year asks 20 %, not less.
    """
    years = (targets["deadline"] - targets["baseline_year"]).astype("float64")
    multiple = targets["target_value"] / targets["baseline_value"]
    return (multiple ** (1 / years.where(years > 0)) - 1).round(12)


def year_announced(targets: pd.DataFrame) -> pd.Series:
    """Year of the announcement."""
    return targets["announced"].str[:4].astype("int64")


def with_china(targets: pd.DataFrame) -> pd.Series:
    """Whether China is a side of each target."""
    return (targets[["reporter", "partner"]] == "CHN").any(axis=1)


def pair_names(targets: pd.DataFrame) -> pd.Series:
    """The pair of each target, the same both ways."""
    first = targets[["reporter", "partner"]].min(axis=1)
    return first + "-" + targets[["reporter", "partner"]].max(axis=1)
