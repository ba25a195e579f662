"""What could fill the gap of a target, from the bundled goods of countries."""

from pathlib import Path

import pandas as pd

from tradelib.api.gather import gather, in_either_order
from tradelib.api.goods import goods
from tradelib.core.convert import History
from tradelib.core.validation import validated
from tradelib.datasets.goods import check_known, example_pairs, like_goods, load_country_goods
from tradelib.science.goods.gap import Gap, gap_of
from tradelib.science.goods.traded import Goods
from tradelib.science.pledges.target import Target

# The last years with known sections whose mean stands for what a pair trades.
RECENT = 3


@validated
def fill_gap(
    target: Target,
    *,
    history: History | None = None,
    shares: pd.DataFrame | str | Path | None = None,
) -> Gap:
    """What could fill the gap between the last figure and a target, by section of goods.

    It says what the one side sells to everyone and the other buys from everyone, how well both fit
    (the trade complementarity index of Michaely 1996) and where the seller is strong (the revealed
    comparative advantage of Balassa 1965). It moves no chance.

    Parameters
    ----------
    target : Target
        The pledge, of any pair.
    history : DataFrame, Series, mapping or list, optional
        Your own turnover, as `tradelib.assess` takes it; the bundled figures if omitted.
    shares : DataFrame, str or Path, optional
        Sections of the pair, as `goods` takes them; the bundled ones, if there are any.

    Returns
    -------
    Gap
        The missing amount, and a row a flow and section.

    Raises
    ------
    InputError
        If `history` or `shares` cannot be used.
    NoAnswerError
        If no figure of the pair is known, or nothing of the goods of one of the two countries.

    Examples
    --------
    >>> from tradelib import article_target
    >>> gap = fill_gap(article_target())
    >>> round(gap.missing_musd)
    484
    >>> gap.sections[["flow", "section"]].iloc[0].tolist()
    ['import', 'Mineral Products']
    """
    pair = (target.reporter, target.partner)
    for country in pair:
        check_known(country)
    now = gather(target, history=history).now
    # In US dollars, both at the last rate known.
    per_usd = now.target.value / now.target.value_musd
    last_musd = now.last_musd / per_usd
    traded = None
    if shares is not None or in_either_order(target, example_pairs()):
        traded = _recent_shares(goods(*pair, shares=shares))
    return gap_of(
        now.target,
        last=(now.last_year, last_musd),
        profiles=load_country_goods(),
        like=like_goods(last_musd),
        pair=traded,
    )


def _recent_shares(traded: Goods) -> pd.Series:
    """Mean shares of turnover by flow and section in the last years known."""
    years = traded.years[-RECENT:]
    rows = traded.table[traded.table["year"].isin(years)]
    return rows.groupby(["flow", "section"])["share"].sum() / len(years)
