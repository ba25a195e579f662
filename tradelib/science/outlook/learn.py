"""The growth model learned: every origin, horizon and pair of one panel or several.

The coefficients minimise the mean CRPS, every origin year of every panel counting alike; then the
constant of the location, the drift of the eras learned from, is shrunk, since no era's drift
carries over whole.
"""

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tradelib.ground import flows
from tradelib.science.outlook.growth_model import (
    LONGEST,
    MAX_HORIZON,
    NODES,
    Coefficients,
    GrowthModel,
    quantiles_of,
)
from tradelib.science.outlook.least_crps import Cases, least_crps
from tradelib.science.outlook.signals import (
    FLOOR_MUSD,
    MIN_PAIRS,
    MIN_YEARS,
    Signals,
    cross_section,
    moments,
    named,
    problems,
    signals,
    size_line,
)

# Median log growth of countries' nominal GDP over h years varied by 0.20 (h / 5)^0.65 around its
# mean: World Bank, NY.GDP.MKTP.CD, 1960-2023.
SHARED, SHARED_POWER = 0.20, 0.65
# How much of the drift learned in one era to carry to another: of 1, 0.9, 0.8, 0.7 and 0.55 the
# mean skill over two eras, each learned from the other, is highest between 0.9 and 0.8.
CARRIED = 0.85
# Memory of shocks where a panel is too short to show it: what longer ones came to.
MEMORY = (0.85, 0.5)
# Outcomes an origin and horizon need to be learned from; digits kept: more would be noise.
FEW, DIGITS = 30, 5

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Origin: TypeAlias = tuple[pd.DataFrame, Floats, Ints]
Block: TypeAlias = tuple[Signals, Floats, float]


