"""The pledge, what was said of it, the pair's series and its other pledges."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

import tradelib as tl
from tradelib.api.forecasts import ARTICLE_PAIRS
from tradelib.api.information import information_on
from tradelib.core.labels import capital, million_of
from tradelib.datasets.targets import LATEST
from tradelib.pages.answers import counted, short_answer, status
from tradelib.pages.cards import Card
from tradelib.pages.evidence import on_its_day as on_its_day_table
from tradelib.pages.words import (
    Link,
    Table,
    Text,
    cell,
    dated,
    day,
    known,
    money,
    number,
    outside,
    reporter,
    table,
)
from tradelib.science.assessment.languages import LANGUAGES
from tradelib.science.assessment.sentences import gap_told
from tradelib.science.pledges.counts import pledge_words
from tradelib.science.pledges.target import FLOW_WORDS


def pledge(card: Card) -> Table:
    """The pledge as the registry holds it, each fact with its source."""
    if not card.id:
        return as_asked(card)
    row = card.row
    by = ", no deadline named"
    if card.deadline:
        kind = " (a number of years was named)" if row.deadline_kind == "n_years" else ""
        by = f" by {card.deadline}{kind}"
    announcement = outside(row.announce_url)
    newest = "Newest figure" if row.status == "open" else "Outcome"
    announced = f"{dated(str(row.announced))}: {cell(row.announced_by)}"
    facts: list[tuple[str, str, Text]] = [
        ("Announced", announced, announcement),
        ("Target", card.goal + by, announcement),
        ("It counts", capital(pledge_words(row)), ""),
        *series_counts(card),
        ("Baseline", figure(row, "baseline"), cited(card, "baseline")),
        (newest, figure(row, "outcome"), cited(card, "outcome")),
        ("Status", status(card), ""),
        ("Care", card.care, ""),
        ("Note", cell(row.note), ""),
    ]
    known_facts = [fact for fact in facts if fact[1]]
    return table("The pledge as the registry holds it", ["what", "as known", "source"], known_facts)


def series_counts(card: Card) -> list[tuple[str, str, Text]]:
    """What the series counts beside what the pledge counts, and both figures of one year."""
    verdict = card.verdict or card.aged
    if verdict is None or not verdict.has("series_counts"):
        return []
    of_series: Text = (Link("the series", "#series"),)
    item = str(verdict.evidence.set_index("key").loc["series_counts", "item"])
    facts: list[tuple[str, str, Text]] = [
        ("Our series counts", capital(item.removeprefix("our series counts ")), of_series)
    ]
    if verdict.has("count_gap"):
        facts.append(("Both counts", gap_told(verdict, LANGUAGES["en"]), of_series))
    return facts


def as_asked(card: Card) -> Table:
    """A reader's own target: what was asked, and what was said of it."""
    row = card.row
    by = f" by {card.deadline}" if card.deadline else ", no deadline named"
    facts: list[tuple[str, str, Text]] = [
        ("Target", card.goal + by, ""),
        ("Counts", counted(card), ""),
        ("Announced", dated(row.announced) if row.announced else "", ""),
        ("In its words", row.wording, ""),
        ("Source", row.announce_url, outside(row.announce_url)),
    ]
    known_facts = [fact for fact in facts if fact[1]]
    if not any(source for *_, source in known_facts):
        two = [(what, given) for what, given, _ in known_facts]
        return table("The target as it was asked", ["what", "as given"], two)
    return table("The target as it was asked", ["what", "as given", "source"], known_facts)


def on_its_day(card: Card) -> str:
    """What the chance of a pledge on the day it is made is worth; nothing where it has none."""
    if on_its_day_table(card) is None:
        return ""
    forward = information_on(None).pledges.model.scores["forward"]
    than = "better" if forward["model"] < forward["growth_model"] else "worse"
    return (
        "A simpler rule, learned from what became of other pledges, gives such a pledge the chance "
        "below for the day it is made. We do not use it for the answer on top: it knows nothing "
        f"that came since, and in a test on {forward['n']} later pledges it did {than} than our "
        "model."
    )


