import sys
from functools import cache
from itertools import combinations

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import annual
from reader import faults

import tradelib as tl
from tradelib import plot
from tradelib.core import flows
from tradelib.pages.cards import open_now
from tradelib.science.assessment import scenario

PAIR = annual(
    [400.0, 100.0, 200.0, 500.0],
    start=2020,
    status=["final"] * 3 + ["preliminary"],
    reporter="KAZ",
    partner="TKM",
    export_musd=[300.0, 60.0, 150.0, 400.0],
    import_musd=[100.0, 40.0, 50.0, 100.0],
    source_id="bns",
)
TARGET = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2025)
SHARES = pd.DataFrame({"year": [2022, 2022, 2023], "months": [9, 7, 3], "share": [0.7, 0.5, 0.2]})
CHECKED = pd.DataFrame(
    {
        "said": ["one", "one", "two", "three"],
        "gap": [0.0, -0.4, 0.05, None],
        "bound": "exact",
        "source_id": ["bns", "wits", "bns", ""],
        "verdict": ["agrees", "contradicts", "rounds to", "cannot tell"],
    }
)
MAP = tl.progress(
    PAIR.assign(turnover_musd=[100.0, 90.0, 120.0, 200.0]), TARGET, every_endpoint=True
)

PATHS = tl.naive(PAIR, horizon=2, n_paths=200)
# A year as its months came, the newest first.
CONE = pd.DataFrame(
    {
        "year": 2022,
        "months": [9, 3],
        "part_musd": [90.0, 25.0],
        "low": [115.0, 80.0],
        "median": [125.0, 110.0],
        "high": [150.0, 160.0],
        "actual_musd": 140.0,
    }
)
RATE = tl.base_rate(size_musd=254.3, multiple=4, horizon=5)
GRID = tl.base_rates(size_musd=254.3, multiple=4, horizon=5)

PLACED = scenario.place(PATHS, {"less": 300.0, "more": 900.0}, year=2024)
GRAVITY = tl.gravity_model()


ARTICLE = tl.article_target()


@cache
def once(function, *given, **options):
    """What a function answers, worked out when a picture first needs it."""
    return function(*given, **options)


@cache
def summary():
    """The scores of the forecasters that were refitted at each origin."""
    scores = tl.load_growth_scores().query("group == 'all'")
    return tl.score_summary(scores[scores["trial"] == "refitted at each origin"])


@cache
def often():
    """How often the event came, by forecast chance."""
    return tl.frequencies(tl.load_calibration().query("horizon in [1, 5]"))


DRAWINGS = {
    "agreements": lambda **o: plot.agreements(tl.load_agreement_effects(), **o),
    "gravity_terms": lambda **o: plot.gravity_terms(GRAVITY.coefficients, **o),
    "potential": lambda **o: plot.potential(
        PAIR, once(tl.potential_history, "KAZ", "TKM"), target=TARGET, **o
    ),
    "ratios": lambda **o: plot.ratios(GRAVITY.ratios, marks={"now": 3.8}, **o),
    "rises": lambda **o: plot.rises(GRAVITY.rises, at=3.8, **o),
    "pledges": lambda **o: plot.pledges(tl.pledges.scored_pledges(tl.load_targets()), **o),
    "pledge_effect": lambda **o: plot.pledge_effect(tl.pledge_effect(), **o),
    "pledge_rates": lambda **o: plot.pledge_rates(tl.pledge_table(by="growth"), **o),
    "open_targets": lambda **o: plot.open_targets(
        open_now().dropna(subset="probability_in")[:20], **o
    ),
    "verdict": lambda **o: plot.verdict(once(tl.assess, ARTICLE), **o),
    "eras": lambda **o: plot.eras(once(tl.assess, ARTICLE), **o),
    "timeline": lambda **o: plot.timeline(once(tl.timeline, ARTICLE), **o),
    "scenarios": lambda **o: plot.scenarios(PLACED, PATHS, target=TARGET, year=2024, **o),
    "skill": lambda **o: plot.skill(summary(), **o),
    "reliability": lambda **o: plot.reliability(often(), event="x2", **o),
    "pit": lambda **o: plot.pit(often(), **o),
    "coverage": lambda **o: plot.coverage(
        summary().query("forecaster == 'growth'").assign(trial="one"), **o
    ),
    "base_rate_by_year": lambda **o: plot.base_rate_by_year(RATE, **o),
    "base_rates": lambda **o: plot.base_rates(GRID, **o),
    "fan": lambda **o: plot.fan(PATHS, PAIR, target=TARGET, **o),
    "nowcast_cone": lambda **o: plot.nowcast_cone(CONE, **o),
    "nowcast_skill": lambda **o: plot.nowcast_skill(
        tl.load_nowcast_skill().query("split == 'forward'"), **o
    ),
    "nowcasts": lambda **o: plot.nowcasts(CONE, **o),
    "history": lambda **o: plot.history(PAIR, swings=flows.swings(PAIR), target=TARGET, **o),
    "side_by_side": lambda **o: plot.side_by_side(PAIR, **o),
    "both_flows": lambda **o: plot.both_flows(PAIR, **o),
    "claims": lambda **o: plot.claims(CHECKED, **o),
    "path_to_target": lambda **o: plot.path_to_target(PAIR, TARGET, since=[2021, 2023], **o),
    "part_year_shares": lambda **o: plot.part_year_shares(SHARES, **o),
    "progress_map": lambda **o: plot.progress_map(MAP, method="un_2026", **o),
    "progress_record": lambda **o: plot.progress_record(
        once(tl.progress_record, method="un_2026", multiple=2, span=5), **o
    ),
    "track_record": lambda **o: plot.track_record(once(tl.track_record), **o),
    "goods": lambda **o: plot.goods(
        tl.goods("KAZ", "TKM"), swings=flows.swings(tl.load_turnover("KAZ", "TKM")), **o
    ),
}


