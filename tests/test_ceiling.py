"""The ceiling check: usual ratios, what became of pairs far above, and a target among them."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import FEW
from gravity_tables import ratio_table, rise_table
from hypothesis import given
from hypothesis import strategies as st
from verdicts import PAIR, TARGET, verdict

import tradelib as tl
from tradelib.api import gravity as gravity_module
from tradelib.datasets import figures, tables
from tradelib.science.assessment.case import Gravity
from tradelib.science.gravity.ceiling import ceiling_check
from tradelib.science.gravity.model import LEVEL_COLUMNS, GravityModel
from tradelib.science.gravity.potential import carried

MODEL = tl.gravity_model()
NAMES = ["ln_gdp_exporter", "ln_gdp_importer"]
BASE = tl.Potential(
    reporter="KAZ",
    partner="TKM",
    year=2016,
    export_musd=30.0,
    import_musd=50.0,
    log_error=0.5,
    actual_musd=240.0,
)


def rates(exporter, importer, variance=0.0, covariance=0.0):
    """Elasticities with their covariance."""
    square = [[variance, covariance], [covariance, variance]]
    return pd.Series([exporter, importer], NAMES), pd.DataFrame(square, NAMES, NAMES)


def pairs(*rows):
    """Potentials from (pair, year, actual, potential) rows."""
    table = pd.DataFrame(rows, columns=["pair", "year", "actual_musd", "potential_musd"])
    return table.assign(ratio=table["actual_musd"] / table["potential_musd"])


class TestCarried:
    """A potential in a later year."""

    def test_by_hand(self):
        """Exports 30 x 2^0.5 x 4^0.25 = 60, imports 50 x 4^0.5 x 2^0.25 = 100 x 2^0.25."""
        predicted = carried(BASE, year=2023, growth=(2, 4), elasticities=rates(0.5, 0.25))
        assert predicted.export_musd == pytest.approx(30 * 2**0.5 * 4**0.25)
        assert predicted.import_musd == pytest.approx(50 * 4**0.5 * 2**0.25)
        assert (predicted.reporter, predicted.partner, predicted.year) == ("KAZ", "TKM", 2023)
        assert predicted.log_error == pytest.approx(0.5)
        assert math.isnan(predicted.actual_musd)

    def test_error(self):
        """The doubt about elasticities adds: log growth of each side, weighted by direction."""
        same = carried(
            BASE, year=2023, growth=(math.e, math.e), elasticities=rates(0.5, 0.5, 0.01, 0.004)
        )
        assert same.log_error == pytest.approx(math.sqrt(0.25 + 0.01 + 0.01 + 2 * 0.004))
        one_sided = carried(BASE, year=2023, growth=(math.e, 1), elasticities=rates(0.0, 0.0, 0.01))
        exports = 30 / 80
        imports = 50 / 80
        variance = 0.25 + 0.01 * (exports**2 + imports**2)
        assert one_sided.log_error == pytest.approx(math.sqrt(variance))

    @pytest.mark.parametrize("growth", [(0, 1), (1, -1), (math.inf, 1), (1, math.nan)])
    def test_bad(self, growth):
        """Growth is positive and finite."""
        with pytest.raises(ValueError, match="^growth of both GDPs must be positive and finite"):
            carried(BASE, year=2023, growth=growth, elasticities=rates(1, 1))


class TestTables:
    """What is usual."""

    def test_ratios_by_hand(self):
        """All pairs first, then classes of the potential, from and below their edges."""
        table = ratio_table(
            pairs(
                ("A-B", 1, 0.5, 1.0),
                ("A-C", 1, 8.0, 4.0),
                ("A-D", 1, 40.0, 10.0),
                ("A-E", 1, 0.0, 10.0),
                ("A-F", 1, 9.0, 0.99),
                ("A-G", 1, 9.0, 5000.0),
            )
        )
        expected = [[1.0, math.inf, 4], [1.0, 4.0, 1], [4.0, 16.0, 2], [4096.0, math.inf, 1]]
        assert table[["low", "high", "n"]].to_numpy().tolist() == expected
        assert table["q0.5"].tolist() == pytest.approx([1.25, 0.5, 3.0, 9 / 5000])
        assert table["q0.1"].iloc[2] == pytest.approx(2.2)
        assert table.columns.tolist() == ["low", "high", "n", *LEVEL_COLUMNS]

    def test_rises_by_hand(self):
        """Four years on: of three pairs twice as large as predicted one rose, one fell, one ended.

        Of those four times as large one stayed, which is no rise: the lower edge belongs to a class.
        """
        rows = [
            ("A-B", 2004, 20.0, 10.0),
            ("A-B", 2008, 30.0, 10.0),
            ("A-B", 2012, 20.0, 10.0),
            ("A-C", 2004, 30.0, 10.0),
            ("A-C", 2008, 15.0, 10.0),
            ("A-D", 2004, 25.0, 10.0),
            ("A-D", 2008, 0.0, 10.0),
            ("A-D", 2012, 9.0, 10.0),
            ("A-E", 2004, 25.0, 10.0),
            ("A-F", 2004, 2.0, 0.9),
            ("A-F", 2008, 2.0, 0.5),
            ("A-G", 2004, 40.0, 10.0),
            ("A-G", 2008, 80.0, 20.0),
        ]
        table = rise_table(pairs(*rows)).set_index("low")
        row = table.loc[2.0]
        assert row[["high", "n", "pairs", "rose"]].tolist() == [4.0, 4, 3, 0.25]
        # 2004: 1 of 3; 2008: A-B from 3 to 2, 0 of 1.
        assert (row["least"], row["most"]) == (0.0, pytest.approx(1 / 3))
        assert row["q0.5"] == pytest.approx((0.5 + 2 / 3) / 2)
        assert table["rose"].to_dict() == {2.0: 0.25, 4.0: 0.0}
        two = rise_table(pairs(*rows), years=8)
        assert two["n"].tolist() == [2]

    def test_empty(self):
        """Nothing to count is an error."""
        with pytest.raises(ValueError, match="^no pair trades and has a potential of US.1m or"):
            ratio_table(pairs(("A-B", 2004, 0.0, 10.0)))
        with pytest.raises(ValueError, match="^no pair is known 4 years apart$"):
            rise_table(pairs(("A-B", 2004, 1.0, 10.0)))


class TestCeiling:
    """A target among what is usual."""

    def model(self):
        """The shipped model with made tables of ten and a hundred pairs."""
        even = dict(
            zip(LEVEL_COLUMNS, [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99], strict=True)
        )
        ratios = pd.DataFrame([{"low": 1.0, "high": math.inf, "n": 100, **even}])
        common = {"least": 0.1, "most": 0.4, **{name: value / 10 for name, value in even.items()}}
        nearer = {"low": 1.0, "high": 4.0, "n": 10, "pairs": 10, "rose": 0.3}
        farther = {"low": 4.0, "high": 9.0, "n": 20, "pairs": 20, "rose": 0.2}
        classes = [nearer | common, farther | common]
        return replace(MODEL, ratios=ratios, rises=pd.DataFrame(classes))

    def test_by_hand(self):
        """80 predicted, 240 actual, 1 000 asked: 3 and 12.5 times; x 4.17 is what it asks."""
        check = ceiling_check(1000, BASE, model=self.model())
        assert (check.multiple, check.potential.ratio) == (12.5, 3.0)
        assert check.below_target == pytest.approx(0.125)
        assert (check.rose, check.rose_range, check.episodes) == (0.3, (0.1, 0.4), 10)
        assert check.reached == pytest.approx(1 - 10 * (1000 / 240) / 100)
        assert check.by_gdp is None
        assert (check.potential, check.target_musd) == (BASE, 1000.0)

    def test_ends(self):
        """Beyond the outer quantiles nothing finer is said than one in a hundred."""
        high = ceiling_check(1e9, BASE, model=self.model())
        assert (high.below_target, high.reached) == (0.99, pytest.approx(0.01))
        assert ceiling_check(1, BASE, model=self.model()).below_target == 0.01

    @pytest.mark.parametrize("gap", [False, True])
    @pytest.mark.parametrize(("actual", "episodes"), [(79, 10), (80, 10), (320, 20), (1000, 20)])
    def test_classes(self, actual, episodes, gap):
        """From the lower edge; the nearest by it, on the log scale, where no class holds the ratio."""
        model = self.model()
        if gap:
            model = replace(model, rises=model.rises.assign(low=[1.0, 16.0], high=[2.0, 32.0]))
            actual *= 1.01
        base = replace(BASE, actual_musd=float(actual))
        assert ceiling_check(1000, base, model=model).episodes == episodes

    def test_row(self):
        """The check as one row; the GDP's potential in the words where there is one."""
        other = carried(BASE, year=2016, growth=(2, 2), elasticities=rates(1, 1))
        check = ceiling_check(1000, BASE, model=self.model(), by_gdp=other)
        assert "From their GDP they predict US$320m." in check.summary()
        row = check.to_frame().iloc[0]
        expected = [2016, 80, 320, 240]
        assert row[["year", "potential_musd", "by_gdp_musd", "actual_musd"]].tolist() == expected
        assert (row["low"], row["high"]) == BASE.interval()
        expected = [3, 12.5, 0.3, 0.1, 0.4]
        names = ["ratio", "multiple", "rose", "rose_low", "rose_high"]
        assert row[names].tolist() == expected
        assert row[["target_musd", "episodes"]].tolist() == [1000, 10]
        assert (row["below_target"], row["reached"]) == (check.below_target, check.reached)
        alone = ceiling_check(1000, BASE, model=self.model())
        assert "GDP" not in alone.summary()
        assert math.isnan(alone.to_frame()["by_gdp_musd"].iloc[0])

    def test_bad(self):
        """Neither a target nor a turnover of nothing."""
        with pytest.raises(ValueError, match="^the target must be positive and finite, got 0$"):
            ceiling_check(0, BASE, model=MODEL)
        unknown = carried(BASE, year=2017, growth=(1, 1), elasticities=rates(1, 1))
        with pytest.raises(ValueError, match="^the actual turnover must be positive and .* got"):
            ceiling_check(1000, unknown, model=MODEL)

    @FEW
    @given(st.floats(0.01, 1e6), st.floats(1, 100))
    def test_more_is_rarer(self, target, times):
        """A higher target lies above more pairs and was reached by fewer."""
        low = ceiling_check(target, BASE, model=MODEL)
        high = ceiling_check(target * times, BASE, model=MODEL)
        assert high.below_target >= low.below_target
        assert high.reached <= low.reached


