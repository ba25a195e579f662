"""Gravity with effects absorbed, by pyfixest: the one module that imports it, when it is asked."""

import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

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
    pyfixest, poisson = _pyfixest(), choice.estimator == "ppml"
    columns = {f"term{i}": table[name] for i, name in enumerate(terms)}
    columns |= {f"effect{i}": _numbered(key(table, name)) for i, name in enumerate(effects)}
    columns |= {name: _numbered(table[name]) for name in ("pair", "exporter", "importer")}
    trade = table["trade_musd"]
    data = pd.DataFrame({"trade": trade if poisson else np.log(trade), **columns}, table.index)
    right = " + ".join(name for name in columns if name.startswith("term")) or "1"
    absorb = " + ".join(name for name in columns if name.startswith("effect"))
    within = " + ".join(CLUSTERS[choice.cluster])
    made = _estimated(
        f"trade ~ {right} | {absorb}", data.reset_index(drop=True), terms, poisson,
        vcov={"CRV1": within} if within else "HC1", fixef_rm="none",
        ssc=pyfixest.ssc(k_adj=choice.counts_terms),
    )  # fmt: skip
    estimate = made.coef() if terms else pd.Series(dtype="float64")
    kept = table.drop(index=table.index[np.asarray(made.na_index, dtype=int)])
    found = [terms[int(name.removeprefix("term"))] for name in estimate.index]
    left = remaining(terms, found, separated=len(kept) < len(table))
    fitted = np.asarray(made.predict(type="response")) if poisson else np.exp(made.predict())
    covariance = made._vcov if terms else np.empty((0, 0))  # noqa: SLF001 - offered nowhere else
    return Estimate(
        tables(left, estimate.to_numpy(), covariance),
        kept.assign(fitted_musd=fitted),
        separated_by(terms, left),
    )


def _numbered(values: pd.Series) -> Any:
    return pd.factorize(values)[0]


def _estimated(
    formula: str, data: pd.DataFrame, terms: list[str], poisson: bool, **options: Any
) -> Any:
    """The fit of pyfixest, which gives up where no term is left."""
    pyfixest = _pyfixest()
    with warnings.catch_warnings():  # what was dropped is told by the caller
        warnings.simplefilter("ignore")
        try:
            if not poisson:
                return pyfixest.feols(formula, data, **options)
            made = pyfixest.fepois(formula, data, separation_check=["fe", "ir"], **options)
        except ValueError as error:
            if "collinear" in str(error):
                remaining(terms, [], separated=False)
            raise
    check_converged(done=bool(made.convergence))
    return made


def _pyfixest() -> ModuleType:
    try:
        import pyfixest
    except ImportError as error:
        raise ImportError(
            "a gravity equation with effects needs pyfixest: pip install tradelib[gravity]"
        ) from error
    module: ModuleType = pyfixest
    return module
