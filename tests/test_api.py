"""What `import tradelib` offers and what it costs."""

import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import import_module

import pytest
from conftest import ROOT
from pages import library

import tradelib

MODULES = [
    import_module(info.name) for info in pkgutil.walk_packages(tradelib.__path__, "tradelib.")
]
LISTED = {module: getattr(module, "__all__", []) for module in MODULES}
LISTED[tradelib] = [name for name in vars(tradelib) if not name.startswith("_")]
FUNCTIONS = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module, names in LISTED.items()
    for name in names
    if inspect.isfunction(getattr(module, name)) and name != "get_close_matches"
}


def test_names():
    """Everything listed exists, in order: what one types, none of it a module that hides a verb."""
    assert sorted(tradelib.__all__) == tradelib.__all__ == dir(tradelib)
    assert all(hasattr(tradelib, name) for name in tradelib.__all__)
    assert len(tradelib.__all__) <= 70
    modules = {name for name in dir(tradelib) if inspect.ismodule(getattr(tradelib, name))}
    assert not modules & {"nowcast", "forecast", "target", "assess", "load", "judge"}
    with pytest.raises(AttributeError, match="^module 'tradelib' has no attribute 'nowcast'"):
        tradelib.nowcast  # noqa: B018


@pytest.mark.parametrize("first", ["tradelib.api.explore.widgets", "tradelib.plot.past"])
def test_the_same_function_whichever_module_comes_first(first):
    """Every public function looks at its arguments where it is defined, not where it is offered."""
    program = f"""
import sys, {first}, tradelib as tl, tradelib.cli
homes = ("cli.assessed", "api.assess.assess", "api.explore.widgets.assess")
for home in homes:
    module, name = f"tradelib.{{home}}".rsplit(".", 1)
    assert getattr(sys.modules[module], name) is tl.assess
assert sys.modules["tradelib.core.checks"].history is tl.flows.history
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_light():
    """The import loads neither pictures nor statistics; a headline needs no statistics package."""
    program = """
import sys, pandas
seen = set(sys.modules)
import tradelib as tl
heavy = {"matplotlib", "scipy", "statsmodels", "IPython", "requests", "socket"}
print(*heavy & (set(sys.modules) - seen))
paths = tl.panel_growth(tl.load_turnover("KAZ", "TKM"), horizon=2)
paths.probability(1000, year=2027)
tl.base_rate(size_musd=254.3, multiple=3.93, horizon=5).summary()
tl.pledge_rate(growth=0.25), tl.assess_many([tl.article_target()])
print(*{"scipy.stats", "statsmodels", "matplotlib", "dask"} & set(sys.modules))
"""
    process = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert process.stdout.split() == []


DATA = {"reporter", "partner", "country", "currency", "name", "targets", "series"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_functions(name):
    """Each is `validated` (live ones check for themselves), documented, with options by keyword."""
    function = FUNCTIONS[name]
    text = inspect.getdoc(function)
    parameters = inspect.signature(function).parameters
    assert re.search(r"^Examples\n-+\n", text, re.MULTILINE)
    assert ">>> " in text
    if not parameters:
        return
    if not name.startswith("tradelib.live"):
        assert function.__wrapped__.__name__ == function.__name__
    assert re.search(r"^Returns\n-+\n", text, re.MULTILINE)
    section = text.split("Parameters\n----------\n")[1]
    for p in parameters.values():
        assert re.search(rf"^[\w*, ]*\b{p.name}\b[\w*, ]*( :|$)", section, re.MULTILINE), p.name
        assert p.default is p.empty or p.name in DATA or p.kind is p.KEYWORD_ONLY, p.name


def test_offered(tmp_path):
    """On the site each public name answers one question, with the notebooks that use it and what it draws."""
    offered = library.offered(ROOT / "notebooks", tmp_path)
    names = [entry.name for entries in offered.values() for entry in entries]
    assert len(names) == len(set(names))
    spaces = {name for name in tradelib.__all__ if inspect.ismodule(getattr(tradelib, name))}
    assert set(tradelib.__all__) - spaces <= set(names)
    drawn = {f"plot.{name}" for name in tradelib.plot.__all__}
    looks = [entries for question, entries in offered.items() if question.endswith("look?")]
    assert drawn <= {entry.name for entries in looks for entry in entries}
    assert drawn == {path.stem for path in tmp_path.iterdir()}
    answer = {entry.name: entry for entry in offered["Will a target be met?"]}
    assert answer["assess"].shown[0] == "00_answer"
    meaning = "Verdict on a target, from the bundled data or your own figures."
    assert answer["assess"].meaning == meaning
    assert answer["Verdict"].kind == "class"


def test_without_a_question(tmp_path, monkeypatch):
    """A name that answers none is refused, so that no page forgets it."""
    monkeypatch.setitem(library.QUESTIONS, "How does it look?", ("core.labels",))
    with pytest.raises(ValueError, match=r"^plot\.both_flows of plot\.past answers no question"):
        library.offered(ROOT / "notebooks", tmp_path)
