import json
import math
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import FEW, annual
from hypothesis import assume, given
from hypothesis import strategies as st
from verdicts import (
    PAIR,
    TARGET,
    VAGUE,
    Shares,
    all_estimates,
    case,
    era,
    fixed_estimate,
    forecast,
    likely,
    verdict,
)

import tradelib as tl
from tradelib.api.gather import gather
from tradelib.api.information import information_on
from tradelib.core.labels import label, percent
from tradelib.pages.cards import open_now
from tradelib.science.assessment import table as table_rows
from tradelib.science.assessment.case import case_of
from tradelib.science.assessment.evidence import (
    SHARED_GROWTH,
    estimate_all,
    estimate_range,
    estimates_at,
    headline,
)
from tradelib.science.assessment.languages import frequency
from tradelib.science.assessment.likelihood_words import NUMBERS, in_words, likelihood
from tradelib.science.assessment.verdict import Verdict, judge
from tradelib.science.forecasting.predictive import in_eras
from tradelib.science.forecasting.predictors import KINDS, MIN_YEARS
from tradelib.science.pledges.progress_methods import METHODS

PRICES = {
    "prices": pd.DataFrame(
        {"cpi_u": [50.0, 100, 102, 104, 106, 108, 110], "gdp_deflator": 1.0},
        index=range(2018, 2025),
    )
}


def by_key(judged):
    """The evidence by key."""
    return judged.evidence.set_index("key")


def rows(judged, role):
    """Values of a role by key."""
    table = judged.evidence[judged.evidence["role"] == role]
    return dict(zip(table["key"], table["value"], strict=True))


def article_in(year):
    """The article's target as a case, with another deadline."""
    gathered = gather(tl.article_target())
    target = replace(gathered.target, deadline=year)
    return replace(gathered, now=replace(gathered.now, target=target))


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.991, "virtually certain"),
        (0.99, "very likely"),
        (0.911, "very likely, close to likely"),
        (0.901, "likely, close to very likely"),
        (0.9, "likely, close to very likely"),
        (0.884, "likely"),
        (0.671, "likely, close to about as likely as not"),
        (0.66, "about as likely as not, close to likely"),
        (0.341, "about as likely as not, close to unlikely"),
        (0.324, "unlikely, close to about as likely as not"),
        (0.111, "unlikely, close to very unlikely"),
        (0.094, "very unlikely, close to unlikely"),
        (0.01, "very unlikely"),
        (0.0099, "exceptionally unlikely"),
        (0.0, "exceptionally unlikely"),
    ],
)
def test_likelihood(chance, words):
    """The scale of the IPCC; within a point of an edge both sides, the chance's own first."""
    assert likelihood(chance) == words


@pytest.mark.parametrize("chance", [-0.01, 1.01, math.nan])
def test_no_probability(chance):
    """What is no probability has no words."""
    with pytest.raises(ValueError, match="^a probability lies between 0 and 1, got"):
        likelihood(chance)


def test_headline_alone():
    """One future in ten in the year, two ever; without another way there is no range."""
    judged = verdict()
    assert judged.probability_in == pytest.approx(0.1)
    assert judged.probability_ever == 0.2
    assert all(math.isnan(end) for end in judged.probability_range)
    assert judged.other_ways.empty
    assert judged.value_range == (600.0, 600.0, pytest.approx(910.0))
    assert (judged.by, judged.as_of, judged.rests_on) == (2027, None, "own recent")
    assert rows(judged, "headline") == {"headline": pytest.approx(0.1)}
    assert rows(judged, "ever") == {"ever": 0.2}
    assert not rows(judged, "range")
    assert not rows(judged, "by year")
    context = rows(judged, "context")
    assert context["shortfall"] == pytest.approx((8 * 400 + 100) / 9)
    assert math.isnan(context["half_year"])
    assert context["own_years"] == 6
    turnover = by_key(judged).loc["turnover"]
    assert turnover[["value", "low", "high"]].tolist() == [600.0, 600.0, pytest.approx(910.0)]


@pytest.mark.parametrize(("kind", "years"), [("size", 1), ("own older", 2), ("own recent", 2)])
def test_what_it_rests_on(kind, years):
    """The model's own word for it, and how many years it read: of a size alone one."""
    judged = judge(case(TARGET, PAIR.tail(2)), all_estimates(forecast(), kind=kind))
    assert (judged.rests_on, judged.value("own_years")) == (kind, years)
    assert by_key(judged).loc["rests_on", "item"] == f"it rests on {KINDS[kind]}"


def test_eras_are_no_part_of_the_range():
    """The chance in each third of past eras, and turnover with its 80 %, beside the range."""
    eras = [
        era("era_best", 0.9, Shares(likely(0.9)), source="1990"),
        era("era_worst", 0.01, Shares(forecast())),
    ]
    others = [fixed_estimate("x", 0.3)]
    judged = verdict(eras=eras, others=others)
    assert judged.probability_range == (0.3, 0.3)
    assert judged.words == verdict(others=others).words
    assert rows(judged, "era") == {
        "era_best": 0.9,
        "era_best_musd": 1000.0,
        "era_worst": 0.01,
        "era_worst_musd": 600.0,
    }
    table = by_key(judged)
    assert table.loc["era_best", ["unit", "source"]].tolist() == ["probability", "1990"]
    money = table.loc["era_worst_musd", ["unit", "low", "high"]].tolist()
    assert money == ["US$ million", 600.0, pytest.approx(910.0)]


