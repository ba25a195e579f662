"""Errors of live sources: each says what was asked, what came instead and what to do.

All of them are a `LiveError`. If a source has no figures for a pair, that is a `NoDataError`, not
an outage (`UnavailableError`). Trade of zero is no error: it comes as a figure of 0.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from tradelib.live.secrets import scrubbed


class LiveError(Exception):
    """A live source gave no usable answer.

    Parameters
    ----------
    answer : str
        What came instead of a usable answer.
    asked : str
        Address that was asked, without any key; empty if it is not known yet.
    remedy : str
        What the caller can do; if empty, the `advice` of this kind of error.

    Examples
    --------
    >>> print(LiveError("nothing", asked="https://example.org", remedy="look elsewhere"))
    asked https://example.org, got nothing; look elsewhere
    """

    advice = "try another source, or the bundled data (tradelib.load_figures)"

    def __init__(self, answer: str, *, asked: str = "", remedy: str = "") -> None:
        self.answer = scrubbed(answer)
        self.asked = asked
        self.remedy = remedy or self.advice
        super().__init__(self.answer)

    def __str__(self) -> str:
        asked = f"asked {self.asked}, got " if self.asked else ""
        return f"{asked}{self.answer}; {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.answer,), {"asked": self.asked, "remedy": self.remedy})

    def of(self, asked: str) -> Self:
        """Same error, with the address that was asked if it has none yet.

        Parameters
        ----------
        asked : str
            Address that was asked, without any key.

        Returns
        -------
        LiveError
            This error itself, of its own class.
        """
        self.asked = self.asked or asked
        return self


@contextmanager
def asking(address: str) -> Iterator[None]:
    """Add this address to errors raised inside, and drop the errors that caused them."""
    try:
        yield
    except LiveError as error:
        error.__context__ = None  # it may quote what a server said
        raise error.of(address) from None


class UnavailableError(LiveError, OSError):
    """An outage: the source cannot be reached, breaks off, or is too slow.

    Parameters
    ----------
    answer : str
        What came instead of a usable answer.
    asked : str
        Address that was asked, without any key; empty if it is not known yet.
    remedy : str
        What the caller can do; if empty, the `advice` of this kind of error.
    """

    advice = "wait and try again, or use another source or the bundled data"


class RateLimitError(UnavailableError):
    """The source wants fewer requests, or its quota is used up.

    Parameters
    ----------
    answer : str
        What came instead of a usable answer.
    asked : str
        Address that was asked, without any key; empty if it is not known yet.
    remedy : str
        What the caller can do; if empty, the `advice` of this kind of error.
    """

    advice = "wait and try again, with a key if the source has one, or use another source"


class KeyRefusedError(LiveError, PermissionError):
    """The source wants a key, or does not accept the one it got.

    Parameters
    ----------
    answer : str
        What came instead of a usable answer.
    asked : str
        Address that was asked, without any key; empty if it is not known yet.
    remedy : str
        What the caller can do; if empty, the `advice` of this kind of error.
    """

    advice = "check the key in the environment, or use a source that needs none (imts)"


class MalformedError(LiveError, ValueError):
    """The answer is not in the documented shape, so nothing of it is used.

    Parameters
    ----------
    answer : str
        What came instead of a usable answer.
    asked : str
        Address that was asked, without any key; empty if it is not known yet.
    remedy : str
        What the caller can do; if empty, the `advice` of this kind of error.
    """

    advice = (
        "try again later; if it stays so the source has changed its shape: use another "
        "source, and tell the makers of tradelib"
    )


class NoDataError(LiveError, LookupError):
    """The source works and has no such figures.

    This is neither an outage nor trade of zero.

    Parameters
    ----------
    answer : str
        What came instead of a usable answer.
    asked : str
        Address that was asked, without any key; empty if it is not known yet.
    remedy : str
        What the caller can do; if empty, the `advice` of this kind of error.
    """

    advice = "ask for other years, the partner's report (swap the two), or another source"


class OfflineError(LiveError, OSError):
    """The network was forbidden, and there is no copy on disk.

    Parameters
    ----------
    answer : str
        What came instead of a usable answer.
    asked : str
        Address that was asked, without any key; empty if it is not known yet.
    remedy : str
        What the caller can do; if empty, the `advice` of this kind of error.
    """

    advice = "call again without offline=True, or use the bundled data"


class CacheDamagedError(LiveError, OSError):
    """The copy on disk was changed, and the network was forbidden.

    Parameters
    ----------
    answer : str
        What came instead of a usable answer.
    asked : str
        Address that was asked, without any key; empty if it is not known yet.
    remedy : str
        What the caller can do; if empty, the `advice` of this kind of error.
    """

    advice = "call again without offline=True to fetch it anew"
