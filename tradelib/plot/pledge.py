"""What became of pledges, and what may become of open ones."""

import numpy as np
import pandas as pd

from tradelib.ground import codes, frames
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.plain import money
from tradelib.plot._draw import axes, finish, listed, mark, picture, ranges, spans, ticked
from tradelib.plot._style import BLACK, BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, Axes
from tradelib.science.pledge.effect import WITHOUT, PledgeEffect
from tradelib.science.pledge.progress import METHODS


@picture
@validated
def pledges(scored: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Outcome over target against the growth asked, a point a scored pledge.

    Parameters
    ----------
    scored : DataFrame, as `tradelib.pledges.scored_pledges` returns it

    Examples
    --------
    >>> from tradelib import load_targets, pledges as registry
    >>> pledges(registry.scored_pledges(load_targets())).get_xlabel()
    'growth asked, percent a year (log scale)'
    """
    frames.check_table(scored, numbers="target_value outcome_value asked", flags="on_time")
    ax = axes(ax, height=5)
    asked = 100 * scored["asked"].clip(lower=0.02)
    reached = 100 * scored["outcome_value"] / scored["target_value"]
    looks = [(True, "on time", GREEN, "o"), (False, "not on time", RED, "x")]
    for on_time, words, colour, marker in looks:
        rows = scored["on_time"] == on_time
        drawn = ax.scatter(asked[rows], reached[rows], c=colour, marker=marker, alpha=0.8)
        drawn.set_label(f"{words} ({rows.sum()})")
    ax.axhline(100, color=BLACK, lw=1, ls=":")
    ax.set(xscale="log", yscale="log")
    ticked(ax.xaxis, [2, 5, 10, 20, 30, 50, 100])
    ticked(ax.yaxis, [10, 25, 50, 100, 200])
    x, y = "growth asked, percent a year", "outcome, percent of the target"
    return finish(ax, source, x=f"{x} (log scale)", y=f"{y} (log scale)", loc="lower left")


@picture
@validated
def pledge_rates(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of pledges on time by class, with intervals.

    Parameters
    ----------
    table : DataFrame, as `tradelib.pledge_table` returns it

    Examples
    --------
    >>> from tradelib import pledge_table
    >>> pledge_rates(pledge_table(by="growth")).get_xlabel()
    'growth asked a year'
    """
    frames.check_table(table, numbers="on_time n share low high")
    ax = axes(ax)
    spots, ends = range(len(table)), 100 * spans(table, "share")
    ax.bar(spots, 100 * table["share"], color=SKY, yerr=ends, ecolor=GREY, capsize=4)
    for spot, row in enumerate(table.itertuples()):
        mark(ax, f"{row.on_time} of {row.n}", (spot, 100 * row.high))
    ax.set_xticks(spots, table.iloc[:, 0].astype(str))
    by = str(table.columns[0])
    words = {
        "growth": "growth asked a year",
        "horizon": "years allowed",
        "china": "partners",
        "announced": "years of the announcement",
    }
    ax.margins(y=0.1)
    return finish(ax, source, x=words.get(by, by), y="on time, percent")


@picture
@validated
def progress_record(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """How often targets were met, by what an official method said of them and the years left.

    Parameters
    ----------
    table : DataFrame, as `tradelib.progress_record` returns it, of one method, multiple, span, size

    Examples
    --------
    >>> import tradelib as tl
    >>> progress_record(tl.progress_record(method="un_2026", multiple=2, span=5)).get_xlabel()
    'years left when it was said'
    """
    frames.check_table(
        table, numbers="multiple span left share low high", texts="method status size"
    )
    kinds = table[["method", "multiple", "span", "size"]].drop_duplicates()
    if len(kinds) != 1:
        raise InputError(f"one method, multiple, span and size make a picture, got {len(kinds)}")
    method, multiple, span, _ = kinds.iloc[0]
    *better, worst = [label for _, label in METHODS[method].bands]
    looks = zip(better, [(BLUE, "o"), (SKY, "^"), (ORANGE, "v"), (PINK, "D")], strict=False)
    ax, rows = axes(ax, height=5), table.sort_values("left").set_index("status")
    drawn = [("target met", (BLACK, "*")), *looks, (worst, (RED, "s"))]
    for place, (name, (c, marker)) in enumerate(drawn):
        said, label = rows.loc[[name]], name.replace("met", "met already")
        spots = said["left"] + (2.5 - place) / 20  # side by side, so that bars can be told apart
        ranges(ax, spots, said, "share", c=c, marker=marker, capsize=3, label=label)
    every = rows.loc[["any"]]
    ax.plot(every["left"], 100 * every["share"], c=GREY, ls=":", label="all targets")
    asked, whose = f"multiply by {multiple:g} in {span} years", METHODS[method].reference
    title = f"Targets to {asked}: how often they were met,\nby what had been said of them ({whose})"
    ax.set_title(title, loc="left", size="medium")
    ax.set(ylim=(0, 100), xticks=every["left"], xlim=(span - 0.5, 0.5))
    y = "targets met in the deadline year, percent"
    return finish(ax, source, x="years left when it was said", y=y, bbox_to_anchor=(1, 1))


@picture
@validated
def pledge_effect(found: PledgeEffect, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of pledges on time and of like pairs that got as far, a row a comparison.

    Parameters
    ----------
    found : PledgeEffect, as `tradelib.pledge_effect` returns it; filled dots are clear differences

    Examples
    --------
    >>> from tradelib import pledge_effect as effect
    >>> pledge_effect(effect()).get_xlabel()
    'got there by the deadline, percent'
    """
    rows = found.groups.query("n >= 5")
    ax, spots = axes(ax, height=1.6 + 0.3 * len(rows)), np.arange(len(rows))
    came, like = 100 * rows["share"].to_numpy(), 100 * rows["expected"].to_numpy()
    clear = ((rows["low"] > 1) | (rows["high"] < 1)).to_numpy()
    ax.hlines(spots, like, came, color=GREY)
    ax.plot(like, spots, "|", ms=12, mew=2, color=BLACK, label="like pairs")
    ax.plot(came[clear], spots[clear], "o", color=GREEN, label="pledges")
    ax.plot(came[~clear], spots[~clear], "o", mfc="white", color=GREEN, label="may be chance")
    other = rows["against"].map(lambda kind: "" if kind == WITHOUT else f", against {kind}")
    names = rows["group"] + other + " (" + rows["n"].astype(str) + ")"
    ax.set_xlim(0, 10 + came.max())
    ax.set_title("Pledges on time, and like pairs without a pledge", loc="left", pad=26)
    return listed(ax, source, list(names), size=8, ncols=3, x="got there by the deadline, percent")


@picture
@validated
def open_targets(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Probability of open targets, the likeliest on top.

    Parameters
    ----------
    table : DataFrame, rows of `tradelib.open_targets` that have a probability

    Examples
    --------
    >>> import tradelib as tl
    >>> open_targets(tl.open_targets().dropna(subset="probability_in")).get_xlabel()
    'probability, percent'
    """
    frames.check_table(
        table,
        numbers="target_value by probability_in probability_ever",
        texts="reporter partner currency rests_on",
    )
    rows = table.sort_values("probability_ever", ascending=False)
    ax = axes(ax, height=1.4 + 0.17 * len(rows))
    spots = np.arange(len(rows))
    inside, ever = (100 * rows[f"probability_{kind}"].to_numpy() for kind in ("in", "ever"))
    ax.hlines(spots, inside, ever, color=GREY)
    ax.plot(inside, spots, "o", color=BLUE, label="in the deadline year")
    ax.plot(ever, spots, "|", ms=10, mew=2, color=RED, label="ever by it")
    own = rows["rests_on"].to_numpy() == "own recent"
    words = "rests on the pair's own recent years"
    ax.plot(inside[own], spots[own], "o", ms=12, mfc="none", color=BLACK, label=words)
    names = [
        f"{codes.name(row.reporter)}-{codes.name(row.partner)}, "
        f"{money(row.target_value).replace('US$', row.currency + ' ')} by {row.by:.0f}"
        for row in rows.itertuples()
    ]
    ax.set_xlim(0, 100)
    return listed(ax, source, names, size=7, ncols=3, fontsize=8, x="probability, percent")
