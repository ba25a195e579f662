"""The verdict, how it moved, and the stories behind it."""

from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground import frames
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.plot._draw import axes, finish, listed, mark, percent, picture, ranges, ticked, title
from tradelib.plot._style import ABOVE, BLACK, BLUE, GREEN, GREY, ORANGE, RED, SKY, Axes
from tradelib.science.outlook.paths import Forecast
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.verdict import Verdict

# Of words that stand to the right of the axes.
BESIDE: dict[str, Any] = {"xycoords": ("axes fraction", "data")}


@picture
@validated
def verdict(judged: Verdict, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """The headline against other ways to estimate the same event, by group; they make no interval.

    Parameters
    ----------
    judged : Verdict, of a target whose deadline has not passed

    Examples
    --------
    >>> from tradelib import article_target, assess
    >>> verdict(assess(article_target())).get_xlabel()
    'probability of US$1,000m or more in 2027, percent'
    """
    roles = judged.evidence["role"]
    head, rest = judged.evidence[roles == "headline"], judged.evidence[roles == "range"]
    if head.empty:
        raise InputError(f"there is no probability to draw: {judged.words}")
    rows = pd.concat([head, rest.sort_values(["group", "value"])])
    ax = axes(ax, height=1.5 + 0.34 * len(rows))
    low, high = judged.probability_range
    ax.axvspan(100 * low, 100 * high, color=SKY, alpha=0.25, lw=0)
    chances, spots = 100 * rows["value"], range(len(rows))
    ranges(ax, spots, rows, "value", across=True, fmt="none", ecolor=GREY, capsize=3)
    ax.plot(chances[:1], [0], "D", color=RED, ms=9, label="headline")
    for group, colour in zip(rows["group"][1:].unique(), (BLUE, GREEN, ORANGE), strict=False):
        at = np.flatnonzero(rows["group"] == group)
        ax.plot(chances.iloc[at], at, "o", color=colour, label=group)
    for spot, chance in enumerate(rows["value"]):
        mark(ax, percent(chance), (100 * chance, spot), shift=(0, 7), size=8)
    ax.set_xlim(0, min(100, 115 * rows[["value", "high"]].max().max()))
    title(ax, judged.target, f": {judged.words}", pad=26)
    x = f"probability of US${judged.target.value_musd:,.0f}m or more in {judged.by}, percent"
    return listed(ax, source, list(rows["item"]), size=9, room=(0.7, 0.5), ncols=4, x=x)


@picture
@validated
def eras(judged: Verdict, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Turnover in the year judged, and the chance of the target, if past eras came again.

    Parameters
    ----------
    judged : Verdict, of a target whose growth model knows what past eras did

    Examples
    --------
    >>> from tradelib import article_target, assess
    >>> eras(assess(article_target())).get_xlabel()
    'turnover in 2027, US$ million, current prices (log scale)'
    """
    told = judged.evidence.set_index("key")
    spots = told.index[(told["role"] == "era") & (told["unit"] == "probability")]
    if spots.empty:
        raise InputError(f"there are no eras to draw: {judged.words}")
    money = told.loc[["turnover", *(f"{key}_musd" for key in spots)]]
    chances, goal = told.loc[["headline", *spots], "value"], judged.target.value_musd
    ax = axes(ax, height=1.7 + 0.62 * len(money))
    _log_turnover(ax, [*money["low"], *money["high"], goal])
    ax.hlines(range(len(money)), money["low"], money["high"], color=SKY, lw=8, label="80 %")
    ax.plot(money["value"], range(len(money)), "o", color=BLUE, ms=8, label="median")
    ax.axvline(goal, color=RED, ls="--", label=f"target, US${goal:,.0f}m")
    for spot, words in enumerate(["chance", *map(percent, chances)], start=-1):
        mark(ax, words, (1.02, max(spot, -0.6)), shift=(0, -4), ha="left", **BESIDE)
    title(ax, judged.target, f" in {judged.by}, if past eras came again", pad=26)
    labels = ["whatever era comes", *(f"{told['item'][k]}: {told['source'][k]}" for k in spots)]
    x = f"turnover in {judged.by}, US$ million, current prices (log scale)"
    return listed(ax, source, [fill(label, 44) for label in labels], size=8, ncols=3, x=x)


@picture
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
    placed : DataFrame, as `tradelib.scenario.place` returns it
    forecast : Forecast, the one they were placed in
    target : Target, drawn as a line
    year : int, of the stories, one that is forecast

    Examples
    --------
    >>> from tradelib import article_target, load_turnover, panel_growth, scenario
    >>> made = panel_growth(load_turnover("KAZ", "TKM"), horizon=2)
    >>> placed = scenario.place(made, {"as in 2025": 515.5}, year=2027)
    >>> ax = scenarios(placed, made, target=article_target(), year=2027)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['as in 2025']
    """
    frames.check_table(placed, numbers="value_musd probability", texts="scenario")
    if year not in forecast.years:
        raise InputError(f"{year} is not forecast; there are {forecast.years}")
    low, median, high = forecast.quantile([0.1, 0.5, 0.9])[:, forecast.years.index(year)]
    ax = axes(ax, height=1.6 + 0.36 * len(placed))
    ax.axvspan(low, high, color=SKY, alpha=0.25, lw=0, label="80 % of the forecast")
    ax.axvline(median, color=BLUE, lw=1, label="its median")
    ax.axvline(target.value_musd, color=RED, ls="--", label="target")
    ax.plot(placed["value_musd"], range(len(placed)), "o", color=BLACK)
    for spot, row in enumerate(placed.itertuples()):
        words = f"{row.value_musd:,.0f}  ({percent(row.probability)})"
        mark(ax, words, (1.01, spot), shift=(0, 0), ha="left", va="center", **BESIDE)
    _log_turnover(ax, [*placed["value_musd"], low, high, target.value_musd])
    ax.set_title(f"{year}: US$ million (chance of as much or more)", loc="left")
    x, names = f"turnover in {year}, US$ million, current prices (log scale)", placed["scenario"]
    return listed(
        ax,
        source,
        list(names),
        size=9,
        room=(0.6, 0.6),
        upward=True,
        grid="",
        x=x,
        bbox_to_anchor=(1, 1.1),
        ncols=3,
    )


def _log_turnover(ax: "Axes", values: list[float]) -> None:
    """A log axis for these values, with ticks at 1, 2 and 5 of each power of ten."""
    least, most = min(values) / 1.3, max(values) * 1.3
    ticks = [step * 10**power for power in range(8) for step in (1, 2, 5)]
    ax.set_xscale("log")
    ticked(ax.xaxis, [tick for tick in ticks if least <= tick <= most])
    ax.set_xlim(least, most)


@picture
@validated
def timeline(verdicts: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """How the verdict moved as figures came out, beside the official call.

    Parameters
    ----------
    verdicts : DataFrame, as `tradelib.timeline` returns it

    Examples
    --------
    >>> import tradelib as tl
    >>> timeline(tl.timeline(tl.article_target())).get_xlabel()
    'known by'
    """
    frames.check_table(
        verdicts,
        numbers="probability_in probability_ever range_low range_high",
        texts="official",
        days="as_of",
    )
    ax = axes(ax)
    days, inside, ever = (verdicts[c] for c in ("as_of", "probability_in", "probability_ever"))
    low, high = 100 * verdicts["range_low"], 100 * verdicts["range_high"]
    ax.fill_between(days, low, high, color=SKY, alpha=0.3, lw=0, label="range")
    ax.plot(days, 100 * inside, marker="o", color=BLUE, lw=2, label="in the year")
    ax.plot(days, 100 * ever, marker="s", color=ORANGE, ls="--", label="ever by it")
    for day, chance, official in zip(days, ever, verdicts["official"], strict=True):
        mark(ax, official, (day, 100 * chance), shift=(0, 9), size=8, color=GREY)
    ax.set_ylim(0, min(100, 115 * verdicts[["probability_ever", "range_high"]].max().max()))
    ax.margins(x=0.12)
    ax.set_xticks(days, [f"{day:%Y-%m-%d}" for day in days], fontsize=9, rotation=25, ha="right")
    y, told = "probability, percent", "grey: the UN's method"
    return finish(ax, source, x="known by", y=y, title=told, ncols=3, **ABOVE)
