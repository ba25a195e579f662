"""Pledges against like pairs: by hand, in worlds with a known effect, and each error."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import tradelib as tl
from tradelib.pages.cards import open_now
from tradelib.science.forecasting.predictive import outlook
from tradelib.science.pledges import effect

MODEL = tl.growth_model()


def registry(*rows):
    """Targets with what the count of like pairs reads: a usual one, changed."""
    usual = {
        "target_id": "A-B-2010",
        "reporter": "AAA",
        "partner": "BBB",
        "pair": "AAA-BBB",
        "scope": "pair",
        "currency": "USD",
        "announced": "2010-05-01",
        "baseline_value": 100.0,
        "baseline_year": 2010,
        "target_value": 200.0,
        "deadline": 2015,
        "on_time": True,
        "batch": 1,
    }
    return pd.DataFrame([usual | row for row in rows])


def test_near_the_base_rate():
    """A pair of which one year alone is known gets there about as often as pairs of its size did."""
    for size, multiple, horizon in [(250, 2, 5), (500, 1.94, 2), (20, 2, 5), (5000, 1.5, 4)]:
        history = pd.DataFrame({"year": [2000], "turnover_musd": [size]})
        known = outlook(history, model=MODEL)
        chance = known.chance([multiple * size], 2000 + horizon)[0]
        rate = tl.base_rate(size_musd=size, multiple=multiple, horizon=horizon)
        low, high = rate.interval()
        assert low - 0.02 < chance < high + 0.02


def long(wide):
    """A row a pair and year, of a row a pair and a column a year; nan is unknown."""
    table = wide.melt(ignore_index=False, var_name="year", value_name="turnover_musd")
    return table.reset_index().dropna()


def panel(**turnover):
    """A panel of pairs, AAABBB as AAA-BBB, with turnover from 2010 on."""
    names = pd.Index([f"{name[:3]}-{name[3:]}" for name in turnover], name="pair")
    years = range(2010, 2010 + len(next(iter(turnover.values()))))
    return long(pd.DataFrame([*turnover.values()], names, years))


class TestLikePairs:
    """Which pairs are like a pledge's, and which got there."""

    def counts(self, targets, pairs):
        """Like pairs and those that got there, by kind."""
        peers = effect.like_pairs(targets, pairs)
        return peers.set_index("against")[["like", "reached"]].to_numpy().tolist()

    def test_by_hand(self):
        """From the same year and half to double the size; ever by the deadline, not in it."""
        pairs = panel(
            AAABBB=[100, 200, 300],  # its own pair never counts
            CCCDDD=[100, 250, 100],  # got there and fell back
            CCCEEE=[50, 60, 100],  # the smallest that is like it, exactly doubled
            CCCFFF=[200, 399, 399],  # the largest, not doubled
            CCCGGG=[49, 200, 200],  # too small
            CCCHHH=[201, 900, 900],  # too large
            CCCIII=[100, math.nan, 300],  # a year is unknown
            AAADDD=[100, 100, 150],  # one of its countries
            EEEBBB=[100, 100, 200],  # the other
            AAAZZZ=[100, 100, 100],  # another pledge's
        )
        rows = registry({"deadline": 2012}, {"target_id": "Z", "partner": "ZZZ", "deadline": 2030})
        assert self.counts(rows.iloc[:1], pairs) == [[6, 3], [6, 3], [3, 1]]
        both = effect.like_pairs(rows, pairs)
        mine = both[both["target_id"] == "A-B-2010"].set_index("against")
        assert mine[["like", "reached"]].to_numpy().tolist() == [[5, 3], [6, 3], [2, 1]]
        assert mine.index.tolist() == list(effect.FEWEST_LIKE_PAIRS)
        assert mine["why"].tolist() == [
            "fewer than 30 like pairs",
            "fewer than 30 like pairs",
            "fewer than 10 like pairs",
        ]
        assert both[both["target_id"] == "Z"].to_numpy().tolist() == [
            ["Z", "pairs without a pledge", 0, 0, "ends after 2012"]
        ]

    @pytest.mark.parametrize(
        ("pledged", "pairs", "like"),
        [
            # A pair named the other way round is the pledge's own pair all the same.
            ({}, {"BBBAAA": [100, 200, 300], "DDDCCC": [100, 200, 300]}, 1),
            # Pairs of the size in another year are not like it.
            ({"baseline_year": 2011}, {"CCCDDD": [10, 100, 200], "CCCEEE": [100, 400, 400]}, 1),
            ({}, {"CCCDDD": [1, 2, 3]}, 0),
        ],
    )
    def test_which_are_like(self, pledged, pairs, like):
        """By pair, by year and by size: those that are like it got there too."""
        counts = self.counts(registry({"deadline": 2012} | pledged), panel(**pairs))
        assert counts[1] == [like, like]

    def test_enough(self):
        """Thirty like pairs tell something, and ten of its own countries; one less does not."""
        for extra, whys in ((0, ["", "", ""]), (1, ["fewer than 30 like pairs"] * 2 + [""])):
            of_a = {f"AAA{i:03d}": [100, 100, 150] for i in range(10)}
            others = {f"CCC{i:03d}": [100, 100, 250] for i in range(20 - extra)}
            peers = effect.like_pairs(registry({"deadline": 2012}), panel(**of_a, **others))
            assert peers["why"].tolist() == whys
            assert peers["like"].tolist() == [30 - extra, 30 - extra, 10]

    def test_why_not(self):
        """Each reason for which there is no comparison; regions and what is undated are left out."""
        rows = registry(
            {"scope": "region"},
            {"currency": "EUR"},
            {"deadline": 2010},
            {"baseline_year": 2009},
            {"deadline": 2013},
            {"deadline": None},
            {"baseline_value": None},
            {"baseline_year": None},
            {"deadline": 2012},
        ).astype({"deadline": "Int64", "baseline_year": "Int64"})
        rows["target_id"] = [str(i) for i in range(9)]
        pairs = panel(CCCDDD=[100, 200, 300])
        peers = effect.like_pairs(rows, pairs).drop_duplicates("target_id").set_index("target_id")
        assert peers["why"].to_dict() == {
            "1": "not in US dollars",
            "2": "no year from its baseline to its deadline",
            "3": "starts before 2010",
            "4": "ends after 2012",
            "7": "no year from its baseline to its deadline",
            "8": "fewer than 30 like pairs",
        }


