"""Do pledges help? What became of them, against what like pairs would have done without one.

Each scored pledge gets the growth model's probability of the same event, ever by the deadline, for
a pair of its size, asked as much in as long. If pledges did nothing they would come true as often
as that says. People find and score them, successes more easily: read `tradelib.pledges` first.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.ground.numbers import Floats, needs, tail
from tradelib.science.outlook.growth_model import MAX_HORIZON, GrowthModel
from tradelib.science.outlook.outlook import Outlook, outlooks
from tradelib.science.scores import scoring

# Enough that a probability of one in ten is known to half a point (one standard error).
PATHS = 4000
# No probability counts as surer than 4000 paths can say: log odds of 0 or 1 would be infinite.
CERTAIN = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeEffect:
    """How pledged pairs did against like pairs, on the scale of log odds.

    Attributes
    ----------
    n, pairs : int
        Pledges, and different pairs of countries.
    share : float
        Of the pledges that were on time.
    expected : float
        Mean probability of like pairs.
    shift : tuple of float
        Log odds of a pledge being on time less those of like pairs: estimate, low and high end.
    line : tuple of float, intercept a and slope b of logit P(on time) = a + b logit P(like pairs)
    slope : tuple of float
        Low and high end of b.
    brier : Series
        Mean Brier score, leaving one pair out at a time: ``constant`` (share of the others),
        ``like_pairs`` (a = 0, b = 1), ``shifted`` (b = 1), ``fitted`` (a and b).
    """

    n: int
    pairs: int
    share: float
    expected: float
    shift: tuple[float, float, float]
    line: tuple[float, float]
    slope: tuple[float, float]
    brier: pd.Series

    @property
    def odds(self) -> tuple[float, float, float]:
        """Odds of a pledge being on time over those of like pairs: estimate, low and high end."""
        estimate, low, high = np.exp(self.shift).tolist()
        return estimate, low, high

    def summary(self) -> str:
        """The answer in plain words."""
        odds, low, high = self.odds
        word = "worse than" if high < 1 else "better than" if low > 1 else "about as well as"
        return (
            f"{self.n} pledges of {self.pairs} pairs: {self.share:.0%} on time where like pairs "
            f"would have been {self.expected:.0%} of the time; odds ratio {odds:.2f} "
            f"({low:.2f} to {high:.2f}): {word} like pairs."
        )


def like_pairs(scored: pd.DataFrame, *, model: GrowthModel) -> pd.DataFrame:
    """Scored pledges of one to ten years, with ``probability``: that like pairs ever get there."""
    years = (scored["deadline"] - scored["baseline_year"]).astype("Int64")
    kept = scored[years.between(1, MAX_HORIZON).fillna(False) & (scored["baseline_value"] >= 1)]
    if kept.empty:
        raise ValueError(
            f"no deadline of {len(scored)} pledges is 1 to {MAX_HORIZON} years after its baseline"
        )
    sizes = [
        pd.DataFrame({"year": [int(year)], "turnover_musd": [float(size)]})
        for year, size in zip(kept["baseline_year"], kept["baseline_value"], strict=True)
    ]
    made = outlooks(sizes, model=model, nowcasts=[None] * len(sizes))
    chances = [_ever(one, pledge) for one, pledge in zip(made, kept.itertuples(), strict=True)]
    return kept.assign(probability=chances).reset_index(drop=True)


def _ever(made: Outlook, pledge: Any) -> float:
    """Probability that a pair of the pledge's size ever gets there by the deadline."""
    last = int(pledge.deadline)
    paths = made.paths(last - made.origin, n_paths=PATHS)
    return paths.probability(float(pledge.target_value), year=last, ever=True)


