"""How many announced targets were met on time, by class and by what one counts.

Pledges that were met are easier to find than those quietly dropped, so every rate here is, if
anything, too high. Growth asked runs from the baseline's year to the deadline. What the arguments
mean is said once, at `tradelib.pledge_rate` and the others that bind the bundled registry.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Any, Unpack

import pandas as pd

from tradelib.ground import codes
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.ground.numbers import tail, wilson
from tradelib.ground.plain import Displayable, label
from tradelib.science.pledge.status import (
    SEARCHES,
    TAGS,
    Filters,
    scored_pledges,
    year_announced,
)

# Classes of growth asked a year and of years allowed, as the registry's notes were written.
GROWTH_EDGES = (-math.inf, 0.10, 0.15, 0.20, 0.30, math.inf)
GROWTHS = list(pairwise(GROWTH_EDGES))
HORIZONS = {"0-2 years": (0, 3), "3-5 years": (3, 6), "6 years and over": (6, math.inf)}
# Five years each from 2005 to 2019: earlier and later ones are few, or mostly still open.
ANNOUNCED = {
    "before 2005": (-math.inf, 2005),
    "2005-2009": (2005, 2010),
    "2010-2014": (2010, 2015),
    "2015-2019": (2015, 2020),
    "from 2020": (2020, math.inf),
}
# More growth a year than any pledge ever asked: percent taken for a fraction.
MOST = 2.0
# A class without pledges: counts of zero, and no share.
COUNTS = dict.fromkeys(["on_time", "n", "pairs"], 0)
SHARES = dict.fromkeys(["share", "low", "high", "n_effective"], math.nan)

Band = tuple[float, float]
Options = dict[str, Any]


class Class(Filters, total=False):
    """Which targets count, and of which class: keyword arguments of `tradelib.pledge_rate`."""

    growth: float | Band | None
    horizon: float | Band | None
    announced: float | Band | None
    region: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PledgeRate(Displayable):
    """Share of pledges that were met on time, with its interval.

    Parameters
    ----------
    asked : tuple of float or None, growth asked a year, fractions, from and below; None: any
    on_time, n : int, pledges met in or before the deadline year, and all that count
    pairs : int, of countries among them
    n_effective : float, what they are worth, since those of one pair share their fate; at most `n`
    level : float, of `interval`, percent
    known_from : Timestamp, day on which the last of them was resolved
    rows : DataFrame, the pledges as `scored_pledges` returns them
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
        reach = NormalDist().inv_cdf(1 - tail(self.level))
        return wilson(self.share, self.n_effective, reach)

    def summary(self) -> str:
        """Say in plain words how many were on time."""
        low, high = self.interval
        asked = "" if self.asked is None else f" that asked {_percent(self.asked)} a year"
        return (
            f"Of {self.n} announced targets{asked}, {self.on_time} came true on time: "
            f"{self.share:.0%} ({self.level:g}% interval {low:.0%} to {high:.0%}). "
            f"Repeated pledges of a pair count for less, so they are worth {self.n_effective:.0f} "
            "separate ones. Successes are easier to find than failures. Known from "
            f"{self.known_from.date()}."
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


def rate_of(targets: pd.DataFrame, *, level: float = 95, **asked: Unpack[Class]) -> PledgeRate:
    """How many targets of a table were met on time."""
    tail(level)
    rows = _chosen(targets, **asked)
    if rows.empty:
        way = "loosen one of them, or see scored_pledges"
        raise NoAnswerError(f"no pledge passes the filters; {way}; got {asked}")
    return _rate(rows, level, growth=asked.get("growth"))


def rate_table(
    targets: pd.DataFrame, *, by: str = "growth", level: float = 95, **asked: Unpack[Class]
) -> pd.DataFrame:
    """Rates on time class by class, and of all together."""
    regions = _regions(_chosen(targets, **asked))
    ways: dict[str, dict[str, Options]] = {
        "growth": {_percent(band): {"growth": band} for band in GROWTHS},
        "horizon": {name: {"horizon": band} for name, band in HORIZONS.items()},
        "announced": {name: {"announced": band} for name, band in ANNOUNCED.items()},
        "region": {name: {"region": name} for name in regions},
        "china": _CHINA,
        "batch": _BATCHES,
    }
    if by == "all":
        kinds = ways | {"all": {"all": {}}}
        tables = {k: _rates(targets, "class", kinds[k], dict(asked), level) for k in kinds}
        return pd.concat(tables, names=["kind"]).reset_index("kind")
    if by not in ways:
        raise InputError(f"by is one of {', '.join([*ways, 'all'])}, got {by!r}")
    return _rates(targets, by, ways[by] | {"all": {}}, dict(asked), level)


def rate_sensitivity(
    targets: pd.DataFrame, *, level: float = 95, **asked: Unpack[Class]
) -> pd.DataFrame:
    """The rate under each other choice of filter, one changed at a time."""
    return _rates(targets, "choice", _CHOICES, dict(asked), level)


_BATCHES: dict[str, Options] = {SEARCHES[batch]: {"batch": batch} for batch in SEARCHES}
_CHINA: dict[str, Options] = {"with China": {"china": True}, "without China": {"china": False}}
_CHOICES: dict[str, Options] = {
    "as asked": {},
    "deadline still ahead, if met": {"deadline_passed": False},
    "outcome value not needed": {"outcome_known": False},
    "baseline not needed": {"baseline_known": False},
    "baseline before the announcement": {"baseline_before": True},
    **{f"{one} pledge of a pair": {"repeats": one} for one in ("first", "last")},
    **_CHINA,
    **{f"without {label(tag, 'tags')}": {"without": [tag]} for tag in TAGS},
    "without any of these marks but the audit": {"without": sorted({*TAGS} - {"audited"})},
    "in dollars only": {"dollars_only": True},
    "replaced ones too": {"superseded": True},
    "regions too": {"regions": True},
    **_BATCHES,
}


def _rates(
    targets: pd.DataFrame, name: str, ways: dict[str, Options], asked: Options, level: float
) -> pd.DataFrame:
    """One row a way of choosing pledges."""
    rows = []
    for choice, change in ways.items():
        chosen, row = _chosen(targets, **asked | change), COUNTS | SHARES
        if len(chosen):
            row = _rate(chosen, level).to_frame().iloc[0].to_dict()
        rows.append({name: choice, **row})
    order = [name, "on_time", "n", "share", "low", "high", "pairs", "n_effective"]
    types = dict.fromkeys(COUNTS, "int64") | dict.fromkeys(SHARES, "float64")
    return pd.DataFrame(rows)[order].astype(types)


def _rate(rows: pd.DataFrame, level: float, *, growth: float | Band | None = None) -> PledgeRate:
    """The rate of scored pledges, one at least."""
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


def _chosen(
    targets: pd.DataFrame,
    *,
    growth: float | Band | None = None,
    horizon: float | Band | None = None,
    announced: float | Band | None = None,
    region: str | None = None,
    **filters: Unpack[Filters],
) -> pd.DataFrame:
    """Scored pledges of a class, in a fresh frame."""
    rows = scored_pledges(targets, **filters)
    for name, wanted, values, bands in (
        ("growth", growth, rows["asked"], GROWTHS),
        ("horizon", horizon, rows["horizon"], list(HORIZONS.values())),
        ("announced", announced, year_announced(rows), list(ANNOUNCED.values())),
    ):
        if name == "growth" and isinstance(wanted, int | float) and MOST < wanted < math.inf:
            way = "a fraction a year, such as 0.256 for 25.6 %"
            raise InputError(f"growth is {way}, got {wanted}")
        if wanted is not None:
            band = _band(name, wanted, bands)
            rows = rows[values.loc[rows.index].between(*band, inclusive="left")]
    if region is not None:
        known = _regions(targets)
        if region not in known:
            raise InputError(f"region is one of {', '.join(known)}, got {region!r}")
        rows = rows[[region in sides for sides in _sides(rows)]]
    return rows.reset_index(drop=True)


def _band(name: str, wanted: float | Band, bands: Sequence[Band]) -> Band:
    """The class that a number falls in, or the band of two numbers."""
    if isinstance(wanted, tuple | list):
        if len(wanted) != 2:
            raise InputError(f"a band of {name} runs from low to high, got {wanted}")
        low, high = wanted
        if not low < high:
            raise InputError(f"a band of {name} runs from low to high, got {wanted}")
        return float(low), float(high)
    for low, high in bands:
        if low <= wanted < high:
            return low, high
    raise InputError(
        f"{name} must be a number from {bands[0][0]:g}, or a band of two, got {wanted}"
    )


def _percent(band: Band) -> str:
    low, high = (100 * edge for edge in band)
    if math.isinf(low):
        return f"under {high:.3g} %"
    return f"{low:.3g} % and over" if math.isinf(high) else f"{low:.3g}-{high:.3g} %"


def _sides(rows: pd.DataFrame) -> list[set[str]]:
    """UN sub-regions of the two countries of each pledge."""
    pairs = zip(rows["reporter"], rows["partner"], strict=True)
    return [{codes.region(reporter), codes.region(partner)} for reporter, partner in pairs]


def _regions(rows: pd.DataFrame) -> list[str]:
    return sorted(set().union(*_sides(rows)))


def effective(rows: pd.DataFrame) -> float:
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
