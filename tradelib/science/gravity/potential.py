"""What a fit predicts for a pair: its potential, with the doubt about coefficients and effects."""

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground import codes
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.ground.numbers import needs, positive, tail
from tradelib.ground.plain import Displayable, money
from tradelib.science.gravity._estimation import CLUSTERS, CONSTANT, key
from tradelib.science.gravity.fit import GravityFit

# Of the least-squares problem behind an error: it is shown with two digits.
PRECISION, ROUNDS = 1e-12, 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Potential(Displayable):
    """What gravity predicts for a pair in a year, both directions together.

    Attributes
    ----------
    reporter, partner : str, ISO3 codes
    year : int, calendar year
    export_musd, import_musd : float, predicted, as the reporter sees them, US$ million
    log_error : float, standard error of the log of their sum
    actual_musd : float, turnover that the prediction is held against; NaN if unknown
    own_effect : bool, whether the pair's own average is in it
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
        """Ends of a central interval of the potential, US$ million, at a level in percent.

        It holds what is uncertain about coefficients and effects, not how far single pairs stray.
        """
        reach = math.exp(NormalDist().inv_cdf(1 - tail(level)) * self.log_error)
        return self.musd / reach, self.musd * reach

    def summary(self) -> str:
        """The potential in plain words."""
        low, high = self.interval()
        pair = f"{codes.name(self.reporter)}-{codes.name(self.partner)}"
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
    """What a fit predicts for a pair and year, with the uncertainty of coefficients and effects.

    A fit with ``pair`` effects holds the pair's own average: compare it with one without.

    Parameters
    ----------
    fit : GravityFit, by PPML
    reporter, partner : str, as the panel names them; both directions must be among its rows
    year : int, one of the panel's

    Returns
    -------
    Potential

    Notes
    -----
    The error is the sandwich of all coefficients and effects together (delta method), clustered
    as the fit is. With pair effects each flow counts as its own cluster, since within a pair the
    residuals then add up to nothing.

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
    away, home = (_row(fit, *sides, year) for sides in ((reporter, partner), (partner, reporter)))
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
    """Actual and predicted turnover of every pair and year with both directions in a fit by PPML.

    ``pair``, ``year``, ``actual_musd``, ``potential_musd`` (US$ million), ``ratio``.
    """
    _check_ppml(fit)
    away = fit.rows[fit.rows["exporter"] != fit.rows["importer"]]
    both = away.groupby(["pair", "year"], as_index=False).agg(
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
    """A potential moved to another year by the growth of both GDPs, then over base, in order.

    Distance, ties and openness are taken to stay as they were. The error also holds that of the
    elasticities, which `GravityModel.elasticities` gives; there is no actual turnover.
    """
    logs = np.log([positive("growth of both GDPs", factor) for factor in growth])
    estimate, covariance = (table.to_numpy() for table in elasticities)
    away, home = logs, logs[::-1]
    export = base.export_musd * math.exp(away @ estimate)
    imports = base.import_musd * math.exp(home @ estimate)
    gradient = (export * away + imports * home) / (export + imports)
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
    if fit.estimator != "ppml":
        raise InputError(f"a potential is a mean, and {fit.estimator} fits none; fit by ppml")


def _row(fit: GravityFit, exporter: str, importer: str, year: int) -> int:
    """Where a flow stands among the rows of the fit."""
    used, dropped = (
        (table["exporter"] == exporter) & (table["importer"] == importer) & (table["year"] == year)
        for table in (fit.rows, fit.dropped)
    )
    if used.any():
        return int(np.flatnonzero(used)[0])
    flow = f"{exporter} to {importer} in {year}"
    if dropped.any():
        raise NoAnswerError(f"{flow} was dropped: {fit.dropped.loc[dropped, 'reason'].iloc[0]}")
    years = ", ".join(str(y) for y in sorted({int(y) for y in fit.rows["year"]}))
    raise NoAnswerError(f"{flow} is not in the panel; its years are {years}")


def _log_error(fit: GravityFit, at: list[int]) -> float:
    """Standard error of the log of the sum of fitted flows, effects included.

    With A the design weighted by the root of the fit, the gradient of the log of the sum is A'b for
    b the flows' shares over their roots; h = (A'A)^- A'b is a least-squares problem, and the
    variance is the sum over clusters of the squared sum of residual times x'h.
    """
    sparse, linalg = (needs(name, "models") for name in ("scipy.sparse", "scipy.sparse.linalg"))
    rows, design = fit.rows, _sparse_design(fit)
    predicted = rows["fitted_musd"].to_numpy()
    root = np.sqrt(predicted)
    weighted = sparse.diags_array(root) @ design
    norms = np.sqrt(np.asarray(weighted.power(2).sum(axis=0))).ravel()
    scaled = weighted @ sparse.diags_array(1 / norms)
    aim = np.zeros(len(rows))
    aim[at] = predicted[at] / predicted[at].sum() / root[at]
    h = linalg.lsmr(scaled, aim, atol=PRECISION, btol=PRECISION, maxiter=ROUNDS)[0] / norms
    moved = (rows["trade_musd"].to_numpy() - predicted) * (design @ h)
    by = CLUSTERS["none" if "pair" in fit.effects else fit.cluster]
    table = rows.assign(moved=moved, row=range(len(rows)))
    sums = [table.groupby(one)["moved"].sum() for one in ([*by, by] if len(by) > 1 else by)]
    squares, groups = [float(one @ one) for one in sums], min(map(len, sums))
    variance = sum(squares[: len(by)]) - sum(squares[len(by) :])  # two-way: what counts twice
    return math.sqrt(max(0.0, variance * groups / (groups - 1)))


def _sparse_design(fit: GravityFit) -> Any:
    """Terms and a column for each level of each effect."""
    sparse = needs("scipy.sparse", "models")
    rows, terms = fit.rows.assign(**{CONSTANT: 1.0}), list(fit.coefficients.index)
    blocks = [sparse.csr_array(rows[terms].to_numpy(float))] if terms else []
    for effect in fit.effects:
        place = (np.arange(len(rows)), key(rows, effect).factorize()[0])
        blocks.append(sparse.csr_array((np.ones(len(rows)), place)))
    return sparse.hstack(blocks, format="csr")
