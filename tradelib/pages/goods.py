"""What a pair trades by section of goods, which of them fell, and what could fill a gap."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pandas as pd

import tradelib as tl
from tradelib.core.labels import DOLLAR, label
from tradelib.datasets.figures import NON_OIL
from tradelib.datasets.goods import example_pairs
from tradelib.pages.cards import Card
from tradelib.pages.charts import NARROW, WIDE, Picture, stack_picture
from tradelib.pages.words import Link, Table, Text, name, table
from tradelib.science.goods.traded import stacked

GAP = "What could fill the gap, US$ million of 2023"
# Sections that have a layer of their own in a picture.
LAYERS = 5
# A section that is so large a part of trade is most of it.
MOST = 0.5
# Rows of a table by section, before all others are added up.
SHOWN = 5


def traded(card: Card) -> tl.Goods | None:
    """Sections of a pair, if it is one of those of which they are bundled."""
    named = {frozenset(pair) for pair in example_pairs()}
    if card.row.scope != "pair" or card.sides not in named:
        return None
    return _of_pair(card.row.reporter, card.row.partner)


@cache
def _of_pair(reporter: str, partner: str) -> tl.Goods:
    """Sections of a pair, read once for the parts of a page."""
    return tl.goods(reporter, partner)


def falls(goods: tl.Goods) -> Iterator[Any]:
    """Falls by half or more of a pair's turnover within the figures of one source, in order."""
    known = goods.table.dropna(subset="value_musd")
    for _, rows in known.groupby("source_id", sort=False):
        by_year = rows.groupby("year")["value_musd"].sum().rename("turnover_musd")
        years = list(by_year.index)
        if years == list(range(years[0], years[-1] + 1)):
            swings = tl.flows.swings(by_year.reset_index())
            yield from swings[swings["change"] < 0].itertuples()


def drawn(card: Card) -> tuple[list[Picture], list[str]] | None:
    """Sections of goods as layers, with the falls marked, and the layers' names from the bottom.

    None where nothing fell.
    """
    goods = traded(card)
    fallen = [] if goods is None else list(falls(goods))
    if goods is None or not fallen:
        return None
    stack = stacked(goods, LAYERS)
    stack.columns = [label(str(section)) for section in stack]
    layers = {str(name): column.to_dict() for name, column in stack.items()}
    lines = [
        (
            (row.from_year, row.from_musd),
            (row.to_year, row.to_musd),
            f"\u2212{-row.change:.0%} to {row.to_year}",
        )
        for row in fallen
    ]
    named = "; ".join(f"{words} from {first[0]}" for first, _, words in lines)
    said = f"Trade of {card.pair} by goods, {stack.index[0]} to {stack.index[-1]}. Falls: {named}."
    unit = "turnover, US$ million a year"
    pictures = [stack_picture(layers, lines, said, unit, size) for size in (WIDE, NARROW)]
    return pictures, list(layers)


def words(card: Card) -> str:
    """What was traded, and the goods behind each fall, in sentences; nothing where unknown."""
    goods = traded(card)
    if goods is None:
        return ""
    sentences = [goods.explain(fall.from_year, fall.to_year) for fall in falls(goods)]
    return " ".join([goods.summary(), *sentences])


def most(card: Card) -> Text:
    """That most of an open target's trade is of one kind, which moves no chance; else nothing."""
    goods = traded(card)
    if goods is None or card.verdict is None:
        return ""
    last = goods.concentration().iloc[-1]
    if last["share"] < MOST:
        return ""
    kind = Link(f"{label(last['section'])}, {last['share']:.0%}", "#goods")
    when = f"In {last['year']}, the last year whose goods we know,"
    return (
        f"{when} most of their trade was of one kind: ",
        kind,
        ". The model does not look at goods, so this does not change the chance.",
    )


def tables(card: Card) -> list[Table]:
    """Each fall by section and flow, adding up to that of turnover; else the newest year."""
    goods = traded(card)
    if goods is None:
        return []
    by_fall = [fell(card, goods, fall.from_year, fall.to_year) for fall in falls(goods)]
    return by_fall or [newest(card, goods)]


def fell(card: Card, goods: tl.Goods, first: int, last: int) -> Table:
    """The sections that changed most between two years, all others in one row."""
    change = goods.change(first, last)
    shown = change.head(SHOWN)
    rows: list[Sequence[Text]] = [
        [
            label(row.section),
            way(card, row.flow),
            amount(row.from_musd),
            amount(row.to_musd),
            amount(row.change_musd),
        ]
        for row in shown.itertuples()
    ]
    columns = ["from_musd", "to_musd", "change_musd"]
    for words, part in (("all others", change.iloc[SHOWN:]), ("all goods", change)):
        sums = part[columns].sum()
        rows.append([words, "both", *(amount(sums[column]) for column in columns)])
    heads = ["section", "sold by", str(first), str(last), "change"]
    return table(f"Goods of {card.pair}, {first} and {last}, US$ million", heads, rows)


def newest(card: Card, goods: tl.Goods) -> Table:
    """The largest sections of the newest year."""
    largest = goods.newest().head(SHOWN)
    year = int(largest["year"].iloc[0])
    rows: list[Sequence[Text]] = [
        [label(row.section), way(card, row.flow), f"{row.share:.0%}", amount(row.value_musd)]
        for row in largest.itertuples()
    ]
    heads = ["section", "sold by", "share of turnover", "US$ million"]
    return table(f"Largest goods of {card.pair} in {year}", heads, rows)


def gap(card: Card) -> tuple[str, Table] | None:
    """What an open target lacks, beside what both sides trade with everyone."""
    counts_all = card.row.currency == DOLLAR and card.row.coverage != NON_OIL
    counts_all = counts_all and card.flow == "turnover"
    if traded(card) is None or card.verdict is None or not counts_all:
        return None
    found = tl.fill_gap(card.target, history=card.history if card.given else None)
    if found.missing_musd == 0:
        return None
    rows: list[Sequence[Text]] = [
        [
            label(row.section),
            way(card, row.flow),
            amount(row.sells_musd),
            amount(row.buys_musd),
            f"{row.times_purchases:.2g}",
            f"{row.pair_share:.1%}",
            f"{row.like_share:.1%}",
        ]
        for row in found.sections.head(SHOWN).itertuples()
    ]
    heads = [
        "section",
        "sold by",
        "sold to everyone",
        "bought by the other from everyone",
        "missing amount / bought",
        "share of the pair's turnover, last three years known",
        "the same, middle one of like pairs",
    ]
    return found.summary(), table(GAP, heads, rows)


def way(card: Card, flow: str) -> str:
    """The country that sells in a flow."""
    return name(card.row.reporter if flow == "export" else card.row.partner)


def amount(musd: float) -> str:
    """US$ million in a cell."""
    if pd.isna(musd):
        return ""
    text = f"{musd:,.0f}" if abs(musd) >= 99.5 else f"{musd:,.1f}"
    return text.replace("-", "\u2212")
