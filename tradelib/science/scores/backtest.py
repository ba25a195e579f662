"""Rolling origins: every forecaster at every origin, scored on what came, in one tidy frame.

Scores are on the log scale, floored at US$1m: a fall below the floor counts as reaching it, and
pairs whose later value is missing are left out and counted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tradelib.ground import flows
from tradelib.science.outlook.paths import Forecast
from tradelib.science.scores import scoring

__all__ = [
    "QUANTILES",
    "backtest",
    "calibration",
    "cases",
    "frequencies",
    "one_by_one",
    "refitted",
    "score_summary",
]

QUANTILES = np.arange(1, 100) / 100
MULTIPLES = (1.5, 2.0, 4.0)
FLOOR_MUSD = 1.0
MIN_YEARS, MIN_STEPS, MIN_CASES = 8, 5, 50
YEARS_BACK = 25

Floats = NDArray[np.float64]
PanelForecaster = Callable[..., Floats]


def backtest(
    panel: pd.DataFrame,
    forecasters: Mapping[str, PanelForecaster],
    *,
    origins: Sequence[int] | None = None,
    horizons: Sequence[int] = (1, 2, 3, 4, 5, 6),
    sample: int | None = None,
    min_cases: int = MIN_CASES,
    groups: Mapping[str, Callable[[pd.DataFrame], pd.Series]] | None = None,
    done: pd.DataFrame | None = None,
    save: Callable[[pd.DataFrame], object] | None = None,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> pd.DataFrame:
    """Scores of forecasters from rolling origins on a panel of pairs.

    A pair takes part at an origin if it has eight years at or above the floor up to it, five steps
    between neighbouring years among them, and the last two years known.

    Parameters
    ----------
    panel : DataFrame
        ``pair``, ``year``, ``turnover_musd`` (US$ million), a row a pair and year, in any order.
    forecasters : mapping of name to function
        Each ``f(history, *, horizons, quantiles)`` returns an array (n_pairs, n_horizons,
        n_quantiles) in US$ million; `one_by_one` makes one of a single-history forecaster.
    origins : sequence of int, optional
        Last years known; all that leave a year to score if omitted.
    horizons : sequence of int
        Years ahead, from 1.
    sample : int, optional
        At most so many pairs an origin, drawn alike whatever the order of rows.
    min_cases : int
        Origins and horizons with fewer pairs are not scored.
    groups : mapping of name to function, optional
        Groups of pairs scored apart as well: each ``f(history)`` says which pairs (bool) belong.
    done : DataFrame, optional
        Result of an earlier, interrupted run: its forecasters and origins are not run again.
    save : callable, optional
        Called with the result so far after each origin, so that a run can be taken up again.
    progress : callable
        Wraps the origins, for example ``tqdm.auto.tqdm``.

    Returns
    -------
    DataFrame
        A row a forecaster, origin and horizon (and ``group``, if there are groups, ``"all"`` among
        them): ``n`` pairs scored, ``missing`` (share without a
        later value), ``floored`` (share of the scored at or below the floor), ``crps``,
        ``coverage80``, ``below10``, ``above90``, and for each multiple k ``brier_xk`` and
        ``bias_xk`` of "turnover multiplies by k".

    Raises
    ------
    ValueError
        If the panel lacks a column, has a pair and year twice or a value that is negative or
        infinite, a horizon is below one, or a forecaster returns something else than asked.

    Examples
    --------
    >>> from tradelib.science.outlook.closed import naive_quantiles
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(60).astype(str), 12),
    ...     "year": np.tile(np.arange(2000, 2012), 60),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(60, 12)).cumsum(axis=1)).ravel()})
    >>> scores = backtest(panel, {"naive": naive_quantiles}, origins=[2010], horizons=[1])
    >>> scores[["forecaster", "origin", "horizon"]].to_numpy().tolist()
    [['naive', 2010, 1]]
    """
    wide = flows.by_pair(panel)
    if not horizons or min(horizons) < 1:
        raise ValueError(f"horizons are whole years from 1, got {list(horizons)}")
    last = int(wide.columns.max())
    first = int(wide.columns.min()) + MIN_YEARS - 1
    rows = [] if done is None else done.to_dict("records")
    have = {(row["forecaster"], row["origin"]) for row in rows}
    for origin in progress(list(origins) if origins is not None else list(range(first, last))):
        history, later = cases(wide, origin, sample=sample)
        ahead = [h for h in horizons if origin + h in later.columns]
        if len(history) < min_cases or not ahead:
            continue
        for name, forecaster in forecasters.items():
            if (name, origin) in have:
                continue
            values = _run(name, forecaster, history, ahead)
            for group, chosen in _groups(history, groups).items():
                for i, h in enumerate(ahead):
                    end = later.loc[chosen, origin + h]
                    scored = _score(history[chosen], end, values[chosen, i], min_cases)
                    key = {"forecaster": name, "origin": origin, "horizon": h}
                    key |= {} if groups is None else {"group": group}
                    rows += [{**key, **scored}] if scored else []
        if save is not None:
            save(pd.DataFrame(rows))
    return pd.DataFrame(rows)


def calibration(
    panel: pd.DataFrame,
    forecaster: PanelForecaster,
    *,
    origins: Sequence[int] | None = None,
    horizons: Sequence[int] = (1, 2, 3, 4, 5, 6),
    multiples: Sequence[float] = MULTIPLES,
    bins: int = 10,
    min_cases: int = MIN_CASES,
) -> pd.DataFrame:
    """Counts behind reliability diagrams and PIT histograms, a row a bin, horizon and origin.

    Kept apart by origin, since all pairs of an origin share its luck: bands resample whole origins.

    Parameters
    ----------
    panel, origins, horizons, min_cases
        As for `backtest`.
    forecaster : callable
        ``f(history, *, horizons, quantiles)``.
    multiples : sequence of float
        Events "turnover multiplies by k or more".
    bins : int
        Equal bins of the probability, and of the PIT.

    Returns
    -------
    DataFrame
        ``event`` (``"x2"`` and so on; ``"pit"``), ``horizon``, ``origin``, ``bin`` (from 0), ``n``,
        ``forecast`` (mean probability in the bin; of a PIT its expected share), ``hits`` (events
        that came; of a PIT the values in the bin).

    Raises
    ------
    ValueError
        As `backtest`.

    Examples
    --------
    >>> from tradelib.science.outlook.closed import naive_quantiles
    >>> rng = np.random.default_rng(0)
    >>> panel = pd.DataFrame({"pair": np.repeat(np.arange(60).astype(str), 12),
    ...     "year": np.tile(np.arange(2000, 2012), 60),
    ...     "turnover_musd": np.exp(5 + rng.normal(size=(60, 12)).cumsum(axis=1)).ravel()})
    >>> counts = calibration(panel, naive_quantiles, origins=[2010], horizons=[1])
    >>> counts[counts.event == "pit"].hits.sum().item()
    56
    """
    wide = flows.by_pair(panel)
    last, first = int(wide.columns.max()), int(wide.columns.min()) + MIN_YEARS - 1
    rows = []
    for origin in origins if origins is not None else range(first, last):
        history, later = cases(wide, origin)
        ahead = [h for h in horizons if origin + h in later.columns]
        if len(history) < min_cases or not ahead:
            continue
        values = _run("the forecaster", forecaster, history, ahead)
        for i, h in enumerate(ahead):
            growth, quantiles = _growth(history, later[origin + h], values[:, i])
            events = {f"x{k:g}": (_exceedance(quantiles, np.log(k)), growth >= np.log(k))
                      for k in multiples}  # fmt: skip
            key = {"horizon": h, "origin": origin}
            for event, (p, hit) in events.items():
                rows += [{"event": event, **key, **row} for row in _binned(p, hit, bins)]
            pit = (quantiles < growth[:, None]).mean(axis=1)
            inside = np.bincount(np.minimum((pit * bins).astype(int), bins - 1), minlength=bins)
            rows += [
                {"event": "pit", **key, "bin": b, "n": len(pit), "forecast": 1 / bins, "hits": hits}
                for b, hits in enumerate(inside)
            ]
    return pd.DataFrame(rows)


def score_summary(
    scores: pd.DataFrame, *, baseline: str = "naive", draws: int = 500, rng: int = 0
) -> pd.DataFrame:
    """Mean scores over origins, skill against a baseline, and bands from whole origins.

    Parameters
    ----------
    scores : DataFrame
        As `backtest` returns it, one group and one trial.
    baseline : str
        Forecaster that skill is held against, scored at the same origins.
    draws : int
        Resamples of origins; all pairs of an origin share its luck.
    rng : int
        Seed.

    Returns
    -------
    DataFrame
        A row a horizon and forecaster: ``horizon``, ``forecaster``, ``origins``, ``n`` (mean pairs
        an origin), ``crps``, ``skill`` with ``low`` and ``high`` (90 %), ``coverage80`` with
        ``coverage_low`` and ``coverage_high`` (90 %), ``below10``, ``above90``, and for each
        multiple k ``skill_xk`` (Brier) and ``bias_xk``.

    Raises
    ------
    ValueError
        If the baseline was not scored at an origin, or a row is given twice.

    Examples
    --------
    >>> scores = pd.DataFrame({"forecaster": ["naive", "other"] * 2, "horizon": 1,
    ...     "origin": [2000, 2000, 2001, 2001], "n": 9, "crps": [0.4, 0.3, 0.6, 0.5],
    ...     "coverage80": 0.8, "below10": 0.1, "above90": 0.1})
    >>> score_summary(scores).query("forecaster == 'other'").skill.round(2).tolist()
    [0.2]
    """
    if scores.duplicated(["forecaster", "horizon", "origin"]).any():
        raise ValueError("scores hold a forecaster, horizon and origin twice; choose one group")
    base = scores[scores["forecaster"] == baseline].set_index(["horizon", "origin"])
    draw = np.random.default_rng(rng)
    rows = []
    for (horizon, name), part in scores.groupby(["horizon", "forecaster"]):
        at = pd.MultiIndex.from_product([[horizon], part["origin"]])
        if not at.isin(base.index).all():
            raise ValueError(f"{baseline} is not scored wherever {name} is, {horizon} years ahead")
        own, theirs = part["crps"].to_numpy(), base.loc[at, "crps"].to_numpy()
        covered = part["coverage80"].to_numpy()
        picks = draw.integers(len(part), size=(draws, len(part)))
        skill = 1 - own[picks].mean(axis=1) / theirs[picks].mean(axis=1)
        low, high = np.quantile(skill, [0.05, 0.95])
        coverage_low, coverage_high = np.quantile(covered[picks].mean(axis=1), [0.05, 0.95])
        row = {
            "horizon": horizon, "forecaster": name, "origins": len(part), "n": part["n"].mean(),
            "crps": own.mean(), "skill": 1 - own.mean() / theirs.mean(), "low": low, "high": high,
            "coverage80": covered.mean(), "coverage_low": coverage_low,
            "coverage_high": coverage_high, "below10": part["below10"].mean(),
            "above90": part["above90"].mean(),
        }  # fmt: skip
        for column in scores.columns[scores.columns.str.startswith("brier_x")]:
            k = column.removeprefix("brier_")
            row[f"skill_{k}"] = 1 - part[column].mean() / base.loc[at, column].mean()
            row[f"bias_{k}"] = part[f"bias_{k}"].mean()
        rows.append(row)
    return pd.DataFrame(rows)


def frequencies(counts: pd.DataFrame, *, draws: int = 500, rng: int = 0) -> pd.DataFrame:
    """How often what was forecast came, bin by bin, with bands from whole origins.

    Parameters
    ----------
    counts : DataFrame
        As `calibration` returns it.
    draws : int
        Resamples of origins.
    rng : int
        Seed.

    Returns
    -------
    DataFrame
        ``event``, ``horizon``, ``bin``, ``n``, ``forecast`` (mean probability), ``frequency``,
        ``low`` and ``high`` (90 %; a resample in which a bin is empty does not count for it).

    Examples
    --------
    >>> counts = pd.DataFrame({"event": "x2", "horizon": 1, "origin": [2000, 2001], "bin": 0,
    ...     "n": [10, 30], "forecast": [0.1, 0.1], "hits": [1, 7]})
    >>> frequencies(counts)[["n", "forecast", "frequency"]].round(6).to_numpy().tolist()
    [[40.0, 0.1, 0.2]]
    """
    draw = np.random.default_rng(rng)
    parts = []
    for (event, horizon), part in counts.groupby(["event", "horizon"]):
        n, hits = (
            part.pivot_table(index="bin", columns="origin", values=c, aggfunc="sum", fill_value=0)
            for c in ("n", "hits")
        )
        picks = draw.integers(n.shape[1], size=(draws, n.shape[1]))
        with np.errstate(invalid="ignore"):
            again = hits.to_numpy()[:, picks].sum(axis=2) / n.to_numpy()[:, picks].sum(axis=2)
        low, high = np.nanquantile(again, [0.05, 0.95], axis=1)
        mean = (part["forecast"] * part["n"]).groupby(part["bin"]).sum() / n.sum(axis=1)
        found = {
            "event": event, "horizon": horizon, "bin": n.index, "n": n.sum(axis=1),
            "forecast": mean, "frequency": hits.sum(axis=1) / n.sum(axis=1), "low": low,
            "high": high,
        }  # fmt: skip
        parts.append(pd.DataFrame(found))
    return pd.concat(parts, ignore_index=True)


def refitted(fit: Callable[[int], Any], forecaster: Callable[..., Floats]) -> PanelForecaster:
    """A forecaster whose model is fitted anew at each origin, on what was known by then.

    Parameters
    ----------
    fit : callable
        ``fit(origin)`` returns a model that has seen nothing after the origin.
    forecaster : callable
        ``f(history, *, horizons, quantiles, model)``.

    Returns
    -------
    callable
        ``f(history, *, horizons, quantiles)`` for `backtest`; a model is fitted once an origin.

    Examples
    --------
    >>> wide = pd.DataFrame([[1.0, 2.0]], columns=[2000, 2001])
    >>> constant = lambda history, *, horizons, quantiles, model: model
    >>> refitted(lambda origin: origin + 1, constant)(wide, horizons=[1], quantiles=[0.5])
    2002
    """
    models: dict[int, Any] = {}

    def run(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
        origin = int(history.columns[-1])
        if origin not in models:
            models[origin] = fit(origin)
        return forecaster(history, horizons=horizons, quantiles=quantiles, model=models[origin])

    return run


def cases(
    wide: pd.DataFrame, origin: int, *, sample: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs with enough history at an origin: what was known then, and every year as it came.

    Parameters
    ----------
    wide : DataFrame
        Pairs by consecutive years, US$ million, NaN where unknown.
    origin : int
        Last year known.
    sample : int, optional
        At most so many pairs.

    Returns
    -------
    tuple of DataFrame
        Histories up to the origin (values below the floor are unknown), and all years of the same
        pairs, floored.

    Examples
    --------
    >>> wide = pd.DataFrame([[2.0] * 9], index=["AAA-BBB"], columns=range(2000, 2009))
    >>> history, later = cases(wide, 2007)
    >>> history.shape, later.shape
    ((1, 8), (1, 9))
    """
    wide = wide.sort_index()
    history = wide.where(wide >= FLOOR_MUSD).loc[:, :origin].iloc[:, -YEARS_BACK:]
    known = history.notna()
    steps = (known & known.shift(axis=1, fill_value=False)).sum(axis=1)
    keep = (known.sum(axis=1) >= MIN_YEARS) & (steps >= MIN_STEPS)
    keep &= known.iloc[:, -1] & known.iloc[:, -2]
    history = history[keep]
    if sample and len(history) > sample:
        history = history.sample(sample, random_state=origin)
    return history, wide.loc[history.index].clip(lower=FLOOR_MUSD)


