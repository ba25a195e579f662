"""How often other pairs did as much."""

import numpy as np
import pandas as pd

from tradelib.core import checks
from tradelib.core.validation import validated
from tradelib.plot._draw import axes, errorbars, finish, finish_rows
from tradelib.plot._style import BLACK, BLUE, SKY, Axes, Style
from tradelib.science.reference.base_rate import BaseRate


@validated
def base_rate_by_year(rate: BaseRate, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """The share of episodes that reached the multiple, by start year.

    Parameters
    ----------
    rate : BaseRate
        As `tradelib.base_rate` returns it.
    source : str
        Note under the picture, for example from `tradelib.cite`.
    ax : Axes, optional
        Where to draw; a new figure if omitted.

    Returns
    -------
    Axes
        The Axes drawn on.

    Examples
    --------
    >>> from tradelib import base_rate
    >>> base_rate_by_year(base_rate(size_musd=254.3, multiple=4, horizon=5)).get_xlabel()
    'start year'
    """
    ax = axes(ax)
    years = rate.by_origin["origin"]
    low, high = rate.interval()
    ax.bar(years, 100 * rate.by_origin["share"], color=SKY, label="share, by start year")
    ax.axhline(100 * rate.share, color=BLACK, lw=2, label="all start years")
    ax.axhspan(100 * low, 100 * high, color="#E8E8E8", label="80 % interval", zorder=0)
    ax.set_xticks(years)
    when = "in any year within" if rate.ever else "after"
    title = f"Turnover times {rate.multiple:.3g} {when} {rate.horizon} years"
    ax.set_title(title, loc="left", pad=26)
    return finish(
        ax,
        source,
        x="start year",
        y="share of episodes, percent",
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
    )


@validated
def base_rates(grid: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Base rates when the question is varied, with intervals and ranges.

    Parameters
    ----------
    grid : DataFrame
        As `tradelib.base_rates` returns it. A row is one way to ask; its thick bar goes from the
        lowest to the highest start year.
    source : str
        Note under the picture, for example from `tradelib.cite`.
    ax : Axes, optional
        Where to draw; a new figure if omitted.

    Returns
    -------
    Axes
        The Axes drawn on.

    Examples
    --------
    >>> import tradelib as tl
    >>> base_rates(tl.base_rates(size_musd=254.3, multiple=4, horizon=5)).get_xlabel()
    'share of episodes that got there, percent'
    """
    checks.check_table(grid, numbers="share low high n lowest highest", texts="varied to")
    ax = axes(ax, height=1.6 + 0.3 * len(grid))
    positions = np.arange(len(grid))
    lowest = 100 * grid["lowest"]
    highest = 100 * grid["highest"]
    words = "lowest to highest start year"
    ax.hlines(positions, lowest, highest, color="#CCCCCC", lw=7, label=words)
    style: Style = {"fmt": "o", "color": BLUE, "ms": 7, "capsize": 3}
    errorbars(ax, positions, grid, "share", across=True, label="share, 80 % interval", **style)
    if grid["varied"].iloc[0] == "as asked":
        ax.axvline(100 * grid["share"].iloc[0], color=BLACK, lw=1, ls=":")
    ax.set_xlim(left=0)
    labels = [f"{row.varied}: {row.to} (n {row.n:,})" for row in grid.itertuples()]
    x = "share of episodes that got there, percent"
    return finish_rows(ax, source, labels, x=x, ncols=2)
