"""Hostile servers, disks, clocks and surroundings: the true figures, or an error that says why.

The faults of servers are in `live_faults`; ``benchmarks/live_faults.py`` prints their table.
"""

import contextlib
import errno
import io
import itertools
import json
import logging
import os
import pathlib
import stat
import zipfile
from functools import partial

import live_bodies as bodies
import live_faults
import live_odd
import numpy as np
import pandas as pd
import pytest
from live_server import Answer
from test_live import IMTS, serve_imts

from tradelib import live
from tradelib.live import bns, cache, checks, download, endpoints, secrets
from tradelib.live.errors import LiveError
from tradelib.live.fetch import years_wanted

# What is slow, and odd numbers, which `TestGate` and the refusals of each parser hold.
LEFT_OUT = ("drip", "hang", "megabytes", "bomb", "a cell at", "endless", "is held", "number ")
ZIP = "/baci/BACI_HS92_V202601.zip"
LONG = "x" * 300


@pytest.fixture
def logged():
    """What the log says."""
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())
    logging.getLogger("tradelib.live").addHandler(handler)
    yield lambda: " ".join(records)
    logging.getLogger("tradelib.live").removeHandler(handler)


@pytest.fixture
def unsound(source, tmp_path, monkeypatch):
    """Which of some faults end badly, and how many were tried; the others are the benchmark's."""
    monkeypatch.setenv("https_proxy", f"http://me:{live_faults.PASSWORD}@proxy.invalid")

    def unsound(faults):
        bad = []
        tried = [fault for fault in faults if not any(word in fault.name for word in LEFT_OUT)]
        for number, fault in enumerate(tried):
            monkeypatch.setenv("TRADELIB_CACHE", str(tmp_path / str(number) / "cache"))
            kind, what = live_faults.judge(fault, source)
            bad += [] if kind in ("right", "refused") else [(fault.source, fault.name, kind, what)]
        return bad, len(tried)

    return unsound


@pytest.mark.parametrize("name", live_faults.SOURCES)
def test_every_fault(name, unsound):
    """Nothing wrong accepted, no raw error, nothing late, no secret told."""
    bad, tried = unsound(live_faults.made(name))
    assert bad == []
    assert tried > 9


@pytest.mark.parametrize("name", ["imts", "comtrade", "baci"])
def test_every_way_of_sending(name, unsound):
    """A table, a document and a download; the other sources are asked by the same client."""
    bad, tried = unsound(live_faults.sent(name))
    assert bad == []
    assert tried > 80


def test_every_contradiction(unsound):
    """Parts, other units, marks in odd places, odd copies: each kind once (benchmark: everywhere)."""
    bad, tried = unsound(live_odd.kinds())
    assert bad == []
    assert tried > 150


def test_odd_values_anywhere(unsound):
    """One in forty of what rules make of intact answers."""
    bad, tried = unsound(live_odd.odd(share=0.025))
    assert bad == []
    assert tried > 60


@pytest.mark.parametrize("name", ["a cell at XFD1048576", "a cell at CV100000", "megabytes"])
def test_bounds(name, source):
    """Sheets without an end of empty cells, and bodies of nothing but brackets, end soon."""
    every = live_faults.faults("bns", "imts")
    faults = [fault for fault in every if name in fault.name]
    for fault in faults:
        assert live_faults.judge(fault, source)[0] == "refused"
    assert faults


