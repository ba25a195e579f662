"""Figures of any pair from each source, in the frames that the rest of the library takes."""

import pickle
import re
import subprocess
import sys
from functools import partial
from unittest import mock

import live_bodies as bodies
import pandas as pd
import pytest
from live_server import Answer

import tradelib as tl
from tradelib import live
from tradelib.live import cache, checks, tidy

IMTS = "/imts/data/dataflow/IMF.STA/IMTS/+/"
BNS_LIST = "/bns/ru/industries/economy/foreign-market/spreadsheets/"
WITS = "/wits/SDMX/V21/datasource/tradestats-trade/"


def serve_imts(source, pair="KAZ.{}.TKM", **bodies_of):
    """Exports and imports of a pair, or other bodies for them."""
    for flow, code in (("export", "XG_FOB_USD"), ("import", "MG_CIF_USD")):
        body = bodies_of.get(flow) or bodies.imts(flow)
        source.routes[IMTS + pair.format(code)] = Answer(body)


def serve_bns(source):
    """Three editions, of which the newest is preliminary."""
    source.routes |= {
        BNS_LIST: Answer(b"<html><p>spreadsheets</p></html>"),
        BNS_LIST + "?year=2021": Answer(bodies.bns_listing(("11", 2021, True, "15.07.2022"))),
        BNS_LIST + "?year=2022": Answer(
            bodies.bns_listing(("21", 2022, False, "15.02.2023"), ("22", 2021, False, "15.02.2022"))
        ),
        "/bns/api/iblock/element/11/file/ru/": Answer(
            status=302, headers={"Location": "/bns/upload/11.xlsx"}
        ),
        "/bns/upload/11.xlsx": Answer(bodies.bns()),
        "/bns/api/iblock/element/21/file/ru/": Answer(
            bodies.bns({"12_2022": (340.25, 98.5), "12_2021": (9.0, 9.0)})
        ),
    }


def serve_wits(source):
    """Both flows of a pair."""
    for flow, code in (("export", "XPRT-TRD-VL"), ("import", "MPRT-TRD-VL")):
        path = f"reporter/kaz/year/all/partner/tkm/product/Total/indicator/{code}"
        source.routes[WITS + path] = Answer(bodies.wits(flow))


def comtrade_years(path):
    """The years asked for, as UN Comtrade answers."""
    period = path.split("period=")[1].split("&")[0].split(",")
    return Answer(bodies.comtrade(years=list(map(int, period))))


def serve(source, name):
    """The same figures from any source."""
    if name == "imts":
        serve_imts(source)
    elif name == "wits":
        serve_wits(source)
    elif name == "bns":
        serve_bns(source)
    else:
        source.routes["/comtrade/public/v1/preview/C/A/HS"] = comtrade_years


def test_bns_figures(source):
    """The final edition before the preliminary; a year without edition from the next one's sheet."""
    serve(source, "bns")
    flows = live.fetch_flows("KAZ", "TKM", source="bns", years=[2020, 2021, 2022])
    of_exports = flows[flows["flow"] == "export"]
    assert of_exports[["value_musd", "status"]].to_numpy().tolist() == [
        [76.5, "final"],
        [0.0, "final"],
        [340.25, "preliminary"],
    ]
    assert flows["note"].tolist()[-1] == "preliminary edition of 2022, listed 2023-02-15"
    assert "/bns/api/iblock/element/22/file/ru/" not in source.paths


