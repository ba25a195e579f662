"""Sphinx settings of the site; `build.py` writes what it reads."""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from docutils import nodes  # type: ignore[import-untyped]
from sphinx import addnodes
from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from tradelib.pages.cards import known_day
from tradelib.pages.render import STATIC
from tradelib.pages.words import day

KNOWN = day(known_day())

project = "tradelib"
author = "The tradelib authors"
copyright = "the tradelib authors"
html_title = "tradelib"
language = "en"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nb_execution_mode = "off"
nb_merge_streams = True
mathjax_path = "no-page-holds-a-formula.js"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
default_role = "code"
# Words of a parameter's text ("share of pairs") that are also names of several attributes.
suppress_warnings = ["ref.python"]
templates_path = ["_templates"]
html_static_path = ["_static", str(STATIC)]
html_extra_path: list[str] = []
html_css_files = ["site.css"]
html_js_files = [("menu.js", {"defer": "defer"})]
html_theme = "pydata_sphinx_theme"
html_domain_indices = False
html_use_index = False
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_context = {"default_mode": "auto"}
PLAIN = (
    "index",
    "targets",
    "targets/**",
    "countries",
    "countries/**",
    "trust",
    "track",
    "sources",
    "downloads",
    "about",
    "notebooks",
    "notebooks/**",
    "api",
)
# Folders of pages that Sphinx does not read, and what others load for code and search.
STRAIGHT = ("targets/", "countries/")
# Over what is folded of a public name, by its kind.
SUMMARIES = {"function": "How to call it", "class": "What it holds"}
# Lines of code and rows of a table that a notebook shows unfolded.
LONGEST_CODE, LONGEST_TABLE = 5, 8
OF_CODE = ("doctools", "sphinx_highlight", "pygments", "mystnb")
html_sidebars: dict[str, list[str]] = {name: [] for name in PLAIN}
html_theme_options = {
    "primary_sidebar_end": [],
    "header_links_before_dropdown": 9,
    "show_prev_next": False,
    "disable_search": True,
    "footer_start": [],
    "footer_end": [],
    "article_header_start": [],
    "back_to_top_button": False,
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for each target, straight through the theme's template."""
    for name, context in _read(app, "targets.json").items():
        yield name, {**context, "theme_secondary_sidebar_items": []}, "page.html"


def head(app: Sphinx, name: str, _: str, context: dict[str, Any], __: Any) -> None:
    """Description and picture of a page where it is shared; with SITE_URL, addresses are whole.

    Pages without code load no style of code, and no script of the search.
    """
    context["site_url"] = os.environ.get("SITE_URL", "")
    context.setdefault("description", "")
    context.setdefault("preview", "")
    context |= {"known_day": KNOWN} | _read(app, "heads.json").get(name, {})
    context["straight"] = name.startswith(STRAIGHT)
    if context["straight"]:
        for kind in ("script_files", "css_files"):
            context[kind] = [
                file
                for file in context[kind]
                if not Path(str(file.filename)).name.startswith(OF_CODE)
            ]


def _read(app: Sphinx, name: str) -> dict[str, dict[str, Any]]:
    """A file that `pages.build` wrote: contexts by the name of their page."""
    text = (Path(app.srcdir) / name).read_text("utf-8")
    contexts: dict[str, dict[str, Any]] = json.loads(text)
    return contexts


def fold(_: Sphinx, doctree: nodes.document, __: str) -> None:
    """Fold what few read: of public names all but what each is for, of notebooks long parts."""
    for content in doctree.findall(addnodes.desc_content):
        summary = SUMMARIES.get(content.parent["objtype"])
        if summary and isinstance(content.parent.parent, nodes.section):
            content.children[1:] = folded(content.children[1:], summary)
    for part in doctree.findall(nodes.container):
        if "cell_input" in part["classes"]:
            n_lines = len(part.astext().splitlines())
            if n_lines > LONGEST_CODE:
                part.children = folded(part.children, f"Code, {n_lines} lines")
        elif "cell_output" in part["classes"]:
            n_rows = part.astext().count("<tr")
            if n_rows > LONGEST_TABLE:
                part.children = folded(part.children, f"Table, {n_rows - 1} rows")


def folded(parts: Sequence[nodes.Node], summary: str) -> list[nodes.Node]:
    """Parts under a summary; none of none."""
    if not parts:
        return []
    opened = nodes.raw("", f"<details><summary>{summary}</summary>", format="html")
    return [opened, *parts, nodes.raw("", "</details>", format="html")]


def extras(app: Sphinx) -> None:
    """Pictures and downloads that lie beside the pages."""
    app.config["html_extra_path"] = [str(Path(app.srcdir) / "extra")]


def pictures(app: Sphinx, error: Exception | None) -> None:
    """Copy the drawn pictures to where the pages look for them."""
    if error is not None:
        return
    drawn = Path(app.srcdir) / "drawn"
    shown = Path(app.outdir) / "_images"
    for path in drawn.glob("*.png"):
        shown.mkdir(exist_ok=True)
        copy = shown / path.name
        copy.write_bytes(path.read_bytes())


def each_name(*event: Any) -> None:
    """An entry for each of the names that share one, with the lines of meaning under it.

    Napoleon takes the "a" of "a, b : float" for the type of "b".
    """
    lines: list[str] = event[-1]
    parted = []
    for i, line in enumerate(lines):
        names, _, kind = line.partition(" : ")
        if not kind or not re.fullmatch(r"\w+(, \w+)+", names):
            parted.append(line)
            continue
        *others, last = names.split(", ")
        meaning = list(takewhile(lambda below: below.startswith(" "), lines[i + 1 :]))
        for name in others:
            parted += [f"{name} : {kind}", *meaning]
        # The lines that come next are the meaning of the last name.
        parted.append(f"{last} : {kind}")
    lines[:] = parted


def setup(app: Sphinx) -> None:
    """Connect the functions above with Sphinx."""
    app.connect("autodoc-process-docstring", each_name, priority=400)
    app.connect("html-collect-pages", pages)
    app.connect("html-page-context", head)
    app.connect("doctree-resolved", fold)
    app.connect("builder-inited", extras)
    app.connect("build-finished", pictures)
