"""Cases and estimates made by hand, for tests of what a verdict makes of them."""

from dataclasses import dataclass, replace

import numpy as np
from conftest import annual

import tradelib as tl
from tradelib.api.information import information_on
from tradelib.science.assessment.case import Case
from tradelib.science.assessment.evidence import Estimate, Estimates
from tradelib.science.assessment.verdict import judge
from tradelib.science.forecasting.forecast import Forecast
from tradelib.science.pledges.target import standing

PAIR = annual([100.0, 150.0, 200.0, 300.0, 400.0, 500.0], start=2020)
TARGET = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000, deadline=2027)
VAGUE = tl.Target(reporter="KAZ", partner="TKM", value_musd=1000)
# Ten futures of 2026 and 2027: one above in 2027, two ever.
PATHS = np.array([[400.0, 600.0]] * 8 + [[1200.0, 900.0], [900.0, 1000.0]])


@dataclass
class Shares:
    """An outlook whose chances are the shares of given futures."""

    futures: Forecast
    kind: str = "own recent"
    name: str = "panel_growth"

    @property
    def origin(self):
        """Last year known."""
        return self.futures.origin

    def chance(self, values, year):
        """Share of the futures at or above each value."""
        return self.futures.chance(values, year=year)

    @property
    def years(self):
        """Years ahead."""
        return self.futures.years

    def paths(self, horizon):
        """The futures, whatever the horizon."""
        assert horizon >= len(self.futures.years)
        return self.futures

    def passage(self, value):
        """Share of the futures that reached a value by each year."""
        return self.futures.first_passage(value)["by"].to_numpy()

    def shortfall(self, value, year):
        """Mean of what the futures lack that are below a value."""
        final = self.futures.paths[:, self.futures.years.index(year)]
        return (value - final[final < value]).mean() if (final < value).any() else 0.0

    def quantile(self, probability, year):
        """Quantiles of the futures of a year."""
        return np.quantile(self.futures.paths[:, self.futures.years.index(year)], probability)


def forecast(paths=PATHS, origin=2025):
    """Futures of the years after the origin."""
    years = tuple(range(origin + 1, origin + 1 + paths.shape[1]))
    return Forecast(name="panel_growth", origin=origin, last_musd=500.0, years=years, paths=paths)


def likely(chance, n=100):
    """Futures of which so many are above the target in 2027."""
    paths = np.full((n, 2), 500.0)
    paths[: round(chance * n), 1] = 1000.0
    return forecast(paths)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fixed(Estimate):
    """An estimate with the same chance for any value; `ends` are low, high and worth."""

    always: float
    ends: tuple | None = None
    outlook: Shares | None = None

    def chance(self, values, year):
        """The same for each value."""
        return np.full(np.shape(values), self.always)

    def uncertainty(self, value, year):
        """Its ends."""
        return self.ends


def fixed_estimate(key, chance, *, uncertainty=None, source="elsewhere", group="other data"):
    """An estimate with the same chance for any value; `uncertainty` is low, high and worth."""
    return Fixed(key=key, item=key, source=source, group=group, always=chance, ends=uncertainty)


def era(key, chance, outlook, *, source="elsewhere"):
    """An era with the same chance for any value, and the outlook that its money is read off."""
    return Fixed(key=key, item=key, source=source, always=chance, outlook=outlook)


def case(target=TARGET, history=PAIR, *, information=(), **changed):
    """A case by hand: what is known is today's but for what is changed."""
    plain = Case(
        now=standing(target, history),
        day=None,
        history=history,
        source="mine",
        nowcast=None,
        own_data=False,
        other_series={},
        information=replace(information_on(None), **dict(information)),
    )
    return replace(plain, **changed)


def all_estimates(futures=None, *, others=(), reasons=(), eras=(), kind="own recent"):
    """Estimates by hand."""
    futures = forecast() if futures is None else futures
    shares = Shares(futures, kind)
    return Estimates(outlook=shares, others=others, reasons=reasons, eras=eras)


def verdict(
    target=TARGET, history=PAIR, *, futures=None, others=(), reasons=(), eras=(), **changed
):
    """The verdict on a case and estimates by hand."""
    estimates = all_estimates(futures, others=others, reasons=reasons, eras=eras)
    return judge(case(target, history, **changed), estimates)
