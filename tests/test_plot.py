import inspect
import sys
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import annual
from matplotlib.colors import to_hex
from reader import faults

import tradelib as tl
from tradelib import plot
from tradelib.ground import flows
from tradelib.plot._style import BLUE, ORANGE, RED
from tradelib.science.pledge.track import track_record_of
from tradelib.science.verdict import scenario

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


@pytest.mark.parametrize("name", plot.__all__)
def test_shared_parameters_are_documented_once(name):
    """Each docstring ends its parameters with source and ax, and says that Axes come back."""
    text = inspect.getdoc(getattr(plot, name))
    own, _, after = text.partition("source : str\n")
    assert own.count("Parameters\n---") == 1
    assert after.count("\nax : Axes, optional\n") == 1
    assert after.count("Returns\n-------\nAxes\n") == 1
    assert text.splitlines()[0].endswith(".")


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
class TestAll:
    """What holds for every picture."""

    def test_labels_units_and_source(self, draw):
        """Both axes are labelled, values name their unit, the source stands below."""
        ax = draw(source="Source: me")
        assert ax.get_xlabel()
        unit = f"{ax.get_xlabel()} {ax.get_ylabel()}"
        assert any(word in unit for word in ("US$ million", "%", "percent", "year"))
        assert "Source: me" in texts(ax)

    def test_plain(self, draw):
        """No code word is written anywhere: title, labels, ticks, legend, notes."""
        ax = draw(source="Source: me")
        texts = [text.get_text() for text in ax.findobj(plt.Text)]
        assert len(texts) > 5
        assert [fault for text in texts for fault in faults(text)] == []

    def test_axes_in_axes_out(self, draw):
        """Given Axes are drawn on and returned; no other figure is opened."""
        _, given = plt.subplots()
        before = plt.get_fignums()
        assert draw(ax=given) is given
        assert plt.get_fignums() == before

    def test_own_figure(self, draw):
        """Without Axes a figure is made; nothing is noted without a source."""
        ax = draw()
        assert ax.figure.number in plt.get_fignums()
        assert not any("Source" in text for text in texts(ax))

    def test_it_renders(self, draw, tmp_path):
        """The picture can be written, and a long source is wrapped, not cut off."""
        ax = draw(source="Source: " + "a very long name, " * 20)
        ax.figure.savefig(tmp_path / "picture.png", dpi=40)
        note = next(text for text in texts(ax) if text.startswith("Source"))
        assert max(map(len, note.splitlines())) <= 105


def test_history_draws_the_numbers():
    """Bars have the heights of the series, falls their size, the target its level."""
    ax = DRAWINGS["history"]()
    assert [bar.get_height() for bar in ax.containers[0]] == PAIR["turnover_musd"].tolist()
    assert [bar.get_height() for bar in ax.containers[1]] == [500.0]
    assert {"-75%", "400", "500", "target 1,000 by 2025"} <= set(texts(ax))
    assert ax.get_title(loc="left") == "Kazakhstan and Turkmenistan"
    levels = [line.get_ydata()[0] for line in ax.lines]
    assert levels == [1000, 1000]
    assert legend(ax) == ["preliminary"]


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


def test_both_flows():
    """Exports and imports by the names of the countries."""
    ax = DRAWINGS["both_flows"]()
    assert legend(ax) == ["Kazakhstan to Turkmenistan", "Turkmenistan to Kazakhstan"]
    assert [bar.get_height() for bar in ax.containers[0]] == [300.0, 60.0, 150.0, 400.0]
    assert [bar.get_height() for bar in ax.containers[1]] == [100.0, 40.0, 50.0, 100.0]


def test_claims():
    """Gaps in percent, one row a claim, coloured by verdict; what cannot be told is left out."""
    ax = DRAWINGS["claims"]()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["two", "one"]
    points = {}
    for drawn in ax.collections:
        colour = to_hex(drawn.get_facecolor()[0])
        points[drawn.get_label()] = (drawn.get_offsets().tolist(), colour)
    assert points["agrees"] == ([[0.0, 1.0]], BLUE.lower())
    assert points["contradicts"] == ([[-40.0, 1.0]], RED.lower())
    assert points["rounds to"] == ([[5.0, 0.0]], ORANGE.lower())
    assert {"BNS", "World Bank's WITS"} <= set(texts(ax))


