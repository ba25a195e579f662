"""Evidence in, a verdict out."""

from tradelib.science.verdict.case import Case, InformationSet, OtherData
from tradelib.science.verdict.evidence import Estimate, Evidence
from tradelib.science.verdict.verdict import Verdict, judge
from tradelib.science.verdict.words import likelihood

__all__ = [
    "Case",
    "Estimate",
    "Evidence",
    "InformationSet",
    "OtherData",
    "Verdict",
    "judge",
    "likelihood",
]
