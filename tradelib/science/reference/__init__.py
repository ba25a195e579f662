"""How often has any pair done this? Episodes of other pairs and their base rate."""

from tradelib.science.reference.base_rate import BaseRate
from tradelib.science.reference.base_rate import class_rate as class_rate
from tradelib.science.reference.base_rate import class_rates as class_rates
from tradelib.science.reference.growth_tables import growth_table
from tradelib.science.reference.growth_tables import share_curve as share_curve
from tradelib.science.reference.windows import NoEpisodesError, ReferenceClass, episodes

__all__ = ["BaseRate", "NoEpisodesError", "ReferenceClass", "episodes", "growth_table"]
