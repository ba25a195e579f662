import math

import numpy as np
import pandas as pd
import pytest
from conftest import FEW, annual, figures
from hypothesis import given
from hypothesis import strategies as st

from tradelib.core import checks, flows

amounts = st.floats(0.01, 1e6)
BOTH = [("KAZ", "TKM", "export", 2021, 211.0), ("KAZ", "TKM", "import", 2021, 43.0)]


def broken(column, value, rows=BOTH):
    """A good frame with one bad cell in its last row."""
    frame = figures(*rows)
    frame[column] = frame[column].astype(object)
    frame.loc[len(frame) - 1, column] = value
    return frame.infer_objects()


class TestTurnover:
    """Exports plus imports, or the total as stated."""

    def test_sum(self):
        """Two flows make one row."""
        totals = flows.turnover(figures(*BOTH))
        assert totals.pop("gap_musd").isna().all()
        assert totals.to_dict("records") == [
            {
                "reporter": "KAZ",
                "partner": "TKM",
                "period_start": "2021-01-01",
                "period_end": "2021-12-31",
                "export_musd": 211.0,
                "import_musd": 43.0,
                "turnover_musd": 254.0,
                "stated": False,
            }
        ]
        assert totals.columns.name is None

    @pytest.mark.parametrize(
        ("exports", "imports", "total", "bound"),
        [
            ("exact", "exact", None, "exact"),
            ("exact", "at_least", None, "at_least"),
            ("exact", "about", None, "about"),
            ("at_least", "at_least", None, "at_least"),
            ("at_least", "at_most", None, "about"),
            ("at_least", "exact", "exact", "exact"),
        ],
    )
    def test_bounds(self, exports, imports, total, bound):
        """A sum binds as its looser flow, a stated total as stated."""
        frame = figures(*BOTH).assign(bound=[exports, imports])
        if total:
            stated = figures(("KAZ", "TKM", "turnover", 2021, 254.0), bound=total)
            frame = pd.concat([frame, stated])
        assert flows.turnover(frame)["bound"].tolist() == [bound]

    def test_stated_total_wins(self):
        """A source's own total stands, whether or not its flows add up."""
        rows = [*BOTH, ("KAZ", "TKM", "turnover", 2021, 260.0)]
        totals = flows.turnover(figures(*rows))
        assert totals["turnover_musd"].tolist() == [260.0]
        assert totals["stated"].tolist() == [True]
        assert totals["gap_musd"].tolist() == [6.0]
        alone = flows.turnover(figures(("KAZ", "TKM", "turnover", 2021, 260.0)))
        assert alone["turnover_musd"].tolist() == [260.0]
        assert alone[["export_musd", "import_musd"]].isna().all(axis=None)

    @pytest.mark.parametrize("column", ["coverage", "source_id", "who", "publisher", "released"])
    def test_identity(self, column):
        """Figures of another source, speaker, outlet, coverage or day are kept apart."""
        two = pd.concat([figures(*BOTH, **{column: "a"}), figures(*BOTH, **{column: "b"})])
        totals = flows.turnover(two)
        assert totals[column].tolist() == ["a", "b"]
        assert totals["turnover_musd"].tolist() == [254.0, 254.0]

    @FEW
    @given(st.floats(0, 1e6), st.floats(0, 1e6))
    def test_order_and_mirror(self, first, second):
        """The order of rows and the side one looks from change nothing; zero is a figure."""
        rows = [("KAZ", "TKM", "export", 2021, first), ("KAZ", "TKM", "import", 2021, second)]
        frame = figures(*rows)
        total = flows.turnover(frame)["turnover_musd"].iloc[0]
        assert total == first + second
        assert flows.turnover(frame[::-1])["turnover_musd"].iloc[0] == total
        assert flows.turnover(flows.mirror(frame))["turnover_musd"].iloc[0] == total

    @pytest.mark.parametrize(("keep", "word"), [(0, "exports"), (1, "imports")])
    def test_one_flow_only(self, keep, word):
        """Half a turnover is an error that names the pair, year and flow."""
        message = (
            f"got only {word} for KAZ, TKM, 2021-01-01, 2021-12-31; add the other flow with the "
        )
        with pytest.raises(ValueError, match=message):
            flows.turnover(figures(BOTH[keep]))

    def test_keys_that_do_not_match(self):
        """Two flows of different release days are no pair, and the message says what must match."""
        frame = figures(*BOTH).assign(released=["2022-01-01", "2022-02-01"])
        with pytest.raises(ValueError, match="the same period_start, period_end, released, or"):
            flows.turnover(frame)


class TestAnnual:
    """Turnover a year and source."""

    def test_by_hand(self):
        """By year and source; one early figure makes the year preliminary; half a year is none."""
        half = figures(("KAZ", "TKM", "turnover", 2022, 90.0), source_id="a", status="final")
        early = figures(*BOTH, source_id="b").assign(status=["preliminary", "final"])
        final = figures(*BOTH, source_id="a", status="final")
        before = figures(("KAZ", "TKM", "turnover", 2020, 200.0), source_id="b", status="final")
        frame = pd.concat([early, half.assign(period_end="2022-06-30"), final, before])
        years = flows.annual(frame)
        names = "reporter partner year export_musd import_musd turnover_musd status source_id"
        assert " ".join(years.columns.tolist()) == names
        assert years["year"].tolist() == [2020, 2021, 2021]
        assert years["source_id"].tolist() == ["b", "a", "b"]
        assert years.index.tolist() == [0, 1, 2]
        assert years["turnover_musd"].tolist() == [200.0, 254.0, 254.0]
        assert years["export_musd"].fillna(0).tolist() == [0.0, 211.0, 211.0]
        assert years["status"].tolist() == ["final", "final", "preliminary"]
        assert years[["year", "status"]].dtypes.astype(str).tolist() == ["int64", "str"]

    def test_no_whole_year(self):
        """Parts of years alone make a table without rows, its columns of the same kinds."""
        part = figures(("KAZ", "TKM", "turnover", 2022, 90.0), status="final")
        years = flows.annual(part.assign(period_end="2022-06-30"))
        assert years.empty
        assert years[["year", "status"]].dtypes.astype(str).tolist() == ["int64", "str"]

    def test_state_of_figures_without_a_day(self):
        """A release that is not known keeps rows and states together."""
        frame = figures(*BOTH, ("UZB", "TKM", "turnover", 2021, 1.0), status="final")
        frame = frame.assign(released=[None, None, "2022-02-15"])
        frame.loc[0, "status"] = "preliminary"
        status = flows.annual(frame).set_index("reporter")["status"]
        assert status.to_dict() == {"KAZ": "preliminary", "UZB": "final"}

    def test_bad(self):
        """The state of a figure must be known."""
        with pytest.raises(ValueError, match="^the frame lacks status; it has reporter"):
            flows.annual(figures(*BOTH))


class TestBadFigures:
    """Every function that takes figures checks them alike."""

    @pytest.mark.parametrize(
        ("frame", "error", "message"),
        [
            (broken("value_musd", -1.0), ValueError, "^trade is not negative, got -1 for KAZ-TKM"),
            (broken("value_musd", math.nan), ValueError, "^value_musd is missing or infinite for"),
            (broken("value_musd", "about 43"), TypeError, "^value_musd must hold numbers, got"),
            (broken("flow", "transit"), ValueError, "^a flow is one of export, import, turnover"),
            (
                figures(*BOTH, ("KAZ", "TKM", "import", 2021, 44.0)),
                ValueError,
                "^the import of KAZ-TKM from 2021-01-01 to 2021-12-31 is given twice by the same",
            ),
            (
                figures(*BOTH).drop(columns=["flow", "partner"]),
                ValueError,
                "^the frame lacks partner, flow; it has reporter, period_start, period_end, value",
            ),
            (figures(*BOTH).assign(value_meur=[math.nan, 40.0]), ValueError, "^figures must share"),
            (broken("period_end", None), ValueError, "^a figure needs its period_end; 1 lack it$"),
            (broken("partner", "KAZ"), ValueError, "^a pair is two countries, got KAZ with"),
            ([1, 2], TypeError, "^figures must be a DataFrame, got "),
        ],
    )
    @pytest.mark.parametrize("function", [flows.turnover, flows.asymmetry])
    def test_named(self, function, frame, error, message):
        """The error names the cell and the way out."""
        with pytest.raises(error, match=message):
            function(frame)

    def test_euro_column_that_is_empty(self):
        """A unit column without figures does no harm."""
        assert len(flows.turnover(figures(*BOTH, value_meur=math.nan))) == 1


