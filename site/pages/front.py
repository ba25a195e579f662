"""The front page: the question, the answer, the picture, the reasons; each number is a link."""

import re
from typing import Any

import pandas as pd

import tradelib as tl
from pages import track
from pages.render import fill
from tradelib.core.labels import percent
from tradelib.pages import answers, reliability
from tradelib.pages.answers import answer, description, question, updated
from tradelib.pages.cards import Card
from tradelib.pages.charts import NARROW, WIDE, target_picture
from tradelib.pages.evidence import evidence_id
from tradelib.pages.over_time import over_time
from tradelib.pages.pictures import caption, chart
from tradelib.pages.pledge import contradicted, disputed, series_id
from tradelib.pages.rates import kept_on_time
from tradelib.pages.reliability import given, worth
from tradelib.pages.why import reasons
from tradelib.pages.words import Link, Text, known, money
from tradelib.pages.words import number as in_letters

PLEDGES = "notebooks/08_pledges.html"


def page(card: Card) -> dict[str, str]:
    """Title, body and description of the front page."""
    there = f"targets/{card.id}.html"
    drawn = chart(card)
    if drawn is None or card.verdict is None:
        raise ValueError(f"the front page needs a target with a forecast, got {card.id}")
    parts = answer(card)
    number = Link(parts["number"], spot(there, "headline" if card.deadline else "ever"))
    ever = {}
    if "ever" in parts:
        ever = {"ever": (Link(parts["ever"], spot(there, "ever")),), "also": parts["also"]}
    body = fill(
        "front.html",
        question=question(card),
        number=(number,),
        word=parts["word"],
        chances=chances(card, there),
        ever=ever,
        others_say=others(card, there),
        uncertainty=uncertainty(card, there),
        given=[linked(words, spot(there, key)) for key, words in given(card)],
        worth=linked(worth(card), "trust.html#skill"),
        corrected=linked(reliability.corrected(card), spot(there, "combined")),
        record=linked(track.line(), "track.html#failures"),
        record_drawn=track.small(),
        updated=updated(card),
        drawn=[target_picture(drawn, size) for size in (WIDE, NARROW)],
        caption=caption(card),
        reasons=[_reason(words, points, there) for words, points in reasons(card)],
        stands=stands(card, there),
        past=past(card),
        then=then(card, there),
        others=linked(all_others(), "countries.html"),
        page=there,
    )
    return {
        "title": question(card),
        "body": body,
        "description": description(card),
        "preview": f"pictures/{card.id}.png",
    }


def all_others() -> str:
    """How many targets there are besides, and how many pledges were kept."""
    targets = tl.load_targets()
    n_open = int((targets["status"] == "open").sum())
    return f"This is one of {len(targets)} announced targets; {n_open} are open. {kept_on_time()}"


def _reason(words: str, points: Link, there: str) -> tuple[Text, Link]:
    """A reason whose percentages, and what it does to the chance, lead to its row of evidence."""
    address = there + points.to
    return linked(words, address), Link(points.text, address)


def linked(words: str, address: str) -> Text:
    """A sentence whose percentages lead somewhere; an interval is one link with its ends."""
    # Every second part is a percentage: `re.split` keeps what is in brackets.
    parts = re.split(r"(\d+% (?:interval|band) [−\d]+% to \d+%|\d+%)", words)
    return tuple(Link(part, address) if i % 2 else part for i, part in enumerate(parts))


def spot(page: str, key: str) -> str:
    """Address of a row of evidence on a target's page."""
    return f"{page}#{evidence_id(key)}"


def chances(card: Card, there: str) -> Text:
    """Both chances in words, each a link."""
    rest = answers.chances(card)
    both = re.findall(r"(?:less than |more than )?\w+ chances? in (?:a )?\w+", rest)
    keys = ("headline", "ever") if card.deadline else ("ever", "headline")
    parts: list[str | Link] = []
    for words, key in zip(both, keys, strict=False):
        before, _, rest = rest.partition(words)
        link = Link(words, spot(there, key))
        parts += [before, link]
    return (*parts, rest)


