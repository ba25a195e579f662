"""Which goods a pair trades: shares, amounts, changes, concentration, and what ships of them."""

import re

import goods as prepare
import live_bodies as bodies
import pandas as pd
import pytest
from conftest import FEW, ROOT
from hypothesis import given
from hypothesis import strategies as st
from live_server import Answer

import tradelib as tl
from tradelib import live
from tradelib.core.sections import CHAPTERS, SECTIONS, section_of
from tradelib.live.errors import MalformedError
from tradelib.science.goods.traded import goods_of

PANEL = ROOT.parent / "shared" / "panel"
EXAMPLES = {"-".join(pair) for pair in prepare.EXAMPLES}
TOTALS = "/comtrade/public/v1/preview/C/A/HS"


def turnover(values, source="one"):
    """Turnover by year from a mapping."""
    table = {"year": list(values), "turnover_musd": list(values.values()), "source_id": source}
    return pd.DataFrame(table).astype({"year": "int64", "turnover_musd": "float64"})


def parts(*rows):
    """Parts of trade from (year, flow, section, part) rows."""
    return pd.DataFrame(rows, columns=["year", "flow", "section", "part"])


def two_years(sources=("one", "one")):
    """A pair that sold metals and bought minerals, 100 in 2001 and 40 in 2002, worked by hand."""
    table = parts(
        (2001, "export", "Metals", 300),
        (2001, "import", "Mineral Products", 700),
        (2002, "export", "Metals", 250),
        (2002, "import", "Mineral Products", 500),
        (2002, "import", "Machines", 250),
    )
    musd = turnover({2001: 100.0, 2002: 40.0}).assign(source_id=list(sources))
    return goods_of("KAZ", "TKM", table, musd)


