"""Coefficients of the growth model by minimal CRPS: two steps in turn until they agree.

Given the quantiles of the shock, location and scale minimise the mean CRPS (its gradient is exact,
the search L-BFGS). Given location and scale, the quantiles of the shock are those of the
standardised outcomes, straight in log h. Outcomes at the floor are censored: a forecast below the
floor counts as at it, and a quantile is read among the cases that could have fallen so low.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradelib.science.outlook.growth_model import LOG_SCALE, growing

# Rounds of both steps and searches in each: more change no coefficient by what its noise is.
ROUNDS, STEPS = 4, 40
# Cases that must be free to fall so low before a low quantile is read among them.
FEW = 30

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Episodes to learn from: signals of shape (n, n_signals), a constant first, the rest (n,).

    `growth` is the log growth that came, not below `low`, at which turnover is US$1m.
    """

    location: Floats
    scale: Floats
    growth: Floats
    low: Floats
    horizon: NDArray[np.int64]
    weight: Floats


def least_crps(cases: Cases, nodes: Floats) -> tuple[Floats, Floats, Floats]:
    """Location, scale and shock coefficients that minimise the weighted mean CRPS.

    Shapes (2, n_location), (2, n_scale), (2, n_nodes), as in `growth_model.Coefficients`.
    """
    try:
        from scipy.optimize import minimize
    except ImportError as error:
        raise ImportError("to learn a model takes: pip install tradelib[models]") from error
    weight = cases.weight / cases.weight.sum()
    spread_x = _spread(weight, cases.location)
    middle = weight @ cases.scale
    middle[0] = 0.0
    spread_z = _spread(weight, cases.scale - middle)
    x, z = cases.location / spread_x, (cases.scale - middle) / spread_z
    horizons = np.unique(cases.horizon).astype(float)
    rows = [np.flatnonzero(cases.horizon == h) for h in horizons]
    mass = np.array([weight[at].sum() for at in rows])
    line = np.stack([np.ones(horizons.size), np.log(horizons)], axis=1)
    n_x, n_z = x.shape[1], z.shape[1]
    slope_b = growing(horizons, n_x)
    start = np.zeros(2 * (n_x + n_z))
    start[2 * n_x], start[2 * n_x + n_z] = np.log(0.3), 0.4
    logit = np.log(nodes / (1 - nodes))
    shock = np.tile(np.sinh(0.6 * logit) / 0.9, (horizons.size, 1))
    between = np.diff(np.concatenate([[0.0], (nodes[1:] + nodes[:-1]) / 2, [1.0]]))

    def parts(found: Floats) -> tuple[Floats, Floats]:
        b, g = found[: 2 * n_x].reshape(2, n_x), found[2 * n_x :].reshape(2, n_z)
        return b[0] + slope_b * b[1], line @ g

    def loss(found: Floats) -> tuple[float, Floats]:
        of_location, of_scale = parts(found)
        total, slope_x, slope_z = 0.0, np.zeros_like(of_location), np.zeros_like(of_scale)
        for k, at in enumerate(rows):
            scale = np.exp((z[at] @ of_scale[k]).clip(*LOG_SCALE))
            quantiles = (x[at] @ of_location[k])[:, None] + scale[:, None] * shock[k]
            free = quantiles > cases.low[at, None]
            error = cases.growth[at, None] - np.where(free, quantiles, cases.low[at, None])
            slope = np.where(error >= 0, nodes, nodes - 1)
            total += 2 * weight[at] @ ((slope * error) @ between)
            pull = np.where(free, -2 * slope * between, 0) * weight[at, None]
            slope_x[k] = x[at].T @ pull.sum(axis=1)
            slope_z[k] = z[at].T @ ((pull @ shock[k]) * scale)
        of_b = np.stack([slope_x.sum(axis=0), (slope_b * slope_x).sum(axis=0)])
        return total, np.concatenate([of_b.ravel(), (line.T @ slope_z).ravel()])

    for _ in range(ROUNDS):
        done: Any = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
        start = done.x
        of_location, of_scale = parts(start)
        seen = np.empty_like(shock)
        for k, at in enumerate(rows):
            scale = np.exp((z[at] @ of_scale[k]).clip(*LOG_SCALE))
            centre = x[at] @ of_location[k]
            seen[k] = _censored_quantiles(
                (cases.growth[at] - centre) / scale, (cases.low[at] - centre) / scale,
                weight[at], nodes, shock[k],
            )  # fmt: skip
        root = np.sqrt(mass)[:, None]
        of_shock = np.linalg.lstsq(line * root, seen * root, rcond=None)[0]
        shock = np.sort(line @ of_shock, axis=1)
    b, g = start[: 2 * n_x].reshape(2, n_x) / spread_x, start[2 * n_x :].reshape(2, n_z) / spread_z
    g[:, 0] -= g[:, 1:] @ middle[1:]
    return b, g, of_shock


def _spread(weight: Floats, columns: Floats) -> Floats:
    """Root mean squares; one for a column of zeros, whose coefficient stays zero."""
    spread = np.sqrt(weight @ columns**2)
    return np.asarray(np.where(spread > 0, spread, 1.0))


def _censored_quantiles(
    value: Floats, low: Floats, weight: Floats, nodes: Floats, guess: Floats
) -> Floats:
    """Weighted quantiles of standardised outcomes among the cases free to fall that low."""
    order = np.argsort(value)
    value, low, weight = value[order], low[order], weight[order]
    found = guess.copy()
    for i, level in enumerate(nodes):
        for _ in range(1 if level > 0.5 else 3):
            free = low < found[i]
            if free.sum() > FEW:
                reached = np.cumsum(weight[free])
                found[i] = value[free][np.searchsorted(reached, level * reached[-1])]
    return found
