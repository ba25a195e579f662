"""Copies of answers on disk: a file each, with a line of provenance above the body.

The folder is the platform's cache folder; ``TRADELIB_CACHE`` moves it. The first line of a file is
JSON: the address (never with a key), the moment, the length, the SHA-256 hash of the body, and a
seal, which is the hash of these four. Copies are not necessary: where none can be read or written,
the figures come from the source, and the log says why.
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
    """An answer of a source.

    Parameters
    ----------
    address : str
        What was asked, without any key.
    body : bytes
        Body, unpacked.
    accessed : Timestamp
        When the answer came (UTC).
    sha256 : str
        Hash of the body.
    """

    address: str
    body: bytes
    accessed: pd.Timestamp
    sha256: str


def folder() -> Path:
    """Folder of the copies: ``TRADELIB_CACHE``, else the platform's cache folder."""
    chosen = os.environ.get("TRADELIB_CACHE")
    if not chosen:
        return platformdirs.user_cache_path("tradelib")
    return Path(os.path.expanduser(chosen))  # noqa: PTH111, Path's own raises for an unknown user


def cached() -> pd.DataFrame:
    """Table of the copies on disk: what was fetched, when, and its hash.

    A file that is no copy, or whose first line is damaged, is left out, and the log says so.

    Returns
    -------
    DataFrame
        One row per copy: ``address`` (without key), ``accessed`` (datetime64, UTC), ``age_days``
        (float64), ``bytes`` (int64), ``sha256`` (str), ``file`` (str, its full path).

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


def is_fresh(accessed: pd.Timestamp, max_age_days: float | None) -> bool:
    """Whether a copy of that moment is not too old (None: any age), nor from the future."""
    if max_age_days is None:
        return True
    age = (pd.Timestamp.now(tz="UTC") - accessed) / pd.Timedelta(days=1)
    return bool(-_AHEAD <= age <= max_age_days)


def find(address: str, *, max_age_days: float | None, offline: bool) -> Reply | None:
    """Copy of an answer, or None if there is none that is fresh enough (None: any age)."""
    try:
        line, _, body = _path(address).read_bytes().partition(b"\n")
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
    return reply if is_fresh(accessed, max_age_days) else None


def store(reply: Reply) -> None:
    """Write a copy of an answer in the place of an older one; if the disk fails, only log it."""
    about = {
        "accessed": reply.accessed.isoformat(),
        "bytes": len(reply.body),
        "sha256": reply.sha256,
    }
    try:
        with replacing(_path(reply.address)) as opened:
            opened.write(sealed(reply.address, about) + reply.body)
    except OSError as error:
        log.warning("no copy of %s is kept in %s: %s", reply.address, folder(), error)


def sealed(address: str, about: dict[str, Any]) -> bytes:
    """Line of JSON with provenance and seal: above a body, or in a file beside a large one."""
    line = {"address": address, **about}
    return json.dumps({**line, "seal": _seal(line)}).encode() + b"\n"


def unsealed(line: bytes) -> dict[str, Any]:
    """Provenance from such a line, without the seal; `CacheDamagedError` if it was changed."""
    try:
        about: dict[str, Any] = json.loads(line)
        seal = about.pop("seal")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CacheDamagedError(f"a copy without its provenance ({error!r:.80})") from None
    if seal != _seal(about):
        raise CacheDamagedError("a copy whose provenance was changed")
    return about


def _seal(about: dict[str, Any]) -> str:
    """Hash of a provenance."""
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def file_digest(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def replacing(file: Path) -> Iterator[IO[bytes]]:
    """A file to write to, put in the place of `file` in one step once it is complete."""
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
    """A folder for large files: below the cache folder, else one that is deleted afterwards."""
    directory = folder() / "panels" / name
    with tempfile.TemporaryDirectory(prefix="tradelib-") as temporary:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=directory).close()
        except OSError as error:
            if offline:
                raise OfflineError(f"no folder {directory} ({_why(error)})", asked=name) from None
            log.warning("nothing is kept in %s: %s", directory, _why(error))
            directory = Path(temporary)
        yield directory


@contextmanager
def disk_errors(directory: Path) -> Iterator[None]:
    """Re-raise disk errors as `LiveError`, so that they are not reported as network failures."""
    try:
        yield
    except OSError as error:
        if isinstance(error, LiveError):
            raise
        remedy = f"make room in {directory}, or set TRADELIB_CACHE to another folder"
        raise LiveError(f"a disk that does not take it ({_why(error)})", remedy=remedy) from None


@contextmanager
def locked(directory: Path, *, timeout: float) -> Iterator[None]:
    """Keep other processes from the same work, after waiting for them up to `timeout` seconds.

    The lock ends with the process, so that a killed one leaves none.
    """
    deadline = time.monotonic() + timeout
    with (directory / ".lock").open("wb") as opened:
        while not _lock(opened.fileno()):
            if time.monotonic() >= deadline:
                raise UnavailableError(f"another process still at work in {directory}")
            time.sleep(0.05)
        yield


def _lock(handle: int) -> bool:
    """Whether an open file could be locked; also true where the system has no such locks."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return not isinstance(error, BlockingIOError)
    return True


def _path(address: str) -> Path:
    """File of the copy of an address's answer."""
    name = hashlib.sha256(address.encode()).hexdigest()[:32]
    return folder() / "replies" / f"{name}.reply"


def _why(error: OSError) -> str:
    """What went wrong, in the words of our own error or of the system."""
    if isinstance(error, CacheDamagedError):
        return error.answer
    return str(error.strerror or error)
