import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradelib.core.growth import cagr, compound, required_growth, years_to_reach

values = st.floats(1e-3, 1e9)
years = st.floats(0.5, 50)
# A rate is found by a root and used as a power: relative errors of a few hundred ulp over 50 years.
CLOSE = {"rel": 1e-9}


@pytest.mark.parametrize(
    ("base", "target", "span", "rate"),
    [
        (100, 200, 1, 1.0),
        (100, 121, 2, 0.1),
        (254.3, 1000, 5, 0.31500),
        (254.2, 1000, 6, 0.25640),
        (515.5, 1000, 2, 0.39278),
        (200, 100, 1, -0.5),
        (7, 7, 3, 0.0),
    ],
)
def test_growth_worked_by_hand(base, target, span, rate):
    """Required and achieved growth are the same root of the same ratio."""
    assert required_growth(base, target, years=span) == pytest.approx(rate, abs=5e-5)
    assert cagr(base, target, years=span) == pytest.approx(rate, abs=5e-5)


def test_compound_by_hand():
    """Growth compounds forward and backward in time."""
    assert compound(100, rate=0.1, years=2) == pytest.approx(121)
    assert compound(121, rate=0.1, years=-2) == pytest.approx(100)
    assert compound(100, rate=-0.5, years=1) == pytest.approx(50)
    assert compound(100, rate=0.3, years=0) == 100
    assert compound(100, rate=-0.99, years=1) == pytest.approx(1)


def test_years_to_reach_by_hand():
    """Doubling at 100 % takes one year, a met target none, a shrinking series forever."""
    assert years_to_reach(100, 200, rate=1.0) == pytest.approx(1)
    assert years_to_reach(100, 121, rate=0.1) == pytest.approx(2)
    assert years_to_reach(100, 100, rate=-0.1) == 0
    assert years_to_reach(100, 50, rate=-0.1) == 0
    assert years_to_reach(100, 200, rate=0) == math.inf
    assert years_to_reach(100, 200, rate=-0.1) == math.inf


@given(values, values, years)
def test_growth_compounds_back(base, target, span):
    """Growing at the required rate for the given years reaches the target."""
    rate = required_growth(base, target, years=span)
    assert rate == cagr(base, target, years=span)
    if rate > -1 + 1e-9:
        assert compound(base, rate=rate, years=span) == pytest.approx(target, rel=1e-6)


@given(values, st.floats(1.01, 1e3), st.floats(0.01, 2))
def test_years_to_reach_inverts_compound(base, multiple, rate):
    """After that many years the target is reached."""
    target = base * multiple
    span = years_to_reach(base, target, rate=rate)
    assert compound(base, rate=rate, years=span) == pytest.approx(target, **CLOSE)


def test_arrays_broadcast():
    """Numbers in give a float, arrays an array of the common shape."""
    assert type(required_growth(100, 200, years=1)) is float
    several = required_growth([100, 200], 400, years=[[1], [2]])
    assert several.shape == (2, 2)
    np.testing.assert_allclose(several, [[3, 1], [1, 2**0.5 - 1]])
    series = pd.Series([100.0, 50.0])
    np.testing.assert_allclose(years_to_reach(series, [200, 50], rate=1.0), [1, 0])
    np.testing.assert_allclose(compound(series, rate=0.5, years=[1, 2]), [150, 112.5])
    assert series.tolist() == [100.0, 50.0]


CALLS = {
    "base": lambda bad: required_growth(bad, 1, years=1),
    "target": lambda bad: required_growth(1, bad, years=1),
    "years": lambda bad: required_growth(1, 1, years=bad),
    "first": lambda bad: cagr(bad, 1, years=1),
    "last": lambda bad: cagr(1, bad, years=1),
    "base of what is compounded": lambda bad: compound(bad, rate=0.1, years=1),
    "target to be reached": lambda bad: years_to_reach(1, bad, rate=0.1),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("bad", [0, -1, -0.5, [1, 0]])
def test_not_positive(name, bad):
    """Zero and negative values are refused by name and value."""
    shown = bad[1] if isinstance(bad, list) else bad
    argument = name.split()[0]
    with pytest.raises(
        ValueError, match=rf"^growth needs positive values, got {argument}={shown:g}$"
    ):
        CALLS[name](bad)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("bad", [math.nan, math.inf, [1, math.nan]])
def test_not_finite(name, bad):
    """NaN and infinity never enter silently."""
    shown = "inf" if bad == math.inf else "nan"
    message = rf"^growth needs finite values, got {name.split()[0]}={shown}; drop it first$"
    with pytest.raises(ValueError, match=message):
        CALLS[name](bad)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("bad", ["100", True, ["1"]])
def test_not_a_number(name, bad):
    """Text, None and truth values are not numbers."""
    with pytest.raises(
        TypeError, match=rf"^{name.split()[0]} must be a number or an array of numbers, got "
    ):
        CALLS[name](bad)


@pytest.mark.parametrize("bad", [-1, -2.5, [0.1, -1]])
def test_rate_below_minus_one(bad):
    """Losing more than everything is not a growth rate."""
    shown = bad[1] if isinstance(bad, list) else bad
    message = f"^rate is a fraction per year and must lie above -1, got rate={shown:g}$"
    with pytest.raises(ValueError, match=message):
        compound(100, rate=bad, years=1)
    with pytest.raises(ValueError, match=message):
        years_to_reach(100, 200, rate=bad)


def test_rate_and_years_must_be_finite():
    """The exponents are checked like the values."""
    with pytest.raises(ValueError, match="got rate=nan"):
        compound(1, rate=math.nan, years=1)
    with pytest.raises(ValueError, match="got years=inf"):
        compound(1, rate=0.1, years=math.inf)
    with pytest.raises(TypeError, match="^rate must be a number"):
        compound(1, rate="5 %", years=1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: compound(1e300, rate=9.0, years=1000),
        lambda: cagr(1e-300, 1e300, years=0.1),
        lambda: required_growth([1.0, 1e-300], 1e300, years=0.1),
    ],
)
def test_too_large(call):
    """A result beyond the range of numbers is an error, not infinity."""
    with pytest.raises(ValueError, match="^the result is too large for a number; check years"):
        call()
