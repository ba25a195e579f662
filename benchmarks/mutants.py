"""Change the code in small ways and count the changes that a test notices: a rate for each module.

Usage:  .venv/bin/python benchmarks/mutants.py [MODULE ...] [--sample N]

MODULE is a file such as ``tradelib/science/outside/base_rate.py``; without one, every module of the
library. With ``--sample`` at most that many mutants of each module are drawn, the same every time.
A mutant runs the tests of its wing that reach the changed function, up to the first failure. What
no test noticed is listed in ``build/mutants/unnoticed.txt``; ``mutmut show NAME``, run in
``build/mutants``, shows it.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

from tradelib.ground.numbers import wilson

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "mutants"
# What the tests read; the rest of the repository stays away from the copies.
NEEDED = ("tradelib", "tests", "data", "notebooks", "site", "benchmarks", "README.md",
          "CHANGELOG.md", "LICENSE")  # fmt: skip
# Test files that cover a wing. A mutant runs only those of their tests that reach it.
TESTS = {
    "tradelib/ground": "flows growth numbers codes plain api_faults",
    "tradelib/bundle": "load sources data bound any_pair agreement hindsight",
    "tradelib/live": "live live_cache live_parsers live_panel live_faults live_hostile",
    "tradelib/science/pledge": "target pledges effect claims record kept",
    "tradelib/science/outlook": "nowcast forecast pairs panel",
    "tradelib/science/outside": "reference",
    "tradelib/science/gravity": "gravity ceiling",
    "tradelib/science/scores": "scoring backtest",
    "tradelib/science/verdict": "verdict scenario assess record",
    "tradelib/plot": "plot",
    "tradelib/front": "assess own own_past archive bound explore effect pledges reference ceiling "
    "record",
    "tradelib": "cli api",
}
# How mutmut names what a test noticed; "survived" and "no tests" were not.
NOTICED = {"killed", "timeout", "segfault", "suspicious", "caught by type check"}


def wing(module):
    """The innermost folder of a module that has tests of its own."""
    return next(str(place) for place in module.parents if str(place) in TESTS)


def mutants(module, sample):
    """Names of a module's mutants, or a sample of them, and how many there are."""
    made = mutate_file_contents(str(module), (ROOT / module).read_text(encoding="utf-8"))
    names = [get_mutant_name(module, name) for name in made.mutant_names]
    few = sample and sample < len(names)
    return (sorted(random.Random(0).sample(names, sample)) if few else names), len(names)


def prepare(modules, tests):
    """A folder with nothing beside it for mutmut to copy from, set to some modules and tests."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name in NEEDED:
        (FOLDER / name).symlink_to(ROOT / name)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    files = [f"tests/test_{name}.py" for name in tests.split()]
    for key, value in (
        ("only_mutate", [str(module) for module in modules]),
        ("pytest_add_cli_args_test_selection", files),
    ):
        settings, count = re.subn(
            rf"^{key} = \[[^\]]*\]", f"{key} = {json.dumps(value)}", settings, flags=re.MULTILINE
        )
        assert count == 1, f"pyproject.toml sets {key} {count} times; mutants.py expects it once"
    (FOLDER / "pyproject.toml").write_text(settings, encoding="utf-8")


def outcomes(names):
    """What became of each mutant."""
    mutmut = Path(sys.executable).parent / "mutmut"
    with (FOLDER / "log.txt").open("w") as log:
        done = subprocess.run([mutmut, "run", *names], cwd=FOLDER, stdout=log, stderr=log)
    if done.returncode:
        raise SystemExit((FOLDER / "log.txt").read_text()[-2000:])
    told = subprocess.run(
        [mutmut, "results", "--all", "true"], cwd=FOLDER, capture_output=True, text=True, check=True
    )
    said = dict(line.strip().split(": ", 1) for line in told.stdout.splitlines() if ": " in line)
    return {name: said[name] for name in names}


def report(module, said, among):
    """One line: noticed of tried, the rate, and where the rate of all lies (Wilson, 95 %)."""
    noticed, tried = sum(word in NOTICED for word in said.values()), len(said)
    rate = f"{noticed}/{tried} = {noticed / tried:.1%}"
    if tried < among:
        low, high = wilson(noticed / tried, tried, 1.96)
        rate += f" ({low:.1%} to {high:.1%} of all {among})"
    print(f"{module}: {rate}", flush=True)


def main():
    """A line for each module that has mutants, wing by wing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="at most so many of each module")
    options = parser.parse_args()
    asked = options.modules or [p.relative_to(ROOT) for p in (ROOT / "tradelib").rglob("*.py")]
    unnoticed = []
    for place, tests in TESTS.items():
        drawn = {m: mutants(m, options.sample) for m in sorted(asked) if wing(m) == place}
        drawn = {module: names for module, names in drawn.items() if names[0]}
        if not drawn:
            continue
        prepare(drawn, tests)
        said = outcomes([name for names, _ in drawn.values() for name in names])
        for module, (names, among) in drawn.items():
            report(module, {name: said[name] for name in names}, among)
        unnoticed += [f"{name}: {word}" for name, word in said.items() if word not in NOTICED]
    (FOLDER / "unnoticed.txt").write_text("\n".join(unnoticed) + "\n", encoding="utf-8")
    print(f"{len(unnoticed)} unnoticed, see {FOLDER.relative_to(ROOT)}/unnoticed.txt")


if __name__ == "__main__":
    main()
