"""Forecasters as a backtest takes them: ``f(history, *, horizons, quantiles)`` on many pairs."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.ground.edge import validated
from tradelib.ground.numbers import Floats
from tradelib.science.outlook.paths import Forecast

PanelForecaster: TypeAlias = Callable[..., Floats]


@validated
def refitted(fit: Callable[[int], Any], forecaster: Callable[..., Floats]) -> PanelForecaster:
    """A forecaster whose model is fitted anew at each origin, on what was known by then.

    Parameters
    ----------
    fit : callable, ``fit(origin)`` returns a model that has seen nothing after the origin
    forecaster : callable, ``f(history, *, horizons, quantiles, model)``

    Returns
    -------
    callable, ``f(history, *, horizons, quantiles)`` for `backtest`; one model an origin

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


@validated
def one_by_one(
    forecaster: Callable[..., Forecast], *, n_paths: int = 2000, rng: int = 0
) -> PanelForecaster:
    """A single-history forecaster as one of panels, a pair at a time.

    Every pair gets the same shocks, so that neither names nor order matter. Years that are not
    known are filled on a straight line in logs; years before the first known one are dropped.

    Parameters
    ----------
    forecaster : callable, with the signature of `tradelib.naive`
    n_paths : int, sample paths a pair
    rng : int, seed, the same for every pair

    Returns
    -------
    callable, ``f(history, *, horizons, quantiles)`` for `backtest`

    Examples
    --------
    >>> from tradelib import naive
    >>> wide = pd.DataFrame([[1.0, 2.0, np.nan, 8.0]], index=["AAA-BBB"], columns=range(4))
    >>> one_by_one(naive)(wide, horizons=[1, 2], quantiles=[0.1, 0.5, 0.9]).shape
    (1, 2, 3)
    """

    def run(history: pd.DataFrame, *, horizons: ArrayLike, quantiles: ArrayLike) -> Floats:
        ahead, rows = np.asarray(horizons), []
        options = {"horizon": int(ahead.max()), "n_paths": n_paths, "rng": rng}
        for pair, values in history.iterrows():
            try:
                known = np.exp(np.log(values.loc[values.first_valid_index() :]).interpolate())
                past = {"year": known.index.astype("int64"), "turnover_musd": known.to_numpy()}
                paths = forecaster(pd.DataFrame(past), **options)
            except ValueError as error:
                error.add_note(f"pair: {pair}")
                raise
            rows.append(paths.quantile(quantiles).T[ahead - 1])
        return np.array(rows)

    return run
