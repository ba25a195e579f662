"""Pictures of finished numbers: each is drawn once, as shapes, and written as SVG or as PNG.

Shapes have a kind, whose colours stand in ``_static/site.css``: pages follow its dark mode, files
to download take its light one. `_static/explore.js` moves and relabels shapes; it draws none.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.words import money

Point = tuple[float, float]
WIDE, NARROW = (720, 400), (360, 260)
ROOM = {"left": 52, "right": 16, "top": 30, "bottom": 30}
# Ends of an axis and its steps, in powers of ten; three or four steps to an axis.
RUNGS = ((3, 1), (4, 1), (6, 2), (7.5, 2.5), (8, 2), (10, 2.5), (15, 5), (20, 5))
MOST_STEPS = 4
STEPS_OF_YEARS = (1, 2, 5, 10, 20)
# From here on an axis counts in billions.
BILLIONS = 5000
# Points kept for a script: ten years ahead, and two figures known earlier.
SPARE = 12
# Nearer to each other two lines of words would touch.
CLOSE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A line, path, polygon, circle or text.

    `kind` is its class, `at` its place, `text` its words, `points` the corners of a path, `breaks`
    the numbers of those where it begins anew, and `said` what is told when it is pointed at.
    """

    tag: str
    kind: str
    at: Mapping[str, str | float]
    text: str = ""
    points: tuple[Point, ...] = ()
    breaks: tuple[int, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where years and values lie in a picture; `top` is the axis' end."""

    size: tuple[int, int]
    first: float
    last: float
    top: float

    def x(self, year: float) -> float:
        """Across."""
        inner = self.size[0] - ROOM["left"] - ROOM["right"]
        share = (year - self.first) / max(1e-9, self.last - self.first)
        return round(ROOM["left"] + inner * share, 1)

    def y(self, value: float) -> float:
        """Down."""
        deep = self.size[1] - ROOM["top"] - ROOM["bottom"]
        return round(ROOM["top"] + deep * (1 - value / self.top), 1)

    def at(self, point: Sequence[float]) -> Point:
        """A year and its value."""
        return self.x(point[0]), self.y(point[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Shapes in a frame, with words for those who do not see them."""

    frame: Frame
    shapes: tuple[Shape, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What the picture of a target shows, in million of a currency.

    `history` are years and values, `goal` the target and its deadline (None if none was named),
    `fan` a mapping of q10 to q90 a year, `outcome` what came, `reach` the first and last year that
    sliders show, if there are any.
    """

    history: tuple[tuple[int, float], ...]
    goal: tuple[float, int | None]
    currency: str
    words: str
    fan: tuple[Mapping[str, float], ...] = ()
    outcome: tuple[int, float] | None = None
    reach: tuple[int, int] | None = None

    @property
    def years(self) -> tuple[int, int]:
        """First and last year shown."""
        found = [year for year, _ in self.history] + [int(f["year"]) for f in self.fan]
        found += [self.goal[1]] if self.goal[1] else []
        found += [self.outcome[0]] if self.outcome else []
        first, last = min(found), max(found)
        return first - (first == last), last + (first == last)

    @property
    def highest(self) -> float:
        """The highest value shown."""
        found = [value for _, value in self.history] + [f["q90"] for f in self.fan]
        return max([*found, self.goal[0], *([self.outcome[1]] if self.outcome else [])])

    @property
    def scale(self) -> float:
        """Millions in a unit of the axis."""
        return 1000 if self.highest >= BILLIONS else 1

    @property
    def unit(self) -> str:
        """What the axis counts."""
        sign = "US$" if self.currency == "USD" else self.currency
        return f"turnover, {sign} {'billion' if self.scale > 1 else 'million'} a year"


def rungs(least: float, most: float) -> list[tuple[float, float]]:
    """Ends and steps of the axes that hold values from the least to the most, in order."""
    powers = range(math.floor(math.log10(least)) - 1, math.ceil(math.log10(most)) + 1)
    found = [(end * 10.0**p, step * 10.0**p) for p in powers for end, step in RUNGS]
    first = next(i for i, (end, _) in enumerate(found) if end >= least)
    last = next(i for i, (end, _) in enumerate(found) if end >= most)
    return found[first : last + 1]


def marks(rung: tuple[float, float], scale: float = 1) -> list[str]:
    """Words of an axis, from zero up."""
    end, step = rung
    return [f"{i * step / scale:,.10g}" for i in range(round(end / step) + 1)]


def every(first: float, last: float, width: float) -> int:
    """Years between two that are named."""
    rough = (last - first) / (8 if width > 500 else 5)
    return next(step for step in STEPS_OF_YEARS if step >= rough)


def shape(tag: str, kind: str, /, text: str = "", said: str = "", **at: str | float) -> Shape:
    """A shape; an underscore in a name stands for a dash."""
    placed = {key.replace("_", "-"): value for key, value in at.items()}
    return Shape(tag=tag, kind=kind, at=placed, text=text, said=said)


def trace(
    kind: str, points: Sequence[Point], *, closed: bool = False, breaks: Sequence[int] = ()
) -> Shape:
    """A path through points, anew from those numbered in `breaks`."""
    said = [f"{'M' if i in (0, *breaks) else 'L'}{a:g} {b:g}" for i, (a, b) in enumerate(points)]
    d = "".join(said) + "Z" * bool(points and closed)
    return Shape(tag="path", kind=kind, at={"d": d}, points=tuple(points), breaks=tuple(breaks))


def axes(
    frame: Frame, texts: Sequence[str], unit: str, reach: tuple[int, int] | None = None
) -> list[Shape]:
    """Unit, lines and years; spare ones are hidden, for a script to move."""
    width, height = frame.size
    parts = [shape("text", "unit", text=unit, x=0, y=14)]
    spare = MOST_STEPS + 1 if reach else len(texts)
    for i in range(spare):
        here = min(i, len(texts) - 1)
        y = frame.y(frame.top * here / (len(texts) - 1))
        seen = {} if i < len(texts) else {"visibility": "hidden"}
        parts += [
            shape("line", "grid", x1=ROOM["left"], x2=width - ROOM["right"], y1=y, y2=y, **seen),
            shape(
                "text",
                "tick",
                text=texts[here],
                x=ROOM["left"] - 8,
                y=round(y + 4, 1),
                text_anchor="end",
                **seen,
            ),
        ]
    step = every(frame.first, frame.last, width)
    first, last = reach or (math.ceil(frame.first), math.floor(frame.last))
    for year in range(first, last + 1):
        shown = year % step == 0 and frame.first <= year <= frame.last
        if shown or reach:
            x = frame.x(min(max(year, frame.first), frame.last))
            seen = {} if shown else {"visibility": "hidden"}
            parts.append(
                shape(
                    "text", "year", text=str(year), x=x, y=height - 8, text_anchor="middle", **seen
                )
            )
    return parts


def target_picture(chart: Chart, size: tuple[int, int]) -> Picture:
    """History, fan, target and outcome of a target."""
    rung = rungs(1.05 * chart.highest, 1.05 * chart.highest)[0]
    first, last = chart.years
    frame = Frame(size=size, first=first, last=last, top=rung[0])
    shapes = axes(frame, marks(rung, chart.scale), chart.unit, chart.reach)
    shapes += _fan(chart, frame) + _known(chart, frame) + _goal(chart, frame)
    if chart.outcome:
        shapes += _outcome(chart, frame)
    return Picture(frame=frame, shapes=(*shapes, *_spots(chart, frame)), words=chart.words)


def _fan(chart: Chart, frame: Frame) -> list[Shape]:
    """Central 80 and 50 %, and the median, from the last point known."""
    if not chart.fan:
        return []
    start = frame.at(chart.history[-1])
    parts = []
    for kind, low, high in (("band80", "q10", "q90"), ("band50", "q25", "q75")):
        upper = [frame.at((f["year"], f[high])) for f in chart.fan]
        lower = [frame.at((f["year"], f[low])) for f in reversed(chart.fan)]
        parts.append(trace(kind, [start, *upper, *lower], closed=True))
    middle = [frame.at((f["year"], f["q50"])) for f in chart.fan]
    return [*parts, trace("median", [start, *middle])]


def _known(chart: Chart, frame: Frame) -> list[Shape]:
    """What is known, and words at its last point; what came later is for a script to fill."""
    if not chart.history:
        return []
    line = [frame.at(point) for point in chart.history]
    years = [year for year, _ in chart.history]
    gaps = [i for i in range(1, len(years)) if years[i] > years[i - 1] + 1]
    parts = [trace("known", line if len(line) > 1 else [], breaks=gaps)]
    parts += [trace("later", [])] if chart.reach else []
    parts.append(shape("circle", "dot", cx=line[-1][0], cy=line[-1][1], r=4))
    if not chart.outcome:
        words = amount_in(chart.history[-1], chart.currency)
        near = [b for a, b in line if a > line[-1][0] - 9 * len(words)]
        up = min(near) - line[-1][1] - 10
        if len(line) == 1 and 0 <= line[0][1] - frame.y(chart.goal[0]) < CLOSE:
            up = 20  # the target's own words stand above
        parts.append(label(words, line[-1], up, frame, "value last"))
    return parts


def amount_in(point: Sequence[float], currency: str) -> str:
    """A value and its year in words."""
    return f"{money(point[1], currency)} in {point[0]:.0f}"


def _goal(chart: Chart, frame: Frame) -> list[Shape]:
    """The target as a level, and a star at its deadline."""
    value, deadline = chart.goal
    y, words = frame.y(value), f"target {money(value, chart.currency)}"
    parts = [
        shape("line", "goal", x1=ROOM["left"], x2=frame.size[0] - ROOM["right"], y1=y, y2=y),
        shape("text", "value aim", text=words, x=ROOM["left"] + 4, y=round(y - 7, 1)),
    ]
    if deadline:
        parts.append(star(frame.x(deadline), y))
    return parts


def _outcome(chart: Chart, frame: Frame) -> list[Shape]:
    """What came, and where it began."""
    if chart.outcome is None:
        return []
    spot = frame.at(chart.outcome)
    parts = []
    if chart.history:
        begun = chart.history[0]
        parts.append(label(amount_in(begun, chart.currency), frame.at(begun), 22, frame, "value"))
    below = 20 if abs(spot[1] - frame.y(chart.goal[0])) < 24 else -12
    return [
        *parts,
        shape("circle", "came", cx=spot[0], cy=spot[1], r=5),
        label(amount_in(chart.outcome, chart.currency), spot, below, frame, "value"),
    ]


def _spots(chart: Chart, frame: Frame) -> list[Shape]:
    """Points to be pointed at, each with what it says."""
    here = [(point, known_said(point, chart.currency)) for point in chart.history]
    here += [((int(f["year"]), f["q50"]), fan_said(f, chart.currency)) for f in chart.fan]
    here += [(chart.outcome, known_said(chart.outcome, chart.currency))] if chart.outcome else []
    spots = [
        shape("circle", "spot", said=said, cx=frame.x(point[0]), cy=frame.y(point[1]), r=3)
        for point, said in here
    ]
    if chart.reach:
        spare = len(chart.history) + SPARE - len(spots)
        spots += [shape("circle", "spot", cx=0, cy=0, r=3, visibility="hidden")] * max(0, spare)
    return spots


def known_said(point: Sequence[float], currency: str) -> str:
    """What a known point says."""
    return f"{point[0]:.0f}: {money(point[1], currency)}"


def fan_said(row: Mapping[str, float], currency: str) -> str:
    """What a year ahead says."""
    low, middle, high = (money(row[q], currency) for q in ("q10", "q50", "q90"))
    return f"{row['year']:.0f}: {middle}; four times in five {low} to {high}"


def label(words: str, spot: Point, up: float, frame: Frame, kind: str) -> Shape:
    """Text beside a point, kept inside the picture."""
    width = frame.size[0]
    right = spot[0] > width * 0.72
    anchor = "end" if right else "middle" if spot[0] > width * 0.25 else "start"
    x = min(spot[0] + 6, width - 2) if right else spot[0]
    y = max(14, round(spot[1] + up, 1))
    return shape("text", kind, text=words, x=x, y=y, text_anchor=anchor)


def star(x: float, y: float) -> Shape:
    """A five-pointed star."""
    points = tuple(
        (round(r * math.sin(math.pi * i / 5), 1), round(-r * math.cos(math.pi * i / 5), 1))
        for i in range(10)
        for r in [10 if i % 2 == 0 else 4]
    )
    corners = " ".join(f"{a:g},{b:g}" for a, b in points)
    at: dict[str, str | float] = {"points": corners, "transform": f"translate({x:g} {y:g})"}
    return Shape(tag="polygon", kind="star", at=at, points=tuple((x + a, y + b) for a, b in points))


def chance_picture(said: Sequence[Mapping[str, Any]], by: int, size: tuple[int, int]) -> Picture:
    """The chance of a target over time, with its range: a mapping a day.

    Each has ``day``, ``when`` (the day as a year with its fraction), ``chance``, ``low``, ``high``
    and ``text``.
    """
    most = max(one["high"] for one in said)
    rung = rungs(1.1 * most, 1.1 * most)[0] if most < 0.7 else (1.0, 0.25)
    first, last = said[0]["when"], said[-1]["when"]
    frame = Frame(
        size=size, first=first - 0.1 * (last - first), last=last + 0.1 * (last - first), top=rung[0]
    )
    texts = [f"{i * rung[1]:.0%}" for i in range(round(rung[0] / rung[1]) + 1)]
    shapes = axes(frame, texts, f"chance that the target is met in {by}")
    upper = [frame.at((one["when"], one["high"])) for one in said]
    lower = [frame.at((one["when"], one["low"])) for one in reversed(said)]
    middle = [frame.at((one["when"], one["chance"])) for one in said]
    shapes += [trace("band80", [*upper, *lower], closed=True), trace("median", middle)]
    for spot, one in zip(middle, said, strict=True):
        up = round(spot[1] - 10, 1)
        shapes += [
            shape("circle", "dot", cx=spot[0], cy=spot[1], r=4),
            shape("text", "value", text=one["text"], x=spot[0], y=up, text_anchor="middle"),
            shape(
                "circle",
                "spot",
                cx=spot[0],
                cy=spot[1],
                r=3,
                said=f"{one['day']}: {one['text']} (other ways {one['range']})",
            ),
        ]
    told = "; ".join(f"{one['day']} {one['text']}" for one in said)
    return Picture(frame=frame, shapes=tuple(shapes), words=f"Chance over time: {told}.")
