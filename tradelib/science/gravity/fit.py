"""What would size and distance alone predict? Gravity by Poisson pseudo-maximum likelihood.

Trade from i to j in year t is exp(x b + effects) times an error of mean one. Effects of exporter
and importer by year stand for size and for how remote a country is from everyone else
(multilateral resistance); x holds distance, border, language and a common past. Zeros are kept.
What the fit gives a pair is its *potential*: no forecast, but a check on how far above what is
usual a level lies.

The estimator is pyfixest's where effects are absorbed and statsmodels' where there are none. This
module names things, says which rows were dropped and why, and puts an interval around the
potential.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground import codes
from tradelib.ground.numbers import tail
from tradelib.science.gravity._absorbing import absorbed
from tradelib.science.gravity._estimation import (
    CLUSTERS,
    CONSTANT,
    EFFECTS,
    Choice,
    key,
    meat,
    plain,
)

__all__ = ["GravityFit", "Potential", "fit_gravity", "potential", "potentials"]

ESTIMATORS = ("ppml", "ols")
CONVENTIONS = ("fixest", "stata")
IDS = ["exporter", "importer", "year"]
SILENT, SINGLE = "no trade at all under an effect", "the only row of an effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class GravityFit:
    """A fitted gravity equation.

    Attributes
    ----------
    coefficients : DataFrame, one row a term
        ``estimate``, ``std_error`` (float64); the index names terms.
    covariance : DataFrame, shape (n_terms, n_terms)
        Of the coefficients.
    rows : DataFrame, one row a flow that was used
        ``exporter``, ``importer``, ``year``, ``trade_musd``, ``fitted_musd`` (US$ million),
        ``pair``, and the terms and effects that are columns.
    dropped : DataFrame, one row a flow that was not
        ``exporter``, ``importer``, ``year``, ``trade_musd``, ``reason``.
    effects : tuple of str
        What was absorbed.
    estimator : str
        ``"ppml"`` or ``"ols"``.
    cluster : str
        Within what errors may be related: ``"pair"``, ``"countries"`` or ``"none"``.
    """

    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    rows: pd.DataFrame
    dropped: pd.DataFrame
    effects: tuple[str, ...]
    estimator: str
    cluster: str

    @property
    def reasons(self) -> pd.Series:
        """How many rows were dropped for each kind of reason."""
        kinds = self.dropped["reason"].str.split(":").str[0]
        return kinds.value_counts().rename("rows")

    def to_frame(self, *, level: float = 95) -> pd.DataFrame:
        """Coefficients with central intervals: ``term``, ``estimate``, ``std_error``, ``low``, ...

        Raises
        ------
        ValueError
            If the level is not between 0 and 100.
        """
        reach = _reach(level) * self.coefficients["std_error"]
        table = self.coefficients.assign(
            low=self.coefficients["estimate"] - reach, high=self.coefficients["estimate"] + reach
        )
        return table.rename_axis("term").reset_index()

    def summary(self) -> str:
        """What was fitted on how much, and what was left out and why."""
        kept, zeros = self.rows, int((self.rows["trade_musd"] == 0).sum())
        effects = ", ".join(self.effects).replace("_", "-") or "no effects"
        errors = "robust" if self.cluster == "none" else f"clustered by {self.cluster}"
        out = "; ".join(f"{count:,} {why}" for why, count in self.reasons.items()) or "none"
        return (
            f"{self.estimator.upper()} of {len(kept):,} flows ({zeros:,} of them zero) between "
            f"{len(set(kept['exporter']) | set(kept['importer']))} countries in "
            f"{kept['year'].nunique()} years; {effects}; errors {errors}. Dropped: {out}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Potential:
    """What gravity predicts for a pair in a year, both directions together.

    Attributes
    ----------
    reporter, partner : str
        ISO3 codes.
    year : int
        Calendar year.
    export_musd, import_musd : float
        Predicted, as the reporter sees them, US$ million.
    log_error : float
        Standard error of the log of their sum.
    actual_musd : float
        Turnover that the prediction is held against; NaN if unknown.
    own_effect : bool
        Whether the pair's own average is in it.
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

    def interval(self, level: float = 80) -> tuple[float, float]:
        """Ends of a central interval of the potential, US$ million.

        It holds what is uncertain about coefficients and effects, not how far single pairs stray
        from what is usual.

        Raises
        ------
        ValueError
            If the level is not between 0 and 100.
        """
        reach = math.exp(_reach(level) * self.log_error)
        return self.musd / reach, self.musd * reach

    def summary(self) -> str:
        """The potential in plain words."""
        low, high = self.interval()
        pair = f"{codes.name(self.reporter)}-{codes.name(self.partner)}"
        own = " with the pair's own average" if self.own_effect else ""
        said = (
            f"Size and distance{own} predict US${self.musd:,.0f}m for {pair} in {self.year} "
            f"(80 %: {low:,.0f} to {high:,.0f})"
        )
        if math.isnan(self.actual_musd):
            return f"{said}."
        return f"{said}; actual US${self.actual_musd:,.0f}m, {self.ratio:.1f} times as much."


