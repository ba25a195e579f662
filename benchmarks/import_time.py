"""What `import tradelib` and one answer in a terminal cost above `import pandas`, timed in one run.

Usage:  python benchmarks/import_time.py [RUNS]
"""

import statistics
import subprocess
import sys
import time

# The question of the article, as a terminal asks it.
ASKED = "assess KAZ TKM --target 1000 --by 2027"
# What each interpreter runs, from least to most.
PROGRAMS = {
    "pandas": "import pandas",
    "tradelib": "import pandas, tradelib",
    "terminal": f"import sys; from tradelib import cli; sys.argv[1:] = {ASKED.split()}; cli.main()",
}


# Runs of each program, if no other number is given: enough for a steady median.
RUNS = 15


def seconds(program: str) -> float:
    """Wall time, in seconds, of one fresh interpreter that runs a program."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Time each in turn and print medians, differences and ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(runs):
        for name, program in PROGRAMS.items():
            times[name].append(seconds(program))
    base = statistics.median(times["pandas"])
    for name, values in times.items():
        median = statistics.median(values)
        above = f"{median - base:.3f} s above pandas, ratio {median / base:.2f}"
        print(f"{name:10} {median:.3f} s, median of {runs}; {above}")


if __name__ == "__main__":
    main()
