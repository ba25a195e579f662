"""Targets in other currencies: their rates, how a forecast is told in one, and what is refused."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import FEW, ROOT, annual, loaded
from hypothesis import given
from hypothesis import strategies as st
from reader import faults

import tradelib as tl
from tradelib.api import information as information_module
from tradelib.api.gather import gather
from tradelib.datasets import figures, tables, targets
from tradelib.pages.cards import open_now
from tradelib.science.assessment.case import case_of
from tradelib.science.assessment.evidence import estimate_all
from tradelib.science.assessment.verdict import judge
from tradelib.science.forecasting.exchange import Exchange
from tradelib.science.forecasting.predictive import NORMAL, WITHIN_ONE, outlook

FACTS = ROOT.parent / "shared" / "facts" / "exchange_rates_annual.csv"
PAIR = annual([800.0, 900.0, 1000.0, 1100.0, 1000.0, 1200.0], start=2020)
# A rate of two years' averages has moved by two thirds of the walk's variance of a year.
OF_A_YEAR = math.sqrt(1 - 1 / 3)


def exchange(spread=0.0, response=-0.6, per_usd=0.8, last=2025, first=2015, **more):
    """Rates of euros that stay where they are."""
    rates = dict.fromkeys(range(first, last + 1), per_usd)
    return Exchange(currency="EUR", per_usd=rates, spread=spread, response=response, **more)


def told(of_trade, years=1, origin=2025, **rates):
    """A normal forecast, centre 5, told in euros: centre and spread of each year."""
    curves = 5 + of_trade * np.tile(NORMAL, (years, 1))
    logs = exchange(**rates).told(curves, origin, WITHIN_ONE)
    low, middle, high = logs[:, WITHIN_ONE].T
    assert np.allclose(logs, middle[:, None] + (high - middle)[:, None] * NORMAL)
    return middle.tolist(), ((high - low) / 2).tolist()


class TestTold:
    """The distribution of trade in a currency, by hand."""

    def test_a_rate_that_does_not_move(self):
        """Without spread it is plain conversion."""
        centre, spread = told(0.3, years=3)
        assert centre == pytest.approx([5 + math.log(0.8)] * 3)
        assert spread == pytest.approx([0.3] * 3)

    @pytest.mark.parametrize(
        ("response", "by_hand"),
        # sqrt(.3² + .15² + 2 b .15²)
        [(0.0, 0.335410), (-0.5, 0.3), (-0.6, 0.292404), (-1.0, 0.259808)],
    )
    def test_the_spread(self, response, by_hand):
        """Both spreads, less what they share; at an answer of a half it is that in dollars."""
        centre, spread = told(0.3, spread=0.15 / OF_A_YEAR, response=response)
        assert spread == pytest.approx([by_hand], abs=1e-6)
        assert centre == pytest.approx([5 + math.log(0.8)])

    def test_averages_of_a_walk(self):
        """Over five years averages differ by the variance of 4 2/3 years of the walk."""
        _, spread = told(0.3, years=5, spread=0.1, response=0.0)
        assert spread[4] == pytest.approx(math.sqrt(0.09 + 0.01 * (5 - 1 / 3)))

    def test_no_more_than_all(self):
        """A calm pair answers to the rate with all that it moves, never with more."""
        _, spread = told(0.05, spread=0.2 / OF_A_YEAR, response=-0.6)
        assert spread == pytest.approx([0.4 * 0.2])  # only the rate's own part is left

    def test_a_rate_that_is_known(self):
        """What the rate did since the last figure is known, and trade has answered to it."""
        rates = exchange(spread=0.15 / OF_A_YEAR)
        moved = {**rates.per_usd, 2025: 1.0}
        curves = 5 + 0.3 * np.tile(NORMAL, (2, 1))
        logs = replace(rates, per_usd=moved).told(curves, 2024, WITHIN_ONE)
        centre = 5 + math.log(0.8) + 0.4 * math.log(1.0 / 0.8)
        assert logs[:, WITHIN_ONE[1]] == pytest.approx(centre)
        half = (logs[:, WITHIN_ONE[2]] - logs[:, WITHIN_ONE[0]]) / 2
        answered = 0.6 * 0.15
        assert half[0] == pytest.approx(math.sqrt(0.09 - answered**2))
        two_years = 0.15 / OF_A_YEAR * math.sqrt(2 - 1 / 3)
        left = 0.09 - (0.6 * two_years) ** 2 + (0.4 * 0.15) ** 2
        assert half[1] == pytest.approx(math.sqrt(left))

    @FEW
    @given(
        response=st.floats(-0.95, 0.0), spread=st.floats(0.0, 0.3), scale=st.floats(0.001, 1000.0)
    )
    def test_scaling_the_currency(self, response, spread, scale):
        """A hundred cents are a euro: the distribution is the same."""
        rates = exchange(spread=spread, response=response)
        cents = replace(rates, per_usd={y: r * scale for y, r in rates.per_usd.items()})
        model = tl.growth_model()
        euros = outlook(PAIR, model=model, exchange=rates)
        scaled = outlook(PAIR, model=model, exchange=cents)
        goals = np.array([500.0, 1000.0, 2000.0])
        for year in (2026, 2030):
            assert scaled.chance(goals * scale, year) == pytest.approx(euros.chance(goals, year))
        assert scaled.last_musd == pytest.approx(scale * 0.8 * 1200)


class TestConverted:
    """A history told in a currency."""

    def test_each_year_at_its_rate(self):
        """Turnover and flows, and back again."""
        rates = replace(exchange(), per_usd={2020: 0.5, 2021: 2.0})
        history = annual([100.0, 200.0], start=2020, export_musd=[60.0, 120.0])
        euros = rates.converted(history)
        assert euros["turnover_musd"].tolist() == [50.0, 400.0]
        assert euros["export_musd"].tolist() == [30.0, 240.0]
        assert history["turnover_musd"].tolist() == [100.0, 200.0]
        assert rates.dollars(euros)["turnover_musd"].tolist() == [100.0, 200.0]

    def test_years_without_a_rate(self):
        """They are left out, and the source says so; without the last there is no answer."""
        target = tl.Target("TUR", "ESP", 2000, 2029, currency="EUR")
        history = annual([100.0, 110.0, 120.0, 130.0], start=1997)
        case = gather(target, history=history)
        assert case.history["year"].tolist() == [1999, 2000]
        assert case.source.endswith(
            "in EUR at each year's average rate, which is not known of 1997, 1998"
        )
        with pytest.raises(tl.NoAnswerError, match="^the last figure is of 1998, and the exchange"):
            exchange(first=1999).converted(history.head(2))


class TestTarget:
    """The pledge."""

    def test_value(self):
        """In millions of its currency; in dollars once a rate is known."""
        target = tl.Target("TUR", "ESP", 25_000, 2029, currency="EUR")
        assert (target.value, target.currency) == (25_000, "EUR")
        with pytest.raises(tl.NoAnswerError, match="^what EUR 25,000m are worth in US dollars is"):
            _ = target.value_musd
        priced = replace(target, rate=(2025, 0.8))
        assert priced.value_musd == 31_250
        assert priced.summary() == (
            "Türkiye-Spain turnover of EUR 25,000m (US$31,250m at the rate of 2025) by 2029"
        )

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"currency": "eur"}, "^currency is an ISO 4217 code such as 'EUR', got 'eur'$"),
            ({"currency": "EUR", "value_musd": 5}, "^value_musd is of a target in US dollars"),
            ({}, "^value_musd must be a number, got None$"),
            ({"currency": "EUR", "value": 5, "rate": 0.9}, "^rate is a year and its exchange rate"),
            ({"value": 5, "rate": (2025, 0.9)}, "^a target in US dollars has no exchange rate"),
        ],
    )
    def test_refused(self, changes, message):
        """What is no currency, and two meanings of one value."""
        with pytest.raises((tl.InputError, tl.InputTypeError), match=message):
            tl.Target("TUR", "ESP", **{"deadline": 2029, **changes})


class TestRates:
    """What is bundled."""

    def test_as_the_notes_have_them(self):
        """Every rate of the notes but Venezuela's, under its code."""
        if not FACTS.is_file():
            pytest.skip("the research notes are not at hand")
        notes = pd.read_csv(FACTS).query("country != 'Venezuela'")
        rates = tl.load_exchange_rates()
        names = loaded(ROOT / "data" / "prepare" / "exchange_rates.py").CURRENCIES
        ours = rates.set_index(["currency", "year"])["per_usd"]
        theirs = notes.assign(currency=notes["country"].map(names))
        theirs = theirs.set_index(["currency", "year"])["per_usd"]
        pd.testing.assert_series_equal(ours.sort_index(), theirs.sort_index())

    def test_shape(self):
        """No year is missing in between; the euro is from 1999."""
        rates = tl.load_exchange_rates()
        for _, of_one in rates.groupby("currency"):
            assert (of_one["year"].diff().dropna() == 1).all()
            assert of_one["year"].iloc[-1] == 2025
        assert rates["currency"].nunique() == 21
        assert tl.load_exchange_rates("EUR")["year"].min() == 1999

    def test_as_of(self):
        """A year's average is known on 8 January of the next."""
        assert tl.load_exchange_rates("EUR", as_of="2025-01-07")["year"].max() == 2023
        assert tl.load_exchange_rates("EUR", as_of="2025-01-08")["year"].max() == 2024
        with pytest.raises(tl.NoAnswerError, match="^no exchange rates of EUR were released by"):
            tl.load_exchange_rates("EUR", as_of="1999-12-31")

    def test_unknown(self):
        """The error names those that are known."""
        with pytest.raises(tl.NoAnswerError, match="^no exchange rate of 'RUB' is bundled; those"):
            tl.assess(tl.Target("RUS", "TUR", 5_000_000, 2029, currency="RUB"))