class TestShipped:
    """The model in data/ and the functions bound to it."""

    def test_round_trip(self):
        """Through JSON and back, infinity and a third too; what is no model is refused."""
        fine = replace(MODEL, fits=MODEL.fits.assign(share=1 / 3))
        plain = fine.to_dict()
        again = GravityModel.from_dict(json.loads(json.dumps(plain)))
        assert again.to_dict() == plain
        assert again.fits["share"].iloc[0] == pytest.approx(1 / 3, rel=1e-14)
        assert np.isinf(again.ratios["high"].iloc[0])
        negative = {"rows": [["effects", "KAZ", "TKM", 2016, -1, 2, 3]]}
        for broken in (
            {},
            {**plain, "ratios": 3},
            {**plain, "rises": {"rows": [[1]], "columns": []}},
            {**plain, "potentials": plain["potentials"] | negative},
            {**plain, "fits": {"columns": ["fit"], "rows": [["effects"]]}},
            {**plain, "known_from": "lately"},
        ):
            with pytest.raises(ValueError, match="^this is no gravity model: "):
                GravityModel.from_dict(broken)

    def test_dated(self):
        """Known from the day of its panel, refused before."""
        assert MODEL.summary().startswith(
            "Gravity, known from 2020-12-31, learned from 146,688 flows between 192 countries"
        )
        with pytest.raises(ValueError, match="the gravity model was not known by 2020-12-30"):
            tl.gravity_model(as_of="2020-12-30")
        assert tl.gravity_model(as_of="2020-12-31").known_from == "2020-12-31"

    def test_headline(self):
        """What the issue asks for: the coefficients, and US$82m in 2016."""
        mine = MODEL.coefficients[MODEL.coefficients["fit"] == "effects"].set_index("term")
        expected = {"ln_dist": (-0.696, 0.029), "contig": (0.310, 0.094)}
        for term, numbers in expected.items():
            row = mine.loc[term, ["estimate", "std_error"]].tolist()
            assert row == pytest.approx(numbers, abs=5e-4)
        assert round(tl.potential("KAZ", "TKM", year=2016).musd) == 82

    def test_potential(self):
        """In a year of the panel as shipped, with actual turnover; later carried by the GDPs."""
        shipped = MODEL.potential("KAZ", "TKM", year=2016, fit="effects")
        predicted = tl.potential("Kazakhstan", "TKM", year=2016)
        actual = tl.load_turnover("KAZ", "TKM").set_index("year")["turnover_musd"]
        assert (predicted.musd, predicted.actual_musd) == (shipped.musd, actual[2016])
        gdp = {}
        for country in ("KAZ", "TKM"):
            rows = tl.load_macro("gdp", country).query("source_id == 'wdi_2026'")
            gdp[country] = rows.set_index("year")["value"]
        growth = tuple(of_country[2025] / of_country[2016] for of_country in gdp.values())
        expected = carried(
            shipped, year=2025, growth=growth, elasticities=MODEL.elasticities("effects")
        )
        latest = tl.potential("KAZ", "TKM")
        assert (latest.year, latest.musd) == (2025, pytest.approx(expected.musd))
        assert latest.actual_musd == actual[2025]
        of_2025 = {country: of_country[2025] for country, of_country in gdp.items()}
        given = tl.potential("KAZ", "TKM", year=2027, gdp=of_2025)
        assert (given.year, given.musd) == (2027, pytest.approx(latest.musd))
        assert math.isnan(given.actual_musd)

    def test_as_of(self):
        """GDPs as they were known: in October 2022 to 2021."""
        predicted = tl.potential("KAZ", "TKM", as_of="2022-10-05")
        assert predicted.year == 2021
        assert tl.potential("KAZ", "TKM", as_of="2026-07-30").year == 2024  # turnover of 2024
        assert tl.potential("KAZ", "TKM", as_of="2026-07-31").year == 2025

    def test_one_vintage_of_gdp(self):
        """Growth is that of one vintage: Turkmenistan's level differs by a third between two."""
        then = gravity_module._gdp("TKM", "2026-06-30")
        now = gravity_module._gdp("TKM", "2026-07-01")
        assert (then.index[-1], now.index[-1]) == (2023, 2025)
        assert then[2023] / now[2023] == pytest.approx(59_887 / 39_020, abs=1e-4)
        days = ("2026-06-30", "2026-07-01")
        before, after = (tl.potential("KAZ", "TKM", year=2023, as_of=day).musd for day in days)
        assert after == pytest.approx(before, rel=0.2)

    @pytest.mark.parametrize(
        ("day", "ask"),
        [
            ("2023-03-01", lambda **on: tl.potential("KAZ", "TKM", **on)),  # turnover before GDP
            ("2023-07-20", lambda **on: tl.potential("UZB", "TKM", **on)),  # GDP before turnover
            ("2022-10-05", lambda **on: tl.potential_history("KAZ", "TKM", **on).to_csv()),
            ("2022-10-05", lambda **on: tl.gravity_check("KAZ", "TKM", target_musd=1000, **on)),
        ],
    )
    def test_what_came_later(self, monkeypatch, day, ask):
        """A day's answer is the one of data in which nothing later stands."""
        honest = tables.table
        honest_reports = figures.pair_series.reports
        honest_figures = figures.newest_figures
        caches = (gravity_module._gdp, figures._annual_by_source)
        then = ask(as_of=day)
        now = ask()

        def released_by_then(file):
            rows = honest(file)
            return rows[rows["released"] <= day]

        def reported_by_then(a, b, as_of=None):
            return honest_reports(a, b, as_of or day)

        def registered_by_then(limit):
            return honest_figures(limit or pd.Timestamp(day))

        monkeypatch.setattr(tables, "table", released_by_then)
        monkeypatch.setattr(figures.pair_series, "reports", reported_by_then)
        monkeypatch.setattr(figures, "newest_figures", registered_by_then)
        try:
            for cache in caches:
                cache.cache_clear()
            assert ask() == then != now
        finally:
            for cache in caches:
                cache.cache_clear()

    def test_own_effect_and_elasticities(self):
        """Fits differ in what they hold; the GDP equation is carried by its own elasticities."""
        assert tl.potential("KAZ", "TKM", year=2016, fit="pair").own_effect
        assert not tl.potential("KAZ", "TKM", year=2016).own_effect
        of_gdp, _ = MODEL.elasticities("gdp")
        of_effects, covariance = MODEL.elasticities("effects")
        terms = MODEL.coefficients.set_index(["fit", "term"])["estimate"]
        assert of_gdp["ln_gdp_exporter"] == terms["gdp", "ln_gdp_exporter"]
        assert of_effects["ln_gdp_importer"] == terms["income", "ln_gdp_importer"]
        assert covariance.index.tolist() == covariance.columns.tolist() == NAMES

    def test_history(self):
        """Every year of the panel, then the carried ones, by equation."""
        history = tl.potential_history("KAZ", "TKM")
        assert list(dict.fromkeys(history["fit"])) == ["effects", "pair", "gdp"]
        mine = history[history["fit"] == "effects"]
        assert mine["year"].tolist() == [2004, 2008, 2012, *range(2016, 2026)]
        assert mine["carried"].tolist() == [False] * 4 + [True] * 9
        other = tl.potential_history("UZB", "TKM")
        assert list(dict.fromkeys(other["fit"])) == ["effects", "gdp"]
        for row in other.iloc[[0, -7, -1]].itertuples():
            potential = tl.potential("UZB", "TKM", year=row.year, fit=row.fit)
            expected = [potential.musd, *potential.interval(), potential.actual_musd]
            shown = [row.potential_musd, row.low, row.high, row.actual_musd]
            assert shown == pytest.approx(expected, nan_ok=True)
            assert row.ratio == pytest.approx(potential.ratio, nan_ok=True)

    @pytest.mark.parametrize(
        ("call", "match"),
        [
            (lambda: tl.potential("ITA", "KAZ"), "^no potential of ITA-KAZ is known here; it is"),
            (lambda: tl.potential("KAZ", "TKM", fit="x"), "^KAZ-TKM has no fit 'x'; its fits are"),
            (lambda: tl.potential("KAZ", "TKM", year=2010), "^effects has no potential for 2010"),
            (lambda: tl.potential("KAZ", "TKM", year=2030), "^the GDP of KAZ in 2030 is not known"),
            (lambda: tl.potential("KAZ", "TKM", year=2030, gdp={"KAZ": 1e5}), "^the GDP of TKM in"),
            (lambda: tl.gravity_check("KAZ", "TKM", target_musd=-1), "^the target must be"),
        ],
    )
    def test_errors(self, call, match):
        """What is not known is said, with what is."""
        with pytest.raises(ValueError, match=match):
            call()


class TestVerdict:
    """Shown beside the other evidence; it moves nothing."""

    @staticmethod
    def gravity(base, gdp):
        """Potentials of the tests' pair."""
        return Gravity(potential=base, by_gdp=gdp, model=MODEL)

    @pytest.mark.parametrize("size", [0.001, 1000])
    def test_probability_does_not_depend_on_it(self, size):
        """Headline, range and words are the same with any check and with none."""
        without = verdict(TARGET, PAIR, own_data=True)
        predicted = replace(BASE, export_musd=size, import_musd=size)
        beside = verdict(TARGET, PAIR, gravity=self.gravity(predicted, None))
        for name in ("probability_in", "probability_ever", "value_range", "words"):
            assert getattr(beside, name) == getattr(without, name)
        assert np.isnan([*beside.probability_range, *without.probability_range]).all()
        shared = beside.evidence[beside.evidence["role"] != "ceiling"].reset_index(drop=True)
        pd.testing.assert_frame_equal(shared, without.evidence)

    def test_rows(self):
        """Every number of the check with its unit."""
        gdp = carried(BASE, year=2016, growth=(2, 2), elasticities=rates(1, 1))
        check = ceiling_check(1000, BASE, model=MODEL, by_gdp=gdp)
        judged = verdict(TARGET, PAIR, gravity=self.gravity(BASE, gdp))
        rows = judged.evidence[judged.evidence["role"] == "ceiling"].set_index("key")
        assert rows[["value", "unit"]].to_records().tolist() == [
            ("potential", 80.0, "US$ million"),
            ("potential_gdp", 320.0, "US$ million"),
            ("potential_year", 2016.0, "year"),
            ("potential_ratio", 3.0, "times"),
            ("target_ratio", 12.5, "times"),
            ("as_far", 1 - check.below_target, "share"),
            ("rose", check.rose, "share"),
            ("rose_enough", check.reached, "share"),
        ]
        ends = rows[["low", "high"]]
        assert tuple(ends.loc["potential"]) == BASE.interval()
        assert tuple(ends.loc["potential_gdp"]) == gdp.interval()
        assert tuple(ends.loc["rose"]) == check.rose_range
        expected = f"{check.episodes:,} pairs as far above theirs, four years later"
        assert rows.loc["rose", "source"] == expected
        assert "expect US$80m in 2016. The target is 12.5 times that." in judged.summary()
        assert (
            "GDP and the distance one would expect US$320m: the two checks disagree"
            in judged.summary()
        )
        alone = verdict(TARGET, PAIR, gravity=self.gravity(BASE, None))
        assert "GDP" not in alone.summary()
        assert not alone.has("potential_gdp")

    def test_assess(self):
        """Bundled pairs have it, as known on the day; one's own figures do not."""
        now = tl.assess(tl.article_target())
        check = tl.gravity_check("KAZ", "TKM", target_musd=1000)
        assert check.multiple == pytest.approx(1000 / tl.potential("KAZ", "TKM").musd)
        assert check.by_gdp.musd == pytest.approx(tl.potential("KAZ", "TKM", fit="gdp").musd)
        assert 0 < check.reached < check.rose < 0.5 < check.below_target
        assert now.value("target_ratio") == check.multiple
        then = tl.assess(tl.article_target(), as_of="2022-10-05")
        assert then.value("potential_year") == 2021
        mine = tl.assess(TARGET, history=PAIR)
        assert "ceiling" not in set(mine.evidence["role"])
        assert "Gravity" not in mine.summary()
