"""Words for a probability, fixed by rule.

They are those of the IPCC, and give way to "cannot tell" if the range spans from below 33 to above
66 %. Within a point of an edge the words name both sides: no word rests on a hair. Where one figure
of a pair is all that is known there is no word: what is said then is said of its size.
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
# So near to an edge a chance counts to both sides: no model knows its probabilities to a point.
# The outermost classes are a point wide themselves: there it is half a point.
NEAR, NEAR_END = 0.01, 0.005
# A range from below to above these tells nothing.
APART = (0.33, 0.66)
SIZE_ALONE = "a pair of this size"

# Fractions that people say: (n, of how many).
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
    """Words for a probability, by the scale of the IPCC; both sides within a point of an edge.

    Parameters
    ----------
    probability : float, between 0 and 1

    Returns
    -------
    str
        ``virtually certain`` (above 99 %), ``very likely`` (90), ``likely`` (66), ``about as likely
        as not`` (from 33), ``unlikely`` (10), ``very unlikely`` (1) or ``exceptionally unlikely``;
        within a point of an edge (half a point of 1 and 99 %) ``A to B``, its own side first.

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
    below = [probability > edge if edge > 0.5 else probability >= edge for edge in EDGES]
    own = sum(below)
    for place, edge in enumerate(EDGES):
        near = NEAR_END if place in (0, len(EDGES) - 1) else NEAR
        if abs(probability - edge) < near:
            return f"{SCALE[own]} to {SCALE[place + (own == place)]}"
    return SCALE[own]


def in_words(
    chance: float, estimate_range: tuple[float, float], *, size_alone: bool = False
) -> str:
    """Words for a chance: of the likelihood scale, or that nothing can be told.

    `estimate_range` is the least and most that the evidence supports; `size_alone` says that one
    figure is all that is known of the pair.
    """
    if size_alone:
        return SIZE_ALONE
    torn = estimate_range[0] < APART[0] and estimate_range[1] > APART[1]
    return "cannot tell" if torn else likelihood(chance)


def frequency(probability: float) -> str:
    """A probability as a natural frequency, the nearest in odds that people say.

    >>> frequency(0.087), frequency(0.31), frequency(0.5), frequency(0.004)
    ('about one in 12', 'about one in three', 'about one in two', 'fewer than one in 100')
    """
    if not 0.01 <= probability <= 0.99:
        return "fewer than one in 100" if probability < 0.5 else "more than 99 in 100"
    odds = math.log(probability / (1 - probability))
    n, of = min(FRACTIONS, key=lambda one: abs(math.log(one[0] / (one[1] - one[0])) - odds))
    few, many = (NUMBERS[k - 1] if k <= len(NUMBERS) else str(k) for k in (n, of))
    return f"about {few} in {many}"
