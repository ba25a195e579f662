"""Copies at hand: sealed, aged, movable, shared by processes; and keys that are in none of them."""

import fcntl
import hashlib
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import time

import live_bodies as bodies
import pandas as pd
import platformdirs
import pytest
from conftest import ROOT
from live_server import Answer, running
from test_live import IMTS, serve_imts

from tradelib import live
from tradelib.live import cache

KEY = "s3cr3t-k3y-0f-n0-0n3"


def fetch(**options):
    """Figures of the usual pair."""
    return live.fetch_flows("KAZ", "TKM", **options)


def test_second_call_asks_nobody(source):
    """A copy serves until it is too old, and `offline` takes one of any age, or says where none is."""
    with pytest.raises(live.OfflineError, match="no copy in .*cache; call again without"):
        fetch(offline=True)
    assert source.seen == []
    serve_imts(source)
    first = fetch()
    assert fetch().equals(first)
    assert len(source.seen) == 2
    fetch(max_age_days=0)
    assert len(source.seen) == 4
    source.routes.clear()
    assert fetch(offline=True, max_age_days=0).equals(first)
    assert len(source.seen) == 4


def test_three_lines_for_any_pair(source):
    """The lines of the recipes run as they stand, given a network."""
    recipes = (ROOT / "site" / "recipes.md").read_text(encoding="utf-8")
    block = recipes.split('After `pip install -e ".[live]"`:\n\n```python\n')[1].split("```")[0]
    assert len(block.splitlines()) == 2
    values = {year: 500.0 * 1.1 ** (year - 2000) for year in range(2000, 2024)}
    for flow, code in (("export", "XG_FOB_USD"), ("import", "MG_CIF_USD")):
        body = bodies.imts(flow, reporter="TUR", partner="KAZ", values=values)
        source.routes[f"{IMTS}TUR.{code}.KAZ.A"] = Answer(body)
    done = subprocess.run(
        [sys.executable, "-c", "import tradelib as tl\n" + block], capture_output=True, text=True
    )
    assert "of US$15,000m by 2030" in done.stdout, done.stderr


@pytest.mark.parametrize("damage", ["digit", "cut", "swap"])
def test_damaged_copy(source, damage):
    """A changed digit, a cut, another's copy: fetched anew, or an error if the network is forbidden."""
    serve_imts(source)
    right = fetch()
    files = sorted((cache.folder() / "replies").glob("*.reply"))
    for file, other in zip(files, [f.read_bytes() for f in reversed(files)], strict=True):
        content = file.read_bytes()
        digit = content.replace(b",A,2020,", b",A,2010,", 1)
        assert digit != content
        broken = {"digit": digit, "cut": content[:-3], "swap": other}
        file.write_bytes(broken[damage])
    with pytest.raises((live.CacheDamagedError, live.OfflineError), match="without offline=True"):
        fetch(offline=True)
    assert fetch().equals(right)
    assert fetch(offline=True).equals(right)


def test_only_what_can_be_read_is_kept(source):
    """An answer that is refused leaves no copy that would be refused again."""
    source.routes[IMTS] = Answer(b"rubbish")
    with pytest.raises(live.MalformedError):
        fetch()
    assert live.cached().empty
    serve_imts(source)
    assert len(fetch()) == 6


def test_copy_that_can_no_longer_be_read(source):
    """A copy of another shape, well sealed, is fetched anew, or refused if the network is forbidden."""
    serve_imts(source)
    right = fetch()
    for address in live.cached()["address"]:
        old = cache.find(address, max_age_days=None, offline=True)
        other = b"another shape"
        digest = hashlib.sha256(other).hexdigest()
        cache.store(old._replace(body=other, sha256=digest))
    with pytest.raises(live.MalformedError, match="^asked http.*, got a table without COUNTRY"):
        fetch(offline=True)
    assert fetch().equals(right)


def test_killed_while_writing(source):
    """A process killed in the middle of a write leaves no file that counts."""
    serve_imts(source)
    program = """
import os, signal
from tradelib import live
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
live.fetch_flows("KAZ", "TKM")
"""
    killed = subprocess.run([sys.executable, "-c", program])
    assert killed.returncode == -signal.SIGKILL
    assert live.cached().empty
    assert len(list((cache.folder() / "replies").glob(".*"))) == 1
    assert len(fetch()) == 6
    assert len(live.cached()) == 2
    assert list((cache.folder() / "replies").glob(".*")) == []


