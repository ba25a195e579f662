"""Everything a server can do wrong: a typed error in time, or the right figures in the end."""

import gzip
import io
import time
from types import SimpleNamespace

import live_bodies as bodies
import pandas as pd
import pytest
import requests
import urllib3
from live_server import Answer, running
from test_live import IMTS, serve_imts

from tradelib import live
from tradelib.live import endpoints, http, session
from tradelib.live.http import Client
from tradelib.live.session import PassingError, Session

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


def test_waits_that_are_asked_for(source):
    """Retry-After is waited for as seconds; a date that has passed is no wait, rubbish is ignored."""
    right_after(
        source,
        Answer(status=429, headers={"Retry-After": "1"}),
        Answer(status=503, headers={"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        Answer(status=503, headers={"Retry-After": "soon"}),
    )
    began = time.monotonic()
    assert len(fetch()) == 6
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        (429, b"slow down", live.RateLimitError, "slow down"),
        (500, b"<html><title>Oops</title></html>", live.UnavailableError, "Oops"),
    ],
)
def test_down_for_good(source, status, body, kind, told):
    """An outage without end gives up after five tries, with what to do; it is never an empty frame."""
    source.routes[IMTS] = Answer(body, status=status)
    with pytest.raises(kind, match=rf"status {status} \({told}\); wait and try again"):
        fetch()
    assert len(source.seen) == 5


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


def test_no_call_after_the_time(source, monkeypatch):
    """Once the time of a fetch is up, its next call is not sent."""
    monkeypatch.setattr(time, "monotonic", lambda: 7.0)
    late = Client(offline=False, max_age_days=1, timeout=1, began=6.0)
    with pytest.raises(live.UnavailableError, match="not all answers within 1 s; allow a longer"):
        late(http.Call(source="imts", path="x"), bytes)
    assert source.seen == []


@pytest.mark.parametrize("how", [{}, {"chunked": True}, {"zipped": True}])
@pytest.mark.parametrize("cut", [0, 100])
def test_cut_body(source, how, cut):
    """A body that ends before its stated length, in whatever way it is sent."""
    source.routes[IMTS] = Answer(bodies.imts(), cut=cut, **how)
    with pytest.raises(live.UnavailableError, match="no complete answer"):
        fetch()
    assert len(source.seen) == 5


def test_unknown_length(source):
    """CSV does not show its end: a cut at a line would look like the whole. JSON does."""
    source.routes[IMTS] = Answer(bodies.imts(), length=False)
    with pytest.raises(live.UnavailableError, match="got a body of unknown length, so that a cut"):
        fetch()
    source.routes["/comtrade"] = Answer(bodies.comtrade(), length=False)
    assert len(fetch("comtrade")) == 6


def test_nobody_there(source, monkeypatch):
    """No server at all."""
    with running() as gone:
        monkeypatch.setenv("TRADELIB_LIVE_BASE", gone.base)
    with pytest.raises(live.UnavailableError, match="Connection refused"):
        fetch()


def test_pauses_between_calls(monkeypatch):
    """Calls to a host keep its pause; to another host there is none."""
    monkeypatch.delenv("TRADELIB_LIVE_BASE", raising=False)
    monkeypatch.setattr(http, "_due", {})
    own = endpoints.Site(base="http://here.test", pause=0.2)
    other = endpoints.Site(base="http://there.test/x", pause=0.2)
    monkeypatch.setattr(endpoints, "_SITES", {"imts": own, "wits": other})
    clock = [50.0]
    waits = []
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(Session, "sleep", lambda _, seconds: waits.append(round(seconds, 9)))
    for step, source in ((0, "imts"), (0, "wits"), (0, "imts"), (0.3, "wits"), (0.2, "imts")):
        clock[0] += step
        http.start(http.Call(source=source, path="x"), Session(timeout=5))
    assert waits == [0, 0, 0.2, 0, 0]
    http.start(http.Call(source="imts", path="x"), Session(timeout=5))
    assert waits[-1] == 0.2


def test_pauses_of_the_sources(monkeypatch):
    """The limits that the sources state: ten calls in five seconds, ten a minute."""
    monkeypatch.delenv("TRADELIB_LIVE_BASE", raising=False)
    assert endpoints.site("imts").pause == 5 / 10
    assert endpoints.site("comtrade").pause == 60 / 10
    assert all(endpoints.site(name).base.startswith("https://") for name in endpoints._SITES)


