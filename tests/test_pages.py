"""What the site says: the number under a name is the number of that name, on every kind of page.

Pages are made in this process, without Sphinx and its theme; `test_site.py` builds and browses them.
"""

import dataclasses
import itertools
import math
import os
import pickle
import random
import re
import shutil
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
import told
from bs4 import BeautifulSoup
from chromium import VIEWS, launched, served, tab_of
from conftest import ROOT
from pages import check, countries, downloads, embed, files, front, sources, track, trust
from pages import targets as table
from pages.slim import kept, once, shared
from PIL import Image
from reader import under

import tradelib as tl
from tradelib.api import explore
from tradelib.api.information import information_on
from tradelib.core.labels import capital, label, percent
from tradelib.pages import (
    answers,
    charts,
    over_time,
    pledge,
    rates,
    reliability,
    render,
    why,
    words,
)
from tradelib.pages import goods as goods_pages
from tradelib.pages import (
    pictures as target_pictures,
)
from tradelib.pages import target as target_pages
from tradelib.pages.cards import Card, card, known_day, open_now, rows
from tradelib.pages.charts import (
    NARROW,
    WIDE,
    Chart,
    chance_picture,
    every,
    marks,
    rungs,
    target_picture,
)
from tradelib.pages.evidence import (
    HEADING_OF_ROLE,
    HEADINGS,
    OFFICIAL,
    OTHER_WAYS,
    evidence,
    evidence_id,
)
from tradelib.pages.explorer import QUANTILES, drops
from tradelib.pages.grid import plain_grid
from tradelib.pages.render import STATIC
from tradelib.science.assessment.likelihood_words import parts_of
from tradelib.science.assessment.table import ROLES
from tradelib.science.forecasting.predictors import KINDS as PREDICTORS
from tradelib.science.pledges.track import given

REGISTRY = tl.load_targets()
OPEN = REGISTRY[(REGISTRY["status"] == "open") & (REGISTRY["scope"] == "pair")]
WITH_DEADLINE = OPEN["deadline"].notna()


def first(targets):
    """The first of some rows of the registry, by its name."""
    return targets["target_id"].iloc[0]


FRONT = "KAZ-TKM-2022"
OWN = FRONT
VAGUE = "UZB-TKM-2025"
SIZE = "IND-ARE-2023"
# Another open target of the pair of `SIZE`.
SIBLING = first(
    OPEN[
        (OPEN["reporter"] == "IND")
        & (OPEN["partner"] == "ARE")
        & WITH_DEADLINE
        & (OPEN["target_id"] != SIZE)
    ]
)
EURO = first(OPEN[(OPEN["currency"] == "EUR") & WITH_DEADLINE])
UNKNOWN = "NZL-THA-2024"  # its deadline lies twenty years ahead
OVER = "IRN-IRQ-2018"
MET = "IND-CHN-2005"
LATE = "IND-CHN-2010"
MISSED = "IND-JPN-2011"
UNDATED = "IND-DEU-2007"
REGION = "REG-CHN-EU-2013"
# Rows of which a sentence is pinned get their cells by hand: the registry is corrected.
CELLS = {
    OVER: {"status": "open", "target_value": 20e3, "deadline": None},
    MET: {
        "status": "met_on_time",
        "target_value": 20e3,
        "outcome_value": 24.9e3,
        "outcome_year": 2006,
        "reached_year": 2006,
    },
    LATE: {
        "status": "met_late",
        "target_value": 100e3,
        "outcome_value": 71.6e3,
        "outcome_year": 2015,
        "reached_year": 2021,
    },
    UNDATED: {
        "status": "met_late",
        "currency": "EUR",
        "target_value": 20e3,
        "deadline": 2012,
        "baseline_value": 12.1e3,
        "baseline_year": 2007,
        "outcome_value": 17.4e3,
        "outcome_year": 2012,
        "reached_year": None,
        "weak": True,
    },
    REGION: {"status": "missed", "outcome_value": None, "outcome_year": None},
}
NO_FIGURES = {"baseline_value": None, "outcome_value": None}
# The answer of `OVER`.
NO_FORECAST = (
    "No deadline was named. The year we would judge is over and the last figure known is of 2018, "
    "so there is no forecast."
)
KINDS = [OWN, VAGUE, SIZE, SIBLING, EURO, OVER, UNKNOWN, MET, LATE, MISSED, UNDATED, REGION]


# ---------------------------------------------------------------------------- what is looked at


@pytest.fixture(scope="module")
def deck():
    """A target of each kind. `benchmarks/site_mutants.py` keeps them between its runs."""
    keep = os.environ.get("SITE_CARDS")
    if keep and Path(keep).exists():
        contents = pickle.loads(Path(keep).read_bytes())  # noqa: S301 - its own file
    else:
        contents = {}
        for row, open_row in rows(KINDS):
            mine = SimpleNamespace(**vars(row) | CELLS.get(row.target_id, {}))
            contents[row.target_id] = Card(row=mine) if open_row is None else card(mine, open_row)
        contents[OVER] = Card(row=contents[OVER].row, open_row=over(contents[VAGUE].open_row))
        contents["timeline"] = tl.timeline(tl.open_target(OWN))
        contents["older"] = few_years(contents[SIZE], {2021: 60e3, 2022: 70e3, 2023: 83.7e3})
        contents["gaps"] = few_years(
            contents[SIZE], {2012: 40e3, 2013: 50e3, 2016: 60e3, 2019: 70e3, 2020: 83.7e3}
        )
        contents[SIZE] = few_years(contents[SIZE], {2022: 48e3})
        if keep:
            Path(keep).write_bytes(pickle.dumps(contents))
    return contents


@pytest.fixture(scope="module", autouse=True)
def _one_timeline(deck):
    """The timeline of the one target that has one is worked out once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tl, "timeline", lambda _: deck["timeline"])
        yield


@pytest.fixture(scope="module")
def cards(deck):
    """The same as a list."""
    return [deck[name] for name in KINDS]


@pytest.fixture(scope="module")
def bodies(deck, cards):
    """The page of each kind, parsed."""
    return {name: parsed(target_pages.page(deck[name], cards)) for name in [*KINDS, "gaps"]}


def parsed(page):
    """A page to search in."""
    return BeautifulSoup(page["body"], "html.parser")


def with_cells(mine, **changed):
    """A target whose row of the registry has other cells."""
    return dataclasses.replace(mine, row=SimpleNamespace(**{**vars(mine.row), **changed}))


def judged(mine, **changed):
    """A target with another verdict in some fields."""
    return dataclasses.replace(mine, verdict=dataclasses.replace(mine.verdict, **changed))


def provisional(history):
    """A history whose last year is provisional."""
    history = history.copy()
    history.loc[history.index[-1], "status"] = "preliminary"
    return history


def few_years(like, values):
    """A target as another, with a few years of its pair, or one: its size alone."""
    history = pd.DataFrame({"year": list(values), "turnover_musd": list(values.values())})
    target = tl.open_target(SIZE)
    grid = explore.grid(target, history=history)
    return Card(
        row=like.row,
        open_row=like.open_row,
        verdict=tl.assess(target, history=history),
        fan=grid.fan(),
        grid=plain_grid(grid),
        history=history,
    )


def with_ways(mine, chances, chance):
    """A target with such a chance in the year judged, and these other ways to estimate it."""
    evidence = mine.verdict.evidence.query("role != 'range'")
    like = mine.verdict.evidence.query("role == 'range'").iloc[0].to_dict()
    ways = [like | {"key": key, "item": key, "value": value} for key, value in chances.items()]
    ends = (min(chances.values()), max(chances.values())) if chances else (math.nan, math.nan)
    evidence = pd.concat([evidence, pd.DataFrame(ways)], ignore_index=True)
    return judged(mine, probability_in=chance, probability_range=ends, evidence=evidence)


def over(open_row):
    """An open target's row if the year judged had gone by without a figure."""
    changed = {"probability_in": math.nan, "by": math.nan}
    changed["rests_on"] = "last figure of 2018, nothing known since"
    return SimpleNamespace(**vars(open_row) | changed)


def text(soup):
    """Words of a part, in one line."""
    one_line = " ".join(soup.get_text(" ").split())
    return re.sub(r" ([.,;:])", r"\1", one_line)


def answered(soup):
    """Number, word and sentence of a page's answer."""
    part = soup.select_one(".answer")
    number = part.select_one(".number")
    word = part.select_one(".words strong")
    sentence = text(part.select_one(".words")).removeprefix(text(word)).strip()
    shown_number = text(number) if number else ""
    return shown_number, text(word), sentence


def cells(soup, caption):
    """Rows of the table of a caption, folded or not, each a mapping of heading to words."""
    mine = next(t for t in soup.select(".scroll") if t["aria-label"] == caption)
    heads = [text(h) for h in mine.select("thead th")]
    shown_rows = []
    for row in mine.select("tbody tr"):
        values = [text(cell) for cell in row.select("td")]
        shown_rows.append(dict(zip(heads, values, strict=True)))
    return shown_rows


def rows_below(soup, anchor):
    """Rows of all tables of a section, in order, as `cells` has them."""
    section = itertools.takewhile(
        lambda part: part.name != "h2", soup.find(id=anchor).find_next_siblings()
    )
    regions = [found for part in section for found in [part, *part.select(".scroll")]]
    captions = [one["aria-label"] for one in regions if "scroll" in one.get("class", [])]
    return [row for caption in captions for row in cells(soup, caption)]


def plain_number(cell):
    """The number in a cell."""
    return float(cell.replace(",", "").replace("−", "-"))


def shown_marks(svg, kind):
    """Marks of an axis that are not hidden."""
    return [mark for mark in svg.select(kind) if mark.get("visibility") != "hidden"]


def number_of(tick):
    """The number that is written at a tick."""
    return float(tick.string.rstrip("%").replace(",", ""))


class Axes:
    """Reads values off a drawn picture, by its own axes."""

    def __init__(self, svg):
        self.svg = svg
        bottom, *_, top = shown_marks(svg, ".tick")
        self.bottom_y, top_y = (float(mark["y"]) - 4 for mark in (bottom, top))
        assert number_of(bottom) == 0
        assert self.bottom_y > top_y  # zero lies at the bottom
        self.step = number_of(top) / (self.bottom_y - top_y)
        first, *_, last = shown_marks(svg, ".year")
        self.first_x = float(first["x"])
        self.first_year = int(first.string)
        self.year_width = (float(last["x"]) - self.first_x) / (int(last.string) - self.first_year)

    def value(self, y):
        """The value at a height of the picture."""
        return (self.bottom_y - float(y)) * self.step

    def year(self, x):
        """The year at a place across the picture."""
        return self.first_year + (float(x) - self.first_x) / self.year_width

    def points(self, kind):
        """Years and values of a path."""
        path = self.svg.select_one(f".{kind}")["d"].strip("MZ")
        pairs = [point.split() for point in path.split("L")]
        return [(self.year(x), self.value(y)) for x, y in pairs]

    def near(self, value):
        """A value as exactly as a pixel can show it."""
        return pytest.approx(value, abs=self.step)


@pytest.fixture(params=["wide", "narrow"])
def width(request):
    """A desktop's picture and a phone's."""
    return request.param


def picture(soup, width, name="fan"):
    """A page's picture with its axes."""
    return Axes(soup.select_one(f"#{name} .{width} svg"))


def filed(target_card):
    """The picture in the file beside a target's page, with its axes."""
    svg = files.svg_file(target_pictures.pictures(target_card)[0])
    return Axes(BeautifulSoup(svg, "xml").svg)


# ---------------------------------------------------------------------------- words


class TestWords:
    """Amounts, chances and days as a reader says them, worked out by hand."""

    @pytest.mark.parametrize(
        ("value", "amount"),
        [
            (254.3, "US$254m"),
            (95.79, "US$95.8m"),
            (999.4, "US$999m"),
            (999.6, "US$1bn"),
            (1094, "US$1.09bn"),
            (83700, "US$83.7bn"),
            (120000, "US$120bn"),
        ],
    )
    def test_money(self, value, amount):
        """Three digits, billions from a thousand millions."""
        assert words.money(value) == amount

    @pytest.mark.parametrize(
        ("share", "phrase"),
        [
            (0.1063, "about one chance in nine"),
            (0.3, "about three chances in ten"),
            (0.5, "about one chance in two"),
            (0.995, "more than 99 chances in a hundred"),
        ],
    )
    def test_frequency(self, share, phrase):
        """The nearest number of chances."""
        assert words.frequency(share) == phrase

    def test_between(self):
        """Two ends, one where they read the same, and a word where there is none."""
        assert words.between(0.07, 0.21) == "7% to 21%"
        assert words.between(0.421, 0.419) == "42%"
        assert words.between(0.001, 0.002) == "under 1%"
        assert words.between(math.nan, math.nan) == "none"

    @pytest.mark.parametrize(
        ("chance", "ends", "where"),
        [
            (0.2, (0.1, 0.3), ""),
            (0.1, (0.204, 0.3), "higher"),
            (0.4, (0.2, 0.3), "lower"),
            (0.096, (0.104, 0.3), ""),  # both print as 10%
            (0.004, (0.0099, 0.3), ""),  # both print as under 1%
            (0.004, (0.012, 0.3), "higher"),
            (0.4, (math.nan, math.nan), ""),
        ],
    )
    def test_beyond(self, chance, ends, where):
        """A chance lies outside of the others if it prints so."""
        assert words.beyond(chance, ends) == where

    def test_points(self):
        """Off, added, or hardly anything: of a step in whole points, of a row in tenths."""
        assert words.points(-0.217) == "takes 22 points off"
        assert words.points(0.011) == "adds 1 point"
        assert words.points(-0.0064) == "takes less than a point off"
        assert words.tenths(-0.217) == "takes 21.7 points off"
        assert words.tenths(0.0004) == "hardly matters"

    def test_days(self):
        """A day, a month or a year, as exact as it is known."""
        assert words.day("2027-02-15") == "15 February 2027"
        assert words.dated("2023") == "2023"
        assert words.dated("2023-06") == "June 2023"
        assert words.dated("2021-09-22") == "22 September 2021"

    def test_named(self):
        """Codes become countries; other capitals stay."""
        assert words.named("IND DGCIS (FY)") == "India DGCIS (fiscal year)"
        assert words.named("TUR TurkStat") == "Türkiye TurkStat"

    def test_quantity(self):
        """Each unit in its own way; those of shares are tested in `test_labels.py`."""
        assert words.quantity(2027.0, "year") == "2027"
        assert words.quantity(26.0, "years") == "26 years"
        assert words.quantity(515.5, "US$ million") == "US$516m"
        assert words.quantity(0.644, "ratio") == "0.64"
        assert words.quantity(14000.0, "US$ million", "EUR") == "EUR 14bn"

    def test_table_needs_whole_rows(self):
        """A row that lacks a cell is refused."""
        with pytest.raises(ValueError, match="needs 2 cells"):
            words.table("what", ["a", "b"], [["1"]])