class TestKeys:
    """Read from the environment, sent to the source, and nowhere else."""

    @pytest.fixture
    def keyed(self, own_hosts, monkeypatch):
        """A key in the environment, its own host to take it, and every log record of the process."""
        monkeypatch.setenv("COMTRADE_API_KEY", KEY)
        records = []
        handler = logging.Handler(level=0)
        handler.emit = lambda record: records.append(f"{record.getMessage()} {record.__dict__}")
        root = logging.getLogger()
        before = root.level
        root.addHandler(handler)
        root.setLevel(0)
        yield own_hosts, records
        root.removeHandler(handler)
        root.setLevel(before)

    @staticmethod
    def nowhere(*texts):
        """The key is in none of these, nor in any file of the cache."""
        files = [file.read_bytes() for file in cache.folder().rglob("*") if file.is_file()]
        for text in [*map(str, texts), *(file.decode("utf-8", "replace") for file in files)]:
            assert KEY not in text

    def test_sent_and_left_nowhere(self, keyed):
        """The full service gets it as a header, others none; frame, cache, pickle and logs neither."""
        source, records = keyed
        source.routes["/comtrade/data/v1/get/C/A/HS"] = Answer(bodies.comtrade(years=[2020]))
        flows = fetch(source="comtrade", years=[2020])
        serve_imts(source)
        fetch()
        sent = [headers.get("Ocp-Apim-Subscription-Key") for _, headers in source.seen]
        assert sent == [KEY, None, None]
        assert KEY not in " ".join(source.paths)
        assert records
        table = live.cached()
        assert len(table) == 3
        self.nowhere(flows.to_csv(), table.to_csv(), *records)
        self.nowhere(pickle.dumps(flows).decode("latin-1"))

    def test_refused(self, keyed):
        """401 and 403 name the variable; a used-up quota is something else."""
        source, _ = keyed
        source.routes["/comtrade"] = Answer(b'{"message": "Access denied"}', status=401)
        with pytest.raises(live.KeyRefusedError, match="put a valid key into COMTRADE_API_KEY, or"):
            fetch(source="comtrade", years=[2020])
        source.routes["/comtrade"] = Answer(b"Out of call volume quota.", status=403)
        with pytest.raises(live.RateLimitError, match="Out of call volume quota"):
            fetch(source="comtrade", years=[2020])
        source.routes["/imts"] = Answer(b"Page generated at corporate firewall", status=403)
        with pytest.raises(live.UnavailableError, match="takes no key, so it or a firewall") as no:
            fetch()
        assert not isinstance(no.value, live.RateLimitError | live.KeyRefusedError)
        assert len(source.seen) == 3

    def test_not_taken_to_another_host(self, keyed):
        """A redirect within the host keeps the key, one to another host or port does not."""
        source, _ = keyed
        source.routes["/comtrade"] = Answer(status=307, headers={"Location": "/moved"})
        source.routes["/moved"] = Answer(bodies.comtrade(years=[2020]))
        fetch(source="comtrade", years=[2020])
        assert source.seen[-1][1]["Ocp-Apim-Subscription-Key"] == KEY
        with running() as other:
            other.routes["/"] = Answer(bodies.comtrade(years=[2020]))
            elsewhere = other.base.replace("127.0.0.1", "localhost") + "/data"
            for location in (other.base + "/data", elsewhere):
                source.routes["/comtrade"] = Answer(status=307, headers={"Location": location})
                assert len(fetch(source="comtrade", years=[2020], max_age_days=0)) == 2
            assert len(other.seen) == 2
            assert all("Ocp-Apim-Subscription-Key" not in headers for _, headers in other.seen)


def test_no_sockets(source):
    """Nothing opens a socket unless a live function is called: not the import, nor the answer.

    The guard is the one of the notebooks' kernels; a live call fails on it, as an outage would not.
    """
    serve_imts(source)
    fetch()
    program = """
import sys
import tradelib as tl
print(tl.assess(tl.article_target()).words, tl.live.LiveError.__name__)
print(*({"requests", "urllib3", "pooch", "pyarrow.csv", "requests_cache"} & set(sys.modules)))
print(len(tl.live.fetch_flows("KAZ", "TKM", offline=True)))
try:
    tl.live.fetch_flows("KAZ", "ITA", timeout=5)
except AssertionError as error:
    print(error)
"""
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": "tests/offline"}
    done = subprocess.run(
        [sys.executable, "-c", program, "ipykernel"],
        text=True,
        cwd=ROOT,
        capture_output=True,
        env=environment,
    )
    lines = done.stdout.splitlines()
    assert lines[:3] == ["very unlikely, close to unlikely LiveError", "", "6"], done.stderr
    assert "a socket was opened" in lines[3]


