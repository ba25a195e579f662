"""The growth model: learned from thousands of pairs, applied in one pass.

The log of turnover h years ahead is the last log plus a location plus a scale times a fat-tailed,
asymmetric shock. Its quantile at probability p is

    q(p, h) = x + X b(h) - c r(h) + exp(Z g(h)) Q(p, h)

with x the last log; X and Z the signals of `tradelib.predictors`; b, g and Q linear in log h (b of
the constant and of size: in h); c the dollar's cycle, and r(h) the share of it that tends to be
over h years later. The same numbers serve a pair of which much is known and one of which little is,
since the model was learned from histories with the same gaps.
"""

import hashlib
import json
import math
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.core.errors import InputError
from tradelib.core.labels import Displayable
from tradelib.core.model_files import Learned
from tradelib.core.numeric import Floats, logistic
from tradelib.core.validation import validated
from tradelib.science.forecasting import predictors as pairs

# Beyond ten years the panels have too few windows to learn from.
MAX_HORIZON = 10
# Years before the last 25 add nothing to what later ones say.
LONGEST = 25
# Probabilities at which the shock's quantiles are learned: closer together in the tails.
NODES = np.array([0.01, 0.03, *(i / 20 for i in range(1, 20)), 0.97, 0.99])
# Limits of the log scale, so that no signal makes a scale that no pair ever had.
LOG_SCALE = (-6, 4)
# Share of a real exchange rate's distance from its usual level that is lost in a year: the rate
# that Rogoff (1996), Journal of Economic Literature 34, calls a consensus. It is not fitted.
RETURN = 0.15
# Share of a change over some years that is, as far as can be known, distance from the usual level:
# exactly half, for a change over any number of years (`returned` derives it).
OF_A_CHANGE = 0.5
Cycle: TypeAlias = tuple[tuple[int, float], ...]
# Columns that each part may have: location without or with a cross-section, scale, shock.
COEFFICIENTS = {"location": (4, 6), "scale": (4,), "shock": (NODES.size,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """Coefficients of the growth model's location, scale and shock.

    Row 0: intercepts. Row 1: slopes in log h, h in years (for the constant and the size of the
    location: in h / 5). So row 0 holds for h = 1, and for constant and size for h = 0.

    Parameters
    ----------
    location : tuple of tuple of float
        Effects on log growth, shape (2, 4 or 6): constant; size (log of turnover over US$148m);
        reversal of recent growth; missing share (share of annual growth rates that is missing,
        shrunk: 1 if all are missing, 0.3 if none is). For pairs in a panel also: size gap (log
        turnover less what both countries' trade suggests); recent growth of both countries.
    scale : tuple of tuple of float
        Effects on the log scale, shape (2, 4): constant; log volatility; usual log volatility;
        missing share.
    shock : tuple of tuple of float
        Quantiles of the standardised shock at the probabilities 0.01, 0.03, 0.05, 0.1, … 0.95,
        0.97, 0.99; shape (2, 23).
    """

    location: tuple[tuple[float, ...], ...]
    scale: tuple[tuple[float, ...], ...]
    shock: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GrowthModel(Displayable):
    """A growth model as learned: a few dozen numbers.

    Parameters
    ----------
    among : Coefficients
        For pairs in a panel, where countries' effects are known.
    alone : Coefficients
        For a single pair.
    size_line : tuple of float
        Log of the mean absolute yearly change of log turnover for a pair of US$1m, and its slope in
        log turnover.
    memory : tuple of float
        c and d: shocks over horizons h and k correlate by c (min(h, k) / max(h, k))^d.
    trained_on : str
        Panels, years and counts of the training data.
    known_from : str
        Day from which the training data were public, ``YYYY-MM-DD``.
    eras : tuple of tuple of float
        Mean distance of all pairs' log growth over 1 to 10 years from the model's, shape (3, 10):
        rows are the best, the middle and the worst third. Up to four years ahead they are of
        starting years in the panels, from five on of the growth that all pairs share
        (`learn.SHARED`), since the panels hold too few eras of that length. Empty if unknown.
    era_starts : tuple of tuple of str
        The starting years of each third, an empty text from five years on; empty if unknown.
    cycle : tuple of (int, float)
        The dollar's cycle by year: how much more than usual the median country's GDP in dollars
        gained on that of the USA over ten years, in logs; empty if unknown.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> model = growth_model()
    >>> GrowthModel.from_dict(model.to_dict()) == model
    True
    """

    among: Coefficients
    alone: Coefficients
    size_line: tuple[float, float]
    memory: tuple[float, float]
    trained_on: str
    known_from: str
    eras: tuple[tuple[float, ...], ...] = ()
    era_starts: tuple[tuple[str, ...], ...] = ()
    cycle: Cycle = ()

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
    def from_dict(cls, plain: Mapping[str, Any]) -> "GrowthModel":
        """Read the model that `to_dict` wrote.

        Parameters
        ----------
        plain : mapping
            As `to_dict` returns it; ``eras``, ``era_starts`` and ``cycle`` may be missing.

        Returns
        -------
        GrowthModel
            The same model.

        Raises
        ------
        InputError
            If a part is missing or has another shape.
        """
        held = Learned("growth model", plain)
        among = _coefficients(held.part("among"))
        alone = _coefficients(held.part("alone"))
        start, slope = held.numbers("size_line", 2)
        c, d = held.numbers("memory", 2)
        if not -1 <= c <= 1:
            raise InputError(f"this is no growth model: memory holds a correlation of {c:g}")
        return cls(
            among=among,
            alone=alone,
            size_line=(float(start), float(slope)),
            memory=(float(c), float(d)),
            trained_on=held.text("trained_on"),
            known_from=held.day("known_from"),
            eras=_tuples(held.numbers("eras", 3, MAX_HORIZON)) if plain.get("eras") else (),
            era_starts=tuple(tuple(map(str, third)) for third in plain.get("era_starts", ())),
            cycle=tuple((int(year), by) for year, by in held.rows("cycle", 2)),
        )

    def digest(self) -> str:
        """Give the SHA-256 of the numbers.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def summary(self) -> str:
        """Say in plain words what the model was learned from.

        Returns
        -------
        str
            One sentence.
        """
        return f"The growth model, known from {self.known_from}, learned from {self.trained_on}."


def panel_quantiles(
    history: pd.DataFrame,
    *,
    horizons: ArrayLike,
    quantiles: ArrayLike,
    model: GrowthModel,
    cross: pairs.CrossSection | None = None,
    other_source: ArrayLike | None = None,
    errors: str = "raise",
) -> Floats:
    """Quantiles of the turnover of all rows in one pass, US$ million.

    Shape (n_pairs, n_horizons, n_quantiles). It does the work of `tradelib.forecast_panel`, which
    describes the parameters.
    """
    h = checked_horizons(horizons)
    p = checked_quantiles(quantiles)
    history = pairs.as_wide(history)
    _check_panel(history, errors)
    from_other = pairs.flags(other_source, history.index)
    history = history.iloc[:, -LONGEST:]
    wrong = pairs.problems(history)
    if len(wrong):
        first_three = [f"{pair}: {why}" for pair, why in wrong.iloc[:3].items()]
        text = f"{len(wrong)} of {len(history)} pairs cannot be forecast: {'; '.join(first_three)}"
        if errors == "raise":
            raise InputError(f"{text}; drop them or set errors='report'")
        warnings.warn(text, stacklevel=4)
    good = ~history.index.isin(wrong.index)
    result = np.full((len(history), h.size, p.size), np.nan)
    if good.any():
        signals, coefficients = _read(history[good], model, cross, from_other[good])
        logs = logs_of(signals, h, p, coefficients)
        result[good] = np.exp(logs, out=logs)
    return result


def logs_of(signals: pairs.Signals, h: Floats, p: Floats, coefficients: Coefficients) -> Floats:
    """Quantiles of the log of turnover, shape (n_pairs, n_horizons, n_quantiles), from signals."""
    line = np.stack([np.ones(h.size), np.log(h)], axis=1)
    intercepts, slopes = np.array(coefficients.location)
    location = _rowwise(signals.location, intercepts + slopes * growing(h, intercepts.size))
    location -= np.multiply.outer(signals.cycle, returned(h))
    log_scale = _rowwise(signals.scale, line @ np.array(coefficients.scale))
    scale = np.exp(log_scale.clip(*LOG_SCALE))
    shock = between_nodes(np.sort(line @ np.array(coefficients.shock)), p)
    centre = signals.last[:, None] + location
    logs = centre[:, :, None] + scale[:, :, None] * shock
    return np.asarray(np.maximum(logs, math.log(pairs.FLOOR_MUSD), out=logs))


def growing(h: Floats, columns: int) -> Floats:
    """Multiplier of each slope of the location, shape (n_horizons, columns): h / 5 or log h."""
    is_drift = np.arange(columns) < pairs.DRIFT
    h = h[:, None]
    return np.where(is_drift, h / 5, np.log(h))


def cycle_at(cycle: Cycle, origin: int) -> float:
    """The dollar's cycle at an origin: zero before its first year, ever less after its last.

    The distance that a change speaks of loses the same share in each year that passes, so an old
    value is worth that much less.
    """
    past = [(year, above) for year, above in cycle if year <= origin]
    if not past:
        return 0.0
    year, above = past[-1]
    return above * (1 - RETURN) ** (origin - year)


def returned(h: Floats) -> Floats:
    """Share of the dollar's cycle that tends to be over h years later.

    Let f = 1 - `RETURN` of a distance d from the usual level be left after a year, and new shocks
    keep the variance of d at v. The cycle is a change, d(0) - d(-T). Distances k years apart have
    the covariance v f^k. So the coming change d(h) - d(0) and the one that was have the covariance
    -v (1 - f^h) (1 - f^T), and the one that was has the variance 2 v (1 - f^T). The best linear
    forecast of the coming change is thus -(1 - f^h) / 2 of the one that was, whatever T is: half of
    what a distance of that size would lose.
    """
    return np.asarray(OF_A_CHANGE * (1 - (1 - RETURN) ** h))


def between_nodes(shock: Floats, p: Floats) -> Floats:
    """Quantiles of the shock at any probability, linear in its logit between `NODES` and beyond."""
    node_logits = np.log(NODES / (1 - NODES))
    logits = np.log(p / (1 - p))
    below = np.clip(np.searchsorted(node_logits, logits) - 1, 0, NODES.size - 2)
    width = node_logits[below + 1] - node_logits[below]
    slope = (shock[:, below + 1] - shock[:, below]) / width
    return np.asarray(shock[:, below] + slope * (logits - node_logits[below]))


def below_nodes(shock: Floats, values: Floats) -> Floats:
    """Probability of at most each value, shape (n_values,): the inverse of `between_nodes`.

    `shock` are the quantiles of one row at `NODES`, ascending.
    """
    node_logits = np.log(NODES / (1 - NODES))
    below = np.clip(np.searchsorted(shock, values) - 1, 0, NODES.size - 2)
    width = np.maximum(shock[below + 1] - shock[below], np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        slope = (node_logits[below + 1] - node_logits[below]) / width
        logits = node_logits[below] + slope * (values - shock[below])
        return logistic(logits)


def checked_horizons(horizons: ArrayLike) -> Floats:
    """Years ahead as an array, or an error that names them if the model does not forecast them."""
    h = np.asarray(horizons, float)
    inside = (h >= 1) & (h <= MAX_HORIZON)
    if h.ndim != 1 or not h.size or not inside.all() or (h % 1 != 0).any():
        got = h.tolist() if h.size < 3 else f"{h.min():g} to {h.max():g}"
        raise InputError(f"horizons are whole years from 1 to {MAX_HORIZON}, got {got}")
    return h


def checked_quantiles(quantiles: ArrayLike) -> Floats:
    """Probabilities as an array, or an error that names them unless between 0 and 1."""
    p = np.asarray(quantiles, float)
    if p.ndim != 1 or not ((p > 0) & (p < 1)).all():
        raise InputError(f"quantiles lie between 0 and 1, got {p.tolist()}")
    return p


def _check_panel(history: pd.DataFrame, errors: str) -> None:
    """Raise an error unless a panel has rows, each pair once, and consecutive years."""
    if errors not in ("raise", "report"):
        raise InputError(f"errors is 'raise' or 'report', got {errors!r}")
    if history.empty:
        raise InputError(f"history needs pairs and years, got a frame of shape {history.shape}")
    if history.index.has_duplicates:
        twice = history.index[history.index.duplicated()]
        raise InputError(f"{twice[0]} is given twice; keep one")
    if (np.diff(np.asarray(history.columns, float)) != 1).any():
        raise InputError(f"columns are consecutive years in order, got {list(history.columns)}")


def _read(
    history: pd.DataFrame, model: GrowthModel, cross: pairs.CrossSection | None, other: pairs.Bools
) -> tuple[pairs.Signals, Coefficients]:
    """Signals of every row, and the coefficients that belong to them."""
    if len(model.among.location[0]) == len(model.alone.location[0]):
        cross = None  # learned from pairs without names
    elif cross is None and len(history) >= pairs.MIN_PAIRS and pairs.named(history.index):
        cross = pairs.cross_section(pairs.moments(history, other_source=other))
    signals = pairs.signals(history, size_line=model.size_line, cross=cross, other_source=other)
    signals = replace(signals, cycle=cycle_at(model.cycle, int(history.columns[-1])))
    return signals, model.alone if cross is None else model.among


def _rowwise(signals: Floats, coefficients: Floats) -> Floats:
    """Sum of each row's signals times coefficients, shape (n_pairs, n_horizons).

    Summed signal by signal, so that a row's answer is the same to the last bit among any others.
    """
    total = np.zeros((len(signals), len(coefficients)))
    for k in range(signals.shape[1]):
        total += signals[:, [k]] * coefficients[:, k]
    return total


def _coefficients(held: Learned) -> Coefficients:
    """Coefficients from the entries of a model's JSON, or an error that names the wrong one."""
    parts = {}
    for name, widths in COEFFICIENTS.items():
        part = held.numbers(name)
        if part.ndim != 2 or len(part) != 2 or part.shape[1] not in widths:
            allowed = " or ".join(map(str, widths))
            raise InputError(
                f"this is no growth model: {name} has two rows of {allowed} numbers, got shape "
                f"{part.shape}"
            )
        parts[name] = _tuples(part)
    return Coefficients(**parts)


def _tuples(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    """Rows of a matrix as tuples of plain numbers."""
    return tuple(map(tuple, matrix.tolist()))
