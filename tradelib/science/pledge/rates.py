"""What became of announced targets: a status derived from the figures, and how many were on time.

A table here is what `tradelib.load_targets` returns. The robust split is on time against not on
time. "Late" needs a fixed window, since "ever" mostly measures inflation and the day of the last
look; and pledges that were met are easier to find than those quietly dropped, so every rate here
is, if anything, too high. Growth asked runs from the baseline's year to the deadline.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Any, TypedDict, Unpack

import numpy as np
import pandas as pd

from tradelib.ground import codes
from tradelib.ground.numbers import tail

__all__ = [
    "Filters",
    "PledgeRate",
    "derived_status",
    "pledge_rate",
    "pledge_sensitivity",
    "pledge_table",
    "scored_pledges",
    "status_disagreements",
]

WINDOW = 3
GROWTH_EDGES = (-math.inf, 0.10, 0.15, 0.20, 0.30, math.inf)
HORIZON_EDGES = (0, 3, 6, math.inf)
TAGS = (
    "presumptive", "near_year", "partial", "derived", "conflict", "weak", "re_dated", "audited",
    "check",
)  # fmt: skip
REPEATS = ("all", "first", "last")
TIMELY = {"on_time": True, "late": False, "not_reached": False}
RECORDED = {
    "met_on_time": "on_time",
    "met_late": "late",
    "missed": "not_reached",
    "open": "open",
    "superseded": "unscorable",
}
COLUMNS = [
    "target_id", "scope", "reporter", "partner", "announced", "currency", "target_value",
    "baseline_value", "baseline_year", "deadline", "outcome_value", "outcome_year",
    "reached_year", "status", "batch", "version", "resolved", *TAGS,
]  # fmt: skip

COUNTS = ["on_time", "n", "pairs"]
SHARES = ["share", "low", "high", "n_effective"]

Band = tuple[float, float]
Options = dict[str, Any]


class Filters(TypedDict, total=False):
    """Which pledges count: keyword arguments of `scored_pledges`, all optional."""

    deadline_to: int | None
    deadline_passed: bool
    outcome_known: bool
    baseline_known: bool
    baseline_before: bool
    repeats: str
    china: bool | None
    without: Sequence[str]
    dollars_only: bool
    superseded: bool
    regions: bool
    batch: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeRate:
    """Share of pledges that were met on time, with its interval.

    Parameters
    ----------
    asked : tuple of float or None
        Growth asked a year, fractions, from and below; None: any.
    on_time, n : int
        Pledges met in or before the deadline year, and all that count.
    pairs : int
        Country pairs among them.
    n_effective : float
        What `n` pledges are worth, since those of one pair share their fate; at most `n`.
    level : float
        Of `interval`, percent.
    known_from : Timestamp
        Day on which the last of them was resolved.
    rows : DataFrame
        The pledges, as `scored_pledges` returns them.
    """

    asked: Band | None
    on_time: int
    n: int
    pairs: int
    n_effective: float
    level: float
    known_from: pd.Timestamp
    rows: pd.DataFrame

    @property
    def share(self) -> float:
        """Met on time, of all that count."""
        return self.on_time / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson interval of the share at `level`, for `n_effective` pledges."""
        z = NormalDist().inv_cdf(1 - tail(self.level))
        weight = z**2 / self.n_effective
        centre = (self.share + weight / 2) / (1 + weight)
        inside = self.share * (1 - self.share) / self.n_effective + (weight / z / 2) ** 2
        half = z * math.sqrt(inside) / (1 + weight)
        return max(0.0, centre - half), min(1.0, centre + half)

    def summary(self) -> str:
        """Say in plain words how many were on time."""
        low, high = self.interval
        asked = "" if self.asked is None else f" that asked {_percent(self.asked)} a year"
        return (
            f"Met on time: {self.on_time} of {self.n} announced targets{asked}, {self.share:.0%}; "
            f"{self.level:g} % interval {low:.0%} to {high:.0%} ({self.pairs} pairs, worth "
            f"{self.n_effective:.0f} independent pledges). Successes are easier to find than "
            f"failures. Known from {self.known_from.date()}."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: counts, share, interval and from when it was known."""
        low, high = self.interval
        return pd.DataFrame(
            {
                "on_time": [self.on_time],
                "n": self.n,
                "share": self.share,
                "low": low,
                "high": high,
                "level": self.level,
                "pairs": self.pairs,
                "n_effective": self.n_effective,
                "known_from": self.known_from,
            }
        )


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
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    window : int
        Years after the deadline within which reaching the level is late.
    deadline_to : int, optional
        Last deadline that has passed; the last year with an outcome in the table if omitted.

    Returns
    -------
    Series of str
        Named ``derived_status``, in the order of `targets`.

    Raises
    ------
    ValueError
        If a column is missing, `window` is negative, or `deadline_to` lies after the last year
        with an outcome.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> derived_status(load_targets("IND", "CHN")).tolist()
    ['on_time', 'on_time', 'on_time', 'not_reached']
    """
    _check(targets)
    if window < 0:
        raise ValueError(f"the window is a number of years from 0, got {window}")
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
    found = np.select(list(choices.values()), list(choices), default="not_reached")
    return pd.Series(found, index=targets.index, name="derived_status", dtype="str")


def status_disagreements(targets: pd.DataFrame, *, window: int = WINDOW) -> pd.DataFrame:
    """Pledges whose recorded status is not the one their figures give, and why.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    window : int
        As `derived_status` takes it.

    Returns
    -------
    DataFrame
        ``target_id``, ``status`` (recorded), ``derived_status``, ``why``, and ``crosses`` (bool):
        whether both decide between on time and not on time, and decide differently.

    Raises
    ------
    ValueError
        As `derived_status`.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> found = status_disagreements(load_targets("IND", "CHN"))
    >>> found[["target_id", "why"]].to_numpy().tolist()
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
    table = targets[["target_id", "status"]].assign(
        derived_status=derived,
        why=why,
        crosses=both & ((said == "on_time") != (derived == "on_time")),
    )
    return table[said != derived].reset_index(drop=True)


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
    without: Sequence[str] = (),
    dollars_only: bool = False,
    superseded: bool = False,
    regions: bool = False,
    batch: int | None = None,
) -> pd.DataFrame:
    """Dated pledges that were on time or not, as the filters let them pass.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    deadline_to : int, optional
        Last deadline that has passed; the last year with an outcome in the table if omitted.
    deadline_passed : bool
        Leave out pledges met before a deadline that has not passed: their peers that fail cannot
        be counted yet.
    outcome_known : bool
        Leave out pledges without an outcome value. Otherwise those count as recorded.
    baseline_known : bool
        Leave out pledges without a baseline, which have no growth asked.
    baseline_before : bool
        Leave out pledges whose baseline is of the announcement's year or later, or unknown.
    repeats : str
        ``"all"`` pledges of a pair, or the ``"first"`` or ``"last"`` one that passes.
    china : bool, optional
        True: only with China; False: only without; both if omitted.
    without : sequence of str
        Tags whose rows are left out: presumptive, near_year, partial, derived, conflict, weak,
        re_dated, audited, check.
    dollars_only : bool
        Leave out pledges in other currencies, which are otherwise compared in their own.
    superseded : bool
        Count pledges recorded as replaced before their deadline.
    regions : bool
        Count pledges with a region.
    batch : int, optional
        1 or 2; both if omitted.

    Returns
    -------
    DataFrame
        The columns of `targets` plus ``pair`` (str, the same both ways), ``asked`` (float64,
        growth asked a year, fraction), ``horizon`` (Int64, years from announcement to deadline),
        ``derived_status`` and ``on_time`` (bool).

    Raises
    ------
    ValueError
        If a column is missing or a filter is not what it must be.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> scored_pledges(load_targets("IND", "CHN")).asked.round(3).tolist()
    [0.101, 0.164, 0.175, 0.101]
    """
    if repeats not in REPEATS:
        raise ValueError(f"repeats is one of {', '.join(REPEATS)}, got {repeats!r}")
    tags = [without] if isinstance(without, str) else list(without)
    if not set(tags) <= set(TAGS):
        raise ValueError(f"without takes tags of {', '.join(TAGS)}, got {without!r}")
    derived = derived_status(targets, deadline_to=deadline_to)
    said = targets["status"].map(RECORDED).where(derived == "unscorable", derived)
    chinese = (targets["reporter"] == "CHN") | (targets["partner"] == "CHN")
    announced = targets["announced"].str[:4].astype("int64")
    passed = _true(targets["deadline"] <= _last_deadline(targets, deadline_to))
    demands = [
        (True, targets["deadline"].notna() & said.isin(TIMELY)),
        (deadline_passed, passed),
        (outcome_known, targets["outcome_value"].notna()),
        (baseline_known, targets["baseline_value"].notna()),
        (baseline_before, _true(targets["baseline_year"] < announced)),
        (china is not None, chinese == china),
        (True, ~targets[tags].any(axis=1)),
        (dollars_only, targets["currency"] == "USD"),
        (not superseded, targets["status"] != "superseded"),
        (not regions, targets["scope"] == "pair"),
        (batch is not None, targets["batch"] == batch),
    ]
    keep = np.logical_and.reduce([mask.to_numpy(bool) for asked, mask in demands if asked])
    rows = targets.assign(
        pair=_pairs(targets),
        asked=_asked(targets),
        horizon=targets["deadline"] - announced,
        derived_status=derived,
        on_time=said == "on_time",
    )[keep]
    if repeats != "all":
        rows = rows.sort_values("version").drop_duplicates("pair", keep=repeats)
    return rows.sort_index().reset_index(drop=True)


def pledge_rate(
    targets: pd.DataFrame,
    *,
    growth: float | Band | None = None,
    horizon: float | Band | None = None,
    region: str | None = None,
    level: float = 95,
    **filters: Unpack[Filters],
) -> PledgeRate:
    """How many announced targets like this one were met on time.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    growth : float or (float, float), optional
        Growth asked a year, fraction. A number picks its class (below 10 %, 10-15, 15-20, 20-30,
        30 % and over), two numbers are a band from and below. Any if omitted.
    horizon : float or (float, float), optional
        Years from announcement to deadline: a number picks its class (0-2, 3-5, 6 and over), two
        numbers are a band from and below. Any if omitted.
    region : str, optional
        UN sub-region of either country, such as ``"Central Asia"``.
    level : float
        Of the interval, percent.
    **filters
        As `scored_pledges` takes them; its defaults are dated pledges of pairs whose deadline has
        passed, with baseline and outcome known, not replaced.

    Returns
    -------
    PledgeRate
        Its interval is Wilson's with the number of pledges divided by the design effect of pairs
        (never below 1). Where none or all were on time no effect can be estimated: a pair then
        counts as one pledge. Such intervals still cover a little too seldom (Franco et al.), and
        pledges of the same years share shocks, which no clustering by pair sees.

    Raises
    ------
    ValueError
        If no pledge passes, or an argument is not what it must be.

    References
    ----------
    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference,
    *JASA* 22, doi:10.1080/01621459.1927.10502953.
    Franco, C., Little, R. J. A., Louis, T. A. and Slud, E. V. (2019), Comparative study of
    confidence intervals for proportions in complex sample surveys, *Journal of Survey Statistics
    and Methodology* 7, doi:10.1093/jssam/smy019.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> found = pledge_rate(load_targets(), growth=0.256)
    >>> found.on_time, found.n, found.asked
    (1, 41, (0.2, 0.3))
    """
    tail(level)
    rows = _chosen(targets, growth=growth, horizon=horizon, region=region, **filters)
    if rows.empty:
        raise ValueError("no pledge passes the filters; loosen one of them, or see scored_pledges")
    return PledgeRate(
        asked=None if growth is None else _band("growth", growth, GROWTH_EDGES),
        on_time=int(rows["on_time"].sum()),
        n=len(rows),
        pairs=rows["pair"].nunique(),
        n_effective=_effective(rows),
        level=float(level),
        known_from=rows["resolved"].max(),
        rows=rows,
    )


def pledge_table(
    targets: pd.DataFrame,
    *,
    by: str = "growth",
    level: float = 95,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """Rates on time class by class, and of all together.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    by : str
        ``"growth"`` asked a year, ``"horizon"``, ``"region"`` (a pledge counts in the regions of
        both countries), ``"china"`` or ``"batch"``.
    level : float
        Of the intervals, percent.
    **filters
        As `scored_pledges` takes them.

    Returns
    -------
    DataFrame
        A row a class, the last one ``all``: `by`, ``on_time``, ``n`` (int64), ``share``, ``low``,
        ``high`` (float64), ``pairs`` (int64) and ``n_effective`` (float64). A class without
        pledges has ``n`` zero and no share.

    Raises
    ------
    ValueError
        If `by` is something else, or a filter is not what it must be.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> pledge_table(load_targets())[["growth", "on_time", "n"]].to_numpy().tolist()[-2:]
    [['30 % and over', 2, 22], ['all', 36, 188]]
    """
    ways: dict[str, dict[str, Options]] = {
        "growth": {_percent(band): {"growth": band} for band in pairwise(GROWTH_EDGES)},
        "horizon": {_years(band): {"horizon": band} for band in pairwise(HORIZON_EDGES)},
        "region": {name: {"region": name} for name in _regions(scored_pledges(targets, **filters))},
        "china": {"with China": {"china": True}, "without China": {"china": False}},
        "batch": {str(batch): {"batch": batch} for batch in (1, 2)},
    }
    if by not in ways:
        raise ValueError(f"by is one of {', '.join(ways)}, got {by!r}")
    return _rates(targets, by, ways[by] | {"all": {}}, {"level": level, **filters})


def pledge_sensitivity(
    targets: pd.DataFrame,
    *,
    growth: float | Band | None = None,
    horizon: float | Band | None = None,
    region: str | None = None,
    level: float = 95,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """The rate under each other choice of filter, one changed at a time.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    growth, horizon, region, level
        As `pledge_rate` takes them.
    **filters
        As `scored_pledges` takes them: what the first row uses, and each other row changes once.

    Returns
    -------
    DataFrame
        A row a choice: ``choice``, then the columns of `pledge_table`. A choice that leaves no
        pledge has ``n`` zero and no share.

    Raises
    ------
    ValueError
        If an argument is not what it must be.

    Examples
    --------
    >>> from tradelib import load_targets
    >>> found = pledge_sensitivity(load_targets(), growth=0.256).set_index("choice")
    >>> found.loc[["as asked", "outcome value not needed"], ["on_time", "n"]].to_numpy().tolist()
    [[1, 41], [2, 47]]
    """
    choices: dict[str, Options] = {
        "as asked": {},
        "deadline still ahead, if met": {"deadline_passed": False},
        "outcome value not needed": {"outcome_known": False},
        "baseline not needed": {"baseline_known": False},
        "baseline before the announcement": {"baseline_before": True},
        "first pledge of a pair": {"repeats": "first"},
        "last pledge of a pair": {"repeats": "last"},
        "with China": {"china": True},
        "without China": {"china": False},
        **{f"without {tag}": {"without": [tag]} for tag in TAGS},
        "without any tag but audited": {"without": [tag for tag in TAGS if tag != "audited"]},
        "in dollars only": {"dollars_only": True},
        "replaced ones too": {"superseded": True},
        "regions too": {"regions": True},
        "batch 1": {"batch": 1},
        "batch 2": {"batch": 2},
    }
    base: Options = {"growth": growth, "horizon": horizon, "region": region, "level": level}
    return _rates(targets, "choice", choices, base | filters)


def _rates(
    targets: pd.DataFrame, name: str, ways: dict[str, Options], base: Options
) -> pd.DataFrame:
    """One row a way of choosing pledges."""
    rows = []
    for label, change in ways.items():
        options = base | change
        chosen = _chosen(targets, **{key: options[key] for key in options if key != "level"})
        row = dict.fromkeys(COUNTS, 0) | dict.fromkeys(SHARES)
        if len(chosen):
            row = pledge_rate(targets, **options).to_frame().iloc[0].to_dict()
        rows.append({name: label, **row})
    order = [name, "on_time", "n", "share", "low", "high", "pairs", "n_effective"]
    table = pd.DataFrame(rows)[order]
    return table.astype(dict.fromkeys(COUNTS, "int64") | dict.fromkeys(SHARES, "float64"))


def _chosen(
    targets: pd.DataFrame,
    *,
    growth: float | Band | None = None,
    horizon: float | Band | None = None,
    region: str | None = None,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """Scored pledges of a class, in a fresh frame."""
    rows = scored_pledges(targets, **filters)
    if growth is not None:
        low, high = _band("growth", growth, GROWTH_EDGES)
        rows = rows[(rows["asked"] >= low) & (rows["asked"] < high)]
    if horizon is not None:
        low, high = _band("horizon", horizon, HORIZON_EDGES)
        rows = rows[(rows["horizon"] >= low) & (rows["horizon"] < high)]
    if region is not None:
        known = _regions(targets)
        if region not in known:
            raise ValueError(f"region is one of {', '.join(known)}, got {region!r}")
        rows = rows[[region in sides for sides in _sides(rows)]]
    return rows.reset_index(drop=True)


def _band(name: str, wanted: float | Band, edges: Sequence[float]) -> Band:
    """The class that a number falls in, or the band of two numbers."""
    if isinstance(wanted, tuple):
        low, high = wanted
        if not low < high:
            raise ValueError(f"a band of {name} runs from low to high, got {wanted}")
        return float(low), float(high)
    for low, high in pairwise(edges):
        if low <= wanted < high:
            return low, high
    raise ValueError(f"{name} must be a number from {edges[0]:g}, or a band of two, got {wanted}")


def _percent(band: Band) -> str:
    low, high = (100 * edge for edge in band)
    if math.isinf(low):
        return f"under {high:.3g} %"
    return f"{low:.3g} % and over" if math.isinf(high) else f"{low:.3g}-{high:.3g} %"


def _years(band: Band) -> str:
    low, high = band
    return f"{low:g} years and over" if math.isinf(high) else f"{low:g}-{high - 1:g} years"


def _check(targets: pd.DataFrame) -> None:
    missing = [column for column in COLUMNS if column not in targets]
    if missing:
        raise ValueError(f"targets lack {', '.join(missing)}; take them from load_targets")


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
        raise ValueError(
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


def _pairs(targets: pd.DataFrame) -> pd.Series:
    first = targets[["reporter", "partner"]].min(axis=1)
    return first + "-" + targets[["reporter", "partner"]].max(axis=1)


def _sides(rows: pd.DataFrame) -> list[set[str]]:
    """UN sub-regions of the two countries of each pledge."""
    return [
        {codes.region(country) for country in sides}
        for sides in rows[["reporter", "partner"]].itertuples(index=False)
    ]


def _regions(rows: pd.DataFrame) -> list[str]:
    return sorted(set().union(*_sides(rows)))


def _effective(rows: pd.DataFrame) -> float:
    """Independent pledges that so many are worth: n over the design effect of clustering by pair.

    The variance of the share is that between pairs (ultimate clusters); without any, as when none
    or all were on time, pledges of a pair count as one.
    """
    n, share = len(rows), rows["on_time"].mean()
    sizes = rows.groupby("pair")["on_time"].agg(["sum", "count"])
    m = len(sizes)
    if m == 1 or share in (0, 1):
        return float(n**2 / (sizes["count"] ** 2).sum())
    between = m / (m - 1) * ((sizes["sum"] - share * sizes["count"]) ** 2).sum() / n**2
    return float(n / max(1.0, between / (share * (1 - share) / (n - 1))))
