"""Pledges asked again on past days: by hand, and that nothing later than a day moves its rows."""

from dataclasses import replace as changed
from datetime import date

import growth_model
import numpy as np
import pandas as pd
import pytest
import replay as prepare
from conftest import ROOT

import tradelib as tl
from tradelib.datasets.pair_series import Report
from tradelib.science.forecasting.growth_model import NODES, Coefficients, GrowthModel
from tradelib.science.pledges.combined import combined_of

# Panels that are not published.
FOLDER = ROOT.parent / "shared" / "panel"
# What a row says of a day; the others say what came.
OF_THE_DAY = [
    *("target_id", "asked_on", "last_year", "last_musd", "said", "tier", "model_known_by"),
    *("constant", "regression", "combined", "on_track", "growth_carried_on"),
]
YEARS = range(2000, 2016)
# Pledges of pairs of made-up figures; a few pairs pledge twice.
PAIRS = ["KAZ-TKM", "CHN-KAZ", "IND-IRN", "BRA-IND", "FRA-VNM", "THA-VNM", "ITA-UZB", "KEN-TUR"]


def panel(seed=0):
    """Turnover by pair and year, US$ million: random walks of logs."""
    rng = np.random.default_rng(seed)
    walks = rng.normal(0.08, 0.25, size=(len(PAIRS), len(YEARS))).cumsum(axis=1)
    return pd.DataFrame(200 * np.exp(walks), PAIRS, YEARS)


PANEL = panel()


def pledge(number, pair, announced, *, years=4, multiple=1.6, **changes):
    """A pledge to multiply what was traded the year before its announcement."""
    reporter, partner = pair.split("-")
    base = announced - 1
    value = PANEL.loc[pair, base]
    window = PANEL.loc[pair, announced : announced + years]
    row = {
        "target_id": f"{pair}-{announced}",
        "pair": pair,
        "reporter": reporter,
        "partner": partner,
        "scope": "pair",
        "currency": "USD",
        "announced": f"{announced}-03-01",
        "released": pd.Timestamp(announced, 3, 1),
        "baseline_year": base,
        "baseline_musd": value,
        "target_musd": multiple * value,
        "deadline": announced + years,
        "asked": multiple ** (1 / (years + 1)) - 1,
        "horizon": years,
        "on_time": bool((window >= multiple * value).any()),
        "resolved": pd.Timestamp(announced + years + 1, 6, 30),
        "batch": 1 + number % 3,
    }
    return row | changes


PLEDGES = pd.DataFrame(
    [pledge(i, pair, year) for i, pair in enumerate(PAIRS) for year in (2003 + i % 3, 2008 + i % 2)]
)


def figures_of(table):
    """What was out of a table by a day: a year's figures on 30 June of the next."""

    def years_out(row, day):
        last = day.year - 1 if (day.month, day.day) >= (6, 30) else day.year - 2
        return table.loc[row.pair, :last]

    return years_out


def cheap(table):
    """A model that learns one number from the years up to one: the mean growth of all pairs."""

    def model_of(year):
        steps = np.log(table.loc[:, :year]).diff(axis=1)
        normal = (-2.33, -1.88, *np.linspace(-1.64, 1.64, NODES.size - 4), 1.88, 2.33)
        learned = Coefficients(
            location=((float(np.nanmean(steps)), 0.0, -0.1, 0.0), (0.05, 0.0, 0.0, 0.0)),
            scale=((-1.0, 0.4, 0.0, 0.0), (0.4, 0.0, 0.0, 0.0)),
            shock=(normal, (0.0,) * NODES.size),
        )
        return GrowthModel(
            among=learned,
            alone=learned,
            size_line=(-1.0, -0.05),
            memory=(0.8, 0.1),
            trained_on="made-up figures",
            known_from=f"{year}-12-31",
        )

    return model_of


def replayed(pledges=PLEDGES, *, figures=PANEL, learned=PANEL):
    """The rows."""
    return prepare.replay(pledges, cheap(learned), figures=figures_of(figures))


