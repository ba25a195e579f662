"""The scripts that describe, refresh and archive what is bundled, on a few rows of their own."""

import gzip
import hashlib
import json

import datapackage
import forecast_archive
import pandas as pd
import pytest
import refresh

import tradelib as tl
from tradelib.api.archive import digest


class TestDescription:
    """What stands in the description of a folder, and what is wrong with it."""

    @pytest.fixture
    def folder(self, tmp_path):
        """Two files, one packed, a script, and an archived forecast that nobody has described."""
        (tmp_path / "a.csv").write_text("code,text\nKAZ,fine\nXXQ,=1+1\n")
        (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"code\nTKM\nQQQ\n"))
        (tmp_path / "prepare").mkdir()
        (tmp_path / "prepare" / "x.py").write_text("")
        (tmp_path / "forecasts").mkdir()
        (tmp_path / "forecasts" / "2027-02-15-2.json").write_text("{}")
        (tmp_path / "datapackage.json").write_text("")
        return tmp_path

    @staticmethod
    def described(*names):
        """A description of files by name."""
        return json.dumps({"resources": [{"path": name} for name in names] + [{"name": "inside"}]})

    def test_refreshed(self, folder):
        """Sizes, digests and the new forecast; an entry without a file stays as it is."""
        new = json.loads(datapackage.refreshed(self.described("a.csv", "b.csv.gz"), folder))
        first, second, inside, forecast = new["resources"]
        assert first["bytes"] == len("code,text\nKAZ,fine\nXXQ,=1+1\n")
        content = (folder / "a.csv").read_bytes()
        assert first["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert inside == {"name": "inside"}
        assert second["bytes"] == (folder / "b.csv.gz").stat().st_size
        assert forecast["path"] == "forecasts/2027-02-15-2.json"
        assert forecast["name"] == "forecast-2027-02-15-2"
        assert forecast["title"] == "Forecasts as made on 2027-02-15"
        days = {forecast[key] for key in ("published", "accessed", "known_from")}
        assert days == {"2027-02-15"}

    def test_odd_files(self, folder):
        """A file without an entry, or an entry without a file, is named; forecasts need none."""
        (folder / "forecasts" / "notes.csv").write_text("")
        named = r"must name the same files; check b\.csv\.gz, c\.csv, forecasts/notes\.csv$"
        with pytest.raises(SystemExit, match=named):
            datapackage.refreshed(self.described("a.csv", "c.csv"), folder)

    def test_strangers(self, folder):
        """Cells of a column of countries that name none, packed or not; other columns do not count."""
        country = {"name": "code", "type": "string", "rdfType": datapackage.COUNTRY}
        text = {"name": "text", "type": "string"}
        entry = {"name": "a", "path": "a.csv", "schema": {"fields": [text, country]}}
        assert datapackage.strangers(folder, entry) == ["a: 'XXQ' is no country's code"]
        entry |= {"schema": {"fields": [text | country | {"name": "text"}, country]}}
        assert len(datapackage.strangers(folder, entry)) == 3
        packed = {"name": "b", "path": "b.csv.gz", "schema": {"fields": [country]}}
        assert datapackage.strangers(folder, packed) == ["b: 'QQQ' is no country's code"]
        inside = {"name": "c", "data": [{"code": ""}, {"code": "USA"}, {}]}
        assert datapackage.strangers(folder, inside | {"schema": packed["schema"]}) == []
        assert datapackage.strangers(folder, {"name": "d", "path": "missing.json"}) == []

    def test_formulas(self, folder):
        """Texts that a spreadsheet would run; numbers are none."""
        fields = [{"name": "code", "type": "string"}, {"name": "text", "type": "string"}]
        entry = {"name": "a", "path": "a.csv", "schema": {"fields": fields}}
        assert datapackage.formulas(folder, entry) == ["a: '=1+1' is a formula"]
        fields[1]["type"] = "number"
        assert datapackage.formulas(folder, entry) == []

    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ({"released": "x"}, ""),
            ({}, "lag or released (one of the two)"),
            ({"lag": 1, "released": "x"}, "lag or released (one of the two)"),
            ({"lag": 1, "file": "f"}, "coverage, no valuation"),
            ({"lag": 1, "file": "f", "coverage": "c", "valuation": "v"}, ""),
        ],
    )
    def test_incomplete_sources(self, source, said):
        """One of two days, and of a wide file what it counts and how it is priced."""
        lines = datapackage.incomplete_sources([source | {"source_id": "s"}])
        assert lines == ([f"sources: s has no {said}"] if said else [])

    def test_check(self, monkeypatch):
        """With ``--check`` faults stop the command."""
        monkeypatch.setattr(datapackage, "faults", lambda folder: ["a: wrong", "b: wrong"])
        monkeypatch.setattr(datapackage.sys, "argv", ["datapackage.py", "--check"])
        with pytest.raises(SystemExit, match="^a: wrong\nb: wrong\nrun `make data`"):
            datapackage.main()

    def test_main(self, folder, monkeypatch, capsys):
        """Without it the description is written."""
        (folder / "datapackage.json").write_text(self.described("a.csv", "b.csv.gz"))
        monkeypatch.setattr(datapackage, "DATA", folder)
        monkeypatch.setattr(datapackage.sys, "argv", ["datapackage.py"])
        datapackage.main()
        assert "refreshed" in capsys.readouterr().out
        made = json.loads((folder / "datapackage.json").read_text())
        assert len(made["resources"]) == 4
        datapackage.main()
        assert "is up to date" in capsys.readouterr().out


SAID = {
    "known_by": "2026-06-30",
    "model": "m1",
    "open_targets": [{"target_id": "A", "probability_in": 0.5}],
    "article": {
        "target": {"value": 1000},
        "by": 2027,
        "probability_in": 0.1,
        "probability_ever": 0.2,
        "value_range_musd": [1, 2],
        "words": "unlikely",
    },
}


def saying(change):
    """What is said, with one cell of it or of the article's part changed."""
    said = json.loads(json.dumps(SAID))
    for key, value in change.items():
        place = said if key in said else said["article"]
        place[key] = value
    return said


class TestArchive:
    """When an archived file is a new one."""

    @pytest.mark.parametrize(
        "change",
        [
            {"known_by": "2026-07-31"},
            {"model": "m2"},
            {"open_targets": []},
            {"target": {"value": 1001}},
            {"by": 2028},
            {"probability_in": 0.11},
            {"probability_ever": 0.21},
            {"value_range_musd": [1, 3]},
        ],
    )
    def test_what_matters(self, change):
        """Day, model and every part of an answer; other words of the same answer do not."""
        assert forecast_archive.matters(saying({"words": "no"})) == forecast_archive.matters(SAID)
        assert forecast_archive.matters(saying(change)) != forecast_archive.matters(SAID)

    def test_the_newest_file_counts(self, tmp_path, monkeypatch):
        """The second file of a day comes after the first, and a new one is held against it."""
        now = {"said": SAID}
        monkeypatch.setattr(forecast_archive, "forecasts_now", lambda: now["said"])
        where = tmp_path / "forecasts"
        file, new = forecast_archive.write_forecasts(where)
        assert (file.name, new) == ("2026-06-30.json", True)
        held = json.loads(file.read_text("utf-8"))
        signed = held.pop("sha256")
        assert signed == digest(held)
        assert held == SAID | {"version": tl.__version__}
        second = where / "2026-06-30-2.json"
        second.write_text(json.dumps(saying({"model": "m2"})), "utf-8")
        kept = {path.read_text("utf-8") for path in where.iterdir()}
        now["said"] = saying({"model": "m2", "words": "other"})
        assert forecast_archive.write_forecasts(where) == (second, False)
        now["said"] = SAID
        with pytest.raises(tl.InputError, match=r"^another model than that of 2026-06-30-2.json"):
            forecast_archive.write_forecasts(where)
        now["said"] = saying({"model": "m2", "by": 2028})
        with pytest.raises(tl.InputError, match="^another answer than that of 2026-06-30-2"):
            forecast_archive.write_forecasts(where)
        # Figures taken back: what is known by an earlier day makes no forecast of the past.
        now["said"] = saying({"model": "m2", "known_by": "2026-05-31"})
        with pytest.raises(tl.InputError, match="^another answer than that of 2026-06-30-2"):
            forecast_archive.write_forecasts(where)
        assert {path.read_text("utf-8") for path in where.iterdir()} == kept
        now["said"] = saying({"known_by": "2026-07-01"})
        file, new = forecast_archive.write_forecasts(where)
        assert (file.name, new) == ("2026-07-01.json", True)
        assert len(list(where.iterdir())) == 3


def table(*rows):
    """Rows of figures as text."""
    columns = [*refresh.FIGURE, "value_musd", "status", "source_url", "read_through", "note"]
    plain = {
        "reporter": "KAZ",
        "partner": "TKM",
        "flow": "",
        "coverage": "goods",
        "period_start": "2023-01-01",
        "period_end": "2023-12-31",
        "source_id": "bns",
        "value_musd": "",
        "status": "final",
        "source_url": "u",
        "read_through": "r",
        "note": "old.",
    }
    return pd.DataFrame([plain | row for row in rows], dtype="str")[columns]