class TestLearned:
    """How far currencies move, and trade with them."""

    SCRIPT = loaded(ROOT / "data" / "prepare" / "exchange_model.py")

    def test_shipped(self):
        """The spreads are those of the bundled rates, of each vintage by its own last year."""
        rates = self.SCRIPT.log_rates()
        vintages = json.loads(tl.path("exchange_model.json").read_text())["vintages"]
        assert [vintage["known_from"] for vintage in vintages] == list(self.SCRIPT.VINTAGES)
        for vintage, last in zip(vintages, self.SCRIPT.VINTAGES.values(), strict=True):
            assert vintage["spread"] == pytest.approx(self.SCRIPT.spreads(rates, last), abs=1e-4)
            assert rates.index[rates.index <= last].max() == last
            assert tl.load_exchange_rates(as_of=vintage["known_from"])["year"].max() >= last

    def test_the_answer_of_made_trade(self):
        """Pairs that are made to answer by .8 are found to."""
        draws = np.random.default_rng(0)
        years = range(2000, 2017)
        rates = self.SCRIPT.log_rates()
        moves = rates.loc[2000:2016, ["GBP", "JPY", "AUD", "ZAR", "BRL"]]
        homes = ["GBR", "JPN", "AUS", "ZAF", "BRA"]
        logs = np.concatenate(
            [
                6
                - 0.8 * moves.iloc[:, [i]].to_numpy().T
                + draws.normal(0, 0.02, (6, len(years))).cumsum(axis=1)
                for i in range(5)
            ]
        )
        names = [f"{home}-X{i:02}" for home in homes for i in range(6)]
        panel = pd.DataFrame(np.exp(logs), names, years)
        found = self.SCRIPT.likelihoods(panel, rates, tl.growth_model())
        assert found.idxmax() <= -0.6
        assert found[-0.7] > found[-0.3] > found[0.0]

    @pytest.mark.rebuilt
    def test_rebuilt(self):
        """The answer that ships is learned again."""
        shipped = json.loads(tl.path("exchange_model.json").read_text())
        assert self.SCRIPT.model() == shipped


