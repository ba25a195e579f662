"""The page "Is it to be trusted?": reliability and skill, and where they fail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import tradelib as tl
from pages.render import fill
from pages.words import Table, between, day, plural, table
from tradelib.ground.plain import label, percent
from tradelib.science.pledge.target import Target

REFIT = "refitted at each origin"
# Years ahead that the page tells of.
YEARS = (1, 3, 5)
# Pixels an inch of the pictures.
DPI = 110


def page(folder: Path, target: Target) -> dict[str, str]:
    """Title, body and description; pictures go to a folder."""
    scores = tl.load_growth_scores()
    tested = summaries(scores)
    sections = [
        skill(tested),
        reliable(target),
        elsewhere(tested),
        failures(tested, scores),
        pair(target),
        pledges(),
    ]
    source = tl.cite(scores)
    for section in sections:
        if "axes" in section:
            axes = section.pop("axes")(source)
            section["picture"] = draw(section["id"], axes, folder)
    body = fill("trust.html", sections=sections)
    about = (
        "How often the chances given here came true in tests on other pairs, and where they fail."
    )
    return {"title": "Is it to be trusted?", "body": body, "description": about, "preview": ""}


def draw(name: str, axes: Any, folder: Path) -> Mapping[str, Any]:
    """A picture written beside the pages: its name and size."""
    axes.figure.savefig(folder / f"{name}.png", dpi=DPI, metadata={"Software": None})
    width, height = axes.figure.get_size_inches()
    return {"name": name, "width": round(DPI * width), "height": round(DPI * height)}


def summaries(scores: pd.DataFrame) -> pd.DataFrame:
    """Skill and coverage of every trial."""
    parts = [
        tl.score_summary(part).assign(trial=trial)
        for trial, part in scores[scores["group"] == "all"].groupby("trial", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)


def _growth(tested: pd.DataFrame) -> pd.DataFrame:
    """The growth model's scores in every trial, for the years ahead that the page tells of."""
    return tested[(tested["forecaster"] == "growth") & tested["horizon"].isin(YEARS)]


def skill(tested: pd.DataFrame) -> dict[str, Any]:
    """Whether it errs less than assuming no change."""
    refit = tested[(tested["trial"] == REFIT) & (tested["forecaster"] != "drift")]
    growth = refit[refit["forecaster"] == "growth"].set_index("horizon")
    smaller = ", ".join(f"{growth.skill[h]:.0%}" for h in YEARS)
    inside = ", ".join(f"{growth.coverage80[h]:.0%}" for h in YEARS)
    years = ", ".join(map(str, YEARS))
    return {
        "id": "skill",
        "title": "Is it better than guessing?",
        "said": [
            (
                f"On other pairs its errors are {smaller} smaller than those of assuming no "
                "change, one, three and five years ahead. At each year it had learned only what "
                "was known by then. The error is the continuous ranked probability score (CRPS): "
                "how far a whole range lies from what came."
            ),
            f"The range that should hold four in five outcomes held {inside} of them.",
        ],
        "alt": (
            "How much smaller errors are than those of assuming no change, by years ahead: the "
            f"growth model {smaller} after {years} years; pairs of like size lie below it."
        ),
        "axes": lambda source: tl.plot.skill(refit, source=source),
    }


def reliable(target: Target) -> dict[str, Any]:
    """Whether chances come true as often as they say, and those near this target's above all."""
    frequencies = tl.frequencies(tl.load_calibration())
    doubled = frequencies[(frequencies["n"] >= 100) & (frequencies["event"] == "x2")]
    doubled = doubled[doubled["horizon"].isin(YEARS)]
    gap = (doubled["frequency"] - doubled["forecast"]).abs()
    worst = doubled.loc[gap.idxmax()]
    largest_gap = (
        f"The largest gap: {worst.forecast:.0%} forecast, {worst.frequency:.0%} came, "
        f"{plural(worst.horizon, 'year')} ahead, in {int(worst.n):,} cases."
    )
    return {
        "id": "reliability",
        "title": "Does a third come about a third of the time?",
        "said": [
            (
                "Here the event is that trade doubles: how often it was forecast, and how often "
                "it came."
            ),
            _tested(target),
            largest_gap,
        ],
        "alt": (
            "Observed against forecast frequency of trade doubling, one, three and five years "
            f"ahead; points near the diagonal are honest. {largest_gap}"
        ),
        "axes": lambda source: tl.plot.reliability(doubled, event="x2", source=source),
    }


def _tested(target: Target) -> str:
    """How often chances like this target's came true, in a sentence."""
    verdict = tl.assess(target)
    ahead = verdict.by - int(verdict.value("last_year"))
    tested = verdict.evidence.set_index("key").loc["tested"]
    return (
        f"Chances of doubling in {ahead} years like the front page's, "
        f"{percent(verdict.probability_in)}, came true {percent(tested['value'])} of the time: "
        f"between {percent(tested['low'])} and {percent(tested['high'])} by the year they were "
        "made. All cases of a year share its luck."
    )


