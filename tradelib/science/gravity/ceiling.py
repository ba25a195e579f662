"""How far above its gravity potential would a target put a pair, and did such pairs rise further?

A check on plausibility, never a forecast: what is usual among all pairs says how unusual a target's
ratio of actual to potential turnover is, and what became of pairs far above their potential whether
that is where growth goes on or where it ends.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradelib.ground.numbers import at_least, positive
from tradelib.ground.plain import Displayable, money
from tradelib.science.gravity.model import LEVELS, QUANTILES, GravityModel
from tradelib.science.gravity.potential import Potential


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Ceiling(Displayable):
    """A target held against a pair's potential. No forecast.

    Attributes
    ----------
    potential : Potential, from what both trade with everyone, with the pair's actual turnover
    by_gdp : Potential or None, from GDPs: as if they traded as much as others of their size
    target_musd : float, US$ million
    below_target : float, share of pairs that trade with a lower ratio than the target's
    rose : float
        Share of pairs as far above their potential whose ratio was higher four years later.
    rose_range : tuple of float, least and most of it by start year
    reached : float, share of them whose ratio rose by as much as the target asks
    episodes : int, how many there were
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
        """The check in plain words."""
        own, (low, high) = self.potential, self.potential.interval()
        gdp = self.by_gdp and f" From their GDP they predict {money(self.by_gdp.musd)}."
        return (
            f"From what both trade with everyone, size and distance predict {money(own.musd)} for "
            f"{own.year}, four times in five between {money(low)} and {money(high)}.{gdp or ''} "
            f"Trade was {own.ratio:.1f} times the first. The target is {self.multiple:.1f} times "
            f"it, higher than {self.below_target:.0%} of pairs that trade. Of {self.episodes:,} "
            f"pairs as far above, {self.rose:.0%} were further above four years later."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row: potentials, both multiples, and what is usual."""
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
    """A target held against a potential (with actual turnover), and against what is usual."""
    target = positive("the target", target_musd)
    asked = target / positive("the actual turnover", base.actual_musd)
    table, ratio = model.rises, base.ratio
    inside = table[(table["low"] <= ratio) & (ratio < table["high"])]
    away = (np.log(table["low"].clip(lower=1e-9)) - math.log(ratio)).abs()  # if it had no pair
    like = inside.iloc[0] if len(inside) else table.iloc[int(away.argmin())]
    rises = like[QUANTILES].to_numpy(float)
    return Ceiling(
        potential=base,
        by_gdp=by_gdp,
        target_musd=target,
        below_target=model.below(target / base.musd),
        rose=float(like["rose"]),
        rose_range=(float(like["least"]), float(like["most"])),
        reached=float(at_least(np.array(asked), rises, LEVELS, ends=(LEVELS[0], LEVELS[-1]))),
        episodes=int(like["n"]),
    )
