"""Copies of answers on disk: a file each, with a line of provenance above the body.

The folder is the platform's cache folder; ``TRADELIB_CACHE`` moves it. The first line of a file is
JSON: the address (never with a key), the moment, the length, the SHA-256 hash of the body, and a
seal, which is the hash of these four. Copies are not necessary: where none can be read or written,
the figures come from the source, and the log says why.

A seal shows that a disk or a broken program changed a copy. It is no signature: whoever may write
into the folder can make a copy with a seal that fits, and it is believed. Only ordinary files are
read or written: no link is followed, and no pipe is waited for. What a killed process was writing
is deleted by the next one that writes there.
"""

import errno
import hashlib
import json
import logging
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import pandas as pd
import platformdirs

from tradelib.live.errors import CacheDamagedError, LiveError, OfflineError, UnavailableError

log = logging.getLogger("tradelib.live")
_AHEAD = 1 / 24  # days by which the clocks of two machines that share a folder may differ
_MOST = 2**26  # bytes of a copy or of a file of provenance; real ones have a tenth of it
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_UNFINISHED = ".unfinished-"  # how the name of a file begins that is being written
_ALLOWS_RENAMING = os.name == "posix"  # of a file that is open
_MODES = {os.O_RDONLY: "rb", os.O_WRONLY: "wb", os.O_RDWR: "r+b"}


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
    place = os.path.expanduser(chosen)  # noqa: PTH111, Path's own raises for an unknown user
    if re.match(r"~|\s|[\w+.-]{2,}:", place):
        problem = f"a folder {chosen!r} in TRADELIB_CACHE that is none of this machine"
        raise LiveError(problem, remedy="write its whole path, or unset it")
    return Path(place)


def inside(*names: str) -> Path:
    """A folder below `folder`; a link on the way, which could lead anywhere, is an `OSError`."""
    place = folder()
    for name in names:
        place /= name
        if place.is_symlink():
            raise OSError(errno.ELOOP, f"{place} is a link")
    return place


def opened(file: Path, flags: int = os.O_RDONLY) -> BufferedIOBase:
    """An ordinary file, opened by flags of `os.open`; a link, pipe or folder is an `OSError`."""
    if file.is_symlink():  # some systems cannot refuse one while opening
        raise OSError(errno.ELOOP, f"{file} is a link")
    handle = os.open(file, flags | _NO_LINK, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, f"{file} is no ordinary file")
    mode = _MODES[flags & (os.O_WRONLY | os.O_RDWR)]
    return cast("BufferedIOBase", os.fdopen(handle, mode))


def content(file: Path) -> bytes:
    """Content of a small file."""
    with opened(file) as reader:
        found = reader.read(_MOST + 1)
    if len(found) > _MOST:
        raise OSError(errno.EFBIG, f"{file} is larger than any copy")
    return found


