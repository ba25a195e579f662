"""Gravity: by hand, on made worlds, and against published tables where panel and extra are there."""

import dataclasses
import importlib.util
import math
import os
import subprocess
import sys
import types

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, loaded
from hypothesis import given, settings
from hypothesis import strategies as st

import tradelib as tl
from tradelib.science.gravity import fit as gravity
from tradelib.science.gravity.fit import GravityFit, fit_gravity
from tradelib.science.gravity.potential import Potential, fitted_potential, potentials

FOLDER = ROOT.parent / "shared" / "panel"
# mutmut forks, and a fork of a process that has run pyfixest's threads waits for them forever.
EXTRA = importlib.util.find_spec("pyfixest") is not None and "MUTANT_UNDER_TEST" not in os.environ
needs_extra = pytest.mark.skipif(not EXTRA, reason="pyfixest is not installed (the gravity extra)")
# Without effects and zeros pyfixest starts no threads, so that a fork is no harm.
needs_pyfixest = pytest.mark.skipif(
    importlib.util.find_spec("pyfixest") is None, reason="pyfixest is not installed (gravity extra)"
)
needs_panel = pytest.mark.skipif(
    not (EXTRA and FOLDER.is_dir()), reason="needs pyfixest and the panels (../shared/panel)"
)
BOTH = ["exporter_year", "importer_year"]
# Two routes to one number: both iterate, the looser to 1e-8 of the deviance.
SAME = 1e-5


def flows(*rows, year=2016, **columns):
    """Flows from (exporter, importer, trade) rows."""
    table = pd.DataFrame(rows, columns=["exporter", "importer", "trade_musd"])
    return table.assign(year=year, **columns)


SIX = flows(
    ("A", "B", 8.0),
    ("A", "C", 2.0),
    ("B", "A", 4.0),
    ("B", "C", 2.0),
    ("C", "A", 1.0),
    ("C", "B", 3.0),
    near=[1.0, 0, 1, 0, 0, 0],
)


def given_fit(rows, **parts):
    """A fit that is given: its rows, and what else matters of it."""
    usual = {
        "coefficients": pd.DataFrame({"estimate": [], "std_error": []}),
        "covariance": pd.DataFrame(),
        "dropped": rows.iloc[:0].assign(reason=""),
        "effects": (),
        "estimator": "ppml",
        "cluster": "pair",
    }
    return GravityFit(rows=rows, **usual | parts)


def made_world(n=12, years=(2000, 2004), seed=0, noise=0.5):
    """Flows with known coefficients: log mean = effects - 0.8 distance + 0.5 border; zeros."""
    rng = np.random.default_rng(seed)
    names = [f"C{i:02d}" for i in range(n)]
    square = pd.MultiIndex.from_product(
        [names, names, years], names=["exporter", "importer", "year"]
    )
    table = square.to_frame(index=False).query("exporter != importer").reset_index(drop=True)
    place = dict(zip(names, rng.uniform(0, 5, size=(n, 2)), strict=True))
    sides = zip(table["exporter"], table["importer"], strict=True)
    apart = [np.hypot(*(place[a] - place[b])) for a, b in sides]
    table["ln_dist"] = np.log(1 + np.array(apart))
    table["contig"] = (table["ln_dist"] < 1).astype(float)
    size = {(side, name, year): rng.normal() for side in "ei" for name in names for year in years}
    of_exporter = [size["e", row.exporter, row.year] for row in table.itertuples()]
    of_importer = [size["i", row.importer, row.year] for row in table.itertuples()]
    effects = np.array(of_exporter) + np.array(of_importer)
    mean = np.exp(2 + effects - 0.8 * table["ln_dist"] + 0.5 * table["contig"])
    if not noise:
        return table.assign(trade_musd=mean, mean=mean)
    shape = 1 / noise**2
    factors = rng.gamma(shape, 1 / shape, size=len(table))
    trade = rng.poisson(mean * factors).astype(float)
    return table.assign(trade_musd=trade, mean=mean)


def dummies(table, terms):
    """Terms and a column for each exporter-year and importer-year, one of each year left out."""
    away = pd.get_dummies(table["exporter"] + table["year"].astype(str), dtype=float)
    home = pd.get_dummies(table["importer"] + table["year"].astype(str), dtype=float)
    left_out = []
    for year in table["year"].unique():
        of_year = home.columns[home.columns.str.endswith(str(year))]
        left_out.append(of_year[0])
    return pd.concat([table[terms], away, home.drop(columns=left_out)], axis=1).to_numpy()