def one_by_one(
    forecaster: Callable[..., Forecast], *, n_paths: int = 2000, rng: int = 0
) -> PanelForecaster:
    """A single-history forecaster as one of panels, a pair at a time.

    Every pair gets the same shocks, so that neither names nor order matter. Years that are not
    known are filled on a straight line in logs; years before the first known one are dropped.

    Parameters
    ----------
    forecaster : callable
        With the signature of `tradelib.naive`.
    n_paths : int
        Sample paths a pair.
    rng : int
        Seed, the same for every pair.

    Returns
    -------
    callable
        ``f(history, *, horizons, quantiles)`` for `backtest`.

    Examples
    --------
    >>> from tradelib import naive
    >>> wide = pd.DataFrame([[1.0, 2.0, np.nan, 8.0]], index=["AAA-BBB"], columns=range(4))
    >>> one_by_one(naive)(wide, horizons=[1, 2], quantiles=[0.1, 0.5, 0.9]).shape
    (1, 2, 3)
    """

    def run(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
        ahead = np.asarray(horizons)
        rows = []
        for pair, values in history.iterrows():
            filled = np.exp(np.log(values.loc[values.first_valid_index() :]).interpolate())
            frame = pd.DataFrame(
                {"year": filled.index.astype("int64"), "turnover_musd": filled.to_numpy()}
            )
            try:
                found = forecaster(frame, horizon=int(ahead.max()), n_paths=n_paths, rng=rng)
            except ValueError as error:
                error.add_note(f"pair: {pair}")
                raise
            rows.append(found.quantile(quantiles).T[ahead - 1])
        return np.array(rows)

    return run


def _run(name: str, forecaster: PanelForecaster, history: pd.DataFrame, ahead: list[int]) -> Floats:
    """What a forecaster returns, checked and floored, as logs."""
    values = np.asarray(forecaster(history, horizons=ahead, quantiles=QUANTILES), float)
    shape = (len(history), len(ahead), QUANTILES.size)
    if values.shape != shape:
        raise ValueError(f"{name} must return an array of shape {shape}, got {values.shape}")
    if not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"{name} returned quantiles that are not finite and positive")
    if (np.diff(values, axis=2) < -1e-9 * values[:, :, 1:]).any():
        raise ValueError(f"{name} returned quantiles that cross")
    logs: Floats = np.log(np.maximum(values, FLOOR_MUSD))
    return logs


