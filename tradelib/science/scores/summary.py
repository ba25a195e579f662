"""What many scores say together: means over origins, skill, frequencies, each with its band.

Bands draw whole origins again, since all pairs of an origin share its luck.
"""

from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd

from tradelib.ground import frames
from tradelib.ground.edge import validated
from tradelib.ground.errors import InputError
from tradelib.ground.numbers import generator
from tradelib.science.scores.scoring import band, skill

# Fewer cases in a bin say nothing of how often such a chance comes true.
ENOUGH = 30
# Resamples of origins behind a band, of a fixed seed.
DRAWS = 500


@validated
def score_summary(scores: pd.DataFrame, *, baseline: str = "naive") -> pd.DataFrame:
    """Mean scores over origins, skill against a baseline, and bands from whole origins.

    Parameters
    ----------
    scores : DataFrame, as `backtest` returns it, one group and one trial, none missing
    baseline : str, forecaster that skill is held against, scored at the same origins

    Returns
    -------
    DataFrame
        A row a horizon and forecaster: ``horizon``, ``forecaster``, ``origins``, ``n`` (mean pairs
        an origin), ``crps``, ``skill`` with ``low`` and ``high`` (90 %), ``coverage80`` with
        ``coverage_low`` and ``coverage_high`` (90 %), ``below10``, ``above90``, and for each
        multiple k ``skill_xk`` (Brier) and ``bias_xk``.

    Examples
    --------
    >>> scores = pd.DataFrame({"forecaster": ["naive", "other"] * 2, "horizon": 1,
    ...     "origin": [2000, 2000, 2001, 2001], "n": 9, "crps": [0.4, 0.3, 0.6, 0.5],
    ...     "coverage80": 0.8, "below10": 0.1, "above90": 0.1})
    >>> score_summary(scores).query("forecaster == 'other'").skill.round(2).tolist()
    [0.2]
    """
    frames.check_table(
        scores,
        whole="origin horizon",
        numbers="n crps coverage80 below10 above90",
        texts="forecaster",
    )
    events = [name for name in scores if str(name).startswith(("brier_x", "bias_x"))]
    frames.check_table(scores, numbers=" ".join(events))
    key = ["forecaster", "horizon", "origin"]
    if scores.duplicated(key).any():
        again = ", ".join(map(str, scores.loc[scores.duplicated(key), key].iloc[0]))
        raise InputError(f"scores hold {again} twice; choose one group")
    numbers = scores.select_dtypes("number")
    if numbers.isna().any(axis=None):
        missing = ", ".join(numbers.columns[numbers.isna().any()])
        raise InputError(f"scores lack values of {missing}; leave those rows or columns out")
    base = scores[scores["forecaster"] == baseline].set_index(["horizon", "origin"])
    luck, rows = generator(0), []
    for (horizon, name), part in scores.sort_values("origin").groupby(["horizon", "forecaster"]):
        at = pd.MultiIndex.from_product([[horizon], part["origin"]])
        if not at.isin(base.index).all():
            raise InputError(f"{baseline} is not scored wherever {name} is, {horizon} years ahead")
        row = {"horizon": horizon, "forecaster": name}
        rows.append(row | _against(part, base.loc[at], luck))
    return pd.DataFrame(rows)


def _against(part: pd.DataFrame, base: pd.DataFrame, luck: np.random.Generator) -> dict[str, Any]:
    """Means of a forecaster's scores, and skill over the baseline at the same origins."""
    same = deepcopy(luck)  # both bands rest on the same draws of origins
    gain = skill(part["crps"], base["crps"], groups=part["origin"], draws=DRAWS, rng=luck)
    covered = part["coverage80"].to_numpy(float)
    low, high = band(covered, np.ones_like(covered), draws=DRAWS, rng=same)
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
        k = column.removeprefix("brier_")
        row[f"skill_{k}"] = 1 - float(part[column].mean()) / float(base[column].mean())
        row[f"bias_{k}"] = part[f"bias_{k}"].mean()
    return row


def came_true(counts: pd.DataFrame, chance: float) -> tuple[float, float, float]:
    """How often forecasts of a chance came true: in all, and in the least and the best origin year.

    `counts` are rows of `calibration` of one event and horizon. Between the mean forecasts of two
    bins it is read off the straight line; missing above the last that holds `ENOUGH` cases.

    >>> counts = pd.DataFrame({"origin": [2000, 2001], "bin": 0, "n": [100, 300],
    ...     "forecast": [0.1, 0.1], "hits": [10, 10]})
    >>> [round(share, 3) for share in came_true(counts, 0.05)]
    [0.025, 0.017, 0.05]
    """
    years = [_line(part, chance) for _, part in counts.groupby("origin")]
    known = [share for share in years if not np.isnan(share)] or [np.nan]
    return _line(counts, chance), min(known), max(known)


def _line(counts: pd.DataFrame, chance: float) -> float:
    """Share that came true at a chance, between no chance, which never does, and the bins."""
    parts = counts[["bin", "n", "hits"]].assign(said=counts["forecast"] * counts["n"])
    sums = parts.groupby("bin").sum()
    kept = sums[sums["n"] >= ENOUGH]
    said, share = (np.r_[0.0, kept[name] / kept["n"]] for name in ("said", "hits"))
    return float(np.interp(chance, said, share, right=np.nan))


@validated
def frequencies(counts: pd.DataFrame) -> pd.DataFrame:
    """How often what was forecast came, bin by bin, with bands from whole origins.

    Parameters
    ----------
    counts : DataFrame, as `calibration` returns it

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
    frames.check_table(counts, whole="horizon origin bin n hits", numbers="forecast", texts="event")
    luck, tables = generator(0), []
    for (event, horizon), part in counts.groupby(["event", "horizon"]):
        sums = part.groupby(["bin", "origin"])[["n", "hits"]].sum().unstack(fill_value=0)
        n, hits = sums["n"], sums["hits"]
        low, high = band(hits.to_numpy(), n.to_numpy(), draws=DRAWS, rng=luck)
        mean = (part["forecast"] * part["n"]).groupby(part["bin"]).sum() / n.sum(axis=1)
        tables.append(
            pd.DataFrame(
                {
                    "event": event,
                    "horizon": horizon,
                    "bin": n.index,
                    "n": n.sum(axis=1),
                    "forecast": mean,
                    "frequency": hits.sum(axis=1) / n.sum(axis=1),
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
