"""What thousands of pairs teach about one: a growth model learned once, forecast in one pass.

The log of turnover h years ahead is the last log plus a location plus a scale times a fat-tailed,
asymmetric shock: q(p, h) = x + X b(h) + exp(Z g(h)) Q(p, h). The signals X and Z are those of
`tradelib.pairs`; b, g and Q are straight lines in log h (the constant of b in h). The coefficients
minimise the mean CRPS, every origin year of every panel counting alike; then the constant of b, the
drift of the eras learned from, is shrunk, since no era's drift carries over whole.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground import flows
from tradelib.ground.numbers import generator
from tradelib.science.outlook.forecast import Forecast, finished, started
from tradelib.science.outlook.nowcast import Nowcast
from tradelib.science.outlook.signals import (
    FLOOR_MUSD,
    MIN_PAIRS,
    MIN_YEARS,
    CrossSection,
    Signals,
    cross_section,
    moments,
    named,
    problems,
    signals,
    size_line,
    typical,
)

__all__ = [
    "Coefficients",
    "GrowthModel",
    "chance_curve",
    "chances",
    "fit_growth_model",
    "forecast_panel",
    "panel_growth",
    "typical_growth",
]

MAX_HORIZON = 10
# Median log growth of countries' nominal GDP over h years varied by 0.20 (h / 5)^0.65 around its
# mean: World Bank, NY.GDP.MKTP.CD, 1960-2023.
SHARED, SHARED_POWER = 0.20, 0.65
# How much of the drift learned in one era to carry to another: of 1, 0.9, 0.8, 0.7 and 0.55 the
# mean skill over two eras, each learned from the other, is highest between 0.9 and 0.8.
CARRIED = 0.85
MEMORY = (0.85, 0.5)
FEW, DIGITS = 30, 5
NODES = np.array([0.01, 0.03, *(i / 20 for i in range(1, 20)), 0.97, 0.99])
LONGEST, LEADS = 25, 200

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """How signals move the quantiles; each has one row for h = 1 and one for the change with h.

    Attributes
    ----------
    location : tuple of tuple of float, shape (2, n_signals)
        Of log growth.
    scale : tuple of tuple of float, shape (2, n_signals)
        Of the log scale.
    shock : tuple of tuple of float, shape (2, 23)
        Quantiles of the standardised shock at the levels 0.01, 0.03, 0.05, 0.1, … 0.95, 0.97, 0.99.
    """

    location: tuple[tuple[float, ...], ...]
    scale: tuple[tuple[float, ...], ...]
    shock: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthModel:
    """A growth model as learned: a few dozen numbers.

    Attributes
    ----------
    among : Coefficients
        For pairs seen among others.
    alone : Coefficients
        For a pair on its own.
    size_line : tuple of float
        Log mean absolute step of a pair of US$1m, and its slope in log size.
    memory : tuple of float
        Correlation c (min(h, k) / max(h, k))^d of the shocks of two horizons, as c, d.
    trained_on : str
        Panels, years and counts.
    known_from : str
        ISO day from which the training data were public.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> model = growth_model()
    >>> GrowthModel.from_dict(model.to_dict()) == model
    True
    """

    among: Coefficients
    alone: Coefficients
    size_line: tuple[float, float]
    memory: tuple[float, float]
    trained_on: str
    known_from: str

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and texts, for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "GrowthModel":
        """The model that `to_dict` wrote.

        Raises
        ------
        ValueError
            If a part is missing or of another shape.
        """
        try:
            (start, slope), (c, d) = plain["size_line"], plain["memory"]
            return cls(
                among=_coefficients(plain["among"]),
                alone=_coefficients(plain["alone"]),
                size_line=(float(start), float(slope)),
                memory=(float(c), float(d)),
                trained_on=str(plain["trained_on"]),
                known_from=str(plain["known_from"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"this is no growth model: {error}") from None

    def digest(self) -> str:
        """SHA-256 of the numbers, as hexadecimal digits."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def summary(self) -> str:
        """What it was trained on, in plain words."""
        return f"Growth model trained on {self.trained_on}; known from {self.known_from}."


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


