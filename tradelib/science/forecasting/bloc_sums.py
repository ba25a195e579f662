"""The growth model's forecast of a sum of pairs: a bloc's trade with one partner, or inside it.

Pairs that share a country share a shock, the larger pairs more of it: what no pair's own history
foretells moves two of them together with the correlation l1 l2, where the loading l of a pair grows
with the log of its size. Pairs that share no country have a part of that correlation. With spreads
s and medians m in logs, the sum is taken to have the mean

    M = sum of exp(m + s²/2)

and the variance of lognormal pairs with these correlations (Fenton 1960, IRE Transactions on
Communications Systems 8). The form of its distribution, with the model's fat tails, is that of the
sum of pairs that move as one; its centre and spread are put right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tradelib.core.model_files import Learned
from tradelib.core.numeric import Floats
from tradelib.core.records import Record
from tradelib.science.forecasting.predictive import WITHIN_ONE, Outlook
from tradelib.science.forecasting.predictors import Bools, Positions

# No two pairs move quite as one.
MOST = 0.95
# A pair's spread beyond this is that of a pair so small or jumpy that lognormal tails, which grow
# with its square, would make it outweigh the others.
WIDEST = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dependence(Record):
    """How pairs that share a country move together.

    Attributes
    ----------
    base : float
        Loading of a pair of US$1m on the shock that they share.
    slope : float
        By how much it grows where the pair is ten times as large.
    apart : float
        Part of that correlation which pairs have that share no country.
    """

    base: float
    slope: float
    apart: float

    def loadings(self, last_musd: Floats) -> Floats:
        """Loading of each pair, by its last turnover, US$ million."""
        return np.asarray((self.base + self.slope * np.log10(last_musd)).clip(0, MOST))

    def correlations(self, last_musd: Floats, sharing: Bools) -> Floats:
        """Correlation of each two pairs, by their last turnover and whether they share a country.

        Both `sharing` and what is returned have the shape (n_pairs, n_pairs).
        """
        loadings = self.loadings(last_musd)
        found = np.outer(loadings, loadings) * np.where(sharing, 1.0, self.apart)
        np.fill_diagonal(found, 1.0)
        return np.asarray(found)


def dependence_of(learned: Mapping[str, Any]) -> Dependence:
    """The dependence of a vintage of ``data/bloc_model.json``."""
    held = Learned("model of blocs", learned)
    return Dependence(
        base=float(held.numbers("base")),
        slope=float(held.numbers("slope")),
        apart=float(held.numbers("apart")),
    )


def summed(parts: Mapping[tuple[str, str], Outlook], dependence: Dependence) -> Outlook:
    """The forecast of a sum, from those of its pairs, all from one last year and in US dollars.

    What it rests on is what the largest part of the sum rests on.
    """
    members = list(parts.values())
    last = np.array([member.last_musd for member in members])
    a, b = np.array(list(parts)).T
    sharing = (a[:, None] == a) | (a[:, None] == b) | (b[:, None] == a) | (b[:, None] == b)
    correlation = dependence.correlations(last, sharing)
    logs = summed_logs(np.array([member.logs for member in members]), correlation)
    by_kind: dict[str, float] = {}
    for member in members:
        by_kind[member.kind] = by_kind.get(member.kind, 0.0) + member.last_musd
    kind = max(by_kind, key=lambda name: by_kind[name])
    return replace(members[0], logs=logs, last_musd=float(last.sum()), kind=kind)


def summed_logs(curves: Floats, correlation: Floats, scores: Positions = WITHIN_ONE) -> Floats:
    """Quantiles of the log of a sum, from those of its parts.

    Parameters
    ----------
    curves : ndarray
        Quantiles of the logs of the parts, shape (n_parts, n_years, n_quantiles).
    correlation : ndarray
        Of the logs of each two parts, shape (n_parts, n_parts).
    scores : array of int
        Positions of the standard scores -1, 0 and 1 among the quantiles.

    Returns
    -------
    ndarray
        Shape (n_years, n_quantiles).
    """
    if len(curves) == 1:
        return np.asarray(curves[0])
    as_one = np.logaddexp.reduce(curves, axis=0)
    low, middle, high = as_one[:, scores].T
    below, centre, above = np.moveaxis(curves[:, :, scores], 2, 0)
    spread = np.minimum((above - below) / 2, WIDEST)
    means = np.exp(centre + spread**2 / 2)
    weights = means / means.sum(axis=0)
    variance = np.empty(len(as_one))
    for year, (weight, own) in enumerate(zip(weights.T, spread.T, strict=True)):
        covariance = np.expm1(correlation * np.outer(own, own))
        variance[year] = np.log1p(weight @ covariance @ weight)
    moved = np.log(means.sum(axis=0)) - variance / 2
    width = np.sqrt(variance) / ((high - low) / 2)
    return np.asarray(moved[:, None] + width[:, None] * (as_one - middle[:, None]))
