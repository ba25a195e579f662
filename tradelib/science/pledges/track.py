"""What became of pledges that the growth model gave a chance: its record, scored.

The rows are pledges asked again on past days (`tradelib.replay`): what was said on each day, what
simple rules said, and what came. Intervals treat the pledges of a pair as one case.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from tradelib.core import checks
from tradelib.core.labels import Displayable, percent
from tradelib.core.numeric import Floats, normal_reach, wilson
from tradelib.core.validation import validated
from tradelib.science.pledges.rates import ANNOUNCED, GROWTHS, Band, effective, growth_name
from tradelib.science.scoring.scores import band, brier

# Edges of the classes of chances that are read as alike.
CHANCES = (0.0, 0.03, 0.08, 0.20, 0.40, 1.0)
# No chance is taken as surer than this in logarithms: the model says no more.
SUREST = 0.001
# Level of intervals and bands, in percent.
LEVEL = 90
DRAWS = 1000
# First year of pledges that are compared with today's: before 2010 twice as many were kept.
SINCE = 2010
# What must be said of any number of the record.
PSEUDO = "The days are past and the figures are today's: pseudo-real time."
# What is scored beside the model, and the name of each for readers.
RIVALS = {
    "constant": "the share of pledges kept so far",
    "regression": "a regression on pledges",
    "combined": "the model's chance, corrected for era and China",
    "on_track": "the UN's on track",
    "growth_carried_on": "last year's growth carried on",
}
COLUMNS = {
    "numbers": "said came announced growth_asked",
    "texts": "target_id pair tier",
    "days": "asked_on",
}

Mask: TypeAlias = "pd.Series[bool]"


class Given(NamedTuple):
    """What became of pledges that the model gave a chance of one class.

    `n` pledges, each once, of which `came` came true on time; announced in `first` to `last`. `low`
    and `high` are the ends of the 90 % interval of the share.
    """

    class_low: float
    class_high: float
    n: int
    came: int
    low: float
    high: float
    first: int
    last: int

    @property
    def share(self) -> float:
        """Share that came true on time."""
        return self.came / self.n


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TrackRecord(Displayable):
    """How good the model's chances of pledges were, asked again in pseudo-real time.

    Parameters
    ----------
    rows : DataFrame
        A row a pledge and day, as `tradelib.replay` returns them.
    scores : DataFrame
        A row a slice of them: ``when`` (at announcement, under way), ``slice``, ``group``, ``n``,
        ``pledges``, ``said`` (mean chance), ``came`` (share on time), ``brier`` and ``log_score``
        of the model and, on the rows that have one, of the share kept so far (``constant_n``,
        ``brier_constant``, ``log_constant``), and the model's ``brier_same`` on these; ``ratio`` of
        both with the ends of its 90 % band (``ratio_low``, ``ratio_high``), whole pairs drawn
        again; ``brier_regression``, ``brier_combined``, ``brier_on_track`` and
        ``brier_growth_carried_on`` on the rows that have them.
    reliability : DataFrame
        A row a class of chances, at announcement and under way: ``when``, ``china``, ``low``,
        ``high``, ``n``, ``pledges``, ``said``, ``came``, and the ends of the 90 % interval of
        ``came`` (``came_low``, ``came_high``), which treats the rows of a pair as one case.
    """

    rows: pd.DataFrame
    scores: pd.DataFrame
    reliability: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Give the scores.

        Returns
        -------
        DataFrame
            `scores`.
        """
        return self.scores

    def summary(self) -> str:
        """Say in plain words what was said and what came, failures first.

        Returns
        -------
        str
            A few sentences.
        """
        every = score_of(self.scores, "at announcement", "all", "all")
        if every.constant_n:
            against = (
                f"On {every.constant_n:.0f} pledges, on the day they were made, its squared error "
                f"(Brier) was {every.brier_same:.3f}; that of the share kept so far was "
                f"{every.brier_constant:.3f}. The ratio is {every.ratio:.2f} "
                f"({LEVEL} % band {every.ratio_low:.2f} to {every.ratio_high:.2f})."
            )
        else:
            against = "Too few had been resolved before them to hold it against the share kept."
        sentences = [*self._came(), against, PSEUDO]
        return " ".join(sentences)

    def _came(self) -> list[str]:
        """What was said and what came: without China where the record has such pledges, else all.

        A record of an early day may lack them, or those of 2015-2019.
        """
        at_announcement = self.scores[self.scores["when"] == "at announcement"]
        groups = set(zip(at_announcement["slice"], at_announcement["group"], strict=True))
        failures = {
            " of 2015-2019 without China": ("era without China", "2015-2019"),
            " without China": ("china", "without China"),
        }
        shown = {which: group for which, group in failures.items() if group in groups}
        sentences = []
        for which, group in (shown or {"": ("all", "all")}).items():
            row = score_of(self.scores, "at announcement", *group)
            noun = "pledge" if row.n == 1 else "pledges"
            sentences.append(
                f"Of {row.n} {noun}{which} the model said {percent(row.said)}, and "
                f"{row.came:.0%} came true on time."
            )
        return sentences


