"""The official methods scored: cases worked by hand, invariants, and the table that ships."""

import math
import re

import numpy as np
import pandas as pd
import progress_record as prepare
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from verdicts import PAIR

import tradelib as tl
from tradelib.core import flows
from tradelib.science.assessment import table as table_module
from tradelib.science.pledges.progress_methods import METHODS, SIZES, method_calls

FOLDER = ROOT.parent / "shared" / "panel"
CHANCE = 0.25
# 100 million to double in five years, called after two.
FIVE = {
    "P1": [100, 120, 150, 170, 190, 250],  # 150 (1.5)^1.5 = 275.6: on track, and it came
    "P2": [100, 95, 90, 85, 85, 80],  # fell: regression
    "P3": [100, 150, 220, 240, 200, 150],  # there already, and no longer at the end
    "P4": [100, 105, 110, 120, 130, np.nan],  # 110 (1.1)^1.5 = 126.9: marginal; nobody knows
    "P5": [100, 150, np.nan, 200, 250, 300],  # no value to call on
    "P6": [0.5, 1, 2, 3, 4, 5],  # below US$1m
}


def wide(rows, first=2000):
    """A row a pair, a column a year."""
    table = pd.DataFrame.from_dict(rows, orient="index", dtype=float)
    return table.set_axis(range(first, first + table.shape[1]), axis=1)


def fixed(start, ago, left, multiple, pairs):
    """The same chance for every pair."""
    return np.full(len(pairs), CHANCE)


def counted(table, chance=fixed, *, multiple=2, span=5, ago=2, starts=(2000,)):
    """Counts of one kind of target, called after so many years."""
    kind = {"multiple": multiple, "span": span, "ago": ago}
    parts = [prepare.windows(table, chance, start=start, **kind) for start in starts]
    return pd.concat([prepare.counted(part) for part in parts])


def summed(*args, **options):
    """The record of `counted`, by method, status and size."""
    return prepare.summed(counted(*args, **options)).set_index(["method", "status", "size"])


class TestByHand:
    """Five pairs whose calls and outcomes can be read off."""

    record = summed(wide(FIVE)).xs("all", level="size")

    def test_calls(self):
        """Each pair has the status that its two values give, and what came of it."""
        un = self.record.loc["un_2026"]
        assert un[["n", "missing", "share", "ever"]].to_dict("index") == {
            "on track": {"n": 1, "missing": 0, "share": 1, "ever": 1},
            "regression": {"n": 1, "missing": 0, "share": 0, "ever": 0},
            "target met": {"n": 1, "missing": 0, "share": 0, "ever": 1},
            "any": {"n": 3, "missing": 2, "share": 1 / 3, "ever": 2 / 3},
        }
        statuses = self.record.loc["open_sdg"].index
        assert set(statuses) == {"on track", "deterioration", "target met", "any"}

    def test_exactly_there(self):
        """Twice to the dollar is met."""
        record = summed(wide({"P": [100, 120, 150, 170, 190, 200.0]}))
        assert record.loc[("un_2026", "any", "all"), "share"] == 1

    def test_the_model(self):
        """Its mean chance, and its Brier score on the same three cases: .75, .25, .25 squared."""
        any_ = self.record.loc[("un_2026", "any")]
        assert any_["chance"] == CHANCE
        assert any_["brier_model"] == pytest.approx((0.75**2 + 2 * 0.25**2) / 3)
        on_track = self.record.loc[("un_2026", "on track")]
        assert on_track["brier_model"] == pytest.approx(0.75**2)

    def test_one_start_year(self):
        """It has no interval, and no other year to take a share from."""
        assert (self.record["starts"] == 1).all()
        assert self.record[["low", "high", "brier_call"]].isna().all(axis=None)

    def test_eurostat_needs_its_window(self):
        """Five years back from 2002 there is nothing: no call, no row."""
        assert set(self.record.index.get_level_values("method")) == {"un_2026", "open_sdg"}
        longer = {"P": [50.0, 60, 70, 80, 90, 100, 120, 150, 160, 180, 210]}
        record = summed(wide(longer, 1995)).xs("all", level="size")
        # 70 (1997) to 150 (2002), 200 asked by 2005: 16.5 % a year where 14.0 % was needed.
        assert record.loc[("eurostat_5", "significant progress"), "share"] == 1
        before = {"P": [50.0, 60, 260, 80, 90, 100, 120, 150, 160, 180, 210]}
        record = summed(wide(before, 1995)).xs("all", level="size")
        assert record.loc[("eurostat_5", "target met at base"), "n"] == 1

    def test_missing_in_a_status(self):
        """What was called and never known counts as missing in its status, not as a miss."""
        both = counted(wide(FIVE | {"P7": [100, 105, 110, 120, 130, 250]}))
        record = prepare.summed(both).set_index(["method", "status", "size"])
        marginal = record.loc[("un_2026", "marginal progress", "all")]
        assert marginal[["n", "missing", "share"]].tolist() == [1, 1, 1]

    def test_sizes(self):
        """Each class by turnover at the start, its lower edge in it."""
        base = [1, 19.9, 20, 199, 200, 1999, 2000, 9e5]
        rows = {f"P{i}": [value] * 5 + [3 * value] for i, value in enumerate(base)}
        counts = summed(wide(rows)).loc["un_2026", "stagnation"]["n"]
        assert counts.to_dict() == dict.fromkeys(SIZES, 2) | {"all": 8}


