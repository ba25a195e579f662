"""The script of the gravity model: what it reads, which equations it fits, and what ships of them."""

import json
import math
import sys
from types import SimpleNamespace

import gravity_model as prepare
import numpy as np
import pandas as pd
import pytest
from test_gravity import given_fit

import tradelib as tl
from tradelib.core.errors import NoAnswerError

NEAR = ["ln_dist", "contig", "language", "colony"]


def distances(*rows):
    """GeoDist: two countries, distance, distance between people; nothing that they share."""
    table = pd.DataFrame(rows, columns=["iso_o", "iso_d", "dist", "distw"])
    shared = ["contig", "comlang_off", "comlang_ethno", "colony", "comcol", "smctry"]
    return table.assign(**dict.fromkeys(shared, 0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four countries of ITPD-E, two of them under old codes in GeoDist; a fifth has no distances."""
    root = tmp_path_factory.mktemp("panel")
    names = ["KAZ", "TKM", "ROM", "ZAR"]
    rows = [
        (a, b, 100.0 + 10 * i + j, 200.0 + 10 * i + j)
        for i, a in enumerate(names)
        for j, b in enumerate(names)
    ]
    table = distances(*rows, ("KAZ", "XXX", 1.0, 1.0), ("UZB", "KAZ", 1.0, 1.0))
    there = (table["iso_o"] == "KAZ") & (table["iso_d"] == "TKM")
    table.loc[there, ["contig", "comlang_ethno"]] = 1
    table.loc[table["iso_o"] == "ROM", ["colony", "comlang_off"]] = 1
    table.loc[table["iso_o"] == "ZAR", "comcol"] = 1
    table.loc[table["iso_d"] == "ZAR", "smctry"] = 1
    table.to_parquet(root / "cepii_geodist_dyadic.parquet")
    flows = [
        ("KAZ", "TKM", 2016, 5.0),
        ("KAZ", "KAZ", 2016, 99.0),
        ("KAZ", "TKM", 2015, 7.0),
        ("KAZ", "UZB", 2015, 7.0),
        ("UZB", "KAZ", 2015, 7.0),
        ("TKM", "KAZ", 2004, 3.0),
        ("ROU", "COD", 2008, 2.0),
        ("COD", "ROU", 2012, 1.0),
        ("XYZ", "KAZ", 2012, 1.0),
        ("KAZ", "XYZ", 2012, 1.0),
    ]
    panel = pd.DataFrame(flows, columns=["exporter", "importer", "year", "trade_musd"])
    panel.to_parquet(root / "itpde_r1_total_2000_2016.parquet")
    gdp = [
        (name, year, 1e6 * math.exp(10 * i + (year - 2000)))
        for i, name in enumerate(["KAZ", "TKM", "ROU"])
        for year in range(2000, 2017)
    ]
    gdp = pd.DataFrame(gdp, columns=["iso3", "year", "gdp_usd"])
    gdp.to_parquet(root / "wdi_gdp_usd_1960_2023.parquet")
    names = "s1_im s2_ex trade ltrade lypex lypim lyex lyim ldist border comlang colony landl_ex"
    names = [*names.split(), "landl_im", "lremot_ex", "lremot_im", "comfrt_wto", "open_wto"]
    book = pd.DataFrame([range(1, 19), [*range(101, 103), 0, *range(104, 119)]], columns=names)
    book.to_parquet(root / "log_of_gravity_1990.parquet")
    guide = [
        ("A", "A", 1986, 10.0),
        ("A", "B", 1986, 4.0),
        ("B", "A", 1986, 2.0),
        ("B", "B", 1986, 0.0),
        ("A", "B", 1987, 9.0),
        ("A", "B", 2006, 1.0),
    ]
    guide = pd.DataFrame(guide, columns=["exporter", "importer", "year", "trade"])
    guide = guide.assign(dist=100.0, cntg=1, lang=0, clny=0, rta=0, pair_id=1)
    guide.to_parquet(root / "agtpa_applications_1986_2006.parquet")
    return root


class TestRead:
    """What the panels say, in our names."""

    @pytest.fixture(scope="class")
    @staticmethod
    def world(folder):
        """The flows by exporter, importer and year."""
        return prepare.world(folder).set_index(["exporter", "importer", "year"]).sort_index()

    def test_every_flow_of_four_years(self, world):
        """Between countries of both sources, none at home, zero where none is recorded."""
        assert len(world) == 4 * 3 * 4
        assert set(world.index.get_level_values("exporter")) == {"KAZ", "TKM", "ROU", "COD"}
        of_pair = world.loc[("KAZ", "TKM")]["trade_musd"].to_dict()
        assert of_pair == {2004: 0, 2008: 0, 2012: 0, 2016: 5}
        assert world.loc[("COD", "ROU", 2012), "trade_musd"] == 1
        assert world["trade_musd"].sum() == 11

    def test_terms(self, world):
        """Distances from the exporter on, what is spoken, and each side's own GDP of the year."""
        row = world.loc[("KAZ", "TKM", 2016)]
        assert row["ln_dist"] == pytest.approx(math.log(101))
        assert row["ln_dist_weighted"] == pytest.approx(math.log(201))
        assert (row["contig"], row["language"]) == (1, 1)
        assert row["ln_gdp_exporter"] == pytest.approx(16)
        assert row["ln_gdp_importer"] == pytest.approx(26)
        back = world.loc[("TKM", "KAZ", 2004)]
        assert back["ln_dist"] == pytest.approx(math.log(110))
        assert back["ln_gdp_exporter"] == pytest.approx(14)
        assert (back["contig"], back["language"], back["colony"]) == (0, 0, 0)
        of_romania = world.loc[("ROU", "COD", 2008)]
        assert (of_romania["colony"], of_romania["language"]) == (1, 0)
        assert (of_romania["same_coloniser"], of_romania["same_country"]) == (0, 1)
        assert world.loc[("COD", "ROU", 2012), "same_coloniser"] == 1
        assert np.isnan(world.loc[("COD", "ROU", 2012), "ln_gdp_exporter"])  # not known

    def test_log_of_gravity(self, folder):
        """Each column under its name: exporter's before importer's."""
        row = prepare.log_of_gravity(folder).iloc[0]
        sides = ["importer", "exporter", "ln_gdp_exporter", "ln_gdp_head_exporter"]
        assert row[sides].tolist() == [1, 2, 5, 7]
        of_exporter = ["landlocked_exporter", "remote_exporter"]
        assert row[of_exporter].tolist() == [13, 15]
        assert row[["trade_musd", *NEAR, "fta", "open"]].tolist() == [3, 9, 10, 11, 12, 17, 18]

    def test_guide(self, folder):
        """Every fourth year; output is all that a country sells, at home too, spending what it buys."""
        table = prepare.guide(folder)
        assert table["year"].tolist() == [1986] * 4 + [2006]
        assert table["border"].tolist() == [False, True, True, False, True]
        assert table["border_year"].tolist() == [0, 1986, 1986, 0, 2006]
        row = table.iloc[1]
        assert row["ln_output"] == pytest.approx(math.log(14))
        assert row["ln_spent"] == pytest.approx(math.log(4))
        assert row["ln_dist"] == pytest.approx(math.log(100))
        assert (row["trade_musd"], row["contig"], row["language"]) == (4, 1, 0)


def fit(terms, *, trade=(0.0, 2.0, 3.0), dropped=1):
    """A fit of which each estimate is the term's number, each covariance that of two terms."""
    numbers = np.arange(1.0, len(terms) + 1)
    coefficients = pd.DataFrame({"estimate": numbers, "std_error": numbers / 10}, index=terms)
    covariance = pd.DataFrame(np.outer(numbers, numbers), index=terms, columns=terms)
    rows = pd.DataFrame({"trade_musd": trade})
    parts = {"coefficients": coefficients, "covariance": covariance}
    return given_fit(rows, dropped=rows.head(dropped), **parts)


class TestShipped:
    """What ships of a fit."""

    def test_described(self):
        """Flows, zeros among them, dropped rows; estimates of the world's terms, no textbook's own."""
        row = prepare.described("x", "in words", fit(NEAR))
        assert row == {"fit": "x", "words": "in words", "flows": 3, "zeros": 1, "dropped": 1}
        found = prepare.shipped_coefficients("x", fit(["ln_dist", "ln_gdp_importer", "fta"]))
        assert found["term"].tolist() == ["ln_dist", "ln_gdp_importer"]
        assert found["estimate"].tolist() == [1, 2]

    def test_covariance(self):
        """Of two GDPs and of two others, never of one of each."""
        terms = ["ln_dist", "ln_gdp_exporter", "contig", "ln_gdp_importer"]
        found = prepare.shipped_covariance("x", fit(terms)).set_index(["term", "other"])["value"]
        assert len(found) == 8
        assert found[("ln_dist", "contig")] == 3
        assert found[("ln_gdp_exporter", "ln_gdp_importer")] == 8
        assert found[("contig", "contig")] == 9

    def test_potentials_of_pairs(self, monkeypatch):
        """Every year of what is carried on, else the last; a direction without trade has none."""

        def potential(fitted, reporter, partner, *, year):
            if (reporter, year) == ("UZB", 2008):
                raise NoAnswerError("no trade")
            return SimpleNamespace(export_musd=1.0, import_musd=2.0, log_error=0.3)

        monkeypatch.setattr(prepare, "fitted_potential", potential)
        rows = pd.DataFrame(prepare.of_pairs("gdp", None))
        years = {name: part["year"].tolist() for name, part in rows.groupby("reporter")}
        assert years == {"KAZ": [2004, 2008, 2012, 2016], "UZB": [2004, 2012, 2016]}
        assert set(rows["partner"]) == {"TKM"}
        last = pd.DataFrame(prepare.of_pairs("positive flows", None))
        assert last["year"].tolist() == [2016, 2016]
        for name in ("effects", "pair"):
            assert len(pd.DataFrame(prepare.of_pairs(name, None))) == 7

        def broken(fitted, reporter, partner, *, year):
            raise ValueError("a fault of ours")

        monkeypatch.setattr(prepare, "fitted_potential", broken)
        with pytest.raises(ValueError, match="^a fault of ours$"):
            list(prepare.of_pairs("gdp", None))

    def test_rounded(self):
        """Six significant digits; texts and counts stay."""
        table = pd.DataFrame({"a": [1234.56789, 0.0001234567], "n": [1234567, 2], "t": ["x", "y"]})
        rounded = prepare.rounded(table)
        assert rounded["a"].tolist() == [1234.57, 0.000123457]
        assert rounded["n"].tolist() == [1234567, 2]

    def test_model(self, folder, monkeypatch, tmp_path):
        """Every fit is described, some have covariances and potentials; what is usual is the headline's."""
        asked = []

        def fitted(rows, **options):
            terms = options["terms"] or ["ln_dist"]
            return fit(terms, trade=[1.0] * len(asked) + [2.0, 1 / 3], dropped=asked.append(1) or 1)

        usual = []

        def potential(fitted, reporter, partner, *, year):
            return SimpleNamespace(export_musd=1 / 3, import_musd=2.0, log_error=0.3)

        monkeypatch.setattr(prepare, "fit_gravity", fitted)
        monkeypatch.setattr(prepare, "fitted_potential", potential)
        monkeypatch.setattr(prepare, "potentials", lambda fitted: usual.append(fitted) or "usual")
        shipped = tl.gravity_model()
        monkeypatch.setattr(prepare, "ratio_table", lambda table: shipped.ratios)
        monkeypatch.setattr(prepare, "rise_table", lambda table: shipped.rises)
        command = ["gravity_model.py", str(folder), "--out", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", command)
        model = prepare.model(folder)
        assert model.known_from == "2020-12-31"
        assert model.trained_on.startswith(
            "48 flows between 4 countries in 2004, 2008, 2012, 2016 ("
        )
        assert len(model.fits) == 7 + 8
        assert model.fits["flows"].tolist() == list(range(2, 17))
        assert [len(f.rows) for f in usual] == [2]  # the headline's
        assert set(model.covariance["fit"]) == {"effects", "gdp", "income"}
        assert "income" not in set(model.potentials["fit"])
        assert set(model.potentials["export_musd"]) == {0.333333}
        asked.clear()
        prepare.main()
        assert json.loads((tmp_path / "gravity_model.json").read_text()) == model.to_dict()
