"""How many announced targets were met on time, by class and by filters.

Pledges that were met are easier to find than those quietly dropped, so every rate here is, if
anything, too high. Growth asked runs from the baseline's year to the deadline. The arguments are
described at `tradelib.pledge_rate` and the other functions that use the bundled registry.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Unpack

import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import Displayable, label
from tradelib.core.numeric import normal_reach, tail, wilson
from tradelib.science.pledges.status import SEARCHES, TAGS, Filters, scored_pledges, year_announced

# Classes of growth asked a year and of years allowed, as in the registry's notes.
GROWTH_EDGES = (-math.inf, 0.10, 0.15, 0.20, 0.30, math.inf)
GROWTHS = list(pairwise(GROWTH_EDGES))
HORIZON_BANDS = {"0-2 years": (0, 3), "3-5 years": (3, 6), "6 years and over": (6, math.inf)}
# Classes of five years from 2005 to 2019: earlier pledges are few, later ones mostly still open.
ANNOUNCED = {
    "before 2005": (-math.inf, 2005),
    "2005-2009": (2005, 2010),
    "2010-2014": (2010, 2015),
    "2015-2019": (2015, 2020),
    "from 2020": (2020, math.inf),
}
# More growth a year than any pledge ever asked: above it a percentage was given for a fraction.
MOST = 2.0
# Columns of a class without pledges: counts of zero, and missing shares.
NO_COUNTS = dict.fromkeys(["on_time", "n", "pairs"], 0)
NO_SHARES = dict.fromkeys(["share", "low", "high", "n_effective"], math.nan)

Band = tuple[float, float]
Options = dict[str, Any]


class Class(Filters, total=False):
    """Filters and classes of targets: keyword arguments of `tradelib.pledge_rate`."""

    growth: float | Band | None
    horizon: float | Band | None
    announced: float | Band | None
    region: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PledgeRate(Displayable):
    """Share of pledges that were met on time, with its interval.

    Parameters
    ----------
    asked : tuple of float or None
        Class of growth asked, fractions a year: from the first, below the second; None for any.
    on_time : int
        Pledges met in or before the deadline year.
    n : int
        All pledges that count.
    pairs : int
        Pairs of countries among them.
    n_effective : float
        Effective number of independent pledges, given clustering by pair; at most `n`.
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
        """Share of pledges met on time."""
        return self.on_time / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson interval of the share at `level`, for `n_effective` pledges."""
        z = normal_reach(self.level)
        return wilson(self.share, self.n_effective, z)

    def summary(self) -> str:
        """Say in plain words how many were on time.

        Returns
        -------
        str
            Sentences with the counts, the share and its interval.
        """
        low, high = self.interval
        of_class = "" if self.asked is None else f" that asked {growth_name(self.asked)} a year"
        return (
            f"Of {self.n} announced targets{of_class}, {self.on_time} came true on time: "
            f"{self.share:.0%} ({self.level:g}% interval {low:.0%} to {high:.0%}). "
            f"Repeated pledges of a pair count for less, so they are worth {self.n_effective:.0f} "
            "separate ones. Successes are easier to find than failures. Known from "
            f"{self.known_from.date()}."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: counts, share, interval, and the day from which it was known.

        Returns
        -------
        DataFrame
            ``on_time``, ``n``, ``share``, ``low``, ``high``, ``level``, ``pairs``,
            ``n_effective``, ``known_from``.
        """
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


def rate_of(targets: pd.DataFrame, *, level: float = 95, **asked: Unpack[Class]) -> PledgeRate:
    """Share of the targets of a table that were met on time.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    level : float
        Of the interval, percent.
    **asked
        Filters and classes, as `tradelib.pledge_rate` describes them.

    Returns
    -------
    PledgeRate
        Of the targets that pass.
    """
    tail(level)  # checks it
    rows = _selected(targets, **asked)
    if rows.empty:
        way = "loosen one of them, or see scored_pledges"
        raise NoAnswerError(f"no pledge passes the filters; {way}; got {asked}")
    return _rate(rows, level, growth=asked.get("growth"))