class TestOdds:
    """Mantel and Haenszel's odds ratio with a score interval."""

    def arrays(self, n=300, seed=1):
        """Pledges on time or not, their like pairs, and pairs of countries."""
        rng = np.random.default_rng(seed)
        like = rng.integers(30, 400, n).astype(float)
        reached = rng.binomial(like.astype(int), rng.uniform(0, 0.5, n)).astype(float)
        on_time = (rng.random(n) < 0.3).astype(float)
        return on_time, like, reached, np.arange(n) // 2

    def test_by_hand(self):
        """Two pledges, one on time, thirty like pairs of which ten got there."""
        on_time = np.array([1.0, 0.0])
        like = np.array([30.0, 30.0])
        reached = np.array([10.0, 10.0])
        odds = effect.common_odds(on_time, like, reached, np.array([0, 1]), level=80)
        won = 20 / 31
        lost = 10 / 31
        assert odds[0] == pytest.approx(won / lost)
        variance = 2 * 10 * 20 / (30**2 - 1)
        apart = 2 * (won**2 + (2 * lost) ** 2) / (2 * variance)
        spread = norm.ppf(0.9) ** 2 * variance * max(1, apart)
        for end in odds[1:]:
            assert (won - end * lost) ** 2 == pytest.approx(spread * end)
        assert odds[1] < odds[0] < odds[2]

    def test_as_statsmodels(self):
        """The estimate is the pooled odds ratio of tables of one pledge and its like pairs."""
        tables = pytest.importorskip("statsmodels.stats.contingency_tables")
        on_time, like, reached, pair = self.arrays()
        strata = []
        for hit, n, hits in zip(on_time, like, reached, strict=True):
            strata.append(np.array([[hit, 1 - hit], [hits, n - hits]]))
        pooled = tables.StratifiedTable(strata).oddsratio_pooled
        assert effect.common_odds(on_time, like, reached, pair)[0] == pytest.approx(pooled)

    def test_pairs_cluster(self):
        """The same pledges twice tell little new; in pairs of their own they would."""
        on_time, like, reached, _ = self.arrays(100)
        pair = np.arange(100)
        once = effect.common_odds(on_time, like, reached, pair)
        copies = [np.tile(x, 2) for x in (on_time, like, reached)]
        same = effect.common_odds(*copies, np.tile(pair, 2))
        apart = effect.common_odds(*copies, np.arange(200))
        assert same[0] == pytest.approx(once[0])
        width = math.log(once[2] / once[1])
        assert math.log(same[2] / same[1]) == pytest.approx(width, rel=0.1)
        assert math.log(apart[2] / apart[1]) == pytest.approx(width / math.sqrt(2), rel=0.1)

    def test_none_and_all_on_time(self):
        """None on time is odds of zero with an upper end, all an endless one with a lower."""
        _, like, reached, pair = self.arrays(40)
        none = effect.common_odds(np.zeros(40), like, reached, pair)
        assert none[:2] == (0, 0)
        variance = (reached * (like - reached) / (like**2 - 1)).sum()
        spread = norm.ppf(0.95) ** 2 * 2 * variance  # every pair has two pledges, worth one
        lost = (reached / (like + 1)).sum()
        assert none[2] == pytest.approx(spread / lost**2)
        every = effect.common_odds(np.ones(40), like, reached, pair)
        assert every[0] == every[2] == math.inf
        won = ((like - reached) / (like + 1)).sum()
        assert every[1] == pytest.approx(won**2 / spread)
        nothing = effect.common_odds(np.zeros(2), like[:2], np.zeros(2), np.array([0, 1]))
        assert np.isnan(nothing).all()

    def test_one_pair(self):
        """Pledges of one pair are worth one."""
        on_time, like, reached, _ = self.arrays(20)
        wide = effect.common_odds(on_time, like, reached, np.zeros(20, int))
        apart = effect.common_odds(on_time, like, reached, np.arange(20))
        assert wide[1] < apart[1] < apart[2] < wide[2]
        won = (on_time * (like - reached) / (like + 1)).sum()
        lost = ((1 - on_time) * reached / (like + 1)).sum()
        variance = 20 * (reached * (like - reached) / (like**2 - 1)).sum()
        spread = norm.ppf(0.95) ** 2 * variance
        high = wide[2]
        assert (won - high * lost) ** 2 == pytest.approx(spread * high)

    @pytest.mark.parametrize(("odds", "drift"), [(1.0, 0.15), (3.0, 0.0)])
    def test_covers(self, odds, drift):
        """In worlds without an effect, and with a known one, nine intervals of ten hold it."""
        rng = np.random.default_rng(8)
        hits = 0
        middles = []
        for _ in range(400):
            share = np.clip(rng.beta(1, 6, 120) + drift * rng.random(120), 0, 0.95)
            like = rng.integers(30, 300, 120)
            reached = rng.binomial(like, share).astype(float)
            chance = odds * share / (1 - share + odds * share)
            on_time = (rng.random(120) < chance).astype(float)
            estimated = effect.common_odds(
                on_time, like.astype(float), reached, np.arange(120) // 2
            )
            hits += estimated[1] <= odds <= estimated[2]
            middles.append(math.log(max(estimated[0], 0.01) / odds))
        # 400 worlds: one standard error of a rate of 90 % is 1.5 points.
        assert 0.86 <= hits / 400 <= 0.965
        assert np.median(middles) == pytest.approx(0, abs=0.08)


