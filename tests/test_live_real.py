"""Answers that the real sources gave, recorded by others: read to the last digit, or refused.

The bodies are not part of the project (`../shared/real_bodies`, README there); without them these
tests are skipped. What each must give was read from it by hand or by independent code.
"""

import csv
import io
import json
import zipfile
from functools import partial

import pytest
from conftest import ROOT
from live_server import Answer

from tradelib import live
from tradelib.live import MalformedError, NoDataError, baci, bns, comtrade, imts, wits, worldbank

BODIES = ROOT.parent / "shared" / "real_bodies"
pytestmark = pytest.mark.skipif(
    not BODIES.is_dir(), reason="needs the recorded answers in ../shared/real_bodies"
)
HEAD = (
    "STRUCTURE[;],STRUCTURE_ID,ACTION,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,"
    "OBS_VALUE,SCALE,UNIT,DERIVATION_TYPE,STATUS\n"
)


def body(name):
    """A recorded answer."""
    return (BODIES / name).read_bytes()


def edition(year, *, final=True):
    """An edition of the bureau."""
    return bns.Edition(year=year, final=final, listed="2024-07-25", element=1)


def values(figures):
    """Exports and imports by year."""
    return {(figure.flow, figure.year): figure.value_musd for figure in figures}


class TestBns:
    """The bureau's workbooks."""

    @pytest.mark.parametrize(
        ("year", "exports", "imports"),
        [(2021, 211.36043, 42.85154), (2022, 340.35302, 98.33878), (2023, 396.83064, 166.11849)],
    )
    def test_kazakhstan_turkmenistan(self, year, exports, imports):
        """The pair of the article, as printed, in thousand US$."""
        whole = body(f"bns_by_country_{year}.xls")
        parsed = bns.parse(whole, partner="TKM", edition=edition(year), years={year})
        trade = values(parsed)
        assert round(trade["export", year], 3) == round(exports, 3)
        assert round(trade["import", year], 3) == round(imports, 3)

    @pytest.mark.parametrize("year", range(2019, 2024))
    def test_every_country(self, year):
        """Every row of both sheets equals its cells in the fourth and sixth column."""
        whole = body(f"bns_by_country_{year}.xls")
        for at in (year - 1, year):
            grid = bns._grids(whole, year, {at})[at]
            rows = bns._rows(grid, at)
            bns._check_sums(rows, at)
            plain = {}
            for row in grid:
                name = " ".join(str(row[0]).split())
                if name and isinstance(row[1], float | int):
                    plain[name] = (row[3] or 0.0, row[5] or 0.0)
            named = {name: (row["export"], row["import"]) for name, row in rows.items()}
            plain["Всего"] = plain.pop("Всего в том числе", plain.get("Всего"))
            assert named == plain
            assert len(named) > 170
            there = {"всего", *bns._GROUPS, *bns._codes()}
            assert {name.casefold() for name in named} <= there

    def test_only_the_sheets_asked_for(self):
        """2018's total is found, and Palau on the sheet of 2019."""
        read = partial(bns.parse, body("bns_by_country_2019.xls"), edition=edition(2019))
        places = [("export", 2018), ("export", 2019), ("import", 2018), ("import", 2019)]
        assert sorted(values(read(partner="TKM", years={2018, 2019}))) == places
        palau = {("export", 2019): 0.0, ("import", 2019): pytest.approx(5.25e-6)}
        assert values(read(partner="PLW", years={2019})) == palau


class TestComtrade:
    """JSON of the UN."""

    def test_preview(self):
        """Both totals of the United States with Japan in 2023."""
        parsed = comtrade.parse(
            body("comtrade_preview_usa_jpn_2023.json"), reporter="USA", partner="JPN", years=[2023]
        )
        totals = {("export", 2023): 76154.045176, ("import", 2023): 151580.56429}
        assert values(parsed) == pytest.approx(totals, rel=1e-15)
        assert {figure.status for figure in parsed} == {"final"}

    def test_two_partners(self):
        """Rows of another partner are refused; Germany's alone are read."""
        whole = json.loads(body("comtrade_get_chn_2010.json"))
        how = {"reporter": "CHN", "partner": "DEU", "years": [2010]}
        with pytest.raises(MalformedError, match="partnerCode 32 instead of 276"):
            comtrade.parse(json.dumps(whole).encode(), **how)
        rows = [row for row in whole["data"] if row["partnerCode"] == 276]
        part = whole | {"data": rows, "count": len(rows)}
        trade = values(comtrade.parse(json.dumps(part).encode(), **how))
        assert trade == {("export", 2010): 68047.133397, ("import", 2010): 74251.272075}

    def test_nothing(self, source):
        """An answer without rows is no data."""
        source.routes["/comtrade"] = Answer(body("comtrade_empty.json"))
        with pytest.raises(NoDataError, match="an answer without figures of TKM"):
            live.fetch_flows("KAZ", "TKM", source="comtrade", years=2020)

    def test_numbers(self):
        """The UN's own table of reporters has our number of every current one that we know."""
        table = json.loads(body("comtrade_reporters.json"))
        listed = table if isinstance(table, list) else table["results"]
        current = [reporter for reporter in listed if not reporter.get("entryExpiredDate")]
        wrong = []
        for reporter in current:
            try:
                ours = comtrade.country_number(reporter["reporterCodeIsoAlpha3"])
            except ValueError:
                continue
            wrong += [reporter] if ours != reporter["reporterCode"] else []
        assert wrong == []
        assert len(current) > 180


