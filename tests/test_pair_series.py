"""Signals by hand, the two-way fit against least squares, and blocks against one pass."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import FEW
from hypothesis import given
from hypothesis import strategies as st

from tradelib.science.forecasting import predictors as pairs

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
    rows = {}
    for i, j in itertools.combinations(range(countries), 2):
        walk = rng.normal(0, 0.3, years).cumsum()
        rows[f"C{i:02}-C{j:02}"] = np.exp(size[i] + size[j] + walk)
    return wide(rows)


def owned(history, other=None):
    """What each row says by itself."""
    return pairs._own(history, pairs.flags(other, history.index))._asdict()


def alone(values, **options):
    """Signals of one row by itself."""
    return pairs.signals(wide({"x": values}), size_line=LINE, cross=None, **options)


def by_hand(last, past, steps):
    """Signals of one row: of past values by years before the last year, of yearly steps by age of their end.

    Moves are those from a mean of the past that forgets, shrunk by one; volatility is that of steps
    with the usual one counted twice.
    """
    level = math.log(last)
    weights = 0.7 ** (np.array(list(past), dtype=float) - 1)
    apart = level - np.log(list(past.values()))
    move = weights @ apart / (weights.sum() + 1)
    usual = LINE[0] + LINE[1] * level
    recent = 0.8 ** np.array(list(steps), dtype=float)
    square = recent @ np.square(list(steps.values())) + 3 * math.exp(2 * usual)
    sigma = math.sqrt(square / (recent.sum() + 2) + 1e-4)
    unknown = 2 / (recent.sum() + 2)
    return [1, level - 5, sigma * move, unknown], [1, math.log(sigma), usual, unknown]


TWO = math.log(2)


class TestAlone:
    """One pair by itself."""

    @pytest.mark.parametrize(
        ("values", "other", "past", "steps"),
        [
            (
                [100.0, 200, 100, 100, 300],
                False,
                {4: 100, 3: 200, 2: 100, 1: 100},
                {3: TWO, 2: -TWO, 1: 0, 0: math.log(3)},
            ),
            # Missing years drop out of the past; a step over three years counts as one by its root.
            (
                [100.0, 200, NAN, NAN, 100, 300],
                False,
                {5: 100, 4: 200, 1: 100},
                {4: TWO, 1: -TWO / math.sqrt(3), 0: math.log(3)},
            ),
            # Nothing but a size: no move, the usual volatility, everything unknown.
            ([300.0], False, {}, {}),
            ([NAN, NAN, 300.0], False, {}, {}),
            # No step and no move into a last value of another source; older steps still count.
            ([100.0, 200, 100, 300], True, {}, {2: TWO, 1: -TWO}),
            # One step of a gap of four years: half of it, at the weight of its end.
            ([50.0, NAN, NAN, NAN, 100], False, {4: 50}, {0: TWO / 2}),
        ],
    )
    def test_by_hand(self, values, other, past, steps):
        """Size, reversal, what is unknown; own and usual volatility."""
        given = alone(values, other_source=[other])
        location, scale = by_hand(values[-1], past, steps)
        assert given.last == pytest.approx([math.log(values[-1])])
        assert given.location[0] == pytest.approx(location)
        assert given.scale[0] == pytest.approx(scale)

    def test_in_numbers(self):
        """Move and what is unknown of the first row above, by a calculator."""
        location = alone([100.0, 200, 100, 100, 300]).location
        assert location[0, 2:] == pytest.approx([0.4518, 0.4039], abs=1e-4)

    def test_below_the_floor_is_unknown(self):
        """Zero and anything below a million read as a gap, a million does not."""
        whole = alone([5.0, 1.0, 6.0, 7.0, 1.0, 6.0, 7.0])
        low = alone([5.0, 0.0, 6.0, 7.0, 0.9, 6.0, 7.0])
        gap = alone([5.0, NAN, 6.0, 7.0, NAN, 6.0, 7.0])
        assert low.location.tolist() == gap.location.tolist()
        assert low.scale.tolist() == gap.scale.tolist()
        assert whole.scale.tolist() != gap.scale.tolist()

    def test_jumps_are_tamed(self):
        """A jump of a thousand times counts as e^4, its noise as one and a half."""
        weight = (0.7 ** np.arange(4)).sum()
        share_known = weight / (weight + 1)
        assert alone([2.0, 2, 2, 2, 9000]).location[0, 2] == pytest.approx(1.5 * 4 * share_known)
        down = alone([9000.0, 9000, 9000, 9000, 2])
        assert down.location[0, 2] == pytest.approx(-1.5 * 4 * share_known)

    def test_flags(self):
        """A Series of marks is read by its names; anything else but truths is refused."""
        history = wide({"x": [1.0, 9], "y": [1.0, 9]})
        marks = pd.Series([True, False], index=["y", "x"])
        assert pairs.flags(marks, history.index).tolist() == [False, True]
        assert pairs.flags(None, history.index).tolist() == [False, False]
        for bad in ([True], [1, 0], marks.iloc[:1]):
            with pytest.raises(ValueError, match="^other_source is True or False for each of 2 r"):
                pairs.flags(bad, history.index)


class TestKinds:
    """What a row rests on."""

    @pytest.mark.parametrize(
        ("values", "other", "kind"),
        [
            ([1.0, 2, 3, 4, 5], False, "own recent"),
            ([1.0, 2, 3, 4, 5], True, "own older"),
            ([1.0, 2, 3, 4, 5, 6], True, "own recent"),
            ([NAN, 2, 3, 4, 5], False, "own older"),
            ([1.0, 2, 3, 4, NAN, NAN, NAN, NAN, 5], False, "own recent"),
            ([1.0, 2, 3, 4, NAN, NAN, NAN, NAN, NAN, 5], False, "own older"),
            ([1.0, 2, 3, 4, 5, NAN, NAN, NAN, NAN, 5], True, "own recent"),
            ([1.0, 2, 3, 4, 5, NAN, NAN, NAN, NAN, NAN, 5], True, "own older"),
            ([NAN, 0.5, 4, 5], False, "own older"),
            ([NAN, 4, 5], True, "size"),
            ([NAN, 0.5, 5], False, "size"),
            ([5.0], False, "size"),
        ],
    )
    def test_by_row(self, values, other, kind):
        """Years of one source, and the newest before the last value."""
        assert pairs.kinds(wide({"x": values}), np.array([other])).tolist() == [kind]


def cross_of(history, other=None):
    """The cross-section of a frame."""
    return pairs.cross_section(pairs.moments(history, other_source=other))


def signals_of(history, other=None):
    """Signals of a frame beside its own cross-section."""
    cross = cross_of(history, other)
    return pairs.signals(history, size_line=LINE, cross=cross, other_source=other)


def countries_of(history):
    """The two countries of each row, and all of them in order."""
    both = [name.split("-")[:2] for name in history.index]
    return both, sorted({country for names in both for country in names})


def design_of(history):
    """A row a pair and a column a country, with a one for each of its two."""
    both, countries = countries_of(history)
    design = np.zeros((len(history), len(countries)))
    for row, names in enumerate(both):
        for country in names:
            design[row, countries.index(country)] = 1
    return design


def usual_by_hand(history, own):
    """Usual volatility by weighted ridge of what is beyond the size line, without the pair itself."""
    stepped = own["stepped"]
    design = design_of(history)
    line = LINE[0] + LINE[1] * own["level"]
    beyond = np.where(stepped > 0, own["volatility"] - line, 0)
    mean = stepped @ beyond / stepped.sum()
    weight = stepped / stepped.mean()
    penalty = 3 * np.eye(design.shape[1])
    usual = []
    for row in range(len(line)):
        rest = weight.copy()
        rest[row] = 0
        normal = design.T @ (rest[:, None] * design) + penalty
        effects = np.linalg.solve(normal, design.T @ (rest * (beyond - mean)))
        usual.append(line[row] + mean + design[row] @ effects)
    return np.array(usual)


def mixed(seed=0):
    """A world in which a third of the rows have a gap, a third the last value, some another source."""
    history = world(seed=seed)
    history.iloc[::3, 4:-1] = NAN
    history.iloc[1::3, :-1] = NAN
    return history, np.arange(len(history)) % 5 == 0


class TestCrossSection:
    """The two-way fit."""

    @pytest.mark.parametrize(("name", "column"), [("level", "level"), ("volatility", "volatility")])
    def test_ridge_least_squares(self, name, column):
        """Effects equal least squares with one penalty row a country."""
        history = world()
        own = owned(history)[column]
        _, countries = countries_of(history)
        shrink = {"level": 1.0, "volatility": 3.0}[name]
        penalty = math.sqrt(shrink) * np.eye(len(countries))
        left = np.vstack([design_of(history), penalty])
        right = np.concatenate([own - own.mean(), np.zeros(len(countries))])
        expected, *_ = np.linalg.lstsq(left, right, rcond=None)
        cross = cross_of(history)
        assert cross.countries.tolist() == countries
        assert getattr(cross, name).mean == pytest.approx(own.mean())
        assert getattr(cross, name).effects == pytest.approx(expected)

    def test_weighted_move(self):
        """Moves are weighted by how quiet a pair is, and shrunk with weight three."""
        history = world(seed=3)
        own = owned(history)
        move = own["recent_growth"].clip(-1, 1)
        past = (0.7 ** np.arange(9)).sum()
        weight = past / (past + 1) / (0.02 + np.exp(2 * own["volatility"]))
        assert own["precision"] == pytest.approx(weight)
        mean = weight @ move / weight.sum()
        relative = weight / weight.mean()
        design = design_of(history)
        penalty = 3 * np.eye(design.shape[1])
        normal = design.T @ (relative[:, None] * design) + penalty
        expected = np.linalg.solve(normal, design.T @ (relative * (move - mean)))
        fitted = cross_of(history).move
        assert (fitted.mean, fitted.weight) == pytest.approx((mean, weight.mean()))
        assert fitted.effects == pytest.approx(expected)

    def test_leverage_is_bounded(self):
        """A pair that is its countries' only one is not divided by nothing."""
        history = wide({"A-B": [2.0, 3, 2, 3, 2], "C-D": [9.0, 8, 9, 8, 9]})
        signals = signals_of(history)
        assert np.isfinite(signals.location).all()
        heavy = pairs.Effects(
            mean=0.0, weight=1.0, effects=np.array([0.4, 0.4]), inverse=np.full((2, 2), 0.5)
        )
        fit = heavy.without_own(np.array([1.0]), np.ones(1), np.array([0]), np.array([1]))
        assert fit[0] == pytest.approx(0.8 - 9 * (1 - 0.8))

    @pytest.mark.parametrize("kind", ["full", "mixed"])
    def test_signals_by_hand(self, kind):
        """Beside the pair's own: distance of the level and countries' move, by what is known."""
        history, other = mixed(7) if kind == "mixed" else (world(seed=7), None)
        cross = cross_of(history, other)
        given = signals_of(history, other)
        own = owned(history, other)
        a, b = pairs._located(history.index, cross.countries)
        ones = np.ones(len(history))
        usual = usual_by_hand(history, own)
        square = own["square"] + 3 * np.exp(2 * usual)
        sigma = np.sqrt(square / (own["weight"] + 2) + 1e-4)
        unknown = 2 / (own["weight"] + 2)
        share_known = (11 - 1) / (11 - 1 + 8)
        far = own["level"] - cross.level.mean - cross.level.without_own(own["level"], ones, a, b)
        weight = own["precision"]
        common = cross.move.without_own(own["recent_growth"].clip(-1, 1), weight, a, b)
        expected = [
            ones,
            own["level"] - 5,
            np.minimum(sigma, 1.5) * own["recent_growth"],
            unknown,
            far * share_known**2,
            common * share_known**2,
        ]
        assert given.location == pytest.approx(np.stack(expected, 1))
        assert given.scale == pytest.approx(np.stack([ones, np.log(sigma), usual, unknown], 1))

    def test_nothing_but_sizes(self):
        """A frame without any run: no country moves, and volatility is the usual one of the size."""
        history = world().iloc[:, -1:]
        cross = cross_of(history)
        given = signals_of(history)
        assert not given.location[:, 5].any()
        assert given.location[:, 4].any()
        assert given.scale[:, 2] == pytest.approx(-0.5 - 0.1 * given.last)
        assert (cross.move.weight, cross.volatility.weight) == (0, 0)

    def test_far_off_is_bounded(self):
        """No distance counts beyond e^4, no country's move beyond e."""
        history = world()
        history.iloc[0] = history.iloc[0] * 1e9
        history.iloc[:, -1] *= 50
        cross = cross_of(history)
        location = signals_of(history).location
        share_known = (10 / 18) ** 2
        assert location[0, 4] == pytest.approx(4 * share_known)
        assert np.abs(location[:, 5]).max() <= share_known
        moved = pairs.Effects(
            mean=0.0, weight=1.0, effects=np.full(12, 9.0), inverse=np.zeros((12, 12))
        )
        all_rose = replace(cross, move=moved)
        location = pairs.signals(history, size_line=LINE, cross=all_rose).location
        assert location[:, 5] == pytest.approx(np.full(len(history), share_known))

    @FEW
    @given(cut=st.integers(1, 65), seed=st.integers(0, 3))
    def test_blocks_add_up(self, cut, seed):
        """Sums of two blocks give the cross-section of the whole, and read the same."""
        history, other = mixed(seed)
        first = pairs.moments(history.iloc[:cut], other_source=other[:cut])
        second = pairs.moments(history.iloc[cut:], other_source=other[cut:])
        summed = pairs.cross_section(pd.concat([first, second]))
        all_rows = signals_of(history, other)
        block = pairs.signals(
            history.iloc[:cut], size_line=LINE, cross=summed, other_source=other[:cut]
        )
        assert block.location == pytest.approx(all_rows.location[:cut])
        assert block.scale == pytest.approx(all_rows.scale[:cut])

    @FEW
    @given(factor=st.floats(0.1, 10))
    def test_currency(self, factor):
        """Another currency moves the size alone: what is usual is told among the same pairs."""
        history = world() * 1e4
        here = signals_of(history)
        elsewhere = signals_of(history * factor)
        moved = here.location.copy()
        moved[:, 1] += math.log(factor)
        assert elsewhere.location == pytest.approx(moved)
        assert elsewhere.scale == pytest.approx(here.scale)
        assert elsewhere.last == pytest.approx(here.last + math.log(factor))

    def test_order_of_names(self):
        """Which country comes first, and in which order pairs stand, does not matter."""
        history = world(seed=2)
        turned = history.rename(lambda name: "-".join(reversed(name.split("-"))))
        here = signals_of(history)
        there = signals_of(turned.iloc[::-1])
        assert there.location[::-1] == pytest.approx(here.location)

    def test_products(self):
        """What follows a second dash is not read: products share their countries."""
        two = wide({"A-B-cars": [2.0], "A-B-parts-of-cars": [3.0], "A-C": [4.0]})
        cross = cross_of(two)
        assert dict(zip(cross.countries, cross.counts, strict=True)) == {"A": 3, "B": 2, "C": 1}


