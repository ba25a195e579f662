"""Does what was said agree with what was recorded?

Each claim is compared with every independent source that has the figure, and gets one of four
verdicts:

``agrees``
    The sourced figure lies within half a unit of the claim's last printed digit, and within 1 %.
``rounds to``
    It does not, but lies within 1 % of the claim, or within 10 % if the claim is worded loosely
    ("close to", "almost", "about").
``contradicts``
    The difference is larger; or the claim lies on the wrong side of a sourced bound ("over 500")
    by more than that margin.
``cannot tell``
    No source independent of the claim has the figure.
"""

from collections.abc import Collection

import pandas as pd

from tradelib.core import checks as frame_checks
from tradelib.core import flows
from tradelib.core.errors import InputError
from tradelib.core.validation import validated

VERDICTS = ("agrees", "rounds to", "contradicts", "cannot tell")
# Within 1 % two figures are the same one, rounded.
TOLERANCE = 0.01
# A loose word ("almost") allows ten times as much.
LOOSE_TOLERANCE = 0.10
# Columns that claims must have.
CLAIM_COLUMNS = ("claim", "check", "said", "value", "unit", "who", "source_id")
CHECKED_COLUMNS = [
    "claim",
    "said",
    "stated",
    "unit",
    "sourced",
    "gap",
    "bound",
    "source_id",
    "source",
    "released",
    "verdict",
]
# Cells in the place of a source where none has the figure.
NO_SOURCE = {
    "sourced": float("nan"),
    "bound": "",
    "source_id": "",
    "source": "",
    "released": pd.NaT,
}


# The period of a claim, and the one that it is compared with.
PERIODS = ["period_start", "period_end", "compare_start", "compare_end"]


