"""Downloads of large files, in pieces, that can be carried on after a break or a kill.

An unfinished file is called ``NAME.part``. Beside it a mark holds the length up to which the file
was complete, and the SHA-256 hash of that part. The download is carried on from there if the part
still has that hash and the source says that its own file has not changed (``If-Range``). Else it
starts anew.
"""

import hashlib
import os
import re
import time
from contextlib import suppress
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import pandas as pd
from requests import Response
from tqdm import tqdm

from tradelib.live import cache
from tradelib.live.errors import OfflineError, UnavailableError, asking
from tradelib.live.http import Call, check_status, retry, start
from tradelib.live.secrets import holds_secret
from tradelib.live.session import PIECE, PassingError, Session, digests, measured, packing

_MARK_EVERY = 0.5  # seconds between two marks of how far a download is
_MOST = 2**33  # bytes of a file: BACI has 2.5 GB
byte_bar = partial(tqdm, unit="B", unit_scale=True)


def fetch_file(
    call: Call,
    file: Path,
    *,
    timeout: float,
    max_age_days: float | None = None,
    offline: bool = False,
    progress: bool = True,
) -> dict[str, Any]:
    """Download a file, unless a whole copy that is fresh enough is there; return its provenance.

    Provenance is ``address`` (without key), ``accessed`` (ISO moment), ``bytes`` and ``sha256``.
    """
    beside = file.with_name(file.name + ".provenance")
    with suppress(OSError):
        about = cache.unsealed(cache.content(beside))
        is_fresh = offline or cache.is_fresh(pd.Timestamp(about["accessed"]), max_age_days)
        is_own = about["address"] == call.address and file.stat().st_size == about["bytes"]
        if is_fresh and is_own and cache.file_digest(file) == about["sha256"]:
            return about
    if offline:
        raise OfflineError(f"no intact copy at {file}", asked=call.address)
    with cache.disk_errors(file.parent):
        file.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        with asking(call.address), Session(timeout=timeout) as session:
            part = _Part(call, file, progress=progress)
            retry(lambda: part.carry_on(session), session)
        part.file.replace(file)
        part.mark.unlink()
        now = pd.Timestamp.now(tz="UTC").floor("s").isoformat()
        about = {"accessed": now, "bytes": file.stat().st_size, "sha256": cache.file_digest(file)}
        with cache.replacing(beside) as writer:
            writer.write(cache.sealed(call.address, about))
        return {"address": call.address, **about}


class _Part:
    """A file whose download is not finished."""

    def __init__(self, call: Call, file: Path, *, progress: bool) -> None:
        self.call = call
        self.progress = progress
        self.file = file.with_name(file.name + ".part")
        self.mark = file.with_name(file.name + ".part.json")

    def carry_on(self, session: Session) -> None:
        """One try, from the first byte that is still missing."""
        have, digest, version = self._so_far()
        headers = {**start(self.call, session), "Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": version}
        with session.open(self.call.address, headers) as response:
            whole = _whole(response, have)
            if response.status_code == 416 or not whole:
                self.file.unlink(missing_ok=True)
                raise PassingError(UnavailableError(f"no rest, or a wrong one, of {have} bytes on"))
            check_status(response, self.call, session, ranged=have > 0)
            if not measured(response) or packing(response) != "identity":
                raise UnavailableError(f"a file of unknown length from byte {have} on")
            if response.status_code == 200:
                have = 0
                digest = hashlib.sha256()
            have = self._write(response, session, have, digest, whole)
        if whole not in (have, -1):
            raise PassingError(UnavailableError(f"{have} bytes of {whole}"))
        for algorithm, stated in digests(response) if response.status_code == 200 else ():
            if cache.file_digest(self.file, algorithm) != stated.hex():
                self.file.unlink()
                raise PassingError(
                    UnavailableError(f"a file with another {algorithm} than its own")
                )

    def _so_far(self) -> tuple[int, Any, str]:
        """Number of bytes known to be right, their hash, and the source's name of that version."""
        with suppress(OSError), cache.opened(self.file, os.O_RDWR) as part:
            mark = cache.unsealed(cache.content(self.mark), last="same")
            digest = hashlib.sha256()
            while piece := part.read(min(PIECE, mark["bytes"] - part.tell())):
                digest.update(piece)
            is_right = mark["same"] and digest.hexdigest() == mark["sha256"]
            if is_right and mark["address"] == self.call.address:
                part.truncate(mark["bytes"])
                return mark["bytes"], digest, mark["same"]
        return 0, hashlib.sha256(), ""

    def _write(
        self, response: Response, session: Session, have: int, digest: Any, whole: int
    ) -> int:
        """Write what comes, and mark every now and then how far it is; return the new length."""
        due = time.monotonic()
        with (
            cache.disk_errors(self.file.parent),
            self._opened(have) as opened,
            byte_bar(
                total=max(whole, 0) or None,
                initial=have,
                disable=not self.progress,
                desc=self.file.stem,
            ) as progress,
        ):
            try:
                for piece in session.pieces(response, most=_MOST):
                    opened.write(piece)
                    digest.update(piece)
                    have += len(piece)
                    progress.update(len(piece))
                    if time.monotonic() >= due:
                        self._note(opened, have, digest, response)
                        due = time.monotonic() + _MARK_EVERY
            finally:
                self._note(opened, have, digest, response)
        return have

    def _opened(self, have: int) -> BufferedIOBase:
        """The file, to be carried on, or made anew in the place of whatever has its name."""
        if have:
            return cache.opened(self.file, os.O_WRONLY | os.O_APPEND)
        self.file.unlink(missing_ok=True)
        return cache.opened(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL)

    def _note(self, opened: BufferedIOBase, have: int, digest: Any, response: Response) -> None:
        """Force what came onto the disk, then mark its length, hash and version."""
        opened.flush()
        os.fsync(opened.fileno())
        tag = response.headers.get("ETag", "")
        day = response.headers.get("Last-Modified", "")
        is_strong = tag and not tag.startswith("W/")  # a weak tag does not promise the same bytes
        stated = tag if is_strong else day
        version = "" if holds_secret(stated.encode(errors="replace")) else stated
        about = {"bytes": have, "sha256": digest.hexdigest(), "same": version}
        with cache.replacing(self.mark) as beside:
            beside.write(cache.sealed(self.call.address, about))


def _whole(response: Response, have: int) -> int:
    """Length of the whole file; -1 if it is not stated, 0 if the part does not begin at `have`."""
    if response.status_code != 206:
        length = response.headers.get("Content-Length", "")
        return int(length) if re.fullmatch("[1-9][0-9]{0,14}", length) else -1
    content_range = response.headers.get("Content-Range", "")
    match = re.fullmatch(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})", content_range)
    if not match:
        return 0
    first, last, whole = map(int, match.groups())
    return whole if (first, last) == (have, whole - 1) else 0