class TestByHand:
    """Two years worked out on paper."""

    def test_amounts(self):
        """Shares times turnover: 30 and 70, then 10, 20 and 10."""
        table = two_years().to_frame()
        assert table["value_musd"].tolist() == pytest.approx([30, 70, 10, 10, 20])
        assert table["section"].tolist()[2:] == ["Metals", "Machines", "Mineral Products"]

    def test_change(self):
        """Minerals -50, metals -20, machines +10: -60 in all."""
        change = two_years().change(2001, 2002)
        rows = change[["section", "flow", "change_musd"]].to_numpy().tolist()
        expected = [["Mineral Products", "import"], ["Metals", "export"], ["Machines", "import"]]
        assert [row[:2] for row in rows] == expected
        assert [row[2] for row in rows] == pytest.approx([-50, -20, 10])

    def test_explained(self):
        """The two that fell, from how much to how much; what rose is left out."""
        assert two_years().explain(2001, 2002) == (
            "The fall of 2001-2002 came mostly from minerals sold by Turkmenistan (US$70m to US$20m) "
            "and metals sold by Kazakhstan (US$30m to US$10m)."
        )
        assert two_years().explain(2002, 2001).startswith("The rise of 2002-2001 came mostly from")

    def test_nothing_to_name(self):
        """Of a change to which no section gives a tenth, none is named."""
        names = SECTIONS[:11]
        table = parts(*[(year, "export", name, 1) for year in (2001, 2002) for name in names])
        pair = goods_of("KAZ", "TKM", table, turnover({2001: 11.0, 2002: 22.0}))
        assert pair.explain(2001, 2002).startswith("No section of goods stands out")

    def test_bought_once(self):
        """A section below a quarter of its peak in the years beside it was bought once."""
        rows = [(2001, "export", "Machines", 20), (2002, "export", "Machines", 100)]
        rows += [(2003, "export", "Machines", 20)]
        pair = goods_of("KAZ", "TKM", parts(*rows), turnover({2001: 20, 2002: 100, 2003: 20}))
        once = "far less in 2001 and 2003"
        assert f"machines sold by Kazakhstan (US$100m to US$20m; {once})" in pair.explain(
            2002, 2003
        )
        assert once in pair.explain(2001, 2002)
        more = goods_of("KAZ", "TKM", parts(*rows), turnover({2001: 26, 2002: 100, 2003: 20}))
        assert once not in more.explain(2002, 2003)
        imported = pair.seen_from("TKM")
        assert "machines sold by Kazakhstan" in imported.explain(2002, 2003)
        assert once in imported.explain(2002, 2003)

    def test_bought_in_the_first_year_known(self):
        """Whether it came once cannot be said where a year beside the peak is not known."""
        rows = [(2002, "export", "Machines", 100), (2003, "export", "Machines", 20)]
        pair = goods_of("KAZ", "TKM", parts(*rows), turnover({2002: 100, 2003: 20}))
        assert "far less" not in pair.explain(2002, 2003)
        # High in the year before, low in the year after: not once.
        before = [(2001, "export", "Machines", 90), *rows]
        pair = goods_of("KAZ", "TKM", parts(*before), turnover({2001: 90, 2002: 100, 2003: 20}))
        assert "far less" not in pair.explain(2002, 2003)

    def test_much_and_most(self):
        """Two sections that make up half of a change or less are most of all, not most of it."""
        rows = [(2001, "export", name, 20) for name in SECTIONS[:5]]
        pair = goods_of(
            "KAZ",
            "TKM",
            parts(*rows, (2002, "export", "Weapons", 1)),
            turnover({2001: 100.0, 2002: 1e-6}),
        )
        said = pair.explain(2001, 2002)
        assert (
            " came most of all from animal products sold by Kazakhstan (US$20m to US$0.0m)" in said
        )

    def test_summary(self):
        """The last year, its three largest sections, what amounts are, and how far they go."""
        assert two_years().newest()["share"].tolist() == pytest.approx([0.5, 0.25, 0.25])
        assert two_years().summary() == (
            "Kazakhstan and Turkmenistan traded US$40m in 2002: minerals 50%, machines 25%, metals "
            "25%. Amounts are the share of each kind times the year's trade. We know the "
            "kinds of goods only up to 2002."
        )

    def test_last_year_with_amounts(self):
        """Where the last year's turnover is not known, the newest that is; sections go on."""
        table = two_years().table.rename(columns={"share": "part"})
        pair = goods_of("KAZ", "TKM", table, turnover({2001: 100.0}))
        assert pair.newest()["year"].unique().tolist() == [2001]
        assert "traded US$100m in 2001: minerals 70%, metals 30%." in pair.summary()
        assert pair.summary().endswith("We know the kinds of goods only up to 2002.")
        with pytest.raises(tl.NoAnswerError, match="sections those of 2001 to 2001 are"):
            pair.change(2001, 2002)

    def test_concentration(self):
        """.3² + .7² = .58; then .25² + .5² + .25² = .375; half there and half back is all: 1."""
        table = two_years().concentration()
        assert table["concentration"].tolist() == pytest.approx([0.58, 0.375])
        assert table["section"].tolist() == ["Mineral Products"] * 2
        assert table["share"].tolist() == pytest.approx([0.7, 0.5])
        both = parts((2001, "export", "Metals", 5), (2001, "import", "Metals", 5))
        pair = goods_of("KAZ", "TKM", both, turnover({2001: 1.0}))
        assert pair.concentration()["concentration"].tolist() == [1.0]

    def test_sources_are_not_mixed(self):
        """No change is taken from one source to another."""
        with pytest.raises(tl.NoAnswerError, match="2001 of the article and 2002 of BNS?"):
            two_years(("article", "BNS")).change(2001, 2002)

    def test_years_without_turnover(self):
        """Shares alone, and no change."""
        pair = goods_of(
            "KAZ", "TKM", two_years().table.rename(columns={"share": "part"}), turnover({})
        )
        assert pair.table["value_musd"].isna().all()
        assert "Turnover is not known to us." in pair.summary()
        with pytest.raises(tl.NoAnswerError, match="there are shares alone; .* none is"):
            pair.change(2001, 2002)

    def test_year_without_sections(self):
        """The error says which years there are."""
        with pytest.raises(tl.InputError, match="known from 2001 to 2002, got 2003"):
            two_years().change(2001, 2003)

    def test_seen_from(self):
        """Exports of the one are imports of the other."""
        there, back = two_years(), two_years().seen_from("TKM")
        assert back.reporter == "TKM"
        assert back.seen_from("KAZ") == there
        assert there.seen_from("KAZ") is there
        with pytest.raises(tl.InputError, match="UZB is none of KAZ and TKM"):
            there.seen_from("UZB")


