"""Why a chance is as it is, how it is found, and how a target will be decided."""

import re
from typing import Any

import pandas as pd

from tradelib.core.labels import DOLLAR, capital, label, percent
from tradelib.core.members import is_day
from tradelib.pages.answers import counted, earlier, looked_to, sides
from tradelib.pages.cards import Card, known_day
from tradelib.pages.evidence import evidence_id, learned_from
from tradelib.pages.words import (
    Link,
    Text,
    day,
    known,
    named,
    points,
    printed,
    reporter,
)

REVISED = "The newest published figure counts, not the first one."


def reasons(card: Card) -> list[tuple[str, Link]]:
    """Why the chance is as it is: a sentence, and what it does with a link to its row.

    They begin with a usual target's chance and end with that of this one. Points are rounded on the
    way, so that those printed add up. What hardly matters stands in the evidence alone.
    """
    verdict = card.verdict
    if verdict is None or not verdict.has("usual"):
        return []
    usual = percent(verdict.value("usual"))
    linked = [(_usual(card), Link(f"the chance is {usual}", f"#{evidence_id('usual')}"))]
    chance = verdict.value("usual")
    # What the target asks comes right after what a usual one would.
    reasons = verdict.reasons.sort_values("key", key=lambda keys: keys != "asked", kind="stable")
    for row in reasons.itertuples():
        value = float(row.value)
        moved = (printed(chance + value) - printed(chance)) / 100
        chance += value
        # A step that prints as no point would only seem to leave the sum wrong.
        if moved:
            does = Link(f"That {points(moved)}", f"#{evidence_id(row.key)}")
            linked.append((_reason(card, row), does))
    together = f"give {percent(verdict.probability_in)} in {verdict.by}"
    return [*linked, ("Together these", Link(together, f"#{evidence_id('headline')}"))]


def _usual(card: Card) -> str:
    """What the reasons start from."""
    pair = "pairs of these sizes" if card.is_sum else "a pair of this size"
    if growth := _growth(card):
        return f"For {pair} and a target that asks for the usual growth, {growth[1]} a year,"
    return f"For {pair} with nothing unusual about it"


def _growth(card: Card) -> tuple[str, str] | None:
    """Growth needed, and growth that targets usually ask; None where none is asked."""
    if card.verdict is None:
        return None
    items = card.verdict.reasons.set_index("key")["item"]
    if "asked" not in items.index:
        return None
    found = re.search(r"(\S+) a year where targets usually ask (\S+)", items["asked"])
    return None if found is None else (found[1], found[2])


def _reason(card: Card, row: Any) -> str:
    """A reason in a plain sentence."""
    if row.key == "asked" and (growth := _growth(card)):
        return f"To reach the target, trade must grow by {growth[0]} a year, not {growth[1]}."
    if row.key == "move" and (move := _newest_move(card.history)):
        return move
    if row.key == "dollar":
        return _dollar(card, row.value)
    if row.key == "volatility":
        return _swings(card, row.value)
    if row.key == "months":
        return "Some months of the year have been published."
    return f"{capital(row.item)}."


def _swings(card: Card, moved: float) -> str:
    """Whether trade swings more than is usual, and what that means for the target."""
    verdict = card.verdict
    if verdict is None:
        return ""
    above = verdict.target.value > verdict.value_range[1]
    # Wide swings help a target that lies above the middle forecast, and harm one below.
    how = "more" if (moved > 0) == above else "less"
    likelier = "likelier" if moved > 0 else "less likely"
    goal = "a rise as large as this" if above else "staying as high as this"
    whose = "its pairs" if card.is_sum else "this pair"
    return f"Trade of {whose} swings {how} than is usual, which makes {goal} {likelier}."


def _dollar(card: Card, moved: float) -> str:
    """What the dollar did, what of it tends to come back, and the chance without it."""
    verdict = card.verdict
    dollar = card.grid["dollar"] if card.grid else None
    if verdict is None or dollar is None:
        return "Half of a swing of the dollar tends to be reversed."
    year, gained = dollar
    way, back, trade = ("rose", "lost again", "rises")
    if gained <= 0:
        way, back, trade = ("fell", "made good", "falls")
    swing = (
        f"The dollar {way} by {abs(gained):.0%} over the ten years to {year}. Half of that tends "
        f"to be {back}, and then trade in dollars {trade}."
    )
    without = percent(max(0.0, verdict.probability_in - moved))
    if verdict.has("nowcast") or without == percent(verdict.probability_in):
        return swing
    return f"{swing} Without it the chance in {verdict.by} would be {without}."


def _newest_move(history: pd.DataFrame | None) -> str:
    """The newest rise or fall between two years in a row of one source; nothing without one."""
    if history is None:
        return ""
    in_a_row = history["year"].diff() == 1
    if "source_id" in history:
        in_a_row &= history["source_id"] == history["source_id"].shift()
    if not in_a_row.any():
        return ""
    place = int(in_a_row.to_numpy().nonzero()[0][-1])
    before, last = history["turnover_musd"].iloc[place - 1 : place + 1]
    way = "rose" if last > before else "fell"
    change = abs(last / before - 1)
    return f"Trade {way} by {change:.0%} in {history['year'].iloc[place]}."


def heading_of_reasons(card: Card) -> str:
    """Why so low, or so high."""
    if card.verdict is None:
        return ""
    return "Why so low?" if card.verdict.shown < 0.5 else "Why so high?"


