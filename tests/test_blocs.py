"""Blocs: who is a member when, the sums of their pairs, and what is said of such a sum."""

import math

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import tradelib as tl
from tradelib.bundle import blocs, pairs, sums

FACTS = ROOT.parent / "shared" / "facts"
# Totals as published (facts/bloc_totals.csv and the registry of targets): pair, year, US$ million,
# and why ours differs by more than a tenth where it does.
PUBLISHED = [
    ("KAZ", "CENTRAL-ASIA", 2020, 4698.7, ""),
    ("KAZ", "CENTRAL-ASIA", 2021, 6302.4, ""),
    ("KAZ", "CENTRAL-ASIA", 2022, 7992.4, ""),
    ("KAZ", "CENTRAL-ASIA", 2023, 7799.0, ""),
    ("KAZ", "CENTRAL-ASIA", 2024, 7681.3, ""),
    ("KAZ", "CENTRAL-ASIA", 2025, 8878.4, ""),
    ("CENTRAL-ASIA", "CENTRAL-ASIA", 2023, 10000, ""),
    ("CENTRAL-ASIA", "CENTRAL-ASIA", 2021, 6000, "label: it is Kazakhstan's with the other four"),
    ("UZB", "CENTRAL-ASIA", 2017, 3200, "definition: the ministry's may hold services"),
    ("IND", "ASEAN", 2010, 53400, ""),
    ("IND", "ASEAN", 2023, 121000, "fiscal year, and mirror: BACI takes the partners' reports in"),
    ("IND", "AFRICA", 2015, 56000, ""),
    ("CHN", "AFRICA", 2023, 282000, ""),
    ("AFRICA", "AFRICA", 2023, 196040, "definition: each flow twice, as export and as import"),
    ("OTS", "OTS", 2023, 42000, "definition: a minister's, of a year barely over"),
    ("ASEAN", "KOR", 2008, 90200, ""),
    ("ASEAN", "KOR", 2015, 119900, ""),
    ("CHN", "ARAB", 2010, 145400, ""),
    ("CHN", "ASEAN", 2005, 130300, ""),
    ("EGY", "AFRICA", 2023, 9200, ""),
    ("RUS", "EU", 2012, 410000, ""),
]


def members(name, on=None):
    """Countries of a bloc, on a day or ever."""
    return set(tl.load_blocs(name, on=on).country)


class TestMembers:
    """Who is a member when."""

    def test_britain(self):
        """It left on the last of January 2020: no member of that year, one on its first day."""
        assert "GBR" in members("EU", "2020-01-31")
        assert "GBR" not in members("EU", "2020-02-01")
        counted = [blocs.members_in("EU", year, blocs.AS_THEY_WERE) for year in (2019, 2020)]
        assert [("GBR" in year, len(year)) for year in counted] == [(True, 28), (False, 27)]
        as_of_a_day = blocs.members_in("EU", 2024, "2019-06-30")
        assert len(as_of_a_day) == 28

    def test_armenia(self):
        """It joined on 2 January 2015, a day after the union began, and counts in all of 2015."""
        assert members("EAEU", "2015-01-01") == {"BLR", "KAZ", "RUS"}
        assert "ARM" in members("EAEU", "2015-01-02")
        assert "ARM" in blocs.members_in("EAEU", 2015, blocs.AS_THEY_WERE)
        assert "KGZ" not in blocs.members_in("EAEU", 2015, blocs.AS_THEY_WERE)  # from August
        assert "KGZ" in blocs.members_in("EAEU", 2016, blocs.AS_THEY_WERE)

    def test_twice(self):
        """A member that left and came back."""
        years = (2011, 2012, 2022, 2023)
        held = ["SYR" in blocs.members_in("ARAB", year, blocs.AS_THEY_WERE) for year in years]
        assert held == [True, False, False, True]

    def test_names(self):
        """Every group of the registry has a list but one, and no code is a country's."""
        targets = tl.load_targets()
        regions = targets[targets.scope == "region"]
        groups = {side for side in [*regions.reporter, *regions.partner] if blocs.is_bloc(side)}
        known = set(tl.load_blocs().bloc)
        assert groups - known == {"LAC"}
        assert not [code for code in known if len(code) == 2 and code != "EU"]
        assert members("Africa") == members("AFRICA") == members("AFR")
        assert len(members("CENTRAL-ASIA")) == 5
        with pytest.raises(tl.InputError, match="no country is called 'CA'"):
            tl.load_blocs("CA")

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

    def test_the_file(self):
        """It is what its script makes of the facts."""
        if not FACTS.is_dir():
            pytest.skip("the facts are not at hand")
        facts = pd.read_csv(FACTS / "blocs.csv")
        held = tl.load_blocs()
        assert len(held) == len(facts[~facts.bloc.isin(["OTS-OBSERVER", "CA-PLUS"])])
        assert held["from"].str[:4].astype(int).between(1945, 2026).all()