def fit_gravity(
    panel: pd.DataFrame,
    *,
    terms: Sequence[str],
    effects: Sequence[str] = ("exporter_year", "importer_year"),
    estimator: str = "ppml",
    cluster: str = "pair",
    small_sample: str = "fixest",
) -> GravityFit:
    """A gravity equation, with every row that was not used and why.

    Parameters
    ----------
    panel : DataFrame
        ``exporter``, ``importer``, ``year``, ``trade_musd`` (US$ million, zero where there is no
        trade) and the terms; one row a flow. Rows of a country with itself are domestic trade.
    terms : sequence of str
        Numeric columns, such as the log of distance. Logs are taken beforehand. May be empty
        if there are effects.
    effects : sequence of str
        To be absorbed: ``exporter``, ``importer``, ``year``, ``exporter_year``, ``importer_year``,
        ``pair`` (both directions share one), or other columns. A constant is fitted if there are
        none.
    estimator : str
        ``"ppml"``, or ``"ols"`` on the log of trade, which loses the zeros.
    cluster : str
        ``"pair"``; ``"countries"`` (exporter and importer, two-way), for terms that vary by
        country alone; ``"none"``: robust to heteroskedasticity (HC1).
    small_sample : str
        ``"fixest"`` counts coefficients in the correction of standard errors always; ``"stata"``
        does as Stata's commands do, for OLS alone.

    Returns
    -------
    GravityFit

    Raises
    ------
    ValueError
        If a column is missing, a flow is given twice, trade is negative or infinite, an option is
        none of those above, a term does not vary beside the effects, or nothing is left.
    ImportError
        If pyfixest is not installed (the ``gravity`` extra), or without effects statsmodels (the
        ``models`` extra).

    References
    ----------
    Santos Silva, J. M. C. and Tenreyro, S. (2006), The log of gravity, *Review of Economics and
    Statistics* 88, doi:10.1162/rest.88.4.641.
    Correia, S., Guimarães, P. and Zylkin, T. (2020), Fast Poisson estimation with high-dimensional
    fixed effects, *Stata Journal* 20, doi:10.1177/1536867X20909691.

    Examples
    --------
    >>> flows = pd.DataFrame({"exporter": list("AABBCC"), "importer": list("BCACAB"), "year": 2016,
    ...     "trade_musd": [8.0, 2, 8, 4, 2, 4], "near": [1.0, 0, 1, 0.5, 0, 0.5]})
    >>> fit = fit_gravity(flows, terms=["near"], effects=[], cluster="none")
    >>> fit.coefficients.estimate.round(3).to_dict()  # the logs of 4 and of 2
    {'near': 1.386, 'constant': 0.693}
    """
    terms, effects = list(terms), tuple(effects)
    _check_options(terms, effects, estimator, cluster, small_sample)
    table = _checked(panel, terms, effects)
    table, dropped = _usable(table, terms, effects, estimator)
    if table.empty:
        raise ValueError(f"no flow is left to fit: {_counts(dropped)}")
    choice = Choice(estimator, cluster, small_sample)
    made = absorbed(table, terms, effects, choice) if effects else plain(table, terms, choice)
    lost = table.drop(index=made.rows.index)
    return GravityFit(
        coefficients=made.tables[0],
        covariance=made.tables[1],
        rows=made.rows.reset_index(drop=True),
        dropped=_dropped([*dropped, lost.assign(reason=made.why)]),
        effects=effects,
        estimator=estimator,
        cluster=cluster,
    )


