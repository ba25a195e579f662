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
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from statistics import NormalDist
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib import codes
from tradelib._arguments import tail

__all__ = ["GravityFit", "Potential", "fit_gravity", "potential", "potentials"]

EFFECTS = {
    "exporter": ["exporter"],
    "importer": ["importer"],
    "year": ["year"],
    "exporter_year": ["exporter", "year"],
    "importer_year": ["importer", "year"],
    "pair": ["pair"],
}
CLUSTERS = {"pair": ["pair"], "countries": ["exporter", "importer"], "none": []}
ESTIMATORS = ("ppml", "ols")
CONVENTIONS = ("fixest", "stata")
IDS = ["exporter", "importer", "year"]
CONSTANT = "constant"
SILENT, SINGLE = "no trade at all under an effect", "the only row of an effect"
ROUNDS, SMALL, ROUNDING = 100, 1e-5, 1e-12

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Cell: TypeAlias = dict[str, Any]


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
    found, kept, why = (
        _absorbed(table, terms, effects, estimator, cluster, small_sample)
        if effects
        else _plain(table, terms, estimator, cluster, small_sample)
    )
    lost = table[~table.index.isin(kept.index)]
    dropped = [*dropped, lost.assign(reason=why.reindex(lost.index))]
    return GravityFit(
        coefficients=found[0],
        covariance=found[1],
        rows=kept.reset_index(drop=True),
        dropped=_dropped(dropped),
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
            key = _key(table, effect)
            trade = table["trade_musd"].groupby(key)
            for why, lost in (
                (SILENT, trade.transform("sum") == 0), (SINGLE, trade.transform("size") == 1)
            ):  # fmt: skip
                if lost.any():
                    reason = f"{why}: {effect} " + key[lost]
                    dropped.append(table[lost].assign(reason=reason))
                    table, key = table[~lost], key[~lost]
                    break
    return table, dropped


def _key(table: pd.DataFrame, effect: str) -> pd.Series:
    """Name of the level of an effect, a row each."""
    columns = EFFECTS.get(effect, [effect])
    parts = [table[column].astype("str") for column in columns]
    return reduce(lambda a, b: a + " " + b, parts)


def _counts(dropped: list[pd.DataFrame]) -> str:
    reasons = _dropped(dropped)["reason"].str.split(":").str[0].value_counts()
    return "; ".join(f"{count} {why}" for why, count in reasons.items()) or "the panel is empty"


def _dropped(parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = [*IDS, "trade_musd", "reason"]
    return pd.concat([part[columns] for part in parts], ignore_index=True).astype({"reason": "str"})


Found: TypeAlias = tuple[tuple[pd.DataFrame, pd.DataFrame], pd.DataFrame, pd.Series]


def _absorbed(
    table: pd.DataFrame,
    terms: list[str],
    effects: tuple[str, ...],
    estimator: str,
    cluster: str,
    small_sample: str,
) -> Found:
    """Coefficients, rows kept with their fit, and why others were not, from pyfixest."""
    ssc = _pyfixest().ssc(k_adj=small_sample == "fixest" or estimator == "ols")
    data = table.assign(**{f"_by_{e}": pd.factorize(_key(table, e))[0] for e in effects})
    data = data.assign(**{name: pd.factorize(data[name])[0] for name in ("pair", *IDS[:2])})
    data["_trade"] = data["trade_musd"] if estimator == "ppml" else np.log(data["trade_musd"])
    right = " + ".join(f"Q('{name}')" if not name.isidentifier() else name for name in terms)
    formula = f"_trade ~ {right or '1'} | {' + '.join(f'_by_{e}' for e in effects)}"
    within = CLUSTERS[cluster]
    options: Cell = {
        "vcov": {"CRV1": " + ".join(within)} if within else "HC1",
        "ssc": ssc,
        "fixef_rm": "none",
    }
    positions = pd.Index(data.index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = _estimated(formula, data.reset_index(drop=True), terms, estimator, options)
    _check_converged(estimator == "ols" or bool(made.convergence))
    estimate = made.coef() if terms else pd.Series(dtype="float64")
    kept = table.loc[np.delete(positions, np.asarray(made.na_index, dtype=int))]
    left = _found(terms, list(estimate.index), separated=len(kept) < len(table))
    why = pd.Series(_separated_by(terms, left), table.index)
    predicted = np.asarray(made.predict(type="response") if estimator == "ppml" else made.predict())
    rows = kept.assign(fitted_musd=predicted if estimator == "ppml" else np.exp(predicted))
    covariance = made._vcov if terms else np.empty((0, 0))  # noqa: SLF001 - offered nowhere else
    return _tables(left, estimate.to_numpy(), covariance), rows, why


def _estimated(
    formula: str, data: pd.DataFrame, terms: list[str], estimator: str, options: Cell
) -> Any:
    """The fit of pyfixest, which gives up where no term is left."""
    pyfixest = _pyfixest()
    try:
        if estimator == "ols":
            return pyfixest.feols(formula, data, **options)
        return pyfixest.fepois(formula, data, separation_check=["fe", "ir"], **options)
    except ValueError as error:
        if "collinear" in str(error):
            _found(terms, [], separated=False)
        raise


def _plain(
    table: pd.DataFrame, terms: list[str], estimator: str, cluster: str, small_sample: str
) -> Found:
    """The same without effects, from statsmodels."""
    separated = np.zeros(len(table), dtype=bool)
    if estimator == "ppml":
        separated = _separated(table["trade_musd"].to_numpy(), _design(table, terms))
    kept = table[~separated]
    found = _independent(_design(kept, terms), [*terms, CONSTANT])
    left = _found(terms, found, separated=bool(separated.any()))
    why = pd.Series(_separated_by(terms, left), table.index)
    design, trade = _design(kept, left), kept["trade_musd"].to_numpy()
    estimate, fitted = _maximised(trade, design, estimator)
    slope, residual = (fitted, trade - fitted) if estimator == "ppml" else (
        np.ones(len(kept)), np.log(trade) - np.log(fitted)
    )  # fmt: skip
    bread = np.linalg.inv(design.T @ (slope[:, None] * design))
    meat, groups = _meat(residual[:, None] * design, kept, cluster)
    n, k = design.shape
    factor = groups / (groups - 1)
    if small_sample == "fixest" or estimator == "ols":
        factor *= (n - 1) / (n - k)
    tables = _tables([*left, CONSTANT], estimate, factor * bread @ meat @ bread)
    return tables, kept.assign(fitted_musd=fitted), why


def _maximised(trade: Floats, design: Floats, estimator: str) -> tuple[Floats, Floats]:
    """Coefficients and fitted trade from statsmodels."""
    try:
        from statsmodels.genmod.families import Poisson
        from statsmodels.genmod.generalized_linear_model import GLM
        from statsmodels.regression.linear_model import OLS
    except ImportError as error:
        raise ImportError(
            "a gravity equation without effects needs statsmodels: pip install tradelib[models]"
        ) from error
    if estimator == "ols":
        made = OLS(np.log(trade), design).fit()
        return np.asarray(made.params), np.exp(np.asarray(made.fittedvalues))
    with warnings.catch_warnings():  # separation was looked for; convergence is looked at next
        warnings.simplefilter("ignore")
        made = GLM(trade, design, family=Poisson()).fit(
            maxiter=ROUNDS, tol=1e-10, tol_criterion="params"
        )
    _check_converged(bool(made.converged))
    return np.asarray(made.params), np.asarray(made.fittedvalues)


def _pyfixest() -> ModuleType:
    try:
        import pyfixest
    except ImportError as error:
        raise ImportError(
            "a gravity equation with effects needs pyfixest: pip install tradelib[gravity]"
        ) from error
    module: ModuleType = pyfixest
    return module


def _check_converged(done: bool) -> None:
    if not done:
        raise ValueError(
            "the fit did not converge; look for terms of very different size, or for flows that "
            "one effect fits alone"
        )


def _found(terms: list[str], found: list[str], *, separated: bool) -> list[str]:
    """Terms with a coefficient. One without is an error, unless it went with separated flows."""
    left = [name for name in terms if name in found or f"Q('{name}')" in found]
    lost = [name for name in terms if name not in left]
    if lost and not separated:
        raise ValueError(
            f"{', '.join(lost)} does not vary beside the other terms and effects; leave it out"
        )
    return left


def _separated_by(terms: list[str], left: list[str]) -> str:
    lost = [name for name in terms if name not in left] or ["terms and effects together"]
    return f"separated: {', '.join(lost)} would have it zero whatever the rest"


def _design(table: pd.DataFrame, terms: list[str]) -> Floats:
    return np.column_stack([table[terms].to_numpy(float), np.ones(len(table))])


def _independent(design: Floats, names: list[str]) -> list[str]:
    """Names of the columns that add to the rank: the last (the constant), then in order."""
    scaled = design / np.linalg.norm(design, axis=0).clip(1e-300)
    kept: list[int] = []
    for column in (len(names) - 1, *range(len(names) - 1)):
        if np.linalg.matrix_rank(scaled[:, [*kept, column]]) == len(kept) + 1:
            kept.append(column)
    return [names[column] for column in kept]


def _separated(trade: Floats, design: Floats) -> NDArray[np.bool_]:
    """Zeros that some combination of terms singles out: the iterative rectifier.

    References
    ----------
    Correia, S., Guimarães, P. and Zylkin, T. (2019), Verifying the existence of maximum likelihood
    estimates for generalized linear models, arXiv:1903.01633.
    """
    zero = trade == 0
    weight = np.sqrt(np.where(zero, 1.0, (1 + zero.sum()) / SMALL))[:, None]
    scaled = design / np.linalg.norm(design, axis=0).clip(1e-300)
    wanted = zero.astype(float)
    for _ in range(ROUNDS):
        beta = np.linalg.lstsq(weight * scaled, weight[:, 0] * wanted, rcond=None)[0]
        reached = np.where(np.abs(scaled @ beta) < SMALL, 0.0, scaled @ beta)
        if (reached[zero] >= 0).all():
            break
        wanted = np.where(zero, reached.clip(0), 0.0)
    return np.asarray(zero & (reached > 0))


def _meat(scores: Floats, rows: pd.DataFrame, cluster: str) -> tuple[Floats, int]:
    """Outer product of the scores summed within clusters, and the number of clusters."""
    parts = [(sign, pd.factorize(key)[0]) for sign, key in _clusters(rows, cluster)]
    width = scores.shape[1]
    meat, counts = np.zeros((width, width)), []
    for sign, group in parts:
        sums = np.zeros((group.max() + 1, width))
        np.add.at(sums, group, scores)
        meat += sign * (sums.T @ sums)
        counts.append(len(sums))
    return meat, min(counts)


def _clusters(rows: pd.DataFrame, cluster: str) -> list[tuple[int, pd.Series]]:
    """What to sum scores within, with its sign; two-way clusters take away what counts twice."""
    if cluster == "none":
        return [(1, pd.Series(range(len(rows))))]
    if cluster == "pair":
        return [(1, rows["pair"])]
    flows = rows["exporter"] + " " + rows["importer"]
    return [(1, rows["exporter"]), (1, rows["importer"]), (-1, flows)]


def _tables(
    names: list[str], estimate: Floats, covariance: Floats
) -> tuple[pd.DataFrame, pd.DataFrame]:
    variance = np.diag(covariance)
    if (variance < -ROUNDING).any():
        raise ValueError(
            f"two-way clusters give {names[int(variance.argmin())]} a negative variance, so there "
            "are too few countries for them; cluster by pair"
        )
    error = np.sqrt(variance.clip(0))
    table = pd.DataFrame({"estimate": estimate, "std_error": error}, index=names)
    return table, pd.DataFrame(covariance, index=names, columns=names)


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
    variance, groups = _meat(moved[:, None], rows, cluster)
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
        level = pd.factorize(_key(rows, effect))[0]
        ones = (np.ones(len(rows)), (at, level))
        blocks.append(sparse.csr_array(ones, shape=(len(rows), level.max() + 1)))
    return sparse.hstack(blocks, format="csr")