def elsewhere(tested: pd.DataFrame) -> dict[str, Any]:
    """Whether it holds where it could not have looked."""
    growth = _growth(tested)
    least = f"{growth['coverage80'].min():.0%}"
    most = f"{growth['coverage80'].max():.0%}"
    return {
        "id": "coverage",
        "title": "And where it could not have looked?",
        "said": [
            (
                "In other eras, in other data, with gaps, with short histories, in countries it "
                f"never saw, the range that should hold 80% of outcomes held from {least} to "
                f"{most}."
            )
        ],
        "alt": (
            "Share of outcomes inside the range meant to hold 80%, by test and years ahead; from "
            f"{least} to {most}."
        ),
        "axes": lambda source: tl.plot.coverage(growth, source=source),
    }


def failures(tested: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Any]:
    """Where it fails."""
    growth = _growth(tested)
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
        "tables": [_weak(growth), _off(scores)],
    }


def _weak(growth: pd.DataFrame) -> Table:
    """Tests whose skill may be zero or less."""
    weak = growth[growth["low"] <= 0].sort_values("skill")
    rows = [
        [
            row.trial,
            str(row.horizon),
            f"{row.skill:+.0%}",
            f"{row.low:+.0%} to {row.high:+.0%}",
            f"{row.coverage80:.0%}",
        ]
        for row in weak.itertuples()
    ]
    columns = ["test", "years ahead", "errors smaller by", "90% band", "inside 80%"]
    return table("Tests in which it is not surely better than assuming no change", columns, rows)


def _off(scores: pd.DataFrame) -> Table:
    """Groups of pairs whose 80% range holds too many outcomes or too few."""
    refit = scores[(scores["trial"] == REFIT) & scores["forecaster"].isin(["growth", "naive"])]
    parts = [tl.score_summary(part).assign(group=g) for g, part in refit.groupby("group")]
    growth = _growth(pd.concat(parts))
    off = growth[(growth["coverage80"] - 0.8).abs() > 0.04].sort_values("coverage80")
    rows = [
        [
            row.group,
            str(row.horizon),
            f"{row.coverage80:.0%}",
            f"{row.below10:.0%}",
            f"{row.above90:.0%}",
        ]
        for row in off.itertuples()
    ]
    columns = ["pairs", "years ahead", "inside 80%", "below", "above"]
    return table("Groups of pairs whose 80% range is off by more than four points", columns, rows)


def pair(target: Target) -> dict[str, Any]:
    """What it would have said of the article's target."""
    return {
        "id": "hindcasts",
        "title": "What would it have said of this very target?",
        "said": [
            (
                "Each line uses only what was published and learned by the day, but is worked out "
                "now: a hindcast. One pair is one case and proves nothing by itself."
            )
        ],
        "tables": [_answers(tl.timeline(target)), *_hindcasts(tl.hindcasts(target))],
    }


def _answers(timeline: pd.DataFrame) -> Table:
    """The answer on each day on which more became known."""
    rows = [
        [
            day(row.as_of),
            percent(row.probability_in),
            percent(row.probability_ever),
            between(row.range_low, row.range_high),
            row.words,
            row.official,
        ]
        for row in timeline.itertuples()
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


def _hindcasts(scored: pd.DataFrame) -> list[Table]:
    """Forecasts of later years beside what was observed, and the mean error of each forecaster."""
    growth = scored[scored["forecaster"] == "panel_growth"]
    rows = [
        [
            day(row.as_of),
            str(row.year),
            f"{row.low:,.0f} to {row.high:,.0f}",
            f"{row.median:,.0f}",
            f"{row.observed:,.0f}",
            "yes" if row.inside else "no",
        ]
        for row in growth.itertuples()
    ]
    columns = ["day", "year", "four times in five", "median", "came", "inside"]
    errors = scored.groupby("forecaster")["crps"].mean().sort_values()
    ranks = [[label(str(forecaster)), f"{error:.2f}"] for forecaster, error in errors.items()]
    return [
        table("What was said of later years, US$ million, and what came", columns, rows),
        table("Everyone on the same days", ["forecaster", "mean error (CRPS of the log)"], ranks),
    ]


def pledges() -> dict[str, Any]:
    """What became of announced targets."""
    rates = tl.pledge_table(by="growth")
    # The classes of growth asked, from the least to the most, and a last row of all pledges.
    least = rates.iloc[0]
    most = rates.iloc[-2]
    every = rates.iloc[-1]
    return {
        "id": "pledges",
        "title": "What became of those who promised?",
        "said": [
            (
                f"{every.on_time} of {every.n} announced targets whose outcome is known were met "
                f"on time ({every.share:.0%})."
            ),
            tl.pledge_effect().summary(),
        ],
        "alt": (
            "Share of announced targets met on time by the growth they needed: "
            f"{least.share:.0%} of those that needed {least.growth}, {most.share:.0%} of those "
            f"that needed {most.growth}."
        ),
        "axes": lambda _: tl.plot.pledge_rates(rates, source=tl.cite(tl.load_targets())),
    }
