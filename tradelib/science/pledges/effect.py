"""Did targets come true more often than like pairs got there without one?

Each scored pledge is compared with real pairs that had none: from the same year, of half to double
its size, counted as successes if they grew by the same multiple in as many years. The odds ratio is
that of Mantel and Haenszel with one stratum a pledge: strata where none or all of the like pairs
got there need no correction, and no model is needed of how many should have. Successes are easier
to find than failures: read `tradelib.pledges` first.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.core.errors import InputError
from tradelib.core.labels import Displayable
from tradelib.core.numeric import Floats, normal_reach
from tradelib.science.pledges.status import SEARCHES, pair_names, with_china, year_announced
from tradelib.science.reference.windows import ReferenceClass, episodes

# Kinds of like pair, and the fewest of each that allow a comparison.
WITHOUT = "pairs without a pledge"
FEWEST_LIKE_PAIRS = {
    WITHOUT: 30,
    "all pairs, pledged or not": 30,
    "other pairs of the same countries": 10,
}
# Tolerance for rounding: a ratio of two figures is not exact to the last digit.
CLOSE = 1e-9
# Groups of fewer pledges are too small to confirm or contradict the result.
ENOUGH_PLEDGES = 30
# Of a scored pledge that is not in the table of like pairs.
ABSENT = {"like": 0, "reached": 0, "why": "not among those compared"}
# How a reason that is told of one pledge begins where it is told of many.
OF_MANY = {
    "ends ": "end ",
    "starts ": "start ",
    "not ": "are not ",
    "fewer ": "have fewer ",
    "no ": "have no ",
}
PEER_COLUMNS = ["target_id", "against", "like", "reached", "why"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PledgeEffect(Displayable):
    """How often pledges were on time, against like pairs without a pledge.

    Parameters
    ----------
    n : int
        Pledges that have like pairs.
    pairs : int
        Different pairs of countries among them.
    share : float
        Share of these pledges that were on time.
    expected : float
        Mean share of their like pairs that got as far in the same time.
    odds : tuple of float
        Odds ratio of pledges over like pairs: estimate, lower and upper end.
    level : float
        Of the interval of the odds ratio, percent.
    groups : DataFrame
        The same by kind of like pair (``against``) and by ``group`` of pledges (China, year of
        announcement, search): ``n``, ``pairs``, ``share``, ``expected``, ``odds``, ``low``,
        ``high``.
    rows : DataFrame
        One row per scored pledge: ``target_id``, ``pair``, ``on_time``, ``like`` (like pairs),
        ``reached`` (of them, those that got there), ``why`` there is no comparison (else empty).
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
        """Table shown in a notebook."""
        return self.groups

    def summary(self) -> str:
        """The answer in plain words.

        Returns
        -------
        str
            Sentences with both shares; `odds` has the ratio of their odds.
        """
        return (
            f"{self.n} pledges can be compared with pairs of the same size and years that had made "
            f"none. {self.share:.0%} of the pledges were kept on time, and {self.expected:.0%} of "
            f"such pairs grew as much in the same time. Pledges were kept {self.words()}. "
            "Kept pledges are easier to find than others, so the true share of kept ones is "
            f"probably below {self.share:.0%}.{self._without_pairs()}"
        )

    def _without_pairs(self) -> str:
        """How many pledges have no like pairs, and how many of them were kept; empty if none."""
        alone = self.rows.loc[self.rows["why"] != "", "on_time"]
        if alone.empty:
            return ""
        reasons = self.rows.loc[self.rows["why"] != "", "why"].value_counts()
        reason = reasons.index[0]
        for begins, of_many in OF_MANY.items():
            if reason.startswith(begins):
                reason = of_many + reason.removeprefix(begins)
        return (
            f" {len(alone)} more pledges cannot be compared, {reasons.iloc[0]} of them because "
            f"they {reason}. Of the {len(alone)}, {alone.mean():.0%} were kept on time."
        )

    def words(self) -> str:
        """Words for whether pledges came true more or less often than such pairs.

        Returns
        -------
        str
            With the number of other comparisons whose interval does not confirm it, if any.
        """
        _, low, high = self.odds
        if low <= 1 <= high:
            return "neither clearly more nor clearly less often than such pairs grew as much"
        others = self.groups.iloc[1:]
        others = others[others["n"] >= ENOUGH_PLEDGES]
        if low > 1:
            text = "more often than such pairs grew as much"
            unclear = int((~(others["low"] > 1)).sum())
        else:
            text = "less often than such pairs grew as much"
            unclear = int((others["high"] > 1).sum())
        if unclear:
            text += (
                f". That holds in {len(others) - unclear} of {len(others)} comparisons by years, "
                f"partners and sources; in the other{'s' * (unclear > 1)} the difference may be "
                "due to chance"
            )
        return text


