"""An HTTP session for one call, which ends at its deadline and sends no key to another host.

The libraries' timeouts limit only the wait for the next byte. A server that sends a byte now and
then would hold a call for ever. So a thread closes the connections when the time is up.
"""

import base64
import hashlib
import re
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

import requests
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from tradelib.live.errors import LiveError, MalformedError, UnavailableError
from tradelib.live.secrets import holds_secret, scrubbed

KEY_HEADER = "Ocp-Apim-Subscription-Key"
CONNECT = 10.0  # seconds to wait for a connection
READ = 60.0  # seconds to wait for the next byte
PIECE = 2**18  # bytes read at a time, few enough to look at the clock often
_PROXY = re.compile(
    r"(?ai)((https?|socks[45][ah]?)://)?([^/?#\s]*@)?(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?/?"
)


class PassingError(Exception):
    """A failure that may pass with another try.

    Parameters
    ----------
    error : LiveError
        What to raise if there is no other try.
    wait : float or None
        Seconds that the source asks to wait, if it says so.
    """

    def __init__(self, error: LiveError, *, wait: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.wait = wait


class Session:
    """A session for one call; nothing it does lasts longer than `timeout` seconds."""

    def __init__(self, *, timeout: float) -> None:
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self._connections: list[Any] = []
        self._http = _HttpSession()
        self._done = threading.Event()
        for scheme in list(self._http.adapters):
            self._http.mount(scheme, _Adapter(self._connections))
        self._watch = threading.Thread(target=self._hang_up, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._http.close()

    @property
    def left(self) -> float:
        """Seconds to the deadline, 0 once it has passed."""
        return max(self.deadline - time.monotonic(), 0.0)

    def check(self) -> None:
        """Raise `UnavailableError` if the time is up."""
        if self.left <= 0:
            raise UnavailableError(f"no complete answer within {round(self.timeout, 1):g} s")

    def sleep(self, seconds: float) -> None:
        """Wait, but not beyond the deadline."""
        time.sleep(max(min(seconds, self.left), 0.0))
        self.check()

    @contextmanager
    def open(self, address: str, headers: dict[str, str]) -> Iterator[requests.Response]:
        """An answer whose body is still to be read; network errors come as `PassingError`."""
        self.check()
        limits = (min(CONNECT, self.left), min(READ, self.left))
        try:
            get = self._http.get(address, headers=headers, timeout=limits, stream=True)
            with get as response:
                self.check()  # headers that the thread cut off would look like whole ones
                yield response
                return
        except LiveError:
            raise
        except (RequestException, HTTPError, OSError, ValueError, zlib.error) as error:
            why = f"{type(error).__name__}: {scrubbed(str(error))[-160:]}"
        self.check()
        raise PassingError(UnavailableError(f"no complete answer ({why})"))

    def pieces(self, response: requests.Response, *, most: float) -> Iterator[bytes]:
        """Bytes as they come, checked against the clock, a limit and the stated length."""
        total = 0
        while piece := response.raw.read1(PIECE, decode_content=False):
            self.check()
            total += len(piece)
            if total > most:
                raise MalformedError(f"more than {most / 2**20:.3g} MB, where a few would do")
            yield piece
        self.check()

    def body(self, response: requests.Response, *, most: int) -> bytes:
        """A whole body as it came, unpacked if its packed form is whole; with its own digest."""
        body = packed = b"".join(self.pieces(response, most=most))
        unpack = zlib.decompressobj(47)  # finds out by itself whether it is gzip or zlib
        if packing(response) in ("gzip", "x-gzip", "deflate"):
            body = unpack.decompress(body, most + 1)
            if not unpack.eof or unpack.unused_data:
                broken = f"no complete answer (packed, {len(body)} bytes to no end)"
                raise PassingError(UnavailableError(broken))
        elif packing(response) != "identity":
            raise MalformedError("a body packed in a way that was not asked for")
        for algorithm, stated in digests(response):
            if stated not in (_digest(algorithm, packed), _digest(algorithm, body)):
                raise PassingError(
                    UnavailableError(f"a body with another {algorithm} than its own")
                )
        return body

    def _hang_up(self) -> None:
        """Close all connections at the deadline, and again until the session is over."""
        while not self._done.wait(max(self.left, 0.02)):
            for connection in self._connections:
                with suppress(OSError, AttributeError):  # closed already, or not yet open
                    connection.sock.shutdown(socket.SHUT_RDWR)


def measured(response: requests.Response) -> bool:
    """Whether a body that was cut off could be told from a whole one."""
    coding = response.headers.get("Transfer-Encoding")
    if coding is not None and coding.lower() != "chunked":
        raise UnavailableError(f"a body sent in a way that was not asked for, {coding[:40]!r}")
    if coding is not None:
        return True
    length = response.headers.get("Content-Length")
    if length is not None and not re.fullmatch("[0-9]{1,15}", length):
        raise UnavailableError(f"a body whose length is said to be {length[:40]!r}")
    return length is not None


def digests(response: requests.Response) -> Iterator[tuple[str, bytes]]:
    """Algorithms and digests that an answer states of its body, of those that we know."""
    stated = response.headers.get("Content-MD5")
    texts = [f"md5={stated}"] if stated else []
    for name in ("Digest", "Content-Digest", "Repr-Digest"):
        texts += response.headers.get(name, "").split(",")
    for text in texts:
        name, _, value = text.strip().partition("=")
        algorithm = name.lower().replace("-", "")
        if algorithm in ("md5", "sha256", "sha512"):
            with suppress(ValueError):
                yield algorithm, base64.b64decode(value.strip(":"), validate=True)


def _digest(algorithm: str, body: bytes) -> bytes:
    """Digest of a body."""
    return hashlib.new(algorithm, body, usedforsecurity=False).digest()


def packing(response: requests.Response) -> str:
    """How a body is packed."""
    return str(response.headers.get("Content-Encoding") or "identity").strip().lower()


def check_whole(response: requests.Response) -> None:
    """Raise if an answer says that it is one part of several, whatever its status."""
    marks = {name: response.headers.get(name, "") for name in ("Content-Range", "Link")}
    kind = response.headers.get("Content-Type", "").lower()
    if marks["Content-Range"] or "next" in response.links or kind.startswith("multipart/"):
        said = ", ".join(text for text in (*marks.values(), kind) if text)
        raise MalformedError(f"a part of an answer ({said[:120]}) in the place of the whole")


class _HttpSession(requests.Session):
    """Follows a few redirects, and sends no key to another host."""

    def __init__(self) -> None:
        super().__init__()
        self.max_redirects = 5
        self.auth = lambda request: request  # else a password for the host is looked for in .netrc

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where a redirect leads; an address with a key is an error, since addresses are logged."""
        target = super().get_redirect_target(resp)
        if target and holds_secret(target.encode(errors="replace")):
            raise UnavailableError("a redirect to an address with a key in it")
        if target:
            resp.raw.close()
            resp._content = b""  # noqa: SLF001, else its body is unpacked into memory
        return target

    def send(self, request: PreparedRequest, **options: Any) -> requests.Response:
        """Send a request, unless its proxy's address is none: an error would quote a part of it."""
        address = str(request.url)
        proxy = requests.utils.select_proxy(address, requests.utils.get_environ_proxies(address))
        if proxy and not _PROXY.fullmatch(proxy):
            problem = "an address of a proxy in the environment that is not http://host:port"
            remedy = "write it so; odd characters of a user or password as in %2F"
            raise UnavailableError(problem, remedy=remedy)
        return super().send(request, **options)

    def rebuild_auth(self, prepared_request: PreparedRequest, response: requests.Response) -> None:
        """Drop the key where requests would drop a password, and look for none elsewhere."""
        before = str(response.request.url)
        now = str(prepared_request.url)
        if self.should_strip_auth(before, now):
            prepared_request.headers.pop(KEY_HEADER, None)


class _Adapter(HTTPAdapter):
    """Remembers the connections it opens, so that a thread can close them."""

    def __init__(self, connections: list[Any]) -> None:
        super().__init__(max_retries=0)
        self._connections = connections

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """The pool for a host, with connections that are remembered."""
        pool = super().get_connection_with_tls_context(*args, **options)
        connection_class = type(pool).ConnectionCls

        def remembered(*args: Any, **options: Any) -> Any:
            connection = connection_class(*args, **options)
            self._connections.append(connection)
            return connection

        pool.ConnectionCls = remembered  # type: ignore[assignment]
        return pool
