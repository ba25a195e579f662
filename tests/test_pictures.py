"""Every picture: what stands under each name of its legend, against what a few made-up figures give by hand."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import annual
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.lines import Line2D

import tradelib as tl
from tradelib import plot
from tradelib.core.errors import InputError
from tradelib.science.forecasting.forecast import Forecast


def frame(columns, *rows):
    """A frame by the names of its columns and its rows."""
    return pd.DataFrame(rows, columns=columns.split())


PAST = annual([400.0, 90.0, 200.0, 500.0], start=2020)
TARGET = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2025)
# A hundred and one paths: the percentile p is path p, 400 + 2 p in the first year, 300 + 6 p after.
PERCENTILES = np.arange(101.0)
FORECAST = Forecast(
    name="naive",
    origin=2023,
    last_musd=500.0,
    years=(2024, 2025),
    paths=np.column_stack([400 + 2 * PERCENTILES, 300 + 6 * PERCENTILES]),
)
FREQUENCIES = frame(
    "event horizon bin forecast frequency low high",
    ["x2", 1, 0, 0.1, 0.2, 0.1, 0.4],
    ["x2", 1, 1, 0.5, 0.4, 0.3, 0.6],
    ["x2", 5, 0, 0.3, 0.2, 0.25, 0.3],
    ["x4", 1, 0, 0.9, 0.9, 0.9, 0.9],
    ["pit", 1, 0, 0.5, 0.6, 0.5, 0.8],
    ["pit", 1, 1, 0.5, 0.4, 0.3, 0.45],
    ["pit", 5, 0, 0.5, 0.3, 0.2, 0.5],
    ["pit", 5, 1, 0.5, 0.7, 0.5, 0.8],
)
RISES = frame(
    "low high n rose least most",
    [0, 0.125, 13013, 0.58, 0.55, 0.6],
    [0.125, 4, 479, 0.52, 0.5, 0.53],
    [4, np.inf, 85, 0.5, 0.4, 0.7],
)
RATIOS = frame(
    "low high q0.05 q0.2 q0.5 q0.8 q0.95",
    [1, np.inf, 0.0, 0.05, 0.5, 2.0, 8.0],
    [1, 4, 0.002, 0.01, 0.25, 1.0, 4.0],
    [4096, np.inf, 0.1, 0.4, 0.8, 1.6, 3.2],
)
POTENTIAL = frame(
    "fit year potential_musd low high carried",
    ["gdp", 2020, 200.0, 100.0, 400.0, False],
    ["gdp", 2021, 300.0, 150.0, 600.0, False],
    ["gdp", 2022, 400.0, 200.0, 800.0, True],
    ["effects", 2021, 50.0, 25.0, 100.0, False],
    ["effects", 2022, 60.0, 30.0, 120.0, True],
    ["pair", 2021, 70.0, 35.0, 140.0, False],
)


@cache
def judged():
    """The article's verdict, with figures that can be worked out by hand."""
    return replace(
        tl.assess(tl.article_target()),
        target=tl.Target(reporter="KAZ", partner="TKM", value_musd=1500, deadline=2027),
        probability_range=(0.1, 0.5),
        words="unlikely",
        evidence=frame(
            "key role group item value low high unit source",
            ["by", "standing", "", "year judged", 2027, None, None, "year", ""],
            ["headline", "headline", "", "our model", 0.2, 0.1, 0.3, "probability", ""],
            ["turnover", "context", "", "turnover in 2027", 600.0, 300.0, 900.0, "US$ million", ""],
            ["a", "range", "other pairs", "all pairs", 0.1, 0.05, 0.15, "probability", ""],
            ["b", "range", "other data", "the mirror", 0.4, None, None, "probability", ""],
            ["c", "range", "other pairs", "larger pairs", 0.3, 0.25, 0.35, "probability", ""],
            ["d", "range", "other methods", "Theta", 0.5, 0.45, 0.6, "probability", ""],
            ["good", "era", "", "like the best", 0.4, None, None, "probability", "1990-1999"],
            ["good_musd", "era", "", "", 800.0, 500.0, 1300.0, "US$ million", ""],
            ["bad", "era", "", "like the worst", 0.05, None, None, "probability", "2000-2004"],
            ["bad_musd", "era", "", "", 400.0, 130.0, 700.0, "US$ million", ""],
        ),
    )


