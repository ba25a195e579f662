"""Scripts that learn small models: blocs, exchange rates, months, agreements, simple baselines."""

import itertools
import math
from types import SimpleNamespace

import agreement_effects
import baselines
import bloc_model
import exchange_model
import nowcast_model
import numpy as np
import pandas as pd
import pytest

from tradelib.science.forecasting.bloc_sums import Dependence

NAN = float("nan")


class TestBlocModel:
    """How pairs that share a country move together."""

    @pytest.fixture
    def asked(self, monkeypatch):
        """Histories that the growth model is given; it says 10, give or take a factor e a score."""
        kept = []

        def quantiles(history, *, horizons, quantiles, model):
            kept.append(history)
            assert quantiles[40] == pytest.approx(0.5)
            one = 10 * np.exp(bloc_model.SCORES)
            return np.broadcast_to(one, (len(history), len(horizons), one.size))

        monkeypatch.setattr(bloc_model, "panel_quantiles", quantiles)
        return kept

    def test_scores_by_hand(self, asked):
        """What came one, three and five years on, in scores; below a million counts as a million."""
        rows = {
            "A-B": {2000: 7.0, 2001: 8.0, 2002: 10 * math.e, 2004: 0.2, 2006: 10.0},
            "A-C": {2001: 1.0, 2002: 10 / math.e**2},
            "C-D": {2000: 5.0, 2001: 0.9, 2002: 5.0},
        }
        flat = [(pair, year, value) for pair, row in rows.items() for year, value in row.items()]
        panel = pd.DataFrame(flat, columns=["pair", "year", "turnover_musd"])
        one, three, five = bloc_model.forecasts(panel, None, [2001])
        (history,) = asked
        assert history.columns.tolist() == [2000, 2001]
        assert history.index.tolist() == [0, 1]
        assert [origin.horizon for origin in (one, three, five)] == [1, 3, 5]
        assert one.pairs[["a", "b", "last"]].to_numpy().tolist() == [["A", "B", 8], ["A", "C", 1]]
        assert one.pairs["score"].tolist() == pytest.approx([1, -2])
        assert three.pairs["came"].tolist() == [1]
        assert three.pairs["score"].tolist() == pytest.approx([-math.log(10)])
        assert five.pairs["score"].tolist() == pytest.approx([0])
        assert one.curves.shape == (2, 81)
        assert one.curves[0, 40] == pytest.approx(math.log(10))
        # Nothing came of the last year: no forecast of it.
        assert list(bloc_model.forecasts(panel, None, [2006])) == []

    def test_no_more_than_the_years_that_are_read(self, asked):
        """The last 25."""
        rows = [("A-B", year, 5.0) for year in range(1990, 2020)]
        panel = pd.DataFrame(rows, columns=["pair", "year", "turnover_musd"])
        list(bloc_model.forecasts(panel, None, [2018]))
        assert asked[0].columns.tolist() == list(range(1994, 2019))

    @staticmethod
    def by_size(names, values, scores):
        """Correlations at two origins alike, from pairs of one-letter countries."""
        sides = {"a": [name[0] for name in names], "b": [name[1] for name in names]}
        pairs = pd.DataFrame(sides | {"last": values, "score": scores})
        origin = bloc_model.Origin(2001, 1, pairs, np.empty((len(pairs), 0)))
        with np.errstate(invalid="ignore"):  # cells without a pair
            return bloc_model.by_size([origin, origin])

    @pytest.mark.parametrize(
        ("names", "scores", "sharing", "others"),
        [
            # Two share A, the third is apart from both.
            (["AB", "AC", "DE"], [1.0, 2, -3], 1 * 2, (-3 - 6) / 2),
            # On either side: two share B.
            (["AB", "BC", "DE"], [2.0, -3, 1], 2 * -3, (2 - 3) / 2),
            # A country weighs as its pairs: 6 products of A's over 3, and -2 of B's over 2.
            (["AC", "AD", "AE", "BF", "BG"], [1.0, 1, 1, 1, -1], (6 / 3 - 2 / 2) / 3, 0),
        ],
    )
    def test_correlations_by_hand(self, names, scores, sharing, others):
        """Mean products over the variance, of pairs that share a country and of others."""
        found = self.by_size(names, 1.0, scores)
        variance = np.mean(np.square(scores))
        assert found.sharing[0, 0] == pytest.approx(sharing / variance)
        assert found.others[0, 0] == pytest.approx(others / variance)

    def test_sizes_are_cells_of_half_a_power_of_ten(self):
        """3.2 million is of the second, a trillion of the last."""
        _, others, logs = self.by_size(["AD", "BE", "CF"], [3.1, 3.2, 1e6], 1.0)
        assert np.flatnonzero(np.isfinite(logs)).tolist() == [0, 1, 9]
        assert others[0, 9] == pytest.approx(1)
        assert logs[9] == pytest.approx(6)

    def test_learned(self):
        """Steps of a hundredth and half a hundredth; loadings that both tables' mean has."""
        logs = np.arange(10) * 0.5
        loadings = 0.13 + 0.115 * logs
        square = np.outer(loadings, loadings)
        tables = [
            bloc_model.Correlations(factor * square, 0.5 * factor * square, logs)
            for factor in (0.8, 1.2)
        ]
        found = bloc_model.learned(tables)
        assert found == Dependence(base=0.13, slope=0.115, apart=0.5)


