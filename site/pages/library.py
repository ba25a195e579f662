"""Notebooks and the library: what each answers or offers, before one opens it."""

import re
from base64 import b64decode
from collections.abc import Iterator
from inspect import isclass, ismodule, isroutine
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

import tradelib as tl

# What users ask, and the modules that answer.
QUESTIONS = {
    "Will a target be met?": (
        "front.assess",
        "front.registry",
        "front.timeline",
        "science.verdict",
    ),
    "What does a target ask, and is it on track?": (
        "ground.growth",
        "science.pledge.target",
        "science.pledge.progress",
    ),
    "What is known of a pair?": (
        "bundle.figures",
        "front.own",
        "ground.flows",
        "ground.frames",
        "science.pledge.claims",
    ),
    "Who says so, and who is who?": ("bundle.sources", "ground.codes"),
    "Are there newer figures?": ("live",),
    "Where is turnover heading?": ("front.bound", "science.outlook"),
    "What came of other pairs and other promises?": (
        "front.rates",
        "science.outside",
        "science.pledge",
        "bundle.registry",
    ),
    "What do size and distance predict?": ("front.potential", "science.gravity"),
    "What would change the answer?": ("science.verdict.scenario", "front.explore"),
    "How good are the forecasts?": ("science.scores", "front.archive"),
    "What was learned, and how is it learned again?": (
        "bundle.learned",
        "science.outlook.learn",
        "science.outlook.signals",
        "science.outlook.growth_model",
    ),
    "How does it look?": ("plot", "ground.plain"),
    "What if a question has no answer?": ("ground.errors",),
}


class Entry(NamedTuple):
    """A public name: its address under ``tradelib``, what it is, and where it is shown."""

    name: str
    kind: str
    told: str
    shown: tuple[str, ...]
    pictured: bool


def slug(question: str) -> str:
    """A question as the name of its page."""
    return "-".join(re.findall(r"[a-z]+", question.lower()))


def notebooks(folder: Path, out: Path) -> list[tuple[str, str, str]]:
    """The committed notebooks, copied as executed: name, question and first sentences of each."""
    out.mkdir()
    found = []
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        described(notebook)
        nbformat.write(notebook, out / path.name)  # type: ignore[no-untyped-call]
        found.append((path.stem, *opening(notebook)))
    return found


def opening(notebook: Any) -> tuple[str, str]:
    """A notebook's question, and the first two sentences under it."""
    title, *rest = notebook.cells[0].source.strip().split("\n\n")
    # Names of other notebooks in brackets are for those who have them open.
    lead = _prose(re.sub(r" \(`?\d\d_\w+`?\)", "", rest[0] if rest else ""))
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", lead)
    return title.lstrip("# ").strip(), " ".join(sentences[:2])


def _prose(markdown: str) -> str:
    return " ".join(re.sub(r"[*`#\[\]]|\(http\S+\)", "", markdown).split())


def described(notebook: Any) -> None:
    """Give each picture words: what is drawn, and the prose that leads to it."""
    title, before = opening(notebook)[0], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            before = _prose(cell.source)
            continue
        if any("image/png" in out.get("data", {}) for out in cell.outputs):
            drawn = re.findall(r"tl\.plot\.(\w+)\(", cell.source)
            what = getattr(tl.plot, drawn[0]).__doc__.splitlines()[0] if drawn else "A picture."
            words = " ".join(f"{title} {what} {before}".split())
            cell.metadata["mystnb"] = {"image": {"alt": words[:400]}}


def offered(folder: Path, drawn: Path) -> dict[str, list[Entry]]:
    """What the library offers, by question; pictures of what draws go to a folder.

    Each name stands once, by its shortest address, with the notebooks of a folder that use it.
    """
    found: dict[str, list[Entry]] = {question: [] for question in QUESTIONS}
    cells = [
        (path.stem, cell)
        for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells  # type: ignore[no-untyped-call]
        if cell.cell_type == "code"
    ]
    for name, made in _public():
        home = made.__module__.removeprefix("tradelib.")
        question = max(QUESTIONS, key=lambda asked: _fits(home, QUESTIONS[asked]))
        if not _fits(home, QUESTIONS[question]):
            raise ValueError(f"{name} of {home} answers no question of the library's page")
        uses = [
            (stem, cell)
            for stem, cell in cells
            if re.search(rf"\btl\.{re.escape(name)}\(", cell.source)
        ]
        kind = "function" if isroutine(made) else "class"
        if isclass(made) and issubclass(made, Exception):
            kind = "exception"
        pictures = [_picture(cell) for _, cell in uses] if name.startswith("plot.") else []
        picture = next(filter(None, pictures), b"")
        if picture:
            (drawn / f"{name}.png").write_bytes(picture)
        told = " ".join((made.__doc__ or "").split("\n\n")[0].split())
        shown = tuple(dict.fromkeys(stem for stem, _ in uses))
        found[question].append(Entry(name, kind, told, shown, pictured=bool(picture)))
    # What one calls before what one is given.
    return {
        asked: sorted(names, key=lambda one: one.kind != "function")
        for asked, names in found.items()
    }


def _public() -> Iterator[tuple[str, Any]]:
    """Functions and classes that `tradelib` offers, those of its namespaces after its own."""
    names = {name: made for name, made in vars(tl).items() if not name.startswith("_")}
    spaces = {name: made for name, made in names.items() if ismodule(made)}
    own = {name: made for name, made in names.items() if name not in spaces}
    theirs = {
        f"{space}.{name}": getattr(made, name)
        for space, made in spaces.items()
        for name in getattr(made, "__all__", ())
        if space != "cli"
    }
    seen: set[int] = set()
    for name, made in sorted(own.items()) + sorted(theirs.items()):
        ours = (isroutine(made) or isclass(made)) and made.__module__.startswith("tradelib.")
        if ours and id(made) not in seen:
            seen.add(id(made))
            yield name, made


def _fits(home: str, modules: tuple[str, ...]) -> int:
    """Length of the longest of some modules that is or holds another, 0 if none does."""
    return max((len(m) for m in modules if f"{home}.".startswith(f"{m}.")), default=0)


def _picture(cell: Any) -> bytes:
    """What a cell has drawn, if it has."""
    shown = [out.get("data", {}).get("image/png", "") for out in cell.outputs]
    return b64decode(next(filter(None, shown), ""))
