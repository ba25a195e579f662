"""What several modules need alike: a source of randomness, the tail of a level, Student's t."""

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


def student(probability: float, df: float) -> float:
    """Quantile of Student's t for a probability from one half, one degree of freedom or more.

    With t = sqrt(df) tan(a) the density of a is cos(a)^(df - 1), summed on a fine grid: no scipy.

    Raises
    ------
    ValueError
        If the probability is not in [0.5, 1) or there is less than one degree of freedom.

    Examples
    --------
    >>> round(student(0.9, 1), 4)  # tan(0.4 pi)
    3.0777
    """
    if not (0.5 <= probability < 1 and df >= 1):
        raise ValueError(f"needs 0.5 <= p < 1 and df >= 1, got p={probability}, df={df}")
    df = min(df, 1000.0)
    angle = np.linspace(0, np.pi / 2, 20_001)
    density = np.cos(angle) ** (df - 1)
    below = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    found = np.interp(2 * probability - 1, below / below[-1], angle)
    return float(np.sqrt(df) * np.tan(found))