def without(role):
    """The verdict without some of its evidence."""
    evidence = judged().evidence
    return replace(judged(), evidence=evidence[evidence["role"] != role])


def drawn(ax):
    """What stands under each name of a picture, a row a known point: its place, then how far it may be off."""
    handles, names = ax.get_legend_handles_labels()
    rows = {name: np.round(rows_of(artist), 6) for name, artist in zip(names, handles, strict=True)}
    return {name: of_one[np.isfinite(of_one).all(axis=1)].tolist() for name, of_one in rows.items()}


def rows_of(artist):
    """Points of a line, middles of bars, ends of a band at each x or ends of separate rules."""
    if isinstance(artist, LineCollection):
        return [segment.ravel() for segment in artist.get_segments()]
    if isinstance(artist, PolyCollection):
        corners = pd.DataFrame(artist.get_paths()[0].vertices).groupby(0)[1]
        return corners.agg(["min", "max"]).reset_index().to_numpy()
    if isinstance(artist, ErrorbarContainer):
        return with_reach(artist.lines[0].get_xydata(), artist)
    if isinstance(artist, BarContainer):
        middles = [[bar.get_x() + bar.get_width() / 2, bar.get_height()] for bar in artist]
        return with_reach(middles, artist.errorbar) if artist.errorbar else middles
    if isinstance(artist, Line2D):
        return artist.get_xydata()
    return artist.get_offsets()


def with_reach(points, errors):
    """Points, and from where to where their error bars reach."""
    reaches = errors.lines[2][0].get_segments()
    along = 0 if reaches[0][0, 0] != reaches[0][1, 0] else 1
    return [[*point, *reach[:, along]] for point, reach in zip(points, reaches, strict=True)]


def written(ax):
    """What is written into a picture."""
    return [text.get_text() for text in ax.texts if text.get_text()]


def row_names(ax):
    """Names of a picture's rows."""
    return [text.get_text() for text in ax.get_yticklabels()]


def test_fan():
    """Bands hold 90, 80 and 50 of 100 paths; past, what followed and the target stand out."""
    ax = plot.fan(FORECAST, pd.concat([PAST, annual([600.0], start=2024)]), target=TARGET)
    assert drawn(ax) == {
        "90 %": [[2023, 500, 500], [2024, 410, 590], [2025, 330, 870]],
        "80 %": [[2023, 500, 500], [2024, 420, 580], [2025, 360, 840]],
        "50 %": [[2023, 500, 500], [2024, 450, 550], [2025, 450, 750]],
        "median": [[2023, 500], [2024, 500], [2025, 600]],
        "known then": [[2020, 400], [2021, 90], [2022, 200], [2023, 500]],
        "what followed": [[2023, 500], [2024, 600]],
    }
    assert written(ax) == ["target 1,000 by 2025"]
    assert "what followed" not in drawn(plot.fan(FORECAST, PAST))
    with pytest.raises(TypeError, match=r"^a fan needs its past: plot.fan\(forecast, history\)"):
        plot.fan(FORECAST)


def test_skill():
    """Skill in percent, forecasters in the order given and side by side, the random walk as zero."""
    summary = frame(
        "forecaster horizon skill low high",
        ["theta", 1, 0.05, 0.01, 0.06],
        ["naive", 1, 0, 0, 0],
        ["growth", 1, 0.2, 0.1, 0.25],
        ["growth", 3, 0.3, 0.25, 0.4],
        ["local_level", 3, -0.1, -0.2, 0],
    )
    assert drawn(plot.skill(summary)) == {
        "Theta": [[0.85, 5, 1, 6]],
        "Growth model": [[1, 20, 10, 25], [3, 30, 25, 40]],
        "Local level": [[3.15, -10, -20, 0]],
    }


def test_reliability():
    """What came against what was said, in percent, a line for each horizon of that event alone."""
    # The last band, 25 to 30 %, does not hold its share, 20 %: it reaches down to it.
    assert drawn(plot.reliability(FREQUENCIES, event="x2")) == {
        "as said": [[0, 0], [100, 100]],
        "1 year ahead": [[10, 20, 10, 40], [50, 40, 30, 60]],
        "5 years ahead": [[30, 20, 20, 30]],
    }


