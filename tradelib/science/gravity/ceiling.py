"""How far above its gravity potential would a target put a pair, and did such pairs rise further?

A check on plausibility, never a forecast. The ratios of actual to potential turnover of all pairs
show how unusual the target's ratio is. What became of pairs far above their potential shows whether
growth goes on there or ends.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradelib.core.labels import Displayable, money
from tradelib.core.numeric import at_least, positive
from tradelib.science.gravity.model import LEVEL_COLUMNS, LEVELS, GravityModel
from tradelib.science.gravity.potential import Potential


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Ceiling(Displayable):
    """A target compared with a pair's potential. It is no forecast.

    Parameters
    ----------
    potential : Potential
        Predicted from what both countries trade with everyone, with the pair's actual turnover.
    by_gdp : Potential or None
        Predicted from their GDPs, as if they traded as much as others of their size.
    target_musd : float
        Turnover of the target, US$ million.
    below_target : float
        Share of pairs that trade with a lower ratio to their potential than the target's.
    rose : float
        Of pairs as far above their potential, the share whose ratio was higher four years later.
    rose_range : tuple of float
        That share in the worst and in the best start year.
    reached : float
        Of these pairs, the share whose ratio rose by as much as the target needs.
    episodes : int
        Number of these pairs.
    """

    potential: Potential
    by_gdp: Potential | None
    target_musd: float
    below_target: float
    rose: float
    rose_range: tuple[float, float]
    reached: float
    episodes: int

    @property
    def multiple(self) -> float:
        """The target as a multiple of the potential."""
        return self.target_musd / self.potential.musd

    def summary(self) -> str:
        """Give the check in plain words.

        Returns
        -------
        str
            The potential, the target as a multiple of it, and what became of pairs as far above.
        """
        own = self.potential
        low, high = own.interval()
        by_gdp = ""
        if self.by_gdp is not None:
            by_gdp = f" From their GDP they predict {money(self.by_gdp.musd)}."
        return (
            f"From what both trade with everyone, size and distance predict {money(own.musd)} for "
            f"{own.year}, four times in five between {money(low)} and {money(high)}.{by_gdp} "
            f"Trade was {own.ratio:.1f} times the first. The target is {self.multiple:.1f} times "
            f"it, higher than {self.below_target:.0%} of pairs that trade. Of {self.episodes:,} "
            f"pairs as far above, {self.rose:.0%} were further above four years later."
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the check as a table of one row.

        Returns
        -------
        DataFrame
            ``year``, ``potential_musd`` with ``low`` and ``high`` (80 % interval), ``by_gdp_musd``,
            ``actual_musd``, ``target_musd`` (US$ million), ``ratio`` and ``multiple`` (actual
            turnover and target over the potential), ``rose``, ``below_target``, ``rose_low`` and
            ``rose_high`` (its range by start year), ``reached``, ``episodes``.
        """
        low, high = self.potential.interval()
        return pd.DataFrame(
            {
                "year": [self.potential.year],
                "potential_musd": self.potential.musd,
                "low": low,
                "high": high,
                "by_gdp_musd": math.nan if self.by_gdp is None else self.by_gdp.musd,
                "actual_musd": self.potential.actual_musd,
                "target_musd": self.target_musd,
                "ratio": self.potential.ratio,
                "multiple": self.multiple,
                "rose": self.rose,
                "below_target": self.below_target,
                "rose_low": self.rose_range[0],
                "rose_high": self.rose_range[1],
                "reached": self.reached,
                "episodes": self.episodes,
            }
        )


def ceiling_check(
    target_musd: float, base: Potential, *, model: GravityModel, by_gdp: Potential | None = None
) -> Ceiling:
    """A target compared with a potential and with the ratios of other pairs.

    `base` must hold the pair's actual turnover.
    """
    target = positive("the target", target_musd)
    needed = target / positive("the actual turnover", base.actual_musd)
    rises = _class_of(model.rises, base.ratio)
    quantiles = rises[LEVEL_COLUMNS].to_numpy(float)
    reached = at_least(np.array(needed), quantiles, LEVELS, ends=(LEVELS[0], LEVELS[-1]))
    return Ceiling(
        potential=base,
        by_gdp=by_gdp,
        target_musd=target,
        below_target=model.below(target / base.musd),
        rose=float(rises["rose"]),
        rose_range=(float(rises["least"]), float(rises["most"])),
        reached=float(reached),
        episodes=int(rises["n"]),
    )


def _class_of(rises: pd.DataFrame, ratio: float) -> pd.Series:
    """The class of a ratio; the nearest one if the panel has no pair in its class."""
    inside = rises[(rises["low"] <= ratio) & (ratio < rises["high"])]
    if len(inside):
        return inside.iloc[0]
    log_low = np.log(rises["low"].clip(lower=1e-9))
    distance = (log_low - math.log(ratio)).abs()
    return rises.iloc[int(distance.argmin())]
