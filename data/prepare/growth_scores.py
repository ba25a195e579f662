"""Score the growth model where it could not have looked: trials that cannot flatter it.

Usage:  python data/prepare/growth_scores.py PANEL_FOLDER [--out FOLDER]

Every trial learns a model without what it is scored on: refitted at every third origin on outcomes
known by then; from the other source and era; without half of the countries, or without former
Soviet republics. Others imitate panels that users have. Each is also asked with less than is known:
by the last value alone, and with a gap of six years before it. What ships are mean scores
(`growth_scores.csv`) and counts for reliability diagrams and PIT histograms
(`growth_calibration.csv`).
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.science.outlook import GrowthModel, fit_growth_model
from tradelib.science.outlook import panel_quantiles as forecast_panel
from tradelib.science.scores import backtest, calibration, refitted

sys.path.insert(0, str(Path(__file__).parent))
from baselines import drift_quantiles, naive_quantiles, pooled_quantiles
from growth_model import GDP, Cycle, dollar, panels
from growth_table import SOVIET

Floats: TypeAlias = NDArray[np.float64]
# Which pairs of a panel belong to a group.
Group: TypeAlias = Callable[[pd.DataFrame], pd.Series]

SOURCE, KNOWN_FROM, DIGITS = "itpde_r1", "2020-12-31", 5
HORIZONS = (1, 2, 3, 4, 5, 6)
RANDOM_WALKS = {"naive": naive_quantiles, "pooled": pooled_quantiles, "drift": drift_quantiles}
LARGE, LARGEST = 60, 17
# Years hidden before the last value where a gap is asked about.
GAP = 6
# Pairs an origin, half of what ships, and origins between two refits: a quarter of an hour in all.
FITTED, REFIT_EVERY, FIRST = {"per_origin": 100}, 3, 2007


def alone(history: pd.DataFrame, **options: Any) -> Floats:
    """Every pair by itself: names that say nothing leave no cross-section."""
    return forecast_panel(history.reset_index(drop=True), **options)


def last(history: pd.DataFrame, **options: Any) -> Floats:
    """Every pair by its last value alone."""
    return alone(history.iloc[:, -1:], **options)


def gap(history: pd.DataFrame, **options: Any) -> Floats:
    """Every pair by itself, with years missing before the last value."""
    cut = history.copy()
    cut.iloc[:, -1 - GAP : -1] = np.nan
    return alone(cut, **options)


def asked(fit: Callable[[int], GrowthModel]) -> dict[str, Callable[..., Floats]]:
    """The growth model among others, and alone with all, some or one of its years, from one fit."""
    kept = {}

    def once(origin: int) -> GrowthModel:
        if origin not in kept:
            kept[origin] = fit(origin)
        return kept[origin]

    ways = {"growth": forecast_panel, "growth_alone": alone, "growth_gap": gap, "growth_last": last}
    return {name: refitted(once, way) for name, way in ways.items()}


def sides(table: pd.DataFrame) -> pd.DataFrame:
    """The two countries of every row."""
    return table["pair"].str.split("-", n=1, expand=True)


def of(table: pd.DataFrame, countries: Iterable[str], *, every: bool = False) -> pd.DataFrame:
    """Rows of pairs with one of the countries, or with both sides among them."""
    inside = sides(table).isin(list(countries))
    return table[inside.all(axis=1) if every else inside.any(axis=1)]


def largest(table: pd.DataFrame, count: int) -> pd.Index:
    """The countries with the largest trade."""
    names = sides(table)
    total = sum(table["turnover_musd"].groupby(names[side]).sum() for side in (0, 1))
    return total.nlargest(count).index


def half(table: pd.DataFrame) -> list[str]:
    """Every second country by name."""
    return sorted(set(sides(table).to_numpy().ravel()))[::2]


def groups() -> tuple[dict[str, Group], dict[str, Group]]:
    """Groups of pairs that are scored apart as well: classes of size, and others."""

    def size(low: float, high: float) -> Group:
        return lambda history: history.iloc[:, -1].between(low, high, inclusive="left")

    def wild(history: pd.DataFrame) -> pd.Series:
        steps = np.log(history).diff(axis=1).abs().mean(axis=1)
        return steps > steps.median()

    classes = {
        "under 20m": size(0, 20),
        "20m to 200m": size(20, 200),
        "200m to 2bn": size(200, 2000),
        "over 2bn": size(2000, np.inf),
    }
    return classes, {
        "wild": wild,
        "calm": lambda history: ~wild(history),
        "former Soviet": lambda history: pd.Series(
            [set(name.split("-")) <= set(SOVIET) for name in history.index], history.index
        ),
    }


def trials(
    tables: Mapping[str, pd.DataFrame], cycle: Cycle
) -> Iterator[tuple[str, pd.DataFrame, Callable[[int], GrowthModel], dict[str, Group] | None]]:
    """Name, panel to score, fit(origin), and groups that are scored too."""
    classes, more = groups()
    late, late_one, early, early_one = list(tables.values())[:4]
    once, fitted = {}, FITTED | {"cycle": cycle}

    def constant(name: str, learn: Mapping[str, pd.DataFrame]) -> Callable[[int], GrowthModel]:
        def fit(_: int) -> GrowthModel:
            if name not in once:
                once[name] = fit_growth_model(learn, **fitted)
            return once[name]

        return fit

    def known(origin: int) -> GrowthModel:
        year = origin - (origin - FIRST) % REFIT_EVERY
        if year not in once:
            once[year] = fit_growth_model(tables, known_by=year, **fitted)
        return once[year]

    old = constant("old", {"guide": early, "one": early_one})
    new = constant("new", {"late": late, "one": late_one})
    some = half(late)
    without = late.drop(index=of(late, some).index)
    elsewhere = late.drop(index=of(late, SOVIET).index)
    gappy = late.sample(frac=0.9, random_state=0)
    yield "refitted at each origin", late, known, classes | more
    yield "learned 2000-2016, scored 1993-2005", early, new, classes
    yield "learned 1986-2006, scored 2007-2015", late, old, None
    yield "one direction", late_one, old, None
    yield "one in ten figures missing", gappy, old, None
    yield "nine years of history", late[late["year"] >= 2005], old, None
    yield f"{LARGE} largest countries", of(late, largest(late, LARGE), every=True), old, None
    few = of(late, largest(late, LARGEST), every=True)
    yield f"{LARGEST} largest economies, refitted", few, known, None
    yield "other half of the countries", of(late, some), constant("half", without), None
    yield "former Soviet republics left out", of(late, SOVIET), constant("su", elsewhere), None


def main() -> None:
    """Run every trial and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    parts, counts = [], None
    cycle = dollar(options.panel_folder, max(GDP.values()))
    for name, panel, fit, apart in trials(panels(options.panel_folder), cycle):
        found = RANDOM_WALKS | asked(fit)
        scored = backtest(panel, found, horizons=HORIZONS, groups=apart)
        if not apart:
            scored = scored.assign(group="all")
        parts.append(scored.assign(trial=name))
        if counts is None:
            counts = calibration(panel, found["growth"], horizons=HORIZONS)
        everyone = scored[scored["group"] == "all"]
        mean = everyone.groupby(["horizon", "forecaster"])["crps"].mean().unstack()
        print(name, mean.round(3).to_string(), sep="\n", flush=True)
    table = pd.concat(parts, ignore_index=True).round(DIGITS)
    first = ["trial", "group", "forecaster", "origin", "horizon"]
    table = table[[*first, *table.columns.drop(first)]]
    for name, content in (("growth_scores", table), ("growth_calibration", counts.round(DIGITS))):
        stamped = content.assign(source_id=SOURCE, released=KNOWN_FROM, note="")
        stamped.to_csv(options.out / f"{name}.csv", index=False)
        print(f"{len(stamped)} rows in {name}.csv")


if __name__ == "__main__":
    main()
