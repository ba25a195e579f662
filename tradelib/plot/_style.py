"""Colours of Okabe and Ito, markers, and the text and types that all pictures share."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes
else:
    Axes = Any  # matplotlib is imported when a picture is drawn, not before

# Options of matplotlib, by name.
Style = dict[str, Any]

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
RED = "#D55E00"
PINK = "#CC79A7"
GREY = "#767676"
# Colour and marker together tell lines apart; with more than six, readers lose track.
LOOKS = [(BLUE, "o"), (RED, "s"), (GREEN, "^"), (PINK, "D"), (ORANGE, "v"), (SKY, "P")]
# Bands of a progress method, the best first; its worst band is red.
GRADED = [BLUE, "#A9D3EE", "#F6E3C5", "#F2B37B"]
# A legend above the Axes covers nothing.
ABOVE: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1)}
TURNOVER_AXIS = "turnover, US$ million a year, current prices"