class TestExchangeModel:
    """How trade told in dollars answers to a currency."""

    def test_spreads(self):
        """From 1973 to the last year; a currency that is short weighs by its years in the mean of all."""
        table = pd.DataFrame(
            {"AAA": [9.0, 0.0, 0.1, 0.0, 5.0], "BBB": [NAN, NAN, 0.0, 0.3, 9.0]},
            range(1972, 1977),
        )
        found = exchange_model.spreads(table, 1975)
        of_all = (0.01 + 0.01 + 0.09) / 3
        assert found["AAA"] == pytest.approx(math.sqrt((0.01 + of_all) / 2 * 1.5))
        assert found["BBB"] == pytest.approx(math.sqrt((0.09 + of_all) / 2 * 1.5))

    def test_homes(self):
        """Of both sides, as known in the year; none of a country without one, or of an unknown rate."""
        logs = pd.DataFrame(
            {"CNY": [0.1, 0.2, 0.3], "JPY": [NAN, 0.5, 0.6], "EUR": [0.7, NAN, NAN]},
            [2000, 2001, 2002],
        )
        by_then = {"CNY": 0.05, "JPY": 0.1, "EUR": 0.2}
        first, second = exchange_model.homes("CHN-JPN", logs, by_then, 2001)
        assert first["currency"] == "CNY"
        assert first["per_usd"] == pytest.approx({2000: math.exp(0.1), 2001: math.exp(0.2)})
        assert first["spread"] == 0.05
        assert second["per_usd"] == pytest.approx({2001: math.exp(0.5)})
        assert list(exchange_model.homes("DEU-KAZ", logs, by_then, 2001)) == []

    def test_density_by_hand(self):
        """A normal of spread .3 told in a currency whose rate is known to stay: its own density.

        What came lies one spread above the median, and of answer 0 the spread is that of trade and
        rate together.
        """
        scores = exchange_model.UNIFORM
        normal = np.linspace(-4.5, 4.5, 901)
        assert scores.size == normal.size
        curve = 3 + 0.3 * normal
        years = range(2000, 2003)
        logs = pd.DataFrame({"EUR": [0.2, 0.3, 0.4]}, years)
        row = pd.Series({2000: 1.0, 2001: math.exp(3.3), 2002: math.exp(3.3)})
        exchange = {"currency": "EUR", "per_usd": {2000: math.exp(0.2)}, "spread": 0.2}
        found = exchange_model.densities_of(np.array([curve] * 5), row, exchange, logs, 2000)
        assert found.shape == (2, exchange_model.RESPONSES.size)
        for year, horizon in ((0, 1), (1, 2)):
            wandered = 0.2 * math.sqrt(horizon - 1 / 3)
            spread = math.hypot(0.3, wandered)
            # The rate was expected to stay at .2, and what came is told at that of its own year.
            score = (3.3 + 0.2 + 0.1 * horizon - 3.2) / spread
            expected = -(score**2) / 2 - math.log(spread * math.sqrt(2 * math.pi))
            assert found[year, 0] == pytest.approx(expected, abs=0.02)
        far = row.copy()
        far[2001] = math.exp(9.0)
        far[2002] = NAN
        found = exchange_model.densities_of(np.array([curve] * 5), far, exchange, logs, 2000)
        width = math.hypot(0.3, 0.2 * math.sqrt(2 / 3)) / 0.3
        assert found[0, 0] == pytest.approx(math.log(1e-4 / width))
        assert np.isnan(found[1]).all()

    def test_five_years_ahead(self):
        """No further, however far the panel goes."""
        years = range(2000, 2010)
        logs = pd.DataFrame({"EUR": [0.0] * 10}, years)
        curves = np.array([3 + 0.3 * np.linspace(-4.5, 4.5, 901)] * 9)
        exchange = {"currency": "EUR", "per_usd": {2000: 1.0}, "spread": 0.2}
        found = exchange_model.densities_of(curves, pd.Series(20.0, years), exchange, logs, 2000)
        assert len(found) == 5

    def test_of_an_origin(self, monkeypatch):
        """Pairs of ten million or more, their years by then alone, at most so many of them."""
        years = list(range(2000, 2008))
        panel = pd.DataFrame(
            [[20.0] * 8, [20.0] * 5 + [9.9] * 3, [NAN, 20.0] + [20.0] * 6, [20.0] * 8],
            ["BEL-CHN", "BEL-JPN", "JPN-KAZ", "KAZ-UZB"],
            years,
        )
        logs = pd.DataFrame(dict.fromkeys(["EUR", "CNY", "JPY"], [0.1] * 8), years)
        given = []

        class Said:
            logs = np.empty((9, 0))

        def outlooks(histories, *, model, nowcasts, other_sources):
            given.extend(histories)
            assert len(nowcasts) == len(other_sources) == len(histories)
            return [Said() for _ in histories]

        told = []

        def densities(curves, row, exchange, rates, origin):
            told.append(
                (row.name, exchange["currency"], exchange["spread"], max(exchange["per_usd"]))
            )
            return np.full((1, 2), float(len(told)))

        monkeypatch.setattr(exchange_model, "outlooks", outlooks)
        monkeypatch.setattr(exchange_model, "densities_of", densities)
        monkeypatch.setattr(
            exchange_model, "spreads", lambda rates, last: dict.fromkeys(rates, last / 1e4)
        )
        found = exchange_model.of_origin(panel, logs, None, 2005)
        assert sorted(told) == [
            ("BEL-CHN", "CNY", 0.2005, 2005),
            ("BEL-CHN", "EUR", 0.2005, 2005),
            ("JPN-KAZ", "JPY", 0.2005, 2005),
        ]
        assert found.tolist() == [2.0, 2.0]
        assert sorted({min(history["year"]) for history in given}) == [2000, 2001]
        assert {max(history["year"]) for history in given} == {2005}
        nowhere = exchange_model.of_origin(panel.loc[["KAZ-UZB"]], logs, None, 2005)
        assert np.isnan(nowhere).all()
        monkeypatch.setattr(exchange_model, "PER_ORIGIN", 1)
        given.clear()
        exchange_model.of_origin(panel, logs, None, 2005)
        assert len(given) == 1

    def test_each_origin_counts_the_same(self, monkeypatch):
        """From the fifth year to the last but one; years of which nothing is known do not count."""
        n = exchange_model.RESPONSES.size
        values = {2004: 1.0, 2005: NAN, 2006: 4.0}
        monkeypatch.setattr(
            exchange_model, "of_origin", lambda panel, rates, model, year: np.full(n, values[year])
        )
        panel = pd.DataFrame([[1.0] * 8], ["A-B"], range(2000, 2008))
        found = exchange_model.likelihoods(panel, None, None)
        assert set(found) == {2.5}
        assert found.index.tolist() == exchange_model.RESPONSES.tolist()

    def test_itpde(self, monkeypatch, tmp_path):
        """The bundled matrix of directed flows: both directions added, no USA, nothing is unknown."""
        rows = [
            ("BEL", "FRA", 1.5, NAN),
            ("FRA", "BEL", 2.0, 3.0),
            ("DEU", "FRA", 0.0, 4.0),
            ("USA", "FRA", 9.0, 9.0),
        ]
        flows = pd.DataFrame(rows, columns=["exporter", "importer", "2015", "2016"])
        flows.to_csv(tmp_path / "itpde_2000_2016.csv.gz", index=False)
        monkeypatch.setattr(exchange_model, "DATA", tmp_path)
        table = exchange_model.itpde()
        assert table.index.tolist() == ["BEL-FRA", "DEU-FRA"]
        assert table.loc["BEL-FRA"].to_dict() == {2015: 3.5, 2016: 3.0}
        assert np.isnan(table.loc["DEU-FRA", 2015])


