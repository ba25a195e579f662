"""Every picture, read and held against what a few made-up figures give by hand."""

from dataclasses import replace
from inspect import cleandoc

import numpy as np
import pandas as pd
import pytest
from conftest import annual
from matplotlib.colors import to_hex
from picture import read

import tradelib as tl
from tradelib import plot
from tradelib.science.forecasting.forecast import Forecast

PAST = annual([400.0, 90.0, 200.0, 500.0], start=2020)
TARGET = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2025)
# A hundred and one paths: the percentile p is path p, 400 + 2 p in the first year, 300 + 6 p after.
PERCENTILES = np.arange(101.0)
FORECAST = Forecast(
    name="naive",
    origin=2023,
    last_musd=500.0,
    years=(2024, 2025),
    paths=np.column_stack([400 + 2 * PERCENTILES, 300 + 6 * PERCENTILES]),
)
FREQUENCIES = pd.DataFrame(
    [
        ["x2", 1, 0, 0.1, 0.2, 0.1, 0.4],
        ["x2", 1, 1, 0.5, 0.4, 0.3, 0.6],
        ["x2", 5, 0, 0.3, 0.2, 0.25, 0.3],
        ["x4", 1, 0, 0.9, 0.9, 0.9, 0.9],
        ["pit", 1, 0, 0.5, 0.6, 0.5, 0.8],
        ["pit", 1, 1, 0.5, 0.4, 0.3, 0.45],
        ["pit", 5, 0, 0.5, 0.3, 0.2, 0.5],
        ["pit", 5, 1, 0.5, 0.7, 0.5, 0.8],
    ],
    columns=["event", "horizon", "bin", "forecast", "frequency", "low", "high"],
)
RISES = pd.DataFrame(
    [
        [0, 0.125, 13013, 0.58, 0.55, 0.6],
        [0.125, 4, 479, 0.52, 0.5, 0.53],
        [4, np.inf, 85, 0.5, 0.4, 0.7],
    ],
    columns=["low", "high", "n", "rose", "least", "most"],
)
RATIOS = pd.DataFrame(
    [
        [1, np.inf, 0.0, 0.05, 0.5, 2.0, 8.0],
        [1, 4, 0.002, 0.01, 0.25, 1.0, 4.0],
        [4096, np.inf, 0.1, 0.4, 0.8, 1.6, 3.2],
    ],
    columns=["low", "high", "q0.05", "q0.2", "q0.5", "q0.8", "q0.95"],
)
POTENTIAL = pd.DataFrame(
    [
        ["gdp", 2020, 200.0, 100.0, 400.0, False],
        ["gdp", 2021, 300.0, 150.0, 600.0, False],
        ["gdp", 2022, 400.0, 200.0, 800.0, True],
        ["effects", 2021, 50.0, 25.0, 100.0, False],
        ["effects", 2022, 60.0, 30.0, 120.0, True],
        ["pair", 2021, 70.0, 35.0, 140.0, False],
    ],
    columns=["fit", "year", "potential_musd", "low", "high", "carried"],
)


def evidence(rows):
    """Evidence on 2027, its columns without values left empty."""
    columns = ["key", "role", "group", "item", "value", "low", "high", "unit", "source"]
    rows = [["by", "standing", "", "year judged", 2027, None, None, "year", ""], *rows]
    return pd.DataFrame(rows, columns=columns)


JUDGED = replace(
    tl.assess(tl.article_target()),
    target=tl.Target(reporter="KAZ", partner="TKM", value_musd=1500, deadline=2027),
    probability_range=(0.1, 0.5),
    words="unlikely",
    evidence=evidence(
        [
            ["ours", "headline", "", "our model", 0.2, 0.1, 0.3, "probability", ""],
            ["turnover", "context", "", "turnover in 2027", 600.0, 300.0, 900.0, "US$ million", ""],
            ["a", "range", "other pairs", "all pairs", 0.1, 0.05, 0.15, "probability", ""],
            ["b", "range", "other data", "the mirror", 0.4, None, None, "probability", ""],
            ["c", "range", "other pairs", "larger pairs", 0.3, 0.25, 0.35, "probability", ""],
            ["d", "range", "other methods", "Theta", 0.5, 0.45, 0.6, "probability", ""],
        ]
    ),
)
LONG = "as in that third of all past years that went"
ERAS = evidence(
    [
        ["headline", "headline", "", "our model", 0.2, 0.1, 0.3, "probability", ""],
        ["turnover", "context", "", "turnover in 2027", 600.0, 300.0, 900.0, "US$ million", ""],
        ["good", "era", "", LONG, 0.4, None, None, "probability", "start years 1990-1999"],
        ["good_musd", "era", "", "", 800.0, 500.0, 1300.0, "US$ million", ""],
        [
            "bad",
            "era",
            "",
            "like the worst",
            0.05,
            None,
            None,
            "probability",
            "start years 2000-2004",
        ],
        ["bad_musd", "era", "", "", 400.0, 130.0, 700.0, "US$ million", ""],
    ]
)
DATED = pd.DataFrame(
    {
        "as_of": pd.to_datetime(["2022-10-05", "2023-02-15"]),
        "probability_in": [0.2, 0.1],
        "probability_ever": [0.3, 0.25],
        "range_low": [0.1, 0.05],
        "range_high": [0.4, 0.5],
        "official": ["too early", "on track"],
    }
)


