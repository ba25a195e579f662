import functools
import math
import re
from dataclasses import replace
from datetime import date
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from conftest import annual

import tradelib as tl
from tradelib.api import clock, targets
from tradelib.api import gravity as gravity_module
from tradelib.api import information as information_module
from tradelib.api.gather import gather
from tradelib.datasets import figures, tables
from tradelib.datasets import targets as targets_module
from tradelib.datasets.models import learned_model
from tradelib.pages.cards import open_now
from tradelib.science.assessment.evidence import estimate_all, headline
from tradelib.science.assessment.table import ROLES
from tradelib.science.pledges.chance import PledgeModel

DAYS = ["2022-10-05", "2023-02-15", "2024-02-15", "2025-07-31"]


def keys(verdict, role):
    """Values of a role by key."""
    rows = verdict.evidence[verdict.evidence["role"] == role]
    return dict(zip(rows["key"], rows["value"], strict=True))


@functools.cache
def open_on(day):
    """The table of open targets as it was known on a day, made once; of an earlier day a third."""
    if day is None:
        return open_now().copy()
    every = targets.open_rows
    with mock.patch.object(targets, "open_rows", lambda known: every(known)[::3]):
        return tl.open_targets(as_of=day)


def forget():
    """Empty the memory of what was known on a day, and of what it was made from."""
    caches = (
        information_module._information,
        gravity_module._gdp,
        figures._annual_by_source,
        targets_module.newest_figures,
    )
    for cache in caches:
        cache.cache_clear()


def test_article_target():
    """Value, day and horizon come from the article's own claims."""
    target = tl.article_target()
    claims = tl.load_article().set_index("claim")["value"]
    assert target.value_musd == claims["target"] == 1000
    assert target.deadline == 2022 + claims["target_horizon"] == 2027
    assert (target.pair, target.announced) == ("KAZ-TKM", date(2022, 10, 5))
    assert (target.wording, target.source) == ("in the next five years", "article")
    assert tl.article_target(as_of="2022-10-05") == target
    with pytest.raises(ValueError, match="^no claims were released by 2022-10-04"):
        tl.article_target(as_of="2022-10-04")


def test_one_target():
    """More than one is refused, with two ways to make it; what is no target says a way too."""
    way = 'Target("KAZ", "TKM", 1000, 2027), or open_target("KAZ-TKM-2022")'
    with pytest.raises(TypeError, match="^assess takes target by position, and as_of, history, "):
        tl.assess(tl.article_target(), tl.article_target())
    with pytest.raises(
        TypeError, match=f"^{re.escape(f'target must be a Target, such as {way}, got')} 'KAZ'$"
    ):
        tl.assess("KAZ", "TKM")


def test_what_moved_the_headline():
    """The newest model differs in the dollar's cycle alone: half of what was gained comes back."""
    history = tl.load_turnover("KAZ", "TKM")
    newest = tl.growth_model()
    # Worked out apart from the project: ten years of the median's growth less that of the USA, less
    # ten times its mean since 1961.
    chances = {}
    for day, last, swing in (
        ("2025-06-30", 2023, -0.2733),
        ("2026-06-30", 2024, -0.2572),
        (None, 2025, -0.1079),
    ):
        cycle = tl.growth_model(as_of=day).cycle
        assert cycle[-1] == (last, pytest.approx(swing, abs=1e-3))
        outlook = tl.forecasting.outlook(history, model=replace(newest, cycle=cycle))
        flat = tl.forecasting.outlook(history, model=replace(newest, cycle=()))
        # A year in which no GDP is known takes 15 % off it; over the next two half of 1 - .85².
        left = cycle[-1][1] * 0.85 ** (2025 - last)
        moved = math.log(outlook.quantile([0.5], 2027)[0] / flat.quantile([0.5], 2027)[0])
        assert moved == pytest.approx(-left * (1 - 0.85**2) / 2, abs=1e-3)
        chances[left] = outlook.chance([1000], 2027)[0]
    assert [chances[left] for left in sorted(chances)] == sorted(chances.values(), reverse=True)
    assert chances[left] == tl.assess(tl.article_target()).probability_in


