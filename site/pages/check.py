"""Whether a built site is whole: links, pictures, sizes, and nothing from elsewhere."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Most bytes: of the whole site; of the front page with its styles; of a target's page with its
# scripts.
MOST = 25_000_000
FRONT = 300_000
TARGET = 120_000
# Most rows of tables that a page shows before anything is unfolded: on a phone each is a list.
ROWS = 80
# What a page of an open target may say in place of a number, and nothing else: an error's words
# would be a fault of ours that passes for an answer.
SILENT = (
    r"Last figure of \d{4}, nothing known since",
    r"No exchange rate of '[A-Z]{3}' is bundled; .*",
    r"No list of the members of [\w ]+ is bundled: .*",
    r"No figure within \d+ years before the deadline",
    r"Its newest figure is below US\$1m",
    r"Nothing is known of [A-Z]{3}-[A-Z]{3}; .*",
    r"\d{4} is over: (open|missed|reached in \d{4}|missed, reached in \d{4})",
    r"No deadline was named\. The year we would judge is over and the last figure .*",
    r"The deadline of \d{4} has passed and the last figure known is of \d{4}, so .*",
)
# What a small site leaves out.
LEFT_OUT = ("notebooks/", "api/", "targets/", "countries/", "pictures/", "data/", "embed/")


class Page(HTMLParser):
    """What a page holds: anchors, links, what it loads, rows unfolded, pictures without words."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.mute: list[str] = []
        self.rows = 0
        self._folds = 0
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element points to and how it is called."""
        attributes = {name: value or "" for name, value in attrs}
        source = attributes.get("src", "")
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        self._folds += tag == "details"
        self.rows += tag == "tr" and not self._folds
        if tag == "img" and not attributes.get("alt", "").strip():
            self.mute.append(source)
        if tag == "link" and attributes.get("rel") in ("stylesheet", "icon", "preload"):
            self.loaded.append(attributes["href"])
        if tag == "source":
            self.loaded.append(attributes["srcset"])
        if tag in ("img", "script") and source:
            self.loaded.append(source)

    def handle_endtag(self, tag: str) -> None:
        """Note that a fold ends."""
        self._folds -= tag == "details"


def read(out: Path) -> dict[str, Page]:
    """Every page, parsed, by its path."""
    return {path.relative_to(out).as_posix(): Page(path) for path in sorted(out.rglob("*.html"))}


def problems(out: Path, *, whole: bool = True) -> list[str]:
    """All that is wrong with a site, a line each; a small one may leave pages out."""
    pages = read(out)
    return [
        *broken(out, pages, whole=whole),
        *outside(pages),
        *mute(pages),
        *silent(pages),
        *heavy(out, pages),
        *tall(pages),
        *local(pages),
    ]


def silent(pages: Mapping[str, Page]) -> Iterator[str]:
    """Pages of open targets that say something else in place of a number than they may."""
    for name, page in pages.items():
        answer = re.search(
            r'<div class="answer">\s*<p class="words">(.*?)</p>', page.text, re.DOTALL
        )
        if answer is None or "<strong>Open.</strong>" not in answer[1]:
            continue
        without_tags = re.sub("<[^>]+>", " ", answer[1])
        text = " ".join(without_tags.split()).removeprefix("Open. ")
        plain = unescape(text)
        if not any(re.fullmatch(f"{pattern}\\.", plain) for pattern in SILENT):
            yield f"{name}: says {text!r} in place of a number"


def broken(out: Path, pages: Mapping[str, Page], *, whole: bool) -> Iterator[str]:
    """Links, pictures, styles and scripts that lead nowhere, and anchors that are not there."""
    root = out.resolve()
    for name, page in pages.items():
        for address in [*page.links, *page.loaded]:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https", "data", "mailto"):
                continue
            file = out / name
            if parts.path:
                file = file.parent / unquote(parts.path)
            file = file.resolve()
            key = file.relative_to(root).as_posix() if file.is_relative_to(root) else ""
            left_out = not whole and key.startswith(LEFT_OUT)
            has_file = file.is_file() or left_out
            has_anchor = not parts.fragment or key not in pages or parts.fragment in pages[key].ids
            if not key or not has_file or not has_anchor:
                yield f"{name}: {address} leads nowhere"


def outside(pages: Mapping[str, Page]) -> Iterator[str]:
    """What a page would load from another place."""
    for name, page in pages.items():
        for address in page.loaded:
            if address.startswith(("http", "//")):
                yield f"{name}: loads {address}"


def mute(pages: Mapping[str, Page]) -> Iterator[str]:
    """Pictures without words."""
    for name, page in pages.items():
        yield from (f"{name}: {source} has no words" for source in page.mute)
        titled = len(re.findall(r'role="(?:img|group)" aria-labelledby=', page.text))
        if page.text.count('<svg class="chart"') != titled:
            yield f"{name}: a chart has no title"


def heavy(out: Path, pages: Mapping[str, Page]) -> Iterator[str]:
    """What weighs too much."""
    total = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    if total > MOST:
        yield f"the site has {total / 1e6:.1f} MB"
    for name in pages:
        most = MOST
        if name == "index.html":
            most = FRONT
        elif name.startswith("targets/"):
            most = TARGET
        size = weight(out, pages, name)
        if size > most:
            yield f"{name}: weighs {size / 1000:.0f} kB"


def tall(pages: Mapping[str, Page]) -> Iterator[str]:
    """Pages with long tables, none of it folded."""
    for name, page in pages.items():
        if page.rows > ROWS:
            yield f"{name}: shows {page.rows} rows of tables unfolded"


def weight(out: Path, pages: Mapping[str, Page], name: str) -> int:
    """Bytes of a page: with its styles if it is the front page, else with its own scripts."""
    kinds = (".css",) if name == "index.html" else ("explore.js", "picture.js")
    folder = (out / name).parent
    paths = [urlsplit(address).path for address in pages[name].loaded]
    files = {(folder / path).resolve() for path in paths if path.endswith(kinds)}
    own = len(pages[name].text.encode())
    return own + sum(file.stat().st_size for file in files)


def local(pages: Mapping[str, Page]) -> Iterator[str]:
    """Pages that name a folder of the machine they were built on."""
    here = str(Path(__file__).resolve().parents[3])
    yield from (f"{name}: names {here}" for name, page in pages.items() if here in page.text)
