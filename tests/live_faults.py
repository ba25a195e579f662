"""Hostile answers, one by one, and what became of each: right, refused, wrong, raw, late or a leak.

Faults are sources times ways to go wrong. `judge` serves one on loopback, asks for the figures with
a key, a password and a token in the environment, and says what came of it: ``right`` (the true
figures, or the mark that the fault put on one), ``refused`` (a `LiveError`), ``wrong`` (other
figures, or a mark that is lost), ``raw`` (another error), ``late`` (past the timeout) or ``leak`` (a
secret in the error, the frame, a log record or a file).
"""

import base64
import gzip
import io
import json
import logging
import os
import re
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache as kept
from functools import partial
from unittest import mock

import live_bodies as bodies
from live_server import Answer, own_hosts

from tradelib import live
from tradelib.live import cache
from tradelib.live.errors import LiveError

SECONDS = 3.0
GRACE = 3.0  # the machine may be busy with other things
KEY = "5e6d1c0ffee4ab7e9d2b"
PASSWORD = "hunter2-of-the-proxy"  # noqa: S105
SOURCES = ("imts", "comtrade", "wits", "bns", "wdi", "imts panel", "baci")
TRUE = {(flow, year): side[year] for flow, side in bodies.SIDES.items() for year in bodies.YEARS}
IMTS_CODES = {"export": "XG_FOB_USD", "import": "MG_CIF_USD"}
WITS_CODES = {"export": "XPRT-TRD-VL", "import": "MPRT-TRD-VL"}
IMTS = "/imts/data/dataflow/IMF.STA/IMTS/+/"
WITS = "/wits/SDMX/V21/datasource/tradestats-trade/"
BNS = "/bns/ru/industries/economy/foreign-market/spreadsheets/"
ZIP = "/baci/BACI_HS92_V202601.zip"


@dataclass
class Fault:
    """A way to go wrong: which source, its name, the answers by path, marks that must be seen."""

    source: str
    name: str
    routes: Callable  # so that bodies are made when they are needed
    status: dict = field(default_factory=dict)  # (flow, year) -> status that must come out
    keyed: bool = False
    fine: bool = False  # nothing is wrong: refused would be wrong
    refuse: bool = False  # the figures are not what was asked for, though the numbers are the same
    gaps: bool = False  # a figure may be missing
    env: dict = field(default_factory=dict)
    secrets: tuple = ()  # texts that nobody may be told, beside the usual ones
    plant: Callable | None = None  # what lies in the cache before; files that must stay so


@kept
def usual_workbook():
    """The bureau's workbook, written once."""
    return bodies.bns()


def intact(source):
    """What a source answers when nothing is wrong: bodies by path."""
    if source == "imts":
        return {f"{IMTS}KAZ.{code}.TKM.A": bodies.imts(flow) for flow, code in IMTS_CODES.items()}
    if source == "imts panel":
        return {f"{IMTS}*.{code}.*.A": bodies.imts(flow) for flow, code in IMTS_CODES.items()}
    if source == "wits":
        path = f"{WITS}reporter/kaz/year/all/partner/tkm/product/Total/indicator/"
        return {path + code: bodies.wits(flow) for flow, code in WITS_CODES.items()}
    if source == "comtrade":
        return {"/comtrade": bodies.comtrade()}
    if source == "bns":
        return {"/bns/api/iblock/element/11/file/ru/": usual_workbook()}
    if source == "wdi":
        return {"/wdi": bodies.worldbank()}
    if source == "months":
        monthly = {f"{IMTS}KAZ.{c}.TKM.M": bodies.imts_months(f) for f, c in IMTS_CODES.items()}
        return monthly | intact("imts")
    return {ZIP: bodies.baci()}


def as_it_is(body):
    """What was given."""
    return body


def routes(source, change=as_it_is, how=as_it_is):
    """Answers of a source, each body but those of imports changed in one way, each answer in another."""
    if source == "goods":
        return goods(change, how=how)

    def changed(body):
        return body if b"MG_CIF" in body or b"MPRT" in body else change(body)

    answers = {path: how(Answer(changed(body))) for path, body in intact(source).items()}
    return answers | listing() if source == "bns" else answers


def listing(page=None):
    """The bureau's list of workbooks, or another page in its place."""
    answer = Answer(page or bodies.bns_listing(("11", 2021, True, "15.07.2022")))
    return {BNS: answer, BNS + "?year=2021": answer}


def fault(source, name, change=as_it_is, how=as_it_is, **more):
    """A fault whose bodies are changed in one way and sent in another."""
    return Fault(source, name, partial(routes, source, change, how), **more)


def goods(change=as_it_is, how=as_it_is, **other):
    """Answers about goods: chapters changed in one way and sent in another, totals as they are."""

    def answer(path):
        years = [int(text) for text in path.split("period=")[1].split("&")[0].split(",")]
        if "cmdCode=AG2" in path:
            return how(Answer(change(bodies.comtrade(bodies.chapter_rows(years, **other)))))
        return Answer(bodies.comtrade(years=years))

    return {"/comtrade": answer}


