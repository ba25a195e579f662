"""Blocs: who is a member when, the sums of their pairs, and what is said of such a sum."""

import json
import math
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, loaded
from typer.testing import CliRunner

import tradelib as tl
from tradelib import cli
from tradelib.api.gather import gather
from tradelib.core import country_codes
from tradelib.core.members import AS_THEY_WERE
from tradelib.datasets import bloc_sums, blocs, pair_series
from tradelib.pages.cards import open_now
from tradelib.science.assessment.evidence import estimate_all
from tradelib.science.forecasting.bloc_sums import Dependence, summed, summed_logs
from tradelib.science.forecasting.predictive import (
    NORMAL,
    WITHIN_ONE,
    as_usual,
    as_usual_by_year,
    outlook,
    outlooks_by_year,
)

PANEL = ROOT.parent / "shared" / "panel"
SCRIPT = loaded(ROOT / "data" / "prepare" / "bloc_model.py")
# Totals as published (facts/bloc_totals.csv), beside those of the registry: pair, year, US$ million.
PUBLISHED = [
    ("KAZ", "CENTRAL-ASIA", 2020, 4698.7),
    ("CENTRAL-ASIA", "CENTRAL-ASIA", 2023, 10000),
    ("IND", "AFRICA", 2015, 56000),
    ("CHN", "AFRICA", 2023, 282000),
    ("CHN", "AFRICA", 2023, 1_980_000 / 7.0809),  # CNY, at the year's average rate
    ("EGY", "AFRICA", 2023, 9200),
]
# Figures of blocs in the registry that ours differ from by more than a tenth, and why. China's
# customs and its partners count the same trade apart: our matrix takes the importers' reports.
OFF = {
    ("REG-ASEAN-CHN-2010", "outcome"): "mirror",
    ("REG-CHN-CELAC-2015", "baseline"): "mirror",
    ("REG-CHN-AFR-2014", "baseline"): "mirror",
    ("REG-CHN-EU-2013", "baseline"): "mirror",
    ("REG-CHN-CEE-2012", "outcome"): "mirror",
    ("REG-CHN-AFR-2005", "baseline"): "mirror",
    ("REG-CHN-AFR-2005", "outcome"): "mirror",
    ("REG-IND-AFR-2011", "baseline"): "fiscal year",
    ("REG-IND-AFR-2012", "baseline"): "fiscal year",
    ("REG-IND-EU-2009", "baseline"): "fiscal year, and services in ours",
    ("REG-IND-EU-2009", "outcome"): "fiscal year, and services in ours",
    ("REG-TUR-AFR-2008", "baseline"): "mirror",
    ("REG-TUR-AFR-2008", "outcome"): "mirror",
}


def members(name, on=None):
    """Countries of a bloc, on a day or ever."""
    return set(tl.load_blocs(name, on=on).country)


class TestMembers:
    """Who is a member when."""

    def test_britain(self):
        """It left on the last of January 2020: no member of that year, one on its first day."""
        assert "GBR" in members("EU", "2020-01-31")
        assert "GBR" not in members("EU", "2020-02-01")
        counted = [blocs.members_in("EU", year, AS_THEY_WERE) for year in (2019, 2020)]
        assert [("GBR" in year, len(year)) for year in counted] == [(True, 28), (False, 27)]
        assert len(blocs.members_in("EU", 2024, "2019-06-30")) == 28

    def test_armenia(self):
        """It joined on 2 January 2015, a day after the union began, and counts in all of 2015."""
        assert members("EAEU", "2015-01-01") == {"BLR", "KAZ", "RUS"}
        assert "ARM" in members("EAEU", "2015-01-02")
        assert "ARM" in blocs.members_in("EAEU", 2015, AS_THEY_WERE)
        assert "KGZ" not in blocs.members_in("EAEU", 2015, AS_THEY_WERE)  # from August
        assert "KGZ" in blocs.members_in("EAEU", 2016, AS_THEY_WERE)

    def test_twice(self):
        """A member that left and came back."""
        held = {y: "SYR" in blocs.members_in("ARAB", y, AS_THEY_WERE) for y in (2011, 2012, 2023)}
        assert held == {2011: True, 2012: False, 2023: True}

    def test_names(self):
        """Every group of the registry has a list but one, and no code is a country's."""
        targets = tl.load_targets()
        regions = targets[targets.scope == "region"]
        groups = {
            side for side in [*regions.reporter, *regions.partner] if country_codes.is_bloc(side)
        }
        known = set(tl.load_blocs().bloc)
        assert groups - known == {"LAC"}
        assert members("Africa") == members("AFRICA") == members("AFR")
        assert len(members("CENTRAL-ASIA")) == 5

    @pytest.mark.parametrize(
        ("name", "on", "error", "text"),
        [
            ("LAC", None, tl.NoAnswerError, "Latin America.*33 to 43 countries"),
            ("CIS", None, tl.NoAnswerError, "no list of the members of Commonwealth.*ASEAN"),
            ("KAZ", None, tl.InputError, "'KAZ' is a country, and no bloc"),
            ("EAEU", "2014-12-31", tl.NoAnswerError, "EAEU had no members on 2014-12-31.*2015"),
            ("EU", "today", tl.InputError, "a day such as"),
        ],
    )
    def test_refused(self, name, on, error, text):
        """What is not known says why."""
        with pytest.raises(error, match=text):
            tl.load_blocs(name, on=on)


