"""The nowcast model: its formula by hand, what it reads and learns, and every bad input."""

import functools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import FEW, ROOT, loaded
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import tradelib as tl
from tradelib.science.forecasting import fit_nowcast as learn
from tradelib.science.forecasting import nowcast_model as nowcast
from tradelib.science.forecasting.growth_model import NODES
from tradelib.science.forecasting.nowcast_model import NowcastModel, Past

FOLDER = ROOT.parent / "shared" / "panel"
PANEL = FOLDER / "monthly_partner_totals.parquet"
NAN = float("nan")
VINTAGES = [tl.nowcast_model(as_of=day) for day in ("2020-12-31", "2022-06-30", "2025-02-28")]
MODEL = VINTAGES[-1]
LEVELS = [0.1, 0.5, 0.9]
# Positions of signals of the location and of the scale.
SIZE, LARGE, JUMP, KNOWS_TOTAL, KNOWS_MONTHS, VOTES, MEAN, SPREAD_MEAN = range(1, 9)
ON_TOTAL, _, _, ON_MONTHS, _, ON_TOTAL_ALONE, _, _, BEFORE, _ = range(9, 19)
STEPS_KNOWN = 6


def toy(*, location=None, scale=None):
    """A model with normal shocks of scale one, and a few coefficients by (power, position)."""
    of_location = np.zeros((3, 19))
    of_scale = np.zeros((3, 9))
    for position, value in (location or {}).items():
        of_location[position] = value
    for position, value in (scale or {}).items():
        of_scale[position] = value
    shock = np.zeros((3, NODES.size))
    shock[0] = stats.norm.ppf(NODES)
    return NowcastModel(
        location=of_location,
        scale=of_scale,
        shock=shock,
        step_line=(-1.0, 0.0),
        spread_line=(-1.0, 0.0),
        trained_on="nothing",
        known_from="2000-12-31",
    )


def frame(*rows):
    """A frame of pairs P0, P1, … whose last column is 2022."""
    years = range(2023 - len(rows[0]), 2023)
    return pd.DataFrame(rows, [f"P{i}" for i in range(len(rows))], years, dtype=float)


def cast(parts, totals, months=6, model=MODEL, levels=LEVELS):
    """Quantiles of one pair: months of each year, and full years before the last."""
    return tl.nowcast_panel(
        frame(parts), frame([*totals, NAN]), months=months, quantiles=levels, model=model
    )[0]


def alone(part, months=6, **options):
    """Quantiles of a pair of which only the months are known."""
    return cast([part], [], months, **options)


def width(quantiles):
    """Log of the upper over the lower end."""
    return math.log(quantiles[-1] / quantiles[0])


def read(parts, totals, months=6, model=None):
    """Signals of one pair, of location and scale."""
    past = nowcast.past_of(np.array([parts[:-1]]), np.array([totals]), months=months)
    part = np.array([parts[-1]])
    signals = nowcast.part_year_signals(part, past, months=months, model=model or toy())
    return signals.location[:, 0], signals.scale[:, 0]


class TestByHand:
    """Numbers worked out by hand."""

    def test_rest_of_the_year(self):
        """Pro rata in each month; a location of log 1.5 makes the rest of the year 1.5 times that."""
        later = toy(location={(0, 0): math.log(1.5)})
        for months in range(1, 12):
            rest = 40 * (12 - months) / months
            assert alone(40.0, months, model=toy(), levels=[0.5]) == pytest.approx([40 + rest])
            assert alone(40.0, months, model=later, levels=[0.5]) == pytest.approx(
                [40 + 1.5 * rest]
            )

    @pytest.mark.parametrize("scale", [1.0, 0.5])
    def test_scale(self, scale):
        """The 90th percentile is the rest of the year times exp(1.2816), at half the scale its root."""
        model = toy(scale={(0, 0): math.log(scale)})
        high = alone(40.0, 6, model=model, levels=[0.9])
        assert high == pytest.approx([40 * (1 + math.exp(stats.norm.ppf(0.9) * scale))])

    def test_power_of_the_months(self):
        """Row k belongs to (m - 6) / 6 to the power k: a half and a quarter at nine months."""
        later = toy(location={(0, 0): 0.1, (1, 0): 0.2, (2, 0): 0.4})
        middle = alone(75.0, 9, model=later, levels=[0.5])
        assert middle == pytest.approx([75 * (1 + math.exp(0.1 + 0.1 + 0.1) / 3)])

    def test_nothing_read_from_the_last_total(self):
        """The total of the year asked for is not read."""
        parts = frame([50.0, 55.0])
        asked = {"months": 6, "quantiles": LEVELS}
        blind = tl.nowcast_panel(parts, frame([100.0, NAN]), **asked)
        told = tl.nowcast_panel(parts, frame([100.0, 5000.0]), **asked)
        assert np.array_equal(blind, told)


