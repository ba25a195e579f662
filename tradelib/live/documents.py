"""JSON of a stated shape, every step into it checked, words of a page, and damage to a zip."""

import html
import json
import re
import zipfile
import zlib
from typing import Any, TypeVar

from tradelib.live.errors import MalformedError

T = TypeVar("T")
# Errors by which the standard library says that a zip archive is damaged.
ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


def read(body: bytes) -> Any:
    """The document in a body; no JSON, or a key twice, is a `MalformedError`."""
    if body[:40].lstrip().startswith(b"<"):
        raise MalformedError(f"a page or message ({words(body)}) instead of JSON")
    try:
        return json.loads(body.decode("utf-8-sig"), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"text that is no JSON ({str(error)[:120]})") from None


def words(body: bytes) -> str:
    """The words at the beginning of a body, without markup, shortened."""
    text = body[:8000].decode("utf-8", "replace")
    text = re.sub(r"<(style|script)\b.*?</\1>|<[^<>]*>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(text).split())[:200]


def take(value: object, kind: type[T], *steps: str | int) -> T:
    """What stands in a document behind some steps, if it is there and of the stated kind."""
    for number, step in enumerate(steps):
        inside = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            inside = value[step]
        if inside is None:
            path = ".".join(map(str, steps[: number + 1]))
            raise MalformedError(f"a document without {path}")
        value = inside
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        where = ".".join(map(str, steps)) or "the whole"
        raise MalformedError(f"{type(value).__name__} as {where}, where {kind.__name__} is due")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        names = [name for name, _ in pairs]
        raise MalformedError(f"a JSON object with a key twice, among {str(names)[:120]}")
    return dict(pairs)
