"""The verdict, how it moved, and the stories behind it."""

from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from tradelib.core import checks
from tradelib.core.errors import InputError
from tradelib.core.validation import validated
from tradelib.plot._draw import (
    axes,
    errorbars,
    finish,
    finish_rows,
    label_ticks,
    mark,
    percent_label,
    title,
)
from tradelib.plot._style import ABOVE, BLACK, BLUE, GREEN, GREY, ORANGE, RED, SKY, Axes, Style
from tradelib.science.assessment.likelihood_words import own_words
from tradelib.science.assessment.table import of_role, suffix
from tradelib.science.assessment.verdict import Verdict
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.pledges.target import Target

# Colour and marker of each group of other ways to estimate the chance.
GROUP_LOOKS = {
    "older models": (BLACK, "s"),
    "other data": (BLUE, "o"),
    "other methods": (GREEN, "^"),
    "other pairs": (ORANGE, "v"),
}
# Coordinates of text to the right of the axes.
BESIDE: dict[str, Any] = {"xycoords": ("axes fraction", "data")}


@validated
def verdict(judged: Verdict, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """The headline probability beside other ways to estimate it, by group.

    Bars are the intervals of single estimates. The coloured band is the range of the verdict.

    Parameters
    ----------
    judged : Verdict
        Of a target whose deadline has not passed.
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
        If there is no probability to draw: the question is settled, or nothing can be said.

    Examples
    --------
    >>> from tradelib import article_target, assess
    >>> verdict(assess(article_target())).get_xlabel()
    'probability of US$1,000m or more in 2027, percent'
    """
    headline = of_role(judged.evidence, "headline")
    if headline.empty:
        raise InputError(f"there is no probability to draw: {judged.words}")
    others = of_role(judged.evidence, "range").sort_values(["group", "value"])
    rows = pd.concat([headline, others])
    ax = axes(ax, height=1.5 + 0.34 * len(rows))
    low, high = judged.probability_range
    if len(others):
        ax.axvspan(100 * low, 100 * high, color=SKY, alpha=0.25, lw=0)
    errorbars(ax, range(len(rows)), rows, "value", across=True, fmt="none", ecolor=GREY, capsize=3)
    chances = 100 * rows["value"]
    ax.plot(chances[:1], [0], "D", color=RED, ms=9, label="headline")
    for group in others["group"].unique():
        positions = np.flatnonzero(rows["group"] == group)
        colour, marker = GROUP_LOOKS[group]
        style: Style = {"ls": "none", "marker": marker, "color": colour, "label": group}
        ax.plot(chances.iloc[positions], positions, **style)
    for position, chance in enumerate(rows["value"]):
        mark(ax, percent_label(chance), (100 * chance, position), shift=(0, 7), size=8)
    largest = rows[["value", "high"]].max().max()
    ax.set_xlim(0, min(100, 115 * largest))
    title(ax, judged.target, f": {own_words(judged.words)}", pad=26, size="medium")
    x = f"probability of {judged.target.amount} or more in {judged.by}, percent"
    items = list(rows["item"])
    return finish_rows(ax, source, items, size=9, margins=(0.7, 0.5), ncols=5, x=x)


@validated
def eras(judged: Verdict, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Turnover in the year judged, and the chance of the target, if past eras came again.

    Parameters
    ----------
    judged : Verdict
        Of a target whose growth model has learned from past eras.
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
        If the verdict holds no eras.

    Examples
    --------
    >>> from tradelib import article_target, assess
    >>> eras(assess(article_target())).get_xlabel()
    'turnover in 2027, US$ million, current prices (log scale)'
    """
    evidence = judged.evidence.set_index("key")
    of_eras = of_role(judged.evidence, "era")
    keys = list(of_eras.loc[of_eras["unit"] == "probability", "key"])
    if not keys:
        raise InputError(f"there are no eras to draw: {judged.words}")
    ending = suffix(judged.target.currency)
    turnover = evidence.loc[["turnover", *(f"{key}_{ending}" for key in keys)]]
    chances = evidence.loc[["headline", *keys], "value"]
    goal = judged.target.value
    ax = axes(ax, height=1.7 + 0.62 * len(turnover))
    _log_turnover(ax, [*turnover["low"], *turnover["high"], goal])
    positions = range(len(turnover))
    ax.hlines(positions, turnover["low"], turnover["high"], color=SKY, lw=8, label="80 %")
    ax.plot(turnover["value"], positions, "o", color=BLUE, ms=8, label="median")
    ax.axvline(goal, color=RED, ls="--", label=f"target, {judged.target.amount}")
    mark(ax, "chance", (1.02, -0.6), shift=(0, -4), ha="left", **BESIDE)
    for position, chance in enumerate(chances):
        mark(ax, percent_label(chance), (1.02, position), shift=(0, -4), ha="left", **BESIDE)
    title(ax, judged.target, f" in {judged.by}, if past eras came again", pad=26, size="medium")
    labels = ["whatever era comes"]
    labels += [f"{evidence['item'][key]}: {evidence['source'][key]}" for key in keys]
    wrapped = [fill(label, 44) for label in labels]
    x = f"turnover in {judged.by}, {turnover['unit'].iloc[0]}, current prices (log scale)"
    return finish_rows(ax, source, wrapped, size=8, ncols=3, x=x)


@validated
def scenarios(
    placed: pd.DataFrame,
    forecast: Forecast,
    *,
    target: Target,
    year: int,
    source: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """Stories of what may happen, each where it lies in the forecast.

    Parameters
    ----------
    placed : DataFrame
        As `tradelib.scenario.place` returns it.
    forecast : Forecast
        The forecast in which they were placed.
    target : Target
        Drawn as a line.
    year : int
        The year of the stories, one of the years that are forecast.
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
        If `year` is not forecast.

    Examples
    --------
    >>> from tradelib import article_target, load_turnover, panel_growth, scenario
    >>> forecast = panel_growth(load_turnover("KAZ", "TKM"), horizon=2)
    >>> placed = scenario.place(forecast, {"as in 2025": 515.5}, year=2027)
    >>> ax = scenarios(placed, forecast, target=article_target(), year=2027)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['as in 2025']
    """
    checks.check_table(placed, numbers="value_musd probability", texts="scenario")
    if year not in forecast.years:
        raise InputError(f"{year} is not forecast; the years forecast are {forecast.years}")
    column = forecast.years.index(year)
    low, median, high = forecast.quantile([0.1, 0.5, 0.9])[:, column]
    ax = axes(ax, height=1.6 + 0.36 * len(placed))
    ax.axvspan(low, high, color=SKY, alpha=0.25, lw=0, label="80 % of the forecast")
    ax.axvline(median, color=BLUE, lw=1, label="its median")
    ax.axvline(target.value_musd, color=RED, ls="--", label="target")
    ax.plot(placed["value_musd"], range(len(placed)), "o", color=BLACK)
    beside = placed[["value_musd", "probability"]].to_numpy(float, na_value=np.nan)
    for position, (value, chance) in enumerate(beside):
        text = "" if np.isnan(value) else f"{value:,.0f}"
        if not np.isnan(chance):
            text += f"  ({percent_label(chance)})"
        mark(ax, text, (1.01, position), shift=(0, 0), ha="left", va="center", **BESIDE)
    _log_turnover(ax, [*placed["value_musd"], low, high, target.value_musd])
    ax.set_title(f"{year}: US$ million (chance of as much or more)", loc="left")
    return finish_rows(
        ax,
        source,
        list(placed["scenario"]),
        size=9,
        margins=(0.6, 0.6),
        upward=True,
        grid="",
        x=f"turnover in {year}, US$ million, current prices (log scale)",
        bbox_to_anchor=(1, 1.1),
        ncols=3,
    )


def _log_turnover(ax: "Axes", values: list[float]) -> None:
    """Make x a log axis wide enough for these values, with ticks at 1, 2 and 5 times 10^k."""
    left = min(values) / 1.3
    right = max(values) * 1.3
    ticks = [step * 10**power for power in range(8) for step in (1, 2, 5)]
    ax.set_xscale("log")
    label_ticks(ax.xaxis, [tick for tick in ticks if left <= tick <= right])
    ax.set_xlim(left, right)


@validated
def timeline(verdicts: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """How the verdict moved as figures came out, beside the official status.

    Parameters
    ----------
    verdicts : DataFrame
        As `tradelib.timeline` returns it.
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
    >>> timeline(tl.timeline(tl.article_target())).get_xlabel()
    'known by'
    """
    checks.check_table(
        verdicts,
        numbers="probability_in probability_ever range_low range_high",
        texts="official",
        days="as_of",
    )
    ax = axes(ax)
    days = verdicts["as_of"]
    within = 100 * verdicts["probability_in"]
    ever = 100 * verdicts["probability_ever"]
    low = 100 * verdicts["range_low"]
    high = 100 * verdicts["range_high"]
    ax.fill_between(days, low, high, color=SKY, alpha=0.3, lw=0, label="range")
    ax.plot(days, within, marker="o", color=BLUE, lw=2, label="in the year")
    ax.plot(days, ever, marker="s", color=ORANGE, ls="--", label="ever by it")
    for day, chance, status in zip(days, ever, verdicts["official"], strict=True):
        mark(ax, status, (day, chance), shift=(0, 9), size=8, color=GREY)
    largest = verdicts[["probability_ever", "range_high"]].max().max()
    ax.set_ylim(0, min(100, 115 * largest))
    ax.margins(x=0.12)
    dates = [f"{day:%Y-%m-%d}" for day in days]
    ax.set_xticks(days, dates, fontsize=9, rotation=25, ha="right")
    y = "probability, percent"
    return finish(ax, source, x="known by", y=y, title="grey: the UN's method", ncols=3, **ABOVE)