# ---------------------------------------------------------------------------- the answer


class TestAnswer:
    """The top of each kind of page."""

    def test_own_years(self, deck, bodies):
        """Number, word and both chances are those of the verdict."""
        verdict = deck[OWN].verdict
        number, word, sentence = answered(bodies[OWN])
        assert number == f"{verdict.probability_in:.0%}"
        assert word == f"{parts_of(verdict.words)[0].capitalize()}."
        low, high = verdict.probability_range
        within = words.frequency(verdict.probability_in)
        assert sentence.startswith(
            f"{within.capitalize()} that the two trade US$1bn or more in 2027."
        )
        assert f"give {low:.0%} to {high:.0%}," in sentence
        _, also = bodies[OWN].select(".answer")
        assert text(also.select_one(".number")) == f"{verdict.probability_ever:.0%}"

    @pytest.mark.parametrize(
        ("last_year", "years"),
        [
            (2026, ""),
            (2025, "if 2026 counts too"),
            (2024, "if 2025 or 2026 counts too"),
            (2022, "if any year from 2023 counts too"),
        ],
    )
    def test_earlier_years(self, deck, last_year, years):
        """Years after the last figure and before the deadline's, which is 2027, by their names."""
        history = deck[OWN].history.query("year <= @last_year")
        history = pd.concat([history, history.tail(1).assign(year=last_year)])
        mine = dataclasses.replace(deck[OWN], history=history)
        assert answers.earlier(mine) == years
        assert ("also" in answers.answer(mine)) == bool(years)

    @pytest.mark.parametrize(
        ("name", "question"),
        [
            (OWN, "Will trade between Kazakhstan and Turkmenistan reach US$1bn in 2027?"),
            (
                SIZE,
                "Will non-oil trade between India and the United Arab Emirates reach US$100bn in 2030?",
            ),
            (VAGUE, "Will trade between Uzbekistan and Turkmenistan ever reach US$2bn a year?"),
            (UNDATED, "Did trade between India and Germany reach EUR 20bn a year by 2012?"),
        ],
    )
    def test_question(self, bodies, name, question):
        """The question names both sides, the amount a year, and the year if one is judged."""
        assert text(bodies[name].h1) == question

    def test_no_deadline(self, deck, bodies):
        """Where none was named the chance of any year up to the one looked at leads, and says so."""
        mine = deck[VAGUE]
        assert mine.by == mine.last_year + 5
        number, word, sentence = answered(bodies[VAGUE])
        assert number == words.percent(mine.verdict.probability_ever)
        assert word == f"{mine.verdict.words.capitalize()}."
        assert sentence.startswith(words.frequency(mine.verdict.probability_ever).capitalize())
        assert f"any year up to {mine.by}" in sentence
        assert answers.looked_to(mine) in text(bodies[VAGUE].select_one(".decided"))
        assert answers.short_answer(mine) == f"{number} in any year up to {mine.by}"
        assert not bodies[VAGUE].select("#fan .star")

    def test_size_alone(self, deck, bodies):
        """A range of other pairs of this size: no giant number and no likelihood word."""
        number, word, sentence = answered(bodies[SIZE])
        assert (number, word) == ("", "One figure only.")
        pairs = deck[SIZE].verdict.other_ways.set_index("group").loc["other pairs"]
        assert words.between(pairs["low"], pairs["high"]) in sentence
        assert not re.search("unlikely|likely|certain", sentence)

    @pytest.mark.parametrize(
        ("chances", "sentence"),
        [
            ({}, "There is no other way to estimate {it}."),
            ({"a": 0.21}, "The one other way to estimate {it}, a, gives 21%{outside}."),
            ({"a": 0.21, "b": 0.212}, "Both other ways to estimate {it} give 21%{outside}."),
            (
                dict.fromkeys("abc", 0.21),
                "All three other ways to estimate {it} give 21%{outside}.",
            ),
            ({"a": 0.1, "b": 0.3}, "Other ways to estimate {it} give 10% to 30%{outside}."),
        ],
    )
    @pytest.mark.parametrize(("chance", "where"), [(0.2149, ""), (0.05, "higher"), (0.9, "lower")])
    def test_other_ways(self, deck, chances, sentence, chance, where):
        """None, one by its name, or their range; and that the number lies outside, if it does."""
        mine = with_ways(deck[OWN], chances, chance)
        outside = ""
        if where:
            outside = f", which is {where}" if len(chances) == 1 else f"; all are {where}"
        told = sentence.format(it="the chance in 2027", outside=outside)
        assert answers.other_ways(mine) == told

    def test_other_ways_without_a_deadline(self, deck):
        """The other ways estimate the chance in the year itself, which is named."""
        mine = with_ways(deck[VAGUE], {"a": 0.3, "b": 0.4}, 0.2)
        assert answers.other_ways(mine) == (
            f"Other ways to estimate the 20% of {mine.by} give 30% to 40%; all are higher."
        )

    def test_cannot_tell(self, deck):
        """Where nothing can be told no number is told."""
        mine = judged(deck[OWN], words="cannot tell", probability_range=(0.1, 0.8))
        answer = answers.answer(mine)
        assert (answer["number"], answer["word"]) == ("", "Cannot tell.")
        assert "10% to 80%" in answer["said"]
        assert table.chance(mine).text == "10% to 80%"

    def test_reached(self, deck):
        """What has happened is said, and no number stands for it."""
        mine = judged(deck[OWN], words="reached in 2024", probability_ever=1.0)
        answer = answers.answer(mine)
        assert (answer["number"], answer["word"]) == ("", "Reached in 2024.")
        assert words.frequency(mine.verdict.probability_in) in answer["said"]
        assert table.chance(mine).text == "Reached in 2024"
        assert answers.short_answer(mine) == "Reached in 2024."

    @pytest.mark.parametrize(
        ("deadline", "year"), [(2025, "of 2025"), (None, "of the year we would judge")]
    )
    def test_reached_and_over(self, deck, deadline, year):
        """So it is where the year judged is over without a figure."""
        open_row = over(deck[VAGUE].open_row)
        open_row.rests_on = "reached in 2023"
        there = with_cells(Card(row=deck[VAGUE].row, open_row=open_row), deadline=deadline)
        assert there.state == "awaiting_figure"
        assert answers.answer(there) == {
            "number": "",
            "word": "Reached in 2023.",
            "said": f"No figure {year} is known yet, so there is no forecast.",
        }
        history = pd.DataFrame({"year": [2021, 2023], "turnover_musd": [3000.0, 5342.4]})
        there = dataclasses.replace(there, history=history)
        assert answers.answer(there)["said"].startswith("The newest figure is US$5.34bn in 2023.")
        assert target_pictures.chart(there).outcome == (2023, 5342.4)
        assert table.newest(there).text == "US$5.34bn in 2023"
        assert table.chance(there).text == "Reached in 2023"

    def test_a_few_years(self, deck):
        """With a few years of its own a pair has the chance of the verdict, and one picture of them."""
        older = deck["older"]
        assert older.state == "several_years"
        assert answers.answer(older)["number"] in ("", words.percent(older.verdict.probability_in))
        assert [year for year, _ in target_pictures.chart(older).history] == [2021, 2022, 2023]
        assert pledge.series(older) is None

    def test_over(self, deck, bodies):
        """A judged year that is over has no fan and no sliders."""
        assert deck[OVER].state == "awaiting_figure"
        assert not bodies[OVER].select(".band80, .explore")

    def test_missing_probability_is_over(self, deck):
        """So has one for which the library gives none."""
        open_row = over(deck[SIZE].open_row)
        assert card(deck[SIZE].row, open_row).verdict is None
        passed = with_cells(Card(row=deck[SIZE].row, open_row=open_row), deadline=2020)
        assert answers.no_forecast(passed) == (
            "The deadline of 2020 has passed and the last figure known is of 2018, so there is no "
            "forecast."
        )

    def test_another_currency(self, deck, bodies):
        """A page in euros speaks of euros, but for the size of the pairs it is compared with."""
        shown = text(bodies[EURO])
        verdict = deck[EURO].verdict
        assert verdict.target.currency == "EUR"
        assert percent(verdict.shown) in shown
        for key in ("turnover", "last_value"):
            assert words.money(verdict.value(key), "EUR") in shown
        assert re.search("in goods(?: and services)?, EUR million", shown)
        rows_shown = str([found.rows for _, found in evidence(deck[EURO])])
        assert "US$" not in rows_shown.replace("airs of US$", "").replace("per US dollar", "")

    def test_nothing_known(self, deck):
        """A settled target without a figure says so, and has no picture to share."""
        page = target_pages.page(with_cells(Card(row=deck[MET].row), **NO_FIGURES))
        assert "No figure of this pair is known to us." in page["body"]
        assert page["preview"] == ""

    @pytest.mark.parametrize(
        ("name", "word", "sentence"),
        [
            (
                MET,
                "Met on time.",
                "In 2006 the two traded US$24.9bn, 125% of the target. It was reached in 2006.",
            ),
            (LATE, "Met late, in 2021.", "In 2015 the two traded US$71.6bn, 72% of the target."),
            (
                UNDATED,
                "Missed; said to have been reached later, year unknown.",
                "In 2012 the two traded EUR 17.4bn, 87% of the target.",
            ),
            (REGION, "Missed.", "So the press reports; we found no figure of that year."),
            (OVER, "Open.", NO_FORECAST),
            (UNKNOWN, "Open.", "No figure within 10 years before the deadline."),
        ],
    )
    def test_without_a_chance(self, bodies, name, word, sentence):
        """Settled: what the registry's own figures bear out; open: why nothing can be said."""
        assert answered(bodies[name]) == ("", word, sentence)

    def test_open_of_a_group(self):
        """A target of a group whose members are not known has no chance, and it says why."""
        [(row, open_row)] = rows(["REG-IND-LAC-2023"])
        mine = card(row, open_row)
        said = answers.answer(mine)["said"]
        assert said.startswith("No list of the members of Latin America")
        assert any(re.fullmatch(f"{pattern}\\.", said) for pattern in check.SILENT)
        assert "No list of the members" in target_pages.page(mine)["body"]

    def test_care_on_top(self, deck):
        """A figure of part of a year, or a weak source, is told beside the answer."""
        sentence = answers.updated(with_cells(deck[SIZE], partial=True))
        assert sentence.endswith("Take care: a figure covers part of a year.")

    def test_updated(self, deck, bodies):
        """The day up to which it is current, the figures, and when the next one is expected."""
        own = text(bodies[OWN].select_one(".updated"))
        last = deck[OWN].history.iloc[-1]
        due = words.day(last["released"] + pd.DateOffset(years=1))
        assert own == (
            f"As known on {words.day(known_day())}: yearly figures to {last['year']}, none of "
            f"{last['year'] + 1} by month. The figure of {last['year'] + 1} is expected on {due}."
        )

    def test_overdue(self, deck):
        """A figure that should have come is said to be missing."""
        history = deck[OWN].history.iloc[:-2].copy()
        history["released"] = pd.Timestamp("2024-07-31")
        sentence = answers.updated(dataclasses.replace(deck[OWN], history=history))
        assert sentence.startswith("Our data for this pair end in 2023.")
        assert "The figure of 2024 was due by 31 July 2025 and is not in our data" in sentence


def entry(target_card, what):
    """What the list of how a target is decided says of one thing."""
    return dict(why.decided(target_card))[what]


class TestDecided:
    """How a target is decided."""

    def test_own(self, deck, bodies):
        """Event, statistics, day and revisions."""
        entries = dict(why.decided(deck[OWN]))
        assert entries["Counts as met"].startswith(
            "Exports and imports of goods between Kazakhstan and Turkmenistan come to US$1bn or more "
            "in 2027 or an earlier year"
        )
        due = words.day(deck[OWN].history["released"].iloc[-1] + pd.DateOffset(years=2))
        assert entries["On which day"] == f"{due}, when our source's figure of 2027 is expected."
        shown = bodies[OWN].select(".decided dd")
        assert [text(sentence) for sentence in shown] == list(entries.values())

    def test_whose_series(self, deck):
        """A last figure of another source stands beside the source of the years before it."""
        own = entry(deck[OWN], "By whose statistics")
        assert "the Kazakh statistics office (BNS) from 2018, and that of CEPII" in own
        history = deck[OWN].history.copy()
        history.loc[history.index[-1], "source_id"] = "pledges"
        mixed = entry(dataclasses.replace(deck[OWN], history=history), "By whose statistics")
        assert mixed.endswith(
            "of the registry of targets from 2025, and that of other sources before."
        )

    @pytest.mark.parametrize(
        ("resolved", "sentence"),
        [
            ("2028-06-30", "30 June 2028, from when the figure of 2027 is taken to be known."),
            ("2007-06-30", "30 June 2007, from when the figure of 2006 was taken to be known."),
        ],
    )
    def test_day(self, deck, resolved, sentence):
        """The figure that decides is that of the year before; a day that has passed is past."""
        mine = with_cells(Card(row=deck[MET].row), resolved=pd.Timestamp(resolved))
        assert entry(mine, "On which day") == sentence

    def test_days_of_the_registry(self, deck):
        """30 June of the year after the one that decides, or once an office's last edition is out."""
        for name in (SIBLING, MISSED, UNDATED):
            mine = deck[name]
            assert entry(mine, "On which day").startswith(f"30 June {mine.deadline + 1}, ")
        office = entry(deck[OWN], "On which day")
        assert office.startswith(f"31 July {deck[OWN].deadline + 1}, when")
        assert entry(deck[VAGUE], "On which day").startswith("No day is set")
        asked = with_cells(Card(row=deck[MET].row), resolved=pd.NaT, target_id="", deadline=2031)
        assert entry(asked, "On which day") == "Once the figure of 2031 is published."

    def test_settled(self, deck, bodies):
        """What has been decided is told in the past."""
        assert text(bodies[OWN].select_one("#decided")) == "How this will be decided"
        assert text(bodies[UNDATED].select_one("#decided")) == "How this was decided"
        assert entry(deck[UNDATED], "By whose statistics") == "Germany."


