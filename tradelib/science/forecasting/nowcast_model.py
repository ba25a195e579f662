"""The nowcast model: a year's turnover from its first months, learned from many pairs.

Let m months of a year hold a part of it. Pro rata the rest is (12 - m) / m times the part. The log
of the rest over the part, less the log of (12 - m) / m, is how much *later* than pro rata the year
falls: minus the logit of the part's share, less that of m / 12. Its quantile at probability p is

    q(p, m) = X b(m) + exp(Z g(m)) Q(p, m)

with X and Z the signals of a pair, and b, g and Q polynomials in m. So the whole year is never less
than its part. The same numbers serve a pair of which much is known and one of which little is,
since the model was learned from histories with the same gaps.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.core.convert import as_wide
from tradelib.core.errors import InputError
from tradelib.core.labels import Displayable
from tradelib.core.model_files import Learned
from tradelib.core.numeric import Floats
from tradelib.core.validation import validated
from tradelib.science.forecasting.growth_model import NODES, between_nodes, checked_quantiles
from tradelib.science.forecasting.predictors import Bools

# Years of history that are read: older ones have next to no weight.
YEARS_READ = 12
# Weight of a year against that of the next.
YEAR_WEIGHT = 0.85
# Totals below it, in US$ million, count as unknown; months pro rata below it, as this much.
LEAST_MUSD = 0.1
# A pair's own shares count as much as the usual share if they are of so many years.
PRIOR_VOTES = 3.0
# The usual jumpiness and spread count as so many of the pair's own years.
PRIOR_YEARS_OF_STEPS = 2.0
# Least yearly step of a total: rounded figures look too calm.
LEAST_YEARLY_STEP = 0.05
# Limits of growth, of yearly steps and of votes, in logs: what lies beyond is one ship, or a fault
# of the figures.
FAR, FAR_STEP, FAR_VOTE = 1.5, 1.5, 2.5
# Months that hold less than this share of last year's pro rata count as so much.
LEAST_SHARE = 0.05
# Log of US$148m, from which size is measured, and the log size from which pairs are large.
MIDDLE_SIZE, LARGE = 5.0, 2.0
# Size beyond which nothing more is learned from it: few pairs trade more than US$160bn.
LARGEST = 7.0
# Limits of the log scale.
LOG_SCALE_LIMITS = (-4.0, 1.5)
# Powers of the months that coefficients have: of the location, of scale and shock.
POWERS = {"location": 3, "scale": 3, "shock": 3}
# Position of jumpiness among the signals of the location.
JUMPINESS = 3
# Signals of the location and of the scale, and quantiles of the shock.
WIDTHS = {"location": 19, "scale": 9, "shock": NODES.size}


class Past(NamedTuple):
    """What is known of each pair before the year, all of one source; NaN where unknown.

    `totals` and `votes` have shape (n_pairs, n_years), the year before in the last column: turnover
    in US$ million, and how much *earlier* than pro rata each year fell (`vote`). `last_part` is the
    turnover of the same months of the year before, shape (n_pairs,).
    """

    totals: Floats
    votes: Floats
    last_part: Floats


class PartYearSignals(NamedTuple):
    """Signals of location and scale, shapes (19, n_pairs) and (9, n_pairs): a row a signal."""

    location: Floats
    scale: Floats


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NowcastModel(Displayable):
    """A nowcast model as learned: some hundred numbers.

    Row k of `location`, `scale` and `shock` belongs to the k-th power of (m - 6) / 6, from 0 on.

    Parameters
    ----------
    location : tuple of tuple of float
        Effects on how late the year falls, shape (3, 19): constant; size (log of the months pro
        rata over US$148m); size beyond US$1.1bn; jumpiness; whether last year's total is known, and
        its same months; weight of the pair's own shares; their mean, by itself and times their
        spread; growth on last year's total where its months are known too, by itself, times
        jumpiness and times size; growth on the same months, by itself and times jumpiness; growth
        on last year's total where its months are unknown, by itself, times jumpiness and times
        size; growth of last year's total on the year before, by itself and times jumpiness.
    scale : tuple of tuple of float
        Effects on the log scale, shape (3, 9): constant; size; size beyond US$1.1bn; jumpiness;
        spread of the pair's own shares; their weight; weight of its yearly steps; roots of growth
        on last year's total and on its same months.
    shock : tuple of tuple of float
        Quantiles of the standardised shock at the probabilities 0.01, 0.03, 0.05, 0.1, … 0.95,
        0.97, 0.99; shape (3, 23).
    step_line : tuple of float
        Log of the usual yearly change of log turnover for a pair of US$148m, and its slope in log
        turnover.
    spread_line : tuple of float
        The same of the usual distance of a pair's shares from pro rata.
    trained_on : str
        Offices, years and counts of the training data.
    known_from : str
        Day from which the training data were public, ``YYYY-MM-DD``.

    Examples
    --------
    >>> from tradelib import nowcast_model
    >>> model = nowcast_model()
    >>> NowcastModel.from_dict(model.to_dict()) == model
    True
    """

    location: tuple[tuple[float, ...], ...]
    scale: tuple[tuple[float, ...], ...]
    shock: tuple[tuple[float, ...], ...]
    step_line: tuple[float, float]
    spread_line: tuple[float, float]
    trained_on: str
    known_from: str

    def to_dict(self) -> dict[str, Any]:
        """Give plain numbers and texts, for JSON.

        Returns
        -------
        dict
            One entry a parameter; tuples become lists.
        """
        return dict(json.loads(json.dumps(asdict(self))))

    @classmethod
    @validated
    def from_dict(cls, plain: Mapping[str, Any]) -> "NowcastModel":
        """Read the model that `to_dict` wrote.

        Parameters
        ----------
        plain : mapping
            As `to_dict` returns it.

        Returns
        -------
        NowcastModel
            The same model.

        Raises
        ------
        InputError
            If a part is missing, has another shape or holds a number that is not finite.
        """
        held = Learned("nowcast model", plain)
        parts = {}
        for name, powers in POWERS.items():
            matrix = held.numbers(name, powers, WIDTHS[name])
            parts[name] = tuple(map(tuple, matrix.tolist()))
        step, step_slope = held.numbers("step_line", 2)
        spread, spread_slope = held.numbers("spread_line", 2)
        return cls(
            **parts,
            step_line=(float(step), float(step_slope)),
            spread_line=(float(spread), float(spread_slope)),
            trained_on=held.text("trained_on"),
            known_from=held.day("known_from"),
        )

    def summary(self) -> str:
        """Say in plain words what the model was learned from.

        Returns
        -------
        str
            One sentence.
        """
        return f"The nowcast model, known from {self.known_from}, learned from {self.trained_on}."


def checked_months(months: int) -> int:
    """A number of months, or an error that names it unless it is 1 to 11."""
    if not 1 <= months <= 11:
        raise InputError(f"a part-year has 1 to 11 months, got {months}")
    return int(months)


def year_quantiles(
    part: Floats, past: Past, *, months: int, quantiles: ArrayLike, model: NowcastModel
) -> Floats:
    """Quantiles of the whole year's turnover, shape (n_pairs, n_quantiles), US$ million.

    `part` is the turnover of January to month `months`, shape (n_pairs,); NaN gives NaN.
    """
    p = checked_quantiles(quantiles)
    months = checked_months(months)
    read = part_year_signals(part, past, months=months, model=model)
    location, scale = located(read, months=months, model=model)
    shock = shocks(p, months=months, model=model)
    at_least = np.maximum(part, floor(part, past, months))
    years = np.multiply.outer(scale, shock)  # large: overwritten, not copied
    years += location[:, None]
    np.exp(years, out=years)
    years *= (12 - months) / months * at_least[:, None]  # the rest of the year
    years += part[:, None]
    return years


def located(read: PartYearSignals, *, months: int, model: NowcastModel) -> tuple[Floats, Floats]:
    """Location and scale of how much later than pro rata each year falls, from signals."""
    location = _weighed(read.location, at_month(model.location, months))
    log_scale = _weighed(read.scale, at_month(model.scale, months))
    return location, np.exp(log_scale.clip(*LOG_SCALE_LIMITS))


def shocks(p: Floats, *, months: int, model: NowcastModel) -> Floats:
    """Quantiles of the standardised shock at any probability."""
    nodes = np.sort(at_month(model.shock, months))
    return np.asarray(between_nodes(nodes[None, :], p)[0])


def vote(share: ArrayLike, months: ArrayLike, *, limit: float = FAR_VOTE) -> Floats:
    """How much earlier than pro rata a year fell: the logit of a share less that of m / 12.

    It is not above `limit` nor below minus that; NaN of a share that is none.

    >>> vote([0.5, 0.75, 0.0], [6, 6, 6]).round(3).tolist()
    [0.0, 1.099, -2.5]
    """
    part = np.asarray(share, float)
    m = np.asarray(months, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = part / (1 - part) * (12 - m) / m
        return np.asarray(np.log(odds).clip(-limit, limit))


def part_year_signals(
    part: Floats, past: Past, *, months: int, model: NowcastModel
) -> PartYearSignals:
    """Signals of each pair, from its months and what is known of its past."""
    pro_rata = np.maximum(part, floor(part, past, months)) * 12 / months
    log_size = np.log(pro_rata) - MIDDLE_SIZE
    size = np.minimum(log_size, LARGEST)
    large = np.maximum(size - LARGE, 0.0)
    jump, step_weight = _jumpiness(past, size, model)
    mean, spread, vote_weight = _own_shares(past, size, model)
    last = known_totals(past.totals)[:, -1]
    last_part = np.where(past.last_part * 12 / months >= LEAST_MUSD, past.last_part, np.nan)
    on_total, knows_total = _log_growth(pro_rata, last)
    on_months, knows_months = _log_growth(part, np.where(knows_total, last_part, np.nan))
    on_total_alone = np.where(knows_months, 0.0, on_total)
    on_total_too = np.where(knows_months, on_total, 0.0)
    before = _growth_before(past.totals)
    ones = np.ones(len(part))
    location = [
        ones,
        size,
        large,
        jump,
        knows_total.astype(float),
        knows_months.astype(float),
        vote_weight,
        mean,
        mean * spread,
        on_total_too,
        on_total_too * jump,
        on_total_too * size,
        on_months,
        on_months * jump,
        on_total_alone,
        on_total_alone * jump,
        on_total_alone * size,
        before,
        before * jump,
    ]
    roots = [np.sqrt(np.abs(on_total)), np.sqrt(np.abs(on_months))]
    scale = [ones, size, large, jump, spread, vote_weight, step_weight, *roots]
    return PartYearSignals(np.stack(location), np.stack(scale))


def usual_step(read: PartYearSignals) -> Floats:
    """Usual yearly change of each pair's log turnover: its own, and that of pairs of its size."""
    return np.asarray(np.exp(read.location[JUMPINESS] - 1) - LEAST_YEARLY_STEP)


