"""The picture of all open targets and the map: each dot and each country is that of its name."""

# ruff: noqa: PD008 - `at` is the place of a shape.

import math
import re
from itertools import pairwise
from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pages import atlas, check, countries, targets, trust
from pages.render import fill

import tradelib as tl
from tradelib.pages.cards import Card
from tradelib.pages.words import name

REGISTRY = tl.load_targets()


def opened(target_id, *, growth, shown, deadline=2030, target=1000.0, words="unlikely", **cells):
    """An open target with a chance, or reached if its words say so."""
    row = REGISTRY.set_index("target_id", drop=False).loc["KAZ-TKM-2022"].to_dict()
    row |= {"target_id": target_id, "deadline": deadline or pd.NA, "target_value": target} | cells
    verdict = SimpleNamespace(
        words=words,
        shown=shown,
        by=deadline or 2031,
        rests_on="own recent",
        probability_in=shown,
        probability_range=(shown / 2, shown),
    )
    return Card(
        row=SimpleNamespace(**row),
        open_row=SimpleNamespace(asked=growth, rests_on="own recent", by=deadline or 2031),
        verdict=verdict,
        history=pd.DataFrame({"year": [2025], "turnover_musd": [500.0]}),
    )


CARDS = [
    opened("A", growth=0.05, shown=0.8, partner="UZB", target=5000.0),
    opened("B", growth=0.25, shown=0.1),
    opened("C", growth=0.6, shown=0.01, deadline=None, partner="RUS", target=9000.0),
    opened("D", growth=0.02, shown=0.9, words="reached in 2023"),
    Card(row=SimpleNamespace(**REGISTRY.iloc[0].to_dict())),
]


def dots(picture):
    """The dots of a picture by where they lead."""
    return {shape.to: shape for shape in picture.shapes if shape.kind in ("dated", "undated")}


@pytest.mark.parametrize("size", [atlas.WIDE, atlas.NARROW])
def test_each_open_target_is_a_dot_at_its_place(size):
    """Growth across, the chance up; hollow without a deadline; what is reached or settled is none."""
    picture = atlas.chances(CARDS, size, "B")
    # The inner picture is 68 and 60 pixels smaller than the whole.
    wide, deep = size[0] - 68, size[1] - 60
    places = {
        "A": (5, 0.8, "dated"),
        "B": (25, 0.1, "dated"),
        "C": (50, 0.01, "undated"),
    }
    drawn = dots(picture)
    assert set(drawn) == {f"targets/{card_id}.html" for card_id in places}
    for card_id, (growth, chance, kind) in places.items():
        dot = drawn[f"targets/{card_id}.html"]
        assert dot.kind == kind
        assert dot.at["cx"] == pytest.approx(52 + wide * growth / 50, abs=0.06)
        assert dot.at["cy"] == pytest.approx(30 + deep * (1 - chance), abs=0.06)
    assert drawn["targets/C.html"].tip == (
        "Kazakhstan–Russia, US$9bn: 1% in any year up to 2031; asks 60% a year"
    )
    assert drawn["targets/A.html"].tip.endswith("80% by 2030; asks 5% a year")
    across = [shape.text for shape in picture.shapes if shape.kind == "year"]
    assert (across[0], across[-1]) == ("0%", "50%+")


def test_names_lie_on_nothing():
    """The one asked for is named first, then the largest; none lies on a dot or on another."""
    picture = atlas.chances(CARDS, atlas.WIDE, "B")
    named = [shape.text for shape in picture.shapes if shape.kind == "value"]
    assert named == ["Kazakhstan–Turkmenistan", "Kazakhstan–Russia", "Kazakhstan–Uzbekistan"]
    crowd = [opened(f"X{i}", growth=i / 80, shown=j / 9) for i in range(40) for j in range(9)]
    picture = atlas.chances([*CARDS, *crowd], atlas.NARROW, "B")
    boxes = [atlas._box(one, atlas.SMALL) for one in picture.shapes if one.kind == "value"]
    for i, box in enumerate(boxes):
        assert not any(atlas._touch(box, other) for other in boxes[:i])
        for dot in dots(picture).values():
            inside = box[0] < dot.at["cx"] < box[2] and box[1] < dot.at["cy"] < box[3]
            assert not inside


