"""Who keeps them: each country's record, beside that of pairs like its own, and its pledges."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pandas as pd

import tradelib as tl
from pages.render import fill
from tradelib.core.labels import percent
from tradelib.pages.answers import short_answer
from tradelib.pages.cards import Card, known_day
from tradelib.pages.charts import NARROW, WIDE, Frame, Picture, Shape, axes, shape
from tradelib.pages.rates import CAUTION, kept_on_time, not_shown, without_weak
from tradelib.pages.words import Link, Table, Text, dated, day, name, parts, plural, spoken, table

# Percent of a target; more is drawn at the edge.
MOST = 200
# Rows of a part of a table.
LONGEST = 25


@cache
def records() -> pd.DataFrame:
    """Every country that pledged."""
    return tl.country_records()


@cache
def judged() -> set[str]:
    """Names of the pledges that count: their year is over, baseline and outcome are known."""
    return set(tl.pledge_rate().rows["target_id"])


def overview(record: pd.DataFrame) -> dict[str, str]:
    """Title, body and description of the list of countries."""
    columns = [
        "country",
        "pledges",
        "judged",
        "on time",
        "on time, raw",
        "estimate pulled toward the average (90% interval)",
        "kept, where like pairs are known",
        "like pairs that got as far",
    ]
    rows: list[Sequence[Text]] = []
    for row in record.itertuples():
        country = (Link(row.name, f"countries/{row.Index}.html"),)
        counts = [f"{n}" for n in (row.pledges, row.scored, row.on_time)]
        rows.append([country, *counts, raw(row), drawn(row), *like(row)])
    judged_countries = int((record["scored"] > 0).sum())
    text = (
        f"{kept_on_time()} {judged_countries} of {len(record)} countries have at least one that "
        "can be judged."
    )
    method = (
        "The fewer pledges a country has, the more its share is drawn to that of all: two kept of "
        "two is no perfect record. “Like pairs” are real pairs without a pledge, of half to double "
        "the size, from the same year, asked for as much in as many years. "
        f"{without_weak()} {not_shown()}"
    )
    caption = "Countries by the number of their pledges that can be judged"
    countries = parts(table(caption, columns, rows), LONGEST)
    body = fill("countries.html", said=text, fair=CAUTION, method=method, rows=countries)
    return {"title": "Who keeps trade targets?", "body": body, "description": text, "preview": ""}


def drawn(row: Any) -> str:
    """A country's share with its interval; nothing where no pledge of it was judged."""
    if not row.scored:
        return "none judged yet"
    interval = f"{percent(row.low)} to {percent(row.high)}"
    return f"{percent(row.share)} ({interval})"


def raw(row: Any) -> str:
    """The bare share; nothing where no pledge of it was judged."""
    return f"{row.on_time / row.scored:.0%}" if row.scored else ""


def like(row: Any) -> tuple[str, str]:
    """How many of the pledges that can be compared were kept, and the share of like pairs."""
    if not row.compared:
        return "none to compare", ""
    kept = round(row.compared * row.compared_on_time)
    return f"{kept} of {row.compared}", percent(row.like_pairs)