def test_range_and_reasons_now():
    """Each way is there, of the simple forecasters the walk alone; what is asked weighs most."""
    verdict = tl.assess(tl.article_target())
    assert verdict.as_of == date(2026, 12, 1)
    assert verdict.value("required") == pytest.approx(0.3928, abs=5e-4)
    paths = tl.panel_growth(tl.load_turnover("KAZ", "TKM"), horizon=10)
    assert verdict.probability_ever == paths.probability(1000, year=2027, ever=True)
    ways = verdict.evidence[verdict.evidence["role"] == "range"]
    older = information_module.information_on(None).older_models
    assert ways.groupby("group", sort=False)["key"].agg(list).to_dict() == {
        "other data": ["constant_dollars", "bns_alone", "wits_in_place", "baci_type_in_place"],
        "other pairs": ["like_pairs", "like_pairs_real"],
        "other methods": ["naive"],
        "older models": [f"model_{model.known_from}" for model in older],
    }
    by_model = ways["group"].isin(["other data", "older models"])
    assert (ways.loc[by_model, "source"] == "the growth model").all()
    assert verdict.probability_range == (ways["value"].min(), ways["value"].max())
    assert set(verdict.reasons["key"]) == {"asked", "dollar", "move", "volatility"}
    assert verdict.reasons["key"][0] == "asked"
    # The other simple forecasters are worse than the walk on other pairs.
    scores = tl.load_scores().groupby(["forecaster", "horizon"])["crps"].mean().unstack(0)
    mean_skill = 1 - scores.drop(columns="naive").mean() / scores["naive"].mean()
    assert (mean_skill < 0).all()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("TUR-KAZ-2024", "the growth needed, 23% a year"),
        ("IND-KOR-2018", "the growth needed, 10% a year"),
        ("KAZ-TKM-2022", "the growth needed, 39% a year"),
    ],
)
def test_what_is_asked_is_a_reason(name, sentence):
    """Of open-ended targets and old figures too: a target that asks what is usual has no such step."""
    target = tl.open_target(name)
    verdict = tl.assess(target)
    usual = 1 + tl.pledges.scored_pledges(tl.load_targets())["asked"].median()
    years = verdict.value("by") - verdict.value("last_year")
    level = verdict.value("last_musd") * usual**years
    easier = tl.assess(replace(target, value_musd=level), as_of=verdict.as_of)
    assert easier.value("usual") == pytest.approx(verdict.value("usual"), abs=1e-6)
    assert easier.value("asked") == pytest.approx(0, abs=1e-6)
    assert verdict.reasons.set_index("key").loc["asked", "item"].startswith(sentence)
    moved = verdict.value("usual") + verdict.reasons["value"].sum()
    assert moved == pytest.approx(verdict.probability_in, abs=1e-12)


def test_at_the_announcement():
    """Seven months known, 25.6 % a year asked; the months are a variant and a reason."""
    verdict = tl.assess(tl.article_target(), as_of="2022-10-05")
    assert verdict.value("required") == pytest.approx(0.2564, abs=5e-4)
    assert verdict.value("nowcast") == pytest.approx(387, abs=1)
    assert verdict.evidence.set_index("key").loc["nowcast", "item"] == "7 months of 2022, US$228.8m"
    assert "no_months" in keys(verdict, "range")
    assert "months" in verdict.reasons["key"].tolist()


def test_the_random_walk_starts_from_the_nowcast():
    """With the months known its chance is that of the walk from them, not from the year before."""
    history = tl.load_turnover("KAZ", "TKM", as_of="2022-10-05")
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    stated = tl.assess(tl.article_target(), as_of="2022-10-05").value("naive")
    from_months = tl.naive(history, horizon=6, nowcast=cast)
    from_year = tl.naive(history, horizon=6)
    assert stated == pytest.approx(from_months.probability(1000, year=2027), abs=0.02)
    assert abs(stated - from_year.probability(1000, year=2027)) > 0.05


def test_timeline():
    """Five days; the official method says on track thrice where the verdict says it is not likely."""
    timeline = tl.timeline(tl.article_target())
    assert timeline["as_of"].dt.date.astype(str).tolist() == [*DAYS, "2026-07-31"]
    assert timeline["official"].tolist() == ["too early", *["on track"] * 3, "moderate progress"]
    on_track = timeline[timeline["official"] == "on track"]
    assert (on_track["probability_in"] < 0.4).all()
    with pytest.raises(ValueError, match="whose day is not given for KAZ-TKM$"):
        tl.timeline(tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027))


