"""What was claimed, what a target asks, and how far a pair has come."""

import re
from textwrap import fill

import numpy as np
import pandas as pd

from tradelib.core import checks, flows
from tradelib.core.convert import History
from tradelib.core.errors import InputError
from tradelib.core.growth import compound, required_growth
from tradelib.core.labels import heading
from tradelib.core.validation import validated
from tradelib.plot._draw import PAPER, axes, draw_target, finish, finish_rows, mark, percent_label
from tradelib.plot._style import (
    BLACK,
    BLUE,
    GRADED,
    GREY,
    LOOKS,
    ORANGE,
    RED,
    TURNOVER_AXIS,
    Axes,
    Style,
)
from tradelib.science.pledges.progress_methods import METHODS
from tradelib.science.pledges.target import Target


@validated
def claims(checked: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """How far each sourced figure lies from what was claimed, by verdict.

    Parameters
    ----------
    checked : DataFrame
        As `tradelib.check_claims` returns it. Claims that cannot be checked are left out.
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
    >>> frame = pd.DataFrame({"said": ["Turnover in 2021"], "gap": [-0.38], "source_id": ["wits"],
    ...     "verdict": ["contradicts"]})
    >>> claims(frame).get_xlabel()
    'sourced figure against the claim, %'
    """
    checks.check_table(checked, numbers="gap", texts="said source_id verdict")
    ax = axes(ax)
    available = checked[checked["gap"].notna()]
    claimed = list(dict.fromkeys(available["said"]))[::-1]  # the first claim on top
    ax.axvline(0, color=BLACK, lw=1)
    looks = {"agrees": (BLUE, "o"), "rounds to": (ORANGE, "s"), "contradicts": (RED, "X")}
    for verdict, (colour, marker) in looks.items():
        rows = available[available["verdict"] == verdict]
        positions = rows["said"].map(claimed.index)
        style: Style = {"c": colour, "marker": marker, "s": 70, "zorder": 3}
        ax.scatter(100 * rows["gap"], positions, label=verdict, **style)
    # Sources whose figures nearly agree share one text.
    near = available.groupby([available["said"], available["gap"].round(1)], sort=False)
    for (claim, _), rows in near:
        at = (100 * rows["gap"].mean(), claimed.index(claim))
        names = dict.fromkeys(map(_short_name, rows["source_id"]))
        mark(ax, ", ".join(names), at, shift=(0, 7), size=8, color=GREY, bbox=PAPER)
    return finish_rows(
        ax,
        source,
        [fill(claim, 44) for claim in claimed],
        x="sourced figure against the claim, %",
        size=9,
        upward=True,
        margins=(0.6, 0.7),
        grid="both",
        bbox_to_anchor=None,
    )


def _short_name(source_id: str) -> str:
    """The short name of a source: what its full name has in brackets, else the full name."""
    return re.sub(r".*\((.+)\)", r"\1", heading(source_id))


@validated
def path_to_target(
    series: History,
    target: Target,
    *,
    since: list[int],
    source: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """Actual turnover against the path of constant growth that would meet the target.

    Parameters
    ----------
    series : DataFrame
        ``year`` and ``turnover_musd`` (US$ million).
    target : Target
        With a deadline.
    since : list of int
        Years of the series from which a path starts; at most five, all before the deadline.
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
        If the target has no deadline, or `since` has too many years, or years that are not in the
        series or not before the deadline.

    Examples
    --------
    >>> from tradelib import article_target, load_turnover
    >>> drawn = path_to_target(load_turnover("KAZ", "TKM"), article_target(), since=[2021, 2025])
    >>> drawn.get_legend().get_texts()[1].get_text()
    'needed from 2021: 25.6 % a year'
    """
    values = flows.history(series)
    looks = LOOKS[1:]
    if len(since) > len(looks):
        raise InputError(f"path_to_target tells {len(looks)} paths apart, got {len(since)}")
    if target.deadline is None:
        raise InputError(f"path_to_target needs a deadline, got {target.summary()}")
    for start in since:
        if start not in values.index or start >= target.deadline:
            raise InputError(
                f"a path starts in a year of the series before the deadline, got {start}; the "
                f"series has {values.index[0]}-{values.index[-1]}, the deadline is "
                f"{target.deadline}"
            )
    ax = axes(ax)
    ax.plot(values.index, values, marker="o", color=BLUE, lw=2, label="actual")
    for start, (colour, _) in zip(since, looks, strict=False):
        horizon = target.deadline - start
        rate = required_growth(values[start], target.value_musd, years=horizon)
        ahead = np.arange(horizon + 1)
        needed = compound(values[start], rate=rate, years=ahead)
        label = f"needed from {start}: {percent_label(float(rate), 1)} a year"
        style: Style = {"ls": "--", "marker": ".", "color": colour, "lw": 2}
        ax.plot(start + ahead, needed, label=label, **style)
    newest = values.iloc[-1]
    mark(ax, f"{newest:.0f}", (values.index[-1], newest), shift=(0, -14))
    draw_target(ax, target, values.index[0])
    ax.set_ylim(bottom=0)
    return finish(ax, source, y=TURNOVER_AXIS, loc="upper left", bbox_to_anchor=(0, 0.9))


@validated
def progress_map(
    assessed: pd.DataFrame, *, method: str, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Ratio of one official method for every base year and last year.

    Parameters
    ----------
    assessed : DataFrame
        As `tradelib.progress` returns it with ``every_endpoint=True``.
    method : str
        One of its methods, for example ``"un_2026"``.
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
        If there are no rows of `method`.

    Examples
    --------
    >>> frame = pd.DataFrame({"method": "un_2026", "base_year": [2021], "last_year": [2023],
    ...     "ratio": [3.36], "status": "on track"})
    >>> progress_map(frame, method="un_2026").get_xlabel()
    'base year'
    """
    checks.check_table(assessed, numbers="base_year last_year ratio", texts="method status")
    rows = assessed[assessed["method"] == method]
    if rows.empty:
        available = ", ".join(assessed["method"].unique())
        raise InputError(f"no rows of the method {method!r}; the methods are {available}")
    bands = [label for _, label in METHODS[method].bands]
    *better, worst = bands
    colours = dict(zip(better, GRADED, strict=False)) | {worst: RED, "target met": BLACK}
    ax = finish(axes(ax), source, x="base year", y="last year", grid="")
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    cells = rows[rows["status"].isin(colours)]
    numbered = cells.assign(band=cells["status"].map(list(colours).index))
    grid = numbered.pivot(index="last_year", columns="base_year", values="band")
    palette = ListedColormap(list(colours.values()))
    # Limits half a step beyond the first and last number, so that each band has its colour.
    limits: Style = {"vmin": -0.5, "vmax": len(colours) - 0.5}
    ax.imshow(grid, cmap=palette, origin="lower", aspect="auto", **limits)
    for cell in cells[cells["ratio"].notna()].itertuples():
        column = grid.columns.get_loc(cell.base_year)
        row = grid.index.get_loc(cell.last_year)
        digits = 1 if abs(cell.ratio) < 10 else 0
        ink = "white" if colours[cell.status] in (BLUE, RED) else BLACK
        text = f"{cell.ratio:.{digits}f}"
        ax.text(column, row, text, ha="center", va="center", fontsize=7, color=ink)
    ax.set_xticks(range(grid.shape[1]), grid.columns, rotation=90, fontsize=8)
    ax.set_yticks(range(grid.shape[0]), grid.index, fontsize=8)
    drawn = set(cells["status"])
    patches = [Patch(color=c, label=band) for band, c in colours.items() if band in drawn]
    ax.legend(
        handles=patches,
        ncols=len(drawn),
        loc="lower left",
        bbox_to_anchor=(0, 1),
        frameon=False,
        fontsize=8,
        handlelength=1,
    )
    return ax