class TestWhy:
    """Why the chance is as it is."""

    def test_reasons(self, deck, bodies):
        """From a usual target's chance to this one's: a step a reason, and what is printed adds up."""
        start, *items, end = bodies[OWN].select(".reasons li")
        verdict = deck[OWN].verdict
        keys = [item.a["href"].removeprefix("#e-") for item in items]
        assert keys == ["asked", "volatility"]  # all others move it by under a point
        total = int(re.search(r"(\d+)%$", text(start.a))[1])
        for item in items:
            step = re.fullmatch(r"That (adds|takes) (\d+) points?(?: off)?", text(item.a))
            total += int(step[2]) if step[1] == "adds" else -int(step[2])
        assert total == round(100 * verdict.probability_in)
        assert text(end.a) == f"give {total}% in {verdict.by}"
        assert f"grow by {verdict.value('required'):.0%} a year" in text(items[0])

    @pytest.mark.parametrize(("gained", "way"), [(0.31, "rose by 31%"), (-0.2, "fell by 20%")])
    def test_dollar(self, deck, gained, way):
        """What the dollar did up to the last year known, and the chance without it."""
        grid = deck[OWN].grid | {"dollar": (2023, gained)}
        mine = dataclasses.replace(judged(deck[OWN], probability_in=0.25), grid=grid)
        sentence = why._reason(mine, SimpleNamespace(key="dollar", item="", value=0.04))
        assert f"The dollar {way} over the ten years to 2023" in sentence
        assert sentence.endswith("would be 21%.")
        alike = why._reason(mine, SimpleNamespace(key="dollar", item="", value=0.001))
        assert "would be" not in alike

    def test_dollar_of_the_origin(self, deck):
        """It is the last year of the model's cycle that the forecast knew."""
        year, gained = deck[VAGUE].grid["dollar"]
        cycle = dict(information_on(None).model.cycle)
        assert year == max(known for known in cycle if known <= deck[VAGUE].last_year)
        assert math.log1p(gained) == pytest.approx(-cycle[year])

    @pytest.mark.parametrize(
        ("years", "sentence"),
        [
            ([2020, 2021, 2022, 2023, 2024], "Trade fell by 50% in 2024."),
            ([2020, 2021, 2022, 2023, 2025], "Trade rose by 50% in 2021."),
            ([2010, 2012, 2014, 2016, 2018], "Its recent move."),
        ],
    )
    def test_move(self, deck, years, sentence):
        """Growth is told of two years in a row of one source, not to a figure of another."""
        levels = {"turnover_musd": [100.0, 150.0, 400.0, 200.0, 100.0]}
        sources = {"source_id": ["a", "a", "b", "c", "c"]}
        history = pd.DataFrame({"year": years, **levels, **sources})
        moved = SimpleNamespace(key="move", item="its recent move")
        assert why._reason(dataclasses.replace(deck[OWN], history=history), moved) == sentence

    def test_heading(self, deck, bodies):
        """Low below a half, high above."""
        assert text(bodies[OWN].select_one("#why")) == "Why so low?"
        assert why.heading_of_reasons(judged(deck[OWN], probability_in=0.8)) == "Why so high?"

    def test_method(self, deck, bodies):
        """How many years of the pair the model reads, what it learned from, and what it counts."""
        paragraph = why.method(deck[OWN])
        assert paragraph in text(bodies[OWN])
        n_years = len(deck[OWN].history)
        for said in (
            f"reads {n_years} years",
            "17,743 pairs",
            "The chance we give is that of US$1bn or more",
        ):
            assert said in paragraph, said
        assert "it knows one figure" in why.method(deck[SIZE])


# ---------------------------------------------------------------------------- evidence


class TestEvidence:
    """All that the answer rests on."""

    @pytest.mark.parametrize("name", [OWN, VAGUE, SIZE, SIBLING])
    def test_each_row_once(self, deck, bodies, name):
        """Every row of the verdict's evidence stands once, with its value, range and unit."""
        soup = bodies[name]
        currency = deck[name].row.currency
        for row in deck[name].verdict.evidence.itertuples():
            (shown,) = soup.select(f"#{evidence_id(row.key)}")
            row_cells = {head: text(td) for head, td in under(shown).items()}
            value = words.quantity(row.value, row.unit, currency)
            if row.key == "half_year" and pd.isna(row.value):
                value = "none of the next ten"
            assert row_cells["value"] == value, row.key
            if pd.notna(row.low):
                low = words.quantity(row.low, row.unit, currency)
                high = words.quantity(row.high, row.unit, currency)
                assert row_cells["range"] == f"{low} to {high}", row.key
            else:
                assert row_cells.get("range", "") == "", row.key

    @pytest.mark.parametrize(
        ("key", "group", "leads"),
        [
            ("headline", "The answer", "#method"),
            ("bns_alone", f"{OTHER_WAYS}: other data", "../notebooks/10_verdict.html"),
            ("like_pairs", f"{OTHER_WAYS}: other pairs", "../notebooks/07_outside_view.html"),
            ("naive", f"{OTHER_WAYS}: other methods", "../notebooks/05_forecast.html"),
            ("asked", "What moves it", "#method"),
            ("required", "Where it stands", "../notebooks/04_required_growth.html"),
            ("last_musd", "Where it stands", "../sources.html#series"),
            ("inflation", "Where it stands", "../sources.html#source-bls"),
            ("un_2026", OFFICIAL, None),
            ("un_2026_came", OFFICIAL, None),
            ("potential", "What size and distance say", "../notebooks/09_gravity.html"),
            ("era_best", "If coming years are like past ones", None),
        ],
    )
    def test_groups(self, bodies, key, group, leads):
        """Each row stands in its group, and its source leads to where it is described."""
        row = bodies[OWN].select_one(f"#{evidence_id(key)}")
        assert row.find_parent(class_="scroll")["aria-label"] == group
        if leads:
            assert row.a["href"] == leads

    def test_every_role_has_a_heading(self):
        """No row of evidence falls under a heading by accident: each role has its own."""
        assert set(HEADING_OF_ROLE) == set(ROLES)
        of_roles = {heading for role, heading in HEADING_OF_ROLE.items() if role != "range"}
        assert of_roles <= set(HEADINGS)

    def test_a_lone_figure_leads_to_the_pledge(self, bodies):
        """What the registry alone knows leads to the pledge on the same page."""
        assert bodies[SIZE].select_one("#e-last-musd a")["href"] == "#pledge"


# ---------------------------------------------------------------------------- the picture


class TestPicture:
    """What is drawn is what is said, read off the picture's own axes."""

    def test_history(self, deck, bodies, width):
        """The line runs through every year known, and ends in a dot with its words."""
        seen = picture(bodies[OWN], width)
        history = deck[OWN].history
        for (year, value), row in zip(seen.points("known"), history.itertuples(), strict=True):
            assert year == pytest.approx(row.year, abs=0.15)
            assert value == seen.near(row.turnover_musd)
        dot = seen.svg.select_one(".dot")
        assert seen.year(dot["cx"]) == pytest.approx(2025, abs=0.1)
        assert seen.value(dot["cy"]) == seen.near(515.5)
        assert text(seen.svg.select_one(".last")) == "US$516m in 2025"

    def test_each_screen_has_its_own(self, bodies, tracked):
        """Of every picture a wide screen gets the wide one, and a phone the one that fits it."""
        sizes = set()
        for soup in (*bodies.values(), tracked):
            for kind in ("wide", "narrow"):
                boxes = [svg["viewbox"] for svg in soup.select(f"figure > .{kind} svg")]
                sizes |= {(kind, *map(int, box.split()[2:])) for box in boxes}
        of_tracks = {size for size in sizes if size[1:] not in (WIDE, NARROW)}
        assert sizes - of_tracks == {("wide", *WIDE), ("narrow", *NARROW)}
        assert all((kind == "narrow") == (across <= NARROW[0]) for kind, across, _ in sizes)

    def test_missing_years(self, deck, bodies, width):
        """The line breaks twice where years are missing, on the page and in the file."""
        drawing = target_picture(target_pictures.chart(deck["gaps"]), WIDE)
        (line,) = [shape for shape in drawing.shapes if shape.kind == "known"]
        assert len(line.breaks) == 2
        path = picture(bodies["gaps"], width).svg.select_one(".known")
        assert path["d"].count("h4") == 1
        assert path["d"].count("M") == 3

    def test_bands(self, deck, bodies, width):
        """Bands end at the verdict's own 10th and 90th percentile, the line at its median."""
        seen = picture(bodies[OWN], width)
        verdict = deck[OWN].verdict
        low, middle, high = verdict.value_range
        outer = seen.points("band80")
        inner = seen.points("band50")
        outer_ends = [v for y, v in outer if y > 2026.8]
        assert outer_ends == [seen.near(high), seen.near(low)]
        assert seen.points("median")[-1][1] == seen.near(middle)
        quarters = [v for y, v in inner if y > 2026.8]
        assert low < quarters[1] < middle < quarters[0] < high
        fan = deck[OWN].fan.set_index("year").loc[2027]
        assert quarters == [seen.near(fan.q75), seen.near(fan.q25)]
        assert outer[0][0] == pytest.approx(2025, abs=0.1)

    def test_target(self, bodies, width):
        """The target is a level with its words and a star at its deadline."""
        seen = picture(bodies[OWN], width)
        goal = seen.svg.select_one(".goal")
        assert seen.value(goal["y1"]) == seen.value(goal["y2"]) == seen.near(1000)
        assert text(seen.svg.select_one(".aim")) == "target US$1bn"
        x, y = re.findall(r"[\d.]+", seen.svg.select_one(".star")["transform"])
        assert seen.year(x) == pytest.approx(2027, abs=0.1)
        assert seen.value(y) == seen.near(1000)

    @pytest.mark.parametrize(
        ("name", "unit", "goal"),
        [
            (SIZE, "turnover, US$ billion a year", 100),
            (UNDATED, "turnover, EUR billion a year", 20),
        ],
    )
    def test_units(self, deck, bodies, width, name, unit, goal):
        """The axis counts in the unit it names, in the target's own currency."""
        seen = filed(deck[name]) if name == UNDATED else picture(bodies[name], width)
        assert text(seen.svg.select_one(".unit")) == unit
        assert seen.value(seen.svg.select_one(".goal")["y1"]) == seen.near(goal)

    def test_outcome(self, deck, bodies):
        """A settled target has its base and its outcome, drawn once, in the file beside the page."""
        shown = bodies[UNDATED].select_one("#fan img")
        assert shown["src"] == f"../pictures/{UNDATED}.svg"
        assert shown["alt"] == target_pictures.chart(deck[UNDATED]).words
        assert bodies[UNDATED].select("svg") == []
        seen = filed(deck[UNDATED])
        came = seen.svg.select_one(".came")
        assert seen.year(came["cx"]) == pytest.approx(2012, abs=0.1)
        assert seen.value(came["cy"]) == seen.near(17.4)
        base = seen.svg.select_one(".dot")
        assert seen.value(base["cy"]) == seen.near(12.1)
        labels = {text(t) for t in seen.svg.select(".value")}
        assert labels == {"target EUR 20bn", "EUR 12.1bn in 2007", "EUR 17.4bn in 2012"}

    def test_spots(self, deck, bodies):
        """What is told where one points: the year, the figure, and four times in five."""
        assert bodies[OWN].select("#fan .narrow .spot") == []
        seen = picture(bodies[OWN], "wide")
        spot_of = {s["data-said"].split(":")[0]: s for s in seen.svg.select(".spot")}
        assert len(spot_of) == len(deck[OWN].history) + 2
        low, middle, high = (words.money(v) for v in deck[OWN].verdict.value_range)
        assert spot_of["2027"]["data-said"] == f"2027: {middle}; four times in five {low} to {high}"
        assert spot_of["2014"]["data-said"] == "2014: US$467m"
        assert seen.value(spot_of["2014"]["cy"]) == seen.near(466.7)
        for year, spot in spot_of.items():
            assert seen.year(spot["cx"]) == pytest.approx(int(year), abs=0.15)

    def test_words(self, deck, bodies):
        """Those who do not see it read the same."""
        low, middle, high = (words.money(v) for v in deck[OWN].verdict.value_range)
        title = text(bodies[OWN].select_one("#fan .wide svg title"))
        assert title.startswith("Kazakhstan–Turkmenistan: US$516m in 2025; in 2027")
        assert f"below {middle}, four times in five between {low} and {high}." in title
        assert title.endswith("The target is US$1bn by 2027.")

    def test_rungs(self):
        """Axes end at round values, three or four steps up, and hold what they must."""
        options = rungs(90, 1200)
        assert options[0] == (100, 25)
        assert options[-1] == (1500, 500)
        assert marks((1500, 500)) == ["0", "500", "1,000", "1,500"]
        assert marks((150000, 50000), 1000) == ["0", "50", "100", "150"]
        for end, step in options:
            assert round(end / step) in (3, 4)
        assert every(2000, 2027, 720) == 5
        assert every(2000, 2027, 360) == 10

    @pytest.mark.parametrize("goal", [4.2, 4.6, 5.0, 5.6, 9.0])
    @pytest.mark.parametrize("years", [2, 8, 30])
    def test_words_do_not_touch(self, width, goal, years):
        """Words of the target and of the last figure stand apart, whatever the level and the years."""
        history = tuple((2025 - i, 4.3 - 0.05 * i) for i in range(years))[::-1]
        fan = tuple({"year": 2025 + i} | dict.fromkeys(QUANTILES, 4.5) for i in (1, 2, 3, 4, 5))
        chart = Chart(history=history, goal=(goal, 2030), currency="USD", words="w", fan=fan)
        frame = (drawing := target_picture(chart, WIDE if width == "wide" else NARROW)).frame
        last, aim = (
            next({**shape.at, "text": shape.text} for shape in drawing.shapes if shape.kind == kind)
            for kind in ("value last", "value aim")
        )
        assert frame.y(0) > last["y"]
        if abs(last["y"] - aim["y"]) < 13:
            begin = {"start": 0, "middle": 0.5, "end": 1}[last["text-anchor"]]
            assert last["x"] - 8 * begin * len(last["text"]) > aim["x"] + 7 * len(aim["text"])

    def test_inside(self, cards, width):
        """No mark leaves its picture."""
        size = WIDE if width == "wide" else NARROW
        edges = {"cx": size[0], "x": size[0], "cy": size[1], "y": size[1]}
        charts_drawn = filter(None, map(target_pictures.chart, cards))
        for shape in (one for chart in charts_drawn for one in target_picture(chart, size).shapes):
            for key, most in edges.items():
                assert -1 <= float(shape.at.get(key, 0)) <= most, shape

    def test_lone_year(self):
        """A single year has room on both sides."""
        alone = Chart(history=((2012, 5.0),), goal=(10.0, None), currency="USD", words="w")
        assert alone.years == (2011, 2013)


# Days on which a chance was worked out, two of them close together.
CLOSE = [(2022.8, 0.15), (2023.1, 0.16), (2027.0, 0.3)]


