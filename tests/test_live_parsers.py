"""Parsers of live sources: worked examples, each refusal, and bodies damaged at random.

A hundred truncations and a hundred structural corruptions of each body: a typed error, or (where
what was damaged is not read) exactly the figures of the intact body. Never others.
"""

import copy
import io
import json
from functools import cache, partial
from types import SimpleNamespace
from unittest import mock

import live_bodies as bodies
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
    "imts months": partial(imts.parse, **PAIR, indicator="XG_FOB_USD", frequency="M"),
    "comtrade months": partial(comtrade.parse, **PAIR, years=range(2020, 2022), frequency="M"),
}
BODIES = {
    "imts": bodies.imts(),
    "comtrade": bodies.comtrade(),
    "wits": bodies.wits(),
    "worldbank": bodies.worldbank(),
    "bns": bodies.bns(),
    "bns_listing": bodies.bns_listing(("11", 2021, True, "15.07.2022")),
    "imts months": bodies.imts_months(values={(2020, 12): 10.5, (2021, 1): 0.0}),
    "comtrade months": bodies.comtrade_months([2021]),
}
MANY = settings(max_examples=100)


@cache
def figures_of(name):
    """Figures of an intact body."""
    return READ[name](BODIES[name])


def figures(flow, values, **other):
    """Figures as a parser returns them."""
    return tuple(Figure(flow=flow, year=y, value_musd=v, **other) for y, v in values.items())


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    """The previews' limits hold unless there is a key."""
    monkeypatch.delenv("COMTRADE_API_KEY", raising=False)


