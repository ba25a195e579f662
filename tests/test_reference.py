"""Base rates by hand, against scipy, against the panel's known shares, and over repetitions."""

import math

import numpy as np
import pandas as pd
import pytest
from conftest import FEW, ROOT
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import tradelib as tl
from tradelib.science import reference as ref
from tradelib.science.reference.growth_tables import QUANTILE_COLUMNS, SCORES, _exceedance
from tradelib.science.reference.windows import NOTHING

FOLDER = ROOT.parent / "shared" / "panel"
PANEL = FOLDER / "pair_turnover_2000_2016.parquet"
needs_panel = pytest.mark.skipif(
    not PANEL.is_file(), reason="the panel is not at hand (../shared/panel)"
)
CLASS = ref.ReferenceClass(size_musd=100.0)
NAN = float("nan")


def long(rows, start=2000):
    """A panel from lists of values by pair."""
    cells = []
    for pair, values in rows.items():
        for year, value in enumerate(values, start):
            cells.append((pair, year, value))
    return pd.DataFrame(cells, columns=["pair", "year", "turnover_musd"])


def walks(pairs=300, years=17, *, shared=0.1, own=0.35, mean=0.06, seed=0):
    """Random walks of logs with a shock that all pairs share in a year."""
    rng = np.random.default_rng(seed)
    shocks = mean + shared * rng.normal(size=years - 1)
    steps = shocks + own * rng.normal(size=(pairs, years - 1))
    logs = np.concatenate([np.zeros((pairs, 1)), steps.cumsum(axis=1)], axis=1)
    return long({f"P{i:04}": 100 * np.exp(row) for i, row in enumerate(logs)})


SMALL = long(
    {
        "AAA-BBB": [100.0, 120.0, 400.0, 100.0],
        "AAA-CCC": [60.0, 50.0, 30.0, 240.0],
        "BBB-CCC": [1000.0, 0.0, 80.0, float("nan")],
        "CCC-DDD": [150.0, 300.0, float("nan"), 600.0],
    }
)


class TestEpisodes:
    """Every pair over every window."""

    def test_by_hand(self):
        """Two years on: growth to the end, to the best year, and what cannot be known."""
        windows = ref.episodes(SMALL, horizon=2).set_index(["pair", "origin"])
        first = windows.loc[("AAA-BBB", 2000)]
        assert first["start_musd"] == 100
        assert first["growth"] == pytest.approx(math.log(4))
        second = windows.loc[("AAA-BBB", 2001)]
        assert second["growth"] == pytest.approx(math.log(100 / 120))
        assert second["best"] == pytest.approx(math.log(400 / 120))
        assert windows.loc[("BBB-CCC", 2000), "best"] == pytest.approx(math.log(80 / 1000))
        unknown = windows.loc[("CCC-DDD", 2001)]
        assert unknown["growth"] == pytest.approx(math.log(2))
        assert np.isnan(unknown["best"])
        assert np.isnan(windows.loc[("CCC-DDD", 2000), "growth"])
        assert len(windows) == 7

    def test_nothing_is_a_fall(self):
        """Zero later is a known fall to nothing; zero at the start is no episode."""
        windows = ref.episodes(SMALL, horizon=1).set_index(["pair", "origin"])
        assert windows.loc[("BBB-CCC", 2000), "growth"] == NOTHING == -20
        assert ("BBB-CCC", 2001) not in windows.index
        twice = ref.episodes(long({"AAA-BBB": [0.5, 0.0, 0.0, 50.0]}), horizon=1)
        assert twice["growth"].tolist() == [NOTHING]

    def test_past(self):
        """Past growth runs over the three years before, whatever the horizon."""
        table = long({"AAA-BBB": [10.0, 20.0, 30.0, 25.0, 90.0, 100.0]})
        past = ref.episodes(table, horizon=1).set_index("origin")["past"]
        assert past.loc[2003] == pytest.approx(math.log(2.5))
        assert past.loc[2004] == pytest.approx(math.log(4.5))
        assert past.loc[:2002].isna().all()

    def test_constant_dollars(self):
        """Prices that double halve the growth; sizes and past stay current."""
        prices = pd.Series({2000: 1.0, 2001: 1.0, 2002: 2.0, 2003: 2.0})
        windows = ref.episodes(SMALL, horizon=2, prices=prices).set_index(["pair", "origin"])
        assert windows.loc[("AAA-BBB", 2000), "growth"] == pytest.approx(math.log(2))
        assert windows.loc[("AAA-BBB", 2001), "best"] == pytest.approx(math.log(200 / 120))
        assert windows.loc[("AAA-BBB", 2000), "start_musd"] == 100


