"""Move the target, watch the probability."""

from tradelib.front.explore.grid import Grid, Reading, grid
from tradelib.front.explore.sliders import answer as answer
from tradelib.front.explore.sliders import code, sliders

__all__ = ["Grid", "Reading", "code", "grid", "sliders"]