BOTH = table(
    {"flow": "export", "value_musd": "5"},
    {"flow": "import", "value_musd": "3"},
    {"flow": "turnover", "value_musd": "8"},
    {"flow": "turnover", "value_musd": "8", "source_id": "other"},
)


class TestRefresh:
    """Which cells of a figure change, and what is said of it."""

    def test_text(self):
        """Six decimals, no zeros at the end."""
        values = [1.5, 2.0, 0.1234567, 0.0, 1e6]
        assert [refresh.text(value) for value in values] == ["1.5", "2", "0.123457", "0", "1000000"]

    def test_revised(self):
        """Value, status, address and how it was read are new; the note keeps what was."""
        fresh = table(
            {
                "flow": "export",
                "value_musd": "5.5",
                "status": "preliminary",
                "source_url": "v",
                "read_through": "",
                "note": "fetched",
            },
            {"flow": "import", "value_musd": "3.0000001", "source_url": "v", "note": "fetched"},
        )
        made, lines = refresh.merged(BOTH, fresh, keys=refresh.FIGURE, column="value_musd")
        assert lines == [
            "revised  KAZ TKM export goods 2023-12-31 bns: 5 -> 5.5 final -> preliminary"
        ]
        columns = ["value_musd", "status", "source_url", "read_through"]
        assert made.loc[0, columns].tolist() == ["5.5", "preliminary", "v", ""]
        assert made.loc[0, "note"].startswith("fetched. Was 5 (final) until 2")
        assert made.loc[0, "note"].endswith(". old.")
        pd.testing.assert_frame_equal(made.iloc[1:], BOTH.iloc[1:])
        assert BOTH.loc[0, "value_musd"] == "5"

    def test_total_of_revised_flows(self):
        """Where one of both was revised, the same source's stated total is their sum."""
        new = BOTH.copy()
        new.loc[0, "value_musd"] = "6.5"
        made, lines = refresh.with_totals(new, BOTH)
        assert lines == ["revised  turnover 2023: 8 -> 9.5"]
        assert made.loc[2, ["value_musd", "read_through"]].tolist() == ["9.5", ""]
        assert made.loc[2, "note"] == "Sum of revised flows; was 8. old."
        assert made.loc[3, "value_musd"] == "8"
        assert refresh.with_totals(BOTH, BOTH)[1] == []
        for without in (1, 2):
            fewer = new.drop(index=without).reset_index(drop=True)
            before = BOTH.drop(index=without).reset_index(drop=True)
            assert refresh.with_totals(fewer, before)[1] == []
        status = BOTH.assign(status="preliminary")
        assert refresh.with_totals(status, BOTH)[1] == []

    def test_flows_of_the_bureau(self, monkeypatch):
        """Of each pair that it is the source of; final and preliminary, not parts of a year."""
        asked = []

        def fetch(reporter, partner, *, source):
            asked.append((reporter, partner, source))
            day = pd.Timestamp("2024-03-02")
            kinds = ({}, {"status": "preliminary"}, {"status": "part"})
            rows = table(*({"flow": "export", "note": "n"} | kind for kind in kinds))
            days = {name: pd.to_datetime(rows[name]) for name in ("period_start", "period_end")}
            new = {"value_musd": 1 / 3, "accessed": day, "released": day, "read_through": None}
            return rows.assign(**days, **new)

        monkeypatch.setattr(refresh.live, "fetch_flows", fetch)
        bundled = pd.concat([BOTH, table({"partner": "UZB", "source_id": "other"})])
        bundled = bundled.assign(released="")
        made = refresh.fresh_figures(bundled)
        assert asked == [("KAZ", "TKM", "bns")]
        assert made["status"].tolist() == ["final", "preliminary"]
        assert made.columns.tolist() == bundled.columns.tolist()
        row = made.iloc[0]
        assert (row["value_musd"], row["released"]) == ("0.333333", "2024-03-02")
        assert (row["note"], row["read_through"]) == ("n; fetched 2024-03-02", "")

    def test_gdp(self, monkeypatch):
        """Of the countries that the bundle has it of, from its first year on."""
        asked = []

        def fetch(countries):
            asked.append(countries)
            day = pd.Timestamp("2024-03-02")
            rows = [("KAZ", year, 1.5) for year in (2019, 2020, 2021)]
            fresh = pd.DataFrame(rows, columns=["country", "year", "value"])
            return fresh.assign(accessed=day, released=day, indicator="gdp", source_id="wdi")

        monkeypatch.setattr(refresh.live, "fetch_macro", fetch)
        rows = [
            ("gdp", "KAZ", "2020", "wdi"),
            ("gdp", "KAZ", "2021", "wdi"),
            ("gdp", "UZB", "2018", "imf"),
            ("cpi", "USA", "2010", "wdi"),
        ]
        bundled = pd.DataFrame(rows, columns=refresh.VALUE).assign(value="", released="", note="")
        made = refresh.fresh_macro(bundled)
        assert asked == [["KAZ"]]
        assert made["year"].tolist() == ["2020", "2021"]
        assert made["note"].iloc[0] == "Fetched 2024-03-02."
        assert made["value"].iloc[0] == "1.5"

    def test_partners_of_kazakhstan(self, monkeypatch):
        """Its own alone, once each; a partner that no edition lists is left as it is."""
        asked = []

        def fetch(reporter, partner, *, source):
            asked.append((reporter, partner, source))
            if partner == "AAA":
                raise refresh.live.NoDataError("none")
            if partner == "BBB":
                rows = table({"flow": "export"}, {"flow": "import", "status": "part"})
                return rows.assign(value_musd=2.0, period_end=pd.Timestamp("2023-12-31"))
            raise refresh.live.MalformedError("odd")

        monkeypatch.setattr(refresh.live, "fetch_flows", fetch)
        pairs = [("KAZ", "BBB"), ("KAZ", "AAA"), ("KAZ", "BBB"), ("RUS", "CCC")]
        bundled = pd.DataFrame(pairs, columns=["reporter", "partner"])
        made = refresh.fresh_partners(bundled)
        assert asked == [("KAZ", "AAA", "bns"), ("KAZ", "BBB", "bns")]
        assert made[["year", "value"]].to_numpy().tolist() == [["2023", 2.0]]
        with pytest.raises(refresh.live.MalformedError):
            refresh.fresh_partners(pd.DataFrame({"reporter": ["KAZ"], "partner": ["CCC"]}))

    @pytest.mark.parametrize("release", [None, "R"])
    def test_partners(self, tmp_path, monkeypatch, release):
        """The bureau's rows, and BACI's years only if a release is named."""
        for name, keys in (
            ("offices", "reporter,partner,flow"),
            ("baci_2023", "exporter,importer"),
        ):
            columns = keys.split(",")
            text = f"{keys},2023\n" + ",".join("A" * len(columns)) + ",1\n"
            (tmp_path / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
        one = {"year": "2023", "value": 2.0}
        cells = pd.DataFrame([{"reporter": "A", "partner": "A", "flow": "A"} | one])
        monkeypatch.setattr(refresh, "fresh_partners", lambda old: cells)
        flows = pd.DataFrame([{"exporter": "A", "importer": "A"} | one])
        asked = []
        monkeypatch.setattr(refresh, "fresh_baci", lambda name: asked.append(name) or flows)
        kept = {}
        monkeypatch.setattr(refresh, "write", lambda folder, tables: kept.update(tables))
        refresh.partners(tmp_path, dry_run=False, release=release)
        assert list(kept) == ["offices.csv.gz", "baci_2023.csv.gz"][: 2 if release else 1]
        assert asked == ([release] if release else [])
        assert all(made["2023"].tolist() == ["2"] for made in kept.values())

    def test_outcomes_that_differ(self, tmp_path, monkeypatch, capsys):
        """By more than a tenth from the nearer side; only pairs, dollars and trade in goods."""
        rows = [
            ("off", "pair", "USD", "goods", "100"),
            ("low", "pair", "USD", "goods", "100"),
            ("edge", "pair", "USD", "unknown", "100"),
            ("unknown", "pair", "USD", "goods", "100"),
            ("zero", "pair", "USD", "goods", "100"),
            ("region", "region", "USD", "goods", "100"),
            ("euro", "pair", "EUR", "goods", "100"),
            ("services", "pair", "USD", "goods_services", "100"),
            ("none", "pair", "USD", "goods", ""),
        ]
        columns = ["target_id", "scope", "currency", "coverage", "outcome_value"]
        targets = pd.DataFrame(rows, columns=columns).assign(outcome_year="2020")
        targets.to_csv(tmp_path / "targets.csv", index=False)
        nan = float("nan")
        sides = {
            "off": [112.0, 70.0],
            "low": [nan, 90.0],
            "edge": [109.0, nan],
            "unknown": [nan, nan],
            "zero": [0.0, 100.0],
        }
        monkeypatch.setattr(
            refresh, "turnover_of_both_sides", lambda row, unchecked: sides[row.target_id]
        )
        refresh.pledges(tmp_path)
        first, _, *lines, last = capsys.readouterr().out.splitlines()
        assert first.startswith("5 outcomes, 2 that differ by more than 10%")
        assert [line.split()[0] for line in lines] == ["off", "low"]
        assert lines[0].split() == ["off", "2020", "100.0", "112.0", "70.0", "1.12"]
        assert lines[1].endswith(" 0.90")
        assert last == "all checked"
