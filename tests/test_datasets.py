import datetime as dt

import pandas as pd
import pytest
from conftest import ROOT

import tradelib as tl
from tradelib.datasets import models, tables
from tradelib.datasets.targets import latest


class TestTurnover:
    """The annual series of a pair."""

    def test_series_of_the_article(self):
        """The bureau's figures from 2018 (US$ million), the matrix before; every year is final."""
        table = tl.load_turnover("KAZ", "TKM").set_index("year")
        series = table["turnover_musd"]
        expected = {
            2018: 98.1,
            2019: 145.9,
            2020: 128.0,
            2021: 254.2,
            2022: 438.7,
            2023: 562.9,
            2024: 555.8,
            2025: 515.5,
        }
        assert series.loc[2018:].round(1).to_dict() == expected
        before = {2000: 23.5, 2008: 417.0, 2017: 95.8}
        assert series.loc[list(before)].round(1).to_dict() == before
        assert series.index.tolist() == list(range(2000, 2026))
        assert (table.loc[2018:, "source_id"] == "bns").all()
        assert (table.loc[:2017, "source_id"] == "baci_type").all()
        assert (table["status"] == "final").all()
        flows = table["export_musd"] + table["import_musd"]
        assert (flows - series).abs().max() < 1e-3

    @pytest.mark.parametrize(
        ("day", "last"),
        [
            ("2022-02-14", 2020),
            ("2022-02-15", 2021),
            (dt.date(2023, 2, 15), 2022),
            (pd.Timestamp("2022-02-15 10:00", tz="UTC"), 2021),
            (dt.datetime(2022, 2, 14, 23, tzinfo=dt.UTC), 2020),
            ("2026-07-31", 2025),
            (None, 2025),
        ],
    )
    def test_release_days(self, day, last):
        """A year appears on its day of release and not before, whatever type the day has."""
        assert tl.load_turnover("KAZ", "TKM", as_of=day)["year"].max() == last

    def test_one_source(self):
        """WITS holds the trap: 157.3 for 2021, 285.1 for 2022, equal again in 2023."""
        wits = tl.load_turnover("KAZ", "TKM", source="wits").set_index("year")["turnover_musd"]
        assert wits.loc[2021:].round(1).to_dict() == {2021: 157.3, 2022: 285.1, 2023: 563.0}

    def test_other_pairs(self):
        """Uzbek totals include services and say so; of Italy only the newest year has two flows."""
        uzbek = tl.load_turnover("Uzbekistan", 795)
        assert (uzbek["coverage"] == "goods_services").all()
        assert uzbek.set_index("year")["turnover_musd"].round(1)[2023] == 1095.9
        italian = tl.load_turnover("TKM", "ITA")
        assert italian["year"].tolist()[-2:] == [2020, 2023]
        assert italian["source_id"].tolist()[-2:] == ["baci_type", "baci_v202501"]
        assert italian["export_musd"].iloc[:-1].isna().all()
        assert italian["export_musd"].iloc[-1] == 86.24


class TestFigures:
    """All figures side by side."""

    def test_filters(self):
        """Reporter, partner, source and day narrow the table."""
        everything = tl.load_figures()
        assert len(everything) == 321
        assert set(tl.load_figures("KAZ")["reporter"]) == {"KAZ"}
        assert set(tl.load_figures(partner="ITA")["partner"]) == {"ITA"}
        assert set(tl.load_figures(source="wits")["source_id"]) == {"wits"}
        assert tl.load_figures("KAZ", "TKM").index.tolist() == list(range(176))

    def test_bounds_and_status_are_columns(self):
        """'Over 500' is a bound, a planned ten-fold is rejected, 2025 is final."""
        table = tl.load_figures("KAZ", "TKM")
        over = table.query("source_id == 'press' and value_musd == 500")
        assert over["bound"].tolist() == ["at_least"] * 3
        assert table.query("coverage == 'gas'")["status"].tolist() == ["rejected"]
        assert set(table.query("source_id == 'bns' and period_end.dt.year == 2025")["status"]) == {
            "final"
        }
        assert table.query("growth_doubtful")["growth_yoy"].tolist() == [0.1, 0.117, 0.225]


class TestPartYears:
    """Cumulative figures."""

    def test_the_articles_figure(self):
        """228.8 in seven months of 2022, known on the day of the article."""
        part_years = tl.load_part_years("KAZ", "TKM", as_of="2022-10-05")
        row = part_years.query("year == 2022")
        assert row[["months", "value_musd"]].to_numpy().tolist() == [[7, 228.8]]
        assert part_years["year"].max() == 2022
        assert part_years["months"].between(1, 11).all()

    def test_flows(self):
        """Exports and imports have part-years of their own."""
        exports = tl.load_part_years("KAZ", "TKM", flow="export").query("coverage == 'goods'")
        assert set(exports["value_musd"]) == {221.7}
        assert (tl.load_part_years("UZB", "TKM", flow="import")["flow"] == "import").all()


