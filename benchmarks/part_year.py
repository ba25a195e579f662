"""The nowcast model on years and partners that it has not seen, against pro rata.

Usage:  python benchmarks/part_year.py PANEL_FOLDER [--flow FLOW] [--past PAST] [--cases]

What is left out and what is measured, ``data/prepare/nowcast_skill.py`` says, which ships the table
of all months; here are a few of them, of any flow. ``rmse`` is in logs; ``ratio`` is the model's
over that of pro rata, ``growth`` that of growth carried on, ``crps`` the model's over that of pro
rata. ``--past`` hides what came before. ``--cases`` judges named pairs by the shipped model, and
times it. One minute.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import tradelib as tl

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "prepare"))
from nowcast_model import months as monthly_trade
from nowcast_skill import LEVELS, SPLITS, by_cell, judged

# Months that are judged.
MONTHS = (3, 6, 7, 9)
# What is known of the past: months and totals, totals alone, or nothing.
PASTS = ("all", "totals", "nothing")
# Part-years of Kazakhstan and Turkmenistan: year, months and the day on which they were known.
PART_YEARS = (
    (2021, 9, "2021-12-21"),
    (2022, 7, "2022-10-05"),
    (2024, 3, "2024-05-25"),
    (2024, 4, "2024-07-04"),
    (2024, 6, "2024-08-09"),
    (2025, 9, "2025-11-30"),
)
# Pairs of the panel that is timed, and calls of a single pair.
ROWS, CALLS = 20_000, 50


def ratios(cells: pd.DataFrame) -> pd.DataFrame:
    """Errors and scores of cells over those of pro rata, a row a cell."""
    columns = {
        "cases": cells["n"],
        "rmse": cells["rmse"],
        "ratio": cells["rmse"] / cells["rmse_pro_rata"],
        "growth": cells["rmse_carried_on"] / cells["rmse_pro_rata"],
        "crps": cells["crps"] / cells["crps_pro_rata"],
        "inside": cells["coverage80"],
    }
    return pd.DataFrame(columns).set_index([cells["months"], cells["size"]])


def report(way: str, table: pd.DataFrame) -> None:
    """Print cells and what they come to."""
    cells = ratios(by_cell(table))
    print(f"\n{way}\n{cells.round(3).to_string()}")
    by_month = table.groupby("months")["inside"].mean().round(3).to_dict()
    print(
        f"RMSE mean {cells['ratio'].mean():.3f}, worst {cells['ratio'].max():.3f}; "
        f"CRPS mean {cells['crps'].mean():.3f}, worst {cells['crps'].max():.3f}; "
        f"80 % by month {by_month}, by cell {cells['inside'].min():.3f}-{cells['inside'].max():.3f}"
    )


def named_pairs() -> None:
    """Print large pairs half-way, and the part-years of Kazakhstan and Turkmenistan."""
    for name, months, part, last in (("USA-VNM", 7, 75e3, 113e3), ("BRA-IND", 6, 5e3, 10e3)):
        for totals in ([last, np.nan], [np.nan, np.nan], [last, np.nan, np.nan]):
            years = range(2023 - len(totals), 2023)
            parts = [np.nan] * (len(totals) - 1) + [part]
            answer = tl.nowcast_panel(
                pd.DataFrame([parts], [name], years),
                pd.DataFrame([totals], [name], years),
                months=months,
                quantiles=[0.5],
            )
            print(f"{name}, totals {totals}: {answer.item() / (part * 12 / months):.3f} pro rata")
    table = pd.DataFrame([part_year(*row) for row in PART_YEARS])
    print(table.round(3).to_string(index=False))
    error = table.loc[table["year"] > PART_YEARS[0][0], "error"].abs().mean()
    print(f"mean absolute error of the log since {PART_YEARS[1][0]}: {error:.4f}")


def part_year(year: int, months: int, day: str) -> dict[str, float]:
    """A part-year of the article's pair as it was known on a day, and what came."""
    cast = tl.nowcast_pair("KAZ", "TKM", as_of=day)
    if (cast.year, cast.months) != (year, months):
        raise SystemExit(f"{months} months of {year} are not the newest of {day}")
    came = tl.load_turnover("KAZ", "TKM").set_index("year")["turnover_musd"][year]
    part = cast.part_musd
    middle = cast.median_musd
    low, high = cast.interval(80)
    return {
        "year": year,
        "months": months,
        "part": part,
        "low": low,
        "median": middle,
        "high": high,
        "came": came,
        "inside": low <= came <= high,
        "error": np.log(came / middle),
        "pro_rata": np.log(came / (part * 12 / months)),
    }


def times() -> None:
    """Print seconds of a large panel at 1 to 11 months, and of a single pair."""
    rng = np.random.default_rng(0)
    years = range(2008, 2024)
    logs = rng.normal(4, 2, (ROWS, 1)) + rng.normal(0, 0.3, (ROWS, len(years))).cumsum(axis=1)
    totals = pd.DataFrame(np.exp(logs), [f"A-{i}" for i in range(ROWS)], years)
    parts = {m: totals * m / 13 for m in range(1, 12)}
    start = time.perf_counter()
    for months, part in parts.items():
        tl.nowcast_panel(part, totals, months=months, quantiles=LEVELS)
    print(f"{ROWS} pairs x 11 months x 99 quantiles: {time.perf_counter() - start:.2f} s")
    row = parts[6].iloc[:1]
    start = time.perf_counter()
    for _ in range(CALLS):
        tl.nowcast_panel(row, totals.iloc[:1], months=6, quantiles=LEVELS)
    print(f"one pair: {1000 * (time.perf_counter() - start) / CALLS:.1f} ms")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--flow", default="turnover", choices=["turnover", "export", "import"])
    parser.add_argument("--past", default="all", choices=PASTS)
    parser.add_argument("--cases", action="store_true", help="named pairs and speed alone")
    options = parser.parse_args()
    if options.cases:
        named_pairs()
        times()
        return
    monthly = monthly_trade(options.panel_folder)
    for way, split in SPLITS.items():
        table = judged(monthly, split(monthly), flow=options.flow, past=options.past, months=MONTHS)
        report(way, table)


if __name__ == "__main__":
    main()
