"""Parsers of live sources: worked examples, each refusal, and bodies damaged at random.

Two hundred truncations and two hundred structural corruptions of each body: a typed error, or (where
what was damaged is not read) exactly the figures of the intact body. Never others.
"""

import copy
import io
import json
import zipfile
from functools import partial
from types import SimpleNamespace

import live_bodies as bodies
import openpyxl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from live_server import Answer

from tradelib.core import country_codes
from tradelib.live import (
    LiveError,
    MalformedError,
    NoDataError,
    UnavailableError,
    bns,
    checks,
    comtrade,
    http,
    imts,
    wits,
    worldbank,
)
from tradelib.live.checks import Figure

PAIR = {"reporter": "KAZ", "partner": "TKM"}
EDITION = bns.Edition(year=2021, final=True, listed="2022-07-15", element=11)
READ = {
    "imts": partial(imts.parse, **PAIR, indicator="XG_FOB_USD"),
    "comtrade": partial(comtrade.parse, **PAIR, years=range(2019, 2022)),
    "wits": partial(wits.parse, **PAIR, indicator="XPRT-TRD-VL"),
    "worldbank": partial(worldbank.parse, countries=["KAZ", "TKM"], indicator="gdp"),
    "bns": partial(bns.parse, partner="TKM", edition=EDITION, years={2020, 2021}),
    "bns_listing": bns.parse_listing,
}
BODIES = {
    "imts": bodies.imts(),
    "comtrade": bodies.comtrade(),
    "wits": bodies.wits(),
    "worldbank": bodies.worldbank(),
    "bns": bodies.bns(),
    "bns_listing": bodies.bns_listing(("11", 2021, True, "15.07.2022")),
}
MANY = settings(max_examples=100)


def figures(flow, values, **other):
    """Figures as a parser returns them."""
    return tuple(Figure(flow=flow, year=y, value_musd=v, **other) for y, v in values.items())


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    """The previews' limits hold unless there is a key."""
    monkeypatch.delenv("COMTRADE_API_KEY", raising=False)


class TestDamage:
    """Random damage to each body."""

    @pytest.mark.parametrize("name", sorted(set(BODIES) - {"imts"}))
    @MANY
    @given(data=st.data())
    def test_truncation(self, name, data):
        """A body cut anywhere is refused by its own format."""
        body = BODIES[name]
        cut = data.draw(st.integers(0, len(body.rstrip()) - 1))
        with pytest.raises(MalformedError):
            READ[name](body[:cut])

    @pytest.mark.parametrize("name", ["imts", "comtrade", "wits", "worldbank"])
    def test_truncation_on_the_way(self, name, source, monkeypatch):
        """A body cut anywhere under its stated length is refused before it is read."""
        monkeypatch.setattr(http, "PATIENCE", http.PATIENCE.new(total=0))
        body = BODIES[name]
        call = http.Call(source="imts", path=name)

        @MANY
        @given(cut=st.integers(0, len(body) - 1))
        def refused(cut):
            source.routes["/imts"] = Answer(body, cut=cut)
            with pytest.raises(UnavailableError, match="no complete answer"):
                http.get(call, timeout=5)

        refused()

    @MANY
    @given(data=st.data())
    def test_truncation_of_a_table(self, data):
        """CSV cut within a row is refused, unless within its last cells or number: see the module.

        That is why `transport` takes such a body only under its stated length.
        """
        body = BODIES["imts"]
        cut = data.draw(st.integers(0, len(body) - 1))
        line = body[:cut].rsplit(b"\n", 1)[-1]
        assume(0 < line.count(b",") < 10 and b"\n" in body[:cut])
        with pytest.raises(MalformedError):
            READ["imts"](body[:cut])
        assert all(call.endless for _, call in imts.calls("KAZ", "TKM"))

    @pytest.mark.parametrize("name", ["comtrade", "wits", "worldbank"])
    @MANY
    @given(data=st.data())
    def test_corrupted_document(self, name, data):
        """A key dropped, a value of another kind, a row repeated, lost or swapped for rubbish."""
        document = json.loads(BODIES[name])
        place = data.draw(st.sampled_from(places(document)))
        broken = data.draw(st.sampled_from(["drop", "text", "list", "none", "twice", "negative"]))
        assume(corrupt(document, place, broken))
        self.refused_or_same(name, json.dumps(document).encode())

    @MANY
    @given(data=st.data())
    def test_corrupted_table(self, data):
        """A cell, a row or a column changed, dropped, repeated or moved."""
        rows = [line.split(",") for line in BODIES["imts"].decode().splitlines()]
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[0]) - 1))
        broken = data.draw(st.sampled_from(["cell", "drop", "more", "twice", "quote", "swap"]))
        if broken == "cell":
            assume(row == 0 or column != 8)  # a changed digit is what nothing can notice
            rows[row][column] = data.draw(st.sampled_from(["", "x", "-1", "1e999", "2021", "Q"]))
            unseen = [(7, "2021"), (10, "Q"), (10, "x")]
            assume(row == 0 or (column, rows[row][column]) not in unseen)
        elif broken == "drop":
            del rows[row][column]
        elif broken == "more":
            rows[row].insert(column, "x")
        elif broken == "twice":
            rows.append(rows[max(row, 1)])
        elif broken == "quote":
            rows[row][column] = '"' + rows[row][column]
        else:
            other = (column + data.draw(st.integers(1, 10))) % len(rows[0])
            assume(8 not in {column, other} or (row and not {9, 10} & {column, other}))  # figures
            rows[row][column], rows[row][other] = rows[row][other], rows[row][column]
        lines = [",".join(cells) for cells in rows]
        self.refused_or_same("imts", "\n".join(lines).encode() + b"\n")

    @MANY
    @given(data=st.data())
    def test_changed_bytes_of_a_workbook(self, data):
        """A changed byte in a workbook does not fit a checksum, or is not read."""
        body = bytearray(BODIES["bns"])
        at = data.draw(st.integers(0, len(body) - 1))
        body[at] ^= data.draw(st.integers(1, 255))
        self.refused_or_same("bns", bytes(body))

    @MANY
    @given(data=st.data())
    def test_corrupted_workbook(self, data):
        """Cells changed in a workbook that is stored properly: the sums no longer fit."""
        book = openpyxl.load_workbook(io.BytesIO(BODIES["bns"]))
        sheet = book[data.draw(st.sampled_from(book.sheetnames))]
        row = data.draw(st.integers(5, 8))
        column = data.draw(st.sampled_from([1, 4, 6]))
        new = data.draw(st.sampled_from([None, "?", -5, 12345.0, "Всего", "Туркменистан"]))
        assume(sheet.cell(row, column).value != new)
        sheet.cell(row, column).value = new
        stored = io.BytesIO()
        book.save(stored)
        self.refused_or_same("bns", stored.getvalue())

    @pytest.mark.parametrize("name", sorted(BODIES))
    @MANY
    @given(rubbish=st.binary(max_size=300))
    @example(rubbish=b"[" * 300)
    def test_rubbish(self, name, rubbish):
        """Any bytes at all."""
        with pytest.raises(MalformedError):
            READ[name](rubbish)

    def refused_or_same(self, name, body):
        """A typed error, or what the intact body says."""
        try:
            parsed = READ[name](body)
        except LiveError:
            return
        intact = READ[name](BODIES[name])
        if name in ("comtrade", "imts"):  # a lost flag makes a guess of a total, a moved one a note
            parsed = [figure._replace(status="final", note="") for figure in parsed]
        if name == "wits":  # an observation that is gone is a year without a number
            years = {figure.year for figure in parsed if figure.value_musd is not None}
            intact = [figure for figure in intact if figure.year in years]
            parsed = [figure for figure in parsed if figure.status != "empty"]
        assert list(parsed) == list(intact)


