"""What all pictures share: figures, axes, lists, error bars, notes and the text about them."""

import inspect
import re
from collections.abc import Callable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from tradelib.ground import codes
from tradelib.ground.edge import shown
from tradelib.ground.errors import InputTypeError
from tradelib.ground.numbers import Floats, needs
from tradelib.plot._style import ABOVE, BLACK, GREY, Axes
from tradelib.science.pledge.target import Target

if TYPE_CHECKING:
    from matplotlib.axis import Axis

Drawing = TypeVar("Drawing", bound=Callable[..., Any])
SHARED = """
source : str, note under the picture
ax : Axes, optional, where to draw; a new figure if omitted

Returns
-------
Axes
"""
# Behind words that lie on lines and marks.
PAPER = {"fc": "white", "ec": "none", "pad": 0.5}


def picture(draw: Drawing) -> Drawing:
    """Add to a drawing's docstring, after its own parameters, what all drawings share."""
    text = inspect.getdoc(draw) or ""
    draw.__doc__ = re.sub(r"\n(?=\n(?:Raises|Examples)\n)", SHARED, text, count=1)
    return draw


def axes(ax: "Axes | None", *, height: float = 4.4) -> "Axes":
    """The Axes given, or those of a new figure."""
    if ax is None:
        plt = needs("matplotlib.pyplot", "plot")
        ax = plt.subplots(figsize=(8, height), layout="constrained")[1]
    elif not isinstance(ax, needs("matplotlib.axes", "plot").Axes):
        raise InputTypeError(f"ax must be Axes of matplotlib or None, got {shown(ax)}")
    return ax


def finish(
    ax: "Axes", source: str, *, x: str = "year", y: str = "", grid: str = "y", **legend: Any
) -> "Axes":
    """Label the axes, draw the grid of one, both or none and the legend, note the source."""
    ax.set(xlabel=x, ylabel=y)
    if x == "year":
        ax.xaxis.set_major_locator(needs("matplotlib.ticker", "plot").AutoLocator())
        ax.locator_params(axis="x", integer=True, min_n_ticks=1)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(visible=False)
    if grid:
        ax.grid(axis=grid, color="#DDDDDD")  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(frameon=False, **legend)
    if source:
        ax.annotate(
            fill(source, 105),
            (0.01, 0),
            (0, -4),
            fontsize=8,
            color=GREY,
            va="top",
            xycoords=("figure fraction", ax.xaxis.label),
            textcoords="offset points",
        )
    return ax


def listed(
    ax: "Axes",
    source: str,
    labels: Sequence[str],
    *,
    size: float | str = "medium",
    upward: bool = False,
    room: tuple[float, float] = (0.5, 0.5),
    **options: Any,
) -> "Axes":
    """Finish a picture of rows, with so much room before the first and after the last."""
    ax.set_yticks(range(len(labels)), labels, fontsize=size)
    first, last = -room[0], len(labels) - 1 + room[1]
    ax.set_ylim((first, last) if upward else (last, first))
    return finish(ax, source, **{"grid": "x", **ABOVE} | options)


def spans(table: pd.DataFrame, middle: str, low: str = "low", high: str = "high") -> Floats:
    """Lengths of error bars to either side of a column."""
    return np.array([table[middle] - table[low], table[high] - table[middle]]).clip(0)


def ranges(
    ax: "Axes",
    spots: Any,
    table: pd.DataFrame,
    *columns: str,
    across: bool = False,
    scale: float = 100,
    **style: Any,
) -> None:
    """Values and their error bars, from `columns` as `spans` takes them, at spots of an axis."""
    values, ends = scale * table[columns[0]], scale * spans(table, *columns)
    if across:
        ax.errorbar(values, spots, xerr=ends, **style)
    else:
        ax.errorbar(spots, values, yerr=ends, **style)


def mark(
    ax: "Axes", text: str, at: tuple[Any, float], *, shift: tuple[int, int] = (0, 4), **style: Any
) -> None:
    """A few words beside a point, shifted by so many points of type."""
    usual: dict[str, Any] = {"ha": "center", "size": 9}
    ax.annotate(text, at, shift, textcoords="offset points", **usual | style)


def ticked(axis: "Axis", values: Sequence[int]) -> None:
    """Write out these values and no others on a log axis."""
    axis.set_ticks(values, labels=[f"{value:,}" for value in values])
    axis.minorticks_off()


def level(ax: "Axes", target: Target | None, first: int) -> None:
    """The target, if any, as a level named at the first year, and as a star at its deadline."""
    if target is None:
        return
    ax.axhline(target.value_musd, color=BLACK, lw=1, ls=":")
    words = f"target {target.value_musd:,.0f}"
    if target.deadline is not None:
        words += f" by {target.deadline}"
        ax.plot([target.deadline], [target.value_musd], marker="*", ms=14, color=BLACK, ls="none")
    mark(ax, words, (first, target.value_musd), ha="left")
    title(ax, target)


def title(ax: "Axes", target: Target, words: str = "", **style: Any) -> None:
    """Head the picture with the pair by name, and with a few words."""
    pair = f"{codes.name(target.reporter)} and {codes.name(target.partner)}"
    ax.set_title(pair + words, loc="left", **style)


def percent(share: float, digits: int = 0) -> str:
    """A fraction in percent, spaced as prose spaces it."""
    return f"{100 * share:.{digits}f} %"
