"""The page "Can it be trusted?": reliability and skill, and where they fail."""

import re
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import FixedLocator

import tradelib as tl
from pages.render import fill
from pages.track import line
from tradelib.core.labels import capital, label, percent
from tradelib.pages import reliability
from tradelib.pages.cards import open_now
from tradelib.pages.over_time import UN_STATUS, un_method
from tradelib.pages.rates import FROM_PRESS, beside_like_pairs, kept_on_time, without_weak
from tradelib.pages.reliability import REFIT, YEARS, percent_of
from tradelib.pages.words import Link, Table, between, day, listed, plural, table
from tradelib.science.assessment.likelihood_words import own_words
from tradelib.science.forecasting.predictors import KINDS
from tradelib.science.pledges.target import Target

# Pixels per inch of the pictures: of wide ones, and of those for phones, whose screens are finer.
DPI, DPI_PHONE = 110, 160
# A smaller gain than this is little: one error in seven.
LITTLE = 0.15
# Chances of about one in three.
ABOUT_A_THIRD = (0.25, 0.45)
# A group's range that holds so many points more or less than it should is off.
OFF = 5
# Inches across a picture for phones, and letters of a label beside or under its axis and above it.
PHONE = 3.75
LETTERS = {"x": 7, "y": 20, "unit": 32, "legend": 44}


def page(folder: Path, target: Target) -> dict[str, str]:
    """Title, body and description; pictures go to a folder."""
    scores = tl.load_growth_scores()
    trial_scores = summaries(scores)
    sections = [
        skill(trial_scores, target),
        reliable(target),
        elsewhere(trial_scores),
        failures(trial_scores, scores),
        hindcast_section(target),
        pledges(),
    ]
    source = tl.cite(scores)
    for section in sections:
        if "plot" in section:
            plot = section.pop("plot")
            wide = plot(source)
            phone = narrow(plot, source, wide.figure.get_figheight())
            section["picture"] = draw(section["id"], wide, folder, DPI)
            section["narrow"] = draw(f"{section['id']}-narrow", phone, folder, DPI_PHONE)
    body = fill("trust.html", sections=sections)
    about = (
        "How often the chances given here came true in tests on other pairs, and where they fail."
    )
    return {"title": "Can it be trusted?", "body": body, "description": about, "preview": ""}


def narrow(plot: Callable[..., Any], source: str, height: float) -> Any:
    """The same picture for a phone: letters as large, long labels broken, the legend above it."""
    figure, axes = plt.subplots(figsize=(PHONE, height), layout="constrained")
    plot(source, axes)
    for axis, letters in ((axes.xaxis, LETTERS["x"]), (axes.yaxis, LETTERS["y"])):
        words = [tick.get_text() for tick in axis.get_ticklabels()]
        if isinstance(axis.get_major_locator(), FixedLocator) and re.search(
            "[a-z]", " ".join(words)
        ):
            broken = [wrapped(text, letters) for text in words]
            axis.set_ticks(axis.get_ticklocs(), broken, fontsize=8)
    axes.set_xlabel(wrapped(axes.get_xlabel(), LETTERS["unit"]))
    axes.set_ylabel(wrapped(axes.get_ylabel(), LETTERS["unit"]))
    axes.set_title(axes.get_title(loc="left"), loc="left", fontsize=10)
    for text in axes.texts:
        text.set_fontsize(8)
    legend = axes.get_legend()
    if legend is not None:
        legend.remove()
        handles, labels = axes.get_legend_handles_labels()
        labels = [wrapped(text, LETTERS["legend"]) for text in labels]
        columns = 3 if max(map(len, labels)) < 14 else 1
        figure.legend(
            handles,
            labels,
            loc="outside upper left",
            ncols=columns,
            frameon=False,
            fontsize=8,
            columnspacing=1,
        )
    return axes


def wrapped(text: str, letters: int) -> str:
    """A text in lines of so many letters; a number keeps its percent sign."""
    return textwrap.fill(text.replace(" %", "\N{NO-BREAK SPACE}%"), letters, break_long_words=False)