class TestNoFolder:
    """The cache never stands in the way."""

    @pytest.fixture(params=["a file", "below a file", "too long", "no rights", "full", "no place"])
    def nowhere(self, request, source, tmp_path, monkeypatch):
        """A cache folder that cannot be one."""
        (tmp_path / "file").write_text("x")
        places = {"a file": "file", "below a file": "file/cache", "too long": "x" * 300}
        monkeypatch.setenv("TRADELIB_CACHE", str(tmp_path / places.get(request.param, "cache")))
        codes = {"no rights": errno.EACCES, "full": errno.ENOSPC, "no place": errno.EROFS}
        if request.param in codes:
            make = pathlib.Path.mkdir

            def fails(place, *arguments, **options):
                if "cache" in str(place):
                    raise OSError(codes[request.param], os.strerror(codes[request.param]))
                make(place, *arguments, **options)

            monkeypatch.setattr(pathlib.Path, "mkdir", fails)

    @pytest.mark.usefixtures("nowhere")
    def test_figures_arrive(self, source, logged):
        """From the network, a panel by way of a folder that is gone afterwards; the log says why."""
        serve_imts(source)
        assert live.fetch_flows("KAZ", "TKM")["value_musd"].sum() == 316.0
        assert "no copy of http" in logged()
        source.routes[ZIP] = Answer(bodies.baci())
        assert len(live.fetch_panel(source="baci", progress=False)) == 3
        assert "nothing is kept in" in logged()
        assert live.cached().empty

    @pytest.mark.usefixtures("nowhere", "source")
    def test_offline(self):
        """Without network and folder there is nothing, and it is said where."""
        for fetch in (
            lambda: live.fetch_flows("KAZ", "TKM", offline=True),
            lambda: live.fetch_panel(source="baci", offline=True),
        ):
            with pytest.raises(
                (live.OfflineError, live.CacheDamagedError), match="without offline"
            ):
                fetch()

    def test_folder_in_a_copys_place(self, source, logged):
        """A folder where the copy should be."""
        serve_imts(source)
        live.fetch_flows("KAZ", "TKM")
        for name in live.cached()["file"]:
            pathlib.Path(name).unlink()
            pathlib.Path(name).mkdir()
        assert len(live.fetch_flows("KAZ", "TKM")) == 6
        assert "a copy of http" in logged()
        assert live.cached().empty
        assert "is no ordinary file" in logged()

    def test_full_disk_while_downloading(self, source, monkeypatch):
        """Said to be the disk, at the first try, with what to do."""
        source.routes[ZIP] = Answer(bodies.baci())

        def full(_):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(LiveError, match="a disk that does not take it .No space left on") as no:
            live.fetch_panel(source="baci", progress=False)
        assert not isinstance(no.value, live.UnavailableError)
        assert len(source.seen) == 1

    @pytest.mark.parametrize(
        "place", ["~nobody-of-that-name/cache", "s3://bucket/cache", "file:///tmp/x", " /tmp/x"]
    )
    def test_no_place(self, source, tmp_path, monkeypatch, place):
        """A home that nobody has, or an address, is refused; no folder of that name is made."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TRADELIB_CACHE", place)
        for ask in (cache.folder, live.cached, partial(live.fetch_flows, "KAZ", "TKM")):
            with pytest.raises(LiveError, match="in TRADELIB_CACHE that is none of this machine"):
                ask()
        assert list(tmp_path.iterdir()) == []
        assert source.seen == []


class TestCopies:
    """What lies in the cache may have been changed by anything."""

    def test_every_byte(self, source):
        """A changed byte anywhere gives the same figures, days included, or none; others are listed."""
        serve_imts(source)
        right = live.fetch_flows("KAZ", "TKM")
        source.routes.clear()
        file = pathlib.Path(live.cached()["file"][0])
        whole = file.read_bytes()
        for at in range(0, len(whole), 41):
            changed = bytearray(whole)
            changed[at] ^= 1
            file.write_bytes(changed)
            with contextlib.suppress(live.CacheDamagedError, live.OfflineError):
                assert live.fetch_flows("KAZ", "TKM", offline=True).equals(right)
            assert len(live.cached()) in (1, 2)
        assert whole.startswith(b'{"address"')

    def test_empty_and_foreign(self, source, logged):
        """An empty file and one of somebody else: the others are listed, and it is said."""
        serve_imts(source)
        live.fetch_flows("KAZ", "TKM")
        place = cache.folder() / "replies"
        for name, content in (("a", b""), ("b", b"{}\n"), ("c", b"[1]\n"), ("d", b"\xff\n")):
            (place / f"{name}.reply").write_bytes(content)
        assert len(live.cached()) == 2
        assert logged().count("is not listed: a copy without its provenance") == 4

    def test_changed_day(self, source):
        """The first line is sealed too: a changed day is no day."""
        serve_imts(source)
        live.fetch_flows("KAZ", "TKM")
        for name in live.cached()["file"]:
            file = pathlib.Path(name)
            first, rest = file.read_bytes().split(b"\n", 1)
            line = json.loads(first)
            line["accessed"] = line["accessed"].replace("20", "19", 1)
            file.write_bytes(json.dumps(line).encode() + b"\n" + rest)
        assert live.cached().empty
        with pytest.raises(live.CacheDamagedError, match="a copy whose provenance was changed"):
            live.fetch_flows("KAZ", "TKM", offline=True)

    def test_older_of_two_days(self, source, monkeypatch):
        """A panel of two files is as old as the older one."""
        head = bodies.imts().splitlines()[0].decode()
        for day, code in (("2026-03-01", "XG_FOB_USD"), ("2026-05-01", "MG_CIF_USD")):
            moment = pd.Timestamp(day, tz="UTC")
            monkeypatch.setattr(pd.Timestamp, "now", lambda tz=None, moment=moment: moment)
            row = f"dataflow,I,I,KAZ,{code},TKM,A,2020,5e6,6,"
            source.routes[f"{IMTS}*.{code}.*.A"] = Answer(f"{head}\n{row}\n".encode())
            if code == "XG_FOB_USD":
                with pytest.raises(LiveError):
                    live.fetch_panel(progress=False)
        panel = live.fetch_panel(progress=False, max_age_days=100)
        assert panel["accessed"].tolist() == [pd.Timestamp("2026-03-01")]


def archive_call():
    """The call for BACI's archive."""
    return live.panels.baci.archive_call("HS92_V202601")


