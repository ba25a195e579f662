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

from tradelib.ground.numbers import needs, tail
from tradelib.science.outlook.growth_model import MAX_HORIZON, GrowthModel
from tradelib.science.outlook.outlook import outlooks
from tradelib.science.scores import scoring

__all__ = ["PledgeEffect", "like_pairs", "pledge_effect", "progress_so_far"]

PATHS = 4000
CERTAIN = 0.005

Floats = NDArray[np.float64]


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
    line : tuple of float
        Intercept a and slope b of logit P(on time) = a + b logit P(like pairs).
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
        found, low, high = np.exp(self.shift)
        return float(found), float(low), float(high)

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
    """Probability that a pair like each pledge's would have got there by the deadline.

    Parameters
    ----------
    scored : DataFrame
        As `tradelib.pledges.scored_pledges` returns it.
    model : GrowthModel
        As `tradelib.fit_growth_model` returns it.

    Returns
    -------
    DataFrame
        The rows with one to ten years from baseline to deadline, with ``probability`` (ever by the
        deadline; of a typical pair of the baseline's size, another currency read as dollars).

    Raises
    ------
    ValueError
        If no row is left.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> rows = pd.DataFrame({"baseline_value": [254.3], "baseline_year": [2021],
    ...     "target_value": [1000.0], "deadline": [2026]})
    >>> like_pairs(rows, model=growth_model()).probability.round(2).tolist()
    [0.09]
    """
    years = (scored["deadline"] - scored["baseline_year"]).astype("Int64")
    kept = scored[years.between(1, MAX_HORIZON).fillna(False) & (scored["baseline_value"] >= 1)]
    if kept.empty:
        raise ValueError(f"no pledge has a baseline and 1 to {MAX_HORIZON} years to its deadline")
    starts = [
        pd.DataFrame(
            {"year": [int(row.baseline_year)], "turnover_musd": [float(row.baseline_value)]}
        )
        for row in kept.itertuples()
    ]
    made = outlooks(starts, model=model, nowcasts=[None] * len(starts))
    chances = [
        one.paths(int(row.deadline) - one.origin, n_paths=PATHS).probability(
            float(row.target_value), year=int(row.deadline), ever=True
        )
        for one, row in zip(made, kept.itertuples(), strict=True)
    ]
    return kept.assign(probability=chances).reset_index(drop=True)


def pledge_effect(found: pd.DataFrame, *, level: float = 90) -> PledgeEffect:
    """Log odds of pledges against those of like pairs, clustered by pair.

    Parameters
    ----------
    found : DataFrame
        ``pair``, ``on_time`` (bool), ``probability``, as `like_pairs` returns it.
    level : float
        Of the intervals, percent.

    Returns
    -------
    PledgeEffect

    Raises
    ------
    ValueError
        If all or none were on time, or there are fewer than three pairs.
    ImportError
        If statsmodels is not installed (the ``models`` extra).

    References
    ----------
    Cox, D. R. (1958), Two further applications of a model for binary regression, *Biometrika* 45,
    doi:10.1093/biomet/45.3-4.562 (calibration intercept and slope).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> p = rng.uniform(0.1, 0.9, 400)
    >>> found = pd.DataFrame({"pair": np.arange(400).astype(str), "probability": p,
    ...     "on_time": rng.random(400) < p})
    >>> pledge_effect(found).summary().split(": ")[-1]
    'about as well as like pairs.'
    """
    came = found["on_time"].to_numpy(float)
    pair = pd.factorize(found["pair"])[0]
    if came.min() == came.max() or pair.max() < 2:
        raise ValueError(
            f"needs pledges on time and not, of three pairs or more; got {came.mean():.0%} of "
            f"{pair.max() + 1} pairs"
        )
    p = found["probability"].to_numpy(float).clip(CERTAIN, 1 - CERTAIN)
    score = np.log(p / (1 - p))
    shifted, fitted = _fit(came, score, pair, slope=False), _fit(came, score, pair, slope=True)
    alpha = 2 * tail(level)
    low, high = shifted.conf_int(alpha)[0]
    slope_low, slope_high = fitted.conf_int(alpha)[1]
    return PledgeEffect(
        n=len(came),
        pairs=int(pair.max() + 1),
        share=float(came.mean()),
        expected=float(p.mean()),
        shift=(float(shifted.params[0]), float(low), float(high)),
        line=(float(fitted.params[0]), float(fitted.params[1])),
        slope=(float(slope_low), float(slope_high)),
        brier=_left_out(came, score, pair),
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
    columns = ["reporter", "partner", "currency", "baseline_year", "baseline_value"]
    other = targets[columns].dropna().rename(
        columns={"baseline_year": "year", "baseline_value": "value"}
    )  # fmt: skip
    swapped = other.rename(columns={"reporter": "partner", "partner": "reporter"})
    points = pd.concat([other, swapped]).drop_duplicates()
    both = scored.merge(points, on=["reporter", "partner", "currency"])
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


def _fit(came: Floats, score: Floats, pair: NDArray[np.intp], *, slope: bool) -> Any:
    """Logit of being on time, with a free slope or with the score as an offset."""
    models = needs("statsmodels.genmod.generalized_linear_model", "models")
    binomial = needs("statsmodels.genmod.families", "models").Binomial()
    one = np.ones((len(came), 1))
    if slope:
        design, offset = np.column_stack([one, score]), None
    else:
        design, offset = one, score
    model = models.GLM(came, design, family=binomial, offset=offset)
    return model.fit(cov_type="cluster", cov_kwds={"groups": pair})


def _left_out(came: Floats, score: Floats, pair: NDArray[np.intp]) -> pd.Series:
    """Brier scores of each pair's pledges by what the other pairs teach."""
    said = {name: np.empty(len(came)) for name in ("constant", "shifted", "fitted")}
    for one in np.unique(pair):
        out = pair == one
        rest = came[~out], score[~out], pair[~out]
        said["constant"][out] = came[~out].mean()
        said["shifted"][out] = _chance(_fit(*rest, slope=False).params[0] + score[out])
        a, b = _fit(*rest, slope=True).params
        said["fitted"][out] = _chance(a + b * score[out])
    said["like_pairs"] = _chance(score)
    order = ["constant", "like_pairs", "shifted", "fitted"]
    return pd.Series({name: float(scoring.brier(said[name], came).mean()) for name in order})


def _chance(score: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-score)))
