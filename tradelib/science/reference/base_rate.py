"""How often has any pair done this? The share of comparable episodes, and how uncertain it is.

Episodes of one year share that year's shock, and windows that overlap share years. Thousands of
episodes are therefore worth a few dozen independent ones, and the interval says so. Every function
takes either a panel (pair, year, turnover_musd) or a growth table made of one. Of a panel the share
is exact; of a table it is interpolated. `tradelib.base_rate` and `tradelib.base_rates` explain the
options.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.core.labels import Displayable, label
from tradelib.core.numeric import Floats, positive, tail, wilson
from tradelib.core.validation import validated
from tradelib.science.reference.growth_tables import Cells, Question, looked_up
from tradelib.science.reference.windows import (
    PAST,
    PAST_YEARS,
    NoEpisodesError,
    PairGroups,
    ReferenceClass,
    episodes,
)

# Level of the interval in summaries and tables, in percent.
LEVEL = 80
# The grid leaves out shares of fewer known episodes: one of them moves the share 3 points or more.
FEWEST_EPISODES = 30
# Growth of exactly the multiple counts, even if its logarithm is rounded down.
LOG_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class BaseRate(Displayable):
    """The share of a reference class that multiplied its turnover, with an interval.

    Parameters
    ----------
    reference_class : ReferenceClass
        Which episodes count.
    multiple : float
        Turnover to be reached, as a multiple of turnover at the origin.
    horizon : int
        Years from the origin, from 1.
    ever : bool
        True if any year up to the horizon counts, False if only the last one does.
    real : bool
        True if growth is measured in constant dollars.
    by_origin : DataFrame
        One row for each origin year: ``origin``, ``n`` (episodes whose end is known), ``unknown``
        (episodes whose end is not known), ``share``.
    pairs : int
        Number of different pairs in the class.
    pair_variance : float
        Variance of the share under clustering by pair only.
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
        """Number of episodes whose end is known."""
        return int(self.by_origin["n"].sum())

    @property
    def unknown(self) -> int:
        """Number of episodes whose end is not known."""
        return int(self.by_origin["unknown"].sum())

    @property
    def share(self) -> float:
        """Share of the known episodes that reached the multiple."""
        n = self.by_origin["n"].to_numpy(float)
        share = self.by_origin["share"].to_numpy(float)
        return float(share @ (n / n.sum()))

    @property
    def bounds(self) -> tuple[float, float]:
        """The share if every unknown episode had failed, and if every one had succeeded."""
        hits = self.share * self.n
        total = self.n + self.unknown
        return hits / total, (hits + self.unknown) / total

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
        """Number of independent episodes that would give the same uncertainty."""
        return self._uncertainty()[0]

    @validated
    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """Interval of the share that another run of history could have shown.

        The variance is clustered by pair and by origin year. Two windows of h years that begin j
        years apart are taken to correlate by 1 - j/h, as sums of independent yearly shocks do. The
        interval is Wilson's, with the effective n and a quantile of Student's t. Its degrees of
        freedom (Satterthwaite) count the windows that hardly overlap.

        Parameters
        ----------
        level : float
            Probability that the interval holds, in percent.

        Returns
        -------
        tuple of float
            Lower and upper end, between 0 and 1. They are 0 and 1 if there is a single origin year,
            since the spread between years is then unknown.

        References
        ----------
        Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2011), Robust inference with multiway
        clustering, *JBES* 29, doi:10.1198/jbes.2010.07136.
        Satterthwaite, F. E. (1946), An approximate distribution of estimates of variance
        components, *Biometrics Bulletin* 2, doi:10.2307/3002019.
        """
        return interval_of(self.share, *self._uncertainty(), level)

    def summary(self) -> str:
        """Give the base rate in plain words.

        Returns
        -------
        str
            The share, its interval, and the lowest and highest origin year.
        """
        row = next(self.to_frame().itertuples())
        when = "in any year within" if self.ever else "in"
        money = " in constant dollars" if self.real else ""
        return (
            f"Of {row.n:,} past cases ({self.reference_class.words()}), {row.share:.1%} grew to "
            f"{self.multiple:.3g} times their size or more {when} {self.horizon} years{money}. "
            f"Of the cases that began in {row.lowest_origin} it was {row.lowest:.1%}, of those "
            f"that began in {row.highest_origin} {row.highest:.1%}. Good and bad years hit many "
            "pairs at once, so the share may well lie anywhere between "
            f"{row.low:.1%} and {row.high:.1%}."
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the base rate as a table of one row.

        Returns
        -------
        DataFrame
            ``share``, ``low`` and ``high`` (80 % interval), ``n``, ``unknown``, ``pairs``,
            ``effective_n``, ``lowest`` and ``lowest_origin`` (share and year), ``highest`` and
            ``highest_origin``, ``if_unknown_failed`` and ``if_unknown_succeeded`` (the share if all
            unknown episodes had failed, or succeeded).
        """
        effective_n, df = self._uncertainty()
        low, high = interval_of(self.share, effective_n, df, LEVEL)
        lowest_origin, lowest = self.lowest
        highest_origin, highest = self.highest
        failed, succeeded = self.bounds
        return pd.DataFrame(
            {
                "share": [self.share],
                "low": low,
                "high": high,
                "n": self.n,
                "unknown": self.unknown,
                "pairs": self.pairs,
                "effective_n": effective_n,
                "lowest": lowest,
                "lowest_origin": lowest_origin,
                "highest": highest,
                "highest_origin": highest_origin,
                "if_unknown_failed": failed,
                "if_unknown_succeeded": succeeded,
            }
        )

    def _at(self, row: int) -> tuple[int, float]:
        """Origin year and share of one row of `by_origin`."""
        origin = self.by_origin["origin"].iloc[row]
        share = self.by_origin["share"].iloc[row]
        return int(origin), float(share)

    def _uncertainty(self) -> tuple[float, float]:
        """Effective n, and degrees of freedom of the variance it comes from."""
        origins = self.by_origin["origin"].to_numpy()
        n = self.by_origin["n"].to_numpy()
        share = self.by_origin["share"].to_numpy()
        return uncertainty_of(origins, n, share, self.horizon, self.pair_variance)


def uncertainty_of(
    origins: NDArray[np.int64],
    n: NDArray[np.int64],
    share: Floats,
    horizon: int,
    pair_variance: float,
) -> tuple[float, float]:
    """Effective n of shares by origin, and degrees of freedom of its variance.

    `pair_variance` is the variance of the whole share under clustering by pair only.
    """
    if len(n) == 1:
        # The spread between years is unknown: the worst case, one episode.
        return 1.0, math.inf
    weights = n / n.sum()
    mean = float(share @ weights)
    case_variance = mean * (1 - mean)
    # Correlation of sums of independent yearly shocks over windows that begin `gap` years apart.
    gap = np.abs(np.subtract.outer(origins, origins))
    overlap = np.maximum(0.0, 1 - gap / horizon)
    mean_overlap = float(weights @ overlap @ weights)
    spread = float(weights @ (share - mean) ** 2)
    if case_variance == 0 or spread == 0:
        # Years do not differ: all together are worth the episodes of one average year.
        effective_n = float(n.sum() / len(weights))
        return effective_n, max(1.0, 1 / mean_overlap - 1)
    year_variance = spread * mean_overlap / (1 - mean_overlap)
    # Two-way clustering subtracts what both variances count, never below the larger of them.
    two_way = year_variance + pair_variance - case_variance / n.sum()
    variance = max(two_way, year_variance, pair_variance)
    # Satterthwaite: the spread is a quadratic form of the yearly shares.
    centring = np.eye(len(weights)) - weights
    form = centring.T @ (weights[:, None] * centring) @ overlap
    year_df = np.trace(form) ** 2 / np.sum(form * form.T)
    df = float(year_df * (variance / year_variance) ** 2)
    return case_variance / variance, df


def interval_of(share: float, effective_n: float, df: float, level: float) -> tuple[float, float]:
    """Wilson's interval of a share; 0 and 1 if `df` is infinite (one origin year)."""
    from scipy import special

    if math.isinf(df):
        return 0.0, 1.0
    return wilson(share, effective_n, float(special.stdtrit(df, 1 - tail(level))))


def class_uncertainty(
    cells: Cells,
    reference_class: ReferenceClass,
    *,
    multiple: float,
    horizon: int,
    prices: pd.Series | None = None,
) -> tuple[float, float, float, float]:
    """Share as in `class_rate`, ends of its 80 % interval, and effective n."""
    question = Question(reference_class, np.array([multiple]), horizon, prices=prices)
    columns, _, pair_variance = looked_up(cells, question)
    origins, n, _, share = columns
    effective_n, df = uncertainty_of(origins, n, share, horizon, pair_variance)
    mean = float((n / n.sum()) @ share)
    low, high = interval_of(mean, effective_n, df, LEVEL)
    return mean, low, high, effective_n


def class_rate(
    data: pd.DataFrame,
    reference_class: ReferenceClass,
    *,
    multiple: float,
    horizon: int,
    ever: bool = False,
    prices: pd.Series | None = None,
    groups: PairGroups | None = None,
) -> BaseRate:
    """The share of a reference class that multiplied its turnover.

    The kernel of `tradelib.base_rate`. `data` is a panel or a table of `growth_table`. A table
    that is already cut to one horizon is read faster. `groups` maps a name to pairs of the panel,
    for ``reference_class.among``.
    """
    multiples = np.array([positive("multiple", multiple)])
    question = Question(reference_class, multiples, horizon, ever, prices)
    if "q0.5" in data:
        columns, pairs, pair_variance = looked_up(data, question)
        origin, n, unknown, share = columns
        by_origin = pd.DataFrame({"origin": origin, "n": n, "unknown": unknown, "share": share})
    else:
        by_origin, pairs, pair_variance = _counted(data, question, groups or {})
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
    groups: PairGroups | None = None,
) -> pd.DataFrame:
    """The base rate for this class and for other choices.

    The kernel of `tradelib.base_rates`.
    """
    options: dict[str, Any] = {"multiple": multiple, "horizon": horizon, "groups": groups}
    rate = class_rate(data, reference_class, **options)
    rows = [rate.to_frame().assign(varied="as asked", to=reference_class.words())]
    year_column = "origin" if "origin" in data else "year"
    first_year = int(data[year_column].min())
    group_names = data["among"].unique() if "among" in data else groups or ()
    for choice in _other_choices(rate, first_year, prices, group_names):
        other_class = replace(reference_class, **choice.class_fields)
        try:
            other = class_rate(data, other_class, **options | choice.options)
        except NoEpisodesError:
            continue
        if other.n >= FEWEST_EPISODES:
            rows.append(other.to_frame().assign(varied=choice.varied, to=choice.to))
    table = pd.concat(rows, ignore_index=True)
    return table[["varied", "to", *table.columns.drop(["varied", "to"])]]