@pytest.mark.parametrize(
    ("fields", "pairs"),
    [
        ({}, "abcdef"),
        ({"past": "fell"}, "a"),
        ({"past": "rose"}, "bcf"),
        ({"past": "doubled"}, "de"),
        ({"within": 1.5}, "bcde"),
        ({"size_musd": 500.0}, "g"),
        ({"origins": (2004, 2005)}, "ef"),
        ({"past": "rose", "among": "some_pairs"}, "c"),
    ],
)
def test_who_is_of_a_class(fields, pairs):
    """Size, years and past growth all count; a class of past growth begins at its lower end."""
    windows = pd.DataFrame(
        {
            "pair": list("abcdefg"),
            "origin": [2003, 2003, 2003, 2003, 2004, 2005, 2006],
            "start_musd": [50.0, 100, 100, 100, 100, 200, 900],
            "past": np.log([0.5, 1.0, 1.5, 2.0, 4.0, 1.5, 1.5]),
        }
    )
    which = ref.ReferenceClass(**{"size_musd": 100.0} | fields)
    groups = {"some_pairs": ["c", "d", "g"]} if "among" in fields else {}
    assert "".join(windows["pair"][which.holds(windows, groups)]) == pairs
    if groups:
        assert which.words() == (
            "pairs of US$50m to 200m among some pairs that rose in the three years before"
        )


class TestRate:
    """Share, counts, bounds."""

    def test_by_hand(self):
        """Two of three known episodes of 50 to 200 doubled in two years; one is unknown."""
        base_rate = ref.class_rate(SMALL, CLASS, multiple=2, horizon=2)
        assert base_rate.by_origin.to_numpy().tolist() == [[2000, 2, 1, 0.5], [2001, 2, 0, 0.5]]
        assert (base_rate.n, base_rate.unknown, base_rate.pairs) == (4, 1, 2)
        assert base_rate.share == 0.5
        assert base_rate.bounds == pytest.approx((2 / 5, 3 / 5))
        assert base_rate.lowest == base_rate.highest == (2000, 0.5)
        no_end = SMALL.query("year < 2003 or pair == 'CCC-DDD'")
        one_year = ref.class_rate(no_end, CLASS, multiple=2, horizon=2)
        assert one_year.by_origin["origin"].tolist() == [2000]

    def test_ends_count(self):
        """Exactly half, double and the multiple itself count."""
        table = long(
            {
                "AAA-BBB": [50.0, 100.0],
                "AAA-CCC": [200.0, 400.0],
                "BBB-CCC": [201.0, 900.0],
                "CCC-DDD": [49.0, 900.0],
            }
        )
        base_rate = ref.class_rate(table, CLASS, multiple=2, horizon=1)
        assert (base_rate.n, base_rate.share) == (2, 1.0)

    def test_ever_counts_any_year(self):
        """A rise that came and went counts as ever, not as in the year."""
        table = long({"AAA-BBB": [100.0, 400.0, 100.0]})
        assert ref.class_rate(table, CLASS, multiple=3, horizon=2).share == 0
        assert ref.class_rate(table, CLASS, multiple=3, horizon=2, ever=True).share == 1

    @FEW
    @given(low=st.floats(0.2, 6), more=st.floats(1, 3))
    def test_asking_more_is_rarer(self, low, more):
        """A higher multiple is never more frequent, and ever by never rarer than in the year."""
        table = walks(60, 10)
        ask = ref.ReferenceClass(size_musd=100, within=1e6)
        easy = ref.class_rate(table, ask, multiple=low, horizon=3)
        hard = ref.class_rate(table, ask, multiple=low * more, horizon=3)
        ever = ref.class_rate(table, ask, multiple=low, horizon=3, ever=True)
        assert hard.share <= easy.share <= ever.share


