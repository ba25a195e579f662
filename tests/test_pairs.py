"""Signals by hand, the two-way fit against least squares, and blocks against one pass."""

import math

import numpy as np
import pandas as pd
import pytest
from conftest import FEW
from hypothesis import given
from hypothesis import strategies as st

from tradelib.science.outlook import signals as pairs

NAN = float("nan")
LINE = (-0.5, -0.1)


def wide(rows, start=2000):
    """A history frame from lists of values by name."""
    table = pd.DataFrame.from_dict(rows, orient="index", dtype=float)
    return table.set_axis(range(start, start + table.shape[1]), axis=1)


def world(countries=12, years=10, seed=0):
    """Every pair of some countries, with levels that follow their sizes."""
    rng = np.random.default_rng(seed)
    size = rng.normal(3, 1, countries)
    rows = {
        f"C{i:02}-C{j:02}": np.exp(size[i] + size[j] + rng.normal(0, 0.3, years).cumsum())
        for i in range(countries)
        for j in range(i + 1, countries)
    }
    return wide(rows)


class TestAlone:
    """One pair by itself."""

    def test_by_hand(self):
        """Five years: level, reversal and noise from the formulas of the docstring."""
        values = [100.0, 200.0, 100.0, 100.0, 300.0]
        found = pairs.signals(wide({"x": values}), size_line=LINE, cross=None)
        logs = np.log(values)
        weight = 0.7 ** np.array([3, 2, 1, 0])
        move = logs[-1] - weight @ logs[:-1] / weight.sum()
        recent = 0.8 ** np.array([3, 2, 1, 0])
        square = recent @ np.diff(logs) ** 2
        usual = -0.5 - 0.1 * logs[-1]
        sigma = math.sqrt((square + 3 * math.exp(2 * usual)) / (recent.sum() + 2) + 1e-4)
        assert found.last == pytest.approx([logs[-1]])
        assert found.location.tolist() == [pytest.approx([1, sigma * move])]
        assert found.scale.tolist() == [pytest.approx([1, math.log(sigma)])]

    def test_gaps_carry_no_weight(self):
        """A missing year drops out of the past mean and breaks two steps."""
        values = [100.0, 200.0, NAN, 100.0, 120.0, 300.0]
        found = pairs.signals(wide({"x": values}), size_line=LINE, cross=None)
        logs = np.log(values)
        weight = 0.7 ** np.array([4, 3, 1, 0])
        move = logs[-1] - weight @ logs[[0, 1, 3, 4]] / weight.sum()
        recent = 0.8 ** np.array([4, 1, 0])
        steps = np.diff(logs)[[0, 3, 4]]
        usual = -0.5 - 0.1 * logs[-1]
        sigma = math.sqrt((recent @ steps**2 + 3 * math.exp(2 * usual)) / (recent.sum() + 2) + 1e-4)
        assert found.location[0] == pytest.approx([1, sigma * move])

    def test_below_the_floor_is_unknown(self):
        """Zero and anything below a million read as a gap."""
        low = wide({"x": [5.0, 0.0, 6.0, 7.0, 0.9, 6.0, 7.0]})
        gap = wide({"x": [5.0, NAN, 6.0, 7.0, NAN, 6.0, 7.0]})
        for a, b in zip(self.all_of(low), self.all_of(gap), strict=True):
            assert a.tolist() == b.tolist()

    def test_jumps_are_tamed(self):
        """A jump of a thousand times counts as e^4, its noise as one and a half."""
        found = pairs.signals(wide({"x": [2.0, 2, 2, 2, 9000]}), size_line=LINE, cross=None)
        assert found.location[0, 1] == pytest.approx(1.5 * 4)
        down = pairs.signals(wide({"x": [9000.0, 9000, 9000, 9000, 2]}), size_line=LINE, cross=None)
        assert down.location[0, 1] == pytest.approx(-1.5 * 4)

    @staticmethod
    def all_of(history):
        """Every array of the signals."""
        found = pairs.signals(history, size_line=LINE, cross=None)
        return found.last, found.location, found.scale


