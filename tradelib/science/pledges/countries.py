"""Who keeps pledges: the record of each country, and of pairs like its own.

Most countries have few pledges, so that a raw share says little: two of two is no perfect record.
Each share is shrunk to that of all pledges by a beta prior. Its strength is the one that makes the
counts of all countries most likely (empirical Bayes). A pledge counts for both its countries, and
is weighted down by the design effect of clustering by pair, as in `tradelib.pledge_rate`.
"""

from math import lgamma

import numpy as np
import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import InputError
from tradelib.core.numeric import tail
from tradelib.science.pledges.effect import PEER_COLUMNS, WITHOUT
from tradelib.science.pledges.rates import effective
from tradelib.science.pledges.status import scored_pledges

# Strengths of the prior that are tried, in pledges: from hardly any shrinkage to nearly full.
STRENGTHS = np.geomspace(0.5, 500, 61)


def records_of(targets: pd.DataFrame, peers: pd.DataFrame, *, level: float = 90) -> pd.DataFrame:
    """The record of each country that pledged, its share shrunk to that of all.

    Parameters
    ----------
    targets : DataFrame
        As `tradelib.load_targets` returns it.
    peers : DataFrame
        Counts of like pairs, as `like_pairs` returns them.
    level : float
        Of the interval of each share, percent.

    Returns
    -------
    DataFrame
        One row per country, by code: ``name``, ``pledges``, ``scored``, ``on_time``, ``compared``
        (scored ones with like pairs), ``compared_on_time`` and ``like_pairs`` (shares on time of
        these and of their like pairs), ``share`` (shrunk), ``low``, ``high``.
    """
    tail(level)  # checks it
    scored = scored_pledges(targets)
    if not 0 < scored["on_time"].mean() < 1:
        kept = f"{scored['on_time'].sum()} of {len(scored)} scored pledges on time"
        raise InputError(
            f"shares are drawn to that of all, which needs some kept and missed; got {kept}"
        )
    like = peers.loc[(peers["against"] == WITHOUT) & (peers["why"] == ""), PEER_COLUMNS]
    rows = scored.merge(like, how="left", on="target_id")
    rows["expected"] = rows["reached"] / rows["like"]
    records = _counts(targets, rows)
    weight = effective(scored) / len(scored)
    mean = float(scored["on_time"].mean())
    kept = weight * records["on_time"]
    n = weight * records["scored"]
    strength = likeliest_strength(kept.to_numpy(), n.to_numpy(), mean)
    a = kept + strength * mean
    b = n - kept + strength * (1 - mean)
    records["share"] = a / (a + b)
    ends = [beta_interval(*parameters, level=level) for parameters in zip(a, b, strict=True)]
    records[["low", "high"]] = np.array(ends)
    records.insert(0, "name", [country_codes.name(code) for code in records.index])
    return records.sort_values(["scored", "pledges", "name"], ascending=[False, False, True])


def _counts(targets: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """Counts of each country: pledges, scored, on time, compared with like pairs."""
    pledged = _by_country(targets[targets["scope"] == "pair"])
    records = pd.DataFrame({"pledges": pledged.groupby("country").size()})
    of_country = _by_country(scored)
    groups = of_country.groupby("country")
    records["scored"] = groups.size()
    records["on_time"] = groups["on_time"].sum()
    records = records.fillna(0).astype("int64")
    compared = of_country[of_country["expected"].notna()].groupby("country")
    records["compared"] = compared.size().reindex(records.index, fill_value=0)
    records["compared_on_time"] = compared["on_time"].mean().astype(float)
    records["like_pairs"] = compared["expected"].mean()
    return records


def likeliest_strength(kept: np.ndarray, n: np.ndarray, mean: float) -> float:
    """Strength of the beta prior of a given mean that makes the counts most likely.

    `kept` of `n` pledges (arrays over countries) have the log likelihood, up to a constant,
    sum of log B(a + kept, b + n - kept) - log B(a, b), with a = strength mean and
    b = strength (1 - mean).
    """

    def log_beta(a: float, b: float) -> float:
        return lgamma(a) + lgamma(b) - lgamma(a + b)

    def log_likelihood(strength: float) -> float:
        a = strength * mean
        b = strength * (1 - mean)
        counts = zip(kept.tolist(), n.tolist(), strict=True)
        return sum(log_beta(a + k, b + m - k) - log_beta(a, b) for k, m in counts)

    return float(max(STRENGTHS, key=log_likelihood))


def beta_interval(a: float, b: float, *, level: float) -> tuple[float, float]:
    """Equal-tailed interval of a beta distribution."""
    from scipy import special

    low, high = special.betaincinv(a, b, [tail(level), 1 - tail(level)])
    return float(low), float(high)


def _by_country(rows: pd.DataFrame) -> pd.DataFrame:
    """Every row twice: once for each of its two countries, in ``country``."""
    return pd.concat([rows.assign(country=rows[side]) for side in ("reporter", "partner")])
