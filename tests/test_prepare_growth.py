"""The scripts of growth: panels by hand, what each vintage may see, forecasters, groups, tables."""

import itertools
import json
import math
import sys

import growth_model as prepare
import growth_scores
import growth_table
import numpy as np
import pandas as pd
import pytest

import tradelib as tl

NAN = float("nan")


def directed(*rows):
    """Flows between countries."""
    return pd.DataFrame(rows, columns=["exporter", "importer", "year", "trade"])


class TestPanels:
    """Panels of pairs from what sources print."""

    FLOWS = directed(
        ("BBB", "AAA", 2001, 5.0),
        ("AAA", "BBB", 2001, 7.0),
        ("AAA", "AAA", 2001, 99.0),
        ("AAA", "CCC", 2001, 2.0),
        ("CCC", "AAA", 2001, 1.0),
        ("CCC", "AAA", 2002, 4.0),
    )

    def test_directions(self):
        """Both added without trade at home; of one, what the first or the second side sells.

        Letters decide: A is 65, so that AAA-BBB has 3 x 65 + 45 + 3 x 66 = 438, and AAA-CCC 441.
        """
        both = prepare.turnover(self.FLOWS)
        assert both[["pair", "year"]].to_numpy().tolist() == [
            ["AAA-BBB", 2001],
            ["AAA-CCC", 2001],
            ["AAA-CCC", 2002],
        ]
        assert both["turnover_musd"].tolist() == [12, 3, 4]
        one = prepare.turnover(self.FLOWS, one_direction=True)
        assert one["turnover_musd"].tolist() == [7, 1, 4]

    # Exports and imports of an office with a partner; None is a figure that is not there.
    TOTALS = pd.DataFrame(
        [
            ("USA", "CAN", 2001, 5.0, 3.0),
            ("USA", "CAN", 2002, 5.0, None),
            ("USA", "DEU", 2001, 0.0, 2.0),
            ("USA", "ZAF", 2019, 1.0, 1.0),
            ("UZB", "CAN", 2001, 0.0, 2.0),
            ("ARM", "CAN", 2001, 0.0, 2.0),
            ("ARM", "CAN", 2002, 1.0, 2.0),
            ("KAZ", "TKM", 2001, 1.0, 1.0),
            ("RUS", "KAZ", 2001, 1.0, 1.0),
            ("KGZ", "CAN", 2001, 0.0, 2.0),
        ],
        columns=["reporter", "partner", "year", "export", "import"],
    )

    @pytest.fixture
    def folder(self, tmp_path):
        """A folder with what offices print, imports by consignment too."""
        consigned = self.TOTALS.assign(import_consignment=50.0)
        keys = ["reporter", "partner", "year"]
        totals = consigned.melt(keys, var_name="flow", value_name="value_mn").dropna()
        totals.to_parquet(tmp_path / "national_partner_totals.parquet")
        return tmp_path

    def test_offices(self, folder):
        """Both flows known, by origin; a zero of two offices is unknown, of others it is none."""
        found = prepare.national(folder)
        assert set(found) == {"USA", "KGZ", "UZB", "ARM", "RUS"}
        rows = {office: table.to_numpy().tolist() for office, table in found.items()}
        assert rows["USA"] == [
            ["CAN-USA", 2001, 8.0],
            ["DEU-USA", 2001, 2.0],
            ["USA-ZAF", 2019, 2.0],
        ]
        assert rows["UZB"] == []
        assert rows["ARM"] == [["ARM-CAN", 2002, 3.0]]
        assert rows["RUS"] == [["KAZ-RUS", 2001, 2.0]]
        assert rows["KGZ"] == [["CAN-KGZ", 2001, 2.0]]

    def test_all(self, folder):
        """Each source with both directions and with one, the offices; never the article's pair."""
        flows = pd.concat([self.FLOWS, directed(("KAZ", "TKM", 2001, 9.0))])
        late = flows.rename(columns={"trade": "trade_musd"})
        late.to_parquet(folder / "itpde_r1_total_2000_2016.parquet")
        early = flows.assign(trade=flows["trade"] * 10, year=flows["year"] - 10)
        early.to_parquet(folder / "agtpa_applications_1986_2006.parquet")
        both = prepare.turnover(flows).astype({"pair": "category"})
        both.to_parquet(folder / "pair_turnover_2000_2016.parquet")
        found = prepare.panels(folder)
        assert list(found) == [
            "ITPD-E",
            "ITPD-E, one direction",
            "guide",
            "guide, one direction",
            *prepare.OFFICES,
        ]
        sums = [found[name]["turnover_musd"].sum() for name in list(found)[:4]]
        assert sums == [19, 12, 190, 120]
        assert not any((table["pair"] == "KAZ-TKM").any() for table in found.values())
        assert found["ITPD-E"]["pair"].dtype == "str"
        assert set(found["guide"]["year"]) == {1991, 1992}


