import json
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import annual
from hypothesis import given
from hypothesis import strategies as st

import tradelib as tl
from tradelib.science.outlook.forecast import Forecast
from tradelib.science.pledge.progress import METHODS
from tradelib.science.verdict.verdict import Verdict, judge, likelihood

PAIR = annual([100.0, 150.0, 200.0, 300.0, 400.0, 500.0], start=2020)
TARGET = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
VAGUE = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000)
# Ten futures of 2026 and 2027: one above in 2027, two ever.
PATHS = np.array([[400.0, 600.0]] * 8 + [[1200.0, 900.0], [900.0, 1000.0]])
FORECAST = Forecast(
    name="panel_growth", origin=2025, last_musd=500.0, years=(2026, 2027), paths=PATHS
)
RATE = tl.base_rate(size_musd=500, multiple=2, horizon=2)
REAL = tl.base_rate(size_musd=500, multiple=2, horizon=2, real=True)


def likely(chance, n=100):
    """A forecast that is above the target in 2027 in so many of a hundred futures."""
    paths = np.full((n, 2), 500.0)
    paths[: round(chance * n), 1] = 1000.0
    return Forecast(name="other", origin=2025, last_musd=500.0, years=(2026, 2027), paths=paths)


def rows(verdict, role):
    """Values of a role by item."""
    found = verdict.evidence[verdict.evidence["role"] == role]
    return dict(zip(found["item"], found["value"], strict=True))


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (1.0, "virtually certain"),
        (0.9901, "virtually certain"),
        (0.99, "very likely"),
        (0.901, "very likely"),
        (0.9, "likely"),
        (0.661, "likely"),
        (0.66, "about as likely as not"),
        (0.33, "about as likely as not"),
        (0.329, "unlikely"),
        (0.1, "unlikely"),
        (0.099, "very unlikely"),
        (0.01, "very unlikely"),
        (0.0099, "exceptionally unlikely"),
        (0.0, "exceptionally unlikely"),
    ],
)
def test_likelihood(chance, words):
    """The scale of the IPCC, at each of its edges."""
    assert likelihood(chance) == words


@pytest.mark.parametrize("chance", [-0.01, 1.01, math.nan])
def test_no_probability(chance):
    """What is no probability has no words."""
    with pytest.raises(ValueError, match="^a probability lies between 0 and 1, got"):
        likelihood(chance)


def test_headline_alone():
    """One future in ten in the year, two ever; the range is the headline itself."""
    found = judge(TARGET, PAIR, headline=FORECAST)
    assert (found.probability_in, found.probability_ever) == (0.1, 0.2)
    assert found.probability_range == (0.1, 0.1)
    assert found.value_range == (600.0, 600.0, pytest.approx(910.0))
    assert (found.words, found.by, found.as_of) == ("unlikely", 2027, None)
    assert found.evidence.columns.tolist() == [
        "role", "item", "value", "low", "high", "unit", "source",
    ]  # fmt: skip
    assert rows(found, "headline") == {"growth model, in 2027": 0.1}
    assert rows(found, "ever") == {"growth model, ever by 2027": 0.2}
    assert not rows(found, "range")
    assert not rows(found, "by year")
    context = rows(found, "context")
    assert context["shortfall in 2027, if it is missed"] == pytest.approx((8 * 400 + 100) / 9)
    assert math.isnan(context["year by which it is as likely as not (missing: after 2027)"])
    turnover = found.evidence.set_index("item").loc["turnover in 2027"]
    assert turnover[["value", "low", "high"]].tolist() == [600.0, 600.0, pytest.approx(910.0)]


def test_standing_rows():
    """What it asks, and which part of that prices alone would give, by hand."""
    prices = pd.Series([50.0, 100, 102, 104, 106, 108, 110], index=range(2018, 2025))
    found = judge(TARGET, PAIR, headline=FORECAST, prices=prices, source="mine")
    standing = rows(found, "standing")
    assert standing["growth needed a year"] == pytest.approx(2**0.5 - 1)
    assert standing["US inflation a year"] == pytest.approx(1.1**0.2 - 1)
    assert standing["share of it that US inflation alone gives"] == pytest.approx(
        0.2 * math.log(1.1) / (0.5 * math.log(2))
    )
    assert standing["share of the target"] == 0.5
    assert standing["last full year"] == 2025
    assert standing["turnover of the last full year"] == 500
    sources = found.evidence.set_index("item")["source"]
    assert sources["US inflation a year"] == "US consumer prices, 2019-2024"
    assert sources["growth needed a year"] == sources["last full year"] == "mine"
    assert sources["year judged"] == "the target"