def test_path_to_target():
    """The required path starts at the turnover of its year and ends at the target."""
    ax = DRAWINGS["path_to_target"]()
    actual, early, late = ax.lines[:3]
    assert actual.get_ydata().tolist() == PAIR["turnover_musd"].tolist()
    assert early.get_xdata().tolist() == [2021, 2022, 2023, 2024, 2025]
    assert early.get_ydata()[0] == pytest.approx(100)
    assert early.get_ydata()[-1] == pytest.approx(1000)
    assert late.get_ydata() == pytest.approx([500, 500 * 2**0.5, 1000])
    assert legend(ax)[1:] == ["needed from 2021: 77.8 % a year", "needed from 2023: 41.4 % a year"]


def test_too_many_paths():
    """More paths than can be told apart are refused, not left out."""
    with pytest.raises(ValueError, match="^path_to_target tells 5 paths apart, got 6$"):
        plot.path_to_target(PAIR, TARGET, since=[2020] * 6)


def test_side_by_side_one_value_a_year():
    """A year twice in one series is an error."""
    with pytest.raises(
        ValueError, match="^a series has one value a year, got several for bns 2020$"
    ):
        plot.side_by_side(pd.concat([PAIR, PAIR.head(1)]))


@pytest.mark.parametrize("year", [2019, 2024, 2025])
def test_path_from_an_impossible_year(year):
    """A path starts in a known year before the deadline."""
    with pytest.raises(
        ValueError, match=f"before the deadline, got {year}; the series has 2020-20"
    ):
        plot.path_to_target(PAIR, TARGET, since=[year])


def test_path_needs_a_deadline():
    """Without a deadline no path is required."""
    vague = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000)
    with pytest.raises(ValueError, match="^path_to_target needs a deadline, got Kaz.* no deadline"):
        plot.path_to_target(PAIR, vague, since=[2021])


def test_part_year_shares():
    """One line a year in percent, against pro rata."""
    ax = DRAWINGS["part_year_shares"]()
    assert legend(ax) == ["pro rata (months / 12)", "2022", "2023"]
    line = ax.lines[1]
    assert line.get_xdata().tolist() == [7, 9]
    assert line.get_ydata().tolist() == [50.0, 70.0]
    assert list(ax.lines[0].get_ydata()) == [0, 100]


def test_nowcasts():
    """Median with its interval, pro rata and what came, one place a figure."""
    ax = DRAWINGS["nowcasts"]()
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "2022, 7 months",
        "2025, 9 months",
    ]
    bars = ax.containers[0].lines[2][0].get_segments()
    spans = [segment[:, 1].tolist() for segment in bars]
    assert spans == [[100.0, 200.0], [110.0, 150.0]]
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    assert lines["pro rata"].tolist() == [120.0, 120.0]
    assert lines["what the year became"].tolist()[0] == 140.0


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


def test_progress_map():
    """Each cell holds the ratio of its years and the colour of its band."""
    ax = DRAWINGS["progress_map"]()
    rows = MAP[MAP["method"] == "un_2026"]
    ratios = [f"{ratio:.1f}" for ratio in rows["ratio"]]
    assert sorted(texts(ax)) == sorted(ratios)
    image = ax.images[0].get_array()
    assert image.shape == (3, 3)
    shown = set(legend(ax))
    assert shown == set(rows["status"])
    with pytest.raises(
        ValueError, match="^no rows of the method 'x'; the methods are un_2026, open_sdg$"
    ):
        plot.progress_map(MAP, method="x")


