"""Score the official progress methods: how often what each call says of a target came true.

Usage:  python data/prepare/progress_record.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER as for growth_model.py. Every pair of pair_turnover_2000_2016.parquet (USITC ITPD-E,
Release 1) at US$1m or more is given, from every year, a target of 1.5, 2 and 4 times its turnover
in 5 and in 10 years. Each method of `tradelib.progress` is called in each year on the way, on what
was known by then, and held against what came in the deadline year: official targets name a year,
and trade that falls back before it has not met them. Beside it stands the growth model, fitted anew
on every panel up to the year of the call: it has seen neither the case nor its later years (its
form, not its numbers, was chosen with the whole panel at hand).
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.ground import flows
from tradelib.ground.numbers import at_least
from tradelib.science.outlook import GrowthModel, fit_growth_model
from tradelib.science.outlook.growth_model import panel_quantiles
from tradelib.science.outlook.signals import FLOOR_MUSD
from tradelib.science.pledge.official import METHODS, SIZES, calls
from tradelib.science.scores.rolling import BEYOND, MULTIPLES, QUANTILES
from tradelib.science.scores.scoring import band

Floats: TypeAlias = NDArray[np.float64]

SOURCE, KNOWN_FROM, DIGITS = "itpde_r1", "2020-12-31", 3
SPANS = (5, 10)
PER_ORIGIN = 100
CELL = ["method", "status", "multiple", "span", "left", "size"]
LEVEL, DRAWS = 90, 1000


def likelihood(wide: pd.DataFrame, models: Callable[[int], GrowthModel]) -> Callable[..., Floats]:
    """The model's chance of pairs (row numbers), by base year, years elapsed and left, multiple."""
    last = int(wide.columns[-1])

    @cache
    def quantiles(year: int) -> Floats:
        """Logs of quantiles of every pair with a value that year, shape (pairs, years, levels)."""
        known = wide[year].notna().to_numpy()
        history = wide.loc[known, :year].where(wide >= FLOOR_MUSD)
        history[year] = wide.loc[known, year].clip(lower=FLOOR_MUSD)
        ahead = range(1, min(max(SPANS) - 1, last - year) + 1)
        values = panel_quantiles(history, horizons=ahead, quantiles=QUANTILES, model=models(year))
        logs = np.full((len(wide), *values.shape[1:]), np.nan)
        logs[known] = np.log(np.maximum(values, FLOOR_MUSD))
        return logs

    def chance(start: int, ago: int, left: int, multiple: float, pairs: pd.Index) -> Floats:
        logs = quantiles(start + ago)[pairs, left - 1]
        targets = np.log(multiple * wide[start].to_numpy()[pairs])
        both = zip(targets, logs, strict=True)
        return np.array([at_least(target, row, QUANTILES, ends=BEYOND) for target, row in both])

    return chance


def windows(
    wide: pd.DataFrame,
    chance: Callable[..., Floats],
    *,
    multiple: float,
    span: int,
    ago: int,
    start: int,
) -> pd.DataFrame:
    """Every pair's window from one year: what each method called after `ago` years, and what came.

    ``status`` is empty where a value to call on is missing, and ``known`` says whether there is a
    call and what came of it is known.
    """
    wide = wide.reset_index(drop=True)
    base = wide[start][wide[start] >= FLOOR_MUSD]
    target = multiple * base
    later = wide.loc[base.index, start + 1 : start + span]
    now = later[start + ago]
    end = later[start + span]
    known = end.notna()
    called = now.gt(0)
    plain = pd.DataFrame(
        {
            "size": next(iter(SIZES)),
            "start": start,
            "known": known & called,
            "came": end >= target,
            "ever": later.ge(target, axis=0).any(axis=1),
            "chance": np.nan,
        }
    )
    for name, least in SIZES.items():
        plain.loc[base >= least, "size"] = name
    judged = plain.index[plain["known"]]
    plain.loc[judged, "chance"] = chance(start, ago, span - ago, multiple, judged)
    parts = []
    for name, method in METHODS.items():
        since = start if method.window is None else start + ago - method.window
        if since not in wide:
            continue
        usable = called & wide.loc[base.index, since].gt(0)
        first = wide[since][base.index][usable]
        years_ago = start + ago - since
        words = calls(method, first, now[usable], target[usable], ago=years_ago, left=span - ago)[1]
        status = pd.Series("", base.index)
        status[usable] = words
        parts.append(plain.assign(method=name, status=status, known=known & usable))
    return pd.concat(parts).assign(multiple=multiple, span=span, left=span - ago)


def counted(cases: pd.DataFrame) -> pd.DataFrame:
    """Sums by cell and start year, over each class of size and over all."""
    both = pd.concat([cases, cases.assign(size="all")])
    both = both.assign(
        n=both["known"],
        missing=~both["known"],
        came=both["came"] & both["known"],
        ever=both["ever"] & both["known"],
        said=both["chance"].where(both["known"], 0.0),
    )
    both["error"] = (both["said"] - both["came"]) ** 2
    both.loc[~both["known"], "error"] = 0.0
    sums = ["n", "missing", "came", "ever", "said", "error"]
    return both.groupby([*CELL, "start"])[sums].sum().astype(float).reset_index()


def table(
    wide: pd.DataFrame,
    models: Callable[[int], GrowthModel],
    *,
    multiples: Sequence[float] = MULTIPLES,
    spans: Sequence[int] = SPANS,
) -> pd.DataFrame:
    """The record: a row a method, status (``any``: all), multiple, span, years left and size."""
    chance = likelihood(wide, models)
    years = range(int(wide.columns[0]), int(wide.columns[-1]) + 1)
    counts = pd.concat(
        [
            counted(windows(wide, chance, multiple=multiple, span=span, ago=ago, start=start))
            for multiple in multiples
            for span in spans
            for ago in range(1, span)
            for start in years
            if start + span in years
        ]
    )
    return summed(counts)


def summed(counts: pd.DataFrame) -> pd.DataFrame:
    """Shares, their bands from whole start years, and Brier scores, from counts by start year."""
    cell = counts.groupby(CELL)
    rest = counts[["n", "came"]].rsub(cell[["n", "came"]].transform("sum"))
    other = (rest["came"] / rest["n"].where(rest["n"] > 0)).where(counts["status"] != "")
    n, came = counts["n"], counts["came"]
    # Sum over a start year's cases of (share of the other start years - what came) squared.
    counts = counts.assign(call=n * other**2 - 2 * other * came + came)
    counts.loc[n == 0, "call"] = 0.0
    together = (
        counts.assign(status="any")
        .groupby([*CELL, "start"], as_index=False)
        .agg(
            {
                **dict.fromkeys(["n", "missing", "came", "ever", "said", "error"], "sum"),
                "call": lambda column: column.sum(skipna=False),
            }
        )
    )
    # Windows without a call count as missing among all together, in no status.
    every = pd.concat([counts[counts["status"] != ""], together])
    rows = [dict(zip(CELL, key, strict=True)) | _row(part) for key, part in every.groupby(CELL)]
    record = pd.DataFrame(rows)
    return record[record["n"] > 0].reset_index(drop=True)


def _row(part: pd.DataFrame) -> dict[str, Any]:
    """One row from the counts of its start years."""
    part = part[part["n"] + part["missing"] > 0]
    total = part.drop(columns=CELL).sum()
    n = total["n"]
    starts = int((part["n"] > 0).sum())
    low = high = np.nan
    if starts > 1:
        low, high = band(
            part["came"].to_numpy(), part["n"].to_numpy(), level=LEVEL, draws=DRAWS, rng=0
        )
    sums = {
        "share": total["came"],
        "ever": total["ever"],
        "chance": total["said"],
        "brier_call": part["call"].sum(skipna=False),
        "brier_model": total["error"],
    }
    means = {name: value / n if n else np.nan for name, value in sums.items()}
    counts = {"n": int(n), "missing": int(total["missing"]), "starts": starts}
    return counts | means | {"low": low, "high": high}


def refitted(
    tables: Mapping[str, pd.DataFrame], cycle: tuple[tuple[int, float], ...]
) -> Callable[[int], GrowthModel]:
    """Function of a year: the growth model that saw nothing after it."""
    fitted = {"per_origin": PER_ORIGIN, "cycle": cycle}
    return cache(lambda year: fit_growth_model(tables, known_by=year, **fitted))


def main() -> None:
    """Write the table."""
    from growth_model import GDP, dollar, panels

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    tables = panels(options.panel_folder)
    wide = flows.by_pair(tables["ITPD-E"])
    cycle = dollar(options.panel_folder, max(GDP.values()))
    found = table(wide, refitted(tables, cycle)).round(DIGITS)
    stamped = found.assign(source_id=SOURCE, released=KNOWN_FROM, note="")
    stamped.to_csv(options.out / "progress_record.csv", index=False, lineterminator="\n")
    print(f"{len(stamped)} rows in progress_record.csv")


if __name__ == "__main__":
    main()
