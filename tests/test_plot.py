import sys
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import annual
from reader import faults

import tradelib as tl
from tradelib import plot
from tradelib.core import flows
from tradelib.science.assessment import scenario
from tradelib.science.pledges.track import track_record_of

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
CASTS = pd.DataFrame(
    {
        "year": [2022, 2025],
        "months": [7, 9],
        "part_musd": [70.0, 90.0],
        "low": [100.0, 110.0],
        "median": [130.0, 125.0],
        "high": [200.0, 150.0],
        "actual_musd": [140.0, float("nan")],
    }
)
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
# Errors of pro rata of 50 % and 20 %; those of the nowcast as many percent of them as given.
CELLS = pd.DataFrame(
    [
        ["1m to 10m", 9, 0.2, 105, 130],
        ["1m to 10m", 3, 0.5, 80, 110],
        ["over 1bn", 3, 0.5, 90, 120],
        ["over 1bn", 9, 0.2, 100, 90],
    ],
    columns=["size", "months", "rmse_pro_rata", "rmse", "rmse_carried_on"],
).assign(
    rmse=lambda t: t["rmse"] / 100 * t["rmse_pro_rata"],
    rmse_carried_on=lambda t: t["rmse_carried_on"] / 100 * t["rmse_pro_rata"],
)

RATE = tl.base_rate(size_musd=254.3, multiple=4, horizon=5)
GRID = tl.base_rates(size_musd=254.3, multiple=4, horizon=5)

SCORES = tl.load_growth_scores().query("group == 'all'")
SUMMARY = tl.score_summary(SCORES[SCORES["trial"] == "refitted at each origin"])
FREQUENCIES = tl.frequencies(tl.load_calibration().query("horizon in [1, 5]"))

SCORED = tl.pledges.scored_pledges(tl.load_targets())
OPEN = tl.open_targets().dropna(subset="probability_in")

ARTICLE = tl.article_target()
VERDICT = tl.assess(ARTICLE)
VERDICTS = tl.timeline(ARTICLE)

PLACED = scenario.place(PATHS, {"less": 300.0, "more": 900.0}, year=2024)
GRAVITY = tl.gravity_model()
AGREEMENTS = tl.load_agreement_effects()
OVER_TIME = tl.potential_history("KAZ", "TKM")

RECORD = tl.progress_record(method="un_2026", multiple=2, span=5)
TRACK = tl.track_record()

DRAWINGS = {
    "agreements": lambda **o: plot.agreements(AGREEMENTS, **o),
    "gravity_terms": lambda **o: plot.gravity_terms(GRAVITY.coefficients, **o),
    "potential": lambda **o: plot.potential(PAIR, OVER_TIME, target=TARGET, **o),
    "ratios": lambda **o: plot.ratios(GRAVITY.ratios, marks={"now": 3.8}, **o),
    "rises": lambda **o: plot.rises(GRAVITY.rises, at=3.8, **o),
    "pledges": lambda **o: plot.pledges(SCORED, **o),
    "pledge_effect": lambda **o: plot.pledge_effect(tl.pledge_effect(), **o),
    "pledge_rates": lambda **o: plot.pledge_rates(tl.pledge_table(by="growth"), **o),
    "open_targets": lambda **o: plot.open_targets(OPEN, **o),
    "verdict": lambda **o: plot.verdict(VERDICT, **o),
    "eras": lambda **o: plot.eras(VERDICT, **o),
    "timeline": lambda **o: plot.timeline(VERDICTS, **o),
    "scenarios": lambda **o: plot.scenarios(PLACED, PATHS, target=TARGET, year=2024, **o),
    "skill": lambda **o: plot.skill(SUMMARY, **o),
    "reliability": lambda **o: plot.reliability(FREQUENCIES, event="x2", **o),
    "pit": lambda **o: plot.pit(FREQUENCIES, **o),
    "coverage": lambda **o: plot.coverage(
        SUMMARY[SUMMARY["forecaster"] == "growth"].assign(trial="one"), **o
    ),
    "base_rate_by_year": lambda **o: plot.base_rate_by_year(RATE, **o),
    "base_rates": lambda **o: plot.base_rates(GRID, **o),
    "fan": lambda **o: plot.fan(PATHS, PAIR, target=TARGET, **o),
    "nowcast_cone": lambda **o: plot.nowcast_cone(CONE, **o),
    "nowcast_skill": lambda **o: plot.nowcast_skill(CELLS, **o),
    "nowcasts": lambda **o: plot.nowcasts(CASTS, **o),
    "history": lambda **o: plot.history(PAIR, swings=flows.swings(PAIR), target=TARGET, **o),
    "side_by_side": lambda **o: plot.side_by_side(PAIR, **o),
    "both_flows": lambda **o: plot.both_flows(PAIR, **o),
    "claims": lambda **o: plot.claims(CHECKED, **o),
    "path_to_target": lambda **o: plot.path_to_target(PAIR, TARGET, since=[2021, 2023], **o),
    "part_year_shares": lambda **o: plot.part_year_shares(SHARES, **o),
    "progress_map": lambda **o: plot.progress_map(MAP, method="un_2026", **o),
    "progress_record": lambda **o: plot.progress_record(RECORD, **o),
    "track_record": lambda **o: plot.track_record(TRACK, **o),
    "goods": lambda **o: plot.goods(tl.goods("KAZ", "TKM"), **o),
}


