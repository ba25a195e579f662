"""Learn what trade agreements did: pairs that entered one, year by year, against like pairs.

Usage:  python data/prepare/agreement_effects.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER holds agtpa_applications_1986_2006.parquet (WTO/UN Advanced Guide: 69 countries,
domestic trade, 1986-2006; ``rta`` is of agreements that came into force in those years).

The *effect* is the guide's equation: PPML with effects of exporter by year, importer by year, pair,
and border by year (so that what all borders became easier to cross is no agreement's doing), errors
clustered by pair, with one term a year since entry in place of one for all; the year before
entry is zero. The *quantiles* are of single pairs: how the log of turnover over what the effects
alone would have it changed since the year before entry. Pairs of half to double the turnover in
that year which entered nothing are put through the same: once pair by pair, for their quantiles,
and once in the equation with entrants' dates given to them at random, which ought to show nothing.
Kazakhstan and Turkmenistan are not in the panel. Minutes; needs the `gravity` extra.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.science.gravity import GravityFit, fit_gravity

Floats: TypeAlias = NDArray[np.float64]

# The file that is written.
FILE = "agreement_effects.csv"
# The guide came out in 2016; on which day is not known, so the year counts when it was over.
RELEASED = "2016-12-31"
# Years since entry: the first and the last with a term of their own, and the one that is zero.
BEFORE = -5
AFTER = 10
BASE = -1
SINCE = range(BEFORE, AFTER + 1)
# Levels of the quantiles of single pairs: from one in twenty to nineteen in twenty.
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
# Smaller pairs say more of rounding than of trade (as in tradelib.outlook.signals).
LEAST_MUSD = 1.0
# A like pair has half to double the turnover: a wider class would hold unlike pairs.
ALIKE = 2.0
# A hundredth of a percent is finer than any effect is known.
DIGITS = 4
# The same dates at random in every run.
SEED = 0
# Of the guide's equation: countries' sizes, what stays of a pair, and what borders became.
EFFECTS = ["exporter_year", "importer_year", "pair", "border_year"]


def panel(folder: Path) -> pd.DataFrame:
    """Every flow of the guide's panel, in tradelib's names."""
    table = pd.read_parquet(Path(folder) / "agtpa_applications_1986_2006.parquet")
    table = table.rename(columns={"trade": "trade_musd"})
    table = table[["exporter", "importer", "year", "trade_musd", "rta"]]
    return named(table.astype({"exporter": "str", "importer": "str", "year": "int64"}))


def named(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the pair, both directions the same, and the border by year (0 at home)."""
    in_order = np.sort(table[["exporter", "importer"]].to_numpy(str), axis=1)
    pair = [f"{first}-{second}" for first, second in in_order]
    abroad = table["exporter"] != table["importer"]
    border_year = np.where(abroad, table["year"], 0)
    return table.assign(pair=pair, border_year=border_year)


def entries(table: pd.DataFrame) -> pd.Series:
    """Year in which each pair that entered an agreement did, by pair."""
    abroad = table["exporter"] != table["importer"]
    with_agreement = table[abroad & (table["rta"] == 1)]
    return with_agreement.groupby("pair")["year"].min()


def study(table: pd.DataFrame, entry: pd.Series) -> GravityFit:
    """The equation with one term a year since entry, and one for all earlier and all later."""
    since = table["year"] - table["pair"].map(entry)
    masks = {name(years): since == years for years in SINCE if years != BASE}
    masks |= {"earlier": since < BEFORE, "later": since > AFTER}
    terms = {term: mask.astype(float) for term, mask in masks.items() if mask.any()}
    rows = table.assign(**terms)
    return fit_gravity(rows, terms=list(terms), effects=EFFECTS, small_sample="stata")


def name(since: int) -> str:
    """What the term of a year since entry is called."""
    return f"since{since}"


def beyond(fit: GravityFit) -> pd.DataFrame:
    """Log of turnover over what the effects alone would have it, a row a pair, a column a year."""
    terms = fit.coefficients["estimate"]
    log_of_terms = fit.rows[list(terms.index)].to_numpy() @ terms.to_numpy()
    by_effects = fit.rows["fitted_musd"] / np.exp(log_of_terms)
    rows = fit.rows.assign(by_effects=by_effects)
    both_directions = rows[rows["exporter"] != rows["importer"]].groupby(["pair", "year"])
    sums = both_directions[["trade_musd", "by_effects"]].sum()
    turnover = sums["trade_musd"].where(sums["trade_musd"] > 0)
    return np.log(turnover / sums["by_effects"]).unstack()


def turnovers(table: pd.DataFrame) -> pd.DataFrame:
    """Turnover, US$ million, a row a pair, a column a year."""
    abroad = table[table["exporter"] != table["importer"]]
    return abroad.groupby(["pair", "year"])["trade_musd"].sum().unstack()


