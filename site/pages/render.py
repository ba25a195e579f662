"""Templates filled: no page is written in Python, and none computes anything."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Jinja with everything escaped and nothing missing."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=_is_escaped,  # noqa: S701 - all but Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["dump"] = dump
    return jinja


def _is_escaped(template: str | None) -> bool:
    """Whether values are escaped in a template; not in Markdown, which Sphinx reads."""
    return not str(template).endswith(".md")


def dump(value: Any) -> Markup:
    """JSON safe to stand inside a page."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return Markup(text.replace("</", "<\\/").replace("<!--", "<\\!--"))  # noqa: S704


def fill(template: str, **content: Any) -> str:
    """A template with its content."""
    text = environment().get_template(template).render(**content)
    if template.endswith(".md"):
        return text
    lines = text.splitlines()
    return "\n".join(line for line in lines if line.strip())