@pytest.fixture(scope="module", autouse=True)
def few_are_enough():
    """Four pledges of others are a share, so that a few pairs are a world."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepare, "LEAST_RESOLVED", 4)
        yield


@pytest.fixture(scope="module")
def rows():
    """The rows of the made-up pledges."""
    return replayed()


def of_day(table, until):
    """What the rows of the days up to one say of their day."""
    return table.loc[table["asked_on"] <= until, OF_THE_DAY].reset_index(drop=True)


class TestPoison:
    """Whatever was not known by a day, however wild, moves no row of the day or of one before."""

    DAYS = ("2008-03-01", "2010-06-30")

    @pytest.mark.parametrize("day", DAYS)
    def test_figures_and_outcomes(self, rows, day):
        """Figures not out by the day, years not over for the model, and later outcomes."""
        limit = pd.Timestamp(day)
        out = figures_of(PANEL)
        wild = PANEL * np.random.default_rng(1).lognormal(0, 3, PANEL.shape)
        last_out = out(PLEDGES.iloc[0], limit.date()).index[-1]
        unseen = PANEL.copy()
        unseen.loc[:, last_out + 1 :] = wild.loc[:, last_out + 1 :]
        not_over = PANEL.copy()
        not_over.loc[:, limit.year :] = wild.loc[:, limit.year :]
        later = PLEDGES["resolved"] > limit
        pledges = PLEDGES.assign(on_time=PLEDGES["on_time"] ^ later)
        poisoned = replayed(pledges, figures=unseen, learned=not_over)
        clean = of_day(rows, day)
        assert len(clean) > 5
        pd.testing.assert_frame_equal(of_day(poisoned, day), clean)

    def test_what_was_known_counts(self, rows):
        """The newest figure out, the last year over, and a resolved outcome do move them."""
        day = "2010-06-30"
        clean = of_day(rows, day)
        seen = PANEL.copy()
        seen[2009] *= 1.5
        moved = of_day(replayed(figures=seen), day)
        assert not moved["last_musd"].equals(clean["last_musd"])
        moved = of_day(replayed(learned=seen), day)
        assert not moved["said"].equals(clean["said"])
        by_then = PLEDGES["resolved"] <= pd.Timestamp(day)
        assert by_then.any()
        moved = of_day(replayed(PLEDGES.assign(on_time=PLEDGES["on_time"] ^ by_then)), day)
        assert not moved["constant"].equals(clean["constant"])
        assert not moved["regression"].equals(clean["regression"])
        assert not moved["combined"].equals(clean["combined"])
        assert moved["said"].equals(clean["said"])

    @pytest.mark.parametrize("day", [date(2012, 5, 1), date(2016, 6, 30)])
    def test_the_bundled_figures(self, monkeypatch, day):
        """Of each bundled source nothing is read of a year that was not out by its own lag."""
        scored = tl.pledges.scored_pledges(tl.load_targets())
        dated = scored[scored["baseline_year"].notna() & (scored["scope"] == "pair")]
        some = list(dated.iloc[::25].itertuples())
        clean = [prepare.years_out(row, day) for row in some]
        reports = prepare.pair_series.reports

        def poisoned(a, b):
            held = {}
            for source, report in reports(a, b).items():
                last = prepare.last_out(source, day)
                flows = [
                    {year: v * (1 if year <= last else 1000) for year, v in flow.items()}
                    | {2150: 1.0}
                    for flow in (report.exports, report.imports)
                ]
                held[source] = Report(source, report.reporter, report.partner, *flows)
            return held

        monkeypatch.setattr(prepare.pair_series, "reports", poisoned)
        for row, series in zip(some, clean, strict=True):
            pd.testing.assert_series_equal(prepare.years_out(row, day), series)
        assert max(map(len, clean)) > 5


class TestByHand:
    """Numbers worked out, through the library's public functions where there are any."""

    def test_the_chance(self, rows):
        """It is the model's chance of any year up to the deadline, from the figures out by then."""
        for row in rows.iloc[::7].itertuples():
            day = date.fromisoformat(row.asked_on)
            target = PLEDGES.set_index("target_id").loc[row.target_id]
            history = figures_of(PANEL)(target, day)
            assert (row.last_year, row.last_musd) == (history.index[-1], round(history.iloc[-1], 1))
            table = pd.DataFrame({"year": history.index, "turnover_musd": history.to_numpy()})
            model = cheap(PANEL)(day.year - 1)
            forecast = tl.forecasting.outlook(table, model=model)
            ahead = target["deadline"] - row.last_year
            chance = forecast.passage(target["target_musd"])[ahead - 1]
            assert row.said == pytest.approx(chance, abs=1e-4)
            assert row.model_known_by == day.year - 1

    def test_corrected_for_era_and_china(self, rows):
        """Learned from other pairs' rows of pledges that were resolved by the day."""
        for row in rows.itertuples():
            others = rows[(rows["released"] <= row.asked_on) & (rows["pair"] != row.pair)]
            learned = combined_of(others, least=4)
            if learned is None:
                assert np.isnan(row.combined)
            else:
                expected = learned.chances(rows.loc[[row.Index]])["chance"].iloc[0]
                assert row.combined == pytest.approx(expected, abs=0.01)
        assert rows["combined"].notna().any()


