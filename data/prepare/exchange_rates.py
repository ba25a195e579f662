"""Write the exchange rates: a currency and year a line, units per US dollar.

Usage:  python data/prepare/exchange_rates.py FOLDER

FOLDER holds ``facts/exchange_rates_annual.csv``, annual averages of the Federal Reserve's H.10 by
names of countries. Names become ISO 4217 codes. Venezuela is left out: its official rate of those
years bought hardly any dollars.
"""

import sys
from pathlib import Path

import pandas as pd

from tradelib.datasets.sources import release_day

# Where the file goes.
DATA = Path(__file__).parents[1]
FILE = "exchange_rates.csv"
SOURCE = "fed_h10"
# Currency of each name in the copy.
CURRENCIES = {
    "Australia": "AUD",
    "Brazil": "BRL",
    "Canada": "CAD",
    "China": "CNY",
    "Denmark": "DKK",
    "Euro": "EUR",
    "Hong Kong": "HKD",
    "India": "INR",
    "Japan": "JPY",
    "Malaysia": "MYR",
    "Mexico": "MXN",
    "New Zealand": "NZD",
    "Norway": "NOK",
    "Singapore": "SGD",
    "South Africa": "ZAR",
    "South Korea": "KRW",
    "Sweden": "SEK",
    "Switzerland": "CHF",
    "Taiwan": "TWD",
    "Thailand": "THB",
    "United Kingdom": "GBP",
}
LEFT_OUT = ["Venezuela"]
NOTES = {"GBP": "Averaged here from the months of the copy."}


def rates(folder: Path) -> pd.DataFrame:
    """The table that ships; a name without a code is an error."""
    copied = pd.read_csv(folder / "facts" / "exchange_rates_annual.csv")
    kept = copied[~copied["country"].isin(LEFT_OUT)]
    unknown = set(kept["country"]) - set(CURRENCIES)
    if unknown:
        sys.exit(f"no currency is known of {', '.join(sorted(unknown))}: add it to CURRENCIES")
    currency = kept["country"].map(CURRENCIES)
    table = pd.DataFrame(
        {
            "currency": currency,
            "year": kept["year"],
            "per_usd": kept["per_usd"],
            "source_id": SOURCE,
            "released": [release_day(SOURCE, year).isoformat() for year in kept["year"]],
            "note": currency.map(NOTES).fillna(""),
        }
    )
    return table.sort_values(["currency", "year"], ignore_index=True)


def main() -> None:
    """Write the file."""
    table = rates(Path(sys.argv[1]))
    table.to_csv(DATA / FILE, index=False, lineterminator="\n")
    print(f"{FILE}: {len(table):,} rates of {table['currency'].nunique()} currencies")


if __name__ == "__main__":
    main()