def test_eras_weighed():
    """Three thirds in order, as the outlook moved by their drift says; ever later, another drift."""
    gathered = gather(tl.article_target())
    estimates = estimate_all([gathered])[0]
    model = gathered.information.model
    moved = in_eras(estimates.outlook, model.eras)
    assert [third.key for third in estimates.eras] == ["era_best", "era_middle", "era_worst"]
    for third, by_hand in zip(estimates.eras, moved, strict=True):
        assert third.chance(np.array([1000.0]), 2027)[0] == by_hand.chance([1000.0], 2027)[0]
        assert (third.outlook.logs == by_hand.logs).all()


def test_eras_where_there_are_none():
    """A model that knows none is silent, and so is the year that a nowcast nearly knows."""
    gathered = gather(tl.article_target())
    information = gathered.information
    without = replace(information, model=replace(information.model, eras=()))
    assert estimate_all([replace(gathered, information=without)])[0].eras == []
    assert estimate_all([article_in(2036)])[0].eras == []
    then = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2022)
    same_year = gather(then, "2022-10-05")
    assert same_year.nowcast.year == same_year.by
    assert estimate_all([same_year])[0].eras == []
    next_year = gather(replace(then, deadline=2023), "2022-10-05")
    first = next_year.information.model.era_starts[0][0]
    assert estimate_all([next_year])[0].eras[0].source == f"start years {first}"


def test_long_eras_follow_the_growth_that_all_pairs_share():
    """From five years on panels hold too few eras: best and worst lie as far from the middle."""
    gathered = gather(tl.article_target())
    model = gathered.information.model
    first = gathered.now.last_year + 1
    of_years = estimate_all([article_in(year) for year in range(first, first + 10)])
    for index, estimates in enumerate(of_years):
        chances = [third.chance(np.array([1000.0]), first + index)[0] for third in estimates.eras]
        assert chances[0] > chances[1] > chances[2]
        sources = [third.source for third in estimates.eras]
        if index < 4:
            assert sources == [f"start years {starts[index]}" for starts in model.era_starts]
            continue
        assert sources == [SHARED_GROWTH] * 3
        best, middle, worst = (third[index] for third in model.eras)
        assert best == -worst > middle == 0
    drifts = [round(drift, 4) for drift in model.eras[0][4:]]
    assert drifts == sorted(set(drifts))


def test_standing_rows():
    """What it asks, and which part of that prices alone would give, by hand."""
    judged = verdict(information=PRICES)
    standing = rows(judged, "standing")
    assert standing["required"] == pytest.approx(2**0.5 - 1)
    assert standing["inflation"] == pytest.approx(1.1**0.2 - 1)
    assert standing["inflation_share"] == pytest.approx(0.2 * math.log(1.1) / (0.5 * math.log(2)))
    assert standing["share_of_target"] == 0.5
    assert standing["last_year"] == 2025
    assert standing["last_musd"] == 500
    sources = by_key(judged)["source"]
    assert sources["inflation"] == "US consumer prices, 2019-2024"
    assert sources["required"] == sources["last_year"] == "mine"
    assert sources["by"] == "the target"


def test_range_is_of_every_other_way():
    """Least and most of the other ways, by group; one without a chance is no row and moves nothing."""
    others = [
        fixed_estimate("a", 0.3),
        fixed_estimate("b", 0.04, uncertainty=(0.01, 0.5, 12.0), source="s", group="other pairs"),
        fixed_estimate("c", 0.12),
        fixed_estimate("missing", math.nan, uncertainty=(0.0, 1.0, 99.0), group="other methods"),
        fixed_estimate("e", 0.041, group="other pairs"),
    ]
    judged = verdict(others=others, reasons=[fixed_estimate("f", 0.9, group="")])
    assert judged.probability_in == pytest.approx(0.1)
    assert judged.probability_range == (0.04, 0.3)
    assert rows(judged, "range") == {"a": 0.3, "b": 0.04, "c": 0.12, "e": 0.041}
    table = by_key(judged)
    assert table.loc["b", ["low", "high", "source"]].tolist() == [0.01, 0.5, "s"]
    assert table.loc["a", ["low", "high"]].isna().all()
    assert table.loc[["a", "b"], "group"].tolist() == ["other data", "other pairs"]
    assert set(table["group"].drop(["a", "b", "c", "e"])) == {""}
    assert judged.other_ways.to_dict("records") == [
        {"group": "other data", "low": 0.12, "high": 0.3, "ways": 2},
        {"group": "other pairs", "low": 0.04, "high": 0.041, "ways": 2},
    ]
    assert "other data 12% to 30%, other pairs 4%. " in judged.summary()
    silent = verdict(others=[fixed_estimate("missing", math.nan)])
    assert all(math.isnan(end) for end in silent.probability_range)


@pytest.mark.parametrize(
    ("chances", "words"),
    [
        ((0.2, 0.3), "all are higher"),
        ((0.02, 0.05), "all are lower"),
        ((0.104, 0.3), ""),
        ((0.02, 0.096), ""),
    ],
)
def test_a_headline_outside_all_other_ways(chances, words):
    """It is said, but not where the nearest way prints the same percentage."""
    others = [fixed_estimate(str(i), chance) for i, chance in enumerate(chances)]
    judged = verdict(others=others)
    assert judged.probability_range == chances
    outside = {text for text in ("all are higher", "all are lower") if text in judged.summary()}
    assert outside == ({words} if words else set())


EARLY = PAIR.assign(turnover_musd=[100.0, 1000, 200, 300, 400, 500])


