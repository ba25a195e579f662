"""Nowcasts: the distribution of a year's turnover from its first months.

In earlier years, of this pair and of others, so many months held some share of the year. That share
is compared with pro rata (months / 12) on the logit scale, so that shares stay between 0 and 1. The
difference of logits is a vote; a pair-year has one vote, however many part-year figures it has.
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

# Further votes for pro rata that are tried: from nothing but pro rata to none.
SHRINKAGES = (math.inf, 8.0, 4.0, 2.0, 1.0, 0.0)
# Equally likely values that represent the distribution where later years start from it.
LEADS = 200


class FewSharesError(NoAnswerError):
    """Fewer than two earlier pair-years have a share of the year that was known by then."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Nowcast(Displayable):
    """Distribution of a year's turnover, from its first months.

    Turnover is `part_musd` over the share of the year that these months hold; the logit of that
    share is normal.

    Parameters
    ----------
    year : int
        Calendar year.
    months : int
        How many of its months are published, 1 to 11.
    part_musd : float
        Turnover of these months, US$ million.
    centre, spread : float
        Mean and standard deviation of the logit of the share.
    chosen : str
        Pool and shrinkage with the least error when each pair-year is left out in turn.
    variants : DataFrame
        One row per variant (pro rata, own pair, all pairs): ``variant``, ``votes``,
        ``shrinkage``, ``share`` and ``value_musd`` it implies, ``error`` (root mean squared error
        of the log total, one pair-year left out) and ``chosen``.
    known_from : Timestamp
        Day on which the last figure that the nowcast learned from became public.
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
        """Give the turnover of the year that is not exceeded with a probability.

        Parameters
        ----------
        probability : float
            Between 0 and 1, neither included.

        Returns
        -------
        float
            US$ million.
        """
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
        """Give the central interval of the year's turnover.

        Parameters
        ----------
        level : float
            Probability that the interval holds, in percent, between 0 and 100.

        Returns
        -------
        tuple of float
            Lower and upper end, US$ million.
        """
        beyond = tail(level)
        return self.quantile(beyond), self.quantile(1 - beyond)

    @validated
    def chance(self, values: ArrayLike) -> Floats:
        """Give the probability that the year's turnover is at least each value.

        Parameters
        ----------
        values : float or array_like of float
            Values to reach, US$ million.

        Returns
        -------
        ndarray
            Probabilities, shape (n_values,).
        """
        goals = np.atleast_1d(np.asarray(values, float))
        if goals.ndim > 1 or not np.isfinite(goals).all():
            raise InputError(f"values to reach are finite, got {goals.tolist()}")
        rest = goals / self.part_musd - 1
        with np.errstate(divide="ignore"):
            scores = (-np.log(np.maximum(rest, 0)) - self.centre) / self.spread
        return np.array([NormalDist().cdf(score) for score in scores])

    @validated
    def shaped(self, scores: Floats) -> Floats:
        """Give the year's turnover at standard scores of the share.

        Parameters
        ----------
        scores : ndarray
            Standard normal scores; a higher score is a higher share, so a lower turnover.

        Returns
        -------
        ndarray
            US$ million, in the shape of `scores`.
        """
        logits = self.centre + self.spread * scores
        return self.part_musd * (1 + np.exp(-logits))

    def leads(self) -> Floats:
        """Give the logs of equally likely values less the log of the median.

        Returns
        -------
        ndarray
            Deviations from which later years start, shape (200,).
        """
        levels = (np.arange(LEADS) + 0.5) / LEADS
        logs = np.log([self.quantile(p) for p in levels])
        return np.asarray(logs - math.log(self.median_musd))

    @validated
    def sample(self, n: int, *, rng: int | np.random.Generator = 0) -> Floats:
        """Draw values of the year's turnover.

        Parameters
        ----------
        n : int
            Number of draws.
        rng : int or Generator
            Seed or source of randomness.

        Returns
        -------
        ndarray
            US$ million, shape (n,).
        """
        return self.shaped(generator(rng).standard_normal(n))

    def to_frame(self) -> pd.DataFrame:
        """Give the nowcast as a table of one row.

        Returns
        -------
        DataFrame
            ``year``, ``months``, ``part_musd``; ``low``, ``median`` and ``high`` of the central
            80 %; ``least`` and ``most`` of the ways to scale it up (US$ million); ``chosen`` and
            ``known_from``.
        """
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
        """Say in plain words what the published months imply for the year.

        Returns
        -------
        str
            Two sentences.
        """
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
    """Estimate the turnover of a whole year from its first months.

    Pool (own pair or all pairs) and shrinkage towards pro rata are those with the least error when
    each pair-year known then is left out in turn; at a tie the simpler one, pro rata first.

    Parameters
    ----------
    value_musd : float
        Turnover published so far, US$ million, positive; a figure, not a bound.
    year : int
        Calendar year of the figure; shares of this year or later ones are never used.
    months : int
        How many months the figure covers, 1 to 11.
    shares : DataFrame
        Part-year shares of this and other pairs, as `tradelib.flows.year_to_date` returns them:
        ``reporter``, ``partner``, ``year``, ``months``, ``share``, ``released``,
        ``full_year_released``. At least two pair-years must vote; rows do not vote if their
        ``bound`` is not exact, or if their ``status`` is doubtful or worse.
    pair : tuple of str
        Reporter and partner, ISO3.
    known_by : Timestamp or str
        Day; only shares whose part and whole year were both public by then are used.

    Returns
    -------
    Nowcast
        Distribution of the year's turnover; its spread is never narrower than the error when each
        pair-year is left out.

    Raises
    ------
    InputError
        If a column of `shares` is missing, or a figure or a day is not one.
    NoAnswerError
        If fewer than two pair-years vote.

    Examples
    --------
    >>> shares = pd.DataFrame({"reporter": "KAZ", "partner": "TKM", "year": [2019, 2020, 2021],
    ...     "months": 6, "share": [0.45, 0.40, 0.42], "released": pd.Timestamp("2021-07-01"),
    ...     "full_year_released": pd.Timestamp("2022-02-15")})
    >>> nowcast = nowcast_year(45.0, year=2022, months=6, shares=shares, pair=("KAZ", "TKM"),
    ...     known_by="2022-10-05")
    >>> round(nowcast.median_musd), nowcast.chosen
    (106, 'own pair, shrinkage 0')
    """
    value = positive("the part-year figure", value_musd)
    months = checked_months(months)
    known_by = day_of("known_by", known_by)
    votes = _votes(shares, year=year, known_by=known_by)
    if len(votes) < 2:
        raise FewSharesError(
            f"a nowcast learns from at least two earlier pair-years, got {len(votes)} known by "
            f"{pd.Timestamp(known_by).date()}; add shares of other pairs"
        )
    pro_rata = _logit(months / 12)
    ways = _ways(votes, pair, pro_rata)
    ways["value_musd"] = value / ways["share"]
    best = ways.loc[ways["error"].round(12).idxmin()]
    best_of_each = ways.loc[ways.groupby("variant", sort=False)["error"].idxmin()]
    chosen = best["variant"]
    if chosen != "pro rata":
        chosen = f"{chosen}, shrinkage {best['shrinkage']:g}"
    variants = best_of_each[["variant", "votes", "shrinkage", "share", "value_musd", "error"]]
    variants = variants.assign(chosen=variants.index == best.name).reset_index(drop=True)
    return Nowcast(
        year=year,
        months=months,
        part_musd=value,
        centre=_logit(best["share"]),
        spread=_spread(votes, best, pro_rata),
        chosen=chosen,
        variants=variants,
        known_from=votes["known_on"].max(),
    )


def usable(part_years: pd.DataFrame) -> pd.DataFrame:
    """Part-year figures that are exact and not in doubt."""
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


def _ways(votes: pd.DataFrame, pair: tuple[str, str], pro_rata: float) -> pd.DataFrame:
    """Every pool and shrinkage: the share it implies, and its error leaving one pair-year out."""
    vote = votes["vote"].to_numpy()
    sides = votes[["reporter", "partner"]].to_numpy()
    of_pair = (sides == pair).all(axis=1)
    same_pair = (sides[:, None] == sides).all(axis=2)
    everyone = np.full(same_pair.shape, True)
    # Name of the pool, who votes on the pair, who may vote on each pair-year, shrinkages to try.
    pools = [
        ("own pair", of_pair, same_pair, SHRINKAGES),
        ("all pairs", everyone[0], everyone, SHRINKAGES[1:]),
    ]
    rows = []
    for pool, voters, peers, shrinkages in pools:
        others = peers & ~np.eye(len(vote), dtype=bool)
        for shrinkage in shrinkages:
            pulled = _shrunk(vote[voters], shrinkage)
            left_out = np.array([_shrunk(vote[mask], shrinkage) for mask in others])
            log_share = np.log(_share(pro_rata + vote))
            log_error = log_share - np.log(_share(pro_rata + left_out))
            only_pro_rata = math.isinf(shrinkage)
            rows.append(
                {
                    "variant": "pro rata" if only_pro_rata else pool,
                    "votes": 0 if only_pro_rata else int(voters.sum()),
                    "shrinkage": shrinkage,
                    "share": _share(pro_rata + pulled),
                    "error": float(np.sqrt(np.mean(log_error**2))),  # of the log total
                    "miss": float(np.sqrt(np.mean((left_out - vote) ** 2))),  # of the logit
                }
            )
    return pd.DataFrame(rows)


def _spread(votes: pd.DataFrame, best: pd.Series, pro_rata: float) -> float:
    """Spread of the votes around the centre, never narrower than the error of the best way."""
    centre = _logit(best["share"]) - pro_rata
    deviations = votes["vote"].to_numpy() - centre
    variance = float(np.mean(deviations**2))
    around = math.sqrt(variance * (1 + 1 / len(votes)))
    return max(around, float(best["miss"]))


def checked_months(months: int) -> int:
    """A number of months, or an error that names it unless it is 1 to 11."""
    if not 1 <= months <= 11:
        raise InputError(f"a part-year has 1 to 11 months, got {months}")
    return int(months)


def _votes(shares: pd.DataFrame, *, year: int, known_by: pd.Timestamp) -> pd.DataFrame:
    """One row per pair-year: its vote (mean logit of the share less that of pro rata) and day."""
    needed = ["reporter", "partner", "year", "months", "share", "released", "full_year_released"]
    missing = [column for column in needed if column not in shares]
    if missing:
        raise InputError(f"shares lack {', '.join(missing)}; take them from flows.year_to_date")
    frames.check_table(
        shares,
        numbers="year months share",
        texts="reporter partner",
        days="released full_year_released",
    )
    known_on = shares[["released", "full_year_released"]].max(axis=1)
    may_vote = (known_on <= known_by) & (shares["year"] < year)
    may_vote &= shares["share"].between(0, 1, "neither")
    may_vote &= shares["months"].between(1, 11)
    if "bound" in shares:
        may_vote &= shares["bound"] == "exact"
    if "status" in shares:
        may_vote &= shares["status"].isin(["final", "preliminary"])
    rows = shares[may_vote].assign(known_on=known_on)
    rows = rows.drop_duplicates(["reporter", "partner", "year", "months", "share"])
    rows["vote"] = _logit(rows["share"]) - _logit(rows["months"] / 12)
    by_pair_year = rows.groupby(["reporter", "partner", "year"], as_index=False)
    return by_pair_year.agg(vote=("vote", "mean"), known_on=("known_on", "max"))


def _shrunk(votes: Floats, shrinkage: float) -> float:
    """Mean vote, shrunk to zero as by `shrinkage` further votes for pro rata."""
    if votes.size == 0 or math.isinf(shrinkage):
        return 0.0
    return float(votes.sum() / (votes.size + shrinkage))


def _logit(share: Any) -> Any:
    """Logit of a share."""
    return np.log(share / (1 - share))


def _share(logit: Any) -> Any:
    """Share of a logit, the inverse of `_logit`."""
    return 1 / (1 + np.exp(-logit))
