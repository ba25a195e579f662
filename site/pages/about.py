"""About: what was found, what this is, for whom, by whom, and how to cite it."""

from typing import Any

import pandas as pd

import tradelib as tl
from pages.render import fill
from tradelib.pages.cards import known_day
from tradelib.pages.rates import CAUTION, kept_on_time, not_shown
from tradelib.pages.words import day, money


def page(cited: dict[str, Any]) -> dict[str, str]:
    """Title, body and description; `cited` is what ``CITATION.cff`` holds."""
    targets = tl.load_targets()
    authors = ", ".join(author["name"] for author in cited["authors"])
    citation = (
        f"{authors} ({known_day().year}), {cited['title']} Version {cited['version']}, data to "
        f"{day(known_day())}."
    )
    body = fill(
        "about.html",
        kept=kept_on_time(),
        caution=CAUTION,
        not_shown=not_shown(),
        targets=len(targets),
        sides=pd.concat([targets["reporter"], targets["partner"]]).nunique(),
        first=targets["announced"].str[:4].min(),
        goal=money(tl.article_target().value_musd),
        authors=authors[0].lower() + authors[1:],
        licence=cited["license"],
        citation=citation,
    )
    return {"title": "About", "body": body, "description": kept_on_time(), "preview": ""}