class TestOverTime:
    """The chance over time."""

    def test_table(self, deck, bodies):
        """Each day has the chance, the range, the words and the United Nations' call of that day."""
        caption = "What the same method says on each day, with what was known then"
        shown_rows = cells(bodies[OWN], caption)
        truth = deck["timeline"]
        assert len(truth) == 5
        for shown, row in zip(shown_rows, truth.itertuples(), strict=True):
            assert list(shown.values())[1:] == [
                f"{row.probability_in:.0%}",
                f"{row.probability_ever:.0%}",
                words.between(row.range_low, row.range_high),
                parts_of(row.words)[0],
                row.official,
            ]
        assert list(shown)[:3] == ["day", "in 2027", "any year up to 2027"]
        assert [row["day"] for row in shown_rows[:2]] == ["5 October 2022", "15 February 2023"]
        assert not bodies[SIZE].select("#chance")

    def test_picture(self, deck, bodies, width):
        """Its line and band are those of the days."""
        seen = picture(bodies[OWN], width, "chance")
        truth = deck["timeline"]
        line = seen.points("median")
        for (when, chance), row in zip(line, truth.itertuples(), strict=True):
            assert chance == seen.near(100 * row.probability_in)
            # The newest point stands where the data end, later than its last release.
            if row.Index < 4:
                exact = row.as_of.year + (row.as_of.day_of_year - 1) / 365.25
                assert when == pytest.approx(exact, abs=0.03)
        band = [v for _, v in seen.points("band80")]
        highs = band[:5]
        lows = band[5:][::-1]
        assert highs == [seen.near(100 * v) for v in truth["range_high"]]
        assert lows == [seen.near(100 * v) for v in truth["range_low"]]
        assert text(seen.svg.select_one(".unit")) == "chance that the target is met in 2027"

    def test_archive(self, deck, bodies):
        """What was archived stands beside what today's model says of the same figures."""
        archive = tl.load_forecasts().query("target_id == @OWN")
        forecast = archive.iloc[0]
        shown = cells(bodies[OWN], "Forecasts in the archive, never edited; model 2 came after 1")
        row = shown[0]
        assert row["known by, and model"] == f"{words.day(forecast.made)}, model 1"
        assert shown[-1]["known by, and model"].endswith(f", model {archive['model'].nunique()}")
        assert row["year judged"] == "2027"
        assert row["chance in it"] == f"{forecast.probability_in:.0%}"
        assert row["in any year up to it"] == f"{forecast.probability_ever:.0%}"
        assert row["from the same figures today"] == f"{deck[OWN].verdict.probability_in:.0%}"
        assert row["learned later"] == forecast.note

    def test_what_moved(self, bodies):
        """Beside a forecast of the archive stands what moved since the one before, and how."""
        caption = "Forecasts in the archive, never edited; model 2 came after 1"
        before, again = cells(bodies[SIBLING], caption)[:2]
        moved = tl.forecast_changes().set_index("target_id").loc[[SIBLING]].iloc[0]
        assert before["what moved, and how"] == ""
        assert again["what moved, and how"] == moved["words"]

    @pytest.mark.parametrize(
        ("later", "judged_later", "said"),
        [
            (0, 0, None),
            (-1, 0, "newer figures came"),
            (1, 0, "that figure no longer counts"),
            (0, 1, ""),
        ],
    )
    def test_other_figures(self, deck, later, judged_later, said):
        """An archived forecast from another last figure is not compared, and it is said why."""
        mine = deck[OWN]
        last_year = float(mine.last_year + later)
        forecast = SimpleNamespace(by=mine.by + judged_later, last_year=last_year)
        today = words.percent(mine.verdict.probability_in)
        assert over_time._today(mine, forecast) == (today if said is None else said)

    def drawn(self, size, *days):
        """The picture of some days: when, the chance, and the ends of the range."""
        names = ("when", "chance", "low", "high")
        told = [dict(zip(names, day, strict=True)) for day in days]
        words_of = [{"day": "", "range": "", "text": f"{day['chance']:.0%}"} for day in told]
        every = [day | said for day, said in zip(told, words_of, strict=True)]
        return chance_picture(every, "chance", size)

    def test_high_chances(self):
        """Where the range reaches high the axis ends at certainty."""
        picture_of = self.drawn(WIDE, (2020.0, 0.8, 0.7, 0.95), (2021.0, 0.6, 0.5, 0.9))
        assert picture_of.frame.top == 1.0
        said = [shape.text for shape in picture_of.shapes if shape.kind == "value"]
        assert said == ["60%", "80%"]

    def test_words_do_not_touch(self):
        """Of two days that stand close the newer one has its words; every day keeps its dot."""
        days = [(when, chance, None, None) for when, chance in CLOSE]
        shapes = self.drawn(NARROW, *days).shapes
        assert [shape.text for shape in shapes if shape.kind == "value"] == ["30%", "16%"]
        assert sum(shape.kind == "dot" for shape in shapes) == 3


# ---------------------------------------------------------------------------- pledges, series, sources


