"""Published months in, the whole year out: a distribution from one cumulative figure.

The share of the year that so many months held in earlier years (of this pair and of others) is
compared with pro rata on the logit scale, so that shares stay between 0 and 1. A pair-year has one
vote, however many part-year figures it has.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.ground import frames
from tradelib.ground.convert import day_of
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError, NoAnswerError
from tradelib.ground.numbers import Floats, generator, positive, tail
from tradelib.ground.plain import Displayable, money

# Further votes for pro rata, from nothing but pro rata to none.
SHRINKAGES = (math.inf, 8.0, 4.0, 2.0, 1.0, 0.0)
# Equally likely values that stand for the distribution where later years start from it.
LEADS = 200


class FewSharesError(NoAnswerError):
    """Fewer than two earlier pair-years say what so many months come to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Nowcast(Displayable):
    """Distribution of a year's turnover, from its first months.

    Parameters
    ----------
    year, months : int, the year, and how many of its months are published (1-11)
    part_musd : float, published so far, US$ million
    centre, spread : float, mean and standard deviation of the share's logit, taken as normal
    chosen : str, pool and shrinkage that leaving one pair-year out chose
    variants : DataFrame
        One row a way of doing it (pro rata, own pair, all pairs): ``variant``, ``votes``,
        ``shrinkage``, ``share`` and ``value_musd`` it implies, ``error`` (root mean squared error
        of the log total, one pair-year left out) and ``chosen``.
    known_from : Timestamp, day on which the last figure that it learned from became public
    """

    year: int
    months: int
    part_musd: float
    centre: float
    spread: float
    chosen: str
    variants: pd.DataFrame
    known_from: pd.Timestamp

    @validated
    def quantile(self, probability: float) -> float:
        """Turnover of the year not exceeded with a probability within 0 and 1, US$ million."""
        if not 0 < probability < 1:
            raise InputError(f"a quantile needs a probability between 0 and 1, got {probability}")
        logit = self.centre - self.spread * NormalDist().inv_cdf(probability)
        return self.part_musd * (1 + math.exp(-logit))

    @property
    def median_musd(self) -> float:
        """Median of the year, US$ million."""
        return self.quantile(0.5)

    @validated
    def interval(self, level: float) -> tuple[float, float]:
        """Central interval in US$ million; `level` in percent, between 0 and 100."""
        beyond = tail(level)
        return self.quantile(beyond), self.quantile(1 - beyond)

    @validated
    def chance(self, values: ArrayLike) -> Floats:
        """Probability that the year's turnover is at least each value, US$ million."""
        goals = np.atleast_1d(np.asarray(values, float))
        if goals.ndim > 1 or not np.isfinite(goals).all():
            raise InputError(f"values to reach are finite, got {goals.tolist()}")
        rest = goals / self.part_musd - 1
        with np.errstate(divide="ignore"):
            scores = (-np.log(np.maximum(rest, 0)) - self.centre) / self.spread
        return np.array([NormalDist().cdf(score) for score in scores])

    @validated
    def shaped(self, scores: Floats) -> Floats:
        """Turnover at standard scores of the share of the year, US$ million."""
        return self.part_musd * (1 + np.exp(-(self.centre + self.spread * scores)))

    def leads(self) -> Floats:
        """Logs of equally likely values over the median: what later years start from."""
        levels = (np.arange(LEADS) + 0.5) / LEADS
        casts = np.log([self.quantile(p) for p in levels])
        return np.asarray(casts - math.log(self.median_musd))

    @validated
    def sample(self, n: int, *, rng: int | np.random.Generator = 0) -> Floats:
        """Draws of the year's turnover, shape (n,), US$ million."""
        return self.shaped(generator(rng).standard_normal(n))

    def to_frame(self) -> pd.DataFrame:
        """One row: year, months, what they imply with its central 80 %, and how it was chosen."""
        low, high = self.interval(80)
        return pd.DataFrame(
            {
                "year": [self.year],
                "months": self.months,
                "part_musd": self.part_musd,
                "low": low,
                "median": self.median_musd,
                "high": high,
                "least": self.variants["value_musd"].min(),
                "most": self.variants["value_musd"].max(),
                "chosen": self.chosen,
                "known_from": self.known_from,
            }
        )

    def summary(self) -> str:
        """Say in plain words what the months imply."""
        low, high = self.interval(80)
        others = self.variants["value_musd"]
        return (
            f"US${self.part_musd:,.1f}m in {self.months} months of {self.year} points to "
            f"{money(self.median_musd)} for the year, four times in five between {money(low)} and "
            f"{money(high)}. Other ways to scale it up give {money(others.min())} to "
            f"{money(others.max())}; this one is chosen by past errors ({self.chosen})."
        )


