"""Trials of the growth model's scores: what each may learn from, and cells of the table made again."""

import itertools

import growth_scores as prepare
import pandas as pd
import pytest
from conftest import ROOT
from growth_model import GDP, LEFT_OUT, dollar, panels, turnover

import tradelib as tl
from tradelib.science.scoring import backtest

FOLDER = ROOT.parent / "shared" / "panel"
TRIAL = "former Soviet republics left out"
ORIGIN = 2010
# The bundled matrix is rounded: pairs near a limit fall on its other side, so that a model learns
# from other pairs of the same panel. Scores of random walks hardly move.
OF_WALKS, OF_MODEL = 0.01, 0.03
WAYS = ["growth", "growth_alone", "growth_gap", "growth_last"]


@pytest.fixture(scope="module")
def scores():
    """Scores of the trial at one origin: shipped, and rebuilt."""
    matrix = pd.read_csv(ROOT / "data" / "itpde_2000_2016.csv.gz")
    flows = matrix.melt(["exporter", "importer"], var_name="year", value_name="trade").dropna()
    panel = turnover(flows.astype({"year": int}))
    panel = panel[panel["pair"] != LEFT_OUT]
    republics = prepare.pairs_of(panel, prepare.SOVIET)
    elsewhere = panel.drop(index=republics.index)
    last_gdp = max(GDP.values())
    vintages = [tl.growth_model(as_of=day) for day in GDP]
    (cycle,) = {model.cycle for model in vintages if model.cycle[-1][0] == last_gdp}
    model = tl.fit_growth_model(elsewhere, per_origin=prepare.PER_ORIGIN, cycle=cycle)
    forecasters = prepare.RANDOM_WALKS | prepare.growth_forecasters(lambda _: model)
    rebuilt = backtest(republics, forecasters, horizons=prepare.HORIZONS)
    shipped = tl.load_growth_scores().query("trial == @TRIAL and group == 'all'")
    keys = ["forecaster", "origin", "horizon"]
    both = shipped.merge(rebuilt, on=keys, suffixes=("", "_again"), validate="one_to_one")
    assert len(both) == len(shipped)
    return both[both["origin"] == ORIGIN]


@pytest.mark.rebuilt
@pytest.mark.parametrize("way", [*prepare.RANDOM_WALKS, *WAYS])
def test_rebuilt(scores, way):
    """Scores of walks and of the model that learned from no former Soviet republic are as shipped."""
    rows = scores[scores["forecaster"] == way]
    assert len(rows) > 3
    assert rows["n"].min() > 500
    assert rows["n_again"].tolist() == pytest.approx(rows["n"].tolist(), abs=2)
    near = {"rel": OF_MODEL if way in WAYS else OF_WALKS}
    assert rows["crps_again"].tolist() == pytest.approx(rows["crps"].tolist(), **near)
    assert rows["coverage80_again"].tolist() == pytest.approx(rows["coverage80"].tolist(), abs=0.03)
    assert rows["brier_x2_again"].tolist() == pytest.approx(rows["brier_x2"].tolist(), abs=0.01)


# The dollar's cycle, of two years.
CYCLE = ((2018, 0.1), (2019, -0.2))
# What each trial learns from: names of the tables, and which pairs of them.
LEARNS = {
    "learned 2000-2016, scored 1993-2005": ["late", "late, one"],
    "learned 1986-2006, scored 2007-2015": ["early", "early, one"],
    "one direction": ["early", "early, one"],
    "one in ten figures missing": ["early", "early, one"],
    "nine years of history": ["early", "early, one"],
    "60 largest countries": ["early", "early, one"],
}
REFITTED = ["refitted at each origin", "17 largest economies, refitted"]
LEFT_OUT_TRIALS = ["other half of the countries", TRIAL]


@pytest.fixture
def learned(monkeypatch):
    """Each trial by its name, and what its model learned from at each origin."""
    sides = itertools.combinations(["CHN", "DEU", "KAZ", "RUS", "USA", "UZB"], 2)
    pairs = ["-".join(pair) for pair in sides]

    def table(first, last):
        rows = itertools.product(pairs, range(first, last + 1))
        return pd.DataFrame(rows, columns=["pair", "year"]).assign(turnover_musd=1.0)

    tables = {
        "late": table(2000, 2016),
        "late, one": table(2000, 2016),
        "early": table(1986, 2006),
        "early, one": table(1986, 2006),
        "USA": table(1995, 2018),
    }
    fits = []

    def fit(panels, **options):
        fits.append((panels, options))
        return len(fits) - 1

    monkeypatch.setattr(prepare, "fit_growth_model", fit)
    trials = {trial.name: trial for trial in prepare.trials(tables, CYCLE)}
    found = {
        name: {origin: fits[trial.fit(origin)] for origin in range(2007, 2016)}
        for name, trial in trials.items()
    }
    return tables, trials, found


def test_no_trial_sees_what_it_scores(learned):
    """Refitted, no year after the origin; else another panel, or no pair of those scored."""
    tables, trials, found = learned
    assert set(trials) == {*LEARNS, *REFITTED, *LEFT_OUT_TRIALS}
    for name, by_origin in found.items():
        for origin, (learned_from, options) in by_origin.items():
            assert options["cycle"] == CYCLE
            assert options["per_origin"] == prepare.PER_ORIGIN
            if name in REFITTED:
                assert origin - 3 < options["known_by"] <= origin
                assert learned_from is tables
                continue
            assert "known_by" not in options
            if name in LEARNS:
                of_trial = zip(learned_from.values(), LEARNS[name], strict=True)
                assert all(panel is tables[table] for panel, table in of_trial)
                assert not any(panel is trials[name].panel for panel in learned_from.values())
            else:
                assert not set(learned_from["pair"]) & set(trials[name].panel["pair"])
                assert len(learned_from) + len(trials[name].panel) == len(tables["late"])


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the panels are not at hand (../shared/panel)")
@pytest.mark.no_cover
@pytest.mark.rebuilt
def test_one_origin_made_again():
    """Refitted at an origin on what was known by it, every score of that origin is the shipped one."""
    tables = panels(FOLDER)
    trial = next(prepare.trials(tables, dollar(FOLDER, max(GDP.values()))))
    forecasters = prepare.RANDOM_WALKS | prepare.growth_forecasters(trial.fit)
    rebuilt = backtest(trial.panel, forecasters, horizons=prepare.HORIZONS, origins=[ORIGIN])
    shipped = tl.load_growth_scores().query("trial == @trial.name and group == 'all'")
    shipped = shipped[shipped["origin"] == ORIGIN]
    keys = ["forecaster", "origin", "horizon"]
    both = shipped.merge(rebuilt, on=keys, suffixes=("", "_again"), validate="one_to_one")
    assert len(both) == len(shipped) == 7 * 6
    for column in ("n", "crps", "coverage80", "below10", "above90", "brier_x2", "bias_x2"):
        again = both[f"{column}_again"].tolist()
        assert again == pytest.approx(both[column].tolist(), abs=2e-5), column
