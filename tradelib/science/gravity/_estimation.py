"""Least squares and Poisson pseudo-likelihood without effects, and what the two estimators share.

statsmodels finds the coefficients; the covariance is put together here, so that small-sample
conventions and clusters are those of the fits with effects.
"""

import warnings
from functools import reduce
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.ground.numbers import Floats, needs

EFFECTS = {
    "exporter": ["exporter"], "importer": ["importer"], "year": ["year"], "pair": ["pair"],
    "exporter_year": ["exporter", "year"], "importer_year": ["importer", "year"],
}  # fmt: skip
CLUSTERS = {"pair": ["pair"], "countries": ["exporter", "importer"], "none": []}
CONSTANT = "constant"
# A fit that needs more rounds does not converge, and a set of separated flows is found in fewer.
ROUNDS = 100
# Of the rectifier: far above rounding, far below what a scaled term reaches.
SMALL = 1e-5
# A variance below zero by less than this is zero; two-way clusters subtract nearly equal sums.
ROUNDING = 1e-12

Tables: TypeAlias = tuple[pd.DataFrame, pd.DataFrame]


class Choice(NamedTuple):
    """How to estimate."""

    estimator: str
    cluster: str
    small_sample: str

    @property
    def poisson(self) -> bool:
        """Whether trade itself is fitted, rather than its log."""
        return self.estimator == "ppml"

    @property
    def counts_terms(self) -> bool:
        """Whether standard errors are corrected for the number of coefficients."""
        return self.small_sample == "fixest" or not self.poisson


class Estimate(NamedTuple):
    """What either estimator gives back: tables, rows used with their fit, why others were not."""

    tables: Tables
    rows: pd.DataFrame
    why: str


def key(table: pd.DataFrame, effect: str) -> pd.Series:
    """Name of the level of an effect, a row each."""
    columns = EFFECTS.get(effect, [effect])
    parts = [table[column].astype("str") for column in columns]
    return reduce(lambda a, b: a + " " + b, parts)


def plain(table: pd.DataFrame, terms: list[str], choice: Choice) -> Estimate:
    """A fit without effects."""
    separated = np.zeros(len(table), dtype=bool)
    if choice.poisson:
        separated = _separated(table["trade_musd"].to_numpy(), _design(table, terms))
    kept = table[~separated]
    independent = _independent(_design(kept, terms), [*terms, CONSTANT])
    left = remaining(terms, independent, separated=bool(separated.any()))
    design, trade = _design(kept, left), kept["trade_musd"].to_numpy()
    estimate, fitted = (_poisson if choice.poisson else _least_squares)(trade, design)
    covariance = _sandwich(kept, design, fitted, choice)
    made = tables([*left, CONSTANT], estimate, covariance)
    return Estimate(made, kept.assign(fitted_musd=fitted), separated_by(terms, left))


def _least_squares(trade: Floats, design: Floats) -> tuple[Floats, Floats]:
    """Coefficients of the log of trade, and fitted trade."""
    made = needs("statsmodels.regression.linear_model", "models").OLS(np.log(trade), design).fit()
    return np.asarray(made.params), np.exp(np.asarray(made.fittedvalues))


def _poisson(trade: Floats, design: Floats) -> tuple[Floats, Floats]:
    """Coefficients by Poisson pseudo-likelihood, and fitted trade."""
    linear = needs("statsmodels.genmod.generalized_linear_model", "models")
    with warnings.catch_warnings():  # separation was looked for; convergence is looked at next
        warnings.simplefilter("ignore")
        made = linear.GLM(trade, design, family=linear.families.Poisson()).fit(
            maxiter=ROUNDS, tol=1e-10, tol_criterion="params"
        )
    check_converged(len(trade), done=bool(made.converged))
    return np.asarray(made.params), np.asarray(made.fittedvalues)


def _sandwich(rows: pd.DataFrame, design: Floats, fitted: Floats, choice: Choice) -> Floats:
    """Covariance of the coefficients, robust within clusters."""
    trade = rows["trade_musd"].to_numpy()
    slope, residual = fitted, trade - fitted
    if not choice.poisson:
        slope, residual = np.ones(len(rows)), np.log(trade) - np.log(fitted)
    bread = np.linalg.inv(design.T @ (slope[:, None] * design))
    middle, groups = meat(residual[:, None] * design, rows, choice.cluster)
    n, k = design.shape
    factor = groups / (groups - 1)
    if choice.counts_terms:
        factor *= (n - 1) / (n - k)
    covariance: Floats = factor * bread @ middle @ bread
    return covariance


