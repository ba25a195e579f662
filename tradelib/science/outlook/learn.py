"""The growth model learned: every origin, horizon and pair of one panel or several.

Each history is learned from three times: in full, with a gap before its last value, and by its last
value alone, so that what is unknown is learned as unknown. The coefficients minimise the mean CRPS;
then the drift of the eras learned from is shrunk, since no era's drift carries over whole.
"""

import math
from collections.abc import Mapping
from itertools import product
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from tradelib.ground import flows
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import Floats
from tradelib.science.outlook import signals as pairs
from tradelib.science.outlook.growth_model import (
    LONGEST,
    MAX_HORIZON,
    NODES,
    Coefficients,
    Cycle,
    GrowthModel,
    cycle_at,
    logs_of,
    returned,
)
from tradelib.science.outlook.least_crps import Cases, least_crps

# Median log growth of countries' nominal GDP over h years varied by 0.20 (h / 5)^0.65 around its
# mean: World Bank, NY.GDP.MKTP.CD, 1960-2023.
SHARED, SHARED_POWER = 0.20, 0.65
# How much of the drift learned in some eras to carry to another. On five eras left out in turn
# skill is flat from 0.8 to 0.9; 0.85 costs the one panel of fast growth more than others gain, and
# doublings above US$2bn and below 20m lie nearer 0.9. One share does for every size: over five
# years, drift and its spread between seven five-year blocks are 0.40/0.25 below 20m, 0.26/0.18
# above 2bn (panels' median growth net of other signals, without ITPD-E). That was before the
# dollar was known; beside it chances by size, with ITPD-E and the guide left out, miss by 4.2 and
# 2.2 points with 0.8, and by 3.3 and 2.6 with 0.9.
CARRIED = 0.90
# Memory of shocks where a panel is too short to show it: what longer ones came to.
MEMORY = (0.85, 0.5)
# How a history is cut, and what each way weighs; full histories of 1 to 4 score alike.
MASKS = {"full": 2.0, "gap": 1.0, "last": 1.0}
# Longest gap learned from: years hidden before the last value.
GAP = 8
# Horizons learned from: those between say what their neighbours do.
HORIZONS = (1, 2, 3, 4, 5, 6, 8, 10)
# An origin of n pairs weighs n / (n + 100): few pairs of one office are not a world.
HALF_PAIRS = 100
# Steps of a year a pair is learned from, and such pairs an origin: one office's partners count.
STEPS, PAIRS = 2, 25
# Outcomes an origin and horizon need to be learned from; digits kept: more would be noise.
FEW, DIGITS = 15, 5

Origin: TypeAlias = tuple[pd.DataFrame, Floats, pairs.Ints]
Block: TypeAlias = tuple[pairs.Signals, Floats, float]


@validated
def fit_growth_model(
    panel: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    known_by: int | None = None,
    per_origin: int = 200,
    trained_on: str = "",
    known_from: str = "",
    cycle: Cycle = (),
) -> GrowthModel:
    """A growth model learned from every origin and horizon of one panel or several.

    Parameters
    ----------
    panel : DataFrame or mapping of name to DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million, current prices); several panels are
        learned from alike, each read by itself.
    known_by : int, optional, last year the model may see, outcomes included
    per_origin : int, at most so many pairs an origin year, drawn by a fixed seed
    trained_on, known_from : str, what to write into the model; described from the panels if omitted
    cycle : tuple of (int, float), the dollar's (`GrowthModel.cycle`); growth is learned beside it

    Returns
    -------
    GrowthModel

    Raises
    ------
    InputError
        If a panel is malformed (see `tradelib.flows.by_pair`), or no origin has fifty pairs with
        five years up to it and a later one.
    ImportError
        If scipy is not installed (the ``models`` extra).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat([f"A{i}-B{i}" for i in range(80)], 9),
    ...     "year": np.tile(np.arange(2000, 2009), 80),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(80, 9)).cumsum(axis=1)).ravel()})
    >>> fit_growth_model(panel).trained_on
    '80 pairs of 2000-2008'
    """
    panels = {"": panel} if isinstance(panel, pd.DataFrame) else panel
    read = {name: flows.by_pair(table).loc[:, :known_by] for name, table in panels.items()}
    wides = {name: wide for name, wide in read.items() if not wide.empty}
    origins = [some for wide in wides.values() if (some := _origins(wide, per_origin, cycle))]
    line = _size_line(origins, sum(map(len, wides.values())))
    blocks = _blocks(origins, line, seen=False)
    alone = among = _learned(blocks)
    if all(pairs.named(wide.index) for wide in wides.values()):
        among = _learned(_blocks(origins, line, seen=True))
    return GrowthModel(
        among=among,
        alone=alone,
        size_line=line,
        cycle=cycle,
        memory=_memory(blocks["full"], alone),
        trained_on=trained_on or ", ".join(_described(*item) for item in wides.items()),
        known_from=known_from or f"{max(wide.columns[-1] for wide in wides.values())}-12-31",
    )


def _described(name: str, wide: pd.DataFrame) -> str:
    words = f"{len(wide):,} pairs of {wide.columns[0]}-{wide.columns[-1]}"
    return f"{words} ({name})" if name else words


def _size_line(panels: list[list[Origin]], count: int) -> tuple[float, float]:
    """Mean size line of the origins that have fifty pairs, and five years behind them."""
    histories = [history for origins in panels for history, _, _ in origins]
    least = (pairs.MIN_PAIRS, pairs.MIN_YEARS)
    lines = [pairs.size_line(h) for h in histories if (np.array(h.shape) >= least).all()]
    if not lines:
        raise InputError(
            f"no origin has {least[0]} pairs of {least[1]} years and a later one; got "
            f"{count} pairs in all: give a larger panel"
        )
    start, slope = np.mean(lines, axis=0)
    return _round(start), _round(slope)


