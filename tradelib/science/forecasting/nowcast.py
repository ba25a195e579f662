"""Nowcasts: the distribution of a year's turnover from its first months, by the nowcast model.

`part_year` has the model. Here one pair is asked: a `Nowcast` is what later years start from.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.core import checks
from tradelib.core.errors import InputError
from tradelib.core.labels import Displayable, money
from tradelib.core.numeric import Floats, generator, tail
from tradelib.core.validation import validated
from tradelib.science.forecasting.growth_model import below_nodes, between_nodes, checked_quantiles
from tradelib.science.forecasting.nowcast_model import (
    NowcastModel,
    Past,
    at_month,
    floor,
    known_totals,
    located,
    part_year_signals,
    usual_step,
)

# Equally likely values that represent the distribution where later years start from it.
LEADS = 200
# Months are called unusual from twice last year's on, or half of it, if that is so many of the
# pair's usual yearly changes too: 2 % of years of pairs above US$1bn are, and one in ten of the
# smallest.
UNUSUAL_GROWTH, UNUSUAL_STEPS = math.log(2), 3.0
# So is a month that holds so much of six months or more: one year in twelve of pairs of US$10m to
# 100m has one.
UNUSUAL_SHARE, FEWEST_MONTHS_OF_SHARE = 0.5, 6
# Standard scores beyond it count as this much: a float has no probability nearer to one.
FAR_SCORE = 8.0
# What the alternatives are called.
PRO_RATA, CARRIED_ON, OWN_SHARES, MODEL = (
    "pro rata",
    "growth carried on",
    "own shares",
    "nowcast model",
)


class FirstMonths(NamedTuple):
    """The first months of a year of one pair, and what is known of the years before.

    `past` is of the same source as the months, a row. `other_source` is whether the last value of
    the history is not: then no growth is taken from it to this year. `largest` is the month with
    the largest value, and its share of all; None where single months are unknown.
    """

    year: int
    months: int
    value_musd: float
    past: Past
    other_source: bool = False
    largest: tuple[int, float] | None = None


class Basis(NamedTuple):
    """What a nowcast rests on, for readers.

    `text` names the model and what entered of the pair itself. `unusual` is what is unusual in the
    months, to follow their value; empty if nothing is. `other_source` is that of `FirstMonths`.
    """

    text: str
    unusual: str = ""
    other_source: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Nowcast(Displayable):
    """Distribution of a year's turnover, from its first months.

    Turnover is that of the months, and the rest of the year. The log of the rest has the quantiles
    of the nowcast model: those of pro rata, moved and scaled by what is known of the pair.

    Parameters
    ----------
    year : int
        Calendar year.
    months : int
        How many of its months are published, 1 to 11.
    part_musd : float
        Turnover of these months, US$ million.
    log_rest : ndarray
        Quantiles of the log of the other months' turnover (US$ million), ascending, at the
        probabilities 0.01, 0.03, 0.05, 0.1, … 0.95, 0.97, 0.99; shape (23,). In between, and
        beyond, they are linear in the logit of the probability.
    variants : DataFrame
        What simpler ways give, and the model last; a row a way: ``variant``, ``share`` of the year
        that the months are by it, ``value_musd`` of the year, and ``years`` of the pair that it
        rests on. "pro rata": all months are alike. "growth carried on": the rest of the year grows
        as its first months did on those of last year. "own shares": the months are the share that
        they were in earlier years.
    basis : Basis
        What it rests on, for readers, and whether its source is another than the history's.
    known_from : Timestamp
        Day on which the last figure that the nowcast learned from became public.
    """

    year: int
    months: int
    part_musd: float
    log_rest: Floats
    variants: pd.DataFrame
    basis: Basis
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
        return float(self._at(np.array([probability]))[0])

    @validated
    def quantiles(self, probabilities: ArrayLike) -> Floats:
        """Give the turnover of the year that is not exceeded with each probability.

        Parameters
        ----------
        probabilities : array_like of float
            Between 0 and 1, none included, shape (n_probabilities,).

        Returns
        -------
        ndarray
            US$ million, shape (n_probabilities,).
        """
        return self._at(checked_quantiles(probabilities))

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
        chances = np.ones(goals.size)
        ahead = goals > self.part_musd
        lacking = np.log(goals[ahead] - self.part_musd)
        chances[ahead] = 1 - below_nodes(self.log_rest, lacking)
        return chances

    @validated
    def shaped(self, scores: Floats) -> Floats:
        """Give the year's turnover at standard scores of how early in the year it falls.

        Parameters
        ----------
        scores : ndarray
            Standard normal scores; with a higher score the months are a larger share of the year,
            so turnover of the year is lower.

        Returns
        -------
        ndarray
            US$ million, in the shape of `scores`.
        """
        from scipy import special

        within = np.clip(np.asarray(scores, float), -FAR_SCORE, FAR_SCORE)
        return self._at(special.ndtr(-within).ravel()).reshape(within.shape)

    def leads(self) -> Floats:
        """Give the logs of equally likely values less the log of the median.

        Returns
        -------
        ndarray
            Deviations from which later years start, shape (200,).
        """
        levels = (np.arange(LEADS) + 0.5) / LEADS
        return np.asarray(np.log(self._at(levels)) - math.log(self.median_musd))

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
            80 %; ``pro_rata_musd``, what the calendar gives; ``least`` and ``most`` of the ways to
            scale it up, the model among them (US$ million); and ``known_from``.
        """
        low, high = self.interval(80)
        values = self.variants["value_musd"]
        return pd.DataFrame(
            {
                "year": [self.year],
                "months": self.months,
                "part_musd": self.part_musd,
                "low": low,
                "median": self.median_musd,
                "high": high,
                "pro_rata_musd": values.iloc[0],
                "least": values.min(),
                "most": values.max(),
                "known_from": self.known_from,
            }
        )

    def summary(self) -> str:
        """Say in plain words what the published months imply for the year.

        Returns
        -------
        str
            Three sentences.
        """
        low, high = self.interval(80)
        words = {
            PRO_RATA: "pro rata",
            CARRIED_ON: "the growth of these months carried on",
            OWN_SHARES: "the shares of the year that they were before",
        }
        ways = self.variants.set_index("variant")["value_musd"].drop(MODEL)
        others = [f"{words[str(way)]}, {money(value)}" for way, value in ways.items()]
        return (
            f"US${self.part_musd:,.1f}m in {self.months} months of {self.year}"
            f"{self.basis.unusual} points to {money(self.median_musd)} for the year, four times in "
            f"five between {money(low)} and {money(high)}. Simpler ways give: {'; '.join(others)}. "
            f"It rests on {self.basis.text}."
        )

    def _at(self, p: Floats) -> Floats:
        """Turnover of the year that is not exceeded with each probability, US$ million."""
        rest = np.exp(between_nodes(self.log_rest[None], p)[0])
        return np.asarray(self.part_musd + rest)


