"""Hostile arguments of every public function: how many are refused clearly, answered, or raise raw.

Usage:  .venv/bin/python benchmarks/api_faults.py [SHARE [WORD]]

Puts every kind of hostile input of ``tests/api_calls.py``, or a share (the same every time),
in the place of each argument of a good call, one at a time, and prints a table by function (those
that hold a word) and what was raw, silent or without end, once a place.
"""

import collections
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "agg")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import api_calls

KINDS = ("clear", "answer", "silent", "raw", "late")
MEMORY = 6 * 2**30


def main() -> None:
    """Try all and print."""
    began, (share, word) = time.monotonic(), [*sys.argv[1:], "1", ""][:2]
    word = word if len(sys.argv) > 2 else ""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ["TRADELIB_CACHE"] = tempfile.mkdtemp()
    counts, bad = collections.Counter(), {}
    for function, name, kind, call in api_calls.trials(word, float(share)):
        outcome, said = api_calls.judge(function, call)
        counts[function, outcome] += 1
        if outcome in KINDS[2:]:
            place = said.split(" at ")[-1] if outcome == "raw" else f"{function} {name}"
            bad.setdefault((outcome, place), []).append((outcome, function, name, kind, said))
    print(f"{'function':32}" + "".join(f"{kind:>8}" for kind in KINDS))
    for function in dict.fromkeys(function for function, _ in counts):
        print(f"{function:32}" + "".join(f"{counts[function, kind]:8}" for kind in KINDS))
    totals = [sum(n for (_, k), n in counts.items() if k == kind) for kind in KINDS]
    print(f"{'all ' + str(sum(totals)):32}" + "".join(f"{n:8}" for n in totals))
    for some in sorted(bad.values(), key=len, reverse=True):
        print(len(some), *some[0], sep=" | ")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
