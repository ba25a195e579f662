"""The convention of a bloc's members: as they were of each year, or those of one day in all."""

import re
from datetime import date

from tradelib.core.errors import InputError

# The convention of members that come and go.
AS_THEY_WERE = "as they were"


def check_members(members: str) -> None:
    """Raise unless a text is a convention."""
    if members == AS_THEY_WERE or is_day(members):
        return
    raise InputError(
        f"members is {AS_THEY_WERE!r} or those of a day such as '2020-01-15', got {members!r}"
    )


def is_day(text: str) -> bool:
    """Whether a text is an ISO day.

    >>> is_day("2020-01-15"), is_day("2020-02-30")
    (True, False)
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
