"""Chances that moved from one archive to the next, as an Atom feed (RFC 4287)."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from pages.render import fill

# Entries: the newest changes. The table of changes has all of them.
MOST = 100
ABOUT = (
    "Chances that moved by five points or more from one archived forecast to the next, and what "
    "differs between the two. How much each difference did is not archived, nor are months of "
    "other pairs than Kazakhstan and Turkmenistan."
)


def feed(changes: pd.DataFrame, targets: Collection[str], day: Any, address: str = "") -> str:
    """The feed of changes, as `tradelib.archive_changes` has them; of a day where there are none.

    Links lead to the pages of `targets`; they are relative where the site has no `address`. Ids are
    tag URIs (RFC 4151) of the address's host, or of the library's name, and never change.
    """
    newest = changes.head(MOST)
    host = urlsplit(address).hostname or "tradelib"
    return fill(
        "feed.xml",
        about=ABOUT,
        id=f"tag:{host},2026:tradelib/changes",
        base=f"{address}/" if address else "",
        updated=_at(newest["made"].iloc[0] if len(newest) else day),
        rows=list(newest.itertuples()),
        targets=targets,
        at=_at,
    )


def _at(day: Any) -> str:
    """The first second of a day, as RFC 3339 has it."""
    return f"{pd.Timestamp(day):%Y-%m-%d}T00:00:00Z"
