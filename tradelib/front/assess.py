"""The verdict on a target: gather what is known, estimate the probabilities, judge."""

from collections.abc import Sequence
from pathlib import Path

from tradelib.bundle.figures import load_article
from tradelib.bundle.tables import Day
from tradelib.front.clock import past_day
from tradelib.front.gather import gather
from tradelib.front.own import check_amount
from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.case import Case, PartYear
from tradelib.science.verdict.evidence import estimate_all
from tradelib.science.verdict.verdict import Verdict, judge


@validated
def article_target(*, as_of: Day | None = None) -> Target:
    """Target of the article, as its own figures and words have it.

    Five years from October 2022 end in October 2027, so that 2027 is the year to be judged.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Only what was known by this day is used; all that is known if omitted.

    Returns
    -------
    Target
        Kazakhstan-Turkmenistan, US$1,000m by 2027, announced on 2022-10-05.

    Raises
    ------
    InputError
        If `as_of` is no day, or a day that has not come.
    NoAnswerError
        If the article was not known by `as_of`.

    Examples
    --------
    >>> article_target().summary()
    'Kazakhstan-Turkmenistan turnover of US$1,000m by 2027 ("in the next five years")'
    """
    claims = load_article(as_of=past_day(as_of)).set_index("claim")
    pledge = claims.loc["target"]
    horizon = claims.loc["target_horizon"]
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
        Of any pair. Without `history` the pair must be bundled, or be in the registry of targets
        with a figure in US dollars; such a figure is all that the forecast then rests on.
    as_of : str, date or Timestamp, optional
        Only what was released and learned by that day is used (bundled figures). The model has been
        known since the end of 2020; an earlier day is refused.
    history : DataFrame, Series, mapping, list or path, optional
        Your own figures in place of the bundled ones: ``year`` and ``turnover_musd`` (US$ million),
        or ``export_musd`` and ``import_musd``. A frame with years as a column or as the index, a
        Series by year, a mapping of year to turnover, a list of mappings, or the path of a CSV
        (`tradelib.read_history`). Years may be missing in between.
    part_year : tuple of int and float, optional
        Months published of the year after the history's last, and their turnover in US$ million;
        instead of the bundled figure.
    any_amount : bool
        Answer also if the target is more than 200 times, or less than a 200th of, the last figure.
        Such a target is usually in another unit. Targets of the registry are never refused for it.

    Returns
    -------
    Verdict
        Its probability, range and words, and the evidence behind them.

    Raises
    ------
    InputError
        If `target` is not one Target; if `as_of` comes with a history; if the part year is
        malformed; if the target is hardly in the unit of the last figure; or if the history is
        another pair's, has repeats or values that are not positive, or ends in a year that is not
        over.
    NoAnswerError
        If nothing is known of the pair or of the year judged; if `as_of` lies before the
        announcement or before the model was known; or if the year judged is more than ten years
        from the last one known.

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
    """The verdict on each case of one day, in their order; all are estimated in one pass."""
    evidence = iter(estimate_all([case for case in cases if case.open]))
    return [judge(case, next(evidence) if case.open else None) for case in cases]
