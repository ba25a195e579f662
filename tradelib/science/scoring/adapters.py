"""Make forecasters for a backtest: ``f(history, *, horizons, quantiles)`` on many pairs."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradelib.core.numeric import Floats
from tradelib.core.validation import validated
from tradelib.science.forecasting.forecast import Forecast

PanelForecaster: TypeAlias = Callable[..., Floats]


@validated
def refitted(fit: Callable[[int], Any], forecaster: Callable[..., Floats]) -> PanelForecaster:
    """Make a forecaster whose model is fitted again at each origin.

    Parameters
    ----------
    fit : callable
        ``fit(origin)`` returns a model fitted on data up to the origin year alone.
    forecaster : callable
        ``f(history, *, horizons, quantiles, model)`` returns quantiles.

    Returns
    -------
    callable
        ``f(history, *, horizons, quantiles)`` for `backtest`. It fits one model for each origin,
        and keeps it.

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
    """Make a forecaster of many pairs from one that forecasts a single history.

    Every pair gets the same shocks, so that neither names nor order matter. Years that are not
    known are filled on a straight line in logs; years before the first known one are dropped.

    Parameters
    ----------
    forecaster : callable
        A function with the signature of `tradelib.naive`.
    n_paths : int
        Number of sample paths for each pair.
    rng : int
        Seed of the random draws, the same for every pair.

    Returns
    -------
    callable
        ``f(history, *, horizons, quantiles)`` for `backtest`. It returns an array (n_pairs,
        n_horizons, n_quantiles) in US$ million.

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
        options = {"horizon": int(ahead.max()), "n_paths": n_paths, "rng": rng}
        for pair, values in history.iterrows():
            try:
                forecast = forecaster(_filled(values), **options)
            except ValueError as error:
                error.add_note(f"pair: {pair}")
                raise
            rows.append(forecast.quantile(quantiles).T[ahead - 1])
        return np.array(rows)

    return run


def _filled(values: pd.Series) -> pd.DataFrame:
    """A history from its first known year, with gaps filled on a straight line in logs."""
    logs = np.log(values.loc[values.first_valid_index() :])
    filled = np.exp(logs.interpolate())
    years = filled.index.astype("int64")
    return pd.DataFrame({"year": years, "turnover_musd": filled.to_numpy()})
