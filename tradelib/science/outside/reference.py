"""How often has any pair done this? Episodes of other pairs, their base rate, and its doubt.

An *episode* is one pair over the years from an origin to a horizon. Those of a reference class
(comparable size at the origin, and on request more) that grew enough are its base rate. Episodes of
one year share that year's shock, and windows that overlap share years, so thousands of episodes are
worth a few dozen: the interval says so.

Every function takes either a panel (pair, year, turnover_musd), and is exact, or a growth table
made of one, and then interpolates.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground import flows
from tradelib.ground.numbers import student, tail

__all__ = [
    "BaseRate",
    "NoEpisodesError",
    "ReferenceClass",
    "base_rate",
    "base_rates",
    "episodes",
    "growth_table",
    "share_curve",
]

PAST_YEARS = 3
PAST = {"fell": (0.0, 1.0), "rose": (1.0, 2.0), "doubled": (2.0, math.inf)}
LEVELS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95,
          0.97, 0.98, 0.99, 0.995)  # fmt: skip
NOTHING = -20.0
FEW = 30

_QUANTILES = [f"q{p:g}" for p in LEVELS]
_SCORES = np.array([NormalDist().inv_cdf(p) for p in LEVELS])
_CELL = ["among", "past", "ever", "horizon", "size_musd", "origin"]

Floats = NDArray[np.float64]


class NoEpisodesError(ValueError):
    """The panel or table holds no known episode of the class asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceClass:
    """Which episodes are comparable.

    Attributes
    ----------
    size_musd : float
        Turnover at the origin, US$ million, current prices of that year.
    within : float
        The class runs from ``size_musd / within`` to ``size_musd * within``.
    origins : tuple of int, optional
        First and last origin year; all if omitted.
    past : str
        Turnover over the three years before the origin: ``"any"``, ``"fell"``, ``"rose"`` (less
        than twofold) or ``"doubled"``.
    among : str
        ``"all"`` pairs or a named group of them.

    Raises
    ------
    ValueError
        If a field is out of range.

    Examples
    --------
    >>> ReferenceClass(size_musd=254.3).words()
    'pairs of US$127m to 509m'
    """

    size_musd: float
    within: float = 2.0
    origins: tuple[int, int] | None = None
    past: str = "any"
    among: str = "all"

    def __post_init__(self) -> None:
        if not 0 < self.size_musd < math.inf:
            raise ValueError(f"size_musd must be positive and finite, got {self.size_musd}")
        if not 1 < self.within < math.inf:
            raise ValueError(f"within must be above 1, got {self.within}")
        if self.past not in ("any", *PAST):
            raise ValueError(f"past is any, {', '.join(PAST)}, got {self.past!r}")
        if self.origins is not None and self.origins[0] > self.origins[1]:
            raise ValueError(f"origins run from first to last, got {self.origins}")

    def words(self) -> str:
        """The class in plain words."""
        low, high = self.size_musd / self.within, self.size_musd * self.within
        text = f"pairs of US${low:,.0f}m to {high:,.0f}m"
        if self.among != "all":
            text += f" among {self.among.replace('_', ' ')}"
        if self.past != "any":
            text += f" that {self.past} in the three years before"
        if self.origins is not None:
            text += f", from {self.origins[0]}-{self.origins[1]}"
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRate:
    """The share of a reference class that multiplied its turnover, and how sure that is.

    Attributes
    ----------
    reference_class : ReferenceClass
        Which episodes count.
    multiple : float
        Turnover asked over turnover at the origin.
    horizon : int
        Years from the origin.
    ever : bool
        Whether any year up to the horizon counts, or the last alone.
    real : bool
        Whether the multiple is of constant dollars.
    by_origin : DataFrame
        A row an origin year: ``origin``, ``n`` (episodes whose end is known), ``unknown`` (episodes
        whose end is not), ``share``.
    pairs : int
        Different pairs in the class.
    pair_variance : float
        Variance of the share if only pairs, not years, share their luck.
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
        return float(self.by_origin["share"].to_numpy(float) @ self._weights())

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

    def interval(self, level: float = 80) -> tuple[float, float]:
        """Interval of the share that another run of history could have shown.

        Clustered by pair and by origin year, where windows of h years that begin j years apart are
        taken to correlate by 1 - j/h, as sums of independent yearly shocks do. Wilson's interval
        with the effective n and a Student t whose degrees of freedom count the windows that hardly
        overlap.

        Parameters
        ----------
        level : float
            Percent.

        Returns
        -------
        tuple of float
            Low and high; 0 and 1 if there is a single origin year, which shows no spread.

        Raises
        ------
        ValueError
            If the level is not between 0 and 100.

        References
        ----------
        Wilson, E. B. (1927), Probable inference, *JASA* 22, doi:10.1080/01621459.1927.10502953;
        Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2011), Robust inference with multiway
        clustering, *JBES* 29, doi:10.1198/jbes.2010.07136; Satterthwaite, F. E. (1946), An
        approximate distribution of estimates of variance components, *Biometrics Bulletin* 2,
        doi:10.2307/3002019.
        """
        beyond = tail(level)
        if len(self.by_origin) == 1:
            return 0.0, 1.0
        n, df = self._doubt()
        q, p = student(1 - beyond, df), self.share
        middle, widened = p + q**2 / (2 * n), 1 + q**2 / n
        half = q * math.sqrt(p * (1 - p) / n + q**2 / (4 * n**2))
        return max(0.0, (middle - half) / widened), min(1.0, (middle + half) / widened)

    def summary(self) -> str:
        """The base rate in plain words."""
        low, high = self.interval()
        when = "ever within" if self.ever else "in"
        money = " in constant dollars" if self.real else ""
        return (
            f"{self.share:.1%} of {self.n:,} episodes ({self.pairs:,} pairs) multiplied by "
            f"{self.multiple:.3g} {when} {self.horizon} years{money}; 80 % interval {low:.1%} to "
            f"{high:.1%}, worth {self.effective_n:.0f} independent ones; "
            f"{self.lowest[1]:.1%} from {self.lowest[0]}, {self.highest[1]:.1%} from "
            f"{self.highest[0]}. Class: {self.reference_class.words()}."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: share, ``low`` and ``high`` (80 %), counts, lowest and highest year, bounds."""
        low, high = self.interval()
        return pd.DataFrame(
            {
                "share": [self.share], "low": low, "high": high, "n": self.n,
                "unknown": self.unknown, "pairs": self.pairs, "effective_n": self.effective_n,
                "lowest": self.lowest[1], "lowest_origin": self.lowest[0],
                "highest": self.highest[1], "highest_origin": self.highest[0],
                "if_unknown_failed": self.bounds[0], "if_unknown_succeeded": self.bounds[1],
            }
        )  # fmt: skip

    def _weights(self) -> Floats:
        n = self.by_origin["n"].to_numpy(float)
        return np.asarray(n / n.sum())

    def _at(self, row: int) -> tuple[int, float]:
        return int(self.by_origin["origin"].iloc[row]), float(self.by_origin["share"].iloc[row])

    def _doubt(self) -> tuple[float, float]:
        """Effective n, and degrees of freedom of the variance it comes from."""
        p, w = self.share, self._weights()
        one = p * (1 - p)
        overlap = _overlap(self.by_origin["origin"].to_numpy(), self.horizon)
        shared = float(w @ overlap @ w)
        spread = float(w @ (self.by_origin["share"].to_numpy(float) - p) ** 2)
        if one == 0 or spread == 0 or len(w) == 1:
            return (self.n / len(w) if len(w) > 1 else 1.0), max(1.0, 1 / shared - 1)
        years = spread * shared / (1 - shared)
        both = max(years + self.pair_variance - one / self.n, years, self.pair_variance)
        centring = np.eye(len(w)) - w
        form = centring.T @ np.diag(w) @ centring @ overlap
        df = np.trace(form) ** 2 / np.trace(form @ form)
        return one / both, float(df * (both / years) ** 2)