def test_reached():
    """What has happened is said, though the year judged may still be open."""
    judged = verdict(replace(TARGET, announced=date(2021, 5, 1)), EARLY)
    assert judged.words == "reached in 2021"
    assert (judged.probability_in, judged.probability_ever) == (pytest.approx(0.1), 1.0)
    assert not judged.has("required")
    assert not judged.has("given")
    assert f"The chance of as much in 2027 is 10%, {frequency(0.1)}." in judged.summary()
    assert "counts too" not in judged.summary()


def test_reached_without_a_deadline():
    """The chance of as much again has its own frequency, not that of having been reached."""
    paths = np.full((10, 5), 500.0)
    paths[0, -1] = 1000.0
    reached = replace(VAGUE, announced=date(2021, 5, 1))
    judged = verdict(reached, EARLY, futures=forecast(paths))
    assert judged.shown == 1.0
    assert f"The chance of as much in 2030 is 10%, {frequency(0.1)}." in judged.summary()


def test_what_was_once_reached():
    """Of a target without a day of announcement a level that was lost again is no answer."""
    judged = verdict(TARGET, EARLY)
    never = verdict(TARGET, PAIR)
    assert judged.words == never.words
    assert judged.probability_ever == never.probability_ever
    still = PAIR.assign(turnover_musd=[1200.0, 500, 200, 1000, 1100, 1050])
    assert verdict(TARGET, still).words == "reached in 2023"


@pytest.mark.parametrize(
    ("values", "words", "chances"),
    [
        ([100.0, 200, 300, 400], "missed", (0.0, 0.0)),
        ([100.0, 1000, 300, 400], "reached in 2021", (0.0, 1.0)),
        ([100.0, 200, 1000, 400], "reached in 2022", (1.0, 1.0)),
        ([100.0, 200, 300, 1000], "missed, reached in 2023", (0.0, 0.0)),
    ],
)
def test_passed(values, words, chances):
    """After the deadline there is no forecast, only what came."""
    since = {"announced": date(2020, 5, 1), "deadline": 2022}
    judged = judge(case(replace(TARGET, **since), annual(values, start=2020)), None)
    assert (judged.words, (judged.probability_in, judged.probability_ever)) == (words, chances)
    assert judged.value_range == (values[2],) * 3
    assert np.isnan(judged.probability_range).all()
    assert judged.rests_on == ""
    assert not rows(judged, "range")
    assert "The chance" not in judged.summary()


def test_no_deadline():
    """The fifth year is judged, and the probability given by year."""
    paths = np.full((10, 6), 500.0)
    paths[:2, 1] = 1000.0
    paths[:3, 4] = 1000.0
    paths[:6, 5] = 1000.0
    others = [fixed_estimate("x", 0.3)]
    judged = verdict(VAGUE, futures=forecast(paths), others=others)
    assert (judged.by, judged.probability_in) == (2030, pytest.approx(0.3))
    assert judged.probability_ever == pytest.approx(0.3)
    assert rows(judged, "by year") == {
        "by_2026": 0.0,
        "by_2027": 0.2,
        "by_2028": 0.2,
        "by_2029": 0.2,
        "by_2030": 0.3,
        "by_2031": 0.6,
    }
    assert judged.value("half_year") == 2031
    assert by_key(judged).loc["by", "source"] == "none was named: 5 years ahead"
    (ways,) = (part for part in judged.summary().split(". ") if "Other ways" in part)
    assert "2030" in ways


def test_shown_without_a_deadline():
    """The chance of any year up to the one looked ahead to; words and frequency by it."""
    paths = np.full((10, 6), 500.0)
    paths[:1, 4] = 1000.0
    paths[:5, 2] = 1000.0
    judged = verdict(VAGUE, futures=forecast(paths))
    assert judged.shown == judged.probability_ever == 0.5
    assert judged.probability_in == pytest.approx(0.1)
    assert judged.words == "about as likely as not"
    (chance,) = (part for part in judged.summary().split(". ") if "chance is" in part)
    assert chance.index("50%") < chance.index("2030") < chance.index("10%")
    assert frequency(0.5) in chance


def test_ever_is_never_below_in():
    """Where the exact chance in the year exceeds the paths' share ever, it is the chance ever too."""

    class Sure(Shares):
        def chance(self, values, year):
            return np.full(np.shape(values), 0.35)

    estimates = replace(all_estimates(forecast()), outlook=Sure(forecast()))
    assert judge(case(), estimates).probability_ever == 0.35


def test_reasons_add_up():
    """Steps from a usual target's chance to the headline, largest first; the silent one is left out.

    The headline is 10 %: without a 15, without b too 40, without d too 37, without c too 36.
    """
    chances = {"a": 0.15, "b": 0.4, "missing": math.nan, "d": 0.37, "c": 0.36}
    judged = verdict(reasons=[fixed_estimate(key, chance) for key, chance in chances.items()])
    assert judged.reasons["key"].tolist() == ["b", "a", "d", "c"]
    assert judged.reasons["value"].tolist() == pytest.approx([-0.25, -0.05, 0.03, 0.01])
    assert judged.value("usual") == 0.36
    total = judged.value("usual") + judged.reasons["value"].sum()
    assert total == pytest.approx(judged.probability_in)


def test_official_methods_start_before_the_announcement():
    """From the year before it, or the first year; not without a deadline or a year between."""
    target = tl.Target(
        reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027, announced=date(2023, 10, 5)
    )
    table = by_key(verdict(target))
    expected = tl.progress(PAIR, target, base_year=2022).set_index("method")
    status = expected.loc["un_2026", "status"]
    assert table.loc["un_2026", "item"] == f"United Nations, 2026, since 2022: {status}"
    assert table.loc["un_2026", "value"] == expected.loc["un_2026", "ratio"]
    first = by_key(verdict())
    assert first.loc["un_2026", "item"].startswith("United Nations, 2026, since 2020")
    assert not verdict(TARGET, PAIR.tail(1)).has("un_2026")
    assert not verdict(VAGUE, futures=forecast(np.full((4, 6), 500.0))).has("un_2026")