def rate_table(
    targets: pd.DataFrame, *, by: str = "growth", level: float = 95, **asked: Unpack[Class]
) -> pd.DataFrame:
    """Shares met on time by class, and of all together.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    by : str
        ``"growth"``, ``"horizon"``, ``"announced"``, ``"region"``, ``"china"``, ``"batch"``, or
        ``"all"`` of them.
    level : float
        Of the intervals, percent.
    **asked
        Filters and classes, as `tradelib.pledge_rate` describes them.

    Returns
    -------
    DataFrame
        One row per class, as `tradelib.pledge_table` describes it.
    """
    regions = _regions(_selected(targets, **asked))
    classes: dict[str, dict[str, Options]] = {
        "growth": {growth_name(band): {"growth": band} for band in GROWTHS},
        "horizon": {name: {"horizon": band} for name, band in HORIZON_BANDS.items()},
        "announced": {name: {"announced": band} for name, band in ANNOUNCED.items()},
        "region": {name: {"region": name} for name in regions},
        "china": _CHINA,
        "batch": _BATCHES,
    }
    if by == "all":
        tables = {
            kind: _rates(targets, "class", options, dict(asked), level)
            for kind, options in (classes | {"all": _EVERY}).items()
        }
        return pd.concat(tables, names=["kind"]).reset_index("kind")
    if by not in classes:
        raise InputError(f"by is one of {', '.join([*classes, 'all'])}, got {by!r}")
    return _rates(targets, by, classes[by] | _EVERY, dict(asked), level)


def rate_sensitivity(
    targets: pd.DataFrame, *, level: float = 95, **asked: Unpack[Class]
) -> pd.DataFrame:
    """Share met on time with one filter changed at a time.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    level : float
        Of the intervals, percent.
    **asked
        Filters and classes, as `tradelib.pledge_rate` describes them.

    Returns
    -------
    DataFrame
        One row per choice, as `tradelib.pledge_sensitivity` describes it.
    """
    return _rates(targets, "choice", _CHOICES, dict(asked), level)


_EVERY: dict[str, Options] = {"all": {}}
_BATCHES: dict[str, Options] = {SEARCHES[batch]: {"batch": batch} for batch in SEARCHES}
_CHINA: dict[str, Options] = {"with China": {"china": True}, "without China": {"china": False}}
_CHOICES: dict[str, Options] = {
    "as asked": {},
    "deadline still ahead, if met": {"deadline_passed": False},
    "outcome value not needed": {"outcome_known": False},
    "baseline not needed": {"baseline_known": False},
    "baseline before the announcement": {"baseline_before": True},
    "first pledge of a pair": {"repeats": "first"},
    "last pledge of a pair": {"repeats": "last"},
    **_CHINA,
    **{f"without {label(tag, 'tags')}": {"without": [tag]} for tag in TAGS},
    "without any of these warnings": {"without": sorted({*TAGS} - {"audited"})},
    "in dollars only": {"dollars_only": True},
    "replaced ones too": {"superseded": True},
    "regions too": {"regions": True},
    **_BATCHES,
}


def _rates(
    targets: pd.DataFrame, name: str, choices: dict[str, Options], filters: Options, level: float
) -> pd.DataFrame:
    """Table of rates, one row per choice of pledges: its filters replace the common ones."""
    rows = []
    for choice, changed in choices.items():
        row = NO_COUNTS | NO_SHARES
        selected = _selected(targets, **filters | changed)
        if len(selected):
            row = _rate(selected, level).to_frame().iloc[0].to_dict()
        rows.append({name: choice, **row})
    order = [name, "on_time", "n", "share", "low", "high", "pairs", "n_effective"]
    types = dict.fromkeys(NO_COUNTS, "int64") | dict.fromkeys(NO_SHARES, "float64")
    return pd.DataFrame(rows)[order].astype(types)


def _rate(rows: pd.DataFrame, level: float, *, growth: float | Band | None = None) -> PledgeRate:
    """The rate of scored pledges; there must be one at least."""
    return PledgeRate(
        asked=None if growth is None else _band("growth", growth, GROWTHS),
        on_time=int(rows["on_time"].sum()),
        n=len(rows),
        pairs=rows["pair"].nunique(),
        n_effective=effective(rows),
        level=float(level),
        known_from=rows["resolved"].max(),
        rows=rows,
    )


