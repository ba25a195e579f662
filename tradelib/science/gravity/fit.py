"""What would size and distance alone predict? Gravity by Poisson pseudo-maximum likelihood.

Trade from i to j in year t is exp(x b + effects) times an error of mean one. Effects of exporter
and importer by year stand for size and for how remote a country is from everyone else
(multilateral resistance). x holds distance, border, language and a common past. Zeros are kept.
The estimator is pyfixest's. This module checks the panel and says which rows were dropped and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradelib.core import checks
from tradelib.core.errors import InputError
from tradelib.core.labels import Displayable
from tradelib.core.numeric import normal_reach
from tradelib.core.validation import validated
from tradelib.science.gravity._estimation import CLUSTERS, EFFECTS, Choice, estimated, key

ESTIMATORS = ("ppml", "ols")
CONVENTIONS = ("fixest", "stata")
IDS = ["exporter", "importer", "year"]
NO_TRADE = "no trade at all under an effect"
ONLY_ROW = "the only row of an effect"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GravityFit(Displayable):
    """A fitted gravity equation.

    Parameters
    ----------
    coefficients : DataFrame
        One row for each term, which the index names: ``estimate``, ``std_error``.
    covariance : DataFrame
        Covariance of the coefficients, shape (n_terms, n_terms).
    rows : DataFrame
        One row for each flow that was used: ``exporter``, ``importer``, ``year``, ``trade_musd``,
        ``fitted_musd`` (US$ million), ``pair``, and the terms and effects that are columns.
    dropped : DataFrame
        One row for each flow that was not used: ``exporter``, ``importer``, ``year``,
        ``trade_musd``, ``reason``.
    effects : tuple of str
        Effects that were absorbed.
    estimator : str
        ``"ppml"`` or ``"ols"``.
    cluster : str
        What standard errors are clustered by, as in `fit_gravity`.
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
        """Number of rows that were dropped, by kind of reason."""
        return _count_by_kind(self.dropped)

    @validated
    def to_frame(self, *, level: float = 95) -> pd.DataFrame:
        """Give the coefficients with their intervals.

        Parameters
        ----------
        level : float
            Probability that an interval holds, in percent.

        Returns
        -------
        DataFrame
            One row for each term: ``term``, ``estimate``, ``std_error``, ``low``, ``high``. The
            interval is the estimate plus and minus z standard errors, with z the normal quantile.
        """
        z = normal_reach(level)
        reach = z * self.coefficients["std_error"]
        middle = self.coefficients["estimate"]
        table = self.coefficients.assign(low=middle - reach, high=middle + reach)
        return table.rename_axis("term").reset_index()

    def summary(self) -> str:
        """Give the size of the fit and the rows it dropped, in plain words.

        Returns
        -------
        str
            Flows, countries, years, effects, kind of errors, and dropped rows by reason.
        """
        kept = self.rows
        zeros = int((kept["trade_musd"] == 0).sum())
        countries = set(kept["exporter"]) | set(kept["importer"])
        effects = ", ".join(self.effects).replace("_", "-") or "no effects"
        errors = "robust" if self.cluster == "none" else f"clustered by {self.cluster}"
        kinds = [f"{count:,} {kind}" for kind, count in self.reasons.items()]
        dropped = "; ".join(kinds) or "none"
        return (
            f"{self.estimator.upper()} is fitted to {len(kept):,} flows ({zeros:,} of them zero) "
            f"between {len(countries)} countries in "
            f"{kept['year'].nunique()} years, with {effects}; errors are {errors}. Rows dropped: "
            f"{dropped}."
        )


