"""Chances from a pair's size alone, and skill, on sources that the growth model has not seen.

Usage:  python benchmarks/left_out.py PANEL_FOLDER

Leaves ITPD-E, the guide and the USA out of a fit in turn and scores them. A miss is the chance said
less the share that came, a mean over origins: a cell a size, multiple and horizon. Prints misses,
skill, coverage, and the misses that eras' luck brings if the shipped model is true. Five minutes.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib import growth_model
from tradelib.science.outlook import GrowthModel, fit_growth_model, panel_quantiles
from tradelib.science.outlook.learn import SHARED, SHARED_POWER
from tradelib.science.scores import backtest, score_summary

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "prepare"))
from baselines import naive_quantiles
from growth_model import GDP, WORLDS, Cycle, dollar, panels
from growth_scores import LARGEST, alone, groups, largest, last, of

CLASSES, TOP = groups()[0], "over 2bn"
ASKED = {"horizons": (1, 3, 5), "groups": CLASSES}
CELL, MULTIPLES = ["group", "horizon", "multiple"], ["bias_x1.5", "bias_x2"]
# Points to which a panel's misses are to be held.
MOST = {"mean": 3.3, f"worst {TOP}": 8.0}
# Growth that all pairs may share, in logs, the least of a pair's variance that is its own, draws.
SHIFTS, OWN, DRAWS = np.linspace(-0.8, 0.8, 13), 0.05, 2000


def left_out(
    tables: Mapping[str, pd.DataFrame], source: str, cycle: Cycle
) -> dict[str, Callable[..., NDArray[np.float64]]]:
    """A model learned without a source, asked in three ways, and the naive forecaster."""
    others = {name: table for name, table in tables.items() if not name.startswith(source)}
    model = fit_growth_model(others, per_origin=200, cycle=cycle)
    ways = {"last": last, "alone": alone, "among": panel_quantiles}
    return {"naive": naive_quantiles} | {n: partial(way, model=model) for n, way in ways.items()}


def misses(scores: pd.DataFrame) -> pd.Series:
    """Chance said less share that came, in points: a row a forecaster, origin and cell."""
    key = ["forecaster", "origin", *CELL]
    table = scores[scores["group"] != "all"].melt(key[:-1], MULTIPLES, var_name=key[-1])
    return 100 * table.set_index(key)["value"]


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
    everyone = scores[scores["group"] == "all"]
    table = score_summary(everyone).pivot(index="forecaster", columns="horizon")
    return 100 * table.loc[["last", "alone", "among"], ["skill", "coverage80"]]


def shifted(
    history: pd.DataFrame,
    *,
    horizons: Sequence[int],
    quantiles: Sequence[float],
    model: GrowthModel,
    by: float,
) -> NDArray[np.float64]:
    """What is true of a last value if all pairs share so much, and the rest is each one's own."""
    ask = partial(last, history, horizons=horizons, model=model)
    logs = np.log(ask(quantiles=quantiles))
    low, middle, high = np.split(np.log(ask(quantiles=[0.16, 0.5, 0.84])), 3, axis=2)
    shared = SHARED * (np.array(horizons)[:, None] / 5) ** SHARED_POWER
    own = np.sqrt(np.maximum(1 - (2 * shared / (high - low)) ** 2, OWN))
    return np.exp(middle + by + own * (logs - middle))


def eras(years: Sequence[int]) -> pd.DataFrame:
    """What all pairs' logs share, a row a draw: fractional Brownian motion as `SHARED` says."""
    t = np.arange(1.0, len(years) + 1)
    var, apart = ((SHARED * (h / 5) ** SHARED_POWER) ** 2 for h in (t, np.abs(t[:, None] - t)))
    alike = (var[:, None] + var - apart) / 2
    drawn = np.random.default_rng(0).multivariate_normal(np.zeros(t.size), alike, DRAWS)
    return pd.DataFrame(drawn, columns=years)


def luck(panel: pd.DataFrame, model: GrowthModel) -> pd.DataFrame:
    """Mean miss, and worst of the class at the top, if the model were true: a row a draw."""
    moved = {f"{by:.3f}": partial(shifted, model=model, by=by) for by in SHIFTS}
    asked = moved | {"said": partial(last, model=model)}
    table = misses(backtest(panel, asked, **ASKED)).unstack("forecaster")
    # What came is the same in both, and drops out: left is the chance said less the one then true.
    beyond = -table[list(moved)].sub(table["said"], axis=0)
    shared = eras(sorted(panel["year"].unique()))
    drawn = [
        np.interp(shared[origin + h] - shared[origin], SHIFTS, row)
        for (origin, _, h, _), row in zip(beyond.index, beyond.to_numpy(), strict=True)
    ]
    cells = pd.DataFrame(drawn, beyond.index).groupby(CELL).mean().abs()
    return pd.DataFrame(zip(cells.mean(), cells.loc[TOP].max(), strict=True), columns=list(MOST))


def main() -> None:
    """Leave each source out in turn, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    folder = parser.parse_args().panel_folder
    tables, cycle = panels(folder), dollar(folder, max(GDP.values()))
    cells, skills, draws = {}, {}, {}
    for source in WORLDS:
        panel, found = tables[source], left_out(tables, source, cycle)
        scores = backtest(panel, found, **ASKED)
        cells[source] = misses(scores)["last"].groupby(CELL).mean()
        skills[source] = quality(scores)
        if source == "ITPD-E":
            few = of(panel, largest(panel, LARGEST), every=True)
            recent = backtest(few, found, origins=range(2008, 2016), **ASKED)
            skills[f"its {LARGEST} largest, 2008-2015"] = quality(recent)
        draws[source] = luck(panel, growth_model())
    cells["all"] = pd.concat(cells)
    table = pd.DataFrame(map(missed, cells.values()), index=list(cells))
    print("Last value only, points", table.round(1).to_string(), sep="\n")
    print("Percent, by years ahead", pd.concat(skills).round(1).to_string(), sep="\n")
    drawn = pd.concat(draws, axis=1)
    within = 100 * (drawn <= [*MOST.values()] * len(draws)).mean()
    table = drawn.quantile([0.1, 0.5, 0.9]).T.assign(within=within)
    print(f"If true, points; % within {MOST}", table.round(1).to_string(), sep="\n")


if __name__ == "__main__":
    main()
