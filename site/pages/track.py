"""The page "Track record": what the model would have said of decided pledges, failures first."""

from typing import Any

import pandas as pd

from pages.render import fill
from tradelib.core.labels import capital, percent
from tradelib.pages.charts import NARROW, WIDE, Frame, Picture, Shape, axes, shape, trace
from tradelib.pages.rates import CAUTION, WHEN, kept_on_time, record, score
from tradelib.pages.words import Table, plural, table
from tradelib.science.forecasting.predictors import KINDS
from tradelib.science.pledges.track import PSEUDO, RIVALS

# The days of each, as a heading says them.
DAYS = {
    "at announcement": "On the day of the announcement",
    "under way": "On each 30 June after it, while the pledge was open",
}
WITHOUT, WITH = "without China", "with China"
# Percent at the right end of the axis of chances, and at the top of that of what came.
MOST_SAID, MOST_CAME = 60, 100
# Fewest pledges of a dot and of a failure: of fewer, one outcome would decide.
FEWEST = 5
FEWEST_OF_A_FAILURE = 10
# A share that lies so far from what was said is a failure.
FAR = 0.1
# Heading of the model's squared error in that of the share of pledges kept so far.
RATIO = "error ratio (90% band)"
# A picture beside an answer.
SMALL = (360, 220)


def line() -> str:
    """The record in a line or two, failures first."""
    late = score("at announcement", "era without China", "2015-2019")
    every = score("at announcement", "china", WITHOUT)
    return (
        f"We asked the model about {plural(every.pledges, 'old pledge')} without China, with "
        "nothing but what was known on the day they were made. It gives them "
        f"{percent(every.said)} on average, and {percent(every.came)} were kept. {late.pledges} of "
        f"these were made in 2015–2019: it gives them {percent(late.said)}, and "
        f"{percent(late.came)} were kept. Its chances for those were {_way(late)}."
    )


def small() -> list[Picture]:
    """The record at a glance: the picture of the day of announcement, small."""
    picture = reliability(WHEN[0], SMALL)
    return [picture, picture]


def page() -> dict[str, str]:
    """Title, body and description of the page."""
    body = fill(
        "track.html",
        summary=record().summary(),
        failures=failures(),
        failed=failed(),
        pictures=[(DAYS[when], _name(when), pictures(when), _counts(when)) for when in WHEN],
        rivals=rivals(),
        scores=[scores(when) for when in WHEN],
        pseudo=PSEUDO,
        kept=kept_on_time(),
        caution=CAUTION,
        code="import tradelib as tl\n\nprint(tl.track_record().summary())\nprint(tl.replay())",
    )
    return {"title": "Track record", "body": body, "description": line(), "preview": ""}


def _name(when: str) -> str:
    """Anchor of the picture of some days."""
    return when.split()[-1]


def failures() -> list[str]:
    """Where the chances were wrong, in sentences."""
    lately = [
        score("at announcement", "era without China", group) for group in ("2015-2019", "from 2020")
    ]
    sentences = [
        f"Of {row.pledges} pledges {_made(row.group)} without China it said {percent(row.said)}, "
        f"and {percent(row.came)} came true on time: {_way(row)}."
        for row in lately
    ]
    under_way = score("under way", "era without China", "2015-2019")
    later = (
        f"Under way it was the same: of those of 2015–2019 it said {percent(under_way.said)} on "
        f"the {under_way.n} days asked, and {percent(under_way.came)} came."
    )
    china = score("at announcement", "china", WITH)
    with_china = (
        f"Of {china.pledges} pledges with China it said {percent(china.said)}, and "
        f"{percent(china.came)} came: {_way(china)}."
    )
    return [*sentences, later, with_china]


def _made(group: str, before: str = "of") -> str:
    """When the pledges of an era were made, with what stands before its years."""
    years = group.replace("-", "–")
    return years if years.startswith(("from", "before")) else f"{before} {years}"


def _way(row: Any) -> str:
    """Whether chances were too high or too low, as they are printed."""
    said, came = round(100 * row.said), round(100 * row.came)
    if said == came:
        return "as it said"
    return "too high" if said > came else "too low"


def failed() -> Table:
    """Slices whose chances were far off, or no better than the share kept so far; worst first."""
    every = record().scores
    gap = every["said"] - every["came"]
    first_day = every["when"] == WHEN[0]
    enough = every["pledges"] >= FEWEST_OF_A_FAILURE
    failed = (gap.abs() >= FAR) | (every["ratio"] >= 1)
    worst_first = gap[first_day & enough & failed].abs().sort_values(ascending=False).index
    rows = [
        [_group(row), str(row.pledges), percent(row.said), percent(row.came), _ratio(row)]
        for row in every.loc[worst_first].itertuples()
    ]
    columns = ["pledges", "how many", "said", "came", RATIO]
    caption = "Off by ten points or more, or no better than the share kept so far; worst first"
    return table(caption, columns, rows)


