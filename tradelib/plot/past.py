"""What was traded, year by year and in the year so far."""

import numpy as np
import pandas as pd

from tradelib.ground import codes, flows, frames
from tradelib.ground.convert import History, as_history, by_year
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.plain import heading
from tradelib.plot._draw import PAPER, axes, finish, level, mark, picture, ranges
from tradelib.plot._style import BLUE, GREY, LOOKS, ORANGE, RED, SKY, TURNOVER, Axes
from tradelib.science.pledge.target import Target


@picture
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
        ``year``, ``turnover_musd`` (US$ million); ``status`` if preliminary years are to show.
    swings : DataFrame, optional, as `tradelib.flows.swings` returns it; falls are drawn in red
    target : Target, optional, drawn as a level, and as a point if it has a deadline

    Examples
    --------
    >>> from tradelib import flows, load_turnover
    >>> pair = load_turnover("KAZ", "TKM")
    >>> history(pair, swings=flows.swings(pair)).get_ylabel()
    'turnover, US$ million a year, current prices'
    """
    series = as_history(series)
    if swings is not None:
        frames.check_table(swings, whole="from_year to_year", numbers="from_musd to_musd change")
    values = flows.history(series)
    ax = axes(ax)
    ax.bar(values.index, values, color=SKY, width=0.7)
    early = series[series["status"] == "preliminary"] if "status" in series else series[:0]
    if len(early):
        ax.bar(
            early["year"],
            early["turnover_musd"],
            width=0.7,
            color="white",
            edgecolor=SKY,
            hatch="///",
            label="preliminary",
        )
    falls = pd.DataFrame({"from_year": []}) if swings is None else swings[swings["change"] < 0]
    for leg in falls.itertuples():
        peak, trough = (leg.from_year, leg.from_musd), (leg.to_year, leg.to_musd)
        arrow = {"arrowstyle": "-|>", "color": RED, "lw": 2, "shrinkA": 0}
        ax.annotate("", trough, peak, arrowprops=arrow)
        place = (leg.to_year, (leg.from_musd + leg.to_musd) / 2)
        mark(
            ax,
            f"{leg.change:.0%}",
            place,
            shift=(6, 6),
            ha="left",
            color=RED,
            weight="bold",
            bbox=PAPER,
        )
    for year in dict.fromkeys([*falls["from_year"], values.index[-1], values.idxmax()]):
        mark(ax, f"{values[year]:.0f}", (year, values[year]))
    level(ax, target, values.index[0])
    return finish(ax, source, y=TURNOVER, loc="upper left", bbox_to_anchor=(0, 0.92))


@picture
@validated
def side_by_side(
    annual: pd.DataFrame, *, by: str = "source_id", source: str = "", ax: "Axes | None" = None
) -> "Axes":
    """Annual turnover as several series, one line each: sources, price bases, pairs.

    Parameters
    ----------
    annual : DataFrame, ``year``, ``turnover_musd`` (US$ million) and `by`; gaps stay gaps
    by : str, the column that tells the series apart; at most six

    Examples
    --------
    >>> from tradelib import load_turnover
    >>> series = [load_turnover("KAZ", "TKM", source=s) for s in ("bns", "wits")]
    >>> len(side_by_side(pd.concat(series)).lines)
    2
    """
    frames.check_columns(annual, [by])
    frames.check_table(annual, whole="year", numbers="turnover_musd")
    groups = annual.groupby(by, sort=False)
    if len(groups) > len(LOOKS):
        raise InputError(f"side_by_side tells {len(LOOKS)} series apart, got {len(groups)}")
    twice = annual[annual.duplicated([by, "year"])]
    if len(twice):
        row = twice.iloc[0]
        raise InputError(f"a series has one value a year, got several for {row[by]} {row['year']}")
    ax = axes(ax)
    for (name, part), (colour, marker) in zip(groups, LOOKS, strict=False):
        known = part.set_index("year")["turnover_musd"].sort_index()
        whole = known.reindex(range(known.index[0], known.index[-1] + 1))
        ax.plot(whole.index, whole, marker=marker, color=colour, lw=2, label=heading(str(name)))
    ax.set_ylim(bottom=0)
    return finish(ax, source, y="turnover, US$ million a year")


@picture
@validated
def both_flows(series: History, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Exports and imports of the reporter, side by side for each year.

    Parameters
    ----------
    series : DataFrame, as `tradelib.load_turnover` returns it

    Examples
    --------
    >>> from tradelib import load_turnover
    >>> len(both_flows(load_turnover("KAZ", "TKM")).containers)
    2
    """
    series = by_year(series)
    frames.check_columns(series, ["reporter", "partner", "export_musd", "import_musd"])
    ax = axes(ax)
    pair = [codes.name(series[side].iloc[0]) for side in ("reporter", "partner")]
    bars = [("export_musd", -0.2, BLUE, pair), ("import_musd", 0.2, ORANGE, pair[::-1])]
    for flow, shift, colour, way in bars:
        ax.bar(series["year"] + shift, series[flow], 0.4, color=colour, label=" to ".join(way))
    return finish(ax, source, y="US$ million a year, current prices")