class TestDamage:
    """Random damage to each body."""

    @pytest.mark.parametrize("name", ["comtrade", "wits", "worldbank", "bns", "bns_listing"])
    @MANY
    @given(data=st.data())
    def test_truncation(self, name, data):
        """A body cut anywhere is refused by its own format."""
        body = BODIES[name]
        cut = data.draw(st.integers(0, len(body.rstrip()) - 1))
        with pytest.raises(MalformedError):
            READ[name](body[:cut])

    def test_truncation_on_the_way(self, source, monkeypatch):
        """A body cut anywhere under its stated length is refused before it is read."""
        monkeypatch.setattr(http, "PATIENCE", http.PATIENCE.new(total=0))

        @settings(max_examples=20)
        @given(cut=st.integers(0, len(BODIES["imts"]) - 1))
        def refused(cut):
            source.routes["/imts"] = Answer(BODIES["imts"], cut=cut)
            with pytest.raises(UnavailableError, match="no complete answer"):
                http.get(http.Call(source="imts", path="x"), timeout=5)

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

    @pytest.mark.parametrize("name", ["comtrade", "comtrade months", "wits", "worldbank"])
    @MANY
    @given(data=st.data())
    def test_corrupted_document(self, name, data):
        """A key dropped, a value of another kind, a row repeated, lost or swapped for rubbish."""
        document = json.loads(BODIES[name])
        place = data.draw(st.sampled_from(places(document)))
        broken = data.draw(st.sampled_from(["drop", "text", "list", "none", "twice", "negative"]))
        assume(corrupt(document, place, broken))
        self.refused_or_same(name, json.dumps(document).encode())

    @pytest.mark.parametrize("name", ["imts", "imts months"])
    @settings(max_examples=50)
    @given(data=st.data())
    def test_corrupted_table(self, name, data):
        """A cell, a row or a column changed, dropped, repeated or moved."""
        rows = [line.split(",") for line in BODIES[name].decode().splitlines()]
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
        self.refused_or_same(name, "\n".join(lines).encode() + b"\n")

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
        book = bodies.bns_book()
        sheet = book[data.draw(st.sampled_from(book.sheetnames))]
        row = data.draw(st.integers(5, 8))
        column = data.draw(st.sampled_from([1, 4, 6]))
        new = data.draw(st.sampled_from([None, "?", -5, 12345.0, "Всего", "Туркменистан"]))
        assume(sheet.cell(row, column).value != new)
        sheet.cell(row, column).value = new
        self.refused_or_same("bns", bodies.stored(book))

    @pytest.mark.parametrize(
        "name", ["imts", "comtrade", "wits", "worldbank", "bns", "bns_listing"]
    )
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
        intact = figures_of(name)
        if name.startswith(
            ("comtrade", "imts")
        ):  # a lost flag makes a guess of a total, a moved one a note
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
        """Kosovo and Palestine under the IMF's codes; tables, and of a stated length alone."""
        (_, exports), _ = imts.calls("XKX", "PSE")
        assert exports.path == "data/dataflow/IMF.STA/IMTS/+/KOS.XG_FOB_USD.WBG.A"
        assert exports.accept == "application/vnd.sdmx.data+csv;version=2.0.0"
        assert exports.endless

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

    def test_long_cell(self, monkeypatch):
        """Cells with line breaks, in more blocks than one; a name that is no text is not read."""
        monkeypatch.setattr(imts, "_BLOCK", 5000)
        long = ('"' + "a word\n" * 500 + '"').encode()
        exports = figures("export", bodies.EXPORTS)
        assert self.read(bodies.imts().replace(b"dataflow", long)) == exports
        assert self.read(bodies.imts().replace(b"SCALE", b"SC\xff")) == exports

    def test_byte_order_mark_and_quotes(self):
        """As some services write CSV."""
        body = b"\xef\xbb\xbf" + bodies.imts().replace(b"KAZ", b'"KAZ"').replace(b"\n", b"\r\n")
        assert self.read(body) == figures("export", bodies.EXPORTS)

    @pytest.mark.parametrize(
        ("marks", "status"), [("QCN", "suppressed"), ("MLOH", "empty")], ids=["withheld", "missing"]
    )
    def test_marks(self, marks, status):
        """Withheld and missing by the codes of SDMX, even beside a number."""
        for mark in marks:
            body = bodies.imts(values={2021: 5.0}).replace(b",6,\n", f",6,{mark}\n".encode())
            assert self.read(body) == figures("export", {2021: None}, status=status), mark

    def test_confidential_by_its_own_column(self):
        """CONF_STATUS withholds too, unless it says that the figure is free."""
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
            ("SCALE", '"SCALE', "a table that breaks off: its last line or last quotes have no"),
            (",6,", ",6,,", "a table that breaks off or is none .* Expected 11 columns, got 12"),
            ("A,2020", ",2020", "a row of .*''. instead of .*'A'"),
            ("76500000.0", "7e7x", "'7e7x' where a figure is due"),
            ("76500000.0", "-1", "a trade of '-1'"),
            ("KAZ", "RUS", "a row of 'RUS' where KAZ was asked for"),
            ("TKM", "UZB", "a row of 'UZB' where TKM was asked for"),
            ("XG_FOB_USD", "MG_CIF_USD", "a row of .'MG_CIF_USD', 'A'. instead of .'XG_FOB_USD'"),
            ("116", '"116"x', "'.*' where a figure is due"),
        ],
    )
    def test_refusals(self, old, new, message):
        """Each with what was wrong."""
        with pytest.raises(MalformedError, match=f"^{message}"):
            self.read(bodies.imts().replace(old.encode(), new.encode()))

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

    def test_no_number(self):
        """Null is empty, not zero; a missing field is an error."""
        body = bodies.comtrade([bodies.comtrade_row("export", 2020, None)])
        assert self.read(body) == figures("export", {2020: None}, status="empty")
        with pytest.raises(MalformedError, match="^a row without primaryValue: {'typeCode': 'C'"):
            self.read(body.replace(b"primaryValue", b"value"))

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"partnerCode": 0}, "partnerCode 0 instead of 795"),
            ({"cmdCode": "27"}, "cmdCode '27' instead of 'TOTAL'"),
            ({"primaryValue": True}, ".True. where a figure is due"),
            ({"refYear": 20200}, "'20200' where a year is due"),
            ({"refYear": 2018, "period": "2018"}, "^rows of 2018, which was not asked for;"),
            ({"motCode": True}, "bool as motCode, where int is due"),
            ({"customsCode": None}, "a document without customsCode"),
            ({"isReported": 0}, "a row with isReported '0'"),
        ],
    )
    def test_refusals(self, changes, message):
        """Each with what was wrong."""
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

    @pytest.mark.parametrize(
        "changes",
        [
            {"primaryValue": "76500000"},
            {"cifvalue": 80.0e6, "fobvalue": 76.5e6},
            {"partner2Code": None},
        ],
        ids=["as text", "one of two valuations", "no second partner"],
    )
    def test_same_figure(self, changes):
        """What may stand beside or for the total leaves it as it is."""
        assert self.read(self.rows(changes)) == figures("export", {2020: 76.5})

    def test_preview_limit(self, monkeypatch):
        """500 rows without a key are a part of an answer; 499 are not."""
        rows = [bodies.comtrade_row("export", 2020, 1.0, motCode=mode) for mode in range(500)]
        assert len(self.read(bodies.comtrade(rows[:499]))) == 1
        with pytest.raises(MalformedError, match="500 rows, the most a preview shows; ask for"):
            self.read(bodies.comtrade(rows))
        monkeypatch.setenv("COMTRADE_API_KEY", "k")
        assert len(self.read(bodies.comtrade(rows))) == 1

    def test_numbers(self):
        """The UN's own numbers of countries, asked for as JSON."""
        numbers = [comtrade.country_number(code) for code in ("KAZ", "IND", "CHE", "NOR", "TWN")]
        assert numbers == [398, 699, 757, 579, 490]
        assert comtrade.calls("KAZ", "TKM", [2020])[0].accept == "application/json"


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
        assert (exports.query, exports.accept) == ((("format", "JSON"),), "application/json")

    def test_no_number(self):
        """Null is empty, and so is a year that is listed and has nothing; no series is no figure."""
        null = self.read(bodies.wits(values={2020: None, 2021: 1.0}))
        assert [figure.status for figure in null] == ["empty", "final"]
        lost = self.read(bodies.wits().replace(b', "1": [76500.0]', b""))
        assert [figure.status for figure in lost] == ["final", "empty", "final"]
        assert self.read(self.broken(lambda d: d["dataSets"][0]["series"].clear())) == ()

    def test_lower_case(self):
        """Codes in the answer may be in lower case."""
        body = bodies.wits().replace(b'"KAZ"', b'"kaz"').replace(b'"Total"', b'"TOTAL"')
        assert self.read(body) == figures("export", bodies.EXPORTS)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ('"TKM"', '"UZB"', "PARTNER 'UZB' instead of 'TKM'"),
            ('"XPRT-TRD-VL"', '"XPRT-PRTNR-SHR"', "INDICATOR 'XPRT-PRTNR-SHR' instead of"),
            ('"TIME_PERIOD"', '"WHEN"', "observations that are not by TIME_PERIOD alone"),
            ('"0:0:0:0:0"', '"0:0:0:0"', "a place '0:0:0:0' in 5 dimensions"),
            ('"0:0:0:0:0"', '"0:0:0:0:1"', "a document without values.1"),
            ('"2": [0.0]', '"2": 0.0', "0.0 as an observation of 2021"),
            ('"2": [0.0]', '"2": ["a"]', "'a' where a figure is due"),
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
            ("INDICATOR", "Export(US$ Thousand)", None),
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

    def test_units(self):
        """Where a power of ten is stated, it is thousands."""

        def with_power(power):
            attribute = {"id": "UNIT_MULT", "values": [{"id": power}]}
            return self.broken(lambda d: d["structure"]["attributes"]["series"].append(attribute))

        assert self.read(with_power("3")) == figures("export", bodies.EXPORTS)
        with pytest.raises(MalformedError, match="figures in UNIT_MULT '6' instead of 3"):
            self.read(with_power("6"))


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

    def test_names(self):
        """Our names of indicators and theirs, with our unit and what makes it of theirs."""
        call = worldbank.indicator_call(["KAZ"], "population")
        assert (call.path, call.accept) == ("country/KAZ/indicator/SP.POP.TOTL", "application/json")
        assert worldbank.terms_of("gdp_real2015") == ("NY.GDP.MKTP.KD", "musd", 1e-6)
        assert worldbank.terms_of("X.Y") == ("X.Y", "as the World Bank states it", 1.0)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"date": 2021}, "int as date, where str is due"),
            ({"value": "2.5"}, "'2.5' as a value of KAZ 2021"),
            ({"value": True}, "'True' where a figure is due"),
            ({"value": float("inf")}, "'inf', a number of no size"),
            ({"value": 1.1e25}, r"'1.1e\+25' as a value of KAZ 2021"),
            ({"value": -0.5}, "gdp of -0.5"),
        ],
    )
    def test_refusals(self, changes, message):
        """Each with what was wrong."""
        with pytest.raises(MalformedError, match=f"^{message}"):
            self.read(self.rows(**changes))

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

    def test_values(self):
        """Growth may be negative, GDP may not; a whole number is a value too, and so is a huge one."""
        row = bodies.worldbank_row("KAZ", 2021, -3, indicator={"id": "GROWTH"})
        body = bodies.worldbank([row])
        growth = worldbank.parse(body, countries=["KAZ"], indicator="GROWTH")
        assert growth == {("KAZ", 2021): (-3.0, "final")}
        assert isinstance(growth["KAZ", 2021][0], float)
        for value in (0, 1e25):
            assert self.read(self.rows(value=value))["KAZ", 2021] == (value, "final")

    def test_refused_documents(self):
        """A row without its value, or a page without rows."""
        for body, message in (
            (
                self.rows().replace(b'"value": 2.5', b'"was": 2.5', 1),
                "a row of KAZ 2021 without value",
            ),
            (b'[{"page":0,"pages":0,"total":0}]', "a document without 1"),
            (b'[{"page":1,"pages":1,"total":6}, null]', "a document without 1"),
        ):
            with pytest.raises(MalformedError, match=f"^{message}"):
                self.read(body)

    def test_nothing_and_messages(self):
        """No rows is no data, and a message is what the bank does not know."""
        assert self.read(b'[{"page":0,"pages":0,"total":0}, null]') == {}
        with pytest.raises(NoDataError, match="an error message: no; not; check the indicator's"):
            self.read(b'[{"message":[{"id":"120","value":"no"},{"value":"not"},7]}]')


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

    @pytest.mark.parametrize(
        ("cells", "value", "status"),
        [
            ([None, "", "-", " – ", "—"], 0.0, "final"),
            (["x", "Х"], None, "suppressed"),
            (["...", "…"], None, "empty"),
        ],
        ids=["no trade", "withheld", "not known"],
    )
    def test_marks(self, cells, value, status):
        """No trade, withheld and not known, by the marks of the bureau's tables."""
        for cell in cells:
            exports = self.read(bodies.bns({"2021": (cell, 42.5)}))[0]
            assert (exports.value_musd, exports.status) == (value, status), cell

    def test_size_of_a_sheet(self):
        """A sheet too high or too wide to be one of the bureau's is not read."""

        def grid(high, wide):
            sheet = SimpleNamespace(total_height=high, total_width=wide, to_python=lambda: [[1]])
            return bns._grid(SimpleNamespace(get_sheet_by_name={"2021": sheet}.get), "2021")

        assert grid(2000, 104) == [[1]]
        for high, wide in ((2001, 5), (5, 105)):
            with pytest.raises(MalformedError, match=f"a sheet 2021 of {high} rows, {wide} wide"):
                grid(high, wide)

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
            ({"rows": [("Италия", None, None, -1, None, 1)]}, "a trade of .-1"),
            ({"rows": [("Италия", None, None, "1 5", None, 1)]}, "'1 5' where a figure is due"),
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
        assert [(figure.year, figure.value_musd) for figure in parsed] == [
            (2021, 0.001),
            (2021, 0.002),
        ]

    def test_partner_that_is_not_there(self):
        """No such row is no data; under two of its names it is no figure."""
        with pytest.raises(NoDataError, match="^the workbook of 2021 without UZB; ask for other"):
            bns.parse(bodies.bns(), partner="UZB", edition=EDITION, years={2020})
        both = [(name, None, None, 1.0, None, 1.0) for name in ("Ирак", "Ирак, Республика Ирак")]
        with pytest.raises(MalformedError, match="IRQ twice on the sheet of 2020"):
            bns.parse(bodies.bns(rows=both), partner="IRQ", edition=EDITION, years={2020})

    def test_listing(self):
        """Element, year, kind and day of full years; other links and part-years are left out."""
        final = ("11", 2021, True, "15.07.2022")
        early = ("21", 2022, False, "15.02.2023")
        page = bodies.bns_listing(final, early)
        expected = [EDITION, bns.Edition(year=2022, final=False, listed="2023-02-15", element=21)]
        assert bns.parse_listing(page) == expected
        with pytest.raises(MalformedError, match="^a page that is not the list of workbooks, or a"):
            bns.parse_listing(page.replace(b"spreadsheets", b"tables"))
        with pytest.raises(MalformedError, match="or a part of it"):
            bns.parse_listing(page.replace(b"</html>", b""))
        assert bns.parse_listing(page.replace(b"</html>", b"\xff</HTML>")) == expected

    def test_listing_without_a_day(self):
        """An edition's day is not taken from the next one's line, or from a part-year's."""
        undated = ("11", 2021, True, "")
        page = bodies.bns_listing(undated, ("21", 2022, False, "15.02.2023"))
        assert [e.listed for e in bns.parse_listing(page)] == ["", "2023-02-15"]
        alone = bodies.bns_listing(undated).replace(b" 15.09.2022", b"")
        assert bns.parse_listing(alone)[0].listed == ""

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
        expected = {"year": "2022", "name": "19182", "period": "", "type": "spreadsheets"}
        assert dict(page.query) == expected
        assert page.page

    def test_names(self):
        """Every country of the bureau's list has a code of ours, and every code one country."""
        names = bns._codes()
        assert set(names.values()) <= country_codes.all_codes()
        assert names["туркменистан"] == "TKM"
        assert names["ирак"] == names["ирак, республика ирак"] == "IRQ"
        assert names["палау"] == "PLW"
        assert len(names) == 252

    def test_fault_of_the_reader(self, monkeypatch):
        """A fault in the spreadsheet library is a file it cannot read; an interrupt is not."""

        class PanicException(BaseException):
            """As the library's compiled part raises it."""

        reader = mock.Mock()
        monkeypatch.setattr(bns.python_calamine, "CalamineWorkbook", reader)
        reader.from_filelike.side_effect = PanicException("x" * 199)
        with pytest.raises(
            MalformedError, match=rf"^a file that is no spreadsheet \({'x' * 160}\);"
        ):
            self.read(bodies.bns())
        reader.from_filelike.side_effect = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            self.read(bodies.bns())


