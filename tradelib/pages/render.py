"""Templates filled: no page is written in Python, and none computes anything."""

import html
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

HERE = Path(__file__).parent
# What pages load beside their text: the style, and scripts.
STATIC = HERE / "static"
MOST_COLUMNS = 9


@cache
def environment(*folders: Path) -> Environment:
    """Jinja with everything escaped and nothing missing; templates of `folders` come first."""
    jinja = Environment(
        loader=FileSystemLoader([*folders, HERE / "templates"]),
        autoescape=_is_escaped,  # noqa: S701 - all but Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["dump"] = dump
    jinja.filters["heads"] = heads
    jinja.filters["short"] = short
    # Whether a page stands alone, in one file, with no others to lead to.
    jinja.globals["alone"] = False
    return jinja


def _is_escaped(template: str | None) -> bool:
    """Whether values are escaped in a template; not in Markdown, which Sphinx reads."""
    return not str(template).endswith(".md")


def dump(value: Any) -> Markup:
    """JSON safe to stand inside a page."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return Markup(text.replace("</", "<\\/").replace("<!--", "<\\!--"))  # noqa: S704


def heads(columns: Sequence[str]) -> Markup:
    """Names of a table's columns as a style: on a phone each cell stands under that of its own.

    The first column needs none there; `static/site.css` reads the names up to the ninth.
    """
    if len(columns) > MOST_COLUMNS:
        raise ValueError(f"a table has {MOST_COLUMNS} columns at most, got {list(columns)}")
    quoted = [name.replace("\\", r"\\").replace("'", r"\'") for name in columns]
    style = ";".join(f"--c{i}:'{name}'" for i, name in enumerate(quoted[1:], start=2))
    return Markup(html.escape(style, quote=False).replace('"', "&quot;"))  # noqa: S704 - escaped


def short(number: Any) -> Any:
    """A number without zeros at its end; anything else as it is."""
    return f"{number:g}" if isinstance(number, float) else number


def fill(template: str, *, folders: tuple[Path, ...] = (), **content: Any) -> str:
    """A template, of the package or of other folders, with its content."""
    text = environment(*folders).get_template(template).render(**content)
    if template.endswith(".md"):
        return text
    lines = text.splitlines()
    return "\n".join(line for line in lines if line.strip())
