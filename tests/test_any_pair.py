"""Annual series of any two countries from the wide files."""

import gzip

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, loaded

import tradelib as tl
from tradelib.datasets import pair_series, sources, tables

SHARED = ROOT.parent / "shared"
OFFICES = {
    "UZB": "uzstat",
    "KAZ": "bns_partners",
    "KGZ": "nsc_kgz",
    "ARM": "armstat",
    "RUS": "fts_rus",
    "USA": "census_usa",
}
WIDE = ("offices.csv.gz", "itpde_2000_2016.csv.gz", "baci_2023.csv.gz")


def totals():
    """National totals as the project has them, beside the clone."""
    file = SHARED / "panel" / "national_partner_totals.parquet"
    if not file.exists():
        pytest.skip("national_partner_totals.parquet is not beside the clone")
    return pd.read_parquet(file)


def report(source, years, value=1.0):
    """A report of a pair with equal exports and imports in some years."""
    flow = dict.fromkeys(years, value)
    return pair_series.Report(source, "KAZ", "UZB", flow, dict(flow))


class TestRule:
    """Which source the series is of, and what stands after it."""

    def test_office_of_five_years(self):
        """Five years of an office suffice, four do not, however long the matrix is."""
        reports = {"itpde_r1": report("itpde_r1", range(2000, 2017))}
        office = report("bns_partners", range(2018, 2023))
        assert pair_series.main_series({**reports, "bns_partners": office}) == office
        reports["bns_partners"] = report("bns_partners", range(2018, 2022))
        run = pair_series.main_series(reports)
        (level,) = pair_series.levels_after(reports, 2016)
        assert (run.source, level.source) == ("itpde_r1", "bns_partners")
        assert level.exports == {2021: 1.0}

    def test_newest_then_longest_office(self):
        """The office whose last year is the latest, then the longer one."""
        kaz = report("bns_partners", range(2018, 2024))
        uzb = report("uzstat", range(2010, 2023))
        assert pair_series.main_series({"uzstat": uzb, "bns_partners": kaz}) == kaz
        longer = report("uzstat", range(2010, 2024))
        assert pair_series.main_series({"uzstat": longer, "bns_partners": kaz}) == longer

    def test_level_of_the_same_year(self):
        """Of two levels of one year the office's counts; one that is no newer than the run, none."""
        run = report("itpde_r1", range(2000, 2017))
        reports = {
            "itpde_r1": run,
            "baci_v202501": report("baci_v202501", [2023]),
            "uzstat": report("uzstat", [2022, 2023]),
        }
        assert pair_series.main_series(reports) == run
        levels = pair_series.levels_after(reports, 2016)
        assert [level.source for level in levels] == ["uzstat"]
        del reports["baci_v202501"]
        reports["uzstat"] = report("uzstat", [2015, 2016])
        assert pair_series.levels_after(reports, 2016) == []
        assert pair_series.main_series(reports) == run

    def test_years_without_trade_do_not_count(self):
        """A year in which nothing was traded is no level and makes no run."""
        idle = report("uzstat", range(2015, 2024), 0.0)
        assert pair_series.main_series({"uzstat": idle}) is None
        assert pair_series.levels_after({"uzstat": idle}, 2014) == []
        level = report("baci_v202501", [2023])
        assert pair_series.main_series({"uzstat": idle, "baci_v202501": level}) == level


