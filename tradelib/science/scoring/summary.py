"""Summaries of many scores: means over origins, skill and frequencies, each with its band.

The bootstrap draws whole origins, because all pairs of an origin share its good or bad years.
"""

from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd

from tradelib.core import checks
from tradelib.core.errors import InputError
from tradelib.core.numeric import Floats, generator
from tradelib.core.validation import validated
from tradelib.science.scoring.scores import band, skill

# A bin with fewer cases is too small to show how often such a chance comes true.
ENOUGH = 30
# Number of resamples of origins for a band, from a fixed seed.
DRAWS = 500


@validated
def score_summary(scores: pd.DataFrame, *, baseline: str = "naive") -> pd.DataFrame:
    """Average scores over origins, with skill against a baseline and bands.

    Parameters
    ----------
    scores : DataFrame
        Scores as `backtest` returns them, of one group and one trial, with no missing value.
    baseline : str
        Name of the forecaster that skill compares with, scored at the same origins.

    Returns
    -------
    DataFrame
        One row for each horizon and forecaster: ``horizon``, ``forecaster``, ``origins`` (number),
        ``n`` (mean pairs of an origin), ``crps``, ``skill`` with ``low`` and ``high`` (90 %),
        ``coverage80`` with ``coverage_low`` and ``coverage_high`` (90 %), ``below10``,
        ``above90``, and for each multiple k ``skill_xk`` (Brier) and ``bias_xk``.

    Raises
    ------
    InputError
        If a column or value is missing, a forecaster has two scores at one origin and horizon, or
        the baseline is not scored at every origin and horizon.

    Examples
    --------
    >>> scores = pd.DataFrame({"forecaster": ["naive", "other"] * 2, "horizon": 1,
    ...     "origin": [2000, 2000, 2001, 2001], "n": 9, "crps": [0.4, 0.3, 0.6, 0.5],
    ...     "coverage80": 0.8, "below10": 0.1, "above90": 0.1})
    >>> score_summary(scores).query("forecaster == 'other'").skill.round(2).tolist()
    [0.2]
    """
    checks.check_table(
        scores,
        whole="origin horizon",
        numbers="n crps coverage80 below10 above90",
        texts="forecaster",
    )
    events = [name for name in scores if str(name).startswith(("brier_x", "bias_x"))]
    checks.check_table(scores, numbers=" ".join(events))
    key = ["forecaster", "horizon", "origin"]
    repeated = scores.duplicated(key)
    if repeated.any():
        row_name = ", ".join(map(str, scores.loc[repeated, key].iloc[0]))
        raise InputError(f"scores hold {row_name} twice; choose one group")
    numbers = scores.select_dtypes("number")
    if numbers.isna().any(axis=None):
        missing = ", ".join(numbers.columns[numbers.isna().any()])
        raise InputError(f"scores lack values of {missing}; leave those rows or columns out")
    base = scores[scores["forecaster"] == baseline].set_index(["horizon", "origin"])
    rng = generator(0)
    rows = []
    for (horizon, name), part in scores.sort_values("origin").groupby(["horizon", "forecaster"]):
        same_origins = pd.MultiIndex.from_product([[horizon], part["origin"]])
        if not same_origins.isin(base.index).all():
            raise InputError(f"{baseline} is not scored wherever {name} is, {horizon} years ahead")
        row = {"horizon": horizon, "forecaster": name}
        rows.append(row | _against(part, base.loc[same_origins], rng))
    return pd.DataFrame(rows)


def _against(part: pd.DataFrame, base: pd.DataFrame, rng: np.random.Generator) -> dict[str, Any]:
    """Means of a forecaster's scores, and skill over the baseline at the same origins."""
    same_rng = deepcopy(rng)  # both bands use the same draws of origins
    gain = skill(part["crps"], base["crps"], groups=part["origin"], draws=DRAWS, rng=rng)
    covered = part["coverage80"].to_numpy(float)
    low, high = band(covered, np.ones_like(covered), draws=DRAWS, rng=same_rng)
    row = {
        "origins": len(part),
        "n": part["n"].mean(),
        "crps": part["crps"].mean(),
        "skill": gain["skill"],
        "low": gain["low"],
        "high": gain["high"],
        "coverage80": covered.mean(),
        "coverage_low": low,
        "coverage_high": high,
        "below10": part["below10"].mean(),
        "above90": part["above90"].mean(),
    }
    for column in part.columns[part.columns.str.startswith("brier_x")]:
        multiple = column.removeprefix("brier_")
        own = float(part[column].mean())
        other = float(base[column].mean())
        row[f"skill_{multiple}"] = 1 - own / other
        row[f"bias_{multiple}"] = part[f"bias_{multiple}"].mean()
    return row


