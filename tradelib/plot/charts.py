"""Finished numbers drawn on Axes.

Every function takes ``ax=None`` (a new figure is made if it is omitted), labels both axes with
their units, prints ``source`` under the picture and returns the Axes. Colours are Okabe and Ito's,
told apart also by those who see few colours. matplotlib is imported when a function first draws.
"""

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradelib.ground import codes, flows
from tradelib.ground.growth import compound, required_growth
from tradelib.science.outlook.forecast import Forecast
from tradelib.science.outside.base_rate import BaseRate
from tradelib.science.pledge.progress import METHODS
from tradelib.science.pledge.target import Target
from tradelib.science.verdict.verdict import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "base_rate_by_year",
    "base_rates",
    "both_flows",
    "claims",
    "coverage",
    "fan",
    "gravity_terms",
    "history",
    "nowcasts",
    "open_targets",
    "part_year_shares",
    "path_to_target",
    "pit",
    "pledge_rates",
    "pledges",
    "potential",
    "progress_map",
    "ratios",
    "reliability",
    "rises",
    "scenarios",
    "side_by_side",
    "skill",
    "timeline",
    "verdict",
]

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY = "#767676"
_GRADED = [BLUE, "#A9D3EE", "#F6E3C5", "#F2B37B"]
_TURNOVER = "turnover, US$ million a year, current prices"
_LINES = [(BLUE, "o"), (RED, "s"), (GREEN, "^"), (PINK, "D"), (ORANGE, "v"), (SKY, "P")]


def history(
    series: pd.DataFrame,
    *,
    swings: pd.DataFrame | None = None,
    target: Target | None = None,
    source: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """Annual turnover with its earlier collapses marked.

    Parameters
    ----------
    series : DataFrame
        ``year``, ``turnover_musd`` (US$ million); ``status`` if preliminary years are to show.
    swings : DataFrame, optional
        As `tradelib.flows.swings` returns it; falls are drawn in red with their size.
    target : Target, optional
        Drawn as a level, and as a point if it has a deadline.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from tradelib import flows, load_turnover
    >>> pair = load_turnover("KAZ", "TKM")
    >>> history(pair, swings=flows.swings(pair)).get_ylabel()
    'turnover, US$ million a year, current prices'
    """
    values = flows.history(series)
    ax = _axes(ax)
    ax.bar(values.index, values, color=SKY, width=0.7)
    if "status" in series:
        early = series[series["status"] == "preliminary"]
        ax.bar(
            early["year"], early["turnover_musd"], width=0.7,
            color="white", edgecolor=SKY, hatch="///", label="preliminary",
        )  # fmt: skip
        if len(early):
            ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 0.92))
    falls = pd.DataFrame() if swings is None else swings[swings["change"] < 0]
    for leg in falls.itertuples():
        ax.annotate(
            "", (leg.to_year, leg.to_musd), (leg.from_year, leg.from_musd),
            arrowprops={"arrowstyle": "-|>", "color": RED, "lw": 2, "shrinkA": 0, "shrinkB": 2},
        )  # fmt: skip
        ax.annotate(
            f"{leg.change:.0%}", (leg.to_year, (leg.from_musd + leg.to_musd) / 2),
            (6, 6), textcoords="offset points", color=RED, weight="bold",
            bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1},
        )  # fmt: skip
    peaks = [
        *(falls["from_year"] if len(falls) else []),
        int(values.index[-1]),
        int(values.idxmax()),
    ]
    for year in dict.fromkeys(peaks):
        _label(ax, year, values[year], f"{values[year]:.0f}")
    if target is not None:
        _level(ax, target, values.index[0])
    _finish(ax, _TURNOVER, source)
    return ax


def side_by_side(
    annual: pd.DataFrame, *, by: str = "source_id", source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Annual turnover as several series, one line each: sources, price bases, pairs.

    Parameters
    ----------
    annual : DataFrame
        ``year``, ``turnover_musd`` (US$ million) and `by`, one row a series and year.
    by : str
        Column that tells the series apart; at most six.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw. Gaps in a series stay gaps.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there are more than six series, or one has a year twice.

    Examples
    --------
    >>> from tradelib import load_turnover
    >>> series = [load_turnover("KAZ", "TKM", source=s) for s in ("bns", "wits")]
    >>> len(side_by_side(pd.concat(series)).lines)
    2
    """
    names = list(dict.fromkeys(annual[by]))
    if len(names) > len(_LINES):
        raise ValueError(f"side_by_side tells {len(_LINES)} series apart, got {len(names)}")
    if annual.duplicated([by, "year"]).any():
        row = annual[annual.duplicated([by, "year"])].iloc[0]
        raise ValueError(f"a series has one value a year, got several for {row[by]} {row['year']}")
    ax = _axes(ax)
    for name, (colour, marker) in zip(names, _LINES, strict=False):
        known = annual[annual[by] == name].set_index("year")["turnover_musd"].sort_index()
        whole = known.reindex(range(known.index[0], known.index[-1] + 1))
        ax.plot(whole.index, whole, marker=marker, color=colour, label=name, lw=2, ms=5)
    ax.legend(frameon=False)
    ax.set_ylim(bottom=0)
    _finish(ax, "turnover, US$ million a year", source)
    return ax


def both_flows(series: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Exports and imports of the reporter, side by side for each year.

    Parameters
    ----------
    series : DataFrame
        ``reporter``, ``partner``, ``year``, ``export_musd``, ``import_musd`` (US$ million), as
        `tradelib.load_turnover` returns it.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from tradelib import load_turnover
    >>> len(both_flows(load_turnover("KAZ", "TKM")).containers)
    2
    """
    ax = _axes(ax)
    here, there = (codes.name(series[side].iloc[0]) for side in ("reporter", "partner"))
    ax.bar(
        series["year"] - 0.2, series["export_musd"], width=0.4, color=BLUE,
        label=f"{here} to {there}",
    )  # fmt: skip
    ax.bar(
        series["year"] + 0.2, series["import_musd"], width=0.4, color=ORANGE,
        label=f"{there} to {here}",
    )  # fmt: skip
    ax.legend(frameon=False, loc="upper left")
    _finish(ax, "US$ million a year, current prices", source)
    return ax


def claims(checked: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """How far each sourced figure lies from what was claimed, by verdict.

    Parameters
    ----------
    checked : DataFrame
        As `tradelib.check_claims` returns it; rows that cannot be told are left out.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> frame = pd.DataFrame({"said": ["Turnover in 2021"], "gap": [-0.38], "source_id": ["wits"],
    ...     "verdict": ["contradicts"], "bound": ["exact"]})
    >>> claims(frame).get_xlabel()
    'sourced figure against the claim, %'
    """
    ax = _axes(ax)
    told = checked[checked["gap"].notna()]
    rows = list(dict.fromkeys(told["said"]))[::-1]
    looks = {"agrees": (BLUE, "o"), "rounds to": (ORANGE, "s"), "contradicts": (RED, "X")}
    ax.axvline(0, color=BLACK, lw=1)
    for verdict, (colour, marker) in looks.items():
        part = told[told["verdict"] == verdict]
        heights = [rows.index(said) for said in part["said"]]
        ax.scatter(
            100 * part["gap"], heights, c=colour, marker=marker, s=70, label=verdict, zorder=3
        )
    for said, group in told.groupby("said", sort=False):
        for _, names in group.groupby(group["gap"].round(1), sort=False):
            text = ", ".join(dict.fromkeys(names["source_id"]))
            ax.annotate(
                text, (100 * names["gap"].mean(), rows.index(said)), (0, 7),
                textcoords="offset points",
                ha="center", fontsize=8, color=GREY,
            )  # fmt: skip
    ax.set_yticks(range(len(rows)), [fill(said, 44) for said in rows], fontsize=9)
    ax.set_ylim(-0.6, len(rows) - 0.3)
    ax.set_xlabel("sourced figure against the claim, %")
    ax.legend(frameon=False, loc="lower right")
    _finish(ax, "", source)
    ax.grid(axis="x", color="#DDDDDD", lw=0.8)
    return ax


def path_to_target(
    series: pd.DataFrame,
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
        ``year``, ``turnover_musd`` (US$ million).
    target : Target
        With a deadline.
    since : list of int
        Years from which a required path starts, each at the turnover of that year.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the target has no deadline, a year is not in the series or not before the deadline, or
        there are more than five.

    Examples
    --------
    >>> from tradelib import article_target, load_turnover
    >>> axes = path_to_target(load_turnover("KAZ", "TKM"), article_target(), since=[2021, 2025])
    >>> [text.get_text() for text in axes.get_legend().get_texts()][1]
    'needed from 2021: 25.6 % a year'
    """
    values = flows.history(series)
    if target.deadline is None:
        raise ValueError("path_to_target needs a deadline, and this target names none")
    looks = _LINES[1:]
    if len(since) > len(looks):
        raise ValueError(f"path_to_target tells {len(looks)} paths apart, got {len(since)}")
    ax = _axes(ax)
    ax.plot(values.index, values, marker="o", color=BLUE, lw=2, label="actual")
    for start, (colour, _) in zip(since, looks, strict=False):
        if start not in values.index or start >= target.deadline:
            raise ValueError(
                f"a path starts in a year of the series before the deadline, got {start}; the "
                f"series has {values.index[0]}-{values.index[-1]}, the deadline is "
                f"{target.deadline}"
            )
        years = np.arange(start, target.deadline + 1)
        rate = required_growth(values[start], target.value_musd, years=target.deadline - start)
        needed = compound(values[start], rate=rate, years=years - start)
        ax.plot(
            years, needed, ls="--", marker=".", color=colour, lw=2,
            label=f"needed from {start}: {rate:.1%} a year".replace("%", " %"),
        )  # fmt: skip
    last = int(values.index[-1])
    _label(ax, last, values[last], f"{values[last]:.0f}", below=True)
    _level(ax, target, values.index[0])
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(0, 0.9))
    ax.set_ylim(bottom=0)
    _finish(ax, _TURNOVER, source)
    return ax


def part_year_shares(shares: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of the full year that was reached after so many months, against pro rata.

    Parameters
    ----------
    shares : DataFrame
        ``year``, ``months`` (1-11), ``share`` (fraction), as `tradelib.flows.year_to_date` returns
        it; one row a point.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> shares = pd.DataFrame({"year": [2022], "months": [7], "share": [0.522]})
    >>> part_year_shares(shares).get_xlabel()
    'months published'
    """
    ax = _axes(ax)
    ax.plot([0, 12], [0, 100], color=GREY, ls="--", lw=1.5, label="pro rata (months / 12)")
    years = sorted(set(shares["year"]))
    for i, year in enumerate(years):
        colour, marker = _LINES[i % len(_LINES)]
        part = shares[shares["year"] == year].sort_values("months")
        ax.plot(
            part["months"], 100 * part["share"], marker=marker, color=colour, lw=1.5, ms=7,
            label=str(year),
        )  # fmt: skip
    ax.set(xlim=(0, 12), ylim=(0, 100), xlabel="months published", xticks=range(13))
    ax.legend(frameon=False)
    _finish(ax, "share of the full year, %", source)
    return ax


def fan(
    forecast: Forecast,
    series: pd.DataFrame,
    *,
    target: Target | None = None,
    source: str = "",
    ax: "Axes | None" = None,
) -> "Axes":
    """History and the fan of its forecast: median, and the central 50, 80 and 90 %.

    Parameters
    ----------
    forecast : Forecast
        Sample paths.
    series : DataFrame
        ``year``, ``turnover_musd`` (US$ million); years after the origin are drawn as what came.
    target : Target, optional
        Drawn as a level.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw; the values are on a logarithmic axis.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from tradelib import load_turnover, naive
    >>> pair = load_turnover("KAZ", "TKM", as_of="2022-10-05")
    >>> fan(naive(pair, horizon=6), pair).get_title(loc="left")
    'naive, from data to 2021'
    """
    values = flows.history(series)
    past = values.loc[: forecast.origin]
    came = values.loc[forecast.origin :]
    ax = _axes(ax)
    years = [forecast.origin, *forecast.years]
    for level, alpha in ((90, 0.2), (80, 0.3), (50, 0.45)):
        band = forecast.interval(level)
        low, high = ([forecast.last_musd, *band[side]] for side in ("low", "high"))
        ax.fill_between(years, low, high, color=SKY, alpha=alpha, lw=0, label=f"{level} %")
    median = [forecast.last_musd, *forecast.interval()["median"]]
    ax.plot(years, median, color=BLUE, lw=2, ls="--", label="median")
    ax.plot(past.index, past, color=BLACK, lw=2, marker="o", ms=4, label="known then")
    if len(came) > 1:
        ax.plot(came.index, came, color=RED, lw=2, marker="s", ms=5, label="what came")
    ax.set_yscale("log")
    ticks = [t for t in (1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000) if t >= past.min() / 3]
    ax.set_yticks(ticks, [f"{t:,}" for t in ticks])
    ax.minorticks_off()
    if target is not None:
        _level(ax, target, past.index[0])
    ax.set_ylim(past.min() / 4, max(values.max(), target.value_musd if target else 0) * 6)
    ax.set_title(f"{forecast.name}, from data to {forecast.origin}", loc="left")
    ax.legend(frameon=False, fontsize=8, loc="lower left", ncols=3)
    _finish(ax, "turnover, US$ million a year, log scale", source)
    return ax


def nowcasts(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Nowcasts with their central 80 % beside pro rata and what came.

    Parameters
    ----------
    table : DataFrame
        ``year``, ``months``, ``part_musd``, ``low``, ``median``, ``high`` (US$ million), as
        `Nowcast.to_frame` returns them, and ``actual_musd`` (missing where not known).
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2022], "months": [7], "part_musd": [228.8], "low": [349.0],
    ...     "median": [508.0], "high": [876.0], "actual_musd": [438.7]})
    >>> nowcasts(frame).get_ylabel()
    'turnover of the year, US$ million, current prices'
    """
    ax = _axes(ax)
    spots = np.arange(len(table))
    ends = [table["median"] - table["low"], table["high"] - table["median"]]
    ax.errorbar(
        spots, table["median"], ends, fmt="o", color=BLUE, ms=8, capsize=5, lw=2,
        label="nowcast, central 80 %",
    )  # fmt: skip
    ax.plot(
        spots + 0.12, 12 * table["part_musd"] / table["months"], "^", color=ORANGE, ms=8,
        label="pro rata",
    )  # fmt: skip
    ax.plot(spots - 0.12, table["actual_musd"], "s", color=RED, ms=8, label="what came")
    pairs = zip(table["year"], table["months"], strict=True)
    ax.set_xticks(spots, [f"{year}, {months} months" for year, months in pairs])
    ax.set_xlabel("year and months published")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    _finish(ax, "turnover of the year, US$ million, current prices", source)
    return ax


def base_rate_by_year(rate: BaseRate, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """The share that reached the multiple, by the year it started from.

    Parameters
    ----------
    rate : BaseRate
        As `tradelib.base_rate` returns it.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from tradelib import base_rate
    >>> base_rate_by_year(base_rate(size_musd=254.3, multiple=4, horizon=5)).get_xlabel()
    'start year'
    """
    ax = _axes(ax)
    years, low_high = rate.by_origin["origin"], rate.interval()
    ax.bar(years, 100 * rate.by_origin["share"], color=SKY, label="share, by start year")
    ax.axhline(100 * rate.share, color=BLACK, lw=2, label="all start years")
    ax.axhspan(*(100 * end for end in low_high), color="#E8E8E8", label="80 % interval", zorder=0)
    ax.set_xticks(years)
    ax.set_xlabel("start year")
    ax.legend(frameon=False)
    when = "in any year within" if rate.ever else "after"
    ax.set_title(f"Turnover times {rate.multiple:.3g} {when} {rate.horizon} years", loc="left")
    _finish(ax, "share of episodes, percent", source)
    return ax


def base_rates(grid: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Base rates over other ways to ask, each with its interval and its range over start years.

    Parameters
    ----------
    grid : DataFrame
        As `tradelib.base_rates` returns it.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from tradelib import base_rates as asked
    >>> base_rates(asked(size_musd=254.3, multiple=4, horizon=5)).get_xlabel()
    'share of episodes that got there, percent'
    """
    ax = _axes(ax, height=1.6 + 0.3 * len(grid))
    percent = 100 * grid[["share", "low", "high", "lowest", "highest"]]
    spots = np.arange(len(grid))
    ax.hlines(
        spots, percent["lowest"], percent["highest"], color="#CCCCCC", lw=7,
        label="lowest to highest start year",
    )  # fmt: skip
    ends = [percent["share"] - percent["low"], percent["high"] - percent["share"]]
    ax.errorbar(
        percent["share"], spots, xerr=ends, fmt="o", color=BLUE, ms=7, capsize=3, lw=1.5,
        label="share, 80 % interval",
    )  # fmt: skip
    if grid["varied"].iloc[0] == "as asked":
        ax.axvline(percent["share"].iloc[0], color=BLACK, lw=1, ls=":")
    lines = zip(grid["varied"], grid["to"], grid["n"], strict=True)
    ax.set_yticks(spots, [f"{varied}: {to} (n {n:,})" for varied, to, n in lines])
    ax.set_ylim(len(grid) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    ax.set_xlabel("share of episodes that got there, percent")
    _finish(ax, "", source)
    ax.grid(axis="x", color="#DDDDDD", lw=0.8)
    ax.grid(visible=False, axis="y")
    return ax


def skill(summary: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Skill of forecasters against the random walk by horizon, with bands.

    Parameters
    ----------
    summary : DataFrame
        As `tradelib.score_summary` returns it.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> frame = pd.DataFrame({"forecaster": "growth", "horizon": [1, 3], "skill": [0.05, 0.08],
    ...     "low": [0.02, 0.03], "high": [0.08, 0.12]})
    >>> skill(frame).get_xlabel()
    'years ahead'
    """
    ax = _axes(ax)
    names = [n for n in summary["forecaster"].unique() if n != "naive"]
    shift = np.linspace(-0.15, 0.15, max(2, len(names)))
    for i, name in enumerate(names):
        part = summary[summary["forecaster"] == name]
        colour, mark = _LINES[i % len(_LINES)]
        ends = [part["skill"] - part["low"], part["high"] - part["skill"]]
        ax.errorbar(
            part["horizon"] + shift[i], 100 * part["skill"], 100 * np.array(ends), color=colour,
            marker=mark, capsize=3, lw=1.5, label=name.replace("_", " "),
        )  # fmt: skip
    ax.axhline(0, color=BLACK, lw=1)
    ax.annotate("random walk", (0.995, 0), (0, 3), fontsize=9, textcoords="offset points",
                xycoords=("axes fraction", "data"), ha="right")  # fmt: skip
    ax.set_xticks(sorted(summary["horizon"].unique()))
    ax.set_xlabel("years ahead")
    ax.legend(frameon=False)
    _finish(ax, "CRPS skill over the random walk, percent", source)
    return ax


def reliability(
    found: pd.DataFrame, *, event: str, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """How often an event came against how likely it was said to be.

    Parameters
    ----------
    found : DataFrame
        As `tradelib.frequencies` returns it.
    event : str
        One of its events, for example ``"x2"``.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> frame = pd.DataFrame({"event": "x2", "horizon": 1, "forecast": [0.1, 0.3], "n": 9,
    ...     "frequency": [0.1, 0.2], "low": [0.0, 0.1], "high": [0.2, 0.3]})
    >>> reliability(frame, event="x2").get_xlabel()
    'forecast probability, percent'
    """
    ax = _axes(ax)
    chosen = found[found["event"] == event]
    for i, (horizon, part) in enumerate(chosen.groupby("horizon")):
        colour, mark = _LINES[i % len(_LINES)]
        ends = [part["frequency"] - part["low"], part["high"] - part["frequency"]]
        ax.errorbar(
            100 * part["forecast"], 100 * part["frequency"], 100 * np.array(ends).clip(0),
            color=colour, marker=mark, capsize=3, lw=1.5,
            label=f"{horizon} year{'s' * (horizon > 1)} ahead",
        )  # fmt: skip
    ax.plot([0, 100], [0, 100], color=BLACK, lw=1, ls=":", label="as said")
    ax.set_xlabel("forecast probability, percent")
    ax.set_title(f"Turnover multiplies by {event.removeprefix('x')} or more", loc="left")
    ax.legend(frameon=False)
    _finish(ax, "share that came, percent, 90 % bands", source)
    return ax


def pit(found: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Where outcomes fell in their forecast distributions; flat is calibrated.

    Parameters
    ----------
    found : DataFrame
        As `tradelib.frequencies` returns it.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> frame = pd.DataFrame({"event": "pit", "horizon": 1, "bin": [0, 1], "forecast": 0.5, "n": 9,
    ...     "frequency": [0.4, 0.6], "low": [0.3, 0.5], "high": [0.5, 0.7]})
    >>> pit(frame).get_ylabel()
    'share of outcomes, percent, 90 % bands'
    """
    ax = _axes(ax)
    chosen = found[found["event"] == "pit"]
    groups = list(chosen.groupby("horizon"))
    bins = chosen["bin"].nunique()
    width = 0.8 / bins / max(1, len(groups))
    for i, (horizon, part) in enumerate(groups):
        middle = (part["bin"] + 0.5) / bins + (i - (len(groups) - 1) / 2) * width
        ends = [part["frequency"] - part["low"], part["high"] - part["frequency"]]
        ax.bar(100 * middle, 100 * part["frequency"], 100 * width, color=_LINES[i % len(_LINES)][0],
               yerr=100 * np.array(ends).clip(0), ecolor=GREY,
               label=f"{horizon} year{'s' * (horizon > 1)} ahead")  # fmt: skip
    ax.axhline(100 / bins, color=BLACK, lw=1, ls=":", label="calibrated")
    ax.set_xlabel("percentile of the forecast at which the outcome fell")
    ax.legend(frameon=False, ncols=2)
    _finish(ax, "share of outcomes, percent, 90 % bands", source)
    return ax


def coverage(summary: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of outcomes inside the central 80 %, by trial and horizon, with bands.

    Parameters
    ----------
    summary : DataFrame
        As `tradelib.score_summary` returns it, with a column ``trial``.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> frame = pd.DataFrame({"trial": ["a", "b"], "horizon": 1, "coverage80": [0.8, 0.7],
    ...     "coverage_low": [0.7, 0.6], "coverage_high": [0.9, 0.8]})
    >>> coverage(frame).get_xlabel()
    'outcomes inside the central 80 %, percent, 90 % bands'
    """
    trials = list(summary["trial"].unique())
    ax = _axes(ax, height=1.6 + 0.42 * len(trials))
    groups = list(summary.groupby("horizon"))
    for i, (horizon, part) in enumerate(groups):
        spot = part["trial"].map(trials.index) + 0.16 * (i - (len(groups) - 1) / 2)
        ends = [part["coverage80"] - part["coverage_low"],
                part["coverage_high"] - part["coverage80"]]  # fmt: skip
        colour, mark = _LINES[i % len(_LINES)]
        ax.errorbar(
            100 * part["coverage80"], spot, xerr=100 * np.array(ends).clip(0), fmt=mark,
            color=colour, capsize=3, label=f"{horizon} year{'s' * (horizon > 1)} ahead",
        )  # fmt: skip
    ax.axvline(80, color=BLACK, lw=1, ls=":")
    ax.set_yticks(range(len(trials)), trials)
    ax.set_ylim(len(trials) - 0.5, -0.5)
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=3)
    ax.set_xlabel("outcomes inside the central 80 %, percent, 90 % bands")
    _finish(ax, "", source)
    ax.grid(axis="x", color="#DDDDDD", lw=0.8)
    ax.grid(visible=False, axis="y")
    return ax


def pledges(scored: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Outcome over target against the growth asked, a point a scored pledge.

    Parameters
    ----------
    scored : DataFrame
        As `tradelib.pledges.scored_pledges` returns it.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> rows = pd.DataFrame({"asked": [0.1, 0.3], "target_value": 10.0, "outcome_value": [12.0, 4],
    ...     "on_time": [True, False], "target_id": ["A-B-2000", "A-C-2000"]})
    >>> pledges(rows).get_xlabel()
    'growth asked, percent a year (log scale)'
    """
    ax = _axes(ax, height=5)
    asked = 100 * scored["asked"].clip(lower=0.02)
    reached = 100 * scored["outcome_value"] / scored["target_value"]
    looks = [(True, GREEN, "o", "on time"), (False, RED, "x", "not on time")]
    for on_time, colour, mark, label in looks:
        chosen = scored["on_time"] == on_time
        ax.scatter(asked[chosen], reached[chosen], c=colour, marker=mark, s=36, alpha=0.8,
                   label=f"{label} ({chosen.sum()})")  # fmt: skip
    ax.axhline(100, color=BLACK, lw=1, ls=":")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks([2, 5, 10, 20, 30, 50, 100], ["2", "5", "10", "20", "30", "50", "100"])
    ax.set_yticks([10, 25, 50, 100, 200], ["10", "25", "50", "100", "200"])
    ax.minorticks_off()
    ax.set_xlabel("growth asked, percent a year (log scale)")
    ax.legend(frameon=False, loc="lower left")
    _finish(ax, "outcome, percent of the target (log scale)", source)
    return ax


def pledge_rates(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of pledges on time by class, with intervals.

    Parameters
    ----------
    table : DataFrame
        As `tradelib.pledge_table` returns it.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> frame = pd.DataFrame({"growth": ["under 10 %", "all"], "on_time": [13, 36], "n": [32, 188],
    ...     "share": [0.4, 0.19], "low": [0.3, 0.14], "high": [0.6, 0.26]})
    >>> pledge_rates(frame).get_ylabel()
    'on time, percent'
    """
    ax = _axes(ax)
    spots = np.arange(len(table))
    ends = [table["share"] - table["low"], table["high"] - table["share"]]
    ax.bar(spots, 100 * table["share"], color=SKY, yerr=100 * np.array(ends).clip(0), ecolor=GREY,
           capsize=4)  # fmt: skip
    for spot, row in zip(spots, table.itertuples(), strict=True):
        ax.annotate(f"{row.on_time} of {row.n}", (spot, 100 * row.high), (0, 4), ha="center",
                    textcoords="offset points", fontsize=9)  # fmt: skip
    ax.set_xticks(spots, table.iloc[:, 0].astype(str))
    words = {"growth": "growth asked a year", "horizon": "years allowed", "china": "partners"}
    ax.set_xlabel(words.get(str(table.columns[0]), str(table.columns[0])))
    _finish(ax, "on time, percent", source)
    return ax


def open_targets(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Probability of open targets, the likeliest on top.

    Parameters
    ----------
    table : DataFrame
        Rows of `tradelib.open_targets` that have a probability.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> frame = pd.DataFrame({"reporter": ["KAZ"], "partner": ["TKM"], "target_value": [1000.0],
    ...     "currency": ["USD"], "by": [2027], "probability_in": [0.1], "probability_ever": [0.13],
    ...     "rests_on": ["history"]})
    >>> open_targets(frame).get_xlabel()
    'probability, percent'
    """
    rows = table.sort_values("probability_ever", ascending=False)
    ax = _axes(ax, height=1.4 + 0.17 * len(rows))
    spots = np.arange(len(rows))
    ax.hlines(spots, 100 * rows["probability_in"], 100 * rows["probability_ever"], color=GREY)
    ax.plot(100 * rows["probability_in"], spots, "o", color=BLUE, label="in the deadline year")
    ax.plot(100 * rows["probability_ever"], spots, "|", ms=10, mew=2, color=RED,
            label="ever by it")  # fmt: skip
    own = (rows["rests_on"] == "history").to_numpy()
    ax.plot(100 * rows["probability_in"].to_numpy()[own], spots[own], "o", ms=12, mfc="none",
            color=BLACK, ls="none", label="rests on the pair's own history")  # fmt: skip
    names = [
        f"{codes.name(r.reporter)}-{codes.name(r.partner)}, {r.target_value / 1000:g}bn "
        f"{r.currency} by {r.by}"
        for r in rows.itertuples()
    ]
    ax.set_yticks(spots, names, fontsize=7)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, 100)
    ax.set_xlabel("probability, percent")
    ax.legend(frameon=False, loc="lower right")
    _finish(ax, "", source)
    ax.grid(axis="x", color="#DDDDDD", lw=0.8)
    ax.grid(visible=False, axis="y")
    return ax


def progress_map(
    assessed: pd.DataFrame, *, method: str, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Ratio of one official method for every base year and last year.

    Parameters
    ----------
    assessed : DataFrame
        As `tradelib.progress` returns it with ``every_endpoint=True``.
    method : str
        One of its methods.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the method is not in the frame.

    Examples
    --------
    >>> frame = pd.DataFrame({"method": "un_2026", "base_year": [2021], "last_year": [2023],
    ...     "ratio": [3.36], "status": "on track"})
    >>> progress_map(frame, method="un_2026").get_xlabel()
    'base year'
    """
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    mine = assessed[assessed["method"] == method]
    if mine.empty:
        raise ValueError(
            f"no rows of {method!r}; there are {', '.join(assessed['method'].unique())}"
        )
    ax = _axes(ax)
    bands = [label for _, label in METHODS[method].bands]
    colours = dict(zip(bands, [*_GRADED[: len(bands) - 1], RED], strict=True)) | {
        "target met": BLACK
    }
    names = list(colours)
    known = mine[mine["status"].isin(names)]
    grid = known.assign(band=known["status"].map(names.index)).pivot(
        index="last_year", columns="base_year", values="band"
    )
    ax.imshow(
        grid, cmap=ListedColormap(list(colours.values())), vmin=-0.5, vmax=len(names) - 0.5,
        origin="lower", aspect="auto",
    )  # fmt: skip
    for cell in known[known["ratio"].notna()].itertuples():
        ax.text(
            grid.columns.get_loc(cell.base_year), grid.index.get_loc(cell.last_year),
            f"{cell.ratio:.1f}" if abs(cell.ratio) < 10 else f"{cell.ratio:.0f}",
            ha="center", va="center", fontsize=7,
            color="white" if colours[cell.status] in (BLUE, RED) else BLACK,
        )  # fmt: skip
    ax.set_xticks(range(grid.shape[1]), grid.columns, rotation=90, fontsize=8)
    ax.set_yticks(range(grid.shape[0]), grid.index, fontsize=8)
    ax.set_xlabel("base year")
    patches = [Patch(color=colours[n], label=n) for n in names if n in set(known["status"])]
    ax.legend(
        handles=patches, ncols=len(patches), loc="lower left", bbox_to_anchor=(0, 1),
        frameon=False, fontsize=8, handlelength=1,
    )  # fmt: skip
    _finish(ax, "last year", source)
    ax.grid(visible=False)
    return ax


def verdict(found: Verdict, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """The headline against everything else that speaks of the same event.

    Parameters
    ----------
    found : Verdict
        Of a target whose deadline has not passed.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no forecast in the verdict.

    Examples
    --------
    >>> from tradelib import article_target, assess
    >>> verdict(assess(article_target())).get_xlabel()
    'probability of US$1,000m or more in 2027, percent'
    """
    roles = found.evidence["role"]
    head, rest = found.evidence[roles == "headline"], found.evidence[roles == "range"]
    if head.empty:
        raise ValueError(f"there is no probability to draw: {found.words}")
    rows = pd.concat([head, rest.sort_values("value", kind="stable")])
    ax = _axes(ax, height=1.5 + 0.34 * len(rows))
    spots = np.arange(len(rows))
    ax.axvspan(*(100 * end for end in found.probability_range), color=SKY, alpha=0.25, lw=0)
    ends = 100 * np.array([rows["value"] - rows["low"], rows["high"] - rows["value"]])
    known = rows["low"].notna().to_numpy()
    ax.errorbar(
        100 * rows["value"][known], spots[known], xerr=ends[:, known].clip(0), fmt="none",
        ecolor=GREY, capsize=3,
    )  # fmt: skip
    ax.plot(100 * rows["value"][1:], spots[1:], "o", color=BLUE, label="sets the range")
    ax.plot(100 * rows["value"][:1], [0], "D", color=RED, ms=9, label="headline")
    for spot, chance in zip(spots, rows["value"], strict=True):
        ax.annotate(
            f"{chance:.0%}".replace("%", " %"), (100 * chance, spot), (0, 7),
            textcoords="offset points", ha="center", fontsize=8,
        )  # fmt: skip
    ax.set_yticks(spots, rows["item"], fontsize=9)
    ax.set_ylim(len(rows) - 0.5, -0.7)
    ax.set_xlim(0, min(100, 1.15 * 100 * max(rows["value"].max(), rows["high"].max())))
    ax.set_title(f"{codes.name(found.target.reporter)} and {codes.name(found.target.partner)}: "
                 f"{found.words}", loc="left", pad=26)  # fmt: skip
    ax.set_xlabel(
        f"probability of US${found.target.value_musd:,.0f}m or more in {found.by}, percent"
    )
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    _finish(ax, "", source)
    ax.grid(axis="x", color="#DDDDDD", lw=0.8)
    ax.grid(visible=False, axis="y")
    return ax


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
        The one they were placed in.
    target : Target
        Drawn as a line.
    year : int
        Year of the stories.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the year is not forecast.

    Examples
    --------
    >>> from tradelib import article_target, load_turnover, panel_growth, scenario
    >>> made = panel_growth(load_turnover("KAZ", "TKM"), horizon=2)
    >>> placed = scenario.place(made, {"as in 2025": 515.5}, year=2027)
    >>> ax = scenarios(placed, made, target=article_target(), year=2027)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['as in 2025']
    """
    if year not in forecast.years:
        raise ValueError(f"{year} is not forecast; there are {forecast.years}")
    low, median, high = forecast.quantile([0.1, 0.5, 0.9])[:, forecast.years.index(year)]
    ax = _axes(ax, height=1.6 + 0.36 * len(placed))
    spots = np.arange(len(placed))
    ax.axvspan(low, high, color=SKY, alpha=0.25, lw=0, label="80 % of the forecast")
    ax.axvline(median, color=BLUE, lw=1, label="its median")
    ax.axvline(target.value_musd, color=RED, ls="--", lw=1.5, label="target")
    ax.plot(placed["value_musd"], spots, "o", color=BLACK)
    words = [f"{row.value_musd:,.0f}  ({row.probability:.0%})" for row in placed.itertuples()]
    for spot, text in zip(spots, words, strict=True):
        ax.annotate(
            text.replace("%", " %"), (1.01, spot), xycoords=("axes fraction", "data"),
            va="center", fontsize=9, annotation_clip=False,
        )  # fmt: skip
    ax.set_yticks(spots, placed["scenario"], fontsize=9)
    ax.set_ylim(-0.6, len(placed) - 0.4)
    ax.set_xscale("log")
    ends = [*placed["value_musd"], low, high, target.value_musd]
    least, most = min(ends) / 1.3, max(ends) * 1.3
    ticks = [m * 10**e for e in range(8) for m in (1, 2, 5) if least <= m * 10**e <= most]
    ax.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    ax.minorticks_off()
    ax.set_xlim(least, most)
    ax.set_title(f"{year}: US$ million (chance of as much or more)", loc="left")
    ax.set_xlabel(f"turnover in {year}, US$ million, current prices (log scale)")
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1.1), ncols=3)
    _finish(ax, "", source)
    ax.grid(visible=False, axis="y")
    return ax


def timeline(said: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """How the verdict moved as figures came out, beside the official call.

    Parameters
    ----------
    said : DataFrame
        As `tradelib.timeline` returns it.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from tradelib import article_target
    >>> from tradelib import timeline as told
    >>> timeline(told(article_target())).get_xlabel()
    'known by'
    """
    ax = _axes(ax)
    days = said["as_of"]
    ax.fill_between(
        days, 100 * said["range_low"], 100 * said["range_high"], color=SKY, alpha=0.3, lw=0,
        label="range",
    )  # fmt: skip
    ax.plot(days, 100 * said["probability_in"], marker="o", color=BLUE, lw=2, label="in the year")
    ax.plot(days, 100 * said["probability_ever"], marker="s", color=ORANGE, ls="--",
            label="ever by it")  # fmt: skip
    for row in said.itertuples():
        ax.annotate(
            row.official, (row.as_of, 100 * row.probability_ever), (0, 9), fontsize=8,
            textcoords="offset points", ha="center", color=GREY,
        )  # fmt: skip
    ax.set_ylim(0, min(100, 160 * said[["probability_ever", "range_high"]].max().max()))
    ax.margins(x=0.12)
    ax.set_xticks(days, [day.strftime("%Y-%m-%d") for day in days], fontsize=9, rotation=25,
                  ha="right")  # fmt: skip
    ax.set_xlabel("known by")
    ax.legend(frameon=False, title="grey: the UN's method", ncols=3, loc="upper right")
    _finish(ax, "probability, percent", source)
    return ax


def gravity_terms(
    table: pd.DataFrame, *, ours: str = "effects", source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Coefficients of one gravity equation against those of others.

    Parameters
    ----------
    table : DataFrame
        ``fit``, ``term``, ``estimate``, ``std_error``; terms are drawn in their order.
    ours : str
        The fit to be drawn with its 95 % intervals; the others as points, and their range.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tradelib import gravity_model
    >>> gravity_terms(gravity_model().coefficients, ax=Figure().subplots()).get_ylabel()
    'term'
    """
    terms = list(dict.fromkeys(table["term"]))
    ax = _axes(ax, height=1.4 + 0.65 * len(terms))
    for spot, term in enumerate(terms):
        mine = table[(table["term"] == term) & (table["fit"] == ours)]
        others = table.loc[(table["term"] == term) & (table["fit"] != ours), "estimate"]
        if len(others):
            ax.plot([others.min(), others.max()], [spot, spot], color="#C8C8C8", lw=13,
                    solid_capstyle="butt", zorder=1)  # fmt: skip
            ax.plot(others, np.full(len(others), spot), "|", ms=13, color=GREY,
                    label="others" if spot == 0 else None)  # fmt: skip
        ax.errorbar(
            mine["estimate"], np.full(len(mine), spot), xerr=1.96 * mine["std_error"], fmt="D",
            color=BLUE, ms=7, capsize=4, label="this one, 95 %" if spot == 0 else None,
        )  # fmt: skip
        for value in mine["estimate"]:
            ax.annotate(f"{value:.2f}", (value, spot), (0, 9), textcoords="offset points",
                        ha="center", fontsize=9, color=BLUE)  # fmt: skip
    ax.axvline(0, color=BLACK, lw=0.8)
    ax.set_yticks(range(len(terms)), [name.replace("_", " ") for name in terms])
    ax.set_ylim(len(terms) - 0.4, -0.7)
    ax.set_xlabel("coefficient (log points; of distance: percent for a percent)")
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    _finish(ax, "term", source)
    ax.grid(visible=False, axis="y")
    return ax


def potential(
    series: pd.DataFrame,
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
        ``year``, ``turnover_musd`` (US$ million).
    table : DataFrame
        As `tradelib.potential_history` returns it: points where the panel has the year, dashed
        lines where the last was carried on, 80 % intervals as bands.
    target : Target, optional
        Drawn as a level, and as a point if it has a deadline.
    names : mapping of str to str, optional
        Words for the fits, in the order to draw them; all of the table if omitted.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tradelib import load_turnover, potential_history
    >>> pair, predicted = load_turnover("KAZ", "TKM"), potential_history("KAZ", "TKM")
    >>> potential(pair, predicted, ax=Figure().subplots()).get_yscale()
    'log'
    """
    ax = _axes(ax, height=4.8)
    values = flows.history(series)
    ax.plot(values.index, values, color=BLACK, lw=2, marker=".", label="actual")
    words = names or {name: name for name in dict.fromkeys(table["fit"])}
    lines = zip(words.items(), _LINES, (-0.2, 0.0, 0.2), strict=False)
    for (name, label), (colour, marker), aside in lines:
        mine = table[table["fit"] == name]
        known = mine[~mine["carried"]]
        later = mine[mine["carried"] | (mine["year"] == known["year"].max())]
        ends = np.array([known["potential_musd"] - known["low"],
                         known["high"] - known["potential_musd"]])  # fmt: skip
        ax.errorbar(known["year"] + aside, known["potential_musd"], yerr=ends, fmt=marker,
                    color=colour, capsize=3, label=label)  # fmt: skip
        ax.plot(later["year"], later["potential_musd"], color=colour, ls="--")
        ax.fill_between(later["year"], later["low"], later["high"], color=colour, alpha=0.15, lw=0)
    ax.set_yscale("log")
    if target is not None:
        _level(ax, target, values.index[0])
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.legend(frameon=False, loc="lower right", fontsize=9)
    _finish(ax, f"{_TURNOVER} (log scale)", source)
    return ax


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
        As `tradelib.GravityModel` returns it: 5th to 95th and 20th to 80th percentile, and
        the median.
    marks : mapping of str to float, optional
        Ratios to be shown beside them, by name.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tradelib import gravity_model
    >>> ratios(gravity_model().ratios, ax=Figure().subplots()).get_xlabel()
    'actual turnover as a multiple of the potential (log scale)'
    """
    ax = _axes(ax, height=1.6 + 0.42 * len(table))
    spots, least = np.arange(len(table)), 1e-3
    wide = {"5th to 95th percentile": ("q0.05", "q0.95", 2, GREY),
            "20th to 80th": ("q0.2", "q0.8", 9, SKY)}  # fmt: skip
    for label, (low, high, width, colour) in wide.items():
        ax.hlines(spots, table[low].clip(lower=least), table[high], color=colour, lw=width,
                  label=label)  # fmt: skip
    ax.plot(table["q0.5"].clip(lower=least), spots, "|", color=BLACK, ms=13, label="median")
    for (name, value), colour in zip((marks or {}).items(), (BLUE, RED, GREEN), strict=False):
        ax.axvline(value, color=colour, lw=1.5, ls="--")
        ax.annotate(f"{name} ({value:.1f})", (value, -0.6), (-3, 0), rotation=90, color=colour,
                    textcoords="offset points", ha="right", va="top", fontsize=8)  # fmt: skip
    said = [
        "all pairs" if spot == 0 else
        f"{row.low:,.0f} and more" if np.isinf(row.high) else f"{row.low:,.0f} to {row.high:,.0f}"
        for spot, row in enumerate(table.itertuples())
    ]  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(left=least)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_yticks(spots, said)
    ax.set_ylim(len(table) - 0.4, -0.7)
    ax.set_xlabel("actual turnover as a multiple of the potential (log scale)")
    ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9)
    _finish(ax, "potential, US$ million", source)
    ax.grid(visible=False, axis="y")
    return ax


def rises(
    table: pd.DataFrame, *, at: float | None = None, source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """How many pairs rose further, by how far above their potential they were.

    Parameters
    ----------
    table : DataFrame
        As `tradelib.GravityModel` returns it; the ends of the bars are the least and the
        most by start year.
    at : float, optional
        A ratio whose class is to be marked.
    source : str
        Note under the picture.
    ax : Axes, optional
        Where to draw.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tradelib import gravity_model
    >>> rises(gravity_model().rises, at=3.8, ax=Figure().subplots()).get_xlabel()
    'actual turnover as a multiple of the potential, at the start'
    """
    ax = _axes(ax)
    spots = np.arange(len(table))
    inside = np.zeros(len(table), bool)
    if at is not None:
        inside = ((table["low"] <= at) & (at < table["high"])).to_numpy()
    colours = [ORANGE if mine else SKY for mine in inside]
    share = 100 * table["rose"]
    ends = np.array([share - 100 * table["least"], 100 * table["most"] - share])
    ax.bar(spots, share, color=colours, width=0.75, yerr=ends, ecolor=GREY, capsize=3)
    for spot, row in zip(spots, table.itertuples(), strict=True):
        ax.annotate(f"{100 * row.rose:.0f} %", (spot, 0), (0, 4), textcoords="offset points",
                    ha="center", fontsize=9)  # fmt: skip
    said = [f"{row.low:g} and more" if np.isinf(row.high) else f"{row.low:g} to {row.high:g}"
            for row in table.itertuples()]  # fmt: skip
    words = [f"{text}\n(n = {n:,})" for text, n in zip(said, table["n"], strict=True)]
    ax.set_xticks(spots, words, fontsize=8, rotation=30, ha="right")
    ax.axhline(50, color=BLACK, lw=0.8, ls=":")
    ax.set_xlabel("actual turnover as a multiple of the potential, at the start")
    _finish(ax, "of them higher four years later, percent", source)
    return ax


def _axes(ax: "Axes | None", *, height: float = 4.4) -> "Axes":
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("pictures need matplotlib: pip install tradelib[plot]") from error
    return plt.subplots(figsize=(8, height), layout="constrained")[1]


def _label(ax: "Axes", year: int, value: float, text: str, *, below: bool = False) -> None:
    ax.annotate(
        text, (year, value), (0, -14 if below else 4), textcoords="offset points", ha="center",
        fontsize=9,
    )  # fmt: skip


def _level(ax: "Axes", target: Target, first: int) -> None:
    """The target as a level, and as a star at its deadline."""
    ax.axhline(target.value_musd, color=BLACK, lw=1, ls=":")
    words = f"target {target.value_musd:,.0f}"
    if target.deadline is not None:
        words += f" by {target.deadline}"
        ax.plot([target.deadline], [target.value_musd], marker="*", ms=14, color=BLACK, ls="none")
    ax.annotate(words, (first, target.value_musd), (0, 4), textcoords="offset points", fontsize=9)
    ax.set_title(f"{codes.name(target.reporter)} and {codes.name(target.partner)}", loc="left")


def _finish(ax: "Axes", ylabel: str, source: str) -> None:
    ax.set_ylabel(ylabel)
    if not ax.get_xlabel():
        ax.set_xlabel("year")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="#DDDDDD", lw=0.8)
    ax.set_axisbelow(True)
    if source:
        ax.annotate(
            fill(source, 105), (0.01, 0), (0, -4), fontsize=8, color=GREY, va="top",
            xycoords=("figure fraction", ax.xaxis.label), textcoords="offset points",
            annotation_clip=False,
        )  # fmt: skip
