"""Write how announced targets did against like pairs, as it was known each year.

Usage:  python data/prepare/pledge_shift.py

One row a day on which resolved pledges (30 June) or a new vintage of the growth model moved it,
from the day the first vintage was known.
Made from data/targets.csv and the shipped growth model: run it after either changes.
"""

from pathlib import Path

import pandas as pd

from tradelib import load_targets, pledge_effect
from tradelib.bundle.learned import known_days

FILE = Path(__file__).parents[1] / "pledge_shift.csv"


def table():
    """The frame that ships."""
    known = [pd.Timestamp(day) for day in known_days("growth_model.json")]
    resolved = load_targets()["resolved"].dropna()
    days = sorted({*known, *resolved[resolved > known[0]]})
    found = [pledge_effect(as_of=day) for day in days]
    return pd.DataFrame(
        {
            "n": [f.n for f in found],
            "pairs": [f.pairs for f in found],
            "shift": [round(f.shift[0], 4) for f in found],
            "low": [round(f.shift[1], 4) for f in found],
            "high": [round(f.shift[2], 4) for f in found],
            "source_id": "pledges",
            "released": [day.date().isoformat() for day in days],
            "note": "",
        }
    ).drop_duplicates(["n", "pairs", "shift"])


if __name__ == "__main__":
    table().to_csv(FILE, index=False, lineterminator="\n")
    print(f"{FILE.name}: {len(table())} rows")