def rate(by_origin, *, horizon=1, pair_variance=0.0):
    """A base rate from (origin, n, share) rows."""
    table = pd.DataFrame(by_origin, columns=["origin", "n", "share"]).assign(unknown=0)
    return ref.BaseRate(
        reference_class=CLASS,
        multiple=2.0,
        horizon=horizon,
        ever=False,
        real=False,
        by_origin=table,
        pairs=10,
        pair_variance=pair_variance,
    )


class TestDoubt:
    """Effective n and interval."""

    def test_years_that_do_not_overlap(self):
        """With windows of one year the variance is that of a mean of years, df = years - 1."""
        base_rate = rate([(2000 + i, 100, s) for i, s in enumerate([0.1, 0.2, 0.3, 0.4])])
        variance = np.var([0.1, 0.2, 0.3, 0.4], ddof=1) / 4
        assert base_rate.effective_n == pytest.approx(0.25 * 0.75 / variance)
        q = stats.t.ppf(0.9, 3)
        n = base_rate.effective_n
        shrink = 1 + q**2 / n
        middle = (0.25 + q**2 / (2 * n)) / shrink
        half = q * math.sqrt(0.25 * 0.75 / n + q**2 / (4 * n**2)) / shrink
        assert base_rate.interval(80) == pytest.approx((middle - half, middle + half), abs=1e-6)

    def test_overlap(self):
        """Windows of two years from neighbouring years correlate by one half."""
        shares = np.array([0.1, 0.2, 0.3, 0.4])
        base_rate = rate([(2000 + i, 100, s) for i, s in enumerate(shares)], horizon=2)
        corr = np.eye(4) + 0.5 * (np.eye(4, k=1) + np.eye(4, k=-1))
        mean = corr.sum() / 16
        variance = np.mean((shares - 0.25) ** 2) * mean / (1 - mean)
        assert base_rate.effective_n == pytest.approx(0.25 * 0.75 / variance)

    def test_weights(self):
        """Years count by their episodes, in the share as in the variance."""
        base_rate = rate([(2000, 300, 0.1), (2001, 100, 0.5)])
        assert base_rate.share == pytest.approx(0.2)
        spread = 0.75 * 0.1**2 + 0.25 * 0.3**2
        shared = 0.75**2 + 0.25**2
        assert base_rate.effective_n == pytest.approx(0.16 / (spread * shared / (1 - shared)))

    def test_pairs_add_doubt(self):
        """Where pairs share more luck than chance, their variance is added; never subtracted."""
        rows = [(2000 + i, 100, s) for i, s in enumerate([0.2, 0.3, 0.2, 0.3])]
        plain = rate(rows)
        clustered = rate(rows, pair_variance=0.01)
        by_year = 0.25 * 0.75 / plain.effective_n
        expected = by_year + 0.01 - 0.25 * 0.75 / 400
        assert 0.25 * 0.75 / clustered.effective_n == pytest.approx(expected)
        assert clustered.effective_n < plain.effective_n

    def test_no_hit(self):
        """No success among many still leaves an upper end above zero, at one year's weight."""
        base_rate = rate([(2000, 100, 0.0), (2001, 100, 0.0), (2002, 100, 0.0)])
        low, high = base_rate.interval(80)
        assert low == 0
        assert 0 < high < 0.05
        assert base_rate.effective_n == 100

    def test_one_year_shows_no_spread(self):
        """A single start year says nothing of other years."""
        base_rate = rate([(2000, 500, 0.2)])
        assert base_rate.interval() == (0.0, 1.0)
        assert base_rate.effective_n == 1

    def test_pair_clusters_by_hand(self):
        """Four pairs that always succeed and four that never do: eight coins, not sixteen."""
        always = {f"P{i}": [100.0, 200.0, 400.0] for i in range(4)}
        never = {f"P{i}": [100.0, 100.0, 100.0] for i in range(4, 8)}
        table = long(always | never)
        wide = ref.ReferenceClass(size_musd=100, within=10)
        base_rate = ref.class_rate(table, wide, multiple=2, horizon=1)
        assert base_rate.pair_variance == pytest.approx(8 * (2 * 0.5) ** 2 / 16**2)

    @pytest.mark.parametrize(("horizon", "shared"), [(5, 0.1), (1, 0.2)])
    def test_it_covers_at_its_level(self, horizon, shared):
        """Over 100 panels of a known law the interval holds the truth about as often as it says."""
        spread = math.sqrt(horizon * (shared**2 + 0.35**2))
        truth = stats.norm.sf((math.log(2) - 0.06 * horizon) / spread)
        wide = ref.ReferenceClass(size_musd=100, within=1e9)
        panels = (walks(120, 17, shared=shared, seed=seed) for seed in range(100))
        rates = [ref.class_rate(panel, wide, multiple=2, horizon=horizon) for panel in panels]
        shares = np.array([base_rate.share for base_rate in rates])
        counts = np.array([base_rate.n for base_rate in rates])
        for level in (50, 80, 95):
            # Three standard errors of 100 draws.
            error = 3 * math.sqrt(level / 100 * (1 - level / 100) / 100)
            lows, highs = np.transpose([base_rate.interval(level) for base_rate in rates])
            inside = (lows <= truth) & (truth <= highs)
            assert inside.mean() == pytest.approx(level / 100, abs=error)
            z = stats.norm.ppf(0.5 + level / 200)
            binomial = np.sqrt(shares * (1 - shares) / counts)
            plain = np.abs(shares - truth) <= z * binomial
            assert plain.mean() < level / 100 - error

    def test_bad_level(self):
        """A level is a percentage."""
        with pytest.raises(ValueError, match="percentage between 0 and 100, got 100"):
            rate([(2000, 5, 0.2), (2001, 5, 0.4)]).interval(100)