def decided(card: Card) -> list[tuple[str, Text]]:
    """How a target is decided: the event, whose figures, which day, and what of revisions."""
    year = f"in {card.deadline} or an earlier year" if card.deadline else "in any year"
    rules: list[tuple[str, Text]] = [("Counts as met", f"{event(card, year)}{_by_rule(card)}")]
    if card.is_sum:
        members = card.target.convention
        whose = day(members) if is_day(members) else "each year"
        rules.append(("Whose trade counts as the bloc's", f"That of its members of {whose}."))
    if card.deadline is None:
        rules.append(("Deadline", looked_to(card) or "None was named."))
    rules += [
        ("By whose statistics", whose_figures(card)),
        ("On which day", _decision_day(card)),
        ("If figures are revised", REVISED),
    ]
    return rules


def _by_rule(card: Card) -> str:
    """The chance by the rule that earlier years count, where the page's first is another."""
    if card.verdict is None or not card.numbered or not earlier(card):
        return ""
    ever = percent(card.verdict.probability_ever)
    return f" The chance of that is {ever}; {percent(card.verdict.shown)} is for {card.by} alone."


def event(card: Card, when: str) -> str:
    """What has to happen, and when, for the target to be met."""
    return f"{what_counts(card)} come to {card.goal} or more {when}, in current prices."


def what_counts(card: Card) -> str:
    """What is counted: whose exports and imports, and of which goods."""
    row = card.row
    goods = label(str(row.coverage))
    if row.coverage == "unknown":
        goods = "goods (what counts was not said)"
    if card.flow != "turnover":
        return f"{capital(counted(card))}, of {goods},"
    return f"Exports and imports of {goods} {sides(card)}"


def whose_figures(card: Card) -> str:
    """Whose figures decide, and whose are used here."""
    row = card.row
    was_said = known(row.statistics_of) and row.statistics_of != "unknown"
    whose = named(row.statistics_of) if was_said else "not said by whom"
    if card.given:
        whose += f"; the figures used here are those of {card.given}"
    elif card.history is not None and "source_id" in card.history:
        whose += f"; the series used here is that of {_sources_of_series(card.history)}"
    return f"{capital(whose)}."


def _sources_of_series(history: pd.DataFrame) -> str:
    """The source of the last year, and since when; before it the earlier one, if it is one."""
    sources = history["source_id"]
    last = sources.iloc[-1]
    if (sources == last).all():
        return reporter(last)
    first = int(history["year"][sources == last].min())
    earlier = list(dict.fromkeys(map(reporter, sources[history["year"] < first])))
    before = earlier[0] if len(earlier) == 1 else "other sources"
    return f"{reporter(last)} from {first}, and that of {before} before"


def _decision_day(card: Card) -> str:
    """The day on which a target is decided."""
    row = card.row
    if known(row.resolved):
        ending = "is" if pd.Timestamp(row.resolved).date() > known_day() else "was"
        # A target that was reached early is decided by the year in which it was.
        decisive = pd.Timestamp(row.resolved).year - 1
        decided_on = day(row.resolved)
        due = _figure_due(card, decisive)
        if due is None or due <= pd.Timestamp(row.resolved):
            return f"{decided_on}, from when the figure of {decisive} {ending} taken to be known."
        return f"{day(due)}, when our source's figure of {decisive} is expected."
    if card.deadline and not card.id:
        return f"Once the figure of {card.deadline} is published."
    return "No day is set, because no year was named."


def _figure_due(card: Card, year: int) -> pd.Timestamp | None:
    """When the figure of a year is expected, as its last one was published; None if unknown."""
    history = card.history
    if history is None or "released" not in history or card.last_year is None:
        return None
    later = year - card.last_year
    released = history["released"].iloc[-1]
    return None if later < 1 else pd.Timestamp(released) + pd.DateOffset(years=later)


def method(card: Card) -> str:
    """How the chance is found, in one paragraph."""
    verdict = card.verdict
    if verdict is None or card.history is None:
        return ""
    when = str(verdict.by) if card.deadline else f"every year up to {verdict.by}"
    learned = learned_from(verdict.evidence.set_index("key").loc["known_from", "source"])
    reads = "Of this pair it knows one figure, so it gives the futures of pairs of that size"
    if card.state == "several_years":
        reads = f"It reads {len(card.history)} years of this pair's trade"
    if card.is_sum:
        reads = (
            "It reads the trade of each pair that the sum is made of, and adds the pairs up: those "
            "that share a country move together"
        )
    told = ""
    if card.row.currency != DOLLAR:
        told = (
            f" It reads US dollars, and what it says is told in {card.row.currency}. The rate may "
            "go either way from the last one known. When a currency falls, trade told in dollars "
            "falls with it."
        )
    return (
        "The chance comes from one model of how trade between two countries grows, chosen by tests "
        f"on other pairs. Today's version learned from {learned}. For a past day it learned again, "
        f"from what was public by then. {reads}. Large pairs move less than small ones, growth "
        "slows after a jump, and all pairs share good and bad years. From this the model works out "
        f"how likely each level of trade is in {when}.{told} The chance we give is that of "
        f"{card.goal} or more. We do not mix in the other ways to estimate it: they show how much "
        "the answer depends on data, pairs and method."
    )
