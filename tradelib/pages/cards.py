"""Every target of the registry with all that its page shows, computed by calls anyone can make."""

import re
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any

import pandas as pd

import tradelib as tl
from tradelib.api import explore
from tradelib.api.gather import gather
from tradelib.api.targets import registry_target
from tradelib.core.labels import DOLLAR
from tradelib.pages.grid import plain_grid
from tradelib.pages.words import TAGS, known, money, name
from tradelib.science.assessment.verdict import Verdict
from tradelib.science.pledges.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One target of the registry with all that its page shows.

    `row` is the registry's, `open_row` that of `tradelib.open_targets` if it is open; `verdict`,
    `fan` (quantiles of each year), `grid` (as pages ship it) and `history` (``year``,
    ``turnover_musd``) are missing where nothing can be said. A target whose year is over without a
    figure has its `history` alone. Where data end too long ago for a chance, the verdict that says
    so is `aged`, beside the `history`, and there is no `verdict`. A reader's own target has a `row`
    too, of what was asked, without a name; `given` names figures that came with the question.
    """

    row: Any
    open_row: Any = None
    verdict: Verdict | None = None
    fan: pd.DataFrame | None = None
    grid: dict[str, Any] | None = None
    history: pd.DataFrame | None = None
    aged: Verdict | None = None
    given: str = ""

    @property
    def id(self) -> str:
        """Name in the registry and of the page; empty if a reader asked."""
        return str(self.row.target_id)

    @property
    def flow(self) -> str:
        """What is counted: turnover, as in all of the registry, or a flow that a reader asked."""
        return str(getattr(self.row, "flow", "turnover"))

    @property
    def target(self) -> Target:
        """The pledge as the library has it, where there is a verdict."""
        verdict = self.verdict or self.aged
        if verdict is None:
            raise ValueError(f"{self.id} has no verdict, got state {self.state}")
        return verdict.target

    @property
    def is_sum(self) -> bool:
        """Whether the answer is that of a sum: of the pairs of a bloc's members."""
        verdict = self.verdict or self.aged
        return verdict is not None and verdict.has("pairs_summed")

    @property
    def inside(self) -> bool:
        """Whether it is trade inside a bloc."""
        return bool(self.row.reporter == self.row.partner)

    @property
    def pair(self) -> str:
        """Both sides in words."""
        if self.inside:
            return f"{name(self.row.reporter)} (inside)"
        return f"{name(self.row.reporter)}–{name(self.row.partner)}"

    @property
    def sides(self) -> frozenset[str]:
        """Both sides, in no order."""
        return frozenset((self.row.reporter, self.row.partner))

    @property
    def goal(self) -> str:
        """The target in words."""
        return money(self.row.target_value, self.row.currency)

    @property
    def deadline(self) -> int | None:
        """Year named, if one was."""
        return int(self.row.deadline) if known(self.row.deadline) else None

    @property
    def by(self) -> int | None:
        """Year judged, or looked ahead to where no deadline was named; None if there is none."""
        if self.verdict is not None:
            return self.verdict.by
        if self.open_row is not None and known(self.open_row.by):
            return int(self.open_row.by)
        return self.deadline

    @property
    def state(self) -> str:
        """What is known of a target, in one word.

        A forecast rests on `several_years` of the pair or on `one_figure`. An open target without
        a forecast is `awaiting_figure` if the year judged is over, has `old_figures` if they end
        too long ago, or `no_usable_figure`. One that is not open is `settled`.
        """
        if self.open_row is None:
            return "settled"
        if self.aged is not None:
            return "old_figures"
        if self.verdict is not None and self.history is not None:
            return "one_figure" if self.verdict.rests_on == "size" else "several_years"
        year_is_over = self.last_known or self.reached
        return "awaiting_figure" if year_is_over else "no_usable_figure"

    @property
    def last_known(self) -> str:
        """Year of the last figure of a target whose judged year is over; else nothing."""
        match = re.match(r"last figure of (\d+)", str(self.open_row.rests_on))
        return match[1] if match else ""

    @property
    def numbered(self) -> bool:
        """Whether one number is the answer: not if one figure is known or nothing can be told."""
        if self.verdict is None or self.verdict.words == "cannot tell":
            return False
        return self.state == "several_years" and not self.reached

    @property
    def reached(self) -> str:
        """That it was reached since the announcement, and in which year; else nothing."""
        words = ""
        verdict = self.verdict or self.aged
        if verdict is not None:
            words = verdict.words
        elif self.open_row is not None:
            words = str(self.open_row.rests_on)
        return words.capitalize() if words.startswith("reached") else ""

    @property
    def estimate_range(self) -> tuple[float, float]:
        """The lowest and highest of the other ways; (NaN, NaN) where there is none."""
        if self.verdict is None:
            raise ValueError(f"{self.id} has no chance, got state {self.state}")
        return self.verdict.probability_range

    @property
    def last_year(self) -> int | None:
        """The last year of the pair's figures, where there are any."""
        return None if self.history is None else int(self.history["year"].iloc[-1])

    @property
    def care(self) -> str:
        """What to take care of, in words."""
        return "; ".join(words for tag, words in TAGS.items() if getattr(self.row, tag))


