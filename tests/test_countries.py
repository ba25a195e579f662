"""Pages of countries: the number on the page is the number of that name."""

# ruff: noqa: PD008 - `at` is the place of a shape.

import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import ROOT

import tradelib as tl

pytest.importorskip("sphinx")
pytest.importorskip("bs4")
sys.path.insert(0, str(ROOT / "site"))
from bs4 import BeautifulSoup
from pages import countries
from pages.slim import squeezed

from tradelib.pages.cards import Card, card
from tradelib.pages.charts import NARROW, WIDE
from tradelib.pages.explorer import drops
from tradelib.pages.rates import CAUTION, kept_on_time


def pledge(name, *, target=1000.0, outcome=None, deadline=2020, status="missed", with_="UZB"):
    """A settled target of Kazakhstan."""
    like = tl.load_targets("KAZ", "TKM").iloc[0]
    value = pd.NA if outcome is None else outcome
    cells = {
        "target_id": name,
        "partner": with_,
        "target_value": target,
        "outcome_value": value,
        "outcome_year": deadline,
        "deadline": deadline,
        "status": status,
        "announced": name[-4:],
    }
    return Card(row=SimpleNamespace(**like.to_dict() | cells))


MINE = [
    pledge("A-2012", outcome=1500.0, deadline=2015, status="met_on_time"),
    pledge("B-2014", outcome=3000.0, deadline=2018, status="met_on_time", with_="TKM"),
    pledge("C-2016", outcome=250.0, deadline=2020, with_="RUS"),
    pledge("D-2017"),
]


@pytest.fixture(autouse=True)
def _judged(monkeypatch):
    """All but the one without an outcome count."""
    monkeypatch.setattr(countries, "judged", lambda: {pledged.id for pledged in MINE[:3]})


def record(**change):
    """A country's row."""
    cells = {
        "Index": "KAZ",
        "name": "Kazakhstan",
        "pledges": 30,
        "scored": 7,
        "on_time": 2,
        "compared": 4,
        "compared_on_time": 0.25,
        "like_pairs": 0.031,
        "share": 0.23,
        "low": 0.1,
        "high": 0.39,
    }
    return SimpleNamespace(**cells | change)


def test_answer():
    """Counts, drawn share and interval, like pairs, each where it belongs."""
    told = countries.answer(record())
    assert told["word"] == "2 of 7 on time."
    assert "announced 30 targets, and 7 can be judged" in told["said"]
    assert "our estimate is 23%, with a 90% interval from 10% to 39%" in told["said"]
    assert "1 came on time, and 3% of the similar pairs" in told["said"]
    assert "similar pairs" not in countries.answer(record(compared=0))["said"]
    none = countries.answer(record(scored=0, pledges=1))
    assert none["word"] == "Nothing can be judged yet."


def test_cells():
    """A share stands only where a pledge was judged, like pairs only where there were any."""
    assert countries.drawn(record()) == "23% (10% to 39%)"
    assert countries.drawn(record(scored=0)) == "none judged yet"
    assert countries.like(record()) == ("1 of 4", "3%")
    assert countries.like(record(compared=0)) == ("none to compare", "")
    assert countries.raw(record()) == "29%"
    assert countries.raw(record(scored=0)) == ""


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_picture(size):
    """Year across, outcome in percent up; filled if on time; more than double at the edge."""
    chart = countries.record_picture(MINE, "KAZ", size)
    dots = [shape for shape in chart.shapes if shape.kind in ("kept", "failed")]
    assert [shape.kind for shape in dots] == ["kept", "kept", "failed"]
    at = chart.frame.at
    places = [(shape.at["cx"], shape.at["cy"]) for shape in dots]
    assert places == [at((2015, 150)), at((2018, 200)), at((2020, 25))]
    (line,) = [shape for shape in chart.shapes if shape.kind == "goal"]
    assert line.at["y1"] == line.at["y2"] == chart.frame.y(100)
    assert line.at["x1"] < line.at["x2"]
    sentences = [shape.tip for shape in chart.shapes if shape.kind == "spot"]
    assert sentences[0].startswith("US$1bn with Uzbekistan by 2015: Met on time.")
    assert sentences[2].startswith("US$1bn with Russia by 2020: Missed.")
    assert countries.record_picture([MINE[3]], "KAZ", size) is None