@pytest.fixture(scope="module")
def pair():
    """A panel, its table, and its groups."""
    panel = walks(1500, 12, seed=5)
    groups = {"all": panel["pair"].unique(), "some": panel["pair"].unique()[:700]}
    sizes = [25.0, 50.0, 100.0, 200.0, 400.0]
    table = ref.growth_table(
        panel, sizes=sizes, horizons=[2, 4], groups=groups, past=("any", "fell")
    )
    return panel, table, groups


class TestTable:
    """A growth table stands for its panel."""

    @pytest.mark.parametrize("ever", [False, True])
    @pytest.mark.parametrize("multiple", [0.3, 1.5, 6.0])
    def test_close_to_the_panel(self, pair, ever, multiple):
        """At a class of the table: the same counts, shares within one point."""
        panel, table, groups = pair
        for fields in (
            {},
            {"among": "some"},
            {"past": "fell"},
            {"origins": (2002, 2004)},
            {"size_musd": 25.0},
            {"size_musd": 400.0},
        ):
            which = ref.ReferenceClass(**{"size_musd": 100.0} | fields)
            asked = {"multiple": multiple, "horizon": 4, "ever": ever}
            exact = ref.class_rate(panel, which, groups=groups, **asked)
            quick = ref.class_rate(table, which, **asked)
            assert (quick.n, quick.unknown) == (exact.n, exact.unknown)
            assert quick.share == pytest.approx(exact.share, abs=0.01)
            if "origins" not in fields:
                assert quick.pairs == exact.pairs

    def test_a_year_that_one_class_lacks(self, pair):
        """Between two classes, a start year that one lacks counts with the other's weight."""
        table = pair[1]
        gone = table[(table["size_musd"] != 200) | (table["origin"] != 2003)]
        which = ref.ReferenceClass(size_musd=100 * math.sqrt(2))
        between = ref.class_rate(gone, which, multiple=1.5, horizon=4)
        year = between.by_origin.query("origin == 2003")
        smaller = ref.ReferenceClass(size_musd=100)
        of_smaller = ref.class_rate(table, smaller, multiple=1.5, horizon=4)
        only = of_smaller.by_origin.query("origin == 2003")
        assert year["share"].item() == pytest.approx(only["share"].item())
        assert year["n"].item() == round(only["n"].item() / 2)

    @staticmethod
    def cell(up=0.0, *, n, **fields):
        """A row of a table whose growth is normal around `up`, every pair of it new."""
        row = {
            "among": "all",
            "past": "any",
            "ever": False,
            "horizon": 3,
            "size_musd": 100.0,
            "origin": 2000,
            "n": n,
            "unknown": 0,
            "new_pairs": n,
        }
        return row | fields | dict(zip(QUANTILE_COLUMNS, SCORES + up, strict=True))

    def test_interpolation_by_hand(self):
        """Half way in logs between two classes, episodes and successes are averaged."""
        rows = [self.cell(n=100), self.cell(1.0, size_musd=200.0, n=300, unknown=2)]
        between = ref.ReferenceClass(size_musd=math.sqrt(20_000))
        base_rate = ref.class_rate(pd.DataFrame(rows), between, multiple=math.e, horizon=3)
        low = stats.norm.sf(1)
        high = 0.5
        assert base_rate.share == pytest.approx((100 * low + 300 * high) / 400)
        assert (base_rate.n, base_rate.unknown, base_rate.pairs) == (200, 1, 200)
        variance = base_rate.share * (1 - base_rate.share) / 200
        assert base_rate.pair_variance == pytest.approx(variance)

    def test_cells_by_hand(self):
        """A row an origin with a known end: counts, pairs not seen before, quantiles of growth."""
        small = long(
            {
                "A-B": [100.0, 200, 400, 100],
                "B-C": [80.0, 160, NAN, 40],
                "C-D": [900.0, 60, 120, 15],
            }
        )
        table = ref.growth_table(small, sizes=[100.0, 800.0], horizons=[1])
        assert set(table["among"]) == {"all"}
        assert set(table["past"]) == {"any"}
        ever = table[table["ever"]]
        last = table[~table["ever"]]
        assert last[["size_musd", "origin", "n", "unknown", "new_pairs"]].to_numpy().tolist() == [
            [100, 2000, 2, 0, 2],
            [100, 2001, 2, 1, 1],
            [100, 2002, 1, 0, 0],
            [800, 2000, 1, 0, 1],
            [800, 2002, 1, 0, 1],
        ]
        growth = np.log([2, 2, 1 / 8, 1 / 15, 1 / 4])
        assert last["q0.5"].to_numpy() == pytest.approx(growth)
        assert ever["q0.5"].to_numpy() == pytest.approx(growth)  # over one year they are one
        two = ref.growth_table(small, sizes=[100.0], horizons=[2], ever=(True, False))
        assert two["ever"].tolist() == [True, True, False, False]
        assert two["n"].tolist() == [1, 2, 1, 3]
        assert two["q0.5"].to_numpy() == pytest.approx(np.log([4, 2, 4, 1 / 4]))
        cells = ref.growth_tables.cells_of(two, horizon=2)
        assert cells.origin.tolist() == [2000, 2001]
        assert cells.counts.tolist() == [[1, 1, 2], [3, 0, 1]]

    def test_tails_go_on_from_the_last_two(self):
        """It is the outermost two quantiles whose line goes on, at both ends; equal ones have no slope."""
        bent = np.sort(SCORES**3)
        for end, inner, way in ((0, 1, -1), (-1, -2, 1)):
            slope = (SCORES[end] - SCORES[inner]) / (bent[end] - bent[inner])
            share = _exceedance(bent[None, :], np.array([[bent[end] + way]])).item()
            assert share == pytest.approx(stats.norm.sf(SCORES[end] + way * slope))
        of_one_episode = _exceedance(np.zeros((1, len(SCORES))), np.array([[1.0, -1.0]]))[0]
        assert of_one_episode[0] <= 0.01 < 0.99 <= of_one_episode[1]

    def test_constant_dollars(self, pair):
        """The multiple is raised by the rise of prices over each window."""
        panel, table, groups = pair
        prices = pd.Series({year: 1.03 ** (year - 2000) for year in range(2000, 2012)})
        which = ref.ReferenceClass(size_musd=100)
        asked = {"multiple": 1.5, "horizon": 4, "prices": prices}
        exact = ref.class_rate(panel, which, groups=groups, **asked)
        quick = ref.class_rate(table, which, **asked)
        assert quick.real
        assert quick.share == pytest.approx(exact.share, abs=0.01)
        nominal = ref.class_rate(table, which, multiple=1.5 * 1.03**4, horizon=4)
        assert quick.share == pytest.approx(nominal.share)

    @pytest.mark.parametrize(
        ("fields", "options", "message"),
        [
            ({"within": 3.0}, {}, r"from half to double; within=3.0 needs a panel"),
            ({"size_musd": 700.0}, {}, r"sizes of US\$25m to 400m, got 700$"),
            ({"among": "few"}, {}, r"no class for pairs of US\$50m to 200m among few over 4 years"),
            ({}, {"horizon": 3}, r"no class for .* over 3 years"),
            ({}, {"ever": True, "prices": pd.Series({2000: 1.0})}, "'ever within 4 years' in"),
        ],
    )
    def test_what_it_does_not_know(self, pair, fields, options, message):
        """A class the table was not made with is an error that says so."""
        which = ref.ReferenceClass(**{"size_musd": 100.0, **fields})
        with pytest.raises(ref.NoEpisodesError, match=message):
            ref.class_rate(pair[1], which, **{"multiple": 2, "horizon": 4, **options})