class TestSums:
    """Histories of blocs."""

    def test_by_hand(self):
        """The sum of Kazakhstan's trade with four neighbours, pair by pair."""
        history = tl.load_turnover("KAZ", "CENTRAL-ASIA").set_index("year")
        by_pair = [
            pair_series.reports("KAZ", other)["bns_partners"]
            for other in ("KGZ", "TJK", "TKM", "UZB")
        ]
        exports = sum(one.exports[2023] for one in by_pair)
        imports = sum(one.imports[2023] for one in by_pair)
        assert history.loc[2023, "export_musd"] == pytest.approx(exports)
        assert history.loc[2023, "import_musd"] == pytest.approx(imports)
        assert set(history.source_id) == {"bns_partners"}
        assert (history.missing == 0).all()

    def test_either_side(self):
        """Turned round, exports and imports change places and the sum does not."""
        there = tl.load_turnover("EU", "VNM")
        back = tl.load_turnover("VNM", "EU")
        assert np.allclose(there.turnover_musd, back.turnover_musd)
        assert np.allclose(there.export_musd, back.import_musd)
        assert (there.reporter[0], back.reporter[0]) == ("EU", "VNM")

    def test_inside(self):
        """Inside a bloc each flow counts once: pairs of its members, by their own sources."""
        inside = tl.load_turnover("CENTRAL-ASIA", "CENTRAL-ASIA").set_index("year")
        total = 0.0
        for pair in combinations(sorted(members("CENTRAL-ASIA")), 2):
            report = pair_series.main_series(pair_series.reports(*pair))
            if 2023 in report.years_with_both_flows:
                total += report.exports[2023] + report.imports[2023]
        assert inside.loc[2023, "turnover_musd"] == pytest.approx(total)
        assert inside.loc[2023, "source_id"] == bloc_sums.MIXTURE
        assert inside.loc[2023, "missing"] == pytest.approx(0.003, abs=0.001)
        assert inside[["export_musd", "import_musd"]].isna().all().all()

    def test_a_member_trades_with_the_others(self):
        """A partner that is a member is none of its own partners; no pair counts twice."""
        of_one, _ = bloc_sums._pairs("KAZ", "EAEU", "2020-01-01")
        assert all("KAZ" in pair and pair[0] != pair[1] for pair in of_one)
        between, _ = bloc_sums._pairs("EAEU", "CENTRAL-ASIA", "2020-01-01")
        assert not {pair[::-1] for pair in between} & set(between)

    def test_conventions(self):
        """Members as they were, or of one day in every year."""
        as_they_were = tl.load_turnover("EAEU", "IRN")
        of_a_day = tl.load_turnover("EAEU", "IRN", members="2025-08-07")
        assert as_they_were.year.min() == 2015
        assert of_a_day.year.min() == 2000
        with_britain = tl.load_turnover("EU", "USA", members="2019-12-31").set_index("year")
        without = tl.load_turnover("EU", "USA").set_index("year")
        britain = tl.load_turnover("GBR", "USA", source="census_usa").set_index("year")
        gap = with_britain.turnover_musd[2022] - without.turnover_musd[2022]
        assert gap == pytest.approx(britain.turnover_musd[2022])
        assert with_britain.turnover_musd[2019] == without.turnover_musd[2019]

    def test_nine_tenths(self):
        """A year counts if members with figures hold nine tenths of the last sum known."""
        parts, _ = bloc_sums._parts("RUS", "EU", "turnover", "2025-01-01", None)
        assert parts["baci_v202501"].held[2023] == pytest.approx(0.786, abs=0.001)  # no Poland
        assert parts["baci_v202501"].years == []
        history = tl.load_turnover("RUS", "EU", members="2025-01-01")
        assert 2023 not in history.year.tolist()
        everything = tl.load_turnover("EU", "VNM")
        assert everything.missing.between(0, 0.1).all()

    def test_as_of(self):
        """What came out later is not read; before the first figure it says when that came."""
        early = tl.load_turnover("KAZ", "CENTRAL-ASIA", as_of="2022-08-01")
        assert early.year.max() == 2021
        with pytest.raises(tl.NoAnswerError, match="the first came on"):
            tl.load_turnover("EU", "VNM", as_of="2010-01-01")

    def test_sources(self):
        """Which sources hold a sum, and what others say."""
        listed = tl.available("KAZ", "CENTRAL-ASIA")
        assert listed.source_id.tolist() == ["itpde_r1", "bns_partners", "baci_v202501"]
        with pytest.raises(tl.NoAnswerError, match="'wits' has no year.*bns_partners"):
            tl.load_turnover("KAZ", "CENTRAL-ASIA", source="wits")
        assert "USITC" in tl.cite(tl.load_turnover("EU", "VNM"))
        assert "members' pairs" in tl.cite(tl.load_turnover("CENTRAL-ASIA", "CENTRAL-ASIA"))

    def test_flows_of_blocs_that_share_members(self):
        """Between two of their members a flow goes both ways, and only turnover has an answer."""
        both = tl.load_turnover("EAEU", "CENTRAL-ASIA")
        assert both[["export_musd", "import_musd"]].isna().all().all()
        assert both.turnover_musd.gt(0).all()
        assert set(tl.available("EAEU", "CENTRAL-ASIA").flows) == {"turnover"}
        apart = tl.load_turnover("EAEU", "ASEAN")
        assert (apart.export_musd + apart.import_musd).equals(apart.turnover_musd)

    def test_marks(self):
        """A bloc stands for its members of the day, and a pair inside it for both sides."""
        of_russia = tl.load_marks("RUS")
        with_vietnam = tl.load_marks("EAEU", "VNM")
        assert set(of_russia.title) <= set(with_vietnam.title)
        assert set(with_vietnam.country) <= members("EAEU", "2026-01-01")
        assert tl.load_marks("EU", "VNM").empty

    def test_live(self):
        """No live source is asked for a bloc: its members are fetched one by one."""
        way_out = r"fetch its members one by one.*load_turnover\('KAZ', 'EAEU'\)"
        for fetch in ("fetch_turnover", "fetch_flows", "fetch_months", "fetch_goods"):
            with pytest.raises(tl.InputError, match=way_out):
                getattr(tl.live, fetch)("KAZ", "EAEU")

    def test_as_one_types_them(self):
        """Small letters and full names."""
        series = tl.load_turnover("eu", "vnm")
        assert series.equals(tl.load_turnover("European Union", "Viet Nam"))
        inside = tl.Target("central asia", "Central Asia", 20_000, 2030)
        assert inside.pair == "CENTRAL-ASIA-CENTRAL-ASIA"
        with pytest.raises(tl.InputError, match="did you mean.*EU"):
            tl.load_turnover("EU27", "VNM")

    @pytest.mark.parametrize(("a", "b", "year", "published"), PUBLISHED)
    def test_published(self, a, b, year, published):
        """Published totals, within a tenth."""
        history = tl.load_turnover(a, b).query("source_id != 'pledges'")
        ours = history.set_index("year").turnover_musd[year]
        assert abs(math.log(ours / published)) <= math.log(1.1)

    def test_every_figure_of_the_registry(self):
        """Each figure of a bloc of which we have the year, most within a tenth; the others by name."""
        off, n = set(), 0
        for row in tl.load_targets().query("scope == 'region' and currency == 'USD'").itertuples():
            if "LAC" in (row.reporter, row.partner):
                continue
            history = tl.load_turnover(row.reporter, row.partner).query("source_id != 'pledges'")
            ours = history.set_index("year").turnover_musd
            for name in ("baseline", "outcome"):
                value, year = getattr(row, f"{name}_value"), getattr(row, f"{name}_year")
                if pd.isna(value) or pd.isna(year) or year not in ours.index:
                    continue
                n += 1
                if abs(math.log(ours[year] / value)) > math.log(1.1):
                    off.add((row.target_id, name))
        assert off == set(OFF)
        assert n - len(off) >= 25


