"""Bundled exchange rates, and what was learned of how far they move."""

import pandas as pd

from tradelib.core.errors import NoAnswerError
from tradelib.core.labels import DOLLAR
from tradelib.core.validation import validated
from tradelib.datasets import tables
from tradelib.datasets.tables import Day

RATES = "exchange_rates.csv"


@validated
def load_exchange_rates(currency: str | None = None, *, as_of: Day | None = None) -> pd.DataFrame:
    """Annual average exchange rates of 21 currencies against the US dollar.

    Parameters
    ----------
    currency : str, optional
        An ISO 4217 code such as ``"EUR"``; all currencies if omitted.
    as_of : str, date or Timestamp, optional
        Only rates released by this day are returned; all of them if omitted. The average of a year
        counts as public from 8 January of the next: by then the year's last week is out.

    Returns
    -------
    DataFrame
        One row per currency and year: ``currency``, ``year``, ``per_usd`` (units of the currency
        per US dollar, the average of the year), ``source_id``, ``released`` and ``note``.

    Raises
    ------
    InputError
        If `as_of` is not a valid date.
    NoAnswerError
        If no rate of the currency is bundled, or none was released by `as_of`.

    Examples
    --------
    >>> load_exchange_rates("EUR").query("year == 2025").per_usd.tolist()
    [0.8845]
    >>> load_exchange_rates("GBP", as_of="2022-10-05").year.max().item()
    2021
    """
    rates = tables.table(RATES)
    what = "exchange rates"
    if currency is not None:
        known = rates["currency"].unique()
        if currency not in known:
            raise NoAnswerError(
                f"no exchange rate of {currency!r} is bundled; those known are {', '.join(known)}"
            )
        rates = rates[rates["currency"] == currency]
        what = f"exchange rates of {currency}"
    return tables.released_by(rates, as_of, what)


def in_dollars(value: float, currency: str, year: int, as_of: Day | None) -> float | None:
    """An amount of a year in US dollars, at its average rate; None if that is not known."""
    if currency == DOLLAR:
        return value
    rates = load_exchange_rates(currency, as_of=as_of).set_index("year")["per_usd"]
    return value / float(rates[year]) if year in rates.index else None
