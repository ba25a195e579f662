"""A picture in words: all that it shows, a line each, to be held against what was worked out."""

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer, Container
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from tradelib.plot import _style

CODES = {name: code for name, code in vars(_style).items() if isinstance(code, str)}
NAMES = {code.lower(): name.lower() for name, code in CODES.items() if code.startswith("#")}
STYLES = {"-": "", "--": "dashed", ":": "dotted", "None": "unjoined"}


def read(ax):
    """All that a picture shows: size, title, axes, legend, then what is drawn, in that order.

    Of looks only what differs from matplotlib's own is said: a line of its width is "blue line".
    """
    ax.figure.draw_without_rendering()
    width, height = ax.figure.get_size_inches()
    is_fitted = isinstance(ax.figure.get_layout_engine(), ConstrainedLayoutEngine)
    fitted = ", fitted" if is_fitted else ""
    lines = [f"{number(width)} by {number(height)} inches{fitted}", *title(ax)]
    lines += [axis(ax, name) for name in "xy"]
    seen = [side for side, spine in ax.spines.items() if spine.get_visible()]
    lines += [f"edges {' '.join(seen)}, grid {grid(ax)}"]
    lines += [legend(ax)] if ax.get_legend() else []
    return "\n".join([*lines, *filter(None, drawn(ax))])


def title(ax):
    """The title and, where it is not the usual one, its distance from the Axes in points."""
    apart = number(ax.titleOffsetTrans.transform((0, 0))[1] * 72 / ax.figure.dpi)
    words = ax.get_title(loc="left")
    return [f"title{'' if apart == '6' else f' {apart} up'}: {words}"] if words else []


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
    margin = dict(zip("xy", ax.margins(), strict=True))[name]
    if not getattr(ax, f"get_autoscale{name}_on")():
        words += [f"{number(low)} to {number(high)}"]
    elif margin != 0.05:
        words += [f"{number(margin)} free on each side"]
    words += ["log"] if this.get_scale() == "log" else []
    if isinstance(this.get_major_formatter(), StrMethodFormatter):
        words += [f"written as {this.get_major_formatter()(1234.56)}"]
    if isinstance(this.get_major_locator(), FixedLocator):
        texts = this.get_ticklabels()
        places = this.get_ticklocs()
        ticks = [f"{number(p)}={t.get_text()!r}" for p, t in zip(places, texts, strict=True)]
        looks = letters(texts[0], 10, "center" if name == "x" else "right")
        words += [", ".join(ticks) + looks]
        words += [] if isinstance(this.get_minor_locator(), NullLocator) else ["and more"]
    return f"{name}: " + "; ".join(words)


def grid(ax):
    """Which axes have a grid, in which colour, above or below what is drawn."""
    axes = {name: getattr(ax, f"{name}axis").get_gridlines()[0] for name in "xy"}
    shown = {name: line for name, line in axes.items() if line.get_visible()}
    looks = {
        f"{colour(line.get_color())} lw {number(line.get_linewidth())}" for line in shown.values()
    }
    below = "below" if ax.get_axisbelow() is True else "above"
    return " ".join([*shown, *looks, below]) if shown else "none"


def letters(text, usual, side):
    """Size, side, turn and colour of a text, where they are not the usual ones."""
    words = []
    if text.get_fontsize() != usual:
        words.append(f"size {number(text.get_fontsize())}")
    if text.get_horizontalalignment() != side:
        words.append(text.get_horizontalalignment())
    if text.get_rotation():
        words.append(f"turned {number(text.get_rotation())}")
    if colour(text.get_color()) != "black":
        words.append(colour(text.get_color()))
    return "".join(f", {word}" for word in words)


