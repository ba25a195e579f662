"""The front: bundled data bound to the arithmetic. A target in, where it stands out."""

import pandas as pd

from tradelib.load import Day, day, load_article, load_turnover
from tradelib.target import Standing, Target, standing

__all__ = ["article_target", "assess"]


def article_target(*, as_of: Day | None = None) -> Target:
    """Target of the article, as its own figures and words have it.

    Five years from October 2022 end in October 2027, so that 2027 is the year to be judged.

    Parameters
    ----------
    as_of : str, date or Timestamp, optional
        Refused if the article was not yet printed.

    Returns
    -------
    Target
        Kazakhstan-Turkmenistan, US$1,000m by 2027, announced on 2022-10-05.

    Raises
    ------
    ValueError
        If `as_of` lies before the article.

    Examples
    --------
    >>> article_target().summary()
    'Kazakhstan-Turkmenistan turnover of US$1,000m by 2027 ("in the next five years")'
    """
    claims = load_article(as_of=as_of).set_index("claim")
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


def assess(
    target: Target, *, as_of: Day | None = None, history: pd.DataFrame | None = None
) -> Standing:
    """Where a target stands, from the bundled figures or your own.

    Arithmetic only: nothing here is a forecast, and nothing is calibrated.

    Parameters
    ----------
    target : Target
        Any pair; without `history` it must be a bundled one.
    as_of : str, date or Timestamp, optional
        Only what was released by that day (bundled figures).
    history : DataFrame, optional
        ``year`` and ``turnover_musd`` (US$ million), instead of the bundled figures.

    Returns
    -------
    Standing
        Last full year, years left, growth needed, state; `Standing.summary` says it in words.

    Raises
    ------
    ValueError
        If the pair is not bundled and no history is given, `as_of` comes with a history, before
        the announcement or before the first release, or the history is another pair's or has gaps,
        repeats or values that are not positive.

    Examples
    --------
    >>> assess(article_target(), as_of="2022-10-05").required.__round__(3)
    0.256
    >>> mine = pd.DataFrame({"year": [2023, 2024], "turnover_musd": [100.0, 120.0]})
    >>> pledge = Target(reporter="ITA", partner="KAZ", value_musd=200, deadline=2030)
    >>> assess(pledge, history=mine).state
    'open'
    """
    if history is not None and as_of is not None:
        raise ValueError("as_of limits the bundled figures; cut your own history instead")
    if history is None:
        history = load_turnover(target.reporter, target.partner, as_of=as_of)
        if as_of is not None and target.announced and day(as_of).date() < target.announced:
            raise ValueError(f"as_of={as_of} lies before the announcement on {target.announced}")
    return standing(target, history)
