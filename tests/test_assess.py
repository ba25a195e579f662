import math
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import annual

import tradelib as tl
from tradelib.bundle import figures, tables
from tradelib.bundle.learned import learned_model
from tradelib.front import clock, known, potential
from tradelib.front.gather import gather
from tradelib.science.pledge.chance import PledgeModel
from tradelib.science.verdict.evidence import estimate_all, headline

DAYS = ["2022-10-05", "2023-02-15", "2024-02-15", "2025-02-15"]


def keys(verdict, role):
    """Values of a role by key."""
    rows = verdict.evidence[verdict.evidence["role"] == role]
    return dict(zip(rows["key"], rows["value"], strict=True))


def forget():
    """Empty the memory of what was known on a day, and of what it was made from."""
    for cache in (known._information, potential._gdp, figures._every_sum):
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


def test_headline_is_the_growth_model():
    """The headline is the model's and nothing else's; the model is named."""
    target, history = tl.article_target(), tl.load_turnover("KAZ", "TKM")
    found = tl.assess(target)
    paths = tl.panel_growth(history, horizon=10)
    assert found.probability_in == pytest.approx(0.10871, abs=5e-5)
    assert found.probability_in == pytest.approx(paths.probability(1000, year=2027), abs=0.006)
    assert found.probability_ever == paths.probability(1000, year=2027, ever=True)
    assert found.value("required") == pytest.approx(0.3928, abs=5e-4)
    assert found.words == "unlikely to very unlikely"
    assert found.as_of == date(2026, 6, 30)


def test_range_and_reasons_now():
    """Every member of the range is there; what is asked weighs most."""
    found = tl.assess(tl.article_target())
    rate = tl.base_rate(size_musd=515.534788, multiple=1000 / 515.534788, horizon=2)
    inside = keys(found, "range")
    assert set(inside) == {
        "naive",
        "no_preliminary",
        "constant_dollars",
        "bns_alone",
        "wits_in_place",
        "baci_type_in_place",
        "like_pairs",
        "like_pairs_real",
    }
    assert inside["like_pairs"] == pytest.approx(rate.share)
    low, high = found.probability_range
    assert (low, high) == (min(inside.values()), max(inside.values()))
    assert found.reasons["item"][0].startswith(
        "the growth needed, 39% a year where targets usually ask"
    )
    assert len(found.reasons) == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TUR-KAZ-2024", "the growth needed, 23% a year"),
        ("IND-KOR-2018", "the growth needed, 10% a year"),
        ("KAZ-TKM-2022", "the growth needed, 39% a year"),
    ],
)
def test_what_is_asked_is_a_reason(name, said):
    """Of open-ended targets and old figures too: the chance less that of what targets usually ask."""
    target = tl.open_target(name)
    found = tl.assess(target)
    usual = 1 + tl.pledges.scored_pledges(tl.load_targets())["asked"].median()
    level = found.value("last_musd") * usual ** (found.value("by") - found.value("last_year"))
    reason = found.reasons.set_index("key").loc["asked"]
    easier = tl.assess(replace(target, value_musd=level), as_of=found.as_of).probability_in
    assert reason["value"] == pytest.approx(found.probability_in - easier, abs=1e-6)
    assert reason["item"].startswith(said)


def test_only_forecasters_that_do_not_lose_widen_the_range():
    """Of the simple ones, the random walk alone has no negative skill on other pairs."""
    scores = tl.load_scores().groupby(["forecaster", "horizon"])["crps"].mean().unstack(0)
    naive = scores["naive"]
    mean_skill = 1 - scores.drop(columns="naive").mean() / naive.mean()
    assert (mean_skill < 0).all()
    inside = keys(tl.assess(tl.article_target()), "range")
    assert set(scores) & set(inside) == {"naive"}


