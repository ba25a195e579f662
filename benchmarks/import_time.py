"""What `import tradelib` costs above `import pandas`, both timed in one run.

Usage:  python benchmarks/import_time.py [RUNS]
"""

import statistics
import subprocess
import sys
import time

PROGRAMS = {"pandas": "import pandas", "pandas + tradelib": "import pandas, tradelib"}


def seconds(program):
    """Wall time of one fresh interpreter that runs a program."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - start


def main():
    """Time both in turn and print medians, difference and ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times = {name: [] for name in PROGRAMS}
    for _ in range(runs):
        for name, program in PROGRAMS.items():
            times[name].append(seconds(program))
    median = {name: statistics.median(values) for name, values in times.items()}
    for name, value in median.items():
        print(f"{name:20} {value:.3f} s, median of {runs}")
    base, full = median.values()
    print(f"{'tradelib alone':20} {full - base:.3f} s, ratio {full / base:.2f}")


if __name__ == "__main__":
    main()
