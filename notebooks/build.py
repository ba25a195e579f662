"""Run every notebook, write a readable page of each, print the answer.

Usage:  python notebooks/build.py [--record]

Pages and executed notebooks go to ``build/``. ``--record`` also writes the executed notebooks back,
and the answer with its figure into README.md, to be committed.
"""

import argparse
import base64
import copy
import html
import io
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
import told
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from PIL import Image

HERE = Path(__file__).parent
ROOT = HERE.parent
BUILD = ROOT / "build"
README = ROOT / "README.md"
ANSWER = "00_answer"
# Notebooks whose first picture README shows, and the file that holds it.
PICTURES = {ANSWER: "answer.png", "16_track_record": "record.png"}
HTML = HTMLExporter(
    exclude_input_prompt=True, exclude_output_prompt=True, mathjax_url="", require_js_url=""
)
STYLE = "<style>.jp-OutputArea-output pre {word-break: normal; overflow-wrap: anywhere}</style>"
# What nbconvert writes where a picture has no alternative text.
NO_ALT = 'alt="No description has been provided for this image"'
WIDGET = "application/vnd.jupyter.widget-view+json"
MARKS = "<!-- answer: written by `make record` -->", "<!-- end of answer -->"


def execute(path: Path) -> nbformat.NotebookNode:
    """An executed copy of a notebook, with what changes from run to run taken out."""
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(HERE)}}
    quiet = ["--IPKernelApp.log_level=ERROR"]
    NotebookClient(notebook, timeout=120, resources=resources, extra_arguments=quiet).execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for out in cell.get("outputs", []):
            if "image/png" in out.get("data", {}):
                out.data["image/png"] = packed(out.data["image/png"])
            if WIDGET in out.get("data", {}):
                out.data = {"text/plain": "Sliders: run this notebook in JupyterLab to move them."}
    return notebook


def packed(picture: str) -> str:
    """A picture in 256 colours: nobody sees the difference, and it takes a third of the room."""
    with Image.open(io.BytesIO(base64.b64decode(picture))) as drawn:
        few = drawn.convert("RGB").quantize(
            256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    held = io.BytesIO()
    few.save(held, "PNG", optimize=True)
    return base64.b64encode(held.getvalue()).decode()


def page(notebook: nbformat.NotebookNode, name: str, names: Sequence[str]) -> str:
    """Readable HTML, the answer first, with links to the pages around it."""
    shown = copy.deepcopy(notebook)
    alts = [words for _, words in told.pictures(shown)]
    told.with_answer_first(shown)
    told.with_links(shown, names, ".html")
    shown.cells.insert(0, nbformat.v4.new_markdown_cell(around(name, names)))
    body, _ = HTML.from_notebook_node(shown, {"metadata": {"name": name}})
    for words in alts:
        body = body.replace(NO_ALT, f'alt="{html.escape(words)}"', 1)
    return body.replace("</head>", f"{STYLE}</head>", 1)


def around(name: str, names: Sequence[str]) -> str:
    """Links to all notebooks, and to those before and after this one."""
    place = names.index(name)
    links = ["[All notebooks](index.html)"]
    links += [f"[Before: {names[place - 1]}]({names[place - 1]}.html)"] if place else []
    links += [f"[Next: {after}]({after}.html)" for after in names[place + 1 : place + 2]]
    return " · ".join(links)


def index(notebooks: Mapping[str, nbformat.NotebookNode]) -> str:
    """A page of all notebooks by shelf: each question, with its answer in a line."""
    parts = ["# The notebooks"]
    for shelf, names in told.by_shelf(notebooks).items():
        parts.append(f"## {shelf}")
        for name in names:
            asked = told.question(notebooks[name])
            parts.append(f"[{asked}]({name}.html) {told.in_a_line(notebooks[name])}")
    cell = nbformat.v4.new_markdown_cell("\n\n".join(parts))
    body, _ = HTML.from_notebook_node(
        nbformat.v4.new_notebook(cells=[cell]), {"metadata": {"name": "The notebooks"}}
    )
    return body.replace("</head>", f"{STYLE}</head>", 1)


def picture(notebook: nbformat.NotebookNode) -> bytes:
    """First PNG of a notebook, as bytes."""
    for cell in notebook.cells:
        for out in cell.get("outputs", []):
            if "image/png" in out.get("data", {}):
                return base64.b64decode(out.data["image/png"])
    raise SystemExit("a notebook that README shows drew no picture")


def with_answer(readme: str, answer: str) -> str:
    """README's text with the answer between its marks."""
    start, end = (re.escape(mark) for mark in MARKS)
    block = f"{MARKS[0]}\n{told.as_prose(answer)}\n{MARKS[1]}"
    return re.sub(f"{start}.*{end}", lambda _: block, readme, flags=re.DOTALL)


def main() -> None:
    """Run the notebooks one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true")
    record = parser.parse_args().record
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    BUILD.mkdir(exist_ok=True)
    paths = sorted(HERE.glob("[0-9][0-9]_*.ipynb"))
    names = [path.stem for path in paths]
    executed = {}
    for number, path in enumerate(paths, start=1):
        print(f"[{number}/{len(paths)}] {path.stem} ... ", end="", flush=True)
        start = time.perf_counter()
        try:
            notebook = execute(path)
        except CellExecutionError as error:
            raise SystemExit(f"failed\n{error}") from None
        (BUILD / f"{path.stem}.html").write_text(page(notebook, path.stem, names), encoding="utf-8")
        nbformat.write(notebook, BUILD / path.name)
        if record:
            nbformat.write(notebook, path)
        executed[path.stem] = notebook
        if record and path.stem == ANSWER:
            text = README.read_text(encoding="utf-8")
            README.write_text(with_answer(text, told.printed(notebook)), encoding="utf-8")
        if record and path.stem in PICTURES:
            (HERE / PICTURES[path.stem]).write_bytes(picture(notebook))
        print(f"{time.perf_counter() - start:.1f} s")
    (BUILD / "index.html").write_text(index(executed), encoding="utf-8")
    answer = told.printed(executed[ANSWER])
    print(f"\n{answer}\n\nPages, each with its answer: {BUILD.relative_to(ROOT)}/index.html")


if __name__ == "__main__":
    main()