class _Choice(NamedTuple):
    """Another choice: what is varied, to what, and which fields and options change."""

    varied: str
    to: str
    class_fields: dict[str, Any]
    options: dict[str, Any]


def _other_choices(
    rate: BaseRate, first_year: int, prices: pd.Series | None, group_names: Iterable[str]
) -> Iterator[_Choice]:
    """Other choices of event, money, horizon, size, width, era, past growth and pairs."""
    yield _Choice("event", "ever by the last year", {}, {"ever": True})
    if prices is not None:
        yield _Choice("money", "constant dollars", {}, {"prices": prices})
    for years in (rate.horizon - 1, rate.horizon + 1):
        if years > 0:
            unit = "year" if years == 1 else "years"
            yield _Choice("horizon", f"{years} {unit}", {}, {"horizon": years})
    size = rate.reference_class.size_musd
    yield _Choice("size", "a quarter", {"size_musd": size / 4}, {})
    yield _Choice("size", "four times", {"size_musd": size * 4}, {})
    yield _Choice("width", "two thirds to one and a half", {"within": 1.5}, {})
    yield _Choice("width", "a quarter to four times", {"within": 4.0}, {})
    origins = rate.by_origin["origin"]
    first, last = int(origins.min()), int(origins.max())
    middle = int(origins.median())
    if first < last:
        yield _Choice("era", f"{first}-{middle}", {"origins": (first, middle)}, {})
        yield _Choice("era", f"{middle + 1}-{last}", {"origins": (middle + 1, last)}, {})
    past_from = max(first, first_year + PAST_YEARS)
    for past in PAST:
        yield _Choice("past", f"{past} (from {past_from})", {"past": past}, {})
    for name in group_names:
        if name != "all":
            yield _Choice("pairs", label(name), {"among": name}, {})