class TestClock:
    """A clock that jumps."""

    @staticmethod
    def at(monkeypatch, day):
        """Set the clock, to a day that is not yet over in the west."""
        moment = pd.Timestamp(day, tz="UTC")
        local = moment.tz_localize(None) - pd.Timedelta(hours=9)
        monkeypatch.setattr(pd.Timestamp, "now", lambda tz=None: moment if tz == "UTC" else local)

    def test_ahead(self, source, monkeypatch):
        """A copy from a clock that was ten years ahead is not young for ten years."""
        serve_imts(source)
        self.at(monkeypatch, "2036-01-01")
        live.fetch_flows("KAZ", "TKM")
        self.at(monkeypatch, "2026-06-01")
        live.fetch_flows("KAZ", "TKM")
        assert len(source.seen) == 4
        live.fetch_flows("KAZ", "TKM")
        assert len(source.seen) == 4
        assert live.cached()["age_days"].tolist() == [0.0, 0.0]

    def test_small_steps(self, source, monkeypatch):
        """Half an hour between two machines is no matter; a week and a day is too old."""
        serve_imts(source)
        for day, calls in (
            ("2026-06-01 12:00", 2),
            ("2026-06-01 11:30", 2),
            ("2026-06-01 10:00", 4),
            ("2026-06-08 10:00", 4),
            ("2026-06-08 10:01", 6),
        ):
            self.at(monkeypatch, day)
            live.fetch_flows("KAZ", "TKM")
            assert len(source.seen) == calls, day

    def test_set_back(self, source, monkeypatch):
        """At a clock of 1972, figures of 2021 arrive and are public by their lag."""
        serve_imts(source)
        self.at(monkeypatch, "1972-02-21")
        flows = live.fetch_flows("KAZ", "TKM")
        assert len(flows) == 6
        assert flows["released"].min() == pd.Timestamp("2020-09-30")
        assert set(flows["released_basis"]) == {"lag"}


