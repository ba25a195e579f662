"""Compound growth of numbers and arrays: achieved, required, and years needed.

Values are positive and in any one unit; rates are fractions per year (0.05 is 5 % a year). All
functions broadcast: numbers in give a number back, arrays give an array. The other functions refuse
the same inputs as `cagr`.
"""

import numpy as np
from numpy.typing import ArrayLike

from tradelib.core.errors import InputError, InputTypeError
from tradelib.core.numeric import Floats
from tradelib.core.validation import validated

__all__ = ["cagr", "compound", "required_growth", "years_to_reach"]

Result = float | Floats


@validated
def cagr(first: ArrayLike, last: ArrayLike, years: ArrayLike) -> Result:
    """Compound annual growth rate that leads from one value to another.

    The rate is ``(last / first) ** (1 / years) - 1``.

    Parameters
    ----------
    first, last : array_like
        Values at the start and `years` later; positive, in the same unit.
    years : array_like
        Years between the two; positive, fractions are allowed.

    Returns
    -------
    float or ndarray
        Growth rate as a fraction per year.

    Raises
    ------
    InputError
        If a value or number of years is not positive and finite, or the result is not finite.

    Examples
    --------
    >>> round(cagr(254.2, 515.5, years=4), 3), round(cagr(100, 200, 5), 3)
    (0.193, 0.149)
    """
    start = _positive("first", first)
    end = _positive("last", last)
    span = _positive("years", years)
    with np.errstate(over="ignore"):
        return _result((end / start) ** (1 / span) - 1)


@validated
def required_growth(base: ArrayLike, target: ArrayLike, years: ArrayLike) -> Result:
    """Annual growth rate that leads from `base` to `target` in `years`.

    The rate is ``(target / base) ** (1 / years) - 1``, as in `cagr`. A target already met needs a
    rate of zero or below.

    Parameters
    ----------
    base, target : array_like
        Last known value and the value to be reached; positive, in the same unit.
    years : array_like
        Years left; positive.

    Returns
    -------
    float or ndarray
        Growth rate as a fraction per year.

    Examples
    --------
    >>> round(required_growth(254.3, 1000, years=5), 3)
    0.315
    """
    return cagr(_positive("base", base), _positive("target", target), years=years)


@validated
def compound(base: ArrayLike, *, rate: ArrayLike, years: ArrayLike) -> Result:
    """Value after growing at a constant rate: ``base * (1 + rate) ** years``.

    Parameters
    ----------
    base : array_like
        Value today; positive.
    rate : array_like
        Growth as a fraction per year; above -1.
    years : array_like
        Years ahead; zero and negative (back in time) are allowed.

    Returns
    -------
    float or ndarray
        Value after `years`, in the unit of `base`.

    Examples
    --------
    >>> round(compound(254.3, rate=0.315, years=5))
    1000
    """
    start = _positive("base", base)
    factor = _factor(rate)
    span = _finite("years", years)
    with np.errstate(over="ignore"):
        return _result(start * factor**span)


@validated
def years_to_reach(base: ArrayLike, target: ArrayLike, *, rate: ArrayLike) -> Result:
    """Years until `base`, growing at a constant rate, is at least `target`.

    The number is ``log(target / base) / log(1 + rate)``. It is zero where the target is already
    met, and infinite where it is not and growth is zero or negative.

    Parameters
    ----------
    base, target : array_like
        Value today and the value to be reached; positive, in the same unit.
    rate : array_like
        Growth as a fraction per year; above -1.

    Returns
    -------
    float or ndarray
        Years, not rounded up to whole years.

    Examples
    --------
    >>> round(years_to_reach(515.5, 1000, rate=0.193), 1)
    3.8
    >>> years_to_reach(515.5, 1000, rate=-0.07)
    inf
    """
    distance = np.log(_positive("target", target) / _positive("base", base))
    log_growth = np.log(_factor(rate))
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.where(log_growth > 0, distance / log_growth, np.inf)
    return _result(np.where(distance <= 0, 0.0, years), infinite=True)


def _finite(name: str, value: ArrayLike) -> Floats:
    """Finite numbers as an array; anything else is refused under `name`."""
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise InputTypeError(f"{name} must be a number or an array of numbers, got {value!r}")
    not_finite = array[~np.isfinite(array)]
    if not_finite.size:
        first = not_finite.flat[0]
        raise InputError(f"growth needs finite values, got {name}={first}; drop it first")
    return array.astype(np.float64)


def _positive(name: str, value: ArrayLike) -> Floats:
    """Positive finite numbers as an array."""
    array = _finite(name, value)
    if (array <= 0).any():
        raise InputError(f"growth needs positive values, got {name}={array.min():g}")
    return array


def _factor(rate: ArrayLike) -> Floats:
    """Factor of growth in one year: one plus a rate above -1."""
    array = _finite("rate", rate)
    if (array <= -1).any():
        least = array.min()
        raise InputError(f"rate is a fraction per year and must lie above -1, got rate={least:g}")
    return 1 + array


def _result(value: Floats, *, infinite: bool = False) -> Result:
    """A float if the value has no dimension, else the array; finite if it must be."""
    if not infinite and not np.isfinite(value).all():
        raise InputError(f"the result is too large for a number; check years and unit, got {value}")
    return float(value) if np.ndim(value) == 0 else value