class TestMirror:
    """The same figures from the other side."""

    @given(st.lists(st.sampled_from(["export", "import", "turnover"]), min_size=1))
    def test_twice_is_the_identity(self, kinds):
        """Mirroring twice gives the frame back."""
        rows = [("KAZ", "TKM", kind, 2000 + i, 1.0) for i, kind in enumerate(kinds)]
        frame = figures(*rows)
        pd.testing.assert_frame_equal(flows.mirror(flows.mirror(frame)), frame)

    def test_once(self):
        """Reporter and partner change places, exports become imports, totals stay."""
        seen = flows.mirror(figures(*BOTH, ("KAZ", "TKM", "turnover", 2020, 1.0)))
        assert seen["reporter"].tolist() == ["TKM"] * 3
        assert seen["partner"].tolist() == ["KAZ"] * 3
        assert seen["flow"].tolist() == ["import", "export", "turnover"]
        category = figures(*BOTH[:1]).astype({"flow": "category"})
        assert flows.mirror(category)["flow"].tolist() == ["import"]
        assert seen["value_musd"].tolist() == [211.0, 43.0, 1.0]

    def test_bad(self):
        """An unknown flow is named."""
        with pytest.raises(ValueError, match="got 'transit'"):
            flows.mirror(broken("flow", "transit"))


class TestAsymmetry:
    """Import as the importer has it against export as the exporter has it."""

    rows = (
        ("KAZ", "TKM", "export", 2001, 10.0),
        ("TKM", "KAZ", "import", 2001, 12.0),
        ("KAZ", "TKM", "import", 2001, 66.0),
        ("TKM", "KAZ", "export", 2001, 60.0),
        ("KAZ", "TKM", "export", 2002, 11.0),
    )

    def test_by_hand(self):
        """Gap and ratio of both directions; what one side alone reports is not compared."""
        compared = flows.asymmetry(figures(*self.rows)).sort_values("exporter", ignore_index=True)
        assert compared["exporter"].tolist() == ["KAZ", "TKM"]
        assert compared["importer"].tolist() == ["TKM", "KAZ"]
        assert compared["period_start"].tolist() == ["2001-01-01"] * 2
        assert compared["period_end"].tolist() == ["2001-12-31"] * 2
        assert compared["export_musd"].tolist() == [10.0, 60.0]
        assert compared["import_musd"].tolist() == [12.0, 66.0]
        assert compared["gap_musd"].tolist() == [2.0, 6.0]
        assert compared["ratio"].round(9).tolist() == [1.2, 1.1]

    def test_needs_one_source_a_side(self):
        """Two reports of one flow ask for a choice."""
        all_of_one = figures(*self.rows, source_id="a")
        for row, flow in zip(self.rows, ("export", "import"), strict=False):
            two = pd.concat([all_of_one, figures(row, source_id="b")])
            message = (
                f"^asymmetry needs one {flow} figure a pair and period, got several for KAZ to TKM, "
                "2001-01-01; choose a source$"
            )
            with pytest.raises(ValueError, match=message):
                flows.asymmetry(two)