class TestSecrets:
    """Keys and passwords are told to nobody but whom they are for."""

    @pytest.mark.parametrize(
        "key", ["s3cret\nkey-of-two-lines", "s3cret key in words", "schlüssel-s3cret"]
    )
    def test_key_that_is_none(self, own_hosts, monkeypatch, key):
        """Refused before anything is sent, without its value, naming the variable."""
        monkeypatch.setenv("COMTRADE_API_KEY", key)
        with pytest.raises(live.KeyRefusedError, match="a key in COMTRADE_API_KEY with bl") as no:
            live.fetch_flows("KAZ", "TKM", source="comtrade", years=2020)
        assert "s3cret" not in "".join(live_faults._chain(no.value))
        assert own_hosts.seen == []

    @pytest.mark.parametrize(
        "base",
        [
            *("http://me:HUNTER2@mirror", "http://HUNTER2@mirror/x", "http://mirror?key=HUNTER2"),
            *("ftp://mirror", "mirror", "http://", "http://mirror:65536", "http://mirror:x"),
            *("http://mirror/#x", "http://[::1", "http://mir ror", "http://mirror/../x"),
            *("http://mirrör", "//mirror"),
        ],
    )
    def test_base_that_is_none(self, monkeypatch, base):
        """An address of a mirror with a password, or none at all, is refused and not repeated."""
        monkeypatch.setenv("TRADELIB_LIVE_BASE", base)
        for offline in (False, True):
            with pytest.raises(live.UnavailableError, match="in TRADELIB_LIVE_BASE that is") as no:
                live.fetch_flows("KAZ", "TKM", offline=offline)
            assert "HUNTER2" not in "".join(live_faults._chain(no.value))

    @pytest.mark.parametrize(
        "base", ["http://mirror", "https://a.b-c.org:65535/x/X/", "http://[::1]:80"]
    )
    def test_bases(self, monkeypatch, base):
        """Addresses of mirrors."""
        monkeypatch.setenv("TRADELIB_LIVE_BASE", base)
        assert endpoints.site("imts").base == base.rstrip("/") + "/imts"

    def test_keys(self, monkeypatch):
        """One source takes a key, without blanks around it, and has none if there is none."""
        site_keys = []
        for key in ("", " a-key\n"):
            monkeypatch.setenv("COMTRADE_API_KEY", key)
            site_keys.append({endpoints.site(name).key for name in endpoints._SITES})
        monkeypatch.delenv("COMTRADE_API_KEY")
        assert [*site_keys, endpoints.site("comtrade").key] == [{""}, {"", "a-key"}, ""]

    def test_netrc(self, source, tmp_path, monkeypatch):
        """A password for the host in .netrc stays there."""
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1\nlogin me\npassword HUNTER2\n")
        netrc.chmod(stat.S_IRUSR)
        monkeypatch.setenv("NETRC", str(netrc))
        serve_imts(source)
        source.routes[IMTS + "KAZ.XG_FOB_USD.TKM"] = Answer(
            status=302, headers={"Location": "/moved"}
        )
        source.routes["/moved"] = Answer(bodies.imts())
        live.fetch_flows("KAZ", "TKM")
        assert all("Authorization" not in headers for _, headers in source.seen)
        assert len(source.seen) == 3

    def test_every_writing(self, monkeypatch):
        """A key is found as it is, in an address, in HTML, in JSON and in base 64; short words are not."""
        monkeypatch.setenv("COMTRADE_API_KEY", 'se"cr&t/key')
        monkeypatch.setenv("HTTPS_PROXY", "http://user:pa%24%24word@proxy:8080")
        text = 'se"cr&t/key se%22cr%26t%2Fkey se&quot;cr&amp;t/key se\\"cr&t/key c2UiY3ImdC9rZXk='
        assert secrets.scrubbed(text) == "*** *** *** *** ***="
        assert (
            secrets.scrubbed("user pa%24%24word pa$$word user:pa%24%24word@") == "user *** *** ***@"
        )
        monkeypatch.setenv("COMTRADE_API_KEY", "k")
        assert secrets.scrubbed("key") == "key"

    @pytest.mark.parametrize(
        ("key", "proxy", "text", "left"),
        [
            ("secret", "", "a secret", "a ***"),
            ("secre", "", "a secre", "a secre"),
            ("secret", "http://it-is-secret-too@p", "it-is-secret-too", "***"),
            ("", "http://user:pa:ss:word@p", "pa:ss:word", "***"),
            ("secret-keyW", "", "c2VjcmV0LWtleVc= c2VjcmV0LWtleVc", "***= ***"),
            ("schl\udcffssel", "", "schl\udcffssel c2NobD9zc2Vs \ud800", "*** *** ?"),
        ],
    )
    def test_shortest_and_longest(self, monkeypatch, key, proxy, text, left):
        """Six letters are a secret; the longest goes first; a password may have colons."""
        monkeypatch.setenv("COMTRADE_API_KEY", key)
        monkeypatch.setenv("all_proxy", proxy)
        assert secrets.scrubbed(text) == left

    def test_not_in_a_mark(self, source, tmp_path, monkeypatch):
        """A version that repeats the key is not written down as it is."""
        monkeypatch.setenv("COMTRADE_API_KEY", live_faults.KEY)
        echo = Answer(b"x" * 9000, cut=500, etag=f'"{live_faults.KEY}"')
        source.routes[ZIP] = [echo, Answer(status=404)]
        with pytest.raises(live.UnavailableError):
            download.fetch_file(archive_call(), tmp_path / "file", timeout=5, progress=False)
        mark = (tmp_path / "file.part.json").read_text()
        assert live_faults.KEY not in mark
        assert '"bytes": 500' in mark