def check_converged(flows: int, *, done: bool) -> None:
    """An error if a fit gave up."""
    if not done:
        raise ValueError(
            f"the fit of {flows:,} flows did not converge; look for terms of very different size, "
            "or for flows that one effect fits alone"
        )


def remaining(terms: list[str], fitted: list[str], *, separated: bool) -> list[str]:
    """Terms with a coefficient. One without is an error, unless it went with separated flows."""
    left = [name for name in terms if name in fitted]
    lost = [name for name in terms if name not in left]
    if lost and not separated:
        raise ValueError(
            f"{', '.join(lost)} does not vary beside the other terms and effects; leave it out"
        )
    return left


def separated_by(terms: list[str], left: list[str]) -> str:
    """Why separated flows are left out."""
    lost = [name for name in terms if name not in left] or ["terms and effects together"]
    return f"separated: {', '.join(lost)} would have it zero whatever the rest"


def _design(table: pd.DataFrame, terms: list[str]) -> Floats:
    return np.column_stack([table[terms].to_numpy(float), np.ones(len(table))])


def _scaled(design: Floats) -> Floats:
    """Columns of length one; a column of zeros stays."""
    return np.asarray(design / np.linalg.norm(design, axis=0).clip(1e-300))


def _independent(design: Floats, names: list[str]) -> list[str]:
    """Names of the columns that add to the rank: the last (the constant), then in order."""
    scaled, kept = _scaled(design), list[int]()
    for column in (len(names) - 1, *range(len(names) - 1)):
        if np.linalg.matrix_rank(scaled[:, [*kept, column]]) == len(kept) + 1:
            kept.append(column)
    return [names[column] for column in kept]


def _separated(trade: Floats, design: Floats) -> NDArray[np.bool_]:
    """Zeros that some combination of terms singles out: the iterative rectifier.

    Correia, S., Guimarães, P. and Zylkin, T. (2019), arXiv:1903.01633.
    """
    zero, scaled = trade == 0, _scaled(design)
    weight = np.sqrt(np.where(zero, 1.0, (1 + zero.sum()) / SMALL))[:, None]
    wanted = zero.astype(float)
    for _ in range(ROUNDS):
        beta = np.linalg.lstsq(weight * scaled, weight[:, 0] * wanted, rcond=None)[0]
        reached = np.where(np.abs(scaled @ beta) < SMALL, 0.0, scaled @ beta)
        if (reached[zero] >= 0).all():
            break
        wanted = np.where(zero, reached.clip(0), 0.0)
    return np.asarray(zero & (reached > 0))


def meat(scores: Floats, rows: pd.DataFrame, cluster: str) -> tuple[Floats, int]:
    """Outer product of the scores summed within clusters, and the number of clusters."""
    width = scores.shape[1]
    middle, counts = np.zeros((width, width)), []
    for sign, names in _clusters(rows, cluster):
        group = pd.factorize(names)[0]
        sums = np.zeros((group.max() + 1, width))
        np.add.at(sums, group, scores)
        middle += sign * (sums.T @ sums)
        counts.append(len(sums))
    return middle, min(counts)


def _clusters(rows: pd.DataFrame, cluster: str) -> list[tuple[int, pd.Series]]:
    """What to sum scores within, with its sign; two-way clusters take away what counts twice."""
    if cluster == "none":
        return [(1, pd.Series(range(len(rows))))]
    if cluster == "pair":
        return [(1, rows["pair"])]
    flows = rows["exporter"] + " " + rows["importer"]
    return [(1, rows["exporter"]), (1, rows["importer"]), (-1, flows)]


def tables(names: list[str], estimate: Floats, covariance: Floats) -> Tables:
    """Estimates with standard errors, and the covariance, by name."""
    variance = np.diag(covariance)
    if (variance < -ROUNDING).any():
        raise ValueError(
            f"two-way clusters give {names[int(variance.argmin())]} a negative variance, so there "
            "are too few countries for them; cluster by pair"
        )
    error = np.sqrt(variance.clip(0))
    table = pd.DataFrame({"estimate": estimate, "std_error": error}, index=names)
    return table, pd.DataFrame(covariance, index=names, columns=names)