def test_pit():
    """Two halves of the percentiles, a bar for each horizon side by side, half of all expected."""
    # The middles are 25 and 75; both bars fill four fifths of a half, 20 each.
    assert drawn(plot.pit(FREQUENCIES)) == {
        "1 year ahead": [[15, 60, 50, 80], [65, 40, 30, 45]],
        "5 years ahead": [[35, 30, 20, 50], [85, 70, 50, 80]],
        "calibrated": [[0, 50], [1, 50]],
    }


def test_gravity_terms():
    """Ours with 1.96 errors either way before the others, each term by its name."""
    table = frame(
        "fit term estimate std_error",
        ["mine", "ln_dist", -0.7, 0.1],
        ["a", "ln_dist", -1.2, 0.2],
        ["b", "ln_dist", -0.8, 0.2],
        ["mine", "contig", 0.3, 0.05],
    )
    ax = plot.gravity_terms(table, ours="mine")
    assert drawn(ax) == {
        "others": [[-1.2, 0], [-0.8, 0]],
        "this one, 95 %": [[-0.7, 0, -0.896, -0.504], [0.3, 1, 0.202, 0.398]],
    }
    assert row_names(ax) == ["Distance (log)", "Common border"]


def test_agreements():
    """Entrants on top of like pairs: effects with 1.96 errors, and the middle half of pairs."""
    effects = frame(
        "group since effect std_error q0.25 q0.75",
        ["entered", 0, 0.5, 0.1, -0.5, 1.0],
        ["like", 0, 0.1, 0.2, -1.0, 0.5],
        ["like", 1, 0.0, 0.1, -0.75, 0.25],
    )
    ax = plot.agreements(effects)
    assert drawn(ax) == {
        "like pairs, years drawn for them": [[0, 0.1, -0.292, 0.492], [1, 0, -0.196, 0.196]],
        "pairs that entered an agreement": [[0, 0.5, 0.304, 0.696]],
    }
    assert rows_of(ax.collections[0]).tolist() == [[0, -1, 0.5], [1, -0.75, 0.25]]


def test_potential():
    """Each fit's points and reaches in the panel's years, then dashed from the last of them on."""
    ax = plot.potential(PAST, POTENTIAL, target=TARGET)
    assert drawn(ax) == {
        "actual": [[2020, 400], [2021, 90], [2022, 200], [2023, 500]],
        "Both countries' GDP": [[2019.8, 200, 100, 400], [2020.8, 300, 150, 600]],
        "What both trade with everyone": [[2021, 50, 25, 100]],
        "Same, with the pair's own average": [[2021.2, 70, 35, 140]],
    }
    dashed = [line.get_xydata().tolist() for line in ax.lines if line.get_linestyle() == "--"]
    assert dashed == [[[2021, 300], [2022, 400]], [[2021, 50], [2022, 60]], [[2021, 70]]]
    named = plot.potential(PAST, POTENTIAL, names={"effects": "from trade"})
    assert list(drawn(named)) == ["actual", "from trade"]
    endless = POTENTIAL.assign(potential_musd=np.inf)
    with pytest.raises(InputError, match="^potential_musd is missing or infinite for 20"):
        plot.potential(PAST, endless, target=TARGET)


def test_ratios():
    """Percentiles by class, no less than a thousandth, under marks that name their value."""
    ax = plot.ratios(RATIOS, marks={"now": 3.84, "then": 0.5})
    assert drawn(ax) == {
        "5th to 95th percentile": [[0.001, 0, 8, 0], [0.002, 1, 4, 1], [0.1, 2, 3.2, 2]],
        "20th to 80th": [[0.05, 0, 2, 0], [0.01, 1, 1, 1], [0.4, 2, 1.6, 2]],
        "median": [[0.5, 0], [0.25, 1], [0.8, 2]],
    }
    assert row_names(ax) == ["all pairs", "1 to 4", "4,096 and more"]
    assert {text.get_text(): text.xy[0] for text in ax.texts} == {
        "now (3.8)": 3.84,
        "then (0.5)": 0.5,
    }


@pytest.mark.parametrize(("at", "place"), [(0.124, 0), (0.125, 1), (4, 2)])
def test_rises(at, place):
    """Shares with their reach over classes; the class that holds a ratio, from its low end, stands out."""
    ax = plot.rises(RISES, at=at)
    (bars,) = (group for group in ax.containers if isinstance(group, BarContainer))
    assert np.allclose(rows_of(bars), [[0, 58, 55, 60], [1, 52, 50, 53], [2, 50, 40, 70]])
    assert [to_hex(bar.get_facecolor()) == "#e69f00" for bar in bars].index(True) == place
    assert written(ax) == ["58 %", "52 %", "50 %"]


