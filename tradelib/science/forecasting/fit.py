"""Learning the growth model from one panel or several.

It is learned from every origin, horizon and pair. Each history is used three times: in full, with a
gap before its last value, and by its last value alone, so that the model learns how much missing
years matter. The coefficients minimise the mean CRPS; then the drift is shrunk, since no era's
drift carries over whole to the next.
"""

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tradelib.core import flows
from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats
from tradelib.core.validation import validated
from tradelib.science.forecasting import predictors as pairs
from tradelib.science.forecasting.crps_fit import Cases, least_crps
from tradelib.science.forecasting.growth_model import (
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

# Standard deviation over time of the growth over h years that pairs share: 0.20 (h / 5)^0.65, as of
# the median country's nominal GDP in dollars (World Bank, NY.GDP.MKTP.CD, 1960-2023). So have
# older vintages, of years that were not over by their day: `replay` says so.
SHARED, SHARED_POWER = 0.20, 0.65
# Share of the learned drift that is kept, as eras differ: with five eras left out in turn, skill is
# flat from 0.8 to 0.9, and the smallest and the largest pairs doubled as often as 0.9 says.
CARRIED = 0.90
# Memory of shocks where a panel is too short to show it: what longer panels gave.
MEMORY = (0.85, 0.5)
# How histories are cut, and the weight of each way; full histories of weight 1 to 4 score alike.
MASKS = {"full": 2.0, "gap": 1.0, "last": 1.0}
# Longest gap to learn from: years hidden before the last value.
GAP = 8
# Horizons to learn from: those between them add nothing to their neighbours.
HORIZONS = (1, 2, 3, 4, 5, 6, 8, 10)
# An origin of n pairs weighs n / (n + 100): few pairs, all of one office, are not the world.
HALF_PAIRS = 100
# Least yearly steps of a pair, and least such pairs of an origin: the partners of one office count.
LEAST_STEPS = 2
LEAST_PAIRS = 25
# Least outcomes of an origin and horizon.
LEAST_OUTCOMES = 15
# Decimal digits kept of a coefficient: more are noise.
DIGITS = 5


class TrainingOrigin(NamedTuple):
    """Histories up to an origin, growth after it, and which rows are used.

    `drawn` holds the positions of the rows used. `growth` is the log growth since the origin; it
    has shape (n_pairs, 10), a column a horizon, missing if unknown.
    """

    history: pd.DataFrame
    growth: Floats
    drawn: pairs.Positions


class Block(NamedTuple):
    """Signals, log growth over 1 to 10 years, and total weight, of the rows drawn at an origin."""

    signals: pairs.Signals
    growth: Floats
    weight: float


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
    """Learn a growth model from every origin and horizon of one panel or several.

    Parameters
    ----------
    panel : DataFrame or mapping of name to DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million, current prices). Several panels have
        the same weight; countries' effects are computed in each by itself.
    known_by : int, optional
        Last year that the model may use, outcomes included; all years if omitted.
    per_origin : int
        Most pairs used of an origin year, drawn with a fixed seed.
    trained_on : str
        Description of the training data to store in the model; made from the panels if omitted.
    known_from : str
        Day from which the data were public, ``YYYY-MM-DD``, to store in the model; the end of the
        last year if omitted.
    cycle : tuple of (int, float)
        The dollar's cycle by year (`GrowthModel.cycle`); its effect is taken off growth before the
        model is fitted.

    Returns
    -------
    GrowthModel
        Coefficients for pairs in a panel and for a single pair; the same if the pairs' names do not
        hold two countries.

    Raises
    ------
    InputError
        If a panel is malformed (see `tradelib.flows.by_pair`), or no origin has fifty pairs with
        five years up to it and a later one.

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
    wides = _wide_panels(panels, known_by)
    by_panel = [_origins(wide, per_origin, cycle) for wide in wides.values()]
    by_panel = [origins for origins in by_panel if origins]
    line = _size_line(by_panel, sum(map(len, wides.values())))
    blocks = _blocks(by_panel, line, seen=False)
    alone = _learned(blocks)
    among = alone
    if all(pairs.named(wide.index) for wide in wides.values()):
        among = _learned(_blocks(by_panel, line, seen=True))
    return GrowthModel(
        among=among,
        alone=alone,
        size_line=line,
        cycle=cycle,
        memory=_memory(blocks["full"], alone),
        trained_on=trained_on or ", ".join(_described(*item) for item in wides.items()),
        known_from=known_from or f"{max(wide.columns[-1] for wide in wides.values())}-12-31",
    )


def _wide_panels(
    panels: Mapping[str, pd.DataFrame], known_by: int | None
) -> dict[str, pd.DataFrame]:
    """Panels as tables of pairs by years up to `known_by`; panels without data are left out."""
    wides = {}
    for name, table in panels.items():
        wide = flows.by_pair(table).loc[:, :known_by]
        if not wide.empty:
            wides[name] = wide
    return wides


def _described(name: str, wide: pd.DataFrame) -> str:
    """Number of pairs, years and name of a panel, in words."""
    text = f"{len(wide):,} pairs of {wide.columns[0]}-{wide.columns[-1]}"
    return f"{text} ({name})" if name else text


def _size_line(by_panel: list[list[TrainingOrigin]], count: int) -> tuple[float, float]:
    """Mean size line of the origins that have fifty pairs, and five years up to them."""
    lines = []
    for origins in by_panel:
        for history, _, _ in origins:
            n_pairs, n_years = history.shape
            if n_pairs >= pairs.MIN_PAIRS and n_years >= pairs.MIN_YEARS:
                lines.append(pairs.size_line(history))
    if not lines:
        raise InputError(
            f"no origin has {pairs.MIN_PAIRS} pairs of {pairs.MIN_YEARS} years and a later one; "
            f"got {count} pairs in all: give a larger panel"
        )
    intercept, slope = np.mean(lines, axis=0)
    return _round(intercept), _round(slope)


def _origins(wide: pd.DataFrame, per_origin: int, cycle: Cycle = ()) -> list[TrainingOrigin]:
    """All origins of a panel that have enough pairs; growth is net of the dollar's cycle."""
    horizons = np.arange(1.0, MAX_HORIZON + 1)
    origins = []
    for origin in wide.columns[1:-1]:
        history = wide.loc[:, :origin].iloc[:, -LONGEST:]
        available = history.to_numpy(float) >= pairs.FLOOR_MUSD
        is_step = available[:, 1:] & available[:, :-1]
        history = history[available[:, -1] & (is_step.sum(axis=1) >= LEAST_STEPS)]
        if len(history) < LEAST_PAIRS:
            continue
        years_ahead = range(origin + 1, origin + MAX_HORIZON + 1)
        later = wide.loc[history.index].reindex(columns=years_ahead)
        log_later = np.log(later.clip(lower=pairs.FLOOR_MUSD))
        growth = log_later.sub(np.log(history[origin]), axis=0)
        growth += cycle_at(cycle, origin) * returned(horizons)
        drawn = np.random.default_rng(int(origin)).permutation(len(history))[:per_origin]
        origins.append(TrainingOrigin(history, growth.to_numpy(), np.sort(drawn)))
    return origins


def _masked(history: pd.DataFrame, how: str) -> tuple[pd.DataFrame, pairs.Bools]:
    """Histories with some years hidden, and whether the last value is of another source.

    "full" hides nothing, "last" all but the last value. "gap" hides 1 to 8 years before the last
    value, which for half of the pairs counts as of another source.
    """
    n_pairs, n_years = history.shape
    from_other = np.zeros(n_pairs, bool)
    if how == "full":
        return history, from_other
    hidden = np.full((n_pairs, 1), n_years)
    if how == "gap":
        rng = np.random.default_rng(int(history.columns[-1]))
        longest = max(1, min(GAP, n_years - 3))
        hidden = rng.integers(1, longest + 1, (n_pairs, 1))
        from_other = rng.random(n_pairs) < 0.5
    age = np.arange(n_years)[::-1]
    return history.mask((age > 0) & (age <= hidden)), from_other


def _blocks(
    by_panel: list[list[TrainingOrigin]], line: tuple[float, float], *, seen: bool
) -> dict[str, list[Block]]:
    """Blocks of all origins, by mask; `seen` adds the signals that come from other pairs."""
    blocks: dict[str, list[Block]] = {how: [] for how in MASKS}
    for how, of_mask in blocks.items():
        for origins in by_panel:
            lacking = _lacking_spread(origins)
            of_mask.extend(_block(origin, how, line, lacking, seen=seen) for origin in origins)
    return blocks


def _lacking_spread(origins: list[TrainingOrigin]) -> Floats:
    """Standard deviation of the shared growth that a panel lacks, by horizon.

    Over h years the growth that all pairs share should vary as it did from 1960 to 2023
    (`SHARED`), but the few eras of a panel hardly vary over ten years.
    """
    h = np.arange(1, MAX_HORIZON + 1)
    shared = pd.DataFrame([pd.DataFrame(growth).mean() for _, growth, _ in origins])
    spread = shared.std(ddof=0).fillna(0.0).to_numpy()
    wanted = SHARED * (h / 5) ** SHARED_POWER
    lacking_variance = np.maximum(0, wanted**2 - spread**2)
    return np.asarray(np.sqrt(lacking_variance))


def _block(
    origin: TrainingOrigin, how: str, line: tuple[float, float], lacking: Floats, *, seen: bool
) -> Block:
    """Rows drawn at an origin: their signals once masked, and growth widened by `lacking`."""
    history, growth, drawn = origin
    masked, from_other = _masked(history, how)
    cross = pairs.cross_section(pairs.moments(masked, other_source=from_other)) if seen else None
    signals = pairs.signals(
        masked.iloc[drawn], size_line=line, cross=cross, other_source=from_other[drawn]
    )
    rng = np.random.default_rng(int(history.columns[-1]))
    shock = rng.standard_normal((drawn.size, 1))
    to_floor = -signals.last[:, None]
    widened = np.maximum(growth[drawn] + lacking * shock, to_floor)
    weight = MASKS[how] * drawn.size / (drawn.size + HALF_PAIRS)
    return Block(signals, widened, weight)


def _learned(blocks: Mapping[str, list[Block]]) -> Coefficients:
    """Coefficients that minimise the mean CRPS over all rows, horizons, origins and masks."""
    location, scale, shock = least_crps(_cases(blocks), NODES)
    location[:, : pairs.DRIFT] *= CARRIED
    return Coefficients(location=_rounded(location), scale=_rounded(scale), shock=_rounded(shock))


def _cases(blocks: Mapping[str, list[Block]]) -> Cases:
    """Episodes of all blocks and horizons; those of one block and horizon share its weight."""
    parts = []
    for of_mask in blocks.values():
        for signals, growth, weight in of_mask:
            for h in HORIZONS:
                outcome = growth[:, h - 1]
                mask = np.isfinite(outcome)
                n = int(mask.sum())
                if n < LEAST_OUTCOMES:
                    continue
                part = Cases(
                    location=signals.location[mask],
                    scale=signals.scale[mask],
                    growth=outcome[mask],
                    low=-signals.last[mask],
                    horizon=np.full(n, h),
                    weight=np.full(n, weight / n),
                )
                parts.append(part)
    return Cases(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _memory(blocks: list[Block], learned: Coefficients) -> tuple[float, float]:
    """Memory c, d of the model (`GrowthModel.memory`).

    Outcomes over two horizons correlate by c (min / max)^d. The correlation is that of the
    outcomes' normal scores in the learned distribution.
    """
    h = np.arange(1.0, MAX_HORIZON + 1)
    levels = np.arange(1, 200) / 200
    normal = np.array([NormalDist().inv_cdf(p) for p in [*levels, 199.5 / 200]])
    scores = []
    for signals, growth, _ in blocks:
        quantiles = logs_of(signals, h, levels, learned) - signals.last[:, None, None]
        n_below = (quantiles < growth[:, :, None]).sum(axis=2)
        scores.append(np.where(np.isfinite(growth), normal[n_below], np.nan))
    table = pd.DataFrame(np.concatenate(scores))
    correlation = table.corr(min_periods=4 * pairs.MIN_PAIRS).to_numpy()
    i, j = np.triu_indices(MAX_HORIZON, 1)
    of_two = correlation[i, j]
    positive = of_two > 0
    if positive.sum() < 2:
        return MEMORY
    log_ratio = np.log(h[i][positive] / h[j][positive])
    d, log_c = np.polyfit(log_ratio, np.log(of_two[positive]), 1)
    return _round(min(math.exp(log_c), 1.0)), _round(max(d, 0.0))


def _round(value: Any) -> float:
    """A plain number, rounded to the digits that are kept."""
    return round(float(value), DIGITS)


def _rounded(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    """Rows of a matrix as tuples of rounded numbers."""
    return tuple(tuple(_round(value) for value in row) for row in matrix)
