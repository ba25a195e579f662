"""Months of a pair from the IMF and the UN, held against the years of the same source.

No recorded answer with months was to be had: the bodies have the shape of the sources' documents.
"""

from functools import partial

import live_bodies as bodies
import pandas as pd
import pytest
from live_server import Answer, own_hosts

import tradelib as tl
from tradelib import live
from tradelib.live import MalformedError, checks, comtrade, imts, tidy
from tradelib.live.checks import Figure

IMTS = "/imts/data/dataflow/IMF.STA/IMTS/+/"
COMTRADE = "/comtrade/public/v1/preview/C/"
CODES = {"export": "XG_FOB_USD", "import": "MG_CIF_USD"}
PAIR = {"reporter": "KAZ", "partner": "TKM"}
read_imts = partial(imts.parse, **PAIR, indicator="XG_FOB_USD", frequency="M")
read_comtrade = partial(comtrade.parse, **PAIR, years=range(2020, 2022), frequency="M")


def serve_imts(source, annual=None, **monthly):
    """Months and years of the IMF; `annual` and `monthly` are bodies by flow in their place."""
    for flow, code in CODES.items():
        month_body = monthly.get(flow) or bodies.imts_months(flow)
        year_body = (annual or {}).get(flow) or bodies.imts(flow)
        source.routes[f"{IMTS}KAZ.{code}.TKM.M"] = Answer(month_body)
        source.routes[f"{IMTS}KAZ.{code}.TKM.A"] = Answer(year_body)


def periods_of(path):
    """The periods that a call to UN Comtrade asks for."""
    return [int(text) for text in path.split("period=")[1].split("&")[0].split(",")]


