"""A picture in words: what a reader takes from it, a line each, to be held against what was worked out.

Axes, legend, texts and every value drawn; not inches, colours or widths. Lines say whether they are
dashed, hollow marks that they are, and bars their colour where those of one row differ.
"""

import itertools

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, Container
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from tradelib.plot import _style

CODES = {name: code for name, code in vars(_style).items() if isinstance(code, str)}
NAMES = {code.lower(): name.lower() for name, code in CODES.items() if code.startswith("#")}
STYLES = {"-": "line", "--": "dashed", ":": "dotted", "None": "points"}


def read(ax):
    """What a picture says: title, axes, legend, then what is drawn. Nothing may be cut off."""
    ax.figure.canvas.draw()
    assert clear(ax)
    title = ax.get_title(loc="left")
    lines = [f"title: {title}"] if title else []
    lines += [axis(ax, name) for name in "xy"]
    box = ax.get_legend()
    if box:
        heading = box.get_title().get_text()
        names = ", ".join(text.get_text() for text in box.get_texts())
        lines += [f"legend: {names}" + (f", all under '{heading}'" if heading else "")]
    return "\n".join([*lines, *filter(None, drawn(ax))])


def number(value):
    """A number as short as it is, or a day."""
    if isinstance(value, np.datetime64) or hasattr(value, "year"):
        return str(value)[:10]
    return f"{round(float(value), 9) + 0:.6g}"


def numbers(values):
    """Numbers beside each other."""
    return " ".join(map(number, values))


def colour(code):
    """The name of a colour, or its digits."""
    return NAMES.get(to_hex(code), to_hex(code))


def axis(ax, name):
    """Label, ends and what is written at the ticks of one axis, as far as the picture sets them."""
    this = getattr(ax, f"{name}axis")
    words = [this.get_label_text()]
    low, high = getattr(ax, f"get_{name}lim")()
    if not getattr(ax, f"get_autoscale{name}_on")():
        words += [f"{number(low)} to {number(high)}"]
    elif low == 0:
        words += ["from 0"]
    words += ["log"] if this.get_scale() == "log" else []
    if isinstance(this.get_major_formatter(), StrMethodFormatter):
        words += [f"written as {this.get_major_formatter()(1234.56)}"]
    if isinstance(this.get_major_locator(), FixedLocator):
        pairs = zip(this.get_ticklocs(), this.get_ticklabels(), strict=True)
        words += [", ".join(f"{number(place)}={text.get_text()!r}" for place, text in pairs)]
    return f"{name}: " + "; ".join(words)


def across(line):
    """Whether a line is a level, from one side of its picture to the other whatever the years."""
    in_data, _ = line.get_transform().contains_branch_seperately(line.axes.transData)
    return not in_data


def clear(ax):
    """Title, legend and texts are on the figure, none on another; no legend lies on a level."""
    shown = [text for text in (ax._left_title, *ax.texts) if text.get_text()]
    boxes = [text.get_window_extent() for text in shown]
    if ax.get_legend() is not None:
        inner = ax.get_legend().get_window_extent().padded(-5)  # but its empty border
        boxes.append(inner)
        levels = [line for line in ax.lines if across(line)]
        if any(inner.overlaps(level.get_window_extent()) for level in levels):
            return False
    inside = [ax.figure.bbox.count_contains([box.min, box.max]) == 2 for box in boxes]
    pairs = itertools.combinations(boxes, 2)
    return all(inside) and not any(box.overlaps(other) for box, other in pairs)


def drawn(ax):
    """A line for each thing drawn, in the order of drawing; a group at its first part."""
    groups = {part: group for group in ax.containers for part in parts(group)}
    frame = {*ax.spines.values(), ax.patch}
    things = [groups.get(artist, artist) for artist in ax.get_children() if artist not in frame]
    once = {id(artist): artist for artist in things}.values()
    return [described(ax, artist) for artist in once]


def parts(group):
    """Everything that an error bar or a row of bars is made of."""
    if isinstance(group, BarContainer):
        return [*group.patches, *(parts(group.errorbar) if group.errorbar else [])]
    middle, caps, spans = group.lines
    return [*filter(None, [middle]), *caps, *spans]