def texts(ax):
    """Everything written into the Axes."""
    return [text.get_text() for text in ax.texts]


def test_every_plot_is_tested():
    """A new plot function needs an entry here."""
    assert set(DRAWINGS) == set(plot.__all__)


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
class TestAll:
    """What holds for every picture."""

    def test_can_be_read(self, draw):
        """Labelled axes with their unit, no code word anywhere, the source wrapped below.

        No text is cut off or lies on another, and no two entries of the legend look alike.
        """
        ax = draw(source="Source: " + "a very long name, " * 20)
        unit = f"{ax.get_xlabel()} {ax.get_ylabel()}"
        assert ax.get_xlabel()
        assert any(word in unit for word in ("US$ million", "%", "percent", "year"))
        everything = [text.get_text() for text in ax.findobj(plt.Text)]
        assert len(everything) > 5
        assert [fault for text in everything for fault in faults(text)] == []
        note = next(text for text in texts(ax) if text.startswith("Source"))
        assert max(map(len, note.splitlines())) <= 105
        ax.figure.canvas.draw()
        written = [*ax.texts, *(text for text in ax.get_children() if isinstance(text, plt.Text))]
        boxes = [text.get_window_extent() for text in dict.fromkeys(written) if text.get_text()]
        if ax.get_legend():
            boxes.append(ax.get_legend().get_window_extent().padded(-5))  # but its empty border
        assert all(ax.figure.bbox.count_contains([box.min, box.max]) == 2 for box in boxes)
        assert not any(box.overlaps(other) for box, other in combinations(boxes, 2))
        handles, _ = ax.get_legend_handles_labels()
        looks = [
            (line.get_color(), line.get_marker(), line.get_linestyle(), line.get_markerfacecolor())
            for handle in handles
            for line in [handle.lines[0] if hasattr(handle, "lines") else handle]
            if isinstance(line, plt.Line2D)
        ]
        assert len(looks) == len(set(looks))

    def test_given_axes(self, draw):
        """They are drawn on and returned; no other figure is opened, and no source noted."""
        _, given = plt.subplots()
        before = plt.get_fignums()
        assert draw(ax=given) is given
        assert plt.get_fignums() == before
        assert not any("Source" in text for text in texts(given))


def test_without_matplotlib(monkeypatch):
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    missing = r"^this needs matplotlib: pip install tradelib\[plot\]$"
    with pytest.raises(ImportError, match=missing):
        plot.history(PAIR)
    with pytest.raises(ImportError, match=missing):
        DRAWINGS["progress_map"]()