class TestDeflate:
    """Values in the prices of a base year."""

    prices = pd.Series({2019: 80.0, 2020: 100.0, 2021: 125.0})

    def test_by_hand(self):
        """Each value is multiplied by base-year over own-year prices."""
        frame = annual([80.0, 100.0, 125.0], start=2019)
        deflated = flows.deflate(frame, self.prices, base_year=2020)
        assert deflated["turnover_real2020_musd"].tolist() == [100.0, 100.0, 100.0]
        assert deflated["turnover_musd"].tolist() == [80.0, 100.0, 125.0]
        assert "turnover_real2020_musd" not in frame
        exports = pd.DataFrame({"year": [2019], "export_musd": [8.0]})
        deflated = flows.deflate(exports, self.prices, base_year=2021, column="export_musd")
        assert deflated["export_real2021_musd"].tolist() == [12.5]

    @given(st.lists(amounts, min_size=1, max_size=3), st.floats(0.01, 100))
    def test_scale_of_the_index(self, values, scale):
        """Only the index's movement matters, and the base year is left as it is."""
        frame = annual(values, start=2019)
        real = flows.deflate(frame, self.prices, base_year=2019)["turnover_real2019_musd"]
        scaled = flows.deflate(frame, self.prices * scale, base_year=2019)["turnover_real2019_musd"]
        np.testing.assert_allclose(real, scaled, rtol=1e-12)
        assert real.iloc[0] == pytest.approx(values[0])

    def test_bad(self):
        """Missing years, repeats, odd columns and odd prices are named."""
        frame = annual([1.0, 1.0], start=2021)
        with pytest.raises(ValueError, match="no value for 2017, 2022; it covers 2019-2021$"):
            flows.deflate(frame, self.prices, base_year=2017)
        with pytest.raises(ValueError, match=r"^the price index has a year twice; keep one"):
            flows.deflate(frame, pd.Series([1.0, 2.0], [2021, 2021]), base_year=2021)
        for bad in (0.0, math.nan, math.inf):
            prices = pd.Series({2021: 1.0, 2022: bad})
            with pytest.raises(
                ValueError, match=f"^a price index is positive and finite, got {bad}"
            ):
                flows.deflate(frame, prices, base_year=2021)
        with pytest.raises(TypeError, match="^a price index is a Series by year: frame.set_in"):
            flows.deflate(frame, pd.Series({"2021": 1.0}), base_year=2021)
        with pytest.raises(ValueError, match="^turnover_musd is missing or infinite for 2022"):
            flows.deflate(annual([1.0, math.nan], start=2021), self.prices, base_year=2021)
        with pytest.raises(ValueError, match="named ..._musd, got column='tons'"):
            flows.deflate(frame.assign(tons=1.0), self.prices, base_year=2020, column="tons")
        with pytest.raises(ValueError, match="^the frame lacks import_musd; it has year, turnover"):
            flows.deflate(frame, self.prices, base_year=2020, column="import_musd")


