"""One way to ask any source: from a copy that is fresh enough, else over HTTP with repeated tries.

A call ends within its `timeout`, whatever the server does: pauses and all tries count towards it.

A body is accepted only if it is whole. Status 206 (a part) passes only where a range was asked for,
and any other answer that speaks of parts is refused; a stated length must be a number; a packed
body must unpack to its end; a body without a stated length is refused if its format does not show
where it ends. It is read as it came: secrets are taken out of errors and logs, and an answer in
which one stands is not kept.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from numbers import Real
from typing import NamedTuple, TypeGuard, TypeVar
from urllib.parse import urlencode, urlsplit

import pandas as pd
import urllib3
from requests import Response
from urllib3.exceptions import InvalidHeader, MaxRetryError

from tradelib.core.errors import InputError
from tradelib.live import cache, errors
from tradelib.live.cache import Reply, log
from tradelib.live.checks import first_words
from tradelib.live.endpoints import site
from tradelib.live.errors import asking
from tradelib.live.secrets import holds_secret
from tradelib.live.session import KEY_HEADER, PassingError, Session, check_whole, measured

_T = TypeVar("_T")
MAX_BYTES = 6 * 2**20  # of an answer; a pair's figures take a MB or less
MAX_PAGE = 3 * 2**20  # bytes of a web page; a real one takes a MB or less
TIMEOUT = 120.0  # seconds for a call, if the caller names none
LONGEST_TIMEOUT = 7 * 86400.0  # seconds; a longer deadline could not be kept
WEEK = 7.0  # days
RETRY_AFTER_MAX = 60.0  # seconds; if a source asks for a longer wait, the error says so
DOWN = (500, 502, 503, 504)  # statuses of a server that fails, where another try may help
# Five tries, seconds apart: enough for a short failure, and nobody waits long for an outage.
PATIENCE = urllib3.Retry(total=4, backoff_factor=0.5, backoff_max=20, backoff_jitter=0.2)
_REFUSED = "it takes no key, so it or a firewall refuses us: use another source or network"
_due: dict[str, float] = {}
_turn = threading.Lock()


class Call(NamedTuple):
    """A question to a source.

    Parameters
    ----------
    source : str
        Name of the source.
    path : str
        Path below the source's base address.
    query : tuple of (str, str)
        Names and values.
    accept : str
        Media type wanted.
    none : str
        Pattern of the body of a 400 or 404 that means: there are no such figures.
    page : bool
        A web page (HTML) is wanted.
    keyed : bool
        The call takes the source's key.
    endless : bool
        The format does not show its end, so that the length must be stated.
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
    """Raise if the deadline or the oldest age is no number in its range."""
    if not _is_real(timeout) or not 0 < float(timeout) <= LONGEST_TIMEOUT:
        needed = "a number of seconds, positive and at most a week"
        raise InputError(f"timeout is {needed}, got {timeout!r}")
    if not _is_real(max_age_days) or not float(max_age_days) >= 0:
        needed = "a number of days, 0 or more"
        raise InputError(f"max_age_days is {needed}, got {max_age_days!r}")


def _is_real(value: object) -> TypeGuard[float]:
    """Whether a value is a real number; True and False are not."""
    return isinstance(value, Real) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Asks a source, reads its answers and stores them.

    Parameters
    ----------
    offline : bool
        Use copies of any age, and never the network.
    max_age_days : float
        Oldest copy that will do, in days.
    timeout : float
        Seconds for all calls together.
    began : float
        Moment from which `timeout` counts, on the monotonic clock.
    """

    offline: bool
    max_age_days: float
    timeout: float
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Check the limits."""
        check_limits(self.timeout, self.max_age_days)

    def __call__(self, call: Call, parse: Callable[[bytes], _T]) -> tuple[_T, Reply]:
        """Content of an answer, from a copy or from the source; only what can be read is stored."""
        from_copy = self._read_copy(call, parse)
        if from_copy is not None:
            return from_copy
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
        if holds_secret(reply.body):
            log.warning("no copy of %s is kept: a key or password stands in it", call.address)
        else:
            cache.store(reply)
        return content, reply

    def _read_copy(self, call: Call, parse: Callable[[bytes], _T]) -> tuple[_T, Reply] | None:
        """Content of a copy; None if there is none that is fresh enough and can be read."""
        max_age_days = None if self.offline else self.max_age_days
        copy = cache.find(call.address, max_age_days=max_age_days, offline=self.offline)
        if copy is None:
            return None
        try:
            content = parse(copy.body)
        except errors.MalformedError as error:  # an older version, which read it otherwise, kept it
            if self.offline:
                raise error.of(call.address) from None
            return None
        log.info("read a copy of %s, fetched on %s", call.address, copy.accessed)
        return content, copy


