"""Least squares and Poisson pseudo-likelihood: the one module that imports pyfixest, when called.

pyfixest drops separated flows only if there are effects. A fit without any is therefore first made
with one effect that never varies, which is the same as a constant.
"""

import warnings
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.core.errors import InputError
from tradelib.core.numeric import needs

EFFECTS = {
    "exporter": ["exporter"],
    "importer": ["importer"],
    "year": ["year"],
    "pair": ["pair"],
    "exporter_year": ["exporter", "year"],
    "importer_year": ["importer", "year"],
}
CLUSTERS = {"pair": ["pair"], "countries": ["exporter", "importer"], "none": ["row"]}
CONSTANT = "constant"
# Change of the deviance at which a fit ends.
FINE = 1e-12
# With effects a finer one has no use, since each round finds the effects to 1e-6 only.
COARSE = 1e-8
# A variance below zero by less than this is zero: two-way clusters subtract nearly equal sums.
VARIANCE_ROUNDING = 1e-12

Tables: TypeAlias = tuple[pd.DataFrame, pd.DataFrame]


class Choice(NamedTuple):
    """How to estimate.

    `poisson`: PPML on trade, not least squares on its log. `within`: columns that errors are
    clustered by. `counts_terms`: the small-sample correction counts the coefficients.
    """

    poisson: bool
    within: list[str]
    counts_terms: bool


def key(table: pd.DataFrame, effect: str) -> pd.Series:
    """Name of the level of an effect, one for each row."""
    columns = EFFECTS.get(effect, [effect])
    parts = [table[column].astype("str") for column in columns]
    return reduce(lambda left, right: left + " " + right, parts)


def estimated(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], choice: Choice
) -> tuple[Tables, pd.DataFrame, str]:
    """Coefficients with covariance, rows used, and why other rows were not used.

    Effects are absorbed; a constant is fitted if there are none.
    """
    size = table[terms].abs().max().replace(0, 1)  # pyfixest drops a term of tiny values
    data = _data(table.assign(**table[terms] / size), terms, effects, choice)
    kept = table
    if not effects and choice.poisson and (data["trade"] == 0).any():
        trial = _fitted(data.assign(everywhere=0), terms, ["everywhere"], choice)
        kept = _used(trial, table)
        data = _used(trial, data).reset_index(drop=True)
    absorbed = [f"effect{i}" for i in range(len(effects))]
    fit = _fitted(data, terms, absorbed, choice)
    kept = _used(fit, kept)
    estimate, square = _coefficients(fit, terms)
    separated = len(kept) < len(table)
    left, why = remaining(terms, list(estimate.index), separated=separated)
    fitted = fit.predict(type="response") if choice.poisson else np.exp(fit.predict())
    unit = size.reindex(left if effects else [*left, CONSTANT], fill_value=1.0)
    return tables(estimate, square, unit), kept.assign(fitted_musd=np.asarray(fitted)), why


def _coefficients(fit: Any, terms: list[str]) -> tuple[pd.Series, pd.DataFrame]:
    """Estimates and covariance of a fit of pyfixest, under our names of the terms."""
    our_names = {f"term{i}": name for i, name in enumerate(terms)}
    our_names["Intercept"] = CONSTANT
    # Private attributes, since the tables that pyfixest offers warn.
    names = [our_names[name] for name in fit._coefnames]  # noqa: SLF001
    covariance = fit._vcov if names else np.empty((0, 0))  # noqa: SLF001
    estimate = pd.Series(fit._beta_hat, names)  # noqa: SLF001
    return estimate, pd.DataFrame(covariance, names, names)


def _used(fit: Any, table: pd.DataFrame) -> pd.DataFrame:
    """Rows that a fit kept."""
    dropped = np.asarray(fit.na_index, dtype=int)
    return table.drop(index=table.index[dropped])


def _data(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], choice: Choice
) -> pd.DataFrame:
    """The table as pyfixest reads it: names that a formula allows, and levels as numbers."""
    trade = table["trade_musd"]
    columns = {"trade": trade if choice.poisson else np.log(trade)}
    for i, name in enumerate(terms):
        columns[f"term{i}"] = table[name]
    for i, name in enumerate(effects):
        columns[f"effect{i}"] = key(table, name).factorize()[0]
    for name in ("pair", "exporter", "importer"):
        columns[name] = table[name].factorize()[0]
    columns["row"] = np.arange(len(table))
    return pd.DataFrame(columns, table.index).reset_index(drop=True)


def _fitted(data: pd.DataFrame, terms: list[str], absorbed: list[str], choice: Choice) -> Any:
    """The fit of pyfixest, which refuses data where no term is left."""
    pyfixest = needs("pyfixest", "gravity")
    names = [f"term{i}" for i in range(len(terms))]
    right = " + ".join(names) or "1"
    formula = f"trade ~ {right}"
    if absorbed:
        formula += " | " + " + ".join(absorbed)
    options = {
        "vcov": {"CRV1": " + ".join(choice.within)},
        "fixef_rm": "none",
        "ssc": pyfixest.ssc(k_adj=choice.counts_terms),
    }
    with warnings.catch_warnings():  # the caller reports what was dropped
        warnings.simplefilter("ignore")
        try:
            if not choice.poisson:
                return pyfixest.feols(formula, data, **options)
            fit = pyfixest.fepois(
                formula,
                data,
                separation_check=["fe", "ir"],
                iwls_tol=COARSE if absorbed else FINE,
                **options,
            )
        except ValueError as error:
            if "collinear" in str(error):
                remaining(terms, [], separated=False)
            raise
    if not fit.convergence:
        way = "look for flows that one effect fits alone"
        raise InputError(f"the fit of {len(data):,} flows did not converge; {way}")
    return fit


def remaining(terms: list[str], fitted: list[str], *, separated: bool) -> tuple[list[str], str]:
    """Terms with a coefficient, and why flows are separated.

    If no flow is separated, every term must have a coefficient.
    """
    lost = [name for name in terms if name not in fitted]
    if lost and not separated:
        aside = "flows without any chance of trade aside; leave it out"
        what = f"{', '.join(lost)} does not vary beside the other terms and effects"
        raise InputError(f"{what}, {aside}")
    what = ", ".join(lost) or "terms and effects together"
    left = [name for name in terms if name in fitted]
    return left, f"separated: {what} would have it zero whatever the rest"


def tables(estimate: pd.Series, square: pd.DataFrame, unit: pd.Series) -> Tables:
    """Estimates with standard errors, and the covariance, in the order and units of the terms."""
    names = unit.index
    variance = np.diag(square.loc[names, names])
    if (variance < -VARIANCE_ROUNDING).any():
        what = f"two-way clusters give {names[int(variance.argmin())]} a negative variance"
        raise InputError(f"{what}, so there are too few countries for them; cluster by pair")
    error = np.sqrt(variance.clip(0))
    scaled = pd.DataFrame({"estimate": estimate[names], "std_error": error})
    covariance = square.loc[names, names] / np.outer(unit, unit)
    return scaled.div(unit, axis=0), covariance
