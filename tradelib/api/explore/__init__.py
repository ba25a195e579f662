"""The probability of a target as its value, deadline and day of knowledge are moved."""

from tradelib.api.explore.gas_sliders import gas, gas_value
from tradelib.api.explore.question import Grid, Reading, grid
from tradelib.api.explore.widgets import answer as answer
from tradelib.api.explore.widgets import code, sliders

__all__ = ["Grid", "Reading", "code", "gas", "gas_value", "grid", "sliders"]
