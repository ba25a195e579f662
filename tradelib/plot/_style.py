"""Colours, after Okabe and Ito, and the words and types that pictures share."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
else:
    Axes = Any  # matplotlib is imported when a picture is drawn, not before

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, RED, PINK, GREY = "#0072B2", "#D55E00", "#CC79A7", "#767676"
# Colour and marker together tell lines apart; with more than six, readers lose track.
LOOKS = [(BLUE, "o"), (RED, "s"), (GREEN, "^"), (PINK, "D"), (ORANGE, "v"), (SKY, "P")]
# Bands of a progress method from the best on; its worst is red.
GRADED = [BLUE, "#A9D3EE", "#F6E3C5", "#F2B37B"]
# A legend above the Axes covers nothing.
ABOVE: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1)}
TURNOVER = "turnover, US$ million a year, current prices"