class TestByHand:
    """Numbers that need no computer."""

    @needs_pyfixest
    def test_two_groups(self):
        """With one yes-or-no term PPML gives each group its mean: 6 near, 2 else.

        Var of a group's log mean is the sum of its squared errors over its squared sum, x n/(n-k).
        """
        fit = fit_gravity(SIX, terms=["near"], effects=[], cluster="none")
        estimate = fit.coefficients["estimate"]
        assert estimate["near"] == pytest.approx(np.log(3))
        assert estimate["constant"] == pytest.approx(np.log(2))
        assert fit.rows["fitted_musd"].tolist() == pytest.approx([6, 2, 6, 2, 2, 2])
        near = (4 + 4) / 12**2
        rest = (0 + 0 + 1 + 1) / 8**2
        assert fit.covariance.loc["constant", "constant"] == pytest.approx(rest * 6 / 4)
        assert fit.coefficients["std_error"]["near"] ** 2 == pytest.approx((near + rest) * 6 / 4)
        stata = fit_gravity(SIX, terms=["near"], effects=[], cluster="none", small_sample="stata")
        assert stata.covariance.loc["constant", "constant"] == pytest.approx(rest * 6 / 5)

    @needs_pyfixest
    def test_clustered_error_by_hand(self):
        """Within a pair errors are added first: A-B 2 - 2, A-C 0 - 1, B-C 0 + 1."""
        fit = fit_gravity(SIX, terms=["near"], effects=[], small_sample="stata")
        assert fit.covariance.loc["constant", "constant"] == pytest.approx(2 / 8**2 * 3 / 2)
        assert fit.covariance.loc["near", "near"] == pytest.approx((0 + 2 / 8**2) * 3 / 2)
        fixest = fit_gravity(SIX, terms=["near"], effects=[])
        expected = 2 / 8**2 * 3 / 2 * 5 / 4
        assert fixest.covariance.loc["constant", "constant"] == pytest.approx(expected)

    @needs_pyfixest
    def test_two_way_error_by_hand(self):
        """Sums by exporter and by importer, less what both count; the fewer clusters correct."""
        uneven = SIX.assign(trade_musd=[8.0, 3, 4, 3, 1, 1])
        fit = fit_gravity(
            uneven, terms=["near"], effects=[], cluster="countries", small_sample="stata"
        )
        # errors far: A-C +1, B-C +1, C-A -1, C-B -1; by exporter 1, 1, -2; by importer 2, -1, -1
        expected = (1 + 1 + 4 + 4 + 1 + 1 - 4) / 8**2 * 3 / 2
        assert fit.covariance.loc["constant", "constant"] == pytest.approx(expected)
        # near adds A-B +2 and B-A -2, over 12
        a = 2 / 12 - 1 / 8
        b = -2 / 12 - 1 / 8
        c = 2 / 8
        by_country = 2 * (a**2 + b**2 + c**2)
        by_flow = 2 * (2 / 12) ** 2 + 4 / 8**2
        expected = by_country - by_flow
        assert fit.covariance.loc["near", "near"] == pytest.approx(expected * 3 / 2)
        with pytest.raises(ValueError, match="near a negative variance, so .*; cluster by pair$"):
            fit_gravity(SIX, terms=["near"], effects=[], cluster="countries")

    @needs_pyfixest
    def test_ols(self):
        """Means of logs; zeros have none and are counted."""
        some = pd.concat([SIX, flows(("D", "A", 0.0), near=0.0)])
        fit = fit_gravity(some, terms=["near"], effects=[], estimator="ols", cluster="none")
        logs = np.log([2, 2, 1, 3])
        assert fit.coefficients["estimate"]["constant"] == pytest.approx(logs.mean())
        error = ((logs - logs.mean()) ** 2).sum() / 4**2 * 6 / 4
        assert fit.covariance.loc["constant", "constant"] == pytest.approx(error)
        assert fit.reasons.to_dict() == {"zero trade has no logarithm": 1}
        stata = fit_gravity(
            some, terms=["near"], effects=[], estimator="ols", cluster="none", small_sample="stata"
        )
        assert stata.covariance.equals(fit.covariance)

    @needs_pyfixest
    def test_potential(self):
        """Both directions: 6 + 6 against 8 + 4, with the error of a mean of two."""
        fit = fit_gravity(SIX, terms=["near"], effects=[], cluster="none", small_sample="stata")
        potential = fitted_potential(fit, "A", "B", year=2016)
        assert (potential.export_musd, potential.import_musd) == pytest.approx((6, 6))
        assert (potential.musd, potential.actual_musd, potential.ratio) == pytest.approx(
            (12, 12, 1)
        )
        assert potential.log_error**2 == pytest.approx((4 + 4) / 12**2 * 6 / 5)
        assert (potential.reporter, potential.partner, potential.year) == ("A", "B", 2016)
        assert potential.own_effect is False
        clustered = fit_gravity(SIX, terms=["near"], effects=[], small_sample="stata")
        near = fitted_potential(clustered, "A", "B", year=2016)
        assert near.log_error == pytest.approx(0, abs=1e-6)
        rest = fitted_potential(clustered, "A", "C", year=2016)
        assert rest.log_error**2 == pytest.approx(2 / 8**2 * 3 / 2)

    @needs_pyfixest
    def test_sides(self):
        """The reporter's exports are the partner's imports."""
        fit = fit_gravity(SIX.assign(near=[1.0, 0, 0, 0, 0, 0]), terms=["near"], effects=[])
        mine = fitted_potential(fit, "A", "B", year=2016)
        theirs = fitted_potential(fit, "B", "A", year=2016)
        assert mine.export_musd == pytest.approx(8) == theirs.import_musd
        assert mine.import_musd == pytest.approx(2.4) == theirs.export_musd
        assert mine.log_error == pytest.approx(theirs.log_error)

    def test_interval(self):
        """1.2816 standard errors of the log either way at 80 %, 1.96 at 95 %."""
        potential = Potential(
            reporter="KAZ",
            partner="TKM",
            year=2016,
            export_musd=60,
            import_musd=40,
            log_error=0.5,
            actual_musd=284.0,
        )
        low, high = potential.interval()
        assert low == pytest.approx(100 * np.exp(-0.64078), rel=1e-4)
        assert high == pytest.approx(100 * np.exp(0.64078), rel=1e-4)
        assert potential.interval(95)[1] == pytest.approx(100 * np.exp(0.97998), rel=1e-4)
        assert potential.ratio == 2.84
        assert "between US$53m and US$190m. Trade was US$284m, 2.8 times" in potential.summary()
        with pytest.raises(ValueError, match="level is a percentage between 0 and 100, got 0"):
            potential.interval(0)
        alone = dataclasses.replace(potential, own_effect=True)
        assert "with the pair's own average" in alone.summary()

    @needs_pyfixest
    def test_potentials(self):
        """A row a pair and year; domestic trade and pairs with one direction are none."""
        some = pd.concat(
            [SIX, flows(("A", "A", 9.0), ("D", "A", 2.0), near=0.0), SIX.assign(year=2017)]
        )
        fit = fit_gravity(some, terms=["near"], effects=[])
        table = potentials(fit)
        assert table[["pair", "year"]].to_numpy().tolist() == [
            [pair, year] for pair in ("A-B", "A-C", "B-C") for year in (2016, 2017)
        ]
        assert table["actual_musd"].tolist() == [12.0, 12.0, 3.0, 3.0, 5.0, 5.0]
        ratios = table["actual_musd"] / table["potential_musd"]
        assert table["ratio"].tolist() == pytest.approx(ratios.tolist())
        assert table["potential_musd"].iloc[0] == pytest.approx(12)

    @needs_pyfixest
    def test_to_frame(self):
        """A row a term, with the interval of a level."""
        fit = fit_gravity(SIX, terms=["near"], effects=[], cluster="none")
        table = fit.to_frame(level=90).set_index("term")
        row = table.loc["near"]
        reach = 1.6448536 * row["std_error"]
        assert row["low"] == pytest.approx(row["estimate"] - reach)
        assert row["high"] == pytest.approx(row["estimate"] + reach)
        assert table.index.tolist() == ["near", "constant"]
        wide = fit.to_frame().set_index("term").loc["near"]
        assert wide["high"] == pytest.approx(row["estimate"] + 1.9599640 * row["std_error"])


