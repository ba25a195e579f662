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

import numpy as np
import statsmodels.api as sm

from tradelib import load_targets
from tradelib.science.pledge.chance import signals
from tradelib.science.pledge.rates import GROWTH_EDGES, effective
from tradelib.science.pledge.status import scored_pledges

OUT = Path(__file__).parents[1] / "pledge_model.json"
# Answers before the end of 2020 are refused, since the growth model was not known. The last day is
# that of the newest audit.
DAYS = [*(f"{year}-06-30" for year in range(2020, 2027)), "2026-11-25"]
DRAWS = 2000


def fit(rows):
    """(centre, scale, params, covariance) of scored pledges."""
    found = signals(rows)
    centre, scale = found.mean(axis=0), found.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = sm.add_constant((found - centre) / scale, has_constant="add")
    weight = effective(rows) / len(rows)
    prior = np.r_[0.0, np.ones(found.shape[1])]
    model = sm.GLM(
        rows["on_time"].astype(float),
        scaled,
        family=sm.families.Binomial(),
        var_weights=np.full(len(rows), weight),
    )
    # Its penalty is on the mean log-likelihood.
    params = np.asarray(model.fit_regularized(alpha=prior / len(rows), L1_wt=0).params)
    chance = 1 / (1 + np.exp(-scaled @ params))
    information = scaled.T @ (scaled * (weight * chance * (1 - chance))[:, None]) + np.diag(prior)
    return centre, scale, params, np.linalg.inv(information)


def predicted(fitted, rows):
    """Chances of pledges as they are given: whichever search found them, the mean of all three."""
    centre, scale, params, _ = fitted
    scaled = (signals(rows) - centre) / scale
    scaled[:, -1] = 0.0
    return 1 / (1 + np.exp(-params[0] - scaled @ params[1:]))


def left_out(rows):
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


def scores(rows):
    """Brier scores, and by how much the model betters the constant, whole pairs drawn again."""
    came = rows["on_time"].to_numpy(float)
    squares = {name: (chance - came) ** 2 for name, chance in left_out(rows).items()}
    gain = squares["constant"] - squares["model"]
    places = list(rows.groupby("pair").indices.values())
    rng = np.random.default_rng(0)
    drawn = [
        gain[np.concatenate([places[i] for i in rng.integers(0, len(places), len(places))])].mean()
        for _ in range(DRAWS)
    ]
    better = [gain.mean(), *np.quantile(drawn, [0.05, 0.95])]
    means = {name: round(float(one.mean()), 5) for name, one in squares.items()}
    return means | {"better": np.round(better, 5).tolist()}


def vintage(day):
    """What was known on a day, as numbers."""
    rows = scored_pledges(load_targets(as_of=day))
    centre, scale, params, covariance = fit(rows)
    found = signals(rows)[:, :2]
    return {
        "known_from": day,
        "n": len(rows),
        "on_time": int(rows["on_time"].sum()),
        "pairs": int(rows["pair"].nunique()),
        "centre": centre.round(6).tolist(),
        "scale": scale.round(6).tolist(),
        "params": params.round(6).tolist(),
        "covariance": covariance.round(8).tolist(),
        "ends": [found.min(axis=0).round(6).tolist(), found.max(axis=0).round(6).tolist()],
        "scores": scores(rows),
    }


def main():
    """Write every vintage."""
    vintages = [vintage(day) for day in DAYS]
    OUT.write_text(json.dumps({"vintages": vintages}, indent=1) + "\n", encoding="utf-8")
    for one in vintages:
        print(one["known_from"], one["n"], one["on_time"], one["scores"])


if __name__ == "__main__":
    main()