class TestNowcastModel:
    """A vintage a day, of the months that were out."""

    MONTHS = pd.DataFrame(
        [
            (reporter, partner, year)
            for reporter, partner in [("USA", "CAN"), ("USA", "VNM"), ("ARM", "RUS")]
            for year in range(2015 if reporter == "ARM" else 2010, 2026)
            for _ in range(2)
        ],
        columns=["reporter", "partner", "year"],
    )

    @pytest.mark.parametrize("day", nowcast_model.VINTAGES)
    def test_vintage(self, monkeypatch, day):
        """Years to its last one; the words say partners and years of the same rows."""
        kept = []
        monkeypatch.setattr(
            nowcast_model,
            "fit_nowcast_model",
            lambda table, **options: kept.append((table, options)),
        )
        nowcast_model.vintage(self.MONTHS, day)
        ((table, options),) = kept
        last = {"2020-12-31": 2019, "2022-06-30": 2021, "2025-02-28": 2024}[day]
        assert table["year"].max() == last
        assert options["known_from"] == day
        assert options["trained_on"].endswith(
            f": 2 partners of 2010-{last} (US Census Bureau), 1 partners of 2015-{last} (Armstat)"
        )
        # Every month of the last year was out: that of December by the tenth of February.
        assert f"{last + 1}-02-10" <= day < f"{last + 2}-02-10"


