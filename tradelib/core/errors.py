"""The errors that the library raises on purpose, in words for readers.

An input can be wrong (`InputError`), or right and without an answer (`NoAnswerError`); a live
source can fail (`tradelib.live.LiveError`). Only these are caught inside the library. Any other
error is a fault of the library, and reaches the caller unchanged.
"""


class InputError(ValueError):
    """An argument, cell or file cannot be used: the message names it and a remedy."""


class InputTypeError(InputError, TypeError):
    """An argument is of the wrong kind, such as a text where a table is needed."""


class NoAnswerError(ValueError):
    """The question is valid, but there are no data that answer it."""
