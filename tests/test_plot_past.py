"""Whole pictures, read back and held against small inputs worked out by hand."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import annual
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Rectangle

import tradelib as tl
from tradelib import plot

# Okabe and Ito's, white, and the paler bands of a progress method.
COLOURS = {
    "#000000": "black",
    "#E69F00": "orange",
    "#56B4E9": "sky",
    "#009E73": "green",
    "#0072B2": "blue",
    "#D55E00": "red",
    "#CC79A7": "pink",
    "#767676": "grey",
    "#FFFFFF": "white",
    "#A9D3EE": "light blue",
    "#F6E3C5": "sand",
    "#F2B37B": "peach",
}
ROOM = 1e-9


def named(colour):
    """A colour by its name in the palette."""
    code = to_hex(colour).upper()
    return COLOURS.get(code, code)


def line(drawn):
    """Colour, dashes and width of a line, marker and its size; both only if drawn."""
    look = named(drawn.get_color())
    if drawn.get_linestyle() != "None":
        look += f" {drawn.get_linestyle()}{drawn.get_linewidth():g}"
    if drawn.get_marker() != "None":
        look += f" {drawn.get_marker()}{drawn.get_markersize():g}"
        inside = drawn.get_markerfacecolor()
        if str(inside) == "none":
            look += " hollow"
        if str(inside) == "white":
            look += " white"
        wide = drawn.get_markeredgewidth()
        if wide != 1:
            look += f" thick{wide:g}"
    return look


def area(drawn):
    """Colour of a bar or band, its hatch and edge."""
    look = named(drawn.get_facecolor())
    if drawn.get_hatch():
        look += f" {drawn.get_hatch()} {named(drawn.get_edgecolor())}"
    return look


def outline(name):
    """Corners of a marker."""
    style = MarkerStyle(name)
    return style.get_path().transformed(style.get_transform()).vertices


def marks(drawn):
    """Colour, shape and size in points of scattered marks, and how far one sees through them."""
    (path,) = drawn.get_paths()
    shape = next(name for name in "osxX" if np.array_equal(outline(name), path.vertices))
    (size,) = drawn.get_sizes()
    look = f"{named(drawn.get_facecolor()[0])} {shape}{size**0.5:.3g}"
    if drawn.get_alpha():
        look += f" through{drawn.get_alpha():g}"
    return look


def look(drawn):
    """What a thing looks like, in a few words: those of its kind."""
    if isinstance(drawn, BarContainer):
        return area(drawn[0])
    if isinstance(drawn, ErrorbarContainer):
        return line(drawn[0])
    if isinstance(drawn, Line2D):
        return line(drawn)
    if isinstance(drawn, Rectangle):
        return area(drawn)
    if hasattr(drawn, "get_segments"):
        return f"{named(drawn.get_color()[0])} |{drawn.get_linewidth()[0]:g}"
    return marks(drawn)


def spots(drawn):
    """Where a thing is: points, ends of a stroke, or left, bottom, right and top of a bar."""
    if isinstance(drawn, Rectangle):
        return [tuple(np.round(drawn.get_bbox().extents, 3).tolist())]
    if hasattr(drawn, "get_segments"):
        return [tuple(np.round(stroke, 3).ravel().tolist()) for stroke in drawn.get_segments()]
    points = drawn.get_xydata() if isinstance(drawn, Line2D) else drawn.get_offsets()
    points = np.round(np.asarray(points, float), 3).tolist()
    return [tuple(None if np.isnan(value) else value for value in point) for point in points]


def drawn(ax):
    """Everything with a place, from the lowest layer up: how it looks and where it is.

    An error bar is followed by the width of its caps, which stand at its ends.
    """
    bars = [each for each in ax.containers if isinstance(each, ErrorbarContainer)]
    bars += [each.errorbar for each in ax.containers if getattr(each, "errorbar", None)]
    caps = set()
    cap_sizes = {}
    for _, ends, strokes in (bar.lines for bar in bars):
        caps.update(ends)
        cap_sizes.update((stroke, ends[0].get_markersize()) for stroke in strokes)
    order = {thing: index for index, thing in enumerate(ax.get_children())}
    things = [*ax.patches, *ax.lines, *ax.collections]
    things.sort(key=lambda thing: (thing.get_zorder(), order[thing]))
    layers = []
    for thing in things:
        if thing in caps:
            continue
        style = look(thing)
        if thing in cap_sizes:
            style += f" cap{cap_sizes[thing]:g}"
        if layers and layers[-1][0] == style and isinstance(thing, Rectangle):
            layers[-1][1].extend(spots(thing))
        else:
            layers.append((style, spots(thing)))
    return layers


def place(ax, box):
    """Where a box stands: above the axes, beside them, or in a corner."""
    box = box.transformed(ax.transAxes.inverted())
    if box.x0 > 1 - ROOM:
        return "beside"
    side = "left" if box.x0 < 1 - box.x1 else "right"
    if box.y0 > 1 - ROOM:
        return f"above {side}"
    return f"upper {side}" if box.y0 + box.y1 > 1 else f"lower {side}"


def legend(ax):
    """Where it stands, how many share a row, its type if small, and each label with its look."""
    shown = ax.get_legend()
    if shown is None:
        return None
    assert not shown.get_frame_on()
    texts = shown.get_texts()
    boxes = [text.get_window_extent() for text in texts]
    rows = len({round(box.y0 / 4) for box in boxes})
    columns = math.ceil(len(boxes) / rows)
    head = f"{place(ax, shown.get_window_extent())}, {columns} a row"
    size = texts[0].get_fontsize()
    if size != 10:
        head += f", size {size:g}"
    names = [text.get_text() for text in texts]
    handles, labels = ax.get_legend_handles_labels()
    of_name = dict(zip(labels or names, handles or shown.legend_handles, strict=True))
    return [head, *((name, look(of_name[name])) for name in names)]


def words(ax):
    """Each text: what, at which point, shifted by how much, its colour, size and side."""
    entries = []
    for text in ax.texts:
        at = tuple(np.round(np.asarray(text.xy, float), 3).tolist())
        shift = tuple(np.asarray(text.xyann, float).tolist())
        style = f"{named(text.get_color())} {text.get_fontsize():g} {text.get_ha()}"
        back = text.get_bbox_patch()
        if back:
            style += f" on {named(back.get_facecolor())}"
        entries.append((text.get_text(), at, shift, style))
    return entries


def ticks(axis):
    """Where an axis is marked and with which words, after the size of these if it is small."""
    texts = axis.get_ticklabels()
    size = texts[0].get_fontsize()
    labels = [text.get_text() for text in texts]
    of_place = dict(zip(axis.get_ticklocs(), labels, strict=True))
    return of_place if size == 10 else {"size": size} | of_place


def across(drawn):
    """Whether a line is a level, from one side of its picture to the other whatever the years."""
    in_years, _ = drawn.get_transform().contains_branch_seperately(drawn.axes.transData)
    return not in_years


def clear(ax):
    """Title, legend and texts are on the figure, none on another; no legend lies on a level."""
    shown = [text for text in (ax._left_title, *ax.texts) if text.get_text()]
    boxes = [text.get_window_extent() for text in shown]
    if ax.get_legend() is not None:
        inner = ax.get_legend().get_window_extent().padded(-5)  # but its empty border
        boxes.append(inner)
        levels = [drawn for drawn in ax.lines if across(drawn)]
        if any(inner.overlaps(level.get_window_extent()) for level in levels):
            return False
    inside = [ax.figure.bbox.count_contains([box.min, box.max]) == 2 for box in boxes]
    pairs = itertools.combinations(boxes, 2)
    return all(inside) and not any(box.overlaps(other) for box, other in pairs)


def grid(ax):
    """Which axes have lines across the picture."""
    lines = {"x": ax.xaxis.get_gridlines(), "y": ax.yaxis.get_gridlines()}
    return "".join(name for name, drawn in lines.items() if drawn[0].get_visible())


def cells(ax):
    """Cells of a map from below: the years at its ticks, its colour, words in it and their ink."""
    ax.figure.canvas.draw()
    image = ax.images[0]
    assert image.origin == "lower"
    across_years = [int(text.get_text()) for text in ax.get_xticklabels()]
    up_years = [int(text.get_text()) for text in ax.get_yticklabels()]
    inks = {text.get_position(): (text.get_text(), named(text.get_color())) for text in ax.texts}
    filled = []
    for (y, x), band in np.ndenumerate(image.get_array().filled(-1)):
        if band >= 0:
            colour = named(image.cmap(image.norm(band)))
            ink = inks.pop((x, y), ())
            filled.append((across_years[x], up_years[y], colour, *ink))
    assert not inks
    return filled


def read(ax):
    """A picture whole, but for its limits and ticks. Nothing may be cut off or cover another."""
    ax.figure.canvas.draw()
    assert clear(ax)
    return {
        "height": round(float(ax.figure.get_size_inches()[1]), 3),
        "title": ax.get_title("left"),
        "axes": (ax.get_xlabel(), ax.get_ylabel()),
        "grid": grid(ax),
        "drawn": drawn(ax),
        "words": words(ax),
        "legend": legend(ax),
    }


class TestOutside:
    """How often other pairs did as much."""

    def test_base_rate_by_year(self, monkeypatch):
        """A bar a start year, before the interval and behind the line of all years."""
        monkeypatch.setattr(tl.BaseRate, "interval", lambda self: (0.05, 0.4))
        years = pd.DataFrame({"origin": [2000, 2001], "share": [0.1, 0.3], "n": [10, 30]})
        rate = replace(
            tl.base_rate(size_musd=254.3, multiple=4, horizon=5), by_origin=years, multiple=2.3456
        )
        ax = plot.base_rate_by_year(rate)
        assert read(ax) == {
            "height": 4.4,
            "title": "Turnover times 2.35 after 5 years",
            "axes": ("start year", "share of episodes, percent"),
            "grid": "y",
            "drawn": [
                ("#E8E8E8", [(0, 5, 1, 40)]),
                ("sky", [(1999.6, 0, 2000.4, 10), (2000.6, 0, 2001.4, 30)]),
                ("black -2", [(0, 25), (1, 25)]),
            ],
            "words": [],
            "legend": [
                "above left, 3 a row",
                ("all start years", "black -2"),
                ("80 % interval", "#E8E8E8"),
                ("share, by start year", "sky"),
            ],
        }
        assert ticks(ax.xaxis) == {2000: "2000", 2001: "2001"}
        title = plot.base_rate_by_year(replace(rate, ever=True, multiple=4)).get_title("left")
        assert title == "Turnover times 4 in any year within 5 years"

    def test_base_rates(self):
        """A row a way to ask: its range behind its interval, the share as asked as a level."""
        grid = pd.DataFrame(
            {
                "varied": ["as asked", "horizon"],
                "to": ["size", "4 years"],
                "n": [1234, 56],
                "share": [0.1, 0.2],
                "low": [0.05, 0.1],
                "high": [0.3, 0.25],
                "lowest": [0.02, 0.0],
                "highest": [0.4, 0.5],
            }
        )
        ax = plot.base_rates(grid)
        assert read(ax) == {
            "height": 2.2,
            "title": "",
            "axes": ("share of episodes that got there, percent", ""),
            "grid": "x",
            "drawn": [
                ("#CCCCCC |7", [(2, 0, 40, 0), (0, 1, 50, 1)]),
                ("blue |1.5 cap6", [(5, 0, 30, 0), (10, 1, 25, 1)]),
                ("black :1", [(10, 0), (10, 1)]),
                ("blue o7", [(10, 0), (20, 1)]),
            ],
            "words": [],
            "legend": [
                "above right, 2 a row",
                ("lowest to highest start year", "#CCCCCC |7"),
                ("share, 80 % interval", "blue o7"),
            ],
        }
        assert ticks(ax.yaxis) == {0: "as asked: size (n 1,234)", 1: "horizon: 4 years (n 56)"}
        assert ax.get_xlim()[0] == 0
        assert ax.get_ylim() == (1.5, -0.5)
        assert len(plot.base_rates(grid).lines) == 4
        assert len(plot.base_rates(grid[1:]).lines) == 3


class TestPast:
    """What was traded."""

    def test_history(self):
        """Bars, hollow where preliminary; an arrow for each fall; its peak, the top and the end."""
        series = annual([40.0, 30.0, 50.0, 20.0], status=["final"] * 3 + ["preliminary"])
        swings = pd.DataFrame(
            {
                "from_year": [2018, 2019],
                "from_musd": [40.0, 30.0],
                "to_year": [2019, 2020],
                "to_musd": [30.0, 50.0],
                "change": [-0.254, 0.667],
            }
        )
        goal = tl.Target(reporter="KAZ", partner="TKM", value_musd=60, deadline=2023)
        ax = plot.history(series, swings=swings, target=goal)
        assert read(ax) == {
            "height": 4.4,
            "title": "Kazakhstan and Turkmenistan",
            "axes": ("year", "turnover, US$ million a year, current prices"),
            "grid": "y",
            "drawn": [
                (
                    "sky",
                    [
                        (2017.65, 0, 2018.35, 40),
                        (2018.65, 0, 2019.35, 30),
                        (2019.65, 0, 2020.35, 50),
                        (2020.65, 0, 2021.35, 20),
                    ],
                ),
                ("white /// sky", [(2020.65, 0, 2021.35, 20)]),
                ("black :1", [(0, 60), (1, 60)]),
                ("black *14", [(2023, 60)]),
            ],
            "words": [
                ("", (2019, 30), (2018, 40), "black 10 left"),
                ("-25%", (2019, 35), (6, 6), "red 9 left on white"),
                ("40", (2018, 40), (0, 4), "black 9 center"),
                ("20", (2021, 20), (0, 4), "black 9 center"),
                ("50", (2020, 50), (0, 4), "black 9 center"),
                ("target 60 by 2023", (2018, 60), (0, 4), "black 9 left"),
            ],
            "legend": ["upper left, 1 a row", ("preliminary", "white /// sky")],
        }
        assert ax.texts[1].get_weight() == "bold"
        arrow = ax.texts[0].arrow_patch
        assert (named(arrow.get_edgecolor()), arrow.get_linewidth()) == ("red", 2)
        # The arrow starts on top of the bar of the peak and stops short of that of the trough.
        assert (arrow.shrinkA, arrow.shrinkB) == (0, 2)
        assert type(arrow.get_arrowstyle()).__name__ == "CurveFilledB"

    def test_side_by_side(self):
        """A line a series, from its first year to its last, broken where a year is missing."""
        first = annual([3.0, 1.0], start=2019, source_id="bns")
        other = annual([5.0, 6.0, 7.0], source_id="wits").drop(index=1)
        ax = plot.side_by_side(pd.concat([first, other]))
        assert read(ax) == {
            "height": 4.4,
            "title": "",
            "axes": ("year", "turnover, US$ million a year"),
            "grid": "y",
            "drawn": [
                ("blue -2 o6", [(2019, 3), (2020, 1)]),
                ("red -2 s6", [(2018, 5), (2019, None), (2020, 7)]),
            ],
            "words": [],
            "legend": [
                "upper left, 1 a row",
                ("Kazakh statistics office (BNS)", "blue -2 o6"),
                ("World Bank's WITS", "red -2 s6"),
            ],
        }
        assert ax.get_ylim()[0] == 0

    def test_series_are_told_apart_by_colour_and_marker(self):
        """Six looks, given out in order."""
        series = [annual([k, k], source_id=f"s{k}") for k in range(6)]
        ax = plot.side_by_side(pd.concat(series))
        looks = [
            "blue -2 o6",
            "red -2 s6",
            "green -2 ^6",
            "pink -2 D6",
            "orange -2 v6",
            "sky -2 P6",
        ]
        expected = [(f"S{k}", style) for k, style in enumerate(looks)]
        assert read(ax)["legend"][1:] == expected

    def test_a_series_has_one_value_a_year(self):
        """Two values for a year are refused with the series and the year; their order is kept."""
        series = annual([1.0, 2.0], source_id="wits")
        twice = pd.concat(
            [series, series.assign(source_id="bns"), series[1:].assign(turnover_musd=9)]
        )
        wrong = r"^a series has one value a year, got several for wits 2019$"
        with pytest.raises(ValueError, match=wrong):
            plot.side_by_side(twice)
        entries = read(plot.side_by_side(twice[:4]))["legend"][1:]
        assert [name for name, _ in entries] == [
            "World Bank's WITS",
            "Kazakh statistics office (BNS)",
        ]

    def test_both_flows(self):
        """Two bars a year that meet at its tick, exports first."""
        series = annual(
            [0.0, 0.0],
            reporter="KAZ",
            partner="UZB",
            export_musd=[3.0, 1.0],
            import_musd=[2.0, 4.0],
        )
        assert read(plot.both_flows(series)) == {
            "height": 4.4,
            "title": "",
            "axes": ("year", "US$ million a year, current prices"),
            "grid": "y",
            "drawn": [
                ("blue", [(2017.6, 0, 2018, 3), (2018.6, 0, 2019, 1)]),
                ("orange", [(2018, 0, 2018.4, 2), (2019, 0, 2019.4, 4)]),
            ],
            "words": [],
            "legend": [
                "upper left, 1 a row",
                ("Kazakhstan to Uzbekistan", "blue"),
                ("Uzbekistan to Kazakhstan", "orange"),
            ],
        }

    def test_part_year_shares(self):
        """A line a year by months, in percent, against the diagonal; looks come again after six."""
        shares = pd.DataFrame(
            {
                "year": [2011, *range(2010, 2017)],
                "months": [9, *range(1, 8)],
                "share": [0.75, *[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]],
            }
        )
        looks = [
            "blue -1.5 o6",
            "red -1.5 s6",
            "green -1.5 ^6",
            "pink -1.5 D6",
            "orange -1.5 v6",
            "sky -1.5 P6",
            "blue -1.5 o6",
        ]
        points = [[(k, 10 * k)] for k in range(1, 8)]
        points[1].append((9, 75))
        ax = plot.part_year_shares(shares)
        assert read(ax) == {
            "height": 4.4,
            "title": "",
            "axes": ("months published", "share of the full year, %"),
            "grid": "y",
            "drawn": [("grey --1.5", [(0, 0), (12, 100)]), *zip(looks, points, strict=True)],
            "words": [],
            "legend": [
                "upper left, 1 a row",
                ("pro rata (months / 12)", "grey --1.5"),
                *((str(2010 + k), style) for k, style in enumerate(looks)),
            ],
        }
        assert ticks(ax.xaxis) == {month: str(month) for month in range(13)}
        assert ax.get_xlim() == (0, 12)
        assert ax.get_ylim() == (0, 100)

    def test_nowcasts(self):
        """The nowcast in the middle with its interval, what came to its left, pro rata to its right."""
        table = pd.DataFrame(
            {
                "year": [2022, 2025],
                "months": [6, 9],
                "part_musd": [70.0, 90.0],
                "low": [100.0, 110.0],
                "median": [130.0, 125.0],
                "high": [200.0, 150.0],
                "actual_musd": [150.0, None],
            }
        )
        ax = plot.nowcasts(table)
        assert read(ax) == {
            "height": 4.4,
            "title": "",
            "axes": (
                "year and months published",
                "turnover of the year, US$ million, current prices",
            ),
            "grid": "y",
            "drawn": [
                ("blue |2 cap10", [(0, 100, 0, 200), (1, 110, 1, 150)]),
                ("orange ^8", [(0.12, 140), (1.12, 120)]),
                ("red s8", [(-0.12, 150), (0.88, None)]),
                ("blue o8", [(0, 130), (1, 125)]),
            ],
            "words": [],
            "legend": [
                "upper right, 1 a row",
                ("pro rata", "orange ^8"),
                ("what the year became", "red s8"),
                ("nowcast, central 80 %", "blue o8"),
            ],
        }
        assert ticks(ax.xaxis) == {0: "2022, 6 months", 1: "2025, 9 months"}
        assert ax.get_ylim()[0] == 0


class TestPledge:
    """What became of pledges."""

    def test_pledges(self):
        """Marks at growth asked and outcome over target; less than 2 % a year is drawn at 2 %."""
        scored = pd.DataFrame(
            {
                "asked": [0.1, 0.2, -0.05, 0.5],
                "outcome_value": [30.0, 5.0, 60.0, 20.0],
                "target_value": [20.0, 10.0, 50.0, 80.0],
                "on_time": [True, False, True, False],
            }
        )
        ax = plot.pledges(scored)
        assert read(ax) == {
            "height": 5,
            "title": "",
            "axes": (
                "growth asked, percent a year (log scale)",
                "outcome, percent of the target (log scale)",
            ),
            "grid": "y",
            "drawn": [
                ("green o6 through0.8", [(10, 150), (2, 120)]),
                ("red x6 through0.8", [(20, 50), (50, 25)]),
                ("black :1", [(0, 100), (1, 100)]),
            ],
            "words": [],
            "legend": [
                "lower left, 1 a row",
                ("on time (2)", "green o6 through0.8"),
                ("not on time (2)", "red x6 through0.8"),
            ],
        }
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
        assert ticks(ax.xaxis) == {value: str(value) for value in (2, 5, 10, 20, 30, 50, 100)}
        assert ticks(ax.yaxis) == {value: str(value) for value in (10, 25, 50, 100, 200)}

    @pytest.mark.parametrize(
        ("by", "label"),
        [
            ("growth", "growth asked a year"),
            ("horizon", "years allowed"),
            ("china", "partners"),
            ("announced", "years of the announcement"),
            ("region", "region"),
        ],
    )
    def test_pledge_rates(self, by, label):
        """A bar a class with its interval, and above this how many of how many."""
        table = pd.DataFrame(
            {
                by: [10, 20],
                "on_time": [3, 1],
                "n": [4, 5],
                "share": [0.75, 0.2],
                "low": [0.5, 0.1],
                "high": [0.9, 0.4],
            }
        )
        ax = plot.pledge_rates(table)
        assert read(ax) == {
            "height": 4.4,
            "title": "",
            "axes": (label, "on time, percent"),
            "grid": "y",
            "drawn": [
                ("sky", [(-0.4, 0, 0.4, 75), (0.6, 0, 1.4, 20)]),
                ("grey |1.5 cap8", [(0, 50, 0, 90), (1, 10, 1, 40)]),
            ],
            "words": [
                ("3 of 4", (0, 90), (0, 4), "black 9 center"),
                ("1 of 5", (1, 40), (0, 4), "black 9 center"),
            ],
            "legend": None,
        }
        assert ticks(ax.xaxis) == {0: "10", 1: "20"}
        assert ax.get_ylim() == pytest.approx((0, 99))  # a tenth more than the longest, for words

    def test_progress_record(self):
        """A line a status, best first, set apart within a year left; all targets dotted."""
        statuses = [
            "target met",
            "on track",
            "moderate progress",
            "marginal progress",
            "stagnation",
            "regression",
            "any",
        ]
        shares = {1: [90, 60, 40, 30, 20, 10, 35], 2: [80, 55, 45, 30, 25, 15, 36]}
        parts = [
            pd.DataFrame({"status": statuses, "left": left, "share": shares[left]})
            for left in (2, 1)
        ]
        table = pd.concat(parts).assign(method="un_2026", multiple=2.5, span=3, size="all")
        table = table.assign(low=table["share"] - 5, high=table["share"] + 10)
        table[["share", "low", "high"]] /= 100
        colours = ["black", "blue", "sky", "orange", "pink", "red"]
        markers = ["*", "o", "^", "v", "D", "s"]
        looks = [
            f"{colour} -1.5 {marker}6" for colour, marker in zip(colours, markers, strict=True)
        ]
        spots = [0.125, 0.075, 0.025, -0.025, -0.075, -0.125]
        cases = list(zip(spots, shares[1], shares[2], strict=False))
        bars = [[(1 + x, a - 5, 1 + x, a + 10), (2 + x, b - 5, 2 + x, b + 10)] for x, a, b in cases]
        lines = [[(1 + x, a), (2 + x, b)] for x, a, b in cases]
        behind = [f"{colour} |1.5 cap6" for colour in colours]
        ax = plot.progress_record(table)
        assert read(ax) == {
            "height": 5,
            "title": "Targets to multiply by 2.5 in 3 years: how often they were met,\nby what had "
            "been said of them (UN Statistics Division, progress assessment note of 2026)",
            "axes": ("years left when it was said", "targets met in the deadline year, percent"),
            "grid": "y",
            "drawn": [
                *zip(behind, bars, strict=True),
                ("grey :1.5", [(1, 35), (2, 36)]),
                *zip(looks, lines, strict=True),
            ],
            "words": [],
            "legend": [
                "beside, 1 a row",
                ("all targets", "grey :1.5"),
                *zip(["target met already", *statuses[1:6]], looks, strict=True),
            ],
        }
        assert ticks(ax.xaxis) == {1: "1", 2: "2"}
        assert ax.get_xlim() == (2.5, 0.5)
        assert ax.get_ylim() == (0, 100)
        assert ax._left_title.get_fontsize() == 10
        both = pd.concat([table, table.assign(multiple=4)])
        with pytest.raises(
            ValueError, match=r"^one method, multiple, span and size make a picture, got 2$"
        ):
            plot.progress_record(both)

    def test_pledge_effect(self):
        """A row a comparison of five pledges or more; an interval that touches 1 may be chance."""
        groups = pd.DataFrame(
            {
                "group": ["all", "few", "with China", "same", "old"],
                "against": ["pairs without a pledge"] * 3 + ["all pairs, pledged or not"] * 2,
                "n": [9, 4, 5, 7, 8],
                "share": [0.6, 0.9, 0.2, 0.3, 0.4],
                "expected": [0.3, 0.1, 0.1, 0.35, 0.5],
                "low": [1.2, 1.2, 1.0, 0.8, 0.2],
                "high": [3.0, 3.0, 2.0, 1.0, 0.9],
            }
        )
        effect = replace(tl.pledge_effect(), groups=groups)
        ax = plot.pledge_effect(effect)
        assert read(ax) == {
            "height": 2.8,
            "title": "Pledges on time, and like pairs without a pledge",
            "axes": ("got there by the deadline, percent", ""),
            "grid": "x",
            "drawn": [
                ("grey |1.5", [(30, 0, 60, 0), (10, 1, 20, 1), (35, 2, 30, 2), (50, 3, 40, 3)]),
                ("black |12 thick2", [(30, 0), (10, 1), (35, 2), (50, 3)]),
                ("green o6", [(60, 0), (40, 3)]),
                ("green o6 white", [(20, 1), (30, 2)]),
            ],
            "words": [],
            "legend": [
                "above right, 3 a row",
                ("like pairs", "black |12 thick2"),
                ("pledges", "green o6"),
                ("may be chance", "green o6 white"),
            ],
        }
        assert ticks(ax.yaxis) == {
            "size": 8,
            0: "all (9)",
            1: "with China (5)",
            2: "same, against all pairs, pledged or not (7)",
            3: "old, against all pairs, pledged or not (8)",
        }
        assert ax.get_xlim() == (0, 70)
        assert ax.get_ylim() == (3.5, -0.5)

    def test_open_targets(self):
        """The likeliest on top: in the deadline's year and ever, ringed if on own recent years."""
        table = pd.DataFrame(
            {
                "reporter": ["KAZ", "UZB", "IND"],
                "partner": ["TKM", "KAZ", "RUS"],
                "target_value": [1000.0, 500.0, 2e5],
                "currency": ["USD", "EUR", "USD"],
                "by": [2027.0, 2030.0, 2031.0],
                "probability_in": [0.1, 0.7, 0.3],
                "probability_ever": [0.2, 0.8, 0.5],
                "rests_on": ["own recent", "own older", "own recent"],
            }
        )
        ax = plot.open_targets(table)
        assert read(ax) == {
            "height": 1.91,
            "title": "",
            "axes": ("probability, percent", ""),
            "grid": "x",
            "drawn": [
                ("grey |1.5", [(70, 0, 80, 0), (30, 1, 50, 1), (10, 2, 20, 2)]),
                ("blue o6", [(70, 0), (30, 1), (10, 2)]),
                ("red |10 thick2", [(80, 0), (50, 1), (20, 2)]),
                ("black o12 hollow", [(30, 1), (10, 2)]),
            ],
            "words": [],
            "legend": [
                "above right, 3 a row, size 8",
                ("in the deadline year", "blue o6"),
                ("ever by it", "red |10 thick2"),
                ("rests on the pair's own recent years", "black o12 hollow"),
            ],
        }
        assert ticks(ax.yaxis) == {
            "size": 7,
            0: "Uzbekistan-Kazakhstan, EUR 500m by 2030",
            1: "India-Russia, USD 200bn by 2031",
            2: "Kazakhstan-Turkmenistan, USD 1.0bn by 2027",
        }
        assert ax.get_xlim() == (0, 100)
        assert ax.get_ylim() == (2.5, -0.5)


