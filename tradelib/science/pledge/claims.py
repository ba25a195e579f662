"""Does what was said agree with what was recorded?

A claim is held against every other source that can speak to it, and gets one of four verdicts by
the same rule:

``agrees``
    The sourced figure lies within half a unit of the claim's last printed digit, and within 1 %.
``rounds to``
    It does not, but lies within 1 % of the claim, or within 10 % if the claim is worded loosely
    ("close to", "almost", "about").
``contradicts``
    It lies further off, or on the wrong side of a sourced bound ("over 500"), by the same margin.
``cannot tell``
    No source independent of the claim speaks to it.
"""

from collections.abc import Collection

import pandas as pd

from tradelib.ground import flows, frames
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError

VERDICTS = ("agrees", "rounds to", "contradicts", "cannot tell")
# Within 1 % a figure is the same one, rounded; a loose word allows ten times as much.
TOLERANCE, LOOSE_TOLERANCE = 0.01, 0.10
NEEDED = ("claim", "check", "said", "value", "unit", "who", "source_id")
COLUMNS = [
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
# What stands in the place of a source where none speaks to a claim.
SILENT = {"sourced": float("nan"), "bound": "", "source_id": "", "source": "", "released": pd.NaT}


# The period of a claim, and the one that it is compared with.
PERIODS = ["period_start", "period_end", "compare_start", "compare_end"]


@validated
def check_claims(
    claims: pd.DataFrame, figures: pd.DataFrame, *, statements: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """Every claim as stated and as sourced, with its verdict.

    Parameters
    ----------
    claims : DataFrame, as `tradelib.load_article` returns it: one at least, with positive values
    figures : DataFrame, as `tradelib.load_figures` returns it; for claims on levels and ratios
    statements : DataFrame, as `tradelib.load_target_statements` returns it, for the target
    events : DataFrame
        As `tradelib.load_drivers` returns it (``item``, ``period`` beginning with a year,
        ``source_id``, ``who``, ``released``); for claims on dated events.

    Returns
    -------
    DataFrame
        One row a claim and source, in the order of `claims`: ``claim``, ``said``, ``stated``
        (float64), ``unit``, ``sourced`` (float64, missing where the verdict is "cannot tell"),
        ``gap`` (sourced / stated - 1), ``bound``, ``source_id``, ``source`` (who),
        ``released`` (when the sourced figure became public),
        ``verdict`` (ordered category: a claim's maximum is the least favourable one).

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
    frames.check_table(
        figures, numbers="value_musd", texts="reporter partner flow status source_id who"
    )
    frames.check_columns(figures, ["coverage", "bound"])
    frames.check_table(
        statements,
        numbers="value_musd horizon_years",
        texts="reporter partner source_id who",
        days="released",
    )
    frames.check_table(events, texts="item source_id who", days="released")
    frames.check_columns(events, ["period"])
    held = [_held_against(claim, checks[claim["check"]](claim)) for _, claim in claims.iterrows()]
    checked = pd.concat(held, ignore_index=True)[COLUMNS]
    return checked.astype({"verdict": pd.CategoricalDtype(VERDICTS, ordered=True)})


def _check(claims: pd.DataFrame, checks: Collection[str]) -> None:
    if claims.empty or not set(NEEDED) <= set(claims):
        raise InputError(
            f"claims are rows as load_article returns them, with {', '.join(NEEDED)}; got "
            f"{len(claims)} rows with {', '.join(claims)}"
        )
    frames.check_table(
        claims,
        numbers="value decimals",
        texts="claim check said unit who source_id",
        flags="approximate",
        days="released",
    )
    frames.check_columns(claims, ["item", "reporter", "partner", *PERIODS])
    if (claims["value"] <= 0).any():
        raise InputError(f"a claimed value is positive, got {claims['value'].min():g}")
    unknown = set(claims["check"]) - set(checks)
    if unknown:
        raise InputError(f"a check is one of {', '.join(checks)}, got {min(map(repr, unknown))}")


def _held_against(claim: pd.Series, sources: pd.DataFrame) -> pd.DataFrame:
    """The claim beside each source's figure, with gap and verdict."""
    if sources.empty or pd.isna(claim["value"]):
        sources = pd.DataFrame(SILENT, index=[0])
    figures = zip(sources["sourced"], sources["bound"], strict=True)
    return sources.assign(
        **claim[["claim", "said", "unit"]],
        stated=claim["value"],
        gap=sources["sourced"] / claim["value"] - 1,
        verdict=[_verdict(claim, sourced, bound) for sourced, bound in figures],
    )


def _verdict(claim: pd.Series, sourced: float, bound: str) -> str:
    if pd.isna(sourced):
        return "cannot tell"
    tolerance = LOOSE_TOLERANCE if claim["approximate"] else TOLERANCE
    gap = sourced / claim["value"] - 1
    if bound == "at_least":
        return "agrees" if gap <= tolerance else "contradicts"
    if bound == "at_most":
        return "agrees" if gap >= -tolerance else "contradicts"
    printed = abs(sourced - claim["value"]) <= 0.5 * 10.0 ** -claim["decimals"]
    if printed and abs(gap) <= TOLERANCE:
        return "agrees"
    return "rounds to" if abs(gap) <= tolerance else "contradicts"


def _independent(claim: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["who"] != claim["who"]) & (table["source_id"] != claim["source_id"])]


def _of_period(claim: pd.Series, figures: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Turnover of the claim's pair and period from each source, the claimant's own included."""
    usable = ~figures["status"].isin(["rejected", "forecast"]) & figures["value_musd"].notna()
    usable &= figures["coverage"].isin(["goods", "goods_services", "unknown"])
    for column in ("reporter", "partner", "period_start", "period_end"):
        usable &= figures[column] == claim[column.replace("period", prefix)]
    of_pair = figures[usable]
    given = of_pair.groupby(["source_id", "who"])["flow"]
    both = given.transform(lambda flow: {"export", "import"} <= set(flow))
    return flows.turnover(of_pair[(of_pair["flow"] == "turnover") | both.astype(bool)])


def _levels(claim: pd.Series, figures: pd.DataFrame) -> pd.DataFrame:
    if claim["unit"] != "musd":
        return pd.DataFrame()
    turnover = _independent(claim, _of_period(claim, figures, "period"))
    return turnover.rename(columns={"turnover_musd": "sourced", "who": "source"})


def _two_periods(claim: pd.Series, figures: pd.DataFrame) -> pd.DataFrame:
    """Both periods of each source; the newer one as the claimant has it where a source has none."""
    keys, parts = ["source_id", "who"], ["turnover_musd", "bound", "released"]
    below = _independent(claim, _of_period(claim, figures, "compare"))
    above = _of_period(claim, figures, "period")
    own = above[above["who"] == claim["who"]].sort_values("released").head(1)
    both = below.merge(above[[*keys, *parts]], on=keys, how="left", suffixes=("", "_above"))
    both["borrowed"] = both["turnover_musd_above"].isna()
    for part in parts:
        column = f"{part}_above"
        both.loc[both["borrowed"], column] = own[part].iloc[0] if len(own) else pd.NA
    return both


def _ratios(claim: pd.Series, figures: pd.DataFrame) -> pd.DataFrame:
    """Ratio of two periods within a source; with the claimant's own numerator if it has none."""
    both = _two_periods(claim, figures)
    # More below the line is less in all: the denominator's bound turns round.
    turned = both["bound"].replace({"at_least": "at_most", "at_most": "at_least"})
    borrowed = both["who"] + "; numerator as claimed"
    ratio = both.assign(
        sourced=both["turnover_musd_above"] / both["turnover_musd"],
        bound=frames.looser(turned, both["bound_above"]),
        released=both[["released", "released_above"]].max(axis=1),
        source=both["who"].mask(both["borrowed"], borrowed),
    )
    return ratio[ratio["sourced"].notna()]


def _targets(claim: pd.Series, statements: pd.DataFrame) -> pd.DataFrame:
    sides = ["reporter", "partner"]
    pair = (statements[sides] == claim[sides]).all(axis=1)
    others = _independent(claim, statements[pair & statements[claim["item"]].notna()])
    stated = others[claim["item"]].astype("float64")
    return others.assign(sourced=stated, bound="exact").rename(columns={"who": "source"})


def _events(claim: pd.Series, events: pd.DataFrame) -> pd.DataFrame:
    dated = _independent(claim, events[events["item"] == claim["item"]])
    year = dated["period"].str.extract(r"^(\d{4})", expand=False).astype("float64")
    return dated.assign(sourced=year, bound="exact").rename(columns={"who": "source"})


def _years(claim: pd.Series) -> pd.DataFrame:
    span = claim["period_end"].year - claim["period_start"].year
    derived = {"bound": "exact", "source_id": "derived", "source": "arithmetic"}
    return pd.DataFrame([derived | {"sourced": float(span), "released": claim["released"]}])