class TestSignals:
    """What is read of a pair."""

    def test_size(self):
        """Log of the months pro rata over US$148m; the part beyond two logs counts as large."""
        location, _ = read([100.0], [])
        assert (location[SIZE], location[LARGE]) == (pytest.approx(math.log(200) - 5), 0)
        location, scale = read([1500.0], [])
        assert location[LARGE] == pytest.approx(math.log(3000) - 7)
        assert scale[1] == location[SIZE]

    def test_growth(self):
        """60 in six months of a year after 50 of 100: both growths are log 1.2.

        Where only the total is known, the pro-rata growth stands in another column.
        """
        growth = math.log(1.2)
        location, scale = read([50.0, 60.0], [100.0])
        assert location[[KNOWS_TOTAL, KNOWS_MONTHS]].tolist() == [1, 1]
        assert location[[ON_TOTAL, ON_MONTHS, ON_TOTAL_ALONE]] == pytest.approx([growth, growth, 0])
        assert scale[7:] == pytest.approx(math.sqrt(growth))
        location, _ = read([NAN, 60.0], [100.0])
        assert location[[KNOWS_TOTAL, KNOWS_MONTHS]].tolist() == [1, 0]
        assert location[[ON_TOTAL, ON_MONTHS, ON_TOTAL_ALONE]] == pytest.approx([0, 0, growth])

    def test_an_old_total_is_not_last_years(self):
        """Without last year's total there is no growth, whatever older totals say."""
        location, _ = read([40.0, NAN, 60.0], [10.0, NAN])
        assert location[[KNOWS_TOTAL, KNOWS_MONTHS]].tolist() == [0, 0]
        assert location[[ON_TOTAL, ON_MONTHS, ON_TOTAL_ALONE, BEFORE]].tolist() == [0, 0, 0, 0]

    def test_own_shares(self):
        """Two years at 40 %: the mean vote for a late year, with three usual years added."""
        location, scale = read([40.0, 40.0, 60.0], [100.0, 100.0])
        vote = math.log(0.6 / 0.4)
        weight = 1 + 0.85
        assert location[MEAN] == pytest.approx(vote * weight / (weight + 3))
        assert location[VOTES] == pytest.approx(weight / (weight + 3))
        square = (weight * vote**2 + 2 * math.exp(-2)) / (weight + 2)
        assert scale[4] == pytest.approx(math.log(square) / 2 + 1)
        assert location[SPREAD_MEAN] == pytest.approx(location[MEAN] * scale[4])

    def test_of_years_before(self):
        """Growth of last year on the year before; one step of log 2 and two usual ones, of exp(-1)."""
        location, scale = read([NAN, NAN, 60.0], [50.0, 100.0])
        assert location[BEFORE] == pytest.approx(math.log(2))
        mean = (math.log(2) + 2 * math.exp(-1)) / 3
        assert location[JUMP] == pytest.approx(math.log(mean + 0.05) + 1)
        assert scale[STEPS_KNOWN] == pytest.approx(1 / 3)

    def test_nothing_known(self):
        """Only constant, size and the usual jumpiness are left."""
        location, scale = read([60.0], [])
        assert location[4:].tolist() == [0] * 15
        assert location[JUMP] == pytest.approx(math.log(math.exp(-1) + 0.05) + 1)
        assert scale[5:].tolist() == [0] * 4

    def test_no_trade_in_the_months(self):
        """Zero months count as a twentieth of last year's pro rata, and the year may still come."""
        none = cast([50.0, 0.0], [100.0])
        assert np.isfinite(none).all()
        assert 0 < none[1] < 100

    def test_tiny_totals_are_unknown(self):
        """A year below US$0.1m says nothing."""
        tiny = cast([0.01, 60.0], [0.09])
        assert tiny == pytest.approx(alone(60.0))

    def test_shares_of_other_months(self):
        """A pair's own shares may be of other months; a year has one vote, the mean."""
        shares = pd.DataFrame(
            {"year": [2020, 2021, 2021], "months": [6, 9, 3], "share": [0.4, 0.6, 0.25]}
        )
        totals = pd.Series({2020: 80.0, 2021: 100.0})
        past = nowcast.past_of_pair(2022, 9, totals=totals, shares=shares)
        of_nine = math.log(0.6 / 0.4) - math.log(3)
        assert past.votes[0, -2:] == pytest.approx([math.log(0.4 / 0.6), of_nine / 2])
        assert past.totals[0, -3:].tolist() == pytest.approx([NAN, 80, 100], nan_ok=True)
        assert past.last_part.tolist() == [60.0]
        at_seven = nowcast.past_of_pair(2022, 7, totals=totals, shares=shares)
        assert np.isnan(at_seven.last_part).all()