def test_verdict():
    """The headline, then each group from least to most, over the range."""
    ax = plot.verdict(judged())
    assert drawn(ax) == {
        "headline": [[20, 0]],
        "other data": [[40, 1]],
        "other methods": [[50, 2]],
        "other pairs": [[10, 3], [30, 4]],
    }
    assert row_names(ax) == ["our model", "the mirror", "Theta", "all pairs", "larger pairs"]
    assert written(ax) == ["20 %", "40 %", "50 %", "10 %", "30 %"]
    (span,) = ax.patches
    assert [span.get_x(), span.get_width()] == pytest.approx([10, 40])
    assert ax.get_title("left") == "Kazakhstan and Turkmenistan: unlikely"
    ax = plot.verdict(replace(without("range"), probability_range=(np.nan, np.nan)))
    assert drawn(ax) == {"headline": [[20, 0]]}
    assert len(ax.patches) == 0


def test_eras():
    """What comes whatever the era, then each era: 80 %, median, and the chance at the right."""
    ax = plot.eras(judged())
    assert drawn(ax) == {
        "80 %": [[300, 0, 900, 0], [500, 1, 1300, 1], [130, 2, 700, 2]],
        "median": [[600, 0], [800, 1], [400, 2]],
        "target, US$1,500m": [[1500, 0], [1500, 1]],
    }
    assert row_names(ax)[::2] == ["whatever era comes", "like the worst: 2000-2004"]
    assert written(ax) == ["chance", "20 %", "40 %", "5 %"]


def test_scenarios():
    """Stories from below upward, their chance at the right, over the 80 % and the median of a year."""
    placed = frame(
        "scenario value_musd probability",
        ["less", 130.0, 0.97],
        ["more", 1500.0, 0.02],
    )
    ax = plot.scenarios(placed, FORECAST, target=TARGET, year=2025)
    (span,) = ax.patches
    assert [span.get_x(), span.get_width()] == pytest.approx([360, 840 - 360])
    levels = {line.get_label(): line.get_xdata()[0] for line in ax.lines[:2]}
    assert levels == {"its median": 600, "target": 1000}
    assert ax.lines[2].get_xydata().tolist() == [[130, 0], [1500, 1]]
    assert row_names(ax) == ["less", "more"]
    assert written(ax) == ["130  (97 %)", "1,500  (2 %)"]
    unknown = placed.convert_dtypes().assign(probability=pd.array([pd.NA, 0.02]))
    assert written(plot.scenarios(unknown, FORECAST, target=TARGET, year=2025))[0] == "130"
    with pytest.raises(ValueError, match=r"^2026 is not forecast; the years forecast are \(2024"):
        plot.scenarios(placed, FORECAST, target=TARGET, year=2026)


def test_timeline():
    """Both chances and the range on each day, with what the official method says."""
    dated = frame(
        "as_of probability_in probability_ever range_low range_high official",
        [pd.Timestamp("2022-10-05"), 0.2, 0.3, 0.1, 0.4, "too early"],
        [pd.Timestamp("2023-02-15"), 0.1, 0.25, 0.05, 0.5, "on track"],
    )
    ax = plot.timeline(dated)
    days = [19270, 19403]  # of matplotlib, which counts from 1970
    assert drawn(ax) == {
        "range": [[days[0], 10, 40], [days[1], 5, 50]],
        "in the year": [[days[0], 20], [days[1], 10]],
        "ever by it": [[days[0], 30], [days[1], 25]],
    }
    assert written(ax) == ["too early", "on track"]


def test_base_rate_by_year(monkeypatch):
    """A bar a start year, before the interval and behind the line of all years."""
    monkeypatch.setattr(tl.BaseRate, "interval", lambda self: (0.05, 0.4))
    years = frame(
        "origin share n",
        [2000, 0.1, 10],
        [2001, 0.3, 30],
    )
    asked = tl.base_rate(size_musd=254.3, multiple=4, horizon=5)
    ax = plot.base_rate_by_year(replace(asked, by_origin=years, multiple=2.3456))
    (bars,) = ax.containers
    assert rows_of(bars) == [[2000, 10], [2001, 30]]
    assert set(ax.lines[0].get_ydata()) == {25}
    span = ax.patches[-1]
    assert [span.get_y(), span.get_height()] == pytest.approx([5, 35])
    assert ax.get_title("left") == "Turnover times 2.35 after 5 years"