def test_place_before_the_first():
    """A place in a list is counted from its beginning alone."""
    with pytest.raises(MalformedError, match=r"^a document without a\.-1;"):
        checks.get_path({"a": [1]}, int, "a", -1)


@pytest.mark.parametrize("text", ["20211", "²⁰²¹", "２０２１", "2101", "", "2021.0", "1899"])
def test_no_year(text):
    """Four digits within reason."""
    with pytest.raises(MalformedError, match="where a year is due"):
        checks.past_year(text)


@pytest.mark.parametrize(
    "head", [b"\x03\x02\x0e\x00", b"\x7e\x02\x0a\x00", b"\xfd\x00\x0a\x00", b"\x01\x02\x06\x00"]
)
def test_far_cell(head):
    """A number, a text or an empty cell in row 65535 or column 255 of an old workbook.

    It would make the reader reserve half a gigabyte.
    """
    bns._check_xls(head + b"\xd0\x07\x68\x00")
    for place, where in (
        (b"\xd1\x07\x68\x00", "2001, column 104"),
        (b"\xd0\x07\x69\x00", "2000, column 105"),
    ):
        with pytest.raises(MalformedError, match=f"^a sheet with a cell in row {where};"):
            bns._check_xls(b"rest" + head + place)
    with pytest.raises(MalformedError, match="in row 65535, column 6"):
        READ["bns"](b"\xd0\xcf" + head + b"\xff\xff\x06\x00")