def cached() -> pd.DataFrame:
    """Table of the copies on disk: what was fetched, when, and its hash.

    A file that is no copy, or whose first line is damaged, is left out, and the log says so.

    Returns
    -------
    DataFrame
        One row per copy: ``address`` (without key), ``accessed`` (datetime64, UTC), ``age_days``
        (float64), ``bytes`` (int64), ``sha256`` (str), ``file`` (str, its full path).

    Raises
    ------
    LiveError
        If ``TRADELIB_CACHE`` names no folder of this machine.

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
            with opened(file) as reader:
                rows.append({**unsealed(reader.readline(2**16)), "file": str(file)})
        except OSError as error:
            log.warning("%s is not listed: %s", file, error)
    table = pd.DataFrame(rows, columns=columns)
    moments = [pd.Timestamp(text).tz_convert("UTC") for text in table["accessed"]]
    table["accessed"] = pd.DatetimeIndex(moments, tz="UTC")
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
        line, _, body = content(_path(address)).partition(b"\n")
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
    accessed = pd.Timestamp(about["accessed"]).tz_convert("UTC")
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
        with replacing(_path(reply.address)) as writer:
            writer.write(sealed(reply.address, about) + reply.body)
    except OSError as error:
        log.warning("no copy of %s is kept in %s: %s", reply.address, folder(), error)


def sealed(address: str, about: dict[str, Any]) -> bytes:
    """Line of JSON with provenance and seal: above a body, or in a file beside a large one."""
    line = {"address": address, **about}
    return json.dumps({**line, "seal": _seal(line)}).encode() + b"\n"


def unsealed(line: bytes, last: str = "accessed") -> dict[str, Any]:
    """Provenance from such a line, without the seal; `CacheDamagedError` if it was changed.

    It has an address, a number of bytes, a hash, and a text of the name `last`: the moment, or of a
    file that is unfinished the source's name of its version.
    """
    try:
        about: dict[str, Any] = json.loads(line)
        seal = about.pop("seal")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CacheDamagedError(f"a copy without its provenance ({error!r:.80})") from None
    if seal != _seal(about):
        raise CacheDamagedError("a copy whose provenance was changed")
    kinds = {"address": str, "bytes": int, "sha256": str, last: str}
    is_ours = {name: type(value) for name, value in about.items()} == kinds
    if not is_ours or about["bytes"] < 0 or (last == "accessed" and not _is_moment(about[last])):
        raise CacheDamagedError("a copy with another provenance than ours")
    return about


def _is_moment(text: str) -> bool:
    """Whether a text is a moment with its time zone."""
    try:
        return pd.Timestamp(text).tzinfo is not None
    except ValueError:
        return False


def _seal(about: dict[str, Any]) -> str:
    """Hash of a provenance."""
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def file_digest(file: Path, algorithm: str = "sha256") -> str:
    """Digest of a file."""
    with opened(file) as reader:
        return hashlib.file_digest(reader, algorithm).hexdigest()


@contextmanager
def replacing(file: Path) -> Iterator[IO[bytes]]:
    """A file to write to, put in the place of `file` in one step once it is complete."""
    file.parent.mkdir(parents=True, exist_ok=True)
    _delete_unfinished(file.parent)
    handle, beside = _unfinished(file.parent)
    try:
        with os.fdopen(handle, "wb") as writer:
            yield writer
            writer.flush()
            os.fsync(writer.fileno())
            if _ALLOWS_RENAMING:
                beside.replace(file)  # before the lock on it ends
        if not _ALLOWS_RENAMING:  # pragma: no cover
            beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _unfinished(directory: Path) -> tuple[int, Path]:
    """Handle and path of a new file to write to, locked so that nobody takes it for a leftover."""
    while True:
        handle, name = tempfile.mkstemp(dir=directory, prefix=_UNFINISHED)
        file = Path(name)
        if _lock(handle) is not False and file.exists():
            return handle, file
        os.close(handle)  # another process deleted it before it was locked


def _delete_unfinished(directory: Path) -> None:
    """Delete what killed processes were writing: files that nobody has locked."""
    for file in directory.glob(f"{_UNFINISHED}*"):
        with suppress(OSError), opened(file) as reader:
            if _lock(reader.fileno()):
                file.unlink()


@contextmanager
def workplace(name: str, *, offline: bool) -> Iterator[Path]:
    """A folder for large files: below the cache folder, else one that is deleted afterwards."""
    directory = folder() / "panels" / name
    with tempfile.TemporaryDirectory(prefix="tradelib-") as temporary:
        try:
            inside("panels", name).mkdir(parents=True, exist_ok=True)
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
    with opened(directory / ".lock", os.O_WRONLY | os.O_CREAT) as holder:
        while _lock(holder.fileno()) is False:
            if time.monotonic() >= deadline:
                raise UnavailableError(f"another process still at work in {directory}")
            time.sleep(0.05)
        yield


def _lock(handle: int) -> bool | None:
    """Whether an open file could be locked; None where the system has no such locks."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if isinstance(error, BlockingIOError) else None
    return True


def _path(address: str) -> Path:
    """File of the copy of an address's answer."""
    name = hashlib.sha256(address.encode()).hexdigest()[:32]
    return inside("replies") / f"{name}.reply"


def _why(error: OSError) -> str:
    """What went wrong, in the words of our own error or of the system."""
    if isinstance(error, CacheDamagedError):
        return error.answer
    return str(error.strerror or error)