def test_progress_record():
    """A mark and a bar for each status and years left: the record's shares, from the first call on."""
    ax = DRAWINGS["progress_record"]()
    handles, labels = ax.get_legend_handles_labels()
    drawn = dict(zip(labels, handles, strict=True))
    statuses = [
        "target met",
        "on track",
        "moderate progress",
        "marginal progress",
        "stagnation",
        "regression",
    ]
    drawn["target met"] = drawn.pop("target met already")
    assert set(drawn) == {*statuses, "all targets"}
    for status in statuses:
        rows = RECORD[RECORD["status"] == status].sort_values("left")
        line, _, (bars,) = drawn[status].lines
        assert (line.get_xdata() - rows["left"]).abs().max() < 0.2
        assert line.get_ydata().astype(float) == pytest.approx(100 * rows["share"])
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        assert ends == pytest.approx(100 * rows[["low", "high"]].to_numpy())
    every = RECORD[RECORD["status"] == "any"].sort_values("left")
    assert drawn["all targets"].get_ydata() == pytest.approx(100 * every["share"])
    assert len({drawn[status].lines[0].get_marker() for status in statuses}) == 6
    assert len({drawn[status].lines[0].get_color() for status in statuses}) == 6
    assert ax.get_xlim() == (4.5, 0.5)
    assert ax.get_ylim() == (0, 100)
    assert list(ax.get_xticks()) == [1, 2, 3, 4]
    places = {name: drawn[name].lines[0].get_xdata()[0] for name in statuses}
    assert len(set(places.values())) == 6
    assert ax.get_title(loc="left") == (
        "Targets to multiply by 2 in 5 years: how often they were met,\nby what had been said of "
        "them (UN Statistics Division, progress assessment note of 2026)"
    )
    assert ax.get_ylabel() == "targets met in the deadline year, percent"
    with pytest.raises(ValueError, match="^one method, multiple, span and size .*, got 3$"):
        plot.progress_record(tl.progress_record(method="un_2026", span=5))
    four = plot.progress_record(tl.progress_record(method="open_sdg", multiple=4, span=10))
    assert set(four.get_legend_handles_labels()[1]) == {
        "target met already",
        "on track",
        "progress made, acceleration needed",
        "limited progress",
        "deterioration",
        "all targets",
    }


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


def test_verdict():
    """The headline first, then each group from least to most; the band is the range."""
    ax = DRAWINGS["verdict"]()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[0] == "chance in 2027, the growth model"
    head, *others = [line for line in ax.lines if not line.get_label().startswith("_")]
    assert list(head.get_xdata()) == [100 * VERDICT.probability_in]
    rows = VERDICT.evidence.set_index("item")
    for line in others:
        drawn = [names[spot] for spot in line.get_ydata()]
        assert set(rows.loc[drawn, "group"]) == {line.get_label()}
        assert list(line.get_xdata()) == (100 * rows.loc[drawn, "value"]).tolist()
        assert list(line.get_xdata()) == sorted(line.get_xdata())
    groups = ["older models", "other data", "other methods", "other pairs"]
    assert [line.get_label() for line in others] == groups
    assert sum(len(line.get_xdata()) for line in others) == len(names) - 1
    low, high = VERDICT.probability_range
    box = ax.patches[0].get_extents().transformed(ax.transData.inverted())
    assert (box.x0, box.x1) == pytest.approx((100 * low, 100 * high))
    assert ax.get_title(loc="left") == f"Kazakhstan and Turkmenistan: {VERDICT.words}"
    past = tl.Target(reporter="KAZ", partner="TKM", value_musd=9000, deadline=2023)
    with pytest.raises(ValueError, match="^there is no probability to draw: missed$"):
        plot.verdict(tl.assess(past))


def test_verdict_without_other_ways():
    """The headline alone, and no band."""
    alone = VERDICT.evidence[VERDICT.evidence["role"] != "range"]
    ax = plot.verdict(replace(VERDICT, evidence=alone, probability_range=(np.nan, np.nan)))
    assert legend(ax) == ["headline"]
    assert len(ax.patches) == 0


def test_pledge_effect():
    """Each comparison of five pledges or more: what came, of like pairs, and which may be chance."""
    ax = DRAWINGS["pledge_effect"]()
    effect = tl.pledge_effect()
    rows = effect.groups.query("n >= 5").reset_index(drop=True)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[0] == "all (173)"
    assert names[-1] == "without China, against pairs that five offices report (188)"
    assert len(names) == len(rows) == len(effect.groups) - 1
    like, clear, chance = ax.lines[-3:]
    assert list(like.get_xdata()) == (100 * rows["expected"]).tolist()
    torn = rows.query("low <= 1 <= high")
    assert list(chance.get_ydata()) == torn.index.tolist()
    assert list(chance.get_xdata()) == (100 * torn["share"]).tolist()
    sure = rows.drop(torn.index)
    assert list(clear.get_ydata()) == sure.index.tolist()
    assert list(clear.get_xdata()) == (100 * sure["share"]).tolist()
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == ["like pairs", "pledges", "may be chance"]
    assert ax.get_title(loc="left") == "Pledges on time, and like pairs without a pledge"


