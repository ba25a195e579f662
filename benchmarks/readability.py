"""How hard the prose is to read: sentences above 30 words, and the school grade of each page.

Usage:  python benchmarks/readability.py [FOLDER of executed notebooks]

The grade is that of Kincaid et al. (1975), Derivation of new readability formulas, Navy Training
Command Research Branch Report 8-75: 0.39 words a sentence + 11.8 syllables a word - 15.59. Code,
tables, addresses and headings are no prose.
"""

import re
import statistics
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
LONGEST = 30
# A stop before a capital, a number or a piece of code; a colon or semicolon before a capital.
STOP = r"(?<=[.!?:;])[\"'”)]* (?=[\"'“(]*[A-Z])|(?<=[.!?])[\"')]* (?=\d|code\b)"


def plain(markdown: str) -> str:
    """Paragraphs of running prose, without code, tables, links' addresses and marks."""
    text = re.sub(r"```.*?```|<!--.*?-->", "\n\n", markdown, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>]+>", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    lines = [line for line in text.split("\n") if not re.match(r"\s*(\||#|>>>|    )", line)]
    return re.sub(r"`[^`]*`", "code", "\n".join(lines)).replace("*", "")


def sentences(text: str) -> list[str]:
    """The sentences of a text: a blank line ends one, and so does a stop before a capital."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        joined = " ".join(paragraph.split())
        found += re.split(STOP, joined)
    return [one for one in found if len(words(one)) > 2]


def words(sentence: str) -> list[str]:
    """Words, and numbers as one word each."""
    return [one for one in sentence.split() if re.search(r"\w", one)]


def syllables(word: str) -> int:
    """Syllables of an English word, nearly: groups of vowels, without a mute e; one of a number."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    return max(1, groups - (letters.endswith("e") and not letters.endswith("le") and groups > 1))


def grade(found: list[str]) -> float:
    """Flesch-Kincaid grade of some sentences."""
    every = [word for one in found for word in words(one)]
    rate = sum(map(syllables, every)) / len(every)
    return 0.39 * len(every) / len(found) + 11.8 * rate - 15.59


def prose(notebook: nbformat.NotebookNode) -> list[str]:
    """Sentences of a notebook's text, and of what its cells print."""
    parts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    parts += [
        out.text
        for cell in notebook.cells
        for out in cell.get("outputs", [])
        if out.output_type == "stream" and "import tradelib" not in out.text
    ]
    return sentences("\n\n".join(map(plain, parts)))


def main() -> None:
    """A line a page, and the median of the notebooks."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "notebooks"
    pages = {
        path.stem: prose(nbformat.read(path, as_version=4))
        for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    }
    grades = {name: grade(found) for name, found in pages.items()}
    pages["README"] = sentences(plain((ROOT / "README.md").read_text(encoding="utf-8")))
    for name, found in pages.items():
        over = sorted((one for one in found if len(words(one)) > LONGEST), key=len)
        print(
            f"{name:22} grade {grade(found):4.1f}, {len(over):2} of {len(found):3} above 30 words"
        )
        if "--show" in sys.argv or len(sys.argv) > 2:
            print(*(f"    {len(words(one))}: {one}" for one in over), sep="\n")
    over = sum(len(words(one)) > LONGEST for found in pages.values() for one in found)
    print(f"median notebook: grade {statistics.median(grades.values()):.1f}; {over} above 30 words")


if __name__ == "__main__":
    main()