def places(document, path=()):
    """Paths to everything in a document."""
    inside = document.items() if isinstance(document, dict) else enumerate(document)
    paths = []
    for step, value in inside:
        paths.append((*path, step))
        if isinstance(value, dict | list):
            paths += places(value, (*path, step))
    return paths


def corrupt(document, path, broken):
    """Damage a document at a place; whether that is more than a changed figure."""
    for step in path[:-1]:
        document = document[step]
    step = path[-1]
    old = document[step]
    figure = isinstance(old, int | float) and not isinstance(old, bool)
    if broken == "twice":
        if not isinstance(document, list):
            return False
        document.append(copy.deepcopy(old))
    elif broken == "drop":
        listed = isinstance(document, list)
        del document[step]
        return not listed or not figure
    else:
        new = {"text": "x", "list": [[]], "none": None, "negative": -1}[broken]
        if old == new or (broken == "none" and (figure or old is None)):
            return False  # "no figure" is a figure's own way of being none
        document[step] = new
    return True


class TestImts:
    """SDMX-CSV of the IMF."""

    read = staticmethod(READ["imts"])

    def test_worked_example(self):
        """Plain US$ to US$ million, in order of years."""
        body = bodies.imts(values={2021: 0.0, 2019: 116.0, 2020: 76.5})
        assert self.read(body) == figures("export", bodies.EXPORTS)

    def test_calls(self):
        """Both flows, by the path that the IMF's service has."""
        (_, exports), (_, imports) = imts.calls("KAZ", "TKM")
        path = "data/dataflow/IMF.STA/IMTS/+/"
        assert exports == http.Call(
            "imts",
            path + "KAZ.XG_FOB_USD.TKM.A",
            accept="application/vnd.sdmx.data+csv;version=2.0.0",
            none=r"no\s*(records|results|data)",
            endless=True,
        )
        assert imports == exports._replace(path=path + "KAZ.MG_CIF_USD.TKM.A")
        assert imts.calls("XKX", "PSE")[0][1].path == path + "KOS.XG_FOB_USD.WBG.A"

    def test_all_pairs(self):
        """The IMF's own codes become ours or stay; groups and a country with itself are left out."""
        row = "d,I,I,{},XG_FOB_USD,{},A,{},{},6,{}"
        rows = [
            ("KOS", "WBG", 2020, "5e6", "P"),
            ("KAZ", "G001", 2020, "9e9", ""),
            ("KAZ", "KAZ", 2020, "7", ""),
            ("", "", "", "", ""),
            ("SCG", "KAZ", 2019, "", "B"),
        ]
        head = bodies.imts().splitlines()[0]
        lines = [row.format(*cells) for cells in rows]
        body = head + "\n".join(["", *lines, ""]).encode()
        ticks = []
        trade = imts.read(io.BytesIO(body), indicator="XG_FOB_USD", tick=ticks.append)
        cells = trade.astype(object).where(trade.notna(), None)
        assert cells.to_numpy().tolist() == [
            ["XKX", "PSE", 2020, 5.0, "preliminary", ""],
            ["SCG", "KAZ", 2019, None, "empty", "marked B by the source"],
        ]
        assert trade.columns.tolist() == [*imts.KEY, "value_musd", "status", "note"]
        assert trade.dtypes.tolist() == ["str", "str", "int32", "float64", "str", "str"]
        assert sum(ticks) == len(body)
        line = row.format("KOS", "WBG", 2020, "6e6", "") + "\n"
        twice = io.BytesIO(body + line.encode())
        with pytest.raises(MalformedError, match="^XKX PSE 2020 twice;"):
            imts.read(twice, indicator="XG_FOB_USD")

    def test_note(self):
        """A mark that we do not know is noted, and one of Kosovo's rows is read under its code."""
        body = bodies.imts(reporter="KOS", partner="WBG", values={2020: 1.0}).replace(
            b",6,", b",6,B"
        )
        parsed = imts.parse(body, reporter="XKX", partner="PSE", indicator="XG_FOB_USD")
        assert parsed == (Figure("export", 2020, 1.0, note="marked B by the source"),)

    def test_long_cell(self):
        """A cell of five megabytes, with line breaks, is a cell; a name that is no text is not read."""
        long = ('"' + "a word\n" * 700_000 + '"').encode()
        exports = figures("export", bodies.EXPORTS)
        body = bodies.imts().replace(b"dataflow", long, 1)
        assert self.read(body) == exports
        odd = bodies.imts().replace(b"SCALE", b"SC\xff")
        assert self.read(odd) == exports

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("2021,0.0,6,\n", "2021,0.0,6,", "a table that breaks off: its last line or last"),
            ("2021,0.0,6,", '2021,0.0,6,"', "a table that breaks off: its last line or last"),
            ("SCALE", '"SCALE', "a table that breaks off: its last line or last quotes have no"),
            (",6,", ",6,,", "a table that breaks off or is none (CSV parse error: Expected 11"),
            (
                "A,2020",
                f"{'A' * 99},2020",
                f"a row of ['XG_FOB_USD', '{'A' * 64} instead of ['XG_FOB_USD', 'A']",
            ),
            ("KAZ", "K" * 99, f"a row of '{'K' * 40}' where KAZ was asked for"),
        ],
    )
    def test_whole_refusals(self, old, new, message):
        """A table that breaks off, and what is quoted of a row."""
        with pytest.raises(MalformedError) as no:
            self.read(bodies.imts().replace(old.encode(), new.encode()))
        assert no.value.answer.startswith(message)

    def test_byte_order_mark_and_quotes(self):
        """As some services write CSV."""
        body = b"\xef\xbb\xbf" + bodies.imts().replace(b"KAZ", b'"KAZ"').replace(b"\n", b"\r\n")
        assert self.read(body) == figures("export", bodies.EXPORTS)

    @pytest.mark.parametrize(
        ("mark", "status"),
        [
            ("Q", "suppressed"),
            ("C", "suppressed"),
            ("N", "suppressed"),
            ("M", "empty"),
            ("L", "empty"),
            ("O", "empty"),
            ("H", "empty"),
        ],
    )
    def test_marks(self, mark, status):
        """Withheld and missing by the codes of SDMX, even beside a number."""
        body = bodies.imts(values={2021: 5.0})
        body = body.replace(b",6,\n", f",6,{mark}\n".encode())
        assert self.read(body) == figures("export", {2021: None}, status=status)

    def test_confidential_by_its_own_column(self):
        """CONF_STATUS withholds too."""
        body = bodies.imts(values={2021: 5.0}).replace(b"OBS_STATUS", b"CONF_STATUS")
        assert self.read(body.replace(b",6,\n", b",6,C\n"))[0].status == "suppressed"
        assert self.read(body.replace(b",6,\n", b",6,F\n"))[0].value_musd == 5

    @pytest.mark.parametrize("value", ["", "NaN"])
    def test_no_number(self, value):
        """Listed without a number is empty, not zero."""
        body = bodies.imts(values={2021: value})
        assert self.read(body) == figures("export", {2021: None}, status="empty")

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("A,2020", "M,2020", "a row of .*'M'. instead of .*'A'"),
            ("A,2020", "A,2020-Q1", "'2020-Q1' where a year is due"),
            ("A,2020", "A,1720", "'1720' where a year is due"),
            ("76500000.0", "7e7x", "'7e7x' where a figure is due"),
            ("76500000.0", "-1", "a trade of '-1'"),
            ("76500000.0", "inf", "'inf' where a figure is due"),
            ("KAZ", "RUS", "a row of 'RUS' where KAZ was asked for"),
            ("TKM", "UZB", "a row of 'UZB' where TKM was asked for"),
            ("XG_FOB_USD", "MG_CIF_USD", "'MG_CIF_USD', 'A'. instead of .'XG_FOB_USD'"),
            ("SCALE", "COUNTRY", "a column twice"),
            ("TIME_PERIOD", "YEAR", r"a table without TIME_PERIOD; it begins \['STRUCTURE'"),
            (",6,", ",6,,", "Expected 11 columns, got 12"),
            ("116", '"116"x', "where a figure is due"),
        ],
    )
    def test_refusals(self, old, new, message):
        """Each with what was wrong."""
        with pytest.raises(MalformedError, match=message):
            self.read(bodies.imts().replace(old.encode(), new.encode()))

    def test_unit_column(self):
        """Where a unit is stated, it is US$."""
        body = bodies.imts().replace(b"SCALE", b"UNIT")
        assert self.read(body.replace(b",6,", b",USD,")) == figures("export", bodies.EXPORTS)
        with pytest.raises(MalformedError, match="figures in UNIT 'XDC' instead of USD"):
            self.read(body.replace(b",6,", b",XDC,"))

    def test_empty_table(self):
        """A header alone is no figures; not even a header is no table."""
        assert self.read(bodies.imts().splitlines()[0] + b"\n") == ()
        with pytest.raises(MalformedError, match="a table without COUNTRY"):
            self.read(b"")


