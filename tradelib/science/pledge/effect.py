"""Did announced targets come true more often than such pairs got there without one?

Each scored pledge is held against real pairs that had none: from the same year, of half to double
its size, asked for the same multiple in as many years. The odds ratio is that of Mantel and
Haenszel, each pledge a stratum of its own: like pairs of whom none or all got there need no
correction, and no model says how many should have. Successes are easier to find than failures: read
`tradelib.pledges` first.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats, tail
from tradelib.ground.plain import Displayable
from tradelib.science.outside.episodes import ReferenceClass, episodes
from tradelib.science.pledge.status import SEARCHES, pair_names, with_china, year_announced

# What a pledge is held against, and the fewest like pairs that tell anything.
WITHOUT = "pairs without a pledge"
AGAINST = {WITHOUT: 30, "all pairs, pledged or not": 30, "other pairs of the same countries": 10}
# No ratio of two figures is exact to the last digit.
CLOSE = 1e-9
# Fewer pledges than these settle nothing either way.
MANY = 30
ABSENT = {"like": 0, "reached": 0, "why": "not among those compared"}
COLUMNS = ["target_id", "against", "like", "reached", "why"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PledgeEffect(Displayable):
    """How often pledges were on time, and like pairs without one.

    Attributes
    ----------
    n, pairs : int, pledges that like pairs can be found for, and different pairs of countries
    share, expected : float, of pledges that were on time; mean share of like pairs there as soon
    odds : tuple of float, of a pledge on time over those of like pairs: estimate, low, high end
    level : float, of the ends, percent
    groups : DataFrame
        The same ``against`` each kind of like pair by ``group`` of pledges (China, announcement,
        collection): ``n``, ``pairs``, ``share``, ``expected``, ``odds``, ``low``, ``high``.
    rows : DataFrame
        Every scored pledge: ``target_id``, ``pair``, ``on_time``, ``like`` and ``reached`` (like
        pairs, and those that got there), ``why`` there is no comparison (empty if there is).
    """

    n: int
    pairs: int
    share: float
    expected: float
    odds: tuple[float, float, float]
    level: float
    groups: pd.DataFrame
    rows: pd.DataFrame

    def _table(self) -> pd.DataFrame:
        return self.groups

    def summary(self) -> str:
        """The answer in plain words."""
        odds, low, high = self.odds
        return (
            f"Of {self.n} pledges {self.share:.0%} were on time; of pairs of the same size and "
            f"time {self.expected:.0%} got as far as soon without a pledge. Matched one by one, "
            f"the odds of a pledge are {odds:.1f} times theirs ({self.level:g}% interval {low:.1f} "
            f"to {high:.1f}). Pledges were kept {self.words()}. Successes are easier to find than "
            "failures, so the first share is rather too high. For "
            f"{(self.rows['why'] != '').sum()} more pledges no such pairs are known."
        )

    def words(self) -> str:
        """Whether pledges came true more often, and how many other comparisons do not bear it."""
        _, low, high = self.odds
        if low <= 1 <= high:
            return "neither clearly more nor clearly less often than such pairs"
        way, end = ("more", "low") if low > 1 else ("less", "high")
        others = self.groups.iloc[1:].query("n >= @MANY")
        torn = int(((others[end] > 1) != (low > 1)).sum())
        but = f", but in {torn} of {len(others)} other comparisons this may be chance"
        return f"{way} often than such pairs{but if torn else ''}"


def like_pairs(targets: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """How many pairs of a panel were like each target of a registry, and how many got there.

    A row a target with a baseline and a deadline, and a kind of like pair (``against``): ``like``
    and ``reached`` (int64), and ``why`` these tell nothing, empty if they do.
    """
    of_pair, known = targets["scope"] == "pair", targets[["deadline", "baseline_value"]].notna()
    dated = targets[of_pair & known.all(axis=1)]
    panel = panel.assign(pair=["-".join(sorted(name.split("-"))) for name in panel["pair"]])
    first, last = panel["year"].min(), panel["year"].max()
    years = (dated["deadline"] - dated["baseline_year"]).astype(float)
    reasons = {
        "not in US dollars": dated["currency"] != "USD",
        "no year from its baseline to its deadline": ~(years >= 1),
        f"starts before {first}": dated["baseline_year"] < first,
        f"ends after {last}": dated["deadline"] > last,
    }
    masks = [mask.fillna(value=False).to_numpy(bool) for mask in reasons.values()]
    dated = dated.assign(pair=pair_names(dated), why=np.select(masks, list(reasons), default=""))
    pledged = set(pair_names(targets[of_pair]))
    spans = set(years[dated["why"] == ""])
    windows = {h: episodes(panel, horizon=int(h)).dropna(subset="best") for h in spans}
    found: list[tuple[str, str, int, int, str]] = []
    for one, span in zip(dated.itertuples(), years, strict=True):
        none = [(one.target_id, WITHOUT, 0, 0, one.why)]
        found += none if one.why else _counted(one, windows[span], pledged)
    return pd.DataFrame(found, columns=COLUMNS)


def _counted(
    pledge: Any, windows: pd.DataFrame, pledged: Collection[str]
) -> Iterator[tuple[str, str, int, int, str]]:
    """Like pairs of one pledge among windows of its length, of each kind."""
    year, sides = int(pledge.baseline_year), {pledge.reporter, pledge.partner}
    size = ReferenceClass(size_musd=float(pledge.baseline_value), origins=(year, year))
    like = windows[size.holds(windows, {}) & (windows["pair"] != pledge.pair)]
    there = like["best"] >= np.log(pledge.target_value / pledge.baseline_value) - CLOSE
    none = ~like["pair"].isin(list(pledged))
    same = none & np.array([not sides.isdisjoint(pair.split("-")) for pair in like["pair"]], bool)
    kinds = (none, like["best"].notna(), same)
    for (against, least), kind in zip(AGAINST.items(), kinds, strict=True):
        why = "" if kind.sum() >= least else f"fewer than {least} like pairs"
        yield pledge.target_id, against, int(kind.sum()), int((there & kind).sum()), why


def effect_of(scored: pd.DataFrame, peers: pd.DataFrame, *, level: float = 90) -> PledgeEffect:
    """What became of scored pledges against the counts that `like_pairs` returns."""
    main = peers.loc[peers["against"] == WITHOUT, COLUMNS]
    rows = scored.merge(main, how="left", on="target_id").fillna(ABSENT)
    rows = rows.astype({"like": "int64", "reached": "int64"})
    both = scored.merge(peers[peers["why"] == ""][COLUMNS], on="target_id")
    if WITHOUT not in set(both["against"]):
        told = ", ".join(f"{why} ({n})" for why, n in rows["why"].value_counts().items())
        raise InputError(f"needs like pairs, got none for {len(scored)} pledges: {told}")
    groups = _groups(both, level)
    whole: Any = next(groups.itertuples())
    return PledgeEffect(
        n=whole.n,
        pairs=whole.pairs,
        share=whole.share,
        expected=whole.expected,
        odds=(whole.odds, whole.low, whole.high),
        level=float(level),
        groups=groups,
        rows=rows[["target_id", "pair", "on_time", "like", "reached", "why"]],
    )


def _groups(both: pd.DataFrame, level: float) -> pd.DataFrame:
    """Every group against pairs without a pledge; all, with and without China against others."""
    china = with_china(both)
    year = year_announced(both) // 5 * 5
    kinds = {"all": both["pair"] != "", "with China": china, "without China": ~china}
    parts = {f"announced {y}-{y + 4}": year == y for y in sorted(set(year))}
    parts |= {SEARCHES[b]: both["batch"] == b for b in sorted(set(both["batch"]))}
    return pd.DataFrame(
        _row(against, name, both[here], level)
        for against in dict.fromkeys([WITHOUT, *both["against"]])
        for name, kind in (kinds | (parts if against == WITHOUT else {})).items()
        if (here := kind & (both["against"] == against)).any()
    )


def _row(against: str, group: str, rows: pd.DataFrame, level: float) -> dict[str, Any]:
    """One line of the table of groups."""
    on_time, like, reached = (rows[name].to_numpy(float) for name in ("on_time", "like", "reached"))
    pair = pd.factorize(rows["pair"])[0]
    odds, low, high = common_odds(on_time, like, reached, pair, level=level)
    return {
        "against": against,
        "group": group,
        "n": len(rows),
        "pairs": len(set(pair)),
        "share": on_time.mean(),
        "expected": (reached / like).mean(),
        "odds": odds,
        "low": low,
        "high": high,
    }


def common_odds(
    on_time: Floats, like: Floats, reached: Floats, pair: NDArray[np.intp], *, level: float = 90
) -> tuple[float, float, float]:
    """Mantel-Haenszel odds of pledges over those of like pairs, and the ends of its interval.

    The odds between them no score test rejects, whose variance is that of the stated odds times the
    design effect of pairs: it holds with none or all on time.

    Mantel, N. and Haenszel, W. (1959), Statistical aspects of the analysis of data from
    retrospective studies of disease, *JNCI* 22, doi:10.1093/jnci/22.4.719.
    """
    won, lost = on_time * (like - reached) / (like + 1), (1 - on_time) * reached / (like + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.divide(won.sum(), lost.sum())
        variance = (reached * (like - reached) / (like**2 - 1)).sum()
        spread = NormalDist().inv_cdf(1 - tail(level)) ** 2 * variance
        spread *= _design(won, lost, odds, variance, pair)
        product = 2 * won.sum() * lost.sum()
        reach = product + spread + np.sqrt(spread * (spread + 2 * product))
        ends = 2 * np.array([won.sum() ** 2 / reach, reach / (4 * lost.sum() ** 2)])
    return float(odds), float(ends[0]), float(ends[1])


def _design(won: Floats, lost: Floats, odds: Any, variance: float, pair: NDArray[np.intp]) -> float:
    """How much clustering by pair widens the variance of won less odds times lost."""
    sizes = np.bincount(pair)
    if len(sizes) < 2 or not 0 < odds < np.inf:
        return float((sizes**2).sum() / max(1, sizes.sum()))
    apart = np.bincount(pair, won - odds * lost)
    return max(1.0, float(len(sizes) / (len(sizes) - 1) * (apart**2).sum() / (odds * variance)))
