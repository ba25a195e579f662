"""Sphinx settings of the site; `build.py` writes what it reads."""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "tradelib"
author = "The tradelib authors"
copyright = "the tradelib authors"  # noqa: A001 - Sphinx's name for it
html_title = "tradelib"
language = "en"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = []
suppress_warnings = []
mathjax_path = "no-page-holds-a-formula.js"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"
default_role = "code"
templates_path = ["_templates"]
html_static_path = ["_static"]
html_extra_path = []
html_css_files = ["site.css"]
html_theme = "pydata_sphinx_theme"
html_domain_indices = False
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_context = {"default_mode": "auto"}
html_sidebars = {
    name: [] for name in ("index", "targets", "targets/**", "trust", "sources", "downloads")
}
html_theme_options = {
    "navbar_center": ["navbar-nav"],
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": [],
    "header_links_before_dropdown": 6,
    "show_prev_next": False,
    "disable_search": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "article_header_start": [],
    "back_to_top_button": False,
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def pages(app):
    """A page for each target, straight through the theme's template."""
    found = json.loads((Path(app.srcdir) / "pages.json").read_text(encoding="utf-8"))
    for name, context in found.items():
        yield name, {**context, "theme_secondary_sidebar_items": []}, "page.html"


def extras(app):
    """Pictures and downloads that lie beside the pages."""
    app.config.html_extra_path = [str(Path(app.srcdir) / "extra")]


def pictures(app, error):
    """Copy the drawn pictures to where the pages look for them."""
    if error is None:
        for path in (Path(app.srcdir) / "pictures").glob("*.png"):
            target = Path(app.outdir) / "_images" / path.name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())


def setup(app):
    """Connect the above."""
    app.connect("html-collect-pages", pages)
    app.connect("builder-inited", extras)
    app.connect("build-finished", pictures)