class TestComtrade:
    """JSON of the UN."""

    read = staticmethod(READ["comtrade"])

    def rows(self, *changes):
        """A body of one export of 2020 a change."""
        return bodies.comtrade([bodies.comtrade_row("export", 2020, 76.5, **c) for c in changes])

    def test_worked_example(self):
        """The totals among the nine rows a partner."""
        exports = figures("export", bodies.EXPORTS)
        imports = figures("import", bodies.IMPORTS)
        assert self.read(bodies.comtrade()) == exports + imports

    @pytest.mark.parametrize(
        "other", [{"motCode": 1000}, {"customsCode": "C01"}, {"partner2Code": 156}]
    )
    def test_other_rows(self, other):
        """Parts of the total are left out; without the total there is no figure."""
        assert self.read(self.rows({}, other)) == figures("export", {2020: 76.5})
        with pytest.raises(MalformedError, match=r"rows of \('X', 2020\) without their total"):
            self.read(self.rows(other))

    def test_second_partner_may_be_missing(self):
        """Null or absent is the total too."""
        assert self.read(self.rows({"partner2Code": None})) == figures("export", {2020: 76.5})

    def test_no_number(self):
        """Null is empty, not zero; a missing field is an error."""
        body = bodies.comtrade([bodies.comtrade_row("export", 2020, None)])
        assert self.read(body) == figures("export", {2020: None}, status="empty")
        with pytest.raises(MalformedError) as no:
            self.read(body.replace(b"primaryValue", b"value"))
        start = str(bodies.comtrade_row("export", 2020, None))[:120]
        assert no.value.answer == f"a row without primaryValue: {start}"

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"reporterCode": 643}, "reporterCode 643 instead of 398"),
            ({"partnerCode": 0}, "partnerCode 0 instead of 795"),
            ({"cmdCode": "27"}, "cmdCode '27' instead of 'TOTAL'"),
            ({"flowCode": "RX"}, "flowCode 'RX' instead of X or M"),
            ({"primaryValue": "1"}, None),
            ({"primaryValue": True}, ".True. where a figure is due"),
            ({"primaryValue": -1}, "a trade of .-1"),
            ({"primaryValue": [1]}, r"'\[1\]' where a figure is due"),
            ({"refYear": 20200}, "'20200' where a year is due"),
            ({"refYear": "2020"}, "str as refYear, where int is due"),
            ({"refYear": 2018, "period": "2018"}, "^rows of 2018, which was not asked for;"),
            ({"motCode": True}, "bool as motCode, where int is due"),
            ({"customsCode": None}, "a document without customsCode"),
            ({"refPeriodId": 20190101}, "refPeriodId '20190101' for 2020"),
            ({"refMonth": 3}, "refMonth '3' for a year"),
            ({"fobvalue": 1.0}, r"primaryValue is neither of \[1.0\]"),
            ({"isReported": 0}, "a row with isReported '0'"),
        ],
    )
    def test_refusals(self, changes, message):
        """Each with what was wrong."""
        if message is None:
            assert self.read(self.rows(changes))[0].value_musd == 1e-6
            return
        with pytest.raises(MalformedError, match=message):
            self.read(self.rows(changes))

    @pytest.mark.parametrize(
        ("flags", "status"),
        [
            ((True, False), "final"),
            ((False, True), "final"),
            ((False, False), "estimate"),
            ((None, None), "final"),
            ((False, None), "estimate"),
        ],
    )
    def test_estimates(self, flags, status):
        """What is neither reported nor added up is an estimate."""
        rows = self.rows(dict(zip(("isReported", "isAggregate"), flags, strict=True)))
        assert self.read(rows) == figures("export", {2020: 76.5}, status=status)

    def test_twice(self):
        """Two totals of a year are none."""
        with pytest.raises(MalformedError, match="the export of 2020 twice"):
            self.read(self.rows({}, {}))

    def test_either_value(self):
        """The figure is one of two valuations, where these are given."""
        values = {"primaryValue": 76.5e6, "cifvalue": 80.0e6, "fobvalue": 76.5e6}
        assert self.read(self.rows(values)) == figures("export", {2020: 76.5})

    def test_a_key_twice(self):
        """Of two values of one key neither is believed."""
        twice = self.rows({}).replace(b'"refYear": 2020', b'"refYear": 2020, "refYear": 2021')
        with pytest.raises(MalformedError, match="a key twice, among .*refYear"):
            self.read(twice)

    def test_count(self):
        """Fewer rows than it counts are a part of an answer."""
        with pytest.raises(MalformedError, match="24 rows where it counts 25"):
            self.read(bodies.comtrade(count=25))

    def test_preview_limit(self, monkeypatch):
        """500 rows without a key are a part of an answer; 499 are not."""
        rows = [bodies.comtrade_row("export", 2020, 1.0, motCode=mode) for mode in range(500)]
        assert len(self.read(bodies.comtrade(rows[:499]))) == 1
        with pytest.raises(MalformedError, match="500 rows, the most a preview shows; ask for"):
            self.read(bodies.comtrade(rows))
        monkeypatch.setenv("COMTRADE_API_KEY", "k")
        assert len(self.read(bodies.comtrade(rows))) == 1

    def test_error_message(self):
        """What the service complains of."""
        with pytest.raises(MalformedError, match="an error message: bad period"):
            self.read(bodies.comtrade(error="bad period"))

    def test_numbers_and_calls(self, monkeypatch):
        """The UN's own numbers; with a key another service."""
        numbers = [comtrade.country_number(code) for code in ("KAZ", "IND", "CHE", "NOR", "TWN")]
        assert numbers == [398, 699, 757, 579, 490]
        (plain,) = comtrade.calls("KAZ", "TKM", [2020])
        assert (plain.path, plain.keyed) == ("public/v1/preview/C/A/HS", False)
        assert dict(plain.query)["partnerCode"] == "795"
        monkeypatch.setenv("COMTRADE_API_KEY", " k ")
        (keyed,) = comtrade.calls("KAZ", "TKM", [2020])
        assert (keyed.path, keyed.keyed) == ("data/v1/get/C/A/HS", True)
        assert keyed.accept == "application/json"