class TestTurnover:
    """`load_turnover` of pairs that no one has compiled by hand."""

    def test_kazakhstan_and_turkey(self):
        """2023 by the Kazakh bureau: exports of US$3,943m and imports of US$2,042m, worked out by hand."""
        series = tl.load_turnover("KAZ", "TUR").set_index("year")
        assert series.loc[2023, ["export_musd", "import_musd"]].tolist() == [3943.0, 2042.0]
        assert series.loc[2023, "turnover_musd"] == 5985.0
        assert series.index.tolist() == list(range(2018, 2026))
        assert series["status"].tolist() == ["final"] * 8
        released = [f"{year + 1}-07-31" for year in series.index]
        assert series["released"].dt.strftime("%Y-%m-%d").tolist() == released

    @pytest.mark.parametrize(
        "pair", [("KAZ", "TUR"), ("KAZ", "TKM"), ("UZB", "KGZ"), ("IND", "ARE")]
    )
    def test_either_order(self, pair):
        """Turnover is the same from either side; what no office reports is seen from one's own."""
        ours = tl.load_turnover(*pair)
        theirs = tl.load_turnover(*pair[::-1])
        same = ["year", "turnover_musd", "source_id", "released", "coverage", "valuation"]
        assert ours[same].equals(theirs[same])
        of_office = ours["source_id"] != "pledges"
        if pair == ("IND", "ARE"):
            assert ours["export_musd"].equals(theirs["import_musd"])
        else:
            assert ours[of_office].equals(theirs[of_office])
        assert set(ours.loc[~of_office, "reporter"]) <= {pair[0]}
        assert set(theirs.loc[~of_office, "reporter"]) <= {pair[1]}

    def test_two_sources_kept_apart(self):
        """An older run and two levels: each row says whose it is, and how it counts."""
        series = tl.load_turnover("IND", "ARE")
        sources_in_order = ["itpde_r1"] * 17 + ["baci_v202501", "pledges"]
        assert series["source_id"].tolist() == sources_in_order
        assert series["year"].tolist() == [*range(2000, 2017), 2023, 2024]
        assert series["coverage"].unique().tolist() == ["goods_services", "goods"]
        assert series["valuation"].tolist()[-2:] == ["FOB", "unknown"]
        assert tl.cite(series) == (
            "Source: the registry of targets; USITC ITPD-E, CEPII, BACI, version 202501, read "
            "from third parties' copies; data released up to 2025-06-30"
        )

    def test_columns_are_those_of_every_pair(self):
        """A pair of the wide files, of the registry and one compiled by hand come in one shape."""
        of_file = tl.load_turnover("KAZ", "TUR").dtypes.astype(str).str.replace("[s]", "[us]")
        by_hand = tl.load_turnover("KAZ", "TKM").dtypes.astype(str)
        of_registry = tl.load_turnover("KAZ", "TUR", as_of="2018-01-01").dtypes.astype(str)
        assert of_file.equals(by_hand)
        assert of_registry.str.replace("[s]", "[us]").equals(of_file)

    @pytest.mark.parametrize(
        ("on", "first", "last", "source"),
        [
            ("2018-01-01", "pledges", 2016, "pledges"),
            ("2020-12-30", "bns_partners", 2019, "bns_partners"),
            # Four years of the bureau at most are too few for a run.
            ("2020-12-31", "itpde_r1", 2019, "bns_partners"),
            ("2021-07-30", "itpde_r1", 2019, "bns_partners"),
            ("2021-07-31", "itpde_r1", 2020, "bns_partners"),
            ("2023-07-30", "itpde_r1", 2021, "pledges"),
            ("2023-07-31", "bns_partners", 2022, "bns_partners"),
            ("2026-07-31", "bns_partners", 2025, "bns_partners"),
        ],
    )
    def test_as_of(self, on, first, last, source):
        """What is recommended is what was known: a level, the matrix and a level, the office."""
        seen = tl.load_turnover("KAZ", "TUR", as_of=on)
        assert seen["year"].iloc[-1] == last
        assert seen["source_id"].iloc[[0, -1]].tolist() == [first, source]
        assert (seen["released"] <= pd.Timestamp(on)).all()

    def test_one_source(self):
        """Any source can be asked for; two reports of a pair differ; one without the pair is named."""
        ours = tl.load_turnover("UZB", "KGZ", source="uzstat").set_index("year")["turnover_musd"]
        theirs = tl.load_turnover("UZB", "KGZ", source="nsc_kgz").set_index("year")["turnover_musd"]
        assert ours.index.tolist() == list(range(2010, 2024))
        assert theirs[2022] / ours[2022] < 0.8
        message = "^the source 'wits' has no year with both exports and imports of"
        with pytest.raises(ValueError, match=message):
            tl.load_turnover("KAZ", "TUR", source="wits")

    def test_nothing_known(self):
        """Of a pair that no file has, or that was not out, the error says what is and how to go on."""
        for ask in (tl.load_turnover, tl.available):
            with pytest.raises(ValueError, match="^nothing is known of ABW-TCD; download figures"):
                ask("ABW", "TCD")
        with pytest.raises(ValueError, match="no annual figures of .* were released by"):
            tl.load_turnover("KAZ", "TUR", as_of="2012-05-22")

    def test_one_flow_is_no_turnover(self):
        """A pair of which only one direction is known has no turnover, and says so."""
        matrix = tables.table("baci_2023.csv.gz")
        older = tables.table("itpde_2000_2016.csv.gz")
        flows = set(zip(matrix["exporter"], matrix["importer"], strict=True))
        flows |= set(zip(older["exporter"], older["importer"], strict=True))
        one_way = sorted(pair for pair in flows if pair[::-1] not in flows)
        halves = [pair for pair in one_way if not set(pair) & set(OFFICES)]
        with pytest.raises(ValueError, match="^no source has a year with both .*, are .*"):
            tl.load_turnover(*halves[0])
        assert tl.available(*halves[0])["flows"].tolist() == ["export"]


