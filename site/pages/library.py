"""Notebooks and the library: what each answers or offers, before one opens it."""

import re
from base64 import b64decode
from collections.abc import Container, Iterator
from inspect import isclass, ismodule, isroutine
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import told

import tradelib as tl

# What users ask, and the modules that answer.
QUESTIONS = {
    "Will a target be met?": (
        "api.assess",
        "api.targets",
        "api.timeline",
        "pages.questions",
        "pages.report",
        "science.assessment",
    ),
    "What does a target ask, and is it on track?": (
        "core.growth",
        "science.pledges.target",
        "science.pledges.progress_methods",
    ),
    "What is known of a pair?": (
        "datasets.blocs",
        "datasets.exchange_rates",
        "datasets.figures",
        "api.tracking",
        "api.months",
        "api.own_history",
        "core.flows",
        "core.checks",
        "science.pledges.claims",
    ),
    "Who says so, and who is who?": ("datasets.sources", "core.country_codes"),
    "Are there newer figures?": ("live",),
    "Where is turnover heading?": ("api.forecasts", "science.forecasting"),
    "What came of other pairs and other promises?": (
        "api.rates",
        "science.reference",
        "science.pledges",
        "datasets.targets",
    ),
    "What do size and distance predict?": ("api.gravity", "science.gravity"),
    "Which goods are traded, and what could fill a gap?": (
        "api.goods_gap",
        "api.goods",
        "datasets.goods",
        "science.goods",
    ),
    "What would change the answer?": ("science.assessment.scenario", "api.explore"),
    "How good are the forecasts?": ("science.scoring", "api.archive", "api.changes"),
    "What was learned, and how is it learned again?": (
        "datasets.models",
        "science.forecasting.fit",
        "science.forecasting.predictors",
        "science.forecasting.growth_model",
    ),
    "How does it look?": ("plot", "core.labels"),
    "How do pledges, pairs and potentials look?": ("plot.gravity", "plot.reference", "plot.pledge"),
    "What if a question has no answer?": ("core.errors",),
}


class Entry(NamedTuple):
    """A public name: its address under ``tradelib``, what it is, and where it is shown."""

    name: str
    kind: str
    meaning: str
    shown: tuple[str, ...]
    pictured: bool


def slug(question: str) -> str:
    """A question as the name of its page."""
    return "-".join(re.findall(r"[a-z]+", question.lower()))


def notebooks(
    folder: Path, out: Path, only: Container[str] | None = None
) -> list[tuple[str, str, str]]:
    """The notebooks copied with the answer first: name, question, the answer in a line.

    `only` are the names of those that are copied; all of them if omitted.
    """
    out.mkdir()
    stories = []
    paths = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    paths = [path for path in paths if only is None or path.stem in only]
    for path in paths:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        for cell, words in told.pictures(notebook):
            cell.metadata["mystnb"] = {"image": {"alt": words}}
        stories.append((path.stem, told.question(notebook), told.in_a_line(notebook)))
        told.with_answer_first(notebook)
        told.with_links(notebook, [other.stem for other in paths], ".ipynb")
        nbformat.write(notebook, out / path.name)  # type: ignore[no-untyped-call]
    return stories


def offered(folder: Path, drawn: Path) -> dict[str, list[Entry]]:
    """What the library offers, by question; pictures of what draws go to a folder.

    Each name stands once, by its shortest address, with the notebooks of a folder that use it.
    """
    entries: dict[str, list[Entry]] = {question: [] for question in QUESTIONS}
    cells = _code_cells(folder)
    for name, item in _public():
        uses = [(stem, cell) for stem, cell in cells if _calls(cell, name)]
        pictures = [_picture(cell) for _, cell in uses] if name.startswith("plot.") else []
        picture = next(filter(None, pictures), b"")
        if picture:
            (drawn / f"{name}.png").write_bytes(picture)
        first_lines = (item.__doc__ or "").split("\n\n")[0]
        stems = dict.fromkeys(stem for stem, _ in uses)
        entry = Entry(
            name=name,
            kind=_kind(item),
            meaning=" ".join(first_lines.split()),
            shown=tuple(stems),
            pictured=bool(picture),
        )
        entries[_question(name, item)].append(entry)
    # What one calls before what one is given.
    for group in entries.values():
        group.sort(key=lambda entry: entry.kind != "function")
    return entries


def _code_cells(folder: Path) -> list[tuple[str, Any]]:
    """Every cell of code of the notebooks, with the notebook's name."""
    cells = []
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        cells += [(path.stem, cell) for cell in notebook.cells if cell.cell_type == "code"]
    return cells


def _calls(cell: Any, name: str) -> bool:
    """Whether a cell calls a public name."""
    return re.search(rf"\btl\.{re.escape(name)}\(", cell.source) is not None


def _kind(item: Any) -> str:
    """Function, class or exception."""
    if isroutine(item):
        return "function"
    return "exception" if issubclass(item, Exception) else "class"


def _question(name: str, item: Any) -> str:
    """The question that a public name helps to answer."""
    home = item.__module__.removeprefix("tradelib.")
    question = max(QUESTIONS, key=lambda question: _fits(home, QUESTIONS[question]))
    if not _fits(home, QUESTIONS[question]):
        raise ValueError(f"{name} of {home} answers no question of the library's page")
    return question


def _public() -> Iterator[tuple[str, Any]]:
    """Functions and classes that `tradelib` offers, those of its namespaces after its own."""
    own: dict[str, Any] = {}
    of_namespaces: dict[str, Any] = {}
    for name, item in vars(tl).items():
        if name.startswith("_"):
            continue
        if not ismodule(item):
            own[name] = item
        elif name != "cli":
            for inner in getattr(item, "__all__", ()):
                of_namespaces[f"{name}.{inner}"] = getattr(item, inner)
    seen: set[int] = set()
    for name, item in sorted(own.items()) + sorted(of_namespaces.items()):
        is_code = isroutine(item) or isclass(item)
        if is_code and item.__module__.startswith("tradelib.") and id(item) not in seen:
            seen.add(id(item))
            yield name, item


def _fits(home: str, modules: tuple[str, ...]) -> int:
    """Length of the longest name among modules that are or hold another, 0 if none does."""
    holding = [module for module in modules if f"{home}.".startswith(f"{module}.")]
    return max(map(len, holding), default=0)


def _picture(cell: Any) -> bytes:
    """The first picture that a cell has drawn; empty if there is none."""
    for out in cell.outputs:
        encoded = out.get("data", {}).get("image/png", "")
        if encoded:
            return b64decode(encoded)
    return b""
