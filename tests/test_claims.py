import math

import pandas as pd
import pytest
from conftest import FEW
from hypothesis import given
from hypothesis import strategies as st

import tradelib as tl
from tradelib.science.pledges.claims import VERDICTS, check_claims

CLAIM = {
    "claim": "c",
    "check": "level",
    "said": "s",
    "reporter": "KAZ",
    "partner": "TKM",
    "period_start": pd.Timestamp("2021-01-01"),
    "period_end": pd.Timestamp("2021-12-31"),
    "compare_start": pd.Timestamp("2020-01-01"),
    "compare_end": pd.Timestamp("2020-12-31"),
    "item": None,
    "value": 254.3,
    "unit": "musd",
    "decimals": 1,
    "approximate": False,
    "who": "speaker",
    "source_id": "article",
    "released": pd.Timestamp("2022-10-05"),
    "note": None,
}
FIGURE = {
    "reporter": "KAZ",
    "partner": "TKM",
    "flow": "turnover",
    "coverage": "goods",
    "period_start": pd.Timestamp("2021-01-01"),
    "period_end": pd.Timestamp("2021-12-31"),
    "value_musd": 254.2,
    "bound": "exact",
    "status": "final",
    "source_id": "bns",
    "who": "bureau",
    "publisher": "p",
    "released": pd.Timestamp("2022-02-15"),
}
YEAR_BEFORE = {
    "period_start": pd.Timestamp("2020-01-01"),
    "period_end": pd.Timestamp("2020-12-31"),
}
RATIO = {"check": "ratio", "value": 2.0, "unit": "ratio", "decimals": 0, "approximate": True}
NOTHING = {
    "statements": tl.load_target_statements().iloc[:0],
    "events": tl.load_drivers().iloc[:0],
}


def check(claim, *figures, **tables):
    """One changed claim against changed figures."""
    table = pd.DataFrame([FIGURE | change for change in figures], columns=[*FIGURE])
    return check_claims(pd.DataFrame([CLAIM | claim]), table, **{**NOTHING, **tables})


@pytest.mark.parametrize(
    ("claim", "figure", "verdict"),
    [
        ({}, {"value_musd": 254.34}, "agrees"),
        ({}, {"value_musd": 254.26}, "agrees"),
        ({}, {"value_musd": 256.8}, "rounds to"),
        ({}, {"value_musd": 251.8}, "rounds to"),
        ({}, {"value_musd": 256.9}, "contradicts"),
        ({}, {"value_musd": 251.7}, "contradicts"),
        ({"approximate": True}, {"value_musd": 279.0}, "rounds to"),
        ({"approximate": True}, {"value_musd": 280.0}, "contradicts"),
        ({"approximate": True}, {"value_musd": 229.0}, "rounds to"),
        ({"approximate": True}, {"value_musd": 228.0}, "contradicts"),
        ({"value": 2.0, "decimals": 0}, {"value_musd": 2.4}, "contradicts"),
        ({"value": 2.0, "decimals": 0, "approximate": True}, {"value_musd": 2.01}, "agrees"),
        ({"value": 940.0, "decimals": 0, "approximate": True}, {"value_musd": 939.1}, "rounds to"),
        ({}, {"value_musd": 256.8, "bound": "at_least"}, "agrees"),
        ({}, {"value_musd": 257.0, "bound": "at_least"}, "contradicts"),
        ({}, {"value_musd": 251.8, "bound": "at_most"}, "agrees"),
        ({}, {"value_musd": 251.0, "bound": "at_most"}, "contradicts"),
    ],
)
def test_the_rule(claim, figure, verdict):
    """Half a last digit agrees, 1 % (10 % for loose words) rounds, bounds bind one way."""
    checked = check(claim, figure)
    assert checked["verdict"].tolist() == [verdict]
    assert checked["sourced"].tolist() == [figure["value_musd"]]
    stated = {**CLAIM, **claim}["value"]
    assert checked["gap"].iloc[0] == pytest.approx(figure["value_musd"] / stated - 1)
    assert checked["released"].tolist() == [FIGURE["released"]]