class TestGrid:
    """One call, many questions."""

    @pytest.mark.parametrize(("pairs", "widths"), [(29, 0), (30, 2)])
    def test_thirty_episodes_are_enough(self, pairs, widths):
        """Another way to ask is a row from 30 known episodes on."""
        table = long({f"P{i}": [100.0, 150.0] for i in range(pairs)})
        grid = ref.class_rates(table, CLASS, multiple=2, horizon=1)
        assert (grid["varied"] == "width").sum() == widths


class TestBad:
    """Errors name what came and the way out."""

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"size_musd": 0.0}, "size_musd must be positive and finite, got 0.0"),
            ({"within": 1.0}, "within must be above 1, got 1.0"),
            ({"past": "up"}, "past is any, fell, rose, doubled, got 'up'"),
            ({"origins": (2005, 2001)}, r"origins run from first to last, got \(2005, 2001\)"),
        ],
    )
    def test_class(self, fields, message):
        """A class that cannot be."""
        with pytest.raises(ValueError, match=f"^{message}$"):
            ref.ReferenceClass(**{"size_musd": 100.0, **fields})

    @pytest.mark.parametrize("multiple", [0, math.nan])
    def test_multiple(self, multiple):
        """A multiple is positive."""
        with pytest.raises(
            ValueError, match=f"^multiple must be positive and finite, got {multiple}$"
        ):
            ref.class_rate(SMALL, CLASS, multiple=multiple, horizon=1)

    @pytest.mark.parametrize("horizon", [0, 1.5])
    def test_horizon(self, horizon):
        """A horizon is a whole number of years."""
        with pytest.raises((TypeError, ValueError), match="^horizon (is|must be) a whole number"):
            ref.episodes(SMALL, horizon=horizon)

    def test_too_long(self):
        """A horizon beyond the panel."""
        with pytest.raises(ref.NoEpisodesError, match="^4 years of panel hold no window of 4; ask"):
            ref.class_rate(SMALL, CLASS, multiple=2, horizon=4)

    def test_nobody(self):
        """A class without episodes, an unknown group, a group of strangers."""
        huge = ref.ReferenceClass(size_musd=1e9)
        with pytest.raises(ref.NoEpisodesError, match="^no episode of 1 years is known of pairs"):
            ref.class_rate(SMALL, huge, multiple=2, horizon=1)
        few = ref.ReferenceClass(size_musd=100, among="few")
        with pytest.raises(ref.NoEpisodesError, match="^'few' is not a group here; the groups are"):
            ref.class_rate(SMALL, few, multiple=2, horizon=1, groups={"many": ["AAA-BBB"]})
        with pytest.raises(ref.NoEpisodesError, match="^the group 'few' holds no pair of the"):
            ref.class_rate(SMALL, few, multiple=2, horizon=1, groups={"few": ["XXX-YYY"]})

    def test_prices(self):
        """A price index that ends too early."""
        with pytest.raises(ValueError, match="^the price index lacks 2002, 2003$"):
            ref.episodes(SMALL, horizon=1, prices=pd.Series({2000: 1.0, 2001: 1.1}))


