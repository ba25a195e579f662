"""Pictures read whole and held against what a few made-up figures give by hand.

`picture.read` says all that is drawn, a line each, and of looks what is not matplotlib's own. So
a slip in a colour, a width or a size shows as one in a number does.
"""

from dataclasses import replace
from inspect import cleandoc

import numpy as np
import pandas as pd
import pytest
from conftest import annual
from picture import read

import tradelib as tl
from tradelib import plot
from tradelib.science.outlook.paths import Forecast

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
ERAS = evidence(
    [
        ["headline", "headline", "", "our model", 0.2, 0.1, 0.3, "probability", ""],
        ["turnover", "context", "", "turnover in 2027", 600.0, 300.0, 900.0, "US$ million", ""],
        [
            "good",
            "era",
            "",
            "as in that third of all past years that went",
            0.4,
            None,
            None,
            "probability",
            "start years 1990-1999",
        ],
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
        8 by 4.4 inches, fitted
        title: No change on average, from data to 2023
        x: year
        y: turnover, US$ million a year, log scale; 22.5 to 6000; log; 30='30', 100='100', 300='300', 1000='1,000', 3000='3,000', 10000='10,000', 30000='30,000'
        edges left bottom, grid y #dddddd lw 0.8 below
        legend lower left, 3 columns, size 8: 90 %, 80 %, 50 %, median, known then, what followed
        sky alpha 0.2 (90 %) band: 2023 500..500, 2024 410..590, 2025 330..870
        sky alpha 0.3 (80 %) band: 2023 500..500, 2024 420..580, 2025 360..840
        sky alpha 0.45 (50 %) band: 2023 500..500, 2024 450..550, 2025 450..750
        blue dashed line lw 2 (median): 2023 500, 2024 500, 2025 600
        black line lw 2 o ms 4 (known then): 2020 400, 2021 90, 2022 200, 2023 500
        red line lw 2 s ms 5 (what followed): 2023 500, 2024 600
        black dotted line lw 1: y 1000
        black unjoined * ms 14: 2025 1000
        words 'target 1,000 by 2025' at 2020 1000 +0 +4 points, left
        """,
    )


def test_fan_alone():
    """Without a target the most of the past sets the top; small trade gets small ticks."""
    ax = plot.fan(FORECAST, PAST.assign(turnover_musd=[30.0, 3.0, 60.0, 20.0]), source="Source: me")
    shows(
        ax,
        """
        8 by 4.4 inches, fitted
        title: No change on average, from data to 2023
        x: year
        y: turnover, US$ million a year, log scale; 0.75 to 360; log; 1='1', 3='3', 10='10', 30='30', 100='100', 300='300', 1000='1,000', 3000='3,000', 10000='10,000', 30000='30,000'
        edges left bottom, grid y #dddddd lw 0.8 below
        legend lower left, 3 columns, size 8: 90 %, 80 %, 50 %, median, known then
        sky alpha 0.2 (90 %) band: 2023 500..500, 2024 410..590, 2025 330..870
        sky alpha 0.3 (80 %) band: 2023 500..500, 2024 420..580, 2025 360..840
        sky alpha 0.45 (50 %) band: 2023 500..500, 2024 450..550, 2025 450..750
        blue dashed line lw 2 (median): 2023 500, 2024 500, 2025 600
        black line lw 2 o ms 4 (known then): 2020 30, 2021 3, 2022 60, 2023 20
        words 'Source: me' at 0.01 0 of figure fraction and label +0 -4 points, size 8, left, grey, top
        """,
    )
    with pytest.raises(
        TypeError, match=r"^a fan needs its past: plot.fan\(forecast, history\), got no history$"
    ):
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
        8 by 4.4 inches, fitted
        x: years ahead; 1='1', 3='3'
        y: errors (CRPS) smaller by, percent
        edges left bottom, grid y #dddddd lw 0.8 below
        legend upper left, 1 columns: Theta, Growth model, Local level
        blue line o ends blue caps 3 (Theta): 0.85 5 (1 to 6), 2.85 10 (2 to 14)
        red line s ends red caps 3 (Growth model): 1 20 (10 to 25), 3 30 (25 to 40)
        green line ^ ends green caps 3 (Local level): 3.15 -10 (-20 to 0)
        black line lw 1: y 0
        words 'no change on average' at 0.995 0 of axes fraction and data +0 +3 points, right
        """,
    )


def test_reliability():
    """What came against what was said, in percent, a line for each horizon of that event alone."""
    # The last band, 25 to 30 %, does not hold its share, 20 %: it reaches down to it.
    shows(
        plot.reliability(FREQUENCIES, event="x2"),
        """
        8 by 4.4 inches, fitted
        title: Turnover multiplies by 2 or more
        x: forecast probability, percent
        y: share that came true, percent, 90 % bands
        edges left bottom, grid y #dddddd lw 0.8 below
        legend upper left, 1 columns: as said, 1 year ahead, 5 years ahead
        blue line o ends blue caps 3 (1 year ahead): 10 20 (10 to 40), 50 40 (30 to 60)
        red line s ends red caps 3 (5 years ahead): 30 20 (20 to 30)
        black dotted line lw 1 (as said): 0 0, 100 100
        """,
    )


def test_pit():
    """Two halves of the percentiles, a bar for each horizon side by side, half of all expected."""
    # The middles are 25 and 75; both bars fill four fifths of a half, 20 each.
    shows(
        plot.pit(FREQUENCIES),
        """
        8 by 4.4 inches, fitted
        x: percentile of the forecast at which the outcome fell
        y: share of outcomes, percent, 90 % bands
        edges left bottom, grid y #dddddd lw 0.8 below
        legend upper right, 2 columns: calibrated, 1 year ahead, 5 years ahead
        bars 20 wide ends grey (1 year ahead): 15 blue 60 (50 to 80), 65 blue 40 (30 to 45)
        bars 20 wide ends grey (5 years ahead): 35 red 30 (20 to 50), 85 red 70 (50 to 80)
        black dotted line lw 1 (calibrated): y 50
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
        8 by 2.44 inches, fitted
        x: outcomes inside the central 80 %, percent, 90 % bands
        y: ; 1.5 to -0.5; 0='first', 1='second'
        edges left bottom, grid x #dddddd lw 0.8 below
        legend above right of 1 1, 2 columns: 1 year ahead, 2 years ahead
        blue unjoined o ends blue caps 3 (1 year ahead): 80 -0.08 (70 to 90), 70 0.92 (60 to 75)
        red unjoined s ends red caps 3 (2 years ahead): 90 0.08 (85 to 100)
        black dotted line lw 1: x 80
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
        8 by 2.7 inches, fitted
        x: coefficient (log points; of distance: percent for a percent)
        y: term; 1.6 to -0.7; 0='Distance (log)', 1='Common border'
        edges left bottom, grid none
        legend above right of 1 1, 2 columns: others, this one, 95 %
        #c8c8c8 line lw 13 butt rank 1: 0.5 1, 0.5 1
        grey unjoined | ms 13: 0.5 1
        #c8c8c8 line lw 13 butt rank 1: -1.2 0, -0.8 0
        grey unjoined | ms 13 (others): -1.2 0, -0.8 0
        blue unjoined D ms 7 ends blue caps 4 (this one, 95 %): -0.7 0 (-0.896 to -0.504), 0.3 1 (0.202 to 0.398)
        words '-0.70' at -0.7 0 +0 +9 points, blue
        words '0.30' at 0.3 1 +0 +9 points, blue
        black line lw 0.8: x 0
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
        8 by 4.8 inches, fitted
        x: years since the agreement came into force
        y: change since the year before, in logs
        edges left bottom, grid y #dddddd lw 0.8 below
        legend upper left, 1 columns: like pairs, years drawn for them, pairs that entered an agreement
        red alpha 0.15 band: 0 -1..0.5, 1 -0.75..0.25
        red unjoined s ends red caps 3 (like pairs, years drawn for them): 0 0.1 (-0.292 to 0.492), 1 0 (-0.196 to 0.196)
        blue alpha 0.15 band: 0 -0.5..1, 1 -0.25..0.5
        blue unjoined o ends blue caps 3 (pairs that entered an agreement): 0 0.5 (0.304 to 0.696), 1 0.25 (0.152 to 0.348)
        black dotted line lw 0.8: x -0.5
        """,
    )


def test_potential():
    """Each fit's points and reaches in the panel's years, then dashed from the last of them on."""
    shows(
        plot.potential(PAST, POTENTIAL, target=TARGET),
        """
        8 by 4.8 inches, fitted
        title: Kazakhstan and Turkmenistan
        x: year
        y: turnover, US$ million a year, current prices (log scale); log; written as 1,235
        edges left bottom, grid y #dddddd lw 0.8 below
        legend lower right, 1 columns, size 9: actual, Both countries' GDP, What both trade with everyone, Same, with the pair's own average
        black line lw 2 . (actual): 2020 400, 2021 90, 2022 200, 2023 500
        blue unjoined o ends blue caps 3 (Both countries' GDP): 2019.8 200 (100 to 400), 2020.8 300 (150 to 600)
        blue dashed line: 2021 300, 2022 400
        blue alpha 0.15 band: 2021 150..600, 2022 200..800
        red unjoined s ends red caps 3 (What both trade with everyone): 2021 50 (25 to 100)
        red dashed line: 2021 50, 2022 60
        red alpha 0.15 band: 2021 25..100, 2022 30..120
        green unjoined ^ ends green caps 3 (Same, with the pair's own average): 2021.2 70 (35 to 140)
        green dashed line: 2021 70
        green alpha 0.15 band: 2021 35..140
        black dotted line lw 1: y 1000
        black unjoined * ms 14: 2025 1000
        words 'target 1,000 by 2025' at 2020 1000 +0 +4 points, left
        """,
    )


def test_potential_of_one_fit_and_a_vague_target():
    """Only the fits named are drawn, by those names; a target without a year is a level alone."""
    vague = replace(TARGET, deadline=None)
    shows(
        plot.potential(PAST, POTENTIAL, target=vague, names={"effects": "from trade"}),
        """
        8 by 4.8 inches, fitted
        title: Kazakhstan and Turkmenistan
        x: year
        y: turnover, US$ million a year, current prices (log scale); log; written as 1,235
        edges left bottom, grid y #dddddd lw 0.8 below
        legend lower right, 1 columns, size 9: actual, from trade
        black line lw 2 . (actual): 2020 400, 2021 90, 2022 200, 2023 500
        blue unjoined o ends blue caps 3 (from trade): 2020.8 50 (25 to 100)
        blue dashed line: 2021 50, 2022 60
        blue alpha 0.15 band: 2021 25..100, 2022 30..120
        black dotted line lw 1: y 1000
        words 'target 1,000' at 2020 1000 +0 +4 points, left
        """,
    )


def test_ratios():
    """Percentiles by class, no less than a thousandth, under three marks that name their value."""
    # The right end is where matplotlib puts it: a twentieth of the log width beyond the most, 8.
    shows(
        plot.ratios(RATIOS, marks={"now": 3.84, "then": 0.5, "asked": 2}),
        """
        8 by 2.86 inches, fitted
        x: actual turnover as a multiple of the potential (log scale); 0.001 to 12.5385; log; written as 1234.56
        y: potential, US$ million; 2.6 to -0.7; 0='all pairs', 1='1 to 4', 2='4,096 and more'
        edges left bottom, grid none
        legend above left of 0 1, 3 columns, size 9: 5th to 95th percentile, 20th to 80th, median
        grey rules lw 2 (5th to 95th percentile): 0.001 0 to 8 0, 0.002 1 to 4 1, 0.1 2 to 3.2 2
        sky rules lw 9 (20th to 80th): 0.05 0 to 2 0, 0.01 1 to 1 1, 0.4 2 to 1.6 2
        black unjoined | ms 13 (median): 0.5 0, 0.25 1, 0.8 2
        blue dashed line: x 3.84
        words 'now (3.8)' at 3.84 -0.6 -3 +0 points, size 8, right, turned 90, blue, top
        red dashed line: x 0.5
        words 'then (0.5)' at 0.5 -0.6 -3 +0 points, size 8, right, turned 90, red, top
        green dashed line: x 2
        words 'asked (2.0)' at 2 -0.6 -3 +0 points, size 8, right, turned 90, green, top
        """,
    )


@pytest.mark.parametrize(
    ("at", "colours"),
    [
        (None, "sky sky sky"),
        (0.124, "orange sky sky"),
        (0.125, "sky orange sky"),
        (4, "sky sky orange"),
    ],
)
def test_rises(at, colours):
    """Shares with their reach over classes with their size; a ratio's class begins at its low end."""
    first, second, third = colours.split()
    shows(
        plot.rises(RISES, at=at),
        f"""
        8 by 4.4 inches, fitted
        x: actual turnover as a multiple of the potential, at the start; 0='0 to 0.125\\n(n = 13,013)', 1='0.125 to 4\\n(n = 479)', 2='4 and more\\n(n = 85)', size 8, right, turned 30
        y: of them higher four years later, percent
        edges left bottom, grid y #dddddd lw 0.8 below
        bars 0.75 wide ends grey caps 3: 0 {first} 58 (55 to 60), 1 {second} 52 (50 to 53), 2 {third} 50 (40 to 70)
        words '58 %' at 0 0 +0 +4 points
        words '52 %' at 1 0 +0 +4 points
        words '50 %' at 2 0 +0 +4 points
        black dotted line lw 0.8: y 50
        """,
    )


def test_verdict():
    """The headline, then each group from least to most, with reaches where known, over the range."""
    shows(
        plot.verdict(JUDGED),
        """
        8 by 3.2 inches, fitted
        title 26 up: Kazakhstan and Turkmenistan: unlikely
        x: probability of US$1,500m or more in 2027, percent; 0 to 69
        y: ; 4.5 to -0.7; 0='our model', 1='the mirror', 2='Theta', 3='all pairs', 4='larger pairs', size 9
        edges left bottom, grid x #dddddd lw 0.8 below
        legend above right of 1 1, 4 columns: headline, other data, other methods, other pairs
        sky alpha 0.25 span: 10 to 50
        reaches, ends grey caps 3: 0 (10 to 30), 2 (45 to 60), 3 (5 to 15), 4 (25 to 35)
        red unjoined D ms 9 (headline): 20 0
        blue unjoined o (other data): 40 1
        green unjoined ^ (other methods): 50 2
        orange unjoined v (other pairs): 10 3, 30 4
        words '20 %' at 20 0 +0 +7 points, size 8
        words '40 %' at 40 1 +0 +7 points, size 8
        words '50 %' at 50 2 +0 +7 points, size 8
        words '10 %' at 10 3 +0 +7 points, size 8
        words '30 %' at 30 4 +0 +7 points, size 8
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
        8 by 3.56 inches, fitted
        title 26 up: Kazakhstan and Turkmenistan in 2027, if past eras came again
        x: turnover in 2027, US$ million, current prices (log scale); 100 to 1950; log; 100='100', 200='200', 500='500', 1000='1,000'
        y: ; 2.5 to -0.5; 0='whatever era comes', 1='as in that third of all past years that\\nwent: start years 1990-1999', 2='like the worst: start years 2000-2004', size 8
        edges left bottom, grid x #dddddd lw 0.8 below
        legend above right of 1 1, 3 columns: 80 %, median, target, US$1,500m
        sky rules lw 8 (80 %): 300 0 to 900 0, 500 1 to 1300 1, 130 2 to 700 2
        blue unjoined o ms 8 (median): 600 0, 800 1, 400 2
        red dashed line (target, US$1,500m): x 1500
        words 'chance' at 1.02 -0.6 of axes fraction and data +0 -4 points, left
        words '20 %' at 1.02 0 of axes fraction and data +0 -4 points, left
        words '40 %' at 1.02 1 of axes fraction and data +0 -4 points, left
        words '5 %' at 1.02 2 of axes fraction and data +0 -4 points, left
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
        8 by 2.32 inches, fitted
        title: 2025: US$ million (chance of as much or more)
        x: turnover in 2025, US$ million, current prices (log scale); 100 to 2000; log; 100='100', 200='200', 500='500', 1000='1,000', 2000='2,000'
        y: ; -0.6 to 1.6; 0='less', 1='more', size 9
        edges left bottom, grid none
        legend above right of 1 1.1, 3 columns: 80 % of the forecast, its median, target
        sky alpha 0.25 (80 % of the forecast) span: 360 to 840
        blue line lw 1 (its median): x 600
        red dashed line (target): x 1000
        black unjoined o: 130 0, 1538.46 1
        words '130  (97 %)' at 1.01 0 of axes fraction and data +0 +0 points, left, center
        words '1,538  (2 %)' at 1.01 1 of axes fraction and data +0 +0 points, left, center
        """,
    )
    with pytest.raises(
        ValueError, match=r"^2026 is not forecast; the years forecast are \(2024, 2025\)$"
    ):
        plot.scenarios(placed, FORECAST, target=TARGET, year=2026)


@pytest.mark.parametrize(
    ("ever", "range_high", "end"),
    [([0.3, 0.25], [0.4, 0.5], 57.5), (0.6, 0.5, 69), (0.9, 0.5, 100)],
)
def test_timeline(ever, range_high, end):
    """Both chances and the range on each day; the axis ends 15 % beyond the most of them, at most at 100 %."""
    table = DATED.assign(probability_ever=ever, range_high=range_high)
    early, late = 100 * table["probability_ever"]
    high, higher = 100 * table["range_high"]
    # 2022-10-05 is day 19,270 of matplotlib, which counts from 1970.
    shows(
        plot.timeline(table),
        f"""
        8 by 4.4 inches, fitted
        x: known by; 0.12 free on each side; 19270='2022-10-05', 19403='2023-02-15', size 9, right, turned 25
        y: probability, percent; 0 to {end}
        edges left bottom, grid y #dddddd lw 0.8 below
        legend above right of 1 1, 3 columns: range, in the year, ever by it, all under 'grey: the UN's method'
        sky alpha 0.3 (range) band: 19270 10..{high:g}, 19403 5..{higher:g}
        blue line lw 2 o (in the year): 2022-10-05 20, 2023-02-15 10
        orange dashed line s (ever by it): 2022-10-05 {early:g}, 2023-02-15 {late:g}
        words 'too early' at 2022-10-05 {early:g} +0 +9 points, size 8, grey
        words 'on track' at 2023-02-15 {late:g} +0 +9 points, size 8, grey
        """,
    )


@pytest.mark.parametrize(("length", "lines"), [(105, 1), (106, 2)])
def test_a_source_is_wrapped(length, lines):
    """A note has at most 105 letters a line."""
    note = "a " * (length // 2 - 2) + "b" * (4 + length % 2)
    assert len(note) == length
    ax = plot.fan(FORECAST, PAST, source=note)
    assert len(ax.texts[-1].get_text().splitlines()) == lines
