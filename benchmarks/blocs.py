"""How often the 80 % range of a sum holds, of random blocs with one partner, beside independence.

Usage:  python benchmarks/blocs.py PANEL_FOLDER

In each of two eras the growth model and the dependence are learned from the years of the other
era alone: what starts in 2006-2015 (ITPD-E) from years up to 2006, what starts in 1988-1999 (WTO/UN
guide) from years since 2000. Blocs are 3 to 15 pairs of one country, drawn with a fixed seed, the
same for each way of summing. Eras count the same. Ten minutes, most of it fitting.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

import tradelib as tl
from tradelib.core.numeric import Floats
from tradelib.science.forecasting import fit_growth_model
from tradelib.science.forecasting.bloc_sums import Dependence, summed_logs

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "prepare"))
from bloc_model import SCORES, Origin, by_size, forecasts, learned
from growth_model import panels

# Judged: the panel and the years that growth begins in. Learned: the years, and the panel and
# starts that the dependence is read from.
ERAS = {
    "2006-2015": ("ITPD-E", range(2006, 2016), (1950, 2006), "guide", range(1990, 2006)),
    "1988-1999": ("guide", range(1988, 2000), (2000, 2030), "ITPD-E", range(2004, 2016)),
}
# Blocs of each origin and horizon, and how many pairs a bloc has.
BLOCS = 300
LEAST, MOST = 3, 15
# Positions of the scores -1, 0 and 1, and the ends of the central 80 %.
WITHIN_ONE = np.searchsorted(SCORES.round(1), (-1, 0, 1))
END = 1.2816
# The coverage that is to be had in each third.
WANTED = (0.76, 0.84)
INDEPENDENT = Dependence(base=0.0, slope=0.0, apart=0.0)


def since(tables: Mapping[str, pd.DataFrame], first: int, last: int) -> dict[str, pd.DataFrame]:
    """Panels with the years between two alone; those without any are left out."""
    cut = {name: table[table["year"].between(first, last)] for name, table in tables.items()}
    return {name: table for name, table in cut.items() if len(table)}


def held(origin: Origin, ways: Mapping[str, Dependence], rng: np.random.Generator) -> pd.DataFrame:
    """Random blocs of an origin, a row each: size, members, and whether each way's range held.

    And whether what came lies above each way's median; of pairs the share of either.
    """
    pairs = origin.pairs
    positions = np.arange(len(pairs))
    sides = np.concatenate([pairs["a"].to_numpy(), pairs["b"].to_numpy()])
    of_country = pd.Series(np.tile(positions, 2)).groupby(sides).apply(np.array)
    of_country = of_country[of_country.map(len) >= MOST]
    rows = []
    for _ in range(BLOCS):
        partner = of_country.iloc[rng.integers(len(of_country))]
        members = rng.choice(partner, rng.integers(LEAST, MOST + 1), replace=False)
        last = pairs["last"].to_numpy()[members]
        came = np.log(pairs["came"].to_numpy()[members].sum())
        curves = origin.curves[members][:, None]
        row = {"members": len(members), "turnover": last.sum()}
        for name, way in ways.items():
            correlation = way.correlations(last, np.ones((len(last), len(last)), bool))
            curve = summed_logs(curves, correlation, WITHIN_ONE)[0]
            row[name] = inside(curve, came)
            row[f"{name}: above"] = bool(came > curve[WITHIN_ONE[1]])
        row["pairs: above"] = float((pairs["score"].to_numpy()[members] > 0).mean())
        row["pairs"] = float((pairs["score"].abs().to_numpy()[members] <= END).mean())
        rows.append(row)
    return pd.DataFrame(rows).assign(horizon=origin.horizon, year=origin.year)


def inside(curve: Floats, came: float) -> bool:
    """Whether what came lies in the central 80 % of a curve."""
    low, high = np.interp([-END, END], SCORES, curve)
    return bool(low <= came <= high)


def main() -> None:
    """Print coverage by thirds of blocs, by members and by turnover."""
    tables = panels(Path(sys.argv[1]))
    cycle = tl.growth_model().cycle
    found = []
    for era, (panel, starts, (first, last), other, other_starts) in ERAS.items():
        model = fit_growth_model(since(tables, first, last), cycle=cycle)
        read_from = since({other: tables[other]}, first, last)[other]
        years = [year for year in other_starts if year < read_from["year"].max()]
        dependence = learned([by_size(forecasts(read_from, model, years))])
        print(f"{era}: learned base {dependence.base:g}, slope {dependence.slope:g}")
        ways = {"dependent": dependence, "independent": INDEPENDENT}
        rng = np.random.default_rng(0)
        blocs = [held(origin, ways, rng) for origin in forecasts(tables[panel], model, starts)]
        found.append(pd.concat(blocs).assign(era=era))
    table = pd.concat(found)
    ways = ["dependent", "independent", "pairs"]
    by_era = table.groupby("era")[[*ways, "dependent: above", "pairs: above"]].mean()
    print("by era\n", by_era.round(3).to_string(), sep="")
    print(
        "by horizon\n", table.groupby(["era", "horizon"])[ways].mean().round(3).to_string(), sep=""
    )
    for size in ("members", "turnover"):
        third = pd.qcut(table[size], 3, labels=["small", "middle", "large"])
        by_third = table.groupby(["era", third], observed=True)[ways].mean()
        mean = by_third.groupby(level=1, observed=True).mean()
        good = mean["dependent"].between(*WANTED)
        print(f"thirds by {size}\n", mean.assign(good=good).round(3).to_string(), sep="")


if __name__ == "__main__":
    main()