def draw(name: str, axes: Any, folder: Path, dpi: int) -> Mapping[str, Any]:
    """A picture written beside the pages: its name and size."""
    figure = axes.figure
    width, height = figure.get_size_inches()
    figure.savefig(folder / f"{name}.png", dpi=dpi, metadata={"Software": None})
    plt.close(figure)
    return {"name": name, "width": round(dpi * width), "height": round(dpi * height)}


def summaries(scores: pd.DataFrame) -> pd.DataFrame:
    """Skill, and the share of outcomes inside the 80% range, for every trial."""
    of_all = scores[scores["group"] == "all"]
    parts = [
        tl.score_summary(part).assign(trial=trial)
        for trial, part in of_all.groupby("trial", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)


def _growth(trial_scores: pd.DataFrame) -> pd.DataFrame:
    """Scores in every trial of the kind of forecast that most open targets have.

    For the years ahead that the page reports.
    """
    of_model = trial_scores["forecaster"] == reliability.TESTED_AS[reliability.most_common()]
    return trial_scores[of_model & trial_scores["horizon"].isin(YEARS)]


def skill(trial_scores: pd.DataFrame, target: Target) -> dict[str, Any]:
    """Whether the model errs less than if no change is assumed, by what is known of a pair."""
    in_trial = trial_scores["trial"] == REFIT
    shown = [*reliability.TESTED_AS.values(), "naive"]
    refit = trial_scores[in_trial & trial_scores["forecaster"].isin(shown)]
    years = listed([str(h) for h in YEARS])
    gains = reliability.scores()["skill"]
    better = "Not always" if gains.min() <= 0 else "Yes"
    if gains.max() < LITTLE:
        better += ", and where it is, only by a little" if gains.min() <= 0 else ", by a little"
    errors = (
        f"{better}. We made forecasts for past years, each time from data of earlier years alone, "
        "and compared them with what came. The simplest guess is that trade does not change. The "
        f"table shows how much smaller the model's errors were, {years} years ahead."
    )
    by_kind = reliability.kinds_table()
    # The picture calls its lines what the table calls its rows.
    kind_of = {forecaster: kind for kind, forecaster in reliability.TESTED_AS.items()}
    lines = {name: KINDS[kind] for name, kind in kind_of.items()}
    refit = refit.replace({"forecaster": lines})
    alt = (
        "How much smaller errors are than if no change is assumed, by years ahead and by what is "
        f"known of a pair; after {years} years: "
    )
    alt += "; ".join(f"{row[0]} {', '.join(map(str, row[2:5]))}" for row in by_kind.rows)
    return {
        "id": "skill",
        "title": "Is it better than guessing?",
        "said": [errors, most_targets(target)],
        "tables": [by_kind],
        "alt": f"{alt}.",
        "plot": lambda source, ax=None: tl.plot.skill(refit, source=source, ax=ax),
    }


def most_targets(target: Target) -> str:
    """Which kind of forecast most open targets have, how good it was, and which kind one has."""
    kinds = reliability.open_by_kind()
    most = reliability.most_common()
    of_kind = reliability.scores().loc[most]
    smaller = listed([reliability.percent_of(of_kind["skill"][h]) for h in YEARS])
    inside = listed([reliability.percent_of(of_kind["coverage80"][h]) for h in YEARS])
    years = listed([str(h) for h in YEARS])
    total = sum(kinds.values())
    text = (
        f"It depends on what is known of a pair. We give a chance to {total} of {len(open_now())} "
        f"open targets. For {kinds[most]} of these it rests on {KINDS[most]}. For such pairs "
        f"errors were {smaller} smaller, {years} years ahead. The range that should hold the "
        f"outcome four times in five held it in {inside} of tests."
    )
    mine = tl.assess(target).rests_on
    if mine == most:
        return f"{text} The front page's target is one of them."
    return (
        f"{text} The front page's target is not one of them. It is one of the {kinds[mine]} that "
        f"rest on {KINDS[mine]}."
    )


def reliable(target: Target) -> dict[str, Any]:
    """Whether events forecast with a chance of p happen in a share p of cases.

    In particular for chances near that of a target.
    """
    frequencies = tl.frequencies(tl.load_calibration())
    enough = frequencies["n"] >= 100
    of_doubling = frequencies["event"] == "x2"
    on_page = frequencies["horizon"].isin(YEARS)
    doubled = frequencies[enough & of_doubling & on_page]
    gap = (doubled["frequency"] - doubled["forecast"]).abs()
    worst = doubled.loc[gap.idxmax()]
    event = (
        "Here the event is that trade doubles. A dot stands for cases with about the same chance. "
        "Further right is a higher chance; further up, trade doubled in more of the cases."
    )
    years = plural(worst.horizon, "year")
    largest_gap = (
        f"The worst dot: {int(worst.n):,} cases got a chance near {worst.forecast:.0%}, {years} "
        f"ahead, and {worst.frequency:.0%} of them came true."
    )
    alt = (
        "Share of cases in which trade doubled against the chance forecast, one, three and five "
        f"years ahead; on the diagonal both are the same. {largest_gap}"
    )
    return {
        "id": "reliability",
        "title": "Do events with a chance of one in three happen one time in three?",
        "said": [event, _one_in_three(doubled), _track_record_sentence(target), largest_gap],
        "alt": alt,
        "plot": lambda source, ax=None: tl.plot.reliability(
            doubled, event="x2", source=source, ax=ax
        ),
    }


def _one_in_three(frequencies: pd.DataFrame) -> str:
    """What became of all cases with a chance of about one in three."""
    low, high = ABOUT_A_THIRD
    near = frequencies[frequencies["forecast"].between(low, high)]
    said, came = (np.average(near[name], weights=near["n"]) for name in ("forecast", "frequency"))
    return (
        f"Of all cases with a chance of {low:.0%} to {high:.0%}, {said:.0%} on average, {came:.0%} "
        "came true."
    )


def _track_record_sentence(target: Target) -> str:
    """How often chances like this target's came true, in a sentence."""
    verdict = tl.assess(target)
    ahead = verdict.by - int(verdict.value("last_year"))
    track_record = verdict.evidence.set_index("key").loc["tested"]
    times = target.value_musd / verdict.value("last_musd")
    chance = percent(verdict.probability_in)
    share = percent(track_record["value"])
    low = percent(track_record["low"])
    high = percent(track_record["high"])
    return (
        f"The front page's target asks for {times:.1f} times as much trade in {ahead} years; the "
        "nearest event tested is doubling in that time. Where the model gave it a chance near "
        f"{chance}, trade doubled in {share} of cases. It was {low} for forecasts made in the "
        f"worst year and {high} in the best, since good and bad years reach all pairs at once."
    )


def elsewhere(trial_scores: pd.DataFrame) -> dict[str, Any]:
    """Whether the ranges hold on data that the model could not have been fitted to."""
    growth = _growth(trial_scores)
    least = f"{growth['coverage80'].min():.0%}"
    most = f"{growth['coverage80'].max():.0%}"
    held = (
        "The model was tested in other eras, on other data, with gaps, with short histories and in "
        "countries it never saw. Each time it knew as little of a pair as it knows in most open "
        "targets. The range that should hold the outcome four times in five held it in "
        f"{least} to {most} of cases, depending on the test."
    )
    alt = (
        "Share of outcomes inside the range meant to hold 80%, by test and years ahead; from "
        f"{least} to {most}."
    )
    return {
        "id": "coverage",
        "title": "Does it hold on data the model never saw?",
        "said": [held],
        "alt": alt,
        "plot": lambda source, ax=None: tl.plot.coverage(growth, source=source, ax=ax),
    }


def failures(trial_scores: pd.DataFrame, scores: pd.DataFrame) -> dict[str, Any]:
    """Where the model fails."""
    growth = _growth(trial_scores)
    far = growth[growth["horizon"] == 5]
    worst = far.loc[far["bias_x2"].abs().idxmax()]
    points = f"{100 * abs(worst['bias_x2']):.0f}"
    way = "high" if worst["bias_x2"] > 0 else "low"
    at_worst = (
        "Chances of doubling in five years were furthest off in the test on "
        f"{label(worst['trial'])}: {points} points too {way}. The model in use has learned from "
        "all groups of countries; whether its chances are still off there is not known."
    )
    unforeseen = (
        "The model cannot foresee world booms and slumps. It allows for one thing alone. When the "
        "dollar has risen over ten years, it tends to lose half of the rise again, and trade "
        "counted in dollars then rises. When the dollar has fallen, it is the other way round. "
        "This rests on little: the years on record hold two or three such swings."
    )
    return {
        "id": "failures",
        "title": "Where it fails",
        "said": [at_worst, unforeseen, (line(), " ", Link("Its track record", "track.html"), ".")],
        "tables": [_weak(growth), _off(scores)],
    }


def _weak(growth: pd.DataFrame) -> Table:
    """Tests whose skill may be zero or less."""
    weak = growth[growth["low"] <= 0].sort_values("skill")
    rows = []
    for row in weak.itertuples():
        band = f"{percent_of(row.low)} to {percent_of(row.high)}"
        smaller = percent_of(row.skill)
        trial = capital(label(row.trial))
        rows.append([trial, str(row.horizon), smaller, band, f"{row.coverage80:.0%}"])
    columns = ["test", "years ahead", "errors smaller by", "90% band", "inside 80%"]
    return table("Tests in which it is not surely better than assuming no change", columns, rows)


def _off(scores: pd.DataFrame) -> Table:
    """Groups of pairs of whose outcomes the 80% range holds too many or too few."""
    in_trial = scores["trial"] == REFIT
    refit = scores[in_trial & (scores["forecaster"] != "drift")]
    parts = [tl.score_summary(part).assign(group=name) for name, part in refit.groupby("group")]
    growth = _growth(pd.concat(parts))
    # As printed, in whole percent.
    miss = (100 * growth["coverage80"]).round() - 80
    off = growth[(miss.abs() >= OFF) & (growth["group"] != "all")].sort_values("coverage80")
    rows = []
    for row in off.itertuples():
        shares = [f"{share:.0%}" for share in (row.coverage80, row.below10, row.above90)]
        rows.append([capital(label(row.group)), str(row.horizon), *shares])
    columns = ["pairs", "years ahead", "inside 80%", "below", "above"]
    caption = f"Groups of pairs whose 80% range is off by {OFF} points or more"
    return table(caption, columns, rows)


def hindcast_section(target: Target) -> dict[str, Any]:
    """What the model would have said of the article's target."""
    care = (
        "Each line uses only figures published by that day, and a model fitted only to data "
        "published by then. But we worked it out today, not on that day. One pair is one case and "
        "proves nothing by itself."
    )
    answers = _answers(tl.timeline(target))
    return {
        "id": "hindcasts",
        "title": "What would it have said of this very target?",
        "said": [care, un_method()],
        "tables": [answers, *_hindcasts(tl.hindcasts(target))],
    }


def _answers(timeline: pd.DataFrame) -> Table:
    """The answer on each day on which new figures were published."""
    rows = []
    for row in timeline.itertuples():
        others = between(row.range_low, row.range_high)
        within = percent(row.probability_in)
        ever = percent(row.probability_ever)
        words = own_words(row.words)
        rows.append([day(row.as_of), within, ever, others, words, row.official])
    columns = [
        "day",
        "in the year",
        "in any year up to it",
        "other ways",
        "in words",
        UN_STATUS,
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
    columns = ["day", "year", "four times in five", "median", "outcome", "inside"]
    later_years = table("Forecasts of later years and their outcomes, US$ million", columns, rows)
    errors = scored.groupby("forecaster")["crps"].mean().sort_values()
    ranks = [[label(str(forecaster)), f"{error:.2f}"] for forecaster, error in errors.items()]
    columns = ["forecaster", "mean error (CRPS of logs)"]
    return [later_years, table("All forecasters on the same days", columns, ranks)]


def pledges() -> dict[str, Any]:
    """What became of announced targets."""
    rates = tl.pledge_table(by="growth")
    # Rows are classes of required growth, lowest first; the last row is all pledges.
    least = rates.iloc[0]
    most = rates.iloc[-2]
    alt = (
        "Share of announced targets met on time by the growth they needed: "
        f"{least.share:.0%} of those that needed {least.growth}, {most.share:.0%} of those that "
        f"needed {most.growth}."
    )
    return {
        "id": "pledges",
        "title": "What became of those who promised?",
        "said": [f"{kept_on_time()} {FROM_PRESS}", without_weak(), beside_like_pairs()],
        "alt": alt,
        "plot": lambda _, ax=None: tl.plot.pledge_rates(
            rates, source=tl.cite(tl.load_targets()), ax=ax
        ),
    }
