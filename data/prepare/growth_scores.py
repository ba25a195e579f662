"""Score the growth model where it could not have looked: trials that cannot flatter it.

Usage:  python data/prepare/growth_scores.py PANEL_FOLDER [--out FOLDER]

Every trial learns a model without what it is scored on: refitted at every third origin on outcomes
of years up to it; from the other source and era; without half of the countries, or without former
Soviet republics. Others imitate panels that users have. Each is also asked with less than is known:
by the last value alone, and with a gap of six years before it. What ships are mean scores
(`growth_scores.csv`) and counts for reliability diagrams and PIT histograms
(`growth_calibration.csv`).
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.science.forecasting import GrowthModel, fit_growth_model
from tradelib.science.forecasting import panel_quantiles as forecast_panel
from tradelib.science.scoring import backtest, calibration, refitted

sys.path.insert(0, str(Path(__file__).parent))
from baselines import drift_quantiles, naive_quantiles, pooled_quantiles
from growth_model import GDP, Cycle, dollar, panels
from growth_table import SOVIET

Floats: TypeAlias = NDArray[np.float64]
# A panel's forecaster: a history, horizons and quantiles in, quantiles of every pair out.
Forecaster: TypeAlias = Callable[..., Floats]
# Which pairs of a panel belong to a group.
Group: TypeAlias = Callable[[pd.DataFrame], pd.Series]
# The growth model to ask at an origin year.
Fit: TypeAlias = Callable[[int], GrowthModel]


class Trial(NamedTuple):
    """One trial: its name, the panel to score, the model at an origin, groups scored as well."""

    name: str
    panel: pd.DataFrame
    fit: Fit
    groups: dict[str, Group] | None = None


# The source's name in the table of sources, and a day by which its Release 1 was public.
SOURCE = "itpde_r1"
KNOWN_FROM = "2020-12-31"
# A mean score is not known to more digits than five.
DIGITS = 5
# Years ahead: further ones leave too few origins to score.
HORIZONS = (1, 2, 3, 4, 5, 6)
# What a growth model has to better: three random walks in closed form.
RANDOM_WALKS = {"naive": naive_quantiles, "pooled": pooled_quantiles, "drift": drift_quantiles}
# Panels as users have them: of the sixty largest countries, or of the seventeen largest economies.
LARGE = 60
LARGEST = 17
# Years hidden before the last value where a gap is asked about.
GAP = 6
# Half of the pairs an origin of the model that ships: a quarter of an hour for all trials.
PER_ORIGIN = 100
# The model is refitted at this origin and at every third after it, for the same reason.
FIRST = 2007
REFIT_EVERY = 3


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


def growth_forecasters(fit: Fit) -> dict[str, Forecaster]:
    """The growth model asked in four ways, by name, from one fit an origin.

    Among all pairs of the panel; and alone, with all years, with a gap, or with the last year.
    """
    fits: dict[int, GrowthModel] = {}

    def fit_once(origin: int) -> GrowthModel:
        """The model of an origin, fitted when it is first asked for."""
        if origin not in fits:
            fits[origin] = fit(origin)
        return fits[origin]

    ways = {"growth": forecast_panel, "growth_alone": alone, "growth_gap": gap, "growth_last": last}
    return {name: refitted(fit_once, way) for name, way in ways.items()}


def sides(table: pd.DataFrame) -> pd.DataFrame:
    """The two countries of every row, a column each."""
    return table["pair"].str.split("-", n=1, expand=True)


def pairs_of(
    table: pd.DataFrame, countries: Iterable[str], *, both_sides: bool = False
) -> pd.DataFrame:
    """Rows of pairs with one of the countries, or with both sides among them."""
    is_listed = sides(table).isin(list(countries))
    return table[is_listed.all(axis=1) if both_sides else is_listed.any(axis=1)]


def largest(table: pd.DataFrame, count: int) -> pd.Index:
    """The countries with the largest trade, as many as `count`."""
    countries = sides(table)
    of_sides = [table["turnover_musd"].groupby(countries[side]).sum() for side in (0, 1)]
    return pd.concat(of_sides).groupby(level=0).sum().nlargest(count).index


def every_second_country(table: pd.DataFrame) -> list[str]:
    """Every second country by name: half of them."""
    countries = set(sides(table).to_numpy().ravel())
    return sorted(countries)[::2]


def groups() -> tuple[dict[str, Group], dict[str, Group]]:
    """Groups of pairs that are scored apart as well: classes of size, and others."""
    classes = {
        "under 20m": size_class(0, 20),
        "20m to 200m": size_class(20, 200),
        "200m to 2bn": size_class(200, 2000),
        "over 2bn": size_class(2000, np.inf),
    }
    others: dict[str, Group] = {"wild": is_wild, "calm": is_calm, "former Soviet": is_former_soviet}
    return classes, others


def size_class(low: float, high: float) -> Group:
    """The group of pairs whose last turnover is at least `low` and below `high`, US$ million."""
    return lambda history: history.iloc[:, -1].between(low, high, inclusive="left")


def is_wild(history: pd.DataFrame) -> pd.Series:
    """Whether a pair's mean step is larger than that of the middle pair."""
    steps = np.log(history).diff(axis=1).abs().mean(axis=1)
    return steps > steps.median()