class TestCrossSection:
    """The two-way fit."""

    @pytest.mark.parametrize(("name", "column"), [("level", "level"), ("volatility", "volatility")])
    def test_ridge_least_squares(self, name, column):
        """Effects equal least squares with one penalty row a country."""
        history = world()
        own = pairs._own(history)[column]
        names = [n.split("-") for n in history.index]
        countries = sorted({c for both in names for c in both})
        shrink = {"level": 1.0, "volatility": 3.0}[name]
        design = np.zeros((len(history), len(countries)))
        for row, both in enumerate(names):
            for country in both:
                design[row, countries.index(country)] = 1
        penalty = math.sqrt(shrink) * np.eye(len(countries))
        expected = np.linalg.lstsq(
            np.vstack([design, penalty]),
            np.concatenate([own - own.mean(), np.zeros(len(countries))]),
            rcond=None,
        )[0]
        found = pairs.cross_section(pairs.moments(history))
        assert found.countries.tolist() == countries
        assert getattr(found, name).mean == pytest.approx(own.mean())
        assert getattr(found, name).effects == pytest.approx(expected)

    def test_weighted_move(self):
        """Moves are weighted by how quiet a pair is, and shrunk with weight three."""
        history = world(seed=3)
        own = pairs._own(history)
        move = own["move"].clip(-1, 1)
        weight = 1 / (0.02 + np.exp(2 * own["volatility"]))
        mean = weight @ move / weight.sum()
        w = weight / weight.mean()
        names = [n.split("-") for n in history.index]
        countries = sorted({c for both in names for c in both})
        design = np.array([[float(c in both) for c in countries] for both in names])
        expected = np.linalg.solve(
            design.T @ (w[:, None] * design) + 3 * np.eye(len(countries)),
            design.T @ (w * (move - mean)),
        )
        found = pairs.cross_section(pairs.moments(history)).move
        assert (found.mean, found.weight) == pytest.approx((mean, weight.mean()))
        assert found.effects == pytest.approx(expected)

    def test_without_own(self):
        """The fit of a pair without itself equals the fit of all others."""
        history = world(seed=5)
        own = pairs._own(history)["level"]
        found = pairs.cross_section(pairs.moments(history)).level
        a, b = pairs._located(history.index, pairs.cross_section(pairs.moments(history)).countries)
        fit = found.without_own(own, np.ones(len(own)), a, b)
        k = len(found.effects)
        design = np.zeros((len(own), k))
        design[np.arange(len(own)), a] += 1
        design[np.arange(len(own)), b] += 1
        for row in (0, 17, 40):
            rest = np.arange(len(own)) != row
            effects = np.linalg.solve(
                design[rest].T @ design[rest] + np.eye(k),
                design[rest].T @ (own[rest] - found.mean),
            )
            assert fit[row] == pytest.approx(effects[a[row]] + effects[b[row]])

    def test_leverage_is_bounded(self):
        """A pair that is its countries' only one is not divided by nothing."""
        history = wide({"A-B": [2.0, 3, 2, 3, 2], "C-D": [9.0, 8, 9, 8, 9]})
        cross = pairs.cross_section(pairs.moments(history))
        found = pairs.signals(history, size_line=LINE, cross=cross)
        assert np.isfinite(found.location).all()
        heavy = pairs.Effects(
            mean=0.0, weight=1.0, effects=np.array([0.4, 0.4]), inverse=np.full((2, 2), 0.5)
        )
        one = np.array([0]), np.array([1])
        fit = heavy.without_own(np.array([1.0]), np.ones(1), *one)
        assert fit[0] == pytest.approx(0.8 - 9 * (1 - 0.8))

    def test_signals_by_hand(self):
        """Distance of the level, countries' move, reversal; own and countries' volatility."""
        history = world(seed=7)
        cross = pairs.cross_section(pairs.moments(history))
        found = pairs.signals(history, size_line=LINE, cross=cross)
        own = pairs._own(history)
        a, b = pairs._located(history.index, cross.countries)
        one = np.ones(len(history))
        usual = cross.volatility.mean + cross.volatility.without_own(own["volatility"], one, a, b)
        sigma = np.sqrt((own["square"] + 3 * np.exp(2 * usual)) / (own["weight"] + 2) + 1e-4)
        far = own["level"] - cross.level.mean - cross.level.without_own(own["level"], one, a, b)
        weight = 1 / (0.02 + np.exp(2 * own["volatility"]))
        common = cross.move.without_own(own["move"].clip(-1, 1), weight, a, b)
        expected = np.stack([one, far, common, np.minimum(sigma, 1.5) * own["move"]], 1)
        assert found.location == pytest.approx(expected)
        assert found.scale == pytest.approx(np.stack([one, np.log(sigma), usual], 1))

    def test_far_off_is_bounded(self):
        """No distance counts beyond e^4, no country's move beyond e."""
        history = world()
        history.iloc[0] = history.iloc[0] * 1e9
        history.iloc[:, -1] *= 50
        cross = pairs.cross_section(pairs.moments(history))
        found = pairs.signals(history, size_line=LINE, cross=cross).location
        assert found[0, 1] == 4
        assert np.abs(found[:, 2]).max() <= 1

    @FEW
    @given(cut=st.integers(1, 65), seed=st.integers(0, 3))
    def test_blocks_add_up(self, cut, seed):
        """Sums of two blocks give the cross-section of the whole, and read the same."""
        history = world(seed=seed)
        whole = pairs.cross_section(pairs.moments(history))
        parts = [pairs.moments(history.iloc[:cut]), pairs.moments(history.iloc[cut:])]
        summed = pairs.cross_section(pd.concat(parts))
        one = pairs.signals(history, size_line=LINE, cross=whole)
        block = pairs.signals(history.iloc[:cut], size_line=LINE, cross=summed)
        assert block.location == pytest.approx(one.location[:cut])
        assert block.scale == pytest.approx(one.scale[:cut])

    @FEW
    @given(factor=st.floats(0.1, 10))
    def test_currency(self, factor):
        """Another currency moves levels alone: every signal stays."""
        history = world() * 1e4
        here, there = (
            pairs.signals(h, size_line=LINE, cross=pairs.cross_section(pairs.moments(h)))
            for h in (history, history * factor)
        )
        assert there.location == pytest.approx(here.location)
        assert there.scale == pytest.approx(here.scale)
        assert there.last == pytest.approx(here.last + math.log(factor))

    def test_order_of_names(self):
        """Which country comes first, and in which order pairs stand, does not matter."""
        history = world(seed=2)
        other = history.rename(lambda n: "-".join(reversed(n.split("-")))).iloc[::-1]
        here, there = (
            pairs.signals(h, size_line=LINE, cross=pairs.cross_section(pairs.moments(h)))
            for h in (history, other)
        )
        assert there.location[::-1] == pytest.approx(here.location)

    def test_products(self):
        """What follows a second dash is not read: products share their countries."""
        history = world().rename(lambda n: f"{n}-cars")
        sums = pairs.moments(history)
        assert ("C00", "C01") in sums.index
        assert sums["n"].eq(1).all()


