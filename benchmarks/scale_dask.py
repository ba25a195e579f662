"""The dask recipe of CONTRIBUTING.md on ten million made-up series, within 2 GiB a worker.

Usage:  .venv/bin/python benchmarks/scale_dask.py [SERIES] [--workers N]

A `LocalCluster` makes each block of series anew from its number whenever it is read, sums it, and
forecasts it once countries' effects are known; quantiles go to Parquet in a temporary folder (half
a gigabyte). Prints time and peak memory, and what a cluster of N would take on paper. Fails unless
the recipe on two blocks equals one pass over both, a block of the whole equals one pass with the
whole's countries, and each worker kept within its memory. Uses what `make test` installs.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import combinations

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
from distributed import Client, LocalCluster

import tradelib as tl
from tradelib.science.outlook.signals import CrossSection

SERIES, BLOCK = 10_000_000, 100_000
YEARS = range(2001, 2026)
COUNTRIES = 220
MEMORY = "2GiB"
QUANTILES = [0.1, 0.5, 0.9]


def block(number: int, rows: int = BLOCK) -> pd.DataFrame:
    """Histories of products traded by pairs of countries, the same for the same number."""
    rng = np.random.default_rng(number)
    codes = [f"{chr(65 + i // 26)}{chr(65 + i % 26)}X" for i in range(COUNTRIES)]
    pairs = np.array([f"{a}-{b}" for a, b in combinations(codes, 2)])
    first = number * rows
    names = [f"{pair}-{first + i}" for i, pair in enumerate(rng.choice(pairs, rows))]
    spread = rng.uniform(0.1, 0.6, (rows, 1))
    steps = rng.standard_t(4, (rows, len(YEARS))) * spread + 0.03
    steps[:, 0] = rng.normal(4, 1.5, rows)
    values = np.exp(steps.cumsum(axis=1)).clip(1, 1e6)
    # Half the histories are short: the years before are unknown.
    start = np.where(rng.random(rows) < 0.5, rng.integers(0, len(YEARS), rows), 0)
    values[np.arange(len(YEARS)) < start[:, None]] = np.nan
    return pd.DataFrame(values, index=pd.Index(names, name="pair"), columns=list(YEARS))


def quantiles(history: pd.DataFrame, cross: CrossSection | None) -> pd.DataFrame:
    """Quantiles of a block five years ahead."""
    values = tl.forecast_panel(history, horizons=[5], quantiles=QUANTILES, cross=cross)
    return pd.DataFrame(values[:, 0], index=history.index, columns=[f"q{q:g}" for q in QUANTILES])


def recipe(numbers: Sequence[int]) -> tuple[CrossSection, dd.DataFrame, float]:
    """Countries' effects of the panel, its lazy quantiles, and seconds that one process solved."""
    few = block(0, rows=2)
    blocks = dd.from_map(block, numbers, meta=few)
    began = time.perf_counter()
    sums = blocks.map_partitions(tl.pairs.moments, meta=tl.pairs.moments(few)).compute()
    summed = time.perf_counter()
    cross = tl.pairs.cross_section(sums)
    alone = time.perf_counter() - summed
    print(f"countries: {len(sums):,} sums in {summed - began:.1f} s, solved in {alone:.1f} s")
    return cross, blocks.map_partitions(quantiles, cross, meta=quantiles(few, cross)), alone


def peak() -> float:
    """Most memory that this process has held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def same(found: pd.DataFrame, one_pass: pd.DataFrame) -> str:
    """Rows compared and largest relative difference; more than rounding is a failure."""
    wanted = one_pass.loc[found.index].to_numpy()
    worst = float(np.abs(found.to_numpy() / wanted - 1).max())
    if not worst < 1e-9 or len(found) != len(one_pass):
        sys.exit(f"not equal: {len(found)} of {len(one_pass)} rows, off by {worst:.2g}")
    return f"{len(found):,} rows equal one pass (largest relative difference {worst:.1g})"


def main() -> None:
    """Run it and print one line a finding."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", nargs="?", type=int, default=SERIES)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    numbers = range(max(2, given.series // BLOCK))
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(
            n_workers=given.workers,
            threads_per_worker=1,
            memory_limit=MEMORY,
            dashboard_address=None,
        ) as cluster,
        Client(cluster) as client,
    ):
        workers = client.run(peak)
        print(
            f"{len(numbers) * BLOCK:,} series of {len(YEARS)} years in {len(numbers)} blocks, "
            f"{given.workers} workers of {MEMORY}, dask {dask.__version__}"
        )
        _, few, _ = recipe(numbers[:2])
        both = pd.concat([block(0), block(1)])
        print("two blocks: " + same(few.compute(), quantiles(both, None)))
        began = time.perf_counter()
        cross, lazy, alone = recipe(numbers)
        solved = time.perf_counter()
        lazy.to_parquet(folder)
        ended = time.perf_counter()
        last = pd.read_parquet(f"{folder}/part.{numbers[-1]}.parquet")
        print("last block: " + same(last, quantiles(block(numbers[-1]), cross)))
        peaks = client.run(peak)
        if peaks.keys() != workers.keys():
            sys.exit(f"a worker was lost: {sorted(workers)} became {sorted(peaks)}")
        most = max(peaks.values())
    print(
        f"forecasts: {ended - solved:.1f} s; in all {ended - began:.1f} s, peak memory of a"
        f" worker {most:,.0f} MiB (limit 2,048), of the client {peak():,.0f} MiB"
    )
    shared = (ended - began - alone) * given.workers
    for many in (8, 32):
        # Blocks are even and independent: only the solving is done by one.
        rounds = -(-len(numbers) // many) * shared / len(numbers)
        print(f"on paper, {many} such workers: {rounds + alone:.0f} s")
    sys.exit(most > 2048)


if __name__ == "__main__":
    main()
