"""A target's pictures, and the numbers they show."""

from typing import Any

import pandas as pd

import tradelib as tl
from pages.cards import Card
from pages.charts import NARROW, WIDE, Chart, Picture, target_picture
from pages.words import (
    known,
    money,
    whence,
)


def chart(card: Card) -> Chart | None:
    """The fan of an open target, or base, target and outcome of any other."""
    row = card.row
    if card.verdict is not None:
        return _fan(card)
    has_base = known(row.baseline_year) and known(row.baseline_value)
    base = ((int(row.baseline_year), float(row.baseline_value)),) if has_base else ()
    seen = known(row.outcome_value) and known(row.outcome_year)
    outcome = (int(row.outcome_year), float(row.outcome_value)) if seen else None
    if not base and not outcome:
        return None
    words = f"{card.pair}: target {card.goal}" + (f" by {card.deadline}" if card.deadline else "")
    words += f", from {money(base[0][1], row.currency)} in {base[0][0]}" if base else ""
    words += f", then {money(outcome[1], row.currency)} in {outcome[0]}" if outcome else ""
    return Chart(
        history=base,
        goal=(float(row.target_value), card.deadline),
        outcome=outcome,
        currency=row.currency,
        words=f"{words}.",
    )


def _fan(card: Card) -> Chart:
    found = card.verdict
    if found is None or card.history is None or card.fan is None:
        raise ValueError(f"{card.id} has no forecast to draw")
    rows = card.fan[card.fan["year"] <= found.by].to_dict("records")
    history = tuple((int(r.year), float(r.turnover_musd)) for r in card.history.itertuples())
    earlier = card.grid["known"] if card.grid else []
    first = min([history[0][0], *(one[0][0] for one in earlier)])
    low, middle, high = (money(v, card.row.currency) for v in found.value_range)
    last = money(history[-1][1], card.row.currency)
    words = (
        f"{card.pair}: {last} in {history[-1][0]}; in {found.by} most likely about {middle}, four "
        f"times in five between {low} and {high}. The target is {card.goal}"
    )
    words += f" by {card.deadline}." if card.deadline else "."
    return Chart(
        history=history,
        goal=(float(card.row.target_value), card.deadline or found.by),
        currency=card.row.currency,
        fan=tuple({str(k): v for k, v in r.items()} for r in rows),
        words=words,
        reach=(first, int(card.fan["year"].max())),
    )


def caption(card: Card) -> str:
    """What is drawn, and whence."""
    if card.verdict is None:
        return (
            "Baseline, target (star at its deadline) and outcome as announced and quoted; the "
            "sources stand below."
        )
    fan = (
        "Line: turnover as published. Bands: where the growth model expects it half of the time "
        "and four times in five."
    )
    if card.state == "own" and card.history is not None and "source_id" in card.history:
        return f"{fan} {whence(tl.cite(card.history))}."
    return f"{fan} One figure is known: the bands are those of a pair of that size."


def pictures(card: Card) -> tuple[Picture, Picture] | None:
    """The picture for desk and for phone."""
    drawn = chart(card)
    return None if drawn is None else (target_picture(drawn, WIDE), target_picture(drawn, NARROW))


def numbers(card: Card) -> pd.DataFrame | None:
    """The numbers of the picture: a row a year."""
    drawn = chart(card)
    if drawn is None:
        return None
    rows: list[dict[str, Any]] = [
        {"year": y, "kind": "known", "value": v} for y, v in drawn.history
    ]
    if drawn.outcome:
        rows.append({"year": drawn.outcome[0], "kind": "outcome", "value": drawn.outcome[1]})
    rows += [{"kind": "forecast", "value": f["q50"], **f} for f in drawn.fan]
    rows.append({"year": drawn.goal[1], "kind": "target", "value": drawn.goal[0]})
    columns = ["year", "kind", "value", "q10", "q25", "q50", "q75", "q90"]
    frame = pd.DataFrame(rows).reindex(columns=columns).assign(currency=drawn.currency)
    return frame.astype({"year": "Int64"})