class TestTarget:
    """What was claimed, what a target asks, and how far a pair has come."""

    def test_claims(self):
        """A row a claim, the first on top, of 44 letters a line; sources that say nearly the same are named together."""
        claim = "Turnover between the two countries in dollars of 2021"
        checked = pd.DataFrame(
            {
                "said": [claim, claim, claim, "two", "three"],
                "gap": [0.02, 0.04, -0.4, 0.3, None],
                "source_id": ["bns", "wits", "bns", "comtrade_selected", "bns"],
                "verdict": ["agrees", "rounds to", "contradicts", "contradicts", "cannot tell"],
            }
        )
        ax = plot.claims(checked)
        assert read(ax) == {
            "height": 4.4,
            "title": "",
            "axes": ("sourced figure against the claim, %", ""),
            "grid": "xy",
            "drawn": [
                ("black -1", [(0, 0), (0, 1)]),
                ("blue o8.37", [(2, 1)]),
                ("orange s8.37", [(4, 1)]),
                ("red X8.37", [(-40, 1), (30, 0)]),
            ],
            "words": [
                ("BNS, World Bank's WITS", (3, 1), (0, 7), "grey 8 center on white"),
                ("BNS", (-40, 1), (0, 7), "grey 8 center on white"),
                ("UN Comtrade", (30, 0), (0, 7), "grey 8 center on white"),
            ],
            "legend": [
                "lower right, 1 a row",
                ("agrees", "blue o8.37"),
                ("rounds to", "orange s8.37"),
                ("contradicts", "red X8.37"),
            ],
        }
        first = "Turnover between the two countries in\ndollars of 2021"  # 45 in a line
        assert ticks(ax.yaxis) == {"size": 9, 0: "two", 1: first}
        assert ax.get_ylim() == (-0.6, 1.7)
        level = ax.lines[0].get_zorder()
        assert all(dots.get_zorder() > level for dots in ax.collections)

    def test_path_to_target(self):
        """Dashes from each start to the target, by the rate the legend names; the last value below."""
        series = annual([100.0, 40.0, 80.0], start=2020)
        goal = tl.Target(reporter="KAZ", partner="TKM", value_musd=160, deadline=2023)
        ax = plot.path_to_target(series, goal, since=[2021, 2022])
        assert read(ax) == {
            "height": 4.4,
            "title": "Kazakhstan and Turkmenistan",
            "axes": ("year", "turnover, US$ million a year, current prices"),
            "grid": "y",
            "drawn": [
                ("blue -2 o6", [(2020, 100), (2021, 40), (2022, 80)]),
                ("red --2 .6", [(2021, 40), (2022, 80), (2023, 160)]),
                ("green --2 .6", [(2022, 80), (2023, 160)]),
                ("black :1", [(0, 160), (1, 160)]),
                ("black *14", [(2023, 160)]),
            ],
            "words": [
                ("80", (2022, 80), (0, -14), "black 9 center"),
                ("target 160 by 2023", (2020, 160), (0, 4), "black 9 left"),
            ],
            "legend": [
                "upper left, 1 a row",
                ("actual", "blue -2 o6"),
                ("needed from 2021: 100.0 % a year", "red --2 .6"),
                ("needed from 2022: 100.0 % a year", "green --2 .6"),
            ],
        }
        assert ax.get_ylim()[0] == 0
        last = plot.path_to_target(series, goal, since=[2020, 2021, 2022, 2021, 2020]).lines[5]
        assert line(last) == "sky --2 .6"

    @pytest.mark.parametrize("start", [2019, 2023, 2024])
    def test_a_path_starts_in_a_known_year(self, start):
        """Neither before the series, nor in the deadline year or after the series."""
        series = annual([100.0, 40.0, 80.0, 90.0], start=2020)
        goal = tl.Target(reporter="KAZ", partner="TKM", value_musd=160, deadline=2023)
        wrong = (
            f"^a path starts in a year of the series before the deadline, got {start}; the series "
            r"has 2020-2023, the deadline is 2023$"
        )
        with pytest.raises(ValueError, match=wrong):
            plot.path_to_target(series, goal, since=[2020, start])

    def test_progress_map(self):
        """A cell for each base and last year, coloured by its band; its ratio in readable ink."""
        bands = ["on track", "moderate progress", "marginal progress", "stagnation", "regression"]
        rows = [
            (2020, 2021, 9.96, bands[0]),
            (2020, 2022, 0.55, bands[1]),
            (2021, 2022, 0.2, bands[2]),
            (2020, 2023, 0.04, bands[3]),
            (2021, 2023, -10.4, bands[4]),
            (2022, 2023, None, "target met"),
            (2023, 2024, None, "target met at base"),
        ]
        table = pd.DataFrame(rows, columns=["base_year", "last_year", "ratio", "status"])
        other = table.assign(method="open_sdg", ratio=7.0).replace("regression", "deterioration")
        mixed = pd.concat([table.assign(method="un_2026"), other])
        ax = plot.progress_map(mixed, method="un_2026")
        assert cells(ax) == [
            (2020, 2021, "blue", "10.0", "white"),
            (2020, 2022, "light blue", "0.6", "black"),
            (2021, 2022, "sand", "0.2", "black"),
            (2020, 2023, "peach", "0.0", "black"),
            (2021, 2023, "red", "-10", "white"),
            (2022, 2023, "black"),
        ]
        looks = ["blue", "light blue", "sand", "peach", "red", "black"]
        entries = list(zip([*bands, "target met"], looks, strict=True))
        assert legend(ax) == ["above left, 6 a row, size 8", *entries]
        assert clear(ax)
        styles = {(text.get_ha(), text.get_va(), text.get_fontsize()) for text in ax.texts}
        assert styles == {("center", "center", 7)}
        assert ticks(ax.xaxis) == {"size": 8, 0: "2020", 1: "2021", 2: "2022"}
        assert ticks(ax.yaxis) == {"size": 8, 0: "2021", 1: "2022", 2: "2023"}
        assert {tick.get_rotation() for tick in ax.get_xticklabels()} == {90}
        assert ax.get_xlabel() == "base year"
        assert ax.get_ylabel() == "last year"
        assert grid(ax) == ""
        part = plot.progress_map(mixed[1:3], method="un_2026")
        assert [cell[2] for cell in cells(part)] == ["light blue", "sand"]
        assert legend(part) == ["above left, 2 a row, size 8", *entries[1:3]]
        four = plot.progress_map(other, method="open_sdg")
        assert [cell[2] for cell in cells(four)] == ["blue", "red", "black"]
        with pytest.raises(
            ValueError, match=r"^no rows of the method 'x'; the methods are un_2026, open_sdg$"
        ):
            plot.progress_map(mixed, method="x")


SHORT = annual(
    [100.0, 40.0, 80.0],
    start=2020,
    reporter="KAZ",
    partner="TKM",
    source_id="bns",
    export_musd=[1.0, 2.0, 3.0],
    import_musd=[1.0, 2.0, 3.0],
)


@pytest.mark.parametrize(
    "draw",
    [
        lambda part: plot.history(part),
        lambda part: plot.side_by_side(part),
        lambda part: plot.both_flows(part),
        lambda part: plot.fan(tl.naive(SHORT, horizon=1, n_paths=20), SHORT),
    ],
    ids=["history", "side_by_side", "both_flows", "fan"],
)
@pytest.mark.parametrize("years", [1, 2, 3])
def test_a_tick_is_a_whole_year(draw, years):
    """However few years are drawn, none is cut in parts."""
    ax = draw(SHORT[:years])
    first, last = ax.get_xlim()
    labels = [text for at, text in ticks(ax.xaxis).items() if first <= at <= last]
    assert labels
    assert all(text.isdigit() and len(text) == 4 for text in labels)
    assert len(set(labels)) == len(labels)
