"""The clock: asked here, nowhere else, so that tests can replace it."""

import pandas as pd

from tradelib.bundle.tables import Day, day
from tradelib.ground.errors import InputError


def today() -> pd.Timestamp:
    """The day it is."""
    return pd.Timestamp.now().normalize()


def past_day(on: Day | None) -> pd.Timestamp | None:
    """A day asked about, refused if it has not come yet: nobody knows what will be known then."""
    if on is None:
        return None
    asked, now = day(on), today()
    if asked > now:
        raise InputError(
            f"as_of must be a day that has come, got {asked.date()} on {now.date()}; leave it out "
            "for all that is known"
        )
    return asked