@validated
def nowcast_year(
    value_musd: float,
    *,
    year: int,
    months: int,
    shares: pd.DataFrame,
    pair: tuple[str, str],
    known_by: pd.Timestamp | str,
) -> Nowcast:
    """Turnover of a whole year from its first months.

    Pool (own pair or all pairs) and shrinkage towards pro rata are those with the least error when
    each pair-year known then is left out in turn; at a tie the simpler one, pro rata first.

    Parameters
    ----------
    value_musd : float, published so far, US$ million, positive; a figure, not a bound
    year : int, calendar year of the figure; its own shares, and later years', are never used
    months : int, how many months it covers, 1 to 11
    shares : DataFrame
        Part-year shares of this and other pairs, as `tradelib.flows.year_to_date` returns them:
        ``reporter``, ``partner``, ``year``, ``months``, ``share``, ``released``,
        ``full_year_released``; rows with a ``bound`` other than exact, or a ``status`` of doubtful
        or worse, do not vote; two pair-years at least must.
    pair : tuple of str, reporter and partner, ISO3
    known_by : day, only shares whose part and whole were both public by then are used

    Returns
    -------
    Nowcast, its spread is never narrower than the error of leaving one pair-year out

    Examples
    --------
    >>> shares = pd.DataFrame({"reporter": "KAZ", "partner": "TKM", "year": [2019, 2020, 2021],
    ...     "months": 6, "share": [0.45, 0.40, 0.42], "released": pd.Timestamp("2021-07-01"),
    ...     "full_year_released": pd.Timestamp("2022-02-15")})
    >>> found = nowcast_year(45.0, year=2022, months=6, shares=shares, pair=("KAZ", "TKM"),
    ...     known_by="2022-10-05")
    >>> round(found.median_musd), found.chosen
    (106, 'own pair, shrinkage 0')
    """
    value = positive("the part-year figure", value_musd)
    if not 1 <= months <= 11:
        raise InputError(f"a part-year has 1 to 11 months, got {months}")
    known_by = day_of("known_by", known_by)
    votes = _votes(shares, year=year, known_by=known_by)
    if len(votes) < 2:
        raise FewSharesError(
            f"a nowcast learns from at least two earlier pair-years, got {len(votes)} known by "
            f"{pd.Timestamp(known_by).date()}; add shares of other pairs"
        )
    base = _logit(months / 12)
    ways = _ways(votes, pair, base).assign(value_musd=lambda table: value / table["share"])
    best = ways.loc[ways["error"].round(12).idxmin()]
    each = ways.loc[ways.groupby("variant", sort=False)["error"].idxmin()]
    chosen = best["variant"]
    if chosen != "pro rata":
        chosen = f"{chosen}, shrinkage {best['shrinkage']:g}"
    columns = ["variant", "votes", "shrinkage", "share", "value_musd", "error"]
    return Nowcast(
        year=year,
        months=months,
        part_musd=value,
        centre=_logit(best["share"]),
        spread=_spread(votes, best, base),
        chosen=chosen,
        variants=each[columns].assign(chosen=each.index == best.name).reset_index(drop=True),
        known_from=votes["known"].max(),
    )


def usable(part_years: pd.DataFrame) -> pd.DataFrame:
    """Part-year figures that are no bounds and not in doubt."""
    firm = part_years["status"].isin(["final", "preliminary"])
    return part_years[firm & (part_years["bound"] == "exact")]