def episodes(
    panel: pd.DataFrame,
    *,
    horizon: int,
    prices: pd.Series | None = None,
) -> pd.DataFrame:
    """Every pair over every window of the panel.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million, current prices), a row a pair and year.
    horizon : int
        Years from the origin, from 1.
    prices : Series, optional
        Price index by year: growth is then in constant dollars. Sizes stay in current ones.

    Returns
    -------
    DataFrame
        A row an episode that starts from a known, positive turnover: ``pair``, ``origin``,
        ``start_musd``, ``growth`` (log, over the horizon; missing if the end is unknown, -20 if
        trade fell to nothing), ``best`` (log, to the highest year of the window; missing if any is
        unknown), ``past`` (log, over the three years before, current prices; missing if unknown).

    Raises
    ------
    ValueError
        If the panel is not one (see `tradelib.flows.by_pair`), the horizon is no whole number from
        1, or `prices` lacks a year of it.
    NoEpisodesError
        If the panel is not longer than the horizon.

    Examples
    --------
    >>> panel = pd.DataFrame({"pair": "AAA-BBB", "year": [2000, 2001, 2002],
    ...     "turnover_musd": [1.0, 4.0, 2.0]})
    >>> episodes(panel, horizon=2)[["origin", "growth", "best"]].round(3).to_numpy().tolist()
    [[2000.0, 0.693, 1.386]]
    """
    wide = flows.by_pair(panel)
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer) or horizon < 1:
        raise ValueError(f"horizon is a whole number of years from 1, got {horizon!r}")
    years, turnover = wide.columns.to_numpy(), wide.to_numpy(float)
    width = len(years) - horizon
    if width < 1:
        raise NoEpisodesError(
            f"{len(years)} years of panel hold no window of {horizon}; ask for less"
        )
    level = np.zeros(len(years)) if prices is None else _log_prices(prices, years)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(turnover)
        real = logs - level
        ahead = [real[:, j : j + width] - real[:, :width] for j in range(1, horizon + 1)]
        past = np.full_like(logs, np.nan)
        past[:, PAST_YEARS:] = logs[:, PAST_YEARS:] - logs[:, :-PAST_YEARS]
    keep = turnover[:, :width] > 0
    pair, origin = np.nonzero(keep)
    return pd.DataFrame(
        {
            "pair": wide.index.to_numpy()[pair],
            "origin": years[origin],
            "start_musd": turnover[:, :width][keep],
            "growth": np.maximum(ahead[-1], NOTHING)[keep],
            "best": np.maximum(np.max(ahead, axis=0), NOTHING)[keep],
            "past": past[:, :width][keep],
        }
    )