def forecast_panel(
    history: pd.DataFrame,
    *,
    horizons: ArrayLike,
    quantiles: ArrayLike,
    model: GrowthModel,
    cross: CrossSection | None = None,
    errors: str = "raise",
) -> Floats:
    """Quantiles of turnover for one pair or many, in one pass.

    Fifty rows or more whose names hold two countries are read against each other; fewer, or
    opaquely named, each on its own.

    Parameters
    ----------
    history : DataFrame, shape (n_pairs, n_years)
        US$ million, current prices; the index names pairs (``"AAA-BBB"``), columns are consecutive
        years up to the origin, NaN where unknown. At least five years of US$1m or more each, the
        last among them; smaller values, zero too, count as unknown. The last 25 years are used.
    horizons : array_like of int, shape (n_horizons,)
        Years ahead, 1 to 10.
    quantiles : array_like, shape (n_quantiles,)
        Probabilities between 0 and 1.
    model : GrowthModel
        As `fit_growth_model` returns it.
    cross : CrossSection, optional
        Of the whole panel, if `history` is a block of it.
    errors : str
        ``"raise"``: a row that cannot be forecast is an error that names it. ``"report"``: its
        quantiles are NaN, and a warning names the rows; see `tradelib.pairs.problems`.

    Returns
    -------
    ndarray, shape (n_pairs, n_horizons, n_quantiles)
        US$ million, at least 1: trade at or below US$1m is not told apart.

    Raises
    ------
    ValueError
        If a row cannot be forecast, rows or years are given twice or years are not consecutive, or
        horizons or quantiles are out of range.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> wide = pd.DataFrame([[98.1, 145.9, 128.0, 254.2, 438.7]], columns=range(2018, 2023))
    >>> forecast_panel(wide, horizons=[1], quantiles=[0.1, 0.5, 0.9], model=growth_model()).shape
    (1, 1, 3)
    """
    h, p = _checked(history, horizons, quantiles, errors)
    history = history.iloc[:, -LONGEST:]
    wrong = problems(history)
    if len(wrong):
        words = "; ".join(f"{pair}: {why}" for pair, why in wrong.iloc[:3].items())
        text = f"{len(wrong)} of {len(history)} pairs cannot be forecast: {words}"
        if errors == "raise":
            raise ValueError(f"{text}; drop them or set errors='report'")
        _warn(text)
    good = history.drop(index=wrong.index)
    result = np.full((len(history), h.size, p.size), np.nan)
    if len(good):
        given, use = _read(good, model, cross)
        result[history.index.isin(good.index)] = _quantiles(given, h, p, use)
    return result


def panel_growth(
    history: pd.DataFrame,
    *,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    nowcast: Nowcast | None = None,
    model: GrowthModel,
) -> Forecast:
    """Sample paths of one pair from the growth model.

    Parameters
    ----------
    history : DataFrame
        ``year``, ``turnover_musd`` (US$ million), consecutive years, at least five of US$1m or
        more (a nowcast counts as one).
    horizon : int
        Years ahead, 1 to 10.
    n_paths : int
        Sample paths.
    rng : int or Generator
        Seed or generator.
    nowcast : Nowcast, optional
        Of the year after the last; the paths start from its distribution.
    model : GrowthModel
        As `fit_growth_model` returns it.

    Returns
    -------
    Forecast
        Each year's quantiles are those of `forecast_panel` up to Monte Carlo error; shocks of two
        horizons are joined by a normal copula with the model's ``memory``.

    Raises
    ------
    ValueError, TypeError
        As `tradelib.naive` and `forecast_panel`.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> pair = pd.DataFrame({"year": range(2017, 2022),
    ...     "turnover_musd": [95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> panel_growth(pair, horizon=6, model=growth_model()).years
    (2022, 2023, 2024, 2025, 2026, 2027)
    """
    start = started(history, horizon, n_paths, rng, nowcast, least=MIN_YEARS)
    years = start.horizon - (nowcast is not None)
    logs = np.empty((n_paths, 0))
    if years:
        wide = pd.DataFrame([np.exp(start.logs)], index=["the history"])
        _checked(wide, np.arange(1, years + 1), NODES, "raise")
        if len(wrong := problems(wide)):
            raise ValueError(f"{wrong.iloc[0]}; the growth model cannot forecast it")
        given, use = _read(wide, model, None)
        logs = _paths(given, years, use, model.memory, (n_paths, start.draws))
    return finished("panel_growth", start, logs)