def response(body=b"", status=200, **headers):
    """An answer as requests would hand it over."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = requests.Response()
    answer.status_code = status
    answer.headers = requests.structures.CaseInsensitiveDict(headers)
    answer.raw = urllib3.HTTPResponse(io.BytesIO(body), headers, status, preload_content=False)
    return answer


class TestStatus:
    """What a status stands for."""

    FAR = "Fri, 31 Dec 99999999 23:59:59 GMT"

    @pytest.mark.parametrize(
        ("source", "status", "body", "after", "kind", "message", "wait"),
        [
            ("imts", 429, b"<b>No</b> such", "7", "RateLimit", "status 429 (No such); wait", 7),
            ("imts", 403, b"Over QUOTA", "", "RateLimit", "status 403 (Over QUOTA); wait", None),
            ("imts", 403, b"quotas", "", "Unavailable", "status 403 (quotas); it takes no", None),
            ("comtrade", 401, b"", "", "KeyRefused", "status 401; put a valid key into COM", None),
            ("comtrade", 403, b"", "", "KeyRefused", "status 403; put a valid key into COM", None),
            ("imts", 502, b"", "x", "Unavailable", "status 502; wait and try again", "none"),
            ("imts", 503, b"", FAR, "Unavailable", "status 503; wait and try again", "none"),
            ("imts", 404, b"NOTHING found", "", "NoData", "no such figures (status 404", None),
            ("imts", 400, b"nothing found", "", "NoData", "no such figures (status 400", None),
            ("imts", 204, b"", "", "NoData", "no such figures (status 204); ask for", None),
            ("imts", 410, b"nothing found", "", "Unavailable", "status 410 (nothing found)", None),
            ("imts", 206, b"", "", "Unavailable", "status 206; its address may have", None),
        ],
    )
    def test_refusals(self, source, status, body, after, kind, message, wait):
        """The kind of error, what it says and what to do, and whether another try may help."""
        call = http.Call(source=source, path="x", none="nothing +found")
        answer = response(body, status, **({"Retry_After": after} if after else {}))
        with pytest.raises((PassingError, live.LiveError)) as caught:
            http.check_status(answer, call, Session(timeout=9))
        passing = isinstance(caught.value, PassingError)
        error = caught.value.error if passing else caught.value
        assert type(error) is getattr(live, f"{kind}Error")
        assert str(error).startswith(message)
        assert passing == (wait is not None)
        if passing:
            assert caught.value.wait == (None if wait == "none" else wait)

    def test_passes(self):
        """200 always, 206 where a range was asked for; without a pattern a 404 is an outage."""
        call = http.Call(source="imts", path="x")
        http.check_status(response(), call, Session(timeout=9))
        http.check_status(response(status=206), call, Session(timeout=9), ranged=True)
        for status in (204, 500):
            with pytest.raises((live.NoDataError, PassingError)):
                http.check_status(response(status=status), call, Session(timeout=9), ranged=True)
        with pytest.raises(live.UnavailableError, match="status 404"):
            http.check_status(response(status=404), call, Session(timeout=9))


class TestTries:
    """How often and how long."""

    @pytest.fixture
    def slept(self, monkeypatch):
        """Waits, none of which is waited."""
        waits = []
        monkeypatch.setattr(time, "sleep", waits.append)
        return waits

    def test_waits(self, slept):
        """Five tries, at once and then after one, two and four seconds or a little more."""
        failure = PassingError(live.UnavailableError("down"))

        def fails():
            raise failure

        with pytest.raises(live.UnavailableError) as caught:
            http.retry(fails, SimpleNamespace(left=60.0))
        assert caught.value is failure.error
        assert str(failure.error) == f"down; {live.UnavailableError.advice}"
        assert [int(wait) for wait in slept] == [0, 1, 2, 4]
        assert all(wait - int(wait) <= 0.2 for wait in slept)

    @pytest.mark.parametrize(
        ("wait", "left", "remedy"),
        [
            (60.0, 61.0, None),
            (60.6, 99.0, "wait 61 s, as it asks, or use another source"),
            (7.0, 7.5, None),
            (7.0, 6.5, "wait 7 s, as it asks, or use another source"),
            (7.0, 7.0, live.UnavailableError.advice),
            (0.0, 1.0, None),
        ],
    )
    def test_what_the_source_asks(self, slept, wait, left, remedy):
        """A wait of a minute at most, and within the time that is left; a longer one is told."""
        error = live.UnavailableError("down")
        tries = iter([PassingError(error, wait=wait)])

        def once():
            for failure in tries:
                raise failure
            return "right"

        if remedy is None:
            assert http.retry(once, SimpleNamespace(left=left)) == "right"
            assert slept == [wait]
            return
        with pytest.raises(live.UnavailableError) as caught:
            http.retry(once, SimpleNamespace(left=left))
        assert (caught.value.remedy, slept) == (remedy, [])

    def test_no_time_for_our_own_wait(self, slept):
        """Where the time ends before the next try, the failure comes at once, with its own advice."""
        failures = iter([PassingError(live.UnavailableError("down"))] * 2)

        def fails():
            raise next(failures)

        with pytest.raises(live.UnavailableError, match="^down; wait and try again, or use"):
            http.retry(fails, SimpleNamespace(left=1))
        assert slept == [0]

    @pytest.mark.parametrize(
        ("key", "keyed", "sent"),
        [("a-key", True, "a-key"), ("a-key", False, None), ("", True, None)],
    )
    @pytest.mark.usefixtures("own_hosts")
    def test_headers(self, monkeypatch, key, keyed, sent):
        """What is told to a source, its key only where the call takes one."""
        monkeypatch.setenv("COMTRADE_API_KEY", key)
        call = http.Call(source="comtrade", path="x", accept="text/csv", keyed=keyed)
        plain = {
            "Accept": "text/csv",
            "Accept-Encoding": "gzip",
            "User-Agent": "tradelib (requests)",
        }
        more = {session.KEY_HEADER: sent} if sent else {}
        assert http.start(call, Session(timeout=9)) == plain | more

    def test_address(self, source):
        """A query is written with its own commas, semicolons and plus signs."""
        call = http.Call("wdi", "a/b", (("x", "1,2;3+*"), ("y", "ü &")))
        assert call.address == f"{source.base}/wdi/a/b?x=1,2;3+*&y=%C3%BC+%26"
        assert http.Call("wdi", "a/b").address == f"{source.base}/wdi/a/b"

    def test_reply(self, source, monkeypatch):
        """The address, the body, the moment to the second in UTC, and the hash of the body."""
        source.routes["/imts"] = Answer(b"abc")
        moment = pd.Timestamp("2026-06-01 12:00:01.9", tz="UTC")
        monkeypatch.setattr(pd.Timestamp, "now", lambda tz=None: moment.tz_convert(tz))
        reply = http.get(http.Call(source="imts", path="x", endless=True), timeout=9)
        assert reply == http.Reply(
            address=f"{source.base}/imts/x",
            body=b"abc",
            accessed=pd.Timestamp("2026-06-01 12:00:01", tz="UTC"),
            sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        )
        monkeypatch.setattr(http, "MAX_PAGE", 2)
        assert http.get(http.Call("imts", "x"), timeout=9).body == b"abc"
        with pytest.raises(live.MalformedError, match="more than 1.91e-06 MB"):
            http.get(http.Call("imts", "x", page=True), timeout=9)
        source.routes["/imts"] = Answer(b"\n <HTML><p>Gone")
        with pytest.raises(live.MalformedError, match=r"got a web page \(Gone\) instead of data;"):
            http.get(http.Call(source="imts", path="x"), timeout=9)


class TestBody:
    """Bytes as they come."""

    @pytest.mark.parametrize(
        ("body", "how", "most", "message"),
        [
            (b"x" * 1000, {}, 1000, None),
            (b"x" * 1000, {}, 999, "more than 0.000953 MB, where a few would do"),
            (gzip.compress(b"x" * 1000, mtime=0), {"Content_Encoding": " GZIP "}, 1000, None),
            (gzip.compress(b"x" * 1000, mtime=0), {"Content_Encoding": "x-gzip"}, 1000, None),
            (gzip.compress(b"x" * 1000, mtime=0), {"Content_Encoding": "deflate"}, 1000, None),
            (
                gzip.compress(b"x" * 1000, mtime=0),
                {"Content_Encoding": "gzip"},
                998,
                "no complete answer (packed, 999 bytes to no end)",
            ),
            (
                gzip.compress(b"x" * 1000, mtime=0) + b"y",
                {"Content_Encoding": "gzip"},
                2000,
                "no complete answer (packed, 1000 bytes to no end)",
            ),
            (b"x" * 1000, {"Content_Encoding": "br"}, 1000, "a body packed in a way that was not"),
        ],
    )
    def test_body(self, monkeypatch, body, how, most, message):
        """Whole up to the limit, unpacked or not, in pieces; else what is wrong with it."""
        monkeypatch.setattr(session, "PIECE", 300)
        read = lambda: Session(timeout=9).body(response(body, **how), most=most)  # noqa: E731
        if message is None:
            assert read() == b"x" * 1000
            return
        with pytest.raises((PassingError, live.MalformedError)) as caught:
            read()
        assert getattr(caught.value, "error", caught.value).answer.startswith(message)

    @pytest.mark.parametrize(
        ("headers", "expected"),
        [
            ({}, False),
            ({"Content_Length": "0"}, True),
            ({"Content_Length": "9" * 15}, True),
            ({"Transfer_Encoding": "Chunked"}, True),
            ({"Transfer_Encoding": "notchunked", "Content_Length": "5"}, "for, 'notchunked'"),
            ({"Content_Length": "9" * 50}, f"said to be '{'9' * 40}'"),
            ({"Content_Length": "-1"}, "said to be '-1'"),
        ],
    )
    def test_length(self, headers, expected):
        """A length of a body is a number, or its pieces say where it ends."""
        if isinstance(expected, bool):
            assert session.measured(response(**headers)) is expected
            return
        with pytest.raises(live.UnavailableError, match=f"{expected};"):
            session.measured(response(**headers))

    def test_time(self, monkeypatch):
        """Seconds that are left, never fewer than none; a wait ends with them, in an outage."""
        clock = [100.0]
        waits = []
        monkeypatch.setattr(time, "monotonic", lambda: clock[0])
        monkeypatch.setattr(time, "sleep", waits.append)
        short = Session(timeout=2.5625)
        short.sleep(1.0)
        short.sleep(9.0)
        short.sleep(-1.0)
        assert (short.left, waits) == (2.5625, [1.0, 2.5625, 0.0])
        clock[0] = 102.5
        short.check()
        assert short.left == 0.0625
        for clock[0] in (102.5625, 200.0):
            assert short.left == 0.0
            with pytest.raises(live.UnavailableError, match=r"^no complete answer within 2\.6 s;"):
                short.sleep(1.0)
            with pytest.raises(live.UnavailableError), short.open("http://nowhere.test", {}):
                pass

    @pytest.mark.parametrize(("steps", "right"), [(5, True), (6, False)])
    def test_redirects(self, source, steps, right):
        """Five are followed, also to another host by a call that takes no key."""

        def next_step(path):
            at = int(path.rsplit("/", 1)[1])
            base = source.base.replace("127.0.0.1", "localhost") if at % 2 else source.base
            where = {"Location": f"{base}/imts/{at + 1}"}
            return Answer(b"right") if at == steps else Answer(status=302, headers=where)

        source.routes["/imts"] = next_step
        ask = lambda: http.get(http.Call("imts", "0"), timeout=9)  # noqa: E731
        if right:
            assert ask().body == b"right"
            return
        with pytest.raises(live.UnavailableError, match="TooManyRedirects: Exceeded 5 redirects"):
            ask()

    def test_redirect_with_a_key(self, source, monkeypatch):
        """An address that tells a key is not followed."""
        monkeypatch.setenv("COMTRADE_API_KEY", "a-secret-key")
        where = {"Location": "/imts/y?key=a-secret-key"}
        source.routes["/imts/x"] = Answer(status=302, headers=where)
        message = "got a redirect to an address with a key in it; wait and try again"
        with pytest.raises(live.UnavailableError, match=message):
            http.get(http.Call("imts", "x"), timeout=9)
        assert source.paths == ["/imts/x"]

    def test_proxy(self, source, monkeypatch):
        """A proxy of the environment is asked for the address."""
        monkeypatch.setenv("TRADELIB_LIVE_BASE", "http://mirror.test")
        monkeypatch.setenv("http_proxy", source.base)
        source.routes["http://mirror.test/imts/x"] = Answer(b"by proxy")
        assert http.get(http.Call("imts", "x"), timeout=9).body == b"by proxy"
