"""Checked numbers, tails, Wilson's interval, probabilities from quantiles, optional packages."""

import math

import numpy as np
import pytest

from tradelib.core import numeric


def test_positive():
    """A number comes back as a float; numpy's numbers too."""
    assert numeric.positive("x", 2) == 2.0
    assert isinstance(numeric.positive("x", np.int64(2)), float)


@pytest.mark.parametrize("value", [0, -1.5, math.inf, math.nan])
def test_not_positive(value):
    """What is not positive and finite is named."""
    with pytest.raises(ValueError, match=f"^x must be positive and finite, got {value}$"):
        numeric.positive("x", value)


@pytest.mark.parametrize("value", [True, "2", None])
def test_no_number(value):
    """A truth value or a text is none."""
    with pytest.raises(TypeError, match=f"^x must be a number, got {value!r}$"):
        numeric.positive("x", value)


def test_at_least():
    """Straight between quantiles; beyond them what the caller says, else nothing and certainty."""
    values = np.array([0.5, 1.0, 1.25, 2.0, 2.5])
    quantiles, levels = np.array([1.0, 2.0]), np.array([0.2, 0.6])
    assert numeric.at_least(values, quantiles, levels).tolist() == pytest.approx(
        [1, 0.8, 0.7, 0.4, 0]
    )
    assert numeric.at_least(
        [0.5, 2.5], [1.0, 2.0], [0.2, 0.6], ends=(0.1, 0.9)
    ).tolist() == pytest.approx([0.9, 0.1])


def test_wilson():
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3, and the ends of a share."""
    low, high = numeric.wilson(81 / 263, 263, 1.959964)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert numeric.wilson(0.0, 20, 1.959964) == pytest.approx((0, 0.1611), abs=5e-5)
    assert numeric.wilson(1.0, 20, 1.959964) == pytest.approx((0.8389, 1), abs=5e-5)


def test_needs():
    """The module where it is; the extra where it is not."""
    assert numeric.needs("math", "models") is math
    with pytest.raises(ImportError, match=r"^this needs nowhere: pip install tradelib\[live\]$"):
        numeric.needs("nowhere.at.all", "live")
