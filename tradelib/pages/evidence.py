"""All that an answer rests on, in groups, each row with its source."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tradelib.api.forecasts import ARTICLE_PAIRS
from tradelib.core.labels import capital
from tradelib.pages.cards import Card
from tradelib.pages.words import Link, Table, Text, number, quantity, slug, table
from tradelib.science.assessment.evidence import (
    OLDER_MODELS,
    OTHER_DATA,
    OTHER_METHODS,
    OTHER_PAIRS,
)
from tradelib.science.assessment.table import Role
from tradelib.science.forecasting.growth_model import MAX_HORIZON
from tradelib.science.pledges.progress_methods import METHODS

# Where the source of a row of evidence is described, by the row's key, else by its role.
MODEL = "../trust.html"
SERIES = "../sources.html#series"
PRICES = "../sources.html#source-bls"
RATES = "../sources.html#source-fed_h10"
STANDING = "../notebooks/04_required_growth.html"
PLACES = {
    "by": "#pledge",
    "last_year": SERIES,
    "last_musd": SERIES,
    "last_value": SERIES,
    "rate": RATES,
    "last_rate": RATES,
    "rate_spread": RATES,
    "share_of_target": SERIES,
    "pledge_counts": "#pledge",
    "series_counts": SERIES,
    "count_year": "#pledge",
    "count_gap": "#pledge",
    "other_count": "#pledge",
    "starts_registry": "#pledge",
    "starts_series": SERIES,
    "required": STANDING,
    "export": SERIES,
    "import": SERIES,
    "own_years": SERIES,
    "inflation": PRICES,
    "inflation_share": PRICES,
    "headline": "#method",
    "ever": "#method",
    "turnover": "#method",
    "shortfall": "#method",
    "half_year": "#method",
    "known_from": MODEL,
    "nowcast": "../notebooks/03_nowcast.html",
    "pledges": "../notebooks/08_pledges.html",
    "pledge_shift": "../notebooks/08_pledges.html",
    "tested": "../trust.html#reliability",
    "given": "../track.html",
    "given_without_china": "../track.html",
    "combined": "../track.html",
    "like_pairs": "../notebooks/07_outside_view.html",
    "like_pairs_real": "../notebooks/07_outside_view.html",
    "naive": "../notebooks/05_forecast.html",
}
# Places of the other rows, by role.
PLACES_OF_ROLES: dict[Role, str] = {
    "range": "../notebooks/10_verdict.html",
    "reason": "#method",
    "by year": "#method",
    "ceiling": "../notebooks/09_gravity.html",
}


def evidence_id(key: str) -> str:
    """Anchor of a row of evidence."""
    return f"e-{slug(key)}"


def evidence(card: Card) -> list[tuple[str, Table]]:
    """All that the answer rests on: headings, and a table under each.

    The chance of such a pledge on the day it is made is no second answer: it stands with the
    pledge (`on_its_day`).
    """
    verdict = card.verdict or card.aged
    if verdict is None:
        return []
    rows_under: dict[str, list[Any]] = {heading: [] for heading in HEADINGS}
    for row in verdict.evidence.itertuples():
        if row.key != ON_ITS_DAY:
            rows_under[heading_of(row)].append(row)
    return [(heading, _table(card, heading, rows)) for heading, rows in rows_under.items() if rows]


def on_its_day(card: Card) -> Table | None:
    """The chance of such a pledge on the day it is made; None where it has none."""
    verdict = card.verdict or card.aged
    if verdict is None or not verdict.has(ON_ITS_DAY):
        return None
    rows = verdict.evidence[verdict.evidence["key"] == ON_ITS_DAY]
    return _table(
        card, "The chance of such a pledge on the day it is made", list(rows.itertuples())
    )


# Key of the chance of such a pledge on the day it is made.
ON_ITS_DAY = "pledges"
# Keys of rows under the first heading, whatever their role.
ANSWER = (
    "headline",
    "ever",
    "turnover",
    "shortfall",
    "half_year",
    "tested",
    "given",
    "given_without_china",
    "combined",
    "rests_on",
    "own_years",
)
THE_ANSWER = "The answer"
OTHER_WAYS = "Other ways to estimate it"
OFFICIAL = "What official methods say (1 is on pace)"
# Heading over the rows of each role; the rows of `ANSWER` and of official methods have their own.
HEADING_OF_ROLE: dict[Role, str] = {
    "headline": THE_ANSWER,
    "ever": THE_ANSWER,
    "range": OTHER_WAYS,  # one heading for each group of the range
    "reason": "What moves it",
    "era": "If coming years are like past ones",
    "by year": THE_ANSWER,
    "standing": "Where it stands",
    "ceiling": "What size and distance say",
    "context": "Where it stands",
}
# Groups of other ways, in the order of the page.
GROUPS_OF_WAYS = (OTHER_DATA, OTHER_PAIRS, OTHER_METHODS, OLDER_MODELS)
# All headings, in the order of the page.
HEADINGS = (
    THE_ANSWER,
    *(f"{OTHER_WAYS}: {group}" for group in GROUPS_OF_WAYS),
    HEADING_OF_ROLE["reason"],
    HEADING_OF_ROLE["standing"],
    OFFICIAL,
    HEADING_OF_ROLE["ceiling"],
    HEADING_OF_ROLE["era"],
)


def heading_of(row: Any) -> str:
    """The heading over a row of evidence, by its role and key; a role without one is an error."""
    if row.role == "range":
        return f"{OTHER_WAYS}: {row.group}"
    if row.key in ANSWER:
        return THE_ANSWER
    if official(row.key):
        return OFFICIAL
    return HEADING_OF_ROLE[row.role]


def official(key: str) -> str:
    """The official method that a row of evidence tells of, or nothing."""
    for method in METHODS:
        if key == method or key.startswith(f"{method}_"):
            return method
    return ""


def _table(card: Card, heading: str, rows: Sequence[Any]) -> Table:
    """The rows under a heading; the column of ranges is there if any row has one."""
    currency = card.row.currency
    with_range = any(pd.notna(row.low) for row in rows)
    cells: list[list[Text]] = []
    for row in rows:
        line: list[Text] = [_item(card, row), _value(row, currency)]
        if with_range:
            line.append(_range(row, currency))
        cells.append([*line, _source(card, row)])
    columns = ["what", "value", "range", "source"] if with_range else ["what", "value", "source"]
    return table(heading, columns, cells, ids=[evidence_id(row.key) for row in rows])


def _item(card: Card, row: Any) -> str:
    """What a row is about, with a capital."""
    if row.key == "by" and card.deadline is None:
        return "Year looked ahead to"
    if row.key == "dollar":
        return "The dollar's swing over ten years, half of which tends to be reversed"
    return capital(str(row.item))


def _value(row: Any, currency: str) -> str:
    """A row's value; where none of the years looked at is the one asked for, that."""
    if row.key == "half_year" and pd.isna(row.value):
        return f"none of the next {number(MAX_HORIZON)}"
    return quantity(row.value, row.unit, currency)


def _range(row: Any, currency: str) -> str:
    """The interval of a row's value; nothing where it has none."""
    if pd.isna(row.low):
        return ""
    return f"{quantity(row.low, row.unit, currency)} to {quantity(row.high, row.unit, currency)}"


SOURCE_WORDS = {
    "the history given": "the registry",
    "registry of targets": "the registry",
}


# Sources of a reader's own figures.
GIVEN = ("the history given", "the history and the months given", "the months given")


def _source(card: Card, row: Any) -> Text:
    """A source as a link to where it is described."""
    address = PLACES.get(row.key) or PLACES_OF_ROLES.get(row.role)
    words = SOURCE_WORDS.get(row.source, learned_from(str(row.source)))
    if card.given and row.source in GIVEN:
        words = card.given
    if address is None:
        return words
    if address == SERIES:
        if row.source in SOURCE_WORDS and not card.given:
            address = "#pledge"
        elif card.given or (card.row.reporter, card.row.partner) not in ARTICLE_PAIRS:
            address = "#series"
    return (Link(words, address),)


def learned_from(source: str) -> str:
    """What the model learned from, without the list of smaller sets."""
    return source.split(", each with")[0]
