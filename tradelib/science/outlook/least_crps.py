"""Coefficients of the growth model by minimal CRPS: two steps in turn until they agree.

Given the quantiles of the shock, location and scale minimise the mean CRPS (its gradient is exact,
the search L-BFGS). Given location and scale, the quantiles of the shock are those of the
standardised outcomes, straight in log h. Outcomes at the floor are censored: a forecast below the
floor counts as at it, and a quantile is read among the cases that could have fallen so low.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tradelib.ground.numbers import Floats, needs
from tradelib.science.outlook.growth_model import LOG_SCALE, growing

# Rounds of both steps and searches in each: more change no coefficient by what its noise is.
ROUNDS, STEPS = 4, 40
# Cases that must be free to fall so low before a low quantile is read among them.
FEW = 30

# Of each horizon signals of location and scale, growth, floor and weight; and what the change of
# each coefficient is multiplied by, of location and of scale.
Parts: TypeAlias = list[tuple[Floats, ...]]
Slopes: TypeAlias = tuple[Floats, Floats]


class Cases(NamedTuple):
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
    minimize = needs("scipy.optimize", "models").minimize
    weight = cases.weight / cases.weight.sum()
    middle = weight @ cases.scale
    middle[0] = 0.0
    x, z = cases.location, cases.scale - middle
    spread_x, spread_z = _spread(weight, x), _spread(weight, z)
    columns = (x / spread_x, z / spread_z, cases.growth, cases.low, weight)
    h = np.unique(cases.horizon).astype(float)
    parts = [tuple(column[cases.horizon == one] for column in columns) for one in h]
    slopes = (growing(h, x.shape[1]), np.log(h)[:, None])
    root = np.sqrt([part[-1].sum() for part in parts])[:, None]
    line = np.stack([np.ones(h.size), np.log(h)], axis=1)
    theta = np.zeros(2 * (spread_x.size + spread_z.size))
    theta[[2 * spread_x.size, 2 * spread_x.size + spread_z.size]] = np.log(0.3), 0.4
    shock = np.tile(np.sinh(0.6 * np.log(nodes / (1 - nodes))) / 0.9, (h.size, 1))
    for _ in range(ROUNDS):
        given, limit = (parts, slopes, nodes, shock), {"maxiter": STEPS}
        theta = minimize(_loss, theta, given, method="L-BFGS-B", jac=True, options=limit).x
        of_shock = np.linalg.lstsq(line * root, _shocks(theta, *given) * root, rcond=None)[0]
        shock = np.sort(line @ of_shock, axis=1)
    halves = zip(_halves(theta, slopes), (spread_x, spread_z), strict=True)
    b, g = (part / spread for part, spread in halves)
    g[:, 0] -= g[:, 1:] @ middle[1:]
    return b, g, of_shock


def _halves(theta: Floats, slopes: Slopes) -> list[Floats]:
    """Coefficients of location and scale, two rows each."""
    n = slopes[0].shape[1]
    return [theta[: 2 * n].reshape(2, -1), theta[2 * n :].reshape(2, -1)]


def _by_horizon(theta: Floats, slopes: Slopes) -> list[Floats]:
    """Coefficients of location and scale, a row a horizon."""
    halves = zip(_halves(theta, slopes), slopes, strict=True)
    return [first + slope * change for (first, change), slope in halves]


def _loss(
    theta: Floats, parts: Parts, slopes: Slopes, nodes: Floats, shock: Floats
) -> tuple[float, Floats]:
    """Weighted mean CRPS and its gradient."""
    given = zip(parts, *_by_horizon(theta, slopes), shock, strict=True)
    each = [_crps(part, b, g, nodes, q) for part, b, g, q in given]
    pulls = (np.array([one[i] for one in each]) for i in (1, 2))
    both = zip(pulls, slopes, strict=True)
    gradient = [np.concatenate([p.sum(axis=0), (slope * p).sum(axis=0)]) for p, slope in both]
    return sum(one[0] for one in each), np.concatenate(gradient)


def _crps(
    part: tuple[Floats, ...], b: Floats, g: Floats, nodes: Floats, shock: Floats
) -> tuple[float, Floats, Floats]:
    """CRPS of one horizon, and its slopes in the coefficients of location and scale."""
    x, z, growth, low, weight = part
    between = np.diff(np.concatenate([[0.0], (nodes[1:] + nodes[:-1]) / 2, [1.0]]))
    scale = np.exp((z @ g).clip(*LOG_SCALE))
    values = scale[:, None] * shock  # large: overwritten, not copied
    values += (x @ b)[:, None]
    free = values > low[:, None]
    np.maximum(values, low[:, None], out=values)
    error = np.subtract(growth[:, None], values, out=values)
    pull = ((error >= 0) - (1 - nodes)) * between
    crps = 2 * float(weight @ np.einsum("ij,ij->i", pull, error))
    pull *= free
    pull *= -2 * weight[:, None]
    return crps, x.T @ pull.sum(axis=1), z.T @ ((pull @ shock) * scale)


def _shocks(theta: Floats, parts: Parts, slopes: Slopes, nodes: Floats, guess: Floats) -> Floats:
    """Quantiles of the standardised outcomes of each horizon."""
    shocks = []
    given = zip(parts, *_by_horizon(theta, slopes), guess, strict=True)
    for (x, z, growth, low, weight), b, g, near in given:
        scale, centre = np.exp((z @ g).clip(*LOG_SCALE)), x @ b
        value = (growth - centre) / scale
        shocks.append(_censored_quantiles(value, (low - centre) / scale, weight, nodes, near))
    return np.array(shocks)


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
    shock = guess.copy()
    for i, level in enumerate(nodes):
        for _ in range(1 if level > 0.5 else 3):
            free = low < shock[i]
            if free.sum() > FEW:
                reached = np.cumsum(weight[free])
                shock[i] = value[free][np.searchsorted(reached, level * reached[-1])]
    return shock
