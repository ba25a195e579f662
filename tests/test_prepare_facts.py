"""Scripts that copy facts: what ships, put back into the form of its source, is made again."""

import sys

import blocs
import example_months
import exchange_model
import exchange_rates
import pandas as pd
import pytest
from conftest import ROOT

import tradelib as tl

DATA = ROOT / "data"


def text(file):
    """A bundled table as text."""
    return pd.read_csv(DATA / file, dtype="str", keep_default_na=False)


class TestBlocs:
    """Members of blocs."""

    @staticmethod
    def facts(folder, *more):
        """The bundled members with years alone, and more rows, as the research notes have them."""
        old_codes = {new: old for old, new in blocs.CODES.items()}
        rows = [
            {
                "bloc": old_codes.get(row["bloc"], row["bloc"]),
                "country": row["country"],
                "from_year": row["from"][:4],
                "to_year": row["to"][:4],
                "source_title": row["title"],
                "source_url": row["url"],
                "note": row["note"],
            }
            for row in text(blocs.FILE).to_dict("records")
        ]
        (folder / "facts").mkdir()
        table = pd.DataFrame([*more, *rows]).sort_values("country", kind="stable")
        table.to_csv(folder / "facts" / "blocs.csv", index=False)
        return folder

    def test_rebuilt(self, tmp_path):
        """Days, codes and order are those of the file; observers are no members."""
        observer = {"bloc": "OTS-OBSERVER", "country": "HUN", "from_year": "2018", "to_year": ""}
        found = blocs.blocs(self.facts(tmp_path, observer, observer | {"bloc": "CA-PLUS"}))
        pd.testing.assert_frame_equal(found, text(blocs.FILE))

    def test_days(self):
        """A founder's day is its bloc's, a later member's is its year or what a note says."""
        assert blocs.joined("OTS", "TUR", "2009") == "2009-10-03"
        assert blocs.joined("OTS", "AAA", "2021") == "2021"
        assert blocs.joined("EAEU", "KGZ", "2015") == "2015-08"
        assert blocs.joined("EU", "HRV", "2013") == "2013"
        assert blocs.left("EU", "GBR", "2020") == "2020-01-31"
        assert blocs.left("EU", "GBR", "") == ""
        with pytest.raises(SystemExit, match="^GBR left EU in 2021, and LEFT says 2020-01-31$"):
            blocs.left("EU", "GBR", "2021")


class TestExchangeRates:
    """Units of a currency per dollar."""

    @staticmethod
    def facts(folder, *more):
        """The bundled rates by names of countries, and more rows, as the research notes have them."""
        names = {code: name for name, code in exchange_rates.CURRENCIES.items()}
        rates = text(exchange_rates.FILE).iloc[::-1]
        copied = rates[["year", "per_usd"]].assign(country=rates["currency"].map(names))
        (folder / "facts").mkdir()
        table = pd.concat([pd.DataFrame(more), copied])
        table.to_csv(folder / "facts" / "exchange_rates_annual.csv", index=False)
        return folder

    def test_rebuilt(self, tmp_path, monkeypatch):
        """The script writes what ships, to the byte, without Venezuela."""
        venezuela = {"country": "Venezuela", "year": 1999, "per_usd": 0.6}
        folder = self.facts(tmp_path, venezuela)
        monkeypatch.setattr(exchange_rates, "DATA", tmp_path)
        monkeypatch.setattr(sys, "argv", ["exchange_rates.py", str(folder)])
        exchange_rates.main()
        made = (tmp_path / exchange_rates.FILE).read_bytes()
        assert made == (DATA / exchange_rates.FILE).read_bytes()

    def test_unknown_name(self, tmp_path):
        """A country whose currency has no code stops the script, and is named."""
        folder = self.facts(tmp_path, {"country": "Ruritania", "year": 1999, "per_usd": 2})
        with pytest.raises(SystemExit, match="^no currency is known of Ruritania: add it to CURR"):
            exchange_rates.rates(folder)

    def test_names(self):
        """Each name has the currency of its country, and each country of the model its own."""
        of_names = dict(exchange_rates.CURRENCIES)
        assert of_names.pop("Euro") == "EUR"
        homes = exchange_model.HOMES
        assert {homes[tl.codes.iso3(name)] for name in of_names} == set(homes.values()) - {"EUR"}
        for name, currency in of_names.items():
            assert homes[tl.codes.iso3(name)] == currency
        # The members of the years 2001 to 2006.
        euro = sorted(country for country, currency in homes.items() if currency == "EUR")
        assert " ".join(euro) == "AUT BEL DEU ESP FIN FRA GRC IRL ITA LUX NLD PRT"


class TestExampleMonths:
    """The months of one pair."""

    def test_rebuilt(self, tmp_path, monkeypatch):
        """Among months of other pairs and years the script finds those that ship, to the byte."""
        shipped = pd.read_csv(DATA / "example_months.csv")
        keys = ["reporter", "partner", "year", "month"]
        columns = {"export_musd": "export", "import_musd": "import"}
        months = shipped[[*keys, *columns]].rename(columns=columns)
        months = months.melt(keys, var_name="flow", value_name="value_musd")
        months["value_musd"] += 1e-8  # less than a dollar
        others = [
            months.assign(partner="CHN"),
            months.assign(reporter="ARM"),
            months[months["year"] == 2015].assign(year=2014),
            months[months["year"] == 2022].assign(year=2023),
        ]
        panel = pd.concat([*others, months.iloc[::-1]])
        panel.to_parquet(tmp_path / "monthly_partner_totals.parquet")
        command = ["example_months.py", str(tmp_path), "--out", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", command)
        example_months.main()
        made = (tmp_path / "example_months.csv").read_bytes()
        assert made == (DATA / "example_months.csv").read_bytes()