def growth_table(
    panel: pd.DataFrame,
    *,
    sizes: Sequence[float],
    horizons: Sequence[int],
    groups: Mapping[str, Collection[str]] | None = None,
    past: Sequence[str] = ("any",),
    ever: Sequence[bool] = (False, True),
) -> pd.DataFrame:
    """Quantiles of growth by size class, horizon and origin year: a panel made small.

    Parameters
    ----------
    panel : DataFrame
        As for `episodes`.
    sizes : sequence of float
        Middles of the classes, US$ million; each runs from half to double.
    horizons : sequence of int
        Years from the origin.
    groups : mapping of name to pairs, optional
        Named groups of pairs; ``"all"`` pairs if omitted.
    past : sequence of str
        Classes of past growth, as in `ReferenceClass`.
    ever : sequence of bool
        Growth to the highest year of the window (True), to its last (False), or both.

    Returns
    -------
    DataFrame
        A row a cell with a known episode: ``among``, ``past``, ``ever``, ``horizon``,
        ``size_musd``, ``origin``, ``n``, ``unknown``, ``new_pairs`` (pairs that were in the class
        at no earlier origin) and ``q0.005`` to ``q0.995``, quantiles of log growth in current
        dollars.

    Raises
    ------
    ValueError
        As `episodes`; also if a group holds no pair of the panel.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(200), 9).astype(str),
    ...     "year": np.tile(np.arange(2000, 2009), 200),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(200, 9)).cumsum(axis=1)).ravel()})
    >>> growth_table(panel, sizes=[100, 200], horizons=[5]).groupby("size_musd").n.sum().tolist()
    [558, 554]
    """
    rows = []
    for horizon in horizons:
        found = episodes(panel, horizon=horizon)
        for name, which in product(groups or {"all": ()}, past):
            like = found[_among(found, name, groups or {}) & _had(found["past"], which)]
            for size, any_year in product(sizes, ever):
                here = like[_sized(like["start_musd"], size, 2.0)]
                cell = dict(zip(_CELL, (name, which, any_year, horizon, size), strict=False))
                rows += [cell | row for row in _quantiles(here, "best" if any_year else "growth")]
    return pd.DataFrame(rows)[[*_CELL, "n", "unknown", "new_pairs", *_QUANTILES]]


