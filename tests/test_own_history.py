"""Your own CSV, as spreadsheets and R write it in several countries."""

import pandas as pd
import pytest
from conftest import annual
from hypothesis import given
from hypothesis import strategies as st

import tradelib as tl
from tradelib.api import own_history
from tradelib.api.own_history import read_history

PLAIN = [(2023, 1023.5), (2024, 1100.0), (2025, 987.25)]
FILES = {
    "plain": b"year,turnover_musd\n2023,1023.5\n2024,1100\n2025,987.25\n",
    "excel_germany": b"\xef\xbb\xbfYear;Turnover_MUSD\r\n2023;1.023,50\r\n2024;1.100,00\r\n2025;987,25\r\n",
    "excel_us_groups": b'year,turnover_musd\n2023,"1,023.5"\n2024,"1,100"\n2025,987.25\n',
    "excel_kazakhstan": "Year;Turnover_musd\n2023;1\u00a0023,5\n2024;1\u00a0100\n2025;987,25\nИтого;3\u00a0110,75\n".encode(),
    "unicode_text": "year\tturnover_musd\n2023\t1,023.5\n2024\t1,100.0\n2025\t987.25\n".encode(
        "utf-16"
    ),
    "utf16_big_endian": b"\xfe\xff"
    + "year;turnover_musd\n2023;1023,5\n2024;1100\n2025;987,25".encode("utf-16-be"),
    "r_write_csv": b'"","year","turnover_musd"\n"1",2023,1023.5\n"2",2024,1100\n"3",2025,987.25\n',
    "r_write_csv2": b'"";"year";"turnover_musd"\n"1";2023;1023,5\n"2";2024;1100\n"3";2025;987,25\n',
    "title_and_total": b"Trade of A and B,\n,\nYEAR,TURNOVER_MUSD\n2023,1023.5\n2024,1100\n2025,987.25\nTotal,3110.75\n\n\n",
    "float_years": b"year,turnover_musd\n2023.0,1023.5\n2024.0,1100.0\n2025.0,987.25\n",
    "unsorted_more_columns": b"note,turnover_musd,year\nx,987.25,2025\ny,1023.5,2023\nz,1100,2024\n",
    "empty_year": b"year,turnover_musd\n2021,\n2022,n/a\n2023,1023.5\n2024,1100\n2025,987.25\n",
    "old_excel": "year;turnover_musd;Bemerkung\n2023;1023,5;gesch\u00e4tzt\n2024;1100;\n2025;987,25;\n".encode(
        "cp1252"
    ),
    "swiss": b"year;turnover_musd\n2023;1'023.5\n2024;1'100.0\n2025;987.25\n",
    "bars_and_exponents": b"year|turnover_musd\n2023|1.0235e3\n2024|1.1e3\n2025|987.25\n",
    "short_rows": b"year,turnover_musd,note\n2022\n2023,1023.5\n2024,1100\n2025,987.25,x\n",
    "wide_without_its_mark": "year;turnover_musd\n2023;1023,5\n2024;1100\n2025;987,25".encode(
        "utf-16-le"
    ),
    "wide_and_german": "year;turnover_musd;\u00e4\n2023;1023,5\n2024;1100\n2025;987,25".encode(
        "utf-16-le"
    ),
    "old_mac": b"year,turnover_musd\r2023,1023.5\r2024,1100\r2025,987.25\r",
}
BROKEN = {
    b"year,value\n2023,5\n": r"^f.csv starts with 'year,value'; needed are columns headed year",
    b"y"
    * 61: rf"^f.csv starts with '{'y' * 60}'; needed are columns headed year and turnover_musd, or year, export_musd and import_musd$",
    b"": r"^f.csv starts with 'nothing'",
    b"year,turnover_musd\n": r"^f.csv has no year with a turnover",
    b"year,turnover_musd\n2023,abc\n": r"^f.csv line 2: must be a number, got 'abc'$",
    b"year,turnover_musd\n2023,5\n\nabout,7\n": r"^f.csv line 4: must be a year such as 2024, got 'about'$",
    b"year,turnover_musd\n23,5\n": r"line 2: must be a year such as 2024, got '23'",
    b"year,turnover_musd\n2023,0\n": r"line 2: must be above zero \(leave the row out if it is unknown\), got '0'$",
    b"year\tturnover_musd\n2023\t1,023\n": r"line 2: must be clear: thousands or decimals\?.* got '1,023'$",
    b"year;turnover_musd\n2023;1.023\n": r"line 2: must be clear: thousands or decimals\?.* got '1.023'$",
    b"year;turnover_musd\n2023;1,5\n2024;1.5\n": r"line 2: must be decimals written as in the other rows, got '1,5'",
    b"year,turnover_musd\n2023,1,023\n": r"^f.csv line 2 has 3 cells where the headings are 2; put numbers",
    b"year,turnover_musd,turnover_eur\n2023,1,2\n": r"^f.csv has 2 columns of turnover; needed are .*, one each$",
    b"year,turnover_eur\n2023,5\n": r"^f.csv has a column 'turnover_eur', which is not in US dollars",
    b"year,turnover_bn\n2023,5\n": r"^f.csv has a column 'turnover_bn'; say so: unit='US\$ billion', got",
    b"year,turnover_musd\n2023,254211494\n": r"stays below US\$1,000,000m, got 254,211,494 in f.csv; .* unit='US\$' or 'US\$ thousand', in a terminal --unit 'US\$' or --unit thousand$",
    "year,turnover_musd\n2023,\u0661\u0662\n".encode(): r"line 2: must be a number",
    b"year,turnover_musd\n2023,12.34.5\n": r"line 2: must be a number, got '12.34.5'",
}