def floor(part: Floats, past: Past, months: int) -> Floats:
    """Turnover of the months below which nothing is read from how little it is."""
    last = known_totals(past.totals)[:, -1]
    least = np.fmax(last * LEAST_SHARE, LEAST_MUSD) * months / 12
    return np.where(np.isnan(part), np.nan, least)


def known_totals(totals: Floats) -> Floats:
    """Totals, NaN where unknown or below the floor."""
    return np.where(totals >= LEAST_MUSD, totals, np.nan)


def yearly_steps(totals: Floats) -> Floats:
    """Absolute yearly changes of the log of totals, a column less; NaN where unknown."""
    logs = np.log(known_totals(totals))
    return np.minimum(np.abs(np.diff(logs, axis=1)), FAR_STEP)


def at_month(coefficients: ArrayLike, months: int) -> Floats:
    """Coefficients at a month, from a row a power of (m - 6) / 6."""
    rows = np.asarray(coefficients, float)
    powers = ((months - 6) / 6) ** np.arange(len(rows))
    return np.asarray(powers @ rows)


def panel_years(
    year_to_date: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    months: int,
    quantiles: ArrayLike,
    model: NowcastModel,
) -> Floats:
    """Quantiles of the year of all rows in one pass, US$ million.

    Shape (n_pairs, n_quantiles). It does the work of `tradelib.nowcast_panel`, which describes the
    parameters.
    """
    months = checked_months(months)
    parts = as_wide(year_to_date)
    wholes = as_wide(totals)
    _check_rows_and_years(parts, wholes)
    wholes = wholes.reindex(parts.index)
    _check_values(parts, wholes.iloc[:, :-1])
    part = np.ascontiguousarray(parts.to_numpy()[:, -1])
    earlier = slice(-1 - YEARS_READ, -1)
    parts_before = np.ascontiguousarray(parts.to_numpy()[:, earlier])
    totals_before = np.ascontiguousarray(wholes.to_numpy()[:, earlier])
    past = past_of(parts_before, totals_before, months=months)
    return year_quantiles(part, past, months=months, quantiles=quantiles, model=model)


