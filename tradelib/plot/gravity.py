"""What size and distance alone predict."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradelib.core import checks, flows
from tradelib.core.convert import History
from tradelib.core.labels import heading
from tradelib.core.validation import validated
from tradelib.plot._draw import (
    axes,
    draw_target,
    error_lengths,
    errorbars,
    finish,
    finish_rows,
    mark,
)
from tradelib.plot._style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LOOKS,
    ORANGE,
    RED,
    SKY,
    TURNOVER_AXIS,
    Axes,
    Style,
)
from tradelib.science.pledges.target import Target

# A log axis has no zero, and few pairs trade less than this share of their potential.
SMALLEST_RATIO = 1e-3


@validated
def gravity_terms(
    table: pd.DataFrame, *, ours: str = "effects", source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Coefficients of one gravity equation against those of others.

    Parameters
    ----------
    table : DataFrame
        ``fit``, ``term``, ``estimate`` and ``std_error``. Terms are drawn in order.
    ours : str
        The fit to draw with its 95 % intervals. The others are drawn as points, with a bar from
        the lowest to the highest.
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
    >>> from tradelib import gravity_model
    >>> gravity_terms(gravity_model().coefficients).get_ylabel()
    'term'
    """
    checks.check_table(table, numbers="estimate std_error", texts="fit term")
    terms = list(table["term"].unique())
    ax = axes(ax, height=1.4 + 0.65 * len(terms))
    others = table[table["fit"] != ours]
    for term, rows in others.groupby("term"):
        position = terms.index(term)
        label = "others" if position == 0 else None
        ends = rows["estimate"].agg(["min", "max"])
        bar: Style = {"color": "#C8C8C8", "lw": 13, "solid_capstyle": "butt", "zorder": 1}
        ax.plot(ends, [position, position], **bar)
        ax.plot(rows["estimate"], [position] * len(rows), "|", ms=13, color=GREY, label=label)
    own = table[table["fit"] == ours]
    estimates = own["estimate"]
    positions = own["term"].map(terms.index)
    ax.errorbar(
        estimates,
        positions,
        xerr=1.96 * own["std_error"],
        fmt="D",
        color=BLUE,
        ms=7,
        capsize=4,
        label="this one, 95 %",
    )
    for value, position in zip(estimates, positions, strict=True):
        mark(ax, f"{value:.2f}", (value, position), shift=(0, 9), color=BLUE)
    ax.axvline(0, color=BLACK, lw=0.8)
    names = [heading(term) for term in terms]
    unit = "coefficient (log points; of distance: percent for a percent)"
    return finish_rows(ax, source, names, x=unit, y="term", grid="", margins=(0.7, 0.6), ncols=2)


