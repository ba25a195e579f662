"""Words for a probability, fixed by rule.

The words are those of the IPCC, and like the natural frequency they follow from the probability as
it is printed: one percentage has the same words everywhere. If the estimates run from below 33 % to
above 66 %, they are "cannot tell". Within a percentage point of an edge the words name both sides,
so that no word depends on a hair's breadth. Where only one figure of a pair is known, the words are
"a pair of this size".
"""

import math

from tradelib.core.errors import InputError
from tradelib.core.validation import validated

# Upper edges in percent and the words below each, from the least likely (Mastrandrea et al. 2010,
# table 1).
EDGES = (1, 10, 33, 66, 90, 99)
SCALE = (
    "exceptionally unlikely",
    "very unlikely",
    "unlikely",
    "about as likely as not",
    "likely",
    "very likely",
    "virtually certain",
)
# A chance within so many percentage points of an edge gets the words of both sides: no model is
# exact to a point. The outermost edges have none: "under 1%" and "over 99%" are printed as such.
NEAR = 1
# A range from below the first to above the second tells nothing.
APART = (0.33, 0.66)
# Between the words of both sides, its own first.
EDGE = ", close to "
SIZE_ALONE = "a pair of this size"
CANNOT_TELL = "cannot tell"

# Whole numbers whose reciprocals people say as "one chance in n".
ONE_IN = (*range(3, 13), 15, 20, 25, 30, 40, 50, 100)
# Above so many percent a half or a third is said only if it is so near; else chances in ten.
MANY, NEAR_A_SHARE = 27, 2
# From so many percent on, chances in ten would be all ten.
ALL_BUT_ONE_IN_20, ALL_BUT_ONE_IN_50 = 95, 98
NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


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
        ``exceptionally unlikely`` (below 1). Within a percentage point of an inner edge ``A, close
        to B``, its own side first. The probability counts as it is printed, in whole percent.

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
    ('unlikely', 'about as likely as not, close to likely')
    """
    if not 0 <= probability <= 1:
        raise InputError(f"a probability lies between 0 and 1, got {probability}")
    points = _printed(probability)
    own = _likelihood_class(points)
    for index, edge in enumerate(EDGES[1:-1], start=1):
        if abs(points - edge) <= NEAR:
            other = index + 1 if own == index else index
            return f"{SCALE[own]}{EDGE}{SCALE[other]}"
    return SCALE[own]


def parts_of(words: str) -> list[str]:
    """The words of the scale in a verdict's words: two at an edge, none of an outcome.

    >>> parts_of("unlikely, close to very unlikely"), parts_of("cannot tell"), parts_of("missed")
    (['unlikely', 'very unlikely'], ['cannot tell'], [])
    """
    parts = words.split(EDGE)
    return parts if set(parts) <= {*SCALE, SIZE_ALONE, CANNOT_TELL} else []


def own_words(words: str) -> str:
    """A verdict's words without those of the other side of an edge.

    >>> own_words("unlikely, close to very unlikely"), own_words("missed")
    ('unlikely', 'missed')
    """
    return words.split(EDGE)[0]


def _printed(probability: float) -> float:
    """A probability in percent as it is printed: whole, but beyond 1 and 99."""
    return round(100 * probability) if 0.01 <= probability <= 0.99 else 100 * probability


def _likelihood_class(points: float) -> int:
    """Index of the words of a probability in percent in `SCALE`.

    An edge below one half belongs to the words above it, another one to those below it.

    >>> _likelihood_class(10), _likelihood_class(90)
    (2, 4)
    """
    index = 0
    for edge in EDGES:
        passed = points > edge if edge > 50 else points >= edge
        if passed:
            index += 1
    return index


def in_words(
    chance: float, estimate_range: tuple[float, float], *, size_alone: bool = False
) -> str:
    """Words for a chance: those of the likelihood scale, or "cannot tell".

    `estimate_range` holds the lowest and the highest other estimate, missing where there is none;
    `size_alone` is true if only one figure of the pair is known.
    """
    if size_alone:
        return SIZE_ALONE
    estimates = [chance, *(end for end in estimate_range if not math.isnan(end))]
    if min(estimates) < APART[0] and max(estimates) > APART[1]:
        return CANNOT_TELL
    return likelihood(chance)


def as_chances(probability: float) -> tuple[int, int]:
    """A probability from 1 % to 99 % as so many chances in so many, as people say it.

    >>> as_chances(0.087), as_chances(0.42), as_chances(0.96)
    ((1, 11), (4, 10), (19, 20))
    """
    points = _printed(probability)
    if points >= ALL_BUT_ONE_IN_20:
        return (19, 20) if points < ALL_BUT_ONE_IN_50 else (49, 50)
    in_ten = (round(points / 10), 10)
    if points > 50:
        return in_ten
    if points > MANY:
        n = min((2, 3), key=lambda n: abs(points - 100 / n))
        return in_ten if abs(points - 100 / n) > NEAR_A_SHARE else (1, n)
    return 1, min(ONE_IN, key=lambda n: abs(100 / n - points))


def number(n: int) -> str:
    """A small number in letters."""
    return NUMBERS[n] if n < len(NUMBERS) else str(n)
