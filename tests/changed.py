"""Run the tests of what changed since a commit: of changed modules, and every changed test file.

Usage:  python tests/changed.py [COMMIT]

A changed module of the library runs its own examples and the test files that name it: by its path
(``tradelib.science.pledges.claims``) or by a public name of its own. A change in ``site`` runs the
tests of what its pages say. Other changes are left to `make test`, and so is the site for a change
elsewhere.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = Path("tests/test_pages.py")
SLOW = {Path("tests/test_site.py"), PAGES}


def changed(commit):
    """Paths that differ from a commit, and those git does not know yet."""
    asked = ["git", "diff", "--name-only", "--diff-filter=d", commit]
    untracked = ["git", "ls-files", "--others", "--exclude-standard"]
    listed = []
    for command in (asked, untracked):
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        listed.append(process.stdout)
    return sorted({Path(line) for text in listed for line in text.splitlines()})


def public(module):
    """The names that a module lists in `__all__`, else those it defines without an underscore."""
    body = ast.parse((ROOT / module).read_text(encoding="utf-8")).body
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    defined = [n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    return [name for name in defined if not name.startswith("_")]


def naming(module, texts):
    """Test files that name a module or a public name of its own; of its package, if there are none."""
    dotted = ".".join(module.with_suffix("").parts).removesuffix(".__init__")
    package, _, last = dotted.rpartition(".")
    patterns = [rf"{re.escape(dotted)}\b", rf"from {re.escape(package)} import [^\n]*\b{last}\b"]
    names = "|".join(public(module))
    if names and not last.startswith("_"):
        patterns += [rf"\.(?:{names})\b", rf"import [^\n]*\b(?:{names})\b"]
    tests = {test for test, text in texts.items() if re.search("|".join(patterns), text)}
    return tests or {test for test, text in texts.items() if package in text}


def chosen(paths):
    """What pytest is to run for changed paths."""
    modules = [path for path in paths if path.suffix == ".py" and path.parts[0] == "tradelib"]
    tests = sorted((ROOT / "tests").glob("test_*.py"))
    texts = {test.relative_to(ROOT): test.read_text(encoding="utf-8") for test in tests}
    named = set().union(*(naming(module, texts) for module in modules)) - SLOW
    if any(path.parts[0] == "site" for path in paths):
        named.add(PAGES)
    return [*modules, *sorted(named | (set(paths) & set(texts)))]


def main():
    """Run them, or say that there is nothing to run."""
    commit = sys.argv[1] if len(sys.argv) > 1 else "HEAD"
    run = [str(path) for path in chosen(changed(commit))]
    if not run:
        print("no module and no test changed")
        return 0
    print("pytest", *run, flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *run]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
