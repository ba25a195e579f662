"""Change what the site says in forty small ways and count the changes that a test notices.

Usage:  .venv/bin/python benchmarks/site_mutants.py [--only N ...]

Each change was picked by hand: a number swapped for its neighbour, an axis turned, a band or a link
moved, an order reversed. It is made in a copy of the site in ``build/site_mutants``, and
``tests/test_pages.py`` is run up to its first failure. Targets are computed once and kept.
"""

import argparse
import importlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

import pytest

# The repository, and the copy that is changed: pages and tests are copied, the rest is linked.
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "site_mutants"
COPIED = ("site", "tests", "tradelib/pages")
LINKED = (
    *(
        f"tradelib/{path.name}"
        for path in sorted((ROOT / "tradelib").iterdir())
        if path.name not in ("pages", "__pycache__")
    ),
    "data",
    "notebooks",
    "benchmarks",
    "pyproject.toml",
    "README.md",
)
# Loaded once, before the processes part.
LOADED = (
    "bs4",
    "hypothesis",
    "matplotlib.pyplot",
    "nbformat",
    "playwright.sync_api",
    "PIL.Image",
    "tradelib.api.explore",
    "tradelib.plot",
)
# Modules that are loaded already are not rewritten by pytest, which it warns of.
IGNORED = "ignore::pytest.PytestAssertRewriteWarning"
# Where the files of the list lie.
PAGES = "site/pages/"
STATIC = "site/_static/"
OF_TARGETS = "tradelib/pages/"

# File, what stands there, what it becomes.
Mutant: TypeAlias = tuple[str, str, str]
MUTANTS: list[Mutant] = [
    # numbers
    (
        OF_TARGETS + "answers.py",
        '"number": percent(verdict.shown)',
        '"number": percent(verdict.probability_ever)',
    ),
    (
        OF_TARGETS + "answers.py",
        "ever = frequency(verdict.probability_ever)",
        "ever = frequency(verdict.probability_in)",
    ),
    (
        OF_TARGETS + "answers.py",
        "share = row.outcome_value / row.target_value",
        "share = row.target_value / row.outcome_value",
    ),
    (
        OF_TARGETS + "answers.py",
        "pd.DateOffset(years=1)\n    else",
        "pd.DateOffset(years=2)\n    else",
    ),
    (
        OF_TARGETS + "words.py",
        "printed(chance) > printed(ends[1])",
        "printed(chance) > printed(ends[0])",
    ),
    (
        OF_TARGETS + "cards.py",
        'return "one_figure" if self.verdict.rests_on == "size" else "several_years"',
        'return "several_years"',
    ),
    (
        OF_TARGETS + "cards.py",
        "if open_row is None or pd.isna(open_row.probability_in):",
        "if open_row is None:",
    ),
    (
        OF_TARGETS + "evidence.py",
        "quantity(row.low, row.unit, currency)",
        "quantity(row.value, row.unit, currency)",
    ),
    (PAGES + "front.py", 'verdict.value("no_preliminary")', 'verdict.value("bns_alone")'),
    (PAGES + "front.py", "if row.change < 0", "if row.change > 0"),
    (PAGES + "front.py", "first = days[0]", "first = days[-1]"),
    (
        OF_TARGETS + "over_time.py",
        "within, ever, low, high = (math.nan",
        "ever, within, low, high = (math.nan",
    ),
    (
        OF_TARGETS + "over_time.py",
        "percent(row.probability_ever),\n            _today",
        "percent(row.probability_in),\n            _today",
    ),
    (
        PAGES + "targets.py",
        "share = value / card.row.target_value",
        "share = card.row.target_value / value",
    ),
    (OF_TARGETS + "words.py", '"bn") if large', '"m") if large'),
    (OF_TARGETS + "reliability.py", '"growth_gap"', '"growth_last"'),
    (OF_TARGETS + "pictures.py", '"value": row["q50"], **row', '"value": row["q90"], **row'),
    (PAGES + "front.py", "verdict.value('required')", "verdict.value('inflation')"),
    (OF_TARGETS + "pledge.py", 'figure(row, "baseline"), cited', 'figure(row, "outcome"), cited'),
    (OF_TARGETS + "pledge.py", "day(row.stated)", "day(row.released)"),
    # axes, bands and labels of the picture
    (OF_TARGETS + "charts.py", "deep * (1 - value / self.top)", "deep * (value / self.top)"),
    (
        OF_TARGETS + "charts.py",
        '("band80", "q10", "q90"), ("band50", "q25", "q75")',
        '("band80", "q25", "q75"), ("band50", "q10", "q90")',
    ),
    (
        OF_TARGETS + "charts.py",
        'middle = _quantile(chart, frame, "q50")',
        'middle = _quantile(chart, frame, "q75")',
    ),
    (OF_TARGETS + "charts.py", "i * step / scale", "i * step"),
    (OF_TARGETS + "charts.py", "star(frame.x(deadline), y)", "star(frame.x(deadline - 1), y)"),
    (
        OF_TARGETS + "charts.py",
        '_chances(frame, ranged, "low")',
        '_chances(frame, ranged, "chance")',
    ),
    (
        OF_TARGETS + "charts.py",
        "{FOUR_IN_FIVE}{low} to {high}",
        "{FOUR_IN_FIVE}{low} to {middle}",
    ),
    (OF_TARGETS + "explorer.py", '"value": grid["values"].index(grid["target"])', '"value": 0'),
    (
        OF_TARGETS + "explorer.py",
        '[money(value, currency) for value in grid["values"]]',
        '[money(value, currency) for value in grid["values"][::-1]]',
    ),
    # scripts
    (
        OF_TARGETS + "static/explore.js",
        "const [within, ever, low, high] = curves",
        "const [ever, within, low, high] = curves",
    ),
    (
        OF_TARGETS + "static/explore.js",
        "[from, ...ahead(4), ...ahead(2).reverse()]",
        "[from, ...ahead(5), ...ahead(2).reverse()]",
    ),
    (
        OF_TARGETS + "static/explore.js",
        "room.bottom - ((room.bottom - room.top) * amount) / top",
        "room.top + ((room.bottom - room.top) * amount) / top",
    ),
    (
        OF_TARGETS + "static/explore.js",
        "translate(${x(state.deadline)} ${y(goal)})",
        "translate(${x(last)} ${y(top)})",
    ),
    (
        OF_TARGETS + "static/explore.js",
        "const named = view.said.last[state.day]",
        "const named = view.said.last.at(-1)",
    ),
    (OF_TARGETS + "static/picture.js", "near.dataset.said", "spots[0].dataset.said"),
    (STATIC + "targets.js", "const sign = down ? -1 : 1;", "const sign = 1;"),
    # links and order
    (OF_TARGETS + "evidence.py", '"required": STANDING', '"required": PRICES'),
    (
        PAGES + "front.py",
        "percent(ways.min()): str(ways.idxmin())",
        "percent(ways.min()): str(ways.idxmax())",
    ),
    (
        PAGES + "targets.py",
        "return of_part, first[of_part, card.sides], slug(card.pair), _due(card), card.id",
        "return of_part, -_due(card), slug(card.pair), card.id",
    ),
    (
        PAGES + "sources.py",
        'spot(row, "import", row.import_musd)',
        'spot(row, "export", row.import_musd)',
    ),
]