def base_rate(
    data: pd.DataFrame,
    reference_class: ReferenceClass,
    *,
    multiple: float,
    horizon: int,
    ever: bool = False,
    prices: pd.Series | None = None,
    groups: Mapping[str, Collection[str]] | None = None,
) -> BaseRate:
    """The share of a reference class that multiplied its turnover within the horizon.

    Parameters
    ----------
    data : DataFrame
        A panel (``pair``, ``year``, ``turnover_musd``) or a table of `growth_table`. A table knows
        the classes it was made with, from half to double a size; between two sizes the shares are
        interpolated.
    reference_class : ReferenceClass
        Which episodes are comparable.
    multiple : float
        Turnover asked over turnover at the origin.
    horizon : int
        Years from the origin.
    ever : bool
        Count pairs that reached the multiple in any year up to the horizon, not in the last alone.
    prices : Series, optional
        Price index by year: the multiple is then one of constant dollars.
    groups : mapping of name to pairs, optional
        What ``reference_class.among`` may name, if `data` is a panel.

    Returns
    -------
    BaseRate
        Share, interval, counts, and every origin year.

    Raises
    ------
    ValueError
        If the multiple is not positive, no episode of the class is known, or the table has no such
        class.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(200), 9).astype(str),
    ...     "year": np.tile(np.arange(2000, 2009), 200),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(200, 9)).cumsum(axis=1)).ravel()})
    >>> rate = base_rate(panel, ReferenceClass(size_musd=150), multiple=4, horizon=5)
    >>> round(rate.share, 3), rate.n, rate.pairs
    (0.286, 273, 148)
    """
    if not 0 < multiple < math.inf:
        raise ValueError(f"multiple must be positive and finite, got {multiple}")
    if "q0.5" in data:
        by_origin, pairs = _looked_up(data, reference_class, multiple, horizon, ever, prices)
        # A table does not know its pairs: as if each stood in the class at every origin.
        share = np.average(by_origin["share"], weights=by_origin["n"])
        pair_variance = share * (1 - share) * len(by_origin) / by_origin["n"].sum()
    else:
        found = episodes(data, horizon=horizon, prices=prices)
        here = found[_in_class(found, reference_class, groups or {})]
        here = here.assign(hit=_hits(here["best" if ever else "growth"], multiple))
        by_origin, pairs, pair_variance = _counted(here, horizon, reference_class)
    return BaseRate(
        reference_class=reference_class,
        multiple=float(multiple),
        horizon=int(horizon),
        ever=bool(ever),
        real=prices is not None,
        by_origin=by_origin,
        pairs=int(pairs),
        pair_variance=float(pair_variance),
    )


