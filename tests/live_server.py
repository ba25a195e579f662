"""A real HTTP server on loopback that answers as told: right, late, broken, or not at all."""

import gzip
import os
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock


@dataclass
class Answer:
    """What to send, and what to do wrong on the way.

    ``cut`` bytes of the body are sent under the full length; ``length`` states another or none
    (None); ``drip`` sends a byte each so many seconds; ``hang`` waits before the first byte;
    ``close`` hangs up without a word; ``raw`` goes out as it is; ``chunked`` and ``zipped`` are ways
    of sending; ``slow`` waits so many seconds between pieces of 64 kB; ``etag`` allows resumption.
    """

    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=dict)
    cut: int | None = None
    length: bool = True
    drip: float = 0
    hang: float = 0
    close: bool = False
    raw: bytes = b""
    chunked: bool = False
    zipped: bool = False
    slow: float = 0
    etag: str = ""


@dataclass
class Server:
    """Answers by path: the first route whose beginning fits. A list is used up one by one."""

    base: str
    routes: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)

    def answer(self, path):
        """The answer for a path."""
        for beginning in sorted(self.routes, key=len, reverse=True):
            if path.startswith(beginning):
                route = self.routes[beginning]
                if callable(route):
                    return route(path)
                if isinstance(route, list):
                    return route.pop(0) if len(route) > 1 else route[0]
                return route
        return Answer(b"no such page", status=404)

    @property
    def paths(self):
        """Paths asked for so far."""
        return [path for path, _ in self.seen]


class Handler(BaseHTTPRequestHandler):
    """Sends what the server's routes say."""

    protocol_version = "HTTP/1.1"
    # Else a body waits 40 ms for the client's word that its header came.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        """Stay quiet."""

    def do_GET(self):
        """Answer, ignoring that the other side may have gone."""
        server = self.server.scripted
        server.seen.append((self.path, dict(self.headers)))
        try:
            self.send(server.answer(self.path))
        except OSError:
            self.close_connection = True

    def send(self, answer):
        """One answer with its faults."""
        time.sleep(answer.hang)
        if answer.close:
            self.close_connection = True
            self.connection.close()
            return
        if answer.raw:
            self.trickle(answer.raw, answer.drip)
            self.close_connection = True
            return
        body = answer.body
        status = answer.status
        where = self.headers.get("Range")
        if answer.etag and where and self.headers.get("If-Range") == answer.etag:
            begin = int(where.removeprefix("bytes=").rstrip("-"))
            whole = len(body)
            status = 206 if begin < whole else 416
            body = body[begin:]
            answer.headers["Content-Range"] = f"bytes {begin}-{whole - 1}/{whole}"
        self.head(answer, status, body)
        self.body(answer, body)

    def head(self, answer, status, body):
        """Status line and headers."""
        self.send_response(status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        answer.headers.pop("Content-Range", None)
        if answer.etag:
            self.send_header("ETag", answer.etag)
        if answer.zipped:
            self.send_header("Content-Encoding", "gzip")
        if answer.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.length:
            sent = gzip.compress(body) if answer.zipped else body
            self.send_header("Content-Length", str(len(sent)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()

    def body(self, answer, body):
        """The body, whole or not."""
        body = gzip.compress(body) if answer.zipped else body
        sent = body if answer.cut is None else body[: answer.cut]
        if answer.chunked:
            for start in range(0, len(sent), 1000):
                piece = sent[start : start + 1000]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if answer.cut is None:
                self.wfile.write(b"0\r\n\r\n")
        elif answer.slow:
            for start in range(0, len(sent), 2**16):
                self.wfile.write(sent[start : start + 2**16])
                time.sleep(answer.slow)
        else:
            self.trickle(sent, answer.drip)
        if answer.cut is not None or not answer.length:
            self.close_connection = True

    def trickle(self, data, drip):
        """All at once, or a byte at a time."""
        for piece in [data] if not drip else [data[i : i + 1] for i in range(len(data))]:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(drip)


@contextmanager
def running():
    """A server for the time of a with block."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    listening.scripted = Server(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(
        target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield listening.scripted
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join(5)


@contextmanager
def own_hosts(server):
    """The server as the sources' own hosts, which get their keys, for the time of a with block."""
    from tradelib.live import endpoints

    own = {
        name: site._replace(base=f"{server.base}/{name}", pause=0.0)
        for name, site in endpoints._SITES.items()
    }
    with mock.patch.object(endpoints, "_SITES", own), mock.patch.dict(os.environ):
        os.environ.pop("TRADELIB_LIVE_BASE", None)
        yield server
