"""What size and distance alone predict."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradelib.ground import flows, frames
from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.ground.plain import heading
from tradelib.plot._draw import axes, finish, level, listed, mark, picture, ranges, spans
from tradelib.plot._style import BLACK, BLUE, GREEN, GREY, LOOKS, ORANGE, RED, SKY, TURNOVER, Axes
from tradelib.science.pledge.target import Target


@picture
@validated
def gravity_terms(
    table: pd.DataFrame, *, ours: str = "effects", source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Coefficients of one gravity equation against those of others.

    Parameters
    ----------
    table : DataFrame, ``fit``, ``term``, ``estimate``, ``std_error``; terms are drawn in order
    ours : str, the fit to be drawn with its 95 % intervals; the others as points, and their range

    Examples
    --------
    >>> from tradelib import gravity_model
    >>> gravity_terms(gravity_model().coefficients).get_ylabel()
    'term'
    """
    frames.check_table(table, numbers="estimate std_error", texts="fit term")
    terms = list(table["term"].unique())
    ax = axes(ax, height=1.4 + 0.65 * len(terms))
    for term, others in table[table["fit"] != ours].groupby("term"):
        spot, label = terms.index(term), "others" if term == terms[0] else None
        ends = others["estimate"].agg(["min", "max"])
        ax.plot(ends, [spot, spot], color="#C8C8C8", lw=13, solid_capstyle="butt", zorder=1)
        ax.plot(others["estimate"], [spot] * len(others), "|", ms=13, color=GREY, label=label)
    own = table[table["fit"] == ours]
    spots = own["term"].map(terms.index)
    ax.errorbar(
        own["estimate"],
        spots,
        xerr=1.96 * own["std_error"],
        fmt="D",
        color=BLUE,
        ms=7,
        capsize=4,
        label="this one, 95 %",
    )
    for value, spot in zip(own["estimate"], spots, strict=True):
        mark(ax, f"{value:.2f}", (value, spot), shift=(0, 9), color=BLUE)
    ax.axvline(0, color=BLACK, lw=0.8)
    names = [heading(term) for term in terms]
    unit = "coefficient (log points; of distance: percent for a percent)"
    return listed(ax, source, names, x=unit, y="term", grid="", room=(0.7, 0.6), ncols=2)


