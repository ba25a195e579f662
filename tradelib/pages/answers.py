"""A target's question and answer, in sentences."""

import re

import pandas as pd

from tradelib.core.growth import required_growth
from tradelib.core.labels import capital, percent
from tradelib.pages.cards import Card, known_day
from tradelib.pages.words import (
    between,
    beyond,
    day,
    frequency,
    known,
    money,
    number,
    plural,
    spoken,
)
from tradelib.science.assessment.case import OPEN_ENDED
from tradelib.science.assessment.evidence import OTHER_PAIRS
from tradelib.science.assessment.likelihood_words import own_words


def question(card: Card) -> str:
    """What a reader asks of a target: by its deadline, or ever where none was named.

    Where earlier years have a chance of their own, the question is that of the deadline's year.
    """
    if earlier(card):
        return f"Will {counted(card)} reach {card.goal} in {card.by}?"
    is_open = undecided(card)
    when = f" by {card.deadline}" if card.deadline else ""
    ever = " ever" if is_open and not card.deadline else ""
    verb = "Will" if is_open else "Did"
    return f"{verb} {counted(card)}{ever} reach {card.goal} a year{when}?"


def undecided(card: Card) -> bool:
    """Whether a target is open, and if a reader asked, of a year that is not over."""
    return card.row.status == "open" and (bool(card.id) or not _over(card))


def _over(card: Card) -> tuple[str, str] | None:
    """The year judged and what became of a target, if that year is over; else None."""
    found = re.fullmatch(r"(\d{4}) is over: (.+)", str(getattr(card.open_row, "rests_on", "")))
    return (found[1], found[2]) if found else None


def counted(card: Card) -> str:
    """What a target counts: the trade of both, or exports or imports of the first."""
    if card.flow != "turnover":
        to_or_from = "to" if card.flow == "export" else "from"
        return (
            f"{card.flow}s of {spoken(card.row.reporter)} {to_or_from} {spoken(card.row.partner)}"
        )
    trade = "non-oil trade" if card.row.coverage == "goods_non_oil" else "trade"
    return f"{trade} {sides(card)}"


def sides(card: Card) -> str:
    """Between whom trade is: two sides, or the members of one bloc."""
    first, second = spoken(card.row.reporter), spoken(card.row.partner)
    if first == second:
        return f"between the countries of {first}"
    return f"between {first} and {second}"


def traders(card: Card) -> str:
    """Who trades: the two sides, or the members of a bloc among themselves."""
    return "these countries" if card.inside else "the two"


def comes_to(card: Card, amount: str) -> str:
    """That the two trade an amount, or that the flow which counts comes to it."""
    if card.flow == "turnover":
        return f"{traders(card)} trade {amount}"
    return f"{counted(card)} come to {amount}"


def answer(card: Card) -> dict[str, str]:
    """The answer: a number (empty if one number would mislead), a word, and a sentence or two.

    Beside a number stands its `value`, for programs.
    """
    if card.verdict is not None:
        return _forecast(card)
    if card.aged is not None:
        word = card.reached or ends_in(card)
        return {"number": "", "word": f"{word}.", "said": too_old(card)}
    if card.open_row is not None:
        if not card.id:
            return _own_without_forecast(card)
        word = card.reached or "Open"
        return {"number": "", "word": f"{word}.", "said": no_forecast(card)}
    return {"number": "", "word": f"{status(card)}.", "said": outcome_sentence(card)}


def _own_without_forecast(card: Card) -> dict[str, str]:
    """What became of a reader's own target whose year is over, or why there is no answer."""
    over = _over(card)
    if over:
        year, became = over
        said = f"{year} is over. {_in_year(card, int(year))}".rstrip()
        return {"number": "", "word": f"{capital(became)}.", "said": said}
    word = card.reached or "No answer"
    return {"number": "", "word": f"{word}.", "said": no_forecast(card)}


def _in_year(card: Card, year: int) -> str:
    """What was traded in a year, if it is known."""
    history = card.history
    if history is None or year not in set(history["year"]):
        return ""
    value = float(history.set_index("year")["turnover_musd"][year])
    return f"In {year} {counted(card)} came to {money(value, card.row.currency)}."


