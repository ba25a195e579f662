"""Pages that stand alone: one file that loads nothing, of one target or of many below an index."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

import tradelib as tl
from tradelib.core.labels import money
from tradelib.datasets.sources import data_digest
from tradelib.pages import target as target_page
from tradelib.pages.answers import short_answer
from tradelib.pages.cards import Card, known_day
from tradelib.pages.citations import cited
from tradelib.pages.render import HERE, STATIC, fill
from tradelib.pages.words import Link, Table, Text, day, table

LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
# Attributes that name an anchor of the same page.
ANCHORED = re.compile(r'( (?:id|for|aria-labelledby)="| href="#)')
DARK = re.compile(r'^html\[data-theme="dark"\] \{([^}]*)\}', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A card with what repeats it: a command, and lines of Python; `name` is its own in a list."""

    card: Card
    command: str
    code: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row of a list that is no target, and why; `what` is how the row calls itself."""

    what: str
    reason: str


def one(answered: Answered) -> str:
    """The file of one target, with its sliders."""
    page = _page(answered)
    return _file(page["title"], page["body"], page["description"])


def many(items: Sequence[Answered | Refused], title: str) -> str:
    """The file of many targets: an index on top, and their pages, without sliders, below it."""
    rows: list[tuple[str, tuple[Text, ...]]] = []
    bodies = []
    for i, item in enumerate(items, start=1):
        anchor = f"t{i}"
        if isinstance(item, Refused):
            rows.append((f"r{i}", (str(i), item.what, "", item.reason)))
            continue
        card = item.card
        body = anchored(_page(item, sliders=False)["body"], anchor)
        bodies.append((anchor, Markup(body)))  # noqa: S704 - filled by a template
        target = Link(item.name or f"{card.pair}, {card.goal}", f"#{anchor}")
        rows.append((f"r{i}", (str(i), (target,), str(card.deadline or ""), short_answer(card))))
    index: Table = table(
        f"{len(items)} targets",
        ["number", "target", "by", "chance, or why there is none"],
        [cells for _, cells in rows],
        [anchor for anchor, _ in rows],
    )
    body = fill("index.html", alone=True, title=title, index=index, pages=bodies)
    return _file(title, body, f"{title}: {len(items)} targets.")


def _page(answered: Answered, *, sliders: bool = True) -> dict[str, str]:
    """Title, body and description of a page that leads nowhere but to itself and the web."""
    without: dict[str, Any] = {} if sliders else {"view": None}
    page = target_page.page(
        answered.card,
        alone=True,
        cited=cited(answered.card),
        months=months(answered.card),
        command=answered.command,
        code=answered.code,
        version=tl.__version__,
        **without,
    )
    return page | {"body": reachable(page["body"])}


def months(card: Card) -> str:
    """What the months known so far point to, in a sentence; nothing where none are."""
    if card.verdict is None or not card.verdict.has("nowcast"):
        return ""
    row = card.verdict.evidence.set_index("key").loc["nowcast"]
    low, middle, high = (money(float(row[name])) for name in ("low", "value", "high"))
    return (
        f"What is known so far, {row['item']}, points to {middle} in the whole year; four times in "
        f"five to between {low} and {high}."
    )


def reachable(body: str) -> str:
    """A page's text in which links to pages of the site lead to its own anchors, or are words."""
    ids = set(re.findall(r' id="([^"]+)"', body))

    def kept(match: re.Match[str]) -> str:
        address, words = match.groups()
        if address.startswith("http"):
            return match[0]
        anchor = address.partition("#")[2]
        if address.startswith("../sources.html#series"):
            anchor = "series"
        own = address.startswith(("#", "../sources.html#")) and anchor in ids
        return f'<a href="#{anchor}">{words}</a>' if own else words

    return LINK.sub(kept, body)


def anchored(body: str, name: str) -> str:
    """A page's text with a name before each of its anchors, so that many stand in one file."""
    return ANCHORED.sub(rf"\g<1>{name}-", body)


def style() -> str:
    """The site's style for a page without its theme; dark where the reader's screen is."""
    of_site = (STATIC / "site.css").read_text(encoding="utf-8")
    own = (HERE / "templates" / "alone.css").read_text(encoding="utf-8")
    dark = "".join(f"html[data-theme] {{{rules}}}" for rules in DARK.findall(of_site))
    return f"{of_site}\n{own}\n@media screen and (prefers-color-scheme: dark) {{{dark}}}\n"


def _file(title: str, body: str, description: str) -> str:
    """The whole file: style, text, where it is from, and scripts."""
    names = ["picture.js", "explore.js"] if 'id="grid"' in body else ["picture.js"]
    scripts = [(STATIC / name).read_text(encoding="utf-8") for name in names]
    text = fill(
        "alone.html",
        title=title,
        description=description,
        style=Markup(style()),  # noqa: S704 - files of the package
        body=Markup(body),  # noqa: S704 - filled by a template
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - files of the package
        version=tl.__version__,
        known=day(known_day()),
        digest=data_digest(),
    )
    return f"{text}\n"