class TestArguments:
    """What cannot be meant is refused before anything is sent."""

    @pytest.mark.parametrize("fetch", [partial(live.fetch_flows, "KAZ", "TKM"), live.fetch_panel])
    @pytest.mark.parametrize(
        ("limit", "values", "message"),
        [
            ("timeout", (np.inf, 1e10, np.nan, 0, None, "5", True, [5]), "positive and at"),
            ("max_age_days", (np.nan, -1, None, "7", True), "0 or more, got"),
        ],
    )
    def test_limits(self, source, fetch, limit, values, message):
        """A deadline and an age are numbers; the first cannot be switched off."""
        for value in values:
            with pytest.raises(ValueError, match=f"{limit} is a number of .*s, {message}"):
                fetch(**{limit: value})
        assert source.seen == []

    def test_any_copy_will_do(self, source):
        """An age may be infinite."""
        serve_imts(source)
        for _ in range(2):
            assert len(live.fetch_flows("KAZ", "TKM", max_age_days=np.inf)) == 6
        assert len(source.seen) == 2

    def test_years(self):
        """Whole numbers of whatever kind, one or several."""
        assert years_wanted(None) is None
        for years in (2020, np.int64(2020), [2020], np.array([2020]), pd.Series([2020]), {2020}):
            assert years_wanted(years) == {2020}
        assert years_wanted(np.arange(2015, 2018)) == {2015, 2016, 2017}
        assert years_wanted([1900, 2100]) == {1900, 2100}
        for years in (
            *(1899, 2101, range(1900, 2102), [2020, 0], 2020.0, "2020", []),
            *([2020.5], itertools.count(2000), True, [None], object()),
        ):
            with pytest.raises(ValueError, match="years are whole numbers such as range"):
                years_wanted(years)

    @pytest.mark.parametrize("name", [None, ["imts"], {}, 5, "IMTS"])
    def test_sources(self, name):
        """A source is a name."""
        with pytest.raises(ValueError, match="source is one of imts, comtrade, bns, wits, got"):
            live.fetch_flows("KAZ", "TKM", source=name)
        with pytest.raises(ValueError, match="source is one of imts, baci, got"):
            live.fetch_panel(source=name)

    @pytest.mark.parametrize("release", [None, 5, "HS92", "HS９２_V202601", "HS92_V202601/../x"])
    def test_releases(self, release):
        """A release is named as CEPII names it."""
        with pytest.raises(ValueError, match="a release is named like HS92_V202601, got"):
            live.fetch_panel(source="baci", release=release)