def is_calm(history: pd.DataFrame) -> pd.Series:
    """Whether a pair is not wild."""
    return ~is_wild(history)


def is_former_soviet(history: pd.DataFrame) -> pd.Series:
    """Whether both sides of a pair are former Soviet republics."""
    republics = set(SOVIET)
    both_sides = [set(pair.split("-")) <= republics for pair in history.index]
    return pd.Series(both_sides, history.index)


def trials(tables: Mapping[str, pd.DataFrame], cycle: Cycle) -> Iterator[Trial]:
    """Every trial, its model fitted when it is first asked for."""
    size_classes, other_groups = groups()
    late, late_one, early, early_one = list(tables.values())[:4]
    options: dict[str, Any] = {"per_origin": PER_ORIGIN, "cycle": cycle}
    fits: dict[str | int, GrowthModel] = {}

    def fit_to(name: str, panels: Mapping[str, pd.DataFrame]) -> Fit:
        """One fit for all origins, to panels that hold nothing of what is scored."""

        def fit(_: int) -> GrowthModel:
            if name not in fits:
                fits[name] = fit_growth_model(panels, **options)
            return fits[name]

        return fit

    def fit_by(origin: int) -> GrowthModel:
        """The fit of the last refitted origin, to all panels up to that year."""
        year = origin - (origin - FIRST) % REFIT_EVERY
        if year not in fits:
            fits[year] = fit_growth_model(tables, known_by=year, **options)
        return fits[year]

    fit_early = fit_to("old", {"guide": early, "one": early_one})
    fit_late = fit_to("new", {"late": late, "one": late_one})
    half = every_second_country(late)
    of_half = pairs_of(late, half)
    fit_other_half = fit_to("half", late.drop(index=of_half.index))
    soviet = pairs_of(late, SOVIET)
    fit_elsewhere = fit_to("su", late.drop(index=soviet.index))
    gappy = late.sample(frac=0.9, random_state=0)
    nine_years = late[late["year"] >= 2005]
    large = pairs_of(late, largest(late, LARGE), both_sides=True)
    every_group = size_classes | other_groups
    yield Trial("refitted at each origin", late, fit_by, every_group)
    yield Trial("learned 2000-2016, scored 1993-2005", early, fit_late, size_classes)
    yield Trial("learned 1986-2006, scored 2007-2015", late, fit_early)
    yield Trial("one direction", late_one, fit_early)
    yield Trial("one in ten figures missing", gappy, fit_early)
    yield Trial("nine years of history", nine_years, fit_early)
    yield Trial(f"{LARGE} largest countries", large, fit_early)
    largest_economies = pairs_of(late, largest(late, LARGEST), both_sides=True)
    yield Trial(f"{LARGEST} largest economies, refitted", largest_economies, fit_by)
    yield Trial("other half of the countries", of_half, fit_other_half)
    yield Trial("former Soviet republics left out", soviet, fit_elsewhere)


def write_table(table: pd.DataFrame, folder: Path, name: str) -> None:
    """Write a rounded table with its source."""
    stamped = table.round(DIGITS).assign(source_id=SOURCE, released=KNOWN_FROM, note="")
    stamped.to_csv(folder / f"{name}.csv", index=False)
    print(f"{len(stamped)} rows in {name}.csv")


def main() -> None:
    """Run every trial and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    tables = panels(options.panel_folder)
    cycle = dollar(options.panel_folder, max(GDP.values()))
    parts = []
    counts = None
    for trial in trials(tables, cycle):
        forecasters = RANDOM_WALKS | growth_forecasters(trial.fit)
        scores = backtest(trial.panel, forecasters, horizons=HORIZONS, groups=trial.groups)
        if not trial.groups:
            scores = scores.assign(group="all")
        parts.append(scores.assign(trial=trial.name))
        if counts is None:  # of the first trial alone
            counts = calibration(trial.panel, forecasters["growth"], horizons=HORIZONS)
        of_all_pairs = scores[scores["group"] == "all"]
        mean = of_all_pairs.groupby(["horizon", "forecaster"])["crps"].mean().unstack()
        print(trial.name, mean.round(3).to_string(), sep="\n", flush=True)
    table = pd.concat(parts, ignore_index=True)
    first = ["trial", "group", "forecaster", "origin", "horizon"]
    table = table[[*first, *table.columns.drop(first)]]
    write_table(table, options.out, "growth_scores")
    write_table(counts, options.out, "growth_calibration")


if __name__ == "__main__":
    main()