def shows(ax, expected):
    """Hold a picture, read whole, against what it must show."""
    assert read(ax) == cleandoc(expected)


def test_fan():
    """Bands hold 90, 80 and 50 of 100 paths; past, what followed and the target stand out."""
    ax = plot.fan(FORECAST, pd.concat([PAST, annual([600.0], start=2024)]), target=TARGET)
    # Ticks from a third of the least value on, limits from a quarter of it to six times the most.
    shows(
        ax,
        """
        title: No change on average, from data to 2023
        x: year
        y: turnover, US$ million a year, log scale; 22.5 to 6000; log; 30='30', 100='100', 300='300', 1000='1,000', 3000='3,000', 10000='10,000', 30000='30,000'
        legend: 90 %, 80 %, 50 %, median, known then, what followed
        band (90 %): 2023 500..500, 2024 410..590, 2025 330..870
        band (80 %): 2023 500..500, 2024 420..580, 2025 360..840
        band (50 %): 2023 500..500, 2024 450..550, 2025 450..750
        dashed (median): 2023 500, 2024 500, 2025 600
        line (known then): 2020 400, 2021 90, 2022 200, 2023 500
        line (what followed): 2023 500, 2024 600
        dotted: y 1000
        points: 2025 1000
        'target 1,000 by 2025' at 2020 1000
        """,
    )


def test_fan_alone():
    """Without a target the most of the past sets the top; small trade gets small ticks."""
    ax = plot.fan(FORECAST, PAST.assign(turnover_musd=[30.0, 3.0, 60.0, 20.0]), source="Source: me")
    shows(
        ax,
        """
        title: No change on average, from data to 2023
        x: year
        y: turnover, US$ million a year, log scale; 0.75 to 360; log; 1='1', 3='3', 10='10', 30='30', 100='100', 300='300', 1000='1,000', 3000='3,000', 10000='10,000', 30000='30,000'
        legend: 90 %, 80 %, 50 %, median, known then
        band (90 %): 2023 500..500, 2024 410..590, 2025 330..870
        band (80 %): 2023 500..500, 2024 420..580, 2025 360..840
        band (50 %): 2023 500..500, 2024 450..550, 2025 450..750
        dashed (median): 2023 500, 2024 500, 2025 600
        line (known then): 2020 30, 2021 3, 2022 60, 2023 20
        'Source: me' at 0.01 0
        """,
    )
    with pytest.raises(TypeError, match=r"^a fan needs its past: plot.fan\(forecast, history\)"):
        plot.fan(FORECAST)


def test_skill():
    """Skill in percent, forecasters in the order given and side by side, the random walk as zero."""
    summary = pd.DataFrame(
        [
            ["theta", 1, 0.05, 0.01, 0.06],
            ["theta", 3, 0.1, 0.02, 0.14],
            ["naive", 1, 0, 0, 0],
            ["growth", 1, 0.2, 0.1, 0.25],
            ["growth", 3, 0.3, 0.25, 0.4],
            ["local_level", 3, -0.1, -0.2, 0],
        ],
        columns=["forecaster", "horizon", "skill", "low", "high"],
    )
    shows(
        plot.skill(summary),
        """
        x: years ahead; 1='1', 3='3'
        y: errors (CRPS) smaller by, percent
        legend: Theta, Growth model, Local level
        line (Theta): 0.85 5 (1 to 6), 2.85 10 (2 to 14)
        line (Growth model): 1 20 (10 to 25), 3 30 (25 to 40)
        line (Local level): 3.15 -10 (-20 to 0)
        line: y 0
        'no change on average' at 0.995 0
        """,
    )


def test_reliability():
    """What came against what was said, in percent, a line for each horizon of that event alone."""
    # The last band, 25 to 30 %, does not hold its share, 20 %: it reaches down to it.
    shows(
        plot.reliability(FREQUENCIES, event="x2"),
        """
        title: Turnover multiplies by 2 or more
        x: forecast probability, percent
        y: share that came true, percent, 90 % bands
        legend: as said, 1 year ahead, 5 years ahead
        line (1 year ahead): 10 20 (10 to 40), 50 40 (30 to 60)
        line (5 years ahead): 30 20 (20 to 30)
        dotted (as said): 0 0, 100 100
        """,
    )


def test_pit():
    """Two halves of the percentiles, a bar for each horizon side by side, half of all expected."""
    # The middles are 25 and 75; both bars fill four fifths of a half, 20 each.
    shows(
        plot.pit(FREQUENCIES),
        """
        x: percentile of the forecast at which the outcome fell
        y: share of outcomes, percent, 90 % bands; from 0
        legend: calibrated, 1 year ahead, 5 years ahead
        bars (1 year ahead): 15 60 (50 to 80), 65 40 (30 to 45)
        bars (5 years ahead): 35 30 (20 to 50), 85 70 (50 to 80)
        dotted (calibrated): y 50
        """,
    )