@pytest.mark.parametrize("name", FILES)
def test_quirks(tmp_path, name):
    """Each says the same three years, whoever wrote it."""
    file = tmp_path / "f.csv"
    file.write_bytes(FILES[name])
    table = read_history(file)
    assert [tuple(row) for row in table.itertuples(index=False)] == PLAIN
    assert table.dtypes.astype(str).tolist() == ["int64", "float64"]
    assert table.index.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("mark", "text", "dollars"),
    [
        (";", "1,023", 1.023),
        (",", "1.023", 1.023),
        ("\t", "1.234.567", 1_234_567),
        ("\t", "1,234,567", 1_234_567),
        ("\t", "1.234.567,8", 1_234_567.8),
        ("|", "1,234,567.8", 1_234_567.8),
    ],
)
def test_thousands_and_decimals(tmp_path, mark, text, dollars):
    """A mark that comes twice groups, the other or a last one parts; else what parts the cells says."""
    file = tmp_path / "f.csv"
    file.write_text(f"year{mark}turnover\n2024{mark}{text}\n")
    turnover = read_history(file, unit="US$")["turnover_musd"].tolist()
    assert turnover == pytest.approx([dollars / 1e6])


@pytest.mark.parametrize(("body", "match"), list(BROKEN.items()))
def test_what_cannot_be_read(tmp_path, body, match):
    """The line, the cell and the way out; never a guess."""
    file = tmp_path / "f.csv"
    file.write_bytes(body)
    with pytest.raises(ValueError, match=match):
        read_history(file)


def test_no_end(tmp_path):
    """A device and a file without an end are refused before they fill the memory."""
    with pytest.raises(ValueError, match="^/dev/zero is a device, no file"):
        read_history("/dev/zero")
    with (tmp_path / "f.csv").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ValueError, match="f.csv has more than 64 MB; give the rows that are asked"):
        read_history(tmp_path / "f.csv")


def test_no_file(tmp_path):
    """A path of nothing, and a unit of nothing."""
    with pytest.raises(ValueError, match=r"^there is no file .*none.csv; give the path"):
        read_history(tmp_path / "none.csv")
    message = r"^unit must be one of US\$, US\$ thousand, US\$ million, US\$ billion; got 'EUR'$"
    with pytest.raises(ValueError, match=message):
        read_history(tmp_path / "none.csv", unit="EUR")


