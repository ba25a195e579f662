"""What may come, and how good such forecasts were."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from tradelib.core import checks, flows
from tradelib.core.convert import History
from tradelib.core.errors import InputError, InputTypeError
from tradelib.core.labels import heading
from tradelib.core.validation import validated
from tradelib.plot._draw import (
    axes,
    draw_target,
    error_lengths,
    errorbars,
    finish,
    finish_rows,
    label_ticks,
    mark,
)
from tradelib.plot._style import (
    ABOVE,
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LOOKS,
    ORANGE,
    RED,
    SKY,
    Axes,
    Style,
)
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.pledges.target import Target

# Positions that a panel of months takes along the axis.
PANEL = 14


@validated
def fan(
    forecast: Forecast,
    series: History | None = None,
    *,
    target: Target | None = None,
    source: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """History and the fan of its forecast: median, and the central 50, 80 and 90 %.

    Parameters
    ----------
    forecast : Forecast
        The forecast to draw.
    series : DataFrame
        ``year`` and ``turnover_musd`` (US$ million). Years after the forecast's origin are drawn as
        what followed.
    target : Target, optional
        Drawn as a level.
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
    InputTypeError
        If there is no `series`.

    Examples
    --------
    >>> from tradelib import load_turnover, naive
    >>> pair = load_turnover("KAZ", "TKM", as_of="2022-10-05")
    >>> fan(naive(pair, horizon=6), pair).get_title(loc="left")
    'No change on average, from data to 2021'
    """
    if series is None:
        raise InputTypeError("a fan needs its past: plot.fan(forecast, history), got no history")
    values = flows.history(series)
    past = values.loc[: forecast.origin]
    later = values.loc[forecast.origin :]
    ax = axes(ax)
    years = [forecast.origin, *forecast.years]
    for percent, alpha in ((90, 0.2), (80, 0.3), (50, 0.45)):
        band = forecast.interval(percent)
        low = [forecast.last_musd, *band["low"]]
        high = [forecast.last_musd, *band["high"]]
        ax.fill_between(years, low, high, color=SKY, alpha=alpha, lw=0, label=f"{percent} %")
    median = [forecast.last_musd, *forecast.interval()["median"]]
    ax.plot(years, median, color=BLUE, lw=2, ls="--", label="median")
    ax.plot(past.index, past, color=BLACK, lw=2, marker="o", ms=4, label="known then")
    if len(later) > 1:
        ax.plot(later.index, later, color=RED, lw=2, marker="s", ms=5, label="what followed")
    ax.set_yscale("log")
    ticks = (1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000)
    label_ticks(ax.yaxis, [tick for tick in ticks if tick >= past.min() / 3])
    draw_target(ax, target, past.index[0])
    goal = target.value_musd if target else 0
    ax.set_ylim(past.min() / 4, max(values.max(), goal) * 6)
    ax.set_title(f"{heading(forecast.name)}, from data to {forecast.origin}", loc="left")
    unit = "turnover, US$ million a year, log scale"
    return finish(ax, source, y=unit, fontsize=8, loc="lower left", ncols=3)


@validated
def skill(summary: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Skill of forecasters against the random walk by horizon, with intervals.

    Parameters
    ----------
    summary : DataFrame
        As `tradelib.score_summary` returns it.
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
    >>> frame = pd.DataFrame({"forecaster": "growth", "horizon": [1, 3], "skill": [0.05, 0.08],
    ...     "low": [0.02, 0.03], "high": [0.08, 0.12]})
    >>> skill(frame).get_xlabel()
    'years ahead'
    """
    checks.check_table(summary, whole="horizon", numbers="skill low high", texts="forecaster")
    ax = axes(ax)
    rivals = summary[summary["forecaster"] != "naive"]
    groups = list(rivals.groupby("forecaster", sort=False))
    shifts = np.linspace(-0.15, 0.15, len(groups))
    for i, (name, rows) in enumerate(groups):
        errorbars(ax, rows["horizon"] + shifts[i], rows, "skill", **_look(i, heading(name)))
    ax.axhline(0, color=BLACK, lw=1)
    ax.set_xticks(sorted(summary["horizon"].unique()))
    unit = "errors smaller than of no change, percent"
    return finish(ax, source, x="years ahead", y=unit)