def gdp(growth_of_others, first=2000):
    """GDP in which the USA stands still, Italy and Kenya grow alike, and a group is no country."""
    others = np.exp(np.cumsum([0, *growth_of_others]))
    years = range(first, first + len(others))
    paths = {"USA": np.ones(len(others)), "ITA": others, "KEN": others, "EUU": others * 9}
    tables = [
        pd.DataFrame({"iso3": iso3, "year": years, "gdp_usd": path}) for iso3, path in paths.items()
    ]
    return pd.concat(tables, ignore_index=True)


class TestDollar:
    """Which file a year of the dollar's cycle is read from."""

    def test_files(self, tmp_path, monkeypatch):
        """To 2023 one vintage, from 2024 on another, and for 2025 the growth of a third."""
        usual = [0.02] * 10
        gdp([*usual, 0.12], 2013).to_parquet(tmp_path / "wdi_gdp_usd_1960_2024.parquet")
        old = gdp([*usual, 0.22], 2012)
        old.to_parquet(tmp_path / "wdi_gdp_usd_1960_2023.parquet")
        gdp([0.32], 2024).to_csv(tmp_path / "gdp_2025.csv", index=False)
        monkeypatch.setattr(prepare, "NEWEST_GDP", tmp_path / "gdp_2025.csv")

        def beyond(gains):
            return sum(gains[-10:]) - 10 * sum(gains) / len(gains)

        # Ten years at the usual pace are no news.
        of_2023 = {2022: 0.0, 2023: beyond([*usual, 0.22])}
        assert dict(prepare.dollar(tmp_path, 2023)) == pytest.approx(of_2023, abs=1e-4)
        of_2024 = {2023: 0.0, 2024: beyond([*usual, 0.12])}
        assert dict(prepare.dollar(tmp_path, 2024)) == pytest.approx(of_2024, abs=1e-4)
        of_2025 = of_2024 | {2025: beyond([*usual, 0.12, 0.32])}
        assert dict(prepare.dollar(tmp_path, 2025)) == pytest.approx(of_2025, abs=1e-4)

    def test_growth(self):
        """In logs, from the second year on, of countries alone; less that of the USA."""
        steps = prepare.log_growth(gdp([0.1, -0.2]))
        assert steps.columns.tolist() == [2001, 2002]
        assert steps.index.tolist() == ["ITA", "KEN", "USA"]
        assert prepare.gain_on_usa(steps).to_dict() == pytest.approx({2001: 0.1, 2002: -0.2})
        steps.loc["USA"] = 0.05
        steps.loc["FRA"] = 9.0
        assert prepare.gain_on_usa(steps).to_dict() == pytest.approx({2001: 0.05, 2002: -0.25})


def years(first, last, pairs=("A-B", "A-C")):
    """A panel with each year, of some pairs."""
    rows = list(itertools.product(pairs, range(first, last + 1)))
    return pd.DataFrame(rows, columns=["pair", "year"]).assign(turnover_musd=1.0)


