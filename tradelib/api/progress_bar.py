"""A progress bar for long work, shown where somebody can see it."""

import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

# A bar is shown for so many items or more: fewer are done before it could be read.
MANY = 100


def bar(items: Iterable[Any]) -> Iterable[Any]:
    """The items, with a bar in a terminal or a notebook if they are many and tqdm is installed."""
    every = list(items)
    if len(every) < MANY or not looked_at() or find_spec("tqdm") is None:
        return every
    from tqdm.auto import tqdm  # loaded where it is used: it is no part of the core

    with_bar: Iterable[Any] = tqdm(every, unit="target")
    return with_bar


def looked_at() -> bool:
    """Whether somebody sees the error stream: it is a terminal, or in a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules
