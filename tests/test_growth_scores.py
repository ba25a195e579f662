"""A trial of the growth model's scores rebuilt from bundled data alone."""

import growth_scores as prepare
import pandas as pd
import pytest
from conftest import ROOT
from growth_model import GDP, LEFT_OUT, turnover

import tradelib as tl
from tradelib.science.scores import backtest

TRIAL = "former Soviet republics left out"
ORIGIN = 2010
# The bundled matrix is rounded: pairs near a limit fall on its other side, so that a model learns
# from other pairs of the same panel. Scores of random walks hardly move.
OF_WALKS, OF_MODEL = 0.01, 0.03


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
    (cycle,) = {model.cycle for model in map(vintage, GDP) if model.cycle[-1][0] == last_gdp}
    model = tl.fit_growth_model(elsewhere, per_origin=prepare.PER_ORIGIN, cycle=cycle)
    forecasters = prepare.RANDOM_WALKS | prepare.growth_forecasters(lambda _: model)
    rebuilt = backtest(republics, forecasters, horizons=prepare.HORIZONS)
    shipped = tl.load_growth_scores().query("trial == @TRIAL and group == 'all'")
    keys = ["forecaster", "origin", "horizon"]
    both = shipped.merge(rebuilt, on=keys, suffixes=("", "_again"), validate="one_to_one")
    assert len(both) == len(shipped)
    return both[both["origin"] == ORIGIN]


def vintage(day):
    """The growth model as it was on a day."""
    return tl.growth_model(as_of=day)


def test_the_same_pairs(scores):
    """Up to those that rounding takes or gives."""
    assert scores["n"].min() > 500
    assert (scores["n"] - scores["n_again"]).abs().max() <= 2


@pytest.mark.parametrize("walk", prepare.RANDOM_WALKS)
def test_random_walks(scores, walk):
    """Their scores are what the shipped table says."""
    rows = scores[scores["forecaster"] == walk]
    assert len(rows) > 3
    assert rows["crps_again"].tolist() == pytest.approx(rows["crps"].tolist(), rel=OF_WALKS)


@pytest.mark.parametrize("way", ["growth", "growth_alone", "growth_gap", "growth_last"])
def test_the_growth_model(scores, way):
    """So are those of the model, learned again from pairs without a former Soviet republic."""
    rows = scores[scores["forecaster"] == way]
    assert len(rows) > 3
    assert rows["crps_again"].tolist() == pytest.approx(rows["crps"].tolist(), rel=OF_MODEL)
    assert rows["coverage80_again"].tolist() == pytest.approx(rows["coverage80"].tolist(), abs=0.03)
    assert rows["brier_x2_again"].tolist() == pytest.approx(rows["brier_x2"].tolist(), abs=0.01)