@pytest.mark.parametrize(
    ("name", "released"),
    [
        ("imts", "2022-09-30"),
        ("comtrade", "2023-01-31"),
        ("wits", "2023-01-31"),
        ("bns", "2022-02-15"),
    ],
)
def test_any_source(source, name, released):
    """Figures in US$ million, zero too, as bundled ones; each with source, release and address."""
    serve(source, name)
    flows = live.fetch_flows("Kazakhstan", 795, source=name, years=[2020, 2021])
    columns = ["reporter", "partner", "flow", "value_musd", "status"]
    assert flows[columns].to_numpy().tolist() == [
        ["KAZ", "TKM", "export", 76.5, "final"],
        ["KAZ", "TKM", "import", 51.25, "final"],
        ["KAZ", "TKM", "export", 0.0, "final"],
        ["KAZ", "TKM", "import", 42.5, "final"],
    ]
    bundled = tl.load_figures("KAZ", "TKM")
    assert flows.columns.tolist() == [*bundled.columns, "accessed"]
    assert flows.drop(columns="accessed").dtypes.to_dict() == bundled.dtypes.to_dict()
    assert set(flows["source_id"]) == {name}
    assert flows["source_url"].str.startswith(source.base).all()
    assert set(flows["released_basis"]) == {"lag"}
    assert flows["released"].iloc[-1] == pd.Timestamp(released)
    today = pd.Timestamp.now(tz="UTC").tz_localize(None).normalize()
    assert (flows["accessed"] >= today - pd.Timedelta(days=1)).all()
    joined = pd.concat([bundled, flows], ignore_index=True)
    turnover = tl.flows.turnover(joined[joined["source_id"] == name])
    assert (turnover["turnover_musd"] > 0).all()


def test_rows():
    """Every cell of rows in the order of years and flows, without asking anybody."""
    moment = pd.Timestamp("2022-03-05 23:00", tz="UTC")
    exports = cache.Reply(address="http://exports", body=b"", accessed=moment, sha256="")
    imports = exports._replace(address="http://imports")
    import_figures = (
        checks.Figure("import", 2021, 2.5, "estimate", "a note"),
        checks.Figure("import", 2019, 0),
    )
    export_figures = (checks.Figure("export", 2021, None, "empty"),)
    replies = [(import_figures, imports), (export_figures, exports)]
    flows = tidy.with_source("imts", "KAZ", "TKM", replies)
    common = {
        "reporter": "KAZ",
        "partner": "TKM",
        "coverage": "goods",
        "bound": "exact",
        "growth_doubtful": False,
        "source_id": "imts",
        "who": "International Monetary Fund (IMF)",
        "accessed": pd.Timestamp("2022-03-05"),
        "source_title": "International Merchandise Trade Statistics by counterpart (successor of DOTS)",
    }
    assert flows[list(common)].to_dict("records") == [common] * 3
    rest = flows.drop(columns=[*common, "publisher"]).dropna(axis="columns", how="all")
    assert rest.to_csv(index=False).splitlines() == [
        "flow,period_start,period_end,value_musd,status,released,released_basis,source_url,note",
        "import,2019-01-01,2019-12-31,0.0,final,2020-09-30,lag,http://imports,",
        "export,2021-01-01,2021-12-31,,empty,2022-03-05,accessed,http://exports,",
        "import,2021-01-01,2021-12-31,2.5,estimate,2022-03-05,accessed,http://imports,a note",
    ]
    assert flows.index.tolist() == [0, 1, 2]


def test_released_is_not_after_access():
    """Here before its lag has passed is released when fetched, unless its year was not over then."""
    when = pd.Timestamp("2022-03-05")
    assert tidy.released("imts", 2021, when.date()) == (when, "accessed")
    rule = (pd.Timestamp("2022-09-30"), "lag")
    for wrong in ("2022-09-30", "2022-10-01", "2021-12-31", "1972-02-21"):
        assert tidy.released("imts", 2021, pd.Timestamp(wrong).date()) == rule


def test_turnover_is_a_history(source):
    """The history that `assess` takes: columns of `load_turnover`, whole pairs of flows only."""
    values = {2018: 90.0, **bodies.EXPORTS, 2021: 211.0}
    serve_imts(source, export=bodies.imts("export", values=values))
    history = live.fetch_turnover("KAZ", "TKM")
    bundled = tl.load_turnover("KAZ", "TKM")
    assert history.columns.tolist() == bundled.columns.tolist()
    assert history.dtypes.to_dict() == bundled.dtypes.to_dict()
    assert history["year"].tolist() == [2019, 2020, 2021]
    assert history["turnover_musd"].tolist() == [145.75, 127.75, 253.5]
    target = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2024)
    assert 0 <= tl.assess(target, history=history).probability_in <= 1
    assert "US$253.5m" in tl.standing(target, history).summary()
    assert tl.cite(history).startswith("Source: IMF IMTS; data released up to 2022-09-30")


