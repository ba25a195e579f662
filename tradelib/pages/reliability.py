"""What a chance is worth: how good such forecasts were, what came of such chances, and marks."""

from functools import cache

import pandas as pd

import tradelib as tl
from tradelib.api.information import information_on
from tradelib.core.labels import capital, percent
from tradelib.pages.cards import Card, known_day, open_now
from tradelib.pages.rates import first_day
from tradelib.pages.words import Link, Table, Text, day, plural, spoken, table
from tradelib.science.assessment.languages import LANGUAGES
from tradelib.science.assessment.sentences import counts_told
from tradelib.science.assessment.verdict import Verdict
from tradelib.science.forecasting.predictors import KINDS
from tradelib.science.pledges import track
from tradelib.science.pledges.track import Given

REFIT = "refitted at each origin"
# The forecaster that knew as little in tests as the model knows of a pair of each kind.
TESTED_AS = {
    "own recent": "growth_alone",
    "own older": "growth_gap",
    "size": "growth_last",
}
NOT_USED = "We do not use this correction: in"
# Years ahead that pages report.
YEARS = (1, 3, 5)


@cache
def scores() -> pd.DataFrame:
    """Skill and coverage of each kind of forecast, by kind and years ahead."""
    every = tl.load_growth_scores()
    tested = every["forecaster"].isin(["naive", *TESTED_AS.values()])
    rows = every[tested & (every["trial"] == REFIT) & (every["group"] == "all")]
    summary = tl.score_summary(rows)
    kind_of = {forecaster: kind for kind, forecaster in TESTED_AS.items()}
    summary["kind"] = summary["forecaster"].map(kind_of)
    return summary.dropna(subset="kind").set_index(["kind", "horizon"])


def worth(card: Card) -> str:
    """How good forecasts were that rested on as little, in sentences; nothing without one."""
    verdict = card.verdict
    if verdict is None or card.last_year is None:
        return ""
    kind = verdict.rests_on
    of_kind = scores().loc[kind]
    ahead = min(verdict.by - card.last_year, int(of_kind.index.max()))
    row = of_kind.loc[ahead]
    of_pairs = " These tests were on single pairs." if card.is_sum else ""
    basis = KINDS[kind]
    if kind == "own recent" and card.history is not None and not card.is_sum:
        basis = (
            f"{len(card.history)} years of the pair's own trade, the last of them {card.last_year}"
        )
    return (
        f"This chance rests on {basis}. We tested the model on other pairs of which as much was "
        f"known. Its errors {plural(ahead, 'year')} ahead were {smaller(row['skill'])} than those "
        "of the guess that trade does not change. The range that should hold the outcome four "
        f"times in five held it in {percent_of(row['coverage80'])} of tests.{of_pairs}"
    )


def percent_of(share: float) -> str:
    """A share of errors or outcomes in whole percent; one below zero has its sign."""
    return f"{share:.0%}".replace("-0%", "0%").replace("-", "−")


def smaller(skill: float) -> str:
    """By how much errors are smaller, or larger."""
    points = f"{abs(skill):.0%}"
    if points == "0%":
        return "no smaller"
    return f"{points} {'smaller' if skill > 0 else 'larger'}"


@cache
def open_by_kind() -> dict[str, int]:
    """How many open targets have a chance of each kind."""
    counts = open_now()["rests_on"].value_counts()
    return {kind: int(counts.get(kind, 0)) for kind in KINDS}


def most_common() -> str:
    """The kind of chance that most open targets have."""
    return max(open_by_kind(), key=lambda kind: open_by_kind()[kind])


