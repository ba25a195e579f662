"""The grid behind the sliders, held against `assess` itself."""

import json
import math
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from conftest import annual

import tradelib as tl
from tradelib.front import explore


@pytest.fixture(scope="module")
def grid():
    """Grid of the article's target."""
    return explore.grid(tl.article_target())


def positions(grid, count, seed=0):
    """Random values, deadlines and days that the sliders can take."""
    draw = np.random.default_rng(seed)
    for _ in range(count):
        place = int(draw.integers(len(grid.days)))
        last = grid.cases[place].now.last_year
        since = grid.target.announced.year if grid.target.announced else 0
        begun = int(grid.days[place][:4]) if grid.days[place] != "now" else 0
        deadline = int(draw.integers(max(last + 1, since, begun), last + 11))
        value = grid.target.value_musd * math.exp(draw.uniform(-math.log(4), math.log(4)))
        yield value, deadline, grid.days[place]


def numbers(said):
    """The numbers of a reading or a verdict."""
    return said.probability_in, said.probability_ever, *said.probability_range


class TestAgainstAssess:
    """Every number of a reading is that of `assess` at the same position, to the last bit."""

    def test_bundled_pair(self, grid):
        """Random positions of the article's pair, on every day: probability, ever, range, words."""
        for value, deadline, day in positions(grid, 25):
            exact = tl.assess(replace(grid.target, value_musd=value, deadline=deadline), as_of=day)
            said = grid.read(value, deadline=deadline, day=day)
            assert numbers(said) == numbers(exact), (value, deadline, day)
            assert said.words == exact.words

    def test_with_a_nowcast(self):
        """A pair whose year under way is nowcast from its months."""
        grid = explore.grid(tl.open_target("UZB-TKM-2025"))
        for value, deadline, day in positions(grid, 8, seed=1):
            exact = tl.assess(replace(grid.target, value_musd=value, deadline=deadline), as_of=day)
            said = grid.read(value, deadline=deadline, day=day)
            assert said.words == exact.words
            assert numbers(said) == pytest.approx(numbers(exact), abs=0, nan_ok=True)

    def test_a_year_that_is_over(self):
        """Ahead of the last figure and yet over: no chance, and pages know from which year on."""
        grid = explore.grid(tl.open_target("UZB-TKM-2025"))
        last, now = grid.cases[-1].now.last_year, int(grid.days[-1][:4])
        assert last < now - 1
        said = grid.read(5000, deadline=last + 1)
        assert said.words == f"last figure of {last}, nothing known since"
        assert math.isnan(said.probability_in)
        assert math.isnan(grid.read(5000, deadline=now - 1).probability_ever)
        assert 0 < grid.read(5000, deadline=now).probability_in < 1
        shipped = json.loads(grid.to_json())
        assert shipped["open_from"][-1] == now
        first = json.loads(explore.grid(tl.article_target()).to_json())["open_from"]
        assert first == [2022, 2023, 2024, 2025, 2026]
        assert shipped["size_alone"] == [False] * len(grid.days)

    def test_size_alone(self):
        """A pair of which one figure is known, given as one's own history."""
        target = tl.open_target("KAZ-UZB-2025")
        one = annual([4970.0], start=2025)
        grid = explore.grid(target, history=one)
        assert grid.days == ("now",)
        for value, deadline, _ in positions(grid, 10, seed=2):
            exact = tl.assess(replace(target, value_musd=value, deadline=deadline), history=one)
            said = grid.read(value, deadline=deadline)
            assert numbers(said) == numbers(exact)
            met = exact.words.startswith("reached")
            assert said.words == (exact.words if met else "a pair of this size")

    def test_days(self, grid):
        """A day for each last year since the announcement, the newest the verdict's own."""
        assert [case.now.last_year for case in grid.cases] == [2021, 2022, 2023, 2024, 2025]
        assert grid.days[0] == "2022-10-05"
        assert grid.days[-1] == str(tl.assess(grid.target).as_of)
        registry = explore.grid(tl.open_target("KAZ-UZB-2025"))
        assert [case.now.last_year for case in registry.cases] == [2024, 2025]