def test_range_is_of_everything_that_speaks_of_the_event():
    """Least and most of headline, variants, like pairs, pledges and other forecasters."""
    found = judge(
        TARGET, PAIR, headline=FORECAST, others=[likely(0.3)], variants={"on other data": 0.2},
        base_rates=[RATE, REAL], pledge_shift=(-1.0, -2.0, 0.5),
    )  # fmt: skip
    table = found.evidence[found.evidence["role"] == "range"].set_index("item")
    odds = 0.1 / 0.9
    shifted = [odds * math.exp(s) / (1 + odds * math.exp(s)) for s in (-1.0, -2.0, 0.5)]
    assert table["value"].to_dict() == {
        "other forecast": 0.3,
        "growth model, on other data": 0.2,
        "like pairs, current dollars": pytest.approx(RATE.share),
        "like pairs, constant dollars": pytest.approx(REAL.share),
        "growth model, shifted as pledges were": pytest.approx(shifted[0]),
    }
    ends = table.loc["growth model, shifted as pledges were", ["low", "high"]]
    assert ends.tolist() == pytest.approx(shifted[1:])
    like = table.loc["like pairs, current dollars"]
    assert like[["low", "high"]].tolist() == pytest.approx(list(RATE.interval()))
    assert like["source"] == "pairs of US$250m to 1,000m"
    assert set(table["unit"]) == {"probability"}
    assert found.probability_range == (pytest.approx(shifted[0]), 0.3)
    assert found.probability_in == 0.1


@pytest.mark.parametrize(("chance", "expected"), [(0.0, 0.0), (1.0, 1.0)])
def test_shift_of_certainty(chance, expected):
    """Odds of none and of all stay what they are."""
    found = judge(TARGET, PAIR, headline=likely(chance), pledge_shift=(-1.0, -2.0, 0.5))
    assert found.value("growth model, shifted as pledges were") == expected


@pytest.mark.parametrize(
    ("others", "words"),
    [([0.67], "cannot tell"), ([0.66], "unlikely"), ([0.2], "unlikely")],
)
def test_cannot_tell_from_a_torn_range(others, words):
    """A range from below 33 to above 66 % allows no words."""
    more = [likely(p) for p in others]
    assert judge(TARGET, PAIR, headline=FORECAST, others=more).words == words
    less = {"the other way": 0.2}
    assert judge(TARGET, PAIR, headline=likely(0.7), variants=less).words == "cannot tell"
    less = {"the other way": 0.33}
    assert judge(TARGET, PAIR, headline=likely(0.7), variants=less).words == "likely"


def test_cannot_tell_from_a_short_history():
    """Under five years need like pairs that are worth thirty."""
    short = PAIR.tail(4)
    few = tl.base_rate(size_musd=500, multiple=2, horizon=6)
    assert few.effective_n < 30 < RATE.effective_n
    assert judge(TARGET, short, headline=FORECAST).words == "cannot tell"
    assert judge(TARGET, short, headline=FORECAST, base_rates=[few]).words == "cannot tell"
    assert judge(TARGET, short, headline=FORECAST, base_rates=[few, RATE]).words == "unlikely"
    assert judge(TARGET, PAIR.tail(5), headline=FORECAST).words == "unlikely"


def test_reached():
    """What has happened is said, though the year judged may still be open."""
    early = PAIR.assign(turnover_musd=[100.0, 1000, 200, 300, 400, 500])
    found = judge(TARGET, early, headline=FORECAST)
    assert found.words == "reached in 2021"
    assert (found.probability_in, found.probability_ever) == (0.1, 1.0)
    assert "growth needed a year" not in rows(found, "standing")


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
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2022)
    found = judge(target, annual(values, start=2020), headline=None, base_rates=[RATE])
    assert (found.words, (found.probability_in, found.probability_ever)) == (words, chances)
    assert found.value_range == (values[2],) * 3
    assert found.probability_range == (chances[0],) * 2
    assert not rows(found, "range")
    assert "Probability" not in found.summary()