class TestOtherTables:
    """Article, statements, drivers, macro."""

    def test_article(self):
        """The article's own figures; the headlines are later."""
        values = tl.load_article().set_index("claim")["value"]
        assert values["seven_months_2022"] == 228.8
        assert values["turnover_2021"] == 254.3
        assert values["target"] == 1000
        assert len(tl.load_article(as_of="2022-10-05")) == 10

    def test_statements(self):
        """Ten statements 2019-2025; one alone names five years; the Uzbek target had one too."""
        statements = tl.load_target_statements()
        assert len(statements) == 10
        assert (statements["value_musd"] == 1000).all()
        assert statements["deadline"].dropna().tolist() == [2027]
        assert statements["horizon_years"].dropna().tolist() == [5]
        assert tl.load_target_statements("UZB", "TKM")["value_musd"].tolist() == [1000, 2000]

    def test_drivers(self):
        """The gas offer of October 2022 and the visit that the article announces."""
        facts = tl.load_drivers()
        assert len(facts) == 47
        assert facts.query("topic == 'visits'")["released"].tolist() == [pd.Timestamp("2022-10-15")]
        assert tl.load_drivers(as_of="2022-12-31")["released"].max() <= pd.Timestamp("2022-12-31")

    def test_macro(self):
        """US prices of 2021, two Turkmen GDPs of 2023 (US$ million)."""
        prices = tl.load_macro("cpi_u", "USA").set_index("year")
        assert prices.loc[2021, "value"] == 270.97
        assert prices.loc[2025, "status"] == "incomplete"
        for name, value in (("gdp", 59_887), ("gdp_official_rate", 75_000)):
            row = tl.load_macro(name, "TKM").query("year == 2023").iloc[0]
            assert row["value"] == pytest.approx(value, abs=1)
        assert set(tl.load_macro("gdp", "KAZ")["source_id"]) == {"wdi", "wdi_2026", "weo"}


class TestTargets:
    """The registry of pledges."""

    def test_all(self):
        """611 pledges of 316 pairs and groups, as recorded."""
        every = tl.load_targets()
        assert len(every) == 611
        assert every["status"].value_counts().to_dict() == {
            "open": 189,
            "missed": 188,
            "met_late": 124,
            "met_on_time": 96,
            "superseded": 14,
        }
        pairs = {frozenset(p) for p in every[["reporter", "partner"]].itertuples(index=False)}
        assert len(pairs) == 316

    def test_money(self):
        """Dollars are in the _musd columns, other currencies in their own million only."""
        every = tl.load_targets()
        dollars = every["currency"] == "USD"
        assert (every.loc[dollars, "target_musd"] == every.loc[dollars, "target_value"]).all()
        for name in ("target_musd", "baseline_musd", "outcome_musd"):
            assert every.loc[~dollars, name].isna().all()
        assert (~dollars).sum() == 34

    def test_filters(self):
        """Country, pair in either order, and recorded status narrow the table."""
        chinese = tl.load_targets("CHN")
        assert (chinese[["reporter", "partner"]] == "CHN").any(axis=1).all()
        assert chinese.index.tolist() == list(range(len(chinese)))
        pd.testing.assert_frame_equal(tl.load_targets(partner="CHN"), chinese)
        pd.testing.assert_frame_equal(tl.load_targets("IND", "CHN"), tl.load_targets("CHN", "IND"))
        assert len(tl.load_targets("IND", "CHN")) == 6
        assert set(tl.load_targets(status="open")["status"]) == {"open"}
        assert set(tl.load_targets("ASEAN", "KOR")["scope"]) == {"region"}

    def test_on_the_day_of_the_article(self):
        """On 5 October 2022: figures to 2021, later pledges not there, later ends not known."""
        then = tl.load_targets(as_of="2022-10-05")
        assert then["released"].max() == pd.Timestamp("2022-10-05")
        assert then.dtypes.equals(tl.load_targets().dtypes)
        years = then[["baseline_year", "outcome_year", "reached_year"]].max()
        assert years.tolist() == [2021, 2021, 2021]
        article = then.query("target_id == 'KAZ-TKM-2022'").iloc[0]
        assert latest(article) == (254.3, 2021)
        # Russia-China, 200bn by 2024, met in 2023: not yet known.
        row = then.query("target_id == 'CHN-RUS-2019'").iloc[0]
        assert row["status"] == "open"
        assert row[["outcome_value", "reached_year", "outcome_musd"]].isna().all()

    @pytest.mark.parametrize(
        ("target", "day", "status"),
        [
            ("IND-CHN-2010", "2022-06-29", "missed"),
            ("IND-CHN-2010", "2022-06-30", "met_late"),
            ("IND-CHN-2005", "2007-06-30", "met_on_time"),
            ("KAZ-CHN-2022", "2023-05-16", "open"),
            ("KAZ-CHN-2022", "2023-05-17", "superseded"),
            ("KAZ-IRN-2022", "2026-11-23", "open"),
        ],
    )
    def test_status_of_the_day(self, target, day, status):
        """A status appears with the figure, or the new pledge, that decides it."""
        then = tl.load_targets(as_of=day).set_index("target_id")
        assert then.loc[target, "status"] == status


