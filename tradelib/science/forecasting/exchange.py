"""A forecast of trade in US dollars, told in another currency.

The log of trade in a currency is that of trade in dollars plus that of the rate, in units of the
currency per dollar. Both are uncertain, and they move together: when a currency falls, its
country's trade told in dollars falls too. The rate is a random walk in logs. If its error over the
years ahead has the spread r, that of trade in dollars the spread t, and trade answers to the rate
by a factor b (below zero), the two correlate by b r / t. So trade in the currency has the spread

    sqrt(t² + r² + 2 b r²),

at b = -1/2 the same as in dollars. Of years whose rate is known r counts only in what trade
answered to it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tradelib.core.errors import NoAnswerError
from tradelib.core.model_files import Learned
from tradelib.core.numeric import Floats
from tradelib.core.records import Record
from tradelib.science.forecasting.predictors import Positions

# Columns of money of a history.
MONEY = ("turnover_musd", "export_musd", "import_musd")
# Averages over the years of a random walk lie so much nearer together than its ends: their change
# over h years has the variance of h - 1/3 years (Working 1960, Econometrica 28).
OF_AVERAGES = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exchange(Record):
    """A currency's rates as known on a day, and how they move.

    Attributes
    ----------
    currency : str
        ISO 4217 code.
    per_usd : mapping of int to float
        Units of the currency per US dollar, averages by year; no year is missing in between.
    spread : float
        Standard deviation of the change of the rate's log over a year of the random walk.
    response : float
        By how much the log of trade in US dollars moves with that of the rate; below zero.
    """

    currency: str
    per_usd: Mapping[int, float]
    spread: float
    response: float

    @property
    def last_year(self) -> int:
        """The last year whose rate is known."""
        return max(self.per_usd)

    @property
    def last(self) -> tuple[int, float]:
        """The last year whose rate is known, and that rate."""
        return self.last_year, self.per_usd[self.last_year]

    @property
    def yearly(self) -> float:
        """Standard deviation of the change of its log from one year's average to the next."""
        return float(self._wandered(np.array([1]))[0])

    def converted(self, history: pd.DataFrame) -> pd.DataFrame:
        """A history in the currency, million, each year at its own rate.

        Years whose rate is not known are left out; it is an error if the last one is among them.
        """
        last = int(history["year"].max())
        if last not in self.per_usd:
            years = f"{min(self.per_usd)} to {self.last_year}"
            raise NoAnswerError(
                f"the last figure is of {last}, and the exchange rates of {self.currency} that "
                f"were known are of {years}: leave later figures out, or ask in US dollars"
            )
        rates = history["year"].map(self.per_usd)
        kept = history[rates.notna()].reset_index(drop=True)
        return _times(kept, rates.dropna().to_numpy())

    def dollars(self, history: pd.DataFrame) -> pd.DataFrame:
        """The same history in US$ million again: the inverse of `converted`."""
        return _times(history, 1 / history["year"].map(self.per_usd).to_numpy())

    def told(self, logs: Floats, origin: int, within_one: Positions) -> Floats:
        """Quantiles of the log of trade in the currency, from those in US dollars.

        Parameters
        ----------
        logs : ndarray
            Quantiles of the log of trade (US$ million) 1, 2, … years after `origin`, shape
            (n_years, n_quantiles).
        origin : int
            Last full year known of trade, whose rate is known.
        within_one : ndarray
            Positions of the standard scores -1, 0 and 1 among the quantiles.

        Returns
        -------
        ndarray
            Of the same shape. The form of each year's distribution stays; its spread changes.
        """
        low, middle, high = logs[:, within_one].T
        of_trade = (high - low) / 2
        years = range(origin + 1, origin + 1 + len(logs))
        start = math.log(self.per_usd[origin])
        known = [math.log(self.per_usd[min(year, self.last_year)]) for year in years]
        moved = np.array(known) - start
        whole = self._wandered(np.array(years) - origin)
        unknown = self._wandered(np.array(years) - self.last_year)
        # Of the trade's variance that much is its answer to the rate, but never more than all.
        answered = np.minimum(np.abs(self.response) * whole, of_trade)
        variance = of_trade**2 - answered**2 + ((1 + self.response) * unknown) ** 2
        width = np.sqrt(variance) / of_trade
        centre = middle + start + (1 + self.response) * moved
        return np.asarray(centre[:, None] + width[:, None] * (logs - middle[:, None]))

    def _wandered(self, years: Positions) -> Floats:
        """Standard deviation of the change of the rate's log over so many years; zero below one."""
        return np.asarray(self.spread * np.sqrt(np.maximum(years - OF_AVERAGES, 0)))


def exchange_of(learned: Mapping[str, Any], rates: pd.DataFrame) -> Exchange:
    """The currency of a table of rates, with what was learned of how it moves.

    Parameters
    ----------
    learned : mapping
        A vintage of ``data/exchange_model.json``: ``spread`` by currency, ``response``.
    rates : DataFrame
        ``currency`` (one), ``year``, ``per_usd``.

    Returns
    -------
    Exchange
        The two together.
    """
    held = Learned("model of exchange rates", learned)
    currency = str(rates["currency"].iloc[0])
    return Exchange(
        currency=currency,
        per_usd=dict(zip(rates["year"].tolist(), rates["per_usd"].tolist(), strict=True)),
        spread=float(held.part("spread").numbers(currency)),
        response=float(held.numbers("response")),
    )


def _times(history: pd.DataFrame, factors: Floats) -> pd.DataFrame:
    """A history whose money is multiplied, year by year."""
    money = {name: history[name].to_numpy() * factors for name in MONEY if name in history}
    return history.assign(**money)