def test_no_deadline():
    """The fifth year is judged, and the probability given by year."""
    paths = np.full((10, 6), 500.0)
    paths[:2, 1] = 1000.0
    paths[:3, 4] = 1000.0
    paths[:6, 5] = 1000.0
    years = tuple(range(2026, 2032))
    forecast = Forecast(name="g", origin=2025, last_musd=500.0, years=years, paths=paths)
    found = judge(VAGUE, PAIR, headline=forecast)
    assert (found.by, found.probability_in, found.probability_ever) == (2030, 0.3, 0.3)
    assert rows(found, "by year") == {
        "reached by 2026": 0.0, "reached by 2027": 0.2, "reached by 2028": 0.2,
        "reached by 2029": 0.2, "reached by 2030": 0.3, "reached by 2031": 0.6,
    }  # fmt: skip
    half = rows(found, "context")["year by which it is as likely as not (missing: after 2031)"]
    assert half == 2031
    assert found.evidence["source"].iloc[0] == "none was named: 5 years ahead"


def test_reasons_are_the_three_largest_moves():
    """Signed, largest first; what moves least is left out."""
    replaced = {"as it is": 0.1, "a": 0.15, "b": 0.4, "c": 0.09, "d": 0.02}
    found = judge(TARGET, PAIR, headline=FORECAST, replaced=replaced)
    assert found.reasons["item"].tolist() == ["b", "d", "a"]
    assert found.reasons["value"].tolist() == pytest.approx([-0.3, 0.08, -0.05])
    assert "What moves it most: b (-30 points), d (+8 points), a (-5 points)." in found.summary()


def test_official_methods_start_before_the_announcement():
    """From the year before it, or the first year; not without a deadline or a year between."""
    said = tl.Target(
        reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027, announced=date(2023, 10, 5)
    )
    found = rows(judge(said, PAIR, headline=FORECAST), "context")
    expected = tl.progress(PAIR, said, base_year=2022).set_index("method")
    assert expected.loc["un_2026", "base_year"] == 2022
    status = expected.loc["un_2026", "status"]
    assert found[f"un_2026 since 2022: {status}"] == expected.loc["un_2026", "ratio"]
    first = rows(judge(TARGET, PAIR, headline=FORECAST), "context")
    assert [name for name in first if name.startswith("un_2026 since 2020")]
    one = judge(TARGET, PAIR.tail(1), headline=FORECAST)
    assert not [name for name in rows(one, "context") if "since" in name]


def test_nowcast_pledges_flows_and_further_rows():
    """Each piece of evidence is a row with its source."""
    cast = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05")
    rate = tl.pledge_rate(growth=0.25)
    flows = PAIR.assign(reporter="KAZ", export_musd=[1.0] * 5 + [300.0], import_musd=math.nan)
    more = pd.DataFrame(
        {"role": "context", "item": ["potential"], "value": 82.0, "low": math.nan,
         "high": math.nan, "unit": "US$ million", "source": "gravity"}
    )  # fmt: skip
    found = judge(
        TARGET, flows, headline=FORECAST, nowcast=cast, pledges=rate, further=more,
        as_of=date(2026, 2, 15), source="bns",
    )  # fmt: skip
    table = found.evidence.set_index("item")
    assert table.loc["exports of Kazakhstan, 2025", ["value", "source"]].tolist() == [300.0, "bns"]
    assert "imports of Kazakhstan, 2025" not in table.index
    row = table.loc["2022 from 7 months of US$228.8m"]
    assert row[["value", "low", "high"]].tolist() == [cast.median_musd, *cast.interval(80)]
    row = table.loc[f"announced targets that asked about as much and were on time, of {rate.n}"]
    assert row[["value", "low", "high"]].tolist() == [rate.share, *rate.interval]
    assert table.loc["potential", "source"] == "gravity"
    assert found.summary().endswith("Known by 2026-02-15.")
    assert (
        f"2022 from 7 months of US$228.8m point to US${cast.median_musd:,.0f}m." in found.summary()
    )


def test_to_frame_and_json():
    """One row; JSON without a NaN that reads back."""
    found = judge(TARGET, PAIR, headline=FORECAST, others=[likely(0.3)], as_of=date(2026, 2, 15))
    row = found.to_frame().iloc[0]
    assert row[["reporter", "by", "last_year", "last_musd"]].tolist() == ["KAZ", 2027, 2025, 500.0]
    assert row[["probability_in", "range_low", "range_high"]].tolist() == [0.1, 0.1, 0.3]
    assert (row["partner"], row["target_musd"], row["words"]) == ("TKM", 1000.0, "unlikely")
    assert (row["low"], row["median"], row["high"]) == found.value_range
    plain = json.loads(found.to_json())
    assert plain["target"] == {
        "reporter": "KAZ", "partner": "TKM", "value_musd": 1000.0, "deadline": 2027,
        "announced": None, "wording": "", "source": "",
    }  # fmt: skip
    assert (plain["as_of"], plain["by"], plain["words"]) == ("2026-02-15", 2027, "unlikely")
    assert (plain["probability_in"], plain["probability_ever"]) == (0.1, 0.2)
    assert plain["probability_range"] == [0.1, 0.3]
    assert plain["value_range_musd"] == list(found.value_range)
    assert len(plain["evidence"]) == len(found.evidence)
    assert plain["evidence"][0]["low"] is None