def rows(first, second):
    """Pairs all called on track, of two start years, by what came of each."""
    start = [100, 120, 150, 160, 170]
    early = {f"A{i}": [*start, 250 if came else 150] for i, came in enumerate(first)}
    late = {f"B{i}": [*start, 250 if came else 150] for i, came in enumerate(second)}
    return pd.concat([wide(early), wide(late, 2001)])


def test_two_start_years():
    """Of two in 2000 one came, of one in 2001 it did: shares of the other year, scored by hand.

    2000 is told 1 of 1: 0 + 1; 2001 is told 1 of 2: 0.25. Resampled, years have shares of 1/2, 1
    and 2/3, so that the band runs from the least to the most.
    """
    table = rows([True, False], [True])
    row = summed(table, starts=(2000, 2001)).loc[("un_2026", "on track", "all")]
    assert row["share"] == pytest.approx(2 / 3)
    assert row["brier_call"] == pytest.approx(1.25 / 3)
    assert row[["low", "high", "starts"]].tolist() == [0.5, 1, 2]
    every = summed(table, starts=(2000, 2001)).loc[("un_2026", "any", "all")]
    assert every["brier_call"] == pytest.approx(1.25 / 3)


def test_calls_score_by_their_status():
    """Together, each call is told the share of its own status; one never seen elsewhere has none."""
    up = [100, 120, 150, 160, 170, 250]
    down = [100, 95, 90, 90, 90, 90]
    early = wide({"A": up, "B": down})
    table = pd.concat([early, wide({"C": up, "D": down}, 2001)])
    record = summed(table, starts=(2000, 2001))
    assert record.loc[("un_2026", "any", "all"), "brier_call"] == 0
    table = pd.concat([early, wide({"C": up}, 2001)])
    scores = summed(table, starts=(2000, 2001))["brier_call"]
    assert math.isnan(scores[("un_2026", "regression", "all")])
    assert math.isnan(scores[("un_2026", "any", "all")])
    assert scores[("un_2026", "on track", "all")] == 0


STEPS = st.lists(st.lists(st.floats(-1, 1), min_size=7, max_size=7), min_size=2, max_size=12)