def share_curve(
    table: pd.DataFrame,
    reference_class: ReferenceClass,
    *,
    multiples: ArrayLike,
    horizon: int,
    prices: pd.Series | None = None,
) -> Floats:
    """Shares of a reference class that reached each of many multiples in the last year.

    Parameters
    ----------
    table : DataFrame
        Of `growth_table`.
    reference_class, horizon, prices
        As for `base_rate`.
    multiples : array_like, shape (n_multiples,)
        Turnover asked over turnover at the origin.

    Returns
    -------
    ndarray, shape (n_multiples,)
        What `base_rate` calls ``share``, for each.

    Raises
    ------
    ValueError
        As `base_rate`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(200), 9).astype(str),
    ...     "year": np.tile(np.arange(2000, 2009), 200),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(200, 9)).cumsum(axis=1)).ravel()})
    >>> table = growth_table(panel, sizes=[100, 200], horizons=[5])
    >>> share_curve(table, ReferenceClass(size_musd=150), multiples=[1, 4], horizon=5).round(3)
    array([0.511, 0.283])
    """
    asked = np.asarray(multiples, float)
    if not ((asked > 0) & np.isfinite(asked)).all():
        raise ValueError(f"multiples must be positive and finite, got {asked.tolist()}")
    cells, share = _cells(table, reference_class, horizon, ever=False, real=prices is not None)
    n = share * cells["n"].to_numpy(float)
    dearer = _dearer(cells, horizon, prices)
    rows = zip(cells[_QUANTILES].to_numpy(float), n, dearer, strict=True)
    hits = [weight * _beyond(row, np.log(asked) + more) for row, weight, more in rows]
    return np.asarray(np.sum(hits, axis=0) / n.sum())


def base_rates(
    data: pd.DataFrame,
    reference_class: ReferenceClass,
    *,
    multiple: float,
    horizon: int,
    prices: pd.Series | None = None,
    groups: Mapping[str, Collection[str]] | None = None,
) -> pd.DataFrame:
    """The base rate over a grid of other ways to ask, so that no convenient one stands alone.

    One thing is varied at a time: the event (in the year, ever by it), the money, the horizon, the
    size, the width of the class, the era, past growth, and the group of pairs.

    Parameters
    ----------
    data, reference_class, multiple, horizon, groups
        As for `base_rate`.
    prices : Series, optional
        Price index by year, for the row in constant dollars.

    Returns
    -------
    DataFrame
        A row a question: ``varied``, ``to`` (str), then the columns of `BaseRate.to_frame`. The
        first is the question as asked; what `data` cannot answer is left out, and so are classes
        of fewer than 30 known episodes.

    Raises
    ------
    ValueError
        As `base_rate`, for the question as asked.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(200), 9).astype(str),
    ...     "year": np.tile(np.arange(2000, 2009), 200),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(200, 9)).cumsum(axis=1)).ravel()})
    >>> grid = base_rates(panel, ReferenceClass(size_musd=150), multiple=4, horizon=5)
    >>> grid.loc[grid.varied == "event", "to"].tolist()
    ['ever by the last year']
    """
    asked = base_rate(data, reference_class, multiple=multiple, horizon=horizon, groups=groups)
    origins = asked.by_origin["origin"]
    first, middle, last = int(origins.min()), int(origins.median()), int(origins.max())
    size, names = reference_class.size_musd, _names(data, groups)
    start = int(data["origin" if "origin" in data else "year"].min())
    questions: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("event", "ever by the last year", {}, {"ever": True}),
        *(
            ("horizon", f"{h} year{'s' * (h > 1)}", {}, {"horizon": h})
            for h in (horizon - 1, horizon + 1)
            if h > 0
        ),
        ("size", "a quarter", {"size_musd": size / 4}, {}),
        ("size", "four times", {"size_musd": size * 4}, {}),
        ("width", "two thirds to one and a half", {"within": 1.5}, {}),
        ("width", "a quarter to four times", {"within": 4.0}, {}),
        *(
            ("era", f"{a}-{b}", {"origins": (a, b)}, {})
            for a, b in ((first, middle), (middle + 1, last))
            if first < last
        ),
        *(
            ("past", f"{name} (from {max(first, start + PAST_YEARS)})", {"past": name}, {})
            for name in PAST
        ),
        *(("pairs", name.replace("_", " "), {"among": name}, {}) for name in names),
    ]
    if prices is not None:
        questions.insert(1, ("money", "constant dollars", {}, {"prices": prices}))
    rows = [asked.to_frame().assign(varied="as asked", to=reference_class.words())]
    for varied, to, of_class, of_question in questions:
        options = {"multiple": multiple, "horizon": horizon, "groups": groups, **of_question}
        try:
            other = base_rate(data, replace(reference_class, **of_class), **options)
        except NoEpisodesError:
            continue
        if other.n >= FEW:
            rows.append(other.to_frame().assign(varied=varied, to=to))
    table = pd.concat(rows, ignore_index=True)
    return table[["varied", "to", *table.columns.drop(["varied", "to"])]]


