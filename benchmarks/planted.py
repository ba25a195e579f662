"""Bugs planted in every function that runs behind an answer: how many surface as themselves.

Usage:  .venv/bin/python benchmarks/planted.py [ROUTE ...] [--sample N]

Routes are those of ``tests/planted.py``: `assess`, a table, `open_targets`, sliders, a page, the
terminal. Caches are emptied before each try, so that what fills them is tried as well. Prints a
table by route, and each bug that was renamed, swallowed or never reached.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "agg")
sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("tests", "site")]
import planted  # noqa: E402

# What `planted.outcome` says of a bug that surfaces as it was raised.
AS_ITSELF = "itself"


def plants(route: str, sample: int | None) -> list[planted.Plant]:
    """The bugs of a route, or a sample of them that is the same every time."""
    every = list(planted.plants(route, cold=True))
    if sample:
        return random.Random(0).sample(every, min(sample, len(every)))
    return every


def main() -> None:
    """Try all and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("routes", nargs="*", default=list(planted.ROUTES))
    parser.add_argument("--sample", type=int)
    options = parser.parse_args()
    began = time.monotonic()
    totals: Counter[str] = Counter()
    lines = []
    for route in options.routes:
        counts: Counter[str] = Counter()
        for plant in plants(route, options.sample):
            outcome = planted.outcome(plant)
            counts[outcome.split()[0]] += 1
            if outcome != AS_ITSELF:
                where = f"{plant.route} {Path(plant.file).name}:{plant.line} {plant.name}"
                lines.append(f"{where} {plant.bug}: {outcome}")
        totals += counts
        seconds = time.monotonic() - began
        print(f"{route:14} {counts.total():5}  {dict(counts)}  {seconds:.0f} s", flush=True)
    for line in lines:
        print(line)
    print(f"{totals[AS_ITSELF]} of {totals.total()} surface as themselves")


if __name__ == "__main__":
    main()