class TestShipped:
    """The table that ships."""

    def test_keys(self):
        """A pledge and a day once; each is in the registry, asked while it was open."""
        rows = tl.replay()
        assert not rows.duplicated(["target_id", "asked_on"]).any()
        scored = tl.pledges.scored_pledges(tl.load_targets())
        registry = scored.set_index("target_id").loc[rows["target_id"]]
        assert rows["came"].tolist() == registry["on_time"].astype(int).tolist()
        assert (rows["released"].to_numpy() == registry["resolved"].to_numpy()).all()
        assert (rows["asked_on"] < rows["released"]).all()
        assert (rows["year"] - rows["last_year"]).max() <= prepare.FRESH_YEARS
        assert (rows["model_known_by"] == rows["year"] - 1).all()

    def test_five_rows(self):
        """What was out, the share kept so far and growth carried on, from the registry."""
        scored = tl.pledges.scored_pledges(tl.load_targets())
        registry = scored.set_index("target_id", drop=False)
        rows = tl.replay()
        known = rows[rows["constant"].notna()]
        for row in known.iloc[:: len(known) // 5].itertuples():
            (target,) = registry.loc[[row.target_id]].itertuples()
            others = scored[(scored["resolved"] <= row.asked_on) & (scored["pair"] != row.pair)]
            assert row.constant == pytest.approx(others["on_time"].mean(), abs=1e-4)
            history = prepare.years_out(target, row.asked_on.date())
            assert (row.last_year, row.last_musd) == (history.index[-1], round(history.iloc[-1], 1))
            if row.last_year - 1 in history.index:
                growth = history.iloc[-1] / history[row.last_year - 1]
                reached = history.iloc[-1] * growth ** (row.deadline - row.last_year)
                assert row.growth_carried_on == (reached >= target.target_musd)


def test_models_are_kept(tmp_path, monkeypatch):
    """A model is learned from years up to one alone, kept, and read again."""
    learned = []

    def fit(tables, *, known_by, per_origin, cycle):
        learned.append((tables, known_by, per_origin, cycle))
        return changed(cheap(PANEL)(known_by), cycle=cycle)

    monkeypatch.setattr(prepare, "panels", lambda _: "tables")
    monkeypatch.setattr(prepare, "dollar", lambda _, last: ((last, 0.1),))
    monkeypatch.setattr(prepare, "fit_growth_model", fit)
    model = prepare.refits(tmp_path, tmp_path)(2010)
    assert learned == [("tables", 2010, prepare.PER_ORIGIN, ((2009, 0.1),))]
    assert prepare.refits(tmp_path, tmp_path)(2010) == model
    assert len(learned) == 1


# Five rows of one day, of pairs whose own years were out, and the year their model had learned to.
BY_HAND = ["CHN-BRA-2004", "CHN-KOR-2003", "CHN-RUS-2004", "IND-KOR-2003", "CHN-VNM-2004"]
ASKED_ON, LEARNED_TO = pd.Timestamp(2005, 6, 30), 2004


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the panels are not at hand (../shared/panel)")
@pytest.mark.rebuilt
def test_five_rows_by_hand():
    """What ships is what public functions say: a model of years to 2004, and figures out by then.

    ITPD-E's figures of 2003 count as out on 31 January 2005; laid on the pledge's baseline.
    """
    model = tl.fit_growth_model(
        growth_model.panels(FOLDER),
        known_by=LEARNED_TO,
        per_origin=prepare.PER_ORIGIN,
        cycle=growth_model.dollar(FOLDER, LEARNED_TO - 1),
    )
    targets = tl.load_targets().set_index("target_id")
    replayed = tl.replay()
    rows = replayed[replayed["asked_on"] == ASKED_ON].set_index("target_id")
    for name in BY_HAND:
        target, row = targets.loc[name], rows.loc[name]
        series = tl.load_turnover(target.reporter, target.partner, source="itpde_r1")
        series = series.set_index("year")["turnover_musd"].loc[:2003]
        baseline = int(target.baseline_year)
        history = series * (target.baseline_musd / series[baseline])
        assert (row["last_year"], row["last_musd"]) == (2003, round(history[2003], 1))
        paths = tl.panel_growth(history, horizon=int(target.deadline) - 2003, model=model)
        ever = paths.chance([target.target_musd], year=int(target.deadline), ever=True)[0]
        assert row["said"] == pytest.approx(ever, abs=1e-4)
        assert row["came"] == int(target.status == "met_on_time")