def test_estimates_stay_so(source):
    """A year of which the IMF estimates one flow is an estimate, in flows and turnover."""
    guess = bodies.imts().replace(b",A,2020,76500000.0,6,", b",A,2020,76500000.0,6,E")
    serve_imts(source, export=guess)
    history = live.fetch_turnover("KAZ", "TKM")
    assert history["status"].tolist() == ["final", "estimate", "final"]
    panel = "dataflow,I,I,KAZ,{},TKM,A,2020,5e6,6,{}"
    head = bodies.imts().splitlines()[0].decode()
    for code, mark in (("XG_FOB_USD", "P"), ("MG_CIF_USD", "E")):
        row = panel.format(code, mark)
        next_row = panel.replace("2020", "2021").format(code, "Q" if mark == "P" else "")
        table = "\n".join([head, row, next_row, ""])
        source.routes[f"{IMTS}*.{code}.*.A"] = Answer(table.encode())
    all_pairs = live.fetch_panel(progress=False)
    assert all_pairs["status"].tolist() == ["estimate", "suppressed"]
    assert all_pairs["export_musd"].isna().tolist() == [False, True]
    assert all_pairs["import_musd"].tolist() == [5.0, 5.0]


@pytest.mark.parametrize(("value", "there"), [(1.0, "export, import"), ("", "neither")])
def test_no_year_with_both_flows(source, value, there):
    """Exports of one year and imports of another are no turnover."""
    exports = bodies.imts(values={2001: value})
    imports = bodies.imts("import", values={2002: value})
    serve_imts(source, export=exports, **{"import": imports})
    message = f"asked imts, got no year with both exports and imports but {there}; "
    with pytest.raises(live.NoDataError, match=f"^{message}ask for other years, the partner's"):
        live.fetch_turnover("KAZ", "TKM")


def test_turnover_is_asked_like_flows(source):
    """Source, years, age, deadline and the forbidden network go the same way."""
    serve(source, "wits")
    ask = partial(live.fetch_turnover, "KAZ", "TKM", source="wits", years=[2020])
    with pytest.raises(live.OfflineError):
        ask(offline=True)
    for age, calls in ((7, 2), (7, 2), (0, 4)):
        assert ask(max_age_days=age)["turnover_musd"].tolist() == [127.75]
        assert len(source.seen) == calls
    assert ask(offline=True)["year"].tolist() == [2020]
    with pytest.raises(ValueError, match="timeout is a number"):
        ask(timeout=0)


def test_what_is_logged(source, caplog):
    """What was fetched, and what was read from a copy, goes to the library's logger."""
    serve(source, "wits")
    caplog.set_level("INFO", logger="tradelib")
    for _ in range(2):
        live.fetch_turnover("KAZ", "TKM", source="wits", years=[2020])
    verbs = [record.getMessage().split(" ")[0] for record in caplog.records]
    assert verbs == ["fetched", "fetched", "read", "read"]


def test_year_from_two_answers(source):
    """A year that comes under a country's old and new code is none, and both were asked for."""
    for code in ("sud", "sdn"):
        for flow, indicator in (("export", "XPRT-TRD-VL"), ("import", "MPRT-TRD-VL")):
            path = f"reporter/kaz/year/all/partner/{code}/product/Total/indicator/{indicator}"
            body = bodies.wits(flow, partner=code.upper(), values={2011: 1.0})
            source.routes[WITS + path] = Answer(body)
    with pytest.raises(live.MalformedError, match="^asked http.*, got the export of 2011") as no:
        live.fetch_flows("KAZ", "SDN", source="wits")
    assert no.value.asked == source.base + source.paths[0]
    assert len(source.paths) == 4


def test_both_reports_stay_apart(source):
    """The two sides' reports of a flow, from two sources, meet in `asymmetry` and nowhere before."""
    serve_imts(source)
    mirrored = bodies.imts("import", reporter="TKM", partner="KAZ", values={2020: 90.0})
    exports = bodies.imts("export", reporter="TKM", partner="KAZ", values={2020: 40.0})
    serve_imts(source, "TKM.{}.KAZ", export=exports, **{"import": mirrored})
    serve(source, "wits")
    kazakh = live.fetch_flows("KAZ", "TKM", source="wits")
    turkmen = live.fetch_flows("TKM", "KAZ", source="imts")
    gaps = tl.flows.asymmetry(pd.concat([kazakh, turkmen]))
    expected = [["KAZ", 76.5, 90.0], ["TKM", 40.0, 51.25]]
    assert gaps[["exporter", "export_musd", "import_musd"]].to_numpy().tolist() == expected
    mirror = tl.flows.mirror(turkmen)
    assert mirror["reporter"].unique().tolist() == ["KAZ"]


