"""Everything a server can do wrong: a typed error in time, or the right figures in the end."""

import io
import time
import zipfile

import live_bodies as bodies
import pytest
from live_server import Answer, running
from test_live import BNS_LIST, IMTS, serve, serve_imts

from tradelib import live
from tradelib.live import sites, transport
from tradelib.live.session import Session
from tradelib.live.transport import Client

SECONDS = 1.0
GRACE = 0.6  # a busy machine; the watch itself looks every 20 ms


def fetch(source="imts", **options):
    """Figures of the usual pair."""
    return live.fetch_flows("KAZ", "TKM", source=source, years=[2019, 2020, 2021], **options)


def right_after(source, *answers):
    """The usual exports once these answers are used up."""
    serve_imts(source)
    source.routes[IMTS + "KAZ.XG_FOB_USD.TKM"] = [*answers, Answer(bodies.imts())]


def fails_in_time(kind, match, **options):
    """The error comes, is of that kind, and not later than the timeout allows."""
    began = time.monotonic()
    with pytest.raises(kind, match=match) as caught:
        fetch(timeout=SECONDS, **options)
    assert time.monotonic() - began < SECONDS + GRACE
    return caught.value


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_failures_are_tried_again(source, status):
    """Twice refused, then right: the figures, and three calls."""
    right_after(source, Answer(status=status), Answer(status=status))
    assert len(fetch()) == 6
    assert len(source.seen) == 4


def test_too_many_requests_with_a_wait(source):
    """Retry-After is waited for, as a number of seconds."""
    right_after(source, Answer(status=429, headers={"Retry-After": "1"}))
    began = time.monotonic()
    assert len(fetch()) == 6
    assert time.monotonic() - began >= 1


def test_a_date_to_wait_for(source):
    """Retry-After may be a date; one that has passed is no wait, and rubbish is ignored."""
    right_after(
        source,
        Answer(status=503, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        Answer(status=503, headers={"Retry-After": "soon"}),
    )
    assert len(fetch()) == 6


def test_a_wait_that_is_too_long(source):
    """A longer wait than there is time for is told at once, not slept."""
    source.routes[IMTS] = Answer(status=429, headers={"Retry-After": "30"})
    error = fails_in_time(live.RateLimitError, "got status 429; wait 30 s, as it asks")
    assert len(source.seen) == 1
    assert "XG_FOB_USD" in error.asked


def test_a_wait_beyond_the_cap(source):
    """However much time there is, nobody waits an hour for a figure."""
    source.routes[IMTS] = Answer(status=503, headers={"Retry-After": "3600"})
    with pytest.raises(live.UnavailableError, match="wait 3600 s, as it asks") as caught:
        fetch(timeout=5000)
    assert not isinstance(caught.value, live.RateLimitError)


def test_refused_for_good(source):
    """429 without end gives up after five tries, saying what to do."""
    source.routes[IMTS] = Answer(b"slow down", status=429)
    with pytest.raises(live.RateLimitError, match=r"status 429 \(slow down\); wait and try again"):
        fetch()
    assert len(source.seen) == 5


def test_down_for_good(source):
    """An outage is UnavailableError, never an empty frame."""
    source.routes[IMTS] = Answer(b"<html><title>Oops</title></html>", status=500)
    with pytest.raises(live.UnavailableError, match=r"status 500 \(Oops\); wait and try again"):
        fetch()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(hang=5),
        Answer(bodies.imts(), drip=0.05),
        Answer(raw=b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500, drip=0.05),
        Answer(status=500, hang=0.3),
        Answer(status=302, headers={"Location": "/imts/elsewhere"}, hang=0.3),
    ],
    ids=["hang", "drip", "drip in the head", "slow failures", "slow redirects"],
)
def test_no_hang_beyond_the_timeout(source, answer):
    """Whatever the server does with its time, the call ends when it said it would."""
    source.routes["/imts"] = answer
    fails_in_time(live.UnavailableError, "within 1 s|status 500|redirects")


def test_all_answers_together_keep_the_timeout(source):
    """Ten slow pages are no ten timeouts."""
    source.routes["/bns"] = Answer(bodies.bns_listing(), hang=0.6)
    fails_in_time(live.UnavailableError, "within", source="bns")