@FEW
@given(st.floats(1, 1e5), st.floats(1, 1e5))
def test_a_looser_word_never_contradicts_more(stated, sourced):
    """Whatever exact wording allows, loose wording allows too."""
    claim = {"value": stated}
    strict = check(claim, {"value_musd": sourced})["verdict"].iloc[0]
    loose = check({**claim, "approximate": True}, {"value_musd": sourced})["verdict"].iloc[0]
    assert VERDICTS.index(loose) <= VERDICTS.index(strict)


@pytest.mark.parametrize(
    "other",
    [
        {"who": "speaker"},
        {"source_id": "article"},
        {"status": "rejected"},
        {"status": "forecast"},
        {"value_musd": math.nan},
        {"coverage": "farm_goods"},
        {"reporter": "UZB"},
        {"partner": "ITA"},
        {"flow": "export"},
        {"flow": "import"},
        YEAR_BEFORE,
        {"period_end": pd.Timestamp("2021-11-30")},
    ],
)
def test_what_cannot_speak(other):
    """The claimant, other pairs, periods and goods, one flow, and forecasts are no check."""
    checked = check({}, other)
    assert checked["verdict"].tolist() == ["cannot tell"]
    assert checked["sourced"].isna().all()
    assert checked["released"].isna().all()


def test_flows_are_added():
    """Exports and imports of a source make its turnover."""
    checked = check(
        {}, {"flow": "export", "value_musd": 200.0}, {"flow": "import", "value_musd": 54.3}
    )
    assert checked["sourced"].tolist() == [254.3]
    assert checked["verdict"].tolist() == ["agrees"]


def test_sources_stand_side_by_side():
    """Each source gives its own verdict."""
    checked = check({}, {}, {"source_id": "wits", "who": "un", "value_musd": 157.3})
    assert checked.set_index("source_id")["verdict"].to_dict() == {
        "bns": "rounds to",
        "wits": "contradicts",
    }
    assert checked["source"].tolist() == ["bureau", "un"]


def test_ratio_within_a_source():
    """Both periods come from the same source where it has them."""
    checked = check(RATIO, {"value_musd": 254.0}, {**YEAR_BEFORE, "value_musd": 127.0})
    assert checked["sourced"].tolist() == [2.0]
    assert checked["source"].tolist() == ["bureau"]


def test_ratio_with_the_claimants_numerator():
    """A source without the newer period takes the claimant's figure, and says so."""
    own = {
        "who": "speaker",
        "source_id": "press",
        "value_musd": 228.8,
        "released": pd.Timestamp("2022-10-05"),
    }
    before = {**YEAR_BEFORE, "value_musd": 254.2}
    checked = check(RATIO, own, before)
    assert checked["sourced"].tolist() == [228.8 / 254.2]
    assert checked["source"].tolist() == ["bureau; numerator as claimed"]
    assert checked["released"].tolist() == [pd.Timestamp("2022-10-05")]
    strangers = [{**own, "reporter": "UZB", "value_musd": 9999.0}, {**own, "coverage": "gas"}]
    assert check(RATIO, *strangers, before)["verdict"].tolist() == ["cannot tell"]
    assert check(RATIO, before)["verdict"].tolist() == ["cannot tell"]


@pytest.mark.parametrize(("below", "ratio"), [("at_least", "at_most"), ("at_most", "at_least")])
def test_ratio_turns_bounds_round(below, ratio):
    """More below the line means less in all."""
    before = YEAR_BEFORE | {"value_musd": 127.0}
    checked = check(RATIO, {}, before | {"bound": below})
    assert checked["bound"].tolist() == [ratio]
    above = check(RATIO, {"bound": below}, before)
    assert above["bound"].tolist() == [below]
    both = check(RATIO, {"bound": below}, before | {"bound": below})
    assert both["bound"].tolist() == ["about"]


