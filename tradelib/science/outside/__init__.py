"""How often has any pair done this? Episodes of other pairs and their base rate."""

from tradelib.science.outside.base_rate import BaseRate
from tradelib.science.outside.base_rate import class_rate as class_rate
from tradelib.science.outside.base_rate import class_rates as class_rates
from tradelib.science.outside.table import growth_table
from tradelib.science.outside.table import share_curve as share_curve
from tradelib.science.outside.windows import NoEpisodesError, ReferenceClass, episodes

__all__ = ["BaseRate", "NoEpisodesError", "ReferenceClass", "episodes", "growth_table"]
