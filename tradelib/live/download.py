"""Large files: fetched in pieces, carried on after a break or a kill, and sealed by their SHA-256.

pooch keeps the files and checks their hash; the pieces come over the same HTTP layer as all else.
An unfinished file stays as ``NAME.part``; it is only carried on if the source says that its file is
still the same one (by ``If-Range``), else it starts anew.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pooch
import requests
from tqdm import tqdm

from tradelib.live import cache
from tradelib.live.errors import OfflineError, UnavailableError, asking
from tradelib.live.session import PassingError, Session, measured
from tradelib.live.transport import Call, again, check_status, start


def fetch_file(
    call: Call, file: Path, *, timeout: float, max_age_days: float | None = None,
    offline: bool = False, progress: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Have a file at its place, downloaded unless an intact copy that is young enough is there.

    What comes back is its provenance: ``address`` (without key), ``accessed`` (ISO moment),
    ``bytes``, ``sha256``.
    """
    about = provenance(file)
    if about and not offline and max_age_days is not None:
        age = pd.Timestamp.now(tz="UTC") - pd.Timestamp(about["accessed"])
        about = about if age <= pd.Timedelta(days=max_age_days) else {}
    if not about or not _intact(file, about):
        if offline:
            raise OfflineError(f"no intact copy at {file}", asked=call.address)
        file.unlink(missing_ok=True)
        with _quiet():
            get = _Pieces(call, file, timeout=timeout, progress=progress)
            pooch.retrieve(call.address, None, file.name, file.parent, downloader=get)
        about = _sealed(call, file)
    return about


def provenance(file: Path) -> dict[str, Any]:
    """What is known of a downloaded file; empty if it is not there, or not complete."""
    try:
        about: dict[str, Any] = json.loads(_beside(file).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return about if file.exists() else {}


def _sealed(call: Call, file: Path) -> dict[str, Any]:
    about = {
        "accessed": pd.Timestamp.now(tz="UTC").floor("s").isoformat(),
        "bytes": file.stat().st_size,
        "sha256": pooch.file_hash(str(file)),
    }
    with cache.replacing(_beside(file)) as opened:
        opened.write(cache.provenance(call.address, about))
    return {"address": call.address, **about}


def _intact(file: Path, about: dict[str, Any]) -> bool:
    return bool(
        file.stat().st_size == about["bytes"] and pooch.file_hash(str(file)) == about["sha256"]
    )


def _beside(file: Path) -> Path:
    return file.with_name(file.name + ".provenance")


class _Pieces:
    """How pooch gets a file from us: in pieces, from where an earlier try broke off."""

    def __init__(self, call: Call, file: Path, *, timeout: float, progress: bool) -> None:
        self.call, self.timeout, self.progress = call, timeout, progress
        self.part = file.with_name(file.name + ".part")
        self.mark = file.with_name(file.name + ".part.json")

    def __call__(self, url: str, output_file: str, _: object) -> None:
        """Download to `output_file`, which pooch moves to its place."""
        with asking(url), Session(timeout=self.timeout) as session:
            again(lambda: self._carry_on(session), session)
        self.part.replace(output_file)
        self.mark.unlink(missing_ok=True)

    def _carry_on(self, session: Session) -> None:
        """One try, from the first byte that is still missing."""
        have, same = self._so_far()
        ask = {**start(self.call, session), "Accept-Encoding": "identity"}
        if have and same:
            ask |= {"Range": f"bytes={have}-", "If-Range": same}
        with session.open(self.call.address, ask) as response:
            if response.status_code == 416 or not _fits(response, have):
                self.part.unlink(missing_ok=True)
                raise PassingError(UnavailableError(f"no rest, or a wrong one, of {have} bytes on"))
            check_status(response, self.call, session)
            if not measured(response):
                raise UnavailableError(f"a file of unknown length from byte {have} on")
            self._write(response, session, have if response.status_code == 206 else 0)

    def _so_far(self) -> tuple[int, str]:
        """Bytes of an unfinished file, and what the source called that version of it."""
        try:
            mark = json.loads(self.mark.read_bytes())
            same = str(mark["same"]) if mark["address"] == self.call.address else ""
            return self.part.stat().st_size, same
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return 0, ""

    def _write(self, response: requests.Response, session: Session, have: int) -> None:
        tag, day = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
        same = tag if tag and not tag.startswith("W/") else day
        self.part.parent.mkdir(parents=True, exist_ok=True)
        if not have:
            self.part.unlink(missing_ok=True)
            with cache.replacing(self.mark) as opened:
                opened.write(cache.provenance(self.call.address, {"same": same}))
        length = response.headers.get("Content-Length", "")
        whole = have + int(length) if length.isdigit() else None
        with (
            self.part.open("ab") as opened,
            bar(whole, have, shown=self.progress, what=self.part.stem) as shown,
        ):
            for piece in session.pieces(response, most=float("inf")):
                opened.write(piece)
                shown(len(piece))


@contextmanager
def bar(
    whole: int | None, done: int = 0, *, shown: bool, what: str
) -> Iterator[Callable[[int], object]]:
    """A progress bar in bytes; gives the function that moves it on."""
    with tqdm(
        total=whole, initial=done, unit="B", unit_scale=True, desc=what, disable=not shown
    ) as moving:
        yield moving.update


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pooch from writing to the terminal meanwhile."""
    logger = pooch.get_logger()
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _fits(response: requests.Response, have: int) -> bool:
    """Whether an answer is the whole file, or a part that begins where ours ends."""
    where = response.headers.get("Content-Range", "")
    return response.status_code != 206 or where.startswith(f"bytes {have}-")