def _origins(wide: pd.DataFrame, per_origin: int, cycle: Cycle = ()) -> list[Origin]:
    """History, later log growth (a column a horizon, missing if unknown), rows drawn, by origin.

    Growth is net of what the dollar's cycle brings.
    """
    origins = []
    for origin in wide.columns[1:-1]:
        history = wide.loc[:, :origin].iloc[:, -LONGEST:]
        known = history.to_numpy(float) >= pairs.FLOOR_MUSD
        steps = (known[:, 1:] & known[:, :-1]).sum(axis=1)
        history = history[known[:, -1] & (steps >= STEPS)]
        if len(history) >= PAIRS:
            ahead = range(origin + 1, origin + MAX_HORIZON + 1)
            later = wide.loc[history.index].reindex(columns=ahead)
            growth = np.log(later.clip(lower=pairs.FLOOR_MUSD)).sub(np.log(history[origin]), axis=0)
            growth += cycle_at(cycle, origin) * returned(np.arange(1.0, MAX_HORIZON + 1))
            drawn = np.random.default_rng(int(origin)).permutation(len(history))[:per_origin]
            origins.append((history, growth.to_numpy(), np.sort(drawn)))
    return origins


def _masked(history: pd.DataFrame, how: str) -> tuple[pd.DataFrame, pairs.Bools]:
    """Histories as if less were known of them, and whose last value is of another source.

    A gap hides 1 to 8 years before the last value, of another source for half of the pairs.
    """
    count, years = history.shape
    other = np.zeros(count, bool)
    if how == "full":
        return history, other
    age, hidden = np.arange(years)[::-1], np.full((count, 1), years)
    if how == "gap":
        rng = np.random.default_rng(int(history.columns[-1]))
        longest = max(1, min(GAP, years - 3))
        hidden, other = rng.integers(1, longest + 1, (count, 1)), rng.random(count) < 0.5
    return history.mask((age > 0) & (age <= hidden)), other


def _blocks(
    panels: list[list[Origin]], line: tuple[float, float], *, seen: bool
) -> dict[str, list[Block]]:
    """By mask, signals, outcomes and weight of the rows drawn at each origin.

    Outcomes are widened until the growth that all pairs share varies over h years as it did from
    1960 to 2023 (`SHARED`): a few eras hardly vary over ten years.
    """
    h = np.arange(1, MAX_HORIZON + 1)
    blocks: dict[str, list[Block]] = {how: [] for how in MASKS}
    for how, origins in product(MASKS, panels):
        shared = pd.DataFrame([pd.DataFrame(growth).mean() for _, growth, _ in origins])
        spread = shared.std(ddof=0).fillna(0.0).to_numpy()
        lacking = np.sqrt(np.maximum(0, (SHARED * (h / 5) ** SHARED_POWER) ** 2 - spread**2))
        for history, growth, drawn in origins:
            cut, other = _masked(history, how)
            cross = pairs.cross_section(pairs.moments(cut, other_source=other)) if seen else None
            few, apart = cut.iloc[drawn], other[drawn]
            given = pairs.signals(few, size_line=line, cross=cross, other_source=apart)
            noise = np.random.default_rng(int(history.columns[-1])).standard_normal((drawn.size, 1))
            widened = np.maximum(growth[drawn] + lacking * noise, -given.last[:, None])
            weight = MASKS[how] * drawn.size / (drawn.size + HALF_PAIRS)
            blocks[how].append((given, widened, weight))
    return blocks


def _learned(blocks: Mapping[str, list[Block]]) -> Coefficients:
    """Coefficients that minimise the mean CRPS over all rows, horizons, origins and masks."""
    parts = []
    for given, growth, weight in (block for masked in blocks.values() for block in masked):
        for h in HORIZONS:
            known = np.isfinite(growth[:, h - 1])
            if known.sum() >= FEW:
                n = int(known.sum())
                parts.append(
                    (
                        given.location[known],
                        given.scale[known],
                        growth[known, h - 1],
                        -given.last[known],
                        np.full(n, h),
                        np.full(n, weight / n),
                    )
                )
    cases = Cases(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    learned = least_crps(cases, NODES)
    learned[0][:, : pairs.DRIFT] *= CARRIED
    location, scale, shock = (tuple(tuple(_round(v) for v in row) for row in m) for m in learned)
    return Coefficients(location=location, scale=scale, shock=shock)


def _memory(blocks: list[Block], learned: Coefficients) -> tuple[float, float]:
    """Correlation of the normal scores of outcomes over two horizons, as c (min/max)^d."""
    h, scores = np.arange(1.0, MAX_HORIZON + 1), []
    levels = np.arange(1, 200) / 200
    normal = np.array([NormalDist().inv_cdf(p) for p in [*levels, 199.5 / 200]])
    for given, growth, _ in blocks:
        grid = logs_of(given, h, levels, learned) - given.last[:, None, None]
        place = (grid < growth[:, :, None]).sum(axis=2)
        scores.append(np.where(np.isfinite(growth), normal[place], np.nan))
    near = pd.DataFrame(np.concatenate(scores)).corr(min_periods=4 * pairs.MIN_PAIRS).to_numpy()
    i, j = np.triu_indices(MAX_HORIZON, 1)
    known = near[i, j] > 0
    if known.sum() < 2:
        return MEMORY
    apart = np.log(h[i][known] / h[j][known])
    d, c = np.polyfit(apart, np.log(near[i, j][known]), 1)
    return _round(min(math.exp(c), 1.0)), _round(max(d, 0.0))


def _round(value: Any) -> float:
    return round(float(value), DIGITS)
