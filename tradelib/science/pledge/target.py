"""The pledge, what it asks, and what the official progress methods make of it.

A history here is a tidy frame with ``year`` and ``turnover_musd`` (US$ million, current prices),
one row a year without gaps, as `tradelib.load_turnover` returns it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from numbers import Integral, Real

import pandas as pd

from tradelib.ground import codes, flows
from tradelib.ground.growth import cagr, compound, required_growth

__all__ = ["METHODS", "Standing", "Target", "progress", "standing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An announced turnover target of a country pair.

    Parameters
    ----------
    reporter, partner : str
        Countries by code or name; kept as ISO3.
    value_musd : float
        Turnover to be reached in a calendar year, US$ million, current prices.
    deadline : int or None
        Calendar year by which; None where none was named.
    announced : date or None
        Day of the announcement.
    wording : str
        How the deadline was put, for example "in the next five years".
    source : str
        Where the pledge is on record.
    target_id : str
        Its name in the registry, if it comes from there.

    Raises
    ------
    ValueError
        If a country is unknown, both are the same, the value is not positive and finite, or the
        deadline is no calendar year or lies before the announcement.
    TypeError
        If the value is not a number, the deadline not a whole number, or the announcement not a
        date.

    Examples
    --------
    >>> Target(reporter="Kazakhstan", partner="TKM", value_musd=1000, deadline=2027).pair
    'KAZ-TKM'
    """

    reporter: str
    partner: str
    value_musd: float
    deadline: int | None = None
    announced: date | None = None
    wording: str = ""
    source: str = ""
    target_id: str = ""

    def __post_init__(self) -> None:
        for field in ("reporter", "partner"):
            object.__setattr__(self, field, codes.iso3(getattr(self, field)))
        if self.reporter == self.partner:
            raise ValueError(f"a target needs two countries, got {self.reporter} twice")
        if not isinstance(self.value_musd, Real) or isinstance(self.value_musd, bool):
            raise TypeError(f"value_musd is a number of US$ million, got {self.value_musd!r}")
        if not (math.isfinite(self.value_musd) and self.value_musd > 0):
            raise ValueError(f"value_musd must be positive and finite, got {self.value_musd}")
        object.__setattr__(self, "value_musd", float(self.value_musd))
        self._check_days()

    def _check_days(self) -> None:
        day = self.announced
        if day is not None and (not isinstance(day, date) or day is pd.NaT):
            raise TypeError(f"announced is a datetime.date or None, got {day!r}")
        if self.deadline is None:
            return
        if not isinstance(self.deadline, Integral) or isinstance(self.deadline, bool):
            raise TypeError(f"deadline is a calendar year or None, got {self.deadline!r}")
        object.__setattr__(self, "deadline", int(self.deadline))
        if not 1900 <= self.deadline <= 2200:
            raise ValueError(f"deadline is a calendar year such as 2027, got {self.deadline}")
        if day is not None and self.deadline < day.year:
            raise ValueError(
                f"the deadline must not lie before the announcement, got {self.deadline} for a "
                f"target announced on {day}; leave it None if no deadline was named"
            )

    @property
    def pair(self) -> str:
        """The two ISO3 codes, ``"KAZ-TKM"``."""
        return f"{self.reporter}-{self.partner}"

    def summary(self) -> str:
        """Say in plain words who is to reach what by when.

        Examples
        --------
        >>> Target(reporter="KAZ", partner="TKM", value_musd=1000).summary()
        'Kazakhstan-Turkmenistan turnover of US$1,000m, no deadline named'
        """
        when = f"by {self.deadline}" if self.deadline else "no deadline named"
        words = f' ("{self.wording}")' if self.wording else ""
        join = " " if self.deadline else ", "
        value = f"{self.value_musd:,.0f}" if self.value_musd >= 10 else f"{self.value_musd:g}"
        return (
            f"{codes.name(self.reporter)}-{codes.name(self.partner)} turnover of "
            f"US${value}m{join}{when}{words}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a pair stands against its target, by arithmetic alone.

    Parameters
    ----------
    target : Target
        The pledge.
    last_year, last_musd : int, float
        Last full year known and its turnover, US$ million.
    years_left : int or None
        From the last full year to the deadline; None without a deadline, zero or below once passed.
    required : float or None
        Growth needed each year, fraction; None where no year is left, no deadline was named or the
        target has been reached.
    reached : int or None
        First year at or above the target, from the year of the announcement on.
    preliminary : bool
        Whether the last year's figure is.
    """

    target: Target
    last_year: int
    last_musd: float
    years_left: int | None
    required: float | None
    reached: int | None
    preliminary: bool

    @property
    def state(self) -> str:
        """``open``, ``open, no deadline``, ``reached in YYYY``, ``missed[, reached in YYYY]``."""
        deadline = self.target.deadline
        if self.reached is not None:
            late = deadline is not None and self.reached > deadline
            return f"{'missed, ' if late else ''}reached in {self.reached}"
        if self.years_left is None or deadline is None:
            return "open, no deadline"
        return "open" if self.years_left > 0 else "missed"

    @property
    def multiple(self) -> float:
        """Target over last full year."""
        return self.target.value_musd / self.last_musd

    def summary(self) -> str:
        """Say in plain words where the pair stands and what the target asks."""
        stands = (
            f"{self.target.summary()}: {self.state}. Data to {self.last_year}"
            f"{' (preliminary)' if self.preliminary else ''}: US$"
            f"{self.last_musd:,.1f}m, {1 / self.multiple:.0%} of the target."
        )
        if self.required is None:
            return stands
        return (
            f"{stands} It asks {self.required:.1%} a year from {self.last_year} to "
            f"{self.target.deadline} (x{self.multiple:.2f})."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: state, last full year, years left and what is asked."""
        return pd.DataFrame(
            {
                "state": [self.state],
                "last_year": self.last_year,
                "last_musd": self.last_musd,
                "preliminary": self.preliminary,
                "target_musd": self.target.value_musd,
                "multiple": self.multiple,
                "years_left": self.years_left,
                "required": self.required,
            }
        )


def standing(target: Target, history: pd.DataFrame) -> Standing:
    """Where a pair stands: last full year, years left, growth needed.

    Years before the announcement do not count as reaching the target; if its day is not given,
    every year of the history counts.

    Parameters
    ----------
    target : Target
        With or without a deadline.
    history : DataFrame
        With ``year`` and ``turnover_musd``; ``status`` if years may be preliminary.

    Returns
    -------
    Standing
        A target that is already met is a state, not an error.

    Raises
    ------
    ValueError
        If the history is another pair's, or has gaps, repeats or values that are not positive.
    TypeError
        If an argument is not what its name says.

    Examples
    --------
    >>> series = pd.DataFrame({"year": [2024, 2025], "turnover_musd": [555.8, 515.5]})
    >>> pledge = Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    >>> now = standing(pledge, series)
    >>> now.state, round(now.required, 3)
    ('open', 0.393)
    """
    series = _series(history, target)
    since = series.index[0] if target.announced is None else target.announced.year
    met = series.index[(series >= target.value_musd) & (series.index >= since)]
    last_year, last = int(series.index[-1]), float(series.iloc[-1])
    left = None if target.deadline is None else target.deadline - last_year
    required = None
    if left is not None and left > 0 and not len(met):
        required = float(required_growth(last, target.value_musd, years=left))
    status = history["status"] if "status" in history else pd.Series("", history.index)
    return Standing(
        target=target,
        last_year=last_year,
        last_musd=last,
        years_left=left,
        required=required,
        reached=int(met[0]) if len(met) else None,
        preliminary=bool((status[history["year"] == last_year] == "preliminary").any()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """An official progress method: its ratio, and what each band of the ratio is called.

    Parameters
    ----------
    ratio : callable
        ``(base, last, target, years_elapsed, years_left) -> ratio``; values in US$ million.
    bands : tuple of (float, str)
        Lower edge and label, best first; the last edge is minus infinity.
    window : int or None
        Years back from the last year at which the base must lie; None: any base.
    reference : str
        Who publishes it.
    """

    ratio: Callable[[float, float, float, int, int], float]
    bands: tuple[tuple[float, str], ...]
    window: int | None
    reference: str


def _projected_over_required(base: float, last: float, target: float, ago: int, left: int) -> float:
    """Change projected at the achieved rate, over the change the target asks."""
    projected = float(compound(last, rate=cagr(base, last, years=ago), years=left))
    return (projected - base) / (target - base)


def _achieved_over_required(base: float, last: float, target: float, ago: int, left: int) -> float:
    """Growth rate achieved, over the rate that leads from the base to the target in time."""
    achieved = float(cagr(base, last, years=ago))
    return achieved / float(required_growth(base, target, years=ago + left))


_EUROSTAT = (
    (0.95, "significant progress"),
    (0.60, "moderate progress"),
    (0.0, "insufficient progress"),
    (-math.inf, "movement away"),
)

METHODS: dict[str, Method] = {
    "un_2026": Method(
        ratio=_projected_over_required,
        bands=(
            (0.95, "on track"),
            (0.50, "moderate progress"),
            (0.10, "marginal progress"),
            (0.0, "stagnation"),
            (-math.inf, "regression"),
        ),
        window=None,
        reference="UN Statistics Division, progress assessment note of 2026",
    ),
    "open_sdg": Method(
        ratio=_achieved_over_required,
        bands=(
            (0.95, "on track"),
            (0.60, "progress made, acceleration needed"),
            (0.0, "limited progress"),
            (-math.inf, "deterioration"),
        ),
        window=None,
        reference="Open SDG, progress status calculation, after Eurostat",
    ),
    "eurostat_5": Method(
        ratio=_achieved_over_required,
        bands=_EUROSTAT,
        window=5,
        reference="Eurostat, EU SDG monitoring, short term",
    ),
    "eurostat_15": Method(
        ratio=_achieved_over_required,
        bands=_EUROSTAT,
        window=15,
        reference="Eurostat, EU SDG monitoring, long term",
    ),
}


def progress(
    history: pd.DataFrame,
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
    history : DataFrame
        With ``year`` and ``turnover_musd``, US$ million.
    target : Target
        With a deadline.
    base_year : int, optional
        Start of the assessment; the first year of the history if omitted.
    last_year : int, optional
        End of the assessment; if omitted the last year of the history, but not after the deadline.
    every_endpoint : bool
        Instead of one pair of years, try every start and end that the history allows.

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
    ValueError
        If the target has no deadline, the deadline is not after the base year, the last year not
        between base and deadline, a year is not in the history, or the history is another pair's.
    TypeError
        If an argument is not what its name says.

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
    series = _series(history, target)
    if target.deadline is None:
        raise ValueError("progress needs a deadline, and this target names none; try one by "
                         "Target(..., deadline=YEAR)")  # fmt: skip
    first = int(series.index[0]) if base_year is None else base_year
    final = min(int(series.index[-1]), target.deadline) if last_year is None else last_year
    for year in (first, final):
        if not isinstance(year, Integral):
            raise TypeError(f"base_year and last_year are whole years, got {year!r}")
        if year not in series.index:
            raise ValueError(
                f"{year} is not in the history, which runs from {series.index[0]} to "
                f"{series.index[-1]}"
            )
    if not first < final <= target.deadline:
        raise ValueError(
            f"progress needs base year < last year <= deadline, got {first}, {final}, "
            f"{target.deadline}"
        )
    lasts = range(first + 1, final + 1) if every_endpoint else [final]
    rows = []
    for name, method in METHODS.items():
        for last in lasts:
            starts = range(first, last) if every_endpoint else [first]
            if method.window is not None:
                starts = [last - method.window]
            rows += [
                _assess(name, method, series, target, start, last)
                for start in starts
                if start in series.index
            ]
    return pd.DataFrame(rows)


def _series(history: pd.DataFrame, target: Target) -> pd.Series:
    """The checked history, if it is the target's pair."""
    if not isinstance(target, Target):
        raise TypeError(f"a Target is needed, got {type(target).__name__}; arguments swapped?")
    series = flows.history(history)
    for side in ("reporter", "partner"):
        if side in history and set(history[side]) != {getattr(target, side)}:
            found = ", ".join(sorted(set(history[side])))
            raise ValueError(
                f"the history's {side} is {found}, the target's is {getattr(target, side)}"
            )
    return series


def _assess(
    name: str, method: Method, series: pd.Series, target: Target, start: int, last: int
) -> dict[str, object]:
    base, latest = float(series[start]), float(series[last])
    ratio = math.nan
    if latest >= target.value_musd:
        status = "target met"
    elif base >= target.value_musd:
        status = "target met at base"
    else:
        left = (target.deadline or last) - last
        ratio = method.ratio(base, latest, target.value_musd, last - start, left)
        status = next(label for edge, label in method.bands if ratio >= edge)
    return {
        "method": name,
        "base_year": start,
        "last_year": last,
        "base_musd": base,
        "last_musd": latest,
        "ratio": ratio,
        "status": status,
    }