def test_base_rates():
    """A row a way to ask: its range behind its interval, the share as asked as a level."""
    grid = frame(
        "varied to n share low high lowest highest",
        ["as asked", "size", 1234, 0.1, 0.05, 0.3, 0.02, 0.4],
        ["horizon", "4 years", 56, 0.2, 0.1, 0.25, 0.0, 0.5],
    )
    ax = plot.base_rates(grid)
    assert drawn(ax) == {
        "lowest to highest start year": [[2, 0, 40, 0], [0, 1, 50, 1]],
        "share, 80 % interval": [[10, 0, 5, 30], [20, 1, 10, 25]],
    }
    assert row_names(ax) == ["as asked: size (n 1,234)", "horizon: 4 years (n 56)"]
    assert set(ax.lines[-1].get_xdata()) == {10}


def test_history():
    """Bars, hatched where preliminary; an arrow for each fall; its peak, the top and the end."""
    series = annual([40.0, 30.0, 50.0, 20.0], status=["final"] * 3 + ["preliminary"])
    swings = frame(
        "from_year from_musd to_year to_musd change",
        [2018, 40.0, 2019, 30.0, -0.254],
        [2019, 30.0, 2020, 50.0, 0.667],
    )
    ax = plot.history(series, swings=swings)
    years, preliminary = ax.containers
    assert rows_of(years) == [[2018, 40], [2019, 30], [2020, 50], [2021, 20]]
    assert drawn(ax) == {"preliminary": [[2021, 20]]}
    assert preliminary[0].get_hatch()
    arrows = [(text.xyann, text.xy) for text in ax.texts if text.arrow_patch]
    assert arrows == [((2018, 40), (2019, 30))]
    assert written(ax) == ["-25%", "40", "20", "50"]
    assert plot.history(PAST).get_legend() is None


def test_side_by_side():
    """A line a series in the order given, from its first year to its last, broken where one is missing."""
    first = annual([3.0, 1.0], start=2019, source_id="bns")
    other = annual([5.0, 6.0, 7.0], source_id="wits").drop(index=1)
    ax = plot.side_by_side(pd.concat([first[::-1], other]))
    assert list(drawn(ax)) == ["Kazakh statistics office (BNS)", "World Bank's WITS"]
    assert ax.lines[0].get_xydata().tolist() == [[2019, 3], [2020, 1]]
    assert np.array_equal(ax.lines[1].get_ydata(), [5, np.nan, 7], equal_nan=True)
    by_pair = plot.side_by_side(first.assign(pair="KAZ-TKM"), by="pair")
    assert list(drawn(by_pair)) == ["KAZ-TKM"]


def test_both_flows():
    """Two bars a year that meet at its tick, exports first."""
    flows = {"export_musd": [3.0, 1.0], "import_musd": [2.0, 4.0]}
    series = annual([0.0, 0.0], reporter="KAZ", partner="UZB", **flows)
    assert drawn(plot.both_flows(series)) == {
        "Kazakhstan to Uzbekistan": [[2017.8, 3], [2018.8, 1]],
        "Uzbekistan to Kazakhstan": [[2018.2, 2], [2019.2, 4]],
    }


def test_part_year_shares():
    """A line a year by months, in percent, against the diagonal."""
    shares = frame(
        "year months share",
        [2011, 9, 0.75],
        [2010, 1, 0.1],
        [2011, 2, 0.2],
    )
    assert drawn(plot.part_year_shares(shares)) == {
        "pro rata (months / 12)": [[0, 0], [12, 100]],
        "2010": [[1, 10]],
        "2011": [[2, 20], [9, 75]],
    }


def test_nowcasts():
    """The nowcast in the middle with its interval, what came to its left, pro rata to its right."""
    table = frame(
        "year months part_musd low median high actual_musd",
        [2022, 6, 70.0, 100.0, 130.0, 200.0, 150.0],
        [2025, 9, 90.0, 110.0, 125.0, 150.0, None],
    )
    assert drawn(plot.nowcasts(table)) == {
        "nowcast, central 80 %": [[0, 130, 100, 200], [1, 125, 110, 150]],
        "pro rata": [[0.12, 140], [1.12, 120]],
        "what the year became": [[-0.12, 150]],
    }


def test_nowcast_cone():
    """By month: the range as an area, its middle, pro rata, and what came as a level."""
    cone = frame(
        "year months part_musd low median high actual_musd",
        [2022, 9, 90.0, 115.0, 125.0, 150.0, 140.0],
        [2022, 3, 25.0, 80.0, 110.0, 160.0, 140.0],
    )
    under_way = {
        "four times in five": [[3, 80, 3, 160], [9, 115, 9, 150]],
        "nowcast": [[3, 110], [9, 125]],
        "pro rata": [[3, 100], [9, 120]],
    }
    ax = plot.nowcast_cone(cone)
    assert drawn(ax) == under_way | {"what came: 140": [[0, 140], [1, 140]]}
    assert rows_of(ax.collections[0]).tolist() == [[3, 80, 160], [9, 115, 150]]
    assert drawn(plot.nowcast_cone(cone.assign(actual_musd=np.nan))) == under_way
    for table, message in (
        (cone.assign(year=[2022, 2023]), "a cone is of one year, got 2022, 2023; choose one"),
        (cone[:0], "a cone is of one year, got none"),
        (cone.assign(months=3), "1 to 11 months, each once, got 3"),
    ):
        with pytest.raises(ValueError, match=message):
            plot.nowcast_cone(table)


def test_nowcast_skill():
    """Errors over pro rata's: a panel a size, by month; what is no better is ringed."""
    cells = frame(
        "size months rmse_pro_rata rmse rmse_carried_on",
        ["1m to 10m", 9, 0.2, 0.21, 0.26],
        ["1m to 10m", 3, 0.5, 0.4, 0.55],
        ["over 1bn", 3, 0.5, 0.45, 0.6],
        ["over 1bn", 9, 0.2, 0.2, 0.18],
    )
    ax = plot.nowcast_skill(cells)
    # A panel is fourteen months wide.
    assert drawn(ax) == {
        "nowcast": [[3, 80], [9, 105], [14 + 3, 90], [14 + 9, 100]],
        "growth carried on": [[3, 110], [9, 130], [14 + 3, 120], [14 + 9, 90]],
        "no better than pro rata": [[9, 105], [14 + 9, 100]],
        "pro rata": [[0, 100], [1, 100]],
    }
    assert {"1m to 10m", "over 1bn"} <= set(written(ax))
    for table, message in (
        (pd.concat([cells, cells]), "several for 1m to 10m and 9; choose a split"),
        (cells.assign(months=12)[:1], "^a part-year has 1 to 11 months, got 12"),
    ):
        with pytest.raises(ValueError, match=message):
            plot.nowcast_skill(table)


def test_track_record():
    """Each mark is the share of its class that came, in that class's row, its bar the interval."""
    record = tl.track_record()
    classes = record.reliability["low"].drop_duplicates().tolist()
    known = record.reliability.query("n > 0").set_index(["when", "china"])
    lines = drawn(plot.track_record(record))
    groups = [name for name in lines if ", " in name]
    assert len(groups) == len(lines) - 1
    for name in groups:
        marks = np.array(lines[name])
        of_group = known.loc[tuple(name.split(", "))]
        came = 100 * of_group[["came", "came_low", "came_high"]].to_numpy()
        assert marks[:, [0, 2, 3]] == pytest.approx(came)
        assert marks[:, 1].round().tolist() == [classes.index(low) for low in of_group["low"]]


def test_pledges():
    """Marks at growth asked and outcome over target; less than 2 % a year is drawn at 2 %."""
    scored = frame(
        "asked outcome_value target_value on_time",
        [0.1, 30.0, 20.0, True],
        [0.2, 5.0, 10.0, False],
        [-0.05, 60.0, 50.0, True],
        [0.5, 20.0, 80.0, False],
    )
    assert drawn(plot.pledges(scored)) == {
        "on time (2)": [[10, 150], [2, 120]],
        "not on time (2)": [[20, 50], [50, 25]],
    }


def test_pledge_rates():
    """A bar a class with its interval, and above this how many of how many."""
    table = frame(
        "growth on_time n share low high",
        [10, 3, 4, 0.75, 0.5, 0.9],
        [20, 1, 5, 0.2, 0.1, 0.4],
    )
    ax = plot.pledge_rates(table)
    (bars,) = (group for group in ax.containers if isinstance(group, BarContainer))
    assert np.allclose(rows_of(bars), [[0, 75, 50, 90], [1, 20, 10, 40]])
    assert {text.get_text(): text.xy for text in ax.texts} == {"3 of 4": (0, 90), "1 of 5": (1, 40)}
    by_horizon = plot.pledge_rates(table.rename(columns={"growth": "horizon"}))
    assert by_horizon.get_xlabel() == "years allowed"


def test_progress_record():
    """A line a status, best first, set apart within a year left; all targets dotted."""
    statuses = ["target met", "on track", "moderate progress", "marginal progress"]
    statuses += ["stagnation", "regression", "any"]
    table = pd.DataFrame(
        {"status": statuses, "left": 1, "share": [0.9, 0.6, 0.4, 0.3, 0.2, 0.1, 0.35]}
    )
    table = pd.concat([table, table.assign(left=2, share=table["share"] - 0.05)])
    table = table.assign(method="un_2026", multiple=2.5, span=3, size="all")
    table = table.assign(low=table["share"] - 0.05, high=table["share"] + 0.1)
    lines = drawn(plot.progress_record(table))
    assert list(lines) == ["all targets", "target met already", *statuses[1:-1]]
    assert lines["all targets"] == [[1, 35], [2, 30]]
    assert lines["target met already"] == [[1.125, 90, 85, 100], [2.125, 85, 80, 95]]
    assert lines["regression"] == [[0.875, 10, 5, 20], [1.875, 5, 0, 15]]
    both = pd.concat([table, table.assign(multiple=4)])
    with pytest.raises(ValueError, match="^one method, multiple, span and size make a picture"):
        plot.progress_record(both)


def test_pledge_effect():
    """A row a comparison of five pledges or more; an interval that touches 1 may be chance."""
    groups = pd.DataFrame(
        {
            "group": ["all", "few", "with China", "same"],
            "against": ["pairs without a pledge"] * 3 + ["all pairs, pledged or not"],
            "n": [9, 4, 5, 7],
            "share": [0.6, 0.9, 0.2, 0.3],
            "expected": [0.3, 0.1, 0.1, 0.35],
            "low": [1.2, 1.2, 1.0, 0.8],
            "high": [3.0, 3.0, 2.0, 1.0],
        }
    )
    ax = plot.pledge_effect(replace(tl.pledge_effect(), groups=groups))
    assert drawn(ax) == {
        "like pairs": [[30, 0], [10, 1], [35, 2]],
        "pledges": [[60, 0]],
        "may be chance": [[20, 1], [30, 2]],
    }
    assert row_names(ax)[:2] == ["all (9)", "with China (5)"]


def test_open_targets():
    """The likeliest on top: in the deadline's year and ever, ringed if on own recent years."""
    table = frame(
        "reporter partner target_value currency by probability_in probability_ever rests_on",
        ["KAZ", "TKM", 1000.0, "USD", 2027.0, 0.1, 0.2, "own recent"],
        ["UZB", "KAZ", 500.0, "EUR", 2030.0, 0.7, 0.8, "own older"],
        ["IND", "RUS", 2e5, "USD", 2031.0, 0.3, 0.5, "own recent"],
    )
    ax = plot.open_targets(table)
    assert drawn(ax) == {
        "in the deadline year": [[70, 0], [30, 1], [10, 2]],
        "ever by it": [[80, 0], [50, 1], [20, 2]],
        "rests on the pair's own recent years": [[30, 1], [10, 2]],
    }
    assert row_names(ax)[0] == "Uzbekistan-Kazakhstan, EUR 500m by 2030"


def test_claims():
    """A row a claim, the first on top; sources that say nearly the same are named together."""
    checked = frame(
        "said gap source_id verdict",
        ["one", 0.02, "bns", "agrees"],
        ["one", 0.04, "wits", "rounds to"],
        ["one", -0.4, "bns", "contradicts"],
        ["two", 0.3, "comtrade_selected", "contradicts"],
        ["three", None, "bns", "cannot tell"],
    )
    ax = plot.claims(checked)
    assert drawn(ax) == {
        "agrees": [[2, 1]],
        "rounds to": [[4, 1]],
        "contradicts": [[-40, 1], [30, 0]],
    }
    assert row_names(ax) == ["two", "one"]
    assert written(ax) == ["BNS, World Bank's WITS", "BNS", "UN Comtrade"]


def test_path_to_target():
    """Dashes from each start to the target, by the rate the legend names; the last value below."""
    series = annual([100.0, 40.0, 80.0], start=2020)
    goal = replace(TARGET, value_musd=160, deadline=2023)
    ax = plot.path_to_target(series, goal, since=[2021, 2022])
    assert drawn(ax) == {
        "actual": [[2020, 100], [2021, 40], [2022, 80]],
        "needed from 2021: 100.0 % a year": [[2021, 40], [2022, 80], [2023, 160]],
        "needed from 2022: 100.0 % a year": [[2022, 80], [2023, 160]],
    }
    assert written(ax) == ["80", "target 160 by 2023"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        *(
            (
                lambda start=start: plot.path_to_target(
                    PAST, replace(TARGET, deadline=2023), since=[2020, start]
                ),
                f"^a path starts in a year of the series before the deadline, got {start}; the "
                r"series has 2020-2023, the deadline is 2023$",
            )
            for start in (2019, 2023)
        ),
        (
            lambda: plot.path_to_target(PAST, TARGET, since=[2020] * 6),
            "^path_to_target tells 5 paths apart, got 6$",
        ),
        (
            lambda: plot.path_to_target(PAST, replace(TARGET, deadline=None), since=[2021]),
            "^path_to_target needs a deadline, got Kaz.* no deadline",
        ),
        (
            lambda: plot.side_by_side(pd.concat([PAST.assign(source_id=str(i)) for i in range(7)])),
            "^side_by_side tells 6 series apart, got 7$",
        ),
        (
            lambda: plot.side_by_side(pd.concat([PAST, PAST[1:2]]).assign(source_id="wits")),
            "^a series has one value a year, got several for wits 2021$",
        ),
        (
            lambda: plot.verdict(tl.assess(replace(TARGET, value_musd=9000, deadline=2023))),
            "^there is no probability to draw: missed$",
        ),
        (lambda: plot.eras(without("era")), "^there are no eras to draw: unlikely"),
    ],
)
def test_refused(draw, message):
    """What cannot be drawn, or not be told apart, is named."""
    with pytest.raises(ValueError, match=message):
        draw()


def test_progress_map():
    """A cell for each base and last year, in the colour of its status; its ratio in readable ink."""
    bands = ["on track", "moderate progress", "marginal progress", "stagnation", "regression"]
    rows = [
        (2020, 2021, 9.96, bands[0]),
        (2020, 2022, 0.55, bands[1]),
        (2021, 2022, -10.4, bands[4]),
        (2022, 2023, None, "target met"),
        (2023, 2024, None, "target met at base"),
    ]
    table = pd.DataFrame(rows, columns=["base_year", "last_year", "ratio", "status"])
    ax = plot.progress_map(table.assign(method="un_2026"), method="un_2026")
    ax.figure.canvas.draw()
    patches = ax.get_legend().legend_handles
    named = {to_hex(patch.get_facecolor()): patch.get_label() for patch in patches}
    image = ax.images[0]
    words = {text.get_position(): text.get_text() for text in ax.texts}
    cells = {}
    for (y, x), band in np.ndenumerate(image.get_array().filled(-1)):
        if band >= 0:
            years = (ax.get_xticklabels()[x].get_text(), ax.get_yticklabels()[y].get_text())
            status = named[to_hex(image.cmap(image.norm(band)))]
            cells[years] = (status, words.get((x, y), ""))
    assert cells == {
        ("2020", "2021"): ("on track", "10.0"),
        ("2020", "2022"): ("moderate progress", "0.6"),
        ("2021", "2022"): ("regression", "-10"),
        ("2022", "2023"): ("target met", ""),
    }
    # White is read on the dark bands alone.
    assert [text.get_color() == "white" for text in ax.texts] == [True, False, True]
    with pytest.raises(ValueError, match="^no rows of the method 'x'; the methods are un_2026"):
        plot.progress_map(table.assign(method="un_2026"), method="x")
