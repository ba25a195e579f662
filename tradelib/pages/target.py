"""A target's page: its question, the answer, and everything that the answer rests on."""

from collections.abc import Mapping, Sequence
from typing import Any

from tradelib.core.labels import quoted
from tradelib.pages.answers import answer, description, question, undecided, updated
from tradelib.pages.cards import Card, known_day
from tradelib.pages.charts import NARROW, WIDE, Picture, chance_picture
from tradelib.pages.evidence import evidence
from tradelib.pages.evidence import on_its_day as on_its_day_table
from tradelib.pages.explorer import shipped
from tradelib.pages.goods import drawn as goods_drawn
from tradelib.pages.goods import gap as gap_of_goods
from tradelib.pages.goods import most as most_of_goods
from tradelib.pages.goods import tables as goods_tables
from tradelib.pages.goods import words as goods_words
from tradelib.pages.over_time import UN_STATUS, archived, chance_table, over_time, un_method
from tradelib.pages.pictures import caption, chart, pictures
from tradelib.pages.pledge import contradicted, on_its_day, pledge, series, siblings, statements
from tradelib.pages.rates import EASIER, kept_on_time
from tradelib.pages.reliability import corrected, counts, given, marks, worth
from tradelib.pages.render import fill
from tradelib.pages.why import decided, heading_of_reasons, method, reasons
from tradelib.pages.words import day


def in_python(card: Card) -> str:
    """Lines of Python that give the same answer of a target of the registry."""
    if card.verdict is not None:
        last = f"print(tl.assess(tl.open_target({quoted(card.id)})).summary())"
    else:
        last = f"print(tl.load_targets().query({quoted(f'target_id == {card.id!r}')}).T)"
    return f"import tradelib as tl\n\n{last}"


def cite_as(card: Card) -> str:
    """How to cite the page."""
    return (
        f"The tradelib authors ({known_day().year}): {question(card)} Data to {day(known_day())}. "
        "CC BY 4.0."
    )


def page(card: Card, others: Sequence[Card] = (), **more: Any) -> dict[str, str]:
    """Title, body and description of a target's page; `more` is what a page that stands alone has.

    It is ``alone`` (True) and ``cited``, ``months``, ``command``, ``version``, as `report` gives
    them; ``code`` and ``view`` take the place of the site's.
    """
    drawn = pictures(card)
    days = over_time(card)
    chances = chance_table(card, days) if days else None
    has_un_status = chances is not None and UN_STATUS in chances.columns
    content = {
        "id": card.id,
        "question": question(card),
        "answer": answer(card),
        "updated": updated(card),
        "drawn": drawn,
        "caption": caption(card),
        "view": shipped(card, chart(card)),
        "reasons": reasons(card),
        "most": most_of_goods(card),
        "why": heading_of_reasons(card),
        "given": given(card),
        "worth": worth(card),
        "corrected": corrected(card),
        "marks": marks(card),
        "counts": counts(card),
        "contradicted": contradicted(card),
        "chance": _chance_pictures(card, days),
        "chance_caption": _chance_caption(card),
        "chances": chances,
        "un_method": un_method("../") if has_un_status else "",
        "archived": archived(card),
        "decided": decided(card),
        "evidence": evidence(card),
        "method": method(card),
        "pledge": pledge(card),
        "on_its_day": on_its_day(card),
        "on_its_day_table": on_its_day_table(card),
        "kept": f"{kept_on_time()} {EASIER}" if card.open_row is not None else "",
        "siblings": siblings(card, others),
        "statements": statements(card),
        "series": series(card),
        "goods": goods_words(card),
        "goods_drawn": goods_drawn(card),
        "goods_tables": goods_tables(card),
        "gap": gap_of_goods(card),
        "code": in_python(card),
        "cite": cite_as(card),
        "is_open": undecided(card),
        "months": "",
    }
    body = fill("target.html", **content | more)
    preview = f"pictures/{card.id}.png" if drawn else ""
    return {
        "title": question(card),
        "body": body,
        "description": description(card),
        "preview": preview,
    }


def _chance_pictures(card: Card, days: Sequence[Mapping[str, Any]]) -> list[Picture] | None:
    """The chance over time, for desktop and for phone; None where there is none."""
    if not days or not card.by:
        return None
    unit = f"chance that the target is met in {card.by}"
    if card.deadline is None:
        unit = f"chance in any year up to {card.by}"
    return [chance_picture(days, unit, size) for size in (WIDE, NARROW)]


def _chance_caption(card: Card) -> str:
    """What the picture of the chance over time shows."""
    if card.deadline is None:
        return "Line: the chance."
    return (
        "Line: the chance. Band: from the lowest to the highest of the other ways to estimate it."
    )