class TestSums:
    """Histories of blocs."""

    def test_by_hand(self):
        """The sum of Kazakhstan's trade with four neighbours, pair by pair."""
        history = tl.load_turnover("KAZ", "CENTRAL-ASIA").set_index("year")
        by_pair = [
            pairs.reports("KAZ", other)["bns_partners"] for other in ("KGZ", "TJK", "TKM", "UZB")
        ]
        assert history.loc[2023, "export_musd"] == sum(one.exports[2023] for one in by_pair)
        assert history.loc[2023, "import_musd"] == sum(one.imports[2023] for one in by_pair)
        assert set(history.source_id) == {"bns_partners"}
        assert (history.missing == 0).all()

    def test_either_side(self):
        """Turned round, exports and imports change places and the sum does not."""
        there = tl.load_turnover("EU", "VNM")
        back = tl.load_turnover("VNM", "EU")
        assert np.allclose(there.turnover_musd, back.turnover_musd)
        assert np.allclose(there.export_musd, back.import_musd)
        assert there.reporter.unique().tolist() == ["EU"]
        assert back.reporter.unique().tolist() == ["VNM"]

    def test_inside(self):
        """Inside a bloc each flow counts once: pairs of its members, by their own sources."""
        inside = tl.load_turnover("CENTRAL-ASIA", "CENTRAL-ASIA").set_index("year")
        countries = sorted(members("CENTRAL-ASIA"))
        total = 0.0
        for i, a in enumerate(countries):
            for b in countries[i + 1 :]:
                report = pairs.main_series(pairs.reports(a, b))
                if 2023 in report.years_with_both_flows:
                    total += report.exports[2023] + report.imports[2023]
        assert inside.loc[2023, "turnover_musd"] == pytest.approx(total)
        assert inside.loc[2023, "source_id"] == sums.MIXTURE
        assert inside.loc[2023, "missing"] == pytest.approx(0.003, abs=0.001)
        assert inside[["export_musd", "import_musd"]].isna().all().all()

    def test_a_member_trades_with_the_others(self):
        """A partner that is a member is none of its own partners."""
        assert all(
            "KAZ" in pair and pair[0] != pair[1]
            for pair in sums._pairs("KAZ", "EAEU", "2020-01-01")
        )
        between = sums._pairs("EAEU", "CENTRAL-ASIA", "2020-01-01")
        assert ("KAZ", "KGZ") in between or ("KGZ", "KAZ") in between
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
        parts, _ = sums._parts("RUS", "EU", "turnover", "2025-01-01", None)
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
        alone = tl.load_turnover("KAZ", "CENTRAL-ASIA", source="itpde_r1")
        assert len(alone) == listed.n.iloc[0]
        with pytest.raises(tl.NoAnswerError, match="'wits' has no year.*bns_partners"):
            tl.load_turnover("KAZ", "CENTRAL-ASIA", source="wits")
        with pytest.raises(tl.InputError, match="members is 'as they were' or"):
            tl.load_turnover("KAZ", "CENTRAL-ASIA", members="now")
        assert "USITC" in tl.cite(tl.load_turnover("EU", "VNM"))
        assert "members' pairs" in tl.cite(tl.load_turnover("CENTRAL-ASIA", "CENTRAL-ASIA"))

    def test_pairs_unchanged(self):
        """The convention of members says nothing of a pair."""
        plain = tl.load_turnover("KAZ", "UZB")
        assert plain.equals(tl.load_turnover("KAZ", "UZB", members="2020-01-01"))
        assert "missing" not in plain

    @pytest.mark.parametrize(("a", "b", "year", "published", "why"), PUBLISHED)
    def test_published(self, a, b, year, published, why):
        """Published totals, within a tenth where nothing explains more."""
        history = tl.load_turnover(a, b)
        ours = history.set_index("year").query("source_id != 'pledges'").turnover_musd[year]
        off = abs(math.log(ours / published))
        assert (off <= math.log(1.1)) == (not why)

    def test_how_many_are_published(self):
        """Twelve histories, and twelve years that nothing has to explain."""
        assert len({(a, b) for a, b, *_ in PUBLISHED}) >= 12
        assert sum(not why for *_, why in PUBLISHED) >= 12