def _group(row: Any) -> str:
    """A slice's pledges in words."""
    group = str(row.group).replace(" %", "%").replace("-", "–")
    words = {
        "all": "all pledges",
        "china": group,
        "era": f"made {_made(group, 'in')}",
        "era without China": f"made {_made(group, 'in')}, without China",
        "growth asked": f"asking {group} a year",
        "tier": f"resting on {KINDS.get(row.group, group)}",
        "search": f"found by {group}",
    }[row.slice]
    return capital(words)


def _ratio(row: Any) -> str:
    """The model's squared error in that of the share kept so far, with its band."""
    if pd.isna(row.ratio):
        return "no share known then"
    return f"{row.ratio:.2f} ({row.ratio_low:.2f} to {row.ratio_high:.2f})"


def scores(when: str) -> Table:
    """Scores of every slice, asked on some days."""
    mine = record().scores
    rows = [
        [
            _group(row),
            str(row.pledges),
            str(row.n),
            percent(row.said),
            percent(row.came),
            f"{row.brier:.3f}",
            f"{row.log_score:.2f}",
            _ratio(row),
        ]
        for row in mine[mine["when"] == when].itertuples()
    ]
    columns = [
        "pledges",
        "how many",
        "days asked",
        "said",
        "came",
        "squared error",
        "log score",
        RATIO,
    ]
    return table(f"Scores: {DAYS[when][:1].lower()}{DAYS[when][1:]}", columns, rows)


def rivals() -> Table:
    """The model beside simple rules: each rule on the days on which it has an answer."""
    rows = []
    every = [score(when, "all", "all") for when in WHEN]
    same_days = [f"{row.brier_same:.3f}" for row in every]
    rows.append(["the growth model, on the days that have a share kept so far", *same_days])
    for key, words in RIVALS.items():
        values = [getattr(row, f"brier_{key}") for row in every]
        rows.append([words, *("" if pd.isna(value) else f"{value:.3f}" for value in values)])
    columns = ["what", *(f"squared error, {when}" for when in WHEN)]
    return table("Beside simple rules, each on the days on which it has an answer", columns, rows)


def classes(when: str) -> pd.DataFrame:
    """What was said and what came by class of chances, without China and with it."""
    every = record().reliability
    apart = every["china"].isin([WITHOUT, WITH])
    return every[apart & (every["when"] == when) & (every["pledges"] > 0)]


def _counts(when: str) -> Table:
    """The numbers of the picture."""
    rows = [
        [
            row.china,
            f"{row.low:.0%} to {row.high:.0%}",
            str(row.pledges),
            str(row.n),
            percent(row.said),
            percent(row.came),
        ]
        for row in classes(when).itertuples()
    ]
    columns = ["pledges", "given", "how many", "days asked", "said, on average", "came"]
    return table(f"The numbers of the picture: {when}", columns, rows)


def pictures(when: str) -> list[Picture]:
    """What came against what was said, for a desktop and for a phone."""
    return [reliability(when, size) for size in (WIDE, NARROW)]


def reliability(when: str, size: tuple[int, int]) -> Picture:
    """What came against what was said, China apart; on the dotted line both are the same."""
    frame = Frame(size=size, first=0, last=MOST_SAID, top=MOST_CAME)
    unit = "% came true, by the chance given in %"
    shapes = axes(frame, [str(level) for level in range(0, MOST_CAME + 1, 25)], unit)
    (left, bottom), (right, top) = frame.at((0, 0)), frame.at((MOST_SAID, MOST_SAID))
    shapes.append(shape("line", "goal", x1=left, y1=bottom, x2=right, y2=top))
    rows = classes(when)
    rows = rows[rows["pledges"] >= FEWEST]
    spots: list[Shape] = []
    for china, kind in ((WITH, "failed"), (WITHOUT, "dot")):
        mine = rows[rows["china"] == china]
        places = [frame.at((100 * row.said, 100 * row.came)) for row in mine.itertuples()]
        if china == WITHOUT:
            shapes.append(trace("known", places))
        for (x, y), row in zip(places, mine.itertuples(), strict=True):
            shapes.append(shape("circle", kind, cx=x, cy=y, r=5))
            tip = (
                f"{china}: said {percent(row.said)}, came {percent(row.came)}, "
                f"{plural(row.pledges, 'pledge')}"
            )
            spots.append(shape("circle", "spot", cx=x, cy=y, r=4, tip=tip))
    return Picture(frame=frame, shapes=(*shapes, *spots), words=_words(when, rows))


def _words(when: str, rows: pd.DataFrame) -> str:
    """The picture for those who do not see it."""
    parts = [
        f"{row.china} said {percent(row.said)}, came {percent(row.came)}"
        for row in rows.itertuples()
    ]
    return f"What was said and what came, {when}: {'; '.join(parts)}."