class TestFiles:
    """The folder without a source."""

    NOON = pd.Timestamp("2026-06-01 12:00", tz="UTC")

    @pytest.fixture(autouse=True)
    def noon(self, tmp_path, monkeypatch):
        """An empty folder, at noon."""
        monkeypatch.setenv("TRADELIB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(pd.Timestamp, "now", lambda tz=None: self.NOON.tz_convert(tz))

    @staticmethod
    def reply(days, address="http://a.test/b", body=b"line\nline"):
        """An answer that came some days ago."""
        digest = hashlib.sha256(body).hexdigest()
        return cache.Reply(address, body, TestFiles.NOON - pd.Timedelta(days=days), digest)

    def test_kept_and_found(self, caplog):
        """An answer as it was, in the first line's order, listed with its age, replaced by the next."""
        assert cache.find("http://a.test/b", max_age_days=None, offline=True) is None
        cache.store(self.reply(9))
        cache.store(self.reply(1.5))
        (file,) = cache.folder().glob("replies/*.reply")
        first = json.loads(file.read_bytes().split(b"\n")[0])
        assert list(first) == ["address", "accessed", "bytes", "sha256", "seal"]
        for age, offline, found in ((1.5, False, True), (1.4, False, False), (None, True, True)):
            reply = cache.find("http://a.test/b", max_age_days=age, offline=offline)
            assert reply == (self.reply(1.5) if found else None)
        assert live.cached().to_dict("records") == [
            {
                "address": "http://a.test/b",
                "accessed": self.NOON - pd.Timedelta(days=1.5),
                "bytes": 9,
                "sha256": self.reply(0).sha256,
                "file": str(file),
                "age_days": 1.5,
            }
        ]
        assert caplog.messages == []

    @pytest.mark.parametrize(
        "change",
        [
            {"accessed": "2026-06-01T12:00:00"},
            {"accessed": "NaT"},
            {"accessed": 5},
            {"bytes": True},
            {"bytes": -1},
            {"sha256": None},
            {"more": ""},
        ],
    )
    def test_another_provenance(self, change):
        """A line whose seal fits, and which is none of ours all the same, is refused in our words."""
        about = {"accessed": "2026-06-01T12:00:00+00:00", "bytes": 1, "sha256": "x"}
        line = cache.sealed("http://a", about | change)
        with pytest.raises(live.CacheDamagedError, match="^a copy with another provenance than"):
            cache.unsealed(line)

    def test_replaced_in_one_step(self, tmp_path):
        """What fails half way leaves what was there, and nothing beside it."""
        file = tmp_path / "new" / "file"
        with cache.replacing(file) as opened:
            opened.write(b"first")
            (beside,) = file.parent.iterdir()
            assert beside.name.startswith(".unfinished-")
        with pytest.raises(TypeError), cache.replacing(file) as opened:
            opened.writelines([b"second", "no bytes"])
        assert file.read_bytes() == b"first"
        assert list(file.parent.iterdir()) == [file]
        assert cache.file_digest(file) == hashlib.sha256(b"first").hexdigest()

    def test_locked(self, tmp_path, monkeypatch):
        """Waited for in steps of a twentieth of a second, until the time is up, and free afterwards."""
        clock = [10.0]
        monkeypatch.setattr(time, "monotonic", lambda: clock[0])
        monkeypatch.setattr(time, "sleep", lambda step: clock.append(clock.pop() + step))
        with cache.locked(tmp_path, timeout=0):
            with pytest.raises(live.UnavailableError) as no, cache.locked(tmp_path, timeout=0.12):
                pass
            assert no.value.answer == f"another process still at work in {tmp_path}"
            assert clock[0] == pytest.approx(10.15)
        with cache.locked(tmp_path, timeout=0):
            assert [file.name for file in tmp_path.iterdir()] == [".lock"]

    def test_no_locks(self, tmp_path, monkeypatch):
        """Where the file system or the platform has no locks, everyone goes ahead."""

        def fails(handle, how):
            raise OSError(38, "Function not implemented")

        monkeypatch.setattr(fcntl, "flock", fails)
        with cache.locked(tmp_path, timeout=0), cache.locked(tmp_path, timeout=0):
            pass
        monkeypatch.setitem(sys.modules, "fcntl", None)
        with cache.locked(tmp_path, timeout=0), cache.locked(tmp_path, timeout=0):
            pass

    def test_folder(self, tmp_path, monkeypatch):
        """Where it is said to be, from home too, else below the platform's cache folder."""
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
        monkeypatch.setenv("TRADELIB_CACHE", "~/some")
        assert cache.folder() == tmp_path / "some"
        monkeypatch.delenv("TRADELIB_CACHE")
        assert cache.folder() == platformdirs.user_cache_path("tradelib")
        assert cache.folder().name == "tradelib"

    def test_full_disk(self, caplog, monkeypatch):
        """A copy that cannot be kept is no harm, and is told with the place and the reason."""

        def full(_):
            raise OSError(28, "No space left")

        monkeypatch.setattr(os, "fsync", full)
        cache.store(self.reply(0))
        place = f"no copy of http://a.test/b is kept in {cache.folder()}"
        assert caplog.messages == [f"{place}: [Errno 28] No space left"]
        assert list((cache.folder() / "replies").iterdir()) == []
