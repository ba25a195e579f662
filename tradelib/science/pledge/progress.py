"""What the official progress methods make of a pair and its target."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground.convert import History, as_history
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.growth import cagr, compound
from tradelib.ground.numbers import Floats
from tradelib.science.pledge.target import Target, own_series


class Method(NamedTuple):
    """An official progress method: what each band of its ratio is called, and what the ratio is.

    A band is its lower edge and label, best first. The base lies `window` years back from the last
    year. The ratio is that of growth rates, achieved over the one that leads from the base to the
    target in time; if `projected`, of the change at the achieved rate over the change asked.
    """

    bands: tuple[tuple[float, str], ...]
    reference: str
    window: int | None = None
    projected: bool = False


_UN = (
    (0.95, "on track"),
    (0.50, "moderate progress"),
    (0.10, "marginal progress"),
    (0.0, "stagnation"),
    (-math.inf, "regression"),
)
_OPEN_SDG = (
    (0.95, "on track"),
    (0.60, "progress made, acceleration needed"),
    (0.0, "limited progress"),
    (-math.inf, "deterioration"),
)
_EUROSTAT = (
    (0.95, "significant progress"),
    (0.60, "moderate progress"),
    (0.0, "insufficient progress"),
    (-math.inf, "movement away"),
)
METHODS: dict[str, Method] = {
    "un_2026": Method(
        _UN, "UN Statistics Division, progress assessment note of 2026", projected=True
    ),
    "open_sdg": Method(_OPEN_SDG, "Open SDG, progress status calculation, after Eurostat"),
    "eurostat_5": Method(_EUROSTAT, "Eurostat, EU SDG monitoring, short term", window=5),
    "eurostat_15": Method(_EUROSTAT, "Eurostat, EU SDG monitoring, long term", window=15),
}


# Classes of turnover at the start, US$ million and above, in which calls are counted apart.
SIZES = {"under 20m": 0.0, "20m to 200m": 20.0, "200m to 2bn": 200.0, "over 2bn": 2000.0}


@validated
def progress(
    history: History,
    target: Target,
    *,
    base_year: int | None = None,
    last_year: int | None = None,
    every_endpoint: bool = False,
) -> pd.DataFrame:
    """Verdict of each official progress method, and how it turns with the chosen years.

    The methods compare two years and ignore all between: ``un_2026`` projects the growth achieved
    since the base to the deadline; ``open_sdg`` divides achieved by required growth; ``eurostat_5``
    and ``eurostat_15`` do the same over the last 5 and 15 years, whatever the base.

    Parameters
    ----------
    history : DataFrame, with ``year`` and ``turnover_musd``, US$ million
    target : Target, with a deadline
    base_year, last_year : int, optional
        Start and end of the assessment; the history's if omitted, but not after the deadline.
    every_endpoint : bool, not one pair of years but every start and end that the history allows

    Returns
    -------
    DataFrame
        One row a method and pair of years: ``method``, ``base_year``, ``last_year`` (int64),
        ``base_musd``, ``last_musd`` (float64), ``ratio`` (float64), ``status``. Where the last
        value is at or above the target the status is ``target met``; where only the base is, it
        is ``target met at base``. In both the ratio measures nothing and is missing. Eurostat rows
        appear where the history holds their window.

    Raises
    ------
    InputError
        If the target has no deadline, the deadline is not after the base year, the last year not
        between base and deadline, a year is not in the history, or the history is another pair's.

    References
    ----------
    UN Statistics Division (2026), note on progress assessment, as applied by undata 0.4.3;
    Open SDG documentation, "Progress status calculation"; Eurostat, *Sustainable development in
    the European Union: monitoring report*, annex on the calculation of indicator trends.

    Examples
    --------
    >>> series = pd.DataFrame({"year": [2021, 2022, 2023], "turnover_musd": [254.2, 438.7, 562.9]})
    >>> pledge = Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    >>> progress(series, pledge)[["method", "ratio", "status"]].round(2).to_numpy().tolist()
    [['un_2026', 3.36, 'on track'], ['open_sdg', 1.9, 'on track']]
    """
    series = own_series(as_history(history), target)
    first, final = _assessed(series, target, base_year, last_year)
    lasts = range(first + 1, final + 1) if every_endpoint else [final]
    starts = range(first, final) if every_endpoint else [first]
    return pd.DataFrame(
        _assess(name, method, series, target, start, last)
        for name, method in METHODS.items()
        for last in lasts
        for start in (starts if method.window is None else [last - method.window])
        if start in series.index and start < last
    )


def _assessed(
    series: pd.Series, target: Target, base_year: int | None, last_year: int | None
) -> tuple[int, int]:
    """First and last year of the assessment."""
    if target.deadline is None:
        raise InputError(
            f"progress needs a deadline, {target.pair} has none; try Target(..., deadline=YEAR)"
        )
    start, end = int(series.index[0]), int(series.index[-1])
    first = start if base_year is None else base_year
    final = min(end, target.deadline) if last_year is None else last_year
    for year in (first, final):
        if year not in series.index:
            raise InputError(f"{year} is not in the history, which runs from {start} to {end}")
    if not first < final <= target.deadline:
        raise InputError(
            f"progress needs base year < last year <= deadline, got {first}, {final}, "
            f"{target.deadline}"
        )
    return first, final


def _assess(
    name: str, method: Method, series: pd.Series, target: Target, start: int, last: int
) -> dict[str, object]:
    base, latest = float(series[start]), float(series[last])
    left = (target.deadline or last) - last
    ratio, status = calls(method, base, latest, target.value_musd, ago=last - start, left=left)
    return {
        "method": name,
        "base_year": start,
        "last_year": last,
        "base_musd": base,
        "last_musd": latest,
        "ratio": float(ratio),
        "status": str(status),
    }


def calls(
    method: Method, base: ArrayLike, last: ArrayLike, target: ArrayLike, *, ago: int, left: int
) -> tuple[Floats, NDArray[np.str_]]:
    """Ratios and statuses of one pair or many, as `progress` has them."""
    edges, labels = zip(*method.bands, strict=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        achieved = cagr(base, last, years=ago)
        if method.projected:
            change = np.subtract(compound(last, rate=achieved, years=left), base)
            ratio = np.asarray(change / np.subtract(target, base))
        else:
            ratio = np.asarray(np.divide(achieved, cagr(base, target, years=ago + left)))
    status = np.array(labels)[np.argmax(ratio[..., None] >= edges, axis=-1)]
    met, before = np.greater_equal(last, target), np.greater_equal(base, target)
    status = np.select([met, before], ["target met", "target met at base"], status)
    return np.where(met | before, math.nan, ratio), status