def _selected(
    targets: pd.DataFrame,
    *,
    growth: float | Band | None = None,
    horizon: float | Band | None = None,
    announced: float | Band | None = None,
    region: str | None = None,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """Scored pledges that pass the filters and are of the classes, in a fresh frame."""
    rows = scored_pledges(targets, **filters)
    if isinstance(growth, int | float) and MOST < growth < math.inf:
        way = "a fraction a year, such as 0.256 for 25.6 %"
        raise InputError(f"growth is {way}, got {growth}")
    if growth is not None:
        rows = rows[_within("growth", rows["asked"], growth, GROWTHS)]
    if horizon is not None:
        rows = rows[_within("horizon", rows["horizon"], horizon, list(HORIZON_BANDS.values()))]
    if announced is not None:
        years = year_announced(rows)
        rows = rows[_within("announced", years, announced, list(ANNOUNCED.values()))]
    if region is not None:
        regions = _regions(targets)
        if region not in regions:
            raise InputError(f"region is one of {', '.join(regions)}, got {region!r}")
        rows = rows[[region in sides for sides in _sides(rows)]]
    return rows.reset_index(drop=True)


def _within(name: str, values: pd.Series, wanted: float | Band, bands: Sequence[Band]) -> pd.Series:
    """Whether each value lies in the wanted band."""
    low, high = _band(name, wanted, bands)
    return values.between(low, high, inclusive="left")


def _band(name: str, wanted: float | Band, bands: Sequence[Band]) -> Band:
    """The class that a number falls in, or the checked band of two numbers."""
    if isinstance(wanted, tuple | list):
        if len(wanted) != 2 or not wanted[0] < wanted[1]:
            raise InputError(f"a band of {name} runs from low to high, got {wanted}")
        return float(wanted[0]), float(wanted[1])
    for low, high in bands:
        if low <= wanted < high:
            return low, high
    raise InputError(
        f"{name} must be a number from {bands[0][0]:g}, or a band of two, got {wanted}"
    )


def growth_name(band: Band) -> str:
    """A band of growth in percent.

    >>> growth_name((0.10, 0.15)), growth_name((0.30, math.inf))
    ('10-15 %', '30 % and over')
    """
    low, high = (100 * edge for edge in band)
    if math.isinf(low):
        return f"under {high:.3g} %"
    if math.isinf(high):
        return f"{low:.3g} % and over"
    return f"{low:.3g}-{high:.3g} %"


def _sides(rows: pd.DataFrame) -> list[set[str]]:
    """UN sub-regions of the two countries of each pledge."""
    pairs = zip(rows["reporter"], rows["partner"], strict=True)
    return [
        {country_codes.region(reporter), country_codes.region(partner)}
        for reporter, partner in pairs
    ]


def _regions(rows: pd.DataFrame) -> list[str]:
    """UN sub-regions of all countries of the pledges, in alphabetical order."""
    return sorted(set().union(*_sides(rows)))


def effective(rows: pd.DataFrame) -> float:
    """Effective number of pledges: n / max(1, design effect of clustering by pair).

    With m pairs, of k pledges each and s of them on time, and the share p of all, the design effect
    is m / (m - 1) sum of (s - p k)^2 / n^2 (the variance of p between pairs, as ultimate clusters)
    over p (1 - p) / (n - 1). Where that says nothing, with one pair or with none or all on time,
    the effective number is n^2 / sum of k^2.
    """
    n = len(rows)
    share = rows["on_time"].mean()
    by_pair = rows.groupby("pair")["on_time"].agg(["sum", "count"])
    m = len(by_pair)
    if m == 1 or share in (0, 1):
        return float(n**2 / (by_pair["count"] ** 2).sum())
    residual = by_pair["sum"] - share * by_pair["count"]
    clustered = m / (m - 1) * (residual**2).sum() / n**2
    independent = share * (1 - share) / (n - 1)
    return float(n / max(1.0, clustered / independent))
