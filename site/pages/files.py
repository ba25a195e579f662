"""Pictures as files of their own, in the light colours of the stylesheet."""

import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import TypeAlias

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

from pages.render import fill
from tradelib.pages.charts import Picture, Point, Shape
from tradelib.pages.render import STATIC

STYLE = STATIC / "site.css"
# Of the preview, as sites that show links ask for: drawn at twice that size, then made smaller by
# three, and by four where there is no forecast.
CARD = (1200, 630)
SHARPER = 2
# Red, green and blue, 0 to 255.
Colour: TypeAlias = tuple[int, int, int]
# Pillow's names of the ends at which a text is held, by those of SVG.
ANCHORS = {"end": "rs", "middle": "ms"}


@cache
def rules() -> dict[str, dict[str, str]]:
    """Colours and widths of each kind of shape, in the light."""
    css = STYLE.read_text(encoding="utf-8")
    begins = css.index("html {")
    light = css[begins : css.index("}")]
    palette = dict(re.findall(r"--([\w-]+):\s*([^;]+);", light))
    styles: dict[str, dict[str, str]] = {}
    rule = r"^((?:\.chart \.[\w-]+(?:, )?)+) \{([^}]*)\}"
    for heads, body in re.findall(rule, css, re.MULTILINE):
        plain = re.sub(r"var\(--([\w-]+)\)", lambda match: palette[match[1]], body)
        declarations = dict(re.findall(r"([\w-]+):\s*([^;]+);", plain))
        for head in heads.split(", "):
            kind = head.removeprefix(".chart .")
            styles.setdefault(kind, {}).update(declarations)
    return styles


def svg_file(picture: Picture) -> str:
    """A picture as a file that any program shows."""
    used = {kind for shape in picture.shapes for kind in shape.kind.split()} - {"spot"}
    alike: dict[str, list[str]] = {}
    for kind, declarations in rules().items():
        if kind in used:
            body = ";".join(f"{name}:{value}" for name, value in declarations.items())
            alike.setdefault(body, []).append(f".{kind}")
    style = "".join(f"{','.join(kinds)}{{{body}}}" for body, kinds in alike.items())
    return fill("picture.svg", picture=picture, style=style)


def png_file(
    picture: Picture, title: str, answer: str, source: str, *, half: bool = False
) -> bytes:
    """A picture under its question and answer, as a preview and to download."""
    size = (CARD[0] * SHARPER, CARD[1] * SHARPER)
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image, "RGBA")
    y = 26.0
    # A title of two lines at most, the longer the smaller, so that none of it is cut off.
    letters = 28 if half else 34
    while len(lines := wrap(title, 1730 // letters)) > 2:
        letters -= 2
    for line in lines:
        y = _line(pen, line, y, letters, bold=True)
    for line in wrap(_whole(answer, 2 * 80), 84)[:2]:
        y = _line(pen, line, y + 2, 24)
    room = CARD[1] - y - 50
    width, height = picture.frame.size
    scale = room / height
    left = (CARD[0] - scale * width) / 2
    corner = (left * SHARPER, (y + 6) * SHARPER)
    for shape in picture.shapes:
        if shape.kind != "spot":
            _draw(pen, shape, scale * SHARPER, corner)
    _line(pen, source, CARD[1] - 34, 18, fill="#5b616b")
    return _small_file(image, half=half)


def _small_file(image: Image.Image, *, half: bool) -> bytes:
    """An image made smaller, in the few colours of a picture and what lies between them."""
    small = image.reduce(4 if half else 3)
    colours = _palette(fan=not half)
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours)
    few = small.quantize(palette=palette, dither=Image.Dither.NONE)
    few.putpalette(colours)
    file = io.BytesIO()
    few.save(file, "PNG", optimize=True)
    return file.getvalue()


@cache
def _palette(*, fan: bool) -> list[int]:
    """Red, green and blue of the colours of a picture, with or without those of a forecast.

    Between two colours lie the edges of letters and lines.
    """

    def colour(kind: str, name: str) -> Colour:
        """The red, green and blue of a kind of shape."""
        found = _colour(rules()[kind], name)
        if found is None:
            raise ValueError(f"{kind} has no {name}")
        return found[:3]

    def between(a: Colour, b: Colour, share: float) -> Colour:
        """A colour on the way from one to another."""
        red, green, blue = (round(x + share * (y - x)) for x, y in zip(a, b, strict=True))
        return red, green, blue

    paper = (255, 255, 255)
    ink, quiet = colour("dot", "fill"), colour("tick", "fill")
    rule, accent = colour("grid", "stroke"), colour("star", "fill")
    found = [paper, ink, quiet, between(quiet, paper, 0.4), rule, between(rule, paper, 0.5)]
    found += [accent, between(accent, paper, 0.5)]
    if fan:
        middle = colour("median", "stroke")
        outer = between(paper, middle, float(rules()["band80"]["opacity"]))
        inner = between(outer, middle, float(rules()["band50"]["opacity"]))
        found += [middle, outer, inner, between(middle, inner, 0.5)]
        found += [between(outer, rule, 0.5), between(inner, rule, 0.3), between(ink, paper, 0.2)]
    return [part for one in found for part in one]


def _whole(text: str, most: int) -> str:
    """As many whole sentences as fit; the first at least."""
    fitting, *more = re.split(r"(?<=[.?!]) (?=[A-Z])", text)
    for sentence in more:
        longer = f"{fitting} {sentence}"
        if len(longer) > most:
            break
        fitting = longer
    return fitting


def _line(
    pen: ImageDraw.ImageDraw,
    words: str,
    y: float,
    size: int,
    *,
    bold: bool = False,
    fill: str = "#16181d",
) -> float:
    """Write a line, and give the height at which the next begins."""
    font = _font(size * SHARPER, bold=bold)
    pen.text((40 * SHARPER, y * SHARPER), words, font=font, fill=fill)
    return y + 1.25 * size


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """A font that comes with matplotlib, so that every machine draws the same."""
    face = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / face), size)