def test_summary():
    """Two sentences a reader can quote, rounded no finer than can be known."""
    said = judge(TARGET, PAIR, headline=FORECAST, others=[likely(0.0), likely(1.0)]).summary()
    assert said.startswith(
        "Kazakhstan-Turkmenistan turnover of US$1,000m by 2027: cannot tell. Probability 10% in "
        "2027 (evidence from under 1% to over 99%), 20% ever by then. Median US$600m, 80 % between "
        "600 and 910. Data to 2025: US$500.0m. It asks 41.4% a year."
    )


def test_every_row_has_role_unit_and_source():
    """The headline's rows and the reasons, whole."""
    found = judge(TARGET, PAIR, headline=FORECAST, replaced={"as it is": 0.1, "a": 0.3})
    table = found.evidence.set_index("item")[["role", "unit", "source"]]
    expected = {
        "growth model, in 2027": ["headline", "probability", "panel_growth"],
        "growth model, ever by 2027": ["ever", "probability", "panel_growth"],
        "turnover in 2027": ["context", "US$ million", "panel_growth"],
        "shortfall in 2027, if it is missed": ["context", "US$ million", "panel_growth"],
        "year by which it is as likely as not (missing: after 2027)":
            ["context", "year", "panel_growth"],
        "a": ["reason", "probability moved", "against what is usual"],
    }  # fmt: skip
    assert {item: table.loc[item].tolist() for item in expected} == expected
    by_year = judge(VAGUE, PAIR, headline=longer(FORECAST)).evidence
    by_year = by_year[by_year["role"] == "by year"]
    assert set(by_year["unit"]) == {"probability"}
    assert set(by_year["source"]) == {"panel_growth"}


def test_every_kind_of_evidence_has_role_unit_and_source():
    """Standing, flows, range, official methods, months and pledges, whole and in order."""
    cast, rate = tl.nowcast_pair("KAZ", "TKM", as_of="2022-10-05"), tl.pledge_rate(growth=0.25)
    flows = PAIR.assign(reporter="KAZ", export_musd=300.0, import_musd=200.0)
    prices = pd.Series([100, 102, 104, 106, 108, 112.0], index=range(2019, 2025))
    table = judge(
        TARGET, flows, headline=FORECAST, nowcast=cast, pledges=rate, prices=prices,
        others=[likely(0.3)], variants={"x": 0.2}, base_rates=[RATE], pledge_shift=(-1.0, -2.0, 0.5),
        source="bns",
    ).evidence  # fmt: skip
    rest = table[~table["source"].isin(["panel_growth"])]
    said = [tuple(row) for row in rest[["role", "item", "unit", "source"]].to_numpy()]
    official = [row for row in said if " since " in row[1]]
    assert [row for row in said if row not in official] == [
        ("standing", "year judged", "year", "the target"),
        ("standing", "last full year", "year", "bns"),
        ("standing", "turnover of the last full year", "US$ million", "bns"),
        ("standing", "share of the target", "share", "bns"),
        ("standing", "growth needed a year", "a year", "bns"),
        ("standing", "US inflation a year", "a year", "US consumer prices, 2019-2024"),
        ("standing", "share of it that US inflation alone gives", "share",
         "US consumer prices, 2019-2024"),
        ("context", "exports of Kazakhstan, 2025", "US$ million", "bns"),
        ("context", "imports of Kazakhstan, 2025", "US$ million", "bns"),
        ("range", "other forecast", "probability", "other"),
        ("range", "growth model, x", "probability", "growth model"),
        ("range", "like pairs, current dollars", "probability", "pairs of US$250m to 1,000m"),
        ("range", "growth model, shifted as pledges were", "probability",
         "announced targets against like pairs"),
        ("context", "2022 from 7 months of US$228.8m", "US$ million", cast.chosen),
        ("context", "announced targets that asked about as much and were on time, of 41", "share",
         "registry of targets"),
    ]  # fmt: skip
    assert {row[0] for row in official} == {"context"}
    assert {row[2] for row in official} == {"ratio"}
    methods = [row[1].split(" since ")[0] for row in official]
    assert [row[3] for row in official] == [METHODS[name].reference for name in methods]
    vague = judge(VAGUE, PAIR, headline=longer(FORECAST)).evidence.set_index("item")
    assert vague.loc["year judged", "source"] == "none was named: 5 years ahead"


