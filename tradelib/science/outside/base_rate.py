"""How often has any pair done this? The share of like episodes that did, and its doubt.

Episodes of one year share that year's shock, and windows that overlap share years, so thousands of
episodes are worth a few dozen: the interval says so. Every function takes either a panel (pair,
year, turnover_musd), and is exact, or a growth table made of one, and then interpolates. What is
asked is explained once, at `tradelib.base_rate` and `tradelib.base_rates`.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.ground.edge import validated
from tradelib.ground.numbers import Floats, positive, student, tail, wilson
from tradelib.ground.plain import Displayable, label
from tradelib.science.outside.episodes import (
    PAST,
    PAST_YEARS,
    Groups,
    NoEpisodesError,
    ReferenceClass,
    episodes,
)
from tradelib.science.outside.table import Cells, Question, looked_up

# Percent of the interval that is shown.
LEVEL = 80
# A share of fewer known episodes is left out of the grid: one of them is 3 points or more.
FEW = 30
# Growth of exactly the multiple counts, whatever its logarithm loses.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BaseRate(Displayable):
    """The share of a reference class that multiplied its turnover, and how sure that is.

    Attributes
    ----------
    reference_class : ReferenceClass, which episodes count
    multiple : float, turnover asked over turnover at the origin
    horizon : int, years from the origin
    ever, real : bool, any year up to the horizon counts, not the last alone; of constant dollars
    by_origin : DataFrame
        A row an origin year: ``origin``, ``n`` (episodes whose end is known), ``unknown`` (episodes
        whose end is not), ``share``.
    pairs : int, different pairs in the class
    pair_variance : float, variance of the share if only pairs, not years, share their luck
    """

    reference_class: ReferenceClass
    multiple: float
    horizon: int
    ever: bool
    real: bool
    by_origin: pd.DataFrame
    pairs: int
    pair_variance: float

    @property
    def n(self) -> int:
        """Episodes whose end is known."""
        return int(self.by_origin["n"].sum())

    @property
    def unknown(self) -> int:
        """Episodes whose end is not known."""
        return int(self.by_origin["unknown"].sum())

    @property
    def share(self) -> float:
        """Share of the known episodes that reached the multiple."""
        n = self.by_origin["n"].to_numpy(float)
        return float(self.by_origin["share"].to_numpy(float) @ (n / n.sum()))

    @property
    def bounds(self) -> tuple[float, float]:
        """The share if every unknown episode had failed, and if every one had succeeded."""
        hits, everything = self.share * self.n, self.n + self.unknown
        return hits / everything, (hits + self.unknown) / everything

    @property
    def lowest(self) -> tuple[int, float]:
        """Origin year with the lowest share, and that share."""
        return self._at(int(self.by_origin["share"].argmin()))

    @property
    def highest(self) -> tuple[int, float]:
        """Origin year with the highest share, and that share."""
        return self._at(int(self.by_origin["share"].argmax()))

    @property
    def effective_n(self) -> float:
        """Independent episodes that would leave the same doubt."""
        return self._doubt()[0]

    @validated
    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Interval of the share that another run of history could have shown; `level` in percent.

        Clustered by pair and by origin year (Cameron, Gelbach and Miller 2011, *JBES* 29,
        doi:10.1198/jbes.2010.07136), where windows of h years that begin j years apart are taken
        to correlate by 1 - j/h, as sums of independent yearly shocks do. Wilson's interval with
        the effective n and a Student t whose degrees of freedom (Satterthwaite 1946, *Biometrics
        Bulletin* 2, doi:10.2307/3002019) count the windows that hardly overlap. A single origin
        year shows no spread: 0 and 1.
        """
        return interval_of(self.share, *self._doubt(), level)

    def summary(self) -> str:
        """The base rate in plain words."""
        row = next(self.to_frame().itertuples())
        when = "in any year within" if self.ever else "in"
        money = " in constant dollars" if self.real else ""
        return (
            f"Of {row.n:,} past cases ({self.reference_class.words()}), {row.share:.1%} "
            f"multiplied by {self.multiple:.3g} {when} {self.horizon} years{money}. The cases "
            f"share good and bad years and are worth {row.effective_n:.0f} separate ones: the "
            f"{LEVEL}% interval runs from {row.low:.1%} to {row.high:.1%}. It was "
            f"{row.lowest:.1%} of those that began in {row.lowest_origin}, and {row.highest:.1%} "
            f"of those of {row.highest_origin}."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: share, ``low`` and ``high`` (80 %), counts, lowest and highest year, bounds."""
        worth, df = self._doubt()
        low, high = interval_of(self.share, worth, df, LEVEL)
        (worst_year, worst), (best_year, best) = self.lowest, self.highest
        failed, succeeded = self.bounds
        return pd.DataFrame(
            {
                "share": [self.share],
                "low": low,
                "high": high,
                "n": self.n,
                "unknown": self.unknown,
                "pairs": self.pairs,
                "effective_n": worth,
                "lowest": worst,
                "lowest_origin": worst_year,
                "highest": best,
                "highest_origin": best_year,
                "if_unknown_failed": failed,
                "if_unknown_succeeded": succeeded,
            }
        )

    def _at(self, row: int) -> tuple[int, float]:
        return int(self.by_origin["origin"].iloc[row]), float(self.by_origin["share"].iloc[row])

    def _doubt(self) -> tuple[float, float]:
        """Effective n, and degrees of freedom of the variance it comes from."""
        origins, n, share = (self.by_origin[name].to_numpy() for name in ("origin", "n", "share"))
        return doubt_of(origins, n, share, self.horizon, self.pair_variance)


def doubt_of(
    origins: NDArray[np.int64], n: NDArray[np.int64], share: Floats, horizon: int, pairs: float
) -> tuple[float, float]:
    """Effective n of shares by origin, and degrees of freedom of the variance it comes from.

    `pairs` is the variance of the whole share if only pairs, not years, share their luck.
    """
    w = n / n.sum()
    p = float(share @ w)
    one = p * (1 - p)
    # Sums of independent yearly shocks over windows that begin j years apart.
    overlap = np.maximum(0.0, 1 - np.abs(np.subtract.outer(origins, origins)) / horizon)
    shared, spread = float(w @ overlap @ w), float(w @ (share - p) ** 2)
    if one == 0 or spread == 0 or len(w) == 1:
        # One start year shows no spread: worst case, nothing is known; else its mean count.
        worth = 1.0 if len(w) == 1 else float(n.sum() / len(w))
        return worth, math.inf if len(w) == 1 else max(1.0, 1 / shared - 1)
    years = spread * shared / (1 - shared)
    both = max(years + pairs - one / n.sum(), years, pairs)
    centring = np.eye(len(w)) - w
    form = centring.T @ (w[:, None] * centring) @ overlap
    df = np.trace(form) ** 2 / np.sum(form * form.T)
    return one / both, float(df * (both / years) ** 2)


def interval_of(share: float, worth: float, df: float, level: float) -> tuple[float, float]:
    """Wilson's interval of a share worth so many cases; 0 and 1 where one year shows no spread."""
    beyond = tail(level)
    return (0.0, 1.0) if math.isinf(df) else wilson(share, worth, student(1 - beyond, df))


def class_uncertainty(
    cells: Cells,
    reference_class: ReferenceClass,
    *,
    multiple: float,
    horizon: int,
    prices: pd.Series | None = None,
) -> tuple[float, float, float, float]:
    """What `class_rate` calls ``share``, its low and high end (80 %), and its effective n."""
    asked = Question(reference_class, np.array([multiple]), horizon, prices=prices)
    (origins, n, _, share), _, variance = looked_up(cells, asked)
    worth, df = doubt_of(origins, n, share, horizon, variance)
    mean = float((n / n.sum()) @ share)
    return (mean, *interval_of(mean, worth, df, LEVEL), worth)


def class_rate(
    data: pd.DataFrame,
    reference_class: ReferenceClass,
    *,
    multiple: float,
    horizon: int,
    ever: bool = False,
    prices: pd.Series | None = None,
    groups: Groups | None = None,
) -> BaseRate:
    """The share of a reference class that multiplied its turnover: kernel of `tradelib.base_rate`.

    `data` is a panel, or a table of `growth_table`, fast if cut to one horizon beforehand; `groups`
    are pairs by name that ``reference_class.among`` may ask of a panel.
    """
    multiples = np.array([positive("multiple", multiple)])
    asked = Question(reference_class, multiples, horizon, ever, prices)
    if "q0.5" in data:
        columns, pairs, pair_variance = looked_up(data, asked)
        names = ("origin", "n", "unknown", "share")
        by_origin = pd.DataFrame(dict(zip(names, columns, strict=True)))
    else:
        by_origin, pairs, pair_variance = _counted(data, asked, groups or {})
    return BaseRate(
        reference_class=reference_class,
        multiple=float(multiple),
        horizon=int(horizon),
        ever=bool(ever),
        real=prices is not None,
        by_origin=by_origin,
        pairs=pairs,
        pair_variance=float(pair_variance),
    )


def class_rates(
    data: pd.DataFrame,
    reference_class: ReferenceClass,
    *,
    multiple: float,
    horizon: int,
    prices: pd.Series | None = None,
    groups: Groups | None = None,
) -> pd.DataFrame:
    """The base rate over a grid of other ways to ask: the kernel of `tradelib.base_rates`."""
    options: dict[str, Any] = {"multiple": multiple, "horizon": horizon, "groups": groups}
    asked = class_rate(data, reference_class, **options)
    rows = [asked.to_frame().assign(varied="as asked", to=reference_class.words())]
    start = int(data["origin" if "origin" in data else "year"].min())
    named = data["among"].unique() if "among" in data else groups or ()
    for varied, to, of_class, of_question in _other_ways(asked, start, prices, named):
        try:
            other = class_rate(data, replace(reference_class, **of_class), **options | of_question)
        except NoEpisodesError:
            continue
        if other.n >= FEW:
            rows.append(other.to_frame().assign(varied=varied, to=to))
    table = pd.concat(rows, ignore_index=True)
    return table[["varied", "to", *table.columns.drop(["varied", "to"])]]


def _other_ways(
    asked: BaseRate, start: int, prices: pd.Series | None, named: Iterable[str]
) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """What is varied, to what, and the change of the class or of the question that this is."""
    origins, size = asked.by_origin["origin"], asked.reference_class.size_musd
    first, middle, last = int(origins.min()), int(origins.median()), int(origins.max())
    yield "event", "ever by the last year", {}, {"ever": True}
    if prices is not None:
        yield "money", "constant dollars", {}, {"prices": prices}
    for years in (asked.horizon - 1, asked.horizon + 1):
        if years:
            yield "horizon", f"{years} year{'s' * (years > 1)}", {}, {"horizon": years}
    yield "size", "a quarter", {"size_musd": size / 4}, {}
    yield "size", "four times", {"size_musd": size * 4}, {}
    yield "width", "two thirds to one and a half", {"within": 1.5}, {}
    yield "width", "a quarter to four times", {"within": 4.0}, {}
    if first < last:
        for era in ((first, middle), (middle + 1, last)):
            yield "era", f"{era[0]}-{era[1]}", {"origins": era}, {}
    for past in PAST:
        yield "past", f"{past} (from {max(first, start + PAST_YEARS)})", {"past": past}, {}
    for name in named:
        if name != "all":
            yield "pairs", label(name), {"among": name}, {}


def _counted(
    panel: pd.DataFrame, asked: Question, groups: Groups
) -> tuple[pd.DataFrame, int, float]:
    """Shares by origin year, pairs, and the variance of the share if pairs alone share luck."""
    wanted, horizon = asked.wanted, asked.horizon
    windows = episodes(panel, horizon=horizon, prices=asked.prices)
    like = windows[wanted.holds(windows, groups)]
    growth = like["best" if asked.ever else "growth"]
    hit = (growth >= np.log(asked.multiples[0]) - ROUNDING).astype(float).where(growth.notna())
    by_origin = hit.groupby(like["origin"]).agg(["count", "size", "mean"]).reset_index()
    by_origin.columns = pd.Index(["origin", "n", "unknown", "share"])
    by_origin["unknown"] -= by_origin["n"]
    by_origin = by_origin[by_origin["n"] > 0].reset_index(drop=True)
    if by_origin.empty:
        raise NoEpisodesError(f"no episode of {horizon} years is known of {wanted.words()}")
    known = hit.dropna()
    luck = (known - known.mean()).groupby(like["pair"]).sum()
    return by_origin, len(luck), float((luck**2).sum() / len(known) ** 2)