def ask(source):
    """Figures of a source as {place: (value, status)}, the frame, and the truth."""
    if source == "wdi":
        return _ask_macro()
    if source in ("baci", "imts panel"):
        return _ask_panel(source)
    if source == "goods":
        return _ask_goods()
    if source == "months":
        return _ask_months()
    years = [2020, 2021] if source == "bns" else [2019, 2020, 2021]
    frame = live.fetch_flows("KAZ", "TKM", source=source, years=years, timeout=SECONDS)
    places = list(zip(frame["flow"], frame["period_end"].dt.year, strict=True))
    if len(set(places)) < len(places):
        return {}, frame, TRUE
    truth = {place: value for place, value in TRUE.items() if place[1] in years}
    return _cells(places, frame["value_musd"], frame["status"]), frame, truth


def _ask_macro():
    frame = live.fetch_macro(["KAZ", "TKM"], timeout=SECONDS)
    places = zip(frame["country"], frame["year"], strict=True)
    gdp = {year: value / 1e6 for year, value in bodies.GDP.items() if value}
    truth = {(country, year): gdp[year] for country in ("KAZ", "TKM") for year in gdp}
    return _cells(places, frame["value"], frame["status"]), frame, truth


def _ask_goods():
    frame = live.fetch_goods("KAZ", "TKM", years=[2019, 2020], timeout=SECONDS)
    places = zip(frame["section"], frame["flow"], frame["year"], strict=True)
    truth = {
        (section, flow, year): value * share
        for (flow, year), value in TRUE.items()
        for section, share in bodies.SECTIONS.items()
        if year in (2019, 2020)
    }
    return _cells(places, frame["value_musd"], frame["status"]), frame, truth


def _ask_months():
    frame = live.fetch_months("KAZ", "TKM", years=[2020, 2021], timeout=SECONDS)
    long = frame.melt(["year", "month", "status"], ["export_musd", "import_musd"])
    places = zip(long["variable"].str[:6], long["year"], long["month"], strict=True)
    truth = {
        (flow, *month): value
        for flow, side in bodies.MONTHLY_SIDES.items()
        for month, value in side.items()
    }
    return _cells(places, long["value"], long["status"]), frame, truth


def _ask_panel(source):
    name = source.split()[0]
    frame = live.fetch_panel(source=name, progress=False, timeout=SECONDS)
    long = frame.melt(["pair", "year", "status"], ["export_musd", "import_musd"])
    places = zip(long["pair"], long["variable"].str[:6], long["year"], strict=True)
    truth = {("KAZ-TKM", *place): value for place, value in TRUE.items()}
    if source == "baci":
        truth = {
            ("KAZ-RUS", "export", 2020): 0.0,
            ("KAZ-RUS", "import", 2020): 0.009,
            ("KAZ-TKM", "export", 2020): 0.076501,
            ("KAZ-TKM", "import", 2020): 0.05125,
            ("KAZ-TKM", "export", 2021): 0.200123,
            ("KAZ-TKM", "import", 2021): 0.0,
        }
    return _cells(places, long["value"], long["status"]), frame, truth


def _cells(places, values, statuses):
    """Values and statuses by place."""
    cells = zip(values, statuses, strict=True)
    return dict(zip(places, cells, strict=True))


def judge(fault, server):
    """What came of a fault, and a few words."""
    server.routes.clear()
    server.routes |= fault.routes()
    env = fault.env | ({"COMTRADE_API_KEY": KEY} if fault.keyed else {})
    with own_hosts(server) if fault.keyed else nullcontext(), mock.patch.dict(os.environ, env):
        before = fault.plant(cache.folder()) if fault.plant else {}
        outcome = _judged(fault)
    changed = [str(file) for file, content in before.items() if file.read_bytes() != content]
    return ("wrong", f"{changed} overwritten") if changed else outcome


def _judged(fault):
    """As `judge`, with server, surroundings and cache as the fault wants them."""
    records = []
    handler = logging.Handler(level=0)
    handler.emit = lambda record: records.append(f"{record.getMessage()} {record.args}")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(0)
    began = time.monotonic()
    texts = []
    try:
        cells, frame, truth = ask(fault.source)
        outcome = _compared(cells, truth, fault)
        if fault.refuse and outcome[0] == "right":
            outcome = "wrong", "accepted"
        texts = [frame.to_csv(), live.cached().to_csv()]
    except LiveError as error:
        outcome = ("wrong" if fault.fine else "refused"), str(error)[:160]
        texts = list(_chain(error))
    except Exception as error:  # noqa: BLE001
        outcome = "raw", f"{type(error).__name__}: {str(error)[:160]}"
        texts = list(_chain(error))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    took = time.monotonic() - began
    written = [text.encode("utf-8", "replace") for text in (*texts, *records)]
    files = () if "TRADELIB_CACHE" in fault.env else cache.folder().rglob("*")
    plain = [file for file in files if file.is_file() and not file.is_symlink()]
    written += [file.read_bytes() for file in plain if file.stat().st_size < 2**30]
    secrets = [secret.encode() for secret in (KEY, PASSWORD, KEY[:12], *fault.secrets)]
    if any(secret in content for content in written for secret in secrets):
        return "leak", outcome[1]
    if took > SECONDS + GRACE:
        return "late", f"{took:.1f} s, {outcome[0]} {outcome[1]}"
    return outcome