def nowcast_of(
    first: FirstMonths, *, model: NowcastModel, known_from: pd.Timestamp | None = None
) -> Nowcast:
    """The nowcast of one pair, by a model.

    Parameters
    ----------
    first : FirstMonths
        The months, and what is known of the years before; the months are checked.
    model : NowcastModel
        As `tradelib.nowcast_model` returns it.
    known_from : Timestamp, optional
        Day on which the last share of the pair that enters became public; NaT or None of none.

    Returns
    -------
    Nowcast
        Distribution of the year's turnover, the same as `part_year.year_quantiles` gives.
    """
    part = np.array([first.value_musd])
    months = first.months
    read = part_year_signals(part, first.past, months=months, model=model)
    location, scale = located(read, months=months, model=model)
    shock = np.sort(at_month(model.shock, months))
    at_least = np.maximum(part, floor(part, first.past, months))
    log_rest = np.log((12 - months) / months * at_least) + location + scale * shock
    median = first.value_musd + math.exp(between_nodes(log_rest[None], np.array([0.5])).item())
    return Nowcast(
        year=first.year,
        months=months,
        part_musd=first.value_musd,
        log_rest=log_rest,
        variants=_variants(first, median),
        basis=Basis(_basis(first), _unusual(first, usual_step(read)[0]), first.other_source),
        known_from=pd.Series([known_from, pd.Timestamp(model.known_from)]).max(),
    )