class TestShipped:
    """What `tradelib.base_rate` says."""

    def test_words(self):
        """The summary says share, counts, interval, years and class."""
        text = tl.base_rate(size_musd=254.3, multiple=3.93, horizon=5).summary()
        for said in (
            "13,932",
            "US$127m to 509m",
            "8.9%",
            "3.93 times",
            "2011 it was 1.2%",
            "22.9%",
        ):
            assert said in text
        asked = {"size_musd": 100, "multiple": 2, "horizon": 5, "origins": (2004, 2008)}
        text = tl.base_rate(**asked, ever=True).summary()
        assert "(pairs of US$50m to 200m, from 2004-2008), " in text
        assert " in any year within 5 years." in text

    def test_frame(self):
        """One row with every number of the result."""
        rows = [(2000, 300, 0.1), (2001, 100, 0.5), (2002, 100, 0.3)]
        base_rate = rate(rows)
        row = base_rate.to_frame().iloc[0]
        assert (row["share"], row["n"], row["pairs"]) == (pytest.approx(0.22), 500, 10)
        assert (row["lowest_origin"], row["lowest"]) == (2000, 0.1)
        assert (row["highest_origin"], row["highest"]) == (2001, 0.5)
        assert (row["low"], row["high"]) == base_rate.interval()
        assert row["if_unknown_failed"] == row["if_unknown_succeeded"] == row["share"]

    def test_it_was_not_known_in_2019(self):
        """The table is learned from data released in 2020: an earlier day is refused."""
        for function in (tl.base_rate, tl.base_rates):
            with pytest.raises(ValueError, match="no growth tables were released by 2019-12-31"):
                function(size_musd=254.3, multiple=2, horizon=5, as_of="2019-12-31")

    def test_own_data(self):
        """A panel or a table of one's own takes the place of the bundled table."""
        panel = walks(400, 14, seed=2)
        asked = {"multiple": 2.0, "horizon": 3}
        which = ref.ReferenceClass(size_musd=150, past="fell", origins=(2004, 2009))
        exact = ref.class_rate(panel, which, ever=True, **asked)
        own = {"size_musd": 150, "data": panel, **asked}
        base_rate = tl.base_rate(past="fell", origins=(2004, 2009), ever=True, **own)
        assert base_rate.summary() == exact.summary()
        assert tl.base_rate(real=True, **own).share < tl.base_rate(**own).share
        grid = tl.base_rates(**own)
        assert grid["share"].iloc[0] == tl.base_rate(**own).share
        assert {"width", "past", "money"} <= set(grid["varied"])
        for function in (tl.base_rate, tl.base_rates):
            with pytest.raises(ValueError, match="^as_of is a day of the bundled data"):
                function(**own, as_of="2022-10-05")

    @pytest.mark.parametrize("fields", [{}, {"among": "former_soviet"}, {"past": "rose"}])
    def test_a_cut_table_says_the_same(self, fields):
        """Cut to what is asked, a table gives the same rate, years, doubt and all."""
        table = tl.load_growth(groups=bool(fields))
        which = ref.ReferenceClass(size_musd=254.3, **fields)
        cut = table[(table["horizon"] == 5) & ~table["ever"]]
        of_whole = ref.class_rate(table, which, multiple=3.93, horizon=5)
        of_cut = ref.class_rate(cut, which, multiple=3.93, horizon=5)
        pd.testing.assert_frame_equal(of_whole.by_origin, of_cut.by_origin)
        pd.testing.assert_frame_equal(of_whole.to_frame(), of_cut.to_frame())

    def test_every_other_way(self):
        """What is varied, to what, and that each row is the rate of just that question."""
        panel = walks(400, 14, seed=2)
        prices = pd.Series({year: 1.05 ** (year - 2000) for year in range(2000, 2014)})
        groups = {"all": panel["pair"].unique(), "first_half": panel["pair"].unique()[:200]}
        which = ref.ReferenceClass(size_musd=150)
        asked = {"multiple": 1.3, "horizon": 3}
        grid = ref.class_rates(panel, which, prices=prices, groups=groups, **asked)
        ways = [
            ("as asked", "pairs of US$75m to 300m", {}, {}),
            ("event", "ever by the last year", {}, {"ever": True}),
            ("money", "constant dollars", {}, {"prices": prices}),
            ("horizon", "2 years", {}, {"horizon": 2}),
            ("horizon", "4 years", {}, {"horizon": 4}),
            ("size", "a quarter", {"size_musd": 37.5}, {}),
            ("size", "four times", {"size_musd": 600}, {}),
            ("width", "two thirds to one and a half", {"within": 1.5}, {}),
            ("width", "a quarter to four times", {"within": 4.0}, {}),
            ("era", "2000-2005", {"origins": (2000, 2005)}, {}),
            ("era", "2006-2010", {"origins": (2006, 2010)}, {}),
            ("past", "fell (from 2003)", {"past": "fell"}, {}),
            ("past", "rose (from 2003)", {"past": "rose"}, {}),
            ("past", "doubled (from 2003)", {"past": "doubled"}, {}),
            ("pairs", "first half", {"among": "first_half"}, {}),
        ]
        assert grid[["varied", "to"]].to_numpy().tolist() == [list(way[:2]) for way in ways]
        for row, (_, _, of_class, of_question) in zip(grid.itertuples(), ways, strict=True):
            changed = ref.ReferenceClass(**{"size_musd": 150} | of_class)
            question = asked | of_question
            base_rate = ref.class_rate(panel, changed, groups=groups, **question)
            assert (row.share, row.n) == (base_rate.share, base_rate.n)
        one_year = ref.class_rates(panel, which, multiple=1.3, horizon=1)
        assert one_year["to"].tolist()[2:4] == ["2 years", "a quarter"]
        two = ref.class_rates(panel, which, multiple=1.3, horizon=2)
        assert two["to"].tolist()[2:4] == ["1 year", "3 years"]