class TestEffectsByHand:
    """With effects of one side alone PPML gives each its mean: no estimator is needed."""

    ROWS = flows(
        ("A", "B", 6.0), ("A", "C", 2.0), ("A", "D", 1.0), ("B", "A", 4.0), ("B", "C", 2.0)
    )

    def fit(self, effects=("exporter",), cluster="none", **columns):
        """As `fit_gravity` would give it: A trades 3 on average, B 3."""
        pairs = ["A-B", "A-C", "A-D", "A-B", "B-C"]
        rows = self.ROWS.assign(fitted_musd=3.0, pair=pairs, **columns)
        return given_fit(rows, effects=effects, cluster=cluster)

    def test_reasons(self):
        """What was dropped is counted by kind, the most first."""
        lost = self.ROWS.assign(
            reason=["missing near", *["the only row of an effect: pair A-B"] * 4]
        )
        fit = dataclasses.replace(self.fit(), dropped=pd.concat([lost] * 300))
        assert fit.reasons.to_dict() == {"the only row of an effect": 1200, "missing near": 300}
        assert "1,200 the only row of an effect; 300 missing near." in fit.summary()

    def test_error_of_effects(self):
        """Log of 3 + 3: half the doubt of A's mean (9 over three) and of B's (6 over two)."""
        a = (9 + 1 + 4) / 9**2
        b = (1 + 1) / 6**2
        potential = fitted_potential(self.fit(), "A", "B", year=2016)
        variance = (a + b) / 4 * 5 / 4
        assert potential.log_error == pytest.approx(math.sqrt(variance))
        assert not potential.own_effect

    def test_clustered_error_of_effects(self):
        """Errors of a pair are added first: A-B 3/9 + 1/6, A-C 1/9, A-D 2/9, B-C 1/6, all halved."""
        sums = [3 / 9 + 1 / 6, -1 / 9, -2 / 9, -1 / 6]
        potential = fitted_potential(self.fit(cluster="pair"), "A", "B", year=2016)
        expected = sum((x / 2) ** 2 for x in sums) * 4 / 3
        assert potential.log_error == pytest.approx(math.sqrt(expected))

    def test_two_way_error_of_effects(self):
        """By exporter, A's and B's errors add up to nothing; importers B, A, C, D and flows stay."""
        e = {"AB": 3 / 9, "AC": -1 / 9, "AD": -2 / 9, "BA": 1 / 6, "BC": -1 / 6}
        importers = e["AB"] ** 2 + e["BA"] ** 2 + (e["AC"] + e["BC"]) ** 2 + e["AD"] ** 2
        flows_alone = sum(x**2 for x in e.values())
        potential = fitted_potential(self.fit(cluster="countries"), "A", "B", year=2016)
        expected = (0 + importers - flows_alone) / 4 * 2 / 1
        assert potential.log_error == pytest.approx(math.sqrt(expected))

    def test_own_effect_counts_flows(self):
        """With pair effects each flow is its own cluster, whatever the fit says."""
        fit = self.fit(effects=("pair",), cluster="pair")
        rows = fit.rows.assign(fitted_musd=[5.0, 2.0, 1.0, 5.0, 2.0])
        own = dataclasses.replace(fit, rows=rows)
        potential = fitted_potential(own, "A", "B", year=2016)
        assert potential.own_effect
        variance = (1 + 1) / 10**2 * 5 / 4
        assert potential.log_error == pytest.approx(math.sqrt(variance))

    def test_usable(self):
        """Silent and single levels go, with what that leaves silent or single in turn."""
        some = flows(
            ("A", "B", 6.0),
            ("A", "C", 2.0),
            ("B", "A", 4.0),
            ("B", "C", 2.0),
            ("C", "A", 1.0),
            ("C", "B", 1.0),
            ("D", "A", 0.0),
            ("D", "B", 0.0),
            ("A", "E", 5.0),
            ("E", "F", 3.0),
        )
        left, dropped = gravity._usable(some, [], ("exporter", "importer"), "ppml")
        lost = pd.concat(dropped)
        reasons = dict(zip(lost["exporter"] + lost["importer"], lost["reason"], strict=True))
        assert reasons == {
            "DA": "no trade at all under an effect: exporter D",
            "DB": "no trade at all under an effect: exporter D",
            "EF": "the only row of an effect: importer F",
            "AE": "the only row of an effect: importer E",
        }
        assert left["trade_musd"].tolist() == [6.0, 2.0, 4.0, 2.0, 1.0, 1.0]


