"""Who reported what a page rests on, with links."""

import pandas as pd

from tradelib.datasets.sources import sources
from tradelib.pages.cards import Card
from tradelib.pages.words import Table, Text, cell, known, outside, table


def who(rows: pd.DataFrame) -> Table:
    """Who reported, and under which licence, of some rows of `tradelib.sources`."""
    cells: list[list[Text]] = []
    for row in rows.itertuples():
        producer = f"{row.producer}; {row.version}" if cell(row.version) else row.producer
        address = outside(row.landing_page)
        published = f"{row.release_rule}; our copy {cell(row.accessed)}"
        cells.append([row.title, producer, address, row.licence, published])
    columns = ["what", "who", "address", "licence", "counts as published"]
    ids = [f"source-{source_id}" for source_id in rows["source_id"]]
    return table("Sources of figures", columns, cells, ids)


def cited(card: Card) -> Table:
    """The sources of a page's own figures, prices and pledges."""
    ids = {"pledges"}
    if card.history is not None and "source_id" in card.history and not card.given:
        ids |= set(card.history["source_id"])
    for kind in ("baseline", "outcome"):
        source_id = getattr(card.row, f"{kind}_source")
        if known(source_id):
            ids.add(str(source_id))
    verdict = card.verdict or card.aged
    if verdict is not None and verdict.has("inflation"):
        ids.add("bls")
    if verdict is not None and verdict.has("rate"):
        ids.add("fed_h10")
    every = sources()
    return who(every[every["source_id"].isin(ids)])
