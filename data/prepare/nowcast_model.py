"""Learn the nowcast model, one vintage a day on which its data were public.

Usage:  python data/prepare/nowcast_model.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER holds monthly_partner_totals.parquet: what the USA (US Census Bureau) and Armenia
(Armstat, imports by origin) report of their trade with each partner, by month and flow. A month
that Armenia does not have in a year of which others are there is one without trade: without it the
months add up to the year that Armstat gives.
"""

import argparse
import json
from pathlib import Path

import pandas as pd

from tradelib.science.forecasting import NowcastModel, fit_nowcast_model

# Offices whose months are learned from.
OFFICES = {"USA": "US Census Bureau", "ARM": "Armstat"}
# Day each vintage was known from, and the last year of which every month was out by then.
VINTAGES = {"2020-12-31": 2019, "2022-06-30": 2021, "2025-02-28": 2024}


def months(folder: Path) -> pd.DataFrame:
    """Monthly trade by reporter, partner and flow."""
    return pd.read_parquet(Path(folder) / "monthly_partner_totals.parquet")


def words(monthly: pd.DataFrame) -> str:
    """What a vintage was trained on, as a text."""
    offices = []
    for office, name in OFFICES.items():
        rows = monthly[monthly["reporter"] == office]
        years = f"{rows['year'].min()}-{rows['year'].max()}"
        offices.append(f"{rows['partner'].nunique()} partners of {years} ({name})")
    return (
        "months of turnover, of exports and of imports, through third parties' copies: "
        + ", ".join(offices)
    )


def vintage(monthly: pd.DataFrame, day: str) -> NowcastModel:
    """The model as it could be known from a day."""
    public = monthly[monthly["year"] <= VINTAGES[day]]
    return fit_nowcast_model(public, trained_on=words(public), known_from=day)


def main() -> None:
    """Write every vintage, the oldest first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    monthly = months(options.panel_folder)
    models = [vintage(monthly, day) for day in VINTAGES]
    text = json.dumps({"vintages": [model.to_dict() for model in models]}, indent=1)
    (options.out / "nowcast_model.json").write_text(text + "\n")
    for model in models:
        print(model.summary())


if __name__ == "__main__":
    main()
