"""Compound growth on numbers and arrays: what was achieved, what is needed, how long it takes.

Values are positive and in any one unit; rates are fractions per year (0.05 is 5 % a year). All
functions broadcast: numbers in give a number back, arrays give an array. What is not as asked is
refused as by `cagr`.
"""

import numpy as np
from numpy.typing import ArrayLike

from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, InputTypeError
from tradelib.ground.numbers import Floats

__all__ = ["cagr", "compound", "required_growth", "years_to_reach"]

Result = float | Floats


@validated
def cagr(first: ArrayLike, last: ArrayLike, years: ArrayLike) -> Result:
    """Compound annual growth rate that leads from one value to another.

    Parameters
    ----------
    first, last : array_like, positive, same unit, value at the start and `years` later
    years : array_like, positive, years between the two; fractions allowed

    Returns
    -------
    float or ndarray, rate as a fraction per year

    Raises
    ------
    InputError
        If a value or number of years is no positive finite number, or the result is not finite.

    Examples
    --------
    >>> round(cagr(254.2, 515.5, years=4), 3), round(cagr(100, 200, 5), 3)
    (0.193, 0.149)
    """
    start, end, span = _positive("first", first), _positive("last", last), _positive("years", years)
    with np.errstate(over="ignore"):
        return _result((end / start) ** (1 / span) - 1)


@validated
def required_growth(base: ArrayLike, target: ArrayLike, years: ArrayLike) -> Result:
    """Annual growth that a target asks: the rate that leads from `base` to `target` in `years`.

    A target already met needs a rate of zero or below.

    Parameters
    ----------
    base, target : array_like, positive, same unit, last known value and the value to be reached
    years : array_like, positive, years left

    Returns
    -------
    float or ndarray, rate as a fraction per year

    Examples
    --------
    >>> round(required_growth(254.3, 1000, years=5), 3)
    0.315
    """
    return cagr(_positive("base", base), _positive("target", target), years=years)


@validated
def compound(base: ArrayLike, *, rate: ArrayLike, years: ArrayLike) -> Result:
    """Value after growing at a constant rate.

    Parameters
    ----------
    base : array_like, positive, value today
    rate : array_like, above -1, growth as a fraction per year
    years : array_like, years ahead; zero and negative (back in time) are allowed

    Returns
    -------
    float or ndarray, in the unit of `base`

    Examples
    --------
    >>> round(compound(254.3, rate=0.315, years=5))
    1000
    """
    start, factor, span = _positive("base", base), _factor(rate), _finite("years", years)
    with np.errstate(over="ignore"):
        return _result(start * factor**span)


@validated
def years_to_reach(base: ArrayLike, target: ArrayLike, *, rate: ArrayLike) -> Result:
    """Years until `base`, growing at a constant rate, is at least `target`.

    Zero where the target is already met; infinite where growth is zero or negative and it is not.

    Parameters
    ----------
    base, target : array_like, positive, same unit, value today and the value to be reached
    rate : array_like, above -1, growth as a fraction per year

    Returns
    -------
    float or ndarray, years, not rounded up to whole years

    Examples
    --------
    >>> round(years_to_reach(515.5, 1000, rate=0.193), 1)
    3.8
    >>> years_to_reach(515.5, 1000, rate=-0.07)
    inf
    """
    distance = np.log(_positive("target", target) / _positive("base", base))
    speed = np.log(_factor(rate))
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.where(speed > 0, distance / speed, np.inf)
    return _result(np.where(distance <= 0, 0.0, years), endless=True)


def _finite(name: str, value: ArrayLike) -> Floats:
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise InputTypeError(f"{name} must be a number or an array of numbers, got {value!r}")
    bad = array[~np.isfinite(array)]
    if bad.size:
        raise InputError(f"growth needs finite values, got {name}={bad.flat[0]}; drop it first")
    return array.astype(np.float64)


def _positive(name: str, value: ArrayLike) -> Floats:
    array = _finite(name, value)
    if (array <= 0).any():
        raise InputError(f"growth needs positive values, got {name}={array.min():g}")
    return array


def _factor(rate: ArrayLike) -> Floats:
    array = _finite("rate", rate)
    if (array <= -1).any():
        least = array.min()
        raise InputError(f"rate is a fraction per year and must lie above -1, got rate={least:g}")
    return 1 + array


def _result(value: Floats, *, endless: bool = False) -> Result:
    if not (endless or np.isfinite(value).all()):
        raise InputError(f"the result is too large for a number; check years and unit, got {value}")
    return float(value) if np.ndim(value) == 0 else value
