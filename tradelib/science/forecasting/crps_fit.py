"""Coefficients of the growth model that minimise the CRPS.

Two steps are taken in turn until they agree. Step 1: given the quantiles of the shock, location and
scale minimise the mean CRPS (its gradient is exact, the search is L-BFGS). Step 2: given location
and scale, the quantiles of the shock are those of the standardised outcomes, linear in log h.
Outcomes at the floor are censored: a forecast below the floor counts as at the floor, and a
quantile is computed from the cases whose outcome could have been so low.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tradelib.core.numeric import Floats
from tradelib.science.forecasting.growth_model import LOG_SCALE, growing

# Rounds of both steps, and iterations of each search: more change no coefficient by more than its
# noise.
ROUNDS = 4
ITERATIONS = 40
# Cases whose outcome could be so low that a low quantile needs.
FEWEST_CASES = 30
# Scale at h = 1 and its power of h, where the search begins.
FIRST_SCALE, FIRST_POWER = 0.3, 0.4

# Cases of one horizon: signals of location and of scale, growth, floor, weight.
Part: TypeAlias = tuple[Floats, ...]
# Multipliers of the slopes of location and scale, a row a horizon: h / 5 or log h.
Slopes: TypeAlias = tuple[Floats, Floats]


class Cases(NamedTuple):
    """Episodes to learn from.

    Signals have shape (n, n_signals), a constant first; the rest has shape (n,). `growth` is the
    log growth that came about; `low` is the growth at which turnover is US$1m, and growth is never
    below it. `horizon` is in years.
    """

    location: Floats
    scale: Floats
    growth: Floats
    low: Floats
    horizon: NDArray[np.int64]
    weight: Floats


def least_crps(cases: Cases, nodes: Floats) -> tuple[Floats, Floats, Floats]:
    """Location, scale and shock coefficients that minimise the weighted mean CRPS.

    Shapes (2, n_location), (2, n_scale), (2, n_nodes), as in `growth_model.Coefficients`. The
    search works on signals of mean square one, and on scale signals less their mean.
    """
    from scipy.optimize import minimize

    weight = cases.weight / cases.weight.sum()
    middle = weight @ cases.scale
    middle[0] = 0.0
    x = cases.location
    z = cases.scale - middle
    spread_x = _root_mean_square(weight, x)
    spread_z = _root_mean_square(weight, z)
    columns = (x / spread_x, z / spread_z, cases.growth, cases.low, weight)
    h = np.unique(cases.horizon).astype(float)
    parts = [_part(columns, cases.horizon == years) for years in h]
    slopes = (growing(h, x.shape[1]), np.log(h)[:, None])
    # The shock's quantiles are a line in log h, fitted with the weight of each horizon's cases.
    line = np.stack([np.ones(h.size), np.log(h)], axis=1)
    root_weight = np.sqrt([part[-1].sum() for part in parts])[:, None]
    theta = _first_coefficients(spread_x.size, spread_z.size)
    # First guess of the shock: Johnson's law, whose spread is about one.
    logits = np.log(nodes / (1 - nodes))
    shock = np.tile(np.sinh(0.6 * logits) / 0.9, (h.size, 1))
    limit = {"maxiter": ITERATIONS}
    for _ in range(ROUNDS):
        fixed = (parts, slopes, nodes, shock)
        theta = minimize(_loss, theta, fixed, method="L-BFGS-B", jac=True, options=limit).x
        by_horizon = _shocks(theta, *fixed)
        of_shock = np.linalg.lstsq(line * root_weight, by_horizon * root_weight, rcond=None)[0]
        shock = np.sort(line @ of_shock, axis=1)
    of_location, of_scale = _halves(theta, slopes)
    of_location = of_location / spread_x
    of_scale = of_scale / spread_z
    of_scale[:, 0] -= of_scale[:, 1:] @ middle[1:]
    return of_location, of_scale, of_shock


def _part(columns: Part, mask: NDArray[np.bool_]) -> Part:
    """Rows of all columns where the mask is true."""
    return tuple(column[mask] for column in columns)


def _first_coefficients(n_location: int, n_scale: int) -> Floats:
    """Coefficients where the search begins: no growth, and a scale of 0.3 h^0.4 for every case."""
    theta = np.zeros(2 * (n_location + n_scale))
    intercept = 2 * n_location
    slope = intercept + n_scale
    theta[intercept] = np.log(FIRST_SCALE)
    theta[slope] = FIRST_POWER
    return theta


def _halves(theta: Floats, slopes: Slopes) -> tuple[Floats, Floats]:
    """Coefficients of location and of scale, each with two rows: intercepts and slopes."""
    n_location = slopes[0].shape[1]
    location = theta[: 2 * n_location].reshape(2, -1)
    scale = theta[2 * n_location :].reshape(2, -1)
    return location, scale


def _by_horizon(theta: Floats, slopes: Slopes) -> tuple[Floats, Floats]:
    """Coefficients of location and of scale, a row a horizon."""
    location, scale = _halves(theta, slopes)
    location_by_h = location[0] + slopes[0] * location[1]
    scale_by_h = scale[0] + slopes[1] * scale[1]
    return location_by_h, scale_by_h


def _loss(
    theta: Floats, parts: list[Part], slopes: Slopes, nodes: Floats, shock: Floats
) -> tuple[float, Floats]:
    """Weighted mean CRPS of all horizons, and its gradient in theta."""
    b, g = _by_horizon(theta, slopes)
    by_horizon = zip(parts, b, g, shock, strict=True)
    results = [_crps(part, b_h, g_h, nodes, shock_h) for part, b_h, g_h, shock_h in by_horizon]
    total = sum(crps for crps, _, _ in results)
    of_location = np.array([gradient for _, gradient, _ in results])
    of_scale = np.array([gradient for _, _, gradient in results])
    gradient = [
        of_location.sum(axis=0),
        (slopes[0] * of_location).sum(axis=0),
        of_scale.sum(axis=0),
        (slopes[1] * of_scale).sum(axis=0),
    ]
    return total, np.concatenate(gradient)


def _crps(
    part: Part, b: Floats, g: Floats, nodes: Floats, shock: Floats
) -> tuple[float, Floats, Floats]:
    """CRPS of one horizon, and its gradients in b (location) and g (scale).

    The CRPS is twice the integral of the quantile loss over probabilities: a sum over `nodes`, each
    times the width of the probabilities next to it.
    """
    x, z, growth, low, weight = part
    midpoints = (nodes[1:] + nodes[:-1]) / 2
    width = np.diff(np.concatenate([[0.0], midpoints, [1.0]]))
    scale = np.exp((z @ g).clip(*LOG_SCALE))
    values = scale[:, None] * shock  # large: overwritten, not copied
    values += (x @ b)[:, None]
    free = values > low[:, None]
    np.maximum(values, low[:, None], out=values)
    error = np.subtract(growth[:, None], values, out=values)
    # Slope of the quantile loss in the error; in the quantile it is minus that, zero at the floor.
    slope = ((error >= 0) - (1 - nodes)) * width
    crps = 2 * float(weight @ np.einsum("ij,ij->i", slope, error))
    slope *= free
    slope *= -2 * weight[:, None]
    of_location = x.T @ slope.sum(axis=1)
    of_scale = z.T @ ((slope @ shock) * scale)
    return crps, of_location, of_scale


def _shocks(
    theta: Floats, parts: list[Part], slopes: Slopes, nodes: Floats, guess: Floats
) -> Floats:
    """Quantiles of the standardised outcomes, shape (n_horizons, n_nodes)."""
    b, g = _by_horizon(theta, slopes)
    shocks = []
    for i, (x, z, growth, low, weight) in enumerate(parts):
        scale = np.exp((z @ g[i]).clip(*LOG_SCALE))
        centre = x @ b[i]
        outcome = (growth - centre) / scale
        floor = (low - centre) / scale
        shocks.append(_censored_quantiles(outcome, floor, weight, nodes, guess[i]))
    return np.array(shocks)


def _root_mean_square(weight: Floats, columns: Floats) -> Floats:
    """Root mean squares of columns; one for a column of zeros, whose coefficient stays zero."""
    spread = np.sqrt(weight @ columns**2)
    return np.asarray(np.where(spread > 0, spread, 1.0))


def _censored_quantiles(
    value: Floats, low: Floats, weight: Floats, nodes: Floats, guess: Floats
) -> Floats:
    """Weighted quantiles of outcomes that are censored from below.

    A quantile is that of the cases whose floor `low` lies below it. Which cases these are depends
    on the quantile: from a guess it is found in three rounds. Upper quantiles need one.
    """
    order = np.argsort(value)
    value = value[order]
    low = low[order]
    weight = weight[order]
    shock = guess.copy()
    for i, level in enumerate(nodes):
        rounds = 1 if level > 0.5 else 3
        for _ in range(rounds):
            free = low < shock[i]
            if free.sum() > FEWEST_CASES:
                reached = np.cumsum(weight[free])
                index = np.searchsorted(reached, level * reached[-1])
                shock[i] = value[free][index]
    return shock