def test_at_the_announcement():
    """Seven months known, 25.6 % a year asked; the months are a variant and a reason."""
    found = tl.assess(tl.article_target(), as_of="2022-10-05")
    assert found.value("required") == pytest.approx(0.2564, abs=5e-4)
    assert found.value("nowcast") == pytest.approx(508, abs=1)
    assert (
        found.evidence.set_index("key").loc["nowcast", "item"] == "2022 from 7 months of US$228.8m"
    )
    assert "no_months" in keys(found, "range")
    assert "months" in found.reasons["key"].tolist()
    same = tl.assess(tl.article_target(), as_of="2022-10-05", part_year=(7, 228.8))
    assert same.probability_in == found.probability_in
    more = tl.assess(tl.article_target(), as_of="2022-10-05", part_year=(7, 400.0))
    assert more.probability_in > found.probability_in


@pytest.mark.parametrize(
    ("day", "key", "item", "source"),
    [
        (
            None,
            "like_pairs",
            "pairs of the same size, in dollars of the day",
            "pairs of US$258m to 1,031m",
        ),
        (
            None,
            "like_pairs_real",
            "pairs of the same size, in constant dollars",
            "pairs of US$258m to 1,031m",
        ),
        (None, "naive", "assuming no change on average", "the same history"),
        (None, "dollar", "how dear the dollar is", "against what is usual"),
        ("2022-10-05", "move", "its recent move", "against what is usual"),
        ("2022-10-05", "months", "the months published so far", "against what is usual"),
    ],
)
def test_what_each_voice_is_called(day, key, item, source):
    """A row says in words what speaks, and from what."""
    row = tl.assess(tl.article_target(), as_of=day).evidence.set_index("key").loc[key]
    assert (row["item"], row["source"]) == (item, source)


def test_the_random_walk_starts_from_the_nowcast():
    """With the months known its chance is that of the walk from them, not from the year before."""
    history = tl.load_turnover("KAZ", "TKM", as_of="2022-10-05")
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    said = tl.assess(tl.article_target(), as_of="2022-10-05").value("naive")
    walk, bare = (
        tl.naive(history, horizon=6, nowcast=one).probability(1000, year=2027)
        for one in (cast, None)
    )
    assert said == pytest.approx(walk, abs=0.02)
    assert abs(said - bare) > 0.05


def test_timeline():
    """Five days; the official method says on track thrice where the verdict says unlikely."""
    found = tl.timeline(tl.article_target())
    assert found["as_of"].dt.date.astype(str).tolist() == [*DAYS, "2026-02-15"]
    assert found.index.tolist() == [0, 1, 2, 3, 4]
    assert found["words"].tolist() == ["unlikely"] * 4 + ["unlikely to very unlikely"]
    assert found["official"].tolist() == ["too early", *["on track"] * 3, "moderate progress"]
    assert found["probability_in"].between(found["range_low"], found["range_high"]).all()
    with pytest.raises(ValueError, match="and KAZ-TKM has no day of it$"):
        tl.timeline(tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027))


def test_hindcasts():
    """Each later year is scored once a day and forecaster; lines by their error in logs."""
    found = tl.hindcasts(tl.article_target())
    assert found.groupby("as_of")["year"].nunique().tolist() == [4, 3, 2, 1]
    assert {"panel_growth", "naive", "theta", "required path", "pace so far"} <= set(
        found["forecaster"]
    )
    row = found.query("forecaster == 'required path' and year == 2025").iloc[0]
    assert row["median"] == pytest.approx(254.211494 * (1000 / 254.211494) ** (4 / 6))
    row = found.query("forecaster == 'pace so far' and year == 2025").iloc[0]
    assert row["median"] == pytest.approx(438.691691 * (438.691691 / 254.211494) ** 3)
    assert "pace so far" not in set(found[found["as_of"] == "2022-10-05"]["forecaster"])
    assert (row["crps"], row["inside"]) == (abs(math.log(row["median"] / row["observed"])), False)
    model = found[found["forecaster"] == "panel_growth"]
    assert model["observed"].between(model["low"], model["high"]).equals(model["inside"])
    assert model["median"].between(model["low"], model["high"]).all()
    assert model["crps"].between(0, 1).all()
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05").median_musd
    first = found[(found["as_of"] == "2022-10-05") & (found["year"] == 2022)]
    first = first.set_index("forecaster")["median"]
    for name in ("panel_growth", "naive", "theta"):
        assert first[name] == pytest.approx(cast, rel=0.02)