def fresh(folder: Path, copied: Sequence[str], linked: Sequence[str]) -> None:
    """Make a folder anew: a copy of what is changed, and links to what is not."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in copied:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in linked:
        (folder / name).symlink_to(ROOT / name)


def passes(cards: Path) -> bool:
    """Whether the tests of the copy pass, in a process that has the library loaded."""
    child = get_context("fork").Process(target=_test, args=(cards,))
    child.start()
    child.join()
    if child.exitcode not in (0, 1):
        raise SystemExit((FOLDER / "tests.log").read_text(encoding="utf-8")[-4000:])
    return child.exitcode == 0


def _test(cards: Path) -> None:
    """Run the tests of the copy up to the first failure; what they print goes to a file."""
    with (FOLDER / "tests.log").open("w", encoding="utf-8") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
        os.environ["SITE_CARDS"] = str(cards)
        os.chdir(FOLDER)
        # The library is loaded already; its pages are those of the copy.
        importlib.import_module("tradelib.pages").__path__ = [str(FOLDER / OF_TARGETS)]
        options = ["-q", "-x", "-p", "no:cacheprovider", "-W", IGNORED, f"--rootdir={FOLDER}"]
        code = pytest.main([*options, "-c", "pyproject.toml", "tests/test_pages.py"])
        log.flush()
    os._exit(int(code))


def chosen(about: str, mutants: Sequence[Mutant]) -> Sequence[int]:
    """Numbers of the changes that the command line asks for, from 1."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--only", nargs="*", type=int, help="numbers of changes, from 1")
    options = parser.parse_args()
    os.environ |= {"MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1"}
    return options.only or range(1, len(mutants) + 1)


def count(
    mutants: Sequence[Mutant], numbers: Sequence[int], folder: Path, passes: Callable[[str], bool]
) -> None:
    """Make each change in a copy, ask whether the tests of its file pass, undo it, print."""
    noticed = 0
    for number in numbers:
        file, old, new = mutants[number - 1]
        path = folder / file
        before = path.read_text(encoding="utf-8")
        if before.count(old) != 1:
            times = f"{before.count(old)} times in {file}"
            raise SystemExit(f"change {number}: {old!r} stands {times}")
        start = time.perf_counter()
        path.write_text(before.replace(old, new), encoding="utf-8")
        fails = not passes(file)
        path.write_text(before, encoding="utf-8")
        seconds = time.perf_counter() - start
        noticed += fails
        outcome = "noticed" if fails else "UNNOTICED"
        print(f"{number:2} {outcome:9} {seconds:4.0f} s  {file}: {new[:70]!r}", flush=True)
    print(f"{noticed} of {len(numbers)} noticed")


def main() -> None:
    """Count the changes of the site, once its tests pass without any."""
    numbers = chosen(__doc__, MUTANTS)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOT))
    for name in LOADED:
        importlib.import_module(name)
    fresh(FOLDER, COPIED, LINKED)
    cards = FOLDER.parent / "site_mutants.pickle"
    cards.unlink(missing_ok=True)
    if not passes(cards):
        raise SystemExit("the tests fail without any change; mend that first")
    count(MUTANTS, numbers, FOLDER, lambda _: passes(cards))


if __name__ == "__main__":
    main()