def cited(card: Card, kind: str) -> Text:
    """The source of a figure: a bundled count by name, else its page.

    A page that was printed before the figure's year was over says so.
    """
    page = outside(getattr(card.row, f"{kind}_url"))
    source_id = getattr(card.row, f"{kind}_source")
    if known(source_id):
        return (Link(reporter(source_id), f"../sources.html#source-{source_id}"),)
    printed = getattr(card.row, f"{kind}_printed")
    year = getattr(card.row, f"{kind}_year")
    if not known(printed) or not known(year) or not before_its_end(str(printed), int(year)):
        return page
    parts: list[str | Link] = [page] if isinstance(page, str) else list(page)
    parts.append(f", printed {dated(str(printed))}, before that year was over")
    if series(card):
        parts += [": see ", Link("the series", "#series")]
    return tuple(parts)


def before_its_end(printed: str, year: int) -> bool:
    """Whether a text (ISO day, month or year) certainly came before the end of a year."""
    last_possible = printed + LATEST[len(printed)]
    return last_possible < f"{year}-12-31"


def figure(row: Any, kind: str) -> str:
    """A figure of the registry with its year."""
    value = getattr(row, f"{kind}_value")
    year = getattr(row, f"{kind}_year")
    if not known(value):
        return ""
    amount = money(value, row.currency)
    return f"{amount} in {int(year)}" if known(year) else amount


def statements(card: Card) -> Table | None:
    """What was said of the target and when: the day it was said, not the day it was printed."""
    every = tl.load_target_statements()
    same_reporter = every["reporter"] == card.row.reporter
    same_partner = every["partner"] == card.row.partner
    statements = every[same_reporter & same_partner]
    if statements.empty or card.state != "several_years" or not card.id:
        return None
    in_order = statements.sort_values("stated", kind="stable")
    rows: list[Sequence[Text]] = []
    for row in in_order.itertuples():
        target = money(row.value_musd)
        deadline = cell(row.deadline_words) or "none named"
        source = outside(row.source_url)
        rows.append([day(row.stated), row.who, target, deadline, source])
    columns = ["day", "who", "target", "deadline, in the speaker's words", "source"]
    return table("Statements of this target", columns, rows)


def series_id(row: Any) -> str:
    """Anchor of a year of a recommended series on the page of sources."""
    return f"series-{row.reporter}-{row.partner}-{row.year}"


def contradicted(card: Card, root: str = "../") -> Text:
    """That other figures of the last year contradict its own; nothing if none does.

    `root` leads from the page to the front page.
    """
    words = disputed(card)
    if card.history is None or not words:
        return ""
    last = next(card.history.tail(1).itertuples())
    address = f"{root}sources.html#{series_id(last)}"
    part = part_year_reported(card)
    if part is None:
        words = words.removeprefix(f"{last.year}: ")
        others = Link("others of that year", address)
        return (f"The figure of {last.year} contradicts ", others, f": {words}.")
    who, months, so_far, year, rest = part
    before = last.year - 1
    shows = (
        f" shows {changed(year)}. Both can be true only with {changed(rest)} in the last "
        f"{number(12 - months)} months, against those of {before}. We know no explanation."
    )
    return (
        f"{who} reported {changed(so_far)} for {number(months)} months of {last.year}; ",
        Link("the statistics office's figure for the year", address),
        shows,
    )


def part_year_reported(card: Card) -> tuple[str, int, float, float, float] | None:
    """What was reported of months of the last year, beside that year's figure.

    Who reported it, the months, and the growth on the year before of the months, of the whole year
    and of the rest; None where no growth of months was reported.
    """
    if card.history is None or len(card.history) < 2:
        return None
    before, last = list(card.history.tail(2).itertuples())
    parts = tl.load_part_years(card.row.reporter, card.row.partner)
    of_year = (parts["year"] == last.year) & (parts["coverage"] == "goods")
    reported = parts[of_year & parts["growth_yoy"].notna()]
    if reported.empty:
        return None
    part = next(reported.tail(1).itertuples())
    part_before = part.value_musd / (1 + part.growth_yoy)
    rest = (last.turnover_musd - part.value_musd) / (before.turnover_musd - part_before) - 1
    who = "Officials"
    if known(part.who) and " government" in part.who:
        who = f"The government of {part.who.partition(' government')[0]}"
    of_year = last.turnover_musd / before.turnover_musd - 1
    return who, int(part.months), part.growth_yoy, of_year, rest


