"""Hostile arguments of every public function: how many are refused clearly, answered, or raise raw.

Usage:  .venv/bin/python benchmarks/api_faults.py [SHARE [WORD]]

Puts every kind of hostile input of ``tests/api_calls.py``, or a share (the same every time),
in the place of each argument of a good call, one at a time, and prints a table by function (those
that hold a word) and what was raw, silent or without end, once a place.
"""

import os
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("MPLBACKEND", "agg")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import api_calls

# What can become of a call: the last three are faults.
KINDS = ("clear", "answer", "silent", "raw", "late")
FAULTS = KINDS[2:]
# Bytes of address space: a call that asks for more fails in place of taking the machine down.
MEMORY = 6 * 2**30


class Fault(NamedTuple):
    """One fault: what became of which hostile input in which place, and what was raised."""

    outcome: str
    function: str
    argument: str
    kind: str
    message: str


def place_of(fault: Fault) -> tuple[str, str]:
    """What faults are printed once for: the line that raised, or the argument."""
    if fault.outcome == "raw":
        return fault.outcome, fault.message.split(" at ")[-1]
    return fault.outcome, f"{fault.function} {fault.argument}"


def tried(word: str, share: float) -> tuple[Counter[tuple[str, str]], dict[Any, list[Fault]]]:
    """Counts of outcomes by function, and faults by place."""
    counts: Counter[tuple[str, str]] = Counter()
    faults: dict[Any, list[Fault]] = defaultdict(list)
    for function, argument, kind, call in api_calls.trials(word, share):
        outcome, message = api_calls.judge(function, call)
        counts[function, outcome] += 1
        if outcome in FAULTS:
            fault = Fault(outcome, function, argument, kind, message)
            faults[place_of(fault)].append(fault)
    return counts, faults


def print_table(counts: Counter[tuple[str, str]]) -> None:
    """Print a row of counts a function, and one of all."""
    print(f"{'function':32}" + "".join(f"{kind:>8}" for kind in KINDS))
    for function in dict.fromkeys(function for function, _ in counts):
        print(f"{function:32}" + "".join(f"{counts[function, kind]:8}" for kind in KINDS))
    totals: Counter[str] = Counter()
    for (_, kind), count in counts.items():
        totals[kind] += count
    title = f"all {counts.total()}"
    print(f"{title:32}" + "".join(f"{totals[kind]:8}" for kind in KINDS))


def main() -> None:
    """Try all and print."""
    began = time.monotonic()
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    word = sys.argv[2] if len(sys.argv) > 2 else ""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ["TRADELIB_CACHE"] = tempfile.mkdtemp()
    counts, faults = tried(word, share)
    print_table(counts)
    for alike in sorted(faults.values(), key=len, reverse=True):
        print(len(alike), *alike[0], sep=" | ")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
