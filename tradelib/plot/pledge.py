"""What became of pledges, and what may become of open ones."""

import numpy as np
import pandas as pd

from tradelib.core import checks, country_codes
from tradelib.core.errors import InputError
from tradelib.core.labels import money
from tradelib.core.validation import validated
from tradelib.plot._draw import (
    axes,
    error_lengths,
    errorbars,
    finish,
    finish_rows,
    label_ticks,
    mark,
)
from tradelib.plot._style import BLACK, BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, Axes, Style
from tradelib.science.pledges.effect import WITHOUT, PledgeEffect
from tradelib.science.pledges.progress_methods import METHODS
from tradelib.science.pledges.track import LEVEL, TrackRecord


@validated
def pledges(scored: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Outcome over target against the growth asked, one point for each pledge.

    Parameters
    ----------
    scored : DataFrame
        As `tradelib.pledges.scored_pledges` returns it.
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
    >>> pledges(tl.pledges.scored_pledges(tl.load_targets())).get_xlabel()
    'growth asked, percent a year (log scale)'
    """
    checks.check_table(scored, numbers="target_value outcome_value asked", flags="on_time")
    ax = axes(ax, height=5)
    # Below 2 % a year the log axis would be mostly empty.
    growth = 100 * scored["asked"].clip(lower=0.02)
    reached = 100 * scored["outcome_value"] / scored["target_value"]
    looks = [(True, "on time", GREEN, "o"), (False, "not on time", RED, "x")]
    for on_time, text, colour, marker in looks:
        mask = scored["on_time"] == on_time
        label = f"{text} ({mask.sum()})"
        ax.scatter(growth[mask], reached[mask], c=colour, marker=marker, alpha=0.8, label=label)
    ax.axhline(100, color=BLACK, lw=1, ls=":")
    ax.set(xscale="log", yscale="log")
    label_ticks(ax.xaxis, [2, 5, 10, 20, 30, 50, 100])
    label_ticks(ax.yaxis, [10, 25, 50, 100, 200])
    x = "growth asked, percent a year (log scale)"
    y = "outcome, percent of the target (log scale)"
    return finish(ax, source, x=x, y=y, loc="lower left")


@validated
def pledge_rates(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of pledges on time by class, with intervals.

    Parameters
    ----------
    table : DataFrame
        As `tradelib.pledge_table` returns it.
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
    >>> from tradelib import pledge_table
    >>> pledge_rates(pledge_table(by="growth")).get_xlabel()
    'growth asked a year'
    """
    checks.check_table(table, numbers="on_time n share low high")
    ax = axes(ax)
    positions = range(len(table))
    lengths = 100 * error_lengths(table, "share")
    ax.bar(positions, 100 * table["share"], color=SKY, yerr=lengths, ecolor=GREY, capsize=4)
    for position, row in enumerate(table.itertuples()):
        mark(ax, f"{row.on_time} of {row.n}", (position, 100 * row.high))
    ax.set_xticks(positions, table.iloc[:, 0].astype(str))
    by = str(table.columns[0])
    labels = {
        "growth": "growth asked a year",
        "horizon": "years allowed",
        "china": "partners",
        "announced": "years of the announcement",
    }
    ax.margins(y=0.1)
    return finish(ax, source, x=labels.get(by, by), y="on time, percent")


@validated
def progress_record(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """How often targets were met, by their official status and the years left.

    Parameters
    ----------
    table : DataFrame
        As `tradelib.progress_record` returns it, of one method, multiple, span and size.
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
        If the table holds more than one method, multiple, span or size.

    Examples
    --------
    >>> import tradelib as tl
    >>> progress_record(tl.progress_record(method="un_2026", multiple=2, span=5)).get_xlabel()
    'years left when it was said'
    """
    checks.check_table(
        table, numbers="multiple span left share low high", texts="method status size"
    )
    kinds = table[["method", "multiple", "span", "size"]].drop_duplicates()
    if len(kinds) != 1:
        raise InputError(f"one method, multiple, span and size make a picture, got {len(kinds)}")
    method, multiple, span, _ = kinds.iloc[0]
    ax = axes(ax, height=5)
    by_status = table.sort_values("left").set_index("status")
    for i, (status, (colour, marker)) in enumerate(_status_looks(method).items()):
        rows = by_status.loc[[status]]
        positions = rows["left"] + (2.5 - i) / 20  # side by side, so that bars can be told apart
        style: Style = {"c": colour, "marker": marker, "capsize": 3}
        label = status.replace("met", "met already")
        errorbars(ax, positions, rows, "share", label=label, **style)
    every = by_status.loc[["any"]]
    ax.plot(every["left"], 100 * every["share"], c=GREY, ls=":", label="all targets")
    ax.set_title(
        f"Targets to multiply by {multiple:g} in {span} years: how often they were met,\n"
        f"by what had been said of them ({METHODS[method].reference})",
        loc="left",
        size="medium",
    )
    ax.set(ylim=(0, 100), xticks=every["left"], xlim=(span - 0.5, 0.5))
    y = "targets met in the deadline year, percent"
    return finish(ax, source, x="years left when it was said", y=y, bbox_to_anchor=(1, 1))


def _status_looks(method: str) -> dict[str, tuple[str, str]]:
    """Colour and marker of each status of an official method, the best status first."""
    *better, worst = [label for _, label in METHODS[method].bands]
    looks = {"target met": (BLACK, "*")}
    colours = [(BLUE, "o"), (SKY, "^"), (ORANGE, "v"), (PINK, "D")]
    looks |= dict(zip(better, colours, strict=False))
    return looks | {worst: (RED, "s")}


@validated
def pledge_effect(found: PledgeEffect, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of pledges on time, beside like pairs without a pledge, by group.

    Parameters
    ----------
    found : PledgeEffect
        As `tradelib.pledge_effect` returns it. A filled dot is a clear difference: the interval of
        the odds ratio excludes 1. Groups of fewer than five pledges are left out.
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
    >>> pledge_effect(tl.pledge_effect()).get_xlabel()
    'got there by the deadline, percent'
    """
    rows = found.groups.query("n >= 5")
    ax = axes(ax, height=1.6 + 0.3 * len(rows))
    positions = np.arange(len(rows))
    on_time = 100 * rows["share"].to_numpy()
    like = 100 * rows["expected"].to_numpy()
    clear = ((rows["low"] > 1) | (rows["high"] < 1)).to_numpy()
    unclear = ~clear
    ax.hlines(positions, like, on_time, color=GREY)
    ax.plot(like, positions, "|", ms=12, mew=2, color=BLACK, label="like pairs")
    ax.plot(on_time[clear], positions[clear], "o", color=GREEN, label="pledges")
    hollow: Style = {"mfc": "white", "color": GREEN, "label": "may be chance"}
    ax.plot(on_time[unclear], positions[unclear], "o", **hollow)
    labels = []
    for row in rows.itertuples():
        against = "" if row.against == WITHOUT else f", against {row.against}"
        labels.append(f"{row.group}{against} ({row.n})")
    ax.set_xlim(0, 10 + on_time.max())
    ax.set_title("Pledges on time, and like pairs without a pledge", loc="left", pad=26)
    x = "got there by the deadline, percent"
    return finish_rows(ax, source, labels, size=8, ncols=3, x=x)


@validated
def track_record(record: TrackRecord, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """What the model said of pledges against what came, by class of chances, China apart.

    Parameters
    ----------
    record : TrackRecord
        As `tradelib.track_record` returns it. Each class of chances has a mark for pledges as they
        were announced and one for pledges under way, without China and with it, a bar for its 90 %
        interval, and a line where the model said it would be. A pledge under way counts in each
        year in which it was asked again. A class without pledges has no mark.
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
    >>> track_record(tl.track_record()).get_xlabel()
    'came true on time, percent (bars: 90 % intervals)'
    """
    table = record.reliability
    # Narrow, so that it can be read on a telephone.
    ax = axes(ax, height=6.4, width=5.2)
    classes = table[["low", "high"]].drop_duplicates().reset_index(drop=True)
    by_group = table.set_index(["when", "china"])
    for i, ((when, china), look) in enumerate(_RECORD_LOOKS.items()):
        rows = by_group.loc[[(when, china)]].reset_index(drop=True)
        # Side by side in the row of their class.
        positions = rows.index.to_numpy() + (i - (len(_RECORD_LOOKS) - 1) / 2) / 5
        drawn = (rows["n"] > 0).to_numpy()
        columns = ("came", "came_low", "came_high")
        style: Style = {"ls": "none", "ms": 6, "capsize": 2, "label": f"{when}, {china}", **look}
        errorbars(ax, positions[drawn], rows[drawn], *columns, across=True, **style)
        said = 100 * rows["said"][drawn]
        label = "as the model said" if i == 0 else None
        ax.plot(said, positions[drawn], "|", ms=10, mew=2.5, color=BLACK, label=label, zorder=3)
        for position, row in zip(positions[drawn], rows[drawn].itertuples(), strict=True):
            share = f"{row.came * row.n:.0f} of {row.n}"
            end = (100 * max(row.came_high, row.said), position)
            mark(ax, share, end, shift=(5, -3), ha="left", size=8)
    # Room for the text of a share of 100 %.
    ax.set(xlim=(0, 118), xticks=range(0, 101, 20))
    ax.set_title("What was said of pledges, and what came", loc="left", pad=84)
    labels = [_class_name(low, high) for low, high in classes.itertuples(index=False)]
    x = f"came true on time, percent (bars: {LEVEL} % intervals)"
    y = "chance that the model gave"
    return finish_rows(ax, source, labels, ncols=1, size=9, x=x, y=y, fontsize=8)


# Marks of pledges by when they were asked and whether China is one side: told apart without colour.
_RECORD_LOOKS: dict[tuple[str, str], Style] = {
    ("at announcement", "without China"): {"marker": "o", "color": BLUE},
    ("under way", "without China"): {"marker": "s", "color": RED},
    ("at announcement", "with China"): {"marker": "o", "color": BLUE, "mfc": "white"},
    ("under way", "with China"): {"marker": "s", "color": RED, "mfc": "white"},
}


def _class_name(low: float, high: float) -> str:
    """A class of chances in percent."""
    if low == 0:
        return f"under {100 * high:.0f} %"
    if high == 1:
        return f"{100 * low:.0f} % or more"
    return f"{100 * low:.0f}-{100 * high:.0f} %"


@validated
def open_targets(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Probability of open targets, the likeliest on top.

    Parameters
    ----------
    table : DataFrame
        Rows of `tradelib.open_targets` that have a probability.
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
    >>> open_targets(tl.open_targets().dropna(subset="probability_in")).get_xlabel()
    'probability, percent'
    """
    checks.check_table(
        table,
        numbers="target_value by probability_in probability_ever",
        texts="reporter partner currency rests_on",
    )
    rows = table.sort_values("probability_ever", ascending=False)
    ax = axes(ax, height=1.4 + 0.17 * len(rows))
    positions = np.arange(len(rows))
    within = 100 * rows["probability_in"].to_numpy()
    ever = 100 * rows["probability_ever"].to_numpy()
    ax.hlines(positions, within, ever, color=GREY)
    ax.plot(within, positions, "o", color=BLUE, label="in the deadline year")
    ax.plot(ever, positions, "|", ms=10, mew=2, color=RED, label="ever by it")
    own = rows["rests_on"].to_numpy() == "own recent"
    ring: Style = {"ms": 12, "mfc": "none", "color": BLACK}
    label = "rests on the pair's own recent years"
    ax.plot(within[own], positions[own], "o", label=label, **ring)
    labels = []
    for row in rows.itertuples():
        pair = f"{country_codes.name(row.reporter)}-{country_codes.name(row.partner)}"
        amount = money(row.target_value).replace("US$", f"{row.currency} ")
        labels.append(f"{pair}, {amount} by {row.by:.0f}")
    ax.set_xlim(0, 100)
    x = "probability, percent"
    return finish_rows(ax, source, labels, size=7, ncols=3, fontsize=8, x=x)