@pytest.fixture(scope="module")
def judged():
    """The verdict on a target in euros."""
    return tl.assess(tl.open_target("TUR-ESP-2024"))


class TestVerdict:
    """One currency, one unit throughout."""

    def test_gap(self):
        """What is missing is in US dollars, last figure and target at the last rate known."""
        gap = tl.fill_gap(tl.open_target("TUR-ESP-2024"))
        assert gap.last_musd == pytest.approx(18_215 / 0.8845)
        assert gap.missing_musd == pytest.approx((25_000 - 18_215) / 0.8845)

    def test_units(self, judged):
        """No row of the evidence is in dollars; the rate stands there with its source."""
        evidence = judged.evidence.set_index("key")
        assert "US$ million" not in set(evidence["unit"])
        assert evidence.loc["last_value", "unit"] == "EUR million"
        assert evidence.loc["last_value", "value"] == pytest.approx(18_215)
        assert evidence.loc["last_rate", "value"] == 0.8845
        assert evidence.loc["rate_spread", "value"] == pytest.approx(0.084, abs=0.001)
        assert evidence.loc["required", "value"] == pytest.approx((25_000 / 18_215) ** 0.25 - 1)
        assert "inflation" not in evidence.index

    def test_words(self, judged):
        """The sentences speak of euros, and say once what the target is worth in dollars."""
        text = judged.summary()
        assert (text.count("US$28,265m"), text.count("US$")) == (1, 1)
        assert not faults(text)

    def test_tables(self, judged):
        """In one row and as JSON no name promises dollars but the value's worth in them."""
        assert not [name for name in judged.to_frame() if name.endswith("_musd")]
        plain = json.loads(judged.to_json())
        assert plain["value_range"] == list(judged.value_range)
        assert (plain["target"]["value"], plain["target"]["currency"]) == (25_000, "EUR")
        assert plain["target"]["value_musd"] == pytest.approx(28_264.6, abs=0.1)
        of_dollars = json.loads(tl.assess(tl.article_target()).to_json())
        assert "value_range_musd" in set(of_dollars) - set(plain)

    def test_a_currency_that_is_the_dollar(self):
        """At a rate of one that never moves every number is that of a target in dollars."""
        target = tl.Target("ITA", "KAZ", 2000, 2029)
        information = information_module.information_on(None)
        given = {"source": "s", "own_data": True, "other_series": {}}
        in_dollars = case_of(target, PAIR, information, **given)
        ones = exchange(per_usd=1.0)
        euros = replace(target, currency="EUR")
        in_euros = case_of(euros, PAIR, information, exchange=ones, **given)
        verdicts = [judge(case, estimate_all([case])[0]) for case in (in_dollars, in_euros)]
        first, second = (verdict.evidence.set_index("key")["value"] for verdict in verdicts)
        first = first.rename({"last_musd": "last_value"}).rename(
            lambda key: key.replace("_musd", "_value")
        )
        shared = second.index.intersection(first.index)
        assert set(first.index) - set(shared) == {"inflation", "inflation_share"}
        assert second[shared].to_numpy() == pytest.approx(first[shared].to_numpy(), nan_ok=True)
        assert verdicts[1].probability_ever == pytest.approx(verdicts[0].probability_ever)

    def test_as_of(self):
        """A rate that came out later is not used: the verdict of a day stays."""
        target = tl.open_target("GBR-PAK-2022")
        day = "2024-06-30"
        before = tl.assess(target, as_of=day).to_json()
        assert tl.assess(target, as_of=day).target.rate[0] == 2023
        honest = tables.table

        def poisoned(file):
            rows = honest(file).copy()
            if file == "exchange_rates.csv":
                rows.loc[rows["released"] > pd.Timestamp(day), "per_usd"] *= 10
            return rows

        caches = (
            information_module._information,
            information_module.exchange_on,
            figures._annual_by_source,
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tables, "table", poisoned)
            for cache in (*caches, targets.newest_figures):
                cache.cache_clear()
            assert tl.assess(target, as_of=day).to_json() == before
            assert tl.assess(target).target.rate[1] == pytest.approx(10 * 0.7591)
        for cache in (*caches, targets.newest_figures):
            cache.cache_clear()

    def test_grid(self, judged):
        """The grid speaks in euros too."""
        grid = tl.explore.grid(tl.open_target("TUR-ESP-2024"))
        read = grid.read(25_000, deadline=2029)
        assert read.probability_in == pytest.approx(judged.probability_in)
        fan = grid.fan().set_index("year")
        assert fan.loc[2029, "q50"] == pytest.approx(judged.value_range[1])
        assert 'currency="EUR"' in tl.explore.code(grid.target)

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda t: tl.assess(t, part_year=(3, 10.0)), "^months are read in US dollars only"),
            (lambda t: tl.standing(t, PAIR), "^where a target stands is told in US dollars only"),
            (lambda t: tl.progress(PAIR, t), "^progress is told in US dollars only"),
            (tl.track, "^how a year is going is told in US dollars only"),
            (tl.hindcasts, "^how forecasts fared is told in US dollars only"),
        ],
    )
    def test_told_in_dollars_only(self, call, message):
        """What knows no rates says so."""
        with pytest.raises(tl.NoAnswerError, match=message):
            call(tl.open_target("TUR-ESP-2024"))

    def test_another_unit(self):
        """A target off by a thousand is refused in its own currency."""
        with pytest.raises(tl.InputError, match=r"^a target of EUR 25,000,000m is 1,372 times"):
            tl.assess(tl.Target("TUR", "ESP", 25_000_000, 2029, currency="EUR"))