amounts = st.floats(1.0, 1e5)
histories = st.lists(
    st.tuples(st.floats(0.05, 0.95), amounts) | st.just((NAN, NAN)), min_size=0, max_size=6
)


class TestInvariants:
    """What holds for every pair."""

    @FEW
    @given(st.lists(st.tuples(amounts, histories), min_size=2, max_size=6), st.integers(1, 11))
    def test_alone_as_among_many(self, pairs, months):
        """A pair's answer is the same to the last bit among any others."""
        parts = np.full((len(pairs), 7), NAN)
        totals = np.full((len(pairs), 7), NAN)
        for i, (part, past) in enumerate(pairs):
            parts[i, -1] = part
            for age, (share, total) in enumerate(past, start=2):
                totals[i, -age] = total
                parts[i, -age] = share * total
        asked = {"months": months, "quantiles": LEVELS}
        together = tl.nowcast_panel(frame(*parts), frame(*totals), **asked)
        for i in range(len(pairs)):
            by_itself = tl.nowcast_panel(frame(parts[i]), frame(totals[i]), **asked)
            assert np.array_equal(by_itself[0], together[i])

    @FEW
    @given(amounts, histories, st.integers(1, 11))
    def test_never_below_the_months(self, part, past, months):
        """The year is more than its months, and quantiles ascend."""
        totals = [total for _, total in past]
        parts = [share * total for share, total in past]
        levels = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999]
        answer = cast([*parts, part], totals, months, levels=levels)
        assert answer[0] > part
        assert (np.diff(answer) > 0).all()

    @FEW
    @given(st.floats(2.0, 1e3), st.floats(1.0, 50.0), st.integers(1, 11))
    def test_currency(self, total, factor, months):
        """In another currency the answer is that many times as much, if size has no effect."""
        no_size = {"step_line": (-1.5, 0.0), "spread_line": (-1.5, 0.0)}
        location = np.array(MODEL.location)
        scale = np.array(MODEL.scale)
        location[:, [SIZE, LARGE, 11, 16]] = 0  # the last two are growths times size
        scale[:, [1, 2]] = 0
        model = replace(MODEL, location=location, scale=scale, **no_size)
        parts = np.array([0.5, 0.4, 0.6]) * total
        totals = np.array([1.1, 0.9]) * total
        plain = cast(parts, totals, months, model=model)
        scaled = cast(parts * factor, totals * factor, months, model=model)
        assert scaled == pytest.approx(plain * factor)

    @FEW
    @given(st.floats(3.0, 1e5), st.floats(0.02, 0.4), st.booleans())
    def test_more_months_narrow_the_range(self, total, step, has_past):
        """The more months of an even year are known, the less is open."""
        years = 8
        totals = total * np.exp(step * np.resize([0, 1], years))
        for model in VINTAGES:
            widths = []
            for months in (1, 2, 4, 6, 8, 11):
                parts = np.append(totals, total) * months / 12
                known = [parts, totals] if has_past else [parts[-1:], []]
                widths.append(width(cast(*known, months, model=model)))
            assert (np.diff(widths) < 0).all()

    @pytest.mark.parametrize("model", VINTAGES)
    @pytest.mark.parametrize("total", [5.0, 500.0, 50_000.0])
    def test_unknown_past_widens(self, model, total):
        """A calm past narrows the range: no past is wider than totals, and these than months too."""
        totals = total * np.exp(0.06 * np.resize([0, 1], 10))
        for months in (1, 6, 11):
            parts = np.append(totals, total) * months / 12
            full = width(cast(parts, totals, months, model=model))
            only_totals = width(cast([*[NAN] * 10, parts[-1]], totals, months, model=model))
            nothing = width(alone(parts[-1], months, model=model))
            assert full < only_totals < nothing, months

    @pytest.mark.parametrize("months", [2, 6, 10])
    def test_jumpier_and_smaller_are_wider(self, months):
        """A pair that jumps from year to year, or is small, is less certain."""
        ways = {}
        for name, total, step in (("calm", 500, 0.05), ("jumpy", 500, 0.6), ("small", 5, 0.05)):
            totals = total * np.exp(step * np.resize([0, 1], 8))
            parts = np.append(totals, total) * months / 12
            ways[name] = width(cast(parts, totals, months))
        assert ways["calm"] < ways["jumpy"]
        assert ways["calm"] < ways["small"]

    def test_own_late_years_count(self):
        """A pair whose years were late is believed the more, the more years there are."""
        years = (0, 1, 3, 8)
        medians = [cast([40.0] * (n + 1), [100.0] * n)[1] for n in years]
        assert medians[1] < medians[2] < medians[3]
        assert medians[0] < medians[3] <= 100

    def test_months_stand_against_last_year(self):
        """Months far above last year's end nearer to it; far below, the other way."""
        above = cast([50.0, 100.0], [100.0])[1]
        below = cast([50.0, 25.0], [100.0])[1]
        even = cast([50.0, 50.0], [100.0])[1]
        assert above / 200 < even / 100 < below / 50


class TestCases:
    """Cases that it was not learned from."""

    @pytest.mark.parametrize(
        ("part", "months", "year", "past"),
        [
            (75e3, 7, 75e3 * 12 / 7, [113e3]),
            (75e3, 7, 75e3 * 12 / 7, [92e3, 113e3]),
            (75e3, 7, 75e3 * 12 / 7, [113e3, NAN]),
            (6e3, 6, 12e3, [12e3]),
            (6e3, 6, 12e3, [7e3, 11.5e3, 15.2e3, 12e3]),
        ],
    )
    def test_large_pairs_go_by_the_calendar(self, part, months, year, past):
        """USA-Viet Nam and Brazil-India, with and without a past, are within 6 % of pro rata."""
        for known in (past, []):
            median = cast([*[NAN] * len(known), part], known, months)[1]
            assert median == pytest.approx(year, rel=0.06)

    def test_kazakhstan_turkmenistan(self):
        """The five part-years from 2022 on came out inside; 2021's did not, and it is said."""
        benchmark = loaded(ROOT / "benchmarks" / "part_year.py")
        rows = pd.DataFrame([benchmark.part_year(*row) for row in benchmark.PART_YEARS])
        since = rows[rows["year"] >= 2022]
        assert len(since) == 5
        assert since["inside"].all()
        assert since["error"].abs().mean() <= 0.078
        assert not rows["inside"].iloc[0]


def monthly(shares, *, pairs=60, years=20, noise=0.05, seed=0):
    """Months of pairs whose year is spread by `shares`, as a table to learn from."""
    rng = np.random.default_rng(seed)
    logs = rng.normal(4, 1.5, (pairs, 1)) + rng.normal(0, 0.2, (pairs, years)).cumsum(axis=1)
    even = np.asarray(shares) * np.exp(rng.normal(0, noise, (pairs, years, 12)))
    values = np.exp(logs)[:, :, None] * even / even.sum(axis=2, keepdims=True)
    index = pd.MultiIndex.from_product(
        [["AAA"], range(pairs), range(2000, 2000 + years), range(1, 13), ["export", "import"]],
        names=["reporter", "partner", "year", "month", "flow"],
    )
    column = np.repeat(values.ravel() / 2, 2)
    return pd.DataFrame({"value_musd": column}, index=index).reset_index()


@functools.cache
def learned(late=False, *, noise=0.05):
    """What is learned from years that are even, or late, made once."""
    return tl.fit_nowcast_model(monthly(LATE if late else EVEN, noise=noise))


EVEN = np.full(12, 1 / 12)
# Each year is as late as one whose first half holds 40 %: the same in logits at every month.
ODDS = np.arange(12) / np.arange(12, 0, -1) * 0.4 / 0.6
LATE = np.diff([*(ODDS / (1 + ODDS)), 1.0])


