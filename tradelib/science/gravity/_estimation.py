"""Least squares and Poisson pseudo-likelihood: the one module that imports pyfixest, when asked.

pyfixest drops separated flows only beside effects, so a fit without any is first made with one
effect that never varies, which is a constant by another name.
"""

import warnings
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground.numbers import needs

EFFECTS = {
    "exporter": ["exporter"], "importer": ["importer"], "year": ["year"], "pair": ["pair"],
    "exporter_year": ["exporter", "year"], "importer_year": ["importer", "year"],
}  # fmt: skip
CLUSTERS = {"pair": ["pair"], "countries": ["exporter", "importer"], "none": ["row"]}
CONSTANT = "constant"
# Change of the deviance at which a fit ends: effects are themselves found to 1e-6 a round.
FINE, COARSE = 1e-12, 1e-8
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
    """What a fit gives back: tables, rows used with their fit, why others were not."""

    tables: Tables
    rows: pd.DataFrame
    why: str


def key(table: pd.DataFrame, effect: str) -> pd.Series:
    """Name of the level of an effect, a row each."""
    columns = EFFECTS.get(effect, [effect])
    parts = [table[column].astype("str") for column in columns]
    return reduce(lambda a, b: a + " " + b, parts)


def estimated(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], choice: Choice
) -> Estimate:
    """A fit with the effects absorbed, or with a constant if there are none."""
    size = table[terms].abs().max().replace(0, 1)  # pyfixest takes a tiny term for none
    data = _data(table.assign(**table[terms] / size), terms, effects, choice)
    absorbed, kept = [f"effect{i}" for i in range(len(effects))], table
    if not effects and choice.poisson and (data["trade"] == 0).any():
        seen = _fitted(data.assign(everywhere=0), terms, ["everywhere"], choice)
        kept, data = _used(seen, table), _used(seen, data).reset_index(drop=True)
    made = _fitted(data, terms, absorbed, choice)
    kept = _used(made, kept)
    estimate, square = _found(made, terms)
    left = remaining(terms, list(estimate.index), separated=len(kept) < len(table))
    fitted = made.predict(type="response") if choice.poisson else np.exp(made.predict())
    unit = size.reindex(left if effects else [*left, CONSTANT], fill_value=1.0)
    return Estimate(
        tables(estimate, square, unit), kept.assign(fitted_musd=np.asarray(fitted)),
        separated_by(terms, left),
    )  # fmt: skip


def _found(made: Any, terms: list[str]) -> tuple[pd.Series, pd.DataFrame]:
    """Coefficients and their covariance by our names; the tables that pyfixest offers warn."""
    ours = {f"term{i}": name for i, name in enumerate(terms)} | {"Intercept": CONSTANT}
    names = [ours[name] for name in made._coefnames]  # noqa: SLF001
    square = made._vcov if names else np.empty((0, 0))  # noqa: SLF001
    return pd.Series(made._beta_hat, names), pd.DataFrame(square, names, names)  # noqa: SLF001


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
    columns |= {f"effect{i}": _numbered(key(table, name)) for i, name in enumerate(effects)}
    columns |= {name: _numbered(table[name]) for name in ("pair", "exporter", "importer")}
    return (
        pd.DataFrame(columns, table.index).reset_index(drop=True).rename_axis("row").reset_index()
    )


def _numbered(values: pd.Series) -> Any:
    return pd.factorize(values)[0]


def _fitted(data: pd.DataFrame, terms: list[str], absorbed: list[str], choice: Choice) -> Any:
    """The fit of pyfixest, which gives up where no term is left."""
    pyfixest = needs("pyfixest", "gravity")
    right = " + ".join(f"term{i}" for i in range(len(terms))) or "1"
    formula = " | ".join([f"trade ~ {right}", " + ".join(absorbed)][: 1 + bool(absorbed)])
    options = {"vcov": {"CRV1": " + ".join(CLUSTERS[choice.cluster])}, "fixef_rm": "none",
               "ssc": pyfixest.ssc(k_adj=choice.counts_terms)}  # fmt: skip
    with warnings.catch_warnings():  # what was dropped is told by the caller
        warnings.simplefilter("ignore")
        try:
            if not choice.poisson:
                return pyfixest.feols(formula, data, **options)
            made = pyfixest.fepois(
                formula, data, separation_check=["fe", "ir"],
                iwls_tol=COARSE if absorbed else FINE, **options,
            )  # fmt: skip
        except ValueError as error:
            if "collinear" in str(error):
                remaining(terms, [], separated=False)
            raise
    check_converged(len(data), done=bool(made.convergence))
    return made


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
            f"{', '.join(lost)} does not vary beside the other terms and effects, flows without "
            "any chance of trade aside; leave it out"
        )
    return left


def separated_by(terms: list[str], left: list[str]) -> str:
    """Why separated flows are left out."""
    lost = [name for name in terms if name not in left] or ["terms and effects together"]
    return f"separated: {', '.join(lost)} would have it zero whatever the rest"


def tables(estimate: pd.Series, square: pd.DataFrame, unit: pd.Series) -> Tables:
    """Estimates with standard errors, and the covariance, in the order and units of the terms."""
    names = unit.index
    variance = np.diag(square.loc[names, names])
    if (variance < -ROUNDING).any():
        raise ValueError(
            f"two-way clusters give {names[int(variance.argmin())]} a negative variance, so there "
            "are too few countries for them; cluster by pair"
        )
    error = np.sqrt(variance.clip(0))
    table = pd.DataFrame({"estimate": estimate[names], "std_error": error}).div(unit, axis=0)
    return table, square.loc[names, names] / np.outer(unit, unit)