def serve_comtrade(source):
    """Months and years of the UN."""
    months = lambda path: Answer(  # noqa: E731
        bodies.comtrade_months({period // 100 for period in periods_of(path)})
    )
    years = lambda path: Answer(bodies.comtrade(years=periods_of(path)))  # noqa: E731
    source.routes |= {COMTRADE + "M/HS": months, COMTRADE + "A/HS": years}


def serve(source, name):
    """The same months from either source."""
    serve_imts(source) if name == "imts" else serve_comtrade(source)


def clock(monkeypatch, moment):
    """Set the clock."""
    now = pd.Timestamp(moment, tz="UTC")
    monkeypatch.setattr(pd.Timestamp, "now", lambda tz=None: now.tz_convert(tz))


@pytest.mark.parametrize("name", ["imts", "comtrade"])
class TestBothSources:
    """What holds for the IMF and for the UN."""

    def test_months(self, source, name):
        """Worked by hand: a row a month; zero is a figure; one flow alone is no turnover.

        11 x 10 + 17.75 = 127.75, the year's own figure: no difference, and no word.
        """
        serve(source, name)
        months = live.fetch_months("Kazakhstan", 795, source=name, years=[2020, 2021])
        columns = ["year", "month", "export_musd", "import_musd", "turnover_musd"]
        compared = ["year_turnover_musd", "year_difference_musd"]
        cells = months[columns + compared].astype(object)
        assert cells.where(cells.notna(), None).to_numpy().tolist() == [
            *[[2020, month, 6.0, 4.0, 10.0, 127.75, 0.0] for month in range(1, 12)],
            [2020, 12, 10.5, 7.25, 17.75, 127.75, 0.0],
            [2021, 1, 0.0, None, None, None, None],
            [2021, 2, None, 3.5, None, None, None],
        ]
        assert months["note"].isna().all()
        assert set(months["status"]) == {"final"}
        assert months.index.tolist() == list(range(14))

    def test_layout(self, source, name):
        """Names, kinds and dates of the annual frame, each row with source, release and fetch."""
        serve(source, name)
        months = live.fetch_months("KAZ", "TKM", source=name, years=2020)
        years = live.fetch_turnover("KAZ", "TKM", source=name, years=2020)
        shared = [column for column in years if column != "read_through"]
        assert months[shared].dtypes.to_dict() == years[shared].dtypes.to_dict()
        expected = ["int64", "str", "str"]
        assert months[["month", "released_basis", "note"]].dtypes.tolist() == expected
        same = ["reporter", "partner", "valuation", "source_id", "released"]
        assert months[same].drop_duplicates().equals(years[same])
        assert set(months["released_basis"]) == {"lag"}
        today = pd.Timestamp.now(tz="UTC").tz_localize(None).normalize()
        assert (months["accessed"] >= today - pd.Timedelta(days=1)).all()
        assert tl.cite(months).startswith("Source: ")

    def test_copies(self, source, name):
        """With copies at hand the same frame and no call."""
        serve(source, name)
        ask = partial(live.fetch_months, "KAZ", "TKM", source=name, years=2020)
        first = ask()
        calls = len(source.seen)
        assert ask().equals(first)
        assert ask(offline=True, max_age_days=0).equals(first)
        assert len(source.seen) == calls

    def test_months_alone(self, source, name):
        """Without the years nothing else is asked, and nothing compared."""
        serve(source, name)
        months = live.fetch_months("KAZ", "TKM", source=name, years=2020, against_years=False)
        assert all("M/HS" in path or path.endswith(".M") for path in source.paths)
        assert months["year_difference_musd"].isna().all()
        assert months["turnover_musd"].sum() == 127.75
        with pytest.raises(live.OfflineError, match="with against_years=False the months come"):
            live.fetch_months("KAZ", "TKM", source=name, years=2020, offline=True)

    def test_years_without_figures_of_the_source(self, source, name):
        """Months whose years have no figure are there, compared with nothing."""
        serve(source, name)
        none = Answer(b"NoRecordsFound", status=404)
        for code in CODES.values():
            source.routes[f"{IMTS}KAZ.{code}.TKM.A"] = none
        source.routes[COMTRADE + "A/HS"] = Answer(bodies.comtrade([]))
        months = live.fetch_months("KAZ", "TKM", source=name, years=2020)
        assert len(months) == 12
        assert months["year_turnover_musd"].isna().all()

    def test_no_data(self, source, name):
        """Years that the source does not have are said with the pair and the years."""
        serve(source, name)
        message = f"^asked {name} for KAZ's trade with TKM in 1999-2000, got an answer without fig"
        with pytest.raises(live.NoDataError, match=message):
            live.fetch_months("KAZ", "TKM", source=name, years=[1999, 2000])


def test_calls(source):
    """The IMF's years are asked for only where a year has all of its months."""
    part = {flow: bodies.imts_months(flow, values={(2021, 3): 1.0}) for flow in CODES}
    serve_imts(source, **part)
    live.fetch_months("KAZ", "TKM")
    assert source.paths == [f"{IMTS}KAZ.{code}.TKM.M" for code in CODES.values()]
    serve_imts(source)
    live.fetch_months("KAZ", "TKM", max_age_days=0)
    assert [path[-1] for path in source.paths[2:]] == ["M", "M", "A", "A"]


def test_calls_of_comtrade(source, monkeypatch):
    """Twelve months of a year in a call, in goods' monthly service; with a key in the other one."""
    serve_comtrade(source)
    live.fetch_months("KAZ", "TKM", source="comtrade", years=[2020, 2021])
    assert [periods_of(path) for path in source.paths] == [
        list(range(202001, 202013)),
        list(range(202101, 202113)),
        [2020],
    ]
    services = [path.removeprefix(COMTRADE)[:4] for path in source.paths]
    assert services == ["M/HS", "M/HS", "A/HS"]
    monkeypatch.setenv("COMTRADE_API_KEY", "k")
    with own_hosts(source):
        (keyed,) = comtrade.calls("KAZ", "TKM", [2020], "M")
    assert (keyed.path, keyed.keyed) == ("data/v1/get/C/M/HS", True)


def test_recent_years_of_comtrade(source, monkeypatch):
    """Without years, the current one and nine before, a call each."""
    clock(monkeypatch, "2026-11-20")
    source.routes[COMTRADE] = Answer(bodies.comtrade([]))
    with pytest.raises(live.NoDataError, match="asked comtrade for KAZ's trade with TKM, got"):
        live.fetch_months("KAZ", "TKM", source="comtrade")
    assert [periods_of(path)[0] // 100 for path in source.paths] == list(range(2017, 2027))


class TestAgainstYears:
    """Twelve months against the year's own figure."""

    def fetched(self, source, **annual):
        """The first month of 2020, with years of these values."""
        years = {flow: bodies.imts(flow, values={2020: value}) for flow, value in annual.items()}
        serve_imts(source, annual=years)
        months = live.fetch_months("KAZ", "TKM", years=2020)
        assert len(months["note"].drop_duplicates()) == 1
        return months.iloc[0]

    def test_difference_is_said(self, source):
        """76.5 of 80 is 4.4 % less; 127.75 of 131.25 is 2.7 % less; imports agree."""
        row = self.fetched(source, export=80.0)
        assert row["year_turnover_musd"] == 131.25
        assert row["year_difference_musd"] == -3.5
        assert "(4.4% less by months); twelve months of turnover sum to US$127.8m" in row["note"]
        assert row["note"].endswith("US$131.2m (2.7% less by months)")
        assert "import" not in row["note"]

    def test_one_percent_is_no_word(self, source):
        """76.5 against 77.2 is 0.9 % less: the difference has its column and no note."""
        row = self.fetched(source, export=77.2)
        assert row["year_difference_musd"] == pytest.approx(-0.7)
        assert pd.isna(row["note"])

    def test_flows_that_cancel(self, source):
        """Exports 5 lower and imports 5 higher leave turnover as it is, and both are said."""
        row = self.fetched(source, **{"export": 81.5, "import": 46.25})
        assert row["year_difference_musd"] == 0
        assert row["note"] == (
            "twelve months of export sum to US$76.5m, the year's own figure is US$81.5m (6.1% less by "
            "months); twelve months of import sum to US$51.2m, the year's own figure is US$46.2m "
            "(10.8% more by months)"
        )

    def test_year_of_zero(self, source):
        """No percentage of nothing."""
        row = self.fetched(source, **{"import": 0.0})
        assert row["note"].startswith(
            "twelve months of import sum to US$51.2m, the year's own figure is US$0.0m; twelve"
        )

    @pytest.mark.parametrize("cells", [",6,Q", ",6,M"])
    def test_withheld_year(self, source, cells):
        """A year's figure that is withheld or missing is compared with nothing."""
        body = bodies.imts("import", values={2020: 99.0}).replace(b",6,", cells.encode())
        serve_imts(source, annual={"import": body})
        months = live.fetch_months("KAZ", "TKM", years=2020)
        assert months["year_turnover_musd"].isna().all()
        assert months["note"].isna().all()

    @pytest.mark.parametrize("value", ["", None])
    def test_eleven_months_are_no_year(self, source, value):
        """A month that is not listed, or without a number, leaves its flow's year alone."""
        values = {**bodies.MONTHLY_EXPORTS, (2020, 7): value}
        listed = {month: number for month, number in values.items() if number is not None}
        body = bodies.imts_months("export", values=listed)
        years = {"export": bodies.imts(values={2020: 500.0})}
        serve_imts(source, annual=years, export=body)
        months = live.fetch_months("KAZ", "TKM", years=2020)
        assert len(months) == 12
        assert months["export_musd"].isna().tolist() == [month == 7 for month in range(1, 13)]
        compared = ["year_turnover_musd", "year_difference_musd", "note"]
        assert months[compared].isna().all(axis=None)
        assert set(months["status"]) == ({"final", "empty"} if value == "" else {"final"})

    def test_one_flow_alone(self, source):
        """A pair that only exports has months and a check of its exports."""
        serve_imts(source, annual={"export": bodies.imts(values={2020: 90.0})})
        for frequency in "MA":
            source.routes[f"{IMTS}KAZ.MG_CIF_USD.TKM.{frequency}"] = Answer(status=204)
        months = live.fetch_months("KAZ", "TKM", years=2020)
        assert months["import_musd"].isna().all()
        assert months["export_musd"].sum() == 76.5
        assert set(months["note"]) == {
            "twelve months of export sum to US$76.5m, the year's own figure is US$90.0m "
            "(15.0% less by months)"
        }

    def test_broken_year(self, source):
        """A year in another shape is an error with the way to the months alone."""
        serve_imts(source, annual={"import": b"rubbish\n"})
        message = r"\.MG_CIF_USD\.TKM\.A, got a table without .*; with against_years=False the mo"
        with pytest.raises(MalformedError, match=message):
            live.fetch_months("KAZ", "TKM")
        assert len(live.fetch_months("KAZ", "TKM", against_years=False)) == 14


def test_marks(source):
    """The less certain flow gives the status; withheld is no number; an unknown mark is noted."""
    marked = bodies.imts_months("export", values={(2021, m): 5.0 for m in range(1, 5)})
    for month, mark in ((1, "P"), (2, "E"), (3, "Q"), (4, "B")):
        old = f"2021-M{month:02d},5000000.0,6,"
        marked = marked.replace(old.encode(), f"{old}{mark}".encode())
    imports = bodies.imts_months("import", values={(2021, m): 1.0 for m in range(1, 5)})
    serve_imts(source, export=marked, **{"import": imports})
    months = live.fetch_months("KAZ", "TKM")
    assert months["status"].tolist() == ["preliminary", "estimate", "suppressed", "final"]
    assert months["turnover_musd"].fillna(-1).tolist() == [6.0, 6.0, -1.0, 6.0]
    assert months["note"].fillna("").tolist() == ["", "", "", "marked B by the source"]


@pytest.mark.parametrize(
    ("accessed", "month", "basis"),
    [
        ("2021-05-14", 3, "accessed"),
        ("2021-05-14", 5, "lag"),
        ("2021-05-14", 12, "lag"),
        ("2021-03-31", 3, "lag"),
        ("2026-01-01", 3, "lag"),
    ],
)
def test_released(accessed, month, basis):
    """Fetched after the month and before the year's usual day: known from the fetch, not before."""
    day = {"accessed": accessed, "lag": "2022-09-30"}[basis]
    of_month = tidy.released("imts", 2021, pd.Timestamp(accessed).date(), month)
    assert of_month == (pd.Timestamp(day), basis)


def test_months_of_a_running_year(source, monkeypatch):
    """Both flows fetched on a day in the year are known from that day."""
    clock(monkeypatch, "2026-11-20 12:00")
    body = {flow: bodies.imts_months(flow, values={(2026, 9): 2.0}) for flow in CODES}
    serve_imts(source, **body)
    (row,) = live.fetch_months("KAZ", "TKM").to_dict("records")
    day = pd.Timestamp("2026-11-20")
    assert (row["released"], row["released_basis"], row["accessed"]) == (day, "accessed", day)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "bns"}, "^source is one of imts, comtrade, got 'bns'$"),
        ({"source": None}, "^source is one of imts, comtrade, got None$"),
    ],
)
def test_bad_arguments(source, options, message):
    """What cannot be asked is refused before anything is sent."""
    with pytest.raises(tl.InputError, match=message):
        live.fetch_months("KAZ", "TKM", **options)
    assert source.seen == []