class TestLearning:
    """What is learned from tables with a planted truth."""

    def test_late_years(self):
        """Where every first half holds 40 %, the median of a pair without a past says so."""
        assert alone(40.0, model=learned(late=True))[1] == pytest.approx(100, rel=0.02)

    def test_noise_is_the_range(self):
        """More noise in the months, a wider range; four in five lie inside."""
        calm = learned()
        loud = learned(noise=0.3)
        assert width(alone(50.0, model=calm)) < width(alone(50.0, model=loud)) / 3
        judged = monthly(EVEN, noise=0.3, seed=1)
        cube = learn.cumulated(judged)["turnover"]
        part = cube[:, 10, 5]
        past = nowcast.past_of(cube[:, :10, 5], cube[:, :10, 11], months=6)
        low, _, high = nowcast.year_quantiles(part, past, months=6, quantiles=LEVELS, model=loud).T
        inside = (cube[:, 10, 11] > low) & (cube[:, 10, 11] < high)
        assert 0.65 < inside.mean() < 0.95

    def test_a_few_wild_cases_do_not_rule(self):
        """One month in a hundred at a hundred times its value moves no median by 2 %."""
        rng = np.random.default_rng(0)
        wild = monthly(LATE)
        wild.loc[rng.random(len(wild)) < 0.002, "value_musd"] *= 100
        clean = alone(40.0, model=learned(late=True))[1]
        assert alone(40.0, model=tl.fit_nowcast_model(wild))[1] == pytest.approx(clean, rel=0.03)

    def test_months_without_trade_may_be_missing(self):
        """A month that is not there is one without trade, as in Armenia's table."""
        table = monthly(EVEN, pairs=30, noise=0.3)
        rng = np.random.default_rng(0)
        none = rng.random(len(table)) < 0.2
        zeros = table.assign(value_musd=table["value_musd"].mask(none, 0.0))
        assert tl.fit_nowcast_model(zeros) == tl.fit_nowcast_model(zeros[~none])

    def test_one_flow_alone(self):
        """A table of one flow alone can be learned from."""
        table = monthly(EVEN, pairs=30)
        for flow in ("export", "import"):
            model = tl.fit_nowcast_model(table[table["flow"] == flow])
            assert alone(50.0, model=model)[1] == pytest.approx(100, rel=0.02)

    def test_known_by(self):
        """Later years are not used."""
        table = monthly(EVEN)
        model = tl.fit_nowcast_model(table, known_by=2012)
        assert model == tl.fit_nowcast_model(table[table["year"] <= 2012])
        assert model.known_from == "2012-12-31"

    def test_hidden_pasts(self):
        """Some of every kind of past are hidden, and nothing is made up."""
        rng = np.random.default_rng(0)
        ones = np.ones((4000, 12))
        hidden = learn.hidden(Past(ones, ones, np.ones(4000)), rng)
        no_total = np.isnan(hidden.totals[:, -1])
        no_votes = np.isnan(hidden.votes).all(axis=1)
        no_part = np.isnan(hidden.last_part)
        assert 0.3 < no_total.mean() < 0.6
        assert 0.3 < no_votes.mean() < 0.6
        assert (no_part >= (no_total | np.isnan(hidden.votes[:, -1]))).all()
        assert (no_part & ~no_total & ~no_votes).any()
        assert set(np.unique(np.isfinite(hidden.totals).sum(axis=1))) == set(range(13))

    def test_too_little(self):
        """A table of a few pairs is refused, and so is one without a column."""
        with pytest.raises(ValueError, match="500 years of pairs or more.*give a larger table"):
            tl.fit_nowcast_model(monthly(EVEN, pairs=3, years=4))
        with pytest.raises(ValueError, match="monthly turnover lacks flow; it has"):
            tl.fit_nowcast_model(monthly(EVEN, pairs=3, years=4).drop(columns="flow"))


