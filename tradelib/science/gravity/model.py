"""What was learned from gravity fits on a panel, small enough to ship."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import Displayable
from tradelib.core.model_files import Learned
from tradelib.core.validation import validated
from tradelib.science.gravity.potential import Potential

# Levels of the quantiles of ratios and rises: a panel is too small for finer ones than 1 %.
LEVELS = np.array([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
LEVEL_COLUMNS = [f"q{level:g}" for level in LEVELS]
ELASTICITIES = ["ln_gdp_exporter", "ln_gdp_importer"]
# Fit whose elasticities move a fit's potential beyond the last year of the panel.
CARRIED_BY = {"gdp": "gdp"}
# The tables of a model and the columns of each: texts, and finite numbers.
TABLES = {
    "fits": (["fit", "words"], ["flows", "zeros", "dropped"]),
    "coefficients": (["fit", "term"], ["estimate", "std_error"]),
    "covariance": (["fit", "term", "other"], ["value"]),
    "potentials": (
        ["fit", "reporter", "partner"],
        ["year", "export_musd", "import_musd", "log_error"],
    ),
    "ratios": ([], ["low", "n", *LEVEL_COLUMNS]),
    "rises": ([], ["low", "n", "pairs", "rose", "least", "most", *LEVEL_COLUMNS]),
}
# Columns that must be above zero.
POSITIVE = {"potentials": ["export_musd", "import_musd", "log_error"]}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GravityModel(Displayable):
    """What was learned from gravity fits on a panel, small enough to ship.

    Parameters
    ----------
    fits : DataFrame
        One row for each fit: ``fit`` (its name), ``words`` (what it is), ``flows``, ``zeros``,
        ``dropped`` (numbers of flows).
    coefficients : DataFrame
        One row for each fit and term: ``fit``, ``term``, ``estimate``, ``std_error``.
    covariance : DataFrame
        One row for each fit and two terms: ``fit``, ``term``, ``other``, ``value``.
    potentials : DataFrame
        One row for each fit, pair and year: ``fit``, ``reporter``, ``partner``, ``year``,
        ``export_musd``, ``import_musd`` (US$ million), ``log_error``.
    ratios : DataFrame
        Ratio of actual turnover to potential among pairs that trade, one row for each class of the
        potential, all pairs in the first: ``low`` and ``high`` (ends of the class, US$ million),
        ``n``, and quantiles ``q0.01`` to ``q0.99`` of the ratio.
    rises : DataFrame
        What became of that ratio four years later, one row for each class of the ratio at the
        start: ``low`` and ``high`` (ends of the class), ``n``, ``pairs``, ``rose`` (share whose
        ratio rose), ``least`` and ``most`` (that share in the worst and best start year), and
        quantiles ``q0.01`` to ``q0.99`` of the later ratio over the first.
    trained_on : str
        Panels, years and counts that it was learned from.
    known_from : str
        Day from which these were public, ISO format.
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
        """Give the model as plain numbers and texts, for JSON.

        Returns
        -------
        dict
            ``trained_on``, ``known_from``, and each table by its name, as ``columns`` and ``rows``.
            Infinity becomes None.
        """
        plain: dict[str, Any] = {"trained_on": self.trained_on, "known_from": self.known_from}
        for name in TABLES:
            table = getattr(self, name)
            columns = json.loads(table.to_json(orient="split", index=False, double_precision=15))
            plain[name] = {"columns": columns["columns"], "rows": columns["data"]}
        return plain

    @classmethod
    @validated
    def from_dict(cls, plain: Mapping[str, Any]) -> "GravityModel":
        """Read a model that `to_dict` wrote.

        Parameters
        ----------
        plain : mapping
            The model as plain numbers and texts.

        Returns
        -------
        GravityModel
            The model, with the same numbers.

        Raises
        ------
        InputError
            If a table or a column is missing, or holds other values than numbers or texts that
            make sense.
        """
        record = Learned("gravity model", plain)
        tables = {name: _table_of(record.part(name), name) for name in TABLES}
        for name in ("ratios", "rises"):
            tables[name]["high"] = tables[name]["high"].astype("float64").fillna(math.inf)
        for name, columns in POSITIVE.items():
            if not (tables[name][columns] > 0).all(axis=None):
                what = f"{', '.join(columns)} of {name} are positive"
                raise InputError(f"this is no gravity model: {what}")
        return cls(
            **tables, trained_on=record.text("trained_on"), known_from=record.day("known_from")
        )

    def _table(self) -> pd.DataFrame:
        """The table that stands for the model on a page."""
        return self.fits

    def summary(self) -> str:
        """Say in plain words what the model was learned from.

        Returns
        -------
        str
            Its panels and the day from which they were public.
        """
        return f"Gravity, known from {self.known_from}, learned from {self.trained_on}."

    def pairs(self) -> list[str]:
        """List the pairs whose potential is known.

        Returns
        -------
        list of str
            Reporter and partner as ``"AAA-BBB"``, in alphabetical order.
        """
        return sorted(set(self.potentials["reporter"] + "-" + self.potentials["partner"]))

    @validated
    def fits_of(self, reporter: str, partner: str) -> list[str]:
        """List the fits that have a pair's potential.

        Parameters
        ----------
        reporter, partner : str
            ISO3 codes.

        Returns
        -------
        list of str
            Names of fits.

        Raises
        ------
        NoAnswerError
            If no fit has this pair.
        """
        rows = self.potentials.query("reporter == @reporter and partner == @partner")
        if rows.empty:
            offers = ", ".join(self.pairs())
            raise NoAnswerError(
                f"no potential of {reporter}-{partner} is known here; it is known for {offers}; "
                "fit your own with tradelib.fit_gravity"
            )
        return list(dict.fromkeys(rows["fit"]))

    @validated
    def years(self, reporter: str, partner: str, *, fit: str) -> list[int]:
        """List the years for which a fit has a pair's potential.

        Parameters
        ----------
        reporter, partner : str
            ISO3 codes.
        fit : str
            Name of the fit.

        Returns
        -------
        list of int
            Calendar years, ascending.

        Raises
        ------
        NoAnswerError
            If no fit has this pair.
        InputError
            If this fit does not have it.
        """
        fits = self.fits_of(reporter, partner)
        if fit not in fits:
            offers = ", ".join(fits)
            raise InputError(f"{reporter}-{partner} has no fit {fit!r}; its fits are {offers}")
        rows = self.potentials.query("reporter == @reporter and partner == @partner")
        return sorted(int(year) for year in rows.loc[rows["fit"] == fit, "year"])

    @validated
    def potential(self, reporter: str, partner: str, *, year: int, fit: str) -> Potential:
        """Give the potential of a pair in a year of the panel.

        Parameters
        ----------
        reporter, partner : str
            ISO3 codes.
        year : int
            A year of the panel, one of `years`.
        fit : str
            Name of the fit.

        Returns
        -------
        Potential
            Predicted exports and imports, without actual turnover.

        Raises
        ------
        NoAnswerError
            If no fit has this pair.
        InputError
            If this fit does not have it, or not in this year.
        """
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
        """Give the share of trading pairs with a lower ratio of turnover to potential.

        Parameters
        ----------
        ratio : float
            Actual turnover as a multiple of the potential.

        Returns
        -------
        float
            The share, by linear interpolation between quantiles; never below 0.01 or above 0.99.
        """
        all_pairs = self.ratios.iloc[0][LEVEL_COLUMNS].to_numpy(float)
        return float(np.interp(ratio, all_pairs, LEVELS))

    @validated
    def elasticities(self, fit: str) -> tuple[pd.Series, pd.DataFrame]:
        """Give the elasticities to GDP that move a fit's potential to a later year.

        Parameters
        ----------
        fit : str
            Name of the fit whose potential is to be moved.

        Returns
        -------
        tuple of Series and DataFrame
            Elasticities to the exporter's and the importer's GDP, and their covariance, shape
            (2, 2).
        """
        source = CARRIED_BY.get(fit, "income")
        rows = self.coefficients[self.coefficients["fit"] == source]
        estimates = rows.set_index("term")["estimate"]
        entries = self.covariance[self.covariance["fit"] == source]
        square = entries.pivot(index="term", columns="other", values="value")
        return estimates[ELASTICITIES], square.loc[ELASTICITIES, ELASTICITIES]


def _table_of(record: Learned, name: str) -> pd.DataFrame:
    """One table of a model; refused if a column is missing or a number is not finite."""
    columns = record.get("columns")
    rows = record.get("rows")
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
