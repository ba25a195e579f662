"""Change the code in small ways and count the changes that a test notices: a rate for each module.

Usage:  .venv/bin/python benchmarks/mutants.py [MODULE ...] [--sample N] [--tests PATH ...]

MODULE is a file such as ``tradelib/science/reference/base_rate.py``; without one, every module of
the library. With ``--sample`` at most that many mutants of each module are drawn, the same every
time.
First every test runs once and its lines are noted. Then each mutant runs the tests that reach its
line, the quickest and most particular first, up to the first failure and for ``PATIENCE`` seconds.
What no test noticed is tried again longer, with nothing kept from before. The rest is listed with
its lines in ``build/mutants/unnoticed.txt``. No file is changed: a fork of the process that holds
the tests exchanges the code of one function, so that a mutant costs what its tests cost.

The changes are mutmut's. Its own runner starts pytest for each of them and leaves out whatever is
decorated, which is every property and every picture.
"""

import argparse
import ast
import functools
import gc
import importlib
import os
import pickle
import random
import signal
import sys
import time
import types
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import libcst as cst
import pytest
from _pytest.runner import runtestprotocol
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tradelib.core.numeric import wilson

# The repository, and where what was drawn and not noticed is kept.
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "mutants"
# Folders whose code can be changed.
TRACED = [str(ROOT / name) for name in ("tradelib", "data/prepare", "site")]
# Browsers, packages and examples drawn by the hundred take longer than a mutant is worth.
LEFT_OUT = ("test_site", "test_package", "test_workflows", "test_notebooks", "test_small")
# What runs numba's threads.
THREADED = "gravity/_estimation.py"
# What `functools.cache` makes of a function: `forget` empties each.
CACHED = type(functools.cache(len))
# Seconds of tests that a mutant may cost, in the first round and in the second.
PATIENCE = (4, 12)
# Tests that a mutant runs whatever they cost: the first of a file reads what the others find.
LEAST = 10
# Seconds that starting a test costs, beside those that it takes.
STARTING = 0.003
# Seconds of a test in which it is quick enough to be run to fill caches.
QUICK = 2
# A mutant that takes five times what its tests take, and these seconds more, hangs.
HANGING = 20
# Processes at a time: one a core.
WORKERS = os.cpu_count() or 1
# Normal quantile of a 95 % interval.
NORMAL_95 = 1.96


class Mutant(NamedTuple):
    """One change: where it is and what replaces what.

    `first` is the first line of the outermost function. A test that reaches one of `lines` may
    notice the change. `span` is where the old text stands, in bytes; `default` says whether it is
    a parameter's default.
    """

    file: str
    function: str
    first: int
    lines: tuple[int, int]
    span: tuple[int, int]
    new: str
    default: bool

    def source(self) -> bytes:
        """The text of the changed file."""
        text = Path(self.file).read_bytes()
        return text[: self.span[0]] + self.new.encode() + text[self.span[1] :]

    def as_line(self) -> str:
        """One line for a reader: place, what stood there, what stands there now."""
        old = Path(self.file).read_bytes()[slice(*self.span)].decode()
        where = f"{Path(self.file).relative_to(ROOT)}:{self.lines[0]} {self.function}"
        return f"{where}: {' '.join(old.split())}  ->  {' '.join(self.new.split())}"


class Outer(NamedTuple):
    """The outermost function of a node: classes around it, first line (of decorators), last."""

    depth: int
    first: int
    last: int


class Drawn(NamedTuple):
    """The mutants drawn of a module, and how many it has."""

    mutants: list[Mutant]
    among: int


class Running(NamedTuple):
    """A process that tries a mutant: its tests, the pipe to read, and when it counts as hanging."""

    mutant: Mutant
    tests: list[int]
    pipe: int
    end: float


class Changes(cst.CSTVisitor):
    """Collect mutmut's changes within functions, those of decorated ones too."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider, PositionProvider)

    def __init__(self, file: str, module: cst.Module) -> None:
        self.file = file
        self.module = module
        self.mutants: list[Mutant] = []
        # Names of the classes and functions around a node, and the outermost function.
        self.path: list[str] = []
        self.outer: Outer | None = None
        # The line of the statement around a node, and the outermost function's parameters if the
        # node stands in them.
        self.statement = 0
        self.parameters: list[cst.Parameters] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Note what can be changed at a node, and say whether to look below it."""
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom):
            return False
        if isinstance(node, cst.Call) and getattr(node.func, "value", "") in ("len", "isinstance"):
            return False
        self.enter(node)
        if self.outer is None or isinstance(node, cst.Match | cst.FunctionDef):
            return True
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for new in operator(node):
                    self.note(node, new)
        return True

    def enter(self, node: cst.CSTNode) -> None:
        """Step into a function or its parameters, a class or a statement."""
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            if self.outer is None and isinstance(node, cst.FunctionDef):
                self.outer = self.outer_of(node)
            self.path.append(node.name.value)
        if isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            self.statement = self.get_metadata(PositionProvider, node).start.line
        depth = self.outer.depth if self.outer else 0
        if isinstance(node, cst.Parameters) and len(self.path) == depth + 1:
            self.parameters.append(node)

    def outer_of(self, function: cst.FunctionDef) -> Outer:
        """A function that stands in no other, its decorators included."""
        top = function.decorators[0] if function.decorators else function
        start = self.get_metadata(PositionProvider, top).start
        end = self.get_metadata(PositionProvider, function).end
        return Outer(len(self.path), start.line, end.line)

    def on_leave(self, node: cst.CSTNode) -> None:
        """Step out of a function or of its parameters."""
        if self.parameters and self.parameters[-1] is node:
            self.parameters.pop()
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.path.pop()
            if self.outer is not None and len(self.path) == self.outer.depth:
                self.outer = None

    def note(self, node: cst.CSTNode, new: cst.CSTNode) -> None:
        """Keep a change that can be compiled."""
        span = self.get_metadata(ByteSpanPositionProvider, node)
        position = self.get_metadata(PositionProvider, node)
        outer = self.outer
        if outer is None:
            return
        is_default = bool(self.parameters)
        # A default is used wherever its function is, and its own line runs at import alone.
        last_line = outer.last if is_default else position.end.line
        mutant = Mutant(
            file=self.file,
            function=".".join(self.path[: outer.depth + 1]),
            first=outer.first,
            lines=(min(self.statement, position.start.line), last_line),
            span=(span.start, span.start + span.length),
            new=self.module.code_for_node(new),
            default=is_default,
        )
        try:
            compile(mutant.source(), self.file, "exec")
        except SyntaxError:
            return
        self.mutants.append(mutant)


def mutants(file: Path, sample: int) -> Drawn:
    """A module's mutants, or a sample of them that grows at its end, and how many there are."""
    wrapper = MetadataWrapper(cst.parse_module(file.read_text(encoding="utf-8")))
    changes = Changes(str(file), wrapper.module)
    wrapper.visit(changes)
    every = list(dict.fromkeys(changes.mutants))
    random.Random(0).shuffle(every)
    return Drawn(every[: sample or None], len(every))


def whole(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code and every one within it."""
    yield code
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from whole(part)


def defaults(mutant: Mutant, names: dict[str, Any]) -> tuple[Any, Any]:
    """The defaults of a mutant's function, positional and named."""
    for node in ast.walk(ast.parse(mutant.source())):
        if isinstance(node, ast.FunctionDef) and mutant.first in first_lines(node):
            return defaults_of(node, mutant.file, names)
    raise LookupError(mutant.as_line())


def first_lines(function: ast.FunctionDef) -> list[int]:
    """The lines of a function's ``def`` and of its decorators."""
    return [function.lineno, *(decorator.lineno for decorator in function.decorator_list)]


def defaults_of(function: ast.FunctionDef, file: str, names: dict[str, Any]) -> tuple[Any, Any]:
    """The defaults of a function made anew without what stands around them."""
    function.decorator_list = []
    function.returns = None
    function.body = [ast.Pass()]
    for argument in ast.walk(function.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    namespace = dict(names)
    tree = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(tree, file, "exec"), namespace)
    remade = namespace[function.name]
    return remade.__defaults__, remade.__kwdefaults__


def key(code: types.CodeType) -> tuple[str, str, int]:
    """What tells a function of the library from every other."""
    return code.co_filename, code.co_qualname, code.co_firstlineno


class Runner:
    """Pytest's loop, replaced: notes what each test reaches, then tries the mutants."""

    def __init__(self, drawn: dict[Path, Drawn]) -> None:
        self.drawn = drawn
        self.unnoticed: list[Mutant] = []
        self.items: list[pytest.Item] = []
        # By number of a test: whether it passes alone, its seconds, and how many lines it reaches.
        self.sound: dict[int, bool] = {}
        self.took: dict[int, float] = {}
        self.width: dict[int, int] = {}
        # Numbers of the tests that reach a line, by file and line.
        self.reach: dict[tuple[str, int], list[int]] = {}
        self.functions: dict[tuple[str, str, int], list[types.FunctionType]] = defaultdict(list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything once, then each mutant's tests."""
        if session.testsfailed:
            raise session.Failed("the tests cannot be collected; run pytest --collect-only")
        self.items = [item for item in session.items if not item.path.stem.startswith(LEFT_OUT)]
        self.learn()
        self.warm()
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType):
                self.functions[key(thing.__code__)].append(thing)
        for file, drawn in self.drawn.items():
            left = drawn.mutants
            for patience in PATIENCE:
                left = self.tried(left, patience, cold=patience == PATIENCE[-1])
            self.unnoticed += left
            count = len(drawn.mutants)
            report(file, count - len(left), count, drawn.among)
            lines = [mutant.as_line() for mutant in self.unnoticed]
            (FOLDER / "unnoticed.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return True

    def learn(self) -> None:
        """Note which tests reach a line, and how long each takes; kept for the next run."""
        kept = FOLDER / "reached.pickle"
        names = [item.nodeid for item in self.items]
        if kept.exists():
            kept_names, self.took, self.width, self.reach = pickle.loads(kept.read_bytes())
            if kept_names == names:
                return
        self.took = {}
        self.width = {}
        self.reach = defaultdict(list)
        parts = range(min(WORKERS, len({item.path for item in self.items})))
        processes = [fork(partial(self.traced, part)) for part in parts]
        for pid, pipe in processes:
            took, reach = answer(pid, pipe)
            self.took |= took
            for place, tests in reach.items():
                self.reach[place] += tests
        for tests in self.reach.values():
            for test in tests:
                self.width[test] = self.width.get(test, 0) + 1
        kept.write_bytes(pickle.dumps((names, self.took, self.width, dict(self.reach))))

    def traced(self, part: int) -> tuple[dict[int, float], dict[tuple[str, int], list[int]]]:
        """Durations and lines of one worker's share of the tests; failures are printed."""
        tracer = coverage.Coverage(data_file=None, config_file=False, source=TRACED)
        took: dict[int, float] = {}
        files = sorted({item.path for item in self.items})
        share = set(files[part::WORKERS])
        numbers = [number for number, item in enumerate(self.items) if item.path in share]
        tracer.start()
        last_file = None
        for number, following in zip(numbers, [*numbers[1:], None], strict=True):
            item = self.items[number]
            start = time.perf_counter()
            # Once a file: what a cache holds is then read, and traced, in each.
            if item.path != last_file:
                forget()
            last_file = item.path
            tracer.switch_context(str(number))
            if failed(item, self.item(following)):
                print(f"fails unchanged: {item.nodeid}", file=sys.__stderr__)
            else:
                took[number] = time.perf_counter() - start
        tracer.stop()
        data = tracer.get_data()
        reach = {}
        for measured in data.measured_files():
            for line, tests in data.contexts_by_lineno(measured).items():
                reach[measured, line] = [int(test) for test in tests if test and int(test) in took]
        return took, reach

    def item(self, number: int | None) -> pytest.Item | None:
        """The test of a number, None for none."""
        return None if number is None else self.items[number]

    def warm(self) -> None:
        """Read in this process what most tests need: the widest quick test of each file."""
        # Threads that such a test starts in this process would let its forks hang; what it reads
        # is read here all the same.
        threads: set[int] = set()
        for (reached, _), tests in self.reach.items():
            if reached.endswith(THREADED):
                threads.update(tests)
        importlib.import_module("pyfixest.estimation")
        widest = {}
        for number in sorted(self.took, key=lambda test: self.width.get(test, 0)):
            if self.took[number] < QUICK and number not in threads:
                widest[self.items[number].path] = number
        for number in widest.values():
            failed(self.items[number], None)
        for file in self.drawn:
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))

    def tests(self, mutant: Mutant, patience: float) -> list[int]:
        """The tests that reach a mutant's lines, as many as its patience allows."""
        lines = range(mutant.lines[0], mutant.lines[1] + 1)
        tests = {test for line in lines for test in self.reach.get((mutant.file, line), ())}
        spent = 0.0
        chosen: list[int] = []
        for test in sorted(tests, key=lambda test: (self.took[test] + STARTING) * self.width[test]):
            if len(chosen) < LEAST or spent + self.took[test] < patience:
                spent += self.took[test] + STARTING
                chosen.append(test)
        return chosen

    def tried(self, few: Sequence[Mutant], patience: float, cold: bool) -> list[Mutant]:
        """The mutants of a list that no test notices."""
        running: dict[int, Running] = {}
        waiting = [(mutant, self.tests(mutant, patience)) for mutant in reversed(few)]
        left = []
        while waiting or running:
            while waiting and len(running) < WORKERS:
                mutant, tests = waiting.pop()
                if not tests:
                    left.append(mutant)
                    continue
                pid, pipe = fork(partial(self.verdict, mutant, tests, cold))
                usual = sum(self.took[test] for test in tests)
                end = time.monotonic() + HANGING + 5 * usual
                running[pid] = Running(mutant, tests, pipe, end)
            for pid in list(running):
                if ended(pid, running[pid]):
                    mutant, tests, pipe, _ = running.pop(pid)
                    rest = self.still_to_try(tests, pipe)
                    if rest is not None:
                        waiting.append((mutant, rest))
            time.sleep(0.002)
        return left

    def still_to_try(self, tests: list[int], pipe: int) -> list[int] | None:
        """The tests that are left for a mutant whose process has ended; None if it is noticed.

        What dies or hangs is noticed; a test that fails unchanged notices nothing.
        """
        with os.fdopen(pipe, "rb") as stream:
            content = stream.read()
        if not content:
            return None
        test = pickle.loads(content)
        if self.counts(test):
            return None
        return [] if test is None else tests[tests.index(test) + 1 :]

    def counts(self, test: int | None) -> bool:
        """Whether a test that failed passes alone when nothing is changed."""
        if test is None:
            return False
        if test not in self.sound:
            self.sound[test] = not answer(*fork(lambda: failed(self.items[test], None)))
        return self.sound[test]

    def verdict(self, mutant: Mutant, tests: Sequence[int], cold: bool) -> int | None:
        """The first test that fails with a mutant in place, or None."""
        if cold:
            forget()
        try:
            place = (mutant.file, mutant.function, mutant.first)
            changed = compile(mutant.source(), mutant.file, "exec")
            code = next(part for part in whole(changed) if key(part) == place)
            for part in whole(code):
                for function in self.functions[key(part)]:
                    function.__code__ = part
            if mutant.default:
                for function in self.functions[key(code)]:
                    positional, named = defaults(mutant, function.__globals__)
                    function.__defaults__ = positional
                    function.__kwdefaults__ = named
        except (ValueError, TypeError) as error:
            print(f"not tried, {error}: {mutant.as_line()}", file=sys.__stderr__)
            return None
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            if failed(self.items[test], self.item(following)):
                return test
        return None


def ended(pid: int, process: Running) -> bool:
    """Whether a process has ended; one that hangs is ended here."""
    hangs = time.monotonic() > process.end
    if hangs:
        os.kill(pid, signal.SIGKILL)
    return bool(os.waitpid(pid, 0 if hangs else os.WNOHANG)[0])


def fork(work: Callable[[], Any]) -> tuple[int, int]:
    """A process that does some work and sends what it returns through a pipe: its id, the pipe."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write_end)
        return pid, read_end
    os.close(read_end)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    with os.fdopen(write_end, "wb") as stream:
        pickle.dump(work(), stream)
    os._exit(0)


def answer(pid: int, pipe: int) -> Any:
    """What such a process sends, once it is done."""
    with os.fdopen(pipe, "rb") as stream:
        result = pickle.load(stream)
    os.waitpid(pid, 0)
    return result


def failed(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test and say whether it failed."""
    try:
        reports = runtestprotocol(item, log=False, nextitem=following)
        return any(report.failed for report in reports)
    except BaseException:  # noqa: BLE001 - whatever ends it
        return True


def forget() -> None:
    """Empty every cache of the library."""
    for thing in gc.get_objects():
        if type(thing) is CACHED and thing.__module__.startswith("tradelib"):
            thing.cache_clear()


def report(file: Path, noticed: int, tried: int, among: int) -> None:
    """Print one line: noticed of tried, the rate, and where the rate of all lies (Wilson, 95 %)."""
    rate = f"{noticed}/{tried} = {noticed / tried:.1%}"
    if tried < among:
        low, high = wilson(noticed / tried, tried, NORMAL_95)
        rate += f" ({low:.1%} to {high:.1%} of all {among})"
    print(f"{file.relative_to(ROOT)}: {rate}", file=sys.__stdout__, flush=True)


def main() -> None:
    """Print a line for each module that has mutants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="at most so many of each module")
    parser.add_argument("--tests", nargs="+", default=["tests", "tradelib", "README.md"])
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    files = [path.resolve() for path in options.modules]
    if not files:
        files = sorted((ROOT / "tradelib").rglob("*.py"))
    drawn = {file: mutants(file, options.sample) for file in files}
    runner = Runner({file: of_file for file, of_file in drawn.items() if of_file.mutants})
    arguments = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist"]
    arguments += ["--hypothesis-seed=0", *options.tests]
    pytest.main(arguments, plugins=[runner])
    print(f"{len(runner.unnoticed)} unnoticed, see {FOLDER.relative_to(ROOT)}/unnoticed.txt")


if __name__ == "__main__":
    main()