def test_hindcasts_from_a_day_of_release():
    """The day of a release counts once; no path leads to what is reached, no pace from one year."""
    target = tl.Target("KAZ", "TKM", 500, 2027, announced=date(2024, 2, 15))
    found = tl.hindcasts(target).set_index("as_of")["forecaster"]
    assert found[found == "naive"].index.astype(str).tolist() == [*DAYS[2:3] * 2, DAYS[3]]
    lines = ["required path", "pace so far"]
    assert [found.loc[day].isin([line]).any() for day in DAYS[2:] for line in lines] == [
        True,
        False,
        False,
        True,
    ]


def test_poisoned_future(monkeypatch):
    """Whatever is released later, figures, months, pledges, prices, moves no earlier verdict."""
    forget()
    target = tl.article_target()
    before = {on: tl.assess(target, as_of=on).to_json() for on in DAYS}
    honest = tables.table
    columns = ["value_musd", "value", "target_value", "baseline_value", "outcome_value"]

    def poisoned(on):
        def table(file):
            found, limit = honest(file).copy(), pd.Timestamp(on)
            late = found["released"] > limit
            for column in set(columns) & set(found):
                found.loc[late, column] = found.loc[late, column] * 0.9
            if file == "targets.csv":
                unresolved = ~(found["resolved"] <= limit)
                outcome = unresolved & (found["outcome_year"] >= limit.year)
                found.loc[outcome, "outcome_value"] = 1e9
                found.loc[outcome, "status"] = "met_on_time"
            return found

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
    found = known.information_on(day)
    on, rows = found.day, tl.load_macro("cpi_u", "USA", as_of=day).query("status == 'final'")
    assert found.consumer_prices.index[-1] == consumer
    assert found.consumer_prices.to_dict() == dict(zip(rows["year"], rows["value"], strict=True))
    deflator = tl.load_macro("gdp_deflator")
    assert found.deflator.to_dict() == dict(zip(deflator["year"], deflator["value"], strict=True))
    assert found.prices.index.is_monotonic_increasing
    others = known.other_series("KAZ", "TKM", on)
    assert list(others) == (["baci_type"] if wits is None else ["wits", "baci_type"])
    for source, series in others.items():
        pd.testing.assert_frame_equal(
            series, tl.load_turnover("KAZ", "TKM", source=source, as_of=day)
        )
    assert wits is None or others["wits"]["year"].max() == wits
    assert list(known.other_series("UZB", "TKM", on)) == ["baci_type"]
    assert known.other_series("KAZ", "TUR", on) == {}
    assert set(found.growth) == set(tl.load_growth()["horizon"])
    pd.testing.assert_frame_equal(found.pledges.registry, tl.load_targets(as_of=day))
    shipped, asked = learned_model("pledge_model.json", on=day), (0.2, 5, 2022)
    chances = [
        model.chance(*asked, china=False)
        for model in (found.pledges.model, PledgeModel.from_dict(shipped))
    ]
    assert chances[0] == chances[1]
    assert found.model.digest() == tl.growth_model(as_of=day).digest()


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
        (2023, None, None),
    ],
)
def test_months_after_a_year(last, day, months):
    """The newest months out, of the very next year, until anybody gives the whole of it."""
    assert known.months_after(last, "KAZ", "TKM", day and pd.Timestamp(day)) == months


def test_potentials_of_a_day():
    """Of a bundled pair from effects and from GDPs, as they were known; of no other pair."""
    on = pd.Timestamp("2022-10-06")
    assert known.gravity_of("TUR", "KAZ", on) is None
    both = [tl.potential("KAZ", "TKM", fit=fit, as_of=on) for fit in ("effects", "gdp")]
    for pair in (("KAZ", "TKM"), ("TKM", "KAZ")):
        found = known.gravity_of(*pair, on)
        assert [found.potential, found.by_gdp] == both
        assert found.model == tl.gravity_model(as_of=on)