def test_hindcasts():
    """Each later year is scored once a day and forecaster; lines by their error in logs."""
    hindcasts = tl.hindcasts(tl.article_target())
    assert hindcasts.groupby("as_of")["year"].nunique().tolist() == [4, 3, 2, 1]
    row = hindcasts.query("forecaster == 'required path' and year == 2025").iloc[0]
    assert row["median"] == pytest.approx(254.211494 * (1000 / 254.211494) ** (4 / 6))
    row = hindcasts.query("forecaster == 'pace so far' and year == 2025").iloc[0]
    assert row["median"] == pytest.approx(438.691691 * (438.691691 / 254.211494) ** 3)
    assert "pace so far" not in set(hindcasts[hindcasts["as_of"] == "2022-10-05"]["forecaster"])
    assert row["crps"] == abs(math.log(row["median"] / row["observed"]))
    assert not row["inside"]
    model = hindcasts[hindcasts["forecaster"] == "panel_growth"]
    assert model["observed"].between(model["low"], model["high"]).equals(model["inside"])
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05").median_musd
    first = hindcasts[(hindcasts["as_of"] == "2022-10-05") & (hindcasts["year"] == 2022)]
    first = first.set_index("forecaster")["median"]
    for name in ("panel_growth", "naive", "theta"):
        assert first[name] == pytest.approx(cast, rel=0.02)


def test_hindcasts_from_a_day_of_release():
    """The day of a release counts once; no path leads to what is reached, no pace from one year."""
    target = tl.Target("KAZ", "TKM", 500, 2027, announced=date(2024, 2, 15))
    forecasters = tl.hindcasts(target).set_index("as_of")["forecaster"]
    naive = forecasters[forecasters == "naive"]
    assert naive.index.astype(str).tolist() == [DAYS[2], DAYS[2], DAYS[3]]
    lines = {"required path", "pace so far"}
    assert lines & set(forecasters.loc[DAYS[2]]) == {"required path"}
    assert lines & set(forecasters.loc[DAYS[3]]) == {"pace so far"}


def test_poisoned_future(monkeypatch):
    """Whatever is released later, figures, months, pledges, prices, moves no earlier verdict."""
    forget()
    target = tl.article_target()
    before = {on: tl.assess(target, as_of=on).to_json() for on in DAYS}
    honest = tables.table
    columns = ["value_musd", "value", "target_value", "baseline_value", "outcome_value"]

    def poisoned(on):
        limit = pd.Timestamp(on)

        def table(file):
            rows = honest(file).copy()
            late = rows["released"] > limit
            for column in set(columns) & set(rows):
                rows.loc[late, column] = rows.loc[late, column] * 0.9
            if file == "targets.csv":
                unresolved = ~(rows["resolved"] <= limit)
                outcome = unresolved & (rows["outcome_year"] >= limit.year)
                rows.loc[outcome, "outcome_value"] = 1e9
                rows.loc[outcome, "status"] = "met_on_time"
            return rows

        return table

    for on in DAYS:
        monkeypatch.setattr(tables, "table", poisoned(on))
        forget()
        assert tl.assess(target, as_of=on).to_json() == before[on]
    assert tl.assess(target).to_json() != before[DAYS[-1]]
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    ("day", "consumer", "wits"),
    [
        ("2021-01-31", 2020, None),
        ("2022-10-05", 2021, 2020),
        ("2025-01-15", 2024, 2022),
        (None, 2024, 2023),
    ],
)
def test_what_is_known_of_prices_and_of_other_sources(day, consumer, wits):
    """Full years of prices that were out, the table's own deflator, series as they were out."""
    information = information_module.information_on(day)
    on = information.day
    rows = tl.load_macro("cpi_u", "USA", as_of=day).query("status == 'final'")
    consumer_prices = rows.set_index("year")["value"]
    assert information.consumer_prices.index[-1] == consumer
    assert information.consumer_prices.to_dict() == consumer_prices.to_dict()
    deflator = tl.load_macro("gdp_deflator").set_index("year")["value"]
    assert information.deflator.to_dict() == deflator.to_dict()
    others = information_module.other_series("KAZ", "TKM", on)
    assert list(others) == (["baci_type"] if wits is None else ["wits", "baci_type"])
    for source, series in others.items():
        turnover = tl.load_turnover("KAZ", "TKM", source=source, as_of=day)
        pd.testing.assert_frame_equal(series, turnover)
    assert wits is None or others["wits"]["year"].max() == wits
    assert list(information_module.other_series("UZB", "TKM", on)) == ["baci_type"]
    assert information_module.other_series("KAZ", "TUR", on) == {}
    pd.testing.assert_frame_equal(information.pledges.registry, tl.load_targets(as_of=day))
    shipped = PledgeModel.from_dict(learned_model("pledge_model.json", on=day))
    chance = information.pledges.model.chance(0.2, 5, 2022, china=False)
    assert chance == shipped.chance(0.2, 5, 2022, china=False)
    assert information.model.digest() == tl.growth_model(as_of=day).digest()