def pages(cards: Sequence[Card]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each country's page by its name."""
    of_pairs = [card for card in cards if card.row.scope == "pair"]
    for row in records().itertuples():
        mine = [card for card in of_pairs if row.Index in card.sides]
        if mine:
            yield f"countries/{row.Index}", page(row, mine)


def page(row: Any, cards: Sequence[Card]) -> dict[str, str]:
    """Title, body and description of a country's page."""
    code = row.Index
    title = f"Does {spoken(code)} keep its trade targets?"
    told = answer(row)
    pictures = [record_picture(cards, code, size) for size in (WIDE, NARROW)]
    body = fill(
        "country.html",
        title=title,
        answer=told,
        fair=CAUTION,
        drawn=None if pictures[0] is None else pictures,
        updated=day(known_day()),
        pledges=parts(_pledges(row, cards), LONGEST),
        code=f'import tradelib as tl\n\nprint(tl.country_records().loc["{code}"])',
    )
    about = " ".join(filter(None, (told["number"], told["word"], told["said"])))
    return {"title": title, "body": body, "description": about, "preview": ""}


def _pledges(row: Any, cards: Sequence[Card]) -> Table:
    """A country's targets, the newest first."""
    newest_first = sorted(cards, key=lambda card: (str(card.row.announced), card.id), reverse=True)
    rows: list[Sequence[Text]] = []
    for card in newest_first:
        other = partner(card, row.Index)
        goal = (Link(card.goal, f"../targets/{card.id}.html"),)
        deadline = str(card.deadline or "none named")
        announced = dated(str(card.row.announced))
        rows.append([other, goal, deadline, announced, short_answer(card)])
    columns = ["with", "target", "by", "announced", "chance, or what became of it"]
    return table(f"Targets of {row.name}, the newest first", columns, rows)


def answer(row: Any) -> dict[str, str]:
    """The country's record in sentences."""
    pledged = f"{row.name} announced {plural(row.pledges, 'target')}"
    if not row.scored:
        text = f"{pledged}. None has both a year that is over and a known outcome."
        return {"number": "", "word": "Nothing can be judged yet.", "said": text}
    share = percent(row.share)
    low = percent(row.low)
    high = percent(row.high)
    text = (
        f"{pledged}, and {row.scored} can be judged. With so few cases we lean on the record of "
        f"all countries: our estimate is {share}, with a 90% interval from {low} to {high}."
    )
    if row.compared:
        kept = round(row.compared * row.compared_on_time)
        like_pairs = percent(row.like_pairs)
        text += (
            f" {row.compared} of them can be compared with similar pairs that promised nothing: "
            f"{kept} came on time, and {like_pairs} of the similar pairs grew as much as soon."
        )
    return {"number": "", "word": f"{row.on_time} of {row.scored} on time.", "said": text}


def partner(card: Card, code: str) -> str:
    """The other country of a pledge."""
    others = [side for side in sorted(card.sides) if side != code]
    return name(others[0])


def record_picture(cards: Sequence[Card], code: str, size: tuple[int, int]) -> Picture | None:
    """Outcome in percent of the target by the year named, one dot per pledge; None without any."""
    drawable = [card for card in cards if card.id in judged() and card.deadline]
    years = [int(card.row.deadline) for card in drawable]
    if not years:
        return None
    frame = Frame(size=size, first=min(years) - 1, last=max(years) + 1, top=MOST)
    unit = "outcome, percent of the target, by the year named"
    shapes = axes(frame, ["0", "50", "100", "150", "200+"], unit)
    left = frame.x(frame.first)
    right = frame.x(frame.last)
    level = frame.y(100)
    shapes.append(shape("line", "goal", x1=left, x2=right, y1=level, y2=level))
    dots: list[Shape] = []
    spots: list[Shape] = []
    for card, year in zip(drawable, years, strict=True):
        percent_of_target = 100 * float(card.row.outcome_value) / card.row.target_value
        x, y = frame.at((year, min(percent_of_target, MOST)))
        kind = "kept" if _kept(card) else "failed"
        dots.append(shape("circle", kind, cx=x, cy=y, r=4))
        tip = f"{card.goal} with {partner(card, code)} by {year}: {short_answer(card)}"
        spots.append(shape("circle", "spot", tip=tip, cx=x, cy=y))
    # Spots lie above all dots, so that each can be pointed at.
    shapes += dots + spots
    kept = sum(_kept(card) for card in drawable)
    judged_targets = f"{len(drawable)} judged targets of {name(code)}"
    words = f"{judged_targets} by the year named: {kept} on time."
    return Picture(frame=frame, shapes=tuple(shapes), words=words)


def _kept(card: Card) -> bool:
    """Whether a target was met on time."""
    return bool(card.row.status == "met_on_time")
