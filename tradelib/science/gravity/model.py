"""What gravity taught on a panel, small enough to ship."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground.plain import Shown
from tradelib.science.gravity.potential import Potential

# Quantiles of the tables of ratios and rises: finer than one in a hundred a panel does not say.
LEVELS = np.array([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
QUANTILES = [f"q{level:g}" for level in LEVELS]
ELASTICITIES = ["ln_gdp_exporter", "ln_gdp_importer"]
# Whose elasticities carry which fit's potential beyond the last year of the panel.
CARRIED_BY = {"gdp": "gdp"}
TABLES = ("fits", "coefficients", "covariance", "potentials", "ratios", "rises")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GravityModel(Shown):
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
    def from_dict(cls, plain: Mapping[str, Any]) -> "GravityModel":
        """The model that `to_dict` wrote."""
        try:
            held = [(name, plain[name]) for name in TABLES]
            tables = {name: pd.DataFrame(one["rows"], columns=one["columns"]) for name, one in held}
            for name in ("ratios", "rises"):
                tables[name]["high"] = tables[name]["high"].astype("float64").fillna(math.inf)
            texts = {name: str(plain[name]) for name in ("trained_on", "known_from")}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"this is no gravity model: {error}") from None
        return cls(**tables, **texts)

    def _table(self) -> pd.DataFrame:
        return self.fits

    def summary(self) -> str:
        """What it was learned from, in plain words."""
        return f"Gravity, known from {self.known_from}, learned from {self.trained_on}."

    def pairs(self) -> list[str]:
        """Pairs whose potential is known, as ``"AAA-BBB"``."""
        return sorted(set(self.potentials["reporter"] + "-" + self.potentials["partner"]))

    def fits_of(self, reporter: str, partner: str) -> list[str]:
        """Fits that have a pair's potential."""
        rows = self.potentials.query("reporter == @reporter and partner == @partner")
        if rows.empty:
            way = f"there are {', '.join(self.pairs())}: fit your own with tradelib.fit_gravity"
            raise ValueError(f"no potential of {reporter}-{partner} is known here; {way}")
        return list(dict.fromkeys(rows["fit"]))

    def years(self, reporter: str, partner: str, *, fit: str) -> list[int]:
        """Years for which a fit has a pair's potential."""
        offers = self.fits_of(reporter, partner)
        if fit not in offers:
            there = ", ".join(offers)
            raise ValueError(f"{reporter}-{partner} has no fit {fit!r}; there are {there}")
        rows = self.potentials.query("reporter == @reporter and partner == @partner")
        return sorted(int(year) for year in rows.loc[rows["fit"] == fit, "year"])

    def potential(self, reporter: str, partner: str, *, year: int, fit: str) -> Potential:
        """Potential of a pair in a year of the panel."""
        years = self.years(reporter, partner, fit=fit)
        if year not in years:
            offers = ", ".join(map(str, years))
            raise ValueError(f"{fit} has no potential for {year}; it has {offers}")
        keys = ["fit", "reporter", "partner", "year"]
        row = self.potentials.set_index(keys).loc[(fit, reporter, partner, year)]
        return Potential(
            reporter=reporter, partner=partner, year=int(year),
            export_musd=float(row["export_musd"]), import_musd=float(row["import_musd"]),
            log_error=float(row["log_error"]), own_effect=fit == "pair",
        )  # fmt: skip

    def below(self, ratio: float) -> float:
        """Share of trading pairs with a smaller multiple of their potential; from 1 to 99 %."""
        everyone = self.ratios.iloc[0][QUANTILES].to_numpy(float)
        return float(np.interp(ratio, everyone, LEVELS))

    def elasticities(self, fit: str) -> tuple[pd.Series, pd.DataFrame]:
        """Elasticities to exporter's and importer's GDP that carry a fit on, with covariance."""
        by = CARRIED_BY.get(fit, "income")
        terms = self.coefficients[self.coefficients["fit"] == by].set_index("term")["estimate"]
        both = self.covariance[self.covariance["fit"] == by]
        square = both.pivot(index="term", columns="other", values="value")
        return terms[ELASTICITIES], square.loc[ELASTICITIES, ELASTICITIES]