def test_suppressed_empty_and_zero(source):
    """Three different things, and a year that is not listed is a fourth: no row."""
    withheld = "dataflow,IMF.STA:IMTS(1.0.0),I,KAZ,XG_FOB_USD,TKM,A,2017,,6,Q"
    body = bodies.imts("export", values={2018: "", 2021: 0.0}, extra=[withheld])
    serve_imts(source, export=body)
    flows = live.fetch_flows("KAZ", "TKM")
    exports = flows[flows["flow"] == "export"]
    assert exports["period_end"].dt.year.tolist() == [2017, 2018, 2021]
    assert exports["status"].tolist() == ["suppressed", "empty", "final"]
    assert exports["value_musd"].isna().tolist() == [True, True, False]
    assert exports["value_musd"].tolist()[-1] == 0
    assert live.fetch_turnover("KAZ", "TKM")["year"].tolist() == [2021]
    with pytest.raises(ValueError, match="value_musd is missing"):
        tl.flows.turnover(flows)


def test_one_flow_without_data(source):
    """A pair that only exports has those rows; the other flow is not made up."""
    serve_imts(source)
    source.routes[IMTS + "KAZ.MG_CIF_USD.TKM"] = Answer(b"NoRecordsFound", status=404)
    assert set(live.fetch_flows("KAZ", "TKM")["flow"]) == {"export"}


def test_no_data_is_no_outage(source):
    """404 without records, an empty table and years outside are NoDataError; a bare 404 is not."""
    source.routes[IMTS] = Answer(b"<m:Error>No results found</m:Error>", status=404)
    with pytest.raises(live.NoDataError, match="imts for KAZ's trade with TKM, got an answer"):
        live.fetch_flows("KAZ", "TKM")
    head = bodies.imts(values={2000: 1.0}).splitlines()[0]
    source.routes[IMTS + "KAZ.X"] = Answer(head + b"\n")
    with pytest.raises(live.NoDataError, match="ask for other years, the partner's report"):
        live.fetch_flows("KAZ", "TKM")
    serve_imts(source)
    with pytest.raises(live.NoDataError, match="in 1950-1959"):
        live.fetch_flows("KAZ", "TKM", years=range(1950, 1960))
    source.routes[WITS] = Answer(b"NoRecordsFound", status=404)
    with pytest.raises(live.NoDataError):
        live.fetch_flows("KAZ", "TKM", source="wits")
    source.routes[IMTS] = Answer(b"gone", status=404)
    with pytest.raises(live.UnavailableError, match=r"status 404 \(gone\); its address may have"):
        live.fetch_flows("KAZ", "UZB")


def test_no_such_partner_in_the_workbook(source):
    """A partner that is on no sheet is no data; if a name is not known to us, nobody can tell."""
    serve_bns(source)
    with pytest.raises(live.NoDataError, match="the workbook of 2022 without ITA"):
        live.fetch_flows("KAZ", "ITA", source="bns", years=[2020, 2021, 2022])
    odd = bodies.bns(rows=[("Атлантида", None, None, 1.0, None, 1.0)])
    source.routes["/bns/upload/11.xlsx"] = Answer(odd)
    with pytest.raises(live.MalformedError, match="without ITA, but with names we do not know"):
        live.fetch_flows("KAZ", "ITA", source="bns", years=2021)


def test_partner_in_some_workbooks(source):
    """A year whose sheet does not list the partner is no row; the other years are."""
    serve_bns(source)
    row = ("Италия", None, None, 5000.0, None, 6000.0)
    source.routes["/bns/upload/11.xlsx"] = Answer(bodies.bns(rows=[row]))
    flows = live.fetch_flows("KAZ", "ITA", source="bns", years=[2021, 2022])
    assert flows["value_musd"].tolist() == [5.0, 6.0]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("KAZ", "KAZ"), {}, "a pair is two countries, got KAZ with itself"),
        (("KAZ", "Atlantis"), {}, "no country is called 'Atlantis'"),
        (("TKM", "KAZ"), {"source": "bns"}, "bns reports Kazakhstan's trade, not TKM's; make KAZ"),
    ],
)
def test_bad_arguments(source, arguments, options, message):
    """What cannot be asked is refused before anything is sent."""
    with pytest.raises(ValueError, match=message):
        live.fetch_flows(*arguments, **options)
    assert source.seen == []