@pytest.fixture(scope="module")
def opened():
    """Open targets in other currencies."""
    table = open_now().set_index("target_id")
    return table[table["currency"] != "USD"]


class TestTables:
    """Open targets, tables and the terminal."""

    def test_open_targets(self, opened):
        """All nine have a chance, but the one whose deadline lies too far ahead."""
        assert len(opened) == 9
        without = opened[opened["probability_in"].isna()]
        assert without["rests_on"].to_dict() == {
            "NZL-THA-2024": "no figure within 10 years before the deadline"
        }

    def test_the_last_value_is_the_recorded_one(self, opened, judged):
        """The registry's figure comes back as it stands there, beside the chance of the verdict."""
        rows = tl.load_targets().set_index("target_id").loc[opened.index]
        answered = opened.dropna(subset="probability_in")
        newest = rows["outcome_value"].fillna(rows["baseline_value"]).astype(float)
        assert answered["last_value"].to_numpy() == pytest.approx(newest[answered.index].to_numpy())
        row = opened.loc["TUR-ESP-2024"]
        assert row["probability_in"] == judged.probability_in
        assert row["probability_ever"] == judged.probability_ever

    def test_many(self, judged):
        """Rows with a currency, beside others without; a bad one spoils no other."""
        rows = [
            judged.target,
            {"reporter": "TUR", "partner": "ESP", "value": 25_000, "currency": "EUR"},
            {"reporter": "TUR", "partner": "KAZ", "value_musd": 15_000},
            {"reporter": "TUR", "partner": "ESP", "value": 5, "currency": "XXX"},
            {"reporter": "TUR", "partner": "ESP", "value_musd": 5, "currency": "EUR"},
            {"reporter": "TUR", "partner": "ESP", "value": 5, "value_musd": 5},
        ]
        table = tl.assess_many(rows)
        assert table["probability_in"].iloc[0] == pytest.approx(judged.probability_in)
        assert table["last_value"].iloc[:2].tolist() == [18_215, 18_215]
        assert table["last_musd"].iloc[0] == pytest.approx(18_215 / 0.8845)
        assert table["last_value"].iloc[2] == table["last_musd"].iloc[2] == 5410
        assert table["reason"].str.slice(0, 30).tolist()[3:] == [
            "no exchange rate of 'XXX' is b",
            "value_musd is of a target in U",
            "a target has one value, got tw",
        ]
        assert "last_value" not in tl.assess_many(rows[2:3])

    def test_terminal(self, run, judged):
        """The registry's target is found by its currency too, in either case of letters."""
        asked = ["assess", "TUR", "ESP", "--target", "25bn", "--by", "2029", "--currency"]
        code, out, _ = run(*asked, "eur")
        assert code == 0
        assert " ".join(out.split()) == f"{judged.summary()} On record as TUR-ESP-2024."
        code, out, _ = run(*asked[:-1])
        assert "US$25,000m" in out
        assert "On record" not in out
        assert run(*asked, "XXX")[0] == 1
        code, _, err = run("assess", "TUR-ESP-2024", "--currency", "EUR")
        assert (code, "--currency cannot be used with a target of the registry" in err) == (2, True)
        code, _, err = run("track", "TUR-ESP-2024", "--offline")
        assert code == 1
        assert "how a year is going is told in US dollars only" in err
