"""Bugs planted in every function that runs behind an answer: how many surface as themselves.

Usage:  .venv/bin/python benchmarks/planted.py [ROUTE ...] [--sample N]

Routes are those of ``tests/planted.py``: `assess`, a table, `open_targets`, sliders, a page, the
terminal. Caches are emptied before each try, so that what fills them is tried as well. Prints a
table by route, and each bug that was renamed, swallowed or never reached.
"""

import argparse
import collections
import os
import random
import sys
import time
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "agg")
sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("tests", "site")]
import planted  # noqa: E402


def main() -> None:
    """Try all and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("routes", nargs="*", default=list(planted.ROUTES))
    parser.add_argument("--sample", type=int)
    options = parser.parse_args()
    began, counts, bad = time.monotonic(), collections.Counter(), []
    for route in options.routes:
        every = list(planted.plants(route, cold=True))
        if options.sample:
            every = random.Random(0).sample(every, min(options.sample, len(every)))
        for plant in every:
            came = planted.outcome(plant)
            counts[route, came.split()[0]] += 1
            if came != "itself":
                bad.append((plant, came))
        row = {came: n for (of, came), n in counts.items() if of == route}
        print(f"{route:14} {len(every):5}  {row}  {time.monotonic() - began:.0f} s", flush=True)
    for plant, came in bad:
        print(
            f"{plant.route} {Path(plant.file).name}:{plant.line} {plant.name} {plant.bug}: {came}"
        )
    good = sum(n for (_, came), n in counts.items() if came == "itself")
    print(f"{good} of {counts.total()} surface as themselves")


if __name__ == "__main__":
    main()
