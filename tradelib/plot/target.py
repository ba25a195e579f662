"""What was claimed, what a target asks, and how far a pair has come."""

import re
from textwrap import fill

import numpy as np
import pandas as pd

from tradelib.ground import flows, frames
from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.growth import compound, required_growth
from tradelib.ground.plain import heading
from tradelib.plot._draw import PAPER, axes, finish, level, listed, mark, percent, picture
from tradelib.plot._style import BLACK, BLUE, GRADED, GREY, LOOKS, ORANGE, RED, TURNOVER, Axes
from tradelib.science.pledge.progress import METHODS
from tradelib.science.pledge.target import Target


@picture
@validated
def claims(checked: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """How far each sourced figure lies from what was claimed, by verdict.

    Parameters
    ----------
    checked : DataFrame, as `tradelib.check_claims` returns it; what cannot be told is left out

    Examples
    --------
    >>> frame = pd.DataFrame({"said": ["Turnover in 2021"], "gap": [-0.38], "source_id": ["wits"],
    ...     "verdict": ["contradicts"]})
    >>> claims(frame).get_xlabel()
    'sourced figure against the claim, %'
    """
    frames.check_table(checked, numbers="gap", texts="said source_id verdict")
    ax = axes(ax)
    known = checked[checked["gap"].notna()]
    rows = list(dict.fromkeys(known["said"]))[::-1]
    ax.axvline(0, color=BLACK, lw=1)
    looks = {"agrees": (BLUE, "o"), "rounds to": (ORANGE, "s"), "contradicts": (RED, "X")}
    for verdict, (colour, marker) in looks.items():
        part = known[known["verdict"] == verdict]
        spots = [rows.index(said) for said in part["said"]]
        ax.scatter(100 * part["gap"], spots, c=colour, marker=marker, s=70, label=verdict, zorder=3)
    for (said, _), near in known.groupby([known["said"], known["gap"].round(1)], sort=False):
        place = (100 * near["gap"].mean(), rows.index(said))
        names = dict.fromkeys(re.sub(r".*\((.+)\)", r"\1", heading(i)) for i in near["source_id"])
        mark(ax, ", ".join(names), place, shift=(0, 7), size=8, color=GREY, bbox=PAPER)
    labels, x = [fill(said, 44) for said in rows], "sourced figure against the claim, %"
    return listed(
        ax,
        source,
        labels,
        x=x,
        size=9,
        upward=True,
        room=(0.6, 0.7),
        grid="both",
        bbox_to_anchor=None,
    )


@picture
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
    series : DataFrame, with ``year`` and ``turnover_musd`` (US$ million)
    target : Target, with a deadline
    since : list of int, years of the series from which a path starts; at most five

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
        ahead = np.arange(target.deadline - start + 1)
        rate = required_growth(values[start], target.value_musd, years=int(ahead[-1]))
        needed = compound(values[start], rate=rate, years=ahead)
        words = f"needed from {start}: {percent(float(rate), 1)} a year"
        ax.plot(start + ahead, needed, ls="--", marker=".", color=colour, lw=2, label=words)
    mark(ax, f"{values.iloc[-1]:.0f}", (values.index[-1], values.iloc[-1]), shift=(0, -14))
    level(ax, target, values.index[0])
    ax.set_ylim(bottom=0)
    return finish(ax, source, y=TURNOVER, loc="upper left", bbox_to_anchor=(0, 0.9))


@picture
@validated
def progress_map(
    assessed: pd.DataFrame, *, method: str, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Ratio of one official method for every base year and last year.

    Parameters
    ----------
    assessed : DataFrame, as `tradelib.progress` returns it with ``every_endpoint=True``
    method : str, one of its methods

    Examples
    --------
    >>> frame = pd.DataFrame({"method": "un_2026", "base_year": [2021], "last_year": [2023],
    ...     "ratio": [3.36], "status": "on track"})
    >>> progress_map(frame, method="un_2026").get_xlabel()
    'base year'
    """
    frames.check_table(assessed, numbers="base_year last_year ratio", texts="method status")
    rows = assessed[assessed["method"] == method]
    if rows.empty:
        known = ", ".join(assessed["method"].unique())
        raise InputError(f"no rows of {method!r}; there are {known}")
    bands = [label for _, label in METHODS[method].bands]
    colours = dict(zip(bands, [*GRADED[: len(bands) - 1], RED], strict=True))
    colours["target met"] = BLACK
    ax = finish(axes(ax), source, x="base year", y="last year", grid="")
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    cells = rows[rows["status"].isin(colours)]
    numbered = cells.assign(band=cells["status"].map(list(colours).index))
    grid = numbered.pivot(index="last_year", columns="base_year", values="band")
    palette, top = ListedColormap(list(colours.values())), len(colours) - 0.5
    ax.imshow(grid, cmap=palette, vmin=-0.5, vmax=top, origin="lower", aspect="auto")
    for cell in cells[cells["ratio"].notna()].itertuples():
        place = grid.columns.get_loc(cell.base_year), grid.index.get_loc(cell.last_year)
        words = f"{cell.ratio:.1f}" if abs(cell.ratio) < 10 else f"{cell.ratio:.0f}"
        ink = "white" if colours[cell.status] in (BLUE, RED) else BLACK
        ax.text(*place, words, ha="center", va="center", fontsize=7, color=ink)
    ax.set_xticks(range(grid.shape[1]), grid.columns, rotation=90, fontsize=8)
    ax.set_yticks(range(grid.shape[0]), grid.index, fontsize=8)
    shown = set(cells["status"])
    patches = [Patch(color=c, label=band) for band, c in colours.items() if band in shown]
    ax.legend(
        handles=patches,
        ncols=len(shown),
        loc="lower left",
        bbox_to_anchor=(0, 1),
        frameon=False,
        fontsize=8,
        handlelength=1,
    )
    return ax
