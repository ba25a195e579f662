"""What must be true for a target to be met, and how likely each such story is.

The reverse question: given the target, which growth, which mix of exports and imports, which price
of which quantity? `place` then gives each scenario's percentile in the forecast, so that none looks
more likely than it is.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradelib.core import checks, flows
from tradelib.core.convert import History, as_history, by_year
from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats, positive
from tradelib.core.validation import validated
from tradelib.science.assessment.likelihood_words import likelihood
from tradelib.science.forecasting.forecast import Forecast

__all__ = ["agreement", "break_even", "from_history", "mixes", "place"]


@validated
def mixes(
    history: History, target_musd: float, *, year: int, export_growth: Sequence[float]
) -> pd.DataFrame:
    """Give the imports that a target needs for each growth rate of exports.

    Imports needed are max(target - export x (1 + growth)^years, 0).

    Parameters
    ----------
    history : DataFrame
        ``year``, ``export_musd``, ``import_musd`` (US$ million); its last year is the base, with
        both flows positive.
    target_musd : float
        Turnover to be reached, US$ million.
    year : int
        Year in which the target is to be reached; after the last year of the history.
    export_growth : sequence of float
        Growth of exports, fractions a year, above -1.

    Returns
    -------
    DataFrame
        One row per growth rate: ``export_growth``, ``export_musd``, ``import_musd`` (0 where
        exports alone suffice), ``import_growth`` (fraction a year; -1 where no imports are needed),
        ``export_share``.

    Raises
    ------
    InputError
        If a flow of the last year is not positive, no growth of exports is given, or it is not
        above -1.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": [2025], "export_musd": [300.0], "import_musd": [200.0]})
    >>> mixes(pair, 1000, year=2027, export_growth=[0.0]).import_musd.item()
    700.0
    """
    table = by_year(history)
    checks.check_columns(table, ["export_musd", "import_musd"])
    last = table.iloc[-1]
    years = _ahead(int(last["year"]), year)
    exports = float(last["export_musd"])
    imports = float(last["import_musd"])
    if not (exports > 0 and imports > 0):
        raise InputError(
            f"exports and imports of {last['year']:.0f} must both be positive, got {exports} and "
            f"{imports}"
        )
    growth = np.asarray(list(export_growth), float)
    if not growth.size or not (growth > -1).all():
        raise InputError(
            f"export_growth must hold at least one number, each above -1; got {growth.tolist()}"
        )
    exports_then = exports * (1 + growth) ** years
    imports_then = np.maximum(positive("target_musd", target_musd) - exports_then, 0.0)
    return pd.DataFrame(
        {
            "export_growth": growth,
            "export_musd": exports_then,
            "import_musd": imports_then,
            "import_growth": (imports_then / imports) ** (1 / years) - 1,
            "export_share": exports_then / (exports_then + imports_then),
        }
    )


@validated
def break_even(
    gap_musd: float, *, volumes: Sequence[float], prices: Sequence[float]
) -> pd.DataFrame:
    """Give the share of a gap that each volume and price fills, and the price needed.

    The break-even price of a volume is gap / volume.

    Parameters
    ----------
    gap_musd : float
        Turnover that is lacking, US$ million a year; positive.
    volumes : sequence of float
        Quantities a year, in millions of the unit that is priced; positive. (A billion cubic
        metres is 1 where gas is priced per 1,000 cubic metres.)
    prices : sequence of float
        US$ a unit; positive.

    Returns
    -------
    DataFrame
        One row per volume and price: ``volume``, ``price``, ``value_musd``, ``share`` (of the
        gap), ``break_even_price`` (US$ a unit, at which that volume fills the gap).

    Raises
    ------
    InputError
        If a number is not positive, or volumes or prices are empty.

    Examples
    --------
    >>> break_even(484.5, volumes=[1.5], prices=[100, 323])  # gas: bcm, US$ per 1,000 m3
       volume  price  value_musd   share  break_even_price
    0     1.5  100.0       150.0  0.3096             323.0
    1     1.5  323.0       484.5  1.0000             323.0
    """
    gap = positive("gap_musd", gap_musd)
    if not (len(volumes) and len(prices)):
        raise InputError(f"volumes and prices are needed, got {volumes} and {prices}")
    pairs = [(positive("volume", v), positive("price", p)) for v in volumes for p in prices]
    table = pd.DataFrame(pairs, columns=["volume", "price"])
    value = table["volume"] * table["price"]
    return table.assign(
        value_musd=value, share=(value / gap).round(4), break_even_price=gap / table["volume"]
    )


@validated
def from_history(
    history: History, *, year: int, inflation: float | None = None
) -> dict[str, float]:
    """Give turnover in a year if the pair did again what it once did.

    Parameters
    ----------
    history : DataFrame
        ``year``, ``turnover_musd`` (US$ million, positive); ``export_musd`` and ``import_musd`` if
        known. Its years are consecutive, and there must be more of them than years from the last
        one to `year`.
    year : int
        Year of the scenarios, after the last year of the history.
    inflation : float, optional
        Growth of dollar prices, fraction a year.

    Returns
    -------
    dict of str to float
        Turnover by scenario, US$ million: no change; the steepest, the median and the worst growth
        over as many years; growth of prices alone; both flows as in their best years.

    Raises
    ------
    InputError
        If the year is not after the history, or the history is shorter than the years ahead.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": range(2020, 2026),
    ...     "turnover_musd": [128.0, 254.2, 438.7, 562.9, 555.8, 515.5]})
    >>> round(from_history(pair, year=2027)["its steepest 2 years again (2020-2022)"])
    1767
    """
    table = as_history(history)
    turnover = flows.history(table)
    last = int(turnover.index[-1])
    now = float(turnover.iloc[-1])
    years = _ahead(last, year)
    if len(turnover) <= years:
        raise InputError(f"{years} years ahead need more history than {len(turnover)} years")
    multiple = (turnover / turnover.shift(years)).dropna()
    best = int(multiple.idxmax())
    worst = int(multiple.idxmin())
    scenarios = {
        f"as in {last}": now,
        f"its steepest {years} years again ({best - years}-{best})": now * float(multiple.max()),
        f"its median {years} years again": now * float(multiple.median()),
        f"its worst {years} years again ({worst - years}-{worst})": now * float(multiple.min()),
    }
    if inflation is not None:
        factor = positive("1 + inflation", 1 + inflation)
        scenarios["no more in quantity, prices as lately"] = now * factor**years
    if {"export_musd", "import_musd"} <= set(table):
        at_best = table["export_musd"].max() + table["import_musd"].max()
        scenarios["exports and imports each at their best"] = float(at_best)
    return scenarios


@validated
def place(forecast: Forecast, values: Mapping[str, float], *, year: int) -> pd.DataFrame:
    """Give each scenario's percentile in a forecast, lowest value first.

    Parameters
    ----------
    forecast : Forecast
        Of any forecaster.
    values : mapping of str to float
        Turnover by scenario, US$ million, positive.
    year : int
        One of the forecast's years.

    Returns
    -------
    DataFrame
        One row per scenario: ``scenario``, ``value_musd``, ``percentile`` (of the forecast, 0 to
        100), ``probability`` (that turnover is at least as large), ``words``.

    Examples
    --------
    >>> from tradelib import naive
    >>> pair = pd.DataFrame({"year": range(2020, 2026),
    ...     "turnover_musd": [128.0, 254.2, 438.7, 562.9, 555.8, 515.5]})
    >>> place(naive(pair, horizon=2), {"the target": 1000.0}, year=2027).words.item()
    'unlikely'
    """
    rows = []
    for name, value in values.items():
        chance = forecast.probability(value, year=year)
        rows.append((name, float(value), 100 * (1 - chance), chance, likelihood(chance)))
    columns = ["scenario", "value_musd", "percentile", "probability", "words"]
    return pd.DataFrame(rows, columns=columns).sort_values("value_musd", ignore_index=True)


@validated
def agreement(
    forecast: Forecast, effects: pd.DataFrame, target_musd: float, *, year: int, start: int
) -> pd.DataFrame:
    """Compare a forecast with and without a trade agreement that works as past agreements did.

    Paths are ranked by turnover in `year`. A path at quantile q is multiplied by exp(gain(q)). Here
    gain(q) is the q-quantile of log growth of pairs that entered an agreement, minus that of pairs
    of the same size that did not, the same number of years after entry. It is a partial effect:
    effects on third countries, wages and prices (general equilibrium) are not in it.

    Parameters
    ----------
    forecast : Forecast
        Of any forecaster.
    effects : DataFrame
        As `tradelib.load_agreement_effects` returns it. The effect in its last year after entry
        (the largest ``since``) is used for all later years.
    target_musd : float
        Turnover to be reached, US$ million, positive.
    year : int
        One of the forecast's years.
    start : int
        Year from which there is an agreement: after the forecast's origin, up to `year`.

    Returns
    -------
    DataFrame
        A table as from `place` with three rows, for the median in `year`: without the agreement,
        with it, and with its largest gain applied to every path. Two more columns:
        ``target_chance`` (probability that the target is reached in the case of the row) and
        ``added_share`` (rise of the median, as a share of the target).

    Raises
    ------
    InputError
        If `start` is not after the forecast's origin, or is after `year`, or if `effects` is not a
        table as `tradelib.load_agreement_effects` returns it.

    Examples
    --------
    >>> from tradelib import load_agreement_effects, load_turnover, panel_growth
    >>> forecast = panel_growth(load_turnover("KAZ", "TKM"), horizon=2)
    >>> table = agreement(forecast, load_agreement_effects(), 1000, year=2027, start=2026)
    >>> table.target_chance.is_monotonic_increasing
    True
    """
    checks.check_table(effects, numbers="since", texts="group")
    forecast.probability(target_musd, year=year)  # checks target and year
    if not forecast.origin < start <= year:
        raise InputError(f"start must lie from {forecast.origin + 1} to {year}, got {start}")
    levels, gains = _gains(effects, year - start)
    values = forecast.paths[:, forecast.years.index(year)]
    rank = (values.argsort().argsort() + 0.5) / values.size
    cases = {
        "without an agreement": values,
        f"with an agreement from {start}": values * np.exp(np.interp(rank, levels, gains)),
        f"with an agreement from {start}, at its most": values * np.exp(gains.max()),
    }
    medians = {name: float(np.median(paths)) for name, paths in cases.items()}
    chances = {name: float((paths >= target_musd).mean()) for name, paths in cases.items()}
    placed = place(forecast, medians, year=year)
    return placed.assign(
        target_chance=placed["scenario"].map(chances),
        added_share=(placed["value_musd"] - np.median(values)) / target_musd,
    )


def _gains(effects: pd.DataFrame, years_since_entry: int) -> tuple[Floats, Floats]:
    """Probability levels of the quantiles, and at each the log gain of pairs with an agreement."""
    ranks = effects.filter(regex=r"^q0?\.\d+$")
    checks.check_table(effects, numbers=" ".join(ranks.columns))
    groups = set(effects["group"])
    if not len(ranks.columns) or not {"entered", "like"} <= groups:
        columns = ", ".join(map(str, effects.columns))
        raise InputError(
            "effects must be a table as load_agreement_effects returns it, got one with columns "
            f"{columns} and groups {', '.join(sorted(map(str, groups)))}"
        )
    of_year = effects["since"] == min(years_since_entry, effects["since"].max())
    entered = ranks[of_year & (effects["group"] == "entered")].to_numpy()[0]
    similar = ranks[of_year & (effects["group"] == "like")].to_numpy()[0]
    return ranks.columns.str[1:].astype(float), entered - similar


def _ahead(last: int, year: int) -> int:
    """Years from the last one known to a year after it."""
    if not last < year <= last + 100:
        raise InputError(
            f"year must lie from {last + 1} to {last + 100} (at most 100 years after the last one "
            f"known), got {year}"
        )
    return year - last