class TestWits:
    """SDMX-JSON of WITS."""

    read = staticmethod(READ["wits"])

    def broken(self, change):
        """A body whose document was changed."""
        document = bodies.wits_document()
        change(document)
        return json.dumps(document).encode()

    def test_worked_example(self):
        """Thousand US$ to US$ million."""
        assert self.read(bodies.wits()) == figures("export", bodies.EXPORTS)

    def test_calls(self):
        """Lower case and old codes in the address."""
        (_, exports), (_, imports) = wits.calls("SRB", "TKM")
        assert exports.path == (
            "SDMX/V21/datasource/tradestats-trade/reporter/ser/year/all/partner/tkm/product/Total/"
            "indicator/XPRT-TRD-VL"
        )
        assert imports.path.endswith("MPRT-TRD-VL")
        assert exports.query == (("format", "JSON"),)
        assert (exports.source, exports.accept) == ("wits", "application/json")

    def test_no_number(self):
        """Null is empty."""
        body = bodies.wits(values={2020: None, 2021: 1.0})
        (empty,) = figures("export", {2020: None}, status="empty")
        assert self.read(body)[0] == empty

    def test_lost_observation(self):
        """A year that is listed and has none is empty; without any series there is nothing."""
        body = bodies.wits().replace(b', "1": [76500.0]', b"")
        assert [figure.status for figure in self.read(body)] == ["final", "empty", "final"]
        no_series = self.broken(lambda d: d["dataSets"][0]["series"].clear())
        assert self.read(no_series) == ()

    def test_lower_case(self):
        """Codes in the answer may be in lower case."""
        body = bodies.wits().replace(b'"KAZ"', b'"kaz"').replace(b'"Total"', b'"TOTAL"')
        assert self.read(body) == figures("export", bodies.EXPORTS)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ('"KAZ"', '"RUS"', "REPORTER 'RUS' instead of 'KAZ'"),
            ('"TKM"', '"UZB"', "PARTNER 'UZB' instead of 'TKM'"),
            ('"XPRT-TRD-VL"', '"XPRT-PRTNR-SHR"', "INDICATOR 'XPRT-PRTNR-SHR' instead of"),
            ('"Total"', '"Fuels"', "trade in 'Fuels' instead of the total"),
            ('"TIME_PERIOD"', '"WHEN"', "observations that are not by TIME_PERIOD alone"),
            ('"0:0:0:0:0"', '"0:0:0:0"', "a place '0:0:0:0' in 5 dimensions"),
            ('"0:0:0:0:0"', '"0:0:0:0:x"', "a place '0:0:0:0:x' in 5 dimensions"),
            ('"0:0:0:0:0"', '"0:0:0:0:1"', "a document without values.1"),
            ('"2": [0.0]', '"7": [0.0]', "a document without values.7"),
            ('"2": [0.0]', '"2": 0.0', "0.0 as an observation of 2021"),
            ('"2": [0.0]', '"2": []', r"\[\] as an observation of 2021"),
            ('"2": [0.0]', '"2": ["a"]', "'a' where a figure is due"),
            ('"2": [0.0]', '"2": [0.0], "02": [1.0]', "the export of 2021 twice"),
            ('"id": "2021"', '"id": "2021-01"', "'2021-01' where a year is due"),
            ('"dataSets"', '"data"', "a document without dataSets"),
            ('"header": {', '"header": {}, "header": {', "a JSON object with a key twice"),
        ],
    )
    def test_refusals(self, old, new, message):
        """Each with what was wrong."""
        body = bodies.wits().decode()
        assert old in body
        with pytest.raises(MalformedError, match=message):
            self.read(body.replace(old, new).encode())

    def test_data_sets(self):
        """One data set, no more and no less; two time dimensions are none of ours."""
        twice = self.broken(lambda d: d["dataSets"].append(d["dataSets"][0]))
        with pytest.raises(MalformedError, match="2 data sets instead of one"):
            self.read(twice)
        with pytest.raises(MalformedError, match="0 data sets instead of one"):
            self.read(self.broken(lambda d: d["dataSets"].clear()))
        double = lambda d: d["structure"]["dimensions"]["observation"].append({"id": "X"})  # noqa: E731
        with pytest.raises(MalformedError) as no:
            self.read(self.broken(double))
        times = "[{'id': 'TIME_PERIOD', 'values': [{'id': '2019'}, {'id': '2020'}, {'id': '2021'}"
        assert no.value.answer == f"observations that are not by TIME_PERIOD alone: {times}"

    @pytest.mark.parametrize(
        "structure", ["x", None, [], {"attributes": "x"}, {"attributes": {"a": "x"}}]
    )
    def test_no_structure(self, structure):
        """A structure that is none is refused, wherever it ends."""
        with pytest.raises(MalformedError, match="without structure|where .* is due"):
            self.read(self.broken(lambda d: d.update(structure=structure)))

    def test_product_may_be_left_out(self):
        """A series without the product's dimension is the total; without the reporter's it is none."""

        def without(name):
            def change(document):
                sides = document["structure"]["dimensions"]["series"]
                at = [side["id"] for side in sides].index(name)
                del sides[at]
                series = document["dataSets"][0]["series"]
                series["0:0:0:0"] = series.pop("0:0:0:0:0")

            return change

        assert self.read(self.broken(without("PRODUCTCODE"))) == figures("export", bodies.EXPORTS)
        with pytest.raises(MalformedError, match="REPORTER '' instead of 'KAZ'"):
            self.read(self.broken(without("REPORTER")))

    @pytest.mark.parametrize(
        ("dimension", "name", "unit"),
        [
            ("INDICATOR", "Export (mirror) (US$ Million)", "US$ Million"),
            ("INDICATOR", f"Export({'9' * 40}US$)", "9" * 40),
            ("INDICATOR", "Export(US$ Thousand)", None),
            ("INDICATOR", "Export (US$ thousand)", None),
            ("INDICATOR", None, None),
            ("PRODUCTCODE", "All (US$ Million)", None),
        ],
    )
    def test_unit_in_a_name(self, dimension, name, unit):
        """The indicator's name may say its unit, in brackets."""

        def named(document):
            for side in document["structure"]["dimensions"]["series"]:
                if side["id"] == dimension:
                    side["values"][0]["name"] = name

        if unit is None:
            assert self.read(self.broken(named)) == figures("export", bodies.EXPORTS)
            return
        with pytest.raises(MalformedError) as no:
            self.read(self.broken(named))
        assert no.value.answer == f"figures in {unit} instead of thousand US$"

    @pytest.mark.parametrize(("power", "right"), [("3", True), ("6", False), ("0", False)])
    def test_units(self, power, right):
        """Where a power of ten is stated, it is thousands."""
        attribute = {"id": "UNIT_MULT", "values": [{"id": power}]}
        body = self.broken(lambda d: d["structure"]["attributes"]["series"].append(attribute))
        if right:
            assert self.read(body) == figures("export", bodies.EXPORTS)
            return
        with pytest.raises(MalformedError, match=rf"figures in UNIT_MULT '{power}' instead of 3"):
            self.read(body)