def changed(growth: float) -> str:
    """Growth in words: a rise of 5%, a fall of 7%."""
    return f"a {'rise' if growth > 0 else 'fall'} of {abs(growth):.0%}"


def disputed(card: Card) -> str:
    """What contradicts the figure of the last year, in words; nothing if nothing does."""
    pair = (card.row.reporter, card.row.partner)
    if card.history is None or card.given or pair not in ARTICLE_PAIRS:
        return ""
    last = card.history.iloc[-1]
    figures = tl.load_figures(*pair)
    same_source = figures["source_id"] == last["source_id"]
    same_year = figures["period_end"].dt.year == last["year"]
    conflicts = figures.loc[same_source & same_year, "conflict"]
    words = conflicts.dropna()
    return str(words.iloc[0]) if len(words) else ""


def turnover(row: Any) -> Text:
    """A year's turnover, with a link to its source row where the page of sources has one."""
    amount = f"{row.turnover_musd:,.1f}"
    of_registry = row.source_id == "pledges"  # a level that a pledge names stands in its row alone
    if of_registry or (row.reporter, row.partner) not in ARTICLE_PAIRS:
        return amount
    return (Link(amount, f"../sources.html#{series_id(row)}"),)


def series(card: Card) -> Table | None:
    """The series, each year with a link to its source row."""
    history = card.history
    if history is not None and card.given:
        return _own_series(card, history)
    if history is None or "source_id" not in history or len(history) < 2:
        return None
    if card.flow != "turnover":
        return _flow_series(card, history)
    rows: list[Sequence[Text]] = []
    for row in history.itertuples():
        exports = cell(row.export_musd)
        imports = cell(row.import_musd)
        status = provisional(row.status)
        source = reporter(row.source_id) + copied(row)
        released = cell(row.released)
        rows.append([str(row.year), exports, imports, turnover(row), status, source, released])
    columns = ["year", "exports", "imports", "turnover", "status", "source", "published"]
    unit = million_of(card.row.currency)
    goods = "goods" if set(history["coverage"]) == {"goods"} else "goods and services"
    return table(f"Trade of {card.pair} in {goods}, {unit}", columns, rows)


def _own_series(card: Card, history: pd.DataFrame) -> Table:
    """The figures that came with the question."""
    rows = [(str(row.year), f"{row.turnover_musd:,.1f}") for row in history.itertuples()]
    what = FLOW_WORDS[card.flow]
    return table(
        f"{capital(what)} as in {card.given}, {million_of(card.row.currency)}", ("year", what), rows
    )


def _flow_series(card: Card, history: pd.DataFrame) -> Table:
    """The series of exports or imports alone, each year with its source."""
    rows = [
        (str(row.year), f"{row.turnover_musd:,.1f}", reporter(row.source_id) + copied(row))
        for row in history.itertuples()
    ]
    columns = ("year", FLOW_WORDS[card.flow], "source")
    return table(f"{capital(counted(card))}, {million_of(card.row.currency)}", columns, rows)


def copied(row: Any) -> str:
    """That a year's figure was read from a third party's copy, if it was."""
    is_copy = isinstance(getattr(row, "read_through", None), str)
    return ", read from a third party's copy" if is_copy else ""


def provisional(status: str) -> str:
    """A figure's status in words."""
    return "provisional" if status == "preliminary" else status


def siblings(card: Card, others: Sequence[Card]) -> Table | None:
    """The other targets of the same pair."""
    rest = [other for other in others if other.sides == card.sides and other.id != card.id]
    if not rest:
        return None
    rest.sort(key=lambda other: (str(other.row.announced), other.id))
    rows: list[Sequence[Text]] = []
    for other in rest:
        goal = (Link(other.goal, f"{other.id}.html"),)
        deadline = str(other.deadline or "none named")
        announced = dated(str(other.row.announced))
        rows.append([goal, deadline, announced, short_answer(other)])
    columns = ["target", "by", "announced", "chance, or what became of it"]
    return table(f"Other targets of {card.pair}", columns, rows)
