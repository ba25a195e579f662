"""The picture of goods: a stack of sections that adds up to turnover."""

from itertools import pairwise

import numpy as np
import pytest

import tradelib as tl
from tradelib.core.labels import capital, label
from tradelib.plot import goods as draw
from tradelib.plot.goods_sections import AREAS
from tradelib.science.goods.traded import OTHERS

PAIR = tl.goods("KAZ", "TKM")
SERIES = tl.load_turnover("KAZ", "TKM").set_index("year")["turnover_musd"]
SWINGS = tl.flows.swings(tl.load_turnover("KAZ", "TKM"))


def area(collection):
    """Year -> (lower, upper) edge of an area."""
    edges = {}
    for year, value in collection.get_paths()[0].vertices:
        edges.setdefault(round(year), []).append(value)
    return {year: (min(values), max(values)) for year, values in edges.items()}


@pytest.fixture
def ax():
    """The article's pair with its collapses."""
    return draw(PAIR, swings=SWINGS)


def test_stacked_to_turnover(ax):
    """The highest edge is turnover, year by year, from 2000 to 2018; the lowest is zero."""
    first, last = area(ax.collections[0]), area(ax.collections[-1])
    for year in range(2000, 2019):
        assert first[year][0] == 0
        assert last[year][1] == pytest.approx(SERIES[year])
    assert ax.get_xlim() == (2000, 2018)
    assert ax.get_ylim()[0] == 0


def test_the_largest_have_their_own(ax):
    """Sections with the largest single year, the largest at the bottom, as high as both flows."""
    sums = PAIR.table.dropna().pivot_table(
        index="year", columns="section", values="value_musd", aggfunc="sum"
    )
    largest = sums.max().nlargest(len(AREAS) - 1).index
    areas = {item.get_label(): area(item)[2014] for item in ax.collections}
    for section in largest:
        bottom, top = areas[capital(label(section))]
        assert top - bottom == pytest.approx(sums.loc[2014, section])
    assert list(areas) == [*(capital(label(name)) for name in largest), capital(OTHERS)]


def test_collapses_are_marked(ax):
    """At each peak how much was lost by when."""
    marks = {text.get_text(): text.xy for text in ax.texts if text.get_text()}
    expected = {"-76% to 2010": 2008, "-79% to 2017": 2014}
    assert {text: xy[0] for text, xy in marks.items()} == expected
    later = SWINGS.assign(to_year=SWINGS["to_year"] + 20)  # ends after the years drawn
    assert len(draw(PAIR, swings=later).texts) == 0


def test_told_apart_in_grey(ax):
    """Neighbours differ in lightness or in hatch."""
    weights = np.array([0.299, 0.587, 0.114])
    looks = [(item.get_facecolor()[0][:3] @ weights, item.get_hatch()) for item in ax.collections]
    for (light, hatch), (next_light, next_hatch) in pairwise(looks):
        assert abs(light - next_light) > 0.1 or hatch != next_hatch


def test_without_amounts():
    """Shares alone are no picture of turnover."""
    table = PAIR.table.assign(value_musd=np.nan)
    with pytest.raises(tl.NoAnswerError, match="no amounts of KAZ-TKM are known"):
        draw(tl.Goods(reporter="KAZ", partner="TKM", table=table))