@validated
def fit_gravity(
    panel: pd.DataFrame,
    *,
    terms: Sequence[str],
    effects: Sequence[str] = ("exporter_year", "importer_year"),
    estimator: str = "ppml",
    cluster: str = "pair",
    small_sample: str = "fixest",
) -> GravityFit:
    """Fit a gravity equation, and list every row that was not used and why.

    The model is E(trade) = exp(x b + effects), or log(trade) = x b + effects + error for ``"ols"``.

    Parameters
    ----------
    panel : DataFrame
        ``exporter``, ``importer``, ``year``, ``trade_musd`` (US$ million, zero where there is no
        trade) and the terms; one row for each flow and year. Rows of a country with itself are
        domestic trade.
    terms : sequence of str
        Numeric columns that get a coefficient. Take logs beforehand, for example of distance. May
        be empty if there are effects.
    effects : sequence of str
        Fixed effects: ``exporter``, ``importer``, ``year``, ``exporter_year``, ``importer_year``,
        ``pair`` (both directions share one), or other columns. A constant is fitted if there are
        none.
    estimator : str
        ``"ppml"``, or ``"ols"`` on the log of trade, which drops the zeros.
    cluster : str
        What standard errors are clustered by: ``"pair"``; ``"countries"`` (exporter and importer,
        two-way), for terms that vary by country alone; ``"none"``: not clustered, robust to
        heteroskedasticity (HC1).
    small_sample : str
        ``"fixest"``: the small-sample correction of standard errors always counts the coefficients;
        ``"stata"``: for OLS only, as Stata's commands do.

    Returns
    -------
    GravityFit
        Coefficients with standard errors, rows used with fitted values, and rows dropped.

    Raises
    ------
    InputError
        If a column is missing, a flow is given twice, trade is negative or infinite, an option is
        none of those above, a term does not vary beside the effects, or nothing is left.
    ImportError
        If pyfixest is not installed (the ``gravity`` extra).

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
    terms = list(terms)
    effects = tuple(effects)
    options = {
        "estimator": (estimator, ESTIMATORS),
        "cluster": (cluster, tuple(CLUSTERS)),
        "small_sample": (small_sample, CONVENTIONS),
    }
    for name, (value, allowed) in options.items():
        if value not in allowed:
            raise InputError(f"{name} is one of {', '.join(allowed)}, got {value!r}")
    if not terms and not effects:
        raise InputError(f"a gravity equation needs a term or an effect, got {terms} and {effects}")
    table, dropped = _usable(_checked(panel, terms, effects), terms, effects, estimator)
    if table.empty:
        counts = _count_by_kind(_joined(dropped))
        kinds = [f"{count} {kind}" for kind, count in counts.items()]
        why = "; ".join(kinds) or "the panel is empty"
        raise InputError(f"no flow is left to fit: {why}")
    if (table["trade_musd"] == 0).all():
        raise InputError(f"all {len(table)} flows are zero; at least one must be above it")
    poisson = estimator == "ppml"
    choice = Choice(poisson, CLUSTERS[cluster], small_sample == "fixest" or not poisson)
    (coefficients, covariance), rows, why = estimated(table, terms, effects, choice)
    separated = table.drop(index=rows.index)
    return GravityFit(
        coefficients=coefficients,
        covariance=covariance,
        rows=rows.reset_index(drop=True),
        dropped=_joined([*dropped, separated.assign(reason=why)]),
        effects=effects,
        estimator=estimator,
        cluster=cluster,
    )


def _checked(panel: pd.DataFrame, terms: list[str], effects: tuple[str, ...]) -> pd.DataFrame:
    """The columns that the fit needs, and the pair.

    Refuses a flow that is given twice, and a negative or infinite number.
    """
    effect_columns = [name for name in effects if name not in EFFECTS]
    wanted = [*IDS, "trade_musd", *terms, *effect_columns]
    checks.check_columns(panel, wanted)
    types = {"exporter": "str", "importer": "str"}
    types |= dict.fromkeys(["trade_musd", *terms], "float64")
    table = panel[wanted].reset_index(drop=True).astype(types)
    flow = "{exporter} to {importer} in {year}"
    checks.refuse(table, table.duplicated(IDS), f"one row per flow, but {flow} is given twice")
    infinite = np.isinf(table[["trade_musd", *terms]]).any(axis=1)
    bad = (table["trade_musd"] < 0) | infinite
    if bad.any():
        row = table[bad].iloc[0]
        got = f"{row['trade_musd']:g} and {row[terms].to_dict()} for {flow.format_map(row)}"
        raise InputError(f"trade must be zero or more and every term finite, got {got}")
    swap = table["exporter"] > table["importer"]
    first = table["exporter"].where(~swap, table["importer"])
    second = table["importer"].where(~swap, table["exporter"])
    return table.assign(pair=first + "-" + second)


def _usable(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], estimator: str
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Rows that can be used, and rows that cannot, with the reason."""
    dropped = []
    reasons = {f"missing {name}": table[name].isna() for name in ["trade_musd", *terms]}
    if estimator == "ols":
        reasons["zero trade has no logarithm"] = table["trade_musd"] == 0
    for reason, mask in reasons.items():
        unusable = mask.loc[table.index]  # only rows that no earlier reason took
        dropped.append(table[unusable].assign(reason=reason))
        table = table[~unusable]
    before = -1
    while before != len(table):  # a row that goes may leave others silent or single
        before = len(table)
        for effect in effects:
            alone = _alone(table, effect)
            dropped.append(table[alone.notna()].assign(reason=alone.dropna()))
            table = table[alone.isna()]
    return table, dropped


def _alone(table: pd.DataFrame, effect: str) -> pd.Series:
    """Why an effect alone would fit a flow exactly; missing for all other flows."""
    level = key(table, effect)
    trade = table["trade_musd"].groupby(level)
    silent = trade.transform("sum") == 0
    if silent.any():
        return (f"{NO_TRADE}: {effect} " + level).where(silent)
    single = trade.transform("size") == 1
    return (f"{ONLY_ROW}: {effect} " + level).where(single)


def _count_by_kind(dropped: pd.DataFrame) -> pd.Series:
    """Number of rows by kind of reason, which is the text before its colon."""
    return dropped["reason"].str.split(":").str[0].value_counts().rename("rows")


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Dropped rows of all reasons in one table."""
    columns = [*IDS, "trade_musd", "reason"]
    table = pd.concat([part[columns] for part in parts], ignore_index=True)
    return table.astype({"reason": "str"})