class TestGate:
    """A month is a year of the past and a number from 1 to 12, and it is over."""

    FORM = "([0-9]{4})-M([0-9]{2})"

    @pytest.mark.parametrize(
        "text",
        [
            *["2024-M00", "2024-M13", "2024-M3", "2024-M003", "2024-03", "2024", ""],
            *[" 2024-M03", "2024-M03\n", "2024-M٠٣"],
            *[None, True, 202403],
        ],
    )
    def test_no_month(self, text):
        """Anything else is refused with what was there."""
        with pytest.raises(MalformedError, match="where a month is due"):
            checks.past_month(text, self.FORM)

    @pytest.mark.parametrize("text", ["1720-M03", "2150-M03"])
    def test_no_year(self, text):
        """A month of a year that has no figures."""
        with pytest.raises(MalformedError, match=f"'{text[:4]}' where a year is due"):
            checks.past_month(text, self.FORM)

    def test_month_to_come(self, monkeypatch):
        """On 15 March 2028 the newest month is February; a clock set back hides none to 2026."""
        clock(monkeypatch, "2028-03-15")
        assert checks.past_month("2028-M02", self.FORM) == (2028, 2)
        with pytest.raises(MalformedError, match="'2028-M03', a month that is not over"):
            checks.past_month("2028-M03", self.FORM)
        clock(monkeypatch, "2028-01-01")
        assert checks.newest_month() == (2027, 12)
        clock(monkeypatch, "1999-06-01")
        assert checks.newest_month() == (2026, 11)

    def test_same_month_twice(self):
        """A flow of a month twice is refused; a year beside its months is another period."""
        march = Figure("export", 2024, 1.0, month=3)
        year = Figure("export", 2024, 1.0)
        assert checks.unique([march, year]) == (year, march)
        with pytest.raises(MalformedError, match="the export of 2024-03 twice"):
            checks.unique([march, march])


