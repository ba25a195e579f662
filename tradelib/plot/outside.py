"""How often other pairs did as much."""

import numpy as np
import pandas as pd

from tradelib.ground import frames
from tradelib.ground.edge import validated
from tradelib.plot._draw import axes, finish, listed, picture, ranges
from tradelib.plot._style import BLACK, BLUE, SKY, Axes
from tradelib.science.outside.base_rate import BaseRate


@picture
@validated
def base_rate_by_year(rate: BaseRate, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """The share that reached the multiple, by the year it started from.

    Parameters
    ----------
    rate : BaseRate

    Examples
    --------
    >>> from tradelib import base_rate
    >>> base_rate_by_year(base_rate(size_musd=254.3, multiple=4, horizon=5)).get_xlabel()
    'start year'
    """
    ax = axes(ax)
    years, (low, high) = rate.by_origin["origin"], rate.interval()
    ax.bar(years, 100 * rate.by_origin["share"], color=SKY, label="share, by start year")
    ax.axhline(100 * rate.share, color=BLACK, lw=2, label="all start years")
    ax.axhspan(100 * low, 100 * high, color="#E8E8E8", label="80 % interval", zorder=0)
    ax.set_xticks(years)
    when = "in any year within" if rate.ever else "after"
    words = f"Turnover times {rate.multiple:.3g} {when} {rate.horizon} years"
    ax.set_title(words, loc="left", pad=26)
    return finish(
        ax,
        source,
        x="start year",
        y="share of episodes, percent",
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
    )


@picture
@validated
def base_rates(grid: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Base rates over other ways to ask, each with its interval and its range over start years.

    Parameters
    ----------
    grid : DataFrame, as `tradelib.base_rates` returns it

    Examples
    --------
    >>> from tradelib import base_rates as asked
    >>> base_rates(asked(size_musd=254.3, multiple=4, horizon=5)).get_xlabel()
    'share of episodes that got there, percent'
    """
    frames.check_table(grid, numbers="share low high n lowest highest", texts="varied to")
    ax = axes(ax, height=1.6 + 0.3 * len(grid))
    spots, least, most = np.arange(len(grid)), 100 * grid["lowest"], 100 * grid["highest"]
    ax.hlines(spots, least, most, color="#CCCCCC", lw=7, label="lowest to highest start year")
    ranges(
        ax,
        spots,
        grid,
        "share",
        across=True,
        fmt="o",
        color=BLUE,
        ms=7,
        capsize=3,
        label="share, 80 % interval",
    )
    if grid["varied"].iloc[0] == "as asked":
        ax.axvline(100 * grid["share"].iloc[0], color=BLACK, lw=1, ls=":")
    ax.set_xlim(left=0)
    labels = [f"{row.varied}: {row.to} (n {row.n:,})" for row in grid.itertuples()]
    return listed(ax, source, labels, x="share of episodes that got there, percent", ncols=2)