def past_of(parts: Floats, totals: Floats, *, months: int) -> Past:
    """What is known before the year, from months and totals of earlier years of one source."""
    if not totals.shape[1]:
        unknown = np.full((len(totals), 1), np.nan)
        return Past(unknown, unknown, unknown[:, 0])
    with np.errstate(divide="ignore", invalid="ignore"):
        votes = vote(parts / known_totals(totals), months)
    return Past(totals, votes, parts[:, -1])


def past_of_pair(year: int, months: int, *, totals: pd.Series, shares: pd.DataFrame) -> Past:
    """What is known of one pair before a year, of one source; a row.

    `totals` are US$ million by year. `shares` has ``year``, ``months`` and ``share``, as
    `tradelib.flows.year_to_date` returns them; their months may be others than `months`, and the
    mean vote of a year counts.
    """
    years = range(year - YEARS_READ, year)
    by_year = pd.Series(vote(shares["share"], shares["months"])).groupby(shares["year"].to_numpy())
    votes = by_year.mean().reindex(years).to_numpy(float)
    row = totals.reindex(years).to_numpy(float)
    same = shares[(shares["year"] == year - 1) & (shares["months"] == months)]
    last_part = same["share"].mean() * row[-1]
    return Past(row[None], votes[None], np.array([last_part]))


