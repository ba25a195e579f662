"""What would size and distance alone predict? Gravity by Poisson pseudo-maximum likelihood.

Trade from i to j in year t is exp(x b + effects) times an error of mean one. Effects of exporter
and importer by year stand for size and for how remote a country is from everyone else
(multilateral resistance); x holds distance, border, language and a common past. Zeros are kept.
The estimator is pyfixest's. This module names things, and says which rows were dropped and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from tradelib.ground import frames
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import tail
from tradelib.ground.plain import Displayable
from tradelib.science.gravity._estimation import CLUSTERS, EFFECTS, Choice, estimated, key

ESTIMATORS = ("ppml", "ols")
CONVENTIONS = ("fixest", "stata")
IDS = ["exporter", "importer", "year"]
SILENT, SINGLE = "no trade at all under an effect", "the only row of an effect"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GravityFit(Displayable):
    """A fitted gravity equation.

    Attributes
    ----------
    coefficients : DataFrame, one row a term, ``estimate``, ``std_error``; the index names terms
    covariance : DataFrame, shape (n_terms, n_terms), of the coefficients
    rows : DataFrame, one row a flow that was used
        ``exporter``, ``importer``, ``year``, ``trade_musd``, ``fitted_musd`` (US$ million),
        ``pair``, and the terms and effects that are columns.
    dropped : DataFrame, one row a flow that was not
        ``exporter``, ``importer``, ``year``, ``trade_musd``, ``reason``.
    effects : tuple of str, what was absorbed
    estimator, cluster : str, ``"ppml"`` or ``"ols"``; within what errors are related: `fit_gravity`
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
        return _kinds(self.dropped)

    @validated
    def to_frame(self, *, level: float = 95) -> pd.DataFrame:
        """Coefficients with intervals: ``term``, ``estimate``, ``std_error``, ``low``, ``high``."""
        reach = NormalDist().inv_cdf(1 - tail(level)) * self.coefficients["std_error"]
        middle = self.coefficients["estimate"]
        table = self.coefficients.assign(low=middle - reach, high=middle + reach)
        return table.rename_axis("term").reset_index()

    def summary(self) -> str:
        """What was fitted on how much, and what was left out and why."""
        kept, zeros = self.rows, int((self.rows["trade_musd"] == 0).sum())
        effects = ", ".join(self.effects).replace("_", "-") or "no effects"
        errors = "robust" if self.cluster == "none" else f"clustered by {self.cluster}"
        out = "; ".join(f"{count:,} {why}" for why, count in self.reasons.items()) or "none"
        return (
            f"{self.estimator.upper()} is fitted to {len(kept):,} flows ({zeros:,} of them zero) "
            f"between {len(set(kept['exporter']) | set(kept['importer']))} countries in "
            f"{kept['year'].nunique()} years, with {effects}; errors are {errors}. Rows dropped: "
            f"{out}."
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
    """A gravity equation, with every row that was not used and why.

    Parameters
    ----------
    panel : DataFrame
        ``exporter``, ``importer``, ``year``, ``trade_musd`` (US$ million, zero where there is no
        trade) and the terms; one row a flow. Rows of a country with itself are domestic trade.
    terms : sequence of str
        Numeric columns, logs taken, such as of distance; may be empty if there are effects.
    effects : sequence of str
        To be absorbed: ``exporter``, ``importer``, ``year``, ``exporter_year``, ``importer_year``,
        ``pair`` (both directions share one), or other columns. A constant is fitted if there are
        none.
    estimator : str, ``"ppml"``, or ``"ols"`` on the log of trade, which loses the zeros
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
    terms, effects = list(terms), tuple(effects)
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
        kinds = "; ".join(f"{count} {why}" for why, count in _kinds(_dropped(dropped)).items())
        raise InputError(f"no flow is left to fit: {kinds or 'the panel is empty'}")
    poisson = estimator == "ppml"
    choice = Choice(poisson, CLUSTERS[cluster], small_sample == "fixest" or not poisson)
    (coefficients, covariance), rows, why = estimated(table, terms, effects, choice)
    lost = table.drop(index=rows.index)
    return GravityFit(
        coefficients=coefficients,
        covariance=covariance,
        rows=rows.reset_index(drop=True),
        dropped=_dropped([*dropped, lost.assign(reason=why)]),
        effects=effects,
        estimator=estimator,
        cluster=cluster,
    )


def _checked(panel: pd.DataFrame, terms: list[str], effects: tuple[str, ...]) -> pd.DataFrame:
    """The columns that matter and the pair; one row a flow, no negative and no infinite number."""
    wanted = [*IDS, "trade_musd", *terms, *(name for name in effects if name not in EFFECTS)]
    frames.check_columns(panel, wanted)
    types = {"exporter": "str", "importer": "str"}
    types |= dict.fromkeys(["trade_musd", *terms], "float64")
    table = panel[wanted].reset_index(drop=True).astype(types)
    flow = "{exporter} to {importer} in {year}"
    frames.refuse(table, table.duplicated(IDS), f"one row a flow, but {flow} is given twice")
    bad = (table["trade_musd"] < 0) | np.isinf(table[["trade_musd", *terms]]).any(axis=1)
    if bad.any():
        row = table[bad].iloc[0]
        got = f"{row['trade_musd']:g} and {row[terms].to_dict()} for {flow.format_map(row)}"
        raise InputError(f"trade must be zero or more and every term finite, got {got}")
    swap = table["exporter"] > table["importer"]
    first = table["exporter"].where(~swap, table["importer"])
    return table.assign(pair=first + "-" + table["importer"].where(~swap, table["exporter"]))


def _usable(
    table: pd.DataFrame, terms: list[str], effects: tuple[str, ...], estimator: str
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Rows that can be used, and those that cannot with the reason."""
    dropped = []
    whys = {f"missing {name}": table[name].isna() for name in ["trade_musd", *terms]}
    if estimator == "ols":
        whys["zero trade has no logarithm"] = table["trade_musd"] == 0
    for why, lost in whys.items():
        lost = lost.loc[table.index]  # what one reason takes, the next does not
        dropped.append(table[lost].assign(reason=why))
        table = table[~lost]
    before = -1
    while before != len(table):  # what goes may leave others silent or single
        before = len(table)
        for effect in effects:
            reason = _alone(table, effect)
            dropped.append(table[reason.notna()].assign(reason=reason.dropna()))
            table = table[reason.isna()]
    return table, dropped


def _alone(table: pd.DataFrame, effect: str) -> pd.Series:
    """Why an effect alone would fit a flow, whatever the terms; missing for flows it does not."""
    level = key(table, effect)
    trade = table["trade_musd"].groupby(level)
    silent, single = trade.transform("sum") == 0, trade.transform("size") == 1
    why, lost = (SILENT, silent) if silent.any() else (SINGLE, single)
    return (f"{why}: {effect} " + level).where(lost)


def _kinds(dropped: pd.DataFrame) -> pd.Series:
    """Rows by kind of reason: what stands before its colon."""
    return dropped["reason"].str.split(":").str[0].value_counts().rename("rows")


def _dropped(parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = [*IDS, "trade_musd", "reason"]
    return pd.concat([part[columns] for part in parts], ignore_index=True).astype({"reason": "str"})
