"""The page "Is it to be trusted?": reliability and skill, and where they fail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import tradelib as tl
from pages.render import fill
from pages.words import Table, between, day, table
from tradelib.ground.plain import label, percent
from tradelib.science.pledge.target import Target

REFIT = "refitted at each origin"
YEARS = (1, 3, 5)


def page(folder: Path, target: Target) -> dict[str, str]:
    """Title, body and description; pictures go to a folder."""
    scores = tl.load_growth_scores()
    tested = summaries(scores)
    said = tl.cite(scores)
    sections = [
        skill(tested),
        reliable(target),
        elsewhere(tested),
        failures(tested, scores),
        pair(target),
        pledges(),
    ]
    for one in sections:
        if "axes" in one:
            one["picture"] = draw(one["id"], one.pop("axes")(said), folder)
    body = fill("trust.html", sections=sections)
    told = (
        "How often the chances given here came true in tests on other pairs, and where they fail."
    )
    return {"title": "Is it to be trusted?", "body": body, "description": told, "preview": ""}


def draw(name: str, axes: Any, folder: Path) -> Mapping[str, Any]:
    """A picture written beside the pages: its name and size."""
    axes.figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Software": None})
    width, height = (round(110 * inch) for inch in axes.figure.get_size_inches())
    return {"name": name, "width": width, "height": height}


def summaries(scores: pd.DataFrame) -> pd.DataFrame:
    """Skill and coverage of every trial."""
    parts = [
        tl.score_summary(part).assign(trial=trial)
        for trial, part in scores[scores["group"] == "all"].groupby("trial", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)


def _of(tested: pd.DataFrame, trial: str, forecaster: str = "growth") -> pd.DataFrame:
    mine = tested[(tested["trial"] == trial) & (tested["forecaster"] == forecaster)]
    return mine.set_index("horizon")


def skill(tested: pd.DataFrame) -> dict[str, Any]:
    """Whether it errs less than assuming no change."""
    refit = tested[(tested["trial"] == REFIT) & (tested["forecaster"] != "drift")]
    row = _of(tested, REFIT)
    told = ", ".join(f"{row.skill[h]:.0%}" for h in YEARS)
    inside = ", ".join(f"{row.coverage80[h]:.0%}" for h in YEARS)
    return {
        "id": "skill",
        "title": "Is it better than guessing?",
        "said": [
            (
                f"On other pairs its errors are {told} smaller than those of assuming no change, "
                "one, three and five years ahead. At each year it had learned only what was known "
                "by then. The error is the continuous ranked probability score (CRPS): how far a "
                "whole range lies from what came."
            ),
            f"The range that should hold four in five outcomes held {inside} of them.",
        ],
        "alt": (
            "How much smaller errors are than those of assuming no change, by years ahead: the "
            f"growth model {told} after {', '.join(map(str, YEARS))} years; pairs of like size lie "
            "below it."
        ),
        "axes": lambda source: tl.plot.skill(refit, source=source),
    }


def reliable(target: Target) -> dict[str, Any]:
    """Whether chances come true as often as they say, and those near this target's above all."""
    found = tl.frequencies(tl.load_calibration())
    doubled = found[(found["n"] >= 100) & (found["event"] == "x2")]
    some = doubled[doubled["horizon"].isin(YEARS)]
    worst = some.loc[(some["frequency"] - some["forecast"]).abs().idxmax()]
    mine = tl.assess(target)
    ahead = mine.by - int(mine.value("last_year"))
    rows, chance = mine.evidence.set_index("key"), mine.probability_in
    share, least, most = rows.loc["tested", ["value", "low", "high"]]
    said = [
        "Here the event is that trade doubles: how often it was forecast, and how often it came.",
        (
            f"Chances of doubling in {ahead} years like the front page's, {percent(chance)}, came "
            f"true {percent(share)} of the time: between {percent(least)} and {percent(most)} by "
            "the year they were made. All cases of a year share its luck."
        ),
        (
            f"The largest gap: {worst.forecast:.0%} forecast, {worst.frequency:.0%} came, "
            f"{worst.horizon} year{'s' if worst.horizon > 1 else ''} ahead, in {int(worst.n):,} "
            "cases."
        ),
    ]
    return {
        "id": "reliability",
        "title": "Does a third come about a third of the time?",
        "said": said,
        "alt": (
            "Observed against forecast frequency of trade doubling, one, three and five years "
            f"ahead; points near the diagonal are honest. {said[2]}"
        ),
        "axes": lambda source: tl.plot.reliability(some, event="x2", source=source),
    }


def elsewhere(tested: pd.DataFrame) -> dict[str, Any]:
    """Whether it holds where it could not have looked."""
    growth = tested[(tested["forecaster"] == "growth") & tested["horizon"].isin(YEARS)]
    ends = growth["coverage80"].min(), growth["coverage80"].max()
    return {
        "id": "coverage",
        "title": "And where it could not have looked?",
        "said": [
            (
                f"In other eras, in other data, with gaps, with short histories, in countries it "
                f"never saw, the range that should hold 80% of outcomes held from {ends[0]:.0%} to "
                f"{ends[1]:.0%}."
            )
        ],
        "alt": (
            "Share of outcomes inside the range meant to hold 80%, by test and years ahead; from "
            f"{ends[0]:.0%} to {ends[1]:.0%}."
        ),
        "axes": lambda source: tl.plot.coverage(growth, source=source),
    }


