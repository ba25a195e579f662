"""What is usual among all pairs: tables of ratios to potentials, and of what became of them."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd

from tradelib.science.gravity.model import LEVEL_COLUMNS, LEVELS

# A ratio to a smaller potential, US$ million, says more of rounding than of trade.
LEAST_MUSD = 1.0
# Edges of classes: of the potential in steps of four, of the ratio in steps of two. The last class
# has no upper edge.
SIZES = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, math.inf)
RATIOS = (0.0, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, math.inf)


def ratio_table(pairs: pd.DataFrame) -> pd.DataFrame:
    """Quantiles of actual over potential turnover: of all pairs that trade, and by size class.

    Takes what `potentials` returns; classes are of the potential: ``low``, ``high`` (US$ million).
    """
    trade = _trading(pairs)
    every_size = (SIZES[0], SIZES[-1])
    rows = []
    for low, high in [every_size, *pairwise(SIZES)]:
        in_class = _within(trade["potential_musd"], low, high)
        ratios = trade.loc[in_class, "ratio"]
        if len(ratios):
            rows.append({"low": low, "high": high, "n": len(ratios), **_quantiles(ratios)})
    return pd.DataFrame(rows)


def rise_table(pairs: pd.DataFrame, *, years: int = 4) -> pd.DataFrame:
    """What became of pairs by how far above their potential they were, some years later.

    Takes what `potentials` returns. A row a class of the ratio at the start: how many ``rose``
    further, ``least`` and ``most`` of that by start year, and quantiles of the ratio's change.
    """
    later = pairs[["pair", "year", "ratio"]].assign(year=pairs["year"] - years)
    both = _trading(pairs).merge(later, on=["pair", "year"], suffixes=("", "_later"))
    if both.empty:
        raise ValueError(f"no pair is known {years} years apart")
    both["change"] = both["ratio_later"] / both["ratio"]
    both["rose"] = both["ratio_later"] > both["ratio"]
    rows = []
    for low, high in pairwise(RATIOS):
        like = both[_within(both["ratio"], low, high)]
        if len(like):
            rows.append({"low": low, "high": high, **_rises(like)})
    return pd.DataFrame(rows)


def _rises(like: pd.DataFrame) -> dict[str, object]:
    """What became of the pairs of one class."""
    by_year = like.groupby("year")["rose"].mean()
    return {
        "n": len(like),
        "pairs": like["pair"].nunique(),
        "rose": like["rose"].mean(),
        "least": by_year.min(),
        "most": by_year.max(),
        **_quantiles(like["change"]),
    }


def _quantiles(values: pd.Series) -> dict[str, float]:
    """The quantiles of values, by name."""
    return dict(zip(LEVEL_COLUMNS, np.quantile(values, LEVELS), strict=True))


def _trading(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs that trade and have a potential large enough."""
    trade = pairs[(pairs["actual_musd"] > 0) & (pairs["potential_musd"] >= LEAST_MUSD)]
    if trade.empty:
        raise ValueError(f"no pair trades and has a potential of US${LEAST_MUSD:g}m or more")
    return trade


def _within(values: pd.Series, low: float, high: float) -> pd.Series:
    """Whether each value is in a class, its lower edge included."""
    return (values >= low) & (values < high)
