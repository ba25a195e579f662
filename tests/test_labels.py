"""The one dictionary of words, tables one can read, and results one can look at."""

import inspect
import itertools
import pkgutil
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from conftest import annual
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
    "Grid": lambda: tl.explore.grid(TARGET),
    "Reading": lambda: tl.explore.grid(TARGET).read(800, deadline=2028),
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
    own = {
        member
        for member in members
        if inspect.isclass(member) and member.__module__.startswith("tradelib.")
    }
    return {member for member in own - {labels_module.Displayable} if "summary" in vars(member)}


class TestResults:
    """What a result shows."""

    def test_every_result_is_here(self):
        """Whatever has a sentence shows it, and is tried below."""
        assert {result_class.__name__ for result_class in classes()} == set(RESULTS)
        assert all(
            issubclass(result_class, labels_module.Displayable) for result_class in classes()
        )

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
        table = labels_module.readable(pd.DataFrame({"a": ["<b>"], "n": [1]}))
        assert "<b>" not in table.to_html()


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
        """What the library calls by a code is in the dictionary."""
        words = set(labels_module.dictionary("codes", "labels"))
        assert set(tl.pledges.METHODS) <= words
        assert set(tl.load_growth_scores().forecaster) <= words
        assert set(tl.load_scores().forecaster) <= words
        assert set(tl.load_figures().source_id) - words <= {"article"}

    def test_by_hand(self):
        """A code word, a label, a heading, and text that is neither."""
        assert labels_module.label("wits") == "the World Bank's WITS"
        assert labels_module.label("growth") == "the growth model"
        assert labels_module.label("growth", "heads") == "growth asked a year"
        assert labels_module.label("carried_musd", "heads") == "carried, US$ million"
        assert labels_module.label("on track") == "on track"

    def test_every_source_has_a_name(self):
        """Readers meet no source by its id: each has a line in words.txt."""
        labels = labels_module.dictionary("codes", "labels")
        assert set(tl.sources()["source_id"]) <= set(labels)
        offices = labels_module.readable(tl.available("KGZ", "UZB")).index
        assert {"Kyrgyz statistics office", "Uzbek statistics agency"} <= set(offices)
        assert labels_module.heading("itpde_r1") == "USITC's ITPD-E"


