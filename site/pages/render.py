"""Templates of the site filled; those of a target's page stand in the package."""

from pathlib import Path
from typing import Any

from tradelib.pages import render

TEMPLATES = Path(__file__).parent / "templates"


def fill(template: str, **content: Any) -> str:
    """A template with its content."""
    return render.fill(template, folders=(TEMPLATES,), **content)