@pytest.fixture(scope="module")
def panel():
    """The panel."""
    table = pd.read_parquet(PANEL)
    return table.assign(pair=table["pair"].astype(str))


class TestCurve:
    """Shares for many multiples at once."""

    def test_as_one_by_one(self):
        """Each is what `class_rate` says, between sizes and in constant dollars too."""
        multiples = [0.2, 1, 1.94, 4, 30]
        table = tl.load_growth()
        deflator = tl.load_macro("gdp_deflator").set_index("year")["value"]
        for size, prices in ((256.0, None), (515.5, None), (515.5, deflator)):
            wanted = ref.ReferenceClass(size_musd=size)
            common = {"horizon": 3, "prices": prices}
            curve = ref.share_curve(table, wanted, multiples=multiples, **common)
            for share, multiple in zip(curve, multiples, strict=True):
                alone = ref.class_rate(table, wanted, multiple=multiple, **common)
                assert share == pytest.approx(alone.share, abs=1e-4)  # there counts are rounded

    def test_bad(self):
        """Multiples are positive; a size no table knows is named."""
        with pytest.raises(ValueError, match="^multiples must be positive and finite"):
            ref.share_curve(tl.load_growth(), CLASS, multiples=[1, 0], horizon=3)
        far = ref.ReferenceClass(size_musd=1e9)
        with pytest.raises(ref.NoEpisodesError, match="^the table knows sizes"):
            ref.share_curve(tl.load_growth(), far, multiples=[1], horizon=3)