class TestWorldBank:
    """JSON of the World Bank."""

    read = staticmethod(READ["worldbank"])

    def rows(self, **changes):
        """A body of one changed row, and one of the other country."""
        rows = [bodies.worldbank_row(c, 2021, 2.5) for c in ("KAZ", "TKM")]
        return bodies.worldbank([rows[0] | changes, rows[1]])

    def test_worked_example(self):
        """By country and year, in the bank's unit, without years that have no value."""
        gdp = {year: value for year, value in bodies.GDP.items() if value is not None}
        wanted = {}
        for country in ("KAZ", "TKM"):
            for year, value in gdp.items():
                wanted[country, year] = (float(value), "final")
        assert self.read(bodies.worldbank()) == wanted
        assert list(self.read(bodies.worldbank())) == sorted(wanted)

    def test_call_and_names(self):
        """Countries by semicolon; our names of indicators and theirs."""
        call = worldbank.indicator_call(["KAZ", "TKM"], "population")
        assert call.path == "country/KAZ;TKM/indicator/SP.POP.TOTL"
        assert call.query == (("format", "json"), ("per_page", "20000"))
        assert (call.source, call.accept) == ("wdi", "application/json")
        assert worldbank.terms_of("gdp") == ("NY.GDP.MKTP.CD", "musd", 1e-6)
        assert worldbank.terms_of("gdp_real2015") == ("NY.GDP.MKTP.KD", "musd", 1e-6)
        assert worldbank.terms_of("X.Y") == ("X.Y", "as the World Bank states it", 1.0)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"countryiso3code": "RUS"}, "a row of 'RUS', 'NY.GDP.MKTP.CD'"),
            ({"indicator": {"id": "SP.POP.TOTL"}}, "a row of 'KAZ', 'SP.POP.TOTL'"),
            ({"date": "2021Q1"}, "'2021Q1' where a year is due"),
            ({"value": "2.5"}, "'2.5' as a value"),
            ({"value": True}, "'True' where a figure is due"),
            ({"value": float("inf")}, "'inf', a number of no size"),
            ({"date": 2021}, "int as date, where str is due"),
        ],
    )
    def test_refusals(self, changes, message):
        """Each with what was wrong."""
        with pytest.raises(MalformedError, match=message):
            self.read(self.rows(**changes))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"value": 1e25}, None),
            ({"value": 1.1e25}, "'1.1e+25' as a value of KAZ 2021"),
            ({"value": "9" * 50}, f"'{'9' * 40}' as a value of KAZ 2021"),
            ({"value": -0.5}, "gdp of -0.5"),
            ({"countryiso3code": "RUS"}, "a row of 'RUS', 'NY.GDP.MKTP.CD'"),
        ],
    )
    def test_sizes(self, changes, message):
        """A value is of a size that some currency may need, and said as it came."""
        if message is None:
            assert self.read(self.rows(**changes))["KAZ", 2021] == (1e25, "final")
            return
        with pytest.raises(MalformedError) as no:
            self.read(self.rows(**changes))
        assert no.value.answer == message

    @pytest.mark.parametrize(
        ("mark", "status"),
        [("", "final"), (None, "final"), ("E", "estimate"), ("p", "preliminary")],
    )
    def test_marks(self, mark, status):
        """What the bank marks."""
        assert self.read(self.rows(obs_status=mark))["KAZ", 2021] == (2.5, status)

    def test_country_without_rows(self):
        """Countries that the answer leaves out are told, in order; none is left out in silence."""
        ask = partial(worldbank.parse, countries=["TKM", "UZB", "KAZ", "AFG"], indicator="gdp")
        with pytest.raises(NoDataError) as no:
            ask(bodies.worldbank())
        remedy = "ask for the others without it, or for another indicator"
        assert str(no.value) == f"an answer without rows of AFG, UZB; {remedy}"

    def test_negative_values(self):
        """Growth may be negative, GDP may not; a whole number is a value too."""
        row = bodies.worldbank_row("KAZ", 2021, -3, indicator={"id": "GROWTH"})
        body = bodies.worldbank([row])
        growth = worldbank.parse(body, countries=["KAZ"], indicator="GROWTH")
        assert growth == {("KAZ", 2021): (-3.0, "final")}
        assert isinstance(growth["KAZ", 2021][0], float)
        assert self.read(self.rows(value=0))["KAZ", 2021] == (0.0, "final")
        with pytest.raises(MalformedError, match="gdp of -3"):
            self.read(self.rows(value=-3))

    def test_no_value_field(self):
        """A row without the field is not a year without a value."""
        with pytest.raises(MalformedError, match="a row of KAZ 2021 without value"):
            self.read(self.rows().replace(b'"value": 2.5', b'"was": 2.5', 1))

    def test_twice(self):
        """A country's year comes once."""
        row = bodies.worldbank_row("KAZ", 2021, None)
        with pytest.raises(MalformedError, match="KAZ 2021 twice"):
            self.read(bodies.worldbank([row, row]))

    def test_pages(self):
        """One page of several, or fewer rows than it counts, are a part of an answer."""
        with pytest.raises(MalformedError, match="6 rows of 6, on page 1 of 2"):
            self.read(bodies.worldbank(pages=2))
        with pytest.raises(MalformedError, match="6 rows of 7, on page 1 of 1"):
            self.read(bodies.worldbank(total=7))

    def test_nothing_and_messages(self):
        """No rows is no data, and a message is what the bank does not know."""
        assert self.read(b'[{"page":0,"pages":0,"total":0}, null]') == {}
        with pytest.raises(NoDataError, match="an error message: no; not; check the indicator's"):
            self.read(b'[{"message":[{"id":"120","value":"no"},{"value":"not"},7]}]')
        with pytest.raises(NoDataError, match=f"^an error message: {'x' * 200}; check the indic"):
            self.read(b'[{"message":[{"value":"%b"}]}]' % (b"x" * 300))
        for lost in (
            b'[{"page":0,"pages":0,"total":0}]',
            b'[{"page":1,"pages":1,"total":6}, null]',
        ):
            with pytest.raises(MalformedError, match="a document without 1"):
                self.read(lost)


