"""Hostile answers of every source: how many are read wrongly, raise raw, run late or tell a secret.

Usage:  .venv/bin/python benchmarks/live_faults.py [WORD ...]

Serves every fault of ``tests/live_faults.py`` whose source or name has one of the words on
loopback, an empty cache each, and prints a table of outcomes by source and all that are neither
right nor refused.
"""

import collections
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import live_faults
from live_server import running

from tradelib.live import transport

KINDS = ("right", "refused", "wrong", "raw", "late", "leak")


def main() -> None:
    """Try all and print."""
    words, began = sys.argv[1:], time.monotonic()
    counts, bad = collections.Counter(), []
    transport.PATIENCE = transport.PATIENCE.new(backoff_factor=0.01, backoff_jitter=0)
    os.environ["https_proxy"] = f"http://me:{live_faults.PASSWORD}@proxy.invalid"
    os.environ["NO_PROXY"] = "127.0.0.1,localhost"
    with running() as server:
        os.environ["TRADELIB_LIVE_BASE"] = server.base
        for fault in live_faults.faults():
            if words and not any(word in f"{fault.source} {fault.name}" for word in words):
                continue
            with tempfile.TemporaryDirectory() as place:
                os.environ["TRADELIB_CACHE"] = place
                kind, what = live_faults.judge(fault, server)
            counts[fault.source, kind] += 1
            if kind not in ("right", "refused"):
                bad.append((fault.source, fault.name, kind, what))
    print(f"{'source':12}" + "".join(f"{kind:>9}" for kind in KINDS))
    for source in dict.fromkeys(source for source, _ in counts):
        print(f"{source:12}" + "".join(f"{counts[source, kind]:9}" for kind in KINDS))
    totals = [sum(n for (_, k), n in counts.items() if k == kind) for kind in KINDS]
    print(f"{'all ' + str(sum(totals)):12}" + "".join(f"{n:9}" for n in totals))
    for line in bad:
        print(*line, sep=" | ")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
