"""Move the target, watch the probability: one grid of quantiles, read alike here and on the site.

`assess` answers one question exactly. A `Grid` holds the answers to all questions about one pair:
for each day on which more became known and each of ten years ahead, quantiles of the turnover that
the headline gives in the year and ever by it, and of the least and the most that the evidence
supports. A probability is read by straight lines between quantiles over the log of turnover; the
pages of the site ship the same numbers and read them in the same way (``site/_static/explore.js``).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.bundle.load import Day, load_figures, load_growth, load_turnover
from tradelib.bundle.sources import recommended
from tradelib.front.assess import (
    PATHS,
    SIZES,
    _headline,
    _history,
    _known_by,
    _nowcast,
    _other_data,
    _pledge_shift,
    assess,
)
from tradelib.front.defaults import _deflator, growth_model
from tradelib.science.outlook import growth_model as panel
from tradelib.science.outlook.forecast import Forecast, naive
from tradelib.science.outside.episodes import NoEpisodesError, ReferenceClass
from tradelib.science.outside.table import share_curve
from tradelib.science.pledge.target import Standing, Target, standing
from tradelib.science.verdict.verdict import APART, FEW_YEARS, Verdict, _percent, likelihood

__all__ = ["Grid", "Reading", "answer", "code", "grid", "sliders"]

Floats = NDArray[np.float64]
CURVES = ("in", "ever", "least", "most")
_TAIL = (0.001, 0.003, 0.006, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.125, 0.15, 0.175, 0.2)
_HALF = (*_TAIL, 0.25, 0.3, 0.35, 0.4, 0.45)
LEVELS = (*_HALF, 0.5, *(round(1 - p, 3) for p in reversed(_HALF)))
FINE = 120
SPREAD = 4.0
DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the grid says of one value, deadline and day.

    Parameters
    ----------
    probability_in, probability_ever : float
        That turnover is at least the value in the deadline year, and in any year up to it.
    probability_range : tuple of float
        Least and most that the evidence supports for `probability_in`.
    words : str
        As in `Verdict`, but ``"size alone"`` where fewer than five years of the pair are known:
        whether like pairs suffice for a word then only `assess` can say.
    """

    probability_in: float
    probability_ever: float
    probability_range: tuple[float, float]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Quantiles of turnover by day, year ahead and curve.

    Parameters
    ----------
    target : Target
        The pledge itself, where the sliders start.
    days : tuple of str, length n_days
        ISO days on which more became known, the newest last.
    known : tuple of tuple of (int, float), length n_days
        Years and turnover known by each day, from the announcement on; the last is the origin.
    history_years : tuple of int, length n_days
        Full years known of the pair.
    quantiles : ndarray, shape (n_days, 10, 4, n_levels)
        US$ million at `LEVELS`, of the curves in, ever, least and most.
    """

    target: Target
    days: tuple[str, ...]
    known: tuple[tuple[tuple[int, float], ...], ...]
    history_years: tuple[int, ...]
    quantiles: Floats

    @property
    def since(self) -> int:
        """First year that counts as reaching the target."""
        return self.target.announced.year if self.target.announced else 0

    def read(self, value_musd: float, *, deadline: int, day: str | None = None) -> Reading:
        """Probability, range and words for one position of the sliders.

        Parameters
        ----------
        value_musd : float
            Turnover asked, US$ million.
        deadline : int
            One of the ten years after the last known on the day.
        day : str, optional
            One of `days`; the newest if omitted.

        Raises
        ------
        ValueError
            If the grid does not hold the day or the year, or the value is not positive.

        Examples
        --------
        >>> from tradelib import article_target
        >>> found = grid(article_target()).read(1000, deadline=2027)
        >>> round(found.probability_in, 2), found.words
        (0.1, 'unlikely')
        """
        if not (math.isfinite(value_musd) and value_musd > 0):
            raise ValueError(f"a value to reach is positive and finite, got {value_musd}")
        place, ahead = self._place(deadline, day)
        within, ever, low, high = (
            _above(value_musd, curve) for curve in self.quantiles[place, ahead]
        )
        met = [y for y, value in self.known[place] if y >= self.since and value >= value_musd]
        words = f"reached in {met[0]}" if met else self._words(place, within, (low, high))
        return Reading(
            probability_in=within,
            probability_ever=1.0 if met else ever,
            probability_range=(low, high),
            words=words,
        )

    def fan(self, day: str | None = None) -> pd.DataFrame:
        """Central 80 and 50 % and median of each year ahead on a day, US$ million.

        Raises
        ------
        ValueError
            If the grid does not hold the day.
        """
        place = self._day(day)
        origin = self.known[place][-1][0]
        levels = {"q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9}
        columns = {name: self.quantiles[place, :, 0, LEVELS.index(p)] for name, p in levels.items()}
        return pd.DataFrame({"year": range(origin + 1, origin + 1 + panel.MAX_HORIZON), **columns})

    def to_json(self) -> str:
        """The grid as the pages ship it."""
        plain: dict[str, Any] = {
            "target": self.target.value_musd,
            "deadline": self.target.deadline,
            "since": self.since,
            "levels": LEVELS,
            "days": self.days,
            "known": self.known,
            "years": self.history_years,
            "quantiles": [
                [[[_short(v) for v in curve] for curve in year] for year in day]
                for day in self.quantiles
            ],
        }
        return json.dumps(plain, separators=(",", ":"), allow_nan=False)

    def _day(self, day: str | None) -> int:
        if day is not None and day not in self.days:
            raise ValueError(f"the grid has no day {day!r}; there are {', '.join(self.days)}")
        return len(self.days) - 1 if day is None else self.days.index(day)

    def _place(self, deadline: int, day: str | None) -> tuple[int, int]:
        place = self._day(day)
        first = self.known[place][-1][0] + 1
        if deadline not in range(first, first + panel.MAX_HORIZON):
            last = first + panel.MAX_HORIZON - 1
            raise ValueError(f"the grid looks from {first} to {last}, got {deadline}")
        return place, deadline - first

    def _words(self, place: int, chance: float, ends: tuple[float, float]) -> str:
        if ends[0] < APART[0] and ends[1] > APART[1]:
            return "cannot tell"
        return "size alone" if self.history_years[place] < FEW_YEARS else likelihood(chance)


def grid(
    target: Target, *, history: pd.DataFrame | None = None, days: tuple[str, ...] | None = None
) -> Grid:
    """The grid of a target: every value and deadline, on each day when more became known.

    Parameters
    ----------
    target : Target
        As for `assess`.
    history : DataFrame, optional
        Your own ``year`` and ``turnover_musd``; then there is one day only, called ``now``.
    days : tuple of str, optional
        ISO days instead of the announcement and each later release of a full year.

    Returns
    -------
    Grid

    Raises
    ------
    ValueError
        As `assess`.

    Examples
    --------
    >>> from tradelib import article_target
    >>> found = grid(article_target(), days=("2026-06-30",))
    >>> found.quantiles.shape
    (1, 10, 4, 39)
    """
    if history is not None:
        parts = [_on(target, history, None, bundled=False)]
        names: tuple[str, ...] = ("now",)
    else:
        names = _days(target) if days is None else days
        parts = [_on(target, _history(target, day), day, bundled=True) for day in names]
    since = target.announced.year if target.announced else 0
    known = tuple(
        tuple((int(row.year), float(row.turnover_musd)) for row in series.itertuples()
              if row.year >= min(since, int(series["year"].max())))
        for series, _ in parts
    )  # fmt: skip
    return Grid(
        target=target,
        days=names,
        known=known,
        history_years=tuple(len(series) for series, _ in parts),
        quantiles=np.array([quantiles for _, quantiles in parts]),
    )


def _short(value: float) -> float:
    """Five significant digits: what is shipped is what is read."""
    return float(f"{value:.{DIGITS}g}")


def _above(value: float, quantiles: Floats) -> float:
    """Probability of at least a value, straight between quantiles over its log."""
    return float(1 - np.interp(math.log(value), np.log(quantiles), LEVELS))


def _days(target: Target) -> tuple[str, ...]:
    """The first day since the announcement on which each last year was known, then the newest."""
    newest = _known_by(_history(target, None), None)
    if newest is None:
        raise ValueError("a grid of bundled figures needs the days on which they were released")
    first = pd.Timestamp(max(str(target.announced or ""), growth_model().known_from))
    found: dict[int, pd.Timestamp] = {}
    for day in sorted({first, *_releases(target, first, newest)}):
        try:
            found.setdefault(int(_history(target, day)["year"].max()), day)
        except ValueError:  # nothing was known yet
            continue
    found[int(_history(target, None)["year"].max())] = newest
    return tuple(day.date().isoformat() for day in found.values())


def _releases(target: Target, first: pd.Timestamp, newest: pd.Timestamp) -> list[pd.Timestamp]:
    """Days on which figures came out: of the series, or each 30 June where the registry speaks."""
    try:
        recommended(target.reporter, target.partner)
    except ValueError:
        days = [pd.Timestamp(year, 6, 30) for year in range(first.year, newest.year + 1)]
    else:
        days = list(load_turnover(target.reporter, target.partner)["released"])
    return [day for day in days if first < day <= newest]


def _on(
    target: Target, history: pd.DataFrame, as_of: Day | None, *, bundled: bool
) -> tuple[pd.DataFrame, Floats]:
    """History known on a day, and the quantiles of every year ahead and curve."""
    model, now = growth_model(as_of=as_of), standing(target, history)
    cast = _nowcast(target, history, as_of, None, bundled=bundled)
    headline = _headline(history, panel.MAX_HORIZON, cast, model)
    rich = headline.name == "panel_growth"
    other = _other_data(history, now, cast, as_of) if rich else {}
    shift = _pledge_shift(as_of)[0]
    found = []
    for ahead in range(1, panel.MAX_HORIZON + 1):
        values = _values(headline, ahead)
        within = _share(headline.paths[:, ahead - 1], values)
        curves = [within, _shifted(within, shift)]
        if rich:
            walk = naive(history, horizon=ahead, n_paths=PATHS, nowcast=cast)
            curves.append(_share(walk.paths[:, -1], values))
        curves += [
            panel.chance_curve(series, values, horizon=ahead + more, nowcast=start, model=model)
            for series, more, start in other.values()
            if ahead + more <= panel.MAX_HORIZON
        ]
        curves += _like_pairs(now, values, ahead, as_of)
        ever = _share(headline.paths[:, :ahead].max(axis=1), values)
        four = [within, ever, np.min(curves, axis=0), np.max(curves, axis=0)]
        found.append([_quantiles(values, curve) for curve in four])
    return history, np.array(found)


def _values(headline: Forecast, ahead: int) -> Floats:
    """A fine grid over all that the futures of a year hold, US$ million."""
    low = float(np.quantile(headline.paths[:, ahead - 1], 0.0005)) / 2
    high = float(np.quantile(headline.paths[:, :ahead].max(axis=1), 0.9995)) * 2
    return np.geomspace(low, high, FINE)


def _share(futures: Floats, values: Floats) -> Floats:
    """Share of the futures that are at least each value."""
    return np.asarray(1 - np.searchsorted(np.sort(futures), values) / len(futures))


def _shifted(chance: Floats, shift: float) -> Floats:
    """Probabilities with their odds moved as those of pledges were."""
    return np.asarray(chance / (chance + (1 - chance) * math.exp(-shift)))


def _like_pairs(now: Standing, values: Floats, ahead: int, as_of: Day | None) -> list[Floats]:
    """Shares of like pairs that did as much, in current and constant dollars, where known."""
    if not SIZES[0] <= now.last_musd <= SIZES[1]:
        return []
    table, prices_by_year = _rates(ahead, as_of)
    found = []
    for prices in (None, prices_by_year):
        try:
            found.append(
                share_curve(
                    table, ReferenceClass(size_musd=now.last_musd),
                    multiples=values / now.last_musd, horizon=ahead, prices=prices,
                )
            )  # fmt: skip
        except NoEpisodesError:
            continue
    return found


@cache
def _rates(ahead: int, as_of: Day | None) -> tuple[pd.DataFrame, pd.Series]:
    """Growth of all pairs over a horizon as known on a day, and the deflator."""
    table = load_growth(as_of=as_of)
    mine = (table["horizon"] == ahead) & ~table["ever"] & (table["past"] == "any")
    return table[mine & (table["among"] == "all")], _deflator()


def _quantiles(values: Floats, chance: Floats) -> list[float]:
    """Values at `LEVELS`, of a falling probability of at least each."""
    logs = np.interp(LEVELS, np.maximum.accumulate(1 - chance), np.log(values))
    return [_short(math.exp(log)) for log in logs]


def code(
    target: Target,
    *,
    value_musd: float | None = None,
    deadline: int | None = None,
    day: str | None = None,
    source: str | None = None,
) -> str:
    """Lines of Python that give the verdict on a target as it is moved.

    Parameters
    ----------
    target : Target
        The pledge.
    value_musd, deadline : float and int, optional
        Instead of the pledge's own.
    day : str, optional
        Only what was known by that ISO day.
    source : str, optional
        Of the series, instead of the recommended ones.

    Returns
    -------
    str
        Ready to run; the last line prints the verdict.

    Examples
    --------
    >>> from tradelib import article_target
    >>> print(code(article_target(), value_musd=800, day="2024-02-15"))
    from datetime import date
    <BLANKLINE>
    import tradelib as tl
    <BLANKLINE>
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=800, deadline=2027,
                       announced=date(2022, 10, 5))
    verdict = tl.assess(target, as_of="2024-02-15")
    print(verdict.summary())
    """
    value = target.value_musd if value_musd is None else value_musd
    by = target.deadline if deadline is None else deadline
    named = f'"{target.reporter}", "{target.partner}"'
    first = f'target = tl.Target(reporter="{target.reporter}", partner="{target.partner}", '
    on = target.announced
    said = "None" if on is None else f"date({on.year}, {on.month}, {on.day})"
    lines = ["from datetime import date", "", "import tradelib as tl", ""]
    lines += [f"{first}value_musd={value:.10g}, deadline={by},"]
    lines += [f"                   announced={said})"]
    limit = "" if day is None else f', as_of="{day}"'
    if source is not None:
        lines.append(f'history = tl.load_turnover({named}, source="{source}"{limit})')
        limit = ", history=history"
    lines += [f"verdict = tl.assess(target{limit})", "print(verdict.summary())"]
    return "\n".join(lines)


def answer(
    target: Target,
    *,
    value_musd: float,
    deadline: int | None,
    day: str | None = None,
    source: str | None = None,
) -> Verdict:
    """The verdict that `code` gives.

    Parameters
    ----------
    target, value_musd, deadline, day, source
        As for `code`.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        As `assess`.

    Examples
    --------
    >>> from tradelib import article_target
    >>> answer(article_target(), value_musd=800, deadline=2027).words
    'unlikely'
    """
    moved = replace(target, value_musd=value_musd, deadline=deadline)
    if source is None:
        return assess(moved, as_of=day)
    history = load_turnover(target.reporter, target.partner, source=source, as_of=day)
    return assess(moved, history=history)


def sliders(target: Target) -> Any:
    """Sliders for value, deadline, day and source over `assess`, with the code of the view.

    Parameters
    ----------
    target : Target
        Of a bundled pair, with a deadline and the day of its announcement.

    Returns
    -------
    ipywidgets.VBox
        Shown by JupyterLab; ``children`` are the value, deadline, day and source, the verdict and
        the code.

    Raises
    ------
    ImportError
        If ipywidgets is not installed (the ``notebooks`` extra).
    ValueError
        If the pair is not bundled.

    Examples
    --------
    >>> from tradelib import article_target
    >>> box = sliders(article_target())
    >>> box.children[0].index = 0
    >>> "reached in 2022" in box.children[4].value
    True
    """
    try:
        import ipywidgets as widgets
    except ImportError as error:
        raise ImportError("sliders need ipywidgets: pip install tradelib[notebooks]") from error
    style = {"continuous_update": False, "layout": widgets.Layout(width="38em")}
    values = sorted({_round_value(target.value_musd * SPREAD ** (i / 50 - 1)) for i in range(101)})
    first = target.announced.year if target.announced else 0
    newest = int(_history(target, None)["year"].max())
    controls = {
        "value_musd": widgets.SelectionSlider(
            options=sorted({*values, target.value_musd}), value=target.value_musd,
            description="US$ million", **style,
        ),
        "deadline": widgets.IntSlider(
            target.deadline, min=max(first, newest + 1), max=newest + panel.MAX_HORIZON,
            description="by", **style,
        ),
        "day": widgets.SelectionSlider(
            options=list(_days(target)), value=_days(target)[-1], description="known on", **style
        ),
        "source": widgets.Dropdown(
            options=[("recommended", None), *((s, s) for s in _sources(target))],
            description="source",
        ),
    }  # fmt: skip
    said, shown = widgets.HTML(), widgets.HTML()

    def show(*_: Any) -> None:
        asked = {name: control.value for name, control in controls.items()}
        said.value = _told(target, asked)
        shown.value = f"<pre>{escape(code(target, **asked))}</pre>"

    for control in controls.values():
        control.observe(show, names="value")
    show()
    return widgets.VBox([*controls.values(), said, shown])


def _round_value(value: float) -> float:
    """Three significant digits, as the pages' slider has it."""
    return float(f"{value:.3g}")


def _sources(target: Target) -> list[str]:
    """Sources whose series alone can answer for the pledge as it stands."""
    found = []
    for source in load_figures(target.reporter, target.partner)["source_id"].unique():
        try:
            answer(
                target, value_musd=target.value_musd, deadline=target.deadline, source=str(source)
            )
        except ValueError:
            continue
        found.append(str(source))
    return found


def _told(target: Target, asked: Mapping[str, Any]) -> str:
    """The verdict as HTML, or why there is none."""
    try:
        found = answer(target, **asked)
    except ValueError as error:
        return f"<p>{escape(str(error))}</p>"
    low, high = found.probability_range
    return (
        f'<p><b class="tradelib-number" style="font-size:2em">{_percent(found.probability_in)}</b> '
        f"in {found.by}: {found.words}; the evidence runs from {_percent(low)} to "
        f"{_percent(high)}; {_percent(found.probability_ever)} ever by then.</p>"
    )