class TestInvariants:
    """What must hold whatever the flows."""

    @needs_pyfixest
    @settings(max_examples=6)
    @given(st.lists(st.floats(0.1, 100), min_size=6, max_size=6), st.floats(0.01, 100))
    def test_currency(self, trade, rate):
        """In another currency only the constant moves; a potential and its ratio move with it."""
        dollars = fit_gravity(SIX.assign(trade_musd=trade), terms=["near"], effects=[])
        scaled = SIX.assign(trade_musd=np.array(trade) * rate)
        other = fit_gravity(scaled, terms=["near"], effects=[])
        in_dollars = dollars.coefficients["estimate"]
        in_other = other.coefficients["estimate"]
        assert in_other["near"] == pytest.approx(in_dollars["near"], abs=1e-6)
        rise = in_other["constant"] - in_dollars["constant"]
        assert rise == pytest.approx(np.log(rate), abs=1e-6)
        first = fitted_potential(dollars, "A", "C", year=2016)
        second = fitted_potential(other, "A", "C", year=2016)
        assert second.musd == pytest.approx(first.musd * rate, rel=1e-6)
        assert second.ratio == pytest.approx(first.ratio, rel=1e-6)

    @needs_pyfixest
    def test_order(self):
        """The order of rows changes nothing."""
        table = made_world(n=6, years=(2000,))
        sorted_fit = fit_gravity(table, terms=["ln_dist"], effects=[])
        shuffled_fit = fit_gravity(
            table.sample(frac=1, random_state=0), terms=["ln_dist"], effects=[]
        )
        assert shuffled_fit.covariance.to_numpy() == pytest.approx(sorted_fit.covariance.to_numpy())
        first = fitted_potential(sorted_fit, "C00", "C01", year=2000)
        second = fitted_potential(shuffled_fit, "C00", "C01", year=2000)
        assert first.interval() == pytest.approx(second.interval())