class TestSizeLine:
    """How volatility falls with size."""

    def test_by_hand(self):
        """Two pairs: the line through both."""
        history = wide({"x": [10.0, 20, 10, 20, 10], "y": [80.0, 100, 80, 100, 80]})
        start, slope = pairs.size_line(history)
        ends = np.log(np.log([2, 1.25]) + 0.05)
        assert slope == pytest.approx((ends[1] - ends[0]) / math.log(8))
        assert start == pytest.approx(ends[0] - slope * math.log(10))


class TestProblems:
    """Rows that cannot be forecast."""

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            ([2.0, 3, 4, 5, math.inf, 6], "it holds an infinite value"),
            ([2.0, 3, -4, 5, 5, 6], "it holds a negative value"),
            ([2.0, 3, 4, 5, 5, NAN], "its last year is unknown or below US$1m"),
            ([2.0, 3, 4, 5, 5, 0.99], "its last year is unknown or below US$1m"),
            ([NAN, 0.0, 4, 5, 5, 6], "it has fewer than 5 years of US$1m or more"),
        ],
    )
    def test_reasons(self, values, why):
        """Each has its own words."""
        history = wide({"bad": values, "good": [1.0, 1, 1, 1, 1, 1]})
        assert pairs.problems(history).to_dict() == {"bad": why}

    def test_steps(self):
        """Five years, but hardly two in a row."""
        history = wide({"bad": [1.0, NAN, 1, NAN, 1, NAN, 1, NAN, 1, 1],
                        "good": [1.0, NAN, 1, NAN, 1, NAN, NAN, 1, 1, 1]})  # fmt: skip
        assert pairs.problems(history).to_dict() == {
            "bad": "it has fewer than 2 steps between neighbouring years"
        }


class TestBad:
    """Names."""

    @pytest.mark.parametrize("name", ["AAA", "AAA-", "-BBB", 7])
    def test_names(self, name):
        """A name that holds no two countries."""
        history = wide({"AAA-BBB": [1.0] * 5, name: [1.0] * 5})
        assert not pairs.named(history.index)
        with pytest.raises(ValueError, match="^names must be like 'AAA-BBB', got "):
            pairs.moments(history)
        cross = pairs.cross_section(pairs.moments(history.iloc[:1]))
        with pytest.raises(ValueError, match="^names must be like 'AAA-BBB', got "):
            pairs.signals(history, size_line=LINE, cross=cross)

    def test_strangers(self):
        """A block whose countries the cross-section does not hold."""
        cross = pairs.cross_section(pairs.moments(wide({"A-B": [1.0] * 5})))
        for name in ("A-C", "C-A"):
            with pytest.raises(ValueError, match=f"does not hold the countries of {name}; make it"):
                pairs.signals(wide({name: [1.0] * 5}), size_line=LINE, cross=cross)
