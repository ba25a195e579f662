"""A target in, its verdict out: gather, weigh, judge."""

from collections.abc import Sequence
from pathlib import Path

from tradelib.bundle.figures import load_article
from tradelib.bundle.tables import Day, dated
from tradelib.front.clock import past_day
from tradelib.front.gather import gather
from tradelib.front.own import check_amount
from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, PartYear
from tradelib.science.verdict.evidence import estimate_all
from tradelib.science.verdict.verdict import Verdict, judge


@dated
@validated
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
    claims = load_article(as_of=past_day(as_of)).set_index("claim")
    pledge, horizon = claims.loc["target"], claims.loc["target_horizon"]
    return Target(
        reporter=pledge["reporter"],
        partner=pledge["partner"],
        value_musd=float(pledge["value"]),
        deadline=int(pledge["released"].year + horizon["value"]),
        announced=pledge["released"].date(),
        wording="in the next five years",
        source=pledge["source_id"],
    )


@validated
def assess(
    target: Target,
    *,
    as_of: Day | None = None,
    history: History | str | Path | None = None,
    part_year: PartYear | None = None,
    any_amount: bool = False,
) -> Verdict:
    """Verdict on a target, from the bundled data or your own figures.

    Parameters
    ----------
    target : Target
        Any pair. Without `history` it must be bundled, or in the registry of targets with a figure
        in US dollars: then size alone speaks.
    as_of : str, date or Timestamp, optional
        Only what was released and learned by that day (bundled figures). What is learned was known
        from the end of 2020; an earlier day is refused.
    history : DataFrame, Series, mapping, list or path, optional
        Your own figures in place of the bundled ones: ``year`` and ``turnover_musd`` (US$ million),
        or ``export_musd`` and ``import_musd``. A frame with years as a column or as the index, a
        Series by year, a mapping of year to turnover, a list of mappings, or the path of a CSV
        (`tradelib.read_history`). Years may be missing in between.
    part_year : tuple of int and float, optional
        Months published of the year after the history's last, and their turnover in US$ million;
        instead of the bundled figure.
    any_amount : bool
        Also answer for a target more than 200 times, or less than a 200th of, the last figure: such
        a target is usually in another unit. Targets of the registry are never refused for it.

    Returns
    -------
    Verdict

    Raises
    ------
    InputError
        If it is not given one Target, `as_of` comes with a history, the part year is malformed, the
        target is hardly in the unit of the last figure, or the history is another pair's, has
        repeats or values that are not positive, or ends in a year that is not over.
    NoAnswerError
        If nothing is known of the pair, or of the year judged: `as_of` lies before the announcement
        or the model, or that year is more than ten years from the last known.

    Examples
    --------
    >>> verdict = assess(article_target())
    >>> verdict.words, round(verdict.probability_in, 2)
    ('unlikely to very unlikely', 0.11)
    >>> pledge = Target(reporter="ITA", partner="KAZ", value_musd=200, deadline=2030)
    >>> assess(pledge, history={2023: 100.0, 2024: 120.0}, part_year=(6, 70.0)).by
    2030
    """
    case = gather(target, as_of, history, part_year)
    if not any_amount:
        check_amount(case)
    return verdicts([case])[0]


def verdicts(cases: Sequence[Case]) -> list[Verdict]:
    """The verdict on each case of one day, in their order, weighed in one pass."""
    weighed = iter(estimate_all([case for case in cases if case.open]))
    return [judge(case, next(weighed) if case.open else None) for case in cases]