class TestGate:
    """What every source must satisfy."""

    @pytest.mark.parametrize(
        ("raw", "value"),
        [
            ("5.", 5.0),
            (".5", 0.5),
            ("5E+2", 500.0),
            ("0e5", 0.0),
            (0.25, 0.25),
            ("", None),
            (None, None),
            ("+3", 3.0),
        ],
    )
    def test_numbers(self, raw, value):
        """Plain writings of numbers, and none."""
        assert checks.figure_number(raw) == value

    @pytest.mark.parametrize(
        "raw", ["1_0", "５", "1,5", " 5", "5 ", "e5", ".", "0x5", "1e4000", [5], True, b"5"]
    )
    def test_no_numbers(self, raw):
        """Anything else."""
        with pytest.raises(live.MalformedError, match="where a figure is due"):
            checks.figure_number(raw)

    @pytest.mark.parametrize(
        "raw", ["1e-400", "1e999", 10**400, float("inf"), float("nan"), "0.1e-350"]
    )
    def test_no_size(self, raw):
        """Numbers that a computer takes for others."""
        with pytest.raises(live.MalformedError, match="a number of no size that figures have"):
            checks.figure_number(raw)

    def test_plausible_sizes(self):
        """Ten trillion US$ at most, a millionth of a dollar at least, or nothing at all."""
        assert checks.value_of(1e13, unit=1e-6) == pytest.approx(1e7)
        assert checks.value_of("0", unit=1e-6) == 0.0
        assert checks.value_of("1e-6", unit=1e-6) == 1e-12
        for raw in (1.01e13, "9e-7", -1, "-0.5"):
            with pytest.raises(live.MalformedError, match="a trade of"):
                checks.value_of(raw, unit=1e-6)

    @pytest.mark.parametrize(
        ("row", "status", "note"),
        [
            ({}, "final", ""),
            ({"STATUS": "e"}, "estimate", ""),
            ({"OBS_STATUS": " p "}, "preliminary", ""),
            ({"OBS_STATUS": "P", "STATUS": "E"}, "estimate", ""),
            ({"OBS_STATUS": "M", "CONF_STATUS": "N"}, "suppressed", ""),
            ({"OBS_STATUS": "E", "CONF_STATUS": "F"}, "estimate", ""),
            ({"OBS_STATUS": None, "STATUS": "L"}, "empty", ""),
            ({"STATUS": "B", "OBS_STATUS": "_Z"}, "final", "marked B, _Z by the source"),
        ],
    )
    def test_marks(self, row, status, note):
        """The least sure mark counts, and one that we do not know is noted."""
        assert checks.status_of(row) == (status, note)
        with pytest.raises(live.MalformedError, match="where a mark of one figure is due"):
            checks.status_of({**row, "OBS_STATUS": "A\nB"})

    def test_figures(self):
        """Withheld beats a number, no number is empty whatever it is marked, zero is a figure."""

        def make(raw, status="final"):
            return checks.figure("export", 2020, raw, unit=1.0, status=status)

        withheld = make("5", "suppressed")
        assert (withheld.value_musd, withheld.status) == (None, "suppressed")
        empty = make("", "estimate")
        assert (empty.value_musd, empty.status) == (None, "empty")
        assert make("5", "empty").value_musd is None
        zero = make("0")
        assert (zero.status, zero.value_musd) == ("final", 0.0)

    def test_units(self):
        """US$ under whatever name; another power of ten, or a transformation, is refused."""
        checks.check_units({"UNIT": "USD", "CURRENCY": "", "UNIT_MULT": "0", "OTHER": "EUR"})
        checks.check_units({"unit_measure: Unit": "USD", "TRANSFORMATION": "N", "PRICES": "_Z"})
        checks.check_units({"UNIT_MULT": "3", "SCALE": 6, "currency": None}, power="3")
        for name in ("CURRENCY_DENOM[;]", "UNIT_MULT", "TRANSFORMATION", "a new unit", "BASE_PER"):
            with pytest.raises(live.MalformedError, match=f"{checks.bare(name)} 'EUR' instead of"):
                checks.check_units({name: "EUR"})
        with pytest.raises(live.MalformedError, match="UNIT_MULT '0' instead of 3"):
            checks.check_units({"UNIT_MULT": "0"}, power="3")

    def test_newest_year(self, monkeypatch):
        """Not after the current year, and not before that of this text."""
        for day, year in (("1972-01-01", 2026), ("2031-01-01", 2031)):
            TestClock.at(monkeypatch, day)
            assert checks.newest_year() == checks.past_year(year) == year
            with pytest.raises(live.MalformedError, match=f"'{year + 1}' where a year is due"):
                checks.past_year(str(year + 1))

    def test_once(self):
        """A place twice, or more places than a pair can have."""
        figure = checks.Figure(flow="export", year=2020, value_musd=1.0)
        with pytest.raises(live.MalformedError, match="the export of 2020 twice"):
            checks.unique([figure, figure])
        places = [figure._replace(year=year) for year in range(20_001)]
        assert checks.unique(reversed(places[1:])) == tuple(places[1:])
        with pytest.raises(live.MalformedError, match=r"^more than 20000 figures of a pair;"):
            checks.unique(places)

    @pytest.mark.parametrize(
        "given",
        [
            lambda: checks.figure_number(LONG),
            lambda: checks.check_units({"UNIT": LONG}),
            lambda: checks.status_of({"STATUS": LONG.upper()}),
            lambda: checks.check_head([LONG], ["a", "b"]),
            lambda: checks.check_head([LONG, LONG], [LONG]),
            lambda: checks.read_json(b"  <b>" + LONG.encode()),
            lambda: checks.read_json(f'{{"{LONG}": 1, "{LONG}": 2}}'.encode()),
            lambda: checks.malformed_on("a file", ValueError)(int)(LONG),
        ],
    )
    def test_messages(self, given):
        """Each quotes what came, and no more than its beginning."""
        with pytest.raises(live.MalformedError) as caught:
            given()
        assert LONG[:20] in caught.value.answer.lower()
        assert len(caught.value.answer) < 250


