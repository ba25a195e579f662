"""Pictures and numbers as files of their own, in the light colours of the stylesheet."""

import io
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pages.charts import Picture, Shape
from pages.render import fill

STYLE = Path(__file__).parents[1] / "_static" / "site.css"
# Of the preview, as sites that show links ask for: drawn at twice that size, shown at two
# thirds of it, and half where there is no forecast.
CARD = (1200, 630)
SHARPER = 2


@cache
def rules() -> dict[str, dict[str, str]]:
    """Colours and widths of each kind of shape, in the light."""
    css = STYLE.read_text(encoding="utf-8")
    light = css[css.index("html {") : css.index("}")]
    palette = dict(re.findall(r"--([\w-]+):\s*([^;]+);", light))
    found: dict[str, dict[str, str]] = {}
    for heads, body in re.findall(
        r"^((?:\.chart \.[\w-]+(?:, )?)+) \{([^}]*)\}", css, re.MULTILINE
    ):
        plain = re.sub(r"var\(--([\w-]+)\)", lambda m: palette[m[1]], body)
        for head in heads.split(", "):
            said = dict(re.findall(r"([\w-]+):\s*([^;]+);", plain))
            found.setdefault(head.removeprefix(".chart ."), {}).update(said)
    return found


def svg_file(picture: Picture) -> str:
    """A picture as a file that any program shows."""
    used = {kind for one in picture.shapes for kind in one.kind.split()}
    style = "".join(
        f".{kind} {{{'; '.join(f'{k}: {v}' for k, v in said.items())}}}"
        for kind, said in rules().items()
        if kind in used
    )
    return fill("picture.svg", picture=picture, style=style)


def png_file(
    picture: Picture, title: str, answer: str, source: str, *, half: bool = False
) -> bytes:
    """A picture under its question and answer, as a preview and to download."""
    size = (CARD[0] * SHARPER, CARD[1] * SHARPER)
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image, "RGBA")
    y = 26.0
    for line in wrap(title, 46)[:2]:
        y = _line(pen, line, y, 38, bold=True)
    for line in wrap(_whole(answer, 2 * 80), 84)[:2]:
        y = _line(pen, line, y + 2, 24)
    room = CARD[1] - y - 50
    scale = room / picture.frame.size[1]
    left = (CARD[0] - scale * picture.frame.size[0]) / 2
    for one in picture.shapes:
        if one.at.get("visibility") != "hidden" and one.kind != "spot":
            _draw(pen, one, scale * SHARPER, (left * SHARPER, (y + 6) * SHARPER))
    _line(pen, source, CARD[1] - 34, 18, fill="#5b616b")
    wide, high = (round(side * (0.5 if half else 2 / 3)) for side in CARD)
    small = image.resize((wide, high), Image.Resampling.LANCZOS).quantize(
        16 if half else 32, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    # The lightest colour first: a twentieth less to load.
    colours = np.reshape(small.getpalette() or [], (-1, 3)).sum(axis=1)
    held = io.BytesIO()
    small.remap_palette([*np.argsort(-colours)]).save(held, "PNG", optimize=True)
    return held.getvalue()


def _whole(text: str, most: int) -> str:
    """As many whole sentences as fit; the first at least."""
    first, *more = re.split(r"(?<=[.?!]) (?=[A-Z])", text)
    for sentence in more:
        if len(first) + 1 + len(sentence) > most:
            break
        first = f"{first} {sentence}"
    return first


def _line(
    pen: ImageDraw.ImageDraw,
    words: str,
    y: float,
    size: int,
    *,
    bold: bool = False,
    fill: str = "#16181d",
) -> float:
    pen.text((40 * SHARPER, y * SHARPER), words, font=_font(size * SHARPER, bold=bold), fill=fill)
    return y + 1.25 * size


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    face = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / face), size)


def _colour(style: dict[str, str], name: str) -> tuple[int, int, int, int] | None:
    said = style.get(name, "none")
    if said == "none":
        return None
    digits = said.removeprefix("#")
    digits = "".join(2 * d for d in digits) if len(digits) == 3 else digits
    red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
    return red, green, blue, round(255 * float(style.get("opacity", "1")))


def _draw(pen: ImageDraw.ImageDraw, one: Shape, scale: float, off: tuple[float, float]) -> None:
    style: dict[str, str] = {}
    for kind in one.kind.split():
        style |= rules().get(kind, {})

    def at(x: float | str, y: float | str) -> tuple[float, float]:
        return off[0] + scale * float(x), off[1] + scale * float(y)

    place, inner, edge = one.at, _colour(style, "fill"), _colour(style, "stroke")
    width = max(1, round(scale * float(style.get("stroke-width", "1").removesuffix("px"))))
    if one.tag == "text":
        bold = int(style.get("font-weight", "400")) >= 600
        font = _font(round(scale * float(style["font-size"].removesuffix("px"))), bold=bold)
        anchor = {"end": "rs", "middle": "ms"}.get(str(place.get("text-anchor", "")), "ls")
        pen.text(at(place["x"], place["y"]), one.text, font=font, fill=inner, anchor=anchor)
    elif one.tag == "line":
        pen.line(
            [at(place["x1"], place["y1"]), at(place["x2"], place["y2"])], fill=edge, width=width
        )
    elif one.tag == "circle":
        pen.circle(at(place["cx"], place["cy"]), scale * float(place["r"]), fill=inner)
    elif one.points:
        corners = [at(*point) for point in one.points]
        if inner:
            pen.polygon(corners, fill=inner)
        elif edge:
            ends = [0, *one.breaks, len(corners)]
            for first, last in pairwise(ends):
                pen.line(corners[first:last], fill=edge, width=width, joint="curve")
