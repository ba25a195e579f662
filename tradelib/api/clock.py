"""Today's date. Read only here, so that tests can replace it."""

import pandas as pd

from tradelib.core.errors import InputError
from tradelib.datasets.tables import Day, day


def today() -> pd.Timestamp:
    """Today, without the time of day."""
    return pd.Timestamp.now().normalize()


def past_day(on: Day | None, name: str = "as_of") -> pd.Timestamp | None:
    """The day as a Timestamp; a future day is refused, since nobody knows what will be known.

    `name` is what the caller calls it.
    """
    if on is None:
        return None
    limit = day(on, name)
    now = today()
    if limit > now:
        raise InputError(
            f"{name} must be a day that has come, got {limit.date()} on {now.date()}; leave it out "
            "for all that is known"
        )
    return limit
