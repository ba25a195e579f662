"""One way to ask any source: a copy that will do, else an answer, by tries, pauses, statuses.

A call ends within its `timeout`, whatever the server does: pauses and all tries count towards it. A
body is whole or nothing: 206 only where a range was asked for, a length that is a number, a decoder
that came to its end, and no body without a length whose format does not show its end.
"""

import hashlib
import logging
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from numbers import Real
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode, urlsplit

import pandas as pd
import urllib3
from requests import Response
from urllib3.exceptions import InvalidHeader, MaxRetryError

from tradelib.ground.errors import InputError
from tradelib.live import cache, errors
from tradelib.live.cache import Reply
from tradelib.live.errors import asking
from tradelib.live.gate import words
from tradelib.live.session import KEY_HEADER, PassingError, Session, measured
from tradelib.live.sites import site

log = logging.getLogger("tradelib.live")

T = TypeVar("T")
MAX_BYTES, MAX_PAGE = 6 * 2**20, 3 * 2**20  # a pair's figures, and a page, take a MB or less
TIMEOUT, LONGEST = 120.0, 7 * 86400.0  # seconds: what is usual, and a deadline that can be kept
WEEK = 7.0  # days
RETRY_AFTER_MAX = 60.0  # seconds; a longer wait is told, not waited
DOWN = (500, 502, 503, 504)  # of a server, not of the question: another try may help
# Five tries, seconds apart: they mend a hiccup, and nobody waits long for an outage.
PATIENCE = urllib3.Retry(total=4, backoff_factor=0.5, backoff_max=20, backoff_jitter=0.2)
_REFUSED = "it takes no key, so it or a firewall refuses us: use another source or network"
_due: dict[str, float] = {}
_turn = threading.Lock()


class Call(NamedTuple):
    """A question to a source.

    ``source``; ``path`` below the source's base; ``query`` (name and value pairs); ``accept`` (the
    media type wanted); ``none`` (pattern of a 400 or 404 body that means: no such figures);
    ``page`` (bool: HTML is what is wanted); ``keyed`` (bool: takes the source's key); ``endless``
    (bool: the format does not show its end, so the length must be stated).
    """

    source: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    accept: str = "*/*"
    none: str = ""
    page: bool = False
    keyed: bool = False
    endless: bool = False

    @property
    def address(self) -> str:
        """Full address, which never holds a key."""
        query = "?" + urlencode(self.query, safe=",;+*") if self.query else ""
        return f"{site(self.source).base}/{self.path}{query}"


