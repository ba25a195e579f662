"""A case in, its estimates, a verdict out."""

from tradelib.science.verdict.case import Case, InformationSet, OtherData
from tradelib.science.verdict.evidence import Estimate, Estimates
from tradelib.science.verdict.verdict import Verdict, judge
from tradelib.science.verdict.words import likelihood

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