def newest_months(part_years: pd.DataFrame) -> tuple[int, int, float] | None:
    """Year, months and value of the newest usable figure of all goods; None if there is none."""
    whole = usable(part_years)
    whole = whole[whole["coverage"].isin(["goods", "goods_services"])]
    if whole.empty:
        return None
    newest = whole.sort_values(["year", "months"]).iloc[-1]
    return int(newest["year"]), int(newest["months"]), float(newest["value_musd"])


def _ways(votes: pd.DataFrame, pair: tuple[str, str], base: float) -> pd.DataFrame:
    """Every pool and shrinkage: the share it implies, and its error leaving one pair-year out."""
    each, sides, rows = votes["vote"].to_numpy(), votes[["reporter", "partner"]].to_numpy(), []
    own, same = (sides == pair).all(axis=1), (sides[:, None] == sides).all(axis=2)
    everyone = np.full(same.shape, True)
    for pool, members, peers in (("own pair", own, same), ("all pairs", everyone[0], everyone)):
        voters, others = each[members], peers & ~np.eye(len(each), dtype=bool)
        for shrinkage in SHRINKAGES if pool == "own pair" else SHRINKAGES[1:]:
            left_out = np.array([_shrunk(each[rest], shrinkage) for rest in others])
            gap = np.log(_share(base + each)) - np.log(_share(base + left_out))
            none = math.isinf(shrinkage)
            rows.append(
                {
                    "variant": "pro rata" if none else pool,
                    "votes": 0 if none else len(voters),
                    "shrinkage": shrinkage,
                    "share": _share(base + _shrunk(voters, shrinkage)),
                    "error": float(np.sqrt(np.mean(gap**2))),  # of the log total
                    "miss": float(np.sqrt(np.mean((left_out - each) ** 2))),
                }
            )
    return pd.DataFrame(rows)


def _spread(votes: pd.DataFrame, best: pd.Series, base: float) -> float:
    """Spread of the votes around the centre, never narrower than the error of the best way."""
    deviations = votes["vote"].to_numpy() - (_logit(best["share"]) - base)
    around = math.sqrt(float(np.mean(deviations**2)) * (1 + 1 / len(votes)))
    return max(around, float(best["miss"]))


def _votes(shares: pd.DataFrame, *, year: int, known_by: pd.Timestamp) -> pd.DataFrame:
    """One row a pair-year: its mean distance from pro rata, on the logit scale."""
    needed = ["reporter", "partner", "year", "months", "share", "released", "full_year_released"]
    missing = [c for c in needed if c not in shares]
    if missing:
        raise InputError(f"shares lack {', '.join(missing)}; take them from flows.year_to_date")
    frames.check_table(
        shares,
        numbers="year months share",
        texts="reporter partner",
        days="released full_year_released",
    )
    known = shares[["released", "full_year_released"]].max(axis=1)
    usable = (known <= known_by) & (shares["year"] < year)
    usable &= shares["share"].between(0, 1, "neither") & shares["months"].between(1, 11)
    if "bound" in shares:
        usable &= shares["bound"] == "exact"
    if "status" in shares:
        usable &= shares["status"].isin(["final", "preliminary"])
    used = shares[usable].assign(known=known)
    used = used.drop_duplicates(["reporter", "partner", "year", "months", "share"])
    used["vote"] = _logit(used["share"]) - _logit(used["months"] / 12)
    by_year = used.groupby(["reporter", "partner", "year"], as_index=False)
    return by_year.agg(vote=("vote", "mean"), known=("known", "max"))


def _shrunk(votes: Floats, shrinkage: float) -> float:
    """Mean vote, pulled to zero as if by `shrinkage` further votes for pro rata."""
    if votes.size == 0 or math.isinf(shrinkage):
        return 0.0
    return float(votes.sum() / (votes.size + shrinkage))


def _logit(share: Any) -> Any:
    return np.log(share / (1 - share))


def _share(logit: Any) -> Any:
    return 1 / (1 + np.exp(-logit))
