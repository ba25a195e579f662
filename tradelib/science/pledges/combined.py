"""A chance corrected by what became of pledges that were given one: the model, era and China.

The log odds of coming true are those that the growth model said, plus a constant, an effect of the
five years of the announcement, and an effect of China. Both effects have a normal prior of mean
zero and variance one, as in `tradelib.science.pledges.chance`; that of the constant is wide, so
that it stays finite where all came alike. They are learned from pledges asked again on past days
(`tradelib.replay`). The days of a pledge count as one together, and repeated pledges of a pair
count for less (`tradelib.science.pledges.rates.effective`).

It is a check and no headline: judged forward, on pledges asked after all that it had learned from
was resolved, it errs more than the chance that it corrects (`tradelib.track_record`). What an era
did is known when the era is over.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradelib.core.numeric import Floats, logistic, normal_reach
from tradelib.science.pledges.chance import pledge_eras
from tradelib.science.pledges.rates import effective
from tradelib.science.pledges.track import SUREST

# Fewest pledges resolved by a day from which anything is taken.
LEAST_RESOLVED = 25
# Standard deviation of the constant's prior, in log odds: twenty times the odds is far.
CONSTANT_SD = 3.0
# Newton's method overshoots from afar, so that no step is longer, in log odds; it stops at a step
# that no printed digit shows.
LONGEST_STEP, SHORTEST_STEP = 1.0, 1e-9
MOST_STEPS = 100


class Combined(NamedTuple):
    """What is added to the log odds of a chance, learned from pledges asked again.

    Parameters
    ----------
    n : int
        Pledges that it was learned from.
    params : array (7,)
        The constant, the effect of China, and that of each era.
    covariance : array (7, 7)
        Of `params`.
    """

    n: int
    params: Floats
    covariance: Floats

    def chances(self, asked: pd.DataFrame, *, level: float = 90) -> pd.DataFrame:
        """Corrected chances of pledges: ``chance``, ``low`` and ``high``, a row a pledge.

        `asked` has the columns ``said``, ``announced`` (year) and ``china``; `level` is that of the
        interval from ``low`` to ``high``, in percent.
        """
        added = _columns(asked)
        log_odds = _log_odds(asked["said"]) + added @ self.params
        sd = np.sqrt(np.einsum("ij,jk,ik->i", added, self.covariance, added))
        half_width = normal_reach(level) * sd
        return pd.DataFrame(
            {
                "chance": logistic(log_odds),
                "low": logistic(log_odds - half_width),
                "high": logistic(log_odds + half_width),
            },
            index=asked.index,
        )


def combined_of(replayed: pd.DataFrame, *, least: int = LEAST_RESOLVED) -> Combined | None:
    """Learn it from pledges asked again, as `tradelib.replay` returns them.

    None if they are fewer than `least`.
    """
    pledges = replayed.drop_duplicates("target_id")
    if len(pledges) < least:
        return None
    days = replayed.groupby("target_id")["said"].transform("size")
    independent = effective(pledges.assign(on_time=pledges["came"].astype(bool)))
    weight = independent / len(pledges) / days.to_numpy()
    said = _log_odds(replayed["said"])
    columns = _columns(replayed)
    came = replayed["came"].to_numpy(float)
    prior = np.r_[1 / CONSTANT_SD**2, np.ones(columns.shape[1] - 1)]
    params = np.zeros(columns.shape[1])
    for _ in range(MOST_STEPS):
        chance = logistic(said + columns @ params)
        slope = columns.T @ (weight * (came - chance)) - prior * params
        curvature = weight * chance * (1 - chance)
        information = columns.T @ (columns * curvature[:, None]) + np.diag(prior)
        step = np.linalg.solve(information, slope).clip(-LONGEST_STEP, LONGEST_STEP)
        params = params + step
        if np.abs(step).max() < SHORTEST_STEP:
            break
    return Combined(len(pledges), params, np.linalg.inv(information))


def _columns(asked: pd.DataFrame) -> Floats:
    """One, whether China is a side, and the era, a row a pledge: shape (n, 7)."""
    eras = pledge_eras(asked["announced"])
    return np.column_stack([np.ones(len(asked)), asked["china"].astype(float), eras])


def _log_odds(chance: pd.Series) -> Floats:
    """Log odds of chances."""
    kept = chance.to_numpy(float).clip(SUREST, 1 - SUREST)
    return np.asarray(np.log(kept / (1 - kept)))