def described(ax, artist):
    """One thing drawn, or nothing for what is told as an axis, a title or the legend."""
    name = str(artist.get_label()) if not isinstance(artist, Annotation) else "_"
    named = "" if name.startswith("_") or not name else f" ({name})"
    if isinstance(artist, Container):
        return bars(artist, named) if isinstance(artist, BarContainer) else errors(artist, named)
    if isinstance(artist, Line2D):
        return f"{stroke(artist)}{named}: {line(ax, artist)}"
    if isinstance(artist, Annotation):
        if artist.arrow_patch:
            return f"arrow: {numbers(artist.xyann)} to {numbers(artist.xy)}"
        return f"{artist.get_text()!r} at {numbers(artist.xy)}"
    if isinstance(artist, Patch):
        ends = artist.get_extents().transformed(ax.transData.inverted())
        is_level = np.allclose(sorted(ax.get_xlim()), (ends.x0, ends.x1))
        low, high = (ends.y0, ends.y1) if is_level else (ends.x0, ends.x1)
        return f"span{named}: {'y' if is_level else 'x'} {number(low)} to {number(high)}"
    if isinstance(artist, LineCollection):
        ends = [f"{numbers(first)} to {numbers(last)}" for first, last in artist.get_segments()]
        return f"rules{named}: " + ", ".join(ends)
    if isinstance(artist, PolyCollection):
        return f"band{named}: {band(artist)}"
    places = getattr(artist, "get_offsets", list)()
    return f"marks{named}: " + ", ".join(map(numbers, places)) if len(places) else ""


def stroke(curve):
    """How a line is joined, and its marker if that is hollow."""
    hollow = str(curve.get_markerfacecolor()) in ("none", "white")
    return STYLES[curve.get_linestyle()] + (" hollow" if hollow else "")


def line(ax, curve):
    """A line by its points; one across the whole picture by its level."""
    xs = curve.get_xdata()
    ys = curve.get_ydata()
    if curve.get_transform() != ax.transData:
        return f"y {number(ys[0])}" if list(xs) == [0, 1] else f"x {number(xs[0])}"
    return ", ".join(numbers(point) for point in zip(xs, ys, strict=True))


def band(shape):
    """A band by its ends at each x."""
    heights = {}
    for x, y in shape.get_paths()[0].vertices:
        heights.setdefault(x, []).append(y)
    ends = {number(x): (number(min(ys)), number(max(ys))) for x, ys in heights.items()}
    return ", ".join(f"{x} {low}..{high}" for x, (low, high) in ends.items())


def reach(piece):
    """From where to where one error bar reaches; matplotlib leaves those out that are missing."""
    if not len(piece):
        return "(unknown)"
    low, high = piece[:, 0] if piece[0, 0] != piece[1, 0] else piece[:, 1]
    return f"({number(low)} to {number(high)})"


def errors(group, named):
    """Points and how far they may be off; the reaches alone with their height where no point is."""
    middle, _, (spans,) = group.lines
    pieces = spans.get_segments()
    if middle is None:
        ends = [f"{numbers(piece[0])} {reach(piece)}" for piece in pieces if len(piece)]
        return f"reaches{named}: " + ", ".join(ends)
    spots = zip(middle.get_xdata(), middle.get_ydata(), map(reach, pieces), strict=True)
    places = ", ".join(f"{number(x)} {number(y)} {end}" for x, y, end in spots)
    return f"{stroke(middle)}{named}: {places}"


def bars(group, named):
    """Bars: where their middle stands, how high they are, how far they may be off."""
    error = group.errorbar
    ends = [f" {reach(piece)}" for piece in error.lines[2][0].get_segments()] if error else []
    colours = [colour(bar.get_facecolor()) for bar in group.patches]
    differ = len(set(colours)) > 1
    places = []
    for bar, its_colour, end in itertools.zip_longest(group.patches, colours, ends, fillvalue=""):
        middle = number(bar.get_x() + bar.get_width() / 2)
        shade = f" {its_colour}" if differ else ""
        places.append(f"{middle}{shade} {number(bar.get_height())}{end}")
    hatch = " hatched" if group.patches[0].get_hatch() else ""
    return f"bars{hatch}{named}: " + ", ".join(places)
