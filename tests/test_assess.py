from datetime import date

import pytest
from conftest import annual

import tradelib as tl


def test_article_target():
    """Value, day and horizon come from the article's own claims."""
    target = tl.article_target()
    claims = tl.load_article().set_index("claim")["value"]
    assert target.value_musd == claims["target"] == 1000
    assert target.deadline == 2022 + claims["target_horizon"] == 2027
    assert (target.pair, target.announced) == ("KAZ-TKM", date(2022, 10, 5))
    with pytest.raises(ValueError, match="^no claims were released by 2022-10-04"):
        tl.article_target(as_of="2022-10-04")


def test_assess_at_the_announcement_and_now():
    """25.6 % a year when announced, 39.3 % a year from 2025."""
    target = tl.article_target()
    then = tl.assess(target, as_of=target.announced)
    assert (then.last_year, then.years_left) == (2021, 6)
    assert then.required == pytest.approx(0.2564, abs=5e-4)
    now = tl.assess(target)
    assert (now.last_year, now.years_left) == (2025, 2)
    assert now.required == pytest.approx(0.3928, abs=5e-4)


def test_own_history():
    """Any pair works with one's own figures."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=200, deadline=2025)
    assert tl.assess(target, history=annual([50, 100])).required == pytest.approx(2 ** (1 / 6) - 1)


def test_bad():
    """A pair that is not bundled, and a day beside one's own history, are errors."""
    target = tl.Target(reporter="ITA", partner="UZB", value_musd=200)
    with pytest.raises(ValueError, match="no annual series is bundled for ITA-UZB"):
        tl.assess(target)
    with pytest.raises(
        ValueError, match="^as_of=2022-10-04 lies before the announcement on 2022-1"
    ):
        tl.assess(tl.article_target(), as_of="2022-10-04")
    with pytest.raises(ValueError, match="^as_of limits the bundled figures; cut your own history"):
        tl.assess(target, history=annual([1.0]), as_of="2022-10-05")