class TestYearToDate:
    """Shares of the full year reached in so many months."""

    @staticmethod
    def part(end, value, flow="turnover", start="2022-01-01", **more):
        """One part-year figure."""
        frame = figures(("KAZ", "TKM", flow, 2022, value), **more)
        return frame.assign(period_start=start, period_end=end)

    @staticmethod
    def full(**more):
        """Two full years."""
        return pd.DataFrame(
            {
                "reporter": "KAZ",
                "partner": "TKM",
                "year": [2021, 2022],
                "export_musd": [80.0, 300.0],
                "turnover_musd": [100.0, 400.0],
                **more,
            }
        )

    def test_by_hand(self):
        """Seven months at 200 of 400 are half of the year, against 7/12 pro rata."""
        shares = flows.year_to_date(self.part("2022-07-31", 200.0), self.full()).iloc[0]
        assert (shares["year"], shares["months"], shares["full_year_musd"]) == (2022, 7, 400.0)
        assert shares["share"] == 0.5
        assert shares["pro_rata"] == pytest.approx(7 / 12)

    def test_flow_by_flow(self):
        """Exports are divided by exports; a flow without a full year has no share."""
        exports = self.part("2022-11-30", 150.0, flow="export")
        shares = flows.year_to_date(exports, self.full())
        assert shares["share"].tolist() == [0.5]
        imports = self.part("2022-07-31", 1.0, flow="import")
        for full in (self.full(), self.full(import_musd=math.nan)):
            assert flows.year_to_date(imports, full).empty

    def test_only_like_by_like(self):
        """Another coverage, pair or year is never divided by."""
        full_goods = self.full(coverage="goods")
        goods = self.part("2022-07-31", 1.0, coverage="goods")
        gas = self.part("2022-07-31", 1.0, coverage="gas")
        assert len(flows.year_to_date(goods, full_goods)) == 1
        assert flows.year_to_date(gas, full_goods).empty
        assert len(flows.year_to_date(gas, self.full())) == 1
        other = self.part("2022-07-31", 1.0).assign(partner="UZB")
        assert flows.year_to_date(other, self.full()).empty
        later = self.part("2023-07-31", 1.0, start="2023-01-01")
        assert flows.year_to_date(later, self.full()).empty

    def test_bad(self):
        """Periods that are no part of a year, repeats and impossible shares are named."""
        check = flows.year_to_date
        with pytest.raises(ValueError, match="^a part-year has 1 to 11 months, got 12$"):
            check(self.part("2022-12-31", 1.0), self.full())
        message = "runs from 1 January to the end of a month, got 2022-01-01 to 2022-07-15$"
        with pytest.raises(ValueError, match=message):
            check(self.part("2022-07-15", 1.0), self.full())
        with pytest.raises(ValueError, match="got 2022-02-01 to 2022-07-31"):
            check(self.part("2022-07-31", 1.0, start="2022-02-01"), self.full())
        message = (
            "^a part-year cannot exceed its full year, got 401 in 7 months of 2022 against 400$"
        )
        with pytest.raises(ValueError, match=message):
            check(self.part("2022-07-31", 401.0), self.full())
        twice = pd.concat([self.full(), self.full(turnover_musd=[101.0, 401.0])])
        with pytest.raises(ValueError, match="^year_to_date needs one row per full year, got"):
            check(self.part("2022-07-31", 1.0), twice)
        with pytest.raises(ValueError, match="^the full years need turnover_musd, export_musd or"):
            check(self.part("2022-07-31", 1.0), self.full()[["reporter", "partner", "year"]])

    def test_days_that_are_numbers(self):
        """A period is days: a year as a number is not taken for nanoseconds after 1970."""
        for side, value in (("period_start", 2022), ("period_end", 20220731)):
            part = self.part("2022-07-31", 1.0).assign(**{side: value})
            with pytest.raises(
                TypeError, match=f"^{side} holds days, got numbers such as {value}$"
            ):
                flows.year_to_date(part, self.full())

    def test_loose_figures_may_exceed(self):
        """A rounded figure a little above its year is rounding, not an error; the whole is reached."""
        loose = self.part("2022-11-30", 410.0, bound="about")
        assert flows.year_to_date(loose, self.full())["share"].iloc[0] == 1.025
        assert flows.year_to_date(self.part("2022-11-30", 400.0), self.full())["share"].item() == 1
        with pytest.raises(ValueError, match="cannot exceed"):
            flows.year_to_date(self.part("2022-11-30", 410.0, bound="exact"), self.full())

    def test_release_of_the_full_year_comes_along(self):
        """When a share could first be known is the later of two days, so both are kept."""
        days = pd.to_datetime(["2022-02-15", "2023-02-15"])
        shares = flows.year_to_date(self.part("2022-07-31", 1.0), self.full(released=days))
        assert shares["full_year_released"].tolist() == [days[1]]


@pytest.mark.parametrize(
    ("sources", "apart"),
    [
        (["a", "b"], True),
        (["b", "a", "a"], False),
        (["a", "a", "b"], True),
        (["a"], False),
        ([], False),
    ],
)
def test_last_value_of_another_source(sources, apart):
    """Only the last value and the one before count; where no source is said, none is another."""
    frame = annual([1.0] * len(sources))
    assert checks.joined(frame.assign(source_id=sources)) is apart
    assert checks.joined(frame) is False