@picture
@validated
def agreements(effects: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """What trade agreements did from year to year, beside pairs of like size without one.

    Parameters
    ----------
    effects : DataFrame
        As `tradelib.load_agreement_effects` returns it: points are gravity's, with 95 % intervals;
        bands hold the middle half of single pairs.

    Examples
    --------
    >>> from tradelib import load_agreement_effects
    >>> agreements(load_agreement_effects()).get_xlabel()
    'years since the agreement came into force'
    """
    frames.check_table(
        effects, whole="since", numbers="effect std_error q0.25 q0.75", texts="group"
    )
    ax = axes(ax, height=4.8)
    words = {
        "like": "like pairs, years drawn for them",
        "entered": "pairs that entered an agreement",
    }
    for (group, label), (colour, marker) in zip(words.items(), LOOKS[1::-1], strict=True):
        rows = effects[effects["group"] == group].set_index("since")
        ax.fill_between(rows.index, rows["q0.25"], rows["q0.75"], color=colour, alpha=0.15, lw=0)
        reach, middle = 1.96 * rows["std_error"], rows["effect"]
        ends = rows.assign(low=middle - reach, high=middle + reach)
        ranges(
            ax,
            rows.index,
            ends,
            "effect",
            scale=1,
            fmt=marker,
            color=colour,
            capsize=3,
            label=label,
        )
    ax.axvline(-0.5, color=BLACK, lw=0.8, ls=":")
    x, y = "years since the agreement came into force", "change since the year before, in logs"
    return finish(ax, source, x=x, y=y, loc="upper left")


@picture
@validated
def potential(
    series: History,
    table: pd.DataFrame,
    *,
    target: Target | None = None,
    names: Mapping[str, str] | None = None,
    source: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """Actual turnover against what gravity predicts, on a log scale.

    Parameters
    ----------
    series : DataFrame, with ``year`` and ``turnover_musd`` (US$ million)
    table : DataFrame
        As `tradelib.potential_history` returns it: points where the panel has the year, dashed
        lines where the last was carried on, 80 % intervals as bands.
    target : Target, optional, drawn as a level, and as a point if it has a deadline
    names : mapping of str to str, optional, words for the fits to draw, in order; else all

    Examples
    --------
    >>> from tradelib import load_turnover, potential_history
    >>> pair, predicted = load_turnover("KAZ", "TKM"), potential_history("KAZ", "TKM")
    >>> potential(pair, predicted).get_yscale()
    'log'
    """
    frames.check_table(table, numbers="year potential_musd low high", texts="fit", flags="carried")
    ax = axes(ax, height=4.8)
    values = flows.history(series)
    ax.plot(values.index, values, color=BLACK, lw=2, marker=".", label="actual")
    words = names or {name: heading(name) for name in table["fit"].unique()}
    lines = zip(words.items(), LOOKS, (-0.2, 0.0, 0.2), strict=False)
    for (name, label), (colour, marker), aside in lines:
        rows = table[table["fit"] == name]
        known = rows[~rows["carried"]]
        later = rows[rows["carried"] | (rows["year"] == known["year"].max())]
        spots = known["year"] + aside
        ranges(
            ax,
            spots,
            known,
            "potential_musd",
            scale=1,
            fmt=marker,
            color=colour,
            capsize=3,
            label=label,
        )
        ax.plot(later["year"], later["potential_musd"], color=colour, ls="--")
        ax.fill_between(later["year"], later["low"], later["high"], color=colour, alpha=0.15, lw=0)
    ax.set_yscale("log")
    level(ax, target, values.index[0])
    ax.yaxis.set_major_formatter("{x:,.0f}")
    return finish(ax, source, y=f"{TURNOVER} (log scale)", loc="lower right", fontsize=9)


@picture
@validated
def ratios(
    table: pd.DataFrame,
    *,
    marks: Mapping[str, float] | None = None,
    source: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """How far from their potential pairs are, by the size of the potential.

    Parameters
    ----------
    table : DataFrame, the ``ratios`` of a `tradelib.GravityModel`
    marks : mapping of str to float, optional, ratios to be shown beside them, by name

    Examples
    --------
    >>> from tradelib import gravity_model
    >>> ratios(gravity_model().ratios).get_xlabel()
    'actual turnover as a multiple of the potential (log scale)'
    """
    frames.check_table(table, numbers="low high q0.05 q0.2 q0.5 q0.8 q0.95")
    levels = table.filter(regex="^q").columns
    frames.check_table(table, numbers=" ".join(levels))
    ax = axes(ax, height=1.6 + 0.42 * len(table))
    least = 1e-3  # a log axis has no zero, and few pairs trade less than this
    shown, spots = table[levels].clip(lower=least), range(len(table))
    wide, narrow = "5th to 95th percentile", "20th to 80th"
    ax.hlines(spots, shown["q0.05"], shown["q0.95"], color=GREY, lw=2, label=wide)
    ax.hlines(spots, shown["q0.2"], shown["q0.8"], color=SKY, lw=9, label=narrow)
    ax.plot(shown["q0.5"], spots, "|", color=BLACK, ms=13, label="median")
    for (name, value), colour in zip((marks or {}).items(), (BLUE, RED, GREEN), strict=False):
        ax.axvline(value, color=colour, ls="--")
        mark(
            ax,
            f"{name} ({value:.1f})",
            (value, -0.6),
            shift=(-3, 0),
            rotation=90,
            color=colour,
            ha="right",
            va="top",
            size=8,
        )
    ax.set_xscale("log")
    ax.set_xlim(left=least)
    ax.xaxis.set_major_formatter("{x:g}")
    names = ["all pairs", *_classes(table[1:], ",.0f")]
    x, y = "actual turnover as a multiple of the potential (log scale)", "potential, US$ million"
    return listed(
        ax,
        source,
        names,
        x=x,
        y=y,
        room=(0.7, 0.6),
        grid="",
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        fontsize=9,
    )


@picture
@validated
def rises(
    table: pd.DataFrame, *, at: float | None = None, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """How many pairs rose further, by how far above their potential they were.

    Parameters
    ----------
    table : DataFrame, the ``rises`` of a `tradelib.GravityModel`; bars span all start years
    at : float, optional, a ratio whose class is to be marked

    Examples
    --------
    >>> from tradelib import gravity_model
    >>> rises(gravity_model().rises, at=3.8).get_xlabel()
    'actual turnover as a multiple of the potential, at the start'
    """
    frames.check_table(table, numbers="low high n rose least most")
    ax = axes(ax)
    spots, ends = range(len(table)), 100 * spans(table, "rose", "least", "most")
    ratio = np.nan if at is None else at
    colours = np.where((table["low"] <= ratio) & (ratio < table["high"]), ORANGE, SKY)
    ax.bar(spots, 100 * table["rose"], color=colours, width=0.75, yerr=ends, ecolor=GREY, capsize=3)
    for spot, rose in enumerate(table["rose"]):
        mark(ax, f"{100 * rose:.0f} %", (spot, 0))
    sizes = zip(_classes(table, "g"), table["n"], strict=True)
    words = [f"{size}\n(n = {n:,})" for size, n in sizes]
    ax.set_xticks(spots, words, fontsize=8, rotation=30, ha="right")
    ax.axhline(50, color=BLACK, lw=0.8, ls=":")
    start = "actual turnover as a multiple of the potential, at the start"
    return finish(ax, source, x=start, y="of them higher four years later, percent")


def _classes(table: pd.DataFrame, form: str) -> list[str]:
    """The classes between ``low`` and ``high`` in words; the last is open."""
    return [
        f"{low:{form}} and more" if np.isinf(high) else f"{low:{form}} to {high:{form}}"
        for low, high in zip(table["low"], table["high"], strict=True)
    ]
