"""The page "Is it to be trusted?": reliability and skill, and where they fail."""

from html import escape

import pandas as pd
from content import percent, table

import tradelib as tl

REFIT = "refitted at each origin"
YEARS = (1, 3, 5)


def draw(name, axes, alt, folder):
    """A picture written beside the pages, and the HTML that shows it."""
    axes.figure.savefig(folder / f"{name}.png", dpi=110, metadata={"Software": None})
    width, height = (round(110 * inch) for inch in axes.figure.get_size_inches())
    return (
        f'<figure class="drawn"><img src="_images/{name}.png" alt="{escape(alt, quote=True)}" '
        f'width="{width}" height="{height}" loading="lazy"></figure>'
    )


def summaries(scores):
    """Skill and coverage of every trial."""
    parts = [
        tl.score_summary(part).assign(trial=trial)
        for trial, part in scores[scores["group"] == "all"].groupby("trial", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)


def trust_page(folder, target):
    """The whole page; pictures go to a folder."""
    scores = tl.load_growth_scores()
    tested = summaries(scores)
    source = tl.cite(scores)
    parts = [
        _skill(tested, source, folder),
        _reliable(source, folder),
        _elsewhere(tested, source, folder),
        _failures(tested, scores),
        _pair(target),
        _pledges(folder),
    ]
    return "\n".join(parts)


def _of(tested, trial, forecaster="growth"):
    mine = tested[(tested["trial"] == trial) & (tested["forecaster"] == forecaster)]
    return mine.set_index("horizon")


def _skill(tested, source, folder):
    refit = tested[tested["trial"] == REFIT]
    row = _of(tested, REFIT)
    told = ", ".join(f"{row.skill[h]:.0%}" for h in YEARS)
    inside = ", ".join(f"{row.coverage80[h]:.0%}" for h in YEARS)
    alt = (
        "Skill over a random walk against years ahead, by forecaster. Growth model "
        f"{told} after {', '.join(map(str, YEARS))} years; pooled quantiles of like pairs lie below it."
    )
    shown = draw("skill", tl.plot.skill(refit[refit["forecaster"] != "drift"], source=source), alt,
                 folder)  # fmt: skip
    return (
        "<h2 id='skill'>Is it better than guessing?</h2>"
        f"<p>Learned anew at each origin from outcomes known by then, the growth model beats a random "
        f"walk by {told} one, three and five years ahead (continuous ranked probability score). Its "
        f"central 80 % held {inside} of what came.</p>{shown}"
    )


def _reliable(source, folder):
    found = tl.frequencies(tl.load_calibration())
    some = found[found["horizon"].isin(YEARS) & (found["n"] >= 100) & (found["event"] == "x2")]
    worst = some.loc[(some["frequency"] - some["forecast"]).abs().idxmax()]
    alt = (
        "Observed against forecast frequency of turnover doubling, one, three and five years ahead; "
        f"points near the diagonal are honest. The farthest: forecast {worst.forecast:.0%}, came "
        f"{worst.frequency:.0%}, years ahead: {worst.horizon}."
    )
    shown = draw("reliability", tl.plot.reliability(some, event="x2", source=source), alt, folder)
    return (
        "<h2 id='reliability'>Does a third come about a third of the time?</h2>"
        f"<p>Turnover doubling, forecast against what came. The worst class: "
        f"{worst.forecast:.0%} forecast, {worst.frequency:.0%} observed, years ahead: {worst.horizon} "
        f"({int(worst.n):,} cases, which share their years' luck).</p>{shown}"
    )


def _elsewhere(tested, source, folder):
    growth = tested[(tested["forecaster"] == "growth") & tested["horizon"].isin(YEARS)]
    ends = growth["coverage80"].min(), growth["coverage80"].max()
    alt = (
        "Share of outcomes inside the central 80 % by trial and years ahead, with bands; from "
        f"{ends[0]:.0%} to {ends[1]:.0%}."
    )
    shown = draw("coverage", tl.plot.coverage(growth, source=source), alt, folder)
    return (
        "<h2 id='coverage'>And where it could not have looked?</h2>"
        f"<p>Other eras, other panels, gaps, short histories, countries it never saw: the central "
        f"80 % held from {ends[0]:.0%} to {ends[1]:.0%}.</p>{shown}"
    )


def _failures(tested, scores):
    growth = tested[(tested["forecaster"] == "growth") & tested["horizon"].isin(YEARS)]
    weak = growth[growth["low"] <= 0].sort_values("skill")
    rows = [
        [escape(r.trial), str(r.horizon), f"{r.skill:+.0%}", f"{r.low:+.0%} to {r.high:+.0%}",
         f"{r.coverage80:.0%}"] for r in weak.itertuples()
    ]  # fmt: skip
    apart = scores[(scores["trial"] == REFIT) & scores["forecaster"].isin(["growth", "naive"])]
    groups = pd.concat(
        [tl.score_summary(part).assign(group=g) for g, part in apart.groupby("group")]
    )
    groups = groups[(groups["forecaster"] == "growth") & groups["horizon"].isin(YEARS)]
    off = groups[(groups["coverage80"] - 0.8).abs() > 0.04].sort_values("coverage80")
    odd = [
        [escape(r.group), str(r.horizon), f"{r.coverage80:.0%}", f"{r.below10:.0%}",
         f"{r.above90:.0%}"] for r in off.itertuples()
    ]  # fmt: skip
    bias = _of(tested, REFIT)["bias_x2"]
    return (
        "<h2 id='failures'>Where it fails</h2>"
        f"<p>Chances of doubling came out {100 * bias[5]:+.0f} points too high five years ahead in "
        "the years after 2007: nobody knows the drift of an era in advance.</p>"
        + table(["trial", "years ahead", "skill", "90 % band", "inside 80 %"], rows,
                "Trials in which it is not surely better than a random walk")
        + table(["pairs", "years ahead", "inside 80 %", "below", "above"], odd,
                "Groups whose central 80 % is off by more than four points")
    )  # fmt: skip


def _pair(target):
    said, scored = tl.timeline(target), tl.hindcasts(target)
    rows = [
        [f"{r.as_of:%Y-%m-%d}", percent(r.probability_in), percent(r.probability_ever),
         f"{percent(r.range_low)} to {percent(r.range_high)}", escape(r.words), escape(r.official)]
        for r in said.itertuples()
    ]  # fmt: skip
    mine = scored[scored["forecaster"] == "panel_growth"]
    came = [
        [f"{r.as_of:%Y-%m-%d}", str(r.year), f"{r.low:,.0f} to {r.high:,.0f}", f"{r.median:,.0f}",
         f"{r.observed:,.0f}", "yes" if r.inside else "no"] for r in mine.itertuples()
    ]  # fmt: skip
    mean = scored.groupby("forecaster")["crps"].mean().sort_values()
    ranks = [[escape(k.replace("_", " ")), f"{v:.2f}"] for k, v in mean.items()]
    return (
        "<h2 id='hindcasts'>What would it have said of this very target?</h2>"
        "<p>Hindcasts: each uses only what was released and learned by the day, but is run now. "
        "One pair is one case and proves nothing by itself.</p>"
        + table(["day", "in the year", "ever by it", "range", "words", "the UN's method"], rows,
                "The verdict as figures came out")
        + table(["day", "year", "central 80 %", "median", "came", "inside"], came,
                "What was said of later years, US$ million, and what came")
        + table(["forecaster", "mean error (CRPS of the log)"], ranks, "Everyone on the same days")
    )  # fmt: skip


def _pledges(folder):
    by = tl.pledge_table(by="growth")
    effect = tl.pledge_effect()
    every = by.iloc[-1]
    low, high = by.iloc[0], by.iloc[-2]
    alt = (
        f"Share of announced targets met on time by the growth they asked: {low.share:.0%} of those "
        f"that asked {low.growth}, {high.share:.0%} of those that asked {high.growth}."
    )
    shown = draw(
        "pledges", tl.plot.pledge_rates(by, source=tl.cite(tl.load_targets())), alt, folder
    )
    return (
        "<h2 id='pledges'>What became of those who promised?</h2>"
        f"<p>{every.on_time} of {every.n} scored targets were met on time ({every.share:.0%}). "
        f"{escape(effect.summary())}</p>{shown}"
    )