class TestSheet:
    """What the head of a sheet must say, and what its cells may be."""

    HEAD = (("за 2021 год", "", "", "тыс. долларов США"), ("", "Товарооборот", "Экспорт", "Импорт"))

    @pytest.mark.parametrize(
        "unit", ["тыс.долл.США", "тысяч долларов США", "ТЫС ДОЛЛ США", "тыс.\xa0долларов\nСША"]
    )
    def test_units(self, unit):
        """Thousand US$ however it is written; the head may have a row of totals below it."""
        head = [["2021", unit], *self.HEAD[1:], ["", "Всего", "", "всего"]]
        assert bns._rows([*head, ["ВСЕГО", 3.0, 1.0, 2.0]], 2021) == {
            "Всего": {"export": 1.0, "import": 2.0}
        }

    @pytest.mark.parametrize(
        ("cell", "means"),
        [
            ("\xa0-\xa0", 0.0),
            ("\xa0", ""),
            ("1\xa0500", 1500.0),
            (" X ", "x"),
            ("7.5", 7.5),
            (7, 7.0),
        ],
    )
    def test_cells(self, cell, means):
        """Numbers and marks, without the blanks around and within them."""
        total = ["Всего", 9999.0, 9999.0, 0.0]
        row = ["Италия", "x", cell, 0.0]
        assert bns._rows([*self.HEAD, total, row], 2021)["Италия"]["export"] == means

    @pytest.mark.parametrize(
        ("total", "added", "right"),
        [
            (10.0, 11.0, True),
            (10.0, 11.1, False),
            (10.0, 8.9, False),
            (2e7, 2e7 + 20, True),
            (2e7, 2e7 - 21, False),
        ],
    )
    def test_sums(self, total, added, right):
        """A thousand dollars, or a millionth, are rounding; more is another figure."""
        rows = {
            name: {"export": value, "import": 0.0}
            for name, value in (("Всего", total), ("Европа", 5e9), ("Италия", added))
        }
        if right:
            bns._check_sums(rows, 2021)
            return
        with pytest.raises(
            live.MalformedError, match=f"^exports of 2021 that add up to {added:.1f}"
        ):
            bns._check_sums(rows, 2021)

    @pytest.mark.parametrize(
        ("names", "size", "right"),
        [
            (["a.xml", "b.rels"], 2**24, True),
            (["a.xml", "b.rels"], 2**24 + 1, False),
            (["a.xml", "a.xml"], 5, False),
            (["a.bin", "a.bin"], 2**25, True),
        ],
    )
    def test_parts(self, monkeypatch, names, size, right):
        """Parts of 32 MB in all, each once; what is not read may be of any size."""
        parts = [zipfile.ZipInfo(name) for name in names]
        for part in parts:
            part.file_size = size
        monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _: parts)
        monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: b"")
        stored = io.BytesIO()
        zipfile.ZipFile(stored, "w").close()
        if right:
            assert bns._unpacked(stored.getvalue())
            return
        with pytest.raises(
            live.MalformedError, match=f"^a spreadsheet of {2 * size} bytes, or with"
        ):
            bns._unpacked(stored.getvalue())


