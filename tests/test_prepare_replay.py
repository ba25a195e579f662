"""Who is asked again on which day, by which model and which others, step by step."""

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
import replay as prepare

NAN = float("nan")


def pledge(**changes):
    """A pledge of May 2010 to go from 100 in 2009 to 200 by 2013."""
    usual = {
        "target_id": "A",
        "pair": "AAA-BBB",
        "reporter": "KAZ",
        "partner": "TUR",
        "scope": "pair",
        "currency": "USD",
        "released": pd.Timestamp(2010, 5, 1),
        "resolved": pd.Timestamp(2014, 6, 30),
        "baseline_year": 2009.0,
        "baseline_musd": 100.0,
        "target_musd": 200.0,
        "deadline": 2013.0,
        "on_time": True,
        "asked": 0.18924,
        "horizon": 3,
        "batch": 2,
    }
    return usual | changes


def history(last, value=100.0, first=2008):
    """Years with the same value."""
    return pd.Series(value, range(first, last + 1))


class TestAsked:
    """Edges of when a pledge can be asked."""

    @staticmethod
    def days(figures, **changes):
        """Days on which it is."""
        table = pd.DataFrame([pledge(**changes)])
        return [str(question.day) for question in prepare.asked(table, figures)]

    def test_usual(self):
        """The announcement, then every 30 June to the deadline's own year."""
        assert self.days(lambda row, day: history(day.year - 1)) == [
            "2010-05-01",
            "2011-06-30",
            "2012-06-30",
            "2013-06-30",
        ]

    @pytest.mark.parametrize(
        ("last", "changes", "is_asked"),
        [
            (2009, {"resolved": pd.Timestamp(2010, 5, 1)}, False),
            (2009, {"resolved": pd.Timestamp(2010, 5, 2)}, True),
            (2009, {"deadline": 2009.0}, False),
            (2009, {"deadline": 2019.0}, True),
            (2009, {"deadline": 2020.0}, False),
            (2010 - prepare.FRESH_YEARS, {}, True),
            (2009 - prepare.FRESH_YEARS, {}, False),
        ],
    )
    def test_edges(self, last, changes, is_asked):
        """Resolved, over, too far ahead or too old."""
        found = self.days(lambda row, day: history(last, first=2000), **changes)
        assert ("2010-05-01" in found) == is_asked

    @pytest.mark.parametrize(
        ("year", "value", "is_asked"),
        [(2010, 200.0, False), (2010, 199.9, True), (2009, 900.0, True), (2011, 200.0, False)],
    )
    def test_reached(self, year, value, is_asked):
        """In a year from the announcement's on, at the goal exactly too."""
        figures = history(2011)
        figures[year] = value
        assert ("2012-06-30" in self.days(lambda row, day: figures)) == is_asked


class TestYearsOut:
    """The bundled count with most years, laid on the baseline."""

    @staticmethod
    def series(monkeypatch, counts, *, day=date(2012, 6, 30), offices=("office",), **changes):
        """What was out of counts by a day."""
        reports = {
            source: SimpleNamespace(
                exports={year: value - 1 for year, value in years.items()},
                imports=dict.fromkeys(years, 1.0),
                years_of_trade=list(years),
            )
            for source, years in counts.items()
        }
        sources = {source: {"office": 1} if source in offices else {} for source in counts}
        monkeypatch.setattr(prepare.pair_series, "reports", lambda a, b: reports)
        monkeypatch.setattr(prepare, "registered_sources", lambda: sources)
        lags = {"office": 1, "other": 1, "comtrade": 2}
        monkeypatch.setattr(
            prepare, "last_published_year", lambda source, day: day.year - lags[source]
        )
        found = prepare.years_out(SimpleNamespace(**pledge(**changes)), day)
        return {year: round(value, 6) for year, value in found.items()}

    def test_laid(self, monkeypatch):
        """Times what it lacks of the baseline; an office to last year, a matrix to the year before."""
        office = {2009: 50.0, 2010: 60.0, 2011: 70.0, 2012: 80.0}
        assert self.series(monkeypatch, {"office": office}) == {2009: 100, 2010: 120, 2011: 140}
        assert self.series(monkeypatch, {"matrix": office}) == {2009: 100, 2010: 120}

    def test_most_years(self, monkeypatch):
        """Of two with as many the first; the longer one wins by what is out alone."""
        short = {2009: 50.0, 2010: 100.0}
        same = {2009: 50.0, 2010: 50.0}
        long = {2008: 50.0, 2009: 50.0, 2010: 75.0}
        offices = ("office", "other")
        found = self.series(monkeypatch, {"office": short, "other": same}, offices=offices)
        assert found == {2009: 100, 2010: 200}
        found = self.series(monkeypatch, {"office": short, "other": long}, offices=offices)
        assert found == {2008: 100, 2009: 100, 2010: 150}

    @pytest.mark.parametrize(
        ("counts", "laid"),
        [
            # Without the year of the baseline the nearest gives the scale; the baseline stands.
            ({2007: 60.0, 2008: 80.0}, {2007: 75, 2008: 100, 2009: 100}),
            # More than two years apart the two are not put together.
            ({2006: 60.0}, {2009: 100}),
        ],
    )
    def test_a_baseline_of_another_year(self, monkeypatch, counts, laid):
        """By the nearest year, if it is near enough."""
        assert self.series(monkeypatch, {"office": counts}) == laid


