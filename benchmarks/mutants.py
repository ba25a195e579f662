"""Change the code in small ways and count the changes that a test notices: a rate for each module.

Usage:  .venv/bin/python benchmarks/mutants.py [MODULE ...] [--sample N] [--tests PATH ...]

MODULE is a file such as ``tradelib/science/outside/base_rate.py``; without one, every module of the
library. With ``--sample`` at most that many mutants of each module are drawn, the same every time.
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
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import libcst as cst
import pytest
from _pytest.runner import runtestprotocol
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from tradelib.ground.numbers import wilson

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "mutants"
# Folders whose code can be changed.
TRACED = [str(ROOT / name) for name in ("tradelib", "data/prepare", "site")]
# Browsers, packages and examples drawn by the hundred take longer than a mutant is worth.
LEFT_OUT = ("test_site", "test_package", "test_workflows", "test_notebooks", "test_small")
# What runs numba's threads.
THREADED = "gravity/_estimation.py"
CACHED = type(functools.cache(len))
# Seconds of tests that a mutant may cost, in the first round and in the second.
PATIENCE = (4, 12)
# Tests that a mutant runs whatever they cost: the first of a file reads what the others find.
LEAST = 10
WORKERS = os.cpu_count() or 1


class Mutant(NamedTuple):
    """One change: where it is and what replaces what."""

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

    def told(self) -> str:
        """One line for a reader: place, what stood there, what stands there now."""
        old = Path(self.file).read_bytes()[slice(*self.span)].decode()
        where = f"{Path(self.file).relative_to(ROOT)}:{self.lines[0]} {self.function}"
        return f"{where}: {' '.join(old.split())}  ->  {' '.join(self.new.split())}"


class Changes(cst.CSTVisitor):
    """Collect mutmut's changes within functions, those of decorated ones too."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider, PositionProvider)

    def __init__(self, file: str, module: cst.Module) -> None:
        self.file, self.module, self.found = file, module, []
        self.path, self.first, self.statement, self.within = [], None, None, []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Note what can be changed at a node, and say whether to look below it."""
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom):
            return False
        if isinstance(node, cst.Call) and getattr(node.func, "value", "") in ("len", "isinstance"):
            return False
        self.enter(node)
        if self.first is not None and not isinstance(node, cst.Match | cst.FunctionDef):
            for kind, operator in mutation_operators:
                for new in operator(node) if isinstance(node, kind) else ():
                    self.note(node, new)
        return True

    def enter(self, node: cst.CSTNode) -> None:
        """Step into a function or its parameters, a class or a statement."""
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            if self.first is None and isinstance(node, cst.FunctionDef):
                top = node.decorators[0] if node.decorators else node
                first, place = (self.get_metadata(PositionProvider, part) for part in (top, node))
                self.first = (len(self.path), first.start.line, place.end.line)
            self.path.append(node.name.value)
        if isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            self.statement = self.get_metadata(PositionProvider, node).start.line
        if isinstance(node, cst.Parameters) and len(self.path) == (self.first or (0,))[0] + 1:
            self.within.append(node)

    def on_leave(self, node: cst.CSTNode) -> None:
        """Step out of a function or of its parameters."""
        if self.within and self.within[-1] is node:
            self.within.pop()
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.path.pop()
            if self.first is not None and len(self.path) == self.first[0]:
                self.first = None

    def note(self, node: cst.CSTNode, new: cst.CSTNode) -> None:
        """Keep a change that can be compiled."""
        span = self.get_metadata(ByteSpanPositionProvider, node)
        place = self.get_metadata(PositionProvider, node)
        depth, first, last = self.first
        mutant = Mutant(
            file=self.file,
            function=".".join(self.path[: depth + 1]),
            first=first,
            # A default is used wherever its function is, and its own line runs at import alone.
            lines=(min(self.statement, place.start.line), last if self.within else place.end.line),
            span=(span.start, span.start + span.length),
            new=self.module.code_for_node(new),
            default=bool(self.within),
        )
        try:
            compile(mutant.source(), self.file, "exec")
        except SyntaxError:
            return
        self.found.append(mutant)


def mutants(file: Path, sample: int) -> tuple[list[Mutant], int]:
    """A module's mutants, or a sample of them that grows at its end, and how many there are."""
    wrapper = MetadataWrapper(cst.parse_module(file.read_text(encoding="utf-8")))
    changes = Changes(str(file), wrapper.module)
    wrapper.visit(changes)
    found = list(dict.fromkeys(changes.found))
    random.Random(0).shuffle(found)
    return found[: sample or None], len(found)


