"""Write how announced targets did against like pairs, as it was known each year.

Usage:  python data/prepare/pledge_shift.py

One row a day on which resolved pledges moved it (30 June), from the day the growth model was known.
Made from data/targets.csv and the shipped growth model: run it after either changes.
"""

from pathlib import Path

import pandas as pd

from tradelib import growth_model, load_targets, pledge_effect

FILE = Path(__file__).parents[1] / "pledge_shift.csv"


def table():
    """The frame that ships."""
    first = pd.Timestamp(growth_model().known_from)
    resolved = load_targets()["resolved"].dropna().drop_duplicates().sort_values()
    days = [first, *resolved[resolved > first]]
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