def _in_class(
    found: pd.DataFrame, wanted: ReferenceClass, groups: Mapping[str, Collection[str]]
) -> pd.Series:
    inside = _sized(found["start_musd"], wanted.size_musd, wanted.within)
    inside &= _had(found["past"], wanted.past) & _among(found, wanted.among, groups)
    if wanted.origins is not None:
        inside &= found["origin"].between(*wanted.origins)
    return inside


def _sized(start: pd.Series, size: float, within: float) -> pd.Series:
    return start.between(size / within, size * within)


def _had(past: pd.Series, which: str) -> pd.Series:
    if which == "any":
        return pd.Series(True, past.index)
    low, high = PAST[which]
    factor = np.exp(past)
    return (factor >= low) & ((factor < high) | (high == math.inf))


def _among(found: pd.DataFrame, name: str, groups: Mapping[str, Collection[str]]) -> pd.Series:
    if name == "all" and name not in groups:
        return pd.Series(True, found.index)
    if name not in groups:
        raise NoEpisodesError(f"{name!r} is no group here; there are {', '.join(['all', *groups])}")
    inside = found["pair"].isin(list(groups[name]))
    if not inside.any():
        raise NoEpisodesError(
            f"the group {name!r} holds no pair of the panel; check how pairs are named"
        )
    return inside


def _hits(growth: pd.Series, multiple: float) -> pd.Series:
    """1 where the multiple was reached, 0 where not, missing where unknown."""
    rounding = 1e-12
    return (growth >= math.log(multiple) - rounding).astype(float).where(growth.notna())


def _counted(
    here: pd.DataFrame, horizon: int, wanted: ReferenceClass
) -> tuple[pd.DataFrame, int, float]:
    """Episodes and shares by origin year, pairs, and the variance if pairs alone share luck."""
    by_origin = here.groupby("origin")["hit"].agg(["count", "size", "mean"]).reset_index()
    by_origin.columns = pd.Index(["origin", "n", "unknown", "share"])
    by_origin["unknown"] -= by_origin["n"]
    by_origin = by_origin[by_origin["n"] > 0].reset_index(drop=True)
    if by_origin.empty:
        raise NoEpisodesError(f"no episode of {horizon} years is known of {wanted.words()}")
    known = here.dropna(subset="hit")
    luck = (known["hit"] - known["hit"].mean()).groupby(known["pair"]).sum()
    return by_origin, len(luck), float((luck**2).sum() / len(known) ** 2)


def _quantiles(here: pd.DataFrame, column: str) -> list[dict[str, float]]:
    """One row an origin year: counts and quantiles of growth."""
    first = here.groupby("pair")["origin"].transform("min") == here["origin"]
    rows = []
    for origin, part in here.groupby("origin"):
        growth = part[column].dropna().to_numpy()
        if growth.size:
            counts = {"n": growth.size, "unknown": len(part) - growth.size}
            counts |= {"origin": origin, "new_pairs": int(first[part.index].sum())}
            rows.append(counts | dict(zip(_QUANTILES, np.quantile(growth, LEVELS), strict=True)))
    return rows


def _looked_up(
    table: pd.DataFrame,
    wanted: ReferenceClass,
    multiple: float,
    horizon: int,
    ever: bool,
    prices: pd.Series | None,
) -> tuple[pd.DataFrame, int]:
    """Shares by origin year and the number of pairs, read off a growth table."""
    cells, share = _cells(table, wanted, horizon, ever=ever, real=prices is not None)
    asked = math.log(multiple) + _dearer(cells, horizon, prices)
    reached = _exceedance(cells[_QUANTILES].to_numpy(float), asked)
    counts = cells[["n", "unknown", "new_pairs"]].to_numpy(float) * share[:, None]
    origins, place = np.unique(cells["origin"], return_inverse=True)
    n, unknown, new, hits = (
        np.bincount(place, weights=column) for column in (*counts.T, counts[:, 0] * reached)
    )
    by_origin = pd.DataFrame(
        {
            "origin": origins,
            "n": n.round().clip(min=1).astype("int64"),
            "unknown": unknown.round().astype("int64"),
            "share": hits / n,
        }
    )
    return by_origin, round(new.sum())


