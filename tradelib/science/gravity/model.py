"""What gravity taught on a panel, small enough to ship."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.ground.learned import Learned
from tradelib.ground.plain import Displayable
from tradelib.science.gravity.potential import Potential

# Quantiles of the tables of ratios and rises: finer than one in a hundred a panel does not say.
LEVELS = np.array([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
QUANTILES = [f"q{level:g}" for level in LEVELS]
ELASTICITIES = ["ln_gdp_exporter", "ln_gdp_importer"]
# Whose elasticities carry which fit's potential beyond the last year of the panel.
CARRIED_BY = {"gdp": "gdp"}
# The tables of a model and what each must hold: texts, and finite numbers.
TABLES = {
    "fits": (["fit", "words"], ["flows", "zeros", "dropped"]),
    "coefficients": (["fit", "term"], ["estimate", "std_error"]),
    "covariance": (["fit", "term", "other"], ["value"]),
    "potentials": (
        ["fit", "reporter", "partner"],
        ["year", "export_musd", "import_musd", "log_error"],
    ),
    "ratios": ([], ["low", "n", *QUANTILES]),
    "rises": ([], ["low", "n", "pairs", "rose", "least", "most", *QUANTILES]),
}
# Of these what is not above zero has no meaning.
POSITIVE = {"potentials": ["export_musd", "import_musd", "log_error"]}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GravityModel(Displayable):
    """What gravity taught on a panel, small enough to ship.

    Attributes
    ----------
    fits : DataFrame, one row a fit, ``fit``, ``words``, ``flows``, ``zeros``, ``dropped``
    coefficients : DataFrame, one row a fit and term, ``fit``, ``term``, ``estimate``, ``std_error``
    covariance : DataFrame, one row a fit and two terms, ``fit``, ``term``, ``other``, ``value``
    potentials : DataFrame, one row a fit, pair and year
        ``fit``, ``reporter``, ``partner``, ``year``, ``export_musd``, ``import_musd``,
        ``log_error``.
    ratios, rises : DataFrame, as `ratio_table` and `rise_table` return them
    trained_on, known_from : str, panels, years and counts; ISO day from which they were public
    """

    fits: pd.DataFrame
    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    potentials: pd.DataFrame
    ratios: pd.DataFrame
    rises: pd.DataFrame
    trained_on: str
    known_from: str

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON; infinity is null."""
        plain: dict[str, Any] = {"trained_on": self.trained_on, "known_from": self.known_from}
        for name in TABLES:
            table = getattr(self, name)
            columns = json.loads(table.to_json(orient="split", index=False, double_precision=15))
            plain[name] = {"columns": columns["columns"], "rows": columns["data"]}
        return plain

    @classmethod
    @validated
    def from_dict(cls, plain: Mapping[str, Any]) -> "GravityModel":
        """The model that `to_dict` wrote."""
        held = Learned("gravity model", plain)
        tables = {name: _table_of(held.part(name), name) for name in TABLES}
        for name in ("ratios", "rises"):
            tables[name]["high"] = tables[name]["high"].astype("float64").fillna(math.inf)
        for name, columns in POSITIVE.items():
            if not (tables[name][columns] > 0).all(axis=None):
                what = f"{', '.join(columns)} of {name} are positive"
                raise InputError(f"this is no gravity model: {what}")
        return cls(**tables, trained_on=held.text("trained_on"), known_from=held.day("known_from"))

    def _table(self) -> pd.DataFrame:
        return self.fits

    def summary(self) -> str:
        """What it was learned from, in plain words."""
        return f"Gravity, known from {self.known_from}, learned from {self.trained_on}."

    def pairs(self) -> list[str]:
        """Pairs whose potential is known, as ``"AAA-BBB"``."""
        return sorted(set(self.potentials["reporter"] + "-" + self.potentials["partner"]))

    @validated
    def fits_of(self, reporter: str, partner: str) -> list[str]:
        """Fits that have a pair's potential."""
        rows = self.potentials.query("reporter == @reporter and partner == @partner")
        if rows.empty:
            way = f"there are {', '.join(self.pairs())}: fit your own with tradelib.fit_gravity"
            raise NoAnswerError(f"no potential of {reporter}-{partner} is known here; {way}")
        return list(dict.fromkeys(rows["fit"]))

    @validated
    def years(self, reporter: str, partner: str, *, fit: str) -> list[int]:
        """Years for which a fit has a pair's potential."""
        offers = self.fits_of(reporter, partner)
        if fit not in offers:
            there = ", ".join(offers)
            raise InputError(f"{reporter}-{partner} has no fit {fit!r}; there are {there}")
        rows = self.potentials.query("reporter == @reporter and partner == @partner")
        return sorted(int(year) for year in rows.loc[rows["fit"] == fit, "year"])

    @validated
    def potential(self, reporter: str, partner: str, *, year: int, fit: str) -> Potential:
        """Potential of a pair in a year of the panel."""
        years = self.years(reporter, partner, fit=fit)
        if year not in years:
            offers = ", ".join(map(str, years))
            raise InputError(f"{fit} has no potential for {year}; it has {offers}")
        keys = ["fit", "reporter", "partner", "year"]
        row = self.potentials.set_index(keys).loc[(fit, reporter, partner, year)]
        return Potential(
            reporter=reporter,
            partner=partner,
            year=int(year),
            export_musd=float(row["export_musd"]),
            import_musd=float(row["import_musd"]),
            log_error=float(row["log_error"]),
            own_effect=fit == "pair",
        )

    @validated
    def below(self, ratio: float) -> float:
        """Share of trading pairs with a smaller multiple of their potential; from 1 to 99 %."""
        everyone = self.ratios.iloc[0][QUANTILES].to_numpy(float)
        return float(np.interp(ratio, everyone, LEVELS))

    @validated
    def elasticities(self, fit: str) -> tuple[pd.Series, pd.DataFrame]:
        """Elasticities to exporter's and importer's GDP that carry a fit on, with covariance."""
        by = CARRIED_BY.get(fit, "income")
        terms = self.coefficients[self.coefficients["fit"] == by].set_index("term")["estimate"]
        both = self.covariance[self.covariance["fit"] == by]
        square = both.pivot(index="term", columns="other", values="value")
        return terms[ELASTICITIES], square.loc[ELASTICITIES, ELASTICITIES]


def _table_of(held: Learned, name: str) -> pd.DataFrame:
    """One table of a model, if it holds the columns that it must."""
    columns, rows = held.get("columns"), held.get("rows")
    texts, numbers = TABLES[name]
    if any(len(row) != len(columns) for row in rows):
        raise InputError(f"this is no gravity model: a row of {name} is not of its columns")
    missing = {*texts, *numbers} - set(columns)
    if missing:
        raise InputError(f"this is no gravity model: {name} lacks {', '.join(sorted(missing))}")
    table = pd.DataFrame(rows, columns=columns)
    for column in numbers:
        if not is_numeric_dtype(table[column]) or not np.isfinite(table[column]).all():
            raise InputError(f"this is no gravity model: {column} of {name} are finite numbers")
    return table
