"""The pages in Russian: the numbers of the English answer, and no English but in sources."""

import re
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from pages import russian

import tradelib as tl
from tradelib.pages.cards import Card, card
from tradelib.science.assessment.languages import RUSSIAN as SAY

NAME = "KAZ-TKM-2022"
# What is Latin in a Russian text: a name of this library, and a link to the other language.
ALLOWED = {"tradelib", "English"}


def registered(target_id):
    """The registry's row of a target."""
    return next(tl.load_targets().query("target_id == @target_id").itertuples())


@pytest.fixture(scope="module")
def soups():
    """Both pages, by their name."""
    open_row = SimpleNamespace(probability_in=0.1, asked=0.4)
    files = russian.pages(card(registered(NAME), open_row))
    return {name: BeautifulSoup(text, "html.parser") for name, text in files.items()}


def test_in_russian(soups):
    """Outside the table of sources every word is Russian, in pictures and their hints too."""
    assert set(soups) == {"index.html", f"{NAME}.html"}
    for soup in soups.values():
        assert soup.html["lang"] == "ru"
        texts = [tag["data-said"] for tag in soup.select("[data-said]")]
        body = BeautifulSoup(str(soup.body), "html.parser")
        for tag in body.select("script, div[lang=en]"):
            tag.decompose()
        texts += body.stripped_strings
        assert set(re.findall("[A-Za-z]+", " ".join(texts))) <= ALLOWED


def test_numbers(soups):
    """The answer's number, and steps that add up to the chance of the year."""
    verdict = tl.assess(tl.article_target())
    front = soups["index.html"]
    assert front.select_one(".number").text == SAY.percent(verdict.shown)
    cells = [row.select("td")[1].text for row in front.select("tbody tr")]
    moved = [re.search(r"([+\u2212]?)(\d+)", cell) for cell in cells]
    steps = [-int(found[2]) if found[1] == "\u2212" else int(found[2]) for found in moved if found]
    assert sum(steps[:-1]) == steps[-1] == round(100 * verdict.probability_in)


def test_another_target_is_refused():
    """One without a forecast has no Russian page."""
    with pytest.raises(ValueError, match="the Russian pages need a target with a forecast"):
        russian.pages(Card(row=registered("IND-CHN-2005")))
