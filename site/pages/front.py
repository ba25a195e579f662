"""The front page: the question, the answer, the picture, the reasons; each number is a link."""

import re
from typing import TYPE_CHECKING

import tradelib as tl
from pages.answers import answer, description, question, updated
from pages.cards import Card
from pages.charts import NARROW, WIDE, target_picture
from pages.drawn import caption, chart
from pages.evidence import evidence_id
from pages.over_time import over_time
from pages.pledge import series_id
from pages.render import fill
from pages.why import reasons
from pages.words import Link, Text, money, number
from tradelib.ground.plain import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

PLEDGES = "notebooks/08_pledges.html"


def page(card: Card) -> dict[str, str]:
    """Title, body and description of the front page."""
    there, drawn = f"targets/{card.id}.html", chart(card)
    if drawn is None or card.verdict is None:
        raise ValueError(f"the front page needs a target with a forecast, got {card.id}")
    told = answer(card)
    body = fill(
        "front.html",
        question=question(card),
        number=(Link(told["number"], spot(there, "headline")),),
        word=told["word"],
        chances=chances(card, there),
        uncertainty=uncertainty(card, there),
        updated=updated(card),
        drawn=[target_picture(drawn, size) for size in (WIDE, NARROW)],
        caption=caption(card),
        reasons=[
            (_linked(words, there + moved.to), Link(moved.text, there + moved.to))
            for words, moved in reasons(card)
        ],
        stands=stands(card, there),
        past=past(card),
        then=then(card, there),
        page=there,
    )
    return {
        "title": question(card),
        "body": body,
        "description": description(card),
        "preview": f"pictures/{card.id}.png",
    }


def _linked(words: str, place: str) -> Text:
    """A sentence whose percentages lead to the row they come from."""
    parts = re.split(r"(\d+%)", words)
    return tuple(Link(part, place) if i % 2 else part for i, part in enumerate(parts))


def spot(page: str, key: str) -> str:
    """A row of evidence on a target's page."""
    return f"{page}#{evidence_id(key)}"


def chances(card: Card, there: str) -> Text:
    """Both chances in words, each a link."""
    told = answer(card)["said"].split(" Other ways")[0]
    both = re.findall(r"(?:less than |more than )?\w+ chances? in (?:a )?\w+", told)
    parts: list[str | Link] = []
    for words, key in zip(both, ("headline", "ever"), strict=False):
        before, _, told = told.partition(words)
        parts += [before, Link(words, spot(there, key))]
    return (*parts, told)


def uncertainty(card: Card, there: str) -> Text:
    """How far other ways differ, and what the disputed year does."""
    found = card.verdict
    if found is None or card.history is None:
        return ""
    estimates_at = found.evidence[found.evidence["role"].isin(["range", "headline"])].set_index(
        "key"
    )["value"]
    low, high = found.probability_range
    said: list[str | Link] = [
        "Other ways to estimate it give ",
        Link(percent(low), spot(there, str(estimates_at.idxmin()))),
        " to ",
        Link(percent(high), spot(there, str(estimates_at.idxmax()))),
        ".",
    ]
    if found.has("no_preliminary"):
        year = int(card.history["year"].iloc[-1])
        also = ", and other figures of that year contradict it" if disputed(card) else ""
        without = Link(percent(found.value("no_preliminary")), spot(there, "no_preliminary"))
        said += [
            f" The figure of {year} is provisional{also}; without it the chance is ",
            without,
            ".",
        ]
    return tuple(said)


def disputed(card: Card) -> bool:
    """Whether figures of the last year contradict each other."""
    if card.history is None:
        return False
    last = card.history.iloc[-1]
    found = tl.load_figures(card.row.reporter, card.row.partner)
    mine = (found["source_id"] == last["source_id"]) & (found["period_end"].dt.year == last["year"])
    return bool(found.loc[mine, "conflict"].notna().any())


def stands(card: Card, there: str) -> Text:
    """Where trade stands and what the target asks of it."""
    found = card.verdict
    if found is None or card.history is None:
        return ""
    row = next(card.history.tail(1).itertuples())
    return (
        "The two traded ",
        Link(money(row.turnover_musd), f"sources.html#{series_id(row)}"),
        f" in {row.year}. To reach ",
        Link(card.goal, f"{there}#pledge"),
        f" in {found.by}, trade must grow by ",
        Link(f"{found.value('required'):.0%}", spot(there, "required")),
        " a year.",
    )


def past(card: Card) -> Text:
    """How often trade has collapsed before, each level with a link to its year."""
    if card.history is None:
        return ""
    swings = tl.flows.swings(card.history)
    falls: Sequence[object] = [row for row in swings.itertuples() if row.change < 0]
    if not falls:
        return ""
    rows = {row.year: row for row in card.history.itertuples()}

    def level(year: int) -> Link:
        return Link(money(round(rows[year].turnover_musd)), f"sources.html#{series_id(rows[year])}")

    times = {1: "once", 2: "twice"}.get(len(falls), f"{number(len(falls))} times")
    said: list[str | Link] = [f"Trade has collapsed {times} before: "]
    for i, row in enumerate(falls):
        joint = "" if i == 0 else ", and " if i == len(falls) - 1 else ", "
        first, last = int(row.from_year), int(row.to_year)  # type: ignore[attr-defined]
        said += [f"{joint}from ", level(first), f" in {first} to ", level(last), f" in {last}"]
    return (*said, ".")


def then(card: Card, there: str) -> Text:
    """What the same method would have said on the day of the announcement."""
    days = over_time(card)
    if not days:
        return ""
    return (
        f"On the day of the announcement, {days[0]['day']}, the same method would have said ",
        Link(days[0]["text"], f"{there}#time"),
        ".",
    )