class TestShipped:
    """The numbers that ship."""

    def test_vintages(self):
        """Each day gets the newest vintage that was known; before the first there is none."""
        expected = ["2020-12-31", "2022-06-30", "2025-02-28"]
        assert [model.known_from for model in VINTAGES] == expected
        assert tl.nowcast_model() == MODEL
        assert "1985-2021 (US Census Bureau)" in tl.nowcast_model(as_of="2022-10-05").trained_on
        with pytest.raises(tl.NoAnswerError, match="was not known by 2020-12-30"):
            tl.nowcast_model(as_of="2020-12-30")
        parts = frame([60.0])
        asked = {"months": 6, "quantiles": [0.5]}
        of_day = tl.nowcast_panel(parts, frame([NAN]), as_of="2021-01-01", **asked)
        assert of_day == tl.nowcast_panel(parts, frame([NAN]), model=VINTAGES[0], **asked)

    def test_round_trip(self):
        """Through JSON and back it is the same."""
        for model in VINTAGES:
            assert NowcastModel.from_dict(model.to_dict()) == model
        assert MODEL.summary().startswith("The nowcast model, known from 2025-02-28, learned from")

    @pytest.mark.parametrize(
        ("part", "value", "message"),
        [
            ("location", [[0.0] * 19] * 2, r"location has shape \(3, 19\), got shape \(2, 19\)"),
            ("scale", [[0.0] * 9] * 2 + [[NAN] * 9], "scale holds a number that is not finite"),
            ("shock", "many", "shock holds no table of numbers"),
            ("shock", None, "it has no shock"),
            ("step_line", [1.0], r"step_line has shape \(2,\)"),
            ("known_from", "2022", "known_from is an ISO day"),
            ("trained_on", 3, "trained_on is a text"),
        ],
    )
    def test_spoilt(self, part, value, message):
        """A part that is not there, of another shape, or that is no number, is named."""
        plain = MODEL.to_dict() | {part: value}
        if value is None:
            del plain[part]
        with pytest.raises(ValueError, match=f"this is no nowcast model: {message}"):
            NowcastModel.from_dict(plain)

    @pytest.mark.skipif(not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)")
    @pytest.mark.no_cover
    @pytest.mark.rebuilt
    def test_rebuilt(self):
        """One script rebuilds every vintage from the panel."""
        module = loaded(ROOT / "data" / "prepare" / "nowcast_model.py")
        months = module.months(FOLDER)
        assert list(module.VINTAGES) == [model.known_from for model in VINTAGES]
        for model in VINTAGES:
            rebuilt = module.vintage(months, model.known_from)
            assert rebuilt.trained_on == model.trained_on
            for name in ("location", "scale", "shock", "step_line", "spread_line"):
                mine = np.array(getattr(rebuilt, name))
                theirs = np.array(getattr(model, name))
                assert np.abs(mine - theirs).max() <= 1e-4


# Six months of two pairs, and their totals.
PARTS = frame([50.0, 60.0], [5.0, 6.0])
TOTALS = frame([100.0, NAN], [10.0, NAN])
GAP = PARTS.set_axis([2020, 2022], axis=1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"months": 0}, "a part-year has 1 to 11 months, got 0"),
        ({"quantiles": [0.0]}, "quantiles lie between 0 and 1"),
        ({"quantiles": [NAN]}, "quantiles lie between 0 and 1"),
        ({"parts": frame([50, 60], [50, NAN])}, "1 of 2 pairs have no months of 2022, such as P1"),
        ({"parts": frame([50, -1], [5, 6])}, "year_to_date must be .* for P0 in 2022"),
        ({"totals": frame([-1, NAN], [10, NAN])}, "totals must be .* for P0 in 2021"),
        ({"parts": GAP, "totals": GAP}, r"consecutive years in order, got \[2020, 2022\]"),
        ({"totals": frame([100.0], [10.0])}, "both frames have the same years, the last the year"),
        ({"totals": TOTALS.iloc[:1]}, "the same pairs; P1 is in one of them only"),
        ({"parts": PARTS.iloc[[0, 0]]}, "P0 is given twice in year_to_date; keep one"),
        (
            {"parts": PARTS.iloc[:0], "totals": TOTALS.iloc[:0]},
            "year_to_date needs pairs and years",
        ),
    ],
)
def test_refused(changed, message):
    """Bad months, levels, cells, years and pairs are named, with the way out."""
    asked = {"parts": PARTS, "totals": TOTALS, "months": 6, "quantiles": LEVELS} | changed
    with pytest.raises(ValueError, match=message):
        tl.nowcast_panel(asked.pop("parts"), asked.pop("totals"), **asked)


def test_the_order_of_pairs_does_not_matter():
    """Each pair finds its own totals."""
    asked = {"months": 6, "quantiles": LEVELS}
    turned = tl.nowcast_panel(PARTS, TOTALS.iloc[::-1], **asked)
    assert np.array_equal(tl.nowcast_panel(PARTS, TOTALS, **asked), turned)