@FEW
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from([2001, 2002]),
            st.sampled_from(["export", "import"]),
            st.sampled_from(SECTIONS),
        ),
        st.integers(1, 1000),
        min_size=1,
    ),
    st.floats(1, 1e6),
    st.floats(1, 1e6),
)
def test_shares_sum_to_one_and_changes_to_the_change(cells, first, last):
    """Whatever the parts: a year sums to one, and the change by section to that of turnover."""
    table = parts(*[(*key, part) for key, part in cells.items()])
    pair = goods_of("KAZ", "TKM", table, turnover({2001: first, 2002: last}))
    assert pair.table.groupby("year")["share"].sum().to_numpy() == pytest.approx(1)
    index = pair.concentration()["concentration"]
    assert index.between(1 / 22 - 1e-12, 1 + 1e-12).all()
    if pair.years == [2001, 2002]:
        total = pair.change(2001, 2002)["change_musd"].sum()
        assert total == pytest.approx(last - first, abs=1e-6 * (first + last))


class TestBundled:
    """The article's pair and the named examples."""

    @pytest.mark.parametrize(
        ("years", "said"),
        [
            (
                (2008, 2010),
                "The fall of 2008-2010 came mostly from minerals sold by Turkmenistan (US$194m to "
                "US$2.5m) and vegetable products sold by Kazakhstan (US$148m to US$29m).",
            ),
            (
                (2014, 2017),
                "The fall of 2014-2017 came mostly from transport equipment sold by Kazakhstan "
                "(US$176m to US$1.9m; far less in 2013 and 2015) and minerals sold by "
                "Turkmenistan (US$86m to US$36m).",
            ),
        ],
    )
    def test_collapses(self, years, said):
        """Each collapse by section and flow adds up to that of turnover; its sentence names goods."""
        pair = tl.goods("KAZ", "TKM")
        series = tl.load_turnover("KAZ", "TKM").set_index("year")["turnover_musd"]
        change = pair.change(*years)
        assert change["change_musd"].sum() == pytest.approx(series[years[1]] - series[years[0]])
        assert set(change["flow"]) == {"export", "import"}
        assert pair.explain(*years) == said

    @pytest.mark.parametrize("name", sorted(EXAMPLES))
    def test_either_order(self, name):
        """Flows are seen from the first; a year's shares sum to one."""
        one, other = name.split("-")
        there, back = tl.goods(one, other), tl.goods(other, one)
        assert back.seen_from(one) == there
        assert there.table.groupby("year")["share"].sum().to_numpy() == pytest.approx(1)

    def test_by_name(self):
        """Countries by name or number."""
        assert tl.goods("Türkiye", 860) == tl.goods("TUR", "UZB")
        with pytest.raises(tl.InputError, match="two countries, got KAZ with itself"):
            tl.goods("KAZ", "Kazakhstan")

    def test_refused_with_both_ways_out(self):
        """Of any other pair: your own file, or the network."""
        with pytest.raises(tl.NoAnswerError) as refused:
            tl.goods("ITA", "KAZ")
        text = str(refused.value)
        assert "goods(..., shares=FILE)" in text
        assert "shares=tradelib.live.fetch_goods('ITA', 'KAZ')" in text
        assert "KAZ-TKM" in text


