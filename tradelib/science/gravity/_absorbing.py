"""Gravity with effects absorbed, by pyfixest: the one module that imports it, when it is asked."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground.numbers import needs
from tradelib.science.gravity._estimation import (
    CLUSTERS,
    Choice,
    Estimate,
    check_converged,
    key,
    remaining,
    separated_by,
    tables,
)


def absorbed(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], choice: Choice
) -> Estimate:
    """A fit with effects."""
    made = _estimated(_data(table, terms, effects, choice), terms, effects, choice)
    estimate = made.coef() if terms else pd.Series(dtype="float64")
    kept = table.drop(index=table.index[np.asarray(made.na_index, dtype=int)])
    names = [terms[int(name.removeprefix("term"))] for name in estimate.index]
    left = remaining(terms, names, separated=len(kept) < len(table))
    fitted = made.predict(type="response") if choice.poisson else np.exp(made.predict())
    covariance = made._vcov if terms else np.empty((0, 0))  # noqa: SLF001 - offered nowhere else
    return Estimate(
        tables(left, estimate.to_numpy(), covariance),
        kept.assign(fitted_musd=np.asarray(fitted)),
        separated_by(terms, left),
    )


def _data(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], choice: Choice
) -> pd.DataFrame:
    """What pyfixest reads: names that a formula takes, and levels as numbers."""
    trade = table["trade_musd"]
    columns = {"trade": trade if choice.poisson else np.log(trade)}
    columns |= {f"term{i}": table[name] for i, name in enumerate(terms)}
    columns |= {f"effect{i}": _numbered(key(table, name)) for i, name in enumerate(effects)}
    columns |= {name: _numbered(table[name]) for name in ("pair", "exporter", "importer")}
    return pd.DataFrame(columns, table.index).reset_index(drop=True)


def _numbered(values: pd.Series) -> Any:
    return pd.factorize(values)[0]


def _estimated(
    data: pd.DataFrame, terms: list[str], effects: tuple[str, ...], choice: Choice
) -> Any:
    """The fit of pyfixest, which gives up where no term is left."""
    pyfixest, within = needs("pyfixest", "gravity"), " + ".join(CLUSTERS[choice.cluster])
    right = " + ".join(f"term{i}" for i in range(len(terms))) or "1"
    formula = f"trade ~ {right} | {' + '.join(f'effect{i}' for i in range(len(effects)))}"
    options = {"vcov": {"CRV1": within} if within else "HC1", "fixef_rm": "none",
               "ssc": pyfixest.ssc(k_adj=choice.counts_terms)}  # fmt: skip
    with warnings.catch_warnings():  # what was dropped is told by the caller
        warnings.simplefilter("ignore")
        try:
            if not choice.poisson:
                return pyfixest.feols(formula, data, **options)
            made = pyfixest.fepois(formula, data, separation_check=["fe", "ir"], **options)
        except ValueError as error:
            if "collinear" in str(error):
                remaining(terms, [], separated=False)
            raise
    check_converged(len(data), done=bool(made.convergence))
    return made
