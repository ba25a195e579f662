"""How far above its gravity potential would a target put a pair, and did such pairs rise further?

A check on plausibility, never a forecast. The ratio of actual to potential turnover says how much
more (or less) a pair trades than its size and distance predict; what is usual among all pairs says
how unusual a target's ratio is; and what became of pairs far above their potential says whether
that is where growth goes on or where it ends.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from tradelib.science.gravity.fit import Potential

__all__ = ["Ceiling", "GravityModel", "carried", "ceiling", "ratio_table", "rise_table"]

FLOOR_MUSD = 1.0
SIZES = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, math.inf)
RATIOS = (0.0, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, math.inf)
LEVELS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
QUANTILES = [f"q{level:g}" for level in LEVELS]
ELASTICITIES = ["ln_gdp_exporter", "ln_gdp_importer"]
# Whose elasticities carry which fit's potential beyond the last year of the panel.
CARRIED_BY = {"gdp": "gdp"}
TABLES = ("fits", "coefficients", "covariance", "potentials", "ratios", "rises")


@dataclass(frozen=True, slots=True, kw_only=True)
class GravityModel:
    """What gravity taught on a panel, small enough to ship.

    Attributes
    ----------
    fits : DataFrame, one row a fit
        ``fit``, ``words``, ``flows``, ``zeros``, ``dropped``.
    coefficients : DataFrame, one row a fit and term
        ``fit``, ``term``, ``estimate``, ``std_error``.
    covariance : DataFrame, one row a fit and two terms
        ``fit``, ``term``, ``other``, ``value``.
    potentials : DataFrame, one row a fit, pair and year
        ``fit``, ``reporter``, ``partner``, ``year``, ``export_musd``, ``import_musd``,
        ``log_error``.
    ratios, rises : DataFrame
        As `ratio_table` and `rise_table` return them.
    trained_on : str
        Panels, years and counts.
    known_from : str
        ISO day from which they were public.
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
        """The model that `to_dict` wrote.

        Raises
        ------
        ValueError
            If a part is missing or malformed.
        """
        try:
            tables = {
                name: pd.DataFrame(plain[name]["rows"], columns=plain[name]["columns"])
                for name in TABLES
            }
            for name in ("ratios", "rises"):
                tables[name]["high"] = tables[name]["high"].astype("float64").fillna(math.inf)
            texts = {name: str(plain[name]) for name in ("trained_on", "known_from")}
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"this is no gravity model: {error}") from None
        return cls(**tables, **texts)

    def summary(self) -> str:
        """What it was learned from, in plain words."""
        return f"Gravity learned from {self.trained_on}; known from {self.known_from}."

    def pairs(self) -> list[str]:
        """Pairs whose potential is known, as ``"AAA-BBB"``."""
        return sorted(set(self.potentials["reporter"] + "-" + self.potentials["partner"]))

    def fits_of(self, reporter: str, partner: str) -> list[str]:
        """Fits that have a pair's potential.

        Raises
        ------
        ValueError
            If there is no such pair.
        """
        mine = self._of(reporter, partner)
        if mine.empty:
            raise ValueError(
                f"no potential of {reporter}-{partner} is known here; there are "
                f"{', '.join(self.pairs())}: fit your own with tradelib.fit_gravity"
            )
        return list(dict.fromkeys(mine["fit"]))

    def years(self, reporter: str, partner: str, *, fit: str) -> list[int]:
        """Years for which a fit has a pair's potential.

        Raises
        ------
        ValueError
            If there is no such pair, or no such fit of it.
        """
        offers = self.fits_of(reporter, partner)
        if fit not in offers:
            raise ValueError(
                f"{reporter}-{partner} has no fit {fit!r}; there are {', '.join(offers)}"
            )
        mine = self._of(reporter, partner)
        return sorted(int(year) for year in mine.loc[mine["fit"] == fit, "year"])

    def potential(self, reporter: str, partner: str, *, year: int, fit: str) -> Potential:
        """Potential of a pair in a year of the panel.

        Raises
        ------
        ValueError
            If there is no such fit, pair or year.
        """
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
        """Share of pairs that trade whose actual turnover is a smaller multiple of its potential.

        From quantiles joined by straight lines: never under 1 % or over 99 %.
        """
        return _below(self.ratios.iloc[0], ratio)

    def elasticities(self, fit: str) -> tuple[pd.Series, pd.DataFrame]:
        """Elasticities to exporter's and importer's GDP that carry a fit on, with covariance."""
        by = CARRIED_BY.get(fit, "income")
        mine = self.coefficients[self.coefficients["fit"] == by].set_index("term")["estimate"]
        both = self.covariance[self.covariance["fit"] == by]
        square = both.pivot(index="term", columns="other", values="value")
        return mine[ELASTICITIES], square.loc[ELASTICITIES, ELASTICITIES]

    def _of(self, reporter: str, partner: str) -> pd.DataFrame:
        table = self.potentials
        return table[(table["reporter"] == reporter) & (table["partner"] == partner)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A target held against a pair's potential. No forecast.

    Attributes
    ----------
    potential : Potential
        From what both countries trade with everyone, with the pair's actual turnover.
    by_gdp : Potential or None
        The same from their GDPs instead: as if they traded as much as others of their size.
    target_musd : float
        US$ million.
    below_target : float
        Share of pairs that trade with a lower ratio than the target's.
    rose : float
        Share of pairs as far above their potential as the pair whose ratio was higher four years
        later.
    rose_range : tuple of float
        Least and most of it by start year.
    reached : float
        Share of them whose ratio rose by as much as the target asks.
    episodes : int
        How many there were.
    """

    potential: Potential
    by_gdp: Potential | None
    target_musd: float
    below_target: float
    rose: float
    rose_range: tuple[float, float]
    reached: float
    episodes: int

    @property
    def multiple(self) -> float:
        """The target as a multiple of the potential."""
        return self.target_musd / self.potential.musd

    def summary(self) -> str:
        """The check in plain words."""
        own, (low, high) = self.potential, self.potential.interval()
        gdp = f", US${self.by_gdp.musd:,.0f}m from their GDPs" if self.by_gdp is not None else ""
        return (
            f"Gravity predicts US${own.musd:,.0f}m in {own.year} (80 %: {low:,.0f} to {high:,.0f}) "
            f"from what both trade with everyone{gdp}. Actual turnover was {own.ratio:.1f} times "
            f"the first, the target is {self.multiple:.1f} times, more than in "
            f"{self.below_target:.0%} of pairs that trade. Of {self.episodes:,} pairs as far "
            f"above, {self.rose:.0%} were further above four years later."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: potentials, both multiples, and what is usual."""
        low, high = self.potential.interval()
        return pd.DataFrame(
            {
                "year": [self.potential.year], "potential_musd": self.potential.musd, "low": low,
                "high": high, "by_gdp_musd": math.nan if self.by_gdp is None else self.by_gdp.musd,
                "actual_musd": self.potential.actual_musd, "target_musd": self.target_musd,
                "ratio": self.potential.ratio, "multiple": self.multiple,
                "below_target": self.below_target, "rose": self.rose,
                "rose_low": self.rose_range[0], "rose_high": self.rose_range[1],
                "reached": self.reached, "episodes": self.episodes,
            }
        )  # fmt: skip


def ratio_table(found: pd.DataFrame) -> pd.DataFrame:
    """How far from their potential pairs are: quantiles of actual over potential.

    Parameters
    ----------
    found : DataFrame
        ``actual_musd``, ``potential_musd``, ``ratio``, as `tradelib.gravity.potentials` returns it.
        Pairs without trade, which may be pairs without a report, and potentials under US$1m are
        left out.

    Returns
    -------
    DataFrame
        A row of all pairs, then one a size class of the potential that has any: ``low``, ``high``
        (US$ million, from and below), ``n``, ``q0.01`` to ``q0.99``.

    Raises
    ------
    ValueError
        If no pair is left.

    Examples
    --------
    >>> found = pd.DataFrame({"potential_musd": [2.0, 2, 20], "actual_musd": [1.0, 4, 20],
    ...     "ratio": [0.5, 2, 1]})
    >>> ratio_table(found)[["low", "high", "n", "q0.5"]].to_numpy().tolist()
    [[1.0, inf, 3.0, 1.0], [1.0, 4.0, 2.0, 1.25], [16.0, 64.0, 1.0, 1.0]]
    """
    trade = _trading(found)
    rows = []
    for low, high in [(SIZES[0], SIZES[-1]), *pairwise(SIZES)]:
        like = trade.loc[_within(trade["potential_musd"], low, high), "ratio"]
        if len(like):
            cells = dict(zip(QUANTILES, np.quantile(like, LEVELS), strict=True))
            rows.append({"low": low, "high": high, "n": len(like), **cells})
    return pd.DataFrame(rows)


def rise_table(found: pd.DataFrame, *, years: int = 4) -> pd.DataFrame:
    """What became of pairs by how far above their potential they were.

    Parameters
    ----------
    found : DataFrame
        ``pair``, ``year``, ``actual_musd``, ``potential_musd``, ``ratio``, as
        `tradelib.gravity.potentials` returns it. Potentials under US$1m are left out, and so are
        pairs without trade at the start; one without trade at the end has not risen.
    years : int
        From start to end.

    Returns
    -------
    DataFrame
        A row a class of the ratio at the start: ``low``, ``high`` (from and below), ``n``,
        ``pairs``, ``rose`` (share whose ratio was higher at the end), ``least``, ``most`` (of it,
        by start year), ``q0.01`` to ``q0.99`` of the ratio at the end over that at the start.

    Raises
    ------
    ValueError
        If no pair is known at both ends.

    Examples
    --------
    >>> found = pd.DataFrame({"pair": ["A-B", "A-B", "A-C", "A-C"], "year": [2004, 2008] * 2,
    ...     "actual_musd": [30.0, 40, 30, 15], "potential_musd": 10.0, "ratio": [3.0, 4, 3, 1.5]})
    >>> rise_table(found)[["low", "high", "n", "rose"]].to_numpy().tolist()
    [[2.0, 4.0, 2.0, 0.5]]
    """
    later = found[["pair", "year", "ratio"]].assign(year=found["year"] - years)
    both = _trading(found).merge(later, on=["pair", "year"], suffixes=("", "_later"))
    if both.empty:
        raise ValueError(f"no pair is known {years} years apart")
    both = both.assign(
        change=both["ratio_later"] / both["ratio"], rose=both["ratio_later"] > both["ratio"]
    )
    rows = []
    for low, high in pairwise(RATIOS):
        like = both[_within(both["ratio"], low, high)]
        if len(like):
            by_year = like.groupby("year")["rose"].mean()
            cells = dict(zip(QUANTILES, np.quantile(like["change"], LEVELS), strict=True))
            rows.append(
                {"low": low, "high": high, "n": len(like), "pairs": like["pair"].nunique(),
                 "rose": like["rose"].mean(), "least": by_year.min(), "most": by_year.max(),
                 **cells}
            )  # fmt: skip
    return pd.DataFrame(rows)


def carried(
    base: Potential,
    *,
    year: int,
    growth: tuple[float, float],
    elasticities: tuple[pd.Series, pd.DataFrame],
) -> Potential:
    """A potential moved to another year by the growth of both GDPs.

    Parameters
    ----------
    base : Potential
        In a year of the panel.
    year : int
        Where to.
    growth : tuple of float
        GDP of reporter and partner in that year over GDP in the base year, current US$.
    elasticities : tuple of Series and DataFrame
        As `GravityModel.elasticities` returns them. Distance, ties and the openness of both
        countries are taken to stay as they were.

    Returns
    -------
    Potential
        Its error also holds that of the elasticities; no actual turnover.

    Raises
    ------
    ValueError
        If growth is not positive.

    Examples
    --------
    >>> base = Potential(reporter="KAZ", partner="TKM", year=2016, export_musd=40, import_musd=40,
    ...     log_error=0.3)
    >>> names = ["ln_gdp_exporter", "ln_gdp_importer"]
    >>> half = pd.Series([0.5, 0.5], names), pd.DataFrame(0.0, names, names)
    >>> carried(base, year=2023, growth=(2, 2), elasticities=half).musd
    160.0
    """
    if not all(0 < factor < math.inf for factor in growth):
        raise ValueError(f"growth of both GDPs must be positive and finite, got {growth}")
    estimate, covariance = elasticities
    mine, theirs = np.log(growth)
    away, home = np.array([mine, theirs]), np.array([theirs, mine])
    export = base.export_musd * math.exp(away @ estimate.to_numpy())
    imports = base.import_musd * math.exp(home @ estimate.to_numpy())
    gradient = (export * away + imports * home) / (export + imports)
    variance = base.log_error**2 + gradient @ covariance.to_numpy() @ gradient
    return replace(
        base, year=int(year), export_musd=export, import_musd=imports,
        log_error=math.sqrt(variance), actual_musd=math.nan,
    )  # fmt: skip


def ceiling(
    target_musd: float, base: Potential, *, model: GravityModel, by_gdp: Potential | None = None
) -> Ceiling:
    """A target held against a potential, and against what is usual among pairs.

    Parameters
    ----------
    target_musd : float
        US$ million.
    base : Potential
        With actual turnover, of the same year.
    model : GravityModel
        Whose tables say what is usual.
    by_gdp : Potential, optional
        The potential by GDPs, shown beside it.

    Returns
    -------
    Ceiling

    Raises
    ------
    ValueError
        If the target or the actual turnover is not positive.

    Examples
    --------
    >>> from tradelib import gravity_model, potential
    >>> check = ceiling(1000, potential("KAZ", "TKM", year=2016), model=gravity_model())
    >>> round(check.multiple), check.rose < 0.5
    (12, True)
    """
    for name, value in (("target", target_musd), ("actual turnover", base.actual_musd)):
        if not 0 < value < math.inf:
            raise ValueError(f"the {name} must be positive and finite, got {value}")
    like = model.rises[_holds(model.rises, base.ratio)].iloc[0]
    return Ceiling(
        potential=base,
        target_musd=float(target_musd),
        by_gdp=by_gdp,
        below_target=model.below(target_musd / base.musd),
        rose=float(like["rose"]),
        rose_range=(float(like["least"]), float(like["most"])),
        reached=1 - _below(like, target_musd / base.actual_musd),
        episodes=int(like["n"]),
    )


def _trading(found: pd.DataFrame) -> pd.DataFrame:
    trade = found[(found["actual_musd"] > 0) & (found["potential_musd"] >= FLOOR_MUSD)]
    if trade.empty:
        raise ValueError("no pair trades and has a potential of US$1m or more")
    return trade


def _within(values: pd.Series, low: float, high: float) -> pd.Series:
    return (values >= low) & (values < high)


def _holds(table: pd.DataFrame, value: float) -> pd.Series:
    """Which class a value falls in; the nearest where a class had no pair."""
    inside = (table["low"] <= value) & (value < table["high"])
    if inside.any():
        return inside
    nearest = (np.log(table["low"].clip(lower=1e-9)) - math.log(value)).abs().idxmin()
    return pd.Series(table.index == nearest, table.index)


def _below(row: pd.Series, value: float) -> float:
    """Share below a value, from quantiles joined by straight lines; the ends at the last level."""
    return float(np.interp(value, row[QUANTILES].to_numpy(float), LEVELS))