def texts(ax):
    """Everything written into the Axes."""
    return [text.get_text() for text in ax.texts]


def legend(ax):
    """Labels of the legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_every_plot_is_tested():
    """A new plot function needs an entry here."""
    assert set(DRAWINGS) == set(plot.__all__)


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
class TestAll:
    """What holds for every picture."""

    def test_labels_units_and_source(self, draw, tmp_path):
        """Labelled axes with their unit, no code word anywhere, the source wrapped below; it can be written."""
        ax = draw(source="Source: " + "a very long name, " * 20)
        unit = f"{ax.get_xlabel()} {ax.get_ylabel()}"
        assert ax.get_xlabel()
        assert any(word in unit for word in ("US$ million", "%", "percent", "year"))
        everything = [text.get_text() for text in ax.findobj(plt.Text)]
        assert len(everything) > 5
        assert [fault for text in everything for fault in faults(text)] == []
        note = next(text for text in texts(ax) if text.startswith("Source"))
        assert max(map(len, note.splitlines())) <= 105
        ax.figure.savefig(tmp_path / "picture.png", dpi=40)

    def test_given_axes(self, draw):
        """They are drawn on and returned; no other figure is opened, and no source noted."""
        _, given = plt.subplots()
        before = plt.get_fignums()
        assert draw(ax=given) is given
        assert plt.get_fignums() == before
        assert not any("Source" in text for text in texts(given))

    def test_told_apart(self, draw):
        """In a figure of its own; no two entries of its legend look alike."""
        ax = draw()
        assert ax.figure.number in plt.get_fignums()
        handles, _ = ax.get_legend_handles_labels()
        looks = [
            (line.get_color(), line.get_marker(), line.get_linestyle(), line.get_markerfacecolor())
            for handle in handles
            for line in [handle.lines[0] if hasattr(handle, "lines") else handle]
            if isinstance(line, plt.Line2D)
        ]
        assert len(looks) == len(set(looks))


def test_history_alone():
    """Without swings, status and target only the series is drawn."""
    ax = plot.history(annual([1.0, 2.0]))
    assert len(ax.containers) == 1
    assert ax.get_legend() is None
    assert texts(ax) == ["2"]
    final = plot.history(PAIR.assign(status="final"))
    assert final.get_legend() is None


def test_history_with_a_vague_target():
    """A target without a deadline is a level without a star."""
    vague = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000)
    ax = plot.history(PAIR, target=vague)
    assert len(ax.lines) == 1
    assert "target 1,000" in texts(ax)


def test_side_by_side_keeps_gaps():
    """A year that a source lacks is a gap in its line."""
    other = annual([1.0, 2.0, 3.0], start=2020, source_id="x").drop(index=1)
    ax = plot.side_by_side(pd.concat([PAIR, other]))
    assert legend(ax) == ["Kazakh statistics office (BNS)", "X"]
    first, second = ax.lines
    assert first.get_ydata().tolist() == PAIR["turnover_musd"].tolist()
    assert pd.isna(second.get_ydata()).tolist() == [False, True, False]
    by_pair = plot.side_by_side(PAIR.assign(pair="KAZ-TKM"), by="pair")
    assert legend(by_pair) == ["KAZ-TKM"]


def test_side_by_side_keeps_the_order():
    """Series stand in the order given, though one of them starts earlier."""
    earlier = annual([1.0, 2.0], start=2010, source_id="x")
    shuffled = pd.concat([PAIR[::-1], earlier])
    ax = plot.side_by_side(shuffled)
    assert legend(ax) == ["Kazakh statistics office (BNS)", "X"]
    assert ax.lines[0].get_xdata().tolist() == PAIR["year"].tolist()


def test_side_by_side_has_six_looks():
    """More series than can be told apart are refused."""
    many = pd.concat([PAIR.assign(source_id=str(i)) for i in range(7)])
    with pytest.raises(ValueError, match="^side_by_side tells 6 series apart, got 7$"):
        plot.side_by_side(many)


def test_too_many_paths():
    """More paths than can be told apart are refused, not left out."""
    with pytest.raises(ValueError, match="^path_to_target tells 5 paths apart, got 6$"):
        plot.path_to_target(PAIR, TARGET, since=[2020] * 6)


def test_path_needs_a_deadline():
    """Without a deadline no path is required."""
    vague = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000)
    with pytest.raises(ValueError, match="^path_to_target needs a deadline, got Kaz.* no deadline"):
        plot.path_to_target(PAIR, vague, since=[2021])


def test_nowcast_cone():
    """By month: the range as an area, its middle, pro rata dotted, and what came as a level."""
    ax = DRAWINGS["nowcast_cone"]()
    lines = {line.get_label().split(":")[0]: line for line in ax.lines}
    assert lines["nowcast"].get_xydata().tolist() == [[3, 110], [9, 125]]
    assert lines["pro rata"].get_xydata().tolist() == [[3, 100], [9, 120]]
    assert lines["pro rata"].get_linestyle() == ":"
    assert set(lines["what came"].get_ydata()) == {140.0}
    area, bars = ax.collections
    corners = {tuple(point) for point in area.get_paths()[0].vertices.tolist()}
    assert corners == {(3, 80), (3, 160), (9, 115), (9, 150)}
    ends = [segment.tolist() for segment in bars.get_segments()]
    assert ends == [[[3, 80], [3, 160]], [[9, 115], [9, 150]]]
    assert [label.get_text() for label in ax.get_xticklabels()] == [str(n) for n in range(1, 12)]
    assert set(legend(ax)) == {"four times in five", "nowcast", "pro rata", "what came: 140"}


def test_nowcast_cone_of_a_year_under_way():
    """What is to come is not drawn."""
    ax = plot.nowcast_cone(CONE.assign(actual_musd=float("nan"))[:1])
    assert set(legend(ax)) == {"four times in five", "nowcast", "pro rata"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (CONE.assign(year=[2022, 2023]), "a cone is of one year, got 2022, 2023; choose one"),
        (CONE[:0], "a cone is of one year, got none"),
        (CONE.assign(months=12)[:1], "1 to 11 months, each once, got 12"),
        (CONE.assign(months=3), "1 to 11 months, each once, got 3"),
        (CONE.drop(columns="part_musd"), "part_musd"),
    ],
)
def test_nowcast_cone_refuses(table, message):
    """Two years, a month twice, a whole year, and tables of something else."""
    with pytest.raises(ValueError, match=message):
        plot.nowcast_cone(table)


def test_nowcast_skill():
    """Errors over pro rata's: a panel a size, by month; what is no better is ringed."""
    ax = DRAWINGS["nowcast_skill"]()
    lines = {line.get_label(): line for line in ax.lines}
    points = {
        label: {
            # The panel, and the month within it.
            divmod(x, 14): y
            for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
            if np.isfinite(y)
        }
        for label, line in lines.items()
        if label in ("nowcast", "growth carried on", "no better than pro rata")
    }
    assert points["nowcast"] == pytest.approx({(0, 3): 80, (0, 9): 105, (1, 3): 90, (1, 9): 100})
    carried_on = {(0, 3): 110, (0, 9): 130, (1, 3): 120, (1, 9): 90}
    assert points["growth carried on"] == pytest.approx(carried_on)
    assert points["no better than pro rata"] == pytest.approx({(0, 9): 105, (1, 9): 100})
    assert list(lines["pro rata"].get_ydata()) == [100, 100]
    assert {"1m to 10m", "over 1bn"} <= set(texts(ax))
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    assert ticks == ["3\n50", "9\n20"] * 2
    assert set(legend(ax)) == {*points, "pro rata"}


