"""The one dictionary of words, tables one can read, and results one can look at."""

import functools
import inspect
import itertools
import pkgutil
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from reader import faults, visible

import tradelib as tl
from tradelib.core import labels as labels_module

PAIR = tl.load_turnover("KAZ", "TKM")
TARGET = tl.article_target()


def twelve_flows():
    """Flows among four countries in a row, of which neighbours are near."""
    rows = []
    for i, j in itertools.permutations(range(4), 2):
        near = float(abs(i - j) == 1)
        rows.append(("ABCD"[i], "ABCD"[j], 2010, 100.0 + 10 * i + j, near))
    return pd.DataFrame(rows, columns=["exporter", "importer", "year", "trade_musd", "near"])


@functools.cache
def grid():
    """The article's target for many values and days, made once."""
    return tl.explore.grid(TARGET)


RESULTS = {
    "Target": lambda: TARGET,
    "Standing": lambda: tl.standing(TARGET, PAIR),
    "Verdict": lambda: tl.assess(TARGET),
    "Forecast": lambda: tl.panel_growth(PAIR, horizon=2, n_paths=100),
    "Nowcast": lambda: tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05"),
    "BaseRate": lambda: tl.base_rate(size_musd=500, multiple=2, horizon=2),
    "PledgeRate": lambda: tl.pledge_rate(growth=0.256),
    "PledgeEffect": tl.pledge_effect,
    "PledgeChance": lambda: tl.pledge_chance(tl.article_target()),
    "Potential": lambda: tl.potential("KAZ", "TKM", year=2016),
    "Ceiling": lambda: tl.gravity_check("KAZ", "TKM", target_musd=1000),
    "GravityModel": tl.gravity_model,
    "GrowthModel": tl.growth_model,
    "NowcastModel": tl.nowcast_model,
    "Outlook": lambda: tl.forecasting.outlook(PAIR, model=tl.growth_model()),
    "Grid": grid,
    "Reading": lambda: grid().read(800, deadline=2028),
    "Track": lambda: tl.track(tl.article_target(), as_of="2024-08-09"),
    "TrackRecord": tl.track_record,
    "Goods": lambda: tl.goods("KAZ", "TKM"),
    "Gap": lambda: tl.fill_gap(TARGET),
    "GravityFit": lambda: tl.fit_gravity(twelve_flows(), terms=["near"], effects=[]),
}


def classes():
    """Every class of the library that says a sentence of itself."""
    members = []
    for module in pkgutil.walk_packages(tl.__path__, "tradelib."):
        members += vars(import_module(module.name)).values()
    return {
        member
        for member in members
        if inspect.isclass(member)
        and member.__module__.startswith("tradelib.")
        and "summary" in vars(member)
        and member is not labels_module.Displayable
    }


class TestResults:
    """What a result shows."""

    def test_every_result_is_here(self):
        """Whatever has a sentence shows it, and is tried below."""
        assert {one.__name__ for one in classes()} == set(RESULTS)
        assert all(issubclass(one, labels_module.Displayable) for one in classes())

    @pytest.mark.parametrize("name", RESULTS)
    def test_short_and_plain(self, name):
        """One short line in a terminal; on a page the sentence and a small table, in words."""
        if name == "GravityFit":
            pytest.importorskip("pyfixest")
        result = RESULTS[name]()
        assert repr(result).startswith(f"<{name}: ")
        assert len(repr(result)) <= 120
        assert "\n" not in repr(result)
        page = result._repr_html_()
        blocks = visible(page)
        assert blocks[0] == " ".join(result.summary().split())
        assert ("<td>" in page) == (
            name not in ("Target", "Potential", "GrowthModel", "NowcastModel", "Outlook", "Reading")
        )
        assert page.count("<tr") <= 20
        for block in blocks:
            assert faults(block) == []

    def test_escaped(self):
        """Whatever was put in is text and no markup."""
        page = tl.Target("KAZ", "TKM", 1, 2030, wording="<script>&")._repr_html_()
        assert "&lt;script&gt;&amp;" in page
        told = Told("A.", pd.DataFrame({"a": ["<b>"], "n": [1]}))
        assert "<b>" not in told._repr_html_()


