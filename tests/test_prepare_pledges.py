"""The scripts of pledges: the model's scores forward, pairs like each target, and resolutions."""

import sys

import numpy as np
import pandas as pd
import pledge_model
import pledge_peers
import pytest
import resolve

import tradelib as tl
from tradelib.datasets.models import learned_model

# Of a pledge and day: what was said then, and what came.
REPLAYED = pd.DataFrame(
    [
        ("A", "2010-03-01", np.nan, np.nan, 0.9, 0.8, 1),  # nothing was known of others
        ("A", "2011-06-30", 0.9, 0.9, 0.9, 0.9, 1),
        ("B", "2013-06-30", 0.9, 0.9, 0.9, 0.9, 0),
        ("B", "2012-05-01", 0.2, 0.5, 0.1, 0.6, 0),
        ("C", "2014-05-01", 0.6, 0.5, 0.7, 0.3, 1),
    ],
    columns=["target_id", "asked_on", "regression", "constant", "said", "combined", "came"],
)


class TestModel:
    """What a vintage holds beside the fit."""

    def test_forward_by_hand(self, monkeypatch):
        """The first day of each pledge, if a regression on others was there by then.

        A's first day has none, so that A does not count at all: of B and C the regression missed
        by .2 and .4, the share by .5 and .5, the growth model by .1 and .3.
        """
        asked = []
        monkeypatch.setattr(pledge_model, "replay", lambda as_of: asked.append(as_of) or REPLAYED)
        assert pledge_model.forward("2020-06-30") == {
            "forward": {"n": 2, "model": 0.1, "constant": 0.25, "growth_model": 0.05}
        }
        assert asked == ["2020-06-30"]
        nothing = REPLAYED.head(1)
        monkeypatch.setattr(pledge_model, "replay", lambda as_of: nothing)
        assert pledge_model.forward("2020-06-30") == {}

    @pytest.mark.parametrize("day", ["2020-06-30", "2024-06-30", "2026-12-01"])
    def test_forward_is_what_ships(self, day):
        """Every shipped score forward is made again from the bundled replay of its own day."""
        shipped = learned_model("pledge_model.json", on=day)
        assert shipped["scores"]["forward"] == pledge_model.forward(day)["forward"]

    def test_a_vintage(self, monkeypatch):
        """Counts and ends of the pledges known on its day, and scores of both kinds."""
        monkeypatch.setattr(pledge_model, "scores", lambda rows: {"model": len(rows)})
        vintage = pledge_model.vintage("2022-06-30")
        shipped = learned_model("pledge_model.json", on="2022-06-30")
        assert vintage["scores"] == {"model": 227} | pledge_model.forward("2022-06-30")
        for name in ("known_from", "n", "on_time", "pairs"):
            assert vintage[name] == shipped[name]
        np.testing.assert_allclose(vintage["ends"], shipped["ends"], atol=2e-6)
        np.testing.assert_allclose(vintage["params"], shipped["params"], atol=2e-3)

    @pytest.fixture
    def unfitted(self, monkeypatch):
        """No regression: shares alone."""
        monkeypatch.setattr(pledge_model, "fit", lambda others: None)
        monkeypatch.setattr(pledge_model, "predicted", lambda fitted, mine: np.zeros(len(mine)))

    def test_scores_are_what_ships(self, unfitted):
        """Each pledge left out with its pair, by the constant and the classes of growth alone."""
        rows = tl.pledges.scored_pledges(tl.load_targets())
        shipped = learned_model("pledge_model.json")["scores"]
        on_time = rows["on_time"].astype(float)
        by_pair = on_time.groupby(rows["pair"])
        others = (on_time.sum() - by_pair.transform("sum")) / (
            len(rows) - by_pair.transform("size")
        )
        assert ((others - on_time) ** 2).mean() == pytest.approx(shipped["constant"], abs=1e-5)
        found = pledge_model.left_out(rows)
        classes = ((found["classes"] - on_time) ** 2).mean()
        assert classes == pytest.approx(shipped["classes"], abs=1e-5)

    def test_the_only_one_of_its_class(self, unfitted):
        """Where no other pair asked as much, the share of all others stands in."""
        rows = pd.DataFrame(
            {
                "pair": ["A-B", "A-C", "A-D"],
                "asked": [0.9, 0.1, 0.1],
                "on_time": [False, True, False],
            }
        )
        found = pledge_model.left_out(rows)
        assert found["constant"].tolist() == [0.5, 0, 0.5]
        assert found["classes"].tolist() == [0.5, 0, 1]

    def test_gain_band_draws_whole_pairs(self):
        """Of two pairs, one of three rows that gain 1: a quarter of draws each is 0, 1, or .75."""
        low, high = pledge_model.gain_band(
            np.array([1.0, 1.0, 1.0, 0.0]), pd.Series(["A", "A", "A", "B"])
        )
        assert (low, high) == (0.0, 1.0)
        twice = pd.Series([f"P{i // 2:03}" for i in range(400)])
        low, high = pledge_model.gain_band(np.r_[np.ones(200), np.zeros(200)], twice)
        # The mean of 200 coins, a pair each: .5 -+ 1.645 x .0354.
        assert low == pytest.approx(0.442, abs=0.004)
        assert high == pytest.approx(0.558, abs=0.004)


