"""Fit the chance of a pledge like this one, a vintage a year, and score it.

Usage:  python data/prepare/pledge_model.py

Made from data/targets.csv: run it after its rows change. A logistic regression (statsmodels) whose
slopes have the prior that `tradelib.science.pledge.chance` names, which amounts to a ridge penalty
of one half a squared slope. It was chosen before it was scored, and nothing in it is tuned. Scored
leaving out each pledge with all others of its pair, against the constant share and the shares of
classes of growth asked; were it no better than the constant, the constant should ship.
"""

import json
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray

from tradelib import load_targets
from tradelib.science.pledge.chance import signals
from tradelib.science.pledge.rates import GROWTH_EDGES, effective
from tradelib.science.pledge.status import scored_pledges

Floats: TypeAlias = NDArray[np.float64]

OUT = Path(__file__).parents[1] / "pledge_model.json"
# Answers before the end of 2020 are refused, since the growth model was not known. The last day is
# that of the newest audit.
DAYS = [*(f"{year}-06-30" for year in range(2020, 2027)), "2026-11-25"]
DRAWS = 2000


def fit(rows: pd.DataFrame) -> tuple[Floats, Floats, Floats, Floats]:
    """(centre, scale, params, covariance) of scored pledges."""
    values = signals(rows)
    centre = values.mean(axis=0)
    scale = values.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = sm.add_constant((values - centre) / scale, has_constant="add")
    weight = effective(rows) / len(rows)
    # The constant has no prior.
    prior = np.r_[0.0, np.ones(values.shape[1])]
    model = sm.GLM(
        rows["on_time"].astype(float),
        scaled,
        family=sm.families.Binomial(),
        var_weights=np.full(len(rows), weight),
    )
    # Its penalty is on the mean log-likelihood.
    params = np.asarray(model.fit_regularized(alpha=prior / len(rows), L1_wt=0).params)
    chance = 1 / (1 + np.exp(-scaled @ params))
    curvature = weight * chance * (1 - chance)
    information = scaled.T @ (scaled * curvature[:, None]) + np.diag(prior)
    return centre, scale, params, np.linalg.inv(information)


def predicted(fitted: tuple[Floats, ...], rows: pd.DataFrame) -> Floats:
    """Chances of pledges as they are given: whichever search found them, the mean of all three."""
    centre, scale, params, _ = fitted
    scaled = (signals(rows) - centre) / scale
    scaled[:, -1] = 0.0
    return 1 / (1 + np.exp(-params[0] - scaled @ params[1:]))


def left_out(rows: pd.DataFrame) -> dict[str, Floats]:
    """Chance of each pledge by the others of other pairs: model, constant, classes."""
    out = {name: np.zeros(len(rows)) for name in ("model", "constant", "classes")}
    band = np.digitize(rows["asked"], GROWTH_EDGES[1:-1])
    for pair in rows["pair"].unique():
        here = (rows["pair"] == pair).to_numpy()
        others = rows[~here]
        out["model"][here] = predicted(fit(others), rows[here])
        out["constant"][here] = others["on_time"].mean()
        shares = others["on_time"].groupby(band[~here]).mean()
        out["classes"][here] = shares.reindex(band[here]).fillna(others["on_time"].mean())
    return out


def scores(rows: pd.DataFrame) -> dict[str, Any]:
    """Brier scores, and by how much the model betters the constant, whole pairs drawn again."""
    on_time = rows["on_time"].to_numpy(float)
    squares = {name: (chance - on_time) ** 2 for name, chance in left_out(rows).items()}
    gain = squares["constant"] - squares["model"]
    of_pairs = list(rows.groupby("pair").indices.values())
    rng = np.random.default_rng(0)
    means = []
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(of_pairs), len(of_pairs))
        means.append(gain[np.concatenate([of_pairs[i] for i in drawn])].mean())
    better = [gain.mean(), *np.quantile(means, [0.05, 0.95])]
    brier = {name: round(float(errors.mean()), 5) for name, errors in squares.items()}
    return brier | {"better": np.round(better, 5).tolist()}


def vintage(day: str) -> dict[str, Any]:
    """What was known on a day, as numbers."""
    rows = scored_pledges(load_targets(as_of=day))
    centre, scale, params, covariance = fit(rows)
    values = signals(rows)[:, :2]
    return {
        "known_from": day,
        "n": len(rows),
        "on_time": int(rows["on_time"].sum()),
        "pairs": int(rows["pair"].nunique()),
        "centre": centre.round(6).tolist(),
        "scale": scale.round(6).tolist(),
        "params": params.round(6).tolist(),
        "covariance": covariance.round(8).tolist(),
        "ends": [values.min(axis=0).round(6).tolist(), values.max(axis=0).round(6).tolist()],
        "scores": scores(rows),
    }


def main() -> None:
    """Write every vintage."""
    vintages = [vintage(day) for day in DAYS]
    OUT.write_text(json.dumps({"vintages": vintages}, indent=1) + "\n", encoding="utf-8")
    for row in vintages:
        print(row["known_from"], row["n"], row["on_time"], row["scores"])


if __name__ == "__main__":
    main()