def test_nowcast_skill_of_nothing():
    """An empty table gives one empty panel."""
    ax = plot.nowcast_skill(CELLS[:0])
    assert ax.get_xlim() == (-1, 13)
    assert ax.get_xticklabels() == []


def test_nowcast_skill_of_months_in_between():
    """Of eleven months the first, the middle and the last are named."""
    ax = plot.nowcast_skill(tl.load_nowcast_skill().query("split == 'forward'"))
    ticks = [label.get_text().split("\n")[0] for label in ax.get_xticklabels()]
    assert ticks == ["1", "6", "11"] * 4


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (tl.load_nowcast_skill(), "several for 1m to 10m and 1; choose a split"),
        (CELLS.assign(months=12)[:1], r"^a part-year has 1 to 11 months, got 12$"),
        (CELLS.assign(months=0)[:1], r"^a part-year has 1 to 11 months, got 0$"),
        (CELLS.drop(columns="rmse"), "rmse"),
        (CELLS.assign(rmse="much"), "rmse must hold numbers"),
    ],
)
def test_nowcast_skill_refuses(table, message):
    """Both splits at once, a whole year, and tables of something else."""
    with pytest.raises(ValueError, match=message):
        plot.nowcast_skill(table)


def test_track_record():
    """Each mark is the share of its class that came, its bar the interval, its line what was said."""
    ax = DRAWINGS["track_record"]()
    assert [label.get_text() for label in ax.get_yticklabels()][2] == "8-20 %"
    for container in ax.containers:
        when, china = container.get_label().split(", ")
        of_group = TRACK.reliability[
            (TRACK.reliability["when"] == when)
            & (TRACK.reliability["china"] == china)
            & (TRACK.reliability["n"] > 0)
        ]
        dots, _, (bars,) = container.lines
        assert dots.get_xdata() == pytest.approx(100 * of_group["came"])
        # Each in the row of its class.
        classes = TRACK.reliability["low"].drop_duplicates().tolist()
        rows = [classes.index(low) for low in of_group["low"]]
        assert np.round(dots.get_ydata()).tolist() == rows
        ends = [segment[:, 0].tolist() for segment in bars.get_segments()]
        assert ends == pytest.approx(100 * of_group[["came_low", "came_high"]].to_numpy())
        lines = [line for line in ax.lines if line.get_marker() == "|" and line.get_ms() == 10]
        said = [line.get_xdata() for line in lines if set(line.get_ydata()) == {*dots.get_ydata()}]
        assert np.array(said) == pytest.approx(100 * of_group[["said"]].to_numpy().T)
    counts = TRACK.reliability.query("china != 'all' and n > 0")
    written = [text for text in texts(ax) if " of " in text]
    assert sorted(written) == sorted(f"{r.came * r.n:.0f} of {r.n}" for r in counts.itertuples())
    assert len(legend(ax)) == len(ax.containers) + 1


