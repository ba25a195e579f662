"""Notebooks and modules: what each answers or offers, before one opens it."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat

import tradelib as tl


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


def modules() -> Iterator[tuple[str, str]]:
    """Modules that list what they offer, and the first line on each.

    One whose folder lists all that it offers already has no page of its own.
    """
    offers: dict[str, set[str]] = {}
    for found in pkgutil.walk_packages(tl.__path__, "tradelib."):
        module = import_module(found.name)
        names = set(getattr(module, "__all__", ()))
        folder = offers.get(found.name.rpartition(".")[0], set())
        offers[found.name] = names | folder
        if names - folder and ".live." not in found.name:
            told = (module.__doc__ or "").strip().split("\n\n")[0]
            yield found.name.removeprefix("tradelib."), " ".join(told.split())