def came_true(counts: pd.DataFrame, chance: float) -> tuple[float, float, float]:
    """Share of forecasts of a chance that came true.

    Of all forecasts, of the worst origin year and of the best one. `counts` are rows of
    `calibration` of one event and horizon. Between the mean forecasts of two bins the share is
    interpolated. It is missing above the last bin with `ENOUGH` cases.

    >>> counts = pd.DataFrame({"origin": [2000, 2001], "bin": 0, "n": [100, 300],
    ...     "forecast": [0.1, 0.1], "hits": [10, 10]})
    >>> [round(share, 3) for share in came_true(counts, 0.05)]
    [0.025, 0.017, 0.05]
    """
    origins, origin = np.unique(counts["origin"], return_inverse=True)
    bins, place = np.unique(counts["bin"], return_inverse=True)
    n = counts["n"].to_numpy(float)
    columns = (n, counts["forecast"].to_numpy(float) * n, counts["hits"].to_numpy(float))
    # Cases, sums of forecasts and hits, each of shape (n_origins, n_bins).
    sums = np.zeros((3, origins.size, bins.size))
    for table, values in zip(sums, columns, strict=True):
        np.add.at(table, (origin, place), values)
    by_origin = [_share_at(sums[:, index], chance) for index in range(origins.size)]
    available = [share for share in by_origin if not np.isnan(share)] or [np.nan]
    return _share_at(sums.sum(axis=1), chance), min(available), max(available)


def _share_at(sums: Floats, chance: float) -> float:
    """Share that came true at a chance, interpolated between bins; at no chance it is zero.

    `sums` are cases, sums of forecasts, and hits by bin, shape (3, n_bins).
    """
    n, weighted, hits = sums[:, sums[0] >= ENOUGH]
    forecast = np.r_[0.0, weighted / n]
    share = np.r_[0.0, hits / n]
    return float(np.interp(chance, forecast, share, right=np.nan))


@validated
def frequencies(counts: pd.DataFrame) -> pd.DataFrame:
    """Compute how often events came true in each bin of their forecast, with bands.

    The bootstrap draws whole origins.

    Parameters
    ----------
    counts : DataFrame
        Counts as `calibration` returns them.

    Returns
    -------
    DataFrame
        One row for each event, horizon and bin: ``event``, ``horizon``, ``bin``, ``n`` (cases),
        ``forecast`` (mean probability), ``frequency`` (share that came true), ``low`` and ``high``
        (90 % band; a resample without cases in a bin does not count for that bin).

    Examples
    --------
    >>> counts = pd.DataFrame({"event": "x2", "horizon": 1, "origin": [2000, 2001], "bin": 0,
    ...     "n": [10, 30], "forecast": [0.1, 0.1], "hits": [1, 7]})
    >>> frequencies(counts)[["n", "forecast", "frequency"]].round(6).to_numpy().tolist()
    [[40.0, 0.1, 0.2]]
    """
    checks.check_table(counts, whole="horizon origin bin n hits", numbers="forecast", texts="event")
    rng = generator(0)
    tables = []
    for (event, horizon), part in counts.groupby(["event", "horizon"]):
        sums = part.groupby(["bin", "origin"])[["n", "hits"]].sum().unstack(fill_value=0)
        n = sums["n"]
        hits = sums["hits"]
        low, high = band(hits.to_numpy(), n.to_numpy(), draws=DRAWS, rng=rng)
        total = n.sum(axis=1)
        weighted = part["forecast"] * part["n"]
        forecast_sum = weighted.groupby(part["bin"]).sum()
        tables.append(
            pd.DataFrame(
                {
                    "event": event,
                    "horizon": horizon,
                    "bin": n.index,
                    "n": total,
                    "forecast": forecast_sum / total,
                    "frequency": hits.sum(axis=1) / total,
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