def test_track_record_without_a_class():
    """A class of chances that no pledge was given has no mark; its row stays."""
    rows = TRACK.rows[~TRACK.rows["said"].between(0.08, 0.2, inclusive="left")]
    ax = plot.track_record(track_record_of(rows))
    assert len(ax.get_yticklabels()) == 5
    assert {len(container.lines[0].get_xdata()) for container in ax.containers} == {4}


def test_progress_map_with_a_met_target():
    """A met target is a colour of its own without a number; large ratios lose their decimals."""
    rows = MAP[MAP["method"] == "un_2026"].iloc[:2]
    rows = rows.assign(ratio=[float("nan"), 18.2], status=["target met", "on track"])
    ax = plot.progress_map(rows, method="un_2026")
    assert texts(ax) == ["18"]
    assert set(legend(ax)) == {"target met", "on track"}


def test_without_matplotlib(monkeypatch):
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    missing = r"^this needs matplotlib: pip install tradelib\[plot\]$"
    with pytest.raises(ImportError, match=missing):
        plot.history(PAIR)
    with pytest.raises(ImportError, match=missing):
        DRAWINGS["progress_map"]()


def test_nothing_to_draw():
    """A target that is missed has no probability, and a verdict without eras no eras."""
    past = tl.Target(reporter="KAZ", partner="TKM", value_musd=9000, deadline=2023)
    with pytest.raises(ValueError, match="^there is no probability to draw: missed$"):
        plot.verdict(tl.assess(past))
    bare = replace(VERDICT, evidence=VERDICT.evidence.query("role != 'era'"))
    with pytest.raises(ValueError, match="^there are no eras to draw: very unlikely"):
        plot.eras(bare)


def test_verdict_without_other_ways():
    """The headline alone, and no band."""
    alone = VERDICT.evidence[VERDICT.evidence["role"] != "range"]
    ax = plot.verdict(replace(VERDICT, evidence=alone, probability_range=(np.nan, np.nan)))
    assert legend(ax) == ["headline"]
    assert len(ax.patches) == 0
