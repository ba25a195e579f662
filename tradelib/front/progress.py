"""How far long work is: a bar where somebody looks."""

import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

# Fewer are done before a bar could be read.
MANY = 100


def bar(items: Iterable[Any]) -> Iterable[Any]:
    """Items with a bar on the error stream or in a notebook, if they are many and tqdm is there."""
    every = list(items)
    if len(every) < MANY or not looked_at() or find_spec("tqdm") is None:
        return every
    from tqdm.auto import tqdm  # loaded where it is used: it is no part of the core

    shown: Iterable[Any] = tqdm(every, unit="target")
    return shown


def looked_at() -> bool:
    """Whether somebody sees the error stream: a terminal or a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules
