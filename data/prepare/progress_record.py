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
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.core import flows
from tradelib.core.numeric import at_least
from tradelib.science.forecasting import GrowthModel, fit_growth_model
from tradelib.science.forecasting.growth_model import panel_quantiles
from tradelib.science.forecasting.predictors import FLOOR_MUSD
from tradelib.science.pledges.progress_methods import METHODS, SIZES, method_calls
from tradelib.science.scoring.origins import BEYOND, MULTIPLES, QUANTILES
from tradelib.science.scoring.scores import band

Floats: TypeAlias = NDArray[np.float64]

# The growth model to ask in a year.
Models: TypeAlias = Callable[[int], GrowthModel]
# The model's chance of pairs (row numbers), by base year, years elapsed and left, and multiple.
Chance: TypeAlias = Callable[[int, int, int, float, pd.Index], Floats]
# The dollar's cycle: each year with its value.
Cycle: TypeAlias = tuple[tuple[int, float], ...]

# The source's name in the table of sources, and a day by which its Release 1 was public.
SOURCE = "itpde_r1"
KNOWN_FROM = "2020-12-31"
# A share is not known to more digits than three.
DIGITS = 3
# Years from a target's announcement to its deadline: few and many, of those that are usual.
SPANS = (5, 10)
# Pairs an origin in each fit, half of the model that ships: there is a fit for each year of a call.
PER_ORIGIN = 100
# What tells one row of the record from another.
CELL = ["method", "status", "multiple", "span", "left", "size"]
# Counts and sums over cases that a record is made of.
SUMS = ["n", "missing", "came", "ever", "chance", "error"]
# Percent of draws that a band holds, and draws of whole start years.
LEVEL = 90
DRAWS = 1000


class Window(NamedTuple):
    """A kind of target and the year it is called in: `ago` years of `span` after `start`."""

    multiple: float
    span: int
    ago: int
    start: int


def likelihood(wide: pd.DataFrame, models: Models) -> Chance:
    """The model's chance of pairs (row numbers), by base year, years elapsed and left, multiple."""
    last = int(wide.columns[-1])

    @cache
    def quantiles(year: int) -> Floats:
        """Logs of quantiles of every pair with a value that year, shape (pairs, years, levels)."""
        available = wide[year].notna().to_numpy()
        history = wide.loc[available, :year].where(wide >= FLOOR_MUSD)
        history[year] = wide.loc[available, year].clip(lower=FLOOR_MUSD)
        longest = min(max(SPANS) - 1, last - year)
        horizons = range(1, longest + 1)
        model = models(year)
        values = panel_quantiles(history, horizons=horizons, quantiles=QUANTILES, model=model)
        logs = np.full((len(wide), *values.shape[1:]), np.nan)
        logs[available] = np.log(np.maximum(values, FLOOR_MUSD))
        return logs

    def chance(start: int, ago: int, left: int, multiple: float, pairs: pd.Index) -> Floats:
        """Chance of each pair to be at its target in the deadline year."""
        logs = quantiles(start + ago)[pairs, left - 1]
        targets = np.log(multiple * wide[start].to_numpy()[pairs])
        chances = [
            at_least(target, row, QUANTILES, ends=BEYOND)
            for target, row in zip(targets, logs, strict=True)
        ]
        return np.array(chances)

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
    left = span - ago
    later = wide.loc[base.index, start + 1 : start + span]
    now = later[start + ago]
    end = later[start + span]
    has_value = now.gt(0)
    has_outcome = end.notna()
    cases = pd.DataFrame(
        {
            "size": sizes(base),
            "start": start,
            "known": has_outcome & has_value,
            "came": end >= target,
            "ever": later.ge(target, axis=0).any(axis=1),
            "chance": np.nan,
        }
    )
    judged = cases.index[cases["known"]]
    cases.loc[judged, "chance"] = chance(start, ago, left, multiple, judged)
    parts = []
    for name, method in METHODS.items():
        since = start if method.window is None else start + ago - method.window
        if since not in wide:
            continue
        at_since = wide.loc[base.index, since]
        usable = has_value & at_since.gt(0)
        first = at_since[usable]
        years_ago = start + ago - since
        _, labels = method_calls(
            method, first, now[usable], target[usable], ago=years_ago, left=left
        )
        status = pd.Series("", base.index)
        status[usable] = labels
        parts.append(cases.assign(method=name, status=status, known=has_outcome & usable))
    return pd.concat(parts).assign(multiple=multiple, span=span, left=left)


def sizes(base: pd.Series) -> pd.Series:
    """The class of size of each pair, by turnover at the start."""
    smallest = next(iter(SIZES))
    names = pd.Series(smallest, base.index)
    for name, least in SIZES.items():
        names[base >= least] = name
    return names