def test_comtrade_asks_twelve_years_at_a_time(source):
    """From 1995 to now in calls of twelve, by the numbers that the UN's trade statistics use."""
    source.routes["/comtrade"] = Answer(bodies.comtrade([]))
    with pytest.raises(live.NoDataError):
        live.fetch_flows("USA", "FRA", source="comtrade")
    periods = [path.split("period=")[1].split("&")[0].split(",") for path in source.paths]
    assert {len(period) for period in periods[:-1]} == {12}
    years = range(1995, pd.Timestamp.now(tz="UTC").year + 1)
    assert [int(year) for period in periods for year in period] == list(years)
    totals = "cmdCode=TOTAL&flowCode=X,M&partner2Code=0&motCode=0&customsCode=C00"
    for path in source.paths:
        assert "reporterCode=842&partnerCode=251&" in path
        assert totals in path


@pytest.mark.parametrize(
    ("years", "lists"),
    [
        (2020, [2021]),
        ([2021, 2022], [2021, 2022, 2023]),
        (2026, [2026]),
        (2025, [2025, 2026]),
        (None, range(2021, 2027)),
    ],
)
def test_bns_lists(source, monkeypatch, years, lists):
    """The lists of the years and of the one after, whose workbook has a sheet of the year before."""
    moment = pd.Timestamp("2026-11-01", tz="UTC")
    monkeypatch.setattr(pd.Timestamp, "now", lambda tz=None: moment.tz_convert(tz))
    source.routes[BNS_LIST] = Answer(b"<html><p>spreadsheets</p></html>")
    with pytest.raises(live.NoDataError, match="asked bns for KAZ's trade with TKM.*got an answer"):
        live.fetch_flows("KAZ", "TKM", source="bns", years=years)
    asked = [f"{BNS_LIST}?year={year}&name=19182&period=&type=spreadsheets" for year in lists]
    assert source.paths == asked