class TestPeers:
    """Pairs like each target, in two panels."""

    @pytest.fixture
    def folder(self, tmp_path):
        """The world has three pairs, the article's among them; three offices report some."""
        world = pd.DataFrame(
            [("KAZ-TKM", 2001, 1.0), ("KAZ-UZB", 2001, 1.0), ("AAA-BBB", 2001, 2.0)],
            columns=["pair", "year", "turnover_musd"],
        )
        world.to_parquet(tmp_path / "pair_turnover_2000_2016.parquet")
        rows = [
            (reporter, partner, year, flow, value)
            for reporter, partner, year, value in [
                ("RUS", "USA", 2001, 5.0),
                ("RUS", "USA", 2000, 5.0),
                ("USA", "RUS", 2001, 7.0),
                ("KGZ", "UZB", 2001, 3.0),
                ("UZB", "KGZ", 2002, 4.0),
                ("UZB", "TUR", 2002, 6.0),
                ("KAZ", "UZB", 2002, 9.0),
            ]
            for flow in ("export", "import")
        ]
        columns = ["reporter", "partner", "year", "flow", "value_mn"]
        pd.DataFrame(rows, columns=columns).to_parquet(tmp_path / "national_partner_totals.parquet")
        return tmp_path

    def test_panels(self, folder):
        """A pair of two offices is the first one's in all years; the article's pair is in none."""
        panels = pledge_peers.panels(folder)
        assert list(panels) == ["itpde_r1", "offices"]
        assert panels["itpde_r1"]["pair"].tolist() == ["KAZ-UZB", "AAA-BBB"]
        offices = panels["offices"].sort_values(["pair", "year"])
        assert offices.to_numpy().tolist() == [
            ["KGZ-UZB", 2001, 6.0],
            ["RUS-USA", 2001, 14.0],
            ["TUR-UZB", 2002, 12.0],
        ]

    def test_table(self, monkeypatch, tmp_path):
        """All kinds in the world, one of offices; known from the later of panel and announcement."""
        targets = pd.DataFrame(
            {
                "target_id": ["old", "new"],
                "released": pd.to_datetime(["2010-01-01", "2026-05-06"]),
                "resolved": pd.NaT,
            }
        )
        counts = pd.DataFrame(
            [
                ("old", pledge_peers.WITHOUT, 5, 1, ""),
                ("old", "all pairs", 9, 2, ""),
                ("new", pledge_peers.WITHOUT, 3, 0, ""),
            ],
            columns=["target_id", "against", "like", "reached", "why"],
        )
        panels = {"itpde_r1": "world", "offices": "of offices"}
        seen = []
        monkeypatch.setattr(pledge_peers, "load_targets", lambda: targets)
        monkeypatch.setattr(pledge_peers, "panels", lambda folder: panels)
        monkeypatch.setattr(
            pledge_peers, "like_pairs", lambda table, panel: seen.append(panel) or counts
        )
        command = ["pledge_peers.py", "folder", "--out", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", command)
        pledge_peers.main()
        assert seen == ["world", "of offices"]
        written = pd.read_csv(tmp_path / "pledge_peers.csv", keep_default_na=False)
        columns = ["target_id", "against", "like", "source_id", "released"]
        assert written[columns].to_numpy().tolist() == [
            ["old", pledge_peers.WITHOUT, 5, "itpde_r1", "2020-12-31"],
            ["old", "all pairs", 9, "itpde_r1", "2020-12-31"],
            ["new", pledge_peers.WITHOUT, 3, "itpde_r1", "2026-05-06"],
            ["old", "pairs that five offices report", 5, "offices", "2025-02-28"],
            ["new", "pairs that five offices report", 3, "offices", "2026-05-06"],
        ]


def test_resolution_text(monkeypatch):
    """Years and outcomes are whole numbers, empty while open; days are ISO days."""
    table = pd.DataFrame(
        {
            "by": [2025.0, np.nan],
            "reached_in": [1.0, np.nan],
            "reached_ever": [0.0, np.nan],
            "made": pd.to_datetime(["2026-02-03", None]),
        }
    )
    monkeypatch.setattr(resolve, "resolution", lambda: table)
    assert (
        resolve.resolution_text() == "by,reached_in,reached_ever,made\n2025,1,0,2026-02-03\n,,,\n"
    )