class TestWits:
    """SDMX-JSON of WITS."""

    def test_kazakhstan_turkmenistan(self):
        """29 years, in thousands, though the document lists 2010 first."""
        whole = body("wits_kaz_tkm_exports_2026_excerpt.json")
        parsed = wits.parse(whole, reporter="KAZ", partner="TKM", indicator="XPRT-TRD-VL")
        trade = values(parsed)
        assert len(trade) == 29
        assert trade["export", 1996] == pytest.approx(38.791516)
        assert trade["export", 2010] == pytest.approx(91.556001)

    def test_products(self):
        """29 groups of products are no total; its total alone is read."""
        whole = json.loads(body("wits_usa_wld_2017.json"))
        how = {"reporter": "USA", "partner": "WLD", "indicator": "MPRT-TRD-VL"}
        with pytest.raises(MalformedError, match="instead of the total"):
            wits.parse(json.dumps(whole).encode(), **how)
        dimensions = whole["structure"]["dimensions"]["series"]
        sides = {side["id"]: side["values"] for side in dimensions}
        places = list(sides)
        total = [v["id"].casefold() for v in sides["PRODUCTCODE"]].index("total")
        series = whole["dataSets"][0]["series"]
        at = places.index("PRODUCTCODE")
        kept = {k: v for k, v in series.items() if int(k.split(":")[at]) == total}
        whole["dataSets"][0]["series"] = kept
        assert len(wits.parse(json.dumps(whole).encode(), **how)) == 1

    def test_its_own_words(self):
        """An error page with status 200 is quoted."""
        page = b'<wits:error xmlns:wits="x"><wits:message id="150">No such year</wits:message></wits:error>'
        with pytest.raises(MalformedError, match="a page or message .No such year. instead of"):
            wits.parse(page, reporter="KAZ", partner="TKM", indicator="XPRT-TRD-VL")

    def test_codes(self):
        """Taiwan and both Sudans under the codes that the answer of 2026 lists."""
        listed = json.loads(body("wits_kaz_tkm_exports_2026_excerpt.json"))
        dimensions = listed["structure"]["dimensions"]["series"]
        sides = {side["id"]: side["values"] for side in dimensions}
        theirs = {partner["id"] for partner in sides["PARTNER"]}
        for country in ("TWN", "SDN", "ROU"):
            assert set(wits.codes(country)) <= theirs


class TestWorldBank:
    """JSON of the World Bank."""

    def test_a_part(self):
        """4 rows of 264 are refused."""
        with pytest.raises(MalformedError, match="4 rows of 264, on page 1 of 1"):
            worldbank.parse(
                body("worldbank_gdp_2020_trimmed.json"), countries=["KAZ"], indicator="gdp"
            )

    def test_values(self):
        """Mexico's two years; the row that somebody added is refused."""
        about, rows = json.loads(body("worldbank_gdp_mex_emu_2026_edited.json"))
        with pytest.raises(MalformedError, match="a row of ''"):
            worldbank.parse(
                json.dumps([about, rows]).encode(), countries=["EMU", "MEX"], indicator="gdp"
            )
        whole = json.dumps([about | {"total": 3}, rows[:3]]).encode()
        gdp = worldbank.parse(whole, countries=["EMU", "MEX"], indicator="gdp")
        assert gdp == {
            ("MEX", 2024): (1830489311088.89, "final"),
            ("MEX", 2025): (1832641364775.52, "final"),
        }

    def test_unknown_economy(self):
        """The bank says the same of an unknown economy as of an unknown indicator."""
        with pytest.raises(NoDataError, match="check the indicator's code and the countries"):
            worldbank.parse(body("worldbank_error_120.json"), countries=["TWN"], indicator="gdp")


