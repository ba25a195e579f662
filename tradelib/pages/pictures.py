"""A target's pictures, and the numbers in them."""

from typing import Any

import pandas as pd

import tradelib as tl
from tradelib.core.labels import DOLLAR
from tradelib.pages.cards import Card
from tradelib.pages.charts import NARROW, WIDE, Chart, Picture, amount_in, target_picture
from tradelib.pages.words import known, money
from tradelib.science.pledges.target import FLOW_WORDS


def chart(card: Card) -> Chart | None:
    """The fan of an open target, or base, target and outcome of any other."""
    if card.verdict is not None:
        return _fan(card)
    if card.aged is not None or (not card.id and card.history is not None):
        return _past(card)
    row = card.row
    base = _figure(row, "baseline")
    outcome = _figure(row, "outcome")
    if card.history is not None:
        outcome = next(_point(last) for last in card.history.tail(1).itertuples())
    if base is None and outcome is None:
        return None
    words = f"{card.pair}: target {card.goal}"
    if card.deadline:
        words += f" by {card.deadline}"
    if base:
        words += f", from {amount_in(base, row.currency)}"
    if outcome:
        words += f", then {amount_in(outcome, row.currency)}"
    return Chart(
        history=() if base is None else (base,),
        goal=(float(row.target_value), card.deadline),
        outcome=outcome,
        currency=row.currency,
        words=f"{words}.",
        counted=FLOW_WORDS[card.flow],
    )


def _past(card: Card) -> Chart | None:
    """History and target, where the data are too old for a fan, or the year judged is over."""
    if card.history is None:
        return None
    history = tuple(_point(row) for row in card.history.itertuples())
    words = f"{card.pair}: {amount_in(history[-1], card.row.currency)}. The target is {card.goal}"
    words += f" by {card.deadline}." if card.deadline else "."
    return Chart(
        history=history,
        goal=(float(card.row.target_value), card.deadline),
        currency=card.row.currency,
        words=words,
        counted=FLOW_WORDS[card.flow],
    )


def _figure(row: Any, kind: str) -> tuple[int, float] | None:
    """Year and value of a row's baseline or outcome, if both are known."""
    year = getattr(row, f"{kind}_year")
    value = getattr(row, f"{kind}_value")
    if not known(year) or not known(value):
        return None
    return int(year), float(value)


def _fan(card: Card) -> Chart:
    """History, fan and target of an open target."""
    verdict = card.verdict
    if verdict is None or card.history is None or card.fan is None:
        raise ValueError(f"{card.id} has no forecast to draw")
    currency = card.row.currency
    history = tuple(_point(row) for row in card.history.itertuples())
    last = amount_in(history[-1], currency)
    low, middle, high = (money(value, currency) for value in verdict.value_range)
    words = (
        f"{card.pair}: {last}; in {verdict.by} as likely above as below {middle}, four times in "
        f"five between {low} and {high}. The target is {card.goal}"
    )
    words += f" by {card.deadline}." if card.deadline else "."
    ahead = card.fan[card.fan["year"] <= verdict.by].to_dict("records")
    fan = [{str(key): value for key, value in row.items()} for row in ahead]
    # The series known on an earlier day may start in an earlier year than today's; the time axis
    # must hold both.
    first_years = [history[0][0]]
    if card.grid:
        first_years += [points[0][0] for points in card.grid["known"]]
    last_ahead = int(card.fan["year"].max())
    return Chart(
        history=history,
        goal=(float(card.row.target_value), card.deadline),
        currency=currency,
        fan=tuple(fan),
        words=words,
        axis_years=(min(first_years), last_ahead),
        counted=FLOW_WORDS[card.flow],
    )


def _point(row: Any) -> tuple[int, float]:
    """Year and turnover of a row of a history."""
    return int(row.year), float(row.turnover_musd)


def caption(card: Card) -> str:
    """What is drawn, and from which source."""
    if card.history is not None and (card.aged is not None or not (card.id or card.verdict)):
        whose = ""
        if "source_id" in card.history and not card.given:
            whose = f" {tl.cite(card.history)}."
        return f"Line: {_published(card)}, up to {card.last_year}.{whose}"
    if card.verdict is None:
        return (
            "Baseline, target (star at its deadline) and outcome as announced and quoted; the "
            "sources are listed below."
        )
    fan = (
        f"Line: {_published(card)}. Bands: where the growth model expects it half of the time and "
        "four times in five."
    )
    if card.state == "several_years" and card.given:
        return fan
    if card.state == "several_years" and card.history is not None and "source_id" in card.history:
        return f"{fan} {tl.cite(card.history)}."
    return (
        f"{fan} One figure of this pair is known: the bands are those of other pairs of its size."
    )


def _published(card: Card) -> str:
    """What the line is: a flow as published or given, or told in another currency."""
    whose = f"as in {card.given}" if card.given else "as published"
    line = f"{FLOW_WORDS[card.flow]} {whose}"
    if card.row.currency == DOLLAR:
        return line
    return f"{line}, in {card.row.currency} at each year's average rate"


def pictures(card: Card) -> list[Picture]:
    """The picture in a wide size for desktop and a narrow one for phone; none where there is none.

    One that holds a base and an outcome alone is narrow everywhere.
    """
    drawn = chart(card)
    if drawn is None:
        return []
    holds_little = not drawn.fan and len(drawn.history) < 2
    sizes = [NARROW] if holds_little else [WIDE, NARROW]
    return [target_picture(drawn, size) for size in sizes]


def numbers(card: Card) -> pd.DataFrame | None:
    """The numbers of the picture: one row per point drawn."""
    drawn = chart(card)
    if drawn is None:
        return None
    rows: list[dict[str, Any]] = [
        {"year": year, "kind": "known", "value": value} for year, value in drawn.history
    ]
    if drawn.outcome:
        year, value = drawn.outcome
        rows.append({"year": year, "kind": "outcome", "value": value})
    rows += [{"kind": "forecast", "value": row["q50"], **row} for row in drawn.fan]
    target, deadline = drawn.goal
    rows.append({"year": deadline, "kind": "target", "value": target})
    columns = ["year", "kind", "value", "q10", "q25", "q50", "q75", "q90"]
    frame = pd.DataFrame(rows).reindex(columns=columns)
    frame["currency"] = drawn.currency
    return frame.astype({"year": "Int64"})
