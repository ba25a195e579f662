"""What thousands of pairs teach about one: a growth model learned once, read in one pass.

The log of turnover h years ahead is the last log plus a location plus a scale times a fat-tailed,
asymmetric shock: q(p, h) = x + X b(h) - c r(h) + exp(Z g(h)) Q(p, h). The signals X and Z are those
of `tradelib.pairs`; b, g and Q are straight lines in log h (b of the constant and of size in h); c
is the dollar's cycle, and r how much of it is over h years later. One set of numbers answers
whatever is known of a pair, since it was learned from histories cut alike.
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

from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.learned import Learned
from tradelib.ground.numbers import Floats
from tradelib.ground.plain import Displayable
from tradelib.science.outlook import signals as pairs

# Beyond ten years too few windows of the panels are left to learn from.
MAX_HORIZON = 10
# Years before the last 25 say nothing that later ones do not.
LONGEST = 25
# Levels at which the shock's quantiles are learned: closer where they bend.
NODES = np.array([0.01, 0.03, *(i / 20 for i in range(1, 20)), 0.97, 0.99])
# No signal makes a scale that no pair ever had.
LOG_SCALE = (-6, 4)
# Of a real exchange rate's distance from its usual level, lost in a year: the rate that Rogoff
# (1996), Journal of Economic Literature 34, calls a consensus. Not fitted: with each of three
# sources left out pairs' growth asks for 0.7 to 3 times as much, countries' GDP for half.
RETURN = 0.15
Cycle: TypeAlias = tuple[tuple[int, float], ...]
# Columns a part may have: of the location without and with a cross-section, of the scale, levels.
COLUMNS = {"location": (4, 6), "scale": (4,), "shock": (NODES.size,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """How signals move the quantiles; each has a first row, and one for the change with h.

    The change is with log h, and the first row is for h = 1; but drift, the constant and size of
    the location, changes with h / 5, and its first row is for h = 0.

    Attributes
    ----------
    location : tuple of tuple of float, shape (2, 4 or 6)
        Of log growth: constant, size (log of turnover over US$148m), reversal of the last move,
        what is unknown of the steps (1 if all, 0.3 if nothing); among others also how far the size
        is from what both countries' trade says, and the countries' own last move.
    scale : tuple of tuple of float, shape (2, 4)
        Of the log scale: constant, log volatility, the usual one, what is unknown.
    shock : tuple of tuple of float, shape (2, 23)
        Quantiles of the standardised shock at the levels 0.01, 0.03, 0.05, 0.1, … 0.95, 0.97, 0.99.
    """

    location: tuple[tuple[float, ...], ...]
    scale: tuple[tuple[float, ...], ...]
    shock: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GrowthModel(Displayable):
    """A growth model as learned: a few dozen numbers.

    Attributes
    ----------
    among : Coefficients, for pairs seen among others
    alone : Coefficients, for a pair on its own
    size_line : tuple of float, log mean absolute step of a pair of US$1m, and its slope in log size
    memory : tuple of float, c, d: shocks of two horizons correlate by c (min(h, k) / max(h, k))^d
    trained_on : str, panels, years and counts
    known_from : str, ISO day from which the training data were public
    eras, era_starts : tuple of tuple of float and of str, shape (3, 10)
        How far all pairs' log growth over 1 to 10 years lay from what the model says, in the best,
        the middle and the worst third of the years it began in, and those years; empty if unknown.
    cycle : tuple of (int, float), the dollar's: by year, how much more than usual the median
        country's GDP gained on the USA's over ten years, in dollars, logs; empty if unknown.

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
        """Plain numbers and texts, for JSON."""
        return dict(json.loads(json.dumps(asdict(self))))

    @classmethod
    @validated
    def from_dict(cls, plain: Mapping[str, Any]) -> "GrowthModel":
        """The model that `to_dict` wrote; a part that is missing or of another shape is refused."""
        held = Learned("growth model", plain)
        among, alone = (_coefficients(held.part(name)) for name in ("among", "alone"))
        (start, slope), (c, d) = (held.numbers(name, 2) for name in ("size_line", "memory"))
        if not -1 <= c <= 1:
            raise InputError(f"this is no growth model: memory holds a correlation of {c:g}")
        eras = plain.get("eras", ())
        return cls(
            among=among,
            alone=alone,
            size_line=(float(start), float(slope)),
            memory=(float(c), float(d)),
            trained_on=held.text("trained_on"),
            known_from=held.day("known_from"),
            eras=tuple(map(tuple, held.numbers("eras", 3, MAX_HORIZON).tolist())) if eras else (),
            era_starts=tuple(tuple(map(str, third)) for third in plain.get("era_starts", ())),
            cycle=tuple((int(year), by) for year, by in held.rows("cycle", 2)),
        )

    def digest(self) -> str:
        """SHA-256 of the numbers, as hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def summary(self) -> str:
        """What it was trained on, in plain words."""
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
    """Quantiles of turnover of every row, in one pass: the kernel of `tradelib.forecast_panel`."""
    h, p = checked_horizons(horizons), np.asarray(quantiles, float)
    if p.ndim != 1 or not ((p > 0) & (p < 1)).all():
        raise InputError(f"quantiles lie between 0 and 1, got {p.tolist()}")
    history = pairs.as_wide(history)
    _check_panel(history, errors)
    other, history = pairs.flags(other_source, history.index), history.iloc[:, -LONGEST:]
    wrong = pairs.problems(history)
    if len(wrong):
        words = "; ".join(f"{pair}: {why}" for pair, why in wrong.iloc[:3].items())
        text = f"{len(wrong)} of {len(history)} pairs cannot be forecast: {words}"
        if errors == "raise":
            raise InputError(f"{text}; drop them or set errors='report'")
        warnings.warn(text, stacklevel=4)
    good = ~history.index.isin(wrong.index)
    result = np.full((len(history), h.size, p.size), np.nan)
    if good.any():
        given, use = _read(history[good], model, cross, other[good])
        logs = logs_of(given, h, p, use)
        result[good] = np.exp(logs, out=logs)
    return result


def logs_of(given: pairs.Signals, h: Floats, p: Floats, use: Coefficients) -> Floats:
    """Logs of turnover, US$ million, shape (n_pairs, n_horizons, n_quantiles), from signals."""
    line = np.stack([np.ones(h.size), np.log(h)], axis=1)
    first, change = np.array(use.location)
    location = _rowwise(given.location, first + change * growing(h, first.size))
    location -= np.multiply.outer(given.cycle, returned(h))
    scale = np.exp(_rowwise(given.scale, line @ np.array(use.scale)).clip(*LOG_SCALE))
    shock = between_nodes(np.sort(line @ np.array(use.shock)), p)
    logs = (given.last[:, None] + location)[:, :, None] + scale[:, :, None] * shock
    return np.asarray(np.maximum(logs, math.log(pairs.FLOOR_MUSD), out=logs))


def growing(h: Floats, columns: int) -> Floats:
    """What the change of each column of the location is multiplied by: drift h / 5, else log h."""
    return np.where(np.arange(columns) < pairs.DRIFT, h[:, None] / 5, np.log(h)[:, None])


def cycle_at(cycle: Cycle, origin: int) -> float:
    """The dollar's cycle at an origin: zero before its first year, ever less after its last."""
    late = [(origin - year, above) for year, above in cycle if year <= origin]
    return late[-1][1] * (1 - RETURN) ** late[-1][0] if late else 0.0