def _compared(cells, truth, fault):
    """Whether the cells are the truth, but for what is marked."""
    for place, wanted in fault.status.items():
        places = [place] if place in cells else [other for other in cells if other[1:] == place]
        marked = [cells[other] for other in places]
        if not marked or any(mark != wanted for _, mark in marked):
            return "wrong", f"{place} is {marked}, not {wanted}"
    if fault.status:
        return "right", "with its mark"
    values = {place: value for place, (value, _) in cells.items() if value == value}
    if fault.gaps:
        truth = {place: value for place, value in truth.items() if place in values}
    other_places = set(values) != set(truth)
    if other_places or any(abs(values[p] - truth[p]) > 1e-6 * truth[p] for p in truth):
        return "wrong", f"{ {p: v for p, v in values.items() if truth.get(p) != v} }"
    return "right", ""


def _chain(error):
    while error is not None:
        yield from (str(error), repr(error), repr(vars(error)), repr(error.args))
        error = error.__cause__ or error.__context__


# ---- ways in which an answer can be sent ----------------------------------------------------

GZ = {"Content-Encoding": "gzip"}
DEFLATE = {"Content-Encoding": "deflate"}
BOMB = gzip.compress(b"\0" * 100_000_000, 1)


def written(*lines, body=b"x"):
    """An answer of which every byte is written here, the status line first."""
    head = "\r\n".join([*lines, "", ""])
    return Answer(raw=head.encode(errors="surrogateescape") + body)


def packed(make, headers):
    """A body packed in some way, under the right length."""
    return lambda answer: Answer(make(answer.body), headers=dict(headers))


# Odd values of a header, by its name and the status that it comes with.
ODD_HEADERS = {
    ("Content-Length", 200): (
        *("abc", "-5", "", "+300", "1e3", "0x40", "12, 13", "9" * 30, "３００", "9;"),
    ),
    ("Transfer-Encoding", 200): ("notchunked", "gzip, chunked", "identity", "", "chunked;q=1"),
    ("Content-Encoding", 200): ("br", "zstd", "identity, gzip", "", "gzip"),
    ("Location", 302): (
        *("http://127.0.0.1:99999/x", "http://", "file:///etc/passwd", "http://\udcff\udcfe/"),
        *("http://[::1/x", f"{IMTS}KAZ.XG_FOB_USD.TKM.A", "data:text/csv,COUNTRY", "", "/a b\tc"),
        *("//127.0.0.1/etc/passwd", "http://me:you@127.0.0.1:1/x", "/" + "x" * 60_000),
    ),
    ("Retry-After", 503): ("9" * 5000, "-1", "²", "1,2", "Infinity"),
    ("Retry-After", 429): ("Fri, 31 Dec 99999 23:59:59 GMT", "0"),
    ("WWW-Authenticate", 401): ('Digest realm="x", nonce="y"',),
    ("Proxy-Authenticate", 407): ("Basic",),
}
STATUS_LINES = (
    *("HTTP/9.9 200 OK", "ICY 200 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 20 OK", "HTTP/1.1 -200 OK"),
    *("HTTP/1.1 abc OK", "HTTP/1.1 200", "hello", "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK"),
)
CHUNK_SIZES = ("zz", "ffffffffff", "-5", "1_0", "0x10", "1;" + "a" * 5_000_000)


def stated(name, status, value):
    """An answer whose body is cut, or no figures, with an odd value of a header."""

    def how(answer):
        body = answer.body[:-9] if name in ("Content-Length", "Transfer-Encoding") else answer.body
        length = [] if name == "Content-Length" else [f"Content-Length: {len(body)}"]
        lines = (f"HTTP/1.1 {status} OK", f"{name}: {value}", *length, "Connection: close")
        return written(*lines, body=body)

    return how


def begun(line):
    """An answer with another status line."""
    return lambda a: written(line, f"Content-Length: {len(a.body)}", body=a.body)


def chunked(size):
    """A body in one piece, said to be of some size."""
    head = ("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")
    return lambda a: written(*head, body=size.encode() + b"\r\n" + a.body + b"\r\n0\r\n\r\n")


