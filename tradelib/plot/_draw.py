"""What all pictures share: figures, axes, rows, error bars, notes and the text on them."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradelib.core import country_codes
from tradelib.core.errors import InputTypeError
from tradelib.core.numeric import Floats, needs
from tradelib.core.validation import shown
from tradelib.plot._style import ABOVE, BLACK, GREY, Axes
from tradelib.science.pledges.target import Target

if TYPE_CHECKING:
    from matplotlib.axis import Axis

# Characters of a note that an inch of the picture's width holds.
NOTE_DENSITY = 13.2
# White behind text that lies on lines and marks.
PAPER = {"fc": "white", "ec": "none", "pad": 0.5}


def axes(ax: "Axes | None", *, height: float = 4.4, width: float = 8) -> "Axes":
    """The Axes of the caller, or those of a new figure of this height and width in inches."""
    if ax is None:
        plt = needs("matplotlib.pyplot", "plot")
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    elif not isinstance(ax, needs("matplotlib.axes", "plot").Axes):
        raise InputTypeError(f"ax must be Axes of matplotlib or None, got {shown(ax)}")
    return ax


def finish(
    ax: "Axes", source: str, *, x: str = "year", y: str = "", grid: str = "y", **legend: Any
) -> "Axes":
    """Label the axes, draw the legend and the grid (of x, y, both or none), note the source."""
    ax.set(xlabel=x, ylabel=y)
    if x == "year":
        ax.xaxis.set_major_locator(needs("matplotlib.ticker", "plot").AutoLocator())
        ax.locator_params(axis="x", integer=True, min_n_ticks=1)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(visible=False)
    if grid:
        ax.grid(axis=grid, color="#DDDDDD")  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    labelled, _ = ax.get_legend_handles_labels()
    if labelled:
        ax.legend(frameon=False, **legend)
    if source:
        ax.annotate(
            fill(source, int(NOTE_DENSITY * ax.figure.bbox.width / ax.figure.dpi)),
            (0.01, 0),
            (0, -4),
            fontsize=8,
            color=GREY,
            va="top",
            xycoords=("figure fraction", ax.xaxis.label),
            textcoords="offset points",
        )
    return ax


def finish_rows(
    ax: "Axes",
    source: str,
    labels: Sequence[str],
    *,
    size: float | str = "medium",
    upward: bool = False,
    margins: tuple[float, float] = (0.5, 0.5),
    **options: Any,
) -> "Axes":
    """Finish a picture of labelled rows; `margins` before the first and after the last, in rows."""
    ax.set_yticks(range(len(labels)), labels, fontsize=size)
    before, after = margins
    first = -before
    last = len(labels) - 1 + after
    ax.set_ylim((first, last) if upward else (last, first))
    usual = {"grid": "x", **ABOVE}
    return finish(ax, source, **usual | options)


def error_lengths(table: pd.DataFrame, middle: str, low: str = "low", high: str = "high") -> Floats:
    """Lengths of error bars below and above a column, shape (2, rows)."""
    below = table[middle] - table[low]
    above = table[high] - table[middle]
    return np.array([below, above]).clip(0)


def errorbars(
    ax: "Axes",
    positions: Any,
    table: pd.DataFrame,
    *columns: str,
    across: bool = False,
    scale: float = 100,
    **style: Any,
) -> None:
    """Draw values with error bars; `columns` are middle, low and high, `across` draws along x."""
    values = scale * table[columns[0]]
    lengths = scale * error_lengths(table, *columns)
    if across:
        ax.errorbar(values, positions, xerr=lengths, **style)
    else:
        ax.errorbar(positions, values, yerr=lengths, **style)


def mark(
    ax: "Axes", text: str, at: tuple[Any, float], *, shift: tuple[int, int] = (0, 4), **style: Any
) -> None:
    """Write a short text beside a point, shifted from it by so many typographic points."""
    usual: dict[str, Any] = {"ha": "center", "size": 9}
    ax.annotate(text, at, shift, textcoords="offset points", **usual | style)


def label_ticks(axis: "Axis", values: Sequence[int]) -> None:
    """Put ticks at these values of a log axis, and nowhere else."""
    axis.set_ticks(values, labels=[f"{value:,}" for value in values])
    axis.minorticks_off()


def draw_target(ax: "Axes", target: Target | None, first_year: int) -> None:
    """Draw a target, if any: a line with its text at the first year, a star at its deadline."""
    if target is None:
        return
    ax.axhline(target.value_musd, color=BLACK, lw=1, ls=":")
    text = f"target {target.value_musd:,.0f}"
    if target.deadline is not None:
        text += f" by {target.deadline}"
        ax.plot([target.deadline], [target.value_musd], marker="*", ms=14, color=BLACK, ls="none")
    mark(ax, text, (first_year, target.value_musd), ha="left")
    title(ax, target)


def title(ax: "Axes", target: Target, text: str = "", **style: Any) -> None:
    """Write the names of the target's pair over the picture, and a text after them."""
    pair = f"{country_codes.name(target.reporter)} and {country_codes.name(target.partner)}"
    ax.set_title(pair + text, loc="left", **style)


def percent_label(share: float, digits: int = 0) -> str:
    """A fraction in percent, with a space before the sign."""
    return f"{100 * share:.{digits}f} %"