class TestImf:
    """SDMX-CSV of the IMF: heads and rows as recorded, the keys those of IMTS."""

    how = {"reporter": "FRA", "partner": "TUV", "indicator": "XG_FOB_USD"}  # noqa: RUF012
    row = "dataflow,IMF.STA:IMTS(1.0.0),R,FRA,XG_FOB_USD,TUV,A,{},{},6,USD,,{}\n"

    @pytest.mark.parametrize("name", ["bop", "fsi"])
    def test_head(self, name):
        """The recorded heads lack only the partner's column."""
        with pytest.raises(MalformedError, match="^a table without .*COUNTERPART_COUNTRY; it"):
            imts.parse(body(f"imf_csv2_{name}_2026_excerpt.csv"), **self.how)

    @pytest.mark.parametrize(
        "attributes",
        ["R,FRA,XG_FOB_USD,TUV,A,,,6,USD,,", "R,,XG_FOB_USD,,,,,,,,", "R,FRA,MG_CIF_USD,,A,,,6,,,"],
    )
    def test_rows_of_attributes(self, attributes):
        """A row with neither year nor value is passed over, whatever keys it has."""
        empty = HEAD + f"dataflow,IMF.STA:IMTS(1.0.0),{attributes}\n"
        assert imts.parse(empty.encode(), **self.how) == ()
        table = empty + self.row.format(2020, "5.0E+06", "")
        parsed = imts.parse(table.encode(), **self.how)
        assert values(parsed) == {("export", 2020): 5.0}
        for half in (self.row.format("", "5", ""), self.row.format("", "0", "e")):
            with pytest.raises(MalformedError, match="'' where a year is due"):
                imts.parse((HEAD + half).encode(), **self.how)

    def test_marks(self):
        """Its own column: e is an estimate, C is confidential, whatever stands beside."""
        rows = [
            self.row.format(2017, "", "C"),
            self.row.format(2018, 5, "C"),
            self.row.format(2019, 6e6, "e"),
            self.row.format(2020, 7e6, ""),
        ]
        parsed = imts.parse((HEAD + "".join(rows)).encode(), **self.how)
        assert [figure.status for figure in parsed] == ["suppressed"] * 2 + ["estimate", "final"]
        assert [figure.value_musd for figure in parsed] == [None, None, 6.0, 7.0]

    def test_pair_without_a_flow(self, source):
        """The IMF's usual answer for it: the other flow arrives, and without both it is no data."""
        rows = {"XG_FOB_USD": "", "MG_CIF_USD": ""}
        path = "/imts/data/dataflow/IMF.STA/IMTS/+/FRA.{}.TUV.A"
        nothing = "dataflow,IMF.STA:IMTS(1.0.0),R,,{},,,,,6,USD,,\n"
        for code in rows:
            table = HEAD + nothing.format(code)
            source.routes[path.format(code)] = Answer(table.encode())
        with pytest.raises(NoDataError, match="an answer without figures of TUV"):
            live.fetch_flows("FRA", "TUV")
        table = HEAD + self.row.format(2020, 5e6, "e")
        source.routes[path.format("XG_FOB_USD")] = Answer(table.encode())
        flows = live.fetch_flows("FRA", "TUV", max_age_days=0)
        cells = flows[["flow", "value_musd", "status"]]
        assert cells.to_numpy().tolist() == [["export", 5.0, "estimate"]]

    def test_status_204(self, source):
        """No content is no data, and no outage."""
        recorded = json.loads(body("imf_status_204.json"))
        source.routes["/imts"] = Answer(status=recorded["status_code"])
        with pytest.raises(NoDataError):
            live.fetch_flows("KAZ", "TKM")


class TestBaci:
    """CEPII's tables."""

    @staticmethod
    def archive(**names):
        """An archive of recorded tables by their names in it."""
        archive = zipfile.ZipFile(io.BytesIO(), "w")
        for name, recorded in names.items():
            archive.writestr(f"{name}.csv", body(f"{recorded}.csv"))
        return archive

    @pytest.mark.parametrize("version", ["V202001", "V202201", "V202501"])
    def test_countries(self, version):
        """Old releases call the columns otherwise, in Latin-1; 891 stays Serbia and Montenegro."""
        table = f"baci_country_codes_{version}"
        archive = self.archive(**{f"country_codes_{version}": table})
        country_codes = baci.countries(archive, f"HS92_{version}")
        rows = list(csv.reader(io.StringIO(body(f"{table}.csv").decode("latin-1"))))
        assert len(country_codes) == len(rows) - 1
        assert (country_codes[398], country_codes[891], country_codes[58]) == ("KAZ", "SCG", "BEL")

    @pytest.mark.parametrize("year", [1995, 2000])
    def test_rows(self, year):
        """Sums over products, in whole dollars, as plain Python adds them (v is random there)."""
        name = f"BACI_HS92_Y{year}_V202501"
        table = {"country_codes_V202501": "baci_country_codes_V202501"}
        archive = self.archive(**table, **{name: name})
        country_codes = baci.countries(archive, "HS92_V202501")
        member = baci.years(archive, "HS92_V202501")[year]
        trade = baci.read_year(archive, member, year=year, country_codes=country_codes)
        sums = {}
        for row in csv.DictReader(io.StringIO(body(f"{name}.csv").decode())):
            place = int(row["i"]), int(row["j"])
            dollars = round(float(row["v"]) * 1000)
            sums[place] = sums.get(place, 0) + dollars
        assert trade["trade_usd"].tolist() == [sums[place] for place in sorted(sums)]
