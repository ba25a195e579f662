"""What was promised, what became of it, and how promises fare."""

from tradelib.science.pledges.claims import VERDICTS, check_claims
from tradelib.science.pledges.effect import PledgeEffect
from tradelib.science.pledges.progress_methods import METHODS, progress
from tradelib.science.pledges.rates import PledgeRate
from tradelib.science.pledges.rates import rate_of as rate_of
from tradelib.science.pledges.rates import rate_sensitivity as rate_sensitivity
from tradelib.science.pledges.rates import rate_table as rate_table
from tradelib.science.pledges.status import (
    Filters,
    derived_status,
    scored_pledges,
    status_disagreements,
)
from tradelib.science.pledges.target import Standing, Target, standing

__all__ = [
    "METHODS",
    "VERDICTS",
    "Filters",
    "PledgeEffect",
    "PledgeRate",
    "Standing",
    "Target",
    "check_claims",
    "derived_status",
    "progress",
    "scored_pledges",
    "standing",
    "status_disagreements",
]