class TestHistory:
    """A checked annual series."""

    @given(st.permutations(range(5)))
    def test_any_order(self, order):
        """Rows may come in any order."""
        frame = annual([1.0, 2.0, 3.0, 4.0, 5.0])
        series = flows.history(frame.iloc[list(order)])
        assert series.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
        assert series.index.tolist() == [2018, 2019, 2020, 2021, 2022]

    def test_column_and_dtype(self):
        """Another column can be taken and names the series; whole numbers become floats."""
        series = flows.history(annual([1, 2], export_musd=[3, 4]), column="export_musd")
        assert series.tolist() == [3.0, 4.0]
        assert series.dtype == float
        assert (series.name, series.index.name) == ("export_musd", "year")

    def test_gaps_where_they_are_allowed(self):
        """Years that are missing stay missing if one says so; a year twice is refused all the same."""
        frame = annual([1.0, 2.0, 3.0])
        assert flows.history(frame.drop(index=1), gaps=True).to_dict() == {2018: 1.0, 2020: 3.0}
        with pytest.raises(ValueError, match="^a history has one value a year, got several for"):
            flows.history(frame.assign(year=[2017, 2019, 2019]), gaps=True)

    @pytest.mark.parametrize(
        ("frame", "error", "message"),
        [
            (annual([1.0, 0.0]), ValueError, "^a history needs positive values, got 0 in 2019"),
            (annual([1.0, math.nan]), ValueError, "missing or infinite for 2019.*; leave the row"),
            (annual([1.0, 2.0, 3.0]).drop(index=1), ValueError, "no gaps here, but 2019 is"),
            (
                annual(["180", "x"]),
                TypeError,
                "^turnover_musd must hold numbers, got 'x' in row 1$",
            ),
            (annual([]), ValueError, "^a history needs at least one year, got 0 rows$"),
            (pd.concat([annual([1.0]), annual([2.0])]), ValueError, "^a history has one value a"),
            (annual([1.0]).rename(columns={"year": "y"}), ValueError, "^the history lacks year"),
            (annual([1.0]).assign(year=2018.5), TypeError, "^years are whole numbers, none"),
        ],
    )
    def test_bad(self, frame, error, message):
        """Zero, negative, missing, text, gaps and repeats are each named."""
        with pytest.raises(error, match=message):
            flows.history(frame)


class TestByPair:
    """A panel as a row a pair and a column a year."""

    @staticmethod
    def panel(*rows):
        """A panel from (pair, year, value) rows."""
        return pd.DataFrame(rows, columns=["pair", "year", "turnover_musd"])

    def test_by_hand(self):
        """Pairs sorted, years without a gap, zero a value, and what is not known missing."""
        rows = [("B-C", 2003, 0.0), ("A-B", 2000, 1.5), ("B-C", 2000, math.nan)]
        wide = flows.by_pair(self.panel(*rows).assign(note="more"))
        assert (wide.index.name, wide.index.tolist()) == ("pair", ["A-B", "B-C"])
        assert wide.columns.tolist() == [2000, 2001, 2002, 2003]
        assert wide.fillna(-1).to_numpy().tolist() == [[1.5, -1, -1, -1], [-1, -1, -1, 0.0]]

    @pytest.mark.parametrize(
        ("rows", "error", "message"),
        [
            ([], ValueError, "a panel needs rows, got 0"),
            ([("A-B", 2000.5, 1.0)], TypeError, "years are whole numbers, none missing, got"),
            ([("A-B", 2000, 1.0), ("A-B", None, 1.0)], TypeError, "years are whole numbers, none"),
            ([(None, 2001, 1.0)], ValueError, "a row of 2001 names no pair; drop it"),
            ([("A-B", 2000, 1.0)] * 2, ValueError, "A-B has 2000 twice; keep one"),
            ([("A-B", 2000, -0.5)], ValueError, "A-B has -0.5 in 2000; drop it"),
            ([("A-B", 1000, 1.0), ("A-B", 2001, 1.0)], ValueError, "a panel holds years of one"),
        ],
    )
    def test_bad(self, rows, error, message):
        """Whatever makes no such table is named with its pair and year."""
        with pytest.raises(error, match=f"^{message}"):
            flows.by_pair(self.panel(*rows))


class TestSwings:
    """Rises and falls between turning points."""

    def test_by_hand(self):
        """Falls by half or more and the rises between them; the wobble in 2003 is ignored."""
        frame = annual([10, 40, 30, 60, 20, 25, 50, 45], start=2000)
        swings = flows.swings(frame)
        expected = [[2000, 2003], [2003, 2004], [2004, 2006]]
        assert swings[["from_year", "to_year"]].to_numpy().tolist() == expected
        assert swings["from_musd"].tolist() == [10, 60, 20]
        assert swings["to_musd"].tolist() == [60, 20, 50]
        assert swings["change"].round(3).tolist() == [5.0, -0.667, 1.5]

    def test_series_that_begins_with_a_fall(self):
        """The first swing may be a fall, and the last one ends at its lowest year."""
        swings = flows.swings(annual([100, 120, 60, 30, 40], start=2000))
        assert swings[["from_year", "to_year"]].to_numpy().tolist() == [[2001, 2003]]
        assert swings["change"].tolist() == [-0.75]

    def test_exactly_half_and_double_count(self):
        """The stated fraction itself is a swing, a hair less is not."""
        assert len(flows.swings(annual([100, 50]))) == 1
        assert len(flows.swings(annual([50, 100]))) == 1
        assert flows.swings(annual([100, 51])).empty
        assert flows.swings(annual([51, 100])).empty
        exports = annual([1.0, 1.0, 1.0, 1.0], export_musd=[100, 80, 90, 60])
        assert flows.swings(exports, column="export_musd", fall=0.3)["to_year"].tolist() == [2021]

    def test_plateau(self):
        """Of equal years the first is the turning point."""
        swings = flows.swings(annual([10, 40, 40, 10, 10, 40], start=2000))
        assert swings["from_year"].tolist() == [2000, 2001, 2003]
        assert swings["to_year"].tolist() == [2001, 2003, 2005]

    @given(st.lists(st.floats(1, 1e4), min_size=1, max_size=15), st.floats(0.2, 0.8))
    def test_alternate_and_large(self, values, fall):
        """Swings alternate, join up, and each is as large as asked."""
        swings = flows.swings(annual(values), fall=fall)
        assert (swings["from_year"].iloc[1:].to_numpy() == swings["to_year"].iloc[:-1]).all()
        signs = np.sign(swings["change"])
        assert (signs.diff().dropna().abs() == 2).all()
        ratio = np.exp(np.log1p(swings["change"]).abs())
        assert (ratio >= 1 / (1 - fall) - 1e-9).all()

    @pytest.mark.parametrize("fall", [0, 1, -0.1, 1.5])
    def test_bad(self, fall):
        """The threshold is a proper fraction."""
        with pytest.raises(ValueError, match=f"^fall is a fraction between 0 and 1, got {fall}$"):
            flows.swings(annual([1.0, 2.0]), fall=fall)


class TestCopies:
    """Through whom the figures of a total were read."""

    def frame(self, exports, imports):
        """Two flows of two years, the first read through what is given."""
        rows = figures(
            ("KAZ", "TKM", "export", 2020, 2.0),
            ("KAZ", "TKM", "import", 2020, 1.0),
            ("KAZ", "TKM", "export", 2021, 4.0),
            ("KAZ", "TKM", "import", 2021, 3.0),
            status="final",
        )
        return rows.assign(read_through=[exports, imports, None, None])

    @pytest.mark.parametrize(
        ("exports", "imports", "named"),
        [
            ("a@1, x", "a@2, y", "a@1, x; a@2, y"),
            ("a@1, x", "a@1, x", "a@1, x"),
            (None, "a@1, x", "a@1, x"),
        ],
    )
    def test_each_copy_once(self, exports, imports, named):
        """A total names the copies of its flows, and none where they were read at the publisher."""
        for sums in (flows.turnover, flows.annual):
            copies = sums(self.frame(exports, imports))["read_through"]
            assert copies[0] == named
            assert pd.isna(copies[1])
            assert copies.dtype == "str"

    def test_only_where_known(self):
        """Figures that say nothing of copies make totals that say nothing of them; copies part no total."""
        years = flows.annual(self.frame("a@1, x", "a@2, y"))
        assert years["turnover_musd"].tolist() == [3.0, 7.0]
        assert flows.turnover(self.frame(None, None))["read_through"].dtype == "str"
        plain = self.frame(None, None).drop(columns="read_through")
        assert "read_through" not in flows.annual(plain)
