"""Move the target, watch the probability."""

from tradelib.front.explore.grid import Grid, Reading, grid
from tradelib.front.explore.sliders import answer, code, sliders

__all__ = ["Grid", "Reading", "answer", "code", "grid", "sliders"]