@needs_panel
class TestPanel:
    """The shipped tables against the panel they were made from."""

    def test_article(self, panel):
        """Half to double 254.3, times 3.93 in five years, as computed by others before."""
        which = ref.ReferenceClass(size_musd=254.3)
        asked = {"multiple": 3.93, "horizon": 5}
        base_rate = ref.class_rate(panel, which, **asked)
        assert (base_rate.n, base_rate.unknown, base_rate.pairs) == (13_927, 91, 3_040)
        assert round(base_rate.share, 3) == 0.089
        assert base_rate.bounds == pytest.approx((0.0880, 0.0944), abs=5e-5)
        assert base_rate.highest == (2003, pytest.approx(0.2637, abs=5e-5))
        assert base_rate.lowest == (2011, pytest.approx(0.0110, abs=5e-5))
        assert base_rate.effective_n == pytest.approx(22, abs=1)
        assert round(ref.class_rate(panel, which, ever=True, **asked).share, 3) == 0.117
        prices = tl.load_macro("gdp_deflator").set_index("year")["value"]
        assert round(ref.class_rate(panel, which, prices=prices, **asked).share, 3) == 0.068

    @pytest.mark.parametrize("size", [5.0, 254.3, 60_000.0])
    def test_stated_error(self, panel, size):
        """The table is within 0.6 points of the exact share on average, 2.5 at worst."""
        gaps = []
        for horizon, multiple in [(1, 1.3), (2, 1.94), (3, 2.5), (5, 1.5), (5, 3.93), (10, 5.0)]:
            for ever in (False, True):
                asked = {"multiple": multiple, "horizon": horizon, "ever": ever}
                exact = ref.class_rate(panel, ref.ReferenceClass(size_musd=size), **asked)
                quick = tl.base_rate(size_musd=size, **asked)
                gaps.append(abs(quick.share - exact.share))
        assert np.mean(gaps) <= 0.006
        assert max(gaps) <= 0.025