class TestWords:
    """The dictionary."""

    def test_each_word_once(self):
        """A code word has one meaning, and what readers see is no code word itself."""
        text = (labels_module.files("tradelib.core") / "words.txt").read_text("utf-8")
        entries = [line.split()[0] for line in text.splitlines() if "  " in line]
        names = ("codes", "labels", "heads", "tags", "sentences")
        parts = [labels_module.dictionary(name) for name in names]
        assert len(entries) == sum(map(len, parts))
        for part in parts:
            assert part
            for words in part.values():
                assert faults(words) == []

    def test_sources_methods_forecasters(self):
        """What the library calls by a code is in the dictionary; readers meet no source by its id."""
        words = set(labels_module.dictionary("codes", "labels"))
        assert set(tl.pledges.METHODS) <= words
        assert set(tl.load_growth_scores().forecaster) <= words
        assert set(tl.load_scores().forecaster) <= words
        assert set(tl.sources()["source_id"]) <= words
        offices = labels_module.readable(tl.available("KGZ", "UZB")).index
        assert {"Kyrgyz statistics office", "Uzbek statistics agency"} <= set(offices)

    def test_by_hand(self):
        """A code word, a label, a heading, and text that is neither."""
        assert labels_module.label("wits") == "the World Bank's WITS"
        assert labels_module.label("growth") == "the growth model"
        assert labels_module.label("growth", "heads") == "growth asked a year"
        assert labels_module.label("on track") == "on track"
        assert labels_module.heading("itpde_r1") == "USITC's ITPD-E"