def test_no_call_after_the_time(source):
    """Once the time of a fetch is up, its next call is not sent."""
    late = Client(offline=False, max_age_days=1, timeout=1, began=time.monotonic() - 2)
    with pytest.raises(
        live.UnavailableError, match="not all answers within 1 s; allow a longer time"
    ):
        late(transport.Call(source="imts", path="x"), bytes)
    assert source.seen == []


@pytest.mark.parametrize("how", [{}, {"chunked": True}, {"zipped": True}])
@pytest.mark.parametrize("cut", [0, 1, 50, 100])
def test_cut_body(source, how, cut):
    """A body that ends before its stated length, in whatever way it is sent."""
    source.routes[IMTS] = Answer(bodies.imts(), cut=cut, **how)
    with pytest.raises(live.UnavailableError, match="no complete answer"):
        fetch()
    assert len(source.seen) == 5


@pytest.mark.parametrize("how", [{}, {"chunked": True}, {"zipped": True}])
def test_whole_body(source, how):
    """The same ways of sending, unbroken."""
    serve_imts(source)
    source.routes[IMTS + "KAZ.XG_FOB_USD.TKM"] = Answer(bodies.imts(), **how)
    assert len(fetch()) == 6


def test_cut_then_right(source):
    """A break on the way is mended by another try; nothing of the broken answer stays."""
    right_after(source, Answer(bodies.imts(), cut=150), Answer(close=True))
    assert len(fetch()) == 6
    assert len(live.cached()) == 2


def test_table_of_unknown_length(source):
    """CSV does not show its end: without a length, a cut at a line would look like the whole."""
    source.routes[IMTS] = Answer(bodies.imts(), length=False)
    with pytest.raises(live.UnavailableError, match="a body of unknown length, so that a cut"):
        fetch()


def test_document_of_unknown_length(source):
    """JSON shows its end, and needs no length."""
    source.routes["/comtrade"] = Answer(bodies.comtrade(), length=False)
    assert len(fetch("comtrade")) == 6


def test_closed_early(source):
    """A server that hangs up without a word."""
    source.routes[IMTS] = Answer(close=True)
    with pytest.raises(live.UnavailableError, match="no complete answer"):
        fetch()


def test_nobody_there(source, monkeypatch):
    """No server at all."""
    with running() as gone:
        monkeypatch.setenv("TRADELIB_LIVE_BASE", gone.base)
    with pytest.raises(live.UnavailableError, match="Connection refused"):
        fetch()


PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon</body></html>"


@pytest.mark.parametrize("name", ["imts", "comtrade", "wits", "bns"])
def test_page_with_status_200(source, name):
    """A maintenance page is no data, whatever its status says."""
    serve(source, name)
    for route in source.routes:
        source.routes[route] = Answer(PAGE)
    with pytest.raises(
        live.MalformedError, match="web page .Maintenance|not the list of workbooks"
    ):
        fetch(name)
    assert live.cached().empty


def test_page_for_the_workbook(source):
    """The list is right, the file is a page."""
    serve(source, "bns")
    source.routes["/bns/upload/11.xlsx"] = Answer(PAGE)
    with pytest.raises(live.MalformedError, match="a web page"):
        fetch("bns")


@pytest.mark.parametrize("name", ["imts", "comtrade", "wits"])
@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", b"{", b"[]", b"null", b'"text"', b"1,2\n3"])
def test_rubbish(source, name, body):
    """Bodies that are nothing of the kind."""
    serve(source, name)
    for route in source.routes:
        source.routes[route] = Answer(body)
    with pytest.raises(live.MalformedError, match="another source"):
        fetch(name)


@pytest.mark.parametrize(
    "body", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600]
)
def test_rubbish_spreadsheet(source, body):
    """Files that are no workbook, old or new."""
    serve(source, "bns")
    source.routes["/bns/upload/11.xlsx"] = Answer(body)
    with pytest.raises(live.MalformedError):
        fetch("bns")