def parts(spreads, levels, shift=0.0):
    """Normal parts of a sum over one year: quantiles of their logs, shape (n, 1, 901)."""
    spread = np.array(spreads)[:, None, None]
    return np.log(np.array(levels))[:, None, None] + shift + spread * NORMAL


def middle_and_spread(logs):
    """Median and spread of a forecast's first year, in logs."""
    low, middle, high = logs[0, WITHIN_ONE]
    return middle, (high - low) / 2


def terminal(words):
    """What the terminal says, in one line."""
    said = CliRunner().invoke(cli.app, words.split())
    assert said.exit_code == 0, said.output
    return " ".join(said.output.split())


class TestSummed:
    """The distribution of a sum."""

    def test_one_part(self):
        """A bloc of one member is that pair."""
        alone = parts([0.4], [100.0])
        assert np.array_equal(summed_logs(alone, np.ones((1, 1))), alone[0])

    def test_by_hand(self):
        """Two like parts: half of the variance is their own, and the correlation's half stays."""
        alike = parts([0.01, 0.01], [100.0, 100.0])
        for correlation in (0.0, 0.5, 1.0):
            matrix = np.array([[1.0, correlation], [correlation, 1.0]])
            middle, spread = middle_and_spread(summed_logs(alike, matrix))
            assert spread == pytest.approx(0.01 * math.sqrt((1 + correlation) / 2), rel=1e-3)
            assert middle == pytest.approx(math.log(200), abs=1e-4)

    @pytest.mark.parametrize("correlation", [0.0, 0.7])
    def test_by_drawing(self, correlation):
        """Against many draws of lognormal pairs of unlike sizes."""
        spreads, levels = np.array([0.3, 0.5, 0.6, 0.4]), np.array([1000.0, 300.0, 200.0, 50.0])
        matrix = np.full((4, 4), correlation) + (1 - correlation) * np.eye(4)
        draws = np.random.default_rng(0).multivariate_normal(np.zeros(4), matrix, 100_000)
        drawn = np.log((levels * np.exp(spreads * draws)).sum(axis=1))
        logs = summed_logs(parts(spreads, levels), matrix)[0]
        for probability, score in ((0.1, -1.2816), (0.5, 0.0), (0.9, 1.2816)):
            ours = np.interp(score, NORMAL, logs)
            assert ours == pytest.approx(np.quantile(drawn, probability), abs=0.025)

    def test_tails(self):
        """The form of the tails is the model's, whatever the spread."""
        fat = parts([0.3, 0.3], [100.0, 100.0]) + 0.02 * NORMAL**3
        logs = summed_logs(fat, np.eye(2))[0]
        middle, high = logs[WITHIN_ONE[1:]]
        assert (logs[-1] - middle) / (high - middle) == pytest.approx(
            (0.3 * 4.5 + 0.02 * 4.5**3) / 0.32
        )

    def test_dependence(self):
        """Large pairs load more; pairs without a common country have a part of it."""
        dependence = Dependence(base=0.2, slope=0.1, apart=0.5)
        assert dependence.loadings(np.array([1.0, 1e3, 1e30])).tolist() == [0.2, 0.5, 0.95]
        sharing = np.array([[True, False], [False, True]])
        found = dependence.correlations(np.array([1e3, 1e3]), sharing)
        assert found.tolist() == [[1.0, 0.125], [0.125, 1.0]]

    @pytest.mark.rebuilt
    @pytest.mark.skipif(not PANEL.is_dir(), reason="needs the panels (../shared/panel)")
    def test_rebuilt(self):
        """The dependence that ships is learned again from the panels."""
        shipped = json.loads(tl.path("bloc_model.json").read_text())
        assert SCRIPT.model(SCRIPT.panels(PANEL)) == shipped