class TestOwnShares:
    """For any other pair: the panel's columns, or amounts."""

    def panel(self, **columns):
        """A panel of one pair and year."""
        table = {
            "pair": "ITA-KAZ",
            "year": [2018, 2018],
            "section": ["Machines", "Mineral Products"],
            "export_pm": [250, 0],
            "import_pm": [0, 751],
        }
        return pd.DataFrame(table | columns)

    def test_table(self):
        """Per mille that sum to 1,001, times the bundled turnover, from either side."""
        series = tl.load_turnover("ITA", "KAZ").set_index("year")["turnover_musd"]
        there = tl.goods("ITA", "KAZ", shares=self.panel())
        assert there.table["value_musd"].sum() == pytest.approx(series[2018])
        assert there.table["share"].tolist() == pytest.approx([250 / 1001, 751 / 1001])
        back = tl.goods("KAZ", "ITA", shares=self.panel())
        assert back.seen_from("ITA") == there
        assert back.table["flow"].tolist() == ["export", "import"]
        assert back.table["section"].tolist() == ["Mineral Products", "Machines"]

    @pytest.mark.parametrize("ending", ["csv", "parquet"])
    def test_files(self, tmp_path, ending):
        """CSV and Parquet."""
        file = tmp_path / f"mine.{ending}"
        table = self.panel()
        table.to_csv(file, index=False) if ending == "csv" else table.to_parquet(file)
        assert tl.goods("ITA", "KAZ", shares=file) == tl.goods("ITA", "KAZ", shares=table)

    @pytest.mark.skipif(not PANEL.is_dir(), reason="the panel is not at hand")
    def test_the_panel_itself(self):
        """The bundled example is the panel's, to the per mille."""
        panel = pd.read_parquet(PANEL / "goods_shares_1995_2018.parquet")
        mine = panel[panel["pair"].isin(["KAZ-TKM", "TUR-UZB"])]
        assert tl.goods("KAZ", "TKM", shares=mine) == tl.goods("KAZ", "TKM")
        assert tl.goods("UZB", "TUR", shares=mine) == tl.goods("UZB", "TUR")

    @pytest.mark.parametrize(
        ("columns", "said"),
        [
            ({"section": ["Machines", "Cheese"]}, "'Cheese' is no section of goods"),
            (
                {"section": ["Machines", "Machines"]},
                "the export of Machines in 2018 is given twice",
            ),
            ({"export_pm": [-1, 0]}, "not negative, got -1 in 2018"),
            ({"export_pm": ["a", "b"]}, "export_pm"),
            ({"pair": "ITA-FRA"}, "no trade of ITA-KAZ; check their pairs"),
        ],
    )
    def test_refused(self, columns, said):
        """What is wrong in a table is named."""
        with pytest.raises(ValueError, match=re.escape(said)) as refused:
            tl.goods("ITA", "KAZ", shares=self.panel(**columns))
        assert isinstance(refused.value, tl.InputError | tl.NoAnswerError)

    def test_files_that_are_none(self, tmp_path):
        """A damaged file, and one without the columns."""
        (tmp_path / "bad.parquet").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(tl.InputError, match="cannot be read"):
            tl.goods("ITA", "KAZ", shares=tmp_path / "bad.parquet")
        (tmp_path / "other.csv").write_text("a,b\n1,2\n")
        with pytest.raises(tl.InputError, match="lacks pair"):
            tl.goods("ITA", "KAZ", shares=tmp_path / "other.csv")


def serve(source, **options):
    """Totals and chapters of the years asked for."""

    def answer(path):
        years = [
            int(text) for text in path.split("period=")[1].split("&")[0].split("%2C")[0].split(",")
        ]
        if "cmdCode=AG2" in path:
            return Answer(bodies.comtrade(bodies.chapter_rows(years, **options)))
        return Answer(bodies.comtrade(years=years))

    source.routes[TOTALS] = answer