def potential(fit: GravityFit, reporter: str, partner: str, *, year: int) -> Potential:
    """What a fit predicts for a pair and year, with the uncertainty of coefficients and effects.

    A fit with ``pair`` effects holds the pair's own average: compare it with one without.

    Parameters
    ----------
    fit : GravityFit
        By PPML.
    reporter, partner : str
        As the panel names them.
    year : int
        One of the panel's.

    Returns
    -------
    Potential

    Raises
    ------
    ValueError
        If the fit is none by PPML, or either direction is not among its rows; the message says why.

    Notes
    -----
    The error is the sandwich of all coefficients and effects together (delta method), clustered
    as the fit is. With pair effects each flow counts as its own cluster, since within a pair the
    residuals then add up to nothing.

    Examples
    --------
    >>> flows = pd.DataFrame({"exporter": list("AABBCC"), "importer": list("BCACAB"), "year": 2016,
    ...     "trade_musd": [8.0, 2, 8, 4, 2, 4], "near": [1.0, 0, 1, 0.5, 0, 0.5]})
    >>> fit = fit_gravity(flows, terms=["near"], effects=[], cluster="none")
    >>> round(potential(fit, "A", "B", year=2016).musd, 3)
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
        actual_musd=float(actual[away] + actual[home]),
        own_effect="pair" in fit.effects,
    )


def potentials(fit: GravityFit) -> pd.DataFrame:
    """Actual and predicted turnover of every pair and year with both directions in the fit.

    Parameters
    ----------
    fit : GravityFit
        By PPML.

    Returns
    -------
    DataFrame
        ``pair``, ``year``, ``actual_musd``, ``potential_musd`` (US$ million), ``ratio``.

    Raises
    ------
    ValueError
        If the fit is none by PPML.

    Examples
    --------
    >>> flows = pd.DataFrame({"exporter": list("AABBCC"), "importer": list("BCACAB"), "year": 2016,
    ...     "trade_musd": [8.0, 2, 8, 4, 2, 4], "near": [1.0, 0, 1, 0.5, 0, 0.5]})
    >>> fit = fit_gravity(flows, terms=["near"], effects=[], cluster="none")
    >>> potentials(fit).round(3).ratio.tolist()
    [1.0, 1.0, 1.0]
    """
    _check_ppml(fit)
    away = fit.rows[fit.rows["exporter"] != fit.rows["importer"]]
    both = away.groupby(["pair", "year"], as_index=False).agg(
        actual_musd=("trade_musd", "sum"), potential_musd=("fitted_musd", "sum"),
        directions=("trade_musd", "size"),
    )  # fmt: skip
    both = both[both["directions"] == 2].drop(columns="directions")
    return both.assign(ratio=both["actual_musd"] / both["potential_musd"]).reset_index(drop=True)


def _reach(level: float) -> float:
    """Standard errors from the middle of a central interval to its end."""
    return NormalDist().inv_cdf(1 - tail(level))


def _check_options(
    terms: list[str], effects: tuple[str, ...], estimator: str, cluster: str, small_sample: str
) -> None:
    for name, value, allowed in (
        ("estimator", estimator, ESTIMATORS),
        ("cluster", cluster, tuple(CLUSTERS)),
        ("small_sample", small_sample, CONVENTIONS),
    ):
        if value not in allowed:
            raise ValueError(f"{name} is one of {', '.join(allowed)}, got {value!r}")
    if not terms and not effects:
        raise ValueError("a gravity equation needs a term or an effect, got neither")


def _checked(panel: pd.DataFrame, terms: list[str], effects: tuple[str, ...]) -> pd.DataFrame:
    """The columns that matter, as numbers and names, numbered from zero."""
    others = [name for name in effects if name not in EFFECTS]
    wanted = [*IDS, "trade_musd", *terms, *others]
    missing = [name for name in wanted if name not in panel]
    if missing:
        raise ValueError(
            f"the panel needs columns {', '.join(wanted)}, and lacks {', '.join(missing)}"
        )
    table = panel[wanted].reset_index(drop=True)
    table = table.astype({"exporter": "str", "importer": "str"} | dict.fromkeys(terms, "float64"))
    table["trade_musd"] = table["trade_musd"].astype("float64")
    twice = table.duplicated(IDS)
    if twice.any():
        raise ValueError(f"one row a flow, but {_called(table[twice].iloc[0])} is given twice")
    bad = (table["trade_musd"] < 0) | np.isinf(table[["trade_musd", *terms]]).any(axis=1)
    if bad.any():
        row = table[bad].iloc[0]
        raise ValueError(
            f"trade must be zero or more and every term finite, got {row['trade_musd']:g} and "
            f"{row[terms].to_dict()} for {_called(row)}"
        )
    swap = table["exporter"] > table["importer"]
    first = table["exporter"].where(~swap, table["importer"])
    return table.assign(pair=first + "-" + table["importer"].where(~swap, table["exporter"]))


def _called(row: pd.Series) -> str:
    return f"{row['exporter']} to {row['importer']} in {row['year']}"


def _usable(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], estimator: str
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Rows that can be used, and those that cannot with the reason."""
    dropped = []
    for name in ["trade_musd", *terms]:
        lost = table[name].isna()
        dropped.append(table[lost].assign(reason=f"missing {name}"))
        table = table[~lost]
    if estimator == "ols":
        lost = table["trade_musd"] == 0
        dropped.append(table[lost].assign(reason="zero trade has no logarithm"))
        table = table[~lost]
    before = -1
    while before != len(table):
        before = len(table)
        for effect in effects:
            level = key(table, effect)
            trade = table["trade_musd"].groupby(level)
            for why, lost in (
                (SILENT, trade.transform("sum") == 0), (SINGLE, trade.transform("size") == 1)
            ):  # fmt: skip
                if lost.any():
                    reason = f"{why}: {effect} " + level[lost]
                    dropped.append(table[lost].assign(reason=reason))
                    table = table[~lost]
                    break
    return table, dropped


