"""A case in, its estimates, a verdict out."""

from tradelib.science.assessment.case import Case, InformationSet, OtherData
from tradelib.science.assessment.evidence import Estimate, Estimates
from tradelib.science.assessment.likelihood_words import likelihood
from tradelib.science.assessment.verdict import Verdict, judge

__all__ = [
    "Case",
    "Estimate",
    "Estimates",
    "InformationSet",
    "OtherData",
    "Verdict",
    "judge",
    "likelihood",
]