def test_available():
    """What there is of a pair, by source: office, flows, years, coverage and valuation."""
    by_source = tl.available("KAZ", "UZB").set_index("source_id")
    expected = ["KAZ", "goods", "export, import", 2018, 2025, 8, "exports FOB, imports CIF"]
    assert by_source.loc["bns_partners"].tolist() == expected
    columns = ["reporter", "first_year", "last_year", "n", "coverage"]
    assert by_source.loc["uzstat", columns].tolist() == ["UZB", 2010, 2023, 14, "goods_services"]
    assert by_source.loc["baci_v202501", ["reporter", "n"]].tolist() == ["", 1]
    by_hand = tl.available("TKM", "KAZ").set_index(["source_id", "reporter"])
    assert by_hand.loc[("bns", "KAZ"), ["first_year", "last_year", "n"]].tolist() == [2018, 2025, 8]
    assert not tl.available("KAZ", "TKM").duplicated(["source_id", "reporter"]).any()


def test_one_hundred_pairs():
    """Any two countries that trade have a series, or an error that says where to look."""
    matrix = tables.table("baci_2023.csv.gz")
    chosen = np.random.default_rng(18).choice(len(matrix), 100, replace=False)
    count = 0
    for exporter, importer in matrix.iloc[chosen][["exporter", "importer"]].to_numpy():
        try:
            series = tl.load_turnover(importer, exporter)
        except ValueError as error:
            assert "or pass your own as `history=`" in str(error)  # noqa: PT017 - one or the other
            continue
        count += 1
        assert series["year"].is_monotonic_increasing
        assert series["year"].is_unique
        assert (series["turnover_musd"] >= 0).all()
        # A run, a level and the registry.
        assert series["source_id"].nunique() <= 3
    assert count >= 75


class TestFiles:
    """The wide files against what they were made from."""

    def test_every_office_is_entered(self):
        """In the file, among the sources, in the script that makes the file, and in these tests."""
        in_file = set(tables.table(WIDE[0])["reporter"])
        entries = sources.registered_sources().items()
        registered = {entry["office"]: source for source, entry in entries if "office" in entry}
        assert in_file == set(registered) == set(loaded(ROOT / "data/prepare/pairs.py").OFFICES)
        assert registered == OFFICES

    def test_zeros(self):
        """A zero that Uzbekistan or Armenia prints is unknown; one that the US prints is a zero."""
        raw = pd.read_csv(ROOT / "data" / WIDE[0], dtype=str, keep_default_na=False)
        flows = ["export", "import"]
        zeros = raw[raw["flow"].isin(flows)].melt(["reporter", "partner", "flow"], var_name="year")
        zeros = zeros[zeros["value"] == "0"]
        counts = zeros.groupby("reporter").size()
        assert counts["UZB"] > 1000 < counts["ARM"]
        for reporter in ("UZB", "ARM", "USA"):
            zero = zeros[zeros["reporter"] == reporter].iloc[0]
            office = pair_series.reports(reporter, zero.partner).get(OFFICES[reporter])
            years = {}
            if office is not None:
                years = office.exports if zero.flow == "export" else office.imports
            assert (int(zero.year) in years) == (reporter == "USA")

    def test_small_figures_of_full_grids_stay(self):
        """Only a zero is unknown: less than a million that Uzbekistan prints is trade."""
        raw = tables.table(WIDE[0]).query("reporter == 'UZB' and flow == 'export'")
        row = raw[raw["2023"].between(0.01, 0.5)].iloc[0]
        assert pair_series.reports("UZB", row["partner"])["uzstat"].exports[2023] == row["2023"]

    def test_armenian_imports_by_consignment_stand_apart(self):
        """They are in the file and in no turnover."""
        rows = tables.table(WIDE[0]).query("reporter == 'ARM' and partner == 'RUS'")
        printed = rows.set_index("flow")["2024"]
        imports = pair_series.reports("ARM", "RUS")["armstat"].imports
        assert imports[2024] == printed["import"] != printed["import_consignment"]

    def test_offices_as_printed(self):
        """Every figure of the offices is there, to four digits."""
        every = totals()
        every = every[every["reporter"].isin(OFFICES) & (every["value_mn"] >= 1)]
        keys = ["reporter", "partner", "flow"]
        raw = tables.table(WIDE[0]).melt(keys, var_name="year").dropna()
        both = every.merge(raw.astype({"year": int}), on=[*keys, "year"])
        assert len(both) == len(every)
        gap = both["value"] / both["value_mn"] - 1
        assert np.abs(gap).max() <= 5.1e-4

    def test_made_again(self):
        """The script gives the same bytes."""
        totals()
        script = loaded(ROOT / "data" / "prepare" / "pairs.py")
        for name, table in script.tables(SHARED).items():
            again = gzip.decompress(script.packed(table))
            assert again == gzip.decompress((ROOT / "data" / name).read_bytes()), name

    def test_sorted(self):
        """Lines are in the order that the search relies on."""
        for file in WIDE:
            years, lines = pair_series._unpacked(file)
            assert lines == sorted(lines)
            names = 3 if file == WIDE[0] else 2
            assert {line.count(b",") for line in lines} == {names + len(years) - 1}

    def test_first_and_last_line(self):
        """The search finds the ends of a file, and nothing beyond."""
        for file in WIDE[1:]:
            whole = tables.table(file)
            for at in (0, len(whole) - 1):
                row = whole.iloc[at]
                line = pair_series._line(file, row.iloc[0], row.iloc[1])
                expected = row.iloc[2:].dropna()
                assert line == {int(year): value for year, value in expected.items()}
            assert pair_series._line(file, "AAA", "AAB") == {}
            assert pair_series._line(file, "ZZZ", "ZZZ") == {}

    def test_size(self):
        """The folder stays within the 8 MB that issue 34 allows for a right record."""
        files = [path for path in (ROOT / "data").rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) < 8e6


