"""House rules of the notebooks, and the answer in README."""

import ast
import os
import re
import shutil
import subprocess
import sys

import datapackage
import nbformat
import pytest
import told
from bs4 import BeautifulSoup
from conftest import ROOT, loaded
from reader import faults, readability, shown

import tradelib as tl

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# A number that must be computed: a decimal, a percentage, money. Names of notebooks are allowed.
NUMBER = re.compile(r"\d[\d,]*\.\d|\d\s?%|US\$\s?\d|\d\s?(?:million|billion|bn)\b")
MAX_KB = 400


def build():
    """The module that runs the notebooks."""
    return loaded(ROOT / "notebooks" / "build.py")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    """Each committed notebook."""
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    """Sources of the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_question_first_answer_last(notebook):
    """The title asks, the last cell prints the answer with a number."""
    assert notebook.cells[0].source.splitlines()[0].endswith("?")
    assert notebook.cells[-2].source == "## The answer"
    last = notebook.cells[-1]
    printed = "".join(out.text for out in last.outputs if out.output_type == "stream")
    assert re.search(r"\d", printed)


def test_cells_are_short_and_plain(notebook):
    """One import cell; up to ten lines a cell; no functions, no loops, no paths."""
    cells = code(notebook)
    for number, cell in enumerate(cells):
        tree = ast.parse(cell.source)
        assert len(cell.source.splitlines()) <= 10, cell.source
        banned = (ast.FunctionDef, ast.Lambda, ast.For, ast.While, ast.ClassDef)
        assert not [node for node in ast.walk(tree) if isinstance(node, banned)], cell.source
        imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
        assert (number == 0) == bool(imports), cell.source
        strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        assert not [
            s for s in strings if isinstance(s, str) and re.search(r"\.csv|\w/\w+\.|https?:", s)
        ]


def test_numbers_in_prose_are_computed(notebook):
    """No decimal, percentage or amount is typed into text."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not NUMBER.search(cell.source), cell.source


def test_committed_as_executed(notebook):
    """Run in order from the top, without errors or warnings, without machine paths, and small."""
    cells = code(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for out in cell.outputs:
            assert out.output_type != "error"
            assert out.get("name") != "stderr", out.text
    written = nbformat.writes(notebook)
    assert str(ROOT.parent) not in written
    assert len(written) < MAX_KB * 1024


def too_long(sentences):
    """Sentences of more than thirty words."""
    return [text for text in sentences if len(readability.words(text)) > readability.LONGEST]


def test_readable(notebook):
    """No code word or raw number outside code; no sentence of more than thirty words."""
    assert [fault for text in shown(notebook) for fault in faults(text)] == []
    sentences = readability.prose(notebook)
    assert len(sentences) > 10
    assert too_long(sentences) == []


def test_readme_is_plain():
    """So is README, of which code is left out."""
    sentences = readability.sentences(readability.plain((ROOT / "README.md").read_text("utf-8")))
    assert len(sentences) > 20
    assert too_long(sentences) == []
    assert faults(" ".join(sentences)) == []


def test_readme_holds_the_computed_answer():
    """README quotes what 00_answer printed, and its figures are the notebooks'."""
    module = build()
    answer = nbformat.read(ROOT / "notebooks" / "00_answer.ipynb", as_version=4)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert module.with_answer(readme, told.printed(answer)) == readme
    for stem, file in module.PICTURES.items():
        notebook = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)
        assert module.picture(notebook) == (ROOT / "notebooks" / file).read_bytes()
        assert f"(notebooks/{file})" in readme
    assert told.printed(answer).splitlines()[0][:40] in readme


@pytest.mark.parametrize("stem", ["00_answer", "05_forecast", "10_verdict"])
def test_one_chance_a_day(stem):
    """Whatever a notebook draws, its answer says what the verdict of the day says."""
    target = tl.article_target()
    notebook = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)
    answer = told.printed(notebook)
    then, now = tl.assess(target, as_of=target.announced), tl.assess(target)
    for verdict in (then, now):
        assert re.search(rf"\b{verdict.probability_in:.0%}", answer)


def test_pictures_have_words(notebook):
    """On its page each picture has an alternative text of its own, which says what is drawn."""
    page = BeautifulSoup(build().page(notebook, "a", ["a"]), "lxml")
    words = [picture["alt"] for picture in page.select("img")]
    drawn = sum("image/png" in out.get("data", {}) for c in code(notebook) for out in c.outputs)
    assert len(words) == len(set(words)) == drawn
    title = told.question(notebook)
    assert all(text.startswith(title) and len(text) > len(title) + 20 for text in words)


def test_the_record_says_what_the_library_says():
    """Notebook 16 and the answer in README hold the numbers of the record."""
    notebook = nbformat.read(ROOT / "notebooks" / "16_track_record.ipynb", as_version=4)
    answer = told.printed(notebook)
    scores = tl.track_record().scores.set_index(["when", "slice", "group"])
    every = scores.loc[("at announcement", "all", "all")]
    recent = scores.loc[("at announcement", "era without China", "2015-2019")]
    assert f"{every['brier_same']:.3f}" in answer
    assert f"{every['brier_constant']:.3f}" in answer
    assert f"{recent['said']:.0%}, and {recent['came']:.0%} came" in answer
    given = tl.assess(tl.article_target()).evidence.set_index("key").loc["given", "item"]
    assert given[1:] in (ROOT / "README.md").read_text(encoding="utf-8")


def test_answer_is_replaced_between_its_marks():
    """A changed figure changes README and nothing around it."""
    module = build()
    text = f"before\n{module.MARKS[0]}\n- old\n{module.MARKS[1]}\nafter\n"
    new = module.with_answer(text, "one\ntwo\n\nthree")
    assert new == f"before\n{module.MARKS[0]}\none two\n\nthree\n{module.MARKS[1]}\nafter\n"


class TestOneFigureChanged:
    """Numbers in the answer and README are computed: another figure, another answer."""

    @staticmethod
    def answer(folder):
        """What the code of 00_answer prints last, run on the library and data of a folder."""
        cells = code(nbformat.read(ROOT / "notebooks" / "00_answer.ipynb", as_version=4))
        *before, last = [cell.source for cell in cells]
        program = "\n".join([*before, "print('=' * 9)", last])
        process = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(folder), "MPLBACKEND": "agg"},
            cwd=folder,
        )
        return process.stdout.split("=" * 9)[1].strip()

    def test_it_moves_the_answer(self, tmp_path):
        """Exports of 2025 set to those of 2023: probability, median, standing and range move."""
        shutil.copytree(ROOT / "tradelib", tmp_path / "tradelib")
        shutil.copytree(ROOT / "data", tmp_path / "data")
        notebook = nbformat.read(ROOT / "notebooks" / "00_answer.ipynb", as_version=4)
        as_recorded = told.printed(notebook)
        figures = tmp_path / "data" / "figures.csv"
        text = figures.read_text(encoding="utf-8")
        assert text.count("2025-01-01,2025-12-31,316.299189") == 1
        figures.write_text(text.replace("2025-12-31,316.299189", "2025-12-31,516.299189"))
        description = tmp_path / "data" / datapackage.PACKAGE
        description.write_text(datapackage.refreshed(description.read_text(), tmp_path / "data"))
        changed = self.answer(tmp_path)
        assert "grow by 18.2% a year" in told.as_prose(changed)
        numbers = [re.findall(r"\d[\d,.]*", lines) for lines in (as_recorded, changed)]
        assert sum(a != b for a, b in zip(*numbers, strict=False)) >= 9