def typical_growth(
    size_musd: float,
    *,
    origin: int,
    horizon: int,
    n_paths: int = 20_000,
    rng: int | np.random.Generator = 0,
    model: GrowthModel,
) -> Forecast:
    """Sample paths of a pair of which nothing but one year's turnover is known.

    Parameters
    ----------
    size_musd : float
        Turnover of the origin year, US$ million, at least 1.
    origin : int
        Calendar year of it.
    horizon : int
        Years ahead, 1 to 10.
    n_paths : int
        Sample paths.
    rng : int or Generator
        Seed or generator.
    model : GrowthModel
        As `fit_growth_model` returns it.

    Returns
    -------
    Forecast
        Of a pair with the volatility usual at its size, that has not just moved.

    Raises
    ------
    ValueError, TypeError
        If the size is below US$1m, or the horizon, paths or seed are out of range.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> typical_growth(254.3, origin=2021, horizon=5, model=growth_model()).years
    (2022, 2023, 2024, 2025, 2026)
    """
    given = typical(size_musd, line=model.size_line)
    years = np.arange(1, horizon + 1)
    _checked(pd.DataFrame([[size_musd]]), years, NODES, "raise")
    if isinstance(n_paths, bool) or not isinstance(n_paths, int | np.integer) or n_paths < 1:
        raise ValueError(f"n_paths is a whole number from 1, got {n_paths!r}")
    logs = _paths(given, horizon, model.alone, model.memory, (n_paths, generator(rng)))
    return Forecast(
        name="typical_growth",
        origin=int(origin),
        last_musd=float(size_musd),
        years=tuple(int(origin) + int(h) for h in years),
        paths=np.exp(logs),
    )


def chances(
    history: pd.DataFrame,
    at_least: float,
    *,
    horizon: int,
    nowcast: Nowcast | None = None,
    model: GrowthModel,
) -> dict[str, float]:
    """Probability of a level in one year, and what it would be were a signal as usual.

    Parameters
    ----------
    history, horizon, nowcast, model
        As for `panel_growth`.
    at_least : float
        US$ million.

    Returns
    -------
    dict of str to float
        ``"as it is"``: what `panel_growth` says, without Monte Carlo error. ``"its recent move"``:
        had the pair not just moved. ``"its volatility"``: were it as volatile as is usual at its
        size. The first alone if the nowcast is of the year asked about.

    Raises
    ------
    ValueError, TypeError
        As `panel_growth`; also if the level is not positive and finite.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> pair = pd.DataFrame({"year": range(2017, 2022),
    ...     "turnover_musd": [95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> found = chances(pair, 1000, horizon=6, model=growth_model())
    >>> found["as it is"] < found["its recent move"]
    True
    """
    goal = np.array([at_least], float)
    needed, wide = _needed(history, goal, horizon, nowcast)
    if wide is None:
        return {"as it is": float((needed <= 0).mean())}
    given, use = _read(wide, model, None)
    usual = typical(float(wide.iloc[0, -1]), line=model.size_line)
    read = {
        "as it is": given,
        "its recent move": replace(given, location=usual.location),
        "its volatility": replace(given, scale=usual.scale),
    }
    h = np.array([float(horizon - (nowcast is not None))])
    return {name: float(_beyond(needed, signal, h, use)[0]) for name, signal in read.items()}


