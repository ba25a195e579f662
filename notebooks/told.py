"""What each notebook asks and answers, read from its executed cells."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import nbformat

import tradelib as tl

# Notebooks by their numbers: those that the article's question needs, then what lies behind.
SHELVES = {
    "The article": ("00", "01", "02", "03", "04", "05", "10", "11", "15"),
    "The evidence behind": ("06", "07", "08", "09", "12", "13", "14", "16"),
}


def printed(notebook: Any) -> str:
    """Printed lines of the last code cell: each notebook ends with its answer."""
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    return "".join(out.text for out in last.outputs if out.output_type == "stream").strip()


def as_prose(answer: str) -> str:
    """Printed lines as prose: sentences run on, a blank line starts a paragraph."""
    return "\n\n".join(" ".join(part.split()) for part in answer.split("\n\n"))


def question(notebook: Any) -> str:
    """The title of a notebook, which is a question."""
    return str(notebook.cells[0].source.strip().split("\n\n")[0].lstrip("# ").strip())


def in_a_line(notebook: Any) -> str:
    """The first sentence of a notebook's answer."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", as_prose(printed(notebook)))[0]


def with_answer_first(notebook: Any) -> None:
    """Put the answer, which the last cell computes, under the question."""
    text = f"**The answer, computed below**\n\n{as_prose(printed(notebook))}"
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(text))  # type: ignore[no-untyped-call]


def with_links(notebook: Any, names: Iterable[str], ending: str) -> None:
    """Let the names of other notebooks in a notebook's text lead to them."""
    for name in names:
        link = f"[`{name}`]({name}{ending})"
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(f"`{name}`", link)


def pictures(notebook: Any) -> Iterator[tuple[Any, str]]:
    """The cell of each picture, and an alternative text: what is drawn, and the prose before it."""
    title = question(notebook)
    before = ""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            before = _in_one_line(cell.source)
        for out in cell.get("outputs", []):
            if "image/png" in out.get("data", {}):
                number += 1
                words = f"{title} Picture {number}: {_drawn(cell)} {before}"
                yield cell, " ".join(words.split())[:400]


def _in_one_line(markdown: str) -> str:
    """Text in one line, without headings, signs of Markdown and addresses."""
    text = re.sub(r"^#.*$", "", markdown, flags=re.MULTILINE)
    return " ".join(re.sub(r"[*`\[\]]|\(http\S+\)", "", text).split())


def _drawn(cell: Any) -> str:
    """What a cell draws: the first line of the help of the first function that draws."""
    names = re.findall(r"tl\.plot\.(\w+)\(", cell.source)
    if not names:
        return "A picture."
    text: str = getattr(tl.plot, names[0]).__doc__
    return text.splitlines()[0]


def by_shelf(names: Iterable[str]) -> dict[str, list[str]]:
    """Names of notebooks by the shelf that holds their number, in order; no shelf is empty."""
    shelves = {
        shelf: [name for name in sorted(names) if name[:2] in numbers]
        for shelf, numbers in SHELVES.items()
    }
    return {shelf: held for shelf, held in shelves.items() if held}
