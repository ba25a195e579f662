"""Write the months of one pair, an example of months as input.

Usage:  python data/prepare/example_months.py PANEL_FOLDER [--out FOLDER]

PANEL_FOLDER holds monthly_partner_totals.parquet. The pair is the United States and Viet Nam, as
the US Census Bureau reports it, from 2015 to 2022.
"""

import argparse
from pathlib import Path

import pandas as pd

REPORTER, PARTNER, FIRST, LAST = "USA", "VNM", 2015, 2022
SOURCE = "census_usa"
# Decimals of US$ million: a dollar.
DIGITS = 6
# Our assumption: a month is public by the tenth of the second month after it.
RELEASED_AFTER = pd.DateOffset(months=2, days=9)


def example(monthly: pd.DataFrame) -> pd.DataFrame:
    """Exports and imports of the pair, a row a month."""
    of_pair = (monthly["reporter"] == REPORTER) & (monthly["partner"] == PARTNER)
    rows = monthly[of_pair & monthly["year"].between(FIRST, LAST)]
    flows = rows.pivot(index=["year", "month"], columns="flow", values="value_musd")
    flows = flows.round(DIGITS).add_suffix("_musd")
    table = flows.rename_axis(columns=None).reset_index()
    table.insert(0, "reporter", REPORTER)
    table.insert(1, "partner", PARTNER)
    days = pd.to_datetime(table[["year", "month"]].assign(day=1)) + RELEASED_AFTER
    return table.assign(source_id=SOURCE, released=days.dt.date)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("panel_folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1])
    options = parser.parse_args()
    table = example(pd.read_parquet(options.panel_folder / "monthly_partner_totals.parquet"))
    table.to_csv(options.out / "example_months.csv", index=False)
    print(f"{len(table)} rows in example_months.csv")


if __name__ == "__main__":
    main()