def failures(tested: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Any]:
    """Where it fails."""
    growth = tested[(tested["forecaster"] == "growth") & tested["horizon"].isin(YEARS)]
    weak = growth[growth["low"] <= 0].sort_values("skill")
    rows = [
        [
            r.trial,
            str(r.horizon),
            f"{r.skill:+.0%}",
            f"{r.low:+.0%} to {r.high:+.0%}",
            f"{r.coverage80:.0%}",
        ]
        for r in weak.itertuples()
    ]
    apart = scores[(scores["trial"] == REFIT) & scores["forecaster"].isin(["growth", "naive"])]
    groups = pd.concat(
        [tl.score_summary(part).assign(group=g) for g, part in apart.groupby("group")]
    )
    groups = groups[(groups["forecaster"] == "growth") & groups["horizon"].isin(YEARS)]
    off = groups[(groups["coverage80"] - 0.8).abs() > 0.04].sort_values("coverage80")
    odd = [
        [r.group, str(r.horizon), f"{r.coverage80:.0%}", f"{r.below10:.0%}", f"{r.above90:.0%}"]
        for r in off.itertuples()
    ]
    far = growth[growth["horizon"] == 5]
    worst = far.loc[far["bias_x2"].abs().idxmax()]
    return {
        "id": "failures",
        "title": "Where it fails",
        "said": [
            (
                "Its chances of doubling in five years were at the worst "
                f"{100 * abs(worst['bias_x2']):.0f} points too "
                f"{'high' if worst['bias_x2'] > 0 else 'low'} ({worst['trial']})."
            ),
            (
                "Of what all pairs share in an era it foresees one part: the dollar comes back, "
                "and trade told in dollars with it. The rest nobody knows in advance."
            ),
        ],
        "tables": [
            table(
                "Tests in which it is not surely better than assuming no change",
                ["test", "years ahead", "errors smaller by", "90% band", "inside 80%"],
                rows,
            ),
            table(
                "Groups of pairs whose 80% range is off by more than four points",
                ["pairs", "years ahead", "inside 80%", "below", "above"],
                odd,
            ),
        ],
    }


def pair(target: Target) -> dict[str, Any]:
    """What it would have said of the article's target."""
    said, scored = tl.timeline(target), tl.hindcasts(target)
    return {
        "id": "hindcasts",
        "title": "What would it have said of this very target?",
        "said": [
            (
                "Each line uses only what was published and learned by the day, but is worked out "
                "now: a hindcast. One pair is one case and proves nothing by itself."
            )
        ],
        "tables": [_said(said), *_came(scored)],
    }


def _said(said: pd.DataFrame) -> Table:
    rows = [
        [
            day(r.as_of),
            percent(r.probability_in),
            percent(r.probability_ever),
            between(r.range_low, r.range_high),
            r.words,
            r.official,
        ]
        for r in said.itertuples()
    ]
    columns = [
        "day",
        "in the year",
        "in any year up to it",
        "other ways",
        "in words",
        "the United Nations' method",
    ]
    return table("The answer as figures came out", columns, rows)


def _came(scored: pd.DataFrame) -> list[Table]:
    mine = scored[scored["forecaster"] == "panel_growth"]
    rows = [
        [
            day(r.as_of),
            str(r.year),
            f"{r.low:,.0f} to {r.high:,.0f}",
            f"{r.median:,.0f}",
            f"{r.observed:,.0f}",
            "yes" if r.inside else "no",
        ]
        for r in mine.itertuples()
    ]
    mean = scored.groupby("forecaster")["crps"].mean().sort_values()
    ranks = [[label(str(k)), f"{v:.2f}"] for k, v in mean.items()]
    columns = ["day", "year", "four times in five", "median", "came", "inside"]
    return [
        table("What was said of later years, US$ million, and what came", columns, rows),
        table("Everyone on the same days", ["forecaster", "mean error (CRPS of the log)"], ranks),
    ]


def pledges() -> dict[str, Any]:
    """What became of announced targets."""
    by, effect = tl.pledge_table(by="growth"), tl.pledge_effect()
    every, low, high = by.iloc[-1], by.iloc[0], by.iloc[-2]
    return {
        "id": "pledges",
        "title": "What became of those who promised?",
        "said": [
            (
                f"{every.on_time} of {every.n} announced targets whose outcome is known were met "
                f"on time ({every.share:.0%})."
            ),
            effect.summary(),
        ],
        "alt": (
            "Share of announced targets met on time by the growth they needed: "
            f"{low.share:.0%} of those that needed {low.growth}, {high.share:.0%} of those that "
            f"needed {high.growth}."
        ),
        "axes": lambda _: tl.plot.pledge_rates(by, source=tl.cite(tl.load_targets())),
    }
