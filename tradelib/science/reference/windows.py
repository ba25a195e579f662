"""Episodes of other pairs: which there are, which are comparable, and how much they grew.

An *episode* is one pair over the years from an origin to a horizon. A panel has columns pair, year
and turnover_musd.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.core import checks, flows
from tradelib.core.errors import InputError, NoAnswerError
from tradelib.core.numeric import Floats, positive
from tradelib.core.validation import fits, validated

# Growth before the origin is measured over three years: one year is noisy, ten leave few origins.
PAST_YEARS = 3
PAST = {"fell": (0.0, 1.0), "rose": (1.0, 2.0), "doubled": (2.0, math.inf)}
# Half to double a size: narrower classes hold few episodes, wider ones unlike pairs.
WITHIN = 2.0
# Stands for the log growth of trade that fell to zero, which is minus infinity.
NOTHING = -20.0

PairGroups = Mapping[str, Collection[str]]


class NoEpisodesError(NoAnswerError):
    """The panel or table holds no known episode of the class asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceClass:
    """A reference class: which episodes are comparable.

    Parameters
    ----------
    size_musd : float
        Turnover at the origin, US$ million, in current prices of that year.
    within : float
        The class runs from ``size_musd / within`` to ``size_musd * within``; above 1.
    origins : tuple of int, optional
        First and last origin year; all if omitted.
    past : str
        Turnover over the three years before the origin: ``"any"``, ``"fell"``, ``"rose"`` (less
        than twofold) or ``"doubled"``.
    among : str
        ``"all"`` pairs, or the name of a group of pairs.

    Raises
    ------
    InputError
        If a field is of the wrong type or out of range.

    Examples
    --------
    >>> ReferenceClass(size_musd=254.3).words()
    'pairs of US$127m to 509m'
    """

    size_musd: float
    within: float = WITHIN
    origins: tuple[int, int] | None = None
    past: str = "any"
    among: str = "all"

    def __post_init__(self) -> None:
        for field in fields(self):
            fits(field.name, getattr(self, field.name), field.type)
        positive("size_musd", self.size_musd)
        if not 1 < self.within < math.inf:
            raise InputError(f"within must be above 1, got {self.within}")
        if self.past not in ("any", *PAST):
            raise InputError(f"past is any, {', '.join(PAST)}, got {self.past!r}")
        if self.origins is not None and self.origins[0] > self.origins[1]:
            raise InputError(f"origins run from first to last, got {self.origins}")

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest turnover at the origin, US$ million."""
        return self.size_musd / self.within, self.size_musd * self.within

    def words(self) -> str:
        """Give the class in plain words.

        Returns
        -------
        str
            Its sizes and, if they are limited, its pairs, past growth and origin years.
        """
        low, high = self.ends
        text = f"pairs of US${low:,.0f}m to {high:,.0f}m"
        if self.among != "all":
            text += f" among {self.among.replace('_', ' ')}"
        if self.past != "any":
            text += f" that {self.past} in the three years before"
        if self.origins is not None:
            text += f", from {self.origins[0]}-{self.origins[1]}"
        return text

    @validated
    def holds(self, windows: pd.DataFrame, groups: PairGroups) -> pd.Series:
        """Mark the episodes that belong to the class.

        Parameters
        ----------
        windows : DataFrame
            Episodes, as `episodes` returns them.
        groups : mapping of str to collection of str
            Pairs by the name of their group, for `among`; may be empty if that is ``"all"``.

        Returns
        -------
        Series of bool
            One value for each row of `windows`.

        Raises
        ------
        NoEpisodesError
            If there is no group of that name, or it holds no pair of `windows`.
        """
        checks.check_table(windows, numbers="start_musd origin", texts="pair")
        inside = windows["start_musd"].between(*self.ends)
        if self.past != "any":
            low, high = PAST[self.past]
            factor = np.exp(windows["past"])
            inside &= (factor >= low) & ((factor < high) | (high == math.inf))
        if self.origins is not None:
            inside &= windows["origin"].between(*self.origins)
        if self.among == "all" and "all" not in groups:
            return inside
        if self.among not in groups:
            offers = ", ".join(["all", *groups])
            raise NoEpisodesError(f"{self.among!r} is not a group here; the groups are {offers}")
        members = windows["pair"].isin(list(groups[self.among]))
        if not members.any():
            way = "check how pairs are named"
            raise NoEpisodesError(f"the group {self.among!r} holds no pair of the panel; {way}")
        return inside & members


@validated
def episodes(panel: pd.DataFrame, *, horizon: int, prices: pd.Series | None = None) -> pd.DataFrame:
    """List the episodes of a panel: every pair over every window of `horizon` years.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year`` and ``turnover_musd`` (US$ million), one row for each pair and year.
    horizon : int
        Years from the origin, from 1.
    prices : Series, optional
        Price index by year, for each year of the panel. Growth is then in constant dollars; sizes
        stay in current ones.

    Returns
    -------
    DataFrame
        One row for each episode that starts from a known, positive turnover: ``pair``, ``origin``,
        ``start_musd`` (US$ million), ``growth`` (log growth over the horizon; missing if the end is
        unknown, -20 if trade fell to zero), ``best`` (log growth to the highest year of the window;
        missing if any year is unknown), ``past`` (log growth over the three years before, in
        current prices; missing if unknown).

    Raises
    ------
    NoEpisodesError
        If the panel is not longer than the horizon.
    InputError
        If the panel is not as `tradelib.flows.by_pair` needs it, the horizon is below 1, or the
        price index lacks a year.

    Examples
    --------
    >>> panel = pd.DataFrame({"pair": "AAA-BBB", "year": [2000, 2001, 2002],
    ...     "turnover_musd": [1.0, 4.0, 2.0]})
    >>> episodes(panel, horizon=2)[["origin", "growth", "best"]].round(3).to_numpy().tolist()
    [[2000.0, 0.693, 1.386]]
    """
    wide = flows.by_pair(panel)
    if horizon < 1:
        raise InputError(f"horizon is a whole number of years from 1, got {horizon!r}")
    years = wide.columns.to_numpy()
    turnover = wide.to_numpy(float)
    width = len(years) - horizon
    if width < 1:
        raise NoEpisodesError(
            f"{len(years)} years of panel hold no window of {horizon}; ask for less"
        )
    price_level = np.zeros(len(years)) if prices is None else log_prices(prices, years)
    ahead, past = _growth(turnover, price_level, horizon)
    start = turnover[:, :width]
    positive_start = start > 0
    pair, origin = np.nonzero(positive_start)
    last = np.maximum(ahead[-1], NOTHING)
    best = np.maximum(np.max(ahead, axis=0), NOTHING)
    return pd.DataFrame(
        {
            "pair": wide.index.to_numpy()[pair],
            "origin": years[origin],
            "start_musd": start[positive_start],
            "growth": last[positive_start],
            "best": best[positive_start],
            "past": past[:, :width][positive_start],
        }
    )


def _growth(turnover: Floats, price_level: Floats, horizon: int) -> tuple[list[Floats], Floats]:
    """Log growth to each year of the windows in constant dollars, and over the years before."""
    width = turnover.shape[1] - horizon
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(turnover)
        real = logs - price_level
        start = real[:, :width]
        ahead = [real[:, j : j + width] - start for j in range(1, horizon + 1)]
        past = np.full_like(logs, np.nan)
        past[:, PAST_YEARS:] = logs[:, PAST_YEARS:] - logs[:, :-PAST_YEARS]
    return ahead, past


def log_prices(prices: pd.Series, years: NDArray[np.int64]) -> Floats:
    """Logs of the price index in these years."""
    position = prices.index.get_indexer(pd.Index(years))
    absent = position < 0
    if absent.any():
        names = sorted({str(year) for year in years[absent]})
        raise InputError(f"the price index lacks {', '.join(names)}")
    return np.asarray(np.log(prices.to_numpy(float)[position]))
