"""The errors of the library, and what each of them says.

What is asked can be wrong (`InputError`), or right and without an answer (`NoAnswerError`); a live
source can fail (`tradelib.live.LiveError`). These are raised on purpose, in words for readers, and
only these are ever caught. Any other error is a fault of the library, and comes as what it is.
"""


class InputError(ValueError):
    """An argument, a cell or a file cannot be used: the message names it and the way out."""


class InputTypeError(InputError, TypeError):
    """An argument is of the wrong kind, such as a text where a table is needed."""


class NoAnswerError(ValueError):
    """The question is understood, and nothing is known that answers it."""