@settings(max_examples=10)
@given(STEPS, st.sampled_from([1.5, 2, 4]), st.sampled_from([1, 2, 3, 4]))
def test_invariants(steps, multiple, ago):
    """Statuses make up all calls; shares lie in their bands; order and currency change nothing."""
    logs = 4 + np.cumsum(np.c_[np.zeros(len(steps)), steps], axis=1)
    table = wide({f"P{i}": np.exp(row) for i, row in enumerate(logs)})
    options = {"multiple": multiple, "ago": ago, "starts": (2000, 2001, 2002)}
    record = summed(table, **options).reset_index()
    together = record["status"] == "any"
    single = record[~together].groupby(["method", "size"])["n"].sum()
    every = record[together].set_index(["method", "size"])["n"]
    assert single.sort_index().equals(every.sort_index())
    assert (record["share"] <= record["ever"]).all()
    banded = record.dropna(subset="low")
    assert banded["low"].le(banded["share"] + 1e-9).all()
    assert banded["high"].ge(banded["share"] - 1e-9).all()
    other = summed(8 * table.iloc[::-1], **options).xs("all", level="size")
    same = record[record["size"] == "all"].drop(columns="size").set_index(["method", "status"])
    pd.testing.assert_frame_equal(other, same)


def test_calls_are_those_of_progress():
    """Many pairs at once are called as each is by `tradelib.progress`."""
    rng = np.random.default_rng(0)
    base, last = np.exp(rng.normal(5, 1, size=(2, 40)))
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=400, deadline=2027)
    for name in ("un_2026", "open_sdg"):
        ratios, statuses = method_calls(METHODS[name], base, last, 400.0, ago=3, left=4)
        for start, end, ratio, status in zip(base, last, ratios, statuses, strict=True):
            ends = pd.Series({2020: start, 2023: end}, name="turnover_musd")
            every = ends.reindex(range(2020, 2024)).interpolate()
            history = every.rename_axis("year").reset_index()
            row = tl.progress(history, target).set_index("method").loc[name]
            assert row["status"] == status
            assert row["ratio"] == pytest.approx(ratio, nan_ok=True)
    _, statuses = method_calls(METHODS["un_2026"], base, last, 400.0, ago=3, left=4)
    assert {"target met", "target met at base", "on track", "regression"} <= set(statuses)


def test_met_before_all():
    """At or above the target now is met, whatever was before; fallen below it, met at base."""
    ratio, status = method_calls(
        METHODS["un_2026"], [500, 400, 100], [400, 300, 200], 400, ago=3, left=4
    )
    assert status.tolist() == ["target met", "target met at base", "on track"]
    assert np.isnan(ratio).tolist() == [True, True, False]
    for method in METHODS.values():  # nothing asked and nothing done is no division to warn of
        _, status = method_calls(method, [400.0], [400.0], 400.0, ago=3, left=4)
        assert status.tolist() == ["target met"]


class TestTheModelsChance:
    """What the growth model says of a case, from what was known at the call."""

    table = wide({f"A{i:02}-B{i:02}": [100.0, 110, 120, 130, 140, 150] for i in range(3)})

    def chances(self, table, multiple=2):
        """Chances of such a multiple by 2005, called in 2002; the years whose model was asked for."""
        years = []

        def models(year):
            years.append(year)
            return tl.growth_model()

        chance = prepare.likelihood(table, models)
        return chance(2000, 2, 3, multiple, [0, 1, 2]).tolist(), years

    def test_its_median_is_even(self):
        """A target at its median has an even chance."""
        history = self.table.loc[:, :2002]
        model = tl.growth_model()
        medians = tl.forecast_panel(history, horizons=[3], quantiles=[0.5], model=model)
        even, _ = self.chances(self.table, medians[0, 0, 0] / 100)
        assert even == pytest.approx([0.5] * 3)

    def test_it_sees_nothing_later(self):
        """Years after the call change no chance; the model is that of the call's year."""
        later = self.table.copy()
        later.loc[:, 2003:] = 1e6
        assert self.chances(later) == self.chances(self.table)
        assert self.chances(self.table)[1] == [2002]

    def test_a_fall_below_the_floor(self):
        """It is read as the floor, an earlier year below it as unknown."""
        low = self.table.copy()
        low[2001], low[2002] = 0.2, 0.1
        floor = self.table.copy()
        floor[2001], floor[2002] = np.nan, 1.0
        assert self.chances(low) == self.chances(floor)


