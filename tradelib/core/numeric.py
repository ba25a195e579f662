"""Numbers that several folders need: checks, intervals, random generators.

`needs` imports an optional package.
"""

import math
from importlib import import_module
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tradelib.core.errors import InputError, InputTypeError

Floats: TypeAlias = NDArray[np.float64]


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


def normal_reach(level: float) -> float:
    """How many standard deviations a central interval of a level in percent reaches a side.

    >>> round(normal_reach(90), 3)
    1.645
    """
    return NormalDist().inv_cdf(1 - tail(level))


def logistic(log_odds: Floats) -> Floats:
    """Probabilities of log odds: 1 / (1 + exp(-log_odds)).

    >>> logistic(np.log([1.0, 3.0])).tolist()
    [0.5, 0.75]
    """
    return np.asarray(1 / (1 + np.exp(-log_odds)))