def whole(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code and every one within it."""
    yield code
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from whole(part)


def defaults(mutant: Mutant, names: dict[str, Any]) -> tuple[Any, Any]:
    """The defaults of a mutant's function, positional and named."""
    for node in ast.walk(ast.parse(mutant.source())):
        if isinstance(node, ast.FunctionDef) and mutant.first in (
            node.lineno,
            *(found.lineno for found in node.decorator_list),
        ):
            node.decorator_list, node.returns, node.body = [], None, [ast.Pass()]
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    argument.annotation = None
            space = dict(names)
            tree = ast.fix_missing_locations(ast.Module([node], []))
            exec(compile(tree, mutant.file, "exec"), space)
            return space[node.name].__defaults__, space[node.name].__kwdefaults__
    raise LookupError(mutant.told())


def key(code: types.CodeType) -> tuple[str, str, int]:
    """What tells a function of the library from every other."""
    return code.co_filename, code.co_qualname, code.co_firstlineno


class Runner:
    """Pytest's loop, replaced: notes what each test reaches, then tries the mutants."""

    def __init__(self, drawn: dict[Path, tuple[list[Mutant], int]]) -> None:
        self.drawn, self.unnoticed, self.sound = drawn, [], {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything once, then each mutant's tests."""
        if session.testsfailed:
            raise session.Failed("the tests cannot be collected; run pytest --collect-only")
        self.items = [i for i in session.items if not i.path.stem.startswith(LEFT_OUT)]
        self.learn()
        self.warm()
        self.functions = defaultdict(list)
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType):
                self.functions[key(thing.__code__)].append(thing)
        for file, (few, among) in self.drawn.items():
            left = few
            for patience in PATIENCE:
                left = self.tried(left, patience, cold=patience == PATIENCE[-1])
            self.unnoticed += left
            report(file, len(few) - len(left), len(few), among)
            lines = [mutant.told() for mutant in self.unnoticed]
            (FOLDER / "unnoticed.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return True

    def learn(self) -> None:
        """Which tests reach a line, and how long each takes; kept for the next run of the tests."""
        kept = FOLDER / "reached.pickle"
        names = [item.nodeid for item in self.items]
        if kept.exists():
            known, self.took, self.width, self.reach = pickle.loads(kept.read_bytes())
            if known == names:
                return
        workers = range(min(WORKERS, len({item.path for item in self.items})))
        share = [fork(lambda part=part: self.traced(part)) for part in workers]
        self.took, self.width, self.reach = {}, {}, defaultdict(list)
        for pid, pipe in share:
            took, reach = answer(pid, pipe)
            self.took |= took
            for place, tests in reach.items():
                self.reach[place] += tests
        for tests in self.reach.values():
            for test in tests:
                self.width[test] = self.width.get(test, 0) + 1
        kept.write_bytes(pickle.dumps((names, self.took, self.width, dict(self.reach))))

    def traced(self, part: int) -> tuple[dict[int, float], dict[tuple[str, int], list[int]]]:
        """Durations and lines of one worker's share of the tests; failures are told."""
        tracer, took = coverage.Coverage(data_file=None, config_file=False, source=TRACED), {}
        share = set(sorted({item.path for item in self.items})[part::WORKERS])
        mine = [number for number, item in enumerate(self.items) if item.path in share]
        tracer.start()
        seen = None
        for number, following in zip(mine, [*mine[1:], None], strict=True):
            item, start = self.items[number], time.perf_counter()
            # Once a file: what a cache holds is then read, and traced, in each.
            if item.path != seen:
                forget()
            seen = item.path
            tracer.switch_context(str(number))
            if failed(item, following and self.items[following]):
                print(f"fails unchanged: {item.nodeid}", file=sys.__stderr__)
            else:
                took[number] = time.perf_counter() - start
        tracer.stop()
        data, reach = tracer.get_data(), {}
        for file in data.measured_files():
            for line, tests in data.contexts_by_lineno(file).items():
                reach[file, line] = [int(t) for t in tests if t and int(t) in took]
        return took, reach

    def warm(self) -> None:
        """Read in this process what most tests need: the widest quick test of each file."""
        widest = {}
        # Threads that such a test starts in this process would let its forks hang; what it reads
        # is read here all the same.
        threads = {
            t for (file, _), tests in self.reach.items() if file.endswith(THREADED) for t in tests
        }
        importlib.import_module("pyfixest.estimation")
        for number, took in sorted(self.took.items(), key=lambda test: self.width.get(test[0], 0)):
            if took < 2 and number not in threads:
                widest[self.items[number].path] = number
        for number in widest.values():
            failed(self.items[number], None)
        for file in self.drawn:
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))

    def tests(self, mutant: Mutant, patience: float) -> list[int]:
        """The tests that reach a mutant's lines, as many as its patience allows."""
        lines = range(mutant.lines[0], mutant.lines[1] + 1)
        tests = {test for line in lines for test in self.reach.get((mutant.file, line), ())}
        spent, chosen = 0, []
        for test in sorted(tests, key=lambda t: (self.took[t] + 0.003) * self.width[t]):
            if len(chosen) < LEAST or spent + self.took[test] < patience:
                spent += self.took[test] + 0.003
                chosen.append(test)
        return chosen

    def tried(self, few: Sequence[Mutant], patience: float, cold: bool) -> list[Mutant]:
        """The mutants of a list that no test notices."""
        running, waiting = {}, [(m, self.tests(m, patience)) for m in reversed(few)]
        left = []
        while waiting or running:
            while waiting and len(running) < WORKERS:
                mutant, tests = waiting.pop()
                if not tests:
                    left.append(mutant)
                    continue
                pid, pipe = fork(lambda m=mutant, t=tests: self.verdict(m, t, cold))
                end = time.monotonic() + 20 + 5 * sum(self.took[test] for test in tests)
                running[pid] = (mutant, tests, pipe, end)
            for pid in list(running):
                mutant, tests, pipe, end = running[pid]
                late = time.monotonic() > end
                if late:
                    os.kill(pid, signal.SIGKILL)
                if os.waitpid(pid, 0 if late else os.WNOHANG)[0]:
                    del running[pid]
                    with os.fdopen(pipe, "rb") as stream:
                        said = stream.read()
                    # What dies or hangs is noticed; a test that fails unchanged notices nothing.
                    test = pickle.loads(said) if said else None
                    if said and not self.counts(test):
                        rest = tests[tests.index(test) + 1 :] if test is not None else []
                        waiting.append((mutant, rest))
            time.sleep(0.002)
        return left

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
            for function in self.functions[key(code)] if mutant.default else ():
                made = defaults(mutant, function.__globals__)
                function.__defaults__, function.__kwdefaults__ = made
        except (ValueError, TypeError) as error:
            print(f"not tried, {error}: {mutant.told()}", file=sys.__stderr__)
            return None
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            if failed(self.items[test], following and self.items[following]):
                return test
        return None