@pytest.mark.parametrize(
    ("last", "day", "months"),
    [
        (2021, "2022-10-05", (7, 228.8)),
        (2023, "2024-08-08", (4, 167.8)),
        (2023, "2024-08-09", (6, 237.2)),
        (2023, "2025-02-03", (6, 237.2)),
        (2023, "2025-02-04", None),
        (2022, "2024-08-09", None),
        (2024, "2024-08-09", None),
        (2024, "2025-11-29", None),
        (2024, "2025-11-30", (9, 363.6)),
        (2024, "2026-06-30", (9, 363.6)),  # whole years until then: the president's forecast
        (2023, None, None),
    ],
)
def test_months_after_a_year(last, day, months):
    """The newest months out, of the very next year, until anybody gives the whole of it."""
    assert information_module.months_after(last, "KAZ", "TKM", day and pd.Timestamp(day)) == months


def test_potentials_of_a_day():
    """Of a bundled pair from effects and from GDPs, as they were known; of no other pair."""
    on = pd.Timestamp("2022-10-06")
    assert information_module.gravity_of("TUR", "KAZ", on) is None
    both = [tl.potential("KAZ", "TKM", fit=fit, as_of=on) for fit in ("effects", "gdp")]
    for pair in (("KAZ", "TKM"), ("TKM", "KAZ")):
        gravity = information_module.gravity_of(*pair, on)
        assert [gravity.potential, gravity.by_gdp] == both
        assert gravity.model == tl.gravity_model(as_of=on)


def test_short_history_rests_on_size():
    """Under five years the size speaks; one figure alone allows no word."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=200, deadline=2027)
    verdict = tl.assess(target, history=annual([100.0, 110.0], start=2024))
    assert verdict.evidence.query("role == 'headline'")["source"].item() == "the growth model"
    assert (verdict.rests_on, verdict.value("own_years")) == ("own older", 2)
    assert verdict.words in {"likely", "about as likely as not", "unlikely"}
    tiny = tl.assess(target, history=annual([2.0, 3.0], start=2024))
    assert "like_pairs" not in keys(tiny, "range")
    single = tl.assess(target, history=annual([110.0], start=2025))
    assert single.words == "a pair of this size"


def test_a_day_that_has_not_come(monkeypatch):
    """Nobody knows what will be known: refused wherever a day is asked about, until it comes."""
    asked = [
        lambda on: tl.assess(tl.article_target(), as_of=on),
        lambda on: tl.article_target(as_of=on),
        lambda on: tl.open_targets(as_of=on),
        lambda on: tl.growth_model(as_of=on),
        lambda on: tl.pledge_rate(as_of=on),
        lambda on: tl.base_rate(size_musd=300, multiple=2, horizon=5, as_of=on),
        lambda on: tl.nowcast_pair("KAZ", "TKM", as_of=on),
        lambda on: tl.potential("KAZ", "TKM", as_of=on),
        lambda on: tl.score_forecasts(as_of=on),
    ]
    monkeypatch.setattr(clock, "today", lambda: pd.Timestamp("2026-11-25"))
    for ask in asked:
        with pytest.raises(ValueError, match=r"has come, got 2026-11-26 on 2026-11-25; leave it"):
            ask("2026-11-26")
    for ask in asked[:2]:
        ask("2026-11-25")


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (None, "our data for this pair|last figure of|reached in"),
        ("2024-02-15", "our data for this"),
    ],
)
def test_no_chance_from_old_data(day, kinds):
    """In the table and by name: a chance of figures of three years at most, else where they end.

    Nor of a year that is over without a figure.
    """
    table = open_on(day)
    year = tl.assess(tl.article_target(), as_of=day).as_of.year
    answered = table[table["probability_in"].notna()]
    assert (answered["last_year"] >= year - 3).all()
    assert (answered["by"] >= year).all()
    silent = table[table["rests_on"].str.match(kinds)]
    assert silent["probability_in"].isna().all()
    in_dollars = silent[silent["currency"] == "USD"]
    assert len(in_dollars) > 1
    for row in in_dollars.iloc[::3].itertuples():
        verdict = tl.assess(tl.open_target(row.target_id), as_of=day)
        assert math.isnan(verdict.shown)
        assert verdict.words == row.rests_on or verdict.words.startswith("reached in")


@pytest.mark.parametrize("day", [None, "2024-02-15"])
def test_every_open_target_is_one_answer(day):
    """By its name and in the table, six of a day: the same chances, last value and year."""
    table = open_on(day)
    usable = table[table["probability_in"].notna() & (table["currency"] == "USD")]
    usable = usable[:: len(usable) // 6]
    assert len(usable) > 5
    for row in usable.itertuples():
        verdict = tl.assess(tl.open_target(row.target_id), as_of=day)
        assert verdict.probability_in == row.probability_in
        assert verdict.probability_ever == row.probability_ever
        assert (verdict.by, verdict.rests_on) == (row.by, row.rests_on)
        assert verdict.value("last_musd") == row.last_value, row.target_id
        assert verdict.value("last_year") == row.last_year, row.target_id
        assert verdict.evidence["key"].is_unique, row.target_id
        assert set(verdict.evidence["role"]) <= set(ROLES)


def test_one_headline_whatever_the_seed():
    """Five seeds of the paths: one probability in a year; of ever by it they differ."""
    case = gather(tl.article_target())
    estimate = estimate_all([case])[0]
    values = np.array([800.0, 1000.0])
    within = set()
    ever = set()
    for seed in range(5):
        paths = estimate.outlook.paths(10, rng=seed)
        chances = headline(case, estimate, values, 2027, paths=paths)
        within.add(tuple(chances[0]))
        ever.add(tuple(chances[1]))
    assert (len(within), len(ever)) == (1, 5)


def test_bad_names():
    """A name that is none, and a target of a group whose members are not known."""
    message = r"^no target is called 'X'; tradelib.load_targets\(\) lists them$"
    with pytest.raises(ValueError, match=message):
        tl.open_target("X")
    with pytest.raises(tl.NoAnswerError, match="no list of the members of Latin America"):
        tl.assess(tl.open_target("REG-IND-LAC-2023"))


def test_open_target():
    """The registry's row as a target: announced on the last day that its date allows."""
    target = tl.open_target("KAZ-TKM-2022")
    row = tl.load_targets().set_index("target_id").loc["KAZ-TKM-2022"]
    assert (target.pair, target.value_musd, target.deadline) == ("KAZ-TKM", 1000, 2027)
    assert (target.announced, target.source) == (row["released"].date(), row["announce_url"])
    assert (target.target_id, target.flow) == ("KAZ-TKM-2022", "turnover")
    assert tl.open_target("UZB-TKM-2025").deadline is None