def test_coverage():
    """A row for each trial, its horizons one below the other, the nominal 80 % marked."""
    summary = pd.DataFrame(
        {
            "trial": ["first", "second", "first"],
            "horizon": [1, 1, 2],
            "coverage80": [0.8, 0.7, 0.9],
            "coverage_low": [0.7, 0.6, 0.85],
            "coverage_high": [0.9, 0.75, 1.0],
        }
    )
    shows(
        plot.coverage(summary),
        """
        x: outcomes inside the central 80 %, percent, 90 % bands
        y: ; 1.5 to -0.5; 0='first', 1='second'
        legend: 1 year ahead, 2 years ahead
        points (1 year ahead): 80 -0.08 (70 to 90), 70 0.92 (60 to 75)
        points (2 years ahead): 90 0.08 (85 to 100)
        dotted: x 80
        """,
    )


def test_gravity_terms():
    """Ours with 1.96 errors either way before the others' range, each term by its name."""
    table = pd.DataFrame(
        [
            ["mine", "ln_dist", -0.7, 0.1],
            ["a", "ln_dist", -1.2, 0.2],
            ["b", "ln_dist", -0.8, 0.2],
            ["mine", "contig", 0.3, 0.05],
            ["a", "contig", 0.5, 0.2],
        ],
        columns=["fit", "term", "estimate", "std_error"],
    )
    shows(
        plot.gravity_terms(table, ours="mine"),
        """
        x: coefficient (log points; of distance: percent for a percent)
        y: term; 1.6 to -0.7; 0='Distance (log)', 1='Common border'
        legend: others, this one, 95 %
        line: 0.5 1, 0.5 1
        points: 0.5 1
        line: -1.2 0, -0.8 0
        points (others): -1.2 0, -0.8 0
        points (this one, 95 %): -0.7 0 (-0.896 to -0.504), 0.3 1 (0.202 to 0.398)
        '-0.70' at -0.7 0
        '0.30' at 0.3 1
        line: x 0
        """,
    )


def test_agreements():
    """Entrants on top of like pairs: effects with 1.96 errors, and the middle half of pairs."""
    effects = pd.DataFrame(
        [
            ["entered", 0, 0.5, 0.1, -0.5, 1.0],
            ["entered", 1, 0.25, 0.05, -0.25, 0.5],
            ["like", 0, 0.1, 0.2, -1.0, 0.5],
            ["like", 1, 0.0, 0.1, -0.75, 0.25],
        ],
        columns=["group", "since", "effect", "std_error", "q0.25", "q0.75"],
    )
    shows(
        plot.agreements(effects),
        """
        x: years since the agreement came into force
        y: change since the year before, in logs
        legend: like pairs, years drawn for them, pairs that entered an agreement
        band: 0 -1..0.5, 1 -0.75..0.25
        points (like pairs, years drawn for them): 0 0.1 (-0.292 to 0.492), 1 0 (-0.196 to 0.196)
        band: 0 -0.5..1, 1 -0.25..0.5
        points (pairs that entered an agreement): 0 0.5 (0.304 to 0.696), 1 0.25 (0.152 to 0.348)
        dotted: x -0.5
        """,
    )


def test_potential():
    """Each fit's points and reaches in the panel's years, then dashed from the last of them on."""
    shows(
        plot.potential(PAST, POTENTIAL, target=TARGET),
        """
        title: Kazakhstan and Turkmenistan
        x: year
        y: turnover, US$ million a year, current prices (log scale); log; written as 1,235
        legend: actual, Both countries' GDP, What both trade with everyone, Same, with the pair's own average
        line (actual): 2020 400, 2021 90, 2022 200, 2023 500
        points (Both countries' GDP): 2019.8 200 (100 to 400), 2020.8 300 (150 to 600)
        dashed: 2021 300, 2022 400
        band: 2021 150..600, 2022 200..800
        points (What both trade with everyone): 2021 50 (25 to 100)
        dashed: 2021 50, 2022 60
        band: 2021 25..100, 2022 30..120
        points (Same, with the pair's own average): 2021.2 70 (35 to 140)
        dashed: 2021 70
        band: 2021 35..140
        dotted: y 1000
        points: 2025 1000
        'target 1,000 by 2025' at 2020 1000
        """,
    )


def test_potential_of_one_fit_and_a_vague_target():
    """Only the fits named are drawn, by those names; a target without a year is a level alone."""
    vague = replace(TARGET, deadline=None)
    shows(
        plot.potential(PAST, POTENTIAL, target=vague, names={"effects": "from trade"}),
        """
        title: Kazakhstan and Turkmenistan
        x: year
        y: turnover, US$ million a year, current prices (log scale); log; written as 1,235
        legend: actual, from trade
        line (actual): 2020 400, 2021 90, 2022 200, 2023 500
        points (from trade): 2020.8 50 (25 to 100)
        dashed: 2021 50, 2022 60
        band: 2021 25..100, 2022 30..120
        dotted: y 1000
        'target 1,000' at 2020 1000
        """,
    )


