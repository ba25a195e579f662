"""What must be true for a target to be met, and how likely each such story is.

The reverse question: given the goal, which growth, which mix of exports and imports, which price of
which quantity? A story is only a number until it is held against the forecast; `place` says how far
up in it each one lies, so that no story claims more than its likelihood.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradelib.ground import flows, frames
from tradelib.ground.convert import History, as_history, by_year
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats, positive
from tradelib.science.outlook.paths import Forecast
from tradelib.science.verdict.words import likelihood

__all__ = ["agreement", "break_even", "from_history", "mixes", "place"]


@validated
def mixes(
    history: History, target_musd: float, *, year: int, export_growth: Sequence[float]
) -> pd.DataFrame:
    """Which imports a goal needs beside each growth of exports.

    Parameters
    ----------
    history : DataFrame
        ``year``, ``export_musd``, ``import_musd`` (US$ million); the last counts, both positive.
    target_musd, year : float, int, turnover to be reached, US$ million, and in which year ahead
    export_growth : sequence of float, fractions a year, above -1

    Returns
    -------
    DataFrame
        A row a growth rate: ``export_growth``, ``export_musd``, ``import_musd`` (0 where exports
        alone suffice), ``import_growth`` (a year; -1 where imports may vanish), ``export_share``.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": [2025], "export_musd": [300.0], "import_musd": [200.0]})
    >>> mixes(pair, 1000, year=2027, export_growth=[0.0]).import_musd.item()
    700.0
    """
    table = by_year(history)
    frames.check_columns(table, ["export_musd", "import_musd"])
    last = table.iloc[-1]
    years = _ahead(int(last["year"]), year)
    exports, imports = float(last["export_musd"]), float(last["import_musd"])
    if not (exports > 0 and imports > 0):
        got = f"got {exports} and {imports}"
        raise InputError(f"a mix needs exports and imports of {last['year']:.0f}, {got}")
    growth = np.asarray(list(export_growth), float)
    if not growth.size or not (growth > -1).all():
        raise InputError(f"growth of exports is above -1, got {growth.tolist()}")
    sold = exports * (1 + growth) ** years
    bought = np.maximum(positive("target_musd", target_musd) - sold, 0.0)
    return pd.DataFrame(
        {
            "export_growth": growth,
            "export_musd": sold,
            "import_musd": bought,
            "import_growth": (bought / imports) ** (1 / years) - 1,
            "export_share": sold / (sold + bought),
        }
    )


@validated
def break_even(
    gap_musd: float, *, volumes: Sequence[float], prices: Sequence[float]
) -> pd.DataFrame:
    """How much of a gap each price of each quantity fills, and the price that fills it.

    Parameters
    ----------
    gap_musd : float, turnover that is lacking, US$ million a year; positive as all three are
    volumes : sequence of float
        Quantities a year, in millions of the unit that is priced (a billion cubic metres is a
        million times a thousand of them).
    prices : sequence of float, US$ a unit

    Returns
    -------
    DataFrame
        A row a volume and price: ``volume``, ``price``, ``value_musd``, ``share`` (of the gap),
        ``break_even_price`` (of that volume, US$ a unit).

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
    given = [(positive("volume", v), positive("price", p)) for v in volumes for p in prices]
    table = pd.DataFrame(given, columns=["volume", "price"])
    value = table["volume"] * table["price"]
    return table.assign(
        value_musd=value, share=(value / gap).round(4), break_even_price=gap / table["volume"]
    )


@validated
def from_history(
    history: History, *, year: int, inflation: float | None = None
) -> dict[str, float]:
    """Turnover if the pair did again what it once did.

    Parameters
    ----------
    history : DataFrame
        ``year``, ``turnover_musd`` (US$ million, positive), consecutive years, more than are ahead;
        ``export_musd`` and ``import_musd`` if known.
    year : int, of the stories, ahead
    inflation : float, optional, growth of dollar prices, a fraction a year

    Returns
    -------
    dict of str to float
        US$ million: turnover as it is, with prices alone, both flows at their best years, and the
        steepest, the median and the worst growth over as many years.

    Examples
    --------
    >>> pair = pd.DataFrame({"year": range(2020, 2026),
    ...     "turnover_musd": [128.0, 254.2, 438.7, 562.9, 555.8, 515.5]})
    >>> round(from_history(pair, year=2027)["its steepest 2 years again (2020-2022)"])
    1767
    """
    table = as_history(history)
    known = flows.history(table)
    last, now = int(known.index[-1]), float(known.iloc[-1])
    years = _ahead(last, year)
    if len(known) <= years:
        raise InputError(f"{years} years ahead need more history than {len(known)} years")
    grew = (known / known.shift(years)).dropna()
    best, worst = int(grew.idxmax()), int(grew.idxmin())
    stories = {
        f"as in {last}": now,
        f"its steepest {years} years again ({best - years}-{best})": now * float(grew.max()),
        f"its median {years} years again": now * float(grew.median()),
        f"its worst {years} years again ({worst - years}-{worst})": now * float(grew.min()),
    }
    if inflation is not None:
        pace = positive("1 + inflation", 1 + inflation)
        stories["no more in quantity, prices as lately"] = now * pace**years
    if {"export_musd", "import_musd"} <= set(table):
        at_best = table["export_musd"].max() + table["import_musd"].max()
        stories["exports and imports each at their best"] = float(at_best)
    return stories


