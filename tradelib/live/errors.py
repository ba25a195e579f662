"""What can go wrong with a live source, each with what was asked, what came and what to do.

Everything is a `LiveError`. No figures for a pair (`NoDataError`) is not an outage
(`UnavailableError`), and neither is trade of zero, which comes as a figure of 0.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from tradelib.live.keys import scrubbed


class LiveError(Exception):
    """A live source gave no usable answer.

    Parameters
    ----------
    answer, asked, remedy : str
        What came instead; what was asked (the address, without any key); what to do (each kind of
        error has its own if omitted).

    Examples
    --------
    >>> print(LiveError("nothing", asked="https://example.org", remedy="look elsewhere"))
    asked https://example.org, got nothing; look elsewhere
    """

    advice = "try another source, or the bundled data (tradelib.load_figures)"

    def __init__(self, answer: str, *, asked: str = "", remedy: str = "") -> None:
        self.answer, self.asked, self.remedy = scrubbed(answer), asked, remedy or self.advice
        super().__init__(self.answer)

    def __str__(self) -> str:
        asked = f"asked {self.asked}, got " if self.asked else ""
        return f"{asked}{self.answer}; {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.answer,), {"asked": self.asked, "remedy": self.remedy})

    def of(self, asked: str) -> Self:
        """Same error, saying what was asked if it does not say so yet."""
        self.asked = self.asked or asked
        return self


@contextmanager
def asking(address: str) -> Iterator[None]:
    """Errors from within say that this address was asked, and nothing of how they arose."""
    try:
        yield
    except LiveError as error:
        error.__context__ = None  # it may quote what a server said
        raise error.of(address) from None


class UnavailableError(LiveError, OSError):
    """The source could not be reached, broke off, or did not finish in time: an outage."""

    advice = "wait and try again, or use another source or the bundled data"


class RateLimitError(UnavailableError):
    """The source wants fewer requests, or its quota is used up."""

    advice = "wait and try again, with a key if the source has one, or use another source"


class KeyRefusedError(LiveError, PermissionError):
    """The source wants a key, or does not accept the one it got."""

    advice = "check the key in the environment, or use a source that needs none (imts)"


class MalformedError(LiveError, ValueError):
    """The answer is not in the source's documented shape: nothing of it is used."""

    advice = (
        "try again later; if it stays so the source has changed its shape: use another "
        "source, and tell the makers of tradelib"
    )


class NoDataError(LiveError, LookupError):
    """The source answered properly and has no such figures. Not an outage, and not zero trade."""

    advice = "ask for other years, the partner's report (swap the two), or another source"


class OfflineError(LiveError, OSError):
    """The network was forbidden and no copy is at hand."""

    advice = "call again without offline=True, or use the bundled data"


class CacheDamagedError(LiveError, OSError):
    """The copy at hand is not the one that was stored, and the network was forbidden."""

    advice = "call again without offline=True to fetch it anew"