def fork(work: Callable[[], Any]) -> tuple[int, int]:
    """A process that does some work and sends what it returns through a pipe."""
    come, go = os.pipe()
    pid = os.fork()
    if pid:
        os.close(go)
        return pid, come
    os.close(come)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    with os.fdopen(go, "wb") as stream:
        pickle.dump(work(), stream)
    os._exit(0)


def answer(pid: int, pipe: int) -> Any:
    """What such a process sends, once it is done."""
    with os.fdopen(pipe, "rb") as stream:
        said = pickle.load(stream)
    os.waitpid(pid, 0)
    return said


def failed(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test and say whether it failed."""
    try:
        return any(one.failed for one in runtestprotocol(item, log=False, nextitem=following))
    except BaseException:  # noqa: BLE001 - whatever ends it
        return True


def forget() -> None:
    """Empty every cache of the library."""
    for thing in gc.get_objects():
        if type(thing) is CACHED and thing.__module__.startswith("tradelib"):
            thing.cache_clear()


def report(file: Path, noticed: int, tried: int, among: int) -> None:
    """One line: noticed of tried, the rate, and where the rate of all lies (Wilson, 95 %)."""
    rate = f"{noticed}/{tried} = {noticed / tried:.1%}"
    if tried < among:
        low, high = wilson(noticed / tried, tried, 1.96)
        rate += f" ({low:.1%} to {high:.1%} of all {among})"
    print(f"{file.relative_to(ROOT)}: {rate}", file=sys.__stdout__, flush=True)


def main() -> None:
    """A line for each module that has mutants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="at most so many of each module")
    parser.add_argument("--tests", nargs="+", default=["tests", "tradelib", "README.md"])
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    files = [p.resolve() for p in options.modules] or sorted((ROOT / "tradelib").rglob("*.py"))
    drawn = {file: mutants(file, options.sample) for file in files}
    runner = Runner({file: found for file, found in drawn.items() if found[0]})
    arguments = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist"]
    arguments += ["--hypothesis-seed=0", *options.tests]
    pytest.main(arguments, plugins=[runner])
    print(f"{len(runner.unnoticed)} unnoticed, see {FOLDER.relative_to(ROOT)}/unnoticed.txt")


if __name__ == "__main__":
    main()