def test_nowcast_pledges_and_flows():
    """Each piece of evidence is a row with its source."""
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    flows = PAIR.assign(reporter="KAZ", export_musd=[1.0] * 5 + [300.0], import_musd=math.nan)
    judged = verdict(TARGET, flows, nowcast=cast, day=date(2026, 2, 15), source="bns")
    table = by_key(judged)
    expected = ["exports of Kazakhstan, 2025", 300.0, "bns"]
    assert table.loc["export", ["item", "value", "source"]].tolist() == expected
    assert "import" not in table.index
    row = table.loc["nowcast"]
    assert row["item"] == "7 months of 2022, US$228.8m"
    assert row[["value", "low", "high"]].tolist() == [cast.median_musd, *cast.interval(80)]
    row = table.loc["pledges"]
    model = case().information.pledges.model
    like = model.chance((1000 / 500) ** (1 / 2) - 1, 1, 2026, china=False)
    assert row["item"].endswith(f"by what became of {like.n} others")
    assert row[["value", "low", "high"]].tolist() == [like.chance, *like.interval]
    assert judged.summary().endswith("All of this was known by 15 February 2026.")


def test_nothing_to_keep():
    """Without a deadline, or without growth to ask, there is no pledge to compare."""
    assert verdict().has("pledges")
    assert not verdict(VAGUE, futures=forecast(np.full((4, 6), 500.0))).has("pledges")
    easy = replace(TARGET, value_musd=400.0)
    assert not verdict(easy).has("pledges")
    message = r"turnover of US\$400m by 2027 asks no growth of US\$500m in 2025; nothing was to be"
    with pytest.raises(ValueError, match=message):
        table_rows.chance_of(case(easy))


class TestGiven:
    """What became of pledges that were given such a chance."""

    ROWS = (
        ("A", "ITA-UZB", 2015, 0.10, True, False),
        ("A", "ITA-UZB", 2015, 0.19, True, False),
        ("A", "ITA-UZB", 2015, 0.50, True, False),
        ("B", "ITA-KAZ", 2016, 0.12, False, False),
        ("C", "CHN-KAZ", 2018, 0.15, True, True),
        ("D", "KAZ-UZB", 2012, 0.21, True, False),
        ("E", "KAZ-KGZ", 2009, 0.10, True, False),
    )

    def rows(self, ever, *, of=ROWS, partner="TKM"):
        """Rows of the evidence, by key, if the record is these pledges."""
        names = ["target_id", "pair", "announced", "said", "came", "china"]
        replayed = pd.DataFrame(list(of), columns=names).astype({"came": int, "china": bool})
        pledges = information_on(None).pledges._replace(replayed=replayed)
        asked = case(replace(TARGET, partner=partner), information={"pledges": pledges})
        table = table_rows.given_rows(asked, ever)
        return {row["key"]: row for row in table}

    def test_a_pledge_counts_once(self):
        """However many of its days are of the class; none from before 2010, none of another."""
        given = self.rows(0.12)["given"]
        assert given["value"] == pytest.approx(2 / 3)
        assert given["item"].startswith("of 3 pledges of 2015-2018 ")
        assert (
            "a chance of 8% to 20% when they were made or on a later day, 2 were kept"
            in given["item"]
        )
        assert given["low"] < given["value"] < given["high"]
        assert self.rows(0.01) == {}

    def test_china_apart(self):
        """A pair without China is compared with those without it too; one with China is not."""
        without = self.rows(0.12)["given_without_china"]
        assert without["value"] == pytest.approx(1 / 2)
        assert "2 pledges of 2015-2016 without China as a partner " in without["item"]
        with_china = self.rows(0.12, partner="CHN")
        assert list(with_china) == ["given"]
        assert with_china["given"]["value"] == pytest.approx(2 / 3)
        assert list(self.rows(0.12, of=self.ROWS[4:5])) == ["given"]

    def test_by_the_chance_of_any_year(self):
        """The record asks whether pledges were on time: compared by the chance ever."""
        judged = verdict(futures=forecast(np.array([[1000.0, 500.0]] * 5 + [[500.0, 500.0]] * 5)))
        assert (judged.probability_in, judged.probability_ever) == (0, 0.5)
        (expected,) = (row for row in table_rows.given_rows(case(), 0.5) if row["key"] == "given")
        assert judged.value("given") == expected["value"]
        assert percent(expected["value"]) in judged.summary()


IN_2026 = tl.nowcast_year(300.0, year=2026, months=7, known_by="2026-08-31")


