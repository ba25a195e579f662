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

EFFECTS = {
    "exporter": ["exporter"],
    "importer": ["importer"],
    "year": ["year"],
    "exporter_year": ["exporter", "year"],
    "importer_year": ["importer", "year"],
    "pair": ["pair"],
}
CLUSTERS = {"pair": ["pair"], "countries": ["exporter", "importer"], "none": []}
CONSTANT = "constant"
ROUNDS, SMALL, ROUNDING = 100, 1e-5, 1e-12

Floats = NDArray[np.float64]
Tables: TypeAlias = tuple[pd.DataFrame, pd.DataFrame]


class Choice(NamedTuple):
    """How to estimate."""

    estimator: str
    cluster: str
    small_sample: str

    @property
    def counts_terms(self) -> bool:
        """Whether standard errors are corrected for the number of coefficients."""
        return self.small_sample == "fixest" or self.estimator == "ols"


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
    if choice.estimator == "ppml":
        separated = _separated(table["trade_musd"].to_numpy(), _design(table, terms))
    kept = table[~separated]
    found = _independent(_design(kept, terms), [*terms, CONSTANT])
    left = remaining(terms, found, separated=bool(separated.any()))
    design, trade = _design(kept, left), kept["trade_musd"].to_numpy()
    estimate, fitted = _maximised(trade, design, choice.estimator)
    slope, residual = (fitted, trade - fitted) if choice.estimator == "ppml" else (
        np.ones(len(kept)), np.log(trade) - np.log(fitted)
    )  # fmt: skip
    bread = np.linalg.inv(design.T @ (slope[:, None] * design))
    middle, groups = meat(residual[:, None] * design, kept, choice.cluster)
    n, k = design.shape
    factor = groups / (groups - 1)
    if choice.counts_terms:
        factor *= (n - 1) / (n - k)
    found_tables = tables([*left, CONSTANT], estimate, factor * bread @ middle @ bread)
    return Estimate(found_tables, kept.assign(fitted_musd=fitted), separated_by(terms, left))


def _maximised(trade: Floats, design: Floats, estimator: str) -> tuple[Floats, Floats]:
    """Coefficients and fitted trade from statsmodels."""
    try:
        from statsmodels.genmod.families import Poisson
        from statsmodels.genmod.generalized_linear_model import GLM
        from statsmodels.regression.linear_model import OLS
    except ImportError as error:
        raise ImportError(
            "a gravity equation without effects needs statsmodels: pip install tradelib[models]"
        ) from error
    if estimator == "ols":
        made = OLS(np.log(trade), design).fit()
        return np.asarray(made.params), np.exp(np.asarray(made.fittedvalues))
    with warnings.catch_warnings():  # separation was looked for; convergence is looked at next
        warnings.simplefilter("ignore")
        made = GLM(trade, design, family=Poisson()).fit(
            maxiter=ROUNDS, tol=1e-10, tol_criterion="params"
        )
    check_converged(done=bool(made.converged))
    return np.asarray(made.params), np.asarray(made.fittedvalues)


def check_converged(*, done: bool) -> None:
    if not done:
        raise ValueError(
            "the fit did not converge; look for terms of very different size, or for flows that "
            "one effect fits alone"
        )


def remaining(terms: list[str], found: list[str], *, separated: bool) -> list[str]:
    """Terms with a coefficient. One without is an error, unless it went with separated flows."""
    left = [name for name in terms if name in found]
    lost = [name for name in terms if name not in left]
    if lost and not separated:
        raise ValueError(
            f"{', '.join(lost)} does not vary beside the other terms and effects; leave it out"
        )
    return left


def separated_by(terms: list[str], left: list[str]) -> str:
    lost = [name for name in terms if name not in left] or ["terms and effects together"]
    return f"separated: {', '.join(lost)} would have it zero whatever the rest"


def _design(table: pd.DataFrame, terms: list[str]) -> Floats:
    return np.column_stack([table[terms].to_numpy(float), np.ones(len(table))])


def _independent(design: Floats, names: list[str]) -> list[str]:
    """Names of the columns that add to the rank: the last (the constant), then in order."""
    scaled = design / np.linalg.norm(design, axis=0).clip(1e-300)
    kept: list[int] = []
    for column in (len(names) - 1, *range(len(names) - 1)):
        if np.linalg.matrix_rank(scaled[:, [*kept, column]]) == len(kept) + 1:
            kept.append(column)
    return [names[column] for column in kept]


def _separated(trade: Floats, design: Floats) -> NDArray[np.bool_]:
    """Zeros that some combination of terms singles out: the iterative rectifier.

    References
    ----------
    Correia, S., Guimarães, P. and Zylkin, T. (2019), Verifying the existence of maximum likelihood
    estimates for generalized linear models, arXiv:1903.01633.
    """
    zero = trade == 0
    weight = np.sqrt(np.where(zero, 1.0, (1 + zero.sum()) / SMALL))[:, None]
    scaled = design / np.linalg.norm(design, axis=0).clip(1e-300)
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
    parts = [(sign, pd.factorize(key)[0]) for sign, key in _clusters(rows, cluster)]
    width = scores.shape[1]
    middle, counts = np.zeros((width, width)), []
    for sign, group in parts:
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