def score_of(scores: pd.DataFrame, when: str, name: str, group: str) -> Any:
    """The row of a slice's group in the `scores` of a `TrackRecord`."""
    same = (scores["when"] == when) & (scores["slice"] == name) & (scores["group"] == group)
    return next(scores[same].itertuples())


@validated
def track_record_of(replayed: pd.DataFrame) -> TrackRecord:
    """Score pledges asked again on past days.

    Parameters
    ----------
    replayed : DataFrame
        As `tradelib.replay` returns it.

    Returns
    -------
    TrackRecord
        Scores by slice, and reliability by class of chances.

    Raises
    ------
    InputError
        If a column is missing, or holds something else.
    """
    checks.check_table(replayed, **COLUMNS)
    rows = replayed.sort_values(["target_id", "asked_on"], ignore_index=True)
    first = ~rows.duplicated("target_id")
    scored = []
    reliable = []
    for when, part in (("at announcement", rows[first]), ("under way", rows[~first])):
        for name, groups in _slices(part):
            for group, of_group in part.groupby(groups, observed=True):
                scored.append({"when": when, "slice": name, "group": group} | _scores(of_group))
        reliable += _reliability(part, when)
    return TrackRecord(rows=rows, scores=pd.DataFrame(scored), reliability=pd.DataFrame(reliable))


def first_scores(replayed: pd.DataFrame) -> dict[str, float]:
    """Scores of all pledges, asked on the day of their announcement: a row of the record."""
    rows = replayed.sort_values(["target_id", "asked_on"], ignore_index=True)
    return _scores(rows[~rows.duplicated("target_id")])


def given(
    replayed: pd.DataFrame, chance: float, *, china: bool | None = None, since: int = SINCE
) -> Given | None:
    """What became of pledges that were given such a chance on some day; None if there are none.

    A pledge counts once, whatever the number of days on which its chance was of the class. `china`
    restricts to pledges with China, or to those without; `since` to those announced from that year.
    """
    low, high = class_of(chance)
    rows = replayed[(replayed["announced"] >= since) & _in_class(replayed["said"], low, high)]
    if china is not None:
        rows = rows[rows["china"] == china]
    pledges = rows.drop_duplicates("target_id")
    if pledges.empty:
        return None
    came = int(pledges["came"].sum())
    years = pledges["announced"]
    first, last = int(years.min()), int(years.max())
    return Given(low, high, len(pledges), came, *_interval(pledges), first, last)


def _interval(rows: pd.DataFrame) -> tuple[float, float]:
    """Wilson's interval of the share that came, the rows of a pair as one case; missing of none."""
    if rows.empty:
        return np.nan, np.nan
    n_effective = effective(rows.assign(on_time=rows["came"].astype(bool)))
    return wilson(rows["came"].mean(), n_effective, normal_reach(LEVEL))


def class_of(chance: float) -> tuple[float, float]:
    """The class of chances that one falls in.

    >>> class_of(0.08), class_of(1.0)
    ((0.08, 0.2), (0.4, 1.0))
    """
    index = int(np.searchsorted(CHANCES[1:-1], chance, side="right"))
    return CHANCES[index], CHANCES[index + 1]


def _in_class(said: pd.Series, low: float, high: float) -> Mask:
    """Whether each chance falls in a class; the last one holds its upper end."""
    return said.between(low, high, inclusive="both" if high == CHANCES[-1] else "left")