def _colour(style: dict[str, str], name: str) -> tuple[int, int, int, int] | None:
    """Red, green, blue and opacity of a fill or a stroke, 0 to 255; None where it has none."""
    colour = style.get(name, "none")
    if colour == "none":
        return None
    digits = colour.removeprefix("#")
    # A short colour such as #abc stands for #aabbcc.
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue, round(255 * float(style.get("opacity", "1")))


def _pixels(length: str) -> float:
    """A length of a style, such as 1.5px, as a number."""
    return float(length.removesuffix("px"))


def _runs(corners: Sequence[Point], breaks: Sequence[int]) -> Iterator[list[Point]]:
    """The parts of a line between its breaks; a point alone is a short line."""
    for first, last in pairwise([0, *breaks, len(corners)]):
        if last == first + 1:
            x, y = corners[first]
            yield [(x - 4, y), (x + 4, y)]
        else:
            yield list(corners[first:last])


def _draw(pen: ImageDraw.ImageDraw, shape: Shape, scale: float, off: tuple[float, float]) -> None:
    """Draw a shape, `scale` times as large, with its corner at `off`."""
    style: dict[str, str] = {}
    for kind in shape.kind.split():
        style |= rules().get(kind, {})

    left, top = off

    def position(x: float | str, y: float | str) -> tuple[float, float]:
        """Pixels of the image from a position in the picture."""
        return left + scale * float(x), top + scale * float(y)

    at = shape.at
    inner = _colour(style, "fill")
    edge = _colour(style, "stroke")
    stroke = _pixels(style.get("stroke-width", "1"))
    width = max(1, round(scale * stroke))
    if shape.tag == "text":
        bold = int(style.get("font-weight", "400")) >= 600
        size = _pixels(style["font-size"])
        font = _font(round(scale * size), bold=bold)
        held = at.get("text-anchor") or style.get("text-anchor", "")
        anchor = ANCHORS.get(str(held), "ls")
        pen.text(position(at["x"], at["y"]), shape.text, font=font, fill=inner, anchor=anchor)
    elif shape.tag == "line":
        start = position(at["x1"], at["y1"])
        end = position(at["x2"], at["y2"])
        pen.line([start, end], fill=edge, width=width)
    elif shape.tag == "circle":
        centre = position(at["cx"], at["cy"])
        pen.circle(centre, scale * float(at["r"]), fill=inner)
    elif shape.points:
        corners = [position(*point) for point in shape.points]
        if inner:
            pen.polygon(corners, fill=inner)
        elif edge:
            for run in _runs(corners, shape.breaks):
                pen.line(run, fill=edge, width=width, joint="curve")