def test_timeline():
    """Both probabilities on each day, and what the official method said of it."""
    ax = DRAWINGS["timeline"]()
    inside, ever = (line.get_ydata() for line in ax.lines[:2])
    assert list(inside) == list(100 * VERDICTS["probability_in"])
    assert list(ever) == list(100 * VERDICTS["probability_ever"])
    assert texts(ax) == VERDICTS["official"].tolist()


def test_eras():
    """Forecast and thirds of past eras: 80 % and median in US$, target, chance beside each."""
    ax = DRAWINGS["eras"]()
    table = VERDICT.evidence.set_index("key")
    keys = ["era_best", "era_middle", "era_worst"]
    money = table.loc[["turnover", *(f"{key}_musd" for key in keys)]]
    (bars,) = ax.collections
    for spot, (bar, row) in enumerate(zip(bars.get_segments(), money.itertuples(), strict=True)):
        assert bar.tolist() == [[row.low, spot], [row.high, spot]]
    assert ax.lines[0].get_xdata().tolist() == money["value"].tolist()
    assert set(ax.lines[1].get_xdata()) == {ARTICLE.value_musd}
    chances = table.loc[["headline", *keys], "value"]
    percents = [f"{chance:.0%}".replace("%", " %") for chance in chances]
    assert texts(ax) == ["chance", *percents]
    assert [text.xy[1] for text in ax.texts] == [-0.6, 0, 1, 2, 3]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first on top
    labels = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    eras = table["item"] + ": " + table["source"]
    assert labels == ["whatever era comes", *eras[keys]]
    assert legend(ax) == ["80 %", "median", "target, US$1,000m"]
    assert ax.get_title("left") == "Kazakhstan and Turkmenistan in 2027, if past eras came again"
    assert ax.get_xscale() == "log"
    bare = replace(VERDICT, evidence=VERDICT.evidence.query("role != 'era'"))
    with pytest.raises(
        ValueError, match="^there are no eras to draw: very unlikely, close to unlikely"
    ):
        plot.eras(bare)


def test_agreements_draw_effects_and_the_middle_half_of_pairs():
    """Points at the effects with 1.96 errors either way, bands at the quartiles, entrants on top."""
    ax = plot.agreements(AGREEMENTS)
    assert legend(ax) == ["like pairs, years drawn for them", "pairs that entered an agreement"]
    for spot, group in enumerate(("like", "entered")):
        rows = AGREEMENTS[AGREEMENTS["group"] == group]
        line, _, (bars,) = ax.containers[spot].lines
        assert line.get_xdata().tolist() == list(range(-5, 11))
        assert line.get_ydata().tolist() == rows["effect"].tolist()
        ends = [bar[:, 1] for bar in bars.get_segments()]
        reach = 1.96 * rows["std_error"].to_numpy()
        lows = (rows["effect"] - reach).tolist()
        highs = (rows["effect"] + reach).tolist()
        assert [low for low, _ in ends] == pytest.approx(lows)
        assert [high for _, high in ends] == pytest.approx(highs)
        band = ax.collections[2 * spot].get_paths()[0].vertices[:, 1]
        assert (band.min(), band.max()) == (rows["q0.25"].min(), rows["q0.75"].max())
    colours = [to_hex(drawn.lines[0].get_color()) for drawn in ax.containers]
    assert [colour.upper() for colour in colours] == [RED, BLUE]
    assert ax.lines[-1].get_xdata() == [-0.5, -0.5]  # between the year before and that of entry
    assert ax.get_xlabel() == "years since the agreement came into force"
    assert ax.get_ylabel() == "change since the year before, in logs"


def test_potential_is_dashed_where_carried():
    """Points in the panel's years, a dashed line from the last of them on."""
    ax = plot.potential(PAIR, OVER_TIME, names={"gdp": "from GDPs"})
    assert legend(ax) == ["actual", "from GDPs"]
    dashed = next(line for line in ax.lines if line.get_linestyle() == "--")
    assert dashed.get_xdata().tolist() == list(range(2016, 2026))
    assert not [text for text in texts(ax) if "target" in text]


def test_ratios_name_sizes_and_marks():
    """All pairs first, open-ended classes said so; marks with their value."""
    ax = plot.ratios(GRAVITY.ratios, marks={"target": 6.84})
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert (labels[0], labels[-1]) == ("all pairs", "4,096 and more")
    assert "target (6.8)" in texts(ax)
    assert not texts(plot.ratios(GRAVITY.ratios))