TABLES = {
    "ITPD-E": years(2000, 2016, ("A-B", "A-C", "B-C")),
    "guide": years(1986, 2006),
    **{office: years(1995, 2024) for office in prepare.OFFICES},
}


class TestVintages:
    """What each vintage may see, and says that it saw."""

    def test_known(self):
        """Offices to the last year out by then, that year among them; sources came out whole."""
        found = prepare.known(TABLES, 2018)
        assert found["USA"]["year"].max() == 2018
        assert found["RUS"]["year"].max() == 2018
        assert found["guide"] is TABLES["guide"]
        assert prepare.known(TABLES, 2004)["ITPD-E"]["year"].max() == 2016

    @pytest.mark.parametrize("day", prepare.VINTAGES)
    def test_what_ships_says_the_same(self, day):
        """Each shipped vintage names the last year of offices and of GDP that the script allows."""
        model = tl.growth_model(as_of=day)
        assert model.known_from == day
        for name in prepare.OFFICES.values():
            assert f"({name})" in model.trained_on
        assert f"-{prepare.VINTAGES[day]} (Armstat)" in model.trained_on
        assert f"GDP of 1960-{prepare.GDP[day]} (World Bank" in model.trained_on
        assert model.cycle[-1][0] == prepare.GDP[day]

    @pytest.fixture
    def learned(self, monkeypatch):
        """Let fits and eras be told apart: they keep what they were given."""
        calls = []

        def fit(tables, **options):
            calls.append(("fit", tables["USA"]["year"].max(), options))
            return MODEL

        def eras(tables, model):
            calls.append(("eras", tables["USA"]["year"].max(), model.known_from))
            return model

        monkeypatch.setattr(prepare, "fit_growth_model", fit)
        monkeypatch.setattr(prepare, "eras", eras)
        return calls

    def test_vintage(self, learned):
        """Fit, words and eras are of the same tables: those known by the day."""
        cycle = ((1971, 0.1), (2020, 0.2))
        prepare.vintage(TABLES, "2022-06-30", cycle)
        (_, last, options), (_, last_of_eras, _) = learned
        assert last == last_of_eras == 2021
        assert (options["cycle"], options["known_from"]) == (cycle, "2022-06-30")
        assert "1995-2021 (US Census Bureau)" in options["trained_on"]

    def test_later_gdp(self, monkeypatch):
        """After all models the newest with longer cycles, each with its day and words."""
        monkeypatch.setattr(prepare, "dollar", lambda folder, last: ((last, 0.5),))
        oldest = tl.growth_model(as_of="2020-12-31")
        *before, first, second = prepare.with_later_gdp([oldest, MODEL], None)
        assert before == [oldest, MODEL]
        for model, last in ((first, 2024), (second, 2025)):
            assert (model.known_from, model.cycle) == (f"{last + 1}-07-01", ((last, 0.5),))
            assert f"GDP of 1960-{last} (World Bank)" in model.trained_on
            assert (model.among, model.eras) == (MODEL.among, MODEL.eras)

    @pytest.mark.parametrize("eras", [False, True])
    def test_main(self, learned, monkeypatch, tmp_path, eras):
        """A vintage a day with its own cycle, or what ships with eras anew; then the later ones."""
        asked = []
        monkeypatch.setattr(prepare, "panels", lambda folder: TABLES)
        monkeypatch.setattr(
            prepare, "dollar", lambda folder, last: asked.append(last) or ((1970, 0.1), (last, 0.5))
        )
        command = ["growth_model.py", "folder", "--out", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", command + ["--eras"] * eras)
        prepare.main()
        written = json.loads((tmp_path / "growth_model.json").read_text())["vintages"]
        assert len(written) == 5
        assert asked == ([] if eras else [2019, 2020, 2023]) + [2024, 2025]
        fits = [options["known_from"] for kind, _, options in learned if kind == "fit"]
        assert fits == ([] if eras else list(prepare.VINTAGES))


MODEL = tl.growth_model(as_of="2025-02-28")


class TestDrift:
    """How far growth lay from what the model says of it."""

    @staticmethod
    def panel(values, first):
        """A panel of pairs from their years' values."""
        wide = pd.DataFrame(values).set_index(np.arange(first, first + len(values["A-B"])))
        table = wide.rename_axis("year").reset_index()
        return table.melt("year", var_name="pair", value_name="turnover_musd").dropna()

    def test_read_as_users_are(self, monkeypatch):
        """The last 25 years, three of them known and the last one a million or more; falls count."""
        asked = []

        def quantiles(history, *, horizons, quantiles, model):
            asked.append(history)
            assert quantiles == [0.5]
            return np.full((len(history), len(horizons), 1), 2.0)

        monkeypatch.setattr(prepare, "panel_quantiles", quantiles)
        monkeypatch.setattr(prepare, "FEW", 1)
        values = {
            "A-B": [5.0] * 30 + [8.0],
            "A-C": [NAN] * 28 + [5.0, 5.0, 0.2],  # two years known at the end: not yet
            "A-D": [NAN] * 27 + [5.0, 5.0, 1.0, 0.2],
            "A-E": [5.0] * 29 + [0.9, 4.0],
        }
        found = prepare.drift(self.panel(values, 1990), None)
        assert found.index.tolist() == list(range(1992, 2020))
        last = asked[-1]
        assert last.shape == (2, 25)
        assert last.columns.tolist() == list(range(1995, 2020))
        # Eight over two, and a fall below a million counts as one over two: the mean of the logs.
        assert found.loc[2019, 1] == pytest.approx((math.log(4) - math.log(2)) / 2)
        assert found.loc[2019, 2:].isna().all()
        # A-B, and A-E, which fell to .9.
        assert found.loc[2018, 1] == pytest.approx((math.log(5 / 2) + math.log(1 / 2)) / 2)

    def test_too_few(self, monkeypatch):
        """A horizon of fewer than fifteen pairs is missing, and so is a start year of so few."""
        monkeypatch.setattr(
            prepare, "panel_quantiles", lambda history, **_: np.full((len(history), 10, 1), 2.0)
        )
        rows = {f"A{i:02}-B": [4.0, 4.0, 4.0, 4.0] for i in range(14)}
        rows |= {f"A{i:02}-B": [4.0, 4.0, 4.0, 900.0] for i in range(7)}  # fewer than half
        rows |= {"A-B": [4.0, 4.0, 4.0, 4.0], "A99-B": [4.0, 4.0, 4.0, NAN]}
        table = self.panel(rows, 2000)
        assert prepare.drift(table, None).loc[2002, 1] == pytest.approx(math.log(2))
        fewer = table[(table["pair"] != "A-B") | (table["year"] < 2003)]
        assert prepare.drift(fewer, None).loc[2002].isna().all()


class TestScoresOfGrowth:
    """Forecasters that are told less, and groups that are scored apart."""

    HISTORY = pd.DataFrame([range(1, 11)], ["KAZ-TKM"], range(2001, 2011), dtype=float)

    def test_told_less(self, monkeypatch):
        """Every year without the name; the last value alone; six years missing before the last."""
        monkeypatch.setattr(growth_scores, "forecast_panel", lambda history, **_: history)
        ways = (growth_scores.alone, growth_scores.last, growth_scores.gap)
        alone, last, gap = [way(self.HISTORY, horizons=[1]) for way in ways]
        assert alone.index.tolist() == gap.index.tolist() == [0]
        assert alone.to_numpy().tolist() == self.HISTORY.to_numpy().tolist()
        assert last.to_dict("list") == {2010: [10]}
        assert gap.notna().iloc[0].tolist() == [True] * 3 + [False] * 6 + [True]
        assert self.HISTORY.notna().all(axis=None)

    def test_four_ways_one_fit(self, monkeypatch):
        """Each way is asked under its own name, with one fit an origin for all four."""
        fitted = []
        heard = []

        def say(name):
            return lambda history, *, horizons, quantiles, model: heard.append((name, model))

        for name in ("forecast_panel", "alone", "gap", "last"):
            monkeypatch.setattr(growth_scores, name, say(name))
        ways = growth_scores.growth_forecasters(lambda year: fitted.append(year) or year)
        for way in ways.values():
            way(self.HISTORY, horizons=[1], quantiles=[0.5])
        ways["growth"](self.HISTORY.iloc[:, :-1], horizons=[1], quantiles=[0.5])
        assert fitted == [2010, 2009]
        names = ["forecast_panel", "alone", "gap", "last"]
        assert heard == [*((name, 2010) for name in names), ("forecast_panel", 2009)]
        assert list(ways) == ["growth", "growth_alone", "growth_gap", "growth_last"]

    TABLE = pd.DataFrame(
        {
            "pair": ["AAA-BBB", "AAA-CCC", "BBB-CCC", "CCC-DDD"],
            "turnover_musd": [1.0, 2.0, 4.0, 8.0],
        }
    )

    def test_chosen_pairs_and_countries(self):
        """Countries on one side or both; by trade C has 14, D 8, B 5, A 3; every second by name."""
        one = growth_scores.pairs_of(self.TABLE, ["AAA", "DDD"])
        assert one.index.tolist() == [0, 1, 3]
        both = growth_scores.pairs_of(self.TABLE, ["AAA", "BBB"], both_sides=True)
        assert both.index.tolist() == [0]
        assert growth_scores.largest(self.TABLE, 3).tolist() == ["CCC", "DDD", "BBB"]
        assert growth_scores.every_second_country(self.TABLE) == ["AAA", "CCC"]

    def test_groups(self):
        """A class begins with its lower end; wilder than the middle pair; both sides Soviet."""
        rows = {
            "KAZ-UZB": [1.0, 1.0, 19.9],
            "KAZ-USA": [20.0, 20.0, 20.0],
            "USA-VNM": [199.0, 210.0, 199.0],
            "EST-RUS": [200.0, 600.0, 200.0],
            "LVA-TKM": [1990.0, 1990.0, 1999.0],
            "CHN-USA": [100.0, 2200.0, 2000.0],
        }
        history = pd.DataFrame(rows).T
        classes, others = growth_scores.groups()
        of_class = {name: history.index[group(history)].tolist() for name, group in classes.items()}
        assert of_class == {
            "under 20m": ["KAZ-UZB"],
            "20m to 200m": ["KAZ-USA", "USA-VNM"],
            "200m to 2bn": ["EST-RUS", "LVA-TKM"],
            "over 2bn": ["CHN-USA"],
        }
        found = {name: history.index[group(history)].tolist() for name, group in others.items()}
        assert found == {
            "wild": ["KAZ-UZB", "EST-RUS", "CHN-USA"],
            "calm": ["KAZ-USA", "USA-VNM", "LVA-TKM"],
            "former Soviet": ["KAZ-UZB", "EST-RUS", "LVA-TKM"],
        }

    def test_trials_by_panel(self):
        """What each trial scores: nine years, nine tenths, the largest; and its groups."""
        pairs = [f"C{i:02}-C{j:02}" for i in range(70) for j in range(i + 1, 70)]
        size = pd.Series({pair: float(200 - int(pair[1:3]) - int(pair[5:])) for pair in pairs})
        late = years(2003, 2006, pairs)
        late["turnover_musd"] = late["pair"].map(size)
        early = years(1990, 1991)
        tables = {"late": late, "late, one": early, "early": years(1990, 1992), "one": early}
        trials = {trial.name: trial for trial in growth_scores.trials(tables, ())}
        assert trials["nine years of history"].panel["year"].min() == 2005
        share = len(trials["one in ten figures missing"].panel) / len(late)
        assert share == pytest.approx(0.9, abs=1e-3)
        for name, count in (("60 largest countries", 60), ("17 largest economies, refitted", 17)):
            assert trials[name].panel["pair"].nunique() == count * (count - 1) / 2
        assert trials["learned 2000-2016, scored 1993-2005"].panel is tables["early"]
        sizes, others = growth_scores.groups()
        assert list(trials["refitted at each origin"].groups) == [*sizes, *others]
        assert list(trials["learned 2000-2016, scored 1993-2005"].groups) == list(sizes)
        assert sum(trial.groups is not None for trial in trials.values()) == 2


class TestGrowthTable:
    """The tables of growth by size, past and group."""

    def test_groups(self, tmp_path):
        """Who shares a border, under today's codes and in order; every two Soviet republics."""
        rows = [("ROM", "HUN", 1), ("HUN", "ROM", 1), ("USA", "VNM", 0), ("YUG", "BGR", 1)]
        rows += [("ZAR", "AGO", 1)]
        distances = pd.DataFrame(rows, columns=["iso_o", "iso_d", "contig"])
        distances.to_parquet(tmp_path / "cepii_geodist_dyadic.parquet")
        groups = growth_table.groups(tmp_path)
        assert groups["neighbours"] == ["AGO-COD", "BGR-SRB", "HUN-ROU"]
        assert len(groups["former_soviet"]) == 15 * 14 / 2
        assert {"ARM-AZE", "KAZ-TKM", "LVA-MDA", "UKR-UZB"} <= set(groups["former_soviet"])

    @pytest.fixture(scope="class")
    @staticmethod
    def made(tmp_path_factory):
        """Both tables of a panel of two pairs that double every year but the last."""
        folder = tmp_path_factory.mktemp("panel")
        pairs = ["KAZ-UZB", "HUN-ROU"]
        values = [4.0, 8.0, 16.0, 32.0, 64.0, 48.0]
        rows = [(p, 2000 + i, value) for p in pairs for i, value in enumerate(values)]
        panel = pd.DataFrame(rows, columns=["pair", "year", "turnover_musd"])
        panel.astype({"pair": "category"}).to_parquet(folder / "pair_turnover_2000_2016.parquet")
        distances = pd.DataFrame([("ROM", "HUN", 1)], columns=["iso_o", "iso_d", "contig"])
        distances.to_parquet(folder / "cepii_geodist_dyadic.parquet")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(growth_table, "HORIZONS", range(1, 4))
            patch.setattr(growth_table, "GROUP_HORIZONS", range(1, 3))
            patch.setattr(growth_table, "SIZES", [4.0, 32.0])
            patch.setattr(growth_table, "GROUP_SIZES", [32.0])
            return growth_table.tables(folder)

    def test_of_all_pairs(self, made):
        """To the last year and to the highest: 64 to 48 is -.288 in logs, rounded."""
        table = made["growth.csv"]
        assert set(table["among"]) == {"all"}
        assert set(table["past"]) == {"any"}
        assert set(table["horizon"]) == {1, 2, 3}
        row = table.query("horizon == 1 and size_musd == 32 and origin == 2004 and not ever")
        assert row["q0.5"].tolist() == [-0.288]
        assert row["n"].tolist() == [2]
        best = table.query("horizon == 2 and size_musd == 32 and origin == 2003 and ever")
        assert best["q0.5"].tolist() == [0.693]

    def test_of_groups(self, made):
        """First all pairs by their past, then groups; the last year alone, and coarser sizes."""
        table = made["growth_groups.csv"]
        assert set(table["ever"]) == {False}
        assert set(table["horizon"]) == {1, 2}
        assert set(table["size_musd"]) == {32}
        kinds = table[["among", "past"]].drop_duplicates().to_numpy().tolist()
        assert kinds[-2:] == [["neighbours", "any"], ["former_soviet", "any"]]
        assert {among for among, _ in kinds[:-2]} == {"all"}
        of_group = table[table["among"] == "neighbours"]
        assert set(of_group["n"]) == {1}
