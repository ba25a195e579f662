"""A target's question and answer, in sentences."""

import pandas as pd

from pages.cards import Card, known_day
from pages.words import (
    between,
    day,
    frequency,
    known,
    money,
    spoken,
)
from tradelib.ground.plain import percent


def question(card: Card) -> str:
    """What a reader asks of a target."""
    both = f"{spoken(card.row.reporter)} and {spoken(card.row.partner)}"
    when = f" by {card.by}" if card.by and (card.deadline or card.state in ("own", "size")) else ""
    verb = "Will" if card.row.status == "open" else "Did"
    part = " without oil" if card.row.coverage == "goods_non_oil" else ""
    return f"{verb} {both} trade for {card.goal} a year{part}{when}?"


def answer(card: Card) -> dict[str, str]:
    """The answer: a number where one is meant, a word, and a sentence or two."""
    if card.verdict is not None:
        return _forecast(card)
    if card.listed is not None:
        return {"number": "", "word": "Open.", "said": no_forecast(card)}
    return {"number": "", "word": f"{status(card)}.", "said": came(card)}


def _forecast(card: Card) -> dict[str, str]:
    found = card.verdict
    if found is None:
        raise ValueError(f"{card.id} has no forecast")
    low, high = card.estimate_range
    if card.state == "size":
        said = (
            f"One figure of this pair is known. Of pairs of this size, {between(low, high)} trade "
            f"{card.goal} or more in {found.by}."
        )
        return {"number": "", "word": "A pair of this size.", "said": said}
    if card.reached:
        said = (
            f"{frequency(found.probability_in).capitalize()} that the two do so in {found.by} too."
        )
        return {"number": "", "word": f"{card.reached}.", "said": said}
    shown = percent(found.probability_in) if card.numbered else ""
    word = found.words.capitalize() if card.numbered else "Cannot tell"
    return {"number": shown, "word": f"{word}.", "said": f"{_chances(card)} {_others(card)}"}


def _chances(card: Card) -> str:
    found = card.verdict
    if found is None or card.history is None:
        return ""
    first, by = int(card.history["year"].iloc[-1]) + 1, found.by
    said = (
        f"{frequency(found.probability_in).capitalize()} that the two trade {card.goal} or more "
        f"in {by}"
    )
    if first == by:
        return f"{said}."
    ahead = [str(year) for year in range(first, by + 1)]
    years = " or ".join(ahead) if len(ahead) < 3 else f"any year up to {by}"
    return f"{said}, and {frequency(found.probability_ever)} that they do in {years}."


def _others(card: Card) -> str:
    low, high = card.estimate_range
    return f"Other ways to estimate it give {between(low, high)}."


def no_forecast(card: Card) -> str:
    """Why nothing is said of an open target."""
    row = card.listed
    if card.state != "over":
        return f"{str(row.rests_on)[:1].upper()}{str(row.rests_on)[1:]}."
    last = f"last figure {card.last_known}"
    if card.deadline is None:
        return f"No deadline; {last}: no forecast."
    return f"The deadline {card.deadline} has passed; {last}: no forecast."


def status(card: Card) -> str:
    """What became of a target, in words that its own figures bear out."""
    row = card.row
    if row.status != "met_late":
        return {
            "met_on_time": "Met on time",
            "missed": "Missed",
            "superseded": "Superseded",
            "open": "Open",
        }[row.status]
    if known(row.reached_year):
        return f"Met late, in {int(row.reached_year)}"
    return "Missed; said to have been reached later, year unknown"


def came(card: Card) -> str:
    """What came, with its share of the target."""
    row = card.row
    if not known(row.outcome_value):
        return "So it is reported; no figure was found."
    when = (
        f"In {int(row.outcome_year)} the two traded" if known(row.outcome_year) else "They traded"
    )
    value = money(row.outcome_value, row.currency)
    told = f"{when} {value}, {row.outcome_value / row.target_value:.0%} of the target."
    if row.status == "met_on_time" and known(row.reached_year):
        told += f" It was reached in {int(row.reached_year)}."
    return told


def updated(card: Card) -> str:
    """To which day the page is true, and when the next figure comes."""
    if card.verdict is None or card.history is None:
        return f"Registry as of {day(known_day())}."
    last = card.history.iloc[-1]
    year = int(last["year"])
    months = card.verdict.evidence.query("key == 'nowcast'")
    seen = "; ".join(row.item for row in months.itertuples()) or f"of {year + 1} no month is known"
    told = f"Updated with what was known on {day(known_day())}: figures to {year}, {seen}."
    care = f" Take care: {card.care}." if card.care else ""
    return f"{told} {_next(card)}{care}"


def _next(card: Card) -> str:
    if card.history is None:
        return ""
    year = int(card.history["year"].iloc[-1]) + 1
    if "released" in card.history:
        due = pd.Timestamp(card.history["released"].iloc[-1]) + pd.DateOffset(years=1)
    else:
        due = pd.Timestamp(year=year + 1, month=6, day=30)
    if due.date() <= known_day():
        return (
            f"The figure of {year} was due by {day(due)} and is not in our data; the next look is "
            f"after {day(_next_look())}."
        )
    return f"Next figure, of {year}, expected on {day(due)}."


def _next_look() -> pd.Timestamp:
    return pd.Timestamp(known_day()) + pd.DateOffset(years=1)


def standing(card: Card) -> str:
    """A target's answer in a few words."""
    if card.verdict is not None:
        if card.reached:
            return f"{card.reached}."
        if card.numbered:
            return f"{percent(card.verdict.probability_in)} in {card.by}"
        why = "a pair of this size" if card.state == "size" else "cannot tell"
        return f"{between(*card.estimate_range)} in {card.by}, {why}"
    if card.listed is not None:
        return no_forecast(card)
    return f"{status(card)}. {came(card)}"


def description(card: Card) -> str:
    """A sentence for those who share the page."""
    told = answer(card)
    return " ".join(part for part in (told["number"], told["word"], told["said"]) if part)