class TestMadeWorld:
    """Known coefficients, zeros and separation."""

    @needs_extra
    def test_exact(self):
        """Without noise every coefficient, fit and potential is what made it."""
        table = made_world(noise=0.0)
        fit = fit_gravity(table, terms=["ln_dist", "contig"])
        assert fit.coefficients["estimate"].tolist() == pytest.approx([-0.8, 0.5], abs=1e-5)
        means = table["mean"].to_numpy()
        assert fit.rows["fitted_musd"].to_numpy() == pytest.approx(means, rel=1e-4)
        assert fit.effects == ("exporter_year", "importer_year")
        potential = fitted_potential(fit, "C00", "C01", year=2004)
        both = table.query(
            "year == 2004 and exporter in ['C00', 'C01'] and importer in ['C00', 'C01']"
        )
        assert potential.musd == pytest.approx(both["mean"].sum(), rel=1e-4)
        assert potential.ratio == pytest.approx(1, rel=1e-4)

    @needs_extra
    def test_as_with_dummies(self):
        """Absorbed or written out (statsmodels), coefficients and clustered errors are the same."""
        from statsmodels.genmod.families import Poisson
        from statsmodels.genmod.generalized_linear_model import GLM

        table = made_world()
        fit = fit_gravity(table, terms=["ln_dist", "contig"], small_sample="stata")
        rows = fit.rows
        written_out = GLM(
            rows["trade_musd"], dummies(rows, ["ln_dist", "contig"]), family=Poisson()
        ).fit(
            cov_type="cluster",
            tol=1e-12,
            cov_kwds={"groups": pd.factorize(rows["pair"])[0], "use_correction": False},
        )
        pairs = rows["pair"].nunique()
        estimates = np.asarray(written_out.params)[:2].tolist()
        assert fit.coefficients["estimate"].tolist() == pytest.approx(estimates, abs=SAME)
        errors = np.asarray(written_out.bse)[:2] * np.sqrt(pairs / (pairs - 1))
        assert fit.coefficients["std_error"].tolist() == pytest.approx(errors.tolist(), rel=1e-4)
        both = (rows["pair"] == "C02-C05") & (rows["year"] == 2000)
        predicted = rows["fitted_musd"].to_numpy() * both
        gradient = predicted @ dummies(rows, ["ln_dist", "contig"]) / predicted.sum()
        covariance = np.asarray(written_out.cov_params()) * pairs / (pairs - 1)
        variance = gradient @ covariance @ gradient
        potential = fitted_potential(fit, "C02", "C05", year=2000)
        assert potential.log_error == pytest.approx(np.sqrt(variance), rel=1e-3)

    @needs_extra
    def test_every_dropped_row_has_its_reason(self):
        """Missing terms, countries that do not trade, separated flows: named, counted, no more."""
        table = made_world(n=8, years=(2000,))
        table.loc[table["exporter"] == "C07", "trade_musd"] = 0.0
        table.loc[3, "ln_dist"] = np.nan
        fit = fit_gravity(table, terms=["ln_dist"])
        assert len(fit.rows) + len(fit.dropped) == len(table)
        for part in (fit.rows, fit.dropped):
            assert part.index.tolist() == list(range(len(part)))
            assert "index" not in part
        expected = {"no trade at all under an effect": 7, "missing ln_dist": 1}
        assert fit.reasons.to_dict() == expected
        silent = fit.dropped[fit.dropped["exporter"] == "C07"]
        assert set(silent["reason"]) == {"no trade at all under an effect: exporter_year C07 2000"}
        with pytest.raises(ValueError, match="C07 to C00 in 2000 was dropped: no trade at all"):
            fitted_potential(fit, "C07", "C00", year=2000)

    @needs_extra
    @pytest.mark.parametrize("effects", [[], BOTH])
    def test_separated(self, effects):
        """Flows that a term singles out are named with it; the rest is fitted as without them."""
        table = made_world(n=10, years=(2000,))
        banned = (table["exporter"] == "C01") & table["importer"].isin(["C02", "C03"])
        table = table.assign(
            ban=banned.astype(float), trade_musd=table["trade_musd"].mask(banned, 0.0)
        )
        fit = fit_gravity(table, terms=["ln_dist", "ban"], effects=effects)
        expected = [["C01", "C02"], ["C01", "C03"]]
        assert fit.dropped[["exporter", "importer"]].to_numpy().tolist() == expected
        assert set(fit.dropped["reason"]) == {"separated: ban would have it zero whatever the rest"}
        clean = fit_gravity(table[~banned], terms=["ln_dist"], effects=effects)
        assert fit.coefficients.index.tolist() == clean.coefficients.index.tolist()
        assert fit.coefficients.to_numpy() == pytest.approx(clean.coefficients.to_numpy(), rel=1e-3)
        assert len(fit.rows) == len(table) - 2
        with pytest.raises(ValueError, match="^C01 to C02 in 2000 was dropped: separated: ban"):
            fitted_potential(fit, "C01", "C02", year=2000)

    @needs_extra
    @pytest.mark.parametrize(
        ("terms", "expected"),
        [
            ([[0], [1], [1]], [False, False, False]),
            ([[0], [0], [1], [-1]], [False] * 4),
            ([[0], [0], [1], [2]], [False, False, True, True]),
            ([[0], [0], [1000], [0]], [False, False, True, False]),
            ([[0], [0], [0], [1e-6]], [False, False, False, True]),
            ([[0, 0], [0, 0], [1, 0], [0, -1]], [False, False, True, True]),
            ([[0, 0], [0, 1], [1, 1], [0, 1]], [False, False, True, False]),
        ],
    )
    def test_rectifier(self, terms, expected):
        """Two kinds of flow trade, the rest do not: which does some sum of terms single out?"""
        kinds = np.repeat(range(len(terms)), 3)  # three flows a kind
        rows = made_world(n=5, years=(2000,)).head(len(kinds)).reset_index(drop=True)
        given = pd.DataFrame(np.array(terms, dtype=float)[kinds]).add_prefix("term")
        rows["trade_musd"] = np.where(kinds < 2, 2.0 + kinds, 0.0)
        fit = fit_gravity(rows.join(given), terms=["ln_dist", *given], effects=[], cluster="none")
        flow = ["exporter", "importer"]
        dropped = fit.dropped.set_index(flow).index
        is_dropped = rows.set_index(flow).index.isin(dropped)
        assert is_dropped.tolist() == np.repeat(expected, 3).tolist()

    @needs_pyfixest
    def test_no_convergence(self, monkeypatch):
        """A fit that gives up is an error with the number of flows, not a coefficient."""
        import pyfixest

        stuck = types.SimpleNamespace(convergence=False)
        monkeypatch.setattr(pyfixest, "fepois", lambda *_, **__: stuck)
        many = pd.concat([SIX.assign(year=year) for year in range(200)])
        with pytest.raises(ValueError, match="^the fit of 1,200 flows did not converge; look for"):
            fit_gravity(many, terms=["near"], effects=[])

    @needs_extra
    def test_nothing_but_separation(self):
        """Where the only term singles out zeros it varies nowhere else, and the error says so."""
        rows = SIX.assign(trade_musd=[0.0, 2, 0, 2, 1, 3])
        with pytest.raises(ValueError, match="^near does not vary .* any chance of trade aside; l"):
            fit_gravity(rows, terms=["near"], effects=[])

    @needs_pyfixest
    def test_units_of_terms(self):
        """In another unit a coefficient and its error change by as much; the rest stays."""
        unit = 1e9
        table = made_world(n=6, years=(2000,))
        table = table.assign(trade_musd=table["trade_musd"] + 1)
        usual = fit_gravity(table, terms=["ln_dist", "contig"], effects=[])
        other = fit_gravity(
            table.assign(ln_dist=table["ln_dist"] * unit), terms=["ln_dist", "contig"], effects=[]
        )
        back = np.array([unit, 1, 1])
        coefficients = other.coefficients.mul(back, axis=0).to_numpy()
        assert coefficients == pytest.approx(usual.coefficients.to_numpy(), rel=1e-6)
        covariance = other.covariance.to_numpy() * np.outer(back, back)
        assert covariance == pytest.approx(usual.covariance.to_numpy(), rel=1e-6)

    @needs_extra
    def test_own_column_as_effect(self):
        """Any column can be absorbed."""
        table = made_world(n=8)
        in_bloc = table["exporter"].isin(["C00", "C01"])
        table = table.assign(bloc=in_bloc.astype(int))
        fit = fit_gravity(table, terms=["ln_dist"], effects=["bloc", "year"])
        assert fit.effects == ("bloc", "year")
        sums = fit.rows.groupby("bloc")[["trade_musd", "fitted_musd"]].sum()
        actual = sums["trade_musd"].tolist()
        assert sums["fitted_musd"].tolist() == pytest.approx(actual, rel=1e-4)

    @needs_extra
    def test_ols_with_effects(self):
        """Absorbed or written out, the coefficients of logs are the same; zeros are out."""
        table = made_world(n=8)
        fit = fit_gravity(table, terms=["ln_dist", "contig"], estimator="ols", cluster="none")
        rows = fit.rows
        design = dummies(rows, ["ln_dist", "contig"])
        beta, *_ = np.linalg.lstsq(design, np.log(rows["trade_musd"]), rcond=None)
        assert fit.coefficients["estimate"].tolist() == pytest.approx(beta[:2].tolist(), abs=SAME)
        assert np.log(rows["fitted_musd"]).to_numpy() == pytest.approx(design @ beta, abs=SAME)
        assert (table["trade_musd"] == 0).sum() == fit.reasons["zero trade has no logarithm"]