class TestWorlds:
    """From a panel to the answer: a world of its own, with a drift that no model has learned."""

    def world(self, drift, lift, seed):
        """A panel of 700 pairs with a drift, and 120 pledges, some of which are lifted."""
        rng = np.random.default_rng(seed)
        years = range(2000, 2017)
        steps = rng.normal(drift, 0.25, (700, 16)) + rng.normal(0, 0.1, 16)
        sizes = rng.normal(5, 1, (700, 1))
        logs = np.cumsum(np.hstack([sizes, steps]), axis=1)
        names = [f"{2 * i:03d}-{2 * i + 1:03d}" for i in range(700)]
        rows = []
        for i in range(120):
            start = int(rng.integers(2, 11))
            multiple = float(rng.choice([1.5, 2.0, 3.0]))
            later = logs[i, start + 1 : start + 6]
            best = later.max() - logs[i, start]
            got_there = best >= math.log(multiple)
            first = math.exp(logs[i, start])
            reporter, partner = names[i].split("-")
            rows.append(
                {
                    "target_id": str(i),
                    "reporter": reporter,
                    "partner": partner,
                    "pair": names[i],
                    "announced": "2008",
                    "baseline_year": 2000 + start,
                    "baseline_value": first,
                    "target_value": multiple * first,
                    "deadline": 2005 + start,
                    "on_time": bool(got_there or rng.random() < lift),
                }
            )
        frame = pd.DataFrame(np.exp(logs), index=pd.Index(names, name="pair"), columns=years)
        return registry(*rows), long(frame)

    def test_no_effect(self):
        """Pledges that do nothing show nothing, however trade drifts."""
        held = []
        for seed, drift in enumerate((-0.05, 0.05, 0.2)):
            rows, pairs = self.world(drift, 0.0, seed)
            result = effect.effect_of(rows, effect.like_pairs(rows, pairs))
            assert result.share == pytest.approx(result.expected, abs=0.09)
            held.append(result.odds[1] <= 1 <= result.odds[2])
        assert sum(held) >= 2

    def test_an_effect(self):
        """Pledges that help come true more often, and it is said so."""
        rows, pairs = self.world(0.05, 0.4, 0)
        result = effect.effect_of(rows, effect.like_pairs(rows, pairs))
        assert result.odds[1] > 1.5
        assert "more often than such pairs" in result.summary()


