"""Fit the chance of a pledge like this one, a vintage a year, and score it.

Usage:  python data/prepare/pledge_model.py

Made from data/targets.csv: run it after its rows change. A logistic regression (statsmodels) whose
slopes have the prior that `tradelib.science.pledges.chance` names, which amounts to a ridge penalty
of one half a squared slope. It was chosen before it was scored, and nothing in it is tuned. Scored
leaving out each pledge with all others of its pair, against the constant share and the shares of
classes of growth asked; and forward, by data/replay.csv (replay.py, which is made first), against
the share kept so far and the growth model.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray

from tradelib import load_targets, replay
from tradelib.core.numeric import logistic
from tradelib.science.pledges.chance import SIGNALS, pledge_eras, pledge_signals
from tradelib.science.pledges.rates import GROWTH_EDGES, effective
from tradelib.science.pledges.status import scored_pledges, year_announced

Floats: TypeAlias = NDArray[np.float64]


class Fitted(NamedTuple):
    """A fitted regression: centre and scale of the signals, parameters and their covariance."""

    centre: Floats
    scale: Floats
    params: Floats
    covariance: Floats


# The file that is written.
OUT = Path(__file__).parents[1] / "pledge_model.json"
# Answers before the end of 2020 are refused, since the growth model was not known. The last days
# are those of the newest audits.
DAYS = [*(f"{year}-06-30" for year in range(2020, 2027)), "2026-11-25", "2026-12-01"]
# Draws of whole pairs for the band of a gain: its ends move little from seed to seed.
DRAWS = 2000
# The ends of a band that holds nine draws in ten.
BAND = (0.05, 0.95)
# The file's digits: finer than the fit stops, and covariances are squares.
DIGITS = 6
COVARIANCE_DIGITS = 8
SCORE_DIGITS = 5


def fit(rows: pd.DataFrame) -> Fitted:
    """The regression fitted to scored pledges."""
    values = pledge_signals(rows)
    centre = values.mean(axis=0)
    scale = values.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = np.column_stack(
        [np.ones(len(rows)), (values - centre) / scale, pledge_eras(year_announced(rows))]
    )
    weight = effective(rows) / len(rows)
    # The constant has no prior.
    prior = np.r_[0.0, np.ones(scaled.shape[1] - 1)]
    on_time = rows["on_time"].astype(float)
    weights = np.full(len(rows), weight)
    model = sm.GLM(on_time, scaled, family=sm.families.Binomial(), var_weights=weights)
    # Its penalty is on the mean log-likelihood.
    result = model.fit_regularized(alpha=prior / len(rows), L1_wt=0)
    params = np.asarray(result.params)
    chance = logistic(scaled @ params)
    curvature = weight * chance * (1 - chance)
    information = scaled.T @ (scaled * curvature[:, None]) + np.diag(prior)
    return Fitted(centre, scale, params, np.linalg.inv(information))


def predicted(fitted: Fitted, rows: pd.DataFrame) -> Floats:
    """Chances of pledges as they are given: whichever search found them, the mean of all three."""
    signals = (pledge_signals(rows) - fitted.centre) / fitted.scale
    signals[:, -1] = 0.0
    constant = fitted.params[0]
    slopes, eras = np.split(fitted.params[1:], [len(SIGNALS)])
    return logistic(constant + signals @ slopes + pledge_eras(year_announced(rows)) @ eras)


def left_out(rows: pd.DataFrame) -> dict[str, Floats]:
    """Chance of each pledge by the others of other pairs: model, constant, classes."""
    chances = {name: np.zeros(len(rows)) for name in ("model", "constant", "classes")}
    growth_class = np.digitize(rows["asked"], GROWTH_EDGES[1:-1])
    for pair in rows["pair"].unique():
        here = (rows["pair"] == pair).to_numpy()
        others = rows[~here]
        mean_share = others["on_time"].mean()
        shares = others["on_time"].groupby(growth_class[~here]).mean()
        chances["model"][here] = predicted(fit(others), rows[here])
        chances["constant"][here] = mean_share
        chances["classes"][here] = shares.reindex(growth_class[here]).fillna(mean_share)
    return chances


def scores(rows: pd.DataFrame) -> dict[str, Any]:
    """Brier scores, and by how much the model betters the constant, with its band."""
    on_time = rows["on_time"].to_numpy(float)
    squares = {name: (chance - on_time) ** 2 for name, chance in left_out(rows).items()}
    gain = squares["constant"] - squares["model"]
    better = [gain.mean(), *gain_band(gain, rows["pair"])]
    brier = {name: round(float(errors.mean()), SCORE_DIGITS) for name, errors in squares.items()}
    return brier | {"better": np.round(better, SCORE_DIGITS).tolist()}


def gain_band(gain: Floats, pairs: pd.Series) -> Floats:
    """The ends of the band of the mean gain, whole pairs drawn again."""
    rows_of_pairs = list(pairs.groupby(pairs).indices.values())
    rng = np.random.default_rng(0)
    means = []
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(rows_of_pairs), len(rows_of_pairs))
        rows = np.concatenate([rows_of_pairs[index] for index in drawn])
        means.append(gain[rows].mean())
    return np.asarray(np.quantile(means, BAND))


def vintage(day: str) -> dict[str, Any]:
    """What was known on a day, as numbers."""
    rows = scored_pledges(load_targets(as_of=day))
    fitted = fit(rows)
    values = pledge_signals(rows)[:, :2]
    least = values.min(axis=0)
    most = values.max(axis=0)
    return {
        "known_from": day,
        "n": len(rows),
        "on_time": int(rows["on_time"].sum()),
        "pairs": int(rows["pair"].nunique()),
        "centre": fitted.centre.round(DIGITS).tolist(),
        "scale": fitted.scale.round(DIGITS).tolist(),
        "params": fitted.params.round(DIGITS).tolist(),
        "covariance": fitted.covariance.round(COVARIANCE_DIGITS).tolist(),
        "ends": [least.round(DIGITS).tolist(), most.round(DIGITS).tolist()],
        "scores": scores(rows) | forward(day),
    }


def forward(day: str) -> dict[str, Any]:
    """Brier scores on pledges made after all that was learned from was resolved, on their day."""
    replayed = replay(as_of=day).sort_values("asked_on").drop_duplicates("target_id")
    rows = replayed[replayed["regression"].notna()]
    if rows.empty:
        return {}
    names = {"model": "regression", "constant": "constant", "growth_model": "said"}
    errors = {name: (rows[column] - rows["came"]) ** 2 for name, column in names.items()}
    means = {name: round(float(error.mean()), SCORE_DIGITS) for name, error in errors.items()}
    return {"forward": {"n": len(rows), **means}}


def main() -> None:
    """Write every vintage."""
    vintages = [vintage(day) for day in DAYS]
    text = json.dumps({"vintages": vintages}, indent=1)
    OUT.write_text(text + "\n", encoding="utf-8")
    for row in vintages:
        print(row["known_from"], row["n"], row["on_time"], row["scores"])


if __name__ == "__main__":
    main()
