"""The dask recipe of OPERATIONS.md on ten million made-up series, within 2 GiB a worker.

Usage:  .venv/bin/python benchmarks/scale_dask.py [SERIES] [--workers N]

A `LocalCluster` makes each block of series anew from its number whenever it is read, sums it, and
forecasts it once countries' effects are known; quantiles go to Parquet in a temporary folder (half
a gigabyte), which has its name only once it is whole. Prints time and peak memory, and what a
cluster of N would take on paper. Fails unless the recipe on two blocks equals one pass over both, a
block of the whole equals one pass with the whole's countries, and each worker kept within its
memory. Uses what `make test` installs.
"""

import argparse
import math
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
from distributed import Client, LocalCluster

import tradelib as tl
from tradelib.science.forecasting.predictors import CrossSection

# Ten million series in blocks that one worker holds many times over.
SERIES = 10_000_000
BLOCK = 100_000
# Years of a history, and countries that trade: as in the world's trade statistics.
YEARS = range(2001, 2026)
COUNTRIES = 220
# What a worker may hold, as dask writes it and in MiB.
MEMORY = "2GiB"
LIMIT = 2048
# The quantiles that are written: the middle and a range of four in five.
QUANTILES = [0.1, 0.5, 0.9]
# Relative difference that is rounding.
ROUNDING = 1e-9
# Clusters whose time is said on paper.
LARGER_CLUSTERS = (8, 32)


class Recipe(NamedTuple):
    """Countries' effects of a panel, its lazy quantiles, and seconds that one process solved."""

    cross: CrossSection
    forecasts: dd.DataFrame
    alone: float


def block(number: int, rows: int = BLOCK) -> pd.DataFrame:
    """Histories of products traded by pairs of countries, the same for the same number."""
    rng = np.random.default_rng(number)
    names = series_names(number * rows, rows, rng)
    spread = rng.uniform(0.1, 0.6, (rows, 1))
    steps = rng.standard_t(4, (rows, len(YEARS))) * spread + 0.03
    steps[:, 0] = rng.normal(4, 1.5, rows)
    values = np.exp(steps.cumsum(axis=1)).clip(1, 1e6)
    # Half the histories are short: the years before are unknown.
    is_short = rng.random(rows) < 0.5
    start = np.where(is_short, rng.integers(0, len(YEARS), rows), 0)
    is_before = np.arange(len(YEARS)) < start[:, None]
    values[is_before] = np.nan
    return pd.DataFrame(values, index=pd.Index(names, name="pair"), columns=list(YEARS))


def series_names(first: int, rows: int, rng: np.random.Generator) -> list[str]:
    """Names of series: a pair of countries drawn at random, and the product's number."""
    codes = []
    for number in range(COUNTRIES):
        high, low = divmod(number, 26)
        codes.append(f"{chr(65 + high)}{chr(65 + low)}X")
    pairs = np.array([f"{reporter}-{partner}" for reporter, partner in combinations(codes, 2)])
    drawn = rng.choice(pairs, rows)
    return [f"{pair}-{product}" for product, pair in enumerate(drawn, start=first)]


def quantiles(history: pd.DataFrame, cross: CrossSection | None) -> pd.DataFrame:
    """Quantiles of a block five years ahead, a column a quantile."""
    values = tl.forecast_panel(history, horizons=[5], quantiles=QUANTILES, cross=cross)
    columns = [f"q{level:g}" for level in QUANTILES]
    return pd.DataFrame(values[:, 0], index=history.index, columns=columns)


def recipe(numbers: Sequence[int]) -> Recipe:
    """The recipe of OPERATIONS.md on the blocks of these numbers."""
    few = block(0, rows=2)
    blocks = dd.from_map(block, numbers, meta=few)
    began = time.perf_counter()
    moments = blocks.map_partitions(tl.predictors.moments, meta=tl.predictors.moments(few))
    sums = moments.compute()
    summed = time.perf_counter()
    cross = tl.predictors.cross_section(sums)
    alone = time.perf_counter() - summed
    print(f"countries: {len(sums):,} sums in {summed - began:.1f} s, solved in {alone:.1f} s")
    forecasts = blocks.map_partitions(quantiles, cross, meta=quantiles(few, cross))
    return Recipe(cross, forecasts, alone)


def write_whole(table: dd.DataFrame, folder: Path) -> None:
    """Write a table as Parquet files, a file a block, into a new folder.

    The folder has its name only once all blocks are in it. A run that is killed leaves
    ``NAME.unfinished``, which the next one deletes.
    """
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    table.to_parquet(unfinished)
    unfinished.rename(folder)


def peak() -> float:
    """Most memory that this process has held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def same(by_blocks: pd.DataFrame, one_pass: pd.DataFrame) -> str:
    """Rows compared and largest relative difference; more than rounding is a failure."""
    expected = one_pass.loc[by_blocks.index].to_numpy()
    differences = np.abs(by_blocks.to_numpy() / expected - 1)
    worst = float(differences.max())
    if not worst < ROUNDING or len(by_blocks) != len(one_pass):
        sys.exit(f"not equal: {len(by_blocks)} of {len(one_pass)} rows, off by {worst:.2g}")
    return f"{len(by_blocks):,} rows equal one pass (largest relative difference {worst:.1g})"


def compare_two_blocks(numbers: Sequence[int]) -> None:
    """Print that the recipe on two blocks equals one pass over both, or end."""
    forecasts = recipe(numbers[:2]).forecasts
    both = pd.concat([block(0), block(1)])
    print("two blocks: " + same(forecasts.compute(), quantiles(both, None)))


def on_paper(seconds: float, workers: int, blocks: int, alone: float) -> None:
    """Print what larger clusters would take: blocks are even and independent, solving is not."""
    a_block = (seconds - alone) * workers / blocks
    for cluster in LARGER_CLUSTERS:
        rounds = math.ceil(blocks / cluster)
        print(f"on paper, {cluster} such workers: {rounds * a_block + alone:.0f} s")


def main() -> None:
    """Run it and print one line a finding."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", nargs="?", type=int, default=SERIES)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    numbers = range(max(2, options.series // BLOCK))
    with (
        tempfile.TemporaryDirectory() as temporary,
        LocalCluster(
            n_workers=options.workers,
            threads_per_worker=1,
            memory_limit=MEMORY,
            dashboard_address=None,
        ) as cluster,
        Client(cluster) as client,
    ):
        workers = client.run(peak)
        print(
            f"{len(numbers) * BLOCK:,} series of {len(YEARS)} years in {len(numbers)} blocks, "
            f"{options.workers} workers of {MEMORY}, dask {dask.__version__}"
        )
        compare_two_blocks(numbers)
        began = time.perf_counter()
        cross, forecasts, alone = recipe(numbers)
        solved = time.perf_counter()
        folder = Path(temporary) / "quantiles"
        write_whole(forecasts, folder)
        ended = time.perf_counter()
        last = pd.read_parquet(folder / f"part.{numbers[-1]}.parquet")
        print("last block: " + same(last, quantiles(block(numbers[-1]), cross)))
        peaks = client.run(peak)
        if peaks.keys() != workers.keys():
            sys.exit(f"a worker was lost: {sorted(workers)} became {sorted(peaks)}")
        most = max(peaks.values())
    seconds = ended - began
    print(
        f"forecasts: {ended - solved:.1f} s; in all {seconds:.1f} s, peak memory of a"
        f" worker {most:,.0f} MiB (limit {LIMIT:,}), of the client {peak():,.0f} MiB"
    )
    on_paper(seconds, options.workers, len(numbers), alone)
    sys.exit(most > LIMIT)


if __name__ == "__main__":
    main()