def _forecast(card: Card) -> dict[str, str]:
    """The answer of a target with a forecast.

    Where years before the deadline's could do too, `ever` is the chance with them and `also` says
    so.
    """
    verdict = card.verdict
    if verdict is None:
        raise ValueError(f"{card.id} has no forecast")
    if card.state == "one_figure":
        return {"number": "", "word": "One figure only.", "said": _of_such_pairs(card)}
    if card.reached:
        chance = frequency(verdict.probability_in)
        verb = "are" if "chances" in chance else "is"
        again = comes_to(card, "that much")
        text = f"There {verb} {chance} that {again} in {verdict.by} too."
        return {"number": "", "word": f"{card.reached}.", "said": text}
    text = " ".join(filter(None, (chances(card), looked_to(card), other_ways(card))))
    if not card.numbered:
        return {"number": "", "word": "Cannot tell.", "said": text}
    parts = {
        "number": percent(verdict.shown),
        "value": f"{verdict.shown:.4f}",
        "word": f"{own_words(verdict.words).capitalize()}.",
        "said": text,
    }
    if years := earlier(card):
        also = f"{years}, as it does when we judge whether a pledge was kept."
        parts |= {"ever": percent(verdict.probability_ever), "also": also}
    return parts


def earlier(card: Card) -> str:
    """On which years the other chance of a target with a deadline counts, if there are any."""
    verdict = card.verdict
    if verdict is None or card.deadline is None or card.last_year is None:
        return ""
    first, last = card.last_year + 1, verdict.by - 1
    if last < first:
        return ""
    if last == first:
        return f"if {first} counts too"
    years = f"{first} or {last}" if last == first + 1 else f"any year from {first}"
    return f"if {years} counts too"


def _of_such_pairs(card: Card) -> str:
    """What other pairs of this size did, where one figure is all that is known."""
    verdict = card.verdict
    if verdict is None:
        return ""
    known_years = "We know one year of this pair's trade, so we judge from other pairs of its size"
    others = verdict.other_ways.set_index("group")
    if OTHER_PAIRS not in others.index:
        return f"{known_years}. No such pairs are on record."
    share = between(*others.loc[OTHER_PAIRS, ["low", "high"]])
    return f"{known_years}: {share} of them can be expected to trade {card.goal} in {verdict.by}."


def chances(card: Card) -> str:
    """The chance of the number in words, and the other one where it has no line of its own."""
    verdict = card.verdict
    if verdict is None or card.last_year is None:
        return ""
    by = verdict.by
    within = frequency(verdict.probability_in)
    ever = frequency(verdict.probability_ever)
    if card.deadline is None:
        return (
            f"{ever.capitalize()} that {comes_to(card, card.goal)} or more in any year up to {by}, "
            f"and {within} in {by}."
        )
    text = f"{within.capitalize()} that {comes_to(card, card.goal)} or more in {by}"
    also = "" if card.numbered else earlier(card)
    return f"{text}, and {ever} {also}." if also else f"{text}."


def looked_to(card: Card) -> str:
    """Which year is looked ahead to where no deadline was named, and why; else nothing."""
    if card.deadline is not None or card.verdict is None:
        return ""
    return (
        f"No deadline was named, so we look {number(OPEN_ENDED)} years ahead of the last figure, "
        f"of {card.last_year}: to {card.by}."
    )


def other_ways(card: Card) -> str:
    """What the other ways to estimate the chance give, and that it lies outside of them if so.

    They estimate the chance in the year judged, which is not the number shown where no deadline
    was named. One way is named, and is no range.
    """
    verdict = card.verdict
    if verdict is None:
        return ""
    ways = verdict.evidence[verdict.evidence["role"] == "range"]
    low, high = card.estimate_range
    what = f"the {percent(verdict.probability_in)} of {verdict.by}"
    if card.deadline:
        what = f"the chance in {verdict.by}" if earlier(card) else "it"
    if ways.empty:
        return f"There is no other way to estimate {what}."
    where = beyond(verdict.probability_in, (low, high))
    if len(ways) == 1:
        than = f", which is {where}" if where else ""
        item = ways["item"].iloc[0]
        return f"The one other way to estimate {what}, {item}, gives {percent(low)}{than}."
    outside = f"; all are {where}" if where else ""
    if percent(low) == percent(high):
        every = "Both" if len(ways) == 2 else f"All {number(len(ways))}"
        return f"{every} other ways to estimate {what} give {percent(low)}{outside}."
    # Of two the middle one says nothing more.
    middle = f", {percent(ways['value'].median())} in the middle" if len(ways) > 2 else ""
    return f"Other ways to estimate {what} give {between(low, high)}{middle}{outside}."


def ends_in(card: Card) -> str:
    """That the data end in a year."""
    return f"Our data for this {'sum' if card.is_sum else 'pair'} end in {card.last_year}"