def test_truncated_spreadsheet_of_full_length(source):
    """Half a workbook that says it is whole."""
    serve(source, "bns")
    whole = bodies.bns()
    source.routes["/bns/upload/11.xlsx"] = Answer(whole[: len(whole) // 2])
    with pytest.raises(live.MalformedError, match="a damaged spreadsheet"):
        fetch("bns")


def test_changed_digit_in_a_spreadsheet(source):
    """A changed byte in a member does not fit the member's checksum."""
    serve(source, "bns")
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bodies.bns())) as old, zipfile.ZipFile(plain, "w") as new:
        for member in old.namelist():
            new.writestr(member, old.read(member))
    body = plain.getvalue()
    assert body.count(b"42500") == 2
    source.routes["/bns/upload/11.xlsx"] = Answer(body)
    assert len(fetch("bns")) == 4
    source.routes["/bns/upload/11.xlsx"] = Answer(body.replace(b"42500", b"92500"))
    with pytest.raises(live.MalformedError, match="a damaged spreadsheet .Bad CRC"):
        fetch("bns", max_age_days=0)


def test_other_columns(source):
    """A table without its value column."""
    source.routes[IMTS] = Answer(bodies.imts().replace(b"OBS_VALUE", b"VALUE"))
    with pytest.raises(live.MalformedError, match="a table without OBS_VALUE; it begins"):
        fetch()


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        (
            "imts",
            bodies.imts(indicator="XG_FOB_XDC"),
            "a row of .'XG_FOB_XDC', 'A'. instead of .'XG_FOB_USD'",
        ),
        ("bns", bodies.bns(unit="млн. долларов США"), "in other units than thousand US"),
    ],
)
def test_other_units(source, name, body, message):
    """Figures in national currency, or in millions, are not taken for what was asked."""
    serve(source, name)
    route = {"imts": IMTS + "KAZ.XG_FOB_USD.TKM", "bns": "/bns/upload/11.xlsx"}[name]
    source.routes[route] = Answer(body)
    with pytest.raises(live.MalformedError, match=message):
        fetch(name)


def test_duplicate_rows(source):
    """A year that comes twice is no figure."""
    again = bodies.imts().decode().splitlines()[-1]
    source.routes[IMTS] = Answer(bodies.imts(extra=[again]))
    with pytest.raises(live.MalformedError, match="KAZ TKM 2021 twice"):
        fetch()


def test_unknown_codes(source):
    """Rows of a country that was not asked for."""
    source.routes[IMTS] = Answer(bodies.imts(partner="XYZ"))
    with pytest.raises(live.MalformedError, match="a row of 'XYZ' where TKM was asked for"):
        fetch()


def test_100_mb_body(source):
    """Reading stops at 6 MB, long before the end."""
    source.routes[IMTS] = Answer(b"x" * 100_000_000)
    with pytest.raises(live.MalformedError, match="more than 6 MB, where a few would do"):
        fetch()


def test_redirects(source):
    """A few are followed, a circle is not."""
    right_after(source, Answer(status=301, headers={"Location": "/imts/moved"}))
    source.routes["/imts/moved"] = Answer(bodies.imts())
    assert len(fetch()) == 6
    source.routes[IMTS] = Answer(status=302, headers={"Location": IMTS + "KAZ.XG_FOB_USD.UZB.A"})
    with pytest.raises(live.UnavailableError, match="TooManyRedirects"):
        live.fetch_flows("KAZ", "UZB")


def test_pages_that_moved(source):
    """An address that answers 404 or 410 is an outage with a hint, tried once."""
    source.routes[BNS_LIST] = Answer(b"not here", status=410)
    with pytest.raises(live.UnavailableError, match="its address may have changed"):
        fetch("bns")
    assert len(source.seen) == 1


def test_pauses_between_calls(monkeypatch):
    """Calls to a host keep its pause; to another host there is none."""
    monkeypatch.delenv("TRADELIB_LIVE_BASE", raising=False)
    monkeypatch.setattr(transport, "_due", {})
    own = sites.Site(base="http://here.test", pause=0.2)
    other = sites.Site(base="http://there.test/x", pause=0.2)
    monkeypatch.setattr(sites, "_SITES", {"imts": own, "wits": other})
    began = time.monotonic()
    with Session(timeout=5) as session:
        for source in ("imts", "wits", "imts", "wits", "imts"):
            transport.start(transport.Call(source=source, path="x"), session)
    assert 0.4 <= time.monotonic() - began < 0.4 + GRACE


def test_pauses_of_the_sources(monkeypatch):
    """The limits that the sources state: ten calls in five seconds, ten a minute."""
    monkeypatch.delenv("TRADELIB_LIVE_BASE", raising=False)
    assert sites.site("imts").pause == 5 / 10
    assert sites.site("comtrade").pause == 60 / 10
    assert all(sites.site(name).base.startswith("https://") for name in sites._SITES)
