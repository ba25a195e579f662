"""Asking a source through the cache: a copy that will do, or an answer that can be read."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from numbers import Real
from typing import TypeVar

from tradelib.live import cache
from tradelib.live.cache import Reply
from tradelib.live.errors import MalformedError, OfflineError, UnavailableError, asking
from tradelib.live.transport import Call, get

T = TypeVar("T")
TIMEOUT = 120.0  # seconds
WEEK = 7.0  # days
LONGEST = 7 * 86400.0  # seconds: a deadline that can be kept


def check_limits(timeout: object, max_age_days: object) -> None:
    """Raise if a deadline or an age is none; there is no way to have no deadline."""
    for name, value, most in (("timeout", timeout, LONGEST), ("max_age_days", max_age_days, inf)):
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not number or not 0 <= float(value) <= most or (name == "timeout" and value == 0):  # type: ignore[arg-type]
            what = "seconds, positive and at most a week" if most < inf else "days, 0 or more"
            raise ValueError(f"{name} is a number of {what}, got {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks, reads and keeps answers: ``offline``, ``max_age_days``, ``timeout`` (seconds)."""

    offline: bool
    max_age_days: float
    timeout: float
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Check the limits."""
        check_limits(self.timeout, self.max_age_days)

    def __call__(self, call: Call, parse: Callable[[bytes], T]) -> tuple[T, Reply]:
        """What an answer says, from a copy or the source; only what can be read is kept."""
        age = None if self.offline else self.max_age_days
        copy = cache.find(call.address, max_age_days=age, offline=self.offline)
        if copy is not None:
            try:
                return parse(copy.body), copy
            except MalformedError as error:  # kept by a version that read it otherwise
                if self.offline:
                    raise error.of(call.address) from None
        if self.offline:
            raise OfflineError(f"no copy in {cache.folder()}", asked=call.address)
        left = self.timeout - (time.monotonic() - self.began)
        if left <= 0:
            late = f"not all answers within {self.timeout:g} s"
            raise UnavailableError(late, asked=call.address, remedy="allow a longer timeout")
        reply = get(call, timeout=left)
        with asking(call.address):
            content = parse(reply.body)
        cache.keep(reply)
        return content, reply