@picture
@validated
def part_year_shares(shares: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Share of the full year that was reached after so many months, against pro rata.

    Parameters
    ----------
    shares : DataFrame, as `tradelib.flows.year_to_date` returns it; one row a point

    Examples
    --------
    >>> shares = pd.DataFrame({"year": [2022], "months": [7], "share": [0.522]})
    >>> part_year_shares(shares).get_xlabel()
    'months published'
    """
    frames.check_table(shares, whole="year months", numbers="share")
    ax = axes(ax)
    ax.plot([0, 12], [0, 100], color=GREY, ls="--", label="pro rata (months / 12)")
    for i, (year, part) in enumerate(shares.sort_values("months").groupby("year")):
        colour, marker = LOOKS[i % len(LOOKS)]
        ax.plot(part["months"], 100 * part["share"], marker=marker, color=colour, label=str(year))
    ax.set(xlim=(0, 12), ylim=(0, 100), xticks=range(13))
    return finish(ax, source, x="months published", y="share of the full year, %")


@picture
@validated
def nowcasts(table: pd.DataFrame, *, source: str = "", ax: "Axes | None" = None) -> "Axes":
    """Nowcasts with their central 80 % beside pro rata and what came.

    Parameters
    ----------
    table : DataFrame, as `Nowcast.to_frame` returns it, with ``actual_musd`` (missing if not known)

    Examples
    --------
    >>> frame = pd.DataFrame({"year": [2022], "months": [7], "part_musd": [228.8], "low": [349.0],
    ...     "median": [508.0], "high": [876.0], "actual_musd": [438.7]})
    >>> nowcasts(frame).get_ylabel()
    'turnover of the year, US$ million, current prices'
    """
    frames.check_table(table, whole="year months", numbers="part_musd low median high actual_musd")
    ax = axes(ax)
    spots = np.arange(len(table))
    ranges(
        ax,
        spots,
        table,
        "median",
        scale=1,
        fmt="o",
        color=BLUE,
        ms=8,
        capsize=5,
        lw=2,
        label="nowcast, central 80 %",
    )
    pro_rata = 12 * table["part_musd"] / table["months"]
    ax.plot(spots + 0.12, pro_rata, "^", color=ORANGE, ms=8, label="pro rata")
    ax.plot(spots - 0.12, table["actual_musd"], "s", color=RED, ms=8, label="what the year became")
    ax.set_xticks(spots, [f"{row.year}, {row.months} months" for row in table.itertuples()])
    ax.set_ylim(bottom=0)
    unit = "turnover of the year, US$ million, current prices"
    return finish(ax, source, x="year and months published", y=unit)