@cache
def known_day() -> date:
    """The last day of the data; the clock is not read."""
    as_of = gather(tl.article_target()).day
    if as_of is None:
        raise ValueError("the bundled series has no days of release")
    return as_of


def cards(only: Iterable[str] = ()) -> list[Card]:
    """Every target of the registry, open ones with their verdict and grid; on all cores.

    `only` are names of those wanted; all if empty.
    """
    pairs = rows(only)
    registry_rows = [row for row, _ in pairs]
    open_rows = [open_row for _, open_row in pairs]
    known_day()  # before the processes part, so that each has the models loaded
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("fork")) as pool:
        return list(pool.map(card, registry_rows, open_rows, chunksize=4))


@cache
def open_now() -> pd.DataFrame:
    """The open targets of the newest day, worked out once for all pages."""
    return tl.open_targets()


def rows(only: Iterable[str] = ()) -> list[tuple[Any, Any]]:
    """Each row of the registry with that of the open targets, or None; `only` as for `cards`."""
    wanted = set(only)
    open_records = open_now().to_dict("records")
    open_rows = {row["target_id"]: SimpleNamespace(**row) for row in open_records}
    registry = [SimpleNamespace(**row) for row in tl.load_targets().to_dict("records")]
    if wanted:
        registry = [row for row in registry if row.target_id in wanted]
    return [(row, open_rows.get(row.target_id)) for row in registry]


def card(row: Any, open_row: Any = None) -> Card:
    """A target with what can be said of it."""
    if open_row is None or pd.isna(open_row.probability_in):
        return _without_forecast(row, open_row)
    target = registry_target(row)
    grid = explore.grid(target)
    return Card(
        row=row,
        open_row=open_row,
        verdict=tl.assess(target),
        fan=grid.fan(),
        grid=plain_grid(grid),
        history=grid.cases[-1].history,
    )


def _without_forecast(row: Any, open_row: Any) -> Card:
    """A target that is settled, or of whose year nothing can be said."""
    alone = Card(row=row, open_row=open_row)
    if alone.state == "awaiting_figure" and row.currency == DOLLAR:
        members = registry_target(row).convention
        history = tl.load_turnover(row.reporter, row.partner, members=members)
        return replace(alone, history=history)
    if alone.state == "awaiting_figure":
        return replace(alone, history=gather(registry_target(row)).history)
    if alone.state == "no_usable_figure":
        try:
            case = gather(registry_target(row))
        except tl.NoAnswerError:  # the reason stands in the row of the open targets
            return alone
        if case.stale:
            return replace(alone, aged=tl.assess(case.target), history=case.history)
    return alone
