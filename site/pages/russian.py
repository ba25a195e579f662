"""The front page and the article's page in Russian, from the dictionary of the answer."""

import math
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
from markupsafe import Markup

import tradelib as tl
from pages.render import fill
from tradelib.core import country_codes
from tradelib.pages.cards import Card
from tradelib.pages.charts import (
    NARROW,
    WIDE,
    Chart,
    Picture,
    Shape,
    amount_in,
    fan_tip,
    known_tip,
    target_picture,
)
from tradelib.pages.citations import cited
from tradelib.pages.pictures import chart
from tradelib.pages.standalone import style
from tradelib.pages.words import money, printed, table
from tradelib.science.assessment.languages import RUSSIAN as SAY
from tradelib.science.assessment.sentences import told
from tradelib.science.assessment.verdict import Verdict


def pages(card: Card) -> dict[str, str]:
    """Both pages, whole files, by their name in the site's folder ``ru``."""
    verdict, drawn = card.verdict, chart(card)
    if verdict is None or drawn is None or card.deadline is None:
        raise ValueError(f"the Russian pages need a target with a forecast, got {card.id}")
    target = verdict.target
    content = {
        "card": card.id,
        "pair": " – ".join(
            country_codes.russian_name(code) for code in (target.reporter, target.partner)
        ),
        "goal": SAY.money(target.value),
        "by": card.deadline,
        "chance": SAY.percent(verdict.shown),
        "word": SAY.words(verdict.words),
        "told": told(verdict, SAY),
        "steps": table(
            "От обычной цели к этой: вероятность по шагам",
            ["что отличается", "вероятность"],
            steps(verdict),
        ),
        "days": table(
            f"Вероятность достичь цели в любом году до {card.deadline} включительно",
            ["день", "вероятность", "последний известный год"],
            days(),
        ),
        "decided": SAY.day(pd.Timestamp(card.row.resolved).date()),
        "drawn": [translated(target_picture(drawn, size), drawn) for size in (WIDE, NARROW)],
        "sources": replace(cited(card), caption="Источники данных"),
        "style": Markup(style()),  # noqa: S704 - files of the package
        "version": tl.__version__,
    }
    return {
        "index.html": fill("ru_front.html", **content),
        f"{card.id}.html": fill("ru_target.html", **content),
    }


def steps(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """From a usual target's chance to this one's: what differs, and what it does.

    Points are rounded on the way, so that those printed add up.
    """
    chance = verdict.value("usual")
    yield "обычная цель пары такого же объёма", SAY.percent(chance)
    for row in verdict.reasons.itertuples():
        moved = printed(chance + row.value) - printed(chance)
        chance += row.value
        yield SAY.reason_name(row.key), SAY.points(moved)
    yield f"всё вместе, в {verdict.by} году", SAY.percent(verdict.probability_in)


def days() -> Iterator[tuple[str, str, str]]:
    """The chance on each day on which more became known, and the newest year known then."""
    for row in tl.timeline(tl.article_target()).itertuples():
        if not math.isnan(row.probability_ever):
            chance = SAY.percent(row.probability_ever)
            yield SAY.day(row.as_of), chance, str(row.last_year)


def translated(picture: Picture, drawn: Chart) -> Picture:
    """A target's picture with Russian words; numbers and years stay as they are."""
    words = _words(drawn)

    def russian(shape: Shape) -> Shape:
        text = SAY.digits(shape.text) if _is_number(shape.text) else words[shape.text]
        return replace(shape, text=text, tip=words[shape.tip] if shape.tip else "")

    shapes = tuple(russian(shape) for shape in picture.shapes)
    return replace(picture, shapes=shapes, words="Товарооборот по годам, прогноз и цель")


def _words(drawn: Chart) -> dict[str, str]:
    """Russian words for all that a picture says in English."""
    unit = "млрд" if drawn.scale > 1 else "млн"
    goal = drawn.goal[0]
    words = {
        drawn.unit: f"товарооборот, {unit} долл. США в год",
        f"target {money(goal, drawn.currency)}": f"цель – {SAY.money(goal)}",
    }
    for year, value in drawn.history:
        amount = SAY.money(value)
        words[amount_in((year, value), drawn.currency)] = f"{amount}, {year} год"
        words[known_tip((year, value), drawn.currency)] = f"{year}: {amount}"
    for row in drawn.fan:
        low, middle, high = (SAY.money(row[level]) for level in ("q10", "q50", "q90"))
        told_of_year = f"{row['year']:.0f}: {middle}; в четырёх случаях из пяти {low} – {high}"
        words[fan_tip(row, drawn.currency)] = told_of_year
    return words


def _is_number(text: str) -> bool:
    """Whether a text has no letters: a year, a value of the axis, or nothing."""
    return not any(letter.isalpha() for letter in text)
