"""Randomness comes in as an argument; here it becomes a generator."""

import numpy as np


def generator(rng: int | np.random.Generator) -> np.random.Generator:
    """Random generator from a seed, or the generator given.

    Raises
    ------
    TypeError
        If `rng` is neither.

    Examples
    --------
    >>> generator(0).integers(10).item()
    8
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer):
        raise TypeError(f"rng is an int or a numpy Generator, got {rng!r}")
    return np.random.default_rng(int(rng))