@validated
def place(forecast: Forecast, values: Mapping[str, float], *, year: int) -> pd.DataFrame:
    """Where stories lie in a forecast, from the least to the most.

    Parameters
    ----------
    forecast : Forecast, of any forecaster
    values : mapping of str to float, turnover of each story, US$ million, positive
    year : int, in which, one of the forecast's

    Returns
    -------
    DataFrame
        A row a story: ``scenario``, ``value_musd``, ``percentile`` (of the forecast, 0 to 100),
        ``probability`` (that turnover is at least so large), ``words``.

    Examples
    --------
    >>> from tradelib import naive
    >>> pair = pd.DataFrame({"year": range(2020, 2026),
    ...     "turnover_musd": [128.0, 254.2, 438.7, 562.9, 555.8, 515.5]})
    >>> place(naive(pair, horizon=2), {"the goal": 1000.0}, year=2027).words.item()
    'unlikely'
    """
    rows = [
        (name, float(value), 100 * (1 - chance), chance, likelihood(chance))
        for name, value in values.items()
        for chance in [forecast.probability(value, year=year)]
    ]
    columns = ["scenario", "value_musd", "percentile", "probability", "words"]
    return pd.DataFrame(rows, columns=columns).sort_values("value_musd", ignore_index=True)


@validated
def agreement(
    forecast: Forecast, effects: pd.DataFrame, target_musd: float, *, year: int, start: int
) -> pd.DataFrame:
    """A forecast if an agreement came into force and did what such agreements did elsewhere.

    Each future moves by what pairs of its rank that entered an agreement had, as many years after
    entry, over pairs of like size that entered none. That is a partial effect: what it would change
    for third countries, wages and prices (general equilibrium) is out of reach for one small pair.

    Parameters
    ----------
    forecast : Forecast, of any forecaster
    effects : DataFrame, as `tradelib.load_agreement_effects` returns it; its last year is for later
    target_musd : float, turnover to be reached, US$ million, positive
    year, start : int, in which of the forecast's years; from which, up to it, there is an agreement

    Returns
    -------
    DataFrame
        As `place` gives it for the median of that year without the agreement, with it, and with
        the most that it did at any rank; with ``target_chance`` (of the target in that case) and
        ``added_share`` (of the target, filled by the median's rise).

    Examples
    --------
    >>> from tradelib import load_agreement_effects, load_turnover, panel_growth
    >>> made = panel_growth(load_turnover("KAZ", "TKM"), horizon=2)
    >>> table = agreement(made, load_agreement_effects(), 1000, year=2027, start=2026)
    >>> table.target_chance.is_monotonic_increasing
    True
    """
    frames.check_table(effects, numbers="since", texts="group")
    forecast.probability(target_musd, year=year)  # checks both
    if not forecast.origin < start <= year:
        raise InputError(f"start must lie from {forecast.origin + 1} to {year}, got {start}")
    levels, gain = _gains(effects, year - start)
    now = forecast.paths[:, forecast.years.index(year)]
    rank = (now.argsort().argsort() + 0.5) / now.size
    cases = {
        "without an agreement": now,
        f"with an agreement from {start}": now * np.exp(np.interp(rank, levels, gain)),
        f"with an agreement from {start}, at its most": now * np.exp(gain.max()),
    }
    placed = place(forecast, {name: float(np.median(x)) for name, x in cases.items()}, year=year)
    chances = {name: float((x >= target_musd).mean()) for name, x in cases.items()}
    return placed.assign(
        target_chance=placed["scenario"].map(chances),
        added_share=(placed["value_musd"] - np.median(now)) / target_musd,
    )


def _gains(effects: pd.DataFrame, since: int) -> tuple[Floats, Floats]:
    """Ranks, and by how much the pair of each rank that entered was ahead of its like, in logs."""
    ranks = effects.filter(regex=r"^q0?\.\d+$")
    frames.check_table(effects, numbers=" ".join(ranks.columns))
    if not len(ranks.columns) or not {"entered", "like"} <= set(effects["group"]):
        raise InputError("effects are a table as load_agreement_effects returns it")
    known = effects["since"] == min(since, effects["since"].max())
    entered, like = (ranks[known & (effects["group"] == name)] for name in ("entered", "like"))
    return ranks.columns.str[1:].astype(float), entered.to_numpy()[0] - like.to_numpy()[0]


def _ahead(last: int, year: int) -> int:
    if not last < year <= last + 100:
        raise InputError(f"a scenario is of a year after {last}, the last known; got {year}")
    return year - last
