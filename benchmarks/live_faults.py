"""Hostile answers of every source: how many are read wrongly, raise raw, run late or tell a secret.

Usage:  .venv/bin/python benchmarks/live_faults.py [WORD ...]

Serves every fault of ``tests/live_faults.py`` and ``tests/live_odd.py`` whose source or name has
one of the words on loopback, an empty cache each, and prints a table of outcomes by source and all
that are neither right nor refused. A fault that takes longer than half a minute is broken off, as
late.
"""

import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import live_faults
import live_odd
from live_server import Server, running

from tradelib.live import http

# What can become of an answer: the first two are as they should be.
KINDS = ("right", "refused", "wrong", "raw", "late", "leak")
SOUND = KINDS[:2]
# Seconds after which a fault is broken off.
LONGEST = 30


class EndlessError(BaseException):
    """A fault that does not end by itself."""


def ring(*_: object) -> None:
    """Break off what runs."""
    raise EndlessError


def judged(fault: live_faults.Fault, server: Server) -> tuple[str, str]:
    """What came of a fault, and a few words."""
    signal.alarm(LONGEST)
    try:
        return live_faults.judge(fault, server)
    except EndlessError:
        return "late", "broken off"
    finally:
        signal.alarm(0)


def tried(words: Sequence[str]) -> tuple[Counter[tuple[str, str]], list[tuple[str, ...]]]:
    """Counts of outcomes by source, and a line for each that is neither right nor refused."""
    counts: Counter[tuple[str, str]] = Counter()
    unsound = []
    with running() as server:
        os.environ["TRADELIB_LIVE_BASE"] = server.base
        for fault in chain(live_faults.faults(), live_odd.held(), live_odd.odd()):
            title = f"{fault.source} {fault.name}"
            if words and not any(word in title for word in words):
                continue
            with tempfile.TemporaryDirectory() as cache:
                os.environ["TRADELIB_CACHE"] = str(Path(cache) / "cache")
                kind, message = judged(fault, server)
            counts[fault.source, kind] += 1
            if kind not in SOUND:
                unsound.append((fault.source, fault.name, kind, message))
    return counts, unsound


def print_table(counts: Counter[tuple[str, str]]) -> None:
    """Print a row of counts a source, and one of all."""
    print(f"{'source':12}" + "".join(f"{kind:>9}" for kind in KINDS))
    for source in dict.fromkeys(source for source, _ in counts):
        print(f"{source:12}" + "".join(f"{counts[source, kind]:9}" for kind in KINDS))
    totals: Counter[str] = Counter()
    for (_, kind), count in counts.items():
        totals[kind] += count
    title = f"all {counts.total()}"
    print(f"{title:12}" + "".join(f"{totals[kind]:9}" for kind in KINDS))


def main() -> None:
    """Try all and print."""
    began = time.monotonic()
    signal.signal(signal.SIGALRM, ring)
    http.PATIENCE = http.PATIENCE.new(backoff_factor=0.01, backoff_jitter=0)
    os.environ["https_proxy"] = f"http://me:{live_faults.PASSWORD}@proxy.invalid"
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    counts, unsound = tried(sys.argv[1:])
    print_table(counts)
    for line in unsound:
        print(*line, sep=" | ")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
