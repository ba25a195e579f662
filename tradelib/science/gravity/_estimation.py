"""Least squares and Poisson pseudo-likelihood: the one module that imports pyfixest, when asked.

pyfixest drops separated flows only beside effects, so a fit without any is first made with one
effect that never varies, which is a constant by another name.
"""

import warnings
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground.errors import InputError
from tradelib.ground.numbers import needs

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
# Change of the deviance at which a fit ends: effects are themselves found to 1e-6 a round.
FINE, COARSE = 1e-12, 1e-8
# A variance below zero by less than this is zero; two-way clusters subtract nearly equal sums.
ROUNDING = 1e-12

Tables: TypeAlias = tuple[pd.DataFrame, pd.DataFrame]


class Choice(NamedTuple):
    """How to estimate: trade itself or its log, errors within what, and for how many terms."""

    poisson: bool
    within: list[str]
    counts_terms: bool


def key(table: pd.DataFrame, effect: str) -> pd.Series:
    """Name of the level of an effect, a row each."""
    columns = EFFECTS.get(effect, [effect])
    parts = [table[column].astype("str") for column in columns]
    return reduce(lambda a, b: a + " " + b, parts)


def estimated(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], choice: Choice
) -> tuple[Tables, pd.DataFrame, str]:
    """Coefficients with effects absorbed (a constant if none), rows used, why others were not."""
    size = table[terms].abs().max().replace(0, 1)  # pyfixest takes a tiny term for none
    data = _data(table.assign(**table[terms] / size), terms, effects, choice)
    absorbed, kept = [f"effect{i}" for i in range(len(effects))], table
    if not effects and choice.poisson and (data["trade"] == 0).any():
        seen = _fitted(data.assign(everywhere=0), terms, ["everywhere"], choice)
        kept, data = _used(seen, table), _used(seen, data).reset_index(drop=True)
    made = _fitted(data, terms, absorbed, choice)
    kept = _used(made, kept)
    ours = {f"term{i}": name for i, name in enumerate(terms)} | {"Intercept": CONSTANT}
    names = [ours[name] for name in made._coefnames]  # noqa: SLF001, the tables it offers warn
    estimate = pd.Series(made._beta_hat, names)  # noqa: SLF001
    square = pd.DataFrame(made._vcov if names else np.empty((0, 0)), names, names)  # noqa: SLF001
    left, why = remaining(terms, list(estimate.index), separated=len(kept) < len(table))
    fitted = made.predict(type="response") if choice.poisson else np.exp(made.predict())
    unit = size.reindex(left if effects else [*left, CONSTANT], fill_value=1.0)
    return tables(estimate, square, unit), kept.assign(fitted_musd=np.asarray(fitted)), why


def _used(made: Any, table: pd.DataFrame) -> pd.DataFrame:
    """Rows that a fit kept."""
    return table.drop(index=table.index[np.asarray(made.na_index, dtype=int)])


def _data(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], choice: Choice
) -> pd.DataFrame:
    """What pyfixest reads: names that a formula takes, and levels as numbers."""
    trade = table["trade_musd"]
    columns = {"trade": trade if choice.poisson else np.log(trade)}
    columns |= {f"term{i}": table[name] for i, name in enumerate(terms)}
    columns |= {f"effect{i}": key(table, name).factorize()[0] for i, name in enumerate(effects)}
    columns |= {name: table[name].factorize()[0] for name in ("pair", "exporter", "importer")}
    return pd.DataFrame(columns | {"row": range(len(table))}, table.index).reset_index(drop=True)


def _fitted(data: pd.DataFrame, terms: list[str], absorbed: list[str], choice: Choice) -> Any:
    """The fit of pyfixest, which gives up where no term is left."""
    pyfixest = needs("pyfixest", "gravity")
    right = " + ".join(f"term{i}" for i in range(len(terms))) or "1"
    formula = " | ".join([f"trade ~ {right}", " + ".join(absorbed)][: 1 + bool(absorbed)])
    options = {
        "vcov": {"CRV1": " + ".join(choice.within)},
        "fixef_rm": "none",
        "ssc": pyfixest.ssc(k_adj=choice.counts_terms),
    }
    with warnings.catch_warnings():  # what was dropped is told by the caller
        warnings.simplefilter("ignore")
        try:
            if not choice.poisson:
                return pyfixest.feols(formula, data, **options)
            made = pyfixest.fepois(
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
    if not made.convergence:
        way = "look for flows that one effect fits alone"
        raise InputError(f"the fit of {len(data):,} flows did not converge; {way}")
    return made


def remaining(terms: list[str], fitted: list[str], *, separated: bool) -> tuple[list[str], str]:
    """Terms with a coefficient, and why flows are separated; if none are, each must have one."""
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
    if (variance < -ROUNDING).any():
        what = f"two-way clusters give {names[int(variance.argmin())]} a negative variance"
        raise InputError(f"{what}, so there are too few countries for them; cluster by pair")
    error = np.sqrt(variance.clip(0))
    table = pd.DataFrame({"estimate": estimate[names], "std_error": error}).div(unit, axis=0)
    return table, square.loc[names, names] / np.outer(unit, unit)