class TestImts:
    """Months in SDMX-CSV of the IMF."""

    def test_worked_example(self):
        """In order of time, whatever the order of rows."""
        values = {(2021, 2): 1.5, (2020, 11): 0.0, (2021, 1): 2.25}
        assert read_imts(bodies.imts_months(values=values)) == (
            Figure("export", 2020, 0.0, month=11),
            Figure("export", 2021, 2.25, month=1),
            Figure("export", 2021, 1.5, month=2),
        )

    def test_no_values(self):
        """A month without a number is a row of whole numbers; a head alone is none."""
        (row,) = read_imts(bodies.imts_months(values={(2021, 2): ""}))
        assert row == Figure("export", 2021, None, "empty", month=2)
        head = bodies.imts_months().splitlines()[0] + b"\n"
        assert read_imts(head) == ()

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("M,2020-M03", "A,2020-M03", "a row of .*'A'. instead of .*'M'"),
            ("M,2020-M03", "Q,2020-Q1", "a row of .*'Q'. instead of .*'M'"),
            ("M,2020-M03", "M,2020", "'2020' where a month is due"),
            ("2020-M03", "2020-M04", "KAZ TKM 2020 4 twice"),
        ],
    )
    def test_refusals(self, old, new, message):
        """Each with what was wrong."""
        body = bodies.imts_months().decode()
        assert old in body
        with pytest.raises(MalformedError, match=message):
            read_imts(body.replace(old, new).encode())


