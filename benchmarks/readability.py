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
# Words of a sentence that is still read in one go.
LONGEST = 30
# Words of a sentence: two or fewer are a label, not prose.
FEWEST = 3
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
    parts = []
    for paragraph in re.split(r"\n\s*\n", text):
        joined = " ".join(paragraph.split())
        parts += re.split(STOP, joined)
    return [part for part in parts if len(words(part)) >= FEWEST]


def words(sentence: str) -> list[str]:
    """The words of a sentence, and its numbers as one word each."""
    return [word for word in sentence.split() if re.search(r"\w", word)]


def syllables(word: str) -> int:
    """Syllables of an English word, nearly: groups of vowels, without a mute e; one of a number."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    has_mute_e = letters.endswith("e") and not letters.endswith("le")
    if has_mute_e and groups > 1:
        groups -= 1
    return max(1, groups)


def grade(text: list[str]) -> float:
    """Flesch-Kincaid grade of some sentences."""
    every_word = [word for sentence in text for word in words(sentence)]
    words_a_sentence = len(every_word) / len(text)
    syllables_a_word = sum(map(syllables, every_word)) / len(every_word)
    return 0.39 * words_a_sentence + 11.8 * syllables_a_word - 15.59


def too_long(text: list[str]) -> list[str]:
    """The sentences of more than 30 words, the shortest first."""
    return sorted((sentence for sentence in text if len(words(sentence)) > LONGEST), key=len)


def printed(cell: nbformat.NotebookNode) -> list[str]:
    """What a cell prints, but for the first, which says how tradelib is imported."""
    streams = [out.text for out in cell.get("outputs", []) if out.output_type == "stream"]
    return [text for text in streams if "import tradelib" not in text]


def prose(notebook: nbformat.NotebookNode) -> list[str]:
    """Sentences of a notebook's text, and of what its cells print."""
    parts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for cell in notebook.cells:
        parts += printed(cell)
    return sentences("\n\n".join(map(plain, parts)))


def main() -> None:
    """A line a page, and the median of the notebooks."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "notebooks"
    shows_sentences = len(sys.argv) > 2
    pages = {}
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        pages[path.stem] = prose(nbformat.read(path, as_version=4))
    median = statistics.median(grade(text) for text in pages.values())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages["README"] = sentences(plain(readme))
    total = 0
    for name, text in pages.items():
        above = too_long(text)
        total += len(above)
        counts = f"{len(above):2} of {len(text):3} above {LONGEST} words"
        print(f"{name:22} grade {grade(text):4.1f}, {counts}")
        if shows_sentences:
            lines = [f"    {len(words(sentence))}: {sentence}" for sentence in above]
            print(*lines, sep="\n")
    print(f"median notebook: grade {median:.1f}; {total} above {LONGEST} words")


if __name__ == "__main__":
    main()
