"""The nowcast model on years and partners that it has not seen, against pro rata.

Usage:  python benchmarks/part_year.py PANEL_FOLDER [--flow FLOW] [--past PAST] [--cases]

PANEL_FOLDER holds monthly_partner_totals.parquet. In *blocks*, five years and a quarter of the
partners are left out of each fit; *forward*, the model is learned to 2008 from three quarters of
the partners and judged on the others in 2009-24. A cell is a number of months and a class of last
year's total. Errors are those of the log of the year's total; ``ratio`` is the model's over that of
pro rata, ``growth`` that of last year's total and the growth of its months carried on, and ``crps``
the model's over that of pro rata with the spread of its errors in the cell. ``--past`` hides what
came before. ``--cases`` judges named pairs by the shipped model, and times it. Three minutes.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import tradelib as tl
from tradelib.science.outlook import NowcastModel, fit_nowcast_model
from tradelib.science.outlook.learn_part_year import cumulated
from tradelib.science.outlook.part_year import panel_years
from tradelib.science.scores.scoring import crps_quantiles

Floats: TypeAlias = NDArray[np.float64]

# Months that are judged, and the lower ends of the classes of size, in US$ million.
MONTHS = (3, 6, 7, 9)
SIZES = {"1-10": 1, "10-100": 10, "100-1,000": 100, "over 1,000": 1000}
# Years left out together, parts that partners are dealt into, and the last year before *forward*.
BLOCK, FOLDS, FORWARD = 5, 4, 2008
# Errors of the log beyond it count as this much: a partner's one ship.
CLIP = 1.0
# Quantiles that are scored, and the positions of the ends and the middle of the central 80 %.
LEVELS = np.arange(1, 100) / 100
LOW, MIDDLE, HIGH = 9, 49, 89
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


class Split(NamedTuple):
    """Rows to learn from, and the partners and years to judge on."""

    learned: pd.Series
    fold: int
    years: range


def folds(partners: pd.Series) -> pd.Series:
    """The part that each partner is dealt into, by the letters of its code."""
    return partners.astype(str).map(lambda code: sum(map(ord, code)) % FOLDS)


def blocks(monthly: pd.DataFrame) -> Iterator[Split]:
    """Each five years with each quarter of the partners."""
    fold = folds(monthly["partner"])
    year = monthly["year"]
    for start in range(year.min(), year.max() + 1, BLOCK):
        years = range(start, start + BLOCK)
        for part in range(FOLDS):
            yield Split(~year.isin(years) & (fold != part), part, years)


def forward(monthly: pd.DataFrame) -> Iterator[Split]:
    """All years after 2008 with each quarter of the partners."""
    fold = folds(monthly["partner"])
    year = monthly["year"]
    years = range(FORWARD + 1, year.max() + 1)
    for part in range(FOLDS):
        yield Split((year <= FORWARD) & (fold != part), part, years)


def frames(monthly: pd.DataFrame, flow: str) -> dict[int, pd.DataFrame]:
    """January to each month of a flow, by number of months: a row a pair, a column a year."""
    cube = cumulated(monthly)[flow]
    pairs = monthly.groupby(["reporter", "partner"], observed=True).size().index
    names = pd.Index([f"{reporter}-{partner}" for reporter, partner in pairs])
    years = range(monthly["year"].min(), monthly["year"].max() + 1)
    return {m: pd.DataFrame(cube[:, :, m - 1], names, years) for m in range(1, 13)}


def judged(monthly: pd.DataFrame, splits: Iterator[Split], flow: str, past: str) -> pd.DataFrame:
    """A row a case of every split: errors, score, and whether it lay in the range."""
    parts = frames(monthly, flow)
    partners = pd.Series(parts[12].index.str[4:], parts[12].index)
    fold = folds(partners)
    tables = []
    for split in splits:
        model = fit_nowcast_model(monthly[split.learned])
        of_fold = {m: part[fold == split.fold] for m, part in parts.items()}
        for year in split.years:
            if year - 1 in parts[12] and year in parts[12]:
                tables += [
                    cases(of_fold[months], of_fold[12], year, months, model, past)
                    for months in MONTHS
                ]
    return pd.concat(tables, ignore_index=True)


def cases(
    parts: pd.DataFrame,
    totals: pd.DataFrame,
    year: int,
    months: int,
    model: NowcastModel,
    past: str,
) -> pd.DataFrame:
    """The cases of a year and a number of months."""
    usable = (totals[year - 1] >= 1) & (parts[year] > 0) & (totals[year] > 0)
    part = parts.loc[usable, :year]
    total = totals.loc[usable, :year]
    last = total[year - 1].to_numpy()
    came = np.log(total[year].to_numpy())
    now = part[year].to_numpy()
    same_months = part[year - 1].to_numpy()
    forecast = panel_years(
        part if past == "all" else hidden(part),
        hidden(total) if past == "nothing" else total,
        months=months,
        quantiles=LEVELS,
        model=model,
    )
    logs = np.log(forecast)
    with np.errstate(divide="ignore"):
        carried_on = came - np.log(last * now / same_months)
    return pd.DataFrame(
        {
            "pair": part.index,
            "year": year,
            "months": months,
            "size": size_class(last),
            "error": came - logs[:, MIDDLE],
            "pro_rata": came - np.log(now * 12 / months),
            "carried_on": carried_on,
            "crps": crps_quantiles(logs, came, levels=LEVELS),
            "inside": (came >= logs[:, LOW]) & (came <= logs[:, HIGH]),
        }
    )


def hidden(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame without all years before the last."""
    unknown = frame.copy()
    unknown.iloc[:, :-1] = np.nan
    return unknown


def size_class(totals: Floats) -> list[str]:
    """The class of each total, by name."""
    position = np.searchsorted(list(SIZES.values()), totals, side="right") - 1
    names = list(SIZES)
    return [names[i] for i in position]


def by_cell(table: pd.DataFrame) -> pd.DataFrame:
    """Ratios to pro rata, and the share inside the range, a row a cell."""
    rows = {}
    for key, cell in table.groupby(["months", "size"]):
        pro_rata = cell["pro_rata"].to_numpy()
        error = root_mean_square(pro_rata)
        spread = np.tile(np.quantile(pro_rata, LEVELS), (len(cell), 1))
        score = crps_quantiles(spread, pro_rata, levels=LEVELS).mean()
        rows[key] = {
            "cases": len(cell),
            "rmse": root_mean_square(cell["error"]),
            "ratio": root_mean_square(cell["error"]) / error,
            "growth": root_mean_square(cell["carried_on"].fillna(CLIP)) / error,
            "crps": cell["crps"].mean() / score,
            "inside": cell["inside"].mean(),
        }
    return pd.DataFrame(rows).T.rename_axis(["months", "size"]).astype({"cases": int})


def root_mean_square(errors: pd.Series | Floats) -> float:
    """Root of the mean square of errors, clipped."""
    return float(np.sqrt(np.mean(np.clip(errors, -CLIP, CLIP) ** 2)))


def report(way: str, table: pd.DataFrame) -> None:
    """Print cells and what they come to."""
    cells = by_cell(table)
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
    monthly = pd.read_parquet(options.panel_folder / "monthly_partner_totals.parquet")
    for way in (blocks, forward):
        report(way.__name__, judged(monthly, way(monthly), options.flow, options.past))


if __name__ == "__main__":
    main()