def get(call: Call, *, timeout: float) -> Reply:
    """Answer of a source, after as many tries as pauses and time allow (seconds for all)."""
    with asking(call.address), Session(timeout=timeout) as session:
        return retry(lambda: _one_try(call, session), session)


def retry(ask: Callable[[], _T], session: Session) -> _T:
    """Result of `ask`, called again as long as it fails with `PassingError` and there is time."""
    patience = PATIENCE
    while True:
        try:
            return ask()
        except PassingError as failure:
            patience = _wait(patience, failure, session)


def start(call: Call, session: Session) -> dict[str, str]:
    """Wait for this call's turn at its host; return its headers, where alone the key stands."""
    own_site = site(call.source)
    host = urlsplit(own_site.base).netloc
    with _turn:  # callers in other threads come after this one
        moment = max(_due.get(host, -inf) + own_site.pause, time.monotonic())
        _due[host] = moment
    session.sleep(moment - time.monotonic())
    headers = {
        "Accept": call.accept,
        "Accept-Encoding": "gzip",
        "User-Agent": "tradelib (requests)",
    }
    key = own_site.key if call.keyed else ""
    if key:
        headers[KEY_HEADER] = key
    return headers


def check_status(response: Response, call: Call, session: Session, *, ranged: bool = False) -> None:
    """Raise what a status stands for; 200 passes, and 206 where a range was asked for."""
    status = response.status_code
    if status == 200:
        check_whole(response)
        return
    if status == 206 and ranged:
        return
    text = first_words(session.body(response, most=MAX_BYTES))
    complaint = f"status {status} ({text})" if text else f"status {status}"
    wait = _retry_after(response)
    if status == 429:
        raise PassingError(errors.RateLimitError(complaint), wait=wait)
    if status in (401, 403):
        raise _refusal(status, text, complaint, site(call.source).key_variable)
    if status in DOWN:
        raise PassingError(errors.UnavailableError(complaint), wait=wait)
    if status == 204 or _says_no_figures(status, text, call):
        raise errors.NoDataError(f"no such figures ({complaint})")
    moved = "its address may have changed: use another source"
    raise errors.UnavailableError(complaint, remedy=moved)


def _refusal(status: int, text: str, complaint: str, key_variable: str) -> errors.LiveError:
    """Error of a status 401 or 403: a quota that is used up, a key that is refused, or we are."""
    quota = re.search(r"\b(quota|call volume|rate limit)\b", text, re.IGNORECASE)
    if status == 403 and quota:
        return errors.RateLimitError(complaint)
    if key_variable:
        advice = f"put a valid key into {key_variable}, or use imts, which needs none"
        return errors.KeyRefusedError(complaint, remedy=advice)
    return errors.UnavailableError(complaint, remedy=_REFUSED)


def _says_no_figures(status: int, text: str, call: Call) -> bool:
    """Whether an error's text is how this source says that it has no such figures."""
    if not call.none or status not in (400, 404):
        return False
    return re.search(call.none, text, re.IGNORECASE) is not None


def _one_try(call: Call, session: Session) -> Reply:
    """Answer to a call that is sent once."""
    with session.open(call.address, start(call, session)) as response:
        check_status(response, call, session)
        if not measured(response) and call.endless:
            problem = "a body of unknown length, so that a cut would not be seen, in"
            raise errors.UnavailableError(f"{problem} {call.accept}")
        body = session.body(response, most=MAX_PAGE if call.page else MAX_BYTES)
    if not call.page and re.match(rb"\s*(<!doctype html|<html)", body, re.IGNORECASE):
        raise errors.MalformedError(f"a web page ({first_words(body)}) instead of data")
    now = pd.Timestamp.now(tz="UTC").floor("s")
    digest = hashlib.sha256(body).hexdigest()
    return Reply(address=call.address, body=body, accessed=now, sha256=digest)


def _wait(patience: urllib3.Retry, failure: PassingError, session: Session) -> urllib3.Retry:
    """Wait for another try, or raise the failure if there is no try or time left."""
    try:
        patience = patience.increment()
    except MaxRetryError:
        raise failure.error from None
    wait = patience.get_backoff_time() if failure.wait is None else failure.wait
    asks_too_long = failure.wait is not None and wait > min(RETRY_AFTER_MAX, session.left)
    if asks_too_long:
        failure.error.remedy = f"wait {wait:.0f} s, as it asks, or use another source"
    if asks_too_long or wait >= session.left:
        raise failure.error from None
    log.info("trying again in %.1f s: %s", wait, failure.error)
    time.sleep(wait)
    return patience


def _retry_after(response: Response) -> float | None:
    """Seconds that the source asks to wait; None if it does not say so in a readable way."""
    with suppress(InvalidHeader, ValueError, OverflowError):
        return PATIENCE.get_retry_after(response.raw)
    return None