class TestLatest:
    """The newest figure of a row of the registry."""

    @pytest.mark.parametrize(
        ("baseline", "outcome", "newest"),
        [
            ((None, None), (None, None), None),
            ((254.3, 2021), (None, None), (254.3, 2021)),
            ((254.3, None), (None, None), None),
            ((None, None), (515.5, 2025), (515.5, 2025)),
            ((1.0, 2021), (2.0, 2025), (2.0, 2025)),
            ((1.0, 2021), (2.0, 2021), (2.0, 2021)),
            ((1.0, 2021), (2.0, 2020), (1.0, 2021)),
            ((1.0, 2010), (2.0, None), (1.0, 2010)),
        ],
    )
    def test_by_hand(self, baseline, outcome, newest):
        """The outcome where it is known and no older, else the baseline, else nothing."""
        columns = ["baseline_value", "baseline_year", "outcome_value", "outcome_year"]
        row = pd.Series([*baseline, *outcome], columns, dtype=object)
        assert latest(pd.Series({**row, "partial": False})) == newest

    def test_rows_of_the_registry(self):
        """A row of the frame and a named tuple say the same, in plain numbers."""
        targets = tl.load_targets().query("target_id == 'IND-ARE-2021'")
        value, year = latest(targets.iloc[0])
        assert latest(next(targets.itertuples())) == (value, year)
        assert (type(value), type(year)) == (float, int)
        assert year == targets[["baseline_year", "outcome_year"]].max(axis=None)


class TestModels:
    """The shipped models as plain numbers."""

    @pytest.mark.parametrize("file", ["growth_model.json", "gravity_model.json"])
    def test_known_from(self, file):
        """A model is refused on a day before its data were public; of vintages the newest serves."""
        model = models.learned_model(file, on="2020-12-31")
        newest = "2026-07-01" if file == "growth_model.json" else "2020-12-31"
        assert models.learned_model(file)["known_from"] == newest
        assert models.learned_model(file, on=newest) == models.learned_model(file)
        assert model["known_from"] == "2020-12-31"
        message = f"^the {file[:-5].replace('_', ' ')} was not known by 2020-12-30; it is learned"
        with pytest.raises(ValueError, match=message):
            models.learned_model(file, on="2020-12-30")

    def test_copies(self):
        """Changing an answer does not change the next one."""
        models.learned_model("growth_model.json").clear()
        models.known_days("growth_model.json").clear()
        assert models.known_days("growth_model.json")[0] == "2020-12-31"
        assert models.learned_model("growth_model.json")["known_from"]


def test_types_are_those_of_the_description():
    """Each type of a field has its dtype; empty cells are missing, and words like NA stay words."""
    table = tables.table.__wrapped__("targets.csv")  # read again, not remembered
    dtypes = table[["target_id", "target_value", "batch", "deadline", "weak", "resolved"]].dtypes
    assert dtypes.astype(str).tolist() == [
        "str",
        "float64",
        "int64",
        "Int64",
        "bool",
        "datetime64[us]",
    ]
    assert table["outcome_value"].isna().any()
    assert table["supersedes"].isna().any()
    assert "" not in set(table["note"])
    assert table["released"].min() == pd.Timestamp("1996-12-31")


@pytest.mark.parametrize("file", [p.name for p in (ROOT / "data").glob("*.csv")])
def test_every_bundled_table_has_its_columns(file):
    """Columns and their order are those of the description, and none is left without a type."""
    table = tables.table(file)
    fields = tables.schema(file)
    assert len(table) > 0
    assert list(fields) == table.columns.tolist()
    held = {name: field["type"] for name, field in fields.items()}
    days = table.select_dtypes("datetime").columns
    assert [name for name, kind in held.items() if kind == "date"] == days.tolist()
    assert "object" not in set(table.dtypes.astype(str))


