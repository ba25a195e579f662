"""The grid behind the sliders, held against `assess` itself."""

import ast
import json
import math
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from conftest import annual

import tradelib as tl
from tradelib.api import explore
from tradelib.api.gather import gather
from tradelib.core.labels import percent
from tradelib.datasets.models import known_days
from tradelib.pages.grid import plain_grid


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


def numbers(answer):
    """The numbers of a reading or a verdict."""
    return answer.probability_in, answer.probability_ever, *answer.probability_range


def along(plain, place, ahead):
    """Words at each stop of the slider, from a day's runs of one year ahead."""
    runs = dict(plain["words"][place][ahead])
    words = []
    for stop in range(len(plain["values"])):
        words.append(plain["vocabulary"][runs[stop]] if stop in runs else words[-1])
    return words


class TestAgainstAssess:
    """Every number of a reading is that of `assess` at the same position, to the last bit."""

    def test_bundled_pair(self, grid):
        """Random positions of the article's pair, on every day: probability, ever, range, words."""
        for value, deadline, day in positions(grid, 12):
            exact = tl.assess(replace(grid.target, value_musd=value, deadline=deadline), as_of=day)
            reading = grid.read(value, deadline=deadline, day=day)
            assert numbers(reading) == numbers(exact), (value, deadline, day)
            assert reading.words == exact.words

    def test_with_a_nowcast(self):
        """A pair whose year under way is nowcast from its months."""
        target = replace(tl.open_target("UZB-TKM-2025"), announced=date(2024, 12, 1))
        grid = explore.grid(target, days=("2024-12-31", "2025-02-01"))
        assert all(tl.assess(target, as_of=day).has("nowcast") for day in grid.days)
        for value, deadline, day in positions(grid, 4, seed=1):
            exact = tl.assess(replace(grid.target, value_musd=value, deadline=deadline), as_of=day)
            reading = grid.read(value, deadline=deadline, day=day)
            assert reading.words == exact.words
            assert numbers(reading) == pytest.approx(numbers(exact), abs=0, nan_ok=True)

    def test_a_year_that_is_over(self):
        """Ahead of the last figure and yet over: no chance, and pages know from which year on."""
        grid = explore.grid(tl.open_target("UZB-TKM-2025"))
        last, now = grid.cases[-1].now.last_year, int(grid.days[-1][:4])
        assert last < now - 1
        reading = grid.read(5000, deadline=last + 1)
        assert reading.words == f"last figure of {last}, nothing known since"
        assert reading.summary() == f"Last figure of {last}, nothing known since."
        assert math.isnan(reading.probability_in)
        assert math.isnan(grid.read(5000, deadline=now - 1).probability_ever)
        assert 0 < grid.read(5000, deadline=now).probability_in < 1
        # A table keeps the forecast's chances.
        first = grid.readings([5000.0, 9000.0]).iloc[0]
        assert 0 < first["probability_in"] < 1
        assert first["words"] == reading.words
        assert plain_grid(grid)["open_from"][-1] == now
        days = ("2021-06-30", "2022-01-31")  # all ten years ahead have passed
        long_over = explore.grid(tl.open_target("IRN-SYR-2021"), days=days)
        assert plain_grid(long_over)["open_from"] == [2021, 2022]

    def test_data_too_old(self):
        """Where `assess` gives no chance of any year, a reading has none."""
        day = "2024-02-15"
        target = tl.open_target("IND-IDN-2018")
        grid = explore.grid(target, days=(day,))
        (last,) = (case.now.last_year for case in grid.cases)
        for deadline in (2024, last + 10):
            exact = tl.assess(replace(target, value_musd=1e6, deadline=deadline), as_of=day)
            reading = grid.read(1e6, deadline=deadline)
            assert numbers(reading) == pytest.approx(numbers(exact), abs=0, nan_ok=True)
            assert math.isnan(reading.probability_in)
            assert reading.words == exact.words == f"our data for this pair end in {last}"
            words = grid.readings([1e6]).set_index("year")["words"]
            assert words[deadline] == exact.words

    def test_size_alone(self):
        """A pair of which one figure is known, given as one's own history."""
        target = tl.open_target("KAZ-UZB-2025")
        history = annual([4970.0], start=2025)
        grid = explore.grid(target, history=history)
        assert grid.days == ("now",)
        for value, deadline, _ in positions(grid, 5, seed=2):
            exact = tl.assess(replace(target, value_musd=value, deadline=deadline), history=history)
            reading = grid.read(value, deadline=deadline)
            assert numbers(reading) == numbers(exact)
            met = exact.words.startswith("reached")
            assert reading.words == (exact.words if met else "a pair of this size")
        shipped = plain_grid(grid)
        assert shipped["size_alone"] == [True]
        read = [grid.read(value, deadline=2030).words for value in shipped["values"]]
        assert along(shipped, 0, 2030 - 2026) == read
        assert set(read) == {"reached in 2025", "a pair of this size"}
        assert grid.read(4970, deadline=2030).words == "reached in 2025"

    @pytest.mark.parametrize(
        ("target", "days"),
        [
            # Not announced: from the first day of the growth model. No sources are named for the
            # pair: each 30 June, but that of 2021, on which no year was new.
            (
                tl.Target("KAZ", "UZB", 10_000, 2030),
                ["2020-12-31", *(f"{year}-06-30" for year in range(2022, 2026))],
            ),
            # Nothing was known of it on the first days.
            (tl.Target("SSD", "KEN", 1000, 2030), []),
        ],
    )
    def test_days_before_the_newest(self, target, days):
        """A day for each year that became the last one known, by releases or each 30 June."""
        *before, newest = explore.grid(target).days
        assert (before, newest) == (days, str(tl.assess(target).as_of))

    def test_no_day_of_data_too_old(self):
        """A day on which the last year was too old for a chance is none of the slider's."""
        target = tl.Target("VNM", "THA", 25_000, 2030)
        first = known_days("growth_model.json")[0]
        assert gather(target, first).stale
        grid = explore.grid(target)
        assert grid.days[0] > first
        assert not any(case.stale for case in grid.cases)