def test_told():
    """Medians of those that ask less than 10 and more than 20% a year, of two of each at least."""
    more = [opened("E", growth=0.08, shown=0.6, partner="UZB"), *CARDS]
    assert atlas.told(more) == (
        "The median chance is 70% for the 2 that ask trade to grow by less than 10% a year and "
        "6% for the 2 that ask for more than 20%."
    )
    assert atlas.told(CARDS) == ""


def test_summary():
    """Open ones alone are counted as open; more than one half is better than even."""
    assert targets.summary(CARDS) == (
        "Of 5 targets, 3 are still open. For 3 of these we give a chance; that of 1 is better than "
        "even."
    )


@pytest.fixture(scope="module")
def counted():
    """The counts of the whole registry."""
    every = [Card(row=row) for row in REGISTRY.itertuples()]
    return atlas.counts(countries.records(), every, countries.judged())


def test_counts_are_the_registry_s(counted):
    """Of each country the targets, those open, those kept and those not, as the registry has them."""
    pairs = REGISTRY[REGISTRY["scope"] == "pair"]
    rated = tl.pledge_rate().rows.set_index("target_id")["on_time"]
    assert len(counted) == len(set(pairs["reporter"]) | set(pairs["partner"]))
    for one in counted:
        mine = pairs[(pairs["reporter"] == one.country) | (pairs["partner"] == one.country)]
        kept = rated[rated.index.isin(mine["target_id"])]
        still_open = mine[(mine["status"] == "open") & ~mine["target_id"].isin(rated.index)]
        assert one.targets == len(mine)
        assert one.open == len(still_open)
        assert (one.on_time, one.on_time + one.late) == (kept.sum(), len(kept))
        assert one.targets >= one.open + one.on_time + one.late


def test_map(counted):
    """Each country with a target leads to its page, darker with more, and says its counts."""
    picture = atlas.world(counted)
    lands = {shape.to: shape for shape in picture.shapes if shape.to}
    assert set(lands) == {f"countries/{one.country}.html" for one in counted}
    classes = dict(atlas.steps())
    for one in counted:
        land = lands[f"countries/{one.country}.html"]
        low, *high = re.findall(r"\d+", classes[land.kind.split()[1]])
        assert int(low) <= one.targets <= int(high[0] if high else 999)
        assert land.tip == one.words
    first = counted[0]
    assert first.words.startswith(
        f"{name(first.country)}: {first.targets} targets: {first.open} open"
    )
    assert len(fill("targets.html", **shown(picture)).encode()) < 80_000


def shown(picture):
    """The page with the map alone."""
    return {
        "told": "",
        "chances": [atlas.chances(CARDS, size) for size in (atlas.WIDE, atlas.NARROW)],
        "most": 50,
        "world": picture,
        "steps": atlas.steps(),
        "parts": [],
        "n_rows": 0,
        "columns": targets.COLUMNS,
        "statuses": [],
        "updated": "",
        "from_other_pairs": False,
    }