def others(card: Card, there: str) -> Text:
    """What the other ways give: the least, the most and the middle of them, each with its row."""
    verdict = card.verdict
    if verdict is None:
        return ""
    evidence = verdict.evidence.set_index("key")
    ways = evidence.loc[evidence["role"] == "range", "value"]
    parts: list[str | Link] = []
    rest = answers.other_ways(card)
    if not ways.empty:
        middle = (ways - ways.median()).abs().idxmin()
        for value, key in (
            (ways.min(), ways.idxmin()),
            (ways.max(), ways.idxmax()),
            (ways.median(), middle),
        ):
            before, words, after = rest.partition(percent(value))
            # Where ends print alike, one number stands for both.
            if words:
                parts += [before, Link(words, spot(there, str(key)))]
                rest = after
    return (*parts, rest)


def uncertainty(card: Card, there: str) -> Text:
    """What is in doubt of the last figure; nothing if nothing is."""
    verdict = card.verdict
    if verdict is None or card.history is None:
        return ""
    parts: list[str | Link] = []
    if verdict.has("no_preliminary"):
        year = int(card.history["year"].iloc[-1])
        also = ", and other figures of that year contradict it" if disputed(card) else ""
        without = percent(verdict.value("no_preliminary"))
        parts += [
            f"The figure of {year} is provisional{also}; without it the chance is ",
            Link(without, spot(there, "no_preliminary")),
            ".",
        ]
    elif other_figures := contradicted(card, ""):
        address = f"sources.html#{series_id(_last(card.history))}"
        for part in other_figures:
            parts += linked(part, address) if isinstance(part, str) else (part,)
    return tuple(parts)


def _last(history: pd.DataFrame) -> Any:
    """The last row of a history."""
    return next(history.tail(1).itertuples())


def stands(card: Card, there: str) -> Text:
    """Where trade stands and what the target asks of it."""
    verdict = card.verdict
    if verdict is None or card.history is None:
        return ""
    row = _last(card.history)
    traded = Link(money(row.turnover_musd), f"sources.html#{series_id(row)}")
    goal = Link(card.goal, f"{there}#pledge")
    required = Link(f"{verdict.value('required'):.0%}", spot(there, "required"))
    return (
        "The two traded ",
        traded,
        f" in {row.year}. To reach ",
        goal,
        f" in {verdict.by}, trade must grow by ",
        required,
        " a year.",
    )


def past(card: Card) -> Text:
    """How often trade has collapsed before, each level with a link to its year."""
    if card.history is None:
        return ""
    swings = tl.flows.swings(card.history)
    falls: list[Any] = [row for row in swings.itertuples() if row.change < 0]
    if not falls:
        return ""
    rows = {row.year: row for row in card.history.itertuples()}

    def level(year: int) -> Link:
        """A year's turnover, with a link to its row on the page of sources."""
        row = rows[year]
        return Link(money(round(row.turnover_musd)), f"sources.html#{series_id(row)}")

    times = {1: "once", 2: "twice"}.get(len(falls), f"{in_letters(len(falls))} times")
    parts: list[str | Link] = [f"Trade has collapsed {times} before: "]
    last_fall = len(falls) - 1
    for i, fall in enumerate(falls):
        if i > 0:
            parts.append(", and " if i == last_fall else ", ")
        first = int(fall.from_year)
        last = int(fall.to_year)
        parts += ["from ", level(first), f" in {first} to ", level(last), f" in {last}"]
    return (*parts, ".")


def then(card: Card, there: str) -> Text:
    """What the same method would have said on the day of the announcement."""
    days = over_time(card)
    if not days:
        return ""
    first = days[0]
    of_year = f" for {card.by}" if card.deadline else ""
    by = f" ({card.row.announced_by})" if known(card.row.announced_by) else ""
    then_known = f" on {first['day']}{by}. With what was known on that day the same method gives "
    return (
        "The target was ",
        Link("announced", f"{there}#pledge"),
        then_known,
        Link(first["text"], f"{there}#time"),
        f"{of_year}.",
    )
