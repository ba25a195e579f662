"""Words for a probability, fixed by rule.

They are those of the IPCC, and give way to "cannot tell" if the range spans from below 33 to above
66 %, or if fewer than five years of the pair are known and pairs like it are worth fewer than
thirty independent episodes. Within a point of an edge the words name both sides: no word rests on
a hair.
"""

import math

# Upper edges and the words below each, from the least likely (Mastrandrea et al. 2010, table 1).
EDGES = (0.01, 0.10, 0.33, 0.66, 0.90, 0.99)
SCALE = ("exceptionally unlikely", "very unlikely", "unlikely", "about as likely as not", "likely",
         "very likely", "virtually certain")  # fmt: skip
# So near to an edge a chance counts to both sides: no model knows its probabilities to a point.
# The outermost classes are a point wide themselves: there it is half a point.
NEAR, NEAR_END = 0.01, 0.005
# A range from below to above these tells nothing; so do few years beside few like episodes.
APART = (0.33, 0.66)
FEW_YEARS, FEW_EPISODES = 5, 30
# What an answer rests on, from the least to the most, as readers are told.
RESTS_ON = {
    "size": "the size of the pair's trade alone",
    "own older": "older years of the pair's own trade and one newest figure",
    "own recent": "recent years of the pair's own trade",
}


def likelihood(probability: float) -> str:
    """Words for a probability, by the scale of the IPCC; both sides within a point of an edge.

    Parameters
    ----------
    probability : float
        Between 0 and 1.

    Returns
    -------
    str
        ``virtually certain`` (above 99 %), ``very likely`` (90), ``likely`` (66), ``about as likely
        as not`` (from 33), ``unlikely`` (10), ``very unlikely`` (1) or ``exceptionally unlikely``;
        within a point of an edge (half a point of 1 and 99 %) ``A to B``, its own side first.

    Raises
    ------
    ValueError
        If it is no probability.

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
        raise ValueError(f"a probability lies between 0 and 1, got {probability}")
    below = [probability > edge if edge > 0.5 else probability >= edge for edge in EDGES]
    own = sum(below)
    for place, edge in enumerate(EDGES):
        near = NEAR_END if place in (0, len(EDGES) - 1) else NEAR
        if abs(probability - edge) < near:
            return f"{SCALE[own]} to {SCALE[place + (own == place)]}"
    return SCALE[own]


def in_words(
    chance: float, extent: tuple[float, float], *, years: int, worth: float = math.inf
) -> str:
    """Words for a chance: of the likelihood scale, or that nothing can be told.

    `extent` is the least and most that the evidence supports, `years` how many full years of the
    pair are known, `worth` how many independent cases the pairs like it come to.
    """
    torn = extent[0] < APART[0] and extent[1] > APART[1]
    if torn or (years < FEW_YEARS and worth < FEW_EPISODES):
        return "cannot tell"
    return likelihood(chance)


def percent(probability: float) -> str:
    """A probability in percent, no finer than it can be known."""
    if probability < 0.01:
        return "under 1%"
    return "over 99%" if probability > 0.99 else f"{probability:.0%}"