def _cells(
    table: pd.DataFrame, wanted: ReferenceClass, horizon: int, *, ever: bool, real: bool
) -> tuple[pd.DataFrame, Floats]:
    """Cells of the table's class, or of the two around the size, and their weights."""
    if wanted.within != 2.0:
        raise NoEpisodesError(
            f"a table has classes from half to double; within={wanted.within} needs a panel"
        )
    if ever and real:
        raise NoEpisodesError(
            "a table cannot say 'ever by' in constant dollars; that needs a panel"
        )
    size = table["size_musd"].to_numpy()
    like = (table["horizon"].to_numpy() == horizon) & (table["ever"].to_numpy() == ever)
    for column, named in (("among", wanted.among), ("past", wanted.past)):
        like &= (table[column] == named).to_numpy(bool)
    if wanted.origins is not None:
        like &= table["origin"].between(*wanted.origins).to_numpy(bool)
    sizes = np.unique(size[like])
    if not sizes.size:
        raise NoEpisodesError(f"the table has no class for {wanted.words()} over {horizon} years")
    if not sizes[0] <= wanted.size_musd <= sizes[-1]:
        raise NoEpisodesError(
            f"the table knows sizes of US${sizes[0]:g}m to {sizes[-1]:g}m, got {wanted.size_musd:g}"
        )
    above = sizes[np.searchsorted(sizes, wanted.size_musd)]
    below = sizes[np.searchsorted(sizes, wanted.size_musd, side="right") - 1]
    weight = math.log(wanted.size_musd / below) / math.log(above / below) if above > below else 0.0
    like &= (size == below) | (size == above)
    return table[like], np.where(size[like] == below, 1 - weight, weight)


def _dearer(cells: pd.DataFrame, horizon: int, prices: pd.Series | None) -> Floats:
    """Log rise of prices from each origin over the horizon; none if dollars are current ones."""
    if prices is None:
        return np.zeros(len(cells))
    origins = cells["origin"].to_numpy()
    return _log_prices(prices, origins + horizon) - _log_prices(prices, origins)


def _exceedance(quantiles: Floats, asked: Floats) -> Floats:
    """P(growth >= asked) a row, from quantiles joined by straight lines on normal scores."""
    rows = zip(quantiles, asked, strict=True)
    return np.array([_beyond(row, np.array([value]))[0] for row, value in rows])


def _beyond(row: Floats, asked: Floats) -> Floats:
    """P(growth >= asked) for each value asked of one row of quantiles."""
    score = np.interp(asked, row, _SCORES)
    if row[-1] > row[-2]:
        over = np.maximum(asked - row[-1], 0)
        score = score + over * (_SCORES[-1] - _SCORES[-2]) / (row[-1] - row[-2])
    if row[1] > row[0]:
        under = np.minimum(asked - row[0], 0)
        score = score + under * (_SCORES[1] - _SCORES[0]) / (row[1] - row[0])
    return np.array([0.5 * math.erfc(z / math.sqrt(2)) for z in score])


def _names(data: pd.DataFrame, groups: Mapping[str, Collection[str]] | None) -> list[str]:
    names = data["among"].unique() if "among" in data else list(groups or {})
    return [str(name) for name in names if name != "all"]


def _log_prices(prices: pd.Series, years: Any) -> Floats:
    index = pd.Index(years)
    absent = [str(y) for y in index if y not in prices.index]
    if absent:
        raise ValueError(f"the price index lacks {', '.join(absent)}")
    return np.asarray(np.log(prices.loc[index].to_numpy(float)))


def _overlap(origins: NDArray[np.int64], horizon: int) -> Floats:
    """Correlation of sums of independent yearly shocks over windows from each origin."""
    apart = np.abs(np.subtract.outer(origins, origins))
    return np.maximum(0.0, 1 - apart / horizon)