QUESTIONS = [
    prepare.Asked(SimpleNamespace(**pledge()), date(2010, 5, 1), history(2009)),
    prepare.Asked(SimpleNamespace(**pledge()), date(2012, 6, 30), history(2011, 120.0)),
    prepare.Asked(SimpleNamespace(**pledge(target_id="B")), date(2010, 7, 1), history(2009, 5.0)),
]


def test_by_others(monkeypatch):
    """Of other pairs, resolved by the day, that day too; as many as are needed, each fitted once."""
    rows = [
        ("A", "AAA-BBB", "2012-06-30", True),
        ("C", "AAA-BBB", "2009-06-30", True),
        ("D", "CCC-DDD", "2012-06-30", True),
        ("E", "CCC-DDD", "2009-06-30", False),
        ("F", "CCC-DDD", "2012-07-01", False),
    ]
    scored = pd.DataFrame(rows, columns=["target_id", "pair", "resolved", "on_time"])
    scored["resolved"] = pd.to_datetime(scored["resolved"])
    fits = []
    monkeypatch.setattr(prepare, "LEAST_RESOLVED", 2)
    monkeypatch.setattr(
        prepare.pledge_model, "fit", lambda others: fits.append(list(others["target_id"])) or "fit"
    )
    monkeypatch.setattr(prepare.pledge_model, "predicted", lambda fitted, own: [0.1 * len(own)])
    found = prepare.by_others([QUESTIONS[0], QUESTIONS[1], QUESTIONS[1]], scored)
    assert fits == [["D", "E"]]
    assert found["constant"].tolist() == pytest.approx([NAN, 0.5, 0.5], nan_ok=True)
    assert found["regression"].tolist() == pytest.approx([NAN, 0.1, 0.1], nan_ok=True)


@pytest.mark.parametrize(
    ("values", "changes", "rules"),
    [
        # 110 a year later, four years left: 110 x 1.1^3 by 2013 = 146.41.
        ([100.0, 110.0], {"target_musd": 146.4}, (1, 1)),
        ([100.0, 110.0], {"target_musd": 146.5}, (1, 0)),
        ([100.0, 50.0], {}, (0, 0)),
        # Growth of two, three more years: eight times 200, at the goal to the dollar.
        ([100.0, 200.0], {"target_musd": 1600.0}, (1, 1)),
        ([100.0], {}, (NAN, NAN)),
        ([90.0, 100.0], {"baseline_year": 2010.0, "target_musd": 137.17}, (NAN, 1)),
        # With a year missing since the baseline the UN's rule says nothing.
        ([100.0, NAN, 130.0, 140.0], {}, (NAN, 0)),
    ],
)
def test_by_rule(values, changes, rules):
    """The UN's rule from the baseline to the last year; growth carried on to the deadline."""
    figures = pd.Series(values, range(2009, 2009 + len(values))).dropna()
    question = prepare.Asked(SimpleNamespace(**pledge(**changes)), date(2011, 6, 30), figures)
    found = prepare.by_rule(question)
    assert [found["on_track"], found["growth_carried_on"]] == pytest.approx(rules, nan_ok=True)


def test_rows(monkeypatch):
    """Which pledges are asked, in order, with what came and when it was known, rounded."""
    said = {"said": 1 / 3, "tier": "x"}
    of_others = {"constant": 2 / 3, "regression": 0.123456}
    for name, columns in (("chances", said), ("by_others", of_others)):
        monkeypatch.setattr(
            prepare,
            name,
            lambda asked, _, columns=columns: pd.DataFrame(columns, range(len(asked))),
        )
    monkeypatch.setattr(prepare, "corrected", lambda table: pd.Series(1 / 7, table.index))
    scored = pd.DataFrame(
        [
            pledge(target_id="B", reporter="CHN"),
            pledge(target_id="A", on_time=False, batch=1),
            pledge(target_id="undated", baseline_year=NAN),
            pledge(target_id="in euros", currency="EUR"),
            pledge(target_id="of a region", scope="region"),
        ]
    )
    found = prepare.replay(scored, None, figures=lambda row, day: history(day.year - 1, 100.26))
    assert found["target_id"].tolist() == ["A"] * 4 + ["B"] * 4
    first = found.iloc[0]
    columns = ["asked_on", "year", "last_year", "released"]
    assert first[columns].tolist() == ["2010-05-01", 2010, 2009, "2014-06-30"]
    columns = ["last_musd", "said", "constant", "regression", "combined", "growth_asked"]
    assert first[columns].tolist() == [100.3, 0.3333, 0.6667, 0.1235, 0.1429, 0.1892]
    assert first[["came", "announced", "deadline", "china"]].tolist() == [0, 2010, 2013, False]
    assert found.iloc[-1][["came", "china", "batch"]].tolist() == [1, True, 2]