class TestStale:
    """Data that end too long ago give no chance."""

    later = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2032)

    @pytest.mark.parametrize(
        ("day", "options", "stale"),
        [
            (None, {}, False),
            (date(2028, 12, 31), {}, False),
            (date(2029, 1, 1), {}, True),
            (date(2032, 1, 1), {"own_data": True}, False),
            (date(2029, 12, 31), {"nowcast": IN_2026}, False),
            (date(2030, 1, 1), {"nowcast": IN_2026}, True),
        ],
    )
    def test_three_years_are_fresh(self, day, options, stale):
        """The figure of 2025 is new enough until the end of 2028; months of 2026 a year longer.

        Nobody calls figures old that are one's own, or that name no day.
        """
        known = case(self.later, day=day, **options)
        assert known.stale == stale
        assert known.open != stale

    @pytest.mark.parametrize(
        ("day", "options", "over"),
        [
            (None, {}, False),
            (date(2027, 12, 31), {}, False),
            (date(2028, 1, 1), {}, True),
            (date(2030, 1, 1), {"own_data": True}, False),
        ],
    )
    def test_a_year_is_over(self, day, options, over):
        """From the first day of the next on, but for figures of one's own, which may end anywhere."""
        known = case(day=day, **options)
        assert known.over(2027) == over
        assert known.open != over
        assert not known.over(2025)  # its figure is known

    def test_what_it_would_take_and_how_often_pairs_did(self):
        """The growth needed, and the share of pairs of its size that grew as much."""
        judged = judge(case(self.later, day=date(2029, 6, 30)), None)
        assert judged.value("required") == pytest.approx(2 ** (1 / 7) - 1)
        table = by_key(judged)
        for key, real in (("like_pairs", False), ("like_pairs_real", True)):
            rate = tl.base_rate(size_musd=500, multiple=2, horizon=7, real=real)
            assert judged.value(key) == pytest.approx(rate.share, abs=1e-9)
            assert table.loc[key, "role"] == "context"
            assert table.loc[key, ["low", "high"]].tolist() == pytest.approx(rate.interval())
        (sentence,) = (part for part in judged.summary().split(". ") if "Of pairs" in part)
        assert percent(judged.value("like_pairs")) in sentence
        assert "2032" in sentence
        # Beyond the table of growth there is no share.
        far = replace(self.later, deadline=2045)
        assert not judge(case(far, day=date(2029, 6, 30)), None).has("like_pairs")

    def test_reached_before(self):
        """What was reached before stays reached, be the data old or the year over."""
        for deadline, day in ((2032, date(2029, 6, 30)), (2027, date(2028, 6, 30))):
            target = replace(TARGET, value_musd=400, announced=date(2021, 1, 1), deadline=deadline)
            judged = judge(case(target, day=day), None)
            assert judged.words == "reached in 2024"
            assert math.isnan(judged.probability_in)


def test_to_frame_and_json():
    """One row; JSON without a NaN that reads back, letters as they are."""
    target = replace(TARGET, announced=date(2022, 10, 5), wording="в ближайшие пять лет")
    others = [fixed_estimate("x", 0.3), fixed_estimate("y", 0.25)]
    judged = verdict(target, futures=likely(0.2), others=others, day=date(2026, 2, 15))
    row = judged.to_frame().iloc[0]
    assert row[["reporter", "partner", "target_musd"]].tolist() == ["KAZ", "TKM", 1000.0]
    assert row[["by", "last_year", "last_musd"]].tolist() == [2027, 2025, 500.0]
    assert row[["probability_in", "range_low", "range_high"]].tolist() == [0.2, 0.25, 0.3]
    assert row[["as_of", "words"]].tolist() == [date(2026, 2, 15), "unlikely"]
    assert (row["low"], row["median"], row["high"]) == judged.value_range
    text = judged.to_json()
    assert text.startswith('{\n "target": {\n  "reporter": "KAZ",')
    assert '"wording": "в ближайшие пять лет"' in text
    plain = json.loads(text)
    asked = {"value_musd": 1000.0, "deadline": 2027, "flow": "turnover", "announced": "2022-10-05"}
    assert asked.items() <= plain["target"].items()
    assert (plain["as_of"], plain["by"], plain["words"]) == ("2026-02-15", 2027, "unlikely")
    assert (plain["probability_in"], plain["probability_ever"]) == (0.2, 0.2)
    assert plain["probability_range"] == [0.25, 0.3]
    assert plain["value_range_musd"] == list(judged.value_range)
    kept = [row["value"] for row in plain["evidence"]]
    assert kept == [None if math.isnan(v) else v for v in judged.evidence["value"]]


def test_summary():
    """The numbers in the order that a reader asks for them, rounded no finer than can be known."""
    judged = verdict(
        information=PRICES, others=[fixed_estimate("x", 0.0), fixed_estimate("y", 1.0)]
    )
    given = [percent(judged.value(key)) for key in ("tested", "given", "given_without_china")]
    money = ["US$600m", "US$600m", "US$910m", "US$500.0m", "41.4%"]
    said = ["cannot tell", "10%", "20%", "under 1%", "over 99%", *given, *money]
    at = 0
    summary = judged.summary()
    for number in said:
        assert number in summary[at:]
        at = summary.index(number, at) + len(number)
    ends = verdict(others=[fixed_estimate("x", 0.01), fixed_estimate("y", 0.99)]).summary()
    assert "other data 1% to 99%. " in ends


COUNTS = pd.DataFrame(
    {
        "event": "x2",
        "horizon": [2, 2, 3],
        "origin": [2007, 2008, 2007],
        "bin": 0,
        "n": [100, 300, 400],
        "forecast": 0.2,
        "hits": [10, 90, 40],
    }
)


@pytest.mark.parametrize(
    ("last_year", "value_musd", "share"), [(2025, 1000, 0.125), (2022, 900, 0.05)]
)
def test_what_such_chances_came_to(last_year, value_musd, share):
    """Forecasts of the nearest multiple and as many years: half of 25 and of 10 % at half of 20.

    Of five years there are none: those of three are the nearest.
    """
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=value_musd, deadline=2027)
    history = annual([500.0] * 6, start=last_year - 5)
    tested = case(target, history, information={"tested": COUNTS}.items())
    (row,) = table_rows.tested_rows(tested, 0.1)
    assert row["value"] == pytest.approx(share)
    years = 2 if last_year == 2025 else 3
    assert f"doubling in {years} years" in row["item"]
    assert table_rows.tested_rows(tested, 0.21) == []
    if last_year == 2025:
        assert (row["low"], row["high"]) == pytest.approx((0.05, 0.15))