class TestReadable:
    """A table as one prints it."""

    def test_units_by_name(self):
        """Money in whole millions, shares in percent, years without a comma, names for codes."""
        table = pd.DataFrame(
            {
                "partner": ["TKM"],
                "year": [2025],
                "turnover_musd": [1234.5],
                "share": [0.256],
                "low": [12.34],
                "n": [1200],
                "met": [True],
                "late": [False],
                "on": pd.to_datetime(["2026-02-15 10:30"]),
                "pair": ["KAZ-TKM"],
                "target": ["TUR-SEN-2020"],
                "none": [np.nan],
            }
        )
        shown = labels_module.readable(table).reset_index()
        assert shown.iloc[0].to_dict() == {
            "partner": "Turkmenistan",
            "year": "2025",
            "turnover, US$ million": "1,234",
            "share": "26%",
            "low": "12.3",
            "cases": "1,200",
            "met": "yes",
            "late": "no",
            "on": "2026-02-15",
            "pair": "Kazakhstan-Turkmenistan",
            "target": "Türkiye-Senegal 2020",
            "none": "",
        }

    def test_ends_follow(self):
        """Ends hold what the other columns hold: shares beside shares, millions beside millions."""
        for name, text in (("share", "40%"), ("turnover_musd", "0.4")):
            table = pd.DataFrame({name: [0.5], "low": [0.4]})
            assert labels_module.readable(table)["low"].item() == text

    def test_unit_of_a_row(self):
        """A table of evidence has its units in the rows; they are shown where no values stand."""
        rows = pd.DataFrame(
            {
                "item": ["chance", "median", "by"],
                "value": [0.25, 515.5, 2027],
                "low": [0.1, 400, np.nan],
                "unit": ["probability", "US$ million", "year"],
            }
        )
        assert labels_module.readable(rows).to_dict() == {
            "value": {"chance": "25%", "median": "US$516m", "by": "2027"},
            "low": {"chance": "10%", "median": "US$400m", "by": ""},
        }
        units = labels_module.readable(rows[["item", "unit"]])["unit"]
        assert units.to_dict() == {"chance": "probability", "median": "US$ million", "by": "year"}

    def test_index(self):
        """What names the rows stays in front; their numbers go."""
        wide = pd.DataFrame({1: [0.1], 5: [0.2]}, index=pd.Index(["growth"], name="forecaster"))
        shown = labels_module.readable(wide, unit="share")
        assert (shown.index.tolist(), shown.index.name) == (["growth model"], "forecaster")
        assert shown.to_numpy().tolist() == [["10%", "20%"]]
        series = labels_module.readable(pd.Series([0.5, 1.0], name="share"))
        assert series.iloc[:, 0].tolist() == ["50%", "100%"]
        assert len(labels_module.readable(pd.DataFrame({"share": []}))) == 0

    @pytest.mark.parametrize(
        ("value", "unit", "text"),
        [
            (100.5, "", "100"),
            (99.5, "", "99.5"),
            (10.25, "", "10.2"),
            (9.99, "", "9.99"),
            (3.14, "times", "3.1"),
            (0.0995, "share", "10%"),
            (0.0994, "share", "9.9%"),
            (0.0004, "share", "0%"),
            (-0.05, "share", "-5%"),
            (2025.4, "year", "2025"),
            (12.5, "share", "1,250%"),
        ],
    )
    def test_number(self, value, unit, text):
        """Digits that mean something, on both sides of each edge."""
        assert labels_module.number(value, unit) == text

    @pytest.mark.parametrize(
        ("value", "unit", "text"),
        [
            (np.nan, "share", "none"),
            (3, "kind", ""),
            (0.014, "probability moved", "+1 point"),
            (-0.02, "probability moved", "-2 points"),
            (0.004, "probability moved", "0 points"),
            (1.234, "ratio", "1.23"),
            (0.06, "a year", "6% a year"),
            (2.55, "times", "2.5 times"),
            (0.009, "probability", "under 1%"),
            (0.99, "probability", "99%"),
            (0.991, "probability", "over 99%"),
            (1000, "US$ million", "US$1.0bn"),
            (999, "US$ million", "US$999m"),
            (9999, "US$ million", "US$10.0bn"),
            (12_345, "US$ million", "US$12bn"),
            (1_234_000, "US$ million", "US$1,234bn"),
        ],
    )
    def test_said(self, value, unit, text):
        """Each unit of the evidence, in words."""
        assert labels_module.format_value(value, unit) == text

    def test_levels(self):
        """Two rows of headings are one; what is not there is nothing."""
        rows = pd.DataFrame(
            {
                ("share", "of all"): [0.5],
                ("day", ""): [pd.Timestamp("2026-02-15")],
                ("pair", "TKM"): ["on track"],
                ("n", "years"): [None],
            }
        )
        shown = labels_module.readable(rows).reset_index()
        assert shown.columns.tolist() == ["share, of all", "day", "pair, TKM", "cases, years"]
        assert shown.iloc[0].tolist() == ["50%", "2026-02-15", "on track", ""]


class Told(labels_module.Displayable):
    """A result with a sentence and a table."""

    def __init__(self, sentence, table):
        self.sentence = sentence
        self.table = table

    def summary(self):
        """The sentence."""
        return self.sentence

    def to_frame(self):
        """The table."""
        return self.table


class TestShown:
    """A sentence of a hundred letters; a table on its side where it has one row."""

    def test_long_sentence(self):
        """What does not fit is cut after a word, and marked so."""
        assert repr(Told("word " * 40, None)) == f"<Told: {' '.join(['word'] * 19)}...>"
        assert repr(Told("In two\nlines.", None)) == "<Told: In two lines.>"

    def test_page(self):
        """One row stands upright without a heading; more rows have one; none shows no table."""
        upright = Told("A & b.", pd.DataFrame({"share": [0.5], "year": [2020]}))._repr_html_()
        assert upright.startswith('<p>A &amp; b.</p><table class="dataframe">')
        assert "<thead>" not in upright
        assert upright.index(">share<") < upright.index(">50%<") < upright.index(">2020<")
        rows = pd.DataFrame({"share": np.arange(30) / 100, "n": 1})
        many = Told("A.", rows)._repr_html_()
        assert "<thead>" in many
        assert many.count("<td>") == labels_module.ROWS_SHOWN
        assert Told("A.", rows.head(0))._repr_html_() == "<p>A.</p>"
