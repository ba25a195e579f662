"""What was promised, what became of it, and how promises fare."""

from tradelib.science.pledge.claims import VERDICTS, check_claims
from tradelib.science.pledge.effect import PledgeEffect, effect_of, like_pairs, progress_so_far
from tradelib.science.pledge.progress import METHODS, progress
from tradelib.science.pledge.rates import PledgeRate, rate_of, rate_sensitivity, rate_table
from tradelib.science.pledge.status import (
    Filters,
    derived_status,
    scored_pledges,
    status_disagreements,
)
from tradelib.science.pledge.target import Standing, Target, standing

__all__ = [
    "METHODS", "VERDICTS", "Filters", "PledgeEffect", "PledgeRate", "Standing", "Target",
    "check_claims", "derived_status", "effect_of", "like_pairs", "progress", "progress_so_far",
    "rate_of", "rate_sensitivity", "rate_table", "scored_pledges", "standing",
    "status_disagreements",
]  # fmt: skip