@pytest.mark.parametrize(
    ("value_musd", "event"),
    [(700, "growing by half"), (900, "doubling"), (1500, "growing fourfold")],
)
def test_the_nearest_multiple_was_tested(value_musd, event):
    """By the ratio: 1.4 is nearer to a half more, 1.8 to twice, 3 to four times as much."""
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=value_musd, deadline=2027)
    (row,) = table_rows.tested_rows(case(target), 0.1)
    assert event in row["item"]


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.0, "less than one chance in a hundred"),
        (0.0099, "less than one chance in a hundred"),
        (0.01, "about one chance in 100"),
        (0.087, "about one chance in eleven"),
        (0.74, "about seven chances in ten"),
        (0.96, "about 19 chances in 20"),
        (0.99, "about 49 chances in 50"),
        (0.991, "more than 99 chances in a hundred"),
    ],
)
def test_natural_frequency(chance, words):
    """The nearest in odds of what people say, and no more than that beyond one in a hundred."""
    assert frequency(chance) == words


@pytest.mark.parametrize(
    ("chance", "ends", "words"),
    [
        (0.4, (0.32, 0.67), "cannot tell"),
        (0.4, (0.33, 0.67), "about as likely as not"),
        (0.4, (0.32, 0.66), "about as likely as not"),
        # The headline counts, though it is no end of the range.
        (0.2, (0.33, 0.67), "cannot tell"),
        (0.2, (0.33, 0.66), "unlikely"),
        (0.8, (0.32, 0.5), "cannot tell"),
        (0.8, (0.33, 0.5), "likely"),
        (0.2, (math.nan, math.nan), "unlikely"),
    ],
)
def test_torn(chance, ends, words):
    """Estimates from below 33 to above 66 % allow no word; touching either does not tear them."""
    assert in_words(chance, ends) == words


def in_digits(word):
    """A number that is spelt out up to twelve, twenty or fifty."""
    spelt = {name: number for number, name in enumerate(NUMBERS)} | {"twenty": 20, "fifty": 50}
    return spelt[word] if word in spelt else int(word)


@given(st.floats(0.01, 0.99))
def test_natural_frequency_is_near(chance):
    """What is said lies within a quarter of the odds or six points of the chance."""
    n, of = map(
        in_digits, re.fullmatch(r"about (\w+) chances? in (\w+)", frequency(chance)).groups()
    )
    odds = math.log(n / (of - n) * (1 - chance) / chance)
    assert abs(odds) < math.log(1.5) or abs(n / of - chance) < 0.06


@given(st.floats(0, 1), st.floats(-0.01, 0.01))
def test_one_percentage_has_the_same_words(chance, further):
    """Where two chances print alike, so do their words and their natural frequency."""
    other = min(max(chance + further, 0), 1)
    assume(percent(chance) == percent(other))
    assert likelihood(chance) == likelihood(other)
    assert frequency(chance) == frequency(other)


@pytest.mark.parametrize(
    ("deadline", "day", "words"),
    [
        (2027, date(2028, 6, 30), "last figure of 2025, nothing known since"),
        (2032, date(2029, 6, 30), "our data for this pair end in 2025"),
    ],
)
def test_no_chance(deadline, day, words):
    """Words say what is known last; nothing is promised, in the table, as JSON or in a sentence."""
    judged = judge(case(replace(TARGET, deadline=deadline), day=day), None)
    assert judged.words == words
    chances = [judged.probability_in, judged.probability_ever, judged.shown]
    assert np.isnan([*chances, *judged.probability_range, *judged.value_range]).all()
    roles = {"headline", "ever", "range", "reason", "era", "by year"}
    assert not set(judged.evidence["role"]) & roles
    assert judged.rests_on == ""
    plain = json.loads(judged.to_json())
    assert (plain["probability_in"], plain["probability_range"]) == (None, [None, None])
    assert plain["value_range_musd"] == [None] * 3
    assert words in judged.summary()
    assert "The last figure, of 2025, is US$500.0m." in judged.summary()
    assert "The chance" not in judged.summary()


def test_size_alone_in_a_summary():
    """What other pairs did is said of such pairs; no chance of this pair's own."""
    others = [
        fixed_estimate("x", 0.2, group="other pairs"),
        fixed_estimate("y", 0.3, group="other pairs"),
        fixed_estimate("z", 0.7, group="older models"),
    ]
    summary = judge(case(), all_estimates(likely(0.1), others=others, kind="size")).summary()
    assert ": a pair of this size. Of such pairs 20% to 30% get there in 2027. In tests" in summary
    assert "The chance" not in summary
    alone = judge(case(), all_estimates(likely(0.1), kind="size")).summary()
    assert "Of such pairs" not in alone


