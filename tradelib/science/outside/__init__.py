"""How often has any pair done this? Episodes of other pairs and their base rate."""

from tradelib.science.outside.base_rate import BaseRate, class_rate, class_rates
from tradelib.science.outside.episodes import NoEpisodesError, ReferenceClass, episodes
from tradelib.science.outside.table import growth_table, share_curve

__all__ = [
    "BaseRate", "NoEpisodesError", "ReferenceClass", "class_rate", "class_rates", "episodes",
    "growth_table", "share_curve",
]  # fmt: skip