class TestSizeLine:
    """How volatility falls with size."""

    def test_by_hand(self):
        """Two pairs: the line through both."""
        history = wide({"x": [10.0, 20, 10, 20, 10], "y": [80.0, 100, 80, 100, 80]})
        history.loc["z"] = [NAN, NAN, NAN, 7, 70]  # one step says too little
        start, slope = pairs.size_line(history)
        ends = np.log(np.log([2, 1.25]) + 0.05)
        assert slope == pytest.approx((ends[1] - ends[0]) / math.log(8))
        assert start == pytest.approx(ends[0] - slope * math.log(10))


class TestProblems:
    """Rows that cannot be forecast."""

    @pytest.mark.parametrize(
        ("values", "why"),
        [
            ([2.0, math.inf, 6], "it holds an infinite value"),
            ([2.0, -4, 6], "it holds a negative value"),
            ([2.0, 5, NAN], "its last year is unknown or below US$1m"),
            ([2.0, 5, 0.99], "its last year is unknown or below US$1m"),
        ],
    )
    def test_reasons(self, values, why):
        """Each has its own words; a last value of a million is enough."""
        history = wide({"bad": values, "good": [NAN, 0.0, 1.0]})
        assert pairs.problems(history).to_dict() == {"bad": why}


class TestBad:
    """Names."""

    @pytest.mark.parametrize("name", ["AAA", "-BBB", 7])
    def test_names(self, name):
        """A name that holds no two countries."""
        history = wide({"AAA-BBB": [1.0] * 5, name: [1.0] * 5})
        assert not pairs.named(history.index)
        with pytest.raises(ValueError, match="^names must be like 'AAA-BBB', got "):
            pairs.moments(history)
        cross = cross_of(history.iloc[:1])
        with pytest.raises(ValueError, match="^names must be like 'AAA-BBB', got "):
            pairs.signals(history, size_line=LINE, cross=cross)

    def test_strangers(self):
        """A block whose countries the cross-section does not hold."""
        cross = cross_of(wide({"A-B": [1.0] * 5}))
        for name in ("A-C", "C-A"):
            with pytest.raises(ValueError, match=f"does not hold the countries of {name}; make it"):
                pairs.signals(wide({name: [1.0] * 5}), size_line=LINE, cross=cross)