def own_shares(
    shares: pd.DataFrame, *, year: int, pair: tuple[str, str], known_by: pd.Timestamp
) -> pd.DataFrame:
    """A pair's part-year shares of the years before, as known by a day.

    Parameters
    ----------
    shares : DataFrame
        As `tradelib.flows.year_to_date` returns them; rows of other pairs are left out, and so are
        those whose ``bound`` is not exact, or whose ``status`` is doubtful or worse.
    year : int
        Only years before it are kept.
    pair : tuple of str
        Reporter and partner, ISO3.
    known_by : Timestamp
        Only shares whose part and whole year were both public by then are kept.

    Returns
    -------
    DataFrame
        ``year``, ``months``, ``share`` and ``known_on``, the day from which it was known.

    Raises
    ------
    InputError
        If a column is missing or holds something else.
    """
    needed = ["reporter", "partner", "year", "months", "share", "released", "full_year_released"]
    missing = [column for column in needed if column not in shares]
    if missing:
        raise InputError(f"shares lack {', '.join(missing)}; take them from flows.year_to_date")
    checks.check_table(
        shares,
        numbers="year months share",
        texts="reporter partner",
        days="released full_year_released",
    )
    released, full_year = (
        shares[name].dt.tz_localize(None) for name in ("released", "full_year_released")
    )
    table = shares[["year", "months", "share"]].assign(known_on=np.maximum(released, full_year))
    kept = (shares["reporter"].to_numpy() == pair[0]) & (shares["partner"].to_numpy() == pair[1])
    kept &= (table["known_on"].to_numpy() <= known_by) & (table["year"].to_numpy() < year)
    share = table["share"].to_numpy()
    months = table["months"].to_numpy()
    kept &= (share > 0) & (share < 1) & (months >= 1) & (months <= 11)
    if "bound" in shares:
        kept &= shares["bound"].to_numpy() == "exact"
    if "status" in shares:
        kept &= shares["status"].isin(["final", "preliminary"]).to_numpy()
    return table[kept].drop_duplicates(["year", "months", "share"], ignore_index=True)


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


def _variants(first: FirstMonths, median: float) -> pd.DataFrame:
    """What simpler ways give, where known, and the model's median: a row a way."""
    part = first.value_musd
    pro_rata = first.months / 12
    last = known_totals(first.past.totals)[0, -1]
    last_part = first.past.last_part[0]
    votes = first.past.votes[0]
    votes = votes[np.isfinite(votes)]
    rows: list[tuple[str, float, int]] = [(PRO_RATA, part / pro_rata, 0)]
    if last > 0 and last_part > 0:
        rows.append((CARRIED_ON, last * part / last_part, 1))
    if votes.size:
        share = 1 / (1 + (1 - pro_rata) / pro_rata * math.exp(-votes.mean()))
        rows.append((OWN_SHARES, part / share, votes.size))
    rows.append((MODEL, median, _years_read(first.past)))
    table = pd.DataFrame(rows, columns=["variant", "value_musd", "years"])
    table.insert(1, "share", part / table["value_musd"])
    return table


def _years_read(past: Past) -> int:
    """Years before of which a total or a share is known."""
    return int((np.isfinite(known_totals(past.totals)) | np.isfinite(past.votes)).sum())


def _basis(first: FirstMonths) -> str:
    """The model, and what entered of the pair itself."""
    past = first.past
    totals = int(np.isfinite(known_totals(past.totals)).sum())
    shares = int(np.isfinite(past.votes).sum())
    entered = []
    if totals:
        entered.append(f"the {'total' if totals == 1 else 'totals'} of {_years(totals)}")
    if past.last_part[0] > 0:
        entered.append("the same months of the year before")
    if shares:
        entered.append(f"the share that its first months had in {_years(shares)}")
    own = ", ".join(entered) or "nothing"
    text = f"the nowcast model, learned from many pairs. Of this pair's own past it reads {own}"
    if first.other_source:
        text += "; the source of the months is not known to be that of the history"
    return text


def _years(n: int) -> str:
    """A number of earlier years in words."""
    return "1 earlier year" if n == 1 else f"{n} earlier years"


def _unusual(first: FirstMonths, step: float) -> str:
    """What is unusual in the months, to follow their value; empty if nothing is.

    `step` is the pair's usual yearly change, in logs.
    """
    texts = []
    before = first.year - 1
    last_part = first.past.last_part[0]
    last = known_totals(first.past.totals)[0, -1] * first.months / 12
    if last_part > 0:
        multiple = first.value_musd / last_part
        against = f"the same months of {before}"
    else:
        multiple = first.value_musd / last
        against = f"{first.months}/12 of the year {before}"
    if abs(math.log(multiple)) >= max(UNUSUAL_GROWTH, UNUSUAL_STEPS * step):
        texts.append(f"{multiple:.2g} times {against}")
    if first.largest is not None and first.months >= FEWEST_MONTHS_OF_SHARE:
        month, share = first.largest
        if share >= UNUSUAL_SHARE:
            texts.append(f"{share:.0%} of it in month {month} alone")
    if not texts:
        return ""
    return f" ({', '.join(texts)}; unusual: a fault of the figures, or a single shipment?)"
