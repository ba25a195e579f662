"""Pictures of finished numbers for pages: each is drawn once, as shapes, and written as SVG or PNG.

Why this stands beside `tradelib.plot`: that one draws with matplotlib, into a picture that does not
change. A page needs shapes that sliders move, that tell their value when pointed at, that follow
dark mode and a phone's width, and that a screen reader can read. So a page's picture is a list of
shapes; nothing is computed here that `tradelib` has not computed before.

Shapes have a kind, whose colours stand in ``static/site.css``: pages follow its dark mode, files
to download take its light one. `static/explore.js` moves, relabels and copies shapes; it draws
none.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tradelib.pages.words import money

Point = tuple[float, float]
# Width and height of a picture, in pixels: on a desktop and on a phone.
WIDE = (720, 400)
NARROW = (360, 260)
# Pixels between the axes and the edges of the picture.
ROOM = {"left": 52, "right": 16, "top": 30, "bottom": 30}
# Ends of an axis and its steps, in powers of ten; three or four steps to an axis.
RUNGS = (
    (3, 1),
    (4, 1),
    (6, 2),
    (7.5, 2.5),
    (8, 2),
    (10, 2.5),
    (15, 5),
    (20, 5),
)
STEPS_OF_YEARS = (1, 2, 5, 10, 20)
# From here on an axis counts in billions.
BILLIONS = 5000
# Nearer to each other two lines of words would touch.
CLOSE = 40
# Pixels of a letter, and of a line, of words in a picture.
LETTER, LINE = 8, 16
# Pixels across and upright within which the words of two chances would touch.
TOUCHING = (40, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A line, path, polygon, circle or text.

    `kind` is its class, `at` its position, `text` its words, `points` the corners of a path,
    `breaks` the numbers of those where it begins anew, `tip` what is shown when it is pointed at,
    and `to` where it leads.
    """

    tag: str
    kind: str
    at: Mapping[str, str | float]
    text: str = ""
    points: tuple[Point, ...] = ()
    breaks: tuple[int, ...] = ()
    tip: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where years and values lie in a picture; `top` is the value at the end of the axis."""

    size: tuple[int, int]
    first: float
    last: float
    top: float

    def x(self, year: float) -> float:
        """Pixels from the left of a year."""
        inner = self.size[0] - ROOM["left"] - ROOM["right"]
        years = max(1e-9, self.last - self.first)
        share = (year - self.first) / years
        return round(ROOM["left"] + inner * share, 1)

    def y(self, value: float) -> float:
        """Pixels from the top of a value."""
        deep = self.size[1] - ROOM["top"] - ROOM["bottom"]
        from_top = deep * (1 - value / self.top)
        return round(ROOM["top"] + from_top, 1)

    def at(self, point: Sequence[float]) -> Point:
        """Position of a year and its value."""
        return self.x(point[0]), self.y(point[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Shapes in a frame, with words for those who do not see them."""

    frame: Frame
    shapes: tuple[Shape, ...]
    words: str

    @property
    def leads(self) -> bool:
        """Whether any shape leads somewhere."""
        return any(shape.to for shape in self.shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What the picture of a target shows, in million of a currency.

    `history` are years and values, `goal` the target and its deadline (None if none was named),
    `fan` a mapping of q10 to q90 a year, `outcome` the year and value that decided the target,
    `axis_years` the first and last year that the axis may show as sliders move, if there are any,
    `counted` what the axis counts: turnover, or a flow.
    """

    history: tuple[tuple[int, float], ...]
    goal: tuple[float, int | None]
    currency: str
    words: str
    fan: tuple[Mapping[str, float], ...] = ()
    outcome: tuple[int, float] | None = None
    axis_years: tuple[int, int] | None = None
    counted: str = "turnover"

    @property
    def years(self) -> tuple[int, int]:
        """First and last year in the picture, which are never the same."""
        years = [year for year, _ in self.history]
        years += [int(row["year"]) for row in self.fan]
        if self.goal[1]:
            years.append(self.goal[1])
        if self.outcome:
            years.append(self.outcome[0])
        first = min(years)
        last = max(years)
        if first == last:
            return first - 1, last + 1
        return first, last

    @property
    def highest(self) -> float:
        """The highest value in the picture."""
        values = [value for _, value in self.history]
        values += [row["q90"] for row in self.fan]
        values.append(self.goal[0])
        if self.outcome:
            values.append(self.outcome[1])
        return max(values)

    @property
    def scale(self) -> float:
        """Millions in a unit of the axis."""
        return 1000 if self.highest >= BILLIONS else 1

    @property
    def unit(self) -> str:
        """What the axis counts, in words."""
        sign = "US$" if self.currency == "USD" else self.currency
        size = "billion" if self.scale > 1 else "million"
        return f"{self.counted}, {sign} {size} a year"


# An axis of chances runs to a hundredth at least, where all of them are none.
LEAST_TOP = 0.01


def rungs(least: float, most: float) -> list[tuple[float, float]]:
    """Ends and steps of the axes that hold values from the least to the most, in order."""
    lowest_power = math.floor(math.log10(least)) - 1
    highest_power = math.ceil(math.log10(most))
    ladder = []
    for power in range(lowest_power, highest_power + 1):
        factor = 10.0**power
        ladder += [(end * factor, step * factor) for end, step in RUNGS]
    ends = [end for end, _ in ladder]
    first = _first_at_least(ends, least)
    last = _first_at_least(ends, most)
    return ladder[first : last + 1]


def _first_at_least(values: Sequence[float], least: float) -> int:
    """Index of the first value that is not below the least."""
    return next(i for i, value in enumerate(values) if value >= least)


def marks(rung: tuple[float, float], scale: float = 1) -> list[str]:
    """Words of an axis, from zero up."""
    end, step = rung
    n_steps = round(end / step)
    return [f"{i * step / scale:,.10g}" for i in range(n_steps + 1)]


def every(first: float, last: float, width: float) -> int:
    """Years between two that are named on the axis."""
    names = 8 if width > 500 else 5
    rough = (last - first) / names
    return next(step for step in STEPS_OF_YEARS if step >= rough)


def shape(
    tag: str, kind: str, /, text: str = "", tip: str = "", to: str = "", **at: str | float
) -> Shape:
    """A shape; an underscore in the name of an attribute stands for a dash."""
    attributes = {key.replace("_", "-"): value for key, value in at.items()}
    return Shape(tag=tag, kind=kind, at=attributes, text=text, tip=tip, to=to)


def trace(
    kind: str, points: Sequence[Point], *, closed: bool = False, breaks: Sequence[int] = ()
) -> Shape:
    """A path through points, begun anew at those numbered in `breaks`."""
    steps = []
    starts = {0, *breaks, len(points)}
    for i, (x, y) in enumerate(points):
        if not closed and {i, i + 1} <= starts:
            # A point alone is a short line, whose round ends make it a dot.
            steps.append(f"M{x - 2:g} {y:g}h4")
        else:
            steps.append(f"{'M' if i in starts else 'L'}{x:g} {y:g}")
    if points and closed:
        steps.append("Z")
    at = {"d": "".join(steps)}
    return Shape(tag="path", kind=kind, at=at, points=tuple(points), breaks=tuple(breaks))


def axes(
    frame: Frame, texts: Sequence[str], unit: str, across: Mapping[float, str] | None = None
) -> list[Shape]:
    """Unit, lines, and words under the axis: those given for what lies across, else years."""
    unit_words = shape("text", "unit", text=unit, x=0, y=14)
    below = frame.size[1] - 8
    steps = _years(frame) if across is None else across
    under = [
        shape("text", "year", text=words, x=frame.x(step), y=below) for step, words in steps.items()
    ]
    return [unit_words, *_levels(frame, texts), *under]


def _levels(frame: Frame, texts: Sequence[str]) -> list[Shape]:
    """A line and its words for each step of the axis of values."""
    left = ROOM["left"]
    right = frame.size[0] - ROOM["right"]
    last_step = len(texts) - 1
    ys = [frame.y(frame.top * i / last_step) for i in range(len(texts))]
    ends: list[Point] = [(x, y) for y in ys for x in (left, right)]
    lines = trace("grid", ends, breaks=range(0, len(ends), 2))
    ticks = [
        shape("text", "tick", text=words, x=left - 8, y=round(y + 4, 1))
        for words, y in zip(texts, ys, strict=True)
    ]
    return [lines, *ticks]


def _years(frame: Frame) -> dict[float, str]:
    """Years that are named under the axis."""
    step = every(frame.first, frame.last, frame.size[0])
    years = range(math.ceil(frame.first), math.floor(frame.last) + 1)
    return {year: str(year) for year in years if year % step == 0}


def target_picture(chart: Chart, size: tuple[int, int]) -> Picture:
    """History, fan, target and outcome of a target."""
    most = 1.05 * chart.highest
    rung = rungs(most, most)[0]
    first, last = chart.years
    frame = Frame(size=size, first=first, last=last, top=rung[0])
    shapes = axes(frame, marks(rung, chart.scale), chart.unit)
    shapes += _fan(chart, frame)
    shapes += _known(chart, frame)
    shapes += _goal(chart, frame)
    shapes += _outcome(chart, frame)
    shapes += _spots(chart, frame)
    return Picture(frame=frame, shapes=tuple(shapes), words=chart.words)


def _fan(chart: Chart, frame: Frame) -> list[Shape]:
    """Central 80 and 50 %, and the median, from the last point known."""
    if not chart.fan:
        return []
    start = frame.at(chart.history[-1])
    parts = []
    for kind, low, high in (("band80", "q10", "q90"), ("band50", "q25", "q75")):
        upper = _quantile(chart, frame, high)
        lower = _quantile(chart, frame, low)
        band = [start, *upper, *reversed(lower)]
        parts.append(trace(kind, band, closed=True))
    middle = _quantile(chart, frame, "q50")
    parts.append(trace("median", [start, *middle]))
    return parts


def _quantile(chart: Chart, frame: Frame, level: str) -> list[Point]:
    """Position of one quantile of the fan in each year."""
    return [frame.at((row["year"], row[level])) for row in chart.fan]


def _known(chart: Chart, frame: Frame) -> list[Shape]:
    """What is known, and words at its last point; later figures are for a script to fill."""
    if not chart.history:
        return []
    line = [frame.at(point) for point in chart.history]
    years = [year for year, _ in chart.history]
    gaps = [i for i in range(1, len(years)) if years[i] > years[i - 1] + 1]
    # One point alone makes no line.
    parts = [trace("known", line if len(line) > 1 else [], breaks=gaps)]
    if chart.axis_years:
        parts.append(trace("later", []))
    x, y = line[-1]
    parts.append(shape("circle", "dot", cx=x, cy=y, r=4))
    if not chart.outcome:
        parts.append(_last_words(chart, frame, line))
    return parts


def _last_words(chart: Chart, frame: Frame, line: Sequence[Point]) -> Shape:
    """Words of the last known value, above all points of the line that they would cover."""
    words = amount_in(chart.history[-1], chart.currency)
    last_x, last_y = line[-1]
    # A letter is some nine pixels wide.
    words_begin = last_x - 9 * len(words)
    near = [y for x, y in line if x > words_begin]
    up = min(near) - last_y - 10
    below_goal = last_y - frame.y(chart.goal[0])
    apart = len(line) == 1 or chart.history[-1][0] > chart.history[-2][0] + 1
    if apart and 0 <= below_goal < CLOSE:
        up = 20  # the target's own words stand above
    words_of_goal_end = ROOM["left"] + 4 + LETTER * len(_goal_words(chart))
    words_of_goal_y = frame.y(chart.goal[0]) - 7
    beside = _across(last_x, len(words), frame)[0] < words_of_goal_end
    if beside and abs(last_y + up - words_of_goal_y) < LINE:
        up = max(20, words_of_goal_y + LINE - last_y, max(near) - last_y + LINE + 2)
    return label(words, line[-1], up, frame, "value last")


def _across(x: float, n_letters: int, frame: Frame) -> tuple[float, float]:
    """Where words beside a point begin and end, as `label` places them."""
    long = LETTER * n_letters
    width = frame.size[0]
    if x > 0.72 * width:
        return x + 6 - long, x + 6
    return (x - long / 2, x + long / 2) if x > 0.25 * width else (x, x + long)


def _goal_words(chart: Chart) -> str:
    """Words of the target's level."""
    return f"target {money(chart.goal[0], chart.currency)}"


def amount_in(point: Sequence[float], currency: str) -> str:
    """A value and its year in words."""
    return f"{money(point[1], currency)} in {point[0]:.0f}"


def _goal(chart: Chart, frame: Frame) -> list[Shape]:
    """The target as a level, and a star at its deadline."""
    value, deadline = chart.goal
    y = frame.y(value)
    left = ROOM["left"]
    right = frame.size[0] - ROOM["right"]
    line = shape("line", "goal", x1=left, x2=right, y1=y, y2=y)
    words = shape("text", "value aim", text=_goal_words(chart), x=left + 4, y=round(y - 7, 1))
    parts = [line, words]
    if deadline:
        parts.append(star(frame.x(deadline), y))
    return parts


def _outcome(chart: Chart, frame: Frame) -> list[Shape]:
    """The figure that decided the target, and the first figure of the history."""
    if chart.outcome is None:
        return []
    parts = []
    if chart.history:
        first = chart.history[0]
        words = amount_in(first, chart.currency)
        parts.append(label(words, frame.at(first), 22, frame, "value"))
    x, y = frame.at(chart.outcome)
    # Where the target's own words or its line are close, those of the outcome go below both.
    below_goal = y - frame.y(chart.goal[0])
    words_of_goal_end = ROOM["left"] + 150
    is_clear = below_goal < 0 and x > words_of_goal_end
    under = 20 + max(0, -below_goal)
    up = under if abs(below_goal) < 24 and not is_clear else -12
    words = amount_in(chart.outcome, chart.currency)
    parts.append(shape("circle", "came", cx=x, cy=y, r=5))
    parts.append(label(words, (x, y), up, frame, "value"))
    return parts


def _spots(chart: Chart, frame: Frame) -> list[Shape]:
    """Points to be pointed at, each with what it says."""
    currency = chart.currency
    spots = [_known_spot(frame, point, currency) for point in chart.history]
    for row in chart.fan:
        middle = (row["year"], row["q50"])
        spots.append(_spot(frame, middle, fan_tip(row, currency)))
    if chart.outcome:
        spots.append(_known_spot(frame, chart.outcome, currency))
    return spots


def _known_spot(frame: Frame, point: Sequence[float], currency: str) -> Shape:
    """A known year and its value, to be pointed at."""
    return _spot(frame, point, known_tip(point, currency))


def _spot(frame: Frame, point: Sequence[float], tip: str) -> Shape:
    """A point to be pointed at: a year and its value, and what it says."""
    x, y = frame.at(point)
    return shape("circle", "spot", tip=tip, cx=x, cy=y)


def known_tip(point: Sequence[float], currency: str) -> str:
    """What a known point says."""
    year, value = point
    return f"{year:.0f}: {money(value, currency)}"


# Between the middle and the ends of a year ahead.
FOUR_IN_FIVE = "; four times in five "


def fan_tip(row: Mapping[str, float], currency: str) -> str:
    """What a year ahead says."""
    low = money(row["q10"], currency)
    middle = money(row["q50"], currency)
    high = money(row["q90"], currency)
    return f"{row['year']:.0f}: {middle}{FOUR_IN_FIVE}{low} to {high}"


def label(words: str, spot: Point, up: float, frame: Frame, kind: str) -> Shape:
    """Text beside a point, kept inside the picture."""
    x, y = spot
    width = frame.size[0]
    anchor = "start"
    if x > 0.72 * width:
        anchor = "end"
        x = min(x + 6, width - 2)
    elif x > 0.25 * width:
        anchor = "middle"
    y = max(14, round(y + up, 1))
    return shape("text", kind, text=words, x=x, y=y, text_anchor=anchor)


def star(x: float, y: float) -> Shape:
    """A five-pointed star: ten corners, in turn far from its centre and near to it."""
    corners = []
    for i in range(10):
        radius = 10 if i % 2 == 0 else 4
        angle = math.pi * i / 5
        right = round(radius * math.sin(angle), 1)
        down = round(-radius * math.cos(angle), 1)
        corners.append((right, down))
    points = [f"{right:g},{down:g}" for right, down in corners]
    at: dict[str, str | float] = {
        "points": " ".join(points),
        "transform": f"translate({x:g} {y:g})",
    }
    moved = tuple((x + right, y + down) for right, down in corners)
    return Shape(tag="polygon", kind="star", at=at, points=moved)


def stack_picture(
    layers: Mapping[str, Mapping[int, float]],
    falls: Sequence[tuple[Point, Point, str]],
    words: str,
    unit: str,
    size: tuple[int, int],
) -> Picture:
    """Amounts by year as layers, one upon the other, and falls as lines with their words.

    `layers` has the values of each by year, from the bottom; each fall is the year and value from
    which and to which, and its words.
    """
    years = sorted(next(iter(layers.values())))
    tops = {year: sum(values[year] for values in layers.values()) for year in years}
    most = 1.1 * max(tops.values())
    rung = rungs(most, most)[0]
    frame = Frame(size=size, first=years[0], last=years[-1], top=rung[0])
    shapes = axes(frame, marks(rung), unit)
    below = dict.fromkeys(years, 0.0)
    for i, values in enumerate(layers.values(), start=1):
        above = {year: below[year] + values[year] for year in years}
        edge = [frame.at(point) for point in [*above.items(), *reversed(below.items())]]
        shapes.append(trace(f"layer s{i}", edge, closed=True))
        below = above
    for start, end, text in falls:
        line = [frame.at(start), frame.at(end)]
        shapes += [trace("outline", line), trace("fall", line)]
        shapes.append(label(text, line[0], -8, frame, "value"))
    for year, total in tops.items():
        largest = sorted(((values[year], name) for name, values in layers.items()), reverse=True)
        named = ", ".join(f"{name} {money(amount)}" for amount, name in largest[:2])
        shapes.append(_spot(frame, (year, total), f"{year}: {money(total)}; {named}"))
    return Picture(frame=frame, shapes=tuple(shapes), words=words)


def chance_picture(days: Sequence[Mapping[str, Any]], unit: str, size: tuple[int, int]) -> Picture:
    """The chance of a target over time, with its range: one mapping per day.

    Each has ``day``, ``when`` (the day as a year with its fraction), ``chance``, ``low`` and
    ``high`` (None where there is no range to draw), ``text`` and ``range``. `unit` says what the
    chance is of.
    """
    ranged = [row for row in days if row["high"] is not None]
    most = max(row["chance"] for row in days)
    most = max([most, *(row["high"] for row in ranged)])
    # A chance that comes near to one is drawn up to one.
    end, step = (1.0, 0.25)
    if most < 0.7:
        top = max(1.1 * most, LEAST_TOP)
        end, step = rungs(top, top)[0]
    first = days[0]["when"]
    last = days[-1]["when"]
    margin = 0.1 * (last - first)
    frame = Frame(size=size, first=first - margin, last=last + margin, top=end)
    n_steps = round(end / step)
    texts = [f"{i * step:.0%}" for i in range(n_steps + 1)]
    shapes = axes(frame, texts, unit)
    upper = _chances(frame, ranged, "high")
    lower = _chances(frame, ranged, "low")
    middle = _chances(frame, days, "chance")
    band = [*upper, *reversed(lower)]
    if len(ranged) > 1:
        shapes.append(trace("band80", band, closed=True))
    shapes.append(trace("median", middle))
    # The newest day has its words first; where those of two days would touch, the older has none.
    placed: list[Point] = []
    for point, row in reversed(list(zip(middle, days, strict=True))):
        x, y = point
        touching = any(abs(x - a) < TOUCHING[0] and abs(y - b) < TOUCHING[1] for a, b in placed)
        if not touching:
            placed.append(point)
        shapes += _chance(point, row, worded=not touching)
    words = "; ".join(f"{row['day']} {row['text']}" for row in days)
    return Picture(frame=frame, shapes=tuple(shapes), words=f"Chance over time: {words}.")


def _chances(frame: Frame, days: Iterable[Mapping[str, Any]], key: str) -> list[Point]:
    """Position of one probability of each day."""
    return [frame.at((row["when"], row[key])) for row in days]


def _chance(point: Point, row: Mapping[str, Any], *, worded: bool) -> list[Shape]:
    """A day's chance: a dot, its words, and what it says when pointed at."""
    x, y = point
    parts = [shape("circle", "dot", cx=x, cy=y, r=4)]
    if worded:
        up = round(y - 10, 1)
        parts.append(shape("text", "value", text=row["text"], x=x, y=up, text_anchor="middle"))
    tip = f"{row['day']}: {row['text']}"
    if row["high"] is not None:
        tip += f" (other ways {row['range']})"
    return [*parts, shape("circle", "spot", cx=x, cy=y, tip=tip)]