def counted(*groups, against=effect.WITHOUT):
    """Scored pledges and their counts: groups of (n, on time, share of like pairs, fields)."""
    scored = []
    peers = []
    for n, on_time, share, fields in groups:
        for i in range(n):
            name = f"P{len(scored)}"
            row = {
                "target_id": name,
                "pair": name,
                "on_time": i < on_time,
                "announced": "2010-05",
                "batch": 1,
                "reporter": "AAA",
                "partner": "BBB",
            }
            scored.append({**row, **fields})
            peers.append(
                {
                    "target_id": name,
                    "against": against,
                    "like": 100,
                    "reached": round(100 * share),
                    "why": "",
                }
            )
    return pd.DataFrame(scored), pd.DataFrame(peers)


class TestEffect:
    """What is said of scored pledges and their counts."""

    def test_by_hand(self):
        """Shares, odds and groups of forty pledges."""
        china = {"partner": "CHN", "batch": 2, "announced": "2004"}
        scored, peers = counted((10, 6, 0.2, china), (30, 3, 0.1, {}))
        result = effect.effect_of(scored, peers)
        assert (result.n, result.pairs, result.level) == (40, 40, 90)
        assert result.share == 9 / 40
        assert result.expected == pytest.approx(5 / 40)
        odds = (6 * 80 + 3 * 90) / (4 * 20 + 27 * 10)
        assert result.odds[0] == pytest.approx(odds)
        table = result.groups.set_index("group")
        assert table["n"].to_dict() == {
            "all": 40,
            "with China": 10,
            "without China": 30,
            "announced 2000-2004": 10,
            "announced 2010-2014": 30,
            "first search": 30,
            "second search": 10,
        }
        assert table.loc["with China", ["share", "expected"]].tolist() == [0.6, 0.2]
        assert table.loc["with China", "odds"] == pytest.approx(6 * 80 / (4 * 20))
        pd.testing.assert_series_equal(
            table.loc["without China"], table.loc["announced 2010-2014"], check_names=False
        )
        assert tuple(table.loc["all", ["odds", "low", "high"]]) == result.odds

    def test_other_comparisons(self):
        """Against other like pairs all, and with and without China; the main one comes first."""
        scored, peers = counted((20, 6, 0.2, {"reporter": "CHN"}), (20, 6, 0.1, {}))
        other = peers.assign(against="other", reached=50)
        result = effect.effect_of(scored, pd.concat([other, peers]))
        assert result.groups["against"].tolist()[-3:] == ["other"] * 3
        assert result.groups["group"].tolist()[-3:] == ["all", "with China", "without China"]
        assert result.groups["expected"].tolist()[-3:] == [0.5] * 3
        assert result.expected == pytest.approx(0.15)

    def test_rows_say_why(self):
        """Every scored pledge has a row: its like pairs, or why there are none."""
        scored, peers = counted((6, 3, 0.2, {}))
        peers.loc[0, ["like", "reached", "why"]] = [0, 0, "ends after 2016"]
        result = effect.effect_of(scored, peers.iloc[:5])
        assert result.rows["why"].tolist() == [
            "ends after 2016",
            *[""] * 4,
            "not among those compared",
        ]
        assert result.rows["like"].tolist() == [0, 100, 100, 100, 100, 0]
        assert result.n == 4
        assert "2 more pledges cannot be compared" in result.summary()
        assert "1 of them because they end after 2016" in result.summary()

    def test_level(self):
        """A higher level is wider."""
        scored, peers = counted((60, 20, 0.2, {}))
        _, low80, high80 = effect.effect_of(scored, peers, level=80).odds
        _, low95, high95 = effect.effect_of(scored, peers, level=95).odds
        assert low95 < low80 < high80 < high95
        with pytest.raises(ValueError, match="level"):
            effect.effect_of(scored, peers, level=100)

    def test_words(self):
        """More, less, neither; and how many comparisons of many pledges do not bear it."""
        for on_time, begins in ((30, "more often"), (0, "less often"), (13, "neither clearly")):
            said = effect.effect_of(*counted((60, on_time, 0.2, {}))).words()
            assert said.startswith(begins)
            assert "comparisons" not in said
        torn = effect.effect_of(
            *counted(
                (30, 28, 0.2, {"partner": "CHN"}), (30, 7, 0.2, {}), (29, 6, 0.2, {"batch": 2})
            )
        )
        assert "That holds in 3 of 4 comparisons" in torn.words()
        china = {"partner": "CHN"}
        less = effect.effect_of(*counted((40, 1, 0.2, china), (40, 6, 0.2, {})))
        assert less.words().startswith("less often than such pairs grew as much. That holds")

    def test_nothing_to_compare(self):
        """Why there is no like pair, and how often."""
        scored, peers = counted((3, 1, 0.2, {}))
        with pytest.raises(ValueError, match=r"got none for 3 pledges: ends after 2016 \(3\)$"):
            effect.effect_of(scored, peers.assign(why="ends after 2016"))

    def test_unknown_batch(self):
        """A search that is none of the registry's is named with those that there are."""
        scored, peers = counted((3, 1, 0.2, {}))
        with pytest.raises(tl.InputError, match="^batch is one of 1, 2, 3, 4, got 0$"):
            effect.effect_of(scored.assign(batch=0), peers)


