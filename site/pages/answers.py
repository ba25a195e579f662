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
    has_forecast = card.state in ("several_years", "one_figure")
    when = f" by {card.by}" if card.by and (card.deadline or has_forecast) else ""
    verb = "Will" if card.row.status == "open" else "Did"
    trade = "non-oil trade" if card.row.coverage == "goods_non_oil" else "trade"
    return f"{verb} {trade} between {both} reach {card.goal} a year{when}?"


def answer(card: Card) -> dict[str, str]:
    """The answer: a number (empty if one number would mislead), a word, and a sentence or two."""
    if card.verdict is not None:
        return _forecast(card)
    if card.open_row is not None:
        word = card.reached or "Open"
        return {"number": "", "word": f"{word}.", "said": no_forecast(card)}
    return {"number": "", "word": f"{status(card)}.", "said": outcome_sentence(card)}


def _forecast(card: Card) -> dict[str, str]:
    """The answer of a target with a forecast."""
    verdict = card.verdict
    if verdict is None:
        raise ValueError(f"{card.id} has no forecast")
    if card.state == "one_figure":
        low, high = card.estimate_range
        text = (
            "We know one year of this pair's trade, so we judge from other pairs of its size: "
            f"{between(low, high)} of them can be expected to trade {card.goal} or more in "
            f"{verdict.by}."
        )
        return {"number": "", "word": "One figure only.", "said": text}
    if card.reached:
        chance = frequency(verdict.probability_in)
        verb = "are" if "chances" in chance else "is"
        text = f"There {verb} {chance} that the two trade that much in {verdict.by} too."
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
    """The range of the other estimates of the chance."""
    low, high = card.estimate_range
    return f"Other ways to estimate it give {between(low, high)}."


def no_forecast(card: Card) -> str:
    """Why there is no forecast of an open target."""
    row = card.open_row
    if card.state != "awaiting_figure":
        reason = str(row.rests_on)
        return f"{reason[:1].upper()}{reason[1:]}."
    if card.reached:
        year = f"of {card.deadline}" if card.deadline else "of the year we would judge"
        text = f"No figure {year} is known yet, so there is no forecast."
        if card.history is None:
            return text
        last = card.history.iloc[-1]
        amount = money(last["turnover_musd"], card.row.currency)
        return f"The newest figure is {amount} in {last['year']:.0f}. {text}"
    last = f"the last figure known is of {card.last_known}, so there is no forecast"
    if card.deadline is None:
        return f"No deadline was named. The year we would judge is over and {last}."
    return f"The deadline of {card.deadline} has passed and {last}."


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


def outcome_sentence(card: Card) -> str:
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
    """The day up to which the page is current, and when the next figure is expected."""
    if card.verdict is None or card.history is None:
        return f"Registry as of {day(known_day())}."
    year = int(card.history["year"].iloc[-1])
    nowcasts = card.verdict.evidence.query("key == 'nowcast'")
    months = "; ".join(row.item for row in nowcasts.itertuples())
    if not months:
        months = f"no month of {year + 1} yet"
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
        # With no day of release known, a figure counts as due by the middle of the next year.
        due = pd.Timestamp(year=year + 1, month=6, day=30)
    if due.date() <= known_day():
        look_again = day(_look_again())
        return (
            f"The figure of {year} was due by {day(due)} and is not in our data; we look for it "
            f"again after {look_again}."
        )
    return f"Next figure, of {year}, expected on {day(due)}."


def _look_again() -> pd.Timestamp:
    """Day after which we look for new figures again: a year after the newest data."""
    return pd.Timestamp(known_day()) + pd.DateOffset(years=1)


def short_answer(card: Card) -> str:
    """A target's answer in a few words."""
    if card.reached:
        return f"{card.reached}."
    if card.verdict is not None:
        if card.numbered:
            return f"{percent(card.verdict.probability_in)} in {card.by}"
        estimates = f"{between(*card.estimate_range)} in {card.by}"
        if card.state == "one_figure":
            return f"{estimates}, judged from other pairs of this size"
        return f"{estimates}: cannot tell"
    if card.open_row is not None:
        return no_forecast(card)
    return f"{status(card)}. {outcome_sentence(card)}"


def description(card: Card) -> str:
    """The answer in one line, shown where a link to the page is previewed."""
    parts = answer(card)
    return " ".join(filter(None, (parts["number"], parts["word"], parts["said"])))