def like(wide: pd.DataFrame, entry: pd.Series) -> dict[str, pd.Index]:
    """For each pair that entered: the pairs of half to double its size that did not.

    A pair whose turnover in the year before entry is below US$1m, or which has none like it, is
    left out.
    """
    others = wide[~wide.index.isin(entry.index)]
    alike = {}
    for pair, year in entry.items():
        base = year + BASE
        if base not in wide or wide[base].get(pair, 0.0) < LEAST_MUSD:
            continue
        size = wide[base].get(pair, 0.0)
        rest = others[base]
        like_pairs = rest.index[rest.between(size / ALIKE, size * ALIKE)]
        if len(like_pairs):
            alike[pair] = like_pairs
    return alike


def changes(
    logs: pd.DataFrame, entry: pd.Series, alike: Mapping[str, pd.Index], since: int
) -> tuple[Floats, pd.Series, Floats]:
    """Change since the year before entry: of entrants, of pairs like each, and their weights.

    The pairs like one entrant weigh as much as it does, so that no entrant counts for more.
    """
    of_entrants = []
    of_like_pairs = []
    weights = []
    for pair, names in alike.items():
        start = entry[pair] + BASE
        end = entry[pair] + since
        if end not in logs:
            continue
        change = logs[end] - logs[start]
        rest = change.reindex(names).dropna()
        if pd.notna(change.get(pair)) and len(rest):
            of_entrants.append(change[pair])
            of_like_pairs.append(rest)
            weights.append(np.full(len(rest), 1 / len(rest)))
    if not of_entrants:
        raise ValueError(f"no pair that entered is known {since} years from entry")
    return np.array(of_entrants), pd.concat(of_like_pairs), np.concatenate(weights)


def quantiles(values: ArrayLike, weights: Floats | None = None) -> Floats:
    """Quantiles of the values at `LEVELS`; each value stands at the middle of its weight."""
    values = np.asarray(values, float)
    weights = np.ones(len(values)) if weights is None else weights
    order = np.argsort(values, kind="stable")
    share = weights[order] / weights.sum()
    middle = np.cumsum(share) - share / 2
    return np.asarray(np.interp(LEVELS, middle, values[order]))


def at_random(entry: pd.Series, alike: Mapping[str, pd.Index]) -> pd.Series:
    """Entrants' dates given to pairs that entered nothing: to one like each, no pair twice."""
    rng = np.random.default_rng(SEED)
    dates = {}
    for pair, names in alike.items():
        free = [other for other in names if other not in dates]
        if free:
            dates[free[rng.integers(len(free))]] = entry[pair]
    return pd.Series(dates, dtype="int64")


def effects(table: pd.DataFrame, entry: pd.Series, *, placebo: bool = True) -> pd.DataFrame:
    """The table that ships, without its source: a row a group and year since entry.

    Without the placebo, half of the work, like pairs have quantiles alone.
    """
    wide = turnovers(table)
    alike = like(wide, entry)
    fit = study(table, entry)
    placebo_fit = None
    if placebo:
        not_entered = table[~table["pair"].isin(entry.index)]
        placebo_fit = study(not_entered, at_random(entry, alike))
    logs = beyond(fit)
    rows = []
    for since in SINCE:
        of_entrants, of_like_pairs, weights = changes(logs, entry, alike, since)
        n_like = of_like_pairs.index.nunique()
        entered = quantiles(of_entrants)
        like_pairs = quantiles(of_like_pairs, weights)
        rows.append(row("entered", since, fit, len(of_entrants), entered))
        rows.append(row("like", since, placebo_fit, n_like, like_pairs))
    return pd.DataFrame(rows).sort_values(["group", "since"], ignore_index=True)


def row(group: str, since: int, fit: GravityFit | None, n: int, values: Floats) -> dict[str, Any]:
    """One row: the equation's effect (zero in the year before entry), and quantiles over pairs."""
    effect = error = np.nan
    if fit is not None and since == BASE:
        effect = error = 0.0
    elif fit is not None:
        term = fit.coefficients.loc[name(since)]
        effect = round(float(term["estimate"]), DIGITS)
        error = round(float(term["std_error"]), DIGITS)
    record = {"group": group, "since": since, "n": n, "effect": effect, "std_error": error}
    for level, value in zip(LEVELS, values, strict=True):
        record[f"q{level}"] = round(float(value), DIGITS)
    return record


def learned(folder: Path) -> pd.DataFrame:
    """The table that ships, with its source."""
    table = panel(folder)
    return effects(table, entries(table)).assign(source_id="guide", released=RELEASED, note="")


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    table = learned(options.panel_folder)
    table.to_csv(options.out / FILE, index=False, lineterminator="\n")
    print(table.to_string())


if __name__ == "__main__":
    main()