class TestShipped:
    """The registry's own answer."""

    def test_what_is_found(self):
        """173 pledges: 36 % on time, 12 % of like pairs; the second search hardly bears it out."""
        result = tl.pledge_effect()
        assert (result.n, result.pairs, int(result.rows["on_time"].count())) == (173, 107, 337)
        assert result.share == pytest.approx(62 / 173)
        # What like pairs really did: 13 % on another panel, of 1995-2018, for 104 pledges.
        assert result.expected == pytest.approx(0.13, abs=0.05)
        assert result.odds[1] > 1
        table = result.groups.set_index(["against", "group"])
        second = table.loc[("pairs without a pledge", "second search")]
        assert second["low"] < 1 < second["high"]
        assert second["share"] - second["expected"] < 0.07

    def test_two_panels_agree(self):
        """Pledges that both know: like pairs of five offices got there as often as all pairs."""
        peers = tl.load_pledge_peers().query("why == ''")
        shares = peers.assign(share=peers["reached"] / peers["like"])
        both = shares.pivot_table(index="target_id", columns="against", values="share")
        both = both[["pairs without a pledge", "pairs that five offices report"]].dropna()
        assert len(both) > 60
        assert both.mean().iloc[0] == pytest.approx(both.mean().iloc[1], abs=0.03)

    def test_as_of(self):
        """Pledges resolved by then, like pairs known by then; none before the panel was out."""
        then = tl.pledge_effect(as_of="2022-10-05")
        assert "pairs that five offices report" not in set(then.groups["against"])
        assert then.n <= 157

    def test_open_targets(self):
        """Every open target has a row; each says what it rests on.

        A later value below the target takes the place of the baseline; five years if undated.
        """
        targets = open_now()
        every = tl.load_targets(status="open")
        assert targets["target_id"].tolist() == every["target_id"].tolist()
        has_chance = targets["rests_on"].isin(["own recent", "own older", "size"])
        answered = targets[has_chance]
        assert targets.loc[~has_chance, "probability_in"].isna().all()
        assert (answered["probability_ever"] >= answered["probability_in"]).all()
        targets = targets.set_index("target_id")
        row = targets.loc["KAZ-TKM-2022"]
        assert row["rests_on"] == "own recent"
        history = tl.load_turnover(row["reporter"], row["partner"])
        exact = outlook(history, model=MODEL).chance([1000], int(row["by"]))[0]
        assert row["probability_in"] == exact
        vague = targets[(targets["deadline_kind"] == "vague") & targets["probability_in"].notna()]
        assert (vague["by"] - vague["last_year"] == 5).all()
        row = targets.loc["IND-RUS-2024"]
        assert (row["last_value"], row["last_year"], row["by"]) == (59863, 2025, 2030)
        assert row["asked"] == pytest.approx((100 / 59.863) ** 0.2 - 1)
        office = tl.load_turnover("RUS", "IND")
        later = pd.DataFrame({"year": [2025], "turnover_musd": [59_863.0]})
        at_last_value = outlook(pd.concat([office, later]), model=MODEL, other_source=True)
        direct = at_last_value.paths(5).probability(100_000, year=2030, ever=True)
        assert row["probability_ever"] == pytest.approx(direct, abs=1e-4)