def too_old(card: Card) -> str:
    """What a target would take, and how often like pairs did it, where data are too old."""
    aged = card.aged
    if aged is None or card.history is None or card.last_year is None:
        return ""
    years = aged.by - card.last_year
    last = float(card.history["turnover_musd"].iloc[-1])
    goal = float(card.row.target_value)
    ended = f"{ends_in(card)}. " if card.reached else ""
    text = f"{ended}That is too long ago for a chance."
    if goal <= last:
        return text
    growth = float(required_growth(last, goal, years=years))
    when = f"by {aged.by}" if card.deadline else f"in the {number(years)} years after that"
    would = "would have" if card.deadline else "would have had"
    text += (
        f" To reach {card.goal} {when}, trade {would} to grow by {growth:.0%} a year from "
        f"{money(last, card.row.currency)}."
    )
    return f"{text} {_like_pairs(card, years)}".rstrip()


def _like_pairs(card: Card, years: int) -> str:
    """How many pairs of the same size grew as much in as many years; nothing if unknown."""
    if card.aged is None:
        return ""
    shares = card.aged.evidence.set_index("key")["value"]
    if "like_pairs" not in shares.index:
        return ""
    share = percent(shares["like_pairs"])
    text = f"Of pairs of the same size {share} grew as much in {plural(years, 'year')}"
    if "like_pairs_real" not in shares.index:
        return f"{text}."
    return f"{text}, and {percent(shares['like_pairs_real'])} in constant dollars."


def no_forecast(card: Card) -> str:
    """Why there is no forecast of an open target."""
    row = card.open_row
    if card.state != "awaiting_figure":
        return f"{capital(str(row.rests_on))}.".replace("`", "")
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
        return "So the press reports; we found no figure of that year."
    traded = "They traded"
    if known(row.outcome_year):
        traded = f"In {int(row.outcome_year)} {traders(card)} traded"
    value = money(row.outcome_value, row.currency)
    share = row.outcome_value / row.target_value
    text = f"{traded} {value}, {share:.0%} of the target."
    if row.status == "met_on_time" and known(row.reached_year):
        text += f" It was reached in {int(row.reached_year)}."
    return text


def updated(card: Card) -> str:
    """The day up to which the page is current, and when the next figure is expected.

    Where a year is over of which no figure is known, it is said in which year the data end.
    """
    registry = f"{'Registry as of' if card.id else 'As known on'} {day(known_day())}."
    if card.last_year is None or (card.verdict is None and card.aged is None):
        return registry
    year = card.last_year
    care = f" Take care: {card.care}." if card.care else ""
    months = _months(card)
    if card.given:
        text = f"The pair's figures are those of {card.given}, up to {year}"
        more = f", with {months}" if months else ""
        return f"{text}{more}. All else is what was known on {day(known_day())}."
    if year < known_day().year - 1:
        text = f"{ends_in(card)}{f', with {months}' if months else ''}."
        return f"{text} {_next(card)} {registry}{care}"
    months = months or f"none of {year + 1} by month"
    text = f"As known on {day(known_day())}: yearly figures to {year}, {months}."
    return f"{text} {_next(card)}{care}"


def _months(card: Card) -> str:
    """The months of the year after the last that are known; nothing if none are."""
    verdict = card.verdict or card.aged
    if verdict is None:
        return ""
    nowcasts = verdict.evidence.query("key == 'nowcast'")
    return "; ".join(row.item for row in nowcasts.itertuples())


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
    return f"The figure of {year} is expected on {day(due)}."


def _look_again() -> pd.Timestamp:
    """Day after which we look for new figures again: a year after the newest data."""
    return pd.Timestamp(known_day()) + pd.DateOffset(years=1)


def short_answer(card: Card) -> str:
    """A target's answer in a few words."""
    if card.reached:
        return f"{card.reached}."
    if card.verdict is not None:
        if card.numbered:
            when = f"in {card.by}" if card.deadline else f"in any year up to {card.by}"
            return f"{percent(card.verdict.shown)} {when}"
        estimates = f"{between(*card.estimate_range)} in {card.by}"
        if card.state == "one_figure":
            return f"{estimates}, judged from other pairs of this size"
        return f"{estimates}: cannot tell"
    if card.aged is not None:
        return f"{ends_in(card)}."
    if card.open_row is not None:
        return no_forecast(card)
    return f"{status(card)}. {outcome_sentence(card)}"


def description(card: Card) -> str:
    """The answer in one line, shown where a link to the page is previewed."""
    parts = answer(card)
    return " ".join(filter(None, (parts["number"], parts["word"], parts["said"])))
