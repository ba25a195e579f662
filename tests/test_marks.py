"""Marks of war and sanctions: the rules that each row keeps, and which rows concern a pair."""

from urllib.parse import urlsplit

import pandas as pd
import pytest

import tradelib as tl
from tradelib.datasets.sources import described

MARKS = tl.load_marks()
COMPILED = pd.Timestamp(described("marks.csv")["accessed"])
# Where each authority publishes its acts and lists.
HOSTS = {
    "UN": {"main.un.org", "www.un.org", "undocs.org"},
    "EU": {"eur-lex.europa.eu", "sanctionsmap.eu"},
    "USA": {"ofac.treasury.gov", "www.federalregister.gov"},
    "UCDP": {"ucdp.uu.se", "public.paloma.se"},
}


def written_out(day):
    """A day as European and American titles write it."""
    return f"{day.day} {day:%B} {day.year}", f"{day:%B} {day.day}, {day.year}"


@pytest.mark.parametrize(
    "mark", MARKS.to_dict("records"), ids=lambda m: f"{m['country']}-{m['authority']}"
)
class TestRow:
    """What each row must hold."""

    def test_days_are_named_in_the_title(self, mark):
        """The first day and the last are part of the title, so that anyone can check them."""
        for day in filter(pd.notna, (mark["from"], mark["to"])):
            assert any(words in mark["title"] for words in written_out(day))

    def test_address_is_of_the_authority(self, mark):
        """No newspaper stands in for a list."""
        address = urlsplit(mark["url"])
        assert address.scheme == "https"
        assert address.hostname in HOSTS[mark["authority"]]

    def test_order_of_days(self, mark):
        """Nothing ends before it begins, is known before it begins, or lies ahead."""
        end = COMPILED if pd.isna(mark["to"]) else mark["to"]
        assert mark["from"] <= end <= COMPILED
        assert mark["from"] <= mark["released"] <= COMPILED

    def test_some_target_is_concerned(self, mark):
        """Each country has a pledge in the registry, and a pair is in alphabetical order."""
        assert len(tl.load_targets(mark["country"])) > 0
        if pd.notna(mark["partner"]):
            assert mark["country"] < mark["partner"]
            assert len(tl.load_targets(mark["partner"])) > 0


def test_one_row_an_authority():
    """No two marks of one country or pair, by one authority, are in force on one day."""
    by_authority = MARKS.assign(partner=MARKS["partner"].fillna("")).sort_values("from")
    for _, rows in by_authority.groupby(["country", "partner", "authority"]):
        assert (rows["to"].iloc[:-1] < rows["from"].shift(-1).iloc[:-1]).all()


def test_the_article_has_none():
    """Kazakhstan and Turkmenistan: an empty table with the usual columns, and no error."""
    marks = tl.load_marks("KAZ", "TKM")
    assert marks.empty
    assert marks.dtypes.equals(MARKS.dtypes)


def test_a_pair_has_the_marks_of_both_sides():
    """Iran and Russia, in either order and by name: both UN rows, and who is in force today."""
    marks = tl.load_marks("IRN", "RUS")
    assert set(marks["country"]) == {"IRN", "RUS"}
    in_force = marks[marks["in_force"]]
    assert set(in_force.loc[in_force["country"] == "IRN", "authority"]) == {"UN", "EU", "USA"}
    assert set(in_force.loc[in_force["country"] == "RUS", "authority"]) == {"EU", "USA"}
    pd.testing.assert_frame_equal(marks, tl.load_marks("Russia", "Iran"))
    alone = tl.load_marks("IRN")
    assert len(marks) == len(alone) + len(tl.load_marks(partner="RUS"))


def test_a_mark_of_a_pair_concerns_no_other():
    """Armenia and Azerbaijan in 2023: that pair, either country alone, and no third pair."""
    for asked in (("ARM", "AZE"), ("AZE", "ARM"), ("AZE",), ("ARM",)):
        assert tl.load_marks(*asked)["authority"].tolist() == ["UCDP"]
    assert tl.load_marks("AZE", "TUR").empty
    assert tl.load_marks("ARM", "IRN")["country"].unique().tolist() == ["IRN"]


def test_lapsed_marks_are_not_in_force():
    """Whatever has ended stays in the table and is out of force; the rest is in force."""
    assert MARKS["in_force"].equals(MARKS["to"].isna())
    lapsed = MARKS[~MARKS["in_force"]]
    assert set(lapsed["country"]) == {"ARM", "IRN", "SYR"}


@pytest.mark.parametrize(
    ("day", "rows"),
    [
        ("2011-08-16", []),
        ("2011-08-17", [(None, True)]),
        ("2025-06-29", [(None, True)]),
        ("2025-06-30", [("2025-06-30", True)]),
        ("2025-07-01", [("2025-06-30", False)]),
    ],
)
def test_as_of(day, rows):
    """The US embargo on Syria: unknown before its first day, without an end before its last."""
    marks = tl.load_marks("SYR", as_of=day)
    american = marks[marks["authority"] == "USA"]
    expected = [(pd.NaT if end is None else pd.Timestamp(end), force) for end, force in rows]
    assert list(zip(american["to"], american["in_force"], strict=True)) == expected


def test_iran_between_the_two_times():
    """In 2020 the resolutions of 2006 had ended and were not yet applied again."""
    in_2020 = tl.load_marks("IRN", as_of="2020-01-01").set_index("authority")["in_force"]
    assert in_2020.to_dict() == {"EU": False, "UN": False, "USA": True}


def test_wrong_calls():
    """A stranger and a bad day are named."""
    with pytest.raises(tl.InputError, match="no country is called 'Atlantis'"):
        tl.load_marks("KAZ", "Atlantis")
    with pytest.raises(tl.InputError, match="as_of is a day such as"):
        tl.load_marks("KAZ", as_of="today")