def _slices(rows: pd.DataFrame) -> Sequence[tuple[str, "pd.Series[Any]"]]:
    """Names of slices, and the group of each row in them; missing for rows of none."""
    eras = _classes(rows["announced"], ANNOUNCED)
    without = np.where(rows["china"], "with China", "without China")
    china = pd.Series(without, rows.index)
    growth = _classes(rows["growth_asked"], {growth_name(band): band for band in GROWTHS})
    return [
        ("all", pd.Series("all", rows.index)),
        ("china", china),
        ("era", eras),
        ("era without China", eras.where(~rows["china"])),
        ("growth asked", growth),
        ("tier", rows["tier"]),
        ("search", rows["batch"].map("search {}".format)),
    ]


def _classes(values: pd.Series, bands: Mapping[str, Band]) -> "pd.Series[Any]":
    """The name of the band that holds each value; bands follow each other without a gap."""
    edges = [low for low, _ in bands.values()] + [math.inf]
    return pd.cut(values, edges, right=False, labels=list(bands))


def _scores(rows: pd.DataFrame) -> dict[str, float]:
    """Scores of the model and of its rivals on the rows of a group."""
    result: dict[str, float] = {
        "n": len(rows),
        "pledges": rows["target_id"].nunique(),
        "said": rows["said"].mean(),
        "came": rows["came"].mean(),
        "brier": _mean(brier, rows["said"], rows["came"]),
        "log_score": _mean(log_score, rows["said"], rows["came"]),
    }
    same = rows[rows["constant"].notna()]
    result |= {
        "constant_n": len(same),
        "brier_same": _mean(brier, same["said"], same["came"]),
        "brier_constant": _mean(brier, same["constant"], same["came"]),
        "log_constant": _mean(log_score, same["constant"], same["came"]),
    }
    result |= _ratio(same)
    for rival in list(RIVALS)[1:]:
        available = rows[rows[rival].notna()]
        result[f"brier_{rival}"] = _mean(brier, available[rival], available["came"])
    return result


def _mean(score: Callable[..., Floats], chance: pd.Series, came: pd.Series) -> float:
    """Mean score; missing where there are no rows."""
    return float(score(chance.to_numpy(), came.to_numpy()).mean()) if len(chance) else np.nan


def log_score(chance: Floats, came: Floats) -> Floats:
    """Minus the log of the chance given to what came.

    >>> log_score(np.array([0.5, 0.0]), np.array([1, 1])).round(2).tolist()
    [0.69, 6.91]
    """
    kept = np.clip(chance, SUREST, 1 - SUREST)
    return -np.log(np.where(np.asarray(came) == 1, kept, 1 - kept))


def _ratio(rows: pd.DataFrame) -> dict[str, float]:
    """The model's Brier score over that of the share kept so far, with its band over pairs."""
    if rows.empty:
        return {"ratio": np.nan, "ratio_low": np.nan, "ratio_high": np.nan}
    errors = pd.DataFrame(
        {
            "model": brier(rows["said"].to_numpy(), rows["came"].to_numpy()),
            "constant": brier(rows["constant"].to_numpy(), rows["came"].to_numpy()),
        }
    )
    by_pair = errors.groupby(rows["pair"].to_numpy()).sum()
    low, high = band(
        by_pair["model"].to_numpy(),
        by_pair["constant"].to_numpy(),
        level=LEVEL,
        draws=DRAWS,
        rng=0,
    )
    ratio = errors["model"].sum() / errors["constant"].sum()
    return {"ratio": float(ratio), "ratio_low": float(low), "ratio_high": float(high)}


def _reliability(rows: pd.DataFrame, when: str) -> list[dict[str, Any]]:
    """What was said and what came by class of chances, with China and without."""
    table = []
    for china in (None, False, True):
        part = rows if china is None else rows[rows["china"] == china]
        for low, high in pairwise(CHANCES):
            of_class = part[_in_class(part["said"], low, high)]
            came_low, came_high = _interval(of_class)
            table.append(
                {
                    "when": when,
                    "china": {None: "all", False: "without China", True: "with China"}[china],
                    "low": low,
                    "high": high,
                    "n": len(of_class),
                    "pledges": of_class["target_id"].nunique(),
                    "said": of_class["said"].mean(),
                    "came": of_class["came"].mean(),
                    "came_low": came_low,
                    "came_high": came_high,
                }
            )
    return table