def like_pairs(targets: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """Count the pairs that were like each target, and those that got there.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    panel : DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million) of many pairs.

    Returns
    -------
    DataFrame
        One row per target with a baseline and a deadline and per kind of like pair (``against``):
        ``target_id``, ``against``, ``like``, ``reached`` (int64), ``why`` there is no comparison
        (empty if there is).
    """
    of_pair = targets["scope"] == "pair"
    complete = targets[["deadline", "baseline_value"]].notna().all(axis=1)
    dated = targets[of_pair & complete]
    panel = panel.assign(pair=["-".join(sorted(name.split("-"))) for name in panel["pair"]])
    first = panel["year"].min()
    last = panel["year"].max()
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
    windows = {span: episodes(panel, horizon=int(span)).dropna(subset="best") for span in spans}
    rows: list[tuple[str, str, int, int, str]] = []
    for pledge, span in zip(dated.itertuples(), years, strict=True):
        if pledge.why:
            rows.append((pledge.target_id, WITHOUT, 0, 0, pledge.why))
        else:
            rows += _counts(pledge, windows[span], pledged)
    return pd.DataFrame(rows, columns=PEER_COLUMNS)


def _counts(
    pledge: Any, windows: pd.DataFrame, pledged: Collection[str]
) -> Iterator[tuple[str, str, int, int, str]]:
    """Like pairs of one pledge, of each kind, among windows of its length."""
    year = int(pledge.baseline_year)
    size = ReferenceClass(size_musd=float(pledge.baseline_value), origins=(year, year))
    like = windows[size.holds(windows, {}) & (windows["pair"] != pledge.pair)]
    reached = like["best"] >= np.log(pledge.target_value / pledge.baseline_value) - CLOSE
    without = ~like["pair"].isin(list(pledged))
    sides = {pledge.reporter, pledge.partner}
    shares_side = [not sides.isdisjoint(pair.split("-")) for pair in like["pair"]]
    kinds = (without, like["best"].notna(), without & np.array(shares_side, bool))
    for (against, fewest), kind in zip(FEWEST_LIKE_PAIRS.items(), kinds, strict=True):
        why = "" if kind.sum() >= fewest else f"fewer than {fewest} like pairs"
        yield pledge.target_id, against, int(kind.sum()), int((reached & kind).sum()), why


def effect_of(scored: pd.DataFrame, peers: pd.DataFrame, *, level: float = 90) -> PledgeEffect:
    """Compare scored pledges with their like pairs.

    Parameters
    ----------
    scored : DataFrame
        As `tradelib.pledges.scored_pledges` returns it.
    peers : DataFrame
        Counts of like pairs, as `like_pairs` returns them.
    level : float
        Of the interval of the odds ratio, percent.

    Returns
    -------
    PledgeEffect
        Of the pledges that have like pairs without a pledge.
    """
    main = peers.loc[peers["against"] == WITHOUT, PEER_COLUMNS]
    rows = scored.merge(main, how="left", on="target_id").fillna(ABSENT)
    rows = rows.astype({"like": "int64", "reached": "int64"})
    both = scored.merge(peers[peers["why"] == ""][PEER_COLUMNS], on="target_id")
    if WITHOUT not in set(both["against"]):
        reasons = ", ".join(f"{why} ({n})" for why, n in rows["why"].value_counts().items())
        raise InputError(f"needs like pairs, got none for {len(scored)} pledges: {reasons}")
    groups = _groups(both, level)
    every: Any = next(groups.itertuples())
    return PledgeEffect(
        n=every.n,
        pairs=every.pairs,
        share=every.share,
        expected=every.expected,
        odds=(every.odds, every.low, every.high),
        level=float(level),
        groups=groups,
        rows=rows[["target_id", "pair", "on_time", "like", "reached", "why"]],
    )


def _groups(both: pd.DataFrame, level: float) -> pd.DataFrame:
    """Table of groups of pledges, by kind of like pair.

    Against pairs without a pledge every group; against the others those by China.
    """
    china = with_china(both)
    by_china = {"all": both["pair"] != "", "with China": china, "without China": ~china}
    every_group = by_china | _by_year_and_search(both)
    rows = []
    for against in dict.fromkeys([WITHOUT, *both["against"]]):
        of_kind = both["against"] == against
        groups = every_group if against == WITHOUT else by_china
        for name, mask in groups.items():
            if (mask & of_kind).any():
                rows.append(_group_row(against, name, both[mask & of_kind], level))
    return pd.DataFrame(rows)


def _by_year_and_search(both: pd.DataFrame) -> dict[str, pd.Series]:
    """Masks of pledges by five-year period of announcement, and by search."""
    masks = {}
    period = year_announced(both) // 5 * 5
    for start in sorted(set(period)):
        masks[f"announced {start}-{start + 4}"] = period == start
    for batch in sorted(set(both["batch"])):
        if batch not in SEARCHES:
            raise InputError(f"batch is one of {', '.join(map(str, SEARCHES))}, got {batch!r}")
        masks[SEARCHES[batch]] = both["batch"] == batch
    return masks


def _group_row(against: str, group: str, rows: pd.DataFrame, level: float) -> dict[str, Any]:
    """One row of the table of groups."""
    on_time = rows["on_time"].to_numpy(float)
    like = rows["like"].to_numpy(float)
    reached = rows["reached"].to_numpy(float)
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
    """Mantel-Haenszel odds ratio of pledges over like pairs, with its interval.

    With one stratum a pledge, R = sum of on_time (like - reached) / (like + 1) and
    S = sum of (1 - on_time) reached / (like + 1), the odds ratio is R / S. The interval holds every
    odds ratio x that a score test does not reject at `level`: (R - x S)^2 <= z^2 d x V, with
    V = sum of reached (like - reached) / (like^2 - 1) and the design effect d of clustering by
    pair. It is valid also if no pledge, or every pledge, was on time.

    Parameters
    ----------
    on_time : array (n_pledges,)
        1 for a pledge that was on time, else 0.
    like, reached : array (n_pledges,)
        Its like pairs, and those of them that got there.
    pair : array (n_pledges,)
        Number of its pair, from 0.
    level : float
        Of the interval, percent.

    Returns
    -------
    tuple of float
        The odds ratio, and the lower and upper end of its interval.

    References
    ----------
    Mantel, N. and Haenszel, W. (1959), Statistical aspects of the analysis of data from
    retrospective studies of disease, *JNCI* 22, doi:10.1093/jnci/22.4.719.
    """
    for_pledge = on_time * (like - reached) / (like + 1)
    for_like = (1 - on_time) * reached / (like + 1)
    r = for_pledge.sum()
    s = for_like.sum()
    z = normal_reach(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.divide(r, s)
        variance = (reached * (like - reached) / (like**2 - 1)).sum()
        width = z**2 * variance * _design_effect(for_pledge, for_like, odds, variance, pair)
        # Ends: the roots of S^2 x^2 - (2 R S + width) x + R^2 = 0; the lower one without a
        # difference of large numbers.
        product = 2 * r * s
        root = product + width + np.sqrt(width * (width + 2 * product))
        low = 2 * (r**2 / root)
        high = 2 * (root / (4 * s**2))
    return float(odds), float(low), float(high)


def _design_effect(
    for_pledge: Floats, for_like: Floats, odds: Any, variance: float, pair: NDArray[np.intp]
) -> float:
    """Design effect of clustering by pair on the variance of R - odds S; at least 1."""
    sizes = np.bincount(pair)
    clusters = len(sizes)
    if clusters < 2 or not 0 < odds < np.inf:
        return float((sizes**2).sum()) / max(1, int(sizes.sum()))
    cluster_sum = np.bincount(pair, for_pledge - odds * for_like)
    between = clusters / (clusters - 1) * (cluster_sum**2).sum()
    return max(1.0, float(between / (odds * variance)))
