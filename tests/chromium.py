"""Headless Chromium, and a folder served to it on a port of this machine."""

import functools
import http.server
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM = "/usr/bin/chromium"
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Moves a slider as a hand does.
SET = """([id, value]) => { const slider = document.getElementById(id); slider.value = value;
slider.dispatchEvent(new Event("input", {bubbles: true})); }"""
# Moves all three sliders to each of some views (day, deadline, stop), and reads what then stands there.
VIEWS = """views => views.map(view => {
["day", "deadline", "value"].forEach((id, i) => { const slider = document.getElementById(id);
slider.value = view[i]; slider.dispatchEvent(new Event("input", {bubbles: true})); });
const said = {}, drawn = {};
for (const id of ["now", "words", "range", "ever", "value-said", "deadline-said", "day-said"])
said[id] = document.getElementById(id).textContent;
for (const id of ["value", "deadline", "day"])
said[id] = document.getElementById(id).getAttribute("aria-valuetext");
for (const width of ["wide", "narrow"]) { const svg = document.querySelector(`#fan .${width} svg`);
said[width] = document.getElementById(svg.getAttribute("aria-labelledby")).textContent;
drawn[width] = [...svg.children].filter(part => part.tagName !== "title").map(part => ({
tag: part.tagName, text: part.textContent,
at: Object.fromEntries([...part.attributes].map(({name, value}) => [name, value]))})); }
return {said, drawn, chances: {...document.getElementById("now").dataset}}; })"""


@contextmanager
def launched():
    """A browser; skips where none is at hand."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not at hand (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        opened.close()


@contextmanager
def served(folder):
    """The address of a folder."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            """Say nothing."""

    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def tab_of(browser, address, **options):
    """A tab that notes every error and every request that leaves the site."""
    viewport = {"width": 1280, "height": 800}
    context = browser.new_context(base_url=address, **{"viewport": viewport, **options})
    page = context.new_page()
    page.wrong = []
    page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("requestfailed", lambda request: page.wrong.append(request.url))
    page.on(
        "request",
        lambda r: None if r.url.startswith((address, "data:")) else page.wrong.append(r.url),
    )
    yield page
    context.close()
