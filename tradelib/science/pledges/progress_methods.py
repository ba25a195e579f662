"""Calls of the official progress methods on a pair and its target."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.core.convert import History, as_history
from tradelib.core.errors import InputError
from tradelib.core.growth import cagr, compound
from tradelib.core.numeric import Floats
from tradelib.core.validation import validated
from tradelib.science.pledges.target import Target, check_in_dollars, own_series


class Method(NamedTuple):
    """An official progress method: its ratio, and the labels of its bands.

    Each of `bands` is a lower edge and its label, best first. `window` is the number of years from
    the base to the last year; None for any base. The ratio is growth achieved over growth required
    from the base to the target; if `projected`, it is the change to the deadline at the achieved
    growth over the change required.
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


# Classes of turnover at the base, by their lower edge in US$ million; calls are counted by class.
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
    """Give the call of each official progress method.

    The methods compare two years and ignore all between. ``open_sdg`` divides growth achieved by
    growth required, both from the base: ratio = achieved / required. ``eurostat_5`` and
    ``eurostat_15`` do the same over the last 5 and 15 years, whatever the base. ``un_2026``
    projects the growth achieved to the deadline: ratio = (projected - base) / (target - base).

    Parameters
    ----------
    history : DataFrame
        ``year`` and ``turnover_musd`` (US$ million).
    target : Target
        With a deadline.
    base_year, last_year : int, optional
        First and last year compared; if omitted those of the history, the last not after the
        deadline.
    every_endpoint : bool
        Compare every two years that the history allows, not only these.

    Returns
    -------
    DataFrame
        One row per method and pair of years: ``method``, ``base_year``, ``last_year`` (int64),
        ``base_musd``, ``last_musd`` (float64), ``ratio`` (float64), ``status``. Where the last
        value is at or above the target the status is ``target met``; where only the base is, it
        is ``target met at base``; the ratio has no meaning then and is missing. Eurostat rows
        appear where the history holds their window.

    Raises
    ------
    InputError
        If the target has no deadline, the deadline is not after the base year, the last year not
        between base and deadline, a year is not in the history, or the history is another pair's.
    NoAnswerError
        If the target is in another currency than US dollars.

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
    check_in_dollars(target, "progress")
    return progress_of(
        as_history(history), target, base_year, last_year, every_endpoint=every_endpoint
    )


def progress_of(
    history: pd.DataFrame,
    target: Target,
    base_year: int | None = None,
    last_year: int | None = None,
    *,
    every_endpoint: bool = False,
) -> pd.DataFrame:
    """`progress` of a checked history, which is in millions of the target's currency."""
    series = own_series(history, target)
    first, final = _years_compared(series, target, base_year, last_year)
    lasts = list(range(first + 1, final + 1)) if every_endpoint else [final]
    rows = []
    for name, method in METHODS.items():
        for last in lasts:
            if method.window is not None:
                bases = [last - method.window]
            elif every_endpoint:
                bases = list(range(first, last))
            else:
                bases = [first]
            known_bases = [base for base in bases if base in series.index]
            rows += [_call(name, method, series, target, base, last) for base in known_bases]
    return pd.DataFrame(rows)


def _years_compared(
    series: pd.Series, target: Target, base_year: int | None, last_year: int | None
) -> tuple[int, int]:
    """First and last year compared."""
    if target.deadline is None:
        raise InputError(
            f"progress needs a deadline, {target.pair} has none; try Target(..., deadline=YEAR)"
        )
    start = int(series.index[0])
    end = int(series.index[-1])
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


def _call(
    name: str, method: Method, series: pd.Series, target: Target, base_year: int, last_year: int
) -> dict[str, object]:
    """One method's call on two years."""
    base = float(series[base_year])
    last = float(series[last_year])
    ago = last_year - base_year
    left = (target.deadline or last_year) - last_year
    ratio, status = method_calls(method, base, last, target.value, ago=ago, left=left)
    return {
        "method": name,
        "base_year": base_year,
        "last_year": last_year,
        "base_musd": base,
        "last_musd": last,
        "ratio": float(ratio),
        "status": str(status),
    }


def method_calls(
    method: Method, base: ArrayLike, last: ArrayLike, target: ArrayLike, *, ago: int, left: int
) -> tuple[Floats, NDArray[np.str_]]:
    """Ratios and statuses of one method, for one pair or many.

    Parameters
    ----------
    method : Method
        One of `METHODS`.
    base, last, target : array_like
        Values of the base year and the last year, and the target, in one unit.
    ago : int
        Years from the base to the last year.
    left : int
        Years from the last one to the deadline.

    Returns
    -------
    ratio, status : arrays
        Of the inputs' shape; the ratio is missing where the target is met.
    """
    edges = [edge for edge, _ in method.bands]
    labels = [text for _, text in method.bands]
    with np.errstate(divide="ignore", invalid="ignore"):
        achieved = cagr(base, last, years=ago)
        if method.projected:
            change = np.subtract(compound(last, rate=achieved, years=left), base)
            ratio = np.asarray(change / np.subtract(target, base))
        else:
            ratio = np.asarray(np.divide(achieved, cagr(base, target, years=ago + left)))
    band = np.argmax(ratio[..., None] >= edges, axis=-1)
    met = np.greater_equal(last, target)
    met_at_base = np.greater_equal(base, target)
    status = np.select(
        [met, met_at_base], ["target met", "target met at base"], np.array(labels)[band]
    )
    return np.where(met | met_at_base, math.nan, ratio), status