def legend(ax):
    """Where in the Axes the legend lies, its columns, size and words."""
    box = ax.get_legend()
    texts = box.get_texts()
    ends = box.get_window_extent().transformed(ax.transAxes.inverted())
    across = "left" if ends.x0 < 1 - ends.x1 else "right"
    upright = "above" if ends.y0 >= 1 else "upper" if 1 - ends.y1 < ends.y0 else "lower"
    columns = len({round(text.get_window_extent().x0) for text in texts})
    frame = " beyond the edge" if ends.x0 < -0.01 or ends.x1 > 1.01 else ""
    frame += " framed" if box.get_frame_on() else ""
    held = box.get_bbox_to_anchor().transformed(ax.transAxes.inverted())
    corner = "" if held.width else f" of {numbers(held.p0)}"
    words = ", ".join(text.get_text() for text in texts)
    heading = box.get_title().get_text()
    words += f", all under '{heading}'" if heading else ""
    place = f"{upright} {across}{corner}{frame}"
    looks = f"{columns} columns{letters(texts[0], 10, 'left')}"
    return f"legend {place}, {looks}: {words}"


def drawn(ax):
    """A line for each thing drawn, in the order of drawing; a group at its first part."""
    groups = {part: group for group in ax.containers for part in parts(group)}
    frame = {*ax.spines.values(), ax.patch}
    things = [groups.get(artist, artist) for artist in ax.get_children() if artist not in frame]
    once = {id(artist): artist for artist in things}.values()
    return [described(ax, artist) for artist in once]


def described(ax, artist):
    """One thing drawn, or nothing for what is told as an axis, a title or the legend."""
    if isinstance(artist, Container):
        return bars(artist) if isinstance(artist, BarContainer) else errors(artist)
    if isinstance(artist, Line2D):
        return line(ax, artist)
    if isinstance(artist, Annotation):
        return words(artist)
    if isinstance(artist, Patch):
        ends = artist.get_extents().transformed(ax.transData.inverted())
        return f"{area(artist)} span: {number(ends.x0)} to {number(ends.x1)}"
    if isinstance(artist, LineCollection):
        return rules(artist)
    return band(artist) if isinstance(artist, PolyCollection) else ""


def parts(group):
    """Everything that an error bar or a row of bars is made of."""
    if isinstance(group, BarContainer):
        return [*group.patches, *(parts(group.errorbar) if group.errorbar else [])]
    middle, caps, spans = group.lines
    return [*filter(None, [middle]), *caps, *spans]


def named(artist):
    """What the legend calls it, as the end of a line."""
    name = str(artist.get_label())
    return "" if name.startswith("_") or not name else f" ({name})"


def marker(curve):
    """Marker and its size."""
    if curve.get_marker() in ("None", None, ""):
        return []
    size = curve.get_markersize()
    sign = str(curve.get_marker())
    return [sign] if size == 6 else [sign, f"ms {number(size)}"]


def stroke(curve):
    """Colour, style, width, marker and rank of a line."""
    style = STYLES[curve.get_linestyle()]
    words = [colour(curve.get_color()), style, "line" if style != "unjoined" else ""]
    if style != "unjoined" and curve.get_linewidth() != 1.5:
        words.append(f"lw {number(curve.get_linewidth())}")
    words += marker(curve)
    if curve.get_solid_capstyle() != "projecting":
        words.append(curve.get_solid_capstyle())
    if curve.get_zorder() not in (2, 2.1):
        words.append(f"rank {curve.get_zorder()}")
    return " ".join(filter(None, words))


def line(ax, curve):
    """A line by its points; one across the whole picture by its level."""
    xs = curve.get_xdata()
    ys = curve.get_ydata()
    if curve.get_transform() != ax.transData:
        where = f"y {number(ys[0])}" if list(xs) == [0, 1] else f"x {number(xs[0])}"
        return f"{stroke(curve)}{named(curve)}: {where}"
    return f"{stroke(curve)}{named(curve)}: {points(xs, ys)}"


def points(xs, ys):
    """Points beside each other."""
    return ", ".join(numbers(point) for point in zip(xs, ys, strict=True))


