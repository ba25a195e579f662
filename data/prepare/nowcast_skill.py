"""Judge the nowcast model on years and partners that it has not seen, against two simple rules.

Usage:  python data/prepare/nowcast_skill.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER holds monthly_partner_totals.parquet. In *blocks*, five years and a quarter of the
partners are left out of each fit; *forward*, the model is learned to 2008 from three quarters of
the partners and judged on the others in the years after. A cell is a number of months and a class
of last year's total. Errors are those of the log of the year's turnover: of the model's median, of
pro rata (months / 12), and of growth carried on (last year's total times the growth of its months).
The score (CRPS) is that of the model's quantiles, and of pro rata with the spread of its own errors
in the cell, which nobody could have known beforehand. One minute.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.science.forecasting import NowcastModel, fit_nowcast_model
from tradelib.science.forecasting.fit_nowcast import cumulated
from tradelib.science.forecasting.nowcast_model import panel_years
from tradelib.science.scoring.scores import crps_quantiles

sys.path.insert(0, str(Path(__file__).parent))
from nowcast_model import VINTAGES
from nowcast_model import months as monthly_trade

Floats: TypeAlias = NDArray[np.float64]

# Numbers of months that are judged.
MONTHS = range(1, 12)
# Classes of last year's total by their lower end, US$ million. Smaller totals are not judged.
SIZES = {"1m to 10m": 1, "10m to 100m": 10, "100m to 1bn": 100, "over 1bn": 1000}
# Years left out together, parts that partners are dealt into, and the last year before *forward*.
BLOCK, FOLDS, FORWARD = 5, 4, 2008
# Errors of the log beyond it count as this much: a partner's one ship.
CLIP = 1.0
# Quantiles that are scored, and the positions of the ends and the middle of the central 80 %.
LEVELS = np.arange(1, 100) / 100
LOW, MIDDLE, HIGH = 9, 49, 89
# The source's name in the table of sources, and the day on which the last of its months was public.
SOURCE = "partner_months"
KNOWN_FROM = max(VINTAGES)
# A mean error is not known to more digits than five.
DIGITS = 5


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


# Ways to leave out what is judged, by name.
SPLITS = {"blocks": blocks, "forward": forward}


def frames(monthly: pd.DataFrame, flow: str) -> dict[int, pd.DataFrame]:
    """January to each month of a flow, by number of months: a row a pair, a column a year."""
    cube = cumulated(monthly)[flow]
    pairs = monthly.groupby(["reporter", "partner"], observed=True).size().index
    names = pd.Index([f"{reporter}-{partner}" for reporter, partner in pairs])
    years = range(monthly["year"].min(), monthly["year"].max() + 1)
    return {m: pd.DataFrame(cube[:, :, m - 1], names, years) for m in range(1, 13)}


def judged(
    monthly: pd.DataFrame,
    splits: Iterable[Split],
    *,
    flow: str = "turnover",
    past: str = "all",
    months: Iterable[int] = MONTHS,
) -> pd.DataFrame:
    """A row a case of every split: errors, score, and whether it lay in the range.

    `past` is what the model is told of earlier years: "all", "totals" alone, or "nothing".
    """
    parts = frames(monthly, flow)
    partners = pd.Series(parts[12].index.str[4:], parts[12].index)
    fold = folds(partners)
    tables = []
    for split in splits:
        model = fit_nowcast_model(monthly[split.learned])
        of_fold = {m: part[fold == split.fold] for m, part in parts.items()}
        for year in split.years:
            if year - 1 in parts[12] and year in parts[12]:
                tables += [cases(of_fold[m], of_fold[12], year, m, model, past) for m in months]
    return pd.concat(tables, ignore_index=True)


def cases(
    parts: pd.DataFrame,
    totals: pd.DataFrame,
    year: int,
    months: int,
    model: NowcastModel,
    past: str = "all",
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


def size_class(totals: Floats) -> pd.Categorical:
    """The class of each total, in the order of the classes."""
    position = np.searchsorted(list(SIZES.values()), totals, side="right") - 1
    return pd.Categorical.from_codes(position, list(SIZES), ordered=True)


def by_cell(table: pd.DataFrame) -> pd.DataFrame:
    """Errors, scores and the share inside the range, a row a number of months and a class."""
    rows = []
    for (months, size), cell in table.groupby(["months", "size"], observed=True):
        pro_rata = cell["pro_rata"].to_numpy()
        spread = np.tile(np.quantile(pro_rata, LEVELS), (len(cell), 1))
        rows.append(
            {
                "months": months,
                "size": size,
                "n": len(cell),
                "rmse": root_mean_square(cell["error"]),
                "rmse_pro_rata": root_mean_square(pro_rata),
                "rmse_carried_on": root_mean_square(cell["carried_on"]),
                "crps": cell["crps"].mean(),
                "crps_pro_rata": crps_quantiles(spread, pro_rata, levels=LEVELS).mean(),
                "coverage80": cell["inside"].mean(),
            }
        )
    return pd.DataFrame(rows)


def root_mean_square(errors: pd.Series | Floats) -> float:
    """Root of the mean square of errors, clipped."""
    return float(np.sqrt(np.mean(np.clip(errors, -CLIP, CLIP) ** 2)))


def skill(monthly: pd.DataFrame) -> pd.DataFrame:
    """Rounded errors and scores of every split, with their source."""
    tables = []
    for name, split in SPLITS.items():
        cells = by_cell(judged(monthly, split(monthly)))
        cells.insert(0, "split", name)
        tables.append(cells)
    table = pd.concat(tables, ignore_index=True).round(DIGITS)
    return table.assign(source_id=SOURCE, released=KNOWN_FROM, note="")


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    table = skill(monthly_trade(options.panel_folder))
    table.to_csv(options.out / "nowcast_skill.csv", index=False)
    print(f"{len(table)} rows in nowcast_skill.csv")


if __name__ == "__main__":
    main()