def test_target_claims():
    """Another speaker's statement is a check, the claimant's own is not."""
    claim = {"check": "target", "item": "value_musd", "value": 1000.0, "decimals": 0}
    row = {
        "reporter": "KAZ",
        "partner": "TKM",
        "who": "minister",
        "source_id": "press",
        "value_musd": 1000.0,
        "horizon_years": None,
        "released": pd.Timestamp("2024-01-01"),
    }
    statements = pd.DataFrame(
        [row, {**row, "who": "speaker"}, {**row, "partner": "UZB"}, {**row, "reporter": "UZB"}]
    )
    checked = check(claim, statements=statements)
    assert checked["source"].tolist() == ["minister"]
    assert checked["verdict"].tolist() == ["agrees"]
    silent = check({**claim, "item": "horizon_years"}, statements=statements)
    assert silent["verdict"].tolist() == ["cannot tell"]


def test_event_and_arithmetic():
    """A dated event gives its year; a span of years is counted."""
    events = pd.DataFrame(
        {
            "item": ["visit", "fair"],
            "period": ["2022-10", "1999"],
            "who": "paper",
            "source_id": "p",
            "released": pd.Timestamp("2022-10-15"),
        }
    )
    claim = {"check": "event", "item": "visit", "value": 2022.0, "decimals": 0, "unit": "year"}
    assert check(claim, events=events)["sourced"].tolist() == [2022.0]
    assert check({**claim, "value": math.nan}, events=events)["verdict"].tolist() == ["cannot tell"]
    years = {
        "check": "years",
        "value": 30.0,
        "decimals": 0,
        "unit": "years",
        "period_start": pd.Timestamp("1992-01-01"),
        "period_end": pd.Timestamp("2022-12-31"),
    }
    checked = check(years)
    assert checked["sourced"].tolist() == [30.0]
    assert checked["source_id"].tolist() == ["derived"]


def test_other_currency_cannot_be_told():
    """EUR are not compared with US$."""
    assert check({"unit": "meur"}, {})["verdict"].tolist() == ["cannot tell"]


def test_bad_claims():
    """No claims, missing columns, values of zero and unknown kinds of check are errors."""
    with pytest.raises(ValueError, match="^claims are rows as load_article returns them"):
        check_claims(pd.DataFrame([CLAIM]).iloc[:0], pd.DataFrame(), **NOTHING)
    with pytest.raises(ValueError, match="^claims are rows as load_article returns them"):
        check_claims(pd.DataFrame([CLAIM]).drop(columns="check"), pd.DataFrame(), **NOTHING)
    with pytest.raises(ValueError, match="^a claimed value is positive, got 0$"):
        check({"value": 0.0}, {})
    with pytest.raises(ValueError, match="^a check is one of level, ratio, .*, got 'guess'$"):
        check({"check": "guess"})


def test_the_article():
    """The verdicts on the real article, as its notebook shows them."""
    checked = check_claims(
        tl.load_article(),
        tl.load_figures(),
        statements=tl.load_target_statements(),
        events=tl.load_drivers(),
    )
    assert set(checked["claim"]) == set(tl.load_article()["claim"])
    verdicts = checked.groupby(["claim", "source_id"])["verdict"].first().to_dict()
    assert verdicts["turnover_2021", "bns"] == "rounds to"
    assert verdicts["turnover_2021", "wits"] == "contradicts"
    assert verdicts["growth_2021", "bns"] == "agrees"
    assert verdicts["target", "press"] == "agrees"
    assert verdicts["anniversary", "derived"] == "agrees"
    assert verdicts["uzb_jan_nov", "press"] == "agrees"
    silent = [claim for claim, source in verdicts if source == ""]
    assert len(silent) == 7
    assert {verdicts[claim, ""] for claim in silent} == {"cannot tell"}
