"""A target's small version, for other pages to hold in an iframe: question, answer and picture."""

import os

from pages.render import TEMPLATES, fill
from tradelib.pages import standalone
from tradelib.pages.answers import answer, question
from tradelib.pages.cards import Card, known_day
from tradelib.pages.pictures import pictures
from tradelib.pages.words import day

# Stands in the place of the site's address where that is not given.
NO_ADDRESS = "https://ADDRESS-OF-THIS-SITE"


def address() -> str:
    """Where the site will stand, without a slash at its end, or words in place of it."""
    return os.environ.get("SITE_URL") or NO_ADDRESS


def page(card: Card) -> str:
    """The whole file."""
    drawn = pictures(card)
    text = fill(
        "embed.html",
        id=card.id,
        question=question(card),
        answer=answer(card),
        drawn=drawn[0] if drawn else None,
        width=720 if len(drawn) > 1 else 480,
        updated=day(known_day()),
    )
    return f"{text}\n"


def style() -> str:
    """The style of all small versions: a report's, and their own."""
    own = (TEMPLATES / "embed.css").read_text(encoding="utf-8")
    return f"{standalone.style()}\n{own}"