FINE = {
    "as it is": lambda a: a,
    "in chunks": lambda a: replace(a, chunked=True),
    "gzip": packed(gzip.compress, GZ),
    "gzip in chunks": lambda a: Answer(gzip.compress(a.body), headers=dict(GZ), chunked=True),
    "deflate": packed(zlib.compress, DEFLATE),
    "redirected": lambda a: [Answer(status=302, headers={"Location": "/moved"}), a],
    "after a 503": lambda a: [Answer(status=503), a],
    "after a cut": lambda a: [replace(a, cut=40), a],
    "after a hang-up": lambda a: [Answer(close=True), a],
}
SENT = {
    **{
        f"{name} {value[:20]!r}": stated(name, status, value)
        for (name, status), values in ODD_HEADERS.items()
        for value in values
    },
    **{f"status line {line!r}": begun(line) for line in STATUS_LINES},
    **{f"chunks of {size[:9]!r}": chunked(size) for size in CHUNK_SIZES},
    **{
        f"status {status}, cut": lambda a, s=status: Answer(a.body[:-30], status=s)
        for status in (201, 203, 206, 226, 300, 307, 404, 500)
    },
    **{
        f"status {status}, empty": lambda _, s=status: Answer(status=s)
        for status in (200, 204, 205, 304)
    },
    "206 with a range": lambda a: Answer(
        a.body[:-20],
        status=206,
        headers={"Content-Range": f"bytes 0-{len(a.body) - 21}/{len(a.body)}"},
    ),
    "gzip cut": packed(lambda b: gzip.compress(b)[:-9], GZ),
    "gzip cut, stored": packed(lambda b: gzip.compress(b, 0)[: len(b) // 2], GZ),
    "gzip of nothing": packed(lambda b: b"", GZ),
    "gzip with a wrong sum": packed(lambda b: gzip.compress(b)[:-8] + b"\0" * 8, GZ),
    "gzip and rubbish": packed(lambda b: gzip.compress(b) + b"rubbish", GZ),
    "gzip twice": packed(lambda b: gzip.compress(gzip.compress(b)), GZ),
    "gzip in two": packed(lambda b: gzip.compress(b[:50]) + gzip.compress(b[50:]), GZ),
    "deflate cut": packed(lambda b: zlib.compress(b)[:-6], DEFLATE),
    "deflate cut, stored": packed(lambda b: zlib.compress(b, 0)[: len(b) - 40], DEFLATE),
    "raw deflate cut": packed(lambda b: zlib.compress(b)[2:-9], DEFLATE),
    "bomb": lambda a: Answer(BOMB, headers=dict(GZ)),
    "redirect with a bomb": lambda a: Answer(BOMB, 302, {**GZ, "Location": "/nowhere"}),
    "error with a broken packing": lambda a: Answer(b"xx", status=500, headers=dict(GZ)),
    "error of 256 kB of <style>": lambda a: Answer(
        gzip.compress(b"<style>" * 2**15), status=404, headers=dict(GZ)
    ),
    "error of 256 kB of &": lambda a: Answer(
        gzip.compress(b"&#" * 2**17), status=400, headers=dict(GZ)
    ),
    "403 generated by a corporate firewall": lambda a: Answer(
        b"generated by corporate rate card", status=403
    ),
    "chunks cut": lambda a: replace(a, chunked=True, cut=len(a.body) // 2),
    "endless head": lambda a: written("HTTP/1.1 200 OK", *["X: y"] * 5000),
    "endless waiting": lambda a: written(*["HTTP/1.1 100 Continue\r\n"] * 100_000),
    "drip": lambda a: replace(a, drip=0.1),
    "drip packed": lambda a: Answer(gzip.compress(a.body), headers=dict(GZ), drip=0.1),
    "hang": lambda a: Answer(hang=30),
    "hang up": lambda a: Answer(close=True),
}
# Bodies that are no figures of any source, or have more in them than they should.
BODIES = {
    "HTML": lambda b: b"<html><body>back soon</body></html>",
    "cut": lambda b: b[:-5],
    "twice": lambda b: b * 2,
    "backwards": lambda b: b[::-1],
    "UTF-16": lambda b: b.decode("utf-8", "replace").encode("utf-16"),
    "a NUL in it": lambda b: b[:60] + b"\0" + b[60:],
    "marks of order": lambda b: b"\xef\xbb\xbf" * 2 + b,
    "overlong letters": lambda b: b.replace(b"A", b"\xc1\x81"),
    "packed, and not said": gzip.compress,
    "ten megabytes of [": lambda b: b"[" * 10_000_000,
    "seven megabytes of lists": lambda b: b"[" + b"[]," * 2_400_000 + b"[]]",
    "seven megabytes of lines": lambda b: b"\n" * 7_000_000,
}
# Places for a key in what the UN answers, which is told to nobody.
KEYED = {
    "a key in 401": Answer(f"key {KEY} is invalid".encode(), status=401),
    "a key in 403": Answer(f'{{"message": "{KEY}"}}'.encode(), status=403),
    "a key at the end of 404": Answer(("x" * 7990 + KEY).encode(), status=404),
    "a key in 500": Answer(f"<b>{KEY}</b>".encode(), status=500, chunked=True),
    "a key in an error": Answer(json.dumps({"error": f"bad {KEY}", "data": []}).encode()),
    "a key in HTML": Answer(f"<html><title>{KEY}</title></html>".encode()),
    "a key in rubbish": Answer(f"{KEY} {{".encode()),
    "a key beside figures": Answer(bodies.comtrade(said=KEY)),
    **{
        f"a key as {name}": Answer(
            bodies.comtrade([bodies.comtrade_row("export", 2020, 1.0, **{name: KEY})])
        )
        for name in ("cmdCode", "primaryValue", "period", "currency")
    },
    "a key as a key": Answer(
        bodies.comtrade().replace(b'"motCode"', f'"{KEY}": 1, "motCode"'.encode())
    ),
    "a key in a length": stated("Content-Length", 200, KEY)(Answer(b"x" * 20)),
    "a key in a wait": Answer(status=503, headers={"Retry-After": KEY}),
    "a key in a redirect": Answer(status=302, headers={"Location": f"/moved?key={KEY}"}),
    "a key in a redirect to another host": Answer(
        status=302, headers={"Location": f"http://localhost:1/{KEY}"}
    ),
    "a key in a status line": written(f"HTTP/1.1 {KEY} OK"),
    "a key in a status text": written(f"HTTP/1.1 500 {KEY}", "Content-Length: 0", body=b""),
    "a key in base 64": Answer(base64.b64encode(KEY.encode()) + b" is no key"),
    "a key in pieces": Answer(f"the key {KEY} is".encode(), status=401, drip=0.01),
    "a key, then a cut": Answer(f"the key {KEY} is".encode() + b"x" * 99, status=403, cut=45),
    "a key beside a password": Answer(f"{KEY} via {PASSWORD}".encode(), status=407),
    **{
        f"a key in {name}": Answer(bodies.comtrade(), headers={name: value})
        for name, value in {
            "Link": f'</{KEY}>; rel="next"',
            "Content-Range": f"bytes {KEY}",
            "Content-Type": f"multipart/{KEY}",
            "Content-Encoding": f"x-{KEY}",
            "Set-Cookie": f"a={KEY}",
            "Warning": f'199 - "{KEY}"',
        }.items()
    },
}


# ---- ways in which a body can be wrong ------------------------------------------------------


def swap(old, new, count=1):
    """A body with one text in place of another; it must have been there."""

    def change(body):
        old_, new_ = (t.encode() if isinstance(t, str) else t for t in (old, new))
        assert old_ in body or b"2019" not in body, old
        return body.replace(old_, new_, count)

    return change


def edited(edit):
    """A JSON body whose document was edited."""

    def change(body):
        document = json.loads(body)
        edit(document)
        return json.dumps(document).encode()

    return change


ODD = {
    "1_000": "1_000",
    "full-width": "１２３",
    "1e-400": "1e-400",
    "1e300": "1e300",
    "hex": "0x10",
    "comma": "1,5",
    "blank": " 5",
    "nan": "nAn",
    "minus": "-5",
    "words": "much",
    "true": "true",
}
# What a mark of a figure, by SDMX or the IMF, makes of its status.
MARKS = {
    "E": "estimate",
    "e": "estimate",
    "P": "preliminary",
    "Q": "suppressed",
    "F": "estimate",
}


def on_row(name, mark):
    """A mark in a column of some name, on the exports of 2020."""

    def change(body):
        named = body.replace(b"OBS_STATUS", name.encode(), 1)
        return named.replace(b",76500000.0,6,", f",76500000.0,6,{mark}".encode())

    return change


def csv_faults(source):
    """Faults of the IMF's table, of a pair or of all pairs."""
    row = "dataflow,IMF.STA:IMTS(1.0.0),I,KAZ,XG_FOB_USD,TKM,A,2020,76500000.0,6,"
    turned = {f"number {n}": swap(",76500000.0,", f',"{v}",') for n, v in ODD.items()}
    turned |= {
        "no last end": lambda b: b[:-1],
        "last number cut": swap(b",0.0,6,\n", b",0.0,6"),
        "a column twice": swap("SCALE", "OBS_VALUE"),
        "a column less": swap(",SCALE", ""),
        "columns swapped": swap("TIME_PERIOD,OBS_VALUE", "OBS_VALUE,TIME_PERIOD"),
        "other frequency": swap(",A,2020", ",M,2020"),
        "year 2099": swap("A,2020,", "A,2099,"),
        "year 1000": swap("A,2020,", "A,1000,"),
        "month": swap("A,2020,", "A,2020-M12,"),
        "twice": lambda b: b + b.splitlines(keepends=True)[-1],
        "twice, other value": lambda b: b + row.encode() + b"\n",
        "unclosed quote": swap(",76500000.0,6,", ',76500000.0,6,"'),
        "mark of a line": swap(",76500000.0,6,", ',76500000.0,6,"A\n'),
        "no figures": lambda b: b.splitlines()[0],
        "narrow row": swap(",76500000.0,6,", ",76500000.0"),
        "blank lines": lambda b: b.replace(b"\n", b"\n\n"),
        "rubbish after": lambda b: b + b"rubbish\n",
        "two heads": lambda b: b.replace(b"\n", b"\n" + b.splitlines()[0] + b"\n", 1),
        "carriage returns": lambda b: b.replace(b"\n", b"\r"),
        "windows' lines": lambda b: b.replace(b"\n", b"\r\n"),
        "semicolons": lambda b: b.replace(b",", b";"),
    }
    for name, change in turned.items():
        yield fault(source, name, change)
    for mark, status in MARKS.items():
        yield fault(source, f"mark {mark}", on_row("OBS_STATUS", mark), **at_2020(status))
    yield fault(source, "confidential", on_row("CONF_STATUS", "C"), **at_2020("suppressed"))


def at_2020(status):
    """What the exports of 2020 must be marked as."""
    return {"status": {("export", 2020): status}}


def json_numbers(text):
    """A number in a JSON body, 76.5 in the source's unit, replaced by odd ones."""
    odd = {name: json.dumps(value) for name, value in ODD.items()}
    odd |= {
        "5000 digits": "9" * 5000,
        "NaN": "NaN",
        "true itself": "true",
        "list": "[76]",
        "1e300 itself": "1e300",
        "minus itself": "-1",
    }
    return {f"number {name}": swap(text, value) for name, value in odd.items()}


def again(rows, **changes):
    """One more row like the first, but for some changes."""
    rows.append({**rows[0], **changes})


def counted(edit):
    """UN Comtrade's document, edited, with the right count of its rows."""
    return edited(lambda d: (edit(d["data"]), d.update(count=len(d["data"]))))


def first(**changes):
    """UN Comtrade's document with another first row."""
    return edited(lambda d: d["data"][0].update(changes))


def comtrade_faults():
    """Faults of the UN's document."""
    turned = json_numbers("116000000.0") | {
        "other years": edited(lambda d: [r.update(refYear=r["refYear"] + 20) for r in d["data"]]),
        "years not asked for": counted(lambda rows: again(rows, refYear=2001, primaryValue=1.0)),
        "year 2099": first(refYear=2099),
        "year of 5000 digits": swap('"refYear": 2019', '"refYear": ' + "2" * 5000),
        "other reporter": first(reporterCode=643),
        "total twice": counted(again),
        "fewer than counted": edited(lambda d: d["data"].pop()),
        "no total": first(motCode=1000),
        "an error beside": edited(lambda d: d.update(error="partly")),
        "a key twice": swap('"primaryValue"', '"primaryValue": 5, "primaryValue"'),
        "text after": lambda b: b + b"x",
        "a list": lambda b: b"[" + b + b"]",
    }
    for name, change in turned.items():
        yield fault("comtrade", name, change)
    guess = first(isReported=False, isAggregate=False)
    yield fault("comtrade", "not reported", guess, status={("export", 2019): "estimate"})
    yield fault("comtrade", "null", first(primaryValue=None), status={("export", 2019): "empty"})


def wits_faults():
    """Faults of WITS's document."""
    series = lambda d: d["dataSets"][0]["series"]["0:0:0:0:0"]["observations"]  # noqa: E731
    sides = lambda d: d["structure"]["dimensions"]["series"]  # noqa: E731

    def unit(name, value):
        attribute = {"id": name, "values": [{"id": value}]}
        return edited(lambda d: d["structure"]["attributes"]["series"].append(attribute))

    turned = json_numbers("116000.0") | {
        "place of 5000 digits": edited(lambda d: series(d).update({"9" * 5000: [1.0]})),
        "place twice": edited(lambda d: series(d).update({"00": [1.0]})),
        "full-width place": edited(lambda d: series(d).update({"０": [1.0]})),
        "unit EUR": unit("UNIT", "EUR"),
        "millions": unit("UNIT_MULT", "6"),
        "currency": unit("CURRENCY", "KZT"),
        "millions in the name": edited(
            lambda d: sides(d)[4]["values"][0].update(name="Trade (US$ Million)")
        ),
        "other product": swap('"Total"', '"Fuels"'),
        "other reporter": swap('"KAZ"', '"RUS"'),
        "year 2099": swap('"2019"', '"2099"'),
        "year twice": swap('"2019"', '"2020"'),
        "two data sets": edited(lambda d: d["dataSets"].append(d["dataSets"][0])),
        "its error": lambda b: b"<wits:error>no</wits:error>",
    }
    for name, change in turned.items():
        yield fault("wits", name, change)
    yield fault("wits", "null", swap("[116000.0]", "[null]"), status={("export", 2019): "empty"})


def wdi_faults():
    """Faults of the World Bank's document."""
    row = lambda **changes: edited(lambda d: d[1][0].update(changes))  # noqa: E731

    def lose_country(document):
        about, rows = document
        del rows[3:]
        about.update(total=3)

    turned = json_numbers("171000000000.5") | {
        "a country less": edited(lose_country),
        "another page": edited(lambda d: d[0].update(pages=2)),
        "fewer than counted": edited(lambda d: d[1].pop()),
        "year 2099": row(date="2099"),
        "full-width year": row(date="２０２０"),
        "another country": row(countryiso3code="RUS"),
        "another indicator": row(indicator={"id": "SP.POP.TOTL"}),
        "twice": edited(lambda d: (again(d[1]), d[0].update(total=len(d[1])))),
        "a message": lambda b: b'[{"message":[{"value":"no"}]}]',
    }
    for name, change in turned.items():
        yield fault("wdi", name, change)
    for mark in "EPF":
        status = {("KAZ", 2020): MARKS[mark]}
        yield fault("wdi", f"obs_status {mark}", row(obs_status=mark), status=status)


def workbook(edit, **how):
    """A workbook whose sheets were edited."""

    def change(_):
        book = bodies.bns_book(**how)
        edit(book)
        return bodies.stored(book)

    return change


def repacked(edit):
    """A workbook whose members were edited as bytes."""

    def change(body):
        stored = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(stored, "w", 8) as new:
            for name in old.namelist():
                new.writestr(name, edit(name, old.read(name)))
        return stored.getvalue()

    return change


def put(row, column, value, sheet="2021"):
    """A workbook with something else in a cell."""
    return workbook(lambda book: book[sheet].cell(row, column, value))


def bns_faults():  # noqa: C901
    """Faults of the bureau's workbook: Turkmenistan stands in row 8, flows in columns 4 and 6."""
    move = lambda book: [s.move_range("A5:F9", cols=1) for s in book]  # noqa: E731
    right = lambda book: [s.move_range("B5:F9", cols=1) for s in book]  # noqa: E731

    def formulas(book):
        for sheet in book:
            for row in sheet.iter_rows(min_row=5, min_col=2):
                for cell in row:
                    cell.value = f"=0+{cell.value}" if cell.value is not None else None

    def far(place):
        number = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        row = f'<row r="{number}"><c r="{place}"><v>1</v></c></row>'
        end = f"{row}</sheetData>".encode()
        return repacked(lambda n, b: re.sub(rb"</sheetData>", end, b))

    no_figures = ("Италия", None, None, "x", None, "x")
    withheld = workbook(lambda book: book["2021"].cell(8, 6, 8.0), rows=[no_figures])
    heads = {"twice": ("Экспорт", "Экспорт"), "gone": ("Вес", "Импорт")}
    odd = {
        **ODD,
        "an error": "#DIV/0!",
        "a formula": "=5",
        "a day": "2021-05-05",
        "a note": "5 (1)",
    }
    turned = {f"number {name}": put(8, 6, value) for name, value in odd.items()}
    turned |= {
        "formulas without values": workbook(formulas),
        "columns moved": workbook(right),
        "rows moved": workbook(move),
        "an empty cell": put(8, 6, None),
        "all of the row empty": workbook(lambda b: [b["2021"].cell(8, c, None) for c in (2, 4, 6)]),
        "a changed digit": put(8, 6, 42501.0 + 9000),
        "one withheld and a changed digit": withheld,
        **{
            f"in {unit!r}": put(2, 5, unit)
            for unit in (
                *("", "тыс. тонн", "thousand EUR", "долларов США", "млн. долларов США"),
                *("тыс. юаней, тыс. долларов США", "тыс. долларов США в ценах 2015 года"),
            )
        },
        "two sheets of a year": lambda _: bodies.bns(
            {"2021": (0.0, 42.5), "12_2021": (1.0, 2.0), "2020": (76.5, 51.25)}
        ),
        "a hidden sheet of a year": workbook(
            lambda b: (
                b.copy_worksheet(b["2021"]).__setattr__("title", "12_2021")
                or b["12_2021"].__setattr__("sheet_state", "hidden")
            )
        ),
        "another year's sheet": workbook(lambda b: b["2021"].cell(2, 1, "за 2019 год")),
        "part of a year": workbook(lambda b: b["2021"].cell(2, 1, "за январь-июль 2021 года")),
        "twice listed": workbook(lambda b: b["2021"].append(["Туркменистан", 1, None, 1, None, 0])),
        "no total": put(5, 1, "Итого"),
        "an empty total": put(5, 4, None),
        "another total": put(5, 6, 1.0),
        "a cell at XFD1048576": far("XFD1048576"),
        "a cell at CV100000": far("CV100000"),
        "a cell at XFD9": far("XFD9"),
        "a cell in words": repacked(lambda n, b: b.replace(b'r="A9"', b'r="&#88;FD9"')),
        "a cell without place": repacked(
            lambda n, b: b.replace(b' r="A9"', b"") if "sheet1" in n else b
        ),
        "a large member": repacked(lambda n, b: b + b" " * 2**26 if "styles" in n else b),
        "not a workbook": lambda b: b"PK" + b[5:],
        "xls of nothing": lambda b: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000,
    }
    for name, change in turned.items():
        yield fault("bns", name, change)
    for name, (fourth, sixth) in heads.items():
        edit = lambda b, d=fourth, f=sixth: [(s.cell(3, 4, d), s.cell(3, 6, f)) for s in b]  # noqa: E731
        yield fault("bns", f"heads {name}", workbook(edit))

    def swapped(book):
        for sheet in book:
            for row in range(3, 10):
                exports = sheet.cell(row, 4)
                imports = sheet.cell(row, 6)
                exports.value, imports.value = imports.value, exports.value

    yield fault("bns", "flows the other way round", workbook(swapped), fine=True)
    link = b'<a href="/api/iblock/element/11/file/ru/">'
    pages = {
        "unclosed links": link * 40_000,
        "links of one kilobyte": link.replace(b">", b" " + b"x" * 1000 + b">") * 2_500,
        "element of 5000 digits": link.replace(b"11", b"1" * 5000) + b"x</a>",
        "another host": link.replace(b"/api", b"http://evil.test/api") + "x (2021г.)</a>".encode(),
        "years of 5000 digits": link + f"по странам ({'2' * 5000}г.)</a>".encode(),
        "blanks": link + b" " * 2_500_000,
        "nothing": b"",
    }
    for name, links in pages.items():
        page = b"<html>spreadsheets " + links + b"</html>"
        answers = lambda p=page: routes("bns") | listing(p)  # noqa: E731
        yield Fault("bns", f"list of {name}", answers)


def baci_faults():
    """Faults of CEPII's archive."""
    rows = bodies.baci_rows
    table = bodies.BACI_COUNTRIES
    year = lambda *r: {2020: rows(*r)}  # noqa: E731
    turned = {
        f"number {name}": bodies.baci(year((2020, 398, 795, 1, f'"{value}"')))
        for name, value in ODD.items()
        if name not in ("1e-400", "blank")
    }
    turned |= {
        "1e16": bodies.baci(year((2020, 398, 795, 1, "1e16"))),
        "many of 9e9": bodies.baci(year(*((2020, 398, 795, k, "9e9") for k in range(1, 2000)))),
        "another release": bodies.baci(release="HS17_V199901"),
        "another version": bodies.baci(release="HS92_V202501"),
        "year 2099": bodies.baci({2099: rows((2099, 398, 795, 1, 1))}),
        "another year": bodies.baci(year((2019, 398, 795, 1, 1))),
        "twice": bodies.baci(year(*[(2020, 398, 795, 1, 1)] * 2)),
        "no table": bodies.baci(countries=None),
        "large table": bodies.baci(countries=table + "9,x,x,x\n" * 400_000),
        "a number of 5000 digits": bodies.baci(countries=table + "9" * 5000 + ",x,x,ABC\n"),
        "unknown country": bodies.baci(year((2020, 398, 999, 1, 1))),
        "countries by letters": bodies.baci(year((2020, "KAZ", 795, 1, 1))),
        "full-width": bodies.baci(year((2020, "３９８", 795, 1, 1))),
        "columns swapped": bodies.baci({2020: rows((2020, 398, 795, 1, 1)).replace("i,j", "j,k")}),
        "rubbish": b"PK\x03\x04" + b"x" * 500,
    }
    yield from (
        Fault("baci", name, lambda body=body: {ZIP: Answer(body)}) for name, body in turned.items()
    )


def sent(source):
    """Faults of how an answer is sent, ways in which nothing is wrong, and bodies that are none."""
    unpacked = source in ("baci", "imts panel")  # and asked for so
    for name, how in FINE.items():
        if name != "redirected":
            yield fault(
                source, name, how=how, fine=not (unpacked and name.startswith(("gzip", "deflate")))
            )
        elif source in ("comtrade", "wdi", "baci"):  # where one address has moved

            def moved(source=source, how=how):
                answers = routes(source, how=how)
                moved_to = next(a[1] for a in answers.values() if isinstance(a, list))
                return answers | {"/moved": moved_to}

            yield Fault(source, name, moved, fine=True)
    for name, how in SENT.items():
        yield fault(source, name, how=how)
    for name, change in BODIES.items():
        yield fault(source, f"a body: {name}", change)
    for name, answer in KEYED.items() if source == "comtrade" else ():
        answers = {"/comtrade": answer, "/moved": Answer(bodies.comtrade())}
        yield Fault(source, name, answers.copy, keyed=True)


def made(source):
    """Faults of what an answer says."""
    makers = {
        "comtrade": comtrade_faults,
        "wits": wits_faults,
        "bns": bns_faults,
        "wdi": wdi_faults,
        "baci": baci_faults,
    }
    return makers[source]() if source in makers else csv_faults(source)


def faults(*sources):
    """Every fault of some sources, or of all."""
    for source in sources or SOURCES:
        yield from sent(source)
        yield from made(source)