class TestComtrade:
    """Months in JSON of the UN."""

    def rows(self, *changes):
        """A body of one export of March 2020 a change."""
        rows = [bodies.comtrade_month_row("export", 2020, 3, 76.5, **item) for item in changes]
        return bodies.comtrade(rows)

    def test_no_number(self):
        """Null is empty, not zero; `refMonth` may be null or absent."""
        body = self.rows({"primaryValue": None, "refMonth": None})
        march = Figure("export", 2020, None, "empty", month=3)
        assert read_comtrade(body) == (march,)
        assert read_comtrade(body.replace(b'"refMonth": null, ', b"")) == (march,)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"freqCode": "A"}, "a row with freqCode 'A' instead of 'M'"),
            ({"period": "2020"}, "'2020' where a month is due"),
            ({"period": "202013"}, "'202013' where a month is due"),
            ({"period": "201903"}, "a row with period '201903' and refYear 2020"),
            ({"refMonth": 4}, "a row with period '202003' and refMonth 4"),
            ({"refYear": 2019, "period": "201903"}, "rows of 2019, which was not asked for"),
            ({"motCode": 3100}, r"rows of \('X', 202003\) without their total"),
        ],
    )
    def test_refusals(self, changes, message):
        """Each with what was wrong."""
        with pytest.raises(MalformedError, match=message):
            read_comtrade(self.rows(changes))

    def test_twice(self):
        """Two totals of a month are none; two months are two figures."""
        with pytest.raises(MalformedError, match="the export of 2020-03 twice"):
            read_comtrade(self.rows({}, {}))
        april = {"refMonth": 4, "period": "202004"}
        assert len(read_comtrade(self.rows({}, april))) == 2
