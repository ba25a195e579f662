"""The potential of a pair: what a fit predicts, with its error from coefficients and effects."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.labels import Displayable, money
from tradelib.core.numeric import normal_reach, positive
from tradelib.core.validation import validated
from tradelib.science.gravity._estimation import CLUSTERS, CONSTANT, key
from tradelib.science.gravity.fit import GravityFit

# Of the least-squares problem behind a standard error, of which readers see two digits.
PRECISION = 1e-12
MAX_ROUNDS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Potential(Displayable):
    """What gravity predicts for a pair in a year, both directions together.

    Parameters
    ----------
    reporter, partner : str
        ISO3 codes.
    year : int
        Calendar year.
    export_musd, import_musd : float
        Predicted exports and imports, as the reporter sees them, US$ million.
    log_error : float
        Standard error of the log of their sum.
    actual_musd : float
        Turnover to compare with the prediction, US$ million; NaN if unknown.
    own_effect : bool
        Whether the prediction contains the pair's own average.
    """

    reporter: str
    partner: str
    year: int
    export_musd: float
    import_musd: float
    log_error: float
    actual_musd: float = math.nan
    own_effect: bool = False

    @property
    def musd(self) -> float:
        """Predicted turnover, US$ million."""
        return self.export_musd + self.import_musd

    @property
    def ratio(self) -> float:
        """Actual turnover as a multiple of the potential."""
        return self.actual_musd / self.musd

    @validated
    def interval(self, level: float = 80) -> tuple[float, float]:
        """Give a central interval of the potential.

        It contains the uncertainty of coefficients and effects, but not how far actual trade of
        single pairs lies from the prediction: the potential times exp(+-z log_error), with z the
        normal quantile of the level.

        Parameters
        ----------
        level : float
            Probability that the interval holds, in percent.

        Returns
        -------
        tuple of float
            Lower and upper end, US$ million.
        """
        z = normal_reach(level)
        reach = math.exp(z * self.log_error)
        return self.musd / reach, self.musd * reach

    def summary(self) -> str:
        """Give the potential in plain words.

        Returns
        -------
        str
            The potential with its interval, and actual turnover if it is known.
        """
        low, high = self.interval()
        pair = f"{country_codes.name(self.reporter)}-{country_codes.name(self.partner)}"
        own = " with the pair's own average" if self.own_effect else ""
        predicted = (
            f"Size and distance{own} predict trade of {money(self.musd)} for {pair} in "
            f"{self.year}, four times in five between {money(low)} and {money(high)}"
        )
        if math.isnan(self.actual_musd):
            return f"{predicted}."
        return f"{predicted}. Trade was {money(self.actual_musd)}, {self.ratio:.1f} times as much."


@validated
def fitted_potential(fit: GravityFit, reporter: str, partner: str, *, year: int) -> Potential:
    """Predict a pair's turnover in a year from a fit, with its standard error.

    A fit with ``pair`` effects holds the pair's own average: compare it with one without.

    Parameters
    ----------
    fit : GravityFit
        A fit by PPML.
    reporter, partner : str
        The two countries, as the panel names them. Both directions must be among its rows.
    year : int
        A year of the panel.

    Returns
    -------
    Potential
        Predicted exports and imports with the standard error of their sum, and actual turnover.

    Raises
    ------
    InputError
        If the fit is not by PPML.
    NoAnswerError
        If a direction of the pair was dropped from the fit, or is not in the panel.

    Notes
    -----
    The standard error is that of the log of predicted exports plus imports, by the delta method
    with the sandwich variance of all coefficients and effects together. It is clustered as the fit
    is. With pair effects each flow counts as its own cluster, since within a pair the residuals
    then add up to zero.

    Examples
    --------
    >>> from tradelib import fit_gravity
    >>> flows = pd.DataFrame({"exporter": list("AABBCC"), "importer": list("BCACAB"), "year": 2016,
    ...     "trade_musd": [8.0, 2, 8, 4, 2, 4], "near": [1.0, 0, 1, 0.5, 0, 0.5]})
    >>> fit = fit_gravity(flows, terms=["near"], effects=[], cluster="none")
    >>> round(fitted_potential(fit, "A", "B", year=2016).musd, 3)
    16.0
    """
    _check_ppml(fit)
    away = _row(fit, reporter, partner, year)
    home = _row(fit, partner, reporter, year)
    predicted = fit.rows["fitted_musd"].to_numpy()
    actual = fit.rows["trade_musd"].to_numpy()
    return Potential(
        reporter=reporter,
        partner=partner,
        year=int(year),
        export_musd=float(predicted[away]),
        import_musd=float(predicted[home]),
        log_error=_log_error(fit, [away, home]),
        own_effect="pair" in fit.effects,
        actual_musd=float(actual[away] + actual[home]),
    )


def potentials(fit: GravityFit) -> pd.DataFrame:
    """Actual and predicted turnover of every pair and year of a fit by PPML.

    Only pairs and years with both directions in the fit. Columns: ``pair``, ``year``,
    ``actual_musd``, ``potential_musd`` (US$ million), ``ratio``.
    """
    _check_ppml(fit)
    foreign = fit.rows[fit.rows["exporter"] != fit.rows["importer"]]
    both = foreign.groupby(["pair", "year"], as_index=False).agg(
        actual_musd=("trade_musd", "sum"),
        potential_musd=("fitted_musd", "sum"),
        directions=("trade_musd", "size"),
    )
    both = both[both["directions"] == 2].drop(columns="directions")
    return both.assign(ratio=both["actual_musd"] / both["potential_musd"]).reset_index(drop=True)


def carried(
    base: Potential,
    *,
    year: int,
    growth: tuple[float, float],
    elasticities: tuple[pd.Series, pd.DataFrame],
) -> Potential:
    """A potential moved to another year by the growth of both GDPs.

    `growth` is GDP in that year over GDP in the year of `base`, of the reporter and the partner.
    Distance, ties and openness are taken to stay as they were. The error also contains that of the
    elasticities, which `GravityModel.elasticities` gives. There is no actual turnover.
    """
    away = np.log([positive("growth of both GDPs", factor) for factor in growth])
    home = away[::-1]
    estimate = elasticities[0].to_numpy()
    covariance = elasticities[1].to_numpy()
    export = base.export_musd * math.exp(away @ estimate)
    imports = base.import_musd * math.exp(home @ estimate)
    total = export + imports
    gradient = (export * away + imports * home) / total
    variance = base.log_error**2 + gradient @ covariance @ gradient
    return replace(
        base,
        year=int(year),
        export_musd=export,
        import_musd=imports,
        log_error=math.sqrt(variance),
        actual_musd=math.nan,
    )


def _check_ppml(fit: GravityFit) -> None:
    """Refuse a fit that is not by PPML."""
    if fit.estimator != "ppml":
        raise InputError(f"a potential is a mean, and {fit.estimator} fits none; fit by ppml")


def _row(fit: GravityFit, exporter: str, importer: str, year: int) -> int:
    """Position of a flow among the rows of the fit."""
    used = _is_flow(fit.rows, exporter, importer, year)
    if used.any():
        return int(np.flatnonzero(used)[0])
    flow = f"{exporter} to {importer} in {year}"
    dropped = _is_flow(fit.dropped, exporter, importer, year)
    if dropped.any():
        reason = fit.dropped.loc[dropped, "reason"].iloc[0]
        raise NoAnswerError(f"{flow} was dropped: {reason}")
    years = sorted({int(panel_year) for panel_year in fit.rows["year"]})
    offers = ", ".join(map(str, years))
    raise NoAnswerError(f"{flow} is not in the panel; its years are {offers}")


def _is_flow(table: pd.DataFrame, exporter: str, importer: str, year: int) -> pd.Series:
    """Which rows of a table are this flow in this year."""
    sides = (table["exporter"] == exporter) & (table["importer"] == importer)
    return sides & (table["year"] == year)


def _log_error(fit: GravityFit, positions: list[int]) -> float:
    """Standard error of the log of the sum of some fitted flows, effects included.

    A is the design with each row times the root of the fitted flow. b holds the shares of the flows
    in their sum, over those roots. The gradient of the log of the sum is then A'b. With
    h = (A'A)^- A'b, which solves a least-squares problem, the variance is the sum over clusters of
    the squared sum of residual times x'h, where x is a flow's row of the design.
    """
    from scipy import sparse
    from scipy.sparse import linalg

    rows = fit.rows
    design = _sparse_design(fit)
    predicted = rows["fitted_musd"].to_numpy()
    root = np.sqrt(predicted)
    weighted = sparse.diags_array(root) @ design
    # Columns of length one, so that the solver converges.
    squared_norms = np.asarray(weighted.power(2).sum(axis=0))
    norms = np.sqrt(squared_norms).ravel()
    scaled = weighted @ sparse.diags_array(1 / norms)
    b = np.zeros(len(rows))
    share = predicted[positions] / predicted[positions].sum()
    b[positions] = share / root[positions]
    solved = linalg.lsmr(scaled, b, atol=PRECISION, btol=PRECISION, maxiter=MAX_ROUNDS)
    h = solved[0] / norms
    residual = rows["trade_musd"].to_numpy() - predicted
    influence = residual * (design @ h)
    table = rows.assign(influence=influence, row=range(len(rows)))
    cluster = "none" if "pair" in fit.effects else fit.cluster
    return _clustered_error(table, CLUSTERS[cluster])


def _clustered_error(table: pd.DataFrame, columns: list[str]) -> float:
    """Root of the sum of squared cluster sums of the influence, times G / (G - 1)."""
    sums = [table.groupby(column)["influence"].sum() for column in columns]
    variance = sum(float(total @ total) for total in sums)
    if len(columns) > 1:
        # Two-way clusters: what both count is counted twice.
        both = table.groupby(columns)["influence"].sum()
        variance -= float(both @ both)
    groups = min(len(total) for total in sums)
    return math.sqrt(max(0.0, variance * groups / (groups - 1)))


def _sparse_design(fit: GravityFit) -> Any:
    """Sparse matrix of the terms and of a column for each level of each effect."""
    from scipy import sparse

    rows = fit.rows.assign(**{CONSTANT: 1.0})
    terms = list(fit.coefficients.index)
    blocks = [sparse.csr_array(rows[terms].to_numpy(float))] if terms else []
    ones = np.ones(len(rows))
    for effect in fit.effects:
        level = key(rows, effect).factorize()[0]
        blocks.append(sparse.csr_array((ones, (np.arange(len(rows)), level))))
    return sparse.hstack(blocks, format="csr")