def test_refitted_sees_only_its_past():
    """One fit a year, of the panels up to it."""
    rng = np.random.default_rng(0)
    names = [f"A{i}-B{i}" for i in range(80)]
    logs = 5 + rng.normal(size=(80, 9)).cumsum(axis=1)
    panel = pd.DataFrame(
        {
            "pair": np.repeat(names, 9),
            "year": np.tile(np.arange(2000, 2009), 80),
            "turnover_musd": np.exp(logs).ravel(),
        }
    )
    models = prepare.refitted({"one": panel}, ())
    later = panel.assign(turnover_musd=panel["turnover_musd"].where(panel["year"] < 2008, 1.0))
    assert models(2007) == prepare.refitted({"one": later}, ())(2007)
    assert models(2007) is models(2007)


class TestWhatShips:
    """The bundled table, its filters, and the same from the panel."""

    def test_every_cell_is_there(self):
        """Four methods, three multiples, two spans, each year on the way, four sizes and all."""
        record = tl.progress_record(size=None)
        assert not record.duplicated(prepare.CELL).any()
        assert set(record["method"]) == set(METHODS)
        two = record[record["method"].isin(["un_2026", "open_sdg"]) & (record["status"] == "any")]
        assert len(two) == 2 * 3 * (4 + 9) * 5
        assert set(record["size"]) == {*SIZES, "all"}
        shares = record[["share", "ever", "chance", "brier_model"]].to_numpy()
        assert ((shares >= 0) & (shares <= 1)).all()

    def test_filters(self):
        """Each keeps its own; sizes come together unless asked for; rows are numbered anew."""
        asked = {
            "method": "open_sdg",
            "status": "on track",
            "multiple": 1.5,
            "span": 10,
            "left": 4,
            "size": "over 2bn",
        }
        record = tl.progress_record(**asked)
        assert record[list(asked)].to_dict("records") == [asked]
        assert list(record.index) == [0]
        assert set(tl.progress_record()["size"]) == {"all"}

    @pytest.mark.parametrize(
        ("filters", "message"),
        [
            ({"method": "who"}, "no method 'who' there; it has eurostat_15, "),
            ({"status": "fine"}, "no status 'fine' there"),
            ({"multiple": 3}, r"no multiple 3 there; it has 1\.5, 2\.0, 4\.0$"),
            ({"span": 7}, "no span 7 there; it has 5, 10$"),
            ({"span": 5, "left": 5}, "no left 5 there; it has 1, 2, 3, 4$"),
            ({"size": "big"}, "no size 'big' there; it has 200m to 2bn, 20m to 200m, all"),
        ],
    )
    def test_what_is_not_there(self, filters, message):
        """An error names the filter that left nothing, and what it could have been."""
        with pytest.raises(ValueError, match=f"^the record has {message}"):
            tl.progress_record(**filters)

    def test_as_of(self):
        """Refused before the panel was public."""
        with pytest.raises(ValueError, match="record of official methods"):
            tl.progress_record(as_of="2020-12-30")
        assert len(tl.progress_record(as_of="2020-12-31")) == len(tl.progress_record())

    @pytest.mark.skipif(not FOLDER.is_dir(), reason="the panels are not at hand (../shared/panel)")
    def test_the_same_from_the_panel(self):
        """Calls with three of five years left: counts, shares, bands and scores of the calls."""
        from growth_model import panels

        table = flows.by_pair(panels(FOLDER)["ITPD-E"])
        record = summed(table, starts=range(2000, 2012)).round(prepare.DIGITS).sort_index()
        kind = {"multiple": 2, "span": 5, "left": 3, "size": None}
        shipped = tl.progress_record(**kind).set_index(["method", "status", "size"]).sort_index()
        same = ["n", "missing", "starts", "share", "low", "high", "ever", "brier_call"]
        pd.testing.assert_frame_equal(record[same], shipped[same], check_dtype=False)

    @pytest.mark.skipif(not FOLDER.is_dir(), reason="the panels are not at hand (../shared/panel)")
    @pytest.mark.rebuilt
    def test_the_same_model(self):
        """Eurostat's long method has one year to call in: the model fitted by then, scored."""
        from growth_model import dollar, panels

        tables = panels(FOLDER)
        table = flows.by_pair(tables["ITPD-E"])
        chance = prepare.likelihood(table, prepare.refitted(tables, dollar(FOLDER, 2023)))
        record = summed(table, chance, ago=4, starts=(2011,)).loc["eurostat_15"]
        kind = {"method": "eurostat_15", "multiple": 2, "span": 5, "left": 1, "size": None}
        shipped = tl.progress_record(**kind).set_index(["status", "size"]).sort_index()
        same = ["n", "share", "chance", "brier_model"]
        record = record.round(prepare.DIGITS).sort_index()
        pd.testing.assert_frame_equal(record[same], shipped[same], check_dtype=False, atol=2e-3)


class TestInTheVerdict:
    """Beside each official call stands how often such a call came true."""

    history = PAIR[PAIR["year"] >= 2022]

    def evidence(self, goal, deadline, levels=(200.0, 210, 240, 280)):
        """The evidence on a target of a pair with these levels since 2022."""
        target = tl.Target(reporter="KAZ", partner="TKM", value_musd=goal, deadline=deadline)
        history = self.history.assign(turnover_musd=levels)
        return tl.assess(target, history=history).evidence.set_index("key")

    def test_the_number_is_the_records(self):
        """200m in 2022 to 1,000m in 2027: five times reads as four, on the record's own terms."""
        table = self.evidence(800, 2027, self.history["turnover_musd"])
        call = table.loc["un_2026", "item"].split(": ")[1]
        kind = {"method": "un_2026", "status": call, "multiple": 4, "span": 5, "left": 2}
        on_record = tl.progress_record(**kind, size="200m to 2bn").iloc[0]
        row = table.loc["un_2026_came"]
        expected = on_record[["share", "low", "high"]]
        assert row[["value", "low", "high"]].tolist() == expected.tolist()
        assert row["item"].startswith(f"of {on_record['n']:,} targets to trade 4 times as much")
        assert f'called "{call}" by United Nations, 2026, with 2 years left' in row["item"]

    @pytest.mark.parametrize(
        ("goal", "deadline", "there"),
        [
            (250, 2027, True),
            (249, 2027, False),
            (1100, 2027, True),
            (1101, 2027, False),
            (280, 2025, False),
        ],
    )
    def test_only_where_a_like_target_is_on_record(self, goal, deadline, there):
        """From 1.25 to 5.5 times the 200m at the start, and while years are left."""
        assert ("un_2026_came" in self.evidence(goal, deadline).index) == there

    @pytest.mark.parametrize(
        ("goal", "deadline", "like"),
        [
            (580, 2027, ("4", "5", "2")),
            (560, 2027, ("2", "5", "2")),
            (800, 2032, ("4", "10", "7")),
            (400, 2030, ("2", "10", "5")),
        ],
    )
    def test_the_nearest_on_record(self, goal, deadline, like):
        """Of multiples in proportion, of spans in years."""
        item = self.evidence(goal, deadline).loc["un_2026_came", "item"]
        numbers = re.search(r"trade (\d) times .* within (\d+) years .* with (\d) years left", item)
        assert numbers.groups() == like

    def test_few_calls_say_nothing(self, monkeypatch):
        """Fewer than thirty calls are no share."""
        monkeypatch.setattr(table_module, "CALLS", 10**9)
        assert "un_2026_came" not in self.evidence(800, 2027).index