def check_limits(timeout: object, max_age_days: object) -> None:
    """Raise if a deadline or an age is none; there is no way to have no deadline."""
    for name, value, most in (("timeout", timeout, LONGEST), ("max_age_days", max_age_days, inf)):
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not number or not 0 <= float(value) <= most or (name == "timeout" and value == 0):  # type: ignore[arg-type]
            what = "seconds, positive and at most a week" if most < inf else "days, 0 or more"
            raise InputError(f"{name} is a number of {what}, got {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks, reads and keeps answers: ``offline``, ``max_age_days``, ``timeout`` (seconds)."""

    offline: bool
    max_age_days: float
    timeout: float
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Check the limits."""
        check_limits(self.timeout, self.max_age_days)

    def __call__(self, call: Call, parse: Callable[[bytes], T]) -> tuple[T, Reply]:
        """What an answer says, from a copy or the source; only what can be read is kept."""
        age = None if self.offline else self.max_age_days
        copy = cache.find(call.address, max_age_days=age, offline=self.offline)
        if copy is not None:
            try:
                content = parse(copy.body)
                log.info("read a copy of %s, fetched on %s", call.address, copy.accessed)
                return content, copy
            except errors.MalformedError as error:  # kept by a version that read it otherwise
                if self.offline:
                    raise error.of(call.address) from None
        if self.offline:
            raise errors.OfflineError(f"no copy in {cache.folder()}", asked=call.address)
        left = self.timeout - (time.monotonic() - self.began)
        if left <= 0:
            late = f"not all answers within {self.timeout:g} s"
            raise errors.UnavailableError(late, asked=call.address, remedy="allow a longer timeout")
        reply = get(call, timeout=left)
        with asking(call.address):
            content = parse(reply.body)
        log.info("fetched %s, %d bytes", call.address, len(reply.body))
        cache.keep(reply)
        return content, reply


def get(call: Call, *, timeout: float) -> Reply:
    """Body of an answer, after as many tries as manners and time (seconds for all) allow."""
    with asking(call.address), Session(timeout=timeout) as session:
        return again(lambda: _asked(call, session), session)


def again(ask: Callable[[], T], session: Session) -> T:
    """Result of a try, or of one of its repetitions; `PassingError` failures are tried again."""
    patience = PATIENCE
    while True:
        try:
            return ask()
        except PassingError as failure:
            patience = _patient(patience, failure, session)


def start(call: Call, session: Session) -> dict[str, str]:
    """Wait for this call's turn at its host; its headers, the key among them and nowhere else."""
    where = site(call.source)
    host = urlsplit(where.base).netloc
    with _turn:  # callers in other threads come after this one
        _due[host] = at = max(_due.get(host, -inf) + where.pause, time.monotonic())
    session.sleep(at - time.monotonic())
    key = where.key if call.keyed else ""
    plain = {"Accept": call.accept, "Accept-Encoding": "gzip", "User-Agent": "tradelib (requests)"}
    return {**plain, KEY_HEADER: key} if key else plain


def check_status(response: Response, call: Call, session: Session, *, ranged: bool = False) -> None:
    """Raise what a status stands for; 200 passes, and 206 where a range was asked for."""
    status = response.status_code
    if status == 200 or (status == 206 and ranged):
        return
    said = words(session.body(response, most=MAX_BYTES))
    complaint = f"status {status}" + (f" ({said})" if said else "")
    wait = _retry_after(response)
    variable = site(call.source).key_variable
    if status == 429:
        raise PassingError(errors.RateLimitError(complaint), wait=wait)
    if status == 403 and re.search(r"\b(quota|call volume|rate limit)\b", said, re.IGNORECASE):
        raise errors.RateLimitError(complaint)
    if status in (401, 403) and variable:
        advice = f"put a valid key into {variable}, or use imts, which needs none"
        raise errors.KeyRefusedError(complaint, remedy=advice)
    if status in (401, 403):
        raise errors.UnavailableError(complaint, remedy=_REFUSED)
    if status in DOWN:
        raise PassingError(errors.UnavailableError(complaint), wait=wait)
    nothing = call.none and status in (400, 404) and re.search(call.none, said, re.IGNORECASE)
    if nothing or status == 204:
        raise errors.NoDataError(f"no such figures ({complaint})")
    moved = "its address may have changed: use another source"
    raise errors.UnavailableError(complaint, remedy=moved)


def _asked(call: Call, session: Session) -> Reply:
    """One try."""
    with session.open(call.address, start(call, session)) as response:
        check_status(response, call, session)
        if not measured(response) and call.endless:
            cut = "a body of unknown length, so that a cut would not be seen, in"
            raise errors.UnavailableError(f"{cut} {call.accept}")
        body = session.body(response, most=MAX_PAGE if call.page else MAX_BYTES)
    if not call.page and re.match(rb"\s*(<!doctype html|<html)", body, re.IGNORECASE):
        raise errors.MalformedError(f"a web page ({words(body)}) instead of data")
    now = pd.Timestamp.now(tz="UTC").floor("s")
    digest = hashlib.sha256(body).hexdigest()
    return Reply(address=call.address, body=body, accessed=now, sha256=digest)


def _patient(patience: urllib3.Retry, failure: PassingError, session: Session) -> urllib3.Retry:
    """Wait for another try, or raise the failure if there is no try or time left."""
    try:
        patience = patience.increment()
    except MaxRetryError:
        raise failure.error from None
    wait = patience.get_backoff_time() if failure.wait is None else failure.wait
    long = failure.wait is not None and wait > min(RETRY_AFTER_MAX, session.left)
    if long:
        failure.error.remedy = f"wait {wait:.0f} s, as it asks, or use another source"
    if long or wait >= session.left:
        raise failure.error from None
    log.info("trying again in %.1f s: %s", wait, failure.error)
    time.sleep(wait)
    return patience


def _retry_after(response: Response) -> float | None:
    """Seconds that the source asks to wait, if it says so in a way that can be read."""
    with suppress(InvalidHeader, ValueError, OverflowError):
        return PATIENCE.get_retry_after(response.raw)
    return None
