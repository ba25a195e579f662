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
    has_forecast = card.state in ("own", "size")
    when = f" by {card.by}" if card.by and (card.deadline or has_forecast) else ""
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
    """The answer of a target with a forecast."""
    verdict = card.verdict
    if verdict is None:
        raise ValueError(f"{card.id} has no forecast")
    chance = frequency(verdict.probability_in).capitalize()
    if card.state == "size":
        low, high = card.estimate_range
        text = (
            f"One figure of this pair is known. Of pairs of this size, {between(low, high)} trade "
            f"{card.goal} or more in {verdict.by}."
        )
        return {"number": "", "word": "A pair of this size.", "said": text}
    if card.reached:
        text = f"{chance} that the two do so in {verdict.by} too."
        return {"number": "", "word": f"{card.reached}.", "said": text}
    text = f"{_chances(card)} {_others(card)}"
    if not card.numbered:
        return {"number": "", "word": "Cannot tell.", "said": text}
    number = percent(verdict.probability_in)
    return {"number": number, "word": f"{verdict.words.capitalize()}.", "said": text}


def _chances(card: Card) -> str:
    """Both chances in words: in the year, and in any year up to it."""
    verdict = card.verdict
    if verdict is None or card.history is None:
        return ""
    first = int(card.history["year"].iloc[-1]) + 1
    by = verdict.by
    chance = frequency(verdict.probability_in).capitalize()
    text = f"{chance} that the two trade {card.goal} or more in {by}"
    if first == by:
        return f"{text}."
    ahead = [str(year) for year in range(first, by + 1)]
    years = " or ".join(ahead) if len(ahead) < 3 else f"any year up to {by}"
    return f"{text}, and {frequency(verdict.probability_ever)} that they do in {years}."


def _others(card: Card) -> str:
    """How far other ways to estimate the chance differ."""
    low, high = card.estimate_range
    return f"Other ways to estimate it give {between(low, high)}."


def no_forecast(card: Card) -> str:
    """Why nothing is said of an open target."""
    row = card.listed
    if card.state != "over":
        reason = str(row.rests_on)
        return f"{reason[:1].upper()}{reason[1:]}."
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
    """The outcome, with its share of the target."""
    row = card.row
    if not known(row.outcome_value):
        return "So it is reported; no figure was found."
    traded = "They traded"
    if known(row.outcome_year):
        traded = f"In {int(row.outcome_year)} the two traded"
    value = money(row.outcome_value, row.currency)
    share = row.outcome_value / row.target_value
    text = f"{traded} {value}, {share:.0%} of the target."
    if row.status == "met_on_time" and known(row.reached_year):
        text += f" It was reached in {int(row.reached_year)}."
    return text


def updated(card: Card) -> str:
    """To which day the page is true, and when the next figure comes."""
    if card.verdict is None or card.history is None:
        return f"Registry as of {day(known_day())}."
    year = int(card.history["year"].iloc[-1])
    nowcasts = card.verdict.evidence.query("key == 'nowcast'")
    months = "; ".join(row.item for row in nowcasts.itertuples())
    if not months:
        months = f"of {year + 1} no month is known"
    text = f"Updated with what was known on {day(known_day())}: figures to {year}, {months}."
    care = f" Take care: {card.care}." if card.care else ""
    return f"{text} {_next(card)}{care}"


def _next(card: Card) -> str:
    """When the figure of the next year is expected."""
    if card.history is None:
        return ""
    year = int(card.history["year"].iloc[-1]) + 1
    if "released" in card.history:
        due = pd.Timestamp(card.history["released"].iloc[-1]) + pd.DateOffset(years=1)
    else:
        due = pd.Timestamp(year=year + 1, month=6, day=30)
    if due.date() <= known_day():
        next_look = day(_next_look())
        return (
            f"The figure of {year} was due by {day(due)} and is not in our data; the next look is "
            f"after {next_look}."
        )
    return f"Next figure, of {year}, expected on {day(due)}."


def _next_look() -> pd.Timestamp:
    """Day after which we look for new figures again: a year after the newest data."""
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
    """The answer in a line, for those who share the page."""
    parts = answer(card)
    return " ".join(filter(None, (parts["number"], parts["word"], parts["said"])))
