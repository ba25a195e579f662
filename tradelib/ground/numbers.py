"""What several rooms need alike: checked numbers, randomness, intervals, optional packages."""

import math
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tradelib.ground.errors import InputError, InputTypeError

Floats: TypeAlias = NDArray[np.float64]

# Half of Student's circle: so fine that a quantile is right to the sixth digit.
_ANGLE = np.linspace(0, np.pi / 2, 20_001)
_LOG_COS = np.log(np.maximum(np.cos(_ANGLE), 1e-300))


def positive(name: str, value: Any) -> float:
    """A positive and finite number, as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise InputTypeError(f"{name} must be a number, got {value!r}")
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{name} must be positive and finite, got {value}")
    return float(value)


def at_least(
    values: Floats, quantiles: Floats, levels: Floats, *, ends: tuple[float, float] = (0.0, 1.0)
) -> Floats:
    """Probability of at least each value, straight between ascending quantiles.

    `ends` are the levels below the least and above the most of them.

    >>> at_least(np.array([1.5, 9.0]), np.array([1.0, 2.0]), np.array([0.4, 0.6])).round(2).tolist()
    [0.5, 0.0]
    """
    return np.asarray(1 - np.interp(values, quantiles, levels, left=ends[0], right=ends[1]))


def wilson(share: float, n: float, reach: float) -> tuple[float, float]:
    """Wilson's interval of a share of `n` cases, `reach` standard errors to each side.

    Wilson, E. B. (1927), Probable inference, *JASA* 22, doi:10.1080/01621459.1927.10502953.

    >>> [round(end, 3) for end in wilson(0.5, 10, 1.96)]
    [0.237, 0.763]
    """
    widened = 1 + reach**2 / n
    middle = share + reach**2 / (2 * n)
    half = reach * math.sqrt(share * (1 - share) / n + reach**2 / (4 * n**2))
    return max(0.0, (middle - half) / widened), min(1.0, (middle + half) / widened)


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
    """Random generator from a seed, or the generator given."""
    if isinstance(rng, np.random.Generator):
        return rng
    if rng < 0:
        raise InputError(f"rng is a seed from 0, got {rng}")
    return np.random.default_rng(int(rng))


def tail(level: float) -> float:
    """Probability beyond each end of a central interval whose level is in percent.

    >>> round(tail(80), 3)
    0.1
    """
    if not 0 < level < 100:
        raise InputError(f"level is a percentage between 0 and 100, got {level}")
    return (1 - level / 100) / 2


def student(probability: float, df: float) -> float:
    """Quantile of Student's t for a probability from one half, one degree of freedom or more.

    With t = sqrt(df) tan(a) the density of a is cos(a)^(df - 1), summed on a fine grid: no scipy.

    >>> round(student(0.9, 1), 4)  # tan(0.4 pi)
    3.0777
    """
    if not (0.5 <= probability < 1 and df >= 1):
        raise InputError(f"needs 0.5 <= p < 1 and df >= 1, got p={probability}, df={df}")
    angle, below = _student(min(df, 1000.0))
    return float(np.sqrt(min(df, 1000.0)) * np.tan(np.interp(2 * probability - 1, below, angle)))


def student_tail(x: Floats, df: float) -> Floats:
    """Probability that Student's t with `df` degrees of freedom, one or more, is at least each `x`.

    >>> student_tail(np.array([0.0, 3.0776835]), 1).round(4).tolist()
    [0.5, 0.1]
    """
    angle, below = _student(df)
    half = np.interp(np.arctan(np.abs(x) / math.sqrt(df)), angle, below) / 2
    return np.asarray(np.where(x >= 0, 0.5 - half, 0.5 + half))


@lru_cache(maxsize=32)
def _student(df: float) -> tuple[Floats, Floats]:
    """Angles from 0 to a right one, and the probability of t = sqrt(df) tan(angle) up to each."""
    density = np.exp((df - 1) * _LOG_COS)
    below = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    return _ANGLE, below / below[-1]
