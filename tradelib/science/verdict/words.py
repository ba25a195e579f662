"""Words for a probability, fixed by rule.

The words are those of the IPCC. If the range runs from below 33 % to above 66 %, they are "cannot
tell". Within a percentage point of an edge the words name both sides, so that no word depends on a
hair's breadth. Where only one figure of a pair is known, the words are "a pair of this size".
"""

import math

from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError

# Upper edges and the words below each, from the least likely (Mastrandrea et al. 2010, table 1).
EDGES = (0.01, 0.10, 0.33, 0.66, 0.90, 0.99)
SCALE = (
    "exceptionally unlikely",
    "very unlikely",
    "unlikely",
    "about as likely as not",
    "likely",
    "very likely",
    "virtually certain",
)
# A chance so near to an edge gets the words of both sides: no model is exact to a percentage point.
NEAR = 0.01
# At the outermost edges it is half a point, since their classes are only one point wide.
NEAR_END = 0.005
# A range from below the first to above the second tells nothing.
APART = (0.33, 0.66)
SIZE_ALONE = "a pair of this size"

# Fractions that people use: (n, of how many).
FRACTIONS = [
    *((1, of) for of in (100, 50, 30, 20, 15, 12, *range(10, 1, -1))),
    (2, 5),
    (3, 5),
    (2, 3),
    (3, 4),
    (4, 5),
    (9, 10),
    (19, 20),
    (49, 50),
]
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


@validated
def likelihood(probability: float) -> str:
    """Give the words for a probability, by the likelihood scale of the IPCC.

    Parameters
    ----------
    probability : float
        Between 0 and 1.

    Returns
    -------
    str
        ``virtually certain`` (above 99 %), ``very likely`` (above 90), ``likely`` (above 66),
        ``about as likely as not`` (from 33), ``unlikely`` (from 10), ``very unlikely`` (from 1) or
        ``exceptionally unlikely``. Within a percentage point of an edge (half a point of 1 and
        99 %) ``A to B``, its own side first.

    Raises
    ------
    InputError
        If the probability does not lie between 0 and 1.

    References
    ----------
    Mastrandrea, M. D. et al. (2010), *Guidance note for lead authors of the IPCC fifth assessment
    report on consistent treatment of uncertainties*, table 1.

    Examples
    --------
    >>> likelihood(0.2), likelihood(0.655)
    ('unlikely', 'about as likely as not to likely')
    """
    if not 0 <= probability <= 1:
        raise InputError(f"a probability lies between 0 and 1, got {probability}")
    own = _likelihood_class(probability)
    outermost = (EDGES[0], EDGES[-1])
    for index, edge in enumerate(EDGES):
        near = NEAR_END if edge in outermost else NEAR
        if abs(probability - edge) < near:
            other = index + 1 if own == index else index
            return f"{SCALE[own]} to {SCALE[other]}"
    return SCALE[own]


def _likelihood_class(probability: float) -> int:
    """Index of a probability's words in `SCALE`.

    An edge below one half belongs to the words above it, another one to those below it.

    >>> _likelihood_class(0.1), _likelihood_class(0.9)
    (2, 4)
    """
    index = 0
    for edge in EDGES:
        passed = probability > edge if edge > 0.5 else probability >= edge
        if passed:
            index += 1
    return index


def in_words(
    chance: float, estimate_range: tuple[float, float], *, size_alone: bool = False
) -> str:
    """Words for a chance: those of the likelihood scale, or "cannot tell".

    `estimate_range` holds the lowest and the highest estimate; `size_alone` is true if only one
    figure of the pair is known.
    """
    if size_alone:
        return SIZE_ALONE
    low, high = estimate_range
    if low < APART[0] and high > APART[1]:
        return "cannot tell"
    return likelihood(chance)


def frequency(probability: float) -> str:
    """A probability as a natural frequency: the common fraction of nearest odds.

    >>> frequency(0.087), frequency(0.31), frequency(0.5), frequency(0.004)
    ('about one in 12', 'about one in three', 'about one in two', 'fewer than one in 100')
    """
    if not 0.01 <= probability <= 0.99:
        return "fewer than one in 100" if probability < 0.5 else "more than 99 in 100"
    log_odds = math.log(probability / (1 - probability))

    def distance(fraction: tuple[int, int]) -> float:
        n, of = fraction
        return abs(math.log(n / (of - n)) - log_odds)

    n, of = min(FRACTIONS, key=distance)
    return f"about {_in_letters(n)} in {_in_letters(of)}"


def _in_letters(number: int) -> str:
    """A number up to ten as a word, a larger one in digits."""
    return NUMBERS[number - 1] if number <= len(NUMBERS) else str(number)