@validated
def nowcast_skill(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Error of nowcasts against pro rata and growth carried on, by months and size.

    Each class of size has a panel; errors are in percent of pro rata's, which stand under the
    months. A nowcast whose error is as large or larger is ringed.

    Parameters
    ----------
    table : DataFrame
        Rows of one split, as `tradelib.load_nowcast_skill` returns them.
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
        If a size and a number of months stand in two rows, or months are not 1 to 11.

    Examples
    --------
    >>> from tradelib import load_nowcast_skill
    >>> nowcast_skill(load_nowcast_skill().query("split == 'blocks'")).get_ylabel()
    "error, percent of pro rata's"
    """
    checks.check_table(
        table, whole="months", numbers="rmse rmse_pro_rata rmse_carried_on", texts="size"
    )
    cells = table.set_index(["size", "months"])
    if cells.index.has_duplicates:
        size, months = cells.index[cells.index.duplicated()][0]
        raise InputError(
            f"a size and a number of months have one row, got several for {size} and {months}; "
            "choose a split: table.query(\"split == 'blocks'\")"
        )
    odd = table.loc[~table["months"].between(1, 11), "months"]
    if len(odd):
        raise InputError(f"a part-year has 1 to 11 months, got {odd.iloc[0]}")
    sizes = list(table["size"].unique())
    # Months 0, 12 and 13 of each panel are empty and part its lines from those of the next.
    every = pd.MultiIndex.from_product([sizes, range(PANEL)], names=cells.index.names)
    panels = cells.reindex(every)
    position = np.arange(len(every))
    nowcast = 100 * panels["rmse"] / panels["rmse_pro_rata"]
    carried_on = 100 * panels["rmse_carried_on"] / panels["rmse_pro_rata"]
    ax = axes(ax, height=4.6, width=5)
    ax.plot(position, carried_on, color=GREEN, marker="^", ms=5, label="growth carried on")
    ax.axhline(100, color=ORANGE, lw=2, label="pro rata")
    ax.plot(position, nowcast, color=BLUE, marker="o", ms=5, label="nowcast")
    no_better = nowcast.where(nowcast >= 100)
    ring: Style = {"marker": "o", "ms": 10, "mfc": "none", "ls": "none"}
    ax.plot(position, no_better, color=RED, label="no better than pro rata", **ring)
    for number, size in enumerate(sizes):
        head = (PANEL * number + 6, 1.0)
        mark(ax, size, head, shift=(0, 3), xycoords=("data", "axes fraction"))
        if number:
            ax.axvline(PANEL * number - 1, color=GREY, lw=0.8)
    months = sorted(table["months"].unique())
    labelled = every.get_level_values("months").isin(months[:: max(1, (len(months) - 1) // 2)])
    rows = panels[labelled].reset_index()
    ticks = [f"{row.months}\n{100 * row.rmse_pro_rata:.0f}" for row in rows.itertuples()]
    ax.set_xticks(position[labelled], ticks)
    ax.set_xlim(-1, max(len(every), PANEL) - 1)
    x = "months published, by last year's turnover in US$\n(under them pro rata's error, percent)"
    above = ABOVE | {"bbox_to_anchor": (1, 1.05)}
    return finish(ax, source, x=x, y="error, percent of pro rata's", ncols=2, fontsize=9, **above)


@validated
def reliability(
    frequencies: pd.DataFrame, *, event: str, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """How often an event came against how likely it was said to be.

    Parameters
    ----------
    frequencies : DataFrame
        As `tradelib.frequencies` returns it.
    event : str
        One of its events, for example ``"x2"``: turnover doubles or more.
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
    >>> from tradelib import frequencies, load_calibration
    >>> reliability(frequencies(load_calibration()), event="x2").get_xlabel()
    'forecast probability, percent'
    """
    checks.check_table(
        frequencies, whole="horizon", numbers="forecast frequency low high", texts="event"
    )
    ax = axes(ax)
    chosen = frequencies[frequencies["event"] == event]
    for _, look, rows in _by_horizon(chosen):
        errorbars(ax, 100 * rows["forecast"], rows, "frequency", **look)
    ax.plot([0, 100], [0, 100], color=BLACK, lw=1, ls=":", label="as said")
    ax.set_title(f"Turnover multiplies by {event.removeprefix('x')} or more", loc="left")
    share = "share that came true, percent, 90 % bands"
    return finish(ax, source, x="forecast probability, percent", y=share)


@validated
def pit(frequencies: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Where outcomes fell in their forecast distributions; flat is calibrated.

    Parameters
    ----------
    frequencies : DataFrame
        As `tradelib.frequencies` returns it.
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
    >>> from tradelib import frequencies, load_calibration
    >>> pit(frequencies(load_calibration())).get_ylabel()
    'share of outcomes, percent, 90 % bands'
    """
    checks.check_table(
        frequencies, whole="horizon bin", numbers="frequency low high", texts="event"
    )
    ax = axes(ax)
    chosen = frequencies[frequencies["event"] == "pit"]
    bins = chosen["bin"].nunique()
    width = 80 / bins / chosen["horizon"].nunique()
    for offset, look, rows in _by_horizon(chosen):
        middle = 100 * (rows["bin"] + 0.5) / bins
        lengths = 100 * error_lengths(rows, "frequency")
        style: Style = {"color": look["color"], "label": look["label"], "ecolor": GREY}
        shares = 100 * rows["frequency"]
        ax.bar(middle + offset * width, shares, width, yerr=lengths, **style)
    ax.axhline(100 / bins, color=BLACK, lw=1, ls=":", label="calibrated")
    x = "percentile of the forecast at which the outcome fell"
    return finish(ax, source, x=x, y="share of outcomes, percent, 90 % bands", ncols=2)


@validated
def coverage(summary: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of outcomes inside the central 80 %, by trial and horizon.

    Parameters
    ----------
    summary : DataFrame
        As `tradelib.score_summary` returns it, with a column ``trial``.
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
    >>> frame = pd.DataFrame({"trial": ["a", "b"], "horizon": 1, "coverage80": [0.8, 0.7],
    ...     "coverage_low": [0.7, 0.6], "coverage_high": [0.9, 0.8]})
    >>> coverage(frame).get_xlabel()
    'outcomes inside the central 80 %, percent, 90 % bands'
    """
    checks.check_table(
        summary, whole="horizon", numbers="coverage80 coverage_low coverage_high", texts="trial"
    )
    trials = list(summary["trial"].unique())
    ax = axes(ax, height=1.6 + 0.42 * len(trials))
    columns = ("coverage80", "coverage_low", "coverage_high")
    for offset, look, rows in _by_horizon(summary):
        positions = rows["trial"].map(trials.index) + 0.16 * offset
        errorbars(ax, positions, rows, *columns, across=True, ls="none", **look)
    ax.axvline(80, color=BLACK, lw=1, ls=":")
    share = "outcomes inside the central 80 %, percent, 90 % bands"
    return finish_rows(ax, source, trials, x=share, ncols=3)


def _look(i: int, label: str) -> dict[str, Any]:
    """Colour, marker and label of series number i, with caps on its error bars."""
    colour, marker = LOOKS[i % len(LOOKS)]
    return {"color": colour, "marker": marker, "capsize": 3, "label": label}


def _by_horizon(table: pd.DataFrame) -> Iterator[tuple[float, dict[str, Any], pd.DataFrame]]:
    """For each horizon its offset from the middle of all horizons, its look and its rows."""
    groups = list(table.groupby("horizon"))
    middle = (len(groups) - 1) / 2
    for i, (horizon, rows) in enumerate(groups):
        unit = "years" if horizon > 1 else "year"
        yield i - middle, _look(i, f"{horizon} {unit} ahead"), rows
