import hashlib
from importlib import import_module

import pandas as pd
import pytest

import tradelib as tl

sources = import_module("tradelib.datasets.sources")  # the module, not the function of its name


def test_sources_table():
    """Every source says who, under which licence, and when its figures count as known."""
    table = sources.sources()
    assert table["source_id"].is_unique
    assert table.drop(columns="note").notna().all(axis=None)
    rules = table.set_index("source_id")["release_rule"]
    assert rules["bns"] == "15 February, 1 year after the period"
    assert rules["unctad"] == "published all at once on 2018-08-13"


def test_files_table():
    """Every file has its provenance."""
    table = sources.files()
    assert table.notna().all(axis=None)
    page = table.set_index("file")["landing_page"]
    assert page["growth.csv"] == "https://www.usitc.gov/data/gravity/itpde.htm"
    assert page["figures.csv"] == "each row has its own address"


def test_path_is_the_registered_file():
    """The path leads to content of the registered hash."""
    registered = sources.files().set_index("file")["sha256"]["macro.csv"]
    content = sources.path("macro.csv").read_bytes()
    assert hashlib.sha256(content).hexdigest() == registered


def test_unknown_file():
    """An unknown name lists what there is."""
    with pytest.raises(ValueError, match="^no bundled file is called 'x.csv'; the files are"):
        sources.path("x.csv")


def test_changed_file(tmp_path, monkeypatch):
    """A file that is not the registered one is refused."""
    (tmp_path / "macro.csv").write_text("changed")
    sources._package()
    monkeypatch.setattr(sources, "data_folder", lambda: tmp_path)
    message = (
        r"^macro.csv is not the file that data/datapackage.json describes: the file has "
        r"sha256:[0-9a-f]{12}\.\.\., the description says sha256:[0-9a-f]{12}\.\.\.; restore the"
    )
    with pytest.raises(ValueError, match=message):
        sources.path("macro.csv")


def test_last_published_year():
    """The last year whose figures are out, by the source's lag, to the day."""
    days = {
        ("bns", "2022-02-14"): 2020,
        ("bns", "2022-02-15"): 2021,
        ("wits", "2022-01-30"): 2019,
        ("wits", "2022-12-31"): 2020,
        ("pledges", "2022-06-29"): 2020,
        ("pledges", "2022-06-30"): 2021,
    }
    for (source, on), year in days.items():
        assert sources.last_published_year(source, pd.Timestamp(on)) == year
    for source in ("unctad", "me"):
        with pytest.raises(ValueError, match=f"^'{source}' is not a source with a lag; those with"):
            sources.last_published_year(source, pd.Timestamp("2022-01-01"))


def test_release_day_by_lag():
    """The day from which `last_published_year` counts a year as known."""
    for source in ("bns", "wits", "imts", "comtrade", "baci", "wdi"):
        day = sources.release_day_by_lag(source, 2020)
        assert sources.last_published_year(source, day) == 2020
        assert sources.last_published_year(source, day - pd.Timedelta(days=1)) == 2019


def test_recommended_sources():
    """The rule is per pair and in the reported order; any other pair has none."""
    assert sources.recommended_sources("KAZ", "TKM") == (("KAZ", "TKM"), ["bns", "baci_type"])
    assert sources.recommended_sources("TKM", "KAZ") == (("KAZ", "TKM"), ["bns", "baci_type"])
    assert sources.recommended_sources("ITA", "UZB") == (("ITA", "UZB"), [])
    sources.recommended_sources("KAZ", "TKM")[1].clear()
    assert sources.recommended_sources("KAZ", "TKM")[1]


def test_cite():
    """Sources in order of appearance, and the newest release."""
    frame = pd.DataFrame(
        {"source_id": ["wits", "bns", "wits"], "released": pd.to_datetime(["2024-01-31"] * 3)}
    )
    assert sources.cite(frame) == (
        "Source: WITS (UN Comtrade), BNS Kazakhstan; data released up to 2024-01-31"
    )
    with pytest.raises(ValueError, match="^cite needs rows with source_id and released"):
        sources.cite(frame.drop(columns="released"))
    with pytest.raises(ValueError, match="^cite needs rows"):
        sources.cite(frame.iloc[:0])
    for column in ("source_id", "released"):
        with pytest.raises(ValueError, match="^cite needs rows"):
            sources.cite(frame.assign(**{column: None}))
    with pytest.raises(ValueError, match="^'me' is not a source; the sources are bns, "):
        sources.cite(frame.assign(source_id="me"))


def test_cite_says_through_whom():
    """A figure that was read from a third party's copy says so; one read at its office does not."""
    read = "someone/something@abc1234, a.csv"
    rows = pd.DataFrame(
        {
            "source_id": ["bns", "bns", "wits", "imts"],
            "released": pd.to_datetime(["2024-02-15"] * 4),
            "read_through": [None, read, read, None],
        }
    )
    assert sources.cite(rows.iloc[[0]]) == "Source: BNS Kazakhstan; data released up to 2024-02-15"
    assert sources.cite(rows) == (
        "Source: IMF IMTS; BNS Kazakhstan, WITS (UN Comtrade), read from third parties' copies; "
        "data released up to 2024-02-15"
    )


def test_cite_knows_a_source_that_is_a_copy(monkeypatch):
    """Where all of a source's figures come from one copy, its own entry says so."""
    entries = {**sources.registered_sources()}
    entries["cow"] = {**entries["cow"], "read_through": "someone/something@abc1234, a.csv"}
    monkeypatch.setattr(sources, "registered_sources", lambda: entries)
    frame = pd.DataFrame({"source_id": ["cow"], "released": [pd.Timestamp("2020-01-01")]})
    assert sources.cite(frame).startswith(
        "Source: Correlates of War (IMF DOTS), read from a third party's copy; data"
    )


def test_cite_of_the_bundled_series():
    """The deciding figure is the bureau's, read from a third party's copy."""
    series = tl.load_turnover("KAZ", "TKM", source="bns")
    assert sources.cite(series) == (
        "Source: BNS Kazakhstan, read from a third party's copy; data released up to 2026-07-31"
    )
    assert tl.cite(tl.load_targets()).startswith("Source: the registry of targets; data")