class TestPledge:
    """The pledge and what was said of it."""

    def test_facts(self, deck, bodies):
        """Each fact of the registry with its source."""
        shown = cells(bodies[OWN], "The pledge as the registry holds it")
        facts = {row["what"]: row["as known"] for row in shown}
        assert facts["Announced"].startswith("5 October 2022: ")
        assert facts["Target"].startswith("US$1bn by 2027")
        assert facts["Baseline"] == "US$254m in 2021"
        assert facts["Newest figure"] == "US$516m in 2025"
        row = deck[OWN].row
        links = [a["href"] for a in bodies[OWN].select("#pledge + .scroll a")]
        announced = [row.announce_url] * 2
        assert links == [*announced, "#series", "#series", row.baseline_url, row.outcome_url]

    def test_nothing_is_cited_before_it_happened(self, deck):
        """A source printed before the figure's year says so, and where the figure stands instead."""
        early = {"outcome_printed": "2024-05-27", "outcome_year": 2025}
        parts = pledge.cited(
            with_cells(deck[OWN], outcome_url="https://a.org/x", **early), "outcome"
        )
        sentence = "".join(part if isinstance(part, str) else part.text for part in parts)
        assert sentence == "a.org, printed 27 May 2024, before that year was over: see the series"
        assert "printed" not in str(pledge.cited(deck[OWN], "outcome"))

    def test_other_currency(self, bodies):
        """A target in euros stays in euros, its care is told."""
        shown = cells(bodies[UNDATED], "The pledge as the registry holds it")
        facts = {row["what"]: row["as known"] for row in shown}
        assert facts["Outcome"] == "EUR 17.4bn in 2012"
        assert facts["Care"] == "rests on a weak source"

    def test_care(self, deck):
        """Every tag has its words."""
        tags = dict.fromkeys(words.TAGS, False) | {"partial": True, "conflict": True}
        mine = with_cells(Card(row=deck[MET].row), **tags)
        assert mine.care == "a figure covers part of a year; sources disagree"

    def test_said(self, bodies):
        """Statements stand by the day they were made, not printed."""
        statements = cells(bodies[OWN], "Statements of this target")
        days = [pd.Timestamp(row["day"]) for row in statements]
        assert days == sorted(days)
        (mine,) = [row for row in statements if row["day"] == "9 August 2024"]
        assert mine["source"] == "trend.az"
        assert statements[1]["deadline, in the speaker's words"] == "in the next five years"

    def test_siblings(self, bodies):
        """The pair's other targets, each with its answer and a link; never itself."""
        (other,) = cells(bodies[SIBLING], "Other targets of India–United Arab Emirates")
        assert (other["target"], other["by"]) == ("US$100bn", "2030")
        later = cells(bodies[MET], "Other targets of India–China")[0]
        assert later["chance, or what became of it"].startswith("Met late, in 2021.")
        for name, sibling in ((SIZE, SIBLING), (LATE, MET)):
            link = bodies[name].select_one("#siblings + .scroll a")
            assert link["href"] == f"{sibling}.html"

    @pytest.mark.parametrize("years", [(2008, 2010), (2014, 2017)])
    def test_goods_of_each_fall(self, bodies, years):
        """Rows are the largest changes by section, and add up to that of turnover."""
        pair = tl.goods("KAZ", "TKM")
        assert pair.explain(*years) in bodies[OWN].select_one("#goods + p").get_text()
        caption = f"Goods of Kazakhstan–Turkmenistan, {years[0]} and {years[1]}, US$ million"
        *rows, others, whole = cells(bodies[OWN], caption)
        assert others["section"] == "all others"
        change = pair.change(*years)
        for row, entry in zip(rows, change.head(5).itertuples(), strict=True):
            seller = "Kazakhstan" if entry.flow == "export" else "Turkmenistan"
            assert (row["section"], row["sold by"]) == (label(entry.section), seller)
            assert plain_number(row["change"]) == pytest.approx(entry.change_musd, abs=0.51)
        total = sum(plain_number(row["change"]) for row in [*rows, others])
        assert total == pytest.approx(plain_number(whole["change"]), abs=1.6)
        if years[0] == 2014:
            assert plain_number(whole["change"]) == pytest.approx(95.8 - 466.7, abs=0.5)

    def test_gap(self, bodies):
        """What is missing beside what both sides trade with everyone; the chance stays."""
        found = tl.fill_gap(tl.open_target(OWN))
        assert found.summary() in bodies[OWN].get_text()
        first = cells(bodies[OWN], "What could fill the gap, US$ million of 2023")[0]
        row = found.sections.iloc[0]
        assert (first["section"], first["sold by"]) == ("minerals", "Turkmenistan")
        assert plain_number(first["sold to everyone"]) == round(row["sells_musd"])
        assert plain_number(first["bought by the other from everyone"]) == round(row["buys_musd"])
        share = float(first["missing amount / bought"])
        assert share == pytest.approx(found.missing_musd / row["buys_musd"], rel=0.05)

    def test_goods_are_drawn(self, deck, bodies, width):
        """Layers by kind of goods reach turnover in every year, and a line marks each fall."""
        seen = picture(bodies[OWN], width, "sections")
        history = deck[OWN].history.set_index("year")["turnover_musd"]
        names = [text(name) for name in bodies[OWN].select(".legend li")]
        assert (names[0], names[-1]) == ("minerals", "all other goods")
        assert len(seen.svg.select(".layer")) == len(names) == 6
        top = seen.points(f"s{len(names)}")
        edge = {round(year): value for year, value in top[: len(top) // 2]}
        assert edge == {year: seen.near(history[year]) for year in range(2000, 2019)}
        lines = [line["d"].strip("M").split("L") for line in seen.svg.select(".fall")]
        ends = [point.split() for line in lines for point in line]
        falls = (2008, 2010, 2014, 2017)
        assert [round(seen.year(x)) for x, _ in ends] == list(falls)
        assert [seen.value(y) for _, y in ends] == [seen.near(history[year]) for year in falls]
        assert [text(t) for t in seen.svg.select(".value")] == ["−76% to 2010", "−79% to 2017"]

    def test_most_of_it(self, deck, bodies):
        """Where most of a pair's trade is of one kind it is said, beside the chance that stays."""
        said = text(bodies[OWN].select_one("#why ~ .reasons + p"))
        last = tl.goods("KAZ", "TKM").concentration().iloc[-1]
        assert f"of one kind: vegetable products, {last['share']:.0%}." in said
        assert last["share"] > 0.5
        assert goods_pages.most(deck[SIZE]) == ""
        assert goods_pages.most(deck[MET]) == ""

    def test_goods_of_named_examples_alone(self, bodies):
        """Other pairs have no such section, and a target of trade without oil no gap."""
        assert bodies[VAGUE].select_one("#goods").get_text().startswith("What they trade")
        assert bodies[SIZE].select_one("#goods").get_text() == "What they trade"
        for name in (MET, MISSED, EURO, REGION):
            assert bodies[name].select_one("#goods") is None

    def test_series(self, deck, bodies):
        """Each year's exports, imports and turnover; the turnover leads to its row of the sources."""
        last = cells(bodies[OWN], "Trade of Kazakhstan–Turkmenistan in goods, US$ million")[-1]
        row = deck[OWN].history.iloc[-1]
        assert last == {
            "year": str(row.year),
            "exports": f"{row.export_musd:,.0f}",
            "imports": f"{row.import_musd:,.0f}",
            "turnover": f"{row.turnover_musd:,.1f}",
            "status": "final",
            "source": "the Kazakh statistics office (BNS), read from a third party's copy",
            "published": row.released.date().isoformat(),
        }
        link = bodies[OWN].select("#series + details a")[-1]
        assert link["href"] == "../sources.html#series-KAZ-TKM-2025"
        early = dataclasses.replace(deck[OWN], history=provisional(deck[OWN].history))
        assert [row[4] for row in pledge.series(early).rows[-2:]] == ["final", "provisional"]

    def test_python_and_citation(self, bodies):
        """The same by hand, how to cite it, and files of this very target."""
        for name in (OWN, MISSED):
            assert name in text(bodies[name].select_one("pre.code"))
            links = [a["href"] for a in bodies[name].select(".take a")]
            assert sum(name in link for link in links) == 4
        citation = text(bodies[OWN].select_one(".cite"))
        assert "Will trade between Kazakhstan and Turkmenistan reach US$1bn in 2027?" in citation
        assert citation.endswith(f"Data to {words.day(known_day())}. CC BY 4.0.")


@pytest.fixture(scope="module")
def sourced():
    """The page of sources."""
    return parsed(sources.page())


class TestSources:
    """Where every number ends."""

    def test_a_year_leads_to_its_figures(self, sourced):
        """Exports of 2025 lead to the reported figure of that flow, year and source."""
        row = sourced.select_one("#series-KAZ-TKM-2025")
        there = {head: td.a["href"] for head, td in under(row).items() if td.a}
        assert there["exports"] == "#f-kaz-tkm-export-2025-bns"
        assert there["imports"] == "#f-kaz-tkm-import-2025-bns"
        assert there["source"] == "#source-bns"
        figure = sourced.select_one(there["exports"])
        assert text(under(figure)["US$ million"]) == "316"
        assert "read from a third party's copy" in text(row)

    def test_whole(self, sourced):
        """Every source, figure and file has its row, no anchor stands twice, each link has its own."""
        ids = [tag["id"] for tag in sourced.select("tr[id]")]
        assert len(ids) == len(set(ids))
        assert sum(i.startswith("f-") for i in ids) == len(tl.load_figures())
        inner = {a["href"][1:] for a in sourced.select("tr a") if a["href"].startswith("#")}
        assert inner <= set(ids)

    def test_reported_figures(self, sourced):
        """Each with its bound, coverage, status, source, day, and how the day is known."""
        bounds = {"exact": "", "about": "about ", "at_least": "at least ", "at_most": "at most "}
        bases = {"lag": "by rule", "stated": "as stated", "month": "month known"}
        figures = tl.load_figures()
        assert {*figures["bound"], *figures["released_basis"]} == {*bounds, *bases}
        # Those of one flow of a pair stand together, in the order of the file.
        of_a_flow = figures.groupby(["reporter", "partner", "flow"], sort=False)
        in_order = [row for _, rows in of_a_flow for row in rows.to_dict("records")]
        for row, figure in zip(rows_below(sourced, "figures"), in_order, strict=True):
            assert row["trade"].startswith(tl.codes.name(figure["reporter"]))
            assert row["trade"].rstrip("s").endswith(figure["flow"])
            bound, value = bounds[figure["bound"]], figure["value_musd"]
            amount = row["US$ million"]
            assert amount.startswith(bound.strip())
            if pd.notna(value):
                close = pytest.approx(value, abs=0.51 if value >= 100 else 0.051)
                assert plain_number(amount.removeprefix(bound)) == close
            assert row["who"] == figure["who"]
            status = figure["status"].replace("preliminary", "provisional")
            assert row["covers"] == f"{label(figure['coverage'])}, {status}"
            day = "" if pd.isna(figure["released"]) else figure["released"].date()
            assert row["source, published"].endswith(f", {day} ({bases[figure['released_basis']]})")

    @pytest.mark.parametrize(
        ("start", "end", "period"),
        [
            ("2024-01-01", "2024-12-31", "2024"),
            ("2023-01-01", "2024-12-31", "2023-01 to 2024-12"),
            ("2025-01-01", "2025-09-30", "2025-01 to 2025-09"),
            (None, "2024-12-31", "no period given"),
        ],
    )
    def test_period(self, start, end, period):
        """A whole year by its number, other periods by their months."""
        row = SimpleNamespace(period_start=pd.Timestamp(start), period_end=pd.Timestamp(end))
        assert sources.period(row) == period

    def test_series_and_files(self, sourced):
        """Years of the recommended series, files and sources are those of the library."""
        series = [row for row in rows_below(sourced, "series") if "Turkmenistan" in row["pair"]]
        kazakh = [row for row in series if row["pair"].startswith("Kazakhstan")]
        for row, year in zip(kazakh, tl.load_turnover("KAZ", "TKM").itertuples(), strict=True):
            assert (row["year"], row["status"]) == (str(year.year), year.status)
            for name in ("export", "import"):
                flow = getattr(year, f"{name}_musd")
                assert row[f"{name}s"] == ("" if pd.isna(flow) else f"{flow:,.1f}")
            assert row["turnover"] == f"{year.turnover_musd:,.1f}"
            assert row["source"].startswith(words.reporter(year.source_id))
            assert row["published"] == str(year.released.date())
        for row, file in zip(rows_below(sourced, "files"), tl.files().itertuples(), strict=True):
            assert (row["file"], row["licence"]) == (file.file, file.licence)
            assert row["SHA-256, and who prepared it"].startswith(f"{file.sha256[:12]}; ")
        for row, source in zip(rows_below(sourced, "who"), tl.sources().itertuples(), strict=True):
            assert (row["what"], row["licence"]) == (source.title, source.licence)
            assert row["counts as published"].endswith(f"our copy {source.accessed:%Y-%m-%d}")


# ---------------------------------------------------------------------------- all targets


@pytest.fixture(scope="module")
def listed(cards):
    """The table, of the kinds alone."""
    return parsed(table.page(cards))


class TestTable:
    """The table of all targets."""

    @pytest.mark.parametrize(
        ("code", "typed"),
        [("TUR", "Turkey"), ("USA", "America"), ("ARE", "UAE"), ("VNM", "Vietnam")],
    )
    def test_other_names_are_found(self, code, typed):
        """A row is found by other names of its countries, and by its amount's word."""
        target_card = card(next(tl.load_targets(code).itertuples()))
        search_words = table.row(target_card)["search"]
        assert f" {typed} " in f" {search_words} "
        assert ("billion" in search_words) == (target_card.row.target_value >= 1000)

    def row(self, listed, name):
        """Cells of a target's row by heading."""
        link = listed.select_one(f"#targets a[href='targets/{name}.html']")
        return under(link.find_parent("tr"))

    def test_order(self, deck, cards):
        """Open and due first, siblings together, then without a forecast, settled newest first, over."""
        # The second target of a pair is due in the year of `OWN`, before the others.
        sooner = dataclasses.replace(deck[OWN], row=deck[SIBLING].row)
        shuffled = [sooner if each.id == SIBLING else each for each in cards]
        pairs = [SIBLING, SIZE, OWN, EURO, VAGUE]
        rest = [UNKNOWN, REGION, MISSED, LATE, MET, UNDATED, OVER]
        assert deck[SIZE].by > deck[VAGUE].by > deck[OWN].by
        for given_in in (shuffled, shuffled[::-1]):
            assert [each.id for each in table.ordered(given_in)] == [*pairs, *rest]

    def test_chances(self, deck, listed):
        """A number with its range, a range for a size, and why there is none."""
        chance_of = {
            name: self.row(listed, name)["chance"] for name in (OWN, VAGUE, SIZE, OVER, MET)
        }
        verdict = deck[OWN].verdict
        low, high = verdict.probability_range
        said = f"{verdict.probability_in:.0%} other ways: {low:.0%} to {high:.0%}"
        assert text(chance_of[OWN]) == said
        assert float(chance_of[OWN]["data-v"]) == verdict.probability_in
        ever = deck[VAGUE].verdict.probability_ever
        assert text(chance_of[VAGUE]).startswith(words.percent(ever))
        assert float(chance_of[VAGUE]["data-v"]) == ever
        assert text(chance_of[SIZE]).startswith(words.between(*deck[SIZE].estimate_range))
        assert text(chance_of[OVER]) == NO_FORECAST
        assert chance_of[MET]["data-v"] == ""

    def test_years(self, deck, listed):
        """No year stands for a deadline that was not named; the year looked at is small print."""
        years = {name: self.row(listed, name)["by"] for name in (OWN, VAGUE, OVER)}
        assert text(years[OWN]) == "2027"
        assert text(years[VAGUE].small) in f"we look to {deck[VAGUE].by}"
        assert text(years[VAGUE]).startswith("none")
        assert text(years[OVER]) == "none"

    def test_figures(self, listed):
        """The newest figure with its share of the target, sorted by that share; the target by its size."""
        mine = self.row(listed, OWN)["newest figure"]
        assert text(mine) == "US$516m in 2025 52% of the target"
        assert float(mine["data-v"]) == pytest.approx(0.5155, abs=1e-4)
        euros = self.row(listed, UNDATED)["newest figure"]
        assert text(euros) == "EUR 17.4bn in 2012 87% of the target"
        size = self.row(listed, SIZE)["target"]
        assert (text(size), size["data-v"]) == ("US$100bn goods without oil", "100000.0")
        announced = self.row(listed, OWN)["announced"]
        assert (text(announced), announced["data-v"]) == ("5 October 2022", "2022-10-05")

    def test_status(self, listed):
        """Status in words, care beside it, and grey where the year is over."""
        late, undated = (self.row(listed, name)["status"] for name in (LATE, UNDATED))
        assert text(late) == "Met late, in 2021"
        assert late.find_parent("tr")["data-status"] == "met late"
        assert text(undated).endswith("year unknown rests on a weak source")
        assert undated.find_parent("tr")["data-status"] == "missed"
        assert [text(tr.th) for tr in listed.select("tr.over")] == ["Iran–Iraq"]


# ---------------------------------------------------------------------------- the front page


@pytest.fixture(scope="module")
def fronted(deck):
    """The page of the article's target."""
    return parsed(front.page(deck[FRONT]))


class TestFront:
    """The front page: every number is that of its name, and a link to where it comes from."""

    def test_answer(self, deck, fronted):
        """Both numbers, and the first in words, lead to their rows."""
        verdict = deck[FRONT].verdict
        within, ever = verdict.probability_in, verdict.probability_ever
        there = f"targets/{FRONT}.html#e-"
        numbers = [(text(a), a["href"]) for a in fronted.select(".number a")]
        assert numbers == [(f"{within:.0%}", f"{there}headline"), (f"{ever:.0%}", f"{there}ever")]
        (in_words,) = fronted.select(".words a")
        assert text(in_words) == words.frequency(within).removeprefix("about ")
        assert in_words["href"] == f"{there}headline"

    def test_doubt(self, deck, fronted):
        """Ends and middle of the range, and that figures of the last year contradict each other."""
        chances = deck[FRONT].verdict.evidence.query("role == 'range'").set_index("key")["value"]
        links = [(text(a), a["href"].split("#")[1]) for a in fronted.select(".doubt a")]
        assert links[:2] == [
            (f"{chances.min():.0%}", evidence_id(chances.idxmin())),
            (f"{chances.max():.0%}", evidence_id(chances.idxmax())),
        ]
        assert links[2][0] == f"{chances.median():.0%}"
        assert {spot for _, spot in links[3:]} == {"series-KAZ-TKM-2025"}
        # 363.6 in nine months, up by 5.4 %, so 345.0 before; 515.5 after 555.8: 151.9 after 210.8.
        assert [words for words, _ in links[3:]] == [
            "5%",
            "the statistics office's figure for the year",
            "7%",
            "28%",
        ]

    def test_provisional(self, deck):
        """A last year that is provisional is said to be, with the chance without it."""
        history = provisional(deck[FRONT].history)
        verdict = tl.assess(tl.article_target(), history=history)
        early = dataclasses.replace(deck[FRONT], history=history, verdict=verdict)
        said, without, _ = front.uncertainty(early, "there")
        assert without.text == f"{verdict.value('no_preliminary'):.0%}"
        assert without.to == "there#e-no-preliminary"
        assert said.startswith("The figure of 2025 is provisional, and other figures of that year")

    @pytest.mark.parametrize("changed", [{"year": 2024}, {"year": 2023}, {"source_id": "wits"}])
    def test_another_dispute(self, deck, changed):
        """What contradicts a figure of another year, or of another source, is none of its own."""
        history = deck[FRONT].history
        assert pledge.disputed(deck[FRONT]).startswith("2025: ")
        for column, cell in changed.items():
            history = history.assign(**{column: [*history[column].iloc[:-1], cell]})
        other = dataclasses.replace(deck[FRONT], history=history)
        assert not pledge.disputed(other).startswith("2025: ")

    def test_where_it_stands(self, deck, fronted):
        """The last figure, the growth needed, both collapses and the hindcast, each with its link."""
        there = f"targets/{FRONT}.html"
        levels = {
            2025: "US$516m",
            2008: "US$417m",
            2010: "US$101m",
            2014: "US$467m",
            2017: "US$96m",
        }
        links = {(text(a), a["href"]) for a in fronted.select(".below a")}
        assert links >= {
            (level, f"sources.html#series-KAZ-TKM-{year}") for year, level in levels.items()
        }
        first = deck["timeline"].iloc[0]
        assert links >= {
            ("39%", f"{there}#e-required"),
            (f"{first.probability_in:.0%}", f"{there}#time"),
        }
        paragraph = text(fronted.select_one(".below"))
        assert "from US$417m in 2008 to US$101m in 2010, and from US$467m in 2014" in paragraph
        by = "(Ambassador Tazhibayev, relaying the presidents)"
        assert f"announced on 5 October 2022 {by}" in paragraph

    def test_reasons(self, deck, fronted):
        """From a usual target's chance to this one's; each with a link to its row."""
        items = fronted.select(".why li")
        steps = why.reasons(deck[FRONT])
        keys = {link.to.removeprefix("#") for _, link in steps}
        assert len(items) == len(keys) == len(steps)
        to = {a["href"] for item in items for a in item.select("a")}
        assert to == {f"targets/{FRONT}.html#{key}" for key in keys}

    def test_no_number_without_a_link(self, fronted):
        """No percentage or amount stands there without a link, outside the picture and captions."""
        soup = BeautifulSoup(str(fronted), "html.parser")
        for part in soup.select("a, figure, script"):
            part.decompose()
        left = re.findall(r"\d[\d,.]*\s?(?:%|points)|US\$[\d,.]+", text(soup))
        # The answer's sentence names the target once more.
        assert [number.rstrip(".") for number in left] == ["US$1"]


# ---------------------------------------------------------------------------- what a chance is worth


@pytest.fixture(scope="module")
def aged():
    """Cards of targets whose data end too long ago, one with a deadline and one without."""
    answered = open_now()
    too_old = answered["rests_on"].str.startswith("our data for this pair end in")
    names = answered.loc[too_old, "target_id"].tolist()
    every = [card(row, open_row) for row, open_row in rows(names)]
    dated = next(each for each in every if each.deadline)
    vague = next(each for each in every if not each.deadline)
    return {"dated": dated, "vague": vague}


class TestOldData:
    """Pairs whose data end more than three years before the day."""

    @pytest.mark.parametrize("name", ["dated", "vague"])
    def test_no_number(self, aged, name):
        """No number, fan or sliders; what it would take, and how often like pairs did it."""
        mine = aged[name]
        soup = parsed(target_pages.page(mine))
        number, word, sentence = answered(soup)
        assert mine.state == "old_figures"
        assert (number, word) == ("", f"Our data for this pair end in {mine.last_year}.")
        assert known_day().year - mine.last_year > 3
        last = mine.history["turnover_musd"].iloc[-1]
        years = mine.aged.by - mine.last_year
        growth = (mine.row.target_value / last) ** (1 / years) - 1
        assert f"grow by {growth:.0%} a year" in sentence
        assert words.percent(mine.aged.value("like_pairs")) in sentence
        assert (str(mine.aged.by) in sentence) == (name == "dated")
        assert not soup.select("#explore, .band80, .given")
        assert table.chance(mine).text == ""
        assert str(mine.last_year) in table.chance(mine).small
        assert "pdated" not in answers.updated(mine)

    def test_the_past_is_drawn(self, aged):
        """The picture holds the years known and the target, and no forecast."""
        chart = target_pictures.chart(aged["vague"])
        assert len(chart.history) == len(aged["vague"].history)
        assert not chart.fan
        assert chart.goal == (float(aged["vague"].row.target_value), None)


class TestWorth:
    """How good such chances were, and what came of pledges that were given one."""

    @pytest.mark.parametrize(
        ("name", "kind", "forecaster"),
        [(OWN, "own recent", "growth_alone"), ("older", "own older", "growth_gap")],
    )
    def test_its_own_kind(self, deck, summaries, name, kind, forecaster):
        """Skill and coverage are those of the kind of forecast that the target has."""
        mine = deck[name]
        assert mine.verdict.rests_on == kind
        horizon = min(mine.by - mine.last_year, summaries["horizon"].max())
        (row,) = of_tests(summaries, forecaster, [horizon]).itertuples()
        sentence = reliability.worth(mine)
        assert f"{abs(row.skill):.0%} {'smaller' if row.skill > 0 else 'larger'}" in sentence
        assert sentence.endswith(f"held it in {row.coverage80:.0%} of tests.")

    def test_smaller(self):
        """More errors are not called fewer."""
        assert reliability.smaller(0.052) == "5% smaller"
        assert reliability.smaller(-0.013) == "1% larger"
        assert reliability.smaller(-0.001) == "no smaller"

    def test_given(self, deck, bodies, fronted):
        """What became of such pledges is that of the replay, on the target's page and in front."""
        mine = deck[OWN]
        every = given(tl.replay(), mine.verdict.probability_ever)
        without = given(tl.replay(), mine.verdict.probability_ever, china=False)
        for soup in (bodies[OWN], fronted):
            sentence = text(soup.select_one(".given"))
            assert f"To {every.n} pledges of {every.first}–{every.last}" in sentence
            assert f", {every.came} were kept: {words.percent(every.share)}" in sentence
            assert f"{without.came} of {without.n}: {words.percent(without.share)}" in sentence
            assert (
                f"to this one it gives {words.percent(mine.verdict.probability_ever)}" in sentence
            )

    def test_corrected(self, deck, bodies, fronted):
        """The corrected chance stands with how good such chances were, not in the answer."""
        verdict = deck[OWN].verdict
        sentence = reliability.corrected(deck[OWN])
        ever, corrected = words.percent(verdict.probability_ever), verdict.value("combined")
        assert f"the {ever} would be {words.percent(corrected)}" in sentence
        errors = rates.first_day()
        worse = errors["brier_combined"] > errors["brier_same"]
        assert ("did worse" if worse else "did better") in sentence
        assert sentence in text(bodies[OWN].select_one("#worth + p"))
        assert sentence in text(fronted)

    def test_contradicted(self, deck, bodies):
        """The card says that other figures of the last year contradict its own, with the link."""
        contradicted = {name for name in KINDS if bodies[name].select(".contradicted")}
        assert contradicted - {SIBLING} == {OWN}
        said = bodies[OWN].select_one(".contradicted")
        assert said.a["href"] == f"../sources.html#series-KAZ-TKM-{deck[OWN].last_year}"

    @pytest.mark.parametrize("name", [OWN, SIBLING])
    def test_the_day_of_announcement(self, bodies, name):
        """The chance on the day of the announcement stands with the pledge, and nowhere else."""
        (row,) = bodies[name].select("#e-pledges")
        assert row.find_previous("h2", id=True)["id"] == "pledge"
        for part in bodies[name].select(".answer, .given, .updated"):
            assert "on the day it is made" not in text(part)

    def test_marks(self, deck):
        """Marks in force on the day of the data stand by authority with a link and a first day."""
        parts = reliability.marks(with_cells(deck[OWN], reporter="RUS", partner="IRN"))
        links = [part for part in parts if isinstance(part, words.Link)]
        marks = tl.load_marks("RUS", "IRN", as_of=known_day()).query("in_force")
        assert sorted(link.to for link in links) == sorted(marks["url"])
        sentence = "".join(part if isinstance(part, str) else part.text for part in parts)
        for mark in marks.to_dict("records"):
            assert f"{mark['authority']} since {words.day(mark['from'])}" in sentence
        assert reliability.marks(deck[OWN]) == ""

    def test_no_year_is_invented(self):
        """No title names a year that no government gave."""
        for row, open_row in rows(OPEN.loc[~WITH_DEADLINE, "target_id"]):
            question = answers.question(Card(row=row, open_row=open_row))
            assert not re.search(r"(?:19|20)\d\d", question)
            assert " ever reach " in question


# The forecaster that knew as little as the model does of a pair of each kind.
FORECASTER_OF = {"own recent": "growth_alone", "own older": "growth_gap", "size": "growth_last"}
# Years ahead that pages report.
AHEAD = [1, 3, 5]


@pytest.fixture(scope="module")
def summaries():
    """The page's own summary of the scores of all pairs."""
    return trust.summaries(tl.load_growth_scores())


def of_tests(summaries, forecaster, years=AHEAD, trial="refitted at each origin"):
    """How good a forecaster was so many years ahead."""
    return summaries.query("forecaster == @forecaster and horizon in @years and trial == @trial")


def shares(column):
    """Shares in whole percent, as a sentence has them."""
    return [f"{share:.0%}".replace("-0%", "0%").replace("-", "−") for share in column]


class TestTrust:
    """Each number of "Can it be trusted?" is that of its name, worked out from the scores."""

    def test_kinds(self, summaries):
        """Skill and coverage one, three and five years ahead, and how many open targets, by kind."""
        n_open = open_now()["rests_on"].value_counts().reindex(list(FORECASTER_OF), fill_value=0)
        rows = {row[0]: row[1:] for row in reliability.kinds_table().rows}
        assert n_open.sum() == open_now()["probability_in"].notna().sum()
        for kind, forecaster in FORECASTER_OF.items():
            of_kind = of_tests(summaries, forecaster)
            numbers = [*shares(of_kind["skill"]), *shares(of_kind["coverage80"])]
            assert rows.pop(capital(PREDICTORS[kind])) == (str(n_open[kind]), *numbers)
            if kind == n_open.idxmax():
                most = (str(n_open[kind]), *numbers)
        assert rows == {}
        told = trust.skill(summaries, tl.article_target())["said"][1]
        assert f"a chance to {n_open.sum()} of" in told
        assert f"For {most[0]} of these it rests on" in told
        assert f"errors were {most[1]}, {most[2]} and {most[3]} smaller" in told
        assert f"held it in {most[4]}, {most[5]} and {most[6]} of tests" in told

    def test_pictures(self, summaries, monkeypatch):
        """What is drawn are the rows that are told: of the model refitted, and of doubling."""
        for name in ("skill", "coverage", "reliability"):
            monkeypatch.setattr(tl.plot, name, lambda rows, **_: rows)
        drawn = trust.skill(summaries, tl.article_target())["plot"]("").set_index("forecaster")
        line_of = {name: PREDICTORS[kind] for kind, name in FORECASTER_OF.items()}
        assert {*drawn.index} == {*line_of.values(), "naive"}
        for name, line in line_of.items():
            of_kind = of_tests(summaries, name, range(100))
            assert drawn.loc[line, "skill"].tolist() == of_kind["skill"].tolist()
        drawn = trust.elsewhere(summaries)["plot"]("")
        assert set(drawn["trial"]) == set(summaries["trial"])
        doubled = trust.reliable(tl.article_target())["plot"]("")
        assert {*zip(doubled["event"], doubled["horizon"], strict=True)} == {
            ("x2", h) for h in AHEAD
        }

    def test_coverage_elsewhere(self, summaries):
        """The least and the most of all trials and years, of the kind that most targets have."""
        every = [
            of_tests(summaries, "growth_gap", trial=one) for one in summaries["trial"].unique()
        ]
        held = pd.concat(every)["coverage80"]
        section = trust.elsewhere(summaries)
        assert f"held it in {held.min():.0%} to {held.max():.0%} of cases" in section["said"][0]

    def test_largest_gap(self):
        """Between the chance that trade doubles and how often it did, in bins of a hundred or more."""
        dots = tl.frequencies(tl.load_calibration())
        dots = dots.query("event == 'x2' and horizon in @AHEAD and n >= 100")
        worst = dots.loc[(dots["frequency"] - dots["forecast"]).abs().idxmax()]
        said = trust.reliable(tl.article_target())["said"][-1]
        assert f"{worst.n:,.0f} cases" in said
        assert (
            f"near {worst.forecast:.0%}, {words.plural(int(worst.horizon), 'year')} ahead" in said
        )
        assert f"{worst.frequency:.0%} of them came true" in said

    def test_chances_like_this_one(self, deck):
        """How often they came true, in all, in the worst and in the best year of the forecast."""
        verdict = deck[OWN].verdict
        record = verdict.evidence.set_index("key").loc["tested"]
        share, low, high = shares(record[["value", "low", "high"]])
        told = trust.reliable(tl.article_target())["said"][2]
        assert "1.9 times as much trade in 2 years" in told
        assert f"a chance near {verdict.probability_in:.0%}, trade doubled in {share}" in told
        assert f"It was {low} for" in told
        assert f"{high} in the best" in told

    def test_where_it_fails(self, summaries):
        """The trial whose chances were furthest off, and the tests in which it is not surely better."""
        section = trust.failures(summaries, tl.load_growth_scores())
        model = summaries.query("forecaster == 'growth_gap' and horizon in @AHEAD")
        far = model[model["horizon"] == 5].set_index("trial")["bias_x2"]
        trial = far.abs().idxmax()
        way = "high" if far[trial] > 0 else "low"
        said = section["said"][0]
        assert label(trial) in said
        assert f": {100 * abs(far[trial]):.0f} points too {way}." in said
        weak = model[model["low"] <= 0].sort_values("skill")
        shown = section["tables"][0].rows
        assert [row[0] for row in shown] == [capital(label(one)) for one in weak["trial"]]
        assert [int(row[1]) for row in shown] == weak["horizon"].tolist()
        assert [row[2] for row in shown] == shares(weak["skill"])
        assert [row[4] for row in shown] == shares(weak["coverage80"])

    def test_groups_that_are_off(self):
        """Groups of pairs whose 80 % range holds five points too many or too few, by hand."""
        scores = tl.load_growth_scores().query("trial == 'refitted at each origin'")
        model = scores.query("forecaster == 'growth_gap' and horizon in @AHEAD and group != 'all'")
        means = model.groupby(["group", "horizon"])[["coverage80", "below10", "above90"]].mean()
        off = means[((100 * means["coverage80"]).round() - 80).abs() >= 5]
        expected = {
            (capital(label(group)), str(h), *shares(row)) for (group, h), row in off.iterrows()
        }
        section = trust.failures(trust.summaries(scores), scores)
        assert set(section["tables"][1].rows) == expected

    def test_hindcasts(self, deck, monkeypatch):
        """The answers of each day, the model's ranges beside what came, the best forecaster first."""
        first = {
            "forecaster": "panel_growth",
            "as_of": "2022-10-05",
            "year": 2023,
            "low": 100.0,
            "high": 900.0,
            "median": 300.0,
            "observed": 562.9,
            "inside": True,
            "crps": 0.5,
        }
        naive = first | {"forecaster": "naive", "crps": 0.4}
        later = first | {"as_of": "2023-02-15", "year": 2024, "high": 500.0, "inside": False}
        frame = pd.DataFrame([first, later, naive])
        monkeypatch.setattr(tl, "hindcasts", lambda _: frame)
        days, ranges, ranks = trust.hindcast_section(tl.article_target())["tables"]
        for row, day in zip(days.rows, deck["timeline"].itertuples(), strict=True):
            chances = (f"{day.probability_in:.0%}", f"{day.probability_ever:.0%}")
            others = words.between(day.range_low, day.range_high)
            said = parts_of(day.words)[0]
            assert row == (words.day(day.as_of), *chances, others, said, day.official)
        assert ranges.rows == (
            ("5 October 2022", "2023", "100 to 900", "300", "563", "yes"),
            ("15 February 2023", "2024", "100 to 500", "300", "563", "no"),
        )
        assert [row[1] for row in ranks.rows] == ["0.40", "0.50"]
        assert ranks.rows[0][0] == label("naive")

    def test_pledges(self):
        """The share kept of those that asked least, and of those that asked most."""
        rows = tl.pledges.scored_pledges(REGISTRY)
        least = rows.loc[rows["asked"] < 0.1, "on_time"].mean()
        most = rows.loc[rows["asked"] >= 0.3, "on_time"].mean()
        assert trust.pledges()["alt"].endswith(
            f": {least:.0%} of those that needed under 10 %, {most:.0%} of those that needed 30 % and over."
        )


@pytest.fixture(scope="module")
def tracked():
    """The page of the track record."""
    return parsed(track.page())


@pytest.fixture(scope="module")
def record():
    """The track record."""
    return tl.track_record()


class TestTrack:
    """The track record says what `tradelib.track_record` says."""

    def test_failures_first(self, record, tracked):
        """Since 2015 without China stands first, as it was said and as it came."""
        row = record.scores.query(
            "when == 'at announcement' and slice == 'era without China' and group == '2015-2019'"
        ).iloc[0]
        first_failure = text(tracked.select_one(".reasons li"))
        assert f"Of {row['pledges']} pledges" in first_failure
        assert f"{words.percent(row['said'])}, and {words.percent(row['came'])}" in first_failure
        assert record.summary() in text(tracked.select_one("p"))
        heads = [head["id"] for head in tracked.select("h2")]
        assert heads[0] == "failures"

    def test_far_off(self, record, tracked):
        """Each slice far off, or no better than the share kept so far, is in the table; worst first."""
        scores = record.scores.query("when == 'at announcement' and pledges >= 10")
        far = (scores["said"] - scores["came"]).abs() >= 0.1
        rows = cells(tracked, tracked.select_one(".scroll")["aria-label"])
        assert len(rows) == (far | (scores["ratio"] >= 1)).sum()
        gaps = [abs(int(row["said"][:-1]) - int(row["came"][:-1])) for row in rows]
        assert all(a >= b - 1 for a, b in itertools.pairwise(gaps))

    @pytest.mark.parametrize("when", track.WHEN)
    def test_picture(self, record, tracked, width, when):
        """Each dot stands where it was said and where it came, China apart."""
        svg = tracked.select_one(f"#{when.split()[-1]} .{width} svg")
        seen = Axes(svg)
        reliable = record.reliability.query("when == @when and pledges >= 5")
        for china, kind in (("without China", "dot"), ("with China", "failed")):
            of_china = reliable[reliable["china"] == china]
            dots = svg.select(f"circle.{kind}")
            assert len(dots) == len(of_china)
            for dot, row in zip(dots, of_china.itertuples(), strict=True):
                assert seen.year(dot["cx"]) == pytest.approx(100 * row.said, abs=0.4)
                assert seen.value(dot["cy"]) == seen.near(100 * row.came)

    def test_every_slice_is_scored(self, record, tracked):
        """The tables of scores have a row a slice."""
        scores = record.scores
        n_rows = sum(len(part.select("tbody tr")) for part in tracked.select("#scores ~ details"))
        assert n_rows == len(scores)

    def test_one_line_for_all(self, fronted, tracked):
        """The front page has the line and the picture, and leads here."""
        assert track.line() in text(fronted.select_one(".record"))
        assert fronted.select(".record svg")
        assert "track.html" in {a["href"] for a in fronted.select(".record a")}
        assert "pseudo-real time" in text(tracked)


class TestRates:
    """One rate and one caution, wherever how many were kept is told."""

    def test_the_same_everywhere(self, bodies, tracked):
        """Countries, a target's page, the track record and Trust tell the same."""
        rate, strong = tl.pledge_rate(), tl.pledge_rate(without=["weak"])
        sentence = rates.kept_on_time()
        assert f"Of {rate.n} pledges" in sentence
        assert f"{rate.on_time} were kept" in sentence
        china, late = (
            tl.pledge_table(by=by).set_index(by)["share"] for by in ("china", "announced")
        )
        for share in (rate.share, *china[["with China", "without China"]], late["2015-2019"]):
            assert words.percent(share) in sentence
        assert f"{strong.on_time} of {strong.n} pledges" in rates.without_weak()
        overview = text(parsed(countries.overview(countries.records())))
        in_trust = " ".join(trust.pledges()["said"])
        for page in (overview, text(tracked), text(bodies[OWN]), in_trust):
            assert sentence in page
        for page in (overview, text(tracked)):
            assert rates.CAUTION in page
        assert rates.FROM_PRESS in in_trust
        for page in (overview, in_trust):
            assert rates.without_weak() in page

    def test_pledges_are_not_said_to_help(self):
        """Beside like pairs stands what the comparison does not show."""
        assert rates.not_shown() in rates.beside_like_pairs()
        assert rates.not_shown() in countries.overview(countries.records())["body"]


@pytest.mark.parametrize("came", [102.0, 98.0])
def test_words_of_an_outcome_near_the_goal(came):
    """Under the target's line and its point, whichever is lower, where the target's words are near."""
    chart = Chart(
        history=((2015, 60.0),), goal=(100.0, 2030), currency="USD", words="", outcome=(2016, came)
    )
    shapes = target_picture(chart, WIDE).shapes
    (line,) = (shape for shape in shapes if shape.kind == "goal")
    (point,) = (shape for shape in shapes if shape.kind == "came")
    (words_of_it,) = (shape for shape in shapes if shape.text == f"US${came:.0f}m in 2016")
    line_y, point_y, words_y = (
        dict(shape.at)[name] for shape, name in ((line, "y1"), (point, "cy"), (words_of_it, "y"))
    )
    assert words_y == pytest.approx(max(line_y, point_y) + 20, abs=0.2)


# ---------------------------------------------------------------------------- files and heads


class TestFiles:
    """Pictures and numbers to take along."""

    def test_numbers(self, deck):
        """The rows of the picture: what is known, the target, the fan's quantiles."""
        frame = target_pictures.numbers(deck[OWN]).set_index(["kind", "year"])
        assert frame.loc[("known", 2025), "value"] == pytest.approx(515.534788)
        assert frame.loc[("target", 2027), "value"] == 1000
        last = frame.loc[("forecast", 2027)]
        assert (last.q10, last.q50, last.q90) == pytest.approx(deck[OWN].verdict.value_range)
        assert last.value == last.q50
        settled = target_pictures.numbers(deck[UNDATED]).set_index("kind")
        assert settled.loc["outcome", "value"] == 17400
        assert settled.loc["outcome", "currency"] == "EUR"

    def test_svg(self, deck):
        """A file of its own: whole, and in light colours."""
        svg = files.svg_file(target_picture(target_pictures.chart(deck[OWN]), WIDE))
        assert "var(" not in svg
        assert ".band80{fill:#0072b2" in svg
        soup = BeautifulSoup(svg, "xml")
        said = [text(t) for t in soup.select("text.value")][:2]
        assert said == ["US$516m in 2025", "target US$1bn"]

    def test_png(self, deck):
        """A picture that sites which show links take, half as large if settled, with ink on its line."""
        drawing = target_picture(target_pictures.chart(deck[OWN]), WIDE)
        png = files.png_file(drawing, "Will they?", "9% Very unlikely.", "tradelib")
        assert len(png) < 40_000
        image = Image.open(BytesIO(png)).convert("RGB")
        assert image.size == (800, 420)
        half = files.png_file(drawing, "Did they?", "Missed.", "tradelib", half=True)
        assert Image.open(BytesIO(half)).size == (600, 315)
        colours = {colour for _, colour in image.getcolors(100_000)}
        assert any(b > 150 > r + 60 for r, _, b in colours)  # the fan's blue
        assert any(r > 150 > b + 100 for r, _, b in colours)  # the target's orange

    def test_described(self, deck, cards):
        """What is told where a page is shared: the answer with its number, and the picture."""
        page = target_pages.page(deck[OWN], cards)
        assert page["title"] == answers.question(deck[OWN])
        assert page["description"].startswith(f"{deck[OWN].verdict.probability_in:.0%} ")
        assert page["preview"] == f"pictures/{OWN}.png"

    def test_no_formula(self, tmp_path):
        """Texts that a spreadsheet would run begin with an apostrophe; numbers and days are as ever."""
        run = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\nx", " =x", "\uff1d1"]
        kept = ["-5.5", "+3", "1e-3", "12 = 12", "KAZ-TKM", "", None]
        texts = pd.DataFrame({"text": run + kept})
        assert downloads.plain(texts)["text"].tolist()[: len(run)] == [f"'{text}" for text in run]
        assert (downloads.harmless("\rx"), downloads.harmless("x\r=1")) == ("'\nx", "x\n=1")
        frame = texts.assign(number=-1.5, day=pd.Timestamp("2026-01-02"), sure=True)
        file = tmp_path / "table.csv"
        downloads.plain(frame).to_csv(file, index=False)
        read = pd.read_csv(file, keep_default_na=False, dtype={"text": str})
        assert read["text"].tolist()[len(run) :] == [text or "" for text in kept]
        assert read.loc[0, ["number", "day", "sure"]].tolist() == [-1.5, "2026-01-02", True]


class TestSmall:
    """A target's small version, for other pages to hold."""

    @pytest.mark.parametrize("name", [OWN, MET, REGION])
    def test_says_what_the_page_says(self, deck, bodies, name):
        """Question, answer and picture are the page's, which it leads to; nothing needs a script."""
        soup = BeautifulSoup(embed.page(deck[name]), "html.parser")
        assert text(soup.h1) == text(bodies[name].h1)
        assert answered(soup) == answered(bodies[name])
        assert {a["href"] for a in soup.select("a")} == {f"../targets/{name}.html"}
        assert soup.base["target"] == "_blank"
        assert soup("script") == []
        pictures = target_pictures.pictures(deck[name])
        assert [img["src"] for img in soup("img")] == [f"../pictures/{name}.svg"] * bool(pictures)


class TestParts:
    """Long tables come in parts, and few parts are open."""

    def test_parts(self):
        """So many rows each, with the anchors of their rows, and words for which they are."""
        whole = words.table(
            "Rows", ["n"], [[str(i)] for i in range(5)], [f"r{i}" for i in range(5)]
        )
        first, second, third = words.parts(whole, 2)
        assert [first.caption, third.caption] == ["Rows: 1 to 2 of 5", "Rows: 5 of 5"]
        assert (second.rows, second.ids) == ((("2",), ("3",)), ("r2", "r3"))
        assert words.parts(whole, 5) == [whole]

    def test_all_targets(self, cards, monkeypatch):
        """Every target stands in one part; only the first part is open, and sections do not mix."""
        monkeypatch.setattr(table, "LONGEST", 3)
        parts = table.parts(cards)
        links = [row["cells"][0].text[0].to for _, rows in parts for row in rows]
        assert links == [f"targets/{each.id}.html" for each in table.ordered(cards)]
        assert parts[0][0].startswith("Open, with a deadline and a chance: 1 to 3 of ")
        soup = BeautifulSoup(table.page(cards)["body"], "html.parser")
        assert len(soup.select("details")) == len(parts) - 1
        assert soup.select_one("#targets caption").get_text() == parts[0][0]
        assert len(soup.select("table")) == len(parts)

    def test_heads(self):
        """Names of columns are quoted as a style needs it; what the style cannot name is refused."""
        assert render.heads(["a", "it's", 'x\\"']) == "--c2:'it\\'s';--c3:'x\\\\&quot;'"
        with pytest.raises(ValueError, match="9 columns at most"):
            render.heads([str(i) for i in range(10)])


class TestStories:
    """Notebooks and the library, with what each says."""

    def test_answer_first(self):
        """A notebook's question, its answer in a line, and the whole answer put under the question."""
        lines = "Very unlikely:\n9%. Others say\n21%.\n\nSo be it.\n"
        printed = nbformat.v4.new_output("stream", text=lines)
        asked = nbformat.v4.new_markdown_cell("# Will it?\n\nOne is known.")
        code = nbformat.v4.new_code_cell("print()", outputs=[printed])
        notebook = nbformat.v4.new_notebook(cells=[asked, code])
        assert told.question(notebook) == "Will it?"
        assert told.in_a_line(notebook) == "Very unlikely: 9%."
        told.with_answer_first(notebook)
        assert notebook.cells[1].source.endswith("Very unlikely: 9%. Others say 21%.\n\nSo be it.")

    def test_links(self):
        """The name of another notebook leads to it, where that is at hand; other code stays."""
        cell = nbformat.v4.new_markdown_cell("See `06_calibration`, `15_goods` and `tl.assess`.")
        notebook = nbformat.v4.new_notebook(cells=[cell])
        told.with_links(notebook, ["06_calibration"], ".html")
        expected = "See [`06_calibration`](06_calibration.html), `15_goods` and `tl.assess`."
        assert notebook.cells[0].source == expected

    def test_shelves(self):
        """Each notebook stands on one shelf, in order; an empty shelf is not shown."""
        names = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
        shelves = told.by_shelf(names)
        assert sorted(name for held in shelves.values() for name in held) == names
        assert told.by_shelf(["13_explore"]) == {"The evidence behind": ["13_explore"]}


class TestCheck:
    """What the build refuses."""

    def site(self, tmp_path, body, name="index.html"):
        """A site of one page."""
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"<h1 id='top'>A</h1>{body}", encoding="utf-8")
        return check.problems(tmp_path)

    def test_whole(self, tmp_path):
        """A page whose links lead somewhere passes."""
        body = "<a href='#top'>up</a> <a href='https://example.org'>out</a>"
        folded = f"<details><table>{99 * '<tr>'}</table></details><table><tr></table>"
        assert self.site(tmp_path, body + folded) == []

    @pytest.mark.parametrize(
        ("body", "wrong"),
        [
            ("<a href='b.html'>b</a>", "b.html leads nowhere"),
            ("<a href='#no'>b</a>", "#no leads nowhere"),
            ("<a href='../x'>b</a>", "../x leads nowhere"),
            ("<script src='https://example.org/x.js'></script>", "loads https://example.org/x.js"),
            ("<img src='data:,' alt=' '>", "has no words"),
            ('<svg class="chart"></svg>', "no title"),
            ("x" * 300_001, "weighs 300 kB"),
            (f"<table>{81 * '<tr>'}</table>", "shows 81 rows of tables unfolded"),
            (
                '<div class="answer"> <p class="words"><strong>Open.</strong> Cannot reindex on an axis.</p></div>',
                "says 'Cannot reindex on an axis.' in place of a number",
            ),
        ],
    )
    def test_refused(self, tmp_path, body, wrong):
        """A broken link or anchor, something from elsewhere, a mute picture, too much weight."""
        assert any(wrong in problem for problem in self.site(tmp_path, body))

    def test_same_picture_once(self, tmp_path):
        """Of pictures that are the same one stays, and every page shows it."""
        (tmp_path / "_images").mkdir()
        for name, body in (("a", b"1"), ("b", b"2"), ("c", b"1")):
            (tmp_path / "_images" / f"{name}.png").write_bytes(body)
        page = tmp_path / "index.html"
        page.write_text('<img src="_images/c.png"><a href="_images/b.png">b</a>', encoding="utf-8")
        once(tmp_path)
        assert page.read_text("utf-8") == '<img src="_images/a.png"><a href="_images/b.png">b</a>'
        assert sorted(path.name for path in (tmp_path / "_images").iterdir()) == ["a.png", "b.png"]

    def test_shared_heads(self, tmp_path):
        """Names of columns that many tables have stand in the style once; others stay."""
        (tmp_path / "_static").mkdir()
        style = tmp_path / "_static" / "site.css"
        style.write_text("a {}\n", encoding="utf-8")
        many = """<table class="plain" style="--c2:'it\\'s &quot;x'">"""
        few = """<table class="plain" style="--c2:'b'">"""
        page = tmp_path / "index.html"
        page.write_text(20 * many + few, encoding="utf-8")
        shared(tmp_path)
        assert page.read_text("utf-8") == 20 * '<table class="plain columns0">' + few
        assert style.read_text("utf-8") == """a {}\n.columns0 { --c2:'it\\'s "x' }\n"""

    def test_unused_style_goes(self):
        """Rules that nothing matches go, those that something does stay."""
        style = ".a{b:c}.x{d:e}@media print{.x{f:g}.a{h:i}}"
        assert kept(style, {"a"}) == ".a{b:c}@media print{.a{h:i}}"


# ---------------------------------------------------------------------------- in a browser, without the theme


def few_ways(mine, how_many):
    """A target whose chance has no other way to estimate it, or one."""
    grid = mine.grid
    chances = []
    for years in grid["chances"]:
        if how_many == "none":
            # And a fall by 88 points at the pledge, for which one sign of a page's text is not enough.
            cliff = [990_000] * 41 + [110_000] * 40
            chances.append([[curves[0], cliff, None, None] for curves in years])
        else:
            chances.append([[*curves[:3], curves[2]] for curves in years])
    name = "a way of its own" if how_many == "alone" else ""
    alone = [[name] * len(years) for years in chances]
    ways = {"a": mine.estimate_range[0]} if how_many == "alone" else {}
    changed = with_ways(mine, ways, mine.verdict.probability_in)
    return dataclasses.replace(changed, grid=grid | {"chances": chances, "alone": alone})


@pytest.fixture(scope="module")
def moved(deck):
    """Targets whose pages have sliders, by the name of the page."""
    few = {name: few_ways(deck[OWN], name) for name in ("none", "alone")}
    return {name: deck[name] for name in (OWN, VAGUE, SIZE, "gaps")} | few


@pytest.fixture(scope="module")
def bare(moved, cards, bodies, tmp_path_factory):
    """Target pages and the table as files, with the site's own scripts and style alone."""
    out = tmp_path_factory.mktemp("bare")
    shutil.copytree(ROOT / "site" / "_static", out / "_static")
    shutil.copytree(STATIC, out / "_static", dirs_exist_ok=True)
    (out / "targets").mkdir()
    head = "<!doctype html><meta charset=utf-8><link rel=icon href='data:,'><title>t</title>"
    style = "<link rel=stylesheet href={}_static/site.css><body class=bd-article>"
    for name, mine in moved.items():
        body = bodies.get(name) or target_pages.page(mine)["body"]
        whole = head + style.format("../") + str(body)
        (out / "targets" / f"{name}.html").write_text(whole, encoding="utf-8")
    shown = head + style.format("") + table.page(cards)["body"]
    (out / "targets.html").write_text(shown, encoding="utf-8")
    with served(out) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium."""
    with launched() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_tab(browser, bare):
    """One tab for all tests: each opens its page anew."""
    with tab_of(browser, bare) as page:
        yield page


@pytest.fixture
def tab(shared_tab):
    """A tab that notes errors."""
    shared_tab.set_viewport_size({"width": 1280, "height": 800})
    yield shared_tab
    shared_tab.emulate_media(media="screen")
    shared_tab.unroute_all()
    assert shared_tab.wrong == []


def views_of(mine):
    """Views that sliders can take: day, year and stop of the value; the last is the page's own."""
    grid = mine.grid
    draw = random.Random(mine.pair)  # noqa: S311
    views = []
    for place, known in enumerate(grid["known"]):
        last_year = known[-1][0]
        first = max(grid["open_from"][place], grid["since"])
        views += [(place, first, 80), (place, last_year + 10, 0)]
        views.append((place, draw.randint(first, last_year + 10), draw.randint(0, 80)))
    start = (place, mine.by, grid["values"].index(grid["target"]))
    return [*views, (*start[:2], start[2] + 1), start]


def curves_at(mine, view):
    """The four chances of a view, None where no other way gives one."""
    place, by, stop = view
    ahead = by - mine.grid["known"][place][-1][0] - 1
    curves = mine.grid["chances"][place][ahead]
    return [None if curve is None else curve[stop] / mine.grid["unit"] for curve in curves]


def sentences_at(mine, view):
    """What stands beside sliders and picture at a view, from the grid's own numbers."""
    place, by, stop = view
    grid = mine.grid
    within, ever, low, high = curves_at(mine, view)
    ahead = by - grid["known"][place][-1][0] - 1
    alone = grid["alone"][place][ahead]
    others = "no other way to estimate it"
    if low is not None:
        side = words.beyond(within, (low, high))
        outside = (f", which is {side}" if alone else f"; all are {side}") if side else ""
        whose = f"one other way ({alone})" if alone else "other ways"
        others = f"{whose}: {words.between(low, high)}{outside}"
    value = words.money(grid["values"][stop], mine.row.currency)
    when = grid["days"][place]
    on = when if when == "now" else words.day(when)
    vague = mine.deadline is None
    shown = words.percent(ever if vague else within)
    until = f"in any year up to {by}"
    word = [number for first, number in grid["words"][place][ahead] if first <= stop][-1]
    few = mine.state == "one_figure"
    title = f"{mine.pair}: {value} by {by}, as known on {on}: {shown}; {others}."
    return {
        "now": shown,
        "words": "of pairs of this size" if few else grid["vocabulary"][word].split(", close")[0],
        "range": others,
        "ever": f"{until}; {words.percent(within)} in {by} itself"
        if vague
        else f"{words.percent(ever)} {until}",
        "value-said": value,
        "deadline-said": str(by),
        "day-said": on,
        "value": f"{value}; {shown}",
        "deadline": f"{by}; {shown}",
        "day": f"{on}; {shown}",
        "wide": title,
        "narrow": title,
    }


def shapes_at(mine, view, size):
    """The shapes of a view's picture: those of `target_picture`, beside what came out later."""
    place, by, stop = view
    grid, start = mine.grid, target_pictures.chart(mine)
    then = [(int(year), value) for year, value in grid["known"][place]]
    if mine.state == "one_figure":
        known = then[-1:]
    elif place == len(grid["days"]) - 1:
        known = start.history
    else:
        known = [*(point for point in start.history if point[0] < then[0][0]), *then]
    later = [point for point in start.history if point[0] > then[-1][0]]
    ahead = [
        {"year": year, **dict(zip(QUANTILES, row, strict=True))}
        for year, row in enumerate(grid["fans"][place], start=then[-1][0] + 1)
    ]
    goal = (grid["values"][stop], by if mine.deadline else None)
    fan = [row for row in ahead if row["year"] <= by]
    chart = dataclasses.replace(start, history=tuple(known), fan=tuple(fan), goal=goal)
    whole = dataclasses.replace(chart, history=(*known, *later))
    frame = target_picture(whole, size).frame
    (rung,) = rungs(1.05 * whole.highest, 1.05 * whole.highest)
    spots = [charts._known_spot(frame, point, start.currency) for point in whole.history]
    for row in fan:
        tip = charts.fan_tip(row, start.currency)
        spots.append(charts._spot(frame, (row["year"], row["q50"]), tip))
    after = [frame.at(point) for point in (known[-1], *later)] if later else []
    kept_shapes = [
        charts.trace("later", after) if shape.kind == "later" else shape
        for shape in charts._known(chart, frame)
    ]
    ruled = charts.axes(frame, marks(rung, start.scale), start.unit)
    every = [*ruled, *charts._fan(chart, frame), *kept_shapes, *charts._goal(chart, frame)]
    return [*every, *spots]


NUMBER = re.compile(r"-?\d[\d.]*")


def told_apart(tag, at, said, text=""):
    """A shape as what it is, says and is made of, and apart from that its numbers."""
    looks = {"visibility", "class", "data-said"}
    places = " ".join(f"{name}={at[name]}" for name in sorted(at.keys() - looks))
    return (tag, at["class"], said, text, NUMBER.sub("#", places)), NUMBER.findall(places)


def seen(parts):
    """What a browser shows of a picture, as `told_apart` has it."""
    every = [
        (part["tag"], part["at"], part["at"].get("data-said", ""), part["text"]) for part in parts
    ]
    return [told_apart(*part) for part in every if part[1].get("visibility") != "hidden"]


def meant(shapes):
    """What Python means to be seen, as `told_apart` has it."""
    return [
        told_apart(shape.tag, {**shape.at, "class": shape.kind}, shape.tip, shape.text)
        for shape in shapes
    ]


def of_width(shapes, width):
    """The shapes that a picture of a width holds: points stand in the wide one alone."""
    return [shape for shape in shapes if width == "wide" or shape.kind != "spot"]


# A script rounds where it draws, Python where it places: some tenth of a pixel apart.
PIXELS = 0.16


def assert_same(in_browser, in_python):
    """The same shapes in the same order, in the same places."""
    assert [shape for shape, _ in in_browser] == [shape for shape, _ in in_python]
    for (shape, left), (_, right) in zip(in_browser, in_python, strict=True):
        apart = [abs(float(a) - float(b)) for a, b in zip(left, right, strict=True)]
        assert max(apart, default=0) < PIXELS, (shape, left, right)


# Rows of the table of targets that are shown.
SHOWN = "[...document.querySelectorAll('#targets tbody tr')].filter(r => !r.hidden)"


class TestScripts:
    """Sliders, pointer and table, on pages without the theme."""

    @pytest.mark.parametrize("name", [OWN, VAGUE, SIZE, "gaps", "none", "alone"])
    def test_what_stands_there(self, moved, tab, name):
        """At each view words, chances and both pictures are those of the grid; moved back, as before."""
        mine = moved[name]
        # The last two are another target's pages, with fewer ways.
        views = views_of(mine)[-5 if name in ("none", "alone") else 0 :]
        tab.goto(f"targets/{name}.html")
        assert tab.inner_text("#now") == sentences_at(mine, views[-1])["now"]
        if name in (OWN, VAGUE):
            assert tab.inner_text("#now") == tab.inner_text(".answer .number")
        for view, found in zip(views, tab.evaluate(VIEWS, views), strict=True):
            assert found["said"] == sentences_at(mine, view), view
            printed = ["" if c is None else str(words.printed(c)) for c in curves_at(mine, view)]
            chances = [found["chances"][key] for key in ("within", "ever", "low", "high")]
            assert chances == printed, view
            for width, size in (("wide", WIDE), ("narrow", NARROW)):
                python = of_width(shapes_at(mine, view, size), width)
                assert_same(seen(found["drawn"][width]), meant(python))
        for width, size in (("wide", WIDE), ("narrow", NARROW)):
            as_before = of_width(target_picture(target_pictures.chart(mine), size).shapes, width)
            assert_same(seen(found["drawn"][width]), meant(as_before))

    def test_views_that_are_hard_to_draw(self, moved):
        """Among them a chance that falls by two signs from stop to stop, and lines that break."""
        grid = moved["none"].grid
        fallen = drops(grid["chances"][0][0][1], grid["unit"])
        assert fallen == "8" + 19 * "0" + "~0" + "~~O"
        last = views_of(moved["gaps"])[-1]
        lines = [shape for shape in shapes_at(moved["gaps"], last, WIDE) if shape.kind == "known"]
        assert [len(line.breaks) for line in lines] == [2]

    def test_a_size(self, tab):
        """Where only a size is known the number is small, and there is no slider of the day."""
        tab.goto(f"targets/{SIZE}.html")
        size = tab.evaluate("getComputedStyle(document.getElementById('now')).fontSize")
        assert float(size.removesuffix("px")) < 25
        assert tab.locator("#day").is_hidden()

    @pytest.mark.parametrize(("width", "across"), [("wide", 1280), ("narrow", 390)])
    def test_pointer(self, deck, bodies, tab, width, across):
        """Pointed at, the picture tells the nearest year, whose point is marked; away, it is silent."""
        tab.set_viewport_size({"width": across, "height": 800})
        tab.goto(f"targets/{OWN}.html")
        tab.locator(f"#fan .{width} svg").scroll_into_view_if_needed()
        box = tab.locator(f"#fan .{width} svg").bounding_box()
        drawing = picture(bodies[OWN], width)
        x, y = drawing.svg.select_one(".known")["d"].strip("M").split("L")[2014 - 2000].split()
        scale = box["width"] / float(drawing.svg["viewbox"].split()[2])
        middle = box["y"] + box["height"] / 2
        tab.mouse.move(box["x"] + float(x) * scale + 1, middle)
        assert tab.inner_text("#fan .told") == "2014: US$467m"
        marked = tab.locator(f"#fan .{width} .near")
        assert float(marked.get_attribute("cx")) == pytest.approx(float(x), abs=0.2)
        assert float(marked.get_attribute("cy")) == pytest.approx(float(y), abs=0.2)
        # Left of all years the first year is told, whatever the sliders have left over.
        tab.mouse.move(box["x"] + 2, middle)
        assert tab.inner_text("#fan .told").startswith(f"{deck[OWN].history['year'].iloc[0]}: US$")
        tab.mouse.move(5, 5)
        assert tab.locator("#fan .told").is_hidden()
        assert tab.locator("#fan .near").count() == 0

    @pytest.mark.parametrize(
        ("heading", "column", "signs"),
        [("target", 1, (-1, 1)), ("status", 4, (1, -1)), ("chance", 3, (-1, 1))],
    )
    def test_table_sorts(self, cards, tab, heading, column, signs):
        """By what the cells are worth, both ways; alike in the order of the page, worth nothing last."""
        tab.goto("targets.html")
        order = [f"targets/{one.id}.html" for one in table.ordered(cards)]
        row = f"r => [r.querySelector('a').getAttribute('href'), r.cells[{column}].dataset.v]"
        for sign in signs:
            tab.get_by_role("button", name=heading).click()
            links = tab.evaluate(f"{SHOWN}.map({row})")
            worth = dict(links)
            ranks = {link: (not worth[link], sign * float(worth[link] or 0)) for link in order}
            assert [link for link, _ in links] == sorted(order, key=ranks.get)

    def test_table_narrows(self, cards, tab):
        """Words, status and a chance narrow it."""
        tab.goto("targets.html")
        count = f"{SHOWN}.length"
        tab.check("#known")
        with_chance = sum(target_card.verdict is not None for target_card in cards)
        assert 1 < tab.evaluate(count) == with_chance < len(KINDS)
        tab.uncheck("#known")
        # What is open stands apart by its deadline and chance, and together if so asked.
        for status in ("open", *table.STATUS[:3], "missed"):
            tab.select_option("#status", status)
            fitting = [c for c in cards if table.filter_status(c).startswith(status)]
            assert tab.evaluate(count) == len(fitting) > 0, status
        assert tab.inner_text("#count") == f"3 of {len(KINDS)} targets"
        tab.select_option("#status", "")
        for typed in (
            "turkmenistan kazakhstan",
            "Kazakhstan-Turkmenistan",
            "kazakhstan–turkmenistan",
        ):
            tab.fill("#search", typed)
            assert tab.evaluate(count) == 1, typed

    def test_table_in_parts(self, tab):
        """Untouched it stands as it was written; searched or sorted it is one table, shown in steps."""
        tab.goto("targets.html")
        rows = "document.querySelectorAll('#targets tbody tr:not([hidden])').length"
        assert tab.locator("#targets table").count() > 2
        tab.get_by_role("button", name="target").click()
        assert tab.locator("#targets table").count() == 1
        assert tab.evaluate(rows) == len(KINDS)
        script = (ROOT / "site" / "_static" / "targets.js").read_text("utf-8")
        tab.route("**/targets.js", lambda route: route.fulfill(body=script.replace("100", "5")))
        tab.goto("targets.html?sort=0a")
        for shown in (5, 10, len(KINDS)):
            assert tab.evaluate(rows) == shown
            if shown < len(KINDS):
                tab.click("#more")
        assert tab.locator("#more").is_hidden()

    def test_folds(self, tab):
        """What few read is folded; a link to a row of it opens it, and paper shows all of it."""
        tab.goto(f"targets/{OWN}.html")
        row = tab.locator("#e-volatility")
        assert not row.is_visible()
        tab.click("a[href='#e-volatility']")
        assert row.is_visible()
        year = tab.locator("#series + details tbody tr").last
        assert not year.is_visible()
        tab.emulate_media(media="print")
        assert year.is_visible()


def test_known_day():
    """The day to which the data run is the article's verdict's; no clock is asked."""
    assert known_day() == tl.assess(tl.article_target()).as_of


def test_chances_by_day(deck):
    """The chance over time reads the grid at the pledge itself, in the year judged."""
    days = over_time.over_time(deck[OWN])
    chances = [day["chance"] for day in days]
    truth = deck["timeline"]["probability_in"].tolist()
    assert chances == pytest.approx(truth, abs=6e-5)