class TestAgreementEffects:
    """What the table of effects is made of, with a fit that is given."""

    def test_panel(self, tmp_path):
        """The guide's columns under our names; both directions one pair."""
        rows = [("B", "A", 1986, 3.0, 1), ("A", "A", 1987, 5.0, 0)]
        flows = pd.DataFrame(rows, columns=["exporter", "importer", "year", "trade", "rta"])
        flows.assign(dist=1.0).to_parquet(tmp_path / "agtpa_applications_1986_2006.parquet")
        table = agreement_effects.panel(tmp_path)
        assert table.to_dict("list") == {
            "exporter": ["B", "A"],
            "importer": ["A", "A"],
            "year": [1986, 1987],
            "trade_musd": [3.0, 5.0],
            "rta": [1, 0],
            "pair": ["A-B", "A-A"],
            "border_year": [1986, 0],
        }

    def test_each_group_has_its_own_fit(self, monkeypatch):
        """Entrants and their days on all pairs; like ones on the rest. One like two counts once."""
        entry = pd.Series({"in": 2010, "too": 2010})
        logs = pd.DataFrame(0.0, ["in", "too", "x", "y", "z"], range(2000, 2025))
        logs.loc[["in", "too", "y", "z"], 2010] = [0.2, 0.4, 1.0, 1.0]
        alike = {"in": pd.Index(["x", "y", "z"]), "too": pd.Index(["x"])}
        fits = []

        def study(rows, dates):
            terms = [agreement_effects.name(k) for k in agreement_effects.SINCE if k != -1]
            fits.append((set(rows["pair"]), len(dates)))
            estimates = {"estimate": 0.11111 * len(fits), "std_error": 0.5}
            return SimpleNamespace(coefficients=pd.DataFrame(estimates, terms))

        monkeypatch.setattr(agreement_effects, "study", study)
        monkeypatch.setattr(agreement_effects, "beyond", lambda fit: logs)
        monkeypatch.setattr(agreement_effects, "like", lambda wide, dates: alike)
        monkeypatch.setattr(agreement_effects, "turnovers", lambda table: None)
        table = pd.DataFrame({"pair": list(logs.index)})
        found = agreement_effects.effects(table, entry).set_index(["group", "since"])
        assert fits == [({"in", "too", "x", "y", "z"}, 2), ({"x", "y", "z"}, 2)]
        assert found.loc[("entered", 0), "q0.5"] == pytest.approx(0.3)
        # x stands at 1/12 of the weight and at 5/12, y at 9/12: a quarter of the way from 0 to 1.
        assert found.loc[("like", 0), "q0.5"] == pytest.approx(0.25)
        of_fit = ["n", "effect", "std_error"]
        assert found.loc[("entered", 0), of_fit].tolist() == [2, 0.1111, 0.5]
        assert found.loc[("like", 0), of_fit].tolist() == [3, 0.2222, 0.5]
        assert found.loc[("entered", -1), of_fit].tolist() == [2, 0, 0]
        found = agreement_effects.effects(table, entry, placebo=False)
        assert found.loc[found["group"] == "like", "effect"].isna().all()
        assert len(fits) == 3