def chance_curve(
    history: pd.DataFrame,
    at_least: ArrayLike,
    *,
    horizon: int,
    nowcast: Nowcast | None = None,
    model: GrowthModel,
) -> Floats:
    """Probability of each of many levels in one year, without Monte Carlo error.

    Parameters
    ----------
    history, horizon, nowcast, model
        As for `chances`.
    at_least : array_like, shape (n_levels,)
        US$ million.

    Returns
    -------
    ndarray, shape (n_levels,)
        What `chances` calls ``"as it is"``.

    Raises
    ------
    ValueError, TypeError
        As `chances`.

    Examples
    --------
    >>> from tradelib import growth_model
    >>> pair = pd.DataFrame({"year": range(2017, 2022),
    ...     "turnover_musd": [95.8, 98.1, 145.9, 128.0, 254.2]})
    >>> curve = chance_curve(pair, [100, 1000], horizon=6, model=growth_model())
    >>> curve[1] == chances(pair, 1000, horizon=6, model=growth_model())["as it is"]
    np.True_
    """
    goals = np.asarray(at_least, float)
    needed, wide = _needed(history, goals, horizon, nowcast)
    if wide is None:
        return np.asarray((needed <= 0).mean(axis=1))
    given, use = _read(wide, model, None)
    return _beyond(needed, given, np.array([float(horizon - (nowcast is not None))]), use)


def _needed(
    history: pd.DataFrame, goals: Floats, horizon: int, nowcast: Nowcast | None
) -> tuple[Floats, pd.DataFrame | None]:
    """Logs to reach, shape (n_goals, n_casts), and the history.

    With a nowcast a goal is needed less the lead of each of its quantiles; in its own year
    less the quantile itself, and no history is needed.
    """
    if not (np.isfinite(goals) & (goals > 0)).all():
        wrong = goals[~(np.isfinite(goals) & (goals > 0))][0]
        raise ValueError(f"a value to reach is positive and finite, got {wrong:g}")
    start = started(history, horizon, 1, 0, nowcast, least=MIN_YEARS)
    needed, years = np.log(goals)[:, None], start.horizon
    if nowcast is not None:
        levels = [(i + 0.5) / LEADS for i in range(LEADS)]
        casts = np.array([math.log(nowcast.quantile(p)) for p in levels])
        if years == 1:
            return needed - casts, None
        needed, years = needed - (casts - start.logs[-1]), years - 1
    wide = pd.DataFrame([np.exp(start.logs)], index=["the history"])
    _checked(wide, [years], NODES, "raise")
    if len(odd := problems(wide)):
        raise ValueError(f"{odd.iloc[0]}; the growth model cannot forecast it")
    return needed, wide


def _beyond(needed: Floats, signal: Signals, h: Floats, use: Coefficients) -> Floats:
    """Probability of each row of logs, over its casts."""
    grid = np.log(_quantiles(signal, h, _UNIFORM, use)[0, 0])
    return np.asarray(1 - np.interp(needed, grid, _UNIFORM, left=0.0, right=1.0).mean(axis=1))


Origin: TypeAlias = tuple[pd.DataFrame, Floats, Ints]
Block: TypeAlias = tuple[Signals, Floats, float]


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
    from tradelib.science.outlook.learn import Cases, least_crps

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
        grid = np.log(_quantiles(given, h, levels, learned)) - given.last[:, None, None]
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


def _read(
    history: pd.DataFrame, model: GrowthModel, cross: CrossSection | None
) -> tuple[Signals, Coefficients]:
    """Signals of every row, and the coefficients that go with them."""
    if len(model.among.location[0]) == len(model.alone.location[0]):
        cross = None  # learned from pairs without names
    elif cross is None and len(history) >= MIN_PAIRS and named(history.index):
        cross = cross_section(moments(history))
    given = signals(history, size_line=model.size_line, cross=cross)
    return given, model.alone if cross is None else model.among