def test_every_row_has_role_unit_and_source():
    """The table, whole and in order."""
    flows = PAIR.assign(reporter="KAZ", export_musd=300.0, import_musd=200.0)
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    table = verdict(
        TARGET,
        flows,
        nowcast=cast,
        information=PRICES,
        others=[fixed_estimate("x", 0.3)],
        reasons=[fixed_estimate("a", 0.3, source="against what is usual")],
        source="bns",
        own_data=True,
        eras=[era("era_best", 0.9, Shares(forecast()))],
    ).evidence
    assert table["key"].is_unique
    methods = [method for method in METHODS if method in set(table["key"])]
    assert methods
    rows = table.set_index("key")
    assert set(rows.loc["by":"inflation_share", "role"]) == {"standing"}
    assert set(rows.loc["tested":"combined", "role"]) == {"context"}
    assert set(rows.loc[methods[0] : "known_from", "role"]) == {"context"}
    units = rows["unit"].reset_index().groupby("unit")["key"].agg(" ".join)
    assert units["share"] == "share_of_target inflation_share tested given given_without_china"
    assert units["probability"] == "headline ever x usual era_best combined pledges"
    assert units["year"] == "by last_year half_year known_from"
    assert units["a year"] == "required inflation"
    sources = rows["source"]
    assert sources["inflation_share"] == "US consumer prices, 2019-2024"
    assert set(sources[["headline", "ever", "turnover", "shortfall"]]) == {"the growth model"}
    assert set(sources[["last_year", "required", "export", "own_years"]]) == {"bns"}
    assert set(sources[["given", "combined"]]) == {table_rows.REPLAYED}
    assert sources["tested"] == "other pairs, origins of 2007-2014"
    assert sources["nowcast"] == cast.basis.text
    assert sources["known_from"] == tl.growth_model().trained_on
    assert sources[methods].tolist() == [METHODS[method].reference for method in methods]


def test_at_the_edges_of_the_rules():
    """Half of the futures is as likely as not; nobody short is no shortfall."""
    assert verdict(futures=likely(0.5)).value("half_year") == 2027
    assert verdict(futures=likely(1.0)).value("shortfall") == 0


def test_unknown_key():
    """A key that is not there is an error that lists those that are."""
    with pytest.raises(ValueError, match="^the evidence has no key 'x'; the keys are by"):
        verdict().value("x")


def test_bad():
    """The evidence must run from the last year to the one judged; the history must hold it."""
    with pytest.raises(ValueError, match="^a target of 2027 needs evidence from 2025, got none$"):
        judge(case(), None)
    with pytest.raises(ValueError, match="must run from 2024 to 2027, got 2025 to 2027$"):
        verdict(TARGET, PAIR.iloc[:-1])
    with pytest.raises(ValueError, match="must run from 2025 to 2030, got 2025 to 2027$"):
        verdict(VAGUE)
    past = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2019)
    with pytest.raises(ValueError, match="^the deadline 2019 has passed and the history must hold"):
        judge(case(past), None)


@FEW
@given(st.lists(st.floats(0, 1), max_size=6))
def test_ends_are_ends_of_other_ways(chances):
    """However the others fall, the headline stays, and the range is theirs alone."""
    judged = verdict(others=[fixed_estimate(str(i), p) for i, p in enumerate(chances)])
    assert isinstance(judged, Verdict)
    assert judged.probability_in == pytest.approx(0.1)
    low, high = judged.probability_range
    if not chances:
        assert math.isnan(low)
        assert math.isnan(high)
        return
    assert (low, high) == (min(chances), max(chances))
    assert low == judged.other_ways["low"].min()
    assert high == judged.other_ways["high"].max()