class TestReading:
    """What the grid says of a position."""

    def test_monotone(self, grid):
        """A day for each year known; more is never likelier, later is never less likely ever, the range has its ends in order."""
        assert [case.now.last_year for case in grid.cases] == [2021, 2022, 2023, 2024, 2025]
        chances = [grid.read(v, deadline=2030) for v in np.geomspace(250, 4000, 30)]
        assert (np.diff([c.probability_in for c in chances]) <= 0).all()
        ever = [grid.read(900, deadline=y).probability_ever for y in range(2026, 2036)]
        assert (np.diff(ever) >= -0.005).all()  # the exact chance in a year may top the paths'
        for reading in chances:
            low, high = reading.probability_range
            assert 0 <= low <= high <= 1
            assert reading.probability_in <= reading.probability_ever

    def test_met(self, grid):
        """A value seen since the announcement is met, one seen only before it is not."""
        assert grid.read(560, deadline=2027).words == "reached in 2023"
        assert grid.read(560, deadline=2027).probability_ever == 1
        assert grid.read(570, deadline=2027).probability_ever < 1

    def test_in_words(self, grid):
        """A reading and a grid in sentences."""
        reading = explore.Reading(
            probability_in=0.194, probability_ever=0.995, probability_range=(0.1, 0.3), words="here"
        )
        sentence = "The chance is 19% in the year, and over 99% in any year up to it: here."
        assert reading.summary() == sentence
        assert f"as known on 5 days from 2022-10-05 to {grid.days[-1]}." in grid.summary()

    def test_fan(self, grid):
        """Ten years, quantiles in order, the headline's own median."""
        fan = grid.fan(grid.days[-1])
        assert fan["year"].tolist() == list(range(2026, 2036))
        assert (fan[["q10", "q25", "q50", "q75", "q90"]].diff(axis=1).iloc[:, 1:] > 0).all(
            axis=None
        )
        low, median, high = tl.assess(grid.target).value_range
        assert fan[["q10", "q50", "q90"]].iloc[1].tolist() == [low, median, high]

    @pytest.mark.parametrize(
        ("call", "match"),
        [
            ({"value_musd": 0, "deadline": 2027}, "^value_musd must be positive and finite, got 0"),
            ({"value_musd": 9, "deadline": 2036}, "^the grid looks from 2026 to 2035, got 2036"),
            ({"value_musd": 9, "deadline": 2027, "day": "2020-01-01"}, "^the grid has no answers"),
        ],
    )
    def test_refused(self, grid, call, match):
        """What the grid does not hold is refused by name."""
        with pytest.raises(ValueError, match=match):
            grid.read(call.pop("value_musd"), **call)

    def test_readings(self, grid):
        """A table of many values has what is read of each, in each of ten years."""
        table = grid.readings([500, 812.5, 2000], day="2024-02-15")
        assert table["year"].tolist() == sorted([*range(2024, 2034)] * 3)
        assert table["value_musd"].tolist() == [500, 812.5, 2000] * 10
        for row in table.itertuples():
            reading = grid.read(row.value_musd, deadline=row.year, day="2024-02-15")
            held = (row.probability_in, row.probability_ever, row.low, row.high)
            assert held == pytest.approx(numbers(reading), abs=1e-9)
            assert row.words == reading.words

    def test_plain_grid(self, grid):
        """What is shipped at each stop of the slider is what is read there."""
        plain = plain_grid(grid)
        values, unit = plain["values"], plain["unit"]
        assert (len(values), values[40], values[0], values[-1]) == (81, 1000, 250, 4000)
        assert values == sorted(values)
        for place, ahead, stop in ((0, 4, 30), (4, 1, 40), (4, 9, 77)):
            year = grid.cases[place].now.last_year + 1 + ahead
            reading = grid.read(values[stop], deadline=year, day=grid.days[place])
            shipped = [curve[stop] / unit for curve in plain["chances"][place][ahead]]
            assert shipped == pytest.approx(numbers(reading), abs=6e-5)
        for day, fan, case in zip(grid.days, plain["fans"], grid.cases, strict=True):
            assert grid.fan(day)["year"].iloc[0] == case.now.last_year + 1
            assert np.array(fan) == pytest.approx(grid.fan(day).to_numpy()[:, 1:], rel=1e-4)
        # Years since the announcement, and at least the last.
        expected = [[2021], [2022], [2022, 2023], [2022, 2023, 2024], [2022, 2023, 2024, 2025]]
        assert [[year for year, _ in points] for points in plain["known"]] == expected
        assert plain["known"][4][-1] == [2025, pytest.approx(515.534788)]
        named = [plain[name] for name in ("target", "deadline", "since", "days")]
        assert named == [1000, 2027, 2022, list(grid.days)]
        read = [grid.read(value, deadline=2027, day=grid.days[3]).words for value in values]
        assert along(plain, 3, 2027 - 2025) == read
        assert len(json.dumps(plain, separators=(",", ":"), allow_nan=False)) < 130_000