def fit_growth_model(
    panel: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    known_by: int | None = None,
    per_origin: int = 500,
    trained_on: str = "",
    known_from: str = "",
) -> GrowthModel:
    """A growth model learned from every origin and horizon of one panel or several.

    Parameters
    ----------
    panel : DataFrame or mapping of name to DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million, current prices); several panels are
        learned from alike, each read by itself.
    known_by : int, optional
        Last year the model may see, outcomes included.
    per_origin : int
        At most so many pairs an origin year, drawn by a fixed seed.
    trained_on, known_from : str
        What to write into the model; described from the panels if omitted.

    Returns
    -------
    GrowthModel

    Raises
    ------
    ValueError
        If a panel is malformed (see `tradelib.flows.by_pair`), or no origin has fifty pairs that
        can be forecast and whose outcome is known.
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
    panels = {"": panel} if isinstance(panel, pd.DataFrame) else dict(panel)
    wides = {name: _seen(flows.by_pair(table), known_by) for name, table in panels.items()}
    origins = [found for wide in wides.values() if (found := _origins(wide, per_origin))]
    if not origins:
        raise ValueError(
            f"no origin has {MIN_PAIRS} pairs of {MIN_YEARS} years and a later one; "
            "give a larger panel"
        )
    lines = [size_line(history) for found in origins for history, _, _ in found]
    line = (_round(np.mean([a for a, _ in lines])), _round(np.mean([b for _, b in lines])))
    blocks = _blocks(origins, line, seen=False)
    alone = _learned(blocks)
    seen = all(named(wide.index) for wide in wides.values())
    among = _learned(_blocks(origins, line, seen=True)) if seen else alone
    described = [
        f"{len(wide):,} pairs of {wide.columns[0]}-{wide.columns[-1]}{f' ({name})' * bool(name)}"
        for name, wide in wides.items()
    ]
    return GrowthModel(
        among=among,
        alone=alone,
        size_line=line,
        memory=_memory(blocks, alone),
        trained_on=trained_on or ", ".join(described),
        known_from=known_from or f"{max(wide.columns[-1] for wide in wides.values())}-12-31",
    )


def _seen(wide: pd.DataFrame, known_by: int | None) -> pd.DataFrame:
    return wide if known_by is None else wide.loc[:, :known_by]


def _origins(wide: pd.DataFrame, per_origin: int) -> list[Origin]:
    """History, later log growth (a column a horizon, missing if unknown), rows drawn, by origin."""
    found = []
    for origin in wide.columns[MIN_YEARS - 1 : -1]:
        history = wide.loc[:, :origin].iloc[:, -LONGEST:]
        history = history.drop(index=problems(history).index)
        if len(history) >= MIN_PAIRS:
            later = wide.loc[history.index].reindex(
                columns=range(origin + 1, origin + MAX_HORIZON + 1)
            )
            growth = np.log(later.clip(lower=FLOOR_MUSD)).sub(np.log(history[origin]), axis=0)
            drawn = np.random.default_rng(int(origin)).permutation(len(history))[:per_origin]
            found.append((history, growth.to_numpy(), np.sort(drawn)))
    return found


def _blocks(panels: list[list[Origin]], line: tuple[float, float], *, seen: bool) -> list[Block]:
    """Signals, outcomes and weight of the rows drawn at each origin.

    Outcomes are widened until the growth that all pairs share varies over h years as it did from
    1960 to 2023 (`SHARED`): a few eras hardly vary over ten years.
    """
    h = np.arange(1, MAX_HORIZON + 1)
    found: list[Block] = []
    for origins in panels:
        shared = pd.DataFrame([pd.DataFrame(growth).mean() for _, growth, _ in origins])
        spread = shared.std(ddof=0).fillna(0.0).to_numpy()
        lacking = np.sqrt(np.maximum(0, (SHARED * (h / 5) ** SHARED_POWER) ** 2 - spread**2))
        for history, growth, drawn in origins:
            cross = cross_section(moments(history)) if seen else None
            given = signals(history.iloc[drawn], size_line=line, cross=cross)
            noise = np.random.default_rng(int(history.columns[-1])).standard_normal((drawn.size, 1))
            widened = np.maximum(growth[drawn] + lacking * noise, -given.last[:, None])
            found.append((given, widened, 1 / len(panels)))
    return found


def _learned(blocks: list[Block]) -> Coefficients:
    """Coefficients that minimise the mean CRPS over all rows, horizons and origins."""
    parts = []
    for given, growth, weight in blocks:
        for h in range(1, MAX_HORIZON + 1):
            known = np.isfinite(growth[:, h - 1])
            if known.sum() >= FEW:
                n = int(known.sum())
                parts.append(
                    (given.location[known], given.scale[known], growth[known, h - 1],
                     -given.last[known], np.full(n, h), np.full(n, weight / n))
                )  # fmt: skip
    stacked = [np.concatenate(column) for column in zip(*parts, strict=True)]
    names = ("location", "scale", "growth", "low", "horizon", "weight")
    found = least_crps(Cases(**dict(zip(names, stacked, strict=True))), NODES)
    found[0][:, 0] *= CARRIED
    location, scale, shock = (tuple(tuple(_round(v) for v in row) for row in m) for m in found)
    return Coefficients(location=location, scale=scale, shock=shock)


def _memory(blocks: list[Block], learned: Coefficients) -> tuple[float, float]:
    """Correlation of the normal scores of outcomes over two horizons, as c (min/max)^d."""
    h, scores = np.arange(1.0, MAX_HORIZON + 1), []
    levels = np.arange(1, 200) / 200
    normal = np.array([NormalDist().inv_cdf(p) for p in [*levels, 199.5 / 200]])
    for given, growth, _ in blocks:
        grid = np.log(quantiles_of(given, h, levels, learned)) - given.last[:, None, None]
        place = (grid < growth[:, :, None]).sum(axis=2)
        scores.append(np.where(np.isfinite(growth), normal[place], np.nan))
    near = pd.DataFrame(np.concatenate(scores)).corr(min_periods=4 * MIN_PAIRS).to_numpy()
    i, j = np.triu_indices(MAX_HORIZON, 1)
    known = np.isfinite(near[i, j]) & (near[i, j] > 0)
    if known.sum() < 2:
        return MEMORY
    apart = np.log(h[i][known] / h[j][known])
    design = np.stack([np.ones(apart.size), apart], axis=1)
    c, d = np.linalg.lstsq(design, np.log(near[i, j][known]), rcond=None)[0]
    return _round(min(math.exp(c), 1.0)), _round(max(d, 0.0))


def _round(value: Any) -> float:
    return round(float(value), DIGITS)
