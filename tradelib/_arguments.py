"""Arguments that several modules take alike: a source of randomness, the level of an interval."""

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


def tail(level: float) -> float:
    """Probability beyond each end of a central interval whose level is in percent.

    Raises
    ------
    ValueError
        If the level is not between 0 and 100.

    Examples
    --------
    >>> round(tail(80), 3)
    0.1
    """
    if not 0 < level < 100:
        raise ValueError(f"level is a percentage between 0 and 100, got {level}")
    return (1 - level / 100) / 2
