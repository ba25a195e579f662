"""Evidence in, a verdict out."""

from tradelib.science.verdict.case import Case, Known, OtherData
from tradelib.science.verdict.evidence import Evidence, Voice
from tradelib.science.verdict.verdict import Verdict, judge
from tradelib.science.verdict.words import likelihood

__all__ = [
    "Case", "Evidence", "Known", "OtherData", "Verdict", "Voice", "judge", "likelihood",
]  # fmt: skip
