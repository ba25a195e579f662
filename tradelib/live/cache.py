"""Answers on disk: one file each, a line of provenance above the body, sealed by its SHA-256.

The folder is the platform's cache folder; ``TRADELIB_CACHE`` moves it. The first line of a file is
JSON: the address (keys never are part of it), the moment, the length and the hash. Files are
written beside their place and moved there in one step, so a killed process leaves no half file and
two processes do not see each other's.
"""

import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pandas as pd
import platformdirs
from requests import Request
from requests_cache import create_key
from requests_cache.backends.filesystem import FileDict

from tradelib.live.errors import CacheDamagedError, UnavailableError

log = logging.getLogger("tradelib.live")
KEY_NAMES = ["Ocp-Apim-Subscription-Key", "subscription-key", "apiKey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The body of an answer and where it is from.

    ``address`` (without key), ``body`` (bytes, decoded), ``accessed`` (Timestamp, UTC), ``sha256``
    of the body.
    """

    address: str
    body: bytes
    accessed: pd.Timestamp
    sha256: str


def folder() -> Path:
    """Where copies are kept: ``TRADELIB_CACHE``, else the platform's cache folder."""
    chosen = os.environ.get("TRADELIB_CACHE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("tradelib")


def cached() -> pd.DataFrame:
    """Table of the copies at hand: what was fetched, when, and its hash.

    Returns
    -------
    DataFrame
        One row a copy: ``address`` (without key), ``accessed`` (datetime64, UTC), ``age_days``
        (float64), ``bytes`` (int64), ``sha256``, ``file`` (its full path).

    Examples
    --------
    >>> sorted(cached().columns)
    ['accessed', 'address', 'age_days', 'bytes', 'file', 'sha256']
    """
    columns = ["address", "accessed", "bytes", "sha256", "file"]
    rows = []
    for file in sorted(folder().rglob("*.reply")) + sorted(folder().rglob("*.provenance")):
        with file.open("rb") as opened:
            rows.append({**json.loads(opened.readline()), "file": str(file)})
    table = pd.DataFrame(rows, columns=columns)
    table["accessed"] = pd.to_datetime(table["accessed"], utc=True)
    age = pd.Timestamp.now(tz="UTC") - table["accessed"]
    return table.assign(age_days=age.dt.total_seconds() / 86400)


def find(address: str, *, max_age_days: float | None, offline: bool) -> Reply | None:
    """Copy of an answer, or None if there is none that is young enough (any age if None)."""
    try:
        reply: Reply | None = _store().get(_key(address))
    except CacheDamagedError as damaged:
        if offline:
            raise damaged.of(address) from None
        return None
    if reply is None or reply.address != address:
        return None
    age = pd.Timestamp.now(tz="UTC") - reply.accessed
    return reply if max_age_days is None or age <= pd.Timedelta(days=max_age_days) else None


def keep(reply: Reply) -> None:
    """Store an answer, replacing an older copy; a full disk loses the copy, not the answer."""
    try:
        _store()[_key(reply.address)] = reply
    except OSError as error:
        log.warning("no copy of %s is kept in %s: %s", reply.address, folder(), error)


def provenance(address: str, body: dict[str, Any]) -> bytes:
    """The line of JSON that stands above a body, or beside a large file."""
    return json.dumps({"address": address, **body}).encode() + b"\n"


@contextmanager
def replacing(file: Path) -> Iterator[IO[bytes]]:
    """A file to write to that takes its place in one step once it is complete, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _sealed(reply: Reply) -> bytes:
    """Provenance line and body of an answer."""
    about = {"accessed": reply.accessed.isoformat(), "bytes": len(reply.body)}
    return provenance(reply.address, about | {"sha256": reply.sha256}) + reply.body


def _opened(content: bytes) -> Reply:
    """The answer, if it is the one that was stored."""
    line, _, body = content.partition(b"\n")
    try:
        about = json.loads(line)
        known = {key: str(about[key]) for key in ("address", "sha256")}
        when = pd.Timestamp(about["accessed"])
    except (ValueError, KeyError, TypeError) as odd:
        raise CacheDamagedError(f"a copy without its provenance ({odd})") from None
    digest = hashlib.sha256(body).hexdigest()
    if digest != known["sha256"]:
        raise CacheDamagedError(f"a copy of SHA-256 {digest[:12]}... instead of what was stored")
    return Reply(**known, body=body, accessed=when)


@contextmanager
def locked(place: Path, *, timeout: float) -> Iterator[None]:
    """Keep other processes from the same work, waiting so many seconds; a kill leaves no lock."""
    place.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout
    with (place / ".lock").open("wb") as opened:
        while not _lock(opened.fileno()):
            if time.monotonic() >= deadline:
                raise UnavailableError(f"another process still at work in {place}")
            time.sleep(0.05)
        yield


def _lock(handle: int) -> bool:
    """Try to lock an open file; where the system has no such locks, everyone goes ahead."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Store(FileDict):
    """requests-cache's folder of answers, written in one step and read only if whole."""

    def __getitem__(self, key: str) -> Reply:
        try:
            content = self._key2path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(f"no copy under {key}") from None
        return _opened(content)

    def __setitem__(self, key: str, value: Reply) -> None:
        with replacing(self._key2path(key)) as opened:
            opened.write(_sealed(value))


def _store() -> _Store:
    return _Store(folder() / "replies", serializer=None, extension="reply")


def _key(address: str) -> str:
    """Name of an address in the store; keys are left out of it by requests-cache too."""
    return str(create_key(Request("GET", address), ignored_parameters=KEY_NAMES))
