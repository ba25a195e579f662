"""What no reader should meet, in notebooks, pages, pictures, README and the terminal."""

import re

from bs4 import BeautifulSoup
from conftest import ROOT, loaded

from tradelib.ground.plain import dictionary

CODES = "|".join(sorted(dictionary("codes"), key=len, reverse=True))
# Names that others gave to what is theirs.
PROPER = {"gravity_zeros"}
readability = loaded(ROOT / "benchmarks" / "readability.py")
FAULTS = {
    # Not within an address, a file's name or a call.
    "a code word": rf"(?<![\w./@#=-])(?:{CODES}|[a-z]+(?:_[a-z0-9]+)+)(?![\w/(=@-]|\.\w)",
    "scientific notation": r"\d(?:\.\d+)?e[+-]\d\d",
    "nothing, named": r"\b(?:NaN|nan|NaT)\b",
    "three idle decimals": r"\d\.000\b",
    "words run together": r"[a-z\d%)][.!?;:][A-Z][a-z]|\b(?:1[89]|20)\d\d(?:[A-Z][a-z]|[a-z]{4})",
}
CODE = ["code", "pre", "script", "style", "template", "noscript"]
BLOCKS = [
    "p",
    "li",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "dt",
    "dd",
    "text",
    "figcaption",
    "caption",
    "summary",
    "label",
    "title",
]


def faults(text):
    """Each fault of a text that a reader sees, with what surrounds it."""
    return [
        f"{what}: {text[max(0, found.start() - 30) : found.end() + 20]!r}"
        for what, pattern in FAULTS.items()
        for found in re.finditer(pattern, text)
        if found[0] not in PROPER
    ]


def visible(html):
    """Texts of a page's blocks, without code; a block within another counts once."""
    soup = BeautifulSoup(html, "html.parser")
    for one in soup(CODE):
        one.replace_with("code")
    blocks = [one for one in soup(BLOCKS) if not one.find(BLOCKS)]
    return [" ".join(one.get_text().split()) for one in blocks]


def running(html):
    """Sentences of a page's paragraphs and lists, without code and tables."""
    soup = BeautifulSoup(html, "html.parser")
    for one in soup([*CODE, "table"]):
        one.replace_with("code")
    blocks = [one for one in soup(["p", "li", "dd", "figcaption"]) if not one.find(["p", "li"])]
    texts = (" ".join(one.get_text().split()) for one in blocks)
    return [one for text in texts for one in readability.sentences(text)]


def shown(notebook):
    """What a reader of a notebook sees and is no code: its text, what it prints, and its tables."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found.append(re.sub(r"`[^`]*`|\]\([^)]*\)", " ", cell.source))
        for out in cell.get("outputs", []):
            data = out.get("data", {})
            if out.output_type == "stream" and "import tradelib" not in out.text:
                found.append(out.text)
            elif "text/html" in data:
                found += visible(data["text/html"])
            elif "image/png" not in data:
                found.append(data.get("text/plain", ""))
    return found
