"""The chance of a target over time, and what was written down before."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

import tradelib as tl
from tradelib.api.changes import changes_in
from tradelib.api.forecasts import ARTICLE_PAIRS
from tradelib.core.labels import percent
from tradelib.pages.cards import Card
from tradelib.pages.words import Link, Table, Text, between, day, table
from tradelib.science.assessment.likelihood_words import own_words

UN_STATUS = "status by the UN method for the SDGs"


def un_method(root: str = "") -> Text:
    """What the column of the United Nations' status holds; `root` leads to the front page."""
    what = (
        "The last column of the table below has the status by the United Nations' method for their "
        "development goals (SDGs), such as “on track”. That method compares growth so far with the "
        "growth needed. It does not say how likely the target is; see "
    )
    notebook = Link("what official methods measure", f"{root}notebooks/04_required_growth.html")
    return (what, notebook, ".")


def over_time(card: Card) -> list[dict[str, Any]]:
    """The chance on each day on which more became known."""
    grid = card.grid
    by = card.by
    if grid is None or by is None or card.state != "several_years":
        return []
    rows = []
    stop = grid["values"].index(grid["target"])
    for i, when in enumerate(grid["days"]):
        last_year = grid["known"][i][-1][0]
        ahead = by - last_year - 1
        n_years = len(grid["chances"][i])
        if not 0 <= ahead < n_years:
            continue
        curves = grid["chances"][i][ahead]
        chances = [None if curve is None else curve[stop] / grid["unit"] for curve in curves]
        # A word holds from its first stop on, up to that of the next word.
        runs = grid["words"][i][ahead]
        words = [word for first, word in runs if first <= stop]
        text = own_words(grid["vocabulary"][words[-1]])
        rows.append(_on(when, chances, text, vague=card.deadline is None))
    return rows if len(rows) > 1 else []


def _on(when: str, chances: Sequence[float | None], words: str, *, vague: bool) -> dict[str, Any]:
    """The chance on a day: as numbers for the picture, and as text for the table.

    Where no deadline was named it is that of any year up to the one looked at. The range is one of
    the chance in the year itself, so there is none to draw; nor is there where no other way is.
    """
    stamp = pd.Timestamp(when)
    within, ever, low, high = (math.nan if chance is None else chance for chance in chances)
    year_share = (stamp.day_of_year - 1) / 365.25
    shown = ever if vague else within
    has_range = not vague and not math.isnan(low)
    return {
        "day": day(stamp),
        "when": stamp.year + year_share,
        "chance": shown,
        "in": percent(within),
        "ever": percent(ever),
        "low": low if has_range else None,
        "high": high if has_range else None,
        "text": percent(shown),
        "range": between(low, high),
        "words": words,
    }


def chance_table(card: Card, days: Sequence[Mapping[str, Any]]) -> Table:
    """The chance over time as a table, with what the United Nations' method said."""
    calls = _calls(card)
    columns = ["day", f"in {card.by}", f"any year up to {card.by}"]
    keys = ["day", "in", "ever"]
    if card.deadline is None:  # the chance that is shown stands first
        columns = [columns[0], *reversed(columns[1:])]
        keys = ["day", "ever", "in"]
    columns += [f"other ways to estimate that in {card.by}", "in words"]
    keys += ["range", "words"]
    if calls:
        columns.append(UN_STATUS)
    rows = []
    for row in days:
        cells = [row[key] for key in keys]
        if calls:
            cells.append(calls.get(row["day"], ""))
        rows.append(cells)
    return table("What the same method says on each day, with what was known then", columns, rows)


def _calls(card: Card) -> dict[str, str]:
    """The United Nations' call by day, where the pair's own series is bundled."""
    pair = (card.row.reporter, card.row.partner)
    if card.grid is None or card.deadline is None or pair not in ARTICLE_PAIRS or not card.id:
        return {}
    return {
        day(when): call for when, call in zip(card.grid["days"], card.grid["official"], strict=True)
    }


def _today(card: Card, row: Any) -> str:
    """What today's model says of an archived forecast's figures, if they still are the newest."""
    if card.verdict is None or card.history is None or card.by != row.by:
        return ""
    last_year = int(card.history["year"].iloc[-1])
    if last_year > int(row.last_year):
        return "newer figures came"
    if last_year < int(row.last_year):
        return "that figure no longer counts"
    return percent(card.verdict.probability_in)


def _moves(archive: pd.DataFrame) -> dict[str, str]:
    """How a target's archived answer moved since the one before it, and what differs, by file."""
    changes = changes_in(archive.drop(columns="note"))
    return {row.file: row.words for row in changes.itertuples()}


@cache
def _archives() -> dict[str, pd.DataFrame]:
    """The archive of forecasts, by target."""
    every = tl.load_forecasts()
    return {str(name): rows for name, rows in every.groupby("target_id")}


def archived(card: Card) -> Table | None:
    """Forecasts of this target that were written down before the figures came."""
    of_target = _archives().get(card.id)
    if of_target is None:
        return None
    mine = of_target[of_target["probability_in"].notna()]
    if mine.empty:
        return None
    moves = _moves(of_target)
    model = {digest: n for n, digest in enumerate(mine["model"].unique(), start=1)}
    has_notes = bool((mine["note"] != "").any())
    note_before = ""
    rows = []
    for row in mine.itertuples():
        cells = [
            f"{day(row.made)}, model {model[row.model]}",
            str(int(row.by)),
            percent(row.probability_in),
            percent(row.probability_ever),
            _today(card, row),
            moves.get(row.file, ""),
        ]
        if has_notes:
            same = row.note != "" and row.note == note_before
            cells.append("as above" if same else row.note)
            note_before = row.note
        rows.append(cells)
    columns = [
        "known by, and model",
        "year judged",
        "chance in it",
        "in any year up to it",
        "from the same figures today",
        "what moved, and how",
    ]
    if has_notes:
        columns.append("learned later")
    return table("Forecasts in the archive, never edited; model 2 came after 1", columns, rows)