class TestEstimates:
    """One value or a hundred: each estimate says the same."""

    def test_many_values_are_each_as_asked_alone(self):
        """Headline, ever, least and most over a grid of values, years ahead and days."""
        for day in ("2022-10-05", None):
            gathered = gather(tl.article_target(), day)
            estimates = estimate_all([gathered])[0]
            values = np.geomspace(50, 5000, 9)
            for year in (gathered.now.last_year + 1, gathered.now.last_year + 6):
                many = headline(gathered, estimates, values, year)
                ends = estimate_range(many[0], estimates_at(estimates, values, year))
                for i in range(len(values)):
                    value = values[[i]]
                    single = headline(gathered, estimates, value, year)
                    assert single[0][0] == many[0][i]
                    assert single[1][0] == many[1][i]
                    alone = estimate_range(single[0], estimates_at(estimates, value, year))
                    assert alone[0][0] == pytest.approx(ends[0][i], abs=1e-12)
                    assert alone[1][0] == pytest.approx(ends[1][i], abs=1e-12)

    def test_more_is_never_likelier(self):
        """Every estimate falls with the value, and lies between 0 and 1, or is missing."""
        estimates = estimate_all([gather(tl.article_target(), "2022-10-05")])[0]
        values = np.geomspace(20, 20_000, 40)
        for estimate in [*estimates.others, *estimates.reasons]:
            chances = estimate.chance(values, 2027)
            assert ((chances >= 0) & (chances <= 1)).all(), estimate.key
            assert (np.diff(chances) <= 1e-12).all(), estimate.key

    def test_like_pairs(self):
        """The estimate of like pairs is the base rate, with its interval and worth."""
        gathered = gather(tl.article_target())
        by_key = {estimate.key: estimate for estimate in estimate_all([gathered])[0].others}
        size = gathered.now.last_musd
        for key, real in (("like_pairs", False), ("like_pairs_real", True)):
            rate = tl.base_rate(size_musd=size, multiple=1000 / size, horizon=2, real=real)
            estimate = by_key[key]
            chances = [estimate.chance(np.array([1000.0]), year)[0] for year in (2027, 2036)]
            assert chances == pytest.approx([rate.share, math.nan], abs=1e-9, nan_ok=True)
            assert estimate.uncertainty(1000.0, 2027) == (*rate.interval(), rate.effective_n)
            assert estimate.source == "pairs of US$258m to 1,031m"

    def test_older_models_are_ways(self):
        """Each model that the day's replaced, on the same data; on the first one's days none."""
        target = tl.article_target()
        gathered = gather(target, "2022-10-05")
        others = estimate_all([gathered])[0].others
        older = {way.key: way for way in others if way.group == "older models"}
        models = gathered.information.older_models
        assert list(older) == [f"model_{model.known_from}" for model in models]
        values = np.array([600.0, 1000.0])
        for model in models:
            same = replace(gathered, information=replace(gathered.information, model=model))
            (then,) = estimate_all([same], whole=False)
            way = older[f"model_{model.known_from}"]
            assert model.known_from in way.item
            expected = then.outlook.chance(values, 2027)
            assert way.chance(values, 2027) == pytest.approx(expected, abs=1e-12)
            assert np.isnan(way.chance(values, 2040)).all()
        newest = gather(target).information
        days = [model.known_from for model in newest.older_models]
        assert days == sorted(days)
        assert days[-1] < newest.model.known_from
        first = estimate_all([gather(replace(target, announced=None), days[0])])[0]
        assert "older models" not in {way.group for way in first.others}

    def test_range_never_below_real_pairs(self):
        """For no open target, of every eighth, is the least below what real like pairs support."""
        rows = information_on(None).pledges.rows
        ids = open_now().dropna(subset="probability_in")["target_id"]
        in_dollars = [name for name in ids if rows[name].currency == "USD"][::8]
        cases = [gather(tl.open_target(name)) for name in in_dollars]
        cases = [gathered for gathered in cases if 1 <= gathered.ahead <= 10]
        seen = 0
        for gathered, estimates in zip(cases, estimate_all(cases), strict=True):
            judged = judge(gathered, estimates)
            pairs = judged.evidence.query("group == 'other pairs'")
            if len(pairs):
                seen += 1
                # Below one in a hundred readers see one and the same end: "under 1%".
                low = max(judged.probability_range[0], 0.01)
                assert low >= min(pairs["low"].min(), 0.01), gathered.target.target_id
        assert seen > 7

    def test_together_as_alone(self):
        """Cases weighed together say to the last bit what each says alone."""
        cases = [
            gather(tl.article_target()),
            gather(tl.open_target("UZB-TKM-2025")),
            gather(tl.open_target("KAZ-UZB-2025")),
        ]
        together = estimate_all(cases)
        for gathered, estimates in zip(cases, together, strict=True):
            alone = estimate_all([gathered])[0]
            assert (alone.outlook.logs == estimates.outlook.logs).all()
            assert (alone.outlook.passage(700) == estimates.outlook.passage(700)).all()
        assert estimate_all([]) == []


class TestCase:
    """A target held against a history, and what else is known of the pair."""

    def case_with(self, history=PAIR, **options):
        """A case of the tests' target."""
        options = {"own_data": True, "other_series": {}} | options
        return case_of(TARGET, history, information_on(None), source="mine", **options)

    def test_months(self):
        """A nowcast is of the year after the last."""
        cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
        early = PAIR.assign(year=PAIR["year"] - 4)
        assert self.case_with(early, nowcast=cast).nowcast is cast
        with pytest.raises(ValueError, match="^the nowcast must be of 2026, got 2022$"):
            self.case_with(nowcast=cast)

    @pytest.mark.parametrize(
        ("years", "status", "keys"),
        [
            (MIN_YEARS + 1, "preliminary", ["no_months", "no_preliminary", "constant_dollars"]),
            (MIN_YEARS + 1, "final", ["no_months", "constant_dollars"]),
            (MIN_YEARS, "preliminary", ["no_months", "constant_dollars"]),
            (MIN_YEARS - 1, "preliminary", ["constant_dollars"]),
            (MIN_YEARS - 2, "final", []),
        ],
    )
    def test_other_data(self, years, status, keys):
        """Fewer of the same figures only where enough are left, and all in constant dollars."""
        cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
        history = PAIR.tail(years).assign(status=status)
        others = case(TARGET, history, nowcast=cast, information=PRICES).others
        assert [other.key for other in others] == keys
        for other in others:
            assert other.nowcast is (cast if other.key == "constant_dollars" else None)
            assert other.history["year"].max() == 2025 - (other.key == "no_preliminary")
        if others:
            prices = PRICES["prices"]["cpi_u"]
            first = history["turnover_musd"].iloc[0] * 110 / prices[2026 - years]
            assert others[-1].history["turnover_musd"].iloc[0] == pytest.approx(first)

    def test_other_sources(self):
        """The newest source alone, and years of another in place of those not its own."""
        cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
        history = PAIR.assign(source_id=["baci"] + ["bns"] * 5)
        other_series = {
            "bns": annual([1.0], start=2020),
            "baci": annual([90.0], start=2020),
            "wits": annual([95.0, 145.0], start=2021),
        }
        others = case(TARGET, history, nowcast=cast, other_series=other_series).others
        by_source = [way for way in others if way.key.endswith(("_alone", "_in_place"))]
        alone, other = by_source
        assert (alone.key, other.key) == ("bns_alone", "wits_in_place")
        assert alone.item == f"with {label('bns')} alone"
        assert other.item == f"with {label('wits')} in place of ours"
        assert alone.history["year"].tolist() == [2021, 2022, 2023, 2024, 2025]
        assert other.history["turnover_musd"].tolist() == [100.0, 95.0, 145.0, 300.0, 400.0, 500.0]
        assert alone.nowcast is other.nowcast is cast