class TestMacro:
    """The World Bank's indicators."""

    def test_gdp(self, source):
        """US$ million by country and year, in the columns of `load_macro`; no value is no row."""
        path = "/wdi/country/KAZ;TKM/indicator/NY.GDP.MKTP.CD?format=json&per_page=20000"
        source.routes[path] = Answer(bodies.worldbank())
        gdp = live.fetch_macro(["TKM", "Kazakhstan"])
        bundled = tl.load_macro("gdp")
        assert gdp.columns.tolist() == [*bundled.columns, "released_basis", "accessed"]
        assert gdp[bundled.columns].dtypes.to_dict() == bundled.dtypes.to_dict()
        cells = ["country", "year", "value", "unit", "status", "source_id", "released_basis"]
        assert gdp[cells].to_csv(index=False, header=False).splitlines() == [
            "KAZ,2020,171000.0000005,musd,final,wdi,lag",
            "KAZ,2021,197000.0,musd,final,wdi,lag",
            "TKM,2020,171000.0000005,musd,final,wdi,lag",
            "TKM,2021,197000.0,musd,final,wdi,lag",
        ]
        last = gdp.iloc[-1]
        assert last["released"] == pd.Timestamp("2022-07-01")
        assert last["accessed"] == pd.Timestamp.now(tz="UTC").tz_localize(None).normalize()
        assert last["source_title"] == "World Bank WDI NY.GDP.MKTP.CD"
        assert last["source_url"].startswith(source.base + "/wdi/country/KAZ;TKM/")

    def test_any_indicator(self, source):
        """Another code in the bank's own unit, for one country."""
        row = bodies.worldbank_row("KAZ", 2021, 2.5, indicator={"id": "SL.UEM.TOTL.ZS"})
        source.routes["/wdi/country/KAZ/indicator/SL.UEM.TOTL.ZS"] = Answer(bodies.worldbank([row]))
        unemployment = live.fetch_macro("KAZ", indicator="SL.UEM.TOTL.ZS")
        assert unemployment[["value", "unit"]].to_numpy().tolist() == [
            [2.5, "as the World Bank states it"]
        ]

    @pytest.mark.parametrize(
        "body",
        [
            bodies.worldbank([bodies.worldbank_row("KAZ", 2021, None)]),
            b'[{"page":0,"total":0},null]',
        ],
        ids=["listed", "not listed"],
    )
    def test_no_values(self, source, body):
        """Years without any value are no data, whether listed or not."""
        source.routes["/wdi"] = Answer(body)
        message = "got an answer without gdp of KAZ; ask for another indicator or source$"
        with pytest.raises(live.NoDataError, match=message):
            live.fetch_macro("KAZ")

    def test_offline(self, source):
        """With the network forbidden a copy of any age serves, and nothing else."""
        source.routes["/wdi"] = Answer(bodies.worldbank([bodies.worldbank_row("KAZ", 2021, 1.0)]))
        with pytest.raises(live.OfflineError, match="^asked http.*/wdi/country/KAZ/.*, got no"):
            live.fetch_macro("KAZ", offline=True)
        first = live.fetch_macro("KAZ")
        assert live.fetch_macro("KAZ", offline=True, max_age_days=0).equals(first)
        assert len(source.seen) == 1

    @pytest.mark.parametrize(
        ("countries", "message"),
        [([], "countries are needed, got"), (["KAZ", "Atlantis"], "no country is called")],
    )
    def test_bad_countries(self, countries, message):
        """No countries, or none of that name."""
        with pytest.raises(ValueError, match=message):
            live.fetch_macro(countries)

    @pytest.mark.parametrize("indicator", ["", "a-b", "ü", "x" * 81, 7, "gdp\n"])
    def test_bad_indicators(self, source, indicator):
        """A code has letters, digits, dots and lines below, eighty at most."""
        message = "an indicator is a name or a code of letters and dots, got "
        with pytest.raises(ValueError, match=f"^{message}{re.escape(repr(indicator))}$"):
            live.fetch_macro("KAZ", indicator=indicator)
        with pytest.raises(live.UnavailableError, match="status 404"):
            live.fetch_macro("KAZ", indicator="A_1." * 20)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("UnavailableError", OSError),
        ("RateLimitError", OSError),
        ("KeyRefusedError", PermissionError),
        ("MalformedError", ValueError),
        ("NoDataError", LookupError),
        ("OfflineError", live.LiveError),
        ("CacheDamagedError", live.LiveError),
    ],
)
def test_errors_travel(name, kind):
    """Errors keep what was asked, what came and what to do through pickling."""
    error = getattr(live, name)("rubbish").of("http://example.org")
    assert isinstance(error, live.LiveError)
    assert isinstance(error, kind)
    assert str(error) == f"asked http://example.org, got rubbish; {error.remedy}"
    assert str(error.of("elsewhere")) == str(error)
    for sent in (error, type(error)("rubbish", remedy="wait")):
        again = pickle.loads(pickle.dumps(sent))  # noqa: S301
        assert (type(again), str(again), again.args) == (type(sent), str(sent), ("rubbish",))


def test_missing_extra():
    """Without the extra's libraries the import works, and a call names the way out."""
    program = """
import sys
sys.modules["requests"] = None
import tradelib as tl
for name in ("fetch_flows", "fetch_panel", "fetch_macro"):
    try:
        getattr(tl.live, name)
    except ImportError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        f"tradelib.live.{name} needs requests; pip install tradelib[live]"
        for name in ("fetch_flows", "fetch_panel", "fetch_macro")
    ]


def test_missing_module(monkeypatch):
    """A module of ours that is not there is a fault, not a library to install."""
    missing = ModuleNotFoundError("not there", name="tradelib.live.panels")
    monkeypatch.setattr(live, "import_module", mock.Mock(side_effect=missing))
    with pytest.raises(ImportError, match="^not there$"):
        live.fetch_panel  # noqa: B018


def test_unknown_name():
    """A misspelt name is an AttributeError."""
    with pytest.raises(AttributeError, match="'tradelib.live' has no attribute 'fetch_flow'"):
        live.fetch_flow  # noqa: B018