def test_ratios():
    """Percentiles by class, no less than a thousandth, under three marks that name their value."""
    # The right end is where matplotlib puts it: a twentieth of the log width beyond the most, 8.
    shows(
        plot.ratios(RATIOS, marks={"now": 3.84, "then": 0.5, "asked": 2}),
        """
        x: actual turnover as a multiple of the potential (log scale); 0.001 to 12.5385; log; written as 1234.56
        y: potential, US$ million; 2.6 to -0.7; 0='all pairs', 1='1 to 4', 2='4,096 and more'
        legend: 5th to 95th percentile, 20th to 80th, median
        rules (5th to 95th percentile): 0.001 0 to 8 0, 0.002 1 to 4 1, 0.1 2 to 3.2 2
        rules (20th to 80th): 0.05 0 to 2 0, 0.01 1 to 1 1, 0.4 2 to 1.6 2
        points (median): 0.5 0, 0.25 1, 0.8 2
        dashed: x 3.84
        'now (3.8)' at 3.84 -0.6
        dashed: x 0.5
        'then (0.5)' at 0.5 -0.6
        dashed: x 2
        'asked (2.0)' at 2 -0.6
        """,
    )


@pytest.mark.parametrize(
    ("at", "colours"), [(0.124, "orange sky sky"), (0.125, "sky orange sky"), (4, "sky sky orange")]
)
def test_rises(at, colours):
    """Shares with their reach over classes with their size; a ratio's class begins at its low end."""
    first, second, third = colours.split()
    shows(
        plot.rises(RISES, at=at),
        f"""
        x: actual turnover as a multiple of the potential, at the start; 0='0 to 0.125\\n(n = 13,013)', 1='0.125 to 4\\n(n = 479)', 2='4 and more\\n(n = 85)'
        y: of them higher four years later, percent; from 0
        bars: 0 {first} 58 (55 to 60), 1 {second} 52 (50 to 53), 2 {third} 50 (40 to 70)
        '58 %' at 0 0
        '52 %' at 1 0
        '50 %' at 2 0
        dotted: y 50
        """,
    )


def test_verdict():
    """The headline, then each group from least to most, with reaches where known, over the range."""
    shows(
        plot.verdict(JUDGED),
        """
        title: Kazakhstan and Turkmenistan: unlikely
        x: probability of US$1,500m or more in 2027, percent; 0 to 69
        y: ; 4.5 to -0.7; 0='our model', 1='the mirror', 2='Theta', 3='all pairs', 4='larger pairs'
        legend: headline, other data, other methods, other pairs
        span: x 10 to 50
        reaches: 10 0 (10 to 30), 45 2 (45 to 60), 5 3 (5 to 15), 25 4 (25 to 35)
        points (headline): 20 0
        points (other data): 40 1
        points (other methods): 50 2
        points (other pairs): 10 3, 30 4
        '20 %' at 20 0
        '40 %' at 40 1
        '50 %' at 50 2
        '10 %' at 10 3
        '30 %' at 30 4
        """,
    )


@pytest.mark.parametrize(("most", "end"), [(0.6, 69), (np.nan, 57.5), (0.9, 100)])
def test_verdict_leaves_room(most, end):
    """The axis ends 15 % beyond the highest reach or chance, 50 %, and never beyond 100 %."""
    table = JUDGED.evidence.assign(high=most)
    assert plot.verdict(replace(JUDGED, evidence=table)).get_xlim() == pytest.approx((0, end))


def test_eras():
    """What comes whatever the era, then each era: 80 %, median, and the chance at the right."""
    # The log axis runs from 130 / 1.3 to 1,500 * 1.3; a line of a label has at most 44 letters.
    ax = plot.eras(replace(JUDGED, evidence=ERAS))
    shows(
        ax,
        """
        title: Kazakhstan and Turkmenistan in 2027, if past eras came again
        x: turnover in 2027, US$ million, current prices (log scale); 100 to 1950; log; 100='100', 200='200', 500='500', 1000='1,000'
        y: ; 2.5 to -0.5; 0='whatever era comes', 1='as in that third of all past years that\\nwent: start years 1990-1999', 2='like the worst: start years 2000-2004'
        legend: 80 %, median, target, US$1,500m
        rules (80 %): 300 0 to 900 0, 500 1 to 1300 1, 130 2 to 700 2
        points (median): 600 0, 800 1, 400 2
        dashed (target, US$1,500m): x 1500
        'chance' at 1.02 -0.6
        '20 %' at 1.02 0
        '40 %' at 1.02 1
        '5 %' at 1.02 2
        """,
    )


def test_scenarios():
    """Stories from below upward, their chance at the right, over the 80 % and the median of a year."""
    # The axis ends at 2,000, 1.3 times the most, and this end is a tick too.
    placed = pd.DataFrame(
        {
            "scenario": ["less", "more"],
            "value_musd": [130.0, 2000 / 1.3],
            "probability": [0.97, 0.02],
        }
    )
    shows(
        plot.scenarios(placed, FORECAST, target=TARGET, year=2025),
        """
        title: 2025: US$ million (chance of as much or more)
        x: turnover in 2025, US$ million, current prices (log scale); 100 to 2000; log; 100='100', 200='200', 500='500', 1000='1,000', 2000='2,000'
        y: ; -0.6 to 1.6; 0='less', 1='more'
        legend: 80 % of the forecast, its median, target
        span (80 % of the forecast): x 360 to 840
        line (its median): x 600
        dashed (target): x 1000
        points: 130 0, 1538.46 1
        '130  (97 %)' at 1.01 0
        '1,538  (2 %)' at 1.01 1
        """,
    )
    with pytest.raises(ValueError, match=r"^2026 is not forecast; the years forecast are \(2024"):
        plot.scenarios(placed, FORECAST, target=TARGET, year=2026)


