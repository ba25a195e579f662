"""How many pledges were kept, and what must be said beside it: one place for all pages."""

from functools import cache
from typing import Any

import tradelib as tl
from tradelib.core.labels import percent
from tradelib.science.pledges.track import TrackRecord, first_scores, score_of

# The days on which the model was asked again of decided pledges.
WHEN = ("at announcement", "under way")

# Beside any share of pledges that were kept.
EASIER = "Goals that were met are easier to find than goals that were dropped."
FROM_PRESS = f"Read this with care: the source is mostly the press. {EASIER}"
CAUTION = (
    f"{FROM_PRESS} Few pledges are on record for most countries. A pledge takes two governments, "
    "so it counts for both. This is a record of words, not a ranking."
)


@cache
def record() -> TrackRecord:
    """The record that every page quotes."""
    return tl.track_record()


def score(when: str, name: str, group: str) -> Any:
    """One row of the record's scores."""
    return score_of(record().scores, when, name, group)


@cache
def first_day() -> dict[str, float]:
    """The record's scores of all pledges on the day of their announcement, without the rest."""
    return first_scores(tl.replay())


@cache
def kept_on_time() -> str:
    """How many pledges were kept on time, of those whose year is over."""
    rate = tl.pledge_rate()
    china = tl.pledge_rate(china=True)
    without = tl.pledge_rate(china=False)
    late = tl.pledge_rate(announced=(2015, 2020))
    return (
        f"Of {rate.n} pledges whose year is over and whose outcome is known, {rate.on_time} were "
        f"kept on time ({percent(rate.share)}). With China as a partner {percent(china.share)} "
        f"of {china.n} pledges were kept, without China {percent(without.share)} of {without.n}. "
        f"Of all {late.n} made in 2015–2019, including those with China, {percent(late.share)} "
        "were kept."
    )


@cache
def without_weak() -> str:
    """How many targets rest on a weak source, and how many pledges were kept without them."""
    targets = tl.load_targets()
    rate = tl.pledge_rate(without=["weak"])
    return (
        f"{targets['weak'].sum()} of {len(targets)} targets rest on a weak source, such as a blog; "
        f"their pages say so. Without them {rate.on_time} of {rate.n} pledges were kept on time "
        f"({percent(rate.share)})."
    )


@cache
def not_shown() -> str:
    """What a comparison of pledges with like pairs does not show."""
    groups = tl.pledge_effect().groups.drop_duplicates("group").set_index("group")
    second = groups.loc["second search"]
    return (
        "The difference does not show that pledges help: governments pledge where trade grows "
        "already, and it depends on how pledges were found. One search did not look for famous "
        f"ones. It found {second['n']} pledges that can be compared like this: "
        f"{percent(second['share'])} were kept, and {percent(second['expected'])} of similar pairs "
        "without a pledge grew as much."
    )


def beside_like_pairs() -> str:
    """How much oftener pledges came true than like pairs got there, and what it does not show."""
    return f"{tl.pledge_effect().summary()} {not_shown()}"