def _counts(dropped: list[pd.DataFrame]) -> str:
    reasons = _dropped(dropped)["reason"].str.split(":").str[0].value_counts()
    return "; ".join(f"{count} {why}" for why, count in reasons.items()) or "the panel is empty"


def _dropped(parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = [*IDS, "trade_musd", "reason"]
    return pd.concat([part[columns] for part in parts], ignore_index=True).astype({"reason": "str"})


def _check_ppml(fit: GravityFit) -> None:
    if fit.estimator != "ppml":
        raise ValueError(
            "a potential is a mean, and the exponent of a fit in logs is none; fit by ppml"
        )


def _row(fit: GravityFit, exporter: str, importer: str, year: int) -> int:
    """Where a flow stands among the rows of the fit."""
    for table in (fit.rows, fit.dropped):
        same = (table["exporter"] == exporter) & (table["importer"] == importer)
        at = np.flatnonzero(same & (table["year"] == year))
        if len(at) and table is fit.rows:
            return int(at[0])
        if len(at):
            raise ValueError(
                f"{exporter} to {importer} in {year} was dropped: {table['reason'].iloc[at[0]]}"
            )
    years = sorted({int(y) for y in fit.rows["year"]})
    raise ValueError(
        f"{exporter} to {importer} in {year} is not in the panel; its years are "
        f"{', '.join(map(str, years))}"
    )


def _log_error(fit: GravityFit, at: list[int]) -> float:
    """Standard error of the log of the sum of fitted flows, effects included.

    With A the design weighted by the root of the fit, the gradient of the log of the sum is A'b for
    b the flows' shares over their roots; h = (A'A)^- A'b is a least-squares problem, and the
    variance is the sum over clusters of the squared sum of residual times x'h.
    """
    from scipy import sparse
    from scipy.sparse.linalg import lsmr

    rows = fit.rows
    predicted = rows["fitted_musd"].to_numpy()
    root = np.sqrt(predicted)
    design = _sparse_design(fit)
    weighted = sparse.diags_array(root) @ design
    norms = np.sqrt(np.asarray(weighted.power(2).sum(axis=0))).ravel()
    scaled = weighted @ sparse.diags_array(1 / norms)
    aim = np.zeros(len(rows))
    aim[at] = predicted[at] / predicted[at].sum() / root[at]
    h = lsmr(scaled, aim, atol=1e-12, btol=1e-12, maxiter=20_000)[0] / norms
    moved = (rows["trade_musd"].to_numpy() - predicted) * (design @ h)
    cluster = "none" if "pair" in fit.effects else fit.cluster
    variance, groups = meat(moved[:, None], rows, cluster)
    return math.sqrt(max(0.0, float(variance[0, 0])) * groups / (groups - 1))


def _sparse_design(fit: GravityFit) -> Any:
    """Terms and a column for each level of each effect."""
    from scipy import sparse

    rows, at = fit.rows, np.arange(len(fit.rows))
    terms = [name for name in fit.coefficients.index if name != CONSTANT]
    blocks = [sparse.csr_array(rows[terms].to_numpy(float))] if terms else []
    if CONSTANT in fit.coefficients.index:
        blocks.append(sparse.csr_array(np.ones((len(rows), 1))))
    for effect in fit.effects:
        level = pd.factorize(key(rows, effect))[0]
        ones = (np.ones(len(rows)), (at, level))
        blocks.append(sparse.csr_array(ones, shape=(len(rows), level.max() + 1)))
    return sparse.hstack(blocks, format="csr")