TABLE_3 = [
    *("ln_gdp_exporter", "ln_gdp_importer", "ln_gdp_head_exporter", "ln_gdp_head_importer"),
    *("ln_dist", "contig", "language", "colony", "fta", "open"),
]
REST_OF_3 = [
    *("landlocked_exporter", "landlocked_importer", "remote_exporter", "remote_importer"),
    "constant",
]
NEAR = ["ln_dist", "contig", "language", "colony"]


def digits(fit, terms, column="estimate"):
    """Coefficients or their errors as a table prints them."""
    return " ".join(f"{number:.3f}" for number in fit.coefficients.loc[terms, column])


class TestPublished:
    """Every printed digit of the tables in the literature (data recomputed, DATA.md)."""

    @pytest.fixture(scope="class")
    @staticmethod
    def prepare():
        """The script that reads the panels."""
        return prepared()

    @pytest.fixture(scope="class")
    @staticmethod
    def fits(prepare):
        """Every published equation, fitted once."""
        published = prepare.published(FOLDER)
        return {name: fit_gravity(rows, **options) for name, (rows, options) in published.items()}

    @needs_panel
    @pytest.mark.parametrize(
        ("name", "printed", "error", "n"),
        [
            ("OLS", "0.938 0.798 0.207 0.106 -1.166 0.314 0.678 0.397 0.491 -0.170", "0.034", 9613),
            (
                "PPML of positive flows",
                "0.721 0.732 0.154 0.133 -0.776 0.202 0.751 0.020 0.179 -0.139",
                "0.055",
                9613,
            ),
            (
                "PPML",
                "0.732 0.741 0.157 0.135 -0.784 0.193 0.746 0.025 0.181 -0.107",
                "0.055",
                18360,
            ),
        ],
    )
    def test_log_of_gravity_table_3(self, fits, name, printed, error, n):
        """Santos Silva and Tenreyro 2006, table 3: coefficients, and the error of distance."""
        fit = fits[f"Log of Gravity, table 3, {name}"]
        assert digits(fit, TABLE_3) == printed
        assert digits(fit, ["ln_dist"], "std_error") == error
        assert len(fit.rows) == n

    @needs_panel
    @pytest.mark.parametrize(
        ("name", "terms", "printed", "errors"),
        [
            ("Log of Gravity, table 3, PPML", REST_OF_3, "-0.863 -0.696 0.660 0.562 -32.326", ""),
            (
                "Log of Gravity, table 5, PPML",
                [*NEAR, "fta"],
                "-0.750 0.370 0.383 0.079 0.376",
                "0.041 0.091 0.094 0.135 0.077",
            ),
            ("Log of Gravity, table 5, OLS", [*NEAR, "fta"], "-1.347 0.174 0.406 0.666 0.310", ""),
            (
                "WTO/UN guide, chapter 1, OLS",
                [*NEAR, "ln_output", "ln_spent"],
                "-1.002 0.574 0.802 0.735 1.190 0.908",
                "0.027 0.185 0.082 0.144 0.009 0.010",
            ),
            ("WTO/UN guide, chapter 1, OLS", ["constant"], "-11.283", ""),
            (
                "WTO/UN guide, chapter 1, OLS with effects",
                NEAR,
                "-1.216 0.223 0.661 0.670",
                "",
            ),
            (
                "WTO/UN guide, chapter 1, PPML with effects",
                NEAR,
                "-0.841 0.437 0.247 -0.222",
                "0.032 0.083 0.077 0.116",
            ),
        ],
    )
    def test_rest_of_both(self, fits, name, terms, printed, errors):
        """What else both texts print, the guide's errors in Stata's convention."""
        assert digits(fits[name], terms) == printed
        if errors:
            assert digits(fits[name], terms, "std_error") == errors

    @needs_panel
    def test_guide_chapter_2(self, prepare):
        """RTAs beside pair effects, domestic trade included; then borders by year too."""
        table = prepare.guide(FOLDER)
        fit = fit_gravity(table, terms=["rta"], effects=[*BOTH, "pair"], small_sample="stata")
        # Stata's log prints .5571853; both stop at a tolerance of 1e-8 of the deviance.
        assert fit.coefficients["estimate"]["rta"] == pytest.approx(0.5571853, abs=1e-6)
        assert len(fit.rows) == 28482
        assert len(fit.rows) + len(fit.dropped) == len(table)
        border = fit_gravity(
            table, terms=["rta"], effects=[*BOTH, "pair", "border_year"], small_sample="stata"
        )
        assert digits(border, ["rta"]) == "0.259"


