"""What no reader should meet, in notebooks, pages, pictures, README and the terminal."""

import re

from bs4 import BeautifulSoup
from conftest import ROOT, loaded

from tradelib.core.labels import dictionary

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
    *("p", "li", "td", "th", "h1", "h2", "h3", "dt", "dd", "text"),
    *("figcaption", "caption", "summary", "label", "title"),
]


def faults(text):
    """Each fault of a text that a reader sees, with what surrounds it."""
    sentences = []
    for what, pattern in FAULTS.items():
        for match in re.finditer(pattern, text):
            if match[0] in PROPER:
                continue
            start = max(0, match.start() - 30)
            around = text[start : match.end() + 20]
            sentences.append(f"{what}: {around!r}")
    return sentences


def one_line(block):
    """Words of a block, in one line."""
    return " ".join(block.get_text().split())


def under(row):
    """Cells of a table's row by the headings that they stand under."""
    heads = row.find_parent("table").select("thead th")
    return dict(zip(map(one_line, heads), row.select("td, th"), strict=True))


def visible(html):
    """Texts of a page's blocks, without code; a block within another counts once."""
    soup = BeautifulSoup(html, "lxml")
    for part in soup(CODE):
        part.replace_with("code")
    blocks = [block for block in soup(BLOCKS) if not block.find(BLOCKS)]
    return [one_line(block) for block in blocks]


def running(html):
    """Sentences of a page's paragraphs and lists, without code and tables."""
    soup = BeautifulSoup(html, "lxml")
    for part in soup([*CODE, "table"]):
        part.replace_with("code")
    blocks = soup(["p", "li", "dd", "figcaption"])
    sentences = []
    for block in blocks:
        if not block.find(["p", "li"]):
            sentences += readability.sentences(one_line(block))
    return sentences


def shown(notebook):
    """What a reader of a notebook sees and is no code: its text, what it prints, and its tables."""
    texts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            texts.append(re.sub(r"`[^`]*`|\]\([^)]*\)", " ", cell.source))
        for out in cell.get("outputs", []):
            data = out.get("data", {})
            if out.output_type == "stream" and "import tradelib" not in out.text:
                texts.append(out.text)
            elif "text/html" in data:
                texts += visible(data["text/html"])
            elif "image/png" not in data:
                texts.append(data.get("text/plain", ""))
    return texts
