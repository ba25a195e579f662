"""BACI's shape at its real size: 20 million rows over loopback, killed twice, exact, within 1 GiB.

Usage:  .venv/bin/python benchmarks/live_panel.py [ROWS]

Writes a zip shaped like BACI's (figures drawn at random), serves it on loopback, kills the first
process in mid-download and the second in mid-reading, lets the third finish, and compares every
pair and year with the exact sums. Needs about a gigabyte of disk in the temporary folder.
"""

import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from live_server import Answer, running

# BACI's size since 2015: ten years of two million flows.
ROWS = 20_000_000
YEARS = range(2015, 2025)
# As many countries and products as BACI has, nearly.
COUNTRIES = 220
PRODUCTS = 5000
# MiB that a process may hold: the panel is read in parts, whatever its size.
LIMIT = 1024
# Seconds that each part of the answer waits, so that a download can be killed.
SLOW = 0.002
# Where the client looks for the archive on the server.
ROUTE = "/baci/BACI_HS92_V202601.zip"
# What each process runs: prints its peak memory in MiB and its seconds.
PROGRAM = """
import resource, time
from tradelib import live
began = time.monotonic()
panel = live.fetch_panel(source="baci")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
print(f"{peak:.0f} {time.monotonic() - began:.1f}")
"""


def year_of_trade(year: int, size: int, rng: np.random.Generator) -> tuple[str, pd.Series]:
    """CSV of a year, and its exact turnover in dollars by lower and higher country number."""
    flows = COUNTRIES * (COUNTRIES - 1) * PRODUCTS
    places = np.sort(rng.choice(flows, size, replace=False))
    pair, product = np.divmod(places, PRODUCTS)
    exporter, importer = np.divmod(pair, COUNTRIES - 1)
    importer = importer + (importer >= exporter)
    dollars = np.maximum(rng.lognormal(8, 3, size).astype(np.int64), 1)
    columns = {
        "t": year,
        "i": exporter + 1,
        "j": importer + 1,
        "k": product + 10101,
        "v": dollars / 1000,
    }
    table = pd.DataFrame(columns).assign(q="NA")
    text = table.to_csv(index=False, float_format="%.3f")
    low = np.minimum(exporter, importer) + 1
    high = np.maximum(exporter, importer) + 1
    return text, pd.Series(dollars).groupby([low, high]).sum()


def archive(file: Path, rows: int) -> dict[int, pd.Series]:
    """Write the zip; the exact sums by year."""
    rng = np.random.default_rng(0)
    sums = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for year in YEARS:
            text, sums[year] = year_of_trade(year, rows // len(YEARS), rng)
            packed.writestr(f"BACI_HS92_Y{year}_V202601.csv", text)
        head = "country_code,country_name,country_iso2,country_iso3\n"
        lines = [f"{number},C,XX,N/A\n" for number in range(1, COUNTRIES + 1)]
        packed.writestr("country_codes_V202601.csv", head + "".join(lines))
    return sums


def start() -> subprocess.Popen[str]:
    """A new process that fetches the panel."""
    return subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)


def killed_once(pattern: str, cache: Path, least: int) -> int:
    """Kill a process as soon as a file of that pattern has grown to a size; its exit code."""
    process = start()
    while process.poll() is None:
        if any(file.stat().st_size > least for file in cache.rglob(pattern)):
            break
        time.sleep(0.01)
    process.kill()
    process.wait()
    return process.returncode


def main() -> None:
    """Run it and print one line a finding."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder, running() as server:
        cache = Path(folder) / "cache"
        os.environ |= {"TRADELIB_CACHE": str(cache), "TRADELIB_LIVE_BASE": server.base}
        file = Path(folder) / "baci.zip"
        sums = archive(file, rows)
        body = file.read_bytes()
        print(f"{rows:,} rows, a zip of {len(body) / 2**20:.0f} MiB")
        server.routes[ROUTE] = Answer(body, etag='"1"', slow=SLOW)
        in_download = killed_once("*.part", cache, len(body) // 3)
        in_reading = killed_once("*.parquet", cache, 0)
        print(f"killed in mid-download and in mid-reading: {[in_download, in_reading]}")
        ranges = [headers.get("Range") for _, headers in server.seen]
        finished = start()
        peak, seconds = finished.communicate()[0].split()
        print(f"finished in {seconds} s, peak memory {peak} MiB (limit {LIMIT}); ranges {ranges}")
        exact = check(sums)
        print(f"{exact:,} pairs and years, all exact to the dollar")
        fetched_again = len(server.seen) != len(ranges)
        sys.exit(float(peak) > LIMIT or fetched_again)


def check(sums: Mapping[int, pd.Series]) -> int:
    """Number of pairs and years; an error if one differs by a dollar."""
    from tradelib import live

    panel = live.fetch_panel(source="baci", offline=True, progress=False)
    turnover = panel.set_index(["pair", "year"])["turnover_musd"]
    dollars = (turnover * 1e6).round().astype("int64")
    codes = {number: code(number) for number in range(1, COUNTRIES + 1)}
    expected: dict[tuple[str, int], int] = {}
    for year, exact in sums.items():
        for (low, high), value in exact.items():
            pair = "-".join(sorted([codes[low], codes[high]]))
            expected[pair, year] = expected.get((pair, year), 0) + value
    if dollars.to_dict() != expected:
        sys.exit("the panel is not exact")
    return len(expected)


def code(number: int) -> str:
    """The code that the panel gives to a number of our made-up table."""
    from tradelib.core import country_codes

    try:
        return country_codes.iso3(number)
    except ValueError:
        return f"{number:03d}"


if __name__ == "__main__":
    main()