@validated
def check_claims(
    claims: pd.DataFrame, figures: pd.DataFrame, *, statements: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """Compare each claim with the independent sources, and give a verdict on each.

    Parameters
    ----------
    claims : DataFrame
        As `tradelib.load_article` returns it: one row at least, with positive values.
    figures : DataFrame
        As `tradelib.load_figures` returns it, for claims on levels and ratios.
    statements : DataFrame
        As `tradelib.load_target_statements` returns it, for claims on the target.
    events : DataFrame
        As `tradelib.load_drivers` returns it (``item``, ``period`` beginning with a year,
        ``source_id``, ``who``, ``released``), for claims on dated events.

    Returns
    -------
    DataFrame
        One row per claim and source, in the order of `claims`: ``claim``, ``said``, ``stated``
        (float64), ``unit``, ``sourced`` (float64, missing where the verdict is "cannot tell"),
        ``gap`` (sourced / stated - 1), ``bound``, ``source_id``, ``source`` (who reports it),
        ``released`` (day on which the sourced figure became public), ``verdict`` (ordered
        category: the maximum of a claim's verdicts is the least favourable one).

    Raises
    ------
    InputError
        If a table lacks columns, or a claim has no positive value or an unknown ``check``.

    Examples
    --------
    >>> from tradelib import load_article, load_drivers, load_figures, load_target_statements
    >>> checked = check_claims(load_article(), load_figures(),
    ...     statements=load_target_statements(), events=load_drivers())
    >>> checked.query("claim == 'turnover_2021' and source_id == 'wits'").verdict.tolist()
    ['contradicts']
    """
    checks = {
        "level": lambda claim: _levels(claim, figures),
        "ratio": lambda claim: _ratios(claim, figures),
        "target": lambda claim: _targets(claim, statements),
        "event": lambda claim: _events(claim, events),
        "years": _years,
    }
    _check(claims, checks)
    frame_checks.check_table(
        figures, numbers="value_musd", texts="reporter partner flow status source_id who"
    )
    frame_checks.check_columns(figures, ["coverage", "bound"])
    frame_checks.check_table(
        statements,
        numbers="value_musd horizon_years",
        texts="reporter partner source_id who",
        days="released",
    )
    frame_checks.check_table(events, texts="item source_id who", days="released")
    frame_checks.check_columns(events, ["period"])
    compared = []
    for _, claim in claims.iterrows():
        sources = checks[claim["check"]](claim)
        compared.append(_compared(claim, sources))
    checked = pd.concat(compared, ignore_index=True)[CHECKED_COLUMNS]
    return checked.astype({"verdict": pd.CategoricalDtype(VERDICTS, ordered=True)})


def _check(claims: pd.DataFrame, checks: Collection[str]) -> None:
    """Raise if the table is not one of claims, each with a known check."""
    if claims.empty or not set(CLAIM_COLUMNS) <= set(claims):
        raise InputError(
            f"claims are rows as load_article returns them, with {', '.join(CLAIM_COLUMNS)}; got "
            f"{len(claims)} rows with {', '.join(claims)}"
        )
    frame_checks.check_table(
        claims,
        numbers="value decimals",
        texts="claim check said unit who source_id",
        flags="approximate",
        days="released",
    )
    frame_checks.check_columns(claims, ["item", "reporter", "partner", *PERIODS])
    if (claims["value"] <= 0).any():
        raise InputError(f"a claimed value is positive, got {claims['value'].min():g}")
    unknown = set(claims["check"]) - set(checks)
    if unknown:
        raise InputError(f"a check is one of {', '.join(checks)}, got {min(map(repr, unknown))}")


def _compared(claim: pd.Series, sources: pd.DataFrame) -> pd.DataFrame:
    """The claim beside each source's figure, with gap and verdict."""
    if sources.empty or pd.isna(claim["value"]):
        sources = pd.DataFrame(NO_SOURCE, index=[0])
    figures = zip(sources["sourced"], sources["bound"], strict=True)
    verdicts = [_verdict(claim, sourced, bound) for sourced, bound in figures]
    return sources.assign(
        **claim[["claim", "said", "unit"]],
        stated=claim["value"],
        gap=sources["sourced"] / claim["value"] - 1,
        verdict=verdicts,
    )


def _verdict(claim: pd.Series, sourced: float, bound: str) -> str:
    """Verdict on a claim from one source's figure, by the rules of the module."""
    if pd.isna(sourced):
        return "cannot tell"
    tolerance = LOOSE_TOLERANCE if claim["approximate"] else TOLERANCE
    gap = sourced / claim["value"] - 1
    if bound == "at_least":
        return "agrees" if gap <= tolerance else "contradicts"
    if bound == "at_most":
        return "agrees" if gap >= -tolerance else "contradicts"
    half_unit = 0.5 * 10.0 ** -claim["decimals"]
    prints_alike = abs(sourced - claim["value"]) <= half_unit
    if prints_alike and abs(gap) <= TOLERANCE:
        return "agrees"
    return "rounds to" if abs(gap) <= tolerance else "contradicts"


def _independent(claim: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
    """Rows that are neither by the claimant nor from the claim's source."""
    return table[(table["who"] != claim["who"]) & (table["source_id"] != claim["source_id"])]


def _of_period(claim: pd.Series, figures: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Turnover of the claim's pair and period from each source, its own included.

    `prefix` is ``period`` for the claim's period, ``compare`` for the one compared with.
    """
    usable = ~figures["status"].isin(["rejected", "forecast"]) & figures["value_musd"].notna()
    usable &= figures["coverage"].isin(["goods", "goods_services", "unknown"])
    for column in ("reporter", "partner", "period_start", "period_end"):
        usable &= figures[column] == claim[column.replace("period", prefix)]
    of_pair = figures[usable]
    by_source = of_pair.groupby(["source_id", "who"])["flow"]
    has_both = by_source.transform(lambda flow: {"export", "import"} <= set(flow)).astype(bool)
    return flows.turnover(of_pair[(of_pair["flow"] == "turnover") | has_both])


def _levels(claim: pd.Series, figures: pd.DataFrame) -> pd.DataFrame:
    """Turnover of the claim's period from each independent source."""
    if claim["unit"] != "musd":
        return pd.DataFrame()
    turnover = _independent(claim, _of_period(claim, figures, "period"))
    return turnover.rename(columns={"turnover_musd": "sourced", "who": "source"})


def _two_periods(claim: pd.Series, figures: pd.DataFrame) -> pd.DataFrame:
    """Turnover of both periods by source, the newer in columns ``..._above``.

    Where a source lacks the newer period, the claimant's own figure is ``borrowed``.
    """
    keys = ["source_id", "who"]
    columns = ["turnover_musd", "bound", "released"]
    below = _independent(claim, _of_period(claim, figures, "compare"))
    above = _of_period(claim, figures, "period")
    own = above[above["who"] == claim["who"]].sort_values("released").head(1)
    both = below.merge(above[[*keys, *columns]], on=keys, how="left", suffixes=("", "_above"))
    both["borrowed"] = both["turnover_musd_above"].isna()
    for column in columns:
        own_value = own[column].iloc[0] if len(own) else pd.NA
        both.loc[both["borrowed"], f"{column}_above"] = own_value
    return both


def _ratios(claim: pd.Series, figures: pd.DataFrame) -> pd.DataFrame:
    """Ratio of two periods by source; numerator of the claimant if it has none."""
    both = _two_periods(claim, figures)
    # A larger denominator makes the ratio smaller, so its bound is reversed.
    reversed_bound = both["bound"].replace({"at_least": "at_most", "at_most": "at_least"})
    borrowed = both["who"] + "; numerator as claimed"
    ratio = both.assign(
        sourced=both["turnover_musd_above"] / both["turnover_musd"],
        bound=frame_checks.looser(reversed_bound, both["bound_above"]),
        released=both[["released", "released_above"]].max(axis=1),
        source=both["who"].mask(both["borrowed"], borrowed),
    )
    return ratio[ratio["sourced"].notna()]


def _targets(claim: pd.Series, statements: pd.DataFrame) -> pd.DataFrame:
    """Independent statements of the pair's target."""
    sides = ["reporter", "partner"]
    pair = (statements[sides] == claim[sides]).all(axis=1)
    others = _independent(claim, statements[pair & statements[claim["item"]].notna()])
    stated = others[claim["item"]].astype("float64")
    return others.assign(sourced=stated, bound="exact").rename(columns={"who": "source"})


def _events(claim: pd.Series, events: pd.DataFrame) -> pd.DataFrame:
    """Year of the claim's event from each independent source."""
    dated = _independent(claim, events[events["item"] == claim["item"]])
    year = dated["period"].str.extract(r"^(\d{4})", expand=False).astype("float64")
    return dated.assign(sourced=year, bound="exact").rename(columns={"who": "source"})


def _years(claim: pd.Series) -> pd.DataFrame:
    """Years between the ends of the claim's own period, by arithmetic."""
    span = claim["period_end"].year - claim["period_start"].year
    row = {
        "bound": "exact",
        "source_id": "derived",
        "source": "arithmetic",
        "sourced": float(span),
        "released": claim["released"],
    }
    return pd.DataFrame([row])
