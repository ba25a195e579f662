"""What may come, and how good such forecasts were."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground import flows, frames
from tradelib.ground.convert import History
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputTypeError
from tradelib.ground.plain import heading
from tradelib.plot._draw import axes, finish, level, listed, mark, picture, ranges, spans, ticked
from tradelib.plot._style import BLACK, BLUE, GREY, LOOKS, RED, SKY, Axes
from tradelib.science.outlook.paths import Forecast
from tradelib.science.pledge.target import Target


@picture
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
    series : DataFrame, ``year``, ``turnover_musd`` (US$ million); after the origin: what came
    target : Target, optional, drawn as a level

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
    past, later = values.loc[: forecast.origin], values.loc[forecast.origin :]
    ax = axes(ax)
    years = [forecast.origin, *forecast.years]
    for within, alpha in ((90, 0.2), (80, 0.3), (50, 0.45)):
        band = forecast.interval(within)
        low, high = ([forecast.last_musd, *band[side]] for side in ("low", "high"))
        ax.fill_between(years, low, high, color=SKY, alpha=alpha, lw=0, label=f"{within} %")
    median = [forecast.last_musd, *forecast.interval()["median"]]
    ax.plot(years, median, color=BLUE, lw=2, ls="--", label="median")
    ax.plot(past.index, past, color=BLACK, lw=2, marker="o", ms=4, label="known then")
    if len(later) > 1:
        ax.plot(later.index, later, color=RED, lw=2, marker="s", ms=5, label="what followed")
    ax.set_yscale("log")
    ticks = (1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000)
    ticked(ax.yaxis, [tick for tick in ticks if tick >= past.min() / 3])
    level(ax, target, past.index[0])
    ax.set_ylim(past.min() / 4, max(values.max(), target.value_musd if target else 0) * 6)
    ax.set_title(f"{heading(forecast.name)}, from data to {forecast.origin}", loc="left")
    unit = "turnover, US$ million a year, log scale"
    return finish(ax, source, y=unit, fontsize=8, loc="lower left", ncols=3)


@picture
@validated
def skill(summary: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Skill of forecasters against the random walk by horizon, with bands.

    Parameters
    ----------
    summary : DataFrame, as `tradelib.score_summary` returns it

    Examples
    --------
    >>> frame = pd.DataFrame({"forecaster": "growth", "horizon": [1, 3], "skill": [0.05, 0.08],
    ...     "low": [0.02, 0.03], "high": [0.08, 0.12]})
    >>> skill(frame).get_xlabel()
    'years ahead'
    """
    frames.check_table(summary, whole="horizon", numbers="skill low high", texts="forecaster")
    ax = axes(ax)
    groups = list(summary[summary["forecaster"] != "naive"].groupby("forecaster", sort=False))
    shifts = np.linspace(-0.15, 0.15, len(groups))
    for i, (name, part) in enumerate(groups):
        look = _look(i, heading(name))
        ranges(ax, part["horizon"] + shifts[i], part, "skill", **look)
    ax.axhline(0, color=BLACK, lw=1)
    across = ("axes fraction", "data")
    mark(ax, "no change on average", (0.995, 0), shift=(0, 3), xycoords=across, ha="right")
    ax.set_xticks(sorted(summary["horizon"].unique()))
    return finish(ax, source, x="years ahead", y="errors (CRPS) smaller by, percent")


@picture
@validated
def reliability(
    frequencies: pd.DataFrame, *, event: str, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """How often an event came against how likely it was said to be.

    Parameters
    ----------
    frequencies : DataFrame, as `tradelib.frequencies` returns it
    event : str, one of its events, for example ``"x2"``

    Examples
    --------
    >>> from tradelib import frequencies, load_calibration
    >>> reliability(frequencies(load_calibration()), event="x2").get_xlabel()
    'forecast probability, percent'
    """
    frames.check_table(
        frequencies, whole="horizon", numbers="forecast frequency low high", texts="event"
    )
    ax = axes(ax)
    for _, look, part in _by_horizon(frequencies[frequencies["event"] == event]):
        ranges(ax, 100 * part["forecast"], part, "frequency", **look)
    ax.plot([0, 100], [0, 100], color=BLACK, lw=1, ls=":", label="as said")
    ax.set_title(f"Turnover multiplies by {event.removeprefix('x')} or more", loc="left")
    share = "share that came true, percent, 90 % bands"
    return finish(ax, source, x="forecast probability, percent", y=share)


@picture
@validated
def pit(frequencies: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Where outcomes fell in their forecast distributions; flat is calibrated.

    Parameters
    ----------
    frequencies : DataFrame, as `tradelib.frequencies` returns it

    Examples
    --------
    >>> from tradelib import frequencies, load_calibration
    >>> pit(frequencies(load_calibration())).get_ylabel()
    'share of outcomes, percent, 90 % bands'
    """
    frames.check_table(
        frequencies, whole="horizon bin", numbers="frequency low high", texts="event"
    )
    ax = axes(ax)
    chosen = frequencies[frequencies["event"] == "pit"]
    bins = chosen["bin"].nunique()
    width = 80 / bins / chosen["horizon"].nunique()
    for aside, look, part in _by_horizon(chosen):
        spots, ends = 100 * (part["bin"] + 0.5) / bins + aside * width, spans(part, "frequency")
        style = {"color": look["color"], "label": look["label"], "ecolor": GREY}
        ax.bar(spots, 100 * part["frequency"], width, yerr=100 * ends, **style)
    ax.axhline(100 / bins, color=BLACK, lw=1, ls=":", label="calibrated")
    share = "share of outcomes, percent, 90 % bands"
    where = "percentile of the forecast at which the outcome fell"
    return finish(ax, source, x=where, y=share, ncols=2)


@picture
@validated
def coverage(summary: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of outcomes inside the central 80 %, by trial and horizon, with bands.

    Parameters
    ----------
    summary : DataFrame, as `tradelib.score_summary` returns it, with a column ``trial``

    Examples
    --------
    >>> frame = pd.DataFrame({"trial": ["a", "b"], "horizon": 1, "coverage80": [0.8, 0.7],
    ...     "coverage_low": [0.7, 0.6], "coverage_high": [0.9, 0.8]})
    >>> coverage(frame).get_xlabel()
    'outcomes inside the central 80 %, percent, 90 % bands'
    """
    frames.check_table(
        summary, whole="horizon", numbers="coverage80 coverage_low coverage_high", texts="trial"
    )
    trials = list(summary["trial"].unique())
    ax = axes(ax, height=1.6 + 0.42 * len(trials))
    columns = ("coverage80", "coverage_low", "coverage_high")
    for aside, look, part in _by_horizon(summary):
        spots = part["trial"].map(trials.index) + 0.16 * aside
        ranges(ax, spots, part, *columns, across=True, ls="none", **look)
    ax.axvline(80, color=BLACK, lw=1, ls=":")
    share = "outcomes inside the central 80 %, percent, 90 % bands"
    return listed(ax, source, trials, x=share, ncols=3)


def _look(i: int, label: str) -> dict[str, Any]:
    colour, marker = LOOKS[i % len(LOOKS)]
    return {"color": colour, "marker": marker, "capsize": 3, "label": label}


def _by_horizon(table: pd.DataFrame) -> Iterator[tuple[float, dict[str, Any], pd.DataFrame]]:
    """For each horizon its place beside the others, its look and its rows."""
    groups = list(table.groupby("horizon"))
    for i, (horizon, part) in enumerate(groups):
        words = f"{horizon} year{'s' * (horizon > 1)} ahead"
        yield i - (len(groups) - 1) / 2, _look(i, words), part
