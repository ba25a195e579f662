"""Who keeps pledges: what became of each country's, and of pairs like them.

Most countries have few pledges, so that a raw share says little: two of two is no perfect record.
Each share is drawn to that of all, as a beta distribution whose strength is what makes the counts
of all countries likeliest (empirical Bayes). A pledge counts for both its countries, and weighs
what the design effect of pairs leaves of it, as in `tradelib.pledge_rate`.
"""

from math import lgamma

import numpy as np
import pandas as pd

from tradelib.ground import codes
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import tail
from tradelib.science.pledge.effect import COLUMNS as PEERS
from tradelib.science.pledge.effect import WITHOUT
from tradelib.science.pledge.rates import effective
from tradelib.science.pledge.status import scored_pledges

# Strengths tried, in pledges' worth: from "each country is its own" to "all are alike".
STRENGTHS = np.geomspace(0.5, 500, 61)
# Points at which a beta distribution is summed.
FINE = 20_001


def country_records(
    targets: pd.DataFrame, peers: pd.DataFrame, *, level: float = 90
) -> pd.DataFrame:
    """A row a country that pledged: its pledges, those on time, and its share drawn to all's."""
    tail(level)
    scored = scored_pledges(targets)
    if not 0 < scored["on_time"].mean() < 1:
        kept = f"{scored['on_time'].sum()} of {len(scored)} scored pledges on time"
        raise InputError(
            f"shares are drawn to that of all, which needs some kept and missed; got {kept}"
        )
    like = peers.loc[(peers["against"] == WITHOUT) & (peers["why"] == ""), PEERS]
    rows = scored.merge(like, how="left", on="target_id")
    rows["expected"] = rows["reached"] / rows["like"]
    pledged, counted = _of_each(targets[targets["scope"] == "pair"]), _of_each(rows)
    weight, mean = effective(scored) / len(scored), float(scored["on_time"].mean())
    found = pd.DataFrame({"pledges": pledged.groupby("country").size()})
    groups = counted.groupby("country")
    found["scored"], found["on_time"] = groups.size(), groups["on_time"].sum()
    found = found.fillna(0).astype("int64")
    compared = counted[counted["expected"].notna()].groupby("country")
    found["compared"] = compared.size().reindex(found.index, fill_value=0)
    found["compared_on_time"] = compared["on_time"].mean().astype(float)
    found["like_pairs"] = compared["expected"].mean()
    kept, n = weight * found["on_time"], weight * found["scored"]
    strength = likeliest_strength(kept.to_numpy(), n.to_numpy(), mean)
    a, b = kept + strength * mean, n - kept + strength * (1 - mean)
    found["share"] = a / (a + b)
    ends = [beta_interval(*ab, level=level) for ab in zip(a, b, strict=True)]
    found[["low", "high"]] = np.array(ends)
    found.insert(0, "name", [codes.name(code) for code in found.index])
    return found.sort_values(["scored", "pledges", "name"], ascending=[False, False, True])


def likeliest_strength(kept: np.ndarray, n: np.ndarray, mean: float) -> float:
    """The strength of a beta prior of a mean that makes counts of kept out of n likeliest."""

    def log_beta(a: float, b: float) -> float:
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    def likelihood(strength: float) -> float:
        a, b = strength * mean, strength * (1 - mean)
        pairs = zip(kept.tolist(), n.tolist(), strict=True)
        return sum(log_beta(a + k, b + m - k) - log_beta(a, b) for k, m in pairs)

    return float(max(STRENGTHS, key=likelihood))


def beta_interval(a: float, b: float, *, level: float) -> tuple[float, float]:
    """Equal-tailed interval of a beta distribution, summed on a fine grid."""
    share = (np.arange(FINE) + 0.5) / FINE
    log = (a - 1) * np.log(share) + (b - 1) * np.log1p(-share)
    below = np.cumsum(np.exp(log - log.max()))
    low, high = np.interp([tail(level), 1 - tail(level)], below / below[-1], share)
    return float(low), float(high)


def _of_each(rows: pd.DataFrame) -> pd.DataFrame:
    """Every row once for either country."""
    return pd.concat([rows.assign(country=rows[side]) for side in ("reporter", "partner")])
