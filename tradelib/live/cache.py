"""Answers on disk: one file each, a line of provenance above the body, both sealed by SHA-256.

The folder is the platform's cache folder; ``TRADELIB_CACHE`` moves it. The first line of a file is
JSON: the address (keys never are part of it), the moment, the length, the body's hash and a seal of
these four. A copy is a help and no condition: where none can be read or written, the figures come
from the source, and the log says why.
"""

import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import pandas as pd
import platformdirs

from tradelib.live.errors import CacheDamagedError, LiveError, OfflineError, UnavailableError

log = logging.getLogger("tradelib.live")
_AHEAD = 1 / 24  # days by which the clocks of two machines that share a folder may differ


class Reply(NamedTuple):
    """An answer: ``address`` without key, unpacked ``body``, its ``sha256``, ``accessed`` (UTC)."""

    address: str
    body: bytes
    accessed: pd.Timestamp
    sha256: str


def folder() -> Path:
    """Where copies are kept: ``TRADELIB_CACHE``, else the platform's cache folder."""
    chosen = os.environ.get("TRADELIB_CACHE")
    return Path(os.path.expanduser(chosen)) if chosen else platformdirs.user_cache_path("tradelib")  # noqa: PTH111


def cached() -> pd.DataFrame:
    """Table of the copies at hand: what was fetched, when, and its hash.

    A file that is no copy, or whose first line was damaged, is left out, and the log says so.

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
    try:
        files = [*sorted(folder().rglob("*.reply")), *sorted(folder().rglob("*.provenance"))]
    except OSError as error:
        files = []
        log.warning("no copies are listed: %s", error)
    for file in files:
        try:
            with file.open("rb") as opened:
                rows.append({**unsealed(opened.readline(2**16)), "file": str(file)})
        except OSError as error:
            log.warning("%s is not listed: %s", file, error)
    table = pd.DataFrame(rows, columns=columns)
    table["accessed"] = pd.to_datetime(table["accessed"], utc=True)
    age = pd.Timestamp.now(tz="UTC") - table["accessed"]
    return table.assign(age_days=age.dt.total_seconds() / 86400)


def young(accessed: pd.Timestamp, max_age_days: float | None) -> bool:
    """Whether a copy of that moment will do: any for None, else none from the future."""
    age = (pd.Timestamp.now(tz="UTC") - accessed) / pd.Timedelta(days=1)
    return max_age_days is None or -_AHEAD <= age <= max_age_days


def find(address: str, *, max_age_days: float | None, offline: bool) -> Reply | None:
    """Copy of an answer, or None if there is none that is young enough (any age if None)."""
    try:
        line, _, body = _place(address).read_bytes().partition(b"\n")
        about = unsealed(line)
        if hashlib.sha256(body).hexdigest() != about["sha256"] or about["address"] != address:
            raise CacheDamagedError("a copy of something else than what was stored")
    except FileNotFoundError:
        return None
    except OSError as error:
        if offline:
            raise CacheDamagedError(_why(error), asked=address) from None
        log.warning("a copy of %s is not used: %s", address, _why(error))
        return None
    accessed = pd.Timestamp(about["accessed"])
    reply = Reply(address=address, body=body, accessed=accessed, sha256=about["sha256"])
    return reply if young(accessed, max_age_days) else None


def keep(reply: Reply) -> None:
    """Store an answer, replacing an older copy; a full disk loses the copy, not the answer."""
    about = {"accessed": reply.accessed.isoformat(), "bytes": len(reply.body)}
    try:
        with replacing(_place(reply.address)) as opened:
            opened.write(sealed(reply.address, about | {"sha256": reply.sha256}) + reply.body)
    except OSError as error:
        log.warning("no copy of %s is kept in %s: %s", reply.address, folder(), error)


def sealed(address: str, about: dict[str, Any]) -> bytes:
    """The line of JSON that stands above a body, or beside a large file."""
    line = {"address": address, **about}
    return json.dumps({**line, "seal": _seal(line)}).encode() + b"\n"


def unsealed(line: bytes) -> dict[str, Any]:
    """What such a line says, if it is as it was written."""
    try:
        about: dict[str, Any] = json.loads(line)
        if about.pop("seal") != _seal(about):
            raise CacheDamagedError("a copy whose provenance was changed")
    except (ValueError, KeyError, TypeError, AttributeError) as odd:
        raise CacheDamagedError(f"a copy without its provenance ({odd!r:.80})") from None
    return about


def _seal(about: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


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


@contextmanager
def workplace(name: str, *, offline: bool) -> Iterator[Path]:
    """A folder for large files: below the cache folder, else one that is gone afterwards."""
    place = folder() / "panels" / name
    with tempfile.TemporaryDirectory(prefix="tradelib-") as gone:
        try:
            place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
        except OSError as error:
            if offline:
                raise OfflineError(f"no folder {place} ({_why(error)})", asked=name) from None
            log.warning("nothing is kept in %s: %s", place, _why(error))
            place = Path(gone)
        yield place


@contextmanager
def storing(place: Path) -> Iterator[None]:
    """A disk that fails is said to be one, and not taken for a network that does."""
    try:
        yield
    except OSError as error:
        if isinstance(error, LiveError):
            raise
        remedy = f"make room in {place}, or set TRADELIB_CACHE to another folder"
        raise LiveError(f"a disk that does not take it ({_why(error)})", remedy=remedy) from None


@contextmanager
def locked(place: Path, *, timeout: float) -> Iterator[None]:
    """Keep other processes from the same work, waiting so many seconds; a kill leaves no lock."""
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
    except OSError as error:
        return not isinstance(error, BlockingIOError)
    return True


def _place(address: str) -> Path:
    return folder() / "replies" / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}.reply"


def _why(error: OSError) -> str:
    return error.answer if isinstance(error, CacheDamagedError) else f"{error.strerror or error}"