class TestTargets:
    """Targets of blocs on the one road."""

    def test_every_open_row(self):
        """Each target of a region has a chance, or says why not."""
        opened = open_now().set_index("target_id")
        targets = tl.load_targets()
        regions = targets[(targets.scope == "region") & (targets.status == "open")].target_id
        rows = opened.loc[regions]
        assert len(rows) == 7
        without = rows[rows.probability_in.isna()]
        assert without.index.tolist() == ["REG-IND-LAC-2023"]
        assert "no list of the members" in without.rests_on.iloc[0]
        for target_id in rows.index.difference(without.index):
            verdict = tl.assess(tl.open_target(target_id))
            assert verdict.probability_in == pytest.approx(rows.probability_in[target_id])

    def test_a_wider_range_than_independence(self):
        """Pairs that move together make the range of the sum wider."""
        case = gather(tl.Target("EU", "USA", 10**6, 2030))
        history, model = case.parts.history, case.information.model
        members = outlooks_by_year(history, case.parts.other_source, model)
        assert len(members) == 27
        widths = []
        for dependence in (Dependence(base=0, slope=0, apart=0), case.parts.dependence):
            low, high = summed(members, dependence).quantile([0.1, 0.9], 2028)
            widths.append(math.log(high / low))
        assert widths[1] > 1.3 * widths[0]
        total = sum(member.last_musd for member in members.values())
        assert total == pytest.approx(case.now.last_musd)

    def test_members(self):
        """The day of the announcement, unless another convention is asked for."""
        announced = date(2019, 6, 30)
        of_the_day = tl.Target("EU", "USA", 10**6, 2030, announced=announced)
        as_they_were = tl.Target(
            "EU", "USA", 10**6, 2030, announced=announced, members=AS_THEY_WERE
        )
        with_britain, without = map(gather, (of_the_day, as_they_were))
        assert with_britain.target.convention == "2019-06-30"
        assert with_britain.parts.history.shape[1] == without.parts.history.shape[1] + 1
        assert with_britain.now.last_musd > without.now.last_musd
        assert "members 2019-06-30" in tl.assess(of_the_day).summary()

    def test_in_euros(self):
        """A bloc's target in another currency: history and forecast in it."""
        target = tl.Target("EU", "VNM", 100_000, 2030, currency="EUR")
        verdict = tl.assess(target)
        rate = verdict.target.rate
        in_dollars = tl.assess(tl.Target("EU", "VNM", 100_000 / rate[1], 2030))
        assert abs(verdict.probability_in - in_dollars.probability_in) < 0.1
        assert verdict.value("last_value") == pytest.approx(62672 * 0.925, rel=0.01)

    def test_what_is_said(self):
        """The evidence has the pairs, the missing part, and a count that differs from another."""
        verdict = tl.assess(tl.open_target("REG-ARE-EAEU-2025"))
        assert verdict.value("pairs_summed") == 5
        assert verdict.value("sum_of_pairs") == pytest.approx(17310.55)
        assert "add up to is US$17bn, and the last figure is the registry's" in verdict.summary()
        alike = tl.assess(tl.open_target("REG-IND-AFR-2025"))
        assert "they may count different trade" not in alike.summary()

    def test_reasons(self):
        """Signals as usual are those of each pair: of one pair alone what they are of that pair."""
        case = gather(tl.Target("EU", "USA", 10**6, 2030))
        parts, model = case.parts, case.information.model
        pair = ("DEU", "USA")
        of_pairs = outlooks_by_year(parts.history, parts.other_source, model)
        usual = as_usual_by_year(of_pairs, parts.history, parts.other_source, model)
        alone = parts.history[[pair]].set_axis(["turnover_musd"], axis=1)
        alone = alone.dropna().rename_axis("year").reset_index()
        asked = {"model": model, "other_source": parts.other_source}
        expected = as_usual(outlook(alone, **asked), alone, **asked)
        for signal in ("dollar", "move", "volatility"):
            assert usual[signal][pair].logs == pytest.approx(expected[signal].logs)
        verdict = tl.assess(case.target)
        reasons = verdict.reasons.set_index("key")
        assert reasons.index.isin(["asked", "dollar", "move", "volatility"]).all()
        assert {"asked", "dollar"} <= set(reasons.index)
        total = verdict.value("usual") + reasons["value"].sum()
        assert total == pytest.approx(verdict.probability_in)

    def test_hindcasts_of_its_members(self):
        """Past forecasts are of the sum, held against the same members' trade."""
        announced = date(2021, 6, 1)
        target = tl.Target("EU", "USA", 10**6, 2030, announced=announced, members="2019-12-31")
        table = tl.hindcasts(target).query("forecaster == 'panel_growth'")
        with_britain = tl.load_turnover("EU", "USA", members="2019-12-31").set_index("year")
        first = table.iloc[0]
        assert first.observed == with_britain.turnover_musd[first.year]
        [then] = estimate_all([gather(target, first.as_of)], whole=False)
        assert first["median"] == pytest.approx(then.outlook.quantile(0.5, first.year), rel=0.02)
        assert tl.hindcasts(tl.open_target("REG-ARE-EAEU-2025")).empty  # no year has come since

    def test_refused(self):
        """What cannot be answered says why."""
        bloc = tl.Target("EU", "VNM", 100_000, 2030)
        with pytest.raises(tl.NoAnswerError, match="months are read of pairs only"):
            tl.assess(bloc, part_year=(6, 100.0))
        with pytest.raises(tl.NoAnswerError, match="give the sum's own years with them"):
            tl.track(bloc)
        with pytest.raises(tl.InputError, match="inside EAEU an export of one member"):
            tl.Target("EAEU", "EAEU", 100_000, 2030, flow="export")
        with pytest.raises(tl.NoAnswerError, match="share members.*ask for turnover"):
            tl.assess(tl.Target("EAEU", "CENTRAL-ASIA", 100_000, 2030, flow="export"))
        with pytest.raises(tl.NoAnswerError, match="European Union is a bloc: ask of its members"):
            tl.fill_gap(bloc)
        with pytest.raises(tl.NoAnswerError, match="load_turnover has the annual sum"):
            tl.load_figures("EU", "VNM")
        with pytest.raises(tl.InputError, match="neither KAZ nor UZB is a bloc"):
            tl.Target("KAZ", "UZB", 10_000, 2030, members="2020-01-01")
        with pytest.raises(tl.InputError, match="members is 'as they were' or"):
            tl.Target("KAZ", "EU", 10_000, 2030, members="2020-13-01")
        held = tl.Target("IRN", "EAEU", 10_000, 2026, announced=date(2025, 5, 1))
        row = tl.assess_many([held]).iloc[0]
        assert math.isnan(row.probability_in)
        assert "members with a figure hold nine tenths" in row.reason

    def test_own_history(self):
        """With one's own figures of a sum it is one series."""
        history = {2021: 50_000.0, 2022: 55_000.0, 2023: 60_000.0, 2024: 64_000.0}
        verdict = tl.assess(tl.Target("EU", "VNM", 100_000, 2030), history=history)
        assert 0 < verdict.probability_in < 1
        assert not verdict.has("pairs_summed")
        target = verdict.target
        assert tl.track(target, history=history, part_year=(6, 33_000.0)).nowcast.year == 2025

    def test_in_the_terminal(self):
        """By name, with the convention of members, and a target of the registry with another."""
        told = terminal("assess EU USA --target 1000bn --by 2030 --members 2019-12-31")
        assert "sum of 28 pairs, members 2019-12-31" in told
        told = terminal("assess REG-RUS-EU-2013 --members 2025-01-01")
        assert "sum of 27 pairs, members 2025-01-01" in told
        told = terminal("assess IND Africa --target 165400 --by 2030")
        assert "REG-IND-AFR-2025" in told

    def test_in_tables(self, tmp_path):
        """A column of a table says whose trade counts."""
        rows = {"reporter": "EU", "partner": "USA", "value_musd": 10**6, "deadline": 2030}
        days = ["2019-12-31", "2025-01-01"]
        file = tmp_path / "mine.csv"
        pd.DataFrame([rows | {"members": day} for day in days]).to_csv(file, index=False)
        table = tl.assess_many(file)
        assert table.last_musd[0] > table.last_musd[1] * 1.05
        of_targets = tl.assess_many([tl.Target(**rows, members=day) for day in days])
        assert of_targets.members.tolist() == days
        assert of_targets.probability_in.equals(table.probability_in)

    def test_code_repeats_the_answer(self):
        """The call that gives an answer again names the members whose trade counts."""
        target = tl.Target("EU", "USA", 10**6, 2030, members="2019-12-31")
        lines = tl.explore.code(target, source="census_usa").splitlines()
        assert [line.count('members="2019-12-31"') for line in lines if "members" in line] == [1, 1]

    def test_reports_of_what_is_settled(self, tmp_path):
        """A target whose year is over has a page, where later data end too long ago as well."""
        for target_id in ("REG-KOR-ASEAN-2014", "IRN-SYR-2022"):
            path = tl.report(tl.open_target(target_id), tmp_path / "page.html")
            assert "Missed." in path.read_text(encoding="utf-8"), target_id
