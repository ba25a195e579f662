"""A correction of the registry is known from its day, and not before."""

import pytest

import tradelib as tl

BEFORE = "2026-11-30"
# What was corrected on 2026-12-01: row, column, the cell before and since.
CELLS = [
    ("KAZ-UZB-2018", "status", "met_on_time", "met_late"),
    ("KAZ-UZB-2018", "reached_year", 2018, 2019),
    ("IND-ARE-2021", "status", "open", "met_on_time"),
    ("IND-ARE-2021", "outcome_value", 83700, 100000),
    ("IND-BRA-2026", "target_value", 20000, 30000),
    ("VNM-KWT-2014", "conflict", False, True),
    ("TUR-HRV-2010", "presumptive", True, False),
]


def cell(target_id, column, day):
    """A cell of the registry as it was known on a day; of today's if it is None."""
    targets = tl.load_targets(as_of=day).set_index("target_id")
    return targets.loc[target_id, column]


@pytest.mark.parametrize(("target_id", "column", "old", "new"), CELLS)
def test_known_from_its_day(target_id, column, old, new):
    """The day before, the registry says what it said then."""
    assert cell(target_id, column, BEFORE) == old
    assert cell(target_id, column, "2026-12-01") == new
    assert cell(target_id, column, None) == new


def test_blank_before():
    """A cell that was filled is missing before."""
    old = tl.load_targets("TUR", "POL", as_of=BEFORE).set_index("target_id")
    assert old.loc["TUR-POL-2017", ["outcome_value", "outcome_year"]].isna().all()
    assert cell("TUR-POL-2017", "outcome_value", None) == 12_200


def test_the_newest_day_is_today():
    """Without a day all corrections count, and the verdict says so."""
    verdict = tl.assess(tl.article_target())
    assert str(verdict.as_of) == "2026-12-01"
    same = tl.assess(tl.article_target(), as_of=str(verdict.as_of))
    assert same.probability_in == verdict.probability_in