@pytest.mark.parametrize(
    ("unit", "text", "musd"),
    [
        ("US$", "5500000", 5.5),
        ("US$ thousand", "5500", 5.5),
        ("US$ million", "1000000", 1e6),  # the most that two countries can have traded
        ("US$ billion", "0.0055", 5.5),
    ],
)
def test_units(tmp_path, unit, text, musd):
    """Dollars, thousands, millions and billions."""
    file = tmp_path / "f.csv"
    file.write_text(f"year,turnover_musd\n2024,{text}\n")
    assert read_history(file, unit=unit)["turnover_musd"].tolist() == pytest.approx([musd])


@given(st.lists(st.floats(0.001, 9e5), min_size=1, max_size=8), st.sampled_from([",", "."]))
def test_written_and_read(tmp_path_factory, values, decimal):
    """Any turnover, with either decimal mark and thousands grouped, comes back to the cent."""
    group = "." if decimal == "," else ","
    texts = [f"{v:,.2f}".translate({44: group, 46: decimal}) for v in values]
    texts = [t if any(c in t for c in "123456789") else f"1{decimal}00" for t in texts]
    file = tmp_path_factory.mktemp("own") / "f.csv"
    rows = [f"{2000 + i}\t{text}" for i, text in enumerate(texts)]
    file.write_text("\n".join(["year\tturnover_musd", *rows]))
    wanted = [float(t.replace(group, "").replace(decimal, ".")) for t in texts]
    assert read_history(file)["turnover_musd"].tolist() == pytest.approx(wanted)


PLEDGE = tl.Target("ITA", "UZB", 900, 2030)


def test_a_path_is_read(tmp_path):
    """A history may be the path of a CSV, in Python as in a terminal."""
    file = tmp_path / "mine.csv"
    annual([100.0, 150.0, 200.0, 300.0, 400.0, 500.0], start=2020).to_csv(file, index=False)
    histories = (file, str(file), pd.read_csv(file))
    verdicts = [tl.assess(PLEDGE, history=history) for history in histories]
    assert len({verdict.probability_in for verdict in verdicts}) == 1


def test_a_year_that_is_not_over(monkeypatch):
    """Half a year is no year: its months go into the part year."""
    monkeypatch.setattr(own_history, "today", lambda: pd.Timestamp("2025-12-31"))
    with pytest.raises(ValueError, match=r"^2025 is not over: .* part_year=\(6, 120.5\), in a"):
        tl.assess(PLEDGE, history=annual([400.0, 500.0], start=2024))
    monkeypatch.setattr(own_history, "today", lambda: pd.Timestamp("2026-01-01"))
    tl.assess(PLEDGE, history=annual([400.0, 500.0], start=2024))


def test_old_figures_of_ones_own_are_no_reason_to_be_silent():
    """Whoever gives figures that end long ago asks for a forecast from there, and gets it."""
    history = annual([100.0, 150.0, 200.0, 300.0, 400.0, 500.0], start=2007)
    verdict = tl.assess(tl.Target("ITA", "UZB", 900, 2017), history=history)
    assert verdict.value("last_year") == 2012
    assert 0 < verdict.probability_in < 1
    without = tl.assess(tl.Target("ITA", "UZB", 900), history=history)
    assert without.by == 2017
    assert without.shown == without.probability_ever >= verdict.probability_in


@pytest.mark.parametrize(
    ("last", "inside", "times", "meant"),
    [
        (4.5, 4.6, "200 times", r"10\u00b3 \(US\$0.9m\)"),
        (9e-4, 4.6, "1,000,000 times", r"10\u2076 \(US\$0.0009m\)"),
        (180_000.0, 170_000.0, "1/200 of", r"10\u00b3 \(US\$900,000m\)"),
    ],
)
def test_hardly_in_one_unit(last, inside, times, meant):
    """Two hundred times the last year, or a two-hundredth, is another unit; the factor is named."""
    message = rf"^a target of US\$900m is {times} the last figure, .* off by a factor of {meant}\?"
    history = annual([last], start=2024)
    with pytest.raises(tl.InputError, match=message):
        tl.assess(PLEDGE, history=history)
    tl.assess(PLEDGE, history=annual([inside], start=2024))
    if last > 1:
        assert tl.assess(PLEDGE, history=history, any_amount=True).value("last_musd") == last
