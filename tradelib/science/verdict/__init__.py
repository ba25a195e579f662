"""Evidence in, a verdict out."""

from tradelib.science.verdict.case import Case, Known, OtherData
from tradelib.science.verdict.evidence import Estimate, Evidence
from tradelib.science.verdict.verdict import Verdict, judge
from tradelib.science.verdict.words import likelihood

__all__ = [
    "Case",
    "Estimate",
    "Evidence",
    "Known",
    "OtherData",
    "Verdict",
    "judge",
    "likelihood",
]