class TestWorkbook:
    """Turnover says what an empty cell is."""

    def rows(self, row):
        """Flows of Turkmenistan from a row's cells."""
        head = [
            ["за 2021 год", "", "", "тыс. долларов США"],
            ["", "Товарооборот", "Экспорт", "Импорт"],
        ]
        total = [
            "Всего",
            *(sum(v for v in (row[i], 5.0) if isinstance(v, float)) for i in range(3)),
        ]
        grid = [*head, total, ["Туркменистан", *row], ["Италия", 5.0, 5.0, 5.0]]
        grid[2][1] = grid[2][2] + grid[2][3]
        grid[-1][1] = 10.0
        return bns._rows(grid, 2021)["Туркменистан"]

    @pytest.mark.parametrize(
        ("row", "flows"),
        [
            ((7.0, "", 7.0), (0.0, 7.0)),
            ((0.0, "", ""), (0.0, 0.0)),
            (("", "", ""), ("", "")),
            (("", "-", "-"), (0.0, 0.0)),
            ((7.0, "x", 3.0), ("x", 3.0)),
            ((7.0, "x", ""), ("x", "")),
            (("...", "...", 2.0), ("...", 2.0)),
            ((7.5, 7.0, ""), (7.0, 0.0)),
        ],
    )
    def test_empty_cells(self, row, flows):
        """No trade if the turnover leaves nothing for it, else not known."""
        cells = self.rows(row)
        assert (cells["export"], cells["import"]) == flows

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ((9.0, 7.0, ""), "flows of Туркменистан of 2021 that add up to 7.0, not 9.0"),
            ((9.0, "", ""), "that add up to 0.0, not 9.0"),
            ((5.0, "x", 7.0), "add up to 7.0, not 5.0"),
            (("", 7.0, 1.0), "without its turnover"),
        ],
    )
    def test_contradictions(self, row, message):
        """Flows that are not the turnover."""
        with pytest.raises(live.MalformedError, match=message):
            self.rows(row)
