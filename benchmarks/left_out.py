"""Chances from a pair's size alone, and skill, on sources that the growth model has not seen.

Usage:  python benchmarks/left_out.py PANEL_FOLDER [--old-dollar YEARS]

Leaves ITPD-E, the guide and the USA out of a fit in turn and scores them. A miss is the chance said
less the share that came, a mean over origins: a cell a size, multiple and horizon. Prints misses,
skill, coverage, and the misses that eras' luck brings if the shipped model is true. Five minutes.
``--old-dollar`` lets each origin know the dollar's cycle of so many years before it alone, less
what those years took of it: as a verdict reads it whose newest figures are later than GDP's.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib import growth_model
from tradelib.science.forecasting import GrowthModel, fit_growth_model, panel_quantiles
from tradelib.science.forecasting.fit import SHARED, SHARED_POWER
from tradelib.science.forecasting.growth_model import RETURN
from tradelib.science.scoring import backtest, score_summary

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "prepare"))
from baselines import naive_quantiles
from growth_model import GDP, WORLDS, Cycle, dollar, panels
from growth_scores import LARGEST, alone, groups, largest, last, pairs_of

Floats: TypeAlias = NDArray[np.float64]
Forecaster: TypeAlias = Callable[..., Floats]

# The class of size of the largest pairs, as `groups` names it: shown apart.
TOP = "over 2bn"
# What each panel is scored at: three horizons, by class of size.
SCORED: dict[str, Any] = {"horizons": (1, 3, 5), "groups": groups()[0]}
# What a miss is a mean over, and the columns of scores that hold misses.
CELL = ["group", "horizon", "multiple"]
MULTIPLES = ["bias_x1.5", "bias_x2"]
# Points to which a panel's misses are to be held.
MOST = {"mean": 3.3, f"worst {TOP}": 8.0}
# Growth that all pairs may share, in logs: chances between two of them are interpolated.
SHIFTS = np.linspace(-0.8, 0.8, 13)
# The least share of a pair's variance that is its own.
OWN = 0.05
# Draws of shared growth: the quantiles that are printed keep a digit.
DRAWS = 2000
# Levels at which a forecast's middle and its spread, one standard deviation a side, are read.
MIDDLE_AND_SPREAD = [0.16, 0.5, 0.84]
# The source whose largest economies are scored apart, at the origins of recent years.
WITH_LARGEST = "ITPD-E"
RECENT = range(2008, 2016)


def left_out(
    tables: Mapping[str, pd.DataFrame], source: str, cycle: Cycle
) -> dict[str, Forecaster]:
    """A model learned without a source, asked in three ways, and the naive forecaster."""
    others = {name: table for name, table in tables.items() if not name.startswith(source)}
    model = fit_growth_model(others, per_origin=200, cycle=cycle)
    return {
        "naive": naive_quantiles,
        "last": partial(last, model=model),
        "alone": partial(alone, model=model),
        "among": partial(panel_quantiles, model=model),
    }


def aged(cycle: Cycle, years: int) -> Cycle:
    """The dollar's cycle as each origin knows it if its newest value is so many years old."""
    left = (1 - RETURN) ** years
    return tuple((year + years, above * left) for year, above in cycle)


def misses(scores: pd.DataFrame) -> pd.Series:
    """Chance said less share that came, in points: a row a forecaster, origin and cell."""
    key = ["forecaster", "origin", "group", "horizon"]
    of_classes = scores[scores["group"] != "all"]
    table = of_classes.melt(key, MULTIPLES, var_name="multiple")
    return 100 * table.set_index([*key, "multiple"])["value"]


def missed(cells: pd.Series) -> dict[str, float]:
    """Misses in a few numbers: of all cells, and of the class at the top."""
    top = cells.xs(TOP, level="group")
    return {
        "cells": len(cells),
        "mean miss": cells.abs().mean(),
        f"{TOP}: mean miss": top.abs().mean(),
        "signed": top.mean(),
        "worst": top.loc[top.abs().idxmax()],
    }


def quality(scores: pd.DataFrame) -> pd.DataFrame:
    """Skill over naive and coverage of the central 80 %, in percent, by way of asking."""
    of_all_pairs = scores[scores["group"] == "all"]
    table = score_summary(of_all_pairs).pivot(index="forecaster", columns="horizon")
    return 100 * table.loc[["last", "alone", "among"], ["skill", "coverage80"]]