def area(shape):
    """Colour, depth and edge of an area."""
    face = shape.get_facecolor()
    face = face[0] if np.ndim(face) > 1 else face
    words = [colour(face[:3])]
    if face[3] != 1:
        words.append(f"alpha {number(face[3])}")
    edge = np.ravel(shape.get_linewidth())[0]
    if edge:
        words.append(f"edge {number(edge)}")
    return " ".join(words) + named(shape)


def band(shape):
    """A band by its ends at each x."""
    heights = {}
    for x, y in shape.get_paths()[0].vertices:
        heights.setdefault(x, []).append(y)
    ends = []
    for x, ys in heights.items():
        low = number(min(ys))
        high = number(max(ys))
        ends.append(f"{number(x)} {low}..{high}")
    return f"{area(shape)} band: " + ", ".join(ends)


def rules(segments):
    """Straight pieces, each from one end to the other."""
    ends = [f"{numbers(first)} to {numbers(last)}" for first, last in segments.get_segments()]
    width = number(segments.get_linewidth()[0])
    return f"{colour(segments.get_color()[0])} rules lw {width}{named(segments)}: " + ", ".join(
        ends
    )


def reaches(group):
    """Ends of error bars, and how they look beside the bar or point."""
    _, caps, (spans,) = group.lines
    looks = [f"ends {colour(spans.get_color()[0])}"]
    width = spans.get_linewidth()[0]
    if width != 1.5:
        looks.append(f"lw {number(width)}")
    if caps:
        looks.append(f"caps {number(caps[0].get_markersize() / 2)}")
    return [reach(piece) for piece in spans.get_segments()], " ".join(looks)


def reach(piece):
    """From where to where one error bar reaches; matplotlib leaves those out that are missing."""
    if not len(piece):
        return "(unknown)"
    low, high = piece[:, 0] if piece[0, 0] != piece[1, 0] else piece[:, 1]
    return f"({number(low)} to {number(high)})"


def errors(group):
    """Points and how far they may be off; the reaches alone with their height where no point is."""
    middle, _, (spans,) = group.lines
    ends, looks = reaches(group)
    if middle is None:
        heights = [number(piece[0, 1]) for piece in spans.get_segments() if len(piece)]
        drawn_ends = [end for end in ends if end != "(unknown)"]
        pairs = zip(heights, drawn_ends, strict=True)
        return f"reaches, {looks}: " + ", ".join(f"{height} {end}" for height, end in pairs)
    spots = zip(middle.get_xdata(), middle.get_ydata(), ends, strict=True)
    places = [f"{number(x)} {number(y)} {end}" for x, y, end in spots]
    return f"{stroke(middle)} {looks}{named(group)}: " + ", ".join(places)


def bars(group):
    """Bars: where their middle stands, how high and wide they are, how far they may be off."""
    ends, looks = reaches(group.errorbar)
    places = []
    for bar, end in zip(group.patches, ends, strict=True):
        middle = number(bar.get_x() + bar.get_width() / 2)
        height = number(bar.get_height())
        places.append(f"{middle} {colour(bar.get_facecolor())} {height} {end}")
    wide = number(group.patches[0].get_width())
    return f"bars {wide} wide {looks}{named(group)}: " + ", ".join(places)


def words(note):
    """An annotation: its words, its point, how far beside it, and how it looks."""
    text = repr(note.get_text())
    if note.xycoords != "data":
        across, upward = note.xycoords
        by = f" of {across} and {upward if isinstance(upward, str) else 'label'}"
    else:
        by = ""
    beside, above = note.xyann
    unit = note.anncoords.split()[1]
    place = f"at {numbers(note.xy)}{by} {beside:+g} {above:+g} {unit}"
    up = note.get_verticalalignment()
    looks = letters(note, 9, "center")
    if up != "baseline":
        looks += f", {up}"
    return f"words {text} {place}{looks}"