def test_places_on_the_map():
    """Equal Earth as published: its corners; countries lie where they lie, and India is whole."""
    assert atlas.equal_earth(0, 0) == (0, 0)
    assert atlas.equal_earth(180, 0)[0] == pytest.approx(2.7066, abs=1e-4)
    assert atlas.equal_earth(0, 90)[1] == pytest.approx(1.3173, abs=1e-4)
    # The whole globe has the area of a sphere of radius one.
    ends = [atlas.equal_earth(180, latitude) for latitude in range(-90, 91)]
    slices = [(b[1] - a[1]) * (a[0] + b[0]) for a, b in pairwise(ends)]
    assert sum(slices) == pytest.approx(4 * math.pi, rel=1e-3)
    rings, deep = atlas.outlines()
    corners = [corner for of_country in rings.values() for ring in of_country for corner in ring]
    assert all(0 <= x <= atlas.MAP_WIDE and 0 <= y <= deep for x, y in corners)
    x = {code: atlas.middle(rings[code])[0] for code in ("BRA", "TUR", "IND", "CHN", "NZL", "SGP")}
    assert x["BRA"] < x["TUR"] < x["IND"] < x["CHN"] < x["SGP"] < x["NZL"]
    y = {code: atlas.middle(rings[code])[1] for code in ("RUS", "CHN", "IND", "AUS")}
    assert y["RUS"] < y["CHN"] < y["IND"] < y["AUS"]
    # Its far east, on the other side of the last meridian, lies on the right with the rest.
    assert min(point[0] for ring in rings["RUS"] for point in ring) > x["TUR"] - 60


def test_links_are_no_part_of_a_still_picture(tmp_path):
    """A picture with links is a group with a title, each link with words; the check finds one without."""
    body = fill("targets.html", **shown(atlas.world([])))
    soup = BeautifulSoup(body, "html.parser")
    assert [svg["role"] for svg in soup.select("#chances svg")] == ["group", "group"]
    for svg in soup.select("#chances svg"):
        links = svg.select("a")
        assert {link["href"] for link in links} == {f"targets/{one}.html" for one in "ABC"}
        assert all(link["aria-label"] for link in links)
    page = tmp_path / "page.html"
    for html, found in (
        (body, []),
        (body.replace('aria-labelledby="chances-said"', ""), ["page: a chart has no title"]),
    ):
        page.write_text(html, encoding="utf-8")
        assert list(check.mute({"page": check.Page(page)})) == found


def test_parts_stand_apart():
    """Dated, undated, reached: each in its part, and the first row is open, dated and has a chance."""
    assert [card.id for card in targets.ordered(CARDS[::-1])[:4]] == ["B", "A", "C", "D"]
    found = [
        (words.split(":")[0], [row["status"] for row in rows])
        for words, rows in targets.parts(CARDS)
    ]
    assert found[:3] == [
        ("Open, with a deadline and a chance", ["open, with a deadline"] * 2),
        ("Open, no deadline named, with a chance", ["open, no deadline named"]),
        ("Reached before the year judged", ["reached early"]),
    ]
    assert {status for _, statuses in found[:3] for status in statuses} <= set(targets.STATUS)
    assert targets.status_words(CARDS[3]) == "Reached early"


def test_pictures_for_phones_are_legible(tmp_path):
    """On a phone of 390 pixels, 342 without its margins, no letter is below ten pixels or cut off."""
    trials = ["refitted at each origin", "learned 2000-2016, scored 1993-2005", "one direction"]
    summary = pd.DataFrame(
        [
            {"trial": trial, "horizon": horizon, "coverage80": 0.8 + horizon / 100}
            for trial in trials
            for horizon in (1, 3, 5)
        ]
    ).assign(coverage_low=0.7, coverage_high=0.95)
    table = tl.pledge_table(by="growth")

    def coverage(source, ax=None):
        return tl.plot.coverage(summary, source=source, ax=ax)

    def rates(source, ax=None):
        return tl.plot.pledge_rates(table, source=source, ax=ax)

    for plot in (coverage, rates):
        axes = trust.narrow(plot, "Source: a table; data released up to 2020-12-31", 5)
        figure = axes.figure
        figure.draw_without_rendering()
        texts = figure.findobj(lambda one: hasattr(one, "get_fontsize"))
        sizes = {one.get_fontsize() for one in texts if one.get_visible() and one.get_text()}
        assert min(sizes) / 72 * 342 / trust.PHONE >= 10
        box = figure.get_tightbbox()
        assert box.x0 > -0.02
        assert box.x1 < trust.PHONE + 0.02
        size = trust.draw("phone", axes, tmp_path, trust.DPI_PHONE)
        assert (tmp_path / "phone.png").is_file()
        assert size["width"] == round(trust.DPI_PHONE * trust.PHONE)