class TestBaselines:
    """Quantiles of all past growth, by class of size and volatility."""

    @staticmethod
    def world():
        """Twenty pairs of each of five sizes and three volatilities; the larger, the wilder too."""
        rng = np.random.default_rng(0)
        rows = {}
        for size, step, i in itertools.product(range(5), (0.01, 0.1, 0.5), range(20)):
            signs = rng.permutation([1, 1, 1, -1, -1, -1])
            moves = step * (1 + size / 10) * signs * (1 + rng.random(6) / 10)
            rows[f"{size}-{step}-{i}"] = np.exp(10 * size + 1 + np.r_[0, np.cumsum(moves)])
        return pd.DataFrame.from_dict(rows, orient="index", columns=range(2000, 2007))

    def test_by_class(self):
        """A pair's quantile is that of windows of its class, from its own last value."""
        table = self.world()
        found = baselines.pooled_quantiles(table, horizons=[1, 2], quantiles=[0.1, 0.9])
        logs = np.log(table)
        for size, step in ((0, 0.01), (2, 0.1), (4, 0.5)):
            rows = table.index.str.startswith(f"{size}-{step}-")
            for i, h in enumerate((1, 2)):
                growth = (logs.shift(-h, axis=1) - logs)[rows].to_numpy()
                expected = np.nanquantile(growth, [0.1, 0.9])
                mine = np.log(found[rows, i]) - logs[rows].to_numpy()[:, -1:]
                assert mine == pytest.approx(np.tile(expected, (rows.sum(), 1)))

    @pytest.mark.parametrize(("known", "pooled"), [(100, True), (99, False)])
    def test_few(self, known, pooled):
        """A hundred windows speak for a class; with one fewer a pair speaks for itself."""
        table = self.world()
        calm = table.index.str.startswith("0-0.01-")
        table.loc[calm, 2000] = NAN
        if known == 99:
            table.loc["0-0.01-0", 2001] = NAN
        assert np.log(table[calm]).diff(axis=1).notna().sum().sum() == known
        alone = baselines.naive_quantiles(table, horizons=[1], quantiles=[0.5])
        found = baselines.pooled_quantiles(table, horizons=[1], quantiles=[0.5])
        same = np.isclose(found[calm], alone[calm], rtol=1e-12, atol=0)
        assert same.all() == (not pooled)

    def test_a_pair_is_of_its_last_size(self):
        """One that went from the smallest to the largest grows as the largest and wildest do."""
        table = self.world()
        mover = pd.DataFrame([np.exp([1, 11, 1, 21, 11, 31, 41])], ["mover"], table.columns)
        both = pd.concat([table, mover])
        found = baselines.pooled_quantiles(both, horizons=[1], quantiles=[0.995])
        wild = np.log(table[table.index.str.startswith("4-0.5-")]).diff(axis=1).to_numpy()
        expected = np.nanquantile(wild, 0.995)  # of steps from that size, not to it
        assert np.log(found[-1, 0, 0]) - 41 == pytest.approx(expected, rel=1e-3)
        assert 0.65 < expected < 0.8