def test_bad():
    """A pair without figures, a day beside one's own history, too early, too far."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=200)
    with pytest.raises(ValueError, match="^nothing is known of ABW-TCD; download figures with"):
        tl.assess(replace(target, reporter="ABW", partner="TCD"))
    article = tl.article_target()
    with pytest.raises(ValueError, match="^as_of=2022-10-04 lies before the announcement on 2022"):
        tl.assess(article, as_of="2022-10-04")
    with pytest.raises(ValueError, match="^as_of=2022-10-05 limits the bundled figures; cut your"):
        tl.assess(target, history=annual([1.0]), as_of="2022-10-05")
    early = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    with pytest.raises(ValueError, match="^the growth model was not known by 2019-06-01"):
        tl.assess(early, as_of="2019-06-01")
    far = replace(early, deadline=2040)
    with pytest.raises(ValueError, match="looks 10 years ahead; 2040 is 15 years from 2025"):
        tl.assess(far)


def test_hindcasts_end_with_the_year_judged():
    """A year that came after it is held against no forecast, which does not reach so far."""
    target = tl.open_target("TUR-DEU-2024")
    assert (
        tl.assess(target, as_of=target.announced).by < tl.load_turnover("TUR", "DEU")["year"].max()
    )
    scored = tl.hindcasts(target)
    assert scored["year"].tolist() == [2024]
    # Its years 2017-2022 are missing: the simple forecasters cannot be asked.
    assert scored["forecaster"].tolist() == ["panel_growth"]


@pytest.mark.parametrize("target_id", ["TUR-KAZ-2024", "RUS-TJK-2025"])
def test_hindcasts_of_few_years_or_a_far_one(target_id):
    """Six years are too few for the simple forecasters, 14 ahead too many: the model answers."""
    assert "panel_growth" in set(tl.hindcasts(tl.open_target(target_id))["forecaster"])
