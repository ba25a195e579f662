"""Numbers that several folders need: checks, intervals, random generators.

`needs` imports an optional package.
"""

import math
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tradelib.ground.errors import InputError, InputTypeError

Floats: TypeAlias = NDArray[np.float64]

# Grid of angles from 0 to a right one, so fine that a quantile is right to the sixth digit.
_ANGLE = np.linspace(0, np.pi / 2, 20_001)
_LOG_COS = np.log(np.maximum(np.cos(_ANGLE), 1e-300))


def positive(name: str, value: Any) -> float:
    """A number as a float; refused under `name` unless it is positive and finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputTypeError(f"{name} must be a number, got {value!r}")
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{name} must be positive and finite, got {value}")
    return float(value)


def at_least(
    values: Floats, quantiles: Floats, levels: Floats, *, ends: tuple[float, float] = (0.0, 1.0)
) -> Floats:
    """P(X >= value) of each value, by linear interpolation between quantiles.

    `quantiles` ascend, `levels` are their cumulative probabilities; `ends` are those assumed below
    the lowest and above the highest quantile.

    >>> at_least(np.array([1.5, 9.0]), np.array([1.0, 2.0]), np.array([0.4, 0.6])).round(2).tolist()
    [0.5, 0.0]
    """
    left, right = ends
    cumulative = np.interp(values, quantiles, levels, left=left, right=right)
    return np.asarray(1 - cumulative)


def wilson(share: float, n: float, reach: float) -> tuple[float, float]:
    """Wilson's interval of a share of `n` cases.

    With p the share and z (`reach`) a quantile of the standard normal distribution, its ends are
    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).

    Wilson, E. B. (1927), Probable inference, *JASA* 22, doi:10.1080/01621459.1927.10502953.

    >>> [round(end, 3) for end in wilson(0.5, 10, 1.96)]
    [0.237, 0.763]
    """
    scale = 1 + reach**2 / n
    middle = share + reach**2 / (2 * n)
    variance = share * (1 - share) / n + reach**2 / (4 * n**2)
    half_width = reach * math.sqrt(variance)
    low = max(0.0, (middle - half_width) / scale)
    high = min(1.0, (middle + half_width) / scale)
    return low, high


def needs(module: str, extra: str) -> Any:
    """A module of an optional package, imported when first used.

    >>> needs("no_such_package.part", "models")
    Traceback (most recent call last):
    ImportError: this needs no_such_package: pip install tradelib[models]
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise ImportError(f"this needs {package}: pip install tradelib[{extra}]") from error


def generator(rng: int | np.random.Generator) -> np.random.Generator:
    """A random generator from a seed; a generator comes back as it is."""
    if isinstance(rng, np.random.Generator):
        return rng
    if rng < 0:
        raise InputError(f"rng is a seed from 0, got {rng}")
    return np.random.default_rng(int(rng))


def tail(level: float) -> float:
    """Probability beyond each end of a central interval: (1 - level / 100) / 2.

    `level` is in percent.

    >>> round(tail(80), 3)
    0.1
    """
    if not 0 < level < 100:
        raise InputError(f"level is a percentage between 0 and 100, got {level}")
    return (1 - level / 100) / 2


def student(probability: float, df: float) -> float:
    """Quantile of Student's t for a probability of at least one half.

    `df` are the degrees of freedom, one or more; above 1000 they count as 1000. With
    t = √df tan(a) the density of the angle a is proportional to cos(a)^(df - 1). It is summed on a
    fine grid, so that scipy is not needed.

    >>> round(student(0.9, 1), 4)  # tan(0.4 pi)
    3.0777
    """
    if not (0.5 <= probability < 1 and df >= 1):
        raise InputError(f"needs 0.5 <= p < 1 and df >= 1, got p={probability}, df={df}")
    capped_df = min(df, 1000.0)
    angles, cumulative = _student(capped_df)
    angle = np.interp(2 * probability - 1, cumulative, angles)
    return float(np.sqrt(capped_df) * np.tan(angle))


def student_tail(x: Floats, df: float) -> Floats:
    """P(T >= x) of each `x`; T is Student's t with `df` >= 1 degrees of freedom.

    >>> student_tail(np.array([0.0, 3.0776835]), 1).round(4).tolist()
    [0.5, 0.1]
    """
    angles, cumulative = _student(df)
    angle = np.arctan(np.abs(x) / math.sqrt(df))
    half = np.interp(angle, angles, cumulative) / 2
    return np.asarray(np.where(x >= 0, 0.5 - half, 0.5 + half))


@lru_cache(maxsize=32)
def _student(df: float) -> tuple[Floats, Floats]:
    """Angles a from 0 to a right one, and P(|T| <= √df tan(a)) of each."""
    density = np.exp((df - 1) * _LOG_COS)
    areas = density[1:] + density[:-1]  # trapezoids, up to a factor
    cumulative = np.concatenate([[0.0], np.cumsum(areas)])
    return _ANGLE, cumulative / cumulative[-1]