def effect_of(pledges: pd.DataFrame, *, level: float = 90) -> PledgeEffect:
    """Log odds of what `like_pairs` returns against those of like pairs, clustered by pair."""
    on_time, pair = pledges["on_time"].to_numpy(float), pd.factorize(pledges["pair"])[0]
    pairs = int(pair.max() + 1)
    if on_time.min() == on_time.max() or pairs < 3:
        raise ValueError(
            f"needs pledges on time and not, of three pairs or more; got {on_time.mean():.0%} of "
            f"{pairs} pairs"
        )
    chance = pledges["probability"].to_numpy(float).clip(CERTAIN, 1 - CERTAIN)
    score = np.log(chance / (1 - chance))
    alpha = 2 * tail(level)
    shifted, fitted = (_fit(on_time, score, pair, slope=slope) for slope in (False, True))
    return PledgeEffect(
        n=len(on_time),
        pairs=pairs,
        share=float(on_time.mean()),
        expected=float(chance.mean()),
        shift=(float(shifted.params[0]), *shifted.conf_int(alpha)[0].tolist()),
        line=tuple(fitted.params.tolist()),
        slope=tuple(fitted.conf_int(alpha)[1].tolist()),
        brier=_left_out(on_time, score, pair),
    )


def progress_so_far(scored: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Where scored pledges stood on the way, and whether they were on time in the end.

    A pledge is seen on the way where a later pledge of the same pair states a baseline of a year
    between its own baseline and its deadline.

    Parameters
    ----------
    scored : DataFrame
        As `tradelib.pledges.scored_pledges` returns it.
    targets : DataFrame
        As `tradelib.load_targets` returns it.

    Returns
    -------
    DataFrame
        A row a pledge and year seen: ``target_id``, ``year``, ``years_left``, ``share_of_target``
        (value then over target), ``left_a_year`` (growth then needed a year, fraction),
        ``on_time``.

    Examples
    --------
    >>> from tradelib import load_targets, pledges
    >>> targets = load_targets()
    >>> seen = progress_so_far(pledges.scored_pledges(targets), targets)
    >>> bool((seen.years_left > 0).all())
    True
    """
    keys = ["reporter", "partner", "currency"]
    seen = targets[[*keys, "baseline_year", "baseline_value"]].dropna().set_axis(
        [*keys, "year", "value"], axis=1
    )  # fmt: skip
    swapped = seen.rename(columns={"reporter": "partner", "partner": "reporter"})
    both = scored.merge(pd.concat([seen, swapped]).drop_duplicates(), on=keys)
    inside = (both["year"] > both["baseline_year"]) & (both["year"] < both["deadline"])
    both = both[inside & (both["value"] < both["target_value"])]
    left = (both["deadline"] - both["year"]).astype(float)
    return pd.DataFrame(
        {
            "target_id": both["target_id"],
            "year": both["year"].astype("int64"),
            "years_left": left.astype("int64"),
            "share_of_target": both["value"] / both["target_value"],
            "left_a_year": (both["target_value"] / both["value"]) ** (1 / left) - 1,
            "on_time": both["on_time"],
        }
    ).sort_values(["target_id", "year"], ignore_index=True)


def _fit(on_time: Floats, score: Floats, pair: NDArray[np.intp], *, slope: bool) -> Any:
    """Logit of being on time, with a free slope or with the score as an offset."""
    models = needs("statsmodels.genmod.generalized_linear_model", "models")
    binomial = needs("statsmodels.genmod.families", "models").Binomial()
    one = np.ones((len(on_time), 1))
    design, offset = (np.column_stack([one, score]), None) if slope else (one, score)
    model = models.GLM(on_time, design, family=binomial, offset=offset)
    return model.fit(cov_type="cluster", cov_kwds={"groups": pair})


def _left_out(on_time: Floats, score: Floats, pair: NDArray[np.intp]) -> pd.Series:
    """Brier scores of each pair's pledges by what the other pairs teach."""
    constant, shifted, fitted = np.empty((3, len(on_time)))
    for one in np.unique(pair):
        out = pair == one
        rest = on_time[~out], score[~out], pair[~out]
        constant[out] = on_time[~out].mean()
        shifted[out] = _chance(_fit(*rest, slope=False).params[0] + score[out])
        intercept, slope = _fit(*rest, slope=True).params
        fitted[out] = _chance(intercept + slope * score[out])
    alike = _chance(score)
    said = {"constant": constant, "like_pairs": alike, "shifted": shifted, "fitted": fitted}
    return pd.Series({name: scoring.brier(chance, on_time).mean() for name, chance in said.items()})


def _chance(score: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-score)))