def prepared():
    """The script in data/prepare as a module."""
    return loaded(ROOT / "data" / "prepare" / "gravity_model.py")


class TestWorld:
    """The fit that ships, on the whole panel."""

    @needs_panel
    @pytest.mark.no_cover
    @pytest.mark.rebuilt
    def test_rebuilt(self):
        """One script rebuilds every number that ships."""
        rebuilt = prepared().model(FOLDER).to_dict()
        shipped = tl.gravity_model().to_dict()
        assert rebuilt.keys() == shipped.keys()
        for name in ("fits", "coefficients", "covariance", "potentials", "ratios", "rises"):
            mine = pd.DataFrame(rebuilt[name]["rows"], columns=rebuilt[name]["columns"])
            theirs = pd.DataFrame(shipped[name]["rows"], columns=shipped[name]["columns"])
            pd.testing.assert_frame_equal(mine, theirs, rtol=1e-4, atol=1e-7)
        assert rebuilt["trained_on"] == shipped["trained_on"]


class TestWithoutTheExtra:
    """Nothing but the fit needs pyfixest."""

    def test_named(self, monkeypatch):
        """The error names the extra."""
        monkeypatch.setitem(sys.modules, "pyfixest", None)
        for options in ({}, {"effects": []}, {"effects": [], "estimator": "ols"}):
            with pytest.raises(ImportError, match="needs pyfixest: pip install"):
                fit_gravity(SIX, terms=["near"], **options)

    def test_the_rest_works(self):
        """Potential, check and verdict come from what ships, in an interpreter without it."""
        program = """
import sys
for name in ("pyfixest", "statsmodels", "matplotlib"):
    sys.modules[name] = None
import tradelib as tl
check = tl.gravity_check("KAZ", "TKM", target_musd=1000)
verdict = tl.assess(tl.article_target())
assert verdict.value("target_ratio") == check.multiple
forecast = tl.panel_growth(tl.load_turnover("KAZ", "TKM"), horizon=2)
effects = tl.load_agreement_effects()
assert len(tl.scenario.agreement(forecast, effects, 1000, year=2027, start=2026)) == 3
print(round(tl.potential("KAZ", "TKM", year=2016).musd))
"""
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "82"