@pytest.mark.parametrize(
    ("load", "column"),
    [
        (tl.load_figures, "value_musd"),
        (tl.load_targets, "target_value"),
        (lambda: tl.load_targets(as_of="2022-10-05"), "target_value"),
    ],
)
def test_copies(load, column):
    """Changing an answer does not change the next one."""
    table = load()
    table[column] = 0.0
    assert load()[column].max() > 0


PAIR = ("KAZ", "TKM")


@pytest.mark.parametrize(
    ("load", "asked", "options", "message"),
    [
        (tl.load_turnover, ("KAZ", "Atlantis"), {}, "no country is called 'Atlantis'"),
        (tl.load_turnover, PAIR, {"source": "imf"}, "^the source 'imf' has no year with both"),
        (tl.load_turnover, PAIR, {"source": "uzstat"}, "perhaps of one flow only, are unctad"),
        (tl.load_turnover, PAIR, {"source": "press"}, "^press has several figures for 2021; ch"),
        (tl.load_turnover, PAIR, {"source": "comtrade_selected"}, "got only exports for KAZ, TKM"),
        (tl.load_turnover, ("TKM", "KAZ"), {"source": "cow"}, "got only imports for TKM, KAZ"),
        (tl.load_turnover, ("TKM", "SPECA"), {"source": "press"}, "^there are no full years of"),
        (tl.load_turnover, PAIR, {"as_of": "2001-12-31"}, "12-31; the first came on 2002-01-31"),
        (tl.load_turnover, PAIR, {"as_of": "soon"}, "^as_of is a day such as .*, got 'soon'$"),
        (tl.load_turnover, PAIR, {"as_of": pd.NaT}, "^as_of is a day"),
        (tl.load_turnover, PAIR, {"as_of": "2022"}, "^as_of is a day"),
        (tl.load_turnover, PAIR, {"as_of": 20221005}, "^as_of is a day such as .*, got 20221005$"),
        (tl.load_figures, ("ITA",), {}, "^no figures of ITA are bundled; the pairs listed are KA"),
        (tl.load_figures, ("ITA", "UZB"), {}, "^no figures of ITA with UZB are bundled"),
        (tl.load_part_years, PAIR, {"flow": "gas"}, "^flow is turnover, export or import, got"),
        (tl.load_part_years, ("TKM", "ITA"), {}, "^no part-year turnover is bundled for TKM-ITA$"),
        (tl.load_part_years, PAIR, {"as_of": "2019-01-01"}, "of KAZ-TKM were released by 2019"),
        (tl.load_target_statements, ("ITA", "TKM"), {}, "bundled; the pairs listed are KAZ-TKM, U"),
        (tl.load_macro, ("gnp",), {}, "^no indicator is called 'gnp'; the indicators are cpi_u, "),
        (tl.load_macro, ("gdp", "Italy"), {}, "^gdp is not bundled for ITA; it is bundled for KAZ"),
        (tl.load_targets, ("ABW", "TKM"), {}, "^no target of ABW and TKM is bundled; see "),
        (tl.load_targets, ("ABW",), {"status": "open"}, "^no target of ABW with status open is b"),
        (tl.load_targets, PAIR, {"as_of": "2022-10-04"}, "and was announced by 2022-10-04; see "),
        (tl.load_targets, (), {"status": "late"}, "^a recorded status is one of met_on_time, met"),
    ],
)
def test_bad(load, asked, options, message):
    """Each mistake is named, with what there is."""
    with pytest.raises(ValueError, match=message):
        load(*asked, **options)


class TestDays:
    """What every loader does with a day, and says of it."""

    @pytest.mark.parametrize(
        ("load", "what"),
        [
            (models.load_growth, "growth tables"),
            (tl.load_example_months, "months of the example"),
            (tl.load_drivers, "drivers"),
            (tl.load_exchange_rates, "exchange rates"),
            (tl.load_targets, "targets"),
        ],
    )
    def test_nothing_yet(self, load, what):
        """Before the first release an error names what was asked for, the first and the last day."""
        days = load()["released"].dt.date
        rest = (
            f"were released by 1901-02-03; the first came on {days.min()}, the last on {days.max()}"
        )
        with pytest.raises(ValueError, match=rf"^no {what} {rest}$"):
            load(as_of="1901-02-03")
        assert len(load(as_of=days.max())) == len(load())
        assert load(as_of=days.min())["released"].max().date() == days.min()
