"""The verdict on a target: gather what is known, estimate the probabilities, judge."""

from collections.abc import Sequence
from pathlib import Path

from tradelib.api.clock import past_day
from tradelib.api.gather import gather, given_months
from tradelib.api.own_history import check_amount
from tradelib.core.convert import History
from tradelib.core.validation import validated
from tradelib.datasets.figures import load_article
from tradelib.datasets.tables import Day
from tradelib.science.assessment.case import Case, PartYear
from tradelib.science.assessment.evidence import estimate_all
from tradelib.science.assessment.verdict import Verdict, judge
from tradelib.science.pledges.target import Target


@validated
def article_target(*, as_of: Day | None = None) -> Target:
    """Target stated in the news article of 5 October 2022 that this project checks.

    The article is about Kazakhstan and Turkmenistan; amount and wording are the article's own. Five
    years from October 2022 end in October 2027, so that 2027 is the year to be judged.

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
        If `as_of` is not a valid date, or lies in the future.
    NoAnswerError
        If the article was not known by `as_of`.

    Examples
    --------
    >>> article_target().summary()
    'Kazakhstan-Turkmenistan turnover of US$1,000m by 2027 ("in the next five years")'
    """
    claims = load_article(as_of=past_day(as_of)).set_index("claim")
    claim = claims.loc["target"]
    horizon = claims.loc["target_horizon"]
    return Target(
        reporter=claim["reporter"],
        partner=claim["partner"],
        value_musd=float(claim["value"]),
        deadline=int(claim["released"].year + horizon["value"]),
        announced=claim["released"].date(),
        wording="in the next five years",
        source=claim["source_id"],
    )


@validated
def assess(
    target: Target,
    *,
    as_of: Day | None = None,
    history: History | str | Path | None = None,
    part_year: PartYear | None = None,
    months: History | str | Path | None = None,
    cumulated: bool | None = None,
    source: str | None = None,
    any_amount: bool = False,
) -> Verdict:
    """Verdict on a target, from the bundled data or your own figures.

    Parameters
    ----------
    target : Target
        Target of any pair. Without `history`, the pair's own figures must be bundled, or the
        registry of targets must hold a turnover of the pair in US dollars; in the second case the
        forecast uses that single figure only.
    as_of : str, date or Timestamp, optional
        Use only figures released, and models whose data were published, by that day. The first
        model dates from the end of 2020; an earlier day is refused. Cannot be combined with
        `history`.
    history : DataFrame, Series, mapping, list or path, optional
        Your own figures in place of the bundled ones: ``year`` and ``turnover_musd`` (US$ million),
        or ``export_musd`` and ``import_musd``. A frame with years as a column or as the index, a
        Series by year, a mapping of year to turnover, a list of mappings, or the path of a CSV
        (`tradelib.read_history`). Years may be missing in between.
    part_year : tuple of int and float, optional
        Number of months published, counted from January, of the year after the last year of the
        history; and the turnover of those months in US$ million. Used instead of the bundled
        figure.
    months : DataFrame, Series, mapping, list, path or text, optional
        Monthly values in place of `part_year`, as `tradelib.read_months` takes them, of one flow if
        the target is of one. The newest year that is not complete is the year under way; its
        earlier months are what the model reads of the pair's past. Full years are the history if
        nothing else is known of the pair; else they are joined to it, where it ends before them.
    cumulated : bool, optional
        Whether `months` are sums since January; told from the values if left out.
    source : str, optional
        Source of the months, by name or id, such as ``"bns"``. If left out, it is the ``source_id``
        of `months` if the history has one too; else that of `history`, and unknown beside the
        bundled figures. No growth is taken from one source to another: last year's total enters
        only if it is of the source of the months.
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
        If `target` is not a single Target; if both `as_of` and `history`, or both `part_year` and
        `months`, are given; if a part-year or months are malformed, or not newer than the history;
        if the target seems to be in another unit than the last figure (see `any_amount`); or if the
        history is another pair's, has a year twice, has a value that is not positive, or ends in a
        year that is not over.
    NoAnswerError
        If nothing is known of the pair or of the year judged; if `as_of` lies before the
        announcement or before the first model; if a year is missing between the history and the
        months; or if the year judged is more than ten years from the last one known.

    Examples
    --------
    >>> verdict = assess(article_target())
    >>> verdict.words, round(verdict.probability_in, 1)
    ('very unlikely, close to unlikely', 0.1)
    >>> target = Target(reporter="ITA", partner="KAZ", value_musd=200, deadline=2030)
    >>> assess(target, history={2023: 100.0, 2024: 120.0}, part_year=(6, 70.0)).by
    2030
    >>> months = {"2025-01": 11.0, "2025-02": 9.5, "2025-03": 12.0}
    >>> history = {2023: 100.0, 2024: 120.0}
    >>> verdict = assess(target, history=history, months=months, cumulated=False)
    >>> verdict.evidence.set_index("key").loc["nowcast", "item"]
    '3 months of 2025, US$32.5m'
    """
    given = given_months(
        target, part_year=part_year, months=months, cumulated=cumulated, source=source
    )
    case = gather(target, as_of, history, given)
    if not any_amount:
        check_amount(case)
    return verdicts([case])[0]


def verdicts(cases: Sequence[Case]) -> list[Verdict]:
    """Verdicts on cases that all have the same `as_of` day, in the order given.

    Those that are open are estimated together.
    """
    estimates = iter(estimate_all([case for case in cases if case.open]))
    return [judge(case, next(estimates) if case.open else None) for case in cases]
