"""What was promised, what became of it, and how promises fare."""

from tradelib.science.pledge.claims import VERDICTS, check_claims
from tradelib.science.pledge.effect import PledgeEffect
from tradelib.science.pledge.official import METHODS, progress
from tradelib.science.pledge.rates import PledgeRate
from tradelib.science.pledge.rates import rate_of as rate_of
from tradelib.science.pledge.rates import rate_sensitivity as rate_sensitivity
from tradelib.science.pledge.rates import rate_table as rate_table
from tradelib.science.pledge.status import (
    Filters,
    derived_status,
    scored_pledges,
    status_disagreements,
)
from tradelib.science.pledge.target import Standing, Target, standing

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