@validated
def agreements(effects: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Trade before and after an agreement, beside pairs of like size without one.

    Parameters
    ----------
    effects : DataFrame
        As `tradelib.load_agreement_effects` returns it. Points are the gravity equation's, with
        95 % intervals; bands hold the middle half of single pairs.
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
    >>> from tradelib import load_agreement_effects
    >>> agreements(load_agreement_effects()).get_xlabel()
    'years since the agreement came into force'
    """
    checks.check_table(
        effects, whole="since", numbers="effect std_error q0.25 q0.75", texts="group"
    )
    ax = axes(ax, height=4.8)
    looks = [
        ("like", "like pairs, years drawn for them", LOOKS[1]),
        ("entered", "pairs that entered an agreement", LOOKS[0]),
    ]
    for group, label, (colour, marker) in looks:
        rows = effects[effects["group"] == group].set_index("since")
        ax.fill_between(rows.index, rows["q0.25"], rows["q0.75"], color=colour, alpha=0.15, lw=0)
        half_width = 1.96 * rows["std_error"]
        ends = rows.assign(low=rows["effect"] - half_width, high=rows["effect"] + half_width)
        style: Style = {"fmt": marker, "color": colour, "capsize": 3, "label": label}
        errorbars(ax, rows.index, ends, "effect", scale=1, **style)
    ax.axvline(-0.5, color=BLACK, lw=0.8, ls=":")
    x = "years since the agreement came into force"
    y = "change since the year before, in logs"
    return finish(ax, source, x=x, y=y, loc="upper left")


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
    series : DataFrame
        ``year`` and ``turnover_musd`` (US$ million).
    table : DataFrame
        As `tradelib.potential_history` returns it. Points are years of the panel; dashed lines
        carry the last of them on; bars and bands are 80 % intervals.
    target : Target, optional
        Drawn as a level, and as a star if it has a deadline.
    names : mapping of str to str, optional
        The fits to draw, in order, each with its label; all fits if omitted.
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
    >>> from tradelib import load_turnover, potential_history
    >>> pair, predicted = load_turnover("KAZ", "TKM"), potential_history("KAZ", "TKM")
    >>> potential(pair, predicted).get_yscale()
    'log'
    """
    checks.check_table(table, numbers="year potential_musd low high", texts="fit", flags="carried")
    for column in ("potential_musd", "low", "high"):
        checks.check_numbers(table, column)
    ax = axes(ax, height=4.8)
    values = flows.history(series)
    ax.plot(values.index, values, color=BLACK, lw=2, marker=".", label="actual")
    labels = names or {name: heading(name) for name in table["fit"].unique()}
    # Three fits beside each other at most; shifts are in years.
    lines = zip(labels.items(), LOOKS, (-0.2, 0.0, 0.2), strict=False)
    for (name, label), (colour, marker), shift in lines:
        rows = table[table["fit"] == name]
        in_panel = rows[~rows["carried"]]
        carried_on = rows["carried"] | (rows["year"] == in_panel["year"].max())
        later = rows[carried_on]
        style: Style = {"fmt": marker, "color": colour, "capsize": 3, "label": label}
        errorbars(ax, in_panel["year"] + shift, in_panel, "potential_musd", scale=1, **style)
        ax.plot(later["year"], later["potential_musd"], color=colour, ls="--")
        ax.fill_between(later["year"], later["low"], later["high"], color=colour, alpha=0.15, lw=0)
    ax.set_yscale("log")
    draw_target(ax, target, values.index[0])
    ax.yaxis.set_major_formatter("{x:,.0f}")
    return finish(ax, source, y=f"{TURNOVER_AXIS} (log scale)", loc="lower right", fontsize=9)


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
    table : DataFrame
        The ``ratios`` of a `tradelib.GravityModel`.
    marks : mapping of str to float, optional
        Ratios to show beside them, by name.
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
    >>> from tradelib import gravity_model
    >>> ratios(gravity_model().ratios).get_xlabel()
    'actual turnover as a multiple of the potential (log scale)'
    """
    checks.check_table(table, numbers="low high q0.05 q0.2 q0.5 q0.8 q0.95")
    columns = table.filter(regex="^q").columns
    checks.check_table(table, numbers=" ".join(columns))
    ax = axes(ax, height=1.6 + 0.42 * len(table))
    drawn = table[columns].clip(lower=SMALLEST_RATIO)
    positions = range(len(table))
    wide = "5th to 95th percentile"
    narrow = "20th to 80th"
    ax.hlines(positions, drawn["q0.05"], drawn["q0.95"], color=GREY, lw=2, label=wide)
    ax.hlines(positions, drawn["q0.2"], drawn["q0.8"], color=SKY, lw=9, label=narrow)
    ax.plot(drawn["q0.5"], positions, "|", color=BLACK, ms=13, label="median")
    upright: Style = {"rotation": 90, "ha": "right", "va": "top", "size": 8}
    for (name, value), colour in zip((marks or {}).items(), (BLUE, RED, GREEN), strict=False):
        ax.axvline(value, color=colour, ls="--")
        text = f"{name} ({value:.1f})"
        mark(ax, text, (value, -0.6), shift=(-3, 0), color=colour, **upright)
    ax.set_xscale("log")
    ax.set_xlim(left=SMALLEST_RATIO)
    ax.xaxis.set_major_formatter("{x:g}")
    return finish_rows(
        ax,
        source,
        ["all pairs", *_classes(table[1:], ",.0f")],
        x="actual turnover as a multiple of the potential (log scale)",
        y="potential, US$ million",
        margins=(0.7, 0.6),
        grid="",
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        fontsize=9,
    )


@validated
def rises(
    table: pd.DataFrame, *, at: float | None = None, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """How many pairs rose further, by how far above their potential they were.

    Parameters
    ----------
    table : DataFrame
        The ``rises`` of a `tradelib.GravityModel`. Bars go from the lowest to the highest start
        year.
    at : float, optional
        A ratio of actual turnover to potential; its class is marked.
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
    >>> from tradelib import gravity_model
    >>> rises(gravity_model().rises, at=3.8).get_xlabel()
    'actual turnover as a multiple of the potential, at the start'
    """
    checks.check_table(table, numbers="low high n rose least most")
    ax = axes(ax)
    positions = range(len(table))
    lengths = 100 * error_lengths(table, "rose", "least", "most")
    ratio = np.nan if at is None else at
    marked = (table["low"] <= ratio) & (ratio < table["high"])
    style: Style = {
        "color": np.where(marked, ORANGE, SKY),
        "width": 0.75,
        "ecolor": GREY,
        "capsize": 3,
    }
    ax.bar(positions, 100 * table["rose"], yerr=lengths, **style)
    for position, rose in enumerate(table["rose"]):
        mark(ax, f"{100 * rose:.0f} %", (position, 0))
    counted = zip(_classes(table, "g"), table["n"], strict=True)
    labels = [f"{name}\n(n = {n:,})" for name, n in counted]
    ax.set_xticks(positions, labels, fontsize=8, rotation=30, ha="right")
    ax.axhline(50, color=BLACK, lw=0.8, ls=":")
    x = "actual turnover as a multiple of the potential, at the start"
    return finish(ax, source, x=x, y="of them higher four years later, percent")


def _classes(table: pd.DataFrame, form: str) -> list[str]:
    """The classes from ``low`` to ``high`` as text, numbers in this format; the last is open."""
    labels = []
    for low, high in zip(table["low"], table["high"], strict=True):
        end = "and more" if np.isinf(high) else f"to {high:{form}}"
        labels.append(f"{low:{form}} {end}")
    return labels