def counted(cases: pd.DataFrame) -> pd.DataFrame:
    """Sums by cell and start year, over each class of size and over all."""
    both = pd.concat([cases, cases.assign(size="all")])
    in_record = both["known"]
    both["n"] = in_record
    both["missing"] = ~in_record
    both["came"] = both["came"] & in_record
    both["ever"] = both["ever"] & in_record
    both["chance"] = both["chance"].where(in_record, 0.0)
    both["error"] = (both["chance"] - both["came"]) ** 2
    return both.groupby([*CELL, "start"])[SUMS].sum().astype(float).reset_index()


def table(
    wide: pd.DataFrame,
    models: Models,
    *,
    multiples: Sequence[float] = MULTIPLES,
    spans: Sequence[int] = SPANS,
) -> pd.DataFrame:
    """The record: a row a method, status (``any``: all), multiple, span, years left and size."""
    chance = likelihood(wide, models)
    counts = []
    for window in every_window(wide, multiples, spans):
        cases = windows(wide, chance, **window._asdict())
        counts.append(counted(cases))
    return summed(pd.concat(counts))


def every_window(
    wide: pd.DataFrame, multiples: Sequence[float], spans: Sequence[int]
) -> Iterator[Window]:
    """Every kind of target and year of a call whose deadline is in the panel."""
    first = int(wide.columns[0])
    last = int(wide.columns[-1])
    for multiple in multiples:
        for span in spans:
            for ago in range(1, span):
                for start in range(first, last - span + 1):
                    yield Window(multiple, span, ago, start)


def summed(counts: pd.DataFrame) -> pd.DataFrame:
    """Shares, their bands from whole start years, and Brier scores, from counts by start year."""
    counts = counts.assign(call=_call_errors(counts))
    how = dict.fromkeys(SUMS, "sum") | {"call": _sum_or_missing}
    of_any_status = counts.assign(status="any").groupby([*CELL, "start"], as_index=False)
    together = of_any_status.agg(how)
    # Windows without a call count as missing among all together, in no status.
    every = pd.concat([counts[counts["status"] != ""], together])
    rows = []
    for cell, part in every.groupby(CELL):
        rows.append(dict(zip(CELL, cell, strict=True)) | _row(part))
    record = pd.DataFrame(rows)
    return record[record["n"] > 0].reset_index(drop=True)


def _call_errors(counts: pd.DataFrame) -> pd.Series:
    """Squared errors of a call's share over the cases of each start year, summed.

    The share is that of the cell's other start years. It is missing where there is no call, or no
    case in another year.
    """
    cell = counts.groupby(CELL)
    others = counts[["n", "came"]].rsub(cell[["n", "came"]].transform("sum"))
    share = others["came"] / others["n"].where(others["n"] > 0)
    share = share.where(counts["status"] != "")
    n = counts["n"]
    came = counts["came"]
    # (share - 1)^2 of those that came, and share^2 of those that did not.
    errors = n * share**2 - 2 * share * came + came
    return errors.mask(n == 0, 0.0)


def _sum_or_missing(column: pd.Series) -> float:
    """The sum of a column, missing if any of it is."""
    return float(column.sum(skipna=False))


def _row(part: pd.DataFrame) -> dict[str, Any]:
    """One row, without its cell, from the counts of its start years."""
    part = part[part["n"] + part["missing"] > 0]
    total = part.drop(columns=CELL).sum()
    n = total["n"]
    starts = int((part["n"] > 0).sum())
    low = high = np.nan
    if starts > 1:
        came = part["came"].to_numpy()
        cases = part["n"].to_numpy()
        low, high = band(came, cases, level=LEVEL, draws=DRAWS, rng=0)
    sums = {
        "share": total["came"],
        "ever": total["ever"],
        "chance": total["chance"],
        "brier_call": part["call"].sum(skipna=False),
        "brier_model": total["error"],
    }
    means = {name: value / n if n else np.nan for name, value in sums.items()}
    counts = {"n": int(n), "missing": int(total["missing"]), "starts": starts}
    return counts | means | {"low": low, "high": high}


def refitted(tables: Mapping[str, pd.DataFrame], cycle: Cycle) -> Models:
    """Function of a year: the growth model that saw nothing after it."""

    @cache
    def fitted(year: int) -> GrowthModel:
        """The fit to all panels up to a year, made once."""
        return fit_growth_model(tables, known_by=year, per_origin=PER_ORIGIN, cycle=cycle)

    return fitted


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
    record = table(wide, refitted(tables, cycle)).round(DIGITS)
    stamped = record.assign(source_id=SOURCE, released=KNOWN_FROM, note="")
    stamped.to_csv(options.out / "progress_record.csv", index=False, lineterminator="\n")
    print(f"{len(stamped)} rows in progress_record.csv")


if __name__ == "__main__":
    main()