def _groups(
    history: pd.DataFrame, groups: Mapping[str, Callable[[pd.DataFrame], pd.Series]] | None
) -> dict[str, NDArray[np.bool_]]:
    everyone = {"all": np.ones(len(history), bool)}
    return everyone | {
        name: np.asarray(belongs(history), bool) for name, belongs in (groups or {}).items()
    }


def _growth(history: pd.DataFrame, end: pd.Series, logs: Floats) -> tuple[Floats, Floats]:
    """Log growth where it is known, and its quantiles."""
    seen = end.notna().to_numpy()
    base = np.log(history.to_numpy()[seen, -1])
    return np.log(end.to_numpy()[seen]) - base, logs[seen] - base[:, None]


def _score(history: pd.DataFrame, end: pd.Series, logs: Floats, min_cases: int) -> dict[str, float]:
    growth, quantiles = _growth(history, end, logs)
    if len(growth) < min_cases:
        return {}
    low, high = quantiles[:, 9], quantiles[:, 89]
    row = {
        "n": len(growth),
        "missing": float(end.isna().mean()),
        "floored": float((end.dropna() <= FLOOR_MUSD).mean()),
        "crps": float(scoring.crps_quantiles(quantiles, growth, levels=QUANTILES).mean()),
        "coverage80": scoring.coverage(low, high, growth),
        "below10": float((growth < low).mean()),
        "above90": float((growth > high).mean()),
    }
    for k in MULTIPLES:
        probability = _exceedance(quantiles, np.log(k))
        hit = growth >= np.log(k)
        row[f"brier_x{k:g}"] = float(scoring.brier(probability, hit).mean())
        row[f"bias_x{k:g}"] = float(probability.mean() - hit.mean())
    return row


def _binned(probability: Floats, hit: NDArray[np.bool_], bins: int) -> list[dict[str, float]]:
    place = np.minimum((probability * bins).astype(int), bins - 1)
    return [
        {"bin": b, "n": int((place == b).sum()), "forecast": float(probability[place == b].mean()),
         "hits": int(hit[place == b].sum())}
        for b in range(bins) if (place == b).any()
    ]  # fmt: skip


def _exceedance(quantiles: Floats, threshold: float) -> Floats:
    """P(value >= threshold), by interpolation in the quantiles; tails beyond them count half."""
    return np.array(
        [1 - np.interp(threshold, row, QUANTILES, left=0.005, right=0.995) for row in quantiles]
    )