def test_months_of_a_year_that_was_told_do_not_speak():
    """Half of 2024 is no evidence once anybody has given the whole of it, and is before."""
    target = tl.Target(reporter="UZB", partner="TKM", value_musd=2000, deadline=2028)
    assert tl.assess(target, as_of="2024-12-31").has("nowcast")
    now = tl.assess(target)
    assert not now.has("nowcast")
    listed = tl.open_targets().set_index("target_id").probability_in["UZB-TKM-2025"]
    assert now.probability_in == listed


def test_own_history():
    """Any pair works with one's own figures, with months of the next year or without."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=900, deadline=2027)
    history = annual([100.0, 150.0, 200.0, 300.0, 400.0, 500.0], start=2020)
    found = tl.assess(target, history=history)
    paths = tl.panel_growth(history, horizon=10)
    assert found.probability_in == pytest.approx(paths.probability(900, year=2027), abs=0.01)
    assert found.as_of is None
    assert found.evidence["source"].iloc[1] == "the history given"
    more = tl.assess(target, history=history, part_year=(6, 400.0))
    assert more.probability_in > found.probability_in


def test_short_history_rests_on_size():
    """Under five years the size speaks; one figure alone allows no word."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=200, deadline=2027)
    found = tl.assess(target, history=annual([100.0, 110.0], start=2024))
    assert found.evidence.query("role == 'headline'")["source"].item() == "the growth model"
    assert (found.rests_on, found.value("own_years")) == ("own older", 2)
    assert found.words in {"likely", "about as likely as not", "unlikely"}
    tiny = tl.assess(target, history=annual([2.0, 3.0], start=2024))
    assert "like_pairs" not in keys(tiny, "range")
    one = tl.assess(target, history=annual([110.0], start=2025))
    assert one.words == "a pair of this size"


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
        ask("2026-11-25")


def test_no_chance_of_a_year_that_is_over():
    """By name or in the table: what was known last, and no probability of what ended unseen."""
    found = tl.open_targets()
    silent = found[found["rests_on"].str.startswith("last figure of")]
    assert len(silent) > 2
    assert silent["probability_in"].isna().all()
    assert (found.loc[found["probability_in"].notna(), "by"] >= 2026).all()
    for row in silent[silent["currency"] == "USD"].itertuples():
        one = tl.assess(tl.open_target(row.target_id))
        assert one.words == row.rests_on
        assert one.words == f"last figure of {one.value('last_year'):.0f}, nothing known since"
        assert math.isnan(one.probability_in)


@pytest.mark.parametrize("day", [None, "2024-02-15"])
def test_every_open_target_is_one_answer(day):
    """By its name and in the table: the same chances, last value and year, on any day."""
    table = tl.open_targets(as_of=day)
    usable = table[table["probability_in"].notna() & (table["currency"] == "USD")]
    assert len(usable) > 20
    for row in usable.itertuples():
        found = tl.assess(tl.open_target(row.target_id), as_of=day)
        said = (found.probability_in, found.probability_ever, found.by, found.rests_on)
        assert said == (row.probability_in, row.probability_ever, row.by, row.rests_on)
        assert (found.value("last_musd"), found.value("last_year")) == (
            row.last_value,
            row.last_year,
        ), row.target_id


def test_a_pair_with_two_pledges_of_one_value():
    """The one without oil is answered from figures without oil, the other from all trade."""
    rows = tl.load_targets("IND", "ARE").set_index("target_id")
    assert rows.loc["IND-ARE-2021", "target_musd"] == rows.loc["IND-ARE-2023", "target_musd"]
    for name, of in (("IND-ARE-2021", "IND-ARE-2026"), ("IND-ARE-2023", "IND-ARE-2023")):
        found = tl.assess(tl.open_target(name))
        assert found.value("last_musd") == rows.loc[of, "baseline_musd"]


def test_a_pledge_of_ones_own_takes_the_newest_figure_of_the_pair():
    """Without the registry's name, any value: the pair's newest figure in dollars."""
    mine = tl.Target(reporter="IND", partner="ARE", value_musd=90_000, deadline=2028)
    rows = tl.load_targets("IND", "ARE").query("reporter == 'IND' and currency == 'USD'")
    years = rows["outcome_year"].fillna(rows["baseline_year"])
    newest = rows.loc[years.astype(float).idxmax()]
    assert tl.assess(mine).value("last_year") == years.max()
    assert (
        tl.assess(mine).value("last_musd") in newest[["outcome_value", "baseline_value"]].tolist()
    )