class TestReading:
    """What the grid says of a position."""

    def test_monotone(self, grid):
        """More is never likelier, later is never less likely ever, the range holds the headline."""
        chances = [grid.read(v, deadline=2030) for v in np.geomspace(250, 4000, 30)]
        assert (np.diff([c.probability_in for c in chances]) <= 0).all()
        ever = [grid.read(900, deadline=y).probability_ever for y in range(2026, 2036)]
        assert (np.diff(ever) >= -0.005).all()  # the exact chance in a year may top the paths'
        for one in chances:
            assert one.probability_range[0] <= one.probability_in <= one.probability_range[1]
            assert one.probability_in <= one.probability_ever

    def test_met(self, grid):
        """A value seen since the announcement is met, one seen only before it is not."""
        assert grid.read(560, deadline=2027).words == "reached in 2023"
        assert grid.read(560, deadline=2027).probability_ever == 1
        assert grid.read(570, deadline=2027).probability_ever < 1

    def test_fan(self, grid):
        """Ten years, quantiles in order, the headline's own median."""
        fan = grid.fan("2026-06-30")
        assert fan["year"].tolist() == list(range(2026, 2036))
        assert (fan[["q10", "q25", "q50", "q75", "q90"]].diff(axis=1).iloc[:, 1:] > 0).all(
            axis=None
        )
        low, median, high = tl.assess(grid.target).value_range
        assert fan[["q10", "q50", "q90"]].iloc[1].tolist() == [low, median, high]

    @pytest.mark.parametrize(
        ("call", "match"),
        [
            (
                {"value_musd": 0, "deadline": 2027},
                "^value_musd must be positive and finite, got 0",
            ),
            ({"value_musd": 9, "deadline": 2036}, "^the grid looks from 2026 to 2035, got 2036"),
            ({"value_musd": 9, "deadline": 2027, "day": "2020-01-01"}, "^the grid has no day"),
        ],
    )
    def test_refused(self, grid, call, match):
        """What the grid does not hold is refused by name."""
        with pytest.raises(ValueError, match=match):
            grid.read(call.pop("value_musd"), **call)

    def test_json(self, grid):
        """What is shipped at each stop of the slider is what is read there."""
        plain = json.loads(grid.to_json())
        values, unit = plain["values"], plain["unit"]
        assert (len(values), values[40], values[0], values[-1]) == (81, 1000, 250, 4000)
        assert values == sorted(values)
        for place, ahead, stop in ((0, 4, 30), (4, 1, 40), (4, 9, 77)):
            year = grid.cases[place].now.last_year + 1 + ahead
            said = grid.read(values[stop], deadline=year, day=grid.days[place])
            shipped = [curve[stop] / unit for curve in plain["chances"][place][ahead]]
            assert shipped == pytest.approx(
                [said.probability_in, said.probability_ever, *said.probability_range], abs=6e-5
            )
        assert plain["fans"][4][1] == pytest.approx(grid.fan().iloc[1].tolist()[1:], rel=1e-4)
        assert plain["known"][4][-1] == [2025, pytest.approx(515.534788)]
        assert (plain["since"], plain["open_from"][4]) == (2022, 2026)
        assert len(grid.to_json()) < 90_000


class TestSliders:
    """The widgets in a notebook, and the code of each view."""

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"value_musd": 800.0, "deadline": 2030, "day": "2024-02-15"},
            {"value_musd": 1230.0, "deadline": 2029, "source": "bns"},
        ],
    )
    def test_code_gives_the_view(self, asked, capsys):
        """The code shown prints the summary of the verdict shown, for any position."""
        target = tl.article_target()
        exec(explore.code(target, **asked), {})  # noqa: S102 - that it runs is the point
        own = {"value_musd": target.value_musd, "deadline": target.deadline} | asked
        said = explore.answer(replace(target, wording=""), **own).summary()
        assert capsys.readouterr().out.strip() == said.replace(' ("")', "")

    def test_they_answer(self):
        """Each control moves verdict and code; what cannot be answered is said, not raised."""
        value, deadline, day, source, said, shown = explore.sliders(tl.article_target()).children
        assert value.value == 1000
        for control, choice, mark in (
            (value, 2, "value_musd=268"), (deadline, 2031, "deadline=2031"),
            (day, "2023-02-15", "2023-02-15"), (source, "bns", "source=&quot;bns&quot;"),
        ):  # fmt: skip
            before = said.value
            if control is value:
                control.index = choice
            else:
                control.value = choice
            assert said.value != before
            assert mark in shown.value
        source.value = None
        day.value, deadline.value = "2022-10-05", 2035
        assert "looks 10 years ahead" in said.value

    def test_within_a_fifth_of_a_second(self):
        """A moved slider is answered in 200 ms."""
        value = explore.sliders(tl.article_target()).children[0]
        times = []
        for place in (40, 45, 55, 60, 65):
            start = time.perf_counter()
            value.index = place
            times.append(time.perf_counter() - start)
        assert min(times) <= 0.2, times  # the least disturbed of five

    def test_needs_widgets(self, monkeypatch):
        """Without ipywidgets the error says what to install."""
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
        with pytest.raises(ImportError, match="pip install tradelib"):
            explore.sliders(tl.article_target())