class TestSliders:
    """The widgets in a notebook, and the code of each view."""

    @pytest.mark.parametrize(
        ("target_id", "view"),
        [
            ("", {}),
            ("", {"value_musd": 1230.0, "deadline": 2029, "source": "bns", "day": "2024-02-15"}),
            # Its trade is told without oil, by the registry alone.
            ("IND-ARE-2023", {}),
        ],
    )
    def test_code_gives_the_view(self, target_id, view, capsys):
        """The code shown prints the summary of the verdict shown, for any position."""
        target = tl.open_target(target_id) if target_id else tl.article_target()
        exec(explore.code(target, **view), {})  # noqa: S102 - that it runs is the point
        own = {"value_musd": target.value_musd, "deadline": target.deadline} | view
        sentence = explore.answer(replace(target, wording=""), **own).summary()
        assert capsys.readouterr().out.strip() == sentence.replace(' ("")', "")

    @pytest.mark.parametrize(
        ("changed", "asked", "lines"),
        [
            (
                {"announced": None},
                {"day": "2024-02-15", "source": "bns"},
                """value_musd=1000, deadline=2027,
                   announced=None)
history = tl.load_turnover(reporter="KAZ", partner="TKM", source="bns", as_of="2024-02-15")
verdict = tl.assess(target, history=history)""",
            ),
            (
                {"flow": "export", "target_id": "KAZ-TKM-2022", "announced": date(2021, 7, 9)},
                {},
                """value_musd=1000, deadline=2027,
                   announced=date(2021, 7, 9), flow="export", target_id="KAZ-TKM-2022")
verdict = tl.assess(target)""",
            ),
        ],
    )
    def test_code_to_copy(self, changed, asked, lines):
        """Each line of the code, with all that tells the pledge from another."""
        assert explore.code(replace(tl.article_target(), **changed), **asked) == (
            "from datetime import date\n\nimport tradelib as tl\n\n"
            f'target = tl.Target(reporter="KAZ", partner="TKM", {lines}\nprint(verdict.summary())'
        )

    ODD = "2023-01-01\"); import os; os.kill(0, 9)  # \\ \n'\u202e"

    @pytest.mark.parametrize("place", ["day", "source", "target_id", "members"])
    def test_odd_texts_are_quoted(self, place):
        """Whatever a text holds, in the code it is that text and nothing that runs."""
        target = tl.Target("EU", "KAZ", 1000, 2030)
        asked = {place: self.ODD} if place in ("day", "source") else {}
        if not asked:
            object.__setattr__(target, place, self.ODD)
        code = explore.code(target, **asked)
        tree = ast.parse(code)
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert self.ODD in texts
        assert len(tree.body) == (6 if place == "source" else 5)
        assert "\u202e" not in code

    def test_controls(self):
        """Where each control starts and what it can be set to; each moves verdict and code."""
        target = tl.article_target()
        value, deadline, day, source, verdict, shown = explore.sliders(target).children
        assert (value.value, value.options[0], value.options[-1]) == (1000, 250, 4000)
        assert (deadline.min, deadline.value, deadline.max) == (2026, 2027, 2035)
        assert (day.options[0], day.value) == ("2022-10-05", day.options[-1])
        known = [None, "baci_type", "bns", "wits", "bns_partners", "baci_v202501"]
        assert [name for _, name in source.options] == known
        # They ask when they are let go: an answer takes a while.
        assert not any(control.continuous_update for control in (value, deadline, day))
        now = tl.assess(target)
        assert f">{percent(now.probability_in)}</b> in 2027: {now.words}, and " in verdict.value
        for control, trait, choice, mark in (
            (value, "index", 2, "value_musd=268"),
            (deadline, "value", 2031, "deadline=2031"),
            (day, "value", "2023-02-15", "2023-02-15"),
            (source, "value", "bns", "source=&quot;bns&quot;"),
        ):
            before = verdict.value
            setattr(control, trait, choice)
            assert verdict.value != before
            assert mark in shown.value
        # What cannot be answered is said, not raised.
        source.value = None
        day.value, deadline.value = "2022-10-05", 2035
        assert "looks 10 years ahead" in verdict.value

    @pytest.mark.parametrize(
        ("target", "offered"),
        [
            # Of the other three the last year lies more than ten before.
            (replace(tl.article_target(), deadline=2035), ["bns", "bns_partners"]),
            # No single figures are bundled, two matrices of both sides' reports are.
            (tl.Target("VNM", "THA", 25_000, 2025), ["itpde_r1", "baci_v202501"]),
        ],
    )
    def test_sources_that_answer(self, target, offered):
        """A source is offered if its series alone reaches near enough to the deadline."""
        source = explore.sliders(target).children[3]
        assert [name for _, name in source.options] == [None, *offered]

    def test_a_year_that_is_over(self):
        """No number where nothing is known; no deadline before the announcement's year."""
        target = tl.open_target("THA-KOR-2025")
        last = int(tl.load_turnover("THA", "KOR")["year"].iloc[-1])
        _, deadline, _, _, verdict, _ = explore.sliders(target).children
        assert last + 1 < 2025
        assert (deadline.min, deadline.max) == (2025, last + 10)
        assert verdict.value == f"<p>In 2025: last figure of {last}, nothing known since.</p>"

    def test_one_answer_a_move(self, monkeypatch):
        """A move is answered once, though it changes value, place and label of a control."""
        box, asked = explore.sliders(tl.Target("VNM", "THA", 1000, 2030)), []
        module = sys.modules["tradelib.api.explore.widgets"]
        monkeypatch.setattr(module, "code", lambda *_, **view: asked.append(view) or "")
        box.children[0].index = 0
        assert [view["value_musd"] for view in asked] == [250]

    def test_needs_widgets(self, monkeypatch):
        """Without ipywidgets the error says what to install."""
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
        with pytest.raises(ImportError, match="^this needs ipywidgets: pip install"):
            explore.sliders(tl.article_target())