def _quantiles(given: Signals, h: Floats, p: Floats, use: Coefficients) -> Floats:
    """US$ million, shape (n_pairs, n_horizons, n_quantiles)."""
    line = _line(h)
    location = given.location @ _at(use.location, h).T
    scale = np.exp((given.scale @ (line @ np.array(use.scale)).T).clip(-6, 4))
    shock = _between_nodes(np.sort(line @ np.array(use.shock), axis=1), p)
    logs = (given.last[:, None] + location)[:, :, None] + scale[:, :, None] * shock
    np.maximum(logs, math.log(FLOOR_MUSD), out=logs)
    return np.asarray(np.exp(logs, out=logs))


def _paths(
    given: Signals,
    years: int,
    use: Coefficients,
    memory: tuple[float, float],
    draw: tuple[int, np.random.Generator],
) -> Floats:
    """Logs of turnover along paths, shape (n_paths, years), of the first row."""
    h = np.arange(1.0, years + 1)
    grid = np.log(_quantiles(given, h, _UNIFORM, use)[0])
    # Year by year, so that a longer horizon leaves the earlier years of every path as they were.
    shocks = draw[1].standard_normal((years, draw[0])).T @ _root(h, memory).T
    return np.stack([np.interp(shocks[:, i], _NORMAL, grid[i]) for i in range(years)], axis=1)


def _line(h: Floats) -> Floats:
    return np.stack([np.ones(h.size), np.log(h)], axis=1)


def _at(location: ArrayLike, h: Floats) -> Floats:
    """Coefficients of the location by horizon: the constant grows with h, others with log h."""
    both = np.asarray(location)
    found = _line(h) @ both
    found[:, 0] = both[0, 0] + both[1, 0] * h / 5
    return np.asarray(found)


def _between_nodes(shock: Floats, p: Floats) -> Floats:
    """Quantiles at any probability, straight on the logit scale between the nodes and beyond."""
    nodes, asked = np.log(NODES / (1 - NODES)), np.log(p / (1 - p))
    k = np.clip(np.searchsorted(nodes, asked) - 1, 0, NODES.size - 2)
    slope = (shock[:, k + 1] - shock[:, k]) / (nodes[k + 1] - nodes[k])
    return np.asarray(shock[:, k] + slope * (asked - nodes[k]))


_NORMAL = np.linspace(-4.5, 4.5, 901)
_UNIFORM = np.array([NormalDist().cdf(z) for z in _NORMAL])


def _root(h: Floats, memory: tuple[float, float]) -> Floats:
    """Square root of the correlation of shocks over horizons."""
    near = memory[0] * (np.minimum.outer(h, h) / np.maximum.outer(h, h)) ** memory[1]
    np.fill_diagonal(near, 1.0)
    return np.asarray(np.linalg.cholesky(near))


def _checked(
    history: pd.DataFrame, horizons: ArrayLike, quantiles: ArrayLike, errors: str
) -> tuple[Floats, Floats]:
    h, p = np.asarray(horizons, float), np.asarray(quantiles, float)
    if h.ndim != 1 or not h.size or (h % 1 != 0).any() or (h < 1).any() or (h > MAX_HORIZON).any():
        raise ValueError(f"horizons are whole years from 1 to {MAX_HORIZON}, got {h.tolist()}")
    if p.ndim != 1 or not ((p > 0) & (p < 1)).all():
        raise ValueError(f"quantiles lie between 0 and 1, got {p.tolist()}")
    if errors not in ("raise", "report"):
        raise ValueError(f"errors is 'raise' or 'report', got {errors!r}")
    if history.empty:
        raise ValueError("history needs pairs and years, got none")
    if history.index.has_duplicates:
        raise ValueError(f"{history.index[history.index.duplicated()][0]} is given twice; keep one")
    years = np.asarray(history.columns, float)
    if (np.diff(years) != 1).any():
        raise ValueError(f"columns are consecutive years in order, got {list(history.columns)}")
    return h, p


def _warn(text: str) -> None:
    import warnings

    warnings.warn(text, UserWarning, stacklevel=3)


def _coefficients(plain: Mapping[str, Any]) -> Coefficients:
    return Coefficients(
        **{
            name: tuple(tuple(map(float, row)) for row in plain[name])
            for name in ("location", "scale", "shock")
        }
    )