class TestReadable:
    """A table as one prints it."""

    def test_units_by_name(self):
        """Money in whole millions, shares in percent, years without a comma, names for codes."""
        table = pd.DataFrame(
            {
                "partner": ["TKM", "UZB"],
                "year": [2025, 2026],
                "turnover_musd": [515.5, 1234.5],
                "share": [0.256, np.nan],
                "low": [12.34, 5.0],
                "n": [1200, 3],
                "ratio": [3.842, 12.0],
                "met": [True, False],
                "on": pd.to_datetime(["2026-02-15", None]),
                "pair": ["KAZ-TKM", "TUR-SEN-2020"],
            }
        )
        shown = labels_module.readable(table).reset_index()
        assert " | ".join(shown.columns) == (
            "partner | year | turnover, US$ million | share | low | cases | ratio | met | on | pair"
        )
        assert " | ".join(shown.iloc[0]) == (
            "Turkmenistan | 2025 | 516 | 26% | 12.3 | 1,200 | 3.84 | yes | 2026-02-15 | "
            "Kazakhstan-Turkmenistan"
        )
        assert " | ".join(shown.iloc[1]) == (
            "Uzbekistan | 2026 | 1,234 |  | 5 | 3 | 12 | no |  | Türkiye-Senegal 2020"
        )

    def test_ends_follow(self):
        """Ends hold what the other columns hold: shares beside shares, millions beside millions."""
        assert (
            labels_module.readable(pd.DataFrame({"share": [0.5], "low": [0.4]})).low.item() == "40%"
        )
        money = annual([100.0]).assign(low=0.4)
        assert labels_module.readable(money[["year", "turnover_musd", "low"]]).low.item() == "0.4"

    def test_unit_of_a_row(self):
        """A table of evidence has its units in the rows."""
        rows = tl.assess(TARGET).evidence.set_index("key").loc[["headline", "turnover", "by"]]
        shown = labels_module.readable(
            rows[["item", "value", "low", "unit"]].reset_index(drop=True)
        )
        chance, median, _ = rows["value"]
        assert shown.value.tolist() == [
            labels_module.percent(chance),
            labels_module.money(median),
            "2027",
        ]
        assert shown.columns.tolist() == ["value", "low"]

    def test_index(self):
        """What names the rows stays in front; their numbers go."""
        wide = pd.DataFrame({1: [0.1], 5: [0.2]}, index=pd.Index(["growth"], name="forecaster"))
        shown = labels_module.readable(wide, unit="share")
        assert shown.index.tolist() == ["growth model"]
        assert shown.index.name == "forecaster"
        assert shown.to_numpy().tolist() == [["10%", "20%"]]
        expected = ["50%", "100%"]
        assert (
            labels_module.readable(pd.Series([0.5, 1.0], name="share")).iloc[:, 0].tolist()
            == expected
        )
        assert len(labels_module.readable(pd.DataFrame({"share": []}))) == 0

    @pytest.mark.parametrize(
        ("value", "unit", "text"),
        [
            (100.0, "", "100"),
            (100.5, "", "100"),
            (99.5, "", "99.5"),
            (10.0, "", "10"),
            (10.25, "", "10.2"),
            (9.99, "", "9.99"),
            (3.14, "times", "3.1"),
            (1234.5, "", "1,234"),
            (-100.5, "", "-100"),
            (0.0995, "share", "10%"),
            (0.0994, "share", "9.9%"),
            (0.0005, "share", "0.1%"),
            (0.0004, "share", "0%"),
            (0.05, "share", "5%"),
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
            (-0.01, "probability moved", "-1 point"),
            (-0.02, "probability moved", "-2 points"),
            (0.004, "probability moved", "0 points"),
            (1.234, "ratio", "1.23"),
            (2025.0, "year", "2025"),
            (0.06, "a year", "6% a year"),
            (0.06, "share", "6%"),
            (2.55, "times", "2.5 times"),
            (0.009, "probability", "under 1%"),
            (0.01, "probability", "1%"),
            (0.99, "probability", "99%"),
            (0.991, "probability", "over 99%"),
            (0.505, "probability moved", "+50 points"),
            (1000, "US$ million", "US$1.0bn"),
            (1000.4, "US$ million", "US$1.0bn"),
            (999, "US$ million", "US$999m"),
            (10, "US$ million", "US$10m"),
            (0.25, "US$ million", "US$0.2m"),
            (9.94, "US$ million", "US$9.9m"),
            (-2000, "US$ million", "US$-2.0bn"),
            (9999, "US$ million", "US$10.0bn"),
            (12_345, "US$ million", "US$12bn"),
            (1_234_000, "US$ million", "US$1,234bn"),
        ],
    )
    def test_said(self, value, unit, text):
        """Each unit of the evidence, in words."""
        assert labels_module.format_value(value, unit) == text

    def test_days_and_levels(self):
        """A day without its hours, what is not there as nothing, two rows of headings as one."""
        rows = pd.DataFrame(
            {
                ("share", "of all"): [0.5],
                ("day", ""): [pd.Timestamp("2026-02-15 10:30")],
                ("pair", "TKM"): ["on track"],
                ("n", "years"): [None],
            }
        )
        shown = labels_module.readable(rows).reset_index()
        assert shown.columns.tolist() == ["share, of all", "day", "pair, TKM", "cases, years"]
        assert shown.iloc[0].tolist() == ["50%", "2026-02-15", "on track", ""]

    def test_units_and_values_alone(self):
        """A column of units counts where values stand beside it, and is shown where none do."""
        units = pd.DataFrame({"item": ["a", "b"], "unit": ["share", "year"]})
        assert labels_module.readable(units)["unit"].to_dict() == {"a": "share", "b": "year"}
        values = pd.DataFrame({"item": ["a"], "value": [0.25], "unit": ["share"]})
        assert labels_module.readable(values).to_dict() == {"value": {"a": "25%"}}


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
        assert (
            upright.index("<th>share</th>")
            < upright.index("<td>50%</td>")
            < upright.index("<td>2020</td>")
        )
        rows = pd.DataFrame({"share": np.arange(30) / 100, "n": 1})
        many = Told("A.", rows)._repr_html_()
        assert "<thead>" in many
        assert many.count("<td>") == labels_module.ROWS_SHOWN
        assert Told("A.", rows.head(0))._repr_html_() == "<p>A.</p>"