def returned(h: Floats) -> Floats:
    """How much of the dollar's cycle is over h years later."""
    return np.asarray(1 - (1 - RETURN) ** h)


def between_nodes(shock: Floats, p: Floats) -> Floats:
    """Quantiles at any probability, straight on the logit scale between the nodes and beyond."""
    nodes, asked = np.log(NODES / (1 - NODES)), np.log(p / (1 - p))
    k = np.clip(np.searchsorted(nodes, asked) - 1, 0, NODES.size - 2)
    slope = (shock[:, k + 1] - shock[:, k]) / (nodes[k + 1] - nodes[k])
    return np.asarray(shock[:, k] + slope * (asked - nodes[k]))


def checked_horizons(horizons: ArrayLike) -> Floats:
    """Years ahead that the model knows, or an error that names them."""
    h = np.asarray(horizons, float)
    inside = (h >= 1) & (h <= MAX_HORIZON)
    if h.ndim != 1 or not h.size or not inside.all() or (h % 1 != 0).any():
        got = h.tolist() if h.size < 3 else f"{h.min():g} to {h.max():g}"
        raise InputError(f"horizons are whole years from 1 to {MAX_HORIZON}, got {got}")
    return h


def _check_panel(history: pd.DataFrame, errors: str) -> None:
    if errors not in ("raise", "report"):
        raise InputError(f"errors is 'raise' or 'report', got {errors!r}")
    if history.empty:
        raise InputError(f"history needs pairs and years, got a frame of shape {history.shape}")
    if history.index.has_duplicates:
        raise InputError(f"{history.index[history.index.duplicated()][0]} is given twice; keep one")
    if (np.diff(np.asarray(history.columns, float)) != 1).any():
        raise InputError(f"columns are consecutive years in order, got {list(history.columns)}")


def _read(
    history: pd.DataFrame, model: GrowthModel, cross: pairs.CrossSection | None, other: pairs.Bools
) -> tuple[pairs.Signals, Coefficients]:
    """Signals of every row, and the coefficients that go with them."""
    if len(model.among.location[0]) == len(model.alone.location[0]):
        cross = None  # learned from pairs without names
    elif cross is None and len(history) >= pairs.MIN_PAIRS and pairs.named(history.index):
        cross = pairs.cross_section(pairs.moments(history, other_source=other))
    given = pairs.signals(history, size_line=model.size_line, cross=cross, other_source=other)
    given = replace(given, cycle=cycle_at(model.cycle, int(history.columns[-1])))
    return given, model.alone if cross is None else model.among


def _rowwise(given: Floats, coefficients: Floats) -> Floats:
    """Each row's signals times coefficients, shape (n_pairs, n_horizons).

    Summed signal by signal, so that a row's answer is the same to the last bit among any others.
    """
    parts = (given[:, [k]] * coefficients[:, k] for k in range(given.shape[1]))
    return np.asarray(sum(parts, np.zeros((len(given), len(coefficients)))))


def _coefficients(held: Learned) -> Coefficients:
    parts = {}
    for name, widths in COLUMNS.items():
        part = held.numbers(name)
        if part.ndim != 2 or len(part) != 2 or part.shape[1] not in widths:
            allowed = " or ".join(map(str, widths))
            raise InputError(
                f"this is no growth model: {name} has two rows of {allowed} numbers, got shape "
                f"{part.shape}"
            )
        parts[name] = tuple(map(tuple, part.tolist()))
    return Coefficients(**parts)