def longer(forecast, years=5):
    """The same futures with their last year going on."""
    more = np.repeat(forecast.paths[:, -1:], years - 2, axis=1)
    ahead = tuple(range(2026, 2026 + years))
    paths = np.concatenate([forecast.paths, more], axis=1)
    return Forecast(name=forecast.name, origin=2025, last_musd=500.0, years=ahead, paths=paths)


def test_at_the_edges_of_the_rules():
    """Half of the futures is as likely as not; nobody short is no shortfall; one and 99 % are said."""
    half = judge(TARGET, PAIR, headline=likely(0.5))
    item = "year by which it is as likely as not (missing: after 2027)"
    assert half.value(item) == 2027
    assert (
        judge(TARGET, PAIR, headline=likely(1.0)).value("shortfall in 2027, if it is missed") == 0
    )
    said = judge(TARGET, PAIR, headline=FORECAST, variants={"x": 0.01, "y": 0.99}).summary()
    assert "(evidence from 1% to 99%)" in said


def test_summary_says_what_prices_alone_give():
    """Growth asked, the share of it that inflation alone gives, reasons in points, no empty ones."""
    prices = pd.Series([100, 102, 104, 106, 108, 112.0], index=range(2019, 2025))
    replaced = {"as it is": 0.1, "much": 0.9}
    said = judge(TARGET, PAIR, headline=FORECAST, prices=prices, replaced=replaced).summary()
    assert (
        "Data to 2025: US$500.0m. It asks 41.4% a year; US inflation, 2.3% a year, would give 7% of that. "
        "What moves it most: much (-80 points)." in said
    )
    alone = judge(TARGET, PAIR, headline=FORECAST, as_of=date(2026, 2, 15)).summary()
    assert alone.endswith("It asks 41.4% a year. Known by 2026-02-15.")


def test_json_is_for_people_too():
    """Indented by one, letters as they are, values and days kept."""
    said = tl.Target(
        reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027,
        announced=date(2022, 10, 5), wording="в ближайшие пять лет",
    )  # fmt: skip
    found = judge(said, PAIR, headline=FORECAST)
    text = found.to_json()
    assert text.startswith('{\n "target": {\n  "reporter": "KAZ",')
    assert '"wording": "в ближайшие пять лет"' in text
    plain = json.loads(text)
    assert plain["target"]["announced"] == "2022-10-05"
    kept = [row["value"] for row in plain["evidence"]]
    expected = [None if math.isnan(v) else v for v in found.evidence["value"]]
    assert kept == expected
    assert found.to_frame().columns.tolist()[4] == "as_of"


def test_unknown_item():
    """An item that is not there is an error that lists those that are."""
    with pytest.raises(ValueError, match="^the evidence has no item 'x'; there are year judged; "):
        judge(TARGET, PAIR, headline=FORECAST).value("x")


def test_bad():
    """The headline must run from the last year to the one judged; the history must hold it."""
    with pytest.raises(ValueError, match="^a target of 2027 needs a headline forecast from 2025$"):
        judge(TARGET, PAIR, headline=None)
    with pytest.raises(ValueError, match="must run from 2024 to 2027, got 2025 to 2027$"):
        judge(TARGET, PAIR.iloc[:-1], headline=FORECAST)
    with pytest.raises(ValueError, match="must run from 2025 to 2030, got 2025 to 2027$"):
        judge(VAGUE, PAIR, headline=FORECAST)
    past = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2019)
    with pytest.raises(ValueError, match="^the deadline 2019 has passed and the history must hold"):
        judge(past, PAIR, headline=None)


@given(st.lists(st.floats(0, 1), max_size=6))
def test_range_holds_the_headline(chances):
    """However the others fall, the headline stays and lies in the range."""
    variants = {str(i): p for i, p in enumerate(chances)}
    found = judge(TARGET, PAIR, headline=FORECAST, variants=variants)
    assert isinstance(found, Verdict)
    assert found.probability_in == 0.1
    low, high = found.probability_range
    assert low == min([0.1, *chances])
    assert high == max([0.1, *chances])
