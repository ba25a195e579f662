"""What was traded, year by year and in the year so far."""

import numpy as np
import pandas as pd

from tradelib.core import checks, country_codes, flows
from tradelib.core.convert import History, as_history, by_year
from tradelib.core.errors import InputError
from tradelib.core.labels import heading
from tradelib.core.validation import validated
from tradelib.plot._draw import PAPER, axes, draw_target, errorbars, finish, mark
from tradelib.plot._style import (
    ABOVE,
    BLUE,
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


@validated
def history(
    series: History,
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
        ``year`` and ``turnover_musd`` (US$ million); preliminary years are hatched where there is a
        column ``status``.
    swings : DataFrame, optional
        As `tradelib.flows.swings` returns it. Falls are drawn as red arrows.
    target : Target, optional
        Drawn as a level, and as a star if it has a deadline.
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
    >>> from tradelib import flows, load_turnover
    >>> pair = load_turnover("KAZ", "TKM")
    >>> history(pair, swings=flows.swings(pair)).get_ylabel()
    'turnover, US$ million a year, current prices'
    """
    series = as_history(series)
    if swings is not None:
        checks.check_table(swings, whole="from_year to_year", numbers="from_musd to_musd change")
    values = flows.history(series)
    ax = axes(ax)
    ax.bar(values.index, values, color=SKY, width=0.7)
    if "status" in series:
        _draw_preliminary(ax, series[series["status"] == "preliminary"])
    peaks: list[int] = []
    if swings is not None:
        falls = swings[swings["change"] < 0]
        _draw_falls(ax, falls)
        peaks = list(falls["from_year"])
    # Each year once: the last may also be the largest, or a peak.
    for year in dict.fromkeys([*peaks, values.index[-1], values.idxmax()]):
        mark(ax, f"{values[year]:.0f}", (year, values[year]))
    draw_target(ax, target, values.index[0])
    return finish(ax, source, y=TURNOVER_AXIS, loc="upper left", bbox_to_anchor=(0, 0.92))


def _draw_preliminary(ax: "Axes", years: pd.DataFrame) -> None:
    """Draw hatched bars over preliminary years, if there are any."""
    if years.empty:
        return
    style: Style = {"color": "white", "edgecolor": SKY, "hatch": "///", "label": "preliminary"}
    ax.bar(years["year"], years["turnover_musd"], width=0.7, **style)


def _draw_falls(ax: "Axes", falls: pd.DataFrame) -> None:
    """Draw a red arrow from the peak to the trough of each fall, with its change in percent."""
    arrow: Style = {"arrowstyle": "-|>", "color": RED, "lw": 2, "shrinkA": 0}
    style: Style = {"ha": "left", "color": RED, "weight": "bold", "bbox": PAPER}
    for fall in falls.itertuples():
        peak = (fall.from_year, fall.from_musd)
        trough = (fall.to_year, fall.to_musd)
        ax.annotate("", trough, peak, arrowprops=arrow)
        halfway = (fall.from_musd + fall.to_musd) / 2
        mark(ax, f"{fall.change:.0%}", (fall.to_year, halfway), shift=(6, 6), **style)


@validated
def side_by_side(
    annual: pd.DataFrame, *, by: str = "source_id", source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Annual turnover as several series, one line each: sources, price bases, pairs.

    Parameters
    ----------
    annual : DataFrame
        ``year``, ``turnover_musd`` (US$ million) and the column `by`. A line has a gap where years
        are missing.
    by : str
        The column that tells the series apart; at most six.
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
        If there are more than six series, or one has two values for a year.

    Examples
    --------
    >>> from tradelib import load_turnover
    >>> series = [load_turnover("KAZ", "TKM", source=s) for s in ("bns", "wits")]
    >>> len(side_by_side(pd.concat(series)).lines)
    2
    """
    checks.check_columns(annual, [by])
    checks.check_table(annual, whole="year", numbers="turnover_musd")
    groups = annual.groupby(by, sort=False)
    if len(groups) > len(LOOKS):
        raise InputError(f"side_by_side tells {len(LOOKS)} series apart, got {len(groups)}")
    repeated = annual[annual.duplicated([by, "year"])]
    if len(repeated):
        row = repeated.iloc[0]
        raise InputError(f"a series has one value a year, got several for {row[by]} {row['year']}")
    ax = axes(ax)
    for (name, rows), (colour, marker) in zip(groups, LOOKS, strict=False):
        values = rows.set_index("year")["turnover_musd"].sort_index()
        every_year = range(values.index[0], values.index[-1] + 1)
        with_gaps = values.reindex(every_year)
        style: Style = {"marker": marker, "color": colour, "lw": 2}
        ax.plot(every_year, with_gaps, label=heading(str(name)), **style)
    ax.set_ylim(bottom=0)
    return finish(ax, source, y="turnover, US$ million a year")


@validated
def both_flows(series: History, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Exports and imports of the reporter, side by side for each year.

    Parameters
    ----------
    series : DataFrame
        As `tradelib.load_turnover` returns it.
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
    >>> from tradelib import load_turnover
    >>> len(both_flows(load_turnover("KAZ", "TKM")).containers)
    2
    """
    series = by_year(series)
    checks.check_columns(series, ["reporter", "partner", "export_musd", "import_musd"])
    ax = axes(ax)
    reporter = country_codes.name(series["reporter"].iloc[0])
    partner = country_codes.name(series["partner"].iloc[0])
    bars = [
        ("export_musd", -0.2, BLUE, f"{reporter} to {partner}"),
        ("import_musd", 0.2, ORANGE, f"{partner} to {reporter}"),
    ]
    for flow, shift, colour, label in bars:
        ax.bar(series["year"] + shift, series[flow], 0.4, color=colour, label=label)
    return finish(ax, source, y="US$ million a year, current prices")


@validated
def part_year_shares(shares: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of a year's turnover that was reached by each month, against pro rata.

    Parameters
    ----------
    shares : DataFrame
        As `tradelib.flows.year_to_date` returns it. Each row is a point.
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
    >>> shares = pd.DataFrame({"year": [2022], "months": [7], "share": [0.522]})
    >>> part_year_shares(shares).get_xlabel()
    'months published'
    """
    checks.check_table(shares, whole="year months", numbers="share")
    ax = axes(ax)
    ax.plot([0, 12], [0, 100], color=GREY, ls="--", label="pro rata (months / 12)")
    years = shares.sort_values("months").groupby("year")
    for i, (year, rows) in enumerate(years):
        colour, marker = LOOKS[i % len(LOOKS)]
        style: Style = {"marker": marker, "color": colour, "label": str(year)}
        ax.plot(rows["months"], 100 * rows["share"], **style)
    ax.set(xlim=(0, 12), ylim=(0, 100), xticks=range(13))
    return finish(ax, source, x="months published", y="share of the full year, %")


@validated
def nowcasts(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Nowcasts with their central 80 % beside pro rata and what came.

    Parameters
    ----------
    table : DataFrame
        Rows as `Nowcast.to_frame` returns them, with ``actual_musd`` (US$ million; missing where
        the year is not over).
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
    >>> frame = pd.DataFrame({"year": [2022], "months": [7], "part_musd": [228.8], "low": [316.0],
    ...     "median": [387.0], "high": [499.0], "actual_musd": [438.7]})
    >>> nowcasts(frame).get_ylabel()
    'turnover of the year, US$ million, current prices'
    """
    checks.check_table(table, whole="year months", numbers="part_musd low median high actual_musd")
    ax = axes(ax)
    positions = np.arange(len(table))
    style: Style = {"fmt": "o", "color": BLUE, "ms": 8, "capsize": 5, "lw": 2}
    errorbars(ax, positions, table, "median", scale=1, label="nowcast, central 80 %", **style)
    pro_rata = 12 * table["part_musd"] / table["months"]
    ax.plot(positions + 0.12, pro_rata, "^", color=ORANGE, ms=8, label="pro rata")
    actual = table["actual_musd"]
    ax.plot(positions - 0.12, actual, "s", color=RED, ms=8, label="what the year became")
    labels = [f"{row.year}, {row.months} months" for row in table.itertuples()]
    ax.set_xticks(positions, labels)
    ax.set_ylim(bottom=0)
    unit = "turnover of the year, US$ million, current prices"
    return finish(ax, source, x="year and months published", y=unit)


@validated
def nowcast_cone(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """What a year pointed to as its months came: a cone that narrows, and what came.

    Parameters
    ----------
    table : DataFrame
        A row for each number of months of one year, as `tradelib.nowcast_by_month` returns them:
        ``year``, ``months``, ``part_musd``, ``low``, ``median``, ``high`` (of the year, US$
        million) and ``actual_musd``, what the year came to (missing if it is not over).
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
        If there is not a single year, or a number of months is not 1 to 11 or has two rows.

    Examples
    --------
    >>> from tradelib import load_example_months, nowcast_by_month
    >>> cone = nowcast_by_month(load_example_months(), year=2022)
    >>> nowcast_cone(cone).get_xlabel()
    'months of 2022 published'
    """
    checks.check_table(table, whole="year months", numbers="part_musd low median high actual_musd")
    years = table["year"].unique()
    if len(years) != 1:
        listed = ", ".join(map(str, years)) or "none"
        raise InputError(
            f"a cone is of one year, got {listed}; choose one, table.query('year == …')"
        )
    rows = table.sort_values("months")
    months = rows["months"]
    odd = months[~months.between(1, 11) | months.duplicated()]
    if len(odd):
        raise InputError(f"a cone has 1 to 11 months, each once, got {odd.iloc[0]}")
    ax = axes(ax, height=4.6, width=5)
    ax.fill_between(months, rows["low"], rows["high"], color=SKY, alpha=0.35, lw=0)
    # Bars too: a year of a single part-year has no area.
    ax.vlines(months, rows["low"], rows["high"], color=SKY, lw=2, label="four times in five")
    ax.plot(months, rows["median"], color=BLUE, marker="o", ms=5, lw=2, label="nowcast")
    pro_rata = 12 * rows["part_musd"] / months
    style: Style = {"color": ORANGE, "marker": "^", "ms": 5, "ls": ":", "lw": 2}
    ax.plot(months, pro_rata, label="pro rata", **style)
    actual = rows["actual_musd"].iloc[-1]
    if not np.isnan(actual):
        came = f"what came: {actual:,.0f}"
        ax.axhline(actual, color=RED, lw=2, label=came, zorder=1)
    ax.set_xlim(0.5, 11.5)
    ax.set_xticks(range(1, 12))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    above = ABOVE | {"ncols": 2, "fontsize": 9}
    label = f"months of {years[0]} published"
    return finish(ax, source, x=label, y="the whole year, US$ million, current prices", **above)