def test_timeline():
    """Both chances and the range on each day; the axis ends 15 % beyond the most of them."""
    # 2022-10-05 is day 19,270 of matplotlib, which counts from 1970.
    shows(
        plot.timeline(DATED),
        """
        x: known by; 19270='2022-10-05', 19403='2023-02-15'
        y: probability, percent; 0 to 57.5
        legend: range, in the year, ever by it, all under 'grey: the UN's method'
        band (range): 19270 10..40, 19403 5..50
        line (in the year): 2022-10-05 20, 2023-02-15 10
        dashed (ever by it): 2022-10-05 30, 2023-02-15 25
        'too early' at 2022-10-05 30
        'on track' at 2023-02-15 25
        """,
    )
    assert plot.timeline(DATED.assign(probability_ever=0.9)).get_ylim() == (0, 100)


@pytest.mark.parametrize(("length", "lines"), [(105, 1), (106, 2)])
def test_a_source_is_wrapped(length, lines):
    """A note has at most 105 letters a line."""
    note = "a " * (length // 2 - 2) + "b" * (4 + length % 2)
    assert len(note) == length
    ax = plot.fan(FORECAST, PAST, source=note)
    assert len(ax.texts[-1].get_text().splitlines()) == lines


def test_base_rate_by_year(monkeypatch):
    """A bar a start year, before the interval and behind the line of all years."""
    monkeypatch.setattr(tl.BaseRate, "interval", lambda self: (0.05, 0.4))
    years = pd.DataFrame({"origin": [2000, 2001], "share": [0.1, 0.3], "n": [10, 30]})
    rate = replace(
        tl.base_rate(size_musd=254.3, multiple=4, horizon=5), by_origin=years, multiple=2.3456
    )
    shows(
        plot.base_rate_by_year(rate),
        """
        title: Turnover times 2.35 after 5 years
        x: start year; 2000='2000', 2001='2001'
        y: share of episodes, percent; from 0
        legend: all start years, 80 % interval, share, by start year
        bars (share, by start year): 2000 10, 2001 30
        line (all start years): y 25
        span (80 % interval): y 5 to 40
        """,
    )
    title = plot.base_rate_by_year(replace(rate, ever=True, multiple=4)).get_title("left")
    assert title == "Turnover times 4 in any year within 5 years"


def test_base_rates():
    """A row a way to ask: its range behind its interval, the share as asked as a level."""
    grid = pd.DataFrame(
        {
            "varied": ["as asked", "horizon"],
            "to": ["size", "4 years"],
            "n": [1234, 56],
            "share": [0.1, 0.2],
            "low": [0.05, 0.1],
            "high": [0.3, 0.25],
            "lowest": [0.02, 0.0],
            "highest": [0.4, 0.5],
        }
    )
    shows(
        plot.base_rates(grid),
        """
        x: share of episodes that got there, percent; 0 to 52.5
        y: ; 1.5 to -0.5; 0='as asked: size (n 1,234)', 1='horizon: 4 years (n 56)'
        legend: lowest to highest start year, share, 80 % interval
        rules (lowest to highest start year): 2 0 to 40 0, 0 1 to 50 1
        points (share, 80 % interval): 10 0 (5 to 30), 20 1 (10 to 25)
        dotted: x 10
        """,
    )
    assert len(plot.base_rates(grid).lines) == 4
    assert len(plot.base_rates(grid[1:]).lines) == 3


def test_history():
    """Bars, hollow where preliminary; an arrow for each fall; its peak, the top and the end."""
    series = annual([40.0, 30.0, 50.0, 20.0], status=["final"] * 3 + ["preliminary"])
    swings = pd.DataFrame(
        {
            "from_year": [2018, 2019],
            "from_musd": [40.0, 30.0],
            "to_year": [2019, 2020],
            "to_musd": [30.0, 50.0],
            "change": [-0.254, 0.667],
        }
    )
    goal = tl.Target(reporter="KAZ", partner="TKM", value_musd=60, deadline=2023)
    shows(
        plot.history(series, swings=swings, target=goal),
        """
        title: Kazakhstan and Turkmenistan
        x: year
        y: turnover, US$ million a year, current prices; from 0
        legend: preliminary
        bars: 2018 40, 2019 30, 2020 50, 2021 20
        bars hatched (preliminary): 2021 20
        arrow: 2018 40 to 2019 30
        '-25%' at 2019 35
        '40' at 2018 40
        '20' at 2021 20
        '50' at 2020 50
        dotted: y 60
        points: 2023 60
        'target 60 by 2023' at 2018 60
        """,
    )


def test_side_by_side():
    """A line a series, from its first year to its last, broken where a year is missing."""
    first = annual([3.0, 1.0], start=2019, source_id="bns")
    other = annual([5.0, 6.0, 7.0], source_id="wits").drop(index=1)
    shows(
        plot.side_by_side(pd.concat([first, other])),
        """
        x: year
        y: turnover, US$ million a year; 0 to 7.3
        legend: Kazakh statistics office (BNS), World Bank's WITS
        line (Kazakh statistics office (BNS)): 2019 3, 2020 1
        line (World Bank's WITS): 2018 5, 2019 nan, 2020 7
        """,
    )


def test_a_series_has_one_value_a_year():
    """Two values for a year are refused with the series and the year."""
    series = annual([1.0, 2.0], source_id="wits")
    twice = pd.concat([series, series.assign(source_id="bns"), series[1:].assign(turnover_musd=9)])
    wrong = r"^a series has one value a year, got several for wits 2019$"
    with pytest.raises(ValueError, match=wrong):
        plot.side_by_side(twice)


def test_both_flows():
    """Two bars a year that meet at its tick, exports first."""
    flows = {"export_musd": [3.0, 1.0], "import_musd": [2.0, 4.0]}
    series = annual([0.0, 0.0], reporter="KAZ", partner="UZB", **flows)
    shows(
        plot.both_flows(series),
        """
        x: year
        y: US$ million a year, current prices; from 0
        legend: Kazakhstan to Uzbekistan, Uzbekistan to Kazakhstan
        bars (Kazakhstan to Uzbekistan): 2017.8 3, 2018.8 1
        bars (Uzbekistan to Kazakhstan): 2018.2 2, 2019.2 4
        """,
    )


def test_part_year_shares():
    """A line a year by months, in percent, against the diagonal; looks come again after six."""
    shares = pd.DataFrame(
        {
            "year": [2011, *range(2010, 2017)],
            "months": [9, *range(1, 8)],
            "share": [0.75, *[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]],
        }
    )
    shows(
        plot.part_year_shares(shares),
        """
        x: months published; 0 to 12; 0='0', 1='1', 2='2', 3='3', 4='4', 5='5', 6='6', 7='7', 8='8', 9='9', 10='10', 11='11', 12='12'
        y: share of the full year, %; 0 to 100
        legend: pro rata (months / 12), 2010, 2011, 2012, 2013, 2014, 2015, 2016
        dashed (pro rata (months / 12)): 0 0, 12 100
        line (2010): 1 10
        line (2011): 2 20, 9 75
        line (2012): 3 30
        line (2013): 4 40
        line (2014): 5 50
        line (2015): 6 60
        line (2016): 7 70
        """,
    )


def test_nowcasts():
    """The nowcast in the middle with its interval, what came to its left, pro rata to its right."""
    table = pd.DataFrame(
        {
            "year": [2022, 2025],
            "months": [6, 9],
            "part_musd": [70.0, 90.0],
            "low": [100.0, 110.0],
            "median": [130.0, 125.0],
            "high": [200.0, 150.0],
            "actual_musd": [150.0, None],
        }
    )
    shows(
        plot.nowcasts(table),
        """
        x: year and months published; 0='2022, 6 months', 1='2025, 9 months'
        y: turnover of the year, US$ million, current prices; 0 to 205
        legend: pro rata, what the year became, nowcast, central 80 %
        points (nowcast, central 80 %): 0 130 (100 to 200), 1 125 (110 to 150)
        points (pro rata): 0.12 140, 1.12 120
        points (what the year became): -0.12 150, 0.88 nan
        """,
    )


def test_pledges():
    """Marks at growth asked and outcome over target; less than 2 % a year is drawn at 2 %."""
    scored = pd.DataFrame(
        {
            "asked": [0.1, 0.2, -0.05, 0.5],
            "outcome_value": [30.0, 5.0, 60.0, 20.0],
            "target_value": [20.0, 10.0, 50.0, 80.0],
            "on_time": [True, False, True, False],
        }
    )
    shows(
        plot.pledges(scored),
        """
        x: growth asked, percent a year (log scale); log; 2='2', 5='5', 10='10', 20='20', 30='30', 50='50', 100='100'
        y: outcome, percent of the target (log scale); log; 10='10', 25='25', 50='50', 100='100', 200='200'
        legend: on time (2), not on time (2)
        marks (on time (2)): 10 150, 2 120
        marks (not on time (2)): 20 50, 50 25
        dotted: y 100
        """,
    )


def test_pledge_rates():
    """A bar a class with its interval, and above this how many of how many."""
    table = pd.DataFrame(
        {
            "growth": [10, 20],
            "on_time": [3, 1],
            "n": [4, 5],
            "share": [0.75, 0.2],
            "low": [0.5, 0.1],
            "high": [0.9, 0.4],
        }
    )
    shows(
        plot.pledge_rates(table),
        """
        x: growth asked a year; 0='10', 1='20'
        y: on time, percent; from 0
        bars: 0 75 (50 to 90), 1 20 (10 to 40)
        '3 of 4' at 0 90
        '1 of 5' at 1 40
        """,
    )
    labels = {"horizon": "years allowed", "china": "partners", "region": "region"}
    for by, label in (labels | {"announced": "years of the announcement"}).items():
        assert plot.pledge_rates(table.rename(columns={"growth": by})).get_xlabel() == label


def test_progress_record():
    """A line a status, best first, set apart within a year left; all targets dotted."""
    statuses = ["target met", "on track", "moderate progress", "marginal progress"]
    statuses += ["stagnation", "regression", "any"]
    shares = {1: [90, 60, 40, 30, 20, 10, 35], 2: [80, 55, 45, 30, 25, 15, 36]}
    parts = [
        pd.DataFrame({"status": statuses, "left": left, "share": shares[left]}) for left in (2, 1)
    ]
    table = pd.concat(parts).assign(method="un_2026", multiple=2.5, span=3, size="all")
    table = table.assign(low=table["share"] - 5, high=table["share"] + 10)
    table[["share", "low", "high"]] /= 100
    shows(
        plot.progress_record(table),
        """
        title: Targets to multiply by 2.5 in 3 years: how often they were met,
        by what had been said of them (UN Statistics Division, progress assessment note of 2026)
        x: years left when it was said; 2.5 to 0.5; 1='1', 2='2'
        y: targets met in the deadline year, percent; 0 to 100
        legend: all targets, target met already, on track, moderate progress, marginal progress, stagnation, regression
        line (target met already): 1.125 90 (85 to 100), 2.125 80 (75 to 90)
        line (on track): 1.075 60 (55 to 70), 2.075 55 (50 to 65)
        line (moderate progress): 1.025 40 (35 to 50), 2.025 45 (40 to 55)
        line (marginal progress): 0.975 30 (25 to 40), 1.975 30 (25 to 40)
        line (stagnation): 0.925 20 (15 to 30), 1.925 25 (20 to 35)
        line (regression): 0.875 10 (5 to 20), 1.875 15 (10 to 25)
        dotted (all targets): 1 35, 2 36
        """,
    )
    both = pd.concat([table, table.assign(multiple=4)])
    with pytest.raises(ValueError, match="^one method, multiple, span and size make a picture"):
        plot.progress_record(both)


def test_pledge_effect():
    """A row a comparison of five pledges or more; an interval that touches 1 may be chance."""
    groups = pd.DataFrame(
        {
            "group": ["all", "few", "with China", "same", "old"],
            "against": ["pairs without a pledge"] * 3 + ["all pairs, pledged or not"] * 2,
            "n": [9, 4, 5, 7, 8],
            "share": [0.6, 0.9, 0.2, 0.3, 0.4],
            "expected": [0.3, 0.1, 0.1, 0.35, 0.5],
            "low": [1.2, 1.2, 1.0, 0.8, 0.2],
            "high": [3.0, 3.0, 2.0, 1.0, 0.9],
        }
    )
    effect = replace(tl.pledge_effect(), groups=groups)
    shows(
        plot.pledge_effect(effect),
        """
        title: Pledges on time, and like pairs without a pledge
        x: got there by the deadline, percent; 0 to 70
        y: ; 3.5 to -0.5; 0='all (9)', 1='with China (5)', 2='same, against all pairs, pledged or not (7)', 3='old, against all pairs, pledged or not (8)'
        legend: like pairs, pledges, may be chance
        rules: 30 0 to 60 0, 10 1 to 20 1, 35 2 to 30 2, 50 3 to 40 3
        points (like pairs): 30 0, 10 1, 35 2, 50 3
        points (pledges): 60 0, 40 3
        points hollow (may be chance): 20 1, 30 2
        """,
    )


def test_open_targets():
    """The likeliest on top: in the deadline's year and ever, ringed if on own recent years."""
    table = pd.DataFrame(
        {
            "reporter": ["KAZ", "UZB", "IND"],
            "partner": ["TKM", "KAZ", "RUS"],
            "target_value": [1000.0, 500.0, 2e5],
            "currency": ["USD", "EUR", "USD"],
            "by": [2027.0, 2030.0, 2031.0],
            "probability_in": [0.1, 0.7, 0.3],
            "probability_ever": [0.2, 0.8, 0.5],
            "rests_on": ["own recent", "own older", "own recent"],
        }
    )
    shows(
        plot.open_targets(table),
        """
        x: probability, percent; 0 to 100
        y: ; 2.5 to -0.5; 0='Uzbekistan-Kazakhstan, EUR 500m by 2030', 1='India-Russia, USD 200bn by 2031', 2='Kazakhstan-Turkmenistan, USD 1.0bn by 2027'
        legend: in the deadline year, ever by it, rests on the pair's own recent years
        rules: 70 0 to 80 0, 30 1 to 50 1, 10 2 to 20 2
        points (in the deadline year): 70 0, 30 1, 10 2
        points (ever by it): 80 0, 50 1, 20 2
        points hollow (rests on the pair's own recent years): 30 1, 10 2
        """,
    )


def test_claims():
    """A row a claim, the first on top, of 44 letters a line; sources that say nearly the same are named together."""
    claim = "Turnover between the two countries in dollars of 2021"
    checked = pd.DataFrame(
        {
            "said": [claim, claim, claim, "two", "three"],
            "gap": [0.02, 0.04, -0.4, 0.3, None],
            "source_id": ["bns", "wits", "bns", "comtrade_selected", "bns"],
            "verdict": ["agrees", "rounds to", "contradicts", "contradicts", "cannot tell"],
        }
    )
    shows(
        plot.claims(checked),
        """
        x: sourced figure against the claim, %
        y: ; -0.6 to 1.7; 0='two', 1='Turnover between the two countries in\\ndollars of 2021'
        legend: agrees, rounds to, contradicts
        line: x 0
        marks (agrees): 2 1
        marks (rounds to): 4 1
        marks (contradicts): -40 1, 30 0
        "BNS, World Bank's WITS" at 3 1
        'BNS' at -40 1
        'UN Comtrade' at 30 0
        """,
    )


def test_path_to_target():
    """Dashes from each start to the target, by the rate the legend names; the last value below."""
    series = annual([100.0, 40.0, 80.0], start=2020)
    goal = tl.Target(reporter="KAZ", partner="TKM", value_musd=160, deadline=2023)
    shows(
        plot.path_to_target(series, goal, since=[2021, 2022]),
        """
        title: Kazakhstan and Turkmenistan
        x: year
        y: turnover, US$ million a year, current prices; 0 to 166
        legend: actual, needed from 2021: 100.0 % a year, needed from 2022: 100.0 % a year
        line (actual): 2020 100, 2021 40, 2022 80
        dashed (needed from 2021: 100.0 % a year): 2021 40, 2022 80, 2023 160
        dashed (needed from 2022: 100.0 % a year): 2022 80, 2023 160
        '80' at 2022 80
        dotted: y 160
        points: 2023 160
        'target 160 by 2023' at 2020 160
        """,
    )


@pytest.mark.parametrize("start", [2019, 2023, 2024])
def test_a_path_starts_in_a_known_year(start):
    """Neither before the series, nor in the deadline year or after the series."""
    series = annual([100.0, 40.0, 80.0, 90.0], start=2020)
    goal = tl.Target(reporter="KAZ", partner="TKM", value_musd=160, deadline=2023)
    wrong = (
        f"^a path starts in a year of the series before the deadline, got {start}; the series "
        r"has 2020-2023, the deadline is 2023$"
    )
    with pytest.raises(ValueError, match=wrong):
        plot.path_to_target(series, goal, since=[2020, start])


def cells(ax):
    """Cells of a map from below: the years at its ticks, the place of its colour in the legend, its words."""
    ax.figure.canvas.draw()
    image = ax.images[0]
    entries = [to_hex(patch.get_facecolor()) for patch in ax.get_legend().legend_handles]
    base_years = [int(text.get_text()) for text in ax.get_xticklabels()]
    last_years = [int(text.get_text()) for text in ax.get_yticklabels()]
    words = {text.get_position(): text.get_text() for text in ax.texts}
    filled = []
    for (y, x), band in np.ndenumerate(image.get_array().filled(-1)):
        if band >= 0:
            place = entries.index(to_hex(image.cmap(image.norm(band))))
            filled.append((base_years[x], last_years[y], place, words.get((x, y), "")))
    return filled


def test_progress_map():
    """A cell for each base and last year, coloured by its band; its ratio in readable ink."""
    bands = ["on track", "moderate progress", "marginal progress", "stagnation", "regression"]
    rows = [
        (2020, 2021, 9.96, bands[0]),
        (2020, 2022, 0.55, bands[1]),
        (2021, 2022, 0.2, bands[2]),
        (2020, 2023, 0.04, bands[3]),
        (2021, 2023, -10.4, bands[4]),
        (2022, 2023, None, "target met"),
        (2023, 2024, None, "target met at base"),
    ]
    table = pd.DataFrame(rows, columns=["base_year", "last_year", "ratio", "status"])
    other = table.assign(method="open_sdg", ratio=7.0).replace("regression", "deterioration")
    mixed = pd.concat([table.assign(method="un_2026"), other])
    ax = plot.progress_map(mixed, method="un_2026")
    assert cells(ax) == [
        (2020, 2021, 0, "10.0"),
        (2020, 2022, 1, "0.6"),
        (2021, 2022, 2, "0.2"),
        (2020, 2023, 3, "0.0"),
        (2021, 2023, 4, "-10"),
        (2022, 2023, 5, ""),
    ]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [*bands, "target met"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("base year", "last year")
    # White is read on the dark bands alone.
    assert [text.get_color() == "white" for text in ax.texts] == [True, False, False, False, True]
    assert [cell[2] for cell in cells(plot.progress_map(other, method="open_sdg"))] == [0, 1, 2]
    with pytest.raises(ValueError, match="^no rows of the method 'x'; the methods are un_2026"):
        plot.progress_map(mixed, method="x")


SHORT = annual([100.0, 40.0, 80.0], start=2020, reporter="KAZ", partner="TKM", source_id="bns")
SHORT = SHORT.assign(export_musd=[1.0, 2.0, 3.0], import_musd=[1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "draw",
    [
        lambda part: plot.history(part),
        lambda part: plot.side_by_side(part),
        lambda part: plot.both_flows(part),
        lambda part: plot.fan(tl.naive(SHORT, horizon=1, n_paths=20), SHORT),
    ],
    ids=["history", "side_by_side", "both_flows", "fan"],
)
@pytest.mark.parametrize("years", [1, 2, 3])
def test_a_tick_is_a_whole_year(draw, years):
    """However few years are drawn, none is cut in parts."""
    ax = draw(SHORT[:years])
    first, last = ax.get_xlim()
    ax.figure.canvas.draw()
    shown = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    labels = [text.get_text() for at, text in shown if first <= at <= last]
    assert labels
    assert all(text.isdigit() and len(text) == 4 for text in labels)
    assert len(set(labels)) == len(labels)
