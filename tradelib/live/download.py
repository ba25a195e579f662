"""Large files: fetched in pieces, carried on after a break or a kill, and sealed by their SHA-256.

An unfinished file stays as ``NAME.part``, and beside it how far it was known to be right: its
length and hash at the last look. It is carried on from there, if it still has that hash and the
source says that its file is still the same one (by ``If-Range``); else it starts anew.
"""

import hashlib
import os
import re
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

import pandas as pd
from requests import Response
from tqdm import tqdm

from tradelib.live import cache
from tradelib.live.errors import OfflineError, UnavailableError, asking
from tradelib.live.keys import scrubbed
from tradelib.live.session import PassingError, Session, measured, packing
from tradelib.live.transport import Call, again, check_status, start

_LOOK = 0.5  # seconds between two notes of how far a download is
_MOST = 2**33  # bytes of a file: BACI has 2.5 GB
bar = partial(tqdm, unit="B", unit_scale=True)


def fetch_file(
    call: Call,
    file: Path,
    *,
    timeout: float,
    max_age_days: float | None = None,
    offline: bool = False,
    progress: bool = True,
) -> dict[str, Any]:
    """Have a file at its place, downloaded unless an intact copy that is young enough is there.

    What comes back is its provenance: ``address`` (without key), ``accessed`` (ISO moment),
    ``bytes``, ``sha256``.
    """
    beside = file.with_name(file.name + ".provenance")
    with suppress(OSError):
        about = cache.unsealed(beside.read_bytes())
        young = offline or cache.young(pd.Timestamp(about["accessed"]), max_age_days)
        whole = file.stat().st_size == about["bytes"]
        if young and whole and cache.digest(file) == about["sha256"]:
            return about
    if offline:
        raise OfflineError(f"no intact copy at {file}", asked=call.address)
    with cache.storing(file.parent):
        file.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        with asking(call.address), Session(timeout=timeout) as session:
            part = _Part(call, file, progress=progress)
            again(lambda: part.carry_on(session), session)
        part.file.replace(file)
        part.mark.unlink()
        now = pd.Timestamp.now(tz="UTC").floor("s").isoformat()
        about = {"accessed": now, "bytes": file.stat().st_size, "sha256": cache.digest(file)}
        with cache.replacing(beside) as opened:
            opened.write(cache.sealed(call.address, about))
        return {"address": call.address, **about}


class _Part:
    """A file on its way: how far it is, and what carries it on."""

    def __init__(self, call: Call, file: Path, *, progress: bool) -> None:
        self.call, self.progress = call, progress
        self.file = file.with_name(file.name + ".part")
        self.mark = file.with_name(file.name + ".part.json")

    def carry_on(self, session: Session) -> None:
        """One try, from the first byte that is still missing."""
        have, digest, same = self._so_far()
        ask = {**start(self.call, session), "Accept-Encoding": "identity"}
        if have:
            ask |= {"Range": f"bytes={have}-", "If-Range": same}
        with session.open(self.call.address, ask) as response:
            whole = _whole(response, have)
            if response.status_code == 416 or not whole:
                self.file.unlink(missing_ok=True)
                raise PassingError(UnavailableError(f"no rest, or a wrong one, of {have} bytes on"))
            check_status(response, self.call, session, ranged=have > 0)
            if not measured(response) or packing(response) != "identity":
                raise UnavailableError(f"a file of unknown length from byte {have} on")
            if response.status_code == 200:
                have, digest = 0, hashlib.sha256()
            have = self._write(response, session, have, digest, whole)
        if whole not in (have, -1):
            raise PassingError(UnavailableError(f"{have} bytes of {whole}"))

    def _so_far(self) -> tuple[int, Any, str]:
        """Bytes that are known to be right, their hash, and what the source calls that version."""
        with suppress(OSError, KeyError):
            mark = cache.unsealed(self.mark.read_bytes())
            os.truncate(self.file, mark["bytes"])
            with self.file.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256")
            right = mark["same"] and digest.hexdigest() == mark["sha256"]
            if right and mark["address"] == self.call.address:
                return mark["bytes"], digest, mark["same"]
        return 0, hashlib.sha256(), ""

    def _write(self, answer: Response, session: Session, have: int, digest: Any, whole: int) -> int:
        """Take what comes, and note every now and then how far it is."""
        due, mode = time.monotonic(), "ab" if have else "wb"
        show = partial(bar, total=max(whole, 0) or None, initial=have, disable=not self.progress)
        store, name = cache.storing(self.file.parent), self.file.stem
        with store, self.file.open(mode) as opened, show(desc=name) as shown:
            try:
                for piece in session.pieces(answer, most=_MOST):
                    opened.write(piece)
                    digest.update(piece)
                    have += len(piece)
                    shown.update(len(piece))
                    if time.monotonic() >= due:
                        self._note(opened, have, digest, answer)
                        due = time.monotonic() + _LOOK
            finally:
                self._note(opened, have, digest, answer)
        return have

    def _note(self, opened: IO[bytes], have: int, digest: Any, response: Response) -> None:
        """Have what came on the disk, and beside it its length, hash and version."""
        opened.flush()
        os.fsync(opened.fileno())
        tag, day = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        same = scrubbed(tag if tag and not tag.startswith("W/") else day)
        about = {"bytes": have, "sha256": digest.hexdigest(), "same": same}
        with cache.replacing(self.mark) as beside:
            beside.write(cache.sealed(self.call.address, about))


def _whole(response: Response, have: int) -> int:
    """Length of the file, -1 if it is not said, 0 if this is another part than that from `have`."""
    if response.status_code != 206:
        length = response.headers.get("Content-Length", "")
        return int(length) if re.fullmatch("[1-9][0-9]{0,14}", length) else -1
    where = response.headers.get("Content-Range", "")
    found = re.fullmatch(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})", where)
    first, last, whole = map(int, found.groups()) if found else (-1, 0, 0)
    return whole if (first, last) == (have, whole - 1) else 0