def test_one_headline_whatever_the_seed():
    """Forty seeds of the paths: one probability in a year; of ever by it they differ."""
    case = gather(tl.article_target())
    made = estimate_all([case])[0]
    values = np.array([800.0, 1000.0])
    within, ever = set(), set()
    for seed in range(40):
        paths = made.outlook.paths(10, rng=seed)
        found = headline(case, made, values, 2027, paths=paths)
        within.add(tuple(found[0]))
        ever.add(tuple(found[1]))
    assert (len(within), len(ever)) == (1, 40)


def test_bad_names():
    """A name that is none, and a target that cannot be assessed."""
    said = r"^no target is called 'X'; tradelib.load_targets\(\) lists them$"
    with pytest.raises(ValueError, match=said):
        tl.open_target("X")
    said = "^IND-ITA-2025 is a target of a pair in EUR; only pairs in USD can be assessed$"
    with pytest.raises(ValueError, match=said):
        tl.open_target("IND-ITA-2025")


def test_open_target():
    """The registry's row as a target: announced on the last day that its date allows."""
    found = tl.open_target("KAZ-TKM-2022")
    row = tl.load_targets().set_index("target_id").loc["KAZ-TKM-2022"]
    assert (found.pair, found.value_musd, found.deadline) == ("KAZ-TKM", 1000, 2027)
    assert (found.announced, found.source) == (row["released"].date(), row["announce_url"])
    assert (found.target_id, found.flow) == ("KAZ-TKM-2022", "turnover")
    assert tl.open_target("UZB-TKM-2025").deadline is None


def test_passed_deadline():
    """After the deadline what happened is said."""
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=500, deadline=2023)
    assert tl.assess(target).words.startswith("reached in")


def test_bad():
    """A pair without figures, a day beside one's own history, too early, too far."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=200)
    with pytest.raises(
        ValueError, match="^nothing is known of ABW-TCD; ask `tradelib.live` or give your own `his"
    ):
        tl.assess(replace(target, reporter="ABW", partner="TCD"))
    article = tl.article_target()
    with pytest.raises(ValueError, match="^as_of=2022-10-04 lies before the announcement on 2022"):
        tl.assess(article, as_of="2022-10-04")
    with pytest.raises(ValueError, match="^as_of=2022-10-05 limits the bundled figures; cut your"):
        tl.assess(target, history=annual([1.0]), as_of="2022-10-05")
    early = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
    with pytest.raises(ValueError, match="^the growth model was not known by 2019-06-01"):
        tl.assess(early, as_of="2019-06-01")
    far = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2040)
    with pytest.raises(ValueError, match="looks 10 years ahead; 2040 is 15 years from 2025"):
        tl.assess(far)
    with pytest.raises(ValueError, match="1 to 11 months, got 12"):
        tl.assess(article, part_year=(12, 1.0))


def test_history_of_a_pair_that_is_not_bundled():
    """A history with its reporter and source, of which the bundle knows nothing, is judged too."""
    columns = {"reporter": "TUR", "partner": "KAZ", "source_id": "imts"}
    target = tl.Target(reporter="TUR", partner="KAZ", value_musd=9000, deadline=2027)
    found = tl.assess(target, history=annual([1500.0 + 100 * year for year in range(8)], **columns))
    plain = tl.assess(target, history=annual([1500.0 + 100 * year for year in range(8)]))
    assert found.probability_in == plain.probability_in


def test_a_day_to_come_is_refused(monkeypatch):
    """The clock is asked in one place, and the way out is said."""
    monkeypatch.setattr(clock, "today", lambda: pd.Timestamp("2026-07-01"))
    assert clock.past_day("2026-07-01") == pd.Timestamp("2026-07-01")
    assert clock.past_day(None) is None
    with pytest.raises(
        ValueError,
        match=(
            "^as_of must be a day that has come, got 2026-07-02 on 2026-07-01; "
            "leave it out for all that is known$"
        ),
    ):
        clock.past_day("2026-07-02")