def _counted(
    panel: pd.DataFrame, question: Question, groups: PairGroups
) -> tuple[pd.DataFrame, int, float]:
    """Shares by origin year, number of pairs, and variance under clustering by pair."""
    wanted = question.wanted
    windows = episodes(panel, horizon=question.horizon, prices=question.prices)
    members = windows[wanted.holds(windows, groups)]
    growth = members["best" if question.ever else "growth"]
    reached = growth >= np.log(question.multiples[0]) - LOG_ROUNDING
    hit = reached.astype(float).where(growth.notna())
    by_origin = hit.groupby(members["origin"]).agg(["count", "size", "mean"]).reset_index()
    by_origin.columns = pd.Index(["origin", "n", "unknown", "share"])
    by_origin["unknown"] -= by_origin["n"]
    by_origin = by_origin[by_origin["n"] > 0].reset_index(drop=True)
    if by_origin.empty:
        raise NoEpisodesError(
            f"no episode of {question.horizon} years is known of {wanted.words()}"
        )
    known_hit = hit.dropna()
    deviation = known_hit - known_hit.mean()
    cluster_sum = deviation.groupby(members["pair"]).sum()
    variance = float((cluster_sum**2).sum() / len(known_hit) ** 2)
    return by_origin, len(cluster_sum), variance
