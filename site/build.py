"""Build the site: numbers from the library, pages by Sphinx, nothing from the network.

Usage:  python site/build.py [OUT]

Pages go to ``build/site`` unless OUT says otherwise; what Sphinx reads is put together beside it.
"""

import json
import os
import pkgutil
import re
import shutil
import sys
import time
from importlib import import_module
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "agg")
import nbformat
from content import cards, front, front_title, sources_page, target_page, targets_table
from downloads import page as downloads_page
from downloads import write
from slim import slim
from sphinx.cmd.build import build_main
from trust import trust_page

import tradelib as tl

HERE = Path(__file__).parent
ROOT = HERE.parent
FRONT = "KAZ-TKM-2022"
RAW = "```{raw} html\n%s\n```\n"
SEARCH = '<a href="search.html">Search them all</a>.\n\n'
NO_TOC = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n"


def generate(source):
    """Everything that Sphinx reads, in a fresh folder."""
    shutil.rmtree(source, ignore_errors=True)
    (source / "pictures").mkdir(parents=True)
    every = cards()
    mine = next(card for card in every if card.id == FRONT)
    statements = tl.load_target_statements()
    write(every, source / "extra" / "data", ROOT)
    pages = {f"targets/{card.id}": target_page(card, statements) for card in every}
    (source / "pages.json").write_text(json.dumps(pages), encoding="utf-8")
    written = {
        "index": (front_title(mine), front(mine)),
        "targets": ("All targets", targets_table(every)),
        "trust": ("Is it to be trusted?", trust_page(source / "pictures", tl.article_target())),
        "sources": ("Sources", sources_page()),
        "downloads": ("Data", downloads_page(source / "extra" / "data")),
    }
    for name, (title, body) in written.items():
        tree = TREE if name == "index" else ""
        text = f"{NO_TOC}# {title}\n\n{RAW % body}{tree}"
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    notebooks(source)
    reference(source)
    return every


TREE = """
```{toctree}
:hidden:

All targets <targets>
Trust <trust>
sources
Data <downloads>
notebooks
Library <api>
```
"""


def notebooks(source):
    """The committed notebooks, as executed, with words for their pictures."""
    (source / "notebooks").mkdir()
    names = []
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        described(notebook)
        nbformat.write(notebook, source / "notebooks" / path.name)
        names.append(f"notebooks/{path.stem}")
    listed = "\n".join(names)
    (source / "notebooks.md").write_text(
        "# Notebooks\n\nThe story in full, a question a notebook; each runs offline in under a minute. "
        f"{SEARCH}```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n",
        encoding="utf-8",
    )


def described(notebook):
    """Give each picture words: what is drawn, and the prose that leads to it."""
    title, before = notebook.cells[0].source.splitlines()[0].lstrip("# "), ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            before = re.sub(r"[*`#\[\]]|\(http\S+\)", "", cell.source)
            continue
        if any("image/png" in out.get("data", {}) for out in cell.outputs):
            drawn = re.findall(r"tl\.plot\.(\w+)\(", cell.source)
            what = getattr(tl.plot, drawn[0]).__doc__.splitlines()[0] if drawn else "A picture."
            words = " ".join(f"{title} {what} {before}".split())
            cell.metadata["mystnb"] = {"image": {"alt": words[:400]}}


def pages_of_library():
    """Modules that list what they offer, unless the folder they stand in lists it already."""
    listed = {}
    for found in pkgutil.walk_packages(tl.__path__, "tradelib."):
        names = set(getattr(import_module(found.name), "__all__", ()))
        folder = listed.get(found.name.rpartition(".")[0], set())
        listed[found.name] = names | folder
        if names - folder and ".live." not in found.name:
            yield found.name.removeprefix("tradelib.")


def reference(source):
    """A page for each module of the library, from its docstrings."""
    (source / "api").mkdir()
    names = list(pages_of_library())
    for name in names:
        # A wing's face only repeats the names of its modules, which have pages of their own.
        parts = [n for n in names if n.startswith(f"{name}.")]
        links = "".join(f"- [{n}]({n}.md)\n" for n in parts)
        text = (
            f"# {name}\n\n```{{eval-rst}}\n.. automodule:: tradelib.{name}\n   :members:\n"
            f"   :ignore-module-all:\n```\n\n{links}"
        )
        (source / "api" / f"{name}.md").write_text(text, encoding="utf-8")
    listed = "\n".join(f"api/{name}" for name in names)
    (source / "api.md").write_text(
        "# Library\n\n`import tradelib as tl`: a page for each module. "
        f"{SEARCH}```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```\n",
        encoding="utf-8",
    )


def render(source, out):
    """Pages by Sphinx; a warning is an error."""
    shutil.rmtree(out, ignore_errors=True)
    options = ["-W", "--keep-going", "-q", "-j", "2", "-c", str(HERE), "-d", f"{source}-trees"]
    if build_main([*options, str(source), str(out)]):
        raise SystemExit("the site has warnings, see above")


def main():
    """Compute, render, slim down, report."""
    start = time.perf_counter()
    out = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site").resolve()
    source = out.parent / f"{out.name}-source"
    every = generate(source)
    computed = time.perf_counter()
    render(source, out)
    slim(out)
    pages = list(out.rglob("*.html"))
    size = sum(p.stat().st_size for p in out.rglob("*") if p.is_file())
    print(
        f"{len(pages)} pages, {len(every)} targets, {size / 1e6:.1f} MB, "
        f"{computed - start:.0f} s computing and {time.perf_counter() - computed:.0f} s rendering: "
        f"{out.name}/index.html"
    )


if __name__ == "__main__":
    main()
