from datetime import date
from importlib import import_module

import pandas as pd
import pytest
from conftest import annual

import tradelib as tl
from tradelib.bundle import figures, tables
from tradelib.front import defaults

front = import_module("tradelib.front.assess")  # the package offers the function by that name
DAYS = ["2022-10-05", "2023-02-15", "2024-02-15", "2025-02-15"]
CACHES = (figures._annual, front._registry_at, front._scored_pledges, front._pledge_rates,
          front._prices, defaults._gdp)  # fmt: skip


def items(verdict, role):
    """Values of a role by item."""
    found = verdict.evidence[verdict.evidence["role"] == role]
    return dict(zip(found["item"], found["value"], strict=True))


def forget():
    """Empty the front's memory of the registry."""
    for cache in CACHES:
        cache.cache_clear()


def test_article_target():
    """Value, day and horizon come from the article's own claims."""
    target = tl.article_target()
    claims = tl.load_article().set_index("claim")["value"]
    assert target.value_musd == claims["target"] == 1000
    assert target.deadline == 2022 + claims["target_horizon"] == 2027
    assert (target.pair, target.announced) == ("KAZ-TKM", date(2022, 10, 5))
    with pytest.raises(ValueError, match="^no claims were released by 2022-10-04"):
        tl.article_target(as_of="2022-10-04")


def test_headline_is_the_growth_model():
    """The headline is the model's and nothing else's; the model is named."""
    target, history = tl.article_target(), tl.load_turnover("KAZ", "TKM")
    found = tl.assess(target)
    paths = tl.panel_growth(history, horizon=10)
    assert found.probability_in == paths.probability(1000, year=2027)
    assert found.probability_ever == paths.probability(1000, year=2027, ever=True)
    assert found.value("growth needed a year") == pytest.approx(0.3928, abs=5e-4)
    assert found.words == "unlikely"
    assert found.as_of == date(2026, 6, 30)


def test_range_and_reasons_now():
    """Every member of the range is there; what is asked weighs most."""
    found = tl.assess(tl.article_target())
    rate = tl.base_rate(size_musd=515.534788, multiple=1000 / 515.534788, horizon=2)
    inside = items(found, "range")
    assert set(inside) == {
        "naive forecast",
        "growth model, without the preliminary year",
        "growth model, its past in constant dollars",
        "growth model, bns alone",
        "growth model, wits in place",
        "growth model, baci_type in place",
        "like pairs, current dollars",
        "like pairs, constant dollars",
        "growth model, shifted as pledges were",
    }
    assert inside["like pairs, current dollars"] == pytest.approx(rate.share)
    low, high = found.probability_range
    assert (low, high) == (min(inside.values()), max(inside.values()))
    assert found.reasons["item"][0].startswith("what it asks, 39% a year where targets usually ask")
    assert len(found.reasons) == 3


def test_only_forecasters_that_do_not_lose_widen_the_range():
    """Of the simple ones, the random walk alone has no negative skill on other pairs."""
    scores = tl.load_scores().groupby(["forecaster", "horizon"])["crps"].mean().unstack(0)
    naive = scores["naive"]
    mean_skill = 1 - scores.drop(columns="naive").mean() / naive.mean()
    assert (mean_skill < 0).all()
    history = tl.load_turnover("KAZ", "TKM")
    assert [f.name for f in front._others(history, 2, None)] == ["naive"]


def test_at_the_announcement():
    """Seven months known, 25.6 % a year asked; the months are a variant and a reason."""
    found = tl.assess(tl.article_target(), as_of="2022-10-05")
    assert found.value("growth needed a year") == pytest.approx(0.2564, abs=5e-4)
    assert found.value("2022 from 7 months of US$228.8m") == pytest.approx(508, abs=1)
    assert "growth model, without the part-year figure" in items(found, "range")
    assert "the months published" in found.reasons["item"].tolist()
    same = tl.assess(tl.article_target(), as_of="2022-10-05", part_year=(7, 228.8))
    assert same.probability_in == found.probability_in
    more = tl.assess(tl.article_target(), as_of="2022-10-05", part_year=(7, 400.0))
    assert more.probability_in > found.probability_in