def _check_rows_and_years(parts: pd.DataFrame, wholes: pd.DataFrame) -> None:
    """Raise unless both frames are of the same pairs, each once, and consecutive years."""
    if parts.empty:
        raise InputError(f"year_to_date needs pairs and years, got a frame of shape {parts.shape}")
    for name, frame in (("year_to_date", parts), ("totals", wholes)):
        if frame.index.has_duplicates:
            twice = frame.index[frame.index.duplicated()]
            raise InputError(f"{twice[0]} is given twice in {name}; keep one")
    years = list(parts.columns)
    if (np.diff(np.asarray(years, float)) != 1).any():
        raise InputError(f"columns are consecutive years in order, got {years}")
    if list(wholes.columns) != years:
        raise InputError(
            f"both frames have the same years, the last the year asked for; year_to_date has "
            f"{years}, totals {list(wholes.columns)}"
        )
    strangers = parts.index.symmetric_difference(wholes.index)
    if len(strangers):
        raise InputError(f"both frames have the same pairs; {strangers[0]} is in one of them only")


def _check_values(parts: pd.DataFrame, wholes: pd.DataFrame) -> None:
    """Raise unless values are zero or more, and the months of the year asked for are known."""
    for name, frame in (("year_to_date", parts), ("totals", wholes)):
        values = frame.to_numpy()
        wrong = (values < 0) | np.isinf(values)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise InputError(
                f"{name} must be zero or more and finite, got {values[row, column]:g} for "
                f"{frame.index[row]} in {frame.columns[column]}"
            )
    lacking = parts.index[parts.iloc[:, -1].isna()]
    if len(lacking):
        raise InputError(
            f"{len(lacking)} of {len(parts)} pairs have no months of {parts.columns[-1]}, such as "
            f"{lacking[0]}; drop them"
        )


def _log_growth(now: Floats, before: Floats) -> tuple[Floats, Bools]:
    """Log of now over before, zero where unknown, and where it is known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.log(now / before).clip(-FAR, FAR)
    available = np.isfinite(growth)
    return np.where(available, growth, 0.0), available


def _growth_before(totals: Floats) -> Floats:
    """Log growth of last year's total on that of the year before it, zero where unknown."""
    if totals.shape[1] < 2:
        return np.zeros(len(totals))
    last_two = known_totals(totals[:, -2:])
    growth, _ = _log_growth(last_two[:, 1], last_two[:, 0])
    return growth


def _jumpiness(past: Past, size: Floats, model: NowcastModel) -> tuple[Floats, Floats]:
    """Log of a pair's usual yearly step less -1, and the weight of its own steps in it."""
    steps = yearly_steps(past.totals)
    total, weight = _weighted(steps)
    intercept, slope = model.step_line
    usual = np.exp(intercept + slope * size)
    mean = (total + PRIOR_YEARS_OF_STEPS * usual) / (weight + PRIOR_YEARS_OF_STEPS)
    return np.log(mean + LEAST_YEARLY_STEP) + 1, weight / (weight + PRIOR_YEARS_OF_STEPS)


def _own_shares(past: Past, size: Floats, model: NowcastModel) -> tuple[Floats, Floats, Floats]:
    """Mean of the pair's own votes for a late year, shrunk; log of their spread; their weight."""
    total, weight = _weighted(-past.votes)
    squares, _ = _weighted(past.votes**2)
    mean = total / (weight + PRIOR_VOTES)
    intercept, slope = model.spread_line
    usual = np.exp(2 * (intercept + slope * size))
    square = (squares + PRIOR_YEARS_OF_STEPS * usual) / (weight + PRIOR_YEARS_OF_STEPS)
    return mean, np.log(square) / 2 + 1, weight / (weight + PRIOR_VOTES)


def _weighted(values: Floats) -> tuple[Floats, Floats]:
    """Sum of each row's known values, older years with less weight, and the sum of weights.

    Summed year by year, so that a row's answer is the same to the last bit among any others.
    """
    total = np.zeros(len(values))
    weight = np.zeros(len(values))
    available = np.isfinite(values)
    filled = np.where(available, values, 0.0)
    for age, column in enumerate(reversed(range(values.shape[1]))):
        total += YEAR_WEIGHT**age * filled[:, column]
        weight += YEAR_WEIGHT**age * available[:, column]
    return total, weight


def _weighed(rows: Floats, coefficients: Floats) -> Floats:
    """Sum of signals times coefficients, signal by signal, shape (n_pairs,)."""
    total = np.zeros(rows.shape[1])
    for row, coefficient in zip(rows, coefficients, strict=True):
        total += row * coefficient
    return total