def test_page():
    """The newest pledge first, each with a link to its page; the same numbers by one call."""
    body = countries.page(record(), MINE)["body"]
    soup = BeautifulSoup(body, "html.parser")
    lines = soup.select("tbody tr")
    assert [row.a["href"] for row in lines] == [
        f"../targets/{name}.html" for name in ("D-2017", "C-2016", "B-2014", "A-2012")
    ]
    assert lines[1].td.get_text() == "Russia"
    assert CAUTION in soup.get_text()
    assert 'tl.country_records().loc["KAZ"]' in soup.pre.get_text()
    assert len(soup.select("#record svg")) == 2
    bare = BeautifulSoup(countries.page(record(), [MINE[3]])["body"], "html.parser")
    assert not bare.select("svg")


def test_overview():
    """A line a country, in the order of the records, and the rate of all."""
    records = tl.country_records()
    page = countries.overview(records)
    soup = BeautifulSoup(page["body"], "html.parser")
    lines = soup.select("tbody tr")
    links = [line.a["href"] for line in lines]
    assert links == [f"countries/{code}.html" for code in records.index]
    cells = [line.select("td")[1:4] for line in lines]
    counts = [[int(cell.get_text()) for cell in of_line] for of_line in cells]
    assert counts == records[["pledges", "scored", "on_time"]].to_numpy().tolist()
    assert kept_on_time() in page["description"]


def test_every_pledge_is_on_two_pages():
    """Pairs' targets stand on the pages of both countries; groups have none."""
    targets = tl.load_targets("KGZ", "UZB")
    cards = [card(SimpleNamespace(**row)) for row in targets.to_dict("records")]
    pages = dict(countries.pages(cards))
    assert set(pages) == {"countries/KGZ", "countries/UZB"}
    for page in pages.values():
        assert page["body"].count("../targets/") == len(targets)


def test_drops():
    """Whole percent as pages show it, from 100 down: two stops a sign, or one where it falls far."""
    # 100, 98: 0 and 2 are 2; 98 to 50: 48, which is m; 50 to 0: 50, which is o.
    assert drops([9999, 9850, 5049, 99, 0], 10_000) == "2~m~o"
    # From 100 to 93 and 90: 7 and 3 are 59, which is x; to 82: 8 is too far for a pair.
    assert drops([9300, 9000, 8200, 8200], 10_000) == "x~8"
    # All at once: 100 is 64 and 36.
    assert drops([10, 5, 5], 10_000) == "~~a"
    assert drops([10_000, 10_000], 10_000) == ""
    with pytest.raises(ValueError, match="^a chance falls as the target rises, got"):
        drops([10, 5000], 10_000)


def test_end_tags_go():
    """End tags go where a browser puts them itself: what is parsed stays the same."""
    page = (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead>\n<tbody>\n<tr><td>1</td><td><i>2</i></td>"
        "</tr>\n<tr><td>3</td><td></td></tr></tbody></table>\n<dl><dt>c</dt><dd>d</dd></dl><p>e</p>"
    )
    told = squeezed(page)
    assert len(told) < 0.7 * len(page)
    before, after = (BeautifulSoup(html, "lxml") for html in (page, told))
    for soup in (before, after):
        assert [len(row.find_all(["td", "th"])) for row in soup("tr")] == [2, 2, 2]
    assert [part.get_text(strip=True) for part in before(True)] == [
        part.get_text(strip=True) for part in after(True)
    ]


def test_squeezed():
    """Indentation and comments go, but where spaces are shown, and in scripts and styles."""
    page = "<p>\n   a  b\n\n  <i>c</i></p><!-- no --><pre>\n  x\n\n y</pre>\n  <script>\n // z\n</script>\n"
    assert squeezed(page) == (
        "<p>\na  b\n<i>c</i></p><pre>\n  x\n\n y</pre>\n<script>\n // z\n</script>\n"
    )