class TestErrors:
    """What must hold, what came, and the way out."""

    @pytest.mark.parametrize(
        ("options", "match"),
        [
            ({"estimator": "gamma"}, "^estimator is one of ppml, ols, got 'gamma'$"),
            ({"cluster": "year"}, "^cluster is one of pair, countries, none, got 'year'$"),
            ({"small_sample": "sas"}, "^small_sample is one of fixest, stata, got 'sas'$"),
            ({"terms": []}, r"^a gravity equation needs a term or an effect, got \[\] and \(\)$"),
            ({"terms": ["x"]}, "^the frame lacks x; it has exporter, "),
            ({"effects": ["bloc"]}, "^the frame lacks bloc; it has exporter, "),
        ],
    )
    def test_options(self, options, match):
        """Each option is one of those offered, each column there."""
        with pytest.raises(ValueError, match=match):
            fit_gravity(SIX, **{"terms": ["near"], "effects": [], **options})

    def test_values(self):
        """One row per flow; trade zero or more; terms finite; something left."""
        twice = pd.concat([SIX, SIX.head(1).assign(trade_musd=9.0)])
        with pytest.raises(ValueError, match="^one row per flow, but A to B in 2016 is given"):
            fit_gravity(twice, terms=["near"], effects=[])
        for bad, shown in ((-1.0, "-1"), (np.inf, "inf")):
            with pytest.raises(
                ValueError,
                match=f"^trade must be zero or more .* got {shown} and .* for A to B in 2016$",
            ):
                fit_gravity(SIX.assign(trade_musd=[bad, 1, 1, 1, 1, 1]), terms=["near"], effects=[])
        with pytest.raises(ValueError, match="every term finite, got 8 and {'near': inf} for A to"):
            fit_gravity(SIX.assign(near=[np.inf, 0, 0, 0, 0, 0]), terms=["near"], effects=[])
        both = SIX.assign(near=[np.nan] * 4 + [0.0] * 2, trade_musd=[1.0] * 4 + [np.nan] * 2)
        with pytest.raises(ValueError, match="fit: 4 missing near; 2 missing trade_musd$"):
            fit_gravity(both, terms=["near"], effects=[])
        with pytest.raises(ValueError, match="^no flow is left to fit: the panel is empty$"):
            fit_gravity(SIX.iloc[:0], terms=["near"], effects=[])
        # The estimator would end the whole process.
        with pytest.raises(ValueError, match="^all 6 flows are zero; at least one must be above"):
            fit_gravity(SIX.assign(trade_musd=0.0), terms=["near"], effects=[])

    @needs_pyfixest
    def test_terms_that_do_not_vary(self):
        """A term that others give is named, with effects and without."""
        with pytest.raises(ValueError, match="^one does not vary beside the other.*; leave it"):
            fit_gravity(SIX.assign(one=1.0), terms=["near", "one"], effects=[])
        with pytest.raises(ValueError, match="^again does not vary|^near does not vary"):
            fit_gravity(SIX.assign(again=2 * SIX["near"]), terms=["near", "again"], effects=[])

    @needs_extra
    def test_terms_that_effects_give(self):
        """Distance does not vary beside pair effects."""
        with pytest.raises(ValueError, match="^ln_dist does not vary beside the other terms"):
            fit_gravity(made_world(), terms=["ln_dist"], effects=[*BOTH, "pair"])

    @needs_pyfixest
    def test_potential(self):
        """Not of a fit in logs, nor of a flow that is not there; years are offered."""
        logs = fit_gravity(SIX, terms=["near"], effects=[], estimator="ols")
        for ask in (lambda: fitted_potential(logs, "A", "B", year=2016), lambda: potentials(logs)):
            with pytest.raises(ValueError, match="^a potential is a mean, .* fit by ppml$"):
                ask()
        fit = fit_gravity(pd.concat([SIX, SIX.assign(year=2017)]), terms=["near"], effects=[])
        with pytest.raises(ValueError, match="^A to X in 2016 is not in the panel; its years are"):
            fitted_potential(fit, "A", "X", year=2016)
        with pytest.raises(ValueError, match="^A to B in 2018 is not in the panel"):
            fitted_potential(fit, "A", "B", year=2018)