class TestBns:
    """Spreadsheets of Kazakhstan's bureau."""

    read = staticmethod(READ["bns"])

    def test_worked_example(self):
        """Thousand US$ to US$ million, both flows of both sheets."""
        note = "final edition of 2021, listed 2022-07-15"
        values = [
            ("export", 2020, 76.5),
            ("import", 2020, 51.25),
            ("export", 2021, 0.0),
            ("import", 2021, 42.5),
        ]
        expected = [Figure(*place, note=note) for place in values]
        assert self.read(bodies.bns()) == tuple(expected)

    def test_preliminary(self):
        """Only the edition's own year is preliminary; the sheet before it is last year's final."""
        early = bns.Edition(year=2021, final=False, listed="", element=1)
        parsed = bns.parse(bodies.bns(), partner="TKM", edition=early, years={2020, 2021})
        assert [figure.status for figure in parsed] == ["final"] * 2 + ["preliminary"] * 2
        assert parsed[0].note == "preliminary edition of 2021, listed without a day"

    def test_only_wanted_years(self):
        """Sheets that were not asked for are not read."""
        parsed = bns.parse(bodies.bns(), partner="TKM", edition=EDITION, years={2021, 2030})
        assert {figure.year for figure in parsed} == {2021}

    @pytest.mark.parametrize(
        ("cell", "value", "status"),
        [
            (None, 0.0, "final"),
            ("", 0.0, "final"),
            ("-", 0.0, "final"),
            (" – ", 0.0, "final"),
            ("—", 0.0, "final"),
            ("x", None, "suppressed"),
            ("Х", None, "suppressed"),
            ("...", None, "empty"),
            ("…", None, "empty"),
            ("1 500,5", "error", ""),
        ],
    )
    def test_marks(self, cell, value, status):
        """No trade, withheld and not known, by the marks of the bureau's tables."""
        body = bodies.bns({"2021": (cell, 42.5)})
        if value == "error":
            with pytest.raises(MalformedError, match="'1 500,5' where a figure is due"):
                self.read(body)
            return
        exports = self.read(body)[0]
        assert (exports.value_musd, exports.status) == (value, status)

    @pytest.mark.parametrize(
        ("high", "wide", "fits"), [(2000, 104, True), (2001, 5, False), (5, 105, False)]
    )
    def test_size_of_a_sheet(self, high, wide, fits):
        """A sheet too high or too wide to be one of the bureau's is not read."""
        sheet = SimpleNamespace(total_height=high, total_width=wide, to_python=lambda: [[1]])
        book = SimpleNamespace(get_sheet_by_name={"2021": sheet}.get)
        if fits:
            assert bns._grid(book, "2021") == [[1]]
            return
        with pytest.raises(MalformedError, match=f"a sheet 2021 of {high} rows, {wide} wide"):
            bns._grid(book, "2021")

    def test_sheet_names(self):
        """``12_2021`` is a year's sheet; others are not."""
        book = bodies.bns({"12_2021": (1.0, 2.0), "07_2021": (9.0, 9.0), "Обложка": (9.0, 9.0)})
        assert [figure.value_musd for figure in self.read(book)] == [1.0, 2.0]
        with pytest.raises(MalformedError, match=r"a workbook with sheets \[2020\], without 2021"):
            self.read(bodies.bns({"2020": (1.0, 2.0)}))

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"total": (1.0, 2.0)}, "exports of 2020 that add up to 77000.1 instead of 1.0"),
            ({"rows": [("Туркменистан", None, None, 1, None, 1)]}, "Туркменистан twice on the"),
            ({"rows": [("Италия", None, None, -1, None, 1)]}, "a trade of .-1"),
            ({"unit": "млрд. тенге"}, "a sheet of 2020 in other units than thousand US.: основные"),
            ({"unit": "тыс. евро"}, "other units"),
        ],
    )
    def test_refusals(self, options, message):
        """Each with what was wrong."""
        with pytest.raises(MalformedError, match=message):
            self.read(bodies.bns({"2021": (1.0, 2.0), "2020": (76.5, 51.25)}, **options))

    def test_sums_within_rounding(self):
        """A total off by less than a thousand dollars is rounding."""
        exported = 500.125 + 76500
        imported = 700.25 + 51250
        book = partial(bodies.bns, {"2021": (76.5, 51.25)})
        assert self.read(book(total=(exported + 0.9, imported)))
        with pytest.raises(MalformedError, match="exports of 2021 that add up to 77000.1 instead"):
            self.read(book(total=(exported + 1.1, imported)))
        with pytest.raises(MalformedError, match="imports of 2021 that add up"):
            self.read(book(total=(exported, imported - 1.1)))

    def test_rows_around_the_countries(self):
        """Empty rows and notes with a star are no countries, and rows go on below them."""
        rows = [
            (None,) * 6,
            ("* Примечание", None, None, None, None, None),
            ("Италия", None, None, 1.0, None, 2.0),
        ]
        book = bodies.bns({"2021": (1.0, 2.0)}, rows=rows)
        assert len(self.read(book)) == 2
        parsed = bns.parse(bodies.bns(rows=rows), partner="ITA", edition=EDITION, years={2021})
        assert [figure.value_musd for figure in parsed] == [0.001, 0.002]

    def test_no_total(self):
        """A sheet without its total cannot be checked."""
        book = openpyxl.load_workbook(io.BytesIO(bodies.bns({"2021": (1.0, 2.0)})))
        book["2021"].cell(5, 1).value = "Итого"
        stored = io.BytesIO()
        book.save(stored)
        with pytest.raises(MalformedError, match="a sheet of 2021 without a row 'Всего'"):
            self.read(stored.getvalue())

    def test_too_few_columns(self):
        """A sheet that ends before the imports."""
        book = openpyxl.load_workbook(io.BytesIO(bodies.bns({"2021": (1.0, 2.0)})))
        book["2021"].delete_cols(6, 2)
        stored = io.BytesIO()
        book.save(stored)
        with pytest.raises(MalformedError, match="a sheet of 2021 with 0 columns 'импорт'"):
            self.read(stored.getvalue())

    def test_partner_that_is_not_there(self):
        """No such row is no data; under two of its names it is no figure."""
        with pytest.raises(NoDataError, match="^the workbook of 2021 without UZB; ask for other"):
            bns.parse(bodies.bns(), partner="UZB", edition=EDITION, years={2020})
        both = [(name, None, None, 1.0, None, 1.0) for name in ("Ирак", "Ирак, Республика Ирак")]
        with pytest.raises(MalformedError, match="IRQ twice on the sheet of 2020"):
            bns.parse(bodies.bns(rows=both), partner="IRQ", edition=EDITION, years={2020})

    def test_listing(self):
        """Element, year, kind and day of full years; other links and part-years are left out."""
        page = bodies.bns_listing(
            ("11", 2021, True, "15.07.2022"), ("21", 2022, False, "15.02.2023")
        )
        expected = [EDITION, bns.Edition(year=2022, final=False, listed="2023-02-15", element=21)]
        assert bns.parse_listing(page) == expected
        with pytest.raises(MalformedError, match="^a page that is not the list of workbooks, or a"):
            bns.parse_listing(page.replace(b"spreadsheets", b"tables"))
        with pytest.raises(MalformedError, match="or a part of it"):
            bns.parse_listing(page.replace(b"</html>", b""))
        odd = page.replace(b"</html>", b"\xff</HTML>")
        assert len(bns.parse_listing(odd)) == 2
        none_first = bodies.bns_listing(("11", 2021, True, ""), ("21", 2022, False, "15.02.2023"))
        assert [e.listed for e in bns.parse_listing(none_first)] == ["", "2023-02-15"]
        without = bodies.bns_listing(("11", 2021, True, ""))
        assert bns.parse_listing(without.replace(b" 15.09.2022", b""))[0].listed == ""

    def test_best(self):
        """Final before preliminary, then the latest."""
        make = partial(bns.Edition, year=2021)
        early = make(final=False, listed="2022-02-15", element=1)
        later = make(final=False, listed="2022-03-15", element=2)
        final = make(final=True, listed="2022-01-01", element=3)
        assert bns.best([later, early]) == {2021: later}
        assert bns.best([final, later, early]) == {2021: final}

    def test_calls(self):
        """The list of a year and the file of an edition."""
        page = bns.listing(2022)
        assert page.path == "ru/industries/economy/foreign-market/spreadsheets/"
        expected = {"year": "2022", "name": "19182", "period": "", "type": "spreadsheets"}
        assert dict(page.query) == expected
        assert page.page
        assert bns.workbook(EDITION).path == "api/iblock/element/11/file/ru/"

    def test_names(self):
        """Every country of the bureau's list has a code of ours, and every code one country."""
        names = bns._codes()
        assert set(names.values()) <= country_codes.all_codes()
        assert names["туркменистан"] == "TKM"
        assert names["ирак"] == names["ирак, республика ирак"] == "IRQ"
        assert names["палау"] == "PLW"
        assert len(names) == 252

    def test_zip_that_is_no_workbook(self):
        """An archive of something else, or one that cannot be unpacked."""
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w") as archive:
            archive.writestr("readme.txt", "hello")
        with pytest.raises(MalformedError, match="a file that is no spreadsheet"):
            self.read(stored.getvalue())

    def test_fault_of_the_reader(self, monkeypatch):
        """A fault in the spreadsheet library is a file it cannot read; an interrupt is not."""

        class PanicException(BaseException):
            """As the library's compiled part raises it."""

        def panic(error):
            def fail(stream):
                raise error

            workbook = type("Workbook", (), {"from_filelike": staticmethod(fail)})
            monkeypatch.setattr(bns.python_calamine, "CalamineWorkbook", workbook)

        panic(PanicException("x" * 199))
        with pytest.raises(
            MalformedError, match=rf"^a file that is no spreadsheet \({'x' * 160}\);"
        ):
            self.read(bodies.bns())
        panic(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            self.read(bodies.bns())


class TestDocuments:
    """Steps into JSON."""

    def test_take(self):
        """What stands there, if it is of the kind asked for."""
        document = {"a": [{"b": 1}]}
        assert checks.get_path(document, int, "a", 0, "b") == 1
        assert checks.get_path(True, bool) is True

    @pytest.mark.parametrize(
        ("document", "kind", "steps", "message"),
        [
            ({"a": 1}, int, ("b",), "a document without b"),
            ({"a": None}, int, ("a",), "a document without a"),
            ({"a": [1]}, int, ("a", 1), r"a document without a\.1"),
            ({"a": [1]}, int, ("a", -1), r"a document without a\.-1"),
            ({"a": [1]}, int, ("a", "b"), r"a document without a\.b"),
            ([1], dict, (), "list as the whole, where dict is due"),
            ({"a": True}, int, ("a",), "bool as a, where int is due"),
        ],
    )
    def test_refusals(self, document, kind, steps, message):
        """Where the path ends, or what stands there instead."""
        with pytest.raises(MalformedError, match=f"^{message};"):
            checks.get_path(document, kind, *steps)


class TestTidy:
    """Years, figures, and figures that come twice."""

    @pytest.mark.parametrize(
        "text", ["20", "20211", "²⁰²¹", "２０２１", "2101", "", "2021.0", "1899"]
    )
    def test_no_year(self, text):
        """Four digits within reason."""
        with pytest.raises(MalformedError, match="where a year is due"):
            checks.past_year(text)

    def test_year(self):
        """As text or number, at both ends."""
        assert [checks.past_year(y) for y in ("1900", 2026)] == [1900, 2026]

    def test_value(self):
        """Numbers and texts of them, in the source's unit."""
        assert checks.value_of("1500", unit=1e-3) == 1.5
        assert checks.value_of(0, unit=1) == 0
        assert checks.value_of(None, unit=1) is checks.value_of("", unit=1) is None
        with pytest.raises(MalformedError, match="nan"):
            checks.value_of(float("nan"), unit=1)


class TestXls:
    """Old workbooks, in which a cell far out makes the reader reserve half a gigabyte."""

    @pytest.mark.parametrize(
        "head", [b"\x03\x02\x0e\x00", b"\x7e\x02\x0a\x00", b"\xfd\x00\x0a\x00", b"\x01\x02\x06\x00"]
    )
    def test_far_cell(self, head):
        """A number, a text or an empty cell in row 65535 or column 255."""
        bns._check_xls(head + b"\xd0\x07\x68\x00")
        for place, where in (
            (b"\xd1\x07\x68\x00", "2001, column 104"),
            (b"\xd0\x07\x69\x00", "2000, column 105"),
        ):
            with pytest.raises(MalformedError, match=f"^a sheet with a cell in row {where};"):
                bns._check_xls(b"rest" + head + place)
        with pytest.raises(MalformedError, match="in row 65535, column 6"):
            READ["bns"](b"\xd0\xcf" + head + b"\xff\xff\x06\x00")
