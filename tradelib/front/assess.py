"""A target in, its verdict out: gather, weigh, judge."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from tradelib.bundle.figures import load_article
from tradelib.bundle.tables import Day, dated
from tradelib.front.clock import come
from tradelib.front.gather import gather
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, PartYear
from tradelib.science.verdict.evidence import weigh
from tradelib.science.verdict.verdict import Verdict, judge


@dated
def article_target(*, as_of: Day | None = None) -> Target:
    """Target of the article, as its own figures and words have it.

    Five years from October 2022 end in October 2027, so that 2027 is the year to be judged.

    Returns
    -------
    Target, Kazakhstan-Turkmenistan, US$1,000m by 2027, announced on 2022-10-05

    Examples
    --------
    >>> article_target().summary()
    'Kazakhstan-Turkmenistan turnover of US$1,000m by 2027 ("in the next five years")'
    """
    claims = load_article(as_of=come(as_of)).set_index("claim")
    pledge, horizon = claims.loc["target"], claims.loc["target_horizon"]
    return Target(
        reporter=pledge["reporter"], partner=pledge["partner"], value_musd=float(pledge["value"]),
        deadline=int(pledge["released"].year + horizon["value"]),
        announced=pledge["released"].date(), wording="in the next five years",
        source=pledge["source_id"],
    )  # fmt: skip


def assess(
    target: Target, *rest: object, as_of: Day | None = None,
    history: pd.DataFrame | str | Path | None = None, part_year: PartYear | None = None,
) -> Verdict:  # fmt: skip
    """Verdict on a target, from the bundled data or your own figures.

    Parameters
    ----------
    target : Target
        Any pair. Without `history` it must be bundled, or in the registry of targets with a figure
        in US dollars: then size alone speaks.
    rest : refused, with the way to make a Target of it
    as_of : str, date or Timestamp, optional
        Only what was released and learned by that day (bundled figures). What is learned was known
        from the end of 2020; an earlier day is refused.
    history : DataFrame or path, optional
        ``year`` and ``turnover_musd`` (US$ million), instead of the bundled figures; of a path see
        `tradelib.read_history`.
    part_year : tuple of int and float, optional
        Months published of the year after the history's last, and their turnover in US$ million;
        instead of the bundled figure.

    Returns
    -------
    Verdict

    Raises
    ------
    TypeError
        If it is not given one Target.
    ValueError
        If nothing is known of the pair, `as_of` comes with a history or before the announcement or
        the model, the year judged is more than ten years from the last known, the part year is
        malformed, or the history is another pair's, has gaps, repeats or values that are not
        positive, ends in a year that is not over, or is hardly in the unit of the target.

    Examples
    --------
    >>> verdict = assess(article_target())
    >>> verdict.words, round(verdict.probability_in, 2)
    ('unlikely to very unlikely', 0.11)
    >>> mine = pd.DataFrame({"year": [2023, 2024], "turnover_musd": [100.0, 120.0]})
    >>> pledge = Target(reporter="ITA", partner="KAZ", value_musd=200, deadline=2030)
    >>> assess(pledge, history=mine, part_year=(6, 70.0)).by
    2030
    """
    if rest:
        way = f"assess takes one target, such as {Target.example}"
        raise TypeError(f"{way}; got {target!r} and {len(rest)} more")
    case = gather(target, as_of, history, part_year)
    return verdicts([case])[0]


def verdicts(cases: Sequence[Case]) -> list[Verdict]:
    """The verdict on each case of one day, in their order, weighed in one pass."""
    weighed = iter(weigh([case for case in cases if case.open]))
    return [judge(case, next(weighed) if case.open else None) for case in cases]