def test_timeline():
    """Five days; the official method says on track thrice where the verdict says unlikely."""
    found = tl.timeline(tl.article_target())
    assert found["as_of"].dt.date.astype(str).tolist() == [*DAYS, "2026-02-15"]
    assert found["words"].tolist() == ["unlikely"] * 5
    assert found["official"].tolist() == ["too early", *["on track"] * 3, "moderate progress"]
    assert found["probability_in"].between(found["range_low"], found["range_high"]).all()
    with pytest.raises(ValueError, match="this target has no day of it$"):
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
    model = found[found["forecaster"] == "panel_growth"]
    assert model["observed"].between(model["low"], model["high"]).equals(model["inside"])


def test_poisoned_future(monkeypatch):
    """Whatever is released later, figures, months, pledges, prices, moves no earlier verdict."""
    forget()
    target = tl.article_target()
    before = {on: tl.assess(target, as_of=on).to_json() for on in DAYS}
    honest = tables.table
    columns = ["value_musd", "value", "shift", "target_value", "baseline_value", "outcome_value"]

    def poisoned(on):
        def table(file):
            found, limit = honest(file).copy(), pd.Timestamp(on)
            late = found["released"] > limit
            for column in set(columns) & set(found):
                found.loc[late, column] = found.loc[late, column] * 7
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


def test_months_of_a_year_that_was_told_do_not_speak():
    """Half of 2024 is no evidence once anybody has given the whole of it, and is before."""
    target = tl.Target(reporter="UZB", partner="TKM", value_musd=2000, deadline=2028)
    name = "2024 from 6 months of US$614.2m"
    assert name in items(tl.assess(target, as_of="2024-12-31"), "context")
    now = tl.assess(target)
    assert name not in items(now, "context")
    listed = tl.open_targets().set_index("target_id").probability_in["UZB-TKM-2025"]
    assert now.probability_in == pytest.approx(listed, abs=0.02)


def test_own_history():
    """Any pair works with one's own figures, with months of the next year or without."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=900, deadline=2027)
    history = annual([100.0, 150.0, 200.0, 300.0, 400.0, 500.0], start=2020)
    found = tl.assess(target, history=history)
    assert found.probability_in == tl.panel_growth(history, horizon=10).probability(900, year=2027)
    assert found.as_of is None
    assert found.evidence["source"].iloc[1] == "the history given"
    more = tl.assess(target, history=history, part_year=(6, 400.0))
    assert more.probability_in > found.probability_in


def test_short_history_rests_on_size():
    """Under five years the size alone speaks, and only like pairs allow words."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=200, deadline=2027)
    found = tl.assess(target, history=annual([100.0, 110.0], start=2024))
    assert found.evidence.query("role == 'headline'")["source"].item() == "typical_growth"
    assert found.words in {"likely", "about as likely as not", "unlikely"}
    tiny = tl.assess(target, history=annual([2.0, 3.0], start=2024))
    assert "like pairs, current dollars" not in items(tiny, "range")
    assert tiny.words == "cannot tell"


def test_every_open_target():
    """Each open target of a pair in dollars with a recent figure has a verdict."""
    table = tl.open_targets()
    usable = table[table["probability_in"].notna() & (table["currency"] == "USD")]
    for row in usable.head(8).itertuples():
        found = tl.assess(tl.open_target(row.target_id))
        assert 0 <= found.probability_in <= 1
    with pytest.raises(ValueError, match="^no target is called 'X'"):
        tl.open_target("X")
    with pytest.raises(ValueError, match="is a target of a pair in EUR"):
        tl.open_target("IND-ITA-2025")


def test_passed_deadline():
    """After the deadline what happened is said."""
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=500, deadline=2023)
    assert tl.assess(target).words.startswith("reached in")


def test_bad():
    """A pair without figures, a day beside one's own history, too early, too far."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=200)
    with pytest.raises(ValueError, match="no annual series is bundled for ITA-UZB.*your own hist"):
        tl.assess(target)
    article = tl.article_target()
    with pytest.raises(ValueError, match="^as_of=2022-10-04 lies before the announcement on 2022"):
        tl.assess(article, as_of="2022-10-04")
    with pytest.raises(ValueError, match="^as_of limits the bundled figures; cut your own history"):
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