@pytest.mark.parametrize("on", ["2021-06-30", "2022-10-05", "2024-03-01", "2025-01-30"])
def test_poisoned_future(monkeypatch, on):
    """Whatever a wide file holds of figures released later moves nothing known before."""
    asked_pairs = [
        ("KAZ", "TUR"),
        ("UZB", "KGZ"),
        ("ARM", "RUS"),
        ("RUS", "BLR"),
        ("USA", "IND"),
        ("IND", "ARE"),
    ]
    before = [tl.load_turnover(*pair, as_of=on) for pair in asked_pairs]
    newest = [tl.load_turnover(*pair) for pair in asked_pairs]
    honest = pair_series._line
    limit = pd.Timestamp(on).date()
    of_file = {
        entry["file"]: name
        for name, entry in sources.registered_sources().items()
        if "file" in entry
    }

    def poisoned(file, *names):
        source = OFFICES[names[0]] if file == WIDE[0] else of_file[file]
        line = dict(honest(file, *names))
        for year in line:
            if sources.release_day(source, year) > limit:
                line[year] *= 0.9
        if sources.release_day(source, 2040) > limit:
            line[2040] = 5.0
        return line

    monkeypatch.setattr(pair_series, "_line", poisoned)
    for pair, honest_series in zip(asked_pairs, before, strict=True):
        assert tl.load_turnover(*pair, as_of=on).equals(honest_series)
    for pair, honest_series in zip(asked_pairs[:4], newest[:4], strict=True):
        assert not tl.load_turnover(*pair).equals(honest_series)


class TestMirrors:
    """Where both offices report, how far they part."""

    def test_by_hand(self):
        """2023, US$ million: Kazakhstan printed exports of 3,130, Uzbekistan imports of 3,029."""
        both = pd.concat([tl.load_figures("KAZ", "UZB"), tl.load_figures("UZB", "KAZ")])
        gaps = tl.flows.asymmetry(both).query("exporter == 'KAZ'")
        last = gaps[gaps["period_end"] == "2023-12-31"].iloc[0]
        assert last["export_musd"] == 3130
        assert last["gap_musd"] == last["import_musd"] - 3130

    def test_only_ones_own_report(self):
        """Figures of a pair are what the reporter's own office prints, as released by a day."""
        figures = tl.load_figures("KAZ", "UZB", as_of="2024-02-14")
        assert set(figures["source_id"]) == {"bns_partners"}
        assert figures["period_end"].dt.year.max() == 2022
        assert figures["reporter"].unique().tolist() == ["KAZ"]
        last = tl.load_figures("KAZ", "UZB").query("flow == 'export'").iloc[-1]
        days = [str(day.date()) for day in last[["period_start", "period_end"]]]
        assert days == ["2025-01-01", "2025-12-31"]
        assert last[["value_musd", "status"]].tolist() == [3486, "final"]
        with pytest.raises(ValueError, match="^no figures of IND with ARE are bundled"):
            tl.load_figures("IND", "ARE")
