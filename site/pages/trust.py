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
            plot = section.pop("axes")
            section["picture"] = draw(section["id"], plot(source), folder)
    body = fill("trust.html", sections=sections)
    about = (
        "How often the chances given here came true in tests on other pairs, and where they fail."
    )
    return {"title": "Is it to be trusted?", "body": body, "description": about, "preview": ""}


def draw(name: str, axes: Any, folder: Path) -> Mapping[str, Any]:
    """A picture written beside the pages: its name and size."""
    figure = axes.figure
    figure.savefig(folder / f"{name}.png", dpi=DPI, metadata={"Software": None})
    width, height = figure.get_size_inches()
    return {"name": name, "width": round(DPI * width), "height": round(DPI * height)}


def summaries(scores: pd.DataFrame) -> pd.DataFrame:
    """Skill and coverage of every trial."""
    of_all = scores[scores["group"] == "all"]
    parts = [
        tl.score_summary(part).assign(trial=trial)
        for trial, part in of_all.groupby("trial", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)


def _growth(tested: pd.DataFrame) -> pd.DataFrame:
    """The growth model's scores in every trial, for the years ahead that the page tells of."""
    of_model = tested["forecaster"] == "growth"
    return tested[of_model & tested["horizon"].isin(YEARS)]


def skill(tested: pd.DataFrame) -> dict[str, Any]:
    """Whether it errs less than assuming no change."""
    in_trial = tested["trial"] == REFIT
    refit = tested[in_trial & (tested["forecaster"] != "drift")]
    growth = refit[refit["forecaster"] == "growth"].set_index("horizon")
    smaller = ", ".join(f"{growth.skill[h]:.0%}" for h in YEARS)
    inside = ", ".join(f"{growth.coverage80[h]:.0%}" for h in YEARS)
    years = ", ".join(map(str, YEARS))
    errors = (
        f"On other pairs its errors are {smaller} smaller than those of assuming no change, one, "
        "three and five years ahead. At each year it had learned only what was known by then. The "
        "error is the continuous ranked probability score (CRPS): how far a whole range lies from "
        "what came."
    )
    outcomes = f"The range that should hold four in five outcomes held {inside} of them."
    alt = (
        "How much smaller errors are than those of assuming no change, by years ahead: the growth "
        f"model {smaller} after {years} years; pairs of like size lie below it."
    )
    return {
        "id": "skill",
        "title": "Is it better than guessing?",
        "said": [errors, outcomes],
        "alt": alt,
        "axes": lambda source: tl.plot.skill(refit, source=source),
    }


def reliable(target: Target) -> dict[str, Any]:
    """Whether chances come true as often as they say, and those near this target's above all."""
    frequencies = tl.frequencies(tl.load_calibration())
    enough = frequencies["n"] >= 100
    of_doubling = frequencies["event"] == "x2"
    on_page = frequencies["horizon"].isin(YEARS)
    doubled = frequencies[enough & of_doubling & on_page]
    gap = (doubled["frequency"] - doubled["forecast"]).abs()
    worst = doubled.loc[gap.idxmax()]
    event = (
        "Here the event is that trade doubles: how often it was forecast, and how often it came."
    )
    years = plural(worst.horizon, "year")
    largest_gap = (
        f"The largest gap: {worst.forecast:.0%} forecast, {worst.frequency:.0%} came, {years} "
        f"ahead, in {int(worst.n):,} cases."
    )
    alt = (
        "Observed against forecast frequency of trade doubling, one, three and five years ahead; "
        f"points near the diagonal are honest. {largest_gap}"
    )
    return {
        "id": "reliability",
        "title": "Does a third come about a third of the time?",
        "said": [event, _tested(target), largest_gap],
        "alt": alt,
        "axes": lambda source: tl.plot.reliability(doubled, event="x2", source=source),
    }


def _tested(target: Target) -> str:
    """How often chances like this target's came true, in a sentence."""
    verdict = tl.assess(target)
    ahead = verdict.by - int(verdict.value("last_year"))
    tested = verdict.evidence.set_index("key").loc["tested"]
    chance = percent(verdict.probability_in)
    share = percent(tested["value"])
    low = percent(tested["low"])
    high = percent(tested["high"])
    return (
        f"Chances of doubling in {ahead} years like the front page's, {chance}, came true {share} "
        f"of the time: between {low} and {high} by the year they were made. All cases of a year "
        "share its luck."
    )


def elsewhere(tested: pd.DataFrame) -> dict[str, Any]:
    """Whether it holds where it could not have looked."""
    growth = _growth(tested)
    least = f"{growth['coverage80'].min():.0%}"
    most = f"{growth['coverage80'].max():.0%}"
    held = (
        "In other eras, in other data, with gaps, with short histories, in countries it never saw, "
        f"the range that should hold 80% of outcomes held from {least} to {most}."
    )
    alt = (
        "Share of outcomes inside the range meant to hold 80%, by test and years ahead; from "
        f"{least} to {most}."
    )
    return {
        "id": "coverage",
        "title": "And where it could not have looked?",
        "said": [held],
        "alt": alt,
        "axes": lambda source: tl.plot.coverage(growth, source=source),
    }


def failures(tested: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Any]:
    """Where it fails."""
    growth = _growth(tested)
    far = growth[growth["horizon"] == 5]
    worst = far.loc[far["bias_x2"].abs().idxmax()]
    points = f"{100 * abs(worst['bias_x2']):.0f}"
    way = "high" if worst["bias_x2"] > 0 else "low"
    at_worst = (
        f"Its chances of doubling in five years were at the worst {points} points too {way} "
        f"({worst['trial']})."
    )
    unforeseen = (
        "Of what all pairs share in an era it foresees one part: the dollar comes back, and trade "
        "told in dollars with it. The rest nobody knows in advance."
    )
    return {
        "id": "failures",
        "title": "Where it fails",
        "said": [at_worst, unforeseen],
        "tables": [_weak(growth), _off(scores)],
    }


def _weak(growth: pd.DataFrame) -> Table:
    """Tests whose skill may be zero or less."""
    weak = growth[growth["low"] <= 0].sort_values("skill")
    rows = []
    for row in weak.itertuples():
        band = f"{row.low:+.0%} to {row.high:+.0%}"
        smaller = f"{row.skill:+.0%}"
        rows.append([row.trial, str(row.horizon), smaller, band, f"{row.coverage80:.0%}"])
    columns = ["test", "years ahead", "errors smaller by", "90% band", "inside 80%"]
    return table("Tests in which it is not surely better than assuming no change", columns, rows)


def _off(scores: pd.DataFrame) -> Table:
    """Groups of pairs whose 80% range holds too many outcomes or too few."""
    in_trial = scores["trial"] == REFIT
    refit = scores[in_trial & scores["forecaster"].isin(["growth", "naive"])]
    parts = [tl.score_summary(part).assign(group=name) for name, part in refit.groupby("group")]
    growth = _growth(pd.concat(parts))
    miss = (growth["coverage80"] - 0.8).abs()
    off = growth[miss > 0.04].sort_values("coverage80")
    rows = []
    for row in off.itertuples():
        shares = [f"{share:.0%}" for share in (row.coverage80, row.below10, row.above90)]
        rows.append([row.group, str(row.horizon), *shares])
    columns = ["pairs", "years ahead", "inside 80%", "below", "above"]
    return table("Groups of pairs whose 80% range is off by more than four points", columns, rows)


def pair(target: Target) -> dict[str, Any]:
    """What it would have said of the article's target."""
    care = (
        "Each line uses only what was published and learned by the day, but is worked out now: a "
        "hindcast. One pair is one case and proves nothing by itself."
    )
    answers = _answers(tl.timeline(target))
    return {
        "id": "hindcasts",
        "title": "What would it have said of this very target?",
        "said": [care],
        "tables": [answers, *_hindcasts(tl.hindcasts(target))],
    }


def _answers(timeline: pd.DataFrame) -> Table:
    """The answer on each day on which more became known."""
    rows = []
    for row in timeline.itertuples():
        others = between(row.range_low, row.range_high)
        within = percent(row.probability_in)
        ever = percent(row.probability_ever)
        rows.append([day(row.as_of), within, ever, others, row.words, row.official])
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
    rows = []
    for row in growth.itertuples():
        interval = f"{row.low:,.0f} to {row.high:,.0f}"
        median = f"{row.median:,.0f}"
        observed = f"{row.observed:,.0f}"
        inside = "yes" if row.inside else "no"
        rows.append([day(row.as_of), str(row.year), interval, median, observed, inside])
    columns = ["day", "year", "four times in five", "median", "came", "inside"]
    later_years = table("What was said of later years, US$ million, and what came", columns, rows)
    errors = scored.groupby("forecaster")["crps"].mean().sort_values()
    ranks = [[label(str(forecaster)), f"{error:.2f}"] for forecaster, error in errors.items()]
    columns = ["forecaster", "mean error (CRPS of the log)"]
    return [later_years, table("Everyone on the same days", columns, ranks)]


def pledges() -> dict[str, Any]:
    """What became of announced targets."""
    rates = tl.pledge_table(by="growth")
    # The classes of growth asked, from the least to the most, and a last row of all pledges.
    least = rates.iloc[0]
    most = rates.iloc[-2]
    every = rates.iloc[-1]
    kept = (
        f"{every.on_time} of {every.n} announced targets whose outcome is known were met on time "
        f"({every.share:.0%})."
    )
    alt = (
        "Share of announced targets met on time by the growth they needed: "
        f"{least.share:.0%} of those that needed {least.growth}, {most.share:.0%} of those that "
        f"needed {most.growth}."
    )
    return {
        "id": "pledges",
        "title": "What became of those who promised?",
        "said": [kept, tl.pledge_effect().summary()],
        "alt": alt,
        "axes": lambda _: tl.plot.pledge_rates(rates, source=tl.cite(tl.load_targets())),
    }