def shifted(
    history: pd.DataFrame,
    *,
    horizons: Sequence[int],
    quantiles: Sequence[float],
    model: GrowthModel,
    by: float,
) -> Floats:
    """The true quantiles of a last value if all pairs grow by `by` more, the rest their own."""
    ask = partial(last, history, horizons=horizons, model=model)
    logs = np.log(ask(quantiles=quantiles))
    low, middle, high = np.split(np.log(ask(quantiles=MIDDLE_AND_SPREAD)), 3, axis=2)
    years = np.array(horizons)[:, None]
    spread = (high - low) / 2
    share_of_shared = (shared_spread(years) / spread) ** 2
    own = np.sqrt(np.maximum(1 - share_of_shared, OWN))
    return np.asarray(np.exp(middle + by + own * (logs - middle)))


def shared_spread(years: Floats) -> Floats:
    """Standard deviation of the growth that all pairs share over so many years, in logs."""
    return SHARED * (years / 5) ** SHARED_POWER


def eras(years: Sequence[int]) -> pd.DataFrame:
    """What all pairs' logs share, a row a draw: fractional Brownian motion as `SHARED` says."""
    time = np.arange(1.0, len(years) + 1)
    apart = np.abs(time[:, None] - time)
    variance = shared_spread(time) ** 2
    variance_apart = shared_spread(apart) ** 2
    covariance = (variance[:, None] + variance - variance_apart) / 2
    rng = np.random.default_rng(0)
    drawn = rng.multivariate_normal(np.zeros(time.size), covariance, DRAWS)
    return pd.DataFrame(drawn, columns=years)


def luck(panel: pd.DataFrame, model: GrowthModel) -> pd.DataFrame:
    """Mean miss, and worst of the class at the top, if the model were true: a row a draw."""
    moved = {f"{by:.3f}": partial(shifted, model=model, by=by) for by in SHIFTS}
    forecasters = moved | {"model": partial(last, model=model)}
    table = misses(backtest(panel, forecasters, **SCORED)).unstack("forecaster")
    # What came is the same in both, and drops out: left is the model's chance less the true one.
    beyond = -table[list(moved)].sub(table["model"], axis=0)
    shared = eras(sorted(panel["year"].unique()))
    drawn = []
    for (origin, _, horizon, _), row in zip(beyond.index, beyond.to_numpy(), strict=True):
        growth = shared[origin + horizon] - shared[origin]
        drawn.append(np.interp(growth, SHIFTS, row))
    cells = pd.DataFrame(drawn, beyond.index).groupby(CELL).mean().abs()
    mean = cells.mean()
    worst = cells.loc[TOP].max()
    return pd.DataFrame(zip(mean, worst, strict=True), columns=list(MOST))


def main() -> None:
    """Leave each source out in turn, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--old-dollar", type=int, default=0, metavar="YEARS")
    options = parser.parse_args()
    folder = options.panel_folder
    tables = panels(folder)
    cycle = aged(dollar(folder, max(GDP.values())), options.old_dollar)
    cells = {}
    skills = {}
    draws = {}
    for source in WORLDS:
        panel = tables[source]
        forecasters = left_out(tables, source, cycle)
        scores = backtest(panel, forecasters, **SCORED)
        cells[source] = misses(scores)["last"].groupby(CELL).mean()
        skills[source] = quality(scores)
        if source == WITH_LARGEST:
            few = pairs_of(panel, largest(panel, LARGEST), both_sides=True)
            recent = backtest(few, forecasters, origins=RECENT, **SCORED)
            skills[f"its {LARGEST} largest, 2008-2015"] = quality(recent)
        draws[source] = luck(panel, growth_model())
    cells["all"] = pd.concat(cells)
    table = pd.DataFrame([missed(of_source) for of_source in cells.values()], index=list(cells))
    print("Last value only, points", table.round(1).to_string(), sep="\n")
    print("Percent, by years ahead", pd.concat(skills).round(1).to_string(), sep="\n")
    print(f"If true, points; % within {MOST}", lucky(draws).round(1).to_string(), sep="\n")


def lucky(draws: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Quantiles of misses if the model were true, and the share held: a row a source and miss."""
    drawn = pd.concat(draws, axis=1)
    limits = [*MOST.values()] * len(draws)
    within = 100 * (drawn <= limits).mean()
    return drawn.quantile([0.1, 0.5, 0.9]).T.assign(within=within)


if __name__ == "__main__":
    main()