def kinds_table() -> Table:
    """Skill and coverage of each kind of forecast, and how many open targets belong to it."""
    rows = []
    for kind, what in KINDS.items():
        of_kind = scores().loc[kind]
        skill = [percent_of(of_kind["skill"][h]) for h in YEARS]
        inside = [percent_of(of_kind["coverage80"][h]) for h in YEARS]
        rows.append([capital(what), str(open_by_kind()[kind]), *skill, *inside])
    columns = ["what a chance rests on", "open targets"]
    columns += [f"errors smaller, {plural(h, 'year')} ahead" for h in YEARS]
    columns += [f"inside 80%, {plural(h, 'year')} ahead" for h in YEARS]
    return table(
        "How good each kind of forecast was, and how many open targets have it", columns, rows
    )


def given(card: Card) -> list[tuple[str, str]]:
    """What became of pledges that the model would have given such a chance.

    Each sentence stands after the key of the row of evidence that it tells.
    """
    verdict = card.verdict
    if verdict is None or not verdict.has("given"):
        return []
    every = _given(verdict)
    text = (
        "We also asked the model about old pledges, as if on the day they were made and each June "
        f"after, with nothing but what was known then. To {every.n} pledges of "
        f"{every.first}–{every.last} it gives {every.class_low:.0%} to {every.class_high:.0%} on "
        "at least one of those days; to this one it gives "
        f"{percent(verdict.probability_ever)}. Of the {every.n}, {every.came} were kept: "
        f"{percent(every.share)}."
    )
    sentences = [("given", text)]
    if verdict.has("given_without_china"):
        others = _given(verdict, china=False)
        text = (
            f"Among those without China it was {others.came} of {others.n}: "
            f"{percent(others.share)}."
        )
        sentences.append(("given_without_china", text))
    return sentences


def _given(verdict: Verdict, *, china: bool | None = None) -> Given:
    """What became of pledges that were given a chance like a verdict's; with or without China."""
    found = track.given(
        information_on(None).pledges.replayed, verdict.probability_ever, china=china
    )
    if found is None:
        raise ValueError(f"no pledge was given a chance like {verdict.probability_ever}")
    return found


def corrected(card: Card) -> str:
    """The chance corrected by what became of pledges, and how good such corrections were.

    Nothing where it was not corrected.
    """
    if card.verdict is None or not card.verdict.has("combined"):
        return ""
    verdict = card.verdict
    at_first = first_day()
    better = at_first["brier_combined"] < at_first["brier_same"]
    than = "better" if better else "worse"
    return (
        f"Corrected by what became of older pledges, the {percent(verdict.probability_ever)} would "
        f"be {percent(verdict.value('combined'))}. {'In' if better else NOT_USED} a test on later "
        f"pledges it did {than} than the model alone."
    )


def counts(card: Card) -> str:
    """That the pledge counts otherwise than the series, in sentences; nothing if both are alike."""
    verdict = card.verdict or card.aged
    return "" if verdict is None else counts_told(verdict, LANGUAGES["en"])


def marks(card: Card) -> Text:
    """War, sanctions and embargoes in force on an open target's pair; nothing if there are none."""
    row = card.row
    if row.scope != "pair" or row.status != "open":
        return ""
    every = tl.load_marks(row.reporter, row.partner, as_of=known_day())
    in_force = every[every["in_force"]].rename(columns={"from": "since"})
    in_force = in_force.sort_values(["country", "kind", "since"])
    if in_force.empty:
        return ""
    parts: list[str | Link] = ["Shown beside the chance, and no part of it."]
    alike = in_force.groupby(["country", "partner", "kind"], sort=False, dropna=False)
    for _, acts in alike:
        first = acts.iloc[0]
        parts.append(f" {capital(first['kind'])} {_where(first)}: ")
        for j, act in enumerate(acts.itertuples()):
            separator = ", " if j else ""
            parts += [separator, Link(act.authority, act.url), f" since {day(act.since)}"]
        parts.append(".")
    return tuple(parts)


def _where(mark: pd.Series) -> str:
    """The country or the pair that a mark is on."""
    country = spoken(mark["country"])
    if pd.notna(mark["partner"]):
        return f"between {country} and {spoken(mark['partner'])}"
    return f"in {country}" if mark["kind"] == "war" else f"on {country}"