class TestFetched:
    """UN Comtrade: chapters at once, its own total as check."""

    def test_sections(self, source):
        """Worked by hand: half minerals, a quarter grain, a quarter machines, of 116 in 2019."""
        serve(source)
        table = live.fetch_goods("Kazakhstan", 795, years=[2019, 2020])
        rows = table.query("year == 2019 and flow == 'export'")
        expected = [["Vegetable Products", 29.0], ["Mineral Products", 58.0], ["Machines", 29.0]]
        assert rows[["section", "value_musd"]].to_numpy().tolist() == expected
        assert set(rows["total_musd"]) == {116.0}
        assert set(table["source_id"]) == {"comtrade"}
        pair = tl.goods("TKM", "KAZ", shares=table)
        assert pair.change(2019, 2020)["change_musd"].sum() == pytest.approx(127.75 - 145.75)
        assert (
            "Amounts are those of UN Comtrade. We know the kinds of goods only up to 2020."
            in pair.summary()
        )
        assert pair.table.query("year == 2019 and flow == 'import'")["value_musd"].sum() == 116

    def test_one_call_for_all_chapters(self, source):
        """Two years at once without a key; a year without trade is not asked for."""
        serve(source)
        live.fetch_goods("KAZ", "TKM", years=[2019, 2020])
        asked = [path for path in source.paths if "cmdCode=AG2" in path]
        assert len(asked) == 1
        assert "period=2019,2020" in asked[0].replace("%2C", ",")

    def test_what_chapters_lack(self, source):
        """The rest of the total is of no named section."""
        serve(source, chapters={27: 0.5, 99: 0.1})
        table = live.fetch_goods("KAZ", "TKM", years=[2019])
        exports = table.query("flow == 'export'").set_index("section")["value_musd"]
        assert exports.to_dict() == pytest.approx({"Mineral Products": 58.0, "Unspecified": 58.0})

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (
                {"chapters": {27: 0.7, 10: 0.4}},
                "add up to US$127.6m, where their total is US$116.0m",
            ),
            ({"chapters": {27: 0.0}}, "add up to US$0.0m, where their total is US$116.0m"),
            ({"chapters": {0: 1.0}}, "chapter 00, which does not exist"),
        ],
    )
    def test_refused(self, source, options, said):
        """What does not fit is refused, and says what."""
        serve(source, **options)
        with pytest.raises(MalformedError, match=re.escape(said)):
            live.fetch_goods("KAZ", "TKM", years=[2019])

    def test_other_rows(self, source):
        """Rows of other codes are refused; a chapter twice too."""
        rows = bodies.chapter_rows([2019], {27: 1.0})
        for more, said in (
            ([rows[0] | {"cmdCode": "2711"}], "cmdCode '2711'"),
            ([rows[0]], "the export of 2019 twice"),
        ):
            source.routes[TOTALS] = lambda path, more=more: Answer(
                bodies.comtrade(rows + more if "AG2" in path else None, years=[2019])
            )
            with pytest.raises(MalformedError, match=said):
                live.fetch_goods("KAZ", "TKM", years=[2019], max_age_days=0)


def test_sections_hold_each_chapter_once():
    """Chapters 1 to 99, each in one section; the 21 sections, and goods of none."""
    numbers = [chapter for chapters in CHAPTERS.values() for chapter in chapters]
    assert sorted(numbers) == list(range(1, 100))
    assert len(SECTIONS) == 22
    assert section_of(86) == section_of(89) == "Transportation"


class TestTerminal:
    """tradelib goods."""

    def test_change(self, run):
        """The sentence and the table."""
        code, out, err = run("goods", "KAZ", "TKM", "--from", "2008", "--to", "2010")
        assert (code, err) == (0, "")
        sentence = tl.goods("KAZ", "TKM").explain(2008, 2010)
        assert sentence in " ".join(out.split())
        assert "minerals" in out.split("\n\n")[1]

    def test_refused(self, run):
        """Half a change is a fault of the command; a pair without shares has no answer."""
        assert run("goods", "KAZ", "TKM", "--from", "2008")[0] == 2
        assert run("goods", "ITA", "KAZ")[0] == 1
