"""What two countries traded by section of goods."""

import pandas as pd

from tradelib.core import checks, country_codes
from tradelib.core.errors import NoAnswerError
from tradelib.core.labels import capital, label
from tradelib.core.numeric import needs
from tradelib.core.validation import validated
from tradelib.plot._draw import axes, finish, mark
from tradelib.plot._style import ABOVE, BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, Axes, Style
from tradelib.science.goods.traded import Goods, stacked

# Colours from the bottom, dark beside light, and hatches that tell them apart in grey.
AREAS = [(BLUE, ""), (ORANGE, "//"), (GREEN, "xx"), (SKY, ""), (PINK, "\\\\"), (GREY, "..")]
# Narrower than this, in inches, the legend has two columns.
NARROW = 6


@validated
def goods(
    traded: Goods,
    *,
    swings: pd.DataFrame | None = None,
    source: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """Turnover of a pair as a stack of sections of goods, with its collapses marked.

    Parameters
    ----------
    traded : Goods
        As `tradelib.goods` returns it. Years without amounts are left out. The five sections with
        the largest year have an area of their own.
    swings : DataFrame, optional
        As `tradelib.flows.swings` returns it. Falls within the years drawn are red arrows.
    source : str
        Note under the picture, for example from `tradelib.cite`.
    ax : Axes, optional
        Where to draw; a new figure if omitted.

    Returns
    -------
    Axes
        The Axes drawn on.

    Raises
    ------
    InputError
        If `swings` lacks a column.
    NoAnswerError
        If no amounts are known.

    Examples
    --------
    >>> from tradelib import flows, load_turnover
    >>> from tradelib import goods as goods_of
    >>> falls = flows.swings(load_turnover("KAZ", "TKM"))
    >>> drawn = goods(goods_of("KAZ", "TKM"), swings=falls)
    >>> [text.get_text() for text in drawn.texts if text.get_text()]
    ['-76% to 2010', '-79% to 2017']
    """
    stack = stacked(traded, len(AREAS) - 1)
    if stack.empty:
        raise NoAnswerError(
            f"no amounts of {traded.reporter}-{traded.partner} are known, and shares alone are no "
            "picture of turnover; see to_frame()"
        )
    ax = axes(ax)
    width = ax.figure.bbox.width / ax.figure.dpi
    edge: Style = {"edgecolor": ax.get_facecolor(), "lw": 0.8}
    for (section, top), (colour, hatch) in zip(stack.cumsum(axis=1).items(), AREAS, strict=False):
        below = top - stack[section]
        style = edge | {"facecolor": colour, "hatch": hatch, "label": capital(label(str(section)))}
        ax.fill_between(stack.index, below, top, **style)
    if swings is not None:
        checks.check_table(swings, whole="from_year to_year", numbers="from_musd to_musd change")
        seen = swings["from_year"].isin(stack.index) & swings["to_year"].isin(stack.index)
        _mark_falls(ax, swings[seen & (swings["change"] < 0)])
    ax.set_xlim(stack.index[0], stack.index[-1])
    ax.set_ylim(0, 1.1 * stack.sum(axis=1).max())
    pair = f"{country_codes.name(traded.reporter)} and {country_codes.name(traded.partner)}"
    columns = 2 if width < NARROW else 3
    above = ABOVE | {"ncols": columns, "fontsize": 9, "title": pair, "alignment": "left"}
    return finish(ax, source, y="turnover, US$ million a year", **above)


def _mark_falls(ax: "Axes", falls: pd.DataFrame) -> None:
    """An arrow from the peak to the trough of each fall, outlined, and how much was lost."""
    effects = needs("matplotlib.patheffects", "plot")
    outline = [effects.withStroke(linewidth=5, foreground=ax.get_facecolor())]
    arrow: Style = {"arrowstyle": "-|>", "color": RED, "lw": 2, "shrinkA": 0}
    for fall in falls.itertuples():
        peak = (fall.from_year, fall.from_musd)
        trough = (fall.to_year, fall.to_musd)
        ax.annotate("", trough, peak, arrowprops=arrow | {"path_effects": outline})
        mark(ax, f"{fall.change:.0%} to {fall.to_year}", peak, color=RED, weight="bold")
