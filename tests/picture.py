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

NAMES = {
    code.lower(): name.lower()
    for name, code in vars(_style).items()
    if isinstance(code, str) and code.startswith("#")
}
STYLES = {"-": "", "--": "dashed", ":": "dotted", "None": "unjoined"}


def read(ax):
    """All that a picture shows: size, title, axes, legend, then what is drawn, in that order.

    Of looks only what differs from matplotlib's own is said: a line of its width is "blue line".
    """
    ax.figure.draw_without_rendering()
    width, height = ax.figure.get_size_inches()
    fitted = (
        ", fitted" if isinstance(ax.figure.get_layout_engine(), ConstrainedLayoutEngine) else ""
    )
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
    this, ends = getattr(ax, f"{name}axis"), getattr(ax, f"get_{name}lim")()
    words = [this.get_label_text()]
    if not getattr(ax, f"get_autoscale{name}_on")():
        words += [f"{number(ends[0])} to {number(ends[1])}"]
    elif ax.margins()["xy".index(name)] != 0.05:
        words += [f"{number(ax.margins()['xy'.index(name)])} free on each side"]
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
    words = [f"size {number(text.get_fontsize())}"] if text.get_fontsize() != usual else []
    words += [text.get_horizontalalignment()] if text.get_horizontalalignment() != side else []
    words += [f"turned {number(text.get_rotation())}"] if text.get_rotation() else []
    words += [colour(text.get_color())] if colour(text.get_color()) != "black" else []
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
    words += f", all under '{box.get_title().get_text()}'" if box.get_title().get_text() else ""
    return f"legend {upright} {across}{corner}{frame}, {columns} columns{letters(texts[0], 10, 'left')}: {words}"


def drawn(ax):
    """A line for each thing drawn, in the order of drawing; a group at its first part."""
    groups = {part: group for group in ax.containers for part in parts(group)}
    frame = {*ax.spines.values(), ax.patch}
    things = [groups.get(one, one) for one in ax.get_children() if one not in frame]
    once = {id(one): one for one in things}.values()
    return [told(ax, one) for one in once]


def told(ax, one):
    """One thing drawn, or nothing for what is told as an axis, a title or the legend."""
    if isinstance(one, Container):
        return bars(one) if isinstance(one, BarContainer) else errors(one)
    if isinstance(one, Line2D):
        return line(ax, one)
    if isinstance(one, Annotation):
        return words(one)
    if isinstance(one, Patch):
        ends = one.get_extents().transformed(ax.transData.inverted())
        return f"{area(one)} span: {number(ends.x0)} to {number(ends.x1)}"
    if isinstance(one, LineCollection):
        return rules(one)
    return band(one) if isinstance(one, PolyCollection) else ""


def parts(group):
    """Everything that an error bar or a row of bars is made of."""
    if isinstance(group, BarContainer):
        return [*group.patches, *(parts(group.errorbar) if group.errorbar else [])]
    middle, caps, spans = group.lines
    return [*filter(None, [middle]), *caps, *spans]


def named(one):
    """What the legend calls it, as the end of a line."""
    name = str(one.get_label())
    return "" if name.startswith("_") or not name else f" ({name})"


def marker(one):
    """Marker and its size."""
    if one.get_marker() in ("None", None, ""):
        return []
    size = one.get_markersize()
    return [str(one.get_marker()), *([f"ms {number(size)}"] if size != 6 else [])]


def stroke(one):
    """Colour, style, width, marker and rank of a line."""
    style = STYLES[one.get_linestyle()]
    words = [colour(one.get_color()), style, "line" if style != "unjoined" else ""]
    if style != "unjoined" and one.get_linewidth() != 1.5:
        words.append(f"lw {number(one.get_linewidth())}")
    words += marker(one) + (
        [one.get_solid_capstyle()] if one.get_solid_capstyle() != "projecting" else []
    )
    words += [f"rank {one.get_zorder()}"] if one.get_zorder() not in (2, 2.1) else []
    return " ".join(filter(None, words))


def line(ax, one):
    """A line by its points; one across the whole picture by its level."""
    xs, ys = one.get_xdata(), one.get_ydata()
    if one.get_transform() != ax.transData:
        where = f"y {number(ys[0])}" if list(xs) == [0, 1] else f"x {number(xs[0])}"
        return f"{stroke(one)}{named(one)}: {where}"
    return f"{stroke(one)}{named(one)}: {points(xs, ys)}"


def points(xs, ys):
    """Points beside each other."""
    return ", ".join(numbers(point) for point in zip(xs, ys, strict=True))


def area(one):
    """Colour, depth and edge of an area."""
    face = one.get_facecolor()
    face = face[0] if np.ndim(face) > 1 else face
    words = [colour(face[:3])] + ([f"alpha {number(face[3])}"] if face[3] != 1 else [])
    edge = np.ravel(one.get_linewidth())[0]
    return " ".join([*words, *([f"edge {number(edge)}"] if edge else [])]) + named(one)


def band(one):
    """A band by its ends at each x."""
    found = {}
    for x, y in one.get_paths()[0].vertices:
        found.setdefault(x, []).append(y)
    ends = [f"{number(x)} {number(min(ys))}..{number(max(ys))}" for x, ys in found.items()]
    return f"{area(one)} band: " + ", ".join(ends)


def rules(one):
    """Straight pieces, each from one end to the other."""
    ends = [f"{numbers(first)} to {numbers(last)}" for first, last in one.get_segments()]
    width = number(one.get_linewidth()[0])
    return f"{colour(one.get_color()[0])} rules lw {width}{named(one)}: " + ", ".join(ends)


def reaches(group):
    """Ends of error bars, and how they look beside the bar or point."""
    _, caps, (spans,) = group.lines
    looks = [f"ends {colour(spans.get_color()[0])}"]
    looks += [f"lw {number(spans.get_linewidth()[0])}"] if spans.get_linewidth()[0] != 1.5 else []
    looks += [f"caps {number(caps[0].get_markersize() / 2)}"] if caps else []
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
        known = [end for end in ends if end != "(unknown)"]
        return f"reaches, {looks}: " + ", ".join(map(" ".join, zip(heights, known, strict=True)))
    spots = zip(middle.get_xdata(), middle.get_ydata(), ends, strict=True)
    places = [f"{number(x)} {number(y)} {end}" for x, y, end in spots]
    return f"{stroke(middle)} {looks}{named(group)}: " + ", ".join(places)


def bars(group):
    """Bars: where their middle stands, how high and wide they are, how far they may be off."""
    ends, looks = reaches(group.errorbar)
    places = [
        f"{number(bar.get_x() + bar.get_width() / 2)} {colour(bar.get_facecolor())} "
        f"{number(bar.get_height())} {end}"
        for bar, end in zip(group.patches, ends, strict=True)
    ]
    wide = number(group.patches[0].get_width())
    return f"bars {wide} wide {looks}{named(group)}: " + ", ".join(places)


def words(one):
    """An annotation: its words, its point, how far beside it, and how it looks."""
    text = repr(one.get_text())
    if one.xycoords != "data":
        across, upward = one.xycoords
        by = f" of {across} and {upward if isinstance(upward, str) else 'label'}"
    else:
        by = ""
    place = (
        f"at {numbers(one.xy)}{by} {one.xyann[0]:+g} {one.xyann[1]:+g} {one.anncoords.split()[1]}"
    )
    up = one.get_verticalalignment()
    looks = letters(one, 9, "center") + (f", {up}" if up != "baseline" else "")
    return f"words {text} {place}{looks}"
